// SPDX-License-Identifier: Apache-2.0
// spc_target as the core's Target.
#pragma once

#include "capi/handles.hpp"
#include "core/context/resolution.hpp"

namespace spc::capi {

/// What a caller asked for, checked; absent for NULL.
class GivenTarget {
 public:
  /// ValueErr: struct_size, unknown policy or level; TypeErr: dtype.
  GivenTarget(const spc_target *target, const char *op);
  /// nullptr where nothing was given.
  const Target *get() const noexcept { return given_ ? &target_ : nullptr; }

 private:
  bool given_;
  Target target_;
};

}  // namespace spc::capi
