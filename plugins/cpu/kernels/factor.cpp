// SPDX-License-Identifier: Apache-2.0
// lu, ldl, and solves with their factors and with triangles.
#include <algorithm>
#include <limits>

#include "plugins/cpu/kernels/kernels.hpp"
#include "plugins/cpu/kernels/lapack.hpp"

namespace spc::cpu {
namespace {

const spc_params_factor &params_of(const spc_call *call) {
  return *static_cast<const spc_params_factor *>(call->params);
}

template <class T>
T nan_of() {
  return T(std::numeric_limits<RealOf<T>>::quiet_NaN());
}

// ---- factorizations -----------------------------------------------------------------------------

template <class T>
struct FactorMemory {
  T *matrix;  // n x n, by columns
  lapack_int *pivots;
  T *work;
  int64_t work_length;
};

// LAPACK takes A by columns: of its transpose it would choose other pivots.
template <class T>
spc_status lu_one(const spc_call *call, const Blas &blas, const View<T> &a, const View<T> &out,
                  const View<int64_t> &pivots, const FactorMemory<T> &memory) {
  const int n = static_cast<int>(a.rows);
  const View<T> columns = by_columns(memory.matrix, n, n);
  copy_view(a, columns);
  for (int i = 0; i < n; ++i) pivots.at(i, 0) = i;
  if (!all_finite(memory.matrix, int64_t{n} * n)) {
    fill_view(out, nan_of<T>());
    return SPC_OK;
  }
  const lapack_int info =
      (blas.*Lapack<T>::getrf)(LAPACK_COL_MAJOR, n, n, raw(memory.matrix), n, memory.pivots);
  if (info < 0) return refused(call, blas, "getrf", info);
  // An overflow on the way leaves rows without a pivot.
  for (int i = 0; i < n; ++i) pivots.at(i, 0) = std::max(memory.pivots[i] - 1, i);
  return copy_view(call, columns, out);
}

template <class T>
spc_status ldl_one(const spc_call *call, const Blas &blas, const View<T> &a, const View<T> &out,
                   const View<int64_t> &pivots, const FactorMemory<T> &memory) {
  const int n = static_cast<int>(a.rows);
  const View<T> columns = by_columns(memory.matrix, n, n);
  fill_view(columns, T(0));
  copy_lower(a, columns);
  for (int i = 0; i < n; ++i) {
    pivots.at(i, 0) = i;
    columns.at(i, i) = T(std::real(columns.at(i, i)));
  }
  if (!all_finite(memory.matrix, int64_t{n} * n)) {
    fill_view(columns, T(0));
    for (int j = 0; j < n; ++j) std::fill_n(&columns.at(j, j), n - j, nan_of<T>());
    return copy_view(call, columns, out);
  }
  const lapack_int info =
      (blas.*Lapack<T>::hetrf)(LAPACK_COL_MAJOR, 'L', n, raw(memory.matrix), n, memory.pivots,
                               raw(memory.work), static_cast<lapack_int>(memory.work_length));
  if (info < 0) return refused(call, blas, "hetrf", info);
  // LAPACK counts from 1, and pairs from -1: below zero nothing moves.
  for (int i = 0; i < n; ++i) {
    const lapack_int pivot = memory.pivots[i];
    pivots.at(i, 0) = pivot > 0 ? pivot - 1 : pivot;
  }
  return copy_view(call, columns, out);
}

template <class T, class One>
spc_status factor_all(const spc_call *call, One one) {
  BlasUse blas;
  const spc_status status = lapack_table(call, &blas);
  if (status != SPC_OK) return status;
  const View<T> a = view_of<T>(*call->in[0]);
  const View<T> out = view_of<T>(*call->out[0]);
  const View<int64_t> pivots = column_of<int64_t>(*call->out[1]);
  const int64_t n = a.rows;
  const int64_t work_length = 64 * n;  // what hetrf asks for
  Room room;
  room.add<T>(1);  // the row above the first: where OpenBLAS finds no pivot, it takes that
  const int64_t matrix = room.add<T>(n * n);
  const int64_t swaps = room.add<lapack_int>(n);
  const int64_t work = room.add<T>(work_length);
  const Walk<3> start(call->in[0]->ndim - 2, call->in[0]->shape,
                      {call->in[0]->strides, call->out[0]->strides, call->out[1]->strides});
  return for_matrices(call, *blas, {start.count(), n, n * n * n, room.bytes()},
                      [&](int64_t first, int64_t last) -> spc_status {
                        Workspace space;
                        const spc_status opened = space.open(call, room);
                        if (opened != SPC_OK) return opened;
                        const FactorMemory<T> memory{space.template get<T>(matrix),
                                                     space.template get<lapack_int>(swaps),
                                                     space.template get<T>(work), work_length};
                        Walk<3> walk = start;
                        walk.seek(first);
                        for (int64_t i = first; i < last; ++i, walk.next()) {
                          const spc_status done =
                              one(*blas, a.moved(walk.offset(0)), out.moved(walk.offset(1)),
                                  pivots.moved(walk.offset(2)), memory);
                          if (done != SPC_OK) return done;
                        }
                        return SPC_OK;
                      });
}

// ---- solves -------------------------------------------------------------------------------------

// op(T)^-1 on right sides that lie by rows.
template <class T>
void solve_triangle(const Blas &blas, const View<T> &t, bool lower, bool unit, int32_t mode,
                    const View<T> &x) {
  const CBLAS_UPLO triangle = lower ? CblasLower : CblasUpper;
  const CBLAS_DIAG diagonal = unit ? CblasUnit : CblasNonUnit;
  const CBLAS_TRANSPOSE op = mode == SPC_MODE_NONE        ? CblasNoTrans
                             : mode == SPC_MODE_TRANSPOSE ? CblasTrans
                                                          : CblasConjTrans;
  const int n = static_cast<int>(t.rows);
  const int k = static_cast<int>(x.columns);
  const int t_step = static_cast<int>(t.row_step);
  const int x_step = static_cast<int>(x.row_step);
  if constexpr (!is_complex<T>) {
    if (k == 1) {
      (blas.*Lapack<T>::trsv)(CblasRowMajor, triangle, op, diagonal, n, t.data, t_step, x.data,
                              x_step);
      return;
    }
    (blas.*Lapack<T>::trsm)(CblasRowMajor, CblasLeft, triangle, op, diagonal, n, k, T(1), t.data,
                            t_step, x.data, x_step);
  } else {
    const T one(1);
    (blas.*Lapack<T>::trsm)(CblasRowMajor, CblasLeft, triangle, op, diagonal, n, k, &one, t.data,
                            t_step, x.data, x_step);
  }
}

template <class T>
bool zero_on_diagonal(const View<T> &a) {
  for (int64_t i = 0; i < a.rows; ++i) {
    if (a.at(i, i) == T(0)) return true;
  }
  return false;
}

template <class T>
void swap_rows(const View<T> &x, int64_t i, int64_t j) {
  if (i != j) std::swap_ranges(&x.at(i, 0), &x.at(i, 0) + x.columns, &x.at(j, 0));
}

inline spc_status bad_pivot(const spc_call *call, int64_t pivot, int64_t order) {
  return fail(call, SPC_E_INDEX, "pivot %lld is out of range for matrices of order %lld",
              static_cast<long long>(pivot), static_cast<long long>(order));
}

// x = op(A)^-1 x with the factors of lu. factors and x lie by rows.
template <class T>
spc_status lu_solve_one(const spc_call *call, const Blas &blas, const View<T> &factors,
                        const View<int64_t> &pivots, const View<T> &x) {
  const int64_t n = factors.rows;
  const int32_t mode = params_of(call).mode;
  for (int64_t i = 0; i < n; ++i) {
    const int64_t pivot = pivots.at(i, 0);
    if (pivot < 0 || pivot >= n) return bad_pivot(call, pivot, n);
  }
  if (zero_on_diagonal(factors)) return fail(call, SPC_E_LINALG, "singular matrix");
  if (mode == SPC_MODE_NONE) {
    for (int64_t i = 0; i < n; ++i) swap_rows(x, i, pivots.at(i, 0));
    solve_triangle(blas, factors, true, true, mode, x);
    solve_triangle(blas, factors, false, false, mode, x);
  } else {
    solve_triangle(blas, factors, false, false, mode, x);
    solve_triangle(blas, factors, true, true, mode, x);
    for (int64_t i = n - 1; i >= 0; --i) swap_rows(x, i, pivots.at(i, 0));
  }
  return SPC_OK;
}

template <class T>
spc_status solve_triangular_one(const spc_call *call, const Blas &blas, const View<T> &a,
                                const View<T> &x) {
  const spc_params_factor &p = params_of(call);
  if (p.unit == 0 && zero_on_diagonal(a)) return fail(call, SPC_E_LINALG, "singular matrix");
  solve_triangle(blas, a, p.lower != 0, p.unit != 0, p.mode, x);
  return SPC_OK;
}

// Runs one(factors, pivots, x) on every system, x being a copy of the right side that lies by rows,
// as do the factors. pivots is empty for solve_triangular.
template <class T, class One>
spc_status solve_all(const spc_call *call, One one) {
  BlasUse blas;
  const spc_status status = lapack_table(call, &blas);
  if (status != SPC_OK) return status;
  const bool swaps = call->n_in == 3;
  const spc_tensor &right = *call->in[call->n_in - 1];
  const View<T> a = view_of<T>(*call->in[0]);
  const View<int64_t> pivots = swaps ? column_of<int64_t>(*call->in[1]) : View<int64_t>{};
  const View<T> b = view_of<T>(right);
  const View<T> x = view_of<T>(*call->out[0]);
  const int64_t n = a.rows;
  const int64_t k = b.columns;
  int a_step = 0;
  int x_step = 0;
  const bool rows = lapack_rows(a, &a_step);
  // The vendor's complex kernels may read one element past the end of a vector.
  const bool in_place = !is_complex<T> && lapack_rows(x, &x_step);
  Room room;
  const int64_t factors = room.add<T>(rows ? 0 : n * n);
  const int64_t copy = room.add<T>(in_place ? 0 : n * k + 1);
  const Walk<4> start(call->out[0]->ndim - 2, call->out[0]->shape,
                      {call->in[0]->strides, right.strides, call->out[0]->strides,
                       swaps ? call->in[1]->strides : right.strides});
  return for_matrices(
      call, *blas, {start.count(), n, 2 * n * n * k, room.bytes()},
      [&](int64_t first, int64_t last) -> spc_status {
        Workspace space;
        const spc_status opened = space.open(call, room);
        if (opened != SPC_OK) return opened;
        Walk<4> walk = start;
        walk.seek(first);
        for (int64_t i = first; i < last; ++i, walk.next()) {
          View<T> here = a.moved(walk.offset(0));
          if (rows) {
            here.row_step = a_step;
          } else {
            const View<T> turned = by_rows(space.template get<T>(factors), n, n);
            copy_view(here, turned);
            here = turned;
          }
          const View<T> result = x.moved(walk.offset(2));
          View<T> target = in_place ? result : by_rows(space.template get<T>(copy), n, k);
          if (in_place) target.row_step = x_step;
          spc_status done = copy_view(call, b.moved(walk.offset(1)), target);
          if (done == SPC_OK)
            done = one(*blas, here, swaps ? pivots.moved(walk.offset(3)) : pivots, target);
          if (done == SPC_OK && !in_place) done = copy_view(call, target, result);
          if (done != SPC_OK) return done;
        }
        return SPC_OK;
      });
}

}  // namespace

spc_status lu(void *, const spc_call *call) {
  return with_type(call->in[0]->dtype, [&](auto zero) {
    using T = decltype(zero);
    return factor_all<T>(call, [call](const Blas &blas, const View<T> &a, const View<T> &out,
                                      const View<int64_t> &pivots, const FactorMemory<T> &memory) {
      return lu_one(call, blas, a, out, pivots, memory);
    });
  });
}

spc_status ldl(void *, const spc_call *call) {
  return with_type(call->in[0]->dtype, [&](auto zero) {
    using T = decltype(zero);
    return factor_all<T>(call, [call](const Blas &blas, const View<T> &a, const View<T> &out,
                                      const View<int64_t> &pivots, const FactorMemory<T> &memory) {
      return ldl_one(call, blas, a, out, pivots, memory);
    });
  });
}

spc_status lu_solve(void *, const spc_call *call) {
  return with_type(call->in[0]->dtype, [&](auto zero) {
    using T = decltype(zero);
    return solve_all<T>(
        call, [call](const Blas &blas, const View<T> &factors, const View<int64_t> &pivots,
                     const View<T> &x) { return lu_solve_one(call, blas, factors, pivots, x); });
  });
}

spc_status solve_triangular(void *, const spc_call *call) {
  return with_type(call->in[0]->dtype, [&](auto zero) {
    using T = decltype(zero);
    return solve_all<T>(
        call, [call](const Blas &blas, const View<T> &a, const View<int64_t> &, const View<T> &x) {
          return solve_triangular_one(call, blas, a, x);
        });
  });
}

}  // namespace spc::cpu
