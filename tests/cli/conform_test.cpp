// SPDX-License-Identifier: Apache-2.0
// The conformance kit, on cases written here and on single properties. The whole set runs as tests of
// their own.
#include <gtest/gtest.h>

#include <string>

#include "tests/cli/command.hpp"

namespace cli {
namespace {

bool ends_with(const std::string &text, const std::string &end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

constexpr const char *kGood = R"(# comment

{"id": "add/good", "op": "add", "inputs": [{"kind":"array","dtype":"int32","shape":[2],"data":[1,2],"layout":"step2"}, {"kind":"weak","type":"int","value":1}], "outputs": [{"kind":"array","dtype":"int32","shape":[2],"data":[2,3]}], "check": {"kind":"exact"}}
{"id": "reshape/size", "op": "reshape", "inputs": [{"kind":"array","dtype":"float64","shape":[2,2],"data":[1,2,3,4],"layout":"F"}], "attrs": {"shape": [3]}, "error": "ValueErr"}
)";
constexpr const char *kUnknownOp =
    R"({"id": "frobnicate/0", "op": "frobnicate", "inputs": [], "outputs": [], "check": {"kind":"exact"}}
)";
// Wrong value, wrong dtype, wrong error, an error where none is expected.
constexpr const char *kWrong =
    R"({"id": "add/value", "op": "add", "inputs": [{"kind":"array","dtype":"float64","shape":[2],"data":[1,2]}, {"kind":"weak","type":"int","value":1}], "outputs": [{"kind":"array","dtype":"float64","shape":[2],"data":[2,4]}], "check": {"kind":"exact"}}
{"id": "add/dtype", "op": "add", "inputs": [{"kind":"array","dtype":"float64","shape":[1],"data":[1]}, {"kind":"weak","type":"int","value":1}], "outputs": [{"kind":"array","dtype":"float32","shape":[1],"data":[2]}], "check": {"kind":"exact"}}
{"id": "sum/error", "op": "sum", "inputs": [{"kind":"array","dtype":"float64","shape":[1],"data":[1]}], "attrs": {"axis": 3}, "error": "TypeErr"}
{"id": "sum/none", "op": "sum", "inputs": [{"kind":"array","dtype":"float64","shape":[1],"data":[1]}], "error": "ValueErr"}
)";

// Right: three decompositions, a multiset. Wrong: an eigenvalue, a member of a multiset.
constexpr const char *kDecompositions =
    R"({"id": "eigh/0", "op": "eigh", "inputs": [{"kind":"array","dtype":"float64","shape":[2,2],"data":[2,9,1,2]}], "outputs": [{"kind":"array","dtype":"float64","shape":[2],"data":[1,3]},{"kind":"array","dtype":"float64","shape":[2,2]}], "check": {"kind":"eigh","rtol":1e-9,"atol":1e-9,"atol_res":1e-9}}
{"id": "svd/0", "op": "svd", "inputs": [{"kind":"array","dtype":"float64","shape":[1,2],"data":[3,4]}], "outputs": [{"kind":"array","dtype":"float64","shape":[1,1]},{"kind":"array","dtype":"float64","shape":[1],"data":[5]},{"kind":"array","dtype":"float64","shape":[2,2]}], "check": {"kind":"svd","rtol":1e-9,"atol":1e-9,"atol_res":1e-9}}
{"id": "eig/0", "op": "eig", "inputs": [{"kind":"array","dtype":"float64","shape":[2,2],"data":[2,1,0,3]}], "outputs": [{"kind":"array","dtype":"complex128","shape":[2],"data":[[3,0],[2,0]]},{"kind":"array","dtype":"complex128","shape":[2,2]}], "check": {"kind":"eig","rtol":1e-9,"atol":1e-9,"atol_res":1e-9}}
{"id": "eig/1", "op": "eig", "inputs": [{"kind":"array","dtype":"float64","shape":[2,2],"data":[2,1,0,3]}], "outputs": [{"kind":"array","dtype":"complex128","shape":[2],"data":[[2,0],[4,0]]},{"kind":"array","dtype":"complex128","shape":[2,2]}], "check": {"kind":"eig","rtol":1e-9,"atol":1e-9,"atol_res":1e-9}}
{"id": "ravel/0", "op": "ravel", "inputs": [{"kind":"array","dtype":"int8","shape":[3],"data":[2,3,1]}], "outputs": [{"kind":"array","dtype":"int8","shape":[3],"data":[3,1,2]}], "check": {"kind":"unordered"}}
{"id": "ravel/1", "op": "ravel", "inputs": [{"kind":"array","dtype":"int8","shape":[3],"data":[2,3,1]}], "outputs": [{"kind":"array","dtype":"int8","shape":[3],"data":[3,2,2]}], "check": {"kind":"unordered"}}
)";

