// SPDX-License-Identifier: Apache-2.0
// solve, eigh, eig, svd, cholesky and batches of small matmul of the cpu family: residuals in the order of
// rounding for every dtype, layout, batch and size on both sides of every switch between kernels,
// and the errors of the contract.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <limits>
#include <random>

#include "tests/plugins/plugin_host.hpp"
#include "tests/support/at_page_end.hpp"

namespace spc::plugin_test {
namespace {

using Shape = std::vector<int64_t>;
using Z = std::complex<double>;

template <class T>
constexpr int32_t dtype_of = SPC_FLOAT64;
template <>
constexpr int32_t dtype_of<float> = SPC_FLOAT32;
template <>
constexpr int32_t dtype_of<std::complex<float>> = SPC_COMPLEX64;
template <>
constexpr int32_t dtype_of<std::complex<double>> = SPC_COMPLEX128;

template <class T>
using Real = decltype(std::real(T{}));
template <class T>
using Complex = std::complex<Real<T>>;
template <class T>
constexpr bool is_complex = !std::is_same_v<T, Real<T>>;
template <class T>
constexpr double epsilon = std::numeric_limits<Real<T>>::epsilon();

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::mt19937_64 &generator() {
  static std::mt19937_64 g(20240911);
  return g;
}
double real() {
  return std::normal_distribution<double>()(generator());
}

template <class T>
T to(Z z) {
  if constexpr (is_complex<T>) {
    return T(static_cast<Real<T>>(z.real()), static_cast<Real<T>>(z.imag()));
  } else {
    return static_cast<T>(z.real());
  }
}

// ---- tensors ------------------------------------------------------------------------------------

enum class Layout { rows, columns, spread, backwards, still };
constexpr Layout layouts[] = {Layout::rows, Layout::columns, Layout::spread, Layout::backwards};

// Matrices [batch.., rows, columns], or vectors where columns is -1. `still` repeats one matrix
// along the batch. Memory between the elements is NaN, that behind the last unreadable.
template <class T>
struct Tensor {
  Shape shape;
  Shape strides;
  int64_t first = 0;
  std::vector<T, test::AtPageEnd<T>> memory;
  size_t own;

  Tensor(const Shape &batch, int64_t rows, int64_t columns, Layout layout)
      : shape(batch), own(columns < 0 ? 1 : 2) {
    shape.push_back(rows);
    if (own == 2) shape.push_back(columns);
    const size_t rank = shape.size();
    strides.assign(rank, 0);
    std::vector<size_t> order;  // from the fastest axis on
    for (size_t k = 0; k < rank; ++k) order.push_back(rank - 1 - k);
    if (own == 2 && layout == Layout::columns) std::swap(order[0], order[1]);
    int64_t step = layout == Layout::spread ? 2 : 1;
    for (size_t axis : order) {
      if (layout == Layout::still && axis + own < rank) continue;
      strides[axis] = step;
      step *= shape[axis];
    }
    memory.assign(static_cast<size_t>(step), to<T>({nan, nan}));
    if (layout != Layout::backwards) return;
    for (size_t k = 0; k < rank; ++k) {
      first += (shape[k] - 1) * strides[k];
      strides[k] = -strides[k];
    }
  }

  int64_t count() const {
    int64_t n = 1;
    for (size_t k = 0; k + own < shape.size(); ++k) n *= shape[k];
    return n;
  }
  T &at(int64_t matrix, int64_t i, int64_t j = 0) {
    int64_t offset = first;
    for (size_t k = shape.size() - own; k-- > 0;) {
      offset += matrix % shape[k] * strides[k];
      matrix /= shape[k];
    }
    offset += i * strides[shape.size() - own];
    if (own == 2) offset += j * strides.back();
    return memory[static_cast<size_t>(offset)];
  }
  spc_tensor tensor() {
    return {sizeof(spc_tensor),    0,
            dtype_of<T>,           static_cast<int32_t>(shape.size()),
            shape.data(),          strides.data(),
            memory.data() + first, 0};
  }
  int64_t rows() const { return shape[shape.size() - own]; }
  int64_t columns() const { return own == 2 ? shape.back() : 1; }
};

template <class T>
Tensor<T> random(const Shape &batch, int64_t rows, int64_t columns, Layout layout) {
  Tensor<T> x(batch, rows, columns, layout);
  for (int64_t m = 0; m < x.count(); ++m) {
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < x.columns(); ++j) x.at(m, i, j) = to<T>({real(), real()});
    }
  }
  return x;
}

// ---- dense products for the checks --------------------------------------------------------------

struct Dense {
  int64_t rows;
  int64_t columns;
  std::vector<Z> v;

