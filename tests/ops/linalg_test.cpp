// SPDX-License-Identifier: Apache-2.0
// Linear systems, decompositions, the matrix exponential, diagonals, triangles and spectral norms:
// each by the identity that defines it, computed here on the host in double precision.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests

using C = std::complex<double>;
using Matrix = std::vector<C>;  // row-major, in double precision

class Linalg : public OnFamily {
 protected:
  /// A family that queues its work tells of unsuitable elements when the host waits for it.
  bool queues() const { return !host_accessible(GetParam()); }
  void expect_refused(spc_status status, const char *op, const char *text) {
    if (queues() && status == SPC_OK) status = spc_sync();
    expect_error(status, SPC_E_LINALG, {(std::string(op) + ": " + text).c_str()});
  }
};
SPC_ON_EVERY_FAMILY(Linalg);

template <class T>
constexpr bool is_complex = false;
template <class T>
constexpr bool is_complex<std::complex<T>> = true;

template <class T>
struct RealOf {
  using type = T;
};
template <class T>
struct RealOf<std::complex<T>> {
  using type = T;
};
template <class T>
using Real = typename RealOf<T>::type;

template <class T>
constexpr double tolerance = sizeof(Real<T>) == 4 ? 2e-4 : 1e-10;

template <class T>
T number(C z) {
  if constexpr (is_complex<T>)
    return {static_cast<Real<T>>(z.real()), static_cast<Real<T>>(z.imag())};
  else
    return static_cast<T>(z.real());
}

std::size_t pos(int64_t i) {
  return static_cast<std::size_t>(i);
}

/// Numbers in [-1, 1), the same in every run.
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

 private:
  uint64_t state_ = 12345;
};

template <class T>
Matrix wide(const std::vector<T> &v) {
  return {v.begin(), v.end()};
}

template <class T>
Matrix wide(spc_array a) {
  return wide(values<T>(a));
}

Matrix slice_of(const Matrix &stack, int64_t k, int64_t size) {
  return {stack.begin() + k * size, stack.begin() + (k + 1) * size};
}

Matrix product(const Matrix &a, const Matrix &b, int64_t m, int64_t k, int64_t n) {
  Matrix c(pos(m * n));
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j)
      for (int64_t l = 0; l < k; ++l) c[pos(i * n + j)] += a[pos(i * k + l)] * b[pos(l * n + j)];
  return c;
}

Matrix adjoint(const Matrix &a, int64_t m, int64_t n) {
  Matrix t(a.size());
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j) t[pos(j * m + i)] = std::conj(a[pos(i * n + j)]);
  return t;
}

Matrix diagonal_matrix(const Matrix &d, int64_t m, int64_t n) {
  Matrix a(pos(m * n));
  for (int64_t i = 0; i < static_cast<int64_t>(d.size()); ++i) a[pos(i * n + i)] = d[pos(i)];
  return a;
}

Matrix identity(int64_t n) {
  return diagonal_matrix(Matrix(pos(n), 1), n, n);
}

double frobenius(const Matrix &a) {
  double s = 0;
  for (const C &x : a) s += std::norm(x);
  return std::sqrt(s);
}

void expect_near(const Matrix &got, const Matrix &expected, double bound, const char *what = "") {
  ASSERT_EQ(got.size(), expected.size()) << what;
  for (std::size_t i = 0; i < got.size(); ++i)
    ASSERT_LE(std::abs(got[i] - expected[i]), bound)
        << what << " [" << i << "]: " << got[i] << ", expected " << expected[i];
}

/// Well conditioned: random plus n on the diagonal.
template <class T>
std::vector<T> regular(Source &source, int64_t batch, int64_t n) {
  std::vector<T> a = source.numbers<T>(batch * n * n);
  for (int64_t k = 0; k < batch; ++k)
    for (int64_t i = 0; i < n; ++i) a[pos((k * n + i) * n + i)] += static_cast<T>(n);
  return a;
}

/// For every dtype of floating kind.
template <class F>
void for_floating(F &&f) {
  f.template operator()<float>();
  f.template operator()<double>();
  f.template operator()<std::complex<float>>();
  f.template operator()<std::complex<double>>();
}

/// The same values behind other strides: transposed storage, and every second element backwards.
template <class T>
Array strided(spc_context ctx, const Shape &shape, const std::vector<T> &v) {
  const int n = static_cast<int>(shape.size());
  Shape twice = shape;
  twice[pos(n - 1)] *= 2;
  std::vector<T> spread(v.size() * 2, static_cast<T>(77));
  const auto row = pos(shape[pos(n - 1)]);
  for (std::size_t i = 0; i < v.size(); ++i)
    spread[(i / row) * 2 * row + 2 * (row - 1 - i % row) + 1] = v[i];
  Array x = array<T>(ctx, twice, spread);
  return getitem(x, {ellipsis(), slice(SPC_NONE_I64, SPC_NONE_I64, -2)});
}

Array unknown_option() {
  const char *keys[1] = {"fast"};
  Array one = weak(1), options;
  const spc_value items[1] = {one};
  check(spc_value_map(1, keys, items, options.out()));
  return options;
}

// ---- solve, inv ------------------------------------------------------------------------------------

