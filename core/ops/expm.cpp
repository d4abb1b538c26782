// SPDX-License-Identifier: Apache-2.0
// Rule of expm: scaling and squaring with Pade approximants, composed of other operations.
//   N. J. Higham, The Scaling and Squaring Method for the Matrix Exponential Revisited, 2005.
//   A. H. Al-Mohy, N. J. Higham, A New Scaling and Squaring Algorithm for the Matrix Exponential,
//   2009: fewer squarings where the powers of a matrix are smaller than its norm suggests.
#include <cmath>
#include <span>

#include "core/ops/matrix.hpp"
#include "core/ops/rules.hpp"

namespace spc::rules {

namespace {

// The approximant of degree m has a backward error below the unit roundoff for 1-norms up to theta.
struct Degree {
  int m;
  double theta;
};
constexpr Degree single_degrees[] = {
    {3, 4.258730016922831e-1}, {5, 1.880152677804762}, {7, 3.925724783138660}};
constexpr Degree double_degrees[] = {{3, 1.495585217958292e-2},
                                     {5, 2.539398330063230e-1},
                                     {7, 9.504178996162932e-1},
                                     {9, 2.097847961257068},
                                     {13, 4.25}};

struct Precision {
  std::span<const Degree> degrees;
  double unit_roundoff;
  // Binary exponents: norms of which the sixth power is finite; results of products that are.
  double sixth_root, headroom;
};
const Precision &precision_of(Dtype d) {
  static const Precision single{single_degrees, 0x1p-24, 20, 100},
      wide{double_degrees, 0x1p-53, 160, 900};
  return real_of(d) == Dtype::float32 ? single : wide;
}

// p_m(x) = sum b_k x^k, of which p_m(x) / p_m(-x) approximates e^x; the last coefficient is 1.
void pade_coefficients(int m, double *b) {
  b[m] = 1;
  for (int k = m; k > 0; --k)
    b[k - 1] = b[k] * static_cast<double>(k) * static_cast<double>(2 * m - k + 1) /
               static_cast<double>(m - k + 1);
}

// log2 of the modulus of the first coefficient of the backward error: (m!)^2 / ((2m)! (2m+1)!).
double log2_backward_error(int m) {
  return (2 * std::lgamma(m + 1) - std::lgamma(2 * m + 1) - std::lgamma(2 * m + 2)) / std::log(2.0);
}

Scalar number(double x) {
  return Scalar(SPC_WEAK_FLOAT, 0, x);
}

Ref<Array> scaled(Array &x, double factor) {
  Scalar f = number(factor);
  return ops::call(Op::multiply, {&f, &x});
}

double norm1(Array &x) {
  OpArgs args(Op::norm);
  args.in[0] = &x;
  args.n_in = 1;
  args.ord = SPC_ORD_P;
  args.p = 1;
  return read_scalar(*dispatch_array(args)).real();
}

double largest(Array &x) {
  return read_scalar(*ops::call(Op::max, {&x})).real();
}

// log2 of the 1-norm of |x|^p, -inf where it is 0. The row vector 1 |x|^p is scaled every few steps,
// so that it neither overflows nor vanishes.
double log2_norm_of_modulus_power(Array &x, double norm, int p) {
  constexpr int steps_between_scalings = 3;
  Ref<Array> modulus = ops::transpose(*scaled(*ops::call(Op::abs, {&x}), 1 / norm));
  Ref<Array> v = new_array(*x.family, modulus->dtype, {x.shape[0]});
  ops::fill(*v, 1);
  double log2_scale = p * std::log2(norm);
  for (int k = 1; k <= p; ++k) {
    v = ops::matmul(*modulus, *v);
    if (k != p && k % steps_between_scalings != 0) continue;
    const double top = largest(*v);
    if (!(top > 0)) return -HUGE_VAL;
    log2_scale += std::log2(top);
    if (k != p) v = scaled(*v, 1 / top);
  }
  return log2_scale;
}

// sum b_k x^k over k = first, first + 2, ..., <= last, where even[i] = x^(2i) for i > 0. With the
// identity times `constant`.
Ref<Array> sum_of_powers(std::span<const Ref<Array>> even, std::span<const double> b,
                         double constant) {
  Ref<Array> sum = scaled(*even[1], b[0]);
  Scalar one = number(1);
  for (std::size_t i = 1; i < b.size(); ++i) {
    Scalar factor = number(b[i]);
    ops::axpby_into(&factor, *even[i + 1], &one, *sum, *sum);
  }
  if (constant != 0) {
    Ref<Array> diagonal = diagonals(*sum, true);
    Scalar c = number(constant);
    OpArgs add(Op::add);
    add.in[0] = diagonal.get();
    add.in[1] = &c;
    add.n_in = 2;
    add.into = diagonal.get();
    dispatch(add);
  }
  return sum;
}

// p_m(x) / p_m(-x) for the matrix x; even[i] = x^(2i) where it is known already.
Ref<Array> pade(Array &x, int m, Ref<Array> (&even)[5]) {
  const int half = m == 13 ? 3 : m / 2;
  for (int i = 1; i <= half; ++i)
    if (!even[i]) even[i] = i == 1 ? ops::matmul(x, x) : ops::matmul(*even[i - 1], *even[1]);
  double b[14];
  pade_coefficients(m, b);
  // u = x (odd coefficients), v = even coefficients, both in powers of x^2.
  const auto polynomial = [&](int first) {
    double c[7];
    int n = 0;
    for (int k = first; k <= m; k += 2) c[n++] = b[k];
    const std::span<const double> all(c, static_cast<std::size_t>(n));
    if (m != 13) return sum_of_powers({even, 5}, all.subspan(1), all[0]);
    // Of degree 12 in x with three products: x^6 (c4 x^2 + c5 x^4 + c6 x^6) + the rest.
    Ref<Array> high = ops::matmul(*even[3], *sum_of_powers({even, 5}, all.subspan(4, 3), 0));
    Ref<Array> low = sum_of_powers({even, 5}, all.subspan(1, 3), all[0]);
    Scalar one = number(1);
    ops::axpby_into(&one, *high, &one, *low, *low);
    return low;
  };
  Ref<Array> u = ops::matmul(x, *polynomial(1)), v = polynomial(0);
  Ref<Array> minus = ops::call(Op::subtract, {v.get(), u.get()});
  Ref<Array> plus = ops::call(Op::add, {v.get(), u.get()});
  return ops::call(Op::solve, {minus.get(), plus.get()});
}

// How often 2^log2_norm has to be halved.
int halvings(double log2_norm, double log2_bound) {
  return log2_norm > log2_bound ? static_cast<int>(std::ceil(log2_norm - log2_bound)) : 0;
}

// e^x of one matrix, without regard to what happened to x before.
Ref<Array> exponential(Array &x) {
  const Precision &precision = precision_of(x.dtype);
  const double norm = norm1(x);
  if (norm == 0 || !std::isfinite(norm)) {
    Ref<Array> out = new_array(*x.family, x.dtype, x.shape);
    if (norm == 0)
      set_identity(*out);
    else
      ops::fill(*out, std::nan(""));
    return out;
  }
  Ref<Array> even[5];
  for (const Degree &d : precision.degrees)
    if (norm <= d.theta) return pade(x, d.m, even);

  // The powers decide how much to scale; for that they have to be finite.
  const Degree &last = precision.degrees.back();
  const double log2_norm = std::log2(norm), log2_theta = std::log2(last.theta);
  const int before = halvings(log2_norm, precision.sixth_root);
  Ref<Array> y = before == 0 ? Ref<Array>::share(&x) : scaled(x, std::ldexp(1.0, -before));
  even[1] = ops::matmul(*y, *y);
  even[2] = ops::matmul(*even[1], *even[1]);
  even[3] = ops::matmul(*even[1], *even[2]);
  const auto root_of_power = [&](int i) {  // log2 of the 2i-th root of the norm of x^(2i)
    return std::log2(norm1(*even[i])) / (2 * i) + before;
  };
  const int enough = halvings(log2_norm, log2_theta);
  int squarings =
      std::max({halvings(root_of_power(2), log2_theta), halvings(root_of_power(3), log2_theta),
                halvings(root_of_power(1), precision.headroom / 2),
                halvings(log2_norm, precision.headroom)});
  if (squarings < enough) {
    const int p = 2 * last.m + 1;
    const double log2_error =
        log2_backward_error(last.m) + log2_norm_of_modulus_power(*y, std::ldexp(norm, -before), p) +
        p * before - log2_norm - 2.0 * last.m * squarings - std::log2(precision.unit_roundoff);
    squarings += halvings(log2_error / (2 * last.m), 0);
  }
  squarings = std::min(squarings, enough);
  if (before > 0) {
    y = scaled(x, std::ldexp(1.0, -squarings));
    std::fill(std::begin(even), std::end(even), nullptr);
  } else if (squarings > 0) {
    y = scaled(x, std::ldexp(1.0, -squarings));
    for (int i = 1; i <= 3; ++i) even[i] = scaled(*even[i], std::ldexp(1.0, -2 * i * squarings));
  }
  Ref<Array> e = pade(*y, last.m, even);
  for (int i = 0; i < squarings; ++i) e = ops::matmul(*e, *e);
  return e;
}

Ref<Array> matrix_at(const Array &x, const Dims &index, bool writable) {
  const int n = x.ndim();
  std::int64_t offset = 0;
  for (int i = 0; i < index.size(); ++i) offset += index[i] * x.strides[i];
  return new_view(x, {x.shape[n - 2], x.shape[n - 1]}, {x.strides[n - 2], x.strides[n - 1]},
                  x.data + offset * size_of(x.dtype), x.dtype, writable);
}

// The next index of a walk over shape in row-major order.
bool advance(Dims &index, const Dims &shape) {
  for (int i = shape.size() - 1; i >= 0; --i) {
    if (++index[i] < shape[i]) return true;
    index[i] = 0;
  }
  return false;
}

}  // namespace

Ref<Value> expm(const OpArgs &args) {
  Family &family = family_of(args.in, 1, "expm", args.into);
  Ref<Array> x = dense_operand(*args.in[0], family, join_of(args.in, 1), "expm");
  require_square(*x, "expm");
  const Dtype dtype = floating_of(x->dtype);
  if (args.into != nullptr) result_array(family, dtype, x->shape, args.into, "expm");
  if (x->size == 0)
    return args.into != nullptr ? Ref<Array>::share(args.into) : new_array(family, dtype, x->shape);
  x = in_dtype(x, dtype);
  Ref<Array> result;
  if (x->shape[x->ndim() - 1] == 1) {
    result = ops::call(Op::exp, {x.get()});
  } else if (x->ndim() == 2) {
    result = exponential(*x);
  } else {
    result = new_array(family, dtype, x->shape);
    const Dims batch = batch_of(*x);
    Dims index(batch.size(), 0);
    do {
      Ref<Array> e = exponential(*matrix_at(*x, index, false));
      ops::copy_into(*e, *matrix_at(*result, index, true));
    } while (advance(index, batch));
  }
  return finish(retag(result, family), args);
}

}  // namespace spc::rules
