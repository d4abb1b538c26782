// SPDX-License-Identifier: Apache-2.0
// A linear programme over the simplex by primal-dual hybrid gradients (Chambolle and Pock 2011):
// minimise <c, x> with sum x_i = 1, x >= 0. Sets and operators are the library's, the loop is ours.
//
//   pdhg_simplex [FAMILY]
#include <cmath>
#include <cstdio>

#include <spacecore/spacecore.hpp>

namespace {

bool run(const char *family) {
  const spc::Context ctx(family, SPC_FLOAT64, SPC_CHECK_CHEAP);
  const spc::Space X = spc::Space::elementwise(ctx, {3}), R = spc::Space::vector(ctx, 1);
  const spc::LinOp A = spc::LinOp::dense(spc::Array(ctx, {1.0, 1.0, 1.0}, {1, 3}), X, R);
  const spc::Array c(ctx, {2.0, 1.0, 3.0}), b(ctx, {1.0});
  const spc::Set nonnegative = spc::Set::nonnegative(X);

  const double step = 0.9 / std::sqrt(3.0);  // below 1 / ||A||
  spc::Array x = X.zeros(), y = R.zeros();
  for (int k = 0; k < 2000; ++k) {
    const spc::Array next = nonnegative.project(x - step * (c + A.rapply(y)));
    y = y + step * (A * (2.0 * next - x) - b);
    x = next;
  }
  const auto solution = x.to_vector<double>();
  const double objective = X.inner(c, x).item<double>();
  // The projection onto the simplex itself knows the constraint.
  const bool feasible = spc::Set::simplex(X).contains(x, 1e-8);
  std::printf("x = (%.4f, %.4f, %.4f), objective %.4f\n", std::abs(solution[0]), solution[1],
              std::abs(solution[2]), objective);
  return feasible && std::abs(objective - 1) < 1e-6 && std::abs(solution[1] - 1) < 1e-6;
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
