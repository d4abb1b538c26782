// SPDX-License-Identifier: Apache-2.0
// The kernels that this family lists; their contracts are those of ops.def and plugin.h.
#pragma once

#include "spacecore/plugin.h"

namespace spc::cpu {

spc_status add(void *state, const spc_call *call);
spc_status subtract(void *state, const spc_call *call);
spc_status multiply(void *state, const spc_call *call);
spc_status divide(void *state, const spc_call *call);
spc_status maximum(void *state, const spc_call *call);
spc_status negative(void *state, const spc_call *call);
spc_status conj(void *state, const spc_call *call);
spc_status abs(void *state, const spc_call *call);
spc_status sqrt(void *state, const spc_call *call);
spc_status axpby(void *state, const spc_call *call);

spc_status minimum(void *state, const spc_call *call);
spc_status clip(void *state, const spc_call *call);
spc_status sign(void *state, const spc_call *call);
spc_status square(void *state, const spc_call *call);
spc_status power(void *state, const spc_call *call);
spc_status equal(void *state, const spc_call *call);
spc_status not_equal(void *state, const spc_call *call);
spc_status less(void *state, const spc_call *call);
spc_status less_equal(void *state, const spc_call *call);
spc_status greater(void *state, const spc_call *call);
spc_status greater_equal(void *state, const spc_call *call);
spc_status isclose(void *state, const spc_call *call);
spc_status isfinite(void *state, const spc_call *call);
spc_status isnan(void *state, const spc_call *call);
spc_status where(void *state, const spc_call *call);
spc_status exp(void *state, const spc_call *call);
spc_status log(void *state, const spc_call *call);
spc_status log2(void *state, const spc_call *call);
spc_status sin(void *state, const spc_call *call);
spc_status cos(void *state, const spc_call *call);

spc_status copy(void *state, const spc_call *call);
spc_status astype(void *state, const spc_call *call);
spc_status fill(void *state, const spc_call *call);

spc_status random_uniform(void *state, const spc_call *call);
spc_status random_normal(void *state, const spc_call *call);
spc_status random_choice(void *state, const spc_call *call);

spc_status sum(void *state, const spc_call *call);
spc_status prod(void *state, const spc_call *call);
spc_status min(void *state, const spc_call *call);
spc_status max(void *state, const spc_call *call);
spc_status argmin(void *state, const spc_call *call);
spc_status argmax(void *state, const spc_call *call);
spc_status logsumexp(void *state, const spc_call *call);
int32_t logsumexp_supports(void *state, const spc_call *call);
spc_status sort(void *state, const spc_call *call);
spc_status argsort(void *state, const spc_call *call);
spc_status vdot(void *state, const spc_call *call);
int32_t vdot_supports(void *state, const spc_call *call);
spc_status norm(void *state, const spc_call *call);
int32_t norm_supports(void *state, const spc_call *call);

spc_status matmul(void *state, const spc_call *call);
spc_status gemm(void *state, const spc_call *call);
int32_t fits_blas(void *state, const spc_call *call);

spc_status solve(void *state, const spc_call *call);
spc_status cholesky(void *state, const spc_call *call);
spc_status lu(void *state, const spc_call *call);
spc_status ldl(void *state, const spc_call *call);
spc_status lu_solve(void *state, const spc_call *call);
spc_status solve_triangular(void *state, const spc_call *call);
spc_status eigh(void *state, const spc_call *call);
spc_status eig(void *state, const spc_call *call);
int32_t eigen_supports(void *state, const spc_call *call);
spc_status svd(void *state, const spc_call *call);
int32_t svd_supports(void *state, const spc_call *call);

spc_status program_run(void *state, const spc_call *call);
int32_t program_run_supports(void *state, const spc_call *call);
spc_status spmm(void *state, const spc_call *call);
int32_t spmm_supports(void *state, const spc_call *call);
spc_status spmm_prepare(void *state, const spc_call *call, uint64_t fixed_roles, void **plan);
void spmm_release(void *state, void *plan);

// Sparse results: extent makes a plan, which fn needs and release_row_plan frees.
int32_t csr_matmul_supports(void *state, const spc_call *call);
spc_status csr_matmul_extent(void *state, const spc_call *call, int64_t *sizes, void **plan);
spc_status csr_matmul(void *state, const spc_call *call);
spc_status csr_add_extent(void *state, const spc_call *call, int64_t *sizes, void **plan);
spc_status csr_add(void *state, const spc_call *call);
spc_status csr_multiply_extent(void *state, const spc_call *call, int64_t *sizes, void **plan);
spc_status csr_multiply(void *state, const spc_call *call);
spc_status sparse_eliminate_zeros_extent(void *state, const spc_call *call, int64_t *sizes,
                                         void **plan);
spc_status sparse_eliminate_zeros(void *state, const spc_call *call);
void release_row_plan(void *state, void *plan);
spc_status csr_is_canonical(void *state, const spc_call *call);
spc_status csr_transpose(void *state, const spc_call *call);

}  // namespace spc::cpu
