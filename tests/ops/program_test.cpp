// SPDX-License-Identifier: Apache-2.0
// program_run: what each instruction does is what the plain op does, bit for bit where it updates;
// sums are compared with sums in double precision on the host.
#include <cmath>
#include <limits>

#include "tests/support/algebra.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

spc_instruction copy(int32_t out, int32_t x) {
  return {SPC_PROGRAM_COPY, out, x, 0, 0, 0, 0, 0};
}
spc_instruction scale(int32_t out, int32_t a, int32_t x) {
  return {SPC_PROGRAM_SCALE, out, x, 0, 0, a, 0, 0};
}
spc_instruction axpy(int32_t out, int32_t a, int32_t x, int32_t y) {
  return {SPC_PROGRAM_AXPY, out, x, y, 0, a, 0, 0};
}
spc_instruction axpby(int32_t out, int32_t a, int32_t x, int32_t b, int32_t y) {
  return {SPC_PROGRAM_AXPBY, out, x, y, 0, a, b, 0};
}
spc_instruction multiply(int32_t out, int32_t x, int32_t y) {
  return {SPC_PROGRAM_MULTIPLY, out, x, y, 0, 0, 0, 0};
}
spc_instruction dot(int32_t x, int32_t y) {
  return {SPC_PROGRAM_DOT, 0, x, y, 0, 0, 0, 0};
}
spc_instruction weighted_dot(int32_t x, int32_t w, int32_t y) {
  return {SPC_PROGRAM_WEIGHTED_DOT, 0, x, y, w, 0, 0, 0};
}
spc_instruction squares(int32_t x) {
  return {SPC_PROGRAM_SUM_OF_SQUARES, 0, x, 0, 0, 0, 0, 0};
}
spc_instruction weighted_squares(int32_t x, int32_t w) {
  return {SPC_PROGRAM_WEIGHTED_SQUARES, 0, x, 0, w, 0, 0, 0};
}

using Handles = std::vector<spc_array>;

spc_status run(const std::vector<spc_instruction> &program, const Handles &vectors,
               const Handles &scalars = {}, spc_array results = nullptr) {
  return spc_program_run(static_cast<int32_t>(program.size()), program.data(),
                         static_cast<int32_t>(vectors.size()), vectors.data(),
                         static_cast<int32_t>(scalars.size()), scalars.data(), results);
}

template <class T>
std::vector<T> wave(std::size_t n, double phase) {
  std::vector<T> v(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double t = static_cast<double>(i) + phase;
    v[i] = number<T>(std::sin(1.3 * t) + 0.25, std::cos(0.7 * t));
  }
  return v;
}

class Program : public testing::TestWithParam<const char *> {
 protected:
  void SetUp() override {
    load_test_families();
    static const spc_status loaded = spc_load_plugin(SPACECORE_TEST_PLUGIN_DIR "/opaque.so");
    check(loaded);
  }
  bool opaque() const { return std::strcmp(GetParam(), "opaque") == 0; }
  Context context_of(int32_t dtype) const { return context(GetParam(), dtype); }
  /// Where results lie.
  Context results_context(int32_t dtype) const {
    return context(opaque() ? "reference" : GetParam(), dtype);
  }
};
INSTANTIATE_TEST_SUITE_P(Families, Program,
                         testing::Values("reference", "cpu", "fakedev", "opaque"), family_name);

template <class T>
struct Vectors {
  Vectors(spc_context ctx, std::size_t n)
      : host{wave<T>(n, 0), wave<T>(n, 0.4), wave<T>(n, 2.2), wave<T>(n, 3.1)} {
    for (const std::vector<T> &v : host) arrays.push_back(vector<T>(ctx, v));
  }
  Handles handles() const { return {arrays[0], arrays[1], arrays[2], arrays[3]}; }

  std::vector<std::vector<T>> host;
  std::vector<Array> arrays;
};

