// SPDX-License-Identifier: Apache-2.0
// The inner loops of the cpu family. The files of this folder are compiled once for each
// instruction set, each time into its own namespace; the tables below are all that the rest of the
// plugin sees.
//
// No loop depends on the number of threads. Sums run over a fixed number of lanes in a fixed order,
// whatever the width of the registers.
#pragma once

#include <stdint.h>

#include "spacecore/plugin.h"

namespace spc::cpu {

inline constexpr int dtype_count = SPC_DTYPE_COUNT;

// ---- elementwise ------------------------------------------------------------------------------

// One row of an elementwise op: steps count elements, 0 repeats one element. The output may be the
// very memory of an input, never a shifted part of it.
struct Run {
  int64_t n;
  const void *in[4];
  int64_t in_step[4];
  void *out;
  int64_t out_step;
};

using Loop = void (*)(const Run &run);

// Indexed by dtype; nullptr where this family leaves the op to its base.
struct ElementwiseLoops {
  Loop add[dtype_count];
  Loop subtract[dtype_count];
  Loop multiply[dtype_count];
  Loop divide[dtype_count];
  Loop maximum[dtype_count];
  Loop negative[dtype_count];
  Loop conj[dtype_count];
  Loop abs[dtype_count];
  Loop sqrt[dtype_count];
  Loop minimum[dtype_count];
  Loop clip[dtype_count];  // in = x, low, high
  Loop sign[dtype_count];
  Loop square[dtype_count];
  Loop integer_power[dtype_count];
  Loop axpby[dtype_count];  // in = a, x, b, y; a and b with step 0
};

// Verdicts and choices by them. Greater is less with the operands exchanged.
struct CompareLoops {
  Loop equal[dtype_count];
  Loop not_equal[dtype_count];
  Loop less[dtype_count];
  Loop less_equal[dtype_count];
  Loop isfinite[dtype_count];
  Loop isnan[dtype_count];
  Loop isclose[dtype_count];  // in = a, b, spc_params_close
  Loop where[dtype_count];    // in = x, y, cond
};

struct MathLoops {
  Loop exp[dtype_count];
  Loop log[dtype_count];
  Loop log2[dtype_count];
  Loop sin[dtype_count];
  Loop cos[dtype_count];
  Loop power[dtype_count];
};

struct ConvertLoops {
  Loop astype[dtype_count][dtype_count];  // [from][to]
};

// ---- reductions ---------------------------------------------------------------------------------

// Reduces n elements (n >= 1) into *partial, overwriting it.
using RowReduce = void (*)(const void *x, int64_t n, int64_t step, void *partial);
// Reduces `rows` rows (>= 1) of `width` adjacent elements, one partial result a column.
using ColumnReduce = void (*)(const void *x, int64_t rows, int64_t row_step, int64_t width,
                              void *partials);
// partials[i] = partials[i] op others[i].
using Combine = void (*)(int64_t n, void *partials, const void *others);

struct Reducer {
  int64_t partial_size;  // bytes
  RowReduce row;
  ColumnReduce column;
  Combine combine;
};

// sum conj(x) y into *partial.
using Dot = void (*)(int64_t n, const void *x, int64_t x_step, const void *y, int64_t y_step,
                     void *partial);

// What a search remembers: 16 bytes, the element in the first 8.
struct Found {
  uint64_t value;
  const void *at;
};

// The partial of logsumexp: log sum exp(x) = shift + log(sum), where shift is largest if that is
// finite, else 0.
struct ExpSum {
  double largest;
  double sum;
};

struct ReduceLoops {
  Reducer sum[dtype_count][dtype_count];  // [from][result]; the partial has the result's dtype
  Reducer prod[dtype_count][dtype_count];
  Reducer min[dtype_count];
  Reducer max[dtype_count];
  // The partials of norms are double, so that float32 can neither overflow nor underflow.
  Reducer sum_of_squares[dtype_count];
  Reducer sum_of_moduli[dtype_count];
  Reducer max_of_moduli[dtype_count];
  Dot dot[dtype_count];
};

struct SearchLoops {
  Reducer argmin[dtype_count];  // partial: Found
  Reducer argmax[dtype_count];
};

struct ExpSumLoops {
  Reducer exp_sum[dtype_count];  // partial: ExpSum
};

// ---- programs -----------------------------------------------------------------------------------

// A program over n adjacent elements. sums gets, for every `leaf` of them and what is left, one
// element a reduction.
struct ProgramTask {
  int64_t n;
  int64_t leaf;
  int32_t n_updates;
  int32_t n_reductions;
  const spc_instruction *instructions;
  void *const *vectors;
  const void *const *scalars;
  void *sums;
};

using ProgramLoop = void (*)(const ProgramTask &task);

struct ProgramLoops {
  ProgramLoop run[dtype_count];  // nullptr: by the loops of the single ops
};

// ---- dense matrix times vector ------------------------------------------------------------------

// y[i] = alpha * (sum_j A[i, j] x[j]) + beta * y[i]: rows of A are contiguous, as is x. beta = 0
// does not read y. `conjugate` conjugates A.
using MatrixRows = void (*)(int64_t rows, int64_t columns, const void *a, int64_t row_step,
                            const void *x, const void *alpha, const void *beta, void *y,
                            int64_t y_step, bool conjugate);
// y[j] = alpha * (sum_i A[i, j] x[i]) + beta * y[j]: rows of A are contiguous, as is y.
using MatrixColumns = void (*)(int64_t rows, int64_t columns, const void *a, int64_t row_step,
                               const void *x, int64_t x_step, const void *alpha, const void *beta,
                               void *y, bool conjugate);

struct MatrixLoops {
  MatrixRows rows[dtype_count];
  MatrixColumns columns[dtype_count];
};

// ---- batches of small matrices ------------------------------------------------------------------
// As many matrices at a time as a register has lanes: that many addresses, of which `count` are of
// matrices of their own and the rest repeat one of them. Memory is 64-byte aligned. 0 lanes where a
// dtype has no such loop.

struct SmallSystems {  // A X = B, A [n, n], B and X [n, k]
  int64_t n;
  int64_t k;
  int count;
  const void *const *a;
  int64_t a_row_step;
  int64_t a_column_step;
  const void *const *b;
  int64_t b_row_step;
  int64_t b_column_step;
  void *const *x;
  int64_t x_row_step;
  int64_t x_column_step;
  void *memory;  // (n (n + 2 k + 2)) elements a lane
};

struct SolveLoops {
  int lanes[dtype_count];
  bool (*solve[dtype_count])(const SmallSystems &);  // false: one is singular
};

struct SmallEigen {  // symmetric A [n, n], of which the lower triangle counts
  int64_t n;
  int count;
  const void *const *a;
  int64_t a_row_step;
  int64_t a_column_step;
  void *const *values;
  int64_t values_step;
  void *const *vectors;  // or nullptr
  int64_t v_row_step;
  int64_t v_column_step;
  void *memory;  // (n (2 n + 7)) elements a lane
};

// C = A B, C [m, n] and A [m, k]; rows of B and of C are contiguous.
struct SmallProduct {
  int64_t m;
  int64_t n;
  int64_t k;
  int64_t a_row_step;
  int64_t a_column_step;
  int64_t b_row_step;
  int64_t c_row_step;
};

struct ProductLoops {
  void (*product[dtype_count])(const SmallProduct &, const void *a, const void *b, void *c);
};

struct EigenLoops {
  int lanes[dtype_count];
  bool (*eigen[dtype_count])(const SmallEigen &);  // false: one does not converge
};

// ---- sparse -------------------------------------------------------------------------------------

// Rows of y = alpha op(A) x + beta y for a CSR matrix, op conjugating or not; x and y have `width`
// columns, each column with its own step. `indptr` points at the entry of the first row.
struct SparseRows {
  int64_t rows;
  const void *indptr;
  const void *indices;
  const void *data;
  const void *x;
  int64_t x_step;         // from row to row
  int64_t x_column_step;  // from column to column
  const void *alpha;
  const void *beta;
  void *y;
  int64_t y_step;
  int64_t y_column_step;
  int64_t width;
  bool conjugate;
  bool streamed;  // the matrix does not stay in the cache: worth prefetching past it
};

using SparseLoop = void (*)(const SparseRows &task);

// What a transposed product without a transposed copy does: y += alpha op(A)^T x, where x has the
// rows of A. beta is not used.
struct SparseLoops {
  SparseLoop rows[dtype_count][2];  // [dtype][index dtype is int64]
  SparseLoop scatter[dtype_count][2];
};

// ---- choice -------------------------------------------------------------------------------------

struct Loops {
  const char *name;  // of the instruction set
  const ElementwiseLoops *elementwise;
  const CompareLoops *compare;
  const MathLoops *math;
  const ConvertLoops *convert;
  const ReduceLoops *reduce;
  const SearchLoops *search;
  const ExpSumLoops *exp_sum;
  const MatrixLoops *matrix;
  const SparseLoops *sparse;
  const SolveLoops *solve;
  const EigenLoops *eigen;
  const ProductLoops *product;
  const ProgramLoops *program;
};

// The loops for this processor, chosen once. SPACECORE_CPU_ISA = generic | avx2 | avx512 asks for a
// smaller set than the processor has.
const Loops &loops();

}  // namespace spc::cpu
