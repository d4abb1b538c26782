// SPDX-License-Identifier: Apache-2.0
#include "core/linop/blocks.hpp"

#include <algorithm>

#include "core/linop/algebra.hpp"
#include "core/ops/explain.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

const TreeSpace *tree_of(const Space &space) {
  return is_tree(space) ? &static_cast<const TreeSpace &>(space) : nullptr;
}

std::size_t leaves_of(const Space &space) {
  const TreeSpace *tree = tree_of(space);
  return tree == nullptr ? 1 : tree->leaves().size();
}

// spaces[i], or the leaves of it where it is a tree, are the leaves of `tree` from first on.
bool fits(const TreeSpace &tree, std::size_t first, const Space &piece) {
  const TreeSpace *const inner = tree_of(piece);
  if (inner == nullptr) return tree.leaves()[first]->interchangeable(piece);
  for (std::size_t i = 0; i < inner->leaves().size(); ++i)
    if (!tree.leaves()[first + i]->interchangeable(*inner->leaves()[i])) return false;
  return true;
}

const TreeSpace &required_tree(const Space &space, const char *kind, const char *role) {
  const TreeSpace *const tree = tree_of(space);
  if (tree == nullptr)
    fail(SPC_E_TYPE, "{}: the {} is a {}, expected a TreeSpace", kind, role, space.kind());
  return *tree;
}

// ValueErr unless the pieces have as many leaves as the tree; TypeErr unless they are its leaves.
void require_layout(const TreeSpace &tree, const std::vector<Ref<Space>> &pieces, const char *kind,
                    const char *role) {
  std::size_t leaves = 0;
  for (const Ref<Space> &piece : pieces) leaves += leaves_of(*piece);
  if (leaves != tree.leaves().size())
    fail(SPC_E_VALUE, "{}: the {} has {} leaves, the blocks have {}", kind, role,
         tree.leaves().size(), leaves);
  std::size_t first = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!fits(tree, first, *pieces[i]))
      fail(SPC_E_TYPE, "{}: block {} has {} {}, the leaf at {} is {}", kind, i, role,
           describe(*pieces[i]), tree.structure().leaf_path(first),
           describe(*tree.leaves()[first]));
    first += leaves_of(*pieces[i]);
  }
}

std::vector<Ref<Space>> domains(const std::vector<Ref<LinOp>> &parts) {
  std::vector<Ref<Space>> spaces;
  for (const Ref<LinOp> &p : parts) spaces.push_back(p->domain);
  return spaces;
}

std::vector<Ref<Space>> codomains(const std::vector<Ref<LinOp>> &parts) {
  std::vector<Ref<Space>> spaces;
  for (const Ref<LinOp> &p : parts) spaces.push_back(p->codomain);
  return spaces;
}

Ref<Space> tuple_tree(std::vector<Ref<Space>> leaves, const Ref<Context> &ctx) {
  Structure structure = Structure::tuple(leaves.size());
  return TreeSpace::create(std::move(structure), std::move(leaves), ctx);
}

void require_some(const std::vector<Ref<LinOp>> &parts, const char *kind) {
  if (parts.empty()) fail(SPC_E_VALUE, "{} requires at least one block, got 0", kind);
}

std::vector<Ref<LinOp>> adjoints(const std::vector<Ref<LinOp>> &parts) {
  std::vector<Ref<LinOp>> list;
  for (const Ref<LinOp> &p : parts) list.push_back(p->adjoint());
  return list;
}

}  // namespace

// ---- sides

BlockLinOp::Side::Side(const Space &tree, std::vector<Ref<Space>> spaces)
    : space_(&tree), pieces_(std::move(spaces)), begin_{0} {
  for (const Ref<Space> &piece : pieces_) begin_.push_back(begin_.back() + leaves_of(*piece));
}

BlockLinOp::Pieces::Pieces(const Side &side, Value &x, const char *op) : side_(side), x_(x) {
  if (side.pieces_.empty()) return;
  leaves_.emplace(*tree_of(*side.space_), x, op);
  for (std::size_t i = 0; i < side.size(); ++i) {
    const TreeSpace *const inner = tree_of(*side.pieces_[i]);
    if (inner == nullptr) continue;
    std::vector<Ref<Value>> own;
    for (std::size_t k = side.begin_[i]; k < side.begin_[i + 1]; ++k)
      own.push_back(Ref<Value>::share(&(*leaves_)[k]));
    trees_.resize(side.size());
    trees_[i] = inner->unflatten_tree(own);
  }
}

