// SPDX-License-Identifier: Apache-2.0
#include "core/space/tree.hpp"

#include <algorithm>
#include <complex>
#include <optional>

#include "core/ops/ops.hpp"
#include "core/space/axes.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

bool any_array(Value &v, const auto &test) {
  switch (v.kind()) {
    case ValueKind::array:
      return test(static_cast<Array &>(v));
    case ValueKind::list:
    case ValueKind::tuple:
      for (const Ref<Value> &item : static_cast<Sequence &>(v).items)
        if (any_array(*item, test)) return true;
      return false;
    case ValueKind::map:
      for (const auto &entry : static_cast<Map &>(v).items)
        if (any_array(*entry.second, test)) return true;
      return false;
    default:
      return false;
  }
}

Dims joint_shape(std::span<const Ref<Space>> leaves) {
  std::int64_t size = 0;
  for (const Ref<Space> &leaf : leaves)
    if (__builtin_add_overflow(size, leaf->size(), &size))
      fail(SPC_E_VALUE, "TreeSpace: the number of coordinates exceeds int64");
  return {size};
}

// A number as the in-place forms of a leaf of another dtype than the tree's take it: those cast
// nothing, but weak numbers adapt.
Value *number_for(Value *a, const Space &leaf, std::optional<Scalar> &storage) {
  if (a == nullptr || a->kind() != ValueKind::array) return a;
  const Array &number = static_cast<const Array &>(*a);
  if (number.dtype == leaf.ctx->dtype) return a;
  const std::complex<double> z = read_scalar(number);
  const int weak = static_cast<int>(kind(number.dtype));
  storage.emplace(weak, weak <= SPC_WEAK_INT ? static_cast<std::int64_t>(z.real()) : 0, z);
  return &*storage;
}

Ref<Array> cast(Ref<Array> x, Dtype dtype) {
  return x->dtype == dtype ? x : ops::astype(*x, dtype);
}

// Coordinates of the tree's dtype as those of a leaf that keeps its own; real leaves take real parts.
Ref<Array> for_leaf(Ref<Array> v, const Space &leaf, Dtype tree) {
  if (leaf.ctx->dtype == tree || v->dtype != tree) return v;
  if (is_complex(tree) && !leaf.complex()) v = ops::real(*v);
  return cast(std::move(v), leaf.ctx->dtype);
}

}  // namespace

TreeSpace::TreeSpace(Ref<Context> c, Structure structure, std::vector<Ref<Space>> leaves)
    : Space(std::move(c), joint_shape(leaves)),
      structure_(std::move(structure)),
      leaves_(std::move(leaves)) {}

Ref<Space> TreeSpace::create(const Structure &structure, std::span<const Ref<Space>> leaves,
                             Ref<Context> ctx) {
  if (leaves.empty()) fail(SPC_E_VALUE, "TreeSpace requires at least one leaf space.");
  if (leaves.size() != structure.leaf_count())
    fail(SPC_E_VALUE, "TreeSpace leaf-count mismatch: the structure has {} leaves, got {} spaces",
         structure.leaf_count(), leaves.size());
  std::vector<Structure> parts;
  std::vector<Ref<Space>> flat;
  std::vector<Context *> contexts;
  bool nested = false;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (!leaves[i]->has(Capability::coordinate))
      fail(SPC_E_TYPE, "TreeSpace leaf space {} must be a CoordinateSpace, got {}", i,
           leaves[i]->kind());
    contexts.push_back(leaves[i]->ctx.get());
    const auto *tree = dynamic_cast<const TreeSpace *>(leaves[i].get());
    nested |= tree != nullptr;
    parts.push_back(tree == nullptr ? Structure() : tree->structure_);
    if (tree == nullptr)
      flat.push_back(leaves[i]);
    else
      flat.insert(flat.end(), tree->leaves_.begin(), tree->leaves_.end());
  }
  if (!ctx) ctx = resolved(nullptr, contexts, {}, "TreeSpace");
  const Conversion adapt = Conversion::of_parts(ctx);
  for (Ref<Space> &leaf : flat) leaf = leaf->convert(adapt);
  return make<TreeSpace>(std::move(ctx), nested ? structure.spliced(parts) : structure,
                         std::move(flat));
}

