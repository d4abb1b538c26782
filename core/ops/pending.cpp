// SPDX-License-Identifier: Apache-2.0
// Rules that are being written; a rule that has its file leaves this one.
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

namespace {
[[noreturn]] void pending(const OpArgs &args) {
  fail(SPC_E_NOTIMPL, "{}: not offered by any family", name(args.op));
}
}  // namespace

Ref<Value> take(const OpArgs &args) {
  pending(args);
}
Ref<Value> index_update(const OpArgs &args) {
  pending(args);
}
Ref<Value> ix(const OpArgs &args) {
  pending(args);
}
Ref<Value> nonzero(const OpArgs &args) {
  pending(args);
}
Ref<Value> mean(const OpArgs &args) {
  pending(args);
}
Ref<Value> logsumexp(const OpArgs &args) {
  pending(args);
}
Ref<Value> trace(const OpArgs &args) {
  pending(args);
}
Ref<Value> allclose(const OpArgs &args) {
  pending(args);
}
Ref<Value> allclose_sparse(const OpArgs &args) {
  pending(args);
}
Ref<Value> search(const OpArgs &args) {
  pending(args);
}
Ref<Value> sort(const OpArgs &args) {
  pending(args);
}
Ref<Value> bincount(const OpArgs &args) {
  pending(args);
}
Ref<Value> dot(const OpArgs &args) {
  pending(args);
}
Ref<Value> kron(const OpArgs &args) {
  pending(args);
}
Ref<Value> outer(const OpArgs &args) {
  pending(args);
}
Ref<Value> tensordot(const OpArgs &args) {
  pending(args);
}
Ref<Value> einsum(const OpArgs &args) {
  pending(args);
}

}  // namespace spc::rules