Value &BlockLinOp::Pieces::operator[](std::size_t i) const noexcept {
  if (!leaves_) return x_;
  return !trees_.empty() && trees_[i] ? *trees_[i] : (*leaves_)[side_.begin_[i]];
}

Ref<Value> BlockLinOp::Side::join(std::vector<Ref<Value>> parts) const {
  if (pieces_.empty()) return parts.front();
  std::vector<Ref<Value>> leaves;
  for (std::size_t i = 0; i < size(); ++i) {
    const TreeSpace *const inner = tree_of(*pieces_[i]);
    if (inner == nullptr) {
      leaves.push_back(std::move(parts[i]));
      continue;
    }
    for (Value *leaf : inner->flatten_tree(*parts[i], "join"))
      leaves.push_back(Ref<Value>::share(leaf));
  }
  return tree_of(*space_)->unflatten_tree(leaves);
}

// ---- what all have in common

BlockLinOp::BlockLinOp(Endpoints e, std::vector<Ref<LinOp>> parts, std::vector<Block> blocks,
                       Side columns, Side rows, Ref<LinOp> adjoint_of)
    : LinOp(std::move(e.ctx), std::move(e.domain), std::move(e.codomain)),
      parts_(std::move(parts)),
      blocks_(with_beginnings(std::move(blocks))),
      adjoint_of_(std::move(adjoint_of)),
      columns_(std::move(columns)),
      rows_(std::move(rows)),
      empty_columns_(without_block(columns_.size(), &Block::col)),
      empty_rows_(without_block(rows_.size(), &Block::row)),
      settled_(std::ranges::all_of(parts_, [](const Ref<LinOp> &p) { return p->settled(); })) {}

std::vector<BlockLinOp::Block> BlockLinOp::with_beginnings(std::vector<Block> blocks) {
  for (std::size_t i = 0; i < blocks.size(); ++i)
    for (std::size_t k = 0; k < i; ++k) {
      blocks[i].begins_row &= blocks[k].row != blocks[i].row;
      blocks[i].begins_col &= blocks[k].col != blocks[i].col;
    }
  return blocks;
}

std::vector<std::size_t> BlockLinOp::without_block(std::size_t n, std::size_t Block::*place) const {
  std::vector<std::size_t> list;
  for (std::size_t i = 0; i < n; ++i)
    if (std::ranges::none_of(blocks_, [&](const Block &b) { return b.*place == i; }))
      list.push_back(i);
  return list;
}

BlockLinOp::~BlockLinOp() {
  if (adjoint_of_) forget_adjoint(*adjoint_of_, this);
}

bool BlockLinOp::runs_user_code() const noexcept {
  return std::ranges::any_of(parts_, [](const Ref<LinOp> &p) { return p->runs_user_code(); });
}

template <class Apply, class Zero>
Ref<Value> BlockLinOp::summed(Value &x, bool forward, const char *op, Apply apply,
                              Zero zero) const {
  const Side &from = forward ? columns_ : rows_, &to = forward ? rows_ : columns_;
  const Pieces in(from, x, op);
  std::vector<Ref<Value>> out(to.size());
  for (const Block &block : blocks_) {
    const std::size_t source = forward ? block.col : block.row;
    const std::size_t target = forward ? block.row : block.col;
    Ref<Value> term = apply(*block.op, in[source]);
    Ref<Value> &sum = out[target];
    sum = sum ? to.space(target).add_core(*sum, *term) : std::move(term);
  }
  for (std::size_t i = 0; i < out.size(); ++i)
    if (!out[i]) out[i] = zero(to.space(i));
  return to.join(std::move(out));
}

Ref<Value> BlockLinOp::apply_core(Value &x) const {
  return summed(
      x, true, "apply", [](const LinOp &A, Value &v) { return A.apply_core(v); },
      [](const Space &s) { return s.zeros_core(); });
}

