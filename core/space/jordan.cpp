// SPDX-License-Identifier: Apache-2.0
#include "core/space/jordan.hpp"

#include "core/ops/ops.hpp"
#include "core/space/axes.hpp"
#include "core/support/error.hpp"

namespace spc {

Ref<Space> ElementwiseJordanSpace::create(Ref<Context> ctx, const Dims &shape,
                                          Ref<Geometry> geometry) {
  return validated(make<ElementwiseJordanSpace>(std::move(ctx), shape, std::move(geometry)));
}

Ref<Space> ElementwiseJordanSpace::create_euclidean(Ref<Context> ctx, const Dims &shape,
                                                    Ref<Geometry> geometry) {
  if (ctx->complex())
    fail(SPC_E_VALUE, "EuclideanElementwiseJordanSpace requires a real scalar field.");
  if (geometry && !geometry->is_euclidean())
    fail(SPC_E_TYPE, "EuclideanElementwiseJordanSpace requires EuclideanInnerProduct.");
  return create(std::move(ctx), shape, nullptr);
}

Ref<Space> ElementwiseJordanSpace::rebuilt(Ref<Context> target) const {
  Ref<Geometry> geometry = geometry_->converted_to(*target);
  return create(std::move(target), shape(), std::move(geometry));
}

Ref<Value> ElementwiseJordanSpace::jordan_core(Value &x, Value &y) const {
  return tagged_array(
      ops::multiply(own_array(x, "space_jordan", "x"), own_array(y, "space_jordan", "y")));
}

Ref<Array> ElementwiseJordanSpace::spectrum_core(Value &x) const {
  return tagged_array(Ref<Array>::share(&own_array(x, "space_spectrum", "x")));
}

Space::SpectralDecomposition ElementwiseJordanSpace::spectral_decompose_core(Value &x) const {
  return {spectrum_core(x), make<None>()};
}

Ref<Value> ElementwiseJordanSpace::from_spectrum_core(Value &eigenvalues, Value &frame) const {
  if (frame.kind() != ValueKind::none)
    fail(SPC_E_VALUE, "from_spectrum: the frame of a {} is null, got {}", kind(), describe(&frame));
  batch_shape(eigenvalues);
  return spectrum_core(eigenvalues);
}

Ref<Value> ElementwiseJordanSpace::spectral_apply_core(Value &x, const SpectralFunction &f) const {
  Array &values = own_array(x, "space_spectral_apply", "x");
  Ref<Value> result = f(values);
  require_spectrum_like(*result, values);
  return tagged(std::move(result));
}

Ref<Array> ElementwiseJordanSpace::trace_core(Value &x) const {
  return tagged_array(reduce_last(Op::sum, own_array(x, "space_trace", "x"), shape().size()));
}

Ref<Array> ElementwiseJordanSpace::determinant_core(Value &x) const {
  return tagged_array(
      reduce_last(Op::prod, own_array(x, "space_determinant", "x"), shape().size()));
}

}  // namespace spc
