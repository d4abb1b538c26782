// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/kernels/kernels.hpp"
#include "plugins/cpu/kernels/lapack.hpp"

namespace spc::cpu {
namespace {

template <class T>
using Counterpart = std::complex<RealOf<T>>;

template <class T>
struct Memory {
  T *matrix;             // n x n, by columns
  T *vectors;            // n x n, by columns
  T *values;             // eigenvalues; of a real matrix their real parts, then the imaginary ones
  RealOf<T> *real_work;  // complex only
  T *work;
  lapack_int work_length;
};

template <class T>
lapack_int decompose(const Blas &blas, int n, const Memory<T> &memory) {
  if constexpr (is_complex<T>) {
    return (blas.*Lapack<T>::geev)(LAPACK_COL_MAJOR, 'N', 'V', n, raw(memory.matrix), n,
                                   raw(memory.values), nullptr, 1, raw(memory.vectors), n,
                                   raw(memory.work), memory.work_length, memory.real_work);
  } else {
    return (blas.*Lapack<T>::geev)(LAPACK_COL_MAJOR, 'N', 'V', n, raw(memory.matrix), n,
                                   raw(memory.values), raw(memory.values + n), nullptr, 1,
                                   raw(memory.vectors), n, raw(memory.work), memory.work_length);
  }
}

// Real matrices have their complex eigenvectors in pairs of columns: real parts and imaginary parts
// of the first of two conjugates.
template <class R>
void write_pairs(int64_t n, const Memory<R> &memory, const View<std::complex<R>> &w,
                 const View<std::complex<R>> &v) {
  const R *re = memory.values;
  const R *im = memory.values + n;
  for (int64_t j = 0; j < n; ++j) {
    w.at(j, 0) = {re[j], im[j]};
    const R *column = memory.vectors + j * n;
    if (im[j] == 0) {
      for (int64_t i = 0; i < n; ++i) v.at(i, j) = column[i];
      continue;
    }
    w.at(j + 1, 0) = {re[j + 1], im[j + 1]};
    for (int64_t i = 0; i < n; ++i) {
      v.at(i, j) = {column[i], column[i + n]};
      v.at(i, j + 1) = {column[i], -column[i + n]};
    }
    ++j;
  }
}

template <class T>
spc_status eig_one(const spc_call *call, const Blas &blas, const View<T> &a,
                   const View<Counterpart<T>> &w, const View<Counterpart<T>> &v,
                   const Memory<T> &memory) {
  const int n = static_cast<int>(a.rows);
  copy_view(a, by_columns(memory.matrix, n, n));
  if (!all_finite(memory.matrix, a.rows * a.rows)) {
    return fail(call, SPC_E_LINALG, "array has NaN or infinite elements");
  }
  const lapack_int info = decompose(blas, n, memory);
  if (info < 0) return refused(call, blas, "geev", info);
  if (info > 0) return fail(call, SPC_E_LINALG, "eigenvalues did not converge");
  if constexpr (is_complex<T>) {
    copy_view(by_columns(memory.values, n, 1), w);
    return copy_view(call, by_columns(memory.vectors, n, n), v);
  } else {
    write_pairs(n, memory, w, v);
    return SPC_OK;
  }
}

template <class T>
spc_status eig_all(const spc_call *call) {
  BlasUse blas;
  spc_status status = lapack_table(call, &blas);
  if (status != SPC_OK) return status;
  const View<T> a = view_of<T>(*call->in[0]);
  const auto w = column_of<Counterpart<T>>(*call->out[0]);
  const auto v = view_of<Counterpart<T>>(*call->out[1]);
  const int64_t n = a.rows;

  T best = 0;
  RealOf<T> real = 0;
  Memory<T> query{};
  query.work = &best;
  query.real_work = &real;
  query.work_length = -1;
  const lapack_int info = decompose(*blas, static_cast<int>(n), query);
  if (info != 0) return refused(call, *blas, "geev", info);
  const auto length = static_cast<int64_t>(std::real(best)) + 1;

  Room room;
  const int64_t matrix = room.add<T>(n * n);
  const int64_t vectors = room.add<T>(n * n);
  const int64_t values = room.add<T>(2 * n);
  const int64_t real_work = room.add<RealOf<T>>(2 * n);
  const int64_t work = room.add<T>(length);
  const spc_tensor &first_out = *call->out[0];
  const Walk<3> start(first_out.ndim - 1, first_out.shape,
                      {call->in[0]->strides, first_out.strides, call->out[1]->strides});
  return for_matrices(call, *blas, {start.count(), n, 25 * n * n * n, room.bytes()},
                      [&](int64_t first, int64_t last) -> spc_status {
                        Workspace space;
                        const spc_status opened = space.open(call, room);
                        if (opened != SPC_OK) return opened;
                        const Memory<T> memory{
                            space.template get<T>(matrix), space.template get<T>(vectors),
                            space.template get<T>(values), space.template get<RealOf<T>>(real_work),
                            space.template get<T>(work),   static_cast<lapack_int>(length)};
                        Walk<3> walk = start;
                        walk.seek(first);
                        for (int64_t i = first; i < last; ++i, walk.next()) {
                          const spc_status done =
                              eig_one(call, *blas, a.moved(walk.offset(0)), w.moved(walk.offset(1)),
                                      v.moved(walk.offset(2)), memory);
                          if (done != SPC_OK) return done;
                        }
                        return SPC_OK;
                      });
}

}  // namespace

spc_status eig(void *, const spc_call *call) {
  return with_type(call->in[0]->dtype, [&](auto zero) { return eig_all<decltype(zero)>(call); });
}

}  // namespace spc::cpu
