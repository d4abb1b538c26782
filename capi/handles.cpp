// SPDX-License-Identifier: Apache-2.0
#include "capi/handles.hpp"

#include <mutex>

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
Pool &pool() {
  static Pool *const instance = new Pool;
  return *instance;
}
[[maybe_unused]] const Pool &made_while_loading = pool();

}  // namespace

Slot *new_slot(Tag tag, Object *object) {
  Pool &p = pool();
  std::lock_guard lock(p.mutex);
  if (p.free_count <= quarantine) p.grow();
  Slot *slot = p.first;
  p.first = slot->next;
  if (p.first == nullptr) p.last = nullptr;
  --p.free_count;
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
  {
    Pool &p = pool();
    std::lock_guard lock(p.mutex);
    p.push(slot);
  }
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