TEST_P(Linalg, SolveFulfilsItsEquation) {
  for_floating([&]<class T>() {
    Source source;
    for (const int64_t n : {1, 2, 5, 33}) {
      const int64_t k = 3;
      const std::vector<T> a = regular<T>(source, 2, n), b = source.numbers<T>(2 * n * k);
      Array r, x = strided<T>(ctx, {2, n, n}, a), y = array<T>(ctx, {2, n, k}, b);
      check(spc_solve(x, y, nullptr, r.out()));
      ASSERT_EQ(shape_of(r), (Shape{2, n, k}));
      const Matrix solution = wide<T>(r);
      for (int64_t i = 0; i < 2; ++i)
        expect_near(product(slice_of(wide(a), i, n * n), slice_of(solution, i, n * k), n, n, k),
                    slice_of(wide(b), i, n * k), tolerance<T>);
    }
  });
}

TEST_P(Linalg, SolveTakesOneAxisForAVectorOnly) {
  Array a = array<double>(ctx, {2, 2, 2}, {2, 0, 0, 4, 1, 1, 0, 1}), r;
  check(spc_solve(a, vector<double>(ctx, {2, 8}), nullptr, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 2}));
  EXPECT_EQ(values<double>(r), std::vector<double>({1, 2, -6, 8}));
  // (2, 2) is one matrix, not a stack of two vectors.
  check(spc_solve(a, array<double>(ctx, {2, 2}, {2, 4, 8, 12}), nullptr, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 2, 2}));
  EXPECT_EQ(values<double>(r), std::vector<double>({1, 2, 2, 3, -6, -8, 8, 12}));
  // Batch axes are broadcast, on either side.
  Array one = array<double>(ctx, {2, 2}, {2, 0, 0, 4});
  check(spc_solve(one, array<double>(ctx, {3, 2, 1}, {2, 4, 4, 8, 6, 12}), nullptr, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{3, 2, 1}));
  EXPECT_EQ(values<double>(r), std::vector<double>({1, 1, 2, 2, 3, 3}));
  Array reversed = getitem(vector<double>(ctx, {8, 2}), {slice(SPC_NONE_I64, SPC_NONE_I64, -1)});
  check(spc_solve(one, reversed, nullptr, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({1, 2}));
}

TEST_P(Linalg, SolveJoinsAfterIntegersBecameFloat64) {
  Array i8 = array<int8_t>(ctx, {1, 1}, {4}), f32 = array<float>(ctx, {1, 1}, {2}), r;
  Array b = array<bool>(ctx, {1, 1}, {true}), c64 = array<std::complex<float>>(ctx, {1}, {{1, 2}});
  check(spc_solve(i8, f32, nullptr, r.out()));
  EXPECT_EQ(value<double>(r), 0.5);
  check(spc_solve(f32, b, nullptr, r.out()));
  EXPECT_EQ(value<double>(r), 0.5);
  check(spc_solve(f32, c64, nullptr, r.out()));
  EXPECT_EQ(value<std::complex<float>>(r), std::complex<float>(0.5F, 1));
  check(spc_solve(i8, c64, nullptr, r.out()));
  EXPECT_EQ(value<C>(r), C(0.25, 0.5));
}

TEST_P(Linalg, SolveOfNothing) {
  Array r;
  check(spc_solve(array<double>(ctx, {0, 0}, {}), vector<double>(ctx, {}), nullptr, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{0}));
  check(spc_solve(array<double>(ctx, {2, 2}, {1, 0, 0, 1}), array<double>(ctx, {2, 0}, {}), nullptr,
                  r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 0}));
  check(
      spc_solve(array<double>(ctx, {0, 2, 2}, {}), vector<double>(ctx, {1, 2}), nullptr, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{0, 2}));
}

TEST_P(Linalg, SolveWritesIntoItsOperand) {
  Array a = array<double>(ctx, {2, 2}, {0, 2, 4, 0}), b = vector<double>(ctx, {6, 8});
  check(spc_solve_into(a, b, nullptr, b));
  EXPECT_EQ(values<double>(b), std::vector<double>({2, 3}));
  Array m = array<double>(ctx, {2, 2}, {0, 2, 4, 0});
  check(spc_solve_into(m, m, nullptr, m));
  EXPECT_EQ(values<double>(m), std::vector<double>({1, 0, 0, 1}));
}

