// SPDX-License-Identifier: Apache-2.0
// The library's one pool of threads. Workers start at the first parallel call, sleep between calls,
// and are never joined at exit.
#pragma once

#include <cstdint>

#include "spacecore/plugin.h"

namespace spc {

/// fn(arg, p) for every p in [0, n_parts), each once; the first failing status (lowest p), or 0.
/// Parts above a failing one may be left out. Nested calls, and calls while another thread uses the
/// pool, run in the caller. After a fork the child starts its own workers. Never throws: an
/// exception of fn becomes OutOfMemory or PluginErr.
spc_status parallel(std::int64_t n_parts, spc_part_fn fn, void *arg) noexcept;
/// The part that the calling thread runs, -1 outside of parallel.
std::int64_t current_part() noexcept;
/// 0: one a CPU. ValueErr: negative.
void set_num_threads(int n);
int num_threads() noexcept;

}  // namespace spc
