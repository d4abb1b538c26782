// SPDX-License-Identifier: Apache-2.0
// Batches, matrices and texts of operators whose class does not know better.
#include <vector>

#include "core/linop/linop.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc {

Ref<Value> LinOp::vapply(Value &xs) const {
  domain->admit_batch(xs, "vapply", "xs");
  Ref<Value> ys = vapply_core(xs);
  codomain->check_batch(*ys);
  return ys;
}

Ref<Value> LinOp::rvapply(Value &ys) const {
  codomain->admit_batch(ys, "rvapply", "ys");
  Ref<Value> xs = rvapply_core(ys);
  domain->check_batch(*xs);
  return xs;
}

namespace {

template <class Apply>
Ref<Value> item_by_item(const Space &from, const Space &to, Value &batch, Apply apply) {
  const Dims leading = from.batch_shape(batch);
  const std::int64_t n = product(leading);
  if (n == 0) return to.zeros_batch(leading);
  Ref<Value> flat = Ref<Value>::share(&batch);
  if (leading.size() != 1)
    flat =
        from.unflatten_batch_core(*ops::reshape(*from.flatten_batch_core(batch), {n, from.size()}));
  std::vector<Ref<Value>> results;
  results.reserve(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) results.push_back(apply(*from.batch_item(*flat, i)));
  Ref<Value> stacked = to.batch_of(results);
  if (leading.size() == 1) return stacked;
  Dims shape = leading;
  shape.push_back(to.size());
  return to.unflatten_batch_core(*ops::reshape(*to.flatten_batch_core(*stacked), shape));
}

}  // namespace

Ref<Value> LinOp::vapply_core(Value &xs) const {
  return item_by_item(*domain, *codomain, xs, [&](Value &x) { return apply_core(x); });
}

Ref<Value> LinOp::rvapply_core(Value &ys) const {
  return item_by_item(*codomain, *domain, ys, [&](Value &y) { return rapply_core(y); });
}

Ref<Array> LinOp::to_matrix() const {
  fail(SPC_E_NOTIMPL, "to_matrix: {} has no matrix", kind());
}

Ref<LinOp> LinOp::fused(bool) {
  return Ref<LinOp>::share(this);
}

std::string LinOp::text() const {
  return fmt::format("{}({} -> {})", kind(), domain->shape(), codomain->shape());
}

}  // namespace spc
