// SPDX-License-Identifier: Apache-2.0
// Operators by sparse factorizations: values, adjoints, geometries, facts and errors.
#include <cmath>
#include <cstring>
#include <limits>
#include <tuple>

#include "tests/linop/factors.hpp"

namespace {

using namespace test;

template <class T>
struct Dense {
  int64_t rows, cols;
  std::vector<T> a;
  T &operator()(int64_t i, int64_t j) { return a[static_cast<std::size_t>(i * cols + j)]; }
  T operator()(int64_t i, int64_t j) const { return a[static_cast<std::size_t>(i * cols + j)]; }
};

// Entries that no two positions share; three diagonals and a far one, not symmetric.
template <class T>
Dense<T> general(int64_t n) {
  Dense<T> m{n, n, std::vector<T>(static_cast<std::size_t>(n * n))};
  for (int64_t i = 0; i < n; ++i) {
    const double d = static_cast<double>(i);
    m(i, i) = number<T>(0.5 + 0.25 * d, 0.125);
    if (i > 0) m(i, i - 1) = number<T>(2 - 0.1 * d, -0.5);
    if (i + 1 < n) m(i, i + 1) = number<T>(-1.5 + 0.05 * d, 0.25 * d);
    if (i + 4 < n) m(i, i + 4) = number<T>(1, 1);
  }
  return m;
}

// Hermitian; shift makes it positive definite.
template <class T>
Dense<T> hermitian(int64_t n, double shift) {
  Dense<T> m{n, n, std::vector<T>(static_cast<std::size_t>(n * n))};
  const auto couple = [&](int64_t i, int64_t j, T v) {
    m(i, j) = v;
    m(j, i) = conjugate(v);
  };
  for (int64_t i = 0; i < n; ++i) m(i, i) = number<T>(shift + 0.125 * static_cast<double>(i));
  for (int64_t i = 1; i < n; ++i) couple(i, i - 1, number<T>(-1, 0.25));
  for (int64_t i = 3; i < n; ++i) couple(i, i - 3, number<T>(0.5, -0.5));
  return m;
}

template <class T>
Dense<T> transposed(const Dense<T> &m) {
  Dense<T> t{m.cols, m.rows, std::vector<T>(m.a.size())};
  for (int64_t i = 0; i < m.rows; ++i)
    for (int64_t j = 0; j < m.cols; ++j) t(j, i) = m(i, j);
  return t;
}

template <class T>
std::vector<T> ramp(int64_t n) {
  std::vector<T> x;
  for (int64_t i = 0; i < n; ++i)
    x.push_back(
        number<T>(1 + 0.25 * static_cast<double>(i), 0.5 - 0.125 * static_cast<double>(i % 5)));
  return x;
}

template <class T>
std::vector<T> product(const Dense<T> &m, const std::vector<T> &x, int mode) {
  const int64_t rows = mode == SPC_MODE_NONE ? m.rows : m.cols;
  const int64_t cols = mode == SPC_MODE_NONE ? m.cols : m.rows;
  std::vector<T> y(static_cast<std::size_t>(rows));
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j) {
      const T v = mode == SPC_MODE_NONE        ? m(i, j)
                  : mode == SPC_MODE_TRANSPOSE ? m(j, i)
                                               : conjugate(m(j, i));
      y[static_cast<std::size_t>(i)] += v * x[static_cast<std::size_t>(j)];
    }
  return y;
}

template <class T>
LinOp sparse_linop(spc_context c, const Dense<T> &m, const char *format = "csr",
                   spc_space X = nullptr, spc_space Y = nullptr) {
  Space domain, codomain;
  if (X == nullptr) domain = dense_space(c, {m.cols});
  if (Y == nullptr && (X == nullptr || m.rows != m.cols)) codomain = dense_space(c, {m.rows});
  spc_space d = X == nullptr ? spc_space(domain) : X;
  spc_space y = Y != nullptr ? Y : m.rows == m.cols ? d : spc_space(codomain);
  LinOp A;
  check(spc_linop_sparse(sparse<T>(c, m.rows, m.cols, m.a, format), d, y, A.out()));
  return A;
}

// y = F x in a coordinate mode.
template <class T>
std::vector<T> in_mode(spc_linop F, spc_context c, const std::vector<T> &x, int mode) {
  const Space target = mode == SPC_MODE_NONE ? codomain_of(F) : domain_of(F);
  int64_t n = 0;
  check(spc_space_size(target, &n));
  const Array from = vector<T>(c, x),
              to = vector<T>(c, std::vector<T>(static_cast<std::size_t>(n)));
  check(spc_linop_apply_into(nullptr, F, from, nullptr, to, mode));
  return values<T>(to);
}

class Factorized : public OnFactorFamily {
 protected:
  template <class T>
  Context context_of() const {
    return context(GetParam(), dtype_of<T>());
  }

