// SPDX-License-Identifier: Apache-2.0
#include "core/linop/diagonal.hpp"

#include "core/linop/matrix.hpp"
#include "core/ops/operands.hpp"
#include "core/registry/memory.hpp"
#include "core/space/dense.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

// d x, without a handle: pooled memory for one call.
class Product {
 public:
  Product(Family &family, Array &d, Array &x, Dtype dtype)
      : space_(x.buffer->space()),
        bytes_(static_cast<std::uint64_t>(x.size * size_of(dtype))),
        data_(static_cast<std::byte *>(space_alloc(space_, bytes_))) {
    operand.data = data_;
    operand.space = &space_;
    operand.dtype = dtype;
    operand.strides = row_major_strides(x.shape);
    Operand factors[] = {operand_of(d), operand_of(x)};
    Operand *in[] = {&factors[0], &factors[1]};
    try {
      run_elementwise(family, Op::multiply, dtype, Dtype::none, x.shape, in, 2, operand);
    } catch (...) {
      space_free(space_, data_, bytes_);
      throw;
    }
  }
  Product(const Product &) = delete;
  Product &operator=(const Product &) = delete;
  ~Product() { space_free(space_, data_, bytes_); }

  Operand operand;

 private:
  MemorySpace &space_;
  const std::uint64_t bytes_;
  std::byte *const data_;
};

}  // namespace

Ref<LinOp> DiagonalLinOp::create(const Ref<Value> &data, Ref<Space> space) {
  Array &d = as_dense(data.get(), "DiagonalLinOp");
  if (!space) {
    const Ref<Context> context = make<Context>(*d.family, d.dtype, CheckLevel::none);
    space = d.opaque() ? DenseCoordinateSpace::like(context, Ref<Array>::share(&d), nullptr)
                       : DenseCoordinateSpace::create(context, d.shape, nullptr);
  }
  if (d.shape != space->shape())
    fail(SPC_E_TYPE, "DiagonalLinOp: expected d.shape == space.shape == {}, got {}", space->shape(),
         d.shape);
  check_operator_data(*space, *d.family, d.dtype, "DiagonalLinOp", d);
  Ref<Array> own = retag(Ref<Array>::share(&d), space->ctx->family);
  return probed(make<DiagonalLinOp>(space, std::move(own)));
}

DiagonalLinOp::DiagonalLinOp(const Ref<Space> &space, Ref<Array> d)
    : LinOp(space->ctx, space, space), leafwise_(is_tree(*space)), d_(std::move(d)) {}

bool DiagonalLinOp::settled() const noexcept {
  return diagonal_metrics() && exact();
}

Ref<Array> DiagonalLinOp::conjugated() const {
  if (!is_complex(d_->dtype)) return d_;
  return conjugate_.get(d_->buffer->version(), [&] { return ops::conj(*d_); });
}

Ref<Value> DiagonalLinOp::times(Array &d, Value &x) const {
  if (leafwise_) return domain->unflatten_core(*ops::multiply(d, *domain->flatten_core(x)));
  return domain->tagged(ops::multiply(d, x));
}

Ref<Value> DiagonalLinOp::times_batch(Array &d, Value &xs) const {
  if (leafwise_)
    return domain->unflatten_batch_core(*ops::multiply(d, *domain->flatten_batch_core(xs)));
  return domain->tagged(ops::multiply(d, xs));
}

template <class Times>
Ref<Value> DiagonalLinOp::metric_adjoint(Value &y, Times times) const {
  const Ref<Array> d = conjugated();
  if (diagonal_metrics()) return times(*d, y);
  return domain->riesz_inverse(*times(*d, *domain->riesz(y)));
}

Ref<Value> DiagonalLinOp::apply_core(Value &x) const {
  return times(*d_, x);
}

Ref<Value> DiagonalLinOp::rapply_core(Value &y) const {
  return metric_adjoint(y, [&](Array &d, Value &v) { return times(d, v); });
}

Ref<Value> DiagonalLinOp::vapply_core(Value &xs) const {
  return times_batch(*d_, xs);
}

Ref<Value> DiagonalLinOp::rvapply_core(Value &ys) const {
  return metric_adjoint(ys, [&](Array &d, Value &v) { return times_batch(d, v); });
}

