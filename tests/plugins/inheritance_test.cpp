// SPDX-License-Identifier: Apache-2.0
// A family over a base over reference, loaded in either order: whose kernel runs, with whose state, on
// whose memory; and what is said when there is none.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/child_process.hpp"
#include "tests/plugins/support.hpp"

namespace {

using namespace spc::test;

void load(const std::string &name) {
  ASSERT_EQ(spc_load_plugin(odd_plugin(name).c_str()), SPC_OK) << last_error();
}

Context context(const char *family) {
  Context ctx;
  EXPECT_EQ(spc_context_create(family, SPC_FLOAT64, SPC_CHECK_STANDARD, ctx.out()), SPC_OK)
      << last_error();
  return ctx;
}

Array vector_of(const char *family, const std::vector<double> &values) {
  const auto n = static_cast<std::int64_t>(values.size());
  Array a;
  EXPECT_EQ(spc_array_from_host(context(family), SPC_FLOAT64, 1, &n, values.data(), a.out()),
            SPC_OK)
      << last_error();
  return a;
}

std::vector<double> to_host(spc_array a) {
  std::int64_t n = 0;
  EXPECT_EQ(spc_array_size(a, &n), SPC_OK);
  std::vector<double> values(static_cast<std::size_t>(n));
  EXPECT_EQ(spc_array_to_host(a, values.data(), 8 * n), SPC_OK) << last_error();
  return values;
}

using Unary = spc_status (*)(spc_array, spc_array *);
std::vector<double> result(Unary op, spc_array x) {
  Array y;
  EXPECT_EQ(op(x, y.out()), SPC_OK) << last_error();
  return y ? to_host(y) : std::vector<double>();
}
std::string family_of(spc_array a) {
  const char *name = "";
  EXPECT_EQ(spc_array_family(a, &name), SPC_OK);
  return name;
}

// What holds once both are there, whoever came first.
void expect_inheritance(spc_array x) {
  // The base's kernel, with the base's state; the heir's own with its own.
  EXPECT_EQ(result(spc_negative, x), (std::vector<double>{100, 100}));
  EXPECT_EQ(result(spc_square, x), (std::vector<double>{200, 200}));
  // Refused for this length: the next below, which is reference's.
  EXPECT_EQ(result(spc_square, vector_of("heir", {1, 2, 3})), (std::vector<double>{1, 4, 9}));
  // From the ground of the chain.
  EXPECT_EQ(result(spc_sign, x), (std::vector<double>{1, 1}));
  // The base knows nothing of its heir.
  EXPECT_EQ(result(spc_square, vector_of("ancestor", {1, 2})), (std::vector<double>{1, 4}));
  EXPECT_EQ(result(spc_negative, vector_of("ancestor", {1, 2})), (std::vector<double>{100, 100}));
  EXPECT_EQ(result(spc_negative, vector_of("reference", {1, 2})), (std::vector<double>{-1, -2}));

  // Zero copy: the base's kernel sees the address of the heir's array, and of a view.
  void *address = nullptr;
  ASSERT_EQ(spc_array_data(x, &address), SPC_OK);
  const auto as_number = [](const void *p) {
    return static_cast<double>(reinterpret_cast<std::intptr_t>(p));
  };
  EXPECT_EQ(result(spc_abs, x), std::vector<double>(2, as_number(address)));
  const spc_index second = {SPC_INDEX_SLICE, 0, 1, SPC_NONE_I64, SPC_NONE_I64, nullptr};
  Array view;
  ASSERT_EQ(spc_getitem(x, 1, &second, view.out()), SPC_OK) << last_error();
  EXPECT_EQ(result(spc_abs, view),
            std::vector<double>(1, as_number(static_cast<double *>(address) + 1)));

  // Another tag on the same memory, in both directions.
  for (const char *family : {"ancestor", "reference"}) {
    Array same, back;
    ASSERT_EQ(spc_asarray(context(family), x, SPC_DTYPE_NONE, same.out()), SPC_OK) << last_error();
    EXPECT_EQ(family_of(same), family);
    void *there = nullptr;
    ASSERT_EQ(spc_array_data(same, &there), SPC_OK);
    EXPECT_EQ(there, address);
    ASSERT_EQ(spc_asarray(context("heir"), same, SPC_DTYPE_NONE, back.out()), SPC_OK)
        << last_error();
    EXPECT_EQ(family_of(back), "heir");
    ASSERT_EQ(spc_array_data(back, &there), SPC_OK);
    EXPECT_EQ(there, address);
    // Side by side: the most derived family runs, whichever comes first.
    Array sum;
    ASSERT_EQ(spc_add(same, x, sum.out()), SPC_OK) << last_error();
    EXPECT_EQ(family_of(sum), "heir");
    ASSERT_EQ(spc_add(x, same, sum.out()), SPC_OK) << last_error();
    EXPECT_EQ(family_of(sum), "heir");
  }

  std::int64_t i = -1;
  std::int32_t how = -1;
  ASSERT_EQ(spc_backend_find("heir", &i), SPC_OK);
  for (const auto &[op, dtype, expected] : {std::tuple{SPC_OP_square, SPC_FLOAT64, 2},
                                            {SPC_OP_square, SPC_FLOAT32, 1},
                                            {SPC_OP_negative, SPC_FLOAT64, 1},
                                            {SPC_OP_exp, SPC_FLOAT64, 1}}) {
    ASSERT_EQ(spc_backend_supports(i, static_cast<std::uint32_t>(op), dtype, &how), SPC_OK);
    EXPECT_EQ(how, expected) << op;
  }
}

TEST(Inheritance, TheBaseFirst) {
  IN_A_PROCESS({
    load("ancestor");
    load("heir");
    expect_inheritance(vector_of("heir", {1, 2}));
  });
}

// An array from the time without the base is as good as any.
TEST(Inheritance, TheBaseLast) {
  IN_A_PROCESS({
    load("heir");
    EXPECT_NE(report_line({"accepted", "heir.so", "base 'ancestor'"}), "") << load_report();
    const Array x = vector_of("heir", {1, 2});
    EXPECT_EQ(result(spc_square, x), (std::vector<double>{200, 200}));
    Array y;
    EXPECT_EQ(spc_negative(x, y.out()), SPC_E_NOTIMPL);
    for (const char *part : {"negative: family 'heir' has no kernel for float64",
                             "'heir' (no kernel)", "its base 'ancestor' (not loaded)"})
      EXPECT_NE(last_error().find(part), std::string::npos) << last_error();
    const Array three = vector_of("heir", {1, 2, 3});
    EXPECT_EQ(spc_square(three, y.out()), SPC_E_NOTIMPL);
    for (const char *part : {"'heir' (declined by its supports())", "'ancestor' (not loaded)"})
      EXPECT_NE(last_error().find(part), std::string::npos) << last_error();
    EXPECT_EQ(static_cast<spc_array>(y), nullptr);
    load("ancestor");
    expect_inheritance(x);
    EXPECT_EQ(result(spc_square, three), (std::vector<double>{1, 4, 9}));
  });
}

TEST(Inheritance, AnOpThatNobodyHasNamesEveryTier) {
  IN_A_PROCESS({
    load("solitary");
    const Array x = vector_of("solitary_second", {1, 4});
    Array y;
    EXPECT_EQ(spc_exp(x, y.out()), SPC_E_NOTIMPL);
    EXPECT_EQ(
        last_error(),
        "exp: family 'solitary_second' has no kernel for float64; tried 'solitary_second' (no "
        "kernel), 'solitary' (no kernel)");
    EXPECT_EQ(spc_sqrt(x, y.out()), SPC_E_NOTIMPL);
    EXPECT_EQ(
        last_error(),
        "sqrt: family 'solitary_second' has no kernel for float64; tried 'solitary_second' (no "
        "kernel), 'solitary' (declined by its supports())");
    EXPECT_EQ(static_cast<spc_array>(y), nullptr);
    // No common ancestor: never a silent copy.
    const Array other = vector_of("reference", {1, 4});
    EXPECT_EQ(spc_add(x, other, y.out()), SPC_E_TYPE);
    for (const char *part : {"solitary_second", "reference"})
      EXPECT_NE(last_error().find(part), std::string::npos) << last_error();
  });
}

// A kernel that knows fewer parameters is sent no others: the sums of a solver are taken apart from
// its product, and the kernel of the base, which knows more, is not taken in its place.
TEST(Inheritance, ShorterParameters) {
  IN_A_PROCESS({
    load("short_params");
    const std::vector<std::int32_t> indptr = {0, 1, 3}, indices = {0, 0, 1};
    const Context ctx = context("short_params");
    const std::int64_t two = 2, three = 3;
    const std::vector<double> data = {4, 0, 2};
    Array first, second, values, matrix, x;
    ASSERT_EQ(spc_array_from_host(ctx, SPC_INT32, 1, &three, indptr.data(), first.out()), SPC_OK);
    ASSERT_EQ(spc_array_from_host(ctx, SPC_INT32, 1, &three, indices.data(), second.out()), SPC_OK);
    ASSERT_EQ(spc_array_from_host(ctx, SPC_FLOAT64, 1, &three, data.data(), values.out()), SPC_OK);
    ASSERT_EQ(spc_sparse_create(SPC_CSR, 2, 2, first, second, values, matrix.out()), SPC_OK)
        << last_error();
    spc_space space = nullptr;
    spc_linop A = nullptr;
    ASSERT_EQ(spc_space_dense(ctx, 1, &two, nullptr, &space), SPC_OK);
    ASSERT_EQ(spc_linop_sparse(matrix, space, space, &A), SPC_OK) << last_error();
    const Array b = vector_of("short_params", {8, 4});
    ASSERT_EQ(spc_cg(A, b, nullptr, nullptr, x.out(), nullptr), SPC_OK) << last_error();
    EXPECT_EQ(to_host(x), (std::vector<double>{1, 1}));
    spc_linop_release(&A);
    spc_space_release(&space);
  });
}

}  // namespace
