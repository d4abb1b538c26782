// SPDX-License-Identifier: Apache-2.0
// Reductions of one row over a fixed number of lanes.
//
// Element i goes to lane i modulo lane_count, and lanes are added up in a tree of fixed shape: the
// bits of a sum do not depend on the width of the registers, and the error grows with the number of
// elements per lane.
#pragma once

#include "plugins/cpu/simd/number.hpp"

SPC_CPU_ISA_BEGIN

// Enough independent chains to hide the latency of an addition on every instruction set.
template <class A>
inline constexpr int lane_count = 256 / static_cast<int>(sizeof(A));

template <class A, class F>
inline void fold_lanes(A *lanes, int count, int keep, F combine) {
  for (int half = count / 2; half >= keep; half /= 2) {
    for (int i = 0; i < half; ++i) lanes[i] = combine(lanes[i], lanes[i + half]);
  }
}

// Ops: `lift` makes the contribution of a register of elements, `join` combines two contributions;
// both also work on single numbers. `start` is what a lane holds before its first element.

template <class T, class A>
struct SumOp {
  static A start(const T *) { return A(0); }
  template <class V>
  static V join(V a, V b) {
    return a + b;
  }
  template <class V>
  static V lift(V x) {
    return x;
  }
};

template <class T, class A>
struct SquareOp {
  static A start(const T *) { return A(0); }
  template <class V>
  static V join(V a, V b) {
    return a + b;
  }
  template <class V>
  static V lift(V x) {
    return x * x;
  }
};

template <class T, class A>
struct ModulusOp {
  static A start(const T *) { return A(0); }
  template <class V>
  static V join(V a, V b) {
    return a + b;
  }
  template <class V>
  static V lift(V x) {
    return x < 0 ? -x : x;
  }
};

// NaN wins: the second test keeps it once it is in, and lets it in.
template <class T, class A>
struct MaxOp {
  static A start(const T *x) { return static_cast<A>(*x); }
  template <class V>
  static V join(V a, V b) {
    return (b > a) | (b != b) ? b : a;
  }
  template <class V>
  static V lift(V x) {
    return x;
  }
};

template <class T, class A>
struct MinOp {
  static A start(const T *x) { return static_cast<A>(*x); }
  template <class V>
  static V join(V a, V b) {
    return (b < a) | (b != b) ? b : a;
  }
  template <class V>
  static V lift(V x) {
    return x;
  }
};

template <class T, class A>
struct MaxModulusOp {
  static A start(const T *) { return A(0); }
  template <class V>
  static V join(V a, V b) {
    return (b > a) | (b != b) ? b : a;
  }
  template <class V>
  static V lift(V x) {
    return x < 0 ? -x : x;
  }
};

// Adds n adjacent elements to the lanes; the caller sets them up before and folds them afterwards.
// Only the last call of a row may have an n that is no multiple of lane_count.
template <class T, class A, class Op>
inline void accumulate_lanes(const T *x, int64_t n, A *lanes) {
  constexpr int count = lane_count<A>;
  constexpr int width = lanes_of<A>;
  constexpr int registers = count / width;
  using Register = typename Lanes<A, width>::Register;
  Register sums[registers];
#pragma GCC unroll 16
  for (int r = 0; r < registers; ++r) sums[r] = load<A, width>(lanes + r * width);
  int64_t i = 0;
  for (; i + count <= n; i += count) {
#pragma GCC unroll 16
    for (int r = 0; r < registers; ++r) {
      const auto loaded = load<T, width>(x + i + r * width);
      Register value;
      if constexpr (is_same<T, A>) {
        value = loaded;
      } else {
        value = __builtin_convertvector(loaded, Register);
      }
      sums[r] = Op::join(sums[r], Op::lift(value));
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < registers; ++r) store<A, width>(lanes + r * width, sums[r]);
  for (int k = 0; i < n; ++i, ++k) {
    lanes[k] = Op::join(lanes[k], Op::lift(static_cast<A>(x[i])));
  }
}

// Rows shorter than the lanes: setting those up would cost more than the row.
template <class T, class A, class Op>
inline A reduce_short(const T *x, int64_t n, int64_t step) {
  A lanes[4];
  const A start = Op::start(x);
  for (A &lane : lanes) lane = start;
  int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (int k = 0; k < 4; ++k) {
      lanes[k] = Op::join(lanes[k], Op::lift(static_cast<A>(x[(i + k) * step])));
    }
  }
  for (int k = 0; i < n; ++i, ++k) {
    lanes[k] = Op::join(lanes[k], Op::lift(static_cast<A>(x[i * step])));
  }
  return Op::join(Op::join(lanes[0], lanes[2]), Op::join(lanes[1], lanes[3]));
}

// Elements that a strided row gathers at a time; a multiple of every lane_count.
inline constexpr int64_t gather_block = 256;

// The result does not depend on the step.
template <class T, class A, class Op>
inline A reduce_row(const T *x, int64_t n, int64_t step) {
  constexpr int count = lane_count<A>;
  if (n < count) return reduce_short<T, A, Op>(x, n, step);
  alignas(64) A lanes[count];
  const A start = Op::start(x);
  for (A &lane : lanes) lane = start;
  if (step == 1) {
    accumulate_lanes<T, A, Op>(x, n, lanes);
  } else {
    T block[gather_block];
    for (int64_t i = 0; i < n; i += gather_block) {
      const int64_t part = n - i < gather_block ? n - i : gather_block;
      for (int64_t k = 0; k < part; ++k) block[k] = x[(i + k) * step];
      accumulate_lanes<T, A, Op>(block, part, lanes);
    }
  }
  fold_lanes(lanes, count, 1, [](A a, A b) { return Op::join(a, b); });
  return lanes[0];
}

SPC_CPU_ISA_END
