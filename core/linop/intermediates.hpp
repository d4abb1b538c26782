// SPDX-License-Identifier: Apache-2.0
// Elements that hold what passes between the steps of an application.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "core/array/value.hpp"

namespace spc {

/// Keeps the intermediate elements of one call for the next one, so that applications in a loop
/// allocate nothing. A call that finds them taken makes its own. Not for elements that code of the
/// program gets to see: it may keep them.
class Intermediates {
 public:
  using Elements = std::vector<Ref<Value>>;

  Intermediates() = default;
  Intermediates(const Intermediates &) = delete;
  Intermediates &operator=(const Intermediates &) = delete;
  ~Intermediates() { delete kept_.load(std::memory_order_acquire); }

  class Lease {
   public:
    /// make(i) gives element i of n.
    template <class Make>
    Lease(const Intermediates &from, std::size_t n, Make &&make)
        : from_(from), elements_(from.kept_.exchange(nullptr, std::memory_order_acq_rel)) {
      if (elements_) return;
      elements_ = std::make_unique<Elements>();
      elements_->reserve(n);
      for (std::size_t i = 0; i < n; ++i) elements_->push_back(make(i));
    }
    Lease(const Lease &) = delete;
    Lease &operator=(const Lease &) = delete;
    ~Lease() { delete from_.kept_.exchange(elements_.release(), std::memory_order_acq_rel); }

    Value &operator[](std::size_t i) const noexcept { return *(*elements_)[i]; }

   private:
    const Intermediates &from_;
    std::unique_ptr<Elements> elements_;
  };

 private:
  mutable std::atomic<Elements *> kept_{nullptr};
};

}  // namespace spc
