// SPDX-License-Identifier: Apache-2.0
// The default context of the process and the scopes of threads.
#include <thread>

#include "tests/context/targets.hpp"

namespace {

using namespace test;

class DefaultContext : public ContextTest {};

int64_t begin(const char *name) {
  const spc_target t = named(name);
  int64_t token = 0;
  check(spc_use_backend_begin(&t, &token));
  return token;
}

TEST_F(DefaultContext, IsWhatWasSet) {
  const spc_target t = named("reference", SPC_FLOAT32, SPC_CHECK_CHEAP), none = nothing();
  const Context before = context("cpu");
  check(spc_set_context(&t));
  EXPECT_EQ(default_text(), text("reference", "float32", "cheap"));
  EXPECT_EQ(text(before), text("cpu", "float64", "standard"));
  check(spc_set_context(nullptr));
  check(spc_set_context(&none));
  EXPECT_EQ(default_text(), text("reference", "float32", "cheap"));
  spc_array zeros = nullptr;
  check(spc_zeros(nullptr, 0, nullptr, SPC_DTYPE_NONE, &zeros));
  EXPECT_EQ(dtype_of(zeros), SPC_FLOAT32);
  check(spc_array_release(&zeros));
}

TEST_F(DefaultContext, ErrorsLeaveItAlone) {
  spc_target t = named("zzz");
  const std::string before = default_text();
  int64_t token = 77;
  expect_error(spc_set_context(&t), SPC_E_UNKNOWN_BACKEND, {"zzz"});
  expect_error(spc_set_backend(&t), SPC_E_UNKNOWN_BACKEND, {"zzz"});
  expect_error(spc_use_backend_begin(&t, &token), SPC_E_UNKNOWN_BACKEND, {"zzz"});
  expect_error(spc_set_backend(nullptr), SPC_E_VALUE, {"set_backend", "neither"});
  t = nothing();
  expect_error(spc_use_backend_begin(&t, &token), SPC_E_VALUE, {"neither"});
  EXPECT_EQ(token, 77);
  EXPECT_EQ(default_text(), before);
  // A warning that the program refuses is an error like any other.
  Warnings warnings(5);
  t = named("reference");
  t.enable_checks = SPC_TRUE;
  expect_error(spc_set_context(&t), SPC_E_CALLBACK, {"DeprecationWarning"});
  EXPECT_EQ(default_text(), before);
}

TEST_F(DefaultContext, BackendsHaveDefaults) {
  const Context own = context("fakedev", SPC_COMPLEX64, SPC_CHECK_STRICT);
  spc_target t = of(own);
  check(spc_set_backend(&t));
  EXPECT_EQ(default_text(), text("fakedev", "float64", "none"));
  const char *name = nullptr;
  check(spc_get_backend(nullptr, &name));
  EXPECT_STREQ(name, "fakedev");
  check(spc_get_backend("OPENBLAS", &name));
  EXPECT_STREQ(name, "cpu");
  expect_error(spc_get_backend("zzz", &name), SPC_E_UNKNOWN_BACKEND, {"Unknown backend: 'zzz'"});
}

// A family with its defaults, whatever dtype and level stand beside the name.
TEST_F(DefaultContext, BackendsIgnoreDtypeAndLevel) {
  Warnings warnings;
  const spc_target t = named("reference", SPC_COMPLEX64, SPC_CHECK_STRICT);
  check(spc_set_backend(&t));
  EXPECT_EQ(default_text(), text("reference", "float64", "none"));
  const spc_target inside = named("fakedev", SPC_FLOAT32, SPC_CHECK_STANDARD);
  int64_t token = 0;
  check(spc_use_backend_begin(&inside, &token));
  EXPECT_EQ(default_text(), text("fakedev", "float64", "none"));
  check(spc_use_backend_end(token));
  EXPECT_EQ(default_text(), text("reference", "float64", "none"));
  EXPECT_TRUE(warnings.seen.empty());
}

TEST_F(DefaultContext, ADtypePair) {
  check(spc_set_dtype("complex64"));
  EXPECT_EQ(default_text(), text("cpu", "float32", "none"));
  check(spc_set_dtype("complex128"));
  EXPECT_EQ(default_text(), text("cpu", "float64", "none"));
  expect_error(spc_set_dtype("float32"), SPC_E_VALUE, {"'float32'", "'complex64'", "'complex128'"});
}

TEST_F(DefaultContext, ScopesNestAndRestore) {
  const spc_target stored = named("cpu", SPC_FLOAT32, SPC_CHECK_CHEAP);
  check(spc_set_context(&stored));
  const std::string before = default_text();
  const int64_t outer = begin("reference");
  EXPECT_EQ(default_text(), text("reference", "float64", "none"));
  const int64_t inner = begin("fakedev");
  EXPECT_EQ(default_text(), text("fakedev", "float64", "none"));
  expect_error(spc_use_backend_end(outer), SPC_E_VALUE, {"innermost"});
  EXPECT_EQ(default_text(), text("fakedev", "float64", "none"));
  check(spc_use_backend_end(inner));
  EXPECT_EQ(default_text(), text("reference", "float64", "none"));
  expect_error(spc_use_backend_end(inner), SPC_E_VALUE, {"innermost"});
  check(spc_use_backend_end(outer));
  EXPECT_EQ(default_text(), before);
  expect_error(spc_use_backend_end(outer), SPC_E_VALUE, {"no scope"});
}

TEST_F(DefaultContext, WhatIsSetInAScopeEndsWithIt) {
  const std::string before = default_text();
  const int64_t token = begin("reference");
  spc_target t = named("fakedev", SPC_FLOAT32);
  check(spc_set_context(&t));
  EXPECT_EQ(default_text(), text("fakedev", "float32", "none"));
  check(spc_set_dtype("complex128"));
  EXPECT_EQ(default_text(), text("fakedev", "float64", "none"));
  check(spc_set_backend(&t));
  check(spc_use_backend_end(token));
  EXPECT_EQ(default_text(), before);
}

TEST_F(DefaultContext, ScopesAreOfTheirThread) {
  const int64_t token = begin("reference");
  std::string seen, seen_inside;
  spc_status foreign = SPC_OK, foreign_inside = SPC_OK;
  std::thread([&] {
    seen = default_text();
    foreign = spc_use_backend_end(token);
    const int64_t own = begin("fakedev");
    seen_inside = default_text();
    foreign_inside = spc_use_backend_end(token);
    EXPECT_NE(own, token);
    check(spc_use_backend_end(own));
  }).join();
  EXPECT_EQ(seen, text("cpu", "float64", "none"));
  EXPECT_EQ(seen_inside, text("fakedev", "float64", "none"));
  EXPECT_EQ(foreign, SPC_E_VALUE);
  EXPECT_EQ(foreign_inside, SPC_E_VALUE);
  EXPECT_EQ(default_text(), text("reference", "float64", "none"));
  check(spc_use_backend_end(token));
}

TEST_F(DefaultContext, TheProcessDefaultReachesEveryThread) {
  const spc_target t = named("reference", SPC_FLOAT32);
  std::thread([&] { check(spc_set_context(&t)); }).join();
  EXPECT_EQ(default_text(), text("reference", "float32", "none"));
}

TEST_F(DefaultContext, MayBeSetAndReadAtOnce) {
  const spc_target t[] = {named("reference", SPC_FLOAT32), named("cpu", SPC_FLOAT64)};
  const std::string either[] = {text("reference", "float32", "none"),
                                text("cpu", "float64", "none")};
  std::thread writer([&] {
    for (int i = 0; i < 2000; ++i) check(spc_set_context(&t[i % 2]));
  });
  for (int i = 0; i < 2000; ++i) {
    const std::string now = default_text();
    EXPECT_TRUE(now == either[0] || now == either[1]) << now;
  }
  writer.join();
}

}  // namespace
