// SPDX-License-Identifier: Apache-2.0
// Random streams: the numbers of ADR 009, the same on every family.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <thread>

#include "tests/support/algebra.hpp"

namespace test {
namespace {

using Rng = Handle<spc_rng, spc_rng_release>;

Rng rng(int64_t seed) {
  Rng r;
  check(spc_rng_create(seed, r.out()));
  return r;
}
Array uniform(spc_rng r, spc_context ctx, const Shape &shape, int32_t dtype = SPC_DTYPE_NONE) {
  Array out;
  check(
      spc_rng_uniform(r, ctx, static_cast<int32_t>(shape.size()), shape.data(), dtype, out.out()));
  return out;
}
Array normal(spc_rng r, spc_context ctx, const Shape &shape, int32_t dtype = SPC_DTYPE_NONE) {
  Array out;
  check(spc_rng_normal(r, ctx, static_cast<int32_t>(shape.size()), shape.data(), dtype, out.out()));
  return out;
}
Array choice(spc_rng r, spc_context ctx, int64_t a, int64_t size, spc_array p = nullptr) {
  Array out;
  check(spc_rng_choice(r, ctx, a, size, p, out.out()));
  return out;
}

// Steps between two floating numbers of a type.
template <class T>
int64_t ulps(T a, T b) {
  using Bits = std::conditional_t<sizeof(T) == 4, int32_t, int64_t>;
  auto ordered = [](T x) {
    Bits bits;
    std::memcpy(&bits, &x, sizeof x);
    return static_cast<int64_t>(bits < 0 ? std::numeric_limits<Bits>::min() - bits : bits);
  };
  return std::abs(ordered(a) - ordered(b));
}
template <class T>
void expect_within_4_ulp(const std::vector<T> &a, const std::vector<T> &b) {
  ASSERT_EQ(a.size(), b.size());
  int64_t worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, ulps(a[i], b[i]));
  EXPECT_LE(worst, 4);
}

class Random : public OnFamily {};
SPC_ON_EVERY_FAMILY(Random);

// ---- known answers

TEST_P(Random, known_uniform_numbers) {
  EXPECT_EQ(values<double>(uniform(rng(0), ctx, {5})),
            (std::vector<double>{0.8805201978886142, 0.6054818538799213, 0.36209111566940344,
                                 0.037094080749417335, 0.3194457679100915}));
  EXPECT_EQ(values<double>(uniform(rng(42), ctx, {5}, SPC_FLOAT64)),
            (std::vector<double>{0.4685865183391049, 0.34086154938517876, 0.32706338120338474,
                                 0.4543156017348883, 0.6583155272123093}));
  EXPECT_EQ(values<float>(uniform(rng(0), ctx, {5}, SPC_FLOAT32)),
            (std::vector<float>{0.8805201649665833F, 0.6054818034172058F, 0.362091064453125F,
                                0.037094056606292725F, 0.31944572925567627F}));
  EXPECT_EQ(values<float>(uniform(rng(42), ctx, {5}, SPC_FLOAT32)),
            (std::vector<float>{0.4685865044593811F, 0.3408614993095398F, 0.32706332206726074F,
                                0.45431554317474365F, 0.6583154797554016F}));
}

TEST_P(Random, known_normal_numbers) {
  expect_within_4_ulp(values<double>(normal(rng(0), ctx, {5})),
                      {-1.6249634408710394, -1.2683492025469478, 0.9225813876375342,
                       0.21900507737292066, -0.11950502671808322});
  expect_within_4_ulp(values<double>(normal(rng(42), ctx, {5})),
                      {-0.6076510539335194, 0.946144781969715, -0.8536440633116089,
                       0.25199221210660444, 0.21637628796618613});
  expect_within_4_ulp(values<float>(normal(rng(0), ctx, {5}, SPC_FLOAT32)),
                      {-1.6249634F, -1.26834917F, 0.922581375F, 0.219005078F, -0.119505025F});
  const auto parts = [](const std::vector<c128> &z) {
    std::vector<double> out;
    for (const c128 &x : z) out.insert(out.end(), {x.real(), x.imag()});
    return out;
  };
  expect_within_4_ulp(parts(values<c128>(normal(rng(42), ctx, {3}, SPC_COMPLEX128))),
                      {-0.429674180831544, 0.6690253913150529, -0.6036175058872771,
                       0.17818540198677882, 0.15300114050886338, -1.0249186372403039});
  const std::vector<c64> narrow = values<c64>(normal(rng(0), ctx, {2}, SPC_COMPLEX64));
  expect_within_4_ulp<float>({narrow[0].real(), narrow[0].imag(), narrow[1].real()},
                             {-1.1490226682201374F, -0.8968583220334967F, 0.6523635553949952F});
}

TEST_P(Random, known_choices) {
  EXPECT_EQ(values<int64_t>(choice(rng(0), ctx, 10, 12)),
            (std::vector<int64_t>{8, 6, 3, 0, 3, 2, 4, 4, 6, 9, 0, 3}));
  EXPECT_EQ(values<int64_t>(choice(rng(42), ctx, 10, 12)),
            (std::vector<int64_t>{4, 3, 3, 4, 6, 7, 6, 3, 8, 2, 2, 0}));
  // All but two bits of the words of the generator.
  EXPECT_EQ(values<int64_t>(choice(rng(0), ctx, int64_t{1} << 62, 2)),
            (std::vector<int64_t>{0xe169c58d6627e8d5 >> 2, 0x9b00dbd8bc57ac4c >> 2}));
  const Array p = vector<double>(ctx, {0.1, 0.2, 0.3, 0.4});
  EXPECT_EQ(values<int64_t>(choice(rng(0), ctx, 4, 12, p)),
            (std::vector<int64_t>{3, 3, 2, 0, 2, 1, 2, 2, 3, 3, 0, 2}));
  EXPECT_EQ(values<int64_t>(choice(rng(42), ctx, 4, 12, p)),
            (std::vector<int64_t>{2, 2, 2, 2, 3, 3, 3, 2, 3, 1, 1, 0}));
}

// The largest seed reaches both words of the key.
TEST_P(Random, seeds_have_63_bits) {
  EXPECT_EQ(values<int64_t>(choice(rng(INT64_MAX), ctx, int64_t{1} << 62, 4)),
            (std::vector<int64_t>{0x93ebecf532e74fa9 >> 2, 0x0d8e8ffdf8ec7334 >> 2,
                                  0xc53c39830831d704 >> 2, 0x8cb94662c909c241 >> 2}));
}

// ---- one stream

TEST_P(Random, streams_are_those_of_reference) {
  const Context reference = context("reference");
  // Odd, and long enough to be cut into parts for several threads.
  const int64_t n = 300001;
  EXPECT_EQ(values<double>(uniform(rng(5), ctx, {n})),
            values<double>(uniform(rng(5), reference, {n})));
  EXPECT_EQ(values<float>(uniform(rng(5), ctx, {n}, SPC_FLOAT32)),
            values<float>(uniform(rng(5), reference, {n}, SPC_FLOAT32)));
  expect_within_4_ulp(values<double>(normal(rng(5), ctx, {n})),
                      values<double>(normal(rng(5), reference, {n})));
  expect_within_4_ulp(values<float>(normal(rng(5), ctx, {n}, SPC_FLOAT32)),
                      values<float>(normal(rng(5), reference, {n}, SPC_FLOAT32)));
  const std::vector<c128> a = values<c128>(normal(rng(5), ctx, {n}, SPC_COMPLEX128)),
                          b = values<c128>(normal(rng(5), reference, {n}, SPC_COMPLEX128));
  int64_t worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    worst = std::max({worst, ulps(a[i].real(), b[i].real()), ulps(a[i].imag(), b[i].imag())});
  EXPECT_LE(worst, 4);
  EXPECT_EQ(values<int64_t>(choice(rng(5), ctx, 1000003, n)),
            values<int64_t>(choice(rng(5), reference, 1000003, n)));
  const std::vector<double> p = {0, 0.25, 0, 0.5, 0.125, 0.125, 0};
  EXPECT_EQ(values<int64_t>(choice(rng(5), ctx, 7, n, vector<double>(ctx, p))),
            values<int64_t>(choice(rng(5), reference, 7, n, vector<double>(reference, p))));
}

TEST_P(Random, results_do_not_depend_on_threads) {
  const int64_t n = 400003;
  std::vector<double> numbers[2];
  for (const int threads : {1, 4}) {
    check(spc_set_num_threads(threads));
    numbers[threads == 4] = values<double>(normal(rng(11), ctx, {n}));
  }
  check(spc_set_num_threads(0));
  EXPECT_EQ(numbers[0], numbers[1]);
}

// uniform, choice and real normals take ceil(n / 2) blocks, complex normals n.
TEST_P(Random, calls_take_whole_blocks) {
  const std::vector<double> stream = values<double>(uniform(rng(9), ctx, {40}));
  const Rng r = rng(9);
  std::size_t at = 0;
  auto next_is = [&](std::size_t blocks) {
    at += 2 * blocks;
    EXPECT_EQ(values<double>(uniform(r, ctx, {2})),
              std::vector<double>(stream.begin() + static_cast<std::ptrdiff_t>(at),
                                  stream.begin() + static_cast<std::ptrdiff_t>(at) + 2));
    at += 2;
  };
  uniform(r, ctx, {3});
  next_is(2);
  normal(r, ctx, {1, 4}, SPC_FLOAT32);
  next_is(2);
  normal(r, ctx, {3}, SPC_COMPLEX64);
  next_is(3);
  choice(r, ctx, 5, 1);
  next_is(1);
  // No element, no block; nor for what is refused.
  uniform(r, ctx, {0, 3});
  choice(r, ctx, 5, 0);
  Array out;
  const int64_t shape[] = {2};
  EXPECT_EQ(spc_rng_uniform(r, ctx, 1, shape, SPC_INT32, out.out()), SPC_E_TYPE);
  EXPECT_EQ(spc_rng_choice(r, ctx, 0, 4, nullptr, out.out()), SPC_E_VALUE);
  next_is(0);
}

TEST_P(Random, shapes_are_filled_row_major) {
  const std::vector<double> stream = values<double>(uniform(rng(3), ctx, {24}));
  const Array cube = uniform(rng(3), ctx, {2, 3, 4});
  EXPECT_EQ(shape_of(cube), (Shape{2, 3, 4}));
  EXPECT_EQ(values<double>(cube), stream);
  const Array scalar = uniform(rng(3), ctx, {});
  EXPECT_EQ(shape_of(scalar), (Shape{}));
  EXPECT_EQ(value<double>(scalar), stream[0]);
  EXPECT_EQ(shape_of(normal(rng(3), ctx, {0, 2})), (Shape{0, 2}));
  EXPECT_EQ(family_of(cube), GetParam());
  EXPECT_EQ(shape_of(choice(rng(3), ctx, 0, 0)), (Shape{0}));
}

// ---- generators

TEST_P(Random, generators) {
  const Rng a = rng(1), b = rng(2);
  EXPECT_NE(values<double>(uniform(a, ctx, {4})), values<double>(uniform(b, ctx, {4})));
  const Rng x = rng(SPC_NONE_I64), y = rng(SPC_NONE_I64);
  EXPECT_NE(values<double>(uniform(x, ctx, {4})), values<double>(uniform(y, ctx, {4})));

  spc_rng r = nullptr;
  expect_error(spc_rng_create(-1, &r), SPC_E_VALUE, {"rng_create: seed is -1, expected 0 or more"});
  expect_error(spc_rng_create(1, nullptr), SPC_E_VALUE, {"rng_create: out is NULL"});
  EXPECT_EQ(r, nullptr);
  check(spc_rng_release(&r));
  check(spc_rng_create(7, &r));
  check(spc_rng_retain(r));
  spc_rng again = r;
  check(spc_rng_release(&again));
  EXPECT_EQ(again, nullptr);
  const std::vector<double> first = values<double>(uniform(r, ctx, {2}));
  EXPECT_NE(values<double>(uniform(r, ctx, {2})), first);
  spc_rng stale = r;
  check(spc_rng_release(&r));
  Array out;
  expect_error(spc_rng_uniform(stale, ctx, 0, nullptr, SPC_DTYPE_NONE, out.out()), SPC_E_HANDLE,
               {"rng_uniform: expected a handle of a generator, got one that is stale"});
  expect_error(spc_rng_normal(nullptr, ctx, 0, nullptr, SPC_DTYPE_NONE, out.out()), SPC_E_HANDLE,
               {"rng_normal: the generator handle is NULL"});
  const Array array_ = vector<double>(ctx, {1});
  expect_error(spc_rng_retain(reinterpret_cast<spc_rng>(array_.operator spc_array())), SPC_E_HANDLE,
               {"got one that is an array or value"});
  const Rng live = rng(1);
  int32_t ndim = 0;
  expect_error(spc_array_ndim(reinterpret_cast<spc_array>(live.operator spc_rng()), &ndim),
               SPC_E_HANDLE, {"got one that is a generator"});
}

TEST(RandomDefaults, no_context_is_the_default_one) {
  EXPECT_EQ(family_of(uniform(rng(1), nullptr, {2})), "cpu");
  EXPECT_EQ(family_of(normal(rng(1), nullptr, {2})), "cpu");
  EXPECT_EQ(family_of(choice(rng(1), nullptr, 3, 2)), "cpu");
}

TEST(RandomDefaults, opaque_families_have_no_random_numbers) {
  load_opaque();
  const Context ctx = context("opaque");
  const int64_t shape[] = {2};
  spc_array out = nullptr;
  expect_error(spc_rng_uniform(rng(1), ctx, 1, shape, SPC_DTYPE_NONE, &out), SPC_E_NOTIMPL,
               {"rng_uniform: arrays of family opaque are opaque"});
  EXPECT_EQ(out, nullptr);
}

// Concurrent calls get different blocks, and together those of the stream.
TEST_P(Random, threads_share_a_generator) {
  constexpr int threads = 4, calls = 100, blocks = 3;
  const Rng r = rng(77);
  std::vector<std::vector<double>> got(threads);
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t)
    workers.emplace_back([&, t] {
      for (int c = 0; c < calls; ++c) {
        const std::vector<double> v = values<double>(uniform(r, ctx, {2 * blocks}));
        got[static_cast<std::size_t>(t)].insert(got[static_cast<std::size_t>(t)].end(), v.begin(),
                                                v.end());
      }
    });
  for (std::thread &w : workers) w.join();
  std::vector<double> together;
  for (const auto &v : got) together.insert(together.end(), v.begin(), v.end());
  std::vector<double> stream =
      values<double>(uniform(rng(77), ctx, {int64_t{threads} * calls * blocks * 2}));
  std::sort(together.begin(), together.end());
  std::sort(stream.begin(), stream.end());
  EXPECT_EQ(together, stream);
}

