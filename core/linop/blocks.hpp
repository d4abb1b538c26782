// SPDX-License-Identifier: Apache-2.0
// Operators made of blocks between the leaves of trees.
#pragma once

#include <optional>
#include <vector>

#include "core/linop/linop.hpp"
#include "core/space/tree.hpp"

namespace spc {

/// y_i = sum_j A_ij x_j over a list of blocks. A side is one space, or the leaves of a TreeSpace
/// dealt out to the blocks in order; a block whose own space is a tree takes as many as that has.
class BlockLinOp : public LinOp {
 public:
  ~BlockLinOp() override;
  bool runs_user_code() const noexcept override;
  bool settled() const noexcept override { return settled_; }
  Ref<Value> apply_core(Value &x) const override;
  Ref<Value> rapply_core(Value &y) const override;
  void apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const override;
  Ref<Value> vapply_core(Value &xs) const override;
  Ref<Value> rvapply_core(Value &ys) const override;
  std::span<const Ref<LinOp>> parts() const noexcept override { return parts_; }
  Ref<LinOp> fused(bool materialize) override;
  Verdict is(Property property) const override;
  Verdict is_hermitian() const override;
  void explain(Explanation &to, Mode mode) const override;

 protected:
  struct Block {
    LinOp *op;  // one of parts_
    std::size_t row, col;
    bool begins_row = true, begins_col = true;  // no block before it is in its row, its column
  };
  class Pieces;
  /// How an element falls into the operands of blocks.
  class Side {
   public:
    /// The one space.
    explicit Side(const Space &space) : space_(&space), begin_{0, 1} {}
    /// spaces[i] of block row or column i.
    Side(const Space &tree, std::vector<Ref<Space>> spaces);

    std::size_t size() const noexcept { return begin_.size() - 1; }
    const Space &space(std::size_t i) const noexcept {
      return pieces_.empty() ? *space_ : *pieces_[i];
    }
    Ref<Value> join(std::vector<Ref<Value>> pieces) const;

   private:
    friend class Pieces;

    const Space *space_;
    std::vector<Ref<Space>> pieces_;  // empty: the space itself
    std::vector<std::size_t> begin_;  // first leaf of a piece
  };

  /// An element by its pieces; x outlives the object. Takes no memory where there are few leaves and
  /// no piece is a tree itself.
  class Pieces {
   public:
    /// TypeErr naming op: another structure.
    Pieces(const Side &side, Value &x, const char *op);
    Value &operator[](std::size_t i) const noexcept;

   private:
    const Side &side_;
    Value &x_;
    std::optional<TreeSpace::Leaves> leaves_;
    std::vector<Ref<Value>> trees_;  // empty, or those of the pieces that are trees
  };

  BlockLinOp(Endpoints e, std::vector<Ref<LinOp>> parts, std::vector<Block> blocks, Side columns,
             Side rows, Ref<LinOp> adjoint_of);

  /// The operator of another kind of parts in the same layout.
  virtual Ref<LinOp> with_parts(const Ref<Space> &domain, const Ref<Space> &codomain,
                                std::vector<Ref<LinOp>> parts) const = 0;
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> rebuilt(const Conversion &conversion, Context &to) override;

  const std::vector<Ref<LinOp>> parts_;
  const std::vector<Block> blocks_;  // rows from left to right; no zero operators
  const Ref<LinOp> adjoint_of_;      // the operator whose adjoint this is; nullptr: none

 private:
  template <class Apply, class Zero>
  Ref<Value> summed(Value &x, bool forward, const char *op, Apply apply, Zero zero) const;