  Dense(int64_t r, int64_t c) : rows(r), columns(c), v(static_cast<size_t>(r * c)) {}
  Z &at(int64_t i, int64_t j) { return v[static_cast<size_t>(i * columns + j)]; }
  // Frobenius; squares of the largest double and of the least have no place in a double.
  double norm() const {
    long double sum = 0;
    for (const Z &z : v) {
      const auto re = static_cast<long double>(z.real());
      const auto im = static_cast<long double>(z.imag());
      sum += re * re + im * im;
    }
    return static_cast<double>(std::sqrt(sum));
  }
};

template <class T>
Dense dense(Tensor<T> &x, int64_t matrix) {
  Dense d(x.rows(), x.columns());
  for (int64_t i = 0; i < d.rows; ++i) {
    for (int64_t j = 0; j < d.columns; ++j) d.at(i, j) = Z(x.at(matrix, i, j));
  }
  return d;
}

Dense adjoint(Dense a) {
  Dense h(a.columns, a.rows);
  for (int64_t i = 0; i < a.rows; ++i) {
    for (int64_t j = 0; j < a.columns; ++j) h.at(j, i) = std::conj(a.at(i, j));
  }
  return h;
}

Dense multiply(Dense a, Dense b) {
  Dense c(a.rows, b.columns);
  for (int64_t i = 0; i < a.rows; ++i) {
    for (int64_t k = 0; k < a.columns; ++k) {
      const double re = a.at(i, k).real();
      const double im = a.at(i, k).imag();
      const Z *from = &b.at(k, 0);
      Z *into = &c.at(i, 0);
      for (int64_t j = 0; j < b.columns; ++j) {
        into[j] +=
            Z(re * from[j].real() - im * from[j].imag(), re * from[j].imag() + im * from[j].real());
      }
    }
  }
  return c;
}

Dense minus(Dense a, const Dense &b) {
  for (size_t i = 0; i < a.v.size(); ++i) a.v[i] -= b.v[i];
  return a;
}

Dense identity(int64_t n) {
  Dense d(n, n);
  for (int64_t i = 0; i < n; ++i) d.at(i, i) = 1;
  return d;
}

// All matrices of a batch where checking costs little, else some. A sanitizer judges the kernels;
// the products of the checks are no news to it.
int64_t stride_of_checks(int64_t n) {
#if defined(SPC_SANITIZE)
  return n <= 3 ? 1 : 29;
#else
  return n <= 17 ? 1 : 11;
#endif
}

// NaN counts as too large.
void expect_small(double value, double bound, const std::string &what) {
  EXPECT_TRUE(value <= bound) << what << ": " << value << " exceeds " << bound;
}

template <class T>
void expect_orthonormal(Dense columns, const std::string &what) {
  const auto n = static_cast<double>(std::max(columns.rows, columns.columns));
  const Dense gram = multiply(adjoint(columns), columns);
  expect_small(minus(gram, identity(columns.columns)).norm(), 8 * n * epsilon<T>,
               what + ": not orthonormal");
}

// ---- calls --------------------------------------------------------------------------------------

struct Result {
  spc_status status;
  std::string error;
};

Result run(uint32_t op, int32_t dtype, std::vector<spc_tensor> in, std::vector<spc_tensor> out,
           const void *params = nullptr) {
  const spc_op_entry *entry = cpu_family().find(op, static_cast<uint32_t>(dtype), 0);
  if (entry == nullptr) return {SPC_E_NOTIMPL, "no kernel"};
  std::vector<const spc_tensor *> ins;
  std::vector<spc_tensor *> outs;
  for (const spc_tensor &t : in) ins.push_back(&t);
  for (spc_tensor &t : out) outs.push_back(&t);
  Exec exec;
  const spc_call call{sizeof(spc_call),
                      op,
                      static_cast<uint32_t>(ins.size()),
                      static_cast<uint32_t>(outs.size()),
                      ins.data(),
                      outs.data(),
                      params,
                      nullptr,
                      exec.handle(),
                      &host_api()};
  if (entry->supports != nullptr && entry->supports(cpu_family().state, &call) == 0) {
    return {SPC_E_NOTIMPL, "declined"};
  }
  const spc_status status = entry->fn(cpu_family().state, &call);
  return {status, exec.error()};
}

void expect_ok(const Result &result, const std::string &what) {
  ASSERT_EQ(result.status, SPC_OK) << what << ": " << result.error;
}
void expect_error(const Result &result, const char *text) {
  EXPECT_EQ(result.status, SPC_E_LINALG);
  EXPECT_EQ(result.error, text);
}

std::string text(const char *op, int64_t rows, int64_t columns, int64_t count, Layout in,
                 Layout out) {
  return std::string(op) + " " + std::to_string(rows) + " x " + std::to_string(columns) + ", " +
         std::to_string(count) + " matrices, layouts " + std::to_string(static_cast<int>(in)) +
         " and " + std::to_string(static_cast<int>(out));
}