  // F inverts m in every mode, one vector or several.
  template <class T>
  void expect_inverse(const Dense<T> &m, const spc_factor_options &options, const char *format) {
    const Context c = context_of<T>();
    const LinOp A = sparse_linop<T>(c, m, format), F = factorized(A, options);
    const std::vector<T> x = ramp<T>(m.cols);
    for (int mode : {SPC_MODE_NONE, SPC_MODE_TRANSPOSE, SPC_MODE_CONJ_TRANS}) {
      SCOPED_TRACE(::testing::Message() << format << " mode " << mode);
      expect_close(in_mode<T>(F, c, product(m, x, mode), mode), x, 100 * tolerance<T>());
    }
    std::vector<T> rows = product(m, x, SPC_MODE_NONE), twice = rows;
    for (T v : rows) twice.push_back(number<T>(2) * v);
    const Array both = vapply(F, array<T>(c, {2, m.rows}, twice));
    std::vector<T> expected = x;
    for (T v : x) expected.push_back(number<T>(2) * v);
    expect_close(values<T>(both), expected, 100 * tolerance<T>());
  }
  template <class T>
  void expect_all_inverses() {
    for (const char *format : {"csr", "csc", "coo"}) {
      for (int32_t variant : {SPC_VARIANT_AUTO, SPC_VARIANT_SIMPLICIAL, SPC_VARIANT_SUPERNODAL}) {
        SCOPED_TRACE(variant);
        spc_factor_options o = factor_options(SPC_FACTOR_LU);
        o.variant = variant;
        expect_inverse<T>(general<T>(13), o, format);
        o.method = SPC_FACTOR_CHOLESKY;
        expect_inverse<T>(hermitian<T>(13, 4), o, format);
      }
      expect_inverse<T>(hermitian<T>(13, -1.25), factor_options(SPC_FACTOR_LDL), format);
      expect_inverse<T>(general<T>(13), factor_options(SPC_FACTOR_QR), format);
      expect_inverse<T>(general<T>(13), factor_options(), format);
      expect_inverse<T>(hermitian<T>(13, 4), factor_options(), format);
      expect_inverse<T>(hermitian<T>(13, 0.25), factor_options(), format);
    }
  }
};

TEST_P(Factorized, InvertsInEveryMode) {
  expect_all_inverses<float>();
  expect_all_inverses<double>();
  expect_all_inverses<c64>();
  expect_all_inverses<c128>();
}

TEST_P(Factorized, OrderingsChangeNothing) {
  for (int32_t ordering :
       {SPC_ORDERING_NATURAL, SPC_ORDERING_AMD, SPC_ORDERING_COLAMD, SPC_ORDERING_METIS}) {
    SCOPED_TRACE(ordering);
    spc_factor_options o = factor_options(SPC_FACTOR_LU);
    o.ordering = ordering;
    o.pivot_tolerance = 0.5;
    expect_inverse<c128>(general<c128>(13), o, "csr");
    o.method = SPC_FACTOR_CHOLESKY;
    expect_inverse<c128>(hermitian<c128>(13, 4), o, "csr");
    o.method = SPC_FACTOR_QR;
    expect_inverse<c128>(general<c128>(13), o, "csr");
  }
}

// Repeated entries are added, in whatever order they come.
TEST_P(Factorized, UnsortedAndRepeatedEntries) {
  const Array indptr = vector<int64_t>(ctx, {0, 4, 6}),
              indices = vector<int64_t>(ctx, {1, 0, 1, 0, 1, 0}),
              data = vector<double>(ctx, {0.5, 3, 0.5, 1, 5, 1});
  Array s;
  check(spc_sparse_create(SPC_CSR, 2, 2, indptr, indices, data, s.out()));
  const Space X = dense_space(ctx, {2});
  LinOp A;
  check(spc_linop_sparse(s, X, X, A.out()));
  // [[4, 1], [1, 5]]
  for (int32_t method : {SPC_FACTOR_CHOLESKY, SPC_FACTOR_LDL, SPC_FACTOR_LU, SPC_FACTOR_QR}) {
    SCOPED_TRACE(method);
    expect_close(values<double>(apply(factorized(A, method), vector<double>(ctx, {6, 11}))), {1, 2},
                 1e-12);
  }
}

TEST_P(Factorized, ObeysTheLawsOfOperators) {
  const Dense<c128> m = general<c128>(7), h = hermitian<c128>(7, 4);
  const Context c = context_of<c128>();
  const std::vector<c128> w = {1, 2, 0.5, 3, 1.5, 0.75, 1.25};
  const Space X = coordinate_space<c128>(c, 7, w);
  expect_operator_laws(factorized(sparse_linop<c128>(c, m)));
  expect_operator_laws(factorized(sparse_linop<c128>(c, h)));
  expect_operator_laws(factorized(sparse_linop<c128>(c, m, "csc", X)));
  expect_operator_laws(factorized(sparse_linop<c128>(c, m, "csr", X), SPC_FACTOR_QR));
}

// W^-1 H is self-adjoint in the geometry of W.
TEST_P(Factorized, WeightedSelfAdjointOperatorsHaveCholeskyFactors) {
  using T = c128;
  const Context c = context_of<T>();
  const std::vector<T> w = {1, 2, 0.5, 3, 1.5, 0.75, 1.25};
  Dense<T> m = hermitian<T>(7, 4);
  for (int64_t i = 0; i < 7; ++i)
    for (int64_t j = 0; j < 7; ++j) m(i, j) /= w[static_cast<std::size_t>(i)];
  const Space X = coordinate_space<T>(c, 7, w);
  const LinOp A = sparse_linop<T>(c, m, "csr", X);
  const std::vector<T> x = ramp<T>(7);
  double log_det = 0;
  for (int32_t method : {SPC_FACTOR_AUTO, SPC_FACTOR_CHOLESKY, SPC_FACTOR_LDL}) {
    const LinOp F = factorized(A, method);
    const spc_factor_info info = info_of(F);
    EXPECT_EQ(info.method, method == SPC_FACTOR_AUTO ? SPC_FACTOR_CHOLESKY : method);
    EXPECT_EQ(is_hermitian(F), SPC_TRUE);
    expect_close(values<T>(apply(F, vector<T>(c, product(m, x, SPC_MODE_NONE)))), x, 1e-11);
    expect_operator_laws(F);
    log_det = info.log_abs_det;
  }
  const spc_factor_info by_lu = info_of(factorized(A, SPC_FACTOR_LU));
  EXPECT_NEAR(log_det, by_lu.log_abs_det, 1e-10);
}

