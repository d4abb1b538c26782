// SPDX-License-Identifier: Apache-2.0
// Programs over elements of a space.
#pragma once

#include <initializer_list>
#include <span>

#include "core/array/value.hpp"
#include "core/ops/program.hpp"

namespace spc {

/// A program whose reductions are inner products of a space, so that in a space with weights it has
/// one more vector. Of updates there are copies, multiples and sums.
class SpaceProgram {
 public:
  SpaceProgram(int n_vectors, int n_numbers, std::span<const spc_instruction> instructions);
  SpaceProgram(int n_vectors, int n_numbers, std::initializer_list<spc_instruction> instructions)
      : SpaceProgram(n_vectors, n_numbers, std::span(instructions.begin(), instructions.size())) {}

  const Program &plain() const noexcept { return plain_; }
  /// The last vector is the weights. Where there are no reductions, as plain.
  const Program &weighted() const noexcept { return weighted_; }

 private:
  const Program plain_, weighted_;
};

/// What a space needs to run programs.
struct ProgramRoom {
  Value *work;    // an element, or nullptr where the space is Euclidean
  Array &number;  // 0-d, as inner_into takes it
  Array &sums;    // as Space::new_sums makes it
};

}  // namespace spc
