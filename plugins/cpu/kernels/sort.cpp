// SPDX-License-Identifier: Apache-2.0
// Sorting along the last axis. Elements become unsigned keys of the same order, keys are sorted by
// their digits in blocks that stay in the second cache, blocks are merged.
//
// Elements that compare equal have equal keys, -0 and 0 too, so that what is stable on keys is
// stable on elements; NaN have no key and are appended in the order in which they came.
#include <string.h>

#include <algorithm>
#include <type_traits>

#include "plugins/cpu/kernels/common.hpp"
#include "plugins/cpu/kernels/kernels.hpp"

namespace spc::cpu {
namespace {

template <size_t bytes>
struct UnsignedOf;
template <>
struct UnsignedOf<1> {
  using type = uint8_t;
};
template <>
struct UnsignedOf<4> {
  using type = uint32_t;
};
template <>
struct UnsignedOf<8> {
  using type = uint64_t;
};
template <class T>
using KeyOf = typename UnsignedOf<sizeof(T)>::type;

template <class T>
KeyOf<T> key_of(T x) {
  using Key = KeyOf<T>;
  constexpr Key sign = static_cast<Key>(Key{1} << (8 * sizeof(T) - 1));
  if constexpr (std::is_floating_point_v<T>) {
    const T value = x + T(0);  // -0 becomes 0
    Key bits;
    memcpy(&bits, &value, sizeof bits);
    return (bits & sign) != 0 ? static_cast<Key>(~bits) : static_cast<Key>(bits | sign);
  } else if constexpr (std::is_signed_v<T>) {
    return static_cast<Key>(static_cast<Key>(x) ^ sign);
  } else {
    return x;
  }
}

template <class T>
T element_of(KeyOf<T> key) {
  using Key = KeyOf<T>;
  constexpr Key sign = static_cast<Key>(Key{1} << (8 * sizeof(T) - 1));
  if constexpr (std::is_floating_point_v<T>) {
    const Key bits = (key & sign) != 0 ? static_cast<Key>(key ^ sign) : static_cast<Key>(~key);
    T x;
    memcpy(&x, &bits, sizeof x);
    return x;
  } else if constexpr (std::is_signed_v<T>) {
    return static_cast<T>(static_cast<Key>(key ^ sign));
  } else {
    return key;
  }
}

// What is sorted: a key, alone or with the position it came from.
template <class K>
struct Alone {
  using Key = K;
  K key;
};
template <class K>
struct Placed {
  using Key = K;
  K key;
  int64_t position;
};

template <class Item>
bool before(const Item &a, const Item &b) {
  return a.key < b.key;
}

// Below this many items counting digits costs more than comparing.
constexpr int64_t few_items = 256;
constexpr int digit_bits = 8;
constexpr int digits = 1 << digit_bits;

// Sorts n items, stable; `other` has room for as many.
template <class Item>
void sort_block(Item *items, int64_t n, Item *other) {
  using Key = typename Item::Key;
  constexpr int passes = static_cast<int>(sizeof(Key));
  if (n <= few_items) {
    if constexpr (sizeof(Item) == sizeof(Key)) {
      std::sort(items, items + n, before<Item>);
    } else {
      std::sort(items, items + n, [](const Item &a, const Item &b) {
        return a.key < b.key || (a.key == b.key && a.position < b.position);
      });
    }
    return;
  }
  uint32_t counts[passes][digits] = {};
  for (int64_t i = 0; i < n; ++i) {
    for (int pass = 0; pass < passes; ++pass) {
      ++counts[pass][static_cast<uint8_t>(items[i].key >> (pass * digit_bits))];
    }
  }
  Item *from = items;
  Item *to = other;
  for (int pass = 0; pass < passes; ++pass) {
    const int shift = pass * digit_bits;
    uint32_t *count = counts[pass];
    if (count[static_cast<uint8_t>(from[0].key >> shift)] == n) continue;  // all alike
    uint32_t start = 0;
    for (int digit = 0; digit < digits; ++digit) {
      const uint32_t here = count[digit];
      count[digit] = start;
      start += here;
    }
    for (int64_t i = 0; i < n; ++i) {
      to[count[static_cast<uint8_t>(from[i].key >> shift)]++] = from[i];
    }
    std::swap(from, to);
  }
  if (from != items) memcpy(items, from, static_cast<size_t>(n) * sizeof(Item));
}

// Number of items of a that come before the first `rank` items of the merged sequence of a and b
// end: a takes equal keys first.
template <class Item>
int64_t merge_split(const Item *a, int64_t n_a, const Item *b, int64_t n_b, int64_t rank) {
  int64_t low = rank > n_b ? rank - n_b : 0;
  int64_t high = rank < n_a ? rank : n_a;
  while (low < high) {
    const int64_t i = low + (high - low) / 2;
    if (before(b[rank - i - 1], a[i])) {
      high = i;
    } else {
      low = i + 1;
    }
  }
  return low;
}

template <class Item>
void merge_range(const Item *a, int64_t n_a, const Item *b, int64_t n_b, Item *out) {
  const Item *const a_end = a + n_a;
  const Item *const b_end = b + n_b;
  while (a != a_end && b != b_end) {
    const bool second = before(*b, *a);
    *out++ = second ? *b : *a;
    a += !second;
    b += second;
  }
  memcpy(out, a, static_cast<size_t>(a_end - a) * sizeof(Item));
  memcpy(out + (a_end - a), b, static_cast<size_t>(b_end - b) * sizeof(Item));
}

// Items of a block: two of them and their copies stay in a second cache of 1 MiB.
template <class Item>
constexpr int64_t block_items = int64_t{1} << (sizeof(Item) > 8 ? 14 : 15);
constexpr int64_t merge_part = int64_t{1} << 15;

// Sorts n items on the host's threads; *sorted is items or other.
template <class Item>
spc_status sort_items(const spc_call *call, Item *items, int64_t n, Item *other, Item **sorted) {
  constexpr int64_t block = block_items<Item>;
  *sorted = items;
  if (n <= 2 * block) {
    sort_block(items, n, other);
    return SPC_OK;
  }
  const int64_t blocks = (n + block - 1) / block;
  spc_status status = for_parts(call, blocks, 8 * block, [&](int64_t first, int64_t last) {
    for (int64_t k = first; k < last; ++k) {
      const int64_t count = n - k * block < block ? n - k * block : block;
      sort_block(items + k * block, count, other + k * block);
    }
    return SPC_OK;
  });
  Item *from = items;
  Item *to = other;
  for (int64_t run = block; run < n && status == SPC_OK; run *= 2) {
    const int64_t parts = (n + merge_part - 1) / merge_part;  // runs are multiples of a part
    status = for_parts(call, parts, 4 * merge_part, [&](int64_t first, int64_t last) {
      for (int64_t k = first; k < last; ++k) {
        const int64_t begin = k * merge_part;
        const int64_t end = n - begin < merge_part ? n : begin + merge_part;
        const int64_t pair = begin / (2 * run) * (2 * run);
        const Item *a = from + pair;
        const int64_t n_a = n - pair < run ? n - pair : run;
        const Item *b = a + n_a;
        const int64_t n_b = n - pair - n_a < run ? n - pair - n_a : run;
        const int64_t at = merge_split(a, n_a, b, n_b, begin - pair);
        const int64_t until = merge_split(a, n_a, b, n_b, end - pair);
        merge_range(a + at, until - at, b + (begin - pair - at),
                    (end - pair - until) - (begin - pair - at), to + begin);
      }
      return SPC_OK;
    });
    std::swap(from, to);
  }
  *sorted = from;
  return status;
}

template <class T>
bool is_nan(T x) {
  return x != x;
}

// One row: x in, out sorted.
template <class T>
struct Values {
  using Out = T;
  using Item = Alone<KeyOf<T>>;

