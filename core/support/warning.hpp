// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spacecore/types.h"

namespace spc {

void set_warning_handler(spc_warning_fn fn, void *user) noexcept;
/// Hands a warning to the program's handler. CallbackErr if the handler turns it into an error.
void warn(const char *category, const std::string &message);

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
