// SPDX-License-Identifier: Apache-2.0
#include "core/linop/matrix.hpp"

#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc {

void check_operator_data(const Space &space, Family &family, Dtype dtype, const char *kind,
                         const Value &data) {
  if (!compatible(family, space.ctx->family))
    fail(SPC_E_TYPE, "{}: expected an array of family {}, got {}", kind, space.ctx->family.name(),
         describe(&data));
  if (is_complex(dtype) && !space.complex())
    fail(SPC_E_TYPE, "{}: data of dtype {} in a context of dtype {}", kind, name(dtype),
         name(space.ctx->dtype));
}

void MatrixLinOp::keep_operand() {
  if (matrix_dtype() != ctx->dtype) return;
  Ref<Operand> o = make_operand();
  if (!o->is_copy) fixed_ = std::move(o);
}

Ref<Value> MatrixLinOp::apply_core(Value &x) const {
  if (native(x) && exact()) return LinOp::apply_core(x);
  return codomain->unflatten_core(*product(*domain->flatten_core(x), false));
}

Ref<Value> MatrixLinOp::rapply_core(Value &y) const {
  if (native(y) && exact()) return LinOp::rapply_core(y);
  const Ref<Value> t = codomain->riesz(y);
  return domain->riesz_inverse(
      *domain->unflatten_core(*product(*codomain->flatten_core(*t), true)));
}

void MatrixLinOp::apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const {
  if (mode != Mode::adjoint) return coordinates_into(alpha, x, beta, y, mode);
  const Space &from = *codomain, &to = *domain;
  const Ref<Value> t = from.riesz(x);
  if (to.is_euclidean()) return coordinates_into(alpha, *t, beta, y, Mode::conj_trans);
  if (alpha == nullptr && beta == nullptr) {
    coordinates_into(nullptr, *t, nullptr, y, Mode::conj_trans);
    return to.riesz_inverse_in_place(y);
  }
  const Ref<Value> s = to.new_element();
  coordinates_into(nullptr, *t, nullptr, *s, Mode::conj_trans);
  to.riesz_inverse_in_place(*s);
  to.axpby_into(alpha, *s, beta, y);
}

void MatrixLinOp::coordinates_into(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const {
  const Operand *o = fixed_.get();
  Ref<Operand> made;
  if (o == nullptr) {
    if (!exact())
      fail(SPC_E_TYPE, "apply_into: {} has data of dtype {}, y has dtype {}", kind(),
           name(matrix_dtype()), name(ctx->dtype));
    made = derived_.get(version(), [&] { return make_operand(); });
    o = made.get();
  }
  if (o->plan != nullptr && x.kind() == ValueKind::array && y.kind() == ValueKind::array) {
    // M = (M^T)^T; conjugation is lost there, so a complex M^H goes the general way.
    const bool conjugate = mode == Mode::conj_trans && is_complex(ctx->dtype);
    const Mode planned = !o->transposed ? mode : mode == Mode::none ? Mode::transpose : Mode::none;
    if (!(o->transposed && conjugate) &&
        o->plan->run(alpha, static_cast<Array &>(x), beta, static_cast<Array &>(y), planned))
      return;
  }
  const Space &from = source(mode), &to = target(mode);
  const Ref<Array> xv = from.flatten_core(x), yv = to.flatten_core(y);
  product_into(alpha, *o->matrix, *xv, beta, *yv, mode);
  // Where y has no flat view, flattening made a copy.
  if (!to.overlap(*yv, y)) to.copy_into(*to.unflatten_core(*yv), y);
}

Verdict MatrixLinOp::is_hermitian() const {
  if (!domain->interchangeable(*codomain)) return Verdict::no;
  const bool euclidean = domain->is_euclidean();
  Geometry *const geometry = domain->geometry();
  Array *const weights = euclidean || geometry == nullptr ? nullptr : geometry->weights();
  if (!euclidean && weights == nullptr) return Verdict::unknown;
  return verdict_.get(version(), [&] {
    try {
      return close_to_adjoint(weights) ? Verdict::yes : Verdict::no;
    } catch (const Error &e) {
      if (e.code() != SPC_E_NOTIMPL) throw;
      return Verdict::unknown;
    }
  });
}

}  // namespace spc
