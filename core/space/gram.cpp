// SPDX-License-Identifier: Apache-2.0
#include "core/space/gram.hpp"

#include <mutex>

#include "core/context/context.hpp"
#include "core/ops/ops.hpp"
#include "core/space/axes.hpp"
#include "core/space/space.hpp"
#include "core/support/error.hpp"
#include "core/support/fork_mutex.hpp"

namespace spc {

namespace {

Ref<Array> adjoint_of(Array &m) {
  return ops::conj(*ops::transpose(m));
}

// M x for the coordinates (..., n) of every element of a batch: X M^T, in the shape of x.
Ref<Array> times(Array &m, Array &x) {
  const std::int64_t n = m.shape[1];
  if (x.size == 0) return ops::copy(x);
  const Ref<Array> rows = ops::reshape(x, {x.size / n, n});
  return ops::reshape(*ops::matmul(*rows, *ops::transpose(m)), x.shape);
}

// out = M x for one element; through a copy where out has no flat view.
void times_into(Array &m, Array &x, Array &out, int mode) {
  const Ref<Array> from = flatten_trailing(x, 0), to = flatten_trailing(out, 0);
  ops::gemm_into(nullptr, m, *from, nullptr, *to, mode);
  if (to->buffer.get() != out.buffer.get()) ops::copy_into(*ops::reshape(*to, out.shape), out);
}

// The identity, in the family and dtype of m.
Ref<Array> identity_like(Array &m) {
  const Ref<Context> ctx = make<Context>(*m.family, m.dtype, CheckLevel::none);
  OpArgs args(Op::eye);
  args.ctx = ctx.get();
  args.n = m.shape[0];
  args.m = m.shape[0];
  return dispatch_array(args);
}

}  // namespace

GramGeometry::GramGeometry(Value &gram)
    : gram_(gram.kind() == ValueKind::array ? Ref<Value>(ops::copy(gram))
                                            : Ref<Value>::share(&gram)) {}

void GramGeometry::validate_for(const Space &space) const {
  if (!space.has(Capability::coordinate))
    fail(SPC_E_TYPE, "GramInnerProduct requires a CoordinateSpace, got {}", space.kind());
  Family &family = space.ctx->family;
  if (gram_->kind() != ValueKind::array || !interchangeable(*gram().family, family))
    fail(SPC_E_TYPE, "GramInnerProduct matrix: expected dense array for {}, got {}", family.name(),
         describe(gram_.get()));
  Array &G = gram();
  const Dims expected = {space.size(), space.size()};
  if (G.shape != expected)
    fail(SPC_E_VALUE, "GramInnerProduct matrix has shape {}, the space of {} coordinates needs {}",
         G.shape, space.size(), expected);
  if (G.dtype != space.ctx->dtype)
    fail(SPC_E_TYPE, "GramInnerProduct matrix has dtype {}, the space has dtype {}", name(G.dtype),
         name(space.ctx->dtype));
  if (!is_floating(G.dtype))
    fail(SPC_E_TYPE, "GramInnerProduct matrix has dtype {}, expected a floating dtype",
         name(G.dtype));
  if (G.size == 0) return;
  // A sum of finite terms may overflow, but 0 times each of them may not.
  Scalar zero(SPC_WEAK_INT, 0, 0);
  const Ref<Array> zeros = ops::multiply(zero, G);
  if (!ops::all_equal(*zeros, *zeros)) fail(SPC_E_VALUE, "GramInnerProduct matrix must be finite");
  if (!ops::allclose(G, *adjoint_of(G), size_of(real_of(G.dtype)) == 4 ? 1e-5 : 1e-12, 0))
    fail(SPC_E_VALUE, "GramInnerProduct matrix must be Hermitian");
  factor();
}

Ref<Array> GramGeometry::factor() const {
  {
    const std::scoped_lock lock(lock_of(this));
    if (factor_) return factor_;
  }
  // Unlocked: making it runs kernels. Concurrent calls may both do so.
  // Into an array that exists: a queued factorization is waited for, and its refusal comes here.
  const Ref<Array> lower = ops::new_like(gram());
  try {
    ops::call(Op::cholesky, {gram_.get()}, lower.get());
  } catch (const Error &e) {
    if (e.code() != SPC_E_LINALG) throw;
    fail(SPC_E_LINALG, "GramInnerProduct matrix must be positive definite: {}", e.message());
  }
  Ref<Array> fresh = ops::call(Op::solve, {lower.get(), identity_like(*lower).get()});
  const std::scoped_lock lock(lock_of(this));
  if (!factor_) factor_ = std::move(fresh);
  return factor_;
}

Ref<Geometry> GramGeometry::converted_to(Context &ctx) {
  Array &G = as_dense(gram_.get(), "GramInnerProduct");
  if (G.dtype == ctx.dtype && compatible(*G.family, ctx.family)) return Ref<Geometry>::share(this);
  return make<GramGeometry>(*ops::transfer(ctx, G));
}

bool GramGeometry::equals(const Geometry &other) const {
  if (this == &other) return true;
  const auto *o = dynamic_cast<const GramGeometry *>(&other);
  if (o == nullptr || gram_->kind() != ValueKind::array || o->gram_->kind() != ValueKind::array)
    return false;
  Array &a = gram(), &b = o->gram();
  return a.shape == b.shape && a.dtype == b.dtype && compatible(*a.family, *b.family) &&
         ops::all_equal(a, b);
}

Ref<Array> GramGeometry::inner(Array &x, Array &y) const {
  return ops::vdot(x, *riesz(y));
}

void GramGeometry::inner_into(Array &x, Array &y, Array *work, Array &out) const {
  riesz_into(y, *work);
  ops::vdot_into(x, *work, out);
}

Ref<Array> GramGeometry::riesz(Array &x) const {
  return times(gram(), x);
}

Ref<Array> GramGeometry::riesz_inverse(Array &x) const {
  const Ref<Array> inverse = factor();
  return times(*adjoint_of(*inverse), *times(*inverse, x));
}

void GramGeometry::riesz_into(Array &x, Array &out) const {
  if (x.size != gram().shape[0]) return ops::copy_into(*riesz(x), out);
  times_into(gram(), x, out, SPC_MODE_NONE);
}

void GramGeometry::riesz_inverse_into(Array &x, Array &out) const {
  const Ref<Array> inverse = factor();
  if (x.size != inverse->shape[0]) return ops::copy_into(*riesz_inverse(x), out);
  times_into(*inverse, x, out, SPC_MODE_NONE);
  times_into(*inverse, out, out, SPC_MODE_CONJ_TRANS);
}

}  // namespace spc
