// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>

#include "spacecore/plugin.h"

#include "plugins/fakedev/arena.hpp"
#include "plugins/fakedev/deferred_call.hpp"

namespace spc::fakedev {

// The device: its memory and its one queue. What is queued runs in order and never before the
// queue has to be empty: at a read by the host, at sync, before sizes are asked for, and when the
// queue is long. A failed kernel does not stop the queue; the first failure is kept until a read
// or sync reports it. Thread-safe: one mutex covers memory and queue, also while kernels run.
class Device {
 public:
  Device() = default;
  Device(const Device &) = delete;
  Device &operator=(const Device &) = delete;

  /// Reserves the memory; false with the system's reason in *why.
  bool open(std::string *why);

  /// nullptr when the device is full, pending frees included.
  void *alloc(std::uint64_t bytes);
  /// Queues the return of a block.
  void free(void *block);

  /// Queues a copy; what lies on the host is copied at once.
  void copy_in(void *to, const void *from, std::uint64_t bytes);
  /// Copies to the host after all that is queued. The queue's failure, which is thereby reported.
  Failure copy_out(void *to, const void *from, std::uint64_t bytes);
  /// Runs all that is queued and gives its failure.
  Failure sync();

  /// Queues a kernel; it runs at once, after all that is queued, if it reads its caller's memory.
  void submit(DeferredCall call);
  /// Queues something that is no kernel.
  void submit(std::function<void()> task);
  /// Runs a call after all that is queued and gives the failure of either.
  Failure run(DeferredCall call);

 private:
  // The caller holds the mutex.
  void push(std::function<void()> task);
  void drain();
  void keep(Failure failure);
  Failure take_failure();

  std::mutex mutex_;
  Arena arena_;
  std::deque<std::function<void()>> queue_;
  Failure failure_;
  // A kernel ran out of memory: what is queued behind it would read what was never written, so no
  // kernel runs until the failure has been reported.
  bool lost_ = false;
};

}  // namespace spc::fakedev
