// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spacecore/types.h"

namespace spc {

void set_warning_handler(spc_warning_fn fn, void *user) noexcept;
/// Hands a warning to the program's handler. CallbackErr if the handler turns it into an error.
void warn(const char *category, const std::string &message);

struct Warning {
  std::string category, message;
};

/// While one lives, warnings of this thread are kept here instead of handed to the handler; those
/// that wait for a DeferredWarnings reach it when that ends. The innermost one gets them.
class CollectedWarnings {
 public:
  CollectedWarnings() noexcept;
  CollectedWarnings(const CollectedWarnings &) = delete;
  CollectedWarnings &operator=(const CollectedWarnings &) = delete;
  ~CollectedWarnings();

  const std::vector<Warning> &warnings() const noexcept { return warnings_; }

 private:
  friend void warn(const char *category, const std::string &message);

  std::vector<Warning> warnings_;
  CollectedWarnings *const outer_;
};

/// While one lives, warnings of this thread wait, and no user code runs; the end of the outermost
/// hands them over, a handler's refusal ignored. To be made before a lock that plugin code runs
/// under: a handler may call whatever it likes.
class DeferredWarnings {
 public:
  DeferredWarnings() noexcept;
  DeferredWarnings(const DeferredWarnings &) = delete;
  DeferredWarnings &operator=(const DeferredWarnings &) = delete;
  ~DeferredWarnings();
};

}  // namespace spc
