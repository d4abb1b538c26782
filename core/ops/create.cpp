// SPDX-License-Identifier: Apache-2.0
// Rules of construction.
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <numbers>

#include "core/ops/operands.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

namespace {

Context &context_of(const OpArgs &args, Ref<Context> &keep) {
  if (args.ctx != nullptr) return *args.ctx;
  keep = default_context();
  return *keep;
}

Ref<Array> eye(const OpArgs &args, Context &ctx) {
  const Dtype dtype = dtype_or(args.dtype, ctx.dtype, "eye");
  const std::int64_t rows = args.n, cols = args.m == SPC_NONE_I64 ? args.n : args.m;
  if (rows < 0 || cols < 0) fail(SPC_E_VALUE, "eye: negative size ({}, {})", rows, cols);
  Ref<Array> out = ops::zeros(ctx, {rows, cols}, dtype);
  require_strided(*out, "eye");
  const Dims diagonal{std::min(rows, cols)};
  if (diagonal[0] > 0) {
    // The diagonal of a row-major matrix is one strided vector.
    Ref<Array> d = new_view(*out, diagonal, {cols + 1}, out->data, dtype, true);
    ops::fill(*d, 1);
  }
  return out;
}

// A range argument: its value, exactly for integers.
struct Endpoint {
  bool integer = true;
  std::int64_t i = 0;
  double x = 0;
};

Endpoint endpoint(Value *v, const char *what) {
  Endpoint e;
  const Dims shape = shape_of(*v, "arange");
  if (shape.size() != 0)
    fail(SPC_E_VALUE, "arange: {} has shape {}, expected a scalar", what, shape);
  if (v->kind() == ValueKind::scalar) {
    const Scalar &s = static_cast<Scalar &>(*v);
    if (s.weak_kind == SPC_WEAK_COMPLEX) fail(SPC_E_TYPE, "arange: {} is complex", what);
    return {s.weak_kind <= SPC_WEAK_INT, s.integer, s.number.real()};
  }
  Array &a = as_dense(v, "arange");
  if (is_complex(a.dtype)) fail(SPC_E_TYPE, "arange: {} has dtype {}", what, name(a.dtype));
  const Dtype wide = is_floating(a.dtype) ? Dtype::float64 : Dtype::int64;
  Ref<Array> w = ops::astype(a, wide);
  if (wide == Dtype::float64) {
    ops::to_host(*w, &e.x);
    e.integer = false;
  } else {
    ops::to_host(*w, &e.i);
    e.x = static_cast<double>(e.i);
  }
  return e;
}

std::int64_t range_length(const Endpoint &start, const Endpoint &stop, const Endpoint &step) {
  if (start.integer && stop.integer && step.integer) {
    if (step.i == 0) fail(SPC_E_VALUE, "arange: step is 0");
    // In 128 bits the difference cannot overflow.
    __extension__ using Wide = __int128;
    const Wide distance = static_cast<Wide>(stop.i) - start.i;
    if (distance == 0 || (distance > 0) != (step.i > 0)) return 0;
    const Wide magnitude = distance > 0 ? distance : -distance;
    const Wide stride = step.i > 0 ? static_cast<Wide>(step.i) : -static_cast<Wide>(step.i);
    const Wide n = (magnitude + stride - 1) / stride;
    if (n > INT64_MAX)
      fail(SPC_E_VALUE, "arange: too many elements from {} to {}", start.i, stop.i);
    return static_cast<std::int64_t>(n);
  }
  if (step.x == 0) fail(SPC_E_VALUE, "arange: step is 0");
  const double n = std::ceil((stop.x - start.x) / step.x);
  if (!(n < 9.0e18))
    fail(SPC_E_VALUE, "arange: length of [{}, {}) by {} is not finite", start.x, stop.x, step.x);
  return n > 0 ? static_cast<std::int64_t>(n) : 0;
}

std::int64_t truncated(const Endpoint &e) {
  if (e.integer) return e.i;
  return e.x > -9.2e18 && e.x < 9.2e18 ? static_cast<std::int64_t>(e.x) : 0;
}

Ref<Array> arange(const OpArgs &args, Context &ctx) {
  for (int i = 0; i < 3; ++i)
    if (args.in[i] != nullptr && args.in[i]->kind() == ValueKind::none)
      return [&] {
        OpArgs without = args;
        without.in[i] = nullptr;
        return arange(without, ctx);
      }();
  if (args.in[0] == nullptr) fail(SPC_E_TYPE, "arange: start is missing");
  Endpoint start = endpoint(args.in[0], "start"), stop, step;
  step.i = 1;
  step.x = 1;
  if (args.in[2] != nullptr) step = endpoint(args.in[2], "step");
  if (args.in[1] != nullptr) {
    stop = endpoint(args.in[1], "stop");
  } else {
    stop = start;
    start = Endpoint{};
  }
  const bool integers = start.integer && stop.integer && step.integer;
  const Dtype dtype = dtype_or(args.dtype, integers ? Dtype::int64 : Dtype::float64, "arange");
  const std::int64_t n = range_length(start, stop, step);
  if (dtype == Dtype::boolean && n > 2)
    fail(SPC_E_TYPE, "arange: dtype bool with {} elements, at most 2 are defined", n);
  Ref<Array> out = ops::empty(ctx, {n}, dtype);
  require_strided(*out, "arange");
  if (n == 0) return out;
  spc_params_arange p = {};
  p.int_start = truncated(start);
  // As NumPy: the increment is the difference of the first two values in the result's dtype.
  Endpoint second{integers, 0, start.x + step.x};
  if (integers) __builtin_add_overflow(start.i, step.i, &second.i);
  __builtin_sub_overflow(truncated(second), p.int_start, &p.int_step);
  p.start = start.x;
  p.step = integers ? step.x : second.x - start.x;
  Launch l(Op::arange);
  l.params(p);
  l.out(*out);
  l.run(ctx.family, dtype);
  return out;
}

// start + i*step for every i, in double.
void write_range(Array &out, double start, double step) {
  spc_params_arange p = {};
  p.start = start;
  p.step = step;
  Launch l(Op::arange);
  l.params(p);
  l.out(out);
  l.run(*out.family, out.dtype);
}

// Of ends whose difference overflows the quotients still have one.
double step_between(double start, double stop, std::int64_t intervals) {
  const double difference = stop - start, n = static_cast<double>(intervals);
  return std::isfinite(difference) ? difference / n : stop / n - start / n;
}

std::complex<double> end_of_linspace(Value *v, const char *what) {
  const Dims shape = shape_of(*v, "linspace");
  if (shape.size() != 0)
    fail(SPC_E_VALUE, "linspace: {} has shape {}, expected a scalar", what, shape);
  if (v->kind() == ValueKind::scalar) return static_cast<const Scalar &>(*v).number;
  return read_scalar(as_dense(v, "linspace"));
}

double value_of_constant(Op op) {
  switch (op) {
    case Op::inf:
      return std::numeric_limits<double>::infinity();
    case Op::nan:
      return std::numeric_limits<double>::quiet_NaN();
    case Op::pi:
      return std::numbers::pi;
    default:
      return std::numbers::e;
  }
}

// The constants of the families in use, made at first use and kept for the life of the process, as
// families are. A list without locks: it only grows at its head.
struct Constant {
  const Family *family;
  Op op;
  Ref<Array> value;
  const Constant *next;
};
std::atomic<const Constant *> constants{nullptr};

Ref<Array> read_only_constant(Context &ctx, Op op) {
  Ref<Array> a = ops::empty(ctx, {}, Dtype::float64);
  ops::fill(*a, value_of_constant(op));
  return new_view(*a, a->shape, a->strides, a->data, a->dtype, false);
}

}  // namespace

