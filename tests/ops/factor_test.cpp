// SPDX-License-Identifier: Apache-2.0
// lu, ldl, lu_solve, ldl_solve and solve_triangular: each by the equation that it solves, computed
// here on the host in double precision.
#include <cmath>
#include <limits>

#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests

using C = std::complex<double>;
using Matrix = std::vector<C>;  // row-major

class Factor : public OnFamily {
 protected:
  /// A family that queues its work tells of unsuitable elements when the host waits for it.
  void expect_refused(spc_status status, spc_status code, const char *text) {
    if (!host_accessible(GetParam()) && status == SPC_OK) status = spc_sync();
    expect_error(status, code, {text});
  }
};
SPC_ON_EVERY_FAMILY(Factor);

template <class T>
constexpr bool is_complex = false;
template <class T>
constexpr bool is_complex<std::complex<T>> = true;
template <class T>
constexpr double tolerance = sizeof(T) / (is_complex<T> ? 2 : 1) == 4 ? 1e-4 : 1e-11;

std::size_t pos(int64_t i) {
  return static_cast<std::size_t>(i);
}

template <class T>
T number(C z) {
  if constexpr (is_complex<T>)
    return T(static_cast<typename T::value_type>(z.real()),
             static_cast<typename T::value_type>(z.imag()));
  else
    return static_cast<T>(z.real());
}

class Source {
 public:
  double real() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>(state_ >> 40) / static_cast<double>(1 << 23) - 1;
  }
  template <class T>
  std::vector<T> numbers(int64_t n) {
    std::vector<T> v(pos(n));
    for (T &x : v) {
      const double re = real();
      x = number<T>({re, is_complex<T> ? real() : 0});
    }
    return v;
  }
  /// Hermitian and indefinite: about as many eigenvalues of either sign, some diagonals zero.
  template <class T>
  std::vector<T> hermitian(int64_t n) {
    std::vector<T> a = numbers<T>(n * n);
    for (int64_t i = 0; i < n; ++i) {
      for (int64_t j = 0; j < i; ++j)
        a[pos(j * n + i)] = number<T>(std::conj(C(a[pos(i * n + j)])));
      a[pos(i * n + i)] = number<T>({i % 3 == 0 ? 0.0 : real(), 0});
    }
    return a;
  }

 private:
  uint64_t state_ = 987654321;
};

template <class F>
void for_floating(F &&f) {
  f.template operator()<float>();
  f.template operator()<double>();
  f.template operator()<std::complex<float>>();
  f.template operator()<std::complex<double>>();
}

template <class T>
Matrix wide(const std::vector<T> &v) {
  return {v.begin(), v.end()};
}

Matrix product(const Matrix &a, const Matrix &b, int64_t m, int64_t k, int64_t n) {
  Matrix c(pos(m * n));
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j)
      for (int64_t l = 0; l < k; ++l) c[pos(i * n + j)] += a[pos(i * k + l)] * b[pos(l * n + j)];
  return c;
}

Matrix with_mode(const Matrix &a, int64_t n, int32_t mode) {
  Matrix t = a;
  if (mode == SPC_MODE_NONE) return t;
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) {
      const C z = a[pos(j * n + i)];
      t[pos(i * n + j)] = mode == SPC_MODE_CONJ_TRANS ? std::conj(z) : z;
    }
  return t;
}

Matrix part(const Matrix &stack, int64_t k, int64_t size) {
  return {stack.begin() + k * size, stack.begin() + (k + 1) * size};
}

void expect_near(const Matrix &got, const Matrix &expected, double bound) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    ASSERT_LE(std::abs(got[i] - expected[i]), bound)
        << "[" << i << "]: " << got[i] << ", expected " << expected[i];
}

constexpr int32_t modes[] = {SPC_MODE_NONE, SPC_MODE_TRANSPOSE, SPC_MODE_CONJ_TRANS};

// ---- lu ------------------------------------------------------------------------------------------

