// SPDX-License-Identifier: Apache-2.0
// Warnings of plugins: a handler may call the library, whatever it was doing.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/support.hpp"

namespace {

using namespace spc::test;

struct Handler {
  std::vector<std::string> seen;
  std::int64_t family = -1;

  // Asks for what the warning family's lock protects, and refuses the warning.
  static spc_status hear(void *user, const char *, const char *message) {
    auto &self = *static_cast<Handler *>(user);
    self.seen.emplace_back(message);
    spc_backend_info info{};
    info.struct_size = sizeof info;
    EXPECT_EQ(spc_backend_describe(self.family, &info), SPC_OK) << last_error();
    EXPECT_EQ(info.available, 1);
    return 9;
  }
};

TEST(PluginWarnings, HandlerRunsOutsideTheLocks) {
  ASSERT_EQ(spc_load_plugin(bad_plugin("warns").c_str()), SPC_OK) << last_error();
  Handler handler;
  ASSERT_EQ(spc_backend_find("warns", &handler.family), SPC_OK) << last_error();
  ASSERT_EQ(spc_set_warning_handler(Handler::hear, &handler), SPC_OK);
  Context ctx;
  ASSERT_EQ(spc_context_create("warns", SPC_FLOAT64, SPC_CHECK_NONE, ctx.out()), SPC_OK)
      << last_error();
  EXPECT_EQ(handler.seen, std::vector<std::string>{"the probe is slow"});

  const std::int64_t shape[] = {2};
  const double values[] = {1, 2};
  Array x, y;
  ASSERT_EQ(spc_array_from_host(ctx, SPC_FLOAT64, 1, shape, values, x.out()), SPC_OK)
      << last_error();
  EXPECT_EQ(spc_negative(x, y.out()), SPC_E_NOTIMPL);
  EXPECT_EQ(handler.seen, (std::vector<std::string>{"the probe is slow", "the state is large"}));
  EXPECT_EQ(spc_set_warning_handler(nullptr, nullptr), SPC_OK);
}

}  // namespace
