// SPDX-License-Identifier: Apache-2.0
#include "core/registry/forks.hpp"

#include <fmt/format.h>

#include <mutex>
#include <new>

#include "core/support/error.hpp"
#include "core/support/warning.hpp"

namespace spc::forks {

struct Watched {
  Family *family;
  std::atomic<bool> used{false};
  std::atomic<bool> lost{false};
  std::mutex reviving{};  // of the two below
  bool tried = false;
  std::string failure{};
  Watched *next = nullptr;

  bool has(const MemorySpace &space) const noexcept {
    if (space.id == 0) return false;  // the host's memory is the child's, too
    for (const MemorySpace *s : family->memory_spaces())
      if (s == &space) return true;
    return false;
  }
};

namespace {

// Grows at the front and never shrinks, so that readers and the child need no lock.
std::atomic<Watched *> first{nullptr};

template <class Visit>
void for_each(Visit &&visit) noexcept {
  for (Watched *w = first.load(std::memory_order_acquire); w != nullptr; w = w->next) visit(*w);
}

void set(std::atomic<bool> &flag) noexcept {
  if (!flag.load(std::memory_order_relaxed)) flag.store(true, std::memory_order_relaxed);
}

constexpr const char *lost_reason =
    "it was in use when this process was forked, and its threads and devices stayed with the "
    "parent; start the process afresh instead of forking, or use the family only after the fork";

bool concerns(const Watched &w, const Family &family) noexcept {
  return w.family == &family || w.has(family.memory());
}
bool concerns(const Watched &w, const MemorySpace &space) noexcept {
  return w.has(space);
}

template <class FamilyOrSpace>
bool is_any_lost(const FamilyOrSpace &it) noexcept {
  bool lost = false;
  for_each([&](Watched &w) {
    lost = lost || (w.lost.load(std::memory_order_acquire) && concerns(w, it));
  });
  return lost;
}

std::string revive_one(Watched &w) {
  const DeferredWarnings deferred;
  const std::scoped_lock lock(w.reviving);
  if (!w.lost.load(std::memory_order_relaxed)) return "";
  if (!w.tried) {
    w.tried = true;
    std::string failure;
    if (w.family->after_fork_child(failure))
      w.lost.store(false, std::memory_order_release);
    else
      w.failure = fmt::format("{}{}{}", lost_reason, failure.empty() ? "" : "; ", failure);
  }
  return w.failure;
}

template <class FamilyOrSpace>
std::string revive_all(const FamilyOrSpace &it) {
  std::string why;
  for (Watched *w = first.load(std::memory_order_acquire); w != nullptr && why.empty(); w = w->next)
    if (w->lost.load(std::memory_order_acquire) && concerns(*w, it)) why = revive_one(*w);
  bool lost = false;
  for_each([&](Watched &w) { lost = lost || w.lost.load(std::memory_order_acquire); });
  if (!lost) anything_lost.store(false, std::memory_order_relaxed);
  return why;
}

}  // namespace

Watched *make(Family &family) {
  return new Watched{&family};
}

void watch(Watched *watched) noexcept {
  watched->next = first.load(std::memory_order_relaxed);
  while (!first.compare_exchange_weak(watched->next, watched, std::memory_order_release,
                                      std::memory_order_relaxed)) {
  }
}

void discard(Watched *watched) noexcept {
  delete watched;
}

void note_use(const Family &family) noexcept {
  for_each([&](Watched &w) {
    if (w.family == &family) set(w.used);
  });
}

void note_use(const MemorySpace &space) noexcept {
  for_each([&](Watched &w) {
    if (w.has(space)) set(w.used);
  });
}

void after_fork_in_child() noexcept {
  for_each([](Watched &w) {
    if (!w.used.load(std::memory_order_relaxed)) return;
    w.lost.store(true, std::memory_order_relaxed);
    // Another thread of a child may have been at it when that forked.
    new (&w.reviving) std::mutex;
    new (&w.failure) std::string;
    w.tried = false;
    anything_lost.store(true, std::memory_order_relaxed);
  });
}

bool is_lost(const Family &family) noexcept {
  return is_any_lost(family);
}
bool is_lost(const MemorySpace &space) noexcept {
  return is_any_lost(space);
}

std::string revive(const Family &family) {
  return revive_all(family);
}
std::string revive(const MemorySpace &space) {
  return revive_all(space);
}

void fail_lost(const std::string &reason, const std::string &name, const char *op) {
  throw Error(SPC_E_PLUGIN, fmt::format("{}: '{}' cannot be used here: {}", op, name, reason), 0,
              name.c_str());
}

}  // namespace spc::forks
