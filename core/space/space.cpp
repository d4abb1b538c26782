// SPDX-License-Identifier: Apache-2.0
#include "core/space/space.hpp"

#include <algorithm>
#include <cstring>

#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc {

void require_scalar(Value &a, const char *op) {
  if (a.kind() == ValueKind::scalar) return;
  const Array &x = as_dense(&a, op);
  if (x.ndim() != 0) fail(SPC_E_VALUE, "{}: a has shape {}, expected a scalar", op, x.shape);
}

bool Space::interchangeable(const Space &other) const {
  if (this == &other) return true;
  return std::strcmp(kind(), other.kind()) == 0 && ctx->dtype == other.ctx->dtype &&
         compatible(ctx->family, other.ctx->family) && shape_ == other.shape_ &&
         same_structure(other);
}

bool Space::equals(const Space &other) const {
  return &ctx->family == &other.ctx->family && interchangeable(other);
}

std::uint64_t Space::hash() const {
  std::uint64_t h = hash_of(*make<Context>(ctx->family, ctx->dtype, CheckLevel::none));
  const auto mix = [&h](std::uint64_t v) { h = (h ^ v) * 0x9e3779b97f4a7c15U + (h >> 29); };
  for (const char *c = kind(); *c != 0; ++c) mix(static_cast<unsigned char>(*c));
  for (const std::int64_t n : shape_) mix(static_cast<std::uint64_t>(n));
  mix(structure_hash());
  return h;
}

std::string Space::text() const {
  return fmt::format("{}(shape={}, ctx={})", kind(), shape_, to_string(*ctx));
}

// A target that is exactly an element: nothing is cast or broadcast there.
void Space::require_target(Value &y, const char *op) const {
  const Array &a = as_dense(&y, op);
  if (a.shape != shape_)
    fail(SPC_E_VALUE, "{}: y has shape {}, the space of the result has shape {}", op, a.shape,
         shape_);
  if (a.dtype != ctx->dtype)
    fail(SPC_E_TYPE, "{}: y has dtype {}, the space of the result has dtype {}", op, name(a.dtype),
         name(ctx->dtype));
  if (!spc::interchangeable(*a.family, ctx->family))
    fail(SPC_E_TYPE, "{}: y is an {}, expected a dense array of family {}", op, describe(&y),
         ctx->family.name());
  if (!a.writable()) fail(SPC_E_VALUE, "{}: y is read-only", op);
}

bool Space::native(const Value &x) const noexcept {
  return x.kind() == ValueKind::array && static_cast<const Array &>(x).dtype == ctx->dtype;
}

void Space::require_native(const Value &x, const char *op, const char *role) const {
  if (native(x)) return;
  fail(SPC_E_TYPE, "{}: {} has dtype {}, the operator has dtype {}", op, role,
       name(static_cast<const Array &>(x).dtype), name(ctx->dtype));
}

void Space::check_batch(Value &xs) const {
  if (ctx->level == CheckLevel::none) return;
  const std::string text = batch_violation(xs, ctx->level);
  if (!text.empty()) throw_violation(text);
}

void Space::admit_batch(Value &xs, const char *op, const char *role) const {
  check_batch(xs);
  if (batch_shape(xs).size() == 0)
    throw_violation(fmt::format("{}: {} has no leading batch axis", op, role));
}

void Space::admit_batch_form(Value &xs, const char *op, const char *role) const {
  const std::string text = batch_violation(xs, std::min(ctx->level, CheckLevel::cheap));
  if (!text.empty()) throw_violation(text);
  if (batch_shape(xs).size() == 0)
    throw_violation(fmt::format("{}: {} has no leading batch axis", op, role));
}

Ref<Space> Space::converted_to(Context &target) {
  if (*ctx == target) return Ref<Space>::share(this);
  return rebuilt(Ref<Context>::share(&target));
}

Ref<Space> Space::convert(const Conversion &conversion) {
  return converted_to(*conversion.context_for(*ctx));
}

void Space::throw_violation(const std::string &text) const {
  throw Error(SPC_E_VALIDATION, text, 0, ctx->family.name().c_str());
}

