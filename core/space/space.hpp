// SPDX-License-Identifier: Apache-2.0
// Spaces: what an element is, and the vector operations on elements.
//
// Each operation has two forms. The public one checks membership by the space's level; the one
// that ends in _core, and the *_into forms, check nothing and are what operators and solvers call
// after a check at their own boundary. What a space lacks is a CapabilityErr.
#pragma once

#include <complex>
#include <functional>
#include <span>
#include <string>

#include "core/array/value.hpp"
#include "core/context/resolution.hpp"
#include "core/space/geometry.hpp"
#include "core/space/program.hpp"

namespace spc {

enum class Capability : std::int32_t {
  vector = SPC_CAN_VECTOR,
  coordinate = SPC_CAN_COORDINATES,
  inner_product = SPC_CAN_INNER,
  star = SPC_CAN_STAR,
  jordan = SPC_CAN_JORDAN,
  euclidean_jordan = SPC_CAN_EUCLIDEAN_JORDAN,
};

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
  /// Of class, family, dtype, shape and structure; equal spaces have equal ones (O-Q1).
  std::uint64_t hash() const;
  /// Deterministic text for people.
  virtual std::string text() const;
  /// The space in the context that a conversion gives it (spec 5).
  virtual Ref<Space> convert(const Conversion &conversion);

  // ---- membership
  /// Quick test without a message: true only for members at every level, whose dtype is that of the
  /// space. Of an array it tells by shape, dtype and family alone, whatever the array holds.
  virtual bool is_plain_member(Value &v) const noexcept = 0;
  /// A plain member, one array, that may be written: require_target passes, and check_member whatever
  /// is written.
  bool is_plain_target(Value &y) const noexcept {
    return y.kind() == ValueKind::array && is_plain_member(y) &&
           static_cast<const Array &>(y).writable();
  }
  /// Runs the checks of the space's level. SpaceValidation with the first that fails.
  void check_member(Value &x) const {
    if (ctx->level != CheckLevel::none && !is_plain_member(x)) [[unlikely]]
      fail_membership(x);
  }
  /// What every level demands of an operand: memory-safe. Level none: TypeErr, ValueErr naming op;
  /// else as check_member.
  void admit(Value &x, const char *op, const char *role) const;
  /// The same without the checks that read values: of what a function of the program gave in the
  /// middle of a computation, whose end is checked.
  void admit_form(Value &x, const char *op, const char *role) const;
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

  /// y has exactly the shape, dtype and family of an element and may be written: what in-place forms
  /// demand of their target. ValueErr, TypeErr naming op.
  virtual void require_target(Value &y, const char *op) const;
  /// An element in exactly the dtype of the context, so that in-place forms need no cast.
  virtual bool native(const Value &x) const noexcept;
  /// TypeErr naming op and both dtypes unless native(x).
  virtual void require_native(const Value &x, const char *op, const char *role) const;

  // ---- batches: the same leading axes in front of every leaf array. add_core, scale_core,
  // conj_core, riesz, riesz_inverse and the cores of star and Jordan algebra take them as they are.
  /// Runs the checks of the space's level on a batch. SpaceValidation.
  void check_batch(Value &xs) const;
  /// What every level demands of a batch; one element without a leading axis is SpaceValidation.
  void admit_batch(Value &xs, const char *op, const char *role) const;
  /// The same without the checks that read values.
  void admit_batch_form(Value &xs, const char *op, const char *role) const;
  /// As violation, trailing axes only.
  virtual std::string batch_violation(Value &xs, CheckLevel level) const;
  /// The leading axes; () for one element. TypeErr, ValueErr: no batch of this space.
  virtual Dims batch_shape(Value &xs) const;
  /// (..., size)
  virtual Ref<Array> flatten_batch_core(Value &xs) const;
  virtual Ref<Value> unflatten_batch_core(Array &vs) const;
  /// Element i of a batch with one leading axis, where possible a view.
  virtual Ref<Value> batch_item(Value &xs, std::int64_t i) const;
  /// One leading axis over the items; at least one.
  virtual Ref<Value> batch_of(std::span<const Ref<Value>> items) const;
  virtual Ref<Value> zeros_batch(const Dims &leading) const;
  /// (...): <x, y> of every pair.
  virtual Ref<Array> inner_batch_core(Value &xs, Value &ys) const;

