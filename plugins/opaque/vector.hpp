// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "spacecore/plugin.h"

#include "plugins/opaque/world.hpp"

namespace spc::opaque {

/// Where the pieces of a vector begin, and its size.
using Layout = std::array<std::int64_t, n_ranks + 1>;

/// Rank 0 gets the first two thirds: unequal pieces, so that mixing up ranks cannot go unnoticed.
/// SPACECORE_OPAQUE_SPLIT=n, read at each call: the first n.
Layout default_layout(std::int64_t size);

// A vector distributed over ranks: each holds a contiguous piece of the row-major elements. Handles
// of the family point to one, which has the pieces of the ranks that this process plays.
class Vector {
 public:
  /// Contents unspecified.
  Vector(std::int32_t dtype, const Layout &layout);

  std::int32_t dtype() const { return dtype_; }
  const Layout &layout() const { return layout_; }
  std::int64_t size() const { return layout_[n_ranks]; }
  /// Equal on all ranks.
  std::uint64_t id() const { return id_; }

  /// Index of the first element of a rank's piece, and the number of them.
  std::int64_t begin(std::size_t rank) const { return layout_[rank]; }
  std::int64_t local_size(std::size_t rank) const { return layout_[rank + 1] - layout_[rank]; }
  /// The piece of a rank of this process.
  std::byte *local(std::size_t rank);
  /// The pieces of all of them, which are adjacent.
  void *here() { return here_.data(); }
  std::int64_t n_here() const;

 private:
  std::int32_t dtype_;
  Layout layout_;
  std::uint64_t id_;
  std::vector<std::byte> here_;
};

std::size_t item_size(std::int32_t dtype);

}  // namespace spc::opaque
