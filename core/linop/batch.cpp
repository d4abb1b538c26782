// SPDX-License-Identifier: Apache-2.0
// Batches, item by item where a class knows no better way.
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "core/linop/linop.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"
#include "core/support/fork_mutex.hpp"
#include "core/support/warning.hpp"

namespace spc {

Ref<Value> LinOp::vapply(Value &xs) const {
  Value *const operands[] = {&xs};
  const Offered offered("linop_vapply", 0, operands, 1);
  Value &from = *offered[0];
  domain->admit_batch(from, "vapply", "xs");
  Ref<Value> ys = codomain->tagged(vapply_core(from));
  codomain->check_batch(*ys);
  return ys;
}

Ref<Value> LinOp::rvapply(Value &ys) const {
  Value *const operands[] = {&ys};
  const Offered offered("linop_rvapply", 0, operands, 1);
  Value &from = *offered[0];
  codomain->admit_batch(from, "rvapply", "ys");
  Ref<Value> xs = domain->tagged(rvapply_core(from));
  domain->check_batch(*xs);
  return xs;
}

Ref<Array> as_rows(Array &coordinates) {
  const int n = coordinates.ndim();
  if (n == 2) return Ref<Array>::share(&coordinates);
  const std::int64_t size = coordinates.shape[n - 1];
  std::int64_t rows = 1;
  for (int i = 0; i + 1 < n; ++i) rows *= coordinates.shape[i];
  return ops::reshape(coordinates, {rows, size});
}

Ref<Array> with_leading(Array &rows, const Dims &leading) {
  if (leading.size() == 1) return Ref<Array>::share(&rows);
  Dims shape = leading;
  shape.push_back(rows.shape[1]);
  return ops::reshape(rows, shape);
}

namespace {

constexpr std::int64_t quiet_items = 32;

// Once for every class and method of the process.
void warn_of_loop(const char *kind, const char *method, std::int64_t n) {
  {
    static auto *const warned = new std::set<std::string>;
    const std::scoped_lock lock(lock_of(warned));
    if (!warned->insert(std::string(kind) + "." + method).second) return;
  }
  warn("RuntimeWarning", fmt::format("{}.{}: {} items run one by one", kind, method, n));
}

template <class Apply>
Ref<Value> item_by_item(const LinOp &A, const char *method, const Space &from, const Space &to,
                        Value &batch, Apply apply) {
  const Dims leading = from.batch_shape(batch);
  const std::int64_t n = product(leading);
  if (n == 0) return to.zeros_batch(leading);
  if (n > quiet_items) warn_of_loop(A.kind(), method, n);
  Ref<Value> flat = Ref<Value>::share(&batch);
  if (leading.size() != 1)
    flat = from.unflatten_batch_core(*as_rows(*from.flatten_batch_core(batch)));
  std::vector<Ref<Value>> results;
  results.reserve(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) results.push_back(apply(*from.batch_item(*flat, i)));
  Ref<Value> stacked = to.batch_of(results);
  if (leading.size() == 1) return stacked;
  return to.unflatten_batch_core(*with_leading(*to.flatten_batch_core(*stacked), leading));
}

}  // namespace

Ref<Value> LinOp::vapply_core(Value &xs) const {
  return item_by_item(*this, "vapply", *domain, *codomain, xs,
                      [&](Value &x) { return apply_core(x); });
}

Ref<Value> LinOp::rvapply_core(Value &ys) const {
  return item_by_item(*this, "rvapply", *codomain, *domain, ys,
                      [&](Value &y) { return rapply_core(y); });
}

}  // namespace spc
