// SPDX-License-Identifier: Apache-2.0
#include "core/linop/linop.hpp"

#include <cstring>
#include <mutex>
#include <optional>

#include "core/linop/views.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"
#include "core/support/fork_mutex.hpp"

namespace spc {

namespace {

// alpha or beta as the cores take it: weak, or a 0-d array of the operator's dtype outside y.
Value *checked_scalar(Value *v, const Space &space, Value &y, const char *role,
                      std::optional<Scalar> &storage) {
  if (v == nullptr) return v;
  const Dtype dtype = space.ctx->dtype;
  int weak;
  if (v->kind() == ValueKind::scalar) {
    weak = static_cast<Scalar &>(*v).weak_kind;
  } else {
    const Array &a = as_dense(v, "apply_into");
    if (a.ndim() != 0)
      fail(SPC_E_VALUE, "apply_into: {} has shape {}, expected a scalar", role, a.shape);
    if (a.dtype == dtype && !space.overlap(*v, y)) return v;
    weak = static_cast<int>(kind(a.dtype));
  }
  constexpr const char *words[] = {"bool", "integer", "float", "complex"};
  if (weak > SPC_WEAK_INT && weak > static_cast<int>(kind(dtype)))
    fail(SPC_E_TYPE, "apply_into: {} is {}, the operator has dtype {}", role, words[weak],
         name(dtype));
  if (v->kind() == ValueKind::scalar) return v;
  const std::complex<double> z = read_scalar(static_cast<Array &>(*v));
  storage.emplace(weak, weak <= SPC_WEAK_INT ? static_cast<std::int64_t>(z.real()) : 0, z);
  return &*storage;
}

}  // namespace

LinOp::LinOp(Ref<Context> c, Ref<Space> x, Ref<Space> y)
    : ctx(std::move(c)),
      domain(std::move(x)),
      codomain(std::move(y)),
      diagonal_metrics_(has_diagonal_metric(*domain) && has_diagonal_metric(*codomain)) {}

std::uint64_t LinOp::version() const noexcept {
  std::uint64_t sum = 0;
  for (const Ref<LinOp> &p : parts()) sum += p->version();
  return sum;
}

// An operator's apply is offered whole.
Ref<Value> LinOp::apply(Value &x) const {
  Value *const operands[] = {&x};
  const Offered offered("linop_apply", 0, operands, 1);
  Value &from = *offered[0];
  domain->admit(from, "apply", "x");
  Ref<Value> y = codomain->tagged(apply_core(from));
  codomain->check_member(*y);
  return y;
}

Ref<Value> LinOp::rapply(Value &y) const {
  Value *const operands[] = {&y};
  const Offered offered("linop_rapply", 0, operands, 1);
  Value &from = *offered[0];
  codomain->admit(from, "rapply", "y");
  Ref<Value> x = domain->tagged(rapply_core(from));
  domain->check_member(*x);
  return x;
}

void LinOp::apply_into(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const {
  Value *const operands[] = {alpha, &x, beta, &y};
  const Offered offered("linop_apply_into", 0, operands, 4);
  Value &from = *offered[1], &to = *offered[3];
  const Space &argument = source(mode), &result = target(mode);
  if (!argument.is_plain_member(from)) {
    argument.admit(from, "apply_into", "x");
    argument.require_native(from, "apply_into", "x");
  }
  // What makes an array a plain member does not change by writing into it.
  const bool plain = result.is_plain_target(to);
  if (!plain) result.require_target(to, "apply_into");
  std::optional<Scalar> a, b;
  alpha = checked_scalar(offered[0], result, to, "alpha", a);
  beta = checked_scalar(offered[2], result, to, "beta", b);
  apply_into_core(alpha, from, beta, to, mode);
  if (!plain) result.check_member(to);
}

namespace {

// The sums that dots names over the vectors x, y; of y alone over that one.
SpaceProgram dots_program(unsigned dots) {
  if (dots == SPC_DOT_YY) return {1, 0, {program::squares(0)}};
  spc_instruction sums[3];
  int n = 0;
  if ((dots & SPC_DOT_XY) != 0) sums[n++] = program::dot(0, 1);
  if ((dots & SPC_DOT_YY) != 0) sums[n++] = program::squares(1);
  if ((dots & SPC_DOT_XX) != 0) sums[n++] = program::squares(0);
  return {2, 0, std::span<const spc_instruction>(sums, static_cast<std::size_t>(n))};
}

}  // namespace

void LinOp::apply_dots_core(Value &x, Value &y, unsigned dots, const ProgramRoom &room,
                            std::complex<double> *results) const {
  static const SpaceProgram programs[] = {dots_program(1), dots_program(2), dots_program(3),
                                          dots_program(4), dots_program(5), dots_program(6),
                                          dots_program(7)};
  apply_into_core(nullptr, x, nullptr, y, Mode::none);
  Value *const both[] = {&x, &y};
  codomain->run(programs[dots - 1], dots == SPC_DOT_YY ? both + 1 : both, nullptr, room, results);
}

Ref<Value> LinOp::apply_core(Value &x) const {
  Ref<Value> y = codomain->new_element();
  apply_into_core(nullptr, x, nullptr, *y, Mode::none);
  return y;
}

Ref<Value> LinOp::rapply_core(Value &y) const {
  Ref<Value> x = domain->new_element();
  apply_into_core(nullptr, y, nullptr, *x, Mode::adjoint);
  return x;
}

Ref<LinOp> LinOp::convert(const Conversion &conversion) {
  const Ref<Context> to = conversion.context_for(*ctx);
  if (*to == *ctx) return Ref<LinOp>::share(this);
  return rebuilt(conversion, *to);
}

bool LinOp::equals(const LinOp &other) const {
  if (this == &other) return true;
  return std::strcmp(kind(), other.kind()) == 0 && domain->equals(*other.domain) &&
         codomain->equals(*other.codomain) && same_values(other);
}

Ref<LinOp> LinOp::kept_view(int slot) noexcept {
  const std::scoped_lock lock(lock_of(this));
  LinOp *const kept = views_[slot];
  return kept != nullptr && kept->try_retain() ? Ref<LinOp>::adopt(kept) : nullptr;
}

Ref<LinOp> LinOp::keep_view(int slot, Ref<LinOp> fresh) noexcept {
  const std::scoped_lock lock(lock_of(this));
  LinOp *const kept = views_[slot];
  if (kept != nullptr && kept->try_retain()) return Ref<LinOp>::adopt(kept);
  views_[slot] = fresh.get();
  return fresh;
}

template <class T>
Ref<LinOp> LinOp::view() {
  constexpr int slot = static_cast<int>(T::place);
  Ref<LinOp> kept = kept_view(slot);
  return kept ? kept : keep_view(slot, make<T>(Ref<LinOp>::share(this)));
}

Ref<LinOp> LinOp::adjoint() {
  return view<AdjointView>();
}

Ref<LinOp> LinOp::transpose() {
  return view<TransposeView>();
}

Ref<LinOp> LinOp::conjugate() {
  if (!ctx->complex()) return Ref<LinOp>::share(this);
  return view<ConjugateView>();
}

void LinOp::forget(LinOp &of, const LinOp *view, int slot) noexcept {
  const std::scoped_lock lock(lock_of(&of));
  if (of.views_[slot] == view) of.views_[slot] = nullptr;
}

View::~View() {
  forget(*op_, this, static_cast<int>(slot_));
}

Endpoints joint_endpoints(const Ref<Space> &domain, const Ref<Space> &codomain, const char *op) {
  Endpoints e;
  e.ctx = joint_context(*domain, *codomain, op);
  e.domain = domain->converted_to(*e.ctx);
  e.codomain = codomain->converted_to(*e.ctx);
  return e;
}

}  // namespace spc
