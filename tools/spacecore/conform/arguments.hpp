// SPDX-License-Identifier: Apache-2.0
// Arguments of one case, built in the memory of the family under test.
#pragma once

#include <string>
#include <vector>

#include "tools/spacecore/conform/host_array.hpp"
#include "tools/spacecore/support.hpp"

namespace cmd::conform {

/// Builds arguments and remembers what it put into memory, so that a change shows.
class Arguments {
 public:
  /// Sparse arguments get index arrays of `index_dtype`.
  Arguments(spc_context context, std::int32_t index_dtype)
      : context_(context), index_dtype_(index_dtype) {}

  /// Any ARG but a dtype; None is an empty handle. Beyond the layouts of the test vectors there are
  /// `negative`, every axis backwards, `offset`, the elements after the first of each axis, and
  /// `head`, all but the last of axis 0; instead of `data` an array may have a `seed`
  /// and a number for the `diagonal` of its matrices.
  Array build(const Json &arg);
  /// The items of an index; they live as long as this object.
  std::vector<spc_index> build_index(const Json &items);

  /// Throws Mismatch if a byte of any array that was built has changed, the garbage between the
  /// elements of a strided argument included.
  void require_unchanged() const;
  /// The array over the same memory that begins one step along axis 0 after x, which was built here
  /// with layout `head`.
  Array tail_of(spc_array x) const;
  /// Reverses the order of the elements of every array that was built and can be written.
  void overwrite();

  /// A call was to write into x, which was built here: what its elements are now is right.
  void allow_change(spc_array x);

  spc_context context() const { return context_; }

 private:
  Array build_dense(const Json &arg);
  Array build_sparse(const Json &arg);
  Array build_weak(const Json &arg);
  Array build_list(const Json &arg);
  /// A new array in the family's memory with these values.
  Array upload(const HostArray &host);

  struct Kept {
    Array array;
    HostArray host;
  };
  spc_context context_;
  std::int32_t index_dtype_;
  std::vector<Kept> kept_;
  std::vector<Array> index_arrays_;
};

/// True if a sparse array is among the ARG or inside of it.
bool holds_sparse(const Json &arg);

/// SPC_CSR, SPC_CSC or SPC_COO of "csr", "csc" or "coo".
std::int32_t sparse_format(const Json &name);

/// The two index lists of a sparse ARG.
std::pair<const Json &, const Json &> sparse_indices(const Json &arg);

}  // namespace cmd::conform
