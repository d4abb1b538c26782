// SPDX-License-Identifier: Apache-2.0
// Scattering, products, logsumexp, searching and sorting.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/plugins/reference_harness.hpp"

namespace spc::reference_test {
namespace {

spc_params_scatter scatter_params(int32_t n_index, int32_t batch_ndim, bool accumulate) {
  spc_params_scatter p{};
  p.n_index = n_index;
  p.batch_ndim = batch_ndim;
  p.accumulate = accumulate ? 1 : 0;
  for (int32_t i = 0; i < n_index; ++i) p.axes[i] = 5 + i;
  return p;
}

TEST(ReferenceScatter, LastWinsOrAllAddInEveryDtype) {
  for (spc_dtype t : all_dtypes) {
    SCOPED_TRACE(dtype_trace(t));
    Operand values(t, {3, 2}, {1, 0, 0, 1, 1, 1});
    Operand index(SPC_INT64, {3}, {1, -2, 0});
    Operand out(t, {2, 2}, {0, 0, 1, 1});
    ASSERT_EQ(
        Call(SPC_OP_scatter).in(values, index).out(out).with(scatter_params(1, 1, false)).run(),
        SPC_OK);
    EXPECT_EQ(out.values(), Values({1, 1, 1, 0}));
    ASSERT_EQ(
        Call(SPC_OP_scatter).in(values, index).out(out).with(scatter_params(1, 1, true)).run(),
        SPC_OK);
    EXPECT_EQ(out.values(), held(t, {2, 3, 2, 0}));
  }
}

TEST(ReferenceScatter, ArraysOfIndicesAndBroadcastValues) {
  // out[i, j] += 1 for i in [[0], [1]], j in [1, 1, 2].
  Operand one = Operand::scalar(SPC_INT32, 1).view({2, 3}, {0, 0});
  Operand rows = Operand(SPC_INT64, {2}, {0, 1}).view({2, 3}, {1, 0});
  Operand columns = Operand(SPC_INT64, {3}, {1, 1, 2}).view({2, 3}, {0, 1});
  Operand out = Operand(SPC_INT32, {2, 3}, {0, 0, 0, 0, 0, 0});
  ASSERT_EQ(
      Call(SPC_OP_scatter).in(one, rows, columns).out(out).with(scatter_params(2, 2, true)).run(),
      SPC_OK);
  EXPECT_EQ(out.values(), Values({0, 2, 1, 0, 2, 1}));
}

TEST(ReferenceScatter, WritesNothingBesideAWrongIndex) {
  Operand values(SPC_FLOAT32, {2}, {1, 2});
  Operand index(SPC_INT64, {2}, {0, 3});
  Operand out(SPC_FLOAT32, {3}, {7, 8, 9});
  Call call(SPC_OP_scatter);
  EXPECT_EQ(call.in(values, index).out(out).with(scatter_params(1, 1, false)).run(), SPC_E_INDEX);
  EXPECT_EQ(call.error(), "index 3 is out of bounds for axis 5 with size 3");
  EXPECT_EQ(out.values(), Values({7, 8, 9}));
  // Where the rest is empty, the indices are checked all the same.
  Operand nothing(SPC_FLOAT32, {2, 0}, {});
  Operand empty(SPC_FLOAT32, {3, 0}, {});
  EXPECT_EQ(
      Call(SPC_OP_scatter).in(nothing, index).out(empty).with(scatter_params(1, 1, false)).run(),
      SPC_E_INDEX);
}

TEST(ReferenceProd, EveryDtypeAndPartialResults) {
  for (spc_dtype t : all_dtypes) {
    SCOPED_TRACE(dtype_trace(t));
    Operand x(t, {2, 2}, {1, 2, 3, 4});
    Operand out = Operand(t, {2}).view({2, 2}, {1, 0});
    spc_params_reduce p{};
    p.n_kept = 1;
    ASSERT_EQ(Call(SPC_OP_prod).in(x).out(out).with(p).run(), SPC_OK);
    EXPECT_EQ(Values({out.at(0), out.at(1)}), held(t, {2, 12}));
    p.accumulate = 1;
    ASSERT_EQ(Call(SPC_OP_prod).in(x).out(out).with(p).run(), SPC_OK);
    EXPECT_EQ(Values({out.at(0), out.at(1)}),
              t == SPC_INT8 ? Values({4, -112}) : held(t, {4, 144}));
  }
  for (spc_dtype t : {SPC_BOOL, SPC_INT8, SPC_UINT8, SPC_INT32}) {
    SCOPED_TRACE(dtype_trace(t));
    Operand x(t, {3}, {100, 100, 100});
    Operand out = Operand(SPC_INT64, {1}).view({3}, {0});
    ASSERT_EQ(Call(SPC_OP_prod).in(x).out(out).with(spc_params_reduce{}).run(), SPC_OK);
    EXPECT_EQ(out.at(0), t == SPC_BOOL ? 1.0 : 1e6);
  }
}

TEST(ReferenceLogsumexp, OutputsOfTheirOwnStrides) {
  // Two rows; the results are every other element, the signs in reverse.
  for (spc_dtype t : {SPC_FLOAT32, SPC_FLOAT64, SPC_COMPLEX64, SPC_COMPLEX128}) {
    SCOPED_TRACE(dtype_trace(t));
    Operand a(t, {2, 2}, {700, 700, -2, -2});
    Operand b = Operand(t, {2, 2}, {1, 1, 1, -3});
    Operand out = Operand(real_dtype(t), {4}).view({2, 2}, {2, 0});
    Operand sign = Operand(t, {2}).view({2, 2}, {-1, 0}, 1);
    spc_params_reduce p{};
    p.n_kept = 1;
    ASSERT_EQ(Call(SPC_OP_logsumexp).in(a, b).out(out, sign).with(p).run(), SPC_OK);
    EXPECT_NEAR(out.at(0).real(), 700 + std::log(2), 1e-4);
    EXPECT_NEAR(out.at(2).real(), -2 + std::log(2), 1e-6);
    EXPECT_EQ(out.at(1), 99.0);
    EXPECT_EQ(sign.at(1), 1.0);
    EXPECT_EQ(sign.at(0), -1.0);
  }
  Operand a(SPC_FLOAT64, {1, 2}, {0, 0});
  Operand out = Operand(SPC_FLOAT64, {1}).view({1, 2}, {1, 0});
  spc_params_reduce p{};
  p.n_kept = 1;
  ASSERT_EQ(Call(SPC_OP_logsumexp).in(a).out(out).with(p).run(), SPC_OK);
  EXPECT_DOUBLE_EQ(out.at(0).real(), std::log(2));
}

TEST(ReferenceLogsumexp, ComplexSpecialNumbers) {
  auto run = [](const Values &a, const Values &b) {
    Operand x(SPC_COMPLEX128, {static_cast<int64_t>(a.size())}, a);
    Operand weight(SPC_COMPLEX128, x.shape(), b);
    Operand out = Operand(SPC_COMPLEX128, {1}).view(x.shape(), {0});
    EXPECT_EQ(Call(SPC_OP_logsumexp).in(x, weight).out(out).with(spc_params_reduce{}).run(),
              SPC_OK);
    return out.at(0);
  };
  EXPECT_EQ(run({{-inf, 0}, {-inf, nan}}, {1, 1}).real(), -inf);
  EXPECT_EQ(run({{inf, 0}, {800, 3}}, {2, 1}), Value(inf, 0));
  EXPECT_EQ(run({{inf, nan}, {1, 3}}, {0, 1}), Value(1, 3));
  EXPECT_TRUE(std::isnan(run({{1, nan}, {inf, 0}}, {1, 1}).imag()));
}

TEST(ReferenceSearch, FirstOfEqualAndNan) {
  auto search = [](uint32_t op, spc_dtype t, const Values &x) {
    Operand in(t, {static_cast<int64_t>(x.size())}, x);
    Operand out = Operand(SPC_INT64, {1}).view(in.shape(), {0});
    EXPECT_EQ(Call(op).in(in).out(out).with(spc_params_reduce{}).run(), SPC_OK);
    return out.at(0).real();
  };
  for (spc_dtype t : all_dtypes) {
    SCOPED_TRACE(dtype_trace(t));
    EXPECT_EQ(search(SPC_OP_argmin, t, {1, 0, 1, 0}), 1);
    EXPECT_EQ(search(SPC_OP_argmax, t, {0, 1, 0, 1}), 1);
    EXPECT_EQ(search(SPC_OP_argmax, t, {1}), 0);
  }
  EXPECT_EQ(search(SPC_OP_argmin, SPC_FLOAT32, {1, nan, -inf, nan}), 1);
  EXPECT_EQ(search(SPC_OP_argmax, SPC_COMPLEX64, {{9, 9}, {1, nan}, {nan, 0}}), 1);
}

TEST(ReferenceSort, RowsOfAnyStrides) {
  for (spc_dtype t : all_dtypes) {
    SCOPED_TRACE(dtype_trace(t));
    // Columns of [[1, 0], [0, 1], [1, 0]] as rows, written back to front.
    Operand x = Operand(t, {3, 2}, {1, 0, 0, 1, 1, 0}).view({2, 3}, {1, 2});
    Operand out = Operand(t, {6}).view({2, 3}, {3, -1}, 2);
    ASSERT_EQ(Call(SPC_OP_sort).in(x).out(out).run(), SPC_OK);
    EXPECT_EQ(out.values(), Values({0, 1, 1, 0, 0, 1}));
    Operand places(SPC_INT64, {2, 3});
    ASSERT_EQ(Call(SPC_OP_argsort).in(x).out(places).run(), SPC_OK);
    EXPECT_EQ(places.values(), Values({1, 0, 2, 0, 2, 1}));
  }
}

TEST(ReferenceSort, WithoutMemory) {
  Operand x(SPC_FLOAT64, {2}, {2, 1});
  Operand out(SPC_FLOAT64, {2});
  Operand places(SPC_INT64, {2});
  EXPECT_EQ(Call(SPC_OP_sort).in(x).out(out).most_scratch(0).run(), SPC_E_MEMORY);
  EXPECT_EQ(Call(SPC_OP_argsort).in(x).out(places).most_scratch(0).run(), SPC_E_MEMORY);
}

}  // namespace
}  // namespace spc::reference_test
