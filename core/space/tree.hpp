// SPDX-License-Identifier: Apache-2.0
// TreeSpace: the direct product of leaf spaces; elements are trees (spec 1.9).
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/space/space.hpp"
#include "core/space/structure.hpp"

namespace spc {

/// The direct product of leaf spaces: coordinates are joined in leaf order, inner products add. It
/// can do what every leaf can.
///
/// Leaves have the family and level of the context. Under the dtype policy keep_native a leaf keeps a
/// dtype that the context's dtype holds; coordinates, scalars and norms are in the context's dtype.
/// The core forms refuse a value of another structure at every level (TypeErr).
class TreeSpace final : public Space {
 public:
  /// ctx nullptr: resolved from the leaves. Leaves that are TreeSpaces are spliced in. ValueErr: no
  /// leaf, their number; TypeErr: a leaf without coordinates; ContextConflict.
  static Ref<Space> create(const Structure &structure, std::span<const Ref<Space>> leaves,
                           Ref<Context> ctx);

  const Structure &structure() const noexcept { return structure_; }
  std::span<const Ref<Space>> leaves() const noexcept { return leaves_; }
  /// The leaves of one operand, without the heap for small trees.
  class Leaves;
  /// The same as a list. TypeErr naming op: another structure, at every level.
  std::vector<Value *> flatten_tree(Value &x, const char *op) const;
  /// ValueErr `TreeSpace expected 3 leaves, got 2.`
  Ref<Value> unflatten_tree(std::span<const Ref<Value>> leaves) const;

  const char *kind() const noexcept override { return "TreeSpace"; }
  bool is_plain_member(Value &v) const noexcept override;
  bool has(Capability c) const noexcept override;
  std::string text() const override;
  Ref<Space> convert(const Conversion &conversion) override;
  std::string violation(Value &x, CheckLevel level) const override;

  Ref<Value> zeros_core() const override;
  Ref<Value> add_core(Value &x, Value &y) const override;
  Ref<Value> scale_core(Value &a, Value &x) const override;
  Ref<Value> axpy_core(Value &a, Value &x, Value &y) const override;
  Ref<Value> new_element() const override;
  void fill(Value &x, std::complex<double> value) const override;
  void copy_into(Value &x, Value &out) const override;
  void axpby_into(Value *a, Value &x, Value *b, Value &y) const override;
  Ref<Value> conj_core(Value &x) const override;
  bool overlap(Value &x, Value &y) const noexcept override;
  Ref<Value> tagged(Ref<Value> x) const override;
  void require_target(Value &y, const char *op) const override;
  bool native(const Value &x) const noexcept override;
  void require_native(const Value &x, const char *op, const char *role) const override;

  std::string batch_violation(Value &xs, CheckLevel level) const override;
  Dims batch_shape(Value &xs) const override;
  Ref<Array> flatten_batch_core(Value &xs) const override;
  Ref<Value> unflatten_batch_core(Array &vs) const override;
  Ref<Value> batch_item(Value &xs, std::int64_t i) const override;
  Ref<Value> batch_of(std::span<const Ref<Value>> items) const override;
  Ref<Value> zeros_batch(const Dims &leading) const override;
  Ref<Array> inner_batch_core(Value &xs, Value &ys) const override;

  Ref<Value> star_core(Value &x) const override;
  Ref<Value> jordan_core(Value &x, Value &y) const override;
  Ref<Value> unit() const override;
  Ref<Array> spectrum_core(Value &x) const override;
  Ref<Value> spectra_core(Value &x) const override;
  SpectralDecomposition spectral_decompose_core(Value &x) const override;
  Ref<Value> from_spectrum_core(Value &eigenvalues, Value &frame) const override;
  Ref<Value> spectral_apply_core(Value &x, const SpectralFunction &f) const override;
  Ref<Array> trace_core(Value &x) const override;
  Ref<Array> determinant_core(Value &x) const override;

  bool free_coordinates() const noexcept override;
  Ref<Array> flatten_core(Value &x) const override;
  Ref<Value> unflatten_core(Array &v) const override;
  Ref<Value> from_host(const void *coordinates) const override;
  Ref<Value> coordinate_ones() const override;

  bool is_euclidean() const override;
  bool diagonal_metric() const noexcept override;
  Ref<Array> inner_core(Value &x, Value &y) const override;
  void inner_into(Value &x, Value &y, Value *work, Array &out) const override;
  void run(const SpaceProgram &program, Value *const *x, const std::complex<double> *a,
           const ProgramRoom &room, std::complex<double> *results) const override;
  Ref<Array> norm_core(Value &x) const override;
  Ref<Array> coordinate_norm(Value &x) const override;
  void coordinate_inner_into(Value &x, Value &y, Array &out) const override;
  Ref<Value> riesz(Value &x) const override;
  Ref<Value> riesz_inverse(Value &x) const override;
  void riesz_inverse_in_place(Value &x) const override;

  /// Leaves in the family, level and structure of the space, not TreeSpaces.
  TreeSpace(Ref<Context> c, Structure structure, std::vector<Ref<Space>> leaves);

 protected:
  void require_safe(Value &v, const char *op, const char *role) const override;
  bool same_structure(const Space &other) const override;
  std::uint64_t structure_hash() const override;
  Ref<Space> rebuilt(Ref<Context> target) const override;

 private:
  [[noreturn]] [[gnu::cold]] void fail_structure(const std::string &why, const char *op) const;
  /// The tree of f(i, leaf space i) for every leaf.
  template <class F>
  Ref<Value> build(F &&f) const;
  /// The sum or product of f(i, leaf space i), in the context's dtype.
  template <class F>
  Ref<Array> fold(Op op, F &&f) const;
  /// out = the sum of what f(i, leaf space i, out) writes. Leaves have the context's dtype.
  template <class F>
  void add_into(Array &out, F &&f) const;
  bool uniform() const noexcept;
  void require_capability(Capability c, const char *what) const;

  const Structure structure_;
  const std::vector<Ref<Space>> leaves_;
};

class TreeSpace::Leaves {
 public:
  /// x outlives the object. TypeErr naming op: another structure, at every level.
  Leaves(const TreeSpace &tree, Value &x, const char *op) {
    const std::size_t n = tree.leaves_.size();
    if (n > small_.size()) {
      large_.resize(n);
      data_ = large_.data();
    }
    if (tree.structure_.flatten(x, data_, nullptr)) [[likely]]
      return;
    std::string why;
    tree.structure_.flatten(x, data_, &why);
    tree.fail_structure(why, op);
  }
  Leaves(const Leaves &) = delete;
  Leaves &operator=(const Leaves &) = delete;

  Value &operator[](std::size_t i) const noexcept { return *data_[i]; }

 private:
  std::array<Value *, 8> small_;
  std::vector<Value *> large_;
  Value **data_ = small_.data();
};

}  // namespace spc
