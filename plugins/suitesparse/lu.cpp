// SPDX-License-Identifier: Apache-2.0
// P R A Q = L U: by fronts of UMFPACK, or column by column with KLU.
#include <algorithm>
#include <cinttypes>
#include <cmath>
#include <complex>
#include <cstring>
#include <memory>
#include <mutex>

#include "plugins/suitesparse/plan.hpp"

namespace spc::suitesparse {
namespace {

[[noreturn]] void fail_singular(int64_t pivot, int64_t order, int64_t native) {
  char text[96];
  std::snprintf(text, sizeof text, "singular matrix: pivot %" PRId64 " of %" PRId64, pivot, order);
  throw VendorError(SPC_E_LINALG, native, text);
}

// First pivot that is exactly 0; n: none.
int64_t zero_at(const std::vector<double> &re, const std::vector<double> &im) {
  size_t k = 0;
  while (k < re.size() && (re[k] != 0 || (!im.empty() && im[k] != 0))) ++k;
  return static_cast<int64_t>(k);
}

void set_determinant(Plan &plan, double log_abs, std::complex<double> phase) {
  plan.facts[SPC_FACT_LOG_ABS_DET] = log_abs;
  plan.facts[SPC_FACT_PHASE_RE] = phase.real();
  plan.facts[SPC_FACT_PHASE_IM] = phase.imag();
}

// ---- UMFPACK -------------------------------------------------------------------------------------
class UmfpackPlan final : public Plan {
 public:
  UmfpackPlan(const Vendor &vendor, const spc_call *call, const UmfpackPlan *analysed)
      : Plan(vendor) {
    const auto &p = plugin::params<spc_params_sparse_factor>(call);
    const Matrix m = matrix_of(call, Part::whole);
    complex_ = m.complex;
    order_ = m.rows;
    (complex_ ? vendor_.umfpack_zl_defaults : vendor_.umfpack_dl_defaults)(control_);
    choose(p);
    double info[UMFPACK_INFO] = {};
    if (analysed != nullptr) {
      symbolic_ = analysed->symbolic_;
    } else {
      void *symbolic = nullptr;
      const SuiteSparse_long status =
          complex_ ? vendor_.umfpack_zl_symbolic(m.rows, m.cols, m.start.data(), m.row.data(),
                                                 m.value.data(), nullptr, &symbolic, control_, info)
                   : vendor_.umfpack_dl_symbolic(m.rows, m.cols, m.start.data(), m.row.data(),
                                                 m.value.data(), &symbolic, control_, info);
      const auto release =
          complex_ ? vendor_.umfpack_zl_free_symbolic : vendor_.umfpack_dl_free_symbolic;
      symbolic_ = std::shared_ptr<void>(symbolic, [release](void *s) {
        if (s != nullptr) release(&s);
      });
      check(status);
    }
    const SuiteSparse_long status =
        complex_ ? vendor_.umfpack_zl_numeric(m.start.data(), m.row.data(), m.value.data(), nullptr,
                                              symbolic_.get(), &numeric_, control_, info)
                 : vendor_.umfpack_dl_numeric(m.start.data(), m.row.data(), m.value.data(),
                                              symbolic_.get(), &numeric_, control_, info);
    try {
      check(status);
      tell(info);
      facts[SPC_FACT_ORDERING] =
          analysed != nullptr ? analysed->facts[SPC_FACT_ORDERING] : ordering(info);
    } catch (...) {
      release();
      throw;
    }
  }
  ~UmfpackPlan() override { release(); }

  Columns solve(const spc_call *call, Columns b, bool adjoint) const override {
    const Columns x = scratch_columns(call, b.rows, b.count, b.complex);
    const Columns integers = scratch_columns(call, order_, 1, false);
    const Columns work = scratch_columns(call, order_, complex_ ? 4 : 1, false);
    auto *const w = reinterpret_cast<SuiteSparse_long *>(integers.data);
    const SuiteSparse_long system = adjoint ? UMFPACK_At : UMFPACK_A;
    double info[UMFPACK_INFO];
    for (int64_t j = 0; j < b.count; ++j) {
      check(complex_
                ? vendor_.umfpack_zl_wsolve(system, nullptr, nullptr, nullptr, nullptr, x.column(j),
                                            nullptr, b.column(j), nullptr, numeric_, control_, info,
                                            w, work.data)
                : vendor_.umfpack_dl_wsolve(system, nullptr, nullptr, nullptr, x.column(j),
                                            b.column(j), numeric_, control_, info, w, work.data));
    }
    return x;
  }

