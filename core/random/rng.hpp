// SPDX-License-Identifier: Apache-2.0
// Random numbers: a generator is a key and a position; the kernels of plugin.h make the numbers, the
// same ones on every family.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/array/value.hpp"
#include "core/context/context.hpp"
#include "core/ops/table.hpp"

namespace spc {

class Rng final : public Object {
 public:
  explicit Rng(std::uint64_t key) noexcept : key_(key) {}
  /// A generator at the start of the stream of seed; SPC_NONE_I64: of a seed from the system.
  /// ValueErr: negative.
  static Ref<Rng> create(std::int64_t seed);

  /// New arrays, row-major along the stream. Each call takes whole blocks that no other call gets,
  /// whatever thread it comes from; a call that is refused takes none.
  Ref<Array> uniform(Context &ctx, const Dims &shape, std::int32_t dtype);
  Ref<Array> normal(Context &ctx, const Dims &shape, std::int32_t dtype);
  /// p: probabilities of 0 .. a-1; nullptr: equal ones.
  Ref<Array> choice(Context &ctx, std::int64_t a, std::int64_t size, Value *p);

 private:
  Ref<Array> draw(Op op, const char *who, Context &ctx, const Dims &shape, Dtype dtype,
                  const Array *cumulative, std::int64_t bound);

  const std::uint64_t key_;
  std::atomic<std::uint64_t> next_block_{0};
};

}  // namespace spc
