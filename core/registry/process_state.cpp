// SPDX-License-Identifier: Apache-2.0
#include "core/registry/process_state.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <locale.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <memory>

namespace spc {
namespace {

constexpr std::size_t most_cpu_bytes = 8192 / 8;

std::vector<unsigned char> affinity() {
  std::vector<unsigned char> mask(most_cpu_bytes);
  if (sched_getaffinity(0, mask.size(), reinterpret_cast<cpu_set_t *>(mask.data())) != 0)
    mask.clear();
  return mask;
}

std::string current_locale() {
  const char *const name = setlocale(LC_ALL, nullptr);
  return name == nullptr ? "" : name;
}

// Entries of a directory in /proc/self; of descriptors without the one that reads them.
std::set<std::string> numbers_in(const char *directory) {
  std::set<std::string> numbers;
  const std::unique_ptr<DIR, int (*)(DIR *)> dir(opendir(directory), closedir);
  if (dir == nullptr) return numbers;
  const std::string own = std::to_string(dirfd(dir.get()));
  while (const dirent *const entry = readdir(dir.get()))
    if (entry->d_name[0] != '.' && entry->d_name != own) numbers.insert(entry->d_name);
  return numbers;
}
constexpr const char *thread_directory = "/proc/self/task";
constexpr const char *descriptor_directory = "/proc/self/fd";

bool same_mask(const sigset_t &a, const sigset_t &b) {
  for (int s = 1; s < 65; ++s)
    if (sigismember(&a, s) != sigismember(&b, s)) return false;
  return true;
}

bool same_handler(const struct sigaction &a, const struct sigaction &b) {
  if (a.sa_flags != b.sa_flags) return false;
  return (a.sa_flags & SA_SIGINFO) != 0 ? a.sa_sigaction == b.sa_sigaction
                                        : a.sa_handler == b.sa_handler;
}

}  // namespace

unsigned ProcessState::float_control() {
#if defined(__x86_64__)
  constexpr unsigned exception_flags = 0x3f;
  return __builtin_ia32_stmxcsr() & ~exception_flags;
#else
  return static_cast<unsigned>(fegetround());
#endif
}

ProcessState::ProcessState() {
  fegetenv(&float_environment_);
  float_control_ = float_control();
  pthread_sigmask(SIG_SETMASK, nullptr, &mask_);
  for (int s = 1; s < 65; ++s) {
    const auto i = static_cast<std::size_t>(s);
    has_handler_[i] = sigaction(s, nullptr, &handlers_[i]) == 0;
  }
  affinity_ = affinity();
  locale_ = current_locale();
  threads_ = numbers_in(thread_directory);
  descriptors_ = numbers_in(descriptor_directory);
}

std::string ProcessState::restore() {
  std::string changed;
  const auto note = [&](const std::string &what) {
    changed += (changed.empty() ? "" : ", ") + what;
  };

  if (const unsigned now = float_control(); now != float_control_)
    note(fmt::format("floating-point mode ({:#06x} became {:#06x})", float_control_, now));
  fesetenv(&float_environment_);

  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  if (!same_mask(mask, mask_)) {
    note("signal mask");
    pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
  }
  for (int s = 1; s < 65; ++s) {
    const auto i = static_cast<std::size_t>(s);
    struct sigaction now;
    if (!has_handler_[i] || sigaction(s, nullptr, &now) != 0 || same_handler(now, handlers_[i]))
      continue;
    note(fmt::format("handler of signal {}", s));
    sigaction(s, &handlers_[i], nullptr);
  }

  if (!affinity_.empty() && affinity() != affinity_) {
    note("CPU affinity");
    sched_setaffinity(0, affinity_.size(), reinterpret_cast<const cpu_set_t *>(affinity_.data()));
  }
  if (const std::string now = current_locale(); now != locale_) {
    note(fmt::format("locale ({} became {})", locale_, now));
    setlocale(LC_ALL, locale_.c_str());
  }
  return changed;
}

std::string ProcessState::left_behind() const {
  std::string left;
  for (const std::string &thread : numbers_in(thread_directory))
    if (!threads_.contains(thread))
      left += fmt::format("{}thread {} has been started", left.empty() ? "" : ", ", thread);
  for (const std::string &number : numbers_in(descriptor_directory)) {
    if (descriptors_.contains(number)) continue;
    char target[256] = "";
    const std::string link = fmt::format("{}/{}", descriptor_directory, number);
    if (readlink(link.c_str(), target, sizeof target - 1) < 0) continue;
    left += fmt::format("{}file descriptor {} ({}) has been left open", left.empty() ? "" : ", ",
                        number, target);
  }
  return left;
}

}  // namespace spc