TEST_P(Linalg, SolveErrorsLeaveTheOutputAlone) {
  Array a = array<double>(ctx, {2, 2, 2}, {1, 0, 0, 1, 1, 2, 2, 4}), r;
  Array out = array<double>(ctx, {2, 2}, {5, 6, 7, 8}), b = vector<double>(ctx, {1, 1});
  expect_refused(spc_solve_into(a, b, nullptr, out), "solve", "singular matrix");
  // A zero pivot before any NaN.
  Array late = array<double>(ctx, {2, 2}, {0, 0, 0, NAN}), x;
  expect_refused(spc_solve(late, b, nullptr, x.out()), "solve", "singular matrix");
  EXPECT_EQ(values<double>(out), std::vector<double>({5, 6, 7, 8}));
  Array wrong = array<float>(ctx, {2, 2}, {5, 6, 7, 8});
  expect_error(spc_solve_into(a, b, nullptr, wrong), SPC_E_TYPE, {"solve", "float32", "float64"});
  expect_error(spc_solve_into(a, b, nullptr, b), SPC_E_VALUE, {"solve", "(2,)", "(2, 2)"});

  Array v = vector<double>(ctx, {1, 1, 1}), s = array<double>(ctx, {}, {1});
  Array wide = array<double>(ctx, {2, 3}, std::vector<double>(6, 1));
  expect_error(
      spc_solve(wide, b, nullptr, r.out()), SPC_E_LINALG,
      {"solve: the array has shape (2, 3); the matrices are not square: 2 rows, 3 columns"});
  expect_error(spc_solve(v, b, nullptr, r.out()), SPC_E_LINALG, {"solve", "(3,)", "at least two"});
  expect_error(spc_solve(weak(1.0), b, nullptr, r.out()), SPC_E_LINALG, {"solve", "()"});
  expect_error(spc_solve(a, v, nullptr, r.out()), SPC_E_VALUE,
               {"solve: a has shape (2, 2, 2), b has shape (3,); lengths 2 and 3 differ"});
  expect_error(spc_solve(a, s, nullptr, r.out()), SPC_E_VALUE, {"solve", "at least one axis"});
  expect_error(
      spc_solve(a, array<double>(ctx, {3, 2, 1}, std::vector<double>(6)), nullptr, r.out()),
      SPC_E_VALUE, {"solve", "(2,)", "(3,)"});
  expect_error(spc_solve(a, b, unknown_option(), r.out()), SPC_E_TYPE,
               {"solve: unknown option 'fast'"});
  expect_error(spc_solve(a, b, weak(1), r.out()), SPC_E_TYPE, {"solve: options: expected a map"});
  Array map;
  check(spc_value_map(0, nullptr, nullptr, map.out()));
  check(spc_solve(array<double>(ctx, {1, 1}, {2}), vector<double>(ctx, {1}), map, r.out()));
  EXPECT_EQ(value<double>(r), 0.5);
}

