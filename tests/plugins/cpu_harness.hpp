// SPDX-License-Identifier: Apache-2.0
// Kernels of the cpu family against the same kernels of reference: random values (with infinities
// and NaN where the op is exact), random layouts, sizes on both sides of every threshold. Both
// plugins are opened by a host of a few lines, so that no core stands between.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <random>

#include "tests/plugins/plugin_host.hpp"

namespace spc::plugin_test {

using Shape = std::vector<int64_t>;

inline constexpr int32_t all_dtypes[] = {SPC_BOOL,    SPC_INT8,      SPC_UINT8,
                                         SPC_INT32,   SPC_INT64,     SPC_FLOAT32,
                                         SPC_FLOAT64, SPC_COMPLEX64, SPC_COMPLEX128};

inline size_t size_of(int32_t dtype) {
  static constexpr size_t sizes[] = {1, 1, 1, 4, 8, 4, 8, 8, 16};
  return sizes[dtype];
}
inline bool is_floating(int32_t dtype) {
  return dtype >= SPC_FLOAT32;
}
inline bool is_complex(int32_t dtype) {
  return dtype >= SPC_COMPLEX64;
}

inline std::mt19937_64 &generator() {
  static std::mt19937_64 g(20240607);
  return g;
}
inline int64_t integer(int64_t low, int64_t high) {
  return low + static_cast<int64_t>(generator()() % static_cast<uint64_t>(high - low + 1));
}
inline double real() {
  static std::normal_distribution<double> distribution;  // makes two values at a time
  return distribution(generator());
}

// ---- values ------------------------------------------------------------------------------------

inline void set(void *at, int32_t dtype, std::complex<double> z) {
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

inline std::complex<double> get(const void *at, int32_t dtype) {
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

inline double special() {
  static const double values[] = {INFINITY, -INFINITY, NAN, 0.0, -0.0, 1e-310, 1e308, -3.0};
  return values[integer(0, 7)];
}

// few: small integers of either sign, which are often equal, and odd values among them.
enum class Values { plain, special, few };

inline std::complex<double> value(int32_t dtype, Values kind) {
  if (dtype == SPC_BOOL) return static_cast<double>(integer(0, 1));
  const int64_t most = kind == Values::few ? 3 : 100;
  if (!is_floating(dtype)) {
    return static_cast<double>(integer(dtype == SPC_UINT8 ? 0 : -most, most));
  }
  const bool odd = kind != Values::plain && integer(0, 5) == 0;
  auto usual = [&] { return kind == Values::few ? static_cast<double>(integer(-3, 3)) : real(); };
  const double re = odd ? special() : usual();
  const double im = kind != Values::plain && integer(0, 9) == 0 ? special() : usual();
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
inline constexpr Layout input_layouts[] = {Layout::rows, Layout::columns, Layout::spread,
                                           Layout::backwards, Layout::repeated};

inline Operand operand(int32_t dtype, const Shape &shape, Layout layout, Values kind) {
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

inline Operand scalar(int32_t dtype, std::complex<double> z, size_t rank) {
  Operand x{dtype, Shape(rank, 1), Shape(rank, 0), 0, std::vector<char>(16)};
  set(x.at(0), dtype, z);
  return x;
}

inline Operand output(int32_t dtype, const Shape &shape, Layout layout) {
  return operand(dtype, shape, layout, Values::plain);
}

// ---- comparison ---------------------------------------------------------------------------------

inline bool same_number(double a, double b, double tolerance) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (std::isinf(a) || std::isinf(b)) return a == b;
  return std::fabs(a - b) <= tolerance;
}

inline double epsilon(int32_t dtype) {
  return dtype == SPC_FLOAT32 || dtype == SPC_COMPLEX64 ? 0x1p-23 : 0x1p-52;
}

// Tolerance in units of eps * scale; 0 asks for equal numbers, `signs` for zeros of equal sign.
inline void expect_same(Operand &expected, Operand &actual, double ulps, double scale, bool signs,
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
    const bool same_sign = std::isnan(a.real()) || std::signbit(a.real()) == std::signbit(b.real());
    const bool good = same_number(a.real(), b.real(), tolerance) &&
                      same_number(a.imag(), b.imag(), tolerance) && (same_sign || !signs);
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
  bool signs = false;

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
    expect_same(out, other, ulps, scale, signs, what);
  }
};

inline std::string text(const char *op, int32_t dtype, const Shape &shape, int detail) {
  std::string s = std::string(op) + " dtype " + std::to_string(dtype) + " shape";
  for (int64_t n : shape) s += " " + std::to_string(n);
  return s + " case " + std::to_string(detail);
}

inline const std::vector<Shape> &shapes() {
  // The last four exceed what stays in one thread.
  static const std::vector<Shape> all = {{1},      {7},        {64},        {1000},
                                         {5, 9},   {40, 33},   {3, 20, 50}, {2, 3, 4, 5},
                                         {140000}, {400, 351}, {3, 45000},  {45000, 3}};
  return all;
}

// Large shapes take one case of `rate`, so that the test stays short; a sanitizer, which slows down
// the harness most of all, needs fewer to have seen every path.
inline bool skip(const Shape &shape, int64_t rate = 8) {
#if defined(SPC_SANITIZE)
  rate *= 4;
#endif
  int64_t count = 1;
  for (int64_t n : shape) count *= n;
  return count > 10000 && integer(1, rate) != 1;
}

// The output of a reduction: contiguous over the kept axes, still over the reduced ones.
inline Operand reduced_output(int32_t dtype, const Shape &shape, size_t kept) {
  const Shape outer(shape.begin(), shape.begin() + static_cast<int64_t>(kept));
  Operand out = output(dtype, kept > 0 ? outer : Shape{1}, Layout::rows);
  if (kept == 0) out.strides.clear();
  out.shape = shape;
  out.strides.resize(shape.size(), 0);
  return out;
}

}  // namespace spc::plugin_test
