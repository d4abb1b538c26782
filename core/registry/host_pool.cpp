// SPDX-License-Identifier: Apache-2.0
#include "core/registry/host_pool.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <mutex>
#include <vector>

#include "core/support/error.hpp"
#include "core/support/fork_mutex.hpp"

#if defined(__SANITIZE_ADDRESS__)
extern "C" void __asan_poison_memory_region(const volatile void *, std::size_t);
extern "C" void __asan_unpoison_memory_region(const volatile void *, std::size_t);
#endif

namespace spc::host_pool {
namespace {

#if defined(SPC_SANITIZE)
constexpr bool pooled = false;  // a released block must reach the sanitizer at once
#else
constexpr bool pooled = true;
#endif

struct Maker {
  spc_alloc_fn alloc;
  spc_free_fn free;
  void *user;
};

// Lies in the 64 bytes before the data.
struct alignas(alignment) Header {
  const Maker *maker;
  void *base;           // what maker gave
  std::uint64_t total;  // bytes of it
  Header *next;         // in a free list
  std::int32_t size_class;
};
static_assert(sizeof(Header) == alignment);

constexpr std::int32_t not_pooled = -1;
constexpr std::uint64_t huge_page = std::uint64_t{2} << 20;
constexpr std::uint64_t huge_from = std::uint64_t{4} << 20;
// Beyond any address space; the allocators of sanitizers end the process from 2^40 on.
constexpr std::uint64_t largest = std::uint64_t{1} << (pooled ? 47 : 39);

void *default_alloc(void *, std::uint64_t bytes, std::uint64_t align) {
  const bool huge = bytes >= huge_from;
  void *p = nullptr;
  if (posix_memalign(&p, huge ? std::max(align, huge_page) : align, bytes) != 0) return nullptr;
  if (huge) madvise(p, bytes, MADV_HUGEPAGE);  // a hint; refusal changes nothing
  return p;
}
void default_free(void *, void *data, std::uint64_t) {
  std::free(data);
}

constexpr Maker default_maker{default_alloc, default_free, nullptr};
std::atomic<const Maker *> current_maker{&default_maker};

// Eight classes an octave: at most an eighth of a block is unused.
struct SizeClass {
  std::int32_t index;
  std::uint64_t bytes;
};
SizeClass class_of(std::uint64_t bytes) {  // bytes: a multiple of 64, at least 128
  const int e = std::bit_width(bytes - 1) - 1;
  const std::uint64_t step = (std::uint64_t{1} << e) / 8;
  const std::uint64_t j = (bytes - 1 - (std::uint64_t{1} << e)) / step;
  return {static_cast<std::int32_t>((e - 6) * 8) + static_cast<std::int32_t>(j),
          (std::uint64_t{1} << e) + (j + 1) * step};
}
constexpr int class_count = (47 - 6) * 8 + 8;
constexpr int cached_classes = (15 - 6) * 8 + 8;  // up to 64 KiB
constexpr int cached_blocks = 8;                  // of one class in one thread

void unpoison(Header *h) {
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(h, sizeof(Header));
#else
  static_cast<void>(h);
#endif
}
void poison(Header *h) {
#if defined(__SANITIZE_ADDRESS__)
  __asan_poison_memory_region(h, sizeof(Header));
#else
  static_cast<void>(h);
#endif
}

void give_to_maker(Header *h) noexcept {
  const Maker *const maker = h->maker;
  void *const base = h->base;
  const std::uint64_t total = h->total;
  maker->free(maker->user, base, total);
}

void give_list_to_makers(Header *h) noexcept {
  while (h != nullptr) {
    Header *const next = h->next;
    give_to_maker(h);
    h = next;
  }
}

// Blocks that no thread uses. Allocators are called without the lock.
class Central {
 public:
  Central() {
    const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    const std::uint64_t physical =
        pages > 0 && size > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size)
                              : 0;
    limit_ = std::max<std::uint64_t>(std::uint64_t{256} << 20, physical / 8);
  }

  Header *take(std::int32_t c) noexcept {
    const std::scoped_lock lock(mutex_);
    Header *const h = lists_[static_cast<std::size_t>(c)];
    if (h != nullptr) {
      lists_[static_cast<std::size_t>(c)] = h->next;
      held_ -= h->total;
    }
    return h;
  }

  void put(Header *h) noexcept {
    Header *evicted = nullptr;
    {
      const std::scoped_lock lock(mutex_);
      if (held_ + h->total > limit_) evicted = detach_all();
      if (h->total > limit_ || h->maker != current_maker.load(std::memory_order_acquire)) {
        h->next = evicted;
        evicted = h;
      } else {
        Header *&list = lists_[static_cast<std::size_t>(h->size_class)];
        h->next = list;
        list = h;
        held_ += h->total;
      }
    }
    give_list_to_makers(evicted);
  }

  void drain() noexcept {
    Header *all;
    {
      const std::scoped_lock lock(mutex_);
      all = detach_all();
    }
    give_list_to_makers(all);
  }

