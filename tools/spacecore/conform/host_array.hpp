// SPDX-License-Identifier: Apache-2.0
// Values on the host: what test vectors hold and what results are compared as.
#pragma once

#include <complex>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "spacecore/spacecore.h"

namespace cmd::conform {

using Json = nlohmann::json;

/// A dense array, row-major.
struct HostArray {
  std::int32_t dtype = SPC_FLOAT64;
  std::vector<std::int64_t> shape;
  std::vector<std::uint8_t> bytes;

  std::int64_t size() const;
  bool is_floating() const { return dtype >= SPC_FLOAT32; }
  bool is_complex() const { return dtype >= SPC_COMPLEX64; }
  /// Element i of a bool or integer array.
  std::int64_t integer(std::int64_t i) const;
  /// Element i of any array, in double precision.
  std::complex<double> number(std::int64_t i) const;
};

std::int64_t product(const std::vector<std::int64_t> &shape);

/// The dtype of one of the nine names.
std::int32_t dtype_of(const Json &name);

/// An array of that dtype and shape from flat row-major data; {"nan", "inf", "-inf"} are numbers.
HostArray parse_array(const Json &dtype, const std::vector<std::int64_t> &shape, const Json &data);

/// A number of the format: finite, or one of the three words.
double parse_number(const Json &number);

/// An array with every element set to what no result may depend on: NaN, 77 or true.
HostArray garbage(std::int32_t dtype, const std::vector<std::int64_t> &shape);

/// Copies elements between arrays of one dtype: target[target_first + sum i*target_step] =
/// source[sum i*source_step] for every i below `shape`.
void copy_strided(const HostArray &source, const std::vector<std::int64_t> &source_step,
                  HostArray &target, const std::vector<std::int64_t> &target_step,
                  const std::vector<std::int64_t> &shape, std::int64_t target_first = 0);

/// Numbers of a fixed recipe: integers in [-9, 9] or [0, 9], floats in (-4, 4), both parts of
/// complex numbers alike.
HostArray random_array(std::int32_t dtype, const std::vector<std::int64_t> &shape,
                       std::uint64_t seed);

/// Sets the main diagonal of every matrix in the last two axes of a floating array.
void set_diagonal(HostArray &array, double value);

/// The same as the `data` of an ARG.
Json data_of(const HostArray &array);

/// Row-major strides in elements.
std::vector<std::int64_t> row_major(const std::vector<std::int64_t> &shape);

/// A dense array of the library, copied to the host.
HostArray read(spc_array array);

/// "(2, 3)"
std::string shape_text(const std::vector<std::int64_t> &shape);

}  // namespace cmd::conform