Ref<Value> BlockLinOp::rapply_core(Value &y) const {
  return summed(
      y, false, "rapply", [](const LinOp &A, Value &v) { return A.rapply_core(v); },
      [](const Space &s) { return s.zeros_core(); });
}

Ref<Value> BlockLinOp::vapply_core(Value &xs) const {
  return summed(
      xs, true, "vapply", [](const LinOp &A, Value &v) { return A.vapply_core(v); },
      [&](const Space &s) { return s.zeros_batch(domain->batch_shape(xs)); });
}

Ref<Value> BlockLinOp::rvapply_core(Value &ys) const {
  return summed(
      ys, false, "rvapply", [](const LinOp &A, Value &v) { return A.rvapply_core(v); },
      [&](const Space &s) { return s.zeros_batch(codomain->batch_shape(ys)); });
}

void BlockLinOp::apply_into_core(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const {
  const Space &result = target(mode);
  // Blocks write leaves that others still read, or fail when some leaves are written already.
  if (!settled_ || result.overlap(x, y)) {
    if (mode == Mode::none || mode == Mode::adjoint)
      return result.axpby_into(alpha, mode == Mode::none ? *apply_core(x) : *rapply_core(x), beta,
                               y);
    const Ref<Value> t = result.zeros_core();
    const Ref<Value> apart = source(mode).new_element();
    source(mode).copy_into(x, *apart);
    blocks_into(nullptr, *apart, nullptr, *t, mode);
    return result.axpby_into(alpha, *t, beta, y);
  }
  blocks_into(alpha, x, beta, y, mode);
}

void BlockLinOp::blocks_into(Value *alpha, Value &x, Value *beta, Value &y, Mode mode) const {
  const bool forward = mode == Mode::none;
  const Side &from = forward ? columns_ : rows_, &to = forward ? rows_ : columns_;
  const Pieces in(from, x, "apply_into"), out(to, y, "apply_into");
  Scalar zero(SPC_WEAK_BOOL, 0, 0.0), one(SPC_WEAK_INT, 1, 1.0);
  for (const Block &block : blocks_) {
    const std::size_t source = forward ? block.col : block.row;
    const std::size_t target = forward ? block.row : block.col;
    const bool begins = forward ? block.begins_row : block.begins_col;
    block.op->apply_into_core(alpha, in[source], begins ? beta : &one, out[target], mode);
  }
  for (const std::size_t i : forward ? empty_rows_ : empty_columns_) {
    if (beta == nullptr)
      to.space(i).fill(out[i], 0);
    else
      to.space(i).axpby_into(&zero, out[i], beta, out[i]);
  }
}

Ref<LinOp> BlockLinOp::fused(bool materialize) {
  std::vector<Ref<LinOp>> parts;
  bool changed = false;
  for (const Ref<LinOp> &p : parts_) {
    parts.push_back(p->fused(materialize));
    changed |= parts.back().get() != p.get();
  }
  return changed ? with_parts(domain, codomain, std::move(parts)) : Ref<LinOp>::share(this);
}

Ref<LinOp> BlockLinOp::rebuilt(const Conversion &conversion, Context &) {
  std::vector<Ref<LinOp>> parts;
  for (const Ref<LinOp> &p : parts_) parts.push_back(p->convert(conversion));
  return with_parts(domain->convert(conversion), codomain->convert(conversion), std::move(parts));
}

bool BlockLinOp::same_values(const LinOp &other) const {
  return std::ranges::equal(parts_, other.parts(),
                            [](const Ref<LinOp> &a, const Ref<LinOp> &b) { return a->equals(*b); });
}

Verdict BlockLinOp::is_hermitian() const {
  return is(Property::hermitian);
}

// Where every block lies on the diagonal, what holds of all blocks holds of the whole, and what
// fails for one fails.
Verdict BlockLinOp::is(Property property) const {
  if (property == Property::real) {
    const bool all = std::ranges::all_of(
        parts_, [](const Ref<LinOp> &p) { return p->is(Property::real) == Verdict::yes; });
    return all ? Verdict::yes : LinOp::is(property);
  }
  const bool diagonal = rows_.size() == columns_.size() && blocks_.size() == rows_.size() &&
                        std::ranges::all_of(blocks_, [](const Block &b) { return b.row == b.col; });
  if (!diagonal || !is_tree(*domain) || !is_tree(*codomain)) return Verdict::unknown;
  const bool metric = property <= Property::positive_semidefinite;
  if (metric && !domain->interchangeable(*codomain)) return Verdict::no;
  Verdict result = Verdict::yes;
  for (const Block &block : blocks_) {
    const Verdict v = block.op->is(property);
    // A rectangular block moves the diagonals of those after it.
    const bool square = block.op->domain->size() == block.op->codomain->size();
    if (!metric && property != Property::unitary && !square) return Verdict::unknown;
    if (v == Verdict::no) result = Verdict::no;
    if (v == Verdict::unknown && result == Verdict::yes) result = Verdict::unknown;
  }
  return result;
}

void BlockLinOp::explain(Explanation &to, Mode mode) const {
  explain_head(to, mode);
  const Explanation::Part part(to);
  for (const Block &block : blocks_) block.op->explain(to, mode);
  if (blocks_.size() > (mode == Mode::none ? rows_ : columns_).size())
    to.line("added; apply_into has the blocks add to their part of the result");
}

// ---- block diagonal

Ref<LinOp> BlockDiagonalLinOp::create(const Structure &structure, std::vector<Ref<LinOp>> blocks) {
  constexpr const char *who = "BlockDiagonalLinOp";
  require_some(blocks, who);
  const LinOp &first = *blocks.front();
  for (const Ref<LinOp> &b : blocks) {
    require_same_context(first, *b, who);
    if (b->ctx->level != first.ctx->level)
      fail(SPC_E_VALUE, "{} blocks must have the same check level; got {} and {}", who,
           name(first.ctx->level), name(b->ctx->level));
  }
  if (structure.leaf_count() != blocks.size())
    fail(SPC_E_VALUE, "{}: the structure has {} leaves, {} blocks given", who,
         structure.leaf_count(), blocks.size());
  const Ref<Space> domain = TreeSpace::create(structure, domains(blocks), first.ctx),
                   codomain = TreeSpace::create(structure, codomains(blocks), first.ctx);
  return create_on(domain, codomain, std::move(blocks));
}

Ref<LinOp> BlockDiagonalLinOp::create_on(const Ref<Space> &domain, const Ref<Space> &codomain,
                                         std::vector<Ref<LinOp>> blocks) {
  constexpr const char *who = "BlockDiagonalLinOp";
  require_some(blocks, who);
  Endpoints e = joint_endpoints(domain, codomain, who);
  require_layout(required_tree(*e.domain, who, "domain"), domains(blocks), who, "domain");
  require_layout(required_tree(*e.codomain, who, "codomain"), codomains(blocks), who, "codomain");
  return probed(make<BlockDiagonalLinOp>(std::move(e), std::move(blocks), nullptr));
}

BlockDiagonalLinOp::BlockDiagonalLinOp(Endpoints e, std::vector<Ref<LinOp>> blocks,
                                       Ref<LinOp> adjoint_of)
    : BlockLinOp(
          e, blocks,
          [&] {
            std::vector<Block> list;
            for (std::size_t i = 0; i < blocks.size(); ++i) list.push_back({blocks[i].get(), i, i});
            return list;
          }(),
          Side(*e.domain, domains(blocks)), Side(*e.codomain, codomains(blocks)),
          std::move(adjoint_of)) {}

Ref<LinOp> BlockDiagonalLinOp::adjoint() {
  if (adjoint_of_) return adjoint_of_;
  return kept_adjoint([&]() -> Ref<LinOp> {
    return make<BlockDiagonalLinOp>(Endpoints{ctx, codomain, domain}, adjoints(parts_),
                                    Ref<LinOp>::share(this));
  });
}

Ref<LinOp> BlockDiagonalLinOp::structural_inverse() {
  std::vector<Ref<LinOp>> inverses;
  for (const Ref<LinOp> &p : parts_) {
    inverses.push_back(p->structural_inverse());
    if (!inverses.back()) return nullptr;
  }
  return create_on(codomain, domain, std::move(inverses));
}

// ---- block matrix

Ref<LinOp> BlockMatrixLinOp::create(std::int64_t rows, std::int64_t cols,
                                    std::vector<Ref<LinOp>> blocks) {
  constexpr const char *who = "BlockMatrixLinOp";
  if (rows < 1 || cols < 1)
    fail(SPC_E_VALUE, "{} requires at least one row and column, got {} and {}", who, rows, cols);
  const auto m = static_cast<std::size_t>(rows), n = static_cast<std::size_t>(cols);
  std::vector<Ref<Space>> domains(n), codomains(m);
  const LinOp *first = nullptr;
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      const Ref<LinOp> &block = blocks[i * n + j];
      if (!block) continue;
      if (first == nullptr) first = block.get();
      require_same_context(*first, *block, who);
      if (!codomains[i]) codomains[i] = block->codomain;
      if (!domains[j]) domains[j] = block->domain;
      if (!codomains[i]->interchangeable(*block->codomain))
        fail(SPC_E_VALUE, "{}: row {} has codomains {} and {}", who, i, describe(*codomains[i]),
             describe(*block->codomain));
      if (!domains[j]->interchangeable(*block->domain))
        fail(SPC_E_VALUE, "{}: column {} has domains {} and {}", who, j, describe(*domains[j]),
             describe(*block->domain));
    }
  for (std::size_t i = 0; i < m; ++i)
    if (!codomains[i]) fail(SPC_E_VALUE, "{}: row {} has no block", who, i);
  for (std::size_t j = 0; j < n; ++j)
    if (!domains[j]) fail(SPC_E_VALUE, "{}: column {} has no block", who, j);
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j)
      if (!blocks[i * n + j]) blocks[i * n + j] = ZeroLinOp::create(domains[j], codomains[i]);
  Endpoints e = joint_endpoints(tuple_tree(std::move(domains), first->ctx),
                                tuple_tree(std::move(codomains), first->ctx), who);
  return probed(make<BlockMatrixLinOp>(std::move(e), m, n, std::move(blocks), nullptr));
}