// The four equations of Moore and Penrose, in the declared geometries.
void expect_pseudo_inverse(const LinOp &P, const LinOp &A) {
  using T = c128;
  expect_operator_laws(P);
  const LinOp PA = composed(P, A), AP = composed(A, P);
  const std::vector<T> pa = values<T>(matrix_of(PA)), ap = values<T>(matrix_of(AP));
  expect_close(values<T>(matrix_of(adjoint(PA))), pa, 1e-11, "P A is self-adjoint");
  expect_close(values<T>(matrix_of(adjoint(AP))), ap, 1e-11, "A P is self-adjoint");
  expect_close(values<T>(matrix_of(composed(A, PA))), values<T>(matrix_of(A)), 1e-11, "A P A");
  expect_close(values<T>(matrix_of(composed(P, AP))), values<T>(matrix_of(P)), 1e-11, "P A P");
}

TEST_P(Factorized, LeastSquaresInTheGeometriesOfBothSpaces) {
  using T = c128;
  const Context c = context_of<T>();
  Dense<T> tall{6, 4, std::vector<T>(24)};
  for (int64_t i = 0; i < 6; ++i)
    for (int64_t j = 0; j < 4; ++j)
      if ((i + 2 * j) % 3 != 0)
        tall(i, j) = number<T>(static_cast<double>(i - j) + 0.5, static_cast<double>(j) - 1);
  const Dense<T> wide = transposed(tall);
  const Space small = coordinate_space<T>(c, 4, {1, 2, 3, 0.5}),
              large = coordinate_space<T>(c, 6, {0.5, 1, 4, 2, 1, 3});
  for (const bool is_tall : {true, false}) {
    SCOPED_TRACE(is_tall);
    const LinOp A = is_tall ? sparse_linop<T>(c, tall, "csr", small, large)
                            : sparse_linop<T>(c, wide, "csc", large, small);
    const LinOp P = factorized(A);
    EXPECT_EQ(info_of(P).method, SPC_FACTOR_QR);
    EXPECT_EQ(info_of(P).rank, 4);
    expect_pseudo_inverse(P, A);
  }
}

// x of least norm among those of the least residual.
TEST_P(Factorized, LeastNormOfEveryRank) {
  using T = c128;
  const Context c = context_of<T>();
  const Space small = coordinate_space<T>(c, 6, {1, 2, 3, 0.5, 1, 4}),
              large = coordinate_space<T>(c, 9, {0.5, 1, 4, 2, 1, 3, 1, 2, 0.25});
  for (int64_t rank : {1, 3, 5, 6}) {
    // Columns from `rank` on are sums of those before them, in another order than that of the
    // columns; one column of the first four has a single entry.
    Dense<T> tall{9, 6, std::vector<T>(54)};
    const int64_t place[] = {4, 1, 5, 0, 3, 2};
    for (int64_t k = 0; k < 6; ++k) {
      for (int64_t i = 0; i < 9; ++i) {
        T &to = tall(i, place[k]);
        if (k >= rank) {
          to = tall(i, place[k % rank]) * number<T>(2, 1) - tall(i, place[(k + 1) % rank]);
        } else if (k == 0 ? i == 3 : (i + k) % 3 != 1) {
          to = number<T>(static_cast<double>((5 * i + 3 * k) % 7) - 2.5,
                         static_cast<double>(i % (k + 2)) - 0.5);
        }
      }
    }
    const Dense<T> wide = transposed(tall);
    Dense<T> square{9, 9, std::vector<T>(81)};
    for (int64_t i = 0; i < 9; ++i)
      for (int64_t j = 0; j < 6; ++j) square(i, j + 2) = tall(i, j);
    using Case = std::tuple<const Dense<T> *, const Space *, const Space *>;
    for (const auto &[m, X, Y] : {Case(&tall, &small, &large), Case(&wide, &large, &small),
                                  Case(&square, &large, &large)}) {
      SCOPED_TRACE(::testing::Message() << m->rows << " by " << m->cols << ", rank " << rank);
      const LinOp A = sparse_linop<T>(c, *m, "csr", *X, *Y), P = factorized(A, SPC_FACTOR_QR);
      EXPECT_EQ(info_of(P).rank, rank);
      expect_pseudo_inverse(P, A);
      // With the analysis of another matrix of the pattern.
      Dense<T> other = *m;
      for (T &v : other.a) v *= 2.0;
      LinOp R;
      check(spc_linop_refactorize(
          factorized(sparse_linop<T>(c, other, "csr", *X, *Y), SPC_FACTOR_QR), A, R.out()));
      EXPECT_EQ(info_of(R).rank, rank);
      expect_pseudo_inverse(R, A);
    }
  }
}

// Squares of the entries are no numbers of the dtype.
TEST_P(Factorized, LeastSquaresOfHugeAndTinyEntries) {
  for (const double scale : {1e200, 1e-200}) {
    const Dense<double> m{3, 2, {2 * scale, scale, scale, 2 * scale, 0, 0}};
    const LinOp P = factorized(sparse_linop<double>(ctx, m));
    EXPECT_EQ(info_of(P).rank, 2) << scale;
    expect_close(values<double>(apply(P, vector<double>(ctx, {3 * scale, 3 * scale, 0}))), {1, 1},
                 1e-12);
  }
}

