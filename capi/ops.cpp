// SPDX-License-Identifier: Apache-2.0
// The C functions of the op table: one body a signature, expanded over ops.def.
#include "core/ops/ops.hpp"

#include <vector>

#include "spacecore/ops.h"

#include "capi/handles.hpp"
#include "core/ops/program.hpp"

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

/// Runs an op whose result is a tuple: items[i] goes to *outs[i], all of them or none.
template <std::size_t N, class Fill>
spc_status run_tuple(Op op, spc_array *const (&outs)[N], Fill &&fill) noexcept {
  return guard(name(op), [&] {
    OpArgs args(op);
    fill(args);
    const Ref<Value> result = dispatch(args);
    give_handles(static_cast<const Sequence &>(*result).items.data(), outs);
  });
}

/// Runs an op whose result is a verdict.
template <class Fill>
spc_status run_verdict(Op op, int32_t *out, Fill &&fill) noexcept {
  return guard(name(op), [&] {
    require(out, name(op), "out");
    OpArgs args(op);
    fill(args);
    *out = static_cast<const Scalar &>(*dispatch(args)).integer != 0 ? 1 : 0;
  });
}

/// The operands of an n-ary op.
class OperandList {
 public:
  void give(OpArgs &args, std::int64_t n, const spc_array *handles) {
    if (n < 0 || (n > 0 && handles == nullptr))
      fail(SPC_E_VALUE, "{}: {} operands at address {}", name(args.op), n,
           handles == nullptr ? "NULL" : "given");
    values_.reserve(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) values_.push_back(operand(handles[i], name(args.op)));
    args.n_list = n;
    args.list = values_.data();
  }

 private:
  std::vector<Value *> values_;
};

/// The index items of a call, with the handles inside resolved.
class IndexItems {
 public:
  void give(OpArgs &args, std::int32_t n, const spc_index *index) {
    args.n_index = n;
    args.index = index;
    for (std::int32_t i = 0; index != nullptr && i < n; ++i)
      arrays_.push_back(index[i].kind == SPC_INDEX_ARRAY ? operand(index[i].array, name(args.op))
                                                         : nullptr);
    args.index_arrays = arrays_.data();
  }

 private:
  std::vector<Value *> arrays_;
};

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
#define SPC_C_CONSTANT(NAME) SPC_C_NEW(NAME, (spc_context ctx), { set_context(args, ctx); })
#define SPC_C_FULL_LIKE(NAME)                                      \
  SPC_C_NEW(NAME, (spc_array x, spc_array value, int32_t dtype), { \
    add_operand(args, x);                                          \
    add_operand(args, value);                                      \
    args.dtype = dtype;                                            \
  })
#define SPC_C_LINSPACE(NAME)                                                         \
  SPC_C_NEW(NAME, (spc_context ctx, spc_array start, spc_array stop, int64_t num), { \
    set_context(args, ctx);                                                          \
    add_operand(args, start);                                                        \
    add_operand(args, stop);                                                         \
    args.n = num;                                                                    \
  })
#define SPC_C_STACK(NAME)                                                                   \
  spc_status spc_##NAME(int64_t n, const spc_array *arrays, int64_t axis, spc_array *out) { \
    OperandList list;                                                                       \
    return run(Op::NAME, out, [&](OpArgs &args) {                                           \
      list.give(args, n, arrays);                                                           \
      args.n = axis;                                                                        \
    });                                                                                     \
  }
#define SPC_C_CONCATENATE(NAME)                                                          \
  spc_status spc_##NAME(int64_t n, const spc_array *arrays, int64_t axis, int32_t dtype, \
                        spc_array *out) {                                                \
    OperandList list;                                                                    \
    return run(Op::NAME, out, [&](OpArgs &args) {                                        \
      list.give(args, n, arrays);                                                        \
      args.n = axis;                                                                     \
      args.dtype = dtype;                                                                \
    });                                                                                  \
  }
#define SPC_C_ARRAYS(NAME)                                                        \
  spc_status spc_##NAME(int64_t n, const spc_array *arrays, spc_array *out) {     \
    OperandList list;                                                             \
    return run(Op::NAME, out, [&](OpArgs &args) { list.give(args, n, arrays); }); \
  }
#define SPC_C_TUPLE_OF_ARRAYS(NAME) SPC_C_ARRAYS(NAME)
#define SPC_C_TAKE(NAME)                                            \
  SPC_C_NEW(NAME, (spc_array x, spc_array indices, int64_t axis), { \
    add_operand(args, x);                                           \
    add_operand(args, indices);                                     \
    args.n = axis;                                                  \
  })
#define SPC_C_ISCLOSE(NAME)                                                \
  SPC_C_BOTH(NAME, (spc_array a, spc_array b, double rtol, double atol), { \
    add_operand(args, a);                                                  \
    add_operand(args, b);                                                  \
    args.rtol = rtol;                                                      \
    args.atol = atol;                                                      \
  })
