// SPDX-License-Identifier: Apache-2.0
// What structure says about operators.
#include <algorithm>
#include <cmath>

#include "core/linop/algebra.hpp"
#include "core/linop/diagonal.hpp"
#include "core/linop/matrix.hpp"
#include "core/linop/views.hpp"
#include "core/ops/ops.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

constexpr std::int64_t largest_compared = 1024;

Verdict verdict(bool value) {
  return value ? Verdict::yes : Verdict::no;
}

// What a family without the ops for it cannot tell is unknown.
template <class F>
Verdict asked(F &&holds) {
  try {
    return verdict(holds());
  } catch (const Error &e) {
    if (e.code() != SPC_E_NOTIMPL) throw;
    return Verdict::unknown;
  }
}

bool all(std::span<const Ref<LinOp>> parts, Property property) {
  return std::ranges::all_of(parts,
                             [&](const Ref<LinOp> &p) { return p->is(property) == Verdict::yes; });
}

bool free_coordinates(const LinOp &A) {
  return A.domain->free_coordinates() && A.codomain->free_coordinates();
}

bool real_scalar(const Scalar &s) {
  return s.number == std::conj(s.number);
}

bool euclidean(const LinOp &A) {
  return A.domain->has(Capability::inner_product) && A.codomain->has(Capability::inner_product) &&
         A.domain->is_euclidean() && A.codomain->is_euclidean();
}

// A^-1 exists by structure.
bool injective(const LinOp &A) {
  return A.is(Property::unitary) == Verdict::yes ||
         A.is(Property::positive_definite) == Verdict::yes;
}

Property mirrored(Property property) {
  return property == Property::lower_triangular   ? Property::upper_triangular
         : property == Property::upper_triangular ? Property::lower_triangular
                                                  : property;
}

}  // namespace

Verdict LinOp::is(Property property) const {
  switch (property) {
    case Property::hermitian:
      return is_hermitian();
    case Property::positive_definite:
    case Property::positive_semidefinite:
      return is_hermitian() == Verdict::no ? Verdict::no : Verdict::unknown;
    case Property::real:
      return ctx->complex() ? Verdict::unknown : Verdict::yes;
    default:
      return Verdict::unknown;
  }
}

Verdict LinOp::compare_with_adjoint() const {
  if (!domain->interchangeable(*codomain)) return Verdict::no;
  if (domain->size() > largest_compared) return Verdict::unknown;
  try {
    return verdict(ops::allclose(*to_matrix(), *adjoint_matrix()));
  } catch (const Error &e) {
    if (e.code() == SPC_E_MEMORY || e.code() == SPC_E_CALLBACK) throw;
    return Verdict::unknown;
  }
}

// ---- matrices

Verdict MatrixLinOp::is(Property property) const {
  const bool real = property == Property::real && is_complex(matrix_dtype());
  const bool shape = property == Property::diagonal || property == Property::lower_triangular ||
                     property == Property::upper_triangular;
  if ((!real && !shape) || !free_coordinates(*this)) return LinOp::is(property);
  return asked([&] {
    if (property == Property::diagonal)
      return entries_are(Property::lower_triangular) && entries_are(Property::upper_triangular);
    return entries_are(property);
  });
}

// ---- diagonal

Verdict DiagonalLinOp::is(Property property) const {
  switch (property) {
    case Property::diagonal:
    case Property::lower_triangular:
    case Property::upper_triangular:
      return domain->free_coordinates() ? Verdict::yes : Verdict::unknown;
    case Property::real:
      if (!is_complex(d_->dtype)) return Verdict::yes;
      return asked([&] { return ops::all_equal(*d_, *conjugated()); });
    case Property::positive_definite:
    case Property::positive_semidefinite: {
      if (is_hermitian() != Verdict::yes) return is_hermitian();
      if (d_->size == 0) return Verdict::yes;
      return asked([&] {
        const double least = read_scalar(*ops::call(Op::min, {ops::real(*d_).get()})).real();
        return property == Property::positive_definite ? least > 0 : least >= 0;
      });
    }
    case Property::unitary:
      if (!diagonal_metrics() && is_hermitian() != Verdict::yes) return Verdict::unknown;
      return asked([&] {
        Ref<Array> ones = ops::zeros(*ctx, {}, real_of(d_->dtype));
        ops::fill(*ones, 1);
        return ops::allclose(*ops::call(Op::abs, {d_.get()}), *ones);
      });
    default:
      return LinOp::is(property);
  }
}

// ---- identity, zero, scaled

Verdict IdentityLinOp::is(Property property) const {
  const bool shape = property == Property::diagonal || property == Property::lower_triangular ||
                     property == Property::upper_triangular;
  // Where members are symmetric, the matrix is that of the projection on them.
  return !shape || domain->free_coordinates() ? Verdict::yes : Verdict::unknown;
}

