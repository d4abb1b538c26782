// SPDX-License-Identifier: Apache-2.0
// Memory whose last byte is the last of its page, the next page being unreadable: a kernel that
// reads or writes past the end of an operand dies where it does so.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <new>

namespace spc::test {

/// For std::vector; the capacity has to be the size.
template <class T>
struct AtPageEnd {
  using value_type = T;

  AtPageEnd() = default;
  template <class U>
  AtPageEnd(const AtPageEnd<U> &) {}

  T *allocate(std::size_t n) {
    const std::size_t readable = room(n);
    void *memory = mmap(nullptr, readable + page(), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    char *const begin = static_cast<char *>(memory);
    if (mprotect(begin + readable, page(), PROT_NONE) != 0) throw std::bad_alloc();
    return reinterpret_cast<T *>(begin + readable - n * sizeof(T));
  }
  void deallocate(T *p, std::size_t n) {
    munmap(reinterpret_cast<char *>(p) + n * sizeof(T) - room(n), room(n) + page());
  }
  friend bool operator==(const AtPageEnd &, const AtPageEnd &) { return true; }

 private:
  static std::size_t page() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }
  static std::size_t room(std::size_t n) { return (n * sizeof(T) + page() - 1) / page() * page(); }
};

}  // namespace spc::test
