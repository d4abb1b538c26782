// SPDX-License-Identifier: Apache-2.0
#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse_factor.hpp"

namespace spc::reference {
namespace {

using factor::conjugated, factor::Entry, factor::Facts, factor::Rows;

// Q R of a dense matrix with at least as many rows as columns, by Householder reflections
// 1 - 2 v v^H with unit v, as many as columns have been eliminated. v lies under the diagonal of R.
template <class W>
struct Reflections {
  size_t rows = 0, cols = 0;
  std::vector<W> q;         // columns one after the other: R above, v from the diagonal on
  std::vector<W> diagonal;  // of R

  Reflections() = default;
  Reflections(size_t m, size_t n) : rows(m), cols(n), q(m * n, W(0)) {}

  W &at(size_t i, size_t j) { return q[j * rows + i]; }
  const W &at(size_t i, size_t j) const { return q[j * rows + i]; }

  double tail_norm(size_t from, size_t j) const {
    double largest = 0, sum = 0;
    for (size_t i = from; i < rows; ++i) largest = std::max(largest, std::abs(at(i, j)));
    if (largest == 0) return 0;
    for (size_t i = from; i < rows; ++i) sum += std::norm(at(i, j) / largest);
    return largest * std::sqrt(sum);
  }

  // x = (1 - 2 v v^H) x with the v of column k; Hermitian, so the same for Q and Q^H.
  template <class Column>
  void reflect(size_t k, Column x) const {
    W product(0);
    for (size_t i = k; i < rows; ++i) product += conjugated(at(i, k)) * x[i];
    product *= 2.0;
    for (size_t i = k; i < rows; ++i) x[i] -= at(i, k) * product;
  }
  void apply_adjoint(std::vector<W> &x) const {
    for (size_t k = 0; k < diagonal.size(); ++k) reflect(k, x.begin());
  }
  void apply(std::vector<W> &x) const {
    for (size_t k = diagonal.size(); k-- > 0;) reflect(k, x.begin());
  }

  // Makes the next column of R, and applies its reflection to the columns after it.
  void eliminate() {
    const size_t k = diagonal.size();
    const double norm = tail_norm(k, k);
    const W head = at(k, k);
    const W phase = head == W(0) ? W(1) : head / std::abs(head);
    diagonal.push_back(-phase * norm);
    at(k, k) += phase * norm;
    const double length = tail_norm(k, k);
    for (size_t i = k; i < rows; ++i) at(i, k) /= length;
    for (size_t j = k + 1; j < cols; ++j) reflect(k, &at(0, j));
  }
};

double shifted(double x, int exponent) {
  return std::ldexp(x, exponent);
}
std::complex<double> shifted(std::complex<double> x, int exponent) {
  return {std::ldexp(x.real(), exponent), std::ldexp(x.imag(), exponent)};
}

// T E = 2^exponent Q R of the tall T, which is A or, where A is wide, A^H; the column of the largest
// remaining norm comes next. Of a deficient rank R^H = P S too, with P as wide as the rank. The power
// of two keeps squares in range.
template <class W>
struct Qr {
  bool wide = false;
  size_t rank = 0;
  int exponent = 0;
  Reflections<W> tall, row_space;
  std::vector<size_t> column;  // of T, in the order of elimination

