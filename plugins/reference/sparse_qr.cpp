// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse_factor.hpp"

namespace spc::reference {
namespace {

using factor::conjugated, factor::Entry, factor::Facts, factor::Rows;

// T E = Q R of the dense tall T, which is A or, where A is wide, A^H: Householder reflections
// 1 - t v v^H with the column of the largest remaining norm next. v lies under the diagonal of R.
template <class W>
struct Qr {
  bool wide = false;
  size_t rows = 0, cols = 0, rank = 0;  // of T
  std::vector<W> q;         // columns one after the other: R above, v from the diagonal on
  std::vector<W> diagonal;  // of R
  std::vector<double> t;
  std::vector<size_t> column;  // of T, in the order of elimination

  W &at(size_t i, size_t j) { return q[j * rows + i]; }
  const W &at(size_t i, size_t j) const { return q[j * rows + i]; }

  spc_status make(const spc_call *call, Rows<W> a) {
    const auto m = static_cast<size_t>(a.size()), n = static_cast<size_t>(a.cols);
    wide = m < n;
    rows = std::max(m, n);
    cols = std::min(m, n);
    q.assign(rows * cols, W(0));
    for (size_t i = 0; i < m; ++i) {
      for (const Entry<W> &e : a.row[i]) {
        const auto j = static_cast<size_t>(e.at);
        if (wide) {
          at(j, i) = conjugated(e.value);
        } else {
          at(i, j) = e.value;
        }
      }
    }
    column.resize(cols);
    for (size_t j = 0; j < cols; ++j) column[j] = j;

    const bool single = call->in[2]->dtype == SPC_FLOAT32 || call->in[2]->dtype == SPC_COMPLEX64;
    const double eps =
        single ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
    double largest = 0;
    for (size_t j = 0; j < cols; ++j) largest = std::max(largest, tail_norm(0, j));
    const double given = params<spc_params_sparse_factor>(call).rank_tolerance;
    const double tolerance =
        given < 0 ? 20 * static_cast<double>(rows + cols) * eps * largest : given;

    for (rank = 0; rank < cols; ++rank) {
      size_t next = rank;
      double norm = tail_norm(rank, rank);
      for (size_t j = rank + 1; j < cols; ++j) {
        if (const double other = tail_norm(rank, j); other > norm) {
          norm = other;
          next = j;
        }
      }
      if (!(norm > tolerance)) break;
      std::swap(column[rank], column[next]);
      for (size_t i = 0; i < rows; ++i) std::swap(at(i, rank), at(i, next));
      reflect_column(norm);
    }
    return SPC_OK;
  }

  // x of least |T x - b|, or Q R^-H E^H b, which is its adjoint.
  std::vector<W> solve(std::vector<W> b, bool adjoint) const {
    if (adjoint != wide) {
      std::vector<W> y(rows);
      for (size_t k = 0; k < rank; ++k) {
        W sum = b[column[k]];
        for (size_t i = 0; i < k; ++i) sum -= conjugated(at(i, k)) * y[i];
        y[k] = sum / conjugated(diagonal[k]);
      }
      for (size_t k = rank; k-- > 0;) reflect(k, y);
      return y;
    }
    for (size_t k = 0; k < rank; ++k) reflect(k, b);
    std::vector<W> x(cols);
    for (size_t k = rank; k-- > 0;) {
      const W value = b[k] / diagonal[k];
      x[column[k]] = value;
      for (size_t i = 0; i < k; ++i) b[i] -= at(i, k) * value;
    }
    return x;
  }

  Facts facts() const {
    Facts f;
    f.rank = static_cast<double>(rank);
    f.entries = static_cast<double>(q.size());
    if (rows == cols) {
      f.log_abs_det = 0;
      for (size_t k = 0; k < rank; ++k) f.log_abs_det += std::log(std::abs(diagonal[k]));
      if (rank < cols) f.log_abs_det = -std::numeric_limits<double>::infinity();
    }
    return f;
  }

 private:
  double tail_norm(size_t from, size_t j) const {
    double sum = 0;
    for (size_t i = from; i < rows; ++i) sum += std::norm(at(i, j));
    return std::sqrt(sum);
  }

  // x = (1 - t v v^H) x with the v of column k; Hermitian, so the same for Q and Q^H.
  void reflect(size_t k, std::vector<W> &x) const {
    W product(0);
    for (size_t i = k; i < rows; ++i) product += conjugated(at(i, k)) * x[i];
    product *= t[k];
    for (size_t i = k; i < rows; ++i) x[i] -= at(i, k) * product;
  }

  // Makes column `rank` of R, and applies its reflection to the columns after it.
  void reflect_column(double norm) {
    const size_t k = rank;
    const W head = at(k, k);
    const W phase = head == W(0) ? W(1) : head / std::abs(head);
    diagonal.push_back(-phase * norm);
    at(k, k) += phase * norm;
    t.push_back(2 / std::pow(tail_norm(k, k), 2));
    for (size_t j = k + 1; j < cols; ++j) {
      W product(0);
      for (size_t i = k; i < rows; ++i) product += conjugated(at(i, k)) * at(i, j);
      product *= t[k];
      for (size_t i = k; i < rows; ++i) at(i, j) -= at(i, k) * product;
    }
  }
};

}  // namespace

spc_status sparse_qr_prepare(void *, const spc_call *call, uint64_t, void **plan) {
  return factor::prepare<Qr>(call, plan, false);
}

spc_status sparse_qr(void *, const spc_call *call) {
  return factor::run(call);
}

}  // namespace spc::reference
