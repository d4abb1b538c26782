// SPDX-License-Identifier: Apache-2.0
#include <limits.h>

#include "plugins/cpu/kernels/kernels.hpp"
#include "plugins/cpu/kernels/lapack.hpp"

namespace spc::cpu {
namespace {

template <class T>
void clear_upper(const View<T> &l) {
  for (int64_t i = 0; i < l.rows; ++i) {
    for (int64_t j = i + 1; j < l.columns; ++j) l.at(i, j) = T(0);
  }
}

// Read by columns, the lower triangle of the rows of A is the upper one of its conjugate, U^H U;
// U read by rows is L.
template <class T>
spc_status factor(const spc_call *call, const Blas &blas, const View<T> &a, const View<T> &l,
                  T *memory) {
  const int n = static_cast<int>(a.rows);
  int step = n;
  const Place place = place_of(l, &step);
  const View<T> target = place == Place::scratch ? by_rows(memory, n, n) : l;
  copy_lower(a, target);
  const lapack_int info =
      (blas.*Lapack<T>::potrf)(LAPACK_COL_MAJOR, place == Place::columns ? 'L' : 'U', n,
                               raw(target.data), place == Place::scratch ? n : step);
  if (info < 0) return refused(call, blas, "potrf", info);
  bool positive = info == 0;
  // OpenBLAS goes on with NaN, which reaches the diagonal of its row.
  for (int64_t i = 0; i < n && positive; ++i) positive = std::real(target.at(i, i)) > 0;
  if (!positive) return fail(call, SPC_E_LINALG, "matrix is not positive definite");
  if (place == Place::scratch) copy_lower(target, l);
  clear_upper(l);
  return SPC_OK;
}

template <class T>
spc_status factor_all(const spc_call *call) {
  BlasUse blas;
  const spc_status status = lapack_table(call, &blas);
  if (status != SPC_OK) return status;
  const View<T> a = view_of<T>(*call->in[0]);
  const View<T> l = view_of<T>(*call->out[0]);
  const int64_t n = a.rows;
  int step = 0;
  Room room;
  const int64_t memory = room.add<T>(place_of(l, &step) == Place::scratch ? n * n : 0);
  const Walk<2> start(call->out[0]->ndim - 2, call->out[0]->shape,
                      {call->in[0]->strides, call->out[0]->strides});
  return for_matrices(call, *blas, {start.count(), n, n * n * n / 3, room.bytes()},
                      [&](int64_t first, int64_t last) -> spc_status {
                        Workspace space;
                        const spc_status opened = space.open(call, room);
                        if (opened != SPC_OK) return opened;
                        Walk<2> walk = start;
                        walk.seek(first);
                        for (int64_t i = first; i < last; ++i, walk.next()) {
                          const spc_status done =
                              factor(call, *blas, a.moved(walk.offset(0)), l.moved(walk.offset(1)),
                                     space.template get<T>(memory));
                          if (done != SPC_OK) return done;
                        }
                        return SPC_OK;
                      });
}

}  // namespace

spc_status cholesky(void *, const spc_call *call) {
  return with_type(call->out[0]->dtype,
                   [&](auto zero) { return factor_all<decltype(zero)>(call); });
}

}  // namespace spc::cpu
