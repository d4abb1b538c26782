// SPDX-License-Identifier: Apache-2.0
// Text tables for the terminal.
#pragma once

#include <string>
#include <vector>

namespace cmd {

/// Rows of cells in aligned columns. The first row is the heading.
class Table {
 public:
  enum class Align { left, right };

  Table(std::vector<std::string> heading, std::vector<Align> align);
  void add(std::vector<std::string> row);
  /// Every row ends with a newline; no blanks at the end of a line.
  std::string text() const;

 private:
  std::vector<Align> align_;
  std::vector<std::vector<std::string>> rows_;
};

/// "494,166,1": a count with separators between thousands.
std::string with_separators(long long count);

/// Words joined by ", " and broken into lines of at most `width` columns, each begun by `indent`.
std::string wrapped(const std::vector<std::string> &words, const std::string &indent,
                    std::size_t width = 96);

}  // namespace cmd