  // ---- star and Jordan algebra. CapabilityErr where the space has none.
  /// x = from_spectrum(eigenvalues, frame); of trees, tuples over the leaves.
  struct SpectralDecomposition {
    Ref<Value> eigenvalues, frame;
  };
  /// The eigenvalues f(values) of what spectral_apply makes; same shape and dtype class.
  using SpectralFunction = std::function<Ref<Value>(Array &values)>;

  virtual Ref<Value> star_core(Value &x) const;
  virtual Ref<Value> jordan_core(Value &x, Value &y) const;
  virtual Ref<Value> unit() const;
  /// One array; leading batch axes kept.
  virtual Ref<Array> spectrum_core(Value &x) const;
  /// The same leaf by leaf, in the structure of the space.
  virtual Ref<Value> spectra_core(Value &x) const;
  virtual SpectralDecomposition spectral_decompose_core(Value &x) const;
  virtual Ref<Value> from_spectrum_core(Value &eigenvalues, Value &frame) const;
  virtual Ref<Value> spectral_apply_core(Value &x, const SpectralFunction &f) const;
  virtual Ref<Array> trace_core(Value &x) const;
  virtual Ref<Array> determinant_core(Value &x) const;

  // ---- coordinates
  /// True if every coordinate vector is that of an element: unflatten only changes the shape. Else
  /// it projects, and what writes coordinates into an element has to go through it.
  virtual bool free_coordinates() const noexcept { return true; }
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
  /// R is a diagonal matrix of coordinates: Euclidean, weighted, or a product of such.
  virtual bool diagonal_metric() const noexcept = 0;
  /// The diagonal of R: (size,), real; nullptr where R is the identity. Of a diagonal metric only.
  Ref<Array> metric_weights() const;
  virtual Ref<Array> inner_core(Value &x, Value &y) const = 0;
  /// out = <x, y>, 0-d; work is an element, needed unless Euclidean.
  virtual void inner_into(Value &x, Value &y, Value *work, Array &out) const = 0;
  /// Runs a program on elements x with numbers a of the host; results[k] is its k-th inner product.
  /// Elements in exactly the dtype of the context; one that is written shares no memory with another.
  virtual void run(const SpaceProgram &program, Value *const *x, const std::complex<double> *a,
                   const ProgramRoom &room, std::complex<double> *results) const;
  /// What programs write their sums to.
  Ref<Array> new_sums() const;
  virtual Ref<Array> norm_core(Value &x) const = 0;
  /// 2-norm of the coordinates, 0-d.
  virtual Ref<Array> coordinate_norm(Value &x) const = 0;
  /// out = vdot of the coordinates, 0-d: <x, y> without the metric.
  virtual void coordinate_inner_into(Value &x, Value &y, Array &out) const = 0;
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

  /// The part of `admit` that does not depend on the level.
  virtual void require_safe(Value &v, const char *op, const char *role) const = 0;
  /// Beyond class, dtype, shape and family.
  virtual bool same_structure(const Space &other) const = 0;
  /// Beyond class, family, dtype and shape, for hash().
  virtual std::uint64_t structure_hash() const { return 0; }
  /// CapabilityErr `{kind} has no {what}`.
  [[noreturn]] [[gnu::cold]] void lacks(const char *what) const;
  virtual Ref<Space> rebuilt(Ref<Context> target) const = 0;

 private:
  // They ask their parts what only a space asks itself.
  friend class StackedSpace;
  friend class TreeSpace;

  [[noreturn]] [[gnu::cold]] void throw_violation(const std::string &text) const;
  void fail_membership(Value &x) const;

  const Dims shape_;
  const std::int64_t size_;
};

/// A number of any kind: what multiplies an element must not broadcast it. TypeErr, ValueErr naming op.
void require_scalar(Value &a, const char *op);

/// A 0-d result under the tag of the space's family; host results of opaque spaces stay as they are.
Ref<Array> tagged_scalar(const Space &space, const Ref<Array> &x);

/// Checks 1 to 4 of dense elements: Backend, Shape (of a batch: trailing axes), Field, DType. "" if
/// all hold.
std::string dense_violation(const Space &space, Value &v, bool batch = false);

/// The context of an operator between spaces: one family up to compatibility (the most derived),
/// the join of the dtypes, the lowest level. ValueErr naming op.
Ref<Context> joint_context(const Space &a, const Space &b, const char *op);

}  // namespace spc
