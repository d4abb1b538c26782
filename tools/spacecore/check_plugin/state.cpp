// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/check_plugin/state.hpp"

#include <fenv.h>
#include <fmt/core.h>
#include <locale.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace cmd::check_plugin {
namespace {

constexpr int signals = 65;

std::string floating_point() {
#if defined(__x86_64__)
  constexpr unsigned exception_flags = 0x3f;
  unsigned short x87 = 0;
  __asm__ volatile("fnstcw %0" : "=m"(x87));
  return fmt::format("{:#06x}/{:#06x}", __builtin_ia32_stmxcsr() & ~exception_flags, x87);
#else
  return std::to_string(fegetround());
#endif
}

std::string signal_mask() {
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  std::string text;
  for (int s = 1; s < signals; ++s)
    if (sigismember(&mask, s) == 1) text += fmt::format("{}{}", text.empty() ? "" : " ", s);
  return text;
}

std::string handlers() {
  std::string text;
  for (int s = 1; s < signals; ++s) {
    struct sigaction action;
    if (sigaction(s, nullptr, &action) != 0) continue;
    void *address = nullptr;
    std::memcpy(&address, &action.sa_handler, sizeof address);
    text += fmt::format("{}:{}:{} ", s, action.sa_flags, address);
  }
  return text;
}

std::string affinity() {
  cpu_set_t cpus;
  if (sched_getaffinity(0, sizeof cpus, &cpus) != 0) return "";
  std::string text;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &cpus)) text += fmt::format("{}{}", text.empty() ? "" : " ", cpu);
  return text;
}

std::string threads() {
  std::size_t n = 0;
  for ([[maybe_unused]] const auto &task : std::filesystem::directory_iterator("/proc/self/task"))
    ++n;
  return std::to_string(n);
}

std::string descriptors() {
  std::map<int, std::string> open;
  for (const auto &entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry.path(), gone);
    // The descriptor of this very listing.
    if (gone || target.string().ends_with("/fd")) continue;
    open[std::atoi(entry.path().filename().c_str())] = target.string();
  }
  std::string text;
  for (const auto &[number, target] : open)
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", number, target);
  return text;
}

std::string environment() {
  std::string text;
  for (char **variable = environ; *variable; ++variable) text += std::string(*variable) + '\n';
  return text;
}

}  // namespace

State process_state() {
  const char *const locale = setlocale(LC_ALL, nullptr);
  const mode_t mask = umask(0);
  umask(mask);
  std::error_code gone;
  return {{"floating-point mode", floating_point()},
          {"signal mask", signal_mask()},
          {"signal handlers", handlers()},
          {"CPU affinity", affinity()},
          {"locale", locale ? locale : ""},
          {"working directory", std::filesystem::current_path(gone).string()},
          {"threads", threads()},
          {"file descriptors", descriptors()},
          {"environment", environment()},
          {"umask", fmt::format("{:04o}", mask)}};
}

std::string changes(const State &before, const State &after) {
  constexpr std::size_t readable = 40;
  std::string text;
  for (const auto &[name, was] : before) {
    const std::string &is = after.at(name);
    if (was == is) continue;
    text += (text.empty() ? "" : ", ") + name;
    if (was.size() <= readable && is.size() <= readable)
      text += fmt::format(" ('{}' became '{}')", was, is);
  }
  return text;
}

}  // namespace cmd::check_plugin
