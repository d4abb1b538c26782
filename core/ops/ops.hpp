// SPDX-License-Identifier: Apache-2.0
// The operations, for the core and the C API. Every one enters through dispatch (the one door).
//
// Functions that return Ref<Array> make new results; *_into forms write into an existing array of
// exactly the result's shape and dtype. All argument, dtype and shape rules live behind them.
#pragma once

#include <initializer_list>
#include <span>

#include "core/array/value.hpp"
#include "core/context/context.hpp"
#include "core/ops/table.hpp"

namespace spc {

class Program;

/// Everything that an op may take; each signature uses its part.
struct OpArgs {
  explicit OpArgs(Op o) : op(o) {}

  Op op;
  Value *in[4] = {};
  int n_in = 0;
  Array *into = nullptr;   // write here instead of making a result
  Context *ctx = nullptr;  // nullptr: the default context where one is needed
  std::int32_t dtype = SPC_DTYPE_NONE;
  std::int32_t n_axes = SPC_ALL_AXES;
  const std::int64_t *axes = nullptr;
  std::int32_t ndim = 0;  // shape, or second axis list
  const std::int64_t *shape = nullptr;
  bool keepdims = false;
  std::int32_t ord = SPC_ORD_DEFAULT;
  double p = 0;
  std::int64_t n = 0, m = 0;  // eye; axis1, axis2
  std::int32_t n_index = 0;
  const spc_index *index = nullptr;
  Value *const *index_arrays = nullptr;  // resolved handles of index[i].array, nullptr elsewhere
  const char *format = nullptr;          // sparse format; subscripts of einsum
  void *host = nullptr;                  // to_host: row-major destination
  std::int64_t n_list = 0;  // operands of n-ary ops (stack, einsum, ...); they are not in `in`
  Value *const *list = nullptr;
  double rtol = 0, atol = 0;
  bool equal_nan = false;
  bool copy = true;                   // index_set, index_add: 0 writes into operand 0
  bool full_matrices = false;         // svd
  bool values_only = false;           // eigh, svd: no vectors
  bool with_sign = false;             // logsumexp
  std::int32_t mode = SPC_MODE_NONE;  // solves with factors
  bool lower = false, unit = false;   // solve_triangular
  const Program *program = nullptr;   // its vectors and then its scalars are the list
};

/// The one door: hands interposed calls to the interposer, then applies the op's rule.
Ref<Value> dispatch(const OpArgs &args);
/// The same for an op whose result is a dense array.
inline Ref<Array> dispatch_array(const OpArgs &args) {
  return Ref<Array>::adopt(static_cast<Array *>(dispatch(args).leak()));
}
/// The operands of a call, offered to the interposer as a whole if one of them is interposed; what
/// runs underneath sees plain handles to the same elements and is not offered again.
class Offered {
 public:
  static constexpr int capacity = 5;
  /// code is 0 for a call that is no op of the table. nullptr operands are skipped.
  Offered(const char *name, std::uint32_t code, Value *const *operands, int n) {
    bool any = false;
    for (int i = 0; i < n; ++i) {
      operands_[i] = operands[i];
      any |= operands[i] != nullptr && operands[i]->interposed;
    }
    if (any) [[unlikely]]
      offer(name, code, n);
  }
  Value *operator[](int i) const noexcept { return operands_[i]; }

 private:
  void offer(const char *name, std::uint32_t code, int n);

