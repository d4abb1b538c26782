// SPDX-License-Identifier: Apache-2.0
#include "core/solver/vectors.hpp"

#include <cmath>

namespace spc {

namespace {

Scalar number(std::complex<double> z) {
  return Scalar(z.imag() == 0 ? SPC_WEAK_FLOAT : SPC_WEAK_COMPLEX, 0, z);
}

}  // namespace

Vectors::Vectors(const Space &space, Memory &memory, Value &like)
    : space_(space),
      memory_(memory),
      work_(space.is_euclidean() ? nullptr : memory.element(space)),
      number_(memory.number(space, like)) {}

void Vectors::scale(std::complex<double> a, Value &x) {
  Scalar factor = number(a);
  space_.axpby_into(&factor, x, nullptr, x);
}

void Vectors::add(std::complex<double> a, Value &x, Value &y) {
  combine(a, x, 1, y);
}

void Vectors::combine(std::complex<double> a, Value &x, std::complex<double> b, Value &y) {
  Scalar of_x = number(a), of_y = number(b);
  space_.axpby_into(&of_x, x, b == 0.0 ? nullptr : &of_y, y);
}

std::complex<double> Vectors::dot(Value &x, Value &y) {
  space_.inner_into(x, y, work_.get(), number_);
  return read_scalar(number_);
}

double Vectors::orthogonalise(std::span<const Ref<Value>> basis, Value &w, double size,
                              std::complex<double> *projections) {
  const double noise = eps(space_.ctx->dtype) * size;
  for (int pass = 0; pass < 3; ++pass) {
    for (std::size_t i = 0; i < basis.size(); ++i) {
      const std::complex<double> projection = dot(*basis[i], w);
      projections[i] += projection;
      add(-projection, *basis[i], w);
    }
    const double left = norm(w);
    const bool enough = !(left < 0.7071 * size);
    size = left;
    if (enough || size <= noise) break;
  }
  return size;
}

Value &Vectors::scaled(Value &x, int exponent, Ref<Value> &copy) {
  if (!copy) copy = memory_.element(space_);
  space_.copy_into(x, *copy);
  // Two steps: 2^exponent alone may leave the range of the dtype.
  scale(std::ldexp(1.0, exponent / 2), *copy);
  scale(std::ldexp(1.0, exponent - exponent / 2), *copy);
  return *copy;
}

double Vectors::norm(Value &x) {
  return root_of_square(x, [this](Value &v) { return inner(v, v); });
}

double Vectors::coordinate_norm(Value &x) {
  return root_of_square(x, [this](Value &v) {
    space_.coordinate_inner_into(v, v, number_);
    return read_scalar(number_).real();
  });
}

template <class Square>
double Vectors::root_of_square(Value &x, Square &&of) {
  const double square = of(x);
  const bool wide = size_of(real_of(space_.ctx->dtype)) == 8;
  // Far from both ends of the range, where the sum of squares has lost nothing.
  if (square > (wide ? 0x1p-900 : 0x1p-90) && square < (wide ? 0x1p1000 : 0x1p120))
    return std::sqrt(square);
  // From there this brings every number, subnormal ones included, to where squares are safe.
  const bool small = square < 1;
  const int exponent = wide ? (small ? 600 : -600) : (small ? 100 : -90);
  Value &copy = scaled(x, exponent, scaled_x_);
  return std::ldexp(std::sqrt(of(copy)), -exponent);
}

double Vectors::root(Value &x, Value &y) {
  if (&x == &y) return norm(x);
  const double product = inner(x, y), size = std::abs(product);
  const bool wide = size_of(real_of(space_.ctx->dtype)) == 8;
  if (size > (wide ? 0x1p-900 : 0x1p-90) && size < (wide ? 0x1p1000 : 0x1p120))
    return std::copysign(std::sqrt(size), product);
  const double of_x = norm(x), of_y = norm(y);
  if (!(of_x > 0 && of_y > 0)) return of_x > 0 ? of_y : of_x;
  if (!std::isfinite(of_x) || !std::isfinite(of_y)) return std::isfinite(of_x) ? of_y : of_x;
  int for_x = -std::ilogb(of_x), for_y = -std::ilogb(of_y);
  // The root of an odd power of two is none.
  if ((for_x + for_y) % 2 != 0) ++for_y;
  const double reduced = inner(scaled(x, for_x, scaled_x_), scaled(y, for_y, scaled_y_));
  return std::copysign(std::ldexp(std::sqrt(std::abs(reduced)), -(for_x + for_y) / 2), reduced);
}

}  // namespace spc
