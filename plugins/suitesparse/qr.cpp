// SPDX-License-Identifier: Apache-2.0
// T E = Q R of a tall matrix T by SPQR, which is A or, of a wide A, A^H.
#include <SuiteSparseQR.hpp>
#include <algorithm>
#include <cmath>
#include <complex>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

#include "plugins/suitesparse/plan.hpp"

namespace spc::suitesparse {
namespace {

using Permutation = std::vector<SuiteSparse_long>;

Permutation permutation(const SuiteSparse_long *p, int64_t n) {
  Permutation out(static_cast<size_t>(n));
  if (p != nullptr) {
    std::copy_n(p, n, out.begin());
  } else {
    std::iota(out.begin(), out.end(), SuiteSparse_long{0});
  }
  return out;
}

// Its determinant.
double sign(Permutation p) {
  double s = 1;
  for (size_t i = 0; i < p.size(); ++i) {
    while (p[i] != static_cast<SuiteSparse_long>(i)) {
      std::swap(p[i], p[static_cast<size_t>(p[i])]);
      s = -s;
    }
  }
  return s;
}

Matrix with_columns(const Matrix &a, const Permutation &order) {
  const size_t parts = a.complex ? 2 : 1;
  Matrix out;
  out.rows = a.rows;
  out.cols = a.cols;
  out.complex = a.complex;
  out.row.reserve(a.row.size());
  out.value.reserve(a.value.size());
  out.start.push_back(0);
  for (const SuiteSparse_long j : order) {
    const SuiteSparse_long begin = a.start[static_cast<size_t>(j)],
                           end = a.start[static_cast<size_t>(j) + 1];
    out.row.insert(out.row.end(), a.row.begin() + begin, a.row.begin() + end);
    const auto width = static_cast<SuiteSparse_long>(parts);
    out.value.insert(out.value.end(), a.value.begin() + begin * width,
                     a.value.begin() + end * width);
    out.start.push_back(static_cast<SuiteSparse_long>(out.row.size()));
  }
  return out;
}

// Columns that the library made.
class Dense {
 public:
  Dense(const Vendor &vendor, Common &common, cholmod_dense *x)
      : vendor_(vendor), common_(common), x_(x) {
    if (x_ != nullptr) return;
    common_.check(0);
    throw Error(SPC_E_PLUGIN, "SPQR gave no solution");
  }
  ~Dense() { vendor_.cholmod_l_free_dense(&x_, common_.get()); }
  Dense(Dense &&other) noexcept
      : vendor_(other.vendor_), common_(other.common_), x_(std::exchange(other.x_, nullptr)) {}
  Dense(const Dense &) = delete;
  Dense &operator=(const Dense &) = delete;
  cholmod_dense *get() const noexcept { return x_; }
  double *column(size_t j, size_t parts) const {
    return static_cast<double *>(x_->x) + j * x_->d * parts;
  }

 private:
  const Vendor &vendor_;
  Common &common_;
  cholmod_dense *x_;
};

// Q, R and E of one matrix.
class Factors {
 public:
  Factors(const Vendor &vendor, Common &common, int ordering, double tolerance, Matrix &m)
      : vendor_(vendor) {
    cholmod_sparse a = m.as_cholmod(0);
    made_ = vendor_.SuiteSparseQR_C_factorize(ordering, tolerance, &a, common.get());
    if (made_ != nullptr) return;
    common.check(m.rows);
    throw Error(SPC_E_PLUGIN, "SPQR made no factors");
  }
  ~Factors() {
    Common common(vendor_);
    vendor_.SuiteSparseQR_C_free(&made_, common.get());
  }
  Factors(const Factors &) = delete;
  Factors &operator=(const Factors &) = delete;

  Dense solve(int system, Common &common, cholmod_dense *b) const {
    return {vendor_, common, vendor_.SuiteSparseQR_C_solve(system, made_, b, common.get())};
  }
  Dense times(int method, Common &common, cholmod_dense *x) const {
    return {vendor_, common, vendor_.SuiteSparseQR_C_qmult(method, made_, x, common.get())};
  }
  // body(the factors as they are kept); Entry is double or std::complex<double>.
  template <class Body>
  auto visit(Body body) const {
    if (made_->xtype == CHOLMOD_COMPLEX)
      return body(
          *static_cast<const SuiteSparseQR_factorization<std::complex<double>> *>(made_->factors));
    return body(*static_cast<const SuiteSparseQR_factorization<double> *>(made_->factors));
  }

