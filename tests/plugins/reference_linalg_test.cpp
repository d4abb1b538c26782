// SPDX-License-Identifier: Apache-2.0
// Factorizations of dense matrices, checked by their definitions and by hand-computed values.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "plugins/reference/dense.hpp"
#include "tests/plugins/reference_harness.hpp"

namespace spc::reference_test {
namespace {

constexpr spc_dtype floating[] = {SPC_FLOAT32, SPC_FLOAT64, SPC_COMPLEX64, SPC_COMPLEX128};
constexpr spc_dtype double_precision[] = {SPC_FLOAT64, SPC_COMPLEX128};

bool is_complex(spc_dtype t) {
  return t == SPC_COMPLEX64 || t == SPC_COMPLEX128;
}
spc_dtype complex_dtype(spc_dtype t) {
  return real_dtype(t) == SPC_FLOAT32 ? SPC_COMPLEX64 : SPC_COMPLEX128;
}
double eps(spc_dtype t) {
  return real_dtype(t) == SPC_FLOAT32 ? 0x1p-23 : 0x1p-52;
}

// ---- matrices of the test ------------------------------------------------------------------------
struct Dense {
  int64_t rows;
  int64_t cols;
  Values values;  // row-major

  Dense(int64_t m, int64_t n) : rows(m), cols(n), values(m * n) {}
  Dense(int64_t m, int64_t n, Values v) : rows(m), cols(n), values(std::move(v)) {}
  explicit Dense(const Operand &x) : Dense(x.shape()[0], x.shape()[1], x.values()) {}

  Value &operator()(int64_t i, int64_t j) { return values[i * cols + j]; }
  Value operator()(int64_t i, int64_t j) const { return values[i * cols + j]; }

  Operand operand(spc_dtype t) const { return {t, {rows, cols}, values}; }
  double norm() const {
    double squares = 0;
    for (const Value &x : values) squares += std::norm(x);
    return std::sqrt(squares);
  }
};

Dense operator*(const Dense &a, const Dense &b) {
  Dense c(a.rows, b.cols);
  for (int64_t i = 0; i < a.rows; ++i) {
    for (int64_t k = 0; k < a.cols; ++k) {
      for (int64_t j = 0; j < b.cols; ++j) c(i, j) += a(i, k) * b(k, j);
    }
  }
  return c;
}

Dense adjoint(const Dense &a) {
  Dense h(a.cols, a.rows);
  for (int64_t i = 0; i < a.rows; ++i) {
    for (int64_t j = 0; j < a.cols; ++j) h(j, i) = std::conj(a(i, j));
  }
  return h;
}

Dense identity(int64_t n) {
  Dense a(n, n);
  for (int64_t i = 0; i < n; ++i) a(i, i) = 1;
  return a;
}

Dense diagonal(const Values &d, int64_t rows, int64_t cols) {
  Dense a(rows, cols);
  for (size_t i = 0; i < d.size(); ++i) a(static_cast<int64_t>(i), static_cast<int64_t>(i)) = d[i];
  return a;
}

// Elements between -1 and 1, as the dtype holds them.
Dense random(spc_dtype t, int64_t m, int64_t n, uint32_t seed = 1) {
  std::mt19937 engine(seed);
  auto next = [&] { return static_cast<double>(engine()) * 0x1p-31 - 1; };
  Dense a(m, n);
  for (Value &x : a.values) {
    const double re = next();
    x = {re, is_complex(t) ? next() : 0};
  }
  a.values = held(t, a.values);
  return a;
}

// The Hermitian matrix whose lower triangle a has.
Dense hermitian(Dense a) {
  for (int64_t i = 0; i < a.rows; ++i) {
    a(i, i) = a(i, i).real();
    for (int64_t j = 0; j < i; ++j) a(j, i) = std::conj(a(i, j));
  }
  return a;
}

void expect_near(const Dense &a, const Dense &b, double tolerance, const char *what) {
  ASSERT_EQ(a.values.size(), b.values.size()) << what;
  double worst = 0;
  for (size_t i = 0; i < a.values.size(); ++i) {
    const double distance = std::abs(a.values[i] - b.values[i]);
    worst = distance <= worst ? worst : distance;  // takes a NaN
  }
  EXPECT_LE(worst, tolerance) << what;
}

void expect_orthonormal_columns(const Dense &q, double tolerance, const char *what) {
  expect_near(adjoint(q) * q, identity(q.cols), tolerance, what);
}

double tolerance(spc_dtype t, int64_t n) {
  return 4 * static_cast<double>(n + 1) * eps(t);
}

// 1 and, decoupled from it, small multiples of the least subnormal number.
Dense subnormal_block(spc_dtype t) {
  Dense a = random(t, 7, 7);
  for (Value &x : a.values) x = Value(std::round(4 * x.real()), std::round(4 * x.imag())) * 5e-324;
  for (int64_t i = 0; i < 7; ++i) a(i, 0) = a(0, i) = i == 0 ? 1 : 0;
  return a;
}

TEST(ReferenceDense, RotationsOfSubnormalNumbersAreUnitary) {
  double r = 0;
  const auto real = reference::rotation(5e-324, 5e-324, &r);
  EXPECT_NEAR(real.c, std::sqrt(0.5), 1e-15);
  EXPECT_NEAR(real.s, std::sqrt(0.5), 1e-15);
  reference::Complex128 z{};
  const auto complex = reference::rotation({0, 5e-324}, {5e-324, 0}, &z);
  EXPECT_NEAR(complex.c, std::sqrt(0.5), 1e-15);
  EXPECT_NEAR(complex.s.re, 0, 1e-15);
  EXPECT_NEAR(complex.s.im, std::sqrt(0.5), 1e-15);
}

// ---- solve ---------------------------------------------------------------------------------------
TEST(ReferenceSolve, PivotsEveryDtype) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    Operand a(t, {2, 2}, {0, 2, 1, 1});
    Operand b(t, {2, 2}, {4, 2, 3, 0});
    Operand x(t, {2, 2});
    ASSERT_EQ(Call(SPC_OP_solve).in(a, b).out(x).run(), SPC_OK);
    EXPECT_EQ(x.values(), Values({1, -1, 2, 1}));
    EXPECT_EQ(a.values(), Values({0, 2, 1, 1}));
    EXPECT_EQ(b.values(), Values({4, 2, 3, 0}));
  }
}

