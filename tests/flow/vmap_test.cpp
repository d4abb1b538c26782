// SPDX-License-Identifier: Apache-2.0
// vmap: axes in, axes out, trees, and everything that is refused.
#include <cmath>
#include <random>

#include "tests/flow/calling.hpp"
#include "tests/support/algebra.hpp"

namespace test {
namespace {

const spc_value untouched = reinterpret_cast<spc_value>(0x10);

class Vmap : public OnFamily {
 protected:
  Array vmap(Fn &f, const std::vector<spc_value> &args, spc_value in_axes = nullptr,
             spc_value out_axes = nullptr) {
    Array out;
    check(spc_vmap(Fn::call, &f, static_cast<int32_t>(args.size()), args.data(), in_axes, out_axes,
                   out.out()));
    return out;
  }
  void refuse(Fn &f, const std::vector<spc_value> &args, spc_value in_axes, spc_value out_axes,
              spc_status code, const char *text) {
    spc_value out = untouched;
    expect_error(spc_vmap(Fn::call, &f, static_cast<int32_t>(args.size()), args.data(), in_axes,
                          out_axes, &out),
                 code, {text});
    EXPECT_EQ(out, untouched);
  }
  Array matrix = {};
  void SetUp() override {
    OnFamily::SetUp();
    matrix = array<double>(ctx, {2, 3}, {0, 1, 2, 3, 4, 5});
  }
};
SPC_ON_EVERY_FAMILY(Vmap);

Fn row_sum() {
  return Fn([](Values args) { return sum(args[0]); });
}
Fn first_argument() {
  return Fn([](Values args) { return same(args[0]); });
}

TEST_P(Vmap, maps_rows) {
  Fn f = row_sum();
  const Array sums = vmap(f, {matrix});
  EXPECT_EQ(values<double>(sums), (std::vector<double>{3, 12}));
  EXPECT_EQ(f.calls, 2);
  EXPECT_EQ(family_of(sums), GetParam());
  Fn doubled([](Values args) { return multiply(args[0], weak(2)); });
  const Array columns = vmap(doubled, {matrix}, nullptr, weak(1));
  EXPECT_EQ(shape_of(columns), (Shape{3, 2}));
  EXPECT_EQ(values<double>(columns), (std::vector<double>{0, 6, 2, 8, 4, 10}));
}

TEST_P(Vmap, maps_an_operator_over_rows) {
  const Space X = coordinate_space(ctx, 2);
  LinOp D;
  check(spc_linop_diagonal(vector<double>(ctx, {2, 3}), X, D.out()));
  Fn f([&](Values args) { return apply(D, args[0]); });
  EXPECT_EQ(values<double>(vmap(f, {array<double>(ctx, {2, 2}, {1, 1, 2, 4})})),
            (std::vector<double>{2, 3, 4, 12}));
}

// The same calls, one by one: equal to the bit.
TEST_P(Vmap, results_are_those_of_the_loop) {
  std::mt19937 bits(7);
  std::vector<double> data(5 * 4 * 3);
  for (double &x : data) x = std::ldexp(static_cast<double>(bits()), -32);
  const Array x = array<double>(ctx, {5, 4, 3}, data);
  auto body = [](spc_array slice) {
    Array e;
    check(spc_exp(slice, e.out()));
    return add(multiply(e, slice), weak(0.1));
  };
  for (int64_t axis = 0; axis < 3; ++axis) {
    Fn f([&](Values args) { return body(args[0]); });
    const Array mapped = vmap(f, {x}, weak(axis), weak(axis));
    EXPECT_EQ(shape_of(mapped), (Shape{5, 4, 3}));
    const int64_t n = shape_of(x)[static_cast<std::size_t>(axis)];
    for (int64_t i = 0; i < n; ++i) {
      std::vector<spc_index> index(3, all());
      index[static_cast<std::size_t>(axis)] = at(i);
      EXPECT_EQ(values<double>(getitem(mapped, index)), values<double>(body(getitem(x, index))));
    }
  }
}

TEST_P(Vmap, in_axes_of_each_argument) {
  const Array scale = vector<double>(ctx, {10, 20, 30});
  // Column j of the matrix, element j of the vector, and a whole array.
  Fn f([&](Values args) {
    EXPECT_EQ(shape_of(args[0]), (Shape{2}));
    EXPECT_EQ(shape_of(args[1]), (Shape{}));
    EXPECT_EQ(shape_of(args[2]), (Shape{2, 3}));
    return multiply(args[0], args[1]);
  });
  for (const int64_t axis : {1, -1}) {
    const Array out =
        vmap(f, {matrix, scale, matrix}, tuple(weak(axis), weak(0), none()), weak(-1));
    EXPECT_EQ(shape_of(out), (Shape{2, 3}));
    EXPECT_EQ(values<double>(out), (std::vector<double>{0, 20, 60, 30, 80, 150}));
  }
  EXPECT_EQ(shape_of(vmap(f, {matrix, scale, matrix}, list(weak(-1), weak(-1), none()))),
            (Shape{3, 2}));
}

TEST_P(Vmap, in_axes_reach_into_tuples) {
  const Array v = vector<double>(ctx, {1, 2, 3});
  Fn f([](Values args) {
    const Array pair = item(args[0], 0), whole = item(args[0], 1), last = item(args[0], 2);
    EXPECT_EQ(shape_of(item(pair, 0)), (Shape{2}));
    EXPECT_EQ(shape_of(get(item(pair, 1), "v")), (Shape{}));
    EXPECT_EQ(shape_of(whole), (Shape{2, 3}));
    EXPECT_EQ(kind_of(last), SPC_VALUE_NULL);
    return multiply(item(pair, 0), get(item(pair, 1), "v"));
  });
  const Array argument = tuple(tuple(matrix, map({"v"}, {v})), matrix, none());
  // A plain integer is for all that lies below.
  const Array axes = tuple(tuple(tuple(weak(1), weak(0)), none(), weak(5)));
  EXPECT_EQ(values<double>(vmap(f, {argument}, axes)), (std::vector<double>{0, 3, 2, 8, 6, 15}));
  Fn g([](Values args) { return add(item(args[0], 0), get(item(args[0], 1), "w")); });
  EXPECT_EQ(values<double>(vmap(g, {list(v, map({"w"}, {v}))}, tuple(weak(0)))),
            (std::vector<double>{2, 4, 6}));
}

TEST_P(Vmap, nothing_mapped_is_one_call) {
  Fn f([](Values args) { return tuple(args[0], args[1]); });
  for (const bool each : {false, true}) {
    const Array axes = each ? tuple(none(), none()) : none();
    const Array out = vmap(f, {matrix, weak(3)}, axes, weak(7));
    EXPECT_TRUE(shares_memory(item(out, 0), matrix));
    EXPECT_EQ(number_of(item(out, 1)), 3);
  }
  EXPECT_EQ(f.calls, 2);
  Fn constant([](Values) { return weak(5); });
  EXPECT_EQ(kind_of(vmap(constant, {})), SPC_VALUE_SCALAR);
  // A None has nothing to map.
  EXPECT_EQ(kind_of(vmap(constant, {none()})), SPC_VALUE_SCALAR);
  EXPECT_EQ(constant.calls, 2);
}

TEST_P(Vmap, out_axes_of_trees) {
  Fn f([](Values args) {
    return tuple(args[0], list(sum(args[0]), args[0]), map({"k", "none"}, {args[0], none()}));
  });
  const Array plain = vmap(f, {matrix}, nullptr, weak(-1));
  EXPECT_EQ(shape_of(item(plain, 0)), (Shape{3, 2}));
  EXPECT_EQ(kind_of(item(plain, 1)), SPC_VALUE_LIST);
  EXPECT_EQ(values<double>(item(item(plain, 1), 0)), (std::vector<double>{3, 12}));
  EXPECT_EQ(shape_of(get(item(plain, 2), "k")), (Shape{3, 2}));
  EXPECT_EQ(kind_of(get(item(plain, 2), "none")), SPC_VALUE_NULL);

  const Array out = vmap(f, {matrix}, nullptr, tuple(none(), tuple(weak(0), weak(1)), weak(0)));
  EXPECT_EQ(values<double>(item(out, 0)), (std::vector<double>{0, 1, 2}));  // of call 0
  EXPECT_EQ(values<double>(item(item(out, 1), 0)), (std::vector<double>{3, 12}));
  EXPECT_EQ(shape_of(item(item(out, 1), 1)), (Shape{3, 2}));
  EXPECT_EQ(shape_of(get(item(out, 2), "k")), (Shape{2, 3}));
  const Array first = vmap(f, {matrix}, nullptr, none());
  EXPECT_EQ(values<double>(item(first, 0)), (std::vector<double>{0, 1, 2}));
  EXPECT_EQ(f.calls, 6);
}

TEST_P(Vmap, host_scalars_become_arrays) {
  int call = 0;
  Fn f([&](Values) {
    const int i = call++;
    return tuple(weak(i), weak(0.5 * i), i == 0 ? weak(2) : weak(2.5));
  });
  const Array out = vmap(f, {matrix});
  EXPECT_EQ(values<int64_t>(item(out, 0)), (std::vector<int64_t>{0, 1}));
  EXPECT_EQ(values<double>(item(out, 1)), (std::vector<double>{0, 0.5}));
  EXPECT_EQ(values<double>(item(out, 2)), (std::vector<double>{2, 2.5}));
  EXPECT_EQ(family_of(item(out, 0)), GetParam());
  // The join over the calls, of one call too.
  Fn mixed([&](Values args) {
    return number_of(args[0]) > 1 ? array<float>(ctx, {}, {1.5F}) : array<int8_t>(ctx, {}, {1});
  });
  EXPECT_EQ(values<float>(vmap(mixed, {vector<double>(ctx, {1, 2})})),
            (std::vector<float>{1, 1.5F}));
  EXPECT_EQ(values<int8_t>(vmap(mixed, {vector<double>(ctx, {1})})), std::vector<int8_t>{1});
}

TEST_P(Vmap, arguments_that_do_not_fit) {
  Fn f = first_argument();
  const Array v2 = vector<double>(ctx, {1, 2}), v4 = vector<double>(ctx, {1, 2, 3, 4});
  const Array scalar = array<double>(ctx, {}, {1});
  refuse(f, {v2, v4}, nullptr, nullptr, SPC_E_VALUE,
         "vmap: mapped lengths differ: args[0] has 2 along axis 0, args[1] has 4 along axis 0");
  refuse(f, {tuple(matrix, map({"b"}, {v4}))}, tuple(tuple(weak(-1), weak(0))), nullptr,
         SPC_E_VALUE, "args[0][0] has 3 along axis 1, args[0][1]['b'] has 4 along axis 0");
  refuse(f, {array<double>(ctx, {0, 2}, {})}, nullptr, nullptr, SPC_E_VALUE,
         "vmap over an axis of length 0");
  refuse(f, {v2}, weak(1), nullptr, SPC_E_AXIS,
         "vmap: axis 1 is out of bounds for args[0], an array of dimension 1");
  refuse(f, {v2, matrix}, tuple(weak(0), weak(-3)), nullptr, SPC_E_AXIS,
         "vmap: axis -3 is out of bounds for args[1], an array of dimension 2");
  refuse(f, {v2, list(v2, scalar)}, nullptr, nullptr, SPC_E_AXIS,
         "vmap: axis 0 is out of bounds for args[1][1], an array of dimension 0");
  refuse(f, {weak(1)}, nullptr, nullptr, SPC_E_AXIS,
         "vmap: axis 0 is out of bounds for args[0], a scalar of dimension 0");
  Array sparse;
  check(spc_assparse(ctx, matrix, "csr", SPC_DTYPE_NONE, sparse.out()));
  refuse(f, {sparse}, nullptr, nullptr, SPC_E_TYPE,
         "vmap: expected dense arrays along mapped axes, got sparse array of family");
  EXPECT_EQ(f.calls, 0);
}

TEST_P(Vmap, axes_that_do_not_fit) {
  Fn f = first_argument();
  refuse(f, {matrix, matrix}, tuple(weak(0)), nullptr, SPC_E_VALUE,
         "vmap: in_axes has 1 entries for 2 arguments");
  refuse(f, {matrix}, tuple(weak(0), weak(0)), nullptr, SPC_E_VALUE,
         "vmap: in_axes has 2 entries for 1 arguments");
  refuse(f, {matrix}, tuple(tuple(weak(0))), nullptr, SPC_E_VALUE,
         "vmap: in_axes has 1 entries for array of family");
  refuse(f, {tuple(matrix, matrix)}, tuple(tuple(weak(0))), nullptr, SPC_E_VALUE,
         "vmap: in_axes has 1 entries for a tuple of 2");
  refuse(f, {matrix}, weak(0.), nullptr, SPC_E_TYPE,
         "vmap: expected an integer in in_axes, got a float");
  Array yes;
  check(spc_weak_bool(1, yes.out()));
  refuse(f, {matrix}, tuple(yes), nullptr, SPC_E_TYPE,
         "vmap: expected an integer in in_axes, got a bool");
  refuse(f, {matrix}, map({"a"}, {weak(0)}), nullptr, SPC_E_TYPE,
         "vmap: expected an integer, null or a sequence in in_axes, got map");
  EXPECT_EQ(f.calls, 0);

  refuse(f, {matrix}, nullptr, weak(2), SPC_E_AXIS,
         "vmap: out_axes 2 is out of bounds for a result of dimension 2");
  refuse(f, {matrix}, nullptr, weak(-3), SPC_E_AXIS, "vmap: out_axes -3 is out of bounds");
  refuse(f, {matrix}, nullptr, tuple(weak(0)), SPC_E_VALUE,
         "vmap: out_axes has 1 entries for array of family");
  Fn pair([](Values args) { return tuple(args[0], args[0]); });
  refuse(pair, {matrix}, nullptr, tuple(weak(0)), SPC_E_VALUE,
         "vmap: out_axes has 1 entries for a tuple of 2");
  refuse(pair, {matrix}, nullptr, weak(std::complex<double>(1)), SPC_E_TYPE,
         "vmap: expected an integer in out_axes, got a complex number");
  EXPECT_EQ(pair.calls, 2);  // the first result tells
}

TEST_P(Vmap, results_that_do_not_fit) {
  int call = 0;
  Fn shapes([&](Values args) { return call++ == 0 ? sum(args[0]) : same(args[0]); });
  refuse(shapes, {matrix}, nullptr, nullptr, SPC_E_VALUE,
         "vmap: the results of calls 0 and 1 have shapes () and (3,)");
  const char *structure = "vmap: the results of calls 0 and 1 differ in structure";
  auto alternate = [&](std::function<Array()> a, std::function<Array()> b) {
    call = 0;
    Fn f([&](Values) { return call++ == 0 ? a() : b(); });
    refuse(f, {matrix}, nullptr, nullptr, SPC_E_VALUE, structure);
  };
  alternate([] { return tuple(weak(1)); }, [] { return list(weak(1)); });
  alternate([] { return tuple(weak(1)); }, [] { return tuple(weak(1), weak(1)); });
  alternate([] { return weak(1); }, [] { return tuple(weak(1)); });
  alternate([] { return none(); }, [] { return weak(1); });
  alternate([] { return map({"a"}, {weak(1)}); }, [] { return map({"b"}, {weak(1)}); });
  Array sparse;
  check(spc_assparse(ctx, matrix, "csr", SPC_DTYPE_NONE, sparse.out()));
  Fn gives_sparse([&](Values) { return same(sparse); });
  refuse(gives_sparse, {matrix}, nullptr, nullptr, SPC_E_TYPE,
         "vmap: only dense arrays and scalars can be stacked, call 0 gave sparse array");
  // The result of call 0 is not stacked.
  EXPECT_EQ(kind_of(vmap(gives_sparse, {matrix}, nullptr, none())), SPC_VALUE_SPARSE);
}

TEST_P(Vmap, errors_of_the_function) {
  const Array v = vector<double>(ctx, {1, 2, 3, 4});
  for (int k = 0; k < 4; ++k) {
    Fn f = first_argument();
    f.fail_at = k;
    spc_value out = untouched;
    const spc_value args[] = {v};
    expect_callback_error(spc_vmap(Fn::call, &f, 1, args, nullptr, nullptr, &out), "vmap");
    EXPECT_EQ(f.calls, k + 1);
    EXPECT_EQ(out, untouched);
  }
  Fn nothing([](Values) { return Array(); });
  refuse(nothing, {v}, nullptr, nullptr, SPC_E_TYPE, "vmap: the callback returned no value");
  const spc_value args[] = {v, nullptr};
  Fn f = first_argument();
  spc_value out = untouched;
  expect_error(spc_vmap(nullptr, nullptr, 1, args, nullptr, nullptr, &out), SPC_E_VALUE,
               {"vmap: f is NULL"});
  expect_error(spc_vmap(Fn::call, &f, 2, args, nullptr, nullptr, &out), SPC_E_HANDLE, {"vmap"});
  expect_error(spc_vmap(Fn::call, &f, 1, nullptr, nullptr, nullptr, &out), SPC_E_VALUE,
               {"vmap: args is NULL"});
  expect_error(spc_vmap(Fn::call, &f, -1, args, nullptr, nullptr, &out), SPC_E_VALUE,
               {"vmap: negative count -1"});
  expect_error(spc_vmap(Fn::call, &f, 1, args, nullptr, nullptr, nullptr), SPC_E_VALUE,
               {"vmap: out is NULL"});
  EXPECT_EQ(f.calls, 0);
}

}  // namespace
}  // namespace test
