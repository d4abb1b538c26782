// SPDX-License-Identifier: Apache-2.0
#include "core/space/laws.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <vector>

#include "core/ops/ops.hpp"
#include "core/registry/registry.hpp"
#include "core/space/axes.hpp"
#include "core/support/error.hpp"

namespace spc {

Ref<Value> random_element(const Space &space, Rng &rng) {
  const Dtype dtype = space.ctx->dtype;
  if (!is_floating(dtype))
    fail(SPC_E_TYPE, "space_random: the space has dtype {}, expected a floating dtype",
         name(dtype));
  const auto wanted = static_cast<std::int32_t>(dtype);
  if (!space.ctx->family.opaque())
    return space.unflatten_core(*rng.normal(*space.ctx, {space.size()}, wanted));
  // Opaque elements have no coordinates to be written on their own family.
  const Ref<Context> host = make<Context>(Registry::get().host_default(), dtype, CheckLevel::none);
  const Ref<Array> numbers = rng.normal(*host, {space.size()}, wanted);
  return space.from_host(numbers->data);
}

namespace {

using Number = std::complex<double>;

Number number_of(const Ref<Array> &x) {
  return read_scalar(*x);
}

class Laws {
 public:
  Laws(Space &space, std::int64_t samples, std::int64_t seed)
      : X_(space),
        rng_(Rng::create(seed)),
        tolerance_(size_of(real_of(space.ctx->dtype)) == 4 ? 2e-5 : 1e-10) {
    // Over the complex numbers some spaces are real vector spaces: those that project.
    const bool complex = space.complex() && space.free_coordinates();
    a_ = Number(.5, complex ? .25 : 0);
    b_ = Number(-1.25, complex ? .5 : 0);
    for (std::int64_t i = 0; i < samples; ++i)
      triples_.push_back({element(), element(), element()});
  }

  LawReport run() {
    vector_laws();
    if (X_.has(Capability::coordinate) && !X_.ctx->family.opaque()) {
      coordinate_laws();
      batch_laws();
    }
    if (X_.has(Capability::inner_product)) inner_laws();
    if (X_.has(Capability::star)) star_laws();
    if (X_.has(Capability::jordan)) jordan_laws();
    if (!X_.ctx->family.opaque()) conversion_laws();
    return std::move(report_);
  }

 private:
  struct Triple {
    Ref<Value> x, y, z;
  };

  Ref<Value> element() { return random_element(X_, *rng_); }

  // A weak number.
  static Ref<Value> number(Number a) {
    return make<Scalar>(a.imag() == 0 ? SPC_WEAK_FLOAT : SPC_WEAK_COMPLEX, 0, a);
  }
  Ref<Value> scale(Number a, Value &x) const { return X_.scale_core(*number(a), x); }
  Ref<Value> add(Value &x, Value &y) const { return X_.add_core(x, y); }

  // ||u - v|| / (1 + ||v||) in coordinates.
  double distance(Value &u, Value &v) const {
    const Ref<Value> minus = number(-1), gap = X_.axpy_core(*minus, v, u);
    return number_of(X_.coordinate_norm(*gap)).real() /
           (1 + number_of(X_.coordinate_norm(v)).real());
  }
  double distance(const Ref<Value> &u, const Ref<Value> &v) const { return distance(*u, *v); }
  // |p - q| against the size of the factors of a product.
  static double distance(Number p, Number q, double size) {
    return std::abs(p - q) / (1 + std::max(size, std::abs(q)));
  }
  double norm(Value &x) const { return number_of(X_.norm_core(x)).real(); }
  Number inner(Value &x, Value &y) const { return number_of(X_.inner_core(x, y)); }

  void law(const char *text, const std::function<double(const Triple &)> &deviation) {
    try {
      for (const Triple &t : triples_) report_.add(text, deviation(t), tolerance_);
    } catch (const Error &e) {
      if (e.code() == SPC_E_CALLBACK || e.code() == SPC_E_MEMORY) throw;
      report_.add(fmt::format("{}: {}", text, e.message()), std::nan(""), tolerance_);
    }
  }

