// SPDX-License-Identifier: Apache-2.0
// From an op name to calls of the C API.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "tools/spacecore/conform/arguments.hpp"

namespace cmd::conform {

/// A result: an array of the library, or a host value in the form of the test vectors.
using Output = std::variant<Array, Json>;

/// A case on its way through the library.
class Call {
 public:
  Call(const Json &spec, Arguments &arguments);

  Arguments &arguments() { return arguments_; }
  spc_context context() const { return arguments_.context(); }

  std::size_t input_count() const { return spec_.size(); }
  const Json &input_spec(std::size_t i) const { return spec_.at(i); }
  /// NULL for None and for what is not given.
  spc_array input(std::size_t i) const { return i < inputs_.size() ? inputs_[i].get() : nullptr; }

  /// The attribute, or null.
  const Json &attr(const char *name) const;
  std::int32_t dtype_attr() const;
  bool flag(const char *name) const;
  /// An integer, or SPC_NONE_I64.
  std::int64_t integer(const char *name) const;
  /// The same, with a value for what the case leaves out; null is still SPC_NONE_I64.
  std::int64_t integer_or(const char *name, std::int64_t absent) const;
  /// An integer or a list of them, as a list.
  std::vector<std::int64_t> integers(const char *name) const;

  /// Every array among the inputs, members of lists and the data of sparse arrays included.
  std::vector<Array> arrays() const;

  /// If set, runners of ops that have an _into form run that alone, into this array.
  spc_array target = nullptr;

  /// Results; more than one entry where an _into form gave the same result again.
  std::vector<std::vector<Output>> forms;

 private:
  const Json &spec_;
  const Json &attrs_;
  Arguments &arguments_;
  std::vector<Array> inputs_;
};

/// Runs a case through the library. Throws Failure with the error of the call.
using Runner = std::function<void(Call &)>;

/// NULL if the C API has no such function.
const Runner *find_runner(const std::string &op);

}  // namespace cmd::conform