TEST(ReferenceSolve, Residuals) {
  for (spc_dtype t : floating) {
    for (int64_t n : {1, 2, 3, 7, 60}) {
      SCOPED_TRACE(dtype_trace(t) + ", n " + std::to_string(n));
      const Dense a = random(t, n, n);
      const Dense b = random(t, n, 3, 2);
      Operand in_a = a.operand(t);
      Operand in_b = b.operand(t);
      Operand out(t, {n, 3});
      ASSERT_EQ(Call(SPC_OP_solve).in(in_a, in_b).out(out).run(), SPC_OK);
      const Dense x(out);
      expect_near(a * x, b, tolerance(t, n) * a.norm() * (x.norm() + 1), "A X");
    }
  }
}

// One matrix, transposed, against three right-hand sides in reverse order.
TEST(ReferenceSolve, StridesOfEveryKind) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    Operand a = Operand(t, {2, 2}, {1, 3, 2, 4}).view({3, 2, 2}, {0, 1, 2});  // [[1, 2], [3, 4]]
    Operand b = Operand(t, {3, 2}, {3, 7, 1, 3, 5, 11}).view({3, 2, 1}, {-2, 1, 1}, 4);
    Operand x = Operand(t, {6}).view({3, 2, 1}, {1, 3, 1});
    ASSERT_EQ(Call(SPC_OP_solve).in(a, b).out(x).run(), SPC_OK);
    const Values expected = {1, 2, 1, 0, 1, 1};
    const Values values = x.values();
    for (size_t i = 0; i < values.size(); ++i) {
      EXPECT_NEAR(std::abs(values[i] - expected[i]), 0, 10 * eps(t)) << i;
    }
  }
}

TEST(ReferenceSolve, NamesTheSingularMatrix) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    Operand a(t, {2, 2, 2}, {1, 2, 2, 4, 1, 0, 0, 1});
    Operand b = Operand(t, {2, 1}, {1, 1}).view({2, 2, 1}, {0, 1, 1});
    Operand x(t, {2, 2, 1});
    Call call(SPC_OP_solve);
    EXPECT_EQ(call.in(a, b).out(x).run(), SPC_E_LINALG);
    EXPECT_EQ(call.error(), "singular matrix");
  }
}

TEST(ReferenceSolve, NanIsNotSingular) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    Operand a(t, {2, 2}, {0, 1, {nan, 0}, 0});
    Operand b(t, {2, 1}, {1, 1});
    Operand x(t, {2, 1});
    ASSERT_EQ(Call(SPC_OP_solve).in(a, b).out(x).run(), SPC_OK);
    EXPECT_TRUE(std::isnan(x.at(0).real()));
  }
}

// ---- cholesky ------------------------------------------------------------------------------------
TEST(ReferenceCholesky, ReadsTheLowerTriangle) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    Operand a(t, {3, 3}, {4, nan, nan, 2, 5, nan, -2, 3, 6});
    Operand l(t, {3, 3});
    ASSERT_EQ(Call(SPC_OP_cholesky).in(a).out(l).run(), SPC_OK);
    EXPECT_EQ(l.values(), Values({2, 0, 0, 1, 2, 0, -1, 2, 1}));
  }
}

