// SPDX-License-Identifier: Apache-2.0
// Writing Matrix Market files: the text, the way back, and what remains after a failure.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <bit>
#include <cmath>
#include <random>

#include "core/io/file.hpp"
#include "core/io/matrix_market.hpp"
#include "tests/io/scratch.hpp"

namespace spc::io {
namespace {

using test::error_of;
using test::Scratch;
using test::text_of;
using Field = MatrixMarketField;
using Symmetry = MatrixMarketSymmetry;

MatrixMarket coordinate(Field field, Symmetry symmetry, std::int64_t n) {
  MatrixMarket m;
  m.field = field;
  m.symmetry = symmetry;
  m.rows = m.cols = n;
  return m;
}

MatrixMarket array(Field field, Symmetry symmetry, std::int64_t rows, std::int64_t cols) {
  MatrixMarket m = coordinate(field, symmetry, rows);
  m.coordinate = false;
  m.cols = cols;
  return m;
}

TEST(MatrixMarketWrite, Text) {
  const Scratch scratch;
  const std::string path = scratch.path("a.mtx");
  MatrixMarket m = coordinate(Field::real, Symmetry::general, 3);
  m.row = {2, 0, 0};
  m.col = {1, 0, 0};
  m.values = {0.1, 1, -std::nan("")};

  write_matrix_market(path, m, "first\nsecond");

  EXPECT_EQ(text_of(path),
            "%%MatrixMarket matrix coordinate real general\n% first\n% second\n3 3 3\n"
            "3 2 0.10000000000000001\n1 1 1\n1 1 nan\n");
  EXPECT_EQ(scratch.names(), std::vector<std::string>{"a.mtx"});

  m = array(Field::complex, Symmetry::hermitian, 2, 2);
  m.values = {1, 0, 2, 3, 2, -3, 4, 0};
  write_matrix_market(path, m, "");
  EXPECT_EQ(text_of(path), "%%MatrixMarket matrix array complex hermitian\n2 2\n1 0\n2 3\n4 0\n");

  m = array(Field::integer, Symmetry::skew_symmetric, 2, 2);
  m.integers = {0, 9007199254740993, -9007199254740993, 0};
  write_matrix_market(path, m);
  EXPECT_EQ(text_of(path),
            "%%MatrixMarket matrix array integer skew-symmetric\n2 2\n9007199254740993\n");

  m = coordinate(Field::pattern, Symmetry::symmetric, 2);
  m.row = {1, 0};
  m.col = {0, 1};
  m.values = {1, 1};
  write_matrix_market(path, m);
  EXPECT_EQ(text_of(path), "%%MatrixMarket matrix coordinate pattern symmetric\n2 2 1\n2 1\n");
}

TEST(MatrixMarketWrite, EveryBitOfADoubleComesBack) {
  const Scratch scratch;
  const std::string path = scratch.path("a.mtx");
  std::mt19937_64 random(1);
  MatrixMarket m = array(Field::real, Symmetry::general, 50000, 1);
  m.values = {0.0,      -0.0,      5e-324, -2.2250738585072009e-308, 1.7976931348623157e308,
              INFINITY, -INFINITY, 1.0 / 3};
  while (m.values.size() < 50000) {
    const auto value = std::bit_cast<double>(random());
    m.values.push_back(std::isnan(value) ? 1 : value);
  }

  write_matrix_market(path, m);
  const MatrixMarket again = read_matrix_market(path);

  ASSERT_EQ(again.values.size(), m.values.size());
  for (std::size_t k = 0; k < m.values.size(); ++k)
    ASSERT_EQ(std::bit_cast<std::uint64_t>(again.values[k]),
              std::bit_cast<std::uint64_t>(m.values[k]));
}

// Each combination of format, field and symmetry that the format has: full matrix, file, full
// matrix.
TEST(MatrixMarketWrite, EveryKindRoundTrips) {
  const Scratch scratch;
  const std::string path = scratch.path("a.mtx");
  std::mt19937 random(2);
  int kinds = 0;
  for (int f = 0; f < 4; ++f)
    for (int s = 0; s < 4; ++s)
      for (const bool sparse : {false, true}) {
        const auto field = static_cast<Field>(f);
        const auto symmetry = static_cast<Symmetry>(s);
        if (!refused_combination(sparse, field, symmetry).empty()) continue;
        ++kinds;
        constexpr std::int64_t n = 9;
        MatrixMarket m = coordinate(field, symmetry, n);
        m.coordinate = sparse;
        const auto at = [&](std::int64_t i, std::int64_t j) {
          // A value that depends on the unordered pair only, mirrored above the diagonal.
          const std::int64_t low = std::max(i, j), high = std::min(i, j);
          std::int64_t re = 17 * low + high + 1, im = 3 * low - 5 * high;
          if (symmetry == Symmetry::general) re += i < j ? 100 : 0;
          if (symmetry == Symmetry::skew_symmetric) {
            re = i == j ? 0 : i < j ? -re : re;
            im = i == j ? 0 : i < j ? -im : im;
          }
          if (symmetry == Symmetry::hermitian) im = i == j ? 0 : i < j ? -im : im;
          if (field == Field::integer) {
            m.integers.push_back(re);
          } else {
            m.values.push_back(field == Field::pattern ? 1.0 : static_cast<double>(re) / 7);
            if (field == Field::complex) m.values.push_back(static_cast<double>(im) / 7);
          }
        };
        for (std::int64_t a = 0; a < n; ++a)
          for (std::int64_t b = 0; b < n; ++b) {
            const std::int64_t i = sparse ? a : b, j = sparse ? b : a;
            if (sparse && (i * j + i + j) % 3 == 0) continue;
            if (sparse && symmetry == Symmetry::skew_symmetric && i == j) continue;
            if (sparse) {
              m.row.push_back(i);
              m.col.push_back(j);
            }
            at(i, j);
          }

        write_matrix_market(path, m);
        const MatrixMarket again = read_matrix_market(path);

        EXPECT_EQ(again.coordinate, sparse);
        EXPECT_EQ(again.field, field);
        EXPECT_EQ(again.symmetry, symmetry);
        EXPECT_EQ(again.row, m.row);
        EXPECT_EQ(again.col, m.col);
        EXPECT_EQ(again.values, m.values);
        EXPECT_EQ(again.integers, m.integers);
      }
  EXPECT_EQ(kinds, 22);
}

TEST(MatrixMarketWrite, UnsortedEntriesAndDuplicatesOfASymmetricMatrix) {
  const Scratch scratch;
  const std::string path = scratch.path("a.mtx");
  MatrixMarket m = coordinate(Field::real, Symmetry::symmetric, 2);
  m.row = {1, 0, 1, 0, 1};
  m.col = {0, 1, 0, 0, 1};
  m.values = {1, 3, 2, 5, 6};
  write_matrix_market(path, m);
  EXPECT_EQ(text_of(path),
            "%%MatrixMarket matrix coordinate real symmetric\n2 2 3\n1 1 5\n2 1 3\n2 2 6\n");
}

TEST(MatrixMarketWrite, RefusesWhatIsNotSymmetric) {
  const Scratch scratch;
  const std::string path = scratch.path("a.mtx");
  const auto refused = [&](const MatrixMarket &m) {
    return error_of(SPC_E_VALUE, [&] { write_matrix_market(path, m); });
  };
  MatrixMarket m = array(Field::real, Symmetry::symmetric, 2, 2);
  m.values = {1, 2, 2.5, 1};
  EXPECT_EQ(refused(m),
            "mm_write: the matrix is not symmetric: element [1, 0] is 2, element [0, 1] "
            "is 2.5");
  m.symmetry = Symmetry::skew_symmetric;
  m.values = {std::nan(""), 2, -2, 0};
  EXPECT_EQ(refused(m),
            "mm_write: the matrix is not skew-symmetric: element [0, 0] is nan, element "
            "[0, 0] is nan");
  m.cols = 1;
  EXPECT_EQ(refused(m),
            "mm_write: symmetry skew-symmetric needs a square matrix, the size is 2 by "
            "1");
  m.symmetry = Symmetry::hermitian;
  EXPECT_EQ(refused(m), "mm_write: symmetry hermitian is not defined for field real");

  m = coordinate(Field::complex, Symmetry::hermitian, 3);
  m.row = {0, 1, 2};
  m.col = {1, 0, 2};
  m.values = {1, 2, 1, -2, 3, 1e-30};
  EXPECT_EQ(refused(m),
            "mm_write: the matrix is not hermitian: element [2, 2] is (3, 1e-30), "
            "element [2, 2] is (3, 1e-30)");
  m.col = {2, 0, 2};
  EXPECT_EQ(refused(m),
            "mm_write: the matrix is not hermitian: element [1, 0] is stored, element "
            "[0, 1] is not");

  m = coordinate(Field::integer, Symmetry::skew_symmetric, 2);
  m.row = {0, 1};
  m.col = {1, 0};
  m.integers = {INT64_MIN, INT64_MIN};
  EXPECT_NE(refused(m).find("not skew-symmetric"), std::string::npos);
  m.symmetry = Symmetry::symmetric;
  m.row = {0, 0};
  m.col = {0, 0};
  EXPECT_EQ(refused(m),
            "mm_write: the sum of the duplicates of element [0, 0] does not fit in "
            "int64");
  EXPECT_TRUE(scratch.names().empty());
}

// ---- the file itself ---------------------------------------------------------------------------

MatrixMarket ones(std::int64_t n) {
  MatrixMarket m = array(Field::real, Symmetry::general, n, 1);
  m.values.assign(static_cast<std::size_t>(n), 1.0 / 3);
  return m;
}

TEST(OutputFile, ReplacesThroughALinkAndKeepsPermissions) {
  const Scratch scratch;
  const std::string path = scratch.file("real.mtx", "old");
  ::chmod(path.c_str(), 0640);
  const std::string link = scratch.path("link.mtx");
  std::filesystem::create_symlink("real.mtx", link);

  write_matrix_market(link, ones(1));

  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(read_matrix_market(path).rows, 1);
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640U);
  EXPECT_EQ(scratch.names().size(), 2U);
}

TEST(OutputFile, NothingAppearsBeforeCommit) {
  const Scratch scratch;
  const std::string path = scratch.file("a.mtx", "old");
  {
    OutputFile file(path);
    file.write("new");
    EXPECT_EQ(scratch.names().size(), 2U);
  }
  EXPECT_EQ(text_of(path), "old");
  EXPECT_EQ(scratch.names(), std::vector<std::string>{"a.mtx"});
}

TEST(OutputFile, DevicesAreWrittenToAndNotReplaced) {
  write_matrix_market("/dev/null", ones(10));
  struct stat status {};
  ASSERT_EQ(::stat("/dev/null", &status), 0);
  EXPECT_TRUE(S_ISCHR(status.st_mode));
  EXPECT_EQ(error_of(SPC_E_FILE, [&] { write_matrix_market("/dev/full", ones(10)); }),
            "/dev/full: cannot be written: No space left on device");
}

TEST(OutputFile, FailureLeavesTheOldFileAlone) {
  const Scratch scratch;
  const std::string path = scratch.file("a.mtx", "old");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{100'000, before.rlim_max};
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);

  const std::string error = error_of(SPC_E_FILE, [&] { write_matrix_market(path, ones(200'000)); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);

  EXPECT_EQ(error, path + ": cannot be written: File too large");
  EXPECT_EQ(text_of(path), "old");
  EXPECT_EQ(scratch.names(), std::vector<std::string>{"a.mtx"});
}

TEST(OutputFile, BadNames) {
  const Scratch scratch;
  EXPECT_EQ(error_of(SPC_E_FILE, [&] { write_matrix_market(scratch.path(""), ones(1)); }),
            scratch.path("") + ": is a directory, not a file");
  const std::string nowhere = scratch.path("no/such/a.mtx");
  EXPECT_EQ(error_of(SPC_E_FILE, [&] { write_matrix_market(nowhere, ones(1)); }),
            nowhere + ": cannot be created: No such file or directory");
  const std::string longest = scratch.path(std::string(255, 'a'));
  write_matrix_market(longest, ones(1));
  EXPECT_EQ(read_matrix_market(longest).rows, 1);
  const std::string longer = scratch.path(std::string(256, 'a'));
  EXPECT_EQ(error_of(SPC_E_FILE, [&] { write_matrix_market(longer, ones(1)); }),
            longer + ": cannot be replaced: File name too long");
  EXPECT_EQ(scratch.names().size(), 1U);
}

}  // namespace
}  // namespace spc::io
