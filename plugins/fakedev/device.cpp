// SPDX-License-Identifier: Apache-2.0
#include "plugins/fakedev/device.hpp"

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace spc::fakedev {
namespace {

// Long enough that a forgotten wait is seen, short enough that memory stays bounded.
constexpr std::size_t longest_queue = 48;

}  // namespace

bool Device::open(std::string *why) {
  const std::lock_guard lock(mutex_);
  return arena_.reserve(why);
}

void *Device::alloc(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  std::string why;
  if (!arena_.reserve(&why)) return nullptr;
  void *block = arena_.alloc(bytes);
  if (!block) {
    drain();
    block = arena_.alloc(bytes);
  }
  return block;
}

void Device::free(void *block) {
  const std::lock_guard lock(mutex_);
  const auto release = [this, block] {
    if (!arena_.free(block)) keep({SPC_E_RUNTIME, 0, "free", "no live block begins there"});
  };
  try {
    push(release);
  } catch (const std::bad_alloc &) {
    drain();
    release();
  }
}

void Device::copy_in(void *to, const void *from, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  if (bytes == 0) return;
  const auto copy = [this, to, bytes](const void *source) {
    if (!arena_.live(to, static_cast<const std::byte *>(to) + bytes - 1)) {
      keep({SPC_E_RUNTIME, 0, "copy_from_host", "the target is outside the live blocks"});
      return;
    }
    std::memmove(arena_.alias(to), source, bytes);
  };
  if (arena_.contains(from)) {
    push([this, copy, from] { copy(arena_.alias(from)); });
  } else {
    const std::byte *const bytes_begin = static_cast<const std::byte *>(from);
    push([copy, staged = std::vector<std::byte>(bytes_begin, bytes_begin + bytes)] {
      copy(staged.data());
    });
  }
}

Failure Device::copy_out(void *to, const void *from, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  drain();
  Failure failure = take_failure();
  if (failure.code == SPC_OK && bytes != 0) {
    if (!arena_.live(from, static_cast<const std::byte *>(from) + bytes - 1)) {
      return {SPC_E_RUNTIME, 0, "copy_to_host", "the source is outside the live blocks"};
    }
    std::memmove(arena_.alias(to), arena_.alias(from), bytes);
  }
  return failure;
}

Failure Device::sync() {
  const std::lock_guard lock(mutex_);
  drain();
  return take_failure();
}

void Device::submit(DeferredCall call) {
  const std::lock_guard lock(mutex_);
  const bool at_once = call.needs_caller();
  // Shared only because std::function copies.
  push([this, shared = std::make_shared<DeferredCall>(std::move(call))] {
    if (!lost_) keep(shared->run(arena_));
  });
  if (at_once) drain();
}

void Device::submit(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  push(std::move(task));
}

Failure Device::run(DeferredCall call) {
  const std::lock_guard lock(mutex_);
  drain();
  if (!lost_) keep(call.run(arena_));
  return take_failure();
}

void Device::push(std::function<void()> task) {
  queue_.push_back(std::move(task));
  if (queue_.size() > longest_queue) drain();
}

void Device::drain() {
  while (!queue_.empty()) {
    const std::function<void()> task = std::move(queue_.front());
    queue_.pop_front();
    try {
      task();
    } catch (const std::bad_alloc &) {
      keep({SPC_E_MEMORY, 0, "", "no memory"});
    }
  }
}

void Device::keep(Failure failure) {
  lost_ |= failure.code == SPC_E_MEMORY;
  if (failure_.code == SPC_OK) failure_ = std::move(failure);
}

Failure Device::take_failure() {
  lost_ = false;
  return std::exchange(failure_, Failure{});
}

}  // namespace spc::fakedev
