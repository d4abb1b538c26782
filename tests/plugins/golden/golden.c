/* SPDX-License-Identifier: Apache-2.0 */
/* One correct plugin, built against several versions of plugin.h. It takes something of every part of
 * the ABI: a memory space, probe and state, supports, parameters, scratch, threads, texts of errors.
 *
 *   GOLDEN_NAME       family, plugin and (with ":0") memory space
 *   GOLDEN_AHEAD      how many minors it is ahead of the headers; its structs end in unknown fields then
 *   GOLDEN_MIN_HOST   min_host_minor
 *   GOLDEN_NORM_SIZE  bytes of the parameters of norm that it knows, if not all */
#include <stddef.h>
#include <string.h>

#include "spacecore/plugin.h"

#ifndef GOLDEN_AHEAD
#define GOLDEN_AHEAD 0
#endif
#ifndef GOLDEN_MIN_HOST
#define GOLDEN_MIN_HOST 0
#endif
#ifndef GOLDEN_NORM_SIZE
#define GOLDEN_NORM_SIZE sizeof(spc_params_norm)
#endif

#if GOLDEN_AHEAD > 0
#define UNKNOWN_FIELDS uint64_t of_tomorrow[3];
#define UNKNOWN_VALUES \
  { ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0) }
#else
#define UNKNOWN_FIELDS
#define UNKNOWN_VALUES
#endif
typedef struct {
  spc_op_entry known;
  UNKNOWN_FIELDS
} sent_entry;
typedef struct {
  spc_family known;
  UNKNOWN_FIELDS
} sent_family;
typedef struct {
  spc_memory_space known;
  UNKNOWN_FIELDS
} sent_space;

typedef struct {
  const spc_host_api *api;
  spc_host host;
} golden_state;

/* ---- a memory space that nobody uses, so that its descriptor is read -------------------------- */
static spc_status space_alloc(void *state, uint64_t bytes, void *queue, void **out) {
  (void)state;
  (void)bytes;
  (void)queue;
  (void)out;
  return SPC_E_MEMORY;
}
static void space_free(void *state, void *data, void *queue) {
  (void)state;
  (void)data;
  (void)queue;
}
static const sent_space space = {{.struct_size = sizeof(sent_space),
                                  .flags = SPC_MEM_HOST_ACCESSIBLE,
                                  .name = GOLDEN_NAME ":0",
                                  .alignment = 64,
                                  .alloc = space_alloc,
                                  .free = space_free},
                                 UNKNOWN_VALUES};

/* ---- kernels ---------------------------------------------------------------------------------- */
typedef struct {
  const spc_tensor *x;
  const spc_tensor *out;
  const double *copy;
} negation;

static spc_status negate_half(void *arg, int64_t part) {
  const negation *n = arg;
  const int64_t length = n->x->shape[0], half = length / 2;
  const int64_t end = part == 0 ? half : length;
  int64_t i;
  for (i = part == 0 ? 0 : half; i < end; ++i)
    ((double *)n->out->data)[i * n->out->strides[0]] = -n->copy[i];
  return SPC_OK;
}

/* By way of scratch and threads of the host. */
static spc_status negative(void *state, const spc_call *call) {
  const golden_state *s = state;
  negation n;
  void *memory = NULL;
  int64_t i;
  spc_status status;
  n.x = call->in[0];
  n.out = call->out[0];
  if (s == NULL || s->api != call->host || call->op != SPC_OP_negative || call->n_in != 1 ||
      call->n_out != 1 || n.x->dtype != SPC_FLOAT64 || n.x->mem != 0 ||
      (n.x->flags & SPC_TENSOR_READ_ONLY) == 0) {
    call->host->set_error(call->exec, SPC_E_RUNTIME, 7, "negative", "the call is not as it was");
    return SPC_E_RUNTIME;
  }
  status = call->host->scratch(call->exec, 0, (uint64_t)n.x->shape[0] * sizeof(double), &memory);
  if (status != SPC_OK) return status;
  for (i = 0; i < n.x->shape[0]; ++i)
    ((double *)memory)[i] = ((const double *)n.x->data)[i * n.x->strides[0]];
  n.copy = memory;
  return call->host->parallel(call->exec, 2, negate_half, &n);
}

static int32_t is_vector(void *state, const spc_call *call) {
  (void)state;
  return call->in[0]->ndim == 1;
}

