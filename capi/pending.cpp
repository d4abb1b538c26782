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
spc_status spc_geometry_gram(spc_array, spc_geometry *) {
  return pending("geometry_gram");
}
spc_status spc_geometry_operator(spc_linop, spc_linop, double, spc_geometry *) {
  return pending("geometry_operator");
}
spc_status spc_geometry_custom(spc_scalar_fn, spc_apply_fn, spc_apply_fn, void *, spc_geometry *) {
  return pending("geometry_custom");
}
spc_status spc_geometry_equal(spc_geometry, spc_geometry, int32_t *) {
  return pending("geometry_equal");
}
spc_status spc_geometry_kind(spc_geometry, const char **) {
  return pending("geometry_kind");
}
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
spc_status spc_functional_inner(spc_element, spc_space, spc_functional *) {
  return pending("functional_inner");
}
spc_status spc_functional_linear(spc_scalar_fn, spc_scalar_fn, void *, spc_space,
                                 spc_functional *) {
  return pending("functional_linear");
}
spc_status spc_functional_callback(spc_scalar_fn, spc_apply_fn, void *, spc_space,
                                   spc_functional *) {
  return pending("functional_callback");
}
spc_status spc_functional_quadratic(spc_linop, spc_functional, spc_array, spc_functional *) {
  return pending("functional_quadratic");
}
spc_status spc_functional_squared_l2(spc_space, spc_functional *) {
  return pending("functional_squared_l2");
}
spc_status spc_functional_lp(spc_space, double, spc_functional *) {
  return pending("functional_lp");
}
spc_status spc_functional_l1(spc_space, spc_functional *) {
  return pending("functional_l1");
}
spc_status spc_functional_entropy(spc_space, spc_functional *) {
  return pending("functional_entropy");
}
spc_status spc_functional_kl(spc_element, spc_space, spc_functional *) {
  return pending("functional_kl");
}
spc_status spc_functional_huber(spc_space, double, spc_functional *) {
  return pending("functional_huber");
}
spc_status spc_functional_spectral_lp(spc_space, double, spc_functional *) {
  return pending("functional_spectral_lp");
}
spc_status spc_functional_nuclear(spc_space, spc_functional *) {
  return pending("functional_nuclear");
}
spc_status spc_functional_least_squares(spc_linop, spc_element, spc_element, double,
                                        spc_functional *) {
  return pending("functional_least_squares");
}
spc_status spc_functional_indicator(spc_set, spc_functional *) {
  return pending("functional_indicator");
}
spc_status spc_functional_zero(spc_space, spc_functional *) {
  return pending("functional_zero");
}
spc_status spc_functional_scaled(spc_array, spc_functional, spc_functional *) {
  return pending("functional_scaled");
}
spc_status spc_functional_sum(int64_t, const spc_functional *, spc_functional *) {
  return pending("functional_sum");
}
spc_status spc_functional_shifted(spc_functional, spc_array, spc_functional *) {
  return pending("functional_shifted");
}
spc_status spc_functional_composed(spc_functional, spc_linop, spc_functional *) {
  return pending("functional_composed");
}
spc_status spc_functional_retain(spc_functional) {
  return pending("functional_retain");
}
spc_status spc_functional_release(spc_functional *) {
  return pending("functional_release");
}
spc_status spc_functional_kind(spc_functional, const char **) {
  return pending("functional_kind");
}
spc_status spc_functional_domain(spc_functional, spc_space *) {
  return pending("functional_domain");
}
spc_status spc_functional_context(spc_functional, spc_context *) {
  return pending("functional_context");
}
spc_status spc_functional_convert(spc_functional, const spc_target *, spc_functional *) {
  return pending("functional_convert");
}
spc_status spc_functional_equal(spc_functional, spc_functional, int32_t *) {
  return pending("functional_equal");
}
spc_status spc_functional_text(spc_functional, char *, int64_t, int64_t *) {
  return pending("functional_text");
}
spc_status spc_functional_value(spc_functional, spc_element, spc_array *) {
  return pending("functional_value");
}
spc_status spc_functional_grad(spc_functional, spc_element, spc_element *) {
  return pending("functional_grad");
}
spc_status spc_functional_value_and_grad(spc_functional, spc_element, spc_array *, spc_element *) {
  return pending("functional_value_and_grad");
}
spc_status spc_functional_vvalue(spc_functional, spc_element, spc_array *) {
  return pending("functional_vvalue");
}
spc_status spc_functional_vgrad(spc_functional, spc_element, spc_element *) {
  return pending("functional_vgrad");
}
spc_status spc_functional_hess_apply(spc_functional, spc_element, spc_element, spc_element *) {
  return pending("functional_hess_apply");
}
spc_status spc_functional_prox(spc_functional, spc_element, double, spc_element *) {
  return pending("functional_prox");
}
spc_status spc_functional_representer(spc_functional, spc_element *) {
  return pending("functional_representer");
}
spc_status spc_functional_objective(spc_functional, int64_t, const double *, double *, double *) {
  return pending("functional_objective");
}
spc_status spc_test_functional(spc_functional, int64_t, int64_t, char *, int64_t, int64_t *,
                               int64_t *) {
  return pending("test_functional");
}
spc_status spc_generalized_shrinkage(spc_space, spc_element, spc_element, double, double, int32_t,
                                     spc_element *) {
  return pending("generalized_shrinkage");
}
spc_status spc_set_nonnegative(spc_space, spc_set *) {
  return pending("set_nonnegative");
}
spc_status spc_set_box(spc_space, spc_element, spc_element, spc_set *) {
  return pending("set_box");
}
spc_status spc_set_ball(spc_space, spc_element, double, spc_set *) {
  return pending("set_ball");
}
spc_status spc_set_simplex(spc_space, double, spc_set *) {
  return pending("set_simplex");
}
spc_status spc_set_affine(spc_linop, spc_element, spc_set *) {
  return pending("set_affine");
}
spc_status spc_set_psd(spc_space, spc_set *) {
  return pending("set_psd");
}
spc_status spc_set_retain(spc_set) {
  return pending("set_retain");
}
spc_status spc_set_release(spc_set *) {
  return pending("set_release");
}
spc_status spc_set_kind(spc_set, const char **) {
  return pending("set_kind");
}
spc_status spc_set_space(spc_set, spc_space *) {
  return pending("set_space");
}
spc_status spc_set_convert(spc_set, const spc_target *, spc_set *) {
  return pending("set_convert");
}
spc_status spc_set_project(spc_set, spc_element, spc_element *) {
  return pending("set_project");
}
spc_status spc_set_contains(spc_set, spc_element, double, int32_t *) {
  return pending("set_contains");
}
}
