// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/simd/accumulate.hpp"

SPC_CPU_ISA_BEGIN
namespace {

using C64 = Complex<float>;
using C128 = Complex<double>;

// ---- real elements ----------------------------------------------------------------------------

template <class T, class A, class Op>
void row(const void *x, int64_t n, int64_t step, void *partial) {
  *static_cast<A *>(partial) = reduce_row<T, A, Op>(static_cast<const T *>(x), n, step);
}

// Written in registers: joins that choose are not vectorised from the plain loop.
template <class T, class A, class Op, int rows>
inline void join_rows(const T *x, int64_t row_step, int64_t width, A *out) {
  constexpr int lanes = lanes_of<A>;
  auto contribution = [](auto loaded) {
    using Register = typename Lanes<A, lanes>::Register;
    if constexpr (is_same<T, A>) {
      return Op::lift(static_cast<Register>(loaded));
    } else {
      return Op::lift(__builtin_convertvector(loaded, Register));
    }
  };
  int64_t j = 0;
  for (; j + lanes <= width; j += lanes) {
    auto at = [&](int row) { return contribution(load<T, lanes>(x + row * row_step + j)); };
    auto sum = at(0);
    if constexpr (rows == 4) sum = Op::join(Op::join(sum, at(1)), Op::join(at(2), at(3)));
    store<A, lanes>(out + j, Op::join(load<A, lanes>(out + j), sum));
  }
  for (; j < width; ++j) {
    auto at = [&](int row) { return Op::lift(static_cast<A>(x[row * row_step + j])); };
    A sum = at(0);
    if constexpr (rows == 4) sum = Op::join(Op::join(sum, at(1)), Op::join(at(2), at(3)));
    out[j] = Op::join(out[j], sum);
  }
}

template <class T, class A, class Op>
void column(const void *x, int64_t rows, int64_t row_step, int64_t width, void *partials) {
  const T *first = static_cast<const T *>(x);
  A *out = static_cast<A *>(partials);
  for (int64_t j = 0; j < width; ++j) {
    out[j] = Op::join(Op::start(first + j), Op::lift(static_cast<A>(first[j])));
  }
  int64_t i = 1;
  for (; i + 4 <= rows; i += 4) {  // four rows per pass save loads and stores of the partials
    join_rows<T, A, Op, 4>(first + i * row_step, row_step, width, out);
  }
  for (; i < rows; ++i) join_rows<T, A, Op, 1>(first + i * row_step, row_step, width, out);
}

template <class A, class Op>
void combine(int64_t n, void *partials, const void *others) {
  A *out = static_cast<A *>(partials);
  const A *in = static_cast<const A *>(others);
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) out[i] = Op::join(out[i], in[i]);
}

template <class T, class A, template <class, class> class Op>
constexpr Reducer real_reducer() {
  return {sizeof(A), row<T, A, Op<T, A>>, column<T, A, Op<T, A>>, combine<A, Op<T, A>>};
}

// ---- complex sums: interleaved real ones --------------------------------------------------------

template <class R, class A, class Op>
inline Complex<A> reduce_pairs(const Complex<R> *z, int64_t n, int64_t step) {
  LaneSet<A> lanes(A(0));
  if (step == 1) {
    accumulate<R, A, Op>(&z->re, 2 * n, R(0), lanes);
  } else {
    Complex<R> block[gather_block];
    for (int64_t i = 0; i < n; i += gather_block) {
      const int64_t part = n - i < gather_block ? n - i : gather_block;
      for (int64_t k = 0; k < part; ++k) block[k] = z[(i + k) * step];
      accumulate<R, A, Op>(&block->re, 2 * part, R(0), lanes);
    }
  }
  A sums[2];
  lanes.fold(2, sums, [](auto a, auto b) { return a + b; });
  return {sums[0], sums[1]};
}

template <class R, class A>
void complex_sum_row(const void *x, int64_t n, int64_t step, void *partial) {
  *static_cast<Complex<A> *>(partial) =
      reduce_pairs<R, A, SumOp<R, A>>(static_cast<const Complex<R> *>(x), n, step);
}

