// SPDX-License-Identifier: Apache-2.0
#include "core/solver/vectors.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace spc {

namespace {

using program::axpby, program::axpy, program::squares;

Scalar number(std::complex<double> z) {
  return Scalar(z.imag() == 0 ? SPC_WEAK_FLOAT : SPC_WEAK_COMPLEX, 0, z);
}

}  // namespace

Vectors::Vectors(const Space &space, Memory &memory, Value &like)
    : space_(space),
      memory_(memory),
      work_(space.is_euclidean() ? nullptr : memory.element(space)),
      number_(memory.number(space, like)),
      sums_(memory.sums(space)) {}

void Vectors::run(const SpaceProgram &program, std::initializer_list<Value *> x,
                  std::initializer_list<Complex> a, Complex *results) {
  space_.run(program, x.begin(), a.begin(), room(), results);
}

void Vectors::scale(Complex a, Value &x) {
  Scalar factor = number(a);
  space_.axpby_into(&factor, x, nullptr, x);
}

void Vectors::add(Complex a, Value &x, Value &y) {
  combine(a, x, 1, y);
}

void Vectors::combine(Complex a, Value &x, Complex b, Value &y) {
  Scalar of_x = number(a), of_y = number(b);
  space_.axpby_into(&of_x, x, b == 0.0 ? nullptr : &of_y, y);
}

// ---- updates -------------------------------------------------------------------------------------

void Vectors::sum(Value &x, Complex a, Value &z, Value &y) {
  static const SpaceProgram anew(3, 1, {axpy(2, 0, 1, 0)}), to_x(2, 1, {axpy(0, 0, 1, 0)}),
      to_z(2, 1, {axpy(1, 0, 1, 0)});
  if (&y == &x) return run(to_x, {&x, &z}, {a}, nullptr);
  if (&y == &z) return run(to_z, {&x, &z}, {a}, nullptr);
  run(anew, {&x, &z, &y}, {a}, nullptr);
}

namespace {

// Vector 0 takes multiples of n others.
SpaceProgram combination(int n, bool anew) {
  spc_instruction terms[Program::max_vectors];
  for (int i = 0; i < n; ++i)
    terms[i] = anew && i == 0 ? program::scale(0, 0, 1) : axpy(0, i, i + 1, 0);
  return {n + 1, n, std::span<const spc_instruction>(terms, static_cast<std::size_t>(n))};
}

}  // namespace

void Vectors::add_all(std::span<const Complex> a, std::span<const Ref<Value>> x, Value &y,
                      bool anew) {
  constexpr std::size_t most = Program::max_vectors - 1;
  static const SpaceProgram first[] = {combination(1, true), combination(2, true),
                                       combination(3, true), combination(4, true),
                                       combination(5, true), combination(6, true),
                                       combination(7, true)},
                            more[] = {combination(1, false), combination(2, false),
                                      combination(3, false), combination(4, false),
                                      combination(5, false), combination(6, false),
                                      combination(7, false)};
  static_assert(std::size(first) == most && std::size(more) == most);
  for (std::size_t i = 0; i < a.size(); i += most) {
    const std::size_t n = std::min(most, a.size() - i);
    Value *vectors[most + 1] = {&y};
    for (std::size_t k = 0; k < n; ++k) vectors[k + 1] = x[i + k].get();
    space_.run(anew && i == 0 ? first[n - 1] : more[n - 1], vectors, a.data() + i, room(), nullptr);
  }
}

void Vectors::combine(Complex a, Value &x, Complex b, Value &y, Complex c, Value &z) {
  static const SpaceProgram program(3, 3, {axpby(1, 0, 0, 1, 1), axpy(1, 2, 2, 1)});
  run(program, {&x, &y, &z}, {a, b, c}, nullptr);
}

void Vectors::advance(Complex a, Value &p, Value &x, Value &z, Complex b) {
  static const SpaceProgram program(3, 2, {axpy(1, 0, 0, 1), axpy(0, 1, 0, 2)});
  run(program, {&p, &x, &z}, {a, b}, nullptr);
}

void Vectors::advance(Value &z, Complex a, Value &h, Complex b, Value &x, Value &t, Complex c,
                      Value &w) {
  static const SpaceProgram apart(5, 3, {axpy(1, 0, 1, 0), axpy(2, 1, 1, 2), axpy(4, 2, 4, 3)}),
      one(4, 3, {axpy(1, 0, 1, 0), axpy(2, 1, 1, 2), axpy(0, 2, 0, 3)});
  if (&w == &z) return run(one, {&z, &h, &x, &t}, {a, b, c}, nullptr);
  run(apart, {&z, &h, &x, &t, &w}, {a, b, c}, nullptr);
}

void Vectors::restart(Value &r, Complex b, Complex a, Value &v, Value &p) {
  static const SpaceProgram program(3, 2, {axpy(2, 1, 1, 2), axpy(2, 0, 2, 0)});
  run(program, {&r, &v, &p}, {b, a}, nullptr);
}

// ---- inner products ------------------------------------------------------------------------------

