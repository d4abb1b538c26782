// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/table.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cmd {

Table::Table(std::vector<std::string> heading, std::vector<Align> align)
    : align_(std::move(align)), rows_{std::move(heading)} {}

void Table::add(std::vector<std::string> row) {
  rows_.push_back(std::move(row));
}

std::string Table::text() const {
  std::vector<std::size_t> width(align_.size(), 0);
  for (const auto &row : rows_) {
    for (std::size_t c = 0; c < row.size(); ++c) width[c] = std::max(width[c], row[c].size());
  }
  std::string text;
  for (const auto &row : rows_) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      line += c ? "  " : "";
      line += align_[c] == Align::left ? fmt::format("{:<{}}", row[c], width[c])
                                       : fmt::format("{:>{}}", row[c], width[c]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string with_separators(long long count) {
  std::string digits = std::to_string(count);
  const std::size_t first = count < 0 ? 1 : 0;
  for (std::size_t end = digits.size(); end > first + 3; end -= 3) digits.insert(end - 3, 1, ',');
  return digits;
}

std::string wrapped(const std::vector<std::string> &words, const std::string &indent,
                    std::size_t width) {
  std::string text, line;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = words[i] + (i + 1 < words.size() ? "," : "");
    if (!line.empty() && line.size() + 1 + word.size() > width) {
      text += line + '\n';
      line.clear();
    }
    line += (line.empty() ? indent : " ") + word;
  }
  return line.empty() ? text : text + line + '\n';
}

}  // namespace cmd
