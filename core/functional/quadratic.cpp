// SPDX-License-Identifier: Apache-2.0
#include "core/functional/quadratic.hpp"

#include <bit>
#include <cmath>

#include "core/functional/composed.hpp"
#include "core/functional/linear.hpp"
#include "core/functional/scalars.hpp"
#include "core/linop/algebra.hpp"
#include "core/linop/diagonal.hpp"
#include "core/linop/inverse.hpp"
#include "core/ops/ops.hpp"
#include "core/solver/linear.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

double extremum(Op op, Array &x) {
  return read_scalar(*ops::call(op, {&x})).real();
}

constexpr const char *not_positive = "1 + t Q is not positive definite";

[[noreturn]] void no_minimum(const Functional &F, double t, const std::string &why) {
  fail(SPC_E_NOTIMPL, "functional_prox: {} with t = {} has no minimum: {}", F.kind(), t, why);
}

bool is_identity(const LinOp &A) {
  return dynamic_cast<const IdentityLinOp *>(&A) != nullptr;
}

// A# Q A; A# A for Q = 1, which is recognised as self-adjoint.
Ref<LinOp> congruence(const Ref<LinOp> &Q, const Ref<LinOp> &A) {
  return make_composed(make_composed(A->adjoint(), Q), A);
}

}  // namespace

Ref<Functional> LinOpQuadraticForm::create(Ref<LinOp> Q, Ref<Functional> linear, Value *a) {
  if (linear && !linear->is_linear())
    fail(SPC_E_TYPE, "LinOpQuadraticForm: linear must be a LinearFunctional, got {}",
         linear->kind());
  if (!Q->domain->interchangeable(*Q->codomain))
    fail(SPC_E_VALUE, "LinOpQuadraticForm requires a square LinOp; got {} -> {}", Q->domain->text(),
         Q->codomain->text());
  if (Q->is_hermitian() == Verdict::no)
    fail(SPC_E_VALUE, "LinOpQuadraticForm requires a self-adjoint LinOp; {} is not", Q->text());
  if (linear && !linear->domain->interchangeable(*Q->domain))
    fail(SPC_E_VALUE, "LinOpQuadraticForm requires linear.domain == Q.domain; got {} and {}",
         linear->domain->text(), Q->domain->text());
  if (a != nullptr && a->kind() == ValueKind::array && static_cast<Array &>(*a).ndim() != 0)
    fail(SPC_E_VALUE, "LinOpQuadraticForm: a has shape {}, expected a scalar",
         static_cast<Array &>(*a).shape);
  Ref<Scalar> constant = a == nullptr ? make<Scalar>(SPC_WEAK_FLOAT, 0, 0.0)
                                      : weak_scalar(*a, *Q->ctx, "LinOpQuadraticForm");
  if (linear && linear->is_zero()) linear = nullptr;
  return make<LinOpQuadraticForm>(std::move(Q), std::move(linear), std::move(constant));
}

LinOpQuadraticForm::LinOpQuadraticForm(Ref<LinOp> q, Ref<Functional> linear, Ref<Scalar> a)
    : Functional(q->domain), Q(std::move(q)), linear_(std::move(linear)), a_(std::move(a)) {}

Ref<Array> LinOpQuadraticForm::value_from(Value &x, Value &q) const {
  const Weak half(0.5);
  Ref<Array> y = ops::multiply(*half, *domain->inner_core(x, q));
  if (linear_) y = ops::add(*y, *linear_->value_core(x));
  return a_->number == 0.0 ? y : ops::add(*y, *a_);
}

Ref<Value> LinOpQuadraticForm::grad_from(Ref<Value> q) const {
  return linear_ ? domain->add_core(*q, *linear_->representer()) : q;
}

Ref<Array> LinOpQuadraticForm::value_core(Value &x) const {
  return value_from(x, *Q->apply_core(x));
}