// Batches: one matrix, a few, more than a register has lanes and no multiple of it, two axes.
const std::vector<Shape> batches = {{}, {3}, {37}, {3, 7}};
// Orders around the widths of registers and the limits of the kernels for small matrices.
const std::vector<int64_t> orders = {1, 2, 3, 5, 8, 15, 16, 17, 31, 32, 33, 48, 65};

template <class T>
class Linalg : public testing::Test {};
using Types = testing::Types<float, double, std::complex<float>, std::complex<double>>;
TYPED_TEST_SUITE(Linalg, Types, );

// ---- solve --------------------------------------------------------------------------------------

template <class T>
void check_solve(Tensor<T> a, Tensor<T> b, const Shape &batch, Layout out) {
  const std::string what = text("solve", a.rows(), b.columns(), b.count(), Layout::rows, out);
  Tensor<T> x(batch, a.rows(), b.columns(), out);
  expect_ok(run(SPC_OP_solve, dtype_of<T>, {a.tensor(), b.tensor()}, {x.tensor()}), what);
  for (int64_t m = 0; m < x.count(); m += stride_of_checks(a.rows())) {
    Dense left = dense(a, m);
    Dense solution = dense(x, m);
    const double scale = left.norm() * solution.norm();
    expect_small(minus(multiply(left, solution), dense(b, m)).norm(),
                 static_cast<double>(4 * a.rows()) * epsilon<T> * scale, what);
  }
}

TYPED_TEST(Linalg, SolveHasSmallResiduals) {
  using T = TypeParam;
  size_t turn = 0;
  for (int64_t n : orders) {
    for (const Shape &batch : batches) {
      for (int64_t k : {int64_t{1}, int64_t{2}, int64_t{9}}) {
        const Layout in = layouts[turn % 4];
        const Layout right = layouts[turn / 4 % 4];
        const Layout out = layouts[turn / 16 % 4];
        turn += 7;
        check_solve<T>(random<T>(batch, n, n, in), random<T>(batch, n, k, right), batch, out);
      }
    }
  }
}

TYPED_TEST(Linalg, SolveTakesEveryLayout) {
  using T = TypeParam;
  for (int64_t n : {4, 16, 40}) {
    for (Layout in : layouts) {
      for (Layout right : layouts) {
        for (Layout out : layouts) {
          check_solve<T>(random<T>({9}, n, n, in), random<T>({9}, n, 3, right), {9}, out);
          check_solve<T>(random<T>({}, n, n, in), random<T>({}, n, 1, right), {}, out);
        }
      }
    }
  }
}

TYPED_TEST(Linalg, SolveBroadcasts) {
  using T = TypeParam;
  for (int64_t n : {3, 16, 50}) {
    check_solve<T>(random<T>({4, 5}, n, n, Layout::still), random<T>({4, 5}, n, 2, Layout::rows),
                   {4, 5}, Layout::rows);
    check_solve<T>(random<T>({21}, n, n, Layout::rows), random<T>({21}, n, 1, Layout::still), {21},
                   Layout::rows);
  }
}

TYPED_TEST(Linalg, SolvesLargeSystems) {
  using T = TypeParam;
  check_solve<T>(random<T>({}, 300, 300, Layout::rows), random<T>({}, 300, 1, Layout::rows), {},
                 Layout::rows);
  check_solve<T>(random<T>({2}, 260, 260, Layout::columns), random<T>({2}, 260, 40, Layout::rows),
                 {2}, Layout::rows);
}

// Rows that only a pivot search puts right, at the ends of the range.
TYPED_TEST(Linalg, SolvePivots) {
  using T = TypeParam;
  for (int64_t count : {1, 20}) {
    const Shape batch = count == 1 ? Shape{} : Shape{count};
    for (int64_t n : {2, 6, 16, 24}) {
      Tensor<T> a(batch, n, n, Layout::rows);
      Tensor<T> b(batch, n, 1, Layout::rows);
      Tensor<T> x(batch, n, 1, Layout::rows);
      const Real<T> tiny = std::numeric_limits<Real<T>>::min();
      for (int64_t m = 0; m < count; ++m) {
        for (int64_t i = 0; i < n; ++i) {
          for (int64_t j = 0; j < n; ++j) a.at(m, i, j) = T(0);
          a.at(m, i, (i + m + 1) % n) = T(m % 2 == 0 ? tiny : Real<T>(2));
          b.at(m, i) = T(static_cast<Real<T>>(i + 1) * (m % 2 == 0 ? tiny : Real<T>(2)));
        }
      }
      expect_ok(run(SPC_OP_solve, dtype_of<T>, {a.tensor(), b.tensor()}, {x.tensor()}), "pivots");
      for (int64_t m = 0; m < count; ++m) {
        for (int64_t i = 0; i < n; ++i) {
          EXPECT_EQ(x.at(m, (i + m + 1) % n), T(static_cast<Real<T>>(i + 1))) << n << " " << m;
        }
      }
    }
  }
}

