// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "core/functional/quadratic.hpp"
#include "core/solver/eigen.hpp"
#include "core/solver/entry.hpp"
#include "core/solver/stopping.hpp"
#include "core/solver/vectors.hpp"

namespace spc {

void power_iteration(LinOp &A, Value *x0, const SolveOptions &options, double &eigenvalue,
                     Ref<Value> &eigenvector, SolveResult &result) {
  check_square(A, "power_iteration");
  check_self_adjoint(A, "power_iteration");
  const Space &space = *A.domain;
  if (x0 != nullptr) check_vector(space, *x0, "power_iteration", "x0");
  check_options(options, "power_iteration");
  require_space_norm(options, "power_iteration");
  Memory memory(options.workspace, "power_iteration");
  Progress progress(options, result, eps(space.ctx->dtype), iteration_limit(options, space.size()));
  const Ref<Value> x = memory.element(space), y = memory.element(space),
                   rest = memory.element(space);
  Vectors vectors(space, memory, *x);
  eigenvalue = 0;
  progress.conduct([&]() -> std::int32_t {
    if (x0 == nullptr)
      vectors.fill(*x, 1);
    else
      vectors.copy(*x0, *x);
    double size = vectors.norm(*x);
    result.residual_norm = result.true_residual_norm = std::numeric_limits<double>::infinity();
    if (!std::isfinite(size)) return SPC_REASON_NONFINITE;
    // No direction to begin with.
    if (size == 0) return SPC_REASON_BREAKDOWN;
    vectors.scale(1 / size, *x);
    if (const std::int32_t over = progress.limit(2)) return over;
    // y = A x. <x, y> and ||y||.
    const auto image = [&] {
      const auto products = vectors.apply_dot_norm(A, *x, *y);
      progress.applied();
      return products;
    };
    size = image().second;
    for (;;) {
      if (!std::isfinite(size)) return SPC_REASON_NONFINITE;
      // The image of the zero operator has no direction: x stays.
      if (size > 0) {
        vectors.multiple(1 / size, *y, *x);
        const auto [product, of_image] = image();
        size = of_image;
        eigenvalue = product.real();
      }
      const auto residual = [&] {
        progress.set_baseline(std::abs(eigenvalue), std::abs(eigenvalue));
        return result.true_residual_norm = vectors.sum_norm(*y, -eigenvalue, *x, *rest);
      };
      const std::int32_t reason = progress.step(1, residual, size == 0);
      if (reason != 0) return reason;
    }
  });
  eigenvector = x;
}

void power_iteration(Functional &q, Value *x0, const SolveOptions &options, double &eigenvalue,
                     Ref<Value> &eigenvector, SolveResult &result) {
  auto *const form = dynamic_cast<LinOpQuadraticForm *>(&q);
  if (form == nullptr)
    fail(SPC_E_TYPE, "power_iteration: A must be a LinOp or QuadraticForm, got {}", q.kind());
  power_iteration(*form->Q, x0, options, eigenvalue, eigenvector, result);
}

}  // namespace spc