 private:
  void choose(const spc_params_sparse_factor &p) {
    control_[UMFPACK_PRL] = 0;
    control_[UMFPACK_IRSTEP] = 0;  // the core refines
    if (p.pivot_tolerance >= 0) {
      control_[UMFPACK_PIVOT_TOLERANCE] = p.pivot_tolerance;
      control_[UMFPACK_SYM_PIVOT_TOLERANCE] = p.pivot_tolerance;
    }
    switch (p.ordering) {
      case SPC_ORDERING_NATURAL:
        control_[UMFPACK_ORDERING] = UMFPACK_ORDERING_NONE;
        break;
      case SPC_ORDERING_AMD:
        control_[UMFPACK_STRATEGY] = UMFPACK_STRATEGY_SYMMETRIC;
        control_[UMFPACK_ORDERING] = UMFPACK_ORDERING_AMD;
        break;
      case SPC_ORDERING_COLAMD:
        control_[UMFPACK_STRATEGY] = UMFPACK_STRATEGY_UNSYMMETRIC;
        control_[UMFPACK_ORDERING] = UMFPACK_ORDERING_AMD;  // which is COLAMD there
        break;
      case SPC_ORDERING_METIS:
        control_[UMFPACK_ORDERING] = UMFPACK_ORDERING_METIS;
        break;
      default:
        break;
    }
  }

  void check(SuiteSparse_long status) const {
    if (status == UMFPACK_OK || status == UMFPACK_WARNING_determinant_underflow ||
        status == UMFPACK_WARNING_determinant_overflow)
      return;
    if (status == UMFPACK_WARNING_singular_matrix) {
      const auto n = static_cast<size_t>(order_);
      std::vector<double> re(n), im(complex_ ? n : 0);
      SuiteSparse_long reciprocal = 0;
      if (complex_) {
        vendor_.umfpack_zl_get_numeric(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
                                       nullptr, nullptr, nullptr, nullptr, re.data(), im.data(),
                                       &reciprocal, nullptr, numeric_);
      } else {
        vendor_.umfpack_dl_get_numeric(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
                                       nullptr, nullptr, re.data(), &reciprocal, nullptr, numeric_);
      }
      fail_singular(std::min(zero_at(re, im), order_ - 1), order_, status);
    }
    if (status == UMFPACK_ERROR_out_of_memory)
      throw VendorError(SPC_E_MEMORY, status, "SuiteSparse has no memory for the factors");
    throw VendorError(SPC_E_PLUGIN, status, "UMFPACK failed with status " + std::to_string(status));
  }

  void tell(const double *info) {
    double mantissa[2] = {0, 0}, exponent = 0, ignored[UMFPACK_INFO];
    const SuiteSparse_long status =
        complex_ ? vendor_.umfpack_zl_get_determinant(&mantissa[0], &mantissa[1], &exponent,
                                                      numeric_, ignored)
                 : vendor_.umfpack_dl_get_determinant(&mantissa[0], &exponent, numeric_, ignored);
    check(status);
    const std::complex<double> m(mantissa[0], mantissa[1]);
    set_determinant(*this, std::log(std::abs(m)) + exponent * std::log(10.0), m / std::abs(m));
    facts[SPC_FACT_RANK] = static_cast<double>(order_);
    facts[SPC_FACT_ENTRIES] = info[UMFPACK_LNZ] + info[UMFPACK_UNZ];
    facts[SPC_FACT_VARIANT] = SPC_VARIANT_SUPERNODAL;
  }

  // What an analysis made here says.
  static double ordering(const double *info) {
    const auto used = static_cast<int>(info[UMFPACK_ORDERING_USED]);
    const bool symmetric = info[UMFPACK_STRATEGY_USED] == UMFPACK_STRATEGY_SYMMETRIC;
    if (used == UMFPACK_ORDERING_METIS) return SPC_ORDERING_METIS;
    if (used == UMFPACK_ORDERING_NONE) return SPC_ORDERING_NATURAL;
    return symmetric ? SPC_ORDERING_AMD : SPC_ORDERING_COLAMD;
  }

  void release() {
    if (numeric_ != nullptr)
      (complex_ ? vendor_.umfpack_zl_free_numeric : vendor_.umfpack_dl_free_numeric)(&numeric_);
  }

  bool complex_ = false;
  int64_t order_ = 0;
  double control_[UMFPACK_CONTROL] = {};
  std::shared_ptr<void> symbolic_;
  void *numeric_ = nullptr;
};

// ---- KLU -----------------------------------------------------------------------------------------
class KluPlan final : public Plan {
 public:
  KluPlan(const Vendor &vendor, const spc_call *call, const KluPlan *analysed) : Plan(vendor) {
    const auto &p = plugin::params<spc_params_sparse_factor>(call);
    Matrix m = matrix_of(call, Part::whole);
    complex_ = m.complex;
    order_ = m.rows;
    vendor_.klu_l_defaults(&common_);
    common_.ordering = p.ordering == SPC_ORDERING_COLAMD ? 1 : 0;
    if (p.pivot_tolerance >= 0) common_.tol = p.pivot_tolerance;
    if (analysed != nullptr) {
      symbolic_ = analysed->symbolic_;
    } else {
      klu_l_symbolic *const s =
          vendor_.klu_l_analyze(m.cols, m.start.data(), m.row.data(), &common_);
      const Vendor *const v = &vendor_;
      symbolic_ = std::shared_ptr<klu_l_symbolic>(s, [v](klu_l_symbolic *held) {
        klu_l_common common;
        v->klu_l_defaults(&common);
        if (held != nullptr) v->klu_l_free_symbolic(&held, &common);
      });
      check(symbolic_ != nullptr);
    }
    numeric_ = (complex_ ? vendor_.klu_zl_factor : vendor_.klu_l_factor)(
        m.start.data(), m.row.data(), m.value.data(), symbolic_.get(), &common_);
    try {
      check(numeric_ != nullptr);
      tell();
    } catch (...) {
      release();
      throw;
    }
  }
  ~KluPlan() override { release(); }

