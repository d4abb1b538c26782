// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plugins/cpu/openblas/table.h"

namespace spc::cpu {

// The table of the BLAS library that lies beside this plugin, opened at first use, so that loading
// the plugin reads no 30 MB file and starts no thread. nullptr when it cannot be opened: *why then
// says what failed. Thread-safe; a failure is final for the process.
const spacecore_openblas_table *open_blas(const char **why);

}  // namespace spc::cpu
