// SPDX-License-Identifier: Apache-2.0
// The linear system that `spacecore solve` works on: read from files, or generated.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/spacecore/support.hpp"

namespace cmd {

struct ProblemOptions {
  /// A Matrix Market file, or empty.
  std::string matrix;
  /// Points along an edge of the grid of a generated Poisson system.
  std::optional<std::int64_t> poisson;
  /// A Matrix Market file with one column, or empty: A times ones.
  std::string rhs;
  std::string backend = "cpu";
  /// Given, or by the files: complex128 if one is complex, else float64.
  std::int32_t dtype = SPC_DTYPE_NONE;
  std::int32_t check_level = SPC_CHECK_STANDARD;
};

/// A x = b.
struct Problem {
  /// What messages call it: the file, or the generated system.
  std::string name;
  Context context;
  std::string family, dtype;
  std::int64_t rows = 0, cols = 0;
  /// Stored entries; rows * cols for a dense matrix.
  std::int64_t nnz = 0;
  bool sparse = true;
  Array matrix;
  LinOp op;
  Array rhs;
  /// The right-hand side is A times ones, so the solution is known.
  bool ones_solve_it = false;
};

/// Throws Failure or BadInput; FileErr names file and line.
Problem load_problem(const ProblemOptions &options);

/// The inverse of the diagonal as an operator. BadInput if a diagonal entry is zero.
LinOp jacobi(const Problem &problem);

}  // namespace cmd
