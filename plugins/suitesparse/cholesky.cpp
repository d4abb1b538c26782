// SPDX-License-Identifier: Apache-2.0
// L L^H and L D L^H by CHOLMOD.
#include <cinttypes>
#include <cmath>
#include <cstring>
#include <memory>

#include "plugins/suitesparse/plan.hpp"

namespace spc::suitesparse {

Common::Common(const Vendor &vendor) : vendor_(vendor) {
  if (vendor_.cholmod_l_start(&common_) == 0) throw std::bad_alloc();
  common_.print = 0;
  common_.error_handler = nullptr;
  common_.try_catch = 1;
}

Common::~Common() {
  vendor_.cholmod_l_finish(&common_);
}

void Common::check(int64_t order) {
  const int status = common_.status;
  if (status >= CHOLMOD_OK) return;
  if (status == CHOLMOD_OUT_OF_MEMORY)
    throw VendorError(SPC_E_MEMORY, status, "SuiteSparse has no memory for the factors");
  if (status == CHOLMOD_TOO_LARGE)
    throw VendorError(SPC_E_OVERFLOW, status,
                      "the factors of a matrix of order " + std::to_string(order) +
                          " have more entries than 64-bit indices");
  throw VendorError(SPC_E_PLUGIN, status, "CHOLMOD failed with status " + std::to_string(status));
}

namespace {

// The symbolic analysis, which plans for matrices of one pattern share.
struct Analysis {
  const Vendor &vendor;
  cholmod_factor *symbolic = nullptr;
  double entries = 0;

  explicit Analysis(const Vendor &v) : vendor(v) {}
  Analysis(const Analysis &) = delete;
  Analysis &operator=(const Analysis &) = delete;
  ~Analysis() {
    if (symbolic == nullptr) return;
    Common common(vendor);
    vendor.cholmod_l_free_factor(&symbolic, common.get());
  }
};

int32_t ordering_of(int cholmod) {
  switch (cholmod) {
    case CHOLMOD_AMD:
      return SPC_ORDERING_AMD;
    case CHOLMOD_COLAMD:
      return SPC_ORDERING_COLAMD;
    case CHOLMOD_METIS:
    case CHOLMOD_NESDIS:
      return SPC_ORDERING_METIS;
    default:
      return SPC_ORDERING_NATURAL;
  }
}

class CholeskyPlan final : public Plan {
 public:
  CholeskyPlan(const Vendor &vendor, const spc_call *call, const Plan *analysed, bool ldl)
      : Plan(vendor), ldl_(ldl) {
    const auto &p = plugin::params<spc_params_sparse_factor>(call);
    Matrix m = matrix_of(call, Part::lower_as_upper);
    cholmod_sparse a = m.as_cholmod(1);
    Common common(vendor_);
    choose(common, p);
    if (analysed != nullptr) {
      analysis_ = static_cast<const CholeskyPlan *>(analysed)->analysis_;
    } else {
      auto fresh = std::make_shared<Analysis>(vendor_);
      fresh->symbolic = vendor_.cholmod_l_analyze(&a, common.get());
      common.check(p.rows);
      fresh->entries = common->lnz;
      analysis_ = std::move(fresh);
    }
    factor_ = vendor_.cholmod_l_copy_factor(analysis_->symbolic, common.get());
    if (factor_ == nullptr) common.check(p.rows);
    vendor_.cholmod_l_factorize(&a, factor_, common.get());
    try {
      common.check(p.rows);
      require_pivots(common->status);
      tell();
    } catch (...) {
      vendor_.cholmod_l_free_factor(&factor_, common.get());
      throw;
    }
  }
  ~CholeskyPlan() override {
    Common common(vendor_);
    vendor_.cholmod_l_free_factor(&factor_, common.get());
  }

  Columns solve(const spc_call *call, Columns b, bool) const override {
    Common common(vendor_);
    cholmod_dense right = b.as_cholmod();
    cholmod_dense *x = vendor_.cholmod_l_solve(CHOLMOD_A, factor_, &right, common.get());
    if (x == nullptr) common.check(b.rows);
    std::memcpy(b.data, x->x, static_cast<size_t>(b.rows * b.count) * (b.complex ? 16 : 8));
    vendor_.cholmod_l_free_dense(&x, common.get());
    (void)call;
    return b;
  }

