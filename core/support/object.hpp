// SPDX-License-Identifier: Apache-2.0
// Reference-counted objects. The count lives in the object, so a reference is one pointer and an
// object that crosses the C API keeps its identity.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace spc {

class Object {
 public:
  Object() = default;
  Object(const Object &) = delete;
  Object &operator=(const Object &) = delete;
  virtual ~Object() = default;

  void retain() const noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() const noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  /// The caller's reference is the only one: nobody else can see what it writes.
  bool sole() const noexcept { return references_.load(std::memory_order_acquire) == 1; }
  /// Takes a reference unless the count is already 0 (the object is being destroyed).
  bool try_retain() const noexcept {
    std::int64_t n = references_.load(std::memory_order_relaxed);
    while (n > 0)
      if (references_.compare_exchange_weak(n, n + 1, std::memory_order_acq_rel)) return true;
    return false;
  }

 private:
  mutable std::atomic<std::int64_t> references_{1};
};

/// Owning pointer to an Object; never shares a count with anything but the object itself.
template <class T>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}  // NOLINT(google-explicit-constructor): null like any pointer
  Ref(const Ref &other) noexcept : p_(other.p_) {
    if (p_ != nullptr) p_->retain();
  }
  Ref(Ref &&other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  template <class U>
  requires std::is_convertible_v<U *, T *> Ref(Ref<U> other)  // NOLINT(google-explicit-constructor)
  noexcept : p_(other.leak()) {}
  Ref &operator=(Ref other) noexcept {
    std::swap(p_, other.p_);
    return *this;
  }
  ~Ref() {
    if (p_ != nullptr) p_->release();
  }

  /// Takes over the reference that the caller holds.
  static Ref adopt(T *p) noexcept {
    Ref r;
    r.p_ = p;
    return r;
  }
  /// Adds a reference.
  static Ref share(T *p) noexcept {
    if (p != nullptr) p->retain();
    return adopt(p);
  }

  T *get() const noexcept { return p_; }
  T &operator*() const noexcept { return *p_; }
  T *operator->() const noexcept { return p_; }
  explicit operator bool() const noexcept { return p_ != nullptr; }
  /// Gives the reference to the caller.
  T *leak() noexcept { return std::exchange(p_, nullptr); }

 private:
  T *p_ = nullptr;
};

template <class T, class... A>
Ref<T> make(A &&...args) {
  return Ref<T>::adopt(new T(std::forward<A>(args)...));
}

}  // namespace spc
