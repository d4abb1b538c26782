// SPDX-License-Identifier: Apache-2.0
// Iteration over strided tensors: offsets are in elements, from the first element of each operand.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "spacecore/plugin.h"

#include "plugins/reference/types.hpp"

namespace spc::reference {

template <size_t N>
using Offsets = std::array<int64_t, N>;
template <size_t N>
using Strides = std::array<const int64_t *, N>;

template <class T>
T *data(const spc_tensor &tensor) {
  return static_cast<T *>(tensor.data);
}
// A scalar operand: by value or with stride 0 everywhere.
template <class T>
T scalar(const spc_tensor &tensor) {
  return *data<const T>(tensor);
}

template <class Params>
const Params &params(const spc_call *call) {
  return *static_cast<const Params *>(call->params);
}

// Runs body(offsets) at every index of shape[0..ndim), row-major; once where ndim is 0.
template <size_t N, class Body>
void for_each(int32_t ndim, const int64_t *shape, Strides<N> strides, Offsets<N> at, Body &body) {
  if (ndim == 0) return body(static_cast<const Offsets<N> &>(at));
  Offsets<N> step;
  for (size_t k = 0; k < N; ++k) step[k] = *strides[k]++;
  for (int64_t i = 0; i < shape[0]; ++i) {
    if (ndim == 1) {
      body(static_cast<const Offsets<N> &>(at));
    } else {
      for_each<N>(ndim - 1, shape + 1, strides, at, body);
    }
    for (size_t k = 0; k < N; ++k) at[k] += step[k];
  }
}

// out[i] = f(in[0][i])
template <class Out, class In, class F>
spc_status map_unary(const spc_call *call, F f) {
  const spc_tensor &out = *call->out[0];
  const In *x = data<const In>(*call->in[0]);
  Out *y = data<Out>(out);
  auto body = [&](const Offsets<2> &i) { y[i[1]] = f(x[i[0]]); };
  for_each<2>(out.ndim, out.shape, {call->in[0]->strides, out.strides}, {}, body);
  return SPC_OK;
}

// out[i] = f(in[0][i], in[1][i])
template <class T, class F>
spc_status map_binary(const spc_call *call, F f) {
  const spc_tensor &out = *call->out[0];
  const T *a = data<const T>(*call->in[0]);
  const T *b = data<const T>(*call->in[1]);
  T *y = data<T>(out);
  auto body = [&](const Offsets<3> &i) { y[i[2]] = f(a[i[0]], b[i[1]]); };
  for_each<3>(out.ndim, out.shape, {call->in[0]->strides, call->in[1]->strides, out.strides}, {},
              body);
  return SPC_OK;
}

// out[i] = f(in[0][i], in[1][i]), a verdict
template <class T, class F>
spc_status map_predicate(const spc_call *call, F f) {
  const spc_tensor &out = *call->out[0];
  const T *a = data<const T>(*call->in[0]);
  const T *b = data<const T>(*call->in[1]);
  Bool *y = data<Bool>(out);
  auto body = [&](const Offsets<3> &i) {
    y[i[2]] = Bool{static_cast<uint8_t>(f(a[i[0]], b[i[1]]))};
  };
  for_each<3>(out.ndim, out.shape, {call->in[0]->strides, call->in[1]->strides, out.strides}, {},
              body);
  return SPC_OK;
}

// out[i] = f(in[0][i], in[1][i], in[2][i]), the third of a type of its own
template <class T, class Third, class F>
spc_status map_ternary(const spc_call *call, F f) {
  const spc_tensor &out = *call->out[0];
  const T *a = data<const T>(*call->in[0]);
  const T *b = data<const T>(*call->in[1]);
  const Third *c = data<const Third>(*call->in[2]);
  T *y = data<T>(out);
  auto body = [&](const Offsets<4> &i) { y[i[3]] = f(a[i[0]], b[i[1]], c[i[2]]); };
  for_each<4>(out.ndim, out.shape,
              {call->in[0]->strides, call->in[1]->strides, call->in[2]->strides, out.strides}, {},
              body);
  return SPC_OK;
}

// Reduction with N inputs: runs visit(at, scan) at every kept index, where at is the offset of out
// and scan(body) runs body(offsets of the inputs) over the reduced axes.
template <size_t N, class Visit>
void reduce(const spc_call *call, int32_t n_kept, Visit visit) {
  const spc_tensor &out = *call->out[0];
  Strides<N> reduced;
  Strides<N + 1> kept;
  for (size_t k = 0; k < N; ++k) {
    kept[k] = call->in[k]->strides;
    reduced[k] = call->in[k]->strides + n_kept;
  }
  kept[N] = out.strides;
  auto body = [&](const Offsets<N + 1> &start) {
    Offsets<N> first;
    for (size_t k = 0; k < N; ++k) first[k] = start[k];
    visit(start[N], [&](auto element) {
      for_each<N>(out.ndim - n_kept, out.shape + n_kept, reduced, first, element);
    });
  };
  for_each<N + 1>(n_kept, out.shape, kept, {}, body);
}

// out = f(... f(f(x0, x1), x2) ..., xn), starting from out itself where the call accumulates.
template <class T, class F>
spc_status reduce_pairs(const spc_call *call, F f) {
  const auto &p = params<spc_params_reduce>(call);
  const T *x = data<const T>(*call->in[0]);
  T *out = data<T>(*call->out[0]);
  reduce<1>(call, p.n_kept, [&](int64_t at, auto scan) {
    bool started = p.accumulate != 0;
    T best = started ? out[at] : T{};
    scan([&](const Offsets<1> &i) {
      best = started ? f(best, x[i[0]]) : x[i[0]];
      started = true;
    });
    out[at] = best;
  });
  return SPC_OK;
}

// ---- vectors and matrices ------------------------------------------------------------------------
template <class T>
struct Vector {
  T *data;
  int64_t size;
  int64_t stride;
  T &operator[](int64_t i) const { return data[i * stride]; }
};

template <class T>
Vector<T> vector(const spc_tensor &tensor) {
  return {data<T>(tensor), tensor.shape[0], tensor.strides[0]};
}

template <class T>
struct Matrix {
  T *data;
  int64_t rows;
  int64_t cols;
  int64_t row_stride;
  int64_t col_stride;
  T &operator()(int64_t i, int64_t j) const { return data[i * row_stride + j * col_stride]; }
  Matrix transposed() const { return {data, cols, rows, col_stride, row_stride}; }
};

// The last two axes, shifted by an offset; a vector is a matrix of one column.
template <class T>
Matrix<T> matrix(const spc_tensor &tensor, int64_t offset = 0) {
  T *first = data<T>(tensor) + offset;
  if (tensor.ndim == 1) return {first, tensor.shape[0], 1, tensor.strides[0], 0};
  const int64_t *shape = tensor.shape + tensor.ndim - 2;
  const int64_t *strides = tensor.strides + tensor.ndim - 2;
  return {first, shape[0], shape[1], strides[0], strides[1]};
}

}  // namespace spc::reference
