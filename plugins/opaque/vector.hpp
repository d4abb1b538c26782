// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "spacecore/plugin.h"

namespace spc::opaque {

inline constexpr std::size_t n_ranks = 2;

// A vector distributed over simulated ranks: each holds a contiguous piece of the row-major
// elements. Handles of the family point to one.
class Vector {
 public:
  /// Contents unspecified.
  Vector(std::int32_t dtype, std::int64_t size);

  std::int32_t dtype() const { return dtype_; }
  std::int64_t size() const { return begin_[n_ranks]; }

  /// Index of the first element of a rank's piece, and the number of them.
  std::int64_t begin(std::size_t rank) const { return begin_[rank]; }
  std::int64_t local_size(std::size_t rank) const { return begin_[rank + 1] - begin_[rank]; }
  void *local(std::size_t rank) { return pieces_[rank].data(); }

 private:
  std::int32_t dtype_;
  std::array<std::int64_t, n_ranks + 1> begin_;
  std::array<std::vector<std::byte>, n_ranks> pieces_;
};

std::size_t item_size(std::int32_t dtype);

}  // namespace spc::opaque