TYPED_TEST(Linalg, SingularSystemsAreRefused) {
  using T = TypeParam;
  for (const Shape &batch : {Shape{}, Shape{11}}) {
    for (int64_t n : {1, 2, 7, 16, 20, 90, 210}) {
      if (!batch.empty() && n > 50) continue;
      Tensor<T> b = random<T>(batch, n, 2, Layout::rows);
      Tensor<T> x(batch, n, 2, Layout::rows);
      Tensor<T> a = random<T>(batch, n, n, Layout::rows);
      const int64_t m = a.count() - 1;
      for (int64_t i = 0; i < n; ++i) a.at(m, i, n / 2) = T(0);
      expect_error(run(SPC_OP_solve, dtype_of<T>, {a.tensor(), b.tensor()}, {x.tensor()}),
                   "singular matrix");
    }
    Tensor<T> a(batch, 2, 2, Layout::rows);
    Tensor<T> b = random<T>(batch, 2, 1, Layout::rows);
    Tensor<T> x(batch, 2, 1, Layout::rows);
    for (int64_t m = 0; m < a.count(); ++m) {
      a.at(m, 0, 0) = T(1);
      a.at(m, 0, 1) = a.at(m, 1, 0) = T(2);
      a.at(m, 1, 1) = T(4);
    }
    expect_error(run(SPC_OP_solve, dtype_of<T>, {a.tensor(), b.tensor()}, {x.tensor()}),
                 "singular matrix");
  }
}

// NaN is no singular pivot, and stays with the system that has it.
TYPED_TEST(Linalg, SolveKeepsNanInItsSystem) {
  using T = TypeParam;
  for (int64_t n : {2, 8, 16, 30}) {
    Tensor<T> a = random<T>({20}, n, n, Layout::rows);
    Tensor<T> b = random<T>({20}, n, 1, Layout::rows);
    Tensor<T> x({20}, n, 1, Layout::rows);
    for (int64_t i = 0; i < n; ++i) a.at(5, i, 0) = to<T>({nan, 0});
    expect_ok(run(SPC_OP_solve, dtype_of<T>, {a.tensor(), b.tensor()}, {x.tensor()}), "NaN");
    for (int64_t m = 0; m < 20; ++m) {
      for (int64_t i = 0; i < n; ++i) {
        EXPECT_EQ(std::isnan(std::real(x.at(m, i))), m == 5) << n << ": " << m << ", " << i;
      }
    }
  }
}

// ---- eigh ---------------------------------------------------------------------------------------

// The lower triangle of A; what eigh does not read is NaN.
template <class T>
Tensor<T> lower_triangle(const Shape &batch, int64_t n, Layout layout) {
  Tensor<T> a(batch, n, n, layout);
  for (int64_t m = 0; m < a.count(); ++m) {
    for (int64_t i = 0; i < n; ++i) {
      for (int64_t j = 0; j <= i; ++j) a.at(m, i, j) = to<T>({real(), i == j ? nan : real()});
    }
  }
  return a;
}

template <class T>
Dense hermitian(Tensor<T> &lower, int64_t matrix) {
  const int64_t n = lower.rows();
  Dense d(n, n);
  for (int64_t i = 0; i < n; ++i) {
    d.at(i, i) = std::real(lower.at(matrix, i, i));
    for (int64_t j = 0; j < i; ++j) {
      d.at(i, j) = Z(lower.at(matrix, i, j));
      d.at(j, i) = std::conj(d.at(i, j));
    }
  }
  return d;
}

template <class T>
void check_eigh(Tensor<T> a, const Shape &batch, Layout in, Layout out) {
  const int64_t n = a.rows();
  const std::string what = text("eigh", n, n, a.count(), in, out);
  Tensor<Real<T>> w(batch, n, -1, out);
  Tensor<Real<T>> alone(batch, n, -1, out);
  Tensor<T> v(batch, n, n, out);
  expect_ok(run(SPC_OP_eigh, dtype_of<T>, {a.tensor()}, {w.tensor(), v.tensor()}), what);
  expect_ok(run(SPC_OP_eigh, dtype_of<T>, {a.tensor()}, {alone.tensor()}), what);
  const auto order = static_cast<double>(n);
  for (int64_t m = 0; m < v.count(); m += stride_of_checks(n)) {
    Dense matrix = hermitian(a, m);
    Dense vectors = dense(v, m);
    Dense scaled = vectors;
    const double bound = 8 * order * epsilon<T> * matrix.norm();
    const double least = 64 * static_cast<double>(std::numeric_limits<Real<T>>::denorm_min());
    for (int64_t j = 0; j < n; ++j) {
      for (int64_t i = 0; i < n; ++i) scaled.at(i, j) *= static_cast<double>(w.at(m, j));
      if (j > 0) {
        EXPECT_LE(w.at(m, j - 1), w.at(m, j)) << what;
      }
      expect_small(std::fabs(static_cast<double>(w.at(m, j)) - static_cast<double>(alone.at(m, j))),
                   bound + least, what + ": values alone");
    }
    expect_small(minus(multiply(matrix, vectors), scaled).norm(), bound + least, what);
    expect_orthonormal<T>(vectors, what);
  }
}

