// SPDX-License-Identifier: Apache-2.0
// Sums and elementwise products of sparse matrices, by merging rows whose columns ascend; and what
// tells that they do, and drops zeros.
#include <string.h>

#include <new>

#include "plugins/cpu/kernels/kernels.hpp"
#include "plugins/cpu/kernels/sparse.hpp"
#include "plugins/cpu/state.hpp"

namespace spc::cpu {

RowPlan *new_row_plan(void *state, const spc_call *call, int64_t rows) {
  const State &family = *static_cast<const State *>(state);
  const uint64_t bytes = sizeof(RowPlan) + 2 * (static_cast<uint64_t>(rows) + 1) * sizeof(int64_t);
  void *memory = family.api->host_alloc(family.host, bytes, 64);
  if (memory == nullptr) {
    fail(call, SPC_E_MEMORY, "no memory for the places of %lld rows", static_cast<long long>(rows));
    return nullptr;
  }
  auto *places = reinterpret_cast<int64_t *>(static_cast<char *>(memory) + sizeof(RowPlan));
  return new (memory) RowPlan{bytes, rows, places, places + rows + 1};
}

void release_row_plan(void *state, void *plan) {
  if (plan == nullptr) return;
  const State &family = *static_cast<const State *>(state);
  family.api->host_free(family.host, plan, static_cast<const RowPlan *>(plan)->bytes);
}

namespace {

// factor x, as the contract has it: 1 and -1 multiply nothing, 0 reads nothing.
template <class T>
class Factor {
 public:
  explicit Factor(const spc_tensor &scalar) : value_(*static_cast<const T *>(scalar.data)) {
    const T one = one_of();
    kind_ = value_ == T{} ? zero : value_ == one ? plain : value_ == -one ? negated : any;
  }
  T operator()(T x) const {
    switch (kind_) {
      case plain:
        return x;
      case negated:
        return -x;
      case zero:
        return T{};
      default:
        return value_ * x;
    }
  }

