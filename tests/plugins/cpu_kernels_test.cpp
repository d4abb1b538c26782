// SPDX-License-Identifier: Apache-2.0
// Every kernel that the cpu family lists, against the same kernel of reference: random values (with
// infinities and NaN where the op is exact), random layouts, sizes on both sides of every
// threshold. Both plugins are opened by a host of a few lines, so that no core stands between.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <random>

#include "tests/plugins/plugin_host.hpp"

namespace spc::plugin_test {
namespace {

using Shape = std::vector<int64_t>;

constexpr int32_t all_dtypes[] = {SPC_BOOL,    SPC_INT8,    SPC_UINT8,     SPC_INT32,     SPC_INT64,
                                  SPC_FLOAT32, SPC_FLOAT64, SPC_COMPLEX64, SPC_COMPLEX128};

size_t size_of(int32_t dtype) {
  static constexpr size_t sizes[] = {1, 1, 1, 4, 8, 4, 8, 8, 16};
  return sizes[dtype];
}
bool is_floating(int32_t dtype) {
  return dtype >= SPC_FLOAT32;
}
bool is_complex(int32_t dtype) {
  return dtype >= SPC_COMPLEX64;
}

std::mt19937_64 &generator() {
  static std::mt19937_64 g(20240607);
  return g;
}
int64_t integer(int64_t low, int64_t high) {
  return low + static_cast<int64_t>(generator()() % static_cast<uint64_t>(high - low + 1));
}
double real() {
  return std::normal_distribution<double>()(generator());
}

// ---- values ------------------------------------------------------------------------------------

void set(void *at, int32_t dtype, std::complex<double> z) {
  switch (dtype) {
    case SPC_BOOL:
      *static_cast<uint8_t *>(at) = z != 0.0;
      break;
    case SPC_INT8:
      *static_cast<int8_t *>(at) = static_cast<int8_t>(z.real());
      break;
    case SPC_UINT8:
      *static_cast<uint8_t *>(at) = static_cast<uint8_t>(z.real());
      break;
    case SPC_INT32:
      *static_cast<int32_t *>(at) = static_cast<int32_t>(z.real());
      break;
    case SPC_INT64:
      *static_cast<int64_t *>(at) = static_cast<int64_t>(z.real());
      break;
    case SPC_FLOAT32:
      *static_cast<float *>(at) = static_cast<float>(z.real());
      break;
    case SPC_FLOAT64:
      *static_cast<double *>(at) = z.real();
      break;
    case SPC_COMPLEX64:
      static_cast<float *>(at)[0] = static_cast<float>(z.real());
      static_cast<float *>(at)[1] = static_cast<float>(z.imag());
      break;
    default:
      static_cast<double *>(at)[0] = z.real();
      static_cast<double *>(at)[1] = z.imag();
  }
}

std::complex<double> get(const void *at, int32_t dtype) {
  switch (dtype) {
    case SPC_BOOL:
    case SPC_UINT8:
      return static_cast<double>(*static_cast<const uint8_t *>(at));
    case SPC_INT8:
      return static_cast<double>(*static_cast<const int8_t *>(at));
    case SPC_INT32:
      return static_cast<double>(*static_cast<const int32_t *>(at));
    case SPC_INT64:
      return static_cast<double>(*static_cast<const int64_t *>(at));
    case SPC_FLOAT32:
      return static_cast<double>(*static_cast<const float *>(at));
    case SPC_FLOAT64:
      return *static_cast<const double *>(at);
    case SPC_COMPLEX64:
      return {static_cast<double>(static_cast<const float *>(at)[0]),
              static_cast<double>(static_cast<const float *>(at)[1])};
    default:
      return {static_cast<const double *>(at)[0], static_cast<const double *>(at)[1]};
  }
}

double special() {
  static const double values[] = {INFINITY, -INFINITY, NAN, 0.0, -0.0, 1e-310, 1e308, -3.0};
  return values[integer(0, 7)];
}

enum class Values { plain, special };

std::complex<double> value(int32_t dtype, Values kind) {
  if (!is_floating(dtype)) return static_cast<double>(integer(dtype == SPC_UINT8 ? 0 : -100, 100));
  const bool odd = kind == Values::special && integer(0, 5) == 0;
  const double re = odd ? special() : real();
  const double im = kind == Values::special && integer(0, 9) == 0 ? special() : real();
  return {re, im};
}

// ---- operands -----------------------------------------------------------------------------------

struct Operand {
  int32_t dtype;
  Shape shape;
  Shape strides;
  int64_t first = 0;
  std::vector<char> memory;