 private:
  const Vendor &vendor_;
  SuiteSparseQR_C_factorization *made_ = nullptr;
};

// 1 - tau v v^H is unitary; its determinant is a function of tau.
double determinant(double tau) {
  return tau == 0 ? 1 : -1;
}
std::complex<double> determinant(std::complex<double> tau) {
  return tau == 0.0 ? 1.0 : -tau / std::conj(tau);
}

// body(r) for the diagonal of R, of a square matrix of full rank. A front keeps its block of R column
// by column: the numbers of R, then the Householder vector that ends at the staircase.
template <class Entry, class Body>
void for_each_pivot(const SuiteSparseQR_factorization<Entry> &f, Body body) {
  for (SuiteSparse_long i = 0; i < f.n1rows; ++i) body(f.R1x[f.R1p[i]]);
  const spqr_symbolic &s = *f.QRsym;
  for (SuiteSparse_long front = 0; front < s.nf; ++front) {
    const Entry *r = f.QRnum->Rblock[front];
    const SuiteSparse_long *const stair = f.QRnum->HStair + s.Rp[front];
    const SuiteSparse_long pivots = s.Super[front + 1] - s.Super[front];
    for (SuiteSparse_long k = 0; k < pivots; ++k) {
      body(r[k]);
      r += std::max(k + 1, stair[k]);
    }
  }
}

template <class Entry>
std::complex<double> phase_of_q(const SuiteSparseQR_factorization<Entry> &f) {
  const SuiteSparse_long *const rows = f.n1cols > 0 ? f.HP1inv : f.QRnum->HPinv;
  std::complex<double> phase = sign(permutation(rows, f.narows));
  for (SuiteSparse_long k = 0; k < f.QRsym->Rp[f.QRsym->nf]; ++k)
    phase *= determinant(f.QRnum->HTau[k]);
  return phase;
}

class QrPlan final : public Plan {
 public:
  QrPlan(const Vendor &vendor, const spc_call *call, const QrPlan *analysed) : Plan(vendor) {
    const auto &p = plugin::params<spc_params_sparse_factor>(call);
    wide_ = p.rows < p.cols;
    Matrix m = matrix_of(call, wide_ ? Part::adjoint : Part::whole);
    cols_ = m.cols;
    permuted_ = analysed != nullptr;
    if (permuted_) {
      analysis_ = analysed->analysis_;
      m = with_columns(m, analysis_->column);
    }
    const int order = permuted_ ? SPQR_ORDERING_FIXED : ordering(p.ordering);
    const double least = tolerance(call, m);
    Common common(vendor_);
    factors_ = std::make_unique<Factors>(vendor_, common, order, least, m);
    const int64_t rank = common->SPQR_istat[4];
    facts[SPC_FACT_RANK] = static_cast<double>(rank);
    facts[SPC_FACT_ENTRIES] = entries(common);
    facts[SPC_FACT_VARIANT] = SPC_VARIANT_SUPERNODAL;
    if (!permuted_) {
      auto fresh = std::make_shared<Analysis>();
      fresh->column =
          factors_->visit([](const auto &f) { return permutation(f.Q1fill, f.nacols); });
      fresh->ordering = told(common->SPQR_istat[7]);
      analysis_ = std::move(fresh);
    }
    facts[SPC_FACT_ORDERING] = analysis_->ordering;
    if (rank == cols_) {
      if (m.rows == m.cols) tell_determinant();
    } else {
      if (m.rows == m.cols) {
        facts[SPC_FACT_LOG_ABS_DET] = -std::numeric_limits<double>::infinity();
        facts[SPC_FACT_PHASE_RE] = facts[SPC_FACT_PHASE_IM] = 0;
      }
      find_row_space(common, order, least, m);
    }
  }

