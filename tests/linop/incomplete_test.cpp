// SPDX-License-Identifier: Apache-2.0
// Incomplete factors as preconditioners, Schur complements, and geometries by a sparse Gram matrix.
#include <cmath>

#include "tests/linop/factors.hpp"

namespace {

using namespace test;

// -Laplace on k x k points plus a skew coupling of the given size along the rows.
template <class T>
std::vector<T> laplacian(int64_t k, double skew = 0) {
  const int64_t n = k * k;
  std::vector<T> m(static_cast<std::size_t>(n * n));
  const auto at = [&](int64_t i, int64_t j) -> T & {
    return m[static_cast<std::size_t>(i * n + j)];
  };
  for (int64_t y = 0; y < k; ++y)
    for (int64_t x = 0; x < k; ++x) {
      const int64_t i = y * k + x;
      at(i, i) = number<T>(4.5);
      if (x + 1 < k) {
        at(i, i + 1) = number<T>(-1 + skew, 0.25);
        at(i + 1, i) = number<T>(-1 - skew, -0.25);
      }
      if (y + 1 < k) at(i, i + k) = at(i + k, i) = number<T>(-1);
    }
  return m;
}

template <class T>
LinOp sparse_linop(spc_context c, int64_t n, const std::vector<T> &m, spc_space X,
                   const char *format = "csr") {
  LinOp A;
  check(spc_linop_sparse(sparse<T>(c, n, n, m, format), X, X, A.out()));
  return A;
}

LinOp incomplete(spc_linop A, const char *method) {
  LinOp P;
  check(spc_linop_incomplete(A, method, P.out()));
  return P;
}

class Incomplete : public OnFactorFamily {
 protected:
  // The product of the factors agrees with A wherever A has an entry.
  template <class T>
  void expect_exact_on_pattern(const std::vector<T> &m, int64_t n, const char *method,
                               const char *format) {
    SCOPED_TRACE(::testing::Message() << method << " " << format);
    const Context c = context(GetParam(), dtype_of<T>());
    const Space X = dense_space(c, {n});
    const LinOp P = incomplete(sparse_linop<T>(c, n, m, X, format), method);
    Array product;
    check(spc_inv(matrix_of(P), product.out()));
    const std::vector<T> lu = values<T>(product);
    std::vector<T> found, expected;
    double beyond = 0;
    for (std::size_t i = 0; i < m.size(); ++i) {
      if (m[i] != T(0)) {
        found.push_back(lu[i]);
        expected.push_back(m[i]);
      } else {
        beyond = std::max(beyond, static_cast<double>(std::abs(lu[i])));
      }
    }
    expect_close(found, expected, 100 * tolerance<T>());
    EXPECT_GT(beyond, 1e-3) << "the factors are complete";
  }
};

TEST_P(Incomplete, FactorsAreExactOnThePattern) {
  for (const char *format : {"csr", "csc", "coo"}) {
    expect_exact_on_pattern<double>(laplacian<double>(5), 25, "ic0", format);
    expect_exact_on_pattern<c128>(laplacian<c128>(5), 25, "ic0", format);
    expect_exact_on_pattern<double>(laplacian<double>(5, 0.5), 25, "ilu0", format);
    expect_exact_on_pattern<c128>(laplacian<c128>(5, 0.5), 25, "ilu0", format);
  }
  expect_exact_on_pattern<float>(laplacian<float>(5), 25, "ic0", "csr");
  expect_exact_on_pattern<c64>(laplacian<c64>(5, 0.5), 25, "ilu0", "csr");
}

TEST_P(Incomplete, ObeysTheLawsOfOperators) {
  using T = c128;
  const Context c = context(GetParam(), dtype_of<T>());
  const Space X = dense_space(c, {9});
  std::vector<T> w;
  for (int i = 0; i < 9; ++i) w.push_back(1.0 + 0.25 * i);
  const Space Y = coordinate_space<T>(c, 9, w);
  const LinOp ic0 = incomplete(sparse_linop<T>(c, 9, laplacian<T>(3), X), nullptr),
              ilu0 = incomplete(sparse_linop<T>(c, 9, laplacian<T>(3, 0.5), X), nullptr);
  EXPECT_NE(text_of(ic0).find("ic0"), std::string::npos) << text_of(ic0);
  EXPECT_NE(text_of(ilu0).find("ilu0"), std::string::npos) << text_of(ilu0);
  EXPECT_EQ(is(ic0, SPC_IS_POSITIVE_DEFINITE), SPC_TRUE);
  expect_operator_laws(ic0);
  expect_operator_laws(ilu0);
  expect_operator_laws(incomplete(sparse_linop<T>(c, 9, laplacian<T>(3), Y), "ilu0"));
}

int64_t iterations(spc_linop A, spc_array b, spc_linop precond) {
  spc_solve_options o{};
  o.struct_size = sizeof o;
  check(spc_solve_options_init(&o));
  o.rtol = 1e-10;
  o.precond = precond;
  spc_solve_result r{};
  r.struct_size = sizeof r;
  Array x;
  check(spc_cg(A, b, nullptr, &o, x.out(), &r));
  EXPECT_GT(r.reason, 0);
  return r.iterations;
}

TEST_P(Incomplete, HalvesTheIterations) {
  constexpr int64_t k = 12, n = k * k;
  std::vector<double> m = laplacian<double>(k);
  for (int64_t i = 0; i < n; ++i) m[static_cast<std::size_t>(i * n + i)] = 4;
  const Space X = dense_space(ctx, {n});
  const LinOp A = sparse_linop<double>(ctx, n, m, X);
  std::vector<double> b;
  for (int64_t i = 0; i < n; ++i) b.push_back(std::sin(static_cast<double>(i)));
  const Array right = vector<double>(ctx, b);
  EXPECT_LT(2 * iterations(A, right, incomplete(A, "ic0")), iterations(A, right, nullptr) + 2);
}

TEST_P(Incomplete, RefusesWhatHasNoFactors) {
  const Space X = dense_space(ctx, {2}), W = coordinate_space<double>(ctx, 2, {1, 2});
  LinOp P;
  const auto refused = [&](const std::vector<double> &m, const char *method, const char *text) {
    expect_error(spc_linop_incomplete(sparse_linop<double>(ctx, 2, m, X), method, P.out()),
                 SPC_E_LINALG, {text});
  };
  refused({1, 2, 2, 1}, "ic0", "linop_incomplete: pivot of row 1 is not positive");
  refused({0, 1, 1, 0}, "ic0", "linop_incomplete: pivot of row 0 is not stored");
  refused({1, 1, 1, 1}, "ilu0", "linop_incomplete: pivot of row 1 is 0");
  refused({1, 1, 1, 0}, "ilu0", "linop_incomplete: pivot of row 1 is not stored");
  refused({0, 0, 0, 0}, "ilu0", "linop_incomplete: pivot of row 0 is not stored");
  const LinOp A = sparse_linop<double>(ctx, 2, {2, 1, 1, 2}, X);
  expect_error(spc_linop_incomplete(A, "ilu", P.out()), SPC_E_VALUE,
               {"linop_incomplete: unknown method 'ilu'; expected auto, ic0 or ilu0"});
  expect_error(spc_linop_incomplete(sparse_linop<double>(ctx, 2, {2, 1, 1, 2}, W), "ic0", P.out()),
               SPC_E_VALUE, {"linop_incomplete: ic0 needs a Euclidean geometry"});
  expect_error(
      spc_linop_incomplete(dense_linop<double>(ctx, X, X, {2, 2}, {1, 0, 0, 1}), nullptr, P.out()),
      SPC_E_NOTIMPL, {"linop_incomplete: a DenseLinOp is not sparse by structure"});
  LinOp between;
  check(spc_linop_sparse(sparse<double>(ctx, 2, 2, {2, 1, 1, 2}), X, W, between.out()));
  expect_error(
      spc_linop_incomplete(between, nullptr, P.out()), SPC_E_VALUE,
      {"linop_incomplete needs equal domain and codomain; got a SparseLinOp between others"});
  LinOp R;
  check(spc_linop_sparse(sparse<double>(ctx, 3, 2, {1, 0, 0, 1, 1, 1}), X, dense_space(ctx, {3}),
                         R.out()));
  expect_error(
      spc_linop_incomplete(R, nullptr, P.out()), SPC_E_VALUE,
      {"linop_incomplete requires a square LinOp; got a SparseLinOp of shape (2,) -> (3,)"});
}

// Eliminating the first unknowns of [[A, B], [C, D]] [x; y] = [f; g].
TEST_P(Incomplete, SchurComplement) {
  const Space X = dense_space(ctx, {2}), Y = dense_space(ctx, {1});
  const LinOp A = sparse_linop<double>(ctx, 2, {4, 1, 1, 3}, X), F = factorized(A),
              B = dense_linop<double>(ctx, Y, X, {2, 1}, {1, 2}),
              C = dense_linop<double>(ctx, X, Y, {1, 2}, {3, -1}),
              D = dense_linop<double>(ctx, Y, Y, {1, 1}, {5});
  LinOp S, T;
  check(spc_linop_schur_complement(F, B, C, D, S.out()));
  // A^-1 = [[3, -1], [-1, 4]] / 11; C A^-1 B = (3*1 - 7) / 11
  expect_close(values<double>(matrix_of(S)), {5 + 4.0 / 11}, 1e-14);
  expect_operator_laws(S);
  check(spc_linop_schur_complement(F, B, nullptr, nullptr, T.out()));
  expect_close(values<double>(matrix_of(T)), {-15.0 / 11}, 1e-14);
  expect_operator_laws(T);
  expect_error(spc_linop_schur_complement(F, C, nullptr, nullptr, S.out()), SPC_E_VALUE,
               {"ComposedLinOp requires right.codomain == left.domain"});
}

TEST_P(Incomplete, SparseGramMatrix) {
  using T = c128;
  const Context c = context(GetParam(), dtype_of<T>());
  const std::vector<T> g = laplacian<T>(3);
  const Array dense_gram = array<T>(c, {9, 9}, g);
  for (const char *format : {"csr", "csc", "coo"}) {
    SCOPED_TRACE(format);
    Geometry by_sparse, by_dense;
    check(spc_geometry_gram(sparse<T>(c, 9, 9, g, format), by_sparse.out()));
    check(spc_geometry_gram(dense_gram, by_dense.out()));
    const Space X = dense_space(c, {3, 3}, by_sparse), Y = dense_space(c, {3, 3}, by_dense);
    std::vector<T> x, y;
    for (int i = 0; i < 9; ++i) {
      x.emplace_back(i, 1 - i);
      y.emplace_back(1, 0.5 * i);
    }
    const Array a = array<T>(c, {3, 3}, x), b = array<T>(c, {3, 3}, y);
    expect_close(values<T>(inner(X, a, b)), values<T>(inner(Y, a, b)), 1e-12);
    for (const auto map : {spc_space_riesz, spc_space_riesz_inverse}) {
      Array p, q;
      check(map(X, a, p.out()));
      check(map(Y, a, q.out()));
      expect_close(values<T>(p), values<T>(q), 1e-12);
    }
    expect_operator_laws(identity(X));
    LinOp A;
    check(spc_linop_dense(array<T>(c, {3, 3, 3, 3}, laplacian<T>(3, 0.5)), X, X, A.out()));
    expect_operator_laws(A);
    EXPECT_FALSE(equal(X, Y));
  }
}

TEST_P(Incomplete, SparseGramMatricesAreValidated) {
  const int64_t shape[] = {2};
  const auto refused = [&](const std::vector<double> &g, int64_t n, spc_status code,
                           const char *text) {
    Geometry geometry;
    check(spc_geometry_gram(sparse<double>(ctx, n, n, g), geometry.out()));
    Space s;
    expect_error(spc_space_dense(ctx, 1, shape, geometry, s.out()), code,
                 {"GramInnerProduct", text});
  };
  refused({1, 2, 2, 1}, 2, SPC_E_LINALG, "must be positive definite: ");
  refused({0, 0, 0, 0}, 2, SPC_E_LINALG, "must be positive definite: it has no entries");
  refused({1, 2, 0, 5}, 2, SPC_E_VALUE, "must be Hermitian");
  refused({1, 0, 0, HUGE_VAL}, 2, SPC_E_VALUE, "must be finite");
  refused({1, 0, 0, 0, 1, 0, 0, 0, 1}, 3, SPC_E_VALUE,
          "matrix has shape (3, 3), the space of 2 coordinates needs (2, 2)");
}

SPC_ON_EVERY_FACTOR_FAMILY(Incomplete);

}  // namespace
