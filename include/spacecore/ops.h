/* SPDX-License-Identifier: Apache-2.0 */
/* Generated from ops.def. Do not edit. The operations of arrays. */
/* clang-format off */
#ifndef SPACECORE_OPS_H
#define SPACECORE_OPS_H

#include "spacecore/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Opcodes: fixed, never reused. */
enum {
  SPC_OP_empty = 0x001,
  SPC_OP_zeros = 0x002,
  SPC_OP_ones = 0x003,
  SPC_OP_full = 0x004,
  SPC_OP_eye = 0x005,
  SPC_OP_arange = 0x006,
  SPC_OP_asarray = 0x007,
  SPC_OP_copy = 0x008,
  SPC_OP_astype = 0x009,
  SPC_OP_fill = 0x00a,
  SPC_OP_new_like = 0x00b,
  SPC_OP_cast = 0x00c,
  SPC_OP_zeros_like = 0x00d,
  SPC_OP_ones_like = 0x00e,
  SPC_OP_full_like = 0x00f,
  SPC_OP_linspace = 0x010,
  SPC_OP_inf = 0x011,
  SPC_OP_nan = 0x012,
  SPC_OP_pi = 0x013,
  SPC_OP_e = 0x014,
  SPC_OP_reshape = 0x020,
  SPC_OP_ravel = 0x021,
  SPC_OP_transpose = 0x022,
  SPC_OP_swapaxes = 0x023,
  SPC_OP_moveaxis = 0x024,
  SPC_OP_broadcast_to = 0x025,
  SPC_OP_expand_dims = 0x026,
  SPC_OP_squeeze = 0x027,
  SPC_OP_stack = 0x028,
  SPC_OP_concatenate = 0x029,
  SPC_OP_hstack = 0x02a,
  SPC_OP_vstack = 0x02b,
  SPC_OP_dstack = 0x02c,
  SPC_OP_column_stack = 0x02d,
  SPC_OP_adjoint = 0x02e,
  SPC_OP_getitem = 0x030,
  SPC_OP_gather = 0x031,
  SPC_OP_nonzero = 0x032,
  SPC_OP_take = 0x033,
  SPC_OP_index_set = 0x034,
  SPC_OP_index_add = 0x035,
  SPC_OP_ix_ = 0x036,
  SPC_OP_scatter = 0x037,
  SPC_OP_add = 0x040,
  SPC_OP_subtract = 0x041,
  SPC_OP_multiply = 0x042,
  SPC_OP_divide = 0x043,
  SPC_OP_maximum = 0x044,
  SPC_OP_minimum = 0x046,
  SPC_OP_power = 0x045,
  SPC_OP_equal = 0x047,
  SPC_OP_not_equal = 0x048,
  SPC_OP_less = 0x049,
  SPC_OP_less_equal = 0x04a,
  SPC_OP_greater = 0x04b,
  SPC_OP_greater_equal = 0x04c,
  SPC_OP_isclose = 0x04d,
  SPC_OP_negative = 0x050,
  SPC_OP_conj = 0x051,
  SPC_OP_real = 0x052,
  SPC_OP_imag = 0x053,
  SPC_OP_abs = 0x054,
  SPC_OP_sqrt = 0x055,
  SPC_OP_sign = 0x056,
  SPC_OP_exp = 0x057,
  SPC_OP_log = 0x058,
  SPC_OP_log2 = 0x059,
  SPC_OP_sin = 0x05a,
  SPC_OP_cos = 0x05b,
  SPC_OP_square = 0x05c,
  SPC_OP_isfinite = 0x05d,
  SPC_OP_isnan = 0x05e,
  SPC_OP_where = 0x061,
  SPC_OP_clip = 0x062,
  SPC_OP_axpby = 0x060,
  SPC_OP_sum = 0x080,
  SPC_OP_min = 0x081,
  SPC_OP_max = 0x082,
  SPC_OP_allclose = 0x083,
  SPC_OP_prod = 0x084,
  SPC_OP_mean = 0x085,
  SPC_OP_logsumexp = 0x086,
  SPC_OP_trace = 0x087,
  SPC_OP_sort = 0x090,
  SPC_OP_argsort = 0x091,
  SPC_OP_argmin = 0x092,
  SPC_OP_argmax = 0x093,
  SPC_OP_bincount = 0x094,
  SPC_OP_vdot = 0x0a0,
  SPC_OP_matmul = 0x0a1,
  SPC_OP_norm = 0x0a2,
  SPC_OP_dot = 0x0a4,
  SPC_OP_kron = 0x0a5,
  SPC_OP_outer = 0x0a6,
  SPC_OP_tensordot = 0x0a7,
  SPC_OP_einsum = 0x0a8,
  SPC_OP_solve = 0x0a9,
  SPC_OP_inv = 0x0aa,
  SPC_OP_eigh = 0x0ab,
  SPC_OP_eigvalsh = 0x0ac,
  SPC_OP_eig = 0x0ad,
  SPC_OP_svd = 0x0ae,
  SPC_OP_cholesky = 0x0af,
  SPC_OP_expm = 0x0b0,
  SPC_OP_diag = 0x0b1,
  SPC_OP_diagonal = 0x0b2,
  SPC_OP_tril = 0x0b3,
  SPC_OP_triu = 0x0b4,
  SPC_OP_lu = 0x0b5,
  SPC_OP_ldl = 0x0b6,
  SPC_OP_lu_solve = 0x0b7,
  SPC_OP_ldl_solve = 0x0b8,
  SPC_OP_solve_triangular = 0x0b9,
  SPC_OP_gemm = 0x0a3,
  SPC_OP_assparse = 0x0c0,
  SPC_OP_sparse_matmul = 0x0c1,
  SPC_OP_spmm = 0x0c2,
  SPC_OP_sparsify = 0x0c3,
  SPC_OP_densify = 0x0c4,
  SPC_OP_coo_to_csr = 0x0c5,
  SPC_OP_csr_to_coo = 0x0c6,
  SPC_OP_csr_transpose = 0x0c7,
  SPC_OP_csr_diagonal = 0x0c8,
  SPC_OP_sparse_check = 0x0c9,
  SPC_OP_allclose_sparse = 0x0ca,
  SPC_OP_csr_add = 0x0cb,
  SPC_OP_csr_multiply = 0x0cc,
  SPC_OP_csr_matmul = 0x0cd,
  SPC_OP_csr_kron = 0x0ce,
  SPC_OP_csr_rows = 0x0cf,
  SPC_OP_csr_columns = 0x0e8,
  SPC_OP_csr_sample = 0x0e9,
  SPC_OP_csr_reduce = 0x0ea,
  SPC_OP_csr_offset_diagonal = 0x0eb,
  SPC_OP_csr_is_canonical = 0x0ee,
  SPC_OP_sparse_eliminate_zeros = 0x0ec,
  SPC_OP_sparse_sum_duplicates = 0x0ed,
  SPC_OP_program_run = 0x0d0,
  SPC_OP_sparse_cholesky = 0x100,
  SPC_OP_sparse_ldl = 0x101,
  SPC_OP_sparse_lu = 0x102,
  SPC_OP_sparse_qr = 0x103,
  SPC_OP_sparse_ic0 = 0x104,
  SPC_OP_sparse_ilu0 = 0x105,
  SPC_OP_sparse_solve_triangular = 0x106,
  SPC_OP_random_uniform = 0x0f0,
  SPC_OP_random_normal = 0x0f1,
  SPC_OP_random_choice = 0x0f2,
  SPC_OP_to_host = 0x0e0,
  SPC_OP_from_host = 0x0e1,
  SPC_OP_local_view = 0x0e2,
  SPC_OP_CORE_END = 0x8000 /* vendor opcodes begin here */
};

