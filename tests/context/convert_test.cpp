// SPDX-License-Identifier: Apache-2.0
// Conversion of arrays, geometries, spaces and operators between families.
#include "tests/context/targets.hpp"
#include "tests/support/algebra.hpp"

namespace {

using namespace test;

std::string context_of(spc_space s) {
  Context ctx;
  check(spc_space_context(s, ctx.out()));
  return text(ctx);
}
std::string context_of(spc_linop A) {
  Context ctx;
  check(spc_linop_context(A, ctx.out()));
  return text(ctx);
}
std::string context_of(spc_array x) {
  Context ctx;
  check(spc_context_infer(x, ctx.out()));
  return text(ctx);
}
Array converted(const Array &x, const spc_target &t) {
  Array y;
  check(spc_array_convert(x, &t, y.out()));
  return y;
}
Space converted(const Space &x, const spc_target &t) {
  Space y;
  check(spc_space_convert(x, &t, y.out()));
  return y;
}
LinOp converted(const LinOp &x, const spc_target &t) {
  LinOp y;
  check(spc_linop_convert(x, &t, y.out()));
  return y;
}
Geometry weighted(spc_array w) {
  Geometry g;
  check(spc_geometry_weighted(w, g.out()));
  return g;
}
std::string conversion_text(const std::string &from, const std::string &to) {
  return "UserWarning: Converting from " + from + " to " + to + ".";
}

// The table of worked conversions: X is on a host family, T on one with memory of its own.
class Table : public ContextTest {
 protected:
  Context x_ctx = context("cpu", SPC_FLOAT32), t_ctx_;
  Space X = dense_space(x_ctx, {3});

