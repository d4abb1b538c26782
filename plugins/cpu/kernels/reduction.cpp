// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/kernels/reduction.hpp"

namespace spc::cpu {
namespace {

constexpr int64_t row_block = 2048;    // elements per leaf of the tree of partials
constexpr int64_t column_block = 512;  // neighbouring outputs worked on together
constexpr int64_t rows_per_leaf = 256;

struct Plan {
  const spc_call *call;
  const Reducer *reducer;
  Finish finish;
  const char *x;
  int64_t size;  // bytes of an element
  int32_t n_kept;
  int32_t n_reduced;
  const int64_t *kept_shape;
  const int64_t *kept_in;
  const int64_t *kept_out;
  const int64_t *reduced_shape;
  const int64_t *reduced_in;
  int64_t kept;     // number of outputs
  int64_t reduced;  // elements per output
};

// ---- by rows: the reduced elements of one output lie together -----------------------------------

// Leaf `i` of an output: one block of one row of the reduced axes.
struct Leaves {
  int64_t n;
  int64_t step;
  int64_t blocks;
  int64_t count;
  Walk<1> rows;

  explicit Leaves(const Plan &p)
      : n(p.n_reduced > 0 ? p.reduced_shape[p.n_reduced - 1] : 1),
        step(p.n_reduced > 0 ? p.reduced_in[p.n_reduced - 1] : 1),
        blocks((n + row_block - 1) / row_block),
        count(0),
        rows(p.n_reduced > 0 ? p.n_reduced - 1 : 0, p.reduced_shape, {p.reduced_in}) {
    count = rows.count() * blocks;
  }
};

void reduce_leaves(const Plan &p, Leaves leaves, int64_t offset, int64_t first, int64_t last,
                   void *partial) {
  Tree tree(*p.reducer);
  leaves.rows.seek(first / leaves.blocks);
  int64_t block = first % leaves.blocks;
  alignas(16) char leaf[max_partial];
  for (int64_t i = first; i < last; ++i) {
    const int64_t begin = block * row_block;
    const int64_t n = leaves.n - begin < row_block ? leaves.n - begin : row_block;
    p.reducer->row(address(static_cast<const void *>(p.x),
                           offset + leaves.rows.offset(0) + begin * leaves.step, p.size),
                   n, leaves.step, leaf);
    tree.add(leaf);
    if (++block == leaves.blocks) {
      block = 0;
      leaves.rows.next();
    }
  }
  tree.result(partial);
}

spc_status finish_one(const Plan &p, const void *partial, int64_t in, int64_t out) {
  return p.finish(p.call, {1, partial, out, 0, in, 0});
}

// Few outputs, many elements each: the leaves of one output are dealt out to threads.
spc_status reduce_split(const Plan &p, const Leaves &leaves, Walk<2> outputs) {
  const int64_t leaf_elements = p.reduced / leaves.count > 0 ? p.reduced / leaves.count : 1;
  const int64_t group = leaf_elements >= part_elements ? 1 : part_elements / leaf_elements;
  const int64_t groups = (leaves.count + group - 1) / group;
  char *partials = nullptr;
  void *memory = nullptr;
  const spc_status status = scratch(p.call, groups * p.reducer->partial_size, &memory);
  if (status != SPC_OK) return status;
  partials = static_cast<char *>(memory);
  outputs.seek(0);
  for (int64_t k = 0; k < p.kept; ++k, outputs.next()) {
    const int64_t offset = outputs.offset(0);
    const spc_status done = for_parts(
        p.call, groups, group * leaf_elements, [&](int64_t first, int64_t last) -> spc_status {
          for (int64_t g = first; g < last; ++g) {
            const int64_t begin = g * group;
            const int64_t end = leaves.count - begin < group ? leaves.count : begin + group;
            reduce_leaves(p, leaves, offset, begin, end, partials + g * p.reducer->partial_size);
          }
          return SPC_OK;
        });
    if (done != SPC_OK) return done;
    Tree tree(*p.reducer);
    for (int64_t g = 0; g < groups; ++g) tree.add(partials + g * p.reducer->partial_size);
    alignas(16) char total[max_partial];
    tree.result(total);
    const spc_status stored = finish_one(p, total, offset, outputs.offset(1));
    if (stored != SPC_OK) return stored;
  }
  return SPC_OK;
}

spc_status reduce_rows(const Plan &p) {
  const Walk<2> outputs(p.n_kept, p.kept_shape, {p.kept_in, p.kept_out});
  const Leaves leaves(p);
  // The order of additions must not depend on this choice of who does what: both ways build the
  // same leaves, and a split output is one that is large, whatever the number of threads.
  if (p.reduced > serial_elements && p.kept < 8) return reduce_split(p, leaves, outputs);
  return for_parts(p.call, p.kept, p.reduced, [&](int64_t first, int64_t last) -> spc_status {
    Walk<2> walk = outputs;
    walk.seek(first);
    alignas(16) char total[max_partial];
    for (int64_t k = first; k < last; ++k, walk.next()) {
      reduce_leaves(p, leaves, walk.offset(0), 0, leaves.count, total);
      const spc_status stored = finish_one(p, total, walk.offset(0), walk.offset(1));
      if (stored != SPC_OK) return stored;
    }
    return SPC_OK;
  });
}

// ---- by columns: neighbouring outputs lie together ----------------------------------------------

// Reduces rows [first, last) of the reduced index space for `width` neighbouring outputs.
void reduce_columns_part(const Plan &p, int64_t offset, int64_t width, int64_t first, int64_t last,
                         void *partials) {
  const int32_t inner = p.n_reduced - 1;
  const int64_t n = p.reduced_shape[inner];
  const int64_t step = p.reduced_in[inner];
  Walk<1> outer(inner, p.reduced_shape, {p.reduced_in});
  outer.seek(first / n);
  int64_t at = first % n;
  alignas(64) char leaf[column_block * max_partial];
  bool fresh = true;
  for (int64_t row = first; row < last;) {
    int64_t rows = n - at;
    if (rows > rows_per_leaf) rows = rows_per_leaf;
    if (rows > last - row) rows = last - row;
    p.reducer->column(
        address(static_cast<const void *>(p.x), offset + outer.offset(0) + at * step, p.size), rows,
        step, width, fresh ? partials : leaf);
    if (!fresh) p.reducer->combine(width, partials, leaf);
    fresh = false;
    row += rows;
    at += rows;
    if (at == n) {
      at = 0;
      outer.next();
    }
  }
}

spc_status reduce_columns(const Plan &p) {
  const int32_t inner = p.n_kept - 1;
  const int64_t width = p.kept_shape[inner];
  const int64_t out_step = p.kept_out[inner];
  const int64_t blocks = (width + column_block - 1) / column_block;
  const Walk<2> outer(inner, p.kept_shape, {p.kept_in, p.kept_out});
  const int64_t tasks = outer.count() * blocks;
  const int64_t block_width = width < column_block ? width : column_block;

  // With few blocks of columns the rows are cut too, into pieces of fixed size.
  const int64_t total = p.kept * p.reduced;
  int64_t piece = p.reduced;
  if (tasks < 8 && total > serial_elements) {
    piece = part_elements / block_width;
    if (piece < rows_per_leaf) piece = rows_per_leaf;
    if (piece > p.reduced) piece = p.reduced;
  }
  const int64_t pieces = (p.reduced + piece - 1) / piece;
  const int64_t stride = block_width * p.reducer->partial_size;
  char *partials = nullptr;
  if (pieces > 1) {
    void *memory = nullptr;
    const spc_status status = scratch(p.call, tasks * pieces * stride, &memory);
    if (status != SPC_OK) return status;
    partials = static_cast<char *>(memory);
  }

  auto finish_block = [&](const Walk<2> &walk, int64_t block, int64_t columns,
                          const void *results) -> spc_status {
    const int64_t begin = block * column_block;
    return p.finish(p.call, {columns, results, walk.offset(1) + begin * out_step, out_step,
                             walk.offset(0) + begin, 1});
  };
  const spc_status status = for_parts(
      p.call, tasks * pieces, piece * block_width, [&](int64_t first, int64_t last) -> spc_status {
        alignas(64) char local[column_block * max_partial];
        for (int64_t k = first; k < last; ++k) {
          const int64_t task = k / pieces;
          const int64_t begin = (k % pieces) * piece;
          const int64_t end = p.reduced - begin < piece ? p.reduced : begin + piece;
          const int64_t block = task % blocks;
          Walk<2> walk = outer;
          walk.seek(task / blocks);
          const int64_t left = width - block * column_block;
          const int64_t columns = left < column_block ? left : column_block;
          char *results = pieces > 1 ? partials + k * stride : local;
          reduce_columns_part(p, walk.offset(0) + block * column_block, columns, begin, end,
                              results);
          if (pieces > 1) continue;
          const spc_status stored = finish_block(walk, block, columns, results);
          if (stored != SPC_OK) return stored;
        }
        return SPC_OK;
      });
  if (status != SPC_OK || pieces == 1) return status;
  for (int64_t task = 0; task < tasks; ++task) {
    const int64_t block = task % blocks;
    const int64_t left = width - block * column_block;
    const int64_t columns = left < column_block ? left : column_block;
    char *results = partials + task * pieces * stride;
    for (int64_t gap = 1; gap < pieces; gap *= 2) {  // a tree here too
      for (int64_t k = 0; k + gap < pieces; k += 2 * gap) {
        p.reducer->combine(columns, results + k * stride, results + (k + gap) * stride);
      }
    }
    Walk<2> walk = outer;
    walk.seek(task / blocks);
    const spc_status stored = finish_block(walk, block, columns, results);
    if (stored != SPC_OK) return stored;
  }
  return SPC_OK;
}

}  // namespace

spc_status reduce(const spc_call *call, int32_t n_kept, const Reducer &reducer, Finish finish) {
  const spc_tensor &in = *call->in[0];
  const spc_tensor &out = *call->out[0];
  const int32_t n_reduced = in.ndim - n_kept;
  const int64_t size = element_size(in.dtype);
  if (n_kept == 0 && n_reduced == 1 && in.shape[0] <= row_block) {
    alignas(16) char partial[max_partial];
    reducer.row(in.data, in.shape[0], in.strides[0], partial);
    return finish(call, {1, partial, 0, 0, 0, 0});
  }
  Plan p{call,
         &reducer,
         finish,
         static_cast<const char *>(in.data),
         size,
         n_kept,
         n_reduced,
         in.shape,
         in.strides,
         out.strides,
         in.shape + n_kept,
         in.strides + n_kept,
         1,
         1};
  for (int32_t axis = 0; axis < in.ndim; ++axis) {
    (axis < n_kept ? p.kept : p.reduced) *= in.shape[axis];
  }
  const bool outputs_adjacent =
      n_kept > 0 && in.strides[n_kept - 1] == 1 && in.shape[n_kept - 1] >= 4;
  const bool reduced_adjacent = n_reduced > 0 && in.strides[in.ndim - 1] == 1;
  if (outputs_adjacent && !reduced_adjacent && n_reduced > 0) return reduce_columns(p);
  return reduce_rows(p);
}

void sum_of_squares(int32_t dtype, int64_t n, const void *x, int64_t step, void *sum) {
  const bool complex = dtype >= SPC_COMPLEX64;
  const int64_t size = element_size(dtype);
  if (complex && step == 1) {
    // The squares of the parts, without the products that cancel.
    const int32_t real = dtype == SPC_COMPLEX64 ? SPC_FLOAT32 : SPC_FLOAT64;
    memset(sum, 0, static_cast<size_t>(size));
    loops().reduce->dot[real](2 * n, x, 1, x, 1, sum);
    return;
  }
  loops().reduce->dot[dtype](n, x, step, x, step, sum);
  if (complex) memset(address(sum, size / 2, 1), 0, static_cast<size_t>(size / 2));
}

}  // namespace spc::cpu
