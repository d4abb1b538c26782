// SPDX-License-Identifier: Apache-2.0
#include "core/solver/tridiagonal.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace spc {

// QR steps with Wilkinson's shift, from the bottom up, on each unreduced block.
bool tridiagonal_eigen(std::span<double> d, std::span<double> e, std::span<double> z) {
  const std::size_t n = d.size();
  if (n == 0) return true;
  const double eps = std::numeric_limits<double>::epsilon();
  for (std::size_t i = 0; i < n; ++i)
    if (!std::isfinite(d[i]) || (i + 1 < n && !std::isfinite(e[i]))) return false;
  const std::size_t rows = z.size() / n;
  std::size_t end = n - 1;  // the last row of the block
  int steps = 0;
  while (end > 0) {
    std::size_t begin = end;
    while (begin > 0 &&
           std::abs(e[begin - 1]) > eps * (std::abs(d[begin - 1]) + std::abs(d[begin])))
      --begin;
    if (begin > 0) e[begin - 1] = 0;
    if (begin == end) {
      --end;
      steps = 0;
      continue;
    }
    if (++steps > 60) return false;
    // The eigenvalue of the last 2 x 2 that is nearer to its last element.
    const double half = (d[end - 1] - d[end]) / 2, off = e[end - 1];
    const double shift =
        half == 0 ? d[end] - std::abs(off)
                  : d[end] - off * (off / (half + std::copysign(std::hypot(half, off), half)));
    double x = d[begin] - shift, bulge = e[begin];
    for (std::size_t k = begin; k < end; ++k) {
      // A rotation of rows and columns k, k + 1 that sends (x, bulge) to (r, 0).
      const double r = std::hypot(x, bulge);
      const double c = r == 0 ? 1 : x / r, s = r == 0 ? 0 : bulge / r;
      if (k > begin) e[k - 1] = r;
      const double a = d[k], b = e[k], f = d[k + 1];
      d[k] = c * c * a + 2 * c * s * b + s * s * f;
      d[k + 1] = s * s * a - 2 * c * s * b + c * c * f;
      e[k] = c * s * (f - a) + (c * c - s * s) * b;
      if (k + 1 < end) {
        x = e[k];
        bulge = s * e[k + 1];
        e[k + 1] *= c;
      }
      for (std::size_t i = 0; i < rows; ++i) {
        double *row = &z[i * n];
        const double left = row[k], right = row[k + 1];
        row[k] = c * left + s * right;
        row[k + 1] = c * right - s * left;
      }
    }
  }
  return true;
}

}  // namespace spc
