// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse_incomplete.hpp"

namespace spc::reference {
namespace {

template <class T, class I>
struct SparseTriangle {
  Csr<const T, const I> a;
  bool lower, unit, conjugated;

  T entry(int64_t p) const { return conjugated ? conjugate(a.data[p]) : a.data[p]; }
  bool inside(int64_t i, int64_t p) const { return lower ? a.indices[p] < i : a.indices[p] > i; }

  // T x = b, b being in x: every row needs those before it (after it, where T is upper).
  void solve(Vector<T> x) const {
    for (int64_t n = 0; n < a.rows(); ++n) {
      const int64_t i = lower ? n : a.rows() - 1 - n;
      T rest = x[i];
      for (int64_t p = a.indptr[i]; p < a.indptr[i + 1]; ++p) {
        if (inside(i, p)) rest = minus(rest, times(entry(p), x[a.indices[p]]));
      }
      x[i] = unit ? rest : over(rest, entry(place_of(a, i, i)));
    }
  }

  // T^T x = b: every row, once its own element is known, is taken from the others.
  void solve_transposed(Vector<T> x) const {
    for (int64_t n = 0; n < a.rows(); ++n) {
      const int64_t i = lower ? a.rows() - 1 - n : n;
      if (!unit) x[i] = over(x[i], entry(place_of(a, i, i)));
      for (int64_t p = a.indptr[i]; p < a.indptr[i + 1]; ++p) {
        if (!inside(i, p)) continue;
        const int64_t j = a.indices[p];
        x[j] = minus(x[j], times(entry(p), x[i]));
      }
    }
  }
};

}  // namespace

spc_status sparse_solve_triangular(void *, const spc_call *call) {
  return for_dtype(FloatingTypes(), call->in[2]->dtype, [&]<class T>(Tag<T>) {
    return for_dtype(IndexTypes(), call->in[1]->dtype, [&]<class I>(Tag<I>) {
      const auto &p = params<spc_params_factor>(call);
      const SparseTriangle<T, I> t{csr<const T, const I>(call->in), p.lower != 0, p.unit != 0,
                                   p.mode == SPC_MODE_CONJ_TRANS};
      if (!t.unit) {
        for (int64_t i = 0; i < t.a.rows(); ++i) {
          const int64_t place = place_of(t.a, i, i);
          if (place < 0) return bad_row(call, i, "not stored");
          if (is_zero(t.a.data[place])) return bad_row(call, i, "0");
        }
      }
      const Matrix<const T> b = matrix<const T>(*call->in[3]);
      const Matrix<T> x = matrix<T>(*call->out[0]);
      for (int64_t j = 0; j < b.cols; ++j) {
        for (int64_t i = 0; i < b.rows; ++i) x(i, j) = b(i, j);
        const Vector<T> solution = column(x, j);
        if (p.mode == SPC_MODE_NONE) {
          t.solve(solution);
        } else {
          t.solve_transposed(solution);
        }
      }
      return static_cast<spc_status>(SPC_OK);
    });
  });
}

}  // namespace spc::reference
