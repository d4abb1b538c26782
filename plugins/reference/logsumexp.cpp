// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <complex>
#include <limits>

#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"
#include "plugins/reference/wide.hpp"

namespace spc::reference {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double real_part(double x) {
  return x;
}
double real_part(Complex<double> x) {
  return x.re;
}

double shifted(double x, double shift) {
  return x + shift;
}
Complex<double> shifted(Complex<double> x, double shift) {
  return {x.re + shift, x.im};
}

double exponential(double x) {
  return std::exp(x);
}
Complex<double> exponential(Complex<double> x) {
  const std::complex<double> e = std::exp(std::complex<double>(x.re, x.im));
  return {e.real(), e.imag()};
}

// A negative real number has none; a complex one has the principal one.
double logarithm(double x) {
  return std::log(x);
}
Complex<double> logarithm(Complex<double> x) {
  const std::complex<double> l = std::log(std::complex<double>(x.re, x.im));
  return {l.real(), l.imag()};
}

double weighted(double weight, double x) {
  return weight * x;
}
// A real weight scales the parts of an infinite number: its own 0 times infinity would be NaN.
Complex<double> weighted(Complex<double> weight, Complex<double> x) {
  if (weight.im == 0 && !is_finite(x)) return {weight.re * x.re, weight.re * x.im};
  return times(weight, x);
}

double sign(double x) {
  return std::isnan(x) ? x : static_cast<double>((x > 0) - (x < 0));
}
Complex<double> sign(Complex<double> x) {
  const double size = modulus(x);
  if (size == 0) return {0, 0};
  if (!std::isinf(size)) return {x.re / size, x.im / size};
  // Along an axis the direction is known.
  if (std::isfinite(x.im)) return {std::copysign(1.0, x.re), 0};
  if (std::isfinite(x.re)) return {0, std::copysign(1.0, x.im)};
  return {x.re / size, x.im / size};
}

// sum = exp(-shift) times the sum of b exp(a); each(f) runs f(a, b) on every term.
template <class W>
struct Total {
  W sum;
  double shift;
};

template <class W, class Each>
Total<W> total_of(Each each) {
  double top = -infinity;
  each([&](W a, W b) {
    if (!is_zero(b)) top = larger(top, real_part(a));
  });
  const double shift = std::isfinite(top) ? top : 0;
  Sum<W> sum;
  each([&](W a, W b) {
    if (is_zero(b)) return;
    // Beside an infinite term a finite one counts nothing, even where its exponential overflows.
    const bool finite = is_finite(b) && (is_finite(a) || real_part(a) == -infinity);
    if (top == infinity && finite) return;
    sum.add(weighted(b, exponential(shifted(a, -shift))));
  });
  return {sum.result(), shift};
}

}  // namespace

spc_status logsumexp(void *, const spc_call *call) {
  return for_dtype(FloatingTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    using R = RealOf<T>;
    using W = Wide<T>;
    static constexpr int64_t unmoved[SPC_MAX_NDIM] = {};
    const int32_t n_kept = params<spc_params_reduce>(call).n_kept;
    const spc_tensor &out = *call->out[0];
    const bool with_weights = call->n_in == 2;
    const bool with_sign = call->n_out == 2;

    const T one = cast<T>(Bool{1});
    const T *a = data<const T>(*call->in[0]);
    const T *b = with_weights ? data<const T>(*call->in[1]) : &one;
    const int64_t *a_strides = call->in[0]->strides;
    const int64_t *b_strides = with_weights ? call->in[1]->strides : unmoved;
    const int64_t *sign_strides = with_sign ? call->out[1]->strides : unmoved;

    auto reduce_one = [&](const Offsets<4> &at) {
      const Total<W> total = total_of<W>([&](auto f) {
        auto term = [&](const Offsets<2> &i) { f(cast<W>(a[i[0]]), cast<W>(b[i[1]])); };
        for_each<2>(out.ndim - n_kept, out.shape + n_kept, {a_strides + n_kept, b_strides + n_kept},
                    {at[0], at[1]}, term);
      });
      if (with_sign) {
        data<R>(out)[at[2]] = cast<R>(total.shift + std::log(modulus(total.sum)));
        data<T>(*call->out[1])[at[3]] = cast<T>(sign(total.sum));
      } else {
        data<T>(out)[at[2]] = cast<T>(shifted(logarithm(total.sum), total.shift));
      }
    };
    for_each<4>(n_kept, out.shape, {a_strides, b_strides, out.strides, sign_strides}, {},
                reduce_one);
    return spc_status{SPC_OK};
  });
}

}  // namespace spc::reference
