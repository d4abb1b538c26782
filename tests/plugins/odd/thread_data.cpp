// SPDX-License-Identifier: Apache-2.0
// Leaves data with every thread that calls it: under a thread key with a destructor, and in a
// thread_local object with one. Both run when the thread ends, in code of this file. A thread of its
// own waits in the background.
#include <pthread.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>

#include "spacecore/plugin.h"

namespace {

struct State {
  pthread_key_t key{};
};

void forget(void *text) {
  delete static_cast<std::string *>(text);
}

spc_status state_create(const spc_host_api *, spc_host, void **state) {
  auto made = std::make_unique<State>();
  if (pthread_key_create(&made->key, forget) != 0) return SPC_E_RUNTIME;
  std::thread([] {
    for (;;) pause();
  }).detach();
  *state = made.release();
  return SPC_OK;
}

spc_status negative(void *state, const spc_call *call) {
  thread_local const std::string mine(100, 'x');
  const auto *const s = static_cast<const State *>(state);
  if (pthread_getspecific(s->key) == nullptr)
    pthread_setspecific(s->key, new std::string(100, 'y'));
  const spc_tensor &out = *call->out[0];
  for (std::int64_t i = 0; i < (out.ndim == 1 ? out.shape[0] : 0); ++i)
    static_cast<double *>(out.data)[i * out.strides[0]] = static_cast<double>(mine.size());
  return SPC_OK;
}

const spc_op_entry ops[] = {[] {
  spc_op_entry e{};
  e.struct_size = sizeof e;
  e.op = SPC_OP_negative;
  e.dtypes = SPC_BIT(SPC_FLOAT64);
  e.fn = negative;
  return e;
}()};
const char *const host_only[] = {"host"};

}  // namespace

extern "C" {
const spc_plugin_marker spacecore_plugin_v1 = {
    SPC_PLUGIN_MAGIC, SPC_ABI_MAJOR, SPC_ABI_MINOR, 0, 0, sizeof(spc_plugin_marker),
    "thread_data",    "1.0",         "Apache-2.0",  ""};

spc_status register_ops(const spc_host_api *api, spc_host, spc_registrar registrar) {
  static spc_family family{};
  family.struct_size = sizeof family;
  family.name = "thread_data";
  family.version = "1.0";
  family.base = "reference";
  family.memory_spaces = host_only;
  family.n_memory_spaces = 1;
  family.ops = ops;
  family.n_ops = 1;
  family.state_create = state_create;
  return api->add_family(registrar, &family);
}
}
