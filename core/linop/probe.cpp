// SPDX-License-Identifier: Apache-2.0
// The adjoint test of level strict.
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "core/linop/linop.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"
#include "core/support/philox.hpp"

namespace spc {

// Coordinates (real and imaginary parts) uniform in [-1, 1), in the dtype of the space.
Ref<Value> random_element(const Space &space, Philox &generator) {
  const Dtype dtype = space.ctx->dtype;
  const bool wide = size_of(real_of(dtype)) == 8;
  const std::int64_t numbers = space.size() * (is_complex(dtype) ? 2 : 1);
  std::vector<double> values(static_cast<std::size_t>(numbers));
  for (double &v : values) v = 2 * generator.uniform() - 1;
  if (wide) return space.from_host(values.data());
  const std::vector<float> narrow(values.begin(), values.end());
  return space.from_host(narrow.data());
}

double probe_tolerance(Dtype dtype, double scale) {
  return std::max(1e-5, 1e3 * eps(dtype)) * scale;
}

namespace {

constexpr std::uint64_t seed = 20240612;
constexpr int random_pairs = 3;

double norm_of(const Space &space, Value &x) {
  return read_scalar(*space.norm_core(x)).real();
}

void compare(const LinOp &A, Value &x, Value &y, const char *which) {
  const Ref<Value> image = A.apply_core(x), back = A.rapply_core(y);
  A.codomain->check_member(*image);
  A.domain->check_member(*back);
  const std::complex<double> left = read_scalar(*A.codomain->inner_core(*image, y));
  const std::complex<double> right = read_scalar(*A.domain->inner_core(x, *back));
  // Either product may be small by cancellation: its terms are not.
  const double scale = std::max(norm_of(*A.codomain, *image) * norm_of(*A.codomain, y),
                                norm_of(*A.domain, x) * norm_of(*A.domain, *back));
  if (std::abs(left - right) <= probe_tolerance(A.ctx->dtype, scale)) return;
  const bool matrix_free = std::strcmp(A.kind(), "MatrixFreeLinOp") == 0;
  fail(SPC_E_VALUE,
       "Strict {} adjoint consistency check failed: <A x, y> != <x, A* y> for the {} probe. "
       "<A x, y> = {}{:+}i, <x, A* y> = {}{:+}i",
       matrix_free ? "matrix-free" : A.kind(), which, left.real(), left.imag(), right.real(),
       right.imag());
}

void compare_all(const LinOp &A) {
  compare(A, *A.domain->coordinate_ones(), *A.codomain->coordinate_ones(), "deterministic");
  Philox generator(seed);
  for (int i = 0; i < random_pairs; ++i) {
    const Ref<Value> x = random_element(*A.domain, generator);
    const Ref<Value> y = random_element(*A.codomain, generator);
    compare(A, *x, *y, "random");
  }
}

}  // namespace

void probe_adjoint(const LinOp &A) {
  if (!A.domain->has(Capability::inner_product) || !A.codomain->has(Capability::inner_product))
    return;
  if (!is_floating(A.ctx->dtype)) return;
  try {
    compare_all(A);
  } catch (const Error &e) {
    // What user code or the allocator reports goes through unchanged.
    if (e.code() == SPC_E_CALLBACK || e.code() == SPC_E_MEMORY) throw;
    if (e.code() == SPC_E_VALUE && e.message().starts_with("Strict ")) throw;
    const bool matrix_free = std::strcmp(A.kind(), "MatrixFreeLinOp") == 0;
    fail(SPC_E_VALUE, "Strict {} adjoint consistency check could not be completed: {}",
         matrix_free ? "matrix-free" : A.kind(), e.message());
  }
}

Verdict probe_hermitian(const LinOp &A, std::int64_t n, std::int64_t start) {
  if (n < 1) fail(SPC_E_VALUE, "linop_probe_hermitian: n is {}, expected at least 1", n);
  if (!A.domain->interchangeable(*A.codomain)) return Verdict::no;
  if (!A.domain->has(Capability::inner_product))
    fail(SPC_E_CAPABILITY, "{} has no inner product", A.domain->kind());
  const Space &X = *A.domain;
  Philox generator(static_cast<std::uint64_t>(start));
  for (std::int64_t i = 0; i < n; ++i) {
    const Ref<Value> x = random_element(X, generator), y = random_element(X, generator);
    const Ref<Value> Ax = A.apply_core(*x), Ay = A.apply_core(*y);
    const std::complex<double> left = read_scalar(*X.inner_core(*Ax, *y)),
                               right = read_scalar(*X.inner_core(*x, *Ay));
    const double scale =
        std::max(norm_of(X, *Ax) * norm_of(X, *y), norm_of(X, *x) * norm_of(X, *Ay));
    if (!(std::abs(left - right) <= probe_tolerance(A.ctx->dtype, scale))) return Verdict::no;
  }
  return Verdict::unknown;
}

}  // namespace spc
