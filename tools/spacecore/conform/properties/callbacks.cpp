// SPDX-License-Identifier: Apache-2.0
// Functions of the caller: their errors arrive unchanged, and what they return is what is used.
#include <fmt/format.h>

#include <optional>
#include <utility>

#include "tools/spacecore/conform/bench.hpp"

namespace cmd::conform {
namespace {

constexpr spc_status kNative = 4711;
constexpr const char *kText = "stopped by the callback of this test";

spc_status fail_always(void *, std::int32_t, const spc_value *, spc_value *) {
  spc_callback_error(kText);
  return kNative;
}

spc_status fail_apply(void *, spc_element, spc_element *) {
  spc_callback_error(kText);
  return kNative;
}

// What stopped a callback of this file; a family that lacks an op is not to blame for the loop.
std::optional<Failure> inside;

// A callback that runs `fn(args) -> Array`; a failure of the library inside stops it.
template <auto Fn>
spc_status callback(void *, std::int32_t n, const spc_value *args, spc_value *result) {
  try {
    const Array value = Fn(n, args);
    check(spc_array_retain(value.get()));
    *result = value.get();
    return SPC_OK;
  } catch (const Failure &failure) {
    inside = failure;
    spc_callback_error(failure.what());
    return 1;
  }
}

void check_flow(spc_status status) {
  if (const auto failure = std::exchange(inside, std::nullopt)) throw *failure;
  check(status);
}

Array tuple(const Array &a, const Array &b) {
  const spc_value items[] = {a.get(), b.get()};
  return make(spc_value_tuple, std::int64_t{2}, static_cast<const spc_value *>(items));
}

Array item(spc_value value, std::int64_t i) {
  return make(spc_value_item, value, i);
}

Array sum_of(spc_array x) {
  return make(spc_sum, x, std::int32_t{SPC_ALL_AXES}, static_cast<const std::int64_t *>(nullptr),
              std::int32_t{0}, std::int32_t{SPC_DTYPE_NONE});
}

Array add_index(std::int32_t, const spc_value *args) {
  return make(spc_add, args[1], args[0]);
}
Array less_than_five(std::int32_t, const spc_value *args) {
  const Array five = make(spc_weak_f64, 5.0);
  return make(spc_less, args[0], five.get());
}
Array doubled(std::int32_t, const spc_value *args) {
  return make(spc_add, args[0], args[0]);
}
Array accumulate(std::int32_t, const spc_value *args) {
  return tuple(make(spc_add, args[0], args[1]), make(spc_copy, args[0]));
}
Array row_sum(std::int32_t, const spc_value *args) {
  return sum_of(args[0]);
}
Array sum_of_squares(std::int32_t, const spc_value *args) {
  return sum_of(make(spc_multiply, args[0], args[0]).get());
}
Array sum_of_product(std::int32_t, const spc_value *args) {
  return sum_of(make(spc_multiply, args[0], args[1]).get());
}

class Values {
 public:
  explicit Values(const Bench &bench) : context_(bench.context()) {}

  Array vector(const std::vector<double> &x) const {
    return array({static_cast<std::int64_t>(x.size())}, x);
  }
  Array array(const std::vector<std::int64_t> &shape, const std::vector<double> &x) const {
    return make(spc_array_from_host, context_, std::int32_t{SPC_FLOAT64},
                static_cast<std::int32_t>(shape.size()), shape.data(),
                static_cast<const void *>(x.data()));
  }
  Array scalar(double x) const { return array({}, {x}); }

