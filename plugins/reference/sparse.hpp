// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "plugins/reference/arithmetic.hpp"
#include "plugins/reference/error.hpp"
#include "plugins/reference/loops.hpp"

namespace spc::reference {

// Runs body(Tag<T>, Tag<I>) for the dtypes of values and indices.
template <class Body>
spc_status for_pair(const spc_tensor &values, const spc_tensor &indices, Body body) {
  return for_dtype(AllTypes(), values.dtype, [&](auto value) {
    return for_dtype(IndexTypes(), indices.dtype, [&](auto index) { return body(value, index); });
  });
}

// Compressed rows: the entries of row i lie at indptr[i] .. indptr[i + 1].
template <class T, class I>
struct Csr {
  Vector<I> indptr;
  Vector<I> indices;
  Vector<T> data;
  int64_t rows() const { return indptr.size - 1; }
  int64_t nnz() const { return indices.size; }
};

// From the tensors indptr, indices, data; const T gives a matrix that is only read.
template <class T, class I>
Csr<T, I> csr(const spc_tensor *const *parts) {
  return {vector<I>(*parts[0]), vector<I>(*parts[1]), vector<T>(*parts[2])};
}

// Turns the counts indptr[i + 1] of the entries of row i into places.
template <class I>
void counts_to_places(Vector<I> indptr) {
  for (int64_t i = 1; i < indptr.size; ++i) indptr[i] = static_cast<I>(indptr[i] + indptr[i - 1]);
}

// Most entries of a row.
template <class T, class I>
int64_t longest_row(const Csr<T, I> &a) {
  int64_t most = 0;
  for (int64_t i = 0; i < a.rows(); ++i)
    most = std::max<int64_t>(most, a.indptr[i + 1] - a.indptr[i]);
  return most;
}

// The terms of one row of a result, in any order of columns.
template <class T>
class RowTerms {
 public:
  // Room for `most` terms.
  spc_status reserve(const spc_call *call, int64_t most) {
    spc_status status = SPC_OK;
    terms_ = scratch<Term>(call, most, &status);
    return status;
  }

  void clear() { count_ = 0; }
  void add(int64_t column, T value) {
    terms_[count_] = {column, count_, value};
    ++count_;
  }
  template <class I>
  void add_row(const Csr<const T, const I> &a, int64_t i) {
    for (int64_t k = a.indptr[i]; k < a.indptr[i + 1]; ++k) add(a.indices[k], a.data[k]);
  }

  // Terms of one column become their sum, in the order in which they came; columns ascend.
  void combine() {
    std::sort(terms_, terms_ + count_, [](const Term &a, const Term &b) {
      return a.column != b.column ? a.column < b.column : a.position < b.position;
    });
    int64_t combined = 0;
    for (int64_t n = 0; n < count_; ++n) {
      if (n > 0 && terms_[n].column == terms_[combined - 1].column) {
        terms_[combined - 1].value = plus(terms_[combined - 1].value, terms_[n].value);
      } else {
        terms_[combined++] = terms_[n];
      }
    }
    count_ = combined;
  }

  int64_t count() const { return count_; }
  int64_t column(int64_t n) const { return terms_[n].column; }
  T value(int64_t n) const { return terms_[n].value; }

 private:
  struct Term {
    int64_t column;
    int64_t position;
    T value;
  };
  Term *terms_ = nullptr;
  int64_t count_ = 0;
};

// Phase one of a result that is made row by row: for_each_row(visit) runs visit(i, terms) on the
// combined terms of every row.
template <class Rows>
spc_status count_entries(int64_t *sizes, Rows for_each_row) {
  int64_t count = 0;
  const spc_status status = for_each_row([&](int64_t, const auto &row) { count += row.count(); });
  sizes[0] = count;
  return status;
}

// Phase two.
template <class T, class I, class Rows>
spc_status write_entries(const Csr<T, I> &out, Rows for_each_row) {
  int64_t next = 0;
  out.indptr[0] = 0;
  return for_each_row([&](int64_t i, const auto &row) {
    for (int64_t n = 0; n < row.count(); ++n) {
      out.indices[next] = static_cast<I>(row.column(n));
      out.data[next] = row.value(n);
      ++next;
    }
    out.indptr[i + 1] = static_cast<I>(next);
  });
}

}  // namespace spc::reference