// Options without spc_factor_options_init: what is 0 is the default.
TEST_P(Factorized, OptionsOfZerosAreTheDefaults) {
  const Dense<double> tiny{2, 2, {1e-20, 1, 1, 2}}, dependent{3, 2, {1, 2, 2, 4, 3, 6}};
  spc_factor_options lu = {}, qr = {}, defaults = {};
  lu.struct_size = qr.struct_size = defaults.struct_size = sizeof lu;
  check(spc_factor_options_init(&defaults));
  EXPECT_EQ(std::memcmp(&lu, &defaults, sizeof lu), 0);
  lu.method = SPC_FACTOR_LU;
  qr.method = SPC_FACTOR_QR;
  expect_close(values<double>(apply(factorized(sparse_linop<double>(ctx, tiny), lu),
                                    vector<double>(ctx, {1, 3}))),
               {1, 1}, 1e-14);
  EXPECT_EQ(info_of(factorized(sparse_linop<double>(ctx, dependent), qr)).rank, 1);
}

// A column may be far smaller than the others and count, or not.
TEST_P(Factorized, TheRankToleranceDecides) {
  const Dense<double> m{3, 2, {1, 1, 0, 1e-6, 0, 0}};
  const LinOp A = sparse_linop<double>(ctx, m);
  spc_factor_options o = factor_options(SPC_FACTOR_QR);
  EXPECT_EQ(info_of(factorized(A, o)).rank, 2);
  o.rank_tolerance = 1e-3;
  const LinOp P = factorized(A, o);
  EXPECT_EQ(info_of(P).rank, 1);
  expect_close(values<double>(apply(P, vector<double>(ctx, {2, 5, 7}))), {1, 1}, 1e-5);
}

TEST_P(Factorized, TellsItsDeterminantAndInertia) {
  using T = c128;
  const Context c = context_of<T>();
  // det = (2i)(3)(-1) = -6i, eliminated in any order.
  const Dense<T> m{3, 3, {0, T(0, 2), 0, -1, 5, 0, 0, 7, 3}};
  const T det(0, 6);
  for (int32_t variant : {SPC_VARIANT_SIMPLICIAL, SPC_VARIANT_SUPERNODAL}) {
    spc_factor_options o = factor_options(SPC_FACTOR_LU);
    o.variant = variant;
    const spc_factor_info info = info_of(factorized(sparse_linop<T>(c, m), o));
    EXPECT_EQ(info.rank, 3);
    EXPECT_EQ(info.rows, 3);
    EXPECT_EQ(info.cols, 3);
    EXPECT_STREQ(info.family, std::strcmp(GetParam(), "cpu") == 0 ? "reference" : GetParam());
    EXPECT_STREQ(info.reason, "it was asked for");
    const T found = std::exp(info.log_abs_det) * T(info.phase_re, info.phase_im);
    EXPECT_NEAR(std::abs(found - det), 0, 1e-12) << found;
  }
  // What the factors are made of changes neither phase nor size.
  for (int64_t n = 1; n < 12; ++n) {
    const Dense<T> full = general<T>(n);
    Dense<T> triangle{n, n, std::vector<T>(full.a.size())};
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = i; j < n; ++j) triangle(n - 1 - i, j) = full(i, j);
    for (const Dense<T> &a : {full, triangle}) {
      SCOPED_TRACE(::testing::Message() << "order " << n << (&a == &full));
      const LinOp A = sparse_linop<T>(c, a), lu = factorized(A, SPC_FACTOR_LU),
                  qr = factorized(A, SPC_FACTOR_QR);
      LinOp again;
      check(spc_linop_refactorize(qr, A, again.out()));
      const spc_factor_info expected = info_of(lu);
      for (const spc_factor_info &found : {info_of(qr), info_of(again)}) {
        EXPECT_NEAR(found.log_abs_det, expected.log_abs_det, 1e-10);
        EXPECT_NEAR(found.phase_re, expected.phase_re, 1e-10);
        EXPECT_NEAR(found.phase_im, expected.phase_im, 1e-10);
      }
    }
  }
  const Dense<T> singular{2, 2, {1, 2, 2, 4}};
  const spc_factor_info zero = info_of(factorized(sparse_linop<T>(c, singular), SPC_FACTOR_QR));
  EXPECT_EQ(zero.log_abs_det, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(zero.phase_re, 0);
  EXPECT_EQ(zero.phase_im, 0);
  // Eigenvalues of [[a, 1], [1, a]] blocks: a - 1 and a + 1.
  const Dense<T> blocks{4, 4, {3, 1, 0, 0, 1, 3, 0, 0, 0, 0, 0.5, 1, 0, 0, 1, 0.5}};
  const spc_factor_info ldl = info_of(factorized(sparse_linop<T>(c, blocks), SPC_FACTOR_LDL));
  EXPECT_EQ(ldl.positive, 3);
  EXPECT_EQ(ldl.negative, 1);
  EXPECT_NEAR(ldl.log_abs_det, std::log(6.0), 1e-12);
  EXPECT_EQ(ldl.phase_re, -1);
  EXPECT_GE(ldl.entries, 6);
}

TEST_P(Factorized, ChoosesByStructure) {
  const auto chosen = [&](const Dense<double> &m) {
    return info_of(factorized(sparse_linop<double>(ctx, m)));
  };
  EXPECT_EQ(chosen(hermitian<double>(9, 4)).method, SPC_FACTOR_CHOLESKY);
  EXPECT_STREQ(chosen(hermitian<double>(9, 4)).reason,
               "the operator is self-adjoint with a positive diagonal");
  EXPECT_EQ(chosen(hermitian<double>(9, 0.25)).method, SPC_FACTOR_LU);
  EXPECT_STREQ(chosen(hermitian<double>(9, 0.25)).reason,
               "the operator is self-adjoint, but not positive definite");
  EXPECT_EQ(chosen(hermitian<double>(9, -4)).method, SPC_FACTOR_LU);
  EXPECT_EQ(chosen(general<double>(9)).method, SPC_FACTOR_LU);
  EXPECT_EQ(chosen(Dense<double>{2, 1, {1, 2}}).method, SPC_FACTOR_QR);
}

