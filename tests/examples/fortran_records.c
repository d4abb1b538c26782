/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes of the records, and a record filled in with distinct values, for the Fortran side. */
#include <spacecore/spacecore.h>

void record_sizes(int64_t *sizes);
void fill_options(spc_solve_options *options);

void record_sizes(int64_t *sizes) {
  sizes[0] = sizeof(spc_index);
  sizes[1] = sizeof(spc_error_info);
  sizes[2] = sizeof(spc_interposed_call);
  sizes[3] = sizeof(spc_solve_info);
  sizes[4] = sizeof(spc_solve_options);
  sizes[5] = sizeof(spc_solve_result);
  sizes[6] = sizeof(spc_backend_info);
  sizes[7] = sizeof(spc_op_info);
  sizes[8] = sizeof(spc_mm_header);
  sizes[9] = sizeof(spc_target);
  sizes[10] = sizeof(spc_instruction);
}

void fill_options(spc_solve_options *options) {
  options->norm = 1;
  options->baseline = 2;
  options->combiner = 3;
  options->rtol = 4;
  options->atol = 5;
  options->maxiter = 6;
  options->check_every = 7;
  options->history_capacity = 8;
}