TYPED_TEST(Linalg, EighHasSmallResiduals) {
  using T = TypeParam;
  size_t turn = 0;
  for (int64_t n : orders) {
    for (const Shape &batch : batches) {
      const Layout in = layouts[turn % 4];
      const Layout out = layouts[turn / 4 % 4];
      turn += 3;
      check_eigh<T>(lower_triangle<T>(batch, n, in), batch, in, out);
    }
  }
}

TYPED_TEST(Linalg, EighTakesEveryLayout) {
  using T = TypeParam;
  for (int64_t n : {6, 16, 40}) {
    for (Layout in : layouts) {
      for (Layout out : layouts) check_eigh<T>(lower_triangle<T>({5}, n, in), {5}, in, out);
    }
    check_eigh<T>(lower_triangle<T>({17}, n, Layout::still), {17}, Layout::still, Layout::rows);
  }
}

TYPED_TEST(Linalg, EighOfLargeMatrices) {
  using T = TypeParam;
  check_eigh<T>(lower_triangle<T>({}, 300, Layout::rows), {}, Layout::rows, Layout::rows);
  check_eigh<T>(lower_triangle<T>({2}, 150, Layout::rows), {2}, Layout::rows, Layout::rows);
}

// Repeated eigenvalues, rank one, diagonal, zero, blocks that do not meet, and extreme scales.
TYPED_TEST(Linalg, EighOfSpecialMatrices) {
  using T = TypeParam;
  using R = Real<T>;
  for (int64_t n : {1, 2, 7, 16, 21, 32}) {
    Tensor<T> a({12}, n, n, Layout::rows);
    const R large = std::numeric_limits<R>::max() / R(64);
    const R small = std::numeric_limits<R>::min() * R(64);
    for (int64_t m = 0; m < 12; ++m) {
      for (int64_t i = 0; i < n; ++i) {
        for (int64_t j = 0; j <= i; ++j) {
          const R same = i == j ? R(1) : R(0);
          const auto number = static_cast<R>(real());
          const R values[12] = {R(0),
                                same,
                                R(1),
                                same * static_cast<R>(n - i),
                                i / 3 == j / 3 ? number : R(0),
                                i - j == 1 ? R(1) : R(0),
                                i - j <= 1 ? R(1) - R(2) * same : R(0),
                                number / static_cast<R>(1 + 8 * i * j),
                                number * R(1e-6) + same,
                                (i + j) % 2 == 0 ? number : R(0),
                                number * R(0.25) * large / static_cast<R>(4 * n),
                                number * small};
          a.at(m, i, j) = T(values[m]);
        }
      }
    }
    check_eigh<T>(a, {12}, Layout::rows, Layout::rows);
    // One by one, as a batch may take another way.
    for (int64_t m = 0; m < 10; ++m) {
      Tensor<T> one({}, n, n, Layout::rows);
      for (int64_t i = 0; i < n; ++i) {
        for (int64_t j = 0; j <= i; ++j) one.at(0, i, j) = a.at(m, i, j);
      }
      check_eigh<T>(one, {}, Layout::rows, Layout::rows);
    }
  }
}

TYPED_TEST(Linalg, EighOfNanAndInfinityIsNan) {
  using T = TypeParam;
  for (int64_t n : {1, 3, 16, 40}) {
    for (double bad : {nan, static_cast<double>(INFINITY), -static_cast<double>(INFINITY)}) {
      for (Layout in : {Layout::rows, Layout::columns}) {
        Tensor<T> a = lower_triangle<T>({10}, n, in);
        Tensor<T> clean = a;
        a.at(4, n - 1, n / 2) = to<T>({bad, 0});
        Tensor<Real<T>> w({10}, n, -1, Layout::rows);
        Tensor<T> v({10}, n, n, Layout::rows);
        Tensor<Real<T>> alone({10}, n, -1, Layout::rows);
        expect_ok(run(SPC_OP_eigh, dtype_of<T>, {a.tensor()}, {w.tensor(), v.tensor()}), "NaN");
        expect_ok(run(SPC_OP_eigh, dtype_of<T>, {a.tensor()}, {alone.tensor()}), "NaN");
        for (int64_t m = 0; m < 10; ++m) {
          for (int64_t i = 0; i < n; ++i) {
            EXPECT_EQ(std::isnan(w.at(m, i)), m == 4) << n;
            EXPECT_EQ(std::isnan(alone.at(m, i)), m == 4) << n;
            for (int64_t j = 0; j < n; ++j) {
              EXPECT_EQ(std::isnan(std::real(v.at(m, i, j))), m == 4) << n;
            }
          }
        }
      }
    }
  }
}

