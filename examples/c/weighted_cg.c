/* SPDX-License-Identifier: Apache-2.0 */
/* A weighted space, an operator given by a function, conjugate gradients with a monitor, and an
 * error that is caught.
 *
 *   weighted_cg [FAMILY]
 *
 * The operator is A = W^-1 S with S = tridiag(-1, 4, -1) and W = diag(w). As a matrix it is not
 * symmetric, but in the inner product <x, y> = sum w_i x_i y_i it is self-adjoint and positive,
 * and that is all that the method needs. The right-hand side is made so that x_i = i. */
#include <math.h>
#include <stdio.h>

#include <spacecore/spacecore.h>

enum { N = 20 };

struct problem {
  spc_context ctx;
  double weights[N];
};

/* y = A x. The element may lie in any memory, so its coordinates are copied out and in. */
static spc_status apply(void *user, spc_element x, spc_element *y) {
  const struct problem *problem = user;
  const int64_t shape[] = {N};
  double in[N], out[N];
  const spc_status status = spc_array_to_host(x, in, sizeof in);
  if (status != SPC_OK) return status;
  for (int i = 0; i < N; ++i) {
    const double left = i > 0 ? in[i - 1] : 0, right = i < N - 1 ? in[i + 1] : 0;
    out[i] = (4 * in[i] - left - right) / problem->weights[i];
  }
  return spc_array_from_host(problem->ctx, SPC_FLOAT64, 1, shape, out, y);
}

/* Counts its calls and prints the progress; 0 goes on. */
static int32_t monitor(void *user, const spc_solve_info *info) {
  ++*(int *)user;
  printf("iteration %2d  residual %.2E\n", (int)info->iteration, info->residual_norm);
  return 0;
}

/* Prints the last error, as every failure here ends the program. */
static int fail(void) {
  const char *text = "";
  spc_last_error_message(&text);
  fprintf(stderr, "failed: %s\n", text);
  return 1;
}

/* Hands A an element of a wrong length, which check level standard refuses. */
static int provoke_error(spc_context ctx, spc_linop A) {
  const int64_t wrong_shape[] = {N + 1};
  spc_array wrong = NULL, y = NULL;
  spc_error_info error = {.struct_size = sizeof error};
  int32_t is_value_error = 0;
  if (spc_zeros(ctx, 1, wrong_shape, SPC_DTYPE_NONE, &wrong) != SPC_OK) return fail();
  const spc_status status = spc_linop_apply(A, wrong, &y);
  spc_last_error(&error);
  printf("caught %s: %s\n", error.kind, error.message);
  spc_status_is_a(status, SPC_E_VALUE, &is_value_error);
  spc_array_release(&y);
  spc_array_release(&wrong);
  return status != SPC_E_VALIDATION || !is_value_error;
}

/* Compares what the solver returned with what is known. */
static int check_numbers(spc_space space, spc_array x, const spc_solve_result *result, int calls) {
  double solution[N], norm = 0, error = 0;
  spc_array length = NULL;
  const char *reason = "";
  const int failed =
      spc_reason_name(result->reason, &reason) || spc_array_to_host(x, solution, sizeof solution) ||
      spc_space_norm(space, x, &length) || spc_array_to_host(length, &norm, sizeof norm);
  spc_array_release(&length);
  if (failed) return fail();
  for (int i = 0; i < N; ++i) error = fmax(error, fabs(solution[i] - (i + 1)));
  printf("%s after %d iterations, %d calls of the monitor\n", reason, (int)result->iterations,
         calls);
  printf("x(1) = %.4f, x(%d) = %.4f, norm of x = %.4f\n", solution[0], N, solution[N - 1], norm);
  /* sum w_i i^2 = 4200 */
  if (result->reason == SPC_REASON_RTOL && calls == result->iterations + 1 && error < 1e-5 &&
      fabs(norm - sqrt(4200)) < 1e-5)
    return 0;
  fprintf(stderr, "wrong numbers: largest error of x is %g\n", error);
  return 1;
}

int main(int argc, char **argv) {
  const int64_t shape[] = {N};
  struct problem problem = {NULL, {0}};
  double truth[N];
  for (int i = 0; i < N; ++i) {
    problem.weights[i] = i % 2 == 0 ? 2 : 1;
    truth[i] = i + 1;
  }
  spc_array weights = NULL, expected = NULL, b = NULL, x = NULL;
  spc_geometry geometry = NULL;
  spc_space space = NULL;
  spc_linop A = NULL;
  int calls = 0;
  spc_solve_result result = {.struct_size = sizeof result};
  spc_solve_options options = {.struct_size = sizeof options};
  spc_solve_options_init(&options);
  options.rtol = 1e-8;
  options.monitor = monitor;
  options.monitor_user = &calls;

  int status = spc_context_create(argc > 1 ? argv[1] : "cpu", SPC_FLOAT64, SPC_CHECK_STANDARD,
                                  &problem.ctx) ||
               spc_array_from_host(problem.ctx, SPC_FLOAT64, 1, shape, problem.weights, &weights) ||
               spc_geometry_weighted(weights, &geometry) ||
               spc_space_dense(problem.ctx, 1, shape, geometry, &space) ||
               /* Self-adjoint: the adjoint is the same function. */
               spc_linop_matrix_free(apply, apply, &problem, space, space, &A) ||
               spc_array_from_host(problem.ctx, SPC_FLOAT64, 1, shape, truth, &expected) ||
               spc_linop_apply(A, expected, &b) || spc_cg(A, b, NULL, &options, &x, &result);
  if (status != 0)
    status = fail();
  else
    status = check_numbers(space, x, &result, calls) || provoke_error(problem.ctx, A);

  spc_array_release(&x);
  spc_array_release(&b);
  spc_array_release(&expected);
  spc_linop_release(&A);
  spc_space_release(&space);
  spc_geometry_release(&geometry);
  spc_array_release(&weights);
  spc_context_release(&problem.ctx);
  return status;
}
