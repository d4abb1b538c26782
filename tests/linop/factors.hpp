// SPDX-License-Identifier: Apache-2.0
// Sparse factorizations in tests.
#pragma once

#include <limits>

#include "tests/linop/operators.hpp"

namespace test {

inline spc_factor_options factor_options(int32_t method = SPC_FACTOR_AUTO) {
  spc_factor_options o{};
  o.struct_size = sizeof o;
  check(spc_factor_options_init(&o));
  o.method = method;
  return o;
}

inline LinOp factorized(spc_linop A, const spc_factor_options &options) {
  LinOp F;
  check(spc_linop_factorize(A, &options, F.out()));
  return F;
}
inline LinOp factorized(spc_linop A, int32_t method = SPC_FACTOR_AUTO) {
  return factorized(A, factor_options(method));
}

inline spc_factor_info info_of(spc_linop F) {
  spc_factor_info info{};
  info.struct_size = sizeof info;
  check(spc_linop_factor_info(F, &info));
  return info;
}

/// A family that may not be there: "suitesparse" without its libraries.
inline bool usable(const char *family) {
  int64_t at = -1;
  if (spc_backend_find(family, &at) != SPC_OK) return false;
  spc_backend_info info{};
  info.struct_size = sizeof info;
  check(spc_backend_describe(at, &info));
  return info.available != 0;
}

/// A test that runs once a family, and skips those that are not there.
class OnFactorFamily : public ::testing::TestWithParam<const char *> {
 protected:
  void SetUp() override {
    load_test_families();
    if (!usable(GetParam())) GTEST_SKIP() << GetParam() << " is not available";
    ctx = context(GetParam());
  }
  Context ctx;
};

#define SPC_ON_EVERY_FACTOR_FAMILY(SUITE)                                                   \
  INSTANTIATE_TEST_SUITE_P(Families, SUITE,                                                 \
                           ::testing::Values("reference", "cpu", "fakedev", "suitesparse"), \
                           ::test::family_name)

}  // namespace test
