/* SPDX-License-Identifier: Apache-2.0 */
/* Changes, while it is loaded and once more while it registers, what belongs to the program. */
#define _GNU_SOURCE
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include "tests/plugins/bad/plugin_parts.h"

static const spc_op_entry ops[] = {{ENTRY(SPC_OP_negative), .fn = no_kernel}};
static const spc_family family = {FAMILY("changes_process"), FAMILY_OPS(ops)};

static void change(int rounding, int signal_number, int category) {
  sigset_t signals;
  cpu_set_t cpus;
  int cpu;
  fesetround(rounding);
  sigemptyset(&signals);
  sigaddset(&signals, signal_number);
  pthread_sigmask(SIG_BLOCK, &signals, NULL);
  if (sched_getaffinity(0, sizeof cpus, &cpus) == 0) {
    for (cpu = 0; !CPU_ISSET(cpu, &cpus); ++cpu) continue;
    CPU_ZERO(&cpus);
    CPU_SET(cpu, &cpus);
    sched_setaffinity(0, sizeof cpus, &cpus);
  }
  setlocale(category, "C.UTF-8");
}

__attribute__((constructor)) static void on_load(void) {
  change(FE_UPWARD, SIGUSR1, LC_CTYPE);
}

SPACECORE_PLUGIN("changes_process");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  (void)host;
  change(FE_DOWNWARD, SIGUSR2, LC_NUMERIC);
  return api->add_family(registrar, &family);
}