  // T^+ b = P E R^-1 Q^H b with the projection P onto the range of T^H, and its adjoint.
  Columns solve(const spc_call *call, Columns b, bool adjoint) const override {
    Common common(vendor_);
    if (adjoint != wide_) {
      if (permuted_) b = reordered(call, b);
      cholmod_dense right = b.as_cholmod();
      const std::optional<Dense> inside = projected(common, &right);
      const Dense half =
          factors_->solve(SPQR_RTX_EQUALS_ETB, common, inside ? inside->get() : &right);
      return result(call, factors_->times(SPQR_QX, common, half.get()), false);
    }
    cholmod_dense right = b.as_cholmod();
    const Dense half = factors_->times(SPQR_QTX, common, &right),
                x = factors_->solve(SPQR_RETX_EQUALS_B, common, half.get());
    const std::optional<Dense> inside = projected(common, x.get());
    return result(call, inside ? *inside : x, permuted_);
  }

 private:
  // The order of the columns, which plans for matrices of one pattern share.
  struct Analysis {
    Permutation column;
    double ordering;
  };

  // The range of T^H is that of E R^H, of full rank.
  void find_row_space(Common &common, int order, double least, Matrix &m) {
    cholmod_sparse a = m.as_cholmod(0), *r = nullptr;
    SuiteSparse_long *e = nullptr;
    vendor_.SuiteSparseQR_C(order, least, 0, 0, &a, nullptr, nullptr, nullptr, nullptr, &r, &e,
                            nullptr, nullptr, nullptr, common.get());
    const auto release = [&](cholmod_sparse *made) {
      if (e != nullptr)
        vendor_.cholmod_l_free(static_cast<size_t>(cols_), sizeof *e, e, common.get());
      vendor_.cholmod_l_free_sparse(&made, common.get());
    };
    const std::unique_ptr<cholmod_sparse, decltype(release)> held(r, release);
    if (r == nullptr) {
      common.check(m.rows);
      throw Error(SPC_E_PLUGIN, "SPQR made no factors");
    }
    independent_ = r->nrow;
    if (independent_ == 0) return;
    Permutation column(static_cast<size_t>(cols_));
    const Permutation from = permutation(e, cols_);
    for (size_t j = 0; j < column.size(); ++j)
      column[static_cast<size_t>(from[j])] = static_cast<SuiteSparse_long>(j);
    Matrix rows = adjoint(with_columns(Matrix::from_cholmod(*r), column));
    row_space_ =
        std::make_unique<Factors>(vendor_, common, SPQR_ORDERING_DEFAULT, SPQR_NO_TOL, rows);
    facts[SPC_FACT_ENTRIES] += entries(common);
  }

  // P x; nothing: x is there already.
  std::optional<Dense> projected(Common &common, cholmod_dense *x) const {
    if (row_space_ == nullptr) return std::nullopt;
    const Dense y = row_space_->times(SPQR_QTX, common, x);
    const size_t parts = y.get()->xtype == CHOLMOD_COMPLEX ? 2 : 1;
    for (size_t j = 0; j < y.get()->ncol; ++j) {
      double *const column = y.column(j, parts);
      std::fill(column + independent_ * parts, column + y.get()->nrow * parts, 0.0);
    }
    return row_space_->times(SPQR_QX, common, y.get());
  }

  void tell_determinant() {
    factors_->visit([&](const auto &f) {
      double logarithm = 0;
      std::complex<double> phase = phase_of_q(f) * sign(permutation(f.Q1fill, f.nacols));
      if (permuted_) phase *= sign(analysis_->column);
      for_each_pivot(f, [&](auto pivot) {
        logarithm += std::log(std::abs(pivot));
        phase *= pivot / std::abs(pivot);
      });
      facts[SPC_FACT_LOG_ABS_DET] = logarithm;
      facts[SPC_FACT_PHASE_RE] = phase.real();
      facts[SPC_FACT_PHASE_IM] = phase.imag();
    });
  }

