// SPDX-License-Identifier: Apache-2.0
#include "core/space/array.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "core/ops/launch.hpp"
#include "core/ops/ops.hpp"
#include "core/registry/memory.hpp"
#include "core/support/error.hpp"

namespace spc {

ArraySpace::ArraySpace(Ref<Context> c, const Dims &shape, Ref<Geometry> geometry,
                       Ref<Array> prototype)
    : Space(std::move(c), shape),
      geometry_(geometry ? std::move(geometry) : euclidean_geometry()),
      prototype_(std::move(prototype)) {}

// Operands of the unchecked methods are arrays; a value of another kind is refused all the same,
// because level none may not be memory-unsafe.
Array &ArraySpace::array(Value &x) const {
  return as_dense(&x, kind());
}

bool ArraySpace::is_plain_member(Value &v) const noexcept {
  if (v.kind() != ValueKind::array) return false;
  const Array &x = static_cast<Array &>(v);
  return x.family == &ctx->family && x.dtype == ctx->dtype && x.shape == shape();
}

std::string ArraySpace::violation(Value &x, CheckLevel level) const {
  return level == CheckLevel::none ? "" : dense_violation(*this, x);
}

void ArraySpace::require_safe(Value &v, const char *op, const char *role) const {
  const Array &x = own_array(v, op, role);
  if (x.shape != shape())
    fail(SPC_E_VALUE, "{}: {} has shape {}, the space has shape {}", op, role, x.shape, shape());
}

Array &ArraySpace::own_array(Value &v, const char *op, const char *role) const {
  if (v.kind() != ValueKind::array)
    fail(SPC_E_TYPE, "{}: {} is a {}, expected a dense array of family {}", op, role, describe(&v),
         ctx->family.name());
  Array &x = static_cast<Array &>(v);
  if (x.family != &ctx->family && !spc::interchangeable(*x.family, ctx->family))
    fail(SPC_E_TYPE, "{}: {} is an {}, expected a dense array of family {}", op, role, describe(&v),
         ctx->family.name());
  return x;
}

void ArraySpace::require_spectrum_like(Value &result, const Array &eigenvalues) const {
  const Array &values = own_array(result, "space_spectral_apply", "the function's result");
  if (values.shape != eigenvalues.shape)
    fail(SPC_E_VALUE, "Function application changed shape. Expected {}, got {}", eigenvalues.shape,
         values.shape);
}

bool ArraySpace::same_structure(const Space &other) const {
  return geometry_->equals(*static_cast<const ArraySpace &>(other).geometry_);
}

// ---- vector space

Ref<Value> ArraySpace::new_element() const {
  if (prototype_) return ops::new_like(*prototype_);
  return ops::empty(*ctx, shape(), ctx->dtype);
}

Ref<Value> ArraySpace::zeros_core() const {
  Ref<Value> x = new_element();
  fill(*x, 0);
  return x;
}

Ref<Value> ArraySpace::add_core(Value &x, Value &y) const {
  own_array(x, "space_add", "x");
  own_array(y, "space_add", "y");
  if (!ctx->family.opaque()) return tagged_array(ops::add(x, y));
  // Opaque vectors offer axpby only.
  const Scalar one(SPC_WEAK_INT, 1, 1.0);
  return tagged_array(ops::axpby(nullptr, x, const_cast<Scalar *>(&one), y));
}

Ref<Value> ArraySpace::scale_core(Value &a, Value &x) const {
  own_array(x, "space_scale", "x");
  if (!ctx->family.opaque()) return tagged_array(ops::multiply(a, x));
  return tagged_array(ops::axpby(&a, x, nullptr, x));
}

Ref<Value> ArraySpace::axpy_core(Value &a, Value &x, Value &y) const {
  own_array(x, "space_axpy", "x");
  own_array(y, "space_axpy", "y");
  Scalar one(SPC_WEAK_INT, 1, 1.0);
  return tagged_array(ops::axpby(&a, x, &one, y));
}

void ArraySpace::fill(Value &x, std::complex<double> value) const {
  ops::fill(array(x), value);
}

void ArraySpace::copy_into(Value &x, Value &out) const {
  ops::copy_into(x, array(out));
}

void ArraySpace::axpby_into(Value *a, Value &x, Value *b, Value &y) const {
  ops::axpby_into(a, x, b, y, array(y));
}

Ref<Value> ArraySpace::conj_core(Value &x) const {
  if (!is_complex(array(x).dtype)) return Ref<Value>::share(&x);
  return ops::conj(x);
}

bool ArraySpace::overlap(Value &x, Value &y) const noexcept {
  if (x.kind() != ValueKind::array || y.kind() != ValueKind::array) return false;
  return may_overlap(static_cast<Array &>(x), static_cast<Array &>(y));
}

Ref<Value> ArraySpace::tagged(Ref<Value> x) const {
  return tagged_array(Ref<Array>::share(&own_array(*x, kind(), "the result")));
}

// ---- batches

namespace {

// The leading axes of shape in front of a part with the trailing ones; false: it ends otherwise.
bool split(const Dims &shape, const Dims &trailing, Dims &leading) {
  const int n = shape.size() - trailing.size();
  if (n < 0 || !std::equal(trailing.begin(), trailing.end(), shape.begin() + n)) return false;
  leading = Dims({shape.data(), static_cast<std::size_t>(n)});
  return true;
}

}  // namespace

std::string ArraySpace::batch_violation(Value &xs, CheckLevel level) const {
  return level == CheckLevel::none ? "" : dense_violation(*this, xs, true);
}

Dims ArraySpace::batch_shape(Value &xs) const {
  Dims leading;
  const Array &x = own_array(xs, kind(), "the batch");
  if (!split(x.shape, shape(), leading))
    fail(SPC_E_VALUE, "Batched value trailing shape must be {}, got {}.", shape(), x.shape);
  return leading;
}

Dims ArraySpace::with_leading(const Dims &leading) const {
  Dims all = leading;
  for (const std::int64_t n : shape()) all.push_back(n);
  return all;
}

Ref<Array> ArraySpace::flatten_batch_core(Value &xs) const {
  Dims flat = batch_shape(xs);
  flat.push_back(size());
  Array &x = static_cast<Array &>(xs);
  require_strided(x, "flatten_batch");
  if (x.shape == flat) return tagged_array(Ref<Array>::share(&x));
  return tagged_array(ops::reshape(x, flat));
}

Ref<Value> ArraySpace::unflatten_batch_core(Array &vs) const {
  own_array(vs, "unflatten_batch", "vs");
  require_strided(vs, "unflatten_batch");
  Dims leading;
  if (!split(vs.shape, {size()}, leading))
    fail(SPC_E_VALUE, "unflatten_batch: coordinates have shape {}, the last axis must be {}",
         vs.shape, size());
  const Dims all = with_leading(leading);
  if (vs.shape == all) return tagged_array(Ref<Array>::share(&vs));
  return tagged_array(ops::reshape(vs, all));
}

Ref<Value> ArraySpace::batch_item(Value &xs, std::int64_t i) const {
  OpArgs args(Op::getitem);
  args.in[0] = &own_array(xs, kind(), "the batch");
  args.n_in = 1;
  spc_index at = {};
  at.kind = SPC_INDEX_INT;
  at.start = i;
  args.n_index = 1;
  args.index = &at;
  return tagged_array(dispatch_array(args));
}

Ref<Value> ArraySpace::batch_of(std::span<const Ref<Value>> items) const {
  std::vector<Value *> list;
  list.reserve(items.size());
  for (const Ref<Value> &item : items) list.push_back(&own_array(*item, kind(), "an item"));
  OpArgs args(Op::stack);
  args.n_list = static_cast<std::int64_t>(list.size());
  args.list = list.data();
  return tagged_array(dispatch_array(args));
}

Ref<Value> ArraySpace::zeros_batch(const Dims &leading) const {
  return ops::zeros(*ctx, with_leading(leading), ctx->dtype);
}

Ref<Array> ArraySpace::inner_batch_core(Value &xs, Value &ys) const {
  const Ref<Array> x = flatten_batch_core(xs), y = flatten_batch_core(*riesz(ys));
  const Ref<Array> terms = ops::multiply(*ops::conj(*x), *y);
  OpArgs args(Op::sum);
  args.in[0] = terms.get();
  args.n_in = 1;
  const std::int64_t last = -1;
  args.n_axes = 1;
  args.axes = &last;
  return tagged_array(dispatch_array(args));
}

// ---- coordinates

Ref<Array> ArraySpace::flatten_core(Value &x) const {
  Array &a = own_array(x, "flatten", "x");
  require_strided(a, "flatten");
  if (a.ndim() == 1) return tagged_array(Ref<Array>::share(&a));
  return tagged_array(ops::reshape(a, {a.size}));
}

Ref<Value> ArraySpace::unflatten_core(Array &v) const {
  own_array(v, "unflatten", "v");
  require_strided(v, "unflatten");
  if (v.shape == shape()) return tagged_array(Ref<Array>::share(&v));
  return tagged_array(ops::reshape(v, shape()));
}

Ref<Value> ArraySpace::from_host(const void *coordinates) const {
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

Ref<Value> ArraySpace::coordinate_ones() const {
  Ref<Value> x = new_element();
  fill(*x, 1);
  return x;
}

// ---- inner product

Ref<Array> ArraySpace::inner_core(Value &x, Value &y) const {
  return geometry_->inner(own_array(x, "space_inner", "x"), own_array(y, "space_inner", "y"));
}

void ArraySpace::inner_into(Value &x, Value &y, Value *work, Array &out) const {
  geometry_->inner_into(array(x), array(y), static_cast<Array *>(work), out);
}

// In one pass where R is diagonal and the family has the kernel.
void ArraySpace::run(const SpaceProgram &program, Value *const *x, const std::complex<double> *a,
                     const ProgramRoom &room, std::complex<double> *results) const {
  const Program *p = &program.plain();
  Array *weights = nullptr;
  if (p->n_reductions() > 0 && !is_euclidean()) {
    weights = geometry() == nullptr ? nullptr : geometry()->weights();
    p = &program.weighted();
  }
  const bool diagonal = p == &program.plain() || weights != nullptr;
  if (!diagonal || ctx->family.table().find(Op::program_run, ctx->dtype) == nullptr)
    return Space::run(program, x, a, room, results);

  Value *operands[Program::max_vectors + Program::max_scalars];
  int n = program.plain().n_vectors();
  std::copy_n(x, n, operands);
  if (p == &program.weighted() && weights != nullptr) operands[n++] = weights;
  std::optional<Scalar> numbers[Program::max_scalars];
  for (int k = 0; k < p->n_scalars(); ++k)
    operands[n++] =
        &numbers[k].emplace(a[k].imag() == 0 ? SPC_WEAK_FLOAT : SPC_WEAK_COMPLEX, 0, a[k]);
  OpArgs args(Op::program_run);
  args.program = p;
  args.list = operands;
  args.n_list = n;
  if (p->n_reductions() == 0) {
    dispatch(args);
    return;
  }
  args.into = &room.sums;
  dispatch(args);
  read_numbers(room.sums, p->n_reductions(), results);
}

Ref<Array> ArraySpace::norm_core(Value &x) const {
  own_array(x, "space_norm", "x");
  if (is_euclidean()) return ops::norm(x);
  return ops::sqrt(*ops::real(*inner_core(x, x)));
}

Ref<Array> ArraySpace::coordinate_norm(Value &x) const {
  return ops::norm(x);
}

void ArraySpace::coordinate_inner_into(Value &x, Value &y, Array &out) const {
  ops::vdot_into(array(x), array(y), out);
}

Ref<Value> ArraySpace::riesz(Value &x) const {
  return tagged_array(geometry_->riesz(own_array(x, "space_riesz", "x")));
}

Ref<Value> ArraySpace::riesz_inverse(Value &x) const {
  return tagged_array(geometry_->riesz_inverse(own_array(x, "space_riesz_inverse", "x")));
}

void ArraySpace::riesz_inverse_in_place(Value &x) const {
  geometry_->riesz_inverse_into(array(x), array(x));
}

}  // namespace spc
