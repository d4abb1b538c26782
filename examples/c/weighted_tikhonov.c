/* SPDX-License-Identifier: Apache-2.0 */
/* Tikhonov regularisation between weighted spaces: (A# A + mu) x = A# b, where A# is the adjoint in
 * the two inner products and not the transpose. The operators are algebra; cg sees their product.
 *
 *   weighted_tikhonov [FAMILY] */
#include <math.h>
#include <stdio.h>

#include <spacecore/spacecore.h>

/* R^n with the inner product sum w_i x_i y_i. */
static spc_status weighted_space(spc_context ctx, int64_t n, const double *w, spc_space *out) {
  spc_array weights = NULL;
  spc_geometry geometry = NULL;
  spc_status status = spc_array_from_host(ctx, SPC_FLOAT64, 1, &n, w, &weights);
  if (status == SPC_OK) status = spc_geometry_weighted(weights, &geometry);
  if (status == SPC_OK) status = spc_space_vector(ctx, n, geometry, out);
  spc_geometry_release(&geometry);
  spc_array_release(&weights);
  return status;
}

/* A# A + mu */
static spc_status normal_operator(spc_linop A, spc_space X, double mu, spc_linop *out) {
  spc_linop adjoint = NULL, identity = NULL, terms[2] = {NULL, NULL};
  spc_array factor = NULL;
  spc_status status = spc_linop_adjoint(A, &adjoint);
  if (status == SPC_OK) status = spc_linop_composed(adjoint, A, &terms[0]);
  if (status == SPC_OK) status = spc_linop_identity(X, &identity);
  if (status == SPC_OK) status = spc_weak_f64(mu, &factor);
  if (status == SPC_OK) status = spc_linop_scaled(factor, identity, &terms[1]);
  if (status == SPC_OK) status = spc_linop_sum(2, terms, out);
  spc_array_release(&factor);
  spc_linop_release(&terms[1]);
  spc_linop_release(&terms[0]);
  spc_linop_release(&identity);
  spc_linop_release(&adjoint);
  return status;
}

static int run(const char *family) {
  const double of_X[] = {2, 5}, of_Y[] = {3, 7, 11};
  const double matrix[] = {1, 0, .5, 3, 4, -1}, data[] = {2, -.5, 1.25};
  const int64_t shape[] = {3, 2}, three = 3;
  double solution[2] = {0, 0};
  spc_context ctx = NULL;
  spc_space X = NULL, Y = NULL;
  spc_array m = NULL, b = NULL, right = NULL, x = NULL;
  spc_linop A = NULL, normal = NULL;
  spc_solve_result result = {.struct_size = sizeof result};
  spc_solve_options options = {.struct_size = sizeof options};
  spc_solve_options_init(&options);
  options.rtol = 1e-12;

  const int failed = spc_context_create(family, SPC_FLOAT64, SPC_CHECK_STANDARD, &ctx) ||
                     weighted_space(ctx, 2, of_X, &X) || weighted_space(ctx, 3, of_Y, &Y) ||
                     spc_array_from_host(ctx, SPC_FLOAT64, 2, shape, matrix, &m) ||
                     spc_array_from_host(ctx, SPC_FLOAT64, 1, &three, data, &b) ||
                     spc_linop_dense(m, X, Y, &A) || normal_operator(A, X, .5, &normal) ||
                     spc_linop_rapply(A, b, &right) ||
                     spc_cg(normal, right, NULL, &options, &x, &result) ||
                     spc_array_to_host(x, solution, sizeof solution);

  spc_array_release(&x);
  spc_array_release(&right);
  spc_linop_release(&normal);
  spc_linop_release(&A);
  spc_array_release(&b);
  spc_array_release(&m);
  spc_space_release(&Y);
  spc_space_release(&X);
  spc_context_release(&ctx);
  if (failed) return 1;
  printf("x = (%.6f, %.6f), %s\n", solution[0], solution[1],
         result.reason > 0 ? "converged" : "not converged");
  return result.reason <= 0 || fabs(solution[0] - .291062364918389) > 1e-9 ||
         fabs(solution[1] + .189534781375608) > 1e-9;
}

int main(int argc, char **argv) {
  const char *text = "";
  const int wrong = run(argc > 1 ? argv[1] : "cpu");
  spc_last_error_message(&text);
  if (wrong) fprintf(stderr, "failed: %s\n", text);
  return wrong;
}
