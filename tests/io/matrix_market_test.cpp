// SPDX-License-Identifier: Apache-2.0
// Reading Matrix Market files: what is accepted, and where and how the rest is refused.
#include "core/io/matrix_market.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cmath>
#include <thread>

#include "tests/io/scratch.hpp"

namespace spc::io {
namespace {

using test::data_file;
using test::error_of;
using test::Scratch;
using Indices = std::vector<std::int64_t>;
using Doubles = std::vector<double>;
using Field = MatrixMarketField;
using Symmetry = MatrixMarketSymmetry;

MatrixMarket read_text(const std::string &text) {
  const Scratch scratch;
  return read_matrix_market(scratch.file("a.mtx", text));
}

const std::string real_general = "%%MatrixMarket matrix coordinate real general\n";

TEST(MatrixMarketRead, CoordinateIsSortedByRowThenColumn) {
  const MatrixMarket m = read_text(real_general + "3 4 4\n3 1 5\n1 4 -2.5\n1 2 1e3\n2 2 .5\n");

  EXPECT_TRUE(m.coordinate);
  EXPECT_EQ(m.field, Field::real);
  EXPECT_EQ(m.symmetry, Symmetry::general);
  EXPECT_EQ(m.rows, 3);
  EXPECT_EQ(m.cols, 4);
  EXPECT_EQ(m.row, (Indices{0, 0, 1, 2}));
  EXPECT_EQ(m.col, (Indices{1, 3, 1, 0}));
  EXPECT_EQ(m.values, (Doubles{1000, -2.5, 0.5, 5}));
  EXPECT_TRUE(m.integers.empty());
}

TEST(MatrixMarketRead, DuplicatesAreSummedInFileOrder) {
  // 1e16 + 1 - 1e16 is 0 in this order and 1 in another.
  const MatrixMarket m =
      read_text(real_general + "2 2 5\n2 1 7\n1 1 1e16\n1 1 1\n1 1 -1e16\n1 2 3\n");
  EXPECT_EQ(m.row, (Indices{0, 0, 1}));
  EXPECT_EQ(m.col, (Indices{0, 1, 0}));
  EXPECT_EQ(m.values, (Doubles{0, 3, 7}));

  const MatrixMarket pattern =
      read_text("%%MatrixMarket matrix coordinate pattern general\n2 2 3\n1 1\n2 2\n1 1\n");
  EXPECT_EQ(pattern.values, (Doubles{2, 1}));
}

TEST(MatrixMarketRead, StoredZerosAreKept) {
  const MatrixMarket m = read_text(real_general + "2 2 2\n1 1 0\n2 1 -0\n");
  EXPECT_EQ(m.row, (Indices{0, 1}));
  EXPECT_TRUE(std::signbit(m.values[1]));
}

TEST(MatrixMarketRead, SymmetricKindsAreExpanded) {
  const MatrixMarket s =
      read_text("%%MatrixMarket matrix coordinate real symmetric\n3 3 3\n1 1 2\n3 1 4\n3 2 5\n");
  EXPECT_EQ(s.row, (Indices{0, 0, 1, 2, 2}));
  EXPECT_EQ(s.col, (Indices{0, 2, 2, 0, 1}));
  EXPECT_EQ(s.values, (Doubles{2, 4, 5, 4, 5}));

  const MatrixMarket k =
      read_text("%%MatrixMarket matrix coordinate integer skew-symmetric\n2 2 1\n2 1 -9\n");
  EXPECT_EQ(k.col, (Indices{1, 0}));
  EXPECT_EQ(k.integers, (Indices{9, -9}));

  const MatrixMarket h =
      read_text("%%MatrixMarket matrix coordinate complex hermitian\n2 2 2\n1 1 3 0\n2 1 1 -2\n");
  EXPECT_EQ(h.values, (Doubles{3, 0, 1, 2, 1, -2}));

  const MatrixMarket c =
      read_text("%%MatrixMarket matrix coordinate complex symmetric\n2 2 2\n1 1 3 1\n2 1 1 -2\n");
  EXPECT_EQ(c.values, (Doubles{3, 1, 1, -2, 1, -2}));

  const MatrixMarket p =
      read_text("%%MatrixMarket matrix coordinate pattern symmetric\n2 2 1\n2 1\n");
  EXPECT_EQ(p.row, (Indices{0, 1}));
  EXPECT_EQ(p.values, (Doubles{1, 1}));
}

TEST(MatrixMarketRead, ArrayIsColumnMajor) {
  const MatrixMarket m =
      read_text("%%MatrixMarket matrix array real general\n2 3\n1\n2\n3\n4\n5\n6\n");
  EXPECT_FALSE(m.coordinate);
  EXPECT_EQ(m.values, (Doubles{1, 2, 3, 4, 5, 6}));
  EXPECT_TRUE(m.row.empty());

  const MatrixMarket s =
      read_text("%%MatrixMarket matrix array real symmetric\n3 3\n1\n2\n3\n4\n5\n6\n");
  EXPECT_EQ(s.values, (Doubles{1, 2, 3, 2, 4, 5, 3, 5, 6}));

  const MatrixMarket k =
      read_text("%%MatrixMarket matrix array integer skew-symmetric\n3 3\n1\n2\n3\n");
  EXPECT_EQ(k.integers, (Indices{0, 1, 2, -1, 0, 3, -2, -3, 0}));

  const MatrixMarket h =
      read_text("%%MatrixMarket matrix array complex hermitian\n2 2\n1 0\n2 3\n4 0\n");
  EXPECT_EQ(h.values, (Doubles{1, 0, 2, 3, 2, -3, 4, 0}));
}

TEST(MatrixMarketRead, EmptySizes) {
  EXPECT_EQ(read_text(real_general + "0 0 0\n").rows, 0);
  EXPECT_EQ(read_text(real_general + "3 0 0").rows, 3);
  EXPECT_TRUE(read_text("%%MatrixMarket matrix array real general\n0 5\n").values.empty());
  EXPECT_TRUE(read_text("%%MatrixMarket matrix array real skew-symmetric\n0 0\n").values.empty());
  EXPECT_EQ(read_text("%%MatrixMarket matrix array real skew-symmetric\n1 1\n").values, Doubles{0});
}

TEST(MatrixMarketRead, MatrixWithMoreRowsThanMemory) {
  const MatrixMarket m = read_text(
      real_general +
      "9223372036854775807 9223372036854775807 3\n9223372036854775807 1 1\n5 7 2\n5 7 3\n");
  EXPECT_EQ(m.row, (Indices{4, 9223372036854775806}));
  EXPECT_EQ(m.col, (Indices{6, 0}));
  EXPECT_EQ(m.values, (Doubles{5, 1}));
}

TEST(MatrixMarketRead, LayoutOfTheText) {
  const MatrixMarket plain = read_text(real_general + "2 2 2\n1 1 1\n2 2 2\n");
  const std::vector<std::string> same{
      "%%matrixmarket MATRIX Coordinate REAL gEneral\n2 2 2\n1 1 1\n2 2 2\n",
      "%%MatrixMarket matrix coordinate real general\r\n%c\r\n\r\n2 2 2\r\n1 1 1\r\n2 2 2\r\n",
      real_general + "% a\n%%b\n%\n\n  \t\n2 2 2\n1 1 1\n2 2 2",
      real_general + "  2\t2   2 \n% in the body\n\n 1 1 1\t\n   % indented\n2  2  2 \n\n%end\n\n",
      real_general + "2 2 2\n1 1 1\r\n2 2 2\r",
      real_general + "+2 02 2\n1 1 +1.\n2 2 0.2e+1\n",
  };
  for (const std::string &text : same) {
    const MatrixMarket m = read_text(text);
    EXPECT_EQ(m.row, plain.row) << text;
    EXPECT_EQ(m.col, plain.col) << text;
    EXPECT_EQ(m.values, plain.values) << text;
  }
}

TEST(MatrixMarketRead, Numbers) {
  const MatrixMarket m = read_text(
      "%%MatrixMarket matrix array real general\n13 "
      "1\n1\n-.5\n2.\n+4e2\n1E-3\ninf\n-Infinity\nNaN\n"
      "5e-324\n1e-999\n-2e-324\n1.7976931348623157e308\n123456789012345678901234567890\n");
  const Doubles &v = m.values;
  EXPECT_EQ(v[0], 1);
  EXPECT_EQ(v[1], -0.5);
  EXPECT_EQ(v[2], 2);
  EXPECT_EQ(v[3], 400);
  EXPECT_EQ(v[4], 1e-3);
  EXPECT_EQ(v[5], INFINITY);
  EXPECT_EQ(v[6], -INFINITY);
  EXPECT_TRUE(std::isnan(v[7]));
  EXPECT_EQ(v[8], 5e-324);
  EXPECT_EQ(v[9], 0);
  EXPECT_TRUE(v[10] == 0 && std::signbit(v[10]));
  EXPECT_EQ(v[11], 1.7976931348623157e308);
  EXPECT_EQ(v[12], 123456789012345678901234567890.0);
}

TEST(MatrixMarketRead, IntegersKeep64Bits) {
  const MatrixMarket m = read_text(
      "%%MatrixMarket matrix array integer general\n3 1\n9007199254740993\n-9223372036854775808\n"
      "9223372036854775807\n");
  EXPECT_EQ(m.integers, (Indices{9007199254740993, INT64_MIN, INT64_MAX}));
  EXPECT_TRUE(m.values.empty());
}

TEST(MatrixMarketRead, InfoReadsTheHeaderOnly) {
  const Scratch scratch;
  // A header longer than one block, and a body that is not numbers.
  std::string text = "%%MatrixMarket matrix coordinate complex hermitian\n";
  for (int k = 0; k < 3000; ++k) text += "% " + std::string(70, 'c') + "\n";
  const std::string path = scratch.file("a.mtx", text + "4 4 2\nno\n");

  const MatrixMarketInfo info = read_matrix_market_info(path);

  EXPECT_TRUE(info.coordinate);
  EXPECT_EQ(info.field, Field::complex);
  EXPECT_EQ(info.symmetry, Symmetry::hermitian);
  EXPECT_EQ(info.rows, 4);
  EXPECT_EQ(info.entries, 2);
  EXPECT_EQ(error_of(SPC_E_FILE, [&] { read_matrix_market(path); }),
            path + ":3003: row index 'no' is not an integer");
  EXPECT_EQ(
      read_matrix_market_info(scratch.file("b.mtx",
                                           "%%MatrixMarket matrix array real symmetric\n3 3\n1\n"
                                           "2\n3\n4\n5\n6\n"))
          .entries,
      6);
  const std::string endless = scratch.file("c.mtx", std::string(200000, 'x'));
  EXPECT_NE(error_of(SPC_E_FILE, [&] { read_matrix_market_info(endless); })
                .find(":1: the first line begins with 'xxxx"),
            std::string::npos);
}

TEST(MatrixMarketRead, Pipe) {
  const Scratch scratch;
  const std::string path = scratch.path("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::string text = real_general + "100000 1 100000\n";
  for (int k = 1; k <= 100000; ++k) text += std::to_string(k) + " 1 1\n";

  std::thread writer([&] { scratch.file("pipe", text); });
  const MatrixMarket m = read_matrix_market(path);
  writer.join();

  EXPECT_EQ(m.row.size(), 100000U);
}

// ---- refused -----------------------------------------------------------------------------------

struct Refused {
  const char *text;
  const char *error;  // ":<line>: <reason>"
};

class MatrixMarketRefused : public ::testing::TestWithParam<Refused> {};

TEST_P(MatrixMarketRefused, NamesLineAndReason) {
  const Scratch scratch;
  const std::string path = scratch.file("a.mtx", GetParam().text);
  EXPECT_EQ(error_of(SPC_E_FILE, [&] { read_matrix_market(path); }), path + GetParam().error)
      << GetParam().text;
}

#define SPC_BANNER    "%%MatrixMarket matrix "
#define SPC_REAL      SPC_BANNER "coordinate real general\n"
#define SPC_SYMMETRIC SPC_BANNER "coordinate real symmetric\n"

INSTANTIATE_TEST_SUITE_P(
    Banner, MatrixMarketRefused,
    ::testing::Values(
        Refused{"", ":1: the file is empty, expected the banner %%MatrixMarket"},
        Refused{"\n" SPC_REAL "1 1 0\n",
                ":1: the first line begins with '', expected the banner %%MatrixMarket"},
        Refused{"\x1f\x8b\x08 x", ":1: the file is compressed with gzip; decompress it first"},
        Refused{"BZh91AY", ":1: the file is compressed with bzip2; decompress it first"},
        Refused{"\xfd"
                "7zXZ\n1",
                ":1: the file is compressed with xz; decompress it first"},
        Refused{"\x28\xb5\x2f\xfd$", ":1: the file is compressed with zstd; decompress it first"},
        Refused{"PK\x03\x04", ":1: the file is compressed with zip; decompress it first"},
        Refused{"%MatrixMarket matrix coordinate real general\n1 1 0\n",
                ":1: the first line begins with '%MatrixMarket', expected the banner "
                "%%MatrixMarket"},
        Refused{"1 1 1\n1 1 1\n",
                ":1: the first line begins with '1', expected the banner %%MatrixMarket"},
        Refused{"\xEF\xBB\xBF" SPC_REAL,
                ":1: the first line begins with '\\xef\\xbb\\xbf%%MatrixMarket', expected the "
                "banner %%MatrixMarket"},
        Refused{SPC_BANNER "coordinate real\n1 1 0\n",
                ":1: words in the banner: 4, expected 5: %%MatrixMarket matrix FORMAT FIELD "
                "SYMMETRY"},
        Refused{SPC_BANNER "coordinate real general x\n1 1 0\n",
                ":1: words in the banner: 6, expected 5: %%MatrixMarket matrix FORMAT FIELD "
                "SYMMETRY"},
        Refused{"%%MatrixMarket vector coordinate real general\n",
                ":1: the banner's object is 'vector', expected matrix"},
        Refused{SPC_BANNER "sparse real general\n",
                ":1: the banner's format is 'sparse', expected one of: array, coordinate"},
        Refused{SPC_BANNER "array double general\n",
                ":1: the banner's field is 'double', expected one of: real, complex, integer, "
                "pattern"},
        Refused{SPC_BANNER "array real skew\n",
                ":1: the banner's symmetry is 'skew', expected one of: general, symmetric, "
                "skew-symmetric, hermitian"},
        Refused{SPC_BANNER "array pattern general\n1 1\n",
                ":1: field pattern needs the coordinate format, not array"},
        Refused{SPC_BANNER "coordinate pattern hermitian\n1 1 0\n",
                ":1: symmetry hermitian is not defined for field pattern"},
        Refused{SPC_BANNER "array real hermitian\n1 1\n1\n",
                ":1: symmetry hermitian is not defined for field real"},
        Refused{SPC_BANNER "array integer hermitian\n1 1\n1\n",
                ":1: symmetry hermitian is not defined for field integer"},
        Refused{SPC_BANNER "coordinate pattern skew-symmetric\n1 1 0\n",
                ":1: symmetry skew-symmetric is not defined for field pattern"}));

INSTANTIATE_TEST_SUITE_P(
    SizeLine, MatrixMarketRefused,
    ::testing::Values(
        Refused{SPC_REAL, ":1: the file ends before the size line"},
        Refused{SPC_REAL "%\n%\n", ":3: the file ends before the size line"},
        Refused{SPC_REAL "%\n\n%", ":4: the file ends before the size line"},
        Refused{SPC_REAL "3\n1 1\n", ":2: the line has 1 token, expected: rows columns entries"},
        Refused{SPC_REAL "3 3\n1 1 1\n",
                ":2: the line has 2 tokens, expected: rows columns entries"},
        Refused{SPC_REAL "3 3 1 1\n1 1 1\n",
                ":2: the line has 4 tokens, expected: rows columns entries"},
        Refused{SPC_BANNER "array real general\n3 3 9\n",
                ":2: the line has 3 tokens, expected: rows columns"},
        Refused{SPC_REAL "x 3 1\n", ":2: the number of rows 'x' is not an integer"},
        Refused{SPC_REAL "3 3.0 1\n", ":2: the number of columns '3.0' is not an integer"},
        Refused{SPC_REAL "3 3 -1\n", ":2: the number of entries is -1, expected at least 0"},
        Refused{SPC_REAL "-3 3 1\n", ":2: the number of rows is -3, expected at least 0"},
        Refused{SPC_REAL "9223372036854775808 1 1\n",
                ":2: the number of rows '9223372036854775808' does not fit in int64"},
        Refused{SPC_REAL "1 1 99999999999999999999\n1 1 1\n",
                ":2: the number of entries '99999999999999999999' does not fit in int64"},
        Refused{SPC_REAL "1 1 1000000000000\n1 1 1\n",
                ":2: the size line promises 1000000000000 entries, more than a file of 70 bytes "
                "can hold"},
        Refused{SPC_BANNER "array real general\n4000000000 4000000000\n1\n",
                ":2: 4000000000 by 4000000000 has more entries than fit in int64"},
        Refused{SPC_BANNER "array real symmetric\n9223372036854775807 9223372036854775807\n1\n",
                ":2: 9223372036854775807 by 9223372036854775807 has more entries than fit in "
                "int64"},
        Refused{SPC_BANNER "array real general\n100000 100000\n1\n",
                ":2: the size line promises 10000000000 entries, more than a file of 57 bytes can "
                "hold"},
        Refused{SPC_SYMMETRIC "2 3 0\n",
                ":2: symmetry symmetric needs a square matrix, the size is 2 by 3"},
        Refused{SPC_BANNER "array complex hermitian\n1 2\n",
                ":2: symmetry hermitian needs a square matrix, the size is 1 by 2"}));

INSTANTIATE_TEST_SUITE_P(
    Body, MatrixMarketRefused,
    ::testing::Values(
        Refused{SPC_REAL "2 2 2\n1 1 1\n",
                ":3: the file ends after 1 of the 2 entries that line 2 promises"},
        Refused{SPC_REAL "%\n2 2 2\n1 1 1\n\n% more",
                ":6: the file ends after 1 of the 2 entries that line 3 promises"},
        Refused{SPC_REAL "2 2 1",
                ":2: the file ends after 0 of the 1 entries that line 2 promises"},
        Refused{SPC_REAL "2 2 1\n1 1 1\n\n2 2 2\n",
                ":5: there are more than the 1 entries that line 2 promises"},
        Refused{SPC_REAL "2 2 0\nx\n",
                ":3: there are more than the 0 entries that line 2 promises"},
        Refused{SPC_BANNER "array real general\n1 1\n1\n2\n",
                ":4: there are more than the 1 entries that line 2 promises"},
        Refused{SPC_REAL "2 2 1\n1 1\n", ":3: the line has 2 tokens, expected: row column value"},
        Refused{SPC_REAL "2 2 1\n1\n", ":3: the line has 1 token, expected: row column value"},
        Refused{SPC_REAL "2 2 1\n1 1 1 0\n",
                ":3: the line has 4 tokens, expected: row column value"},
        Refused{SPC_REAL "2 2 1\n1 1 1 % no\n",
                ":3: the line has 5 tokens, expected: row column value"},
        Refused{SPC_BANNER "coordinate pattern general\n2 2 1\n1 1 1\n",
                ":3: the line has 3 tokens, expected: row column"},
        Refused{SPC_BANNER "coordinate complex general\n2 2 1\n1 1 1\n",
                ":3: the line has 3 tokens, expected: row column real-part imaginary-part"},
        Refused{SPC_BANNER "array real general\n1 2\n1 2\n",
                ":3: the line has 2 tokens, expected: value"},
        Refused{SPC_REAL "2 2 1\n0 1 1\n", ":3: row index 0 is outside 1..2"},
        Refused{SPC_REAL "2 2 1\n3 1 1\n", ":3: row index 3 is outside 1..2"},
        Refused{SPC_REAL "2 2 1\n1 -1 1\n", ":3: column index -1 is outside 1..2"},
        Refused{SPC_REAL "0 0 1\n1 1 1\n", ":3: row index 1 is outside 1..0"},
        Refused{SPC_REAL "2 2 1\n1 99999999999999999999 1\n",
                ":3: column index '99999999999999999999' does not fit in int64"},
        Refused{SPC_REAL "2 2 1\n1.5 1 1\n", ":3: row index '1.5' is not an integer"},
        Refused{SPC_REAL "2 2 1\n1 1 x\n", ":3: value 'x' is not a number"},
        Refused{SPC_REAL "2 2 1\n1 1 1.5x\n", ":3: value '1.5x' is not a number"},
        Refused{SPC_REAL "2 2 1\n1 1 1d3\n", ":3: value '1d3' is not a number"},
        Refused{SPC_REAL "2 2 1\n1 1 0x10\n", ":3: value '0x10' is not a number"},
        Refused{SPC_REAL "2 2 1\n1 1 1,5\n", ":3: value '1,5' is not a number"},
        Refused{SPC_REAL "2 2 1\n1 1 --1\n", ":3: value '--1' is not a number"},
        Refused{SPC_REAL "2 2 1\n1 1 +-1\n", ":3: value '+-1' is not a number"},
        Refused{SPC_REAL "2 2 1\n1 1 +\n", ":3: value '+' is not a number"},
        Refused{SPC_REAL "2 2 1\n1 1 1e\n", ":3: value '1e' is not a number"},
        Refused{SPC_REAL "2 2 1\n1 1 1\r\r\n", ":3: value '1\\x0d' is not a number"},
        Refused{SPC_REAL "2 2 1\n1 1 -1e400\n", ":3: value '-1e400' does not fit in float64"},
        Refused{SPC_BANNER "coordinate complex general\n2 2 1\n1 1 1 1i\n",
                ":3: imaginary part '1i' is not a number"},
        Refused{SPC_BANNER "coordinate integer general\n2 2 1\n1 1 1.0\n",
                ":3: value '1.0' is not an integer"},
        Refused{SPC_BANNER "coordinate integer general\n2 2 1\n1 1 9223372036854775808\n",
                ":3: value '9223372036854775808' does not fit in int64"}));

INSTANTIATE_TEST_SUITE_P(
    Symmetry, MatrixMarketRefused,
    ::testing::Values(
        Refused{SPC_SYMMETRIC "2 2 1\n1 2 1\n",
                ":3: entry (1, 2) is above the diagonal, symmetry symmetric stores what is below "
                "or on it"},
        Refused{SPC_BANNER "coordinate real skew-symmetric\n2 2 1\n% c\n2 2 0\n",
                ":4: entry (2, 2) is on the diagonal, symmetry skew-symmetric stores what is "
                "below"},
        Refused{SPC_BANNER "coordinate complex hermitian\n2 2 1\n2 2 1 1\n",
                ":3: value (1, 1) on the diagonal is not possible in symmetry hermitian"},
        Refused{SPC_BANNER "array complex hermitian\n2 2\n1 0\n1 1\n2 .5\n",
                ":5: value (2, 0.5) on the diagonal is not possible in symmetry hermitian"},
        Refused{SPC_BANNER "array real skew-symmetric\n3 3\n1\n2\n3\n4\n",
                ":6: there are more than the 3 entries that line 2 promises"},
        Refused{SPC_BANNER "array real symmetric\n3 3\n1\n2\n3\n4\n5\n",
                ":7: the file ends after 5 of the 6 entries that line 2 promises"},
        Refused{SPC_BANNER "coordinate integer skew-symmetric\n2 2 1\n2 1 -9223372036854775808\n",
                ":3: value -9223372036854775808 with its mirror is not possible in symmetry "
                "skew-symmetric"},
        Refused{SPC_BANNER "coordinate integer general\n2 2 3\n1 1 9223372036854775807\n2 2 1\n"
                           "1 1 1\n",
                ":5: with value 1, the sum of entry (1, 1) does not fit in int64"},
        Refused{SPC_BANNER "coordinate integer symmetric\n3 3 4\n1 1 1\n2 1 9223372036854775807\n"
                           "% c\n2 2 5\n2 1 2\n",
                ":7: with value 2, the sum of entry (2, 1) does not fit in int64"}));

TEST(MatrixMarketRead, NulBytesAreNoNumbers) {
  const Scratch scratch;
  const std::string path = scratch.file("a.mtx", real_general + "1 1 1\n1 1 1" + '\0' + "\n");
  EXPECT_EQ(error_of(SPC_E_FILE, [&] { read_matrix_market(path); }),
            path + ":3: value '1\\x00' is not a number");
  const std::string zeros = scratch.file("b.mtx", std::string(1000, '\0'));
  EXPECT_NE(error_of(SPC_E_FILE, [&] { read_matrix_market(zeros); }).find(":1: "),
            std::string::npos);
}

TEST(MatrixMarketRead, HugeTokensAreCutInMessages) {
  const Scratch scratch;
  const std::string path =
      scratch.file("a.mtx", real_general + "1 1 1\n1 1 " + std::string(5'000'000, 'z') + "\n");
  const std::string error = error_of(SPC_E_FILE, [&] { read_matrix_market(path); });
  EXPECT_EQ(error, path + ":3: value '" + std::string(40, 'z') + "...' is not a number");
  // A long number is a number.
  const MatrixMarket m = read_text(real_general + "1 1 1\n1 1 " + std::string(300, '0') + "1." +
                                   std::string(100'000, '0') + "\n");
  EXPECT_EQ(m.values, Doubles{1});
}

TEST(MatrixMarketRead, WhatIsNoFile) {
  const Scratch scratch;
  const std::string missing = scratch.path("missing.mtx");
  EXPECT_EQ(error_of(SPC_E_FILE, [&] { read_matrix_market(missing); }),
            missing + ": cannot be opened: No such file or directory");
  const std::string directory = scratch.path("");
  EXPECT_EQ(error_of(SPC_E_FILE, [&] { read_matrix_market(directory); }),
            directory + ": is a directory, not a file");
  EXPECT_EQ(error_of(SPC_E_FILE, [&] { read_matrix_market("/dev/zero"); }),
            "/dev/zero: is neither a regular file nor a pipe");
  EXPECT_EQ(error_of(SPC_E_FILE, [&] { read_matrix_market_info(""); }),
            ": cannot be opened: No such file or directory");
  if (::geteuid() != 0) {
    const std::string locked = scratch.file("locked.mtx", "x");
    ::chmod(locked.c_str(), 0);
    EXPECT_EQ(error_of(SPC_E_FILE, [&] { read_matrix_market(locked); }),
              locked + ": cannot be opened: Permission denied");
  }
}

// ---- files from elsewhere ----------------------------------------------------------------------

struct Known {
  const char *name;
  std::int64_t rows, cols;
  std::size_t expanded;
};

class MatrixMarketKnown : public ::testing::TestWithParam<Known> {};

TEST_P(MatrixMarketKnown, Reads) {
  SPC_NEED_DATA();
  const Known &known = GetParam();
  const MatrixMarket m = read_matrix_market(data_file(known.name));

  EXPECT_EQ(m.rows, known.rows);
  EXPECT_EQ(m.cols, known.cols);
  if (m.coordinate) {
    EXPECT_EQ(m.row.size(), known.expanded);
    EXPECT_EQ(m.col.size(), known.expanded);
  }
  EXPECT_EQ(m.values.size(), values_per_entry(m.field) * known.expanded);
  for (std::size_t k = 1; k < m.row.size(); ++k)
    ASSERT_TRUE(m.row[k - 1] < m.row[k] || (m.row[k - 1] == m.row[k] && m.col[k - 1] < m.col[k]));
}

INSTANTIATE_TEST_SUITE_P(
    Data, MatrixMarketKnown,
    ::testing::Values(Known{"494_bus.mtx", 494, 494, 1666}, Known{"LFAT5.mtx", 14, 14, 46},
                      Known{"bcsstk13.mtx", 2003, 2003, 83883}, Known{"west0067.mtx", 67, 67, 294},
                      Known{"west0479.mtx", 479, 479, 1910}, Known{"olm1000.mtx", 1000, 1000, 3996},
                      Known{"young1c.mtx", 841, 841, 4089}, Known{"ash219.mtx", 219, 85, 438},
                      Known{"lp_e226.mtx", 223, 472, 2768}, Known{"karate.mtx", 34, 34, 156},
                      Known{"jagmesh7.mtx", 1138, 1138, 7450}, Known{"complex.mtx", 3, 3, 9},
                      Known{"full_symmetric.mtx", 4, 4, 16}, Known{"comments_full.mtx", 3, 3, 9},
                      Known{"skew_fp64.mtx", 6, 6, 20}));

TEST(MatrixMarketKnownValues, AgreeWithTheFiles) {
  SPC_NEED_DATA();
  const MatrixMarket full = read_matrix_market(data_file("full_symmetric.mtx"));
  EXPECT_EQ(full.values[1], 18.18952178955078);    // (2, 1)
  EXPECT_EQ(full.values[4], 18.18952178955078);    // (1, 2)
  EXPECT_EQ(full.values[14], 19.899736404418945);  // (3, 4)
  const MatrixMarket skew = read_matrix_market(data_file("skew_fp64.mtx"));
  EXPECT_EQ(skew.values[0], .12565458736262625);  // (1, 4)
  EXPECT_EQ(skew.values[1], -INFINITY);           // (1, 5)
  const MatrixMarket young = read_matrix_market(data_file("young1c.mtx"));
  EXPECT_EQ(young.values[young.values.size() - 2], -218.46);
}

TEST_P(MatrixMarketKnown, RoundTrips) {
  SPC_NEED_DATA();
  const Scratch scratch;
  const std::string path = scratch.path("out.mtx");
  const MatrixMarket m = read_matrix_market(data_file(GetParam().name));

  write_matrix_market(path, m);
  const MatrixMarket again = read_matrix_market(path);

  EXPECT_EQ(again.symmetry, m.symmetry);
  EXPECT_EQ(again.field, m.field);
  EXPECT_EQ(again.row, m.row);
  EXPECT_EQ(again.col, m.col);
  EXPECT_EQ(again.values, m.values);
  EXPECT_EQ(read_matrix_market_info(path).entries,
            read_matrix_market_info(data_file(GetParam().name)).entries);
}

TEST(MatrixMarketMalformed, EachFileIsRefusedWithItsLine) {
  SPC_NEED_DATA();
  const std::vector<std::pair<std::string, std::string>> expected{
      {"bad_dimensions.mtx", ":3: the file ends before the size line"},
      {"bad_header.mtx", ":1: the banner's symmetry is 'bogus', "},
      {"mangled1.mtx", ":1: the banner's object is 'mangled', "},
      {"mangled2.mtx", ":1: the banner's format is 'mangled', "},
      {"mangled3.mtx", ":1: the banner's field is 'mangled', "},
      {"mangled4.mtx", ":1: the banner's symmetry is 'mangled', "},
      {"mangled5.mtx", ":1: symmetry hermitian is not defined for field pattern"},
      {"mangled6.mtx", ":1: symmetry hermitian is not defined for field real"},
      {"mangled8.mtx", ":4: the line has 1 token, expected: rows columns entries"}};
  for (const auto &[name, error] : expected) {
    const std::string path = data_file("malformed/" + name);
    EXPECT_EQ(error_of(SPC_E_FILE, [&] { read_matrix_market(path); })
                  .substr(0, path.size() + error.size()),
              path + error);
  }
  // Any other file there has to be refused as well.
  for (const auto &entry : std::filesystem::directory_iterator(data_file("malformed"))) {
    const std::string path = entry.path().string();
    EXPECT_EQ(error_of(SPC_E_FILE, [&] { read_matrix_market(path); }).find(path + ":"), 0U);
  }
}

}  // namespace
}  // namespace spc::io
