// SPDX-License-Identifier: Apache-2.0
// What an operator computes once from arrays that the program may still write.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include "core/support/object.hpp"

namespace spc {

/// A value made from arrays with a version: made at first use, made again once the version grew.
template <class T>
class Derived {
 public:
  /// make() is called with the version of its inputs read before. Concurrent calls may both make.
  template <class Make>
  T get(std::uint64_t version, Make &&make) const {
    {
      const std::scoped_lock lock(mutex_);
      if (value_ && version_ == version) return *value_;
    }
    // Unlocked: making runs kernels.
    T fresh = make();
    const std::scoped_lock lock(mutex_);
    value_ = fresh;
    version_ = version;
    return fresh;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::optional<T> value_;
  mutable std::uint64_t version_ = 0;
};

}  // namespace spc
