// SPDX-License-Identifier: Apache-2.0
// Files that are no plugin, or a wrong one: each is refused with its reason and leaves no trace.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/support.hpp"

namespace {

using namespace spc::test;

// Loads path, which has to fail with that code and a text of these parts, without a trace.
void expect_refused(const std::string &path, spc_status code,
                    const std::vector<std::string> &parts) {
  const auto before = families();
  EXPECT_EQ(spc_load_plugin(path.c_str()), code) << last_error();
  const std::string text = last_error();
  for (const std::string &part : parts)
    EXPECT_NE(text.find(part), std::string::npos) << "no '" << part << "' in: " << text;
  EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  EXPECT_EQ(families(), before);
}

void expect_in_report(const std::string &path, const std::string &part) {
  const std::string report = load_report();
  bool found = false;
  for (std::size_t from = 0; from < report.size();) {
    const std::size_t end = report.find('\n', from);
    const std::string line = report.substr(from, end - from);
    found = found || (line.starts_with("refused") && line.find(path) != std::string::npos &&
                      line.find(part) != std::string::npos);
    from = end + 1;
  }
  EXPECT_TRUE(found) << "no line with '" << path << "' and '" << part << "' in:\n" << report;
}

struct Refusal {
  const char *plugin;
  spc_status code;
  std::vector<std::string> parts;
};

std::ostream &operator<<(std::ostream &out, const Refusal &refusal) {
  return out << refusal.plugin;
}

class Refused : public testing::TestWithParam<Refusal> {};

TEST_P(Refused, WithReasonAndWithoutTrace) {
  const Refusal &refusal = GetParam();
  const std::string path = bad_plugin(refusal.plugin);
  std::vector<std::string> parts = refusal.parts;
  parts.push_back(path);
  const Watchdog watchdog(60);
  expect_refused(path, refusal.code, parts);
  expect_in_report(path, refusal.parts.front());
  // The second time as the first: a failed load leaves nothing half open.
  expect_refused(path, refusal.code, parts);
}

const Refusal refusals[] = {
    // The marker.
    {"needs_newer_minor", SPC_E_PLUGIN, {"needs backend ABI 1.2", "offers 1.0"}},
    {"other_major", SPC_E_PLUGIN, {"backend ABI 2.0", "offers 1.0"}},
    {"wrong_magic", SPC_E_PLUGIN, {"marker begins with 0x21474e50"}},
    {"short_marker", SPC_E_PLUGIN, {"struct_size of its marker is 16"}},
    {"marker_of_0", SPC_E_PLUGIN, {"struct_size of its marker is 0"}},
    {"marker_of_7", SPC_E_PLUGIN, {"struct_size of its marker is 7"}},
    {"marker_of_4294967295", SPC_E_PLUGIN, {"struct_size of its marker is 4294967295"}},
    {"no_marker", SPC_E_PLUGIN, {"does not export 'spacecore_plugin_v1'"}},
    {"no_register", SPC_E_PLUGIN, {"does not export 'register_ops'"}},
    {"register_in_dependency", SPC_E_PLUGIN, {"is not its own", "libspacecore_dependency.so"}},
    // The dynamic linker.
    {"missing_dependency", SPC_E_PLUGIN, {"needs 'libspacecore_absent.so'"}},
    {"undefined_symbol", SPC_E_PLUGIN, {"undefined symbol: function_that_nobody_defines"}},
    // The transaction.
    {"fails_halfway", SPC_E_PLUGIN, {"register_ops returned -8 (RuntimeErr)"}},
    {"throws", SPC_E_PLUGIN, {"threw an exception: the engine does not start"}},
    {"rejects", SPC_E_PLUGIN, {"the licence of this engine has expired"}},
    {"rejects_softly", SPC_E_PLUGIN, {"the engine is closed on Mondays"}},
    {"swallows_error", SPC_E_PLUGIN, {"family 'swallows_broken'", "fn is NULL"}},
    {"reenters", SPC_E_PLUGIN, {"the inner load returned -18", "while this thread is loading"}},
    // The descriptors.
    {"short_family", SPC_E_PLUGIN, {"spc_family: struct_size is 88"}},
    {"short_entry", SPC_E_PLUGIN, {"spc_op_entry: struct_size is 72"}},
    {"family_of_0", SPC_E_PLUGIN, {"spc_family: struct_size is 0"}},
    {"family_of_7", SPC_E_PLUGIN, {"spc_family: struct_size is 7"}},
    {"family_of_4294967295", SPC_E_PLUGIN, {"spc_family: struct_size is 4294967295"}},
    {"entry_of_0", SPC_E_PLUGIN, {"spc_op_entry: struct_size is 0"}},
    {"entry_of_7", SPC_E_PLUGIN, {"spc_op_entry: struct_size is 7"}},
    {"entry_of_4294967295", SPC_E_PLUGIN, {"spc_op_entry: struct_size is 4294967295"}},
    {"space_of_0", SPC_E_PLUGIN, {"spc_memory_space: struct_size is 0"}},
    {"space_of_7", SPC_E_PLUGIN, {"spc_memory_space: struct_size is 7"}},
    {"space_of_4294967295", SPC_E_PLUGIN, {"spc_memory_space: struct_size is 4294967295"}},
    {"family_twice", SPC_E_CONTEXT_CONFLICT, {"family 'family_twice' is already registered"}},
    {"duplicate_family", SPC_E_CONTEXT_CONFLICT, {"family 'reference' is already registered"}},
    {"alias_clash", SPC_E_CONTEXT_CONFLICT, {"alias 'reference' is already registered"}},
    {"base_self", SPC_E_PLUGIN, {"its base is itself: base_self -> base_self"}},
    {"base_cycle", SPC_E_PLUGIN, {"its base is itself: cycle_a -> cycle_b -> cycle_a"}},
    {"base_elsewhere", SPC_E_PLUGIN, {"'reference'", "lacks memory space 'elsewhere:0'"}},
    {"deep_chain", SPC_E_PLUGIN, {"'deep_9' has more than 8 bases"}},
    {"unknown_family_flag", SPC_E_PLUGIN, {"unknown flag bits 0x40000000"}},
    {"unknown_kernel_flag", SPC_E_PLUGIN, {"unknown flag bits 0x10000000000"}},
    {"unknown_space_flag", SPC_E_PLUGIN, {"'flagged:0': unknown flag bits 0x80000000"}},
    {"op_twice", SPC_E_PLUGIN, {"op 'negative' is listed twice for float64"}},
    {"null_fn", SPC_E_PLUGIN, {"op 'negative': fn is NULL"}},
    {"no_extent", SPC_E_PLUGIN, {"op 'nonzero': extent is NULL"}},
    {"no_release", SPC_E_PLUGIN, {"op 'negative': release is NULL"}},
    {"bad_dtype", SPC_E_PLUGIN, {"op 'negative': unknown dtype bits 0x200"}},
    {"unknown_pair", SPC_E_PLUGIN, {"op 'astype': pairs[0] is 0x6e, which is no pair"}},
    {"bad_name", SPC_E_PLUGIN, {"family 'Bad Name' is no name"}},
    {"unknown_space", SPC_E_PLUGIN, {"memory space 'halfway:0' is not registered"}},
    {"no_space", SPC_E_PLUGIN, {"names no memory space"}},
};

INSTANTIATE_TEST_SUITE_P(, Refused, testing::ValuesIn(refusals),
                         [](const auto &info) { return std::string(info.param.plugin); });

// fails_halfway had registered that space before it failed.
TEST(RefusedPlugin, LeavesNoMemorySpaceBehind) {
  EXPECT_EQ(spc_load_plugin(bad_plugin("fails_halfway").c_str()), SPC_E_PLUGIN);
  expect_refused(bad_plugin("unknown_space"), SPC_E_PLUGIN, {"'halfway:0' is not registered"});
}

TEST(RefusedFile, Text) {
  const ScratchDirectory scratch;
  const std::string path = scratch.path("text.so");
  std::ofstream(path) << "This is not a shared object.\n";
  expect_refused(path, SPC_E_PLUGIN, {path, "ELF"});
  expect_in_report(path, "ELF");
}

TEST(RefusedFile, Empty) {
  const ScratchDirectory scratch;
  const std::string path = scratch.path("empty.so");
  std::ofstream(path).flush();
  expect_refused(path, SPC_E_PLUGIN, {path, "ELF"});
}

TEST(RefusedFile, Directory) {
  const ScratchDirectory scratch;
  expect_refused(scratch.path(), SPC_E_PLUGIN, {scratch.path(), "directory"});
  expect_refused(scratch.path() + "/", SPC_E_PLUGIN, {scratch.path(), "directory"});
}

TEST(RefusedFile, TruncatedAtEveryTwentiethByte) {
  const ScratchDirectory scratch;
  std::ifstream file(bad_plugin("tiny"), std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  ASSERT_GT(whole.size(), 1000u);
  for (int i = 1; i < 20; ++i) {
    const std::string path = scratch.path("cut" + std::to_string(i) + ".so");
    // The section headers at the end are no part of what is loaded.
    const auto bytes = static_cast<std::streamsize>(whole.size() * i / 40);
    std::ofstream(path, std::ios::binary).write(whole.data(), bytes);
    expect_refused(path, SPC_E_PLUGIN, {path, "ELF"});
  }
}

TEST(RefusedFile, Missing) {
  const ScratchDirectory scratch;
  const std::string path = scratch.path("missing.so");
  expect_refused(path, SPC_E_PLUGIN, {path, "No such file"});
}

TEST(RefusedFile, Program) {
  expect_refused("/proc/self/exe", SPC_E_PLUGIN, {"/"});
}

TEST(RefusedFile, LibraryThatIsNoPlugin) {
  const std::string path = bad_plugin("dependency/libspacecore_dependency");
  expect_refused(path, SPC_E_PLUGIN, {path, "spacecore_plugin_v1"});
}

TEST(RefusedFile, NamedPipeDoesNotBlock) {
  const ScratchDirectory scratch;
  const std::string path = scratch.path("pipe.so");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  expect_refused(path, SPC_E_PLUGIN, {path, "not a regular file"});
}

// A name without a slash would be searched in the places of the dynamic linker.
TEST(RefusedPath, BareNameAndEmpty) {
  expect_refused("tiny.so", SPC_E_PLUGIN, {"tiny.so", "'/'"});
  expect_refused("libc.so.6", SPC_E_PLUGIN, {"libc.so.6", "'/'"});
  expect_refused("", SPC_E_PLUGIN, {});
  EXPECT_NE(spc_load_plugin(nullptr), SPC_OK);
}

TEST(RefusedPath, LongerThanAnyPath) {
  const std::string path = "/" + std::string(70000, 'x');
  expect_refused(path, SPC_E_PLUGIN, {"70001"});
  EXPECT_LT(last_error().size(), 1000u);
}

TEST(RefusedPath, SameFamilyTwiceInOneProcess) {
  const ScratchDirectory scratch;
  ASSERT_EQ(spc_load_plugin(bad_plugin("many_0").c_str()), SPC_OK) << last_error();
  EXPECT_EQ(version_of("many_0"), "1.0");
  expect_refused(bad_plugin("many_0"), SPC_E_CONTEXT_CONFLICT, {"many_0"});
  const std::string copy = scratch.path("copy.so");
  std::filesystem::copy_file(bad_plugin("many_0"), copy);
  expect_refused(copy, SPC_E_CONTEXT_CONFLICT, {"many_0", copy});
}

}  // namespace
