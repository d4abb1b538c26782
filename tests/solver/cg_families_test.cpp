// SPDX-License-Identifier: Apache-2.0
// One program text, every family: conjugate gradients on host memory, on a device with a queue and
// on vectors that are handles.
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <cstdint>
#include <string>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/support.hpp"

namespace {

using namespace spc::test;

constexpr std::int64_t n = 60;

template <class T>
struct Dtype;
template <>
struct Dtype<float> {
  static constexpr std::int32_t code = SPC_FLOAT32;
  static constexpr double rtol = 1e-4;
};
template <>
struct Dtype<double> {
  static constexpr std::int32_t code = SPC_FLOAT64;
  static constexpr double rtol = 1e-10;
};
template <>
struct Dtype<std::complex<float>> {
  static constexpr std::int32_t code = SPC_COMPLEX64;
  static constexpr double rtol = 1e-4;
};
template <>
struct Dtype<std::complex<double>> {
  static constexpr std::int32_t code = SPC_COMPLEX128;
  static constexpr double rtol = 1e-10;
};

template <class T>
T number(double re, double im) {
  if constexpr (std::is_floating_point_v<T>)
    return static_cast<T>(re);
  else
    return T(static_cast<typename T::value_type>(re), static_cast<typename T::value_type>(im));
}
template <class T>
T conjugate(T x) {
  if constexpr (std::is_floating_point_v<T>)
    return x;
  else
    return std::conj(x);
}

// A x = d x + u <u, x>, by vector operations alone.
struct RankOnePlusDiagonal {
  spc_array d, u;
  std::int64_t calls;

  static spc_status apply(void *user, spc_element x, spc_element *y) {
    auto &self = *static_cast<RankOnePlusDiagonal *>(user);
    ++self.calls;
    Array dx, ux, one;
    spc_status status = spc_multiply(self.d, x, dx.out());
    if (status == SPC_OK) status = spc_vdot(self.u, x, ux.out());
    if (status == SPC_OK) status = spc_weak_f64(1, one.out());
    if (status == SPC_OK) status = spc_axpby(ux, self.u, one, dx, y);
    return status;
  }
};

struct Outcome {
  std::int64_t iterations = -1;
  std::int32_t reason = 0;
  double residual = -1, true_residual = -1, threshold = -1;
  double error = -1;  // largest deviation from the known solution
};

using LinearSolver = decltype(&spc_cg);

// Solves A x = b with a known x on one family. Nothing in it depends on which.
template <class T>
void solve(const std::string &family, Outcome *outcome, LinearSolver solver = spc_cg) {
  std::vector<T> d(n), u(n), known(n), b(n), x(n);
  T u_known{};
  for (std::int64_t i = 0; i < n; ++i) {
    const double s = static_cast<double>(i);
    d[i] = number<T>(1 + s / 4, 0);
    u[i] = number<T>(std::cos(s), std::sin(2 * s));
    known[i] = number<T>(1 + 0.1 * std::sin(3 * s), 0.2 * std::cos(s));
    u_known += conjugate(u[i]) * known[i];
  }
  for (std::int64_t i = 0; i < n; ++i) b[i] = d[i] * known[i] + u[i] * u_known;

  const std::int64_t shape[] = {n};
  const std::int32_t dtype = Dtype<T>::code;
  Context ctx;
  Array d_array, u_array, b_array, x_array;
  Space space;
  Linop op;
  ASSERT_EQ(spc_context_create(family.c_str(), dtype, SPC_CHECK_STANDARD, ctx.out()), SPC_OK)
      << last_error();
  ASSERT_EQ(spc_array_from_host(ctx, dtype, 1, shape, d.data(), d_array.out()), SPC_OK)
      << last_error();
  ASSERT_EQ(spc_array_from_host(ctx, dtype, 1, shape, u.data(), u_array.out()), SPC_OK);
  ASSERT_EQ(spc_array_from_host(ctx, dtype, 1, shape, b.data(), b_array.out()), SPC_OK);
  ASSERT_EQ(spc_space_like(ctx, b_array, nullptr, space.out()), SPC_OK) << last_error();
  RankOnePlusDiagonal matrix{d_array, u_array, 0};
  ASSERT_EQ(spc_linop_matrix_free(RankOnePlusDiagonal::apply, RankOnePlusDiagonal::apply, &matrix,
                                  space, space, op.out()),
            SPC_OK)
      << last_error();

  spc_solve_options options{};
  options.struct_size = sizeof options;
  ASSERT_EQ(spc_solve_options_init(&options), SPC_OK);
  options.rtol = Dtype<T>::rtol;
  spc_solve_result result{};
  result.struct_size = sizeof result;
  ASSERT_EQ(solver(op, b_array, nullptr, &options, x_array.out(), &result), SPC_OK) << last_error();
  EXPECT_EQ(result.applies, matrix.calls);
  ASSERT_EQ(spc_array_to_host(x_array, x.data(), n * static_cast<std::int64_t>(sizeof(T))), SPC_OK)
      << last_error();

  double error = 0;
  for (std::int64_t i = 0; i < n; ++i)
    error = std::max(error, static_cast<double>(std::abs(x[i] - known[i])));
  *outcome = {result.iterations,         result.reason,    result.residual_norm,
              result.true_residual_norm, result.threshold, error};
}

template <class T>
void expect_solved_everywhere() {
  Outcome first;
  solve<T>("reference", &first);
  EXPECT_EQ(first.reason, SPC_REASON_RTOL);
  EXPECT_GT(first.iterations, 5);
  for (const std::string family : {"reference", "cpu", "fakedev", "opaque"}) {
    SCOPED_TRACE(family);
    if (family == "cpu" && version_of(family).empty()) continue;
    Outcome outcome;
    solve<T>(family, &outcome);
    EXPECT_EQ(outcome.reason, SPC_REASON_RTOL);
    // Sums in another order: at the threshold a step more or less.
    EXPECT_NEAR(static_cast<double>(outcome.iterations), static_cast<double>(first.iterations), 1);
    EXPECT_LE(outcome.residual, outcome.threshold);
    EXPECT_LE(outcome.true_residual, 2 * outcome.threshold);
    // The smallest eigenvalue is at least 1: the error is bounded by the residual.
    EXPECT_LE(outcome.error, 2 * outcome.threshold);
    if (family == "fakedev") {
      // The kernels of reference in the order of reference.
      EXPECT_EQ(outcome.iterations, first.iterations);
      EXPECT_EQ(outcome.residual, first.residual);
      EXPECT_EQ(outcome.error, first.error);
    }
  }
}

class CgFamilies : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_EQ(spc_load_plugin(test_plugin("fakedev").c_str()), SPC_OK) << last_error();
    ASSERT_EQ(spc_load_plugin(test_plugin("opaque").c_str()), SPC_OK) << last_error();
  }
};

