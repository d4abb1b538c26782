// SPDX-License-Identifier: Apache-2.0
#include "core/support/warning.hpp"

#include <fmt/format.h>

#include <mutex>
#include <utility>
#include <vector>

#include "core/support/error.hpp"
#include "core/support/fork_mutex.hpp"

namespace spc {
namespace {

struct Handler {
  spc_warning_fn fn = nullptr;
  void *user = nullptr;
};

ForkMutex &mutex() {
  static ForkMutex *const m = new ForkMutex;  // usable in static destructors of the program
  return *m;
}
[[maybe_unused]] const ForkMutex &made_while_loading = mutex();
Handler handler;

struct Waiting {
  int depth = 0;  // of DeferredWarnings
  std::vector<Warning> warnings;
};
thread_local Waiting waiting;
thread_local CollectedWarnings *collector = nullptr;

}  // namespace

void set_warning_handler(spc_warning_fn fn, void *user) noexcept {
  const std::scoped_lock lock(mutex());
  handler = {fn, user};
}

void warn(const char *category, const std::string &message) {
  if (waiting.depth > 0) {
    waiting.warnings.push_back({category, message});
    return;
  }
  if (collector != nullptr) {
    collector->warnings_.push_back({category, message});
    return;
  }
  Handler h;
  {
    const std::scoped_lock lock(mutex());
    h = handler;
  }
  if (h.fn == nullptr) return;
  const spc_status status = h.fn(h.user, category, message.c_str());
  if (status != 0)
    throw Error(SPC_E_CALLBACK,
                fmt::format("the warning handler turned a {} into an error: {}", category, message),
                status);
}

CollectedWarnings::CollectedWarnings() noexcept : outer_(std::exchange(collector, this)) {}

CollectedWarnings::~CollectedWarnings() {
  collector = outer_;
}

DeferredWarnings::DeferredWarnings() noexcept {
  ++waiting.depth;
}

DeferredWarnings::~DeferredWarnings() {
  if (--waiting.depth > 0) return;
  // Handlers may warn again.
  for (const auto &[category, message] : std::exchange(waiting.warnings, {})) {
    try {
      warn(category.c_str(), message);
    } catch (...) {  // what raised it has returned: it cannot be told that the handler refused
    }
  }
}

}  // namespace spc
