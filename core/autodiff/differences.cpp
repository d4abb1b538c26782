// SPDX-License-Identifier: Apache-2.0
#include "core/autodiff/differences.hpp"

#include <vector>

#include "core/context/context.hpp"
#include "core/flow/tree.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc::autodiff {

namespace {

// By precision of the function's value. Truncation and rounding balance at the cube root of epsilon
// for first, at the fourth root for second differences; in double precision the steps are customary.
struct Step {
  double wide, narrow;
  double of(const Value &value) const noexcept {
    return value.kind() == ValueKind::array &&
                   static_cast<const Array &>(value).dtype == Dtype::float32
               ? narrow
               : wide;
  }
};
constexpr Step gradient_step{1e-6, 4.9e-3};
constexpr Step jacobian_step{1e-7, 4.9e-3};
constexpr Step hessian_step{1e-5, 1.9e-2};

std::size_t position(std::int32_t argnum, std::size_t n_args, const char *op) {
  const auto n = static_cast<std::int32_t>(n_args);
  if (argnum < -n || argnum >= n)
    fail(SPC_E_INDEX, "{}: argnum {} of {} arguments", op, argnum, n_args);
  return static_cast<std::size_t>(argnum < 0 ? argnum + n : argnum);
}

Ref<Context> float64_on(Family &family) {
  return make<Context>(family, Dtype::float64, CheckLevel::none);
}

// A number that f gave.
double real_scalar(const Value &v, const char *op) {
  if (v.kind() == ValueKind::scalar) {
    const auto &s = static_cast<const Scalar &>(v);
    if (s.weak_kind != SPC_WEAK_COMPLEX) return s.number.real();
    fail(SPC_E_TYPE, "{}: expected f to give a real scalar, got a complex one", op);
  }
  if (v.kind() != ValueKind::array)
    fail(SPC_E_TYPE, "{}: expected f to give a real scalar, got {}", op, describe(&v));
  const auto &a = static_cast<const Array &>(v);
  if (a.size != 1 || is_complex(a.dtype))
    fail(SPC_E_TYPE, "{}: expected f to give a real scalar, got shape {}, dtype {}", op, a.shape,
         name(a.dtype));
  return read_scalar(a).real();
}

// The arguments of f, one of which moves.
class Arguments {
 public:
  Arguments(const Function &f, Function::Args args, const char *op)
      : f_(f), op_(op), values_(args.begin(), args.end()), family_(family_among(args)) {}

  /// Replaces argument i by its float64 copy. TypeErr: complex, or not a dense array or scalar.
  void differentiate(std::size_t i) {
    const Ref<Array> x = as_array(*values_[i], family_);
    if (is_complex(x->dtype))
      fail(SPC_E_TYPE, "{}: argument {} has dtype {}, expected a real one", op_, i, name(x->dtype));
    copies_.push_back(ops::astype(*x, Dtype::float64));
    values_[i] = copies_.back().get();
  }

  /// Makes argument i, which differentiate has replaced, the one that moves.
  void select(std::size_t i) {
    at_ = i;
    base_ = static_cast<Array *>(values_[i]);
    point_.resize(static_cast<std::size_t>(base_->size));
    ops::to_host(*base_, point_.data());
  }

  const Array &base() const noexcept { return *base_; }
  std::size_t size() const noexcept { return point_.size(); }

  Ref<Value> value() const { return f_(values_); }

  /// f with `step` added to element k, then other_step to element j. Every call gets an array of its
  /// own: f may keep what it is given.
  Ref<Value> value(std::size_t k, double step, std::size_t j = 0, double other_step = 0) {
    const double x_k = point_[k], x_j = point_[j];
    point_[k] += step;
    point_[j] += other_step;
    const Ref<Array> moved =
        ops::from_host(*float64_on(*base_->family), Dtype::float64, base_->shape, point_.data());
    point_[j] = x_j;
    point_[k] = x_k;
    std::vector<Value *> args = values_;
    args[at_] = moved.get();
    return f_(args);
  }
  double number(std::size_t k, double step, std::size_t j = 0, double other_step = 0) {
    return real_scalar(*value(k, step, j, other_step), op_);
  }

  /// A float64 array on the family of the argument.
  Ref<Array> result(const Dims &shape, const std::vector<double> &data) const {
    return ops::from_host(*float64_on(*base_->family), Dtype::float64, shape, data.data());
  }

