// SPDX-License-Identifier: Apache-2.0
// Functions of dtypes, predicates of values, and the dtype of the default context.
#include <thread>

#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests

TEST(Dtypes, Sanitize) {
  const Context ctx = context("reference", SPC_FLOAT32);
  int32_t out = -1;
  for (int32_t d = 0; d < SPC_DTYPE_COUNT; ++d) {
    check(spc_sanitize_dtype(ctx, d, &out));
    EXPECT_EQ(out, d);
  }
  check(spc_sanitize_dtype(ctx, SPC_DTYPE_NONE, &out));
  EXPECT_EQ(out, SPC_FLOAT64);  // of the family, whatever the context's
  check(spc_sanitize_dtype(nullptr, SPC_DTYPE_NONE, &out));
  EXPECT_EQ(out, SPC_FLOAT64);
  expect_error(spc_sanitize_dtype(ctx, 9, &out), SPC_E_TYPE, {"sanitize_dtype", "9"});
  expect_error(spc_sanitize_dtype(ctx, SPC_BOOL, nullptr), SPC_E_VALUE,
               {"sanitize_dtype", "out is NULL"});
}

TEST(Dtypes, RealAndComplex) {
  const int32_t real[] = {SPC_BOOL,    SPC_INT8,    SPC_UINT8,   SPC_INT32,  SPC_INT64,
                          SPC_FLOAT32, SPC_FLOAT64, SPC_FLOAT32, SPC_FLOAT64};
  int32_t out = -1;
  for (int32_t d = 0; d < SPC_DTYPE_COUNT; ++d) {
    check(spc_real_dtype(d, &out));
    EXPECT_EQ(out, real[d]);
    check(spc_is_complex_dtype(d, &out));
    EXPECT_EQ(out, d >= SPC_COMPLEX64 ? 1 : 0);
  }
  check(spc_real_dtype(SPC_DTYPE_NONE, &out));
  EXPECT_EQ(out, SPC_FLOAT64);
  check(spc_is_complex_dtype(SPC_DTYPE_NONE, &out));
  EXPECT_EQ(out, 0);
  expect_error(spc_real_dtype(-2, &out), SPC_E_TYPE, {"real_dtype", "-2"});
  expect_error(spc_is_complex_dtype(9, &out), SPC_E_TYPE, {"is_complex_dtype", "9"});
  expect_error(spc_real_dtype(0, nullptr), SPC_E_VALUE, {"real_dtype", "out is NULL"});
}

TEST(Dtypes, Eps) {
  double out = 0;
  for (int32_t d : {SPC_FLOAT32, SPC_COMPLEX64}) {
    check(spc_eps(d, &out));
    EXPECT_EQ(out, 0x1p-23);
  }
  for (int32_t d : {int32_t{SPC_FLOAT64}, int32_t{SPC_COMPLEX128}, int32_t{SPC_DTYPE_NONE}}) {
    check(spc_eps(d, &out));
    EXPECT_EQ(out, 0x1p-52);
  }
  for (int32_t d = SPC_BOOL; d <= SPC_INT64; ++d) {
    const char *name = "";
    check(spc_dtype_name(d, &name));
    expect_error(spc_eps(d, &out), SPC_E_VALUE, {"eps", name});
  }
  expect_error(spc_eps(9, &out), SPC_E_TYPE, {"eps", "9"});
}

struct Verdicts {
  int32_t dense = -1, sparse = -1, array = -1;
  bool operator==(const Verdicts &) const = default;
};

Verdicts verdicts(spc_context ctx, spc_value x) {
  Verdicts v;
  check(spc_is_dense(ctx, x, &v.dense));
  check(spc_is_sparse(ctx, x, &v.sparse));
  check(spc_is_array(ctx, x, &v.array));
  return v;
}

class Predicates : public OnFamily {};
SPC_ON_EVERY_FAMILY(Predicates);

TEST_P(Predicates, TellArraysFromOtherValues) {
  Array dense = array<int8_t>(ctx, {1, 2}, {1, 0}), sparse, list, none;
  check(spc_assparse(ctx, dense, "coo", SPC_DTYPE_NONE, sparse.out()));
  check(spc_value_list(0, nullptr, list.out()));
  check(spc_value_none(none.out()));
  EXPECT_EQ(verdicts(ctx, dense), (Verdicts{1, 0, 1}));
  EXPECT_EQ(verdicts(ctx, sparse), (Verdicts{0, 1, 1}));
  for (spc_value other : {spc_value(list), spc_value(none), spc_value(nullptr)})
    EXPECT_EQ(verdicts(ctx, other), (Verdicts{0, 0, 0}));
  EXPECT_EQ(verdicts(ctx, weak(1.5)), (Verdicts{0, 0, 0}));
  int32_t dtype = -1;
  check(spc_get_dtype(ctx, dense, &dtype));
  EXPECT_EQ(dtype, SPC_INT8);
  check(spc_get_dtype(ctx, sparse, &dtype));
  EXPECT_EQ(dtype, SPC_INT8);
  check(spc_get_dtype(nullptr, sparse, &dtype));
  EXPECT_EQ(dtype, SPC_INT8);
  const std::string expected = std::string("get_dtype: Expected ") + GetParam() + " array, got ";
  expect_error(spc_get_dtype(ctx, list, &dtype), SPC_E_TYPE, {(expected + "list.").c_str()});
  expect_error(spc_get_dtype(ctx, weak(1), &dtype), SPC_E_TYPE, {(expected + "scalar.").c_str()});
  expect_error(spc_get_dtype(ctx, none, &dtype), SPC_E_TYPE, {(expected + "null.").c_str()});
  expect_error(spc_get_dtype(ctx, nullptr, &dtype), SPC_E_TYPE, {(expected + "null.").c_str()});
  expect_error(spc_is_dense(ctx, dense, nullptr), SPC_E_VALUE, {"is_dense", "out is NULL"});
}

