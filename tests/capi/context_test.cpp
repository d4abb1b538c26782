// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/support/c_api.hpp"

namespace {

using test::check;
using test::Context;
using test::context;
using test::expect_error;

std::string text(spc_context ctx) {
  int64_t length = 0;
  check(spc_context_text(ctx, nullptr, 0, &length));
  std::vector<char> buffer(static_cast<std::size_t>(length) + 1);
  check(spc_context_text(ctx, buffer.data(), length + 1, nullptr));
  return buffer.data();
}

TEST(Contexts, KeepWhatTheyAreMadeOf) {
  const Context ctx = context("CPU-BLAS", SPC_COMPLEX64, SPC_CHECK_STRICT);
  const char *family = nullptr;
  int32_t dtype = -1, level = -1;
  check(spc_context_family(ctx, &family));
  check(spc_context_dtype(ctx, &dtype));
  check(spc_context_check_level(ctx, &level));
  EXPECT_STREQ(family, "cpu");
  EXPECT_EQ(dtype, SPC_COMPLEX64);
  EXPECT_EQ(level, SPC_CHECK_STRICT);
  EXPECT_EQ(text(ctx), "Context(ops='cpu', dtype='complex64', check_level='strict')");
  EXPECT_EQ(text(context("reference", SPC_DTYPE_NONE, SPC_CHECK_CHEAP)),
            "Context(ops='reference', dtype='float64', check_level='cheap')");
}

TEST(Contexts, TheDefault) {
  Context a, b;
  check(spc_context_default(a.out()));
  check(spc_context_default(b.out()));
  EXPECT_EQ(text(a), "Context(ops='cpu', dtype='float64', check_level='none')");
  int32_t equal = 0;
  check(spc_context_equal(a, b, &equal));
  EXPECT_EQ(equal, 1);
}

TEST(Contexts, AreEqualInAllThreeParts) {
  const Context a = context("cpu", SPC_FLOAT64, SPC_CHECK_STANDARD);
  const auto equal = [&](const Context &b) {
    int32_t e = -1;
    check(spc_context_equal(a, b, &e));
    return e;
  };
  EXPECT_EQ(equal(a), 1);
  EXPECT_EQ(equal(context("openblas", SPC_FLOAT64, SPC_CHECK_STANDARD)), 1);
  EXPECT_EQ(equal(context("reference", SPC_FLOAT64, SPC_CHECK_STANDARD)), 0);
  EXPECT_EQ(equal(context("cpu", SPC_FLOAT32, SPC_CHECK_STANDARD)), 0);
  EXPECT_EQ(equal(context("cpu", SPC_FLOAT64, SPC_CHECK_NONE)), 0);
}

TEST(Contexts, BadPartsAreRefused) {
  spc_context ctx = nullptr;
  expect_error(spc_context_create("cpu", 9, 0, &ctx), SPC_E_TYPE, {"context_create", "9"});
  expect_error(spc_context_create("cpu", -2, 0, &ctx), SPC_E_TYPE, {"-2"});
  expect_error(spc_context_create("cpu", SPC_FLOAT64, 4, &ctx), SPC_E_VALUE,
               {"Unknown check_level 4", "none", "cheap", "standard", "strict"});
  expect_error(spc_context_create("cpu", SPC_FLOAT64, -1, &ctx), SPC_E_VALUE, {"-1"});
  expect_error(spc_context_create(nullptr, SPC_FLOAT64, 0, &ctx), SPC_E_VALUE, {"family is NULL"});
  expect_error(spc_context_create("cpu", SPC_FLOAT64, 0, nullptr), SPC_E_VALUE, {"out is NULL"});
  EXPECT_EQ(ctx, nullptr);
}

TEST(Contexts, TextNeedsRoom) {
  const Context ctx = context("cpu");
  char buffer[20] = "untouched";
  int64_t length = -1;
  expect_error(spc_context_text(ctx, buffer, sizeof buffer, &length), SPC_E_VALUE,
               {"capacity is 20"});
  EXPECT_STREQ(buffer, "untouched");
  EXPECT_EQ(length, -1);
  expect_error(spc_context_text(ctx, nullptr, 5, &length), SPC_E_VALUE, {"buffer is NULL"});
  expect_error(spc_context_text(ctx, buffer, -1, &length), SPC_E_VALUE, {"capacity is -1"});
}

TEST(Contexts, ReferencesAndStaleHandles) {
  spc_context a = nullptr;
  check(spc_context_create("reference", SPC_FLOAT64, 0, &a));
  check(spc_context_retain(a));
  spc_context other = a;
  check(spc_context_release(&a));
  EXPECT_EQ(a, nullptr);
  EXPECT_EQ(text(other), "Context(ops='reference', dtype='float64', check_level='none')");
  const spc_context stale = other;
  check(spc_context_release(&other));
  int32_t dtype = 0;
  expect_error(spc_context_dtype(stale, &dtype), SPC_E_HANDLE, {"context_dtype"});
  expect_error(spc_context_dtype(nullptr, &dtype), SPC_E_HANDLE, {"NULL"});
  EXPECT_EQ(spc_context_release(nullptr), SPC_OK);
  EXPECT_EQ(spc_context_release(&a), SPC_OK);
}

TEST(Contexts, AsarrayTakesTheDtypeOfTheContext) {
  const Context ctx = context("cpu", SPC_FLOAT32);
  test::Array x = test::vector<double>(ctx, {1, 0, 3}), dense, sparse, matrix;
  check(spc_context_asarray(ctx, x, dense.out()));
  EXPECT_EQ(test::values<float>(dense), (std::vector<float>{1, 0, 3}));
  test::Array square = test::array<double>(ctx, {2, 2}, {1, 0, 0, 2});
  check(spc_context_assparse(ctx, square, sparse.out()));
  int32_t format = -1;
  int64_t nnz = 0;
  check(spc_sparse_format(sparse, &format));
  check(spc_sparse_nnz(sparse, &nnz));
  EXPECT_EQ(format, SPC_CSR);
  EXPECT_EQ(nnz, 2);
  EXPECT_EQ(test::dtype_of(sparse), SPC_FLOAT32);
}

}  // namespace
