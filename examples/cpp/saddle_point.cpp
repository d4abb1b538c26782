// SPDX-License-Identifier: Apache-2.0
// A saddle point problem, [[K, B#], [B, 0]] (u, p) = (f, g), by MINRES: the blocks are operators,
// the unknown is a pair. The matrix is indefinite, so that cg would stop and say so.
//
//   saddle_point [FAMILY]
#include <cmath>
#include <cstdio>
#include <vector>

#include <spacecore/spacecore.hpp>

namespace {

bool run(const char *family) {
  const spc::Context ctx(family, SPC_FLOAT64, SPC_CHECK_STANDARD);
  const int n = 8;
  const spc::Space U = spc::Space::vector(ctx, n);
  // Minus the second difference, and differences of every second neighbour as constraints.
  const spc::LinOp K = -spc::LinOp::laplacian(U);
  std::vector<double> rows(2 * n, 0.0);
  rows[0] = rows[n + 4] = 1;
  rows[1] = rows[n + 5] = -1;
  const spc::Space P = spc::Space::vector(ctx, 2);
  const spc::LinOp B = spc::LinOp::dense(spc::Array(ctx, rows, {2, n}), U, P);
  const spc::LinOp S = spc::LinOp::block_matrix(2, 2, {K, adjoint(B), B, spc::LinOp()});

  const spc::Array f = U.ones(), g(ctx, {0.5, -0.25});
  spc::SolveOptions options;
  options.rtol = 1e-12;
  const spc::SolveResult result = spc::minres(S, spc::tuple({f, g}), options);
  const spc::Space X = S.domain();
  const spc::Array u = X.leaf_of(result.x, 0), p = X.leaf_of(result.x, 1);
  const double constraint = P.norm(B * u - g);
  const double balance = U.norm(K * u + B.rapply(p) - f);
  const bool indefinite = spc::cg(S, spc::tuple({f, g}), options).reason != SPC_REASON_RTOL;
  std::printf("%s, ||B u - g|| %s, ||K u + B# p - f|| %s\n", result.reason_name().c_str(),
              constraint < 1e-8 ? "small" : "large", balance < 1e-8 ? "small" : "large");
  return result.converged() && constraint < 1e-8 && balance < 1e-8 && indefinite;
}

}  // namespace

int main(int argc, char **argv) {
  try {
    return run(argc > 1 ? argv[1] : "cpu") ? 0 : 1;
  } catch (const std::exception &e) {
    std::printf("failed: %s\n", e.what());
    return 1;
  }
}
