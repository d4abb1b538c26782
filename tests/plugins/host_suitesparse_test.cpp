// SPDX-License-Identifier: Apache-2.0
// The suitesparse family inside a program that exports BLAS names of its own (host_blas_names.c): its
// answers stay right, none of the program's functions is called, nothing is printed, and arrays of cpu
// are its own without a copy.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <thread>

#include "tests/linop/factors.hpp"

extern "C" int host_blas_calls;

namespace {

using namespace test;

class HostSuiteSparse : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!usable("suitesparse")) GTEST_SKIP() << "suitesparse is not available";
  }
};

// -Laplace on k^3 points, with a shift, and 3 k^3 rows of differences for least squares.
struct Problem {
  std::vector<int32_t> indptr{0}, indices;
  std::vector<double> data;

  void add(bool inside, int64_t j, double v) {
    if (!inside) return;
    indices.push_back(static_cast<int32_t>(j));
    data.push_back(v);
  }
  explicit Problem(int64_t k) {
    for (int64_t z = 0; z < k; ++z)
      for (int64_t y = 0; y < k; ++y)
        for (int64_t x = 0; x < k; ++x) {
          const int64_t i = (z * k + y) * k + x;
          add(z > 0, i - k * k, -1);
          add(y > 0, i - k, -1);
          add(x > 0, i - 1, -1);
          add(true, i, 6.5);
          add(x + 1 < k, i + 1, -1);
          add(y + 1 < k, i + k, -1);
          add(z + 1 < k, i + k * k, -1);
          indptr.push_back(static_cast<int32_t>(indices.size()));
        }
  }
};

void expect_solutions() {
  const Problem p(14);
  const auto n = static_cast<int64_t>(p.indptr.size()) - 1;
  const Context c = context("suitesparse");
  Array matrix;
  check(spc_sparse_create(SPC_CSR, n, n, vector<int32_t>(c, p.indptr),
                          vector<int32_t>(c, p.indices), vector<double>(c, p.data), matrix.out()));
  const Space X = dense_space(c, {n});
  LinOp A;
  check(spc_linop_sparse(matrix, X, X, A.out()));
  std::vector<double> x;
  for (int64_t i = 0; i < n; ++i) x.push_back(std::sin(static_cast<double>(i)));
  const Array b = apply(A, vector<double>(c, x));
  for (int32_t method : {SPC_FACTOR_CHOLESKY, SPC_FACTOR_LDL, SPC_FACTOR_LU, SPC_FACTOR_QR}) {
    SCOPED_TRACE(method);
    spc_factor_options o = factor_options(method);
    if (method == SPC_FACTOR_CHOLESKY) o.variant = SPC_VARIANT_SUPERNODAL;
    expect_close(values<double>(apply(factorized(A, o), b)), x, 1e-11);
  }
}

TEST_F(HostSuiteSparse, SolutionsAreRightAndQuiet) {
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  expect_solutions();
  LinOp F;
  const Context c = context("suitesparse");
  const Space X = dense_space(c, {2});
  for (const std::vector<double> &m :
       {std::vector<double>{1, 2, 2, 4}, std::vector<double>{0, 1, 1, 0},
        std::vector<double>{NAN, 1, 1, 1}}) {
    LinOp A;
    check(spc_linop_sparse(sparse<double>(c, 2, 2, m), X, X, A.out()));
    for (int32_t method : {SPC_FACTOR_CHOLESKY, SPC_FACTOR_LDL, SPC_FACTOR_LU, SPC_FACTOR_QR}) {
      const spc_factor_options o = factor_options(method);
      static_cast<void>(spc_linop_factorize(A, &o, F.out()));
    }
  }
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(host_blas_calls, 0);
}

TEST_F(HostSuiteSparse, SeveralThreadsSolveWithTheSameFactors) {
  const Context c = context("suitesparse");
  const Space X = dense_space(c, {50});
  std::vector<double> m(2500), x;
  for (std::size_t i = 0; i < 50; ++i) {
    m[i * 50 + i] = 4;
    if (i > 0) m[i * 50 + i - 1] = -1;
    if (i > 2) m[(i - 3) * 50 + i] = 1.5;
    x.push_back(std::cos(static_cast<double>(i)));
  }
  LinOp A;
  check(spc_linop_sparse(sparse<double>(c, 50, 50, m), X, X, A.out()));
  const Array b = apply(A, vector<double>(c, x));
  for (int32_t variant : {SPC_VARIANT_SUPERNODAL, SPC_VARIANT_SIMPLICIAL}) {
    spc_factor_options o = factor_options(SPC_FACTOR_LU);
    o.variant = variant;
    const LinOp F = factorized(A, o);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int k = 0; k < 50; ++k) expect_close(values<double>(apply(F, b)), x, 1e-12);
      });
    for (std::thread &t : threads) t.join();
  }
}