// ---- distributions, of fixed seeds: bounds are five standard errors

TEST_P(Random, uniform_moments) {
  const int64_t n = 100000;
  const std::vector<double> u = values<double>(uniform(rng(123), ctx, {n}));
  EXPECT_GE(*std::min_element(u.begin(), u.end()), 0);
  EXPECT_LT(*std::max_element(u.begin(), u.end()), 1);
  double mean = 0, square = 0, neighbours = 0;
  std::vector<int> counts(16);
  for (std::size_t i = 0; i < u.size(); ++i) {
    mean += u[i];
    square += u[i] * u[i];
    if (i > 0) neighbours += (u[i] - 0.5) * (u[i - 1] - 0.5);
    ++counts[static_cast<std::size_t>(16 * u[i])];
  }
  const double N = static_cast<double>(n), root = std::sqrt(N);
  EXPECT_NEAR(mean / N, 0.5, 5 * 0.2887 / root);
  EXPECT_NEAR(square / N, 1. / 3, 5 * 0.2981 / root);
  EXPECT_NEAR(neighbours / N, 0, 5 * (1. / 12) / root);
  for (const int c : counts) EXPECT_NEAR(c, N / 16, 5 * std::sqrt(N / 16));
}

TEST_P(Random, normal_moments) {
  const int64_t n = 100000;
  const double N = static_cast<double>(n), root = std::sqrt(N);
  const std::vector<double> z = values<double>(normal(rng(321), ctx, {n}));
  double m1 = 0, m2 = 0, m3 = 0, m4 = 0, pairs = 0, inside = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    m1 += z[i];
    m2 += z[i] * z[i];
    m3 += std::pow(z[i], 3);
    m4 += std::pow(z[i], 4);
    if (i % 2 == 1) pairs += z[i] * z[i - 1];
    inside += std::abs(z[i]) < 1 ? 1 : 0;
  }
  EXPECT_NEAR(m1 / N, 0, 5 / root);
  EXPECT_NEAR(m2 / N, 1, 5 * std::sqrt(2.) / root);
  EXPECT_NEAR(m3 / N, 0, 5 * std::sqrt(15.) / root);
  EXPECT_NEAR(m4 / N, 3, 5 * std::sqrt(96.) / root);
  EXPECT_NEAR(pairs / (N / 2), 0, 5 / std::sqrt(N / 2));
  EXPECT_NEAR(inside / N, 0.6826894921, 5 * 0.4654 / root);
  const std::vector<c128> c = values<c128>(normal(rng(321), ctx, {n}, SPC_COMPLEX128));
  c128 sum = 0, pseudo = 0;
  double re2 = 0, im2 = 0;
  for (const c128 &x : c) {
    sum += x;
    pseudo += x * x;
    re2 += x.real() * x.real();
    im2 += x.imag() * x.imag();
  }
  EXPECT_NEAR(std::abs(sum) / N, 0, 5 / root);
  EXPECT_NEAR(std::abs(pseudo) / N, 0, 5 * std::sqrt(2.) / root);
  EXPECT_NEAR(re2 / N, 0.5, 5 * std::sqrt(0.5) / root);
  EXPECT_NEAR(im2 / N, 0.5, 5 * std::sqrt(0.5) / root);
}

