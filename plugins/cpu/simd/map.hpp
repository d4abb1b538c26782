// SPDX-License-Identifier: Apache-2.0
// Plain loops over one row: out = f(inputs). The adjacent case and operands that do not move are
// loops of their own, which the compiler vectorises.
#pragma once

#include "plugins/cpu/simd/number.hpp"

SPC_CPU_ISA_BEGIN

// An output that is an input (same address, same step) is read before it is written in every
// iteration, so the loops below carry no dependence, which is what the pragma states.
#define SPC_CPU_INDEPENDENT _Pragma("GCC ivdep")

template <class T, class U, class F>
inline void map1(const Run &run, F f) {
  const T *x = static_cast<const T *>(run.in[0]);
  U *out = static_cast<U *>(run.out);
  const int64_t n = run.n;
  if (run.out_step == 1 && run.in_step[0] == 1) {
    SPC_CPU_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) out[i] = f(x[i]);
    return;
  }
  for (int64_t i = 0; i < n; ++i) out[i * run.out_step] = f(x[i * run.in_step[0]]);
}

template <class T, class U, class F>
inline void map2_to(const Run &run, F f) {
  const T *a = static_cast<const T *>(run.in[0]);
  const T *b = static_cast<const T *>(run.in[1]);
  U *out = static_cast<U *>(run.out);
  const int64_t n = run.n;
  const int64_t a_step = run.in_step[0];
  const int64_t b_step = run.in_step[1];
  if (run.out_step == 1 && a_step == 1 && b_step == 1) {
    SPC_CPU_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) out[i] = f(a[i], b[i]);
  } else if (run.out_step == 1 && a_step == 1 && b_step == 0) {
    const T scalar = *b;
    SPC_CPU_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) out[i] = f(a[i], scalar);
  } else if (run.out_step == 1 && a_step == 0 && b_step == 1) {
    const T scalar = *a;
    SPC_CPU_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) out[i] = f(scalar, b[i]);
  } else {
    for (int64_t i = 0; i < n; ++i) out[i * run.out_step] = f(a[i * a_step], b[i * b_step]);
  }
}

template <class T, class F>
inline void map2(const Run &run, F f) {
  map2_to<T, T>(run, f);
}

// Two inputs of one type and a third of its own.
template <class T, class Third, class F>
inline void map3(const Run &run, F f) {
  const T *a = static_cast<const T *>(run.in[0]);
  const T *b = static_cast<const T *>(run.in[1]);
  const Third *c = static_cast<const Third *>(run.in[2]);
  T *out = static_cast<T *>(run.out);
  const int64_t n = run.n;
  const int64_t a_step = run.in_step[0];
  const int64_t b_step = run.in_step[1];
  const int64_t c_step = run.in_step[2];
  const T a0 = *a;
  const T b0 = *b;
  const Third c0 = *c;
  const bool adjacent = run.out_step == 1 && ((a_step | b_step | c_step) & ~int64_t{1}) == 0;
  const int moving = static_cast<int>(a_step + 2 * b_step + 4 * c_step);
  if (adjacent && moving == 7) {
    SPC_CPU_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) out[i] = f(a[i], b[i], c[i]);
  } else if (adjacent && moving == 1) {
    SPC_CPU_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) out[i] = f(a[i], b0, c0);
  } else if (adjacent && moving == 4) {
    SPC_CPU_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) out[i] = f(a0, b0, c[i]);
  } else if (adjacent && moving == 5) {
    SPC_CPU_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) out[i] = f(a[i], b0, c[i]);
  } else if (adjacent && moving == 6) {
    SPC_CPU_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) out[i] = f(a0, b[i], c[i]);
  } else {
    for (int64_t i = 0; i < n; ++i) {
      out[i * run.out_step] = f(a[i * a_step], b[i * b_step], c[i * c_step]);
    }
  }
}

// f of registers as of single elements, for what the compiler does not vectorise by itself: choices
// by comparisons. False: a row of another shape than adjacent elements and repeated ones.
template <class T, int inputs, class F>
inline bool map_lanes(const Run &run, F f) {
  constexpr int width = lanes_of<T>;
  T repeated[inputs][width];
  const T *x[inputs];
  for (int k = 0; k < inputs; ++k) {
    x[k] = static_cast<const T *>(run.in[k]);
    if ((run.in_step[k] & ~int64_t{1}) != 0 || run.out_step != 1) return false;
    if (run.in_step[k] != 0) continue;
    for (int lane = 0; lane < width; ++lane) repeated[k][lane] = *x[k];
    x[k] = repeated[k];
  }
  T *out = static_cast<T *>(run.out);
  int64_t i = 0;
  for (; i + width <= run.n; i += width) {
    auto at = [&](int k) { return load<T, width>(x[k] + i * run.in_step[k]); };
    if constexpr (inputs == 2) {
      store<T, width>(out + i, f(at(0), at(1)));
    } else {
      store<T, width>(out + i, f(at(0), at(1), at(2)));
    }
  }
  for (; i < run.n; ++i) {
    auto at = [&](int k) { return x[k][i * run.in_step[k]]; };
    if constexpr (inputs == 2) {
      out[i] = f(at(0), at(1));
    } else {
      out[i] = f(at(0), at(1), at(2));
    }
  }
  return true;
}

SPC_CPU_ISA_END
