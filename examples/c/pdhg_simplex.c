/* SPDX-License-Identifier: Apache-2.0 */
/* A linear programme over the simplex by primal-dual hybrid gradients (Chambolle and Pock 2011):
 * minimise <c, x> with sum x_i = 1, x >= 0. Sets and operators are the library's, the loop is ours
 * and works in place.
 *
 *   pdhg_simplex [FAMILY] */
#include <math.h>
#include <stdio.h>

#include <spacecore/spacecore.h>

struct problem {
  spc_linop A;
  spc_set nonnegative;
  spc_array c, b;
  spc_array step, minus_step, one, two, minus; /* weak numbers */
};

/* x = P(x - step (c + A# y)), y = y + step (A (2 x - x_before) - b). bar is room for one element. */
static spc_status iterate(const struct problem *p, spc_element *x, spc_element y, spc_element bar) {
  spc_element next = NULL;
  spc_status status = spc_axpby_into(p->minus_step, p->c, p->one, *x, bar);
  if (status == SPC_OK)
    status = spc_linop_apply_into(p->minus_step, p->A, y, p->one, bar, SPC_MODE_ADJOINT);
  if (status == SPC_OK) status = spc_set_project(p->nonnegative, bar, &next);
  if (status == SPC_OK) status = spc_axpby_into(p->two, next, p->minus, *x, bar);
  if (status == SPC_OK) status = spc_linop_apply_into(p->step, p->A, bar, p->one, y, SPC_MODE_NONE);
  if (status == SPC_OK) status = spc_axpby_into(p->minus_step, p->b, p->one, y, y);
  if (status != SPC_OK) {
    spc_array_release(&next);
    return status;
  }
  spc_array_release(x);
  *x = next;
  return SPC_OK;
}

static int run(const char *family) {
  const int64_t three = 3, one = 1, shape[] = {1, 3};
  const double cost[] = {2, 1, 3}, ones[] = {1, 1, 1}, tau = .9 / sqrt(3); /* below 1 / ||A|| */
  double solution[3] = {0}, objective = 0;
  int32_t feasible = 0;
  struct problem p = {0};
  spc_context ctx = NULL;
  spc_space X = NULL, R = NULL;
  spc_set simplex = NULL;
  spc_array m = NULL, x = NULL, y = NULL, bar = NULL, value = NULL;

  int failed =
      spc_context_create(family, SPC_FLOAT64, SPC_CHECK_CHEAP, &ctx) ||
      spc_space_elementwise(ctx, 1, &three, NULL, &X) || spc_space_vector(ctx, 1, NULL, &R) ||
      spc_array_from_host(ctx, SPC_FLOAT64, 2, shape, ones, &m) || spc_linop_dense(m, X, R, &p.A) ||
      spc_set_nonnegative(X, &p.nonnegative) || spc_set_simplex(X, 1, &simplex) ||
      spc_array_from_host(ctx, SPC_FLOAT64, 1, &three, cost, &p.c) ||
      spc_array_from_host(ctx, SPC_FLOAT64, 1, &one, ones, &p.b) || spc_weak_f64(tau, &p.step) ||
      spc_weak_f64(-tau, &p.minus_step) || spc_weak_f64(1, &p.one) || spc_weak_f64(2, &p.two) ||
      spc_weak_f64(-1, &p.minus) || spc_space_zeros(X, &x) || spc_space_zeros(R, &y) ||
      spc_space_zeros(X, &bar);
  for (int k = 0; k < 2000 && !failed; ++k) failed = iterate(&p, &x, y, bar) != SPC_OK;
  failed = failed || spc_space_inner(X, p.c, x, &value) ||
           spc_array_to_host(value, &objective, sizeof objective) ||
           spc_set_contains(simplex, x, 1e-8, &feasible) ||
           spc_array_to_host(x, solution, sizeof solution);

  spc_array arrays[] = {value, bar, y, x, m, p.c, p.b, p.step, p.minus_step, p.one, p.two, p.minus};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; ++i) spc_array_release(&arrays[i]);
  spc_set_release(&simplex);
  spc_set_release(&p.nonnegative);
  spc_linop_release(&p.A);
  spc_space_release(&R);
  spc_space_release(&X);
  spc_context_release(&ctx);
  if (failed) return 1;
  printf("x = (%.4f, %.4f, %.4f), objective %.4f\n", fabs(solution[0]), solution[1],
         fabs(solution[2]), objective);
  return !feasible || fabs(objective - 1) > 1e-6 || fabs(solution[1] - 1) > 1e-6;
}

int main(int argc, char **argv) {
  const char *text = "";
  const int wrong = run(argc > 1 ? argv[1] : "cpu");
  spc_last_error_message(&text);
  if (wrong) fprintf(stderr, "failed: %s\n", text);
  return wrong;
}