// ---- eig ----------------------------------------------------------------------------------------

template <class T>
void check_eig(Tensor<T> a, const Shape &batch, Layout in, Layout out) {
  const int64_t n = a.rows();
  const std::string what = text("eig", n, n, a.count(), in, out);
  Tensor<Complex<T>> w(batch, n, -1, out);
  Tensor<Complex<T>> v(batch, n, n, out);
  expect_ok(run(SPC_OP_eig, dtype_of<T>, {a.tensor()}, {w.tensor(), v.tensor()}), what);
  const auto order = static_cast<double>(n);
  for (int64_t m = 0; m < v.count(); m += stride_of_checks(n)) {
    Dense matrix = dense(a, m);
    Dense vectors = dense(v, m);
    Dense scaled = vectors;
    Z sum = 0;
    Z trace = 0;
    for (int64_t j = 0; j < n; ++j) {
      double length = 0;
      for (int64_t i = 0; i < n; ++i) {
        length += std::norm(vectors.at(i, j));
        scaled.at(i, j) *= Z(w.at(m, j));
      }
      expect_small(std::fabs(std::sqrt(length) - 1), 8 * order * epsilon<T>, what + ": length");
      sum += Z(w.at(m, j));
      trace += matrix.at(j, j);
    }
    const double bound = 16 * order * epsilon<T> * matrix.norm();
    expect_small(minus(multiply(matrix, vectors), scaled).norm(), bound, what);
    expect_small(std::abs(sum - trace), bound, what + ": trace");
  }
}

TYPED_TEST(Linalg, EigHasSmallResiduals) {
  using T = TypeParam;
  size_t turn = 0;
  for (int64_t n : {1, 2, 3, 8, 16, 33, 60}) {
    for (const Shape &batch : {Shape{}, Shape{3}, Shape{2, 5}}) {
      const Layout in = layouts[turn % 4];
      const Layout out = layouts[turn / 4 % 4];
      turn += 3;
      check_eig<T>(random<T>(batch, n, n, in), batch, in, out);
    }
  }
  check_eig<T>(random<T>({7}, 5, 5, Layout::still), {7}, Layout::still, Layout::rows);
  check_eig<T>(random<T>({}, 200, 200, Layout::rows), {}, Layout::rows, Layout::rows);
}

TYPED_TEST(Linalg, EigRefusesNanAndInfinity) {
  using T = TypeParam;
  for (double bad : {nan, static_cast<double>(INFINITY)}) {
    Tensor<T> a = random<T>({4}, 6, 6, Layout::rows);
    a.at(2, 0, 5) = to<T>({bad, 0});
    Tensor<Complex<T>> w({4}, 6, -1, Layout::rows);
    Tensor<Complex<T>> v({4}, 6, 6, Layout::rows);
    expect_error(run(SPC_OP_eig, dtype_of<T>, {a.tensor()}, {w.tensor(), v.tensor()}),
                 "array has NaN or infinite elements");
  }
}

// ---- svd ----------------------------------------------------------------------------------------

template <class T>
void check_svd(Tensor<T> a, const Shape &batch, bool full, Layout in, Layout out) {
  const int64_t rows = a.rows();
  const int64_t columns = a.columns();
  const int64_t k = std::min(rows, columns);
  const std::string what = text("svd", rows, columns, a.count(), in, out);
  const spc_params_svd p{sizeof p, full ? 1 : 0};
  Tensor<T> u(batch, rows, full ? rows : k, out);
  Tensor<Real<T>> s(batch, k, -1, out);
  Tensor<T> vh(batch, full ? columns : k, columns, out);
  Tensor<Real<T>> alone(batch, k, -1, out);
  expect_ok(run(SPC_OP_svd, dtype_of<T>, {a.tensor()}, {u.tensor(), s.tensor(), vh.tensor()}, &p),
            what);
  expect_ok(run(SPC_OP_svd, dtype_of<T>, {a.tensor()}, {alone.tensor()}, &p), what);
  for (int64_t m = 0; m < u.count(); ++m) {
    Dense matrix = dense(a, m);
    const double bound =
        8 * static_cast<double>(std::max(rows, columns)) * epsilon<T> * matrix.norm();
    Dense left = dense(u, m);
    Dense right = dense(vh, m);
    expect_orthonormal<T>(left, what + " u");
    expect_orthonormal<T>(adjoint(right), what + " vh");
    Dense diagonal(u.columns(), vh.rows());
    for (int64_t j = 0; j < k; ++j) {
      diagonal.at(j, j) = static_cast<double>(s.at(m, j));
      EXPECT_GE(s.at(m, j), 0) << what;
      if (j > 0) {
        EXPECT_GE(s.at(m, j - 1), s.at(m, j)) << what;
      }
      expect_small(std::fabs(static_cast<double>(s.at(m, j)) - static_cast<double>(alone.at(m, j))),
                   bound, what + ": values alone");
    }
    expect_small(minus(multiply(multiply(left, diagonal), right), matrix).norm(), bound, what);
  }
}

