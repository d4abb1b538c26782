/* SPDX-License-Identifier: Apache-2.0 */
/* Least squares with named parameters: the unknown is a tree {weights: *, bias: *}, the model a sum
 * of operators on its leaves, and lsqr solves for the tree.
 *
 *   tree_least_squares [FAMILY] */
#include <math.h>
#include <stdio.h>

#include <spacecore/spacecore.h>

/* The m x n matrix as an operator from X to Y. */
static spc_status matrix(spc_context ctx, int64_t m, int64_t n, const double *entries, spc_space X,
                         spc_space Y, spc_linop *out) {
  const int64_t shape[] = {m, n};
  spc_array a = NULL;
  spc_status status = spc_array_from_host(ctx, SPC_FLOAT64, 2, shape, entries, &a);
  if (status == SPC_OK) status = spc_linop_dense(a, X, Y, out);
  spc_array_release(&a);
  return status;
}

/* The coordinates of the leaf at a path, n of them. */
static spc_status leaf(spc_space tree, spc_element x, const char *path, double *out, int64_t n) {
  int64_t index = 0;
  spc_element part = NULL;
  spc_status status = spc_space_leaf_index(tree, path, &index);
  if (status == SPC_OK) status = spc_space_element_leaf(tree, x, index, &part);
  if (status == SPC_OK) status = spc_array_to_host(part, out, n * (int64_t)sizeof(double));
  spc_array_release(&part);
  return status;
}

static int run(const char *family) {
  const double of_bias[] = {1, 1, 0}, of_weights[] = {1, 0, 0, 1, 1, 1}, data[] = {1, 2, 4};
  const int64_t three = 3;
  double w[2] = {0, 0}, bias = 0;
  spc_context ctx = NULL;
  spc_space leaves[2] = {NULL, NULL}, parameters = NULL, Y = NULL; /* leaves: bias, weights */
  spc_linop parts[2] = {NULL, NULL}, model = NULL;
  spc_array b = NULL;
  spc_element x = NULL;
  spc_solve_result result = {.struct_size = sizeof result};
  spc_solve_options options = {.struct_size = sizeof options};
  spc_solve_options_init(&options);
  options.rtol = 1e-12;

  /* Leaves come in the order of the sorted keys, however the structure is written. */
  const int failed =
      spc_context_create(family, SPC_FLOAT64, SPC_CHECK_STANDARD, &ctx) ||
      spc_space_vector(ctx, 1, NULL, &leaves[0]) || spc_space_vector(ctx, 2, NULL, &leaves[1]) ||
      spc_space_vector(ctx, 3, NULL, &Y) ||
      spc_space_tree("{weights: *, bias: *}", 2, leaves, NULL, &parameters) ||
      matrix(ctx, 3, 1, of_bias, leaves[0], Y, &parts[0]) ||
      matrix(ctx, 3, 2, of_weights, leaves[1], Y, &parts[1]) ||
      spc_linop_sum_to_single(parameters, Y, 2, parts, &model) ||
      spc_array_from_host(ctx, SPC_FLOAT64, 1, &three, data, &b) ||
      spc_lsqr(model, b, NULL, &options, &x, &result) || leaf(parameters, x, "$.weights", w, 2) ||
      leaf(parameters, x, "$.bias", &bias, 1);

  spc_array_release(&x);
  spc_array_release(&b);
  spc_linop_release(&model);
  for (int i = 0; i < 2; ++i) {
    spc_linop_release(&parts[i]);
    spc_space_release(&leaves[i]);
  }
  spc_space_release(&parameters);
  spc_space_release(&Y);
  spc_context_release(&ctx);
  if (failed) return 1;
  printf("weights (%.4f, %.4f), bias %.4f\n", w[0], w[1], bias);
  return result.reason <= 0 || fabs(w[0] - 1.5) > 1e-8 || fabs(w[1] - 2.5) > 1e-8 ||
         fabs(bias + .5) > 1e-8;
}

int main(int argc, char **argv) {
  const char *text = "";
  const int wrong = run(argc > 1 ? argv[1] : "cpu");
  spc_last_error_message(&text);
  if (wrong) fprintf(stderr, "failed: %s\n", text);
  return wrong;
}
