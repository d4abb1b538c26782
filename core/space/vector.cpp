// SPDX-License-Identifier: Apache-2.0
#include "core/space/vector.hpp"

#include "core/support/error.hpp"

namespace spc {

Ref<Space> DenseVectorSpace::create(Ref<Context> ctx, std::int64_t n, Ref<Geometry> geometry) {
  if (n < 0) fail(SPC_E_VALUE, "DenseVectorSpace: negative length {}", n);
  return validated(make<DenseVectorSpace>(std::move(ctx), n, std::move(geometry)));
}

Ref<Space> DenseVectorSpace::rebuilt(Ref<Context> target) const {
  Ref<Geometry> geometry = geometry_->converted_to(*target);
  return create(std::move(target), shape()[0], std::move(geometry));
}

}  // namespace spc
