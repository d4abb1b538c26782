/* SPDX-License-Identifier: Apache-2.0 */
/* A family over `reference` from before products gave sums: its spmm, of twice the matrix, knows the
 * parameters as they were then, and says so if it is sent more. */
#include "tests/plugins/bad/plugin_parts.h"

static spc_status twice(void *state, const spc_call *call) {
  const spc_params_linear *p = (const spc_params_linear *)call->params;
  const int32_t *indptr = (const int32_t *)call->in[1]->data;
  const int32_t *indices = (const int32_t *)call->in[2]->data;
  const double *data = (const double *)call->in[3]->data, *x = (const double *)call->in[4]->data;
  const double alpha = *(const double *)call->in[0]->data,
               beta = *(const double *)call->in[5]->data;
  double *y = (double *)call->out[0]->data;
  int64_t i;
  int32_t k;
  (void)state;
  if (call->n_out != 1 || p->dots != 0) return SPC_E_PLUGIN;
  for (i = 0; i < p->rows; ++i) {
    double sum = 0;
    for (k = indptr[i]; k < indptr[i + 1]; ++k) sum += data[k] * x[indices[k]];
    y[i] = 2 * alpha * sum + (beta == 0 ? 0 : beta * y[i]);
  }
  return SPC_OK;
}

static int32_t plain(void *state, const spc_call *call) {
  const spc_params_linear *p = (const spc_params_linear *)call->params;
  (void)state;
  return call->in[1]->dtype == SPC_INT32 && p->mode == SPC_MODE_NONE;
}

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_spmm), .fn = twice, .supports = plain,
                                    .params_size = offsetof(spc_params_linear, dots)}};
static const spc_family family = {FAMILY("short_params"), FAMILY_OPS(ops), .base = "reference"};

SPACECORE_PLUGIN("short_params");
REGISTER_FAMILY(family)