TEST_P(Factorized, AnalysesAPatternOnce) {
  using T = c128;
  const Context c = context_of<T>();
  const Space X = dense_space(c, {9});
  for (int32_t method : {SPC_FACTOR_CHOLESKY, SPC_FACTOR_LDL, SPC_FACTOR_LU, SPC_FACTOR_QR}) {
    for (int32_t variant : {SPC_VARIANT_SIMPLICIAL, SPC_VARIANT_SUPERNODAL}) {
      SCOPED_TRACE(method);
      spc_factor_options o = factor_options(method);
      o.variant = variant;
      const Dense<T> first = hermitian<T>(9, 4);
      Dense<T> second = first;
      for (T &v : second.a) v *= 3.0;
      second(2, 2) += 1.0;
      const LinOp A = sparse_linop<T>(c, first, "csr", X), B = sparse_linop<T>(c, second, "csr", X);
      LinOp F = factorized(A, o), G, H;
      check(spc_linop_refactorize(F, B, G.out()));
      check(spc_linop_refactorize(G, A, H.out()));
      EXPECT_EQ(info_of(G).ordering, info_of(F).ordering);
      EXPECT_EQ(info_of(H).entries, info_of(F).entries);
      const std::vector<T> x = ramp<T>(9);
      expect_close(in_mode<T>(G, c, product(second, x, SPC_MODE_NONE), SPC_MODE_NONE), x, 1e-11);
      F = LinOp();
      G = LinOp();
      expect_close(in_mode<T>(H, c, product(first, x, SPC_MODE_CONJ_TRANS), SPC_MODE_CONJ_TRANS), x,
                   1e-11);
    }
  }
  const LinOp F = factorized(sparse_linop<T>(c, hermitian<T>(9, 4), "csr", X));
  LinOp G;
  expect_error(spc_linop_refactorize(F, sparse_linop<T>(c, general<T>(9), "csr", X), G.out()),
               SPC_E_VALUE, {"linop_refactorize: the pattern of A"});
  expect_error(spc_linop_refactorize(F, sparse_linop<T>(c, hermitian<T>(8, 4)), G.out()),
               SPC_E_VALUE,
               {"linop_refactorize: the domain of A is DenseCoordinateSpace(shape=(8,)",
                "'complex128'", "that of F's operator DenseCoordinateSpace(shape=(9,)"});
  const Context real = context(GetParam());
  expect_error(
      spc_linop_refactorize(F, sparse_linop<double>(real, hermitian<double>(9, 4)), G.out()),
      SPC_E_VALUE, {"linop_refactorize: the domain of A is ", "'float64'", "'complex128'"});
  const Space W = coordinate_space<T>(c, 9, std::vector<T>(9, T(2)));
  expect_error(spc_linop_refactorize(F, sparse_linop<T>(c, hermitian<T>(9, 4), "csr", W), G.out()),
               SPC_E_VALUE,
               {"linop_refactorize: the domain of A, DenseCoordinateSpace(shape=(9,)",
                "has another geometry than that of F's operator"});
}

TEST_P(Factorized, LaterWritesDoNotReachTheFactors) {
  const Array indptr = vector<int32_t>(ctx, {0, 1, 2}), indices = vector<int32_t>(ctx, {0, 1}),
              data = vector<double>(ctx, {2, 4});
  Array s;
  check(spc_sparse_create(SPC_CSR, 2, 2, indptr, indices, data, s.out()));
  const Space X = dense_space(ctx, {2});
  LinOp A;
  check(spc_linop_sparse(s, X, X, A.out()));
  std::vector<LinOp> factors;
  for (int32_t method : {SPC_FACTOR_CHOLESKY, SPC_FACTOR_LDL, SPC_FACTOR_LU, SPC_FACTOR_QR})
    factors.push_back(factorized(A, method));
  // Refinement, which lu and ldl have, would go astray with a matrix so near.
  check(spc_multiply_into(data, weak(1.25), data));
  for (const LinOp &F : factors)
    expect_close(values<double>(apply(F, vector<double>(ctx, {2, 4}))), {1, 1}, 1e-15);
  double condition = 0;
  check(spc_linop_condition_estimate(factors[2], &condition));
  EXPECT_EQ(condition, 2);
}