  Value *operands_[capacity];
  Ref<Value> plain_[capacity];
};
void set_interposer(spc_interposer_fn fn, void *user);

namespace ops {

/// An op of the table on its operands alone (nullptr: absent); into: write there.
Ref<Array> call(Op op, std::initializer_list<Value *> in, Array *into = nullptr);

Ref<Array> empty(Context &ctx, const Dims &shape, Dtype dtype);
Ref<Array> zeros(Context &ctx, const Dims &shape, Dtype dtype);
Ref<Array> full(Context &ctx, const Dims &shape, Value &fill, Dtype dtype);
/// A new array like x (shape, dtype, family, layout), contents unspecified. Opaque: new_like.
Ref<Array> new_like(const Array &x);
/// x[...] = value (a number of x's dtype).
void fill(Array &x, std::complex<double> value);
Ref<Array> asarray(Context &ctx, Value &x, Dtype dtype = Dtype::none);
Ref<Value> assparse(Context &ctx, Value &x, const char *format, Dtype dtype = Dtype::none);
Ref<Array> copy(Value &x);
void copy_into(Value &x, Array &out);
Ref<Array> astype(Value &x, Dtype dtype);
/// out[...] = x, broadcast and cast; complex to real refused.
void assign(Array &out, Value &x, const char *op);

Ref<Array> reshape(Value &x, const Dims &shape);
Ref<Array> transpose(Value &x);
Ref<Array> broadcast_to(Value &x, const Dims &shape);

Ref<Array> add(Value &a, Value &b);
Ref<Array> multiply(Value &a, Value &b);
void multiply_into(Value &a, Value &b, Array &out);
Ref<Array> divide(Value &a, Value &b);
void divide_into(Value &a, Value &b, Array &out);
Ref<Array> conj(Value &x);
Ref<Array> sqrt(Value &x);
Ref<Array> real(Value &x);
/// a x + b y; nullptr: a = 1, b = 0.
Ref<Array> axpby(Value *a, Value &x, Value *b, Value &y);
void axpby_into(Value *a, Value &x, Value *b, Value &y, Array &out);
Ref<Array> vdot(Value &x, Value &y);
void vdot_into(Value &x, Value &y, Array &out);
/// 2-norm of all elements.
Ref<Array> norm(Value &x);
void norm_into(Value &x, Array &out);
Ref<Array> matmul(Value &a, Value &b);
bool allclose(Array &a, Array &b, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false);
bool allclose_sparse(SparseArray &a, SparseArray &b, double rtol = 1e-5, double atol = 1e-8);
bool all_equal(Array &a, Array &b);  // same shape, dtype and values; NaN differs

/// y = alpha op(A) x + beta y, A dense and 2-d, x and y both 1-d or both 2-d. mode: SPC_MODE_NONE,
/// _TRANSPOSE, _CONJ_TRANS. nullptr: alpha = 1, beta = 0. All of one dtype; overlap is handled.
void gemm_into(Value *alpha, Array &a, Array &x, Value *beta, Array &y, int mode);
/// The same with sparse A in any format.
void spmm_into(Value *alpha, SparseArray &a, Array &x, Value *beta, Array &y, int mode);

/// The transpose without a copy.
Ref<SparseArray> sparse_transpose(const SparseArray &a);
Ref<SparseArray> sparse_conj(SparseArray &a);
/// CSR with the entries of a: COO is sorted and repeated entries are added, CSC is transposed.
Ref<SparseArray> to_csr(SparseArray &a);
/// CSR with the columns of a row ascending and none repeated.
Ref<SparseArray> canonical(SparseArray &a);
Ref<Array> sparse_diagonal(SparseArray &a);
/// The elements (i, i + offset).
Ref<Array> sparse_diagonal(SparseArray &a, std::int64_t offset);
/// The sparse product a b, as matmul.
Ref<SparseArray> sparse_product(SparseArray &a, SparseArray &b);
/// An op of the table whose result is sparse for these operands.
Ref<SparseArray> call_sparse(Op op, std::initializer_list<Value *> in);
Ref<Array> densify(SparseArray &a);
/// Index width of a matrix that the core builds: int32 while lengths and nnz fit.
Dtype index_dtype_for(std::int64_t rows, std::int64_t cols, std::int64_t nnz) noexcept;
/// A sparse array over existing vectors. Checks lengths, dtypes, families and, through
/// sparse_check, every index.
Ref<SparseArray> new_sparse(int format, std::int64_t rows, std::int64_t cols, Ref<Array> first,
                            Ref<Array> second, Ref<Array> data);

/// An array of the context's family in its dtype, dense by asarray, sparse by assparse in its own
/// format. TypeErr: another family; NotImpl: neither.
Ref<Value> convert(Context &ctx, Value &x, const char *op);
/// x in the family and dtype of ctx, from whichever family: itself, another tag, or a copy by way of
/// the host. Weak scalars stay what they are. TypeErr: complex to real; NotImpl: no array.
Ref<Array> transfer(Context &ctx, Array &x);
Ref<SparseArray> transfer(Context &ctx, SparseArray &x);
Ref<Value> transfer(Context &ctx, Value &x, const char *op);

/// Row-major bytes of x on the host (any strides, any memory space).
void to_host(Array &x, void *out);
/// A new array with row-major host data.
Ref<Array> from_host(Context &ctx, Dtype dtype, const Dims &shape, const void *data);

}  // namespace ops
}  // namespace spc
