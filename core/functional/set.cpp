// SPDX-License-Identifier: Apache-2.0
#include "core/functional/set.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/functional/coordinates.hpp"
#include "core/functional/scalars.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

double norm_of(const Space &space, Value &x) {
  return read_scalar(*space.norm_core(x)).real();
}

Ref<Value> difference(const Space &space, Value &x, Value &y) {
  const Weak minus(-1);
  return space.axpy_core(*minus, y, x);
}

bool same_or_absent(const Space &space, const Ref<Value> &x, const Ref<Value> &y) {
  if (!x || !y) return !x && !y;
  return same_elements(space, *x, *y);
}

// What a projection entry by entry needs.
void require_diagonal(const Space &space, const char *who) {
  require_real(space, who);
  if (!space.has(Capability::inner_product))
    fail(SPC_E_TYPE, "{}: a {} has no inner product", who, space.kind());
  if (!space.diagonal_metric())
    fail(SPC_E_VALUE, "{}: the geometry of {} is not diagonal", who, space.kind());
}

}  // namespace

Ref<Value> Set::project(Value &x) const {
  Value *const operands[] = {&x};
  const Offered offered("set_project", 0, operands, 1);
  space->admit(*offered[0], "set_project", "x");
  Ref<Value> y = space->tagged(project_core(*offered[0]));
  space->check_member(*y);
  return y;
}

bool Set::contains(Value &x, double tol) const {
  if (!(tol >= 0)) fail(SPC_E_VALUE, "set_contains: tol is {}, expected a number >= 0", tol);
  Value *const operands[] = {&x};
  const Offered offered("set_contains", 0, operands, 1);
  space->admit(*offered[0], "set_contains", "x");
  return contains_core(*offered[0], tol);
}

bool Set::contains_core(Value &x, double tol) const {
  const Ref<Value> gap = difference(*space, x, *project_core(x));
  return norm_of(*space, *gap) <= tol * std::max(1.0, norm_of(*space, x));
}

bool Set::equals(const Set &other) const {
  if (this == &other) return true;
  return std::strcmp(kind(), other.kind()) == 0 && space->equals(*other.space) &&
         same_values(other);
}

Ref<Set> Set::convert(const Conversion &conversion) {
  const Ref<Context> to = conversion.context_for(*space->ctx);
  if (*to == *space->ctx) return Ref<Set>::share(this);
  return rebuilt(conversion);
}

std::string Set::text() const {
  return fmt::format("{}({})", kind(), space->shape());
}

// ---- entry by entry

namespace {

class Nonnegative final : public Set {
 public:
  explicit Nonnegative(Ref<Space> s) : Set(std::move(s)) {}
  const char *kind() const noexcept override { return "Nonnegative"; }
  Ref<Value> project_core(Value &x) const override {
    const Weak zero(0);
    const Ref<Array> v = space->flatten_core(x);
    return space->unflatten_core(*ops::call(Op::maximum, {v.get(), zero.get()}));
  }

 protected:
  bool same_values(const Set &) const override { return true; }
  Ref<Set> rebuilt(const Conversion &conversion) override {
    return nonnegative_set(space->convert(conversion));
  }
};

class Box final : public Set {
 public:
  Box(Ref<Space> s, Ref<Value> lower, Ref<Value> upper)
      : Set(std::move(s)), lower_(std::move(lower)), upper_(std::move(upper)) {
    if (lower_) low_ = space->flatten_core(*lower_);
    if (upper_) high_ = space->flatten_core(*upper_);
  }
  const char *kind() const noexcept override { return "Box"; }
  Ref<Value> project_core(Value &x) const override {
    Ref<Array> v = space->flatten_core(x);
    if (low_) v = ops::call(Op::maximum, {v.get(), low_.get()});
    if (high_) v = ops::call(Op::minimum, {v.get(), high_.get()});
    return space->unflatten_core(*v);
  }

 protected:
  bool same_values(const Set &other) const override {
    const auto &o = static_cast<const Box &>(other);
    return same_or_absent(*space, lower_, o.lower_) && same_or_absent(*space, upper_, o.upper_);
  }
  Ref<Set> rebuilt(const Conversion &conversion) override {
    return box_set(space->convert(conversion), lower_.get(), upper_.get());
  }