TEST(ReferenceCholesky, Residuals) {
  for (spc_dtype t : floating) {
    for (int64_t n : {1, 2, 5, 60}) {
      SCOPED_TRACE(dtype_trace(t) + ", n " + std::to_string(n));
      const Dense r = random(t, n, n);
      Dense a = r * adjoint(r);
      for (int64_t i = 0; i < n; ++i) a(i, i) += 1;
      a.values = held(t, a.values);
      Operand in = a.operand(t);
      Operand out(t, {n, n});
      ASSERT_EQ(Call(SPC_OP_cholesky).in(in).out(out).run(), SPC_OK);
      const Dense l(out);
      for (int64_t i = 0; i < n; ++i) {
        EXPECT_GT(l(i, i).real(), 0);
        EXPECT_EQ(l(i, i).imag(), 0);
        for (int64_t j = i + 1; j < n; ++j) EXPECT_EQ(l(i, j), Value(0));
      }
      expect_near(l * adjoint(l), hermitian(a), tolerance(t, n) * a.norm(), "L L^H");
    }
  }
}

TEST(ReferenceCholesky, StridesOfEveryKind) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    // The transpose of an upper triangle, twice; the results lie in reverse order.
    Operand a = Operand(t, {2, 2}, {4, 2, nan, 5}).view({2, 2, 2}, {0, 1, 2});
    Operand l = Operand(t, {8}).view({2, 2, 2}, {-4, 2, 1}, 4);
    ASSERT_EQ(Call(SPC_OP_cholesky).in(a).out(l).run(), SPC_OK);
    EXPECT_EQ(l.values(), Values({2, 0, 1, 2, 2, 0, 1, 2}));
  }
}

TEST(ReferenceCholesky, NamesWhatIsNotPositiveDefinite) {
  for (spc_dtype t : floating) {
    for (const Values &a : {Values{0}, Values{-1}, Values{nan}, Values{1, 2, 2, 1},
                            Values{1, 1, 1, 1}, Values{1, 0, nan, 1}}) {
      SCOPED_TRACE(dtype_trace(t));
      const int64_t n = a.size() == 1 ? 1 : 2;
      Operand in(t, {n, n}, a);
      Operand l(t, {n, n});
      Call call(SPC_OP_cholesky);
      EXPECT_EQ(call.in(in).out(l).run(), SPC_E_LINALG);
      EXPECT_EQ(call.error(), "matrix is not positive definite");
    }
  }
}

// ---- eigh ----------------------------------------------------------------------------------------
void expect_eigh(spc_dtype t, const Dense &lower, double scale = 1) {
  const int64_t n = lower.rows;
  const Dense a = hermitian(lower);
  Dense scaled_lower = lower;
  for (Value &x : scaled_lower.values) x *= scale;
  Operand in = scaled_lower.operand(t);
  Operand w(real_dtype(t), {n});
  Operand v(t, {n, n});
  Operand alone(real_dtype(t), {n});
  ASSERT_EQ(Call(SPC_OP_eigh).in(in).out(w, v).run(), SPC_OK);
  ASSERT_EQ(Call(SPC_OP_eigh).in(in).out(alone).run(), SPC_OK);
  EXPECT_EQ(w.values(), alone.values());
  Values values = w.values();
  for (Value &x : values) x /= scale;
  for (int64_t i = 1; i < n; ++i) EXPECT_LE(values[i - 1].real(), values[i].real()) << i;
  const Dense vectors(v);
  const double near = tolerance(t, n);
  expect_orthonormal_columns(vectors, near, "V");
  expect_near(a * vectors, vectors * diagonal(values, n, n), near * std::max(a.norm(), 1e-300),
              "A V");
}

TEST(ReferenceEigh, HandComputedFromTheLowerTriangle) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    Operand a(t, {2, 2}, {{2, nan}, {nan, nan}, 1, {2, nan}});
    Operand w(real_dtype(t), {2});
    Operand v(t, {2, 2});
    ASSERT_EQ(Call(SPC_OP_eigh).in(a).out(w, v).run(), SPC_OK);
    EXPECT_NEAR(w.at(0).real(), 1, 4 * eps(t));
    EXPECT_NEAR(w.at(1).real(), 3, 4 * eps(t));
    const Value product = v.at(0) * std::conj(v.at(2));  // of the parts of (1, -1) / sqrt(2)
    EXPECT_NEAR(product.real(), -0.5, 4 * eps(t));
    EXPECT_NEAR(product.imag(), 0, 4 * eps(t));
  }
}

TEST(ReferenceEigh, Residuals) {
  for (spc_dtype t : floating) {
    for (int64_t n : {1, 2, 3, 4, 9, 50}) {
      SCOPED_TRACE(dtype_trace(t) + ", n " + std::to_string(n));
      expect_eigh(t, random(t, n, n));
    }
  }
}

