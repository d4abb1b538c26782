// SPDX-License-Identifier: Apache-2.0
// What contexts, resolution and conversion say, word by word, on every family: those of host memory,
// that of a device, and that of handles.
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
spc_status convert(spc_space x, const spc_target *t, spc_space *out) {
  return spc_space_convert(x, t, out);
}
spc_status convert(spc_linop x, const spc_target *t, spc_linop *out) {
  return spc_linop_convert(x, t, out);
}
template <class T>
T converted(const T &x, const spc_target &t) {
  T y;
  check(convert(x, &t, y.out()));
  return y;
}
LinOp identity(spc_space s) {
  LinOp op;
  check(spc_linop_identity(s, op.out()));
  return op;
}
std::string resolved(const spc_target *t, const std::vector<spc_context> &contexts,
                     const std::vector<spc_value> &values = {}) {
  Context ctx;
  check(spc_context_resolve(t, static_cast<int64_t>(contexts.size()), contexts.data(),
                            static_cast<int64_t>(values.size()), values.data(), ctx.out()));
  return text(ctx);
}
void set_default(const char *family, int32_t dtype = SPC_FLOAT64, int32_t level = SPC_CHECK_UNSET) {
  const spc_target t = named(family, dtype, level);
  check(spc_set_context(&t));
}

constexpr const char *complex_refusal =
    " rejected complex-valued input for non-complex dtype float64. Explicitly discard the "
    "imaginary "
    "part first, with real(x)";

// ---- the table of worked conversions, between each two families that share no memory

struct Pair {
  const char *x, *t;
};

class Conversions : public ContextTest, public ::testing::WithParamInterface<Pair> {
 protected:
  void SetUp() override {
    ContextTest::SetUp();
    load_opaque();
    x_ctx = context(GetParam().x, SPC_FLOAT32);
    t_ctx = context(GetParam().t);
    X = dense_space(x_ctx, {3});
    T = dense_space(t_ctx, {3});
    set_default(GetParam().x);
  }

  // A row of the table: what both kinds of object become, under each rule, and how often it is said.
  template <class Object>
  void row(const Object &object, spc_target t, const std::string &keep_native,
           const std::string &convert, std::size_t objects) {
    const std::string before = context_of(object);
    for (const char *rule : {"keep_native", "convert"}) {
      SCOPED_TRACE(rule);
      t.dtype_resolution_policy = rule;
      const std::string expected = std::string(rule) == "convert" ? convert : keep_native;
      Warnings warnings;
      const Object result = converted(object, t);
      EXPECT_EQ(context_of(result), expected);
      ASSERT_EQ(warnings.seen.size(), objects);
      for (const std::string &warning : warnings.seen)
        EXPECT_EQ(warning, "UserWarning: Converting from " + before + " to " + expected + ".");
    }
    EXPECT_EQ(context_of(object), before);
  }
  void rows(const Space &space, const spc_target &t, const std::string &keep_native,
            const std::string &convert, bool foreign) {
    row(space, t, keep_native, convert, foreign ? 1 : 0);
    row(identity(space), t, keep_native, convert, foreign ? 2 : 0);  // and its space
  }

  const char *const x = GetParam().x, *const t = GetParam().t;
  Context x_ctx, t_ctx;
  Space X, T;
};

TEST_P(Conversions, ToAContextOfAnotherFamily) {
  rows(X, of(t_ctx), text(t, "float32", "standard"), text(t, "float64", "standard"), true);
}

TEST_P(Conversions, ToTheNameOfAnotherFamily) {
  rows(X, named(t), text(t, "float32", "standard"), text(t, "float64", "standard"), true);
}

TEST_P(Conversions, ToTheDefault) {
  rows(X, nothing(), text(x, "float32", "none"), text(x, "float64", "none"), false);
  rows(T, nothing(), text(x, "float64", "none"), text(x, "float64", "none"), true);
}

TEST_P(Conversions, ToAnotherDtypeOfTheSameFamily) {
  const Context wide = context(x);
  rows(X, of(wide), text(x, "float64", "standard"), text(x, "float64", "standard"), false);
  rows(X, named(x), text(x, "float32", "standard"), text(x, "float64", "standard"), false);
}

