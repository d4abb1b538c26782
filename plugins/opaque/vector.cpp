// SPDX-License-Identifier: Apache-2.0
#include "plugins/opaque/vector.hpp"

namespace spc::opaque {

std::size_t item_size(std::int32_t dtype) {
  constexpr std::size_t sizes[SPC_DTYPE_COUNT] = {1, 1, 1, 4, 8, 4, 8, 8, 16};
  return sizes[dtype];
}

Vector::Vector(std::int32_t dtype, std::int64_t size) : dtype_(dtype) {
  // Unequal pieces, so that mixing up ranks cannot go unnoticed.
  begin_ = {0, size - size / 3, size};
  for (std::size_t rank = 0; rank < n_ranks; ++rank) {
    const auto bytes = static_cast<std::size_t>(local_size(rank)) * item_size(dtype);
    // A NaN in each dtype, so that reading what was never written shows.
    pieces_[rank].assign(bytes, std::byte{0xff});
  }
}

}  // namespace spc::opaque
