// SPDX-License-Identifier: Apache-2.0
#include "core/linop/selection.hpp"

#include "core/context/context.hpp"
#include "core/linop/indexing.hpp"
#include "core/ops/ops.hpp"
#include "core/space/dense.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

// Indices in another memory space, whatever the context's dtype.
Ref<Array> moved(Array &indices, Context &to) {
  const Ref<Context> integers = make<Context>(to.family, Dtype::int64, CheckLevel::none);
  return ops::transfer(*integers, indices);
}

Ref<Array> along_last(Op op, Array &x) {
  OpArgs args(op);
  args.in[0] = &x;
  args.n_in = 1;
  args.n = -1;
  return dispatch_array(args);
}

}  // namespace

// ---- permutation

Ref<LinOp> PermutationLinOp::create(const Ref<Value> &v, Ref<Space> space) {
  constexpr const char *op = "PermutationLinOp";
  if (!space)
    space = DenseCoordinateSpace::create(default_context(), {as_dense(v.get(), op).size}, nullptr);
  Ref<Array> p = indexing::as_indices(*v, space->ctx->family, op);
  if (p->size != space->size())
    fail(SPC_E_VALUE, "{}: {} indices given, {} has {} coordinates", op, p->size, space->kind(),
         space->size());
  if (!ops::all_equal(*along_last(Op::sort, *p), *indexing::range(*space->ctx, p->size)))
    fail(SPC_E_VALUE, "{}: the indices are no permutation of 0, ..., {}", op, p->size - 1);
  Ref<Array> inverse = along_last(Op::argsort, *p);
  return probed(make<PermutationLinOp>(space, std::move(p), std::move(inverse)));
}

PermutationLinOp::PermutationLinOp(const Ref<Space> &space, Ref<Array> p, Ref<Array> inverse)
    : CoordinateLinOp({space->ctx, space, space}), p_(std::move(p)), inverse_(std::move(inverse)) {}

Ref<Array> PermutationLinOp::map(Array &x, bool adjoint) const {
  return indexing::take_last(x, adjoint ? *inverse_ : *p_);
}

Verdict PermutationLinOp::coordinates_are(Property property) const {
  if (property == Property::real || property == Property::unitary) return Verdict::yes;
  if (property == Property::hermitian)
    return ops::all_equal(*p_, *inverse_) ? Verdict::yes : Verdict::no;
  const bool trivial = ops::all_equal(*p_, *indexing::range(*ctx, p_->size));
  return trivial ? Verdict::yes : Verdict::no;
}

Ref<LinOp> PermutationLinOp::structural_inverse() {
  return make<PermutationLinOp>(domain, inverse_, p_);
}

bool PermutationLinOp::same_values(const LinOp &other) const {
  return ops::all_equal(*p_, *static_cast<const PermutationLinOp &>(other).p_);
}

Ref<LinOp> PermutationLinOp::rebuilt(const Conversion &conversion, Context &to) {
  return create(moved(*p_, to), domain->convert(conversion));
}

// ---- restriction

Ref<LinOp> RestrictionLinOp::create(const Ref<Value> &v, const Ref<Space> &domain,
                                    Ref<Space> codomain) {
  constexpr const char *op = "RestrictionLinOp";
  Ref<Array> indices = indexing::as_indices(*v, domain->ctx->family, op);
  if (!codomain) codomain = DenseCoordinateSpace::create(domain->ctx, {indices->size}, nullptr);
  if (indices->size != codomain->size())
    fail(SPC_E_VALUE, "{}: {} indices given, the codomain has {} coordinates", op, indices->size,
         codomain->size());
  if (indices->size > 0) {
    const indexing::Bounds b = indexing::bounds(*indices);
    if (b.least < 0 || b.largest >= domain->size())
      fail(SPC_E_INDEX, "{}: index {} is out of range for {} coordinates", op,
           b.least < 0 ? b.least : b.largest, domain->size());
  }
  return probed(make<RestrictionLinOp>(joint_endpoints(domain, codomain, op), std::move(indices)));
}

RestrictionLinOp::RestrictionLinOp(Endpoints e, Ref<Array> indices)
    : CoordinateLinOp(std::move(e)), indices_(std::move(indices)) {}

Ref<Array> RestrictionLinOp::map(Array &x, bool adjoint) const {
  if (!adjoint) return indexing::take_last(x, *indices_);
  Dims shape = x.shape;
  shape[shape.size() - 1] = domain->size();
  Ref<Array> y = ops::zeros(*ctx, shape, x.dtype);
  indexing::add_at_last(*y, *indices_, x);
  return y;
}

Verdict RestrictionLinOp::coordinates_are(Property property) const {
  return property == Property::real ? Verdict::yes : Verdict::unknown;
}

bool RestrictionLinOp::same_values(const LinOp &other) const {
  return ops::all_equal(*indices_, *static_cast<const RestrictionLinOp &>(other).indices_);
}

Ref<LinOp> RestrictionLinOp::rebuilt(const Conversion &conversion, Context &to) {
  return create(moved(*indices_, to), domain->convert(conversion), codomain->convert(conversion));
}

}  // namespace spc