void Space::fail_membership(Value &x) const {
  const std::string text = violation(x, ctx->level);
  if (!text.empty()) throw_violation(text);
}

void Space::admit(Value &x, const char *op, const char *role) const {
  if (ctx->level == CheckLevel::none)
    require_safe(x, op, role);
  else
    check_member(x);
}

void Space::admit_form(Value &x, const char *op, const char *role) const {
  if (ctx->level == CheckLevel::none) return require_safe(x, op, role);
  if (is_plain_member(x)) return;
  const std::string text = violation(x, CheckLevel::cheap);
  if (!text.empty()) throw_violation(text);
}

Ref<Value> Space::add(Value &x, Value &y) const {
  check_member(x);
  check_member(y);
  return add_core(x, y);
}

Ref<Value> Space::scale(Value &a, Value &x) const {
  check_member(x);
  require_scalar(a, "space_scale");
  return scale_core(a, x);
}

Ref<Value> Space::axpy(Value &a, Value &x, Value &y) const {
  check_member(x);
  check_member(y);
  require_scalar(a, "space_axpy");
  return axpy_core(a, x, y);
}

Ref<Array> Space::flatten(Value &x) const {
  check_member(x);
  return flatten_core(x);
}

Ref<Value> Space::unflatten(Value &v) const {
  Array &coordinates = as_dense(&v, "unflatten");
  if (coordinates.size != size_)
    fail(SPC_E_VALUE, "unflatten: {} coordinates given, {} has {}", coordinates.size, kind(),
         size_);
  return unflatten_core(coordinates);
}

Ref<Array> Space::inner(Value &x, Value &y) const {
  check_member(x);
  check_member(y);
  return tagged_scalar(*this, inner_core(x, y));
}

Ref<Array> Space::norm(Value &x) const {
  check_member(x);
  return tagged_scalar(*this, norm_core(x));
}

Ref<Array> Space::metric_weights() const {
  if (is_euclidean()) return nullptr;
  return ops::real(*flatten_core(*riesz(*coordinate_ones())));
}

Ref<Array> tagged_scalar(const Space &space, const Ref<Array> &x) {
  Family &family = space.ctx->family;
  return interchangeable(*x->family, family) ? retag(x, family) : x;
}

std::string dense_violation(const Space &space, Value &v, bool batch) {
  Family &family = space.ctx->family;
  if (v.kind() != ValueKind::array)
    return fmt::format("Expected dense array for {}, got {}", family.name(), describe(&v));
  const Array &x = static_cast<Array &>(v);
  if (x.family != &family && !interchangeable(*x.family, family))
    return fmt::format("Expected dense array for {}, got {}", family.name(), describe(&v));
  const Dims &expected = space.shape();
  if (!batch && x.shape != expected)
    return fmt::format("Expected shape {}, got {}", expected, x.shape);
  if (batch && (x.ndim() < expected.size() ||
                !std::equal(expected.begin(), expected.end(), x.shape.end() - expected.size())))
    return fmt::format("Batched value trailing shape must be {}, got {}.", expected, x.shape);
  if (!space.complex() && is_complex(x.dtype))
    return fmt::format("Expected an element compatible with the real scalar field, got dtype {}",
                       name(x.dtype));
  if (x.dtype != space.ctx->dtype)
    return fmt::format("Expected dtype {}, got {}", name(space.ctx->dtype), name(x.dtype));
  return "";
}

Ref<Context> joint_context(const Space &a, const Space &b, const char *op) {
  Family &f = a.ctx->family, &g = b.ctx->family;
  if (!compatible(f, g))
    fail(SPC_E_VALUE, "{}: the spaces belong to families {} and {}", op, f.name(), g.name());
  Family &family = common_family(f, g, op);
  const Dtype dtype = join({a.ctx->dtype, b.ctx->dtype});
  const CheckLevel level = std::min(a.ctx->level, b.ctx->level);
  for (const Space *s : {&a, &b})
    if (&s->ctx->family == &family && s->ctx->dtype == dtype && s->ctx->level == level)
      return s->ctx;
  return make<Context>(family, dtype, level);
}

}  // namespace spc