Ref<Value> LinOpQuadraticForm::grad_core(Value &x) const {
  return grad_from(Q->apply_core(x));
}

Functional::ValueAndGrad LinOpQuadraticForm::value_and_grad_core(Value &x) const {
  Ref<Value> q = Q->apply_core(x);
  Ref<Array> y = value_from(x, *q);
  return {std::move(y), grad_from(std::move(q))};
}

Ref<Array> LinOpQuadraticForm::vvalue_core(Value &xs) const {
  const Weak half(0.5);
  Ref<Array> ys = ops::multiply(*half, *domain->inner_batch_core(xs, *Q->vapply_core(xs)));
  if (linear_) ys = ops::add(*ys, *linear_->vvalue_core(xs));
  return a_->number == 0.0 ? ys : ops::add(*ys, *a_);
}

Ref<Value> LinOpQuadraticForm::vgrad_core(Value &xs) const {
  Ref<Value> gs = Q->vapply_core(xs);
  return linear_ ? domain->add_core(*gs, *linear_->vgrad_core(xs)) : gs;
}

// The gradient vanishes: x - v + t (Q x + c) = 0, in any geometry.
Ref<Value> LinOpQuadraticForm::prox_core(Value &v, double t) const {
  SimpleQuadratic q;
  if (add_to(1, q)) return simple_prox(*this, q, v, t);
  if (linear_ && !linear_->has_representer())
    no_prox(fmt::format("{} has no representer", linear_->kind()));
  if (t == 0) return Ref<Value>::share(&v);
  const Weak step(-t), factor(t), one(1);
  const Ref<Value> right =
      linear_ ? domain->tagged(domain->axpy_core(*step, *linear_->representer(), v))
              : Ref<Value>::share(&v);
  if (Q->is(Property::diagonal) == Verdict::yes && domain->free_coordinates()) {
    const Ref<Array> d = domain->flatten_core(*Q->apply_core(*domain->coordinate_ones()));
    const Ref<Array> divisor = ops::add(*one, *ops::multiply(*factor, *d));
    if (d->size > 0 && Q->is(Property::positive_semidefinite) != Verdict::yes)
      if (const double least = extremum(Op::min, *ops::real(*divisor)); !(least > 0))
        no_minimum(*this, t, fmt::format("the least entry of 1 + t Q is {}", least));
    return domain->unflatten_core(*ops::divide(*domain->flatten_core(*right), *divisor));
  }
  const Shifted s = shifted(t);
  if (s.inverse) return s.inverse->apply_core(*right);
  bool indefinite = false;
  Ref<Value> x =
      solve_positive(*s.op, *right, 0, "functional_prox: (1 + t Q)^-1 (v - t c)", &indefinite);
  if (indefinite) no_minimum(*this, t, not_positive);
  return x;
}

LinOpQuadraticForm::Shifted LinOpQuadraticForm::shifted(double t) const {
  const auto made = [&]() -> Shifted {
    const Ref<LinOp> op = make_sum({make<IdentityLinOp>(domain), make_scaled(weak_scalar(t), Q)});
    try {
      return {t, op, positive_inverse(op)};
    } catch (const Error &e) {
      if (e.code() != SPC_E_LINALG) throw;
      no_minimum(*this, t, not_positive);
    }
  };
  // One key for t and for what Q was made of; equal keys of different t are told apart.
  constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;
  const Shifted kept = shifted_.get(Q->version() * odd ^ std::bit_cast<std::uint64_t>(t), made);
  return kept.t == t ? kept : made();
}

bool LinOpQuadraticForm::add_to(double factor, SimpleQuadratic &to) const {
  if (!is_identity(*Q)) return false;
  if (linear_ && !linear_->add_to(factor, to)) return false;
  to.alpha += factor;
  return true;
}

