// SPDX-License-Identifier: Apache-2.0
// What a space answers to an operation that its class does not have.
#include "core/space/space.hpp"
#include "core/support/error.hpp"

namespace spc {

void Space::lacks(const char *what) const {
  fail(SPC_E_CAPABILITY, "{} has no {}", kind(), what);
}

std::string Space::batch_violation(Value &, CheckLevel) const {
  lacks("batches");
}
Dims Space::batch_shape(Value &) const {
  lacks("batches");
}
Ref<Array> Space::flatten_batch_core(Value &) const {
  lacks("batches");
}
Ref<Value> Space::unflatten_batch_core(Array &) const {
  lacks("batches");
}
Ref<Value> Space::batch_item(Value &, std::int64_t) const {
  lacks("batches");
}
Ref<Value> Space::batch_of(std::span<const Ref<Value>>) const {
  lacks("batches");
}
Ref<Value> Space::zeros_batch(const Dims &) const {
  lacks("batches");
}
Ref<Array> Space::inner_batch_core(Value &, Value &) const {
  lacks("inner product");
}

Ref<Value> Space::star_core(Value &) const {
  lacks("star");
}
Ref<Value> Space::jordan_core(Value &, Value &) const {
  lacks("Jordan product");
}
Ref<Value> Space::unit() const {
  lacks("Jordan product");
}
Ref<Array> Space::spectrum_core(Value &) const {
  lacks("spectrum");
}
Ref<Value> Space::spectra_core(Value &x) const {
  return spectrum_core(x);
}
Space::SpectralDecomposition Space::spectral_decompose_core(Value &) const {
  lacks("spectrum");
}
Ref<Value> Space::from_spectrum_core(Value &, Value &) const {
  lacks("spectrum");
}
Ref<Value> Space::spectral_apply_core(Value &, const SpectralFunction &) const {
  lacks("spectrum");
}
Ref<Array> Space::trace_core(Value &) const {
  lacks("spectrum");
}
Ref<Array> Space::determinant_core(Value &) const {
  lacks("spectrum");
}

}  // namespace spc
