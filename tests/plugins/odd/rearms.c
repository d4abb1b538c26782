/* SPDX-License-Identifier: Apache-2.0 */
/* A family whose kernel works in a thread of its own, in memory of its own: neither the thread nor
 * what it waits for survives a fork, and after_fork_child makes both anew. The error of square has
 * as its native code how often that has been called.
 *
 *   IN_VAIN   it fails
 *   UNASKED   the family does not say that it does not survive a fork */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>

#include "tests/plugins/bad/plugin_parts.h"

#if defined(IN_VAIN)
#define NAME "rearms_in_vain"
#elif defined(UNASKED)
#define NAME "rearms_unasked"
#else
#define NAME "rearms"
#endif

typedef struct {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  const spc_call *call; /* to be done */
  int rearmed;
} worker_state;
static worker_state the_state;

static void *work(void *argument) {
  worker_state *s = argument;
  pthread_mutex_lock(&s->mutex);
  for (;;) {
    const spc_tensor *x, *out;
    int64_t i;
    while (s->call == NULL) pthread_cond_wait(&s->changed, &s->mutex);
    x = s->call->in[0];
    out = s->call->out[0];
    for (i = 0; i < (x->ndim == 1 ? x->shape[0] : 0); ++i)
      ((double *)out->data)[i * out->strides[0]] = -((const double *)x->data)[i * x->strides[0]];
    s->call = NULL;
    pthread_cond_broadcast(&s->changed);
  }
  return NULL;
}

static spc_status start(worker_state *s) {
  pthread_t thread;
  pthread_mutex_init(&s->mutex, NULL);
  pthread_cond_init(&s->changed, NULL);
  s->call = NULL;
  if (pthread_create(&thread, NULL, work, s) != 0) return SPC_E_RUNTIME;
  pthread_detach(thread);
  return SPC_OK;
}

static spc_status state_create(const spc_host_api *api, spc_host host, void **state) {
  (void)api;
  (void)host;
  *state = &the_state;
  return start(&the_state);
}

static spc_status after_fork_child(void *state) {
  ++the_state.rearmed;
#if defined(IN_VAIN)
  (void)state;
  return SPC_E_RUNTIME;
#else
  return state == NULL ? SPC_OK : start(state);
#endif
}

static spc_status negative(void *state, const spc_call *call) {
  worker_state *s = state;
  pthread_mutex_lock(&s->mutex);
  s->call = call;
  pthread_cond_broadcast(&s->changed);
  while (s->call != NULL) pthread_cond_wait(&s->changed, &s->mutex);
  pthread_mutex_unlock(&s->mutex);
  return SPC_OK;
}

static spc_status tells_how_often(void *state, const spc_call *call) {
  const worker_state *s = state;
  call->host->set_error(call->exec, SPC_E_RUNTIME, s->rearmed, NULL, "the native code is a count");
  return SPC_E_RUNTIME;
}

static spc_status own_alloc(void *state, uint64_t bytes, void *queue, void **out) {
  (void)state;
  (void)queue;
  return posix_memalign(out, 64, bytes) == 0 ? SPC_OK : SPC_E_MEMORY;
}
static void own_free(void *state, void *data, void *queue) {
  (void)state;
  (void)queue;
  free(data);
}
static const spc_memory_space space = {.struct_size = sizeof(spc_memory_space),
                                       .flags = SPC_MEM_HOST_ACCESSIBLE,
                                       .name = NAME ":0",
                                       .alignment = 64,
                                       .alloc = own_alloc,
                                       .free = own_free};
static const char *const own_only[] = {NAME ":0"};

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = negative},
                                   {ENTRY(SPC_OP_square), .fn = tells_how_often}};
static const spc_family family = {.struct_size = sizeof(spc_family),
#if !defined(UNASKED)
                                  .flags = SPC_FAMILY_NO_FORK,
#endif
                                  .name = NAME,
                                  .version = "1.0",
                                  .memory_spaces = own_only,
                                  .n_memory_spaces = 1,
                                  FAMILY_OPS(ops),
                                  .state_create = state_create,
                                  .after_fork_child = after_fork_child};

SPACECORE_PLUGIN(NAME);
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  uint64_t id;
  const spc_status status = api->add_memory_space(registrar, &space, &id);
  (void)host;
  return status ? status : api->add_family(registrar, &family);
}
