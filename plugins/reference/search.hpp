// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {

// Position along the last axis of the first element that none beats, or of the first NaN.
template <class T, class Beats>
spc_status search(const spc_call *call, Beats beats) {
  const T *x = data<const T>(*call->in[0]);
  int64_t *out = data<int64_t>(*call->out[0]);
  reduce<1>(call, params<spc_params_reduce>(call).n_kept, [&](int64_t at, auto scan) {
    T best{};
    int64_t found = 0;
    int64_t place = 0;
    scan([&](const Offsets<1> &i) {
      const T candidate = x[i[0]];
      if (place == 0 || (!is_nan(best) && (is_nan(candidate) || beats(candidate, best)))) {
        best = candidate;
        found = place;
      }
      ++place;
    });
    out[at] = found;
  });
  return SPC_OK;
}

}  // namespace spc::reference
