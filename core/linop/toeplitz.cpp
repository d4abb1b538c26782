// SPDX-License-Identifier: Apache-2.0
#include "core/linop/toeplitz.hpp"

#include "core/linop/indexing.hpp"
#include "core/linop/matrix.hpp"
#include "core/ops/ops.hpp"
#include "core/space/dense.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

Array &vector(Value &v, const char *op, const char *role) {
  Array &a = as_dense(&v, op);
  if (a.ndim() != 1 || a.size == 0)
    fail(SPC_E_TYPE, "{}: expected a vector as {}, got shape {}", op, role, a.shape);
  return a;
}

Ref<Space> vectors(const Array &like, std::int64_t n) {
  return DenseCoordinateSpace::create(make<Context>(*like.family, like.dtype, CheckLevel::none),
                                      {n}, nullptr);
}

void check_length(const Space &space, std::int64_t n, const char *op, const char *role) {
  if (space.size() != n)
    fail(SPC_E_TYPE, "{}: the {} has {} coordinates, the vector has length {}", op, role,
         space.size(), n);
}

}  // namespace

Ref<LinOp> ToeplitzLinOp::create(const Ref<Value> &column, const Ref<Value> &row, Ref<Space> domain,
                                 Ref<Space> codomain) {
  constexpr const char *op = "ToeplitzLinOp";
  Array &c = vector(*column, op, "column");
  const Ref<Array> r = row ? Ref<Array>::share(&vector(*row, op, "row")) : ops::conj(c);
  if (!domain) domain = vectors(c, r->size);
  if (!codomain) codomain = vectors(c, c.size);
  Endpoints e = joint_endpoints(domain, codomain, op);
  check_length(*e.codomain, c.size, op, "codomain");
  check_length(*e.domain, r->size, op, "domain");
  check_operator_data(*e.domain, *c.family, c.dtype, op, c);
  check_operator_data(*e.domain, *r->family, r->dtype, op, *r);
  const Ref<Array> above = indexing::reversed(*indexing::cut(*r, 1, r->size));
  Ref<Array> t = retag(indexing::joined({above.get(), &c}), e.ctx->family);
  return probed(make<ToeplitzLinOp>(std::move(e), std::move(t), false));
}

Ref<LinOp> ToeplitzLinOp::circulant(const Ref<Value> &column, Ref<Space> space) {
  constexpr const char *op = "CirculantLinOp";
  Array &c = vector(*column, op, "column");
  if (!space) space = vectors(c, c.size);
  check_length(*space, c.size, op, "space");
  check_operator_data(*space, *c.family, c.dtype, op, c);
  Ref<Array> t =
      retag(indexing::joined({indexing::cut(c, 1, c.size).get(), &c}), space->ctx->family);
  return probed(make<ToeplitzLinOp>(Endpoints{space->ctx, space, space}, std::move(t), true));
}

ToeplitzLinOp::ToeplitzLinOp(Endpoints e, Ref<Array> t, bool circulant)
    : CoordinateLinOp(std::move(e)), t_(std::move(t)), circulant_(circulant) {}

// M[i, j] = t[n - 1 + i - j]
Ref<Array> ToeplitzLinOp::matrix(bool transposed) const {
  const std::int64_t m = codomain->size(), n = domain->size();
  std::byte *const corner = t_->data + (n - 1) * size_of(t_->dtype);
  if (transposed) return new_view(*t_, {n, m}, {-1, 1}, corner, t_->dtype, false);
  return new_view(*t_, {m, n}, {1, -1}, corner, t_->dtype, false);
}

// Rows x: x M^T, and x conj(M).
Ref<Array> ToeplitzLinOp::map(Array &x, bool adjoint) const {
  if (!adjoint) return ops::matmul(x, *matrix(true));
  if (!is_complex(t_->dtype)) return ops::matmul(x, *matrix(false));
  return ops::conj(*ops::matmul(*ops::conj(x), *matrix(false)));
}

Verdict ToeplitzLinOp::coordinates_are(Property property) const {
  if (property == Property::real && !is_complex(t_->dtype)) return Verdict::yes;
  if (property == Property::hermitian && domain->size() == codomain->size()) {
    const Ref<Array> adjoint = ops::conj(*indexing::reversed(*t_));
    return ops::allclose(*t_, *adjoint) ? Verdict::yes : Verdict::no;
  }
  return Verdict::unknown;
}

bool ToeplitzLinOp::same_values(const LinOp &other) const {
  return ops::all_equal(*t_, *static_cast<const ToeplitzLinOp &>(other).t_);
}

Ref<LinOp> ToeplitzLinOp::rebuilt(const Conversion &conversion, Context &to) {
  const Ref<Array> t = ops::transfer(to, *t_);
  const std::int64_t n = domain->size();
  const Ref<Array> column = indexing::cut(*t, n - 1, t->size);
  if (circulant_) return circulant(column, domain->convert(conversion));
  return create(column, indexing::reversed(*indexing::cut(*t, 0, n)), domain->convert(conversion),
                codomain->convert(conversion));
}

}  // namespace spc
