// SPDX-License-Identifier: Apache-2.0
#include "core/functional/functional.hpp"

#include <cmath>
#include <cstring>
#include <vector>

#include "core/functional/scalars.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

// Items of a batch with any number of leading axes, one after another.
template <class F>
void for_each_item(const Space &space, Value &batch, const Dims &leading, F &&f) {
  Ref<Value> flat = Ref<Value>::share(&batch);
  const std::int64_t n = product(leading);
  if (leading.size() != 1)
    flat = space.unflatten_batch_core(
        *ops::reshape(*space.flatten_batch_core(batch), {n, space.size()}));
  for (std::int64_t i = 0; i < n; ++i) f(*space.batch_item(*flat, i));
}

Ref<Array> stack(const std::vector<Ref<Array>> &items, const Dims &leading) {
  std::vector<Value *> list;
  for (const Ref<Array> &item : items) list.push_back(item.get());
  OpArgs args(Op::stack);
  args.n_list = static_cast<std::int64_t>(list.size());
  args.list = list.data();
  return ops::reshape(*dispatch_array(args), leading);
}

}  // namespace

void Functional::check_scalars(const Array &y, const Dims &leading) const {
  if (ctx->level >= CheckLevel::standard && y.shape != leading)
    fail(SPC_E_VALUE, "Expected scalar batch output with shape {}, got {}.", leading, y.shape);
}

Ref<Array> Functional::value(Value &x) const {
  Value *const operands[] = {&x};
  const Offered offered("functional_value", 0, operands, 1);
  domain->admit(*offered[0], "functional_value", "x");
  Ref<Array> y = value_core(*offered[0]);
  check_scalars(*y, {});
  return tagged_scalar(*domain, y);
}

Ref<Value> Functional::grad(Value &x) const {
  Value *const operands[] = {&x};
  const Offered offered("functional_grad", 0, operands, 1);
  domain->admit(*offered[0], "functional_grad", "x");
  Ref<Value> g = domain->tagged(grad_core(*offered[0]));
  domain->check_member(*g);
  return g;
}

Functional::ValueAndGrad Functional::value_and_grad(Value &x) const {
  Value *const operands[] = {&x};
  const Offered offered("functional_value_and_grad", 0, operands, 1);
  domain->admit(*offered[0], "functional_value_and_grad", "x");
  ValueAndGrad both = value_and_grad_core(*offered[0]);
  check_scalars(*both.value, {});
  both.grad = domain->tagged(std::move(both.grad));
  domain->check_member(*both.grad);
  return {tagged_scalar(*domain, both.value), std::move(both.grad)};
}

Ref<Array> Functional::vvalue(Value &xs) const {
  Value *const operands[] = {&xs};
  const Offered offered("functional_vvalue", 0, operands, 1);
  domain->admit_batch(*offered[0], "functional_vvalue", "xs");
  Ref<Array> ys = vvalue_core(*offered[0]);
  check_scalars(*ys, domain->batch_shape(*offered[0]));
  return tagged_scalar(*domain, ys);
}

Ref<Value> Functional::vgrad(Value &xs) const {
  Value *const operands[] = {&xs};
  const Offered offered("functional_vgrad", 0, operands, 1);
  domain->admit_batch(*offered[0], "functional_vgrad", "xs");
  Ref<Value> gs = vgrad_core(*offered[0]);
  domain->check_batch(*gs);
  return gs;
}

Ref<Value> Functional::hess_apply(Value &x, Value &h) const {
  Value *const operands[] = {&x, &h};
  const Offered offered("functional_hess_apply", 0, operands, 2);
  domain->admit(*offered[0], "functional_hess_apply", "x");
  domain->admit(*offered[1], "functional_hess_apply", "h");
  Ref<Value> y = domain->tagged(hess_apply_core(*offered[0], *offered[1]));
  domain->check_member(*y);
  return y;
}

Ref<Value> Functional::prox(Value &v, double t) const {
  Value *const operands[] = {&v};
  const Offered offered("functional_prox", 0, operands, 1);
  if (!std::isfinite(t) || t < 0)
    fail(SPC_E_VALUE, "functional_prox: t is {}, expected a finite number >= 0", t);
  domain->admit(*offered[0], "functional_prox", "v");
  Ref<Value> x = domain->tagged(prox_core(*offered[0], t));
  domain->check_member(*x);
  return x;
}

Ref<Value> Functional::grad_core(Value &) const {
  fail(SPC_E_NOTIMPL, "functional_grad: {} has no gradient", kind());
}

Functional::ValueAndGrad Functional::value_and_grad_core(Value &x) const {
  Ref<Array> y = value_core(x);
  return {std::move(y), grad_core(x)};
}

Ref<Array> Functional::vvalue_core(Value &xs) const {
  const Dims leading = domain->batch_shape(xs);
  if (product(leading) == 0) return ops::zeros(*ctx, leading, ctx->dtype);
  std::vector<Ref<Array>> ys;
  for_each_item(*domain, xs, leading, [&](Value &x) {
    ys.push_back(value_core(x));
    if (ys.back()->ndim() != 0)
      fail(SPC_E_VALUE, "Expected scalar batch output with shape (), got {}.", ys.back()->shape);
  });
  return stack(ys, leading);
}

