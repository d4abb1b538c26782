// SPDX-License-Identifier: Apache-2.0
// The order of sort and argsort, and a stable sort that takes its memory from the call.
#pragma once

#include <algorithm>
#include <utility>

#include "plugins/reference/arithmetic.hpp"

namespace spc::reference {

// a comes before b: NaN last; complex numbers lexicographically, after them those with a NaN
// imaginary part by their real one, those with a NaN real part by their imaginary one, and those
// with two.
template <class T>
bool before(T a, T b) {
  if constexpr (is_complex<T>) {
    const auto group = [](T x) { return 2 * std::isnan(x.re) + std::isnan(x.im); };
    const int place = group(a);
    if (place != group(b)) return place < group(b);
    if (place == 3) return false;
    if (place == 2 || a.re == b.re) return a.im < b.im;
    return a.re < b.re;
  } else {
    if (is_nan(a) || is_nan(b)) return !is_nan(a) && is_nan(b);
    return !greater_equal(a, b);
  }
}

// Sorts n items, stable; spare is room for n more. Returns where they are then: items or spare.
template <class Item, class Before>
Item *merge_sort(Item *items, Item *spare, int64_t n, Before comes_before) {
  constexpr int64_t run = 16;  // so many are sorted by insertion
  for (int64_t begin = 0; begin < n; begin += run) {
    const int64_t end = std::min(begin + run, n);
    for (int64_t i = begin + 1; i < end; ++i) {
      const Item item = items[i];
      int64_t to = i;
      for (; to > begin && comes_before(item, items[to - 1]); --to) items[to] = items[to - 1];
      items[to] = item;
    }
  }
  for (int64_t width = run; width < n; width *= 2) {
    for (int64_t begin = 0; begin < n; begin += 2 * width) {
      const int64_t middle = std::min(begin + width, n);
      const int64_t end = std::min(begin + 2 * width, n);
      int64_t left = begin;
      int64_t right = middle;
      for (int64_t to = begin; to < end; ++to) {
        // Of equal items the left one is first.
        const bool from_right =
            right < end && (left == middle || comes_before(items[right], items[left]));
        spare[to] = from_right ? items[right++] : items[left++];
      }
    }
    std::swap(items, spare);
  }
  return items;
}

}  // namespace spc::reference
