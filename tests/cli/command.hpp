// SPDX-License-Identifier: Apache-2.0
// Runs the command in a process of its own, as a shell would.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cli {

struct Outcome {
  /// Exit status; 128 + n for an end by signal n.
  int status = -1;
  std::string out, err;

  nlohmann::json json() const { return nlohmann::json::parse(out); }
};

/// spacecore ARGS..., standard error not a terminal; `input`: a file to be its standard input.
Outcome spacecore(const std::vector<std::string> &args, const std::string &input = "/dev/null");

/// The same with a terminal for standard output and error; what it received is in `out`.
Outcome spacecore_on_terminal(const std::vector<std::string> &args);

/// A directory of this test, empty and removed at its end.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch &) = delete;
  Scratch &operator=(const Scratch &) = delete;

  std::string path(const std::string &name) const { return directory_ / name; }
  /// Writes a file and returns its path.
  std::string write(const std::string &name, const std::string &text) const;

 private:
  std::filesystem::path directory_;
};

std::string read_text(const std::string &path);

/// A file of the shared data, or a reason to skip the test.
std::string data_file(const std::string &name);
bool has_data();

/// The numbers of a Matrix Market array file.
std::vector<double> array_values(const std::string &path);

}  // namespace cli