TEST(ReferenceEigh, DegenerateSpectra) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    expect_eigh(t, Dense(4, 4));
    expect_eigh(t, identity(5));
    expect_eigh(t, Dense(12, 12, Values(144, 1)));  // one eigenvalue 12, the others 0
    expect_eigh(t, diagonal({3, -1, 3, -1, 0}, 5, 5));
    // A reflection: eigenvalues 1 and -1.
    Dense reflection = identity(9);
    for (int64_t i = 0; i < 9; ++i) {
      for (int64_t j = 0; j < 9; ++j) reflection(i, j) -= 2.0 / 9;
    }
    expect_eigh(t, {9, 9, held(t, reflection.values)});
    Dense path(20, 20);  // eigenvalues in pairs of opposite sign
    for (int64_t i = 1; i < 20; ++i) path(i, i - 1) = is_complex(t) ? Value(0, 1) : Value(1);
    expect_eigh(t, path);
  }
}

TEST(ReferenceEigh, PathGraphHasKnownEigenvalues) {
  const int64_t n = 30;
  Dense path(n, n);
  for (int64_t i = 1; i < n; ++i) path(i, i - 1) = 1;
  Operand a = path.operand(SPC_FLOAT64);
  Operand w(SPC_FLOAT64, {n});
  ASSERT_EQ(Call(SPC_OP_eigh).in(a).out(w).run(), SPC_OK);
  for (int64_t k = 0; k < n; ++k) {
    EXPECT_NEAR(w.at(k).real(),
                -2 * std::cos(std::numbers::pi * static_cast<double>(k + 1) / (n + 1)), 1e-14);
  }
}

TEST(ReferenceEigh, ExtremeScales) {
  for (spc_dtype t : double_precision) {
    SCOPED_TRACE(dtype_trace(t));
    for (double scale : {0x1p+664, 0x1p-664, 0x1p+1018, 0x1p-1000}) {
      expect_eigh(t, random(t, 8, 8), scale);
    }
    // Two blocks, the second one of subnormal elements beside the first.
    Dense a(6, 6);
    for (int64_t i = 0; i < 6; ++i) {
      for (int64_t j = 0; j <= i; ++j) {
        if (i < 3) a(i, j) = 1 + i + j;
        if (j >= 3) a(i, j) = 1e-310 * static_cast<double>(1 + i * j % 7);
      }
    }
    expect_eigh(t, a);
    expect_eigh(t, subnormal_block(t));
  }
}

TEST(ReferenceEigh, BatchWithNanAndStrides) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    // Transposed matrices: the lower triangle is the upper one in memory.
    Operand a = Operand(t, {3, 2, 2}, {1, 0, nan, 2, 1, nan, 0, 2, 5, 0, 0, inf})
                    .view({3, 2, 2}, {4, 1, 2});
    Operand w = Operand(real_dtype(t), {6}).view({3, 2}, {-2, 1}, 4);
    Operand v(t, {3, 2, 2});
    ASSERT_EQ(Call(SPC_OP_eigh).in(a).out(w, v).run(), SPC_OK);
    EXPECT_EQ(w.at(4), Value(1));
    EXPECT_EQ(w.at(5), Value(2));
    EXPECT_EQ(std::abs(v.at(0)), 1);
    EXPECT_EQ(v.at(1), Value(0));
    for (int64_t i : {0, 1, 2, 3}) EXPECT_TRUE(std::isnan(w.at(i).real())) << i;
    for (int64_t i = 4; i < 12; ++i) EXPECT_TRUE(std::isnan(v.at(i).real())) << i;
  }
}

TEST(ReferenceEigh, StrideZeroBatch) {
  for (spc_dtype t : floating) {
    Operand a = Operand(t, {2, 2}, {2, 0, 1, 2}).view({2, 2, 2}, {0, 2, 1});
    Operand w(real_dtype(t), {2, 2});
    ASSERT_EQ(Call(SPC_OP_eigh).in(a).out(w).run(), SPC_OK);
    EXPECT_NEAR(w.at(1).real(), 3, 4 * eps(t));
    EXPECT_EQ(w.at(0), w.at(2));
    EXPECT_EQ(w.at(1), w.at(3));
  }
}

// ---- svd -----------------------------------------------------------------------------------------
spc_params_svd svd_params(bool full) {
  spc_params_svd p{};
  p.full_matrices = full ? 1 : 0;
  return p;
}

