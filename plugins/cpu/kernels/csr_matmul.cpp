// SPDX-License-Identifier: Apache-2.0
// Sparse times sparse: row i of the product is the sum of the rows of B that row i of A names. The
// first phase counts the columns that occur, the second adds, both row by row on all threads. Terms
// are added in the order of A's row, whatever holds them, so that the bits are those of reference.
#include <string.h>

#include <algorithm>
#include <limits>
#include <mutex>
#include <new>

#include "plugins/cpu/kernels/kernels.hpp"
#include "plugins/cpu/kernels/sparse.hpp"
#include "plugins/cpu/state.hpp"

namespace spc::cpu {
namespace {

// Rows of at most so many terms, few beside the columns, are added up in a hash table, which then
// stays in the first two caches; others in a vector of all columns.
constexpr int64_t most_hashed = 2048;
constexpr int64_t columns_per_term = 8;
// Columns whose marks are looked through together.
constexpr int64_t block = 256;
constexpr int64_t most_slots = 2 * most_hashed;
// Up to so many columns the place of each is the number of smaller ones.
constexpr int64_t most_ranked = 48;
constexpr int32_t free_slot = -1;

// What one thread adds up rows in. Between rows every slot is free, every mark and dense sum 0.
template <class T>
struct Accumulator {
  Accumulator *next;
  int32_t *columns;  // most_slots
  T *sums;           // most_slots
  int32_t *used;     // most_hashed: the slots in use
  uint64_t *order;   // most_hashed
  uint8_t *marks;    // one a column of B, whole blocks
  uint8_t *blocks;   // one a block: a mark in it is set
  T *dense;          // one a column of B
};

// Accumulators that no part holds: as many are made as parts run at one time.
template <class T>
class Accumulators {
 public:
  // columns: 0 where no row needs the vectors of all columns.
  Accumulators(const spc_call *call, int64_t columns) : call_(call), columns_(columns) {}

  spc_status take(Accumulator<T> **out) {
    {
      const std::lock_guard lock(mutex_);
      *out = free_;
      if (free_ != nullptr) {
        free_ = free_->next;
        return SPC_OK;
      }
    }
    return make(out);
  }
  void give(Accumulator<T> *a) {
    const std::lock_guard lock(mutex_);
    a->next = free_;
    free_ = a;
  }

 private:
  static int64_t aligned(int64_t bytes) { return (bytes + 63) & ~int64_t{63}; }

  spc_status make(Accumulator<T> **out) const {
    const int64_t blocks = (columns_ + block - 1) / block;
    const int64_t sizes[] = {sizeof(Accumulator<T>),
                             most_slots * int64_t{sizeof(int32_t)},
                             most_slots * int64_t{sizeof(T)},
                             most_hashed * int64_t{sizeof(int32_t)},
                             most_hashed * int64_t{sizeof(uint64_t)},
                             blocks * block,
                             blocks,
                             columns_ * int64_t{sizeof(T)}};
    int64_t bytes = 0;
    for (const int64_t size : sizes) bytes += aligned(size);
    void *memory = nullptr;
    if (const spc_status status = scratch(call_, bytes, &memory); status != SPC_OK) return status;
    auto *a = new (memory) Accumulator<T>{};
    char *at = static_cast<char *>(memory) + aligned(sizes[0]);
    int part = 1;
    const auto place = [&]<class E>(E *&where) {
      where = reinterpret_cast<E *>(at);
      at += aligned(sizes[part++]);
    };
    place(a->columns);
    place(a->sums);
    place(a->used);
    place(a->order);
    place(a->marks);
    place(a->blocks);
    place(a->dense);
    std::fill(a->columns, a->columns + most_slots, free_slot);
    std::fill(a->marks, a->marks + blocks * block, uint8_t{0});
    std::fill(a->blocks, a->blocks + blocks, uint8_t{0});
    std::fill(a->dense, a->dense + columns_, T{});
    *out = a;
    return SPC_OK;
  }

