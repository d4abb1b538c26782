// SPDX-License-Identifier: Apache-2.0
// Sparse direct solves of the suitesparse family, factorization and one solve, against the same from
// CHOLMOD, UMFPACK and SPQR called directly, with the matrix in their own form beforehand. The
// contenders take turns; medians and best times are compared. refactorize: the time of factors that use
// an earlier analysis, in units of that of factors from the beginning.
//
//   sparse_direct_bench [ROUNDS]
//   sparse_direct_bench --one CASE      seconds of the family alone, for against_scipy
//   CASE: 2d (500 x 500 points), 3d (40 x 40 x 40), ls (tall)
#include <SuiteSparseQR_C.h>
#include <cholmod.h>
#include <umfpack.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "spacecore/spacecore.hpp"

namespace {

struct Csr {
  std::int64_t cols = 0;
  std::vector<std::int32_t> indptr{0}, indices;
  std::vector<double> data;
  std::int64_t rows() const { return static_cast<std::int64_t>(indptr.size()) - 1; }
  void entry(bool inside, std::int64_t j, double v) {
    if (!inside) return;
    indices.push_back(static_cast<std::int32_t>(j));
    data.push_back(v);
  }
  void end_row() { indptr.push_back(static_cast<std::int32_t>(indices.size())); }
};

// -Laplace on n x n x depth points.
Csr poisson(std::int64_t n, std::int64_t depth) {
  Csr m;
  m.cols = n * n * depth;
  for (std::int64_t z = 0; z < depth; ++z)
    for (std::int64_t y = 0; y < n; ++y)
      for (std::int64_t x = 0; x < n; ++x) {
        const std::int64_t i = (z * n + y) * n + x;
        m.entry(z > 0, i - n * n, -1);
        m.entry(y > 0, i - n, -1);
        m.entry(x > 0, i - 1, -1);
        m.entry(true, i, depth > 1 ? 6 : 4);
        m.entry(x < n - 1, i + 1, -1);
        m.entry(y < n - 1, i + n, -1);
        m.entry(z < depth - 1, i + n * n, -1);
        m.end_row();
      }
  return m;
}

// The differences along both axes of n x n points, and a bit of the identity: 3 n^2 rows.
Csr tall(std::int64_t n) {
  Csr m;
  m.cols = n * n;
  for (std::int64_t i = 0; i < n * n; ++i) {
    m.entry(true, i, -1);
    m.entry((i + 1) % n != 0, i + 1, 1);
    m.end_row();
    m.entry(true, i, -1);
    m.entry(i + n < n * n, i + n, 1);
    m.end_row();
    m.entry(true, i, 0.1);
    m.end_row();
  }
  return m;
}

// Compressed columns with the libraries' integers.
struct Csc {
  std::int64_t rows, cols;
  std::vector<SuiteSparse_long> start, row;
  std::vector<double> value;

