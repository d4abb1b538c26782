// SPDX-License-Identifier: Apache-2.0
// Spaces: what an element is, and the vector operations on elements.
//
// Each operation has two forms. The public one checks membership by the space's level; the one
// that ends in _core, and the *_into forms, check nothing and are what operators and solvers call
// after a check at their own boundary. What a space lacks is a CapabilityErr.
#pragma once

#include <complex>
#include <string>

#include "core/array/value.hpp"
#include "core/context/resolution.hpp"
#include "core/space/geometry.hpp"

namespace spc {

enum class Capability { vector, coordinate, inner_product, star, jordan, euclidean_jordan };

class Space : public Object {
 public:
  const Ref<Context> ctx;

  // ---- what it is
  /// Class name for messages and equality.
  virtual const char *kind() const noexcept = 0;
  virtual bool has(Capability c) const noexcept = 0;
  bool complex() const noexcept { return ctx->complex(); }
  /// Shape of an element.
  const Dims &shape() const noexcept { return shape_; }
  /// Number of coordinates.
  std::int64_t size() const noexcept { return size_; }
  /// Same class, family, dtype, shape and geometry, values compared exactly; levels may differ.
  bool equals(const Space &other) const;
  /// As equals, with compatible families counted as one: operators between the two compose.
  bool interchangeable(const Space &other) const;
  /// The space with the family, dtype and level of ctx; itself if they agree already.
  Ref<Space> converted_to(Context &target);
  /// The space in the context that a conversion gives it (spec 5).
  Ref<Space> convert(const Conversion &conversion);

  // ---- membership
  /// Runs the checks of the space's level. SpaceValidation with the first that fails.
  void check_member(Value &x) const {
    if (ctx->level != CheckLevel::none && !is_plain_member(x)) [[unlikely]]
      fail_membership(x);
  }
  /// What every level demands of an operand: memory-safe. Level none: TypeErr, ValueErr naming op;
  /// else as check_member.
  void admit(Value &x, const char *op, const char *role) const;
  /// Text of the first failing check of `level`, "" for a member.
  virtual std::string violation(Value &x, CheckLevel level) const = 0;

  // ---- vector space
  Ref<Value> add(Value &x, Value &y) const;
  Ref<Value> scale(Value &a, Value &x) const;
  Ref<Value> axpy(Value &a, Value &x, Value &y) const;

  virtual Ref<Value> zeros_core() const = 0;
  virtual Ref<Value> add_core(Value &x, Value &y) const = 0;
  virtual Ref<Value> scale_core(Value &a, Value &x) const = 0;
  /// a x + y
  virtual Ref<Value> axpy_core(Value &a, Value &x, Value &y) const = 0;
  /// A new element with unspecified contents.
  virtual Ref<Value> new_element() const = 0;
  virtual void fill(Value &x, std::complex<double> value) const = 0;
  virtual void copy_into(Value &x, Value &out) const = 0;
  /// y = a x + b y; nullptr: a = 1, b = 0; b = 0 does not read y.
  virtual void axpby_into(Value *a, Value &x, Value *b, Value &y) const = 0;
  /// The element with conjugate coordinates; x itself in a real space.
  virtual Ref<Value> conj_core(Value &x) const = 0;
  /// True if x and y may share memory.
  virtual bool overlap(Value &x, Value &y) const noexcept = 0;
  /// The element under the tag of the space's family.
  virtual Ref<Value> tagged(Ref<Value> x) const = 0;

  // ---- coordinates
  Ref<Array> flatten(Value &x) const;
  /// TypeErr: v is not dense; ValueErr: size differs, at every level.
  Ref<Value> unflatten(Value &v) const;

  virtual Ref<Array> flatten_core(Value &x) const = 0;
  virtual Ref<Value> unflatten_core(Array &v) const = 0;
  /// The element whose coordinates lie, row-major and in the context's dtype, in host memory.
  virtual Ref<Value> from_host(const void *coordinates) const = 0;
  /// The element whose coordinates are all 1.
  virtual Ref<Value> coordinate_ones() const = 0;

  // ---- inner product
  Ref<Array> inner(Value &x, Value &y) const;
  /// sqrt(Re <x, x>), 0-d, of the real dtype.
  Ref<Array> norm(Value &x) const;

  virtual bool is_euclidean() const = 0;
  virtual Ref<Array> inner_core(Value &x, Value &y) const = 0;
  /// out = <x, y>, 0-d; work is an element, needed unless Euclidean.
  virtual void inner_into(Value &x, Value &y, Value *work, Array &out) const = 0;
  virtual Ref<Array> norm_core(Value &x) const = 0;
  /// 2-norm of the coordinates, 0-d.
  virtual Ref<Array> coordinate_norm(Value &x) const = 0;
  /// R x, R^-1 x; x itself where R is the identity.
  virtual Ref<Value> riesz(Value &x) const = 0;
  virtual Ref<Value> riesz_inverse(Value &x) const = 0;
  /// x = R^-1 x
  virtual void riesz_inverse_in_place(Value &x) const = 0;
  /// The single geometry of a space that has one; nullptr otherwise.
  virtual Geometry *geometry() const noexcept { return nullptr; }

 protected:
  Space(Ref<Context> c, const Dims &shape)
      : ctx(std::move(c)), shape_(shape), size_(product(shape, "space")) {}

  /// Quick test without a message: true only for members at every level.
  virtual bool is_plain_member(Value &v) const noexcept = 0;
  /// The part of `admit` that does not depend on the level.
  virtual void require_safe(Value &v, const char *op, const char *role) const = 0;
  /// Beyond class, dtype, shape and family.
  virtual bool same_structure(const Space &other) const = 0;
  virtual Ref<Space> rebuilt(Ref<Context> target) const = 0;

 private:
  [[noreturn]] [[gnu::cold]] void throw_violation(const std::string &text) const;
  void fail_membership(Value &x) const;

  const Dims shape_;
  const std::int64_t size_;
};

/// A 0-d result under the tag of the space's family; host results of opaque spaces stay as they are.
Ref<Array> tagged_scalar(const Space &space, const Ref<Array> &x);

/// Checks 1 to 4 of dense elements: Backend, Shape, Field, DType. "" if all hold.
std::string dense_violation(const Space &space, Value &v);

/// The context of an operator between spaces: one family up to compatibility (the most derived),
/// the join of the dtypes, the lowest level. ValueErr naming op.
Ref<Context> joint_context(const Space &a, const Space &b, const char *op);

}  // namespace spc
