// SPDX-License-Identifier: Apache-2.0
// Worked examples of conjugate gradients: solutions, iterates and iteration counts.
#include "tests/solver/solving.hpp"

namespace test {
namespace {

class CgExamples : public OnFamily {};
SPC_ON_EVERY_FAMILY(CgExamples);

const std::vector<double> spd2 = {4, 1, 1, 3};

TEST_P(CgExamples, two_unknowns) {
  const LinOp A = square<double>(ctx, spd2);
  const Array b = vector<double>(ctx, {1, 2});
  Solution s = cg(A, b, options(1e-10, 2));
  EXPECT_GT(s.reason, 0);
  EXPECT_EQ(s.iterations, 2);
  expect_close<double>(values<double>(s.x), {1. / 11, 7. / 11}, 1e-12);
  EXPECT_EQ(s.applies, 3);
  EXPECT_LE(s.true_residual_norm, 2 * s.threshold);
  EXPECT_DOUBLE_EQ(s.baseline_norm, std::sqrt(5));
  EXPECT_DOUBLE_EQ(s.threshold, 1e-10 * std::sqrt(5));
  EXPECT_GE(s.seconds, 0);

  s = cg(A, b, options(1e-10, 1));
  EXPECT_EQ(s.reason, SPC_REASON_MAXITER);
  EXPECT_EQ(s.iterations, 1);
  expect_close<double>(values<double>(s.x), {.25, .5}, 1e-12);
  EXPECT_NEAR(s.residual_norm, .5590169943749475, 1e-12);
  EXPECT_NEAR(s.true_residual_norm, .5590169943749475, 1e-12);

  s = cg(A, b, options(1e-10, 0));
  EXPECT_EQ(s.reason, SPC_REASON_MAXITER);
  EXPECT_EQ(s.iterations, 0);
  EXPECT_EQ(values<double>(s.x), (std::vector<double>{0, 0}));
  EXPECT_DOUBLE_EQ(s.residual_norm, std::sqrt(5));
  EXPECT_DOUBLE_EQ(s.true_residual_norm, std::sqrt(5));
  EXPECT_EQ(s.applies, 0);
}

TEST_P(CgExamples, check_every_beyond_the_end) {
  spc_solve_options o = options(1e-10, 10);
  o.check_every = 64;
  const Solution s = cg(square<double>(ctx, spd2), vector<double>(ctx, {1, 2}), o);
  EXPECT_GT(s.reason, 0);
  expect_close<double>(values<double>(s.x), {1. / 11, 7. / 11}, 1e-12);
  EXPECT_LE(s.iterations, 3);
}

TEST_P(CgExamples, three_unknowns_step_by_step) {
  const LinOp A = square<double>(ctx, {4, 1, 0, 1, 3, 1, 0, 1, 2});
  const Array b = vector<double>(ctx, {1, 2, 3});
  Solution s = cg(A, b, options(1e-10, 3));
  EXPECT_GT(s.reason, 0);
  expect_close<double>(values<double>(s.x), {2. / 9, 1. / 9, 13. / 9}, 1e-10);
  s = cg(A, b, options(0, 1));
  EXPECT_EQ(s.reason, SPC_REASON_MAXITER);
  expect_close<double>(values<double>(s.x), {.28, .56, .84}, 1e-9);
  s = cg(A, b, options(0, 2));
  expect_close<double>(values<double>(s.x), {.0492307692, .3292307692, 1.3015384615}, 1e-9);
}

TEST_P(CgExamples, complex_hermitian) {
  const Context c = context(GetParam(), SPC_COMPLEX128);
  const LinOp A = square<c128>(c, {{4, 0}, {1, 1}, {1, -1}, {3, 0}});
  const Solution s = cg(A, vector<c128>(c, {{1, 2}, {3, -1}}), options(1e-10, 2));
  EXPECT_GT(s.reason, 0);
  EXPECT_EQ(s.iterations, 2);
  expect_close<c128>(values<c128>(s.x), {{-.1, .4}, {.9, -.5}}, 1e-10);
}

TEST_P(CgExamples, laplacian) {
  const LinOp A = square<double>(ctx, laplacian<double>(40));
  const Array b = vector<double>(ctx, std::vector<double>(40, 1));
  const Solution s = cg(A, b, options(1e-6, 40));
  EXPECT_GT(s.reason, 0);
  EXPECT_EQ(s.iterations, 20);
  EXPECT_NEAR(values<double>(s.x)[0], 20, 1e-9);
  EXPECT_NEAR(values<double>(s.x)[19], 210, 1e-8);
  spc_solve_options o = options(1e-6, 40);
  o.check_every = 64;
  EXPECT_GT(cg(A, b, o).reason, 0);
}

// Self-adjoint in the weighted inner product, not symmetric.
TEST_P(CgExamples, weighted_space) {
  const std::vector<double> w = {2, 5, 11}, S = {6, 1, .5, 1, 5, -.25, .5, -.25, 4};
  std::vector<double> M(9);
  for (int i = 0; i < 9; ++i) M[i] = S[i] / w[i / 3];
  const LinOp A = square<double>(ctx, M, w);
  EXPECT_EQ(is_hermitian(A), SPC_TRUE);
  const Array b = vector<double>(ctx, {2.125, -1.825, 3. / 11});
  const Solution s = cg(A, b, options(1e-12));
  EXPECT_GT(s.reason, 0);
  EXPECT_LE(s.iterations, 4);
  expect_close<double>(values<double>(s.x), {1, -2, .5}, 1e-9);
  // Norms are those of the space.
  const Space X = domain_of(A);
  EXPECT_NEAR(s.baseline_norm, value<double>(norm(X, b)), 1e-14);
}

TEST_P(CgExamples, weighted_tikhonov) {
  const Space X = coordinate_space<double>(ctx, 2, {2, 5}),
              Y = coordinate_space<double>(ctx, 3, {3, 7, 11});
  const LinOp A = dense_linop<double>(ctx, X, Y, {3, 2}, {1, 0, .5, 3, 4, -1});
  LinOp I;
  check(spc_linop_identity(X, I.out()));
  const LinOp gram = composed(adjoint(A), A), shift = scaled(weak(.5), I);
  const LinOp normal = sum({gram, shift});
  EXPECT_EQ(is_hermitian(normal), SPC_TRUE);
  const Array b = rapply(A, vector<double>(ctx, {2, -.5, 1.25}));
  const Solution s = cg(normal, b, options(1e-12));
  EXPECT_GT(s.reason, 0);
  expect_close<double>(values<double>(s.x), {.291062364918389, -.189534781375608}, 1e-10);
}

TEST_P(CgExamples, every_level_and_dtype_solves_the_same_system) {
  const std::vector<double> expected = {.555555555555556, -1.44444444444444, 1.77777777777778};
  auto run = [&]<class T>(T, double rtol, double tol) {
    for (int32_t level : {SPC_CHECK_NONE, SPC_CHECK_CHEAP, SPC_CHECK_STANDARD, SPC_CHECK_STRICT}) {
      const Context c = context(GetParam(), dtype_of<T>(), level);
      std::vector<T> m, x(3);
      for (double v : {4., 1., 0., 1., 3., .5, 0., .5, 2.}) m.push_back(T(static_cast<Real<T>>(v)));
      const LinOp A = square<T>(c, m);
      const Solution s = cg(A, vector<T>(c, {T(1), T(-2), T(3)}), options(rtol));
      EXPECT_GT(s.reason, 0);
      const std::vector<T> got = values<T>(s.x);
      // Against the residual of the dense system, by hand.
      const double b[] = {1, -2, 3};
      for (int i = 0; i < 3; ++i) {
        c128 sum = 0;
        for (int j = 0; j < 3; ++j) sum += c128(m[i * 3 + j]) * c128(got[j]);
        EXPECT_LE(std::abs(sum - b[i]), tol);
      }
    }
  };
  run(float{}, 1e-5, 1e-4);
  run(double{}, 1e-12, 1e-9);
  run(c64{}, 1e-5, 1e-4);
  run(c128{}, 1e-12, 1e-9);
}

TEST_P(CgExamples, tensor_shaped_elements) {
  const Space X = dense_space(ctx, {2, 2});
  const LinOp A = dense_linop<double>(ctx, X, X, {2, 2, 2, 2}, laplacian<double>(4));
  const Solution s = cg(A, array<double>(ctx, {2, 2}, {1, 1, 1, 1}), options(1e-12));
  EXPECT_EQ(shape_of(s.x), (Shape{2, 2}));
  expect_close<double>(values<double>(s.x), {2, 3, 3, 2}, 1e-12);
}

TEST_P(CgExamples, preconditioner_takes_the_spread_out_of_the_spectrum) {
  const int64_t n = 100;
  std::vector<double> d(n), inverse(n), m = laplacian<double>(n);
  for (int64_t i = 0; i < n; ++i) d[i] = std::pow(10, 6 * static_cast<double>(i) / n);
  // D (1 + L) D with D^2 = d
  for (int64_t i = 0; i < n; ++i) {
    m[i * n + i] += 1;
    for (int64_t j = 0; j < n; ++j) m[i * n + j] *= std::sqrt(d[i] * d[j]);
    inverse[i] = 1 / m[i * n + i];
  }
  const LinOp A = square<double>(ctx, m);
  LinOp M;
  check(spc_linop_diagonal(vector<double>(ctx, inverse), domain_of(A), M.out()));
  const Array b = apply(A, vector<double>(ctx, std::vector<double>(n, 1)));
  const Solution plain = cg(A, b, options(1e-10));
  spc_solve_options o = options(1e-10);
  o.precond = M;
  const Solution jacobi = cg(A, b, o);
  EXPECT_GT(jacobi.reason, 0);
  EXPECT_LE(jacobi.iterations, 40);
  EXPECT_GT(plain.iterations, 2 * jacobi.iterations);
  EXPECT_LE(jacobi.true_residual_norm, 2 * jacobi.threshold);
}

// Scaling b scales x and nothing else, down to where squares underflow and up to where they overflow.
TEST_P(CgExamples, scale_of_the_right_hand_side_does_not_matter) {
  const LinOp A = square<double>(ctx, laplacian<double>(12));
  std::vector<double> unit(12);
  for (int i = 0; i < 12; ++i) unit[i] = 1 + .1 * i;
  const Solution reference = cg(A, vector<double>(ctx, unit), options(1e-10));
  for (double scale : {0x1p-700, 0x1p-60, 0x1p60, 0x1p700}) {
    std::vector<double> b = unit;
    for (double &v : b) v *= scale;
    const Solution s = cg(A, vector<double>(ctx, b), options(1e-10));
    EXPECT_EQ(s.reason, SPC_REASON_RTOL) << scale;
    EXPECT_EQ(s.iterations, reference.iterations) << scale;
    std::vector<double> x = values<double>(s.x);
    for (double &v : x) v /= scale;
    EXPECT_EQ(x, values<double>(reference.x)) << scale;
  }
}

TEST_P(CgExamples, scale_does_not_matter_in_a_weighted_space) {
  const std::vector<double> w = {2, 5, 11}, S = {6, 1, .5, 1, 5, -.25, .5, -.25, 4};
  std::vector<double> M(9);
  for (int i = 0; i < 9; ++i) M[i] = S[i] / w[i / 3];
  const LinOp A = square<double>(ctx, M, w);
  for (double scale : {0x1p-700, 0x1p700}) {
    const Solution s = cg(A, vector<double>(ctx, {2.125 * scale, -1.825 * scale, 3. / 11 * scale}),
                          options(1e-12));
    EXPECT_EQ(s.reason, SPC_REASON_RTOL) << scale;
    std::vector<double> x = values<double>(s.x);
    for (double &v : x) v /= scale;
    expect_close<double>(x, {1, -2, .5}, 1e-9);
  }
}

}  // namespace
}  // namespace test