  void vector_laws() {
    const Ref<Value> zero = X_.zeros_core();
    law("0 and x are members", [&](const Triple &t) {
      X_.check_member(*zero);
      X_.check_member(*t.x);
      return 0;
    });
    law("x + 0 = x", [&](const Triple &t) { return distance(add(*t.x, *zero), t.x); });
    law("x + y = y + x",
        [&](const Triple &t) { return distance(add(*t.x, *t.y), add(*t.y, *t.x)); });
    law("(x + y) + z = x + (y + z)", [&](const Triple &t) {
      return distance(add(*add(*t.x, *t.y), *t.z), add(*t.x, *add(*t.y, *t.z)));
    });
    law("1 x = x", [&](const Triple &t) { return distance(scale(1, *t.x), t.x); });
    law("a (x + y) = a x + a y", [&](const Triple &t) {
      return distance(scale(a_, *add(*t.x, *t.y)), add(*scale(a_, *t.x), *scale(a_, *t.y)));
    });
    law("(a + b) x = a x + b x", [&](const Triple &t) {
      return distance(scale(a_ + b_, *t.x), add(*scale(a_, *t.x), *scale(b_, *t.x)));
    });
    law("(a b) x = a (b x)", [&](const Triple &t) {
      return distance(scale(a_ * b_, *t.x), scale(a_, *scale(b_, *t.x)));
    });
    law("axpy(a, x, y) = a x + y", [&](const Triple &t) {
      return distance(X_.axpy_core(*number(a_), *t.x, *t.y), add(*scale(a_, *t.x), *t.y));
    });
    law("y = a x + b y in place", [&](const Triple &t) {
      const Ref<Value> y = X_.new_element();
      X_.copy_into(*t.y, *y);
      X_.axpby_into(number(a_).get(), *t.x, number(b_).get(), *y);
      return distance(y, add(*scale(a_, *t.x), *scale(b_, *t.y)));
    });
  }

  void coordinate_laws() {
    law("unflatten(flatten(x)) = x", [&](const Triple &t) {
      const Ref<Array> v = X_.flatten_core(*t.x);
      if (v->shape != Dims({X_.size()}))
        fail(SPC_E_VALUE, "flatten gives shape {}, expected {}", v->shape, Dims({X_.size()}));
      return distance(X_.unflatten_core(*v), t.x);
    });
  }

  void batch_laws() {
    const auto batch = [&](const Ref<Value> &first, const Ref<Value> &second) {
      const Ref<Value> items[] = {first, second};
      return X_.batch_of(items);
    };
    law("items of a batch", [&](const Triple &t) {
      const Ref<Value> xs = batch(t.x, t.y);
      X_.check_batch(*xs);
      return std::max(distance(X_.batch_item(*xs, 0), t.x), distance(X_.batch_item(*xs, 1), t.y));
    });
    law("unflatten_batch(flatten_batch(xs)) = xs", [&](const Triple &t) {
      const Ref<Value> xs = batch(t.x, t.y);
      const Ref<Value> back = X_.unflatten_batch_core(*X_.flatten_batch_core(*xs));
      return std::max(distance(X_.batch_item(*back, 0), t.x),
                      distance(X_.batch_item(*back, 1), t.y));
    });
    law("xs + ys and a xs item by item", [&](const Triple &t) {
      const Ref<Value> xs = batch(t.x, t.y), ys = batch(t.z, t.x);
      return std::max(distance(X_.batch_item(*add(*xs, *ys), 1), add(*t.y, *t.x)),
                      distance(X_.batch_item(*scale(a_, *xs), 0), scale(a_, *t.x)));
    });
    law("xs + 0 = xs", [&](const Triple &t) {
      const Ref<Value> xs = batch(t.x, t.y), zeros = X_.zeros_batch({2});
      return distance(X_.batch_item(*add(*xs, *zeros), 1), t.y);
    });
    if (!X_.has(Capability::inner_product)) return;
    law("inner products of a batch", [&](const Triple &t) {
      const Ref<Value> xs = batch(t.x, t.y), ys = batch(t.z, t.x);
      const Ref<Array> products = X_.inner_batch_core(*xs, *ys);
      const Ref<Array> last = ops::reshape(*slice_last(*products, 1, 2), {});
      return distance(number_of(last), inner(*t.y, *t.x), norm(*t.y) * norm(*t.x));
    });
  }

  void inner_laws() {
    law("<x, y> = conj <y, x>", [&](const Triple &t) {
      return distance(inner(*t.x, *t.y), std::conj(inner(*t.y, *t.x)), norm(*t.x) * norm(*t.y));
    });
    law("<a x, y> = conj(a) <x, y>", [&](const Triple &t) {
      return distance(inner(*scale(a_, *t.x), *t.y), std::conj(a_) * inner(*t.x, *t.y),
                      norm(*t.x) * norm(*t.y));
    });
    law("<x, a y> = a <x, y>", [&](const Triple &t) {
      return distance(inner(*t.x, *scale(a_, *t.y)), a_ * inner(*t.x, *t.y),
                      norm(*t.x) * norm(*t.y));
    });
    law("||x||^2 = <x, x> > 0", [&](const Triple &t) {
      const Number square = inner(*t.x, *t.x);
      if (X_.size() > 0 && !(square.real() > 0))
        fail(SPC_E_VALUE, "<x, x> is {} for x != 0", square.real());
      return distance(norm(*t.x) * norm(*t.x), square, std::abs(square));
    });
    law("|<x, y>| <= ||x|| ||y||", [&](const Triple &t) {
      const double bound = norm(*t.x) * norm(*t.y);
      return std::max(0.0, std::abs(inner(*t.x, *t.y)) - bound) / (1 + bound);
    });
    law("R^-1 R x = x",
        [&](const Triple &t) { return distance(X_.riesz_inverse(*X_.riesz(*t.x)), t.x); });
    law("<x, y> in place", [&](const Triple &t) {
      const Ref<Array> out = X_.inner_core(*t.x, *t.x);
      const Ref<Value> work = X_.is_euclidean() ? Ref<Value>() : X_.new_element();
      X_.inner_into(*t.x, *t.y, work.get(), *out);
      return distance(number_of(out), inner(*t.x, *t.y), norm(*t.x) * norm(*t.y));
    });
    if (X_.ctx->family.opaque()) return;
    law("<x, y> = vdot(x, R y)", [&](const Triple &t) {
      const Ref<Array> image = X_.flatten_core(*X_.riesz(*t.y));
      return distance(number_of(ops::vdot(*X_.flatten_core(*t.x), *image)), inner(*t.x, *t.y),
                      norm(*t.x) * norm(*t.y));
    });
  }

