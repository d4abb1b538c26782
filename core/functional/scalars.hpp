// SPDX-License-Identifier: Apache-2.0
// Numbers that multiply or shift functionals, and 0-d arithmetic.
#pragma once

#include <complex>
#include <string>

#include "core/array/value.hpp"
#include "core/context/context.hpp"

namespace spc {

/// A weak number for an op's operand, on the stack.
class Weak final {
 public:
  explicit Weak(double x) : scalar_(SPC_WEAK_FLOAT, 0, x) {}
  Value *get() const noexcept { return &scalar_; }
  Value &operator*() const noexcept { return scalar_; }

 private:
  mutable Scalar scalar_;  // immutable all the same: ops take operands by plain reference
};

/// A weak scalar or a 0-d array as a weak scalar. TypeErr `who: expected a scalar or a 0-d array,
/// got ...`, or complex in a real context.
Ref<Scalar> weak_scalar(Value &s, const Context &ctx, const char *who);
/// A weak scalar of a real or complex number.
Ref<Scalar> weak_scalar(std::complex<double> z);
Ref<Scalar> conjugated(const Ref<Scalar> &s);
Ref<Scalar> product(const Scalar &a, const Scalar &b);
Ref<Scalar> sum(const Scalar &a, const Scalar &b);
/// Equal numbers, NaN being equal to itself.
bool same_number(const Scalar &a, const Scalar &b) noexcept;
/// `2`, `0.5`, `2+3i`
std::string text_of(const Scalar &s);

}  // namespace spc
