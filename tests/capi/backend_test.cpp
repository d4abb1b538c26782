// SPDX-License-Identifier: Apache-2.0
// Families as a program sees them: listing, names, capabilities, the op table.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "spacecore/spacecore.h"

#include "tests/support/c_api.hpp"

namespace {

using test::check;
using test::expect_error;

int64_t find(const char *name) {
  int64_t i = -1;
  check(spc_backend_find(name, &i));
  return i;
}

spc_backend_info describe(int64_t i) {
  spc_backend_info info{};
  info.struct_size = sizeof info;
  check(spc_backend_describe(i, &info));
  return info;
}

// What is mapped into the process, by file name.
bool is_mapped(std::string_view part) {
  std::ifstream maps("/proc/self/maps");
  std::string line;
  while (std::getline(maps, line))
    if (line.find(part) != std::string::npos) return true;
  return false;
}

TEST(Backends, ListingOpensNoBlas) {
  int64_t n = 0;
  check(spc_backend_count(&n));
  ASSERT_GE(n, 2);
  for (int64_t i = 0; i < n; ++i) describe(i);
  EXPECT_FALSE(is_mapped("openblas"));
}

TEST(Backends, ReferenceAndCpuAreDescribed) {
  const spc_backend_info reference = describe(find("reference"));
  EXPECT_STREQ(reference.name, "reference");
  EXPECT_STREQ(reference.base, "");
  EXPECT_STREQ(reference.memory_spaces, "host");
  EXPECT_STREQ(reference.unavailable, "");
  EXPECT_EQ(reference.available, 1);
  EXPECT_EQ(reference.dtypes, 0x1ffu);
  EXPECT_GT(reference.own_ops, 30);
  EXPECT_EQ(reference.inherited_ops, 0);
  EXPECT_NE(std::string_view(reference.plugin).find("/spacecore/1/reference.so"),
            std::string_view::npos);

  const spc_backend_info cpu = describe(find("cpu"));
  EXPECT_STREQ(cpu.base, "reference");
  EXPECT_EQ(cpu.own_ops + cpu.inherited_ops, reference.own_ops);
  EXPECT_GT(cpu.own_ops, 0);
  EXPECT_GT(cpu.inherited_ops, 0);
}

TEST(Backends, NamesAndAliasesInAnyCase) {
  const int64_t cpu = find("cpu");
  for (const char *name : {"CPU", "Cpu", "cpu-blas", "openblas", "OpenBLAS"})
    EXPECT_EQ(find(name), cpu) << name;
  EXPECT_NE(find("reference"), cpu);
}

TEST(Backends, UnknownNamesAreRefusedWithTheList) {
  int64_t i = 77;
  for (const char *name : {"zzz", "", " cpu ", "cpu,reference", "numpy"}) {
    expect_error(spc_backend_find(name, &i), SPC_E_UNKNOWN_BACKEND,
                 {"Unknown backend: '", name, "Expected one of: ", "cpu", "reference"});
    EXPECT_EQ(i, 77);
  }
  spc_context ctx = nullptr;
  expect_error(spc_context_create("zzz", SPC_FLOAT64, 0, &ctx), SPC_E_UNKNOWN_BACKEND,
               {"Unknown backend: 'zzz'. Expected one of: "});
  EXPECT_EQ(ctx, nullptr);
}

TEST(Backends, SupportTellsOwnFromInherited) {
  const int64_t cpu = find("cpu"), reference = find("reference");
  const auto supports = [](int64_t i, uint32_t op, int32_t dtype) {
    int32_t how = -1;
    check(spc_backend_supports(i, op, dtype, &how));
    return how;
  };
  EXPECT_EQ(supports(reference, SPC_OP_add, SPC_FLOAT64), 2);
  EXPECT_EQ(supports(reference, SPC_OP_spmm, SPC_COMPLEX64), 2);
  EXPECT_EQ(supports(reference, SPC_OP_astype, SPC_INT8), 2);
  EXPECT_EQ(supports(cpu, SPC_OP_nonzero, SPC_FLOAT64), 1);
  EXPECT_EQ(supports(cpu, SPC_OP_gemm, SPC_FLOAT64), 2);
  EXPECT_EQ(supports(cpu, SPC_OP_transpose, SPC_FLOAT64), 2);  // a view: no kernel is needed
  EXPECT_EQ(supports(reference, SPC_OP_negative, SPC_BOOL), 0);

  int32_t how = 7;
  expect_error(spc_backend_supports(99, SPC_OP_add, SPC_FLOAT64, &how), SPC_E_INDEX, {"99"});
  expect_error(spc_backend_supports(-1, SPC_OP_add, SPC_FLOAT64, &how), SPC_E_INDEX, {"-1"});
  expect_error(spc_backend_supports(cpu, 0x7fff, SPC_FLOAT64, &how), SPC_E_VALUE, {"0x7fff"});
  expect_error(spc_backend_supports(cpu, SPC_OP_add, 9, &how), SPC_E_VALUE, {"9"});
  expect_error(spc_backend_supports(cpu, SPC_OP_add, -1, &how), SPC_E_VALUE, {"-1"});
  EXPECT_EQ(how, 7);
  expect_error(spc_backend_supports(cpu, SPC_OP_add, 0, nullptr), SPC_E_VALUE, {"out is NULL"});
}

TEST(Backends, RecordsOfAnotherVersion) {
  spc_backend_info small{};
  small.struct_size = 8;
  expect_error(spc_backend_describe(0, &small), SPC_E_VALUE, {"struct_size is 8", "at least 88"});
  small.struct_size = 88;  // the first version's layout, whatever was appended since
  check(spc_backend_describe(0, &small));
  EXPECT_EQ(small.struct_size, 88u);
  spc_op_info op{};
  op.struct_size = 79;
  expect_error(spc_op_describe(0, &op), SPC_E_VALUE, {"struct_size is 79", "at least 80"});
  op.struct_size = 80;
  check(spc_op_describe(0, &op));
  struct Longer {
    spc_backend_info info;
    char tail[16];
  } longer{};
  std::fill(std::begin(longer.tail), std::end(longer.tail), 'x');
  longer.info.struct_size = sizeof longer;
  check(spc_backend_describe(0, &longer.info));
  EXPECT_EQ(longer.info.struct_size, sizeof longer);
  EXPECT_TRUE(
      std::all_of(std::begin(longer.tail), std::end(longer.tail), [](char c) { return c == 'x'; }));
  expect_error(spc_backend_describe(0, nullptr), SPC_E_VALUE, {"out is NULL"});
  spc_backend_info info{};
  info.struct_size = sizeof info;
  expect_error(spc_backend_describe(1000, &info), SPC_E_INDEX, {"1000"});
}

TEST(Backends, TheReportHasALineForEachFile) {
  const char *text = nullptr;
  check(spc_load_report(&text));
  std::istringstream lines(text);
  std::string line;
  int accepted = 0;
  while (std::getline(lines, line)) {
    EXPECT_TRUE(line.starts_with("accepted  /") || line.starts_with("refused   /") ||
                line.starts_with("note      "))
        << line;
    if (line.starts_with("accepted")) ++accepted;
  }
  EXPECT_GE(accepted, 2);
  EXPECT_NE(std::string_view(text).find("family 'cpu'"), std::string_view::npos) << text;
  expect_error(spc_load_report(nullptr), SPC_E_VALUE, {"out is NULL"});
}

TEST(Backends, PathsOfNothing) {
  expect_error(spc_load_plugin(nullptr), SPC_E_VALUE, {"path is NULL"});
  expect_error(spc_add_plugin_directory(nullptr), SPC_E_VALUE, {"path is NULL"});
  expect_error(spc_add_plugin_directory(""), SPC_E_VALUE, {"the path is empty"});
  EXPECT_EQ(spc_add_plugin_directory("/no/such/directory"), SPC_OK);
}

TEST(Ops, EveryRowIsDescribed) {
  int64_t n = 0;
  check(spc_op_count(&n));
  ASSERT_GT(n, 40);
  std::set<uint32_t> codes;
  std::set<std::string> names;
  for (int64_t i = 0; i < n; ++i) {
    spc_op_info op{};
    op.struct_size = sizeof op;
    check(spc_op_describe(i, &op));
    EXPECT_TRUE(codes.insert(op.op).second) << op.name;
    EXPECT_TRUE(names.insert(op.name).second) << op.name;
    for (const char *text :
         {op.signature, op.profile, op.text, op.shapes, op.dtype, op.errors, op.reference})
      EXPECT_GT(std::string_view(text).size(), 0u) << op.name;
  }
  EXPECT_TRUE(names.contains("add"));
  EXPECT_TRUE(codes.contains(SPC_OP_add));
  spc_op_info op{};
  op.struct_size = sizeof op;
  expect_error(spc_op_describe(n, &op), SPC_E_INDEX, {std::to_string(n).c_str()});
  expect_error(spc_op_describe(-1, &op), SPC_E_INDEX, {"-1"});
}

}  // namespace
