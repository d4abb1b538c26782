// SPDX-License-Identifier: Apache-2.0
// The rule of each op: checks, shapes, dtypes, and the call of its kernel. One function a signature
// or a group of ops; dispatch is the only caller.
#pragma once

#include "core/ops/ops.hpp"

namespace spc::rules {

Ref<Value> create(const OpArgs &args);  // empty zeros ones full eye arange
Ref<Value> asarray(const OpArgs &args);
Ref<Value> astype(const OpArgs &args);
Ref<Value> copy(const OpArgs &args);
Ref<Value> to_host(const OpArgs &args);  // no result: fills args.host
Ref<Value> view(const OpArgs &args);     // reshape ... squeeze, real
Ref<Value> getitem(const OpArgs &args);
Ref<Value> elementwise(const OpArgs &args);  // unary, binary
Ref<Value> imag(const OpArgs &args);
Ref<Value> axpby(const OpArgs &args);
Ref<Value> reduce(const OpArgs &args);  // sum min max
Ref<Value> norm(const OpArgs &args);
Ref<Value> vdot(const OpArgs &args);
Ref<Value> matmul(const OpArgs &args);
Ref<Value> assparse(const OpArgs &args);
Ref<Value> sparse_matmul(const OpArgs &args);

}  // namespace spc::rules