TEST_P(Random, choice_frequencies) {
  const int64_t n = 60000;
  const double N = static_cast<double>(n);
  std::vector<int> counts(6);
  for (const int64_t k : values<int64_t>(choice(rng(8), ctx, 6, n)))
    ++counts.at(static_cast<std::size_t>(k));
  for (const int c : counts) EXPECT_NEAR(c, N / 6, 5 * std::sqrt(N / 6));
  const std::vector<double> p = {0, 0.5, 0, 0.3, 0.2, 0};
  counts.assign(6, 0);
  for (const int64_t k : values<int64_t>(choice(rng(8), ctx, 6, n, vector<double>(ctx, p))))
    ++counts.at(static_cast<std::size_t>(k));
  for (std::size_t k = 0; k < 6; ++k)
    EXPECT_NEAR(counts[k], N * p[k], 5 * std::sqrt(N * p[k] + 1e-9)) << k;
}

// ---- errors

TEST_P(Random, dtypes_and_shapes) {
  const Rng r = rng(1);
  Array out;
  const int64_t shape[] = {2}, negative[] = {2, -1};
  for (const int32_t dtype : {SPC_BOOL, SPC_INT64, SPC_COMPLEX64})
    expect_error(spc_rng_uniform(r, ctx, 1, shape, dtype, out.out()), SPC_E_TYPE,
                 {"rng_uniform: dtype is", "expected float32 or float64"});
  for (const int32_t dtype : {SPC_BOOL, SPC_UINT8})
    expect_error(spc_rng_normal(r, ctx, 1, shape, dtype, out.out()), SPC_E_TYPE,
                 {"rng_normal: dtype is", "expected a float or complex dtype"});
  expect_error(spc_rng_normal(r, ctx, 1, shape, 77, out.out()), SPC_E_TYPE, {"rng_normal"});
  expect_error(spc_rng_uniform(r, ctx, 2, negative, SPC_DTYPE_NONE, out.out()), SPC_E_VALUE,
               {"rng_uniform", "-1"});
  expect_error(spc_rng_normal(r, ctx, 2, negative, SPC_DTYPE_NONE, out.out()), SPC_E_VALUE,
               {"rng_normal", "-1"});
  expect_error(spc_rng_normal(r, ctx, 1, shape, SPC_DTYPE_NONE, nullptr), SPC_E_VALUE,
               {"rng_normal: out is NULL"});
  // The default dtype is float64, whatever the context's.
  const Context single = context(GetParam(), SPC_FLOAT32);
  EXPECT_EQ(dtype_of(uniform(r, single, {1})), SPC_FLOAT64);
  EXPECT_EQ(dtype_of(normal(r, single, {1})), SPC_FLOAT64);
}