Ref<Functional> LinOpQuadraticForm::pulled_back(const Ref<LinOp> &A) const {
  if (linear_ && !linear_->has_representer())
    fail(SPC_E_TYPE,
         "LinOpQuadraticForm: the linear part is a {}, which has no representer to pull back",
         linear_->kind());
  Ref<Functional> linear;
  if (linear_)
    linear = make<InnerProductFunctional>(
        A->domain, A->domain->tagged(A->rapply_core(*linear_->representer())));
  return make<LinOpQuadraticForm>(congruence(Q, A), std::move(linear), a_);
}

std::string LinOpQuadraticForm::text() const {
  return fmt::format("{}({}, {}, {})", kind(), Q->text(), linear_ ? linear_->text() : "0",
                     text_of(*a_));
}

bool LinOpQuadraticForm::same_values(const Functional &other) const {
  const auto &o = static_cast<const LinOpQuadraticForm &>(other);
  if (!linear_ != !o.linear_ || !same_number(*a_, *o.a_)) return false;
  return Q->equals(*o.Q) && (!linear_ || linear_->equals(*o.linear_));
}

Ref<Functional> LinOpQuadraticForm::rebuilt(const Conversion &conversion) {
  return create(Q->convert(conversion), linear_ ? linear_->convert(conversion) : nullptr, a_.get());
}

namespace {

// The weights as a diagonal operator on Y, in coordinates where Y is a tree.
Ref<LinOp> weighting(const Ref<Space> &Y, Value &weights) {
  constexpr const char *op = "least_squares";
  Ref<Value> own;
  try {
    own = own_element(*Y, weights, op, "weights");
  } catch (const Error &e) {
    if (e.code() != SPC_E_VALIDATION) throw;
    fail(SPC_E_VALUE, "{}: weights are no element of the codomain: {}", op, e.message());
  }
  Ref<Array> w = Y->flatten_core(*own);
  if (w->size > 0) {
    const Ref<Array> re = ops::real(*w);
    const double low = extremum(Op::min, *re), high = extremum(Op::max, *re);
    if (!std::isfinite(low) || !std::isfinite(high))
      fail(SPC_E_VALUE, "{}: weights must be finite; they range from {} to {}", op, low, high);
    if (!(low > 0))
      fail(SPC_E_VALUE, "{}: weights must be strictly positive; the least is {}", op, low);
  }
  if (w->shape != Y->shape()) w = ops::reshape(*w, Y->shape());
  Ref<LinOp> W = DiagonalLinOp::create(w, Y);
  if (W->is_hermitian() == Verdict::no)
    fail(SPC_E_VALUE, "{}: the weights are not self-adjoint in the geometry of the codomain", op);
  return W;
}

}  // namespace

Ref<Functional> least_squares(const Ref<LinOp> &A, Value &b, Value *weights, double scale) {
  constexpr const char *op = "least_squares";
  if (!std::isfinite(scale) || !(scale > 0))
    fail(SPC_E_VALUE, "{}: scale is {}, expected a positive finite number", op, scale);
  const Space &Y = *A->codomain;
  const Ref<Value> target = own_element(Y, b, op, "b");
  const Ref<LinOp> W = weights == nullptr ? Ref<LinOp>() : weighting(A->codomain, *weights);
  const Ref<Value> Wb = W ? W->apply_core(*target) : target;
  const Ref<LinOp> one = make<IdentityLinOp>(A->codomain);
  const Weak factor(-2 * scale);
  Ref<Value> c = A->domain->scale_core(*factor, *A->rapply_core(*Wb));
  const double a = scale * read_scalar(*Y.inner_core(*target, *Wb)).real();
  return make<LinOpQuadraticForm>(
      make_scaled(make<Scalar>(SPC_WEAK_FLOAT, 0, 2 * scale), congruence(W ? W : one, A)),
      make<InnerProductFunctional>(A->domain, A->domain->tagged(std::move(c))),
      make<Scalar>(SPC_WEAK_FLOAT, 0, a));
}

}  // namespace spc
