// SPDX-License-Identifier: Apache-2.0
// The cpu family inside a program that exports BLAS names of its own (host_blas_names.c): its
// answers stay right, and none of the program's functions is called.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <complex>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "spacecore/spacecore.h"

#include "plugins/cpu/openblas/table.h"

extern "C" int host_blas_calls;

namespace {

void must(spc_status status) {
  const char *text = "";
  if (status != SPC_OK) spc_last_error_message(&text);
  ASSERT_EQ(status, SPC_OK) << text;
}

template <class T>
constexpr std::int32_t dtype_of = SPC_FLOAT64;
template <>
constexpr std::int32_t dtype_of<float> = SPC_FLOAT32;
template <>
constexpr std::int32_t dtype_of<std::complex<float>> = SPC_COMPLEX64;
template <>
constexpr std::int32_t dtype_of<std::complex<double>> = SPC_COMPLEX128;

template <class T>
T number(int i) {
  return static_cast<T>(static_cast<float>(i * 37 % 101) / 64 - 0.75F);
}

template <class T>
std::vector<T> matrix(int rows, int columns, int seed) {
  std::vector<T> m(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
  for (std::size_t i = 0; i < m.size(); ++i) m[i] = number<T>(static_cast<int>(i) * seed);
  return m;
}

template <class T>
void expect_product(int m, int k, int n) {
  spc_context context = nullptr;
  must(spc_context_create("cpu", dtype_of<T>, SPC_CHECK_STANDARD, &context));
  const auto a = matrix<T>(m, k, 3);
  const auto b = matrix<T>(k, n, 7);
  const std::int64_t a_shape[] = {m, k};
  const std::int64_t b_shape[] = {k, n};
  spc_array left = nullptr;
  spc_array right = nullptr;
  spc_array product = nullptr;
  must(spc_array_from_host(context, dtype_of<T>, 2, a_shape, a.data(), &left));
  must(spc_array_from_host(context, dtype_of<T>, 2, b_shape, b.data(), &right));
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
  const bool single = dtype_of<T> == SPC_FLOAT32 || dtype_of<T> == SPC_COMPLEX64;
  EXPECT_LT(worst, single ? 1e-3 : 1e-11);
  must(spc_array_release(&product));
  must(spc_array_release(&right));
  must(spc_array_release(&left));
  must(spc_context_release(&context));
}

TEST(HostBlas, ProductsAreRight) {
  expect_product<float>(70, 90, 50);
  expect_product<double>(70, 90, 50);
  expect_product<std::complex<float>>(70, 90, 50);
  expect_product<std::complex<double>>(70, 90, 50);
  expect_product<double>(300, 250, 310);  // several threads
  EXPECT_EQ(host_blas_calls, 0);
}

TEST(HostBlas, ProductsFromSeveralThreadsAreRight) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int k = 0; k < 3; ++k) expect_product<double>(160, 120, 140);
    });
  }
  for (std::thread &t : threads) t.join();
  EXPECT_EQ(host_blas_calls, 0);
}

TEST(HostBlas, ForkedChildComputes) {
  expect_product<double>(300, 250, 310);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(60);
    expect_product<double>(300, 250, 310);
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "wait status " << status;
}

// The library beside the plugin, as the plugin has it.
const spacecore_openblas_table *table() {
  void *file = dlopen(SPACECORE_PLUGIN_DIR "/libspacecore_openblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (file == nullptr) return nullptr;
  return static_cast<const spacecore_openblas_table *>(dlsym(file, SPC_OPENBLAS_SYMBOL));
}

// dsyevd goes through dozens of LAPACK routines; the eigenvalues of the second difference are
// known.
TEST(HostBlas, EigenvaluesAreRight) {
  const spacecore_openblas_table *blas = table();
  ASSERT_NE(blas, nullptr) << dlerror();
  constexpr int n = 120;
  std::vector<double> a(n * n);
  std::vector<double> values(n);
  for (int i = 0; i < n; ++i) {
    a[static_cast<std::size_t>(i * n + i)] = 2;
    if (i + 1 < n) a[static_cast<std::size_t>(i * n + i + 1)] = -1;  // lower triangle
  }
  double length = 0;
  lapack_int int_length = 0;
  ASSERT_EQ(blas->LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, 'V', 'L', n, a.data(), n, values.data(),
                                      &length, -1, &int_length, -1),
            0);
  std::vector<double> work(static_cast<std::size_t>(length));
  std::vector<lapack_int> int_work(static_cast<std::size_t>(int_length));
  ASSERT_EQ(blas->LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, 'V', 'L', n, a.data(), n, values.data(),
                                      work.data(), static_cast<lapack_int>(length), int_work.data(),
                                      int_length),
            0);
  for (int i = 0; i < n; ++i) {
    EXPECT_NEAR(values[static_cast<std::size_t>(i)], 2 - 2 * std::cos((i + 1) * M_PI / (n + 1)),
                1e-12);
  }
  EXPECT_EQ(host_blas_calls, 0);
}

// Illegal arguments come back as numbers: no text, no exit, no call of the program's handler.
TEST(HostBlas, IllegalArgumentsAreQuiet) {
  const spacecore_openblas_table *blas = table();
  ASSERT_NE(blas, nullptr) << dlerror();
  if (blas->take_illegal_argument() != 0) FAIL() << "left over from another test";
  double a[4] = {1, 2, 3, 4};
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  blas->cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 2, 2, 2, 1.0, a, 1, a, 2, 0.0, a, 2);
  const int gemm = blas->take_illegal_argument();
  const int info = blas->LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', -1, a, 1);
  const int potrf = blas->take_illegal_argument();
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_NE(gemm, 0);
  EXPECT_LT(info, 0);
  EXPECT_NE(potrf, 0);
  EXPECT_EQ(blas->take_illegal_argument(), 0);
  EXPECT_EQ(host_blas_calls, 0);
}

int threads_of_process() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("Threads:", 0) == 0) return std::stoi(line.substr(8));
  }
  return -1;
}

bool is_mapped(const std::string &name) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find(name) != std::string::npos) return true;
  }
  return false;
}

#ifdef SPC_SANITIZE
constexpr int most_threads = 2;  // the sanitizer may have one of its own
#else
constexpr int most_threads = 1;
#endif

bool family_runs_without_blas() {
  spc_context context = nullptr;
  const std::int64_t shape[] = {4};
  const double x[] = {1, 2, 3, 4};
  spc_array array = nullptr;
  spc_array twice = nullptr;
  return spc_context_create("cpu", SPC_FLOAT64, SPC_CHECK_STANDARD, &context) == SPC_OK &&
         spc_array_from_host(context, SPC_FLOAT64, 1, shape, x, &array) == SPC_OK &&
         spc_add(array, array, &twice) == SPC_OK && !is_mapped("libspacecore_openblas") &&
         threads_of_process() <= most_threads;
}

// In a process of its own: the family is in use, BLAS is not.
TEST(HostBlasLoading, LibraryIsOpenedAtFirstUse) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(std::_Exit(family_runs_without_blas() ? 0 : 1), testing::ExitedWithCode(0), "");
}

}  // namespace
