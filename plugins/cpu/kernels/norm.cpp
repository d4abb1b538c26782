// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "plugins/cpu/kernels/kernels.hpp"
#include "plugins/cpu/kernels/reduction.hpp"

namespace spc::cpu {
namespace {

void store_real(const spc_tensor &out, int64_t position, double value) {
  if (out.dtype == SPC_FLOAT32) {
    static_cast<float *>(out.data)[position] = static_cast<float>(value);
  } else {
    static_cast<double *>(out.data)[position] = value;
  }
}

spc_status store_partials(const spc_call *call, const Finished &finished) {
  const double *partials = static_cast<const double *>(finished.partials);
  for (int64_t i = 0; i < finished.n; ++i) {
    store_real(*call->out[0], finished.position + i * finished.step, partials[i]);
  }
  return SPC_OK;
}

// The 2-norm of the reduced elements from `offset` on, scaled so that no square leaves the range of
// double. float32 and complex64 never get here.
double scaled_norm(const spc_call *call, int64_t offset) {
  const spc_tensor &in = *call->in[0];
  const int32_t n_kept = params<spc_params_norm>(call).n_kept;
  const int64_t parts = in.dtype == SPC_COMPLEX128 ? 2 : 1;
  // Without a reduced axis every element is a vector of its own.
  const int32_t last = in.ndim - 1;
  const bool single = in.ndim == n_kept;
  const int64_t n = single ? 1 : in.shape[last];
  const int64_t step = single ? 0 : in.strides[last];
  const Walk<1> start(single ? 0 : last - n_kept, in.shape + n_kept, {in.strides + n_kept});
  const int64_t rows = start.count();
  const double *x = static_cast<const double *>(in.data) + parts * offset;
  auto each = [&](auto visit) {
    Walk<1> walk = start;
    walk.seek(0);
    for (int64_t k = 0; k < rows; ++k, walk.next()) {
      const double *row = x + parts * walk.offset(0);
      for (int64_t i = 0; i < n; ++i) {
        for (int64_t c = 0; c < parts; ++c) visit(row[parts * i * step + c]);
      }
    }
  };
  double largest = 0.0;
  each([&](double value) {
    const double size = std::fabs(value);
    if (size > largest || std::isnan(size)) largest = size;
  });
  if (largest == 0.0 || !std::isfinite(largest)) return largest;
  // A power of two scales exactly; the reciprocal of the least subnormal number has none.
  int exponent = std::ilogb(largest);
  if (exponent < -1000) exponent = -1000;
  const double scale = std::ldexp(1.0, -exponent);
  // Sums of blocks first, so that rounding errors do not pile up over the whole vector.
  double sum = 0.0;
  double block = 0.0;
  int64_t in_block = 0;
  each([&](double value) {
    block += (value * scale) * (value * scale);
    if (++in_block < 256) return;
    sum += block;
    block = 0.0;
    in_block = 0;
  });
  return std::sqrt(sum + block) / scale;
}

// Squares of numbers in this range have neither overflowed nor lost digits to underflow that could
// show in the sum.
constexpr double least_square = 0x1p-900;
constexpr double largest_square = 0x1p1022;

spc_status store_roots(const spc_call *call, const Finished &finished) {
  const double *squares = static_cast<const double *>(finished.partials);
  const bool can_leave_range = element_size(call->out[0]->dtype) == sizeof(double);
  for (int64_t i = 0; i < finished.n; ++i) {
    const bool safe =
        !can_leave_range || (squares[i] >= least_square && squares[i] <= largest_square);
    const double value =
        safe ? std::sqrt(squares[i]) : scaled_norm(call, finished.input + i * finished.input_step);
    store_real(*call->out[0], finished.position + i * finished.step, value);
  }
  return SPC_OK;
}

}  // namespace

// Orders 1, 2 and infinity; the base has the others.
int32_t norm_supports(void *, const spc_call *call) {
  const double p = params<spc_params_norm>(call).p;
  return p == 2.0 || p == 1.0 || p == INFINITY ? 1 : 0;
}

spc_status norm(void *, const spc_call *call) {
  const spc_params_norm &p = params<spc_params_norm>(call);
  const int32_t dtype = call->in[0]->dtype;
  const ReduceLoops &all = *loops().reduce;
  if (p.p == 2.0) return reduce(call, p.n_kept, all.sum_of_squares[dtype], store_roots);
  const Reducer &reducer = p.p == 1.0 ? all.sum_of_moduli[dtype] : all.max_of_moduli[dtype];
  return reduce(call, p.n_kept, reducer, store_partials);
}

}  // namespace spc::cpu
