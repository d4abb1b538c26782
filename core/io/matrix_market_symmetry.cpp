// SPDX-License-Identifier: Apache-2.0
#include "core/io/matrix_market_symmetry.hpp"

#include <fmt/core.h>

namespace spc::io {

using Field = MatrixMarketField;
using Symmetry = MatrixMarketSymmetry;
using Value = MatrixMarketValue;

Value value_at(const MatrixMarket &m, std::size_t k) noexcept {
  if (m.field == Field::integer) return {.integer = m.integers[k]};
  if (m.field == Field::complex) return {.re = m.values[2 * k], .im = m.values[2 * k + 1]};
  return {.re = m.values[k]};
}

void set_value(MatrixMarket &m, std::size_t k, const Value &value) noexcept {
  if (m.field == Field::integer) {
    m.integers[k] = value.integer;
  } else if (m.field == Field::complex) {
    m.values[2 * k] = value.re;
    m.values[2 * k + 1] = value.im;
  } else {
    m.values[k] = value.re;
  }
}

std::string to_string(Field field, const Value &value) {
  if (field == Field::integer) return fmt::format("{}", value.integer);
  if (field == Field::complex) return fmt::format("({}, {})", value.re, value.im);
  return fmt::format("{}", value.re);
}

Value mirrored(Symmetry symmetry, const Value &value) noexcept {
  switch (symmetry) {
    case Symmetry::skew_symmetric:
      // may_hold excludes the one integer whose negation would overflow.
      return {.re = -value.re, .im = -value.im, .integer = -value.integer};
    case Symmetry::hermitian:
      return {.re = value.re, .im = -value.im};
    default:
      return value;
  }
}

bool may_hold(Symmetry symmetry, const Value &value, bool diagonal) noexcept {
  if (symmetry == Symmetry::skew_symmetric)
    return diagonal ? value.re == 0 && value.im == 0 && value.integer == 0
                    : value.integer != INT64_MIN;
  return symmetry != Symmetry::hermitian || !diagonal || value.im == 0;
}

bool is_listed(Symmetry symmetry, std::int64_t i, std::int64_t j) noexcept {
  if (symmetry == Symmetry::general) return true;
  return symmetry == Symmetry::skew_symmetric ? i > j : i >= j;
}

void resize_values(MatrixMarket &m, std::size_t n) {
  m.values.resize(values_per_entry(m.field) * n);
  if (m.field == Field::integer) m.integers.resize(n);
}

namespace {

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
    if (m.row[k] != m.col[k]) set_value(m, to++, mirrored(m.symmetry, value_at(m, k)));
}

// In place and backwards: a value of the packed triangle never lies behind its place in the full
// matrix, so none is overwritten before it has moved.
void expand_array(MatrixMarket &m) {
  const auto n = static_cast<std::size_t>(m.rows);
  const bool skew = m.symmetry == Symmetry::skew_symmetric;
  std::size_t packed =
      m.field == Field::integer ? m.integers.size() : m.values.size() / values_per_entry(m.field);
  resize_values(m, n * n);
  for (std::size_t j = n; j-- > 0;) {
    for (std::size_t i = n; i-- > (skew ? j + 1 : j);)
      set_value(m, i + j * n, value_at(m, --packed));
    if (skew) set_value(m, j + j * n, {});
  }
  for (std::size_t j = 0; j < n; ++j)
    for (std::size_t i = j + 1; i < n; ++i)
      set_value(m, j + i * n, mirrored(m.symmetry, value_at(m, i + j * n)));
}

}  // namespace

void expand_symmetry(MatrixMarket &m) {
  if (m.coordinate)
    expand_coordinate(m);
  else
    expand_array(m);
}

}  // namespace spc::io
