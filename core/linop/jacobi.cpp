// SPDX-License-Identifier: Apache-2.0
#include "core/linop/jacobi.hpp"

#include <algorithm>

#include "core/linop/coordinate.hpp"
#include "core/linop/diagonal.hpp"
#include "core/linop/indexing.hpp"
#include "core/ops/ops.hpp"
#include "core/space/axes.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

void require_square(const LinOp &A, const char *op) {
  if (A.domain->interchangeable(*A.codomain)) return;
  fail(SPC_E_VALUE, "{} requires a square LinOp; got a {} of shape {} -> {}", op, A.kind(),
       A.domain->shape(), A.codomain->shape());
}

/// The matrix of an operator as it is stored, else made.
struct StoredMatrix {
  Ref<SparseArray> sparse;
  Ref<Array> dense;  // (n, n)

  explicit StoredMatrix(const LinOp &A) {
    sparse = A.sparse_matrix();
    if (!sparse) dense = A.to_matrix();
  }
};

Ref<Array> main_diagonal(Array &m) {
  return new_view(m, {m.shape[0]}, {m.strides[0] + m.strides[1]}, m.data, m.dtype, false);
}

void require_nonzero(Array &d, const char *op, const char *what) {
  const std::int64_t at = indexing::zero_at(d);
  if (at >= 0) fail(SPC_E_LINALG, "{}: {} {} is 0", op, what, at);
}

/// Diagonal blocks: `full` of order k as (q, k, k), and one of order r < k behind them.
struct Blocks {
  Ref<Array> full, rest;  // nullptr: there are none
};

/// Solves with diagonal blocks. The factors are those of lu.
class BlockJacobiLinOp final : public CoordinateLinOp {
 public:
  struct Factors {
    Ref<Array> lu, pivots;
  };

  static Ref<LinOp> create(const Ref<Space> &space, std::int64_t block, const Blocks &blocks,
                           bool hermitian) {
    return probed(make<BlockJacobiLinOp>(space, block, factored(blocks.full), factored(blocks.rest),
                                         blocks, hermitian));
  }

  BlockJacobiLinOp(const Ref<Space> &space, std::int64_t block, Factors full, Factors rest,
                   Blocks blocks, bool hermitian)
      : CoordinateLinOp({space->ctx, space, space}),
        block_(block),
        full_(std::move(full)),
        rest_(std::move(rest)),
        blocks_(std::move(blocks)),
        hermitian_(hermitian) {}

  const char *kind() const noexcept override { return "BlockJacobiLinOp"; }

 protected:
  Ref<Array> map(Array &x, bool adjoint) const override {
    const Ref<Array> rows = as_rows(x);
    const std::int64_t count = rows->shape[0], n = rows->shape[1];
    const std::int64_t split = full_.lu ? full_.lu->shape[0] * block_ : 0;
    std::vector<Ref<Array>> pieces;
    if (full_.lu) {
      // (count, q, k) as right sides (q, k, count).
      const Ref<Array> part =
          ops::reshape(*columns(*rows, 0, split), {count, split / block_, block_});
      const Ref<Array> right = new_view(*part, {part->shape[1], part->shape[2], count},
                                        {part->strides[1], part->strides[2], part->strides[0]},
                                        part->data, part->dtype, false);
      const Ref<Array> solution = solve(full_, *right, adjoint);
      pieces.push_back(
          ops::reshape(*new_view(*solution, {count, split / block_, block_},
                                 {solution->strides[2], solution->strides[0], solution->strides[1]},
                                 solution->data, solution->dtype, false),
                       {count, split}));
    }
    if (rest_.lu)
      pieces.push_back(
          ops::copy(*swap_last(*solve(rest_, *swap_last(*columns(*rows, split, n)), adjoint))));
    if (pieces.empty()) return Ref<Array>::share(&x);
    if (pieces.size() == 1) return ops::reshape(*pieces[0], x.shape);
    Value *const list[] = {pieces[0].get(), pieces[1].get()};
    OpArgs args(Op::concatenate);
    args.n_list = 2;
    args.list = list;
    args.n = 1;
    return ops::reshape(*dispatch_array(args), x.shape);
  }
  Verdict coordinates_are(Property property) const override {
    return property == Property::hermitian && hermitian_ ? Verdict::yes : Verdict::unknown;
  }
  bool same_values(const LinOp &other) const override {
    const auto &o = static_cast<const BlockJacobiLinOp &>(other);
    const auto same = [](const Ref<Array> &a, const Ref<Array> &b) {
      return !a == !b && (!a || ops::all_equal(*a, *b));
    };
    return block_ == o.block_ && same(blocks_.full, o.blocks_.full) &&
           same(blocks_.rest, o.blocks_.rest);
  }
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override {
    Blocks blocks;
    if (blocks_.full) blocks.full = ops::transfer(to, *blocks_.full);
    if (blocks_.rest) blocks.rest = ops::transfer(to, *blocks_.rest);
    return create(domain->convert(conversion), block_, blocks, hermitian_);
  }
  std::string how() const override {
    return fmt::format("lu_solve with blocks of order {}", block_);
  }

