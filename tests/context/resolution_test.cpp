// SPDX-License-Identifier: Apache-2.0
// From targets and sources to contexts.
#include <cstring>

#include "tests/context/targets.hpp"

namespace {

using namespace test;

class Resolution : public ContextTest {
 protected:
  static std::string normalized(const spc_target *t) {
    Context ctx;
    check(spc_context_normalize(t, ctx.out()));
    return text(ctx);
  }
  static std::string resolved(const spc_target *t, const std::vector<spc_context> &contexts,
                              const std::vector<spc_value> &values = {}) {
    Context ctx;
    check(spc_context_resolve(t, static_cast<int64_t>(contexts.size()), contexts.data(),
                              static_cast<int64_t>(values.size()), values.data(), ctx.out()));
    return text(ctx);
  }
};

TEST_F(Resolution, NothingIsTheDefaultItself) {
  const Context own = context("reference", SPC_FLOAT32, SPC_CHECK_CHEAP);
  const spc_target t = of(own), none = nothing();
  check(spc_set_context(&t));
  EXPECT_EQ(normalized(nullptr), text("reference", "float32", "cheap"));
  EXPECT_EQ(normalized(&none), text("reference", "float32", "cheap"));
}

TEST_F(Resolution, ANameHasDefaults) {
  spc_target t = named("reference");
  EXPECT_EQ(normalized(&t), text("reference", "float64", "none"));
  t = named("CPU-BLAS", SPC_COMPLEX64, SPC_CHECK_STRICT);
  EXPECT_EQ(normalized(&t), text("cpu", "complex64", "strict"));
}

TEST_F(Resolution, AContextIsTakenAsItIs) {
  const Context own = context("cpu", SPC_FLOAT32, SPC_CHECK_STANDARD);
  const spc_target t = of(own);
  Warnings warnings;
  Context ctx;
  check(spc_context_normalize(&t, ctx.out()));
  int32_t equal = 0;
  check(spc_context_equal(ctx, own, &equal));
  EXPECT_EQ(equal, 1);
  EXPECT_TRUE(warnings.seen.empty());
}

TEST_F(Resolution, PartsBesideAContextAreIgnoredAloud) {
  const Context own = context("cpu", SPC_FLOAT32, SPC_CHECK_STANDARD);
  Warnings warnings;
  spc_target t = of(own);
  t.dtype = SPC_FLOAT64;
  EXPECT_EQ(normalized(&t), text(own));
  t = nothing();
  t.check_level = SPC_CHECK_STRICT;
  EXPECT_EQ(normalized(&t), default_text());
  EXPECT_EQ(warnings.seen,
            (std::vector<std::string>{
                "UserWarning: Provided concrete context; dtype and check policy parameters are "
                "ignored.",
                "UserWarning: Provided context is None; dtype and check policy parameters are "
                "ignored."}));
}

TEST_F(Resolution, TheLegacyFlag) {
  Warnings warnings;
  spc_target t = named("cpu");
  t.enable_checks = SPC_TRUE;
  EXPECT_EQ(normalized(&t), text("cpu", "float64", "standard"));
  t.enable_checks = SPC_FALSE;
  EXPECT_EQ(normalized(&t), text("cpu", "float64", "none"));
  const std::string warning =
      "DeprecationWarning: enable_checks is deprecated; use check_level='standard' or "
      "check_level='none' instead.";
  EXPECT_EQ(warnings.seen, (std::vector<std::string>{warning, warning}));
  for (const int32_t level : {SPC_CHECK_NONE, SPC_CHECK_STRICT}) {
    int32_t enabled = -1;
    check(spc_context_checks_enabled(context("cpu", SPC_FLOAT64, level), &enabled));
    EXPECT_EQ(enabled, level == SPC_CHECK_NONE ? 0 : 1);
  }
}

TEST_F(Resolution, BadTargets) {
  spc_context out = nullptr;
  spc_target t = named("zzz", SPC_DTYPE_NONE, SPC_CHECK_CHEAP);
  t.enable_checks = SPC_TRUE;  // before anything else
  expect_error(spc_context_normalize(&t, &out), SPC_E_TYPE,
               {"Use either check_level or enable_checks, not both."});
  t = named("zzz");
  expect_error(spc_context_normalize(&t, &out), SPC_E_UNKNOWN_BACKEND,
               {"Unknown backend: 'zzz'. Expected one of: ", "reference", "cpu", "fakedev"});
  t = named(" cpu ");
  expect_error(spc_context_normalize(&t, &out), SPC_E_UNKNOWN_BACKEND, {"' cpu '"});
  const Context own = context("cpu");
  t = of(own);
  t.name = "reference";
  expect_error(spc_context_normalize(&t, &out), SPC_E_VALUE, {"'reference'", "ops='cpu'"});
  t = named("cpu", 99);
  expect_error(spc_context_normalize(&t, &out), SPC_E_TYPE, {"99"});
  t = named("cpu", SPC_FLOAT64, 4);
  expect_error(spc_context_normalize(&t, &out), SPC_E_VALUE, {"Unknown check_level 4"});
  t = named("cpu");
  t.enable_checks = 7;
  expect_error(spc_context_normalize(&t, &out), SPC_E_TYPE, {"enable_checks is 7"});
  t = with(named("cpu"), "foo");
  expect_error(spc_context_normalize(&t, &out), SPC_E_VALUE,
               {"Unknown resolution_policy='foo'. Expected one of: warning, error, silent"});
  t = with(named("cpu"), nullptr, "use_default");
  expect_error(spc_context_normalize(&t, &out), SPC_E_VALUE,
               {"Unknown dtype_resolution_policy='use_default'. Expected one of: keep_native, "
                "convert"});
  t.struct_size = 4;
  expect_error(spc_context_normalize(&t, &out), SPC_E_VALUE, {"struct_size", "4"});
  expect_error(spc_target_init(&t), SPC_E_VALUE, {"struct_size is 4"});
  EXPECT_EQ(out, nullptr);
}

TEST_F(Resolution, LevelsHaveNames) {
  const char *names[] = {"none", "cheap", "standard", "strict"};
  for (int32_t level = 0; level < 4; ++level) {
    const char *name = nullptr;
    int32_t back = -1;
    check(spc_check_level_name(level, &name));
    EXPECT_STREQ(name, names[level]);
    check(spc_check_level_from_name(name, &back));
    EXPECT_EQ(back, level);
  }
  int32_t level = -1;
  expect_error(spc_check_level_from_name("fast", &level), SPC_E_VALUE,
               {"Unknown check_level 'fast'. Expected one of: 'none', 'cheap', 'standard', "
                "'strict'."});
}

TEST_F(Resolution, ArraysGiveFamilyAndDtype) {
  const Context cpu = context("cpu"), fake = context("fakedev", SPC_FLOAT32);
  const Array dense = vector<float>(fake, {1, 2}), number = weak(1.5);
  const Array square = array<double>(cpu, {2, 2}, {1, 0, 0, 2});
  Array sparse;
  check(spc_assparse(cpu, square, "csr", SPC_DTYPE_NONE, sparse.out()));
  Context ctx;
  check(spc_context_infer(dense, ctx.out()));
  EXPECT_EQ(text(ctx), text("fakedev", "float32", "none"));
  check(spc_context_infer(sparse, ctx.out()));
  EXPECT_EQ(text(ctx), text("cpu", "float64", "none"));
  spc_context none = fake;
  check(spc_context_infer(number, &none));
  EXPECT_EQ(none, nullptr);
}

TEST_F(Resolution, SourcesOfOneFamily) {
  const Context a = context("cpu", SPC_FLOAT32, SPC_CHECK_STRICT),
                b = context("cpu", SPC_INT32, SPC_CHECK_CHEAP),
                c = context("cpu", SPC_COMPLEX64, SPC_CHECK_STANDARD);
  EXPECT_EQ(resolved(nullptr, {a}), text(a));
  EXPECT_EQ(resolved(nullptr, {a, b}), text("cpu", "float64", "cheap"));
  EXPECT_EQ(resolved(nullptr, {a, c}), text("cpu", "complex64", "standard"));
  EXPECT_EQ(resolved(nullptr, {a, b, c}), text("cpu", "complex128", "cheap"));
  EXPECT_EQ(resolved(nullptr, {a, context("cpu", SPC_FLOAT64, SPC_CHECK_NONE)}),
            text("cpu", "float64", "none"));
  EXPECT_EQ(resolved(nullptr, {}), default_text());
  // Not a fold: both 8-bit types and then a wider one.
  EXPECT_EQ(resolved(nullptr, {context("cpu", SPC_INT8), context("cpu", SPC_UINT8),
                               context("cpu", SPC_FLOAT32)}),
            text("cpu", "float32", "standard"));
}

TEST_F(Resolution, RawArraysLowerNoLevel) {
  const Context a = context("cpu", SPC_FLOAT32, SPC_CHECK_STRICT);
  const Array x = vector<double>(a, {1}), number = weak(std::complex<double>(0, 1));
  EXPECT_EQ(resolved(nullptr, {a}, {x}), text("cpu", "float64", "strict"));
  EXPECT_EQ(resolved(nullptr, {}, {x, number}), text("cpu", "float64", "none"));
  EXPECT_EQ(resolved(nullptr, {}, {number}), default_text());
}

TEST_F(Resolution, CompatibleFamiliesAreOne) {
  const Context a = context("reference"), b = context("cpu", SPC_FLOAT32);
  const spc_target error = with(nothing(), "error");
  EXPECT_EQ(resolved(&error, {a, b}), text("cpu", "float64", "standard"));
  EXPECT_EQ(resolved(&error, {b, a}), text("cpu", "float64", "standard"));
}

TEST_F(Resolution, MixedFamiliesGiveTheDefaultOrAnError) {
  const Context a = context("cpu", SPC_FLOAT32), b = context("fakedev");
  Warnings warnings;
  EXPECT_EQ(resolved(nullptr, {a, b}), default_text());
  check(spc_set_resolution_policy("silent"));
  EXPECT_EQ(resolved(nullptr, {a, b}), default_text());
  check(spc_set_resolution_policy("error"));
  spc_context out = nullptr;
  const spc_context sources[] = {a, b};
  const spc_status status = spc_context_resolve(nullptr, 2, sources, 0, nullptr, &out);
  expect_error(status, SPC_E_CONTEXT_CONFLICT,
               {"Incompatible inferred contexts: ('cpu', 'fakedev')"});
  for (const spc_status parent : {SPC_E_VALUE, SPC_E_CONTEXT}) {
    int32_t is = 0;
    check(spc_status_is_a(status, parent, &is));
    EXPECT_EQ(is, 1) << parent;
  }
  EXPECT_EQ(out, nullptr);
  // One call's own policy.
  const spc_target silent = with(nothing(), "silent");
  EXPECT_EQ(resolved(&silent, {a, b}), default_text());
  EXPECT_TRUE(warnings.seen.empty());
}

TEST_F(Resolution, AnExplicitTargetAsksNoSource) {
  const Context a = context("cpu", SPC_FLOAT32), b = context("fakedev");
  const spc_target name = with(named("reference"), "error"), ctx = of(b);
  EXPECT_EQ(resolved(&name, {a, b}), text("reference", "float64", "none"));
  EXPECT_EQ(resolved(&ctx, {a}), text(b));
}

TEST_F(Resolution, EqualContextsHashEqually) {
  const auto hash = [](const Context &ctx) {
    uint64_t h = 0;
    check(spc_context_hash(ctx, &h));
    return h;
  };
  const uint64_t h = hash(context("cpu", SPC_FLOAT64, SPC_CHECK_CHEAP));
  EXPECT_EQ(h, hash(context("OpenBLAS", SPC_FLOAT64, SPC_CHECK_CHEAP)));
  EXPECT_NE(h, hash(context("reference", SPC_FLOAT64, SPC_CHECK_CHEAP)));
  EXPECT_NE(h, hash(context("cpu", SPC_FLOAT32, SPC_CHECK_CHEAP)));
  EXPECT_NE(h, hash(context("cpu", SPC_FLOAT64, SPC_CHECK_NONE)));
}

TEST_F(Resolution, ContextsConvertTheirOwnArraysOnly) {
  const Context ctx = context("cpu", SPC_FLOAT32), fake = context("fakedev");
  const Array x = array<double>(ctx, {2, 2}, {1, 0, 0, 4}), foreign = vector<double>(fake, {1}),
              number = weak(1);
  check(spc_set_resolution_policy("error"));
  Array y, sparse;
  check(spc_context_convert(ctx, x, y.out()));
  EXPECT_EQ(values<float>(y), (std::vector<float>{1, 0, 0, 4}));
  check(spc_assparse(ctx, x, "csc", SPC_FLOAT64, sparse.out()));
  check(spc_context_convert(ctx, sparse, y.out()));
  int32_t format = -1;
  check(spc_sparse_format(y, &format));
  EXPECT_EQ(format, SPC_CSC);
  EXPECT_EQ(dtype_of(y), SPC_FLOAT32);
  spc_value out = nullptr;
  expect_error(spc_context_convert(ctx, number, &out), SPC_E_NOTIMPL, {"scalar"});
  expect_error(spc_context_convert(ctx, foreign, &out), SPC_E_TYPE, {"fakedev"});
  const Array z = vector<std::complex<double>>(ctx, {1});
  expect_error(spc_context_convert(ctx, z, &out), SPC_E_TYPE,
               {"complex-valued input for non-complex dtype float32"});
  EXPECT_EQ(out, nullptr);
}

TEST_F(Resolution, Assertions) {
  const Context cpu = context("cpu"), reference = context("reference");
  const Array x = array<double>(reference, {1, 1}, {1}),
              foreign = vector<double>(context("fakedev"), {1});
  Array sparse;
  check(spc_assparse(cpu, x, "csr", SPC_DTYPE_NONE, sparse.out()));
  check(spc_context_assert_dense(cpu, x));
  check(spc_context_assert_sparse(reference, sparse));
  expect_error(spc_context_assert_dense(cpu, sparse), SPC_E_TYPE,
               {"Expected dense array for cpu, got sparse array of family cpu"});
  expect_error(spc_context_assert_dense(cpu, foreign), SPC_E_TYPE,
               {"Expected dense array for cpu, got array of family fakedev"});
  expect_error(spc_context_assert_sparse(cpu, x), SPC_E_TYPE,
               {"Expected sparse array for cpu, got array of family reference"});
  check(spc_load_plugin(SPACECORE_TEST_PLUGIN_DIR "/opaque.so"));
  expect_error(spc_context_assert_sparse(context("opaque"), sparse), SPC_E_TYPE,
               {"Sparse objects are disallowed by this backend."});
}

TEST_F(Resolution, PoliciesHaveWords) {
  const char *word = nullptr;
  for (const char *policy : {"error", "silent", "warning"}) {
    check(spc_set_resolution_policy(policy));
    check(spc_get_resolution_policy(&word));
    EXPECT_STREQ(word, policy);
  }
  for (const char *policy : {"convert", "keep_native"}) {
    check(spc_set_dtype_resolution_policy(policy));
    check(spc_get_dtype_resolution_policy(&word));
    EXPECT_STREQ(word, policy);
  }
  check(spc_set_resolution_policy("error"));
  check(spc_set_dtype_resolution_policy("convert"));
  expect_error(spc_set_resolution_policy("foo"), SPC_E_VALUE,
               {"Unknown resolution_policy='foo'. Expected one of: warning, error, silent"});
  expect_error(spc_set_dtype_resolution_policy("foo"), SPC_E_VALUE,
               {"Unknown dtype_resolution_policy='foo'. Expected one of: keep_native, convert"});
  check(spc_get_resolution_policy(&word));
  EXPECT_STREQ(word, "error");
  check(spc_set_resolution_policy(nullptr));
  check(spc_set_dtype_resolution_policy(nullptr));
  check(spc_get_resolution_policy(&word));
  EXPECT_STREQ(word, "warning");
  check(spc_get_dtype_resolution_policy(&word));
  EXPECT_STREQ(word, "keep_native");
}

}  // namespace
