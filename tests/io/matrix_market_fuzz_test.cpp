// SPDX-License-Identifier: Apache-2.0
// Mutated and hostile files: each is read, or refused with file and line; nothing else happens. A
// matrix that was read satisfies the invariants that users of it rely on.
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "core/io/matrix_market.hpp"
#include "tests/io/scratch.hpp"

namespace spc::io {
namespace {

using test::Scratch;

const std::vector<std::string> seeds{
    "%%MatrixMarket matrix coordinate real general\n% c\n3 4 4\n1 1 1.5\n3 4 -2e-3\n2 2 inf\n2 2 "
    ".5\n",
    "%%MatrixMarket matrix coordinate real symmetric\r\n4 4 5\r\n1 1 1\r\n2 1 2\r\n4 3 3\r\n4 4 "
    "4\r\n"
    "4 3 1\r\n",
    "%%MatrixMarket matrix coordinate complex hermitian\n3 3 3\n1 1 1 0\n3 1 2 -1\n3 2 0 1\n",
    "%%MatrixMarket matrix coordinate pattern symmetric\n3 3 2\n3 1\n2 2\n",
    "%%MatrixMarket matrix coordinate integer skew-symmetric\n3 3 2\n3 1 9223372036854775807\n2 1 "
    "-4\n",
    "%%MatrixMarket matrix array integer symmetric\n3 3\n1\n2\n3\n4\n5\n6\n",
    "%%MatrixMarket matrix array complex hermitian\n2 2\n1 0\n2 3\n4 0",
    "%%MatrixMarket matrix array real skew-symmetric\n3 3\n\n1\n2\n3\n",
};

const std::vector<std::string> pieces{"\n",
                                      "\r\n",
                                      "\r",
                                      " ",
                                      "\t",
                                      "%",
                                      "%%MatrixMarket",
                                      "-",
                                      "+",
                                      ".",
                                      "e",
                                      "0",
                                      "1",
                                      "9",
                                      "9223372036854775807",
                                      "9223372036854775808",
                                      "-9223372036854775808",
                                      "1e999",
                                      "1e-999",
                                      "nan",
                                      "inf",
                                      "general",
                                      "symmetric",
                                      "skew-symmetric",
                                      "hermitian",
                                      "array",
                                      "coordinate",
                                      "pattern",
                                      "real",
                                      "complex",
                                      "integer",
                                      std::string(1, '\0'),
                                      "\xff",
                                      std::string(300, '7'),
                                      "4294967296"};

std::string mutate(std::string text, std::mt19937 &random) {
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  for (std::size_t rounds = 1 + below(4); rounds > 0; --rounds) {
    const std::size_t at = below(text.size() + 1), length = below(8);
    switch (below(6)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, pieces[below(pieces.size())]);
        break;
      case 2:
        text.replace(at, length, pieces[below(pieces.size())]);
        break;
      case 3:
        if (!text.empty()) text[below(text.size())] ^= static_cast<char>(1U << below(8));
        break;
      case 4:
        text.resize(at);
        break;
      default: {
        const std::string &other = seeds[below(seeds.size())];
        text = text.substr(0, at) + other.substr(below(other.size()));
      }
    }
  }
  return text;
}

void expect_sound(const MatrixMarket &m, const std::string &text) {
  const std::size_t n = m.coordinate
                            ? m.row.size()
                            : static_cast<std::size_t>(m.rows) * static_cast<std::size_t>(m.cols);
  ASSERT_EQ(m.values.size(), values_per_entry(m.field) * n) << text;
  ASSERT_EQ(m.integers.size(), m.field == MatrixMarketField::integer ? n : 0) << text;
  ASSERT_EQ(m.col.size(), m.row.size()) << text;
  for (std::size_t k = 0; k < m.row.size(); ++k) {
    ASSERT_TRUE(m.row[k] >= 0 && m.row[k] < m.rows && m.col[k] >= 0 && m.col[k] < m.cols) << text;
    ASSERT_TRUE(k == 0 || m.row[k - 1] < m.row[k] ||
                (m.row[k - 1] == m.row[k] && m.col[k - 1] < m.col[k]))
        << text;
  }
}

TEST(MatrixMarketFuzz, MutatedFilesAreReadOrRefused) {
  using Clock = std::chrono::steady_clock;
  const auto stop = Clock::now() + std::chrono::seconds(3);
  const Scratch scratch;
  std::mt19937 random(3);
  int read = 0, refused = 0;
  // As many as fit the time, but enough of them on a busy machine too.
  for (int k = 0; k < 200'000 && (k < 100 || Clock::now() < stop); ++k) {
    const std::string text = mutate(seeds[random() % seeds.size()], random);
    const std::string path = scratch.file("a.mtx", text);
    try {
      const MatrixMarket m = read_matrix_market(path);
      expect_sound(m, text);
      if (HasFatalFailure()) return;
      // What can be read can be written and read again.
      const std::string copy = scratch.path("b.mtx");
      write_matrix_market(copy, m);
      const MatrixMarket again = read_matrix_market(copy);
      ASSERT_EQ(again.row, m.row) << text;
      ASSERT_EQ(again.integers, m.integers) << text;
      ASSERT_EQ(again.values.size(), m.values.size()) << text;
      ++read;
    } catch (const Error &e) {
      ASSERT_EQ(e.code(), SPC_E_FILE) << e.message();
      ASSERT_EQ(e.message().find(path + ":"), 0U) << e.message() << "\n" << text;
      const auto lines = 1 + std::count(text.begin(), text.end(), '\n');
      const long line = std::stol(e.message().substr(path.size() + 1));
      ASSERT_TRUE(line >= 1 && line <= lines) << e.message() << "\n" << text;
      ++refused;
    }
  }
  EXPECT_GT(read, 10);
  EXPECT_GT(refused, 10);
}

TEST(MatrixMarketFuzz, EveryPrefixOfAFileIsHandled) {
  const Scratch scratch;
  for (const std::string &seed : seeds)
    for (std::size_t length = 0; length <= seed.size(); ++length) {
      const std::string text = seed.substr(0, length);
      const std::string path = scratch.file("a.mtx", text);
      try {
        expect_sound(read_matrix_market(path), text);
      } catch (const Error &e) {
        ASSERT_EQ(e.message().find(path + ":"), 0U) << e.message();
      }
    }
}

TEST(MatrixMarketFuzz, HostileShapesTakeLinearTime) {
  const Scratch scratch;
  const std::string banner = "%%MatrixMarket matrix coordinate real general\n";
  const auto refuse = [&](const std::string &text) {
    const std::string path = scratch.file("a.mtx", text);
    EXPECT_THROW(read_matrix_market(path), Error);
  };
  refuse(std::string(20'000'000, '\n'));
  refuse(std::string(20'000'000, ' '));
  refuse(banner + std::string(20'000'000, '\n'));
  refuse(banner + std::string(20'000'000, '%'));
  refuse(banner + std::string(20'000'000, '1'));
  refuse(banner + "1 1 1\n1 1 " + std::string(20'000'000, '9') + "\n");
  refuse(banner + "1 1 1\n1 1 1" + std::string(20'000'000, ' ') + "x");
  std::string ones = banner + "1 1 2\n";
  for (int k = 0; k < 1'000'000; ++k) ones += "1 ";
  refuse(ones);
  // All entries on one place, in an order that defeats a naive sort.
  std::string same = banner + "2 2 1000000\n";
  for (int k = 0; k < 1'000'000; ++k) same += k % 2 == 0 ? "2 2 1\n" : "1 1 1\n";
  EXPECT_EQ(read_matrix_market(scratch.file("a.mtx", same)).values,
            (std::vector<double>{500'000, 500'000}));
}

}  // namespace
}  // namespace spc::io
