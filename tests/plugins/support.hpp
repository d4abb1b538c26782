// SPDX-License-Identifier: Apache-2.0
// What the tests of plugins share. C API only.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/support/places.hpp"

namespace spc::test {

inline std::string test_plugin(const std::string &name) {
  return ::test::test_plugin_directory() + "/" + name + ".so";
}
inline std::string bad_plugin(const std::string &name) {
  return ::test::test_plugin_directory() + "/bad/" + name + ".so";
}

inline std::string last_error() {
  const char *text = "";
  spc_last_error_message(&text);
  return text;
}

inline std::string load_report() {
  const char *text = "";
  EXPECT_EQ(spc_load_report(&text), SPC_OK) << last_error();
  return text;
}

/// Name and version of every family, in registration order.
inline std::vector<std::pair<std::string, std::string>> families() {
  std::int64_t n = 0;
  EXPECT_EQ(spc_backend_count(&n), SPC_OK) << last_error();
  std::vector<std::pair<std::string, std::string>> all;
  for (std::int64_t i = 0; i < n; ++i) {
    spc_backend_info info{};
    info.struct_size = sizeof info;
    EXPECT_EQ(spc_backend_describe(i, &info), SPC_OK) << last_error();
    all.emplace_back(info.name, info.version);
  }
  return all;
}

/// Version of a family, "" if it is not registered.
inline std::string version_of(const std::string &family) {
  for (const auto &[name, version] : families())
    if (name == family) return version;
  return "";
}

/// A handle that is released at the end of its scope.
template <class H, spc_status (*release)(H *)>
class Handle {
 public:
  Handle() = default;
  Handle(Handle &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Handle &operator=(Handle &&other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Handle() { release(&handle_); }
  operator H() const { return handle_; }
  /// Where a function stores a new handle.
  H *out() {
    release(&handle_);
    return &handle_;
  }

 private:
  H handle_ = nullptr;
};
using Array = Handle<spc_array, spc_array_release>;
using Context = Handle<spc_context, spc_context_release>;
using Space = Handle<spc_space, spc_space_release>;
using Linop = Handle<spc_linop, spc_linop_release>;

/// Ends the process with SIGALRM if it has not been destroyed in time: what must not hang.
class Watchdog {
 public:
  explicit Watchdog(unsigned seconds) { alarm(seconds); }
  ~Watchdog() { alarm(0); }
  Watchdog(const Watchdog &) = delete;
  Watchdog &operator=(const Watchdog &) = delete;
};

/// A new empty directory that disappears with the object, or with the process in finish().
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = std::filesystem::temp_directory_path() / "spacecore-XXXXXX";
    if (mkdtemp(name.data()) != nullptr) path_ = name;
    all().insert(path_);
  }
  ~ScratchDirectory() {
    all().erase(path_);
    remove(path_);
  }
  ScratchDirectory(const ScratchDirectory &) = delete;
  ScratchDirectory &operator=(const ScratchDirectory &) = delete;

  std::string path(const std::string &name = "") const {
    return name.empty() ? path_.string() : (path_ / name).string();
  }
  static void remove_all() {
    for (const std::filesystem::path &path : all()) remove(path);
  }

 private:
  static void remove(const std::filesystem::path &path) {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  static std::set<std::filesystem::path> &all() {
    static auto *const directories = new std::set<std::filesystem::path>;
    return *directories;
  }

  std::filesystem::path path_;
};

/// Ends a process that a test has started: 0 if nothing in it has failed.
[[noreturn]] inline void finish() {
  ScratchDirectory::remove_all();
  std::fflush(nullptr);
  _exit(testing::Test::HasFailure() ? 1 : 0);
}

/// Runs a block in a new process of this program: the search for plugins happens once in each. A
/// lambda in parentheses, because commas in its body are none of the macro.
#define IN_A_PROCESS(...)                                 \
  do {                                                    \
    testing::FLAGS_gtest_death_test_style = "threadsafe"; \
    EXPECT_EXIT((([&] {                                   \
                  alarm(120);                             \
                  [&] __VA_ARGS__();                      \
                  spc::test::finish();                    \
                })()),                                    \
                testing::ExitedWithCode(0), "");          \
  } while (false)

/// The line of the load report that contains all parts; "" if there is none.
inline std::string report_line(const std::vector<std::string> &parts) {
  const std::string report = load_report();
  for (std::size_t from = 0; from < report.size();) {
    const std::size_t end = report.find('\n', from);
    const std::string line = report.substr(from, end - from);
    bool has_all = true;
    for (const std::string &part : parts) has_all = has_all && line.find(part) != std::string::npos;
    if (has_all) return line;
    from = end + 1;
  }
  return "";
}

}  // namespace spc::test
