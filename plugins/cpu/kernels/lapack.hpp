// SPDX-License-Identifier: Apache-2.0
// What the LAPACK kernels share: functions by type, the matrices of a batch, workspace, copies into
// LAPACK's layout.
//
// LAPACK counts columns, the arrays of this library mostly rows. A row-major matrix read by columns
// is its transpose; each kernel says how it gets by with that instead of turning the matrix round.
#pragma once

#include <string.h>

#include <complex>

#include "plugins/cpu/blas.hpp"
#include "plugins/cpu/kernels/dense.hpp"

namespace spc::cpu {

using Blas = spacecore_openblas_table;

// The functions of one element type under the same names: (blas->*Lapack<T>::getrf)(...).
template <class T>
struct Lapack;

#define SPC_CPU_LAPACK_COMMON(t, T, R)                          \
  using Real = R;                                               \
  static constexpr auto getrf = &Blas::LAPACKE_##t##getrf_work; \
  static constexpr auto getrs = &Blas::LAPACKE_##t##getrs_work; \
  static constexpr auto potrf = &Blas::LAPACKE_##t##potrf_work; \
  static constexpr auto gesdd = &Blas::LAPACKE_##t##gesdd_work; \
  static constexpr auto gesvd = &Blas::LAPACKE_##t##gesvd_work; \
  static constexpr auto geev = &Blas::LAPACKE_##t##geev_work;   \
  static constexpr auto trsm = &Blas::cblas_##t##trsm;          \
  static constexpr auto trsv = &Blas::cblas_##t##trsv;

template <>
struct Lapack<float> {
  SPC_CPU_LAPACK_COMMON(s, float, float)
  static constexpr auto evd = &Blas::LAPACKE_ssyevd_work;
  static constexpr auto hetrf = &Blas::LAPACKE_ssytrf_work;
};
template <>
struct Lapack<double> {
  SPC_CPU_LAPACK_COMMON(d, double, double)
  static constexpr auto evd = &Blas::LAPACKE_dsyevd_work;
  static constexpr auto hetrf = &Blas::LAPACKE_dsytrf_work;
};
template <>
struct Lapack<std::complex<float>> {
  SPC_CPU_LAPACK_COMMON(c, std::complex<float>, float)
  static constexpr auto evd = &Blas::LAPACKE_cheevd_work;
  static constexpr auto hetrf = &Blas::LAPACKE_chetrf_work;
};
template <>
struct Lapack<std::complex<double>> {
  SPC_CPU_LAPACK_COMMON(z, std::complex<double>, double)
  static constexpr auto evd = &Blas::LAPACKE_zheevd_work;
  static constexpr auto hetrf = &Blas::LAPACKE_zhetrf_work;
};
#undef SPC_CPU_LAPACK_COMMON

// Pointers as LAPACKE's header has them: its complex type is C's or C++'s, of the same layout.
inline float *raw(float *p) {
  return p;
}
inline double *raw(double *p) {
  return p;
}
inline lapack_complex_float *raw(std::complex<float> *p) {
  return reinterpret_cast<lapack_complex_float *>(p);
}
inline lapack_complex_double *raw(std::complex<double> *p) {
  return reinterpret_cast<lapack_complex_double *>(p);
}

template <class T>
using RealOf = typename Lapack<T>::Real;
template <class T>
inline constexpr bool is_complex = !std::is_same_v<T, RealOf<T>>;

// body(T{}) for the element type of a floating dtype.
template <class Body>
spc_status with_type(int32_t dtype, Body &&body) {
  switch (dtype) {
    case SPC_FLOAT32:
      return body(float{});
    case SPC_FLOAT64:
      return body(double{});
    case SPC_COMPLEX64:
      return body(std::complex<float>{});
    default:
      return body(std::complex<double>{});
  }
}

// A matrix of T; steps count elements and may have any sign.
template <class T>
struct View {
  T *data;
  int64_t rows;
  int64_t columns;
  int64_t row_step;
  int64_t column_step;

