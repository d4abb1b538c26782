// SPDX-License-Identifier: Apache-2.0
// lanczos_smallest, expm_multiply, power_iteration and lobpcg.
#include "tests/solver/solving.hpp"

namespace test {
namespace {

constexpr double pi = 3.14159265358979323846;

class Eigen : public OnFamily {};
SPC_ON_EVERY_FAMILY(Eigen);

struct Pair : Solution {
  double value = 0;
};

using EigenSolver = decltype(&spc_lanczos_smallest);
Pair pair(EigenSolver solver, spc_linop A, const spc_solve_options &o,
          spc_element start = nullptr) {
  Pair p;
  check(solver(A, start, &o, &p.value, p.x.out(), &p));
  return p;
}
Pair lanczos(spc_linop A, const spc_solve_options &o, spc_element start = nullptr) {
  return pair(spc_lanczos_smallest, A, o, start);
}
Pair power(spc_linop A, const spc_solve_options &o, spc_element start = nullptr) {
  return pair(spc_power_iteration, A, o, start);
}
Solution expm(spc_linop A, spc_element v, spc_array t, const spc_solve_options &o) {
  Solution s;
  check(spc_expm_multiply(A, v, t, &o, s.x.out(), &s));
  return s;
}

// Self-adjoint on R^3 with weights (2, 5, 11).
LinOp weighted_operator(spc_context ctx) {
  const std::vector<double> w = {2, 5, 11}, S = {6, 1, .5, 1, 5, -.25, .5, -.25, 4};
  std::vector<double> M(9);
  for (int i = 0; i < 9; ++i) M[i] = S[i] / w[i / 3];
  return square<double>(ctx, M, w);
}

TEST_P(Eigen, lanczos_examples) {
  Pair p = lanczos(diagonal(ctx, {1, 2, 4}), options(1e-6, 3), vector<double>(ctx, {1, 1, 1}));
  EXPECT_GT(p.reason, 0);
  EXPECT_NEAR(p.value, 1, 1e-12);
  EXPECT_EQ(p.iterations, 3);
  EXPECT_EQ(p.applies, 4);
  EXPECT_LE(p.true_residual_norm, 1e-12);
  p = lanczos(diagonal(ctx, {2, 5}), options(), vector<double>(ctx, {0, 1}));
  EXPECT_GT(p.reason, 0);
  EXPECT_DOUBLE_EQ(p.value, 5);
  EXPECT_EQ(p.iterations, 1);
  // From nothing: the first coordinate vector.
  p = lanczos(diagonal(ctx, {2, 5}), options(), vector<double>(ctx, {0, 0}));
  EXPECT_DOUBLE_EQ(p.value, 2);
  EXPECT_EQ(values<double>(p.x), (std::vector<double>{1, 0}));
  p = lanczos(diagonal(ctx, {2, 5}), options(1e-6, 1), vector<double>(ctx, {1, 1}));
  EXPECT_EQ(p.reason, SPC_REASON_MAXITER);
  EXPECT_NEAR(p.value, 3.5, 1e-13);
  EXPECT_NEAR(p.residual_norm, 1.5, 1e-13);
  EXPECT_NEAR(p.true_residual_norm, 1.5, 1e-13);
  EXPECT_NEAR(lanczos(square<double>(ctx, {4, 1, 0, 1, 3, .5, 0, .5, 2}), options()).value,
              1.70788727839174, 1e-12);
  EXPECT_NEAR(lanczos(weighted_operator(ctx), options()).value, .355779477759251, 1e-12);
  p = lanczos(diagonal(ctx, {2e12, 3e12}), options());
  EXPECT_NEAR(p.value, 2e12, 1);
  const Context c = context(GetParam(), SPC_COMPLEX128);
  const LinOp H = square<c128>(c, {{2, 0}, {1, 2}, {1, -2}, {5, 0}});
  p = lanczos(H, options());
  EXPECT_NEAR(p.value, .807417596432748, 1e-12);
  // H x = lambda x
  const std::vector<c128> x = values<c128>(p.x), y = values<c128>(apply(H, p.x));
  for (int i = 0; i < 2; ++i) EXPECT_LE(std::abs(y[i] - p.value * x[i]), 1e-12);
}

TEST_P(Eigen, lanczos_finds_the_lowest_mode_of_the_laplacian) {
  const int64_t n = 50;
  const LinOp A = square<double>(ctx, laplacian<double>(n));
  std::vector<double> v(n);
  for (int64_t i = 0; i < n; ++i) v[i] = 1 + .3 * std::sin(3. * static_cast<double>(i));
  const double exact = 4 * std::pow(std::sin(pi / 2 / (n + 1)), 2);
  Pair p = lanczos(A, options(1e-9), vector<double>(ctx, v));
  EXPECT_GT(p.reason, 0);
  EXPECT_NEAR(p.value, exact, 1e-10);
  EXPECT_LE(p.true_residual_norm, 2 * p.threshold);
  EXPECT_LE(p.iterations, n);
  // At every scale of the operator the same.
  for (double scale : {1e-150, 1e150}) {
    std::vector<double> m = laplacian<double>(n);
    for (double &e : m) e *= scale;
    p = lanczos(square<double>(ctx, m), options(1e-9), vector<double>(ctx, v));
    EXPECT_GT(p.reason, 0);
    EXPECT_NEAR(p.value / scale, exact, 1e-10);
  }
  const Context narrow = context(GetParam(), SPC_FLOAT32);
  std::vector<float> m(n * n), start(v.begin(), v.end());
  const std::vector<double> wide = laplacian<double>(n);
  for (int64_t i = 0; i < n * n; ++i) m[i] = static_cast<float>(wide[i]);
  p = lanczos(square<float>(narrow, m), options(1e-4), vector<float>(narrow, start));
  EXPECT_GT(p.reason, 0);
  EXPECT_NEAR(p.value, exact, 1e-4);
}

TEST_P(Eigen, expm_examples) {
  const spc_solve_options o = options(1e-13, 30);
  const LinOp A = diagonal(ctx, {0, 1});
  const Array v = vector<double>(ctx, {2, 3});
  Solution s = expm(A, v, weak(.5), o);
  EXPECT_GT(s.reason, 0);
  expect_close<double>(values<double>(s.x), {2, 4.946163812100385}, 1e-12);
  s = expm(square<double>(ctx, {1, .25, 0, .25, 2, -.5, 0, -.5, 3}),
           vector<double>(ctx, {1, -2, .5}), weak(-.2), o);
  expect_close<double>(values<double>(s.x), {.893196874845579, -1.35545197859975, .152425628666246},
                       1e-12);
  s = expm(A, v, weak(0), o);
  EXPECT_GT(s.reason, 0);
  expect_close<double>(values<double>(s.x), {2, 3}, 1e-13);
  s = expm(A, vector<double>(ctx, {0, 0}), weak(1), o);
  EXPECT_GT(s.reason, 0);
  EXPECT_EQ(s.iterations, 0);
  EXPECT_EQ(values<double>(s.x), (std::vector<double>{0, 0}));
  // However small v is.
  s = expm(A, vector<double>(ctx, {2e-200, 3e-200}), weak(.5), o);
  std::vector<double> x = values<double>(s.x);
  for (double &e : x) e *= 1e200;
  expect_close<double>(x, {2, 4.946163812100385}, 1e-12);
  s = expm(A, v, weak(.5), options(1e-10, 1));
  EXPECT_EQ(s.reason, SPC_REASON_MAXITER);
  expect_close<double>(values<double>(s.x), {2.827240158202946, 4.240860237304418}, 1e-12);
  EXPECT_NEAR(s.residual_norm, .652440036508372, 1e-12);
  // t NULL is 1.
  Array y;
  check(spc_expm_multiply(A, v, nullptr, nullptr, y.out(), nullptr));
  expect_close<double>(values<double>(y), {2, 3 * std::exp(1)}, 1e-12);

  const Context c = context(GetParam(), SPC_COMPLEX128);
  const Array z = vector<c128>(c, {{1, -.5}, {.25, .75}});
  const LinOp H = square<c128>(c, {{1, 0}, {.25, 0}, {.25, 0}, {2, 0}});
  s = expm(H, z, weak(c128(0, -.5)), o);
  expect_close<c128>(values<c128>(s.x),
                     {{.680855817381152, -.996025119120864}, {.631337328457912, .144161353053231}},
                     1e-12);
  // The group property.
  const Solution back = expm(H, s.x, weak(c128(0, .5)), o);
  expect_close<c128>(values<c128>(back.x), values<c128>(z), 1e-10);
}

TEST_P(Eigen, power_examples) {
  spc_solve_options o = options(0, 60);
  o.atol = 1e-5;
  Pair p = power(diagonal(ctx, {2, 5}), o, vector<double>(ctx, {1, 1}));
  EXPECT_EQ(p.reason, SPC_REASON_ATOL);
  EXPECT_NEAR(p.value, 5, 1e-5);
  EXPECT_EQ(p.iterations, 14);
  EXPECT_EQ(p.applies, 15);
  EXPECT_NEAR(power(diagonal(ctx, {-7, 2}), o).value, -7, 1e-7);
  p = power(diagonal(ctx, {1, 5}), o, vector<double>(ctx, {0, 1}));
  EXPECT_EQ(p.iterations, 1);
  EXPECT_DOUBLE_EQ(p.value, 5);
  p = power(diagonal(ctx, {2, 5}), options(1e-6, 2));
  EXPECT_EQ(p.reason, SPC_REASON_MAXITER);
  EXPECT_NEAR(p.value, 4.925117004680187, 1e-12);
  EXPECT_NEAR(p.residual_norm, p.true_residual_norm, 1e-14);
  EXPECT_NEAR(power(weighted_operator(ctx), options(1e-10)).value, 3.0525451411004, 1e-8);
  p = power(diagonal(ctx, {2, 5}), options(1e-6, 0), vector<double>(ctx, {3, 4}));
  EXPECT_EQ(p.reason, SPC_REASON_MAXITER);
  EXPECT_EQ(p.value, 0);
  EXPECT_EQ(p.residual_norm, infinity);
  expect_close<double>(values<double>(p.x), {.6, .8}, 1e-14);
  LinOp zero;
  const Space X = coordinate_space(ctx, 2);
  check(spc_linop_zero(X, X, zero.out()));
  p = power(zero, options(), vector<double>(ctx, {3, 4}));
  EXPECT_GT(p.reason, 0);
  EXPECT_EQ(p.value, 0);
  expect_close<double>(values<double>(p.x), {.6, .8}, 1e-14);
  // Eigenvalues of equal modulus: no direction wins.
  EXPECT_EQ(power(diagonal(ctx, {3, -3}), options(1e-6, 50)).reason, SPC_REASON_MAXITER);
}

TEST_P(Eigen, reasons) {
  const int64_t n = 40;
  const LinOp A = square<double>(ctx, laplacian<double>(n));
  std::vector<double> v(n);
  for (int64_t i = 0; i < n; ++i) v[i] = std::cos(static_cast<double>(i * i));
  const Array start = vector<double>(ctx, v);
  struct Answer {
    int32_t value;
    static int32_t give(void *user, const spc_solve_info *info) {
      return info->iteration == 3 ? static_cast<Answer *>(user)->value : 0;
    }
  };
  auto run = [&](int which, const spc_solve_options &o, spc_linop op, spc_element x, Solution &r) {
    double value;
    switch (which) {
      case 0:
        return spc_lanczos_smallest(op, x, &o, &value, r.x.out(), &r);
      case 1:
        return spc_expm_multiply(op, x, nullptr, &o, r.x.out(), &r);
      case 2:
        return spc_power_iteration(op, x, &o, &value, r.x.out(), &r);
      default: {
        Array values, X0;
        check(spc_reshape(x, 2, Shape{1, n}.data(), X0.out()));
        return spc_lobpcg(op, nullptr, X0, &o, values.out(), r.x.out(), &r);
      }
    }
  };
  for (int which = 0; which < 4; ++which) {
    SCOPED_TRACE(which);
    auto reason = [&](const spc_solve_options &o, spc_linop op, spc_element x) {
      Solution r;
      check(run(which, o, op, x, r));
      return r.reason;
    };
    spc_solve_options o = options(1e-12, 4);
    EXPECT_EQ(reason(o, A, start), SPC_REASON_MAXITER);
    o = options(1e-12, 1000);
    o.max_applies = 5;
    EXPECT_EQ(reason(o, A, start), SPC_REASON_MAXAPPLIES);
    o = options(1e-12, 1000);
    o.max_seconds = 1e-9;
    EXPECT_EQ(reason(o, A, start), SPC_REASON_TIMEOUT);
    std::vector<double> bad = v;
    bad[5] = nan_value;
    EXPECT_EQ(reason(options(), A, vector<double>(ctx, bad)), SPC_REASON_NONFINITE);
    int calls = 0;
    Scripted turning;
    turning.apply = [&](spc_element x, spc_element *y) {
      const Array factor = weak(++calls > 4 ? infinity : 1.);
      Array image;
      const spc_status status = spc_linop_apply(A, x, image.out());
      return status != SPC_OK ? status : spc_multiply(factor, image, y);
    };
    const Space X = domain_of(A);
    EXPECT_EQ(reason(options(1e-12), turning.on(X, X), start), SPC_REASON_NONFINITE);
    o = options(1e-12, 1000);
    for (const auto &[answer, status, expected] :
         {std::tuple{1, SPC_OK, static_cast<int>(SPC_REASON_STOPPED_BY_MONITOR)},
          std::tuple{-3, SPC_E_CALLBACK, static_cast<int>(SPC_REASON_CALLBACK)},
          std::tuple{static_cast<int>(SPC_E_CANCELLED), SPC_E_CANCELLED,
                     static_cast<int>(SPC_REASON_CANCELLED)}}) {
      Answer a{answer};
      o.monitor = Answer::give;
      o.monitor_user = &a;
      Solution r;
      EXPECT_EQ(run(which, o, A, start, r), status);
      EXPECT_EQ(r.reason, expected);
      EXPECT_EQ(r.iterations, 3);
    }
    // Images that grow from one application to the next: the residual grows with them.
    double growth = 1;
    Scripted growing;
    growing.apply = [&](spc_element x, spc_element *y) {
      growth *= 4;
      // The smallest eigenvalue is where the images are large.
      const Array factor = weak(which == 0 ? -growth : growth);
      Array image;
      const spc_status status = spc_linop_apply(A, x, image.out());
      return status != SPC_OK ? status : spc_multiply(factor, image, y);
    };
    o = options(1e-12, 30);
    o.stagnation_checks = 2;
    EXPECT_EQ(reason(o, growing.on(X, X), start), SPC_REASON_STAGNATION);
  }
  // Power: the residual of eigenvalues of equal modulus never falls.
  spc_solve_options o = options(1e-6, 100);
  o.stagnation_checks = 3;
  EXPECT_EQ(power(diagonal(ctx, {3, -3}), o, vector<double>(ctx, {1, 1})).reason,
            SPC_REASON_STAGNATION);
  EXPECT_EQ(power(A, options(), vector<double>(ctx, std::vector<double>(n))).reason,
            SPC_REASON_BREAKDOWN);
}

TEST_P(Eigen, operator_that_fails_or_cancels) {
  const int64_t n = 12;
  const LinOp A = square<double>(ctx, laplacian<double>(n));
  const Space X = domain_of(A);
  std::vector<double> v(n);
  for (int64_t i = 0; i < n; ++i) v[i] = std::cos(static_cast<double>(i * i));
  const Array start = vector<double>(ctx, v), block = array<double>(ctx, {1, n}, v);
  for (const auto &[value, reason] :
       {std::pair{42, SPC_REASON_CALLBACK},
        std::pair{static_cast<int>(SPC_E_CANCELLED), SPC_REASON_CANCELLED}})
    for (int which = 0; which < 4; ++which) {
      SCOPED_TRACE(which);
      int calls = 0;
      Scripted failing;
      failing.apply = [&](spc_element x, spc_element *y) -> spc_status {
        return ++calls == 4 ? value : spc_linop_apply(A, x, y);
      };
      const LinOp T = failing.on(X, X);
      const spc_solve_options o = options(1e-12);
      Solution r;
      Array eigenvalues;
      double eigenvalue;
      spc_status status = SPC_OK;
      if (which == 0) status = spc_lanczos_smallest(T, start, &o, &eigenvalue, r.x.out(), &r);
      if (which == 1) status = spc_expm_multiply(T, start, nullptr, &o, r.x.out(), &r);
      if (which == 2) status = spc_power_iteration(T, start, &o, &eigenvalue, r.x.out(), &r);
      if (which == 3) status = spc_lobpcg(T, nullptr, block, &o, eigenvalues.out(), r.x.out(), &r);
      EXPECT_EQ(status, SPC_E_CALLBACK);
      EXPECT_EQ(r.reason, reason);
      EXPECT_EQ(static_cast<spc_array>(r.x), nullptr);
    }
}

// The operator is another one when the residual is taken.
TEST_P(Eigen, loss_of_accuracy) {
  const int64_t n = 10;
  const LinOp A = square<double>(ctx, laplacian<double>(n));
  int calls = 0, honest = 1000;
  Scripted lying;
  lying.apply = [&](spc_element x, spc_element *y) {
    Array image;
    const spc_status status = spc_linop_apply(A, x, image.out());
    if (status != SPC_OK) return status;
    return ++calls <= honest ? spc_copy(image, y) : spc_multiply(x, image, y);
  };
  const Space X = domain_of(A);
  const LinOp T = lying.on(X, X);
  const Array start = vector<double>(ctx, {1, 3, -2, 4, 1, 0, 2, 2, 5, 1}),
              block = array<double>(ctx, {1, n}, {1, 3, -2, 4, 1, 0, 2, 2, 5, 1});
  // How many applications come before the residual, then once more with only those right.
  Pair p = lanczos(T, options(), start);
  EXPECT_GT(p.reason, 0);
  honest = calls - 1;
  calls = 0;
  EXPECT_EQ(lanczos(T, options(), start).reason, SPC_REASON_LOSS_OF_ACCURACY);
  calls = 0;
  honest = 1000;
  Array values_out;
  spc_solve_options o = options();
  check(spc_lobpcg(T, nullptr, block, &o, values_out.out(), p.x.out(), &p));
  EXPECT_GT(p.reason, 0);
  honest = calls - 1;
  calls = 0;
  check(spc_lobpcg(T, nullptr, block, &o, values_out.out(), p.x.out(), &p));
  EXPECT_EQ(p.reason, SPC_REASON_LOSS_OF_ACCURACY);
}

TEST_P(Eigen, refusals) {
  const Space X = coordinate_space(ctx, 2), Y = coordinate_space(ctx, 3);
  const LinOp tall = dense_linop<double>(ctx, X, Y, {3, 2}, {1, 0, 0, 1, 0, 0});
  const LinOp skew = square<double>(ctx, {1, 2, 0, 3}), fit = square<double>(ctx, {4, 1, 1, 3});
  const Array v = vector<double>(ctx, {1, 1}), three = vector<double>(ctx, {1, 1, 1});
  double value;
  Array x;
  const std::pair<const char *, EigenSolver> solvers[] = {
      {"lanczos_smallest", spc_lanczos_smallest}, {"power_iteration", spc_power_iteration}};
  for (const auto &[name, solver] : solvers) {
    const std::string who = name;
    expect_error(solver(tall, nullptr, nullptr, &value, x.out(), nullptr), SPC_E_VALUE,
                 {(who + " requires a square LinOp").c_str()});
    expect_error(solver(skew, nullptr, nullptr, &value, x.out(), nullptr), SPC_E_VALUE,
                 {(who + " requires a self-adjoint LinOp").c_str()});
    expect_error(solver(fit, three, nullptr, &value, x.out(), nullptr), SPC_E_VALIDATION,
                 {"Expected shape (2,), got (3,)"});
    expect_error(solver(fit, v, nullptr, nullptr, x.out(), nullptr), SPC_E_VALUE,
                 {(who + ": eigenvalue is NULL").c_str()});
    expect_error(solver(fit, v, nullptr, &value, nullptr, nullptr), SPC_E_VALUE,
                 {(who + ": eigenvector is NULL").c_str()});
    spc_solve_options o = options();
    o.norm = SPC_NORM_EUCLIDEAN;
    expect_error(solver(fit, v, &o, &value, x.out(), nullptr), SPC_E_VALUE,
                 {(who + ": norm is 1, expected 0").c_str()});
  }
  spc_solve_options o = options(1e-6, 0);
  expect_error(spc_lanczos_smallest(fit, v, &o, &value, x.out(), nullptr), SPC_E_VALUE,
               {"lanczos_smallest: max_iter must be positive. Got 0"});
  expect_error(spc_expm_multiply(fit, v, nullptr, &o, x.out(), nullptr), SPC_E_VALUE,
               {"expm_multiply: max_iter must be positive. Got 0"});
  expect_error(spc_expm_multiply(fit, v, weak(c128(0, 1)), nullptr, x.out(), nullptr), SPC_E_TYPE,
               {"expm_multiply: t is complex, the operator has dtype float64"});
  expect_error(spc_expm_multiply(fit, v, v, nullptr, x.out(), nullptr), SPC_E_VALUE,
               {"expm_multiply: t has shape (2,), expected a scalar"});
  expect_error(spc_expm_multiply(fit, v, nullptr, nullptr, nullptr, nullptr), SPC_E_VALUE,
               {"expm_multiply: out is NULL"});
}

// ---- lobpcg

struct Block : Solution {
  Array values;
};
Block lobpcg(spc_linop A, spc_linop B, spc_element X0, const spc_solve_options &o) {
  Block b;
  check(spc_lobpcg(A, B, X0, &o, b.values.out(), b.x.out(), &b));
  return b;
}
std::vector<double> start_block(int64_t k, int64_t n) {
  std::vector<double> x(static_cast<std::size_t>(k * n));
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = std::sin(1.7 * static_cast<double>(i * i % 101));
  return x;
}

TEST_P(Eigen, lobpcg_on_the_laplacian) {
  const int64_t n = 40, k = 3;
  const LinOp A = square<double>(ctx, laplacian<double>(n));
  const Array X0 = array<double>(ctx, {k, n}, start_block(k, n));
  for (int32_t largest : {0, 1}) {
    spc_solve_options o = options(1e-8, 500);
    o.largest = largest;
    const Block b = lobpcg(A, nullptr, X0, o);
    EXPECT_EQ(b.reason, SPC_REASON_RTOL);
    const std::vector<double> found = values<double>(b.values);
    for (int64_t j = 0; j < k; ++j) {
      const double mode = static_cast<double>(largest != 0 ? n - j : j + 1);
      EXPECT_NEAR(found[j], 4 * std::pow(std::sin(pi * mode / 2 / (n + 1)), 2), 1e-9);
    }
    EXPECT_LE(b.residual_norm, b.threshold);
    EXPECT_LE(b.true_residual_norm, 2 * b.threshold);
    // Orthonormal eigenvectors.
    const std::vector<double> x = values<double>(b.x);
    EXPECT_EQ(shape_of(b.x), (Shape{k, n}));
    for (int64_t i = 0; i < k; ++i)
      for (int64_t j = 0; j < k; ++j) {
        double dot = 0;
        for (int64_t l = 0; l < n; ++l) dot += x[i * n + l] * x[j * n + l];
        EXPECT_NEAR(dot, i == j ? 1 : 0, 1e-9);
      }
  }
}

TEST_P(Eigen, lobpcg_generalised_and_preconditioned) {
  const int64_t n = 40, k = 2;
  // Linear elements: A = tridiag(-1, 2, -1), B = tridiag(1, 4, 1) / 6.
  const std::vector<double> a = laplacian<double>(n);
  std::vector<double> mass(n * n), inverse(n * n);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) {
      mass[i * n + j] = i == j ? 4. / 6 : std::abs(i - j) == 1 ? 1. / 6 : 0;
      // The inverse of the second difference, in closed form.
      inverse[i * n + j] = static_cast<double>((std::min(i, j) + 1) * (n - std::max(i, j))) /
                           static_cast<double>(n + 1);
    }
  const LinOp A = square<double>(ctx, a), B = square<double>(ctx, mass),
              M = square<double>(ctx, inverse);
  const Array X0 = array<double>(ctx, {k, n}, start_block(k, n));
  spc_solve_options o = options(1e-9, 500);
  const Block plain = lobpcg(A, B, X0, o);
  o.precond = M;
  const Block fast = lobpcg(A, B, X0, o);
  EXPECT_EQ(fast.reason, SPC_REASON_RTOL);
  EXPECT_LE(fast.iterations, 15);
  EXPECT_LT(fast.iterations, plain.iterations);
  for (int64_t j = 0; j < k; ++j) {
    const double c = std::cos(pi * static_cast<double>(j + 1) / (n + 1));
    EXPECT_NEAR(values<double>(fast.values)[j], 6 * (1 - c) / (2 + c), 1e-9);
    EXPECT_NEAR(values<double>(plain.values)[j], 6 * (1 - c) / (2 + c), 1e-8);
  }
  // B-orthonormal.
  const std::vector<double> x = values<double>(fast.x);
  for (int64_t i = 0; i < k; ++i)
    for (int64_t j = 0; j < k; ++j) {
      double dot = 0;
      for (int64_t p = 0; p < n; ++p)
        for (int64_t q = 0; q < n; ++q) dot += x[i * n + p] * mass[p * n + q] * x[j * n + q];
      EXPECT_NEAR(dot, i == j ? 1 : 0, 1e-9);
    }
}

TEST_P(Eigen, lobpcg_weighted_complex_and_narrow) {
  const int64_t n = 12;
  // G^-1 L is self-adjoint for the weights G; its eigenvalues are those of D L D, D = G^(-1/2).
  std::vector<double> m = laplacian<double>(n), w(n);
  for (int64_t i = 0; i < n; ++i) {
    w[i] = 1 + static_cast<double>(i % 3);
    for (int64_t j = 0; j < n; ++j) m[i * n + j] /= w[i];
  }
  const LinOp A = square<double>(ctx, m, w);
  const Block b =
      lobpcg(A, nullptr, array<double>(ctx, {2, n}, start_block(2, n)), options(1e-9, 400));
  EXPECT_EQ(b.reason, SPC_REASON_RTOL);
  const double smallest = lanczos(A, options(1e-12), vector<double>(ctx, start_block(1, n))).value;
  EXPECT_NEAR(values<double>(b.values)[0], smallest, 1e-9);

  // A phase in the off-diagonal: unitarily equivalent to the second difference.
  const Context c = context(GetParam(), SPC_COMPLEX128);
  std::vector<c128> h(n * n), X0;
  for (int64_t i = 0; i < n; ++i) {
    h[i * n + i] = 2;
    if (i + 1 < n) {
      h[i * n + i + 1] = -std::polar(1., .4 * static_cast<double>(i));
      h[(i + 1) * n + i] = std::conj(h[i * n + i + 1]);
    }
  }
  for (double v : start_block(2, n)) X0.push_back({v, std::cos(5 * v)});
  const Block z =
      lobpcg(square<c128>(c, h), nullptr, array<c128>(c, {2, n}, X0), options(1e-9, 400));
  EXPECT_EQ(z.reason, SPC_REASON_RTOL);
  for (int64_t j = 0; j < 2; ++j)
    EXPECT_NEAR(values<double>(z.values)[j],
                4 * std::pow(std::sin(pi * static_cast<double>(j + 1) / 2 / (n + 1)), 2), 1e-9);

  const Context s = context(GetParam(), SPC_FLOAT32);
  std::vector<float> narrow, start;
  for (double v : laplacian<double>(n)) narrow.push_back(static_cast<float>(v));
  for (double v : start_block(2, n)) start.push_back(static_cast<float>(v));
  const Block f =
      lobpcg(square<float>(s, narrow), nullptr, array<float>(s, {2, n}, start), options(1e-4, 400));
  EXPECT_GT(f.reason, 0);
  EXPECT_NEAR(values<float>(f.values)[0], 4 * std::pow(std::sin(pi / 2 / (n + 1)), 2), 1e-5);
}

TEST_P(Eigen, lobpcg_outcomes_and_refusals) {
  const int64_t n = 12;
  const LinOp A = square<double>(ctx, laplacian<double>(n)),
              minus = diagonal(ctx, std::vector<double>(n, -1));
  std::vector<double> x = start_block(2, n);
  spc_solve_options o = options();
  EXPECT_EQ(lobpcg(A, minus, array<double>(ctx, {2, n}, x), o).reason, SPC_REASON_INDEFINITE);
  o.precond = minus;
  EXPECT_EQ(lobpcg(A, nullptr, array<double>(ctx, {2, n}, x), o).reason, SPC_REASON_INDEFINITE);
  o.precond = nullptr;
  // Two equal elements span too little.
  for (int64_t i = 0; i < n; ++i) x[n + i] = 2 * x[i];
  EXPECT_EQ(lobpcg(A, nullptr, array<double>(ctx, {2, n}, x), o).reason, SPC_REASON_BREAKDOWN);
  // An exact start.
  for (int64_t i = 0; i < n; ++i) {
    x[i] = std::sin(pi * static_cast<double>(i + 1) / (n + 1));
    x[n + i] = std::sin(2 * pi * static_cast<double>(i + 1) / (n + 1));
  }
  const Block exact = lobpcg(A, nullptr, array<double>(ctx, {2, n}, x), o);
  EXPECT_GT(exact.reason, 0);
  EXPECT_EQ(exact.iterations, 0);

  Array w, v;
  auto refuse = [&](spc_linop op, spc_linop B, spc_element X0, spc_status code, const char *text) {
    expect_error(spc_lobpcg(op, B, X0, nullptr, w.out(), v.out(), nullptr), code, {text});
  };
  const Array good = array<double>(ctx, {2, n}, x);
  refuse(A, nullptr, array<double>(ctx, {3, n}, start_block(3, n)), SPC_E_VALUE,
         "lobpcg: X0 has k = 3 elements, but 5 k exceeds the size 12 of the space");
  refuse(A, nullptr, array<double>(ctx, {0, n}, {}), SPC_E_VALUE,
         "lobpcg: X0 has 0 elements, expected at least 1");
  refuse(A, nullptr, array<double>(ctx, {1, 2, n}, x), SPC_E_VALUE,
         "lobpcg: X0 has batch shape (1, 2), expected one leading axis");
  refuse(A, nullptr, vector<double>(ctx, std::vector<double>(n, 1)), SPC_E_VALIDATION, "");
  refuse(A, diagonal(ctx, {1, 2}), good, SPC_E_VALUE,
         "lobpcg: B is an operator on shape (2,), A on shape (12,)");
  std::vector<double> lopsided = laplacian<double>(n);
  lopsided[1] = 7;
  const LinOp skew = square<double>(ctx, lopsided);
  refuse(A, skew, good, SPC_E_VALUE, "lobpcg: B, a DenseLinOp, is not self-adjoint");
  refuse(skew, nullptr, good, SPC_E_VALUE, "lobpcg requires a self-adjoint LinOp");
  expect_error(spc_lobpcg(A, nullptr, good, nullptr, nullptr, v.out(), nullptr), SPC_E_VALUE,
               {"lobpcg: eigenvalues is NULL"});
  expect_error(spc_lobpcg(A, nullptr, good, nullptr, w.out(), nullptr, nullptr), SPC_E_VALUE,
               {"lobpcg: eigenvectors is NULL"});
}

}  // namespace
}  // namespace test
