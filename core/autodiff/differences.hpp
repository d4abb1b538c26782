// SPDX-License-Identifier: Apache-2.0
// Derivatives by finite differences. A differentiated argument is handed to the function as a
// float64 copy, on the argument's family; its elements are moved one at a time, in row-major order.
// Steps follow the dtype of the function's value: those for double precision drown in the rounding
// of single precision.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "core/flow/function.hpp"

namespace spc::autodiff {

/// (f(args), gradient): central differences of a real f with one element; float64, of the shape of
/// the argument, a tuple unless there is one argnum. Negative argnums count from the end.
std::pair<Ref<Value>, Ref<Value>> value_and_grad(const Function &f, Function::Args args,
                                                 std::span<const std::int32_t> argnums);
/// Central differences of a real f of any shape: f's shape, then the argument's.
Ref<Array> jacfwd(const Function &f, Function::Args args, std::int32_t argnum);
/// Second differences of a real f with one element: the argument's shape twice.
Ref<Array> hessian(const Function &f, Function::Args args, std::int32_t argnum);

}  // namespace spc::autodiff