TYPED_TEST(Linalg, SvdHasSmallResiduals) {
  using T = TypeParam;
  const std::vector<Shape> shapes = {{1, 1}, {1, 6},  {5, 1},   {2, 3},   {4, 4},
                                     {9, 7}, {3, 40}, {60, 33}, {33, 34}, {70, 5}};
  size_t turn = 0;
  for (const Shape &shape : shapes) {
    for (const Shape &batch : {Shape{}, Shape{3}, Shape{2, 5}}) {
      for (bool full : {false, true}) {
        const Layout in = layouts[turn % 4];
        const Layout out = layouts[turn / 4 % 4];
        turn += 3;
        check_svd<T>(random<T>(batch, shape[0], shape[1], in), batch, full, in, out);
      }
    }
  }
  check_svd<T>(random<T>({6}, 4, 3, Layout::still), {6}, true, Layout::still, Layout::rows);
  check_svd<T>(random<T>({}, 200, 180, Layout::rows), {}, false, Layout::rows, Layout::rows);
  check_svd<T>(Tensor<T>(random<T>({}, 150, 300, Layout::columns)), {}, true, Layout::columns,
               Layout::rows);
}

TYPED_TEST(Linalg, SvdOfSingularMatrices) {
  using T = TypeParam;
  Tensor<T> zero({}, 5, 4, Layout::rows);
  Tensor<T> one({}, 40, 30, Layout::rows);
  for (T &x : zero.memory) x = T(0);
  for (T &x : one.memory) x = T(1);
  for (bool full : {false, true}) {
    check_svd<T>(zero, {}, full, Layout::rows, Layout::rows);
    check_svd<T>(one, {}, full, Layout::rows, Layout::rows);
  }
}

TYPED_TEST(Linalg, SvdRefusesNanAndInfinity) {
  using T = TypeParam;
  const spc_params_svd p{sizeof p, 0};
  for (double bad : {nan, static_cast<double>(INFINITY)}) {
    Tensor<T> a = random<T>({4}, 6, 5, Layout::columns);
    a.at(3, 5, 0) = to<T>({bad, 0});
    Tensor<Real<T>> s({4}, 5, -1, Layout::rows);
    expect_error(run(SPC_OP_svd, dtype_of<T>, {a.tensor()}, {s.tensor()}, &p),
                 "array has NaN or infinite elements");
  }
}

// ---- cholesky -----------------------------------------------------------------------------------

// Positive definite; the upper triangle, which is not read, is NaN.
template <class T>
Tensor<T> positive(const Shape &batch, int64_t n, Layout layout) {
  Tensor<T> a(batch, n, n, layout);
  for (int64_t m = 0; m < a.count(); ++m) {
    for (int64_t i = 0; i < n; ++i) {
      for (int64_t j = 0; j < i; ++j) a.at(m, i, j) = to<T>({real(), real()});
      a.at(m, i, i) = to<T>({4 * std::sqrt(static_cast<double>(n)) + std::fabs(real()), 0});
    }
  }
  return a;
}

template <class T>
void check_cholesky(Tensor<T> a, const Shape &batch, Layout in, Layout out) {
  const int64_t n = a.rows();
  const std::string what = text("cholesky", n, n, a.count(), in, out);
  Tensor<T> l(batch, n, n, out);
  expect_ok(run(SPC_OP_cholesky, dtype_of<T>, {a.tensor()}, {l.tensor()}), what);
  for (int64_t m = 0; m < l.count(); m += stride_of_checks(n)) {
    Dense factor = dense(l, m);
    for (int64_t i = 0; i < n; ++i) {
      EXPECT_GT(factor.at(i, i).real(), 0) << what;
      EXPECT_EQ(factor.at(i, i).imag(), 0) << what;
      for (int64_t j = i + 1; j < n; ++j) EXPECT_EQ(factor.at(i, j), Z(0)) << what;
    }
    Dense matrix = hermitian(a, m);
    expect_small(minus(multiply(factor, adjoint(factor)), matrix).norm(),
                 4 * static_cast<double>(n) * epsilon<T> * matrix.norm(), what);
  }
}