 private:
  enum Kind { zero, plain, negated, any };
  static T one_of() {
    if constexpr (std::is_floating_point_v<T>) {
      return 1;
    } else {
      return {1, 0};
    }
  }
  T value_;
  Kind kind_;
};

// Both steps of two rows side by side; no branch depends on which column is smaller.
template <class I>
struct Step {
  I column;
  bool left;
  bool right;
  Step(I a, I b) : column(a < b ? a : b), left(a <= b), right(b <= a) {}
};

// The same columns in both rows: as in A + A^T of a symmetric pattern, or beta A + B of one.
template <class I>
bool same_columns(const I *a, int64_t n, const I *b, int64_t m) {
  return n == m && memcmp(a, b, static_cast<size_t>(n) * sizeof(I)) == 0;
}

template <class I>
int64_t union_size(const I *a, const I *a_end, const I *b, const I *b_end) {
  if (same_columns(a, a_end - a, b, b_end - b)) return a_end - a;
  int64_t n = 0;
  while (a < a_end && b < b_end) {
    const Step<I> s(*a, *b);
    a += s.left;
    b += s.right;
    ++n;
  }
  return n + (a_end - a) + (b_end - b);
}

template <class I>
int64_t intersection_size(const I *a, const I *a_end, const I *b, const I *b_end) {
  int64_t n = 0;
  while (a < a_end && b < b_end) {
    const Step<I> s(*a, *b);
    a += s.left;
    b += s.right;
    n += s.left && s.right ? 1 : 0;
  }
  return n;
}

// Where the rows of a result begin: size(row of A, its end, row of B, its end) entries each.
template <class I, class Size>
spc_status count_rows(void *state, const spc_call *call, const spc_tensor *const *a,
                      const spc_tensor *const *b, int64_t *sizes, void **out, Size size) {
  const int64_t rows = params<spc_params_sparse_pair>(call).a_rows;
  RowPlan *plan = new_row_plan(state, call, rows);
  if (plan == nullptr) return SPC_E_MEMORY;
  const auto *a_ptr = static_cast<const I *>(a[0]->data);
  const auto *b_ptr = static_cast<const I *>(b[0]->data);
  const auto *a_col = static_cast<const I *>(a[1]->data);
  const auto *b_col = static_cast<const I *>(b[1]->data);
  for (int64_t i = 0; i <= rows; ++i) plan->before[i] = int64_t{a_ptr[i]} + b_ptr[i];
  const spc_status status =
      for_rows_of_work(call, plan->before, rows, [&](int64_t first, int64_t last) -> spc_status {
        for (int64_t i = first; i < last; ++i) {
          plan->places[i + 1] =
              size(a_col + a_ptr[i], a_col + a_ptr[i + 1], b_col + b_ptr[i], b_col + b_ptr[i + 1]);
        }
        return SPC_OK;
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

// Runs write(row, indices, data) on every row, with the places of its entries.
template <class T, class I, class Write>
spc_status write_rows(const spc_call *call, Write write) {
  const RowPlan &plan = *static_cast<const RowPlan *>(call->plan);
  auto *indptr = static_cast<I *>(call->out[0]->data);
  auto *indices = static_cast<I *>(call->out[1]->data);
  auto *data = static_cast<T *>(call->out[2]->data);
  indptr[0] = 0;
  return for_rows_of_work(call, plan.before, plan.rows,
                          [&](int64_t first, int64_t last) -> spc_status {
                            for (int64_t i = first; i < last; ++i) {
                              write(i, indices + plan.places[i], data + plan.places[i]);
                              indptr[i + 1] = static_cast<I>(plan.places[i + 1]);
                            }
                            return SPC_OK;
                          });
}

}  // namespace

spc_status csr_add_extent(void *state, const spc_call *call, int64_t *sizes, void **plan) {
  *plan = nullptr;
  return for_values_and_indices(*call->in[0], *call->in[1], [&]<class T, class I>() {
    return count_rows<I>(state, call, call->in + 1, call->in + 5, sizes, plan, union_size<I>);
  });
}

spc_status csr_add(void *, const spc_call *call) {
  return for_values_and_indices(*call->in[0], *call->in[1], [&]<class T, class I>() {
    const auto a = csr_of<T, I>(call->in + 1);
    const auto b = csr_of<T, I>(call->in + 5);
    const Factor<T> alpha(*call->in[0]);
    const Factor<T> beta(*call->in[4]);
    return write_rows<T, I>(call, [&](int64_t i, I *indices, T *data) {
      int64_t p = a.indptr[i];
      int64_t q = b.indptr[i];
      const int64_t p_end = a.indptr[i + 1];
      const int64_t q_end = b.indptr[i + 1];
      int64_t n = 0;
      if (same_columns(a.indices + p, p_end - p, b.indices + q, q_end - q)) {
        for (; p < p_end; ++p, ++q, ++n) {
          indices[n] = a.indices[p];
          data[n] = alpha(a.data[p]) + beta(b.data[q]);
        }
        return;
      }
      while (p < p_end && q < q_end) {
        const Step<I> s(a.indices[p], b.indices[q]);
        const T x = alpha(a.data[p]);
        const T y = beta(b.data[q]);
        const T both = x + y;
        indices[n] = s.column;
        data[n++] = s.left ? (s.right ? both : x) : y;
        p += s.left;
        q += s.right;
      }
      for (; p < p_end; ++p, ++n) {
        indices[n] = a.indices[p];
        data[n] = alpha(a.data[p]);
      }
      for (; q < q_end; ++q, ++n) {
        indices[n] = b.indices[q];
        data[n] = beta(b.data[q]);
      }
    });
  });
}

spc_status csr_multiply_extent(void *state, const spc_call *call, int64_t *sizes, void **plan) {
  *plan = nullptr;
  return for_values_and_indices(*call->in[2], *call->in[0], [&]<class T, class I>() {
    return count_rows<I>(state, call, call->in, call->in + 3, sizes, plan, intersection_size<I>);
  });
}

spc_status csr_multiply(void *, const spc_call *call) {
  return for_values_and_indices(*call->in[2], *call->in[0], [&]<class T, class I>() {
    const auto a = csr_of<T, I>(call->in);
    const auto b = csr_of<T, I>(call->in + 3);
    return write_rows<T, I>(call, [&](int64_t i, I *indices, T *data) {
      int64_t p = a.indptr[i];
      int64_t q = b.indptr[i];
      const int64_t p_end = a.indptr[i + 1];
      const int64_t q_end = b.indptr[i + 1];
      int64_t n = 0;
      while (p < p_end && q < q_end) {
        const Step<I> s(a.indices[p], b.indices[q]);
        if (s.left && s.right) {
          indices[n] = s.column;
          data[n++] = a.data[p] * b.data[q];
        }
        p += s.left;
        q += s.right;
      }
    });
  });
}

spc_status csr_is_canonical(void *, const spc_call *call) {
  const auto check = [&]<class I>() {
    const auto *indptr = static_cast<const I *>(call->in[0]->data);
    const auto *indices = static_cast<const I *>(call->in[1]->data);
    const int64_t rows = call->in[0]->shape[0] - 1;
    const int64_t entries = call->in[1]->shape[0];
    // Strictly ascending rows, and where one ends anything may follow.
    constexpr int64_t most_parts = 64;
    const int64_t share = (rows + most_parts - 1) / most_parts;
    bool ascending[most_parts];
    for (bool &each : ascending) each = true;
    const spc_status status = for_parts(
        call, most_parts, 1 + entries / most_parts, [&](int64_t first, int64_t last) -> spc_status {
          for (int64_t part = first; part < last; ++part) {
            const int64_t begin = part * share < rows ? part * share : rows;
            const int64_t end = begin + share < rows ? begin + share : rows;
            int64_t falls = 0;
            for (int64_t i = begin; i < end; ++i) {
              for (int64_t k = int64_t{indptr[i]} + 1; k < static_cast<int64_t>(indptr[i + 1]);
                   ++k) {
                falls += indices[k] <= indices[k - 1] ? 1 : 0;
              }
            }
            ascending[part] = falls == 0;
          }
          return SPC_OK;
        });
    bool all = true;
    for (const bool each : ascending) all = all && each;
    *static_cast<uint8_t *>(call->out[0]->data) = all ? 1 : 0;
    return status;
  };
  return call->in[0]->dtype == SPC_INT64 ? check.template operator()<int64_t>()
                                         : check.template operator()<int32_t>();
}

spc_status sparse_eliminate_zeros_extent(void *state, const spc_call *call, int64_t *sizes,
                                         void **out) {
  *out = nullptr;
  return for_values_and_indices(*call->in[2], *call->in[0], [&]<class T, class I>() {
    const auto a = csr_of<T, I>(call->in);
    const int64_t rows = call->in[0]->shape[0] - 1;
    RowPlan *plan = new_row_plan(state, call, rows);
    if (plan == nullptr) return spc_status{SPC_E_MEMORY};
    for (int64_t i = 0; i <= rows; ++i) plan->before[i] = a.indptr[i];
    const spc_status status =
        for_rows_of_work(call, plan->before, rows, [&](int64_t first, int64_t last) -> spc_status {
          for (int64_t i = first; i < last; ++i) {
            int64_t kept = 0;
            for (int64_t k = plan->before[i]; k < plan->before[i + 1]; ++k) {
              kept += a.data[k] == T{} ? 0 : 1;
            }
            plan->places[i + 1] = kept;
          }
          return SPC_OK;
        });
    if (status != SPC_OK) {
      release_row_plan(state, plan);
      return status;
    }
    sum_up(plan->places, rows);
    sizes[0] = plan->places[rows];
    *out = plan;
    return spc_status{SPC_OK};
  });
}

spc_status sparse_eliminate_zeros(void *, const spc_call *call) {
  const RowPlan &plan = *static_cast<const RowPlan *>(call->plan);
  return for_values_and_indices(*call->in[2], *call->in[0], [&]<class T, class I>() {
    const auto a = csr_of<T, I>(call->in);
    return write_rows<T, I>(call, [&](int64_t i, I *indices, T *data) {
      // Values may have been written since they were counted: never more than was counted.
      const int64_t room = plan.places[i + 1] - plan.places[i];
      int64_t n = 0;
      for (int64_t k = plan.before[i]; k < plan.before[i + 1] && n < room; ++k) {
        if (a.data[k] == T{}) continue;
        indices[n] = a.indices[k];
        data[n++] = a.data[k];
      }
      for (; n < room; ++n) {
        indices[n] = a.indices[plan.before[i]];
        data[n] = T{};
      }
    });
  });
}

}  // namespace spc::cpu
