// SPDX-License-Identifier: Apache-2.0
// Matrix Market files through the C API, into and out of every family.
#include <complex>
#include <cstdlib>

#include "tests/io/scratch.hpp"
#include "tests/support/algebra.hpp"
#include "tests/support/c_api.hpp"

namespace {

using spc::test::data_file;
using spc::test::Scratch;
using spc::test::text_of;
using test::Array;
using test::check;
using test::dtype_of;
using test::expect_error;
using test::last_error;
using test::Shape;
using test::shape_of;
using test::values;
using Complex = std::complex<double>;

const std::string unsymmetric =
    "%%MatrixMarket matrix coordinate real general\n3 4 5\n3 1 5\n1 4 -2.5\n1 2 1e3\n2 2 .5\n1 4 "
    "1\n";

class MatrixMarketApi : public test::OnFamily {
 protected:
  spc_status try_read(const std::string &path, const char *format, int32_t dtype, Array &out) {
    return spc_mm_read(path.c_str(), ctx, format, dtype, out.out());
  }
  Array read(const std::string &path, const char *format, int32_t dtype = SPC_DTYPE_NONE) {
    Array out;
    check(try_read(path, format, dtype, out));
    return out;
  }
  std::string write(spc_array a, int32_t symmetry, const char *comment = nullptr) {
    const std::string path = scratch.path("out.mtx");
    check(spc_mm_write(path.c_str(), a, symmetry, comment));
    return path;
  }