Ref<Space> TreeSpace::rebuilt(Ref<Context> target) const {
  // What only changes the family or the level leaves the dtypes of the leaves alone.
  const bool same_dtype = target->dtype == ctx->dtype;
  std::vector<Ref<Space>> leaves;
  for (const Ref<Space> &leaf : leaves_) {
    const Dtype dtype = same_dtype ? leaf->ctx->dtype : target->dtype;
    leaves.push_back(leaf->converted_to(*make<Context>(target->family, dtype, target->level)));
  }
  return make<TreeSpace>(std::move(target), structure_, std::move(leaves));
}

Ref<Space> TreeSpace::convert(const Conversion &conversion) {
  Ref<Context> target = conversion.context_for(*ctx);
  std::vector<Ref<Space>> leaves;
  bool changed = !(*target == *ctx);
  for (const Ref<Space> &leaf : leaves_) {
    leaves.push_back(leaf->convert(conversion));
    changed |= leaves.back().get() != leaf.get();
  }
  if (!changed) return Ref<Space>::share(this);
  return make<TreeSpace>(std::move(target), structure_, std::move(leaves));
}

template <class F>
Ref<Value> TreeSpace::build(F &&f) const {
  std::vector<Ref<Value>> parts;
  parts.reserve(leaves_.size());
  for (std::size_t i = 0; i < leaves_.size(); ++i) parts.push_back(f(i, *leaves_[i]));
  return structure_.unflatten(parts);
}

template <class F>
Ref<Array> TreeSpace::fold(Op op, F &&f) const {
  Ref<Array> total = f(std::size_t{0}, *leaves_[0]);
  for (std::size_t i = 1; i < leaves_.size(); ++i)
    total = ops::call(op, {total.get(), f(i, *leaves_[i]).get()});
  return total;
}

void TreeSpace::fail_structure(const std::string &why, const char *op) const {
  fail(SPC_E_TYPE, "{}: TreeSpace structure mismatch: {}", op, why);
}

void TreeSpace::require_capability(Capability c, const char *what) const {
  if (!has(c)) lacks(what);
}

std::vector<Value *> TreeSpace::flatten_tree(Value &x, const char *op) const {
  const Leaves leaves(*this, x, op);
  std::vector<Value *> list(leaves_.size());
  for (std::size_t i = 0; i < list.size(); ++i) list[i] = &leaves[i];
  return list;
}

Ref<Value> TreeSpace::unflatten_tree(std::span<const Ref<Value>> leaves) const {
  if (leaves.size() != leaves_.size())
    fail(SPC_E_VALUE, "TreeSpace expected {} leaves, got {}.", leaves_.size(), leaves.size());
  return structure_.unflatten(leaves);
}

bool TreeSpace::has(Capability c) const noexcept {
  return std::all_of(leaves_.begin(), leaves_.end(),
                     [c](const Ref<Space> &leaf) { return leaf->has(c); });
}

std::string TreeSpace::text() const {
  std::string leaves;
  for (const Ref<Space> &leaf : leaves_) leaves += (leaves.empty() ? "" : ", ") + leaf->text();
  return fmt::format("TreeSpace(structure={}, leaves=[{}], ctx={})", structure_.text(), leaves,
                     to_string(*ctx));
}

bool TreeSpace::same_structure(const Space &other) const {
  const TreeSpace &o = static_cast<const TreeSpace &>(other);
  return structure_ == o.structure_ &&
         std::equal(
             leaves_.begin(), leaves_.end(), o.leaves_.begin(), o.leaves_.end(),
             [](const Ref<Space> &a, const Ref<Space> &b) { return a->interchangeable(*b); });
}

std::uint64_t TreeSpace::structure_hash() const {
  std::uint64_t h = structure_.hash();
  for (const Ref<Space> &leaf : leaves_) h = (h ^ leaf->hash()) * 0x9e3779b97f4a7c15U;
  return h;
}

// ---- membership

bool TreeSpace::is_plain_member(Value &v) const noexcept {
  try {
    const Leaves x(*this, v, "TreeSpace");
    for (std::size_t i = 0; i < leaves_.size(); ++i)
      if (!leaves_[i]->is_plain_member(x[i])) return false;
    return true;
  } catch (...) {
    return false;
  }
}

