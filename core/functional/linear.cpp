// SPDX-License-Identifier: Apache-2.0
#include "core/functional/linear.hpp"

#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

// Numbers that a function of the program gave, as an array; where a scalar is expected, their shape
// is looked at by the level.
Ref<Array> numbers(Ref<Value> y, Context &ctx, const char *who) {
  if (!y) fail(SPC_E_TYPE, "{}: the callback returned no value", who);
  if (y->kind() == ValueKind::array) return Ref<Array>::adopt(static_cast<Array *>(y.leak()));
  if (y->kind() != ValueKind::scalar && y->kind() != ValueKind::list)
    fail(SPC_E_TYPE, "{}: the callback returned {}, expected a scalar or a 0-d array", who,
         describe(y.get()));
  return ops::asarray(ctx, *y, ctx.dtype);
}

}  // namespace

Ref<Value> repeated(const Space &space, Value &x, const Dims &leading) {
  Dims shape = leading;
  shape.push_back(space.size());
  const Ref<Array> everywhere = ops::broadcast_to(*space.flatten_core(x), shape);
  return space.unflatten_batch_core(*ops::copy(*everywhere));
}

Ref<Functional> InnerProductFunctional::create(const Ref<Space> &domain, Value &c) {
  if (!domain->has(Capability::inner_product))
    fail(SPC_E_TYPE, "InnerProductFunctional: the domain is a {} without inner product",
         domain->kind());
  return make<InnerProductFunctional>(domain,
                                      own_element(*domain, c, "InnerProductFunctional", "c"));
}

Ref<Array> InnerProductFunctional::vvalue_core(Value &xs) const {
  const Ref<Array> dual = domain->flatten_core(*domain->riesz(*c_));
  return ops::matmul(*domain->flatten_batch_core(xs), *ops::conj(*dual));
}

Ref<Value> InnerProductFunctional::vgrad_core(Value &xs) const {
  return repeated(*domain, *c_, domain->batch_shape(xs));
}

bool InnerProductFunctional::same_values(const Functional &other) const {
  return spc::same_elements(*domain, *c_, *static_cast<const InnerProductFunctional &>(other).c_);
}

Ref<Functional> InnerProductFunctional::rebuilt(const Conversion &conversion) {
  return create(domain->convert(conversion), *c_);
}

Ref<Functional> MatrixFreeLinearFunctional::create(const Ref<Space> &domain, ElementFunction value,
                                                   ElementFunction vvalue, const FunctionId &id) {
  if (!value) fail(SPC_E_TYPE, "MatrixFreeLinearFunctional: value is not callable");
  return make<MatrixFreeLinearFunctional>(domain, std::move(value), std::move(vvalue), id);
}

Ref<Array> MatrixFreeLinearFunctional::value_core(Value &x) const {
  Ref<Array> y = numbers(value_(x), *ctx, "MatrixFreeLinearFunctional.value");
  check_scalars(*y, {});
  return y;
}

Ref<Array> MatrixFreeLinearFunctional::vvalue_core(Value &xs) const {
  if (!vvalue_) return Functional::vvalue_core(xs);
  return numbers(vvalue_(xs), *ctx, "MatrixFreeLinearFunctional.vvalue");
}

bool MatrixFreeLinearFunctional::same_values(const Functional &other) const {
  return id_ == static_cast<const MatrixFreeLinearFunctional &>(other).id_;
}

Ref<Functional> MatrixFreeLinearFunctional::rebuilt(const Conversion &conversion) {
  return create(domain->convert(conversion), value_, vvalue_, id_);
}

Ref<Functional> CallbackFunctional::create(const Ref<Space> &domain, ElementFunction value,
                                           ElementFunction grad, const FunctionId &id) {
  if (!value) fail(SPC_E_TYPE, "CallbackFunctional: value is not callable");
  return make<CallbackFunctional>(domain, std::move(value), std::move(grad), id);
}

Ref<Array> CallbackFunctional::value_core(Value &x) const {
  Ref<Array> y = numbers(value_(x), *ctx, "CallbackFunctional.value");
  check_scalars(*y, {});
  return y;
}

Ref<Value> CallbackFunctional::grad_core(Value &x) const {
  if (!grad_) return Functional::grad_core(x);
  Ref<Value> g = grad_(x);
  if (!g) fail(SPC_E_TYPE, "CallbackFunctional.grad: the callback returned no element");
  // What user code returns is looked at on every way, not only at the functional's own boundary.
  domain->admit(*g, "CallbackFunctional.grad", "the callback's result");
  return domain->tagged(std::move(g));
}

bool CallbackFunctional::same_values(const Functional &other) const {
  return id_ == static_cast<const CallbackFunctional &>(other).id_;
}

Ref<Functional> CallbackFunctional::rebuilt(const Conversion &conversion) {
  return create(domain->convert(conversion), value_, grad_, id_);
}

}  // namespace spc
