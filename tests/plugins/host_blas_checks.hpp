// SPDX-License-Identifier: Apache-2.0
// Answers of the cpu family that go through BLAS and LAPACK, against sums and known numbers: for
// programs that hold other functions of those names.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <vector>

#include "spacecore/spacecore.h"

namespace spc::test {

inline void must(spc_status status) {
  const char *text = "";
  if (status != SPC_OK) spc_last_error_message(&text);
  ASSERT_EQ(status, SPC_OK) << text;
}

template <class T>
constexpr std::int32_t blas_dtype = SPC_FLOAT64;
template <>
inline constexpr std::int32_t blas_dtype<float> = SPC_FLOAT32;
template <>
inline constexpr std::int32_t blas_dtype<std::complex<float>> = SPC_COMPLEX64;
template <>
inline constexpr std::int32_t blas_dtype<std::complex<double>> = SPC_COMPLEX128;

template <class T>
std::vector<T> matrix_of(int rows, int columns, int seed) {
  std::vector<T> m(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
  for (std::size_t i = 0; i < m.size(); ++i)
    m[i] = static_cast<T>(static_cast<float>(static_cast<int>(i) * seed * 37 % 101) / 64 - 0.75F);
  return m;
}

template <class T>
void expect_product(int m, int k, int n) {
  spc_context context = nullptr;
  must(spc_context_create("cpu", blas_dtype<T>, SPC_CHECK_STANDARD, &context));
  const auto a = matrix_of<T>(m, k, 3);
  const auto b = matrix_of<T>(k, n, 7);
  const std::int64_t a_shape[] = {m, k};
  const std::int64_t b_shape[] = {k, n};
  spc_array left = nullptr;
  spc_array right = nullptr;
  spc_array product = nullptr;
  must(spc_array_from_host(context, blas_dtype<T>, 2, a_shape, a.data(), &left));
  must(spc_array_from_host(context, blas_dtype<T>, 2, b_shape, b.data(), &right));
  must(spc_matmul(left, right, nullptr, &product));
  void *data = nullptr;
  must(spc_array_data(product, &data));
  const T *c = static_cast<const T *>(data);
  double worst = 0;
  for (int i = 0; i < m; i += 3) {
    for (int j = 0; j < n; ++j) {
      std::complex<double> sum = 0;
      for (int l = 0; l < k; ++l) {
        sum += std::complex<double>(a[static_cast<std::size_t>(i * k + l)]) *
               std::complex<double>(b[static_cast<std::size_t>(l * n + j)]);
      }
      const std::complex<double> got(c[static_cast<std::size_t>(i * n + j)]);
      worst = std::max(worst, std::abs(got - sum));
    }
  }
  const bool single = blas_dtype<T> == SPC_FLOAT32 || blas_dtype<T> == SPC_COMPLEX64;
  EXPECT_LT(worst, single ? 1e-3 : 1e-11);
  must(spc_array_release(&product));
  must(spc_array_release(&right));
  must(spc_array_release(&left));
  must(spc_context_release(&context));
}

inline void expect_products() {
  expect_product<float>(70, 90, 50);
  expect_product<double>(70, 90, 50);
  expect_product<std::complex<float>>(70, 90, 50);
  expect_product<std::complex<double>>(70, 90, 50);
  expect_product<double>(300, 250, 310);  // several threads
}

// Decompositions go through dozens of LAPACK routines. The matrix of second differences: its
// eigenvalues, which are its singular values, are known, and it solves A x = A 1.
inline void expect_decompositions() {
  constexpr int n = 120;
  spc_context context = nullptr;
  must(spc_context_create("cpu", SPC_FLOAT64, SPC_CHECK_STANDARD, &context));
  std::vector<double> a(n * n), b(n), expected(n);
  for (std::size_t i = 0; i < n; ++i) {
    a[i * n + i] = 2;
    if (i + 1 < n) a[i * n + i + 1] = a[(i + 1) * n + i] = -1;
    b[i] = i == 0 || i + 1 == n ? 1 : 0;
    expected[i] = 2 - 2 * std::cos(static_cast<double>(i + 1) * M_PI / (n + 1));
  }
  const std::int64_t shape[] = {n, n};
  spc_array matrix = nullptr, right = nullptr, values = nullptr, vectors = nullptr, x = nullptr,
            u = nullptr, s = nullptr, vh = nullptr, factor = nullptr;
  must(spc_array_from_host(context, SPC_FLOAT64, 2, shape, a.data(), &matrix));
  must(spc_array_from_host(context, SPC_FLOAT64, 1, shape, b.data(), &right));
  std::vector<double> got(n);
  must(spc_eigh(matrix, nullptr, &values, &vectors));
  must(spc_array_to_host(values, got.data(), 8 * n));
  for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(got[i], expected[i], 1e-12) << "eigh " << i;
  must(spc_svd(matrix, 1, nullptr, &u, &s, &vh));
  must(spc_array_to_host(s, got.data(), 8 * n));
  for (std::size_t i = 0; i < n; ++i)
    EXPECT_NEAR(got[i], expected[n - 1 - i], 1e-12) << "svd " << i;
  must(spc_solve(matrix, right, nullptr, &x));
  must(spc_array_to_host(x, got.data(), 8 * n));
  for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(got[i], 1, 1e-10) << "solve " << i;
  must(spc_cholesky(matrix, nullptr, &factor));
  std::vector<double> l(n * n);
  must(spc_array_to_host(factor, l.data(), 8 * n * n));
  for (std::size_t i = 0; i < n; ++i)  // the squares of its diagonal are (i + 2) / (i + 1)
    EXPECT_NEAR(l[i * n + i] * l[i * n + i],
                static_cast<double>(i + 2) / static_cast<double>(i + 1), 1e-12)
        << "cholesky " << i;
  for (spc_array *array : {&matrix, &right, &values, &vectors, &x, &u, &s, &vh, &factor})
    must(spc_array_release(array));
  must(spc_context_release(&context));
}

}  // namespace spc::test