// The op that does an update alone, on arrays of their own.
template <class T>
std::vector<T> alone(spc_context ctx, const spc_instruction &i, const Handles &scalars,
                     std::size_t n) {
  const Vectors<T> v(ctx, n);
  const auto at = [&](int32_t k) -> spc_array { return v.arrays[static_cast<std::size_t>(k)]; };
  const Array one = weak(1);
  const auto scalar = [&](int32_t k) { return scalars[static_cast<std::size_t>(k)]; };
  switch (i.code) {
    case SPC_PROGRAM_COPY:
      if (i.out != i.x) check(spc_copy_into(at(i.x), at(i.out)));
      break;
    case SPC_PROGRAM_SCALE:
      check(spc_axpby_into(scalar(i.a), at(i.x), nullptr, at(i.x), at(i.out)));
      break;
    case SPC_PROGRAM_AXPY:
      check(spc_axpby_into(scalar(i.a), at(i.x), one, at(i.y), at(i.out)));
      break;
    case SPC_PROGRAM_AXPBY:
      check(spc_axpby_into(scalar(i.a), at(i.x), scalar(i.b), at(i.y), at(i.out)));
      break;
    default:
      check(spc_multiply_into(at(i.x), at(i.y), at(i.out)));
  }
  return values<T>(at(i.out));
}

template <class T>
void updates_are_the_plain_ops(const Program &, spc_context ctx) {
  const Array a = weak(number<c128>(0.75)), b = weak(-1.5), zero = weak(0.0);
  const Array complex = weak(c128(0.5, -2));
  Array real_a = weak(0.75);
  const bool is_complex = !std::is_floating_point_v<T>;
  const Handles scalars = {
      is_complex ? static_cast<spc_array>(complex) : static_cast<spc_array>(real_a), b, zero};
  const std::vector<spc_instruction> all = {
      copy(0, 1),           copy(2, 2),           scale(0, 0, 1),       scale(1, 1, 1),
      scale(1, 2, 1),       axpy(0, 0, 1, 2),     axpy(1, 0, 1, 2),     axpy(2, 1, 1, 2),
      axpy(2, 0, 2, 2),     axpy(0, 2, 1, 2),     axpby(0, 0, 1, 1, 2), axpby(1, 0, 1, 1, 2),
      axpby(2, 1, 1, 0, 2), axpby(0, 2, 1, 1, 2), axpby(0, 1, 1, 2, 2), axpby(3, 2, 1, 2, 2),
      multiply(0, 1, 2),    multiply(1, 1, 2),    multiply(2, 1, 2),    multiply(1, 1, 1)};
  for (const std::size_t n : {1, 7, 1000, 5000}) {
    for (std::size_t k = 0; k < all.size(); ++k) {
      const Vectors<T> v(ctx, n);
      check(run({all[k]}, v.handles(), scalars));
      const auto out = static_cast<std::size_t>(all[k].out);
      for (std::size_t i = 0; i < v.host.size(); ++i)
        EXPECT_EQ(values<T>(v.arrays[i]), i == out ? alone<T>(ctx, all[k], scalars, n) : v.host[i])
            << "instruction " << k << ", vector " << i << ", " << n << " elements";
    }
  }
}

TEST_P(Program, updates_are_the_plain_ops) {
  updates_are_the_plain_ops<float>(*this, context_of(SPC_FLOAT32));
  updates_are_the_plain_ops<double>(*this, context_of(SPC_FLOAT64));
  updates_are_the_plain_ops<c64>(*this, context_of(SPC_COMPLEX64));
  updates_are_the_plain_ops<c128>(*this, context_of(SPC_COMPLEX128));
}

template <class T>
void sums_are_inner_products(spc_context ctx, spc_context results_ctx) {
  for (const std::size_t n : {1, 15, 1000, 4099}) {
    const Vectors<T> v(ctx, n);
    const Array results = vector<T>(results_ctx, std::vector<T>(4, number<T>(9)));
    check(run({dot(0, 1), weighted_dot(0, 2, 1), squares(3), weighted_squares(1, 2)}, v.handles(),
              {}, results));
    c128 expected[4] = {};
    double sizes[4] = {};
    for (std::size_t i = 0; i < n; ++i) {
      const c128 x(v.host[0][i]), y(v.host[1][i]), w(v.host[2][i]), z(v.host[3][i]);
      const c128 terms[] = {std::conj(x) * y, std::conj(x) * w * y, std::conj(z) * z,
                            std::conj(y) * w * y};
      for (std::size_t k = 0; k < 4; ++k) {
        expected[k] += terms[k];
        sizes[k] += std::abs(terms[k]);
      }
    }
    const std::vector<T> sums = values<T>(results);
    const double eps = sizeof(Real<T>) == 4 ? 6e-8 : 1.2e-16;
    for (std::size_t k = 0; k < 4; ++k)
      EXPECT_LE(std::abs(c128(sums[k]) - expected[k]), 40 * eps * sizes[k]) << n << ' ' << k;
    if constexpr (!std::is_floating_point_v<T>) {
      EXPECT_NEAR(sums[2].imag(), 0, 40 * eps * sizes[2]);
    }
    for (std::size_t i = 0; i < v.host.size(); ++i) EXPECT_EQ(values<T>(v.arrays[i]), v.host[i]);
  }
}

