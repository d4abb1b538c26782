// SPDX-License-Identifier: Apache-2.0
#include "capi/handles.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "core/support/fork_mutex.hpp"

namespace spc::capi {

namespace {

constexpr int slab_slots = 256;
// Slots that stay unused after their release: the more, the longer a stale handle is recognised.
constexpr int quarantine = 1024;

struct Slab {
  Slab *previous;
  Slot slots[slab_slots];
};

// Slots that a thread takes from the pool, or gives back, at a time.
constexpr int batch = 32;

struct Pool {
  ForkMutex mutex;
  Slab *slabs = nullptr;
  Slot *first = nullptr;  // oldest free slot
  Slot *last = nullptr;
  int free_count = 0;

  void push(Slot *slot) noexcept {
    slot->next = nullptr;
    (last != nullptr ? last->next : first) = slot;
    last = slot;
    ++free_count;
  }

  /// At least one slot in taken, which has room for n of them; their number.
  int take(Slot **taken, int n) {
    const std::scoped_lock lock(mutex);
    while (free_count <= quarantine) grow();
    n = std::min(n, free_count - quarantine);
    for (int i = 0; i < n; ++i) {
      taken[i] = first;
      first = first->next;
    }
    free_count -= n;  // not to 0: those in quarantine stay
    return n;
  }

  void give(Slot *const *slots, int n) noexcept {
    const std::scoped_lock lock(mutex);
    for (int i = 0; i < n; ++i) push(slots[i]);
  }

  void grow() {
    Slab *slab = new Slab{};
    slab->previous = slabs;
    slabs = slab;
    // In front of the quarantined slots, so that fresh ones are used first.
    for (Slot &slot : slab->slots) {
      slot.next = first;
      first = &slot;
      if (last == nullptr) last = &slot;
      ++free_count;
    }
  }
};

// Never destroyed: handles may be released by static destructors of the program.
Pool &pool() noexcept {
  static Pool *const instance = new Pool;
  return *instance;
}
[[maybe_unused]] const Pool &made_while_loading = pool();

thread_local bool share_gone = false;

// What a thread took and has not used, and what it released and has not given back: most calls do
// without the lock. A released slot goes through the quarantine all the same.
struct Share {
  Slot *taken[batch];
  Slot *released[batch];
  int n_taken = 0, n_released = 0;

  Slot *take() {
    if (n_taken == 0) n_taken = pool().take(taken, batch);
    return taken[--n_taken];
  }
  void release(Slot *slot) noexcept {
    released[n_released++] = slot;
    if (n_released == batch) pool().give(released, std::exchange(n_released, 0));
  }
  ~Share() {
    share_gone = true;
    pool().give(taken, n_taken);
    pool().give(released, n_released);
  }
};
thread_local Share share;

}  // namespace

Slot *new_slot(Tag tag, Object *object) {
  Slot *slot = nullptr;
  if (share_gone) [[unlikely]]
    pool().take(&slot, 1);
  else
    slot = share.take();
  slot->object = object;
  slot->references.store(1, std::memory_order_relaxed);
  slot->tag.store(tag, std::memory_order_release);
  return slot;
}

void drop_slot(Slot *slot) noexcept {
  if (slot->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  Object *object = slot->object;
  slot->tag.store(Tag::free, std::memory_order_release);
  slot->object = nullptr;
  if (share_gone) [[unlikely]]
    pool().give(&slot, 1);
  else
    share.release(slot);
  object->release();
}

void fail_handle(const Slot *slot, const char *op, const char *word) {
  if (slot == nullptr) fail(SPC_E_HANDLE, "{}: the {} handle is NULL", op, word);
  const Tag tag = slot->tag.load(std::memory_order_acquire);
  const char *found = tag == Tag::value      ? "an array or value"
                      : tag == Tag::context  ? "a context"
                      : tag == Tag::geometry ? "a geometry"
                      : tag == Tag::space    ? "a space"
                      : tag == Tag::linop    ? "an operator"
                      : tag == Tag::rng      ? "a generator"
                                             : "stale: it was released";
  fail(SPC_E_HANDLE, "{}: expected a handle of {} {}, got one that is {}", op,
       word[0] == 'a' || word[0] == 'o' ? "an" : "a", word, found);
}

}  // namespace spc::capi
