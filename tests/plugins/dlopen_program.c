/* SPDX-License-Identifier: Apache-2.0 */
/* A program that does not link the library: opens it, uses it and closes it, 100 times over.
 *
 *   dlopen_program LIBRARY local|global
 *
 * Exit status 0, nothing printed; otherwise the number of the step that failed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "spacecore/spacecore.h"

static void *library;

static int find(const char *name, void *function) {
  void *const symbol = dlsym(library, name);
  memcpy(function, &symbol, sizeof symbol);
  return symbol != NULL;
}

/* 0, or the step that failed. */
static int use(void) {
  const int64_t n = 120, shape[] = {120, 120};
  static double ones[120 * 120], product[120 * 120];
  spc_context ctx = NULL;
  spc_array a = NULL, b = NULL;
  spc_status (*create)(const char *, int32_t, int32_t, spc_context *);
  spc_status (*from_host)(spc_context, int32_t, int32_t, const int64_t *, const void *,
                          spc_array *);
  spc_status (*matmul)(spc_array, spc_array, spc_value, spc_array *);
  spc_status (*to_host)(spc_array, void *, int64_t);
  spc_status (*release)(spc_array *);
  spc_status (*release_context)(spc_context *);
  int64_t i;
  if (!find("spc_context_create", &create) || !find("spc_array_from_host", &from_host) ||
      !find("spc_matmul", &matmul) || !find("spc_array_to_host", &to_host) ||
      !find("spc_array_release", &release) || !find("spc_context_release", &release_context))
    return 10;
  for (i = 0; i < n * n; ++i) ones[i] = 1;
  if (create("cpu", SPC_FLOAT64, 0, &ctx) != SPC_OK) return 11;
  if (from_host(ctx, SPC_FLOAT64, 2, shape, ones, &a) != SPC_OK) return 12;
  if (matmul(a, a, NULL, &b) != SPC_OK) return 13;
  if (to_host(b, product, (int64_t)sizeof product) != SPC_OK) return 14;
  for (i = 0; i < n * n; ++i)
    if (product[i] != 120) return 15;
  if (release(&a) != SPC_OK || release(&b) != SPC_OK) return 16;
  return release_context(&ctx) == SPC_OK ? 0 : 17;
}

static void *use_in_thread(void *result) {
  *(int *)result = use();
  return NULL;
}

int main(int argc, char **argv) {
  int i;
  if (argc != 3) return 2;
  for (i = 0; i < 100; ++i) {
    const int mode = RTLD_NOW | (strcmp(argv[2], "global") == 0 ? RTLD_GLOBAL : RTLD_LOCAL);
    int step = 0;
    pthread_t thread;
    library = dlopen(argv[1], mode);
    if (library == NULL) return 3;
    if (i % 10 == 0) {
      step = use();
      if (step != 0) return step;
      /* Its thread keeps memory of the library's, and ends after the library has been closed. */
      if (pthread_create(&thread, NULL, use_in_thread, &step) != 0) return 4;
      if (pthread_join(thread, NULL) != 0 || step != 0) return 100 + step;
    }
    if (dlclose(library) != 0) return 5;
  }
  return 0;
}
