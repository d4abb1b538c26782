// SPDX-License-Identifier: Apache-2.0
// The heat equation u' = Laplace(u) on a square by implicit Euler steps: I - dt L is a sum of Kronecker
// products, becomes one sparse matrix, and its Cholesky factors serve every step. Another step width
// has the same pattern, so that its factors use the same analysis.
//
//   heat [FAMILY]      suitesparse factors by CHOLMOD
#include <cmath>
#include <cstdio>
#include <vector>

#include <spacecore/spacecore.hpp>

namespace {

bool run(const char *family) {
  const spc::Context ctx(family, SPC_FLOAT64, SPC_CHECK_STANDARD);
  const int n = 30;
  const double h = 1.0 / (n + 1), pi = std::acos(-1.0);
  const spc::Space line = spc::Space::vector(ctx, n);
  const spc::LinOp second = (1 / (h * h)) * spc::LinOp::laplacian(line),
                   L = spc::LinOp::kronecker_sum(second, second);
  const spc::LinOp one = spc::LinOp::identity(L.domain());
  const auto step = [&](double dt) { return (one - dt * L).fuse(true); };

  // An eigenvector of L, which a step divides by 1 - dt lambda.
  std::vector<double> start;
  for (int i = 1; i <= n; ++i)
    for (int j = 1; j <= n; ++j) start.push_back(std::sin(pi * i * h) * std::sin(pi * j * h));
  const spc::Array u0(ctx, start, {n, n});
  const double lambda = -2 * std::pow(2 / h * std::sin(pi * h / 2), 2);

  bool good = true;
  spc::LinOp inverse;
  for (const double dt : {1e-3, 5e-4}) {
    const spc::LinOp A = step(dt);
    inverse = inverse ? inverse.refactorize(A) : A.factorize();
    spc::Array u = u0;
    const int steps = static_cast<int>(std::lround(0.05 / dt));
    for (int k = 0; k < steps; ++k) u = inverse * u;
    const double left = std::pow(1 - dt * lambda, -steps);
    const double error = L.domain().norm(u - left * u0) / L.domain().norm(u0);
    const spc_factor_info info = inverse.factor_info();
    std::printf("dt %.4f: %3d steps leave %.4f, error %s; %s: %s, condition about %.0f\n", dt,
                steps, left, error < 1e-12 ? "small" : "large",
                info.method == SPC_FACTOR_CHOLESKY ? "cholesky" : "another method", info.reason,
                inverse.condition_estimate());
    good &= error < 1e-12 && info.method == SPC_FACTOR_CHOLESKY && info.log_abs_det > 0;
  }
  return good;
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
