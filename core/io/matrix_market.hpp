// SPDX-License-Identifier: Apache-2.0
// Matrix Market files as plain vectors; knows nothing of arrays, dtypes or families.
//
// The format is read line by line: the banner is line 1; blank lines and lines whose first
// non-blank character is '%' are skipped everywhere after it; every other line is the size line or
// one entry. Words of the banner are compared without regard to case. Blanks are spaces and tabs, a
// line ends with LF or CRLF, and the last one may end with the file.
//
// Numbers are what C's strtod reads in decimal, in any locale: "1", "-.5", "2.e-3", "+4", "inf",
// "nan". Exponents written with D, hexadecimal numbers and numbers beyond float64 are refused;
// numbers too small for float64 round to zero. Entries of an integer file are int64.
//
// Each refusal is a FileErr "<path>:<line>: <reason>"; one about the end of the file names its last
// line.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "spacecore/types.h"

namespace spc::io {

enum class MatrixMarketField : std::int32_t {
  real = SPC_MM_REAL,
  complex = SPC_MM_COMPLEX,
  integer = SPC_MM_INTEGER,
  pattern = SPC_MM_PATTERN,
};
enum class MatrixMarketSymmetry : std::int32_t {
  general = SPC_MM_GENERAL,
  symmetric = SPC_MM_SYMMETRIC,
  skew_symmetric = SPC_MM_SKEW_SYMMETRIC,
  hermitian = SPC_MM_HERMITIAN,
};

/// Words of the banner, in the order of the enums.
std::string_view to_string(MatrixMarketField field) noexcept;
std::string_view to_string(MatrixMarketSymmetry symmetry) noexcept;

/// What banner and size line say.
struct MatrixMarketInfo {
  /// Coordinate (sparse) or array (dense) format.
  bool coordinate = true;
  MatrixMarketField field = MatrixMarketField::real;
  MatrixMarketSymmetry symmetry = MatrixMarketSymmetry::general;
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  /// Entries that the file lists: one triangle only for the symmetric kinds.
  std::int64_t entries = 0;
  std::int64_t size_line = 0;
};

/// A matrix, full whatever its symmetry: both triangles are there.
///
/// Coordinate: row, col [n] are 0-based; a matrix that was read is sorted by row, then column, and
/// has no duplicates, which is the order of CSR. Array: row and col are empty and the n = rows*cols
/// values are in column-major order. Stored zeros are kept.
struct MatrixMarket {
  bool coordinate = true;
  MatrixMarketField field = MatrixMarketField::real;
  MatrixMarketSymmetry symmetry = MatrixMarketSymmetry::general;
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  /// Line of a file that was read on which rows and cols stand, for errors about them.
  std::int64_t size_line = 0;
  std::vector<std::int64_t> row;
  std::vector<std::int64_t> col;
  /// [n]; [2n] real, imaginary interleaved for field complex; 1, or the number of duplicates, for
  /// field pattern; empty for field integer.
  std::vector<double> values;
  /// [n] for field integer: int64 beyond 2^53 has no exact double. Empty otherwise.
  std::vector<std::int64_t> integers;
};

/// Reads banner and size line only.
MatrixMarketInfo read_matrix_market_info(const std::string &path);

/// Reads a file: symmetric kinds expanded, duplicates summed in file order.
MatrixMarket read_matrix_market(const std::string &path);

/// Writes a matrix in the format, field and symmetry that it names, with 17 significant digits, so
/// that reading gives the same values bit for bit (the sign of a nan excepted). The symmetric kinds
/// store the lower triangle and need a matrix that is exactly so: ValueErr naming the first element
/// and its mirror otherwise. General entries are written in the order given. Each line of `comment`
/// becomes a comment line.
/// The file appears when it is complete; a failure leaves what was there before.
void write_matrix_market(const std::string &path, const MatrixMarket &matrix,
                         std::string_view comment = {});

/// Sorts coordinate entries by row, then column, and adds up duplicates in their given order. A sum
/// of integers beyond int64 calls on_overflow with the position that an addend had in `matrix`; it
/// has to throw.
void sort_and_sum(MatrixMarket &matrix, const std::function<void(std::size_t)> &on_overflow);

/// Stable order of n coordinate entries by `major`, then `minor`: positions, [n].
std::vector<std::int64_t> sorted_order(const std::vector<std::int64_t> &major,
                                       std::int64_t major_extent,
                                       const std::vector<std::int64_t> &minor,
                                       std::int64_t minor_extent);

/// Why the format has no such combination; empty if it has.
std::string refused_combination(bool coordinate, MatrixMarketField field,
                                MatrixMarketSymmetry symmetry);

/// Doubles per entry in MatrixMarket::values.
constexpr std::size_t values_per_entry(MatrixMarketField field) noexcept {
  if (field == MatrixMarketField::integer) return 0;
  return field == MatrixMarketField::complex ? 2 : 1;
}

}  // namespace spc::io