TEST_P(Factor, LuMultipliesBackToTheMatrix) {
  for_floating([&]<class T>() {
    Source source;
    for (const int64_t n : {1, 2, 5, 40}) {
      const std::vector<T> a = source.numbers<T>(2 * n * n);
      Array lu, pivots;
      check(spc_lu(array<T>(ctx, {2, n, n}, a), lu.out(), pivots.out()));
      ASSERT_EQ(shape_of(lu), (Shape{2, n, n}));
      ASSERT_EQ(shape_of(pivots), (Shape{2, n}));
      const Matrix factors = wide(values<T>(lu));
      const std::vector<int64_t> swaps = values<int64_t>(pivots);
      for (int64_t m = 0; m < 2; ++m) {
        Matrix l(pos(n * n)), u(pos(n * n)), b = part(wide(a), m, n * n);
        for (int64_t i = 0; i < n; ++i)
          for (int64_t j = 0; j < n; ++j) {
            const C z = factors[pos((m * n + i) * n + j)];
            l[pos(i * n + j)] = i > j ? z : i == j ? C(1) : C(0);
            u[pos(i * n + j)] = i <= j ? z : C(0);
            // The largest by |Re| + |Im|.
            EXPECT_LE(std::abs(l[pos(i * n + j)]), std::sqrt(2) + 1e-5);
          }
        for (int64_t i = 0; i < n; ++i) {
          const int64_t k = swaps[pos(m * n + i)];
          ASSERT_TRUE(k >= i && k < n);
          for (int64_t j = 0; j < n && k != i; ++j) std::swap(b[pos(i * n + j)], b[pos(k * n + j)]);
        }
        expect_near(product(l, u, n, n, n), b, tolerance<T>);
      }
    }
  });
}

TEST_P(Factor, LuSolveSolvesInEveryMode) {
  for_floating([&]<class T>() {
    Source source;
    for (const int64_t n : {1, 3, 33})
      for (const int32_t mode : modes)
        for (const int64_t k : {1, 4}) {
          std::vector<T> a = source.numbers<T>(n * n);
          for (int64_t i = 0; i < n; ++i) a[pos(i * n + i)] += static_cast<T>(3);
          const std::vector<T> b = source.numbers<T>(2 * n * k);
          Array lu, pivots, x, y = array<T>(ctx, {2, n, k}, b);
          check(spc_lu(array<T>(ctx, {n, n}, a), lu.out(), pivots.out()));
          // The factors are broadcast over the batch.
          check(spc_lu_solve(lu, pivots, y, mode, x.out()));
          ASSERT_EQ(shape_of(x), (Shape{2, n, k}));
          const Matrix op = with_mode(wide(a), n, mode), solution = wide(values<T>(x));
          for (int64_t m = 0; m < 2; ++m)
            expect_near(product(op, part(solution, m, n * k), n, n, k), part(wide(b), m, n * k),
                        10 * tolerance<T>);
          // Into an array that exists, also the right side itself.
          check(spc_lu_solve_into(lu, pivots, y, mode, y));
          EXPECT_EQ(values<T>(y), values<T>(x));
        }
  });
}

TEST_P(Factor, OneAxisIsAVector) {
  Array lu, pivots, x;
  check(spc_lu(array<double>(ctx, {2, 2}, {0, 2, 4, 0}), lu.out(), pivots.out()));
  EXPECT_EQ(values<double>(lu), (std::vector<double>{4, 0, 0, 2}));
  EXPECT_EQ(values<int64_t>(pivots), (std::vector<int64_t>{1, 1}));
  check(spc_lu_solve(lu, pivots, vector<double>(ctx, {6, 8}), SPC_MODE_NONE, x.out()));
  EXPECT_EQ(values<double>(x), (std::vector<double>{2, 3}));
  check(spc_lu_solve(lu, pivots, vector<double>(ctx, {6, 8}), SPC_MODE_TRANSPOSE, x.out()));
  EXPECT_EQ(values<double>(x), (std::vector<double>{4, 1.5}));
  check(spc_solve_triangular(array<double>(ctx, {2, 2}, {2, 9, 1, 4}), vector<double>(ctx, {2, 9}),
                             SPC_MODE_NONE, 1, 0, x.out()));
  EXPECT_EQ(values<double>(x), (std::vector<double>{1, 2}));
}

