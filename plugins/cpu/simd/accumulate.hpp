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

// The lanes of one row, in registers. Folding halves their number, lane i with lane i + half, which
// is the same sum whether two registers or two halves of one are added.
template <class A>
struct LaneSet {
  static constexpr int count = lane_count<A>;
  static constexpr int width = lanes_of<A>;
  static constexpr int registers = count / width;
  using Register = typename Lanes<A, width>::Register;

  Register at[registers];

  explicit LaneSet(A start) {
#pragma GCC unroll 16
    for (int r = 0; r < registers; ++r) at[r] = Register{} + start;
  }

  // Folds down to `keep` lanes (1 or 2) at out.
  template <class F>
  void fold(int keep, A *out, F combine) const {
    Register left[registers];
#pragma GCC unroll 16
    for (int r = 0; r < registers; ++r) left[r] = at[r];
#pragma GCC unroll 4
    for (int half = registers / 2; half >= 1; half /= 2) {
#pragma GCC unroll 16
      for (int r = 0; r < half; ++r) left[r] = combine(left[r], left[r + half]);
    }
    A lanes[width];
    store<A, width>(lanes, left[0]);
    for (int half = width / 2; half >= keep; half /= 2) {
      for (int i = 0; i < half; ++i) lanes[i] = combine(lanes[i], lanes[i + half]);
    }
    for (int i = 0; i < keep; ++i) out[i] = lanes[i];
  }
};

// The first n < width elements of a register; the others hold `rest`.
template <class T, int width>
inline typename Lanes<T, width>::Register load_part(const T *x, int64_t n, T rest) {
  T lanes[width];
  for (int i = 0; i < width; ++i) lanes[i] = rest;
  for (int64_t i = 0; i < n; ++i) lanes[i] = x[i];
  return load<T, width>(lanes);
}

// Ops: `lift` makes the contribution of a register of elements, `join` combines two contributions;
// both also work on single numbers. `start` is what a lane holds before its first element,
// `neutral` an element that leaves any lane as it is.

template <class T, class A>
struct SumOp {
  static A start(const T *) { return A(0); }
  static T neutral(const T *) { return T(0); }
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
struct ProductOp {
  static A start(const T *) { return A(1); }
  static T neutral(const T *) { return T(1); }
  template <class V>
  static V join(V a, V b) {
    return a * b;
  }
  template <class V>
  static V lift(V x) {
    return x;
  }
};

template <class T, class A>
struct SquareOp {
  static A start(const T *) { return A(0); }
  static T neutral(const T *) { return T(0); }
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
  static T neutral(const T *) { return T(0); }
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
  static T neutral(const T *x) { return *x; }
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
  static T neutral(const T *x) { return *x; }
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
  static T neutral(const T *) { return T(0); }
  template <class V>
  static V join(V a, V b) {
    return (b > a) | (b != b) ? b : a;
  }
  template <class V>
  static V lift(V x) {
    return x < 0 ? -x : x;
  }
};

// Adds n adjacent elements to the lanes. Only the last call of a row may have an n that is no
// multiple of lane_count. `neutral` is an element that changes no lane.
template <class T, class A, class Op>
inline void accumulate(const T *x, int64_t n, T neutral, LaneSet<A> &lanes) {
  using Set = LaneSet<A>;
  using Register = typename Set::Register;
  constexpr int width = Set::width;
  auto add = [&](int r, auto loaded) {
    if constexpr (is_same<T, A>) {
      lanes.at[r] = Op::join(lanes.at[r], Op::lift(static_cast<Register>(loaded)));
    } else {
      lanes.at[r] = Op::join(lanes.at[r], Op::lift(__builtin_convertvector(loaded, Register)));
    }
  };
  int64_t i = 0;
  for (; i + Set::count <= n; i += Set::count) {
#pragma GCC unroll 16
    for (int r = 0; r < Set::registers; ++r) add(r, load<T, width>(x + i + r * width));
  }
#pragma GCC unroll 16
  for (int r = 0; r < Set::registers; ++r) {
    if (i + width > n) {
      if (i < n) add(r, load_part<T, width>(x + i, n - i, neutral));
      return;
    }
    add(r, load<T, width>(x + i));
    i += width;
  }
}

// Rows so short that setting up and folding the lanes would cost more.
inline constexpr int64_t short_row = 16;

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
  if (n < short_row) return reduce_short<T, A, Op>(x, n, step);
  LaneSet<A> lanes(Op::start(x));
  const T neutral = Op::neutral(x);
  if (step == 1) {
    accumulate<T, A, Op>(x, n, neutral, lanes);
  } else {
    T block[gather_block];
    for (int64_t i = 0; i < n; i += gather_block) {
      const int64_t part = n - i < gather_block ? n - i : gather_block;
      for (int64_t k = 0; k < part; ++k) block[k] = x[(i + k) * step];
      accumulate<T, A, Op>(block, part, neutral, lanes);
    }
  }
  A result;
  lanes.fold(1, &result, [](auto a, auto b) { return Op::join(a, b); });
  return result;
}

SPC_CPU_ISA_END