TEST_F(CgFamilies, Float32) {
  expect_solved_everywhere<float>();
}
TEST_F(CgFamilies, Float64) {
  expect_solved_everywhere<double>();
}
TEST_F(CgFamilies, Complex64) {
  expect_solved_everywhere<std::complex<float>>();
}
TEST_F(CgFamilies, Complex128) {
  expect_solved_everywhere<std::complex<double>>();
}

// Every other solver needs no more of a family than cg does.
TEST_F(CgFamilies, EverySolver) {
  for (const LinearSolver solver :
       {spc_minres, spc_gmres, spc_fgmres, spc_bicgstab, spc_lsqr, spc_lsmr})
    for (const std::string family : {"reference", "fakedev", "opaque"}) {
      SCOPED_TRACE(family);
      Outcome outcome;
      solve<double>(family, &outcome, solver);
      EXPECT_GT(outcome.reason, 0);
      EXPECT_LE(outcome.error, 1e-6);
      solve<std::complex<float>>(family, &outcome, solver);
      EXPECT_GT(outcome.reason, 0);
      EXPECT_LE(outcome.error, 1e-1);
    }
}

// The operators of the library that need nothing but vectors.
TEST_F(CgFamilies, DiagonalWithPreconditioner) {
  for (const std::string family : {"reference", "fakedev", "opaque"}) {
    SCOPED_TRACE(family);
    std::vector<double> d(n), inverse(n), b(n, 1.0), x(n);
    for (std::int64_t i = 0; i < n; ++i) {
      d[i] = static_cast<double>(1 + i);
      inverse[i] = 1 / d[i];
    }
    const std::int64_t shape[] = {n};
    Context ctx;
    Array d_array, inverse_array, b_array, x_array;
    Space space;
    Linop op, precond;
    ASSERT_EQ(spc_context_create(family.c_str(), SPC_FLOAT64, SPC_CHECK_STANDARD, ctx.out()),
              SPC_OK);
    ASSERT_EQ(spc_array_from_host(ctx, SPC_FLOAT64, 1, shape, d.data(), d_array.out()), SPC_OK);
    ASSERT_EQ(spc_array_from_host(ctx, SPC_FLOAT64, 1, shape, inverse.data(), inverse_array.out()),
              SPC_OK);
    ASSERT_EQ(spc_array_from_host(ctx, SPC_FLOAT64, 1, shape, b.data(), b_array.out()), SPC_OK);
    ASSERT_EQ(spc_space_like(ctx, b_array, nullptr, space.out()), SPC_OK) << last_error();
    ASSERT_EQ(spc_linop_diagonal(d_array, space, op.out()), SPC_OK) << last_error();
    ASSERT_EQ(spc_linop_diagonal(inverse_array, space, precond.out()), SPC_OK) << last_error();
    spc_solve_options options{};
    options.struct_size = sizeof options;
    ASSERT_EQ(spc_solve_options_init(&options), SPC_OK);
    options.rtol = 1e-12;
    options.precond = precond;
    spc_solve_result result{};
    result.struct_size = sizeof result;
    ASSERT_EQ(spc_cg(op, b_array, nullptr, &options, x_array.out(), &result), SPC_OK)
        << last_error();
    EXPECT_GT(result.reason, 0);
    EXPECT_LE(result.iterations, 2);
    ASSERT_EQ(spc_array_to_host(x_array, x.data(), 8 * n), SPC_OK) << last_error();
    for (std::int64_t i = 0; i < n; ++i) EXPECT_NEAR(x[i], inverse[i], 1e-12);
  }
}

TEST_F(CgFamilies, NoVectorOutlivesTheSolve) {
  std::int64_t destroyed = -1;
  ASSERT_EQ(spc_collect(&destroyed), SPC_OK);
  {
    Outcome outcome;
    solve<double>("opaque", &outcome);
    EXPECT_GT(outcome.iterations, 0);
  }
  ASSERT_EQ(spc_collect(&destroyed), SPC_OK);
  EXPECT_GE(destroyed, 5);  // d, u, b, x and the vectors of the solver at the least
  ASSERT_EQ(spc_collect(&destroyed), SPC_OK);
  EXPECT_EQ(destroyed, 0);
}

}  // namespace