std::string TreeSpace::violation(Value &x, CheckLevel level) const {
  if (level == CheckLevel::none) return "";
  std::vector<Value *> leaves(leaves_.size());
  std::string why;
  if (!structure_.flatten(x, leaves.data(), &why)) return "TreeSpace structure mismatch: " + why;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const std::string text = leaves_[i]->violation(*leaves[i], level);
    if (!text.empty())
      return fmt::format("Invalid leaf at {} for {}: {}", structure_.leaf_path(i),
                         leaves_[i]->kind(), text);
  }
  return "";
}

void TreeSpace::require_safe(Value &v, const char *op, const char *role) const {
  const Leaves x(*this, v, op);
  for (std::size_t i = 0; i < leaves_.size(); ++i) leaves_[i]->require_safe(x[i], op, role);
}

void TreeSpace::require_target(Value &v, const char *op) const {
  const Leaves y(*this, v, op);
  for (std::size_t i = 0; i < leaves_.size(); ++i) leaves_[i]->require_target(y[i], op);
}

bool TreeSpace::native(const Value &v) const noexcept {
  try {
    const Leaves x(*this, const_cast<Value &>(v), "TreeSpace");
    for (std::size_t i = 0; i < leaves_.size(); ++i)
      if (!leaves_[i]->native(x[i])) return false;
    return true;
  } catch (...) {
    return false;
  }
}

void TreeSpace::require_native(const Value &v, const char *op, const char *role) const {
  const Leaves x(*this, const_cast<Value &>(v), op);
  for (std::size_t i = 0; i < leaves_.size(); ++i) leaves_[i]->require_native(x[i], op, role);
}

// ---- vector space

Ref<Value> TreeSpace::zeros_core() const {
  return build([](std::size_t, const Space &leaf) { return leaf.zeros_core(); });
}

Ref<Value> TreeSpace::new_element() const {
  return build([](std::size_t, const Space &leaf) { return leaf.new_element(); });
}

Ref<Value> TreeSpace::coordinate_ones() const {
  return build([](std::size_t, const Space &leaf) { return leaf.coordinate_ones(); });
}

Ref<Value> TreeSpace::add_core(Value &x, Value &y) const {
  const Leaves u(*this, x, "space_add"), v(*this, y, "space_add");
  return build([&](std::size_t i, const Space &leaf) { return leaf.add_core(u[i], v[i]); });
}

Ref<Value> TreeSpace::scale_core(Value &a, Value &x) const {
  const Leaves u(*this, x, "space_scale");
  return build([&](std::size_t i, const Space &leaf) {
    std::optional<Scalar> weak;
    return leaf.scale_core(*number_for(&a, leaf, weak), u[i]);
  });
}

Ref<Value> TreeSpace::axpy_core(Value &a, Value &x, Value &y) const {
  const Leaves u(*this, x, "space_axpy"), v(*this, y, "space_axpy");
  return build([&](std::size_t i, const Space &leaf) {
    std::optional<Scalar> weak;
    return leaf.axpy_core(*number_for(&a, leaf, weak), u[i], v[i]);
  });
}

void TreeSpace::fill(Value &x, std::complex<double> value) const {
  const Leaves u(*this, x, "TreeSpace");
  for (std::size_t i = 0; i < leaves_.size(); ++i) leaves_[i]->fill(u[i], value);
}

void TreeSpace::copy_into(Value &x, Value &out) const {
  axpby_into(nullptr, x, nullptr, out);
}

void TreeSpace::axpby_into(Value *a, Value &x, Value *b, Value &y) const {
  const Leaves u(*this, x, "TreeSpace"), v(*this, y, "TreeSpace");
  // A leaf of x that is read after a leaf of y over the same memory was written.
  for (std::size_t i = 1; i < leaves_.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (leaves_[i]->overlap(u[i], v[j])) {
        const Ref<Value> own = build([&](std::size_t k, const Space &leaf) {
          Ref<Value> copy = leaf.new_element();
          leaf.copy_into(u[k], *copy);
          return copy;
        });
        return axpby_into(a, *own, b, y);
      }
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    const Space &leaf = *leaves_[i];
    if (a == nullptr && b == nullptr) {
      leaf.copy_into(u[i], v[i]);
      continue;
    }
    std::optional<Scalar> weak_a, weak_b;
    leaf.axpby_into(number_for(a, leaf, weak_a), u[i], number_for(b, leaf, weak_b), v[i]);
  }
}