TEST_P(Conversions, OfMixedSources) {
  const spc_target error = with(nothing(), "error");
  EXPECT_EQ(resolved(nullptr, {x_ctx, t_ctx}), text(x, "float64", "none"));
  Context out;
  const spc_context forth[] = {x_ctx, t_ctx}, back[] = {t_ctx, x_ctx};
  const std::string one = x, other = t;
  expect_error(spc_context_resolve(&error, 2, forth, 0, nullptr, out.out()), SPC_E_CONTEXT_CONFLICT,
               {("Incompatible inferred contexts: ('" + one + "', '" + other + "')").c_str()});
  expect_error(spc_context_resolve(&error, 2, back, 0, nullptr, out.out()), SPC_E_CONTEXT_CONFLICT,
               {("Incompatible inferred contexts: ('" + other + "', '" + one + "')").c_str()});
  // Raw arrays are sources, too.
  const Array far = vector<float>(t_ctx, {1});
  const spc_value values[] = {far};
  expect_error(spc_context_resolve(&error, 1, forth, 1, values, out.out()), SPC_E_CONTEXT_CONFLICT,
               {"Incompatible inferred contexts"});
  EXPECT_EQ(resolved(nullptr, {x_ctx}, {far}), text(x, "float64", "none"));
}

TEST_P(Conversions, ForbiddenOnes) {
  check(spc_set_resolution_policy("error"));
  const spc_target there = of(t_ctx), unchanged = of(x_ctx);
  const std::string sentence = "Conversion from " + text(x, "float32", "standard") + " to " +
                               text(t, "float32", "standard") + " is forbidden by policy 'error'.";
  Space space;
  LinOp op;
  expect_error(spc_space_convert(X, &there, space.out()), SPC_E_CONTEXT_CONVERSION,
               {sentence.c_str()});
  expect_error(spc_linop_convert(identity(X), &there, op.out()), SPC_E_CONTEXT_CONVERSION,
               {sentence.c_str()});
  EXPECT_EQ(space, nullptr);
  EXPECT_EQ(op, nullptr);
  const LinOp I = identity(X);
  int32_t same = 0;
  check(spc_linop_same(converted(I, unchanged), I, &same));
  EXPECT_EQ(same, 1);
  EXPECT_EQ(context_of(converted(X, nothing())), text(x, "float32", "none"));
  const spc_target unknown = with(of(t_ctx), "sometimes");
  expect_error(spc_space_convert(X, &unknown, space.out()), SPC_E_VALUE,
               {"Unknown resolution_policy='sometimes'. Expected one of: warning, error, silent"});
}

// Policies are about what has a context; arrays have none.
TEST_P(Conversions, OfArrays) {
  check(spc_set_resolution_policy("error"));
  Warnings warnings;
  const Array a = array<float>(x_ctx, {2, 2}, {1, 2, 3, 4});
  const spc_target there = of(t_ctx), complex_there = named(t, SPC_COMPLEX128);
  Array b, c;
  check(spc_array_convert(a, &there, b.out()));
  EXPECT_EQ(context_of(b), text(t, "float64", "none"));
  EXPECT_EQ(shape_of(b), (Shape{2, 2}));
  EXPECT_EQ(values<double>(b), (std::vector<double>{1, 2, 3, 4}));
  check(spc_array_convert(a, &complex_there, c.out()));
  EXPECT_EQ(values<c128>(c), (std::vector<c128>{1, 2, 3, 4}));
  const spc_target back = of(x_ctx);
  Array d;
  check(spc_array_convert(b, &back, d.out()));
  EXPECT_EQ(context_of(d), text(x, "float32", "none"));
  expect_error(spc_array_convert(c, &there, d.out()), SPC_E_TYPE, {complex_refusal});
  const spc_status status = spc_array_convert(b, &complex_there, d.out());
  if (std::string(t) == "opaque")
    expect_error(status, SPC_E_NOTIMPL,
                 {"convert: arrays of family opaque are opaque and keep their dtype float64; "
                  "complex128 was asked for"});
  else
    check(status);
  EXPECT_TRUE(warnings.seen.empty());
}

spc_status thrice(void *, spc_element x, spc_element *y) {
  spc_array three = nullptr;
  spc_status status = spc_weak_f64(3, &three);
  if (status == SPC_OK) status = spc_axpby(three, x, nullptr, x, y);
  spc_array_release(&three);
  return status;
}