  T &at(int64_t i, int64_t j) const { return data[i * row_step + j * column_step]; }
  View transposed() const { return {data, columns, rows, column_step, row_step}; }
  View moved(int64_t offset) const { return {data + offset, rows, columns, row_step, column_step}; }
  bool contiguous_rows() const { return column_step == 1 || columns == 1; }
  bool contiguous_columns() const { return row_step == 1 || rows == 1; }
};

// The last two axes of a tensor.
template <class T>
View<T> view_of(const spc_tensor &tensor) {
  const int64_t *shape = tensor.shape + tensor.ndim - 2;
  const int64_t *strides = tensor.strides + tensor.ndim - 2;
  return {static_cast<T *>(tensor.data), shape[0], shape[1], strides[0], strides[1]};
}

// A vector of T as the last axis of a tensor.
template <class T>
View<T> column_of(const spc_tensor &tensor) {
  const int32_t last = tensor.ndim - 1;
  return {static_cast<T *>(tensor.data), tensor.shape[last], 1, tensor.strides[last], 0};
}

template <class T>
View<T> by_rows(T *data, int64_t rows, int64_t columns) {
  return {data, rows, columns, columns, 1};
}
template <class T>
View<T> by_columns(T *data, int64_t rows, int64_t columns) {
  return {data, rows, columns, 1, rows};
}

// True where LAPACK can take the matrix as it lies, row for row (that is, transposed); *step is then
// its leading dimension.
template <class T>
bool lapack_rows(const View<T> &m, int *step) {
  const int64_t between = m.rows > 1 ? m.row_step : m.columns;
  if (!m.contiguous_rows() || between < m.columns || between > INT32_MAX) return false;
  *step = static_cast<int>(between);
  return true;
}

// to = from. Tiles keep the cache lines of both sides in use where one of them is transposed.
template <class T>
void copy_view(const View<T> &from, const View<T> &to) {
  constexpr int64_t tile = 16;
  if (!to.contiguous_rows() && to.contiguous_columns()) {
    copy_view(from.transposed(), to.transposed());
    return;
  }
  if (from.contiguous_rows() && to.contiguous_rows()) {
    for (int64_t i = 0; i < to.rows; ++i) {
      memcpy(static_cast<void *>(&to.at(i, 0)), &from.at(i, 0),
             static_cast<size_t>(to.columns) * sizeof(T));
    }
    return;
  }
  for (int64_t i0 = 0; i0 < to.rows; i0 += tile) {
    const int64_t i1 = to.rows - i0 < tile ? to.rows : i0 + tile;
    for (int64_t j0 = 0; j0 < to.columns; j0 += tile) {
      const int64_t j1 = to.columns - j0 < tile ? to.columns : j0 + tile;
      for (int64_t i = i0; i < i1; ++i) {
        for (int64_t j = j0; j < j1; ++j) to.at(i, j) = from.at(i, j);
      }
    }
  }
}

// The same on the host's threads where the matrix is large.
template <class T>
spc_status copy_view(const spc_call *call, const View<T> &from, const View<T> &to) {
  constexpr int64_t band = 64;
  const int64_t bands = (to.rows + band - 1) / band;
  return for_parts(call, bands, band * to.columns, [&](int64_t first, int64_t last) -> spc_status {
    const int64_t begin = first * band;
    const int64_t rows = (last * band < to.rows ? last * band : to.rows) - begin;
    const View<T> piece{from.data + begin * from.row_step, rows, from.columns, from.row_step,
                        from.column_step};
    copy_view(piece,
              {to.data + begin * to.row_step, rows, to.columns, to.row_step, to.column_step});
    return SPC_OK;
  });
}

// The lower triangle of a square matrix; what lies above the diagonal of `to` stays.
template <class T>
void copy_lower(const View<T> &from, const View<T> &to) {
  if (from.contiguous_rows() && to.contiguous_rows()) {
    for (int64_t i = 0; i < to.rows; ++i) {
      memcpy(static_cast<void *>(&to.at(i, 0)), &from.at(i, 0),
             static_cast<size_t>(i + 1) * sizeof(T));
    }
    return;
  }
  constexpr int64_t tile = 16;
  for (int64_t i0 = 0; i0 < to.rows; i0 += tile) {
    const int64_t i1 = to.rows - i0 < tile ? to.rows : i0 + tile;
    for (int64_t j0 = 0; j0 <= i0; j0 += tile) {
      for (int64_t i = i0; i < i1; ++i) {
        for (int64_t j = j0; j < j0 + tile && j <= i; ++j) to.at(i, j) = from.at(i, j);
      }
    }
  }
}

template <class T>
void fill_view(const View<T> &m, T value) {
  for (int64_t i = 0; i < m.rows; ++i) {
    for (int64_t j = 0; j < m.columns; ++j) m.at(i, j) = value;
  }
}

// Turns a square row-major matrix round in place; op is applied to every element on its way.
template <class T, class Op>
void transpose_in_place(int64_t n, T *a, int64_t step, Op op) {
  constexpr int64_t tile = 16;
  for (int64_t i0 = 0; i0 < n; i0 += tile) {
    const int64_t i1 = n - i0 < tile ? n : i0 + tile;
    for (int64_t j0 = 0; j0 <= i0; j0 += tile) {
      for (int64_t i = i0; i < i1; ++i) {
        const int64_t j1 = j0 < i0 ? j0 + tile : i;
        for (int64_t j = j0; j < j1; ++j) {
          const T below = a[i * step + j];
          a[i * step + j] = op(a[j * step + i]);
          a[j * step + i] = op(below);
        }
        if (j0 == i0) a[i * step + i] = op(a[i * step + i]);
      }
    }
  }
}

// True when all of n adjacent numbers are finite: no exponent has all bits set.
inline bool all_finite(const float *x, int64_t n) {
  uint32_t bad = 0;
  for (int64_t i = 0; i < n; ++i) {
    uint32_t bits;
    memcpy(&bits, x + i, sizeof bits);
    bad |= static_cast<uint32_t>((bits & 0x7f800000U) == 0x7f800000U);
  }
  return bad == 0;
}
inline bool all_finite(const double *x, int64_t n) {
  uint64_t bad = 0;
  for (int64_t i = 0; i < n; ++i) {
    uint64_t bits;
    memcpy(&bits, x + i, sizeof bits);
    // Carries into the sign exactly when the exponent is full; 64-bit comparisons would not
    // vectorise everywhere.
    bad |= (bits & 0x7fffffffffffffffU) + 0x0010000000000000U;
  }
  return (bad >> 63) == 0;
}
template <class R>
bool all_finite(const std::complex<R> *x, int64_t n) {
  return all_finite(reinterpret_cast<const R *>(x), 2 * n);
}

// Where LAPACK writes a matrix of the caller's: in place, by rows or by columns, else into scratch
// that is copied afterwards.
enum class Place { rows, columns, scratch };

template <class T>
Place place_of(const View<T> &m, int *step) {
  if (lapack_rows(m, step)) return Place::rows;
  return lapack_rows(m.transposed(), step) ? Place::columns : Place::scratch;
}

// Places in one block of memory, each on a cache line of its own.
class Room {
 public:
  template <class T>
  int64_t add(int64_t count) {
    const int64_t at = bytes_;
    bytes_ += (count * static_cast<int64_t>(sizeof(T)) + 63) / 64 * 64;
    return at;
  }
  int64_t bytes() const { return bytes_; }