  explicit Csc(const Csr &a)
      : rows(a.rows()),
        cols(a.cols),
        start(static_cast<std::size_t>(a.cols) + 1),
        row(a.indices.size()),
        value(a.indices.size()) {
    for (const std::int32_t j : a.indices) ++start[static_cast<std::size_t>(j) + 1];
    for (std::size_t j = 1; j < start.size(); ++j) start[j] += start[j - 1];
    std::vector<SuiteSparse_long> next(start.begin(), start.end() - 1);
    for (std::size_t i = 0; i + 1 < a.indptr.size(); ++i)
      for (auto k = static_cast<std::size_t>(a.indptr[i]);
           k < static_cast<std::size_t>(a.indptr[i + 1]); ++k) {
        const auto to = static_cast<std::size_t>(next[static_cast<std::size_t>(a.indices[k])]++);
        row[to] = static_cast<SuiteSparse_long>(i);
        value[to] = a.data[k];
      }
  }
  cholmod_sparse as_cholmod(int stype) {
    cholmod_sparse s{};
    s.nrow = static_cast<std::size_t>(rows);
    s.ncol = static_cast<std::size_t>(cols);
    s.nzmax = row.size();
    s.p = start.data();
    s.i = row.data();
    s.x = value.data();
    s.stype = stype;
    s.itype = CHOLMOD_LONG;
    s.xtype = CHOLMOD_REAL;
    s.dtype = CHOLMOD_DOUBLE;
    s.sorted = s.packed = 1;
    return s;
  }
};

using Vector = std::vector<double>;

cholmod_dense as_dense(Vector &b) {
  cholmod_dense d{};
  d.nrow = d.nzmax = d.d = b.size();
  d.ncol = 1;
  d.x = b.data();
  d.xtype = CHOLMOD_REAL;
  d.dtype = CHOLMOD_DOUBLE;
  return d;
}

Vector taken(cholmod_dense *x, cholmod_common &common) {
  Vector out;
  if (x != nullptr) out.assign(static_cast<double *>(x->x), static_cast<double *>(x->x) + x->nrow);
  cholmod_l_free_dense(&x, &common);
  return out;
}

Vector by_cholmod(Csc &a, Vector &b) {
  cholmod_common common;
  cholmod_l_start(&common);
  cholmod_sparse s = a.as_cholmod(1);
  cholmod_dense right = as_dense(b);
  cholmod_factor *l = cholmod_l_analyze(&s, &common);
  cholmod_l_factorize(&s, l, &common);
  Vector x = taken(cholmod_l_solve(CHOLMOD_A, l, &right, &common), common);
  cholmod_l_free_factor(&l, &common);
  cholmod_l_finish(&common);
  return x;
}

Vector by_umfpack(Csc &a, Vector &b) {
  void *symbolic = nullptr, *numeric = nullptr;
  Vector x(b.size());
  umfpack_dl_symbolic(a.rows, a.cols, a.start.data(), a.row.data(), a.value.data(), &symbolic,
                      nullptr, nullptr);
  umfpack_dl_numeric(a.start.data(), a.row.data(), a.value.data(), symbolic, &numeric, nullptr,
                     nullptr);
  umfpack_dl_solve(UMFPACK_A, a.start.data(), a.row.data(), a.value.data(), x.data(), b.data(),
                   numeric, nullptr, nullptr);
  umfpack_dl_free_symbolic(&symbolic);
  umfpack_dl_free_numeric(&numeric);
  return x;
}

Vector by_spqr(Csc &a, Vector &b) {
  cholmod_common common;
  cholmod_l_start(&common);
  cholmod_sparse s = a.as_cholmod(0);
  cholmod_dense right = as_dense(b);
  SuiteSparseQR_C_factorization *qr =
      SuiteSparseQR_C_factorize(SPQR_ORDERING_DEFAULT, SPQR_DEFAULT_TOL, &s, &common);
  cholmod_dense *y = SuiteSparseQR_C_qmult(SPQR_QTX, qr, &right, &common);
  Vector x = taken(SuiteSparseQR_C_solve(SPQR_RETX_EQUALS_B, qr, y, &common), common);
  cholmod_l_free_dense(&y, &common);
  SuiteSparseQR_C_free(&qr, &common);
  cholmod_l_finish(&common);
  return x;
}

struct Operator {
  spc::Context context{"suitesparse"};
  spc::Array b;
  spc_linop op = nullptr;

  Operator(const Csr &a, const Vector &right) {
    const auto vector = [&](std::int32_t dtype, std::int64_t n, const void *data) {
      spc_array out = nullptr;
      spc::check(spc_array_from_host(context.get(), dtype, 1, &n, data, &out));
      return spc::Array::adopt(out);
    };
    const auto nnz = static_cast<std::int64_t>(a.data.size());
    const spc::Array indptr = vector(SPC_INT32, a.rows() + 1, a.indptr.data()),
                     indices = vector(SPC_INT32, nnz, a.indices.data()),
                     data = vector(SPC_FLOAT64, nnz, a.data.data());
    b = vector(SPC_FLOAT64, a.rows(), right.data());
    spc_array matrix = nullptr;
    spc::check(spc_sparse_create(SPC_CSR, a.rows(), a.cols, indptr.get(), indices.get(), data.get(),
                                 &matrix));
    const std::int64_t rows = a.rows();
    spc_space X = nullptr, Y = nullptr;
    spc::check(spc_space_dense(context.get(), 1, &a.cols, nullptr, &X));
    spc::check(spc_space_dense(context.get(), 1, &rows, nullptr, &Y));
    spc::check(spc_linop_sparse(matrix, X, Y, &op));
    spc_array_release(&matrix);
    spc_space_release(&X);
    spc_space_release(&Y);
  }
  Operator(const Operator &) = delete;
  Operator &operator=(const Operator &) = delete;
  ~Operator() { spc_linop_release(&op); }