Verdict ZeroLinOp::is(Property property) const {
  const bool empty = domain->size() == 0 && codomain->size() == 0;
  switch (property) {
    case Property::hermitian:
    case Property::positive_semidefinite:
      return is_hermitian();
    case Property::positive_definite:
      return empty ? is_hermitian() : Verdict::no;
    case Property::unitary:
      return verdict(empty);
    default:
      return Verdict::yes;
  }
}

Verdict ScaledLinOp::is(Property property) const {
  const std::complex<double> s = s_->number;
  const Verdict operand = op_->is(property);
  switch (property) {
    case Property::positive_definite:
    case Property::positive_semidefinite:
      if (real_scalar(*s_) && s.real() > 0) return operand;
      if (s == 0.0 && property == Property::positive_semidefinite)
        return verdict(domain->interchangeable(*codomain));
      return LinOp::is(property);
    case Property::unitary:
      if (std::abs(std::abs(s) - 1) <= 4 * 0x1p-52) return operand;
      return operand == Verdict::yes && domain->size() > 0 ? Verdict::no : Verdict::unknown;
    case Property::real:
      return real_scalar(*s_) ? operand : LinOp::is(property);
    case Property::diagonal:
    case Property::lower_triangular:
    case Property::upper_triangular:
      return operand == Verdict::yes || s != 0.0 ? operand : Verdict::unknown;
    default:
      return LinOp::is(property);
  }
}

// ---- sum, composition

Verdict SumLinOp::is(Property property) const {
  switch (property) {
    case Property::positive_definite:
      if (all(parts_, Property::positive_semidefinite) &&
          std::ranges::any_of(parts_,
                              [&](const Ref<LinOp> &p) { return p->is(property) == Verdict::yes; }))
        return Verdict::yes;
      return LinOp::is(property);
    case Property::unitary:
      return parts_.size() == 1 ? parts_.front()->is(property) : Verdict::unknown;
    case Property::hermitian:
      return is_hermitian();
    default: {
      // One term that is not such, beside terms that are, spoils the sum.
      const auto n = static_cast<std::ptrdiff_t>(parts_.size());
      const auto count = [&](Verdict v) {
        return std::ranges::count_if(parts_,
                                     [&](const Ref<LinOp> &p) { return p->is(property) == v; });
      };
      const auto good = count(Verdict::yes);
      if (good == n) return Verdict::yes;
      const bool linear = property != Property::positive_semidefinite;
      if (linear && good == n - 1 && count(Verdict::no) == 1) return Verdict::no;
      return LinOp::is(property);
    }
  }
}

Verdict ComposedLinOp::is(Property property) const {
  switch (property) {
    case Property::positive_definite:
    case Property::positive_semidefinite: {
      const LinOp *middle = nullptr;
      if (!is_palindrome(middle)) return LinOp::is(property);
      const Verdict inner = middle == nullptr ? Verdict::yes : middle->is(property);
      if (inner != Verdict::yes) return Verdict::unknown;
      if (property == Property::positive_semidefinite) return Verdict::yes;
      const std::size_t n = chain_.size();
      for (std::size_t i = n - n / 2; i < n; ++i)
        if (!injective(*chain_[i])) return Verdict::unknown;
      return Verdict::yes;
    }
    case Property::hermitian:
      return is_hermitian();
    default:
      return all(parts_, property) ? Verdict::yes : LinOp::is(property);
  }
}

// ---- views

Verdict AdjointView::is(Property property) const {
  switch (property) {
    case Property::real:
    case Property::diagonal:
    case Property::lower_triangular:
    case Property::upper_triangular:
      // R_X^-1 M^H R_Y has the entries of M^H, but for positive factors, under diagonal maps only.
      if (diagonal_metrics()) return op_->is(mirrored(property));
      return LinOp::is(property);
    default:
      return op_->is(property);
  }
}

Verdict TransposeView::is_hermitian() const {
  return is(Property::hermitian);
}

Verdict TransposeView::is(Property property) const {
  switch (property) {
    case Property::real:
    case Property::diagonal:
    case Property::lower_triangular:
    case Property::upper_triangular:
      return op_->is(mirrored(property));
    default:
      return euclidean(*this) ? op_->is(property) : Verdict::unknown;
  }
}

Verdict ConjugateView::is_hermitian() const {
  return is(Property::hermitian);
}

Verdict ConjugateView::is(Property property) const {
  // The metric has to commute with conjugation.
  const bool entries = property >= Property::diagonal;
  return entries || diagonal_metrics() ? op_->is(property) : Verdict::unknown;
}

}  // namespace spc
