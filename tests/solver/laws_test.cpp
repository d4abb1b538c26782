// SPDX-License-Identifier: Apache-2.0
// Every solver against direct solutions: every dtype, level, inner product and family.
#include <map>

#include "tests/solver/solving.hpp"
#include "tests/support/matrix.hpp"

namespace test {
namespace {

class SolverLaws : public OnFamily {};
SPC_ON_EVERY_FAMILY(SolverLaws);

constexpr int32_t levels[] = {SPC_CHECK_NONE, SPC_CHECK_CHEAP, SPC_CHECK_STANDARD,
                              SPC_CHECK_STRICT};

// Whether a Hermitian matrix is positive: Cholesky goes through.
bool positive(Matrix<c128> a) {
  for (int64_t k = 0; k < a.rows; ++k) {
    if (!(a(k, k).real() > 0)) return false;
    for (int64_t i = k + 1; i < a.rows; ++i) {
      const c128 factor = a(i, k) / a(k, k);
      for (int64_t j = k; j < a.rows; ++j) a(i, j) -= factor * a(k, j);
    }
  }
  return true;
}

// The least lambda with S v = lambda G v; with sign -1 minus the largest.
double least(const Matrix<c128> &S, const Matrix<c128> &G, double sign) {
  double low = -100, high = 100;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    Matrix<c128> shifted = S;
    for (std::size_t k = 0; k < S.a.size(); ++k) shifted.a[k] = sign * S.a[k] - middle * G.a[k];
    (positive(shifted) ? low : high) = middle;
  }
  return low;
}

template <class T>
Matrix<c128> wide(const Matrix<T> &m) {
  return {m.rows, m.cols, std::vector<c128>(m.a.begin(), m.a.end())};
}

template <class T>
constexpr double loose(double at_64_bits) {
  return sizeof(Real<T>) == 4 ? 1e-3 : at_64_bits;
}

template <class T>
void every_solver(spc_context ctx, Metric metric) {
  const MetricSpace<T> of_X = metric_space<T>(ctx, {3}, metric, 5);
  const Space &X = of_X.space;
  const Matrix<T> &G = of_X.G;
  const Matrix<T> S(3, 3,
                    {number<T>(4), number<T>(1, .5), 0, number<T>(1, -.5), number<T>(3),
                     number<T>(.5), 0, number<T>(.5), number<T>(2)});
  // Self-adjoint and positive in the metric.
  const Matrix<T> m = G.inverse().times(S);
  const std::vector<T> b = {1, -2, 3}, direct = m.inverse().times(b);
  const LinOp A = dense_linop<T>(ctx, X, X, {3, 3}, m.a);
  const Array right = vector<T>(ctx, b);
  const double rtol = sizeof(Real<T>) == 4 ? 1e-5 : 1e-12;
  for (const NamedSolver &s : linear_solvers) {
    SCOPED_TRACE(s.name);
    const Solution r = solve(s.solve, A, right, options(rtol));
    EXPECT_GT(r.reason, 0) << r.reason;
    EXPECT_EQ(dtype_of(r.x), dtype_of<T>());
    expect_close(values<T>(r.x), direct, loose<T>(1e-9));
  }

  // [1; (1 1 1)] x = b in the least squares of a metric on four coordinates.
  const MetricSpace<T> of_Y = metric_space<T>(ctx, {4}, metric, 6);
  const Matrix<T> tall(4, 3, {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1});
  const std::vector<T> c = {1, 2, 3, 5};
  const Matrix<T> turned = tall.adjoint(G, of_Y.G);
  const std::vector<T> best = turned.times(tall).inverse().times(turned.times(c));
  const LinOp B = dense_linop<T>(ctx, X, of_Y.space, {4, 3}, tall.a);
  for (const LinearSolver solver : {spc_lsqr, spc_lsmr}) {
    const Solution r = solve(solver, B, vector<T>(ctx, c), options(rtol));
    EXPECT_GT(r.reason, 0) << r.reason;
    expect_close(values<T>(r.x), best, loose<T>(1e-8));
    EXPECT_LE(r.normal_residual_norm, loose<T>(1e-7));
  }

  double value = 0;
  Array v;
  Solution r;
  spc_solve_options o = options(rtol * 10);
  check(spc_lanczos_smallest(A, nullptr, &o, &value, v.out(), &r));
  EXPECT_EQ(dtype_of(v), dtype_of<T>());
  EXPECT_NEAR(value, least(wide(S), wide(G), 1), loose<T>(1e-8));
  o.rtol = sizeof(Real<T>) == 4 ? 1e-4 : 1e-8;
  check(spc_power_iteration(A, nullptr, &o, &value, v.out(), &r));
  EXPECT_EQ(dtype_of(v), dtype_of<T>());
  EXPECT_NEAR(value, -least(wide(S), wide(G), -1), loose<T>(1e-6));

  // exp(t A) b by its series.
  std::vector<T> term = b, sum = b;
  for (int k = 1; k < 60; ++k) {
    term = m.times(term);
    for (std::size_t i = 0; i < 3; ++i) sum[i] += term[i] *= number<T>(-.2 / k);
  }
  o.rtol = rtol;
  check(spc_expm_multiply(A, right, weak(-.2), &o, v.out(), &r));
  EXPECT_EQ(dtype_of(v), dtype_of<T>());
  expect_close(values<T>(v), sum, loose<T>(1e-9));
}

TEST_P(SolverLaws, every_solver_every_level_every_metric) {
  for_floating([&]<class T>() {
    for (const int32_t level : levels)
      for (const Metric metric : every_metric) {
        SCOPED_TRACE(::testing::Message() << "level " << level << ' ' << name(metric));
        const Context c = context(GetParam(), dtype_of<T>(), level);
        every_solver<T>(c, metric);
      }
  });
}

// Blocks of eigenvectors: their eigenvalues are real in every dtype.
TEST_P(SolverLaws, lobpcg_gives_real_eigenvalues) {
  for_floating([&]<class T>() {
    const Context c = context(GetParam(), dtype_of<T>());
    const LinOp A = square<T>(c, laplacian<T>(12));
    Array eigenvalues, vectors;
    const spc_solve_options o = options(sizeof(Real<T>) == 4 ? 1e-4 : 1e-9, 300);
    check(spc_lobpcg(A, nullptr, array<T>(c, {2, 12}, random<T>(24, 3u)), &o, eigenvalues.out(),
                     vectors.out(), nullptr));
    EXPECT_EQ(dtype_of(eigenvalues), dtype_of<Real<T>>());
    EXPECT_EQ(dtype_of(vectors), dtype_of<T>());
    const double pi = std::acos(-1.);
    for (int j = 0; j < 2; ++j)
      EXPECT_NEAR(values<Real<T>>(eigenvalues)[j], 4 * std::pow(std::sin(pi * (j + 1) / 26), 2),
                  loose<T>(1e-9));
  });
}

TEST_P(SolverLaws, batches_are_no_members) {
  for (const int32_t level : {SPC_CHECK_CHEAP, SPC_CHECK_STANDARD, SPC_CHECK_STRICT}) {
    const Context c = context(GetParam(), SPC_FLOAT64, level);
    const LinOp A = square<double>(c, {4, 1, 1, 3});
    const Array two = array<double>(c, {2, 2}, {1, 2, 3, 4});
    Array x;
    double value;
    for (const NamedSolver &s : linear_solvers)
      expect_error(s.solve(A, two, nullptr, nullptr, x.out(), nullptr), SPC_E_VALIDATION,
                   {"Expected shape (2,), got (2, 2)"});
    for (const auto solver : {spc_lanczos_smallest, spc_power_iteration})
      expect_error(solver(A, two, nullptr, &value, x.out(), nullptr), SPC_E_VALIDATION,
                   {"Expected shape (2,), got (2, 2)"});
    expect_error(spc_expm_multiply(A, two, nullptr, nullptr, x.out(), nullptr), SPC_E_VALIDATION,
                 {"Expected shape (2,), got (2, 2)"});
  }
}

// ---- membership is tested at the door alone

// A family whose kernels tell that they are asked for: HermitianSpace tests with allclose.
struct Comparisons {
  int64_t count = 0;
  static spc_status see(void *user, const char *category, const char *text) {
    static const std::string code = std::to_string(SPC_OP_allclose);
    if (std::string(category) == "UserWarning" && text == code)
      ++static_cast<Comparisons *>(user)->count;
    return SPC_OK;
  }
};

TEST(SolverMembership, is_tested_as_often_whatever_the_number_of_iterations) {
  static const spc_status loaded = spc_load_plugin(SPACECORE_TEST_PLUGIN_DIR "/recorder.so");
  check(loaded);
  const Context ctx = context("recorder");
  const int64_t n = 4;
  Space H;
  check(spc_space_hermitian(ctx, n, 1e-12, 0, 1, H.out()));
  std::vector<double> m(16), c(16);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) {
      m[i * n + j] = i == j ? 2 + static_cast<double>(i) : .5;
      c[i * n + j] = 1 + static_cast<double>(i * j);
    }
  const Array M = array<double>(ctx, {n, n}, m), C = array<double>(ctx, {n, n}, c);
  Scripted anticommutator;
  anticommutator.apply = [&](spc_element X, spc_element *Y) {
    Array left, right;
    spc_status status = spc_matmul(M, X, nullptr, left.out());
    if (status == SPC_OK) status = spc_matmul(X, M, nullptr, right.out());
    return status == SPC_OK ? spc_add(left, right, Y) : status;
  };
  const LinOp L = anticommutator.on(H, H);
  for (const NamedSolver &s : linear_solvers) {
    SCOPED_TRACE(s.name);
    std::map<int64_t, int64_t> comparisons;
    for (const int64_t steps : {1, 2, 6}) {
      Comparisons seen;
      check(spc_set_warning_handler(Comparisons::see, &seen));
      const Solution r = solve(s.solve, L, C, options(1e-14, steps));
      check(spc_set_warning_handler(nullptr, nullptr));
      EXPECT_EQ(r.iterations, steps);
      comparisons[steps] = seen.count;
    }
    EXPECT_GE(comparisons[1], 1);
    EXPECT_LE(comparisons[1], 4);
    EXPECT_EQ(comparisons[2], comparisons[1]);
    EXPECT_EQ(comparisons[6], comparisons[1]);
  }
}

}  // namespace
}  // namespace test
