/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the library that is loading it to load another plugin. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "tests/plugins/bad/plugin_parts.h"

SPACECORE_PLUGIN("reenters");
spc_status register_ops(const spc_host_api *api, spc_host host, spc_registrar registrar) {
  spc_status (*load)(const char *);
  spc_status (*message)(const char **);
  char text[512];
  const char *inner = "";
  spc_status status;
  void *symbol;
  (void)host;
  /* Not linked: found in the program, as a confused plugin would. */
  symbol = dlsym(RTLD_DEFAULT, "spc_load_plugin");
  memcpy(&load, &symbol, sizeof load);
  symbol = dlsym(RTLD_DEFAULT, "spc_last_error_message");
  memcpy(&message, &symbol, sizeof message);
  if (!load || !message) {
    api->reject(registrar, "the program does not link the library");
    return SPC_E_RUNTIME;
  }
  status = load(REENTERED_PLUGIN);
  message(&inner);
  snprintf(text, sizeof text, "the inner load returned %d: %s", (int)status, inner);
  api->reject(registrar, text);
  return SPC_E_RUNTIME;
}