  static std::vector<Block> with_beginnings(std::vector<Block> blocks);
  std::vector<std::size_t> without_block(std::size_t n, std::size_t Block::*place) const;
  void blocks_into(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const;

  const Side columns_, rows_;
  const std::vector<std::size_t> empty_columns_, empty_rows_;  // without a block
  const bool settled_;
};

/// y_i = A_i x_i.
class BlockDiagonalLinOp final : public BlockLinOp {
 public:
  /// Between the TreeSpaces of the blocks' spaces. ValueErr: no block, contexts or levels differ,
  /// number of leaves.
  static Ref<LinOp> create(const Structure &structure, std::vector<Ref<LinOp>> blocks);
  /// ValueErr: arity; TypeErr: no TreeSpace, a block that does not map leaf i to leaf i.
  static Ref<LinOp> create_on(const Ref<Space> &domain, const Ref<Space> &codomain,
                              std::vector<Ref<LinOp>> blocks);

  BlockDiagonalLinOp(Endpoints e, std::vector<Ref<LinOp>> blocks, Ref<LinOp> adjoint_of);
  const char *kind() const noexcept override { return "BlockDiagonalLinOp"; }
  Ref<LinOp> structural_inverse() override;
  Ref<LinOp> adjoint() override;

 protected:
  Ref<LinOp> with_parts(const Ref<Space> &domain, const Ref<Space> &codomain,
                        std::vector<Ref<LinOp>> parts) const override {
    return create_on(domain, codomain, std::move(parts));
  }
};

/// y_i = sum_j A_ij x_j between tuple trees.
class BlockMatrixLinOp final : public BlockLinOp {
 public:
  /// blocks row by row; nullptr: a zero block. ValueErr: no block, a row without any, a row with two
  /// codomains, a column with two domains, contexts.
  static Ref<LinOp> create(std::int64_t rows, std::int64_t cols, std::vector<Ref<LinOp>> blocks);

  BlockMatrixLinOp(Endpoints e, std::size_t rows, std::size_t cols, std::vector<Ref<LinOp>> blocks,
                   Ref<LinOp> adjoint_of);
  const char *kind() const noexcept override { return "BlockMatrixLinOp"; }
  Verdict is_hermitian() const override;
  Ref<LinOp> adjoint() override;
  std::string text() const override;

 protected:
  bool same_values(const LinOp &other) const override;
  Ref<LinOp> with_parts(const Ref<Space> &domain, const Ref<Space> &codomain,
                        std::vector<Ref<LinOp>> parts) const override;

 private:
  const std::size_t count_[2];  // rows, columns
};

/// y_i = A_i x.
class StackedLinOp final : public BlockLinOp {
 public:
  /// domain nullptr: that of the parts; codomain nullptr: the tuple tree of their codomains.
  /// ValueErr: no part, arity; TypeErr: a part that does not map the domain to leaf i.
  static Ref<LinOp> create(Ref<Space> domain, Ref<Space> codomain, std::vector<Ref<LinOp>> parts);

  StackedLinOp(Endpoints e, std::vector<Ref<LinOp>> parts);
  const char *kind() const noexcept override { return "StackedLinOp"; }

 protected:
  Ref<LinOp> with_parts(const Ref<Space> &domain, const Ref<Space> &codomain,
                        std::vector<Ref<LinOp>> parts) const override {
    return create(domain, codomain, std::move(parts));
  }
};

/// y = sum_i A_i x_i.
class SumToSingleLinOp final : public BlockLinOp {
 public:
  /// domain nullptr: the tuple tree of the parts' domains; codomain nullptr: that of the parts.
  /// ValueErr: no part, arity; TypeErr: a part that does not map leaf i to the codomain.
  static Ref<LinOp> create(Ref<Space> domain, Ref<Space> codomain, std::vector<Ref<LinOp>> parts);

  SumToSingleLinOp(Endpoints e, std::vector<Ref<LinOp>> parts);
  const char *kind() const noexcept override { return "SumToSingleLinOp"; }

 protected:
  Ref<LinOp> with_parts(const Ref<Space> &domain, const Ref<Space> &codomain,
                        std::vector<Ref<LinOp>> parts) const override {
    return create(domain, codomain, std::move(parts));
  }
};

}  // namespace spc
