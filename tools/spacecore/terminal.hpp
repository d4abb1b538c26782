// SPDX-License-Identifier: Apache-2.0
// One line of progress on standard error, only when that is a terminal.
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace cmd {

class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine &) = delete;
  ProgressLine &operator=(const ProgressLine &) = delete;

  /// Replaces the line if there is a terminal and the last change is long enough ago; `text` is
  /// only called then, so that an update costs a clock reading at most.
  void update(const std::function<std::string()> &text);

  /// Removes the line, so that other output does not run into it.
  void clear();

 private:
  bool on_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

/// Prints the library's warnings on standard error from now on.
void print_warnings();

}  // namespace cmd
