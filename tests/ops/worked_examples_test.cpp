// SPDX-License-Identifier: Apache-2.0
// The worked examples of the specification, number by number.
#include <cmath>

#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace)

using Complex = std::complex<double>;

class WorkedExamples : public OnFamily {};

template <class F, class... A>
Array made(F f, A... arguments) {
  Array out;
  check(f(arguments..., out.out()));
  return out;
}

// Gaussian smoothing: K[i,j] = exp(-(i-j)^2 / (2 sigma^2)), rows divided by their sums.
Array smoothing_matrix(spc_context ctx, int64_t n, double sigma) {
  const Array index =
      made(spc_arange, ctx, spc_array(weak(0.0)), spc_array(weak(static_cast<double>(n))),
           spc_array(nullptr), int32_t{SPC_FLOAT64});
  const int64_t column[] = {1}, row[] = {0};
  const Array i = made(spc_expand_dims, spc_array(index), 1, column);
  const Array j = made(spc_expand_dims, spc_array(index), 1, row);
  const Array d = made(spc_subtract, spc_array(i), spc_array(j));
  const Array scaled = made(spc_divide, spc_array(made(spc_square, spc_array(d))),
                            spc_array(weak(-2 * sigma * sigma)));
  const Array k = made(spc_exp, spc_array(scaled));
  const Array sums = made(spc_sum, spc_array(k), 1, column, 1, int32_t{SPC_DTYPE_NONE});
  return made(spc_divide, spc_array(k), spc_array(sums));
}

TEST_P(WorkedExamples, GaussianSmoothingOfFiveNumbers) {
  const Array k = smoothing_matrix(ctx, 5, 1.5);
  const Array y = made(spc_matmul, spc_array(k), spc_array(vector<double>(ctx, {0, 1, 2, 3, 4})),
                       spc_value(nullptr));
  const std::vector<double> expected = {0.902127499131986, 1.39017176493694, 2.0, 2.60982823506306,
                                        3.0978725008680144};
  const auto got = values<double>(y);
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-13);
  const auto weights = values<double>(k);
  const std::vector<double> first = {0.4209196249748344, 0.33704608733906577, 0.17304523114283052,
                                     0.056965276665818014, 0.012023779877451284};
  const std::vector<double> middle = {0.12007838424321347, 0.2338807565853503, 0.29208171834287244,
                                      0.2338807565853503, 0.12007838424321347};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(weights[i], first[i], 1e-15);
    EXPECT_NEAR(weights[10 + i], middle[i], 1e-15);
  }
}

const std::vector<double> steps = {
    0.1257302210933933,    -0.1321048632913019,  0.6404226504432821,  0.10490011715303971,
    -0.535669373161111,    0.36159505490948474,  1.3040000451301372,  0.9470809631292422,
    -0.7037352358069926,   -1.2654214710460525,  -0.6232744625373522, 0.0413259793472436,
    -2.3250307746388343,   -0.21879166393254573, -1.2459109472530652, -0.7322673547034516,
    -0.5442589828573099,   -0.31630015636915454, 0.4116305363741328,  1.0425133694426776,
    -0.12853466294403426,  1.3664634705496859,   -0.6651946734866135, 0.3515100700930197,
    0.9034701816518086,    0.09401229776087457,  -0.7434992493538084, -0.9217253762584194,
    -0.45772582566733916,  0.2201951234700494,   -1.009618183538736,  -0.20917557487171307,
    -0.15922500991447772,  0.5408455846858077,   0.2146591225063409,  0.3553727090399214,
    -0.6538286094183394,   -0.12961363369276946, 0.7839754700613295,  1.4934311452207607,
    -1.2590655321041202,   1.5139237747390626,   1.3458754237823045,  0.7813114007004275,
    0.2644556303293035,    -0.3139228145364278,  1.4580206835369587,  1.9602583164499647,
    1.801634869866125,     1.31510376473437,     0.357380410658956,   -1.2083186322821715,
    -0.004454133120083229, 0.6564749350763358,   -1.2883614637495544, 0.39512206018200824,
    0.42986369482223,      0.6960427239628685,   -1.184117966757189,  -0.6617025720390349};

// (c, x) -> (c + x, c + x)
spc_status running_sum(void *, int32_t, const spc_value *args, spc_value *result) {
  Array next;
  const spc_status status = spc_add(args[0], args[1], next.out());
  if (status != SPC_OK) return status;
  const spc_value both[] = {next, next};
  return spc_value_tuple(2, both, result);
}

double total(spc_array x) {
  return value<double>(
      made(spc_sum, x, int32_t{SPC_ALL_AXES}, nullptr, 0, int32_t{SPC_DTYPE_NONE}));
}