  Context &t_ctx() {
    if (t_ctx_ == nullptr) t_ctx_ = context("fakedev");
    return t_ctx_;
  }
  // Context after conversion, and that the warnings were these many.
  std::string row(const Space &s, spc_target t, const char *dtype_rule, std::size_t n_warnings) {
    t.dtype_resolution_policy = dtype_rule;
    Warnings warnings;
    const std::string result = context_of(converted(s, t));
    EXPECT_EQ(warnings.seen.size(), n_warnings);
    if (n_warnings == 1 && warnings.seen.size() == 1) {
      EXPECT_EQ(warnings.seen[0], conversion_text(context_of(s), result));
    }
    return result;
  }
};

TEST_F(Table, ContextOfAnotherFamily) {
  const spc_target t = of(t_ctx());
  EXPECT_EQ(row(X, t, "keep_native", 1), text("fakedev", "float32", "standard"));
  EXPECT_EQ(row(X, t, "convert", 1), text("fakedev", "float64", "standard"));
}

TEST_F(Table, NameOfAnotherFamily) {
  const spc_target t = named("fakedev");
  EXPECT_EQ(row(X, t, "keep_native", 1), text("fakedev", "float32", "standard"));
  EXPECT_EQ(row(X, t, "convert", 1), text("fakedev", "float64", "standard"));
  // What is given with the name holds.
  const spc_target given = named("fakedev", SPC_COMPLEX64, SPC_CHECK_CHEAP);
  EXPECT_EQ(row(X, given, "keep_native", 1), text("fakedev", "complex64", "cheap"));
}

TEST_F(Table, TheDefault) {
  EXPECT_EQ(row(X, nothing(), "keep_native", 0), text("cpu", "float32", "none"));
  EXPECT_EQ(row(X, nothing(), "convert", 0), text("cpu", "float64", "none"));
  const Space T = dense_space(t_ctx(), {3});
  EXPECT_EQ(row(T, nothing(), "keep_native", 1), text("cpu", "float64", "none"));
  EXPECT_EQ(row(T, nothing(), "convert", 1), text("cpu", "float64", "none"));
  Space by_null;
  check(spc_space_convert(X, nullptr, by_null.out()));
  EXPECT_EQ(context_of(by_null), text("cpu", "float32", "none"));
}

TEST_F(Table, AnotherDtypeOfTheSameFamily) {
  const Context wide = context("cpu");
  for (const char *rule : {"keep_native", "convert"})
    EXPECT_EQ(row(X, of(wide), rule, 0), text("cpu", "float64", "standard"));
  EXPECT_EQ(row(X, named("cpu"), "keep_native", 0), text("cpu", "float32", "standard"));
  EXPECT_EQ(row(X, named("cpu"), "convert", 0), text("cpu", "float64", "standard"));
}

TEST_F(Table, MixedSources) {
  const spc_context sources[] = {x_ctx, t_ctx()};
  Context ctx;
  check(spc_context_resolve(nullptr, 2, sources, 0, nullptr, ctx.out()));
  EXPECT_EQ(text(ctx), default_text());
  const Space T = dense_space(t_ctx(), {3});
  EXPECT_EQ(row(T, of(ctx), "keep_native", 1), text("cpu", "float64", "none"));
  EXPECT_EQ(row(T, of(ctx), "convert", 1), text("cpu", "float64", "none"));
}

TEST_F(Table, ErrorsChangeNothing) {
  check(spc_set_resolution_policy("error"));
  spc_target t = of(t_ctx());
  spc_space out = nullptr;
  expect_error(spc_space_convert(X, &t, &out), SPC_E_CONTEXT_CONVERSION,
               {"Conversion from Context(ops='cpu', dtype='float32', check_level='standard') to "
                "Context(ops='fakedev', dtype='float32', check_level='standard') is forbidden by "
                "policy 'error'."});
  EXPECT_EQ(out, nullptr);
  EXPECT_EQ(context_of(X), text("cpu", "float32", "standard"));
  const char *policy = nullptr;
  check(spc_get_resolution_policy(&policy));
  EXPECT_STREQ(policy, "error");
  // One call's own policy is stronger, in both directions.
  t.resolution_policy = "silent";
  EXPECT_EQ(row(X, t, nullptr, 0), text("fakedev", "float32", "standard"));
  check(spc_set_resolution_policy("silent"));
  t.resolution_policy = "error";
  expect_error(spc_space_convert(X, &t, &out), SPC_E_CONTEXT_CONVERSION, {"forbidden"});
  EXPECT_EQ(row(X, of(t_ctx()), nullptr, 0), text("fakedev", "float32", "standard"));
}

TEST_F(Table, TheProcessDtypePolicyHolds) {
  check(spc_set_dtype_resolution_policy("convert"));
  EXPECT_EQ(row(X, of(t_ctx()), nullptr, 1), text("fakedev", "float64", "standard"));
  EXPECT_EQ(row(X, of(t_ctx()), "keep_native", 1), text("fakedev", "float32", "standard"));
}

TEST_F(Table, RefusedWarnings) {
  Warnings warnings(3);
  const spc_target t = of(t_ctx());
  spc_space out = nullptr;
  expect_error(spc_space_convert(X, &t, &out), SPC_E_CALLBACK, {"UserWarning", "Converting from"});
  EXPECT_EQ(out, nullptr);
}

TEST_F(Table, CompatibleFamiliesOnlyChangeTheirTag) {
  check(spc_set_resolution_policy("error"));
  const Context reference = context("reference", SPC_FLOAT64, SPC_CHECK_CHEAP);
  Warnings warnings;
  const Space s =
      dense_space(context("cpu"), {2}, weighted(vector<double>(context("cpu"), {1, 2})));
  const Space there = converted(s, of(reference));
  EXPECT_EQ(context_of(there), text(reference));
  const Array x = vector<double>(reference, {1, 1});
  Array inner;
  check(spc_space_inner(there, x, x, inner.out()));
  EXPECT_EQ(value<double>(inner), 3);
  EXPECT_EQ(context_of(converted(there, of(context("cpu")))), text("cpu", "float64", "standard"));
  // No conversion between families: the target's dtype counts.
  EXPECT_EQ(context_of(converted(X, of(reference))), text(reference));
  const Array a = vector<double>(context("cpu"), {1, 2}), b = converted(a, of(reference));
  EXPECT_EQ(context_of(b), text("reference", "float64", "none"));
  void *p = nullptr, *q = nullptr;
  check(spc_array_data(a, &p));
  check(spc_array_data(b, &q));
  EXPECT_EQ(p, q);
  EXPECT_TRUE(warnings.seen.empty());
}

TEST_F(Table, TheSameObjectIfNothingChanges) {
  const LinOp I = [&] {
    LinOp op;
    check(spc_linop_identity(X, op.out()));
    return op;
  }();
  int32_t same = 0;
  check(spc_linop_same(converted(I, of(x_ctx)), I, &same));
  EXPECT_EQ(same, 1);
  check(spc_linop_same(converted(I, named("cpu")), I, &same));
  EXPECT_EQ(same, 1);
  check(spc_linop_same(converted(I, named("cpu", SPC_FLOAT64)), I, &same));
  EXPECT_EQ(same, 0);
}

TEST_F(Table, OpaqueElementsTravelByWayOfTheHost) {
  load_opaque();
  const Context cpu = context("cpu"), opaque = context("opaque");
  const Array x = vector<double>(cpu, {1, 2}), handle = converted(x, of(opaque));
  EXPECT_EQ(context_of(handle), text("opaque", "float64", "none"));
  EXPECT_EQ(values<double>(converted(handle, of(cpu))), (std::vector<double>{1, 2}));
  // Spaces, too, and elements can be made in them.
  const Space s = dense_space(cpu, {2}, weighted(vector<double>(cpu, {1, 4})));
  const Space there = converted(s, with(of(opaque), "silent"));
  EXPECT_EQ(context_of(there), text(opaque));
  Array zero, y;
  check(spc_space_zeros(there, zero.out()));
  check(spc_space_axpy(there, weak(2.0), handle, zero, y.out()));
  Array norm_of_y;
  check(spc_space_norm(there, y, norm_of_y.out()));
  EXPECT_EQ(value<double>(norm_of_y), std::sqrt(4.0 + 64.0));
  const Space back = converted(there, with(of(cpu), "silent"));
  EXPECT_TRUE(equal(back, s));
  LinOp A;
  check(spc_linop_diagonal(vector<double>(cpu, {3, 5}), s, A.out()));
  const LinOp B = converted(A, with(of(opaque), "silent"));
  EXPECT_EQ(values<double>(converted(apply(B, handle), of(cpu))), (std::vector<double>{3, 10}));
}

// ---- every kind, between each pair of families

struct Pair {
  const char *from, *to;
};

class Converted : public ::testing::TestWithParam<Pair> {
 protected:
  void SetUp() override {
    load_test_families();
    from = context(GetParam().from);
    to = context(GetParam().to);
    target = with(of(to), "silent");
  }
  // Warnings of a conversion of one object that has `n` context-bound objects in it.
  std::size_t expected(std::size_t n) const {
    const bool foreign = host_accessible(GetParam().from) != host_accessible(GetParam().to);
    return foreign ? n : 0;
  }
  // The operator converted with one warning for each of n objects.
  LinOp visited(const LinOp &A, std::size_t n) {
    Warnings warnings;
    LinOp B = converted(A, with(target, "warning"));
    EXPECT_EQ(warnings.seen.size(), expected(n));
    EXPECT_EQ(context_of(B), text(to));
    EXPECT_EQ(context_of(domain_of(B)), text(to));
    EXPECT_EQ(context_of(codomain_of(B)), text(to));
    const char *before = nullptr, *after = nullptr;
    check(spc_linop_kind(A, &before));
    check(spc_linop_kind(B, &after));
    EXPECT_STREQ(before, after);
    return B;
  }
  // Both give the same on the vector, each in its own family.
  void same_action(const LinOp &A, const LinOp &B, const std::vector<double> &x) {
    EXPECT_EQ(values<double>(apply(A, vector<double>(from, x))),
              values<double>(apply(B, vector<double>(to, x))));
  }
  LinOp dense(const Space &s, const std::vector<double> &m) {
    LinOp A;
    check(spc_linop_dense(array<double>(from, {2, 2}, m), s, s, A.out()));
    return A;
  }
  LinOp diagonal(const Space &s, const std::vector<double> &d) {
    LinOp A;
    check(spc_linop_diagonal(vector<double>(from, d), s, A.out()));
    return A;
  }

