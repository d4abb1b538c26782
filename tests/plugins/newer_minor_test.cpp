// SPDX-License-Identifier: Apache-2.0
// A plugin built against a newer minor, with longer structs, that lives with this host; and one
// kernel over a base, on the memory of the base.
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/support.hpp"

namespace {

using namespace spc::test;

class NewerMinor : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_EQ(spc_load_plugin(bad_plugin("newer_minor").c_str()), SPC_OK) << last_error();
  }

  void SetUp() override {
    ASSERT_EQ(spc_context_create("newer", SPC_INT64, SPC_CHECK_STANDARD, newer_.out()), SPC_OK);
    ASSERT_EQ(spc_context_create("reference", SPC_INT64, SPC_CHECK_STANDARD, reference_.out()),
              SPC_OK);
  }

  static std::vector<std::int64_t> to_host(spc_array a) {
    std::int64_t n = 0;
    EXPECT_EQ(spc_array_size(a, &n), SPC_OK);
    std::vector<std::int64_t> values(static_cast<std::size_t>(n));
    EXPECT_EQ(spc_array_to_host(a, values.data(), 8 * n), SPC_OK) << last_error();
    return values;
  }

  Context newer_, reference_;
};

TEST_F(NewerMinor, IsDescribedAsItSaysItself) {
  std::int64_t i = -1;
  ASSERT_EQ(spc_backend_find("newer", &i), SPC_OK);
  spc_backend_info info{};
  info.struct_size = sizeof info;
  ASSERT_EQ(spc_backend_describe(i, &info), SPC_OK);
  EXPECT_STREQ(info.version, "7.5");
  EXPECT_STREQ(info.base, "reference");
  EXPECT_EQ(info.own_ops, 1);
  EXPECT_GT(info.inherited_ops, 10);
  std::int32_t how = -1;
  ASSERT_EQ(spc_backend_supports(i, SPC_OP_negative, SPC_INT64, &how), SPC_OK);
  EXPECT_EQ(how, 2);
  ASSERT_EQ(spc_backend_supports(i, SPC_OP_negative, SPC_FLOAT64, &how), SPC_OK);
  EXPECT_EQ(how, 1);
  ASSERT_EQ(spc_backend_supports(i, SPC_OP_add, SPC_INT64, &how), SPC_OK);
  EXPECT_EQ(how, 1);
}

// The kernel answers with the address of its operand.
TEST_F(NewerMinor, ItsKernelGetsTheMemoryOfTheBaseWithoutACopy) {
  std::vector<std::int64_t> memory = {1, 2, 3};
  const std::int64_t shape[] = {3};
  Array lent;
  ASSERT_EQ(spc_array_borrow(reference_, SPC_INT64, 1, shape, nullptr, memory.data(), nullptr,
                             nullptr, lent.out()),
            SPC_OK)
      << last_error();

  // Into the derived family: another tag on the same memory.
  Array same;
  ASSERT_EQ(spc_asarray(newer_, lent, SPC_DTYPE_NONE, same.out()), SPC_OK) << last_error();
  const char *family = nullptr;
  ASSERT_EQ(spc_array_family(same, &family), SPC_OK);
  EXPECT_STREQ(family, "newer");
  void *address = nullptr;
  ASSERT_EQ(spc_array_data(same, &address), SPC_OK);
  EXPECT_EQ(address, memory.data());
  std::int32_t shared = 0;
  ASSERT_EQ(spc_array_is_view_of(same, lent, &shared), SPC_OK);
  EXPECT_EQ(shared, 1);

  Array seen;
  ASSERT_EQ(spc_negative(same, seen.out()), SPC_OK) << last_error();
  const auto expected = static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(memory.data()));
  EXPECT_EQ(to_host(seen), std::vector<std::int64_t>(3, expected));

  // The base itself does not see what the derived family offers.
  Array plain;
  ASSERT_EQ(spc_negative(lent, plain.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(plain), (std::vector<std::int64_t>{-1, -2, -3}));
}

TEST_F(NewerMinor, ArraysOfTheBaseStandBesideItsOwnAndTheRestIsInherited) {
  const std::int64_t shape[] = {3}, values[] = {1, 2, 3};
  Array mine, theirs, sum;
  ASSERT_EQ(spc_array_from_host(newer_, SPC_INT64, 1, shape, values, mine.out()), SPC_OK);
  ASSERT_EQ(spc_array_from_host(reference_, SPC_INT64, 1, shape, values, theirs.out()), SPC_OK);
  for (const auto &[a, b] : {std::pair<spc_array, spc_array>{mine, theirs}, {theirs, mine}}) {
    ASSERT_EQ(spc_add(a, b, sum.out()), SPC_OK) << last_error();
    EXPECT_EQ(to_host(sum), (std::vector<std::int64_t>{2, 4, 6}));
    const char *family = nullptr;
    ASSERT_EQ(spc_array_family(sum, &family), SPC_OK);
    EXPECT_STREQ(family, "newer");
  }
}

TEST(ThirdExport, IsUncleanAndLoads) {
  EXPECT_EQ(spc_load_plugin(bad_plugin("third_export").c_str()), SPC_OK) << last_error();
  EXPECT_EQ(version_of("third_export"), "1.0");
}

}  // namespace