// cholesky and ldl are for self-adjoint operators; what assembling leaves is refined away.
TEST_P(Factorized, OneTriangleIsReadOfSelfAdjointOperatorsAlone) {
  using T = c128;
  const Context c = context_of<T>();
  const std::vector<T> w = {1, 2, 0.5}, x = ramp<T>(3), ones(3, T(1));
  Dense<T> m{3, 3, {4, T(1, -1), 0, T(1, 1), 3, 2, 0, 2, -5}};
  m(0, 1) += 1e-9;
  for (const bool weighted : {false, true}) {
    SCOPED_TRACE(weighted);
    const Space X = coordinate_space<T>(c, 3, weighted ? w : ones);
    Dense<T> stored = m;
    for (std::size_t k = 0; weighted && k < 9; ++k) stored.a[k] /= w[k / 3];
    const LinOp A = sparse_linop<T>(c, stored, "csr", X);
    for (int32_t steps : {-1, 3}) {
      spc_factor_options o = factor_options(SPC_FACTOR_LDL);
      o.refinement = steps;
      const LinOp F = factorized(A, o);
      for (int mode : {SPC_MODE_NONE, SPC_MODE_CONJ_TRANS})
        expect_close(in_mode<T>(F, c, product(stored, x, mode), mode), x, steps > 0 ? 1e-14 : 1e-8);
    }
  }
  const Dense<double> other{3, 3, {1, 5, 0, 0, 3, 0, 0, 0, 2}}, small{2, 2, {2e-9, 1e-9, 0, 2e-9}};
  for (const char *method : {"cholesky", "ldl"}) {
    const spc_factor_options o =
        factor_options(std::strcmp(method, "ldl") == 0 ? SPC_FACTOR_LDL : SPC_FACTOR_CHOLESKY);
    const std::string text = std::string(method) + " requires a self-adjoint LinOp; got a ";
    LinOp F;
    expect_error(spc_linop_factorize(sparse_linop<double>(ctx, other), &o, F.out()), SPC_E_VALUE,
                 {"linop_factorize: ", text.c_str(),
                  "SparseLinOp that differs from its adjoint by 5, beside entries up to 5"});
    expect_error(spc_linop_factorize(sparse_linop<double>(ctx, small), &o, F.out()), SPC_E_VALUE,
                 {text.c_str(), "by 1e-09, beside entries up to 2e-09"});
    const Space X = dense_space(ctx, {3});
    expect_error(
        spc_linop_inverse(dense_linop<double>(ctx, X, X, {3, 3}, other.a), method, F.out()),
        SPC_E_VALUE,
        {"linop_inverse: ", text.c_str(),
         "DenseLinOp that differs from its adjoint by 5, beside entries up to 5"});
  }
}

// Sums, adjoints and products of sparse operators have sparse factors, too.
TEST_P(Factorized, WhatIsSparseByStructureHasFactors) {
  using T = c128;
  const Context c = context_of<T>();
  const Space X = coordinate_space<T>(c, 7, {1, 2, 0.5, 3, 1.5, 0.75, 1.25});
  const LinOp A = sparse_linop<T>(c, general<T>(7), "csr", X);
  LinOp one, shifted;
  check(spc_linop_identity(X, one.out()));
  const spc_linop terms[] = {A, one};
  check(spc_linop_sum(2, terms, shifted.out()));
  const std::vector<T> x = ramp<T>(7);
  for (spc_linop B : {spc_linop(shifted), spc_linop(A)}) {
    const LinOp H = adjoint(B);
    for (spc_linop op : {B, spc_linop(H)}) {
      const Array y = apply(op, vector<T>(c, x));
      expect_close(values<T>(apply(factorized(op), y)), x, 1e-12);
      LinOp inverse;
      check(spc_linop_inverse(op, nullptr, inverse.out()));
      spc_factor_info info{};
      info.struct_size = sizeof info;
      EXPECT_EQ(spc_linop_factor_info(inverse, &info), SPC_OK) << "dense factors";
      expect_close(values<T>(apply(inverse, y)), x, 1e-12);
    }
  }
  LinOp ilu;
  check(spc_linop_incomplete(shifted, "ilu0", ilu.out()));
}

TEST_P(Factorized, ConditionOfDependentColumnsIsInfinite) {
  double condition = 0;
  const Dense<double> m{3, 3, {1, 2, 3, 2, 4, 6, 1, 0, 1}};
  check(spc_linop_condition_estimate(factorized(sparse_linop<double>(ctx, m), SPC_FACTOR_QR),
                                     &condition));
  EXPECT_EQ(condition, std::numeric_limits<double>::infinity());
}

// auto drops no triangle: an operator that passes for self-adjoint by its absolute tolerances, or by
// five digits, has LU factors.
TEST_P(Factorized, AutoReadsBothTriangles) {
  const std::vector<double> x = {1, 2};
  for (const Dense<double> &m :
       {Dense<double>{2, 2, {2e-9, 1e-9, 0, 2e-9}}, Dense<double>{2, 2, {2, 1, 1 + 1e-7, 2}},
        Dense<double>{2, 2, {1e-6, 1e-3 + 1e-8, 1e-3, 2}}}) {
    const LinOp A = sparse_linop<double>(ctx, m), F = factorized(A);
    ASSERT_EQ(is_hermitian(A), SPC_TRUE);
    EXPECT_EQ(info_of(F).method, SPC_FACTOR_LU);
    EXPECT_STREQ(info_of(F).reason, "the operator is not self-adjoint");
    expect_close(values<double>(apply(F, vector<double>(ctx, product(m, x, SPC_MODE_NONE)))), x,
                 1e-9);
  }
  // What rounding does to a product with weights is no asymmetry.
  const Dense<double> h{2, 2, {1.0 / 3, 0.1 * 3, 0.3, 2.0 / 3}};
  EXPECT_EQ(info_of(factorized(sparse_linop<double>(ctx, h))).method, SPC_FACTOR_CHOLESKY);
}

TEST_P(Factorized, RefactorizingKeepsWhatAutoHasChosen) {
  const Space X = dense_space(ctx, {2});
  const LinOp A = sparse_linop<double>(ctx, {2, 2, {4, 1, 1, 3}}, "csr", X),
              B = sparse_linop<double>(ctx, {2, 2, {4, 2, 1, 3}}, "csr", X),
              C = sparse_linop<double>(ctx, {2, 2, {-4, 1, 1, 3}}, "csr", X);
  const LinOp F = factorized(A), by_choice = factorized(A, SPC_FACTOR_CHOLESKY);
  LinOp G;
  for (spc_linop other : {spc_linop(B), spc_linop(C)})
    expect_error(
        spc_linop_refactorize(F, other, G.out()), SPC_E_LINALG,
        {"linop_refactorize: F has chosen cholesky, the operator is not self-adjoint with a "
         "positive diagonal"});
  expect_error(spc_linop_refactorize(by_choice, B, G.out()), SPC_E_VALUE,
               {"linop_refactorize: cholesky requires a self-adjoint LinOp; got a SparseLinOp that "
                "differs from its adjoint by 1, beside entries up to 4"});
  check(spc_linop_refactorize(F, A, G.out()));
  EXPECT_STREQ(info_of(G).reason, "the operator is self-adjoint with a positive diagonal");
}

