// SPDX-License-Identifier: Apache-2.0
#include "core/functional/scalars.hpp"

#include <algorithm>
#include <cmath>

#include "core/support/error.hpp"

namespace spc {

Ref<Scalar> weak_scalar(std::complex<double> z) {
  return make<Scalar>(z.imag() == 0 ? SPC_WEAK_FLOAT : SPC_WEAK_COMPLEX, 0, z);
}

Ref<Scalar> weak_scalar(Value &s, const Context &ctx, const char *who) {
  Ref<Scalar> scalar;
  if (s.kind() == ValueKind::scalar) {
    scalar = Ref<Scalar>::share(static_cast<Scalar *>(&s));
  } else if (s.kind() == ValueKind::array && static_cast<Array &>(s).ndim() == 0) {
    const Array &a = static_cast<Array &>(s);
    const int weak = std::max(static_cast<int>(kind(a.dtype)), static_cast<int>(SPC_WEAK_FLOAT));
    scalar = make<Scalar>(weak, 0, read_scalar(a));
  } else {
    fail(SPC_E_TYPE, "{}: expected a scalar or a 0-d array, got {}", who, describe(&s));
  }
  if (scalar->weak_kind == SPC_WEAK_COMPLEX && !ctx.complex())
    fail(SPC_E_TYPE, "{}: a complex scalar in a context of dtype {}", who, name(ctx.dtype));
  // Integers and bools act as the floats they are, so that products of factors do not overflow.
  if (scalar->weak_kind < SPC_WEAK_FLOAT) scalar = make<Scalar>(SPC_WEAK_FLOAT, 0, scalar->number);
  return scalar;
}

Ref<Scalar> conjugated(const Ref<Scalar> &s) {
  if (s->weak_kind != SPC_WEAK_COMPLEX) return s;
  return make<Scalar>(SPC_WEAK_COMPLEX, 0, std::conj(s->number));
}

Ref<Scalar> product(const Scalar &a, const Scalar &b) {
  return make<Scalar>(std::max(a.weak_kind, b.weak_kind), 0, a.number * b.number);
}

Ref<Scalar> sum(const Scalar &a, const Scalar &b) {
  return make<Scalar>(std::max(a.weak_kind, b.weak_kind), 0, a.number + b.number);
}

bool same_number(const Scalar &a, const Scalar &b) noexcept {
  const auto same = [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); };
  return same(a.number.real(), b.number.real()) && same(a.number.imag(), b.number.imag());
}

std::string text_of(const Scalar &s) {
  if (s.weak_kind != SPC_WEAK_COMPLEX) return fmt::format("{}", s.number.real());
  return fmt::format("{}{:+}i", s.number.real(), s.number.imag());
}

}  // namespace spc
