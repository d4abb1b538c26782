// SPDX-License-Identifier: Apache-2.0
// Direct solves with matrices of the Matrix Market: backward errors from the entries of the files.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "tests/linop/factors.hpp"

namespace {

using namespace test;

// The entries of a matrix, one by one.
struct Entries {
  int64_t rows = 0, cols = 0;
  std::vector<int64_t> row, col;
  std::vector<c128> value;

  std::vector<c128> times(const std::vector<c128> &x, bool adjoint) const {
    std::vector<c128> y(static_cast<std::size_t>(adjoint ? cols : rows));
    for (std::size_t k = 0; k < value.size(); ++k) {
      const auto i = static_cast<std::size_t>(row[k]), j = static_cast<std::size_t>(col[k]);
      if (adjoint)
        y[j] += std::conj(value[k]) * x[i];
      else
        y[i] += value[k] * x[j];
    }
    return y;
  }
  // Largest sum of moduli of a row, or of a column.
  double norm(bool adjoint) const {
    std::vector<double> sums(static_cast<std::size_t>(adjoint ? cols : rows));
    for (std::size_t k = 0; k < value.size(); ++k)
      sums[static_cast<std::size_t>(adjoint ? col[k] : row[k])] += std::abs(value[k]);
    return *std::max_element(sums.begin(), sums.end());
  }
};

double largest(const std::vector<c128> &x) {
  double m = 0;
  for (c128 v : x) m = std::max(m, std::abs(v));
  return m;
}
double two_norm(const std::vector<c128> &x) {
  double s = 0;
  for (c128 v : x) s += std::norm(v);
  return std::sqrt(s);
}
std::vector<c128> minus(std::vector<c128> a, const std::vector<c128> &b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return a;
}

std::string data_file(const char *name) {
  return std::string(SPACECORE_SHARED_DIR "/data/") + name + ".mtx";
}

std::vector<c128> host(spc_array a) {
  Array wide;
  check(spc_astype(a, SPC_COMPLEX128, wide.out()));
  return values<c128>(wide);
}

class Direct : public OnFactorFamily {
 protected:
  void SetUp() override {
    OnFactorFamily::SetUp();
    if (!std::filesystem::exists(data_file("494_bus")))
      GTEST_SKIP() << "no matrices in " << SPACECORE_SHARED_DIR "/data";
  }

  // A and its entries.
  LinOp read(const char *name, Entries &entries, const char *format = "csr") {
    Array coo, matrix;
    check(spc_mm_read(data_file(name).c_str(), ctx, "coo", SPC_DTYPE_NONE, coo.out()));
    if (dtype_of(coo) == SPC_COMPLEX128) ctx = context(GetParam(), SPC_COMPLEX128);
    check(spc_mm_read(data_file(name).c_str(), ctx, format, SPC_DTYPE_NONE, matrix.out()));
    Array row, col, value;
    check(spc_sparse_parts(coo, row.out(), col.out(), value.out()));
    Array row64, col64;
    check(spc_astype(row, SPC_INT64, row64.out()));
    check(spc_astype(col, SPC_INT64, col64.out()));
    entries.row = values<int64_t>(row64);
    entries.col = values<int64_t>(col64);
    entries.value = host(value);
    const Shape shape = shape_of(matrix);
    entries.rows = shape[0];
    entries.cols = shape[1];
    const Space X = dense_space(ctx, {shape[1]}),
                Y = shape[0] == shape[1] ? Space() : dense_space(ctx, {shape[0]});
    LinOp A;
    check(spc_linop_sparse(matrix, X, shape[0] == shape[1] ? spc_space(X) : spc_space(Y), A.out()));
    return A;
  }

  Array element(const std::vector<c128> &x) {
    if (dtype_of_context() == SPC_COMPLEX128) return vector<c128>(ctx, x);
    std::vector<double> re;
    for (c128 v : x) re.push_back(v.real());
    return vector<double>(ctx, re);
  }
  int32_t dtype_of_context() {
    int32_t d = 0;
    check(spc_context_dtype(ctx, &d));
    return d;
  }
  std::vector<c128> right_side(int64_t n) {
    std::vector<c128> b;
    const bool complex = dtype_of_context() == SPC_COMPLEX128;
    for (int64_t i = 0; i < n; ++i)
      b.emplace_back(std::sin(1.0 + 0.7 * static_cast<double>(i)),
                     complex ? std::cos(static_cast<double>(i)) : 0.0);
    return b;
  }

