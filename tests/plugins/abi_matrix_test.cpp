// SPDX-License-Identifier: Apache-2.0
// Plugins built against other versions of plugin.h (golden/): each works, or is refused with a text
// that names the file, the ABI that it was built for and that of the library.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "spacecore/plugin.h"
#include "spacecore/spacecore.h"

#include "tests/plugins/support.hpp"

namespace {

using namespace spc::test;

std::string golden(const std::string &name) {
  return test_plugin("golden/" + name);
}
std::string abi(int minor) {
  return std::to_string(SPC_ABI_MAJOR) + "." + std::to_string(minor);
}

std::vector<double> to_host(spc_array a) {
  std::int64_t n = 0;
  EXPECT_EQ(spc_array_size(a, &n), SPC_OK);
  std::vector<double> values(static_cast<std::size_t>(n));
  EXPECT_EQ(spc_array_to_host(a, values.data(), 8 * n), SPC_OK) << last_error();
  return values;
}

struct Version {
  const char *name;
  int minor;  // that it says it was built for
};
std::ostream &operator<<(std::ostream &out, const Version &version) {
  return out << version.name;
}

class Golden : public testing::TestWithParam<Version> {
 protected:
  void SetUp() override {
    const std::string name = GetParam().name;
    if (version_of(name).empty()) {
      ASSERT_EQ(spc_load_plugin(golden(name).c_str()), SPC_OK) << last_error();
    }
    ASSERT_EQ(spc_context_create(GetParam().name, SPC_FLOAT64, SPC_CHECK_STANDARD, ctx_.out()),
              SPC_OK)
        << last_error();
  }

  Array make(const std::vector<std::int64_t> &shape, const std::vector<double> &values) {
    Array a;
    EXPECT_EQ(spc_array_from_host(ctx_, SPC_FLOAT64, static_cast<std::int32_t>(shape.size()),
                                  shape.data(), values.data(), a.out()),
              SPC_OK)
        << last_error();
    return a;
  }
  double norm(spc_array x, double order) {
    const std::int64_t axis = 0;
    Array result;
    EXPECT_EQ(spc_norm(x, SPC_ORD_P, order, 1, &axis, 0, result.out()), SPC_OK) << last_error();
    return to_host(result).at(0);
  }
  // 2: a kernel of its own.
  std::int32_t support(std::uint32_t op, std::int32_t dtype) {
    std::int64_t i = -1;
    std::int32_t how = -1;
    EXPECT_EQ(spc_backend_find(GetParam().name, &i), SPC_OK) << last_error();
    EXPECT_EQ(spc_backend_supports(i, op, dtype, &how), SPC_OK) << last_error();
    return how;
  }

