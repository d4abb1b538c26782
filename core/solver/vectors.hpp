// SPDX-License-Identifier: Apache-2.0
// The vector work of a solve: updates, inner products and norms, with numbers of the host.
#pragma once

#include <complex>
#include <span>

#include "core/solver/workspace.hpp"
#include "core/space/space.hpp"

namespace spc {

/// Everything that solvers do to elements of one space. Nothing here allocates but, the
/// first time, a norm near an end of the range of the dtype.
class Vectors {
 public:
  /// like: any element of the space. Both outlive the object.
  Vectors(const Space &space, Memory &memory, Value &like);

  const Space &space() const noexcept { return space_; }

  /// y = x
  void copy(Value &x, Value &y) { space_.copy_into(x, y); }
  void fill(Value &x, double value) { space_.fill(x, value); }
  void zero(Value &x) { fill(x, 0); }
  /// x = a x
  void scale(std::complex<double> a, Value &x);
  /// y = y + a x
  void add(std::complex<double> a, Value &x, Value &y);
  /// y = a x + b y; b = 0 does not read y.
  void combine(std::complex<double> a, Value &x, std::complex<double> b, Value &y);

  /// <x, y>
  std::complex<double> dot(Value &x, Value &y);
  /// Re <x, y>
  double inner(Value &x, Value &y) { return dot(x, y).real(); }
  /// ||x||_X, also where <x, x> would leave the range of the dtype.
  double norm(Value &x);
  /// sign(s) sqrt(|s|) of s = Re <x, y>, also where s would leave the range of the dtype.
  double root(Value &x, Value &y);
  /// w = w - sum <v_i, w> v_i by modified Gram-Schmidt, again where much cancelled. size: ||w||.
  /// projections[i] grows by <v_i, w>. The norm of what is left; below eps * size it is noise.
  double orthogonalise(std::span<const Ref<Value>> basis, Value &w, double size,
                       std::complex<double> *projections);
  /// 2-norm of the coordinates.
  double coordinate_norm(Value &x);

 private:
  /// sqrt(of(x)) for a quadratic `of`, also where of(x) would leave the range of the dtype.
  template <class Square>
  double root_of_square(Value &x, Square &&of);
  /// 2^exponent x in `copy`.
  Value &scaled(Value &x, int exponent, Ref<Value> &copy);

  const Space &space_;
  Memory &memory_;
  const Ref<Value> work_;  // for the inner product of a space that is not Euclidean
  Ref<Value> scaled_x_, scaled_y_;
  Array &number_;
};

}  // namespace spc
