// SPDX-License-Identifier: Apache-2.0
#include "core/registry/load_report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spc {
namespace {
constexpr const char *accepted_word = "accepted";
constexpr const char *refused_word = "refused";
}  // namespace

void LoadReport::add(const char *verdict, const std::string &path, std::string text,
                     const std::vector<std::string> &families) {
  const std::string prefix = path + ": ";
  if (text.starts_with(prefix)) text.erase(0, prefix.size());
  std::replace(text.begin(), text.end(), '\n', ' ');
  const std::scoped_lock lock(mutex_);
  lines_.push_back({verdict, path, std::move(text), families});
}

void LoadReport::accepted(const std::string &path, const std::string &text) {
  add(accepted_word, path, text);
}
void LoadReport::refused(const std::string &path, const std::string &reason,
                         const std::vector<std::string> &families) {
  add(refused_word, path, reason, families);
}
void LoadReport::note(const std::string &path, const std::string &text) {
  add("note", path, text);
}

std::string LoadReport::text() const {
  const std::scoped_lock lock(mutex_);
  std::string all;
  for (const Line &l : lines_) all += fmt::format("{:<8}  {}: {}\n", l.verdict, l.path, l.text);
  return all;
}

std::string LoadReport::refusal_of(std::string_view name) const {
  const std::scoped_lock lock(mutex_);
  const auto is_meant = [&](const Line &l) {
    return l.path.ends_with(fmt::format("/{}.so", name)) ||
           l.path.ends_with(fmt::format("/{}.manifest", name)) ||
           std::find(l.families.begin(), l.families.end(), name) != l.families.end();
  };
  for (const Line &l : lines_)
    if (l.verdict == refused_word && is_meant(l)) return fmt::format("{}: {}", l.path, l.text);
  return "";
}

}  // namespace spc
