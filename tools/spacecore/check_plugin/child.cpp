// SPDX-License-Identifier: Apache-2.0
// The child process and the pipe from it. A line is `begin NAME` or `NAME <tab> VERDICT <tab> REASON`.
#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <string.h>
#include <sys/poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <stdexcept>

#include "tools/spacecore/check_plugin/check.hpp"

namespace cmd::check_plugin {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view begin_word = "begin ";

void send(int pipe, std::string line) {
  std::replace(line.begin(), line.end(), '\n', ' ');
  line += '\n';
  for (std::size_t done = 0; done < line.size();) {
    const ssize_t n = write(pipe, line.data() + done, line.size() - done);
    if (n < 0 && errno != EINTR) _exit(1);
    if (n > 0) done += static_cast<std::size_t>(n);
  }
}

[[noreturn]] void child(const std::string &path, int pipe) {
  try {
    check_loading(
        path, [&](const char *name) { send(pipe, std::string(begin_word) + name); },
        [&](const Result &r) {
          std::string reason = r.reason;
          std::replace(reason.begin(), reason.end(), '\t', ' ');
          send(pipe, fmt::format("{}\t{}\t{}", r.name, static_cast<int>(r.verdict), reason));
        });
  } catch (...) {
    _exit(1);
  }
  _exit(0);
}

// Takes the lines apart and remembers the check that has begun and not ended.
class Receiver {
 public:
  explicit Receiver(const Sink &sink) : sink_(sink) {}

  void take(std::string_view bytes) {
    for (const char c : bytes) {
      if (c != '\n') {
        line_ += c;
      } else {
        finish_line();
        line_.clear();
      }
    }
  }
  const std::string &current() const { return current_; }

 private:
  void finish_line() {
    if (line_.starts_with(begin_word)) {
      current_ = line_.substr(begin_word.size());
      return;
    }
    const std::size_t tab = line_.find('\t');
    if (tab == std::string::npos || line_.size() < tab + 3) return;
    current_.clear();
    sink_(
        {line_.substr(0, tab), static_cast<Verdict>(line_[tab + 1] - '0'), line_.substr(tab + 3)});
  }

  const Sink &sink_;
  std::string line_, current_;
};

}  // namespace

void check_running(const std::string &path, double seconds, const Sink &sink) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  std::fflush(nullptr);
  const pid_t process = fork();
  if (process < 0) throw std::runtime_error("cannot start a process");
  if (process == 0) {
    // A group of its own, so that what the plugin starts ends with it.
    setpgid(0, 0);
    close(ends[0]);
    child(path, ends[1]);
  }
  setpgid(process, process);
  close(ends[1]);

  Receiver receiver(sink);
  bool late = false;
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(seconds));
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    pollfd waiting{ends[0], POLLIN, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(std::max<long long>(left.count(), 0)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      late = true;
      break;
    }
    char bytes[4096];
    const ssize_t n = read(ends[0], bytes, sizeof bytes);
    if (n <= 0) break;
    receiver.take({bytes, static_cast<std::size_t>(n)});
  }
  close(ends[0]);
  kill(-process, SIGKILL);
  int status = 0;
  waitpid(process, &status, 0);

  const std::string name = receiver.current().empty() ? "process" : receiver.current();
  if (late) {
    sink({name, Verdict::failed, fmt::format("hangs: stopped after {} s", seconds)});
  } else if (WIFSIGNALED(status) && (WTERMSIG(status) != SIGKILL || !receiver.current().empty())) {
    sink({name, Verdict::failed,
          fmt::format("ends the process by signal {} ({})", WTERMSIG(status),
                      strsignal(WTERMSIG(status)))});
  } else if (!receiver.current().empty() || (WIFEXITED(status) && WEXITSTATUS(status) != 0)) {
    sink({name, Verdict::failed,
          fmt::format("ends the process with status {}",
                      WIFEXITED(status) ? WEXITSTATUS(status) : 0)});
  }
}

}  // namespace cmd::check_plugin
