// SPDX-License-Identifier: Apache-2.0
// Tree spaces: structure, leaves, paths.
#include <vector>

#include "capi/space.hpp"
#include "capi/text.hpp"
#include "core/space/tree.hpp"

namespace spc::capi {

namespace {

std::vector<Ref<Space>> spaces(int64_t n, const spc_space *leaves, const char *op) {
  if (n < 0) fail(SPC_E_VALUE, "{}: negative count {}", op, n);
  if (n > 0) require(leaves, op, "leaves");
  std::vector<Ref<Space>> list;
  for (int64_t i = 0; i < n; ++i) list.push_back(held<Space>(leaves[i], op));
  return list;
}

Ref<Context> context_or_none(spc_context ctx, const char *op) {
  return ctx == nullptr ? Ref<Context>() : held<Context>(ctx, op);
}

const TreeSpace *as_tree(const Space &space) {
  return dynamic_cast<const TreeSpace *>(&space);
}

std::int64_t arity(const Space &space) {
  const TreeSpace *tree = as_tree(space);
  return tree == nullptr ? 1 : static_cast<std::int64_t>(tree->leaves().size());
}

void check_leaf(const Space &space, int64_t i, const char *op) {
  const std::int64_t n = arity(space);
  if (i < 0 || i >= n)
    fail(SPC_E_INDEX, "{}: leaf {} of a {} with {} leaves", op, i, space.kind(), n);
}

std::string leaf_path(const Space &space, std::int64_t i) {
  const TreeSpace *tree = as_tree(space);
  return tree == nullptr ? "$" : tree->structure().leaf_path(static_cast<std::size_t>(i));
}

}  // namespace

}  // namespace spc::capi

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_space_tree(const char *structure, int64_t n, const spc_space *leaves,
                          spc_context ctx, spc_space *out) {
  return guard("space_tree", [&] {
    require(out, "space_tree", "out");
    const std::vector<Ref<Space>> list = spaces(n, leaves, "space_tree");
    const Structure tree = structure == nullptr ? Structure::tuple(list.size())
                                                : Structure::parse(structure, "space_tree");
    *out = new_handle<Space>(TreeSpace::create(tree, list, context_or_none(ctx, "space_tree")));
  });
}

spc_status spc_space_tree_like(spc_value structure, int64_t n, const spc_space *leaves,
                               spc_context ctx, spc_space *out) {
  return guard("space_tree_like", [&] {
    require(out, "space_tree_like", "out");
    const Structure tree = Structure::of(get<Value>(structure, "space_tree_like"));
    *out = new_handle<Space>(TreeSpace::create(tree, spaces(n, leaves, "space_tree_like"),
                                               context_or_none(ctx, "space_tree_like")));
  });
}

spc_status spc_space_arity(spc_space s, int64_t *out) {
  return guard("space_arity", [&] {
    require(out, "space_arity", "out");
    *out = arity(get<Space>(s, "space_arity"));
  });
}

spc_status spc_space_leaf_path(spc_space s, int64_t i, char *buffer, int64_t capacity,
                               int64_t *length) {
  return guard("space_leaf_path", [&] {
    const Space &space = get<Space>(s, "space_leaf_path");
    check_leaf(space, i, "space_leaf_path");
    give_text(leaf_path(space, i), buffer, capacity, length, "space_leaf_path");
  });
}

spc_status spc_space_leaf_index(spc_space s, const char *path, int64_t *out) {
  return guard("space_leaf_index", [&] {
    require(path, "space_leaf_index", "path");
    require(out, "space_leaf_index", "out");
    const Space &space = get<Space>(s, "space_leaf_index");
    for (std::int64_t i = 0; i < arity(space); ++i)
      if (leaf_path(space, i) == path) {
        *out = i;
        return;
      }
    fail(SPC_E_VALUE, "space_leaf_index: the {} has no leaf at '{}'", space.kind(), path);
  });
}

spc_status spc_space_structure(spc_space s, char *buffer, int64_t capacity, int64_t *length) {
  return guard("space_structure", [&] {
    const TreeSpace *tree = as_tree(get<Space>(s, "space_structure"));
    give_text(tree == nullptr ? "*" : tree->structure().text(), buffer, capacity, length,
              "space_structure");
  });
}

spc_status spc_space_element_leaf(spc_space s, spc_element x, int64_t i, spc_element *out) {
  return element_result("space_element_leaf", s, x, out, [&](const Space &space, Value &v) {
    check_leaf(space, i, "space_element_leaf");
    const TreeSpace *tree = as_tree(space);
    if (tree == nullptr) return Ref<Value>::share(&v);
    return Ref<Value>::share(
        tree->flatten_tree(v, "space_element_leaf")[static_cast<std::size_t>(i)]);
  });
}

spc_status spc_space_element(spc_space s, int64_t n, const spc_element *leaves, spc_element *out) {
  return guard("space_element", [&] {
    require(out, "space_element", "out");
    const Space &space = get<Space>(s, "space_element");
    if (n < 0) fail(SPC_E_VALUE, "space_element: negative count {}", n);
    if (n > 0) require(leaves, "space_element", "leaves");
    std::vector<Ref<Value>> list;
    for (int64_t i = 0; i < n; ++i) list.push_back(held<Value>(leaves[i], "space_element"));
    const TreeSpace *tree = as_tree(space);
    if (tree == nullptr && n != 1)
      fail(SPC_E_VALUE, "space_element: {} expected 1 leaf, got {}.", space.kind(), n);
    *out = new_handle<Value>(tree == nullptr ? list[0] : tree->unflatten_tree(list));
  });
}

}  // extern "C"
