// SPDX-License-Identifier: Apache-2.0
// Eigenvalues and eigenvectors of as many small symmetric matrices at a time as a register has
// lanes: Householder reduction to tridiagonal form, then implicit QR steps with Wilkinson's shift.
// Every lane has an active block of its own, from the last row that has not converged up to the
// first coupling that is 0; outside it the rotations are identities.
#include "plugins/cpu/simd/lanes.hpp"

SPC_CPU_ISA_BEGIN
namespace {

template <class T>
inline constexpr int mantissa_bits = is_same<T, float> ? 23 : 52;
template <class T>
inline constexpr int exponent_bias = is_same<T, float> ? 127 : 1023;
template <class T>
inline constexpr T epsilon = is_same<T, float> ? T(0x1p-24) : T(0x1p-53);
// Smaller sums of squares have lost digits to underflow; what they stand for is below rounding.
template <class T>
inline constexpr T least_square = is_same<T, float> ? T(0x1p-100) : T(0x1p-900);

template <class T, int N>
inline typename Lanes<T, N>::Register root(typename Lanes<T, N>::Register x) {
  typename Lanes<T, N>::Register r;
  for (int l = 0; l < N; ++l) {
    if constexpr (is_same<T, float>) {
      r[l] = __builtin_sqrtf(x[l]);
    } else {
      r[l] = __builtin_sqrt(x[l]);
    }
  }
  return r;
}

template <class T, int N>
struct Lane {
  using V = typename Lanes<T, N>::Register;
  using M = decltype(V{} < V{});
  using I = decltype(M{}[0] + 0);

  int64_t n;
  int64_t rows;  // registers from row to row of a and q
  T *a;          // [n][n]: the lower triangle, then the reflectors
  T *q;          // [n][n]: column j of the vectors is row j here
  T *d;          // [n]
  T *e;          // [n]
  T *tau;        // [n]
  T *w;          // [n]

  static V get(const T *p, int64_t i) { return load<T, N>(p + i * N); }
  static void put(T *p, int64_t i, V v) { store<T, N>(p + i * N, v); }
  V at(int64_t i, int64_t j) const { return get(a, i * rows + j); }
  void set(int64_t i, int64_t j, V v) const { put(a, i * rows + j, v); }

  // Multiplies every matrix by a power of two that brings its largest element near 1, so that the
  // squares of all that counts are normal numbers. NaN and infinity make the lane of `bad` true and
  // the matrix 0.
  struct Scale {
    V undo;
    V negligible;  // couplings below it are far below the rounding of the largest element
    M bad;
  };
  Scale scale() const {
    V largest{};
    M bad{};
    for (int64_t i = 0; i < n; ++i) {
      for (int64_t j = 0; j <= i; ++j) {
        const V x = at(i, j);
        bad |= (x - x) != V{};
        const V size = modulus(x);
        largest = size > largest ? size : largest;
      }
    }
    constexpr I most = 2 * exponent_bias<T>;
    M exponent = reinterpret_cast<M>(largest) >> mantissa_bits<T>;
    exponent = exponent > most - 2 ? M{} + (most - 2) : exponent;
    V factor = reinterpret_cast<V>((most - exponent) << mantissa_bits<T>);
    factor = (bad == 0) & (largest > V{}) ? factor : V{} + T(1);
    for (int64_t i = 0; i < n; ++i) {
      for (int64_t j = 0; j <= i; ++j) set(i, j, bad ? V{} : at(i, j) * factor);
    }
    largest = bad ? V{} : largest * factor;
    return {T(1) / factor, epsilon<T> * epsilon<T> * largest, bad};
  }

  // A = Q T Q^T; column k of A keeps the vector of reflector k, its first element 1 left out.
  void reduce() const {
    for (int64_t k = 0; k + 1 < n; ++k) {
      put(d, k, at(k, k));
      const V alpha = at(k + 1, k);
      V sum{};
      for (int64_t i = k + 2; i < n; ++i) sum += at(i, k) * at(i, k);
      const M none = sum <= least_square<T>;
      const V length = root<T, N>(alpha * alpha + sum);
      const V beta = none ? alpha : (alpha > 0 ? -length : length);
      const V denominator = none ? V{} + T(1) : beta;
      const V t = none ? V{} : (beta - alpha) / denominator;
      const V inverse = T(1) / (none ? V{} + T(1) : alpha - beta);
      put(e, k, beta);
      put(tau, k, t);
      for (int64_t i = k + 2; i < n; ++i) set(i, k, at(i, k) * inverse);
      set(k + 1, k, V{} + T(1));
      rank_two(k, t);
    }
    put(d, n - 1, at(n - 1, n - 1));
    put(e, n - 1, V{});
  }

