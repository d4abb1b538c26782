// SPDX-License-Identifier: Apache-2.0
#include "core/registry/publication.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spc {

Publication::Publication(const Snapshot &before, Transaction &transaction)
    : transaction_(transaction),
      families_(before.families),
      n_before_(before.families.size()),
      after_(std::make_unique<Snapshot>(before)) {
  for (Family *f : families_) base_of_[f] = f->base();
  for (const auto &draft : transaction.families) families_.push_back(draft.get());
  link_drafts();
  link_waiting();
  for (Family *f : families_)
    if (is_changed(f)) {
      flatten(f);
      f->reserve_publication();
    }
  after_->families = families_;
  for (const auto &draft : transaction.families) after_->list(*draft);
  for (const auto &space : transaction.spaces) after_->spaces.push_back(space.get());
}

Family *Publication::named(const std::string &base_name) const {
  if (base_name.empty()) return nullptr;
  const auto found = std::find_if(families_.begin(), families_.end(),
                                  [&](const Family *f) { return f->is_called(base_name); });
  return found == families_.end() ? nullptr : *found;
}

std::string Publication::problem_of_chain(Family &f) const {
  int depth = 0;
  for (Family *a = &f, *b; (b = base_of_.at(a)) != nullptr; a = b) {
    if (++depth > max_base_depth)
      return fmt::format("family '{}' has more than {} bases below it", f.name(), max_base_depth);
    for (const MemorySpace *space : a->memory_spaces())
      if (std::find(b->memory_spaces().begin(), b->memory_spaces().end(), space) ==
          b->memory_spaces().end())
        return fmt::format("base '{}' of family '{}' lacks memory space '{}'; it has {}", b->name(),
                           a->name(), space->name, b->memory_spaces_text());
  }
  return "";
}

void Publication::link_drafts() {
  for (std::size_t i = n_before_; i < families_.size(); ++i)
    base_of_[families_[i]] = named(families_[i]->base_name());
  for (std::size_t i = n_before_; i < families_.size(); ++i) {
    Family *const draft = families_[i];
    // By names, so that a family that still waits for this one counts too.
    std::string chain = draft->name();
    Family *f = draft;
    for (std::size_t step = 0; step <= families_.size() && f != nullptr; ++step) {
      f = named(f->base_name());
      if (f != nullptr) chain += " -> " + f->name();
      if (f == draft) fail(SPC_E_PLUGIN, "family '{}': its base is itself: {}", f->name(), chain);
    }
  }
  for (std::size_t i = n_before_; i < families_.size(); ++i)
    if (const std::string problem = problem_of_chain(*families_[i]); !problem.empty())
      fail(SPC_E_PLUGIN, "{}", problem);
}

void Publication::link_waiting() {
  for (std::size_t i = 0; i < n_before_; ++i) {
    Family *const waiting = families_[i];
    if (base_of_[waiting] != nullptr) continue;
    Family *const base = named(waiting->base_name());
    const auto is_draft = std::find(families_.begin() + static_cast<std::ptrdiff_t>(n_before_),
                                    families_.end(), base) != families_.end();
    if (base == nullptr || !is_draft) continue;
    base_of_[waiting] = base;
    std::string problem;
    for (Family *f : families_)
      if (problem.empty()) problem = problem_of_chain(*f);
    if (problem.empty()) {
      linked_now_.push_back(waiting);
    } else {
      base_of_[waiting] = nullptr;
      transaction_.notes.push_back(
          fmt::format("family '{}' stays without its base: {}", waiting->name(), problem));
    }
  }
}

bool Publication::is_changed(Family *f) const {
  for (; f != nullptr; f = base_of_.at(f))
    if (std::find(linked_now_.begin(), linked_now_.end(), f) != linked_now_.end() ||
        std::find(families_.begin() + static_cast<std::ptrdiff_t>(n_before_), families_.end(), f) !=
            families_.end())
      return true;
  return false;
}

const OpTable *Publication::flatten(Family *f) {
  if (f == nullptr) return nullptr;
  if (!is_changed(f)) return &f->table();
  if (const auto known = tables_.find(f); known != tables_.end()) return known->second.get();
  Family *const base = base_of_.at(f);
  const OpTable *const base_table = flatten(base);
  return (tables_[f] = f->flatten(base, base_table)).get();
}

std::unique_ptr<const Snapshot> Publication::commit() noexcept {
  for (auto &[family, table] : tables_)
    family->publish(base_of_.find(family)->second, std::move(table));
  // From here on they belong to the process.
  for (forks::Watched *w : transaction_.watched) forks::watch(w);
  transaction_.watched.clear();
  for (auto &draft : transaction_.families) draft.release();
  for (auto &space : transaction_.spaces) space.release();
  return std::move(after_);
}

}  // namespace spc