  // b with its rows as the columns of what was factored.
  Columns reordered(const spc_call *call, const Columns &b) const {
    const Columns out = scratch_columns(call, b.rows, b.count, b.complex);
    copy_rows(
        b, out, [&](size_t i) { return static_cast<size_t>(analysis_->column[i]); },
        [](size_t i) { return i; });
    return out;
  }
  // x; scattered: its rows are the columns of what was factored.
  Columns result(const spc_call *call, const Dense &x, bool scattered) const {
    const cholmod_dense &d = *x.get();
    const Columns from = {static_cast<double *>(d.x), static_cast<int64_t>(d.nrow),
                          static_cast<int64_t>(d.ncol), d.xtype == CHOLMOD_COMPLEX};
    const Columns out = scratch_columns(call, from.rows, from.count, from.complex);
    copy_rows(
        from, out, [](size_t i) { return i; },
        [&](size_t i) { return scattered ? static_cast<size_t>(analysis_->column[i]) : i; });
    return out;
  }
  // Row to(i) of y = row from(i) of x.
  template <class From, class To>
  static void copy_rows(const Columns &x, const Columns &y, From from, To to) {
    const size_t parts = x.complex ? 2 : 1;
    for (int64_t j = 0; j < x.count; ++j) {
      for (size_t i = 0; i < static_cast<size_t>(x.rows); ++i)
        std::copy_n(x.column(j) + from(i) * parts, parts, y.column(j) + to(i) * parts);
    }
  }

  // Of R and of the Householder vectors, made last.
  static double entries(Common &common) {
    return static_cast<double>(common->SPQR_istat[0] + common->SPQR_istat[1]);
  }

  // Columns of R below 20 (m + n) eps times the largest column of A count as dependent.
  static double tolerance(const spc_call *call, const Matrix &m) {
    const double given = plugin::params<spc_params_sparse_factor>(call).rank_tolerance;
    if (given >= 0) return given;
    const bool single = call->in[2]->dtype == SPC_FLOAT32 || call->in[2]->dtype == SPC_COMPLEX64;
    const double eps =
        single ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
    const size_t parts = m.complex ? 2 : 1;
    double unit = 0, largest = 0;
    for (const double x : m.value) unit = std::max(unit, std::abs(x));
    if (unit == 0) return 0;
    for (size_t j = 0; j < static_cast<size_t>(m.cols); ++j) {
      double sum = 0;
      for (auto k = static_cast<size_t>(m.start[j]) * parts;
           k < static_cast<size_t>(m.start[j + 1]) * parts; ++k)
        sum += (m.value[k] / unit) * (m.value[k] / unit);
      largest = std::max(largest, std::sqrt(sum));
    }
    return 20 * static_cast<double>(m.rows + m.cols) * eps * largest * unit;
  }

  static int ordering(int32_t wanted) {
    switch (wanted) {
      case SPC_ORDERING_NATURAL:
        return SPQR_ORDERING_NATURAL;
      case SPC_ORDERING_AMD:
        return SPQR_ORDERING_AMD;
      case SPC_ORDERING_COLAMD:
        return SPQR_ORDERING_COLAMD;
      case SPC_ORDERING_METIS:
        return SPQR_ORDERING_METIS;
      default:
        return SPQR_ORDERING_DEFAULT;
    }
  }
  static double told(SuiteSparse_long used) {
    switch (used) {
      case SPQR_ORDERING_COLAMD:
        return SPC_ORDERING_COLAMD;
      case SPQR_ORDERING_AMD:
        return SPC_ORDERING_AMD;
      case SPQR_ORDERING_METIS:
        return SPC_ORDERING_METIS;
      default:
        return SPC_ORDERING_NATURAL;
    }
  }

  bool wide_ = false;
  bool permuted_ = false;  // T stands for its columns in the order of the analysis
  int64_t cols_ = 0;
  size_t independent_ = 0;  // rows of R
  std::shared_ptr<const Analysis> analysis_;
  std::unique_ptr<Factors> factors_;
  std::unique_ptr<Factors> row_space_;  // Q spans the range of T^H; nullptr: all of it, or nothing
};

}  // namespace

Plan *new_qr(const Vendor &vendor, const spc_call *call, const Plan *analysed) {
  return new QrPlan(vendor, call, static_cast<const QrPlan *>(analysed));
}

}  // namespace spc::suitesparse
