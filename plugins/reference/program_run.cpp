// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {
namespace {

constexpr size_t most = SPC_MAX_PROGRAM_VECTORS;

bool known(int32_t code) {
  return (code >= SPC_PROGRAM_COPY && code <= SPC_PROGRAM_MULTIPLY) ||
         (code >= SPC_PROGRAM_DOT && code <= SPC_PROGRAM_WEIGHTED_SQUARES);
}

}  // namespace

// An instruction of a later version: the host has the plain ops.
int32_t program_run_supports(void *, const spc_call *call) {
  const auto &p = params<spc_params_program>(call);
  for (int32_t i = 0; i < p.n_updates + p.n_reductions; ++i) {
    if (!known(p.instructions[i].code)) return 0;
  }
  return 1;
}

spc_status program_run(void *, const spc_call *call) {
  return for_dtype(FloatingTypes(), call->in[0]->dtype, [&]<class T>(Tag<T>) {
    const auto &p = params<spc_params_program>(call);
    T *vectors[most];
    Strides<most> strides;
    for (size_t k = 0; k < most; ++k) {
      const spc_tensor &t = *call->in[static_cast<int32_t>(k) < p.n_vectors ? k : 0];
      vectors[k] = data<T>(t);
      strides[k] = t.strides;
    }
    int32_t n_out = 0;
    for (int32_t k = 0; k < p.n_vectors; ++k) {
      if ((p.written >> k & 1) != 0) vectors[k] = data<T>(*call->out[n_out++]);
    }
    T scalars[SPC_MAX_PROGRAM_SCALARS] = {};
    for (int32_t k = 0; k < p.n_scalars; ++k) scalars[k] = scalar<T>(*call->in[p.n_vectors + k]);

    Sum<T> sums[SPC_MAX_PROGRAM_REDUCTIONS];
    auto element = [&](const Offsets<most> &at) {
      auto v = [&](int32_t k) -> T & { return vectors[k][at[static_cast<size_t>(k)]]; };
      for (int32_t i = 0; i < p.n_updates; ++i) {
        const spc_instruction &now = p.instructions[i];
        const T a = scalars[now.a];
        auto x = [&] { return v(now.x); };
        auto y = [&] { return v(now.y); };
        switch (now.code) {
          case SPC_PROGRAM_COPY:
            v(now.out) = x();
            break;
          case SPC_PROGRAM_SCALE:
            v(now.out) = linear(a, x, T{}, x);
            break;
          case SPC_PROGRAM_AXPY:
            v(now.out) = linear(a, x, cast<T>(Bool{1}), y);
            break;
          case SPC_PROGRAM_AXPBY:
            v(now.out) = linear(a, x, scalars[now.b], y);
            break;
          default:
            v(now.out) = times(x(), y());
        }
      }
      for (int32_t k = 0; k < p.n_reductions; ++k) {
        const spc_instruction &now = p.instructions[p.n_updates + k];
        const T x = v(now.x);
        switch (now.code) {
          case SPC_PROGRAM_DOT:
            sums[k].add(times(conjugate(x), v(now.y)));
            break;
          case SPC_PROGRAM_WEIGHTED_DOT:
            sums[k].add(times(conjugate(x), times(v(now.w), v(now.y))));
            break;
          case SPC_PROGRAM_SUM_OF_SQUARES:
            sums[k].add(square_of(x));
            break;
          default:
            sums[k].add(times(conjugate(x), times(v(now.w), x)));
        }
      }
    };
    const spc_tensor &shape = *call->in[0];
    for_each<most>(shape.ndim, shape.shape, strides, {}, element);
    if (p.n_reductions > 0) {
      const spc_tensor &results = *call->out[n_out];
      for (int32_t k = 0; k < p.n_reductions; ++k) {
        data<T>(results)[k * results.strides[0]] = sums[k].result();
      }
    }
    return SPC_OK;
  });
}

}  // namespace spc::reference
