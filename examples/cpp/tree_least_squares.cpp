// SPDX-License-Identifier: Apache-2.0
// Least squares with named parameters: the unknown is a tree {bias: *, weights: *}, the model a sum
// of operators on its leaves, and lsqr solves for the tree.
//
//   tree_least_squares [FAMILY]
#include <cmath>
#include <cstdio>
#include <vector>

#include <spacecore/spacecore.hpp>

namespace {

bool run(const char *family) {
  const spc::Context ctx(family, SPC_FLOAT64, SPC_CHECK_STANDARD);
  const spc::Space data = spc::Space::vector(ctx, 3);
  const spc::Space bias = spc::Space::vector(ctx, 1), weights = spc::Space::vector(ctx, 2);
  const spc::Space parameters = spc::Space::tree("{weights: *, bias: *}", {bias, weights});
  const spc::LinOp from_bias =
      spc::LinOp::dense(spc::Array(ctx, {1.0, 1.0, 0.0}, {3, 1}), bias, data);
  const spc::LinOp from_weights =
      spc::LinOp::dense(spc::Array(ctx, {1.0, 0.0, 0.0, 1.0, 1.0, 1.0}, {3, 2}), weights, data);
  const spc::LinOp model = spc::LinOp::sum_to_single({from_bias, from_weights}, parameters);

  spc::SolveOptions options;
  options.rtol = 1e-12;
  const spc::SolveResult result = spc::lsqr(model, spc::Array(ctx, {1.0, 2.0, 4.0}), options);
  // Leaves come in the order of the sorted keys.
  const auto b = parameters.leaf_of(result.x, parameters.leaf_index("$.bias")).to_vector<double>();
  const auto w =
      parameters.leaf_of(result.x, parameters.leaf_index("$.weights")).to_vector<double>();
  std::printf("weights (%.4f, %.4f), bias %.4f\n", w[0], w[1], b[0]);
  return result.converged() && std::abs(w[0] - 1.5) < 1e-8 && std::abs(w[1] - 2.5) < 1e-8 &&
         std::abs(b[0] + 0.5) < 1e-8;
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
