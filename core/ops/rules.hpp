// SPDX-License-Identifier: Apache-2.0
// The rule of each op: checks, shapes, dtypes, and the call of its kernel. One function a signature
// or a group of ops; dispatch is the only caller. Several results are a tuple, a verdict is a weak
// bool.
#pragma once

#include "core/ops/ops.hpp"

namespace spc::rules {

Ref<Value> create(const OpArgs &args);    // empty zeros ones full eye arange
Ref<Value> constant(const OpArgs &args);  // inf nan pi e
Ref<Value> like(const OpArgs &args);      // zeros_like ones_like full_like
Ref<Value> linspace(const OpArgs &args);
Ref<Value> asarray(const OpArgs &args);
Ref<Value> cast(const OpArgs &args);
Ref<Value> astype(const OpArgs &args);
Ref<Value> copy(const OpArgs &args);
Ref<Value> to_host(const OpArgs &args);      // no result: fills args.host
Ref<Value> view(const OpArgs &args);         // reshape ... squeeze, real
Ref<Value> concatenate(const OpArgs &args);  // stack concatenate hstack ... column_stack
Ref<Value> adjoint(const OpArgs &args);
Ref<Value> getitem(const OpArgs &args);
Ref<Value> take(const OpArgs &args);
Ref<Value> index_update(const OpArgs &args);  // index_set index_add
Ref<Value> ix(const OpArgs &args);
Ref<Value> nonzero(const OpArgs &args);
Ref<Value> elementwise(const OpArgs &args);  // unary, binary
Ref<Value> imag(const OpArgs &args);
Ref<Value> power(const OpArgs &args);
Ref<Value> compare(const OpArgs &args);  // equal ... greater_equal
Ref<Value> isclose(const OpArgs &args);
Ref<Value> where(const OpArgs &args);
Ref<Value> clip(const OpArgs &args);
Ref<Value> axpby(const OpArgs &args);
Ref<Value> reduce(const OpArgs &args);  // sum prod min max
Ref<Value> mean(const OpArgs &args);
Ref<Value> logsumexp(const OpArgs &args);
Ref<Value> trace(const OpArgs &args);
Ref<Value> allclose(const OpArgs &args);
Ref<Value> allclose_sparse(const OpArgs &args);
Ref<Value> search(const OpArgs &args);  // argmin argmax
Ref<Value> sort(const OpArgs &args);    // sort argsort
Ref<Value> bincount(const OpArgs &args);
Ref<Value> norm(const OpArgs &args);
Ref<Value> vdot(const OpArgs &args);
Ref<Value> matmul(const OpArgs &args);  // matmul dot
Ref<Value> kron(const OpArgs &args);
Ref<Value> outer(const OpArgs &args);
Ref<Value> tensordot(const OpArgs &args);
Ref<Value> einsum(const OpArgs &args);
Ref<Value> solve(const OpArgs &args);
Ref<Value> inv(const OpArgs &args);
Ref<Value> eigh(const OpArgs &args);  // eigh eigvalsh
Ref<Value> eig(const OpArgs &args);
Ref<Value> svd(const OpArgs &args);
Ref<Value> factor(const OpArgs &args);
Ref<Value> factor_solve(const OpArgs &args);
Ref<Value> solve_triangular(const OpArgs &args);
Ref<Value> cholesky(const OpArgs &args);
Ref<Value> expm(const OpArgs &args);
Ref<Value> diag(const OpArgs &args);
Ref<Value> diagonal(const OpArgs &args);
Ref<Value> triangle(const OpArgs &args);  // tril triu
Ref<Value> assparse(const OpArgs &args);
Ref<Value> sparse_matmul(const OpArgs &args);
/// An op with a sparse operand; nullptr: its other rule decides, or refuses.
Ref<Value> sparse_operands(const OpArgs &args);
Ref<Value> sparse_parts(const OpArgs &args);    // of it: index, diagonal, reductions, norm
Ref<Value> sparse_cleanup(const OpArgs &args);  // sparse_eliminate_zeros sparse_sum_duplicates
Ref<Value> local_view(const OpArgs &args);
Ref<Value> program_run(const OpArgs &args);

}  // namespace spc::rules
