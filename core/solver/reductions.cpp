// SPDX-License-Identifier: Apache-2.0
#include "core/solver/reductions.hpp"

#include <cmath>

#include "core/ops/ops.hpp"

namespace spc {

Reductions::Reductions(const Space &space, Value &like)
    : space_(space), result_(space.inner_core(like, like)) {
  if (!space.is_euclidean()) work_ = space.new_element();
}

double Reductions::inner(Value &x, Value &y) {
  space_.inner_into(x, y, work_.get(), *result_);
  return read_scalar(*result_).real();
}

double Reductions::norm(Value &x) {
  const double square = inner(x, x);
  // Far from both ends of the range, where the sum of squares has lost nothing.
  const bool wide = size_of(real_of(space_.ctx->dtype)) == 8;
  const double low = wide ? 0x1p-900 : 0x1p-90, high = wide ? 0x1p1000 : 0x1p120;
  if (square > low && square < high) return std::sqrt(square);
  // The coordinate 2-norm neither overflows nor underflows; it gives the scale.
  const double size = read_scalar(*space_.coordinate_norm(x)).real();
  if (!(size > 0) || !std::isfinite(size)) return size;
  if (space_.is_euclidean()) return size;
  int exponent;
  std::frexp(size, &exponent);
  // Two steps: 2^-exponent alone may leave the range of the dtype.
  Scalar half(SPC_WEAK_FLOAT, 0, std::ldexp(1.0, -exponent / 2)),
      rest(SPC_WEAK_FLOAT, 0, std::ldexp(1.0, -exponent - -exponent / 2));
  const Ref<Value> scaled = space_.new_element();
  space_.copy_into(x, *scaled);
  space_.axpby_into(&half, *scaled, nullptr, *scaled);
  space_.axpby_into(&rest, *scaled, nullptr, *scaled);
  return std::ldexp(std::sqrt(inner(*scaled, *scaled)), exponent);
}

}  // namespace spc
