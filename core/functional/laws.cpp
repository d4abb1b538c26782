// SPDX-License-Identifier: Apache-2.0
#include "core/functional/laws.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "core/functional/scalars.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"
#include "core/support/law_report.hpp"
#include "core/support/philox.hpp"

namespace spc {

namespace {

constexpr const char *gradient_law = "gradient against differences of values";
constexpr const char *both_law = "value_and_grad as value and grad";
constexpr const char *vvalue_law = "vvalue item by item";
constexpr const char *vgrad_law = "vgrad item by item";
constexpr const char *hessian_law = "hess_apply against differences of gradients";
constexpr const char *symmetry_law = "hess_apply is self-adjoint";
constexpr const char *prox_law = "prox minimises";
constexpr const char *linear_law = "linearity";
constexpr const char *representer_law = "representer";
constexpr const char *convert_law = "conversion keeps values";

class Trial {
 public:
  Trial(const Ref<Functional> &F, std::int64_t samples, std::int64_t seed)
      : F_(F),
        X_(*F->domain),
        samples_(samples),
        eps_(eps(F->ctx->dtype)),
        step_(std::cbrt(eps_)),
        generator_(static_cast<std::uint64_t>(seed)) {}

  LawReport run() {
    for (std::int64_t i = 0; i < samples_; ++i) {
      const Ref<Value> x = inside(element());
      const Ref<Value> h = element(), k = element();
      if (X_.has(Capability::inner_product)) {
        derivative(*x, *h, *k);
        prox(*x, *h, *k);
      }
      linearity(*x, *h);
      conversion(*x);
    }
    batch();
    return std::move(report_);
  }

 private:
  Ref<Value> element() { return random_element(X_, generator_); }

  double norm(Value &x) const { return read_scalar(*X_.norm_core(x)).real(); }
  double inner(Value &x, Value &y) const { return read_scalar(*X_.inner_core(x, y)).real(); }
  double value(Value &x) const { return read_scalar(*F_->value(x)).real(); }
  Ref<Value> moved(Value &x, double step, Value &h) const {
    const Weak factor(step);
    return X_.axpy_core(*factor, h, x);
  }
  double distance(Value &x, Value &y) const { return norm(*moved(x, -1, y)); }

  // nullopt: a law that has nothing to try here, with the reason in the report.
  template <class Make>
  std::optional<Ref<Value>> offered(const char *law, Make &&make) {
    try {
      return make();
    } catch (const Error &e) {
      if (e.code() != SPC_E_NOTIMPL) throw;
      report_.skip(law, e.message());
      return std::nullopt;
    }
  }

  // Where the gradient of x is not finite, that of the moduli of its coordinates is: natural domains
  // are positive.
  Ref<Value> inside(Ref<Value> x) {
    if (X_.complex() || !X_.has(Capability::inner_product) || X_.ctx->family.opaque()) return x;
    if (!outside(*x)) return x;
    const Weak least(0.125);
    const Ref<Array> size = ops::call(Op::abs, {X_.flatten_core(*x).get()});
    return X_.unflatten_core(*ops::add(*size, *least));
  }
  bool outside(Value &x) {
    const auto g = offered(gradient_law, [&] { return F_->grad(x); });
    return g && !std::isfinite(norm(**g));
  }

  void derivative(Value &x, Value &h, Value &k) {
    const auto g = offered(gradient_law, [&] { return F_->grad(x); });
    if (!g) {
      report_.skip(both_law, "there is no gradient");
      report_.skip(hessian_law, "there is no gradient");
      report_.skip(symmetry_law, "there is no gradient");
      return;
    }
    const double at = value(x), size = std::max(1.0, norm(x)), length = std::max(norm(h), 1e-3);
    const double step = step_ * size / length;
    const Ref<Value> above = moved(x, step, h), below = moved(x, -step, h);
    const double up = value(*above), down = value(*below);
    const double scale = 1 + std::abs(at) + norm(**g) * norm(h);
    // A derivative between the slopes to both sides is off the mean of the two by half of what they
    // differ by, at most: of step^2 where F is smooth, more where it has a kink.
    const double bend = std::abs(up - 2 * at + down) / step;
    report_.add(gradient_law, std::abs((up - down) / (2 * step) - inner(**g, h)),
                1e3 * step_ * step_ * scale + 0.51 * bend);

    const Functional::ValueAndGrad both = F_->value_and_grad(x);
    report_.add(both_law,
                std::abs(read_scalar(*both.value).real() - at) + distance(*both.grad, **g),
                1e2 * eps_ * (1 + std::abs(at) + norm(**g)));

    const auto Hh = offered(hessian_law, [&] { return F_->hess_apply(x, h); });
    if (!Hh) return report_.skip(symmetry_law, "there is no Hessian");
    const Ref<Value> after = F_->grad(*above), before = F_->grad(*below);
    const Weak half(1 / (2 * step));
    const Ref<Value> rise = X_.scale_core(*half, *moved(*after, -1, *before));
    const double turn = norm(*moved(*moved(*after, -2, **g), 1, *before)) / step;
    const double curve = norm(**Hh);
    report_.add(hessian_law, distance(*rise, **Hh),
                1e3 * step_ * step_ * (1 + norm(**g) + curve + curve * curve) + 0.51 * turn);
    const Ref<Value> Hk = F_->hess_apply(x, k);
    report_.add(symmetry_law, std::abs(inner(k, **Hh) - inner(*Hk, h)),
                1e3 * eps_ * (1 + norm(**Hh) * norm(k) + norm(*Hk) * norm(h)));
  }

