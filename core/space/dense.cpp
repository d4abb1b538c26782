// SPDX-License-Identifier: Apache-2.0
#include "core/space/dense.hpp"

#include <cstddef>
#include <vector>

#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc {

Ref<Space> DenseCoordinateSpace::create(Ref<Context> ctx, const Dims &shape,
                                        Ref<Geometry> geometry) {
  return validated(make<DenseCoordinateSpace>(std::move(ctx), shape, std::move(geometry), nullptr));
}

Ref<Space> DenseCoordinateSpace::like(Ref<Context> ctx, Ref<Array> prototype,
                                      Ref<Geometry> geometry) {
  if (!spc::interchangeable(*prototype->family, ctx->family))
    fail(SPC_E_TYPE, "space_like: the prototype is an {}, the context's family is {}",
         describe(prototype.get()), ctx->family.name());
  if (prototype->dtype != ctx->dtype)
    fail(SPC_E_TYPE, "space_like: the prototype has dtype {}, the context has dtype {}",
         name(prototype->dtype), name(ctx->dtype));
  const Dims shape = prototype->shape;
  prototype = retag(prototype, ctx->family);
  // Strided elements are row-major whatever the prototype's strides: nothing to remember.
  if (!prototype->opaque()) prototype = nullptr;
  return validated(
      make<DenseCoordinateSpace>(std::move(ctx), shape, std::move(geometry), std::move(prototype)));
}

Ref<Space> DenseCoordinateSpace::rebuilt(Ref<Context> target) const {
  Ref<Geometry> geometry = geometry_->converted_to(*target);
  Ref<Array> prototype;
  if (prototype_) {
    prototype = ops::transfer(*target, *prototype_);
  } else if (target->family.opaque()) {
    // New elements need one to be like.
    const std::vector<std::byte> zeros(static_cast<std::size_t>(size() * size_of(target->dtype)));
    prototype = ops::from_host(*target, target->dtype, shape(), zeros.data());
  }
  if (prototype) return like(std::move(target), std::move(prototype), std::move(geometry));
  return create(std::move(target), shape(), std::move(geometry));
}

}  // namespace spc
