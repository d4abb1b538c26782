// SPDX-License-Identifier: Apache-2.0
// Divide and conquer (syevd, heevd): faster than syevr at every order, and as fast for eigenvalues
// alone.
#include <limits>

#include "plugins/cpu/kernels/kernels.hpp"
#include "plugins/cpu/kernels/lapack.hpp"

namespace spc::cpu {
namespace {

template <class T>
struct Memory {
  T *matrix;  // where v cannot be it
  RealOf<T> *values;
  T *work;
  RealOf<T> *real_work;  // complex only
  lapack_int *int_work;
  lapack_int work_length;
  lapack_int real_length;
  lapack_int int_length;
};

template <class T>
struct Lengths {
  int64_t work;
  int64_t real;
  int64_t integer;
};

// What LAPACK asks for, and blocks of reflectors where it would use them.
template <class T>
Lengths<T> lengths(int64_t n, bool vectors) {
  const int64_t blocks = n > 32 ? 64 * n + 65 * 64 : 0;
  if constexpr (is_complex<T>) {
    if (vectors) return {2 * n + n * n + blocks, 1 + 5 * n + 2 * n * n, 3 + 5 * n};
    return {n + 1 + blocks, n, 1};
  } else {
    if (vectors) return {1 + 6 * n + 2 * n * n + blocks, 0, 3 + 5 * n};
    return {2 * n + 1 + blocks, 0, 1};
  }
}

// Of the diagonal only the real part counts.
template <class T>
bool lower_is_finite(const View<T> &rows) {
  for (int64_t i = 0; i < rows.rows; ++i) {
    const T *row = &rows.at(i, 0);
    if (!all_finite(row, i)) return false;
    const RealOf<T> diagonal = std::real(row[i]);
    if (!all_finite(&diagonal, 1)) return false;
  }
  return true;
}

template <class T>
lapack_int decompose(const Blas &blas, bool vectors, int n, T *matrix, int step, RealOf<T> *values,
                     const Memory<T> &memory) {
  const char job = vectors ? 'V' : 'N';
  if constexpr (is_complex<T>) {
    return (blas.*Lapack<T>::evd)(LAPACK_COL_MAJOR, job, 'U', n, raw(matrix), step, values,
                                  raw(memory.work), memory.work_length, memory.real_work,
                                  memory.real_length, memory.int_work, memory.int_length);
  } else {
    return (blas.*Lapack<T>::evd)(LAPACK_COL_MAJOR, job, 'U', n, raw(matrix), step, values,
                                  raw(memory.work), memory.work_length, memory.int_work,
                                  memory.int_length);
  }
}

// Read by columns, the lower triangle of the rows of A is the upper one of its conjugate, which has
// the same eigenvalues and the conjugate eigenvectors.
template <class T>
spc_status eigh_one(const spc_call *call, const Blas &blas, const View<T> &a,
                    const View<RealOf<T>> &w, const View<T> *v, const Memory<T> &memory) {
  using R = RealOf<T>;
  const int n = static_cast<int>(a.rows);
  int step = n;
  const Place place = v != nullptr ? place_of(*v, &step) : Place::scratch;
  if (place == Place::scratch) step = n;
  T *const matrix = place == Place::scratch ? memory.matrix : v->data;
  const View<T> rows{matrix, n, n, step, 1};
  copy_lower(a, rows);
  if (!lower_is_finite(rows)) {
    fill_view(w, std::numeric_limits<R>::quiet_NaN());
    if (v != nullptr) fill_view(*v, T(std::numeric_limits<R>::quiet_NaN()));
    return SPC_OK;
  }
  R *const values = w.contiguous_columns() ? w.data : memory.values;
  const lapack_int info = decompose(blas, v != nullptr, n, matrix, step, values, memory);
  if (info < 0) return refused(call, blas, "evd", info);
  if (info > 0) return fail(call, SPC_E_LINALG, "eigenvalues did not converge");
  if (values != w.data) copy_view(by_columns(values, n, 1), w);
  if (v == nullptr) return SPC_OK;
  const auto conjugate = [](T z) {
    if constexpr (is_complex<T>) {
      return std::conj(z);
    } else {
      return z;
    }
  };
  if (place == Place::rows) {
    transpose_in_place(n, matrix, step, conjugate);
    return SPC_OK;
  }
  if constexpr (is_complex<T>) {
    for (int64_t j = 0; j < n; ++j) {
      for (int64_t i = 0; i < n; ++i) rows.at(j, i) = std::conj(rows.at(j, i));
    }
  }
  return place == Place::columns ? SPC_OK : copy_view(call, rows.transposed(), *v);
}

// Matrices that registers take several of at a time; faster than LAPACK up to here.
constexpr int64_t lanes_order = 64;

template <class T>
spc_status eigh_in_lanes(const spc_call *call, const Walk<3> &walk, int64_t count) {
  const int32_t dtype = call->in[0]->dtype;
  const int lanes = loops().eigen->lanes[dtype];
  const auto loop = loops().eigen->eigen[dtype];
  const bool vectors = call->n_out == 2;
  const View<T> a = view_of<T>(*call->in[0]);
  const View<T> w = column_of<T>(*call->out[0]);
  const View<T> v = vectors ? view_of<T>(*call->out[1]) : View<T>{};
  const int64_t n = a.rows;
  using Groups = LaneGroups<T, 3>;
  const Groups groups(walk, count, lanes);
  Room room;
  const int64_t memory = room.add<T>(n * (2 * n + 7) * lanes);
  return share_out(
      call, {groups.groups(), n, 16 * n * n * n, room.bytes()},
      [&](int64_t first, int64_t last) -> spc_status {
        Workspace space;
        const spc_status opened = space.open(call, room);
        if (opened != SPC_OK) return opened;
        return groups.each(first, last, [&](int here, const auto &offsets) -> spc_status {
          const void *from[Groups::most_lanes];
          void *values[Groups::most_lanes];
          void *columns[Groups::most_lanes];
          for (int lane = 0; lane < lanes; ++lane) {
            from[lane] = a.data + offsets[0][lane];
            values[lane] = w.data + offsets[1][lane];
            columns[lane] = vectors ? v.data + offsets[2][lane] : nullptr;
          }
          const SmallEigen problem{n,
                                   here,
                                   from,
                                   a.row_step,
                                   a.column_step,
                                   values,
                                   w.row_step,
                                   vectors ? columns : nullptr,
                                   v.row_step,
                                   v.column_step,
                                   space.get<T>(memory)};
          return loop(problem) ? SPC_OK : fail(call, SPC_E_LINALG, "eigenvalues did not converge");
        });
      });
}

template <class T>
spc_status eigh_all(const spc_call *call) {
  const spc_tensor &first_out = *call->out[0];
  const Walk<3> start(first_out.ndim - 1, first_out.shape,
                      {call->in[0]->strides, first_out.strides,
                       call->n_out == 2 ? call->out[1]->strides : first_out.strides});
  const int64_t count = start.count();
  if constexpr (!is_complex<T>) {
    if (first_out.shape[first_out.ndim - 1] <= lanes_order &&
        LaneGroups<T, 3>::pays(count, loops().eigen->lanes[call->in[0]->dtype])) {
      return eigh_in_lanes<T>(call, start, count);
    }
  }
  BlasUse blas;
  const spc_status status = lapack_table(call, &blas);
  if (status != SPC_OK) return status;
  const bool vectors = call->n_out == 2;
  const View<T> a = view_of<T>(*call->in[0]);
  const View<RealOf<T>> w = column_of<RealOf<T>>(*call->out[0]);
  const View<T> v = vectors ? view_of<T>(*call->out[1]) : View<T>{};
  const int64_t n = a.rows;
  const Lengths<T> length = lengths<T>(n, vectors);
  int step = 0;
  const bool copies = !vectors || place_of(v, &step) == Place::scratch;
  Room room;
  const int64_t matrix = room.add<T>(copies ? n * n : 0);
  const int64_t values = room.add<RealOf<T>>(w.contiguous_columns() ? 0 : n);
  const int64_t work = room.add<T>(length.work);
  const int64_t real_work = room.add<RealOf<T>>(length.real);
  const int64_t int_work = room.add<lapack_int>(length.integer);

  return for_matrices(call, *blas, {count, n, 9 * n * n * n, room.bytes()},
                      [&](int64_t first, int64_t last) -> spc_status {
                        Workspace space;
                        const spc_status opened = space.open(call, room);
                        if (opened != SPC_OK) return opened;
                        const Memory<T> memory{space.template get<T>(matrix),
                                               space.template get<RealOf<T>>(values),
                                               space.template get<T>(work),
                                               space.template get<RealOf<T>>(real_work),
                                               space.template get<lapack_int>(int_work),
                                               static_cast<lapack_int>(length.work),
                                               static_cast<lapack_int>(length.real),
                                               static_cast<lapack_int>(length.integer)};
                        Walk<3> walk = start;
                        walk.seek(first);
                        for (int64_t i = first; i < last; ++i, walk.next()) {
                          const View<T> vectors_here = v.moved(vectors ? walk.offset(2) : 0);
                          const spc_status done = eigh_one(
                              call, *blas, a.moved(walk.offset(0)), w.moved(walk.offset(1)),
                              vectors ? &vectors_here : nullptr, memory);
                          if (done != SPC_OK) return done;
                        }
                        return SPC_OK;
                      });
}

}  // namespace

// The workspace, 2 n^2 and some, is counted in 32 bits.
int32_t eigen_supports(void *, const spc_call *call) {
  const spc_tensor &a = *call->in[0];
  return a.shape[a.ndim - 1] <= 32000 ? 1 : 0;
}

spc_status eigh(void *, const spc_call *call) {
  return with_type(call->in[0]->dtype, [&](auto zero) { return eigh_all<decltype(zero)>(call); });
}

}  // namespace spc::cpu
