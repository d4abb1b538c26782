// SPDX-License-Identifier: Apache-2.0
// Single values of a matrix, and what the symmetric kinds mean for them; for reader and writer alike.
#pragma once

#include <cstdint>
#include <string>

#include "core/io/matrix_market.hpp"

namespace spc::io {

/// One value of any field; the members that the field does not use are 0.
struct MatrixMarketValue {
  double re = 0;
  double im = 0;
  std::int64_t integer = 0;
};

MatrixMarketValue value_at(const MatrixMarket &m, std::size_t k) noexcept;
void set_value(MatrixMarket &m, std::size_t k, const MatrixMarketValue &value) noexcept;
/// Room for n values, new ones 0.
void resize_values(MatrixMarket &m, std::size_t n);
std::string to_string(MatrixMarketField field, const MatrixMarketValue &value);

/// The value of element (j, i), given that of (i, j).
MatrixMarketValue mirrored(MatrixMarketSymmetry symmetry, const MatrixMarketValue &value) noexcept;

/// Whether a matrix of that symmetry may hold the value, on or off its diagonal.
bool may_hold(MatrixMarketSymmetry symmetry, const MatrixMarketValue &value,
              bool diagonal) noexcept;

/// Whether the file lists element (i, j), rather than leaving it to its mirror or to zero.
bool is_listed(MatrixMarketSymmetry symmetry, std::int64_t i, std::int64_t j) noexcept;

/// Makes a lower triangle, in the order of the file, the full matrix: in coordinate format by
/// appending the mirrored entries in the order of the listed ones, in array format in column-major
/// order. Needs a square matrix of a kind other than general.
void expand_symmetry(MatrixMarket &m);

}  // namespace spc::io
