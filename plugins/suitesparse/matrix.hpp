// SPDX-License-Identifier: Apache-2.0
// Matrices as the libraries take them: compressed columns with 64-bit indices, double or complex
// double; and right-hand sides as columns one after the other.
#pragma once

#include <cholmod.h>

#include <cstdint>
#include <vector>

#include "spacecore/plugin.hpp"

namespace spc::suitesparse {

static_assert(sizeof(SuiteSparse_long) == sizeof(int64_t));

using Error = plugin::Error;

// The failure of the call; native: what the library returned.
class VendorError : public Error {
 public:
  VendorError(spc_status code, int64_t native, std::string text)
      : Error(code, std::move(text)), native_(native) {}
  int64_t native() const noexcept { return native_; }

 private:
  int64_t native_;
};

// Compressed columns, rows ascending, none repeated. Complex numbers take two doubles.
struct Matrix {
  int64_t rows = 0, cols = 0;
  bool complex = false;
  std::vector<SuiteSparse_long> start, row;
  std::vector<double> value;

  int64_t nnz() const { return static_cast<int64_t>(row.size()); }
  // The same memory; stype as CHOLMOD has it.
  cholmod_sparse as_cholmod(int stype);
  // A copy; s is packed.
  static Matrix from_cholmod(const cholmod_sparse &s);
};

enum class Part {
  whole,
  // The triangle of a Hermitian matrix that is read, as the upper one: the row of an entry below the
  // diagonal becomes its column, its value conjugated.
  lower_as_upper,
  adjoint
};

// A^H.
Matrix adjoint(const Matrix &a);

// The matrix of in[0..2]. LinAlgErr: NaN or an infinity.
Matrix matrix_of(const spc_call *call, Part part);

// b of in[3] in scratch, and x of out[0] from there. A vector has one column.
struct Columns {
  double *data;
  int64_t rows, count;
  bool complex;

  double *column(int64_t j) const { return data + j * rows * (complex ? 2 : 1); }
  cholmod_dense as_cholmod() const;
};
Columns scratch_columns(const spc_call *call, int64_t rows, int64_t count, bool complex);
// conjugated: of conj(b).
Columns load(const spc_call *call, bool conjugated);
void store(const spc_call *call, const Columns &x, bool conjugated);

}  // namespace spc::suitesparse