TEST_P(Program, sums_are_inner_products) {
  sums_are_inner_products<float>(context_of(SPC_FLOAT32), results_context(SPC_FLOAT32));
  sums_are_inner_products<double>(context_of(SPC_FLOAT64), results_context(SPC_FLOAT64));
  sums_are_inner_products<c64>(context_of(SPC_COMPLEX64), results_context(SPC_COMPLEX64));
  sums_are_inner_products<c128>(context_of(SPC_COMPLEX128), results_context(SPC_COMPLEX128));
}

// x = x + a p; r = r - a q; p = r + b p; <r, r> and <r, p> of what came out.
TEST_P(Program, instructions_run_in_order) {
  const Context ctx = context_of(SPC_FLOAT64);
  const Array p = vector<double>(ctx, {1, 2, 3}), x = vector<double>(ctx, {10, 20, 30}),
              q = vector<double>(ctx, {1, 0, -1}), r = vector<double>(ctx, {5, 6, 7});
  const Array results = vector<double>(results_context(SPC_FLOAT64), std::vector<double>(3, 123));
  check(run({axpy(1, 0, 0, 1), axpy(3, 1, 2, 3), axpy(0, 2, 0, 3), squares(3), dot(3, 0)},
            {p, x, q, r}, {weak(2), weak(-2.0), weak(0.5)}, results));
  EXPECT_EQ(values<double>(x), (std::vector<double>{12, 24, 36}));
  EXPECT_EQ(values<double>(r), (std::vector<double>{3, 6, 9}));
  EXPECT_EQ(values<double>(p), (std::vector<double>{3.5, 7, 10.5}));
  EXPECT_EQ(values<double>(q), (std::vector<double>{1, 0, -1}));
  EXPECT_EQ(values<double>(results), (std::vector<double>{126, 147, 123}));
}

TEST_P(Program, an_operand_of_a_zero_factor_is_not_read) {
  const Context ctx = context_of(SPC_FLOAT64);
  const Array bad = vector<double>(ctx, {nan_value, nan_value}), x = vector<double>(ctx, {1, 2}),
              y = vector<double>(ctx, {3, 4}), z = vector<double>(ctx, {0, 0});
  const Array zero = weak(0.0), two = weak(2.0);
  check(run({axpy(3, 0, 0, 1), axpby(2, 1, 1, 0, 0)}, {bad, x, y, z}, {zero, two}));
  EXPECT_EQ(values<double>(z), (std::vector<double>{1, 2}));
  EXPECT_EQ(values<double>(y), (std::vector<double>{2, 4}));
  check(run({scale(1, 0, 0)}, {bad, x}, {zero}));
  EXPECT_EQ(values<double>(x), (std::vector<double>{0, 0}));
}

TEST_P(Program, is_explained) {
  const Context ctx = context_of(SPC_FLOAT64);
  const Array x = vector<double>(ctx, {1, 2});
  const spc_value operands[] = {x, x};
  char text[4000];
  int64_t needed = 0;
  check(spc_explain("program_run", 2, operands, text, sizeof text, &needed));
  const char *expected =
      opaque() ? "no kernel of its own" : "program_run for float64, tried in this";
  EXPECT_NE(std::strstr(text, expected), nullptr) << text;
}

