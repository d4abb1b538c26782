/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/cpu/openblas/runtime.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/cpu/openblas/table.h"

/* Callers check arguments first; this is the net below them, and it must neither print nor exit. */
static _Thread_local int32_t illegal_argument;

int32_t spacecore_openblas_take_illegal_argument(void) {
  const int32_t position = illegal_argument;
  illegal_argument = 0;
  return position;
}

static void note_illegal_argument(int32_t position) {
  if (illegal_argument == 0) illegal_argument = position < 0 ? -position : position;
}

/* Tables are compiled for one integer width; a library of the other would read garbage lengths. */
static size_t library_int_bytes(void) {
  return strstr(openblas_get_config(), "USE64BITINT") != NULL ? 8 : 4;
}

#ifdef SPACECORE_OPENBLAS_PRIVATE

void xerbla_(const char *routine, const lapack_int *position, size_t routine_length);
void LAPACKE_xerbla(const char *routine, lapack_int info);

void xerbla_(const char *routine, const lapack_int *position, size_t routine_length) {
  (void)routine;
  (void)routine_length;
  note_illegal_argument((int32_t)*position);
}

/* Also called for failed allocations (info <= -1010), which are not positions. */
void LAPACKE_xerbla(const char *routine, lapack_int info) {
  (void)routine;
  if (info < 0 && info > -1000) note_illegal_argument((int32_t)info);
}

/* The only piece of the Fortran runtime that the archive's LAPACK uses; one function is cheaper to
   carry than a dependency on libgfortran and libquadmath. */
void _gfortran_concat_string(size_t out_length, char *out, size_t a_length, const char *a,
                             size_t b_length, const char *b);

void _gfortran_concat_string(size_t out_length, char *out, size_t a_length, const char *a,
                             size_t b_length, const char *b) {
  const size_t from_a = a_length < out_length ? a_length : out_length;
  const size_t left = out_length - from_a;
  const size_t from_b = b_length < left ? b_length : left;
  memcpy(out, a, from_a);
  memcpy(out + from_a, b, from_b);
  memset(out + from_a + from_b, ' ', left - from_b);
}

/* The link option --wrap sends the vendor code's calls of these functions here, and nobody else's.
 */

char *__real_getenv(const char *name);
char *__wrap_getenv(const char *name);
int __wrap_raise(int signal_number);
int __wrap_fprintf(void *stream, const char *format, ...);
int __wrap___fprintf_chk(void *stream, int flag, const char *format, ...);
int __wrap_printf(const char *format, ...);
int __wrap___printf_chk(int flag, const char *format, ...);
int __wrap_puts(const char *text);
void __wrap_perror(const char *text);
int __wrap_fputs(const char *text, void *stream);
size_t __wrap_fwrite(const void *data, size_t size, size_t count, void *stream);

static const char *chosen_core;

/* Answers for the vendor code alone, so the process environment is never changed (setenv would race
   with any thread that reads it). What the user has set wins. */
char *__wrap_getenv(const char *name) {
  static char idle_spin[] =
      "20"; /* 2^20 cycles; the vendor's 2^26 keeps workers spinning 26 ms beside our pool */
  char *const value = __real_getenv(name);
  if (value != NULL) return value;
  if (strcmp(name, "OPENBLAS_CORETYPE") == 0) return (char *)chosen_core;
  if (strcmp(name, "OPENBLAS_THREAD_TIMEOUT") == 0) return idle_spin;
#ifdef SPACECORE_OPENBLAS_ONE_THREAD
  static char one[] = "1";
  if (strcmp(name, "OPENBLAS_NUM_THREADS") == 0) return one;
#endif
  return NULL;
}

static int thread_failed;

/* Raised (as SIGINT) when a worker thread cannot be created: run on without workers instead of
 * ending the process. */
int __wrap_raise(int signal_number) {
  (void)signal_number;
  thread_failed = 1;
  return 0;
}

int __wrap_fprintf(void *stream, const char *format, ...) {
  (void)stream;
  (void)format;
  return 0;
}

int __wrap___fprintf_chk(void *stream, int flag, const char *format, ...) {
  (void)stream;
  (void)flag;
  (void)format;
  return 0;
}

int __wrap_printf(const char *format, ...) {
  (void)format;
  return 0;
}

int __wrap___printf_chk(int flag, const char *format, ...) {
  (void)flag;
  (void)format;
  return 0;
}

int __wrap_puts(const char *text) {
  (void)text;
  return 0;
}

void __wrap_perror(const char *text) {
  (void)text;
}

int __wrap_fputs(const char *text, void *stream) {
  (void)text;
  (void)stream;
  return 0;
}

