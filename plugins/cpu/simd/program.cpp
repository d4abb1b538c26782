// SPDX-License-Identifier: Apache-2.0
// Programs of updates and sums over adjacent real numbers, a tile at a time: few enough elements that
// all operands of a tile pass through the first cache side by side, as they would in a loop written
// for the program, and enough to make the choice of an instruction cheap.
#include "plugins/cpu/simd/accumulate.hpp"

SPC_CPU_ISA_BEGIN
namespace {

enum class Kind : int8_t { copy, zero, scale, axpy, axpby, multiply };

template <class T>
struct Step {
  Kind kind;
  T a;
  T b;
  const T *x;
  const T *y;
  T *out;
};

template <class T>
struct Sum {
  const T *x;
  const T *y;
  const T *w;  // or nullptr
};

// Operands of zero factors are not read, and a factor 1 of the second one changes nothing.
template <class T>
Step<T> combination(T a, const T *x, T b, const T *y, T *out) {
  if (a == 0 && b == 0) return {Kind::zero, a, b, x, x, out};
  if (a == 0) return {Kind::scale, b, b, y, y, out};
  if (b == 0) return {Kind::scale, a, b, x, x, out};
  return {b == 1 ? Kind::axpy : Kind::axpby, a, b, x, y, out};
}

template <class T>
Step<T> step_of(const ProgramTask &task, const spc_instruction &i) {
  const auto vector = [&](int32_t k) { return static_cast<T *>(task.vectors[k]); };
  const auto scalar = [&](int32_t k) { return *static_cast<const T *>(task.scalars[k]); };
  const T *x = vector(i.x);
  const T *y = vector(i.y);
  T *out = vector(i.out);
  switch (i.code) {
    case SPC_PROGRAM_COPY:
      return {Kind::copy, T(0), T(0), x, x, out};
    case SPC_PROGRAM_SCALE:
      return combination(scalar(i.a), x, T(0), x, out);
    case SPC_PROGRAM_AXPY:
      return combination(scalar(i.a), x, T(1), y, out);
    case SPC_PROGRAM_AXPBY:
      return combination(scalar(i.a), x, scalar(i.b), y, out);
    default:
      return {Kind::multiply, T(0), T(0), x, y, out};
  }
}

template <class T>
Sum<T> sum_of(const ProgramTask &task, const spc_instruction &i) {
  const auto vector = [&](int32_t k) { return static_cast<const T *>(task.vectors[k]); };
  const bool squares =
      i.code == SPC_PROGRAM_SUM_OF_SQUARES || i.code == SPC_PROGRAM_WEIGHTED_SQUARES;
  const bool weighted =
      i.code == SPC_PROGRAM_WEIGHTED_DOT || i.code == SPC_PROGRAM_WEIGHTED_SQUARES;
  return {vector(i.x), vector(squares ? i.x : i.y), weighted ? vector(i.w) : nullptr};
}

// f on `count` elements, a multiple of the lanes of a register, from position i on.
template <class T, class F>
inline void each_register(int64_t i, int64_t count, F f) {
  constexpr int width = lanes_of<T>;
#pragma GCC unroll 4
  for (int64_t k = 0; k < count; k += width) f(i + k);
}

template <class T>
inline void update(const Step<T> &s, int64_t i, int64_t count) {
  constexpr int width = lanes_of<T>;
  using Register = typename Lanes<T, width>::Register;
  const Register a = Register{} + s.a;
  const Register b = Register{} + s.b;
  const auto x = [&](int64_t at) { return load<T, width>(s.x + at); };
  const auto y = [&](int64_t at) { return load<T, width>(s.y + at); };
  const auto give = [&](int64_t at, Register value) { store<T, width>(s.out + at, value); };
  switch (s.kind) {
    case Kind::copy:
      each_register<T>(i, count, [&](int64_t at) { give(at, x(at)); });
      break;
    case Kind::zero:
      each_register<T>(i, count, [&](int64_t at) { give(at, Register{}); });
      break;
    case Kind::scale:
      each_register<T>(i, count, [&](int64_t at) { give(at, a * x(at)); });
      break;
    case Kind::axpy:
      each_register<T>(i, count, [&](int64_t at) { give(at, a * x(at) + y(at)); });
      break;
    case Kind::axpby:
      each_register<T>(i, count, [&](int64_t at) { give(at, a * x(at) + b * y(at)); });
      break;
    case Kind::multiply:
      each_register<T>(i, count, [&](int64_t at) { give(at, x(at) * y(at)); });
      break;
  }
}

// The same of single elements.
template <class T>
inline void update_rest(const Step<T> &s, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; ++i) {
    switch (s.kind) {
      case Kind::copy:
        s.out[i] = s.x[i];
        break;
      case Kind::zero:
        s.out[i] = T(0);
        break;
      case Kind::scale:
        s.out[i] = s.a * s.x[i];
        break;
      case Kind::axpy:
        s.out[i] = s.a * s.x[i] + s.y[i];
        break;
      case Kind::axpby:
        s.out[i] = s.a * s.x[i] + s.b * s.y[i];
        break;
      case Kind::multiply:
        s.out[i] = s.x[i] * s.y[i];
        break;
    }
  }
}

