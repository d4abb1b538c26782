// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/family.hpp"

#include <array>
#include <iterator>
#include <new>

#include "spacecore/plugin.hpp"

#include "plugins/cpu/kernels/kernels.hpp"
#include "plugins/cpu/state.hpp"

namespace spc::cpu {
namespace {

using plugin::casts, plugin::elementwise, plugin::entry, plugin::with_extent, plugin::with_pairs,
    plugin::with_plan;

constexpr uint64_t bit(int dtype) {
  return SPC_BIT(dtype);
}
constexpr uint64_t all = SPC_DTYPES_ALL;
constexpr uint64_t floating = SPC_DTYPES_FLOATING;
constexpr uint64_t real_floating = bit(SPC_FLOAT32) | bit(SPC_FLOAT64);
constexpr uint64_t complex = bit(SPC_COMPLEX64) | bit(SPC_COMPLEX128);
constexpr uint64_t integer = bit(SPC_INT8) | bit(SPC_UINT8) | bit(SPC_INT32) | bit(SPC_INT64);
constexpr uint64_t numeric = integer | floating;
constexpr uint64_t real_numeric = integer | real_floating;
constexpr uint64_t real = bit(SPC_BOOL) | real_numeric;

// Pairs of equal dtypes are listed by the mask of an entry.
constexpr std::array<uint32_t, 5> wider_sums = {
    SPC_PAIR(SPC_INT8, SPC_INT64), SPC_PAIR(SPC_UINT8, SPC_INT64), SPC_PAIR(SPC_INT32, SPC_INT64),
    SPC_PAIR(SPC_FLOAT32, SPC_FLOAT64), SPC_PAIR(SPC_COMPLEX64, SPC_COMPLEX128)};

constexpr std::array<uint32_t, 4> wider_products = {
    SPC_PAIR(SPC_INT8, SPC_INT64), SPC_PAIR(SPC_UINT8, SPC_INT64), SPC_PAIR(SPC_INT32, SPC_INT64),
    SPC_PAIR(SPC_FLOAT32, SPC_FLOAT64)};

// What is not listed here, reference does as well.
constexpr spc_op_entry ops[] = {
    elementwise(SPC_OP_copy, all, copy),
    with_pairs(elementwise(SPC_OP_astype, all, astype), casts),
    entry(SPC_OP_fill, all, fill),
    elementwise(SPC_OP_add, numeric, add),
    elementwise(SPC_OP_subtract, numeric, subtract),
    elementwise(SPC_OP_multiply, numeric, multiply),
    elementwise(SPC_OP_divide, real_floating, divide),
    elementwise(SPC_OP_maximum, real_numeric, maximum),
    elementwise(SPC_OP_negative, numeric, negative),
    elementwise(SPC_OP_conj, complex, conj),
    elementwise(SPC_OP_abs, numeric & ~bit(SPC_UINT8), abs),
    elementwise(SPC_OP_sqrt, real_floating, sqrt),
    elementwise(SPC_OP_minimum, real_numeric, minimum),
    elementwise(SPC_OP_clip, real_numeric, clip),
    elementwise(SPC_OP_sign, real_numeric, sign),
    elementwise(SPC_OP_square, numeric, square),
    elementwise(SPC_OP_power, real_numeric, power),
    elementwise(SPC_OP_equal, all, equal),
    elementwise(SPC_OP_not_equal, all, not_equal),
    elementwise(SPC_OP_less, real, less),
    elementwise(SPC_OP_less_equal, real, less_equal),
    elementwise(SPC_OP_greater, real, greater),
    elementwise(SPC_OP_greater_equal, real, greater_equal),
    elementwise(SPC_OP_isclose, real_floating, isclose, sizeof(spc_params_close)),
    elementwise(SPC_OP_isfinite, all, isfinite),
    elementwise(SPC_OP_isnan, all, isnan),
    elementwise(SPC_OP_where, all, where),
    elementwise(SPC_OP_exp, real_floating, exp),
    elementwise(SPC_OP_log, real_floating, log),
    elementwise(SPC_OP_log2, real_floating, log2),
    elementwise(SPC_OP_sin, real_floating, sin),
    elementwise(SPC_OP_cos, real_floating, cos),
    elementwise(SPC_OP_axpby, floating, axpby),
    with_pairs(entry(SPC_OP_sum, floating | bit(SPC_INT64), sum, sizeof(spc_params_reduce)),
               wider_sums),
    with_pairs(entry(SPC_OP_prod, real_floating | bit(SPC_INT64), prod, sizeof(spc_params_reduce)),
               wider_products),
    entry(SPC_OP_min, real_numeric, min, sizeof(spc_params_reduce)),
    entry(SPC_OP_max, real_numeric, max, sizeof(spc_params_reduce)),
    entry(SPC_OP_argmin, real_numeric, argmin, sizeof(spc_params_reduce)),
    entry(SPC_OP_argmax, real_numeric, argmax, sizeof(spc_params_reduce)),
    entry(SPC_OP_logsumexp, real_floating, logsumexp, sizeof(spc_params_reduce),
          logsumexp_supports),
    entry(SPC_OP_sort, real_numeric, sort),
    entry(SPC_OP_argsort, real_numeric, argsort),
    entry(SPC_OP_vdot, floating, vdot, sizeof(spc_params_reduce), vdot_supports),
    entry(SPC_OP_norm, floating, norm, sizeof(spc_params_norm), norm_supports),
    entry(SPC_OP_random_uniform, real_floating, random_uniform, sizeof(spc_params_random)),
    entry(SPC_OP_random_normal, floating, random_normal, sizeof(spc_params_random)),
    entry(SPC_OP_random_choice, bit(SPC_INT64) | bit(SPC_FLOAT64), random_choice,
          sizeof(spc_params_random)),
    entry(SPC_OP_matmul, floating, matmul, 0, fits_blas),
    entry(SPC_OP_gemm, floating, gemm, sizeof(spc_params_linear), fits_blas),
    entry(SPC_OP_solve, floating, solve, 0, fits_blas),
    entry(SPC_OP_eigh, floating, eigh, 0, eigen_supports),
    entry(SPC_OP_eig, floating, eig, 0, eigen_supports),
    entry(SPC_OP_svd, floating, svd, sizeof(spc_params_svd), svd_supports),
    entry(SPC_OP_cholesky, floating, cholesky, 0, fits_blas),
    entry(SPC_OP_lu, floating, lu, 0, eigen_supports),
    entry(SPC_OP_ldl, floating, ldl, 0, eigen_supports),
    entry(SPC_OP_lu_solve, floating, lu_solve, sizeof(spc_params_factor), fits_blas),
    entry(SPC_OP_solve_triangular, floating, solve_triangular, sizeof(spc_params_factor),
          fits_blas),
    entry(SPC_OP_program_run, floating, program_run, sizeof(spc_params_program),
          program_run_supports),
    with_plan(entry(SPC_OP_spmm, floating, spmm, sizeof(spc_params_linear), spmm_supports),
              spmm_prepare, spmm_release),
    entry(SPC_OP_csr_transpose, floating | bit(SPC_INT32) | bit(SPC_INT64), csr_transpose,
          sizeof(spc_params_sparse)),
    with_extent(entry(SPC_OP_csr_matmul, floating, csr_matmul, sizeof(spc_params_sparse_pair),
                      csr_matmul_supports),
                csr_matmul_extent, release_row_plan),
    with_extent(entry(SPC_OP_csr_add, floating, csr_add, sizeof(spc_params_sparse_pair)),
                csr_add_extent, release_row_plan),
    with_extent(entry(SPC_OP_csr_multiply, floating, csr_multiply, sizeof(spc_params_sparse_pair)),
                csr_multiply_extent, release_row_plan),
    with_extent(entry(SPC_OP_sparse_eliminate_zeros, floating, sparse_eliminate_zeros,
                      sizeof(spc_params_sparse)),
                sparse_eliminate_zeros_extent, release_row_plan),
    entry(SPC_OP_csr_is_canonical, all, csr_is_canonical, sizeof(spc_params_sparse)),
};

spc_status create_state(const spc_host_api *api, spc_host host, void **state) {
  void *memory = api->host_alloc(host, sizeof(State), alignof(State));
  if (memory == nullptr) return SPC_E_MEMORY;
  *state = new (memory) State{api, host};
  return SPC_OK;
}

}  // namespace

const spc_family &family() {
  static const char *const aliases[] = {"cpu-blas", "openblas"};
  static const spc_family descriptor = [] {
    spc_family f = plugin::host_family("cpu", SPACECORE_VERSION, "reference", ops);
    f.aliases = aliases;
    f.n_aliases = std::size(aliases);
    f.default_rank = 2;  // before reference
    f.state_create = create_state;
    return f;
  }();
  return descriptor;
}

}  // namespace spc::cpu
