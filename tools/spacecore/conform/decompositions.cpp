// SPDX-License-Identifier: Apache-2.0
#include "tools/spacecore/conform/decompositions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/spacecore/conform/compare.hpp"

namespace cmd::conform {
namespace {

using Complex = std::complex<double>;

// A dense matrix in double precision.
class Matrix {
 public:
  Matrix(std::int64_t rows, std::int64_t cols) : rows_(rows), cols_(cols), data_(rows * cols) {}

  // Matrix `which` of a stack.
  Matrix(const HostArray &stack, std::int64_t which)
      : Matrix(stack.shape.at(stack.shape.size() - 2), stack.shape.back()) {
    for (std::size_t i = 0; i < data_.size(); ++i) {
      data_[i] = stack.number(which * rows_ * cols_ + static_cast<std::int64_t>(i));
    }
  }

  std::int64_t rows() const { return rows_; }
  std::int64_t cols() const { return cols_; }
  Complex &at(std::int64_t i, std::int64_t j) { return data_[i * cols_ + j]; }
  Complex at(std::int64_t i, std::int64_t j) const { return data_[i * cols_ + j]; }

  double norm() const {
    double sum = 0;
    for (const auto z : data_) sum += std::norm(z);
    return std::sqrt(sum);
  }

  void subtract(const Matrix &other) {
    for (std::size_t i = 0; i < data_.size(); ++i) data_[i] -= other.data_[i];
  }

  Matrix adjoint() const {
    Matrix out(cols_, rows_);
    for (std::int64_t i = 0; i < rows_; ++i) {
      for (std::int64_t j = 0; j < cols_; ++j) out.at(j, i) = std::conj(at(i, j));
    }
    return out;
  }

  // The first `n` columns, column j times scale[j].
  Matrix scaled_columns(const std::vector<Complex> &scale) const {
    Matrix out(rows_, static_cast<std::int64_t>(scale.size()));
    for (std::int64_t i = 0; i < rows_; ++i) {
      for (std::int64_t j = 0; j < out.cols_; ++j) out.at(i, j) = at(i, j) * scale[j];
    }
    return out;
  }

