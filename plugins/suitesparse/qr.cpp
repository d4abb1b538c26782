// SPDX-License-Identifier: Apache-2.0
// A E = Q R of a tall matrix, A^H E = Q R of a wide one, by SPQR.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "plugins/suitesparse/plan.hpp"

namespace spc::suitesparse {
namespace {

class QrPlan final : public Plan {
 public:
  QrPlan(const Vendor &vendor, const spc_call *call) : Plan(vendor) {
    const auto &p = plugin::params<spc_params_sparse_factor>(call);
    wide_ = p.rows < p.cols;
    Matrix m = matrix_of(call, wide_ ? Part::adjoint : Part::whole);
    cholmod_sparse a = m.as_cholmod(0);
    rows_ = m.rows;
    cols_ = m.cols;
    Common common(vendor_);
    factors_ = vendor_.SuiteSparseQR_C_factorize(ordering(p.ordering), tolerance(call, m), &a,
                                                 common.get());
    if (factors_ == nullptr) {
      common.check(rows_);
      throw Error(SPC_E_PLUGIN, "SPQR made no factors");
    }
    facts[SPC_FACT_RANK] = static_cast<double>(common->SPQR_istat[4]);
    facts[SPC_FACT_ENTRIES] =
        static_cast<double>(common->SPQR_istat[0] + common->SPQR_istat[1]);  // R and H
    facts[SPC_FACT_ORDERING] = told(common->SPQR_istat[7]);
    facts[SPC_FACT_VARIANT] = SPC_VARIANT_SUPERNODAL;
  }
  ~QrPlan() override {
    Common common(vendor_);
    vendor_.SuiteSparseQR_C_free(&factors_, common.get());
  }

  // x of least |T x - b| is E R^-1 Q^H b; Q R^-H E^H b is its adjoint, and the solution of least norm
  // of T^H x = b.
  Columns solve(const spc_call *call, Columns b, bool adjoint) const override {
    return adjoint != wide_ ? both(call, b, SPQR_RTX_EQUALS_ETB, SPQR_QX, rows_, true)
                            : both(call, b, SPQR_RETX_EQUALS_B, SPQR_QTX, cols_, false);
  }

 private:
  Columns both(const spc_call *call, const Columns &b, int system, int method, int64_t length,
               bool solve_first) const {
    Common common(vendor_);
    cholmod_dense right = b.as_cholmod();
    cholmod_dense *half =
        solve_first ? vendor_.SuiteSparseQR_C_solve(system, factors_, &right, common.get())
                    : vendor_.SuiteSparseQR_C_qmult(method, factors_, &right, common.get());
    cholmod_dense *whole = nullptr;
    if (half != nullptr) {
      whole = solve_first ? vendor_.SuiteSparseQR_C_qmult(method, factors_, half, common.get())
                          : vendor_.SuiteSparseQR_C_solve(system, factors_, half, common.get());
      vendor_.cholmod_l_free_dense(&half, common.get());
    }
    if (whole == nullptr) {
      common.check(rows_);
      throw Error(SPC_E_PLUGIN, "SPQR gave no solution");
    }
    const Columns x = scratch_columns(call, length, b.count, b.complex);
    std::memcpy(x.data, whole->x, static_cast<size_t>(length * b.count) * (b.complex ? 16 : 8));
    vendor_.cholmod_l_free_dense(&whole, common.get());
    return x;
  }

  // Columns of R below 20 (m + n) eps times the largest column of A count as dependent.
  static double tolerance(const spc_call *call, const Matrix &m) {
    const double given = plugin::params<spc_params_sparse_factor>(call).rank_tolerance;
    if (given >= 0) return given;
    const bool single = call->in[2]->dtype == SPC_FLOAT32 || call->in[2]->dtype == SPC_COMPLEX64;
    const double eps =
        single ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
    const size_t parts = m.complex ? 2 : 1;
    double largest = 0;
    for (size_t j = 0; j < static_cast<size_t>(m.cols); ++j) {
      double sum = 0;
      for (auto k = static_cast<size_t>(m.start[j]) * parts;
           k < static_cast<size_t>(m.start[j + 1]) * parts; ++k)
        sum += m.value[k] * m.value[k];
      largest = std::max(largest, std::sqrt(sum));
    }
    return 20 * static_cast<double>(m.rows + m.cols) * eps * largest;
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
  int64_t rows_ = 0, cols_ = 0;  // of the tall one
  SuiteSparseQR_C_factorization *factors_ = nullptr;
};

}  // namespace

Plan *new_qr(const Vendor &vendor, const spc_call *call) {
  return new QrPlan(vendor, call);
}

}  // namespace spc::suitesparse