#define SPC_C_ALLCLOSE(NAME)                                                                   \
  spc_status spc_##NAME(spc_array a, spc_array b, double rtol, double atol, int32_t equal_nan, \
                        int32_t *out) {                                                        \
    return run_verdict(Op::NAME, out, [&](OpArgs &args) {                                      \
      add_operand(args, a);                                                                    \
      add_operand(args, b);                                                                    \
      args.rtol = rtol;                                                                        \
      args.atol = atol;                                                                        \
      args.equal_nan = equal_nan != 0;                                                         \
    });                                                                                        \
  }
#define SPC_C_ALLCLOSE_SPARSE(NAME)                                                         \
  spc_status spc_##NAME(spc_array a, spc_array b, double rtol, double atol, int32_t *out) { \
    return run_verdict(Op::NAME, out, [&](OpArgs &args) {                                   \
      add_operand(args, a);                                                                 \
      add_operand(args, b);                                                                 \
      args.rtol = rtol;                                                                     \
      args.atol = atol;                                                                     \
    });                                                                                     \
  }
#define SPC_C_WHERE(NAME)                                        \
  SPC_C_BOTH(NAME, (spc_array cond, spc_array x, spc_array y), { \
    add_operand(args, cond);                                     \
    add_operand(args, x);                                        \
    add_operand(args, y);                                        \
  })
#define SPC_C_CLIP(NAME)                                              \
  SPC_C_BOTH(NAME, (spc_array x, spc_array a_min, spc_array a_max), { \
    add_operand(args, x);                                             \
    add_optional(args, a_min);                                        \
    add_optional(args, a_max);                                        \
  })
