/* SPDX-License-Identifier: Apache-2.0 */
/* A program whose own BLAS has 64-bit integers under the usual names: with 32-bit lengths at these
 * addresses, what they read is lengths of 2^32 and more. dgemm_ and the like work, for the program. */
#include <stdint.h>
#include <stdlib.h>

int host_ilp64_calls = 0;

void dgemm_(const char *transa, const char *transb, const int64_t *m, const int64_t *n,
            const int64_t *k, const double *alpha, const double *a, const int64_t *lda,
            const double *b, const int64_t *ldb, const double *beta, double *c, const int64_t *ldc);
void dgemm_(const char *transa, const char *transb, const int64_t *m, const int64_t *n,
            const int64_t *k, const double *alpha, const double *a, const int64_t *lda,
            const double *b, const int64_t *ldb, const double *beta, double *c,
            const int64_t *ldc) {
  int64_t i, j, l;
  ++host_ilp64_calls;
  if (*transa != 'N' || *transb != 'N') abort();
  for (j = 0; j < *n; ++j)
    for (i = 0; i < *m; ++i) {
      double sum = 0;
      for (l = 0; l < *k; ++l) sum += a[i + l * *lda] * b[l + j * *ldb];
      c[i + j * *ldc] = *alpha * sum + (*beta == 0 ? 0 : *beta * c[i + j * *ldc]);
    }
}

void cblas_dgemm(int64_t order, int64_t transa, int64_t transb, int64_t m, int64_t n, int64_t k,
                 double alpha, const double *a, int64_t lda, const double *b, int64_t ldb,
                 double beta, double *c, int64_t ldc);
void cblas_dgemm(int64_t order, int64_t transa, int64_t transb, int64_t m, int64_t n, int64_t k,
                 double alpha, const double *a, int64_t lda, const double *b, int64_t ldb,
                 double beta, double *c, int64_t ldc) {
  (void)order, (void)transa, (void)transb;
  dgemm_("N", "N", &n, &m, &k, &alpha, b, &ldb, a, &lda, &beta, c, &ldc);
}

/* What LAPACK asks for. */
int64_t isamax_(const int64_t *n, const float *x, const int64_t *step);
int64_t isamax_(const int64_t *n, const float *x, const int64_t *step) {
  int64_t i, best = 1;
  ++host_ilp64_calls;
  for (i = 1; i < *n; ++i)
    if (x[i * *step] > x[(best - 1) * *step]) best = i + 1;
  return best;
}
int64_t ilaenv_(const int64_t *what, const char *name, const char *options, const int64_t *n1,
                const int64_t *n2, const int64_t *n3, const int64_t *n4);
int64_t ilaenv_(const int64_t *what, const char *name, const char *options, const int64_t *n1,
                const int64_t *n2, const int64_t *n3, const int64_t *n4) {
  (void)what, (void)name, (void)options, (void)n1, (void)n2, (void)n3, (void)n4;
  ++host_ilp64_calls;
  return INT64_C(1) << 40;
}
/* Ends the program, as that of the reference BLAS does. */
void xerbla_(const char *routine, const int64_t *position);
void xerbla_(const char *routine, const int64_t *position) {
  (void)routine, (void)position;
  exit(9);
}
/* Says of itself what it is: a library that is asked by name must ask its own. */
const char *openblas_get_config(void);
const char *openblas_get_config(void) {
  ++host_ilp64_calls;
  return "OpenBLAS 9.9.9 USE64BITINT";
}
