// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"
#include "plugins/reference/random.hpp"

namespace spc::reference {

namespace {

// The first k with u < sums[k]; the last sum is 1.
int64_t first_above(const Vector<const double> &sums, double u) {
  int64_t low = 0, high = sums.size - 1;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (u < sums[middle])
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

}  // namespace

spc_status random_choice(void *, const spc_call *call) {
  __extension__ using Wide = unsigned __int128;
  const auto &p = params<spc_params_random>(call);
  const Vector<int64_t> out = vector<int64_t>(*call->out[0]);
  for (int64_t i = 0; i < out.size; ++i) {
    const uint64_t bits = random_bits(p, i);
    if (call->n_in == 0)
      out[i] = static_cast<int64_t>(static_cast<Wide>(bits) * static_cast<uint64_t>(p.bound) >> 64);
    else
      out[i] = first_above(vector<const double>(*call->in[0]), uniform<double>(bits));
  }
  return SPC_OK;
}

}  // namespace spc::reference