 private:
  static Factors factored(const Ref<Array> &blocks) {
    if (!blocks) return {};
    OpArgs args(Op::lu);
    args.in[0] = blocks.get();
    args.n_in = 1;
    const Ref<Value> both = dispatch(args);
    const auto &items = static_cast<const Sequence &>(*both).items;
    Factors f{Ref<Array>::share(static_cast<Array *>(items[0].get())),
              Ref<Array>::share(static_cast<Array *>(items[1].get()))};
    require_regular(*f.lu);
    return f;
  }
  static void require_regular(Array &lu) {
    const int rank = lu.ndim();
    const std::int64_t k = lu.shape[rank - 1];
    Dims shape{rank == 3 ? lu.shape[0] : 1, k};
    Dims strides{rank == 3 ? lu.strides[0] : 0, lu.strides[rank - 2] + lu.strides[rank - 1]};
    const Ref<Array> diagonals = new_view(lu, shape, strides, lu.data, lu.dtype, false);
    const Ref<Array> sizes = ops::call(Op::abs, {diagonals.get()});
    const std::int64_t last = 1;
    OpArgs args(Op::min);
    args.in[0] = sizes.get();
    args.n_in = 1;
    args.n_axes = 1;
    args.axes = &last;
    require_nonzero(*dispatch_array(args), "linop_block_jacobi",
                    "the determinant of diagonal block");
  }
  static Ref<Array> columns(Array &rows, std::int64_t begin, std::int64_t end) {
    return new_view(rows, {rows.shape[0], end - begin}, rows.strides,
                    rows.data + begin * rows.strides[1] * size_of(rows.dtype), rows.dtype, false);
  }
  static Ref<Array> solve(const Factors &f, Array &right, bool adjoint) {
    OpArgs args(Op::lu_solve);
    args.in[0] = f.lu.get();
    args.in[1] = f.pivots.get();
    args.in[2] = &right;
    args.n_in = 3;
    args.mode = adjoint ? SPC_MODE_CONJ_TRANS : SPC_MODE_NONE;
    return dispatch_array(args);
  }

  const std::int64_t block_;
  const Factors full_, rest_;
  const Blocks blocks_;
  const bool hermitian_;
};

Blocks blocks_of(Array &m, std::int64_t block) {
  const std::int64_t n = m.shape[0], q = n / block, r = n % block;
  const std::int64_t step = m.strides[0] + m.strides[1];
  Blocks b;
  if (q > 0)
    b.full = ops::copy(*new_view(m, {q, block, block}, {block * step, m.strides[0], m.strides[1]},
                                 m.data, m.dtype, false));
  if (r > 0)
    b.rest = ops::copy(*new_view(m, {r, r}, m.strides, m.data + q * block * step * size_of(m.dtype),
                                 m.dtype, false));
  return b;
}

