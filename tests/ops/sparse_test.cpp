// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests
using C128 = std::complex<double>;

class Sparse : public OnFamily {
 protected:
  // [[1, 0, 2], [0, 3, 0]]
  Array dense() { return array<double>(ctx, {2, 3}, {1, 0, 2, 0, 3, 0}); }
  Array csr() {
    Array s;
    check(spc_assparse(ctx, dense(), "csr", SPC_DTYPE_NONE, s.out()));
    return s;
  }
  std::vector<double> densified(spc_array s) {
    Array d;
    check(spc_asarray(nullptr, s, SPC_DTYPE_NONE, d.out()));
    return values<double>(d);
  }
};
SPC_ON_EVERY_FAMILY(Sparse);

TEST_P(Sparse, EveryFormatRoundTrips) {
  for (const char *format : {"csr", "csc", "coo"})
    for (const char *other : {"csr", "csc", "coo"}) {
      Array s, t;
      check(spc_assparse(ctx, dense(), format, SPC_DTYPE_NONE, s.out()));
      check(spc_assparse(ctx, s, other, SPC_DTYPE_NONE, t.out()));
      EXPECT_EQ(densified(t), std::vector<double>({1, 0, 2, 0, 3, 0})) << format << " to " << other;
      int64_t nnz = 0;
      check(spc_sparse_nnz(t, &nnz));
      EXPECT_EQ(nnz, 3);
    }
}

TEST_P(Sparse, KeepsNanDropsZerosOfBothSigns) {
  Array d = array<double>(ctx, {1, 3}, {-0.0, std::numeric_limits<double>::quiet_NaN(), 0.0}), s;
  check(spc_assparse(ctx, d, nullptr, SPC_DTYPE_NONE, s.out()));
  int64_t nnz = 0;
  check(spc_sparse_nnz(s, &nnz));
  EXPECT_EQ(nnz, 1);
}

TEST_P(Sparse, CooSumsDuplicatesAndKeepsExplicitZeros) {
  for (int width : {4, 8}) {
    Array row, col, data = vector<double>(ctx, {1, 2, 0, 5}), coo, csr;
    if (width == 4) {
      row = vector<int32_t>(ctx, {1, 0, 0, 1});
      col = vector<int32_t>(ctx, {0, 2, 1, 0});
    } else {
      row = vector<int64_t>(ctx, {1, 0, 0, 1});
      col = vector<int64_t>(ctx, {0, 2, 1, 0});
    }
    check(spc_sparse_create(SPC_COO, 2, 3, row, col, data, coo.out()));
    EXPECT_EQ(densified(coo), std::vector<double>({0, 0, 2, 6, 0, 0}));
    check(spc_assparse(ctx, coo, "csr", SPC_DTYPE_NONE, csr.out()));
    int64_t nnz = 0;
    check(spc_sparse_nnz(csr, &nnz));
    EXPECT_EQ(nnz, 3);
    Array indices;
    check(spc_sparse_parts(csr, nullptr, indices.out(), nullptr));
    EXPECT_EQ(dtype_of(indices), width == 4 ? SPC_INT32 : SPC_INT64);
  }
}

TEST_P(Sparse, TransposeAndDiagonal) {
  Array s = csr(), t, d;
  check(spc_sparse_transpose(s, t.out()));
  EXPECT_EQ(shape_of(t), (Shape{3, 2}));
  EXPECT_EQ(densified(t), std::vector<double>({1, 0, 0, 3, 2, 0}));
  check(spc_sparse_diagonal(s, d.out()));
  EXPECT_EQ(values<double>(d), std::vector<double>({1, 3}));
  check(spc_sparse_diagonal(t, d.out()));
  EXPECT_EQ(values<double>(d), std::vector<double>({1, 3}));
}