// The sign is asked for by a place to put it.
#define SPC_C_LOGSUMEXP(NAME)                                                                   \
  spc_status spc_##NAME(spc_array a, spc_array b, int32_t n_axes, const int64_t *axes,          \
                        int32_t keepdims, spc_array *out, spc_array *sign) {                    \
    const auto fill = [&](OpArgs &args) {                                                       \
      require(out, #NAME, "out");                                                               \
      add_operand(args, a);                                                                     \
      add_optional(args, b);                                                                    \
      set_axes(args, n_axes, axes);                                                             \
      args.keepdims = keepdims != 0;                                                            \
      args.with_sign = sign != nullptr;                                                         \
    };                                                                                          \
    return sign == nullptr ? run(Op::NAME, out, fill) : run_tuple(Op::NAME, {out, sign}, fill); \
  }
#define SPC_C_ARG(NAME)                                             \
  SPC_C_BOTH(NAME, (spc_array x, int64_t axis, int32_t keepdims), { \
    add_operand(args, x);                                           \
    args.n = axis;                                                  \
    args.keepdims = keepdims != 0;                                  \
  })
#define SPC_C_AXIS(NAME)                          \
  SPC_C_BOTH(NAME, (spc_array x, int64_t axis), { \
    add_operand(args, x);                         \
    args.n = axis;                                \
  })
#define SPC_C_NONZERO(NAME) SPC_C_VIEW(NAME)
#define SPC_C_BINCOUNT(NAME)                          \
  SPC_C_NEW(NAME, (spc_array x, int64_t minlength), { \
    add_operand(args, x);                             \
    args.n = minlength;                               \
  })
#define SPC_C_TENSORDOT(NAME)                                                           \
  SPC_C_NEW(NAME,                                                                       \
            (spc_array a, spc_array b, int32_t n_a, const int64_t *a_axes, int32_t n_b, \
             const int64_t *b_axes),                                                    \
            {                                                                           \
              add_operand(args, a);                                                     \
              add_operand(args, b);                                                     \
              args.n_axes = n_a;                                                        \
              args.axes = a_axes;                                                       \
              set_shape(args, n_b, b_axes);                                             \
            })
#define SPC_C_EINSUM(NAME)                                                            \
  spc_status spc_##NAME(const char *subscripts, int64_t n, const spc_array *operands, \
                        spc_array *out) {                                             \
    OperandList list;                                                                 \
    return run(Op::NAME, out, [&](OpArgs &args) {                                     \
      require(subscripts, #NAME, "subscripts");                                       \
      list.give(args, n, operands);                                                   \
      args.format = subscripts;                                                       \
    });                                                                               \
  }
#define SPC_C_OPTIONS(NAME)                            \
  SPC_C_BOTH(NAME, (spc_array x, spc_value options), { \
    add_operand(args, x);                              \
    add_optional(args, options);                       \
  })
#define SPC_C_EIGH(NAME)                                                              \
  spc_status spc_##NAME(spc_array x, spc_value options, spc_array *w, spc_array *v) { \
    return run_tuple(Op::NAME, {w, v}, [&](OpArgs &args) {                            \
      require(w, #NAME, "w");                                                         \
      require(v, #NAME, "v");                                                         \
      add_operand(args, x);                                                           \
      add_optional(args, options);                                                    \
    });                                                                               \
  }
#define SPC_C_EIG(NAME)                                            \
  spc_status spc_##NAME(spc_array x, spc_array *w, spc_array *v) { \
    return run_tuple(Op::NAME, {w, v}, [&](OpArgs &args) {         \
      require(w, #NAME, "w");                                      \
      require(v, #NAME, "v");                                      \
      add_operand(args, x);                                        \
    });                                                            \
  }
#define SPC_C_LU(NAME)                                                   \
  spc_status spc_##NAME(spc_array x, spc_array *lu, spc_array *pivots) { \
    return run_tuple(Op::NAME, {lu, pivots}, [&](OpArgs &args) {         \
      require(lu, #NAME, "lu");                                          \
      require(pivots, #NAME, "pivots");                                  \
      add_operand(args, x);                                              \
    });                                                                  \
  }
#define SPC_C_FACTOR_SOLVE(NAME)                                                  \
  SPC_C_BOTH(NAME, (spc_array lu, spc_array pivots, spc_array b, int32_t mode), { \
    add_operand(args, lu);                                                        \
    add_operand(args, pivots);                                                    \
    add_operand(args, b);                                                         \
    args.mode = mode;                                                             \
  })
#define SPC_C_TRIANGULAR(NAME)                                                              \
  SPC_C_BOTH(NAME, (spc_array a, spc_array b, int32_t mode, int32_t lower, int32_t unit), { \
    add_operand(args, a);                                                                   \
    add_operand(args, b);                                                                   \
    args.mode = mode;                                                                       \
    args.lower = lower != 0;                                                                \
    args.unit = unit != 0;                                                                  \
  })
// Without places for u and vh the result is s alone.
#define SPC_C_SVD(NAME)                                                                      \
  spc_status spc_##NAME(spc_array x, int32_t full_matrices, spc_value options, spc_array *u, \
                        spc_array *s, spc_array *vh) {                                       \
    const auto fill = [&](OpArgs &args) {                                                    \
      require(s, #NAME, "s");                                                                \
      if ((u == nullptr) != (vh == nullptr))                                                 \
        fail(SPC_E_VALUE, "{}: u and vh: one of them is NULL", #NAME);                       \
      add_operand(args, x);                                                                  \
      add_optional(args, options);                                                           \
      args.full_matrices = full_matrices != 0;                                               \
      args.values_only = u == nullptr;                                                       \
    };                                                                                       \
    return u == nullptr && vh == nullptr ? run(Op::NAME, s, fill)                            \
                                         : run_tuple(Op::NAME, {u, s, vh}, fill);            \
  }
#define SPC_C_PROGRAM(NAME)                                                                     \
  spc_status spc_##NAME(int32_t n_instructions, const spc_instruction *instructions,            \
                        int32_t n_vectors, const spc_array *vectors, int32_t n_scalars,         \
                        const spc_array *scalars, spc_array results) {                          \
    return guard(name(Op::NAME), [&] {                                                          \
      const Program program(n_vectors, n_scalars, instructions, n_instructions);                \
      if (vectors == nullptr) fail(SPC_E_VALUE, "{}: vectors is NULL", #NAME);                  \
      if (n_scalars > 0 && scalars == nullptr) fail(SPC_E_VALUE, "{}: scalars is NULL", #NAME); \
      Value *operands[SPC_MAX_PROGRAM_VECTORS + SPC_MAX_PROGRAM_SCALARS];                       \
      OpArgs args(Op::NAME);                                                                    \
      for (int32_t i = 0; i < n_vectors; ++i)                                                   \
        operands[args.n_list++] = operand(vectors[i], #NAME);                                   \
      for (int32_t i = 0; i < n_scalars; ++i)                                                   \
        operands[args.n_list++] = operand(scalars[i], #NAME);                                   \
      args.list = operands;                                                                     \
      args.program = &program;                                                                  \
      if (results != nullptr) args.into = &as_dense(operand(results, #NAME), #NAME);            \
      dispatch(args);                                                                           \
    });                                                                                         \
  }
#define SPC_C_INDEX_UPDATE(NAME)                                                                \
  spc_status spc_##NAME(spc_array x, int32_t n_index, const spc_index *index, spc_array values, \
                        int32_t copy, spc_array *out) {                                         \
    IndexItems items;                                                                           \
    return run(Op::NAME, out, [&](OpArgs &args) {                                               \
      add_operand(args, x);                                                                     \
      add_operand(args, values);                                                                \
      items.give(args, n_index, index);                                                         \
      args.copy = copy != 0;                                                                    \
    });                                                                                         \
  }
#define SPC_C_GETITEM(NAME)                                                                     \
  spc_status spc_##NAME(spc_array x, int32_t n_index, const spc_index *index, spc_array *out) { \
    IndexItems items;                                                                           \
    return run(Op::NAME, out, [&](OpArgs &args) {                                               \
      add_operand(args, x);                                                                     \
      items.give(args, n_index, index);                                                         \
    });                                                                                         \
  }

extern "C" {
#define SPC_OP(NAME, CODE, SINCE, SIG, ...) SPC_C_##SIG(NAME)
#include "spacecore/ops.def"
}