BlockMatrixLinOp::BlockMatrixLinOp(Endpoints e, std::size_t rows, std::size_t cols,
                                   std::vector<Ref<LinOp>> blocks, Ref<LinOp> adjoint_of)
    : BlockLinOp(
          e, blocks,
          [&] {
            std::vector<Block> list;
            for (std::size_t i = 0; i < blocks.size(); ++i)
              if (dynamic_cast<const ZeroLinOp *>(blocks[i].get()) == nullptr)
                list.push_back({blocks[i].get(), i / cols, i % cols});
            return list;
          }(),
          Side(*e.domain,
               domains({blocks.begin(), blocks.begin() + static_cast<std::ptrdiff_t>(cols)})),
          Side(*e.codomain,
               [&] {
                 std::vector<Ref<Space>> spaces;
                 for (std::size_t i = 0; i < rows; ++i)
                   spaces.push_back(blocks[i * cols]->codomain);
                 return spaces;
               }()),
          std::move(adjoint_of)),
      count_{rows, cols} {}

Ref<LinOp> BlockMatrixLinOp::with_parts(const Ref<Space> &, const Ref<Space> &,
                                        std::vector<Ref<LinOp>> parts) const {
  return create(static_cast<std::int64_t>(count_[0]), static_cast<std::int64_t>(count_[1]),
                std::move(parts));
}

