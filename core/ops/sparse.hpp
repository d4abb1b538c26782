// SPDX-License-Identifier: Apache-2.0
// What the rules of sparse arrays share. Kernels know CSR; CSC is the CSR of the transpose.
#pragma once

#include "core/ops/operands.hpp"

namespace spc::compressed {

inline bool is_sparse(const Value *v) noexcept {
  return v != nullptr && v->kind() == ValueKind::sparse;
}
inline SparseArray &sparse_at(const OpArgs &args, int i) {
  return static_cast<SparseArray &>(*args.in[i]);
}
inline Dims shape_of(const SparseArray &s) {
  return {s.rows, s.cols};
}

/// Of rows and columns: with a few more, they are still an int64.
constexpr std::int64_t largest_length = INT64_MAX / 2;

spc_params_sparse params_of(std::int64_t rows, std::int64_t cols, int format = SPC_CSR);

/// The three vectors of a compressed matrix.
struct Parts {
  Ref<Array> indptr, indices, data;
};
Parts new_parts(Family &family, Dtype dtype, Dtype index, std::int64_t rows, std::int64_t nnz);
Ref<SparseArray> as_csr(std::int64_t rows, std::int64_t cols, Parts p);
/// Matrices without entries or without rows need no kernel.
Ref<SparseArray> empty_csr(Family &family, Dtype dtype, std::int64_t rows, std::int64_t cols);

/// The same vectors as those of the transpose, in this format.
Ref<SparseArray> relabel(const SparseArray &s, int format);
/// s itself where it has the format.
Ref<SparseArray> to_format(SparseArray &s, int format);

/// Compressed by columns. Such a matrix computes as the CSR of its transpose.
bool by_columns(const SparseArray &s) noexcept;
/// s as CSR; with columns, the CSR of its transpose.
Ref<SparseArray> along(SparseArray &s, bool columns);
/// Back from along.
Ref<SparseArray> turned(const Ref<SparseArray> &csr, bool columns);
/// The same matrix under the tag of the family, with values and indices in these dtypes.
Ref<SparseArray> in_types(const Ref<SparseArray> &s, Family &family, Dtype dtype, Dtype index);
/// The same places with other values.
Ref<SparseArray> with_data(const SparseArray &s, Ref<Array> data);
/// The matrix in another dtype and its own format, always with new values: repeated entries are added
/// first, because what casts is not linear.
Ref<SparseArray> converted(SparseArray &s, Dtype dtype);
/// The same matrix without repeated entries: itself, or sorted CSR or CSC.
Ref<SparseArray> summed(SparseArray &s);
/// CSR without the entries that are zero; itself if there are none.
Ref<SparseArray> without_zeros(const Ref<SparseArray> &csr, const char *op);
/// The entries of COO where a vector over them is not zero; itself if that is everywhere.
Ref<SparseArray> entries_where(SparseArray &coo, Array &condition);
/// TypeErr: a sparse result has no form that writes into an array.
void refuse_into(const OpArgs &args);

/// The three vectors of a compressed matrix as the next inputs of a call.
inline void give_matrix(Launch &l, const SparseArray &s) {
  l.in(*s.first);
  l.in(*s.second);
  l.in(*s.data);
}

/// CSR that a kernel of two phases makes: give(launch, index dtype) sets its inputs and parameters,
/// which stay alive. With int32 indices for which there are too many entries it is asked once more
/// with int64 ones.
template <class Give>
Ref<SparseArray> filled(const char *op, Op kernel, Family &family, Dtype dtype, Dtype index,
                        std::int64_t rows, std::int64_t cols, Give &&give) {
  for (;;) {
    std::int64_t nnz = 0;
    Launch l(kernel, op);
    give(l, index);
    l.extent(family, dtype, index, &nnz);
    if (nnz == 0) return empty_csr(family, dtype, rows, cols);
    if (index == Dtype::int32 && nnz > INT32_MAX) {
      index = Dtype::int64;
      continue;
    }
    Parts p = new_parts(family, dtype, index, rows, nnz);
    l.out(*p.indptr);
    l.out(*p.indices);
    l.out(*p.data);
    l.run_planned();
    return as_csr(rows, cols, std::move(p));
  }
}

}  // namespace spc::compressed