/* Conventions. ctx NULL is the default context. A family's array may stand beside weak
 * scalars and arrays of compatible families. axes: n_axes entries, negative ones count
 * from the end; n_axes = SPC_ALL_AXES is None. `out` receives a new reference. The _into
 * form writes into an existing array of exactly the result's shape and dtype, which may
 * overlap the inputs. */

/* New array with unspecified contents.
 * Shapes: shape, axes of length 0 allowed, ndim 0 for a scalar array.
 * Dtype: dtype; SPC_DTYPE_NONE: the context's dtype.
 * Errors: ValueErr: negative length; OutOfMemory. Reference: numpy.empty. */
SPC_EXPORT spc_status spc_empty(spc_context ctx, int32_t ndim, const int64_t *shape, int32_t dtype,
    spc_array *out);

/* New array of zeros.
 * Shapes: as empty.
 * Dtype: as empty.
 * Errors: as empty. Reference: numpy.zeros. */
SPC_EXPORT spc_status spc_zeros(spc_context ctx, int32_t ndim, const int64_t *shape, int32_t dtype,
    spc_array *out);

/* New array of ones.
 * Shapes: as empty.
 * Dtype: as empty.
 * Errors: as empty. Reference: numpy.ones. */
SPC_EXPORT spc_status spc_ones(spc_context ctx, int32_t ndim, const int64_t *shape, int32_t dtype,
    spc_array *out);

/* New array with every element equal to fill (a weak scalar or a 0-d array).
 * Shapes: shape; fill is 0-d.
 * Dtype: dtype; SPC_DTYPE_NONE: the kind of a weak fill (bool, int64, float64, complex128), else
 * the dtype of fill.
 * Errors: ValueErr: negative length, fill not 0-d; TypeErr: complex fill, non-complex dtype;
 * OverflowErr. Reference: numpy.full. */
SPC_EXPORT spc_status spc_full(spc_context ctx, int32_t ndim, const int64_t *shape, spc_array fill,
    int32_t dtype, spc_array *out);

/* Ones on the main diagonal, zeros elsewhere.
 * Shapes: (n, m); m = SPC_NONE_I64: (n, n).
 * Dtype: dtype; SPC_DTYPE_NONE: the context's dtype.
 * Errors: ValueErr: negative n or m. Reference: numpy.eye. */
SPC_EXPORT spc_status spc_eye(spc_context ctx, int64_t n, int64_t m, int32_t dtype, spc_array *out);

/* start, start + step, ... up to but not including stop; stop = NULL: [0, start).
 * Shapes: (max(0, ceil((stop - start) / step)),); start, stop, step are weak scalars or 0-d arrays;
 * step = NULL: 1.
 * Dtype: dtype; SPC_DTYPE_NONE: int64 if all are integers, else float64.
 * Errors: ValueErr: step 0, non-finite length; TypeErr: bool with more than 2 elements. Reference:
 * numpy.arange. */
SPC_EXPORT spc_status spc_arange(spc_context ctx, spc_array start, spc_array stop, spc_array step,
    int32_t dtype, spc_array *out);

/* x as a dense array: the same array if nothing changes, else a copy; sparse arrays are densified,
 * nested lists and scalars become arrays.
 * Shapes: shape of x; () for a scalar; (0,) for an empty list.
 * Dtype: dtype; SPC_DTYPE_NONE: that of x; scalars by kind: bool, int64, float64, complex128; the
 * join for lists.
 * Errors: ValueErr: ragged list; TypeErr: complex x, non-complex dtype; array of another family;
 * OverflowErr. Reference: numpy.asarray. */
SPC_EXPORT spc_status spc_asarray(spc_context ctx, spc_value x, int32_t dtype, spc_array *out);

/* x in independent storage. Sparse x: sparse, in its format.
 * Shapes: shape of x.
 * Dtype: dtype of x.
 * Errors: OutOfMemory. Reference: numpy.copy. */
