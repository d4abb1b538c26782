// SPDX-License-Identifier: Apache-2.0
#include "core/support/fork_mutex.hpp"

#include <pthread.h>

#include <array>

namespace spc {

ForkMutex *ForkMutex::first_ = nullptr;

// Objects of static storage duration: one thread makes them all, while the library is loaded.
ForkMutex::ForkMutex() noexcept : next_(first_) {
  first_ = this;
}

void ForkMutex::watch_forks() noexcept {
  static constexpr auto lock_all = [] {
    for (ForkMutex *m = first_; m != nullptr; m = m->next_) m->lock();
  };
  static constexpr auto unlock_all = [] {
    for (ForkMutex *m = first_; m != nullptr; m = m->next_) m->unlock();
  };
  static const int watching = pthread_atfork(lock_all, unlock_all, [] {
    fork_generation.fetch_add(1, std::memory_order_relaxed);
    unlock_all();
  });
  static_cast<void>(watching);
}

namespace {
using Locks = std::array<ForkMutex, 16>;
Locks &locks() noexcept {
  static Locks *const all = new Locks;
  return *all;
}
[[maybe_unused]] const Locks &made_while_loading = locks();
}  // namespace

ForkMutex &lock_of(const void *object) noexcept {
  // Neighbours in a pool of blocks of 64 bytes get different ones.
  return locks()[reinterpret_cast<std::uintptr_t>(object) / 64 % locks().size()];
}

}  // namespace spc