TEST_P(Program, without_elements_sums_are_0) {
  const Context ctx = context_of(SPC_FLOAT64);
  const Array x = array<double>(ctx, {0}, {}), y = array<double>(ctx, {0}, {});
  const Array results = vector<double>(results_context(SPC_FLOAT64), {7, 8, 9});
  check(run({copy(0, 1), dot(0, 1), squares(1)}, {x, y}, {}, results));
  EXPECT_EQ(values<double>(results), (std::vector<double>{0, 0, 9}));
}

TEST_P(Program, scalars_are_weak_or_of_the_host_or_beside_the_vectors) {
  const Context ctx = context_of(SPC_FLOAT32), host = context("reference", SPC_FLOAT32);
  const Array x = vector<float>(ctx, {1, 2}), y = vector<float>(ctx, {10, 20});
  check(run({axpy(1, 0, 0, 1)}, {x, y}, {array<float>(host, {}, {3})}));
  EXPECT_EQ(values<float>(y), (std::vector<float>{13, 26}));
  if (opaque()) return;
  check(run({axpy(1, 0, 0, 1)}, {x, y}, {array<float>(ctx, {}, {-3})}));
  EXPECT_EQ(values<float>(y), (std::vector<float>{10, 20}));
  // An element of a vector that is written counts as it was.
  const Array z = vector<float>(ctx, {2, 3});
  check(run({scale(0, 0, 0), scale(0, 0, 0)}, {z}, {getitem(z, {at(0)})}));
  EXPECT_EQ(values<float>(z), (std::vector<float>{8, 12}));
}

TEST_P(Program, vectors_may_be_views) {
  if (opaque()) return;
  const Context ctx = context_of(SPC_FLOAT64);
  const Array base = array<double>(ctx, {3, 4}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  Array turned;
  check(spc_transpose(base, SPC_ALL_AXES, nullptr, turned.out()));
  const Array other = array<double>(ctx, {4, 3}, std::vector<double>(12, 1));
  const Array back = getitem(other, {slice(SPC_NONE_I64, SPC_NONE_I64, -1), all()});
  const Array results = vector<double>(ctx, {0, 0, 0, 0});
  const Array backwards = getitem(results, {slice(SPC_NONE_I64, SPC_NONE_I64, -2)});
  check(run({axpy(1, 0, 0, 1), dot(0, 1), squares(0)}, {turned, back}, {weak(10)}, backwards));
  std::vector<double> expected(12);
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 3; ++j)
      expected[(3 - i) * 3 + j] = 1 + 10 * static_cast<double>(j * 4 + i);
  EXPECT_EQ(values<double>(other), expected);
  EXPECT_EQ(values<double>(results), (std::vector<double>{0, 506, 0, 66 + 10 * 506}));
  const Array steps = vector<double>(ctx, {1, 2, 3, 4, 5}),
              odd = getitem(steps, {slice(0, SPC_NONE_I64, 2)}),
              even = vector<double>(ctx, {1, 1, 1});
  check(run({copy(1, 0), scale(0, 0, 0)}, {odd, even}, {weak(2)}));
  EXPECT_EQ(values<double>(steps), (std::vector<double>{2, 2, 6, 4, 10}));
  EXPECT_EQ(values<double>(even), (std::vector<double>{1, 3, 5}));
  // A number of rank 0 is a vector of one element.
  const Array point = array<double>(ctx, {}, {3}), sum = vector<double>(ctx, {0});
  check(run({scale(0, 0, 0), squares(0)}, {point}, {weak(2)}, sum));
  EXPECT_EQ(value<double>(point), 6);
  EXPECT_EQ(value<double>(sum), 36);
}

TEST_P(Program, results_do_not_depend_on_the_number_of_threads) {
  if (std::strcmp(GetParam(), "cpu") != 0) return;
  const Context ctx = context_of(SPC_FLOAT64);
  const std::size_t n = 700003;
  std::vector<double> first, sums;
  for (const int32_t threads : {1, 2, 5}) {
    check(spc_set_num_threads(threads));
    const Vectors<double> v(ctx, n);
    const Array results = vector<double>(ctx, {0, 0});
    check(run({axpy(0, 0, 1, 0), axpby(2, 0, 0, 0, 2), dot(0, 2), squares(2)}, v.handles(),
              {weak(0.3)}, results));
    if (threads == 1) {
      first = values<double>(v.arrays[2]);
      sums = values<double>(results);
    } else {
      EXPECT_EQ(values<double>(v.arrays[2]), first);
      EXPECT_EQ(values<double>(results), sums);
    }
  }
  check(spc_set_num_threads(0));
  double exact = 0;
  for (const double x : first) exact += x * x;
  EXPECT_NEAR(sums[1], exact, 1e-10 * exact);
}

