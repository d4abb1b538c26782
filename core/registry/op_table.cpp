// SPDX-License-Identifier: Apache-2.0
// Flattening: what a family lists, over what it inherits.
#include "core/registry/family.hpp"

namespace spc {

void OpTable::inherit(const OpTable &base) {
  for (int i = 0; i < op_count; ++i) rows_[i] = base.rows_[i];
}

void OpTable::add(Op op, int slot, const spc_op_entry &entry, Family &owner) {
  std::vector<const Kernel *> &row = rows_[static_cast<int>(op)];
  row.resize(static_cast<std::size_t>(signature_count(info(op).key)));
  const Kernel *&place = row[static_cast<std::size_t>(slot)];
  place = &kernels_.emplace_back(Kernel{&entry, &owner, place});
}

std::unique_ptr<OpTable> Family::flatten(Family *base, const OpTable *base_table) {
  auto table = std::make_unique<OpTable>();
  // Kernels for handles and kernels for strided arrays are of no use to each other.
  if (base != nullptr && base->opaque() == opaque()) table->inherit(*base_table);
  for (const FamilyDescription::Entry &e : description_.entries)
    for (const int slot : e.slots) table->add(e.op, slot, e.entry, *this);
  return table;
}

void Family::reserve_publication() {
  tables_.reserve(tables_.size() + 1);
}

void Family::publish(Family *base, std::unique_ptr<OpTable> table) noexcept {
  const OpTable *const fresh = table.get();
  tables_.push_back(std::move(table));
  table_.store(fresh, std::memory_order_release);
  base_.store(base, std::memory_order_release);
}

}  // namespace spc
