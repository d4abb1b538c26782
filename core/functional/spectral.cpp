// SPDX-License-Identifier: Apache-2.0
#include "core/functional/spectral.hpp"

#include <vector>

#include "core/flow/tree.hpp"
#include "core/functional/coordinates.hpp"
#include "core/functional/scalars.hpp"
#include "core/functional/toolbox.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

Ref<Array> flat(Array &x) {
  return ops::reshape(x, {x.size});
}

// The p-norm of all eigenvalues: that of the norms of the leaves. (1): with an axis, as norm_slope
// takes it.
Ref<Array> size_of_spectrum(Value &eigenvalues, double p) {
  std::vector<Ref<Array>> sizes;
  for (Value *leaf : leaves(eigenvalues)) {
    Array &values = as_dense(leaf, "SpectralLpNormFunctional");
    sizes.push_back(norm_last(*flat(values), p, true));
  }
  if (sizes.size() == 1) return sizes.front();
  std::vector<Value *> list;
  for (const Ref<Array> &s : sizes) list.push_back(s.get());
  OpArgs args(Op::concatenate);
  args.n_list = static_cast<std::int64_t>(list.size());
  args.list = list.data();
  return norm_last(*dispatch_array(args), p, true);
}

// The element of the same frame whose eigenvalues are f(eigenvalues), leaf by leaf.
template <class F>
Ref<Value> with_spectrum(const Space &space, const Space::SpectralDecomposition &d, F &&f) {
  std::vector<Ref<Value>> values;
  for (Value *leaf : leaves(*d.eigenvalues))
    values.push_back(f(as_dense(leaf, "SpectralLpNormFunctional")));
  return space.from_spectrum_core(*with_leaves(*d.eigenvalues, values), *d.frame);
}

}  // namespace

Ref<Functional> SpectralLpNormFunctional::create(const Ref<Space> &domain, double p) {
  if (!domain->has(Capability::jordan))
    fail(SPC_E_TYPE, "SpectralLpNormFunctional requires a Jordan algebra, got {}", domain->kind());
  check_exponent(p, "SpectralLpNormFunctional");
  return make<SpectralLpNormFunctional>(domain, p);
}

Ref<Array> SpectralLpNormFunctional::value_core(Value &x) const {
  return norm_last(*flat(*domain->spectrum_core(x)), p_);
}

Ref<Array> SpectralLpNormFunctional::vvalue_core(Value &xs) const {
  const Dims leading = domain->batch_shape(xs);
  const Ref<Array> spectra = domain->spectrum_core(xs);
  const std::int64_t n = product(leading);
  Dims shape = leading;
  shape.push_back(n == 0 ? 0 : spectra->size / n);
  return norm_last(*ops::reshape(*spectra, shape), p_);
}

Ref<Value> SpectralLpNormFunctional::grad_core(Value &x) const {
  return value_and_grad_core(x).grad;
}

Functional::ValueAndGrad SpectralLpNormFunctional::value_and_grad_core(Value &x) const {
  const Space::SpectralDecomposition d = domain->spectral_decompose_core(x);
  const Ref<Array> size = size_of_spectrum(*d.eigenvalues, p_);
  const Ref<Array> scalar = ops::reshape(*size, {});
  Ref<Value> g = with_spectrum(
      *domain, d, [&](Array &values) { return Ref<Value>(norm_slope(values, *scalar, p_)); });
  return {scalar, domain->riesz_inverse(*g)};
}

// The norm is one of the eigenvalues and the distance is, too, so that the frame stays.
Ref<Value> SpectralLpNormFunctional::prox_core(Value &v, double t) const {
  if (p_ != 1 && p_ != 2) no_prox(fmt::format("p is {}, 1 and 2 have one", p_));
  if (!domain->is_euclidean()) no_prox("the geometry is not Euclidean");
  const Space::SpectralDecomposition d = domain->spectral_decompose_core(v);
  const Weak step(t), zero(0), one(1);
  if (p_ == 1)
    return with_spectrum(*domain, d,
                         [&](Array &values) { return Ref<Value>(shrunk(values, *step)); });
  const Ref<Array> size = ops::reshape(*size_of_spectrum(*d.eigenvalues, 2), {});
  const Ref<Array> outside = ops::call(Op::greater, {size.get(), step.get()});
  const Ref<Array> divisor = ops::call(Op::where, {outside.get(), size.get(), one.get()});
  const Ref<Array> rest = ops::call(Op::subtract, {one.get(), ops::divide(*step, *divisor).get()});
  const Ref<Array> factor = ops::call(Op::where, {outside.get(), rest.get(), zero.get()});
  return with_spectrum(*domain, d,
                       [&](Array &values) { return Ref<Value>(ops::multiply(*factor, values)); });
}

std::string SpectralLpNormFunctional::text() const {
  return fmt::format("{}({}, p={})", kind(), domain->shape(), p_);
}

bool SpectralLpNormFunctional::same_values(const Functional &other) const {
  return p_ == static_cast<const SpectralLpNormFunctional &>(other).p_;
}

Ref<Functional> SpectralLpNormFunctional::rebuilt(const Conversion &conversion) {
  return create(domain->convert(conversion), p_);
}

}  // namespace spc