void expect_svd(spc_dtype t, const Dense &a, double scale = 1) {
  const int64_t m = a.rows;
  const int64_t n = a.cols;
  const int64_t k = std::min(m, n);
  const double near = tolerance(t, std::max(m, n));
  Dense scaled_a = a;
  for (Value &x : scaled_a.values) x *= scale;
  Operand in = scaled_a.operand(t);
  Operand alone(real_dtype(t), {k});
  ASSERT_EQ(Call(SPC_OP_svd).in(in).out(alone).with(svd_params(true)).run(), SPC_OK);
  for (bool full : {false, true}) {
    SCOPED_TRACE(full ? "full" : "reduced");
    Operand u(t, {m, full ? m : k});
    Operand s(real_dtype(t), {k});
    Operand vh(t, {full ? n : k, n});
    ASSERT_EQ(Call(SPC_OP_svd).in(in).out(u, s, vh).with(svd_params(full)).run(), SPC_OK);
    EXPECT_EQ(s.values(), alone.values());
    Values values = s.values();
    for (Value &x : values) x /= scale;
    for (int64_t i = 0; i < k; ++i) {
      EXPECT_GE(values[i].real(), 0) << i;
      EXPECT_FALSE(std::signbit(values[i].real())) << i;
      EXPECT_GE(values[std::max<int64_t>(i - 1, 0)].real(), values[i].real()) << i;
    }
    const Dense left(u);
    const Dense right(vh);
    expect_orthonormal_columns(left, near, "U");
    expect_orthonormal_columns(adjoint(right), near, "V");
    expect_near(left * diagonal(values, left.cols, right.rows) * right, a, near * a.norm(),
                "U S V^H");
  }
  EXPECT_EQ(in.values(), held(t, scaled_a.values));
}

TEST(ReferenceSvd, HandComputed) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    Operand a(t, {2, 2}, {3, 0, 4, 5});
    Operand s(real_dtype(t), {2});
    ASSERT_EQ(Call(SPC_OP_svd).in(a).out(s).with(svd_params(false)).run(), SPC_OK);
    EXPECT_NEAR(s.at(0).real(), std::sqrt(45.0), 8 * eps(t));
    EXPECT_NEAR(s.at(1).real(), std::sqrt(5.0), 8 * eps(t));
  }
}

TEST(ReferenceSvd, ResidualsOfEveryShape) {
  const Shape shapes[] = {{1, 1}, {1, 4}, {4, 1},   {2, 2},  {3, 5},
                          {5, 3}, {6, 6}, {40, 23}, {23, 40}};
  for (spc_dtype t : floating) {
    for (const Shape &shape : shapes) {
      SCOPED_TRACE(dtype_trace(t) + ", " + std::to_string(shape[0]) + " x " +
                   std::to_string(shape[1]));
      expect_svd(t, random(t, shape[0], shape[1]));
    }
  }
}

TEST(ReferenceSvd, RankDeficient) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    expect_svd(t, Dense(3, 3));
    expect_svd(t, Dense(2, 5));
    expect_svd(t, identity(4));
    expect_svd(t, Dense(7, 5, Values(35, -2)));
    expect_svd(t, diagonal({0, 3, 0, -1}, 4, 6));
    // Zeros on the diagonal of a bidiagonal matrix: at its end, inside, at its start.
    expect_svd(t, {3, 3, {1, 1, 0, 0, 2, 1, 0, 0, 0}});
    expect_svd(t, {3, 3, {1, 1, 0, 0, 0, 1, 0, 0, 2}});
    expect_svd(t, {3, 3, {0, 1, 0, 0, 1, 1, 0, 0, 2}});
    expect_svd(t, {4, 4, {0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0}});
    const Dense product = random(t, 30, 4) * random(t, 4, 20, 2);
    expect_svd(t, {30, 20, held(t, product.values)});
  }
}

TEST(ReferenceSvd, SingularValuesOfRankTwo) {
  // 3 u u^H + v v^H of orthogonal u, v of norm 2 each: 12, 4, 0, 0.
  Dense a(4, 4);
  for (int64_t i = 0; i < 4; ++i) {
    for (int64_t j = 0; j < 4; ++j) a(i, j) = 3 + ((i + j) % 2 == 0 ? 1 : -1);
  }
  Operand in = a.operand(SPC_FLOAT64);
  Operand s(SPC_FLOAT64, {4});
  ASSERT_EQ(Call(SPC_OP_svd).in(in).out(s).with(svd_params(true)).run(), SPC_OK);
  EXPECT_NEAR(s.at(0).real(), 12, 1e-14);
  EXPECT_NEAR(s.at(1).real(), 4, 1e-14);
  EXPECT_NEAR(s.at(2).real(), 0, 1e-14);
  EXPECT_NEAR(s.at(3).real(), 0, 1e-14);
}

// The Hilbert matrix, whose singular values fall below rounding.
TEST(ReferenceSvd, GradedSpectrum) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    Dense hilbert(25, 25);
    for (int64_t i = 0; i < 25; ++i) {
      for (int64_t j = 0; j < 25; ++j) hilbert(i, j) = 1.0 / static_cast<double>(i + j + 1);
    }
    expect_svd(t, {25, 25, held(t, hilbert.values)});
    Values powers;
    for (int i = 0; i < 12; ++i) powers.push_back(std::pow(10, -i));
    const Dense graded = random(t, 12, 12) * diagonal(powers, 12, 12);
    expect_svd(t, {12, 12, held(t, graded.values)});
  }
}