  spc_status make(const spc_call *call, Rows<W> a) {
    const auto m = static_cast<size_t>(a.size()), n = static_cast<size_t>(a.cols);
    wide = m < n;
    const size_t rows = std::max(m, n), cols = std::min(m, n);
    tall = Reflections<W>(rows, cols);
    for (size_t i = 0; i < m; ++i) {
      for (const Entry<W> &e : a.row[i]) {
        const auto j = static_cast<size_t>(e.at);
        if (wide) {
          tall.at(j, i) = conjugated(e.value);
        } else {
          tall.at(i, j) = e.value;
        }
      }
    }
    double most = 0;
    for (const W x : tall.q)
      most = std::max({most, std::abs(std::real(x)), std::abs(std::imag(x))});
    std::frexp(most, &exponent);
    for (W &x : tall.q) x = shifted(x, -exponent);
    column.resize(cols);
    for (size_t j = 0; j < cols; ++j) column[j] = j;

    const bool single = call->in[2]->dtype == SPC_FLOAT32 || call->in[2]->dtype == SPC_COMPLEX64;
    const double eps =
        single ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
    double largest = 0;
    for (size_t j = 0; j < cols; ++j) largest = std::max(largest, tall.tail_norm(0, j));
    const double given = params<spc_params_sparse_factor>(call).rank_tolerance;
    const double tolerance = given < 0 ? 20 * static_cast<double>(rows + cols) * eps * largest
                                       : shifted(given, -exponent);

    for (rank = 0; rank < cols; ++rank) {
      size_t next = rank;
      double norm = tall.tail_norm(rank, rank);
      for (size_t j = rank + 1; j < cols; ++j) {
        if (const double other = tall.tail_norm(rank, j); other > norm) {
          norm = other;
          next = j;
        }
      }
      if (!(norm > tolerance)) break;
      std::swap(column[rank], column[next]);
      for (size_t i = 0; i < rows; ++i) std::swap(tall.at(i, rank), tall.at(i, next));
      tall.eliminate();
    }
    if (rank == cols) return SPC_OK;

    row_space = Reflections<W>(cols, rank);
    for (size_t k = 0; k < rank; ++k) {
      row_space.at(k, k) = conjugated(tall.diagonal[k]);
      for (size_t j = k + 1; j < cols; ++j) row_space.at(j, k) = conjugated(tall.at(k, j));
    }
    for (size_t k = 0; k < rank; ++k) row_space.eliminate();
    return SPC_OK;
  }

  // T^+ b, or (T^+)^H b.
  std::vector<W> solve(std::vector<W> b, bool adjoint) const {
    if (adjoint != wide) {
      std::vector<W> inside(column.size()), y(tall.rows);
      for (size_t k = 0; k < column.size(); ++k) inside[k] = b[column[k]];
      project(inside);
      for (size_t k = 0; k < rank; ++k) {
        W sum = inside[k];
        for (size_t i = 0; i < k; ++i) sum -= conjugated(tall.at(i, k)) * y[i];
        y[k] = sum / conjugated(tall.diagonal[k]);
      }
      tall.apply(y);
      for (W &value : y) value = shifted(value, -exponent);
      return y;
    }
    tall.apply_adjoint(b);
    std::vector<W> inside(column.size()), x(column.size());
    for (size_t k = rank; k-- > 0;) {
      inside[k] = b[k] / tall.diagonal[k];
      for (size_t i = 0; i < k; ++i) b[i] -= tall.at(i, k) * inside[k];
    }
    project(inside);
    for (size_t k = 0; k < column.size(); ++k) x[column[k]] = shifted(inside[k], -exponent);
    return x;
  }

  Facts facts() const {
    Facts f;
    f.rank = static_cast<double>(rank);
    f.entries = static_cast<double>(tall.q.size() + row_space.q.size());
    if (tall.rows != tall.cols) return f;
    if (rank < tall.cols) {
      f.log_abs_det = -std::numeric_limits<double>::infinity();
      f.phase = 0;
      return f;
    }
    f.log_abs_det = 0;
    f.phase = rank % 2 == 0 ? 1 : -1;  // of the reflections
    for (const W pivot : tall.diagonal) {
      f.log_abs_det += std::log(std::abs(pivot)) + exponent * std::log(2.0);
      f.phase *= pivot / std::abs(pivot);
    }
    std::vector<size_t> order = column;
    for (size_t k = 0; k < order.size(); ++k) {
      for (; order[k] != k; f.phase = -f.phase) std::swap(order[k], order[order[k]]);
    }
    return f;
  }

 private:
  // Onto the range of R^H.
  void project(std::vector<W> &x) const {
    if (rank == column.size()) return;
    row_space.apply_adjoint(x);
    std::fill(x.begin() + static_cast<std::ptrdiff_t>(rank), x.end(), W(0));
    row_space.apply(x);
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