// What needs nothing but vectors does the same on either side, in a geometry that came along.
TEST_P(Conversions, OfOperators) {
  const Context from = context(x);
  const Space s = dense_space(from, {3}, weighted<double>(from, {3}, {1, 2, 4}));
  LinOp D, zero, free;
  check(spc_linop_diagonal(vector<double>(from, {2, 3, 5}), s, D.out()));
  check(spc_linop_zero(s, s, zero.out()));
  check(spc_linop_matrix_free(thrice, thrice, nullptr, s, s, free.out()));
  const LinOp I = identity(s), scaled_one = scaled(weak(-2.0), D), sum_of_three = sum({D, I, free}),
              product = composed(free, D), turned = adjoint(composed(D, free));
  const std::vector<double> v = {1, -1, 2};
  const std::pair<const char *, const LinOp *> operators[] = {
      {"diagonal", &D},        {"zero", &zero},        {"matrix-free", &free}, {"identity", &I},
      {"scaled", &scaled_one}, {"sum", &sum_of_three}, {"composed", &product}, {"adjoint", &turned},
  };
  for (const auto &[kind, A] : operators) {
    SCOPED_TRACE(kind);
    const LinOp B = converted(*A, with(of(t_ctx), "silent"));
    EXPECT_EQ(context_of(B), text(t_ctx));
    const std::vector<double> image = values<double>(apply(*A, vector<double>(from, v)));
    EXPECT_EQ(values<double>(apply(B, vector<double>(t_ctx, v))), image);
    EXPECT_EQ(values<double>(rapply(B, vector<double>(t_ctx, v))),
              values<double>(rapply(*A, vector<double>(from, v))));
    const LinOp back = converted(B, with(of(from), "silent"));
    EXPECT_EQ(values<double>(apply(back, vector<double>(from, v))), image);
  }
  const Space there = converted(s, with(of(t_ctx), "silent"));
  const Array y = vector<double>(t_ctx, v);
  EXPECT_EQ(value<double>(inner(there, y, y)), 1 + 2 + 16);
  EXPECT_TRUE(equal(converted(there, with(of(from), "silent")), s));
}

// Handles may hold a matrix, but a family that multiplies none says so; sparse ones stay where they
// are.
TEST_P(Conversions, OfMatricesToHandles) {
  if (std::string(t) != "opaque") GTEST_SKIP() << "the other families take matrices";
  const Context from = context(x);
  const Space s = dense_space(from, {2});
  const LinOp A = dense_linop<double>(from, s, s, {2, 2}, {1, 2, 3, 4});
  const spc_target there = with(of(t_ctx), "silent");
  const LinOp B = converted(A, there);
  Array y;
  expect_error(spc_linop_apply(B, vector<double>(t_ctx, {1, 1}), y.out()), SPC_E_NOTIMPL,
               {"opaque"});
  const LinOp back = converted(B, with(of(from), "silent"));
  EXPECT_EQ(values<double>(apply(back, vector<double>(from, {1, 1}))), (std::vector<double>{3, 7}));
  LinOp S, out;
  check(spc_linop_sparse(sparse<double>(from, 2, 2, {1, 0, 0, 2}), s, s, S.out()));
  const char *const sentence = "convert: the opaque family opaque has no sparse arrays";
  expect_error(spc_linop_convert(S, &there, out.out()), SPC_E_NOTIMPL, {sentence});
  expect_error(spc_array_convert(sparse<double>(from, 1, 1, {1}), &there, y.out()), SPC_E_NOTIMPL,
               {sentence});
  EXPECT_EQ(out, nullptr);
  EXPECT_EQ(y, nullptr);
}

INSTANTIATE_TEST_SUITE_P(Families, Conversions,
                         ::testing::Values(Pair{"reference", "fakedev"}, Pair{"cpu", "fakedev"},
                                           Pair{"fakedev", "cpu"}, Pair{"fakedev", "reference"},
                                           Pair{"reference", "opaque"}, Pair{"cpu", "opaque"},
                                           Pair{"fakedev", "opaque"}, Pair{"opaque", "cpu"},
                                           Pair{"opaque", "reference"}, Pair{"opaque", "fakedev"}),
                         [](const auto &info) {
                           return std::string(info.param.x) + "_to_" + info.param.t;
                         });

// ---- every sentence on every family

