// SPDX-License-Identifier: Apache-2.0
// The runner of test vectors, on cases written here. The whole set runs as tests of their own.
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

TEST(Conform, GoodCasesPassAndUnknownOpsAreSkipped) {
  const Scratch scratch;
  scratch.write("a.jsonl", kGood);
  scratch.write("b.jsonl", kUnknownOp);
  const auto outcome = spacecore({"conform", "--vectors", scratch.path("")});
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  EXPECT_TRUE(ends_with(outcome.out, "\n2 passed, 0 failed, 1 skipped\n")) << outcome.out;
  EXPECT_NE(outcome.out.find("frobnicate"), std::string::npos);
}

TEST(Conform, EveryDifferenceIsAFailureWithAReason) {
  const Scratch scratch;
  scratch.write("a.jsonl", kGood);
  scratch.write("w.jsonl", kWrong);
  const auto report = scratch.path("report.json");
  const auto outcome = spacecore({"conform", "--backend", "reference", "--vectors",
                                  scratch.path(""), "--json", report, "--list-failures"});
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
  EXPECT_EQ(json.at("ops").at("add").at("failed"), 2);
}

TEST(Conform, Filter) {
  const Scratch scratch;
  scratch.write("a.jsonl", kGood);
  const auto outcome = spacecore({"conform", "--vectors", scratch.path(""), "--filter", "reshape"});
  EXPECT_TRUE(ends_with(outcome.out, "\n1 passed, 0 failed, 0 skipped\n")) << outcome.out;
}

TEST(Conform, APluginFileByPath) {
  const Scratch scratch;
  scratch.write("a.jsonl", kGood);
  for (const std::string file :
       {SPACECORE_TEST_PLUGIN_DIR "/fakedev.so", SPACECORE_PLUGIN_DIR "/reference.so"}) {
    const auto outcome = spacecore({"conform", "--plugin", file, "--vectors", scratch.path("")});
    EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
    EXPECT_NE(outcome.out.find(file), std::string::npos) << outcome.out;
  }
}

TEST(Conform, BadInputIsStatus2) {
  const Scratch scratch;
  EXPECT_EQ(spacecore({"conform", "--vectors", scratch.path("")}).status, 2);
  EXPECT_EQ(spacecore({"conform", "--vectors", scratch.path("absent")}).status, 2);
  scratch.write("a.jsonl", "{\"id\": 3\n");
  const auto outcome = spacecore({"conform", "--vectors", scratch.path("")});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_NE(outcome.err.find("a.jsonl:1: "), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace cli
