/* SPDX-License-Identifier: Apache-2.0 */
/* The Lyapunov equation M X + X M = C for Hermitian matrices by conjugate gradients: the unknown is
 * a matrix, the operator a function, and no Kronecker product is ever formed.
 *
 *   lyapunov [FAMILY] */
#include <math.h>
#include <stdio.h>

#include <spacecore/spacecore.h>

/* Y = M X + X M, with M in `user`. X is lent; the reference in *Y passes to the caller, and a status
 * that is not 0 ends the solve with the text of the call that failed. */
static spc_status anticommutator(void *user, spc_element X, spc_element *Y) {
  const spc_array M = user;
  spc_array left = NULL, right = NULL;
  spc_status status = spc_matmul(M, X, NULL, &left);
  if (status == SPC_OK) status = spc_matmul(X, M, NULL, &right);
  if (status == SPC_OK) status = spc_add(left, right, Y);
  spc_array_release(&right);
  spc_array_release(&left);
  return status;
}

static int run(const char *family) {
  const int64_t shape[] = {2, 2};
  const double m[] = {2, 0, 0, 3}, c[] = {4, 5, 5, 12}, expected[] = {1, 1, 1, 2};
  double x[4] = {0}, eigenvalues[2] = {0}, error = 0;
  spc_context ctx = NULL;
  spc_space H = NULL;
  spc_array M = NULL, C = NULL, X = NULL, spectrum = NULL;
  spc_linop L = NULL;
  spc_solve_result result = {.struct_size = sizeof result};
  spc_solve_options options = {.struct_size = sizeof options};
  spc_solve_options_init(&options);
  options.rtol = 1e-12;

  /* Level strict tests that the function is its own adjoint when the operator is made. */
  const int failed = spc_context_create(family, SPC_FLOAT64, SPC_CHECK_STRICT, &ctx) ||
                     spc_space_hermitian(ctx, 2, 0, 0, 1, &H) ||
                     spc_array_from_host(ctx, SPC_FLOAT64, 2, shape, m, &M) ||
                     spc_array_from_host(ctx, SPC_FLOAT64, 2, shape, c, &C) ||
                     spc_linop_matrix_free(anticommutator, anticommutator, M, H, H, &L) ||
                     spc_cg(L, C, NULL, &options, &X, &result) ||
                     spc_space_spectrum(H, X, &spectrum) || spc_array_to_host(X, x, sizeof x) ||
                     spc_array_to_host(spectrum, eigenvalues, sizeof eigenvalues);

  spc_array_release(&spectrum);
  spc_array_release(&X);
  spc_linop_release(&L);
  spc_array_release(&C);
  spc_array_release(&M);
  spc_space_release(&H);
  spc_context_release(&ctx);
  if (failed) return 1;
  printf("X = [[%.4f, %.4f], [%.4f, %.4f]], eigenvalues %.4f and %.4f\n", x[0], x[1], x[2], x[3],
         eigenvalues[0], eigenvalues[1]);
  for (int i = 0; i < 4; ++i) error = fmax(error, fabs(x[i] - expected[i]));
  return result.reason <= 0 || error > 1e-9;
}

int main(int argc, char **argv) {
  const char *text = "";
  const int wrong = run(argc > 1 ? argv[1] : "cpu");
  spc_last_error_message(&text);
  if (wrong) fprintf(stderr, "failed: %s\n", text);
  return wrong;
}
