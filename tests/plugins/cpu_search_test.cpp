// SPDX-License-Identifier: Apache-2.0
// Searching and sorting kernels of the cpu family.
#include "tests/plugins/cpu_harness.hpp"

namespace spc::plugin_test {
namespace {

class Search : public testing::TestWithParam<int32_t> {};

TEST_P(Search, PositionsOfExtremes) {
  const int32_t dtype = GetParam();
  for (const Shape &shape : shapes()) {
    for (Layout layout : input_layouts) {
      for (Values kind : {Values::plain, Values::special, Values::few}) {
        for (uint32_t op : {SPC_OP_argmin, SPC_OP_argmax}) {
          if (skip(shape, 40)) continue;
          const size_t kept = shape.size() - 1;
          spc_params_reduce p{sizeof p, static_cast<int32_t>(kept), 0, 0};
          Trial t{op, static_cast<uint32_t>(dtype), 0, {}, reduced_output(SPC_INT64, shape, kept)};
          t.in.push_back(operand(dtype, shape, layout, kind));
          t.params = &p;
          t.what = text(op == SPC_OP_argmin ? "argmin" : "argmax", dtype, shape,
                        static_cast<int>(layout) * 10 + static_cast<int>(kind));
          t.run();
        }
      }
    }
  }
}

// The extreme at every place of a row that several threads share.
TEST_P(Search, FirstOfEqualsInLongRows) {
  const int32_t dtype = GetParam();
  if (cpu_family().find(SPC_OP_argmax, static_cast<uint32_t>(dtype), 0) == nullptr) return;
  const int64_t n = 300000;
  Operand x = operand(dtype, {n}, Layout::rows, Values::few);
  x.each([&](void *at) { set(at, dtype, 1.0); });
  for (int64_t at : {int64_t{0}, int64_t{63}, int64_t{2048}, int64_t{131071}, n - 1}) {
    Operand y = x;
    for (int64_t later : {at, (at + n) / 2, n - 1}) set(y.at(later), dtype, 2.0);
    spc_params_reduce p{sizeof p, 0, 0, 0};
    Trial t{SPC_OP_argmax, static_cast<uint32_t>(dtype), 0, {}, reduced_output(SPC_INT64, {n}, 0)};
    t.in.push_back(y);
    t.params = &p;
    t.what = text("argmax", dtype, {n}, static_cast<int>(at));
    t.run();
  }
}

TEST_P(Search, Sorted) {
  const int32_t dtype = GetParam();
  std::vector<Shape> all = shapes();
  all.push_back({3, 257});
  all.push_back({70000});
  all.push_back({2, 600000});
  for (const Shape &shape : all) {
    for (Layout layout : input_layouts) {
      for (Values kind : {Values::plain, Values::special, Values::few}) {
        for (uint32_t op : {SPC_OP_sort, SPC_OP_argsort}) {
          if (skip(shape, 40)) continue;
          const int32_t result = op == SPC_OP_sort ? dtype : SPC_INT64;
          const Layout layouts[] = {Layout::rows, Layout::columns, Layout::spread};
          Trial t{op,
                  static_cast<uint32_t>(dtype),
                  0,
                  {},
                  output(result, shape, layouts[integer(0, 2)])};
          t.in.push_back(operand(dtype, shape, layout, kind));
          t.signs = true;  // zeros of either sign are equal and keep their order
          t.what = text(op == SPC_OP_sort ? "sort" : "argsort", dtype, shape,
                        static_cast<int>(layout) * 10 + static_cast<int>(kind));
          t.run();
        }
      }
    }
  }
}

// Keys that differ in every digit, and rows in order and in reverse.
TEST_P(Search, SortedWideIntegers) {
  const int32_t dtype = GetParam();
  if (dtype != SPC_INT32 && dtype != SPC_INT64) return;
  for (int64_t n : {int64_t{100}, int64_t{5000}, int64_t{200000}}) {
    for (int order = 0; order < 3; ++order) {
      for (uint32_t op : {SPC_OP_sort, SPC_OP_argsort}) {
        const int32_t result = op == SPC_OP_sort ? dtype : SPC_INT64;
        Trial t{op, static_cast<uint32_t>(dtype), 0, {}, output(result, {n}, Layout::rows)};
        t.in.push_back(operand(dtype, {n}, Layout::rows, Values::plain));
        const double most = dtype == SPC_INT32 ? 0x1p30 : 0x1p52;
        double i = 0;
        t.in[0].each([&](void *at) {
          const double random = std::uniform_real_distribution<double>(-most, most)(generator());
          set(at, dtype, order == 0 ? random : order == 1 ? i : -i);
          i += 1;
        });
        t.what = text("sort of wide integers", dtype, {n}, order);
        t.run();
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Dtypes, Search, testing::ValuesIn(all_dtypes));

}  // namespace
}  // namespace spc::plugin_test
