// SPDX-License-Identifier: Apache-2.0
// Files that cannot be solved: status 2, and a message that says where and why.
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <string>

#include "tests/cli/command.hpp"

namespace cli {
namespace {

#define SKIP_WITHOUT_DATA() \
  if (!has_data()) GTEST_SKIP() << "no matrices in " SPACECORE_SHARED_DIR "/data"

void expect_refused(const std::vector<std::string> &args, const std::string &pattern) {
  const auto outcome = spacecore(args);
  EXPECT_EQ(outcome.status, 2) << outcome.out << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(std::regex_search(outcome.err, std::regex(pattern))) << outcome.err;
}

TEST(Files, MalformedOnesAreRefusedByLine) {
  SKIP_WITHOUT_DATA();
  int count = 0;
  for (const auto &entry : std::filesystem::directory_iterator(data_file("malformed"))) {
    const std::string name = entry.path().filename();
    expect_refused({"solve", entry.path()}, "spacecore solve: error: .*" + name + ":[0-9]+: .");
    ++count;
  }
  EXPECT_GE(count, 9);
}

TEST(Files, TheLineIsTheRightOne) {
  const Scratch scratch;
  const std::string banner = "%%MatrixMarket matrix coordinate real general\n";
  expect_refused({"solve", scratch.write("a.mtx", banner + "2 2 2\n1 1 1\n3 1 1\n")},
                 "a\\.mtx:4: ");
  expect_refused({"solve", scratch.write("b.mtx", banner + "2 2 2\n1 1 1\n")}, "b\\.mtx:3: ");
  expect_refused({"solve", scratch.write("c.mtx", banner + "2 2 1\n1 1 x\n")}, "c\\.mtx:3: .*x");
  expect_refused({"solve", scratch.write("d.mtx", "")}, "d\\.mtx:1: ");
}

TEST(Files, RightHandSidesAreCheckedToo) {
  const Scratch scratch;
  const std::string banner = "%%MatrixMarket matrix array real general\n";
  const auto a = scratch.write("a.mtx", banner + "1 1\n2\n");
  expect_refused({"solve", a, "--rhs", scratch.write("b.mtx", banner + "2 1\n1\n2\n")},
                 "b\\.mtx: .*2 x 1.*1 x 1 expected");
  expect_refused({"solve", a, "--rhs", scratch.write("c.mtx", banner + "1 1\nx\n")}, "c\\.mtx:3: ");
  expect_refused({"solve", a, "--rhs", scratch.path("absent.mtx")}, "absent\\.mtx: ");
}

TEST(Files, StandardInput) {
  const Scratch scratch;
  const auto a = scratch.write(
      "a.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 2\n1 1 1\n2 2 4\n");
  const auto b = scratch.write("b.mtx", "%%MatrixMarket matrix array real general\n2 1\n2\n8\n");
  const auto x = scratch.path("x.mtx");
  for (const auto &[input, args] :
       {std::pair<std::string, std::vector<std::string>>{a, {"solve", "-", "--rhs", b}},
        {b, {"solve", a, "--rhs", "-"}}}) {
    std::vector<std::string> words = args;
    words.insert(words.end(), {"--out", x});
    const auto outcome = spacecore(words, input);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(array_values(x), (std::vector<double>{2, 2}));
  }
  expect_refused({"solve", "-", "--rhs", "-"}, "standard input holds one file");
  const auto empty = spacecore({"solve", "-"}, scratch.write("e.mtx", ""));
  EXPECT_EQ(empty.status, 2);
  EXPECT_NE(empty.err.find("/dev/stdin:1: the file is empty"), std::string::npos) << empty.err;
}

TEST(Files, CompressedOnes) {
  const Scratch scratch;
  const std::string gzip("\x1f\x8b\x08\0\0\0", 6);
  expect_refused({"solve", scratch.write("a.mtx.gz", gzip)},
                 "a\\.mtx\\.gz:1: the file is compressed with gzip; decompress it first");
}

TEST(Files, AbsentOnes) {
  const Scratch scratch;
  expect_refused({"solve", scratch.path("absent.mtx")}, "absent\\.mtx: .*[Nn]o such file");
  expect_refused({"solve", scratch.path("")}, "directory|regular file");
  expect_refused({"solve", "--poisson", "3", "--out", scratch.path("no/where.mtx")},
                 "where\\.mtx: cannot be written");
}

TEST(Files, WhatCgCannotSolve) {
  SKIP_WITHOUT_DATA();
  for (const std::string name : {"complex.mtx", "skew_fp64.mtx", "west0067.mtx", "west0479.mtx",
                                 "olm1000.mtx", "young1c.mtx"}) {
    expect_refused({"solve", data_file(name), "--solver", "cg"},
                   name + ": .*--solver auto takes a method that fits");
  }
  for (const std::string name : {"ash219.mtx", "lp_e226.mtx"}) {
    expect_refused({"solve", data_file(name), "--solver", "cg"}, name + ": .*--solver auto");
  }
}

TEST(Files, ComplexMatrixInARealDtype) {
  SKIP_WITHOUT_DATA();
  expect_refused({"solve", data_file("young1c.mtx"), "--dtype", "float64"},
                 "young1c\\.mtx|complex");
}

TEST(Files, JacobiNeedsADiagonal) {
  const Scratch scratch;
  const auto sparse = scratch.write(
      "s.mtx", "%%MatrixMarket matrix coordinate real symmetric\n2 2 2\n1 1 1\n2 1 1\n");
  const auto dense =
      scratch.write("d.mtx", "%%MatrixMarket matrix array real symmetric\n2 2\n0\n1\n1\n");
  expect_refused({"solve", sparse, "--precond", "jacobi"}, "s\\.mtx: diagonal entry 2 is zero");
  expect_refused({"solve", dense, "--precond", "jacobi"}, "d\\.mtx: diagonal entry 1 is zero");
}

}  // namespace
}  // namespace cli