Ref<Value> TreeSpace::conj_core(Value &x) const {
  const Leaves u(*this, x, "space_conj");
  if (!ctx->complex()) return Ref<Value>::share(&x);
  return build([&](std::size_t i, const Space &leaf) { return leaf.conj_core(u[i]); });
}

bool TreeSpace::overlap(Value &x, Value &y) const noexcept {
  return any_array(
      x, [&y](Array &a) { return any_array(y, [&a](Array &b) { return may_overlap(a, b); }); });
}

Ref<Value> TreeSpace::tagged(Ref<Value> x) const {
  const Leaves u(*this, *x, "TreeSpace");
  bool changed = false;
  std::vector<Ref<Value>> parts;
  parts.reserve(leaves_.size());
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    parts.push_back(leaves_[i]->tagged(Ref<Value>::share(&u[i])));
    changed |= parts.back().get() != &u[i];
  }
  return changed ? structure_.unflatten(parts) : x;
}

// ---- batches

std::string TreeSpace::batch_violation(Value &xs, CheckLevel level) const {
  if (level == CheckLevel::none) return "";
  std::vector<Value *> leaves(leaves_.size());
  std::string why;
  if (!structure_.flatten(xs, leaves.data(), &why)) return "TreeSpace structure mismatch: " + why;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const std::string text = leaves_[i]->batch_violation(*leaves[i], level);
    if (!text.empty())
      return fmt::format("Invalid leaf at {} for {}: {}", structure_.leaf_path(i),
                         leaves_[i]->kind(), text);
  }
  const Dims first = leaves_[0]->batch_shape(*leaves[0]);
  for (std::size_t i = 1; i < leaves.size(); ++i) {
    const Dims other = leaves_[i]->batch_shape(*leaves[i]);
    if (other != first)
      return fmt::format("Leaves of a batch have the leading axes {} at {} and {} at {}", first,
                         structure_.leaf_path(0), other, structure_.leaf_path(i));
  }
  return "";
}

Dims TreeSpace::batch_shape(Value &xs) const {
  const Leaves x(*this, xs, "TreeSpace");
  const Dims first = leaves_[0]->batch_shape(x[0]);
  for (std::size_t i = 1; i < leaves_.size(); ++i) {
    const Dims other = leaves_[i]->batch_shape(x[i]);
    if (other != first)
      fail(SPC_E_VALUE, "Leaves of a batch have the leading axes {} at {} and {} at {}", first,
           structure_.leaf_path(0), other, structure_.leaf_path(i));
  }
  return first;
}

Ref<Array> TreeSpace::flatten_batch_core(Value &xs) const {
  const Leaves x(*this, xs, "flatten_batch");
  batch_shape(xs);
  std::vector<Ref<Array>> parts;
  for (std::size_t i = 0; i < leaves_.size(); ++i)
    parts.push_back(leaves_[i]->flatten_batch_core(x[i]));
  if (parts.size() == 1) return cast(parts[0], ctx->dtype);
  return retag(join_last(parts, ctx->dtype), ctx->family);
}

Ref<Value> TreeSpace::unflatten_batch_core(Array &vs) const {
  if (vs.ndim() == 0 || vs.shape[vs.ndim() - 1] != size())
    fail(SPC_E_VALUE, "unflatten_batch: coordinates have shape {}, the last axis must be {}",
         vs.shape, size());
  std::int64_t begin = 0;
  return build([&](std::size_t, const Space &leaf) {
    const Ref<Array> part = slice_last(vs, begin, begin + leaf.size());
    begin += leaf.size();
    return leaf.unflatten_batch_core(*for_leaf(part, leaf, ctx->dtype));
  });
}

Ref<Value> TreeSpace::batch_item(Value &xs, std::int64_t i) const {
  const Leaves x(*this, xs, "TreeSpace");
  return build([&](std::size_t k, const Space &leaf) { return leaf.batch_item(x[k], i); });
}

