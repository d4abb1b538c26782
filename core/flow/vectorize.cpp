// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/flow/flow.hpp"
#include "core/flow/tree.hpp"
#include "core/ops/launch.hpp"
#include "core/ops/operands.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"
#include "core/support/warning.hpp"

namespace spc::flow {

namespace {

// Walks the 0-d elements of arrays broadcast to one shape, row-major.
class Elements {
 public:
  Elements(const Dims &shape, const std::vector<Ref<Array>> &arrays)
      : shape_(shape), index_(shape.size(), 0) {
    for (const Ref<Array> &a : arrays) arrays_.push_back(ops::broadcast_to(*a, shape));
  }

  Ref<Array> of(std::size_t operand) const {
    const Array &a = *arrays_[operand];
    std::int64_t offset = 0;
    for (int axis = 0; axis < shape_.size(); ++axis) offset += index_[axis] * a.strides[axis];
    return new_view(a, {}, {}, a.data + offset * size_of(a.dtype), a.dtype, true);
  }

  void next() noexcept {
    for (int axis = shape_.size() - 1; axis >= 0; --axis) {
      if (++index_[axis] < shape_[axis]) return;
      index_[axis] = 0;
    }
  }

 private:
  const Dims shape_;
  Dims index_;
  std::vector<Ref<Array>> arrays_;
};

std::vector<bool> included(std::size_t n_args, std::span<const std::int32_t> excluded) {
  std::vector<bool> in(n_args, true);
  for (const std::int32_t i : excluded) {
    if (i < 0 || static_cast<std::size_t>(i) >= n_args)
      fail(SPC_E_INDEX, "vectorize: excluded position {} of {} arguments", i, n_args);
    in[static_cast<std::size_t>(i)] = false;
  }
  return in;
}

// One output of every call as an array; weak scalars join weakly.
Ref<Value> collect(std::vector<Ref<Value>> elements, const Dims &shape, Family &family) {
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const Value &v = *elements[i];
    if (v.kind() == ValueKind::scalar) continue;
    if (v.kind() != ValueKind::array)
      fail(SPC_E_TYPE, "vectorize: expected f to give scalars, got {} from call {}", describe(&v),
           i);
    const Dims &s = static_cast<const Array &>(v).shape;
    if (!s.empty())
      fail(SPC_E_VALUE, "vectorize: call {} gave an array of shape {}, expected a scalar", i, s);
  }
  const Ref<Value> list = make<Sequence>(ValueKind::list, std::move(elements));
  return ops::reshape(*as_array(*list, family), shape);
}

Ref<Value> collect_all(const std::vector<Ref<Value>> &results, const Dims &shape, Family &family) {
  const bool several = results[0]->kind() == ValueKind::tuple;
  const std::size_t n = children(*results[0]).size();
  for (std::size_t i = 1; i < results.size(); ++i)
    if ((results[i]->kind() == ValueKind::tuple) != several ||
        (several && children(*results[i]).size() != n))
      fail(SPC_E_VALUE, "vectorize: the results of calls 0 and {} differ in structure", i);
  if (!several) return collect(results, shape, family);
  std::vector<Ref<Value>> outputs;
  for (std::size_t k = 0; k < n; ++k) {
    std::vector<Ref<Value>> elements;
    elements.reserve(results.size());
    for (const Ref<Value> &result : results)
      elements.push_back(static_cast<const Sequence &>(*result).items[k]);
    outputs.push_back(collect(std::move(elements), shape, family));
  }
  return new_tuple(std::move(outputs), "vectorize");
}

}  // namespace

Ref<Value> vectorize(const Function &f, Function::Args args, std::span<const std::int32_t> excluded,
                     const char *signature) {
  if (signature != nullptr)
    fail(SPC_E_NOTIMPL, "vectorize: signatures are not supported, got '{}'", signature);
  const std::vector<bool> in = included(args.size(), excluded);
  Family &family = family_among(args);
  std::vector<Ref<Array>> arrays;
  std::vector<std::size_t> positions;
  Dims shape;
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (!in[i]) continue;
    arrays.push_back(as_array(*args[i], family));
    require_strided(*arrays.back(), "vectorize");
    positions.push_back(i);
    shape = broadcast_shapes(shape, arrays.back()->shape, "vectorize");
  }
  if (arrays.empty()) return as_array(*f(args), family);
  const std::int64_t n = product(shape, "vectorize");
  if (n == 0) fail(SPC_E_VALUE, "vectorize: the broadcast shape {} has no elements", shape);

  Elements elements(shape, arrays);
  std::vector<Ref<Value>> results;
  std::vector<Value *> call_args(args.begin(), args.end());
  for (std::int64_t i = 0; i < n; ++i, elements.next()) {
    std::vector<Ref<Array>> kept;
    for (std::size_t k = 0; k < positions.size(); ++k) {
      kept.push_back(elements.of(k));
      call_args[positions[k]] = kept.back().get();
    }
    results.push_back(f(call_args));
  }
  return collect_all(results, shape, family);
}

namespace {

// The list of f over the items of the first argument.
Ref<Value> over_items(const Function &f, Function::Args args) {
  std::vector<Value *> call_args(args.begin(), args.end());
  std::vector<Ref<Value>> results;
  for (Value *item : children(*args[0])) {
    call_args[0] = item;
    results.push_back(f(call_args));
    check_nesting(*results.back(), "vectorize_or_fallback");
  }
  return make<Sequence>(ValueKind::list, std::move(results));
}

}  // namespace

Ref<Value> vectorize_or_fallback(const Function &f, const char *policy, Function::Args args) {
  const std::string_view name = policy;
  if (name == "off") return f(args);
  if (name == "force") return vmap(f, args, nullptr, nullptr);
  if (name != "auto")
    fail(SPC_E_VALUE, "vectorize_or_fallback: unknown policy '{}', expected auto, force or off",
         name);
  if (!args.empty() && args[0]->kind() == ValueKind::list) return over_items(f, args);
  try {
    return vmap(f, args, nullptr, nullptr);
  } catch (const Error &) {  // whatever stopped it, the function gets the arguments whole
    return f(args);
  }
}

bool safe_for_vectorization(const Function &f, Function::Args args) {
  constexpr std::string_view alarming[] = {"AliasWarning", "CloneRequiredWarning", "in-place"};
  const CollectedWarnings collected;
  try {
    f(args);
  } catch (const Error &) {
    return false;
  }
  return std::ranges::none_of(collected.warnings(), [&](const Warning &w) {
    return std::ranges::any_of(alarming, [&](std::string_view word) {
      return w.category.find(word) != std::string::npos ||
             w.message.find(word) != std::string::npos;
    });
  });
}

}  // namespace spc::flow