TEST_P(Program, refuses_what_is_no_program) {
  const Context ctx = context_of(SPC_FLOAT64);
  const Array x = vector<double>(ctx, {1, 2}), y = vector<double>(ctx, {3, 4});
  const Array two = weak(2);
  const Array results = vector<double>(results_context(SPC_FLOAT64), {5});
  const auto refused = [&](spc_status status, std::initializer_list<const char *> parts) {
    expect_error(status, SPC_E_VALUE, parts);
    EXPECT_EQ(values<double>(x), (std::vector<double>{1, 2}));
    EXPECT_EQ(values<double>(y), (std::vector<double>{3, 4}));
    EXPECT_EQ(values<double>(results), (std::vector<double>{5}));
  };
  refused(run({}, {x}), {"program_run: 0 instructions, expected 1 to 20"});
  refused(run({copy(0, 0)}, {}), {"program_run: 0 vectors, expected 1 to 8"});
  refused(run({copy(0, 0)}, Handles(9, x)), {"program_run: 9 vectors, expected 1 to 8"});
  refused(run({copy(0, 0)}, {x}, Handles(17, two)), {"program_run: 17 scalars, expected 0 to 16"});
  refused(run(std::vector<spc_instruction>(17, copy(0, 0)), {x}),
          {"program_run: 17 updates, expected 1 to 16"});
  refused(run(std::vector<spc_instruction>(5, squares(0)), {x}, {}, results),
          {"program_run: 5 reductions, expected 1 to 4"});
  refused(run({copy(1, 0), {99, 0, 0, 0, 0, 0, 0, 0}}, {x, y}),
          {"program_run: instruction 1 has code 99, which names none"});
  refused(run({axpy(1, 0, 0, 2)}, {x, y}, {two}),
          {"program_run: instruction 0 (axpy) has y = 2, of 2 vectors"});
  refused(run({axpy(1, 1, 0, 1)}, {x, y}, {two}),
          {"program_run: instruction 0 (axpy) has a = 1, of 1 scalars"});
  refused(run({scale(-1, 0, 0)}, {x, y}, {two}), {"(scale) has out = -1, of 2 vectors"});
  refused(run({{SPC_PROGRAM_COPY, 1, 0, 0, 0, 3, 0, 0}}, {x, y}),
          {"(copy) has a = 3, which it does not use; expected 0"});
  refused(run({{SPC_PROGRAM_COPY, 1, 0, 0, 0, 0, 0, 4}}, {x, y}),
          {"instruction 0 has reserved = 4, expected 0"});
  refused(run({squares(0), copy(1, 0)}, {x, y}, {}, results),
          {"instruction 1 (copy) follows a reduction; updates come first"});
  refused(run({squares(0)}, {x}), {"program_run: results is NULL, with 1 reductions"});
  refused(run({squares(0), squares(1)}, {x, y}, {}, results),
          {"program_run: results has shape (1,), the program has 2 reductions"});
  refused(spc_program_run(1, nullptr, 1, Handles{x}.data(), 0, nullptr, nullptr),
          {"program_run: instructions is NULL"});
  const spc_instruction one = scale(0, 0, 0);
  refused(spc_program_run(1, &one, 1, nullptr, 1, nullptr, nullptr),
          {"program_run: vectors is NULL"});
  refused(spc_program_run(1, &one, 1, Handles{x}.data(), 1, nullptr, nullptr),
          {"program_run: scalars is NULL"});
}