  // A -= v w^T + w v^T with w = p - (tau / 2) (p . v) v and p = tau A v, below row k.
  void rank_two(int64_t k, V t) const {
    for (int64_t i = k + 1; i < n; ++i) put(w, i, V{});
    for (int64_t i = k + 1; i < n; ++i) {
      const V v = at(i, k);
      V sum = at(i, i) * v;
      for (int64_t j = k + 1; j < i; ++j) {
        const V x = at(i, j);
        sum += x * at(j, k);
        put(w, j, get(w, j) + x * v);
      }
      put(w, i, get(w, i) + sum);
    }
    V product{};
    for (int64_t i = k + 1; i < n; ++i) {
      const V p = get(w, i) * t;
      put(w, i, p);
      product += p * at(i, k);
    }
    const V half = T(0.5) * t * product;
    for (int64_t i = k + 1; i < n; ++i) put(w, i, get(w, i) - half * at(i, k));
    for (int64_t i = k + 1; i < n; ++i) {
      const V v = at(i, k);
      const V u = get(w, i);
      for (int64_t j = k + 1; j <= i; ++j) {
        set(i, j, at(i, j) - v * get(w, j) - u * at(j, k));
      }
    }
  }

  // Q = H(0) H(1) ..., from the last reflector back; row j of q is column j of Q.
  void form() const {
    for (int64_t i = 0; i < n * rows; ++i) put(q, i, V{});
    for (int64_t i = 0; i < n; ++i) put(q, i * rows + i, V{} + T(1));
    for (int64_t k = n - 2; k >= 0; --k) {
      const V t = get(tau, k);
      for (int64_t j = k + 1; j < n; ++j) {
        T *column = q + j * rows * N;
        V sum{};
        for (int64_t i = k + 1; i < n; ++i) sum += at(i, k) * get(column, i);
        sum *= t;
        for (int64_t i = k + 1; i < n; ++i) put(column, i, get(column, i) - sum * at(i, k));
      }
    }
  }

  // Columns k and k + 1 of Q.
  void rotate(int64_t k, V c, V s) const {
    T *x = q + k * rows * N;
    T *y = x + rows * N;
    for (int64_t i = 0; i < n; ++i) {
      const V u = get(x, i);
      const V v = get(y, i);
      put(x, i, c * u + s * v);
      put(y, i, c * v - s * u);
    }
  }

  struct Blocks {
    M first;
    M last;  // 0: the lane has converged
    V shift;
    int64_t begin;
    int64_t end;
  };

  // Couplings that are negligible become 0; finds the lowest block that is left in every lane.
  Blocks blocks(V negligible) const {
    Blocks b{};
    V upper{};
    V lower{};
    V coupling = V{} + T(1);
    V above = get(d, 0);
    for (int64_t k = 0; k + 1 < n; ++k) {
      const V below = get(d, k + 1);
      V x = get(e, k);
      const V bound = epsilon<T> * (modulus(above) + modulus(below)) + negligible;
      x = modulus(x) <= bound ? V{} : x;
      put(e, k, x);
      const M coupled = x != V{};
      b.last = coupled ? M{} + static_cast<I>(k + 1) : b.last;
      upper = coupled ? above : upper;
      lower = coupled ? below : lower;
      coupling = coupled ? x : coupling;
      above = below;
    }
    for (int64_t k = 1; k < n; ++k) {
      const M starts = (get(e, k - 1) == V{}) & (b.last > static_cast<I>(k));
      b.first = starts ? M{} + static_cast<I>(k) : b.first;
    }
    const V g = (upper - lower) / (coupling + coupling);
    const V r = root<T, N>(g * g + T(1));
    b.shift = lower - coupling / (g + (g < 0 ? -r : r));
    b.begin = n;
    b.end = 0;
    for (int l = 0; l < N; ++l) {
      if (b.last[l] == 0) continue;
      if (b.first[l] < b.begin) b.begin = b.first[l];
      if (b.last[l] > b.end) b.end = b.last[l];
    }
    return b;
  }