TEST(Conform, GoodCasesPassAndUnknownOpsAreSkipped) {
  const Scratch scratch;
  scratch.write("a.jsonl", kGood);
  scratch.write("b.jsonl", kUnknownOp);
  const auto outcome = spacecore({"conform", "--vectors", scratch.path(""), "--only", "vectors"});
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  EXPECT_TRUE(ends_with(outcome.out, "\n2 passed, 0 failed, 1 skipped\n")) << outcome.out;
  EXPECT_NE(outcome.out.find("frobnicate (1): the library has no such op"), std::string::npos);
}

TEST(Conform, EveryDifferenceIsAFailureWithAReason) {
  const Scratch scratch;
  scratch.write("a.jsonl", kGood);
  scratch.write("w.jsonl", kWrong);
  const auto report = scratch.path("report.json");
  const auto outcome =
      spacecore({"conform", "--backend", "reference", "--vectors", scratch.path(""), "--only",
                 "vectors", "--json", report, "--list-failures"});
  EXPECT_EQ(outcome.status, 1) << outcome.out << outcome.err;
  EXPECT_TRUE(ends_with(outcome.out, "\n2 passed, 4 failed, 0 skipped\n")) << outcome.out;
  for (const char *reason :
       {"add/value", "w.jsonl:1: element 1 is 3, expected 4 (1 of 2 differ)",
        "dtype is float64, expected float32", "TypeErr expected, got AxisErr", "no error"}) {
    EXPECT_NE(outcome.out.find(reason), std::string::npos) << reason << '\n' << outcome.out;
  }
  const auto json = nlohmann::json::parse(read_text(report));
  EXPECT_EQ(json.at("backend"), "reference");
  EXPECT_EQ(json.at("passed"), 2);
  EXPECT_EQ(json.at("failed"), 4);
  EXPECT_EQ(json.at("skipped"), 0);
  EXPECT_EQ(json.at("failures").size(), 4u);
  const auto &failure = json.at("failures").at(0);
  EXPECT_EQ(failure.at("id"), "add/value");
  EXPECT_EQ(failure.at("where"), "w.jsonl:1");
  const auto &add = json.at("ops").at("add");
  EXPECT_EQ(add.at("vectors").at("failed"), 2);
  EXPECT_EQ(add.at("properties").at("passed"), 0);
  EXPECT_EQ(add.at("profile"), "A");
  EXPECT_EQ(add.at("dtypes").at("int8"), "own");
}