TEST_P(Sparse, MatmulOfEveryFormat) {
  Array ones = vector<double>(ctx, {1, 1, 1}),
        block = array<double>(ctx, {3, 2}, {1, 2, 3, 4, 5, 6}), r;
  for (const char *format : {"csr", "csc", "coo"}) {
    Array s;
    check(spc_assparse(ctx, dense(), format, SPC_DTYPE_NONE, s.out()));
    check(spc_sparse_matmul(s, ones, r.out()));
    EXPECT_EQ(values<double>(r), std::vector<double>({3, 3}));
    check(spc_sparse_matmul(s, block, r.out()));
    EXPECT_EQ(values<double>(r), std::vector<double>({11, 14, 9, 12}));
    Array z = vector<C128>(ctx, {{0, 1}, {1, 0}, {0, 0}});
    check(spc_sparse_matmul(s, z, r.out()));
    EXPECT_EQ(values<C128>(r), std::vector<C128>({{0, 1}, {3, 0}}));
  }
}

TEST_P(Sparse, Errors) {
  Array s = csr(), two = vector<double>(ctx, {1, 1}), r;
  expect_error(spc_sparse_matmul(s, two, r.out()), SPC_E_VALUE,
               {"sparse_matmul", "(2, 3)", "(2,)"});
  expect_error(spc_sparse_matmul(two, two, r.out()), SPC_E_TYPE, {"sparse_matmul", "sparse array"});
  expect_error(spc_sparse_matmul(s, s, r.out()), SPC_E_TYPE, {"sparse_matmul", "dense array"});
  expect_error(spc_assparse(ctx, two, "csr", SPC_DTYPE_NONE, r.out()), SPC_E_VALUE,
               {"assparse", "(2,)"});
  expect_error(spc_assparse(ctx, s, "bsr", SPC_DTYPE_NONE, r.out()), SPC_E_VALUE,
               {"Unknown sparse format: 'bsr'"});
  expect_error(spc_maximum(s, s, r.out()), SPC_E_TYPE, {"maximum", "sparse"});
}

TEST_P(Sparse, CreateValidatesEveryIndex) {
  Array data = vector<double>(ctx, {1, 2}), s;
  Array ptr = vector<int32_t>(ctx, {0, 1, 2}), falling = vector<int32_t>(ctx, {0, 2, 1});
  Array shifted = vector<int32_t>(ctx, {1, 1, 2}), open_end = vector<int32_t>(ctx, {0, 1, 1});
  Array good = vector<int32_t>(ctx, {0, 2}), far = vector<int32_t>(ctx, {0, 3}),
        neg = vector<int32_t>(ctx, {-1, 0});
  Array wide = vector<int64_t>(ctx, {0, 2}), real = vector<double>(ctx, {0, 1, 2});
  check(spc_sparse_create(SPC_CSR, 2, 3, ptr, good, data, s.out()));
  expect_error(spc_sparse_create(SPC_CSR, 2, 3, ptr, far, data, s.out()), SPC_E_VALUE, {"3"});
  for (int64_t length : {INT64_MAX, INT64_MAX - 1})
    expect_error(spc_sparse_create(SPC_COO, length, 3, good, good, data, s.out()), SPC_E_OVERFLOW,
                 {"sparse_create: shape (92233720368547758", ", 3), lengths are at most "});
  expect_error(spc_sparse_create(SPC_CSR, 2, 3, ptr, neg, data, s.out()), SPC_E_VALUE, {"-1"});
  expect_error(spc_sparse_create(SPC_CSR, 2, 3, falling, good, data, s.out()), SPC_E_VALUE,
               {"indptr"});
  expect_error(spc_sparse_create(SPC_CSR, 2, 3, shifted, good, data, s.out()), SPC_E_VALUE,
               {"indptr"});
  expect_error(spc_sparse_create(SPC_CSR, 2, 3, open_end, good, data, s.out()), SPC_E_VALUE,
               {"indptr"});
  expect_error(spc_sparse_create(SPC_CSR, 2, 3, ptr, wide, data, s.out()), SPC_E_TYPE,
               {"int32", "int64"});
  expect_error(spc_sparse_create(SPC_CSR, 2, 3, real, good, data, s.out()), SPC_E_TYPE,
               {"float64"});
  expect_error(spc_sparse_create(SPC_CSR, 3, 3, ptr, good, data, s.out()), SPC_E_VALUE,
               {"3 entries", "3 + 1"});
  expect_error(spc_sparse_create(7, 2, 3, ptr, good, data, s.out()), SPC_E_VALUE, {"format 7"});
  expect_error(spc_sparse_create(SPC_COO, 2, 3, far, good, data, s.out()), SPC_E_VALUE, {"3"});
}

