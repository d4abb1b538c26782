/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one symbol of the private BLAS library: a table of function pointers.
 *
 * The library is linked from the distribution's static archives with every BLAS and LAPACK name
 * made local, so a host program that exports `dgemm_` or `xerbla_` neither captures these calls nor
 * is captured by them. The types come from <cblas.h> and <lapacke.h>: no prototype is written a
 * second time. Lengths are 32-bit (LP64); callers check them.
 *
 * LAPACK enters through the `_work` forms, column-major, with workspace from the caller: they
 * neither allocate nor refuse NaN.
 */
#ifndef SPACECORE_PLUGINS_CPU_OPENBLAS_TABLE_H
#define SPACECORE_PLUGINS_CPU_OPENBLAS_TABLE_H

#include <stdint.h>

#if defined(__cplusplus) && !defined(LAPACK_COMPLEX_CPP)
#define LAPACK_COMPLEX_CPP
#endif

#include <cblas.h>
#include <lapacke.h>

/* Functions that all four types have under the same name; X(prefix letter, rest of the name). */
#define SPC_OPENBLAS_PER_TYPE(X, t) \
  X(cblas_##t##gemm)                \
  X(cblas_##t##trsm)                \
  X(cblas_##t##trsv)                \
  X(LAPACKE_##t##getrf_work)        \
  X(LAPACKE_##t##getrs_work)        \
  X(LAPACKE_##t##potrf_work)        \
  X(LAPACKE_##t##gesdd_work)        \
  X(LAPACKE_##t##gesvd_work)        \
  X(LAPACKE_##t##geev_work)

#define SPC_OPENBLAS_FUNCTIONS(X) \
  SPC_OPENBLAS_PER_TYPE(X, s)     \
  SPC_OPENBLAS_PER_TYPE(X, d)     \
  SPC_OPENBLAS_PER_TYPE(X, c)     \
  SPC_OPENBLAS_PER_TYPE(X, z)     \
  X(cblas_dgemv) /* benchmarks */ \
  X(LAPACKE_ssyevd_work)          \
  X(LAPACKE_dsyevd_work)          \
  X(LAPACKE_cheevd_work)          \
  X(LAPACKE_zheevd_work)          \
  X(LAPACKE_ssytrf_work)          \
  X(LAPACKE_dsytrf_work)          \
  X(LAPACKE_chetrf_work)          \
  X(LAPACKE_zhetrf_work)

/* Longer tables are newer; members are only ever added at the end (the plugin and its table are
   built together, the size is the check that the file found beside the plugin is the one it was
   built with). */
typedef struct spacecore_openblas_table {
  uint32_t struct_size;
  uint32_t int_bytes; /* 4: LP64, 8: ILP64, found by a probe of the linked library */
  /* Call once, before any other member and after loading: settles kernels and threads. Returns 0,
     or -1 when the library's integers are not those of the header it was compiled with. Not
     thread-safe. */
  int32_t (*prepare)(void);
  /* The first illegal argument that BLAS reported on this thread since the last call (its position,
   * 0 for none). */
  int32_t (*take_illegal_argument)(void);
#ifdef __cplusplus
#define SPC_OPENBLAS_MEMBER(name) decltype(::name) *name;
#else
#define SPC_OPENBLAS_MEMBER(name) __typeof__(name) *name;
#endif
  SPC_OPENBLAS_FUNCTIONS(SPC_OPENBLAS_MEMBER)
#undef SPC_OPENBLAS_MEMBER
  /* Between begin and end no call of BLAS or LAPACK that starts uses threads of its own, whoever
   * makes it: for callers that run many small problems in threads of theirs. Pairs may nest and
   * overlap, from any threads; the last end brings the threads back. Without effect where the
   * library is shared with the process. */
  void (*one_thread_begin)(void);
  void (*one_thread_end)(void);
  /* Stops the threads of the library, which a forked child would miss; the next call starts them
   * again, in the child too. No call may be under way. Without effect where the library is shared
   * with the process. */
  void (*before_fork)(void);
} spacecore_openblas_table;

#define SPC_OPENBLAS_SYMBOL "spacecore_openblas_v1"

#endif
