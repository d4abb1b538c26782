/* SPDX-License-Identifier: Apache-2.0 */
/* What surrounds the vendor code inside the private BLAS library: error handler, environment,
 * start-up. */
#ifndef SPACECORE_PLUGINS_CPU_OPENBLAS_RUNTIME_H
#define SPACECORE_PLUGINS_CPU_OPENBLAS_RUNTIME_H

#include <stdint.h>

int32_t spacecore_openblas_prepare(void);
int32_t spacecore_openblas_take_illegal_argument(void);
void spacecore_openblas_one_thread_begin(void);
void spacecore_openblas_one_thread_end(void);
void spacecore_openblas_before_fork(void);

#endif
