// SPDX-License-Identifier: Apache-2.0
// Operators given by functions: what passes in and out, what fails, and the adjoint test.
#include <array>

#include "tests/support/algebra.hpp"

namespace test {
namespace {

struct Scale {
  double forward = 1, backward = 1;
  int calls = 0;

  static spc_status multiply(double factor, spc_element x, spc_element *y) {
    Array s;
    const spc_status status = spc_weak_f64(factor, s.out());
    return status != SPC_OK ? status : spc_multiply(s, x, y);
  }
  static spc_status apply(void *user, spc_element x, spc_element *y) {
    auto &self = *static_cast<Scale *>(user);
    ++self.calls;
    return multiply(self.forward, x, y);
  }
  static spc_status rapply(void *user, spc_element x, spc_element *y) {
    return multiply(static_cast<Scale *>(user)->backward, x, y);
  }
};

LinOp make(spc_apply_fn apply, spc_apply_fn rapply, void *user, spc_space X, spc_space Y) {
  LinOp op;
  check(spc_linop_matrix_free(apply, rapply, user, X, Y, op.out()));
  return op;
}

class MatrixFree : public OnFamily {};
SPC_ON_EVERY_FAMILY(MatrixFree);

TEST_P(MatrixFree, applies_the_functions) {
  const Space X = coordinate_space(ctx, 2);
  Scale scale{2, 2};
  const LinOp A = make(Scale::apply, Scale::rapply, &scale, X, X);
  EXPECT_EQ(scale.calls, 0);
  const Array x = vector<double>(ctx, {1, 2});
  EXPECT_EQ(values<double>(apply(A, x)), (std::vector<double>{2, 4}));
  EXPECT_EQ(values<double>(apply(adjoint(A), x)), (std::vector<double>{2, 4}));
  EXPECT_EQ(is_hermitian(A), SPC_UNKNOWN);
  const Array y = vector<double>(ctx, {10, 20});
  check(spc_linop_apply_into(weak(3), A, x, weak(1), y, SPC_MODE_NONE));
  EXPECT_EQ(values<double>(y), (std::vector<double>{16, 32}));
  check(spc_linop_apply_into(nullptr, A, x, nullptr, y, SPC_MODE_ADJOINT));
  EXPECT_EQ(values<double>(y), (std::vector<double>{2, 4}));
  // In place: x is read before y is written.
  check(spc_linop_apply_into(nullptr, A, y, weak(1), y, SPC_MODE_NONE));
  EXPECT_EQ(values<double>(y), (std::vector<double>{6, 12}));
  // The coordinate transposes come of the adjoint.
  for (int32_t mode : {SPC_MODE_TRANSPOSE, SPC_MODE_CONJ_TRANS}) {
    check(spc_linop_apply_into(nullptr, A, x, nullptr, y, mode));
    EXPECT_EQ(values<double>(y), (std::vector<double>{2, 4}));
  }
}

TEST_P(MatrixFree, may_return_its_argument) {
  const Space X = coordinate_space(ctx, 2);
  auto same_element = [](void *, spc_element x, spc_element *y) -> spc_status {
    *y = x;
    return spc_array_retain(x);
  };
  const LinOp A = make(same_element, same_element, nullptr, X, X);
  const Array x = vector<double>(ctx, {1, 2}), y = apply(A, x);
  EXPECT_EQ(values<double>(y), (std::vector<double>{1, 2}));
  EXPECT_EQ(values<double>(x), (std::vector<double>{1, 2}));
}

// A function that gives back the last handles of its own operator and operand.
struct Releasing {
  spc_linop op = nullptr;
  spc_array x = nullptr, target = nullptr;
  static spc_status apply(void *user, spc_element x, spc_element *y) {
    auto &self = *static_cast<Releasing *>(user);
    spc_linop_release(&self.op);
    spc_array_release(&self.x);
    spc_array_release(&self.target);
    return spc_copy(x, y);
  }
};

TEST_P(MatrixFree, may_release_its_operator) {
  const Space X = coordinate_space(ctx, 2);
  auto renew = [&](Releasing &r) {
    check(spc_linop_matrix_free(Releasing::apply, Releasing::apply, &r, X, X, &r.op));
    check(spc_array_from_host(ctx, SPC_FLOAT64, 1, std::array<int64_t, 1>{2}.data(),
                              std::array<double, 2>{1, 2}.data(), &r.x));
  };
  for (auto call : {spc_linop_apply, spc_linop_rapply}) {
    Releasing r;
    renew(r);
    Array y;
    check(call(r.op, r.x, y.out()));
    EXPECT_EQ(r.op, nullptr);
    EXPECT_EQ(values<double>(y), (std::vector<double>{1, 2}));
  }
  Releasing r;
  renew(r);
  check(spc_array_from_host(ctx, SPC_FLOAT64, 1, std::array<int64_t, 1>{2}.data(),
                            std::array<double, 2>{3, 4}.data(), &r.target));
  const int64_t shape[] = {2};
  Array seen;  // another handle to the elements of the target
  check(spc_reshape(r.target, 1, shape, seen.out()));
  check(spc_linop_apply_into(weak(2), r.op, r.x, weak(1), r.target, SPC_MODE_NONE));
  EXPECT_EQ(r.target, nullptr);
  EXPECT_EQ(values<double>(seen), (std::vector<double>{5, 8}));
}

TEST_P(MatrixFree, what_a_failing_function_returned_is_released) {
  const Space X = coordinate_space(ctx, 2);
  static spc_element returned;
  auto fails_late = [](void *, spc_element x, spc_element *y) -> spc_status {
    spc_copy(x, y);
    returned = *y;
    return 5;
  };
  Array out;
  expect_error(spc_linop_apply(make(fails_late, fails_late, nullptr, X, X),
                               vector<double>(ctx, {1, 2}), out.out()),
               SPC_E_CALLBACK, {"returned 5"});
  int32_t ndim = 0;
  expect_error(spc_array_ndim(returned, &ndim), SPC_E_HANDLE, {"stale"});
}

TEST_P(MatrixFree, needs_both_functions) {
  const Space X = coordinate_space(ctx, 2);
  LinOp op;
  Scale scale;
  expect_error(spc_linop_matrix_free(nullptr, Scale::rapply, &scale, X, X, op.out()), SPC_E_TYPE,
               {"MatrixFreeLinOp: apply is not callable"});
  expect_error(spc_linop_matrix_free(Scale::apply, nullptr, &scale, X, X, op.out()), SPC_E_TYPE,
               {"MatrixFreeLinOp: rapply is not callable"});
}

TEST_P(MatrixFree, errors_of_the_function) {
  const Space X = coordinate_space(ctx, 2);
  const Array x = vector<double>(ctx, {1, 2});
  Array out;
  auto with_text = [](void *, spc_element, spc_element *) -> spc_status {
    spc_callback_error("the pump is dry");
    return 7;
  };
  expect_error(spc_linop_apply(make(with_text, with_text, nullptr, X, X), x, out.out()),
               SPC_E_CALLBACK, {"MatrixFreeLinOp.apply", "returned 7: the pump is dry"});
  spc_error_info info = {};
  info.struct_size = sizeof info;
  check(spc_last_error(&info));
  EXPECT_EQ(info.native, 7);
  // Without a text of its own: that of the library call that failed inside.
  auto passes_on = [](void *, spc_element a, spc_element *y) -> spc_status {
    const int64_t shape[] = {5};
    return spc_reshape(a, 1, shape, y);
  };
  expect_error(spc_linop_rapply(make(passes_on, passes_on, nullptr, X, X), x, out.out()),
               SPC_E_CALLBACK, {"MatrixFreeLinOp.rapply", "returned -1: reshape"});
  auto silent = [](void *, spc_element, spc_element *) -> spc_status { return 3; };
  expect_error(spc_linop_apply(make(silent, silent, nullptr, X, X), x, out.out()), SPC_E_CALLBACK,
               {"the callback returned 3"});
  EXPECT_EQ(last_error().find("dry"), std::string::npos);
}

TEST_P(MatrixFree, results_are_looked_at) {
  auto nothing = [](void *, spc_element, spc_element *) -> spc_status { return 0; };
  auto longer = [](void *, spc_element x, spc_element *y) -> spc_status {
    const int64_t shape[] = {2, 2};
    return spc_broadcast_to(x, 2, shape, y);
  };
  auto narrower = [](void *, spc_element x, spc_element *y) -> spc_status {
    return spc_astype(x, SPC_FLOAT32, y);
  };
  auto number = [](void *, spc_element, spc_element *y) -> spc_status {
    return spc_weak_f64(1, y);
  };
  Array out;
  const Space X = coordinate_space(ctx, 2);
  const Array x = vector<double>(ctx, {1, 2});
  auto refuse = [&](spc_apply_fn f, spc_space s, spc_status code, const char *text) {
    expect_error(spc_linop_apply(make(f, f, nullptr, s, s), x, out.out()), code, {text});
  };
  refuse(nothing, X, SPC_E_TYPE, "returned no element");
  refuse(longer, X, SPC_E_VALIDATION, "Expected shape (2,), got (2, 2)");
  refuse(narrower, X, SPC_E_VALIDATION, "Expected dtype float64, got float32");
  refuse(number, X, SPC_E_VALIDATION, "got scalar");
  const Context loose = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  const Space L = coordinate_space(loose, 2);
  refuse(nothing, L, SPC_E_TYPE, "returned no element");
  refuse(longer, L, SPC_E_VALUE, "the callback's result has shape (2, 2)");
  refuse(number, L, SPC_E_TYPE, "the callback's result is a scalar");
  // Nothing is cast in place.
  const LinOp A = make(narrower, narrower, nullptr, L, L);
  const Array y = vector<double>(loose, {0, 0});
  EXPECT_EQ(dtype_of(apply(A, x)), SPC_FLOAT32);
  check(spc_linop_apply_into(nullptr, A, x, nullptr, y, SPC_MODE_NONE));
  EXPECT_EQ(values<double>(y), (std::vector<double>{1, 2}));
}

// ---- the adjoint test of level strict

TEST_P(MatrixFree, strict_finds_a_wrong_adjoint) {
  const Context strict = context(GetParam(), SPC_FLOAT64, SPC_CHECK_STRICT);
  const Space X = coordinate_space(strict, 2);
  LinOp op;
  for (double wrong : {0., 2.}) {
    Scale scale{1, wrong};
    expect_error(spc_linop_matrix_free(Scale::apply, Scale::rapply, &scale, X, X, op.out()),
                 SPC_E_VALUE,
                 {"Strict matrix-free adjoint consistency check failed: <A x, y> != <x, A* y> for "
                  "the deterministic probe."});
    // The other levels trust.
    check(spc_linop_matrix_free(Scale::apply, Scale::rapply, &scale, coordinate_space(ctx, 2),
                                coordinate_space(ctx, 2), op.out()));
  }
  Scale right{3, 3};
  check(spc_linop_matrix_free(Scale::apply, Scale::rapply, &right, X, X, op.out()));
  EXPECT_EQ(right.calls, 4);
}

// The all-ones pair cannot tell a rotation from its adjoint; the random pairs do.
TEST_P(MatrixFree, strict_finds_a_rotation_given_as_its_own_adjoint) {
  auto run = [&]<class T>(T) {
    const Context strict = context(GetParam(), dtype_of<T>(), SPC_CHECK_STRICT);
    const Space X = coordinate_space(strict, 2);
    const Context plain = context(GetParam(), dtype_of<T>());
    const Space P = coordinate_space(plain, 2);
    const LinOp rotation = dense_linop<T>(plain, P, P, {2, 2}, {T(0), T(-1), T(1), T(0)});
    auto forward = [](void *user, spc_element x, spc_element *y) -> spc_status {
      return spc_linop_apply(static_cast<spc_linop>(user), x, y);
    };
    auto backward = [](void *user, spc_element x, spc_element *y) -> spc_status {
      return spc_linop_rapply(static_cast<spc_linop>(user), x, y);
    };
    LinOp op;
    spc_linop user = rotation;
    expect_error(spc_linop_matrix_free(forward, forward, user, X, X, op.out()), SPC_E_VALUE,
                 {"adjoint consistency check failed", "random probe"});
    check(spc_linop_matrix_free(forward, backward, user, X, X, op.out()));
  };
  run(float{});
  run(double{});
  run(c64{});
  run(c128{});
}

TEST_P(MatrixFree, strict_uses_the_declared_geometry) {
  const Context strict = context(GetParam(), SPC_FLOAT64, SPC_CHECK_STRICT);
  const Space X = coordinate_space<double>(strict, 2, {2, 5}),
              Y = coordinate_space<double>(strict, 2, {3, 7});
  // The coordinate adjoint is not the metric one.
  LinOp op;
  Scale scale{2, 2};
  expect_error(spc_linop_matrix_free(Scale::apply, Scale::rapply, &scale, X, Y, op.out()),
               SPC_E_VALUE, {"check failed"});
  struct Metric {
    spc_array factors;
    static spc_status rapply(void *user, spc_element x, spc_element *y) {
      return spc_multiply(static_cast<Metric *>(user)->factors, x, y);
    }
    static spc_status apply(void *, spc_element x, spc_element *y) {
      return Scale::multiply(2, x, y);
    }
  };
  const Array factors = vector<double>(strict, {2. * 3 / 2, 2. * 7 / 5});
  Metric metric{factors};
  check(spc_linop_matrix_free(Metric::apply, Metric::rapply, &metric, X, Y, op.out()));
}

TEST_P(MatrixFree, strict_reports_what_it_cannot_complete) {
  const Context strict = context(GetParam(), SPC_FLOAT64, SPC_CHECK_STRICT);
  const Space X = coordinate_space(strict, 2);
  auto narrower = [](void *, spc_element x, spc_element *y) -> spc_status {
    return spc_astype(x, SPC_FLOAT32, y);
  };
  auto broken = [](void *, spc_element, spc_element *) -> spc_status { return 11; };
  LinOp op;
  expect_error(spc_linop_matrix_free(narrower, narrower, nullptr, X, X, op.out()), SPC_E_VALUE,
               {"Strict matrix-free adjoint consistency check could not be completed: Expected "
                "dtype float64, got float32"});
  expect_error(spc_linop_matrix_free(broken, broken, nullptr, X, X, op.out()), SPC_E_CALLBACK,
               {"returned 11"});
}

// Every class goes through the test; those of the library pass it.
TEST_P(MatrixFree, strict_passes_for_the_classes_of_the_library) {
  for (int32_t dtype : {SPC_FLOAT32, SPC_FLOAT64}) {
    const Context strict = context(GetParam(), dtype, SPC_CHECK_STRICT);
    const Space X = coordinate_space(strict, 200), Y = coordinate_space(strict, 3);
    LinOp I, O, S;
    check(spc_linop_identity(X, I.out()));
    check(spc_linop_zero(X, Y, O.out()));
    sum({I, I});
    composed(O, I);
    scaled(weak(1e6), I);
  }
}

TEST(MatrixFreeOpaque, strict_works_on_opaque_vectors) {
  load_opaque();
  const Context strict = context("opaque", SPC_FLOAT64, SPC_CHECK_STRICT);
  const Array x = vector<double>(strict, {1, 2, 3, 4, 5});
  Space X;
  check(spc_space_like(strict, x, nullptr, X.out()));
  struct Doubled {
    static spc_status apply(void *, spc_element v, spc_element *y) {
      Array two, zero;
      spc_weak_f64(2, two.out());
      spc_weak_f64(0, zero.out());
      return spc_axpby(two, v, zero, v, y);
    }
    static spc_status wrong(void *, spc_element v, spc_element *y) { return spc_copy(v, y); }
  };
  LinOp op;
  check(spc_linop_matrix_free(Doubled::apply, Doubled::apply, nullptr, X, X, op.out()));
  expect_error(spc_linop_matrix_free(Doubled::apply, Doubled::wrong, nullptr, X, X, op.out()),
               SPC_E_VALUE, {"adjoint consistency check failed"});
  LinOp D;
  check(spc_linop_diagonal(x, X, D.out()));
  const Array y = apply(D, x);
  EXPECT_EQ(values<double>(y), (std::vector<double>{1, 4, 9, 16, 25}));
  check(spc_linop_apply_into(weak(2), D, x, weak(-1), y, SPC_MODE_ADJOINT));
  EXPECT_EQ(values<double>(y), (std::vector<double>{1, 4, 9, 16, 25}));
}

}  // namespace
}  // namespace test
