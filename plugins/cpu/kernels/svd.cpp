// SPDX-License-Identifier: Apache-2.0
#include <limits.h>

#include <algorithm>
#include <cmath>

#include "plugins/cpu/kernels/kernels.hpp"
#include "plugins/cpu/kernels/lapack.hpp"

namespace spc::cpu {
namespace {

// Read by columns the rows of A are A^T = conj(V) S U^T: what LAPACK calls U is V^H read by rows,
// and what it calls V^H is U read by rows. So nothing is turned round.
template <class T>
struct Problem {
  char job;  // A: full matrices, S: the first min(m, n) vectors, N: values only
  lapack_int rows;
  lapack_int columns;
  T *matrix;
  RealOf<T> *values;
  T *u;
  lapack_int u_step;
  T *vh;
  lapack_int vh_step;
};

template <class T>
struct WorkArea {
  T *work;
  lapack_int length;
  RealOf<T> *real;  // complex only
  lapack_int *integer;
};

template <class T>
lapack_int divide_and_conquer(const Blas &blas, const Problem<T> &p, const WorkArea<T> &area) {
  if constexpr (is_complex<T>) {
    return (blas.*Lapack<T>::gesdd)(LAPACK_COL_MAJOR, p.job, p.columns, p.rows, raw(p.matrix),
                                    p.columns, p.values, raw(p.vh), p.vh_step, raw(p.u), p.u_step,
                                    raw(area.work), area.length, area.real, area.integer);
  } else {
    return (blas.*Lapack<T>::gesdd)(LAPACK_COL_MAJOR, p.job, p.columns, p.rows, raw(p.matrix),
                                    p.columns, p.values, raw(p.vh), p.vh_step, raw(p.u), p.u_step,
                                    raw(area.work), area.length, area.integer);
  }
}

template <class T>
lapack_int implicit_shifts(const Blas &blas, const Problem<T> &p, const WorkArea<T> &area) {
  if constexpr (is_complex<T>) {
    return (blas.*Lapack<T>::gesvd)(LAPACK_COL_MAJOR, p.job, p.job, p.columns, p.rows,
                                    raw(p.matrix), p.columns, p.values, raw(p.vh), p.vh_step,
                                    raw(p.u), p.u_step, raw(area.work), area.length, area.real);
  } else {
    return (blas.*Lapack<T>::gesvd)(LAPACK_COL_MAJOR, p.job, p.job, p.columns, p.rows,
                                    raw(p.matrix), p.columns, p.values, raw(p.vh), p.vh_step,
                                    raw(p.u), p.u_step, raw(area.work), area.length);
  }
}

// Elements of real workspace that either algorithm needs for complex matrices.
template <class T>
int64_t real_length(const Problem<T> &p) {
  if constexpr (!is_complex<T>) return 0;
  const int64_t k = std::min(p.rows, p.columns);
  const int64_t longer = std::max(p.rows, p.columns);
  if (p.job == 'N') return 7 * k;
  return std::max(5 * k * k + 7 * k, 2 * longer * k + 2 * k * k + k);
}

// The length that an algorithm asks for; it answers as a T, which for float may be rounded down.
template <class T, class Algorithm>
lapack_int best_length(const Blas &blas, const Problem<T> &p, Algorithm algorithm,
                       int64_t *length) {
  T best = 0;
  lapack_int none = 0;
  RealOf<T> real = 0;
  const lapack_int info = algorithm(blas, p, WorkArea<T>{&best, -1, &real, &none});
  const auto asked = static_cast<int64_t>(std::real(best));
  *length = asked + asked / (int64_t{1} << 22) + 1;
  return info;
}

// Rare: for a matrix on which divide and conquer does not converge.
template <class T>
spc_status try_again(const spc_call *call, const Blas &blas, const View<T> &a,
                     const Problem<T> &p) {
  int64_t length = 0;
  lapack_int info = best_length(blas, p, implicit_shifts<T>, &length);
  if (info != 0) return refused(call, blas, "gesvd", info);
  Room room;
  const int64_t work = room.add<T>(length);
  const int64_t real = room.add<RealOf<T>>(real_length(p));
  Workspace space;
  const spc_status status = space.open(call, room);
  if (status != SPC_OK) return status;
  copy_view(a, by_rows(p.matrix, a.rows, a.columns));
  info = implicit_shifts(blas, p,
                         WorkArea<T>{space.template get<T>(work), static_cast<lapack_int>(length),
                                     space.template get<RealOf<T>>(real), nullptr});
  if (info < 0) return refused(call, blas, "gesvd", info);
  if (info > 0) return fail(call, SPC_E_LINALG, "singular values did not converge");
  return SPC_OK;
}

// One output: the caller's memory where LAPACK can take it.
template <class T>
struct Output {
  View<T> view{};
  bool in_place = true;
  int step = 1;
  int64_t place = 0;  // in the workspace

