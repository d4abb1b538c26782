/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/cpu/openblas/table.h"

#include "plugins/cpu/openblas/runtime.h"

extern __attribute__((visibility("default"))) const spacecore_openblas_table spacecore_openblas_v1;

const spacecore_openblas_table spacecore_openblas_v1 = {
    .struct_size = sizeof(spacecore_openblas_table),
    .int_bytes = sizeof(lapack_int),
    .prepare = spacecore_openblas_prepare,
    .take_illegal_argument = spacecore_openblas_take_illegal_argument,
    .one_thread_begin = spacecore_openblas_one_thread_begin,
    .one_thread_end = spacecore_openblas_one_thread_end,
    .before_fork = spacecore_openblas_before_fork,
#define SPC_OPENBLAS_ENTRY(function) .function = function,
    SPC_OPENBLAS_FUNCTIONS(SPC_OPENBLAS_ENTRY)
#undef SPC_OPENBLAS_ENTRY
};