TEST(PredicatesOfFamilies, CompatibleFamiliesCountAndOtherMemoryDoesNot) {
  load_test_families();
  const Context host = context("cpu"), plain = context("reference"), device = context("fakedev");
  Array on_host = vector<float>(plain, {1}), on_device = vector<float>(device, {1});
  EXPECT_EQ(verdicts(host, on_host), (Verdicts{1, 0, 1}));
  EXPECT_EQ(verdicts(nullptr, on_host), (Verdicts{1, 0, 1}));
  EXPECT_EQ(verdicts(host, on_device), (Verdicts{0, 0, 0}));
  EXPECT_EQ(verdicts(device, on_host), (Verdicts{0, 0, 0}));
  int32_t dtype = -1;
  expect_error(spc_get_dtype(host, on_device, &dtype), SPC_E_TYPE,
               {"get_dtype: Expected cpu array, got array of family fakedev."});
  check(spc_get_dtype(nullptr, on_device, &dtype));
  EXPECT_EQ(dtype, SPC_FLOAT32);
}

int32_t default_dtype() {
  Context ctx;
  int32_t dtype = -1;
  check(spc_context_default(ctx.out()));
  check(spc_context_dtype(ctx, &dtype));
  return dtype;
}

TEST(SetDtype, ReplacesTheDtypeOfTheDefaultContext) {
  Context before, after;
  check(spc_context_default(before.out()));
  check(spc_set_dtype("complex64"));
  EXPECT_EQ(default_dtype(), SPC_FLOAT32);
  check(spc_context_default(after.out()));
  int32_t level_before = -1, level_after = -1, dtype = -1;
  check(spc_context_check_level(before, &level_before));
  check(spc_context_check_level(after, &level_after));
  EXPECT_EQ(level_before, level_after);
  check(spc_context_dtype(before, &dtype));
  EXPECT_EQ(dtype, SPC_FLOAT64);  // a context is immutable
  Array zero;
  check(spc_zeros(nullptr, 0, nullptr, SPC_DTYPE_NONE, zero.out()));
  EXPECT_EQ(dtype_of(zero), SPC_FLOAT32);
  for (const char *bad : {"float32", "complex", "", "COMPLEX128"})
    expect_error(spc_set_dtype(bad), SPC_E_VALUE, {"set_dtype", bad, "complex64", "complex128"});
  expect_error(spc_set_dtype(nullptr), SPC_E_VALUE, {"set_dtype", "name is NULL"});
  EXPECT_EQ(default_dtype(), SPC_FLOAT32);
  check(spc_set_dtype("complex128"));
  EXPECT_EQ(default_dtype(), SPC_FLOAT64);
}

TEST(SetDtype, WhileOtherThreadsUseTheDefault) {
  std::thread setter([] {
    for (int i = 0; i < 500; ++i) check(spc_set_dtype(i % 2 == 0 ? "complex64" : "complex128"));
  });
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t)
    readers.emplace_back([] {
      for (int i = 0; i < 500; ++i) {
        const int32_t dtype = default_dtype();
        ASSERT_TRUE(dtype == SPC_FLOAT32 || dtype == SPC_FLOAT64) << dtype;
      }
    });
  setter.join();
  for (std::thread &t : readers) t.join();
  EXPECT_EQ(default_dtype(), SPC_FLOAT64);
}

TEST(FreeMemory, IsKnownOnTheHostOnly) {
  load_test_families();
  int64_t host = 0, other = 0, device = 0;
  check(spc_free_memory_bytes(context("cpu"), &host));
  check(spc_free_memory_bytes(nullptr, &other));
  check(spc_free_memory_bytes(context("fakedev"), &device));
  EXPECT_GT(host, int64_t{1} << 20);
  EXPECT_LT(host, int64_t{1} << 50);
  EXPECT_GT(other, int64_t{1} << 20);
  EXPECT_EQ(device, -1);
  expect_error(spc_free_memory_bytes(nullptr, nullptr), SPC_E_VALUE,
               {"free_memory_bytes", "out is NULL"});
}

}  // namespace