class Sentences : public ContextTest, public ::testing::WithParamInterface<const char *> {
 protected:
  void SetUp() override {
    ContextTest::SetUp();
    load_opaque();
    ctx = context(family);
  }
  std::string normalized(const spc_target &t) {
    Context c;
    check(spc_context_normalize(&t, c.out()));
    return text(c);
  }
  bool has_sparse() const { return std::string(family) != "opaque"; }

  const char *const family = GetParam();
  Context ctx;
};

TEST_P(Sentences, ContextsSayWhatTheyAre) {
  EXPECT_EQ(text(context(family, SPC_COMPLEX64, SPC_CHECK_CHEAP)),
            std::string("Context(ops='") + family + "', dtype='complex64', check_level='cheap')");
  EXPECT_EQ(normalized(named(family)), text(family, "float64", "none"));
  std::string upper = family;
  for (char &c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(normalized(named(upper.c_str(), SPC_INT32, SPC_CHECK_STRICT)),
            text(family, "int32", "strict"));
  Context c;
  const spc_target bad_dtype = named(family, 99), bad_level = named(family, SPC_FLOAT64, 4);
  expect_error(spc_context_normalize(&bad_dtype, c.out()), SPC_E_TYPE, {"99"});
  expect_error(spc_context_normalize(&bad_level, c.out()), SPC_E_VALUE,
               {"Unknown check_level 4. Expected one of: 0 (none), 1 (cheap), 2 (standard), 3 "
                "(strict)"});
  expect_error(spc_context_create(family, SPC_FLOAT64, 4, c.out()), SPC_E_VALUE,
               {"Unknown check_level 4."});
  const std::string spaced = std::string(family) + " ";
  const spc_target unknown = named(spaced.c_str());
  expect_error(spc_context_normalize(&unknown, c.out()), SPC_E_UNKNOWN_BACKEND,
               {"Unknown backend: '", "Expected one of: ", family});
  EXPECT_EQ(c, nullptr);
}

TEST_P(Sentences, FlagsAndIgnoredParts) {
  Warnings warnings;
  spc_target t = named(family);
  t.enable_checks = SPC_TRUE;
  EXPECT_EQ(normalized(t), text(family, "float64", "standard"));
  t.enable_checks = SPC_FALSE;
  EXPECT_EQ(normalized(t), text(family, "float64", "none"));
  t.check_level = SPC_CHECK_CHEAP;
  Context c;
  expect_error(spc_context_normalize(&t, c.out()), SPC_E_TYPE,
               {"Use either check_level or enable_checks, not both."});
  t = of(ctx);
  t.check_level = SPC_CHECK_STRICT;
  EXPECT_EQ(normalized(t), text(family, "float64", "standard"));
  set_default(family, SPC_FLOAT32, SPC_CHECK_CHEAP);
  t = nothing();
  t.dtype = SPC_INT8;
  EXPECT_EQ(normalized(t), text(family, "float32", "cheap"));
  const std::string flag =
      "DeprecationWarning: enable_checks is deprecated; use check_level='standard' or "
      "check_level='none' instead.";
  EXPECT_EQ(warnings.seen,
            (std::vector<std::string>{
                flag, flag,
                "UserWarning: Provided concrete context; dtype and check policy parameters are "
                "ignored.",
                "UserWarning: Provided context is None; dtype and check policy parameters are "
                "ignored."}));
}

TEST_P(Sentences, SourcesJoin) {
  const auto of_dtype = [this](int32_t dtype, int32_t level = SPC_CHECK_STANDARD) {
    return context(family, dtype, level);
  };
  const auto joined = [&](const Context &a, const Context &b) { return resolved(nullptr, {a, b}); };
  EXPECT_EQ(joined(of_dtype(SPC_FLOAT32), of_dtype(SPC_FLOAT64)),
            text(family, "float64", "standard"));
  EXPECT_EQ(joined(of_dtype(SPC_FLOAT64), of_dtype(SPC_COMPLEX64)),
            text(family, "complex128", "standard"));
  EXPECT_EQ(joined(of_dtype(SPC_FLOAT64), of_dtype(SPC_INT32)),
            text(family, "float64", "standard"));
  const int32_t levels[] = {SPC_CHECK_NONE, SPC_CHECK_CHEAP, SPC_CHECK_STANDARD, SPC_CHECK_STRICT};
  const char *const names[] = {"none", "cheap", "standard", "strict"};
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j)
      EXPECT_EQ(joined(of_dtype(SPC_FLOAT64, levels[i]), of_dtype(SPC_FLOAT64, levels[j])),
                text(family, "float64", names[std::min(i, j)]));
  // Raw arrays bring family and dtype; a level only where nothing else does.
  const Array z = vector<c64>(ctx, {1});
  EXPECT_EQ(resolved(nullptr, {of_dtype(SPC_FLOAT32, SPC_CHECK_STRICT)}, {z}),
            text(family, "complex64", "strict"));
  EXPECT_EQ(resolved(nullptr, {}, {z, weak(1.0)}), text(family, "complex64", "none"));
}