TEST_P(Linalg, InvTimesItsOperandIsTheIdentity) {
  for_floating([&]<class T>() {
    Source source;
    for (const int64_t n : {1, 4, 17}) {
      const std::vector<T> a = regular<T>(source, 2, n);
      Array r;
      check(spc_inv(strided<T>(ctx, {2, n, n}, a), r.out()));
      const Matrix inverse = wide<T>(r);
      for (int64_t i = 0; i < 2; ++i)
        expect_near(product(slice_of(wide(a), i, n * n), slice_of(inverse, i, n * n), n, n, n),
                    identity(n), tolerance<T>);
    }
  });
  Array r;
  check(spc_inv(array<int32_t>(ctx, {2, 2}, {0, 2, 4, 0}), r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({0, 0.25, 0.5, 0}));
  check(spc_inv(array<float>(ctx, {3, 0, 0}, {}), r.out()));
  EXPECT_EQ(shape_of(r), (Shape{3, 0, 0}));
  EXPECT_EQ(dtype_of(r), SPC_FLOAT32);
  Array x = array<double>(ctx, {2, 2}, {0, 2, 4, 0});
  check(spc_inv_into(x, x));
  EXPECT_EQ(values<double>(x), std::vector<double>({0, 0.25, 0.5, 0}));
  Array singular = array<double>(ctx, {2, 2}, {1, 2, 2, 4});
  expect_refused(spc_inv(singular, r.out()), "inv", "singular matrix");
  expect_refused(spc_inv_into(singular, x), "inv", "singular matrix");
  EXPECT_EQ(values<double>(x), std::vector<double>({0, 0.25, 0.5, 0}));
  expect_error(spc_inv(array<double>(ctx, {1, 2}, {1, 2}), r.out()), SPC_E_LINALG,
               {"inv", "not square"});
}

// ---- eigenvalues --------------------------------------------------------------------------------------

Matrix hermitian_from_lower(const Matrix &a, int64_t n) {
  Matrix h = a;
  for (int64_t i = 0; i < n; ++i) {
    h[pos(i * n + i)] = h[pos(i * n + i)].real();
    for (int64_t j = i + 1; j < n; ++j) h[pos(i * n + j)] = std::conj(h[pos(j * n + i)]);
  }
  return h;
}

TEST_P(Linalg, EighReadsTheLowerTriangleOnly) {
  for_floating([&]<class T>() {
    using R = Real<T>;
    Source source;
    for (const int64_t n : {1, 2, 7, 24}) {
      const std::vector<T> a = source.numbers<T>(2 * n * n);  // the upper triangle is noise
      Array x = strided<T>(ctx, {2, n, n}, a), w, v, only;
      check(spc_eigh(x, nullptr, w.out(), v.out()));
      check(spc_eigvalsh(x, nullptr, only.out()));
      ASSERT_EQ(shape_of(w), (Shape{2, n}));
      ASSERT_EQ(shape_of(v), (Shape{2, n, n}));
      const std::vector<R> values_w = values<R>(w);
      expect_near(wide<R>(only), wide<R>(w), tolerance<T> * static_cast<double>(n));
      for (int64_t k = 0; k < 2; ++k) {
        const Matrix h = hermitian_from_lower(slice_of(wide(a), k, n * n), n);
        const Matrix vectors = slice_of(wide<T>(v), k, n * n), lambda = slice_of(wide<R>(w), k, n);
        const double bound = tolerance<T> * std::max(1.0, frobenius(h));
        expect_near(product(h, vectors, n, n, n),
                    product(vectors, diagonal_matrix(lambda, n, n), n, n, n), bound, "A v = v w");
        expect_near(product(adjoint(vectors, n, n), vectors, n, n, n), identity(n), bound);
        EXPECT_TRUE(std::is_sorted(values_w.begin() + k * n, values_w.begin() + (k + 1) * n));
      }
    }
  });
  Array w, v;
  check(spc_eigh(array<int32_t>(ctx, {2, 2}, {2, 1, 9, 3}), nullptr, w.out(), v.out()));
  EXPECT_NEAR(values<double>(w)[0], -6.51387819, 1e-8);
  EXPECT_NEAR(values<double>(w)[1], 11.51387819, 1e-8);
  EXPECT_EQ(dtype_of(v), SPC_FLOAT64);
}

TEST_P(Linalg, EighOfNaNAndOfNothing) {
  const double nan = std::nan("");
  Array w, v;
  check(spc_eigh(array<double>(ctx, {2, 2, 2}, {1, 0, nan, 2, 3, 0, 0, 4}), nullptr, w.out(),
                 v.out()));
  const std::vector<double> values_w = values<double>(w), vectors = values<double>(v);
  EXPECT_TRUE(std::isnan(values_w[0]) && std::isnan(values_w[1]));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(std::isnan(vectors[i]));
  EXPECT_NEAR(values_w[2], 3, 1e-12);
  EXPECT_NEAR(values_w[3], 4, 1e-12);
  check(spc_eigh(array<std::complex<float>>(ctx, {2, 0, 0}, {}), nullptr, w.out(), v.out()));
  EXPECT_EQ(shape_of(w), (Shape{2, 0}));
  EXPECT_EQ(dtype_of(w), SPC_FLOAT32);
  EXPECT_EQ(shape_of(v), (Shape{2, 0, 0}));
  EXPECT_EQ(dtype_of(v), SPC_COMPLEX64);
}

TEST_P(Linalg, EighErrors) {
  Array w, v, sparse, m = array<double>(ctx, {2, 2}, {2, 0, 0, 3});
  check(spc_assparse(ctx, m, "csr", SPC_DTYPE_NONE, sparse.out()));
  expect_error(spc_eigh(sparse, nullptr, w.out(), v.out()), SPC_E_TYPE,
               {"eigh requires a dense array; sparse input is not supported."});
  expect_error(spc_eigvalsh(sparse, nullptr, w.out()), SPC_E_TYPE,
               {"eigvalsh requires a dense array; sparse input is not supported."});
  expect_error(spc_eigh(vector<double>(ctx, {1}), nullptr, w.out(), v.out()), SPC_E_LINALG,
               {"eigh", "(1,)"});
  expect_error(spc_eigvalsh(array<double>(ctx, {1, 2}, {1, 2}), nullptr, w.out()), SPC_E_LINALG,
               {"eigvalsh", "not square"});
  expect_error(spc_eigh(m, unknown_option(), w.out(), v.out()), SPC_E_TYPE,
               {"eigh: unknown option 'fast'"});
  expect_error(spc_eigvalsh(m, unknown_option(), w.out()), SPC_E_TYPE,
               {"eigvalsh: unknown option 'fast'"});
  Array out = vector<double>(ctx, {0, 0});
  check(spc_eigvalsh_into(m, nullptr, out));
  EXPECT_EQ(values<double>(out), std::vector<double>({2, 3}));
}

TEST_P(Linalg, EigIsAlwaysComplex) {
  for_floating([&]<class T>() {
    using Z = std::complex<Real<T>>;
    Source source;
    for (const int64_t n : {1, 2, 6, 19}) {
      const std::vector<T> a = source.numbers<T>(2 * n * n);
      Array w, v;
      check(spc_eig(strided<T>(ctx, {2, n, n}, a), w.out(), v.out()));
      ASSERT_EQ(shape_of(w), (Shape{2, n}));
      for (int64_t k = 0; k < 2; ++k) {
        const Matrix m = slice_of(wide(a), k, n * n), vectors = slice_of(wide<Z>(v), k, n * n);
        const double bound = tolerance<T> * 10 * std::max(1.0, frobenius(m));
        expect_near(product(m, vectors, n, n, n),
                    product(vectors, diagonal_matrix(slice_of(wide<Z>(w), k, n), n, n), n, n, n),
                    bound, "A v = v w");
        for (int64_t j = 0; j < n; ++j) {
          double norm = 0;
          for (int64_t i = 0; i < n; ++i) norm += std::norm(vectors[pos(i * n + j)]);
          EXPECT_NEAR(norm, 1, bound);
        }
      }
    }
  });
  Array w, v;
  check(spc_eig(array<double>(ctx, {2, 2}, {0, 1, -1, 0}), w.out(), v.out()));
  std::vector<C> values_w = values<C>(w);
  if (values_w[0].imag() > 0) std::swap(values_w[0], values_w[1]);
  expect_near(values_w, {C(0, -1), C(0, 1)}, 1e-12);
  check(spc_eig(array<bool>(ctx, {1, 1}, {true}), w.out(), v.out()));
  EXPECT_EQ(value<C>(w), C(1, 0));
  check(spc_eig(array<float>(ctx, {0, 3, 3}, {}), w.out(), v.out()));
  EXPECT_EQ(shape_of(w), (Shape{0, 3}));
  EXPECT_EQ(dtype_of(v), SPC_COMPLEX64);
  expect_error(spc_eig(array<double>(ctx, {1, 2}, {1, 2}), w.out(), v.out()), SPC_E_LINALG,
               {"eig", "not square"});
  expect_refused(spc_eig(array<double>(ctx, {1, 1}, {std::nan("")}), w.out(), v.out()), "eig",
                 "array has NaN or infinite elements");
}

// ---- singular values --------------------------------------------------------------------------------------

TEST_P(Linalg, SvdFactors) {
  for_floating([&]<class T>() {
    using R = Real<T>;
    Source source;
    for (const auto &[m, n] : std::vector<std::pair<int64_t, int64_t>>{
             {1, 1}, {3, 5}, {5, 3}, {8, 8}, {20, 6}, {2, 31}}) {
      const int64_t k = std::min(m, n);
      const std::vector<T> a = source.numbers<T>(2 * m * n);
      Array x = strided<T>(ctx, {2, m, n}, a), s, only;
      check(spc_svd(x, 0, nullptr, nullptr, only.out(), nullptr));
      for (const int full : {0, 1}) {
        Array u, vh;
        check(spc_svd(x, full, nullptr, u.out(), s.out(), vh.out()));
        const int64_t p = full != 0 ? m : k, q = full != 0 ? n : k;
        ASSERT_EQ(shape_of(u), (Shape{2, m, p}));
        ASSERT_EQ(shape_of(s), (Shape{2, k}));
        ASSERT_EQ(shape_of(vh), (Shape{2, q, n}));
        expect_near(wide<R>(only), wide<R>(s), tolerance<T> * 10);
        for (int64_t i = 0; i < 2; ++i) {
          const Matrix left = slice_of(wide<T>(u), i, m * p),
                       right = slice_of(wide<T>(vh), i, q * n), sigma = slice_of(wide<R>(s), i, k);
          expect_near(product(product(left, diagonal_matrix(sigma, p, q), m, p, q), right, m, q, n),
                      slice_of(wide(a), i, m * n), tolerance<T> * 10, "u s vh = a");
          expect_near(product(adjoint(left, m, p), left, p, m, p), identity(p), tolerance<T>);
          expect_near(product(right, adjoint(right, q, n), q, n, q), identity(q), tolerance<T>);
          for (int64_t j = 0; j + 1 < k; ++j)
            EXPECT_GE(sigma[pos(j)].real(), sigma[pos(j + 1)].real());
          EXPECT_GE(sigma[pos(k - 1)].real(), 0);
        }
      }
    }
  });
}

TEST_P(Linalg, SvdOfNothing) {
  Array u, s, vh;
  check(spc_svd(array<double>(ctx, {3, 0}, {}), 1, nullptr, u.out(), s.out(), vh.out()));
  EXPECT_EQ(wide<double>(u), identity(3));
  EXPECT_EQ(shape_of(s), (Shape{0}));
  EXPECT_EQ(shape_of(vh), (Shape{0, 0}));
  check(spc_svd(array<int8_t>(ctx, {2, 0, 2}, {}), 1, nullptr, u.out(), s.out(), vh.out()));
  EXPECT_EQ(shape_of(u), (Shape{2, 0, 0}));
  EXPECT_EQ(values<double>(vh), std::vector<double>({1, 0, 0, 1, 1, 0, 0, 1}));
  check(spc_svd(array<float>(ctx, {3, 0}, {}), 0, nullptr, u.out(), s.out(), vh.out()));
  EXPECT_EQ(shape_of(u), (Shape{3, 0}));
  EXPECT_EQ(shape_of(vh), (Shape{0, 0}));
  EXPECT_EQ(dtype_of(s), SPC_FLOAT32);
  check(spc_svd(array<double>(ctx, {0, 2, 2}, {}), 0, nullptr, nullptr, s.out(), nullptr));
  EXPECT_EQ(shape_of(s), (Shape{0, 2}));
}

TEST_P(Linalg, SvdErrors) {
  Array u, s, vh, m = array<double>(ctx, {2, 2}, {1, 0, 0, 1});
  expect_error(spc_svd(vector<double>(ctx, {1}), 1, nullptr, u.out(), s.out(), vh.out()),
               SPC_E_LINALG, {"svd", "(1,)", "at least two"});
  expect_error(spc_svd(m, 1, unknown_option(), u.out(), s.out(), vh.out()), SPC_E_TYPE,
               {"svd: unknown option 'fast'"});
  expect_error(spc_svd(m, 1, nullptr, u.out(), s.out(), nullptr), SPC_E_VALUE, {"svd", "NULL"});
  const double inf = std::numeric_limits<double>::infinity();
  expect_refused(spc_svd(array<double>(ctx, {1, 1}, {inf}), 1, nullptr, u.out(), s.out(), vh.out()),
                 "svd", "array has NaN or infinite elements");
}

// ---- cholesky -------------------------------------------------------------------------------------------

TEST_P(Linalg, CholeskyReadsTheLowerTriangleOnly) {
  for_floating([&]<class T>() {
    Source source;
    for (const int64_t n : {1, 3, 20}) {
      std::vector<T> a = regular<T>(source, 2, n);
      for (int64_t k = 0; k < 2; ++k)  // real diagonals: dominant, so positive definite
        for (int64_t i = 0; i < n; ++i)
          a[pos((k * n + i) * n + i)] = static_cast<T>(3 * static_cast<double>(n));
      Array r;
      check(spc_cholesky(strided<T>(ctx, {2, n, n}, a), nullptr, r.out()));
      for (int64_t k = 0; k < 2; ++k) {
        const Matrix l = slice_of(wide<T>(r), k, n * n);
        expect_near(product(l, adjoint(l, n, n), n, n, n),
                    hermitian_from_lower(slice_of(wide(a), k, n * n), n),
                    tolerance<T> * 3 * static_cast<double>(n));
        for (int64_t i = 0; i < n; ++i)
          for (int64_t j = i + 1; j < n; ++j) EXPECT_EQ(l[pos(i * n + j)], C(0));
      }
    }
  });
  Array r, x = array<int64_t>(ctx, {2, 2}, {4, 99, 2, 5});
  check(spc_cholesky(x, nullptr, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({2, 0, 1, 2}));
  check(spc_cholesky(array<float>(ctx, {0, 0}, {}), nullptr, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{0, 0}));
  Array out = array<double>(ctx, {2, 2}, {9, 8, 7, 6});
  Array bad = array<double>(ctx, {2, 2}, {1, 2, 2, 1});
  expect_refused(spc_cholesky_into(bad, nullptr, out), "cholesky",
                 "matrix is not positive definite");
  EXPECT_EQ(values<double>(out), std::vector<double>({9, 8, 7, 6}));
  expect_error(spc_cholesky(array<double>(ctx, {1, 2}, {1, 2}), nullptr, r.out()), SPC_E_LINALG,
               {"cholesky", "not square"});
  expect_error(spc_cholesky(x, unknown_option(), r.out()), SPC_E_TYPE,
               {"cholesky: unknown option 'fast'"});
}

// ---- expm ------------------------------------------------------------------------------------------------

// Taylor series of a / 2^s in long double, then s squarings.
Matrix exponential_of(const Matrix &a, int64_t n) {
  using Wide = std::complex<long double>;
  std::vector<Wide> x(a.begin(), a.end()), term(pos(n * n)), sum(pos(n * n));
  long double norm = 0;
  for (const Wide &v : x) norm += std::abs(v);
  int s = 0;
  for (; norm > 0.25L; norm /= 2) ++s;
  for (Wide &v : x) v = Wide(std::ldexp(v.real(), -s), std::ldexp(v.imag(), -s));
  const auto times = [n](const std::vector<Wide> &p, const std::vector<Wide> &q) {
    std::vector<Wide> r(p.size());
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < n; ++j)
        for (int64_t k = 0; k < n; ++k) r[pos(i * n + j)] += p[pos(i * n + k)] * q[pos(k * n + j)];
    return r;
  };
  for (int64_t i = 0; i < n; ++i) term[pos(i * n + i)] = sum[pos(i * n + i)] = 1;
  for (int k = 1; k < 25; ++k) {
    term = times(term, x);
    for (Wide &v : term) v /= static_cast<long double>(k);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += term[i];
  }
  for (int k = 0; k < s; ++k) sum = times(sum, sum);
  Matrix r;
  for (const Wide &v : sum)
    r.emplace_back(static_cast<double>(v.real()), static_cast<double>(v.imag()));
  return r;
}

TEST_P(Linalg, ExpmOfEveryNorm) {
  for_floating([&]<class T>() {
    Source source;
    const int64_t n = 6;
    // Reaches every degree of the approximants and several squarings.
    for (const double scale : {1e-9, 1e-3, 0.05, 0.3, 0.6, 1.5, 4.0}) {
      std::vector<T> a = source.numbers<T>(2 * n * n);
      for (T &x : a) x *= static_cast<Real<T>>(scale);
      Array r;
      check(spc_expm(strided<T>(ctx, {2, n, n}, a), r.out()));
      ASSERT_EQ(dtype_of(r), dtype_of<T>());
      for (int64_t k = 0; k < 2; ++k) {
        const Matrix expected = exponential_of(slice_of(wide(a), k, n * n), n);
        expect_near(slice_of(wide<T>(r), k, n * n), expected,
                    (sizeof(Real<T>) == 4 ? 2e-5 : 1e-13) * frobenius(expected));
      }
    }
  });
}

TEST_P(Linalg, ExpmPins) {
  Array r;
  check(spc_expm(array<int32_t>(ctx, {2, 2}, {0, 1, -1, 0}), r.out()));
  expect_near(wide<double>(r), {std::cos(1), std::sin(1), -std::sin(1), std::cos(1)}, 1e-15);
  for_floating([&]<class T>() {
    check(spc_expm(array<T>(ctx, {2, 3, 3}, std::vector<T>(18)), r.out()));
    EXPECT_EQ(slice_of(wide<T>(r), 0, 9), identity(3));
    EXPECT_EQ(slice_of(wide<T>(r), 1, 9), identity(3));
  });
  check(spc_expm(array<bool>(ctx, {1, 1}, {true}), r.out()));
  EXPECT_NEAR(value<double>(r), std::exp(1), 1e-15);
  check(spc_expm(array<float>(ctx, {2, 0, 0}, {}), r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 0, 0}));
  // A matrix in a stack is not scaled for the sake of its neighbour.
  check(spc_expm(array<double>(ctx, {2, 2, 2}, {1e-3, 0, 0, -1e-3, 300, 0, 0, -300}), r.out()));
  const std::vector<double> got = values<double>(r);
  EXPECT_DOUBLE_EQ(got[0], std::exp(1e-3));
  EXPECT_DOUBLE_EQ(got[3], std::exp(-1e-3));
  EXPECT_NEAR(got[4] / std::exp(300.0), 1, 1e-12);
}

