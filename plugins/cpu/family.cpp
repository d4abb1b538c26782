// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/family.hpp"

#include <array>
#include <iterator>
#include <new>

#include "plugins/cpu/kernels/kernels.hpp"
#include "plugins/cpu/state.hpp"

namespace spc::cpu {
namespace {

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
constexpr auto casts = [] {
  std::array<uint32_t, 9 * 9 - 9 - 2 * 7> pairs{};
  size_t n = 0;
  for (int from = 0; from < SPC_DTYPE_COUNT; ++from) {
    for (int to = 0; to < SPC_DTYPE_COUNT; ++to) {
      const bool narrows = from >= SPC_COMPLEX64 && to < SPC_COMPLEX64;
      if (from != to && !narrows) pairs[n++] = SPC_PAIR(from, to);
    }
  }
  return pairs;
}();

constexpr std::array<uint32_t, 5> wider_sums = {
    SPC_PAIR(SPC_INT8, SPC_INT64), SPC_PAIR(SPC_UINT8, SPC_INT64), SPC_PAIR(SPC_INT32, SPC_INT64),
    SPC_PAIR(SPC_FLOAT32, SPC_FLOAT64), SPC_PAIR(SPC_COMPLEX64, SPC_COMPLEX128)};

constexpr std::array<uint32_t, 4> wider_products = {
    SPC_PAIR(SPC_INT8, SPC_INT64), SPC_PAIR(SPC_UINT8, SPC_INT64), SPC_PAIR(SPC_INT32, SPC_INT64),
    SPC_PAIR(SPC_FLOAT32, SPC_FLOAT64)};

constexpr spc_op_entry entry(uint32_t op, uint64_t dtypes, spc_kernel_fn fn, size_t params_size = 0,
                             spc_supports_fn supports = nullptr) {
  spc_op_entry e{};
  e.struct_size = sizeof e;
  e.op = op;
  e.dtypes = dtypes;
  e.params_size = static_cast<uint32_t>(params_size);
  e.fn = fn;
  e.supports = supports;
  return e;
}

constexpr spc_op_entry elementwise(uint32_t op, uint64_t dtypes, spc_kernel_fn fn,
                                   size_t params_size = 0) {
  spc_op_entry e = entry(op, dtypes, fn, params_size);
  e.flags = SPC_KERNEL_INPLACE;
  return e;
}

template <size_t N>
constexpr spc_op_entry with_pairs(spc_op_entry e, const std::array<uint32_t, N> &pairs) {
  e.pairs = pairs.data();
  e.n_pairs = N;
  return e;
}

constexpr spc_op_entry with_plan(spc_op_entry e, spc_prepare_fn prepare, spc_release_fn release) {
  e.prepare = prepare;
  e.release = release;
  return e;
}

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
    with_plan(entry(SPC_OP_spmm, floating, spmm, sizeof(spc_params_linear), spmm_supports),
              spmm_prepare, spmm_release),
};

spc_status create_state(const spc_host_api *api, spc_host host, void **state) {
  void *memory = api->host_alloc(host, sizeof(State), alignof(State));
  if (memory == nullptr) return SPC_E_MEMORY;
  *state = new (memory) State{api, host};
  return SPC_OK;
}

}  // namespace

spc_family family() {
  static const char *const memory_spaces[] = {"host"};
  static const char *const aliases[] = {"cpu-blas", "openblas"};
  spc_family f{};
  f.struct_size = sizeof f;
  f.name = "cpu";
  f.version = SPACECORE_VERSION;
  f.base = "reference";
  f.aliases = aliases;
  f.n_aliases = std::size(aliases);
  f.memory_spaces = memory_spaces;
  f.n_memory_spaces = std::size(memory_spaces);
  f.ops = ops;
  f.default_rank = 2;  // before reference
  f.n_ops = std::size(ops);
  f.state_create = create_state;
  return f;
}

}  // namespace spc::cpu
