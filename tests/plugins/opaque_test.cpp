// SPDX-License-Identifier: Apache-2.0
// Arrays that are handles: what they can, what they refuse, and when they are destroyed.
#include <gtest/gtest.h>

#include <complex>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/support.hpp"

namespace {

using namespace spc::test;

class Opaque : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_EQ(spc_load_plugin(test_plugin("opaque").c_str()), SPC_OK) << last_error();
  }
  void SetUp() override {
    ASSERT_EQ(spc_context_create("opaque", SPC_FLOAT64, SPC_CHECK_STANDARD, ctx_.out()), SPC_OK)
        << last_error();
    collected();  // what earlier tests left
  }

  Array make(const std::vector<double> &values, const std::vector<std::int64_t> &shape = {}) {
    const std::int64_t flat[] = {static_cast<std::int64_t>(values.size())};
    Array a;
    EXPECT_EQ(spc_array_from_host(ctx_, SPC_FLOAT64,
                                  shape.empty() ? 1 : static_cast<std::int32_t>(shape.size()),
                                  shape.empty() ? flat : shape.data(), values.data(), a.out()),
              SPC_OK)
        << last_error();
    return a;
  }

  static std::vector<double> to_host(spc_array a) {
    std::int64_t n = 0;
    EXPECT_EQ(spc_array_size(a, &n), SPC_OK);
    std::vector<double> values(static_cast<std::size_t>(n));
    EXPECT_EQ(spc_array_to_host(a, values.data(), 8 * n), SPC_OK) << last_error();
    return values;
  }
  static double scalar(spc_array a) {
    std::int32_t ndim = -1;
    EXPECT_EQ(spc_array_ndim(a, &ndim), SPC_OK);
    EXPECT_EQ(ndim, 0);
    return to_host(a).at(0);
  }

  static std::int64_t collected() {
    std::int64_t n = -1;
    EXPECT_EQ(spc_collect(&n), SPC_OK) << last_error();
    return n;
  }

  Context ctx_;
};

TEST_F(Opaque, KeepsGlobalShapeAndRowMajorValues) {
  const std::vector<double> values = {1, 2, 3, 4, 5, 6};
  const Array a = make(values, {2, 3});
  std::int64_t shape[2] = {};
  ASSERT_EQ(spc_array_shape(a, shape, 2), SPC_OK);
  EXPECT_EQ(shape[0], 2);
  EXPECT_EQ(shape[1], 3);
  EXPECT_EQ(to_host(a), values);
}