 private:
  const Ref<Value> lower_, upper_;  // nullptr: no bound
  Ref<Array> low_, high_;           // their coordinates
};

// ---- ball

class Ball final : public Set {
 public:
  Ball(Ref<Space> s, Ref<Value> center, double radius)
      : Set(std::move(s)), center_(std::move(center)), radius_(radius) {}
  const char *kind() const noexcept override { return "Ball"; }
  Ref<Value> project_core(Value &x) const override {
    const Ref<Value> d = center_ ? difference(*space, x, *center_) : Ref<Value>::share(&x);
    const double distance = norm_of(*space, *d);
    if (distance <= radius_) return Ref<Value>::share(&x);
    const Weak factor(radius_ / distance);
    return center_ ? space->axpy_core(*factor, *d, *center_) : space->scale_core(*factor, *d);
  }
  std::string text() const override {
    return fmt::format("{}({}, radius={})", kind(), space->shape(), radius_);
  }

 protected:
  bool same_values(const Set &other) const override {
    const auto &o = static_cast<const Ball &>(other);
    return radius_ == o.radius_ && same_or_absent(*space, center_, o.center_);
  }
  Ref<Set> rebuilt(const Conversion &conversion) override {
    return ball_set(space->convert(conversion), center_.get(), radius_);
  }

 private:
  const Ref<Value> center_;  // nullptr: 0
  const double radius_;
};

// ---- simplex

class Simplex final : public Set {
 public:
  Simplex(Ref<Space> s, double total) : Set(std::move(s)), total_(total) {}
  const char *kind() const noexcept override { return "Simplex"; }
  Ref<Value> project_core(Value &x) const override;
  std::string text() const override {
    return fmt::format("{}({}, total={})", kind(), space->shape(), total_);
  }

 protected:
  bool same_values(const Set &other) const override {
    return total_ == static_cast<const Simplex &>(other).total_;
  }
  Ref<Set> rebuilt(const Conversion &conversion) override {
    return simplex_set(space->convert(conversion), total_);
  }

 private:
  const double total_;
};

double at(Array &x, std::int64_t i) {
  const spc_index index = {SPC_INDEX_INT, 0, i, 0, 0, nullptr};
  Value *const none = nullptr;
  OpArgs args(Op::getitem);
  args.in[0] = &x;
  args.n_in = 1;
  args.n_index = 1;
  args.index = &index;
  args.index_arrays = &none;
  return read_scalar(*dispatch_array(args)).real();
}

// The projection is max(v - theta / w, 0) with theta such that its sum is the total. The sum falls
// with theta and bends at theta = w_i v_i; of these, sorted, the last one is sought at which it still
// reaches the total. From there on the entries that stay positive are known, and theta with them.
Ref<Value> Simplex::project_core(Value &x) const {
  const Weak zero(0);
  const Ref<Array> v = space->flatten_core(x), given = space->metric_weights();
  const Ref<Array> bends = given ? ops::multiply(*given, *v) : v;
  OpArgs sort(Op::sort);
  sort.in[0] = bends.get();
  sort.n_in = 1;
  sort.n = 0;
  const Ref<Array> sorted = dispatch_array(sort);
  const auto moved = [&](double theta) {
    const Weak t(theta);
    const Ref<Array> shift = given ? ops::divide(*t, *given) : nullptr;
    return ops::call(Op::subtract, {v.get(), shift ? shift.get() : t.get()});
  };
  const auto sum_at = [&](double theta) {
    const Ref<Array> rest = moved(theta);
    const Ref<Array> positive = ops::call(Op::maximum, {rest.get(), zero.get()});
    return read_scalar(*sum_last(*positive)).real();
  };
  // All bends below `low` are below theta; the one at `high` is not.
  std::int64_t low = 0, high = v->size;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (sum_at(at(*sorted, middle)) >= total_)
      low = middle + 1;
    else
      high = middle;
  }
  // Entries that bend at `low` or later are positive: their sum is linear in theta.
  const double bend = at(*sorted, std::min(low, v->size - 1));
  const Weak limit(bend), one(1), all(total_);
  const Ref<Array> active = ops::call(Op::greater_equal, {bends.get(), limit.get()});
  const Ref<Array> entries = ops::call(Op::where, {active.get(), v.get(), zero.get()});
  const Ref<Array> inverse =
      given ? ops::divide(*one, *given) : ops::call(Op::ones_like, {v.get()});
  const Ref<Array> slopes = ops::call(Op::where, {active.get(), inverse.get(), zero.get()});
  const Ref<Array> excess = ops::call(Op::subtract, {sum_last(*entries).get(), all.get()});
  const Ref<Array> theta = ops::divide(*excess, *sum_last(*slopes));
  const Ref<Array> rest = ops::call(Op::subtract, {v.get(), ops::multiply(*theta, *inverse).get()});
  return space->unflatten_core(*ops::call(Op::maximum, {rest.get(), zero.get()}));
}