Ref<Value> constant(const OpArgs &args) {
  Ref<Context> keep;
  Context &ctx = context_of(args, keep);
  std::unique_ptr<Constant> fresh;
  const Constant *head = constants.load(std::memory_order_acquire);
  for (;;) {
    for (const Constant *c = head; c != nullptr; c = c->next)
      if (c->family == &ctx.family && c->op == args.op) return c->value;
    if (fresh == nullptr)
      fresh = std::make_unique<Constant>(&ctx.family, args.op, read_only_constant(ctx, args.op));
    fresh->next = head;
    if (constants.compare_exchange_weak(head, fresh.get(), std::memory_order_acq_rel))
      return fresh.release()->value;
  }
}

Ref<Value> like(const OpArgs &args) {
  const char *op = name(args.op);
  Family &family = family_of(args.in, 1, op);
  Value &x = *args.in[0];
  if (x.kind() != ValueKind::scalar) as_dense(&x, op);
  const Dims shape = shape_of(x, op);
  const Dtype own = join_of(args.in, 1), dtype = dtype_or(args.dtype, own, op);
  if (args.op == Op::full_like && shape_of(*args.in[1], op).size() != 0)
    fail(SPC_E_VALUE, "{}: value has shape {}, expected a scalar", op, shape_of(*args.in[1], op));
  if (family.opaque() && dtype != own)
    fail(SPC_E_NOTIMPL, "{}: opaque operand of dtype {} would have to become {}", op, name(own),
         name(dtype));
  Ref<Array> out =
      family.opaque() ? ops::new_like(static_cast<Array &>(x)) : new_array(family, dtype, shape);
  if (args.op == Op::full_like)
    ops::assign(*out, *args.in[1], op);
  else
    ops::fill(*out, args.op == Op::ones_like ? 1 : 0);
  return out;
}