  Columns solve(const spc_call *, Columns b, bool adjoint) const override {
    const std::scoped_lock lock(working_);  // the factors hold the workspace
    klu_l_common common = common_;
    SuiteSparse_long done = 0;
    if (!adjoint) {
      done = (complex_ ? vendor_.klu_zl_solve : vendor_.klu_l_solve)(
          symbolic_.get(), numeric_, b.rows, b.count, b.data, &common);
    } else if (complex_) {
      done = vendor_.klu_zl_tsolve(symbolic_.get(), numeric_, b.rows, b.count, b.data, 1, &common);
    } else {
      done = vendor_.klu_l_tsolve(symbolic_.get(), numeric_, b.rows, b.count, b.data, &common);
    }
    if (done == 0)
      throw VendorError(SPC_E_PLUGIN, common.status,
                        "KLU failed with status " + std::to_string(common.status));
    return b;
  }

 private:
  void check(bool made) const {
    const SuiteSparse_long status = common_.status;
    if (status == KLU_SINGULAR)
      fail_singular(
          std::min<int64_t>(std::max<SuiteSparse_long>(common_.numerical_rank, 0), order_ - 1),
          order_, status);
    if (made) return;
    if (status == KLU_OUT_OF_MEMORY)
      throw VendorError(SPC_E_MEMORY, status, "SuiteSparse has no memory for the factors");
    if (status == KLU_TOO_LARGE)
      throw VendorError(SPC_E_OVERFLOW, status, "the factors have more entries than indices");
    throw VendorError(SPC_E_PLUGIN, status, "KLU failed with status " + std::to_string(status));
  }

  static double sign_of(const SuiteSparse_long *permutation, size_t n) {
    std::vector<char> seen(n, 0);
    double sign = 1;
    for (size_t i = 0; i < n; ++i) {
      size_t length = 0;
      for (size_t j = i; !seen[j]; j = static_cast<size_t>(permutation[j])) {
        seen[j] = 1;
        ++length;
      }
      if (length > 0 && length % 2 == 0) sign = -sign;
    }
    return sign;
  }

  void tell() {
    const auto n = static_cast<size_t>(order_);
    const auto *const u = static_cast<const double *>(numeric_->Udiag);
    double logarithm = 0;
    std::complex<double> phase = sign_of(numeric_->Pnum, n) * sign_of(symbolic_->Q, n);
    for (size_t k = 0; k < n; ++k) {
      const std::complex<double> pivot =
          complex_ ? std::complex<double>(u[2 * k], u[2 * k + 1]) : std::complex<double>(u[k]);
      const double size = std::abs(pivot);
      if (!(size > 0) || !std::isfinite(size))
        fail_singular(static_cast<int64_t>(k), order_, KLU_SINGULAR);
      logarithm += std::log(size);
      if (numeric_->Rs != nullptr) logarithm += std::log(numeric_->Rs[k]);
      phase *= pivot / size;
    }
    set_determinant(*this, logarithm, phase);
    facts[SPC_FACT_RANK] = static_cast<double>(n);
    facts[SPC_FACT_ENTRIES] = static_cast<double>(numeric_->lnz + numeric_->unz + numeric_->nzoff);
    facts[SPC_FACT_ORDERING] = common_.ordering == 1 ? SPC_ORDERING_COLAMD : SPC_ORDERING_AMD;
    facts[SPC_FACT_VARIANT] = SPC_VARIANT_SIMPLICIAL;
  }

  void release() {
    if (numeric_ == nullptr) return;
    klu_l_common common = common_;
    (complex_ ? vendor_.klu_zl_free_numeric : vendor_.klu_l_free_numeric)(&numeric_, &common);
  }

  bool complex_ = false;
  int64_t order_ = 0;
  klu_l_common common_;
  std::shared_ptr<klu_l_symbolic> symbolic_;
  klu_l_numeric *numeric_ = nullptr;
  mutable std::mutex working_;
};

}  // namespace

// The variant is part of what plans that share an analysis agree on.
Plan *new_lu(const Vendor &vendor, const spc_call *call, const Plan *analysed) {
  if (plugin::params<spc_params_sparse_factor>(call).variant == SPC_VARIANT_SIMPLICIAL)
    return new KluPlan(vendor, call, static_cast<const KluPlan *>(analysed));
  return new UmfpackPlan(vendor, call, static_cast<const UmfpackPlan *>(analysed));
}

}  // namespace spc::suitesparse
