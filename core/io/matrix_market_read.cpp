// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>

#include "core/io/file.hpp"
#include "core/io/line_scanner.hpp"
#include "core/io/matrix_market.hpp"
#include "core/io/matrix_market_symmetry.hpp"

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

// Lines of an array file, without an intermediate overflow; empty beyond int64.
std::optional<std::int64_t> array_line_count(const MatrixMarketInfo &info) {
  std::int64_t a = info.rows, b = info.cols, product = 0;
  if (info.symmetry != Symmetry::general) {
    // n (n - 1) / 2 or n (n + 1) / 2, halving the even factor first.
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
  Parser(const std::string &path, const FileText &text) : text_(text), lines_(path, text) {}

  // Empty: the text ends before the size line does, and is not the whole file.
  std::optional<MatrixMarketInfo> header();
  MatrixMarket matrix(const MatrixMarketInfo &info);

 private:
  void banner(MatrixMarketInfo &info);
  std::size_t banner_word(const char *what, std::string_view word,
                          std::initializer_list<std::string_view> allowed) const;
  void size_line(MatrixMarketInfo &info);
  std::int64_t size(const char *what);

  void next_entry(std::int64_t done, const MatrixMarketInfo &info);
  void expect_no_more(const MatrixMarketInfo &info);
  std::int64_t index(const char *what, std::int64_t extent);
  void value(MatrixMarket &m);
  void check_position(const MatrixMarket &m, std::int64_t i, std::int64_t j);
  void check_value(const MatrixMarket &m, bool diagonal);
  void coordinate_lines(const MatrixMarketInfo &info, MatrixMarket &m);
  void array_lines(const MatrixMarketInfo &info, MatrixMarket &m);
  [[noreturn]] void fail_sum(const MatrixMarketInfo &info, const MatrixMarket &m,
                             std::size_t position);

  const FileText &text_;
  LineScanner lines_;
  LineScanner::Mark body_{};
};

// ---- header ------------------------------------------------------------------------------------

std::optional<MatrixMarketInfo> Parser::header() {
  MatrixMarketInfo info;
  if (lines_.at_end()) {
    if (!text_.whole) return {};
    lines_.fail_at(1, "the file is empty, expected the banner %%MatrixMarket");
  }
  banner(info);
  if (!lines_.next_line()) {
    if (!text_.whole) return {};
    lines_.fail_at(lines_.last_line(), "the file ends before the size line");
  }
  size_line(info);
  return info;
}

std::size_t Parser::banner_word(const char *what, std::string_view word,
                                std::initializer_list<std::string_view> allowed) const {
  std::string list;
  for (const std::string_view *a = allowed.begin(); a != allowed.end(); ++a) {
    if (same_word(word, *a)) return static_cast<std::size_t>(a - allowed.begin());
    list += (list.empty() ? "" : ", ") + std::string(*a);
  }
  lines_.fail_at(1, "the banner's {} is {}, expected {}{}", what, quoted(word),
                 allowed.size() > 1 ? "one of: " : "", list);
}

namespace {

// By the first bytes; nullptr: as far as they tell, it is not.
const char *compressed_by(std::string_view bytes) {
  struct Magic {
    std::string_view bytes;
    const char *program;
  };
  for (const Magic &magic : {Magic{"\x1f\x8b", "gzip"}, Magic{"BZh", "bzip2"},
                             Magic{"\xfd"
                                   "7zXZ",
                                   "xz"},
                             Magic{"\x28\xb5\x2f\xfd", "zstd"}, Magic{"PK\x03\x04", "zip"}})
    if (bytes.substr(0, magic.bytes.size()) == magic.bytes) return magic.program;
  return nullptr;
}

}  // namespace

void Parser::banner(MatrixMarketInfo &info) {
  constexpr std::string_view mark = "%%MatrixMarket";
  if (const char *program = compressed_by({text_.data.get(), text_.size}))
    lines_.fail_at(1, "the file is compressed with {}; decompress it first", program);
  const std::vector<std::string_view> words = lines_.tokens();
  const std::string_view first = words.empty() ? std::string_view() : words[0];
  if (!same_word(first, mark))
    lines_.fail_at(1, "the first line begins with {}, expected the banner {}", quoted(first), mark);
  if (words.size() != 5)
    lines_.fail_at(1, "words in the banner: {}, expected 5: {} matrix FORMAT FIELD SYMMETRY",
                   words.size(), mark);
  using F = Field;
  using S = Symmetry;
  banner_word("object", words[1], {"matrix"});
  info.coordinate = banner_word("format", words[2], {"array", "coordinate"}) == 1;
  info.field = static_cast<F>(banner_word(
      "field", words[3],
      {to_string(F::real), to_string(F::complex), to_string(F::integer), to_string(F::pattern)}));
  info.symmetry =
      static_cast<S>(banner_word("symmetry", words[4],
                                 {to_string(S::general), to_string(S::symmetric),
                                  to_string(S::skew_symmetric), to_string(S::hermitian)}));
  const std::string refused = refused_combination(info.coordinate, info.field, info.symmetry);
  if (!refused.empty()) lines_.fail_at(1, "{}", refused);
  lines_.skip_line();
}

std::int64_t Parser::size(const char *what) {
  const auto value = lines_.number<std::int64_t>(what);
  if (value < 0) lines_.fail_at(lines_.line(), "{} is {}, expected at least 0", what, value);
  return value;
}

void Parser::size_line(MatrixMarketInfo &info) {
  info.size_line = lines_.line();
  lines_.expect_form(info.coordinate ? "rows columns entries" : "rows columns");
  // Counted first: of a line that is no size line the count says more than a token does.
  if (lines_.tokens().size() != (info.coordinate ? 3U : 2U)) lines_.fail_token_count();
  info.rows = size("the number of rows");
  info.cols = size("the number of columns");
  if (info.symmetry != Symmetry::general && info.rows != info.cols)
    lines_.fail_at(info.size_line, "symmetry {} needs a square matrix, the size is {} by {}",
                   to_string(info.symmetry), info.rows, info.cols);
  if (info.coordinate) {
    info.entries = size("the number of entries");
  } else {
    const auto entries = array_line_count(info);
    if (!entries)
      lines_.fail_at(info.size_line, "{} by {} has more entries than fit in int64", info.rows,
                     info.cols);
    info.entries = *entries;
  }
  // Whatever is allocated from here on is bounded by the length of the file.
  if (static_cast<std::uint64_t>(info.entries) > text_.file_bytes)
    lines_.fail_at(info.size_line,
                   "the size line promises {} entries, more than a file of {} bytes can hold",
                   info.entries, text_.file_bytes);
  lines_.end_line();
  body_ = lines_.mark();
}

// ---- body --------------------------------------------------------------------------------------

void Parser::next_entry(std::int64_t done, const MatrixMarketInfo &info) {
  if (!lines_.next_line())
    lines_.fail_at(lines_.last_line(),
                   "the file ends after {} of the {} entries that line {} promises", done,
                   info.entries, info.size_line);
}

void Parser::expect_no_more(const MatrixMarketInfo &info) {
  if (lines_.next_line())
    lines_.fail_at(lines_.line(), "there are more than the {} entries that line {} promises",
                   info.entries, info.size_line);
}

std::int64_t Parser::index(const char *what, std::int64_t extent) {
  const auto value = lines_.number<std::int64_t>(what);
  if (value < 1 || value > extent)
    lines_.fail_at(lines_.line(), "{} {} is outside 1..{}", what, value, extent);
  return value - 1;
}

void Parser::value(MatrixMarket &m) {
  switch (m.field) {
    case Field::real:
      m.values.push_back(lines_.number<double>("value"));
      break;
    case Field::complex:
      m.values.push_back(lines_.number<double>("real part"));
      m.values.push_back(lines_.number<double>("imaginary part"));
      break;
    case Field::integer:
      m.integers.push_back(lines_.number<std::int64_t>("value"));
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

void Parser::check_position(const MatrixMarket &m, std::int64_t i, std::int64_t j) {
  if (!is_listed(m.symmetry, i, j))
    lines_.fail_at(lines_.line(),
                   "entry ({}, {}) is {} the diagonal, symmetry {} stores what is below{}", i + 1,
                   j + 1, i == j ? "on" : "above", to_string(m.symmetry),
                   is_listed(m.symmetry, 0, 0) ? " or on it" : "");
}

void Parser::check_value(const MatrixMarket &m, bool diagonal) {
  const std::size_t last =
      m.field == Field::integer ? m.integers.size() : m.values.size() / values_per_entry(m.field);
  const MatrixMarketValue value = value_at(m, last - 1);
  if (!may_hold(m.symmetry, value, diagonal))
    lines_.fail_at(lines_.line(), "value {} {} is not possible in symmetry {}",
                   to_string(m.field, value), diagonal ? "on the diagonal" : "with its mirror",
                   to_string(m.symmetry));
}

void Parser::coordinate_lines(const MatrixMarketInfo &info, MatrixMarket &m) {
  const bool general = info.symmetry == Symmetry::general;
  for (std::int64_t k = 0; k < info.entries; ++k) {
    next_entry(k, info);
    const std::int64_t i = index("row index", info.rows);
    const std::int64_t j = index("column index", info.cols);
    if (!general) check_position(m, i, j);
    m.row.push_back(i);
    m.col.push_back(j);
    value(m);
    if (!general) check_value(m, i == j);
    lines_.end_line();
  }
  expect_no_more(info);
}

void Parser::array_lines(const MatrixMarketInfo &info, MatrixMarket &m) {
  const bool general = info.symmetry == Symmetry::general;
  const std::int64_t below = is_listed(info.symmetry, 0, 0) ? 0 : 1;
  std::int64_t i = below, j = 0;
  for (std::int64_t k = 0; k < info.entries; ++k) {
    next_entry(k, info);
    value(m);
    if (!general) {
      check_value(m, i == j);
      if (++i == info.rows) i = ++j + below;
    }
    lines_.end_line();
  }
  expect_no_more(info);
}

MatrixMarket Parser::matrix(const MatrixMarketInfo &info) {
  MatrixMarket m;
  m.coordinate = info.coordinate;
  m.field = info.field;
  m.symmetry = info.symmetry;
  m.rows = info.rows;
  m.cols = info.cols;
  m.size_line = info.size_line;
  const bool general = info.symmetry == Symmetry::general;
  const auto entries = static_cast<std::size_t>(info.entries);
  // The expanded matrix, so that nothing is moved later; at most about twice the file's entries.
  const auto reserved = general           ? entries
                        : info.coordinate ? 2 * entries
                                          : static_cast<std::size_t>(info.rows * info.cols);
  m.values.reserve(values_per_entry(info.field) * reserved);
  if (info.field == Field::integer) m.integers.reserve(reserved);
  if (info.coordinate) {
    m.row.reserve(reserved);
    m.col.reserve(reserved);
  }
  lines_.expect_form(form_of_entry(info.coordinate, info.field));

  if (info.coordinate)
    coordinate_lines(info, m);
  else
    array_lines(info, m);
  if (!general) expand_symmetry(m);
  if (info.coordinate) sort_and_sum(m, [&](std::size_t position) { fail_sum(info, m, position); });
  return m;
}

// position is that of an entry of the expanded, unsorted m.
void Parser::fail_sum(const MatrixMarketInfo &info, const MatrixMarket &m, std::size_t position) {
  std::size_t entry = position;
  const auto listed = static_cast<std::size_t>(info.entries);
  if (position >= listed) {
    std::size_t mirrors = position - listed;  // off-diagonal entries before the one looked for
    for (entry = 0; m.row[entry] == m.col[entry] || mirrors-- > 0;) ++entry;
  }
  lines_.go_to(body_);
  for (std::size_t k = 0; lines_.next_line() && k < entry; ++k) lines_.skip_line();
  lines_.fail_at(lines_.line(), "with value {}, the sum of entry ({}, {}) does not fit in int64",
                 m.integers[entry], m.row[entry] + 1, m.col[entry] + 1);
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
