// SPDX-License-Identifier: Apache-2.0
#include <locale.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <span>
#include <system_error>
#include <type_traits>
#include <utility>

#include "core/io/file.hpp"
#include "core/io/matrix_market.hpp"
#include "core/support/error.hpp"

namespace spc::io {
namespace {

using Field = MatrixMarketField;
using Symmetry = MatrixMarketSymmetry;

// More than the header of nearly every file.
constexpr std::size_t header_block_bytes = std::size_t{1} << 16;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

// Tokens are quoted in messages: printable, and of bounded length whatever the file holds.
std::string quoted(std::string_view token) {
  std::string text = "'";
  for (const char c : token.substr(0, 40))
    if (c >= ' ' && c <= '~')
      text += c;
    else
      text += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return text + (token.size() > 40 ? "...'" : "'");
}

// The value of a token that std::from_chars found out of range: it does not say at which end.
double nearest_double(const std::string &token) {
  const locale_t c_locale = ::newlocale(LC_ALL_MASK, "C", nullptr);
  if (c_locale == nullptr) throw std::bad_alloc();
  const double value = ::strtod_l(token.c_str(), nullptr, c_locale);
  ::freelocale(c_locale);
  return value;
}

// n(n+1)/2 or n(n-1)/2 without an intermediate overflow; empty beyond int64.
std::optional<std::int64_t> array_entries(const MatrixMarketInfo &info) {
  std::int64_t a = info.rows, b = info.cols, product = 0;
  if (info.symmetry != Symmetry::general) {
    if (info.symmetry == Symmetry::skew_symmetric)
      b = std::max<std::int64_t>(b - 1, 0);
    else if (__builtin_add_overflow(b, 1, &b))
      return {};
    (a % 2 == 0 ? a : b) /= 2;
  }
  if (__builtin_mul_overflow(a, b, &product)) return {};
  return product;
}

class Parser {
 public:
  Parser(const std::string &path, const FileText &text)
      : path_(path), text_(text), p_(text.data.get()), end_(p_ + text.size) {}

  // Empty: the text ends before the size line does, and is not the whole file.
  std::optional<MatrixMarketInfo> header();
  MatrixMarket matrix(const MatrixMarketInfo &info);

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t'; }
  static bool is_line_end(const char *p) { return *p == '\n' || (*p == '\r' && p[1] == '\n'); }
  static bool is_token_end(const char *p) { return is_blank(*p) || is_line_end(p); }

  bool next_line();
  void end_line();
  void skip_blanks() {
    while (is_blank(*p_)) ++p_;
  }
  std::string_view token_at(const char *p) const {
    const char *q = p;
    while (!is_token_end(q)) ++q;
    return {p, static_cast<std::size_t>(q - p)};
  }
  std::vector<std::string_view> tokens_of_line() const;

  template <class T>
  T number(const char *what);
  std::int64_t size(const char *what);
  std::int64_t index(const char *what, std::int64_t extent);

  void banner(MatrixMarketInfo &info);
  void size_line(MatrixMarketInfo &info);
  void next_entry(std::int64_t done, const MatrixMarketInfo &info);
  void expect_no_more(const MatrixMarketInfo &info);
  void value(MatrixMarket &m);
  void coordinate_entries(const MatrixMarketInfo &info, MatrixMarket &m);
  void check_position(const MatrixMarketInfo &info, std::int64_t i, std::int64_t j);
  void check_value(const MatrixMarket &m, bool diagonal);
  std::int64_t line_of_entry(std::int64_t entry);

  std::int64_t last_line() const { return std::max<std::int64_t>(line_ - 1, 1); }

  template <class... A>
  [[noreturn, gnu::cold, gnu::noinline]] void fail_at(std::int64_t line,
                                                      fmt::format_string<A...> format,
                                                      const A &...args) const {
    fail(SPC_E_FILE, "{}:{}: {}", path_, line,
         fmt::vformat(format, fmt::make_format_args(args...)));
  }
  [[noreturn, gnu::cold, gnu::noinline]] void fail_token_count() const;