  Context ctx_;
};

TEST_P(Golden, TheReportNamesItsVersion) {
  EXPECT_NE(report_line({"accepted", golden(GetParam().name), "ABI " + abi(GetParam().minor)}), "")
      << load_report();
}

TEST_P(Golden, ItsKernelComputes) {
  EXPECT_EQ(support(SPC_OP_negative, SPC_FLOAT64), 2);
  const Array x = make({5}, {1, -2, 3, 0.5, 7});
  Array y;
  ASSERT_EQ(spc_negative(x, y.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(y), (std::vector<double>{-1, 2, -3, -0.5, -7}));
}

TEST_P(Golden, TheRestIsThatOfItsBase) {
  EXPECT_EQ(support(SPC_OP_negative, SPC_INT64), 1);
  EXPECT_EQ(support(SPC_OP_exp, SPC_FLOAT64), 1);
  const Array x = make({2}, {1, 2});
  Array y;
  ASSERT_EQ(spc_add(x, x, y.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(y), (std::vector<double>{2, 4}));
  EXPECT_DOUBLE_EQ(norm(x, 3), std::cbrt(9.0));  // declined by its supports()
  std::int64_t i = -1;
  EXPECT_EQ(spc_backend_find((std::string(GetParam().name) + "_alias").c_str(), &i), SPC_OK);
}

TEST_P(Golden, ParametersThatItKnowsReachItOthersDoNot) {
  const Array x = make({3}, {3, 0, -4});
  EXPECT_EQ(norm(x, 0), 2);
  EXPECT_EQ(norm(x, 1), 7);
  EXPECT_EQ(norm(x, 2), 5);
}

TEST_P(Golden, ItsErrorsArriveWhole) {
  const Array x = make({2}, {1, 2});
  Array y;
  ASSERT_EQ(spc_square(x, y.out()), SPC_E_LINALG);
  EXPECT_EQ(last_error(), "square: the square: it is round");
  spc_error_info info{};
  info.struct_size = sizeof info;
  ASSERT_EQ(spc_last_error(&info), SPC_OK);
  EXPECT_EQ(info.native, 42);
  EXPECT_STREQ(info.family, GetParam().name);
}

TEST_P(Golden, LoadingItTwiceIsAConflictOfNames) {
  EXPECT_EQ(spc_load_plugin(golden(GetParam().name).c_str()), SPC_E_CONTEXT_CONFLICT);
  EXPECT_NE(last_error().find(golden(GetParam().name)), std::string::npos) << last_error();
}

INSTANTIATE_TEST_SUITE_P(, Golden,
                         testing::Values(Version{"golden_1_0", 0},
                                         Version{"golden_now", SPC_ABI_MINOR},
                                         Version{"golden_later", SPC_ABI_MINOR + 1},
                                         Version{"golden_no_order", 0}),
                         [](const auto &info) { return std::string(info.param.name); });

struct Refusal {
  std::string file, built_for;  // "": the file does not say it in a way that can be believed
  std::vector<std::string> parts;
};

TEST(Refused, TheTextNamesFileAndBothVersions) {
  const Refusal refusals[] = {
      {golden("golden_later_only"), abi(SPC_ABI_MINOR + 1), {"needs backend ABI"}},
      {bad_plugin("needs_newer_minor"), abi(SPC_ABI_MINOR + 3), {"needs backend ABI"}},
      {bad_plugin("other_major"), "2.0", {"is built for backend ABI"}},
      {bad_plugin("wrong_magic"), "", {"marker begins with 0x21474e50"}},
      {bad_plugin("short_marker"), abi(SPC_ABI_MINOR), {"struct_size of its marker is 16"}},
      {bad_plugin("marker_of_0"), abi(SPC_ABI_MINOR), {"struct_size of its marker is 0"}},
      {bad_plugin("marker_of_7"), abi(SPC_ABI_MINOR), {"struct_size of its marker is 7"}},
      {bad_plugin("marker_of_4294967295"), abi(SPC_ABI_MINOR), {"of its marker is 4294967295"}},
      {bad_plugin("family_of_0"), abi(SPC_ABI_MINOR), {"spc_family: struct_size is 0"}},
      {bad_plugin("family_of_7"), abi(SPC_ABI_MINOR), {"spc_family: struct_size is 7"}},
      {bad_plugin("family_of_4294967295"), abi(SPC_ABI_MINOR), {"struct_size is 4294967295"}},
      {bad_plugin("entry_of_0"), abi(SPC_ABI_MINOR), {"spc_op_entry: struct_size is 0"}},
      {bad_plugin("entry_of_7"), abi(SPC_ABI_MINOR), {"spc_op_entry: struct_size is 7"}},
      {bad_plugin("space_of_7"), abi(SPC_ABI_MINOR), {"spc_memory_space: struct_size is 7"}},
      {bad_plugin("short_family"), abi(SPC_ABI_MINOR), {"spc_family: struct_size is 88"}},
      {bad_plugin("short_entry"), abi(SPC_ABI_MINOR), {"spc_op_entry: struct_size is 72"}},
      {bad_plugin("unknown_family_flag"), abi(SPC_ABI_MINOR), {"unknown flag bits 0x40000000"}},
      {bad_plugin("unknown_kernel_flag"), abi(SPC_ABI_MINOR), {"unknown flag bits 0x10000000000"}},
      {bad_plugin("unknown_space_flag"), abi(SPC_ABI_MINOR), {"unknown flag bits 0x80000000"}},
      {bad_plugin("bad_dtype"), abi(SPC_ABI_MINOR), {"unknown dtype bits 0x200"}},
  };
  for (const Refusal &r : refusals) {
    const auto before = families();
    EXPECT_EQ(spc_load_plugin(r.file.c_str()), SPC_E_PLUGIN) << r.file;
    const std::string text = last_error();
    std::vector<std::string> parts = r.parts;
    parts.push_back(r.file);
    parts.push_back("this library offers " + abi(SPC_ABI_MINOR));
    if (!r.built_for.empty()) parts.push_back("built for backend ABI " + r.built_for);
    for (const std::string &part : parts)
      EXPECT_NE(text.find(part), std::string::npos) << "no '" << part << "' in: " << text;
    EXPECT_EQ(families(), before);
  }
}

}  // namespace