  const spc_call *const call_;
  const int64_t columns_;
  std::mutex mutex_;
  Accumulator<T> *free_ = nullptr;
};

bool is_hashed(int64_t terms, int64_t columns) {
  return terms <= most_hashed && terms * columns_per_term < columns;
}

// Twice as many slots as terms, at least.
int slot_bits(int64_t terms) {
  return 64 - __builtin_clzll(static_cast<uint64_t>(2 * terms - 1));
}

// The slot of a column, or the free one where it belongs.
uint32_t slot_of(const int32_t *columns, int bits, int32_t column) {
  const uint32_t mask = (uint32_t{1} << bits) - 1;
  uint32_t slot = static_cast<uint32_t>(column) * 2654435769u >> (32 - bits);
  while (columns[slot] != column && columns[slot] != free_slot) slot = (slot + 1) & mask;
  return slot;
}

// Whether the columns of a row ascend strictly, which leaves nothing to add.
template <class I>
bool ascends(const I *columns, int64_t n) {
  for (int64_t k = 1; k < n; ++k) {
    if (columns[k - 1] >= columns[k]) return false;
  }
  return true;
}

template <class T, class I>
struct Product {
  CsrOf<T, I> a;
  CsrOf<T, I> b;
  int64_t columns;

  // Runs visit(column, position in B, value of A) on every term of row i. What a term needs is in
  // variables: marks are bytes, and a byte that is written may be any other thing that is read.
  template <class Visit>
  void for_each_term(int64_t i, Visit visit) const {
    const I *const columns_of_b = b.indices;
    const int64_t last = a.indptr[i + 1];
    for (int64_t k = a.indptr[i]; k < last; ++k) {
      const int64_t j = a.indices[k];
      const T value = a.data[k];
      const int64_t end = b.indptr[j + 1];
      for (int64_t l = b.indptr[j]; l < end; ++l) visit(columns_of_b[l], l, value);
    }
  }

  bool is_one_row(int64_t i) const {
    if (a.indptr[i + 1] - a.indptr[i] != 1) return false;
    const int64_t j = a.indices[a.indptr[i]];
    return ascends(b.indices + b.indptr[j], b.indptr[j + 1] - b.indptr[j]);
  }

  int64_t count(int64_t i, int64_t terms, Accumulator<T> &w) const {
    if (terms <= 1 || is_one_row(i)) return terms;
    int64_t found = 0;
    if (is_hashed(terms, columns)) {
      const int bits = slot_bits(terms);
      for_each_term(i, [&](I column_of_b, int64_t, T) {
        const auto column = static_cast<int32_t>(column_of_b);
        const uint32_t slot = slot_of(w.columns, bits, column);
        if (w.columns[slot] == column) return;
        w.columns[slot] = column;
        w.used[found++] = static_cast<int32_t>(slot);
      });
      for (int64_t n = 0; n < found; ++n) w.columns[w.used[n]] = free_slot;
      return found;
    }
    const bool few = has_few(terms);
    uint8_t *const marks = w.marks, *const blocks = w.blocks;
    for_each_term(i, [&](int64_t column, int64_t, T) {
      marks[column] = 1;
      if (few) blocks[column / block] = 1;
    });
    for_each_marked_block(w, few, [&](int64_t first, int64_t last) {
      for (int64_t at = first; at < last; at += 8) {
        uint64_t eight;
        memcpy(&eight, w.marks + at, sizeof eight);
        found += static_cast<int64_t>(eight * 0x0101010101010101u >> 56);
      }
      std::fill(w.marks + first, w.marks + last, uint8_t{0});
    });
    return found;
  }

  void write(int64_t i, int64_t terms, Accumulator<T> &w, I *indices, T *data) const {
    if (terms == 0) return;
    if (terms == 1 || is_one_row(i)) {
      int64_t n = 0;
      for_each_term(i, [&](I column, int64_t l, T value) {
        indices[n] = column;
        data[n++] = value * b.data[l];
      });
    } else if (is_hashed(terms, columns)) {
      write_hashed(i, terms, w, indices, data);
    } else {
      write_dense(i, has_few(terms), w, indices, data);
    }
  }

