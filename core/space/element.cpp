// SPDX-License-Identifier: Apache-2.0
#include "core/space/element.hpp"

#include <vector>

#include "core/ops/ops.hpp"
#include "core/space/tree.hpp"
#include "core/support/error.hpp"

namespace spc {

namespace {

Ref<Value> transferred(Context &ctx, Value &x, const char *op) {
  if (x.kind() == ValueKind::array) return ops::transfer(ctx, x, op);
  return ops::asarray(ctx, x, ctx.dtype);
}

}  // namespace

Ref<Value> own_element(const Space &space, Value &x, const char *op, const char *role) {
  Ref<Value> own;
  if (const auto *tree = dynamic_cast<const TreeSpace *>(&space)) {
    const std::vector<Value *> given = tree->flatten_tree(x, op);
    std::vector<Ref<Value>> leaves;
    for (std::size_t i = 0; i < given.size(); ++i)
      leaves.push_back(transferred(*tree->leaves()[i]->ctx, *given[i], op));
    own = tree->unflatten_tree(leaves);
  } else {
    if (x.kind() != ValueKind::array && x.kind() != ValueKind::scalar &&
        x.kind() != ValueKind::list)
      fail(SPC_E_TYPE, "{}: {} is a {}, expected an element of {}", op, role, describe(&x),
           space.kind());
    own = transferred(*space.ctx, x, op);
  }
  space.admit(*own, op, role);
  return space.tagged(std::move(own));
}

}  // namespace spc