Ref<Value> TreeSpace::batch_of(std::span<const Ref<Value>> items) const {
  std::vector<std::vector<Value *>> trees;
  for (const Ref<Value> &item : items) trees.push_back(flatten_tree(*item, "TreeSpace"));
  return build([&](std::size_t k, const Space &leaf) {
    std::vector<Ref<Value>> parts;
    for (const std::vector<Value *> &tree : trees) parts.push_back(Ref<Value>::share(tree[k]));
    return leaf.batch_of(parts);
  });
}

Ref<Value> TreeSpace::zeros_batch(const Dims &leading) const {
  return build([&](std::size_t, const Space &leaf) { return leaf.zeros_batch(leading); });
}

Ref<Array> TreeSpace::inner_batch_core(Value &xs, Value &ys) const {
  const Leaves x(*this, xs, "space_inner_batch"), y(*this, ys, "space_inner_batch");
  return cast(fold(Op::add, [&](std::size_t i,
                                const Space &leaf) { return leaf.inner_batch_core(x[i], y[i]); }),
              ctx->dtype);
}

// ---- star and Jordan algebra

Ref<Value> TreeSpace::star_core(Value &x) const {
  require_capability(Capability::star, "star");
  const Leaves u(*this, x, "space_star");
  return build([&](std::size_t i, const Space &leaf) { return leaf.star_core(u[i]); });
}

Ref<Value> TreeSpace::jordan_core(Value &x, Value &y) const {
  require_capability(Capability::jordan, "Jordan product");
  const Leaves u(*this, x, "space_jordan"), v(*this, y, "space_jordan");
  return build([&](std::size_t i, const Space &leaf) { return leaf.jordan_core(u[i], v[i]); });
}

Ref<Value> TreeSpace::unit() const {
  require_capability(Capability::jordan, "Jordan product");
  return build([](std::size_t, const Space &leaf) { return leaf.unit(); });
}

Ref<Array> TreeSpace::spectrum_core(Value &x) const {
  require_capability(Capability::jordan, "spectrum");
  const Leaves u(*this, x, "space_spectrum");
  const int leading = batch_shape(x).size();
  std::vector<Ref<Array>> parts;
  for (std::size_t i = 0; i < leaves_.size(); ++i)
    parts.push_back(flatten_trailing(*leaves_[i]->spectrum_core(u[i]), leading));
  if (parts.size() == 1) return parts[0];
  return retag(join_last(parts, Dtype::none), ctx->family);
}

Ref<Value> TreeSpace::spectra_core(Value &x) const {
  require_capability(Capability::jordan, "spectrum");
  const Leaves u(*this, x, "space_spectra");
  return build([&](std::size_t i, const Space &leaf) { return leaf.spectra_core(u[i]); });
}

Space::SpectralDecomposition TreeSpace::spectral_decompose_core(Value &x) const {
  require_capability(Capability::jordan, "spectrum");
  const Leaves u(*this, x, "space_spectral_decompose");
  std::vector<Ref<Value>> eigenvalues, frames;
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    SpectralDecomposition leaf = leaves_[i]->spectral_decompose_core(u[i]);
    eigenvalues.push_back(std::move(leaf.eigenvalues));
    frames.push_back(std::move(leaf.frame));
  }
  return {make<Sequence>(ValueKind::tuple, std::move(eigenvalues)),
          make<Sequence>(ValueKind::tuple, std::move(frames))};
}

Ref<Value> TreeSpace::from_spectrum_core(Value &eigenvalues, Value &frame) const {
  require_capability(Capability::jordan, "spectrum");
  const Sequence *parts[2];
  int n = 0;
  for (Value *v : {&eigenvalues, &frame}) {
    const char *role = n == 0 ? "eigenvalues" : "frame";
    if (v->kind() != ValueKind::tuple)
      fail(SPC_E_TYPE, "from_spectrum: {} of a TreeSpace is a tuple over its leaves, got {}", role,
           describe(v));
    parts[n] = static_cast<const Sequence *>(v);
    if (parts[n]->items.size() != leaves_.size())
      fail(SPC_E_VALUE, "from_spectrum: {} has {} items, the TreeSpace has {} leaves", role,
           parts[n]->items.size(), leaves_.size());
    ++n;
  }
  return build([&](std::size_t i, const Space &leaf) {
    return leaf.from_spectrum_core(*parts[0]->items[i], *parts[1]->items[i]);
  });
}

