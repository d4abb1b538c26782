// SPDX-License-Identifier: Apache-2.0
// Rules of construction.
#include <cmath>

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

}  // namespace

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
  return make<Array>(family, dtype, shape, Dims(shape.size(), 0), Buffer::opaque(family, handle),
                     handle);
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
  if (is_host_scalar(value) &&
      &static_cast<Array &>(value).buffer->space() != &ctx.family.memory()) {
    Array &scalar = static_cast<Array &>(value);
    refuse_complex_to_real("full", scalar.dtype, dtype);
    Operand v = value_of(scalar, dtype, shape.size()), target = operand_of(*out), *in[1] = {&v};
    run_elementwise(ctx.family, Op::fill, dtype, Dtype::none, shape, in, 1, target);
  } else {
    assign(*out, value, "full");
  }
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
