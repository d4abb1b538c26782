// SPDX-License-Identifier: Apache-2.0
// vectorize, vectorize_or_fallback and safe_for_vectorization.
#include "tests/flow/calling.hpp"

namespace test {
namespace {

const spc_value untouched = reinterpret_cast<spc_value>(0x10);

class Vectorize : public OnFamily {
 protected:
  Array vectorize(Fn &f, const std::vector<spc_value> &args,
                  const std::vector<int32_t> &excluded = {}) {
    Array out;
    check(spc_vectorize(Fn::call, &f, static_cast<int32_t>(args.size()), args.data(),
                        static_cast<int32_t>(excluded.size()), excluded.data(), nullptr,
                        out.out()));
    return out;
  }
  void refuse(Fn &f, const std::vector<spc_value> &args, const std::vector<int32_t> &excluded,
              spc_status code, const char *text) {
    spc_value out = untouched;
    expect_error(
        spc_vectorize(Fn::call, &f, static_cast<int32_t>(args.size()), args.data(),
                      static_cast<int32_t>(excluded.size()), excluded.data(), nullptr, &out),
        code, {text});
    EXPECT_EQ(out, untouched);
  }
  Array fallback(Fn &f, const char *policy, const std::vector<spc_value> &args) {
    Array out;
    check(spc_vectorize_or_fallback(Fn::call, &f, policy, static_cast<int32_t>(args.size()),
                                    args.data(), out.out()));
    return out;
  }
};
SPC_ON_EVERY_FAMILY(Vectorize);

Fn square() {
  return Fn([](Values args) { return multiply(args[0], args[0]); });
}

TEST_P(Vectorize, calls_on_broadcast_elements) {
  std::vector<double> seen;
  Fn f([&](Values args) {
    EXPECT_EQ(shape_of(args[0]), (Shape{}));
    EXPECT_EQ(shape_of(args[1]), (Shape{}));
    seen.push_back(number_of(args[0]) + number_of(args[1]));
    return add(args[0], args[1]);
  });
  const Array column = array<int32_t>(ctx, {2, 1}, {10, 20}), row = vector<double>(ctx, {1, 2, 3});
  const Array out = vectorize(f, {column, row});
  EXPECT_EQ(shape_of(out), (Shape{2, 3}));
  EXPECT_EQ(values<double>(out), (std::vector<double>{11, 12, 13, 21, 22, 23}));
  EXPECT_EQ(seen, values<double>(out));  // row-major order
  const char *family = "";
  check(spc_array_family(out, &family));
  EXPECT_STREQ(family, GetParam());
}

TEST_P(Vectorize, takes_scalars_and_lists) {
  Fn f([](Values args) {
    EXPECT_EQ(dtype_of(args[1]), SPC_INT64);
    return multiply(args[0], args[1]);
  });
  EXPECT_EQ(values<double>(vectorize(f, {vector<double>(ctx, {1, 2}), weak(3)})),
            (std::vector<double>{3, 6}));
  EXPECT_EQ(values<double>(vectorize(f, {vector<double>(ctx, {1, 2}), list(weak(3), weak(4))})),
            (std::vector<double>{3, 8}));
  const Array single = vectorize(f, {array<double>(ctx, {}, {5}), weak(2)});
  EXPECT_EQ(shape_of(single), (Shape{}));
  EXPECT_EQ(value<double>(single), 10);
}

TEST_P(Vectorize, dtype_is_the_join_over_all_calls) {
  const Array x = vector<int64_t>(ctx, {1, 2});
  Fn weak_results([](Values args) { return number_of(args[0]) < 2 ? weak(1) : weak(1.5); });
  EXPECT_EQ(values<double>(vectorize(weak_results, {x})), (std::vector<double>{1, 1.5}));
  Fn integers([](Values) { return weak(7); });
  EXPECT_EQ(values<int64_t>(vectorize(integers, {x})), (std::vector<int64_t>{7, 7}));
  Fn typed(
      [&](Values args) { return number_of(args[0]) < 2 ? weak(0.5) : array<float>(ctx, {}, {2}); });
  EXPECT_EQ(values<float>(vectorize(typed, {x})), (std::vector<float>{0.5, 2}));
  Fn exact([](Values) { return weak((int64_t{1} << 62) + 1); });
  EXPECT_EQ(values<int64_t>(vectorize(exact, {x}))[1], (int64_t{1} << 62) + 1);
}

TEST_P(Vectorize, tuples_give_an_array_each) {
  Fn f([](Values args) { return tuple(args[0], weak(0.5), multiply(args[0], weak(2))); });
  const Array out = vectorize(f, {array<int32_t>(ctx, {2, 2}, {1, 2, 3, 4})});
  EXPECT_EQ(count_of(out), 3);
  EXPECT_EQ(values<int32_t>(item(out, 0)), (std::vector<int32_t>{1, 2, 3, 4}));
  EXPECT_EQ(values<double>(item(out, 1)), (std::vector<double>(4, 0.5)));
  EXPECT_EQ(shape_of(item(out, 2)), (Shape{2, 2}));
  EXPECT_EQ(values<int32_t>(item(out, 2)), (std::vector<int32_t>{2, 4, 6, 8}));
}

TEST_P(Vectorize, excluded_arguments_are_passed_whole) {
  const Array coefficients = vector<double>(ctx, {1, 2, 3});
  Fn f([&](Values args) {
    EXPECT_TRUE(shares_memory(args[0], coefficients));
    EXPECT_EQ(kind_of(args[2]), SPC_VALUE_NULL);
    return multiply(sum(args[0]), args[1]);
  });
  EXPECT_EQ(
      values<double>(vectorize(f, {coefficients, vector<double>(ctx, {1, 10}), none()}, {0, 2, 0})),
      (std::vector<double>{6, 60}));
  Fn whole([](Values args) { return list(weak(1), weak(2.5), sum(args[0])); });
  EXPECT_EQ(values<double>(vectorize(whole, {coefficients}, {0})),
            (std::vector<double>{1, 2.5, 6}));
  EXPECT_EQ(whole.calls, 1);
  Fn constant([](Values) { return weak(4); });
  EXPECT_EQ(value<int64_t>(vectorize(constant, {})), 4);
}

TEST_P(Vectorize, errors) {
  Fn f = square();
  const Array x = vector<double>(ctx, {1, 2, 3}), y = vector<double>(ctx, {1, 2});
  refuse(f, {x, y}, {}, SPC_E_VALUE, "vectorize");
  EXPECT_NE(last_error().find("(2,)"), std::string::npos);
  refuse(f, {array<double>(ctx, {0, 1}, {}), x}, {}, SPC_E_VALUE,
         "vectorize: the broadcast shape (0, 3) has no elements");
  refuse(f, {x}, {1}, SPC_E_INDEX, "vectorize: excluded position 1 of 1 arguments");
  refuse(f, {x}, {-1}, SPC_E_INDEX, "vectorize: excluded position -1 of 1 arguments");
  refuse(f, {none()}, {}, SPC_E_TYPE, "got null");
  const spc_value args[] = {x};
  spc_value out = untouched;
  expect_error(spc_vectorize(Fn::call, &f, 1, args, 0, nullptr, "(n)->()", &out), SPC_E_NOTIMPL,
               {"vectorize: signatures are not supported, got '(n)->()'"});
  expect_error(spc_vectorize(Fn::call, &f, 1, args, 1, nullptr, nullptr, &out), SPC_E_VALUE,
               {"vectorize: excluded is NULL"});
  expect_error(spc_vectorize(Fn::call, &f, 1, args, -1, nullptr, nullptr, &out), SPC_E_VALUE,
               {"vectorize: negative count -1"});
  expect_error(spc_vectorize(nullptr, nullptr, 1, args, 0, nullptr, nullptr, &out), SPC_E_VALUE,
               {"vectorize: f is NULL"});
  EXPECT_EQ(f.calls, 0);
  f.fail_at = 2;
  expect_callback_error(spc_vectorize(Fn::call, &f, 1, args, 0, nullptr, nullptr, &out),
                        "vectorize");
  EXPECT_EQ(f.calls, 3);
  EXPECT_EQ(out, untouched);
  Fn vectors([&](Values) { return same(y); });
  refuse(vectors, {x}, {}, SPC_E_VALUE,
         "vectorize: call 0 gave an array of shape (2,), expected a scalar");
  Fn lists([](Values) { return list(weak(1)); });
  refuse(lists, {x}, {}, SPC_E_TYPE, "vectorize: expected f to give scalars, got list from call 0");
  Fn changing([](Values args) {
    return number_of(args[0]) < 3 ? tuple(weak(1)) : tuple(weak(1), weak(2));
  });
  refuse(changing, {x}, {}, SPC_E_VALUE,
         "vectorize: the results of calls 0 and 2 differ in structure");
}

// ---- vectorize_or_fallback

TEST_P(Vectorize, off_calls_once) {
  Fn f = square();
  const Array x = array<double>(ctx, {2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(values<double>(fallback(f, "off", {x})), (std::vector<double>{1, 4, 9, 16}));
  EXPECT_EQ(f.calls, 1);
  EXPECT_EQ(number_of(fallback(f, "off", {weak(3)})), 9);
}

TEST_P(Vectorize, automatic_maps_all_arguments) {
  Fn f([](Values args) {
    EXPECT_EQ(shape_of(args[0]), (Shape{2}));
    EXPECT_EQ(shape_of(args[1]), (Shape{}));
    return multiply(args[0], args[1]);
  });
  const Array x = array<double>(ctx, {2, 2}, {1, 2, 3, 4}), y = vector<double>(ctx, {10, 100});
  for (const char *policy : {"auto", "force"})
    EXPECT_EQ(values<double>(fallback(f, policy, {x, y})), (std::vector<double>{10, 20, 300, 400}));
  EXPECT_EQ(f.calls, 4);
}

TEST_P(Vectorize, automatic_falls_back_to_one_call) {
  Fn f = square();
  EXPECT_EQ(number_of(fallback(f, "auto", {weak(3)})), 9);
  EXPECT_EQ(f.calls, 1);
  const Array x = vector<double>(ctx, {1, 2, 3}), y = vector<double>(ctx, {1, 2});
  Fn first = square();
  EXPECT_EQ(values<double>(fallback(first, "auto", {x, y})), (std::vector<double>{1, 4, 9}));
  EXPECT_EQ(first.calls, 1);
  // A call that fails on the way too.
  Fn late = square();
  late.fail_at = 1;
  EXPECT_EQ(values<double>(fallback(late, "auto", {x})), (std::vector<double>{1, 4, 9}));
  EXPECT_EQ(late.calls, 3);
  Fn constant([](Values args) {
    EXPECT_TRUE(args.empty());
    return weak(5);
  });
  EXPECT_EQ(number_of(fallback(constant, "auto", {})), 5);
  EXPECT_EQ(constant.calls, 1);
}

TEST_P(Vectorize, automatic_over_a_list_gives_a_list) {
  const Array whole = vector<double>(ctx, {1, 2});
  Fn f([&](Values args) {
    EXPECT_TRUE(args.size() == 1 || shares_memory(args[1], whole));
    return multiply(args[0], args[0]);
  });
  const Array out = fallback(f, "auto", {list(weak(1), weak(2), weak(3)), whole});
  EXPECT_EQ(kind_of(out), SPC_VALUE_LIST);
  EXPECT_EQ(count_of(out), 3);
  for (int64_t i = 0; i < 3; ++i)
    EXPECT_EQ(number_of(item(out, i)), static_cast<double>((i + 1) * (i + 1)));
  const Array empty = fallback(f, "auto", {list()});
  EXPECT_EQ(kind_of(empty), SPC_VALUE_LIST);
  EXPECT_EQ(count_of(empty), 0);
  // Only lists are split so; a failure there is final.
  f.fail_at = 4;
  spc_value result = untouched;
  const Array items = list(weak(1), weak(2));
  const spc_value args[] = {items};
  expect_callback_error(spc_vectorize_or_fallback(Fn::call, &f, "auto", 1, args, &result),
                        "vectorize_or_fallback");
  EXPECT_EQ(result, untouched);
}

TEST_P(Vectorize, forced_mapping_reports_its_failure) {
  Fn f = square();
  spc_value out = untouched;
  const Array three = weak(3);
  const spc_value scalar[] = {three};
  expect_error(spc_vectorize_or_fallback(Fn::call, &f, "force", 1, scalar, &out), SPC_E_AXIS,
               {"args[0], a scalar of dimension 0"});
  EXPECT_EQ(f.calls, 0);
  const Array x = vector<double>(ctx, {1, 2, 3});
  const spc_value args[] = {x};
  f.fail_at = 1;
  expect_callback_error(spc_vectorize_or_fallback(Fn::call, &f, "force", 1, args, &out),
                        "vectorize_or_fallback");
  expect_error(spc_vectorize_or_fallback(Fn::call, &f, "maybe", 1, args, &out), SPC_E_VALUE,
               {"vectorize_or_fallback: unknown policy 'maybe', expected auto, force or off"});
  expect_error(spc_vectorize_or_fallback(Fn::call, &f, nullptr, 1, args, &out), SPC_E_VALUE,
               {"vectorize_or_fallback: policy is NULL"});
  expect_error(spc_vectorize_or_fallback(nullptr, nullptr, "auto", 1, args, &out), SPC_E_VALUE,
               {"vectorize_or_fallback: f is NULL"});
  EXPECT_EQ(f.calls, 2);
  EXPECT_EQ(out, untouched);
}

// ---- safe_for_vectorization

int32_t is_safe(Fn &f, spc_value x) {
  const spc_value args[] = {x};
  int32_t out = -1;
  check(spc_safe_for_vectorization(Fn::call, &f, 1, args, &out));
  return out;
}

TEST_P(Vectorize, safe_functions) {
  const Array x = vector<double>(ctx, {1, 2});
  Fn f = square();
  EXPECT_EQ(is_safe(f, x), 1);
  EXPECT_EQ(f.calls, 1);
  f.fail_at = 1;
  EXPECT_EQ(is_safe(f, x), 0);
  Fn nothing([](Values) { return Array(); });
  EXPECT_EQ(is_safe(nothing, x), 0);
  int32_t out = 7;
  const spc_value args[] = {x};
  expect_error(spc_safe_for_vectorization(nullptr, nullptr, 1, args, &out), SPC_E_VALUE,
               {"safe_for_vectorization: f is NULL"});
  expect_error(spc_safe_for_vectorization(Fn::call, &f, 1, nullptr, &out), SPC_E_VALUE,
               {"safe_for_vectorization: args is NULL"});
  EXPECT_EQ(out, 7);
}

TEST(VectorizeWarnings, decide_and_stay_inside) {
  check(spc_load_plugin(SPACECORE_TEST_PLUGIN_DIR "/warner.so"));
  const Context ctx = context("warner");
  const Array x = vector<double>(ctx, {1, 2});
  std::vector<std::string> heard;
  auto handler = [](void *user, const char *category, const char *) -> spc_status {
    static_cast<std::vector<std::string> *>(user)->emplace_back(category);
    return SPC_OK;
  };
  check(spc_set_warning_handler(handler, &heard));
  auto calling = [](spc_status (*op)(spc_array, spc_array *)) {
    return Fn([op](Values args) {
      Array out;
      check(op(args[0], out.out()));
      return out;
    });
  };
  Fn aliases = calling(spc_negative), in_place = calling(spc_abs), slow = calling(spc_sqrt);
  EXPECT_EQ(is_safe(aliases, x), 0);
  EXPECT_EQ(is_safe(in_place, x), 0);
  EXPECT_EQ(is_safe(slow, x), 1);
  EXPECT_TRUE(heard.empty());
  Array out;
  check(spc_negative(x, out.out()));
  EXPECT_EQ(heard, std::vector<std::string>{"AliasWarning"});
  check(spc_set_warning_handler(nullptr, nullptr));
}

}  // namespace
}  // namespace test