TEST_P(Linalg, ExpmIsNotOverscaled) {
  // Powers of these are far smaller than their norms suggest.
  Array r;
  check(spc_expm(array<double>(ctx, {2, 2}, {0, 1e6, 0, 0}), r.out()));
  expect_near(wide<double>(r), {1, 1e6, 0, 1}, 1e-9);
  check(spc_expm(array<double>(ctx, {2, 2}, {1, 1e6, 0, -1}), r.out()));
  const std::vector<double> got = values<double>(r);
  EXPECT_NEAR(got[0], std::exp(1), 1e-14);
  EXPECT_NEAR(got[1] / (1e6 * std::sinh(1)), 1, 1e-14);
  EXPECT_NEAR(got[3], std::exp(-1), 1e-14);
  // Norms whose powers overflow.
  check(spc_expm(array<double>(ctx, {2, 2}, {0, 1e200, 0, 0}), r.out()));
  EXPECT_NEAR(values<double>(r)[0], 1, 1e-15);
  EXPECT_NEAR(values<double>(r)[1] / 1e200, 1, 1e-12);
  check(spc_expm(array<float>(ctx, {2, 2}, {-1e9F, 0, 0, -1e9F}), r.out()));
  EXPECT_EQ(values<float>(r), std::vector<float>({0, 0, 0, 0}));
  check(spc_expm(array<double>(ctx, {2, 2}, {1e5, 0, 0, 0}), r.out()));
  EXPECT_FALSE(std::isfinite(values<double>(r)[0]));
}

