// SPDX-License-Identifier: Apache-2.0
// Gradients, Jacobians and Hessians by differences.
#include <cmath>
#include <initializer_list>

#include "tests/flow/calling.hpp"
#include "tests/support/algebra.hpp"

namespace test {
namespace {

const spc_value untouched = reinterpret_cast<spc_value>(0x10);

Array at_index(spc_array x, int64_t i) {
  return getitem(x, {at(i)});
}
Array sum_of_squares(spc_array x) {
  return sum(multiply(x, x));
}

void expect_near(spc_array a, const Shape &shape, const std::vector<double> &expected,
                 double tolerance) {
  EXPECT_EQ(shape_of(a), shape);
  const std::vector<double> v = values<double>(a);
  ASSERT_EQ(v.size(), expected.size());
  for (std::size_t i = 0; i < v.size(); ++i) EXPECT_NEAR(v[i], expected[i], tolerance) << i;
}

class Autodiff : public OnFamily {
 protected:
  // {value, gradient}
  std::pair<Array, Array> gradient(Fn &f, const std::vector<spc_value> &args,
                                   const std::vector<int32_t> &argnums) {
    Array value, grad;
    check(spc_value_and_grad(Fn::call, &f, static_cast<int32_t>(args.size()), args.data(),
                             static_cast<int32_t>(argnums.size()), argnums.data(), value.out(),
                             grad.out()));
    return {std::move(value), std::move(grad)};
  }
  using Derivative = spc_status (*)(spc_function_fn, void *, int32_t, const spc_value *, int32_t,
                                    spc_array *);
  Array derive(Derivative d, Fn &f, const std::vector<spc_value> &args, int32_t argnum = 0) {
    Array out;
    check(d(Fn::call, &f, static_cast<int32_t>(args.size()), args.data(), argnum, out.out()));
    return out;
  }
  void refuse_gradient(Fn &f, const std::vector<spc_value> &args,
                       const std::vector<int32_t> &argnums, spc_status code, const char *text) {
    spc_value value = untouched, grad = untouched;
    expect_error(
        spc_value_and_grad(Fn::call, &f, static_cast<int32_t>(args.size()), args.data(),
                           static_cast<int32_t>(argnums.size()), argnums.data(), &value, &grad),
        code, {text});
    EXPECT_EQ(value, untouched);
    EXPECT_EQ(grad, untouched);
  }
  void refuse(Derivative d, Fn &f, const std::vector<spc_value> &args, int32_t argnum,
              spc_status code, const char *text) {
    spc_value out = untouched;
    expect_error(d(Fn::call, &f, static_cast<int32_t>(args.size()), args.data(), argnum, &out),
                 code, {text});
    EXPECT_EQ(out, untouched);
  }
};
SPC_ON_EVERY_FAMILY(Autodiff);

// ---- value_and_grad

TEST_P(Autodiff, gradient_of_a_sum_of_squares) {
  Fn f([](Values args) { return sum_of_squares(args[0]); });
  const Array x = vector<double>(ctx, {1, 2, 3});
  auto [value_, grad] = gradient(f, {x}, {0});
  EXPECT_EQ(value<double>(value_), 14);
  expect_near(grad, {3}, {2, 4, 6}, 1e-8);
  EXPECT_EQ(f.calls, 7);
  EXPECT_EQ(family_of(grad), GetParam());
  EXPECT_EQ(values<double>(x), (std::vector<double>{1, 2, 3}));
  // argnums NULL: the first argument.
  Array v, g;
  const spc_value args[] = {x};
  check(spc_value_and_grad(Fn::call, &f, 1, args, 0, nullptr, v.out(), g.out()));
  EXPECT_EQ(values<double>(g), values<double>(grad));
}

TEST_P(Autodiff, gradient_of_several_arguments) {
  Fn f([](Values args) { return sum(multiply(args[0], args[1])); });
  const Array x = vector<double>(ctx, {1, 2}), y = vector<double>(ctx, {3, 4});
  auto [value_, grad] = gradient(f, {x, y}, {0, 1});
  EXPECT_EQ(value<double>(value_), 11);
  EXPECT_EQ(kind_of(grad), SPC_VALUE_TUPLE);
  EXPECT_EQ(count_of(grad), 2);
  expect_near(item(grad, 0), {2}, {3, 4}, 1e-8);
  expect_near(item(grad, 1), {2}, {1, 2}, 1e-8);
  auto [same_value, swapped] = gradient(f, {x, y}, {-1, -2});
  expect_near(item(swapped, 0), {2}, {1, 2}, 1e-8);
  expect_near(item(swapped, 1), {2}, {3, 4}, 1e-8);
  auto [third, bare] = gradient(f, {x, y}, {-1});
  expect_near(bare, {2}, {1, 2}, 1e-8);
}

// The elements move one at a time, in row-major order, by exactly the step, and come back.
TEST_P(Autodiff, elements_are_perturbed_in_row_major_order) {
  std::vector<std::vector<double>> points;
  Fn f([&](Values args) {
    EXPECT_EQ(dtype_of(args[0]), SPC_FLOAT64);
    EXPECT_EQ(shape_of(args[0]), (Shape{2, 2}));
    points.push_back(values<double>(args[0]));
    return sum(args[0]);
  });
  Array turned;
  check(spc_transpose(array<int32_t>(ctx, {2, 2}, {1, 3, 2, 4}), SPC_ALL_AXES, nullptr,
                      turned.out()));
  auto [value_, grad] = gradient(f, {turned}, {0});
  expect_near(grad, {2, 2}, {1, 1, 1, 1}, 1e-8);
  ASSERT_EQ(points.size(), 9U);
  const std::vector<double> base{1, 2, 3, 4};
  EXPECT_EQ(points[0], base);
  for (std::size_t k = 0; k < 4; ++k) {
    std::vector<double> forward = base, back = base;
    forward[k] += 1e-6;
    back[k] += -1e-6;
    EXPECT_EQ(points[1 + 2 * k], forward);
    EXPECT_EQ(points[2 + 2 * k], back);
  }
}

TEST_P(Autodiff, arguments_that_are_not_asked_for_stay_as_they_are) {
  const Array table = vector<int64_t>(ctx, {7});
  Fn f([&](Values args) {
    EXPECT_TRUE(shares_memory(args[1], table));
    EXPECT_EQ(kind_of(args[2]), SPC_VALUE_MAP);
    return multiply(sum(args[0]), getitem(args[1], {at(0)}));
  });
  auto [value_, grad] = gradient(f, {vector<float>(ctx, {1, 2}), table, map({}, {})}, {0});
  EXPECT_EQ(value<double>(value_), 21);
  expect_near(grad, {2}, {7, 7}, 1e-7);
}

TEST_P(Autodiff, scalars_lists_and_empty_arrays_are_arguments) {
  Fn cube([](Values args) { return multiply(multiply(args[0], args[0]), args[0]); });
  auto [v, g] = gradient(cube, {weak(2)}, {0});
  expect_near(g, {}, {12}, 1e-7);
  Fn squares([](Values args) { return sum_of_squares(args[0]); });
  auto [w, h] = gradient(squares, {list(weak(1), weak(2.5))}, {0});
  expect_near(h, {2}, {2, 5}, 1e-7);
  auto [zero, none_] = gradient(squares, {vector<double>(ctx, {})}, {0});
  EXPECT_EQ(value<double>(zero), 0);
  EXPECT_EQ(shape_of(none_), (Shape{0}));
  EXPECT_EQ(dtype_of(none_), SPC_FLOAT64);
}

TEST_P(Autodiff, values_with_one_element) {
  const Array x = vector<double>(ctx, {3});
  Fn kept([](Values args) { return multiply(args[0], args[0]); });  // shape (1,)
  auto [v, g] = gradient(kept, {x}, {0});
  EXPECT_EQ(shape_of(v), (Shape{1}));
  expect_near(g, {1}, {6}, 1e-8);
  Fn host([](Values args) { return weak(number_of(args[0]) * 4); });
  auto [w, h] = gradient(host, {x}, {0});
  EXPECT_EQ(number_of(w), 12);
  expect_near(h, {1}, {4}, 1e-8);
}

// With the steps of double precision the rounding of float32 would leave no correct digit.
TEST_P(Autodiff, steps_follow_the_dtype_of_the_value) {
  Fn narrow([](Values args) { return sum_of_squares(astype(args[0], SPC_FLOAT32)); });
  const Array x = vector<double>(ctx, {1, 2, 3});
  auto [v, g] = gradient(narrow, {x}, {0});
  EXPECT_EQ(dtype_of(v), SPC_FLOAT32);
  expect_near(g, {3}, {2, 4, 6}, 2e-3);
  expect_near(derive(spc_hessian, narrow, {x}), {3, 3}, {2, 0, 0, 0, 2, 0, 0, 0, 2}, 3e-2);
  Fn squares([](Values args) {
    const Array y = astype(args[0], SPC_FLOAT32);
    return multiply(y, y);
  });
  expect_near(derive(spc_jacfwd, squares, {x}), {3, 3}, {2, 0, 0, 0, 4, 0, 0, 0, 6}, 2e-3);

  double step = 0;
  Fn probe([&](Values args) {
    step = std::max(step, number_of(args[0]));
    return astype(args[0], SPC_FLOAT32);
  });
  const Array zero = array<double>(ctx, {}, {0});
  gradient(probe, {zero}, {0});
  EXPECT_EQ(step, 4.9e-3);
  derive(spc_jacfwd, probe, {zero});
  EXPECT_EQ(step, 4.9e-3);
  derive(spc_hessian, probe, {zero});
  EXPECT_EQ(step, 1.9e-2);
}

TEST_P(Autodiff, gradient_errors) {
  Fn f([](Values args) { return sum_of_squares(args[0]); });
  const Array x = vector<double>(ctx, {1, 2});
  const Array z = vector<std::complex<double>>(ctx, {{1, 1}});
  refuse_gradient(f, {z}, {0}, SPC_E_TYPE,
                  "value_and_grad: argument 0 has dtype complex128, expected a real one");
  refuse_gradient(f, {x, weak(std::complex<double>(1, 1))}, {1}, SPC_E_TYPE,
                  "value_and_grad: argument 1 has dtype complex128");
  refuse_gradient(f, {none()}, {0}, SPC_E_TYPE, "got null");
  refuse_gradient(f, {x}, {1}, SPC_E_INDEX, "value_and_grad: argnum 1 of 1 arguments");
  refuse_gradient(f, {x}, {0, -2}, SPC_E_INDEX, "value_and_grad: argnum -2 of 1 arguments");
  refuse_gradient(f, {}, {0}, SPC_E_INDEX, "value_and_grad: argnum 0 of 0 arguments");
  EXPECT_EQ(f.calls, 0);
  Fn whole([](Values args) { return same(args[0]); });
  refuse_gradient(
      whole, {x}, {0}, SPC_E_TYPE,
      "value_and_grad: expected f to give a real scalar, got shape (2,), dtype float64");
  Fn complex_value([](Values args) { return astype(sum(args[0]), SPC_COMPLEX64); });
  refuse_gradient(complex_value, {x}, {0}, SPC_E_TYPE, "got shape (), dtype complex64");
  Fn weak_complex([](Values) { return weak(std::complex<double>(1, 0)); });
  refuse_gradient(weak_complex, {x}, {0}, SPC_E_TYPE, "a real scalar, got a complex one");
  Fn pair([](Values args) { return tuple(args[0], args[0]); });
  refuse_gradient(pair, {x}, {0}, SPC_E_TYPE, "a real scalar, got tuple");
  for (int k = 0; k < 5; ++k) {
    f.calls = 0;
    f.fail_at = k;
    spc_value value = untouched, grad = untouched;
    const spc_value args[] = {x};
    expect_callback_error(spc_value_and_grad(Fn::call, &f, 1, args, 0, nullptr, &value, &grad),
                          "value_and_grad");
    EXPECT_EQ(f.calls, k + 1);
    EXPECT_EQ(value, untouched);
    EXPECT_EQ(grad, untouched);
  }
  Array v, g;
  const spc_value args[] = {x};
  expect_error(spc_value_and_grad(nullptr, nullptr, 1, args, 0, nullptr, v.out(), g.out()),
               SPC_E_VALUE, {"value_and_grad: f is NULL"});
  expect_error(spc_value_and_grad(Fn::call, &f, 1, args, 0, nullptr, nullptr, g.out()), SPC_E_VALUE,
               {"value_and_grad: value is NULL"});
  expect_error(spc_value_and_grad(Fn::call, &f, 1, args, 0, nullptr, v.out(), nullptr), SPC_E_VALUE,
               {"value_and_grad: grad is NULL"});
}

// Vectors that are handles: moved through the host, handed over as handles.
TEST(AutodiffOpaque, gradient_of_opaque_vectors) {
  load_opaque();
  const Context ctx = context("opaque");
  Fn f([](Values args) {
    Array out;
    check(spc_vdot(args[0], args[0], out.out()));
    return out;
  });
  const Array x = vector<double>(ctx, {1, 2, 3});
  const spc_value args[] = {x};
  Array value_, grad, H;
  check(spc_value_and_grad(Fn::call, &f, 1, args, 0, nullptr, value_.out(), grad.out()));
  EXPECT_EQ(value<double>(value_), 14);
  EXPECT_EQ(family_of(grad), "opaque");
  expect_near(grad, {3}, {2, 4, 6}, 1e-8);
  check(spc_hessian(Fn::call, &f, 1, args, 0, H.out()));
  expect_near(H, {3, 3}, {2, 0, 0, 0, 2, 0, 0, 0, 2}, 1e-4);
}

// ---- jacfwd

TEST_P(Autodiff, jacobian) {
  Fn f([](Values args) {
    const Array a = at_index(args[0], 0), b = at_index(args[0], 1);
    const Array first = multiply(a, a), second = multiply(a, b);
    const spc_array rows[] = {first, second};
    Array out;
    check(spc_stack(2, rows, 0, out.out()));
    return out;
  });
  const Array x = vector<double>(ctx, {2, 3});
  const Array J = derive(spc_jacfwd, f, {x});
  expect_near(J, {2, 2}, {4, 0, 3, 2}, 1e-6);
  EXPECT_EQ(f.calls, 5);
  EXPECT_EQ(family_of(J), GetParam());
  // A tuple of numbers is a vector.
  Fn listed([](Values args) {
    const Array a = at_index(args[0], 0), b = at_index(args[0], 1);
    return tuple(multiply(a, a), multiply(a, b));
  });
  expect_near(derive(spc_jacfwd, listed, {x}), {2, 2}, {4, 0, 3, 2}, 1e-6);
}

TEST_P(Autodiff, jacobian_shapes) {
  // out[i, j] = c[i] x[j]: the derivative by x[k] is c[i] where j = k.
  const Array c = array<double>(ctx, {2, 1}, {5, 7});
  Fn f([&](Values args) { return multiply(c, args[1]); });
  const Array x = vector<double>(ctx, {1, 2, 3});
  const Array J = derive(spc_jacfwd, f, {weak(0), x}, -1);
  expect_near(J, {2, 3, 3}, {5, 0, 0, 0, 5, 0, 0, 0, 5, 7, 0, 0, 0, 7, 0, 0, 0, 7}, 1e-6);
  // The identity gives its own argument back.
  Fn identity([](Values args) { return same(args[0]); });
  expect_near(derive(spc_jacfwd, identity, {array<double>(ctx, {1, 2}, {4, 5})}), {1, 2, 1, 2},
              {1, 0, 0, 1}, 1e-6);
  Fn scalar([](Values args) { return sum(args[0]); });
  expect_near(derive(spc_jacfwd, scalar, {x}), {3}, {1, 1, 1}, 1e-6);
  const Array none_ = derive(spc_jacfwd, identity, {vector<double>(ctx, {})});
  EXPECT_EQ(shape_of(none_), (Shape{0, 0}));
  const Array flat = derive(spc_jacfwd, scalar, {array<double>(ctx, {2, 0}, {})});
  EXPECT_EQ(shape_of(flat), (Shape{2, 0}));
  EXPECT_EQ(dtype_of(flat), SPC_FLOAT64);
}

TEST_P(Autodiff, jacobian_errors) {
  const Array x = vector<double>(ctx, {1, 2});
  Fn identity([](Values args) { return same(args[0]); });
  refuse(spc_jacfwd, identity, {vector<std::complex<float>>(ctx, {{1, 1}})}, 0, SPC_E_TYPE,
         "jacfwd: argument 0 has dtype complex64, expected a real one");
  refuse(spc_jacfwd, identity, {x}, 1, SPC_E_INDEX, "jacfwd: argnum 1 of 1 arguments");
  refuse(spc_jacfwd, identity, {x}, -2, SPC_E_INDEX, "jacfwd: argnum -2 of 1 arguments");
  EXPECT_EQ(identity.calls, 0);
  Fn complex_value([](Values args) { return astype(args[0], SPC_COMPLEX128); });
  refuse(spc_jacfwd, complex_value, {x}, 0, SPC_E_TYPE,
         "jacfwd: f gave dtype complex128, expected a real one");
  Fn missing([](Values) { return none(); });
  refuse(spc_jacfwd, missing, {x}, 0, SPC_E_TYPE, "got null");
  int call = 0;
  Fn growing([&](Values args) { return call++ < 2 ? same(args[0]) : sum(args[0]); });
  refuse(spc_jacfwd, growing, {x}, 0, SPC_E_VALUE,
         "jacfwd: f gave shape (2,) at the base point, then ()");
  for (int k = 0; k < 5; ++k) {
    identity.calls = 0;
    identity.fail_at = k;
    spc_value out = untouched;
    const spc_value args[] = {x};
    expect_callback_error(spc_jacfwd(Fn::call, &identity, 1, args, 0, &out), "jacfwd");
    EXPECT_EQ(identity.calls, k + 1);
    EXPECT_EQ(out, untouched);
  }
  spc_value out = untouched;
  const spc_value args[] = {x};
  expect_error(spc_jacfwd(nullptr, nullptr, 1, args, 0, &out), SPC_E_VALUE, {"jacfwd: f is NULL"});
  expect_error(spc_jacfwd(Fn::call, &identity, 1, args, 0, nullptr), SPC_E_VALUE,
               {"jacfwd: out is NULL"});
}

// ---- hessian

TEST_P(Autodiff, hessian) {
  Fn f([](Values args) {
    const Array a = at_index(args[0], 0), b = at_index(args[0], 1);
    return add(multiply(multiply(a, a), b), multiply(multiply(b, b), b));
  });
  const Array H = derive(spc_hessian, f, {vector<double>(ctx, {1, 2})});
  expect_near(H, {2, 2}, {4, 2, 2, 12}, 1e-5);
  EXPECT_EQ(f.calls, 1 + 2 * 2 + 4);
  const std::vector<double> h = values<double>(H);
  EXPECT_EQ(h[1], h[2]);
  EXPECT_EQ(family_of(H), GetParam());
  Fn squares([](Values args) { return sum_of_squares(args[1]); });
  const Array S = derive(spc_hessian, squares, {weak(0), array<double>(ctx, {1, 2}, {3, 4})}, 1);
  expect_near(S, {1, 2, 1, 2}, {2, 0, 0, 2}, 1e-4);
  EXPECT_EQ(shape_of(derive(spc_hessian, squares, {weak(0), vector<double>(ctx, {})}, 1)),
            (Shape{0, 0}));
}

TEST_P(Autodiff, hessian_errors) {
  const Array x = vector<double>(ctx, {1, 2});
  Fn f([](Values args) { return sum_of_squares(args[0]); });
  refuse(spc_hessian, f, {vector<std::complex<float>>(ctx, {{1, 1}})}, 0, SPC_E_TYPE,
         "hessian: argument 0 has dtype complex64, expected a real one");
  refuse(spc_hessian, f, {x}, 1, SPC_E_INDEX, "hessian: argnum 1 of 1 arguments");
  Fn whole([](Values args) { return same(args[0]); });
  refuse(spc_hessian, whole, {x}, 0, SPC_E_TYPE,
         "hessian: expected f to give a real scalar, got shape (2,), dtype float64");
  for (int k = 0; k < 9; ++k) {
    f.calls = 0;
    f.fail_at = k;
    spc_value out = untouched;
    const spc_value args[] = {x};
    expect_callback_error(spc_hessian(Fn::call, &f, 1, args, 0, &out), "hessian");
    EXPECT_EQ(f.calls, k + 1);
    EXPECT_EQ(out, untouched);
  }
  spc_value out = untouched;
  const spc_value args[] = {x};
  expect_error(spc_hessian(nullptr, nullptr, 1, args, 0, &out), SPC_E_VALUE,
               {"hessian: f is NULL"});
}

// ---- tracking

TEST_P(Autodiff, no_family_tracks) {
  const Array x = vector<int32_t>(ctx, {1, 2});
  Array marked, detached;
  check(spc_requires_grad(x, 1, marked.out()));
  check(spc_detach(marked, detached.out()));
  EXPECT_TRUE(shares_memory(x, marked));
  EXPECT_EQ(values<int32_t>(detached), (std::vector<int32_t>{1, 2}));
  check(spc_requires_grad(none(), 0, marked.out()));
  EXPECT_EQ(kind_of(marked), SPC_VALUE_NULL);
  spc_array out = untouched;
  expect_error(spc_requires_grad(nullptr, 1, &out), SPC_E_HANDLE, {"requires_grad"});
  expect_error(spc_detach(nullptr, &out), SPC_E_HANDLE, {"detach"});
  expect_error(spc_detach(x, nullptr), SPC_E_VALUE, {"detach: out is NULL"});
  EXPECT_EQ(out, untouched);
}

}  // namespace
}  // namespace test
