// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "core/registry/family.hpp"
#include "core/registry/manifest.hpp"
#include "core/registry/memory.hpp"

namespace spc {

/// A file that is opened when one of the families that its manifest names is asked for.
struct Promise {
  explicit Promise(Manifest said) : manifest(std::move(said)) {}

  const Manifest manifest;
  bool tried = false;  // under the load lock
  /// Why it could not be opened; nullptr: not tried, or opened.
  std::atomic<const std::string *> broken{nullptr};
};

/// A family by the name under which programs find it.
struct Listed {
  const std::string *name;
  Family *family;    // nullptr: its file has not been opened, or could not be
  Promise *promise;  // nullptr: registered without one

  bool is_pending() const noexcept {
    return family == nullptr && promise->broken.load(std::memory_order_acquire) == nullptr;
  }
};

/// What is registered at a moment. Immutable once published, and never freed.
struct Snapshot {
  std::vector<Family *> families;     // in registration order
  std::vector<MemorySpace *> spaces;  // by id
  std::vector<Listed> listing;        // never shrinks nor changes its order

  /// By name or alias; nullptr. What aliases an unopened file brings is not known.
  const Listed *listed(const std::string &lower_case) const noexcept {
    for (const Listed &l : listing)
      if (*l.name == lower_case || (l.family != nullptr && l.family->is_called(lower_case)))
        return &l;
    return nullptr;
  }
  /// Keeps the place that a promise has given it.
  void list(Family &family) {
    for (Listed &l : listing)
      if (*l.name == family.name()) {
        l.family = &family;
        return;
      }
    listing.push_back({&family.name(), &family, nullptr});
  }

  /// By name or alias; nullptr.
  Family *family(const std::string &lower_case) const noexcept {
    for (Family *f : families)
      if (f->is_called(lower_case)) return f;
    return nullptr;
  }
  MemorySpace *space(std::string_view name) const noexcept {
    for (MemorySpace *s : spaces)
      if (s->name == name) return s;
    return nullptr;
  }
};

}  // namespace spc