TEST_P(Sparse, ValidatedIndicesStayAsTheyWere) {
  Array ptr = vector<int64_t>(ctx, {0, 1, 2}), indices = vector<int64_t>(ctx, {0, 2});
  Array data = vector<double>(ctx, {1, 2}), s, stored, r;
  check(spc_sparse_create(SPC_CSR, 2, 3, ptr, indices, data, s.out()));
  check(spc_sparse_parts(s, nullptr, stored.out(), nullptr));
  for (spc_array a : {static_cast<spc_array>(indices), static_cast<spc_array>(stored)}) {
    int32_t writable = 1;
    check(spc_array_is_writable(a, &writable));
    EXPECT_EQ(writable, 0);
    expect_error(spc_array_set(a, weak(int64_t{1} << 40)), SPC_E_VALUE, {"array_set", "read-only"});
    expect_error(spc_add_into(a, a, a), SPC_E_VALUE, {"add", "read-only"});
    expect_error(spc_array_touch(a), SPC_E_VALUE, {"array_touch", "read-only"});
  }
  check(spc_array_set(data, weak(5)));
  Array ones = vector<double>(ctx, {1, 1, 1});
  check(spc_sparse_matmul(s, ones, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({5, 5}));
}

TEST_P(Sparse, OutputOverTheStoredValues) {
  Array d = array<double>(ctx, {3, 3}, {1, 1, 0, 0, 2, 4, 0, 5, 6}),
        x = vector<double>(ctx, {1, 1, 1});
  Array s, data, expected;
  check(spc_assparse(ctx, d, "csr", SPC_DTYPE_NONE, s.out()));
  check(spc_sparse_matmul(s, x, expected.out()));
  check(spc_sparse_parts(s, nullptr, nullptr, data.out()));
  Array target = getitem(data, {slice(2, 5)});
  check(spc_sparse_matmul_into(s, x, target));
  EXPECT_EQ(values<double>(target), values<double>(expected));
}

TEST_P(Sparse, RowsBeyondEveryVector) {
  Array ptr = vector<int64_t>(ctx, {0}), none = vector<int64_t>(ctx, {}),
        data = vector<double>(ctx, {}), s;
  expect_error(spc_sparse_create(SPC_CSR, INT64_MAX, 3, ptr, none, data, s.out()), SPC_E_VALUE,
               {"1 entries", "9223372036854775807 + 1"});
}

TEST_P(Sparse, MatricesWithoutEntries) {
  Array z = array<double>(ctx, {2, 3}, std::vector<double>(6, 0)),
        e = array<double>(ctx, {0, 3}, {}), s, r;
  Array ones = vector<double>(ctx, {1, 1, 1});
  for (const char *format : {"csr", "csc", "coo"}) {
    check(spc_assparse(ctx, z, format, SPC_DTYPE_NONE, s.out()));
    EXPECT_EQ(densified(s), std::vector<double>(6, 0));
    check(spc_sparse_matmul(s, ones, r.out()));
    EXPECT_EQ(values<double>(r), std::vector<double>({0, 0}));
    check(spc_assparse(ctx, e, format, SPC_DTYPE_NONE, s.out()));
    EXPECT_EQ(shape_of(s), (Shape{0, 3}));
    check(spc_sparse_matmul(s, ones, r.out()));
    EXPECT_EQ(shape_of(r), Shape{0});
  }
}

class AllcloseSparse : public OnFamily {
 protected:
  template <class T>
  Array sparse(const char *format, const Shape &shape, const std::vector<T> &elements) {
    Array s;
    check(spc_assparse(ctx, array<T>(ctx, shape, elements), format, SPC_DTYPE_NONE, s.out()));
    return s;
  }
  static bool close(spc_array a, spc_array b, double rtol = 1e-5, double atol = 1e-8) {
    int32_t verdict = -1;
    check(spc_allclose_sparse(a, b, rtol, atol, &verdict));
    return verdict == 1;
  }
};
SPC_ON_EVERY_FAMILY(AllcloseSparse);

TEST_P(AllcloseSparse, AbsentEntriesAreZeroInEveryFormat) {
  const std::vector<double> x = {1, 0, 2, 0, 3, 0}, near = {1, 1e-9, 2, 0, 3, 0},
                            far = {1, 1e-3, 2, 0, 3, 0};
  for (const char *format : {"csr", "csc", "coo"})
    for (const char *other : {"csr", "csc", "coo"}) {
      Array a = sparse<double>(format, {2, 3}, x);
      EXPECT_TRUE(close(a, sparse<double>(other, {2, 3}, x), 0, 0)) << format << " " << other;
      EXPECT_TRUE(close(a, sparse<double>(other, {2, 3}, near))) << format << " " << other;
      EXPECT_FALSE(close(a, sparse<double>(other, {2, 3}, far))) << format << " " << other;
      EXPECT_FALSE(close(sparse<double>(other, {2, 3}, far), a)) << format << " " << other;
    }
  // Repeated entries add up, explicit zeros are zeros.
  Array row = vector<int32_t>(ctx, {0, 0, 1}), col = vector<int32_t>(ctx, {0, 0, 1}), coo;
  check(spc_sparse_create(SPC_COO, 2, 2, row, col, vector<double>(ctx, {1, 2, 0}), coo.out()));
  EXPECT_TRUE(close(coo, sparse<double>("csr", {2, 2}, {3, 0, 0, 0}), 0, 0));
}

TEST_P(AllcloseSparse, TheLargerModulusGivesTheTolerance) {
  Array a = sparse<double>("csr", {1, 1}, {100}), b = sparse<double>("csr", {1, 1}, {110});
  EXPECT_TRUE(close(a, b, 0.095, 0));
  EXPECT_TRUE(close(b, a, 0.095, 0));
  EXPECT_FALSE(close(a, b, 0.09, 0));
  EXPECT_TRUE(close(a, b, 0, 10));
  Array z = sparse<C128>("csr", {1, 1}, {{3, 4}}), zero = sparse<float>("csc", {1, 1}, {0});
  EXPECT_TRUE(close(z, zero, 0, 5));
  EXPECT_FALSE(close(z, zero, 0, 4.9));
  EXPECT_TRUE(close(sparse<int8_t>("csr", {1, 2}, {2, 0}), sparse<double>("coo", {1, 2}, {2, 0})));
}

TEST_P(AllcloseSparse, SpecialNumbers) {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Array p = sparse<double>("csr", {1, 2}, {inf, 1}), m = sparse<double>("csr", {1, 2}, {-inf, 1});
  Array f = sparse<double>("csr", {1, 2}, {1e308, 1}), none = sparse<double>("csr", {1, 2}, {0, 1});
  Array n = sparse<double>("csr", {1, 2}, {nan, 1});
  EXPECT_TRUE(close(p, p));
  for (spc_array other : {static_cast<spc_array>(m), static_cast<spc_array>(f),
                          static_cast<spc_array>(none), static_cast<spc_array>(n)}) {
    EXPECT_FALSE(close(p, other));
    EXPECT_FALSE(close(other, p));
  }
  EXPECT_FALSE(close(n, n));
}

TEST_P(AllcloseSparse, ShapesAndErrors) {
  Array a = sparse<double>("csr", {2, 3}, std::vector<double>(6)),
        d = array<double>(ctx, {1, 1}, {0});
  EXPECT_FALSE(close(a, sparse<double>("csr", {3, 2}, std::vector<double>(6))));
  EXPECT_TRUE(close(a, sparse<float>("coo", {2, 3}, std::vector<float>(6))));
  EXPECT_TRUE(close(sparse<double>("csr", {0, 3}, {}), sparse<double>("csc", {0, 3}, {})));
  int32_t verdict = 0;
  const char *text = "allclose_sparse expects two sparse arrays.";
  expect_error(spc_allclose_sparse(a, d, 0, 0, &verdict), SPC_E_TYPE, {text});
  expect_error(spc_allclose_sparse(d, a, 0, 0, &verdict), SPC_E_TYPE, {text});
  expect_error(spc_allclose_sparse(a, weak(1), 0, 0, &verdict), SPC_E_TYPE, {text});
}

}  // namespace
