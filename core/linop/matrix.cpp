// SPDX-License-Identifier: Apache-2.0
#include "core/linop/matrix.hpp"

#include <bit>

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
  if (domain->native(x) && exact()) return LinOp::apply_core(x);
  return codomain->unflatten_core(*product(*domain->flatten_core(x), false));
}

Ref<Value> MatrixLinOp::rapply_core(Value &y) const {
  if (codomain->native(y) && exact()) return LinOp::rapply_core(y);
  const Ref<Value> t = codomain->riesz(y);
  return domain->riesz_inverse(
      *domain->unflatten_core(*product(*codomain->flatten_core(*t), true)));
}

Ref<Value> MatrixLinOp::vapply_core(Value &xs) const {
  const Ref<Array> x = domain->flatten_batch_core(xs);
  const Ref<Array> rows = product_of_rows(*as_rows(*x), false);
  return codomain->unflatten_batch_core(*with_leading(*rows, domain->batch_shape(xs)));
}

Ref<Value> MatrixLinOp::rvapply_core(Value &ys) const {
  const Ref<Array> y = codomain->flatten_batch_core(*codomain->riesz(ys));
  const Ref<Array> rows = product_of_rows(*as_rows(*y), true);
  return domain->riesz_inverse(
      *domain->unflatten_batch_core(*with_leading(*rows, codomain->batch_shape(ys))));
}

Ref<Array> MatrixLinOp::to_matrix() const {
  if (domain->free_coordinates() && codomain->free_coordinates()) return densified();
  return LinOp::to_matrix();
}

void MatrixLinOp::apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const {
  if (mode != Mode::adjoint) return coordinates_into(alpha, x, beta, y, mode);
  const Space &from = *codomain, &to = *domain;
  if (from.is_euclidean() && to.is_euclidean())
    return coordinates_into(alpha, x, beta, y, Mode::conj_trans);
  const bool in_place = alpha == nullptr && beta == nullptr;
  if (!diagonal_metrics()) {
    const Ref<Value> t = from.riesz(x), s = in_place ? Ref<Value>::share(&y) : to.new_element();
    coordinates_into(nullptr, *t, nullptr, *s, Mode::conj_trans);
    to.riesz_inverse_in_place(*s);
    if (!in_place) to.axpby_into(alpha, *s, beta, y);
    return;
  }
  const Intermediates::Lease work(
      work_, 2, [&](std::size_t i) { return (i == 0 ? from : to).new_element(); });
  Value *t = &x;
  if (!from.is_euclidean()) {
    t = &work[0];
    from.geometry()->riesz_into(static_cast<Array &>(x), static_cast<Array &>(*t));
  }
  if (to.is_euclidean()) return coordinates_into(alpha, *t, beta, y, Mode::conj_trans);
  Value &s = in_place ? y : work[1];
  coordinates_into(nullptr, *t, nullptr, s, Mode::conj_trans);
  to.riesz_inverse_in_place(s);
  if (!in_place) to.axpby_into(alpha, s, beta, y);
}

void MatrixLinOp::apply_dots_core(Value &x, Value &y, unsigned dots, const ProgramRoom &room,
                                  std::complex<double> *results) const {
  const bool coordinates = codomain->is_euclidean() && free_codomain_ &&
                           x.kind() == ValueKind::array && y.kind() == ValueKind::array;
  if (coordinates) {
    Ref<Operand> made;
    const Operand &o = operand(made);
    if (o.plan != nullptr && !o.transposed &&
        o.plan->run(static_cast<Array &>(x), static_cast<Array &>(y), dots, room.sums))
      return read_numbers(room.sums, std::popcount(dots), results);
  }
  LinOp::apply_dots_core(x, y, dots, room, results);
}

const MatrixLinOp::Operand &MatrixLinOp::operand(Ref<Operand> &made) const {
  if (fixed_) return *fixed_;
  if (!exact())
    fail(SPC_E_TYPE, "apply_into: {} has data of dtype {}, y has dtype {}", kind(),
         name(matrix_dtype()), name(ctx->dtype));
  made = derived_.get(version(), [&] { return make_operand(); });
  return *made;
}

void MatrixLinOp::coordinates_into(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const {
  Ref<Operand> made;
  const Operand *const o = &operand(made);
  const Space &from = source(mode), &to = target(mode);
  if (!(mode == Mode::none ? free_codomain_ : free_domain_)) {
    const Ref<Array> v = ops::empty(*ctx, {to.size()}, ctx->dtype);
    product_into(nullptr, *o->matrix, *from.flatten_core(x), nullptr, *v, mode);
    return to.axpby_into(alpha, *to.unflatten_core(*v), beta, y);
  }
  if (o->plan != nullptr && x.kind() == ValueKind::array) {
    // M = (M^T)^T; conjugation is lost there, so a complex M^H goes the general way.
    const bool conjugate = mode == Mode::conj_trans && is_complex(ctx->dtype);
    const Mode planned = !o->transposed ? mode : mode == Mode::none ? Mode::transpose : Mode::none;
    if (!(o->transposed && conjugate) &&
        o->plan->run(alpha, static_cast<Array &>(x), beta, static_cast<Array &>(y), planned))
      return;
  }
  const Ref<Array> xv = from.flatten_core(x), yv = to.flatten_core(y);
  product_into(alpha, *o->matrix, *xv, beta, *yv, mode);
  // Where y has no flat view, flattening made a copy.
  if (!to.overlap(*yv, y)) to.copy_into(*to.unflatten_core(*yv), y);
}

Verdict MatrixLinOp::is_hermitian() const {
  if (!domain->interchangeable(*codomain)) return Verdict::no;
  const bool euclidean = domain->is_euclidean();
  Array *const weights = euclidean || !diagonal_metrics() ? nullptr : domain->geometry()->weights();
  if (!euclidean && weights == nullptr)
    return verdict_.get(version(), [&] { return compare_with_adjoint(); });
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