TEST(ReferenceSvd, ExtremeScales) {
  for (spc_dtype t : double_precision) {
    SCOPED_TRACE(dtype_trace(t));
    for (double scale : {0x1p+664, 0x1p-664, 0x1p+1018, 0x1p-1000}) {
      expect_svd(t, random(t, 8, 5), scale);
    }
    expect_svd(t, diagonal({1e-310, 1, 3e-320, 0, 1e-160}, 5, 5));
    expect_svd(t, {2, 2, {1, 1e-200, 1e-200, 1e-310}});
    expect_svd(t, subnormal_block(t));
  }
}

TEST(ReferenceSvd, StridesOfEveryKind) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    // [[0, 3], [0, 0], [2, 0]], read backwards from its transpose, twice.
    Operand a = Operand(t, {2, 3}, {0, 0, 3, 2, 0, 0}).view({2, 3, 2}, {0, -1, -3}, 5);
    Operand u = Operand(t, {2, 2, 3}).view({2, 3, 2}, {6, 1, 3});
    Operand s = Operand(real_dtype(t), {4}).view({2, 2}, {1, 2});
    Operand vh = Operand(t, {8}).view({2, 2, 2}, {-4, 1, 2}, 4);
    ASSERT_EQ(Call(SPC_OP_svd).in(a).out(u, s, vh).with(svd_params(false)).run(), SPC_OK);
    EXPECT_EQ(s.values(), Values({3, 2, 3, 2}));
    const Values left = u.values();
    const Values right = vh.values();
    for (size_t b : {0u, 1u}) {
      const Dense u_b(3, 2, Values(left.begin() + 6 * b, left.begin() + 6 * b + 6));
      const Dense v_b(2, 2, Values(right.begin() + 4 * b, right.begin() + 4 * b + 4));
      EXPECT_EQ((u_b * diagonal({3, 2}, 2, 2) * v_b).values, Values({0, 3, 0, 0, 2, 0}));
    }
  }
}

TEST(ReferenceSvd, NamesWhatIsNotFinite) {
  for (spc_dtype t : floating) {
    for (double bad : {nan, inf, -inf}) {
      SCOPED_TRACE(dtype_trace(t));
      Operand a(t, {2, 2}, {1, bad, 0, 1});
      Operand s(real_dtype(t), {2});
      Call call(SPC_OP_svd);
      EXPECT_EQ(call.in(a).out(s).with(svd_params(true)).run(), SPC_E_LINALG);
      EXPECT_EQ(call.error(), "array has NaN or infinite elements");
    }
  }
}

// ---- eig -----------------------------------------------------------------------------------------
// The eigenvalues, after the check of the vectors.
Values expect_eig(spc_dtype t, const Dense &a, double scale = 1) {
  const int64_t n = a.rows;
  Dense scaled_a = a;
  for (Value &x : scaled_a.values) x *= scale;
  Operand in = scaled_a.operand(t);
  Operand w(complex_dtype(t), {n});
  Operand v(complex_dtype(t), {n, n});
  EXPECT_EQ(Call(SPC_OP_eig).in(in).out(w, v).run(), SPC_OK);
  EXPECT_EQ(in.values(), held(t, scaled_a.values));
  Values values = w.values();
  Value trace = 0;
  Value sum = 0;
  for (Value &x : values) sum += x /= scale;
  for (int64_t i = 0; i < n; ++i) trace += a(i, i);
  const double near = tolerance(t, n);
  const Dense vectors(v);
  EXPECT_LE(std::abs(sum - trace), near * a.norm() * static_cast<double>(n));
  expect_near(a * vectors, vectors * diagonal(values, n, n), near * a.norm(), "A V");
  for (int64_t j = 0; j < n; ++j) {
    double squares = 0;
    for (int64_t i = 0; i < n; ++i) squares += std::norm(vectors(i, j));
    EXPECT_NEAR(std::sqrt(squares), 1, near) << j;
  }
  return values;
}

// Takes the nearest one out of the values.
void expect_one_of(Values *values, Value expected, double tolerance) {
  ASSERT_FALSE(values->empty());
  const auto nearest = std::min_element(values->begin(), values->end(), [&](Value a, Value b) {
    return std::abs(a - expected) < std::abs(b - expected);
  });
  EXPECT_LE(std::abs(*nearest - expected), tolerance) << expected;
  values->erase(nearest);
}

void expect_eigenvalues(spc_dtype t, const Dense &a, const Values &expected, double tolerance) {
  Values values = expect_eig(t, a);
  for (Value x : expected) expect_one_of(&values, x, tolerance);
  EXPECT_TRUE(values.empty());
}