TEST_P(Factor, SingularFactorsAreMadeAndRefuseToSolve) {
  Array lu, pivots, x;
  check(spc_lu(array<double>(ctx, {2, 2}, {1, 2, 2, 4}), lu.out(), pivots.out()));
  EXPECT_EQ(values<double>(lu), (std::vector<double>{2, 4, 0.5, 0}));
  expect_refused(spc_lu_solve(lu, pivots, vector<double>(ctx, {1, 1}), SPC_MODE_NONE, x.out()),
                 SPC_E_LINALG, "lu_solve: singular matrix");
  check(spc_ldl(array<double>(ctx, {2, 2}, {0, 0, 0, 0}), lu.out(), pivots.out()));
  expect_refused(spc_ldl_solve(lu, pivots, vector<double>(ctx, {1, 1}), SPC_MODE_NONE, x.out()),
                 SPC_E_LINALG, "ldl_solve: singular matrix");
  Array t = array<double>(ctx, {2, 2}, {1, 0, 1, 0});
  expect_refused(spc_solve_triangular(t, vector<double>(ctx, {1, 1}), SPC_MODE_NONE, 1, 0, x.out()),
                 SPC_E_LINALG, "solve_triangular: singular matrix");
  check(spc_solve_triangular(t, vector<double>(ctx, {1, 3}), SPC_MODE_NONE, 1, 1, x.out()));
  EXPECT_EQ(values<double>(x), (std::vector<double>{1, 2}));
}

TEST_P(Factor, NanAndInfinityMakeAllFactorsNan) {
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    Array lu, pivots;
    check(spc_lu(array<double>(ctx, {2, 2}, {1, 2, bad, 4}), lu.out(), pivots.out()));
    for (const double z : values<double>(lu)) EXPECT_TRUE(std::isnan(z));
    EXPECT_EQ(values<int64_t>(pivots), (std::vector<int64_t>{0, 1}));
    check(spc_ldl(array<double>(ctx, {2, 2}, {1, 2, bad, 4}), lu.out(), pivots.out()));
    const std::vector<double> packed = values<double>(lu);
    EXPECT_EQ(packed[1], 0);
    for (const int i : {0, 2, 3}) EXPECT_TRUE(std::isnan(packed[pos(i)]));
    EXPECT_EQ(values<int64_t>(pivots), (std::vector<int64_t>{0, 1}));
    // What ldl does not read does not matter.
    check(spc_ldl(array<double>(ctx, {2, 2}, {1, bad, 0, 4}), lu.out(), pivots.out()));
    EXPECT_EQ(values<double>(lu), (std::vector<double>{1, 0, 0, 4}));
  }
}

// ---- ldl -----------------------------------------------------------------------------------------

TEST_P(Factor, LdlSolvesIndefiniteSystems) {
  for_floating([&]<class T>() {
    Source source;
    for (const int64_t n : {1, 2, 3, 8, 35})
      for (const int32_t mode : modes) {
        std::vector<T> a = source.hermitian<T>(n);
        if (n == 1) a[0] = static_cast<T>(-2);
        std::vector<T> lower = a;  // the upper triangle is not read
        for (int64_t i = 0; i < n; ++i)
          for (int64_t j = i + 1; j < n; ++j) lower[pos(i * n + j)] = static_cast<T>(1000);
        const std::vector<T> b = source.numbers<T>(n * 3);
        Array lu, pivots, x;
        check(spc_ldl(array<T>(ctx, {n, n}, lower), lu.out(), pivots.out()));
        check(spc_ldl_solve(lu, pivots, array<T>(ctx, {n, 3}, b), mode, x.out()));
        const Matrix op = with_mode(wide(a), n, mode);
        expect_near(product(op, wide(values<T>(x)), n, n, 3), wide(b),
                    (n > 8 ? 1000 : 100) * tolerance<T>);
      }
  });
}

TEST_P(Factor, LdlPairsWhatHasNoDiagonal) {
  Array packed, pivots, x;
  check(
      spc_ldl(array<double>(ctx, {3, 3}, {0, 0, 0, 2, 0, 0, 0, 0, 5}), packed.out(), pivots.out()));
  EXPECT_EQ(values<double>(packed), (std::vector<double>{0, 0, 0, 2, 0, 0, 0, 0, 5}));
  EXPECT_EQ(values<int64_t>(pivots), (std::vector<int64_t>{-2, -2, 2}));
  check(spc_ldl_solve(packed, pivots, vector<double>(ctx, {4, 6, 10}), SPC_MODE_NONE, x.out()));
  EXPECT_EQ(values<double>(x), (std::vector<double>{3, 2, 2}));
}

// ---- triangles -----------------------------------------------------------------------------------

