// SPDX-License-Identifier: Apache-2.0
// Why a call runs where it runs: a text, from the same tables that calls use. Nothing is computed.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/array/value.hpp"
#include "core/ops/table.hpp"

namespace spc {

/// Lines, indented by what they are part of.
class Explanation {
 public:
  /// While one lives, lines are part of the last line before it.
  class Part {
   public:
    explicit Part(Explanation &e) noexcept : e_(e) { ++e_.depth_; }
    Part(const Part &) = delete;
    Part &operator=(const Part &) = delete;
    ~Part() { --e_.depth_; }

   private:
    Explanation &e_;
  };

  void line(std::string_view text);
  /// `op for dtypes, family f:` and one line for each tier of the base chain, in the order in which
  /// its kernels are tried. second: of a PAIR key; Dtype::none: every one that has a kernel.
  void kernels(Op op, Family &family, Dtype first, Dtype second = Dtype::none);
  const std::string &text() const noexcept { return text_; }

 private:
  std::string text_;
  int depth_ = 0;
};

/// What a call of op on these operands runs. nullptr operands are absent. ValueErr: unknown op,
/// number of operands; TypeErr: no common family.
std::string explain(std::string_view op, std::span<Value *const> operands);

}  // namespace spc
