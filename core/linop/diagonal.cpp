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
    : LinOp(space->ctx, space, space), d_(std::move(d)) {}

Ref<Array> DiagonalLinOp::conjugate() const {
  if (!is_complex(d_->dtype)) return d_;
  return conjugate_.get(d_->buffer->version(), [&] { return ops::conj(*d_); });
}

Ref<Value> DiagonalLinOp::apply_core(Value &x) const {
  return domain->tagged(ops::multiply(*d_, x));
}

Ref<Value> DiagonalLinOp::rapply_core(Value &y) const {
  return domain->tagged(ops::multiply(*conjugate(), y));
}

void DiagonalLinOp::apply_into_core(Value *alpha, Value &x, Value *beta, Value &y,
                                    Mode mode) const {
  const bool conjugated = mode == Mode::conj_trans || mode == Mode::adjoint;
  const Ref<Array> keep = conjugated ? conjugate() : nullptr;
  Array &d = conjugated ? *keep : *d_;
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
  if (join({d.dtype, ctx->dtype}) != ctx->dtype)
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
  if (!is_complex(d_->dtype)) return Verdict::yes;
  return verdict_.get(d_->buffer->version(), [&] {
    try {
      return ops::allclose(*d_, *conjugate()) ? Verdict::yes : Verdict::no;
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