/* Knows the norms of order 0 (a count) and 1. */
static spc_status norm(void *state, const spc_call *call) {
  const spc_params_norm *params = call->params;
  const double p =
      GOLDEN_NORM_SIZE >= offsetof(spc_params_norm, p) + sizeof(double) ? params->p : 0;
  const spc_tensor *x = call->in[0];
  double sum = 0;
  int64_t i;
  (void)state;
  for (i = 0; i < x->shape[0]; ++i) {
    const double value = ((const double *)x->data)[i * x->strides[0]];
    sum += p == 0 ? value != 0 : value < 0 ? -value : value;
  }
  *(double *)call->out[0]->data = sum;
  return SPC_OK;
}
static int32_t norm_supports(void *state, const spc_call *call) {
  const spc_params_norm *params = call->params;
  (void)state;
  return call->in[0]->ndim == 1 && params->n_kept == 0 &&
         (GOLDEN_NORM_SIZE < sizeof(spc_params_norm) || params->p == 0 || params->p == 1);
}

static spc_status fails(void *state, const spc_call *call) {
  (void)state;
  call->host->set_error(call->exec, SPC_E_LINALG, 42, "the square", "it is round");
  return SPC_E_LINALG;
}

static const sent_entry ops[] = {
    {{.struct_size = sizeof(sent_entry),
      .op = SPC_OP_negative,
      .dtypes = SPC_BIT(SPC_FLOAT64),
      .fn = negative,
      .supports = is_vector},
     UNKNOWN_VALUES},
    {{.struct_size = sizeof(sent_entry),
      .op = SPC_OP_norm,
      .dtypes = SPC_BIT(SPC_FLOAT64),
      .params_size = GOLDEN_NORM_SIZE,
      .fn = norm,
      .supports = norm_supports},
     UNKNOWN_VALUES},
    {{.struct_size = sizeof(sent_entry),
      .op = SPC_OP_square,
      .dtypes = SPC_BIT(SPC_FLOAT64),
      .fn = fails},
     UNKNOWN_VALUES},
};

/* ---- family ----------------------------------------------------------------------------------- */
static spc_status probe(char *why, uint64_t capacity) {
  if (why == NULL || capacity < 64) return SPC_E_RUNTIME;
  return SPC_OK;
}

static spc_status state_create(const spc_host_api *api, spc_host host, void **state) {
  golden_state *s = api->host_alloc(host, sizeof *s, 64);
  if (s == NULL) return SPC_E_MEMORY;
  s->api = api;
  s->host = host;
  *state = s;
  return SPC_OK;
}

static const char *const host_only[] = {"host"};
static const char *const aliases[] = {GOLDEN_NAME "_alias"};
static const sent_family family = {{.struct_size = sizeof(sent_family),
                                    .name = GOLDEN_NAME,
                                    .version = "1.0",
                                    .base = "reference",
                                    .aliases = aliases,
                                    .memory_spaces = host_only,
                                    .ops = &ops[0].known,
                                    .n_aliases = 1,
                                    .n_memory_spaces = 1,
                                    .n_ops = sizeof ops / sizeof *ops,
                                    .probe = probe,
                                    .state_create = state_create},
                                   UNKNOWN_VALUES};

const spc_plugin_marker spacecore_plugin_v1 = {SPC_PLUGIN_MAGIC,
                                               SPC_ABI_MAJOR,
                                               SPC_ABI_MINOR + GOLDEN_AHEAD,
                                               GOLDEN_MIN_HOST,
                                               0,
                                               sizeof(spc_plugin_marker),
                                               GOLDEN_NAME,
                                               "1.0",
                                               "Apache-2.0",
                                               ""};

spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  uint64_t id = 0, known = 0;
  spc_status status;
  (void)host;
  if (!SPC_HAS(api, spc_host_api, warn) || api->abi_major != SPC_ABI_MAJOR) {
    api->reject(registrar, "the host offers less than it says");
    return SPC_E_PLUGIN;
  }
  status = api->add_memory_space(registrar, &space.known, &id);
  if (status != SPC_OK) return status;
  status = api->find_memory_space(registrar, GOLDEN_NAME ":0", &known);
  if (status != SPC_OK || known != id) return SPC_E_RUNTIME;
  return api->add_family(registrar, &family.known);
}
