// SPDX-License-Identifier: Apache-2.0
// Ops on sparse operands over matrices so large that their rows are dealt out to threads: the bits of
// a result are those of one thread, and those of reference, which has no others.
#include <cstring>
#include <random>

#include "tests/support/algebra.hpp"
#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests

class SparseThreads : public testing::Test {
 protected:
  void SetUp() override { load_test_families(); }
  void TearDown() override { check(spc_set_num_threads(0)); }
};

/// The three vectors of a compressed matrix on the host.
template <class T, class I>
struct Parts {
  int64_t rows, cols;
  std::vector<I> indptr, indices;
  std::vector<T> data;
};

template <class T>
bool same_bits(const std::vector<T> &a, const std::vector<T> &b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}
template <class T, class I>
bool same_bits(const Parts<T, I> &a, const Parts<T, I> &b) {
  return a.rows == b.rows && a.cols == b.cols && same_bits(a.indptr, b.indptr) &&
         same_bits(a.indices, b.indices) && same_bits(a.data, b.data);
}

// Some rows are long, most are short and some are empty; columns ascend. Every eighth value is 0.
template <class T, class I>
Parts<T, I> random_matrix(int64_t rows, int64_t cols, int64_t most, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  Parts<T, I> p{rows, cols, {0}, {}, {}};
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t long_one = i % 97 == 0 ? 8 : 1;
    const auto n = static_cast<int64_t>(engine() % static_cast<unsigned>(most + 1)) * long_one;
    for (int64_t k = 0; k < n; ++k) {
      const int64_t cell = cols / n;
      if (cell == 0) break;
      p.indices.push_back(
          static_cast<I>(k * cell + static_cast<int64_t>(engine() % static_cast<unsigned>(cell))));
      T value = number<T>(normal(engine), normal(engine));
      if (engine() % 8 == 0) value = T(0);
      p.data.push_back(value);
    }
    p.indptr.push_back(static_cast<I>(p.indices.size()));
  }
  return p;
}

template <class T, class I>
Array on(spc_context ctx, const Parts<T, I> &p) {
  Array a;
  check(spc_sparse_create(SPC_CSR, p.rows, p.cols, vector<I>(ctx, p.indptr),
                          vector<I>(ctx, p.indices), vector<T>(ctx, p.data), a.out()));
  return a;
}

template <class T, class I>
Parts<T, I> parts_of(spc_array a) {
  Array first, second, data;
  check(spc_sparse_parts(a, first.out(), second.out(), data.out()));
  const Shape shape = shape_of(a);
  return {shape[0], shape[1], values<I>(first), values<I>(second), values<T>(data)};
}

// Every op of sparse operands whose kernel works with several threads.
template <class T, class I>
std::vector<Parts<T, I>> results(spc_context ctx, const Parts<T, I> &a, const Parts<T, I> &b,
                                 const Parts<T, I> &right) {
  const Array x = on(ctx, a), y = on(ctx, b), z = on(ctx, right);
  std::vector<Parts<T, I>> list;
  Array r;
  const auto keep = [&](spc_status status) {
    check(status);
    list.push_back(parts_of<T, I>(r));
  };
  keep(spc_matmul(x, z, nullptr, r.out()));
  keep(spc_add(x, y, r.out()));
  keep(spc_subtract(x, y, r.out()));
  keep(spc_axpby(weak(.75), x, weak(-1.25), y, r.out()));
  keep(spc_multiply(x, y, r.out()));
  keep(spc_sparse_eliminate_zeros(x, r.out()));
  keep(spc_sparse_sum_duplicates(x, r.out()));
  keep(spc_tril(x, r.out()));
  Array turned;
  check(spc_transpose(x, SPC_ALL_AXES, nullptr, turned.out()));
  keep(spc_assparse(nullptr, turned, "csr", SPC_DTYPE_NONE, r.out()));
  return list;
}

template <class T, class I>
void expect_the_same_bits() {
  const Context reference = context("reference", dtype_of<T>()),
                cpu = context("cpu", dtype_of<T>());
  // Rows of the product that are collected by hashing, and such that are collected densely.
  for (const int64_t inner : {int64_t{30000}, int64_t{300}}) {
    SCOPED_TRACE(inner);
    const int64_t rows = inner == 300 ? 5000 : 20000;
    const auto a = random_matrix<T, I>(rows, inner, 8, 1),
               b = random_matrix<T, I>(rows, inner, 8, 2),
               right = random_matrix<T, I>(inner, inner == 300 ? 200 : 40000, 6, 3);
    ASSERT_GT(a.data.size(), std::size_t{1} << 14);
    const auto expected = results(reference, a, b, right);
    ASSERT_GT(expected[0].data.size(), std::size_t{1} << 15);
    for (const int32_t threads : {1, 2, 5}) {
      check(spc_set_num_threads(threads));
      const auto got = results(cpu, a, b, right);
      ASSERT_EQ(got.size(), expected.size());
      for (std::size_t k = 0; k < got.size(); ++k)
        EXPECT_TRUE(same_bits(got[k], expected[k]))
            << "result " << k << ", " << threads << " threads";
    }
  }
}

TEST_F(SparseThreads, bits_of_float32) {
  expect_the_same_bits<float, int32_t>();
}
TEST_F(SparseThreads, bits_of_float64) {
  expect_the_same_bits<double, int32_t>();
}
TEST_F(SparseThreads, bits_of_float64_with_wide_indices) {
  expect_the_same_bits<double, int64_t>();
}
TEST_F(SparseThreads, bits_of_complex64) {
  expect_the_same_bits<c64, int32_t>();
}
TEST_F(SparseThreads, bits_of_complex128) {
  expect_the_same_bits<c128, int32_t>();
}

}  // namespace
