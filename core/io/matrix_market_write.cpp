// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "core/io/file.hpp"
#include "core/io/matrix_market.hpp"
#include "core/io/matrix_market_symmetry.hpp"
#include "core/support/error.hpp"

namespace spc::io {
namespace {

using Field = MatrixMarketField;
using Symmetry = MatrixMarketSymmetry;

constexpr const char *op = "mm_write";
constexpr int digits = 17;

// One line of output, built in place: the longest has two indices and two doubles.
class Line {
 public:
  void add(std::int64_t value) {
    separate();
    end_ = std::to_chars(end_, text_.data() + text_.size(), value).ptr;
  }
  void add(double value) {
    separate();
    if (std::isnan(value)) value = std::fabs(value);  // not every reader knows "-nan"
    end_ =
        std::to_chars(end_, text_.data() + text_.size(), value, std::chars_format::general, digits)
            .ptr;
  }
  /// The finished line; the next one begins with the next add.
  std::string_view take() {
    *end_++ = '\n';
    const std::string_view line(text_.data(), static_cast<std::size_t>(end_ - text_.data()));
    end_ = text_.data();
    return line;
  }

 private:
  void separate() {
    if (end_ != text_.data()) *end_++ = ' ';
  }

  std::array<char, 128> text_;
  char *end_ = text_.data();
};

void add_value(Line &line, const MatrixMarket &m, std::size_t k) {
  if (m.field == Field::pattern) return;
  const MatrixMarketValue value = value_at(m, k);
  if (m.field == Field::integer) {
    line.add(value.integer);
  } else {
    line.add(value.re);
    if (m.field == Field::complex) line.add(value.im);
  }
}

bool same(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

void check_mirror(const MatrixMarket &m, std::int64_t i, std::int64_t j, std::size_t k,
                  std::size_t mirror) {
  const MatrixMarketValue a = value_at(m, k), b = value_at(m, mirror);
  if (may_hold(m.symmetry, a, i == j) && may_hold(m.symmetry, b, i == j)) {
    const MatrixMarketValue expected = mirrored(m.symmetry, b);
    if (same(a.re, expected.re) && same(a.im, expected.im) && a.integer == expected.integer) return;
  }
  fail(SPC_E_VALUE, "{}: the matrix is not {}: element [{}, {}] is {}, element [{}, {}] is {}", op,
       to_string(m.symmetry), i, j, to_string(m.field, a), j, i, to_string(m.field, b));
}

void check_coordinate_mirrors(const MatrixMarket &m) {
  const std::vector<std::int64_t> transposed = sorted_order(m.col, m.cols, m.row, m.rows);
  for (std::size_t k = 0; k < m.row.size(); ++k) {
    const auto mirror = static_cast<std::size_t>(transposed[k]);
    // The k-th entries of matrix and transpose differ in place: the earlier place has no mirror.
    const bool first =
        m.row[k] < m.col[mirror] || (m.row[k] == m.col[mirror] && m.col[k] < m.row[mirror]);
    if (m.row[k] != m.col[mirror] || m.col[k] != m.row[mirror]) {
      const std::int64_t i = first ? m.row[k] : m.row[mirror];
      const std::int64_t j = first ? m.col[k] : m.col[mirror];
      fail(SPC_E_VALUE,
           "{}: the matrix is not {}: element [{}, {}] is stored, element [{}, {}] is not", op,
           to_string(m.symmetry), i, j, j, i);
    }
    check_mirror(m, m.row[k], m.col[k], k, mirror);
  }
}

void check_array_mirrors(const MatrixMarket &m) {
  for (std::int64_t j = 0; j < m.cols; ++j)
    for (std::int64_t i = j; i < m.rows; ++i)
      check_mirror(m, i, j, static_cast<std::size_t>(i + j * m.rows),
                   static_cast<std::size_t>(j + i * m.rows));
}

void write_coordinate(OutputFile &file, const MatrixMarket &m) {
  std::int64_t listed = 0;
  for (std::size_t k = 0; k < m.row.size(); ++k)
    listed += is_listed(m.symmetry, m.row[k], m.col[k]) ? 1 : 0;
  Line line;
  line.add(m.rows);
  line.add(m.cols);
  line.add(listed);
  file.write(line.take());
  for (std::size_t k = 0; k < m.row.size(); ++k) {
    if (!is_listed(m.symmetry, m.row[k], m.col[k])) continue;
    line.add(m.row[k] + 1);
    line.add(m.col[k] + 1);
    add_value(line, m, k);
    file.write(line.take());
  }
}

void write_array(OutputFile &file, const MatrixMarket &m) {
  Line line;
  line.add(m.rows);
  line.add(m.cols);
  file.write(line.take());
  for (std::int64_t j = 0; j < m.cols; ++j)
    for (std::int64_t i = 0; i < m.rows; ++i) {
      if (!is_listed(m.symmetry, i, j)) continue;
      add_value(line, m, static_cast<std::size_t>(i + j * m.rows));
      file.write(line.take());
    }
}

void write_comment(OutputFile &file, std::string_view comment) {
  while (!comment.empty()) {
    const std::size_t end = comment.find('\n');
    file.write("% ");
    file.write(comment.substr(0, end));
    file.write("\n");
    if (end == std::string_view::npos) break;
    comment.remove_prefix(end + 1);
  }
}

}  // namespace

void write_matrix_market(const std::string &path, const MatrixMarket &matrix,
                         std::string_view comment) {
  const MatrixMarket *m = &matrix;
  const std::string refused = refused_combination(m->coordinate, m->field, m->symmetry);
  if (!refused.empty()) fail(SPC_E_VALUE, "{}: {}", op, refused);
  std::optional<MatrixMarket> sorted;
  if (m->symmetry != Symmetry::general) {
    if (m->rows != m->cols)
      fail(SPC_E_VALUE, "{}: symmetry {} needs a square matrix, the size is {} by {}", op,
           to_string(m->symmetry), m->rows, m->cols);
    if (m->coordinate) {
      // Mirrors can be compared only once each element has one entry.
      sorted = matrix;
      m = &*sorted;
      sort_and_sum(*sorted, [&](std::size_t k) {
        fail(SPC_E_VALUE, "{}: the sum of the duplicates of element [{}, {}] does not fit in int64",
             op, matrix.row[k], matrix.col[k]);
      });
      check_coordinate_mirrors(*m);
    } else {
      check_array_mirrors(*m);
    }
  }

  OutputFile file(path);
  file.write("%%MatrixMarket matrix ");
  file.write(m->coordinate ? "coordinate " : "array ");
  file.write(to_string(m->field));
  file.write(" ");
  file.write(to_string(m->symmetry));
  file.write("\n");
  write_comment(file, comment);
  if (m->coordinate)
    write_coordinate(file, *m);
  else
    write_array(file, *m);
  file.commit();
}

}  // namespace spc::io