  const Scratch scratch;
};

SPC_ON_EVERY_FAMILY(MatrixMarketApi);

struct Parts {
  explicit Parts(spc_array a) { check(spc_sparse_parts(a, first.out(), second.out(), data.out())); }
  Array first, second, data;
};

TEST_P(MatrixMarketApi, CoordinateFileGivesCsr) {
  const Array a = read(scratch.file("a.mtx", unsymmetric), nullptr);

  int32_t format = -1;
  check(spc_sparse_format(a, &format));
  const Parts parts(a);
  EXPECT_EQ(format, SPC_CSR);
  EXPECT_EQ(test::family_of(a), GetParam());
  EXPECT_EQ(shape_of(a), (Shape{3, 4}));
  EXPECT_EQ(dtype_of(a), SPC_FLOAT64);
  EXPECT_EQ(values<int32_t>(parts.first), (std::vector<int32_t>{0, 2, 3, 4}));
  EXPECT_EQ(values<int32_t>(parts.second), (std::vector<int32_t>{1, 3, 1, 0}));
  EXPECT_EQ(values<double>(parts.data), (std::vector<double>{1000, -1.5, 0.5, 5}));
}

TEST_P(MatrixMarketApi, OtherFormats) {
  const std::string path = scratch.file("a.mtx", unsymmetric);
  const Array coo = read(path, "coo"), csc = read(path, "csc");
  const Parts entries(coo), columns(csc);

  EXPECT_EQ(values<int32_t>(entries.first), (std::vector<int32_t>{0, 0, 1, 2}));
  EXPECT_EQ(values<int32_t>(entries.second), (std::vector<int32_t>{1, 3, 1, 0}));
  EXPECT_EQ(values<int32_t>(columns.first), (std::vector<int32_t>{0, 1, 3, 3, 4}));
  EXPECT_EQ(values<int32_t>(columns.second), (std::vector<int32_t>{2, 0, 1, 0}));
  EXPECT_EQ(values<double>(columns.data), (std::vector<double>{5, 1000, 0.5, -1.5}));
  EXPECT_EQ(values<float>(read(path, "dense", SPC_FLOAT32)),
            (std::vector<float>{0, 1000, 0, -1.5F, 0, 0.5F, 0, 0, 5, 0, 0, 0}));
}

TEST_P(MatrixMarketApi, ArrayFileGivesADenseArray) {
  const std::string path = scratch.file(
      "a.mtx", "%%MatrixMarket matrix array complex general\n2 2\n1 2\n3 4\n5 6\n7 8\n");
  EXPECT_EQ(values<Complex>(read(path, nullptr)),
            (std::vector<Complex>{{1, 2}, {5, 6}, {3, 4}, {7, 8}}));
  EXPECT_EQ(values<std::complex<float>>(Parts(read(path, "csr", SPC_COMPLEX64)).data),
            (std::vector<std::complex<float>>{{1, 2}, {5, 6}, {3, 4}, {7, 8}}));
}

TEST_P(MatrixMarketApi, IntegersAreFloat64UnlessADtypeIsAskedFor) {
  const std::string path = scratch.file(
      "a.mtx",
      "%%MatrixMarket matrix coordinate integer general\n1 2 2\n1 1 9007199254740993\n1 2 -3\n");
  EXPECT_EQ(values<double>(read(path, "dense")), (std::vector<double>{9007199254740992.0, -3}));
  EXPECT_EQ(values<int64_t>(Parts(read(path, nullptr, SPC_INT64)).data),
            (std::vector<int64_t>{9007199254740993, -3}));
  EXPECT_EQ(values<Complex>(read(path, "dense", SPC_COMPLEX128)),
            (std::vector<Complex>{9007199254740992.0, -3}));
}

TEST_P(MatrixMarketApi, PatternEntriesAreOne) {
  const std::string path =
      scratch.file("a.mtx", "%%MatrixMarket matrix coordinate pattern symmetric\n2 2 1\n2 1\n");
  EXPECT_EQ(values<double>(read(path, "dense")), (std::vector<double>{0, 1, 1, 0}));
}

TEST_P(MatrixMarketApi, EmptyMatrices) {
  const Array sparse = read(
      scratch.file("a.mtx", "%%MatrixMarket matrix coordinate real general\n3 0 0\n"), nullptr);
  int64_t nnz = -1;
  check(spc_sparse_nnz(sparse, &nnz));
  EXPECT_EQ(nnz, 0);
  EXPECT_EQ(shape_of(sparse), (Shape{3, 0}));
  EXPECT_EQ(shape_of(read(scratch.file("b.mtx", "%%MatrixMarket matrix array real general\n0 2\n"),
                          nullptr)),
            (Shape{0, 2}));
}

TEST_P(MatrixMarketApi, MoreRowsThanMemory) {
  const std::string path = scratch.file(
      "a.mtx",
      "%%MatrixMarket matrix coordinate real general\n% c\n1000000000000000 1000000000000000 1\n"
      "1000000000000000 3 2\n");
  EXPECT_EQ(values<int64_t>(Parts(read(path, "coo")).first),
            (std::vector<int64_t>{999999999999999}));
  for (const std::string format : {"csr", "csc", "dense"}) {
    Array a;
    expect_error(try_read(path, format.c_str(), SPC_DTYPE_NONE, a), SPC_E_MEMORY,
                 {(path + ":3: a matrix of 1000000000000000 by 1000000000000000 as " + format +
                   " exceeds the ")
                      .c_str()});
  }
}

// ---- writing -----------------------------------------------------------------------------------

TEST_P(MatrixMarketApi, WritesDenseArraysColumnByColumn) {
  const Array matrix = test::array<double>(ctx, {2, 3}, {1, 2, 3, 4, 5, 0.1});
  EXPECT_EQ(text_of(write(matrix, SPC_MM_GENERAL, "two by three")),
            "%%MatrixMarket matrix array real general\n% two by three\n2 3\n1\n4\n2\n5\n3\n"
            "0.10000000000000001\n");

  Array transposed;
  check(spc_transpose(matrix, SPC_ALL_AXES, nullptr, transposed.out()));
  EXPECT_EQ(text_of(write(transposed, SPC_MM_GENERAL)),
            "%%MatrixMarket matrix array real general\n3 2\n1\n2\n3\n4\n5\n0.10000000000000001\n");

  const Array x = test::vector<float>(ctx, {1, 0.1F, -2});
  EXPECT_EQ(text_of(write(x, SPC_MM_GENERAL)),
            "%%MatrixMarket matrix array real general\n3 1\n1\n0.10000000149011612\n-2\n");
  EXPECT_EQ(text_of(write(test::array<int64_t>(ctx, {}, {7}), SPC_MM_GENERAL)),
            "%%MatrixMarket matrix array integer general\n1 1\n7\n");
}

TEST_P(MatrixMarketApi, EveryDtypeRoundTrips) {
  const std::vector<Complex> expected{0, 1, 0, 1, 0, 1};
  const Array source = test::array<double>(ctx, {2, 3}, {0, 1, 0, 1, 0, 1});
  for (int32_t dtype = 0; dtype < SPC_DTYPE_COUNT; ++dtype) {
    for (const std::string format : {"dense", "csr", "csc", "coo"}) {
      const bool dense = format == "dense";
      Array cast, a, got;
      check(spc_astype(source, dtype, cast.out()));
      check(dense ? spc_asarray(ctx, cast, dtype, a.out())
                  : spc_assparse(ctx, cast, format.c_str(), dtype, a.out()));

      const std::string path = write(a, SPC_MM_GENERAL);
      const Array again = read(path, format.c_str(), dtype);
      spc_mm_header header = {};
      header.struct_size = sizeof header;
      check(spc_mm_info(path.c_str(), &header));

      EXPECT_EQ(dtype_of(again), dtype);
      check(spc_asarray(ctx, again, SPC_COMPLEX128, got.out()));
      EXPECT_EQ(values<Complex>(got), expected) << format << " " << dtype;
      EXPECT_EQ(header.coordinate, dense ? 0 : 1);
      EXPECT_EQ(header.field, dtype >= SPC_COMPLEX64 ? SPC_MM_COMPLEX
                              : dtype >= SPC_FLOAT32 ? SPC_MM_REAL
                                                     : SPC_MM_INTEGER);
      EXPECT_EQ(header.rows, 2);
      EXPECT_EQ(header.cols, 3);
      EXPECT_EQ(header.entries, dense ? 6 : 3);
    }
  }
}

TEST_P(MatrixMarketApi, SymmetryIsCheckedAndHalved) {
  const Array s = test::array<double>(ctx, {2, 2}, {1, 2, 2, 3});
  EXPECT_EQ(text_of(write(s, SPC_MM_SYMMETRIC)),
            "%%MatrixMarket matrix array real symmetric\n2 2\n1\n2\n3\n");
  const Array h = test::array<Complex>(ctx, {2, 2}, {1, Complex(0, 1), Complex(0, -1), 2});
  EXPECT_EQ(text_of(write(h, SPC_MM_HERMITIAN)),
            "%%MatrixMarket matrix array complex hermitian\n2 2\n1 0\n0 -1\n2 0\n");
  const Array u = test::array<double>(ctx, {2, 2}, {1, 2, 4, 3});
  expect_error(spc_mm_write(scratch.path("u.mtx").c_str(), u, SPC_MM_SYMMETRIC, nullptr),
               SPC_E_VALUE,
               {"mm_write: the matrix is not symmetric: element [1, 0] is 4, element [0, 1] is 2"});
}

TEST_P(MatrixMarketApi, RealFilesRoundTrip) {
  SPC_NEED_DATA();
  for (const char *name : {"494_bus.mtx", "young1c.mtx", "ash219.mtx", "lp_e226.mtx"}) {
    const Array a = read(data_file(name), nullptr);
    const Parts before(a), after(read(write(a, SPC_MM_GENERAL), nullptr));
    EXPECT_EQ(values<int32_t>(before.first), values<int32_t>(after.first));
    EXPECT_EQ(values<int32_t>(before.second), values<int32_t>(after.second));
    if (dtype_of(a) == SPC_COMPLEX128)
      EXPECT_EQ(values<Complex>(before.data), values<Complex>(after.data));
    else
      EXPECT_EQ(values<double>(before.data), values<double>(after.data));
  }
}

// ---- refused -----------------------------------------------------------------------------------

TEST_P(MatrixMarketApi, MalformedFiles) {
  SPC_NEED_DATA();
  for (const auto &entry : std::filesystem::directory_iterator(data_file("malformed"))) {
    const std::string path = entry.path().string();
    Array a;
    EXPECT_EQ(try_read(path, nullptr, SPC_DTYPE_NONE, a), SPC_E_FILE) << path;
    EXPECT_EQ(static_cast<spc_array>(a), nullptr);
    ASSERT_EQ(last_error().find(path + ":"), 0U) << last_error();
    EXPECT_GE(std::stol(last_error().substr(path.size() + 1)), 1);
  }
}

TEST_P(MatrixMarketApi, Errors) {
  const std::string real = scratch.file("a.mtx", unsymmetric);
  const std::string complex =
      scratch.file("c.mtx", "%%MatrixMarket matrix coordinate complex general\n1 1 1\n1 1 1 0\n");
  const std::string missing = scratch.path("none.mtx");
  Array a;
  expect_error(try_read(missing, nullptr, SPC_DTYPE_NONE, a), SPC_E_FILE,
               {(missing + ": cannot be opened: No such file or directory").c_str()});
  spc_error_info info = {};
  info.struct_size = sizeof info;
  check(spc_last_error(&info));
  EXPECT_STREQ(info.op, "mm_read");
  EXPECT_STREQ(info.kind, "FileErr");

  expect_error(try_read(real, "bsr", SPC_DTYPE_NONE, a), SPC_E_VALUE,
               {"mm_read: format is 'bsr', expected csr, csc, coo or dense"});
  expect_error(try_read(complex, nullptr, SPC_FLOAT64, a), SPC_E_TYPE,
               {(complex + ":1: field complex cannot be read as dtype float64").c_str()});
  expect_error(try_read(real, nullptr, 77, a), SPC_E_TYPE, {"mm_read", "77"});
  expect_error(spc_mm_read(nullptr, ctx, nullptr, SPC_DTYPE_NONE, a.out()), SPC_E_VALUE,
               {"mm_read: path is NULL"});
  expect_error(spc_mm_read(real.c_str(), ctx, nullptr, SPC_DTYPE_NONE, nullptr), SPC_E_VALUE,
               {"mm_read: out is NULL"});
  EXPECT_EQ(static_cast<spc_array>(a), nullptr);
}

TEST_P(MatrixMarketApi, WriteErrors) {
  const std::string path = scratch.path("out.mtx");
  const auto try_write = [&](spc_array a, int32_t symmetry) {
    return spc_mm_write(path.c_str(), a, symmetry, nullptr);
  };
  expect_error(try_write(test::weak(1.0), SPC_MM_GENERAL), SPC_E_TYPE, {"mm_write", "scalar"});
  expect_error(try_write(nullptr, SPC_MM_GENERAL), SPC_E_HANDLE, {"mm_write"});
  const Array cube = test::array<double>(ctx, {1, 1, 1}, {1});
  expect_error(try_write(cube, SPC_MM_GENERAL), SPC_E_VALUE,
               {"mm_write: the array has shape (1, 1, 1), expected at most 2 axes"});
  expect_error(try_write(cube, 4), SPC_E_VALUE, {"mm_write: symmetry is 4, expected 0 to 3"});
  EXPECT_TRUE(scratch.names().empty());
}

// Makes one allocation of a host buffer fail: the one after `left` others.
struct FailingAllocator {
  static void *allocate(void *user, uint64_t bytes, uint64_t align) {
    auto *self = static_cast<FailingAllocator *>(user);
    return self->left-- == 0 ? nullptr
                             : std::aligned_alloc(align, (bytes + align - 1) / align * align);
  }
  static void free(void *, void *data, uint64_t) { std::free(data); }
  int left = 0;
};

TEST_P(MatrixMarketApi, EveryFailedAllocationIsOutOfMemory) {
  const std::string path = scratch.file("a.mtx", unsymmetric);
  const std::string copy = scratch.path("b.mtx");
  // Static: the pool gives blocks back to the allocator that made them, at any later time.
  static FailingAllocator allocator;
  for (int k = 0;; ++k) {
    Array a;
    allocator.left = k;
    check(spc_set_allocator(FailingAllocator::allocate, FailingAllocator::free, &allocator));
    spc_status status = try_read(path, "csc", SPC_FLOAT32, a);
    if (status == SPC_OK) status = spc_mm_write(copy.c_str(), a, SPC_MM_GENERAL, nullptr);
    check(spc_set_allocator(nullptr, nullptr, nullptr));
    if (status == SPC_OK) break;
    ASSERT_EQ(status, SPC_E_MEMORY) << last_error();
    ASSERT_EQ(scratch.names(), std::vector<std::string>{"a.mtx"});
    ASSERT_LT(k, 1000);
  }
  EXPECT_EQ(values<float>(Parts(read(copy, "csc", SPC_FLOAT32)).data),
            (std::vector<float>{5, 1000, 0.5F, -1.5F}));
}

TEST(MatrixMarketOpaque, VectorsInAndOut) {
  test::load_opaque();
  const test::Context ctx = test::context("opaque");
  const Scratch scratch;
  const std::string text = "%%MatrixMarket matrix array real general\n3 1\n1\n2\n3\n";
  const std::string copy = scratch.path("b.mtx");
  Array x;
  check(spc_mm_read(scratch.file("a.mtx", text).c_str(), ctx, nullptr, SPC_DTYPE_NONE, x.out()));
  check(spc_mm_write(copy.c_str(), x, SPC_MM_GENERAL, nullptr));
  EXPECT_EQ(text_of(copy), text);
}

TEST(MatrixMarketInfoApi, Header) {
  const Scratch scratch;
  const std::string path = scratch.file("a.mtx", unsymmetric);
  spc_mm_header header = {};
  expect_error(spc_mm_info(path.c_str(), &header), SPC_E_VALUE,
               {"mm_info: struct_size is 0, expected at least 40"});
  header.struct_size = sizeof header;
  check(spc_mm_info(path.c_str(), &header));
  EXPECT_EQ(header.coordinate, 1);
  EXPECT_EQ(header.field, SPC_MM_REAL);
  EXPECT_EQ(header.symmetry, SPC_MM_GENERAL);
  EXPECT_EQ(header.rows, 3);
  EXPECT_EQ(header.cols, 4);
  EXPECT_EQ(header.entries, 5);
  EXPECT_EQ(spc_mm_info(nullptr, &header), SPC_E_VALUE);
  EXPECT_EQ(spc_mm_info(path.c_str(), nullptr), SPC_E_VALUE);
}

}  // namespace