  const std::string &path_;
  const FileText &text_;
  const char *p_;
  const char *end_;  // *end_ is a '\n', so a loop that stops at line ends stops there
  const char *line_start_ = nullptr;
  std::int64_t line_ = 1;
  std::int64_t size_line_ = 0;
  const char *body_ = nullptr;
  const char *line_form_ = "";  // the tokens that lines of the present part consist of
};

// Moves to the first non-blank of the next line that is neither empty nor a comment.
bool Parser::next_line() {
  while (p_ < end_) {
    line_start_ = p_;
    skip_blanks();
    if (*p_ == '%')
      p_ =
          static_cast<const char *>(std::memchr(p_, '\n', static_cast<std::size_t>(end_ - p_) + 1));
    if (!is_line_end(p_)) return true;
    end_line();
  }
  return false;
}

void Parser::end_line() {
  skip_blanks();
  if (!is_line_end(p_)) fail_token_count();
  p_ += *p_ == '\r' ? 2 : 1;
  ++line_;
}

std::vector<std::string_view> Parser::tokens_of_line() const {
  std::vector<std::string_view> tokens;
  for (const char *p = line_start_;;) {
    while (is_blank(*p)) ++p;
    if (is_line_end(p)) return tokens;
    tokens.push_back(token_at(p));
    p += tokens.back().size();
  }
}

void Parser::fail_token_count() const {
  const std::size_t found = tokens_of_line().size();
  fail_at(line_, "the line has {} token{}, expected: {}", found, found == 1 ? "" : "s", line_form_);
}

template <class T>
T Parser::number(const char *what) {
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

std::int64_t Parser::size(const char *what) {
  const auto value = number<std::int64_t>(what);
  if (value < 0) fail_at(line_, "{} is {}, expected at least 0", what, value);
  return value;
}

std::int64_t Parser::index(const char *what, std::int64_t extent) {
  const auto value = number<std::int64_t>(what);
  if (value < 1 || value > extent) fail_at(line_, "{} {} is outside 1..{}", what, value, extent);
  return value - 1;
}

// ---- header ------------------------------------------------------------------------------------

std::optional<MatrixMarketInfo> Parser::header() {
  MatrixMarketInfo info;
  if (p_ >= end_) {
    if (!text_.whole) return {};
    fail_at(1, "the file is empty, expected the banner %%MatrixMarket");
  }
  line_start_ = p_;
  banner(info);
  if (!next_line()) {
    if (!text_.whole) return {};
    fail_at(last_line(), "the file ends before the size line");
  }
  size_line(info);
  return info;
}

template <std::size_t N>
std::optional<std::size_t> find_word(std::string_view word,
                                     const std::array<std::string_view, N> &words) {
  for (std::size_t k = 0; k < N; ++k)
    if (same_word(word, words[k])) return k;
  return {};
}

void Parser::banner(MatrixMarketInfo &info) {
  constexpr std::string_view mark = "%%MatrixMarket";
  const std::vector<std::string_view> words = tokens_of_line();
  if (words.empty() || !same_word(words[0], mark))
    fail_at(1, "the first line begins with {}, expected the banner {}",
            quoted(words.empty() ? std::string_view() : words[0]), mark);
  if (words.size() != 5)
    fail_at(1, "the banner has {} word{}, expected 5: {} matrix FORMAT FIELD SYMMETRY",
            words.size(), words.size() == 1 ? "" : "s", mark);
  const auto choose = [&](const char *what, std::string_view word, const auto &allowed) {
    const auto found = find_word(word, allowed);
    if (found) return *found;
    std::string list;
    for (const std::string_view a : allowed) list += (list.empty() ? "" : ", ") + std::string(a);
    fail_at(1, "the banner's {} is {}, expected {}{}", what, quoted(word),
            allowed.size() > 1 ? "one of: " : "", list);
  };
  using F = Field;
  using S = Symmetry;
  choose("object", words[1], std::array<std::string_view, 1>{"matrix"});
  info.coordinate =
      choose("format", words[2], std::array<std::string_view, 2>{"array", "coordinate"}) == 1;
  info.field = static_cast<F>(choose("field", words[3],
                                     std::array{to_string(F::real), to_string(F::complex),
                                                to_string(F::integer), to_string(F::pattern)}));
  info.symmetry =
      static_cast<S>(choose("symmetry", words[4],
                            std::array{to_string(S::general), to_string(S::symmetric),
                                       to_string(S::skew_symmetric), to_string(S::hermitian)}));
  const std::string refused = refused_combination(info.coordinate, info.field, info.symmetry);
  if (!refused.empty()) fail_at(1, "{}", refused);
  p_ = words.back().data() + words.back().size();
  end_line();
}

void Parser::size_line(MatrixMarketInfo &info) {
  size_line_ = line_;
  line_form_ = info.coordinate ? "rows columns entries" : "rows columns";
  // Counted first: in a line that is no size line the count says more than a token does.
  if (tokens_of_line().size() != (info.coordinate ? 3U : 2U)) fail_token_count();
  info.rows = size("the number of rows");
  info.cols = size("the number of columns");
  if (info.symmetry != Symmetry::general && info.rows != info.cols)
    fail_at(line_, "symmetry {} needs a square matrix, the size is {} by {}",
            to_string(info.symmetry), info.rows, info.cols);
  if (info.coordinate) {
    info.entries = size("the number of entries");
  } else {
    const auto entries = array_entries(info);
    if (!entries)
      fail_at(line_, "{} by {} has more entries than fit in int64", info.rows, info.cols);
    info.entries = *entries;
  }
  // Whatever is allocated from here on is bounded by the length of the file.
  if (static_cast<std::uint64_t>(info.entries) > text_.file_bytes)
    fail_at(line_, "the size line promises {} entries, more than a file of {} bytes can hold",
            info.entries, text_.file_bytes);
  end_line();
  body_ = p_;
}

// ---- body --------------------------------------------------------------------------------------

void Parser::next_entry(std::int64_t done, const MatrixMarketInfo &info) {
  if (!next_line())
    fail_at(last_line(), "the file ends after {} entr{}, line {} promises {}", done,
            done == 1 ? "y" : "ies", size_line_, info.entries);
}

void Parser::expect_no_more(const MatrixMarketInfo &info) {
  if (next_line())
    fail_at(line_, "there is an entry number {}, line {} promises {}", info.entries + 1, size_line_,
            info.entries);
}

void Parser::value(MatrixMarket &m) {
  switch (m.field) {
    case Field::real:
      m.values.push_back(number<double>("value"));
      break;
    case Field::complex:
      m.values.push_back(number<double>("real part"));
      m.values.push_back(number<double>("imaginary part"));
      break;
    case Field::integer:
      m.integers.push_back(number<std::int64_t>("value"));
      break;
    case Field::pattern:
      m.values.push_back(1.0);
      break;
  }
}

const char *form_of_entry(bool coordinate, Field field) {
  static constexpr std::array<std::array<const char *, 2>, 4> forms{{
      {"value", "row column value"},
      {"real-part imaginary-part", "row column real-part imaginary-part"},
      {"value", "row column value"},
      {"", "row column"},
  }};
  return forms[static_cast<std::size_t>(field)][coordinate ? 1 : 0];
}

void Parser::check_position(const MatrixMarketInfo &info, std::int64_t i, std::int64_t j) {
  if (i < j)
    fail_at(line_, "entry ({}, {}) is above the diagonal, symmetry {} stores the lower triangle",
            i + 1, j + 1, to_string(info.symmetry));
  if (i == j && info.symmetry == Symmetry::skew_symmetric)
    fail_at(line_, "entry ({}, {}) is on the diagonal, which is zero in symmetry skew-symmetric",
            i + 1, j + 1);
}

// Of the value that was pushed last: it must be possible to mirror it.
void Parser::check_value(const MatrixMarket &m, bool diagonal) {
  if (m.symmetry == Symmetry::hermitian && diagonal && m.values.back() != 0.0)
    fail_at(line_, "a diagonal entry has imaginary part {}, symmetry hermitian needs 0",
            m.values.back());
  if (m.symmetry == Symmetry::skew_symmetric && m.field == Field::integer &&
      m.integers.back() == INT64_MIN)
    fail_at(line_, "value {} has no negative in int64, symmetry skew-symmetric needs it",
            INT64_MIN);
}

void Parser::coordinate_entries(const MatrixMarketInfo &info, MatrixMarket &m) {
  const auto entries = static_cast<std::size_t>(info.entries);
  const bool general = info.symmetry == Symmetry::general;
  const std::size_t reserved = general ? entries : 2 * entries;
  m.row.reserve(reserved);
  m.col.reserve(reserved);
  for (std::int64_t k = 0; k < info.entries; ++k) {
    next_entry(k, info);
    const std::int64_t i = index("row index", info.rows);
    const std::int64_t j = index("column index", info.cols);
    if (!general) check_position(info, i, j);
    m.row.push_back(i);
    m.col.push_back(j);
    value(m);
    if (!general) check_value(m, i == j);
    end_line();
  }
}

// Mirrors value k of m, by m.symmetry, onto value `to`.
void mirror_value(MatrixMarket &m, std::size_t k, std::size_t to) {
  const bool skew = m.symmetry == Symmetry::skew_symmetric;
  if (m.field == Field::integer) {
    m.integers[to] = skew ? -m.integers[k] : m.integers[k];
  } else if (m.field == Field::complex) {
    const double re = m.values[2 * k], im = m.values[2 * k + 1];
    m.values[2 * to] = skew ? -re : re;
    m.values[2 * to + 1] = skew || m.symmetry == Symmetry::hermitian ? -im : im;
  } else {
    m.values[to] = skew ? -m.values[k] : m.values[k];
  }
}

void resize_values(MatrixMarket &m, std::size_t n) {
  m.values.resize(values_per_entry(m.field) * n);
  if (m.field == Field::integer) m.integers.resize(n);
}

// Appends the upper triangle, in the order of the lower one.
void expand_coordinate(MatrixMarket &m) {
  const std::size_t listed = m.row.size();
  for (std::size_t k = 0; k < listed; ++k) {
    if (m.row[k] == m.col[k]) continue;
    m.row.push_back(m.col[k]);
    m.col.push_back(m.row[k]);
  }
  resize_values(m, m.row.size());
  std::size_t to = listed;
  for (std::size_t k = 0; k < listed; ++k)
    if (m.row[k] != m.col[k]) mirror_value(m, k, to++);
}

// From the packed lower triangle, column by column, to the full matrix. Runs backwards, so that no
// packed value is overwritten before it has been moved: element (i, j) of the packed order never
// lies behind its place in the full one.
void expand_array(MatrixMarket &m) {
  const auto n = static_cast<std::size_t>(m.rows);
  const std::size_t width = values_per_entry(m.field);
  const bool skew = m.symmetry == Symmetry::skew_symmetric, integer = m.field == Field::integer;
  std::size_t packed = integer ? m.integers.size() : m.values.size() / width;
  resize_values(m, n * n);
  for (std::size_t j = n; j-- > 0;) {
    for (std::size_t i = n; i-- > (skew ? j + 1 : j);) {
      const std::size_t to = i + j * n;
      --packed;
      if (integer) m.integers[to] = m.integers[packed];
      for (std::size_t part = 0; part < width; ++part)
        m.values[width * to + part] = m.values[width * packed + part];
    }
    if (skew) {
      const std::size_t diagonal = j + j * n;
      if (integer) m.integers[diagonal] = 0;
      for (std::size_t part = 0; part < width; ++part) m.values[width * diagonal + part] = 0.0;
    }
  }
  for (std::size_t j = 0; j < n; ++j)
    for (std::size_t i = j + 1; i < n; ++i) mirror_value(m, i + j * n, j + i * n);
}

MatrixMarket Parser::matrix(const MatrixMarketInfo &info) {
  MatrixMarket m{.coordinate = info.coordinate,
                 .field = info.field,
                 .symmetry = info.symmetry,
                 .rows = info.rows,
                 .cols = info.cols,
                 .row = {},
                 .col = {},
                 .values = {},
                 .integers = {}};
  const bool general = info.symmetry == Symmetry::general;
  const auto entries = static_cast<std::size_t>(info.entries);
  const std::size_t reserved = general           ? entries
                               : info.coordinate ? 2 * entries
                                                 : static_cast<std::size_t>(info.rows * info.cols);
  m.values.reserve(values_per_entry(info.field) * reserved);
  if (info.field == Field::integer) m.integers.reserve(reserved);
  line_form_ = form_of_entry(info.coordinate, info.field);

  if (info.coordinate) {
    coordinate_entries(info, m);
    expect_no_more(info);
    if (!general) expand_coordinate(m);
    sort_and_sum(m, [&](std::size_t position) {
      // A mirrored position overflows only where the listed one does.
      std::size_t k = position;
      if (k >= entries) {
        std::size_t mirrored = entries - 1;
        for (k = 0; m.row[k] == m.col[k] || ++mirrored != position; ++k) {
        }
      }
      fail_at(line_of_entry(static_cast<std::int64_t>(k)),
              "with {}, the sum of the duplicates of entry ({}, {}) does not fit in int64",
              m.integers[k], m.row[k] + 1, m.col[k] + 1);
    });
  } else {
    // The diagonal comes up after rows - j entries of column j; known only where it matters.
    std::int64_t i = 0, j = 0;
    for (std::int64_t k = 0; k < info.entries; ++k) {
      next_entry(k, info);
      value(m);
      if (!general) {
        check_value(m, i == j);
        if (++i == info.rows) i = ++j;
      }
      end_line();
    }
    expect_no_more(info);
    if (!general) expand_array(m);
  }
  return m;
}

std::int64_t Parser::line_of_entry(std::int64_t entry) {
  p_ = body_;
  line_ = size_line_ + 1;
  for (std::int64_t k = 0; next_line() && k < entry; ++k) {
    p_ = static_cast<const char *>(std::memchr(p_, '\n', static_cast<std::size_t>(end_ - p_) + 1));
    end_line();
  }
  return line_;
}

}  // namespace

MatrixMarketInfo read_matrix_market_info(const std::string &path) {
  for (std::size_t limit = header_block_bytes;; limit *= 2) {
    const FileText text = read_file(path, limit);
    if (const auto info = Parser(path, text).header()) return *info;
  }
}

MatrixMarket read_matrix_market(const std::string &path) {
  const FileText text = read_file(path);
  Parser parser(path, text);
  return parser.matrix(*parser.header());
}

}  // namespace spc::io
