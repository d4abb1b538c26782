// SPDX-License-Identifier: Apache-2.0
// A family whose sparse products have, under int32 indices, more entries than those count.
#include <array>

#include "spacecore/plugin.hpp"

namespace {

spc_status extent(void *, const spc_call *, std::int64_t *sizes, void **plan) {
  *plan = nullptr;
  sizes[0] = std::int64_t{1} << 31;
  return SPC_OK;
}

spc_status run(void *, const spc_call *call) {
  return spc::plugin::fail(call, SPC_E_PLUGIN, "asked for entries that int32 does not count");
}

void release(void *, void *) {}

constexpr std::array<std::uint32_t, 1> narrow = {SPC_PAIR(SPC_FLOAT64, SPC_INT32)};
constexpr spc_op_entry ops[] = {spc::plugin::with_extent(
    spc::plugin::with_pairs(
        spc::plugin::entry(SPC_OP_csr_matmul, 0, run, sizeof(spc_params_sparse_pair)), narrow),
    extent, release)};
constexpr spc_family family = spc::plugin::host_family("wide_counts", "1.0", "reference", ops);

}  // namespace

SPC_PLUGIN("wide_counts", "1.0", "Apache-2.0", family)
