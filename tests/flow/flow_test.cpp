// SPDX-License-Identifier: Apache-2.0
// fori_loop, while_loop, scan and cond.
#include "tests/flow/calling.hpp"

namespace test {
namespace {

const spc_value untouched = reinterpret_cast<spc_value>(0x10);

class Flow : public OnFamily {
 protected:
  Array fori(int64_t lower, int64_t upper, Fn &body, spc_value init) {
    Array out;
    check(spc_fori_loop(lower, upper, Fn::call, &body, init, out.out()));
    return out;
  }
  // {carry, ys}
  std::pair<Array, Array> scan(Fn &f, spc_value init, spc_value xs, int64_t length = SPC_NONE_I64,
                               bool reverse = false) {
    Array carry, ys;
    check(spc_scan(Fn::call, &f, init, xs, length, reverse ? 1 : 0, carry.out(), ys.out()));
    return {std::move(carry), std::move(ys)};
  }
  void refuse_scan(Fn &f, spc_value init, spc_value xs, int64_t length, spc_status code,
                   const char *text) {
    spc_value carry = untouched, ys = untouched;
    expect_error(spc_scan(Fn::call, &f, init, xs, length, 0, &carry, &ys), code, {text});
    EXPECT_EQ(carry, untouched);
    EXPECT_EQ(ys, untouched);
  }
};
SPC_ON_EVERY_FAMILY(Flow);

// ---- fori_loop

TEST_P(Flow, fori_loop_counts_with_weak_integers) {
  std::vector<int64_t> seen;
  Fn body([&](Values args) {
    EXPECT_EQ(args.size(), 2U);
    EXPECT_EQ(weak_kind_of(args[0]), SPC_WEAK_INT);
    seen.push_back(static_cast<int64_t>(number_of(args[0])));
    return add(multiply(args[1], weak(2)), args[0]);
  });
  const Array v = fori(-1, 3, body, vector<float>(ctx, {1, 10}));
  EXPECT_EQ(seen, (std::vector<int64_t>{-1, 0, 1, 2}));
  // A weak integer does not widen float32.
  EXPECT_EQ(values<float>(v), (std::vector<float>{12, 156}));
}

TEST_P(Flow, fori_loop_without_steps_gives_init_itself) {
  Fn body([](Values args) { return same(args[1]); });
  const Array init = vector<double>(ctx, {1, 2});
  EXPECT_TRUE(shares_memory(fori(5, 5, body, init), init));
  EXPECT_TRUE(shares_memory(fori(5, -5, body, init), init));
  EXPECT_EQ(body.calls, 0);
  EXPECT_EQ(number_of(fori(0, 0, body, weak(7))), 7);
  // A body may return its argument.
  EXPECT_TRUE(shares_memory(fori(0, 3, body, init), init));
  EXPECT_EQ(body.calls, 3);
}

TEST_P(Flow, fori_loop_carries_trees) {
  Fn fibonacci([](Values args) {
    const Array a = item(args[1], 0), b = item(args[1], 1);
    return tuple(b, add(a, b));
  });
  const Array v = fori(0, 10, fibonacci, tuple(vector<int64_t>(ctx, {0, 1}), weak(1)));
  EXPECT_EQ(kind_of(v), SPC_VALUE_TUPLE);
  EXPECT_EQ(values<int64_t>(item(v, 0)), (std::vector<int64_t>{55, 55 + 34}));
}

TEST_P(Flow, the_body_may_release_what_it_was_started_with) {
  spc_value init = nullptr;
  const int64_t shape[] = {2};
  const double data[] = {1, 2};
  check(spc_array_from_host(ctx, SPC_FLOAT64, 1, shape, data, &init));
  Fn body([&](Values args) {
    spc_array_release(&init);
    return add(args[1], args[1]);
  });
  EXPECT_EQ(values<double>(fori(0, 2, body, init)), (std::vector<double>{4, 8}));
  EXPECT_EQ(init, nullptr);
}

TEST_P(Flow, fori_loop_errors) {
  Fn body([](Values args) { return same(args[1]); });
  body.fail_at = 2;
  spc_value out = untouched;
  expect_callback_error(spc_fori_loop(0, 9, Fn::call, &body, weak(1), &out), "fori_loop");
  EXPECT_EQ(body.calls, 3);
  EXPECT_EQ(out, untouched);
  Fn nothing([](Values) { return Array(); });
  expect_error(spc_fori_loop(0, 1, Fn::call, &nothing, weak(1), &out), SPC_E_TYPE,
               {"fori_loop: the callback returned no value"});
  expect_error(spc_fori_loop(0, 1, nullptr, nullptr, weak(1), &out), SPC_E_VALUE,
               {"fori_loop: body is NULL"});
  expect_error(spc_fori_loop(0, 1, Fn::call, &body, nullptr, &out), SPC_E_HANDLE,
               {"fori_loop: the array handle is NULL"});
  expect_error(spc_fori_loop(0, 1, Fn::call, &body, weak(1), nullptr), SPC_E_VALUE,
               {"fori_loop: out is NULL"});
  EXPECT_EQ(out, untouched);
}

// The status of a library call that failed inside is passed on with its text; what was returned
// beside it is released.
TEST_P(Flow, errors_of_calls_inside_a_callback) {
  static spc_value returned;
  auto passes_on = [](void *, int32_t, const spc_value *args, spc_value *result) -> spc_status {
    spc_array_retain(args[1]);
    returned = *result = args[1];
    const int64_t shape[] = {5};
    Array x;
    return spc_reshape(args[1], 1, shape, x.out());
  };
  Array out;
  expect_error(spc_fori_loop(0, 1, passes_on, nullptr, vector<double>(ctx, {1, 2}), out.out()),
               SPC_E_CALLBACK, {"fori_loop: the callback returned -1: reshape", "(2,)"});
  int32_t ndim = 0;
  expect_error(spc_array_ndim(returned, &ndim), SPC_E_HANDLE, {"stale"});
}

// ---- while_loop

TEST_P(Flow, while_loop_runs_while_the_condition_holds) {
  const Array limit = vector<double>(ctx, {100});
  Fn below([&](Values args) { return less(args[0], limit); });  // shape (1,)
  Fn twice([](Values args) { return multiply(args[0], weak(2)); });
  Array out;
  check(spc_while_loop(Fn::call, &below, Fn::call, &twice, vector<double>(ctx, {3}), out.out()));
  EXPECT_EQ(values<double>(out), std::vector<double>{192});
  EXPECT_EQ(below.calls, 7);
  EXPECT_EQ(twice.calls, 6);
}

TEST_P(Flow, while_loop_takes_any_scalar_as_condition) {
  for (int kind = 0; kind < 4; ++kind) {
    Fn positive([&](Values args) {
      const double n = number_of(args[0]);
      Array b;
      switch (kind) {
        case 0:
          check(spc_weak_bool(n > 0 ? 1 : 0, b.out()));
          return b;
        case 1:
          return weak(n > 0 ? -3 : 0);
        case 2:
          return weak(n > 0 ? 0.5 : -0.0);
        default:
          return array<std::complex<double>>(ctx, {1, 1}, {{0, n > 0 ? 1e-300 : 0}});
      }
    });
    Fn down([](Values args) { return subtract(args[0], weak(1)); });
    Array out;
    check(spc_while_loop(Fn::call, &positive, Fn::call, &down, weak(3), out.out()));
    EXPECT_EQ(number_of(out), 0) << kind;
    EXPECT_EQ(down.calls, 3) << kind;
  }
}

TEST_P(Flow, while_loop_errors) {
  Fn body([](Values args) { return same(args[0]); });
  Fn two([&](Values) { return vector<bool>(ctx, {true, true}); });
  Fn empty([&](Values) { return vector<bool>(ctx, {}); });
  Fn words([](Values) { return list(weak(1)); });
  spc_value out = untouched;
  auto run = [&](Fn &cond) {
    return spc_while_loop(Fn::call, &cond, Fn::call, &body, weak(1), &out);
  };
  expect_error(run(two), SPC_E_VALUE,
               {"while_loop: the condition has shape (2,), expected one element"});
  expect_error(run(empty), SPC_E_VALUE, {"while_loop: the condition has shape (0,)"});
  expect_error(run(words), SPC_E_TYPE,
               {"while_loop: expected a scalar or an array of one element as the condition, got "
                "list"});
  EXPECT_EQ(body.calls, 0);
  Fn always([](Values) { return weak(1); });
  always.fail_at = 2;
  expect_callback_error(run(always), "while_loop");
  EXPECT_EQ(body.calls, 2);
  Fn fine([](Values) { return weak(1); });
  body.fail_at = 4;
  expect_callback_error(run(fine), "while_loop");
  EXPECT_EQ(fine.calls, 3);
  expect_error(spc_while_loop(nullptr, nullptr, Fn::call, &body, weak(1), &out), SPC_E_VALUE,
               {"while_loop: cond is NULL"});
  expect_error(spc_while_loop(Fn::call, &fine, nullptr, nullptr, weak(1), &out), SPC_E_VALUE,
               {"while_loop: body is NULL"});
  EXPECT_EQ(out, untouched);
}

// ---- scan

TEST_P(Flow, scan_of_running_sums) {
  Fn f([](Values args) { return tuple(add(args[0], args[1]), args[0]); });
  const Array xs = vector<int64_t>(ctx, {0, 1, 2, 3});
  auto [carry, ys] = scan(f, weak(0), xs);
  EXPECT_EQ(value<int64_t>(carry), 6);
  EXPECT_EQ(values<int64_t>(ys), (std::vector<int64_t>{0, 0, 1, 3}));
  auto [last, reversed] = scan(f, weak(0), xs, 4, true);
  EXPECT_EQ(value<int64_t>(last), 6);
  EXPECT_EQ(values<int64_t>(reversed), (std::vector<int64_t>{6, 5, 3, 0}));
  const char *family = "";
  check(spc_array_family(ys, &family));
  EXPECT_STREQ(family, GetParam());
}

TEST_P(Flow, scan_cuts_and_stacks_trees) {
  // Slices of strided views, and a None along the way.
  Array turned;
  check(spc_transpose(array<double>(ctx, {2, 3}, {1, 2, 3, 10, 20, 30}), SPC_ALL_AXES, nullptr,
                      turned.out()));
  const Array counts = vector<int32_t>(ctx, {5, 6, 7});
  Fn f([](Values args) {
    const Array row = get(args[1], "row"), rest = get(args[1], "rest");
    EXPECT_EQ(shape_of(row), (Shape{2}));
    EXPECT_EQ(shape_of(item(rest, 0)), (Shape{}));
    EXPECT_EQ(kind_of(item(rest, 1)), SPC_VALUE_NULL);
    const Array total = add(args[0], sum(row));
    return tuple(total, map({"sum", "parts"}, {sum(row), list(row, item(rest, 0), none())}));
  });
  auto [carry, ys] = scan(f, weak(0.), map({"row", "rest"}, {turned, tuple(counts, none())}));
  EXPECT_EQ(value<double>(carry), 66);
  EXPECT_EQ(values<double>(get(ys, "sum")), (std::vector<double>{11, 22, 33}));
  const Array parts = get(ys, "parts");
  EXPECT_EQ(kind_of(parts), SPC_VALUE_LIST);
  EXPECT_EQ(shape_of(item(parts, 0)), (Shape{3, 2}));
  EXPECT_EQ(values<double>(item(parts, 0)), (std::vector<double>{1, 10, 2, 20, 3, 30}));
  EXPECT_EQ(values<int32_t>(item(parts, 1)), (std::vector<int32_t>{5, 6, 7}));
  EXPECT_EQ(kind_of(item(parts, 2)), SPC_VALUE_NULL);
}

TEST_P(Flow, scan_without_xs) {
  Fn f([](Values args) {
    EXPECT_EQ(kind_of(args[1]), SPC_VALUE_NULL);
    return tuple(multiply(args[0], weak(3)), none());
  });
  for (const bool null : {true, false}) {
    auto [carry, ys] = scan(f, vector<double>(ctx, {1, 2}), null ? Array() : none(), 3);
    EXPECT_EQ(values<double>(carry), (std::vector<double>{27, 54}));
    EXPECT_EQ(kind_of(ys), SPC_VALUE_NULL);
  }
  // A length is no promise of as many steps.
  f.fail_at = f.calls + 2;
  spc_value carry = nullptr, ys = nullptr;
  EXPECT_EQ(
      spc_scan(Fn::call, &f, vector<double>(ctx, {1}), nullptr, INT64_MAX - 1, 0, &carry, &ys),
      SPC_E_CALLBACK)
      << last_error();
  f.fail_at = -1;
  const char *text = "scan(xs=None) requires an explicit `length`.";
  refuse_scan(f, weak(1), nullptr, SPC_NONE_I64, SPC_E_VALUE, text);
  refuse_scan(f, weak(1), none(), SPC_NONE_I64, SPC_E_VALUE, text);
  refuse_scan(f, weak(1), tuple(), SPC_NONE_I64, SPC_E_VALUE, text);
  EXPECT_EQ(last_error(), text);
}

TEST_P(Flow, scan_without_steps_gives_an_empty_tuple) {
  Fn f([](Values args) { return tuple(args[0], args[1]); });
  const Array init = vector<double>(ctx, {1, 2});
  for (const int64_t length : {int64_t{0}, SPC_NONE_I64}) {
    auto [carry, ys] = scan(f, init, array<double>(ctx, {0, 3}, {}), length);
    EXPECT_TRUE(shares_memory(carry, init));
    EXPECT_EQ(kind_of(ys), SPC_VALUE_TUPLE);
    EXPECT_EQ(count_of(ys), 0);
  }
  auto [carry, ys] = scan(f, weak(4), nullptr, 0);
  EXPECT_EQ(number_of(carry), 4);
  EXPECT_EQ(count_of(ys), 0);
  EXPECT_EQ(f.calls, 0);
}

TEST_P(Flow, scan_errors) {
  Fn f([](Values args) { return tuple(args[0], args[0]); });
  const Array x3 = vector<double>(ctx, {1, 2, 3}), x2 = vector<double>(ctx, {1, 2});
  const auto none_given = SPC_NONE_I64;
  refuse_scan(f, weak(0), tuple(x3, list(x2)), none_given, SPC_E_VALUE,
              "scan: leading extents differ: xs[0] has 3, xs[1][0] has 2");
  refuse_scan(f, weak(0), x3, 4, SPC_E_VALUE, "scan: length is 4, the leading extent of xs is 3");
  refuse_scan(f, weak(0), x3, 2, SPC_E_VALUE, "scan: length is 2, the leading extent of xs is 3");
  refuse_scan(f, weak(0), x3, -1, SPC_E_VALUE, "scan: length is -1");
  refuse_scan(f, weak(0), map({"n"}, {weak(1)}), none_given, SPC_E_AXIS,
              "scan: xs['n'] is a scalar without axes");
  refuse_scan(f, weak(0), array<double>(ctx, {}, {1}), none_given, SPC_E_AXIS,
              "scan: xs is a 0-d array without axes");
  Array sparse;
  check(spc_assparse(ctx, array<double>(ctx, {1, 1}, {1}), "csr", SPC_DTYPE_NONE, sparse.out()));
  refuse_scan(f, weak(0), sparse, none_given, SPC_E_TYPE,
              "scan: expected dense arrays, got sparse");
  EXPECT_EQ(f.calls, 0);

  Fn single([](Values args) { return same(args[1]); });
  refuse_scan(single, weak(0), x3, none_given, SPC_E_TYPE,
              "scan: expected f to give a tuple (carry, y), got array of family");
  Fn three([](Values args) { return tuple(args[0], args[1], args[1]); });
  refuse_scan(three, weak(0), x3, none_given, SPC_E_TYPE, "got one of 3 items");
  Fn growing([&](Values args) {
    Array y;
    const int64_t n[] = {static_cast<int64_t>(number_of(args[0])) + 1};
    check(spc_zeros(ctx, 1, n, SPC_FLOAT64, y.out()));
    return tuple(add(args[0], weak(1)), y);
  });
  refuse_scan(growing, weak(0), x3, none_given, SPC_E_VALUE,
              "scan: the results of calls 0 and 1 have shapes (1,) and (2,)");
  Fn changing([](Values args) {
    return tuple(add(args[0], weak(1)), number_of(args[0]) > 1 ? none() : same(args[1]));
  });
  refuse_scan(changing, weak(0), x3, none_given, SPC_E_VALUE,
              "scan: the results of calls 0 and 2 differ in structure");

  f.fail_at = 1;
  spc_value carry = untouched, ys = untouched;
  expect_callback_error(spc_scan(Fn::call, &f, weak(0), x3, none_given, 0, &carry, &ys), "scan");
  EXPECT_EQ(f.calls, 2);
  EXPECT_EQ(carry, untouched);
  EXPECT_EQ(ys, untouched);
  expect_error(spc_scan(nullptr, nullptr, weak(0), x3, none_given, 0, &carry, &ys), SPC_E_VALUE,
               {"scan: f is NULL"});
  expect_error(spc_scan(Fn::call, &f, weak(0), x3, none_given, 0, nullptr, &ys), SPC_E_VALUE,
               {"scan: carry is NULL"});
  expect_error(spc_scan(Fn::call, &f, weak(0), x3, none_given, 0, &carry, nullptr), SPC_E_VALUE,
               {"scan: ys is NULL"});
}

// ---- cond

TEST_P(Flow, cond_runs_one_branch) {
  Fn sums([](Values args) { return add(args[0], args[1]); });
  Fn differences([](Values args) { return subtract(args[0], args[1]); });
  const Array a = vector<double>(ctx, {5, 6}), b = vector<double>(ctx, {1, 2});
  const spc_value operands[] = {a, b};
  auto run = [&](spc_value pred) {
    Array out;
    check(spc_cond(pred, Fn::call, &sums, Fn::call, &differences, 2, operands, out.out()));
    return out;
  };
  EXPECT_EQ(values<double>(run(weak(1))), (std::vector<double>{6, 8}));
  EXPECT_EQ(values<double>(run(array<bool>(ctx, {1, 1}, {true}))), (std::vector<double>{6, 8}));
  EXPECT_EQ(differences.calls, 0);
  EXPECT_EQ(values<double>(run(weak(0.))), (std::vector<double>{4, 4}));
  EXPECT_EQ(values<double>(run(array<int8_t>(ctx, {}, {0}))), (std::vector<double>{4, 4}));
  EXPECT_EQ(sums.calls, 2);
  Fn constant([](Values values) {
    EXPECT_TRUE(values.empty());
    return weak(3);
  });
  Array out;
  check(spc_cond(weak(1), Fn::call, &constant, Fn::call, &sums, 0, nullptr, out.out()));
  EXPECT_EQ(number_of(out), 3);
}

TEST_P(Flow, cond_errors) {
  Fn f([](Values args) { return same(args[0]); });
  const Array a = vector<double>(ctx, {5, 6});
  const spc_value operands[] = {a};
  spc_value out = untouched;
  auto run = [&](spc_value pred) {
    return spc_cond(pred, Fn::call, &f, Fn::call, &f, 1, operands, &out);
  };
  expect_error(run(a), SPC_E_VALUE, {"cond: the predicate has shape (2,), expected one element"});
  expect_error(run(none()), SPC_E_TYPE, {"cond: expected a scalar", "as the predicate, got null"});
  EXPECT_EQ(f.calls, 0);
  f.fail_at = 0;
  expect_callback_error(run(weak(1)), "cond");
  expect_error(spc_cond(weak(1), nullptr, nullptr, Fn::call, &f, 1, operands, &out), SPC_E_VALUE,
               {"cond: true_fun is NULL"});
  expect_error(spc_cond(weak(1), Fn::call, &f, nullptr, nullptr, 1, operands, &out), SPC_E_VALUE,
               {"cond: false_fun is NULL"});
  expect_error(spc_cond(weak(1), Fn::call, &f, Fn::call, &f, -1, operands, &out), SPC_E_VALUE,
               {"cond: negative count -1"});
  expect_error(spc_cond(weak(1), Fn::call, &f, Fn::call, &f, 1, nullptr, &out), SPC_E_VALUE,
               {"cond: args is NULL"});
  EXPECT_EQ(out, untouched);
}

}  // namespace
}  // namespace test
