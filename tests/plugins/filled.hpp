// SPDX-License-Identifier: Apache-2.0
// Arrays of one value, of any family.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/support.hpp"

namespace spc::test {

inline Context context(const std::string &family) {
  Context ctx;
  EXPECT_EQ(spc_context_create(family.c_str(), SPC_FLOAT64, SPC_CHECK_NONE, ctx.out()), SPC_OK)
      << last_error();
  return ctx;
}

inline Array filled(spc_context ctx, const std::vector<std::int64_t> &shape, double value) {
  std::int64_t size = 1;
  for (const std::int64_t n : shape) size *= n;
  const std::vector<double> values(static_cast<std::size_t>(size), value);
  Array a;
  EXPECT_EQ(spc_array_from_host(ctx, SPC_FLOAT64, static_cast<std::int32_t>(shape.size()),
                                shape.data(), values.data(), a.out()),
            SPC_OK)
      << last_error();
  return a;
}

/// "" if every element is `value`, or what is not.
inline std::string differs(spc_array a, double value) {
  std::int64_t n = 0;
  if (spc_array_size(a, &n) != SPC_OK) return last_error();
  std::vector<double> values(static_cast<std::size_t>(n));
  if (spc_array_to_host(a, values.data(), 8 * n) != SPC_OK) return last_error();
  for (const double v : values)
    if (v != value) return "got " + std::to_string(v) + ", expected " + std::to_string(value);
  return "";
}

}  // namespace spc::test
