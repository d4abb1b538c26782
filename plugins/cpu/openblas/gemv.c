/* SPDX-License-Identifier: Apache-2.0 */
/* y = alpha A x + beta y of complex numbers, without reading past the end of x.
 *
 * The vendor's kernels for A as it is load x two elements at a time, one step apart, and with an odd
 * or short remainder of rows the second of them lies one step past the last: outside the caller's
 * memory, where x is a row of a matrix. LAPACK calls them so from its reductions to tridiagonal,
 * bidiagonal and Hessenberg form. Here they get copies of x with room behind, piece by piece. The
 * kernels for the transposes do not do this, nor do those for real numbers. */
#include <lapacke.h>
#include <stddef.h>
#include <string.h>

#include "plugins/cpu/openblas/runtime.h"

#ifdef SPACECORE_OPENBLAS_PRIVATE

enum { piece = 512 };

/* N and R are A and its conjugate; O and S the same with x conjugated. */
static int takes_columns(char trans) {
  return strchr("NnRrOoSs", trans) != NULL;
}

#define SPC_GEMV(name, T, one)                                                                    \
  void __real_##name(const char *trans, const lapack_int *m, const lapack_int *n, const T *alpha, \
                     const T *a, const lapack_int *lda, const T *x, const lapack_int *incx,       \
                     const T *beta, T *y, const lapack_int *incy);                                \
  void __wrap_##name(const char *trans, const lapack_int *m, const lapack_int *n, const T *alpha, \
                     const T *a, const lapack_int *lda, const T *x, const lapack_int *incx,       \
                     const T *beta, T *y, const lapack_int *incy);                                \
                                                                                                  \
  void __wrap_##name(const char *trans, const lapack_int *m, const lapack_int *n, const T *alpha, \
                     const T *a, const lapack_int *lda, const T *x, const lapack_int *incx,       \
                     const T *beta, T *y, const lapack_int *incy) {                               \
    if (!takes_columns(*trans) || *n <= 0 || *incx == 0) {                                        \
      __real_##name(trans, m, n, alpha, a, lda, x, incx, beta, y, incy);                          \
      return;                                                                                     \
    }                                                                                             \
    const lapack_int next = 1;                                                                    \
    const T unit = one;                                                                           \
    T copy[piece + 1];                                                                            \
    const ptrdiff_t step = *incx;                                                                 \
    const T *from = step > 0 ? x : x - step * (ptrdiff_t)(*n - 1);                                \
    for (lapack_int done = 0; done < *n; done += piece) {                                         \
      const lapack_int count = *n - done < piece ? *n - done : piece;                             \
      for (lapack_int i = 0; i < count; ++i) copy[i] = from[(ptrdiff_t)(done + i) * step];        \
      copy[count] = 0;                                                                            \
      __real_##name(trans, m, &count, alpha, a + (ptrdiff_t)done * *lda, lda, copy, &next,        \
                    done == 0 ? beta : &unit, y, incy);                                           \
    }                                                                                             \
  }

SPC_GEMV(cgemv_, lapack_complex_float, 1.0F)
SPC_GEMV(zgemv_, lapack_complex_double, 1.0)

#endif