  // One QR step in the block of every lane.
  void step(const Blocks &b, bool vectors) const {
    V x{};
    V z{};
    for (int64_t k = b.begin; k < b.end; ++k) {
      const I at = static_cast<I>(k);
      const V above = get(d, k);
      const V below = get(d, k + 1);
      const V coupling = get(e, k);
      const M starts = b.first == at;
      x = starts ? above - b.shift : x;
      z = starts ? coupling : z;
      const V square = x * x + z * z;
      const V r = root<T, N>(square);
      const M on = (b.first <= at) & (b.last > at) & (square > least_square<T>);
      const V inverse = T(1) / (on ? r : V{} + T(1));
      const V c = on ? x * inverse : V{} + T(1);
      const V s = on ? z * inverse : V{};
      if (k > b.begin) put(e, k - 1, (on & (b.first < at)) ? r : get(e, k - 1));
      const V t = s * (below - above) + T(2) * c * coupling;
      put(d, k, above + s * t);
      put(d, k + 1, below - s * t);
      x = c * t - coupling;
      put(e, k, x);
      const V next = get(e, k + 1);  // 0 after the last row
      z = s * next;
      put(e, k + 1, c * next);
      if (vectors) rotate(k, c, s);
    }
  }

  bool diagonalise(bool vectors, V negligible) const {
    for (int64_t steps = 0; steps <= 30 * n; ++steps) {
      const Blocks b = blocks(negligible);
      if (b.end == 0) return true;
      step(b, vectors);
    }
    return false;
  }
};

// Positions of the eigenvalues of one lane in rising order.
template <class T, int N>
inline void sort_lane(int64_t n, int lane, const T *d, int32_t *order) {
  for (int64_t i = 0; i < n; ++i) {
    const T value = d[i * N + lane];
    int64_t at = i;
    for (; at > 0 && d[order[at - 1] * N + lane] > value; --at) order[at] = order[at - 1];
    order[at] = static_cast<int32_t>(i);
  }
}

template <class T>
bool eigen_lanes(const SmallEigen &s) {
  constexpr int N = lanes_of<T>;
  const int64_t n = s.n;
  T *a = static_cast<T *>(s.memory);
  const int64_t rows = lane_rows(n);
  T *d = a + n * rows * N;
  T *e = d + n * N;
  T *tau = e + n * N;
  T *w = tau + n * N;
  T *q = w + n * N;
  auto *order = reinterpret_cast<int32_t *>(s.vectors != nullptr ? q + n * rows * N : q);
  const Lane<T, N> lane{n, rows, a, q, d, e, tau, w};
  gather_lanes<T, N>(s.a, n, n, s.a_row_step, s.a_column_step, a, rows);
  const auto scale = lane.scale();
  lane.reduce();
  if (s.vectors != nullptr) lane.form();
  if (!lane.diagonalise(s.vectors != nullptr, scale.negligible)) return false;
  const T nan = static_cast<T>(__builtin_nan(""));
  for (int l = 0; l < s.count; ++l) {
    sort_lane<T, N>(n, l, d, order);
    T *values = static_cast<T *>(s.values[l]);
    for (int64_t j = 0; j < n; ++j) {
      values[j * s.values_step] = scale.bad[l] != 0 ? nan : d[order[j] * N + l] * scale.undo[l];
    }
    if (s.vectors == nullptr) continue;
    T *v = static_cast<T *>(s.vectors[l]);
    for (int64_t i = 0; i < n; ++i) {
      for (int64_t j = 0; j < n; ++j) {
        v[i * s.v_row_step + j * s.v_column_step] =
            scale.bad[l] != 0 ? nan : q[(order[j] * rows + i) * N + l];
      }
    }
  }
  return true;
}

}  // namespace

extern const EigenLoops eigen_loops;

const EigenLoops eigen_loops = {
    .lanes = {0, 0, 0, 0, 0, lanes_of<float>, lanes_of<double>, 0, 0},
    .eigen = {nullptr, nullptr, nullptr, nullptr, nullptr, eigen_lanes<float>, eigen_lanes<double>,
              nullptr, nullptr},
};

SPC_CPU_ISA_END
