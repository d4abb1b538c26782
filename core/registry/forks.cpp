// SPDX-License-Identifier: Apache-2.0
#include "core/registry/forks.hpp"

#include "core/support/error.hpp"

namespace spc::forks {

struct Watched {
  Family *family;
  std::atomic<bool> used{false};
  std::atomic<bool> lost{false};
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
    anything_lost.store(true, std::memory_order_relaxed);
  });
}

bool is_lost(const Family &family) noexcept {
  bool lost = is_lost(family.memory());
  for_each([&](Watched &w) {
    lost = lost || (w.family == &family && w.lost.load(std::memory_order_relaxed));
  });
  return lost;
}

bool is_lost(const MemorySpace &space) noexcept {
  bool lost = false;
  for_each(
      [&](Watched &w) { lost = lost || (w.lost.load(std::memory_order_relaxed) && w.has(space)); });
  return lost;
}

void fail_lost(const std::string &name, const char *op) {
  throw Error(SPC_E_PLUGIN, op + (": '" + name + "' cannot be used here: ") + lost_reason, 0,
              name.c_str());
}

}  // namespace spc::forks
