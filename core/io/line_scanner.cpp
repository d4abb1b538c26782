// SPDX-License-Identifier: Apache-2.0
#include "core/io/line_scanner.hpp"

#include <locale.h>
#include <stdlib.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <new>
#include <system_error>
#include <type_traits>

namespace spc::io {

std::string quoted(std::string_view token) {
  std::string text = "'";
  for (const char c : token.substr(0, 40))
    if (c >= ' ' && c <= '~')
      text += c;
    else
      text += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return text + (token.size() > 40 ? "...'" : "'");
}

const char *LineScanner::line_feed() const noexcept {
  return static_cast<const char *>(std::memchr(p_, '\n', static_cast<std::size_t>(end_ - p_) + 1));
}

std::string_view LineScanner::token_at(const char *p) noexcept {
  const char *q = p;
  while (!is_token_end(q)) ++q;
  return {p, static_cast<std::size_t>(q - p)};
}

bool LineScanner::next_line() {
  while (p_ < end_) {
    line_start_ = p_;
    skip_blanks();
    if (*p_ == '%')
      skip_line();
    else if (is_line_end(p_))
      end_line();
    else
      return true;
  }
  return false;
}

void LineScanner::end_line() {
  skip_blanks();
  if (!is_line_end(p_)) fail_token_count();
  p_ += *p_ == '\r' ? 2 : 1;
  ++line_;
}

void LineScanner::skip_line() {
  p_ = line_feed() + 1;
  ++line_;
}

std::vector<std::string_view> LineScanner::tokens() const {
  std::vector<std::string_view> tokens;
  for (const char *p = line_start_;;) {
    while (is_blank(*p)) ++p;
    if (is_line_end(p)) return tokens;
    tokens.push_back(token_at(p));
    p += tokens.back().size();
  }
}

void LineScanner::fail_token_count() const {
  const std::size_t found = tokens().size();
  fail_at(line_, "the line has {} token{}, expected: {}", found, found == 1 ? "" : "s", form_);
}

namespace {

// The value of a token that std::from_chars found out of range: it does not say at which end.
double nearest_double(const std::string &token) {
  const locale_t c_locale = ::newlocale(LC_ALL_MASK, "C", nullptr);
  if (c_locale == nullptr) throw std::bad_alloc();
  const double value = ::strtod_l(token.c_str(), nullptr, c_locale);
  ::freelocale(c_locale);
  return value;
}

}  // namespace

template <class T>
T LineScanner::number(const char *what) {
  skip_blanks();
  if (is_line_end(p_)) fail_token_count();
  // std::from_chars takes no plus sign.
  const char *digits = p_ + (*p_ == '+' && p_[1] != '-');
  T value{};
  const auto [stop, error] = std::from_chars(digits, end_, value);
  constexpr bool integer = std::is_integral_v<T>;
  if (error == std::errc::invalid_argument || !is_token_end(stop))
    fail_at(line_, "{} {} is not {}", what, quoted(token_at(p_)),
            integer ? "an integer" : "a number");
  if (error == std::errc::result_out_of_range) {
    if constexpr (!integer) value = nearest_double(std::string(digits, stop));
    if (integer || std::isinf(static_cast<double>(value)))
      fail_at(line_, "{} {} does not fit in {}", what, quoted(token_at(p_)),
              integer ? "int64" : "float64");
  }
  p_ = stop;
  return value;
}

template std::int64_t LineScanner::number<std::int64_t>(const char *);
template double LineScanner::number<double>(const char *);

}  // namespace spc::io
