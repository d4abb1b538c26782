// SPDX-License-Identifier: Apache-2.0
#include <queue>

#include "plugins/reference/kernels.hpp"
#include "plugins/reference/sparse_factor.hpp"

namespace spc::reference {
namespace {

using factor::conjugated, factor::Entries, factor::Entry, factor::Facts, factor::Rows;

// P A = L U, column by column from left to right, with a pivot of the largest modulus in its column,
// or the one on the diagonal where that is large enough.
template <class W>
struct Lu {
  std::vector<Entries<W>> below;  // columns of L, rows as in A
  std::vector<Entries<W>> above;  // columns of U above the diagonal, rows by their pivots
  std::vector<W> diagonal;
  std::vector<int64_t> pivot_row;
  double swaps_sign = 1;

  spc_status make(const spc_call *call, Rows<W> a) {
    const double given = params<spc_params_sparse_factor>(call).pivot_tolerance;
    const double tolerance = given < 0 ? 1 : given;
    const auto n = static_cast<size_t>(a.size());
    std::vector<Entries<W>> columns(n);
    for (size_t i = 0; i < n; ++i) {
      for (const Entry<W> &e : a.row[i]) {
        columns[static_cast<size_t>(e.at)].push_back({static_cast<int64_t>(i), e.value});
      }
    }
    below.resize(n);
    above.resize(n);
    diagonal.resize(n);
    pivot_row.resize(n);
    std::vector<int64_t> pivot_of(n, -1);  // of a row
    std::vector<W> x(n);
    std::vector<char> there(n, 0);
    for (size_t j = 0; j < n; ++j) {
      // Rows that are pivots already, the earliest first; each may bring in later ones.
      std::priority_queue<int64_t, std::vector<int64_t>, std::greater<>> due;
      std::vector<size_t> pattern;
      const auto enter = [&](size_t row) {
        if (there[row]) return;
        there[row] = 1;
        pattern.push_back(row);
        if (pivot_of[row] >= 0) due.push(pivot_of[row]);
      };
      for (const Entry<W> &e : columns[j]) {
        enter(static_cast<size_t>(e.at));
        x[static_cast<size_t>(e.at)] = e.value;
      }
      while (!due.empty()) {
        const auto k = static_cast<size_t>(due.top());
        due.pop();
        const W u = x[static_cast<size_t>(pivot_row[k])];
        above[j].push_back({static_cast<int64_t>(k), u});
        for (const Entry<W> &e : below[k]) {
          enter(static_cast<size_t>(e.at));
          x[static_cast<size_t>(e.at)] -= e.value * u;
        }
      }
      double largest = 0;
      size_t pivot = n;
      for (const size_t row : pattern) {
        if (pivot_of[row] < 0 && std::abs(x[row]) > largest) {
          largest = std::abs(x[row]);
          pivot = row;
        }
      }
      if (pivot == n || !std::isfinite(largest)) {
        return plugin::fail(call, SPC_E_LINALG, "singular matrix: pivot %zu of %zu", j, n);
      }
      if (there[j] && pivot_of[j] < 0 && x[j] != W(0) && std::abs(x[j]) >= tolerance * largest) {
        pivot = j;
      }
      pivot_of[pivot] = static_cast<int64_t>(j);
      pivot_row[j] = static_cast<int64_t>(pivot);
      diagonal[j] = x[pivot];
      for (const size_t row : pattern) {
        if (pivot_of[row] < 0 && x[row] != W(0)) {
          below[j].push_back({static_cast<int64_t>(row), x[row] / diagonal[j]});
        }
        x[row] = W(0);
        there[row] = 0;
      }
    }
    swaps_sign = sign_of(pivot_row);
    return SPC_OK;
  }

  std::vector<W> solve(std::vector<W> b, bool adjoint) const {
    const size_t n = diagonal.size();
    std::vector<W> y(n);
    if (!adjoint) {
      for (size_t k = 0; k < n; ++k) {
        y[k] = b[static_cast<size_t>(pivot_row[k])];
        for (const Entry<W> &e : below[k]) b[static_cast<size_t>(e.at)] -= e.value * y[k];
      }
      for (size_t j = n; j-- > 0;) {
        y[j] /= diagonal[j];
        for (const Entry<W> &e : above[j]) y[static_cast<size_t>(e.at)] -= e.value * y[j];
      }
      return y;
    }
    for (size_t j = 0; j < n; ++j) {
      y[j] = b[j];
      for (const Entry<W> &e : above[j]) y[j] -= conjugated(e.value) * y[static_cast<size_t>(e.at)];
      y[j] /= conjugated(diagonal[j]);
    }
    for (size_t k = n; k-- > 0;) {
      for (const Entry<W> &e : below[k]) y[k] -= conjugated(e.value) * b[static_cast<size_t>(e.at)];
      b[static_cast<size_t>(pivot_row[k])] = y[k];
    }
    return b;
  }

  Facts facts() const {
    Facts f;
    f.log_abs_det = 0;
    f.phase = swaps_sign;
    for (const W pivot : diagonal) {
      f.log_abs_det += std::log(std::abs(pivot));
      f.phase *= pivot / std::abs(pivot);
    }
    f.rank = f.entries = static_cast<double>(diagonal.size());
    for (const Entries<W> &column : below) f.entries += static_cast<double>(column.size());
    for (const Entries<W> &column : above) f.entries += static_cast<double>(column.size());
    return f;
  }

  static double sign_of(std::vector<int64_t> permutation) {
    double sign = 1;
    for (size_t i = 0; i < permutation.size(); ++i) {
      while (permutation[i] != static_cast<int64_t>(i)) {
        std::swap(permutation[i], permutation[static_cast<size_t>(permutation[i])]);
        sign = -sign;
      }
    }
    return sign;
  }
};

}  // namespace

spc_status sparse_lu_prepare(void *, const spc_call *call, uint64_t, void **plan) {
  return factor::prepare<Lu>(call, plan, false);
}

spc_status sparse_lu(void *, const spc_call *call) {
  return factor::run(call);
}

}  // namespace spc::reference