TEST_P(WorkedExamples, GaussianSmoothingOfARandomWalk) {
  Array last, raw;
  check(spc_scan(running_sum, nullptr, array<double>(ctx, {}, {0}), vector<double>(ctx, steps),
                 SPC_NONE_I64, 0, last.out(), raw.out()));
  const Array k = smoothing_matrix(ctx, 60, 1.5);
  const Array smoothed = made(spc_matmul, spc_array(k), spc_array(raw), spc_value(nullptr));
  const auto r = values<double>(raw), y = values<double>(smoothed), w = values<double>(k);
  EXPECT_NEAR(r[0], 0.1257302210933933, 1e-13);
  EXPECT_NEAR(r[59], 4.637752601571146, 1e-13);
  EXPECT_NEAR(value<double>(last), 4.637752601571146, 1e-13);
  EXPECT_NEAR(total(raw), -25.313729781263888, 1e-12);
  EXPECT_NEAR(y[0], 0.20587136499523906, 1e-13);
  EXPECT_NEAR(y[29], -4.012297712543305, 1e-13);
  EXPECT_NEAR(y[30], -4.363169642765443, 1e-13);
  EXPECT_NEAR(y[59], 5.2540100675030965, 1e-13);
  EXPECT_NEAR(total(smoothed), -25.028863606447235, 1e-12);
  EXPECT_NEAR(w[0], 0.4201731506205624, 1e-13);
  EXPECT_NEAR(w[1], 0.33644835740328194, 1e-13);
  EXPECT_NEAR(w[30 * 60 + 30], 0.2659615202676218, 1e-13);
  for (std::size_t row = 0; row < 60; ++row) {
    double sum = 0;
    for (std::size_t column = 0; column < 60; ++column) sum += w[row * 60 + column];
    EXPECT_NEAR(sum, 1, 2.3e-15);
  }

  // In single precision, and against another family.
  const Array k32 = made(spc_astype, spc_array(k), int32_t{SPC_FLOAT32});
  const Array raw32 = made(spc_astype, spc_array(raw), int32_t{SPC_FLOAT32});
  const auto y32 =
      values<float>(made(spc_matmul, spc_array(k32), spc_array(raw32), spc_value(nullptr)));
  const Context other = context("reference");
  const auto again = values<double>(made(spc_matmul, spc_array(smoothing_matrix(other, 60, 1.5)),
                                         spc_array(vector<double>(other, r)), spc_value(nullptr)));
  for (std::size_t i = 0; i < 60; ++i) {
    EXPECT_NEAR(y32[i], y[i], 1e-5);
    EXPECT_NEAR(again[i], y[i], 1e-13);
  }
}

TEST_P(WorkedExamples, GramMatrices) {
  const int64_t three_by_two[] = {3, 2};
  const Array six = made(spc_arange, spc_context(ctx), spc_array(weak(6)), spc_array(nullptr),
                         spc_array(nullptr), int32_t{SPC_FLOAT64});
  EXPECT_EQ(values<double>(six), (std::vector<double>{0, 1, 2, 3, 4, 5}));
  const Array a = made(spc_reshape, spc_array(six), 2, three_by_two);
  const auto gram = [](spc_array x) {
    return made(spc_matmul, spc_array(made(spc_adjoint, x)), x, spc_value(nullptr));
  };
  EXPECT_EQ(values<double>(gram(a)), (std::vector<double>{20, 26, 26, 35}));
  const Array z = array<Complex>(ctx, {2, 2}, {{1, 1}, {2, 0}, {0, 0}, {0, 1}});
  EXPECT_EQ(values<Complex>(gram(z)), (std::vector<Complex>{{2, 0}, {2, -2}, {2, 2}, {5, 0}}));
  const Array unit =
      made(spc_eye, spc_context(ctx), int64_t{3}, int64_t{SPC_NONE_I64}, int32_t{SPC_DTYPE_NONE});
  EXPECT_EQ(values<double>(unit), (std::vector<double>{1, 0, 0, 0, 1, 0, 0, 0, 1}));
}

TEST_P(WorkedExamples, RepeatedIndices) {
  const Array zeros = vector<double>(ctx, {0, 0, 0});
  const Array three = vector<int64_t>(ctx, {0, 0, 2}), two = vector<int64_t>(ctx, {0, 0});
  const spc_index adds[] = {pick(three)}, sets[] = {pick(two)};
  EXPECT_EQ(values<double>(made(spc_index_add, spc_array(zeros), 1, adds,
                                spc_array(vector<double>(ctx, {1, 1, 1})), 1)),
            (std::vector<double>{2, 0, 1}));
  EXPECT_EQ(values<double>(made(spc_index_set, spc_array(zeros), 1, sets,
                                spc_array(vector<double>(ctx, {1, 2})), 1)),
            (std::vector<double>{2, 0, 0}));
  EXPECT_EQ(values<int64_t>(
                made(spc_argsort, spc_array(vector<int64_t>(ctx, {2, 1, 2, 1, 1})), int64_t{-1})),
            (std::vector<int64_t>{1, 3, 4, 0, 2}));
}

