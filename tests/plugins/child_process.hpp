// SPDX-License-Identifier: Apache-2.0
// Tests in processes of their own: children that have to end in time, and programs whose output and
// exit status are looked at.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/places.hpp"

namespace spc::test {

/// Runs body in a forked child, which has to end without a failure and within the seconds.
inline void expect_child_ends_well(const std::function<void()> &body, unsigned seconds = 60) {
  std::fflush(nullptr);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(seconds);
    body();
    std::fflush(nullptr);
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_FALSE(WIFSIGNALED(status))
      << "signal " << WTERMSIG(status) << (WTERMSIG(status) == SIGALRM ? ": it hung" : "");
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "wait status " << status;
}

struct Ended {
  int status = -1;     // exit status; -signal if one ended it
  std::string output;  // of both streams
};

inline std::string odd_plugin(const std::string &name) {
  return ::test::test_plugin_directory() + "/odd/" + name + ".so";
}

/// Runs a program to its end. SIGALRM ends it after the seconds.
inline Ended run_program(std::vector<std::string> command, unsigned seconds = 60) {
  Ended ended;
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) return ended;
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    alarm(seconds);
    dup2(pipe_ends[1], STDOUT_FILENO);
    dup2(pipe_ends[1], STDERR_FILENO);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    std::vector<char *> arguments;
    for (std::string &word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(pipe_ends[1]);
  char buffer[4096];
  for (ssize_t n; (n = read(pipe_ends[0], buffer, sizeof buffer)) > 0;)
    ended.output.append(buffer, static_cast<std::size_t>(n));
  close(pipe_ends[0]);
  int status = -1;
  if (child > 0 && waitpid(child, &status, 0) == child)
    ended.status = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  return ended;
}

}  // namespace spc::test
