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