TEST_P(Sentences, AssertionsNameTheFamilyAndWhatCame) {
  const char *const foreign_family = has_sparse() && host_accessible(family) ? "fakedev" : "cpu";
  const Context other = context(foreign_family);
  const Array x = vector<double>(ctx, {1, 2}), number = weak(1.5),
              far = vector<double>(other, {1, 2}), far_sparse = sparse<double>(other, 1, 1, {1});
  Array list, tuple, map, none;
  check(spc_value_list(0, nullptr, list.out()));
  check(spc_value_tuple(0, nullptr, tuple.out()));
  check(spc_value_map(0, nullptr, nullptr, map.out()));
  check(spc_value_none(none.out()));
  check(spc_context_assert_dense(ctx, x));
  const std::string name = family, foreign = foreign_family;
  const std::pair<spc_value, std::string> others[] = {
      {list, "list"},
      {tuple, "tuple"},
      {map, "map"},
      {none, "null"},
      {number, "scalar"},
      {far, "array of family " + foreign},
      {far_sparse, "sparse array of family " + foreign}};
  for (const auto &[value, got] : others) {
    expect_error(spc_context_assert_dense(ctx, value), SPC_E_TYPE,
                 {("Expected dense array for " + name + ", got " + got).c_str()});
    expect_error(spc_context_assert_sparse(ctx, value), SPC_E_TYPE,
                 {has_sparse() ? ("Expected sparse array for " + name + ", got " + got).c_str()
                               : "Sparse objects are disallowed by this backend."});
  }
  if (!has_sparse()) return;
  const Array own = sparse<double>(ctx, 1, 1, {1});
  check(spc_context_assert_sparse(ctx, own));
  expect_error(
      spc_context_assert_dense(ctx, own), SPC_E_TYPE,
      {("Expected dense array for " + name + ", got sparse array of family " + name).c_str()});
  expect_error(spc_context_assert_sparse(ctx, x), SPC_E_TYPE,
               {("Expected sparse array for " + name + ", got array of family " + name).c_str()});
}

TEST_P(Sentences, ContextsConvertArraysOfTheirOwn) {
  check(spc_set_resolution_policy("error"));  // not asked
  const Array x = vector<double>(ctx, {1, 2}), z = vector<c128>(ctx, {1, 2}),
              far = vector<double>(context(host_accessible(family) ? "fakedev" : "cpu"), {1});
  Array y;
  check(spc_context_convert(ctx, x, y.out()));
  EXPECT_EQ(values<double>(y), (std::vector<double>{1, 2}));
  check(spc_context_asarray(context(family, SPC_COMPLEX128), z, y.out()));
  EXPECT_EQ(values<c128>(y), (std::vector<c128>{1, 2}));
  spc_value out = nullptr;
  expect_error(spc_context_convert(ctx, z, &out), SPC_E_TYPE, {complex_refusal});
  expect_error(spc_context_asarray(ctx, z, &out), SPC_E_TYPE, {complex_refusal});
  expect_error(spc_context_convert(ctx, weak(1), &out), SPC_E_NOTIMPL, {"scalar"});
  expect_error(spc_context_convert(ctx, far, &out), SPC_E_TYPE, {family_of(far).c_str(), family});
  expect_error(spc_context_asarray(ctx, far, &out), SPC_E_TYPE, {family_of(far).c_str(), family});
  EXPECT_EQ(out, nullptr);
  if (!has_sparse()) return;
  const Array s = sparse<c128>(ctx, 1, 1, {1});
  expect_error(spc_context_convert(ctx, s, &out), SPC_E_TYPE, {complex_refusal});
  expect_error(spc_context_assparse(ctx, s, &out), SPC_E_TYPE, {complex_refusal});
  EXPECT_EQ(out, nullptr);
}