TYPED_TEST(Linalg, CholeskyHasSmallResiduals) {
  using T = TypeParam;
  for (int64_t n : {1, 2, 3, 8, 16, 33, 60, 129}) {
    for (const Shape &batch : {Shape{}, Shape{3}, Shape{2, 5}}) {
      if (n > 60 && !batch.empty()) continue;
      for (Layout in : layouts) {
        for (Layout out : layouts) {
          check_cholesky<T>(positive<T>(batch, n, in), batch, in, out);
        }
      }
    }
  }
  check_cholesky<T>(positive<T>({7}, 5, Layout::still), {7}, Layout::still, Layout::rows);
  check_cholesky<T>(positive<T>({}, 300, Layout::rows), {}, Layout::rows, Layout::rows);
}

TYPED_TEST(Linalg, MatricesThatAreNotPositiveDefiniteAreRefused) {
  using T = TypeParam;
  for (int64_t n : {1, 2, 16, 50, 140}) {
    for (double bad : {-1.0, 0.0, nan}) {
      for (int64_t row : {int64_t{0}, n / 2, n - 1}) {
        Tensor<T> a = positive<T>({2}, n, Layout::rows);
        Tensor<T> l({2}, n, n, Layout::rows);
        a.at(1, row, row) = to<T>({bad, 0});
        expect_error(run(SPC_OP_cholesky, dtype_of<T>, {a.tensor()}, {l.tensor()}),
                     "matrix is not positive definite");
      }
    }
  }
}

// ---- matmul -------------------------------------------------------------------------------------

template <class T>
void check_matmul(Tensor<T> a, Tensor<T> b, const Shape &batch, Layout in, Layout out) {
  const std::string what = text("matmul", a.rows(), b.columns(), b.count(), in, out) + ", inner " +
                           std::to_string(a.columns());
  Tensor<T> c(batch, a.rows(), b.columns(), out);
  expect_ok(run(SPC_OP_matmul, dtype_of<T>, {a.tensor(), b.tensor()}, {c.tensor()}), what);
  for (int64_t m = 0; m < c.count(); ++m) {
    Dense left = dense(a, m);
    Dense right = dense(b, m);
    expect_small(minus(multiply(left, right), dense(c, m)).norm(),
                 static_cast<double>(2 * a.columns()) * epsilon<T> * left.norm() * right.norm(),
                 what);
  }
}

TYPED_TEST(Linalg, MatmulOfSmallMatrices) {
  using T = TypeParam;
  size_t turn = 0;
  for (int64_t m : {1, 2, 5, 8, 11, 16, 32, 33}) {
    for (int64_t n : {1, 3, 7, 8, 16, 23, 31, 32, 33}) {
      for (int64_t k : {1, 4, 16, 32, 33}) {
        const Layout left = turn % 3 == 0 ? layouts[turn / 3 % 4] : Layout::rows;
        const Layout right = turn % 5 == 0 ? layouts[turn / 5 % 4] : Layout::rows;
        const Layout out = turn % 7 == 0 ? layouts[turn / 7 % 4] : Layout::rows;
        const Shape batch = turn % 2 == 0 ? Shape{3} : Shape{};
        ++turn;
        check_matmul<T>(random<T>(batch, m, k, left), random<T>(batch, k, n, right), batch, left,
                        out);
      }
    }
  }
  check_matmul<T>(random<T>({40}, 16, 16, Layout::still), random<T>({40}, 16, 16, Layout::rows),
                  {40}, Layout::still, Layout::rows);
  check_matmul<T>(random<T>({40}, 16, 16, Layout::rows), random<T>({40}, 16, 16, Layout::still),
                  {40}, Layout::rows, Layout::rows);
  check_matmul<T>(random<T>({90}, 20, 17, Layout::rows), random<T>({90}, 17, 19, Layout::rows),
                  {90}, Layout::rows, Layout::rows);
}

// ---- what is left to the base -------------------------------------------------------------------

TEST(LinalgSupports, LengthsBeyond32BitsAreDeclined) {
  const int64_t lengths[] = {40000, int64_t{1} << 31};
  for (uint32_t op : {SPC_OP_eigh, SPC_OP_eig, SPC_OP_svd, SPC_OP_solve, SPC_OP_cholesky}) {
    const bool small = op == SPC_OP_solve || op == SPC_OP_cholesky;
    const int64_t n = lengths[small ? 1 : 0];
    const int64_t shape[] = {n, n};
    const int64_t strides[] = {n, 1};
    const spc_tensor a{sizeof a, 0, SPC_FLOAT64, 2, shape, strides, nullptr, 0};
    const spc_tensor *in[] = {&a, &a};
    spc_call call{};
    call.struct_size = sizeof call;
    call.op = op;
    call.n_in = op == SPC_OP_solve ? 2 : 1;
    call.in = in;
    const spc_op_entry *entry = cpu_family().find(op, SPC_FLOAT64, 0);
    ASSERT_NE(entry, nullptr);
    ASSERT_NE(entry->supports, nullptr);
    EXPECT_EQ(entry->supports(cpu_family().state, &call), 0) << op;
  }
}

}  // namespace
}  // namespace spc::plugin_test
