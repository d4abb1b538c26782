// SPDX-License-Identifier: Apache-2.0
// Control flow and mapping over functions of the program. Every family runs the plain loop: calls in
// order, results those of the loop. Errors of a function end the call and pass through unchanged.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "core/flow/function.hpp"

namespace spc::flow {

/// v = init; for i in [lower, upper): v = body(i, v).
Ref<Value> fori_loop(std::int64_t lower, std::int64_t upper, const Function &body, Ref<Value> init);
/// v = init; while cond(v): v = body(v).
Ref<Value> while_loop(const Function &cond, const Function &body, Ref<Value> init);
/// (carry, ys) of f(c, x) -> (c, y) along the leading axis of the leaves of xs. length:
/// SPC_NONE_I64: the leading extent.
std::pair<Ref<Value>, Ref<Value>> scan(const Function &f, Ref<Value> init, Value &xs,
                                       std::int64_t length, bool reverse);
/// The chosen branch of the operands; the other one does not run.
Ref<Value> cond(const Value &pred, const Function &true_fun, const Function &false_fun,
                Function::Args operands);

/// Maps f over the axes that in_axes names. nullptr: axis 0 of everything.
Ref<Value> vmap(const Function &f, Function::Args args, const Value *in_axes,
                const Value *out_axes);
/// f on the 0-d elements of the broadcast arguments; `excluded` ones are passed whole.
Ref<Value> vectorize(const Function &f, Function::Args args, std::span<const std::int32_t> excluded,
                     const char *signature);
/// policy: "auto", "force", "off".
Ref<Value> vectorize_or_fallback(const Function &f, const char *policy, Function::Args args);
/// One call of f neither fails nor warns of aliasing, of a required clone or of in-place work.
bool safe_for_vectorization(const Function &f, Function::Args args);

}  // namespace spc::flow
