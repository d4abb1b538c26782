// SPDX-License-Identifier: Apache-2.0
#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests

class Product : public OnFamily {};
SPC_ON_EVERY_FAMILY(Product);

TEST_P(Product, MatmulShapes) {
  Array m = array<double>(ctx, {2, 3}, {1, 2, 3, 4, 5, 6}), v = vector<double>(ctx, {1, 0, -1}), r;
  Array u = vector<double>(ctx, {1, 2});
  check(spc_matmul(m, v, nullptr, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({-2, -2}));
  check(spc_matmul(u, m, nullptr, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({9, 12, 15}));
  check(spc_matmul(v, v, nullptr, r.out()));
  EXPECT_EQ(shape_of(r), Shape{});
  EXPECT_EQ(value<double>(r), 2);
  Array batch = array<double>(ctx, {2, 1, 3}, {1, 2, 3, 4, 5, 6}),
        b = array<double>(ctx, {4, 3, 1}, std::vector<double>(12, 1));
  expect_error(spc_matmul(batch, b, nullptr, r.out()), SPC_E_VALUE, {"matmul", "(2,)", "(4,)"});
  Array one = array<double>(ctx, {1, 3, 1}, {1, 1, 1});
  check(spc_matmul(batch, one, nullptr, r.out()));
  EXPECT_EQ(shape_of(r), (Shape{2, 1, 1}));
  EXPECT_EQ(values<double>(r), std::vector<double>({6, 15}));
  Array e = array<double>(ctx, {2, 0}, {}), f = array<double>(ctx, {0, 3}, {});
  check(spc_matmul(e, f, nullptr, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>(6, 0));
}

TEST_P(Product, MatmulDtypes) {
  Array b = array<bool>(ctx, {1, 2}, {true, true}), c = array<bool>(ctx, {2, 1}, {false, true}), r;
  check(spc_matmul(b, c, nullptr, r.out()));
  EXPECT_EQ(value<bool>(r), true);
  Array i = array<int8_t>(ctx, {1, 2}, {100, 100}), j = array<int8_t>(ctx, {2, 1}, {2, 1});
  check(spc_matmul(i, j, nullptr, r.out()));
  EXPECT_EQ(value<int8_t>(r), 44);
  Array f = array<float>(ctx, {1, 1}, {2}), z = array<std::complex<float>>(ctx, {1, 1}, {{1, 1}});
  check(spc_matmul(f, z, nullptr, r.out()));
  EXPECT_EQ(value<std::complex<float>>(r), std::complex<float>(2, 2));
  Array d = array<double>(ctx, {1, 1}, {0.5});
  check(spc_matmul(f, d, nullptr, r.out()));
  EXPECT_EQ(value<double>(r), 1.0);
}

TEST_P(Product, MatmulOfAnyStrides) {
  const int64_t n = 37;
  std::vector<double> a(static_cast<std::size_t>(n * n)), b(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = static_cast<double>(i % 7) - 3;
    b[i] = static_cast<double>(i % 5) - 2;
  }
  Array x = array<double>(ctx, {n, n}, a), y = array<double>(ctx, {n, n}, b), xt, back, r;
  check(spc_transpose(x, SPC_ALL_AXES, nullptr, xt.out()));
  back = getitem(y, {slice(SPC_NONE_I64, SPC_NONE_I64, -1), slice(SPC_NONE_I64, SPC_NONE_I64, 2)});
  check(spc_matmul(xt, back, nullptr, r.out()));
  const std::vector<double> got = values<double>(r);
  const int64_t cols = (n + 1) / 2;
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < cols; ++j) {
      double s = 0;
      for (int64_t k = 0; k < n; ++k)
        s += a[static_cast<std::size_t>(k * n + i)] *
             b[static_cast<std::size_t>((n - 1 - k) * n + 2 * j)];
      ASSERT_NEAR(got[static_cast<std::size_t>(i * cols + j)], s, 1e-12);
    }
}

TEST_P(Product, MatmulErrors) {
  Array m = array<double>(ctx, {2, 3}, {1, 2, 3, 4, 5, 6}),
        w = array<double>(ctx, {4, 5}, std::vector<double>(20, 0));
  Array s = array<double>(ctx, {}, {1}), options, r;
  expect_error(spc_matmul(m, w, nullptr, r.out()), SPC_E_VALUE,
               {"matmul: a has shape (2, 3), b has shape (4, 5); inner lengths 3 and 4 differ"});
  expect_error(spc_matmul(m, s, nullptr, r.out()), SPC_E_VALUE, {"matmul", "()"});
  expect_error(spc_matmul(m, weak(1), nullptr, r.out()), SPC_E_VALUE, {"matmul", "scalar"});
  const char *keys[1] = {"fast"};
  Array one = weak(1);
  const spc_value items[1] = {one};
  check(spc_value_map(1, keys, items, options.out()));
  expect_error(spc_matmul(m, m, options, r.out()), SPC_E_TYPE, {"matmul", "unknown option 'fast'"});
}

}  // namespace
