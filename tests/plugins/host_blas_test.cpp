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

#include "plugins/cpu/openblas/table.h"
#include "tests/plugins/host_blas_checks.hpp"

extern "C" int host_blas_calls;

namespace {

using namespace spc::test;

TEST(HostBlas, ProductsAreRight) {
  expect_products();
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

TEST(HostBlas, DecompositionsAreRight) {
  expect_decompositions();
  EXPECT_EQ(host_blas_calls, 0);
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
