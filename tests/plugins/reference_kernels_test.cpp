// SPDX-License-Identifier: Apache-2.0
// The table, reductions and gathering.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/plugins/reference_harness.hpp"

namespace spc::reference_test {
namespace {

// What the header says of an entry, on every row of the table.
TEST(ReferenceTable, IsWellFormed) {
  std::set<uint32_t> seen;
  for (uint32_t i = 0; i < reference::reference_ops_count; ++i) {
    const spc_op_entry &e = reference::reference_ops[i];
    EXPECT_TRUE(seen.insert(e.op).second) << e.op;
    EXPECT_EQ(e.struct_size, sizeof(spc_op_entry));
    EXPECT_NE(e.fn, nullptr) << e.op;
    EXPECT_EQ(e.release == nullptr, e.extent == nullptr && e.prepare == nullptr) << e.op;
    EXPECT_EQ(e.dtypes & ~SPC_DTYPES_ALL, 0u) << e.op;
    EXPECT_EQ(e.flags & ~uint64_t{SPC_KERNEL_KNOWN_FLAGS}, 0u) << e.op;
    EXPECT_EQ(e.pairs == nullptr, e.n_pairs == 0) << e.op;
  }
}

// Every op that a kernel answers has an entry, but for those of opaque arrays.
TEST(ReferenceTable, IsComplete) {
  enum { SAME, PAIR, VIEW };
  auto check = [](const char *name, uint32_t op, int key) {
    const bool opaque = op == SPC_OP_new_like || op == SPC_OP_to_host || op == SPC_OP_from_host ||
                        op == SPC_OP_local_view;
    EXPECT_EQ(find_entry(op) != nullptr, key != VIEW && !opaque) << name;
  };
#define SPC_OP(NAME, CODE, SINCE, SIG, PROFILE, RULE, KEY, ...) check(#NAME, CODE, KEY);
#include "spacecore/ops.def"
}

// [[1, 0, 1], [0, 0, 1]] reduced over rows; the kept axis comes first.
TEST(ReferenceReductions, EveryDtype) {
  for (spc_dtype t : all_dtypes) {
    SCOPED_TRACE(dtype_trace(t));
    Operand x(t, {2, 3}, {1, 0, 1, 0, 0, 1});
    Operand out = Operand(t, {2}).view({2, 3}, {1, 0});
    auto result = [&] { return Values({out.at(0), out.at(1)}); };
    spc_params_reduce p{};
    p.n_kept = 1;
    ASSERT_EQ(Call(SPC_OP_sum).in(x).out(out).with(p).run(), SPC_OK);
    EXPECT_EQ(result(), held(t, {2, 1}));
    ASSERT_EQ(Call(SPC_OP_min).in(x).out(out).with(p).run(), SPC_OK);
    EXPECT_EQ(result(), Values({0, 0}));
    ASSERT_EQ(Call(SPC_OP_max).in(x).out(out).with(p).run(), SPC_OK);
    EXPECT_EQ(result(), Values({1, 1}));
    ASSERT_EQ(Call(SPC_OP_vdot).in(x, x).out(out).with(p).run(), SPC_OK);
    EXPECT_EQ(result(), held(t, {2, 1}));

    p.n_kept = 0;
    p.accumulate = 1;
    Operand total = Operand::scalar(t, 1).view({2, 3}, {0, 0});
    ASSERT_EQ(Call(SPC_OP_sum).in(x).out(total).with(p).run(), SPC_OK);
    EXPECT_EQ(total.at(0), held(t, {4})[0]);
    total.set(0, 0);
    ASSERT_EQ(Call(SPC_OP_max).in(x).out(total).with(p).run(), SPC_OK);
    EXPECT_EQ(total.at(0), 1.0);
    ASSERT_EQ(Call(SPC_OP_min).in(x).out(total).with(p).run(), SPC_OK);
    EXPECT_EQ(total.at(0), 0.0);
  }
}

Value norm(spc_dtype from, const Values &x, double p) {
  const spc_dtype to = from < SPC_FLOAT32 ? SPC_FLOAT64 : real_dtype(from);
  Operand in(from, {static_cast<int64_t>(x.size())}, x);
  Operand out = Operand(to, {1}).view(in.shape(), {0});
  spc_params_norm q{};
  q.p = p;
  EXPECT_EQ(Call(SPC_OP_norm).in(in).out(out).with(q).run(), SPC_OK);
  return out.at(0);
}

TEST(ReferenceNorm, Orders) {
  const Values x = {3, -4, 0};
  EXPECT_EQ(norm(SPC_FLOAT64, x, 0), 2.0);
  EXPECT_EQ(norm(SPC_INT8, x, 1), 7.0);
  EXPECT_EQ(norm(SPC_FLOAT32, x, 2), 5.0);
  EXPECT_NEAR(norm(SPC_FLOAT64, x, 3).real(), 4.497941445275415, 1e-14);
  EXPECT_EQ(norm(SPC_FLOAT64, x, inf), 4.0);
  EXPECT_EQ(norm(SPC_FLOAT64, x, -inf), 0.0);
  EXPECT_EQ(norm(SPC_BOOL, {1, 1, 1, 1}, 2), 2.0);
  EXPECT_EQ(norm(SPC_INT64, {-0x1p63}, 1), 0x1p63);
  for (spc_dtype t : {SPC_COMPLEX64, SPC_COMPLEX128}) {
    EXPECT_EQ(norm(t, {{3, 4}, {0, 12}}, 2), 13.0);
    EXPECT_EQ(norm(t, {{3, 4}, {0, 12}}, 1), 17.0);
  }
}

TEST(ReferenceNorm, HasNoOverflowAndKeepsInfinityAndNan) {
  EXPECT_EQ(norm(SPC_FLOAT64, {3e300, 4e300}, 2), 5e300);
  EXPECT_NEAR(norm(SPC_FLOAT64, {3e-300, 4e-300}, 2).real() / 5e-300, 1, 1e-15);
  EXPECT_EQ(norm(SPC_FLOAT64, {5e-324, 0}, 2), 5e-324);
  EXPECT_EQ(norm(SPC_FLOAT64, {0, 0}, 2), 0.0);
  EXPECT_EQ(norm(SPC_FLOAT32, {-inf, 1}, 2), inf);
  EXPECT_TRUE(std::isnan(norm(SPC_FLOAT64, {inf, nan}, 2).real()));
  EXPECT_TRUE(std::isnan(norm(SPC_FLOAT64, {1, nan, 2}, inf).real()));
  EXPECT_TRUE(std::isnan(norm(SPC_FLOAT64, {1, nan, 2}, -inf).real()));
}

TEST(ReferenceSum, RoundingErrorGrowsWithTheLogarithmOnly) {
  const int64_t n = 1000000;
  Operand x = Operand(SPC_FLOAT32, {n}, Values(n, 0.1));
  Operand out = Operand(SPC_FLOAT32, {1}).view({n}, {0});
  ASSERT_EQ(Call(SPC_OP_sum).in(x).out(out).with(spc_params_reduce{}).run(), SPC_OK);
  EXPECT_NEAR(out.at(0).real() / (1e6 * static_cast<double>(0.1f)), 1, 1e-6);
}

TEST(ReferenceSum, NarrowIntegersIntoInt64) {
  for (spc_dtype t : {SPC_BOOL, SPC_INT8, SPC_UINT8, SPC_INT32}) {
    SCOPED_TRACE(dtype_trace(t));
    Operand x(t, {3}, {127, 127, 127});
    Operand out = Operand(SPC_INT64, {1}).view({3}, {0});
    ASSERT_EQ(Call(SPC_OP_sum).in(x).out(out).with(spc_params_reduce{}).run(), SPC_OK);
    EXPECT_EQ(out.at(0), t == SPC_BOOL ? 3.0 : 381.0);
  }
}

TEST(ReferenceMinMax, NanWins) {
  Operand x(SPC_COMPLEX64, {3}, {{5, 1}, {nan, 0}, {1, 0}});
  Operand out = Operand(SPC_COMPLEX64, {1}).view({3}, {0});
  for (uint32_t op : {SPC_OP_min, SPC_OP_max}) {
    ASSERT_EQ(Call(op).in(x).out(out).with(spc_params_reduce{}).run(), SPC_OK);
    EXPECT_TRUE(std::isnan(out.at(0).real()));
  }
}

TEST(ReferenceVdot, ConjugatesTheFirst) {
  Operand x(SPC_COMPLEX128, {2}, {{1, 2}, {0, 1}});
  Operand y(SPC_COMPLEX128, {2}, {{3, 0}, {0, 1}});
  Operand out = Operand(SPC_COMPLEX128, {1}).view({2}, {0});
  ASSERT_EQ(Call(SPC_OP_vdot).in(x, y).out(out).with(spc_params_reduce{}).run(), SPC_OK);
  EXPECT_EQ(out.at(0), Value(4, -6));
}

bool all_close(spc_dtype dtype, const Values &x, const Values &y, bool equal_nan = false) {
  Operand a(dtype, {static_cast<int64_t>(x.size())}, x);
  Operand b(dtype, {static_cast<int64_t>(y.size())}, y);
  Operand out = Operand(SPC_BOOL, {1}).view(a.shape(), {0});
  spc_params_close p{};
  p.rtol = 1e-5;
  p.atol = 1e-8;
  p.equal_nan = equal_nan;
  EXPECT_EQ(Call(SPC_OP_allclose).in(a, b).out(out).with(p).run(), SPC_OK);
  return out.at(0) != 0.0;
}

TEST(ReferenceAllclose, EveryDtypeInfinitiesAndNan) {
  for (spc_dtype t : all_dtypes) {
    SCOPED_TRACE(dtype_trace(t));
    EXPECT_TRUE(all_close(t, {1, 0}, {1, 0}));
    EXPECT_FALSE(all_close(t, {1, 0}, {1, 1}));
  }
  EXPECT_TRUE(all_close(SPC_FLOAT64, {1, inf, 0}, {1.000009, inf, 1e-9}));
  EXPECT_FALSE(all_close(SPC_FLOAT64, {1}, {1.00002}));
  EXPECT_FALSE(all_close(SPC_FLOAT64, {inf}, {-inf}));
  EXPECT_FALSE(all_close(SPC_FLOAT32, {1}, {inf}));
  EXPECT_FALSE(all_close(SPC_FLOAT32, {inf}, {1}));
  EXPECT_FALSE(all_close(SPC_COMPLEX128, {nan}, {nan}));
  EXPECT_TRUE(all_close(SPC_COMPLEX128, {nan}, {nan}, true));
  EXPECT_FALSE(all_close(SPC_INT64, {-0x1p63}, {0x1p62}));
}

TEST(ReferenceGather, IndicesFromTheEndAndOutOfRange) {
  Operand x(SPC_INT32, {3, 2}, {1, 2, 3, 4, 5, 6});
  Operand index(SPC_INT64, {2, 2}, {0, -1, 2, 1});
  Operand out(SPC_INT32, {2, 2, 2});
  spc_params_gather p{};
  p.n_index = 1;
  p.batch_ndim = 2;
  ASSERT_EQ(Call(SPC_OP_gather).in(x, index).out(out).with(p).run(), SPC_OK);
  EXPECT_EQ(out.values(), Values({1, 2, 5, 6, 5, 6, 3, 4}));

  // Two indexed axes, the second index broadcast.
  Operand column = Operand(SPC_INT64, {1}, {1}).view({2, 2}, {0, 0});
  Operand picked(SPC_INT32, {2, 2});
  p.n_index = 2;
  ASSERT_EQ(Call(SPC_OP_gather).in(x, index, column).out(picked).with(p).run(), SPC_OK);
  EXPECT_EQ(picked.values(), Values({2, 6, 6, 4}));

  index.set(3, -4);
  Call bad(SPC_OP_gather);
  EXPECT_EQ(bad.in(x, index, column).out(picked).with(p).run(), SPC_E_INDEX);
  EXPECT_EQ(bad.error(), "index -4 is out of bounds for axis 0 with size 3");
}

TEST(ReferenceNonzero, RowMajor) {
  Operand x(SPC_FLOAT64, {2, 3}, {0, nan, 0, -0.0, 2, 1});
  Call call(SPC_OP_nonzero);
  ASSERT_EQ(call.in(x).extent(), 3);
  Operand i(SPC_INT64, {3});
  Operand j(SPC_INT64, {3});
  ASSERT_EQ(call.out(i, j).run(), SPC_OK);
  EXPECT_EQ(i.values(), Values({0, 1, 1}));
  EXPECT_EQ(j.values(), Values({1, 1, 2}));
}

}  // namespace
}  // namespace spc::reference_test