// Entries (i, j) with i / block == j / block go to place (i / block, i % block, j % block).
Blocks blocks_of(SparseArray &matrix, Context &ctx, std::int64_t block) {
  const std::int64_t n = matrix.rows, q = (n + block - 1) / block;
  const Ref<Value> coo_value = ops::assparse(ctx, matrix, "coo");
  SparseArray &coo = as_sparse(coo_value.get(), "linop_block_jacobi");
  // numbers[i] = (i / block, i % block)
  const Ref<Array> all = indexing::range(ctx, q * block);
  const Ref<Array> table = ops::reshape(*all, {q, block});
  const Ref<Array> block_numbers = ops::reshape(
      *ops::broadcast_to(*ops::reshape(*indexing::range(ctx, q), {q, 1}), table->shape),
      {q * block});
  const Ref<Array> row_block = indexing::take_first(*block_numbers, *coo.first);
  const Ref<Array> col_block = indexing::take_first(*block_numbers, *coo.second);
  const Ref<Array> inside = ops::call(Op::equal, {row_block.get(), col_block.get()});
  const auto chosen = [&](Array &x) { return indexing::picked(x, *inside); };
  const Ref<Array> rows = chosen(*ops::astype(*coo.first, Dtype::int64));
  const Ref<Array> cols = chosen(*ops::astype(*coo.second, Dtype::int64));
  const Ref<Array> which = chosen(*row_block);
  // row * block + col - block * (block number) is the place in the stack of blocks.
  Scalar order(SPC_WEAK_INT, block, static_cast<double>(block));
  Ref<Array> place = ops::add(*ops::multiply(*rows, order), *cols);
  place = ops::call(Op::subtract, {place.get(), ops::multiply(*which, order).get()});
  Ref<Array> stack = ops::zeros(ctx, {q * block * block}, coo.dtype());
  indexing::add_at_last(*stack, *place, *chosen(*coo.data));
  stack = ops::reshape(*stack, {q, block, block});
  const std::int64_t r = n % block, full = n / block;
  Blocks b;
  const auto corner = [&](std::int64_t first, std::int64_t count, std::int64_t k) {
    return ops::copy(*new_view(*stack, {count, k, k}, stack->strides,
                               stack->data + first * block * block * size_of(stack->dtype),
                               stack->dtype, false));
  };
  if (full > 0) b.full = corner(0, full, block);
  if (r > 0) b.rest = ops::reshape(*corner(full, 1, r), {r, r});
  return b;
}

}  // namespace

Ref<LinOp> jacobi(const LinOp &A) {
  constexpr const char *op = "linop_jacobi";
  require_square(A, op);
  const StoredMatrix m(A);
  const Ref<Array> d = m.sparse ? ops::sparse_diagonal(*m.sparse) : main_diagonal(*m.dense);
  require_nonzero(*d, op, "the diagonal in row");
  Scalar one(SPC_WEAK_INT, 1, 1.0);
  const Ref<Array> inverse = ops::divide(one, *d);
  return DiagonalLinOp::create(
      ops::astype(*ops::reshape(*inverse, A.domain->shape()), A.ctx->dtype), A.domain);
}

Ref<LinOp> block_jacobi(const LinOp &A, std::int64_t block) {
  constexpr const char *op = "linop_block_jacobi";
  require_square(A, op);
  if (block < 1) fail(SPC_E_VALUE, "{}: the blocks have order {}, expected at least 1", op, block);
  block = std::min(block, std::max<std::int64_t>(1, A.domain->size()));
  const StoredMatrix m(A);
  const Blocks blocks = m.sparse ? blocks_of(*m.sparse, *A.ctx, block) : blocks_of(*m.dense, block);
  return BlockJacobiLinOp::create(A.domain, block, blocks,
                                  A.is(Property::hermitian) == Verdict::yes);
}

}  // namespace spc