TEST(ReferenceEig, HandComputed) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    const double near = 20 * eps(t);
    expect_eigenvalues(t, {1, 1, {-7}}, {-7}, 0);
    expect_eigenvalues(t, {2, 2, {0, -1, 1, 0}}, {{0, 1}, {0, -1}}, near);
    expect_eigenvalues(t, {2, 2, {1, 2, 3, 4}},
                       {(5 - std::sqrt(33.0)) / 2, (5 + std::sqrt(33.0)) / 2}, near);
    expect_eigenvalues(t, {3, 3, {1, 5, -2, 0, 3, 4, 0, 0, -6}}, {1, 3, -6}, 0);
    // Companion matrix of (x - 1)(x - 2)(x - 3)(x - 4).
    expect_eigenvalues(t, {4, 4, {10, -35, 50, -24, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}},
                       {1, 2, 3, 4}, 5000 * eps(t));
  }
  expect_eigenvalues(SPC_COMPLEX128, {2, 2, {{0, 1}, 2, 0, {3, -1}}}, {{0, 1}, {3, -1}}, 0);
}

TEST(ReferenceEig, RealVectorsOfRealEigenvalues) {
  Operand a(SPC_FLOAT64, {2, 2}, {2, 1, 1, 2});
  Operand w(SPC_COMPLEX128, {2});
  Operand v(SPC_COMPLEX128, {2, 2});
  ASSERT_EQ(Call(SPC_OP_eig).in(a).out(w, v).run(), SPC_OK);
  for (const Value &x : v.values()) {
    EXPECT_NEAR(x.imag(), 0, 1e-15);
    EXPECT_NEAR(std::fabs(x.real()), std::sqrt(0.5), 1e-15);
  }
}

TEST(ReferenceEig, LargestElementsAreReal) {
  Operand a = random(SPC_COMPLEX128, 5, 5).operand(SPC_COMPLEX128);
  Operand w(SPC_COMPLEX128, {5});
  Operand v(SPC_COMPLEX128, {5, 5});
  ASSERT_EQ(Call(SPC_OP_eig).in(a).out(w, v).run(), SPC_OK);
  const Dense vectors(v);
  for (int64_t j = 0; j < 5; ++j) {
    Value largest = 0;
    for (int64_t i = 0; i < 5; ++i) {
      if (std::abs(vectors(i, j)) > std::abs(largest)) largest = vectors(i, j);
    }
    EXPECT_GT(largest.real(), 0.4) << j;
    EXPECT_NEAR(largest.imag(), 0, 1e-15) << j;
  }
}

TEST(ReferenceEig, Residuals) {
  for (spc_dtype t : floating) {
    for (int64_t n : {1, 2, 3, 4, 9, 50}) {
      SCOPED_TRACE(dtype_trace(t) + ", n " + std::to_string(n));
      expect_eig(t, random(t, n, n));
      expect_eig(t, hermitian(random(t, n, n)));
    }
  }
}

TEST(ReferenceEig, DefectiveMatrices) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    expect_eigenvalues(t, {2, 2, {1, 1, 0, 1}}, {1, 1}, 0);
    expect_eig(t, Dense(5, 5));
    expect_eig(t, identity(5));
    for (int64_t n : {2, 3, 8, 40}) {
      SCOPED_TRACE(n);
      Dense upper(n, n);  // the inverse powers of rounding in its vectors overflow if not scaled
      Dense lower(n, n);
      for (int64_t i = 0; i + 1 < n; ++i) upper(i, i + 1) = lower(i + 1, i) = 1;
      expect_eigenvalues(t, upper, Values(n, 0), 0);
      expect_eig(t, lower);
      for (int64_t i = 0; i < n; ++i) upper(i, i) = lower(i, i) = 3;
      expect_eigenvalues(t, upper, Values(n, 3), 0);
      expect_eig(t, lower);
    }
  }
}

// What is left of these matrices after the first steps falls below the subnormal numbers.
TEST(ReferenceEig, DecayingElements) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    for (int64_t n : {30, 57}) {
      expect_eig(t, Dense(n, n, Values(n * n, 1)));
      Dense graded = random(t, n, n);
      for (int64_t i = 0; i < n; ++i) {
        for (int64_t j = 0; j < n; ++j) graded(i, j) *= std::pow(10, -3.0 * (i + j));
      }
      expect_eig(t, {n, n, held(t, graded.values)});
    }
  }
}

// Orthogonal, so that QR steps without an exceptional shift change nothing.
TEST(ReferenceEig, CyclicPermutations) {
  for (spc_dtype t : floating) {
    for (int64_t n : {2, 3, 4, 7, 16}) {
      SCOPED_TRACE(dtype_trace(t) + ", n " + std::to_string(n));
      Dense shift(n, n);
      Values roots;
      for (int64_t i = 0; i < n; ++i) {
        shift((i + 1) % n, i) = 1;
        roots.push_back(std::polar(1.0, 2 * std::numbers::pi * static_cast<double>(i) / n));
      }
      expect_eigenvalues(t, shift, roots, tolerance(t, n));
      expect_eigenvalues(t, adjoint(shift), roots, tolerance(t, n));
    }
  }
}