Ref<Value> TreeSpace::spectral_apply_core(Value &x, const SpectralFunction &f) const {
  require_capability(Capability::jordan, "spectrum");
  const Leaves u(*this, x, "space_spectral_apply");
  return build([&](std::size_t i, const Space &leaf) { return leaf.spectral_apply_core(u[i], f); });
}

Ref<Array> TreeSpace::trace_core(Value &x) const {
  require_capability(Capability::jordan, "spectrum");
  const Leaves u(*this, x, "space_trace");
  return fold(Op::add, [&](std::size_t i, const Space &leaf) { return leaf.trace_core(u[i]); });
}

Ref<Array> TreeSpace::determinant_core(Value &x) const {
  require_capability(Capability::jordan, "spectrum");
  const Leaves u(*this, x, "space_determinant");
  return fold(Op::multiply,
              [&](std::size_t i, const Space &leaf) { return leaf.determinant_core(u[i]); });
}

// ---- coordinates

bool TreeSpace::free_coordinates() const noexcept {
  return std::all_of(leaves_.begin(), leaves_.end(), [this](const Ref<Space> &leaf) {
    return leaf->free_coordinates() && leaf->complex() == ctx->complex();
  });
}

Ref<Array> TreeSpace::flatten_core(Value &x) const {
  const Leaves u(*this, x, "flatten");
  std::vector<Ref<Array>> parts;
  parts.reserve(leaves_.size());
  Join join;
  join.strong(ctx->dtype);
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    parts.push_back(leaves_[i]->flatten_core(u[i]));
    join.strong(parts.back()->dtype);
  }
  if (parts.size() == 1) return cast(parts[0], join.result());
  return retag(join_last(parts, join.result()), ctx->family);
}

Ref<Value> TreeSpace::unflatten_core(Array &v) const {
  const Ref<Array> flat = flatten_trailing(v, 0);
  if (flat->size != size())
    fail(SPC_E_VALUE, "unflatten: {} coordinates given, TreeSpace has {}", flat->size, size());
  std::int64_t begin = 0;
  return build([&](std::size_t, const Space &leaf) {
    const Ref<Array> part = slice_last(*flat, begin, begin + leaf.size());
    begin += leaf.size();
    return leaf.unflatten_core(*for_leaf(part, leaf, ctx->dtype));
  });
}

Ref<Value> TreeSpace::from_host(const void *coordinates) const {
  return unflatten_core(*ops::from_host(*ctx, ctx->dtype, shape(), coordinates));
}

// ---- inner product

bool TreeSpace::is_euclidean() const {
  return std::all_of(leaves_.begin(), leaves_.end(),
                     [](const Ref<Space> &leaf) { return leaf->is_euclidean(); });
}

bool TreeSpace::diagonal_metric() const noexcept {
  return std::all_of(leaves_.begin(), leaves_.end(),
                     [](const Ref<Space> &leaf) { return leaf->diagonal_metric(); });
}

Ref<Array> TreeSpace::inner_core(Value &x, Value &y) const {
  const Leaves u(*this, x, "space_inner"), v(*this, y, "space_inner");
  return cast(fold(Op::add,
                   [&](std::size_t i, const Space &leaf) {
                     return tagged_scalar(*this, leaf.inner_core(u[i], v[i]));
                   }),
              ctx->dtype);
}

bool TreeSpace::uniform() const noexcept {
  return std::all_of(leaves_.begin(), leaves_.end(),
                     [this](const Ref<Space> &leaf) { return leaf->ctx->dtype == ctx->dtype; });
}

