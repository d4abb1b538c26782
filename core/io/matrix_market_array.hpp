// SPDX-License-Identifier: Apache-2.0
// Between Matrix Market files and arrays of any family.
#pragma once

#include <string>
#include <string_view>

#include "core/array/value.hpp"
#include "core/context/context.hpp"
#include "core/io/matrix_market.hpp"

namespace spc::io {

/// Reads a file into the context's family. format nullptr: CSR for a coordinate file, dense for an
/// array file; else "csr", "csc", "coo" or "dense". dtype none: complex128 for field complex, else
/// float64. FileErr; ValueErr on an unknown format; TypeErr for complex into another dtype.
Ref<Value> read_matrix(const std::string &path, Context &ctx, const char *format, Dtype dtype);

/// Writes a sparse array (coordinate) or a dense one of rank 0, 1 or 2 (array; a vector is one
/// column). ValueErr on a higher rank or a matrix that is not of that symmetry.
void write_matrix(const std::string &path, Value &matrix, MatrixMarketSymmetry symmetry,
                  std::string_view comment);

}  // namespace spc::io