TEST_P(Sentences, DefaultsAndScopes) {
  set_default(family, SPC_FLOAT32, SPC_CHECK_STRICT);
  EXPECT_EQ(default_text(), text(family, "float32", "strict"));
  check(spc_set_dtype("complex128"));
  EXPECT_EQ(default_text(), text(family, "float64", "strict"));
  const Context own = context(family, SPC_COMPLEX64, SPC_CHECK_STRICT);
  const spc_target t = of(own), cpu = named("cpu");
  check(spc_set_backend(&t));
  EXPECT_EQ(default_text(), text(family, "float64", "none"));
  const char *name = nullptr;
  check(spc_get_backend(nullptr, &name));
  EXPECT_STREQ(name, family);
  check(spc_get_backend(family, &name));
  EXPECT_STREQ(name, family);
  check(spc_set_context(&cpu));
  int64_t token = 0;
  check(spc_use_backend_begin(&t, &token));
  EXPECT_EQ(default_text(), text(family, "float64", "none"));
  const spc_target unknown = named("zzz");
  expect_error(spc_set_context(&unknown), SPC_E_UNKNOWN_BACKEND,
               {"Unknown backend: 'zzz'. Expected one of: ", family});
  EXPECT_EQ(default_text(), text(family, "float64", "none"));
  check(spc_use_backend_end(token));
  EXPECT_EQ(default_text(), text("cpu", "float64", "none"));
}

// The first check that fails gives the text, at every level that checks.
TEST_P(Sentences, Membership) {
  const std::string name = family;
  for (const int32_t level : {SPC_CHECK_CHEAP, SPC_CHECK_STANDARD, SPC_CHECK_STRICT}) {
    const Context c = context(family, SPC_FLOAT64, level);
    const Space s = dense_space(c, {2});
    const auto refuse = [&](spc_value x, const std::string &sentence) {
      expect_error(spc_space_check_member(s, x), SPC_E_VALIDATION, {sentence.c_str()});
    };
    Array list;
    check(spc_value_list(0, nullptr, list.out()));
    refuse(list, "Expected dense array for " + name + ", got list");
    refuse(weak(1.0), "Expected dense array for " + name + ", got scalar");
    refuse(vector<double>(context(host_accessible(family) ? "fakedev" : "cpu"), {1, 2}),
           "Expected dense array for " + name + ", got array of family " +
               (host_accessible(family) ? "fakedev" : "cpu"));
    refuse(vector<double>(c, {1, 2, 3}), "Expected shape (2,), got (3,)");
    refuse(vector<c128>(c, {1, 2}),
           "Expected an element compatible with the real scalar field, got dtype complex128");
    refuse(vector<float>(c, {1, 2}), "Expected dtype float64, got float32");
    check(spc_space_check_member(s, vector<double>(c, {1, 2})));
  }
  const Space open = dense_space(context(family, SPC_FLOAT64, SPC_CHECK_NONE), {2});
  check(spc_space_check_member(open, vector<double>(ctx, {1, 2, 3})));
}

TEST_P(Sentences, ComplexDataStaysComplex) {
  const Context real = context(family), complex = context(family, SPC_COMPLEX128);
  const spc_target target = with(of(real), "silent", "convert");
  // Spaces without data may become real, those with complex weights and operators not.
  EXPECT_EQ(context_of(converted(dense_space(complex, {2}), target)),
            text(family, "float64", "standard"));
  const Space weighted_space =
      dense_space(complex, {2}, weighted<c128>(complex, {2}, {c128(1), c128(2)}));
  Space space;
  expect_error(spc_space_convert(weighted_space, &target, space.out()), SPC_E_TYPE,
               {complex_refusal});
  LinOp A, out;
  check(spc_linop_diagonal(vector<c128>(complex, {1, 2}), dense_space(complex, {2}), A.out()));
  expect_error(spc_linop_convert(A, &target, out.out()), SPC_E_TYPE, {complex_refusal});
  EXPECT_EQ(space, nullptr);
  EXPECT_EQ(out, nullptr);
}

INSTANTIATE_TEST_SUITE_P(Families, Sentences,
                         ::testing::Values("reference", "cpu", "fakedev", "opaque"),
                         [](const auto &info) { return std::string(info.param); });

}  // namespace