 private:
  const Function &f_;
  const char *op_;
  std::vector<Value *> values_;
  Family &family_;
  std::vector<Ref<Array>> copies_;
  std::size_t at_ = 0;
  Array *base_ = nullptr;
  std::vector<double> point_;
};

Ref<Array> gradient(Arguments &args, double step) {
  std::vector<double> g(args.size());
  for (std::size_t k = 0; k < g.size(); ++k) {
    const double forward = args.number(k, step);
    g[k] = (forward - args.number(k, -step)) / (2 * step);
  }
  return args.result(args.base().shape, g);
}

Dims joined(const Dims &a, const Dims &b) {
  Dims out = a;
  for (const std::int64_t length : b) out.push_back(length);
  return out;
}

// A value of f as a float64 array.
Ref<Array> real_array(Value &v, Family &family) {
  const Ref<Array> a = as_array(v, family);
  if (is_complex(a->dtype))
    fail(SPC_E_TYPE, "jacfwd: f gave dtype {}, expected a real one", name(a->dtype));
  return ops::astype(*a, Dtype::float64);
}

}  // namespace

std::pair<Ref<Value>, Ref<Value>> value_and_grad(const Function &f, Function::Args args,
                                                 std::span<const std::int32_t> argnums) {
  const char *op = "value_and_grad";
  std::vector<std::size_t> at;
  for (const std::int32_t argnum : argnums) at.push_back(position(argnum, args.size(), op));
  Arguments moving(f, args, op);
  for (const std::size_t i : at) moving.differentiate(i);
  Ref<Value> value = moving.value();
  real_scalar(*value, op);
  std::vector<Ref<Value>> gradients;
  for (const std::size_t i : at) {
    moving.select(i);
    gradients.push_back(gradient(moving, gradient_step.of(*value)));
  }
  if (gradients.size() == 1) return {std::move(value), gradients[0]};
  return {std::move(value), new_tuple(std::move(gradients), op)};
}

Ref<Array> jacfwd(const Function &f, Function::Args args, std::int32_t argnum) {
  const std::size_t at = position(argnum, args.size(), "jacfwd");
  Arguments moving(f, args, "jacfwd");
  moving.differentiate(at);
  moving.select(at);
  Family &family = *moving.base().family;
  const Ref<Value> value = moving.value();
  const Dims value_shape = real_array(*value, family)->shape;
  const Dims shape = joined(value_shape, moving.base().shape);
  if (moving.size() == 0) return ops::zeros(*float64_on(family), shape, Dtype::float64);

  const double step = jacobian_step.of(*value);
  const Scalar width(SPC_WEAK_FLOAT, 0, 2 * step);
  std::vector<Ref<Array>> kept;
  std::vector<Value *> columns;
  for (std::size_t k = 0; k < moving.size(); ++k) {
    const Ref<Value> ends[] = {moving.value(k, step), moving.value(k, -step)};
    const Ref<Array> forward = real_array(*ends[0], family), back = real_array(*ends[1], family);
    for (const Ref<Array> &end : {forward, back})
      if (end->shape != value_shape)
        fail(SPC_E_VALUE, "jacfwd: f gave shape {} at the base point, then {}", value_shape,
             end->shape);
    const Ref<Array> difference = ops::call(Op::subtract, {forward.get(), back.get()});
    kept.push_back(ops::divide(*difference, const_cast<Scalar &>(width)));
    columns.push_back(kept.back().get());
  }
  OpArgs stack(Op::stack);
  stack.n_list = static_cast<std::int64_t>(columns.size());
  stack.list = columns.data();
  stack.n = -1;
  return ops::reshape(*dispatch(stack), shape);
}

Ref<Array> hessian(const Function &f, Function::Args args, std::int32_t argnum) {
  const char *op = "hessian";
  const std::size_t at = position(argnum, args.size(), op);
  Arguments moving(f, args, op);
  moving.differentiate(at);
  moving.select(at);
  const Ref<Value> value = moving.value();
  const double centre = real_scalar(*value, op);
  const double h = hessian_step.of(*value);
  const std::size_t n = moving.size();
  const Dims shape = joined(moving.base().shape, moving.base().shape);
  std::vector<double> second(static_cast<std::size_t>(product(shape, op)));
  for (std::size_t i = 0; i < n; ++i) {
    const double forward = moving.number(i, h);
    second[i * n + i] = (forward - 2 * centre + moving.number(i, -h)) / (h * h);
    for (std::size_t j = i + 1; j < n; ++j) {
      const double pp = moving.number(i, h, j, h), pm = moving.number(i, h, j, -h);
      const double mp = moving.number(i, -h, j, h), mm = moving.number(i, -h, j, -h);
      second[i * n + j] = second[j * n + i] = (pp - pm - mp + mm) / (4 * h * h);
    }
  }
  return moving.result(shape, second);
}

}  // namespace spc::autodiff
