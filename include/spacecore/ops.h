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
  SPC_OP_reshape = 0x020,
  SPC_OP_ravel = 0x021,
  SPC_OP_transpose = 0x022,
  SPC_OP_swapaxes = 0x023,
  SPC_OP_moveaxis = 0x024,
  SPC_OP_broadcast_to = 0x025,
  SPC_OP_expand_dims = 0x026,
  SPC_OP_squeeze = 0x027,
  SPC_OP_getitem = 0x030,
  SPC_OP_gather = 0x031,
  SPC_OP_nonzero = 0x032,
  SPC_OP_add = 0x040,
  SPC_OP_subtract = 0x041,
  SPC_OP_multiply = 0x042,
  SPC_OP_divide = 0x043,
  SPC_OP_maximum = 0x044,
  SPC_OP_negative = 0x050,
  SPC_OP_conj = 0x051,
  SPC_OP_real = 0x052,
  SPC_OP_imag = 0x053,
  SPC_OP_abs = 0x054,
  SPC_OP_sqrt = 0x055,
  SPC_OP_axpby = 0x060,
  SPC_OP_sum = 0x080,
  SPC_OP_min = 0x081,
  SPC_OP_max = 0x082,
  SPC_OP_allclose = 0x083,
  SPC_OP_vdot = 0x0a0,
  SPC_OP_matmul = 0x0a1,
  SPC_OP_norm = 0x0a2,
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
  SPC_OP_to_host = 0x0e0,
  SPC_OP_from_host = 0x0e1,
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

/* x in independent storage.
 * Shapes: shape of x.
 * Dtype: dtype of x.
 * Errors: OutOfMemory. Reference: numpy.copy. */
