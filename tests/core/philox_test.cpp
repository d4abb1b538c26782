// SPDX-License-Identifier: Apache-2.0
// The generator against the known answers of its authors, and its stream against ADR 009.
#include "core/support/philox.hpp"

#include <gtest/gtest.h>

namespace spc {
namespace {

constexpr std::uint32_t ones = 0xffffffff;

TEST(Philox, known_answers) {
  EXPECT_EQ(Philox::block({0, 0, 0, 0}, {0, 0}),
            (Philox::Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Philox::block({ones, ones, ones, ones}, {ones, ones}),
            (Philox::Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(
      Philox::block({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
      (Philox::Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, stream_of_uniform_numbers) {
  Philox stream(42);
  for (const double expected :
       {0.4685865183391049, 0.34086154938517876, 0.32706338120338474, 0.4543156017348883})
    EXPECT_EQ(stream.uniform(), expected);
}

}  // namespace
}  // namespace spc