TEST_F(HostSuiteSparse, ArraysOfCpuAreTakenWithoutACopy) {
  const Context host = context("cpu"), direct = context("suitesparse");
  const Array s = sparse<double>(host, 2, 2, {2, 1, 0, 3}), v = vector<double>(host, {1, 2});
  const auto address = [](spc_array a) {
    void *data = nullptr;
    check(spc_array_data(a, &data));
    return data;
  };
  const auto parts = [&](spc_array a) {
    Array first, second, data;
    check(spc_sparse_parts(a, first.out(), second.out(), data.out()));
    return std::vector<void *>{address(first), address(second), address(data)};
  };
  const auto target = [](spc_context c) {
    spc_target t{};
    t.struct_size = sizeof t;
    check(spc_target_init(&t));
    t.context = c;
    return t;
  };
  const spc_target there = target(direct), here = target(host);
  Array converted, vector_there, vector_back, back;
  check(spc_array_convert(v, &there, vector_there.out()));
  check(spc_array_convert(vector_there, &here, vector_back.out()));
  EXPECT_EQ(family_of(vector_there), "suitesparse");
  EXPECT_EQ(address(vector_there), address(v));
  EXPECT_EQ(address(vector_back), address(v));
  check(spc_array_convert(s, &there, converted.out()));
  check(spc_array_convert(converted, &here, back.out()));
  EXPECT_EQ(parts(converted), parts(s));
  EXPECT_EQ(parts(back), parts(s));
}

TEST_F(HostSuiteSparse, AForkedChildIsRefusedAndCpuIsNot) {
  expect_solutions();
  const Context c = context("suitesparse");
  const Space X = dense_space(c, {2});
  LinOp A, F;
  check(spc_linop_sparse(sparse<double>(c, 2, 2, {2, 1, 0, 3}), X, X, A.out()));
  const Array ones = vector<double>(c, {1, 1});
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(60);
    const bool told = spc_linop_factorize(A, nullptr, F.out()) != SPC_OK &&
                      last_error().find("forked") != std::string::npos;
    Array y;
    const bool multiplied = spc_linop_apply(A, ones, y.out()) == SPC_OK;
    _exit(told && multiplied && values<double>(y)[0] == 3 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "wait status " << status;
}

TEST_F(HostSuiteSparse, TheReportTellsHowTheLibrariesAreOpened) {
  const char *text = "";
  check(spc_load_report(&text));
  const std::string report = text;
  EXPECT_NE(report.find("family 'suitesparse'"), std::string::npos) << report;
  EXPECT_EQ(report.find("without RTLD_DEEPBIND"), std::string::npos) << report;
}

// Where it was built its libraries are there too, so that no other test is left out unseen.
TEST(SuiteSparse, IsUsableWhereItIsBuilt) {
  if (access(SPACECORE_PLUGIN_DIR "/suitesparse.so", F_OK) != 0)
    GTEST_SKIP() << "suitesparse was not built";
  EXPECT_TRUE(usable("suitesparse"));
}

TEST_F(HostSuiteSparse, ThePluginLinksNoneOfTheLibraries) {
  std::FILE *const pipe =
      popen("readelf -d " SPACECORE_PLUGIN_DIR "/suitesparse.so 2>/dev/null", "r");
  ASSERT_NE(pipe, nullptr);
  std::string text;
  char line[256];
  while (std::fgets(line, sizeof line, pipe) != nullptr) text += line;
  if (pclose(pipe) != 0) GTEST_SKIP() << "no readelf";
  ASSERT_NE(text.find("NEEDED"), std::string::npos);
  for (const char *name : {"cholmod", "umfpack", "spqr", "klu", "blas", "lapack"})
    EXPECT_EQ(text.find(name), std::string::npos) << name << '\n' << text;
}

}  // namespace