template <class R, class A>
void complex_sum_column(const void *x, int64_t rows, int64_t row_step, int64_t width,
                        void *partials) {
  column<R, A, SumOp<R, A>>(x, rows, 2 * row_step, 2 * width, partials);
}

template <class A>
void complex_sum_combine(int64_t n, void *partials, const void *others) {
  combine<A, SumOp<A, A>>(2 * n, partials, others);
}

template <class R, class A>
constexpr Reducer complex_sum() {
  return {2 * sizeof(A), complex_sum_row<R, A>, complex_sum_column<R, A>, complex_sum_combine<A>};
}

// ---- norms of complex elements ------------------------------------------------------------------

template <class R>
void complex_squares_row(const void *x, int64_t n, int64_t step, void *partial) {
  const auto sums =
      reduce_pairs<R, double, SquareOp<R, double>>(static_cast<const Complex<R> *>(x), n, step);
  *static_cast<double *>(partial) = sums.re + sums.im;
}

template <class R>
void complex_squares_column(const void *x, int64_t rows, int64_t row_step, int64_t width,
                            void *partials) {
  const auto *first = static_cast<const Complex<R> *>(x);
  double *out = static_cast<double *>(partials);
  for (int64_t j = 0; j < width; ++j) out[j] = 0.0;
  for (int64_t i = 0; i < rows; ++i) {
    const Complex<R> *z = first + i * row_step;
#pragma GCC ivdep
    for (int64_t j = 0; j < width; ++j) {
      const double a = z[j].re;
      const double b = z[j].im;
      out[j] += a * a + b * b;
    }
  }
}

// Moduli go through a block that stays in the first cache.
template <class R, template <class, class> class Op>
void moduli_row(const void *x, int64_t n, int64_t step, void *partial) {
  using Modulus = Op<R, double>;
  const auto *z = static_cast<const Complex<R> *>(x);
  R block[modulus_block];
  double result = 0.0;
  for (int64_t i = 0; i < n; i += modulus_block) {
    const int64_t part = n - i < modulus_block ? n - i : modulus_block;
    moduli(part, z + i * step, step, block);
    result = Modulus::join(result, reduce_row<R, double, Modulus>(block, part, 1));
  }
  *static_cast<double *>(partial) = result;
}

template <class R, template <class, class> class Op>
void moduli_column(const void *x, int64_t rows, int64_t row_step, int64_t width, void *partials) {
  using Modulus = Op<R, double>;
  const auto *first = static_cast<const Complex<R> *>(x);
  double *out = static_cast<double *>(partials);
  R block[modulus_block];
  for (int64_t j = 0; j < width; ++j) out[j] = 0.0;
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < width; j += modulus_block) {
      const int64_t part = width - j < modulus_block ? width - j : modulus_block;
      moduli(part, first + i * row_step + j, 1, block);
      for (int64_t k = 0; k < part; ++k) {
        out[j + k] = Modulus::join(out[j + k], static_cast<double>(block[k]));
      }
    }
  }
}

template <class R, template <class, class> class Op>
constexpr Reducer moduli_reducer() {
  return {sizeof(double), moduli_row<R, Op>, moduli_column<R, Op>, combine<double, Op<R, double>>};
}

// ---- dot products -------------------------------------------------------------------------------