  spc_linop factors(std::int32_t method) const {
    spc::FactorOptions options;
    options.method = method;
    spc_linop inverse = nullptr;
    spc::check(spc_linop_factorize(op, &options, &inverse));
    return inverse;
  }
  // With the analysis of `analysed`.
  void refactor(spc_linop analysed) const {
    spc_linop inverse = nullptr;
    spc::check(spc_linop_refactorize(analysed, op, &inverse));
    spc_linop_release(&inverse);
  }
  Vector solve(std::int32_t method) const {
    spc_linop inverse = factors(method);
    spc_array x = nullptr;
    spc::check(spc_linop_apply(inverse, b.get(), &x));
    std::int64_t n = 0;
    spc::check(spc_array_size(x, &n));
    Vector host(static_cast<std::size_t>(n));
    spc::check(spc_array_to_host(x, host.data(), n * 8));
    spc_array_release(&x);
    spc_linop_release(&inverse);
    return host;
  }
};

double seconds(const std::function<void()> &run) {
  const auto begin = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median(Vector v) {
  std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
  return v[v.size() / 2];
}

void compare(const char *what, const Csr &a, std::int32_t method, Vector (*direct)(Csc &, Vector &),
             int rounds) {
  Vector b(static_cast<std::size_t>(a.rows()));
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = std::sin(1.0 + 0.7 * static_cast<double>(i));
  Csc csc(a);
  const Operator op(a, b);
  Vector ours, theirs, first, again, x, y;
  spc_linop analysed = op.factors(method);
  for (int round = 0; round <= rounds; ++round) {
    const double mine = seconds([&] { x = op.solve(method); });
    const double other = seconds([&] { y = direct(csc, b); });
    spc_linop made = nullptr;
    const double anew = seconds([&] { made = op.factors(method); });
    spc_linop_release(&made);
    const double reusing = seconds([&] { op.refactor(analysed); });
    if (round == 0) continue;  // pages and threads are there from now on
    first.push_back(anew);
    again.push_back(reusing);
    ours.push_back(mine);
    theirs.push_back(other);
  }
  spc_linop_release(&analysed);
  double difference = 0, size = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    difference = std::max(difference, std::abs(x[i] - y[i]));
    size = std::max(size, std::abs(y[i]));
  }
  const double best =
      *std::min_element(ours.begin(), ours.end()) / *std::min_element(theirs.begin(), theirs.end());
  std::printf(
      "%-28s %9.3f s  direct %9.3f s  ratio %.3f  of the best %.3f  difference %.1e  "
      "refactorize %.2f\n",
      what, median(ours), median(theirs), median(ours) / median(theirs), best, difference / size,
      median(again) / median(first));
}

Csr case_of(const std::string &name) {
  return name == "3d" ? poisson(40, 40) : name == "ls" ? tall(150) : poisson(500, 1);
}

}  // namespace

int main(int argc, char **argv) {
  try {
    if (argc == 3 && std::string(argv[1]) == "--one") {
      const Csr a = case_of(argv[2]);
      const Operator op(a, Vector(static_cast<std::size_t>(a.rows()), 1.0));
      op.solve(SPC_FACTOR_AUTO);
      std::printf("%.6f\n", seconds([&] { op.solve(SPC_FACTOR_AUTO); }));
      return 0;
    }
    const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 5;
    compare("2-D 500^2, CHOLMOD", case_of("2d"), SPC_FACTOR_CHOLESKY, by_cholmod, rounds);
    compare("2-D 500^2, UMFPACK", case_of("2d"), SPC_FACTOR_LU, by_umfpack, rounds);
    compare("3-D 40^3, CHOLMOD", case_of("3d"), SPC_FACTOR_CHOLESKY, by_cholmod, rounds);
    compare("3-D 40^3, UMFPACK", case_of("3d"), SPC_FACTOR_LU, by_umfpack, rounds);
    compare("67500 x 22500, SPQR", case_of("ls"), SPC_FACTOR_QR, by_spqr, rounds);
  } catch (const std::exception &e) {
    std::fprintf(stderr, "sparse_direct_bench: %s\n", e.what());
    return 2;
  }
  return 0;
}
