// SPDX-License-Identifier: Apache-2.0
// Matrix Market files through the C API, into every host family.
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <cstring>

#include "spacecore/spacecore.h"

#include "tests/io/scratch.hpp"

namespace {

using spc::test::data_file;
using spc::test::Scratch;
using spc::test::text_of;
using Complex = std::complex<double>;

/// Owns a handle of any value.
class Handle {
 public:
  Handle() = default;
  ~Handle() { spc_array_release(&value_); }
  Handle(const Handle &) = delete;
  Handle &operator=(const Handle &) = delete;
  spc_array *out() { return &value_; }
  operator spc_array() const { return value_; }  // NOLINT(google-explicit-constructor)

 private:
  spc_array value_ = nullptr;
};

#define SPC_OK_OR_STOP(CALL) ASSERT_EQ(CALL, SPC_OK) << last_error()

std::string last_error() {
  const char *text = "";
  spc_last_error_message(&text);
  return text;
}

template <class T>
std::vector<T> elements(spc_array a) {
  int64_t size = 0;
  EXPECT_EQ(spc_array_size(a, &size), SPC_OK) << last_error();
  std::vector<T> out(static_cast<std::size_t>(size));
  EXPECT_EQ(spc_array_to_host(a, out.data(), size * static_cast<int64_t>(sizeof(T))), SPC_OK)
      << last_error();
  return out;
}

int32_t dtype_of(spc_array a) {
  int32_t dtype = SPC_DTYPE_NONE;
  EXPECT_EQ(spc_array_dtype(a, &dtype), SPC_OK) << last_error();
  return dtype;
}

std::vector<int64_t> shape_of(spc_array a) {
  int32_t ndim = 0;
  EXPECT_EQ(spc_array_ndim(a, &ndim), SPC_OK) << last_error();
  std::vector<int64_t> shape(static_cast<std::size_t>(ndim));
  EXPECT_EQ(spc_array_shape(a, shape.data(), ndim), SPC_OK) << last_error();
  return shape;
}

const std::string unsymmetric =
    "%%MatrixMarket matrix coordinate real general\n3 4 5\n3 1 5\n1 4 -2.5\n1 2 1e3\n2 2 .5\n1 4 "
    "1\n";

class MatrixMarketApi : public ::testing::TestWithParam<const char *> {
 protected:
  void SetUp() override {
    const spc_status status =
        spc_context_create(GetParam(), SPC_FLOAT64, SPC_CHECK_STANDARD, &ctx_);
    int32_t absent = 0;
    spc_status_is_a(status, SPC_E_UNKNOWN_BACKEND, &absent);
    if (absent != 0) GTEST_SKIP() << last_error();
    ASSERT_EQ(status, SPC_OK) << last_error();
  }
  void TearDown() override { spc_context_release(&ctx_); }

  spc_status read(const std::string &path, const char *format, int32_t dtype, Handle &out) {
    return spc_mm_read(path.c_str(), ctx_, format, dtype, out.out());
  }

  template <class T>
  void from_host(Handle &out, int32_t dtype, std::vector<int64_t> shape, const std::vector<T> &v) {
    SPC_OK_OR_STOP(spc_array_from_host(ctx_, dtype, static_cast<int32_t>(shape.size()),
                                       shape.data(), v.data(), out.out()));
  }