template <class T>
inline void dot_lanes(int64_t n, const T *x, const T *y, LaneSet<T> &lanes) {
  using Set = LaneSet<T>;
  constexpr int width = Set::width;
  int64_t i = 0;
  for (; i + Set::count <= n; i += Set::count) {
#pragma GCC unroll 16
    for (int r = 0; r < Set::registers; ++r) {
      const int64_t at = i + r * width;
      lanes.at[r] += load<T, width>(x + at) * load<T, width>(y + at);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < Set::registers; ++r) {
    if (i + width > n) {
      if (i >= n) return;
      lanes.at[r] +=
          load_part<T, width>(x + i, n - i, T(0)) * load_part<T, width>(y + i, n - i, T(0));
      return;
    }
    lanes.at[r] += load<T, width>(x + i) * load<T, width>(y + i);
    i += width;
  }
}

template <class T>
inline T dot_row(int64_t n, const T *x, int64_t x_step, const T *y, int64_t y_step) {
  if (n < short_row) {
    T sums[4] = {};
    for (int64_t i = 0; i < n; ++i) sums[i & 3] += x[i * x_step] * y[i * y_step];
    return (sums[0] + sums[2]) + (sums[1] + sums[3]);
  }
  LaneSet<T> lanes(T(0));
  if (x_step == 1 && y_step == 1) {
    dot_lanes(n, x, y, lanes);
  } else {
    T a[gather_block];
    T b[gather_block];
    for (int64_t i = 0; i < n; i += gather_block) {
      const int64_t part = n - i < gather_block ? n - i : gather_block;
      for (int64_t k = 0; k < part; ++k) a[k] = x[(i + k) * x_step];
      for (int64_t k = 0; k < part; ++k) b[k] = y[(i + k) * y_step];
      dot_lanes(part, a, b, lanes);
    }
  }
  T result;
  lanes.fold(1, &result, [](auto u, auto v) { return u + v; });
  return result;
}

template <class T>
void dot(int64_t n, const void *x, int64_t x_step, const void *y, int64_t y_step, void *partial) {
  *static_cast<T *>(partial) =
      dot_row(n, static_cast<const T *>(x), x_step, static_cast<const T *>(y), y_step);
}

// Two real products in lanes: x*y gives the real part, x*swap(y) the imaginary one with the signs
// of even and odd lanes opposed.
template <class R>
struct ComplexDot {
  static constexpr int width = lanes_of<R>;
  static constexpr int registers = 4;
  static constexpr int64_t each = width / 2;
  using Register = typename Lanes<R, width>::Register;

  Register straight[registers] = {};
  Register crossed[registers] = {};

  void add(int r, Register u, Register v) {
    straight[r] += u * v;
    crossed[r] += u * exchange_pairs<width>(v);
  }

  // As with lanes of real numbers: only the last call may end within a group of registers.
  void add_all(int64_t n, const Complex<R> *x, const Complex<R> *y) {
    int64_t i = 0;
    for (; i + registers * each <= n; i += registers * each) {
#pragma GCC unroll 4
      for (int r = 0; r < registers; ++r) {
        add(r, load<R, width>(&x[i].re + r * width), load<R, width>(&y[i].re + r * width));
      }
    }
#pragma GCC unroll 4
    for (int r = 0; r < registers; ++r) {
      if (i + each > n) {
        if (i >= n) return;
        add(r, load_part<R, width>(&x[i].re, 2 * (n - i), R(0)),
            load_part<R, width>(&y[i].re, 2 * (n - i), R(0)));
        return;
      }
      add(r, load<R, width>(&x[i].re), load<R, width>(&y[i].re));
      i += each;
    }
  }

  static void fold(const Register *of, R *even, R *odd) {
    const Register sum = (of[0] + of[2]) + (of[1] + of[3]);
    R lanes[width];
    store<R, width>(lanes, sum);
    for (int half = width / 2; half >= 2; half /= 2) {
      for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
    }
    *even = lanes[0];
    *odd = lanes[1];
  }

  Complex<R> result() const {
    R a;
    R b;
    R c;
    R d;
    fold(straight, &a, &b);
    fold(crossed, &c, &d);
    return {a + b, c - d};
  }
};

template <class R>
void complex_dot(int64_t n, const void *x_data, int64_t x_step, const void *y_data, int64_t y_step,
                 void *partial) {
  const auto *x = static_cast<const Complex<R> *>(x_data);
  const auto *y = static_cast<const Complex<R> *>(y_data);
  ComplexDot<R> sums;
  if (x_step == 1 && y_step == 1) {
    sums.add_all(n, x, y);
  } else {
    Complex<R> a[gather_block];
    Complex<R> b[gather_block];
    for (int64_t i = 0; i < n; i += gather_block) {
      const int64_t part = n - i < gather_block ? n - i : gather_block;
      for (int64_t k = 0; k < part; ++k) a[k] = x[(i + k) * x_step];
      for (int64_t k = 0; k < part; ++k) b[k] = y[(i + k) * y_step];
      sums.add_all(part, a, b);
    }
  }
  *static_cast<Complex<R> *>(partial) = sums.result();
}

constexpr Reducer none{0, nullptr, nullptr, nullptr};

// Integer sums wrap; lanes are unsigned so that they may.
template <class T>
constexpr Reducer integer_sum() {
  return real_reducer<T, uint64_t, SumOp>();
}
template <class T>
constexpr Reducer integer_prod() {
  return real_reducer<T, uint64_t, ProductOp>();
}

}  // namespace

