// SPDX-License-Identifier: Apache-2.0
#include "core/support/warning.hpp"

#include <fmt/format.h>

#include <mutex>
#include <utility>
#include <vector>

#include "core/support/error.hpp"

namespace spc {
namespace {

struct Handler {
  spc_warning_fn fn = nullptr;
  void *user = nullptr;
};

std::mutex &mutex() {
  static std::mutex *const m = new std::mutex;  // usable in static destructors of the program
  return *m;
}
Handler handler;

struct Waiting {
  int depth = 0;  // of DeferredWarnings
  std::vector<std::pair<std::string, std::string>> warnings;
};
thread_local Waiting waiting;

}  // namespace

void set_warning_handler(spc_warning_fn fn, void *user) noexcept {
  const std::scoped_lock lock(mutex());
  handler = {fn, user};
}

void warn(const char *category, const std::string &message) {
  if (waiting.depth > 0) {
    waiting.warnings.emplace_back(category, message);
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