Ref<Value> linspace(const OpArgs &args) {
  Ref<Context> keep;
  Context &ctx = context_of(args, keep);
  const std::complex<double> start = end_of_linspace(args.in[0], "start"),
                             stop = end_of_linspace(args.in[1], "stop");
  const std::int64_t n = args.n;
  if (n < 0) fail(SPC_E_VALUE, "linspace: num is {}, expected at least 0", n);
  const bool complex = is_complex(join_of(args.in, 2));
  Ref<Array> out = ops::empty(ctx, {n}, complex ? Dtype::complex128 : Dtype::float64);
  require_strided(*out, "linspace");
  if (n == 0) return out;
  if (n == 1) {
    ops::fill(*out, start);
    return out;
  }
  const auto part = [&](double from, double to, std::int64_t which) {
    Ref<Array> p =
        complex ? new_view(*out, out->shape, {2}, out->data + which * 8, Dtype::float64, true)
                : out;
    write_range(*p, from, step_between(from, to, n - 1));
  };
  part(start.real(), stop.real(), 0);
  if (complex) part(start.imag(), stop.imag(), 1);
  Ref<Array> last =
      new_view(*out, {}, {}, out->data + (n - 1) * size_of(out->dtype), out->dtype, true);
  ops::fill(*last, stop);
  return out;
}

Ref<Value> create(const OpArgs &args) {
  Ref<Context> keep;
  Context &ctx = context_of(args, keep);
  const char *op = name(args.op);
  if (args.op == Op::eye) return eye(args, ctx);
  if (args.op == Op::arange) return arange(args, ctx);
  const Dims shape = checked_shape(args.ndim, args.shape, op);
  if (args.op == Op::full) {
    Value *fill = args.in[0];
    if (shape_of(*fill, op).size() != 0)
      fail(SPC_E_VALUE, "full: fill has shape {}, expected a scalar", shape_of(*fill, op));
    const Dtype dtype = dtype_or(args.dtype, join_of(&fill, 1), op);
    return ops::full(ctx, shape, *fill, dtype);
  }
  Ref<Array> out = ops::empty(ctx, shape, dtype_or(args.dtype, ctx.dtype, op));
  if (args.op == Op::zeros) ops::fill(*out, 0);
  if (args.op == Op::ones) ops::fill(*out, 1);
  return out;
}

}  // namespace spc::rules

namespace spc::ops {

namespace {

// layout: the handle whose layout to take; nullptr: the family's default.
Ref<Array> new_opaque(Family &family, Dtype dtype, const Dims &shape, std::byte *layout) {
  Ref<Buffer> buffer = Buffer::opaque(family);
  Launch l(Op::new_like);
  Operand model;
  model.dtype = dtype;
  model.space = &family.memory();
  model.flags = SPC_TENSOR_OPAQUE;
  model.data = layout;
  Operand fresh = model;
  fresh.data = nullptr;
  l.in(model, shape);
  l.out(fresh, shape);
  l.run(family, dtype);
  auto *handle = static_cast<std::byte *>(l.output_data(0));
  buffer->set_handle(handle);
  return make<Array>(family, dtype, shape, Dims(shape.size(), 0), std::move(buffer), handle);
}

}  // namespace

Ref<Array> empty(Context &ctx, const Dims &shape, Dtype dtype) {
  if (ctx.family.opaque()) return new_opaque(ctx.family, dtype, shape, nullptr);
  return new_array(ctx.family, dtype, shape);
}

Ref<Array> zeros(Context &ctx, const Dims &shape, Dtype dtype) {
  Ref<Array> out = empty(ctx, shape, dtype);
  fill(*out, 0);
  return out;
}

Ref<Array> full(Context &ctx, const Dims &shape, Value &value, Dtype dtype) {
  Ref<Array> out = empty(ctx, shape, dtype);
  assign(*out, value, "full");
  return out;
}

Ref<Array> new_like(const Array &x) {
  if (x.opaque()) return new_opaque(*x.family, x.dtype, x.shape, x.data);
  return new_array(*x.family, x.dtype, x.shape);
}

void fill(Array &x, std::complex<double> value) {
  if (x.size == 0) return;
  Operand out = operand_of(x), v = value_operand(value, x.dtype, x.ndim());
  Operand *in[1] = {&v};
  run_elementwise(*x.family, Op::fill, x.dtype, Dtype::none, x.shape, in, 1, out);
  x.buffer->touch();
}

}  // namespace spc::ops