extern const ReduceLoops reduce_loops;

// In the order of the dtypes: bool int8 uint8 int32 int64 float32 float64 complex64 complex128.
const ReduceLoops reduce_loops = {
    .sum = {{none, none, none, none, none, none, none, none, none},
            {none, none, none, none, integer_sum<int8_t>(), none, none, none, none},
            {none, none, none, none, integer_sum<uint8_t>(), none, none, none, none},
            {none, none, none, none, integer_sum<int32_t>(), none, none, none, none},
            {none, none, none, none, integer_sum<int64_t>(), none, none, none, none},
            {none, none, none, none, none, real_reducer<float, float, SumOp>(),
             real_reducer<float, double, SumOp>(), none, none},
            {none, none, none, none, none, none, real_reducer<double, double, SumOp>(), none, none},
            {none, none, none, none, none, none, none, complex_sum<float, float>(),
             complex_sum<float, double>()},
            {none, none, none, none, none, none, none, none, complex_sum<double, double>()}},
    .prod = {{none, none, none, none, none, none, none, none, none},
             {none, none, none, none, integer_prod<int8_t>(), none, none, none, none},
             {none, none, none, none, integer_prod<uint8_t>(), none, none, none, none},
             {none, none, none, none, integer_prod<int32_t>(), none, none, none, none},
             {none, none, none, none, integer_prod<int64_t>(), none, none, none, none},
             {none, none, none, none, none, real_reducer<float, float, ProductOp>(),
              real_reducer<float, double, ProductOp>(), none, none},
             {none, none, none, none, none, none, real_reducer<double, double, ProductOp>(), none,
              none},
             {none, none, none, none, none, none, none, none, none},
             {none, none, none, none, none, none, none, none, none}},
    .min = {none, real_reducer<int8_t, int8_t, MinOp>(), real_reducer<uint8_t, uint8_t, MinOp>(),
            real_reducer<int32_t, int32_t, MinOp>(), real_reducer<int64_t, int64_t, MinOp>(),
            real_reducer<float, float, MinOp>(), real_reducer<double, double, MinOp>(), none, none},
    .max = {none, real_reducer<int8_t, int8_t, MaxOp>(), real_reducer<uint8_t, uint8_t, MaxOp>(),
            real_reducer<int32_t, int32_t, MaxOp>(), real_reducer<int64_t, int64_t, MaxOp>(),
            real_reducer<float, float, MaxOp>(), real_reducer<double, double, MaxOp>(), none, none},
    .sum_of_squares = {none,
                       none,
                       none,
                       none,
                       none,
                       real_reducer<float, double, SquareOp>(),
                       real_reducer<double, double, SquareOp>(),
                       {sizeof(double), complex_squares_row<float>, complex_squares_column<float>,
                        combine<double, SquareOp<double, double>>},
                       {sizeof(double), complex_squares_row<double>, complex_squares_column<double>,
                        combine<double, SquareOp<double, double>>}},
    .sum_of_moduli = {none, none, none, none, none, real_reducer<float, double, ModulusOp>(),
                      real_reducer<double, double, ModulusOp>(), moduli_reducer<float, ModulusOp>(),
                      moduli_reducer<double, ModulusOp>()},
    .max_of_moduli = {none, none, none, none, none, real_reducer<float, double, MaxModulusOp>(),
                      real_reducer<double, double, MaxModulusOp>(),
                      moduli_reducer<float, MaxModulusOp>(),
                      moduli_reducer<double, MaxModulusOp>()},
    .dot = {nullptr, nullptr, nullptr, nullptr, nullptr, dot<float>, dot<double>,
            complex_dot<float>, complex_dot<double>},
};

SPC_CPU_ISA_END