size_t __wrap_fwrite(const void *data, size_t size, size_t count, void *stream) {
  (void)data;
  (void)size;
  (void)stream;
  return count;
}

/* Present when the archive was built for several kernel sets (DYNAMIC_ARCH). */
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

/* The vendor's destructor stops threads, returns memory and forgets the kernels while other threads
 * of the program may still compute: the process then hangs or crashes at its very end. It takes
 * nothing away any more; the system does that. */
int __real_blas_thread_shutdown_(void) __attribute__((weak));
int __wrap_blas_thread_shutdown_(void);
void __real_gotoblas_dynamic_quit(void) __attribute__((weak));
void __wrap_gotoblas_dynamic_quit(void);
int __real_munmap(void *address, size_t length);
int __wrap_munmap(void *address, size_t length);

static int ending;

/* Called by the destructor, and by the handler of forks, were it registered. */
int __wrap_blas_thread_shutdown_(void) {
  ending = 1;
  return 0;
}

void __wrap_gotoblas_dynamic_quit(void) {
  if (!ending && __real_gotoblas_dynamic_quit != NULL) __real_gotoblas_dynamic_quit();
}

int __wrap_munmap(void *address, size_t length) {
  return ending ? 0 : __real_munmap(address, length);
}

/* The vendor's handler of forks is left out: it stops the threads also under calls, which then never
 * return, and a fork that has begun before it is registered goes without. The plugin does it. */
int __wrap_pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void));
int __wrap_pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void)) {
  (void)prepare;
  (void)parent;
  (void)child;
  return 0;
}

void spacecore_openblas_before_fork(void) {
  if (__real_blas_thread_shutdown_ != NULL) __real_blas_thread_shutdown_();
}

static int is_older_than_avx512(const char *core) {
  static const char *const newer[] = {"SkylakeX", "Cooperlake", "SapphireRapids", "Unknown"};
  for (size_t i = 0; i < sizeof newer / sizeof *newer; ++i) {
    if (strcmp(core, newer[i]) == 0) return 0;
  }
  return 1;
}

/* A library older than the processor falls back to AVX2 kernels or worse; with AVX-512 the SkylakeX
   set is 1.7 times faster on dgemm. Nothing has been computed yet, so the choice can be made again.
 */
static void choose_core(void) {
  if (gotoblas_dynamic_init == NULL || __real_gotoblas_dynamic_quit == NULL) return;
  if (__real_getenv("OPENBLAS_CORETYPE") != NULL || !is_older_than_avx512(openblas_get_corename()))
    return;
#if defined(__x86_64__)
  /* The builtin also asks the system (XCR0) whether the registers are saved. */
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512vl") ||
      !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512dq")) {
    return;
  }
  gotoblas_dynamic_quit();
  chosen_core = "SkylakeX"; /* an archive without this set ignores the name and detects again */
  gotoblas_dynamic_init();
  chosen_core = NULL;
#endif
}

/* How many threads a call may use: every call reads it once, when it starts. Setting it through
   openblas_set_num_threads would also start the workers of a forked child. */
extern int blas_cpu_number __attribute__((weak));

static int all_threads = 1;
static int one_thread_users;

void spacecore_openblas_one_thread_begin(void) {
  if (all_threads <= 1) return;
  if (__atomic_fetch_add(&one_thread_users, 1, __ATOMIC_ACQ_REL) == 0) {
    __atomic_store_n(&blas_cpu_number, 1, __ATOMIC_RELAXED);
  }
}

/* Where a begin comes between the two steps, its calls use all threads: slower, not wrong. */
void spacecore_openblas_one_thread_end(void) {
  if (all_threads <= 1) return;
  if (__atomic_fetch_sub(&one_thread_users, 1, __ATOMIC_ACQ_REL) == 1) {
    __atomic_store_n(&blas_cpu_number, all_threads, __ATOMIC_RELAXED);
  }
}

int32_t spacecore_openblas_prepare(void) {
  if (library_int_bytes() != sizeof(lapack_int)) return -1;
  choose_core();
  if (thread_failed) openblas_set_num_threads(1);
  if (&blas_cpu_number != NULL) all_threads = openblas_get_num_threads();
  return 0;
}

#else

/* The system's library is shared with the rest of the process: its kernels, threads and error
 * handler stay. */
void spacecore_openblas_one_thread_begin(void) {}

void spacecore_openblas_one_thread_end(void) {}

void spacecore_openblas_before_fork(void) {}

int32_t spacecore_openblas_prepare(void) {
  (void)note_illegal_argument;
  return library_int_bytes() == sizeof(lapack_int) ? 0 : -1;
}

#endif