bool BlockMatrixLinOp::same_values(const LinOp &other) const {
  const auto &o = static_cast<const BlockMatrixLinOp &>(other);
  return std::ranges::equal(count_, o.count_) && BlockLinOp::same_values(other);
}

Ref<LinOp> BlockMatrixLinOp::adjoint() {
  if (adjoint_of_) return adjoint_of_;
  return kept_adjoint([&]() -> Ref<LinOp> {
    std::vector<Ref<LinOp>> transposed;
    for (std::size_t j = 0; j < count_[1]; ++j)
      for (std::size_t i = 0; i < count_[0]; ++i) {
        const Ref<LinOp> &block = parts_[i * count_[1] + j];
        // A zero block stays one, which nothing is computed for.
        transposed.push_back(dynamic_cast<const ZeroLinOp *>(block.get()) != nullptr
                                 ? ZeroLinOp::create(block->codomain, block->domain)
                                 : block->adjoint());
      }
    return make<BlockMatrixLinOp>(Endpoints{ctx, codomain, domain}, count_[1], count_[0],
                                  std::move(transposed), Ref<LinOp>::share(this));
  });
}

Verdict BlockMatrixLinOp::is_hermitian() const {
  if (!domain->interchangeable(*codomain)) return Verdict::no;
  for (std::size_t i = 0; i < count_[0]; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      const Ref<LinOp> &a = parts_[i * count_[1] + j], &b = parts_[j * count_[1] + i];
      const bool zero = dynamic_cast<const ZeroLinOp *>(a.get()) != nullptr &&
                        dynamic_cast<const ZeroLinOp *>(b.get()) != nullptr;
      if (zero) continue;
      if (i == j ? a->is_hermitian() != Verdict::yes : !a->equals(*b->adjoint()))
        return Verdict::unknown;
    }
  return Verdict::yes;
}