 private:
  int64_t bytes_ = 0;
};

// Memory of a kernel. Small amounts lie in the object itself, so that small matrices cost no
// allocation.
class Workspace {
 public:
  Workspace() {}  // the memory stays as it is
  Workspace(const Workspace &) = delete;
  Workspace &operator=(const Workspace &) = delete;

  spc_status open(const spc_call *call, const Room &room) {
    data_ = own_;
    if (room.bytes() <= static_cast<int64_t>(sizeof own_)) return SPC_OK;
    void *memory = nullptr;
    const spc_status status = scratch(call, room.bytes(), &memory);
    data_ = static_cast<char *>(memory);
    return status;
  }

  template <class T>
  T *get(int64_t place) const {
    return reinterpret_cast<T *>(data_ + place);
  }

 private:
  char *data_ = nullptr;
  alignas(64) char own_[16384];
};

// While it lives, calls of BLAS start no threads.
class OneBlasThread {
 public:
  OneBlasThread(const Blas &blas, bool wanted) : blas_(blas), wanted_(wanted) {
    if (wanted_) blas_.one_thread_begin();
  }
  ~OneBlasThread() {
    if (wanted_) blas_.one_thread_end();
  }
  OneBlasThread(const OneBlasThread &) = delete;
  OneBlasThread &operator=(const OneBlasThread &) = delete;

