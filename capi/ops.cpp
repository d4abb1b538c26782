// SPDX-License-Identifier: Apache-2.0
// The C functions of the op table: one body a signature, expanded over ops.def.
#include "core/ops/ops.hpp"

#include <vector>

#include "spacecore/ops.h"

#include "capi/handles.hpp"

namespace spc::capi {

namespace {

Value *operand(spc_array handle, const char *op) {
  return &get<Value>(handle, op);
}

void add_operand(OpArgs &args, spc_array handle) {
  args.in[args.n_in++] = operand(handle, name(args.op));
}

/// Absent operands stay nullptr.
void add_optional(OpArgs &args, spc_array handle) {
  args.in[args.n_in++] = get_or_null<Value>(handle, name(args.op));
}

void set_context(OpArgs &args, spc_context ctx) {
  args.ctx = get_or_null<Context>(ctx, name(args.op));
}

void set_axes(OpArgs &args, std::int32_t n_axes, const std::int64_t *axes) {
  if (n_axes < SPC_ALL_AXES)
    fail(SPC_E_VALUE, "{}: n_axes is {}, expected SPC_ALL_AXES or a count", name(args.op), n_axes);
  args.n_axes = n_axes;
  args.axes = axes;
}

void set_shape(OpArgs &args, std::int32_t ndim, const std::int64_t *shape) {
  args.ndim = ndim;
  args.shape = shape;
}

/// Runs an op that makes a result: fill sets the arguments.
template <class Fill>
spc_status run(Op op, spc_array *out, Fill &&fill) noexcept {
  return guard(name(op), [&] {
    require(out, name(op), "out");
    OpArgs args(op);
    fill(args);
    *out = new_handle<Value>(dispatch(args));
  });
}

/// Runs an op that writes into an existing array.
template <class Fill>
spc_status run_into(Op op, spc_array out, Fill &&fill) noexcept {
  return guard(name(op), [&] {
    OpArgs args(op);
    args.into = &as_dense(operand(out, name(op)), name(op));
    fill(args);
    dispatch(args);
  });
}

}  // namespace

}  // namespace spc::capi

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

// Each SPC_C_<SIGNATURE>(NAME) expands to the C functions of one op. SPC_C_BOTH gives the form that
// makes a result and the one that writes into an array; PARAMS is parenthesised, FILL sets `args`.
#define SPC_C_UNPAREN(...) __VA_ARGS__
#define SPC_C_NEW(NAME, PARAMS, ...)                                            \
  spc_status spc_##NAME(SPC_C_UNPAREN PARAMS, spc_array *out) {                 \
    return run(Op::NAME, out, [&]([[maybe_unused]] OpArgs & args) __VA_ARGS__); \
  }
#define SPC_C_BOTH(NAME, PARAMS, ...)                                                \
  SPC_C_NEW(NAME, PARAMS, __VA_ARGS__)                                               \
  spc_status spc_##NAME##_into(SPC_C_UNPAREN PARAMS, spc_array out) {                \
    return run_into(Op::NAME, out, [&]([[maybe_unused]] OpArgs & args) __VA_ARGS__); \
  }

#define SPC_C_KERNEL(NAME)
#define SPC_C_CREATE(NAME)                                                                \
  SPC_C_NEW(NAME, (spc_context ctx, int32_t ndim, const int64_t *shape, int32_t dtype), { \
    set_context(args, ctx);                                                               \
    set_shape(args, ndim, shape);                                                         \
    args.dtype = dtype;                                                                   \
  })
#define SPC_C_FULL(NAME)                                                                          \
  SPC_C_NEW(NAME,                                                                                 \
            (spc_context ctx, int32_t ndim, const int64_t *shape, spc_array fill, int32_t dtype), \
            {                                                                                     \
              set_context(args, ctx);                                                             \
              set_shape(args, ndim, shape);                                                       \
              add_operand(args, fill);                                                            \
              args.dtype = dtype;                                                                 \
            })
#define SPC_C_EYE(NAME)                                                     \
  SPC_C_NEW(NAME, (spc_context ctx, int64_t n, int64_t m, int32_t dtype), { \
    set_context(args, ctx);                                                 \
    args.n = n;                                                             \
    args.m = m;                                                             \
    args.dtype = dtype;                                                     \
  })
#define SPC_C_ARANGE(NAME)                                                                       \
  SPC_C_NEW(NAME,                                                                                \
            (spc_context ctx, spc_array start, spc_array stop, spc_array step, int32_t dtype), { \
              set_context(args, ctx);                                                            \
              add_operand(args, start);                                                          \
              add_optional(args, stop);                                                          \
              add_optional(args, step);                                                          \
              args.dtype = dtype;                                                                \
            })
#define SPC_C_ASARRAY(NAME)                                        \
  SPC_C_NEW(NAME, (spc_context ctx, spc_value x, int32_t dtype), { \
    set_context(args, ctx);                                        \
    add_operand(args, x);                                          \
    args.dtype = dtype;                                            \
  })