SPC_EXPORT spc_status spc_copy(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_copy_into(spc_array x, spc_array out);

/* A copy of x in another dtype; SPC_DTYPE_NONE gives x itself. Floats to integers truncate toward 0
 * (unspecified when out of range), integers wrap modulo 2^n, anything to bool is != 0.
 * Shapes: shape of x.
 * Dtype: dtype.
 * Errors: TypeErr: complex x, non-complex dtype. Reference: numpy.ndarray.astype. */
SPC_EXPORT spc_status spc_astype(spc_array x, int32_t dtype, spc_array *out);

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

/* Axes permuted; SPC_ALL_AXES reverses them.
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

/* x[index]: integers, slices (clamped, any step), new axes and one ellipsis give a view; integer
 * arrays and bool masks gather a copy.
 * Shapes: NumPy's rules for basic and advanced indices.
 * Dtype: dtype of x.
 * Errors: IndexErr: out of range, too many indices, float index array, shapes that do not
 * broadcast, mask of another shape; ValueErr: step 0. Reference: x[index] in NumPy. */
SPC_EXPORT spc_status spc_getitem(spc_array x, int32_t n_index, const spc_index *index, spc_array
    *out);

/* a + b; bool + bool is OR, integers wrap.
 * Shapes: broadcast.
 * Dtype: join of a and b.
 * Errors: ValueErr: shapes do not broadcast; TypeErr: families; OverflowErr. Reference: numpy.add. */
SPC_EXPORT spc_status spc_add(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_add_into(spc_array a, spc_array b, spc_array out);

/* a - b; integers wrap.
 * Shapes: broadcast.
 * Dtype: join of a and b.
 * Errors: as add; TypeErr: both bool. Reference: numpy.subtract. */
SPC_EXPORT spc_status spc_subtract(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_subtract_into(spc_array a, spc_array b, spc_array out);

/* a * b; bool * bool is AND, integers wrap.
 * Shapes: broadcast.
 * Dtype: join of a and b.
 * Errors: as add. Reference: numpy.multiply. */
SPC_EXPORT spc_status spc_multiply(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_multiply_into(spc_array a, spc_array b, spc_array out);

/* a / b; x/0 is an infinity, 0/0 NaN, for integers too.
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

/* -x; unsigned integers wrap.
 * Shapes: shape of x.
 * Dtype: dtype of x.
 * Errors: TypeErr: bool. Reference: numpy.negative. */
SPC_EXPORT spc_status spc_negative(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_negative_into(spc_array x, spc_array out);

/* Complex conjugate; real x unchanged.
 * Shapes: shape of x.
 * Dtype: dtype of x.
 * Errors: none. Reference: numpy.conj. */
SPC_EXPORT spc_status spc_conj(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_conj_into(spc_array x, spc_array out);

/* Real part: a view; x itself if it is not complex.
 * Shapes: shape of x.
 * Dtype: real dtype of x.
 * Errors: none. Reference: numpy.real. */
SPC_EXPORT spc_status spc_real(spc_array x, spc_array *out);

/* Imaginary part, a copy; zeros for x that is not complex.
 * Shapes: shape of x.
 * Dtype: real dtype of x.
 * Errors: none. Reference: numpy.imag. */
SPC_EXPORT spc_status spc_imag(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_imag_into(spc_array x, spc_array out);

/* Modulus, without overflow for complex x; any infinite part gives infinity; the least integer
 * wraps to itself.
 * Shapes: shape of x.
 * Dtype: real dtype of x.
 * Errors: none. Reference: numpy.abs. */
SPC_EXPORT spc_status spc_abs(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_abs_into(spc_array x, spc_array out);

/* Square root: NaN below 0, -0 at -0; complex principal branch, continuous from above on the cut.
 * Shapes: shape of x.
 * Dtype: dtype of x, bool and integers to float64.
 * Errors: none. Reference: numpy.sqrt. */
SPC_EXPORT spc_status spc_sqrt(spc_array x, spc_array *out);
SPC_EXPORT spc_status spc_sqrt_into(spc_array x, spc_array out);

/* a x + b y; a = NULL is 1, b = NULL is 0; where a (or b) is 0, x (or y) is not read.
 * Shapes: broadcast of x and y; a and b are weak scalars or 0-d arrays.
 * Dtype: join of all four.
 * Errors: as add; ValueErr: a or b not 0-d. Reference: a*x + b*y. */
SPC_EXPORT spc_status spc_axpby(spc_array a, spc_array x, spc_array b, spc_array y, spc_array *out);
SPC_EXPORT spc_status spc_axpby_into(spc_array a, spc_array x, spc_array b, spc_array y, spc_array
    out);

/* Sum over the axes; empty gives 0; accumulates in the result dtype.
 * Shapes: axes removed, or kept with length 1.
 * Dtype: dtype; SPC_DTYPE_NONE: bool and integers to int64, else that of x.
 * Errors: AxisErr; ValueErr: repeated axis; TypeErr: complex x, non-complex dtype. Reference:
 * numpy.sum. */
SPC_EXPORT spc_status spc_sum(spc_array x, int32_t n_axes, const int64_t *axes, int32_t keepdims,
    int32_t dtype, spc_array *out);
SPC_EXPORT spc_status spc_sum_into(spc_array x, int32_t n_axes, const int64_t *axes, int32_t
    keepdims, int32_t dtype, spc_array out);

/* Smallest element over the axes; NaN wins; complex numbers compare lexicographically.
 * Shapes: axes removed, or kept with length 1.
 * Dtype: dtype of x.
 * Errors: AxisErr; ValueErr: reduced extent 0, repeated axis. Reference: numpy.min. */
SPC_EXPORT spc_status spc_min(spc_array x, int32_t n_axes, const int64_t *axes, int32_t keepdims,
    spc_array *out);
SPC_EXPORT spc_status spc_min_into(spc_array x, int32_t n_axes, const int64_t *axes, int32_t
    keepdims, spc_array out);

/* Largest element over the axes; NaN wins; complex numbers compare lexicographically.
 * Shapes: axes removed, or kept with length 1.
 * Dtype: dtype of x.
 * Errors: as min. Reference: numpy.max. */
SPC_EXPORT spc_status spc_max(spc_array x, int32_t n_axes, const int64_t *axes, int32_t keepdims,
    spc_array *out);
SPC_EXPORT spc_status spc_max_into(spc_array x, int32_t n_axes, const int64_t *axes, int32_t
    keepdims, spc_array out);

/* sum_i conj(x_i) y_i over the row-major flattenings; 0 if empty; bool is OR of ANDs.
 * Shapes: (); sizes agree, shapes may differ.
 * Dtype: join of x and y.
 * Errors: ValueErr: sizes differ; TypeErr: families. Reference: numpy.vdot. */
SPC_EXPORT spc_status spc_vdot(spc_array a, spc_array b, spc_array *out);
SPC_EXPORT spc_status spc_vdot_into(spc_array a, spc_array b, spc_array out);

/* Matrix product; bool is OR of ANDs, integers wrap; an inner length of 0 gives zeros.
 * Shapes: (k)(k) -> (), (m,k)(k) -> (m), (k)(k,n) -> (n), (..,m,k)(..,k,n) with broadcast batch
 * axes.
 * Dtype: join of a and b.
 * Errors: ValueErr: 0-d operand, inner lengths or batch shapes differ; TypeErr: families, unknown
 * option. Reference: numpy.matmul. */
SPC_EXPORT spc_status spc_matmul(spc_array a, spc_array b, spc_value options, spc_array *out);
SPC_EXPORT spc_status spc_matmul_into(spc_array a, spc_array b, spc_value options, spc_array out);

/* Vector or matrix norm: no order, 2-norm of all elements of the axes; vector orders 0, +-inf, p;
 * matrix orders fro, +-1, +-inf.
 * Shapes: axes removed, or kept with length 1; with an order and all axes the rank is 1 or 2.
 * Dtype: real dtype; float64 for bool and integers.
 * Errors: ValueErr: bad order, rank, empty extent with an infinite order; AxisErr; NotImpl: nuc,
 * +-2 of matrices. Reference: numpy.linalg.norm. */
SPC_EXPORT spc_status spc_norm(spc_array x, int32_t ord, double p, int32_t n_axes, const int64_t
    *axes, int32_t keepdims, spc_array *out);
SPC_EXPORT spc_status spc_norm_into(spc_array x, int32_t ord, double p, int32_t n_axes, const
    int64_t *axes, int32_t keepdims, spc_array out);

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

#ifdef __cplusplus
}
#endif

#endif /* SPACECORE_OPS_H */
