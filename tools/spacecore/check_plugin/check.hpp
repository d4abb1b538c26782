// SPDX-License-Identifier: Apache-2.0
// Checks of a plugin file. Those of the file itself read it; those that run its code do so in a child
// process, which may crash or hang.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cmd::check_plugin {

enum class Verdict { ok, warning, failed };

/// "ok", "warning", "FAILED".
const char *verdict_name(Verdict verdict);

struct Result {
  std::string name;
  Verdict verdict;
  std::string reason;
};

/// Receives each result as it is known.
using Sink = std::function<void(const Result &)>;

/// Owner and mode of the file and of the directories above it; ELF header, exports, needed
/// libraries, unique symbols, static thread-local storage. True if it is an object that may be loaded.
bool check_file(const std::string &path, const Sink &sink);

/// Loads the file in a child process and registers it there; the child ends after `seconds` at the
/// latest. A check in which it crashes or hangs is failed.
void check_running(const std::string &path, double seconds, const Sink &sink);

/// What the child process runs.
void check_loading(const std::string &path, const std::function<void(const char *)> &begin,
                   const Sink &sink);

}  // namespace cmd::check_plugin