  void expect_solves(const char *name, const spc_factor_options &options, const char *format) {
    SCOPED_TRACE(::testing::Message() << name << " " << format << " variant " << options.variant);
    Entries m;
    const LinOp A = read(name, m, format), F = factorized(A, options);
    const std::vector<c128> b = right_side(m.rows);
    for (const bool adjoint : {false, true}) {
      const std::vector<c128> x = host(adjoint ? rapply(F, element(b)) : apply(F, element(b)));
      const double residual = largest(minus(b, m.times(x, adjoint)));
      EXPECT_LE(residual / (m.norm(adjoint) * largest(x) + largest(b)), 1e-13)
          << (adjoint ? "adjoint" : "as it is");
    }
  }
};

TEST_P(Direct, SquareSystemsAndTheirAdjoints) {
  for (const char *name :
       {"494_bus", "LFAT5", "bcsstk13", "west0067", "west0479", "olm1000", "young1c"}) {
    expect_solves(name, factor_options(), "csr");
    expect_solves(name, factor_options(SPC_FACTOR_LU), "csc");
  }
  for (const char *name : {"west0067", "west0479", "olm1000", "young1c"}) {
    spc_factor_options o = factor_options(SPC_FACTOR_LU);
    o.variant = SPC_VARIANT_SIMPLICIAL;
    expect_solves(name, o, "csr");
  }
}

TEST_P(Direct, ChoosesWhatTheMatrixIs) {
  const auto method = [&](const char *name) {
    Entries m;
    return info_of(factorized(read(name, m))).method;
  };
  EXPECT_EQ(method("494_bus"), SPC_FACTOR_CHOLESKY);
  EXPECT_EQ(method("bcsstk13"), SPC_FACTOR_CHOLESKY);
  EXPECT_EQ(method("west0479"), SPC_FACTOR_LU);
  EXPECT_EQ(method("ash219"), SPC_FACTOR_QR);
}

TEST_P(Direct, LeastSquaresOfAsh219) {
  Entries m;
  const LinOp A = read("ash219", m), P = factorized(A);
  EXPECT_EQ(info_of(P).rank, 85);
  const std::vector<c128> b = right_side(m.rows), x = host(apply(P, element(b)));
  const std::vector<c128> r = minus(b, m.times(x, false));
  ASSERT_GT(two_norm(r), 1e-3);
  EXPECT_LE(two_norm(m.times(r, true)), 1e-12 * m.norm(false) * two_norm(r));
}

// The solution of least norm by singular values is V diag(1/s) U^H b.
TEST_P(Direct, LeastNormOfLpE226) {
  Entries m;
  const LinOp A = read("lp_e226", m), P = factorized(A);
  EXPECT_EQ(info_of(P).rank, 223);
  const std::vector<c128> b = right_side(m.rows), x = host(apply(P, element(b)));
  const Context c = context("cpu");
  Array dense;
  std::vector<double> entries(static_cast<std::size_t>(m.rows * m.cols));
  for (std::size_t k = 0; k < m.value.size(); ++k)
    entries[static_cast<std::size_t>(m.row[k] * m.cols + m.col[k])] += m.value[k].real();
  Array u, s, vh;
  check(
      spc_svd(array<double>(c, {m.rows, m.cols}, entries), 0, nullptr, u.out(), s.out(), vh.out()));
  const std::vector<double> U = values<double>(u), S = values<double>(s), V = values<double>(vh);
  std::vector<c128> expected(static_cast<std::size_t>(m.cols));
  const auto rows = static_cast<std::size_t>(m.rows), cols = static_cast<std::size_t>(m.cols);
  for (std::size_t k = 0; k < rows; ++k) {
    double t = 0;
    for (std::size_t i = 0; i < rows; ++i) t += U[i * rows + k] * b[i].real();
    for (std::size_t j = 0; j < cols; ++j) expected[j] += V[k * cols + j] * (t / S[k]);
  }
  EXPECT_LE(two_norm(minus(x, expected)), 1e-9 * two_norm(expected));
}

// Patterns of graphs: an answer with a small residual, or an error that says what is wrong.
TEST_P(Direct, GraphsEndInAnAnswerOrANamedError) {
  for (const char *name : {"karate", "jagmesh7"}) {
    SCOPED_TRACE(name);
    Entries m;
    const LinOp A = read(name, m);
    for (int32_t method :
         {SPC_FACTOR_AUTO, SPC_FACTOR_CHOLESKY, SPC_FACTOR_LDL, SPC_FACTOR_LU, SPC_FACTOR_QR}) {
      SCOPED_TRACE(method);
      const bool dense = std::string(GetParam()) != "suitesparse";  // the reference kernel of qr
      if (method == SPC_FACTOR_QR && dense && m.cols > 500) continue;
      LinOp F;
      const spc_factor_options o = factor_options(method);
      const spc_status status = spc_linop_factorize(A, &o, F.out());
      if (status != SPC_OK) {
        EXPECT_EQ(status, SPC_E_LINALG);
        EXPECT_TRUE(last_error().find("linop_factorize: singular matrix: pivot ") == 0 ||
                    last_error().find("linop_factorize: pivot ") == 0 ||
                    last_error().find(
                        "linop_factorize: matrix is not positive definite: leading minor ") == 0)
            << last_error();
        continue;
      }
      EXPECT_NE(method, SPC_FACTOR_CHOLESKY);
      const std::vector<c128> b = m.times(right_side(m.cols), false);
      const std::vector<c128> x = host(apply(F, element(b)));
      const double residual = largest(minus(b, m.times(x, false)));
      EXPECT_LE(residual, 1e-8 * (m.norm(false) * largest(x) + largest(b)));
    }
  }
}

SPC_ON_EVERY_FACTOR_FAMILY(Direct);

}  // namespace