TEST_P(Random, probabilities) {
  const Rng r = rng(1);
  spc_array out = nullptr;
  auto refuse = [&](int64_t a, int64_t size, spc_array p, spc_status code, const char *text) {
    expect_error(spc_rng_choice(r, ctx, a, size, p, &out), code, {text});
    EXPECT_EQ(out, nullptr);
  };
  refuse(0, 1, nullptr, SPC_E_VALUE,
         "rng_choice: a is 0, expected at least 1 to draw 1 from [0, a)");
  refuse(-1, 0, nullptr, SPC_E_VALUE, "rng_choice: a is -1");
  refuse(3, -1, nullptr, SPC_E_VALUE, "rng_choice: size is -1, expected 0 or more");
  refuse(3, 1, vector<double>(ctx, {0.5, 0.5}), SPC_E_VALUE,
         "rng_choice: p has shape (2,), expected (3,)");
  refuse(2, 1, array<double>(ctx, {1, 2}, {0.5, 0.5}), SPC_E_VALUE,
         "rng_choice: p has shape (1, 2), expected (2,)");
  refuse(2, 1, vector<double>(ctx, {1.5, -0.5}), SPC_E_VALUE,
         "rng_choice: p[1] is -0.5, expected a probability");
  refuse(2, 1, vector<double>(ctx, {NAN, 1}), SPC_E_VALUE, "rng_choice: p[0] is nan");
  refuse(2, 1, vector<double>(ctx, {0.5, 0.25}), SPC_E_VALUE,
         "rng_choice: the sum of p is 0.75, expected 1 within 1.5e-08");
  refuse(2, 1, vector<double>(ctx, {0.5, 0.5 + 2e-8}), SPC_E_VALUE, "the sum of p is");
  refuse(2, 0, vector<double>(ctx, {0.5, 0.25}), SPC_E_VALUE, "the sum of p is 0.75");
  refuse(1, 1, vector<c128>(ctx, {1}), SPC_E_TYPE, "rng_choice rejected complex");
  EXPECT_EQ(values<int64_t>(choice(r, ctx, 2, 3, vector<double>(ctx, {0, 1 + 1e-8}))),
            (std::vector<int64_t>{1, 1, 1}));
  // Any real dtype and stride.
  const Array wide = vector<float>(ctx, {0, 9, 1, 9});
  EXPECT_EQ(
      values<int64_t>(choice(r, ctx, 2, 2, getitem(wide, {slice(SPC_NONE_I64, SPC_NONE_I64, 2)}))),
      (std::vector<int64_t>{1, 1}));
}

}  // namespace
}  // namespace test