// The elimination of [[2^-27, 1], [1, 1]] loses half the digits of (1, 1/3), none of (2^-27, 1).
TEST_P(Factorized, ColumnsAreRefinedEachForItself) {
  const double t = std::ldexp(1.0, -27);
  const Dense<double> m{2, 2, {t, 1, 1, 1}};
  spc_factor_options o = factor_options(SPC_FACTOR_LDL);
  o.ordering = SPC_ORDERING_NATURAL;
  const LinOp F = factorized(sparse_linop<double>(ctx, m), o);
  o.refinement = -1;
  const LinOp once = factorized(sparse_linop<double>(ctx, m), o);
  const std::vector<double> b = {1, 1.0 / 3};
  const double x0 = (1.0 / 3 - 1) / (1 - t), x1 = 1 - t * x0;
  const double error = std::abs(values<double>(apply(once, vector<double>(ctx, b)))[0] - x0);
  ASSERT_GT(error, 1e-11) << "nothing to refine";
  expect_close(values<double>(apply(F, vector<double>(ctx, b))), {x0, x1}, 1e-14);
  const Array both = vapply(F, array<double>(ctx, {2, 2}, {1e12 * t, 1e12, 1, 1.0 / 3}));
  const std::vector<double> x = values<double>(both);
  EXPECT_NEAR(x[2], x0, 1e-14);
  EXPECT_NEAR(x[3], x1, 1e-14);
}

// Squares of what is still in range are not.
TEST_P(Factorized, NumbersOfAnySize) {
  for (const double s : {1e200, 1e-200, 1e300, 1e-300}) {
    for (int32_t method : {SPC_FACTOR_CHOLESKY, SPC_FACTOR_LDL, SPC_FACTOR_LU, SPC_FACTOR_QR}) {
      if (method == SPC_FACTOR_QR && std::string(GetParam()) == "suitesparse") continue;
      SCOPED_TRACE(::testing::Message() << s << " method " << method);
      const LinOp F = factorized(sparse_linop<double>(ctx, {2, 2, {2 * s, s, s, 2 * s}}), method);
      expect_close(values<double>(apply(F, vector<double>(ctx, {4 * s, 5 * s}))), {1, 2}, 1e-14);
      EXPECT_EQ(info_of(F).rank, 2);
      EXPECT_NEAR(info_of(F).log_abs_det, std::log(3.0) + 2 * std::log(s), 1e-11);
    }
  }
}

TEST_P(Factorized, EstimatesTheCondition) {
  // |A|_1 |A^-1|_1 of a diagonal matrix, and of one with a known inverse.
  const auto estimate = [&](const Dense<double> &m) {
    double out = -1;
    check(spc_linop_condition_estimate(factorized(sparse_linop<double>(ctx, m)), &out));
    return out;
  };
  EXPECT_NEAR(estimate({3, 3, {4, 0, 0, 0, 0.5, 0, 0, 0, 2}}), 8, 1e-12);
  // [[1, a], [0, 1]]: the norm of it and of its inverse is 1 + a.
  EXPECT_NEAR(estimate({2, 2, {1, 100, 0, 1}}), 101.0 * 101, 1e-6);
  // Repeated entries are one: 4 = 1000 - 996.
  const Array indptr = vector<int64_t>(ctx, {0, 2, 3}), indices = vector<int64_t>(ctx, {0, 0, 1}),
              data = vector<double>(ctx, {1000, -996, 2});
  Array s;
  check(spc_sparse_create(SPC_CSR, 2, 2, indptr, indices, data, s.out()));
  const Space X = dense_space(ctx, {2});
  LinOp R;
  check(spc_linop_sparse(s, X, X, R.out()));
  double repeated = 0;
  check(spc_linop_condition_estimate(factorized(R), &repeated));
  EXPECT_NEAR(repeated, 2, 1e-12);
  LinOp P = factorized(sparse_linop<double>(ctx, {2, 1, {1, 2}}));
  double out = 0;
  expect_error(spc_linop_condition_estimate(P, &out), SPC_E_VALUE,
               {"linop_condition_estimate requires a square LinOp; got a SparseInverseLinOp"});
}

TEST_P(Factorized, InverseOfASparseOperatorHasSparseFactors) {
  const Dense<double> m = general<double>(9);
  const LinOp A = sparse_linop<double>(ctx, m);
  LinOp B, again;
  check(spc_linop_inverse(A, nullptr, B.out()));
  EXPECT_EQ(kind_of(B), "SparseInverseLinOp");
  EXPECT_EQ(info_of(B).method, SPC_FACTOR_LU);
  check(spc_linop_inverse(B, nullptr, again.out()));
  EXPECT_TRUE(same(again, A));
  const std::vector<double> x = ramp<double>(9);
  expect_close(values<double>(apply(B, vector<double>(ctx, product(m, x, 0)))), x, 1e-11);
}

