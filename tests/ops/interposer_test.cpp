// SPDX-License-Identifier: Apache-2.0
// The one door: every call with an interposed operand is seen, forwarded, and stopped on demand.
#include <map>

#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests

struct Seen {
  std::map<std::string, int> calls;
  std::string stop;  // name of the op to stop
};

spc_status see(void *user, const spc_interposed_call *call) {
  Seen &s = *static_cast<Seen *>(user);
  ++s.calls[call->name];
  return s.stop == call->name ? 7 : 0;
}

class Interposer : public OnFamily {
 protected:
  void SetUp() override {
    OnFamily::SetUp();
    check(spc_set_interposer(see, &seen));
  }
  void TearDown() override { check(spc_set_interposer(nullptr, nullptr)); }
  Array interposed(spc_array a) {
    Array out;
    check(spc_array_interpose(a, 1, out.out()));
    return out;
  }
  Seen seen;
};
SPC_ON_EVERY_FAMILY(Interposer);

TEST_P(Interposer, CountsAndForwards) {
  Array plain = array<double>(ctx, {2, 2}, {1, 2, 3, 4}), x = interposed(plain), r;
  check(spc_add(plain, plain, r.out()));
  EXPECT_TRUE(seen.calls.empty());
  check(spc_add(x, plain, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({2, 4, 6, 8}));
  check(spc_matmul(plain, x, nullptr, r.out()));
  check(spc_transpose(x, SPC_ALL_AXES, nullptr, r.out()));
  check(spc_astype(x, SPC_FLOAT32, r.out()));
  check(spc_sum(x, SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, r.out()));
  getitem(x, {at(0)});
  values<double>(x);
  for (const char *op : {"add", "matmul", "transpose", "astype", "sum", "getitem", "to_host"})
    EXPECT_EQ(seen.calls[op], 1) << op;
}

TEST_P(Interposer, SeesACallOnceAndNotWhatRunsUnderneath) {
  Array m = array<float>(ctx, {2, 2}, {1, 2, 3, 4}), x = interposed(m), back, r;
  Array d = array<double>(ctx, {2, 2}, {1, 0, 0, 1});
  check(spc_matmul(x, d, nullptr, r.out()));                            // casts x
  check(spc_norm(x, SPC_ORD_P, 1, SPC_ALL_AXES, nullptr, 0, r.out()));  // sums and compares
  EXPECT_EQ(value<float>(r), 6.0f);
  EXPECT_EQ(seen.calls, (std::map<std::string, int>{{"matmul", 1}, {"norm", 1}}));
  seen.calls.clear();
  check(spc_array_set(x, weak(5)));
  EXPECT_EQ(values<float>(m), std::vector<float>(4, 5.0f));
  EXPECT_EQ(seen.calls, (std::map<std::string, int>{{"array_set", 1}}));
}

TEST_P(Interposer, OffersAnOperatorApplyWhole) {
  Array m = array<double>(ctx, {2, 2}, {1, 2, 3, 4}), x = interposed(vector<double>(ctx, {1, 1})),
        y;
  Space space;
  const int64_t shape[1] = {2};
  check(spc_space_dense(ctx, 1, shape, nullptr, space.out()));
  LinOp A;
  check(spc_linop_dense(m, space, space, A.out()));
  seen.calls.clear();
  check(spc_linop_apply(A, x, y.out()));
  EXPECT_EQ(values<double>(y), std::vector<double>({3, 7}));
  EXPECT_EQ(seen.calls.size(), 1u);
}

TEST_P(Interposer, SeesOutputsIndicesAndListItems) {
  Array a = vector<double>(ctx, {1, 2}), out = interposed(vector<double>(ctx, {0, 0})), list, r;
  Array index = interposed(vector<int32_t>(ctx, {1, 0}));
  check(spc_add_into(a, a, out));
  EXPECT_EQ(values<double>(getitem(a, {pick(index)})), std::vector<double>({2, 1}));
  const spc_value items[1] = {out};
  check(spc_value_list(1, items, list.out()));
  check(spc_asarray(ctx, list, SPC_DTYPE_NONE, r.out()));
  EXPECT_EQ(values<double>(r), std::vector<double>({2, 4}));
  EXPECT_EQ(seen.calls, (std::map<std::string, int>{{"add", 1}, {"getitem", 1}, {"asarray", 1}}));
}

TEST_P(Interposer, StopsACall) {
  Array x = interposed(vector<double>(ctx, {1, 2})), r;
  seen.stop = "negative";
  expect_error(spc_negative(x, r.out()), SPC_E_CALLBACK, {"negative", "7"});
  spc_error_info info = {};
  info.struct_size = sizeof info;
  check(spc_last_error(&info));
  EXPECT_EQ(info.native, 7);
  EXPECT_STREQ(info.op, "negative");
}

}  // namespace