Vectors::Complex Vectors::dot(Value &x, Value &y) {
  space_.inner_into(x, y, work_.get(), number_);
  return read_scalar(number_);
}

std::pair<Vectors::Complex, double> Vectors::dot_and_norm(Value &x, Value &y) {
  static const SpaceProgram program(2, 0, {program::dot(0, 1), squares(1)});
  Complex sums[2];
  run(program, {&x, &y}, {}, sums);
  return {sums[0], norm(y, sums[1].real())};
}

double Vectors::add_squares(Complex a, Value &x, Value &y) {
  static const SpaceProgram program(2, 1, {axpy(1, 0, 0, 1), squares(1)});
  Complex sum;
  run(program, {&x, &y}, {a}, &sum);
  return sum.real();
}

Vectors::Complex Vectors::add_dot(Complex a, Value &x, Value &y, Value &z) {
  static const SpaceProgram apart(3, 1, {axpy(1, 0, 0, 1), program::dot(2, 1)}),
      one(2, 1, {axpy(1, 0, 0, 1), program::dot(0, 1)});
  Complex sum;
  if (&z == &x)
    run(one, {&x, &y}, {a}, &sum);
  else
    run(apart, {&x, &y, &z}, {a}, &sum);
  return sum;
}

double Vectors::sum_norm(Value &x, Complex a, Value &z, Value &y) {
  static const SpaceProgram program(3, 1, {axpy(2, 0, 1, 0), squares(2)});
  Complex sum;
  run(program, {&x, &z, &y}, {a}, &sum);
  return norm(y, sum.real());
}

double Vectors::step(Complex a, Value &p, Value &x, Complex b, Value &q, Value &r) {
  static const SpaceProgram apart(4, 2, {axpy(0, 0, 1, 0), axpy(3, 1, 2, 3), squares(3)}),
      one(3, 2, {axpy(0, 0, 2, 0), axpy(2, 1, 1, 2), squares(2)});
  Complex sum;
  if (&p == &r)
    run(one, {&x, &q, &r}, {a, b}, &sum);
  else
    run(apart, {&x, &p, &q, &r}, {a, b}, &sum);
  return norm(r, sum.real());
}

std::pair<Vectors::Complex, double> Vectors::step(Complex a, Value &p, Value &x, Complex b,
                                                  Value &q, Value &r, Value &s) {
  static const SpaceProgram apart(
      5, 2, {axpy(0, 0, 1, 0), axpy(3, 1, 2, 3), program::dot(4, 3), squares(3)}),
      one(4, 2, {axpy(0, 0, 2, 0), axpy(2, 1, 1, 2), program::dot(3, 2), squares(2)});
  Complex sums[2];
  if (&p == &r)
    run(one, {&x, &q, &r, &s}, {a, b}, sums);
  else
    run(apart, {&x, &p, &q, &r, &s}, {a, b}, sums);
  return {sums[0], norm(r, sums[1].real())};
}

Vectors::Complex Vectors::apply_dot(const LinOp &A, Value &x, Value &y) {
  Complex sum;
  A.apply_dots_core(x, y, SPC_DOT_XY, room(), &sum);
  return sum;
}

std::pair<Vectors::Complex, double> Vectors::apply_dot_squares(const LinOp &A, Value &x, Value &y) {
  Complex sums[2];
  A.apply_dots_core(x, y, SPC_DOT_XY | SPC_DOT_XX, room(), sums);
  return {sums[0], sums[1].real()};
}

std::pair<Vectors::Complex, double> Vectors::apply_dot_norm(const LinOp &A, Value &x, Value &y) {
  Complex sums[2];
  A.apply_dots_core(x, y, SPC_DOT_XY | SPC_DOT_YY, room(), sums);
  return {sums[0], norm(y, sums[1].real())};
}

double Vectors::apply_norm(const LinOp &A, Value &x, Value &y) {
  Complex sum;
  A.apply_dots_core(x, y, SPC_DOT_YY, room(), &sum);
  return norm(y, sum.real());
}

// w loses one projection in the pass that takes the next; the last one takes the norm.
double Vectors::orthogonalise(std::span<const Ref<Value>> basis, Value &w, double size,
                              Complex *projections) {
  const double noise = eps(space_.ctx->dtype) * size;
  for (int pass = 0; pass < 3; ++pass) {
    Complex projection = dot(*basis[0], w);
    double left = 0;
    for (std::size_t i = 0; i < basis.size(); ++i) {
      projections[i] += projection;
      if (i + 1 < basis.size())
        projection = add_dot(-projection, *basis[i], w, *basis[i + 1]);
      else
        left = add_norm(-projection, *basis[i], w);
    }
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

double Vectors::norm(Value &x, double square) {
  return root_of_square(x, square, [this](Value &v) { return inner(v, v); });
}

double Vectors::coordinate_norm(Value &x) {
  const auto of = [this](Value &v) {
    space_.coordinate_inner_into(v, v, number_);
    return read_scalar(number_).real();
  };
  return root_of_square(x, of(x), of);
}

template <class Square>
double Vectors::root_of_square(Value &x, double square, Square &&of) {
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
