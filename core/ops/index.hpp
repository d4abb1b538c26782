// SPDX-License-Identifier: Apache-2.0
// Indices: what getitem, take, index_set and index_add have in common.
#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

#include "core/ops/operands.hpp"

namespace spc {

/// int64 positions along an axis of the indexed array; axis -1 for a 0-d mask, which takes none.
struct AdvancedIndex {
  int axis;
  Ref<Array> positions;
};

/// x[index] taken apart: the view that basic items leave, and the advanced items beside it.
struct ParsedIndex {
  Dims shape, strides;
  std::int64_t offset = 0;
  std::vector<AdvancedIndex> advanced;
  int advanced_at = -1;  // where their broadcast axes go: before this axis of the view
};

/// The index items of a call for x, by NumPy's rules. IndexErr; ValueErr on a step of 0.
ParsedIndex parse_index(Array &x, const OpArgs &args);

/// x[index] of basic items alone.
Ref<Array> basic_view(Array &x, const ParsedIndex &p);

/// Integer indices as int64.
Ref<Array> as_positions(Array &indices);

/// Positions of the non-zero elements, one int64 vector for each axis, in row-major order.
std::vector<Ref<Array>> nonzero_positions(Family &family, Array &x);

/// The elements of x that an index with advanced items names, as the kernels gather and scatter see
/// them.
struct IndexedElements {
  /// p has advanced items and outlives this. IndexErr if they do not broadcast.
  IndexedElements(Array &x, const ParsedIndex &p, const char *op);

  Dims batch;                      // broadcast shape of the positions
  Dims result;                     // shape of x[index]
  Operand elements;                // of x: indexed axes first, then those of the view
  Dims shape;                      // of elements
  std::vector<Operand> positions;  // over batch
  std::int32_t axes[SPC_MAX_NDIM] = {};

  /// Lengths or strides of the axes of the result, those of batch first.
  Dims batch_first(const Dims &of_result) const;

  /// Inputs 1, 2, ... of a call of gather or scatter, and what its parameters say about them.
  template <class Params>
  void give_positions(Launch &l, Params &params) const {
    for (const Operand &p : positions) l.in(p, batch);
    params.n_index = static_cast<std::int32_t>(positions.size());
    params.batch_ndim = batch.size();
    std::copy(std::begin(axes), std::end(axes), params.axes);
  }

 private:
  int at_;
};

/// x[index] as a new array of the family.
Ref<Array> gather(Family &family, Array &x, const ParsedIndex &p, const char *op);

}  // namespace spc