TEST(ReferenceEig, ExtremeScales) {
  for (spc_dtype t : double_precision) {
    SCOPED_TRACE(dtype_trace(t));
    for (double scale : {0x1p+664, 0x1p-664, 0x1p+1018, 0x1p-1000}) {
      expect_eig(t, random(t, 6, 6), scale);
    }
    expect_eig(t, {3, 3, {1, 1e-200, 0, 1e-310, 1e-160, 1e-320, 0, 2e-320, 1e-310}});
    expect_eig(t, subnormal_block(t));
  }
}

TEST(ReferenceEig, StridesOfEveryKind) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    // [[2, 1], [0, 5]] by its transpose, twice; vectors lie transposed.
    Operand a = Operand(t, {2, 2}, {2, 0, 1, 5}).view({2, 2, 2}, {0, 1, 2});
    Operand w = Operand(complex_dtype(t), {4}).view({2, 2}, {-2, 1}, 2);
    Operand v = Operand(complex_dtype(t), {2, 2, 2}).view({2, 2, 2}, {4, 1, 2});
    ASSERT_EQ(Call(SPC_OP_eig).in(a).out(w, v).run(), SPC_OK);
    EXPECT_EQ(w.values(), Values({2, 5, 2, 5}));
    EXPECT_EQ(v.at(0), Value(1));
    EXPECT_EQ(v.at(1), Value(0));
    for (int64_t first : {0, 4}) {
      EXPECT_NEAR(v.at(first + 2).real(), 1 / std::sqrt(10.0), eps(t));
      EXPECT_NEAR(v.at(first + 3).real(), 3 / std::sqrt(10.0), eps(t));
    }
  }
}

TEST(ReferenceEig, NamesWhatIsNotFinite) {
  for (spc_dtype t : floating) {
    for (double bad : {nan, inf, -inf}) {
      SCOPED_TRACE(dtype_trace(t));
      Operand a(t, {2, 2}, {1, bad, 0, 1});
      Operand w(complex_dtype(t), {2});
      Operand v(complex_dtype(t), {2, 2});
      Call call(SPC_OP_eig);
      EXPECT_EQ(call.in(a).out(w, v).run(), SPC_E_LINALG);
      EXPECT_EQ(call.error(), "array has NaN or infinite elements");
    }
  }
}

// ---- memory --------------------------------------------------------------------------------------
// Runs the op with ever more blocks of scratch until it succeeds.
template <class Complete>
void expect_out_of_memory(uint32_t op, Complete complete) {
  for (size_t blocks = 0; blocks < 20; ++blocks) {
    Call call(op);
    complete(call);
    const spc_status status = call.most_scratch(blocks).run();
    if (status == SPC_OK) {
      EXPECT_GT(blocks, 0u);
      return;
    }
    EXPECT_EQ(status, SPC_E_MEMORY) << blocks;
    EXPECT_EQ(call.error(), "no memory for scratch");
  }
  ADD_FAILURE() << "never enough";
}

TEST(ReferenceLinalg, OutOfMemory) {
  for (spc_dtype t : floating) {
    SCOPED_TRACE(dtype_trace(t));
    Operand a = identity(3).operand(t);
    Operand x(t, {3, 3});
    Operand y(t, {3, 3});
    Operand w(real_dtype(t), {3});
    Operand values(complex_dtype(t), {3});
    Operand vectors(complex_dtype(t), {3, 3});
    expect_out_of_memory(SPC_OP_solve, [&](Call &call) { call.in(a, a).out(x); });
    expect_out_of_memory(SPC_OP_cholesky, [&](Call &call) { call.in(a).out(x); });
    expect_out_of_memory(SPC_OP_eigh, [&](Call &call) { call.in(a).out(w, x); });
    expect_out_of_memory(SPC_OP_eig, [&](Call &call) { call.in(a).out(values, vectors); });
    expect_out_of_memory(SPC_OP_svd,
                         [&](Call &call) { call.in(a).out(x, w, y).with(svd_params(true)); });
  }
}

// A broadcast matrix whose copy has more bytes than 64 bits count.
TEST(ReferenceLinalg, OutOfAddressSpace) {
  constexpr int64_t n = int64_t{1} << 31;
  Operand a = Operand(SPC_FLOAT64, {1}, {1}).view({n, n}, {0, 0});
  Operand w = Operand(SPC_FLOAT64, {1}).view({n}, {0});
  Call call(SPC_OP_eigh);
  EXPECT_EQ(call.in(a).out(w).run(), SPC_E_MEMORY);
  EXPECT_EQ(call.error(), "no memory for scratch of 4611686018427387904 elements");
}

}  // namespace
}  // namespace spc::reference_test
