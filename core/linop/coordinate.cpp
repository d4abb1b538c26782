// SPDX-License-Identifier: Apache-2.0
#include "core/linop/coordinate.hpp"

#include "core/ops/explain.hpp"
#include "core/ops/ops.hpp"

namespace spc {

Ref<Array> CoordinateLinOp::map(Array &x, Mode mode) const {
  if (mode != Mode::transpose || !is_complex(x.dtype)) return map(x, mode != Mode::none);
  return ops::conj(*map(*ops::conj(x), true));
}

Ref<Value> CoordinateLinOp::apply_core(Value &x) const {
  return codomain->unflatten_core(*map(*domain->flatten_core(x), false));
}

Ref<Value> CoordinateLinOp::rapply_core(Value &y) const {
  const Ref<Value> dual = codomain->riesz(y);
  return domain->riesz_inverse(*domain->unflatten_core(*map(*codomain->flatten_core(*dual), true)));
}

Ref<Value> CoordinateLinOp::vapply_core(Value &xs) const {
  return codomain->unflatten_batch_core(*map(*domain->flatten_batch_core(xs), false));
}

Ref<Value> CoordinateLinOp::rvapply_core(Value &ys) const {
  const Ref<Value> dual = codomain->riesz(ys);
  return domain->riesz_inverse(
      *domain->unflatten_batch_core(*map(*codomain->flatten_batch_core(*dual), true)));
}

void CoordinateLinOp::apply_into_core(Value *alpha, Value &x, Value *beta, Value &y,
                                      Mode mode) const {
  if (mode == Mode::adjoint) return target(mode).axpby_into(alpha, *rapply_core(x), beta, y);
  const Ref<Array> image = map(*source(mode).flatten_core(x), mode);
  target(mode).axpby_into(alpha, *target(mode).unflatten_core(*image), beta, y);
}

Verdict CoordinateLinOp::is(Property property) const {
  const bool metric = property == Property::hermitian || property == Property::unitary ||
                      property == Property::positive_definite ||
                      property == Property::positive_semidefinite;
  if (!metric) return coordinates_are(property);
  if (!domain->interchangeable(*codomain)) return Verdict::no;
  if (domain->is_euclidean()) return coordinates_are(property);
  return property == Property::hermitian ? compare_with_adjoint() : Verdict::unknown;
}

void CoordinateLinOp::explain(Explanation &to, Mode mode) const {
  explain_head(to, mode);
  const Explanation::Part part(to);
  to.line(how());
}

}  // namespace spc