Ref<Array> DiagonalLinOp::to_matrix() const {
  if (!domain->free_coordinates()) return LinOp::to_matrix();
  require_coordinates(*ctx);
  Ref<Array> m = ops::zeros(*ctx, {domain->size(), domain->size()}, ctx->dtype);
  const std::int64_t n = domain->size();
  const Ref<Array> diagonal = new_view(*m, {n}, {n + 1}, m->data, ctx->dtype, true);
  ops::assign(*diagonal, *ops::reshape(*d_, {n}), "to_matrix");
  return m;
}

Ref<Value> DiagonalLinOp::array() const {
  return tensor_.get(d_->buffer->version(), [&] { return to_dense(); });
}

Ref<LinOp> DiagonalLinOp::structural_inverse() {
  if (d_->size > 0 && !d_->opaque()) {
    const Ref<Array> least = ops::call(Op::min, {ops::call(Op::abs, {d_.get()}).get()});
    if (read_scalar(*least) == 0.0)
      fail(SPC_E_LINALG, "linop_inverse: DiagonalLinOp has a zero on its diagonal");
  }
  Scalar one(SPC_WEAK_INT, 1, 1.0);
  return create(ops::divide(one, *d_), domain);
}

void DiagonalLinOp::apply_into_core(Value *alpha, Value &x, Value *beta, Value &y,
                                    Mode mode) const {
  const bool conjugate = mode == Mode::conj_trans || mode == Mode::adjoint;
  const bool metric = mode == Mode::adjoint && !diagonal_metrics();
  if (leafwise_ || metric) {
    const Ref<Value> t = metric ? rapply_core(x) : times(conjugate ? *conjugated() : *d_, x);
    return domain->axpby_into(alpha, *t, beta, y);
  }
  const Ref<Array> keep = conjugate ? conjugated() : nullptr;
  Array &d = conjugate ? *keep : *d_;
  Array &xa = as_dense(&x, "apply_into"), &ya = as_dense(&y, "apply_into");
  if (beta == nullptr) {
    ops::multiply_into(d, xa, ya);
    if (alpha != nullptr) ops::axpby_into(alpha, ya, nullptr, ya, ya);
    return;
  }
  if (xa.opaque()) {
    const Ref<Value> t = domain->new_element();
    ops::multiply_into(d, xa, static_cast<Array &>(*t));
    return domain->axpby_into(alpha, *t, beta, y);
  }
  if (!exact())
    fail(SPC_E_TYPE, "apply_into: DiagonalLinOp has data of dtype {}, y has dtype {}",
         name(d.dtype), name(ctx->dtype));
  if (ya.size == 0) return;
  Family &family = ctx->family;
  Product product(family, d, xa, ctx->dtype);
  Scalar one(SPC_WEAK_INT, 1, 1.0);
  Operand a = elementwise_operand(alpha == nullptr ? one : *alpha, ya.shape, ctx->dtype, family,
                                  "apply_into"),
          b = elementwise_operand(*beta, ya.shape, ctx->dtype, family, "apply_into"),
          old = operand_of(ya), target = operand_of(ya);
  Operand *in[] = {&a, &product.operand, &b, &old};
  run_elementwise(family, Op::axpby, ctx->dtype, Dtype::none, ya.shape, in, 4, target);
  ya.buffer->touch();
}

Verdict DiagonalLinOp::is_hermitian() const {
  if (diagonal_metrics() && !is_complex(d_->dtype)) return Verdict::yes;
  return verdict_.get(d_->buffer->version(), [&] {
    if (!diagonal_metrics()) return compare_with_adjoint();
    try {
      return ops::allclose(*d_, *conjugated()) ? Verdict::yes : Verdict::no;
    } catch (const Error &e) {
      if (e.code() != SPC_E_NOTIMPL) throw;
      return Verdict::unknown;
    }
  });
}

bool DiagonalLinOp::same_values(const LinOp &other) const {
  return ops::all_equal(*d_, *static_cast<const DiagonalLinOp &>(other).d_);
}

Ref<LinOp> DiagonalLinOp::rebuilt(const Conversion &conversion, Context &to) {
  return create(ops::transfer(to, *d_), domain->convert(conversion));
}

}  // namespace spc
