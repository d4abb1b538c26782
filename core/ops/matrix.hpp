// SPDX-License-Identifier: Apache-2.0
// What the rules of dense linear algebra share: stacks of matrices in the last two axes.
#pragma once

#include "core/ops/operands.hpp"

namespace spc {

/// An operand as a strided dense array; a weak scalar becomes 0-d. TypeErr for sparse arrays.
Ref<Array> dense_operand(Value &v, Family &family, Dtype dtype, const char *op);
/// x in this dtype, itself where it has it.
Ref<Array> in_dtype(const Ref<Array> &x, Dtype dtype);

/// The axes in front of the matrix axes; x has at least two.
Dims batch_of(const Array &x);
Dims with_matrix(const Dims &batch, std::int64_t rows, std::int64_t cols);
/// Matrices that have to be square. LinAlgErr naming op: fewer than two axes, other lengths.
void require_square(const Array &x, const char *op);

/// Main diagonals of the matrices in the last two axes, a view of shape batch + (min(m, n),).
Ref<Array> diagonals(const Array &x, bool writable);
/// x[...] = identity matrices, cut to its shape.
void set_identity(Array &x);

/// As finish, for a result of kernels that may refuse the elements they were given: where they are
/// queued, that is known before the caller's array is written.
Ref<Value> finish_fallible(Ref<Array> out, const OpArgs &args);

/// Where kernels write that may fail with part of the result written: never the caller's array.
Ref<Array> result_of_fallible(Family &family, Dtype dtype, const Dims &shape, const OpArgs &args);

/// The one operand, of square matrices, in its floating dtype.
struct SquareInput {
  Family &family;
  Ref<Array> x;

  Dtype dtype() const { return x->dtype; }
};
SquareInput square_input(const OpArgs &args);

/// a x = b for one vector b, or for matrices b with batch axes that broadcast with those of a.
struct System {
  bool vector;
  Dims matrices;  // of x as kernels see it, (.., n, k)
  Dims result;    // of x

  /// b or x as kernels see it.
  Operand operand(const Array &x) const;
};
/// LinAlgErr: a not square; ValueErr: lengths.
System system_of(const Array &a, const Array &b, const char *op);

/// Singular values of the matrices of x, whose dtype is floating: batch + (min(m, n),), descending.
/// Errors name `called`.
Ref<Array> singular_values(Family &family, const Array &x, Op called);
/// X with a X = b, of one floating dtype, over batch axes to which both are broadcast. No length of
/// x is 0; it shares no memory with a and b. Errors name `called`.
void solve_matrices(Family &family, const Array &a, const Operand &b, const Operand &x,
                    const Dims &x_shape, Op called);

}  // namespace spc
