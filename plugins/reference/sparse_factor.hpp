// SPDX-License-Identifier: Apache-2.0
// Plans of the sparse factorizations. Whatever the dtype of the matrix, factors are double or complex
// double; nothing is reordered, and nothing is shared between plans.
#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "spacecore/plugin.hpp"

#include "plugins/reference/dense.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference::factor {

template <class T>
struct WorkOfStruct {
  using type = double;
};
template <class R>
struct WorkOfStruct<Complex<R>> {
  using type = std::complex<double>;
};
template <class T>
using WorkOf = typename WorkOfStruct<T>::type;

template <class T>
WorkOf<T> widened(T x) {
  if constexpr (is_complex<T>) {
    return {static_cast<double>(x.re), static_cast<double>(x.im)};
  } else {
    return static_cast<double>(x);
  }
}
template <class T>
T narrowed(WorkOf<T> x) {
  if constexpr (is_complex<T>) {
    using R = RealOf<T>;
    return {static_cast<R>(x.real()), static_cast<R>(x.imag())};
  } else {
    return static_cast<T>(x);
  }
}

inline double conjugated(double x) {
  return x;
}
inline std::complex<double> conjugated(std::complex<double> x) {
  return std::conj(x);
}

template <class W>
struct Entry {
  int64_t at;
  W value;
};
template <class W>
using Entries = std::vector<Entry<W>>;

// A row by row, ascending, repeated entries added.
template <class W>
struct Rows {
  int64_t cols = 0;
  std::vector<Entries<W>> row;
  int64_t size() const { return static_cast<int64_t>(row.size()); }
};

template <class W>
bool finite(const Rows<W> &a) {
  for (const Entries<W> &row : a.row) {
    for (const Entry<W> &e : row) {
      if (!std::isfinite(std::real(e.value)) || !std::isfinite(std::imag(e.value))) return false;
    }
  }
  return true;
}

// lower: without what lies above the diagonal.
template <class T, class I>
Rows<WorkOf<T>> rows_of(const spc_call *call, bool lower) {
  using W = WorkOf<T>;
  const auto a = csr<const T, const I>(call->in);
  Rows<W> out;
  out.cols = params<spc_params_sparse_factor>(call).cols;
  out.row.resize(static_cast<size_t>(a.rows()));
  for (int64_t i = 0; i < a.rows(); ++i) {
    Entries<W> &row = out.row[static_cast<size_t>(i)];
    for (int64_t k = a.indptr[i]; k < a.indptr[i + 1]; ++k) {
      if (!lower || a.indices[k] <= i) row.push_back({a.indices[k], widened(a.data[k])});
    }
    std::stable_sort(row.begin(), row.end(),
                     [](const Entry<W> &x, const Entry<W> &y) { return x.at < y.at; });
    size_t n = 0;
    for (const Entry<W> &e : row) {
      if (n > 0 && row[n - 1].at == e.at) {
        row[n - 1].value += e.value;
      } else {
        row[n++] = e;
      }
    }
    row.resize(n);
  }
  return out;
}

// What a plan knows beside its factors.
struct Facts {
  double log_abs_det = std::numeric_limits<double>::quiet_NaN();
  std::complex<double> phase = {std::numeric_limits<double>::quiet_NaN(),
                                std::numeric_limits<double>::quiet_NaN()};
  double rank = std::numeric_limits<double>::quiet_NaN();
  double positive = std::numeric_limits<double>::quiet_NaN();
  double negative = std::numeric_limits<double>::quiet_NaN();
  double entries = 0;
};

// The factors of one matrix.
class Plan {
 public:
  Plan() = default;
  Plan(const Plan &) = delete;
  Plan &operator=(const Plan &) = delete;
  virtual ~Plan() = default;
  spc_status run(const spc_call *call) const {
    const auto &p = params<spc_params_sparse_factor>(call);
    return p.request == SPC_REQUEST_FACTS ? tell(call) : solve(call);
  }

  Facts facts;

 protected:
  virtual spc_status solve(const spc_call *call) const = 0;

 private:
  spc_status tell(const spc_call *call) const {
    const auto out = vector<double>(*call->out[0]);
    for (int64_t i = 0; i < out.size; ++i) out[i] = std::numeric_limits<double>::quiet_NaN();
    out[SPC_FACT_LOG_ABS_DET] = facts.log_abs_det;
    out[SPC_FACT_PHASE_RE] = facts.phase.real();
    out[SPC_FACT_PHASE_IM] = facts.phase.imag();
    out[SPC_FACT_RANK] = facts.rank;
    out[SPC_FACT_POSITIVE] = facts.positive;
    out[SPC_FACT_NEGATIVE] = facts.negative;
    out[SPC_FACT_ENTRIES] = facts.entries;
    out[SPC_FACT_ORDERING] = SPC_ORDERING_NATURAL;
    out[SPC_FACT_VARIANT] = SPC_VARIANT_SIMPLICIAL;
    return SPC_OK;
  }
};

// F has std::vector<W> solve(std::vector<W> b, bool adjoint) const.
template <class T, class F>
class PlanOf final : public Plan {
  using W = WorkOf<T>;

 public:
  explicit PlanOf(F factors) : factors_(std::move(factors)) { facts = factors_.facts(); }

