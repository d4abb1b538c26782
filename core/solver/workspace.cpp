// SPDX-License-Identifier: Apache-2.0
#include "core/solver/workspace.hpp"

#include "core/support/error.hpp"

namespace spc {

namespace {

// Nothing but the workspace sees the element or its memory. A callback or the program may have kept
// a handle, a view or an export of it.
bool exclusive(const Value &x) {
  if (!x.sole() || x.interposed) return false;
  switch (x.kind()) {
    case ValueKind::array: {
      const Array &a = static_cast<const Array &>(x);
      return a.buffer->sole() && a.writable();
    }
    case ValueKind::list:
    case ValueKind::tuple:
      for (const Ref<Value> &item : static_cast<const Sequence &>(x).items)
        if (!exclusive(*item)) return false;
      return true;
    case ValueKind::map:
      for (const auto &item : static_cast<const Map &>(x).items)
        if (!exclusive(*item.second)) return false;
      return true;
    default:
      return true;
  }
}

}  // namespace

Memory::Memory(Workspace *workspace, const char *solver)
    : workspace_(workspace != nullptr ? Ref<Workspace>::share(workspace) : make<Workspace>()) {
  if (workspace_->busy_.test_and_set(std::memory_order_acquire))
    fail(SPC_E_VALUE, "{}: the workspace is in use by another solve", solver);
  for (Workspace::Shelf &s : workspace_->shelves_) s.used = 0;
  workspace_->numbers_used_ = 0;
  workspace_->lists_used_ = 0;
}

Memory::~Memory() {
  for (Elements &list : workspace_->lists_) list.clear();
  workspace_->busy_.clear(std::memory_order_release);
}

Workspace::Shelf &Memory::shelf(const Space &space) {
  for (Workspace::Shelf &s : workspace_->shelves_)
    if (s.space.get() == &space) return s;
  // Another object of the same structure: its elements fit, and no shelf is left behind.
  for (Workspace::Shelf &s : workspace_->shelves_)
    if (s.space->equals(space) && s.used == 0) {
      s.space = Ref<Space>::share(const_cast<Space *>(&space));
      s.number = nullptr;
      s.sums = nullptr;
      return s;
    }
  Workspace::Shelf fresh;
  fresh.space = Ref<Space>::share(const_cast<Space *>(&space));
  workspace_->shelves_.push_back(std::move(fresh));
  return workspace_->shelves_.back();
}

Ref<Value> Memory::element(const Space &space) {
  Workspace::Shelf &s = shelf(space);
  if (s.used == s.elements.size())
    s.elements.push_back(space.new_element());
  else if (!exclusive(*s.elements[s.used]))
    s.elements[s.used] = space.new_element();
  return s.elements[s.used++];
}

Elements &Memory::list() {
  if (workspace_->lists_used_ == workspace_->lists_.size()) workspace_->lists_.emplace_back();
  return workspace_->lists_[workspace_->lists_used_++];
}

Value &Memory::nth(Elements &list, std::size_t k, const Space &space) {
  while (list.size() <= k) list.push_back(element(space));
  return *list[k];
}

Array &Memory::number(const Space &space, Value &like) {
  Workspace::Shelf &s = shelf(space);
  if (!s.number) s.number = space.inner_core(like, like);
  return *s.number;
}

Array &Memory::sums(const Space &space) {
  Workspace::Shelf &s = shelf(space);
  if (!s.sums) s.sums = space.new_sums();
  return *s.sums;
}

std::span<double> Memory::reals(std::size_t n) {
  std::vector<std::vector<double>> &all = workspace_->numbers_;
  if (workspace_->numbers_used_ == all.size()) all.emplace_back();
  std::vector<double> &v = all[workspace_->numbers_used_++];
  v.assign(n, 0.0);
  return v;
}

std::span<std::complex<double>> Memory::complexes(std::size_t n) {
  const std::span<double> both = reals(2 * n);
  // std::complex<double> is laid out as double[2].
  return {reinterpret_cast<std::complex<double> *>(both.data()), n};
}

}  // namespace spc
