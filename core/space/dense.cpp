// SPDX-License-Identifier: Apache-2.0
#include "core/space/dense.hpp"

#include <cstddef>
#include <vector>

#include "core/ops/launch.hpp"
#include "core/ops/ops.hpp"
#include "core/registry/memory.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

// Operands of the unchecked methods are arrays; a value of another kind is refused all the same,
// because level none may not be memory-unsafe.
Array &array(Value &x) {
  return as_dense(&x, "DenseCoordinateSpace");
}

}  // namespace

DenseCoordinateSpace::DenseCoordinateSpace(Ref<Context> c, const Dims &shape,
                                           Ref<Geometry> geometry, Ref<Array> prototype)
    : Space(std::move(c), shape),
      geometry_(geometry ? std::move(geometry) : euclidean_geometry()),
      prototype_(std::move(prototype)) {}

Ref<Space> DenseCoordinateSpace::create(Ref<Context> ctx, const Dims &shape,
                                        Ref<Geometry> geometry) {
  Ref<DenseCoordinateSpace> space =
      make<DenseCoordinateSpace>(std::move(ctx), shape, std::move(geometry), nullptr);
  space->geometry_->validate_for(*space);
  return space;
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
  Ref<DenseCoordinateSpace> space =
      make<DenseCoordinateSpace>(std::move(ctx), shape, std::move(geometry), std::move(prototype));
  space->geometry_->validate_for(*space);
  return space;
}

bool DenseCoordinateSpace::is_plain_member(Value &v) const noexcept {
  if (v.kind() != ValueKind::array) return false;
  const Array &x = static_cast<Array &>(v);
  return x.family == &ctx->family && x.dtype == ctx->dtype && x.shape == shape();
}

std::string DenseCoordinateSpace::violation(Value &x, CheckLevel level) const {
  return level == CheckLevel::none ? "" : dense_violation(*this, x);
}

void DenseCoordinateSpace::require_safe(Value &v, const char *op, const char *role) const {
  const Array &x = own_array(v, op, role);
  if (x.shape != shape())
    fail(SPC_E_VALUE, "{}: {} has shape {}, the space has shape {}", op, role, x.shape, shape());
}

Array &DenseCoordinateSpace::own_array(Value &v, const char *op, const char *role) const {
  if (v.kind() != ValueKind::array)
    fail(SPC_E_TYPE, "{}: {} is a {}, expected a dense array of family {}", op, role, describe(&v),
         ctx->family.name());
  Array &x = static_cast<Array &>(v);
  if (x.family != &ctx->family && !spc::interchangeable(*x.family, ctx->family))
    fail(SPC_E_TYPE, "{}: {} is an {}, expected a dense array of family {}", op, role, describe(&v),
         ctx->family.name());
  return x;
}

