// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/registry/family.hpp"
#include "core/registry/memory.hpp"

namespace spc {

/// What is registered at a moment. Immutable once published, and never freed.
struct Snapshot {
  std::vector<Family *> families;     // in registration order
  std::vector<MemorySpace *> spaces;  // by id

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