 private:
  void write_hashed(int64_t i, int64_t terms, Accumulator<T> &w, I *indices, T *data) const {
    const int bits = slot_bits(terms);
    int64_t found = 0;
    for_each_term(i, [&](I column_of_b, int64_t l, T value) {
      const auto column = static_cast<int32_t>(column_of_b);
      const T term = value * b.data[l];
      const uint32_t slot = slot_of(w.columns, bits, column);
      if (w.columns[slot] == column) {
        w.sums[slot] = w.sums[slot] + term;
      } else {
        w.columns[slot] = column;
        w.sums[slot] = term;
        w.used[found++] = static_cast<int32_t>(slot);
      }
    });
    if (found <= most_ranked) {
      // No branch depends on the columns.
      alignas(64) int32_t columns[most_ranked + 16];
      for (int64_t n = 0; n < found; ++n) columns[n] = w.columns[w.used[n]];
      const int64_t padded = (found + 15) & ~int64_t{15};
      for (int64_t n = found; n < padded; ++n) columns[n] = std::numeric_limits<int32_t>::max();
      for (int64_t n = 0; n < found; ++n) {
        int32_t smaller = 0;
        for (int64_t m = 0; m < padded; ++m) smaller += columns[m] < columns[n] ? 1 : 0;
        indices[smaller] = static_cast<I>(columns[n]);
        data[smaller] = w.sums[w.used[n]];
        w.columns[w.used[n]] = free_slot;
      }
      return;
    }
    for (int64_t n = 0; n < found; ++n) {
      const auto slot = static_cast<uint64_t>(w.used[n]);
      w.order[n] = static_cast<uint64_t>(w.columns[slot]) << 32 | slot;
    }
    std::sort(w.order, w.order + found);
    for (int64_t n = 0; n < found; ++n) {
      const uint64_t slot = w.order[n] & 0xffffffffu;
      indices[n] = static_cast<I>(w.columns[slot]);
      data[n] = w.sums[slot];
      w.columns[slot] = free_slot;
    }
  }

  // So few beside the columns that blocks without marks are worth passing over.
  bool has_few(int64_t terms) const { return terms * columns_per_term < columns; }

  // Runs visit(first column, last column) on the blocks with marks, or on all of them.
  template <class Visit>
  void for_each_marked_block(Accumulator<T> &w, bool few, Visit visit) const {
    const int64_t blocks = (columns + block - 1) / block;
    if (!few) return visit(int64_t{0}, blocks * block);
    for (int64_t at = 0; at < blocks; ++at) {
      if (w.blocks[at] == 0) continue;
      w.blocks[at] = 0;
      visit(at * block, (at + 1) * block);
    }
  }