 protected:
  spc_status solve(const spc_call *call) const override {
    const int32_t mode = params<spc_params_sparse_factor>(call).mode;
    const bool flipped = mode == SPC_MODE_TRANSPOSE;  // A^-T b = conj(A^-H conj(b))
    const Matrix<const T> b = matrix<const T>(*call->in[3]);
    const Matrix<T> x = matrix<T>(*call->out[0]);
    for (int64_t j = 0; j < b.cols; ++j) {
      std::vector<W> column(static_cast<size_t>(b.rows));
      for (int64_t i = 0; i < b.rows; ++i) {
        const W value = widened(b(i, j));
        column[static_cast<size_t>(i)] = flipped ? conjugated(value) : value;
      }
      const std::vector<W> solution = factors_.solve(std::move(column), mode != SPC_MODE_NONE);
      for (int64_t i = 0; i < x.rows; ++i) {
        const W value = solution[static_cast<size_t>(i)];
        x(i, j) = narrowed<T>(flipped ? conjugated(value) : value);
      }
    }
    return SPC_OK;
  }

 private:
  const F factors_;
};

// Plan of the factors that spc_status F::make(call, rows) fills in; lower: of the lower triangle.
template <template <class> class F>
spc_status prepare(const spc_call *call, void **plan, bool lower) {
  return plugin::guarded(call, [&] {
    return for_dtype(FloatingTypes(), call->in[2]->dtype, [&]<class T>(Tag<T>) {
      return for_dtype(IndexTypes(), call->in[1]->dtype, [&]<class I>(Tag<I>) {
        using W = WorkOf<T>;
        Rows<W> a = rows_of<T, I>(call, lower);
        if (!finite(a)) {
          return plugin::fail(call, SPC_E_LINALG, "array has NaN or infinite elements");
        }
        F<W> factors;
        const spc_status status = factors.make(call, std::move(a));
        if (status == SPC_OK) {
          *plan = static_cast<Plan *>(new PlanOf<T, F<W>>(std::move(factors)));
        }
        return status;
      });
    });
  });
}

inline spc_status run(const spc_call *call) {
  return plugin::guarded(call, [&] { return static_cast<const Plan *>(call->plan)->run(call); });
}

// L D L^H with a unit lower triangular L and a real diagonal D, row by row: row k of L solves a
// triangular system with the rows before it, whose non-zeros the elimination tree names.
template <class W>
struct Ldl {
  std::vector<Entries<W>> below;  // columns of L under the diagonal
  std::vector<double> d;

  // definite: every pivot is to be positive.
  spc_status make(const spc_call *call, Rows<W> a, bool definite) {
    const int64_t n = a.size();
    below.resize(static_cast<size_t>(n));
    d.resize(static_cast<size_t>(n));
    std::vector<int64_t> parent(static_cast<size_t>(n), -1), mark(static_cast<size_t>(n), -1);
    std::vector<W> x(static_cast<size_t>(n));
    for (int64_t k = 0; k < n; ++k) {
      double pivot = 0;
      std::vector<int64_t> reach;
      for (const Entry<W> &e : a.row[static_cast<size_t>(k)]) {
        if (e.at == k) {
          pivot = std::real(e.value);
          continue;
        }
        x[static_cast<size_t>(e.at)] = conjugated(e.value);
        for (int64_t i = e.at; i != k && mark[static_cast<size_t>(i)] != k;) {
          mark[static_cast<size_t>(i)] = k;
          reach.push_back(i);
          int64_t &up = parent[static_cast<size_t>(i)];
          if (up == -1) up = k;
          i = up;
        }
      }
      std::sort(reach.begin(), reach.end());
      for (const int64_t i : reach) {
        const W y = std::exchange(x[static_cast<size_t>(i)], W(0));
        for (const Entry<W> &e : below[static_cast<size_t>(i)]) {
          x[static_cast<size_t>(e.at)] -= e.value * y;
        }
        // Not |y|^2 / d: a square is out of range long before the pivot is.
        const W l = conjugated(y) / d[static_cast<size_t>(i)];
        pivot -= std::real(l * y);
        below[static_cast<size_t>(i)].push_back({k, l});
      }
      if (definite && !(pivot > 0)) {
        return plugin::fail(
            call, SPC_E_LINALG,
            "matrix is not positive definite: leading minor %" PRId64 " of %" PRId64, k + 1, n);
      }
      if (pivot == 0 || !std::isfinite(pivot)) {
        return plugin::fail(call, SPC_E_LINALG,
                            "pivot %" PRId64 " of %" PRId64
                            " is %s: singular, or to be factored by lu",
                            k, n, pivot == 0 ? "0" : "not finite");
      }
      d[static_cast<size_t>(k)] = pivot;
    }
    return SPC_OK;
  }

  std::vector<W> solve(std::vector<W> b, bool) const {
    const size_t n = d.size();
    for (size_t k = 0; k < n; ++k) {
      for (const Entry<W> &e : below[k]) b[static_cast<size_t>(e.at)] -= e.value * b[k];
    }
    for (size_t k = 0; k < n; ++k) b[k] /= d[k];
    for (size_t k = n; k-- > 0;) {
      for (const Entry<W> &e : below[k]) b[k] -= conjugated(e.value) * b[static_cast<size_t>(e.at)];
    }
    return b;
  }

  Facts facts() const {
    Facts f;
    f.log_abs_det = f.positive = f.negative = 0;
    for (const double pivot : d) {
      f.log_abs_det += std::log(std::abs(pivot));
      ++(pivot > 0 ? f.positive : f.negative);
    }
    f.phase = std::fmod(f.negative, 2) == 0 ? 1 : -1;
    f.rank = f.entries = static_cast<double>(d.size());
    for (const Entries<W> &column : below) f.entries += static_cast<double>(column.size());
    return f;
  }
};

}  // namespace spc::reference::factor