  // With phi(z) = t F(z) + 1/2 ||z - v||^2, the least value of a convex F is where
  // phi(z) >= phi(p) + 1/2 ||z - p||^2 for every z.
  void prox(Value &v, Value &h, Value &k) {
    constexpr double t = 0.75;
    const auto p = offered(prox_law, [&] { return F_->prox(v, t); });
    if (!p) return;
    const auto phi = [&](Value &z) {
      const double d = distance(z, v);
      return t * value(z) + 0.5 * d * d;
    };
    const double least = phi(**p);
    for (const double size : {1.0, 1e-1, 1e-2})
      for (Value *direction : {&h, &k})
        for (const double sign : {1.0, -1.0}) {
          const Ref<Value> z = moved(**p, sign * size, *direction);
          if (outside(*z)) continue;
          const double d = distance(*z, **p), there = phi(*z);
          const double missing = least + 0.5 * d * d - there;
          report_.add(prox_law, std::isinf(there) && there > 0 ? 0 : std::max(missing, 0.0),
                      1e3 * eps_ * (1 + std::abs(least) + d * d));
        }
  }

  void linearity(Value &x, Value &y) {
    if (!F_->is_linear()) return;
    const double a = 0.75, b = -1.25;
    const Weak factor(a);
    const Ref<Value> z = moved(*X_.scale_core(*factor, x), b, y);
    const std::complex<double> fx = read_scalar(*F_->value(x)), fy = read_scalar(*F_->value(y));
    report_.add(linear_law, std::abs(read_scalar(*F_->value(*z)) - a * fx - b * fy),
                1e2 * eps_ * (1 + std::abs(fx) + std::abs(fy)) *
                    std::sqrt(static_cast<double>(X_.size() + 1)));
    if (!F_->has_representer()) return report_.skip(representer_law, "there is none");
    const Ref<Value> c = F_->representer();
    report_.add(representer_law, std::abs(read_scalar(*X_.inner_core(*c, x)) - fx),
                1e2 * eps_ * (1 + norm(*c) * norm(x)));
  }

  void batch() {
    std::vector<Ref<Value>> items;
    for (int i = 0; i < 3; ++i) items.push_back(inside(element()));
    Ref<Value> xs;
    try {
      xs = X_.batch_of(items);
    } catch (const Error &e) {
      if (e.code() != SPC_E_NOTIMPL && e.code() != SPC_E_CAPABILITY) throw;
      report_.skip(vvalue_law, e.message());
      return report_.skip(vgrad_law, e.message());
    }
    const Ref<Array> ys = F_->vvalue(*xs);
    const Ref<Array> wide =
        ops::astype(*ys, is_complex(ys->dtype) ? Dtype::complex128 : Dtype::float64);
    std::vector<std::complex<double>> values(items.size());
    std::vector<double> reals(items.size());
    if (is_complex(ys->dtype)) {
      ops::to_host(*wide, values.data());
    } else {
      ops::to_host(*wide, reals.data());
      std::copy(reals.begin(), reals.end(), values.begin());
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
      const std::complex<double> alone = read_scalar(*F_->value(*items[i]));
      const double error = values[i] == alone ? 0 : std::abs(values[i] - alone);
      report_.add(vvalue_law, error, 1e3 * eps_ * (1 + std::abs(alone)));
    }
    const auto gs = offered(vgrad_law, [&] { return F_->vgrad(*xs); });
    if (!gs) return;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const Ref<Value> alone = F_->grad(*items[i]);
      const Ref<Value> item = X_.batch_item(**gs, static_cast<std::int64_t>(i));
      report_.add(vgrad_law, distance(*item, *alone), 1e3 * eps_ * (1 + norm(*alone)));
    }
  }

  // To the other precision and back to the element.
  void conversion(Value &x) {
    const Dtype own = F_->ctx->dtype;
    Dtype other = own;
    switch (own) {
      case Dtype::float32:
        other = Dtype::float64;
        break;
      case Dtype::float64:
        other = Dtype::float32;
        break;
      case Dtype::complex64:
        other = Dtype::complex128;
        break;
      case Dtype::complex128:
        other = Dtype::complex64;
        break;
      default:
        return report_.skip(convert_law, "the dtype has no other precision");
    }
    const Ref<Context> context = make<Context>(F_->ctx->family, other, F_->ctx->level);
    Target target;
    target.context = context.get();
    const Conversion conversion(&target, "test_functional");
    const double at = value(x);
    double there = 0;
    try {
      const Ref<Functional> converted = F_->convert(conversion);
      const Ref<Value> z = own_element(*converted->domain, x, "test_functional", "x");
      there = read_scalar(*converted->value(*z)).real();
    } catch (const Error &e) {
      if (e.code() != SPC_E_CALLBACK && e.code() != SPC_E_NOTIMPL) throw;
      return report_.skip(convert_law, e.message());
    }
    const double error = there == at ? 0 : std::abs(there - at);
    report_.add(convert_law, error, 2e-5 * (1 + std::abs(at)));
  }

  const Ref<Functional> F_;
  const Space &X_;
  const std::int64_t samples_;
  const double eps_, step_;
  Philox generator_;
  LawReport report_;
};

}  // namespace

FunctionalReport test_functional(const Ref<Functional> &F, std::int64_t samples,
                                 std::int64_t seed) {
  if (samples < 1)
    fail(SPC_E_VALUE, "test_functional: samples is {}, expected at least 1", samples);
  if (!is_floating(F->ctx->dtype))
    fail(SPC_E_TYPE, "test_functional: the domain has dtype {}, expected a floating one",
         name(F->ctx->dtype));
  const LawReport report = Trial(F, samples, seed).run();
  return {report.text(), report.failures()};
}

}  // namespace spc
