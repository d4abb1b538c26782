// SPDX-License-Identifier: Apache-2.0
// The library's one pool of threads. Workers start at the first parallel call, sleep between calls,
// and are never joined at exit.
#pragma once

#include <cstdint>

#include "spacecore/plugin.h"

namespace spc {

/// fn(arg, p) for every p in [0, n_parts), each once; the first failing status (lowest p), or 0.
/// Nested calls run in the caller. After a fork the child starts its own workers.
spc_status parallel(std::int64_t n_parts, spc_part_fn fn, void *arg);
/// 0: one a CPU.
void set_num_threads(int n);
int num_threads() noexcept;

}  // namespace spc
