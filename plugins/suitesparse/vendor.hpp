// SPDX-License-Identifier: Apache-2.0
// The functions of CHOLMOD, UMFPACK, SPQR and KLU, out of the distribution's shared libraries, which
// are opened at first use.
#pragma once

#include <SuiteSparseQR_C.h>
#include <cholmod.h>
#include <klu.h>
#include <umfpack.h>

namespace spc::suitesparse {

// NAME of every function that the family calls, by library.
#define SPC_CHOLMOD_FUNCTIONS(X) \
  X(cholmod_l_start)             \
  X(cholmod_l_finish)            \
  X(cholmod_l_analyze)           \
  X(cholmod_l_factorize)         \
  X(cholmod_l_copy_factor)       \
  X(cholmod_l_free_factor)       \
  X(cholmod_l_solve)             \
  X(cholmod_l_free_dense)        \
  X(cholmod_l_free_sparse)       \
  X(cholmod_l_free)
#define SPC_UMFPACK_FUNCTIONS(X) \
  X(umfpack_dl_defaults)         \
  X(umfpack_zl_defaults)         \
  X(umfpack_dl_symbolic)         \
  X(umfpack_zl_symbolic)         \
  X(umfpack_dl_numeric)          \
  X(umfpack_zl_numeric)          \
  X(umfpack_dl_wsolve)           \
  X(umfpack_zl_wsolve)           \
  X(umfpack_dl_get_numeric)      \
  X(umfpack_zl_get_numeric)      \
  X(umfpack_dl_get_determinant)  \
  X(umfpack_zl_get_determinant)  \
  X(umfpack_dl_free_symbolic)    \
  X(umfpack_zl_free_symbolic)    \
  X(umfpack_dl_free_numeric)     \
  X(umfpack_zl_free_numeric)
#define SPC_SPQR_FUNCTIONS(X)  \
  X(SuiteSparseQR_C)           \
  X(SuiteSparseQR_C_factorize) \
  X(SuiteSparseQR_C_solve)     \
  X(SuiteSparseQR_C_qmult)     \
  X(SuiteSparseQR_C_free)
#define SPC_KLU_FUNCTIONS(X) \
  X(klu_l_defaults)          \
  X(klu_l_analyze)           \
  X(klu_l_factor)            \
  X(klu_zl_factor)           \
  X(klu_l_solve)             \
  X(klu_zl_solve)            \
  X(klu_l_tsolve)            \
  X(klu_zl_tsolve)           \
  X(klu_l_free_symbolic)     \
  X(klu_l_free_numeric)      \
  X(klu_zl_free_numeric)

struct Vendor {
#define SPC_FUNCTION(NAME) decltype(&::NAME) NAME = nullptr;
  SPC_CHOLMOD_FUNCTIONS(SPC_FUNCTION)
  SPC_UMFPACK_FUNCTIONS(SPC_FUNCTION)
  SPC_SPQR_FUNCTIONS(SPC_FUNCTION)
  SPC_KLU_FUNCTIONS(SPC_FUNCTION)
#undef SPC_FUNCTION
};

// Whether the files are where the loader looks first; opens nothing. No: they may be elsewhere.
// Throws bad_alloc.
bool installed();
// All of them, or nullptr and the reason, a string that lives as long as the process. Opened once.
// Throws bad_alloc, and may be called again.
const Vendor *vendor(const char **why);

}  // namespace spc::suitesparse
