// SPDX-License-Identifier: Apache-2.0
// Elementwise kernels of the cpu family.
#include "tests/plugins/cpu_harness.hpp"

namespace spc::plugin_test {
namespace {

// ---- elementwise --------------------------------------------------------------------------------

class Elementwise : public testing::TestWithParam<int32_t> {};

enum class Result { same, real, verdict };

struct Case {
  uint32_t op;
  const char *name;
  int inputs;
  double ulps;
  Values values = Values::special;
  Result result = Result::same;
};

TEST_P(Elementwise, EqualsReference) {
  const int32_t dtype = GetParam();
  const Case cases[] = {{SPC_OP_add, "add", 2, 0},
                        {SPC_OP_subtract, "subtract", 2, 0},
                        {SPC_OP_multiply, "multiply", 2, 0},
                        {SPC_OP_divide, "divide", 2, 0},
                        {SPC_OP_maximum, "maximum", 2, 0, Values::few},
                        {SPC_OP_minimum, "minimum", 2, 0, Values::few},
                        {SPC_OP_clip, "clip", 3, 0, Values::few},
                        {SPC_OP_negative, "negative", 1, 0},
                        {SPC_OP_conj, "conj", 1, 0},
                        {SPC_OP_abs, "abs", 1, 2, Values::special, Result::real},
                        {SPC_OP_sqrt, "sqrt", 1, 0},
                        {SPC_OP_sign, "sign", 1, 0, Values::few},
                        {SPC_OP_square, "square", 1, 0},
                        {SPC_OP_copy, "copy", 1, 0},
                        {SPC_OP_equal, "equal", 2, 0, Values::few, Result::verdict},
                        {SPC_OP_not_equal, "not_equal", 2, 0, Values::few, Result::verdict},
                        {SPC_OP_less, "less", 2, 0, Values::few, Result::verdict},
                        {SPC_OP_less_equal, "less_equal", 2, 0, Values::few, Result::verdict},
                        {SPC_OP_greater, "greater", 2, 0, Values::few, Result::verdict},
                        {SPC_OP_greater_equal, "greater_equal", 2, 0, Values::few, Result::verdict},
                        {SPC_OP_isfinite, "isfinite", 1, 0, Values::special, Result::verdict},
                        {SPC_OP_isnan, "isnan", 1, 0, Values::special, Result::verdict},
                        {SPC_OP_exp, "exp", 1, 2},
                        {SPC_OP_log, "log", 1, 2},
                        {SPC_OP_log2, "log2", 1, 2},
                        {SPC_OP_sin, "sin", 1, 2},
                        {SPC_OP_cos, "cos", 1, 2}};
  for (const Case &c : cases) {
    if (reference_family().find(c.op, static_cast<uint32_t>(dtype), 0) == nullptr) continue;
    for (const Shape &shape : shapes()) {
      for (Layout a : input_layouts) {
        if (skip(shape, 30)) continue;
        int32_t result = dtype;
        if (c.result == Result::real && is_complex(dtype)) result = dtype - 2;
        if (c.result == Result::verdict) result = SPC_BOOL;
        Trial t{c.op, static_cast<uint32_t>(dtype), 0, {}, output(result, shape, Layout::rows)};
        if (integer(0, 3) == 0) t.out = output(result, shape, Layout::columns);
        t.in.push_back(operand(dtype, shape, a, c.values));
        for (int k = 1; k < c.inputs; ++k) {
          t.in.push_back(integer(0, 3) == 0
                             ? scalar(dtype, value(dtype, c.values), shape.size())
                             : operand(dtype, shape, input_layouts[integer(0, 4)], c.values));
          t.in.back().shape = shape;
        }
        t.ulps = c.ulps;
        t.signs = true;
        t.what = text(c.name, dtype, shape, static_cast<int>(a));
        t.run();
      }
    }
  }
}

TEST_P(Elementwise, Where) {
  const int32_t dtype = GetParam();
  for (const Shape &shape : shapes()) {
    for (int trial = 0; trial < 8; ++trial) {
      if (skip(shape, 30)) continue;
      Trial t{
          SPC_OP_where, static_cast<uint32_t>(dtype), 0, {}, output(dtype, shape, Layout::rows)};
      auto input = [&](int32_t type) {
        Operand x = integer(0, 3) == 0
                        ? scalar(type, value(type, Values::special), shape.size())
                        : operand(type, shape, input_layouts[integer(0, 4)], Values::special);
        x.shape = shape;
        return x;
      };
      t.in = {input(dtype), input(dtype), input(SPC_BOOL)};
      // Whatever byte but 0 is true.
      t.in[2].each([](void *at) {
        if (get(at, SPC_BOOL) != 0.0) *static_cast<uint8_t *>(at) = 2;
      });
      t.signs = true;
      t.what = text("where", dtype, shape, trial);
      t.run();
    }
  }
}

TEST_P(Elementwise, IsClose) {
  const int32_t dtype = GetParam();
  for (const Shape &shape : shapes()) {
    for (int equal_nan = 0; equal_nan < 2; ++equal_nan) {
      if (skip(shape, 30)) continue;
      spc_params_close p{};
      p.struct_size = sizeof p;
      p.rtol = 0.5;
      p.atol = 0.25;
      p.equal_nan = equal_nan;
      Trial t{SPC_OP_isclose,
              static_cast<uint32_t>(dtype),
              0,
              {},
              output(SPC_BOOL, shape, Layout::rows)};
      t.in.push_back(operand(dtype, shape, input_layouts[integer(0, 4)], Values::few));
      t.in.push_back(operand(dtype, shape, input_layouts[integer(0, 4)], Values::few));
      t.params = &p;
      t.what = text("isclose", dtype, shape, equal_nan);
      t.run();
    }
  }
}

TEST_P(Elementwise, Power) {
  const int32_t dtype = GetParam();
  if (dtype == SPC_BOOL) return;
  const double exponents[] = {0, 1, 2, 3, 0.5, -1};
  for (const Shape &shape : shapes()) {
    for (int trial = 0; trial < 10; ++trial) {
      if (skip(shape, 30)) continue;
      const bool fixed = trial < 6;
      if (fixed && !is_floating(dtype) && exponents[trial] != std::floor(exponents[trial]))
        continue;
      if (fixed && !is_floating(dtype) && exponents[trial] < 0) continue;
      const Values kind = trial % 2 == 0 ? Values::few : Values::special;
      Trial t{
          SPC_OP_power, static_cast<uint32_t>(dtype), 0, {}, output(dtype, shape, Layout::rows)};
      t.in.push_back(operand(dtype, shape, input_layouts[integer(0, 4)], kind));
      t.in.push_back(fixed ? scalar(dtype, exponents[trial], shape.size())
                           : operand(dtype, shape, input_layouts[integer(0, 4)], kind));
      t.in[1].shape = shape;
      if (!is_floating(dtype)) {
        t.in[1].each([&](void *at) { set(at, dtype, std::abs(get(at, dtype))); });
      }
      t.ulps = is_floating(dtype) ? 3 : 0;
      t.signs = is_floating(dtype) && !is_complex(dtype);
      t.what = text("power", dtype, shape, trial);
      t.run();
    }
  }
}

TEST_P(Elementwise, AxpbyReadsWhatItNeeds) {
  const int32_t dtype = GetParam();
  const std::complex<double> factors[] = {0.0, 1.0, {-1.5, 0.25}};
  for (const Shape &shape : shapes()) {
    for (const auto &a : factors) {
      for (const auto &b : factors) {
        if (skip(shape)) continue;
        Trial t{
            SPC_OP_axpby, static_cast<uint32_t>(dtype), 0, {}, output(dtype, shape, Layout::rows)};
        t.in.push_back(scalar(dtype, a, shape.size()));
        t.in.push_back(operand(dtype, shape, input_layouts[integer(0, 4)], Values::special));
        t.in.push_back(scalar(dtype, b, shape.size()));
        t.in.push_back(operand(dtype, shape, input_layouts[integer(0, 4)], Values::special));
        t.what = text("axpby", dtype, shape, 0);
        t.run();
      }
    }
  }
}

TEST_P(Elementwise, Casts) {
  const int32_t from = GetParam();
  for (int32_t to : all_dtypes) {
    if (is_complex(from) && !is_complex(to)) continue;
    for (const Shape &shape : shapes()) {
      if (skip(shape)) continue;
      // Values that every dtype can hold: what lies out of range is unspecified.
      Trial t{SPC_OP_astype,
              static_cast<uint32_t>(from),
              static_cast<uint32_t>(to),
              {},
              output(to, shape, Layout::rows)};
      Operand x = operand(from, shape, input_layouts[integer(0, 3)], Values::plain);
      if (is_floating(from) && !is_floating(to)) {
        x.each([&](void *at) { set(at, from, static_cast<double>(integer(0, 100)) + 0.75); });
      }
      t.in.push_back(x);
      t.what = text("astype", from, shape, to);
      t.run();
    }
  }
}

TEST_P(Elementwise, Fill) {
  const int32_t dtype = GetParam();
  for (const Shape &shape : shapes()) {
    for (Layout layout : {Layout::rows, Layout::columns, Layout::spread}) {
      if (skip(shape)) continue;
      Trial t{SPC_OP_fill, static_cast<uint32_t>(dtype), 0, {}, output(dtype, shape, layout)};
      t.in.push_back(scalar(dtype, value(dtype, Values::special), shape.size()));
      t.what = text("fill", dtype, shape, 0);
      t.run();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Dtypes, Elementwise, testing::ValuesIn(all_dtypes));

// ---- elementary functions -----------------------------------------------------------------------

// One row of n elements through a kernel of the cpu family.
template <class T>
std::vector<T> apply(uint32_t op, std::vector<T> x, std::vector<T> y = {}) {
  const int64_t shape[] = {static_cast<int64_t>(x.size())};
  const int64_t step[] = {1};
  const int32_t dtype = sizeof(T) == 4 ? SPC_FLOAT32 : SPC_FLOAT64;
  std::vector<T> out(x.size());
  const spc_tensor a{sizeof a, 0, dtype, 1, shape, step, x.data(), 0};
  const spc_tensor b{sizeof b, 0, dtype, 1, shape, step, y.data(), 0};
  spc_tensor c{sizeof c, 0, dtype, 1, shape, step, out.data(), 0};
  const spc_tensor *in[] = {&a, &b};
  spc_tensor *outs[] = {&c};
  Exec exec;
  const spc_call call{sizeof call, op,      y.empty() ? 1u : 2u, 1,          in, outs,
                      nullptr,     nullptr, exec.handle(),       &host_api()};
  const spc_op_entry *entry = cpu_family().find(op, static_cast<uint32_t>(dtype), 0);
  EXPECT_EQ(entry->fn(cpu_family().state, &call), SPC_OK);
  return out;
}

using Exact = long double (*)(long double, long double);

struct Function {
  uint32_t op;
  const char *name;
  Exact exact;
  bool of_two;
};

const Function functions[] = {
    {SPC_OP_exp, "exp", [](long double x, long double) { return std::exp(x); }, false},
    {SPC_OP_log, "log", [](long double x, long double) { return std::log(x); }, false},
    {SPC_OP_log2, "log2", [](long double x, long double) { return std::log2(x); }, false},
    {SPC_OP_sin, "sin", [](long double x, long double) { return std::sin(x); }, false},
    {SPC_OP_cos, "cos", [](long double x, long double) { return std::cos(x); }, false},
    {SPC_OP_power, "power", [](long double x, long double y) { return std::pow(x, y); }, true}};

// The exact value rounded, so that overflow and underflow are those of T.
template <class T>
void expect_close(T actual, long double exact, double most, const std::string &what) {
  const T rounded = static_cast<T>(exact);
  if (std::isnan(rounded)) {
    EXPECT_TRUE(std::isnan(actual)) << what;
  } else if (std::isinf(rounded) || rounded == 0) {
    EXPECT_EQ(actual, rounded) << what;
    EXPECT_EQ(std::signbit(actual), std::signbit(rounded)) << what;
  } else {
    const T size = std::max(std::fabs(rounded), std::numeric_limits<T>::min());
    const long double ulp =
        static_cast<long double>(std::nextafter(size, std::numeric_limits<T>::infinity()) - size);
    const long double error = std::fabs(static_cast<long double>(actual) - exact) / ulp;
    EXPECT_LE(error, most) << what << " is " << actual << ", expected " << rounded;
  }
}

template <class T>
class ElementaryFunctions : public testing::Test {};
using Floats = testing::Types<float, double>;
TYPED_TEST_SUITE(ElementaryFunctions, Floats);

TYPED_TEST(ElementaryFunctions, AccurateToTwoUnitsOverTheWholeRange) {
  using T = TypeParam;
  const double largest = std::log2(static_cast<double>(std::numeric_limits<T>::max()));
  const double smallest = std::log2(static_cast<double>(std::numeric_limits<T>::denorm_min()));
  auto uniform = [](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(generator());
  };
  auto any_size = [&] { return std::exp2(uniform(smallest, largest)); };
  for (const Function &f : functions) {
    std::vector<T> x;
    std::vector<T> y;
    for (int i = 0; i < 20000; ++i) {
      const int kind = i % 4;
      const double sign = integer(0, 1) == 0 ? 1 : -1;
      double base = 0;
      if (f.op == SPC_OP_exp) {
        base = kind == 0 ? uniform(-1, 1) : kind == 1 ? sign * any_size() : uniform(-760, 720);
      } else if (f.op == SPC_OP_sin || f.op == SPC_OP_cos) {
        const double quarter = static_cast<double>(integer(-900000, 900000)) * 1.5707963267948966;
        base = kind == 0   ? uniform(-4, 4)
               : kind == 1 ? sign * any_size()
               : kind == 2 ? quarter
                           : uniform(-2e6, 2e6);
      } else {
        base = kind == 0 ? uniform(0, 3) : kind == 1 ? any_size() : 1 + uniform(-1, 1) / 256;
      }
      x.push_back(static_cast<T>(base));
      if (!f.of_two) continue;
      const double exponent = uniform(-largest, largest) / std::log2(std::fabs(base));
      y.push_back(static_cast<T>(kind == 3 ? uniform(-20, 20) : exponent));
    }
    const std::vector<T> z = apply<T>(f.op, x, y);
    for (size_t i = 0; i < x.size(); ++i) {
      const T second = f.of_two ? y[i] : T(0);
      expect_close(
          z[i], f.exact(x[i], second), 2.0,
          std::string(f.name) + " of " + std::to_string(x[i]) + " and " + std::to_string(second));
      if (this->HasFailure()) return;
    }
  }
}

TYPED_TEST(ElementaryFunctions, LimitsAreThoseOfTheStandard) {
  using T = TypeParam;
  using Limits = std::numeric_limits<T>;
  std::vector<T> values;
  for (T x : {T(0), Limits::denorm_min(), Limits::min(), T(0.25), T(0.5), T(1), T(2), T(3), T(7),
              T(8), T(1024), T(1e15), T(0x1p52) - 1, T(0x1p52) + 1, T(0x1p53), Limits::max(),
              Limits::infinity(), Limits::quiet_NaN()}) {
    values.push_back(x);
    values.push_back(-x);
  }
  for (const Function &f : functions) {
    std::vector<T> x;
    std::vector<T> y;
    for (T a : values) {
      for (T b : f.of_two ? values : std::vector<T>{T(0)}) {
        x.push_back(a);
        if (f.of_two) y.push_back(b);
      }
    }
    const std::vector<T> z = apply<T>(f.op, x, y);
    for (size_t i = 0; i < x.size(); ++i) {
      const T second = f.of_two ? y[i] : T(0);
      expect_close(
          z[i], f.exact(x[i], second), 2.0,
          std::string(f.name) + " of " + std::to_string(x[i]) + " and " + std::to_string(second));
    }
  }
}

// An element's result does not depend on its neighbours or its place in the row.
TYPED_TEST(ElementaryFunctions, ElementsAreIndependent) {
  using T = TypeParam;
  for (const Function &f : functions) {
    std::vector<T> x;
    std::vector<T> y;
    for (int i = 0; i < 300; ++i) {
      x.push_back(static_cast<T>(i == 200 ? 1e30 : std::fabs(real())));
      if (f.of_two) y.push_back(static_cast<T>(i == 100 ? NAN : real()));
    }
    const std::vector<T> together = apply<T>(f.op, x, y);
    for (size_t i = 0; i < x.size(); ++i) {
      const T alone = apply<T>(f.op, {x[i]}, f.of_two ? std::vector<T>{y[i]} : std::vector<T>{})[0];
      if (std::isnan(alone)) {
        EXPECT_TRUE(std::isnan(together[i])) << f.name << " at " << i;
      } else if (!f.of_two || (y[i] != T(2) && y[i] != T(0.5))) {
        EXPECT_EQ(alone, together[i]) << f.name << " at " << i;
      }
    }
  }
}

}  // namespace
}  // namespace spc::plugin_test