// ---- without negative eigenvalues

class PositiveSemidefinite final : public Set {
 public:
  explicit PositiveSemidefinite(Ref<Space> s) : Set(std::move(s)) {}
  const char *kind() const noexcept override { return "PositiveSemidefinite"; }
  Ref<Value> project_core(Value &x) const override {
    const Weak zero(0);
    return space->spectral_apply_core(x, [&](Array &values) {
      return Ref<Value>(ops::call(Op::maximum, {&values, zero.get()}));
    });
  }

 protected:
  bool same_values(const Set &) const override { return true; }
  Ref<Set> rebuilt(const Conversion &conversion) override {
    return psd_set(space->convert(conversion));
  }
};

}  // namespace

Ref<Set> nonnegative_set(const Ref<Space> &space) {
  require_diagonal(*space, "Nonnegative");
  return make<Nonnegative>(space);
}

Ref<Set> box_set(const Ref<Space> &space, Value *lower, Value *upper) {
  require_diagonal(*space, "Box");
  Ref<Value> low, high;
  if (lower != nullptr) low = own_element(*space, *lower, "Box", "lower");
  if (upper != nullptr) high = own_element(*space, *upper, "Box", "upper");
  for (const Ref<Value> &bound : {low, high}) {
    if (!bound || space->size() == 0) continue;
    const Ref<Array> b = space->flatten_core(*bound);
    if (std::isnan(read_scalar(*ops::call(Op::min, {b.get()})).real()))
      fail(SPC_E_VALUE, "Box: {} has a NaN", bound.get() == low.get() ? "lower" : "upper");
  }
  if (low && high && space->size() > 0) {
    const Ref<Array> l = space->flatten_core(*low), h = space->flatten_core(*high);
    const Ref<Array> crossed = ops::call(Op::greater, {l.get(), h.get()});
    const auto count =
        static_cast<std::int64_t>(read_scalar(*ops::call(Op::sum, {crossed.get()})).real());
    if (count > 0)
      fail(SPC_E_VALUE, "Box: lower > upper at {} of {} coordinates", count, space->size());
  }
  return make<Box>(space, std::move(low), std::move(high));
}

Ref<Set> ball_set(const Ref<Space> &space, Value *center, double radius) {
  if (!space->has(Capability::inner_product))
    fail(SPC_E_TYPE, "Ball: a {} has no inner product", space->kind());
  if (!std::isfinite(radius) || radius < 0)
    fail(SPC_E_VALUE, "Ball: radius is {}, expected a finite number >= 0", radius);
  Ref<Value> c;
  if (center != nullptr) c = own_element(*space, *center, "Ball", "center");
  return make<Ball>(space, std::move(c), radius);
}

Ref<Set> simplex_set(const Ref<Space> &space, double total) {
  require_diagonal(*space, "Simplex");
  if (!std::isfinite(total) || !(total > 0))
    fail(SPC_E_VALUE, "Simplex: total is {}, expected a positive finite number", total);
  if (space->size() == 0)
    fail(SPC_E_VALUE, "Simplex: the space of shape {} has no coordinates", space->shape());
  return make<Simplex>(space, total);
}

Ref<Set> psd_set(const Ref<Space> &space) {
  if (!space->has(Capability::euclidean_jordan))
    fail(SPC_E_TYPE, "PositiveSemidefinite requires a Euclidean Jordan algebra, got {}",
         space->kind());
  return make<PositiveSemidefinite>(space);
}

}  // namespace spc
