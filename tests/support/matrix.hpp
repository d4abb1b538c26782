// SPDX-License-Identifier: Apache-2.0
// Small matrices on the host, by the definition: what operators and geometries are compared with.
#pragma once

#include <random>

#include "tests/support/algebra.hpp"

namespace test {

template <class T>
std::vector<T> random(int64_t n, std::mt19937_64 &generator) {
  std::normal_distribution<double> normal;
  std::vector<T> v(static_cast<std::size_t>(n));
  for (T &e : v) {
    const double re = normal(generator);
    e = number<T>(re, normal(generator));
  }
  return v;
}
template <class T>
std::vector<T> random(int64_t n, unsigned seed) {
  std::mt19937_64 generator(seed);
  return random<T>(n, generator);
}
/// Real, between .5 and 3.
template <class T>
std::vector<T> positive(int64_t n, unsigned seed) {
  std::mt19937_64 generator(seed);
  std::uniform_real_distribution<double> uniform(.5, 3);
  std::vector<T> v(static_cast<std::size_t>(n));
  for (T &e : v) e = number<T>(uniform(generator));
  return v;
}

/// A row-major matrix.
template <class T>
struct Matrix {
  int64_t rows, cols;
  std::vector<T> a;

  Matrix(int64_t m, int64_t n) : rows(m), cols(n), a(static_cast<std::size_t>(m * n)) {}
  Matrix(int64_t m, int64_t n, std::vector<T> v) : rows(m), cols(n), a(std::move(v)) {}
  static Matrix identity(int64_t n) {
    return diagonal(std::vector<T>(static_cast<std::size_t>(n), T(1)));
  }
  static Matrix diagonal(const std::vector<T> &d) {
    const auto n = static_cast<int64_t>(d.size());
    Matrix m(n, n);
    for (int64_t i = 0; i < n; ++i) m(i, i) = d[static_cast<std::size_t>(i)];
    return m;
  }
  /// Hermitian and positive, with a small condition number.
  static Matrix definite(int64_t n, unsigned seed) {
    const Matrix r(n, n, random<T>(n * n, seed));
    Matrix g = r.turned(true).times(r);
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < n; ++j) g(i, j) = g(i, j) / T(n) + (i == j ? T(1) : T(0));
    for (int64_t i = 0; i < n; ++i) g(i, i) = number<T>(std::real(g(i, i)));
    return g;
  }

  T &operator()(int64_t i, int64_t j) { return a[static_cast<std::size_t>(i * cols + j)]; }
  T operator()(int64_t i, int64_t j) const { return a[static_cast<std::size_t>(i * cols + j)]; }

  std::vector<T> times(const std::vector<T> &x) const {
    std::vector<T> y(static_cast<std::size_t>(rows));
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < cols; ++j)
        y[static_cast<std::size_t>(i)] += (*this)(i, j) * x[static_cast<std::size_t>(j)];
    return y;
  }
  Matrix times(const Matrix &b) const {
    Matrix c(rows, b.cols);
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < b.cols; ++j)
        for (int64_t k = 0; k < cols; ++k) c(i, j) += (*this)(i, k) * b(k, j);
    return c;
  }
  /// The transpose, conjugated if asked.
  Matrix turned(bool conj) const {
    Matrix h(cols, rows);
    for (int64_t i = 0; i < cols; ++i)
      for (int64_t j = 0; j < rows; ++j) h(i, j) = conj ? conjugate((*this)(j, i)) : (*this)(j, i);
    return h;
  }
  /// By Gauss and Jordan.
  Matrix inverse() const {
    Matrix left = *this, right = identity(rows);
    for (int64_t k = 0; k < rows; ++k) {
      int64_t best = k;
      for (int64_t i = k; i < rows; ++i)
        if (std::abs(left(i, k)) > std::abs(left(best, k))) best = i;
      for (int64_t j = 0; j < rows; ++j) {
        std::swap(left(k, j), left(best, j));
        std::swap(right(k, j), right(best, j));
      }
      const T pivot = left(k, k);
      for (int64_t j = 0; j < rows; ++j) {
        left(k, j) /= pivot;
        right(k, j) /= pivot;
      }
      for (int64_t i = 0; i < rows; ++i) {
        if (i == k) continue;
        const T factor = left(i, k);
        for (int64_t j = 0; j < rows; ++j) {
          left(i, j) -= factor * left(k, j);
          right(i, j) -= factor * right(k, j);
        }
      }
    }
    return right;
  }
  /// G_X^-1 A^H G_Y: the adjoint between spaces with these Gram matrices.
  Matrix adjoint(const Matrix &of_X, const Matrix &of_Y) const {
    return of_X.inverse().times(turned(true).times(of_Y));
  }
};

/// The kinds of inner products on arrays.
enum class Metric { euclidean, weighted, gram, by_operator };
constexpr Metric every_metric[] = {Metric::euclidean, Metric::weighted, Metric::gram,
                                   Metric::by_operator};
constexpr const char *name(Metric m) {
  constexpr const char *names[] = {"Euclidean", "weighted", "Gram", "operator"};
  return names[static_cast<int>(m)];
}

/// A space of arrays with a random metric, and its Gram matrix.
template <class T>
struct MetricSpace {
  Space space;
  Matrix<T> G;
};
template <class T>
MetricSpace<T> metric_space(spc_context ctx, const Shape &shape, Metric metric, unsigned seed) {
  int64_t n = 1;
  for (const int64_t k : shape) n *= k;
  Geometry g;
  Matrix<T> G = Matrix<T>::identity(n);
  Shape square = shape;
  square.insert(square.end(), shape.begin(), shape.end());
  switch (metric) {
    case Metric::euclidean:
      break;
    case Metric::weighted: {
      const std::vector<T> w = positive<T>(n, seed);
      G = Matrix<T>::diagonal(w);
      g = weighted<T>(ctx, shape, w);
      break;
    }
    case Metric::gram:
      G = Matrix<T>::definite(n, seed);
      check(spc_geometry_gram(array<T>(ctx, {n, n}, G.a), g.out()));
      break;
    case Metric::by_operator: {
      G = Matrix<T>::definite(n, seed);
      const Space E = dense_space(ctx, shape);
      const LinOp R = dense_linop<T>(ctx, E, E, square, G.a);
      check(spc_geometry_operator(R, nullptr, 0, g.out()));
      break;
    }
  }
  return {dense_space(ctx, shape, g), std::move(G)};
}

template <class F>
void for_floating(F &&f) {
  f.template operator()<float>();
  f.template operator()<double>();
  f.template operator()<c64>();
  f.template operator()<c128>();
}

}  // namespace test