SPC_EXPORT spc_status spc_copy(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_copy_into(spc_array x, spc_array out);

/* A copy of x in another dtype; SPC_DTYPE_NONE gives x itself. Floats to integers truncate toward 0
 * (unspecified when out of range), integers wrap modulo 2^n, anything to bool is != 0. Sparse x:
 * sparse, in its format, at its entries.
 * Shapes: shape of x.
 * Dtype: dtype.
 * Errors: TypeErr: complex x, non-complex dtype. Reference: numpy.ndarray.astype. */
SPC_EXPORT spc_status spc_astype(spc_array x, int32_t dtype, spc_array *out);

/* x in another dtype: x itself where the dtype is equal, else as astype.
 * Shapes: shape of x.
 * Dtype: dtype.
 * Errors: as astype. Reference: numpy.asarray(x, dtype). */
SPC_EXPORT spc_status spc_cast(spc_array x, int32_t dtype, spc_array *out);

/* New array of zeros with the shape and the family of x.
 * Shapes: shape of x.
 * Dtype: dtype; SPC_DTYPE_NONE: that of x.
 * Errors: OutOfMemory. Reference: numpy.zeros_like. */
SPC_EXPORT spc_status spc_zeros_like(spc_array x, int32_t dtype, spc_array *out);

/* New array of ones with the shape and the family of x.
 * Shapes: shape of x.
 * Dtype: dtype; SPC_DTYPE_NONE: that of x.
 * Errors: OutOfMemory. Reference: numpy.ones_like. */
SPC_EXPORT spc_status spc_ones_like(spc_array x, int32_t dtype, spc_array *out);

/* New array with the shape and the family of x, every element equal to value (a weak scalar or a
 * 0-d array), which is cast: 1.7 into int32 gives 1.
 * Shapes: shape of x; value is 0-d.
 * Dtype: dtype; SPC_DTYPE_NONE: that of x.
 * Errors: ValueErr: value not 0-d; TypeErr: complex value, non-complex dtype; OverflowErr.
 * Reference: numpy.full_like. */
SPC_EXPORT spc_status spc_full_like(spc_array x, spc_array value, int32_t dtype, spc_array *out);

/* num numbers from start to stop, both included, equally spaced; num = 1: start.
 * Shapes: (num,); start and stop are weak scalars or 0-d arrays.
 * Dtype: float64; complex128 if start or stop is complex.
 * Errors: ValueErr: num < 0, start or stop not 0-d. Reference: numpy.linspace. */
SPC_EXPORT spc_status spc_linspace(spc_context ctx, spc_array start, spc_array stop, int64_t num,
    spc_array *out);

/* Positive infinity: read-only, the same array on each call for one family.
 * Shapes: ().
 * Dtype: float64.
 * Errors: none. Reference: numpy.inf. */
SPC_EXPORT spc_status spc_inf(spc_context ctx, spc_array *out);

/* Not a number: read-only, the same array on each call for one family.
 * Shapes: ().
 * Dtype: float64.
 * Errors: none. Reference: numpy.nan. */
SPC_EXPORT spc_status spc_nan(spc_context ctx, spc_array *out);

/* Circumference of a circle of diameter 1: read-only, the same array on each call for one family.
 * Shapes: ().
 * Dtype: float64.
 * Errors: none. Reference: numpy.pi. */
SPC_EXPORT spc_status spc_pi(spc_context ctx, spc_array *out);

/* Base of the natural logarithm: read-only, the same array on each call for one family.
 * Shapes: ().
 * Dtype: float64.
 * Errors: none. Reference: numpy.e. */
SPC_EXPORT spc_status spc_e(spc_context ctx, spc_array *out);

/* The elements of x, row-major, in another shape; a view where strides allow it, else a copy. One
 * length may be -1.
 * Shapes: shape.
 * Dtype: dtype of x.
 * Errors: ValueErr: sizes differ, two -1, -1 beside a length 0, other negative length. Reference:
 * numpy.reshape. */
SPC_EXPORT spc_status spc_reshape(spc_array x, int32_t ndim, const int64_t *shape, spc_array *out);

/* x flattened row-major.
 * Shapes: (size,).
 * Dtype: dtype of x.
 * Errors: none. Reference: numpy.ravel. */
SPC_EXPORT spc_status spc_ravel(spc_array x, spc_array *out);

/* Axes permuted; SPC_ALL_AXES reverses them. Sparse x: sparse, sharing its entries.
 * Shapes: permuted.
 * Dtype: dtype of x.
 * Errors: ValueErr: not a permutation; AxisErr. Reference: numpy.transpose. */
SPC_EXPORT spc_status spc_transpose(spc_array x, int32_t n_axes, const int64_t *axes, spc_array
    *out);

/* Two axes exchanged.
 * Shapes: two lengths exchanged.
 * Dtype: dtype of x.
 * Errors: AxisErr. Reference: numpy.swapaxes. */
SPC_EXPORT spc_status spc_swapaxes(spc_array x, int64_t axis1, int64_t axis2, spc_array *out);

/* Axes source moved to positions destination, the others in order.
 * Shapes: permuted.
 * Dtype: dtype of x.
 * Errors: ValueErr: counts differ, repeated axis; AxisErr. Reference: numpy.moveaxis. */
SPC_EXPORT spc_status spc_moveaxis(spc_array x, int32_t n_source, const int64_t *source, int32_t
    n_destination, const int64_t *destination, spc_array *out);

/* x repeated along new and length-1 axes without a copy; the view is read-only.
 * Shapes: shape.
 * Dtype: dtype of x.
 * Errors: ValueErr: cannot be broadcast. Reference: numpy.broadcast_to. */
SPC_EXPORT spc_status spc_broadcast_to(spc_array x, int32_t ndim, const int64_t *shape, spc_array
    *out);

/* Length-1 axes inserted at the given positions of the result.
 * Shapes: rank grows by the number of axes.
 * Dtype: dtype of x.
 * Errors: AxisErr; ValueErr: repeated axis. Reference: numpy.expand_dims. */
SPC_EXPORT spc_status spc_expand_dims(spc_array x, int32_t n_axes, const int64_t *axes, spc_array
    *out);

/* Length-1 axes removed: the given ones, or all with SPC_ALL_AXES.
 * Shapes: rank falls by the number of axes removed.
 * Dtype: dtype of x.
 * Errors: ValueErr: length is not 1, repeated axis; AxisErr. Reference: numpy.squeeze. */
SPC_EXPORT spc_status spc_squeeze(spc_array x, int32_t n_axes, const int64_t *axes, spc_array *out);

/* The arrays along a new axis.
 * Shapes: that of the arrays, which agree, with a new axis of length n.
 * Dtype: join of the arrays.
 * Errors: ValueErr: no array, shapes differ; AxisErr. Reference: numpy.stack. */
SPC_EXPORT spc_status spc_stack(int64_t n, const spc_array *arrays, int64_t axis, spc_array *out);

/* The arrays one after another along an axis; axis = SPC_NONE_I64 flattens all of them first.
 * Shapes: lengths add along the axis, the others agree.
 * Dtype: dtype; SPC_DTYPE_NONE: join of the arrays.
 * Errors: ValueErr: no array, 0-d array, lengths differ; AxisErr; TypeErr: complex array,
 * non-complex dtype. Reference: numpy.concatenate. */
SPC_EXPORT spc_status spc_concatenate(int64_t n, const spc_array *arrays, int64_t axis, int32_t
    dtype, spc_array *out);

/* Concatenated along axis 0 if they are 1-d, else along axis 1; 0-d arrays act as 1-d.
 * Shapes: as concatenate.
 * Dtype: join of the arrays.
 * Errors: as concatenate. Reference: numpy.hstack. */
SPC_EXPORT spc_status spc_hstack(int64_t n, const spc_array *arrays, spc_array *out);

/* Concatenated along axis 0; (n,) acts as (1, n).
 * Shapes: as concatenate.
 * Dtype: join of the arrays.
 * Errors: as concatenate. Reference: numpy.vstack. */
SPC_EXPORT spc_status spc_vstack(int64_t n, const spc_array *arrays, spc_array *out);

/* Concatenated along axis 2; (n,) acts as (1, n, 1), (m, n) as (m, n, 1).
 * Shapes: as concatenate.
 * Dtype: join of the arrays.
 * Errors: as concatenate. Reference: numpy.dstack. */
SPC_EXPORT spc_status spc_dstack(int64_t n, const spc_array *arrays, spc_array *out);

/* Concatenated along axis 1; 1-d and 0-d arrays become columns.
 * Shapes: as concatenate.
 * Dtype: join of the arrays.
 * Errors: as concatenate. Reference: numpy.column_stack. */
SPC_EXPORT spc_status spc_column_stack(int64_t n, const spc_array *arrays, spc_array *out);

/* Conjugate of the transpose, all axes reversed. Sparse x: sparse.
 * Shapes: that of x reversed.
 * Dtype: dtype of x.
 * Errors: none. Reference: numpy.conj(numpy.transpose(x)). */
SPC_EXPORT spc_status spc_adjoint(spc_array x, spc_array *out);

/* x[index]: integers, slices (clamped, any step), new axes and one ellipsis give a view; integer
 * arrays and bool masks gather a copy. Sparse x: a sparse array of two axes, an integer keeps its
 * axis with length 1; two integers: 0-d.
 * Shapes: NumPy's rules for basic and advanced indices.
 * Dtype: dtype of x.
 * Errors: IndexErr: out of range, too many indices, float index array, shapes that do not
 * broadcast, mask of another shape; ValueErr: step 0. Reference: x[index] in NumPy. */
SPC_EXPORT spc_status spc_getitem(spc_array x, int32_t n_index, const spc_index *index, spc_array
    *out);

/* Positions of the non-zero elements: a tuple with one int64 vector for each axis, in row-major
 * order. Sparse x: its rows and columns.
 * Shapes: (count,) for each axis.
 * Dtype: int64.
 * Errors: ValueErr: 0-d array. Reference: numpy.nonzero. */
SPC_EXPORT spc_status spc_nonzero(spc_array x, spc_value *out);

/* Elements of x at the indices along an axis, negative ones counted from the end; axis =
 * SPC_NONE_I64: of x flattened. Sparse x, an axis and a vector of indices: sparse.
 * Shapes: the axis replaced by the shape of indices.
 * Dtype: dtype of x.
 * Errors: IndexErr: out of range; TypeErr: indices not integer; AxisErr. Reference: numpy.take. */
SPC_EXPORT spc_status spc_take(spc_array x, spc_array indices, int64_t axis, spc_array *out);

/* x with x[index] = values; where an element is named several times the last one wins. copy = 0
 * writes into x itself and returns it.
 * Shapes: shape of x; values are broadcast to that of x[index].
 * Dtype: dtype of x, to which values are cast.
 * Errors: IndexErr; ValueErr: values do not broadcast, x is read-only with copy = 0; TypeErr:
 * complex values, x not complex; OverflowErr. Reference: x[index] = values in NumPy. */
SPC_EXPORT spc_status spc_index_set(spc_array x, int32_t n_index, const spc_index *index, spc_array
    values, int32_t copy, spc_array *out);

/* x with values added at x[index]; elements named several times accumulate. copy = 0 writes into x
 * itself and returns it.
 * Shapes: as index_set.
 * Dtype: dtype of x, to which values are cast first.
 * Errors: as index_set. Reference: numpy.add.at. */
SPC_EXPORT spc_status spc_index_add(spc_array x, int32_t n_index, const spc_index *index, spc_array
    values, int32_t copy, spc_array *out);

/* Open mesh: a tuple of index arrays, the i-th along axis i; a bool array becomes its non-zero
 * positions.
 * Shapes: (1, .., n_i, .., 1).
 * Dtype: as given; bool gives int64.
 * Errors: ValueErr: not 1-d. Reference: numpy.ix_. */
SPC_EXPORT spc_status spc_ix_(int64_t n, const spc_array *arrays, spc_value *out);

/* a + b; bool + bool is OR, integers wrap. Two sparse arrays: sparse, zeros dropped; sparse and
 * dense: dense.
 * Shapes: broadcast.
 * Dtype: join of a and b.
 * Errors: ValueErr: shapes do not broadcast; TypeErr: families; OverflowErr. Reference: numpy.add. */
SPC_EXPORT spc_status spc_add(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_add_into(spc_array a, spc_array b, spc_array out);

/* a - b; integers wrap. Two sparse arrays: sparse, zeros dropped; sparse and dense: dense.
 * Shapes: broadcast.
 * Dtype: join of a and b.
 * Errors: as add; TypeErr: both bool. Reference: numpy.subtract. */
SPC_EXPORT spc_status spc_subtract(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_subtract_into(spc_array a, spc_array b, spc_array out);

/* a * b; bool * bool is AND, integers wrap. Sparse with sparse: sparse, zeros dropped; sparse with
 * dense or a scalar: sparse, at the entries of the sparse one.
 * Shapes: broadcast.
 * Dtype: join of a and b.
 * Errors: as add. Reference: numpy.multiply. */
SPC_EXPORT spc_status spc_multiply(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_multiply_into(spc_array a, spc_array b, spc_array out);

/* a / b; x/0 is an infinity, 0/0 NaN, for integers too. Sparse by dense or a scalar: sparse, at the
 * entries of a.
 * Shapes: broadcast.
 * Dtype: join of a and b, bool and integers to float64.
 * Errors: as add. Reference: numpy.true_divide. */
SPC_EXPORT spc_status spc_divide(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_divide_into(spc_array a, spc_array b, spc_array out);

/* The larger of a and b; NaN in either wins; complex numbers compare lexicographically.
 * Shapes: broadcast.
 * Dtype: join of a and b.
 * Errors: as add. Reference: numpy.maximum. */
SPC_EXPORT spc_status spc_maximum(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_maximum_into(spc_array a, spc_array b, spc_array out);

/* The smaller of a and b; NaN in either wins; complex numbers compare lexicographically.
 * Shapes: broadcast.
 * Dtype: join of a and b.
 * Errors: as add. Reference: numpy.minimum. */
SPC_EXPORT spc_status spc_minimum(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_minimum_into(spc_array a, spc_array b, spc_array out);

/* a to the power b; integers wrap, bool ** bool is int8. Sparse a to a positive number: sparse, at
 * its entries.
 * Shapes: broadcast.
 * Dtype: join of a and b; bool ** bool: int8, bool ** weak int: int64.
 * Errors: as add; ValueErr: an integer to a negative integer power. Reference: numpy.power. */
SPC_EXPORT spc_status spc_power(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_power_into(spc_array a, spc_array b, spc_array out);

/* a == b; false for NaN; a weak integer compares by its exact value.
 * Shapes: broadcast.
 * Dtype: bool.
 * Errors: ValueErr: shapes do not broadcast; TypeErr: families. Reference: numpy.equal. */
SPC_EXPORT spc_status spc_equal(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_equal_into(spc_array a, spc_array b, spc_array out);

/* a != b; true for NaN; a weak integer compares by its exact value.
 * Shapes: broadcast.
 * Dtype: bool.
 * Errors: as equal. Reference: numpy.not_equal. */
SPC_EXPORT spc_status spc_not_equal(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_not_equal_into(spc_array a, spc_array b, spc_array out);

/* a < b; false for NaN; complex numbers compare lexicographically; a weak integer compares by its
 * exact value.
 * Shapes: broadcast.
 * Dtype: bool.
 * Errors: as equal. Reference: numpy.less. */
SPC_EXPORT spc_status spc_less(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_less_into(spc_array a, spc_array b, spc_array out);

/* a <= b, as less.
 * Shapes: broadcast.
 * Dtype: bool.
 * Errors: as equal. Reference: numpy.less_equal. */
SPC_EXPORT spc_status spc_less_equal(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_less_equal_into(spc_array a, spc_array b, spc_array out);

/* a > b, as less.
 * Shapes: broadcast.
 * Dtype: bool.
 * Errors: as equal. Reference: numpy.greater. */
SPC_EXPORT spc_status spc_greater(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_greater_into(spc_array a, spc_array b, spc_array out);

/* a >= b, as less.
 * Shapes: broadcast.
 * Dtype: bool.
 * Errors: as equal. Reference: numpy.greater_equal. */
SPC_EXPORT spc_status spc_greater_equal(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_greater_equal_into(spc_array a, spc_array b, spc_array out);

/* |a - b| <= atol + rtol |b|; equal infinities are close, NaN never is.
 * Shapes: broadcast.
 * Dtype: bool.
 * Errors: as equal. Reference: numpy.isclose. */
SPC_EXPORT spc_status spc_isclose(spc_array a, spc_array b, double rtol, double atol, spc_array
    *out);
SPC_EXPORT spc_status spc_isclose_into(spc_array a, spc_array b, double rtol, double atol, spc_array
    out);

/* -x; unsigned integers wrap. Sparse x: sparse, at its entries.
 * Shapes: shape of x.
 * Dtype: dtype of x.
 * Errors: TypeErr: bool. Reference: numpy.negative. */
SPC_EXPORT spc_status spc_negative(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_negative_into(spc_array x, spc_array out);

/* Complex conjugate; real x unchanged. Sparse x: sparse, at its entries.
 * Shapes: shape of x.
 * Dtype: dtype of x.
 * Errors: none. Reference: numpy.conj. */
SPC_EXPORT spc_status spc_conj(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_conj_into(spc_array x, spc_array out);

/* Real part: a view; x itself if it is not complex. Sparse x: sparse, at its entries.
 * Shapes: shape of x.
 * Dtype: real dtype of x.
 * Errors: none. Reference: numpy.real. */
SPC_EXPORT spc_status spc_real(spc_array x, spc_array *out);

/* Imaginary part, a copy; zeros for x that is not complex. Sparse x: sparse, at its entries.
 * Shapes: shape of x.
 * Dtype: real dtype of x.
 * Errors: none. Reference: numpy.imag. */
SPC_EXPORT spc_status spc_imag(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_imag_into(spc_array x, spc_array out);

/* Modulus, without overflow for complex x; any infinite part gives infinity; the least integer
 * wraps to itself. Sparse x: sparse, at its entries.
 * Shapes: shape of x.
 * Dtype: real dtype of x.
 * Errors: none. Reference: numpy.abs. */
SPC_EXPORT spc_status spc_abs(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_abs_into(spc_array x, spc_array out);

/* Square root: NaN below 0, -0 at -0; complex principal branch, continuous from above on the cut.
 * Sparse x: sparse, at its entries.
 * Shapes: shape of x.
 * Dtype: dtype of x, bool and integers to float64.
 * Errors: none. Reference: numpy.sqrt. */
SPC_EXPORT spc_status spc_sqrt(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_sqrt_into(spc_array x, spc_array out);

/* -1, 0 or 1, NaN at NaN; of complex x: x / |x|, 0 at 0. Sparse x: sparse, at its entries.
 * Shapes: shape of x.
 * Dtype: dtype of x.
 * Errors: TypeErr: bool. Reference: numpy.sign. */
SPC_EXPORT spc_status spc_sign(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_sign_into(spc_array x, spc_array out);

/* e to the power x.
 * Shapes: shape of x.
 * Dtype: dtype of x, bool and integers to float64.
 * Errors: none. Reference: numpy.exp. */
SPC_EXPORT spc_status spc_exp(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_exp_into(spc_array x, spc_array out);

/* Natural logarithm: -inf at 0, NaN below; complex principal value.
 * Shapes: shape of x.
 * Dtype: dtype of x, bool and integers to float64.
 * Errors: none. Reference: numpy.log. */
SPC_EXPORT spc_status spc_log(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_log_into(spc_array x, spc_array out);

/* Logarithm to base 2: -inf at 0, NaN below; complex principal value.
 * Shapes: shape of x.
 * Dtype: dtype of x, bool and integers to float64.
 * Errors: none. Reference: numpy.log2. */
SPC_EXPORT spc_status spc_log2(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_log2_into(spc_array x, spc_array out);

/* Sine. Sparse x: sparse, at its entries.
 * Shapes: shape of x.
 * Dtype: dtype of x, bool and integers to float64.
 * Errors: none. Reference: numpy.sin. */
SPC_EXPORT spc_status spc_sin(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_sin_into(spc_array x, spc_array out);

/* Cosine.
 * Shapes: shape of x.
 * Dtype: dtype of x, bool and integers to float64.
 * Errors: none. Reference: numpy.cos. */
SPC_EXPORT spc_status spc_cos(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_cos_into(spc_array x, spc_array out);

/* x * x; integers wrap, bool gives int8. Sparse x: sparse, at its entries.
 * Shapes: shape of x.
 * Dtype: dtype of x; bool gives int8.
 * Errors: none. Reference: numpy.square. */
SPC_EXPORT spc_status spc_square(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_square_into(spc_array x, spc_array out);

/* Neither infinite nor NaN, in both parts of a complex number.
 * Shapes: shape of x.
 * Dtype: bool.
 * Errors: none. Reference: numpy.isfinite. */
SPC_EXPORT spc_status spc_isfinite(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_isfinite_into(spc_array x, spc_array out);

/* NaN, in either part of a complex number. Sparse x: sparse, at its entries.
 * Shapes: shape of x.
 * Dtype: bool.
 * Errors: none. Reference: numpy.isnan. */
SPC_EXPORT spc_status spc_isnan(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_isnan_into(spc_array x, spc_array out);

/* x where cond is true (or not 0), y elsewhere.
 * Shapes: broadcast of all three.
 * Dtype: join of x and y.
 * Errors: as add. Reference: numpy.where. */
SPC_EXPORT spc_status spc_where(spc_array cond, spc_array x, spc_array y, spc_array *out);
SPC_EXPORT spc_status spc_where_into(spc_array cond, spc_array x, spc_array y, spc_array out);

/* min(max(x, a_min), a_max); a bound that is NULL or None is none; where a_min > a_max the result
 * is a_max.
 * Shapes: broadcast of all three.
 * Dtype: join of the operands given.
 * Errors: as add. Reference: numpy.clip. */
SPC_EXPORT spc_status spc_clip(spc_array x, spc_array a_min, spc_array a_max, spc_array *out);
SPC_EXPORT spc_status spc_clip_into(spc_array x, spc_array a_min, spc_array a_max, spc_array out);

/* a x + b y; a = NULL is 1, b = NULL is 0; where a (or b) is 0, x (or y) is not read. Sparse x and
 * y: sparse, zeros dropped.
 * Shapes: broadcast of x and y; a and b are weak scalars or 0-d arrays.
 * Dtype: join of all four.
 * Errors: as add; ValueErr: a or b not 0-d. Reference: a*x + b*y. */
SPC_EXPORT spc_status spc_axpby(spc_array a, spc_array x, spc_array b, spc_array y, spc_array *out);
SPC_EXPORT spc_status spc_axpby_into(spc_array a, spc_array x, spc_array b, spc_array y, spc_array
    out);

/* Sum over the axes; empty gives 0; accumulates in the result dtype. Sparse x: dense.
 * Shapes: axes removed, or kept with length 1.
 * Dtype: dtype; SPC_DTYPE_NONE: bool and integers to int64, else that of x.
 * Errors: AxisErr; ValueErr: repeated axis; TypeErr: complex x, non-complex dtype. Reference:
 * numpy.sum. */
SPC_EXPORT spc_status spc_sum(spc_array x, int32_t n_axes, const int64_t *axes, int32_t keepdims,
    int32_t dtype, spc_array *out);
SPC_EXPORT spc_status spc_sum_into(spc_array x, int32_t n_axes, const int64_t *axes, int32_t
    keepdims, int32_t dtype, spc_array out);

/* Smallest element over the axes; NaN wins; complex numbers compare lexicographically. Sparse x:
 * dense.
 * Shapes: axes removed, or kept with length 1.
 * Dtype: dtype of x.
 * Errors: AxisErr; ValueErr: reduced extent 0, repeated axis. Reference: numpy.min. */
SPC_EXPORT spc_status spc_min(spc_array x, int32_t n_axes, const int64_t *axes, int32_t keepdims,
    spc_array *out);
SPC_EXPORT spc_status spc_min_into(spc_array x, int32_t n_axes, const int64_t *axes, int32_t
    keepdims, spc_array out);

/* Largest element over the axes; NaN wins; complex numbers compare lexicographically. Sparse x:
 * dense.
 * Shapes: axes removed, or kept with length 1.
 * Dtype: dtype of x.
 * Errors: as min. Reference: numpy.max. */
SPC_EXPORT spc_status spc_max(spc_array x, int32_t n_axes, const int64_t *axes, int32_t keepdims,
    spc_array *out);
SPC_EXPORT spc_status spc_max_into(spc_array x, int32_t n_axes, const int64_t *axes, int32_t
    keepdims, spc_array out);

/* *out = 1 if |a - b| <= atol + rtol |b| for every element: equal infinities are close, NaN to NaN
 * only with equal_nan; nothing to compare gives 1.
 * Shapes: a and b broadcast.
 * Dtype: none.
 * Errors: ValueErr: shapes do not broadcast; TypeErr: families. Reference: numpy.allclose. */
SPC_EXPORT spc_status spc_allclose(spc_array a, spc_array b, double rtol, double atol, int32_t
    equal_nan, int32_t *out);

/* Product over the axes; empty gives 1; accumulates in the result dtype.
 * Shapes: axes removed, or kept with length 1.
 * Dtype: dtype; SPC_DTYPE_NONE: bool and integers to int64, else that of x.
 * Errors: as sum. Reference: numpy.prod. */
SPC_EXPORT spc_status spc_prod(spc_array x, int32_t n_axes, const int64_t *axes, int32_t keepdims,
    int32_t dtype, spc_array *out);
SPC_EXPORT spc_status spc_prod_into(spc_array x, int32_t n_axes, const int64_t *axes, int32_t
    keepdims, int32_t dtype, spc_array out);

/* Sum over the axes divided by their number of elements; empty gives NaN. Sparse x: dense.
 * Shapes: axes removed, or kept with length 1.
 * Dtype: dtype of x, bool and integers to float64.
 * Errors: AxisErr; ValueErr: repeated axis. Reference: numpy.mean. */
SPC_EXPORT spc_status spc_mean(spc_array x, int32_t n_axes, const int64_t *axes, int32_t keepdims,
    spc_array *out);
SPC_EXPORT spc_status spc_mean_into(spc_array x, int32_t n_axes, const int64_t *axes, int32_t
    keepdims, spc_array out);

/* log sum b exp(a) over the axes, without overflow; b NULL: 1; terms with b = 0 are dropped. A
 * negative sum gives NaN; with sign (not NULL) the log of its modulus and its sign or unit phase.
 * Shapes: axes of the broadcast of a and b removed, or kept with length 1.
 * Dtype: join of a and b, bool and integers to float64; with sign and complex operands out is real.
 * Errors: AxisErr; ValueErr: shapes do not broadcast, repeated axis. Reference:
 * scipy.special.logsumexp. */
SPC_EXPORT spc_status spc_logsumexp(spc_array a, spc_array b, int32_t n_axes, const int64_t *axes,
    int32_t keepdims, spc_array *out, spc_array *sign);

/* Sum of the main diagonal of axes 0 and 1. Sparse x: 0-d.
 * Shapes: axes 0 and 1 removed.
 * Dtype: bool and integers to int64, else that of x.
 * Errors: ValueErr: fewer than two axes. Reference: numpy.trace. */
SPC_EXPORT spc_status spc_trace(spc_array x, spc_array *out);

/* Ascending order along an axis; NaN last; complex numbers compare lexicographically.
 * Shapes: shape of x.
 * Dtype: dtype of x.
 * Errors: AxisErr. Reference: numpy.sort. */
SPC_EXPORT spc_status spc_sort(spc_array x, int64_t axis, spc_array *out);
SPC_EXPORT spc_status spc_sort_into(spc_array x, int64_t axis, spc_array out);

/* Positions that sort x along an axis; equal elements keep their order.
 * Shapes: shape of x.
 * Dtype: int64.
 * Errors: AxisErr. Reference: numpy.argsort(kind='stable'). */
SPC_EXPORT spc_status spc_argsort(spc_array x, int64_t axis, spc_array *out);
SPC_EXPORT spc_status spc_argsort_into(spc_array x, int64_t axis, spc_array out);

/* Position of the first smallest element along an axis, the first NaN if there is one; axis =
 * SPC_NONE_I64: in x flattened.
 * Shapes: axis removed, or kept with length 1.
 * Dtype: int64.
 * Errors: AxisErr; ValueErr: no elements. Reference: numpy.argmin. */
SPC_EXPORT spc_status spc_argmin(spc_array x, int64_t axis, int32_t keepdims, spc_array *out);
SPC_EXPORT spc_status spc_argmin_into(spc_array x, int64_t axis, int32_t keepdims, spc_array out);

/* Position of the first largest element along an axis, the first NaN if there is one; axis =
 * SPC_NONE_I64: in x flattened.
 * Shapes: axis removed, or kept with length 1.
 * Dtype: int64.
 * Errors: AxisErr; ValueErr: no elements. Reference: numpy.argmax. */
SPC_EXPORT spc_status spc_argmax(spc_array x, int64_t axis, int32_t keepdims, spc_array *out);
SPC_EXPORT spc_status spc_argmax_into(spc_array x, int64_t axis, int32_t keepdims, spc_array out);

/* How often each of 0, 1, ... occurs in x.
 * Shapes: (max(max(x) + 1, minlength),).
 * Dtype: int64.
 * Errors: ValueErr: negative element, not 1-d, negative minlength; TypeErr: x not integer.
 * Reference: numpy.bincount. */
SPC_EXPORT spc_status spc_bincount(spc_array x, int64_t minlength, spc_array *out);

/* sum_i conj(x_i) y_i over the row-major flattenings; 0 if empty; bool is OR of ANDs.
 * Shapes: (); sizes agree, shapes may differ.
 * Dtype: join of x and y.
 * Errors: ValueErr: sizes differ; TypeErr: families. Reference: numpy.vdot. */
SPC_EXPORT spc_status spc_vdot(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_vdot_into(spc_array a, spc_array b, spc_array out);

/* Matrix product; bool is OR of ANDs, integers wrap; an inner length of 0 gives zeros. Two sparse
 * arrays: sparse, zeros dropped; one of them: dense.
 * Shapes: (k)(k) -> (), (m,k)(k) -> (m), (k)(k,n) -> (n), (..,m,k)(..,k,n) with broadcast batch
 * axes.
 * Dtype: join of a and b.
 * Errors: ValueErr: 0-d operand, inner lengths or batch shapes differ; TypeErr: families, unknown
 * option. Reference: numpy.matmul. */
SPC_EXPORT spc_status spc_matmul(spc_array a, spc_array b, spc_value options, spc_array *out);
SPC_EXPORT spc_status spc_matmul_into(spc_array a, spc_array b, spc_value options, spc_array out);

/* Vector or matrix norm: no order, 2-norm of all elements of the axes; vector orders 0, +-inf, p;
 * matrix orders fro, +-1, +-inf. Sparse x: dense; orders fro, +-1, +-inf of all axes.
 * Shapes: axes removed, or kept with length 1; with an order and all axes the rank is 1 or 2.
 * Dtype: real dtype; float64 for bool and integers.
 * Errors: ValueErr: bad order, rank, empty extent with an infinite order; AxisErr; NotImpl: nuc,
 * +-2 of matrices. Reference: numpy.linalg.norm. */
SPC_EXPORT spc_status spc_norm(spc_array x, int32_t ord, double p, int32_t n_axes, const int64_t
    *axes, int32_t keepdims, spc_array *out);
SPC_EXPORT spc_status spc_norm_into(spc_array x, int32_t ord, double p, int32_t n_axes, const
    int64_t *axes, int32_t keepdims, spc_array out);

/* matmul, without options.
 * Shapes: as matmul.
 * Dtype: join of a and b.
 * Errors: as matmul. Reference: numpy.matmul. */
SPC_EXPORT spc_status spc_dot(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_dot_into(spc_array a, spc_array b, spc_array out);

/* Kronecker product. With a sparse operand: sparse.
 * Shapes: lengths multiply; the shorter shape is extended by leading 1s.
 * Dtype: join of a and b.
 * Errors: TypeErr: families. Reference: numpy.kron. */
SPC_EXPORT spc_status spc_kron(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_kron_into(spc_array a, spc_array b, spc_array out);

/* a_i b_j of the flattened operands, nothing conjugated.
 * Shapes: (size of a, size of b).
 * Dtype: join of a and b.
 * Errors: TypeErr: families. Reference: numpy.outer. */
SPC_EXPORT spc_status spc_outer(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_outer_into(spc_array a, spc_array b, spc_array out);

/* Sum over pairs of axes: a_axes of a with b_axes of b; both NULL: the last n_a axes of a with the
 * first n_a of b, in order.
 * Shapes: the other axes of a, then those of b.
 * Dtype: join of a and b.
 * Errors: ValueErr: counts or lengths differ, repeated axis; ValueErr: axis out of range.
 * Reference: numpy.tensordot. */
SPC_EXPORT spc_status spc_tensordot(spc_array a, spc_array b, int32_t n_a, const int64_t *a_axes,
    int32_t n_b, const int64_t *b_axes, spc_array *out);

/* Sum of products by subscripts, as 'ij,jk->ik': without '->' the labels seen once, in alphabetical
 * order; repeated labels take diagonals; '...' stands for the remaining axes; spaces are ignored.
 * Shapes: by the subscripts.
 * Dtype: join of the operands, in which integers accumulate.
 * Errors: ValueErr: number of operands or axes, unknown or repeated output label, lengths differ.
 * Reference: numpy.einsum. */
SPC_EXPORT spc_status spc_einsum(const char *subscripts, int64_t n, const spc_array *operands,
    spc_array *out);

/* x with a x = b.
 * Shapes: (..,n,n)(n) -> (..,n); (..,n,n)(..,n,k) -> (..,n,k) with broadcast batch axes.
 * Dtype: join of a and b after bool and integers became float64.
 * Errors: LinAlgErr: a not square, singular; ValueErr: lengths differ; TypeErr: unknown option.
 * Reference: numpy.linalg.solve. */
SPC_EXPORT spc_status spc_solve(spc_array a, spc_array b, spc_value options, spc_array *out);
SPC_EXPORT spc_status spc_solve_into(spc_array a, spc_array b, spc_value options, spc_array out);

/* Inverse of the matrices in the last two axes.
 * Shapes: shape of x.
 * Dtype: dtype of x, bool and integers to float64.
 * Errors: LinAlgErr: not square, singular. Reference: numpy.linalg.inv. */
SPC_EXPORT spc_status spc_inv(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_inv_into(spc_array x, spc_array out);

/* Eigenvalues w, ascending, and orthonormal eigenvectors, the columns of v, of the Hermitian
 * matrices whose lower triangle x has; the upper one and imaginary parts of the diagonal are not
 * read. NaN in x gives NaN.
 * Shapes: w (..,n), v (..,n,n).
 * Dtype: w: real dtype of v; v: dtype of x, bool and integers to float64.
 * Errors: LinAlgErr: not square, fewer than two axes, no convergence; TypeErr: sparse x, unknown
 * option. Reference: numpy.linalg.eigh. */
SPC_EXPORT spc_status spc_eigh(spc_array x, spc_value options, spc_array *w, spc_array *v);

/* Eigenvalues as eigh gives them.
 * Shapes: (..,n).
 * Dtype: real dtype of x, float64 for bool and integers.
 * Errors: as eigh. Reference: numpy.linalg.eigvalsh. */
SPC_EXPORT spc_status spc_eigvalsh(spc_array x, spc_value options, spc_array *out);
SPC_EXPORT spc_status spc_eigvalsh_into(spc_array x, spc_value options, spc_array out);

/* Eigenvalues w in no particular order and eigenvectors of 2-norm 1, the columns of v.
 * Shapes: w (..,n), v (..,n,n).
 * Dtype: complex counterpart of the dtype of x; complex128 for bool and integers.
 * Errors: LinAlgErr: not square, not finite, no convergence. Reference: numpy.linalg.eig. */
SPC_EXPORT spc_status spc_eig(spc_array x, spc_array *w, spc_array *v);

/* x = u diag(s) vh with orthonormal columns of u and rows of vh, s descending and >= 0. u and vh
 * may both be NULL.
 * Shapes: k = min(m, n); full: u (..,m,m), s (..,k), vh (..,n,n); else u (..,m,k), vh (..,k,n).
 * Dtype: u, vh: dtype of x, bool and integers to float64; s: its real dtype.
 * Errors: LinAlgErr: fewer than two axes, not finite, no convergence; TypeErr: unknown option.
 * Reference: numpy.linalg.svd. */
SPC_EXPORT spc_status spc_svd(spc_array x, int32_t full_matrices, spc_value options, spc_array *u,
    spc_array *s, spc_array *vh);

/* Lower triangular l with x = l l^H; reads the lower triangle of x only.
 * Shapes: shape of x.
 * Dtype: dtype of x, bool and integers to float64.
 * Errors: LinAlgErr: not square, not positive definite; TypeErr: unknown option. Reference:
 * numpy.linalg.cholesky. */
SPC_EXPORT spc_status spc_cholesky(spc_array x, spc_value options, spc_array *out);
SPC_EXPORT spc_status spc_cholesky_into(spc_array x, spc_value options, spc_array out);

/* Matrix exponential by scaling and squaring; zero gives the identity exactly.
 * Shapes: shape of x.
 * Dtype: dtype of x, bool and integers to float64.
 * Errors: LinAlgErr: not square. Reference: scipy.linalg.expm. */
SPC_EXPORT spc_status spc_expm(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_expm_into(spc_array x, spc_array out);

/* A diagonal matrix of a vector, or a copy of the main diagonal of a matrix.
 * Shapes: (n,) -> (n,n); (m,n) -> (min(m,n),).
 * Dtype: dtype of x.
 * Errors: ValueErr: neither one nor two axes. Reference: numpy.diag. */
SPC_EXPORT spc_status spc_diag(spc_array x, spc_array *out);

/* Main diagonal of axes 0 and 1, a read-only view. Sparse x: a new vector.
 * Shapes: axes 0 and 1 removed, the shorter of them last.
 * Dtype: dtype of x.
 * Errors: ValueErr: fewer than two axes. Reference: numpy.diagonal. */
SPC_EXPORT spc_status spc_diagonal(spc_array x, spc_array *out);

/* Lower triangle of the last two axes, zeros above; a vector is repeated as rows first. Sparse x:
 * sparse, in its format.
 * Shapes: shape of x; (n,) -> (n,n).
 * Dtype: dtype of x.
 * Errors: ValueErr: 0-d array. Reference: numpy.tril. */
SPC_EXPORT spc_status spc_tril(spc_array x, spc_array *out);

/* Upper triangle of the last two axes, zeros below; a vector is repeated as rows first. Sparse x:
 * sparse, in its format.
 * Shapes: shape of x; (n,) -> (n,n).
 * Dtype: dtype of x.
 * Errors: ValueErr: 0-d array. Reference: numpy.triu. */
SPC_EXPORT spc_status spc_triu(spc_array x, spc_array *out);

/* Factors of a = p l u with partial pivoting, l of unit diagonal below and u on and above the
 * diagonal of lu; row i was exchanged with row pivots[i] >= i, in ascending order. A singular
 * matrix has a zero on u's diagonal.
 * Shapes: lu (..,n,n), pivots (..,n).
 * Dtype: lu: dtype of x, bool and integers to float64; pivots: int64.
 * Errors: LinAlgErr: not square. Reference: scipy.linalg.lu_factor. */
SPC_EXPORT spc_status spc_lu(spc_array x, spc_array *lu, spc_array *pivots);

/* Factors of a Hermitian matrix by symmetric pivoting, a = p l d l^H p^T with 1 by 1 and 2 by 2
 * blocks in d (Bunch and Kaufman 1977), packed in the lower triangle of lu as LAPACK's hetrf does,
 * zeros above. Reads the lower triangle and the real part of the diagonal. pivots[i] = k >= 0: a 1
 * by 1 block, rows and columns i and k exchanged; -1 - k for both rows of a 2 by 2 block, the
 * second exchanged with k.
 * Shapes: lu (..,n,n), pivots (..,n).
 * Dtype: as lu.
 * Errors: LinAlgErr: not square. Reference: scipy.linalg.ldl. */
SPC_EXPORT spc_status spc_ldl(spc_array x, spc_array *lu, spc_array *pivots);

/* x with op(a) x = b from the results of lu; op by mode SPC_MODE_NONE, _TRANSPOSE or _CONJ_TRANS.
 * Shapes: (..,n,n), (..,n), (n) -> (..,n); (..,n,n), (..,n), (..,n,k) -> (..,n,k) with broadcast
 * batch axes.
 * Dtype: join of lu and b after bool and integers became float64.
 * Errors: LinAlgErr: singular matrix; ValueErr: lengths, mode; TypeErr: pivots not int64; IndexErr:
 * a pivot out of range. Reference: scipy.linalg.lu_solve. */
SPC_EXPORT spc_status spc_lu_solve(spc_array lu, spc_array pivots, spc_array b, int32_t mode,
    spc_array *out);
SPC_EXPORT spc_status spc_lu_solve_into(spc_array lu, spc_array pivots, spc_array b, int32_t mode,
    spc_array out);

/* x with op(a) x = b from the results of ldl; modes as lu_solve.
 * Shapes: as lu_solve.
 * Dtype: as lu_solve.
 * Errors: as lu_solve. Reference: LAPACK hetrs. */
SPC_EXPORT spc_status spc_ldl_solve(spc_array lu, spc_array pivots, spc_array b, int32_t mode,
    spc_array *out);
SPC_EXPORT spc_status spc_ldl_solve_into(spc_array lu, spc_array pivots, spc_array b, int32_t mode,
    spc_array out);

/* x with op(t) x = b, t the lower (lower != 0) or upper triangle of a, with ones on its diagonal
 * where unit != 0; the rest of a is not read. op by mode as lu_solve.
 * Shapes: as solve.
 * Dtype: as solve.
 * Errors: LinAlgErr: a not square, singular matrix; ValueErr: lengths, mode. Reference:
 * scipy.linalg.solve_triangular. */
SPC_EXPORT spc_status spc_solve_triangular(spc_array a, spc_array b, int32_t mode, int32_t lower,
    int32_t unit, spc_array *out);
SPC_EXPORT spc_status spc_solve_triangular_into(spc_array a, spc_array b, int32_t mode, int32_t
    lower, int32_t unit, spc_array out);

/* x as a sparse array: dense x and lists keep their non-zeros (NaN too); sparse x keeps explicit
 * zeros; COO to CSR or CSC, or to COO of another dtype, adds repeated entries; the same array if
 * nothing changes.
 * Shapes: two axes.
 * Dtype: dtype; SPC_DTYPE_NONE: that of x.
 * Errors: ValueErr: rank is not 2, unknown format; TypeErr: complex x, non-complex dtype; NotImpl:
 * family without sparse arrays. Reference: scipy.sparse. */
SPC_EXPORT spc_status spc_assparse(spc_context ctx, spc_value x, const char *format, int32_t dtype,
    spc_array *out);

/* Sparse a times dense b, dense result; integers wrap.
 * Shapes: (m,k)(k) -> (m), (m,k)(k,n) -> (m,n).
 * Dtype: join of a and b.
 * Errors: TypeErr: a not sparse, b not dense; ValueErr: inner lengths differ, rank of b. Reference:
 * scipy.sparse @. */
SPC_EXPORT spc_status spc_sparse_matmul(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_sparse_matmul_into(spc_array a, spc_array b, spc_array out);

/* *out = 1 if shapes agree and |a - b| <= atol + rtol max(|a|, |b|) for every element: absent
 * entries are 0, equal infinities are close, NaN never is.
 * Shapes: two sparse arrays.
 * Dtype: none.
 * Errors: TypeErr: a or b not sparse, families. Reference: plugin.h. */
SPC_EXPORT spc_status spc_allclose_sparse(spc_array a, spc_array b, double rtol, double atol,
    int32_t *out);

/* The sparse array x without the entries that are zero, in its format and with the others in their
 * order; NaN stays, repeated entries are not added first. x itself if there are none.
 * Shapes: shape of x.
 * Dtype: dtype of x.
 * Errors: TypeErr: x not sparse. Reference: scipy.sparse eliminate_zeros. */
SPC_EXPORT spc_status spc_sparse_eliminate_zeros(spc_array x, spc_array *out);

/* The sparse array x in its format, indices sorted, by row in COO, and repeated entries added;
 * zeros stay.
 * Shapes: shape of x.
 * Dtype: dtype of x.
 * Errors: TypeErr: x not sparse. Reference: scipy.sparse sum_duplicates. */
SPC_EXPORT spc_status spc_sparse_sum_duplicates(spc_array x, spc_array *out);

/* Vector updates and sums in one pass: at every element the updates among the instructions run in
 * their order, in place, then results[k] takes the k-th reduction over the values after the last
 * update. Updates come before reductions.
 * Shapes: vectors of one shape; scalars are weak or 0-d, in host memory or that of the vectors;
 * results with at least as many elements as reductions, NULL if there is none, in host memory if
 * the vectors are opaque.
 * Dtype: one floating dtype of vectors and results; scalars weak or of that dtype.
 * Errors: ValueErr: counts, an instruction, shapes, a vector that is written is read-only or shares
 * memory with another; TypeErr: dtypes, families. Reference: the ops copy, axpby, multiply and vdot
 * one after another. */
SPC_EXPORT spc_status spc_program_run(int32_t n_instructions, const spc_instruction *instructions,
    int32_t n_vectors, const spc_array *vectors, int32_t n_scalars, const spc_array *scalars,
    spc_array results);

#ifdef __cplusplus
}
#endif

#endif /* SPACECORE_OPS_H */