  static void store(const T *x, int64_t n, int64_t step, const Item *sorted, int64_t keys, T *out,
                    int64_t out_step) {
    for (int64_t i = 0; i < keys; ++i) out[i * out_step] = element_of<T>(sorted[i].key);
    if constexpr (std::is_floating_point_v<T>) {
      int64_t nan = keys;
      for (int64_t i = 0; nan < n; ++i) {
        if (is_nan(x[i * step])) out[out_step * nan++] = x[i * step];
      }
      // Zeros of both signs share a key: their own bits, in the order in which they came.
      const Item zero{key_of(T(0))};
      const auto range = std::equal_range(sorted, sorted + keys, zero, before<Item>);
      T *at = out + (range.first - sorted) * out_step;
      T *const end = out + (range.second - sorted) * out_step;
      for (int64_t i = 0; at != end; ++i) {
        if (x[i * step] != T(0)) continue;
        *at = x[i * step];
        at += out_step;
      }
    }
  }
  static Item item(T x, int64_t) { return {key_of(x)}; }
};

template <class T>
struct Positions {
  using Out = int64_t;
  using Item = Placed<KeyOf<T>>;

  static void store(const T *x, int64_t n, int64_t step, const Item *sorted, int64_t keys,
                    int64_t *out, int64_t out_step) {
    for (int64_t i = 0; i < keys; ++i) out[i * out_step] = sorted[i].position;
    int64_t nan = keys;
    for (int64_t i = 0; nan < n; ++i) {
      if (is_nan(x[i * step])) out[out_step * nan++] = i;
    }
  }
  static Item item(T x, int64_t i) { return {key_of(x), i}; }
};

// Fills items with the n elements that are no NaN and gives their number.
template <class T, class Kind>
int64_t collect(const T *x, int64_t n, int64_t step, typename Kind::Item *items) {
  int64_t keys = 0;
  for (int64_t i = 0; i < n; ++i) {
    items[keys] = Kind::item(x[i * step], i);
    keys += !is_nan(x[i * step]);
  }
  return keys;
}

template <class T, class Kind>
spc_status sort_rows(const spc_call *call) {
  using Item = typename Kind::Item;
  const spc_tensor &in = *call->in[0];
  const spc_tensor &out = *call->out[0];
  const int32_t outer = in.ndim - 1;
  const int64_t n = in.shape[outer];
  const int64_t step = in.strides[outer];
  const int64_t out_step = out.strides[outer];
  const Walk<2> start(outer, in.shape, {in.strides, out.strides});
  const int64_t rows = start.count();
  const T *x = static_cast<const T *>(in.data);
  auto *y = static_cast<typename Kind::Out *>(out.data);
  const int64_t row_bytes = 2 * n * static_cast<int64_t>(sizeof(Item));

  // A long row has the threads for itself.
  if (rows == 1 || n >= 16 * block_items<Item>) {
    void *memory = nullptr;
    spc_status status = scratch(call, row_bytes, &memory);
    if (status != SPC_OK) return status;
    auto *items = static_cast<Item *>(memory);
    Walk<2> walk = start;
    walk.seek(0);
    for (int64_t row = 0; row < rows; ++row, walk.next()) {
      const T *from = x + walk.offset(0);
      const int64_t keys = collect<T, Kind>(from, n, step, items);
      Item *sorted = nullptr;
      status = sort_items(call, items, keys, items + n, &sorted);
      if (status != SPC_OK) return status;
      Kind::store(from, n, step, sorted, keys, y + walk.offset(1), out_step);
    }
    return SPC_OK;
  }
  return for_parts(call, rows, 16 * n, [&](int64_t first, int64_t last) -> spc_status {
    // Short rows do without the lock that scratch takes.
    alignas(64) char local[16384];
    void *memory = local;
    if (row_bytes > static_cast<int64_t>(sizeof local)) {
      const spc_status status = scratch(call, row_bytes, &memory);
      if (status != SPC_OK) return status;
    }
    auto *items = static_cast<Item *>(memory);
    Walk<2> walk = start;
    walk.seek(first);
    for (int64_t row = first; row < last; ++row, walk.next()) {
      const T *from = x + walk.offset(0);
      const int64_t keys = collect<T, Kind>(from, n, step, items);
      sort_block(items, keys, items + n);
      Kind::store(from, n, step, items, keys, y + walk.offset(1), out_step);
    }
    return SPC_OK;
  });
}

template <template <class> class Kind>
spc_status sort_any(const spc_call *call) {
  switch (call->in[0]->dtype) {
    case SPC_INT8:
      return sort_rows<int8_t, Kind<int8_t>>(call);
    case SPC_UINT8:
      return sort_rows<uint8_t, Kind<uint8_t>>(call);
    case SPC_INT32:
      return sort_rows<int32_t, Kind<int32_t>>(call);
    case SPC_INT64:
      return sort_rows<int64_t, Kind<int64_t>>(call);
    case SPC_FLOAT32:
      return sort_rows<float, Kind<float>>(call);
    default:
      return sort_rows<double, Kind<double>>(call);
  }
}

}  // namespace

spc_status sort(void *, const spc_call *call) {
  return sort_any<Values>(call);
}

spc_status argsort(void *, const spc_call *call) {
  return sort_any<Positions>(call);
}

}  // namespace spc::cpu