 private:
  void choose(Common &common, const spc_params_sparse_factor &p) const {
    if (ldl_) {
      common->supernodal = CHOLMOD_SIMPLICIAL;
      common->final_ll = 0;
    } else {
      common->supernodal = p.variant == SPC_VARIANT_SIMPLICIAL   ? CHOLMOD_SIMPLICIAL
                           : p.variant == SPC_VARIANT_SUPERNODAL ? CHOLMOD_SUPERNODAL
                                                                 : CHOLMOD_AUTO;
      common->final_ll = 1;
    }
    const auto only = [&](int ordering) {
      common->nmethods = 1;
      common->method[0].ordering = ordering;
    };
    switch (p.ordering) {
      case SPC_ORDERING_NATURAL:
        only(CHOLMOD_NATURAL);
        common->postorder = 0;
        break;
      case SPC_ORDERING_AMD:
        only(CHOLMOD_AMD);
        break;
      case SPC_ORDERING_COLAMD:  // of a symmetric pattern CHOLMOD has AMD instead
        only(CHOLMOD_AMD);
        break;
      case SPC_ORDERING_METIS:
        only(CHOLMOD_METIS);
        break;
      default:
        break;
    }
  }

  void require_pivots(int status) const {
    const auto n = static_cast<int64_t>(factor_->n);
    char text[128];
    const auto k = static_cast<int64_t>(factor_->minor);
    if (status != CHOLMOD_NOT_POSDEF && k >= n) {
      // LDL stops at no pivot but 0.
      return;
    }
    if (ldl_) {
      std::snprintf(text, sizeof text,
                    "pivot %" PRId64 " of %" PRId64 " is 0: singular, or to be factored by lu", k,
                    n);
    } else {
      std::snprintf(text, sizeof text,
                    "matrix is not positive definite: leading minor %" PRId64 " of %" PRId64, k + 1,
                    n);
    }
    throw VendorError(SPC_E_LINALG, status, text);
  }

  // Calls body(pivot) with the diagonal of L, or of D.
  template <class Body>
  void for_each_pivot(Body body) const {
    const auto *const x = static_cast<const double *>(factor_->x);
    const int64_t parts = factor_->xtype == CHOLMOD_COMPLEX ? 2 : 1;
    if (factor_->is_super == 0) {
      const auto *const p = static_cast<const SuiteSparse_long *>(factor_->p);
      for (size_t j = 0; j < factor_->n; ++j) body(x[p[j] * parts]);
      return;
    }
    const auto *const super = static_cast<const SuiteSparse_long *>(factor_->super);
    const auto *const pi = static_cast<const SuiteSparse_long *>(factor_->pi);
    const auto *const px = static_cast<const SuiteSparse_long *>(factor_->px);
    for (size_t s = 0; s < factor_->nsuper; ++s) {
      const SuiteSparse_long columns = super[s + 1] - super[s], rows = pi[s + 1] - pi[s];
      for (SuiteSparse_long j = 0; j < columns; ++j) body(x[(px[s] + j * rows + j) * parts]);
    }
  }

  void tell() {
    double logarithm = 0, negative = 0;
    bool finite = true;
    for_each_pivot([&](double pivot) {
      finite &= std::isfinite(pivot) && pivot != 0;
      logarithm += std::log(std::abs(pivot));
      negative += pivot < 0 ? 1 : 0;
    });
    if (!finite)
      throw Error(SPC_E_LINALG, "a pivot is not finite: singular, or to be factored by lu");
    const auto n = static_cast<double>(factor_->n);
    facts[SPC_FACT_LOG_ABS_DET] = factor_->is_ll != 0 ? 2 * logarithm : logarithm;
    facts[SPC_FACT_PHASE_RE] = std::fmod(negative, 2) == 0 ? 1 : -1;
    facts[SPC_FACT_PHASE_IM] = 0;
    facts[SPC_FACT_RANK] = n;
    facts[SPC_FACT_POSITIVE] = n - negative;
    facts[SPC_FACT_NEGATIVE] = negative;
    facts[SPC_FACT_ENTRIES] = analysis_->entries;
    facts[SPC_FACT_ORDERING] = ordering_of(factor_->ordering);
    facts[SPC_FACT_VARIANT] =
        factor_->is_super != 0 ? SPC_VARIANT_SUPERNODAL : SPC_VARIANT_SIMPLICIAL;
  }

  const bool ldl_;
  std::shared_ptr<const Analysis> analysis_;
  cholmod_factor *factor_ = nullptr;
};

}  // namespace

Plan *new_cholesky(const Vendor &vendor, const spc_call *call, const Plan *analysed, bool ldl) {
  return new CholeskyPlan(vendor, call, analysed, ldl);
}

}  // namespace spc::suitesparse