  const Scratch scratch_;
  spc_context ctx_ = nullptr;
};

INSTANTIATE_TEST_SUITE_P(Families, MatrixMarketApi, ::testing::Values("reference", "cpu"),
                         [](const auto &info) { return std::string(info.param); });

TEST_P(MatrixMarketApi, CoordinateFileGivesCsr) {
  Handle a, first, second, data;
  SPC_OK_OR_STOP(read(scratch_.file("a.mtx", unsymmetric), nullptr, SPC_DTYPE_NONE, a));

  int32_t format = -1;
  const char *family = "";
  SPC_OK_OR_STOP(spc_sparse_format(a, &format));
  SPC_OK_OR_STOP(spc_array_family(a, &family));
  SPC_OK_OR_STOP(spc_sparse_parts(a, first.out(), second.out(), data.out()));
  EXPECT_EQ(format, SPC_CSR);
  EXPECT_STREQ(family, GetParam());
  EXPECT_EQ(shape_of(a), (std::vector<int64_t>{3, 4}));
  EXPECT_EQ(dtype_of(a), SPC_FLOAT64);
  EXPECT_EQ(dtype_of(first), SPC_INT32);
  EXPECT_EQ(elements<int32_t>(first), (std::vector<int32_t>{0, 2, 3, 4}));
  EXPECT_EQ(elements<int32_t>(second), (std::vector<int32_t>{1, 3, 1, 0}));
  EXPECT_EQ(elements<double>(data), (std::vector<double>{1000, -1.5, 0.5, 5}));
}

TEST_P(MatrixMarketApi, OtherFormats) {
  const std::string path = scratch_.file("a.mtx", unsymmetric);
  Handle coo, row, col, csc, offsets, rows, values, dense;
  SPC_OK_OR_STOP(read(path, "coo", SPC_DTYPE_NONE, coo));
  SPC_OK_OR_STOP(spc_sparse_parts(coo, row.out(), col.out(), nullptr));
  EXPECT_EQ(elements<int32_t>(row), (std::vector<int32_t>{0, 0, 1, 2}));
  EXPECT_EQ(elements<int32_t>(col), (std::vector<int32_t>{1, 3, 1, 0}));

  SPC_OK_OR_STOP(read(path, "csc", SPC_DTYPE_NONE, csc));
  SPC_OK_OR_STOP(spc_sparse_parts(csc, offsets.out(), rows.out(), values.out()));
  EXPECT_EQ(elements<int32_t>(offsets), (std::vector<int32_t>{0, 1, 3, 3, 4}));
  EXPECT_EQ(elements<int32_t>(rows), (std::vector<int32_t>{2, 0, 1, 0}));
  EXPECT_EQ(elements<double>(values), (std::vector<double>{5, 1000, 0.5, -1.5}));

  SPC_OK_OR_STOP(read(path, "dense", SPC_FLOAT32, dense));
  EXPECT_EQ(shape_of(dense), (std::vector<int64_t>{3, 4}));
  EXPECT_EQ(elements<float>(dense),
            (std::vector<float>{0, 1000, 0, -1.5F, 0, 0.5F, 0, 0, 5, 0, 0, 0}));
}

TEST_P(MatrixMarketApi, ArrayFileGivesADenseArray) {
  const std::string path = scratch_.file(
      "a.mtx", "%%MatrixMarket matrix array complex general\n2 2\n1 2\n3 4\n5 6\n7 8\n");
  Handle dense, sparse, data;
  SPC_OK_OR_STOP(read(path, nullptr, SPC_DTYPE_NONE, dense));
  EXPECT_EQ(dtype_of(dense), SPC_COMPLEX128);
  EXPECT_EQ(elements<Complex>(dense), (std::vector<Complex>{{1, 2}, {5, 6}, {3, 4}, {7, 8}}));

  SPC_OK_OR_STOP(read(path, "csr", SPC_COMPLEX64, sparse));
  SPC_OK_OR_STOP(spc_sparse_parts(sparse, nullptr, nullptr, data.out()));
  EXPECT_EQ(elements<std::complex<float>>(data),
            (std::vector<std::complex<float>>{{1, 2}, {5, 6}, {3, 4}, {7, 8}}));
}

TEST_P(MatrixMarketApi, IntegersAreFloat64UnlessADtypeIsAskedFor) {
  const std::string path = scratch_.file(
      "a.mtx",
      "%%MatrixMarket matrix coordinate integer general\n1 2 2\n1 1 9007199254740993\n"
      "1 2 -3\n");
  Handle real, exact, exact_data, narrow;
  SPC_OK_OR_STOP(read(path, "dense", SPC_DTYPE_NONE, real));
  EXPECT_EQ(dtype_of(real), SPC_FLOAT64);
  EXPECT_EQ(elements<double>(real), (std::vector<double>{9007199254740992.0, -3}));

  SPC_OK_OR_STOP(read(path, nullptr, SPC_INT64, exact));
  SPC_OK_OR_STOP(spc_sparse_parts(exact, nullptr, nullptr, exact_data.out()));
  EXPECT_EQ(elements<int64_t>(exact_data), (std::vector<int64_t>{9007199254740993, -3}));

  SPC_OK_OR_STOP(read(path, "dense", SPC_COMPLEX128, narrow));
  EXPECT_EQ(elements<Complex>(narrow), (std::vector<Complex>{9007199254740992.0, -3}));
}

TEST_P(MatrixMarketApi, PatternEntriesAreOne) {
  Handle a;
  SPC_OK_OR_STOP(read(
      scratch_.file("a.mtx", "%%MatrixMarket matrix coordinate pattern symmetric\n2 2 1\n2 1\n"),
      "dense", SPC_DTYPE_NONE, a));
  EXPECT_EQ(elements<double>(a), (std::vector<double>{0, 1, 1, 0}));
}

TEST_P(MatrixMarketApi, EmptyMatrices) {
  Handle sparse, dense;
  int64_t nnz = -1;
  SPC_OK_OR_STOP(
      read(scratch_.file("a.mtx", "%%MatrixMarket matrix coordinate real general\n3 0 0\n"),
           nullptr, SPC_DTYPE_NONE, sparse));
  SPC_OK_OR_STOP(spc_sparse_nnz(sparse, &nnz));
  EXPECT_EQ(nnz, 0);
  EXPECT_EQ(shape_of(sparse), (std::vector<int64_t>{3, 0}));
  SPC_OK_OR_STOP(read(scratch_.file("b.mtx", "%%MatrixMarket matrix array real general\n0 2\n"),
                      nullptr, SPC_DTYPE_NONE, dense));
  EXPECT_EQ(shape_of(dense), (std::vector<int64_t>{0, 2}));
}

TEST_P(MatrixMarketApi, MoreRowsThanMemory) {
  const std::string path =
      scratch_.file("a.mtx",
                    "%%MatrixMarket matrix coordinate real general\n% c\n1000000000000000 "
                    "1000000000000000 1\n1000000000000000 3 2\n");
  Handle coo, row, csr;
  SPC_OK_OR_STOP(read(path, "coo", SPC_DTYPE_NONE, coo));
  SPC_OK_OR_STOP(spc_sparse_parts(coo, row.out(), nullptr, nullptr));
  EXPECT_EQ(elements<int64_t>(row), (std::vector<int64_t>{999999999999999}));
  for (const char *format : {"csr", "csc", "dense"}) {
    EXPECT_EQ(read(path, format, SPC_DTYPE_NONE, csr), SPC_E_MEMORY);
    EXPECT_EQ(last_error().find(path + ":3: a matrix of 1000000000000000 by 1000000000000000 as " +
                                format + " exceeds the "),
              0U)
        << last_error();
  }
}

// ---- writing -----------------------------------------------------------------------------------

TEST_P(MatrixMarketApi, WritesDenseArraysColumnByColumn) {
  const std::string path = scratch_.path("a.mtx");
  Handle x, matrix, transposed;
  from_host<double>(matrix, SPC_FLOAT64, {2, 3}, {1, 2, 3, 4, 5, 0.1});
  SPC_OK_OR_STOP(spc_mm_write(path.c_str(), matrix, SPC_MM_GENERAL, "two by three"));
  EXPECT_EQ(text_of(path),
            "%%MatrixMarket matrix array real general\n% two by three\n2 3\n1\n4\n2\n5\n3\n"
            "0.10000000000000001\n");

  SPC_OK_OR_STOP(spc_transpose(matrix, SPC_ALL_AXES, nullptr, transposed.out()));
  SPC_OK_OR_STOP(spc_mm_write(path.c_str(), transposed, SPC_MM_GENERAL, nullptr));
  EXPECT_EQ(text_of(path),
            "%%MatrixMarket matrix array real general\n3 2\n1\n2\n3\n4\n5\n0.10000000000000001\n");

  from_host<float>(x, SPC_FLOAT32, {3}, {1, 0.1F, -2});
  SPC_OK_OR_STOP(spc_mm_write(path.c_str(), x, SPC_MM_GENERAL, nullptr));
  EXPECT_EQ(text_of(path),
            "%%MatrixMarket matrix array real general\n3 1\n1\n0.10000000149011612\n-2\n");
}

TEST_P(MatrixMarketApi, EveryDtypeRoundTrips) {
  const std::string path = scratch_.path("a.mtx");
  for (int32_t dtype = 0; dtype < SPC_DTYPE_COUNT; ++dtype) {
    for (const char *format : {"dense", "csr", "csc", "coo"}) {
      Handle source, a, cast, dense, again, expected, got;
      from_host<double>(source, SPC_FLOAT64, {2, 3}, {0, 1, 0, 1, 0, 1});
      SPC_OK_OR_STOP(spc_astype(source, dtype, cast.out()));
      if (std::strcmp(format, "dense") == 0)
        SPC_OK_OR_STOP(spc_asarray(ctx_, cast, dtype, a.out()));
      else
        SPC_OK_OR_STOP(spc_assparse(ctx_, cast, format, dtype, a.out()));

      SPC_OK_OR_STOP(spc_mm_write(path.c_str(), a, SPC_MM_GENERAL, nullptr));
      SPC_OK_OR_STOP(read(path, format, dtype, again));

      EXPECT_EQ(dtype_of(again), dtype);
      SPC_OK_OR_STOP(spc_asarray(ctx_, again, SPC_COMPLEX128, got.out()));
      EXPECT_EQ(elements<Complex>(got), (std::vector<Complex>{0, 1, 0, 1, 0, 1}))
          << format << dtype;
      spc_mm_header header = {};
      header.struct_size = sizeof header;
      SPC_OK_OR_STOP(spc_mm_info(path.c_str(), &header));
      EXPECT_EQ(header.coordinate, std::strcmp(format, "dense") == 0 ? 0 : 1);
      EXPECT_EQ(header.field, dtype >= SPC_COMPLEX64 ? SPC_MM_COMPLEX
                              : dtype >= SPC_FLOAT32 ? SPC_MM_REAL
                                                     : SPC_MM_INTEGER);
      EXPECT_EQ(header.rows, 2);
      EXPECT_EQ(header.cols, 3);
      EXPECT_EQ(header.entries, header.coordinate == 1 ? 3 : 6);
    }
  }
}

TEST_P(MatrixMarketApi, SymmetryIsCheckedAndHalved) {
  const std::string path = scratch_.path("a.mtx");
  Handle s, u, h;
  from_host<double>(s, SPC_FLOAT64, {2, 2}, {1, 2, 2, 3});
  SPC_OK_OR_STOP(spc_mm_write(path.c_str(), s, SPC_MM_SYMMETRIC, nullptr));
  EXPECT_EQ(text_of(path), "%%MatrixMarket matrix array real symmetric\n2 2\n1\n2\n3\n");

  from_host<double>(u, SPC_FLOAT64, {2, 2}, {1, 2, 4, 3});
  EXPECT_EQ(spc_mm_write(path.c_str(), u, SPC_MM_SYMMETRIC, nullptr), SPC_E_VALUE);
  EXPECT_EQ(last_error(),
            "mm_write: the matrix is not symmetric: element [1, 0] is 4, element [0, 1] is 2");
  from_host<Complex>(h, SPC_COMPLEX128, {2, 2}, {1, Complex(0, 1), Complex(0, -1), 2});
  SPC_OK_OR_STOP(spc_mm_write(path.c_str(), h, SPC_MM_HERMITIAN, nullptr));
  EXPECT_EQ(text_of(path), "%%MatrixMarket matrix array complex hermitian\n2 2\n1 0\n0 -1\n2 0\n");
}

TEST_P(MatrixMarketApi, RealFilesRoundTrip) {
  SPC_NEED_DATA();
  for (const char *name : {"494_bus.mtx", "young1c.mtx", "ash219.mtx", "lp_e226.mtx"}) {
    const std::string path = scratch_.path("a.mtx");
    Handle a, again, d1, d2, i1, i2;
    SPC_OK_OR_STOP(read(data_file(name), nullptr, SPC_DTYPE_NONE, a));
    SPC_OK_OR_STOP(spc_mm_write(path.c_str(), a, SPC_MM_GENERAL, nullptr));
    SPC_OK_OR_STOP(read(path, nullptr, SPC_DTYPE_NONE, again));
    SPC_OK_OR_STOP(spc_sparse_parts(a, nullptr, i1.out(), d1.out()));
    SPC_OK_OR_STOP(spc_sparse_parts(again, nullptr, i2.out(), d2.out()));
    EXPECT_EQ(elements<int32_t>(i1), elements<int32_t>(i2));
    if (dtype_of(a) == SPC_COMPLEX128)
      EXPECT_EQ(elements<Complex>(d1), elements<Complex>(d2));
    else
      EXPECT_EQ(elements<double>(d1), elements<double>(d2));
  }
}

// ---- refused -----------------------------------------------------------------------------------

TEST_P(MatrixMarketApi, MalformedFiles) {
  SPC_NEED_DATA();
  for (const auto &entry : std::filesystem::directory_iterator(data_file("malformed"))) {
    const std::string path = entry.path().string();
    Handle a;
    EXPECT_EQ(read(path, nullptr, SPC_DTYPE_NONE, a), SPC_E_FILE) << path;
    EXPECT_EQ(static_cast<spc_array>(a), nullptr);
    EXPECT_EQ(last_error().find(path + ":"), 0U) << last_error();
    EXPECT_NE(last_error().find_first_of("123456789", path.size()), std::string::npos);
  }
}

TEST_P(MatrixMarketApi, Errors) {
  const std::string real = scratch_.file("a.mtx", unsymmetric);
  const std::string complex =
      scratch_.file("c.mtx", "%%MatrixMarket matrix coordinate complex general\n1 1 1\n1 1 1 0\n");
  Handle a, scalar, cube;
  EXPECT_EQ(read(scratch_.path("none.mtx"), nullptr, SPC_DTYPE_NONE, a), SPC_E_FILE);
  EXPECT_EQ(last_error(), scratch_.path("none.mtx") +
                              ": cannot be opened: No such file or "
                              "directory");
  spc_error_info info = {};
  info.struct_size = sizeof info;
  SPC_OK_OR_STOP(spc_last_error(&info));
  EXPECT_STREQ(info.op, "mm_read");
  EXPECT_STREQ(info.kind, "FileErr");

  EXPECT_EQ(read(real, "bsr", SPC_DTYPE_NONE, a), SPC_E_VALUE);
  EXPECT_EQ(last_error(), "mm_read: format is 'bsr', expected csr, csc, coo or dense");
  EXPECT_EQ(read(complex, nullptr, SPC_FLOAT64, a), SPC_E_TYPE);
  EXPECT_EQ(read(real, nullptr, 77, a), SPC_E_TYPE);
  EXPECT_EQ(spc_mm_read(nullptr, ctx_, nullptr, SPC_DTYPE_NONE, a.out()), SPC_E_VALUE);
  EXPECT_EQ(last_error(), "mm_read: path is NULL");
  EXPECT_EQ(spc_mm_read(real.c_str(), ctx_, nullptr, SPC_DTYPE_NONE, nullptr), SPC_E_VALUE);
  EXPECT_EQ(static_cast<spc_array>(a), nullptr);

  const std::string path = scratch_.path("out.mtx");
  SPC_OK_OR_STOP(spc_weak_f64(1, scalar.out()));
  EXPECT_EQ(spc_mm_write(path.c_str(), scalar, SPC_MM_GENERAL, nullptr), SPC_E_TYPE);
  EXPECT_EQ(spc_mm_write(path.c_str(), nullptr, SPC_MM_GENERAL, nullptr), SPC_E_HANDLE);
  from_host<double>(cube, SPC_FLOAT64, {1, 1, 1}, {1});
  EXPECT_EQ(spc_mm_write(path.c_str(), cube, SPC_MM_GENERAL, nullptr), SPC_E_VALUE);
  EXPECT_EQ(last_error(), "mm_write: the array has shape (1, 1, 1), expected at most 2 axes");
  EXPECT_EQ(spc_mm_write(path.c_str(), cube, 4, nullptr), SPC_E_VALUE);
  EXPECT_EQ(last_error(), "mm_write: symmetry is 4, expected 0 to 3");
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(MatrixMarketInfoApi, Header) {
  const Scratch scratch;
  const std::string path = scratch.file("a.mtx", unsymmetric);
  spc_mm_header header = {};
  EXPECT_EQ(spc_mm_info(path.c_str(), &header), SPC_E_VALUE);
  EXPECT_EQ(last_error(), "mm_info: struct_size is 0, expected at least 40");
  header.struct_size = sizeof header;
  ASSERT_EQ(spc_mm_info(path.c_str(), &header), SPC_OK) << last_error();
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