#define SPC_C_CAST(NAME)                          \
  SPC_C_NEW(NAME, (spc_array x, int32_t dtype), { \
    add_operand(args, x);                         \
    args.dtype = dtype;                           \
  })
#define SPC_C_UNARY(NAME) SPC_C_BOTH(NAME, (spc_array x), { add_operand(args, x); })
#define SPC_C_VIEW(NAME)  SPC_C_NEW(NAME, (spc_array x), { add_operand(args, x); })
#define SPC_C_SHAPE(NAME)                                              \
  SPC_C_NEW(NAME, (spc_array x, int32_t ndim, const int64_t *shape), { \
    add_operand(args, x);                                              \
    set_shape(args, ndim, shape);                                      \
  })
#define SPC_C_AXES(NAME)                                                \
  SPC_C_NEW(NAME, (spc_array x, int32_t n_axes, const int64_t *axes), { \
    add_operand(args, x);                                               \
    set_axes(args, n_axes, axes);                                       \
  })
#define SPC_C_AXIS_PAIR(NAME)                                    \
  SPC_C_NEW(NAME, (spc_array x, int64_t axis1, int64_t axis2), { \
    add_operand(args, x);                                        \
    args.n = axis1;                                              \
    args.m = axis2;                                              \
  })
#define SPC_C_MOVEAXIS(NAME)                                                              \
  SPC_C_NEW(NAME,                                                                         \
            (spc_array x, int32_t n_source, const int64_t *source, int32_t n_destination, \
             const int64_t *destination),                                                 \
            {                                                                             \
              add_operand(args, x);                                                       \
              args.n_axes = n_source;                                                     \
              args.axes = source;                                                         \
              set_shape(args, n_destination, destination);                                \
            })
#define SPC_C_BINARY(NAME)                       \
  SPC_C_BOTH(NAME, (spc_array a, spc_array b), { \
    add_operand(args, a);                        \
    add_operand(args, b);                        \
  })
#define SPC_C_REDUCE(NAME)                                                                 \
  SPC_C_BOTH(NAME, (spc_array x, int32_t n_axes, const int64_t *axes, int32_t keepdims), { \
    add_operand(args, x);                                                                  \
    set_axes(args, n_axes, axes);                                                          \
    args.keepdims = keepdims != 0;                                                         \
  })
#define SPC_C_REDUCE_AS(NAME)                                                                      \
  SPC_C_BOTH(                                                                                      \
      NAME, (spc_array x, int32_t n_axes, const int64_t *axes, int32_t keepdims, int32_t dtype), { \
        add_operand(args, x);                                                                      \
        set_axes(args, n_axes, axes);                                                              \
        args.keepdims = keepdims != 0;                                                             \
        args.dtype = dtype;                                                                        \
      })
#define SPC_C_NORM(NAME)                                                                           \
  SPC_C_BOTH(                                                                                      \
      NAME,                                                                                        \
      (spc_array x, int32_t ord, double p, int32_t n_axes, const int64_t *axes, int32_t keepdims), \
      {                                                                                            \
        add_operand(args, x);                                                                      \
        args.ord = ord;                                                                            \
        args.p = p;                                                                                \
        set_axes(args, n_axes, axes);                                                              \
        args.keepdims = keepdims != 0;                                                             \
      })
#define SPC_C_MATMUL(NAME)                                          \
  SPC_C_BOTH(NAME, (spc_array a, spc_array b, spc_value options), { \
    add_operand(args, a);                                           \
    add_operand(args, b);                                           \
    add_optional(args, options);                                    \
  })
#define SPC_C_ASSPARSE(NAME)                                                           \
  SPC_C_NEW(NAME, (spc_context ctx, spc_value x, const char *format, int32_t dtype), { \
    set_context(args, ctx);                                                            \
    add_operand(args, x);                                                              \
    args.format = format;                                                              \
    args.dtype = dtype;                                                                \
  })
#define SPC_C_AXPBY(NAME)                                                  \
  SPC_C_BOTH(NAME, (spc_array a, spc_array x, spc_array b, spc_array y), { \
    add_optional(args, a);                                                 \
    add_operand(args, x);                                                  \
    add_optional(args, b);                                                 \
    add_operand(args, y);                                                  \
  })
// getitem resolves the handles inside its index items.
#define SPC_C_GETITEM(NAME)                                                                     \
  spc_status spc_##NAME(spc_array x, int32_t n_index, const spc_index *index, spc_array *out) { \
    std::vector<Value *> arrays;                                                                \
    return run(Op::NAME, out, [&](OpArgs &args) {                                               \
      add_operand(args, x);                                                                     \
      args.n_index = n_index;                                                                   \
      args.index = index;                                                                       \
      for (int32_t i = 0; index != nullptr && i < n_index; ++i)                                 \
        arrays.push_back(index[i].kind == SPC_INDEX_ARRAY ? operand(index[i].array, #NAME)      \
                                                          : nullptr);                           \
      args.index_arrays = arrays.data();                                                        \
    });                                                                                         \
  }

extern "C" {
#define SPC_OP(NAME, CODE, SINCE, SIG, ...) SPC_C_##SIG(NAME)
#include "spacecore/ops.def"
}
