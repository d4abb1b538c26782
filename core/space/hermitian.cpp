// SPDX-License-Identifier: Apache-2.0
#include "core/space/hermitian.hpp"

#include <cmath>

#include "core/ops/matrix.hpp"
#include "core/space/axes.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

// X^H of the matrices in the last two axes; for real ones a view.
Ref<Array> adjoint_of(Array &x) {
  Dims axes;
  for (int i = 0; i < x.ndim(); ++i) axes.push_back(i);
  std::swap(axes[x.ndim() - 2], axes[x.ndim() - 1]);
  OpArgs args(Op::transpose);
  args.in[0] = &x;
  args.n_in = 1;
  args.n_axes = axes.size();
  args.axes = axes.data();
  const Ref<Array> transposed = dispatch_array(args);
  return is_complex(x.dtype) ? ops::conj(*transposed) : transposed;
}

}  // namespace

Ref<Space> HermitianSpace::create(Ref<Context> ctx, std::int64_t n, Tolerance tolerance) {
  if (n <= 0) fail(SPC_E_VALUE, "n must be positive. Got {}", n);
  for (const double t : {tolerance.atol, tolerance.rtol})
    if (!(t >= 0) || std::isinf(t))
      fail(SPC_E_VALUE,
           "HermitianSpace: tolerances are atol {} and rtol {}, expected finite numbers >= 0",
           tolerance.atol, tolerance.rtol);
  return make<HermitianSpace>(std::move(ctx), n, tolerance);
}

Ref<Space> HermitianSpace::rebuilt(Ref<Context> target) const {
  return create(std::move(target), shape()[0], tolerance_);
}

// ---- membership

bool HermitianSpace::is_plain_member(Value &v) const noexcept {
  const bool tested = tolerance_.enforce && ctx->level >= CheckLevel::standard;
  return !tested && ArraySpace::is_plain_member(v);
}

bool HermitianSpace::is_hermitian(Value &v) const {
  Array &x = own_array(v, "space_is_hermitian", "x");
  const int n = x.ndim();
  if (n < 2 || x.shape[n - 1] != x.shape[n - 2])
    fail(SPC_E_VALUE, "space_is_hermitian: x has shape {}, expected square matrices", x.shape);
  return ops::allclose(x, *adjoint_of(x), tolerance_.rtol, tolerance_.atol);
}

std::string HermitianSpace::hermitian_violation(Array &x, CheckLevel level) const {
  if (!tolerance_.enforce || level < CheckLevel::standard) return "";
  if (is_hermitian(x)) return "";
  return fmt::format("Expected Hermitian matrix; input is not Hermitian. atol is {}, rtol is {}",
                     tolerance_.atol, tolerance_.rtol);
}

std::string HermitianSpace::violation(Value &x, CheckLevel level) const {
  std::string text = ArraySpace::violation(x, level);
  return text.empty() ? hermitian_violation(static_cast<Array &>(x), level) : text;
}

std::string HermitianSpace::batch_violation(Value &xs, CheckLevel level) const {
  std::string text = ArraySpace::batch_violation(xs, level);
  return text.empty() ? hermitian_violation(static_cast<Array &>(xs), level) : text;
}

// ---- coordinates

Ref<Array> HermitianSpace::symmetrized(Array &x) const {
  batch_shape(x);
  Scalar half(SPC_WEAK_FLOAT, 0, 0.5);
  return tagged_array(ops::multiply(half, *ops::add(x, *adjoint_of(x))));
}

Ref<Value> HermitianSpace::unflatten_core(Array &v) const {
  return symmetrized(static_cast<Array &>(*ArraySpace::unflatten_core(v)));
}

Ref<Value> HermitianSpace::unflatten_batch_core(Array &vs) const {
  return symmetrized(static_cast<Array &>(*ArraySpace::unflatten_batch_core(vs)));
}

Ref<Value> HermitianSpace::from_host(const void *coordinates) const {
  return symmetrized(static_cast<Array &>(*ArraySpace::from_host(coordinates)));
}