TEST_P(Factorized, EmptyOperators) {
  const LinOp nothing = factorized(sparse_linop<double>(ctx, Dense<double>{0, 0, {}}));
  EXPECT_EQ(info_of(nothing).log_abs_det, 0);
  EXPECT_EQ(values<double>(apply(nothing, vector<double>(ctx, {}))).size(), 0u);
  const LinOp zero =
      factorized(sparse_linop<double>(ctx, Dense<double>{2, 3, std::vector<double>(6)}));
  expect_close(values<double>(apply(zero, vector<double>(ctx, {1, 2}))), {0, 0, 0}, 0);
  expect_close(values<double>(rapply(zero, vector<double>(ctx, {1, 2, 3}))), {0, 0}, 0);
  const spc_factor_info info = info_of(zero);
  EXPECT_EQ(info.rank, 0);
  EXPECT_EQ(info.positive, -1);
  EXPECT_EQ(info.negative, -1);
  EXPECT_TRUE(std::isnan(info.log_abs_det)) << info.log_abs_det;
}

TEST_P(Factorized, RefusesWhatHasNoInverse) {
  LinOp F;
  const auto refused = [&](const Dense<double> &m, int32_t method, spc_status code,
                           std::initializer_list<const char *> parts) {
    const LinOp A = sparse_linop<double>(ctx, m);
    const spc_factor_options o = factor_options(method);
    expect_error(spc_linop_factorize(A, &o, F.out()), code, parts);
    EXPECT_EQ(spc_linop(F), nullptr);
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Dense<double> singular{3, 3, {1, 2, 0, 2, 4, 0, 0, 0, 1}}, structural{2, 2, {1, 1, 0, 0}},
      indefinite{3, 3, {2, 0, 1, 0, 1, 0, 1, 0, -1}};
  refused(singular, SPC_FACTOR_LU, SPC_E_LINALG,
          {"linop_factorize: singular matrix: pivot ", " of 3"});
  refused(structural, SPC_FACTOR_LU, SPC_E_LINALG,
          {"linop_factorize: singular matrix: pivot 1 of 2"});
  refused({2, 2, {0, 0, 0, 0}}, SPC_FACTOR_LU, SPC_E_LINALG,
          {"linop_factorize: singular matrix: pivot 0 of 2"});
  refused({2, 2, {0, 0, 0, 0}}, SPC_FACTOR_CHOLESKY, SPC_E_LINALG,
          {"linop_factorize: matrix is not positive definite: leading minor 1 of 2"});
  refused(indefinite, SPC_FACTOR_CHOLESKY, SPC_E_LINALG,
          {"linop_factorize: matrix is not positive definite: leading minor ", " of 3"});
  refused({2, 2, {0, 1, 1, 0}}, SPC_FACTOR_LDL, SPC_E_LINALG,
          {"linop_factorize: pivot 0 of 2 is 0: singular, or to be factored by lu"});
  for (int32_t method : {SPC_FACTOR_CHOLESKY, SPC_FACTOR_LDL, SPC_FACTOR_LU, SPC_FACTOR_QR}) {
    refused({2, 2, {1, 0, nan, 2}}, method, SPC_E_LINALG,
            {"linop_factorize: array has NaN or infinite elements"});
    refused({2, 2, {1, 0, 0, HUGE_VAL}}, method, SPC_E_LINALG,
            {"linop_factorize: array has NaN or infinite elements"});
  }
  refused({2, 3, {1, 0, 0, 0, 1, 0}}, SPC_FACTOR_LU, SPC_E_VALUE,
          {"linop_factorize: lu requires a square LinOp; got a SparseLinOp of shape (3,) -> (2,)"});

  const LinOp A = sparse_linop<double>(ctx, general<double>(4));
  spc_factor_options o = factor_options();
  o.method = 7;
  expect_error(spc_linop_factorize(A, &o, F.out()), SPC_E_VALUE,
               {"linop_factorize: method is 7, expected 0 to 4"});
  o = factor_options();
  o.ordering = -1;
  expect_error(spc_linop_factorize(A, &o, F.out()), SPC_E_VALUE,
               {"linop_factorize: ordering is -1, expected 0 to 4"});
  o = factor_options();
  o.variant = 3;
  expect_error(spc_linop_factorize(A, &o, F.out()), SPC_E_VALUE,
               {"linop_factorize: variant is 3, expected 0 to 2"});
  o = factor_options();
  o.pivot_tolerance = 2;
  expect_error(spc_linop_factorize(A, &o, F.out()), SPC_E_VALUE,
               {"linop_factorize: pivot_tolerance is 2, expected 0 to 1"});
  o = factor_options();
  o.rank_tolerance = nan;
  expect_error(spc_linop_factorize(A, &o, F.out()), SPC_E_VALUE,
               {"linop_factorize: rank_tolerance is nan, expected a finite number that is not "
                "negative"});
  o.rank_tolerance = -1;
  expect_error(spc_linop_factorize(A, &o, F.out()), SPC_E_VALUE,
               {"linop_factorize: rank_tolerance is -1, expected a finite number"});
  o = factor_options();
  o.struct_size = 8;
  expect_error(spc_linop_factorize(A, &o, F.out()), SPC_E_VALUE,
               {"linop_factorize: options.struct_size is 8, expected at least 40"});
  const Space X = dense_space(ctx, {2});
  const LinOp dense = dense_linop<double>(ctx, X, X, {2, 2}, {1, 2, 3, 4});
  expect_error(spc_linop_factorize(dense, nullptr, F.out()), SPC_E_NOTIMPL,
               {"linop_factorize: a DenseLinOp is not sparse by structure"});
  spc_factor_info info{};
  info.struct_size = sizeof info;
  expect_error(
      spc_linop_factor_info(dense, &info), SPC_E_TYPE,
      {"linop_factor_info: expected an operator by a sparse factorization, got a DenseLinOp"});
  info.struct_size = 12;
  expect_error(spc_linop_factor_info(factorized(A), &info), SPC_E_VALUE,
               {"linop_factor_info: struct_size is 12, expected at least 104"});
}

SPC_ON_EVERY_FACTOR_FAMILY(Factorized);

}  // namespace
