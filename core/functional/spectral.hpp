// SPDX-License-Identifier: Apache-2.0
// Norms of the spectrum.
#pragma once

#include "core/functional/functional.hpp"

namespace spc {

/// The p-norm of the spectrum of x, over all leaves of a tree and all copies of a stacked space.
class SpectralLpNormFunctional final : public Functional {
 public:
  /// TypeErr: no Jordan algebra; ValueErr: p.
  static Ref<Functional> create(const Ref<Space> &domain, double p);
  SpectralLpNormFunctional(Ref<Space> x, double p) : Functional(std::move(x)), p_(p) {}

  const char *kind() const noexcept override { return "SpectralLpNormFunctional"; }
  Ref<Array> value_core(Value &x) const override;
  /// R^-1 from_spectrum(slope(eigenvalues), frame)
  Ref<Value> grad_core(Value &x) const override;
  ValueAndGrad value_and_grad_core(Value &x) const override;
  Ref<Array> vvalue_core(Value &xs) const override;
  /// By shrinking the spectrum, p = 1 and 2 in the Euclidean geometry. NotImpl otherwise.
  Ref<Value> prox_core(Value &v, double t) const override;
  std::string text() const override;

 protected:
  bool same_values(const Functional &other) const override;
  Ref<Functional> rebuilt(const Conversion &conversion) override;

 private:
  const double p_;
};

}  // namespace spc
