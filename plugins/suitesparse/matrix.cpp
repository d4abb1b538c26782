// SPDX-License-Identifier: Apache-2.0
#include "plugins/suitesparse/matrix.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numeric>

namespace spc::suitesparse {
namespace {

template <class T>
constexpr bool is_complex = false;
template <class R>
constexpr bool is_complex<std::complex<R>> = true;

// body(T()) for the floating dtype.
template <class Body>
auto for_floating(int32_t dtype, Body body) {
  switch (dtype) {
    case SPC_FLOAT32:
      return body(float());
    case SPC_FLOAT64:
      return body(double());
    case SPC_COMPLEX64:
      return body(std::complex<float>());
    default:
      return body(std::complex<double>());
  }
}

// Numbers as the libraries keep them.
template <class T>
void put(double *to, T x, bool conjugated) {
  if constexpr (is_complex<T>) {
    to[0] = static_cast<double>(x.real());
    to[1] = static_cast<double>(conjugated ? -x.imag() : x.imag());
  } else {
    to[0] = static_cast<double>(x);
  }
}
template <class T>
T get(const double *from, bool conjugated) {
  if constexpr (is_complex<T>) {
    using R = typename T::value_type;
    return T(static_cast<R>(from[0]), static_cast<R>(conjugated ? -from[1] : from[1]));
  } else {
    return static_cast<T>(from[0]);
  }
}

// Rows of A, in order and without repetitions, as columns of A^T; lower: up to the diagonal.
template <class T, class I>
Matrix compressed(const spc_call *call, bool lower, bool conjugated) {
  const auto &p = plugin::params<spc_params_sparse_factor>(call);
  const I *const indptr = static_cast<const I *>(call->in[0]->data);
  const I *const indices = static_cast<const I *>(call->in[1]->data);
  const T *const data = static_cast<const T *>(call->in[2]->data);
  const size_t parts = is_complex<T> ? 2 : 1;
  const auto bound = static_cast<size_t>(call->in[1]->shape[0]);
  Matrix m;
  m.rows = p.cols;
  m.cols = p.rows;
  m.complex = is_complex<T>;
  m.start.resize(static_cast<size_t>(p.rows) + 1);
  m.row.resize(bound);
  m.value.resize(bound * parts);
  size_t n = 0;
  std::vector<I> order;
  for (int64_t i = 0; i < p.rows; ++i) {
    m.start[static_cast<size_t>(i)] = static_cast<SuiteSparse_long>(n);
    const size_t begin = n;
    bool ascending = true;
    I last = -1;
    for (I k = indptr[i]; k < indptr[i + 1]; ++k) {
      ascending &= indices[k] > last;
      last = indices[k];
    }
    const auto append = [&](I k) {
      if (lower && indices[k] > i) return;
      if (n > begin && m.row[n - 1] == indices[k]) {
        double more[2];
        put(more, data[k], conjugated);
        for (size_t c = 0; c < parts; ++c) m.value[(n - 1) * parts + c] += more[c];
        return;
      }
      m.row[n] = indices[k];
      put(&m.value[n * parts], data[k], conjugated);
      ++n;
    };
    if (ascending) {
      for (I k = indptr[i]; k < indptr[i + 1]; ++k) append(k);
    } else {
      order.resize(static_cast<size_t>(indptr[i + 1] - indptr[i]));
      std::iota(order.begin(), order.end(), indptr[i]);
      std::stable_sort(order.begin(), order.end(),
                       [&](I a, I b) { return indices[a] < indices[b]; });
      for (const I k : order) append(k);
    }
  }
  m.start[static_cast<size_t>(p.rows)] = static_cast<SuiteSparse_long>(n);
  m.row.resize(n);
  m.value.resize(n * parts);
  return m;
}

Matrix transposed(const Matrix &a) {
  const size_t parts = a.complex ? 2 : 1;
  Matrix t;
  t.rows = a.cols;
  t.cols = a.rows;
  t.complex = a.complex;
  t.start.assign(static_cast<size_t>(t.cols) + 1, 0);
  t.row.resize(a.row.size());
  t.value.resize(a.value.size());
  for (const SuiteSparse_long i : a.row) ++t.start[static_cast<size_t>(i) + 1];
  std::partial_sum(t.start.begin(), t.start.end(), t.start.begin());
  std::vector<SuiteSparse_long> next(t.start.begin(), t.start.end() - 1);
  for (int64_t j = 0; j < a.cols; ++j) {
    for (auto k = static_cast<size_t>(a.start[static_cast<size_t>(j)]);
         k < static_cast<size_t>(a.start[static_cast<size_t>(j) + 1]); ++k) {
      const auto to = static_cast<size_t>(next[static_cast<size_t>(a.row[k])]++);
      t.row[to] = j;
      for (size_t c = 0; c < parts; ++c) t.value[to * parts + c] = a.value[k * parts + c];
    }
  }
  return t;
}

// CHOLMOD takes a pivot that is not real for one that is not positive. m: an upper triangle.
void make_diagonal_real(Matrix &m) {
  for (size_t j = 0; j < static_cast<size_t>(m.cols); ++j) {
    const auto end = static_cast<size_t>(m.start[j + 1]);
    if (end > static_cast<size_t>(m.start[j]) && m.row[end - 1] == static_cast<SuiteSparse_long>(j))
      m.value[2 * (end - 1) + 1] = 0;
  }
}

struct Strides {
  int64_t row, column;
};
Strides strides_of(const spc_tensor &t) {
  return {t.strides[0], t.ndim == 2 ? t.strides[1] : 0};
}
int64_t columns_of(const spc_tensor &t) {
  return t.ndim == 2 ? t.shape[1] : 1;
}

}  // namespace

cholmod_sparse Matrix::as_cholmod(int stype) {
  cholmod_sparse s{};
  s.nrow = static_cast<size_t>(rows);
  s.ncol = static_cast<size_t>(cols);
  s.nzmax = row.size();
  s.p = start.data();
  s.i = row.data();
  s.x = value.data();
  s.stype = stype;
  s.itype = CHOLMOD_LONG;
  s.xtype = complex ? CHOLMOD_COMPLEX : CHOLMOD_REAL;
  s.dtype = CHOLMOD_DOUBLE;
  s.sorted = 1;
  s.packed = 1;
  return s;
}

Matrix Matrix::from_cholmod(const cholmod_sparse &s) {
  const auto *const start = static_cast<const SuiteSparse_long *>(s.p);
  const auto *const row = static_cast<const SuiteSparse_long *>(s.i);
  const auto *const value = static_cast<const double *>(s.x);
  const auto nnz = static_cast<size_t>(start[s.ncol]);
  Matrix m;
  m.rows = static_cast<int64_t>(s.nrow);
  m.cols = static_cast<int64_t>(s.ncol);
  m.complex = s.xtype == CHOLMOD_COMPLEX;
  m.start.assign(start, start + s.ncol + 1);
  m.row.assign(row, row + nnz);
  m.value.assign(value, value + nnz * (m.complex ? 2 : 1));
  return m;
}

Matrix adjoint(const Matrix &a) {
  Matrix h = transposed(a);
  for (size_t k = 1; h.complex && k < h.value.size(); k += 2) h.value[k] = -h.value[k];
  return h;
}

Matrix matrix_of(const spc_call *call, Part part) {
  Matrix m = for_floating(call->in[2]->dtype, [&](auto zero) {
    using T = decltype(zero);
    const bool lower = part == Part::lower_as_upper;
    const bool conjugated = part != Part::whole;
    return call->in[1]->dtype == SPC_INT32 ? compressed<T, int32_t>(call, lower, conjugated)
                                           : compressed<T, int64_t>(call, lower, conjugated);
  });
  for (const double x : m.value) {
    if (!std::isfinite(x)) throw Error(SPC_E_LINALG, "array has NaN or infinite elements");
  }
  if (part == Part::lower_as_upper && m.complex) make_diagonal_real(m);
  return part == Part::whole ? transposed(m) : m;
}

cholmod_dense Columns::as_cholmod() const {
  cholmod_dense d{};
  d.nrow = static_cast<size_t>(rows);
  d.ncol = static_cast<size_t>(count);
  d.nzmax = d.nrow * d.ncol;
  d.d = d.nrow;
  d.x = data;
  d.xtype = complex ? CHOLMOD_COMPLEX : CHOLMOD_REAL;
  d.dtype = CHOLMOD_DOUBLE;
  return d;
}

Columns scratch_columns(const spc_call *call, int64_t rows, int64_t count, bool complex) {
  uint64_t bytes = 0;
  void *memory = nullptr;
  const uint64_t item = complex ? 16 : 8;
  if (__builtin_mul_overflow(static_cast<uint64_t>(rows), static_cast<uint64_t>(count), &bytes) ||
      __builtin_mul_overflow(bytes, item, &bytes) ||
      call->host->scratch(call->exec, 0, std::max(bytes, item), &memory) != SPC_OK)
    throw std::bad_alloc();
  return {static_cast<double *>(memory), rows, count, complex};
}

Columns load(const spc_call *call, bool conjugated) {
  const spc_tensor &b = *call->in[3];
  return for_floating(b.dtype, [&](auto zero) {
    using T = decltype(zero);
    const Columns to = scratch_columns(call, b.shape[0], columns_of(b), is_complex<T>);
    const Strides step = strides_of(b);
    const T *const from = static_cast<const T *>(b.data);
    double *at = to.data;
    for (int64_t j = 0; j < to.count; ++j) {
      for (int64_t i = 0; i < to.rows; ++i, at += is_complex<T> ? 2 : 1)
        put(at, from[i * step.row + j * step.column], conjugated);
    }
    return to;
  });
}

void store(const spc_call *call, const Columns &x, bool conjugated) {
  const spc_tensor &out = *call->out[0];
  for_floating(out.dtype, [&](auto zero) {
    using T = decltype(zero);
    const Strides step = strides_of(out);
    T *const to = static_cast<T *>(out.data);
    const double *at = x.data;
    for (int64_t j = 0; j < x.count; ++j) {
      for (int64_t i = 0; i < x.rows; ++i, at += is_complex<T> ? 2 : 1)
        to[i * step.row + j * step.column] = get<T>(at, conjugated);
    }
  });
}

}  // namespace spc::suitesparse