 private:
  const Blas &blas_;
  bool wanted_;
};

// The matrices of a call, or groups of them.
struct MatrixBatch {
  int64_t count;
  int64_t order;      // of one matrix, or the like
  int64_t flops;      // of one
  int64_t workspace;  // bytes that every thread needs
};

// Runs body(first, last) over [0, count) on the host's threads. The parts depend on the batch alone.
template <class Body>
spc_status share_out(const spc_call *call, const MatrixBatch &batch, Body &&body) {
  constexpr int64_t least_flops = int64_t{1} << 17;
  constexpr int64_t most_bytes = int64_t{1} << 26;
  const int64_t affordable = most_bytes / (batch.workspace + 1);
  const int64_t parts = affordable < 4 ? 4 : affordable > 64 ? 64 : affordable;
  const int64_t even = (batch.count + parts - 1) / parts;
  const int64_t fits = least_flops / (batch.flops + 1) + 1;
  const int64_t share = fits > even ? fits : even;
  if (share >= batch.count) return body(int64_t{0}, batch.count);
  struct Task {
    std::remove_reference_t<Body> *body;
    int64_t count;
    int64_t share;
  };
  Task task{&body, batch.count, share};
  return call->host->parallel(
      call->exec, (batch.count + share - 1) / share,
      [](void *arg, int64_t part) -> spc_status {
        const Task &t = *static_cast<const Task *>(arg);
        const int64_t first = part * t.share;
        return (*t.body)(first, t.count - first < t.share ? t.count : first + t.share);
      },
      &task);
}

// The same for bodies that call LAPACK. The threads of OpenBLAS serve single large matrices; below
// that order waking them costs more than they do, and each thread of the host takes some matrices.
template <class Body>
spc_status for_matrices(const spc_call *call, const Blas &blas, const MatrixBatch &batch,
                        Body &&body) {
  constexpr int64_t threaded_order = 256;
  constexpr int64_t batched_order = 512;  // below it four matrices are enough to share them out
  const bool threaded = batch.order >= (batch.count >= 4 ? batched_order : threaded_order);
  const OneBlasThread guard(blas, !threaded);
  if (threaded) return body(int64_t{0}, batch.count);
  return share_out(call, batch, body);
}

// The matrices of a batch that the lanes of registers take together: addresses for the loops of
// simd/, repeated where the batch ends.
template <class T, int tensors>
class LaneGroups {
 public:
  static constexpr int most_lanes = 16;

  LaneGroups(const Walk<tensors> &walk, int64_t count, int lanes)
      : walk_(walk), count_(count), lanes_(lanes) {}

  int64_t groups() const { return (count_ + lanes_ - 1) / lanes_; }

  // Worth it from half a register on.
  static bool pays(int64_t count, int lanes) { return lanes > 0 && 2 * count >= lanes; }

  // visit(count, offsets) for the groups [first, last); offsets[k][lane] in elements.
  template <class Visit>
  spc_status each(int64_t first, int64_t last, Visit visit) const {
    Walk<tensors> walk = walk_;
    walk.seek(first * lanes_);
    int64_t offsets[tensors][most_lanes];
    for (int64_t group = first; group < last; ++group) {
      const int64_t left = count_ - group * lanes_;
      const int here = static_cast<int>(left < lanes_ ? left : lanes_);
      for (int lane = 0; lane < lanes_; ++lane) {
        for (int k = 0; k < tensors; ++k) offsets[k][lane] = walk.offset(k);
        if (lane + 1 < here) walk.next();
      }
      walk.next();
      const spc_status status = visit(here, offsets);
      if (status != SPC_OK) return status;
    }
    return SPC_OK;
  }

 private:
  Walk<tensors> walk_;
  int64_t count_;
  int lanes_;
};

// The table of BLAS, or the error of the call.
inline spc_status lapack_table(const spc_call *call, BlasUse *blas) {
  const char *why = "";
  *blas = open_blas(&why);
  return *blas ? SPC_OK : fail(call, SPC_E_RUNTIME, "LAPACK: %s", why);
}

// info < 0 is a mistake of this family; the text names the argument.
inline spc_status refused(const spc_call *call, const Blas &blas, const char *routine,
                          lapack_int info) {
  blas.take_illegal_argument();
  return fail(call, SPC_E_RUNTIME, "LAPACK: %s refused argument %d", routine,
              -static_cast<int>(info));
}

}  // namespace spc::cpu