TEST(Conform, EveryKindOfDecompositionIsCheckedByItsDefinition) {
  const Scratch scratch;
  scratch.write("d.jsonl", kDecompositions);
  const auto outcome = spacecore({"conform", "--backend", "reference", "--vectors",
                                  scratch.path(""), "--only", "vectors", "--list-failures"});
  EXPECT_EQ(outcome.status, 1) << outcome.out << outcome.err;
  EXPECT_TRUE(ends_with(outcome.out, "\n4 passed, 2 failed, 0 skipped\n")) << outcome.out;
  EXPECT_NE(outcome.out.find("no value near (4, 0)"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("element of the sorted result 0 is 1, expected 2"), std::string::npos)
      << outcome.out;
}

TEST(Conform, PropertiesNeedNoVectors) {
  const Scratch scratch;
  const auto report = scratch.path("report.json");
  const auto outcome =
      spacecore({"conform", "--backend", "reference", "--filter", "multiply/", "--json", report});
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  const auto json = nlohmann::json::parse(read_text(report));
  EXPECT_TRUE(json.at("vectors").is_null());
  EXPECT_GT(json.at("passed").get<int>(), 500);
  EXPECT_EQ(json.at("failed"), 0);
  EXPECT_EQ(json.at("skipped"), 0);
  EXPECT_EQ(json.at("ops").at("multiply").at("properties").at("passed"), json.at("passed"));
  for (const char *name : {"dtype", "layout", "threads", "operands-unchanged", "views-and-copies",
                           "into-equals-plain", "into-operand", "into-overlapping"}) {
    const auto &property = json.at("properties").at(name);
    EXPECT_GT(property.at("passed").get<int>(), 0) << name;
    EXPECT_TRUE(ends_with(property.at("statement"), ".")) << name;
  }
  EXPECT_NE(outcome.out.find("\nPROPERTY"), std::string::npos);
  EXPECT_NE(outcome.out.find("\nmultiply"), std::string::npos);
}

TEST(Conform, OnlyOpsOfAProfile) {
  const Scratch scratch;
  const auto report = scratch.path("report.json");
  const auto outcome = spacecore({"conform", "--backend", "reference", "--only", "properties",
                                  "--profile", "V", "--json", report});
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  const auto json = nlohmann::json::parse(read_text(report));
  EXPECT_GT(json.at("ops").at("axpby").at("properties").at("passed").get<int>(), 0);
  EXPECT_EQ(json.at("ops").at("add").at("properties").at("passed"), 0);
  EXPECT_EQ(spacecore({"conform", "--profile", "W"}).status, 2);
}

// A family with one wrong kernel after the other: each is found by the property that is about it.
TEST(Conform, WrongKernelsFail) {
  const Scratch scratch;
  const auto report = scratch.path("report.json");
  const auto outcome =
      spacecore({"conform", "--plugin", SPACECORE_TEST_PLUGIN_DIR "/crooked/crooked.so", "--only",
                 "properties", "--filter", "/float64/", "--json", report});
  EXPECT_EQ(outcome.status, 1) << outcome.out << outcome.err;
  const auto json = nlohmann::json::parse(read_text(report));
  for (const char *id :
       {"negative/equals-reference/float64/matrix", "abs/into-strided/float64/vector",
        "conj/operands-unchanged/float64/matrix", "sqrt/into-strided/float64/vector"}) {
    bool found = false;
    for (const auto &failure : json.at("failures")) found |= failure.at("id") == id;
    EXPECT_TRUE(found) << id << '\n' << outcome.out;
  }
  // Every case can be run by itself.
  EXPECT_EQ(json.at("failures").at(0).at("case").at("inputs").at(0).at("dtype"), "float64");
}

// What the pages claim is generated; their freshness is a test of its own.
TEST(Conform, PagesAreWritten) {
  const Scratch scratch;
  const auto page = scratch.path("capabilities.md");
  const auto outcome = spacecore(
      {"--plugin-dir", SPACECORE_TEST_PLUGIN_DIR, "conform", "--write-capabilities", page});
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  EXPECT_NE(read_text(page).find("| `bincount` | composed | composed | composed | i8 u8 i32 i64 |"),
            std::string::npos);
}

TEST(Conform, Filter) {
  const Scratch scratch;
  scratch.write("a.jsonl", kGood);
  const auto outcome =
      spacecore({"conform", "--vectors", scratch.path(""), "--filter", "reshape/size"});
  EXPECT_TRUE(ends_with(outcome.out, "\n1 passed, 0 failed, 0 skipped\n")) << outcome.out;
  const auto property = spacecore({"conform", "--filter", "reshape/error/size"});
  EXPECT_TRUE(ends_with(property.out, "\n1 passed, 0 failed, 0 skipped\n")) << property.out;
}

TEST(Conform, APluginFileByPath) {
  const Scratch scratch;
  scratch.write("a.jsonl", kGood);
  for (const std::string file :
       {SPACECORE_TEST_PLUGIN_DIR "/fakedev.so", SPACECORE_PLUGIN_DIR "/reference.so"}) {
    const auto outcome =
        spacecore({"conform", "--plugin", file, "--vectors", scratch.path(""), "--filter", "add/"});
    EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
    EXPECT_NE(outcome.out.find(file), std::string::npos) << outcome.out;
  }
}

TEST(Conform, BadInputIsStatus2) {
  const Scratch scratch;
  EXPECT_EQ(spacecore({"conform", "--vectors", scratch.path("")}).status, 2);
  EXPECT_EQ(spacecore({"conform", "--vectors", scratch.path("absent")}).status, 2);
  EXPECT_EQ(spacecore({"conform", "--only", "vectors"}).status, 2);
  scratch.write("a.jsonl", "{\"id\": 3\n");
  const auto outcome = spacecore({"conform", "--vectors", scratch.path("")});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_NE(outcome.err.find("a.jsonl:1: "), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace cli