TEST_F(Opaque, VectorProfile) {
  const Array x = make({1, 2, 3, 4}), y = make({10, 20, 30, 40});
  Array two, three, z;
  ASSERT_EQ(spc_weak_f64(2, two.out()), SPC_OK);
  ASSERT_EQ(spc_weak_f64(3, three.out()), SPC_OK);
  ASSERT_EQ(spc_axpby(two, x, three, y, z.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(z), (std::vector<double>{32, 64, 96, 128}));
  ASSERT_EQ(spc_multiply(x, y, z.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(z), (std::vector<double>{10, 40, 90, 160}));
  ASSERT_EQ(spc_copy(x, z.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(z), (std::vector<double>{1, 2, 3, 4}));
  ASSERT_EQ(spc_axpby_into(two, x, three, z, z), SPC_OK) << last_error();
  EXPECT_EQ(to_host(z), (std::vector<double>{5, 10, 15, 20}));
  // b = 0: what y holds is not read.
  const Array nans = make(std::vector<double>(4, std::numeric_limits<double>::quiet_NaN()));
  ASSERT_EQ(spc_axpby_into(two, x, nullptr, nans, nans), SPC_OK) << last_error();
  EXPECT_EQ(to_host(nans), (std::vector<double>{2, 4, 6, 8}));
}

TEST_F(Opaque, ScalarResultsAreHostArraysAndOperandsAgain) {
  const Array x = make({3, 0, 4}), y = make({1, 5, 2});
  Array dot, norm, z;
  ASSERT_EQ(spc_vdot(x, y, dot.out()), SPC_OK) << last_error();
  EXPECT_EQ(scalar(dot), 11);
  const char *space = nullptr;
  ASSERT_EQ(spc_array_memory_space(dot, &space), SPC_OK);
  EXPECT_STREQ(space, "host");
  ASSERT_EQ(spc_axpby(dot, x, nullptr, y, z.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(z), (std::vector<double>{33, 0, 44}));
  const double infinity = std::numeric_limits<double>::infinity();
  const struct {
    double p, expected;
  } cases[] = {{2, 5}, {1, 7}, {0, 2}, {infinity, 4}, {-infinity, 0}};
  for (const auto &c : cases) {
    ASSERT_EQ(spc_norm(x, SPC_ORD_P, c.p, SPC_ALL_AXES, nullptr, 0, norm.out()), SPC_OK)
        << last_error();
    EXPECT_DOUBLE_EQ(scalar(norm), c.expected) << "p = " << c.p;
  }
}

TEST_F(Opaque, OneElementAndNone) {
  const Array one = make({2}), none = make({}, {0});
  Array dot;
  ASSERT_EQ(spc_vdot(one, one, dot.out()), SPC_OK) << last_error();
  EXPECT_EQ(scalar(dot), 4);
  ASSERT_EQ(spc_vdot(none, none, dot.out()), SPC_OK) << last_error();
  EXPECT_EQ(scalar(dot), 0);
  EXPECT_TRUE(to_host(none).empty());
}

TEST_F(Opaque, RefusesWhatNeedsElements) {
  const Array x = make({1, 2, 3, 4});
  Array y;
  const std::int64_t shape[] = {2, 2};
  EXPECT_EQ(spc_reshape(x, 2, shape, y.out()), SPC_E_NOTIMPL);
  EXPECT_EQ(spc_transpose(x, SPC_ALL_AXES, nullptr, y.out()), SPC_E_NOTIMPL);
  spc_index item{};
  item.kind = SPC_INDEX_SLICE;
  item.start = 1;
  item.stop = item.step = SPC_NONE_I64;
  EXPECT_EQ(spc_getitem(x, 1, &item, y.out()), SPC_E_NOTIMPL);
  EXPECT_EQ(spc_sqrt(x, y.out()), SPC_E_NOTIMPL);
  EXPECT_NE(last_error().find("opaque"), std::string::npos) << last_error();
  EXPECT_NE(last_error().find("sqrt"), std::string::npos) << last_error();
  void *data = nullptr;
  EXPECT_EQ(spc_array_data(x, &data), SPC_E_TYPE);
  std::int64_t stride = 0;
  EXPECT_EQ(spc_array_strides(x, &stride, 1), SPC_E_TYPE);
}

TEST_F(Opaque, ElementwiseRulesFindNoKernelOrNoDtype) {
  const Array x = make({1, 2, 3});
  Array y;
  const spc_array both[] = {x, x};
  struct Case {
    const char *op;
    spc_status status;
  };
  const auto expect_refusal = [](const Case &c) {
    EXPECT_EQ(c.status, SPC_E_NOTIMPL) << c.op;
    EXPECT_NE(last_error().find(c.op), std::string::npos) << last_error();
    EXPECT_NE(last_error().find("opaque"), std::string::npos) << last_error();
  };
  expect_refusal({"equal", spc_equal(x, x, y.out())});
  expect_refusal({"isclose", spc_isclose(x, x, 0, 0, y.out())});
  expect_refusal({"where", spc_where(x, x, x, y.out())});
  expect_refusal({"maximum", spc_clip(x, x, nullptr, y.out())});
  expect_refusal({"square", spc_square(x, y.out())});
  expect_refusal({"power", spc_power(x, x, y.out())});
  expect_refusal({"adjoint", spc_adjoint(x, y.out())});
  expect_refusal({"concatenate", spc_concatenate(2, both, 0, SPC_DTYPE_NONE, y.out())});
  expect_refusal({"stack", spc_stack(2, both, 0, y.out())});
  expect_refusal({"zeros_like", spc_zeros_like(x, SPC_FLOAT32, y.out())});
  EXPECT_EQ(to_host(x), std::vector<double>({1, 2, 3}));
}

TEST_F(Opaque, ConstructsWithFillAndCopyAlone) {
  const Array x = make({1, 2, 3});
  Array y, seven;
  ASSERT_EQ(spc_weak_i64(7, seven.out()), SPC_OK);
  ASSERT_EQ(spc_full_like(x, seven, SPC_DTYPE_NONE, y.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(y), std::vector<double>({7, 7, 7}));
  ASSERT_EQ(spc_zeros_like(x, SPC_DTYPE_NONE, y.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(y), std::vector<double>({0, 0, 0}));
  ASSERT_EQ(spc_clip(x, nullptr, nullptr, y.out()), SPC_OK) << last_error();
  EXPECT_EQ(to_host(y), std::vector<double>({1, 2, 3}));
  ASSERT_EQ(spc_array_from_value(ctx_, x, SPC_DTYPE_NONE, y.out()), SPC_OK) << last_error();
  std::int32_t shared = -1;
  ASSERT_EQ(spc_array_is_view_of(x, y, &shared), SPC_OK);
  EXPECT_EQ(shared, 0);
}

TEST_F(Opaque, IsDestroyedCollectivelyAndOnlyThen) {
  {
    const Array a = make({1, 2}), b = make({3});
    Array again;
    ASSERT_EQ(spc_array_retain(a), SPC_OK);
    *again.out() = a;
    EXPECT_EQ(collected(), 0);
  }
  EXPECT_EQ(collected(), 2);
  EXPECT_EQ(collected(), 0);
}

TEST_F(Opaque, TemporariesAreDestroyedToo) {
  const Array x = make({1, 2, 3});
  for (int i = 0; i < 5; ++i) {
    Array y;
    ASSERT_EQ(spc_copy(x, y.out()), SPC_OK) << last_error();
  }
  EXPECT_EQ(collected(), 5);
  EXPECT_EQ(to_host(x), (std::vector<double>{1, 2, 3}));
}

TEST_F(Opaque, ComplexDotConjugatesTheFirst) {
  using C = std::complex<double>;
  const C values[] = {{1, 2}, {0, 1}, {3, 0}};
  const std::int64_t shape[] = {3};
  Array x, dot;
  ASSERT_EQ(spc_array_from_host(ctx_, SPC_COMPLEX128, 1, shape, values, x.out()), SPC_OK)
      << last_error();
  ASSERT_EQ(spc_vdot(x, x, dot.out()), SPC_OK) << last_error();
  C result;
  ASSERT_EQ(spc_array_to_host(dot, &result, sizeof result), SPC_OK);
  EXPECT_EQ(result, C(15, 0));
}

}  // namespace
