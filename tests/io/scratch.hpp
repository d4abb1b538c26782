// SPDX-License-Identifier: Apache-2.0
// A directory of its own for each test, and what the tests of files do with it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/support/error.hpp"

namespace spc::test {

class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "spacecore-io-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    directory_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  Scratch(const Scratch &) = delete;
  Scratch &operator=(const Scratch &) = delete;

  std::string path(const std::string &name) const { return (directory_ / name).string(); }

  std::string file(const std::string &name, const std::string &text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }

  /// Names in the directory, sorted.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto &entry : std::filesystem::directory_iterator(directory_))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  std::filesystem::path directory_;
};

inline std::string text_of(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Text of the error that body throws; "" and a failed test if it is not of that kind.
template <class Body>
std::string error_of(spc_status code, Body body) {
  try {
    body();
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), code) << e.message();
    return e.message();
  }
  ADD_FAILURE() << "no error";
  return {};
}

/// Path of a file of the data directory.
inline std::string data_file(const std::string &name) {
  return std::string(SPACECORE_SHARED_DIR) + "/data/" + name;
}

/// Skips the test where the data directory is absent.
#define SPC_NEED_DATA()                                                            \
  if (!std::filesystem::is_directory(std::string(SPACECORE_SHARED_DIR) + "/data")) \
  GTEST_SKIP() << "no data in " << SPACECORE_SHARED_DIR

}  // namespace spc::test
