// SPDX-License-Identifier: Apache-2.0
// What reader and writer share: the words of the format, its combinations, and sorting.
#include "core/io/matrix_market.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace spc::io {

std::string_view to_string(MatrixMarketField field) noexcept {
  static constexpr std::array<std::string_view, 4> words{"real", "complex", "integer", "pattern"};
  return words[static_cast<std::size_t>(field)];
}

std::string_view to_string(MatrixMarketSymmetry symmetry) noexcept {
  static constexpr std::array<std::string_view, 4> words{"general", "symmetric", "skew-symmetric",
                                                         "hermitian"};
  return words[static_cast<std::size_t>(symmetry)];
}

std::string refused_combination(bool coordinate, MatrixMarketField field,
                                MatrixMarketSymmetry symmetry) {
  using enum MatrixMarketSymmetry;
  const bool pattern = field == MatrixMarketField::pattern;
  if (pattern && !coordinate) return "field pattern needs the coordinate format, not array";
  if ((symmetry == hermitian && field != MatrixMarketField::complex) ||
      (symmetry == skew_symmetric && pattern))
    return fmt::format("symmetry {} is not defined for field {}", to_string(symmetry),
                       to_string(field));
  return {};
}

namespace {

using Indices = std::vector<std::int64_t>;

// One stable pass of a radix sort whose digit is the whole key.
Indices counting_pass(const Indices &key, std::int64_t extent, const Indices &order) {
  Indices start(static_cast<std::size_t>(extent) + 1, 0);
  for (const std::int64_t k : key) ++start[static_cast<std::size_t>(k) + 1];
  std::partial_sum(start.begin(), start.end(), start.begin());
  Indices next(order.size());
  for (const std::int64_t position : order) {
    const auto k = static_cast<std::size_t>(key[static_cast<std::size_t>(position)]);
    next[static_cast<std::size_t>(start[k]++)] = position;
  }
  return next;
}

bool strictly_sorted(const MatrixMarket &m) {
  for (std::size_t k = 1; k < m.row.size(); ++k)
    if (m.row[k - 1] > m.row[k] || (m.row[k - 1] == m.row[k] && m.col[k - 1] >= m.col[k]))
      return false;
  return true;
}

}  // namespace

Indices sorted_order(const Indices &major, std::int64_t major_extent, const Indices &minor,
                     std::int64_t minor_extent) {
  Indices order(major.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  // The counters of a counting pass must not outweigh the entries: a matrix may have 10^15 rows.
  const std::int64_t affordable = 4 * static_cast<std::int64_t>(major.size()) + 64;
  if (major_extent <= affordable && minor_extent <= affordable) {
    if (!std::is_sorted(minor.begin(), minor.end()))
      order = counting_pass(minor, minor_extent, order);
    return counting_pass(major, major_extent, order);
  }
  std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    const auto i = static_cast<std::size_t>(a), j = static_cast<std::size_t>(b);
    if (major[i] != major[j]) return major[i] < major[j];
    return minor[i] != minor[j] ? minor[i] < minor[j] : i < j;
  });
  return order;
}

void sort_and_sum(MatrixMarket &m, const std::function<void(std::size_t)> &on_overflow) {
  if (strictly_sorted(m)) return;
  const std::size_t n = m.row.size(), width = values_per_entry(m.field);
  const bool integer = m.field == MatrixMarketField::integer;
  const Indices order = sorted_order(m.row, m.rows, m.col, m.cols);
  Indices row(n), col(n), integers(m.integers.size());
  std::vector<double> values(m.values.size());
  std::size_t kept = 0;
  for (const std::int64_t position : order) {
    const auto from = static_cast<std::size_t>(position);
    const bool duplicate = kept > 0 && row[kept - 1] == m.row[from] && col[kept - 1] == m.col[from];
    const std::size_t to = duplicate ? kept - 1 : kept++;
    row[to] = m.row[from];
    col[to] = m.col[from];
    for (std::size_t part = 0; part < width; ++part) {
      const double value = m.values[width * from + part];
      // Not 0 + value, which would turn -0 into 0.
      values[width * to + part] = duplicate ? values[width * to + part] + value : value;
    }
    if (integer &&
        __builtin_add_overflow(duplicate ? integers[to] : 0, m.integers[from], &integers[to]))
      on_overflow(from);
  }
  row.resize(kept);
  col.resize(kept);
  values.resize(width * kept);
  integers.resize(integer ? kept : 0);
  m.row = std::move(row);
  m.col = std::move(col);
  m.values = std::move(values);
  m.integers = std::move(integers);
}

}  // namespace spc::io
