/* SPDX-License-Identifier: Apache-2.0 */
/* A program that has its own BLAS: names of BLAS, LAPACK, CBLAS, LAPACKE and OpenBLAS, exported by
 * the test program with bodies that only count. Whoever calls one by accident also gets a wrong
 * answer, because nothing is computed. */
int host_blas_calls = 0;

#define HOST_NAME(name) \
  void name(void);      \
  void name(void) {     \
    ++host_blas_calls;  \
  }

HOST_NAME(sgemm_)
HOST_NAME(dgemm_)
HOST_NAME(cgemm_)
HOST_NAME(zgemm_)
HOST_NAME(dgemv_)
HOST_NAME(dtrsm_)
HOST_NAME(dsyrk_)
HOST_NAME(xerbla_)
HOST_NAME(lsame_)
HOST_NAME(ilaenv_)
HOST_NAME(dlamch_)
HOST_NAME(dsyevd_)
HOST_NAME(dsytrd_)
HOST_NAME(dstedc_)
HOST_NAME(dsterf_)
HOST_NAME(dgetrf_)
HOST_NAME(dpotrf_)
HOST_NAME(cblas_dgemm)
HOST_NAME(cblas_zgemm)
HOST_NAME(cblas_xerbla)
HOST_NAME(LAPACKE_dsyevd_work)
HOST_NAME(LAPACKE_dpotrf_work)
HOST_NAME(LAPACKE_xerbla)
HOST_NAME(openblas_get_config)
HOST_NAME(openblas_set_num_threads)
HOST_NAME(blas_thread_init)
HOST_NAME(gotoblas_init)