 private:
  std::int64_t rows_, cols_;
  std::vector<Complex> data_;
};

// a times the first a.cols() rows of b.
Matrix product_of(const Matrix &a, const Matrix &b) {
  Matrix out(a.rows(), b.cols());
  for (std::int64_t i = 0; i < a.rows(); ++i) {
    for (std::int64_t k = 0; k < a.cols(); ++k) {
      for (std::int64_t j = 0; j < b.cols(); ++j) out.at(i, j) += a.at(i, k) * b.at(k, j);
    }
  }
  return out;
}

Matrix identity(std::int64_t n) {
  Matrix out(n, n);
  for (std::int64_t i = 0; i < n; ++i) out.at(i, i) = 1;
  return out;
}

// NaN is above every bound.
void require_small(const Matrix &residual, double bound, const char *what) {
  for (std::int64_t i = 0; i < residual.rows(); ++i) {
    for (std::int64_t j = 0; j < residual.cols(); ++j) {
      const double size = std::abs(residual.at(i, j));
      if (!(size <= bound)) {
        throw Mismatch(fmt::format("{} is off by {:.2e} at ({}, {}), at most {:.2e}", what, size, i,
                                   j, bound));
      }
    }
  }
}

void require_orthonormal(const Matrix &rows, double bound, const char *what) {
  Matrix gram = product_of(rows, rows.adjoint());
  gram.subtract(identity(rows.rows()));
  require_small(gram, bound, what);
}

Matrix hermitian_of_lower(Matrix a) {
  for (std::int64_t i = 0; i < a.rows(); ++i) {
    a.at(i, i) = a.at(i, i).real();
    for (std::int64_t j = 0; j < i; ++j) a.at(j, i) = std::conj(a.at(i, j));
  }
  return a;
}

// Row `which` of a stack of vectors.
std::vector<Complex> vector_of(const HostArray &stack, std::int64_t which) {
  const auto n = stack.shape.back();
  std::vector<Complex> out(n);
  for (std::int64_t i = 0; i < n; ++i) out[i] = stack.number(which * n + i);
  return out;
}

std::int64_t stack_size(const HostArray &array, int trailing) {
  std::int64_t size = 1;
  for (std::size_t i = 0; i + trailing < array.shape.size(); ++i) size *= array.shape[i];
  return size;
}

double bound_of(const Matrix &a, double tolerance) {
  return tolerance * std::max(1.0, a.norm());
}

void require_eigenpairs(const Matrix &a, const Matrix &v, const std::vector<Complex> &w,
                        double bound) {
  Matrix residual = product_of(a, v);
  residual.subtract(v.scaled_columns(w));
  require_small(residual, bound, "A V - V diag(w)");
}

}  // namespace

void require_eigh(const HostArray &a, const HostArray &w, const HostArray &v, double tolerance) {
  for (std::int64_t i = 0; i < stack_size(a, 2); ++i) {
    const Matrix matrix = hermitian_of_lower(Matrix(a, i)), vectors(v, i);
    const auto values = vector_of(w, i);
    const double bound = bound_of(matrix, tolerance);
    require_eigenpairs(matrix, vectors, values, bound);
    require_orthonormal(vectors.adjoint(), bound, "V^H V - I");
    for (std::size_t k = 1; k < values.size(); ++k) {
      if (values[k].real() < values[k - 1].real()) {
        throw Mismatch(fmt::format("eigenvalues are not ascending: {} before {}",
                                   values[k - 1].real(), values[k].real()));
      }
    }
  }
}

void require_eig(const HostArray &a, const HostArray &w, const HostArray &v, double tolerance) {
  for (std::int64_t i = 0; i < stack_size(a, 2); ++i) {
    const Matrix matrix(a, i), vectors(v, i);
    require_eigenpairs(matrix, vectors, vector_of(w, i), bound_of(matrix, tolerance));
    for (std::int64_t k = 0; k < vectors.cols(); ++k) {
      double sum = 0;
      for (std::int64_t r = 0; r < vectors.rows(); ++r) sum += std::norm(vectors.at(r, k));
      if (!(std::abs(std::sqrt(sum) - 1) <= tolerance)) {
        throw Mismatch(fmt::format("column {} of V has norm {}, expected 1", k, std::sqrt(sum)));
      }
    }
  }
}

void require_svd(const HostArray &a, const HostArray &u, const HostArray &s, const HostArray &vh,
                 double tolerance) {
  for (std::int64_t i = 0; i < stack_size(a, 2); ++i) {
    const Matrix matrix(a, i), left(u, i), right(vh, i);
    const double bound = bound_of(matrix, tolerance);
    Matrix residual = product_of(left.scaled_columns(vector_of(s, i)), right);
    residual.subtract(matrix);
    require_small(residual, bound, "U diag(s) Vh - A");
    require_orthonormal(left.adjoint(), bound, "U^H U - I");
    require_orthonormal(right, bound, "Vh Vh^H - I");
  }
}

void require_same_multisets(const HostArray &values, const HostArray &expected,
                            const std::function<bool(Complex, Complex)> &close) {
  for (std::int64_t i = 0; i < stack_size(expected, 1); ++i) {
    auto unused = vector_of(values, i);
    for (const Complex want : vector_of(expected, i)) {
      const auto nearest = std::min_element(unused.begin(), unused.end(), [want](auto x, auto y) {
        return std::abs(x - want) < std::abs(y - want);
      });
      if (!close(*nearest, want)) {
        throw Mismatch(fmt::format("no value near ({}, {}); the nearest left is ({}, {})",
                                   want.real(), want.imag(), nearest->real(), nearest->imag()));
      }
      unused.erase(nearest);
    }
  }
}

}  // namespace cmd::conform