Ref<Value> Functional::vgrad_core(Value &xs) const {
  const Dims leading = domain->batch_shape(xs);
  if (product(leading) == 0) return domain->zeros_batch(leading);
  std::vector<Ref<Value>> gs;
  for_each_item(*domain, xs, leading,
                [&](Value &x) { gs.push_back(domain->tagged(grad_core(x))); });
  Ref<Value> stacked = domain->batch_of(gs);
  if (leading.size() == 1) return stacked;
  Dims shape = leading;
  shape.push_back(domain->size());
  return domain->unflatten_batch_core(*ops::reshape(*domain->flatten_batch_core(*stacked), shape));
}

Ref<Value> Functional::hess_apply_core(Value &, Value &) const {
  fail(SPC_E_NOTIMPL, "functional_hess_apply: {} has no Hessian", kind());
}

Ref<Value> Functional::prox_core(Value &v, double t) const {
  SimpleQuadratic q;
  if (!add_to(1, q)) no_prox("it is no linear functional and no multiple of the squared norm");
  return simple_prox(*this, q, v, t);
}

Ref<Value> Functional::representer() const {
  fail(SPC_E_NOTIMPL, "functional_representer: {} has no representer", kind());
}

bool Functional::add_to(double factor, SimpleQuadratic &to) const {
  if (!has_representer()) return false;
  const Weak k(factor);
  Ref<Value> c = domain->scale_core(*k, *representer());
  to.c = to.c ? domain->add_core(*to.c, *c) : std::move(c);
  return true;
}

void Functional::no_prox(const std::string &why) const {
  fail(SPC_E_NOTIMPL, "functional_prox: {} has no closed form: {}", kind(), why);
}

Ref<Value> simple_prox(const Functional &F, const SimpleQuadratic &q, Value &v, double t) {
  const Space &space = *F.domain;
  const double divisor = 1 + t * q.alpha;
  if (!(divisor > 0))
    fail(SPC_E_NOTIMPL, "functional_prox: {} with t = {} has no minimum: 1 + t alpha is {}",
         F.kind(), t, divisor);
  const Weak factor(1 / divisor), step(-t);
  Ref<Value> x = q.c ? space.axpy_core(*step, *q.c, v) : Ref<Value>::share(&v);
  return divisor == 1 ? x : space.scale_core(*factor, *x);
}

bool Functional::equals(const Functional &other) const {
  if (this == &other) return true;
  return std::strcmp(kind(), other.kind()) == 0 && domain->equals(*other.domain) &&
         same_values(other);
}

Ref<Functional> Functional::convert(const Conversion &conversion) {
  const Ref<Context> to = conversion.context_for(*ctx);
  if (*to == *ctx) return Ref<Functional>::share(this);
  return rebuilt(conversion);
}

std::string Functional::text() const {
  return fmt::format("{}({})", kind(), domain->shape());
}

void objective(const Functional &F, std::int64_t n, const double *v, double *value,
               double *gradient) {
  constexpr const char *op = "functional_objective";
  const Space &space = *F.domain;
  if (!space.has(Capability::inner_product))
    fail(SPC_E_TYPE, "{}: the domain is a {} without inner product", op, space.kind());
  if (space.complex())
    fail(SPC_E_VALUE, "{}: the domain has dtype {}, flat vectors are for real ones", op,
         name(F.ctx->dtype));
  if (n != space.size())
    fail(SPC_E_VALUE, "{}: n is {}, the domain has {} coordinates", op, n, space.size());
  if (n > 0 && v == nullptr) fail(SPC_E_VALUE, "{}: v is NULL", op);
  const bool wide = F.ctx->dtype == Dtype::float64;
  std::vector<float> narrow;
  if (!wide) narrow.assign(v, v + n);
  const void *const coordinates = wide ? static_cast<const void *>(v) : narrow.data();
  const Ref<Value> x = space.from_host(coordinates);
  if (gradient == nullptr) {
    if (value != nullptr) *value = read_scalar(*F.value(*x)).real();
    return;
  }
  Functional::ValueAndGrad both;
  if (value == nullptr)
    both.grad = F.grad(*x);
  else
    both = F.value_and_grad(*x);
  const Ref<Array> g = space.flatten_core(*space.riesz(*both.grad));
  // Results are written once nothing can fail.
  std::vector<double> derivatives(static_cast<std::size_t>(n));
  const Ref<Array> exact = ops::astype(*g, Dtype::float64);
  if (n > 0) ops::to_host(*exact, derivatives.data());
  if (value != nullptr) *value = read_scalar(*both.value).real();
  if (n > 0) std::memcpy(gradient, derivatives.data(), derivatives.size() * sizeof(double));
}

bool same_elements(const Space &space, Value &x, Value &y) {
  if (&x == &y) return true;
  return ops::all_equal(*space.flatten_core(x), *space.flatten_core(y));
}

}  // namespace spc
