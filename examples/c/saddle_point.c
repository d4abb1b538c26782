/* SPDX-License-Identifier: Apache-2.0 */
/* A saddle point problem, [[K, B#], [B, 0]] (u, p) = (f, g), by MINRES: the blocks are operators,
 * the unknown is a pair. The matrix is indefinite: cg stops and says so, which is an outcome and no
 * error; blocks that do not fit are one, and nothing else is touched by it.
 *
 *   saddle_point [FAMILY] */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <spacecore/spacecore.h>

enum { N = 8 };

/* The norm of A x - b, b being consumed. */
static spc_status distance(spc_linop A, spc_element x, spc_array b, double *out) {
  spc_space Y = NULL;
  spc_array minus = NULL, norm = NULL;
  spc_status status = spc_weak_f64(-1, &minus);
  /* b = A x - b, in place */
  if (status == SPC_OK) status = spc_linop_apply_into(NULL, A, x, minus, b, SPC_MODE_NONE);
  if (status == SPC_OK) status = spc_linop_codomain(A, &Y);
  if (status == SPC_OK) status = spc_space_norm(Y, b, &norm);
  if (status == SPC_OK) status = spc_array_to_host(norm, out, sizeof *out);
  spc_array_release(&norm);
  spc_space_release(&Y);
  spc_array_release(&minus);
  return status;
}

/* A row of blocks that do not share their codomain is refused, with both of them in the text. */
static int refuses_blocks_that_do_not_fit(spc_linop K, spc_linop B) {
  const spc_linop row[] = {K, B};
  spc_linop wrong = NULL;
  const spc_status status = spc_linop_block_matrix(1, 2, row, &wrong);
  spc_error_info error = {.struct_size = sizeof error};
  spc_last_error(&error);
  printf("%s: %s\n", error.kind, strstr(error.message, "row 0") ? "row 0 does not fit" : "?");
  return status == SPC_E_VALUE && wrong == NULL;
}

static int run(const char *family) {
  const int64_t n = N, two = 2, shape[] = {2, N};
  const double constraints[] = {.5, -.25};
  double rows[2 * N] = {0}, load[N], gap = 1;
  for (int i = 0; i < N; ++i) load[i] = 1;
  rows[0] = rows[N + 4] = 1;
  rows[1] = rows[N + 5] = -1;
  spc_context ctx = NULL;
  spc_space U = NULL, P = NULL;
  spc_array minus = NULL, m = NULL, f = NULL, g = NULL, pair = NULL;
  spc_element x = NULL, y = NULL, u = NULL;
  spc_linop L = NULL, K = NULL, B = NULL, Bt = NULL, S = NULL;
  spc_solve_result by_minres = {.struct_size = sizeof by_minres}, by_cg = by_minres;
  spc_solve_options options = {.struct_size = sizeof options};
  spc_solve_options_init(&options);
  options.rtol = 1e-12;

  int failed = spc_context_create(family, SPC_FLOAT64, SPC_CHECK_STANDARD, &ctx) ||
               spc_space_vector(ctx, n, NULL, &U) || spc_space_vector(ctx, 2, NULL, &P) ||
               spc_linop_laplacian(U, SPC_BOUNDARY_ZERO, NULL, &L) || spc_weak_f64(-1, &minus) ||
               spc_linop_scaled(minus, L, &K) ||
               spc_array_from_host(ctx, SPC_FLOAT64, 2, shape, rows, &m) ||
               spc_linop_dense(m, U, P, &B) || spc_linop_adjoint(B, &Bt);
  if (!failed) {
    const spc_linop blocks[] = {K, Bt, B, NULL}; /* NULL: zero */
    failed = spc_linop_block_matrix(2, 2, blocks, &S) ||
             spc_array_from_host(ctx, SPC_FLOAT64, 1, &n, load, &f) ||
             spc_array_from_host(ctx, SPC_FLOAT64, 1, &two, constraints, &g);
  }
  if (!failed) {
    const spc_value right[] = {f, g};
    failed = spc_value_tuple(2, right, &pair) ||
             spc_minres(S, pair, NULL, &options, &x, &by_minres) ||
             spc_cg(S, pair, NULL, &options, &y, &by_cg) || spc_value_item(x, 0, &u) ||
             distance(B, u, g, &gap);
  }
  const int good = !failed && by_minres.reason > 0 && by_cg.reason == SPC_REASON_INDEFINITE &&
                   gap < 1e-8 && refuses_blocks_that_do_not_fit(K, B);
  const char *minres = "", *cg = "";
  spc_reason_name(by_minres.reason, &minres);
  spc_reason_name(by_cg.reason, &cg);
  if (!failed)
    printf("minres: %s, cg: %s, ||B u - g|| %s\n", minres, cg, gap < 1e-8 ? "small" : "large");

  spc_linop operators[] = {S, Bt, B, K, L};
  for (size_t i = 0; i < sizeof operators / sizeof *operators; ++i)
    spc_linop_release(&operators[i]);
  spc_array values[] = {u, y, x, pair, g, f, m, minus};
  for (size_t i = 0; i < sizeof values / sizeof *values; ++i) spc_array_release(&values[i]);
  spc_space_release(&P);
  spc_space_release(&U);
  spc_context_release(&ctx);
  return !good;
}

int main(int argc, char **argv) {
  const char *text = "";
  const int wrong = run(argc > 1 ? argv[1] : "cpu");
  spc_last_error_message(&text);
  if (wrong) fprintf(stderr, "failed: %s\n", text);
  return wrong;
}