bool DenseCoordinateSpace::same_structure(const Space &other) const {
  return geometry_->equals(*other.geometry());
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

// ---- vector space

Ref<Value> DenseCoordinateSpace::new_element() const {
  if (prototype_) return ops::new_like(*prototype_);
  return ops::empty(*ctx, shape(), ctx->dtype);
}

Ref<Value> DenseCoordinateSpace::zeros_core() const {
  Ref<Value> x = new_element();
  fill(*x, 0);
  return x;
}

Ref<Value> DenseCoordinateSpace::add_core(Value &x, Value &y) const {
  own_array(x, "space_add", "x");
  own_array(y, "space_add", "y");
  if (!ctx->family.opaque()) return tagged_array(ops::add(x, y));
  // Opaque vectors offer axpby only.
  const Scalar one(SPC_WEAK_INT, 1, 1.0);
  return tagged_array(ops::axpby(nullptr, x, const_cast<Scalar *>(&one), y));
}

Ref<Value> DenseCoordinateSpace::scale_core(Value &a, Value &x) const {
  own_array(x, "space_scale", "x");
  if (!ctx->family.opaque()) return tagged_array(ops::multiply(a, x));
  return tagged_array(ops::axpby(&a, x, nullptr, x));
}

Ref<Value> DenseCoordinateSpace::axpy_core(Value &a, Value &x, Value &y) const {
  own_array(x, "space_axpy", "x");
  own_array(y, "space_axpy", "y");
  Scalar one(SPC_WEAK_INT, 1, 1.0);
  return tagged_array(ops::axpby(&a, x, &one, y));
}

void DenseCoordinateSpace::fill(Value &x, std::complex<double> value) const {
  ops::fill(array(x), value);
}

void DenseCoordinateSpace::copy_into(Value &x, Value &out) const {
  ops::copy_into(x, array(out));
}

void DenseCoordinateSpace::axpby_into(Value *a, Value &x, Value *b, Value &y) const {
  ops::axpby_into(a, x, b, y, array(y));
}

Ref<Value> DenseCoordinateSpace::conj_core(Value &x) const {
  if (!is_complex(array(x).dtype)) return Ref<Value>::share(&x);
  return ops::conj(x);
}

bool DenseCoordinateSpace::overlap(Value &x, Value &y) const noexcept {
  if (x.kind() != ValueKind::array || y.kind() != ValueKind::array) return false;
  return may_overlap(static_cast<Array &>(x), static_cast<Array &>(y));
}

Ref<Value> DenseCoordinateSpace::tagged(Ref<Value> x) const {
  return tagged_array(Ref<Array>::share(&own_array(*x, kind(), "the result")));
}

// ---- coordinates

Ref<Array> DenseCoordinateSpace::flatten_core(Value &x) const {
  Array &a = own_array(x, "flatten", "x");
  require_strided(a, "flatten");
  if (a.ndim() == 1) return tagged_array(Ref<Array>::share(&a));
  return tagged_array(ops::reshape(a, {a.size}));
}

Ref<Value> DenseCoordinateSpace::unflatten_core(Array &v) const {
  own_array(v, "unflatten", "v");
  require_strided(v, "unflatten");
  if (v.shape == shape()) return tagged_array(Ref<Array>::share(&v));
  return tagged_array(ops::reshape(v, shape()));
}

Ref<Value> DenseCoordinateSpace::from_host(const void *coordinates) const {
  if (!prototype_) return ops::from_host(*ctx, ctx->dtype, shape(), coordinates);
  Ref<Array> x = ops::new_like(*prototype_);
  Launch launch(Op::from_host);
  Operand host;
  host.data = static_cast<std::byte *>(const_cast<void *>(coordinates));
  host.dtype = ctx->dtype;
  host.strides = row_major_strides(shape());
  host.space = &host_space();
  launch.in(host, shape());
  launch.out(*x);
  launch.run(ctx->family, ctx->dtype);
  return x;
}

Ref<Value> DenseCoordinateSpace::coordinate_ones() const {
  Ref<Value> x = new_element();
  fill(*x, 1);
  return x;
}

// ---- inner product

Ref<Array> DenseCoordinateSpace::inner_core(Value &x, Value &y) const {
  return geometry_->inner(own_array(x, "space_inner", "x"), own_array(y, "space_inner", "y"));
}

void DenseCoordinateSpace::inner_into(Value &x, Value &y, Value *work, Array &out) const {
  geometry_->inner_into(array(x), array(y), static_cast<Array *>(work), out);
}

Ref<Array> DenseCoordinateSpace::norm_core(Value &x) const {
  own_array(x, "space_norm", "x");
  if (is_euclidean()) return ops::norm(x);
  return ops::sqrt(*ops::real(*inner_core(x, x)));
}

Ref<Array> DenseCoordinateSpace::coordinate_norm(Value &x) const {
  return ops::norm(x);
}

Ref<Value> DenseCoordinateSpace::riesz(Value &x) const {
  return tagged_array(geometry_->riesz(own_array(x, "space_riesz", "x")));
}

Ref<Value> DenseCoordinateSpace::riesz_inverse(Value &x) const {
  return tagged_array(geometry_->riesz_inverse(own_array(x, "space_riesz_inverse", "x")));
}

void DenseCoordinateSpace::riesz_inverse_in_place(Value &x) const {
  geometry_->riesz_inverse_into(array(x), array(x));
}

}  // namespace spc