// ---- star and Jordan algebra

Ref<Value> HermitianSpace::star_core(Value &x) const {
  return tagged_array(Ref<Array>::share(&own_array(x, "space_star", "x")));
}

Ref<Value> HermitianSpace::jordan_core(Value &x, Value &y) const {
  Array &a = own_array(x, "space_jordan", "x"), &b = own_array(y, "space_jordan", "y");
  batch_shape(x);
  batch_shape(y);
  Scalar half(SPC_WEAK_FLOAT, 0, 0.5);
  const Ref<Array> sum = ops::add(*ops::matmul(a, b), *ops::matmul(b, a));
  return symmetrized(*ops::multiply(half, *sum));
}

Ref<Value> HermitianSpace::unit() const {
  Ref<Array> x = ops::empty(*ctx, shape(), ctx->dtype);
  set_identity(*x);
  return x;
}

Ref<Array> HermitianSpace::spectrum_core(Value &x) const {
  batch_shape(x);
  return tagged_array(ops::call(Op::eigvalsh, {&x}));
}

Space::SpectralDecomposition HermitianSpace::spectral_decompose_core(Value &x) const {
  batch_shape(x);
  OpArgs args(Op::eigh);
  args.in[0] = &x;
  args.n_in = 1;
  const Ref<Value> pair = dispatch(args);
  const auto &items = static_cast<const Sequence &>(*pair).items;
  return {tagged_array(Ref<Array>::share(&static_cast<Array &>(*items[0]))),
          tagged_array(Ref<Array>::share(&static_cast<Array &>(*items[1])))};
}

Ref<Array> HermitianSpace::from_eigenpairs(Array &values, Array &vectors) const {
  Dims row = values.shape;
  row.insert(row.size() - 1, 1);
  const Ref<Array> scaled = ops::multiply(vectors, *ops::reshape(values, row));
  return symmetrized(*ops::matmul(*scaled, *adjoint_of(vectors)));
}

Ref<Value> HermitianSpace::from_spectrum_core(Value &eigenvalues, Value &frame) const {
  if (eigenvalues.kind() != ValueKind::array)
    fail(SPC_E_TYPE, "from_spectrum: expected a dense array of eigenvalues, got {}",
         describe(&eigenvalues));
  if (frame.kind() != ValueKind::array)
    fail(SPC_E_TYPE, "from_spectrum: expected a dense array of eigenvectors, got {}",
         describe(&frame));
  Array &values = own_array(eigenvalues, "from_spectrum", "eigenvalues");
  Array &vectors = own_array(frame, "from_spectrum", "the frame");
  const Dims leading = batch_shape(vectors);
  Dims expected = leading;
  expected.push_back(shape()[0]);
  if (values.shape != expected)
    fail(SPC_E_VALUE, "from_spectrum: eigenvalues have shape {}, the frame has shape {}",
         values.shape, vectors.shape);
  return from_eigenpairs(values, vectors);
}

Ref<Value> HermitianSpace::spectral_apply_core(Value &x, const SpectralFunction &f) const {
  const SpectralDecomposition d = spectral_decompose_core(x);
  Array &values = static_cast<Array &>(*d.eigenvalues);
  const Ref<Value> result = f(values);
  require_spectrum_like(*result, values);
  return from_eigenpairs(own_array(*result, "space_spectral_apply", "the function's result"),
                         static_cast<Array &>(*d.frame));
}

Ref<Array> HermitianSpace::trace_core(Value &x) const {
  batch_shape(x);
  const Ref<Array> diagonal = diagonals(static_cast<Array &>(x), false);
  return tagged_array(ops::real(*reduce_last(Op::sum, *diagonal, 1)));
}

Ref<Array> HermitianSpace::determinant_core(Value &x) const {
  return tagged_array(reduce_last(Op::prod, *spectrum_core(x), 1));
}

}  // namespace spc
