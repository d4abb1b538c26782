// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/simd/accumulate.hpp"

SPC_CPU_ISA_BEGIN
namespace {

// The element and where it lies: the position follows from the address, and partials of the same
// row are joined in its order.
template <class T>
struct Best {
  T value;
  const T *at;
};
static_assert(sizeof(Best<double>) == sizeof(Found) && sizeof(Best<int8_t>) == sizeof(Found));

// b takes the place of an earlier a.
template <class T>
struct Below {
  static bool wins(T b, T a) { return (b < a) | ((b != b) & (a == a)); }
  template <class A>
  using Extreme = MinOp<T, A>;
};
template <class T>
struct Above {
  static bool wins(T b, T a) { return (b > a) | ((b != b) & (a == a)); }
  template <class A>
  using Extreme = MaxOp<T, A>;
};

// Position of the first element that equals `wanted` (or is NaN as it is), which is among them.
template <class T>
inline int64_t find(const T *x, int64_t n, T wanted) {
  constexpr int width = lanes_of<T>;
  constexpr int64_t chunk = 4 * width;
  using Register = typename Lanes<T, width>::Register;
  const Register value = Register{} + wanted;
  const auto nan = value != value;
  int64_t i = 0;
  for (; i + chunk <= n; i += chunk) {
    auto hits = nan & ~nan;
    for (int64_t k = 0; k < chunk; k += width) {
      const Register v = load<T, width>(x + i + k);
      hits |= (v == value) | ((v != v) & nan);
    }
    int any = 0;
    for (int lane = 0; lane < width; ++lane) any |= static_cast<int>(hits[lane] != 0);
    if (any != 0) break;
  }
  const bool is_nan = wanted != wanted;
  while (!(is_nan ? x[i] != x[i] : x[i] == wanted)) ++i;
  return i;
}

// Elements scanned for their extreme before the place of a new one is looked for.
constexpr int64_t block = 256;

template <class T, template <class> class Order>
void row(const void *data, int64_t n, int64_t step, void *partial) {
  using Extreme = typename Order<T>::template Extreme<T>;
  const T *x = static_cast<const T *>(data);
  Best<T> best{*x, x};
  if (step == 1) {
    for (int64_t i = 0; i < n; i += block) {
      const int64_t part = n - i < block ? n - i : block;
      const T extreme = reduce_row<T, T, Extreme>(x + i, part, 1);
      if (Order<T>::wins(extreme, best.value)) best = {extreme, x + i + find(x + i, part, extreme)};
    }
    best.value = *best.at;  // of zeros of either sign, the one that lies there
  } else {
    for (int64_t i = 1; i < n; ++i) {
      const T value = x[i * step];
      if (Order<T>::wins(value, best.value)) best = {value, x + i * step};
    }
  }
  *static_cast<Best<T> *>(partial) = best;
}

// An index as wide as the element, so that both fill the same lanes.
template <int bytes>
struct IndexOf {
  using type = int32_t;
};
template <>
struct IndexOf<8> {
  using type = int64_t;
};

constexpr int64_t columns_at_once = 256;

// Fewer rows than an int32 counts: the caller cuts them into leaves.
template <class T, template <class> class Order>
void column(const void *data, int64_t rows, int64_t row_step, int64_t width, void *partials) {
  using Index = typename IndexOf<sizeof(T)>::type;
  auto *out = static_cast<Best<T> *>(partials);
  for (int64_t first = 0; first < width; first += columns_at_once) {
    const T *x = static_cast<const T *>(data) + first;
    const int64_t n = width - first < columns_at_once ? width - first : columns_at_once;
    T best[columns_at_once];
    Index at[columns_at_once];
    for (int64_t j = 0; j < n; ++j) {
      best[j] = x[j];
      at[j] = 0;
    }
    for (int64_t i = 1; i < rows; ++i) {
      const T *line = x + i * row_step;
      const Index index = static_cast<Index>(i);
      for (int64_t j = 0; j < n; ++j) {
        const bool better = Order<T>::wins(line[j], best[j]);
        best[j] = better ? line[j] : best[j];
        at[j] = better ? index : at[j];
      }
    }
    for (int64_t j = 0; j < n; ++j) out[first + j] = {best[j], x + at[j] * row_step + j};
  }
}

template <class T, template <class> class Order>
void combine(int64_t n, void *partials, const void *others) {
  auto *out = static_cast<Best<T> *>(partials);
  const auto *in = static_cast<const Best<T> *>(others);
  for (int64_t i = 0; i < n; ++i) {
    if (Order<T>::wins(in[i].value, out[i].value)) out[i] = in[i];
  }
}

template <class T, template <class> class Order>
constexpr Reducer search() {
  return {sizeof(Found), row<T, Order>, column<T, Order>, combine<T, Order>};
}

constexpr Reducer none{0, nullptr, nullptr, nullptr};

}  // namespace

extern const SearchLoops search_loops;

// In the order of the dtypes: bool int8 uint8 int32 int64 float32 float64 complex64 complex128.
const SearchLoops search_loops = {
    .argmin = {none, search<int8_t, Below>(), search<uint8_t, Below>(), search<int32_t, Below>(),
               search<int64_t, Below>(), search<float, Below>(), search<double, Below>(), none,
               none},
    .argmax = {none, search<int8_t, Above>(), search<uint8_t, Above>(), search<int32_t, Above>(),
               search<int64_t, Above>(), search<float, Above>(), search<double, Above>(), none,
               none},
};

SPC_CPU_ISA_END
