// SPDX-License-Identifier: Apache-2.0
#include <limits.h>

#include <algorithm>
#include <limits>

#include "plugins/cpu/kernels/kernels.hpp"
#include "plugins/cpu/kernels/lapack.hpp"

namespace spc::cpu {
namespace {

template <class T>
struct Memory {
  T *factors;  // n x n, by columns
  lapack_int *swaps;
  T *right;  // n x k, by rows; for outputs that LAPACK cannot take
};

// X^T = X^T L^-T U^-T: right sides that lie by rows are solved where they are.
template <class T>
void solve_rows(const Blas &blas, const Memory<T> &memory, int n, int k, T *x, int step) {
  for (int i = 0; i < n; ++i) {
    const int64_t other = memory.swaps[i] - 1;
    T *const row = x + int64_t{i} * step;
    if (other != i) std::swap_ranges(row, row + k, x + other * step);
  }
  const T one = 1;
  const auto side = [&](CBLAS_UPLO triangle, CBLAS_DIAG diagonal) {
    if constexpr (is_complex<T>) {
      (blas.*Lapack<T>::trsm)(CblasColMajor, CblasRight, triangle, CblasTrans, diagonal, k, n, &one,
                              memory.factors, n, x, step);
    } else {
      (blas.*Lapack<T>::trsm)(CblasColMajor, CblasRight, triangle, CblasTrans, diagonal, k, n, one,
                              memory.factors, n, x, step);
    }
  };
  side(CblasLower, CblasUnit);
  side(CblasUpper, CblasNonUnit);
}

// The first pivot that is NaN, given or come of an overflow; n if none is. From there NaN goes on to
// the last pivot, so X is filled with it. OpenBLAS has no row for a pivot among NaN: it notes the one
// above, and there may be none.
template <class T>
int first_nan_pivot(int n, const Memory<T> &memory) {
  for (int i = 0; i < n; ++i) {
    const T pivot = memory.factors[i * (int64_t{n} + 1)];
    if (memory.swaps[i] <= i || pivot != pivot) return i;
  }
  return n;
}

template <class T>
spc_status solve_columns(const spc_call *call, const Blas &blas, const Memory<T> &memory, int n,
                         int k, T *x, int step) {
  const lapack_int info = (blas.*Lapack<T>::getrs)(LAPACK_COL_MAJOR, 'N', n, k, raw(memory.factors),
                                                   n, memory.swaps, raw(x), step);
  return info == 0 ? SPC_OK : refused(call, blas, "getrs", info);
}

template <class T>
spc_status solve_one(const spc_call *call, const Blas &blas, const View<T> &a, const View<T> &b,
                     const View<T> &x, const Memory<T> &memory) {
  const int n = static_cast<int>(a.rows);
  const int k = static_cast<int>(b.columns);
  // A itself is factored and not its transpose, whose pivots would be others.
  spc_status status = copy_view(call, a, by_columns(memory.factors, n, n));
  if (status != SPC_OK) return status;
  const lapack_int info =
      (blas.*Lapack<T>::getrf)(LAPACK_COL_MAJOR, n, n, raw(memory.factors), n, memory.swaps);
  if (info < 0) return refused(call, blas, "getrf", info);
  // Elimination ends at the first bad pivot: a zero there is an error, NaN a result.
  const int nan = first_nan_pivot(n, memory);
  if (info > 0 && info <= nan) return fail(call, SPC_E_LINALG, "singular matrix");
  if (nan < n) {
    fill_view(x, T(std::numeric_limits<RealOf<T>>::quiet_NaN()));
    return SPC_OK;
  }

  int step = 0;
  if (lapack_rows(x.transposed(), &step)) {
    status = copy_view(call, b, x);
    return status != SPC_OK ? status : solve_columns(call, blas, memory, n, k, x.data, step);
  }
  const bool in_place = lapack_rows(x, &step);
  const View<T> target = in_place ? x : by_rows(memory.right, n, k);
  status = copy_view(call, b, target);
  if (status != SPC_OK) return status;
  if (k == 1 && !in_place) {
    status = solve_columns(call, blas, memory, n, k, target.data, n);
  } else {
    solve_rows(blas, memory, n, k, target.data, in_place ? step : k);
  }
  if (status != SPC_OK || in_place) return status;
  return copy_view(call, target, x);
}

// Systems that registers take several of at a time; faster than LAPACK up to here.
constexpr int64_t lanes_order = 32;

template <class T>
spc_status solve_in_lanes(const spc_call *call, const Walk<3> &walk, int64_t count) {
  const int lanes = loops().solve->lanes[call->out[0]->dtype];
  const auto loop = loops().solve->solve[call->out[0]->dtype];
  const View<T> a = view_of<T>(*call->in[0]);
  const View<T> b = view_of<T>(*call->in[1]);
  const View<T> x = view_of<T>(*call->out[0]);
  const int64_t n = a.rows;
  const int64_t k = b.columns;
  using Groups = LaneGroups<T, 3>;
  const Groups groups(walk, count, lanes);
  Room room;
  const int64_t memory = room.add<T>(n * (n + 2 * k + 2) * lanes);
  const int64_t flops = n * n * (n + 2 * k) * 2;
  return share_out(
      call, {groups.groups(), n, flops, room.bytes()},
      [&](int64_t first, int64_t last) -> spc_status {
        Workspace space;
        const spc_status opened = space.open(call, room);
        if (opened != SPC_OK) return opened;
        return groups.each(first, last, [&](int here, const auto &offsets) -> spc_status {
          const void *from[Groups::most_lanes];
          const void *right[Groups::most_lanes];
          void *to[Groups::most_lanes];
          for (int lane = 0; lane < lanes; ++lane) {
            from[lane] = a.data + offsets[0][lane];
            right[lane] = b.data + offsets[1][lane];
            to[lane] = x.data + offsets[2][lane];
          }
          const SmallSystems systems{n,
                                     k,
                                     here,
                                     from,
                                     a.row_step,
                                     a.column_step,
                                     right,
                                     b.row_step,
                                     b.column_step,
                                     to,
                                     x.row_step,
                                     x.column_step,
                                     space.get<T>(memory)};
          return loop(systems) ? SPC_OK : fail(call, SPC_E_LINALG, "singular matrix");
        });
      });
}

template <class T>
spc_status solve_all(const spc_call *call) {
  const Walk<3> start(call->out[0]->ndim - 2, call->out[0]->shape,
                      {call->in[0]->strides, call->in[1]->strides, call->out[0]->strides});
  const int64_t count = start.count();
  if constexpr (!is_complex<T>) {
    const spc_tensor &x = *call->out[0];
    if (x.shape[x.ndim - 2] <= lanes_order && x.shape[x.ndim - 1] <= lanes_order &&
        LaneGroups<T, 3>::pays(count, loops().solve->lanes[x.dtype])) {
      return solve_in_lanes<T>(call, start, count);
    }
  }
  BlasUse blas;
  const spc_status status = lapack_table(call, &blas);
  if (status != SPC_OK) return status;
  const View<T> a = view_of<T>(*call->in[0]);
  const View<T> b = view_of<T>(*call->in[1]);
  const View<T> x = view_of<T>(*call->out[0]);
  const int64_t n = a.rows;
  const int64_t k = b.columns;
  Room room;
  room.add<T>(1);  // the row above the first, see met_nan
  const int64_t factors = room.add<T>(n * n);
  const int64_t swaps = room.add<lapack_int>(n);
  int step = 0;
  const int64_t right = room.add<T>(place_of(x, &step) == Place::scratch ? n * k : 0);

  return for_matrices(call, *blas, {count, n, n * n * (n + 2 * k), room.bytes()},
                      [&](int64_t first, int64_t last) -> spc_status {
                        Workspace space;
                        const spc_status opened = space.open(call, room);
                        if (opened != SPC_OK) return opened;
                        const Memory<T> memory{space.template get<T>(factors),
                                               space.template get<lapack_int>(swaps),
                                               space.template get<T>(right)};
                        Walk<3> walk = start;
                        walk.seek(first);
                        for (int64_t i = first; i < last; ++i, walk.next()) {
                          const spc_status done =
                              solve_one(call, *blas, a.moved(walk.offset(0)),
                                        b.moved(walk.offset(1)), x.moved(walk.offset(2)), memory);
                          if (done != SPC_OK) return done;
                        }
                        return SPC_OK;
                      });
}

}  // namespace

spc_status solve(void *, const spc_call *call) {
  return with_type(call->out[0]->dtype, [&](auto zero) { return solve_all<decltype(zero)>(call); });
}

}  // namespace spc::cpu
