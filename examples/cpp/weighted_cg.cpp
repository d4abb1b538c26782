// SPDX-License-Identifier: Apache-2.0
// A weighted space, an operator given by a function, conjugate gradients with a monitor, and an
// error that is caught.
//
//   weighted_cg [FAMILY]
//
// The operator is A = W^-1 S with S = tridiag(-1, 4, -1) and W = diag(w). As a matrix it is not
// symmetric, but in the inner product <x, y> = sum w_i x_i y_i it is self-adjoint and positive,
// and that is all that the method needs. The right-hand side is made so that x_i = i.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include <spacecore/spacecore.hpp>

namespace {

constexpr int n = 20;

int run(const char *family) {
  std::vector<double> weights(n), truth(n);
  for (int i = 0; i < n; ++i) {
    weights[i] = i % 2 == 0 ? 2 : 1;
    truth[i] = i + 1;
  }
  const spc::Context ctx(family, SPC_FLOAT64, SPC_CHECK_STANDARD);
  const spc::Space space(ctx, {n}, spc::Geometry::weighted(spc::Array(ctx, weights)));
  const auto A = spc::LinOp::self_adjoint(space, [&](const spc::Array &x) {
    const auto in = x.to_vector<double>();
    std::vector<double> out(n);
    for (int i = 0; i < n; ++i) {
      const double left = i > 0 ? in[i - 1] : 0, right = i < n - 1 ? in[i + 1] : 0;
      out[i] = (4 * in[i] - left - right) / weights[i];
    }
    return spc::Array(ctx, out);
  });
  const spc::Array b = A * spc::Array(ctx, truth);

  int calls = 0;
  spc::SolveOptions options;
  options.rtol = 1e-8;
  options.monitor = [&](const spc_solve_info &info) {
    ++calls;
    std::printf("iteration %2d  residual %.2E\n", static_cast<int>(info.iteration),
                info.residual_norm);
    return false;
  };
  const spc::SolveResult result = spc::cg(A, b, options);

  const auto solution = result.x.to_vector<double>();
  const double norm = space.norm(result.x);
  double error = 0;
  for (int i = 0; i < n; ++i) error = std::max(error, std::abs(solution[i] - truth[i]));
  std::printf("%s after %d iterations, %d calls of the monitor\n", result.reason_name().c_str(),
              static_cast<int>(result.iterations), calls);
  std::printf("x(1) = %.4f, x(%d) = %.4f, norm of x = %.4f\n", solution.front(), n, solution.back(),
              norm);
  // sum w_i i^2 = 4200
  if (result.reason != SPC_REASON_RTOL || calls != result.iterations + 1 || !(error < 1e-5) ||
      !(std::abs(norm - std::sqrt(4200)) < 1e-5)) {
    std::fprintf(stderr, "wrong numbers: largest error of x is %g\n", error);
    return 1;
  }

  // An element of a wrong length, which check level standard refuses.
  try {
    A.apply(spc::zeros(ctx, {n + 1}));
  } catch (const spc::Error &e) {
    std::printf("caught %s: %s\n", e.kind().c_str(), e.what());
    return e.code() == SPC_E_VALIDATION && e.is_a(SPC_E_VALUE) ? 0 : 1;
  }
  return 1;
}

}  // namespace

int main(int argc, char **argv) {
  try {
    return run(argc > 1 ? argv[1] : "cpu");
  } catch (const std::exception &e) {
    std::fprintf(stderr, "failed: %s\n", e.what());
    return 1;
  }
}