std::string BlockMatrixLinOp::text() const {
  std::string rows;
  for (std::size_t i = 0; i < count_[0]; ++i) {
    rows += i == 0 ? "[" : ", [";
    for (std::size_t j = 0; j < count_[1]; ++j)
      rows += (j == 0 ? "" : ", ") + parts_[i * count_[1] + j]->text();
    rows += "]";
  }
  return text_with(rows);
}

// ---- stacked, sum to single

Ref<LinOp> StackedLinOp::create(Ref<Space> domain, Ref<Space> codomain,
                                std::vector<Ref<LinOp>> parts) {
  constexpr const char *who = "StackedLinOp";
  require_some(parts, who);
  for (const Ref<LinOp> &p : parts) require_same_context(*parts.front(), *p, who);
  if (!domain) domain = parts.front()->domain;
  if (!codomain) codomain = tuple_tree(codomains(parts), parts.front()->ctx);
  Endpoints e = joint_endpoints(domain, codomain, who);
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (!parts[i]->domain->interchangeable(*e.domain))
      fail(SPC_E_TYPE, "{}: block {} has domain {}, expected {}", who, i,
           describe(*parts[i]->domain), describe(*e.domain));
  require_layout(required_tree(*e.codomain, who, "codomain"), codomains(parts), who, "codomain");
  return probed(make<StackedLinOp>(std::move(e), std::move(parts)));
}

StackedLinOp::StackedLinOp(Endpoints e, std::vector<Ref<LinOp>> parts)
    : BlockLinOp(
          e, parts,
          [&] {
            std::vector<Block> list;
            for (std::size_t i = 0; i < parts.size(); ++i) list.push_back({parts[i].get(), i, 0});
            return list;
          }(),
          Side(*e.domain), Side(*e.codomain, codomains(parts)), nullptr) {}

Ref<LinOp> SumToSingleLinOp::create(Ref<Space> domain, Ref<Space> codomain,
                                    std::vector<Ref<LinOp>> parts) {
  constexpr const char *who = "SumToSingleLinOp";
  require_some(parts, who);
  for (const Ref<LinOp> &p : parts) require_same_context(*parts.front(), *p, who);
  if (!domain) domain = tuple_tree(domains(parts), parts.front()->ctx);
  if (!codomain) codomain = parts.front()->codomain;
  Endpoints e = joint_endpoints(domain, codomain, who);
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (!parts[i]->codomain->interchangeable(*e.codomain))
      fail(SPC_E_TYPE, "{}: block {} has codomain {}, expected {}", who, i,
           describe(*parts[i]->codomain), describe(*e.codomain));
  require_layout(required_tree(*e.domain, who, "domain"), domains(parts), who, "domain");
  return probed(make<SumToSingleLinOp>(std::move(e), std::move(parts)));
}

SumToSingleLinOp::SumToSingleLinOp(Endpoints e, std::vector<Ref<LinOp>> parts)
    : BlockLinOp(
          e, parts,
          [&] {
            std::vector<Block> list;
            for (std::size_t i = 0; i < parts.size(); ++i) list.push_back({parts[i].get(), 0, i});
            return list;
          }(),
          Side(*e.domain, domains(parts)), Side(*e.codomain), nullptr) {}

}  // namespace spc