TEST_P(Factor, TrianglesSolveInEveryMode) {
  for_floating([&]<class T>() {
    Source source;
    for (const int64_t n : {1, 4, 21})
      for (const int32_t mode : modes)
        for (const bool lower : {false, true})
          for (const bool unit : {false, true}) {
            std::vector<T> a = source.numbers<T>(n * n);
            for (T &z : a) z /= static_cast<T>(n);
            for (int64_t i = 0; i < n; ++i) a[pos(i * n + i)] += static_cast<T>(2);
            Matrix t(pos(n * n));
            for (int64_t i = 0; i < n; ++i)
              for (int64_t j = 0; j < n; ++j)
                if (i == j || (i > j) == lower)
                  t[pos(i * n + j)] = i == j && unit ? C(1) : C(a[pos(i * n + j)]);
            const std::vector<T> b = source.numbers<T>(n * 2);
            Array x, columns;
            check(spc_transpose(array<T>(ctx, {2, n}, b), SPC_ALL_AXES, nullptr, columns.out()));
            check(spc_solve_triangular(array<T>(ctx, {n, n}, a), columns, mode, lower, unit,
                                       x.out()));
            Matrix right(pos(n * 2));
            for (int64_t i = 0; i < n; ++i)
              for (int64_t j = 0; j < 2; ++j) right[pos(i * 2 + j)] = b[pos(j * n + i)];
            expect_near(product(with_mode(t, n, mode), wide(values<T>(x)), n, n, 2), right,
                        10 * tolerance<T>);
          }
  });
}

// ---- errors --------------------------------------------------------------------------------------

TEST_P(Factor, ErrorsNameOpAndValues) {
  Array a = array<double>(ctx, {2, 2}, {1, 0, 0, 1}), wide_one = array<double>(ctx, {1, 2}, {1, 2});
  Array b = vector<double>(ctx, {1, 2}), x, y;
  Array pivots = vector<int64_t>(ctx, {0, 1});
  expect_error(spc_lu(wide_one, x.out(), y.out()), SPC_E_LINALG,
               {"lu: the array has shape (1, 2); the matrices are not square"});
  expect_error(spc_ldl(b, x.out(), y.out()), SPC_E_LINALG,
               {"ldl: the array has shape (2,) with 1 axes, expected at least two"});
  expect_error(spc_lu_solve(a, pivots, vector<double>(ctx, {1, 2, 3}), 0, x.out()), SPC_E_VALUE,
               {"lu_solve: a has shape (2, 2), b has shape (3,); lengths 2 and 3 differ"});
  expect_error(spc_lu_solve(a, b, b, 0, x.out()), SPC_E_TYPE,
               {"lu_solve: pivots have dtype float64, expected int64"});
  expect_error(spc_ldl_solve(a, vector<int64_t>(ctx, {0}), b, 0, x.out()), SPC_E_VALUE,
               {"ldl_solve: pivots have shape (1,), lu has shape (2, 2)"});
  expect_error(spc_lu_solve(a, pivots, b, SPC_MODE_ADJOINT, x.out()), SPC_E_VALUE,
               {"lu_solve: mode is 3, expected 0, 1 or 2"});
  expect_error(spc_solve_triangular(a, b, -1, 0, 0, x.out()), SPC_E_VALUE,
               {"solve_triangular: mode is -1, expected 0, 1 or 2"});
  expect_refused(spc_lu_solve(a, vector<int64_t>(ctx, {0, 7}), b, 0, x.out()), SPC_E_INDEX,
                 "lu_solve: pivot 7 is out of range for matrices of order 2");
  // A pair needs two rows, and both say so.
  for (const auto &pair : {std::vector<int64_t>{0, -2}, {-2, 1}, {-1, -1}, {-4, -4}})
    expect_refused(spc_ldl_solve(a, vector<int64_t>(ctx, pair), b, 0, x.out()), SPC_E_INDEX,
                   "is out of range for matrices of order 2");
}

TEST_P(Factor, NothingIsFactoredFromNothing) {
  Array lu, pivots, x;
  check(spc_lu(array<double>(ctx, {3, 0, 0}, {}), lu.out(), pivots.out()));
  EXPECT_EQ(shape_of(lu), (Shape{3, 0, 0}));
  EXPECT_EQ(shape_of(pivots), (Shape{3, 0}));
  check(spc_lu_solve(lu, pivots, array<double>(ctx, {3, 0, 2}, {}), 0, x.out()));
  EXPECT_EQ(shape_of(x), (Shape{3, 0, 2}));
  check(spc_lu(array<int32_t>(ctx, {1, 1}, {2}), lu.out(), pivots.out()));
  EXPECT_EQ(value<double>(lu), 2);
}

}  // namespace