TEST_P(Linalg, ExpmOfInfinitiesEnds) {
  const double nan = std::nan(""), inf = std::numeric_limits<double>::infinity();
  Array r;
  for (const double x : {nan, inf, -inf}) {
    check(spc_expm(array<double>(ctx, {2, 2}, {x, 0, 0, 1}), r.out()));
    for (const double y : values<double>(r)) EXPECT_TRUE(std::isnan(y));
  }
  check(spc_expm(array<double>(ctx, {3, 1, 1}, {nan, inf, -inf}), r.out()));
  const std::vector<double> got = values<double>(r);
  EXPECT_TRUE(std::isnan(got[0]));
  EXPECT_EQ(got[1], inf);
  EXPECT_EQ(got[2], 0);
  expect_error(spc_expm(array<double>(ctx, {1, 2}, {1, 2}), r.out()), SPC_E_LINALG,
               {"expm", "not square"});
  Array x = array<double>(ctx, {2, 2}, {0, 0, 0, 0});
  check(spc_expm_into(x, x));
  EXPECT_EQ(values<double>(x), std::vector<double>({1, 0, 0, 1}));
  expect_error(spc_expm_into(array<float>(ctx, {2, 2}, {0, 0, 0, 0}), x), SPC_E_TYPE,
               {"expm", "float64", "float32"});
}