  // A sum that begins with 0 differs from one that begins with its first term in the sign of a zero
  // at most, and the core drops zeros.
  void write_dense(int64_t i, bool few, Accumulator<T> &w, I *indices, T *data) const {
    T *const dense = w.dense;
    uint8_t *const marks = w.marks, *const blocks = w.blocks;
    const T *const values_of_b = b.data;
    for_each_term(i, [&](int64_t column, int64_t l, T value) {
      dense[column] = dense[column] + value * values_of_b[l];
      marks[column] = 1;
      if (few) blocks[column / block] = 1;
    });
    int64_t n = 0;
    for_each_marked_block(w, few, [&](int64_t first, int64_t last) {
      for (; first < last; first += 8) {
        uint64_t eight;
        memcpy(&eight, w.marks + first, sizeof eight);
        if (eight == 0) continue;
        for (int64_t column = first; column < first + 8; ++column) {
          if (w.marks[column] == 0) continue;
          indices[n] = static_cast<I>(column);
          data[n++] = w.dense[column];
          w.dense[column] = T{};
          w.marks[column] = 0;
        }
      }
    });
  }
};

template <class T, class I>
Product<T, I> product_of(const spc_call *call) {
  return {csr_of<T, I>(call->in), csr_of<T, I>(call->in + 3),
          params<spc_params_sparse_pair>(call).b_cols};
}

// Runs body(accumulator, first row, last row) on all rows.
template <class T, class Body>
spc_status with_accumulators(const spc_call *call, const RowPlan &plan, Body body) {
  const int64_t columns = params<spc_params_sparse_pair>(call).b_cols;
  bool all_hashed = true;
  for (int64_t i = 0; i < plan.rows; ++i) {
    all_hashed = all_hashed && is_hashed(plan.before[i + 1] - plan.before[i], columns);
  }
  Accumulators<T> accumulators(call, all_hashed ? 0 : columns);
  return for_rows_of_work(call, plan.before, plan.rows,
                          [&](int64_t first, int64_t last) -> spc_status {
                            Accumulator<T> *w = nullptr;
                            if (const spc_status status = accumulators.take(&w); status != SPC_OK)
                              return status;
                            body(*w, first, last);
                            accumulators.give(w);
                            return SPC_OK;
                          });
}

}  // namespace

int32_t csr_matmul_supports(void *, const spc_call *call) {
  return params<spc_params_sparse_pair>(call).b_cols <= std::numeric_limits<int32_t>::max() ? 1 : 0;
}

spc_status csr_matmul_extent(void *state, const spc_call *call, int64_t *sizes, void **out) {
  *out = nullptr;
  const int64_t rows = params<spc_params_sparse_pair>(call).a_rows;
  RowPlan *plan = new_row_plan(state, call, rows);
  if (plan == nullptr) return SPC_E_MEMORY;
  const spc_status status =
      for_values_and_indices(*call->in[2], *call->in[0], [&]<class T, class I>() {
        const Product<T, I> p = product_of<T, I>(call);
        const int64_t entries = call->in[1]->shape[0];
        const spc_status counted = for_parts(
            call, rows, 1 + entries / rows, [&](int64_t first, int64_t last) -> spc_status {
              for (int64_t i = first; i < last; ++i) {
                int64_t terms = 0;
                for (int64_t k = p.a.indptr[i]; k < static_cast<int64_t>(p.a.indptr[i + 1]); ++k) {
                  const int64_t j = p.a.indices[k];
                  terms += p.b.indptr[j + 1] - p.b.indptr[j];
                }
                plan->before[i + 1] = terms;
              }
              return SPC_OK;
            });
        if (counted != SPC_OK) return counted;
        sum_up(plan->before, rows);
        return with_accumulators<T>(
            call, *plan, [&](Accumulator<T> &w, int64_t first, int64_t last) {
              for (int64_t i = first; i < last; ++i) {
                plan->places[i + 1] = p.count(i, plan->before[i + 1] - plan->before[i], w);
              }
            });
      });
  if (status != SPC_OK) {
    release_row_plan(state, plan);
    return status;
  }
  sum_up(plan->places, rows);
  sizes[0] = plan->places[rows];
  *out = plan;
  return SPC_OK;
}

spc_status csr_matmul(void *, const spc_call *call) {
  const RowPlan &plan = *static_cast<const RowPlan *>(call->plan);
  return for_values_and_indices(*call->in[2], *call->in[0], [&]<class T, class I>() {
    const Product<T, I> p = product_of<T, I>(call);
    auto *indptr = static_cast<I *>(call->out[0]->data);
    auto *indices = static_cast<I *>(call->out[1]->data);
    auto *data = static_cast<T *>(call->out[2]->data);
    indptr[0] = 0;
    return with_accumulators<T>(call, plan, [&](Accumulator<T> &w, int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i) {
        p.write(i, plan.before[i + 1] - plan.before[i], w, indices + plan.places[i],
                data + plan.places[i]);
        indptr[i + 1] = static_cast<I>(plan.places[i + 1]);
      }
    });
  });
}

}  // namespace spc::cpu