TEST_P(Program, refuses_operands_that_do_not_fit) {
  const Context ctx = context_of(SPC_FLOAT64), single = context_of(SPC_FLOAT32);
  const Context host = results_context(SPC_FLOAT64);
  const Array x = vector<double>(ctx, {1, 2}), y = vector<double>(ctx, {3, 4});
  const Array longer = vector<double>(ctx, {1, 2, 3}), narrow = vector<float>(single, {1, 2});
  const Array results = vector<double>(host, {5});
  expect_error(run({copy(0, 1)}, {x, longer}), SPC_E_VALUE,
               {"program_run: vector 0 has shape (2,), vector 1 has shape (3,)"});
  expect_error(run({copy(0, 1)}, {x, narrow}), SPC_E_TYPE,
               {"program_run: vector 0 has dtype float64, vector 1 has dtype float32"});
  expect_error(run({axpy(1, 0, 0, 1)}, {x, x}, {weak(1)}), SPC_E_VALUE,
               {"program_run: vector 1 is written and shares memory with vector 0"});
  check(run({dot(0, 1)}, {x, x}, {}, results));
  EXPECT_EQ(value<double>(results), 5);
  expect_error(run({scale(0, 0, 0)}, {x}, {weak(c128(1, 1))}), SPC_E_TYPE, {"program_run"});
  expect_error(run({scale(0, 0, 0)}, {x}, {vector<double>(host, {1})}), SPC_E_VALUE,
               {"program_run: scalar 0 has shape (1,), expected a scalar"});
  expect_error(run({scale(0, 0, 0)}, {x}, {array<float>(results_context(SPC_FLOAT32), {}, {1})}),
               SPC_E_TYPE,
               {"program_run: scalar 0 has dtype float32, the vectors have dtype float64"});
  expect_error(run({squares(0)}, {x}, {}, vector<float>(results_context(SPC_FLOAT32), {1})),
               SPC_E_TYPE,
               {"program_run: results has dtype float32, the vectors have dtype float64"});
  expect_error(run({squares(0)}, {x}, {}, array<double>(host, {1, 1}, {1})), SPC_E_VALUE,
               {"program_run: results has shape (1, 1), the program has 1 reductions"});
  expect_error(run({copy(0, 1)}, {x, nullptr}), SPC_E_HANDLE, {"program_run"});
  if (opaque()) {
    expect_error(run({scale(0, 0, 0)}, {x}, {array<double>(ctx, {}, {1})}), SPC_E_NOTIMPL,
                 {"program_run: scalar 0 is opaque"});
    expect_error(run({squares(0)}, {x}, {}, y), SPC_E_TYPE, {"expected an array in host memory"});
    return;
  }
  const Array integers = vector<int64_t>(context_of(SPC_INT64), {1, 2});
  expect_error(run({copy(0, 0)}, {integers}), SPC_E_TYPE,
               {"program_run: vectors have dtype int64, expected a floating one"});
  Array fixed;
  check(spc_broadcast_to(array<double>(ctx, {1}, {1}), 1, Shape{2}.data(), fixed.out()));
  expect_error(run({copy(0, 1)}, {fixed, y}), SPC_E_VALUE,
               {"program_run: vector 0 is written and is read-only"});
  const Array all_of_it = vector<double>(ctx, {1, 2, 3, 4}),
              head = getitem(all_of_it, {slice(0, 3)}), tail = getitem(all_of_it, {slice(1, 4)});
  expect_error(run({copy(0, 1)}, {head, tail}), SPC_E_VALUE,
               {"program_run: vector 0 is written and shares memory with vector 1"});
  expect_error(run({squares(0)}, {head}, {}, tail), SPC_E_VALUE,
               {"program_run: results shares memory with vector 0"});
  EXPECT_EQ(values<double>(all_of_it), (std::vector<double>{1, 2, 3, 4}));
  if (host_accessible(GetParam())) return;
  const Array elsewhere = vector<double>(context("reference", SPC_FLOAT64), {1, 2});
  expect_error(run({copy(0, 1)}, {x, elsewhere}), SPC_E_TYPE, {"program_run", "memory space"});
  expect_error(run({squares(0)}, {x}, {}, elsewhere), SPC_E_TYPE, {"program_run"});
  const Array device = array<double>(ctx, {}, {2});
  expect_error(run({scale(0, 0, 0)}, {elsewhere}, {device}), SPC_E_TYPE,
               {"program_run: scalar 0 is in memory space"});
}

}  // namespace
