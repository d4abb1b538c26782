// SPDX-License-Identifier: Apache-2.0
// Programs: vector updates and sums in one pass.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "spacecore/plugin.h"

namespace spc {

/// A checked list of instructions of program_run.
class Program {
 public:
  static constexpr int max_vectors = SPC_MAX_PROGRAM_VECTORS;
  static constexpr int max_scalars = SPC_MAX_PROGRAM_SCALARS;
  static constexpr int max_reductions = SPC_MAX_PROGRAM_REDUCTIONS;

  /// ValueErr: counts, or the first instruction that is none.
  Program(std::int32_t n_vectors, std::int32_t n_scalars, const spc_instruction *instructions,
          std::int32_t n_instructions);

  /// As kernels take it.
  const spc_params_program &params() const noexcept { return params_; }
  int n_vectors() const noexcept { return params_.n_vectors; }
  int n_scalars() const noexcept { return params_.n_scalars; }
  int n_updates() const noexcept { return params_.n_updates; }
  int n_reductions() const noexcept { return params_.n_reductions; }
  bool writes(int vector) const noexcept { return (params_.written >> vector & 1) != 0; }
  const spc_instruction &update(int i) const noexcept { return params_.instructions[i]; }
  const spc_instruction &reduction(int k) const noexcept {
    return params_.instructions[params_.n_updates + k];
  }

 private:
  void append(const spc_instruction &given, int position);

  spc_params_program params_{};
};

/// Instructions, as the formulas have them.
namespace program {
constexpr spc_instruction copy(int out, int x) {
  return {SPC_PROGRAM_COPY, out, x, 0, 0, 0, 0, 0};
}
/// out = a x
constexpr spc_instruction scale(int out, int a, int x) {
  return {SPC_PROGRAM_SCALE, out, x, 0, 0, a, 0, 0};
}
/// out = a x + y
constexpr spc_instruction axpy(int out, int a, int x, int y) {
  return {SPC_PROGRAM_AXPY, out, x, y, 0, a, 0, 0};
}
/// out = a x + b y
constexpr spc_instruction axpby(int out, int a, int x, int b, int y) {
  return {SPC_PROGRAM_AXPBY, out, x, y, 0, a, b, 0};
}
/// sum conj(x) y
constexpr spc_instruction dot(int x, int y) {
  return {SPC_PROGRAM_DOT, 0, x, y, 0, 0, 0, 0};
}
/// sum |x|^2
constexpr spc_instruction squares(int x) {
  return {SPC_PROGRAM_SUM_OF_SQUARES, 0, x, 0, 0, 0, 0, 0};
}
}  // namespace program

}  // namespace spc
