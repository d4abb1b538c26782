// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "spacecore/types.h"

#include "core/support/error.hpp"
#include "core/support/object.hpp"

namespace spc {

/// The `user` argument of functions of the program, shared by everything that calls them.
class UserData final : public Object {
 public:
  explicit UserData(void *user) noexcept : user_(user) {}
  ~UserData() override {
    if (const spc_destroy_fn destroy = destroy_.load(std::memory_order_acquire)) destroy(user_);
  }

  void *get() const noexcept { return user_; }
  /// destroy(user) will be called with the last reference. ValueErr naming op: NULL, given already.
  void own(spc_destroy_fn destroy, const char *op) {
    if (destroy == nullptr) fail(SPC_E_VALUE, "{}: destroy is NULL", op);
    spc_destroy_fn none = nullptr;
    if (!destroy_.compare_exchange_strong(none, destroy, std::memory_order_acq_rel))
      fail(SPC_E_VALUE, "{}: the user argument has an owner already", op);
  }

 private:
  void *const user_;
  std::atomic<spc_destroy_fn> destroy_{nullptr};
};

}  // namespace spc
