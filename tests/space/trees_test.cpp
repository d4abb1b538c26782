// SPDX-License-Identifier: Apache-2.0
// Tree spaces: structure, paths, elements, errors, mixed dtypes.
#include <cmath>

#include "tests/support/spaces.hpp"

namespace test {
namespace {

class Trees : public OnFamily {
 protected:
  Array v(std::vector<double> x) const { return vector<double>(ctx, x); }
  Space R(int64_t n) const { return coordinate_space(ctx, n); }
};
SPC_ON_EVERY_FAMILY(Trees);

spc_status square(void *, int32_t, const spc_value *args, spc_value *out) {
  return spc_square(args[0], out);
}

std::string context_of(spc_space s) {
  Context c;
  check(spc_space_context(s, c.out()));
  return text(c);
}

TEST_P(Trees, leaves_come_with_sorted_keys) {
  const Space s = tree("{b: *, a: *}", {R(1), R(2)});
  EXPECT_EQ(path(s, 0), "$.a");
  EXPECT_EQ(path(s, 1), "$.b");
  const Array x = map({{"b", v({9, 8})}, {"a", v({7})}});
  EXPECT_EQ(coordinates<double>(s, x), (std::vector<double>{7, 9, 8}));
  // What is rebuilt keeps the template's order of keys.
  const Array back = unflatten(s, v({7, 9, 8}));
  const char *key = "";
  check(spc_value_key(back, 0, &key));
  EXPECT_STREQ(key, "b");
  EXPECT_EQ(values<double>(element_leaf(s, back, 1)), (std::vector<double>{9, 8}));
  EXPECT_TRUE(equal(s, tree("{a: *, b: *}", {R(1), R(2)})));
  EXPECT_EQ(hash(s), hash(tree("{a: *, b: *}", {R(1), R(2)})));
  EXPECT_EQ(structure(s), "{b: *, a: *}");
}

TEST_P(Trees, nested_structure) {
  const Space s =
      tree("{bias: *, model: (*, {weight: *})}", {R(2), R(1), dense_space(ctx, {2, 2})});
  EXPECT_EQ(path(s, 0), "$.bias");
  EXPECT_EQ(path(s, 1), "$.model[0]");
  EXPECT_EQ(path(s, 2), "$.model[1].weight");
  const Array weight = array<double>(ctx, {2, 2}, {2, 3, 4, 5});
  const Array x = map({{"bias", v({6, 7})}, {"model", tuple({v({1}), map({{"weight", weight}})})}});
  EXPECT_EQ(coordinates<double>(s, x), (std::vector<double>{6, 7, 1, 2, 3, 4, 5}));
  EXPECT_EQ(value<double>(inner(s, x, x)), 140);
  int64_t index = -1, arity = 0, size = 0;
  check(spc_space_leaf_index(s, "$.model[1].weight", &index));
  EXPECT_EQ(index, 2);
  check(spc_space_arity(s, &arity));
  EXPECT_EQ(arity, 3);
  check(spc_space_size(s, &size));
  EXPECT_EQ(size, 7);
  expect_error(spc_space_leaf_index(s, "$.other", &index), SPC_E_VALUE,
               {"TreeSpace has no leaf at '$.other'"});
  expect_error(spc_space_leaf_path(s, 3, nullptr, 0, &index), SPC_E_INDEX, {"leaf 3"});
  EXPECT_TRUE(equal(leaf(s, 2), dense_space(ctx, {2, 2})));
  // The same from a value that has the structure.
  const Array example =
      map({{"bias", weak(0)}, {"model", tuple({weak(0), map({{"weight", weak(0)}})})}});
  const Space leaves[] = {R(2), R(1), dense_space(ctx, {2, 2})};
  const spc_space handles[] = {leaves[0], leaves[1], leaves[2]};
  Space like;
  check(spc_space_tree_like(example, 3, handles, nullptr, like.out()));
  EXPECT_TRUE(equal(s, like));
}

TEST_P(Trees, tuples) {
  const Space s = tree(nullptr, {R(2), R(1)});
  EXPECT_EQ(structure(s), "(*, *)");
  const Array x = tuple({v({1, 2}), v({3})}), y = tuple({v({4, 5}), v({6})});
  EXPECT_EQ(value<double>(inner(s, x, y)), 32);
  EXPECT_NEAR(value<double>(norm(s, x)), std::sqrt(14), 1e-14);
  EXPECT_TRUE(is_euclidean(s));
  Array z;
  check(spc_space_axpy(s, weak(2), x, y, z.out()));
  EXPECT_EQ(coordinates<double>(s, z), (std::vector<double>{6, 9, 12}));
  check(spc_space_scale(s, weak(-1), x, z.out()));
  EXPECT_EQ(coordinates<double>(s, z), (std::vector<double>{-1, -2, -3}));
  EXPECT_EQ(coordinates<double>(s, result(spc_space_zeros, s)), (std::vector<double>{0, 0, 0}));
  EXPECT_EQ(coordinates<double>(s, result(spc_space_ones, s)), (std::vector<double>{1, 1, 1}));
  EXPECT_EQ(coordinates<double>(s, element(s, {v({1, 2}), v({3})})),
            (std::vector<double>{1, 2, 3}));
  // A structure of one leaf, and one with an empty node.
  const Space one = tree("*", {R(2)});
  EXPECT_EQ(path(one, 0), "$");
  EXPECT_EQ(coordinates<double>(one, v({1, 2})), (std::vector<double>{1, 2}));
  const Space hole = tree("[null, *]", {R(1)});
  Array none;
  check(spc_value_none(none.out()));
  EXPECT_EQ(coordinates<double>(hole, list({none, v({5})})), (std::vector<double>{5}));
}

Array named_tuple(const char *name, std::vector<const char *> fields,
                  std::vector<spc_value> items) {
  Array out;
  check(spc_value_named_tuple(name, static_cast<int64_t>(items.size()), fields.data(), items.data(),
                              out.out()));
  return out;
}

// Fields come in their order, paths go by index, and every type is a structure of its own.
TEST_P(Trees, named_tuples) {
  const Space s = tree("{p: Point(y: *, x: [*]), b: *}", {R(1), R(2), R(1)});
  EXPECT_EQ(structure(s), "{p: Point(y: *, x: [*]), b: *}");
  EXPECT_EQ(path(s, 0), "$.b");
  EXPECT_EQ(path(s, 1), "$.p[0]");
  EXPECT_EQ(path(s, 2), "$.p[1][0]");
  const Array y = v({2, 3}), x = list({v({4})}), b = v({1});
  const Array point = named_tuple("Point", {"y", "x"}, {y, x});
  const Array t = map({{"b", b}, {"p", point}});
  EXPECT_EQ(coordinates<double>(s, t), (std::vector<double>{1, 2, 3, 4}));
  // What is rebuilt has the type.
  Array back, of_y, zeros;
  check(spc_value_get(unflatten(s, flatten(s, t)), "p", back.out()));
  const char *text = "";
  int32_t value_kind = -1;
  check(spc_value_kind(back, &value_kind));
  EXPECT_EQ(value_kind, SPC_VALUE_TUPLE);
  check(spc_value_type_name(back, &text));
  EXPECT_STREQ(text, "Point");
  check(spc_value_key(back, 1, &text));
  EXPECT_STREQ(text, "x");
  check(spc_value_get(back, "y", of_y.out()));
  EXPECT_EQ(values<double>(of_y), (std::vector<double>{2, 3}));
  check(spc_space_add(s, t, t, zeros.out()));
  EXPECT_EQ(coordinates<double>(s, zeros), (std::vector<double>{2, 4, 6, 8}));
  // From a value, too.
  const Array star = weak(0), stars = list({star});
  const Array shape = map({{"p", named_tuple("Point", {"y", "x"}, {star, stars})}, {"b", star}});
  const Space leaves[] = {R(1), R(2), R(1)};
  const spc_space handles[] = {leaves[0], leaves[1], leaves[2]};
  Space like;
  check(spc_space_tree_like(shape, 3, handles, nullptr, like.out()));
  EXPECT_TRUE(equal(s, like));
  EXPECT_EQ(hash(s), hash(like));

  const Space P = tree("Point(x: *, y: *)", {R(1), R(1)}),
              Q = tree("Other(x: *, y: *)", {R(1), R(1)}),
              F = tree("Point(x: *, z: *)", {R(1), R(1)}), plain = tree("(*, *)", {R(1), R(1)});
  for (const Space *other : {&Q, &F, &plain}) {
    EXPECT_FALSE(equal(P, *other));
  }
  EXPECT_NE(hash(P), hash(Q));
  const Array one = v({1});
  expect_error(
      spc_space_check_member(P, named_tuple("Other", {"x", "y"}, {one, one})), SPC_E_VALIDATION,
      {"TreeSpace structure mismatch: expected Point(x: *, y: *), got named tuple Other of "
       "2 items at $"});
  expect_error(spc_space_check_member(P, tuple({one, one})), SPC_E_VALIDATION,
               {"got tuple of 2 items at $"});
  expect_error(spc_space_check_member(plain, named_tuple("Point", {"x", "y"}, {one, one})),
               SPC_E_VALIDATION, {"expected (*, *), got named tuple Point"});
  check(spc_space_check_member(P, named_tuple("Point", {"x", "y"}, {one, one})));

  Array out;
  const char *const fields[] = {"x", "x"}, *const odd[] = {"x", "a b"};
  const spc_value items[] = {one, one};
  expect_error(spc_value_named_tuple("P", 2, fields, items, out.out()), SPC_E_VALUE,
               {"value_named_tuple: repeated key 'x'"});
  expect_error(spc_value_named_tuple("P", 2, odd, items, out.out()), SPC_E_VALUE,
               {"the field 'a b' is no identifier"});
  expect_error(spc_value_named_tuple("1", 0, nullptr, nullptr, out.out()), SPC_E_VALUE,
               {"the name '1' is no identifier"});
  expect_error(spc_value_key(tuple({one}), 0, &text), SPC_E_TYPE,
               {"value_key: expected a map or a named tuple, got tuple"});
  expect_error(spc_value_get(point, "z", out.out()), SPC_E_INDEX,
               {"value_get: the tuple has no key 'z'"});
  check(spc_value_type_name(one, &text));
  EXPECT_STREQ(text, "");
  Space bad;
  const spc_space two[] = {handles[0], handles[2]};
  expect_error(spc_space_tree("Point(x: *, x: *)", 2, two, nullptr, bad.out()), SPC_E_VALUE,
               {"position 12: repeated key 'x'"});
  expect_error(spc_space_tree("Point('a b': *, y: *)", 2, two, nullptr, bad.out()), SPC_E_VALUE,
               {"position 6: expected a field"});
  EXPECT_EQ(structure(tree("[null(x: *), null]", {R(1)})), "[null(x: *), null]");
  expect_error(spc_space_tree("Point(*, *)", 2, two, nullptr, bad.out()), SPC_E_VALUE,
               {"position 6: expected a key, got '*'"});
}

// A leaf by its path.
TEST_P(Trees, leaves_by_path) {
  const Space s = tree("{model: (*, {weight: *}), bias: *}", {R(2), R(1), R(3)});
  const Array x = element(s, {v({6, 7}), v({1}), v({2, 3, 4})});
  for (const auto &[name, expected] :
       {std::pair<const char *, std::vector<double>>{"$.bias", {6, 7}},
        {"$.model[0]", {1}},
        {"$.model[1].weight", {2, 3, 4}}}) {
    int64_t i = -1;
    check(spc_space_leaf_index(s, name, &i));
    EXPECT_EQ(values<double>(element_leaf(s, x, i)), expected);
    EXPECT_EQ(path(s, i), name);
  }
}

TEST_P(Trees, weighted_leaves) {
  const Space s = tree(nullptr, {R(2), coordinate_space<double>(ctx, 2, {2, 3})});
  const Array x = tuple({v({1, 2}), v({3, 4})});
  EXPECT_EQ(value<double>(inner(s, x, x)), 71);
  EXPECT_NEAR(value<double>(norm(s, x)), 8.426149773176359, 1e-14);
  EXPECT_EQ(coordinates<double>(s, result(spc_space_riesz, s, x)),
            (std::vector<double>{1, 2, 6, 12}));
  EXPECT_EQ(coordinates<double>(s, result(spc_space_riesz_inverse, s, x)),
            (std::vector<double>{1, 2, 1.5, 4.0 / 3}));
  EXPECT_FALSE(is_euclidean(s));
  Geometry g;
  expect_error(spc_space_geometry(s, g.out()), SPC_E_CAPABILITY, {"TreeSpace"});
}

TEST_P(Trees, jordan_algebra) {
  const Space s = tree(nullptr, {elementwise(ctx, {2}), hermitian(ctx, 2)});
  EXPECT_TRUE(has(s, SPC_CAN_EUCLIDEAN_JORDAN));
  const Array x = tuple({v({1, -2}), array<double>(ctx, {2, 2}, {2, 1, 1, 2})});
  expect_close<double>(values<double>(result(spc_space_spectrum, s, x)), {1, -2, 1, 3}, 1e-10);
  EXPECT_EQ(value<double>(result(spc_space_trace, s, x)), 3);
  EXPECT_NEAR(value<double>(result(spc_space_determinant, s, x)), -6, 1e-10);
  Array y;
  check(spc_space_spectral_apply(s, x, square, nullptr, y.out()));
  expect_close<double>(coordinates<double>(s, y), {1, 4, 5, 4, 4, 5}, 1e-10);
  Array eigenvalues, frame, back;
  check(spc_space_spectral_decompose(s, x, eigenvalues.out(), frame.out()));
  check(spc_space_from_spectrum(s, eigenvalues, frame, back.out()));
  expect_close<double>(coordinates<double>(s, back), {1, -2, 2, 1, 1, 2}, 1e-10);
  expect_error(spc_space_from_spectrum(s, v({1, -2, 1, 3}), frame, back.out()), SPC_E_TYPE,
               {"eigenvalues of a TreeSpace is a tuple over its leaves, got array"});
  expect_error(spc_space_from_spectrum(s, tuple({v({1, -2})}), frame, back.out()), SPC_E_VALUE,
               {"eigenvalues has 1 items, the TreeSpace has 2 leaves"});

  // The spectra in the structure of the tree.
  const Space named = tree("{m: *, e: *}", {elementwise(ctx, {2}), hermitian(ctx, 2)});
  Array spectra, part;
  check(spc_space_spectra(named,
                          map({{"m", array<double>(ctx, {2, 2}, {2, 1, 1, 2})}, {"e", v({1, -2})}}),
                          spectra.out()));
  check(spc_value_get(spectra, "m", part.out()));
  expect_close<double>(values<double>(part), {1, 3}, 1e-10);
  check(spc_value_get(spectra, "e", part.out()));
  EXPECT_EQ(values<double>(part), (std::vector<double>{1, -2}));
  check(spc_space_spectra(elementwise(ctx, {2}), v({3, 4}), part.out()));
  EXPECT_EQ(values<double>(part), (std::vector<double>{3, 4}));
  expect_error(spc_space_spectra(R(2), v({3, 4}), part.out()), SPC_E_CAPABILITY,
               {"DenseCoordinateSpace has no spectrum"});

  // Leaves whose spectra have different ranks.
  const Space ranks = tree(nullptr, {elementwise(ctx, {2, 2}), elementwise(ctx, {1})});
  const Array z = tuple({array<double>(ctx, {2, 2}, {1, 2, 3, 4}), v({5})});
  EXPECT_EQ(values<double>(result(spc_space_spectrum, ranks, z)),
            (std::vector<double>{1, 2, 3, 4, 5}));

  // One leaf without a capability takes it from the tree.
  const Space mixed = tree(nullptr, {elementwise(ctx, {2}), R(1)});
  EXPECT_FALSE(has(mixed, SPC_CAN_STAR));
  EXPECT_FALSE(has(mixed, SPC_CAN_JORDAN));
  EXPECT_TRUE(has(mixed, SPC_CAN_INNER));
  const Array m = tuple({v({1, 2}), v({3})});
  Array out;
  expect_error(spc_space_star(mixed, m, out.out()), SPC_E_CAPABILITY, {"TreeSpace has no star"});
  expect_error(spc_space_jordan(mixed, m, m, out.out()), SPC_E_CAPABILITY,
               {"TreeSpace has no Jordan product"});
  expect_error(spc_space_trace(mixed, m, out.out()), SPC_E_CAPABILITY,
               {"TreeSpace has no spectrum"});
  int32_t can = 0;
  expect_error(spc_space_has(mixed, 6, &can), SPC_E_VALUE, {"capability is 6"});
}

TEST_P(Trees, membership) {
  const Space s = tree("{a: *, b: *}", {R(1), R(2)});
  expect_error(spc_space_check_member(s, map({{"a", v({1, 2})}, {"b", v({1, 2})}})),
               SPC_E_VALIDATION,
               {"Invalid leaf at $.a for DenseCoordinateSpace: Expected shape (1,), got (2,)"});
  expect_error(
      spc_space_check_member(s, map({{"a", v({1})}, {"c", v({1, 2})}})), SPC_E_VALIDATION,
      {"TreeSpace structure mismatch: expected {a: *, b: *}, got a map without key 'b' at $"});
  const Space t = tree("(*, [*])", {R(1), R(2)});
  expect_error(spc_space_check_member(t, tuple({v({1}), tuple({v({1, 2})})})), SPC_E_VALIDATION,
               {"TreeSpace structure mismatch: expected (*, [*]), got tuple of 1 items at $[1]"});
  expect_error(spc_space_check_member(t, list({v({1}), list({v({1, 2})})})), SPC_E_VALIDATION,
               {"got list of 2 items at $"});
  expect_error(spc_space_check_member(t, tuple({v({1}), list({list({v({1, 2})})})})),
               SPC_E_VALIDATION, {"got list of 1 items at $[1][0]"});
  expect_error(spc_space_check_member(t, v({1, 2, 3})), SPC_E_VALIDATION, {"structure mismatch"});
  // Without checks the structure holds all the same.
  const Context loose = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  const Space u = tree(nullptr, {coordinate_space(loose, 1), coordinate_space(loose, 2)});
  Array out;
  const Array wrong = list({v({1}), v({1, 2})});
  check(spc_space_check_member(u, wrong));
  expect_error(spc_space_flatten(u, wrong, out.out()), SPC_E_TYPE,
               {"TreeSpace structure mismatch: expected (*, *), got list"});
  expect_error(spc_space_norm(u, v({1}), out.out()), SPC_E_TYPE, {"structure mismatch"});
  expect_error(spc_space_element(u, 1, nullptr, out.out()), SPC_E_VALUE, {"leaves is NULL"});
  const spc_element two[] = {wrong, wrong, wrong};
  expect_error(spc_space_element(u, 3, two, out.out()), SPC_E_VALUE,
               {"TreeSpace expected 2 leaves, got 3."});
  expect_error(spc_space_element_leaf(s, map({{"a", v({1})}, {"b", v({1, 2})}}), 2, out.out()),
               SPC_E_INDEX, {"leaf 2 of a TreeSpace with 2 leaves"});
  expect_error(spc_space_unflatten(s, v({1, 2}), out.out()), SPC_E_VALUE,
               {"unflatten: 2 coordinates", "has 3"});
}

TEST_P(Trees, construction) {
  const Space a = R(1), b = R(2);
  const spc_space leaves[] = {a, b};
  Space s;
  expect_error(spc_space_tree(nullptr, 0, nullptr, nullptr, s.out()), SPC_E_VALUE,
               {"TreeSpace requires at least one leaf space."});
  expect_error(spc_space_tree("()", 0, nullptr, nullptr, s.out()), SPC_E_VALUE,
               {"requires at least one leaf"});
  expect_error(spc_space_tree("(*, *, *)", 2, leaves, nullptr, s.out()), SPC_E_VALUE,
               {"TreeSpace leaf-count mismatch: the structure has 3 leaves, got 2 spaces"});
  expect_error(spc_space_tree(nullptr, -1, leaves, nullptr, s.out()), SPC_E_VALUE,
               {"negative count -1"});
  expect_error(spc_space_tree(nullptr, 1, nullptr, nullptr, s.out()), SPC_E_VALUE,
               {"leaves is NULL"});
  struct Bad {
    const char *text, *part;
  };
  for (const Bad &bad :
       {Bad{"(*, *", "position 5: expected ',' or ')', got the end"},
        Bad{"(*, x)", "position 4: expected '*', '[', '(', '{' or null, got 'x'"},
        Bad{"{a *}", "position 3: expected ':', got '*'"},
        Bad{"{a: *, a: *}", "position 7: repeated key 'a'"},
        Bad{"{'a: *}", "position 7: expected ''', got the end"},
        Bad{"{1: *}", "position 1: expected a key, got '1'"},
        Bad{"* *", "position 2: expected the end, got '*'"}, Bad{"", "position 0: expected '*'"}})
    expect_error(spc_space_tree(bad.text, 2, leaves, nullptr, s.out()), SPC_E_VALUE,
                 {"space_tree: structure, ", bad.part});
  const std::string deep(2000, '[');
  expect_error(spc_space_tree(deep.c_str(), 1, leaves, nullptr, s.out()), SPC_E_VALUE,
               {"nested more than 1000 levels deep"});
  // Texts round trip, with keys that are no identifiers.
  for (const char *text :
       {"*", "(*,)", "[*]", "{'my key': *, null: (null, *)}", "{'it\\'s': [*]}"}) {
    const bool two = std::string(text).find("null: ") != std::string::npos;
    check(spc_space_tree(text, two ? 2 : 1, leaves, nullptr, s.out()));
    EXPECT_EQ(structure(s), text);
  }
  check(spc_space_tree("{'my key': *}", 1, leaves, nullptr, s.out()));
  EXPECT_EQ(path(s, 0), "$['my key']");
}

TEST_P(Trees, a_tree_as_leaf_is_spliced) {
  const Space inner_tree = tree("{u: *, v: *}", {R(1), R(2)});
  const Space s = tree("[*, *]", {inner_tree, R(1)});
  EXPECT_EQ(structure(s), "[{u: *, v: *}, *]");
  EXPECT_EQ(path(s, 1), "$[0].v");
  EXPECT_EQ(coordinates<double>(s, list({map({{"u", v({1})}, {"v", v({2, 3})}}), v({4})})),
            (std::vector<double>{1, 2, 3, 4}));
}

TEST_P(Trees, stacked_trees_are_trees_of_stacks) {
  const Space s = tree("{a: *, b: *}", {R(1), R(2)}), many = stacked(s, 3);
  EXPECT_EQ(kind(many), "TreeSpace");
  EXPECT_EQ(structure(many), structure(s));
  EXPECT_TRUE(equal(leaf(many, 1), stacked(R(2), 3)));
}

TEST_P(Trees, batches) {
  const Space s = tree("{a: *, b: *}", {R(1), R(2)});
  const Array xs = map(
      {{"a", array<double>(ctx, {2, 1}, {1, 4})}, {"b", array<double>(ctx, {2, 2}, {2, 3, 5, 6})}});
  check(spc_space_check_batch(s, xs));
  const Array flat = result(spc_space_flatten_batch, s, xs);
  EXPECT_EQ(shape_of(flat), (Shape{2, 3}));
  EXPECT_EQ(values<double>(flat), (std::vector<double>{1, 2, 3, 4, 5, 6}));
  const Array back = result(spc_space_unflatten_batch, s, flat);
  EXPECT_EQ(values<double>(element_leaf(s, back, 1)), (std::vector<double>{2, 3, 5, 6}));
  EXPECT_EQ(values<double>(result(spc_space_inner_batch, s, xs, xs)),
            (std::vector<double>{14, 77}));
  expect_error(spc_space_check_batch(s, map({{"a", array<double>(ctx, {3, 1}, {1, 4, 5})},
                                             {"b", array<double>(ctx, {2, 2}, {2, 3, 5, 6})}})),
               SPC_E_VALIDATION,
               {"Leaves of a batch have the leading axes (3,) at $.a and (2,) at $.b"});
  expect_error(spc_space_check_batch(s, map({{"a", array<double>(ctx, {3, 2}, {1, 4, 5, 1, 1, 1})},
                                             {"b", array<double>(ctx, {2, 2}, {2, 3, 5, 6})}})),
               SPC_E_VALIDATION,
               {"Invalid leaf at $.a", "Batched value trailing shape must be (1,), got (3, 2)."});
  Array out;
  expect_error(spc_space_unflatten_batch(s, array<double>(ctx, {2, 2}, {1, 2, 3, 4}), out.out()),
               SPC_E_VALUE, {"unflatten_batch: coordinates have shape (2, 2)"});
}

// Leaves of a smaller dtype keep it; coordinates and scalars are in the context's.
TEST_P(Trees, leaves_keep_a_dtype_that_the_context_holds) {
  const Context narrow = context(GetParam(), SPC_FLOAT32), z = context(GetParam(), SPC_COMPLEX128);
  const Space s = tree(nullptr, {coordinate_space(narrow, 2), R(1), coordinate_space<c128>(z, 1)});
  EXPECT_EQ(context_of(s), text(z));
  EXPECT_EQ(context_of(leaf(s, 0)), text(narrow));
  const Array x = tuple({vector<float>(narrow, {1, 2}), v({3}), vector<c128>(z, {{0, 4}})});
  check(spc_space_check_member(s, x));
  EXPECT_EQ(coordinates<c128>(s, x), (std::vector<c128>{1, 2, 3, {0, 4}}));
  const Array back = unflatten(s, flatten(s, x));
  check(spc_space_check_member(s, back));
  EXPECT_EQ(coordinates<c128>(s, back), coordinates<c128>(s, x));
  EXPECT_EQ(value<c128>(inner(s, x, x)), c128(30));
  EXPECT_NEAR(value<double>(norm(s, x)), std::sqrt(30), 1e-6);
  Array y;
  check(spc_space_axpy(s, array<double>(ctx, {}, {2}), x, x, y.out()));
  check(spc_space_check_member(s, y));
  EXPECT_EQ(coordinates<c128>(s, y), (std::vector<c128>{3, 6, 9, {0, 12}}));
  // A level is taken on without a change of dtypes.
  const Context loose = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  const Space lax = tree(nullptr, {coordinate_space(narrow, 2), coordinate_space(loose, 1)});
  EXPECT_NE(context_of(leaf(lax, 0)).find("float32"), std::string::npos);
  EXPECT_NE(context_of(leaf(lax, 0)).find("none"), std::string::npos);
  // What the context does not hold is converted.
  const Space down = tree(nullptr, {R(1)}, narrow);
  EXPECT_NE(context_of(leaf(down, 0)).find("float32"), std::string::npos);
  // Policy convert gives one dtype.
  check(spc_set_dtype_resolution_policy("convert"));
  const Space uniform = tree(nullptr, {coordinate_space(narrow, 2), R(1)});
  check(spc_set_dtype_resolution_policy(nullptr));
  EXPECT_NE(context_of(leaf(uniform, 0)).find("float64"), std::string::npos);
}

TEST_P(Trees, target_with_leaves_of_the_operand) {
  const Space s = tree(nullptr, {R(1), R(1)});
  const Array a = v({1}), b = v({2});
  const Array x = tuple({a, b}), swapped = tuple({b, a});
  LinOp I;
  check(spc_linop_identity(s, I.out()));
  check(spc_linop_apply_into(nullptr, I, swapped, nullptr, x, SPC_MODE_NONE));
  EXPECT_EQ(coordinates<double>(s, x), (std::vector<double>{2, 1}));
}

TEST_P(Trees, block_diagonal_between_nested_maps) {
  const Space three = R(3), one = R(1);
  LinOp I, J;
  check(spc_linop_identity(three, I.out()));
  check(spc_linop_identity(one, J.out()));
  const LinOp linear = scaled(weak(2.0), I), angular = scaled(weak(.5), J);
  const spc_linop blocks[] = {I, angular, linear};
  LinOp A;
  check(spc_linop_block_diagonal("{position: *, twist: {linear: *, angular: *}}", 3, blocks,
                                 A.out()));
  const Space X = domain_of(A);
  EXPECT_EQ(path(X, 0), "$.position");
  EXPECT_EQ(path(X, 1), "$.twist.angular");
  EXPECT_EQ(path(X, 2), "$.twist.linear");
  const Array x = map({{"position", v({1, 0, 0})},
                       {"twist", map({{"linear", v({1, 1, 1})}, {"angular", v({4})}})}});
  EXPECT_EQ(coordinates<double>(X, x), (std::vector<double>{1, 0, 0, 4, 1, 1, 1}));
  EXPECT_EQ(value<double>(inner(X, x, x)), 20);
  EXPECT_EQ(coordinates<double>(codomain_of(A), apply(A, x)),
            (std::vector<double>{1, 0, 0, 2, 2, 2, 2}));
}

TEST_P(Trees, conversion) {
  const Context narrow = context(GetParam(), SPC_FLOAT32), z = context(GetParam(), SPC_COMPLEX128);
  const Space s = tree("{b: *, a: [*]}", {elementwise(ctx, {2}), hermitian(ctx, 2)});
  const Space down = converted(s, narrow);
  EXPECT_EQ(structure(down), structure(s));
  EXPECT_EQ(context_of(leaf(down, 1)), text(narrow));
  EXPECT_TRUE(has(down, SPC_CAN_EUCLIDEAN_JORDAN));
  EXPECT_TRUE(equal(converted(down, ctx), s));
  EXPECT_FALSE(has(converted(s, z), SPC_CAN_EUCLIDEAN_JORDAN));
  EXPECT_TRUE(has(converted(s, z), SPC_CAN_JORDAN));
  // By name every leaf keeps its dtype; the same family changes nothing.
  const Space mixed = tree(nullptr, {coordinate_space(narrow, 2), R(1)});
  const spc_target by_name = named(GetParam());
  Space same;
  check(spc_space_convert(mixed, &by_name, same.out()));
  EXPECT_TRUE(equal(same, mixed));
  EXPECT_EQ(context_of(leaf(converted(mixed, ctx), 0)), text(ctx));
}

TEST_P(Trees, elements_convert_leaf_by_leaf) {
  const Context narrow = context(GetParam(), SPC_FLOAT32), z = context(GetParam(), SPC_COMPLEX128);
  const Space s = tree("{b: *, a: [*]}", {R(2), dense_space(ctx, {2, 2})});
  const Array x = map({{"b", array<double>(ctx, {2, 2}, {1, 2, 3, 4})}, {"a", list({v({5, 6})})}});
  const Space down = converted(s, narrow), up = converted(s, z);
  Array y, w;
  check(spc_space_convert_element(down, x, y.out()));
  check(spc_space_check_member(down, y));
  EXPECT_EQ(coordinates<float>(down, y), (std::vector<float>{5, 6, 1, 2, 3, 4}));
  check(spc_space_convert_element(up, y, w.out()));
  check(spc_space_check_member(up, w));
  EXPECT_EQ(coordinates<c128>(up, w), (std::vector<c128>{5, 6, 1, 2, 3, 4}));
  expect_error(spc_space_convert_element(s, w, y.out()), SPC_E_TYPE, {"complex"});
  expect_error(spc_space_convert_element(down, list({v({1})}), y.out()), SPC_E_TYPE,
               {"TreeSpace structure mismatch"});
  expect_error(
      spc_space_convert_element(down, map({{"b", v({1})}, {"a", list({v({5, 6})})}}), y.out()),
      SPC_E_VALIDATION, {"Invalid leaf at $.b"});
  // Of arrays, across memory spaces, and from lists.
  const Context host = context("reference"), device = context("fakedev", SPC_FLOAT32);
  const Space there = tree("(*,)", {coordinate_space<float>(device, 2)});
  check(spc_space_convert_element(there, tuple({vector<double>(host, {1, 2})}), y.out()));
  EXPECT_EQ(family_of(element_leaf(there, y, 0)), "fakedev");
  EXPECT_EQ(coordinates<float>(there, y), (std::vector<float>{1, 2}));
  check(spc_space_convert_element(R(2), list({weak(1), weak(2.5)}), y.out()));
  EXPECT_EQ(values<double>(y), (std::vector<double>{1, 2.5}));
}

TEST_P(Trees, operations_check_by_the_level) {
  for (const int32_t level : {SPC_CHECK_CHEAP, SPC_CHECK_STANDARD, SPC_CHECK_STRICT}) {
    const Context c = context(GetParam(), SPC_FLOAT64, level);
    const Space s = tree(nullptr, {coordinate_space(c, 1), coordinate_space(c, 2)});
    const Array good = tuple({v({1}), v({1, 2})}), bad = tuple({v({1}), v({1, 2, 3})}),
                narrow = tuple({v({1}), vector<float>(c, {1, 2})});
    Array out;
    for (const Array *wrong : {&bad, &narrow}) {
      const char *part =
          wrong == &bad ? "Expected shape (2,), got (3,)" : "Expected dtype float64, got float32";
      const auto refused = [&](spc_status status) {
        expect_error(status, SPC_E_VALIDATION,
                     {"Invalid leaf at $[1] for DenseCoordinateSpace", part});
      };
      refused(spc_space_add(s, good, *wrong, out.out()));
      refused(spc_space_scale(s, weak(1), *wrong, out.out()));
      refused(spc_space_axpy(s, weak(1), *wrong, good, out.out()));
      refused(spc_space_inner(s, *wrong, good, out.out()));
      refused(spc_space_norm(s, *wrong, out.out()));
      refused(spc_space_flatten(s, *wrong, out.out()));
      refused(spc_space_conj(s, *wrong, out.out()));
    }
    EXPECT_EQ(static_cast<spc_array>(out), nullptr);
  }
  const Context z = context(GetParam(), SPC_COMPLEX128);
  const Space s = tree(nullptr, {coordinate_space<c128>(z, 1)});
  const Array x = tuple({vector<c128>(z, {{1, 2}})});
  EXPECT_EQ(coordinates<c128>(s, result(spc_space_conj, s, x)), (std::vector<c128>{{1, -2}}));
}

// Elements of strided storage: every other column of a wider array.
TEST_P(Trees, strided_leaves) {
  const Space s = tree(nullptr, {dense_space(ctx, {2, 2}), R(2)});
  const Array wide = array<double>(ctx, {2, 4}, {1, 9, 2, 9, 3, 9, 4, 9});
  const Array even = getitem(wide, {all(), slice(SPC_NONE_I64, SPC_NONE_I64, 2)});
  const Array x = tuple({even, v({5, 6})});
  EXPECT_EQ(coordinates<double>(s, x), (std::vector<double>{1, 2, 3, 4, 5, 6}));
  LinOp B;
  std::vector<double> twice(36);
  for (std::size_t i = 0; i < 6; ++i) twice[i * 7] = 2;
  const Array csr = sparse<double>(ctx, 6, 6, twice);
  check(spc_linop_sparse(csr, s, s, B.out()));
  EXPECT_EQ(coordinates<double>(s, apply(B, x)), (std::vector<double>{2, 4, 6, 8, 10, 12}));
  check(spc_linop_apply_into(nullptr, B, x, nullptr, x, SPC_MODE_NONE));
  EXPECT_EQ(values<double>(wide), (std::vector<double>{2, 9, 4, 9, 6, 9, 8, 9}));
}

// Rows of products in the table of conversions: X on cpu in float32, T on another memory.
class Products : public ::testing::Test {
 protected:
  void SetUp() override { load_test_families(); }
  void TearDown() override {
    check(spc_set_dtype_resolution_policy(nullptr));
    check(spc_set_resolution_policy(nullptr));
  }
};

TEST_F(Products, mixed_families_take_the_default_context) {
  const Context x_ctx = context("cpu", SPC_FLOAT32), t_ctx = context("fakedev");
  const Space X = coordinate_space(x_ctx, 2), T = coordinate_space(t_ctx, 1);
  for (const char *rule : {"keep_native", "convert"}) {
    check(spc_set_dtype_resolution_policy(rule));
    Warnings warnings;
    const Space s = tree(nullptr, {X, T});
    EXPECT_EQ(warnings.seen.size(), 1U);  // of T
    EXPECT_EQ(context_of(s), default_text());
    const bool keeps = std::string(rule) == "keep_native";
    EXPECT_NE(context_of(leaf(s, 0)).find(keeps ? "float32" : "float64"), std::string::npos);
    EXPECT_NE(context_of(leaf(s, 0)).find("none"), std::string::npos);
    EXPECT_NE(context_of(leaf(s, 1)).find("'cpu', dtype='float64'"), std::string::npos);
  }
  check(spc_set_resolution_policy("error"));
  const spc_space leaves[] = {X, T};
  Space s;
  expect_error(spc_space_tree(nullptr, 2, leaves, nullptr, s.out()), SPC_E_CONTEXT_CONFLICT,
               {"Incompatible inferred contexts: ('cpu', 'fakedev')"});
}

TEST_F(Products, one_family_joins) {
  const Context x_ctx = context("cpu", SPC_FLOAT32),
                wide = context("cpu", SPC_FLOAT64, SPC_CHECK_NONE);
  for (const char *rule : {"keep_native", "convert"}) {
    check(spc_set_dtype_resolution_policy(rule));
    const Space s = tree(nullptr, {coordinate_space(x_ctx, 2), coordinate_space(wide, 1)});
    EXPECT_EQ(context_of(s), text(wide));
    const bool keeps = std::string(rule) == "keep_native";
    EXPECT_NE(context_of(leaf(s, 0)).find(keeps ? "float32" : "float64"), std::string::npos);
    EXPECT_NE(context_of(leaf(s, 1)).find("float64"), std::string::npos);
  }
}

}  // namespace
}  // namespace test