  void star_laws() {
    law("star(star(x)) = x",
        [&](const Triple &t) { return distance(X_.star_core(*X_.star_core(*t.x)), t.x); });
    law("star(a x) = conj(a) star(x)", [&](const Triple &t) {
      return distance(X_.star_core(*scale(a_, *t.x)), scale(std::conj(a_), *X_.star_core(*t.x)));
    });
  }

  void jordan_laws() {
    law("x o y = y o x, a member", [&](const Triple &t) {
      const Ref<Value> product = X_.jordan_core(*t.x, *t.y);
      X_.check_member(*product);
      return distance(product, X_.jordan_core(*t.y, *t.x));
    });
    law("unit o x = x",
        [&](const Triple &t) { return distance(X_.jordan_core(*X_.unit(), *t.x), t.x); });
    law("from_spectrum(spectral_decompose(x)) = x", [&](const Triple &t) {
      const Space::SpectralDecomposition d = X_.spectral_decompose_core(*t.x);
      const Ref<Value> back = X_.from_spectrum_core(*d.eigenvalues, *d.frame);
      X_.check_member(*back);
      return distance(back, t.x);
    });
    law("trace = sum, determinant = product of the spectrum", [&](const Triple &t) {
      const Ref<Array> values = flatten_trailing(*X_.spectrum_core(*t.x), 0);
      const Number trace = number_of(X_.trace_core(*t.x));
      const Number determinant = number_of(X_.determinant_core(*t.x));
      return std::max(
          distance(trace, number_of(reduce_last(Op::sum, *values, 1)), norm_of(*values)),
          distance(determinant, number_of(reduce_last(Op::prod, *values, 1)), 0));
    });
    if (!X_.has(Capability::euclidean_jordan)) return;
    law("Re trace(x) = Re <unit, x>", [&](const Triple &t) {
      const Ref<Value> unit = X_.unit();
      return distance(number_of(X_.trace_core(*t.x)).real(), inner(*unit, *t.x).real(),
                      norm(*unit) * norm(*t.x));
    });
    law("<x o y, z> = <y, x o z>", [&](const Triple &t) {
      return distance(inner(*X_.jordan_core(*t.x, *t.y), *t.z),
                      inner(*t.y, *X_.jordan_core(*t.x, *t.z)),
                      norm(*t.x) * norm(*t.y) * norm(*t.z));
    });
  }

  static double norm_of(Array &x) { return number_of(ops::norm(x)).real(); }

  void conversion_laws() {
    constexpr Dtype other[] = {Dtype::float64, Dtype::float32, Dtype::complex128, Dtype::complex64};
    law("conversion keeps class, shape and field", [&](const Triple &) {
      const Context &own = *X_.ctx;
      const Dtype dtype = other[index_of(own.dtype) - index_of(Dtype::float32)];
      const Ref<Context> to = make<Context>(own.family, dtype, own.level);
      const Ref<Space> converted = X_.converted_to(*to);
      const bool kept = std::strcmp(converted->kind(), X_.kind()) == 0 &&
                        converted->shape() == X_.shape() && converted->complex() == X_.complex();
      if (!kept) fail(SPC_E_VALUE, "{} became {}", X_.text(), converted->text());
      return X_.converted_to(*X_.ctx).get() == &X_ ? 0 : 1;
    });
  }

  Space &X_;
  const Ref<Rng> rng_;
  const double tolerance_;
  Number a_, b_;
  std::vector<Triple> triples_;
  LawReport report_;
};

}  // namespace

LawReport test_space(Space &space, std::int64_t samples, std::int64_t seed) {
  return Laws(space, samples, seed).run();
}

}  // namespace spc
