// SPDX-License-Identifier: Apache-2.0
// The Lyapunov equation M X + X M = C for Hermitian matrices by conjugate gradients: the unknown is
// a matrix, the operator a function, and no Kronecker product is ever formed.
//
//   lyapunov [FAMILY]
#include <cmath>
#include <cstdio>
#include <vector>

#include <spacecore/spacecore.hpp>

namespace {

bool run(const char *family) {
  const spc::Context ctx(family, SPC_FLOAT64, SPC_CHECK_STRICT);  // tests the adjoint at the start
  const spc::Space H = spc::Space::hermitian(ctx, 2);
  const spc::Array M(ctx, {2.0, 0.0, 0.0, 3.0}, {2, 2});
  const spc::LinOp L = spc::LinOp::self_adjoint(
      H, [&](const spc::Array &x) { return spc::matmul(M, x) + spc::matmul(x, M); });

  spc::SolveOptions options;
  options.rtol = 1e-12;
  const spc::SolveResult result =
      spc::cg(L, spc::Array(ctx, {4.0, 5.0, 5.0, 12.0}, {2, 2}), options);
  const auto x = result.x.to_vector<double>();
  const auto spectrum = H.spectrum(result.x).to_vector<double>();
  std::printf("X = [[%.4f, %.4f], [%.4f, %.4f]], eigenvalues %.4f and %.4f\n", x[0], x[1], x[2],
              x[3], spectrum[0], spectrum[1]);
  double error = 0;
  const double expected[] = {1, 1, 1, 2};
  for (int i = 0; i < 4; ++i) error = std::max(error, std::abs(x[i] - expected[i]));
  return result.converged() && error < 1e-9;
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
