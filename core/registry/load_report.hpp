// SPDX-License-Identifier: Apache-2.0
// One line for each file that was tried.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace spc {

class LoadReport {
 public:
  void accepted(const std::string &path, const std::string &text);
  /// reason may begin with `path: `, which is not repeated. families: what the file would have
  /// brought, if that is known.
  void refused(const std::string &path, const std::string &reason,
               const std::vector<std::string> &families = {});
  /// A line that is about no single candidate.
  void note(const std::string &path, const std::string &text);
  std::string text() const;
  /// Why the family of that name, the file `<name>.so` or `<name>.manifest` was refused, with the
  /// path; "" if none was.
  std::string refusal_of(std::string_view name) const;

  // Around a fork.
  void lock() { mutex_.lock(); }
  void unlock() { mutex_.unlock(); }

 private:
  struct Line {
    const char *verdict;
    std::string path, text;
    std::vector<std::string> families;
  };
  void add(const char *verdict, const std::string &path, std::string text,
           const std::vector<std::string> &families = {});

  mutable std::mutex mutex_;
  std::vector<Line> lines_;
};

}  // namespace spc