// Leaf by leaf: each program touches the memory of one leaf only.
void TreeSpace::run(const SpaceProgram &program, Value *const *x, const std::complex<double> *a,
                    const ProgramRoom &room, std::complex<double> *results) const {
  if (!uniform()) return Space::run(program, x, a, room, results);
  const int n = program.plain().n_vectors(), n_sums = program.plain().n_reductions();
  std::optional<Leaves> parts[Program::max_vectors], work;
  for (int k = 0; k < n; ++k) parts[k].emplace(*this, *x[k], "TreeSpace");
  if (room.work != nullptr) work.emplace(*this, *room.work, "TreeSpace");
  std::fill_n(results, n_sums, std::complex<double>(0));
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    Value *of_leaf[Program::max_vectors];
    for (int k = 0; k < n; ++k) of_leaf[k] = &(*parts[k])[i];
    std::complex<double> sums[Program::max_reductions];
    const ProgramRoom leaf_room{work ? &(*work)[i] : nullptr, room.number, room.sums};
    leaves_[i]->run(program, of_leaf, a, leaf_room, sums);
    for (int k = 0; k < n_sums; ++k) results[k] += sums[k];
  }
}

template <class F>
void TreeSpace::add_into(Array &out, F &&f) const {
  if (out.buffer->space().host_accessible() && is_floating(out.dtype)) {
    std::complex<double> total;
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
      f(i, *leaves_[i], out);
      if (i > 0) ops::fill(out, total + read_scalar(out));
      total = read_scalar(out);  // rounded as a sum of arrays is
    }
    return;
  }
  Scalar one(SPC_WEAK_INT, 1, 1.0);
  Ref<Array> part;
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    if (i == 1) part = ops::new_like(out);
    f(i, *leaves_[i], i == 0 ? out : *part);
    if (i > 0) ops::axpby_into(&one, *part, &one, out, out);
  }
}

void TreeSpace::inner_into(Value &x, Value &y, Value *work, Array &out) const {
  if (!uniform()) return ops::copy_into(*inner_core(x, y), out);
  const Leaves u(*this, x, "space_inner"), v(*this, y, "space_inner");
  std::optional<Leaves> w;
  if (work != nullptr) w.emplace(*this, *work, "space_inner");
  add_into(out, [&](std::size_t i, const Space &leaf, Array &to) {
    leaf.inner_into(u[i], v[i], w ? &(*w)[i] : nullptr, to);
  });
}

void TreeSpace::coordinate_inner_into(Value &x, Value &y, Array &out) const {
  if (!uniform()) return ops::copy_into(*ops::vdot(*flatten_core(x), *flatten_core(y)), out);
  const Leaves u(*this, x, "space_inner"), v(*this, y, "space_inner");
  add_into(out, [&](std::size_t i, const Space &leaf, Array &to) {
    leaf.coordinate_inner_into(u[i], v[i], to);
  });
}

Ref<Array> TreeSpace::norm_core(Value &x) const {
  const Leaves u(*this, x, "space_norm");
  std::vector<Ref<Array>> norms;
  for (std::size_t i = 0; i < leaves_.size(); ++i)
    norms.push_back(tagged_scalar(*this, leaves_[i]->norm_core(u[i])));
  return cast(norm_of_norms(norms), real_of(ctx->dtype));
}

Ref<Array> TreeSpace::coordinate_norm(Value &x) const {
  const Leaves u(*this, x, "space_norm");
  std::vector<Ref<Array>> norms;
  for (std::size_t i = 0; i < leaves_.size(); ++i)
    norms.push_back(tagged_scalar(*this, leaves_[i]->coordinate_norm(u[i])));
  return cast(norm_of_norms(norms), real_of(ctx->dtype));
}

Ref<Value> TreeSpace::riesz(Value &x) const {
  const Leaves u(*this, x, "space_riesz");
  if (is_euclidean()) return Ref<Value>::share(&x);
  return build([&](std::size_t i, const Space &leaf) { return leaf.riesz(u[i]); });
}

Ref<Value> TreeSpace::riesz_inverse(Value &x) const {
  const Leaves u(*this, x, "space_riesz_inverse");
  if (is_euclidean()) return Ref<Value>::share(&x);
  return build([&](std::size_t i, const Space &leaf) { return leaf.riesz_inverse(u[i]); });
}

void TreeSpace::riesz_inverse_in_place(Value &x) const {
  const Leaves u(*this, x, "space_riesz_inverse");
  for (std::size_t i = 0; i < leaves_.size(); ++i) leaves_[i]->riesz_inverse_in_place(u[i]);
}

}  // namespace spc
