// SPDX-License-Identifier: Apache-2.0
// What an operator computes once from arrays that the program may still write.
#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include "core/support/fork_mutex.hpp"

namespace spc {

/// A value made from arrays with a version: made at first use, made again once the version grew.
template <class T>
class Derived {
 public:
  /// make() is called with the version of its inputs read before. Concurrent calls may both make.
  template <class Make>
  T get(std::uint64_t version, Make &&make) const {
    {
      const std::scoped_lock lock(lock_of(this));
      if (value_ && version_ == version) return *value_;
    }
    // Unlocked: making runs kernels.
    const T fresh = make();
    std::optional<T> kept = fresh;
    {
      const std::scoped_lock lock(lock_of(this));
      std::swap(value_, kept);
      version_ = version;
    }
    return fresh;  // and what was kept goes outside of the lock: it may be the last reference
  }

 private:
  mutable std::optional<T> value_;
  mutable std::uint64_t version_ = 0;
};

}  // namespace spc
