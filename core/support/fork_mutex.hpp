// SPDX-License-Identifier: Apache-2.0
// Locks that no forked child finds held by a thread that it does not have.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>

namespace spc {

/// A lock of the process. Whoever forks holds it meanwhile, so that what it guards is whole in the
/// child. It lives as long as the process, is made while the library is loaded, and is held for some
/// instructions: never while another lock is taken or foreign code runs.
class ForkMutex {
 public:
  ForkMutex() noexcept;
  ForkMutex(const ForkMutex &) = delete;
  ForkMutex &operator=(const ForkMutex &) = delete;

  void lock() { mutex_.lock(); }
  void unlock() { mutex_.unlock(); }

  /// From now on forks take these locks. Handlers that take others, under which these may be taken,
  /// are to be registered later: those that run before a fork run in reverse order.
  static void watch_forks() noexcept;

 private:
  static ForkMutex *first_;  // of all; in the order in which they are taken
  ForkMutex *next_;
  std::mutex mutex_;
};

/// The one of a few locks of the process that guards the short sections of an object, in place of a
/// lock of its own. Two objects may have the same one.
ForkMutex &lock_of(const void *object) noexcept;

/// Forks between the first process and this one. What stays locked in a parent's object beyond a
/// short section is made anew in the child once this has grown.
inline std::atomic<std::uint32_t> fork_generation{0};

/// A lock that knows whether this thread has it: foreign code that runs under it may fork.
class OwnedMutex {
 public:
  void lock() {
    mutex_.lock();
    owner_.store(std::this_thread::get_id(), std::memory_order_release);
  }
  bool try_lock() {
    if (!mutex_.try_lock()) return false;
    owner_.store(std::this_thread::get_id(), std::memory_order_release);
    return true;
  }
  void unlock() {
    owner_.store({}, std::memory_order_release);
    mutex_.unlock();
  }
  bool is_held_here() const noexcept {
    return owner_.load(std::memory_order_acquire) == std::this_thread::get_id();
  }

 private:
  std::mutex mutex_;
  std::atomic<std::thread::id> owner_{};
};

}  // namespace spc
