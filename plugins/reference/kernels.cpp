// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"

#include <array>
#include <iterator>

#include "spacecore/plugin.hpp"

namespace spc::reference {
namespace {

using plugin::casts, plugin::elementwise, plugin::entry, plugin::with_extent, plugin::with_pairs,
    plugin::with_plan;

constexpr uint64_t all = SPC_DTYPES_ALL;
constexpr uint64_t numeric = SPC_DTYPES_ALL & ~SPC_BIT(SPC_BOOL);
constexpr uint64_t floating = SPC_DTYPES_FLOATING;
constexpr uint64_t real_floating = SPC_BIT(SPC_FLOAT32) | SPC_BIT(SPC_FLOAT64);

constexpr std::size_t factor_params = sizeof(spc_params_sparse_factor);

constexpr std::array<uint32_t, 4> into_int64 = {
    SPC_PAIR(SPC_BOOL, SPC_INT64), SPC_PAIR(SPC_INT8, SPC_INT64), SPC_PAIR(SPC_UINT8, SPC_INT64),
    SPC_PAIR(SPC_INT32, SPC_INT64)};

}  // namespace

const spc_op_entry reference_ops[] = {
    entry(SPC_OP_arange, all, arange, sizeof(spc_params_arange)),
    elementwise(SPC_OP_copy, all, copy),
    with_pairs(elementwise(SPC_OP_astype, all, astype), casts),
    entry(SPC_OP_fill, all, fill),
    entry(SPC_OP_gather, all, gather, sizeof(spc_params_gather)),
    entry(SPC_OP_scatter, all, scatter, sizeof(spc_params_scatter)),
    with_extent(entry(SPC_OP_nonzero, all, nonzero), nonzero_extent, release_nothing),
    elementwise(SPC_OP_add, all, add),
    elementwise(SPC_OP_subtract, numeric, subtract),
    elementwise(SPC_OP_multiply, all, multiply),
    elementwise(SPC_OP_divide, floating, divide),
    elementwise(SPC_OP_maximum, all, maximum),
    elementwise(SPC_OP_minimum, all, minimum),
    elementwise(SPC_OP_power, numeric, power),
    elementwise(SPC_OP_equal, all, equal),
    elementwise(SPC_OP_not_equal, all, not_equal),
    elementwise(SPC_OP_less, all, less),
    elementwise(SPC_OP_less_equal, all, less_equal),
    elementwise(SPC_OP_greater, all, greater),
    elementwise(SPC_OP_greater_equal, all, greater_equal),
    elementwise(SPC_OP_isclose, all, isclose, sizeof(spc_params_close)),
    elementwise(SPC_OP_negative, numeric, negative),
    elementwise(SPC_OP_conj, all, conj),
    elementwise(SPC_OP_abs, all, abs),
    elementwise(SPC_OP_sqrt, floating, sqrt),
    elementwise(SPC_OP_sign, numeric, sign),
    elementwise(SPC_OP_exp, floating, exp),
    elementwise(SPC_OP_log, floating, log),
    elementwise(SPC_OP_log2, floating, log2),
    elementwise(SPC_OP_sin, floating, sin),
    elementwise(SPC_OP_cos, floating, cos),
    elementwise(SPC_OP_square, numeric, square),
    elementwise(SPC_OP_isfinite, all, isfinite),
    elementwise(SPC_OP_isnan, all, isnan),
    elementwise(SPC_OP_where, all, where),
    elementwise(SPC_OP_clip, all, clip),
    elementwise(SPC_OP_axpby, all, axpby),
    entry(SPC_OP_random_uniform, real_floating, random_uniform, sizeof(spc_params_random)),
    entry(SPC_OP_random_normal, floating, random_normal, sizeof(spc_params_random)),
    entry(SPC_OP_random_choice, SPC_BIT(SPC_INT64) | SPC_BIT(SPC_FLOAT64), random_choice,
          sizeof(spc_params_random)),
    with_pairs(entry(SPC_OP_sum, all, sum, sizeof(spc_params_reduce)), into_int64),
    with_pairs(entry(SPC_OP_prod, all, prod, sizeof(spc_params_reduce)), into_int64),
    entry(SPC_OP_logsumexp, floating, logsumexp, sizeof(spc_params_reduce)),
    entry(SPC_OP_min, all, min, sizeof(spc_params_reduce)),
    entry(SPC_OP_max, all, max, sizeof(spc_params_reduce)),
    entry(SPC_OP_argmin, all, argmin, sizeof(spc_params_reduce)),
    entry(SPC_OP_argmax, all, argmax, sizeof(spc_params_reduce)),
    entry(SPC_OP_sort, all, sort),
    entry(SPC_OP_argsort, all, argsort),
    entry(SPC_OP_allclose, all, allclose, sizeof(spc_params_close)),
    entry(SPC_OP_vdot, all, vdot, sizeof(spc_params_reduce)),
    entry(SPC_OP_matmul, all, matmul),
    entry(SPC_OP_norm, all, norm, sizeof(spc_params_norm)),
    entry(SPC_OP_solve, floating, solve),
    entry(SPC_OP_eigh, floating, eigh),
    entry(SPC_OP_eig, floating, eig),
    entry(SPC_OP_svd, floating, svd, sizeof(spc_params_svd)),
    entry(SPC_OP_cholesky, floating, cholesky),
    entry(SPC_OP_lu, floating, lu),
    entry(SPC_OP_ldl, floating, ldl),
    entry(SPC_OP_lu_solve, floating, lu_solve, sizeof(spc_params_factor)),
    entry(SPC_OP_ldl_solve, floating, ldl_solve, sizeof(spc_params_factor)),
    entry(SPC_OP_solve_triangular, floating, solve_triangular, sizeof(spc_params_factor)),
    entry(SPC_OP_gemm, all, gemm, sizeof(spc_params_linear)),
    entry(SPC_OP_program_run, floating, program_run, sizeof(spc_params_program),
          program_run_supports),
    entry(SPC_OP_spmm, all, spmm, sizeof(spc_params_linear)),
    with_extent(entry(SPC_OP_sparsify, all, sparsify, sizeof(spc_params_sparse)), sparsify_extent,
                release_nothing),
    entry(SPC_OP_densify, all, densify, sizeof(spc_params_sparse)),
    with_extent(entry(SPC_OP_coo_to_csr, all, coo_to_csr, sizeof(spc_params_sparse)),
                coo_to_csr_extent, release_nothing),
    entry(SPC_OP_csr_to_coo, all, csr_to_coo, sizeof(spc_params_sparse)),
    entry(SPC_OP_csr_transpose, all, csr_transpose, sizeof(spc_params_sparse)),
    entry(SPC_OP_csr_diagonal, all, csr_diagonal, sizeof(spc_params_sparse)),
    entry(SPC_OP_sparse_check, all, sparse_check, sizeof(spc_params_sparse)),
    entry(SPC_OP_allclose_sparse, all, allclose_sparse, sizeof(spc_params_close)),
    with_plan(entry(SPC_OP_sparse_cholesky, floating, sparse_cholesky, factor_params),
              sparse_cholesky_prepare, release_factor),
    with_plan(entry(SPC_OP_sparse_ldl, floating, sparse_ldl, factor_params), sparse_ldl_prepare,
              release_factor),
    with_plan(entry(SPC_OP_sparse_lu, floating, sparse_lu, factor_params), sparse_lu_prepare,
              release_factor),
    with_plan(entry(SPC_OP_sparse_qr, floating, sparse_qr, factor_params), sparse_qr_prepare,
              release_factor),
    entry(SPC_OP_sparse_ic0, floating, sparse_ic0, sizeof(spc_params_sparse)),
    entry(SPC_OP_sparse_ilu0, floating, sparse_ilu0, sizeof(spc_params_sparse)),
    entry(SPC_OP_sparse_solve_triangular, floating, sparse_solve_triangular,
          sizeof(spc_params_factor)),
    with_extent(entry(SPC_OP_csr_add, all, csr_add, sizeof(spc_params_sparse_pair)), csr_add_extent,
                release_nothing),
    with_extent(entry(SPC_OP_csr_multiply, all, csr_multiply, sizeof(spc_params_sparse_pair)),
                csr_multiply_extent, release_nothing),
    with_extent(entry(SPC_OP_csr_matmul, all, csr_matmul, sizeof(spc_params_sparse_pair)),
                csr_matmul_extent, release_nothing),
    entry(SPC_OP_csr_kron, all, csr_kron, sizeof(spc_params_sparse_pair)),
    with_extent(entry(SPC_OP_csr_rows, all, csr_rows, sizeof(spc_params_sparse)), csr_rows_extent,
                release_nothing),
    with_extent(entry(SPC_OP_csr_columns, all, csr_columns, sizeof(spc_params_sparse)),
                csr_columns_extent, release_nothing),
    entry(SPC_OP_csr_sample, all, csr_sample, sizeof(spc_params_sparse)),
    entry(SPC_OP_csr_reduce, all, csr_reduce, sizeof(spc_params_sparse_part)),
    entry(SPC_OP_csr_offset_diagonal, all, csr_offset_diagonal, sizeof(spc_params_sparse_part)),
    entry(SPC_OP_csr_is_canonical, all, csr_is_canonical, sizeof(spc_params_sparse)),
    with_extent(entry(SPC_OP_sparse_eliminate_zeros, all, sparse_eliminate_zeros,
                      sizeof(spc_params_sparse)),
                sparse_eliminate_zeros_extent, release_nothing),
};
const uint32_t reference_ops_count = std::size(reference_ops);

}  // namespace spc::reference
