// SPDX-License-Identifier: Apache-2.0
// Targets, warnings and policies for the tests of contexts.
#pragma once

#include <string>
#include <vector>

#include "tests/support/c_api.hpp"

namespace test {

inline spc_target nothing() {
  spc_target t;
  t.struct_size = sizeof t;
  check(spc_target_init(&t));
  return t;
}
inline spc_target named(const char *name, int32_t dtype = SPC_DTYPE_NONE,
                        int32_t level = SPC_CHECK_UNSET) {
  spc_target t = nothing();
  t.name = name;
  t.dtype = dtype;
  t.check_level = level;
  return t;
}
inline spc_target of(spc_context ctx) {
  spc_target t = nothing();
  t.context = ctx;
  return t;
}
inline spc_target with(spc_target t, const char *resolution, const char *dtype_rule = nullptr) {
  t.resolution_policy = resolution;
  t.dtype_resolution_policy = dtype_rule;
  return t;
}

inline std::string text(spc_context ctx) {
  int64_t length = 0;
  check(spc_context_text(ctx, nullptr, 0, &length));
  std::vector<char> buffer(static_cast<std::size_t>(length) + 1);
  check(spc_context_text(ctx, buffer.data(), length + 1, nullptr));
  return buffer.data();
}
inline std::string text(const char *family, const char *dtype, const char *level) {
  return std::string("Context(ops='") + family + "', dtype='" + dtype + "', check_level='" + level +
         "')";
}
inline std::string default_text() {
  Context ctx;
  check(spc_context_default(ctx.out()));
  return text(ctx);
}

/// Collects warnings, `category: message`, while it lives; refuses them if told so.
class Warnings {
 public:
  explicit Warnings(spc_status answer = 0) : answer_(answer) {
    check(spc_set_warning_handler(hear, this));
  }
  Warnings(const Warnings &) = delete;
  Warnings &operator=(const Warnings &) = delete;
  ~Warnings() { spc_set_warning_handler(nullptr, nullptr); }
  std::vector<std::string> seen;

 private:
  static spc_status hear(void *user, const char *category, const char *message) {
    auto &self = *static_cast<Warnings *>(user);
    self.seen.push_back(std::string(category) + ": " + message);
    return self.answer_;
  }
  const spc_status answer_;
};

/// The policies and the default context are those of a new process before and after each test.
class ContextTest : public ::testing::Test {
 protected:
  void SetUp() override {
    load_test_families();
    reset();
  }
  void TearDown() override { reset(); }

 private:
  static void reset() {
    check(spc_set_resolution_policy(nullptr));
    check(spc_set_dtype_resolution_policy(nullptr));
    const spc_target t = named("cpu");
    check(spc_set_context(&t));
  }
};

}  // namespace test
