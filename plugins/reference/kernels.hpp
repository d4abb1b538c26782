// SPDX-License-Identifier: Apache-2.0
// The textbook kernels: every op, every dtype. The test families run them too.
#pragma once

#include <cstdint>

#include "spacecore/plugin.h"

namespace spc::reference {

// One entry per opcode that a kernel answers.
extern const spc_op_entry reference_ops[];
extern const uint32_t reference_ops_count;

// spc_kernel_fn of each op, by its name.
spc_status abs(void *state, const spc_call *call);
spc_status add(void *state, const spc_call *call);
spc_status allclose(void *state, const spc_call *call);
spc_status allclose_sparse(void *state, const spc_call *call);
spc_status arange(void *state, const spc_call *call);
spc_status argmax(void *state, const spc_call *call);
spc_status argmin(void *state, const spc_call *call);
spc_status argsort(void *state, const spc_call *call);
spc_status astype(void *state, const spc_call *call);
spc_status axpby(void *state, const spc_call *call);
spc_status cholesky(void *state, const spc_call *call);
spc_status clip(void *state, const spc_call *call);
spc_status conj(void *state, const spc_call *call);
spc_status coo_to_csr(void *state, const spc_call *call);
spc_status copy(void *state, const spc_call *call);
spc_status cos(void *state, const spc_call *call);
spc_status csr_add(void *state, const spc_call *call);
spc_status csr_columns(void *state, const spc_call *call);
spc_status csr_diagonal(void *state, const spc_call *call);
spc_status csr_is_canonical(void *state, const spc_call *call);
spc_status csr_kron(void *state, const spc_call *call);
spc_status csr_matmul(void *state, const spc_call *call);
spc_status csr_multiply(void *state, const spc_call *call);
spc_status csr_offset_diagonal(void *state, const spc_call *call);
spc_status csr_reduce(void *state, const spc_call *call);
spc_status csr_rows(void *state, const spc_call *call);
spc_status csr_sample(void *state, const spc_call *call);
spc_status csr_to_coo(void *state, const spc_call *call);
spc_status csr_transpose(void *state, const spc_call *call);
spc_status densify(void *state, const spc_call *call);
spc_status divide(void *state, const spc_call *call);
spc_status eig(void *state, const spc_call *call);
spc_status eigh(void *state, const spc_call *call);
spc_status equal(void *state, const spc_call *call);
spc_status exp(void *state, const spc_call *call);
spc_status fill(void *state, const spc_call *call);
spc_status gather(void *state, const spc_call *call);
spc_status gemm(void *state, const spc_call *call);
spc_status greater(void *state, const spc_call *call);
spc_status greater_equal(void *state, const spc_call *call);
spc_status isclose(void *state, const spc_call *call);
spc_status isfinite(void *state, const spc_call *call);
spc_status isnan(void *state, const spc_call *call);
spc_status ldl(void *state, const spc_call *call);
spc_status ldl_solve(void *state, const spc_call *call);
spc_status less(void *state, const spc_call *call);
spc_status less_equal(void *state, const spc_call *call);
spc_status log(void *state, const spc_call *call);
spc_status log2(void *state, const spc_call *call);
spc_status logsumexp(void *state, const spc_call *call);
spc_status lu(void *state, const spc_call *call);
spc_status lu_solve(void *state, const spc_call *call);
spc_status matmul(void *state, const spc_call *call);
spc_status max(void *state, const spc_call *call);
spc_status maximum(void *state, const spc_call *call);
spc_status min(void *state, const spc_call *call);
spc_status minimum(void *state, const spc_call *call);
spc_status multiply(void *state, const spc_call *call);
spc_status negative(void *state, const spc_call *call);
spc_status nonzero(void *state, const spc_call *call);
spc_status norm(void *state, const spc_call *call);
spc_status not_equal(void *state, const spc_call *call);
spc_status power(void *state, const spc_call *call);
spc_status prod(void *state, const spc_call *call);
spc_status scatter(void *state, const spc_call *call);
spc_status sign(void *state, const spc_call *call);
spc_status sin(void *state, const spc_call *call);
spc_status random_choice(void *state, const spc_call *call);
spc_status random_normal(void *state, const spc_call *call);
spc_status random_uniform(void *state, const spc_call *call);
spc_status solve(void *state, const spc_call *call);
spc_status solve_triangular(void *state, const spc_call *call);
spc_status sort(void *state, const spc_call *call);
spc_status sparse_check(void *state, const spc_call *call);
spc_status sparse_cholesky(void *state, const spc_call *call);
spc_status sparse_ic0(void *state, const spc_call *call);
spc_status sparse_ilu0(void *state, const spc_call *call);
spc_status sparse_ldl(void *state, const spc_call *call);
spc_status sparse_lu(void *state, const spc_call *call);
spc_status sparse_qr(void *state, const spc_call *call);
spc_status sparse_solve_triangular(void *state, const spc_call *call);
spc_status sparse_eliminate_zeros(void *state, const spc_call *call);
spc_status sparsify(void *state, const spc_call *call);
spc_status program_run(void *state, const spc_call *call);
int32_t program_run_supports(void *state, const spc_call *call);
spc_status spmm(void *state, const spc_call *call);
spc_status sqrt(void *state, const spc_call *call);
spc_status square(void *state, const spc_call *call);
spc_status subtract(void *state, const spc_call *call);
spc_status sum(void *state, const spc_call *call);
spc_status svd(void *state, const spc_call *call);
spc_status vdot(void *state, const spc_call *call);
spc_status where(void *state, const spc_call *call);

// spc_extent_fn of the ops whose shapes depend on data. They make no plan.
spc_status nonzero_extent(void *state, const spc_call *call, int64_t *sizes, void **plan);
spc_status sparsify_extent(void *state, const spc_call *call, int64_t *sizes, void **plan);
spc_status coo_to_csr_extent(void *state, const spc_call *call, int64_t *sizes, void **plan);
spc_status csr_add_extent(void *state, const spc_call *call, int64_t *sizes, void **plan);
spc_status csr_multiply_extent(void *state, const spc_call *call, int64_t *sizes, void **plan);
spc_status csr_matmul_extent(void *state, const spc_call *call, int64_t *sizes, void **plan);
spc_status csr_rows_extent(void *state, const spc_call *call, int64_t *sizes, void **plan);
spc_status csr_columns_extent(void *state, const spc_call *call, int64_t *sizes, void **plan);
spc_status sparse_eliminate_zeros_extent(void *state, const spc_call *call, int64_t *sizes,
                                         void **plan);
void release_nothing(void *state, void *plan);

// spc_prepare_fn of the sparse factorizations, and the release of what they make.
spc_status sparse_cholesky_prepare(void *state, const spc_call *call, uint64_t fixed, void **plan);
spc_status sparse_ldl_prepare(void *state, const spc_call *call, uint64_t fixed, void **plan);
spc_status sparse_lu_prepare(void *state, const spc_call *call, uint64_t fixed, void **plan);
spc_status sparse_qr_prepare(void *state, const spc_call *call, uint64_t fixed, void **plan);
void release_factor(void *state, void *plan);

}  // namespace spc::reference