// ---- diagonals and triangles --------------------------------------------------------------------------------

TEST_P(Linalg, DiagBothWays) {
  Array r;
  check(spc_diag(
      getitem(vector<int8_t>(ctx, {1, 0, 2, 0, 3}), {slice(SPC_NONE_I64, SPC_NONE_I64, 2)}),
      r.out()));
  EXPECT_EQ(values<int8_t>(r), std::vector<int8_t>({1, 0, 0, 0, 2, 0, 0, 0, 3}));
  Array m = array<double>(ctx, {2, 3}, {1, 2, 3, 4, 5, 6}), c;
  check(spc_diag(m, c.out()));
  EXPECT_EQ(values<double>(c), std::vector<double>({1, 5}));
  check(spc_multiply_into(c, weak(0), c));  // a copy: m keeps its values
  EXPECT_EQ(values<double>(m), std::vector<double>({1, 2, 3, 4, 5, 6}));
  check(spc_diag(vector<bool>(ctx, {}), r.out()));
  EXPECT_EQ(shape_of(r), (Shape{0, 0}));
  expect_error(spc_diag(array<double>(ctx, {1, 1, 1}, {1}), r.out()), SPC_E_VALUE,
               {"diag", "(1, 1, 1)"});
  expect_error(spc_diag(weak(1), r.out()), SPC_E_VALUE, {"diag", "()"});
}

TEST_P(Linalg, DiagonalIsAReadOnlyView) {
  Array r, x = array<int32_t>(ctx, {2, 3, 2}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  check(spc_diagonal(x, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 2}));
  EXPECT_EQ(values<int32_t>(r), std::vector<int32_t>({0, 8, 1, 9}));
  expect_error(spc_negative_into(r, r), SPC_E_VALUE, {"read-only"});
  check(spc_multiply_into(x, weak(2), x));
  EXPECT_EQ(values<int32_t>(r), std::vector<int32_t>({0, 16, 2, 18}));
  check(spc_diagonal(array<double>(ctx, {0, 2, 2}, {}), r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 0}));
  expect_error(spc_diagonal(vector<double>(ctx, {1}), r.out()), SPC_E_VALUE, {"diagonal", "(1,)"});
}