  const Maker *maker_for(const Maker &m) {
    if (m.alloc == nullptr) return &default_maker;
    const std::scoped_lock lock(mutex_);
    for (const Maker *known : makers_)
      if (known->alloc == m.alloc && known->free == m.free && known->user == m.user) return known;
    makers_.reserve(makers_.size() + 1);
    makers_.push_back(new Maker(m));
    return makers_.back();
  }

 private:
  Header *detach_all() noexcept {
    Header *all = nullptr;
    for (Header *&list : lists_)
      while (list != nullptr) {
        Header *const h = list;
        list = h->next;
        h->next = all;
        all = h;
      }
    held_ = 0;
    return all;
  }

  ForkMutex mutex_;
  std::array<Header *, class_count> lists_{};
  std::uint64_t held_ = 0;
  std::uint64_t limit_;
  std::vector<const Maker *> makers_;  // never freed: a live block may name any of them
};

Central &central() {
  // Never destroyed: arrays in static objects of the program outlive every destructor of ours.
  static Central *const c = new Central;
  return *c;
}
[[maybe_unused]] const Central &made_while_loading = central();

thread_local bool cache_gone = false;

struct Cache {
  struct List {
    Header *first = nullptr;
    int count = 0;
  };
  std::array<List, cached_classes> lists{};

  ~Cache() {
    cache_gone = true;
    for (List &list : lists)
      while (list.first != nullptr) {
        Header *const h = list.first;
        list.first = h->next;
        central().put(h);
      }
  }
};
thread_local Cache cache;

Header *take_pooled(std::int32_t c) noexcept {
  if (c < cached_classes && !cache_gone) {
    Cache::List &list = cache.lists[static_cast<std::size_t>(c)];
    const Maker *const maker = current_maker.load(std::memory_order_acquire);
    while (Header *const h = list.first) {
      list.first = h->next;
      --list.count;
      if (h->maker == maker) return h;
      give_to_maker(h);
    }
  }
  return central().take(c);
}

void put_pooled(Header *h) noexcept {
  if (h->size_class < cached_classes && !cache_gone) {
    Cache::List &list = cache.lists[static_cast<std::size_t>(h->size_class)];
    if (list.count < cached_blocks) {
      h->next = list.first;
      list.first = h;
      ++list.count;
      return;
    }
  }
  central().put(h);
}

Header *make(std::uint64_t total, std::uint64_t align, std::int32_t size_class) noexcept {
  const Maker *const maker = current_maker.load(std::memory_order_acquire);
  void *base = maker->alloc(maker->user, total, align);
  if (base == nullptr) {
    central().drain();
    base = maker->alloc(maker->user, total, align);
  }
  if (base == nullptr) return nullptr;
  if (reinterpret_cast<std::uintptr_t>(base) % align != 0) {
    maker->free(maker->user, base, total);
    return nullptr;
  }
  std::byte *const data = static_cast<std::byte *>(base) + align;
  return new (data - sizeof(Header)) Header{maker, base, total, nullptr, size_class};
}

}  // namespace

void *allocate(std::uint64_t bytes) {
  Header *h = nullptr;
  if (bytes <= largest) {
    const std::uint64_t wanted = sizeof(Header) + (bytes == 0 ? 1 : bytes);
    if constexpr (pooled) {
      const std::uint64_t rounded =
          std::max<std::uint64_t>(2 * alignment, (wanted + alignment - 1) / alignment * alignment);
      const SizeClass c = class_of(rounded);
      h = c.index < class_count ? take_pooled(c.index) : nullptr;
      if (h == nullptr) h = make(c.bytes, alignment, c.index < class_count ? c.index : not_pooled);
    } else {
      h = make(wanted, alignment, not_pooled);
    }
  }
  if (h == nullptr)
    fail(SPC_E_MEMORY, "allocate: {} bytes of host memory are not to be had", bytes);
  poison(h);
  return reinterpret_cast<std::byte *>(h) + sizeof(Header);
}

void *allocate_aligned(std::uint64_t bytes, std::uint64_t align) noexcept {
  if (bytes > largest || align > largest || !std::has_single_bit(align)) return nullptr;
  align = std::max(align, alignment);
  Header *const h = make(align + std::max<std::uint64_t>(bytes, 1), align, not_pooled);
  if (h == nullptr) return nullptr;
  poison(h);
  return reinterpret_cast<std::byte *>(h) + sizeof(Header);
}

void release(void *data) noexcept {
  if (data == nullptr) return;
  Header *const h = reinterpret_cast<Header *>(static_cast<std::byte *>(data) - sizeof(Header));
  unpoison(h);
  if (pooled && h->size_class != not_pooled &&
      h->maker == current_maker.load(std::memory_order_acquire))
    put_pooled(h);
  else
    give_to_maker(h);
}

void set_allocator(spc_alloc_fn alloc, spc_free_fn free, void *user) {
  if ((alloc == nullptr) != (free == nullptr))
    fail(SPC_E_VALUE, "set_allocator: {} is NULL and {} is not; give both or neither",
         alloc == nullptr ? "alloc" : "free", alloc == nullptr ? "free" : "alloc");
  current_maker.store(central().maker_for({alloc, free, user}), std::memory_order_release);
  central().drain();
}

}  // namespace spc::host_pool