  Context from, to;
  spc_target target;
};

TEST_P(Converted, Arrays) {
  const Array x = array<double>(from, {2, 3}, {1, 2, 3, 4, 5, 6});
  Array t;
  check(spc_transpose(x, SPC_ALL_AXES, nullptr, t.out()));
  const Array y = converted(t, target);
  EXPECT_EQ(context_of(y), text(GetParam().to, "float64", "none"));
  EXPECT_EQ(shape_of(y), (Shape{3, 2}));
  EXPECT_EQ(values<double>(y), (std::vector<double>{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(values<float>(converted(x, named(GetParam().to, SPC_FLOAT32))),
            (std::vector<float>{1, 2, 3, 4, 5, 6}));
  const Array none = converted(array<double>(from, {0, 3}, {}), target);
  EXPECT_EQ(shape_of(none), (Shape{0, 3}));
  EXPECT_EQ(value<double>(converted(array<double>(from, {}, {7}), target)), 7);
  const Array number = weak(std::complex<double>(1, 2)), same = converted(number, target);
  int32_t weak_kind = -1;
  check(spc_value_kind(same, &weak_kind));
  EXPECT_EQ(weak_kind, SPC_VALUE_SCALAR);
}

TEST_P(Converted, ArraysRefused) {
  const Array z = vector<std::complex<double>>(from, {{1, 0}});
  spc_array out = nullptr;
  expect_error(spc_array_convert(z, &target, &out), SPC_E_TYPE,
               {"complex-valued input for non-complex dtype float64"});
  Array list;
  check(spc_value_list(0, nullptr, list.out()));
  expect_error(spc_array_convert(list, &target, &out), SPC_E_NOTIMPL, {"list"});
  const spc_target unknown = named("zzz");
  expect_error(spc_array_convert(z, &unknown, &out), SPC_E_UNKNOWN_BACKEND, {"zzz"});
  EXPECT_EQ(out, nullptr);
}

TEST_P(Converted, SparseArrays) {
  for (const char *format : {"csr", "csc", "coo"}) {
    Array s;
    check(spc_assparse(from, array<double>(from, {2, 3}, {1, 0, 2, 0, 3, 0}), format,
                       SPC_DTYPE_NONE, s.out()));
    const Array t = converted(s, named(GetParam().to, SPC_FLOAT32));
    EXPECT_EQ(context_of(t), text(GetParam().to, "float32", "none"));
    int32_t a = -1, b = -2;
    check(spc_sparse_format(s, &a));
    check(spc_sparse_format(t, &b));
    EXPECT_EQ(a, b);
    Array d;
    check(spc_asarray(to, t, SPC_DTYPE_NONE, d.out()));
    EXPECT_EQ(values<float>(d), (std::vector<float>{1, 0, 2, 0, 3, 0})) << format;
  }
}

TEST_P(Converted, Geometries) {
  Geometry e, g;
  check(spc_geometry_euclidean(e.out()));
  int32_t euclidean = 0;
  check(spc_geometry_convert(e, &target, g.out()));
  check(spc_geometry_is_euclidean(g, &euclidean));
  EXPECT_EQ(euclidean, 1);
  check(spc_geometry_convert(weighted(vector<double>(from, {1, 4})), &target, g.out()));
  const Space s = dense_space(to, {2}, g);
  const Array x = vector<double>(to, {1, 2});
  Array inner;
  check(spc_space_inner(s, x, x, inner.out()));
  EXPECT_EQ(value<double>(inner), 17);
  spc_geometry none = nullptr;
  const Geometry z = weighted(vector<std::complex<double>>(from, {{1, 0}}));
  expect_error(spc_geometry_convert(z, &target, &none), SPC_E_TYPE, {"complex-valued"});
}

TEST_P(Converted, Spaces) {
  const Space s = dense_space(from, {2}, weighted(vector<double>(from, {1, 4})));
  const Space t = converted(s, target);
  EXPECT_EQ(context_of(t), text(to));
  const Array x = vector<double>(to, {1, 2});
  Array norm;
  check(spc_space_norm(t, x, norm.out()));
  EXPECT_EQ(value<double>(norm), std::sqrt(17.0));
  int32_t equal = 0;
  check(spc_space_equal(converted(t, with(of(from), "silent")), s, &equal));
  EXPECT_EQ(equal, 1);
  // Spaces without data may become real; complex weights may not.
  const Context complex_from = context(GetParam().from, SPC_COMPLEX128);
  const spc_target real = with(target, "silent", "convert");
  EXPECT_EQ(context_of(converted(dense_space(complex_from, {2}), real)), text(to));
  const Space bad = dense_space(complex_from, {1},
                                weighted(vector<std::complex<double>>(complex_from, {{2, 0}})));
  spc_space out = nullptr;
  expect_error(spc_space_convert(bad, &real, &out), SPC_E_TYPE, {"complex-valued"});
  EXPECT_EQ(out, nullptr);
}

TEST_P(Converted, DenseOperators) {
  const Space s = dense_space(from, {2}, weighted(vector<double>(from, {1, 4})));
  const LinOp A = dense(s, {1, 2, 3, 4}), B = visited(A, 3);
  same_action(A, B, {1, -1});
  same_action(adjoint(A), adjoint(B), {1, -1});
  spc_linop out = nullptr;
  const spc_target refused = with(target, "error");
  if (expected(1) == 1)
    expect_error(spc_linop_convert(A, &refused, &out), SPC_E_CONTEXT_CONVERSION, {"forbidden"});
  else
    check(spc_linop_convert(A, &refused, &out));
  spc_linop_release(&out);
}

TEST_P(Converted, StoredArraysGetTheDtypeOfTheContext) {
  const Space s = dense_space(from, {2});
  LinOp A;
  check(spc_linop_dense(array<float>(from, {2, 2}, {1, 2, 3, 4}), s, s, A.out()));
  const LinOp B = converted(A, with(named(GetParam().to, SPC_FLOAT32), "silent"));
  EXPECT_EQ(context_of(B), text(GetParam().to, "float32", "standard"));
  EXPECT_EQ(values<float>(apply(B, vector<float>(to, {1, 1}))), (std::vector<float>{3, 7}));
}

TEST_P(Converted, SparseOperators) {
  const Space X = dense_space(from, {3}), Y = dense_space(from, {2});
  Array s;
  check(spc_assparse(from, array<double>(from, {2, 3}, {1, 0, 2, 0, 3, 0}), "coo", SPC_DTYPE_NONE,
                     s.out()));
  LinOp A;
  check(spc_linop_sparse(s, X, Y, A.out()));
  same_action(A, visited(A, 3), {1, 2, 3});
}

TEST_P(Converted, Algebra) {
  const Space s = dense_space(from, {2});
  const LinOp A = dense(s, {1, 2, 3, 4}), D = diagonal(s, {2, 5});
  const LinOp tripled = scaled(weak(3.0), A), both = sum({A, D}), AD = composed(A, D);
  LinOp zero, identity;
  check(spc_linop_zero(s, s, zero.out()));
  check(spc_linop_identity(s, identity.out()));
  const std::vector<double> x = {1, -1};
  same_action(D, visited(D, 2), x);
  same_action(tripled, visited(tripled, 4), x);
  same_action(both, visited(both, 1 + 3 + 2), x);
  same_action(AD, visited(AD, 1 + 3 + 2), x);
  same_action(zero, visited(zero, 3), x);
  same_action(identity, visited(identity, 2), x);
  same_action(adjoint(A), visited(adjoint(A), 4), x);
}

TEST_P(Converted, TheAdjointOfAConvertedAdjointIsTheConvertedOperator) {
  const Space s = dense_space(from, {2});
  const LinOp A = dense(s, {1, 2, 3, 4});
  const LinOp back = adjoint(converted(adjoint(A), target));
  const char *kind = nullptr;
  check(spc_linop_kind(back, &kind));
  EXPECT_STREQ(kind, "DenseLinOp");
  same_action(A, back, {1, -1});
}

// y = user x; the same function works in every family.
spc_status times(void *user, spc_element x, spc_element *y) {
  spc_array factor = nullptr;
  spc_status status = spc_weak_f64(*static_cast<double *>(user), &factor);
  if (status == SPC_OK) status = spc_multiply(factor, x, y);
  spc_array_release(&factor);
  return status;
}

TEST_P(Converted, FunctionsAreKept) {
  double factor = 2.5;
  const Space s = dense_space(from, {2});
  LinOp A;
  check(spc_linop_matrix_free(times, times, &factor, s, s, A.out()));
  const LinOp B = visited(A, 3);
  same_action(A, B, {1, -1});
  factor = 4;
  EXPECT_EQ(values<double>(apply(B, vector<double>(to, {1, -1}))), (std::vector<double>{4, -4}));
}

spc_status twice(void *, spc_element x, spc_element *y) {
  double two = 2;
  return times(&two, x, y);
}
spc_status thrice(void *, spc_element x, spc_element *y) {
  double three = 3;
  return times(&three, x, y);
}

TEST_P(Converted, StrictTargetsTestTheAdjointAgain) {
  const Space s = dense_space(from, {2});
  LinOp A;
  check(spc_linop_matrix_free(twice, thrice, nullptr, s, s, A.out()));
  const spc_target strict = with(named(GetParam().to, SPC_FLOAT64, SPC_CHECK_STRICT), "silent");
  spc_linop out = nullptr;
  expect_error(spc_linop_convert(A, &strict, &out), SPC_E_VALUE,
               {"adjoint consistency check failed"});
  EXPECT_EQ(out, nullptr);
}

TEST_P(Converted, ComplexOperatorsDoNotBecomeReal) {
  const Context complex_from = context(GetParam().from, SPC_COMPLEX128);
  const Space s = dense_space(complex_from, {1});
  LinOp A;
  check(
      spc_linop_dense(array<std::complex<double>>(complex_from, {1, 1}, {{1, 0}}), s, s, A.out()));
  const spc_target real = with(target, "silent", "convert");
  spc_linop out = nullptr;
  expect_error(spc_linop_convert(A, &real, &out), SPC_E_TYPE, {"complex-valued"});
  LinOp identity;
  check(spc_linop_identity(s, identity.out()));
  const LinOp turned = scaled(weak(std::complex<double>(0, 1)), identity);
  expect_error(spc_linop_convert(turned, &real, &out), SPC_E_TYPE, {"complex scalar"});
  EXPECT_EQ(out, nullptr);
}

INSTANTIATE_TEST_SUITE_P(Families, Converted,
                         ::testing::Values(Pair{"reference", "fakedev"}, Pair{"cpu", "fakedev"},
                                           Pair{"fakedev", "cpu"}, Pair{"fakedev", "reference"},
                                           Pair{"cpu", "reference"}, Pair{"reference", "cpu"}),
                         [](const auto &info) {
                           return std::string(info.param.from) + "_to_" + info.param.to;
                         });

}  // namespace