  void plan(const spc_tensor &tensor, Room *room) {
    view = view_of<T>(tensor);
    in_place = lapack_rows(view, &step);
    if (in_place) return;
    step = static_cast<int>(view.columns);
    place = room->add<T>(view.rows * view.columns);
  }
  T *data(const Workspace &space, int64_t offset) const {
    return in_place ? view.data + offset : space.template get<T>(place);
  }
  spc_status finish(const spc_call *call, const Workspace &space, int64_t offset) const {
    if (in_place) return SPC_OK;
    return copy_view(call, by_rows(space.template get<T>(place), view.rows, view.columns),
                     view.moved(offset));
  }
};

template <class T>
class Decomposition {
 public:
  Decomposition(const spc_call *call, const Blas &blas)
      : call_(call), blas_(blas), vectors_(call->n_out == 3), a_(view_of<T>(*call->in[0])) {
    const bool full = params<spc_params_svd>(call).full_matrices != 0;
    shape_.job = !vectors_ ? 'N' : full ? 'A' : 'S';
    shape_.rows = static_cast<lapack_int>(a_.rows);
    shape_.columns = static_cast<lapack_int>(a_.columns);
    shape_.u_step = shape_.vh_step = 1;
    s_ = column_of<RealOf<T>>(values());
    matrix_ = room_.add<T>(a_.rows * a_.columns);
    s_place_ = room_.add<RealOf<T>>(s_.rows);
    if (!vectors_) return;
    u_.plan(*call->out[0], &room_);
    vh_.plan(*call->out[2], &room_);
    shape_.u_step = u_.step;
    shape_.vh_step = vh_.step;
  }

  spc_status run() {
    const lapack_int info = best_length(blas_, shape_, divide_and_conquer<T>, &length_);
    if (info != 0) return refused(call_, blas_, "gesdd", info);
    work_ = room_.add<T>(length_);
    real_work_ = room_.add<RealOf<T>>(real_length(shape_));
    int_work_ = room_.add<lapack_int>(8 * s_.rows);
    const spc_tensor &s = values();
    const Walk<4> start(s.ndim - 1, s.shape,
                        {call_->in[0]->strides, s.strides, call_->out[0]->strides,
                         call_->out[call_->n_out - 1]->strides});
    const auto order = static_cast<int64_t>(std::sqrt(static_cast<double>(a_.rows * a_.columns)));
    return for_matrices(call_, blas_,
                        {start.count(), order, 20 * order * order * s_.rows, room_.bytes()},
                        [&](int64_t first, int64_t last) -> spc_status {
                          Workspace space;
                          const spc_status opened = space.open(call_, room_);
                          if (opened != SPC_OK) return opened;
                          Walk<4> walk = start;
                          walk.seek(first);
                          for (int64_t i = first; i < last; ++i, walk.next()) {
                            const spc_status done = one(space, walk);
                            if (done != SPC_OK) return done;
                          }
                          return SPC_OK;
                        });
  }

 private:
  const spc_tensor &values() const { return *call_->out[vectors_ ? 1 : 0]; }

  spc_status one(const Workspace &space, const Walk<4> &walk) const {
    const View<T> a = a_.moved(walk.offset(0));
    const View<RealOf<T>> s = s_.moved(walk.offset(1));
    Problem<T> p = shape_;
    p.matrix = space.template get<T>(matrix_);
    p.values = s.contiguous_columns() ? s.data : space.template get<RealOf<T>>(s_place_);
    if (vectors_) {
      p.u = u_.data(space, walk.offset(2));
      p.vh = vh_.data(space, walk.offset(3));
    }
    spc_status status = copy_view(call_, a, by_rows(p.matrix, a.rows, a.columns));
    if (status != SPC_OK) return status;
    if (!all_finite(p.matrix, a.rows * a.columns)) {
      return fail(call_, SPC_E_LINALG, "array has NaN or infinite elements");
    }
    const lapack_int info = divide_and_conquer(
        blas_, p,
        WorkArea<T>{space.template get<T>(work_), static_cast<lapack_int>(length_),
                    space.template get<RealOf<T>>(real_work_),
                    space.template get<lapack_int>(int_work_)});
    if (info < 0) return refused(call_, blas_, "gesdd", info);
    if (info > 0) status = try_again(call_, blas_, a, p);
    if (status != SPC_OK) return status;
    if (p.values != s.data) copy_view(by_columns(p.values, s.rows, 1), s);
    if (!vectors_) return SPC_OK;
    status = u_.finish(call_, space, walk.offset(2));
    return status != SPC_OK ? status : vh_.finish(call_, space, walk.offset(3));
  }

  const spc_call *call_;
  const Blas &blas_;
  bool vectors_;
  View<T> a_;
  View<RealOf<T>> s_{};
  Output<T> u_{};
  Output<T> vh_{};
  Problem<T> shape_{};
  Room room_;
  int64_t length_ = 0;
  int64_t matrix_ = 0;
  int64_t s_place_ = 0;
  int64_t work_ = 0;
  int64_t real_work_ = 0;
  int64_t int_work_ = 0;
};

template <class T>
spc_status svd_all(const spc_call *call) {
  BlasUse blas;
  const spc_status status = lapack_table(call, &blas);
  if (status != SPC_OK) return status;
  return Decomposition<T>(call, *blas).run();
}

}  // namespace

// The workspace is counted in 32 bits, and is 5 k^2 + 2 k max(m, n) at most besides blocks.
int32_t svd_supports(void *, const spc_call *call) {
  const spc_tensor &a = *call->in[0];
  const int64_t m = a.shape[a.ndim - 2];
  const int64_t n = a.shape[a.ndim - 1];
  const int64_t longer = std::max(m, n);
  const int64_t k = std::min(m, n);
  if (longer > INT_MAX / 256) return 0;
  return 5 * k * k + 2 * k * longer + 256 * longer <= INT_MAX ? 1 : 0;
}

spc_status svd(void *, const spc_call *call) {
  return with_type(call->in[0]->dtype, [&](auto zero) { return svd_all<decltype(zero)>(call); });
}

}  // namespace spc::cpu
