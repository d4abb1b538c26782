// SPDX-License-Identifier: Apache-2.0
#include "core/random/rng.hpp"

#include <cmath>
#include <random>
#include <vector>

#include "core/ops/launch.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

// Of a sum of probabilities: the square root of the machine epsilon, as NumPy.
constexpr double sum_tolerance = 1.5e-8;

// Cumulative probabilities, the last one exactly 1.
std::vector<double> cumulative_sums(const Array &p) {
  std::vector<double> sums(static_cast<std::size_t>(p.size));
  ops::to_host(const_cast<Array &>(p), sums.data());
  double total = 0;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    if (!(sums[i] >= 0))
      fail(SPC_E_VALUE, "rng_choice: p[{}] is {}, expected a probability", i, sums[i]);
    sums[i] = total += sums[i];
  }
  if (!(std::abs(total - 1) <= sum_tolerance))
    fail(SPC_E_VALUE, "rng_choice: the sum of p is {}, expected 1 within {}", total, sum_tolerance);
  for (double &s : sums) s /= total;
  return sums;
}

}  // namespace

Ref<Rng> Rng::create(std::int64_t seed) {
  if (seed == SPC_NONE_I64) {
    std::random_device entropy;
    const std::uint64_t high = entropy(), low = entropy();
    return make<Rng>(high << 32 | low);
  }
  if (seed < 0) fail(SPC_E_VALUE, "rng_create: seed is {}, expected 0 or more", seed);
  return make<Rng>(static_cast<std::uint64_t>(seed));
}

Ref<Array> Rng::draw(Op op, const char *who, Context &ctx, const Dims &shape, Dtype dtype,
                     const Array *cumulative, std::int64_t bound) {
  Ref<Array> out = ops::empty(ctx, shape, dtype);
  require_strided(*out, who);
  if (out->size == 0) return out;
  const Ref<Array> flat = new_view(*out, {out->size}, {1}, out->data, dtype, true);
  spc_params_random params = {};
  params.key = key_;
  params.bound = bound;
  Launch launch(op, who);
  launch.params(params);
  if (cumulative != nullptr) launch.in(*cumulative);
  launch.out(*flat);
  const Dtype by = cumulative != nullptr ? cumulative->dtype : dtype;
  const Kernel &kernel = select_kernel(ctx.family, op, by, Dtype::none, launch.call());
  // Blocks are taken once nothing but the kernel itself can fail.
  const auto n = static_cast<std::uint64_t>(out->size);
  const std::uint64_t blocks = is_complex(dtype) ? n : n / 2 + n % 2;
  params.block = next_block_.fetch_add(blocks, std::memory_order_relaxed);
  launch.run(kernel);
  return out;
}

Ref<Array> Rng::uniform(Context &ctx, const Dims &shape, std::int32_t dtype) {
  const Dtype d = dtype_or(dtype, Dtype::float64, "rng_uniform");
  if (kind(d) != Kind::floating)
    fail(SPC_E_TYPE, "rng_uniform: dtype is {}, expected float32 or float64", name(d));
  return draw(Op::random_uniform, "rng_uniform", ctx, shape, d, nullptr, 0);
}

Ref<Array> Rng::normal(Context &ctx, const Dims &shape, std::int32_t dtype) {
  const Dtype d = dtype_or(dtype, Dtype::float64, "rng_normal");
  if (!is_floating(d))
    fail(SPC_E_TYPE, "rng_normal: dtype is {}, expected a float or complex dtype", name(d));
  return draw(Op::random_normal, "rng_normal", ctx, shape, d, nullptr, 0);
}

Ref<Array> Rng::choice(Context &ctx, std::int64_t a, std::int64_t size, Value *p) {
  if (size < 0) fail(SPC_E_VALUE, "rng_choice: size is {}, expected 0 or more", size);
  if (a < 1 && (size > 0 || a < 0))
    fail(SPC_E_VALUE, "rng_choice: a is {}, expected at least 1 to draw {} from [0, a)", a, size);
  if (p == nullptr)
    return draw(Op::random_choice, "rng_choice", ctx, {size}, Dtype::int64, nullptr, a);
  const Ref<Array> given = ops::asarray(ctx, *p);
  refuse_complex_to_real("rng_choice", given->dtype, Dtype::float64);
  const Ref<Array> probabilities = ops::asarray(ctx, *given, Dtype::float64);
  if (probabilities->shape != Dims{a})
    fail(SPC_E_VALUE, "rng_choice: p has shape {}, expected ({},)", probabilities->shape, a);
  const std::vector<double> sums = cumulative_sums(*probabilities);
  const Ref<Array> cumulative = ops::from_host(ctx, Dtype::float64, {a}, sums.data());
  return draw(Op::random_choice, "rng_choice", ctx, {size}, Dtype::int64, cumulative.get(), a);
}

}  // namespace spc
