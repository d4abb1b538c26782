// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse.hpp"

namespace spc::reference {
namespace {

// y = alpha A x + beta y: one sum per row.
template <class T, class I>
void multiply_rows(T alpha, Csr<const T, const I> a, Matrix<const T> x, T beta, Matrix<T> y) {
  for (int64_t i = 0; i < y.rows; ++i) {
    for (int64_t j = 0; j < y.cols; ++j) {
      auto product = [&] {
        Sum<T> total;
        for (int64_t k = a.indptr[i]; k < a.indptr[i + 1]; ++k) {
          total.add(times(a.data[k], x(a.indices[k], j)));
        }
        return total.result();
      };
      y(i, j) = linear(alpha, product, beta, [&] { return y(i, j); });
    }
  }
}

// y = alpha A^T x + beta y: every entry adds to the element of y that its column names.
template <class T, class I>
void multiply_transposed(T alpha, Csr<const T, const I> a, bool conjugated, Matrix<const T> x,
                         T beta, Matrix<T> y) {
  for (int64_t i = 0; i < y.rows; ++i) {
    for (int64_t j = 0; j < y.cols; ++j) {
      y(i, j) = is_zero(beta) ? T{} : times(beta, y(i, j));
    }
  }
  if (is_zero(alpha)) return;
  for (int64_t i = 0; i < a.rows(); ++i) {
    for (int64_t k = a.indptr[i]; k < a.indptr[i + 1]; ++k) {
      const T entry = times(alpha, conjugated ? conjugate(a.data[k]) : a.data[k]);
      const int64_t row = a.indices[k];
      for (int64_t j = 0; j < y.cols; ++j) y(row, j) = plus(y(row, j), times(entry, x(i, j)));
    }
  }
}

// The sums that go with a product of vectors.
template <class T>
void sum_dots(uint32_t dots, Matrix<const T> x, Matrix<T> y, Vector<T> out) {
  Sum<T> xy, yy, xx;
  for (int64_t i = 0; i < y.rows; ++i) {
    const T a = x(i, 0), b = y(i, 0);
    xy.add(times(conjugate(a), b));
    yy.add(square_of(b));
    xx.add(square_of(a));
  }
  int64_t k = 0;
  if ((dots & SPC_DOT_XY) != 0) out[k++] = xy.result();
  if ((dots & SPC_DOT_YY) != 0) out[k++] = yy.result();
  if ((dots & SPC_DOT_XX) != 0) out[k++] = xx.result();
}

}  // namespace

spc_status spmm(void *, const spc_call *call) {
  return for_pair(*call->in[3], *call->in[2], [&]<class T, class I>(Tag<T>, Tag<I>) {
    const int32_t mode = params<spc_params_linear>(call).mode;
    const T alpha = scalar<T>(*call->in[0]);
    const auto a = csr<const T, const I>(call->in + 1);
    const Matrix<const T> x = matrix<const T>(*call->in[4]);
    const T beta = scalar<T>(*call->in[5]);
    const Matrix<T> y = matrix<T>(*call->out[0]);
    if (mode == SPC_MODE_NONE) {
      multiply_rows(alpha, a, x, beta, y);
      const uint32_t dots = params<spc_params_linear>(call).dots;
      if (dots != 0) sum_dots(dots, x, y, vector<T>(*call->out[1]));
    } else {
      multiply_transposed(alpha, a, mode == SPC_MODE_CONJ_TRANS, x, beta, y);
    }
    return SPC_OK;
  });
}

}  // namespace spc::reference
