// SPDX-License-Identifier: Apache-2.0
// Tikhonov regularisation between weighted spaces: (A# A + mu) x = A# b, where A# is the adjoint in
// the two inner products and not the transpose. The operators are algebra; cg sees their product.
//
//   weighted_tikhonov [FAMILY]
#include <cmath>
#include <cstdio>
#include <vector>

#include <spacecore/spacecore.hpp>

namespace {

bool run(const char *family) {
  const spc::Context ctx(family, SPC_FLOAT64, SPC_CHECK_STANDARD);
  const spc::Space X =
      spc::Space::vector(ctx, 2, spc::Geometry::weighted(spc::Array(ctx, {2.0, 5.0})));
  const spc::Space Y =
      spc::Space::vector(ctx, 3, spc::Geometry::weighted(spc::Array(ctx, {3.0, 7.0, 11.0})));
  const spc::LinOp A =
      spc::LinOp::dense(spc::Array(ctx, {1.0, 0.0, 0.5, 3.0, 4.0, -1.0}, {3, 2}), X, Y);
  const spc::Array b(ctx, {2.0, -0.5, 1.25});

  const spc::LinOp normal = adjoint(A) * A + 0.5 * spc::LinOp::identity(X);
  spc::SolveOptions options;
  options.rtol = 1e-12;
  const spc::SolveResult by_cg = spc::cg(normal, A.rapply(b), options);

  // The same minimiser as that of 1/2 ||A x - b||^2 + 1/4 ||x||^2, whose gradient is metric, too.
  const spc::Functional objective =
      spc::Functional::least_squares(A, b) + 0.5 * spc::Functional::squared_l2(X);
  const double gradient = X.norm(objective.grad(by_cg.x));

  const auto x = by_cg.x.to_vector<double>();
  std::printf("x = (%.6f, %.6f), %s\n", x[0], x[1],
              by_cg.converged() ? "converged" : "not converged");
  return by_cg.converged() && std::abs(x[0] - 0.291062364918389) < 1e-9 &&
         std::abs(x[1] + 0.189534781375608) < 1e-9 && gradient < 1e-8;
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