TEST_P(Linalg, Triangles) {
  const double nan = std::nan("");
  Array r, x = array<double>(ctx, {2, 3}, {1, nan, 3, 4, 5, nan});
  check(spc_tril(x, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({1, 0, 0, 4, 5, 0}));
  Array t;
  check(spc_transpose(x, SPC_ALL_AXES, nullptr, t.out()));
  check(spc_triu(t, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({1, 4, 0, 5, 0, 0}));
  check(spc_triu(array<bool>(ctx, {3, 2}, {true, true, true, true, true, true}), r.out()));
  EXPECT_EQ(values<bool>(r), std::vector<bool>({true, true, false, true, false, false}));
  check(spc_tril(vector<int8_t>(ctx, {1, 2, 3}), r.out()));
  EXPECT_EQ(values<int8_t>(r), std::vector<int8_t>({1, 0, 0, 1, 2, 0, 1, 2, 3}));
  Array stack = array<std::complex<float>>(ctx, {2, 2, 2}, {{1, 1}, 2, 3, 4, 5, {6, -1}, 7, 8});
  check(spc_triu(stack, r.out()));
  EXPECT_EQ(values<std::complex<float>>(r),
            (std::vector<std::complex<float>>{{1, 1}, 2, 0, 4, 5, {6, -1}, 0, 8}));
  for (const Shape &shape : {Shape{0, 3}, Shape{3, 0}, Shape{0, 2, 2}, Shape{0}}) {
    check(spc_tril(array<double>(ctx, shape, {}), r.out()));
    EXPECT_EQ(shape_of(r), shape == Shape{0} ? (Shape{0, 0}) : shape);
  }
  expect_error(spc_tril(weak(1.0), r.out()), SPC_E_VALUE, {"tril", "()"});
  expect_error(spc_triu(array<double>(ctx, {}, {1}), r.out()), SPC_E_VALUE, {"triu", "()"});
}

// ---- norms ----------------------------------------------------------------------------------------------------

TEST_P(Linalg, NormTable) {
  Array r, m = array<int32_t>(ctx, {2, 2}, {1, 2, 3, 4});
  const auto norm = [&](int32_t ord, double p) {
    check(spc_norm(m, ord, p, SPC_ALL_AXES, nullptr, 0, r.out()));
    return value<double>(r);
  };
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_NEAR(norm(SPC_ORD_FRO, 0), 5.477225575051661, 1e-12);
  EXPECT_NEAR(norm(SPC_ORD_NUC, 0), 5.8309518948453, 1e-12);
  EXPECT_EQ(norm(SPC_ORD_P, 1), 6);
  EXPECT_EQ(norm(SPC_ORD_P, -1), 4);
  EXPECT_NEAR(norm(SPC_ORD_P, 2), 5.464985704219043, 1e-12);
  EXPECT_NEAR(norm(SPC_ORD_P, -2), 0.36596619062625746, 1e-12);
  EXPECT_EQ(norm(SPC_ORD_P, inf), 7);
  EXPECT_EQ(norm(SPC_ORD_P, -inf), 3);
}

TEST_P(Linalg, SpectralNormsAlongAxes) {
  // x[:, k, :] = diag(k + 1, 3 (k + 1)).
  Array r, x = array<float>(ctx, {2, 2, 2}, {1, 0, 2, 0, 0, 3, 0, 6});
  const int64_t axes[2] = {2, 0};
  check(spc_norm(x, SPC_ORD_P, 2, 2, axes, 0, r.out()));
  ASSERT_EQ(shape_of(r), (Shape{2}));
  EXPECT_NEAR(values<float>(r)[0], 3, 1e-5);
  EXPECT_NEAR(values<float>(r)[1], 6, 1e-5);
  check(spc_norm(x, SPC_ORD_P, -2, 2, axes, 1, r.out()));
  ASSERT_EQ(shape_of(r), (Shape{1, 2, 1}));
  EXPECT_NEAR(values<float>(r)[1], 2, 1e-5);
  Array out = vector<float>(ctx, {0, 0});
  check(spc_norm_into(x, SPC_ORD_NUC, 0, 2, axes, 0, out));
  EXPECT_NEAR(values<float>(out)[0], 4, 1e-5);
  EXPECT_NEAR(values<float>(out)[1], 8, 1e-5);

  Array none = array<double>(ctx, {0, 3}, {});
  check(spc_norm(none, SPC_ORD_NUC, 0, SPC_ALL_AXES, nullptr, 0, r.out()));
  EXPECT_EQ(value<double>(r), 0);
  expect_error(spc_norm(none, SPC_ORD_P, 2, SPC_ALL_AXES, nullptr, 0, r.out()), SPC_E_VALUE,
               {"norm: order 2 of shape (0, 3): no elements"});
  expect_refused(spc_norm(array<double>(ctx, {1, 1}, {std::nan("")}), SPC_ORD_NUC, 0, SPC_ALL_AXES,
                          nullptr, 0, r.out()),
                 "norm", "array has NaN or infinite elements");
  Array kept = array<double>(ctx, {}, {5});
  expect_refused(spc_norm_into(array<double>(ctx, {1, 1}, {std::nan("")}), SPC_ORD_P, 2,
                               SPC_ALL_AXES, nullptr, 0, kept),
                 "norm", "array has NaN or infinite elements");
  EXPECT_EQ(value<double>(kept), 5);
  expect_error(spc_norm_into(x, SPC_ORD_P, 2, 2, axes, 1, out), SPC_E_VALUE,
               {"norm", "(2,)", "(1, 2, 1)"});
}

}  // namespace
