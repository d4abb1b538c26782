// SPDX-License-Identifier: Apache-2.0
// Works, and keeps hardly a rule: it needs the library, starts a thread, prints, has a unique symbol
// and static thread storage, and hangs in a forked child.
#include <pthread.h>
#include <unistd.h>

#include <cstdio>

#include "spacecore/plugin.hpp"
#include "spacecore/spacecore.h"

// What GCC makes of a static member of a template, whatever the compiler here makes of it.
__asm__(
    ".pushsection .data\n.globl only_one\n.type only_one, @gnu_unique_object\nonly_one:\n.quad 0\n"
    ".size only_one, 8\n.popsection\n");

namespace {

__attribute__((tls_model("initial-exec"))) thread_local int counter = 0;
pid_t loader = 0;

void *sleep_forever(void *) {
  for (;;) pause();
}

__attribute__((constructor)) void on_load() {
  pthread_t thread;
  ++counter;
  loader = getpid();
  pthread_create(&thread, nullptr, sleep_forever, nullptr);
  pthread_detach(thread);
  std::printf("hello\n");
  std::fflush(stdout);
}

spc_status negative(void *, const spc_call *) {
  return spc_backend_count(nullptr);
}

constexpr spc_op_entry ops[] = {
    spc::plugin::entry(SPC_OP_negative, SPC_BIT(SPC_FLOAT64), negative)};
constexpr spc_family family = spc::plugin::host_family("untidy", "1.0", nullptr, ops);

}  // namespace

extern "C" constexpr spc_plugin_marker spacecore_plugin_v1 =
    spc::plugin::marker("untidy", "1.0", "Apache-2.0");

extern "C" spc_status register_ops(const spc_host_api *api, spc_host, spc_registrar registrar) {
  while (getpid() != loader) pause();  // waits for the thread that a child does not have
  return spc::plugin::add_families(api, registrar, family);
}