  spc_tensor tensor() {
    return {sizeof(spc_tensor), 0,         dtype, static_cast<int32_t>(shape.size()), shape.data(),
            strides.data(),     at(first), 0};
  }
  void *at(int64_t offset) { return memory.data() + offset * static_cast<int64_t>(size_of(dtype)); }

  template <class Visit>
  void each(Visit visit) {
    Shape index(shape.size(), 0);
    for (;;) {
      int64_t offset = first;
      for (size_t k = 0; k < shape.size(); ++k) offset += index[k] * strides[k];
      visit(at(offset));
      size_t axis = shape.size();
      while (axis > 0 && ++index[axis - 1] == shape[axis - 1]) index[--axis] = 0;
      if (axis == 0) return;
    }
  }
};

enum class Layout { rows, columns, spread, backwards, repeated };
constexpr Layout input_layouts[] = {Layout::rows, Layout::columns, Layout::spread,
                                    Layout::backwards, Layout::repeated};

Operand operand(int32_t dtype, const Shape &shape, Layout layout, Values kind) {
  Operand x{dtype, shape, Shape(shape.size()), 0, {}};
  const size_t rank = shape.size();
  int64_t step = layout == Layout::spread ? 2 : 1;
  int64_t count = step;
  for (size_t k = 0; k < rank; ++k) {
    const size_t axis = layout == Layout::columns ? k : rank - 1 - k;
    if (layout == Layout::repeated && axis == 0) continue;
    x.strides[axis] = step;
    step *= shape[axis];
    count = step;
  }
  if (layout == Layout::backwards) {
    for (size_t k = 0; k < rank; ++k) {
      x.first += (shape[k] - 1) * x.strides[k];
      x.strides[k] = -x.strides[k];
    }
  }
  x.memory.resize(static_cast<size_t>(count) * size_of(dtype));
  for (int64_t i = 0; i < count; ++i) set(x.at(i), dtype, value(dtype, kind));
  return x;
}

Operand scalar(int32_t dtype, std::complex<double> z, size_t rank) {
  Operand x{dtype, Shape(rank, 1), Shape(rank, 0), 0, std::vector<char>(16)};
  set(x.at(0), dtype, z);
  return x;
}

Operand output(int32_t dtype, const Shape &shape, Layout layout) {
  return operand(dtype, shape, layout, Values::plain);
}

// ---- comparison ---------------------------------------------------------------------------------

bool same_number(double a, double b, double tolerance) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (std::isinf(a) || std::isinf(b)) return a == b;
  return std::fabs(a - b) <= tolerance;
}

double epsilon(int32_t dtype) {
  return dtype == SPC_FLOAT32 || dtype == SPC_COMPLEX64 ? 0x1p-23 : 0x1p-52;
}

// Tolerance in units of eps * scale; 0 asks for equal bits (NaN apart).
void expect_same(Operand &expected, Operand &actual, double ulps, double scale,
                 const std::string &what) {
  std::vector<std::complex<double>> wanted;
  expected.each([&](void *at) { wanted.push_back(get(at, expected.dtype)); });
  size_t i = 0;
  size_t bad = 0;
  actual.each([&](void *at) {
    const std::complex<double> a = wanted[i];
    const std::complex<double> b = get(at, actual.dtype);
    const double tolerance = ulps * epsilon(actual.dtype) *
                             std::max(scale, std::isfinite(std::abs(a)) ? std::abs(a) : 0);
    const bool good =
        same_number(a.real(), b.real(), tolerance) && same_number(a.imag(), b.imag(), tolerance);
    if (!good && ++bad == 1) {
      ADD_FAILURE() << what << ": element " << i << " is " << b << ", reference has " << a
                    << ", tolerance " << tolerance;
    }
    ++i;
  });
}

// Runs op on both families with the same operands and compares the outputs.
struct Trial {
  uint32_t op;
  uint32_t first;
  uint32_t second;
  std::vector<Operand> in;
  Operand out;
  const void *params = nullptr;
  double ulps = 0;
  double scale = 0;
  std::string what{};
  bool plan = false;

