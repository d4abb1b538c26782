// SPDX-License-Identifier: Apache-2.0
// Functions that are being written; a function that has its file leaves this one.
#include "spacecore/api.h"

#include "capi/guard.hpp"

using namespace spc;        // NOLINT(google-build-using-namespace)
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

namespace {
spc_status pending(const char *name) {
  return guard(name, [&] { fail(SPC_E_NOTIMPL, "{}: not offered by any family", name); });
}
}  // namespace

extern "C" {
spc_status spc_linop_kronecker(spc_linop, spc_linop, spc_linop *) {
  return pending("linop_kronecker");
}
spc_status spc_linop_kronecker_sum(spc_linop, spc_linop, spc_linop *) {
  return pending("linop_kronecker_sum");
}
spc_status spc_linop_low_rank(spc_array, spc_array, spc_array, spc_space, spc_space, spc_linop *) {
  return pending("linop_low_rank");
}
spc_status spc_linop_permutation(spc_array, spc_space, spc_linop *) {
  return pending("linop_permutation");
}
spc_status spc_linop_restriction(spc_array, spc_space, spc_space, spc_linop *) {
  return pending("linop_restriction");
}
spc_status spc_linop_inverse(spc_linop, const char *, spc_linop *) {
  return pending("linop_inverse");
}
spc_status spc_linop_difference(spc_space, int32_t, int32_t, int32_t, int32_t, double,
                                spc_linop *) {
  return pending("linop_difference");
}
spc_status spc_linop_gradient(spc_space, int32_t, int32_t, const double *, spc_linop *) {
  return pending("linop_gradient");
}
spc_status spc_linop_laplacian(spc_space, int32_t, const double *, spc_linop *) {
  return pending("linop_laplacian");
}
spc_status spc_linop_toeplitz(spc_array, spc_array, spc_space, spc_space, spc_linop *) {
  return pending("linop_toeplitz");
}
spc_status spc_linop_circulant(spc_array, spc_space, spc_linop *) {
  return pending("linop_circulant");
}
spc_status spc_linop_jacobi(spc_linop, spc_linop *) {
  return pending("linop_jacobi");
}
spc_status spc_linop_block_jacobi(spc_linop, int64_t, spc_linop *) {
  return pending("linop_block_jacobi");
}
}
