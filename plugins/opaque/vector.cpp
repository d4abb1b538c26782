// SPDX-License-Identifier: Apache-2.0
#include "plugins/opaque/vector.hpp"

#include <algorithm>
#include <cstdlib>

namespace spc::opaque {

std::size_t item_size(std::int32_t dtype) {
  constexpr std::size_t sizes[SPC_DTYPE_COUNT] = {1, 1, 1, 4, 8, 4, 8, 8, 16};
  return sizes[dtype];
}

Layout default_layout(std::int64_t size) {
  const char *const split = std::getenv("SPACECORE_OPAQUE_SPLIT");
  const std::int64_t first = split ? std::strtoll(split, nullptr, 10) : size - size / 3;
  return {0, std::clamp<std::int64_t>(first, 0, size), size};
}

Vector::Vector(std::int32_t dtype, const Layout &layout)
    : dtype_(dtype), layout_(layout), id_(World::get().next_id()) {
  // A NaN in each dtype, so that reading what was never written shows.
  here_.assign(static_cast<std::size_t>(n_here()) * item_size(dtype), std::byte{0xff});
}

std::int64_t Vector::n_here() const {
  const World &world = World::get();
  return layout_[world.last()] - layout_[world.first()];
}

std::byte *Vector::local(std::size_t rank) {
  const std::int64_t before = begin(rank) - begin(World::get().first());
  return here_.data() + static_cast<std::size_t>(before) * item_size(dtype_);
}

}  // namespace spc::opaque