TEST_P(WorkedExamples, LogSumExp) {
  const auto log_sum = [&](std::vector<double> a, std::vector<double> b, Array *sign) {
    const Array x = vector<double>(ctx, a), weights = vector<double>(ctx, b);
    Array out;
    check(spc_logsumexp(x, b.empty() ? nullptr : spc_array(weights), SPC_ALL_AXES, nullptr, 0,
                        out.out(), sign == nullptr ? nullptr : sign->out()));
    return value<double>(out);
  };
  EXPECT_NEAR(log_sum({1000, 1000}, {}, nullptr), 1000.6931471805599, 1e-12);
  EXPECT_TRUE(std::isnan(log_sum({0, 0}, {1, -2}, nullptr)));
  Array sign;
  EXPECT_EQ(log_sum({0, 0}, {1, -2}, &sign), 0);
  EXPECT_EQ(value<double>(sign), -1);
  EXPECT_EQ(log_sum({INFINITY, 0}, {0, 1}, nullptr), 0);
}

TEST_P(WorkedExamples, Norms) {
  const auto norm = [&](const Array &x, int32_t ord, double p) {
    return value<double>(made(spc_norm, spc_array(x), ord, p, int32_t{SPC_ALL_AXES}, nullptr, 0));
  };
  const Array m = array<double>(ctx, {2, 2}, {1, 2, 3, 4}), v = vector<double>(ctx, {3, -4, 0});
  EXPECT_NEAR(norm(m, SPC_ORD_FRO, 0), 5.477225575051661, 1e-14);
  EXPECT_NEAR(norm(m, SPC_ORD_NUC, 0), 5.8309518948453, 1e-13);
  EXPECT_EQ(norm(m, SPC_ORD_P, 1), 6);
  EXPECT_EQ(norm(m, SPC_ORD_P, -1), 4);
  EXPECT_NEAR(norm(m, SPC_ORD_P, 2), 5.464985704219043, 1e-14);
  EXPECT_NEAR(norm(m, SPC_ORD_P, -2), 0.36596619062625746, 1e-14);
  EXPECT_EQ(norm(m, SPC_ORD_P, INFINITY), 7);
  EXPECT_EQ(norm(m, SPC_ORD_P, -INFINITY), 3);
  EXPECT_EQ(norm(v, SPC_ORD_P, 0), 2);
  EXPECT_EQ(norm(v, SPC_ORD_P, 1), 7);
  EXPECT_NEAR(norm(v, SPC_ORD_P, 2), 5, 1e-15);
  EXPECT_NEAR(norm(v, SPC_ORD_P, 3), 4.497941445275415, 1e-14);
  EXPECT_EQ(norm(v, SPC_ORD_P, INFINITY), 4);
  EXPECT_EQ(norm(v, SPC_ORD_P, -INFINITY), 0);
}

TEST_P(WorkedExamples, EighReadsTheLowerTriangle) {
  Array w, u;
  check(spc_eigh(array<double>(ctx, {2, 2}, {2, 1, 9, 3}), nullptr, w.out(), u.out()));
  EXPECT_NEAR(values<double>(w)[0], -6.51387819, 1e-8);
  EXPECT_NEAR(values<double>(w)[1], 11.51387819, 1e-8);
}

TEST_P(WorkedExamples, RootsOnTheCut) {
  const auto roots =
      values<Complex>(made(spc_sqrt, spc_array(vector<Complex>(ctx, {{-1, 0.0}, {-1, -0.0}}))));
  EXPECT_EQ(roots[0], Complex(0, 1));
  EXPECT_EQ(roots[1], Complex(0, -1));
}

TEST_P(WorkedExamples, ExponentialOfARotation) {
  const auto r =
      values<double>(made(spc_expm, spc_array(array<double>(ctx, {2, 2}, {0, 1, -1, 0}))));
  EXPECT_NEAR(r[0], std::cos(1.0), 1e-14);
  EXPECT_NEAR(r[1], std::sin(1.0), 1e-14);
  EXPECT_NEAR(r[2], -std::sin(1.0), 1e-14);
  EXPECT_NEAR(r[3], std::cos(1.0), 1e-14);
}

TEST_P(WorkedExamples, SparseAndDenseProducts) {
  Array s;
  check(spc_assparse(ctx, array<double>(ctx, {2, 3}, {1, 0, 2, 0, 3, 0}), "csr", SPC_DTYPE_NONE,
                     s.out()));
  EXPECT_EQ(values<double>(
                made(spc_sparse_matmul, spc_array(s), spc_array(vector<double>(ctx, {1, 1, 1})))),
            (std::vector<double>{3, 3}));
  EXPECT_EQ(
      values<double>(made(spc_matmul, spc_array(array<double>(ctx, {3, 2}, {1, 2, 3, 4, 5, 6})),
                          spc_array(vector<double>(ctx, {7, 8})), spc_value(nullptr))),
      (std::vector<double>{23, 53, 83}));
}

SPC_ON_EVERY_FAMILY(WorkedExamples);

}  // namespace
