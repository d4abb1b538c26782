// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/terminal.hpp"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "spacecore/spacecore.h"

#include "tools/spacecore/support.hpp"

namespace cmd {
namespace {

using namespace std::chrono_literals;

// Short work shows no line at all; faster changes than this are not readable.
constexpr auto kDelay = 100ms;
constexpr auto kInterval = 100ms;

bool is_terminal() {
  const char *kind = std::getenv("TERM");
  return isatty(STDERR_FILENO) && !(kind && std::strcmp(kind, "dumb") == 0);
}

// A line that wraps could not be replaced by a carriage return.
std::size_t terminal_width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 79;
  return size.ws_col - 1u;
}

spc_status print_warning(void *, const char *category, const char *message) {
  fmt::print(stderr, "spacecore: {}: {}\n", category, message);
  return SPC_OK;
}

}  // namespace

ProgressLine::ProgressLine()
    : on_(is_terminal()), next_(std::chrono::steady_clock::now() + kDelay) {}

void ProgressLine::update(const std::function<std::string()> &text) {
  if (!on_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + kInterval;
  shown_ = true;
  fmt::print(stderr, "\r\x1b[K{}", text().substr(0, terminal_width()));
  std::fflush(stderr);
}

void ProgressLine::clear() {
  if (!shown_) return;
  shown_ = false;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

void print_warnings() {
  check(spc_set_warning_handler(print_warning, nullptr));
}

}  // namespace cmd