// Adds count products, a multiple of the number of lanes.
template <class T>
inline void add_products(const Sum<T> &s, int64_t i, int64_t count, LaneSet<T> &lanes) {
  using Set = LaneSet<T>;
  constexpr int width = Set::width;
  typename Set::Register at[Set::registers];
#pragma GCC unroll 16
  for (int r = 0; r < Set::registers; ++r) at[r] = lanes.at[r];
  for (int64_t k = i; k < i + count; k += Set::count) {
#pragma GCC unroll 16
    for (int r = 0; r < Set::registers; ++r) {
      const int64_t p = k + r * width;
      auto y = load<T, width>(s.y + p);
      if (s.w != nullptr) y *= load<T, width>(s.w + p);
      at[r] += load<T, width>(s.x + p) * y;
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < Set::registers; ++r) lanes.at[r] = at[r];
}

template <class T>
inline void add_rest(const Sum<T> &s, int64_t begin, int64_t end, LaneSet<T> &lanes) {
  T x[LaneSet<T>::count] = {};
  T y[LaneSet<T>::count] = {};
  for (int64_t i = begin; i < end; ++i) {
    x[i - begin] = s.x[i];
    y[i - begin] = s.w != nullptr ? s.w[i] * s.y[i] : s.y[i];
  }
  add_products(Sum<T>{x, y, nullptr}, 0, LaneSet<T>::count, lanes);
}

template <class T>
void run(const ProgramTask &task) {
  constexpr int64_t set = LaneSet<T>::count;
  constexpr int64_t tile = 4 * set;
  Step<T> steps[SPC_MAX_PROGRAM_UPDATES];
  Sum<T> sums[SPC_MAX_PROGRAM_REDUCTIONS];
  for (int32_t k = 0; k < task.n_updates; ++k) steps[k] = step_of<T>(task, task.instructions[k]);
  for (int32_t k = 0; k < task.n_reductions; ++k) {
    sums[k] = sum_of<T>(task, task.instructions[task.n_updates + k]);
  }
  T *results = static_cast<T *>(task.sums);
  for (int64_t begin = 0; begin < task.n; begin += task.leaf) {
    const int64_t end = task.n - begin < task.leaf ? task.n : begin + task.leaf;
    LaneSet<T> lanes[SPC_MAX_PROGRAM_REDUCTIONS] = {LaneSet<T>(T(0)), LaneSet<T>(T(0)),
                                                    LaneSet<T>(T(0)), LaneSet<T>(T(0))};
    int64_t i = begin;
    while (end - i >= set) {
      const int64_t count = end - i >= tile ? tile : (end - i) / set * set;
      for (int32_t k = 0; k < task.n_updates; ++k) update(steps[k], i, count);
      for (int32_t k = 0; k < task.n_reductions; ++k) add_products(sums[k], i, count, lanes[k]);
      i += count;
    }
    if (i < end) {
      for (int32_t k = 0; k < task.n_updates; ++k) update_rest(steps[k], i, end);
      for (int32_t k = 0; k < task.n_reductions; ++k) add_rest(sums[k], i, end, lanes[k]);
    }
    for (int32_t k = 0; k < task.n_reductions; ++k) {
      lanes[k].fold(1, results++, [](auto u, auto v) { return u + v; });
    }
  }
}

}  // namespace

extern const ProgramLoops program_loops;

const ProgramLoops program_loops = {.run = {nullptr, nullptr, nullptr, nullptr, nullptr, run<float>,
                                            run<double>, nullptr, nullptr}};

SPC_CPU_ISA_END