  void run() {
    const spc_op_entry *cpu = cpu_family().find(op, first, second);
    const spc_op_entry *reference = reference_family().find(op, first, second);
    ASSERT_NE(reference, nullptr) << what;
    if (cpu == nullptr) return;
    std::vector<spc_tensor> tensors;
    std::vector<const spc_tensor *> pointers;
    for (Operand &x : in) tensors.push_back(x.tensor());
    for (const spc_tensor &t : tensors) pointers.push_back(&t);
    Operand other = out;
    spc_tensor wanted = out.tensor();
    spc_tensor got = other.tensor();
    spc_tensor *outs[2] = {&wanted, &got};
    Exec exec;
    spc_call call{sizeof(spc_call),
                  op,
                  static_cast<uint32_t>(in.size()),
                  1,
                  pointers.data(),
                  &outs[0],
                  params,
                  nullptr,
                  exec.handle(),
                  &host_api()};
    if (cpu->supports != nullptr && cpu->supports(cpu_family().state, &call) == 0) return;
    ASSERT_EQ(reference->fn(reference_family().state, &call), SPC_OK) << what << exec.error();
    call.out = &outs[1];
    void *made = nullptr;
    if (plan && cpu->prepare != nullptr) {
      ASSERT_EQ(cpu->prepare(cpu_family().state, &call, 0xe, &made), SPC_OK) << what;
      call.plan = made;
    }
    ASSERT_EQ(cpu->fn(cpu_family().state, &call), SPC_OK) << what << exec.error();
    if (made != nullptr) cpu->release(cpu_family().state, made);
    expect_same(out, other, ulps, scale, what);
  }
};

std::string text(const char *op, int32_t dtype, const Shape &shape, int detail) {
  std::string s = std::string(op) + " dtype " + std::to_string(dtype) + " shape";
  for (int64_t n : shape) s += " " + std::to_string(n);
  return s + " case " + std::to_string(detail);
}

const std::vector<Shape> &shapes() {
  // The last four exceed what stays in one thread.
  static const std::vector<Shape> all = {{1},      {7},        {64},        {1000},
                                         {5, 9},   {40, 33},   {3, 20, 50}, {2, 3, 4, 5},
                                         {140000}, {400, 351}, {3, 45000},  {45000, 3}};
  return all;
}

// Large shapes take one case of eight, so that the test stays short.
bool skip(const Shape &shape) {
  int64_t count = 1;
  for (int64_t n : shape) count *= n;
  return count > 10000 && integer(0, 7) != 0;
}

// ---- elementwise --------------------------------------------------------------------------------

class Elementwise : public testing::TestWithParam<int32_t> {};

TEST_P(Elementwise, EqualsReference) {
  const int32_t dtype = GetParam();
  const struct {
    uint32_t op;
    const char *name;
    int inputs;
    double ulps;
  } ops[] = {{SPC_OP_add, "add", 2, 0},           {SPC_OP_subtract, "subtract", 2, 0},
             {SPC_OP_multiply, "multiply", 2, 0}, {SPC_OP_divide, "divide", 2, 0},
             {SPC_OP_maximum, "maximum", 2, 0},   {SPC_OP_negative, "negative", 1, 0},
             {SPC_OP_conj, "conj", 1, 0},         {SPC_OP_abs, "abs", 1, 2},
             {SPC_OP_sqrt, "sqrt", 1, 0},         {SPC_OP_copy, "copy", 1, 0}};
  for (const auto &op : ops) {
    if (reference_family().find(op.op, static_cast<uint32_t>(dtype), 0) == nullptr) continue;
    for (const Shape &shape : shapes()) {
      for (Layout a : input_layouts) {
        if (skip(shape)) continue;
        const Layout b = input_layouts[integer(0, 4)];
        const int32_t result = op.op == SPC_OP_abs && is_complex(dtype) ? dtype - 2 : dtype;
        Trial t{op.op, static_cast<uint32_t>(dtype), 0, {}, output(result, shape, Layout::rows)};
        if (integer(0, 3) == 0) t.out = output(result, shape, Layout::columns);
        t.in.push_back(operand(dtype, shape, a, Values::special));
        if (op.inputs == 2) {
          t.in.push_back(integer(0, 3) == 0
                             ? scalar(dtype, value(dtype, Values::special), shape.size())
                             : operand(dtype, shape, b, Values::special));
          t.in[1].shape = shape;
        }
        t.ulps = op.ulps;
        t.what = text(op.name, dtype, shape, static_cast<int>(a) * 10 + static_cast<int>(b));
        t.run();
      }
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

// ---- reductions ---------------------------------------------------------------------------------

class Reduction : public testing::TestWithParam<int32_t> {};

// The output of a reduction: contiguous over the kept axes, still over the reduced ones.
Operand reduced_output(int32_t dtype, const Shape &shape, size_t kept) {
  const Shape outer(shape.begin(), shape.begin() + static_cast<int64_t>(kept));
  Operand out = output(dtype, kept > 0 ? outer : Shape{1}, Layout::rows);
  if (kept == 0) out.strides.clear();
  out.shape = shape;
  out.strides.resize(shape.size(), 0);
  return out;
}

double sum_of_moduli(Operand &x) {
  double sum = 0;
  x.each([&](void *at) { sum += std::abs(get(at, x.dtype)); });
  return sum;
}

TEST_P(Reduction, EqualsReference) {
  const int32_t dtype = GetParam();
  for (const Shape &shape : shapes()) {
    for (size_t kept = 0; kept <= shape.size(); ++kept) {
      for (Layout layout : input_layouts) {
        for (int accumulate = 0; accumulate < 2; ++accumulate) {
          if (skip(shape) || integer(0, 1) == 0) continue;
          spc_params_reduce p{sizeof p, static_cast<int32_t>(kept), accumulate, 0};
          for (uint32_t op : {SPC_OP_min, SPC_OP_max, SPC_OP_sum}) {
            const bool exact = op != SPC_OP_sum || !is_floating(dtype);
            const int32_t result = op == SPC_OP_sum && !is_floating(dtype) ? SPC_INT64 : dtype;
            Trial t{op,
                    static_cast<uint32_t>(dtype),
                    op == SPC_OP_sum ? static_cast<uint32_t>(result) : 0,
                    {},
                    reduced_output(result, shape, kept)};
            t.in.push_back(operand(dtype, shape, layout, exact ? Values::special : Values::plain));
            t.params = &p;
            t.ulps = exact ? 0 : 16;
            t.scale = exact ? 0 : sum_of_moduli(t.in[0]);
            t.what = text("reduce", dtype, shape,
                          static_cast<int>(op * 100 + kept * 10) + static_cast<int>(layout));
            t.run();
          }
        }
      }
    }
  }
}

TEST_P(Reduction, Norms) {
  const int32_t dtype = GetParam();
  if (!is_floating(dtype)) return;
  const double scales[] = {1.0, 1e-170, 1e170};
  for (const Shape &shape : shapes()) {
    for (size_t kept = 0; kept <= shape.size(); ++kept) {
      for (Layout layout : input_layouts) {
        for (double p : {1.0, 2.0, static_cast<double>(INFINITY)}) {
          if (skip(shape)) continue;
          spc_params_norm params{sizeof params, static_cast<int32_t>(kept), p};
          const int32_t result = is_complex(dtype) ? dtype - 2 : dtype;
          Trial t{SPC_OP_norm,
                  static_cast<uint32_t>(dtype),
                  0,
                  {},
                  reduced_output(result, shape, kept)};
          t.in.push_back(operand(dtype, shape, layout, Values::plain));
          const int kind = static_cast<int>(integer(0, 4));
          if (kind < 3 && epsilon(dtype) < 1e-10) {
            t.in[0].each([&](void *at) {
              // Repeated elements are visited often; a factor would be applied as often.
              set(at, dtype, std::complex<double>(real(), real()) * scales[kind]);
            });
          } else if (kind == 3) {
            t.in[0].each([&](void *at) { set(at, dtype, 0.0); });
          }
          t.params = &params;
          t.ulps = 16;
          t.what =
              text("norm", dtype, shape, static_cast<int>(kept * 10) + static_cast<int>(layout));
          t.run();
        }
      }
    }
  }
}

TEST_P(Reduction, NormsOfInfinityAndNan) {
  const int32_t dtype = GetParam();
  if (!is_floating(dtype)) return;
  for (double p : {1.0, 2.0, static_cast<double>(INFINITY)}) {
    for (double odd : {static_cast<double>(INFINITY), static_cast<double>(NAN), 1e-320, 1.7e308}) {
      for (int64_t n : {1, 3, 100, 5000}) {
        spc_params_norm params{sizeof params, 0, p};
        const int32_t result = is_complex(dtype) ? dtype - 2 : dtype;
        Trial t{SPC_OP_norm, static_cast<uint32_t>(dtype), 0, {}, reduced_output(result, {n}, 0)};
        t.in.push_back(operand(dtype, {n}, Layout::rows, Values::plain));
        set(t.in[0].at(integer(0, n - 1)), dtype, odd);
        t.params = &params;
        t.ulps = 8;
        t.what = text("norm of an odd value", dtype, {n}, static_cast<int>(p));
        t.run();
      }
    }
  }
}

TEST_P(Reduction, DotProducts) {
  const int32_t dtype = GetParam();
  spc_params_reduce p{sizeof p, 0, 0, 0};
  for (int64_t n : {1, 2, 5, 31, 64, 100, 4096, 4097, 300000}) {
    for (Layout a : {Layout::rows, Layout::spread, Layout::backwards}) {
      for (Layout b : {Layout::rows, Layout::spread, Layout::backwards}) {
        Trial t{SPC_OP_vdot, static_cast<uint32_t>(dtype), 0, {}, reduced_output(dtype, {n}, 0)};
        t.in.push_back(operand(dtype, {n}, a, Values::plain));
        t.in.push_back(operand(dtype, {n}, b, Values::plain));
        t.params = &p;
        t.ulps = 8;
        t.scale = 2 * static_cast<double>(n);
        t.what = text("vdot", dtype, {n}, 0);
        t.run();
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Dtypes, Reduction, testing::ValuesIn(all_dtypes));

// ---- products -----------------------------------------------------------------------------------

class Product : public testing::TestWithParam<int32_t> {};
constexpr int32_t floating_dtypes[] = {SPC_FLOAT32, SPC_FLOAT64, SPC_COMPLEX64, SPC_COMPLEX128};
constexpr Layout output_layouts[] = {Layout::rows, Layout::columns, Layout::spread,
                                     Layout::backwards};

TEST_P(Product, Matmul) {
  const int32_t dtype = GetParam();
  for (int trial = 0; trial < 300; ++trial) {
    const int64_t m = integer(0, 2) == 0 ? 1 : integer(1, 40);
    const int64_t n = integer(0, 2) == 0 ? 1 : integer(1, 40);
    const int64_t k = integer(0, 4) == 0 ? 1 : integer(1, 70);
    Shape batch;
    for (int64_t b = integer(0, 2); b > 0; --b) batch.push_back(integer(1, 4));
    auto with = [&](int64_t rows, int64_t columns) {
      Shape s = batch;
      s.push_back(rows);
      s.push_back(columns);
      return s;
    };
    Trial t{SPC_OP_matmul,
            static_cast<uint32_t>(dtype),
            0,
            {},
            output(dtype, with(m, n), output_layouts[integer(0, 3)])};
    t.in.push_back(operand(dtype, with(m, k), input_layouts[integer(0, 4)], Values::plain));
    t.in.push_back(operand(dtype, with(k, n), input_layouts[integer(0, 4)], Values::plain));
    for (Operand &x : t.in) {  // broadcast batch axes
      for (size_t axis = 0; axis < batch.size(); ++axis) {
        if (integer(0, 3) == 0) {
          if (x.strides[axis] < 0) x.first += (x.shape[axis] - 1) * x.strides[axis];
          x.strides[axis] = 0;
        }
      }
    }
    t.ulps = 8;
    t.scale = 2 * static_cast<double>(k);
    t.what = text("matmul", dtype, with(m, n), static_cast<int>(k));
    t.run();
  }
}

TEST_P(Product, Gemm) {
  const int32_t dtype = GetParam();
  for (int trial = 0; trial < 400; ++trial) {
    const bool large = trial % 40 == 0;
    const int64_t m = large ? integer(1, 3000) : integer(1, 70);
    const int64_t k = large ? 300000 / m + 1 : integer(1, 70);
    const int64_t n = integer(0, 2) == 0 ? integer(1, 20) : 0;
    const int32_t mode = static_cast<int32_t>(integer(0, 2));
    const int64_t x_length = mode == SPC_MODE_NONE ? k : m;
    const int64_t y_length = mode == SPC_MODE_NONE ? m : k;
    spc_params_linear p{sizeof p, mode, m, k};
    auto shape_of = [&](int64_t length) { return n > 0 ? Shape{length, n} : Shape{length}; };
    const std::complex<double> factors[] = {0.0, 1.0, {-1.5, 0.25}};
    const std::complex<double> alpha = factors[integer(0, 2)];
    const std::complex<double> beta = factors[integer(0, 2)];
    Trial t{SPC_OP_gemm,
            static_cast<uint32_t>(dtype),
            0,
            {},
            output(dtype, shape_of(y_length), output_layouts[integer(0, 3)])};
    if (beta == 0.0) t.out.each([&](void *at) { set(at, dtype, {NAN, NAN}); });
    t.in.push_back(scalar(dtype, alpha, 0));
    t.in.push_back(operand(dtype, {m, k}, input_layouts[integer(0, 4)], Values::plain));
    t.in.push_back(operand(dtype, shape_of(x_length), input_layouts[integer(0, 3)], Values::plain));
    if (alpha == 0.0) t.in[2].each([&](void *at) { set(at, dtype, {NAN, NAN}); });
    t.in.push_back(scalar(dtype, beta, 0));
    t.params = &p;
    t.ulps = 12;
    t.scale = 2 * static_cast<double>(x_length);
    t.what = text("gemm", dtype, {m, k, n}, mode);
    t.run();
  }
}

TEST_P(Product, Sparse) {
  const int32_t dtype = GetParam();
  for (int trial = 0; trial < 300; ++trial) {
    const bool large = trial % 30 == 0;
    const int64_t rows = large ? integer(1000, 40000) : integer(1, 60);
    const int64_t columns = large ? integer(1000, 40000) : integer(1, 60);
    const int64_t n = integer(0, 2) == 0 ? integer(1, 9) : 0;
    const int32_t mode = static_cast<int32_t>(integer(0, 2));
    const int32_t index = integer(0, 1) == 0 ? SPC_INT32 : SPC_INT64;
    Operand indptr{index, {rows + 1}, {1}, 0, {}};
    indptr.memory.resize(static_cast<size_t>(rows + 1) * size_of(index));
    int64_t nnz = 0;
    for (int64_t i = 0; i < rows; ++i) {
      set(indptr.at(i), index, static_cast<double>(nnz));
      nnz += integer(0, 9) == 0 ? integer(0, 40) : integer(0, 8);
    }
    set(indptr.at(rows), index, static_cast<double>(nnz));
    if (nnz == 0) continue;
    Operand indices{index, {nnz}, {1}, 0, {}};
    indices.memory.resize(static_cast<size_t>(nnz) * size_of(index));
    for (int64_t k = 0; k < nnz; ++k) {
      set(indices.at(k), index, static_cast<double>(integer(0, columns - 1)));
    }
    spc_params_linear p{sizeof p, mode, rows, columns};
    const int64_t x_length = mode == SPC_MODE_NONE ? columns : rows;
    const int64_t y_length = mode == SPC_MODE_NONE ? rows : columns;
    auto shape_of = [&](int64_t length) { return n > 0 ? Shape{length, n} : Shape{length}; };
    const std::complex<double> factors[] = {0.0, 1.0, {-1.5, 0.25}};
    const std::complex<double> alpha = factors[integer(0, 2)];
    const std::complex<double> beta = factors[integer(0, 2)];
    Trial t{SPC_OP_spmm,
            static_cast<uint32_t>(dtype),
            static_cast<uint32_t>(index),
            {},
            output(dtype, shape_of(y_length), output_layouts[integer(0, 3)])};
    if (beta == 0.0) t.out.each([&](void *at) { set(at, dtype, {NAN, NAN}); });
    t.in.push_back(scalar(dtype, alpha, 0));
    t.in.push_back(indptr);
    t.in.push_back(indices);
    t.in.push_back(operand(dtype, {nnz}, Layout::rows, Values::plain));
    t.in.push_back(operand(dtype, shape_of(x_length), input_layouts[integer(0, 3)], Values::plain));
    if (alpha == 0.0) t.in[4].each([&](void *at) { set(at, dtype, {NAN, NAN}); });
    t.in.push_back(scalar(dtype, beta, 0));
    t.params = &p;
    t.plan = integer(0, 1) == 0;
    t.ulps = 16;
    t.scale = 40;
    t.what = text("spmm", dtype, {rows, columns, n}, mode);
    t.run();
  }
}

INSTANTIATE_TEST_SUITE_P(Dtypes, Product, testing::ValuesIn(floating_dtypes));

// ---- threads ------------------------------------------------------------------------------------

// The same call gives the same bits on one thread and on five.
TEST(Threads, BitsDoNotDependOnTheirNumber) {
  for (int32_t dtype : floating_dtypes) {
    for (const Shape &shape : {Shape{300003}, Shape{400, 1001}, Shape{100000, 3}}) {
      for (size_t kept = 0; kept <= 1 && kept < shape.size(); ++kept) {
        for (Layout layout : {Layout::rows, Layout::columns}) {
          spc_params_reduce p{sizeof p, static_cast<int32_t>(kept), 0, 0};
          Operand x = operand(dtype, shape, layout, Values::plain);
          Operand results[2] = {reduced_output(dtype, shape, kept),
                                reduced_output(dtype, shape, kept)};
          for (int k = 0; k < 2; ++k) {
            set_threads(k == 0 ? 1 : 5);
            const spc_tensor in = x.tensor();
            spc_tensor out = results[k].tensor();
            const spc_tensor *ins[] = {&in};
            spc_tensor *outs[] = {&out};
            Exec exec;
            spc_call call{sizeof(spc_call), SPC_OP_sum,    1,          1, ins, outs, &p,
                          nullptr,          exec.handle(), &host_api()};
            const spc_op_entry *sum = cpu_family().find(SPC_OP_sum, static_cast<uint32_t>(dtype),
                                                        static_cast<uint32_t>(dtype));
            ASSERT_EQ(sum->fn(cpu_family().state, &call), SPC_OK);
          }
          EXPECT_EQ(results[0].memory, results[1].memory) << text("sum", dtype, shape, 0);
        }
      }
    }
  }
  set_threads(3);
}

}  // namespace
}  // namespace spc::plugin_test