 private:
  spc_context context_;
};

void require_values(spc_array actual, const std::vector<std::int64_t> &shape,
                    const std::vector<double> &expected, double tolerance = 0) {
  HostArray want{SPC_FLOAT64, shape, {}};
  const auto *bytes = reinterpret_cast<const std::uint8_t *>(expected.data());
  want.bytes.assign(bytes, bytes + expected.size() * sizeof(double));
  require_same(read(actual), want, {tolerance});
}

// The function under test, which a callback that fails makes fail.
void require_delivered(spc_status status) {
  if (const auto failure = std::exchange(inside, std::nullopt)) throw *failure;
  if (is_a(status, SPC_E_NOTIMPL)) check(status);
  if (status == SPC_OK) throw Mismatch("the call succeeded, though its callback failed");
  spc_error_info info{};
  info.struct_size = sizeof info;
  check(spc_last_error(&info));
  if (!is_a(status, SPC_E_CALLBACK)) {
    throw Mismatch(status_name(status) + ", expected CallbackErr: " + info.message);
  }
  if (info.native != kNative) {
    throw Mismatch(fmt::format("native code {}, expected {}", info.native, kNative));
  }
  if (std::string(info.message).find(kText) == std::string::npos) {
    throw Mismatch(std::string("the callback's text is missing: ") + info.message);
  }
}

void errors_arrive(Bench &bench) {
  const Values values(bench);
  const auto x = [&] { return values.vector({1, 2, 3}); };
  Array out, other;
  const std::int32_t first = 0;

  bench.test("fori_loop", "error", [&] {
    require_delivered(spc_fori_loop(0, 3, fail_always, nullptr, x().get(), out.out()));
  });
  bench.test("while_loop", "error", [&] {
    const Array v = x();
    require_delivered(
        spc_while_loop(fail_always, nullptr, callback<doubled>, nullptr, v.get(), out.out()));
    const Array one = values.scalar(1);
    require_delivered(spc_while_loop(callback<less_than_five>, nullptr, fail_always, nullptr,
                                     one.get(), out.out()));
  });
  bench.test("scan", "error", [&] {
    const Array c = values.scalar(0), xs = x();
    require_delivered(
        spc_scan(fail_always, nullptr, c.get(), xs.get(), SPC_NONE_I64, 0, out.out(), other.out()));
  });
  bench.test("cond", "error", [&] {
    const Array yes = make(spc_weak_bool, std::int32_t{1}), v = x();
    const spc_value operands[] = {v.get()};
    require_delivered(spc_cond(yes.get(), fail_always, nullptr, callback<doubled>, nullptr, 1,
                               operands, out.out()));
  });
  bench.test("vmap", "error", [&] {
    const Array v = x();
    const spc_value args[] = {v.get()};
    require_delivered(spc_vmap(fail_always, nullptr, 1, args, nullptr, nullptr, out.out()));
  });
  bench.test("vectorize", "error", [&] {
    const Array v = x();
    const spc_value args[] = {v.get()};
    require_delivered(spc_vectorize(fail_always, nullptr, 1, args, 0, nullptr, nullptr, out.out()));
  });
  bench.test("value_and_grad", "error", [&] {
    const Array v = x();
    const spc_value args[] = {v.get()};
    require_delivered(
        spc_value_and_grad(fail_always, nullptr, 1, args, 1, &first, out.out(), other.out()));
  });
  bench.test("jacfwd", "error", [&] {
    const Array v = x();
    const spc_value args[] = {v.get()};
    require_delivered(spc_jacfwd(fail_always, nullptr, 1, args, 0, out.out()));
  });
  bench.test("hessian", "error", [&] {
    const Array v = x();
    const spc_value args[] = {v.get()};
    require_delivered(spc_hessian(fail_always, nullptr, 1, args, 0, out.out()));
  });
  bench.test("linop_matrix_free", "error", [&] {
    const std::int64_t n = 3;
    const Space space = make<Space>(spc_space_dense, bench.context(), std::int32_t{1}, &n,
                                    static_cast<spc_geometry>(nullptr));
    const LinOp op = make<LinOp>(spc_linop_matrix_free, &fail_apply, &fail_apply,
                                 static_cast<void *>(nullptr), space.get(), space.get());
    const Array v = x();
    require_delivered(spc_linop_apply(op.get(), v.get(), out.out()));
    require_delivered(spc_linop_rapply(op.get(), v.get(), out.out()));
  });
}

void control_flow(Bench &bench) {
  const Values values(bench);
  Array out, ys;
  bench.test("fori_loop", "sum", [&] {
    const Array start = values.scalar(0.5);
    check_flow(spc_fori_loop(2, 6, callback<add_index>, nullptr, start.get(), out.out()));
    require_values(out.get(), {}, {14.5});
    check_flow(spc_fori_loop(3, 3, fail_always, nullptr, start.get(), out.out()));
    require_values(out.get(), {}, {0.5});
  });
  bench.test("while_loop", "doubling", [&] {
    const Array one = values.scalar(1);
    check_flow(spc_while_loop(callback<less_than_five>, nullptr, callback<doubled>, nullptr,
                              one.get(), out.out()));
    require_values(out.get(), {}, {8});
  });
  for (const bool reverse : {false, true}) {
    bench.test("scan", reverse ? "reverse" : "forward", [&] {
      const Array c = values.scalar(0), xs = values.vector({0, 1, 2, 3});
      check_flow(spc_scan(callback<accumulate>, nullptr, c.get(), xs.get(), SPC_NONE_I64,
                          std::int32_t{reverse}, out.out(), ys.out()));
      require_values(out.get(), {}, {6});
      if (reverse) {
        require_values(ys.get(), {4}, {6, 5, 3, 0});
      } else {
        require_values(ys.get(), {4}, {0, 0, 1, 3});
      }
    });
  }
  for (const bool yes : {true, false}) {
    bench.test("cond", yes ? "true" : "false", [&] {
      const Array pred = make(spc_weak_bool, std::int32_t{yes}), x = values.vector({1, 2});
      const spc_value operands[] = {x.get()};
      check_flow(spc_cond(pred.get(), yes ? callback<doubled> : fail_always, nullptr,
                          yes ? fail_always : callback<doubled>, nullptr, 1, operands, out.out()));
      require_values(out.get(), {2}, {2, 4});
    });
  }
}

void mapping(Bench &bench) {
  const Values values(bench);
  Array out;
  bench.test("vmap", "row-sums", [&] {
    const Array x = values.array({2, 3}, {0, 1, 2, 3, 4, 5});
    const spc_value args[] = {x.get()};
    check_flow(spc_vmap(callback<row_sum>, nullptr, 1, args, nullptr, nullptr, out.out()));
    require_values(out.get(), {2}, {3, 12});
    const Array last = make(spc_weak_i64, std::int64_t{-1});
    check_flow(spc_vmap(callback<row_sum>, nullptr, 1, args, last.get(), nullptr, out.out()));
    require_values(out.get(), {3}, {3, 5, 7});
  });
  bench.test("vmap", "out-axes", [&] {
    const Array x = values.array({2, 3}, {0, 1, 2, 3, 4, 5});
    const spc_value args[] = {x.get()};
    const Array one = make(spc_weak_i64, std::int64_t{1});
    check_flow(spc_vmap(callback<doubled>, nullptr, 1, args, nullptr, one.get(), out.out()));
    require_values(out.get(), {3, 2}, {0, 6, 2, 8, 4, 10});
  });
  bench.test("vectorize", "broadcast", [&] {
    const Array x = values.array({2, 1}, {1, 2}), y = values.vector({3, 4, 5});
    const spc_value args[] = {x.get(), y.get()};
    check(
        spc_vectorize(callback<sum_of_product>, nullptr, 2, args, 0, nullptr, nullptr, out.out()));
    require_values(out.get(), {2, 3}, {3, 4, 5, 6, 8, 10});
  });
}

void differentiation(Bench &bench) {
  const Values values(bench);
  Array value, grad;
  bench.test("value_and_grad", "squares", [&] {
    const Array x = values.vector({1, 2, 3});
    const spc_value args[] = {x.get()};
    check_flow(spc_value_and_grad(callback<sum_of_squares>, nullptr, 1, args, 0, nullptr,
                                  value.out(), grad.out()));
    require_values(value.get(), {}, {14});
    require_values(grad.get(), {3}, {2, 4, 6}, 1e-8);
    require_values(x.get(), {3}, {1, 2, 3});
  });
  bench.test("value_and_grad", "two-arguments", [&] {
    const Array x = values.vector({1, 2}), y = values.vector({3, 4});
    const spc_value args[] = {x.get(), y.get()};
    const std::int32_t which[] = {0, -1};
    check_flow(spc_value_and_grad(callback<sum_of_product>, nullptr, 2, args, 2, which, value.out(),
                                  grad.out()));
    require_values(value.get(), {}, {11});
    require_values(item(grad.get(), 0).get(), {2}, {3, 4}, 1e-8);
    require_values(item(grad.get(), 1).get(), {2}, {1, 2}, 1e-8);
  });
  bench.test("jacfwd", "doubling", [&] {
    const Array x = values.vector({1, 2});
    const spc_value args[] = {x.get()};
    check_flow(spc_jacfwd(callback<doubled>, nullptr, 1, args, 0, value.out()));
    require_values(value.get(), {2, 2}, {2, 0, 0, 2}, 1e-6);
  });
  bench.test("hessian", "squares", [&] {
    const Array x = values.vector({1, 2});
    const spc_value args[] = {x.get()};
    check_flow(spc_hessian(callback<sum_of_squares>, nullptr, 1, args, 0, value.out()));
    require_values(value.get(), {2, 2}, {2, 0, 0, 2}, 1e-5);
  });
}

}  // namespace

std::vector<Property> callback_properties() {
  return {
      {"callback-error",
       "The failure of a callback ends the call with CallbackErr, its native code and its text.",
       errors_arrive},
      {"control-flow", "Loops, scans and branches do what the plain loop does.", control_flow},
      {"mapping", "vmap and vectorize give the stacked results of one call each.", mapping},
      {"differentiation", "Central differences of functions whose derivatives are known.",
       differentiation}};
}

}  // namespace cmd::conform
