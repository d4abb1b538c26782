// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/command.hpp"

#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace cli {
namespace {

std::vector<char *> argument_vector(std::vector<std::string> &words) {
  std::vector<char *> argv;
  for (auto &word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return argv;
}

int exit_status(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) != child) throw std::runtime_error("waitpid failed");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::vector<std::string> command_line(const std::vector<std::string> &args) {
  std::vector<std::string> words = {SPACECORE_COMMAND};
  words.insert(words.end(), args.begin(), args.end());
  return words;
}

}  // namespace

Outcome spacecore(const std::vector<std::string> &args, const std::string &input) {
  const Scratch scratch;
  const std::string out = scratch.path("out"), err = scratch.path("err");
  auto words = command_line(args);
  auto argv = argument_vector(words);
  const pid_t child = fork();
  if (child == 0) {
    dup2(open(input.c_str(), O_RDONLY), STDIN_FILENO);
    dup2(open(out.c_str(), O_WRONLY | O_CREAT, 0600), STDOUT_FILENO);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT, 0600), STDERR_FILENO);
    unsetenv("SPACECORE_VECTORS");  // a test says itself which vectors it means
    execv(argv[0], argv.data());
    _exit(126);
  }
  Outcome outcome;
  outcome.status = exit_status(child);
  outcome.out = read_text(out);
  outcome.err = read_text(err);
  return outcome;
}

Outcome spacecore_on_terminal(const std::vector<std::string> &args) {
  auto words = command_line(args);
  auto argv = argument_vector(words);
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    setenv("TERM", "xterm", 1);
    unsetenv("SPACECORE_VECTORS");  // a test says itself which vectors it means
    execv(argv[0], argv.data());
    _exit(126);
  }
  Outcome outcome;
  char buffer[4096];
  // The end of the other side is an error here (EIO), not an end of file.
  for (ssize_t n; (n = read(terminal, buffer, sizeof buffer)) > 0;) outcome.out.append(buffer, n);
  close(terminal);
  outcome.status = exit_status(child);
  return outcome;
}

Scratch::Scratch() {
  std::string name = std::filesystem::temp_directory_path() / "spacecore-cli-XXXXXX";
  if (!mkdtemp(name.data())) throw std::runtime_error("mkdtemp failed");
  directory_ = name;
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string Scratch::write(const std::string &name, const std::string &text) const {
  std::ofstream(path(name), std::ios::binary) << text;
  return path(name);
}

std::string read_text(const std::string &path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

bool has_data() {
  return std::filesystem::is_directory(SPACECORE_SHARED_DIR "/data");
}

std::string data_file(const std::string &name) {
  return SPACECORE_SHARED_DIR "/data/" + name;
}

std::vector<double> array_values(const std::string &path) {
  std::ifstream stream(path);
  std::string line;
  while (std::getline(stream, line) && line[0] == '%') continue;  // ends with the size line
  std::vector<double> values;
  for (double value; stream >> value;) values.push_back(value);
  return values;
}

}  // namespace cli
