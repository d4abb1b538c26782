// SPDX-License-Identifier: Apache-2.0
// The vector work of a solve: updates, inner products and norms, with numbers of the host.
#pragma once

#include <complex>
#include <initializer_list>
#include <span>
#include <utility>

#include "core/linop/linop.hpp"
#include "core/solver/workspace.hpp"
#include "core/space/space.hpp"

namespace spc {

/// Everything that solvers do to elements of one space. Nothing here allocates but, the first time, a
/// norm near an end of the range of the dtype.
///
/// Updates with several steps, or with inner products of what they made, are programs: in a space
/// that can run them they pass once over their operands. What they write shares no memory with
/// another operand, unless it is that operand; all their operands have the dtype of the space.
class Vectors {
 public:
  using Complex = std::complex<double>;

  /// like: any element of the space. Both outlive the object.
  Vectors(const Space &space, Memory &memory, Value &like);

  const Space &space() const noexcept { return space_; }

  /// y = x
  void copy(Value &x, Value &y) { space_.copy_into(x, y); }
  void fill(Value &x, double value) { space_.fill(x, value); }
  void zero(Value &x) { fill(x, 0); }
  /// x = a x
  void scale(Complex a, Value &x);
  /// y = y + a x
  void add(Complex a, Value &x, Value &y);
  /// y = a x + b y; b = 0 does not read y.
  void combine(Complex a, Value &x, Complex b, Value &y);
  /// y = a x
  void multiple(Complex a, Value &x, Value &y) { combine(a, x, 0, y); }
  /// y = x + a z; y may be x or z.
  void sum(Value &x, Complex a, Value &z, Value &y);
  /// y = y + a_0 x_0 + a_1 x_1 + ...; with anew, without the y at the beginning.
  void add_all(std::span<const Complex> a, std::span<const Ref<Value>> x, Value &y,
               bool anew = false);
  /// y = a x + b y + c z
  void combine(Complex a, Value &x, Complex b, Value &y, Complex c, Value &z);
  /// x = x + a p; p = z + b p
  void advance(Complex a, Value &p, Value &x, Value &z, Complex b);
  /// h = z + a h; x = x + b h; w = t + c w: one after the other, where w may be z.
  void advance(Value &z, Complex a, Value &h, Complex b, Value &x, Value &t, Complex c, Value &w);
  /// p = r + b (p + a v)
  void restart(Value &r, Complex b, Complex a, Value &v, Value &p);

  /// <x, y>
  Complex dot(Value &x, Value &y);
  /// Re <x, y>
  double inner(Value &x, Value &y) { return dot(x, y).real(); }
  /// ||x||_X, also where <x, x> would leave the range of the dtype.
  double norm(Value &x) { return norm(x, inner(x, x)); }
  /// <x, y> and ||y||
  std::pair<Complex, double> dot_and_norm(Value &x, Value &y);
  /// y = y + a x; <y, y>
  double add_squares(Complex a, Value &x, Value &y);
  /// y = y + a x; ||y||
  double add_norm(Complex a, Value &x, Value &y) { return norm(y, add_squares(a, x, y)); }
  /// y = y + a x; <z, y>. z may be x.
  Complex add_dot(Complex a, Value &x, Value &y, Value &z);
  /// y = x + a z; ||y||
  double sum_norm(Value &x, Complex a, Value &z, Value &y);
  /// x = x + a p; r = r + b q; ||r||. p may be r.
  double step(Complex a, Value &p, Value &x, Complex b, Value &q, Value &r);
  /// The same, with <s, r> and then ||r||.
  std::pair<Complex, double> step(Complex a, Value &p, Value &x, Complex b, Value &q, Value &r,
                                  Value &s);
  /// sign(s) sqrt(|s|) of s = Re <x, y>, also where s would leave the range of the dtype.
  double root(Value &x, Value &y);
  /// The same of x and x, where <x, x> is known.
  double root(Value &x, double square) { return norm(x, square); }

  /// y = A x with <x, y>; with <x, y> and <x, x>; with ||y||; with <x, y> and ||y||. A: X -> X.
  Complex apply_dot(const LinOp &A, Value &x, Value &y);
  std::pair<Complex, double> apply_dot_squares(const LinOp &A, Value &x, Value &y);
  std::pair<Complex, double> apply_dot_norm(const LinOp &A, Value &x, Value &y);
  /// y = A x in this space, ||y||. A may come from another one.
  double apply_norm(const LinOp &A, Value &x, Value &y);

  /// w = w - sum <v_i, w> v_i by modified Gram-Schmidt, again where much cancelled. size: ||w||.
  /// projections[i] grows by <v_i, w>. The norm of what is left; below eps * size it is noise.
  double orthogonalise(std::span<const Ref<Value>> basis, Value &w, double size,
                       Complex *projections);
  /// 2-norm of the coordinates.
  double coordinate_norm(Value &x);

 private:
  /// sqrt(of(x)) for a quadratic `of`, also where of(x) would leave the range of the dtype. square: of(x)
  template <class Square>
  double root_of_square(Value &x, double square, Square &&of);
  void run(const SpaceProgram &program, std::initializer_list<Value *> x,
           std::initializer_list<Complex> a, Complex *results);
  /// ||x|| where <x, x> is known.
  double norm(Value &x, double square);
  /// 2^exponent x in `copy`.
  Value &scaled(Value &x, int exponent, Ref<Value> &copy);
  ProgramRoom room() const noexcept { return {work_.get(), number_, sums_}; }

  const Space &space_;
  Memory &memory_;
  const Ref<Value> work_;  // for the inner product of a space that is not Euclidean
  Ref<Value> scaled_x_, scaled_y_;
  Array &number_, &sums_;
};

}  // namespace spc
