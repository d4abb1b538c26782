// SPDX-License-Identifier: Apache-2.0
// Numbers from lines of text, with errors that name file and line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/file.hpp"
#include "core/support/error.hpp"

namespace spc::io {

/// Scans a FileText that outlives it. Blanks are spaces and tabs; a line ends with LF or CRLF.
class LineScanner {
 public:
  LineScanner(const std::string &path, const FileText &text)
      : path_(path), p_(text.data.get()), end_(p_ + text.size), line_start_(p_) {}

  /// A place to come back to.
  struct Mark {
    const char *p;
    std::int64_t line;
  };
  Mark mark() const noexcept { return {p_, line_}; }
  void go_to(const Mark &mark) noexcept {
    line_start_ = p_ = mark.p;
    line_ = mark.line;
  }

  bool at_end() const noexcept { return p_ >= end_; }
  std::int64_t line() const noexcept { return line_; }
  /// Line number for errors about the end of the text, once it has been reached.
  std::int64_t last_line() const noexcept { return line_ > 1 ? line_ - 1 : 1; }

  /// From the beginning of a line to the first token of it or of a later line, past lines that are
  /// blank or begin with '%'. False at the end of the text.
  bool next_line();
  /// Past the end of the present line; refuses further tokens on it.
  void end_line();
  /// Past the end of the present line, whatever it holds.
  void skip_line();
  /// Tokens of the present line from its beginning.
  std::vector<std::string_view> tokens() const;

  /// The next token of the line as std::int64_t or double. `what` names it in errors.
  template <class T>
  T number(const char *what);

  /// What lines should consist of, for errors; a literal.
  void expect_form(const char *form) noexcept { form_ = form; }

  template <class... A>
  [[noreturn, gnu::cold, gnu::noinline]] void fail_at(std::int64_t line,
                                                      fmt::format_string<A...> format,
                                                      const A &...args) const {
    fail(SPC_E_FILE, "{}:{}: {}", path_, line,
         fmt::vformat(format, fmt::make_format_args(args...)));
  }
  [[noreturn, gnu::cold, gnu::noinline]] void fail_token_count() const;

 private:
  static bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }
  static bool is_line_end(const char *p) noexcept {
    return *p == '\n' || (*p == '\r' && p[1] == '\n');
  }
  static bool is_token_end(const char *p) noexcept { return is_blank(*p) || is_line_end(p); }
  void skip_blanks() noexcept {
    while (is_blank(*p_)) ++p_;
  }
  const char *line_feed() const noexcept;
  static std::string_view token_at(const char *p) noexcept;

  const std::string &path_;
  const char *p_;
  const char *end_;  // *end_ is a '\n': a loop that stops at line ends stops there
  const char *line_start_;
  std::int64_t line_ = 1;
  const char *form_ = "";
};

extern template std::int64_t LineScanner::number<std::int64_t>(const char *);
extern template double LineScanner::number<double>(const char *);

/// A token for a message: printable, and of bounded length whatever the file holds.
std::string quoted(std::string_view token);

}  // namespace spc::io
