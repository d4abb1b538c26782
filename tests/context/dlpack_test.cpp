// SPDX-License-Identifier: Apache-2.0
// Host memory lent to and by other libraries.
#include "spacecore/dlpack.h"

#include "tests/context/targets.hpp"

namespace {

using namespace test;

// A lender: counts how often its record is given back.
template <class Managed>
struct Lender {
  std::vector<double> data = {1, 2, 3, 4, 5, 6};
  std::vector<int64_t> shape = {2, 3}, strides = {3, 1};
  Managed managed = {};
  int given_back = 0;

  Lender() {
    managed.tensor = {data.data(),  {SPC_DL_CPU, 0}, 2, {SPC_DL_FLOAT, 64, 1},
                      shape.data(), strides.data(),  0};
    managed.manager = this;
    managed.deleter = [](Managed *m) { ++static_cast<Lender *>(m->manager)->given_back; };
    if constexpr (versioned) managed.version = {1, 0};
  }
  static constexpr bool versioned = std::is_same_v<Managed, spc_dl_managed_versioned>;

  spc_status lend(spc_context ctx, spc_array *out) {
    return spc_array_from_dlpack(ctx, &managed, versioned ? 1 : 0, out);
  }
  // The import fails with this, and nothing is given back.
  void refused(spc_context ctx, spc_status code, std::initializer_list<const char *> parts) {
    spc_array out = nullptr;
    expect_error(lend(ctx, &out), code, parts);
    EXPECT_EQ(out, nullptr);
    EXPECT_EQ(given_back, 0);
  }
};

template <class Managed>
class Dlpack : public ::testing::Test {
 protected:
  void SetUp() override { load_test_families(); }
  static constexpr int32_t versioned = Lender<Managed>::versioned ? 1 : 0;
  Context ctx = context("cpu");
};
using Generations = ::testing::Types<spc_dl_managed, spc_dl_managed_versioned>;
TYPED_TEST_SUITE(Dlpack, Generations);

TYPED_TEST(Dlpack, ImportsWithoutACopy) {
  Lender<TypeParam> lender;
  Array a;
  check(lender.lend(this->ctx, a.out()));
  EXPECT_EQ(shape_of(a), (Shape{2, 3}));
  lender.data[0] = 10;
  EXPECT_EQ(values<double>(a), (std::vector<double>{10, 2, 3, 4, 5, 6}));
  const Array v = vector<double>(this->ctx, {7, 8, 9});
  check(spc_index_set(a, 1, std::vector<spc_index>{at(1)}.data(), v, 0, Array().out()));
  EXPECT_EQ(lender.data, (std::vector<double>{10, 2, 3, 7, 8, 9}));
}

TYPED_TEST(Dlpack, GivesBackOnceTheLastViewIsGone) {
  Lender<TypeParam> lender;
  Array a, row;
  check(lender.lend(this->ctx, a.out()));
  row = getitem(a, {at(1)});
  a = Array();
  EXPECT_EQ(lender.given_back, 0);
  EXPECT_EQ(values<double>(row), (std::vector<double>{4, 5, 6}));
  row = Array();
  EXPECT_EQ(lender.given_back, 1);
}

TYPED_TEST(Dlpack, NeedsNoDeleter) {
  Lender<TypeParam> lender;
  lender.managed.deleter = nullptr;
  Array a;
  check(lender.lend(this->ctx, a.out()));
  a = Array();
  EXPECT_EQ(lender.given_back, 0);
}

TYPED_TEST(Dlpack, LayoutsAreFollowed) {
  Lender<TypeParam> lender;
  spc_dl_tensor &t = lender.managed.tensor;
  t.strides = nullptr;
  Array a;
  check(lender.lend(this->ctx, a.out()));
  EXPECT_EQ(values<double>(a), (std::vector<double>{1, 2, 3, 4, 5, 6}));
  lender.shape = {3, 2};
  lender.strides = {-1, -3};
  t.shape = lender.shape.data();
  t.strides = lender.strides.data();
  t.byte_offset = 5 * sizeof(double);
  check(lender.lend(this->ctx, a.out()));
  EXPECT_EQ(values<double>(a), (std::vector<double>{6, 3, 5, 2, 4, 1}));
  t.ndim = 0;
  t.byte_offset = sizeof(double);
  check(lender.lend(this->ctx, a.out()));
  EXPECT_EQ(values<double>(a), (std::vector<double>{2}));
  // Nothing to point at.
  lender.shape = {0, 2};
  t.shape = lender.shape.data();
  t.ndim = 2;
  t.data = nullptr;
  check(lender.lend(this->ctx, a.out()));
  EXPECT_EQ(shape_of(a), (Shape{0, 2}));
  EXPECT_TRUE(values<double>(a).empty());
}

TYPED_TEST(Dlpack, OneElementAtSeveralPositionsIsReadOnly) {
  Lender<TypeParam> lender;
  lender.strides = {0, 1};
  lender.managed.tensor.strides = lender.strides.data();
  Array a;
  check(lender.lend(this->ctx, a.out()));
  EXPECT_EQ(values<double>(a), (std::vector<double>{1, 2, 3, 1, 2, 3}));
  spc_array out = nullptr;
  expect_error(spc_index_set(a, 1, std::vector<spc_index>{at(0)}.data(), weak(1), 0, &out),
               SPC_E_VALUE, {"read-only"});
}

TYPED_TEST(Dlpack, RefusesWhatItCannotRead) {
  Lender<TypeParam> lender;
  const spc_dl_tensor good = lender.managed.tensor;
  spc_dl_tensor &t = lender.managed.tensor;
  t.device = {2, 1};
  lender.refused(this->ctx, SPC_E_TYPE, {"device type 2", "number 1", "expected 1"});
  t = good;
  t.dtype = {SPC_DL_FLOAT, 16, 1};
  lender.refused(this->ctx, SPC_E_TYPE, {"type code 2 with 16 bits"});
  t.dtype = {4, 16, 1};
  lender.refused(this->ctx, SPC_E_TYPE, {"type code 4"});
  t.dtype = {SPC_DL_FLOAT, 64, 2};
  lender.refused(this->ctx, SPC_E_TYPE, {"2 lanes"});
  t = good;
  t.ndim = -1;
  lender.refused(this->ctx, SPC_E_VALUE, {"-1"});
  t = good;
  lender.shape[0] = -2;
  lender.refused(this->ctx, SPC_E_VALUE, {"-2"});
  lender.shape[0] = 2;
  t.data = nullptr;
  lender.refused(this->ctx, SPC_E_VALUE, {"data is NULL"});
  t = good;
  t.byte_offset = 4;
  lender.refused(this->ctx, SPC_E_VALUE, {"not a multiple of 8 for dtype float64"});
  t = good;
  t.shape = nullptr;
  lender.refused(this->ctx, SPC_E_VALUE, {"shape"});
  t = good;
  lender.refused(context("fakedev"), SPC_E_TYPE, {"fakedev", "host memory"});
  Array out;
  expect_error(spc_array_from_dlpack(this->ctx, nullptr, this->versioned, out.out()), SPC_E_VALUE,
               {"managed is NULL"});
  expect_error(spc_array_from_dlpack(this->ctx, &lender.managed, 2, out.out()), SPC_E_VALUE,
               {"versioned is 2"});
  EXPECT_EQ(lender.given_back, 0);
}

TYPED_TEST(Dlpack, RoundTripsOfEveryDtype) {
  const struct {
    int32_t dtype;
    uint8_t code, bits;
  } codes[] = {{SPC_BOOL, 6, 8},     {SPC_INT8, 0, 8},       {SPC_INT32, 0, 32},
               {SPC_INT64, 0, 64},   {SPC_UINT8, 1, 8},      {SPC_FLOAT32, 2, 32},
               {SPC_FLOAT64, 2, 64}, {SPC_COMPLEX64, 5, 64}, {SPC_COMPLEX128, 5, 128}};
  for (const auto &c : codes) {
    Array a, t, back;
    check(spc_asarray(this->ctx, array<bool>(this->ctx, {2, 2}, {true, false, true, true}), c.dtype,
                      a.out()));
    check(spc_transpose(a, SPC_ALL_AXES, nullptr, t.out()));
    void *lent = nullptr;
    check(spc_array_to_dlpack(t, this->versioned, &lent));
    const spc_dl_tensor &tensor = static_cast<TypeParam *>(lent)->tensor;
    EXPECT_EQ(tensor.dtype.code, c.code);
    EXPECT_EQ(tensor.dtype.bits, c.bits);
    EXPECT_EQ(tensor.dtype.lanes, 1);
    EXPECT_EQ(tensor.device.type, SPC_DL_CPU);
    EXPECT_EQ(tensor.byte_offset, 0u);
    EXPECT_EQ(std::vector<int64_t>(tensor.strides, tensor.strides + 2),
              (std::vector<int64_t>{1, 2}));
    check(spc_array_from_dlpack(this->ctx, lent, this->versioned, back.out()));
    EXPECT_EQ(dtype_of(back), c.dtype);
    void *p = nullptr, *q = nullptr;
    check(spc_array_data(t, &p));
    check(spc_array_data(back, &q));
    EXPECT_EQ(p, q);
    t = Array();
    a = Array();
    // The record keeps the elements alive.
    Array set;
    check(spc_not_equal(back, weak(0), set.out()));
    EXPECT_EQ(values<bool>(set), (std::vector<bool>{true, true, false, true}));
  }
}

TYPED_TEST(Dlpack, ABorrowerMayOutliveTheLender) {
  Array a = vector<double>(this->ctx, {1, 2, 3});
  void *lent = nullptr;
  check(spc_array_to_dlpack(a, this->versioned, &lent));
  a = Array();
  auto *const m = static_cast<TypeParam *>(lent);
  EXPECT_EQ(static_cast<double *>(m->tensor.data)[2], 3);
  m->deleter(m);
}

TYPED_TEST(Dlpack, EmptyAndScalarArrays) {
  for (const Shape &shape : {Shape{}, Shape{0}, Shape{3, 0, 2}}) {
    const std::size_t n = shape.empty() ? 1 : 0;
    const Array a = array<double>(this->ctx, shape, std::vector<double>(n, 5));
    void *lent = nullptr;
    check(spc_array_to_dlpack(a, this->versioned, &lent));
    Array back;
    check(spc_array_from_dlpack(this->ctx, lent, this->versioned, back.out()));
    EXPECT_EQ(shape_of(back), shape);
    EXPECT_EQ(values<double>(back), std::vector<double>(n, 5));
  }
}

TYPED_TEST(Dlpack, ExportsHostArraysOnly) {
  void *out = nullptr;
  const Array x = array<double>(this->ctx, {1, 1}, {1});
  Array sparse;
  check(spc_assparse(this->ctx, x, "csr", SPC_DTYPE_NONE, sparse.out()));
  expect_error(spc_array_to_dlpack(sparse, this->versioned, &out), SPC_E_TYPE, {"sparse array"});
  expect_error(spc_array_to_dlpack(weak(1), this->versioned, &out), SPC_E_TYPE, {"scalar"});
  expect_error(spc_array_to_dlpack(vector<double>(context("fakedev"), {1}), this->versioned, &out),
               SPC_E_TYPE, {"family fakedev", "'fakedev:0'", "'host'"});
  expect_error(spc_array_to_dlpack(x, 3, &out), SPC_E_VALUE, {"versioned is 3"});
  expect_error(spc_array_to_dlpack(x, this->versioned, nullptr), SPC_E_VALUE, {"out is NULL"});
  EXPECT_EQ(out, nullptr);
}

TEST(DlpackReadOnly, IsSaidByTheVersionedRecord) {
  const Context ctx = context("cpu");
  const Array x = vector<double>(ctx, {1, 2});
  const int64_t shape[] = {2, 2};
  Array wide, back;
  check(spc_broadcast_to(x, 2, shape, wide.out()));
  void *out = nullptr;
  expect_error(spc_array_to_dlpack(wide, 0, &out), SPC_E_VALUE, {"read-only", "versioned = 1"});
  EXPECT_EQ(out, nullptr);
  check(spc_array_to_dlpack(wide, 1, &out));
  auto *const m = static_cast<spc_dl_managed_versioned *>(out);
  EXPECT_EQ(m->version.major, 1u);
  EXPECT_EQ(m->flags, SPC_DL_FLAG_READ_ONLY);
  check(spc_array_from_dlpack(ctx, m, 1, back.out()));
  spc_array none = nullptr;
  expect_error(spc_index_set(back, 1, std::vector<spc_index>{at(0)}.data(), weak(1), 0, &none),
               SPC_E_VALUE, {"read-only"});

  Lender<spc_dl_managed_versioned> lender;
  lender.managed.flags = SPC_DL_FLAG_READ_ONLY;
  check(lender.lend(ctx, back.out()));
  expect_error(spc_index_set(back, 1, std::vector<spc_index>{at(0)}.data(), weak(1), 0, &none),
               SPC_E_VALUE, {"read-only"});
  EXPECT_EQ(lender.data[0], 1);
}

TEST(DlpackVersion, OtherMajorsAreRefusedAndGreaterMinorsRead) {
  const Context ctx = context("cpu");
  Lender<spc_dl_managed_versioned> lender;
  for (const uint32_t major : {0u, 2u}) {
    lender.managed.version = {major, 3};
    lender.refused(ctx, SPC_E_VALUE, {major == 0 ? "version 0.3" : "version 2.3", "expected 1.x"});
  }
  lender.managed.version = {1, 9};
  Array a;
  check(lender.lend(ctx, a.out()));
  EXPECT_EQ(values<double>(a).size(), 6u);
}

TEST(DlpackContext, IsTheDefaultOneIfNoneIsGiven) {
  const spc_target t = named("reference");
  int64_t token = 0;
  check(spc_use_backend_begin(&t, &token));
  Lender<spc_dl_managed> lender;
  Array a;
  check(lender.lend(nullptr, a.out()));
  check(spc_use_backend_end(token));
  Context ctx;
  check(spc_context_infer(a, ctx.out()));
  EXPECT_EQ(text(ctx), text("reference", "float64", "none"));
}

}  // namespace
