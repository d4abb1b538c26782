// SPDX-License-Identifier: Apache-2.0
// Ops of the table on sparse operands, against the same computed on dense host matrices.
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <random>

#include "tests/support/c_api.hpp"

namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the vocabulary of the tests
using C128 = std::complex<double>;

struct NamedBinary {
  const char *name;
  decltype(&spc_add) fn;
};
struct NamedInto {
  const char *name;
  decltype(&spc_add_into) fn;
};

constexpr int32_t formats[] = {SPC_CSR, SPC_CSC, SPC_COO};

// A dense matrix on the host, row-major.
template <class T>
struct Host {
  int64_t rows, cols;
  std::vector<T> data;

  Host(int64_t r, int64_t c) : rows(r), cols(c), data(static_cast<std::size_t>(r * c)) {}
  Host(int64_t r, int64_t c, std::vector<T> values) : rows(r), cols(c), data(std::move(values)) {}
  typename std::vector<T>::reference operator()(int64_t i, int64_t j) {
    return data[static_cast<std::size_t>(i * cols + j)];
  }
  T operator()(int64_t i, int64_t j) const { return data[static_cast<std::size_t>(i * cols + j)]; }
  bool operator==(const Host &) const = default;
};

template <class T>
T plus(T a, T b) {
  if constexpr (std::is_same_v<T, bool>)
    return a || b;
  else
    return static_cast<T>(a + b);
}
template <class T>
T times(T a, T b) {
  if constexpr (std::is_same_v<T, bool>)
    return a && b;
  else
    return static_cast<T>(a * b);
}

template <class T>
Host<T> sum_of(const Host<T> &a, const Host<T> &b) {
  Host<T> c(a.rows, a.cols);
  for (std::size_t k = 0; k < c.data.size(); ++k) c.data[k] = plus<T>(a.data[k], b.data[k]);
  return c;
}
template <class T>
Host<T> product_of(const Host<T> &a, const Host<T> &b) {
  Host<T> c(a.rows, b.cols);
  for (int64_t i = 0; i < a.rows; ++i)
    for (int64_t k = 0; k < a.cols; ++k) {
      const T x = a(i, k);
      if (x == T{}) continue;
      for (int64_t j = 0; j < b.cols; ++j) c(i, j) = plus<T>(c(i, j), times<T>(x, b(k, j)));
    }
  return c;
}
template <class T>
Host<T> kron_of(const Host<T> &a, const Host<T> &b) {
  Host<T> c(a.rows * b.rows, a.cols * b.cols);
  for (int64_t i = 0; i < a.rows; ++i)
    for (int64_t j = 0; j < a.cols; ++j)
      for (int64_t k = 0; k < b.rows; ++k)
        for (int64_t l = 0; l < b.cols; ++l)
          c(i * b.rows + k, j * b.cols + l) = times<T>(a(i, j), b(k, l));
  return c;
}
template <class T>
Host<T> picked_of(const Host<T> &a, const std::vector<int64_t> &rows,
                  const std::vector<int64_t> &cols) {
  Host<T> c(static_cast<int64_t>(rows.size()), static_cast<int64_t>(cols.size()));
  for (int64_t i = 0; i < c.rows; ++i)
    for (int64_t j = 0; j < c.cols; ++j)
      c(i, j) = a(rows[static_cast<std::size_t>(i)], cols[static_cast<std::size_t>(j)]);
  return c;
}

class SparseAlgebra : public OnFamily {
 protected:
  // The matrix of repeated and unsorted entries in one of the formats, and what it is on the host.
  template <class T>
  struct Pair {
    Host<T> host;
    Array sparse;
  };

  template <class T, class I = int32_t>
  Pair<T> random(int64_t rows, int64_t cols, int64_t entries, int32_t format, int seed) {
    std::mt19937 engine(static_cast<unsigned>(seed));
    struct Entry {
      int64_t row, col;
      T value;
    };
    std::vector<Entry> list;
    Pair<T> p{Host<T>(rows, cols), {}};
    for (int64_t n = 0; rows * cols > 0 && n < entries; ++n) {
      Entry e{static_cast<int64_t>(engine() % rows), static_cast<int64_t>(engine() % cols), T{}};
      const int small = static_cast<int>(engine() % 7) - 3;
      if constexpr (std::is_same_v<T, C128>)
        e.value = {static_cast<double>(small), static_cast<double>(engine() % 5) - 2};
      else
        e.value = static_cast<T>(small);
      p.host(e.row, e.col) = plus<T>(p.host(e.row, e.col), e.value);
      list.push_back(e);
    }
    std::vector<I> first, second;
    std::vector<T> data;
    if (format == SPC_COO) {
      for (const Entry &e : list) {
        first.push_back(static_cast<I>(e.row));
        second.push_back(static_cast<I>(e.col));
        data.push_back(e.value);
      }
    } else {
      const int64_t major = format == SPC_CSR ? rows : cols;
      first.push_back(0);
      for (int64_t i = 0; i < major; ++i) {
        for (const Entry &e : list) {
          if ((format == SPC_CSR ? e.row : e.col) != i) continue;
          second.push_back(static_cast<I>(format == SPC_CSR ? e.col : e.row));
          data.push_back(e.value);
        }
        first.push_back(static_cast<I>(second.size()));
      }
    }
    Array f = vector<I>(ctx, first), s = vector<I>(ctx, second), d = vector<T>(ctx, data);
    check(spc_sparse_create(format, rows, cols, f, s, d, p.sparse.out()));
    return p;
  }

  template <class T>
  Host<T> host(spc_array a) {
    Array d;
    check(spc_asarray(nullptr, a, SPC_DTYPE_NONE, d.out()));
    const Shape shape = shape_of(d);
    EXPECT_EQ(shape.size(), 2u);
    return Host<T>(shape[0], shape[1], values<T>(d));
  }

  template <class T>
  Array sparse_of(const Host<T> &h, const char *format = "csr") {
    Array s;
    check(spc_assparse(ctx, array<T>(ctx, {h.rows, h.cols}, h.data), format, SPC_DTYPE_NONE,
                       s.out()));
    return s;
  }

  static int64_t nnz(spc_array a) {
    int64_t n = -1;
    check(spc_sparse_nnz(a, &n));
    return n;
  }
  static int32_t format_of(spc_array a) {
    int32_t f = -1;
    check(spc_sparse_format(a, &f));
    return f;
  }
  static int32_t index_dtype(spc_array a) {
    Array indices;
    check(spc_sparse_parts(a, nullptr, indices.out(), nullptr));
    return dtype_of(indices);
  }
  template <class I = int32_t>
  static bool is_canonical(spc_array a) {
    Array indptr, indices;
    check(spc_sparse_parts(a, indptr.out(), indices.out(), nullptr));
    const std::vector<I> p = values<I>(indptr), j = values<I>(indices);
    for (std::size_t i = 0; i + 1 < p.size(); ++i)
      for (auto k = static_cast<std::size_t>(p[i]) + 1; k < static_cast<std::size_t>(p[i + 1]); ++k)
        if (j[k - 1] >= j[k]) return false;
    return true;
  }
  // Entries of a canonical result are the non-zeros of the host matrix.
  template <class T>
  static int64_t non_zeros(const Host<T> &h) {
    int64_t n = 0;
    for (const T x : h.data) n += x != T{} ? 1 : 0;
    return n;
  }

  template <class T>
  void expect_canonical(spc_array got, const Host<T> &expected, int32_t format) {
    EXPECT_EQ(host<T>(got), expected);
    EXPECT_EQ(nnz(got), non_zeros(expected));
    EXPECT_EQ(format_of(got), format);
    EXPECT_TRUE(is_canonical<>(got));
  }

  template <class T>
  void sums_and_products();
};
SPC_ON_EVERY_FAMILY(SparseAlgebra);

template <class T>
void SparseAlgebra::sums_and_products() {
  int seed = 1;
  for (const int32_t fa : formats)
    for (const int32_t fb : formats) {
      SCOPED_TRACE(fa * 10 + fb);
      const int32_t result = fa == SPC_CSC ? SPC_CSC : SPC_CSR;
      Pair<T> a = random<T>(7, 5, 20, fa, ++seed), b = random<T>(7, 5, 16, fb, ++seed),
              c = random<T>(5, 9, 18, fb, ++seed);
      Array r;
      check(spc_add(a.sparse, b.sparse, r.out()));
      expect_canonical<T>(r, sum_of(a.host, b.host), result);
      check(spc_matmul(a.sparse, c.sparse, nullptr, r.out()));
      expect_canonical<T>(r, product_of(a.host, c.host), result);
      check(spc_dot(a.sparse, c.sparse, r.out()));
      expect_canonical<T>(r, product_of(a.host, c.host), result);
      check(spc_multiply(a.sparse, b.sparse, r.out()));
      Host<T> products = a.host;
      for (std::size_t k = 0; k < products.data.size(); ++k)
        products.data[k] = times<T>(products.data[k], b.host.data[k]);
      expect_canonical<T>(r, products, result);
      check(spc_kron(a.sparse, c.sparse, r.out()));
      EXPECT_EQ(host<T>(r), kron_of(a.host, c.host));
      EXPECT_EQ(format_of(r), result);
      if constexpr (!std::is_same_v<T, bool>) {
        Host<T> difference = a.host;
        for (std::size_t k = 0; k < difference.data.size(); ++k)
          difference.data[k] = static_cast<T>(difference.data[k] - b.host.data[k]);
        check(spc_subtract(a.sparse, b.sparse, r.out()));
        expect_canonical<T>(r, difference, result);
        Host<T> combined = a.host;
        for (std::size_t k = 0; k < combined.data.size(); ++k)
          combined.data[k] = static_cast<T>(T(2) * combined.data[k] + T(3) * b.host.data[k]);
        check(spc_axpby(weak(2), a.sparse, weak(3), b.sparse, r.out()));
        expect_canonical<T>(r, combined, result);
      }
    }
}

TEST_P(SparseAlgebra, SumsAndProductsOfDoubles) {
  sums_and_products<double>();
}
TEST_P(SparseAlgebra, SumsAndProductsOfFloats) {
  sums_and_products<float>();
}
TEST_P(SparseAlgebra, SumsAndProductsOfComplexNumbers) {
  sums_and_products<C128>();
}
TEST_P(SparseAlgebra, SumsAndProductsOfIntegers) {
  sums_and_products<int32_t>();
}
TEST_P(SparseAlgebra, SumsAndProductsOfBytesWrap) {
  sums_and_products<uint8_t>();
}
TEST_P(SparseAlgebra, SumsAndProductsOfBools) {
  sums_and_products<bool>();
}

TEST_P(SparseAlgebra, DtypesAndIndexWidthsJoin) {
  Pair<float> a = random<float, int32_t>(6, 6, 12, SPC_CSR, 3);
  Pair<int32_t> b = random<int32_t, int64_t>(6, 6, 12, SPC_CSR, 4);
  for (const auto fn : {spc_add, spc_subtract, spc_multiply, spc_kron, spc_dot}) {
    Array r;
    check(fn(a.sparse, b.sparse, r.out()));
    EXPECT_EQ(dtype_of(r), SPC_FLOAT64);
    EXPECT_EQ(index_dtype(r), SPC_INT64);
  }
  Array scaled;
  check(spc_multiply(a.sparse, weak(2), scaled.out()));
  EXPECT_EQ(dtype_of(scaled), SPC_FLOAT32);
  check(spc_multiply(b.sparse, weak(0.5), scaled.out()));
  EXPECT_EQ(dtype_of(scaled), SPC_FLOAT64);
}

TEST_P(SparseAlgebra, CancelledEntriesGoNanStays) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Array a = sparse_of<double>({2, 2, {1, 2, 0, nan}}), b = sparse_of<double>({2, 2, {1, 3, 0, 0}}),
        r;
  check(spc_subtract(a, b, r.out()));
  EXPECT_EQ(nnz(r), 2);
  check(spc_subtract(b, b, r.out()));
  EXPECT_EQ(nnz(r), 0);
  EXPECT_EQ(host<double>(r), Host<double>(2, 2));
  // [1, 2] [2, -1]^T = 0
  Array row = sparse_of<double>({1, 2, {1, 2}}), col = sparse_of<double>({2, 1, {2, -1}});
  check(spc_matmul(row, col, nullptr, r.out()));
  EXPECT_EQ(nnz(r), 0);
  // A coefficient of 0 does not read what it multiplies.
  check(spc_axpby(weak(0), a, weak(1), b, r.out()));
  EXPECT_EQ(host<double>(r), host<double>(b));
  EXPECT_EQ(nnz(r), 2);
  // Absent coefficients are 1 and 0.
  check(spc_axpby(nullptr, b, nullptr, a, r.out()));
  EXPECT_EQ(host<double>(r), host<double>(b));
}

TEST_P(SparseAlgebra, InfinitiesOfComplexSumsStay) {
  const double inf = std::numeric_limits<double>::infinity();
  Array a = sparse_of<C128>({1, 2, {C128(inf, 1), 0}}),
        b = sparse_of<C128>({1, 2, {0, C128(2, inf)}}), r;
  check(spc_subtract(a, b, r.out()));
  const Host<C128> got = host<C128>(r);
  EXPECT_EQ(got(0, 0), C128(inf, 1));
  EXPECT_EQ(got(0, 1), C128(-2, -inf));
}

TEST_P(SparseAlgebra, DenseOperands) {
  for (const int32_t format : formats) {
    SCOPED_TRACE(format);
    Pair<double> a = random<double>(4, 3, 9, format, 11);
    const Host<double> d(4, 3, {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3});
    Array dense = array<double>(ctx, {4, 3}, d.data), r;
    check(spc_add(a.sparse, dense, r.out()));
    EXPECT_EQ(values<double>(r), sum_of(a.host, d).data);
    check(spc_add(dense, a.sparse, r.out()));
    EXPECT_EQ(values<double>(r), sum_of(a.host, d).data);
    Array out = array<double>(ctx, {4, 3}, std::vector<double>(12, 7));
    check(spc_subtract_into(dense, a.sparse, out));
    Host<double> difference = d;
    for (std::size_t k = 0; k < 12; ++k) difference.data[k] -= a.host.data[k];
    EXPECT_EQ(values<double>(out), difference.data);
    check(spc_axpby(weak(2), a.sparse, weak(1), dense, r.out()));
    EXPECT_EQ(values<double>(r), sum_of(sum_of(a.host, a.host), d).data);

    // Entry by entry: rows scaled, columns scaled, all of them.
    Array rows = array<double>(ctx, {4, 1}, {1, 2, 4, 8}), cols = vector<double>(ctx, {1, -1, 3});
    Host<double> by_rows = a.host, by_cols = a.host, all = a.host, quotient = a.host;
    const double row_factor[] = {1, 2, 4, 8}, col_factor[] = {1, -1, 3};
    for (int64_t i = 0; i < 4; ++i)
      for (int64_t j = 0; j < 3; ++j) {
        by_rows(i, j) *= row_factor[i];
        by_cols(i, j) *= col_factor[j];
        all(i, j) *= d(i, j);
        quotient(i, j) /= row_factor[i];
      }
    const int32_t result = format == SPC_COO ? int32_t{SPC_CSR} : format;
    check(spc_multiply(a.sparse, rows, r.out()));
    EXPECT_EQ(host<double>(r), by_rows);
    EXPECT_EQ(format_of(r), result);
    check(spc_multiply(cols, a.sparse, r.out()));
    EXPECT_EQ(host<double>(r), by_cols);
    check(spc_multiply(a.sparse, dense, r.out()));
    EXPECT_EQ(host<double>(r), all);
    check(spc_divide(a.sparse, rows, r.out()));
    EXPECT_EQ(host<double>(r), quotient);
    check(spc_divide(a.sparse, weak(2), r.out()));
    Host<double> half = a.host;
    for (double &x : half.data) x /= 2;
    EXPECT_EQ(host<double>(r), half);
    check(spc_multiply(weak(2), a.sparse, r.out()));
    EXPECT_EQ(host<double>(r), sum_of(a.host, a.host));
    check(spc_multiply(a.sparse, array<double>(ctx, {}, {2}), r.out()));
    EXPECT_EQ(host<double>(r), sum_of(a.host, a.host));
  }
}

TEST_P(SparseAlgebra, ProductsWithDenseMatricesOfAnyStrides) {
  for (const int32_t format : formats) {
    SCOPED_TRACE(format);
    Pair<C128> a = random<C128>(4, 3, 8, format, 21);
    Host<C128> left(2, 4), right(3, 2);
    for (std::size_t k = 0; k < left.data.size(); ++k) left.data[k] = {static_cast<double>(k), 1};
    for (std::size_t k = 0; k < right.data.size(); ++k) right.data[k] = {1, static_cast<double>(k)};
    Array l = array<C128>(ctx, {2, 4}, left.data), r = array<C128>(ctx, {3, 2}, right.data), out;
    check(spc_matmul(a.sparse, r, nullptr, out.out()));
    EXPECT_EQ(values<C128>(out), product_of(a.host, right).data);
    check(spc_matmul(l, a.sparse, nullptr, out.out()));
    EXPECT_EQ(values<C128>(out), product_of(left, a.host).data);
    check(spc_dot(l, a.sparse, out.out()));
    EXPECT_EQ(values<C128>(out), product_of(left, a.host).data);

    // Transposed and reversed operands and outputs.
    Host<C128> turned(4, 2);
    for (int64_t i = 0; i < 4; ++i)
      for (int64_t j = 0; j < 2; ++j) turned(i, j) = left(1 - j, i);
    Array columns = array<C128>(ctx, {4, 2}, turned.data), view, target, target_view;
    check(spc_transpose(columns, SPC_ALL_AXES, nullptr, view.out()));
    view = getitem(view, {slice(SPC_NONE_I64, SPC_NONE_I64, -1)});
    target = array<C128>(ctx, {3, 2}, std::vector<C128>(6, {9, 9}));
    check(spc_transpose(target, SPC_ALL_AXES, nullptr, target_view.out()));
    check(spc_matmul_into(view, a.sparse, nullptr, target_view));
    EXPECT_EQ(values<C128>(target_view), product_of(left, a.host).data);

    Array row = vector<C128>(ctx, {1, C128(0, 1), -1, 2});
    check(spc_matmul(row, a.sparse, nullptr, out.out()));
    EXPECT_EQ(shape_of(out), Shape{3});
    EXPECT_EQ(values<C128>(out), product_of(Host<C128>(1, 4, {1, C128(0, 1), -1, 2}), a.host).data);
    Array col = vector<float>(ctx, {1, 2, 3});
    check(spc_matmul(a.sparse, col, nullptr, out.out()));
    EXPECT_EQ(values<C128>(out), product_of(a.host, Host<C128>(3, 1, {1, 2, 3})).data);
  }
}

TEST_P(SparseAlgebra, KronWithDenseOperands) {
  Pair<double> a = random<double>(3, 2, 5, SPC_CSR, 31);
  const Host<double> d(2, 2, {1, 0, 2, 3});
  Array dense = array<double>(ctx, {2, 2}, d.data), r;
  check(spc_kron(a.sparse, dense, r.out()));
  EXPECT_EQ(host<double>(r), kron_of(a.host, d));
  check(spc_kron(dense, a.sparse, r.out()));
  EXPECT_EQ(host<double>(r), kron_of(d, a.host));
  check(spc_kron(a.sparse, vector<double>(ctx, {1, 2}), r.out()));
  EXPECT_EQ(host<double>(r), kron_of(a.host, Host<double>(1, 2, {1, 2})));
  check(spc_kron(weak(2), a.sparse, r.out()));
  EXPECT_EQ(host<double>(r), sum_of(a.host, a.host));
}

TEST_P(SparseAlgebra, EntryByEntry) {
  const auto each = [](Host<C128> h, auto f) {
    for (C128 &x : h.data) x = f(x);
    return h;
  };
  for (const int32_t format : formats) {
    SCOPED_TRACE(format);
    Pair<C128> a = random<C128>(5, 4, 15, format, 41);
    Array r, s;
    check(spc_negative(a.sparse, r.out()));
    EXPECT_EQ(host<C128>(r), each(a.host, [](C128 x) { return -x; }));
    check(spc_conj(a.sparse, r.out()));
    EXPECT_EQ(host<C128>(r), each(a.host, [](C128 x) { return std::conj(x); }));
    EXPECT_EQ(format_of(r), format);
    check(spc_square(a.sparse, r.out()));
    EXPECT_EQ(host<C128>(r), each(a.host, [](C128 x) { return x * x; }));
    check(spc_real(a.sparse, r.out()));
    Host<double> real(5, 4), imag(5, 4), moduli(5, 4);
    for (std::size_t k = 0; k < 20; ++k) {
      real.data[k] = a.host.data[k].real();
      imag.data[k] = a.host.data[k].imag();
      moduli.data[k] = std::abs(a.host.data[k]);
    }
    EXPECT_EQ(host<double>(r), real);
    check(spc_imag(a.sparse, r.out()));
    EXPECT_EQ(host<double>(r), imag);
    check(spc_abs(a.sparse, r.out()));
    const Host<double> got = host<double>(r);
    for (std::size_t k = 0; k < 20; ++k) EXPECT_NEAR(got.data[k], moduli.data[k], 1e-14);

    Pair<double> b = random<double>(5, 4, 15, format, 42);
    check(spc_sign(b.sparse, r.out()));
    Host<double> signs = b.host;
    for (double &x : signs.data) x = x > 0 ? 1 : x < 0 ? -1 : 0;
    EXPECT_EQ(host<double>(r), signs);
    check(spc_abs(b.sparse, r.out()));
    check(spc_sqrt(r, s.out()));
    const Host<double> roots = host<double>(s);
    for (std::size_t k = 0; k < 20; ++k)
      EXPECT_NEAR(roots.data[k], std::sqrt(std::abs(b.host.data[k])), 1e-14);
    check(spc_sin(b.sparse, r.out()));
    const Host<double> sines = host<double>(r);
    for (std::size_t k = 0; k < 20; ++k)
      EXPECT_NEAR(sines.data[k], std::sin(b.host.data[k]), 1e-14);
  }
}

TEST_P(SparseAlgebra, TransposeAndAdjoint) {
  const int64_t swapped[] = {1, 0}, same[] = {0, 1}, negative[] = {-1, -2};
  for (const int32_t format : formats) {
    Pair<C128> a = random<C128>(5, 3, 9, format, 51);
    Host<C128> t(3, 5), h(3, 5);
    for (int64_t i = 0; i < 3; ++i)
      for (int64_t j = 0; j < 5; ++j) {
        t(i, j) = a.host(j, i);
        h(i, j) = std::conj(a.host(j, i));
      }
    Array r;
    check(spc_transpose(a.sparse, SPC_ALL_AXES, nullptr, r.out()));
    EXPECT_EQ(host<C128>(r), t);
    for (const int64_t *axes : {swapped, negative}) {
      check(spc_transpose(a.sparse, 2, axes, r.out()));
      EXPECT_EQ(host<C128>(r), t);
    }
    check(spc_transpose(a.sparse, 2, same, r.out()));
    EXPECT_EQ(host<C128>(r), a.host);
    check(spc_adjoint(a.sparse, r.out()));
    EXPECT_EQ(host<C128>(r), h);
    expect_error(spc_transpose(a.sparse, 1, swapped, r.out()), SPC_E_VALUE,
                 {"transpose: 1 axes given for an array of dimension 2"});
    const int64_t bad[] = {0, 2};
    expect_error(spc_transpose(a.sparse, 2, bad, r.out()), SPC_E_AXIS,
                 {"transpose: axis 2 is out of bounds for an array of dimension 2"});
  }
}

TEST_P(SparseAlgebra, RowsAndColumns) {
  for (const int32_t format : formats) {
    SCOPED_TRACE(format);
    Pair<double> a = random<double>(6, 5, 22, format, 61);
    const std::vector<int64_t> all_rows = {0, 1, 2, 3, 4, 5}, all_cols = {0, 1, 2, 3, 4};
    const auto expect_part = [&](Array part, const std::vector<int64_t> &rows,
                                 const std::vector<int64_t> &cols) {
      EXPECT_EQ(host<double>(part), picked_of(a.host, rows, cols));
      EXPECT_EQ(format_of(part), format == SPC_CSC   ? SPC_CSC
                                 : format == SPC_COO ? SPC_CSR
                                                     : SPC_CSR);
    };
    expect_part(getitem(a.sparse, {slice(1, 4)}), {1, 2, 3}, all_cols);
    expect_part(getitem(a.sparse, {slice(SPC_NONE_I64, SPC_NONE_I64, -2)}), {5, 3, 1}, all_cols);
    expect_part(getitem(a.sparse, {all(), slice(-3, SPC_NONE_I64)}), all_rows, {2, 3, 4});
    expect_part(getitem(a.sparse, {ellipsis(), slice(3, 0, -1)}), all_rows, {3, 2, 1});
    expect_part(getitem(a.sparse, {slice(2, 3), slice(1, 4, 2)}), {2}, {1, 3});
    expect_part(getitem(a.sparse, {at(-1)}), {5}, all_cols);
    expect_part(getitem(a.sparse, {all(), at(2)}), all_rows, {2});
    expect_part(getitem(a.sparse, {}), all_rows, all_cols);
    expect_part(getitem(a.sparse, {slice(3, 3)}), {}, all_cols);
    expect_part(getitem(a.sparse, {all(), slice(4, 4)}), all_rows, {});
    Array rows = vector<int64_t>(ctx, {5, 0, 0, -2}), cols = vector<int32_t>(ctx, {4, 1, 4});
    expect_part(getitem(a.sparse, {pick(rows)}), {5, 0, 0, 4}, all_cols);
    expect_part(getitem(a.sparse, {all(), pick(cols)}), all_rows, {4, 1, 4});
    expect_part(getitem(a.sparse, {pick(rows), slice(1, 3)}), {5, 0, 0, 4}, {1, 2});
    Array mask = vector<bool>(ctx, {true, false, false, true, true, false});
    expect_part(getitem(a.sparse, {pick(mask)}), {0, 3, 4}, all_cols);
    Array mesh_rows, mesh_cols;
    const int64_t column[] = {4, 1}, line[] = {1, 3};
    check(spc_reshape(rows, 2, column, mesh_rows.out()));
    check(spc_reshape(cols, 2, line, mesh_cols.out()));
    expect_part(getitem(a.sparse, {pick(mesh_rows), pick(mesh_cols)}), {5, 0, 0, 4}, {4, 1, 4});
    Array r;
    check(spc_take(a.sparse, rows, 0, r.out()));
    expect_part(std::move(r), {5, 0, 0, 4}, all_cols);
    check(spc_take(a.sparse, cols, -1, r.out()));
    expect_part(std::move(r), all_rows, {4, 1, 4});
    for (int64_t i = 0; i < 6; ++i)
      for (int64_t j = 0; j < 5; ++j) {
        Array one = getitem(a.sparse, {at(i), at(j - 5)});
        EXPECT_EQ(shape_of(one), Shape{});
        EXPECT_EQ(value<double>(one), a.host(i, j));
      }
  }
}

TEST_P(SparseAlgebra, IndexErrors) {
  Pair<double> a = random<double>(6, 5, 22, SPC_CSR, 62);
  Array r, rows = vector<int64_t>(ctx, {0, 7}), pair = vector<int64_t>(ctx, {0, 1});
  const auto expect = [&](std::vector<spc_index> index, spc_status code,
                          std::initializer_list<const char *> text) {
    expect_error(spc_getitem(a.sparse, static_cast<int32_t>(index.size()), index.data(), r.out()),
                 code, text);
  };
  expect({at(6)}, SPC_E_INDEX, {"getitem: index 6 is out of bounds for axis 0 with size 6"});
  expect({all(), at(-6)}, SPC_E_INDEX,
         {"getitem: index -6 is out of bounds for axis 1 with size 5"});
  expect({pick(rows)}, SPC_E_INDEX, {"getitem: ", "7 is out of bounds for axis 0 with size 6"});
  const Array mask = vector<bool>(ctx, {true, false});
  expect({pick(mask)}, SPC_E_INDEX,
         {"getitem: the mask has shape (2,), the indexed axes of (6, 5) have length 6 at 0"});
  expect({all(), pick(mask)}, SPC_E_INDEX, {"getitem: the mask has shape (2,), ", "of (6, 5)"});
  expect({all(), pick(rows)}, SPC_E_INDEX,
         {"getitem: ", "7 is out of bounds for axis 1 with size 5"});
  expect({at(0), at(0), at(0)}, SPC_E_INDEX,
         {"getitem: too many indices: the array has 2 axes, 3 were indexed"});
  expect({new_axis()}, SPC_E_INDEX,
         {"getitem: a new axis for a sparse array of shape (6, 5), which has two"});
  expect({slice(0, 2, 0)}, SPC_E_VALUE, {"getitem: slice step is 0"});
  expect({pick(pair), pick(pair)}, SPC_E_NOTIMPL,
         {"getitem: index arrays of shapes (2,) and (2,) name single elements of a sparse array"});
  expect({ellipsis(), ellipsis()}, SPC_E_INDEX, {"getitem: 2 ellipses, at most one is allowed"});
  expect_error(spc_take(a.sparse, pair, SPC_NONE_I64, r.out()), SPC_E_NOTIMPL,
               {"take: a sparse array of shape (6, 5) is not flattened; give an axis"});
  expect_error(spc_take(a.sparse, rows, 0, r.out()), SPC_E_INDEX,
               {"take: ", "7 is out of bounds for axis 0 with size 6"});
}

TEST_P(SparseAlgebra, Diagonals) {
  for (const int32_t format : formats)
    for (const Shape &shape : {Shape{5, 7}, Shape{7, 4}, Shape{0, 3}}) {
      Pair<double> a = random<double>(shape[0], shape[1], 25, format, 71);
      Array d;
      for (int64_t offset = -9; offset <= 9; ++offset) {
        std::vector<double> expected;
        for (int64_t i = 0; i < shape[0]; ++i)
          if (i + offset >= 0 && i + offset < shape[1]) expected.push_back(a.host(i, i + offset));
        check(spc_sparse_offset_diagonal(a.sparse, offset, d.out()));
        EXPECT_EQ(values<double>(d), expected) << "offset " << offset;
      }
      for (const int64_t far : {INT64_MIN, INT64_MAX}) {
        check(spc_sparse_offset_diagonal(a.sparse, far, d.out()));
        EXPECT_EQ(shape_of(d), Shape{0});
      }
      check(spc_diagonal(a.sparse, d.out()));
      double trace = 0;
      for (int64_t i = 0; i < std::min(shape[0], shape[1]); ++i) trace += a.host(i, i);
      EXPECT_EQ(shape_of(d), Shape{std::min(shape[0], shape[1])});
      check(spc_trace(a.sparse, d.out()));
      EXPECT_EQ(value<double>(d), trace);
    }
}

TEST_P(SparseAlgebra, Reductions) {
  const int64_t zero[] = {0}, one[] = {-1}, both[] = {0, 1};
  for (const int32_t format : formats) {
    SCOPED_TRACE(format);
    Pair<int32_t> a = random<int32_t>(6, 4, 14, format, 81);
    std::vector<int64_t> by_cols(4), by_rows(6);
    std::vector<int32_t> max_cols(4, INT32_MIN), min_rows(6, INT32_MAX);
    int64_t total = 0;
    int32_t largest = INT32_MIN, smallest = INT32_MAX;
    for (int64_t i = 0; i < 6; ++i)
      for (int64_t j = 0; j < 4; ++j) {
        const int32_t x = a.host(i, j);
        const auto row = static_cast<std::size_t>(i), col = static_cast<std::size_t>(j);
        by_cols[col] += x;
        by_rows[row] += x;
        max_cols[col] = std::max(max_cols[col], x);
        min_rows[row] = std::min(min_rows[row], x);
        total += x;
        largest = std::max(largest, x);
        smallest = std::min(smallest, x);
      }
    Array r;
    check(spc_sum(a.sparse, 1, zero, 0, SPC_DTYPE_NONE, r.out()));
    EXPECT_EQ(values<int64_t>(r), by_cols);
    check(spc_sum(a.sparse, 1, one, 1, SPC_DTYPE_NONE, r.out()));
    EXPECT_EQ(values<int64_t>(r), by_rows);
    EXPECT_EQ(shape_of(r), (Shape{6, 1}));
    for (const auto &[n, axes] : {std::pair<int32_t, const int64_t *>{SPC_ALL_AXES, nullptr},
                                  std::pair<int32_t, const int64_t *>{2, both}}) {
      check(spc_sum(a.sparse, n, axes, 0, SPC_DTYPE_NONE, r.out()));
      EXPECT_EQ(value<int64_t>(r), total);
      check(spc_max(a.sparse, n, axes, 1, r.out()));
      EXPECT_EQ(value<int32_t>(r), largest);
      EXPECT_EQ(shape_of(r), (Shape{1, 1}));
      check(spc_min(a.sparse, n, axes, 0, r.out()));
      EXPECT_EQ(value<int32_t>(r), smallest);
    }
    check(spc_max(a.sparse, 1, zero, 0, r.out()));
    EXPECT_EQ(values<int32_t>(r), max_cols);
    check(spc_min(a.sparse, 1, one, 0, r.out()));
    EXPECT_EQ(values<int32_t>(r), min_rows);
    check(spc_sum(a.sparse, 0, zero, 0, SPC_DTYPE_NONE, r.out()));
    EXPECT_EQ(shape_of(r), (Shape{6, 4}));
    Array out = vector<double>(ctx, std::vector<double>(4, 7));
    check(spc_sum_into(a.sparse, 1, zero, 0, SPC_FLOAT64, out));
    EXPECT_EQ(values<double>(out), std::vector<double>(by_cols.begin(), by_cols.end()));
    expect_error(spc_sum_into(a.sparse, 1, one, 0, SPC_FLOAT64, out), SPC_E_VALUE,
                 {"sum: the output has shape (4,), the result has shape (6,)"});
  }
  Pair<double> none = random<double>(0, 3, 0, SPC_CSR, 82);
  Array r;
  expect_error(spc_max(none.sparse, SPC_ALL_AXES, nullptr, 0, r.out()), SPC_E_VALUE,
               {"max: no elements to reduce: shape (0, 3)"});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Array with_nan = sparse_of<double>({2, 2, {nan, 1, 0, 5}});
  check(spc_max(with_nan, SPC_ALL_AXES, nullptr, 0, r.out()));
  EXPECT_TRUE(std::isnan(value<double>(r)));
  check(spc_max(with_nan, 1, one, 0, r.out()));
  EXPECT_TRUE(std::isnan(values<double>(r)[0]));
  EXPECT_EQ(values<double>(r)[1], 5);
}

TEST_P(SparseAlgebra, Norms) {
  const double inf = std::numeric_limits<double>::infinity();
  const int64_t turned[] = {1, 0}, one[] = {0};
  for (const int32_t format : formats) {
    SCOPED_TRACE(format);
    Pair<C128> a = random<C128>(6, 4, 14, format, 91);
    Array dense = array<C128>(ctx, {6, 4}, a.host.data), r, expected;
    struct Order {
      int32_t ord;
      double p;
    };
    for (const auto &[ord, p] :
         {Order{SPC_ORD_DEFAULT, 0}, Order{SPC_ORD_FRO, 0}, Order{SPC_ORD_P, 1},
          Order{SPC_ORD_P, -1}, Order{SPC_ORD_P, inf}, Order{SPC_ORD_P, -inf}})
      for (const int64_t *axes : {static_cast<const int64_t *>(nullptr), turned}) {
        const int32_t n = axes == nullptr ? int32_t{SPC_ALL_AXES} : 2;
        check(spc_norm(a.sparse, ord, p, n, axes, 0, r.out()));
        check(spc_norm(dense, ord, p, n, axes, 0, expected.out()));
        EXPECT_NEAR(value<double>(r), value<double>(expected), 1e-12) << ord << " " << p;
        EXPECT_EQ(shape_of(r), Shape{});
      }
    check(spc_norm(a.sparse, SPC_ORD_P, inf, SPC_ALL_AXES, nullptr, 1, r.out()));
    EXPECT_EQ(shape_of(r), (Shape{1, 1}));
    expect_error(spc_norm(a.sparse, SPC_ORD_P, 2, SPC_ALL_AXES, nullptr, 0, r.out()), SPC_E_NOTIMPL,
                 {"norm: of this order of a sparse array of shape (6, 4)"});
    expect_error(spc_norm(a.sparse, SPC_ORD_DEFAULT, 0, 1, one, 0, r.out()), SPC_E_NOTIMPL,
                 {"norm: along 1 axes of a sparse array of shape (6, 4)"});
  }
  Pair<int32_t> integers = random<int32_t>(3, 3, 5, SPC_CSR, 92);
  Array r;
  check(spc_norm(integers.sparse, SPC_ORD_P, 1, SPC_ALL_AXES, nullptr, 0, r.out()));
  EXPECT_EQ(dtype_of(r), SPC_FLOAT64);
}

TEST_P(SparseAlgebra, Means) {
  const int64_t zero[] = {0}, one[] = {-1}, twice[] = {1, 1};
  for (const int32_t format : formats) {
    SCOPED_TRACE(format);
    Pair<int32_t> a = random<int32_t>(6, 4, 14, format, 83);
    std::vector<double> by_cols(4), by_rows(6);
    double total = 0;
    for (int64_t i = 0; i < 6; ++i)
      for (int64_t j = 0; j < 4; ++j) {
        by_cols[static_cast<std::size_t>(j)] += a.host(i, j);
        by_rows[static_cast<std::size_t>(i)] += a.host(i, j);
        total += a.host(i, j);
      }
    for (double &x : by_cols) x /= 6;
    for (double &x : by_rows) x /= 4;
    Array r;
    check(spc_mean(a.sparse, 1, zero, 0, r.out()));
    EXPECT_EQ(values<double>(r), by_cols);
    check(spc_mean(a.sparse, 1, one, 1, r.out()));
    EXPECT_EQ(values<double>(r), by_rows);
    EXPECT_EQ(shape_of(r), (Shape{6, 1}));
    check(spc_mean(a.sparse, SPC_ALL_AXES, nullptr, 0, r.out()));
    EXPECT_EQ(value<double>(r), total / 24);
    EXPECT_EQ(shape_of(r), Shape{});
    check(spc_mean(a.sparse, 0, zero, 0, r.out()));
    EXPECT_EQ(values<double>(r), std::vector<double>(a.host.data.begin(), a.host.data.end()));
    Array out = vector<double>(ctx, std::vector<double>(4, 7));
    check(spc_mean_into(a.sparse, 1, zero, 0, out));
    EXPECT_EQ(values<double>(out), by_cols);
    expect_error(spc_mean_into(a.sparse, 1, one, 0, out), SPC_E_VALUE,
                 {"mean: the output has shape (4,), the result has shape (6,)"});
    expect_error(spc_mean(a.sparse, 2, twice, 0, r.out()), SPC_E_VALUE, {"mean"});
    EXPECT_EQ(values<double>(out), by_cols);

    Pair<C128> z = random<C128>(3, 5, 9, format, 84);
    C128 sum = 0;
    for (const C128 x : z.host.data) sum += x;
    check(spc_mean(z.sparse, SPC_ALL_AXES, nullptr, 1, r.out()));
    EXPECT_EQ(shape_of(r), (Shape{1, 1}));
    EXPECT_LT(std::abs(values<C128>(r)[0] - sum / 15.0), 1e-15);
  }
  // The bytes wrap where they are added, as those of the dense matrix do.
  Array r, row = vector<int32_t>(ctx, {0, 0}), bytes = vector<int8_t>(ctx, {100, 100}), s;
  check(spc_sparse_create(SPC_COO, 1, 2, row, row, bytes, s.out()));
  check(spc_mean(s, SPC_ALL_AXES, nullptr, 0, r.out()));
  EXPECT_EQ(value<double>(r), -28);
  check(spc_mean(random<float>(0, 3, 0, SPC_CSR, 82).sparse, 1, zero, 0, r.out()));
  EXPECT_EQ(dtype_of(r), SPC_FLOAT32);
  for (const float x : values<float>(r)) EXPECT_TRUE(std::isnan(x));
  // More elements than an int64 counts.
  Array end = vector<int64_t>(ctx, {int64_t{1} << 40}), unit = vector<double>(ctx, {1});
  check(spc_sparse_create(SPC_COO, (int64_t{1} << 40) + 1, (int64_t{1} << 40) + 1, end, end, unit,
                          s.out()));
  check(spc_mean(s, SPC_ALL_AXES, nullptr, 0, r.out()));
  EXPECT_EQ(value<double>(r), 1 / ((0x1p40 + 1) * (0x1p40 + 1)));
}

TEST_P(SparseAlgebra, CopiesAndCasts) {
  const auto part = [](spc_array a, int k) {
    Array parts[3];
    check(spc_sparse_parts(a, parts[0].out(), parts[1].out(), parts[2].out()));
    return std::move(parts[k]);
  };
  const auto shares = [&](spc_array a, spc_array b, int k) {
    int32_t yes = -1;
    check(spc_array_is_view_of(part(a, k), part(b, k), &yes));
    return yes == 1;
  };
  for (const int32_t format : formats) {
    SCOPED_TRACE(format);
    Pair<double> a = random<double>(6, 5, 25, format, 101);
    Array r;
    check(spc_copy(a.sparse, r.out()));
    EXPECT_EQ(format_of(r), format);
    EXPECT_EQ(nnz(r), nnz(a.sparse));
    for (int k = 0; k < 3; ++k) EXPECT_FALSE(shares(r, a.sparse, k)) << k;
    Host<double> before = a.host;
    check(spc_array_set(part(a.sparse, 2), weak(0)));
    EXPECT_EQ(host<double>(r), before);
    EXPECT_EQ(host<double>(a.sparse), Host<double>(6, 5));

    Pair<double> b = random<double>(6, 5, 25, format, 102);
    for (double &x : b.host.data) x *= .5;
    check(spc_multiply(b.sparse, weak(.5), r.out()));
    b.sparse = std::move(r);
    check(spc_astype(b.sparse, SPC_DTYPE_NONE, r.out()));
    EXPECT_TRUE(shares(r, b.sparse, 2));
    check(spc_astype(b.sparse, SPC_FLOAT64, r.out()));
    EXPECT_FALSE(shares(r, b.sparse, 2));
    EXPECT_EQ(host<double>(r), b.host);
    // Repeated entries are added before they lose their fractions.
    check(spc_astype(b.sparse, SPC_INT32, r.out()));
    EXPECT_EQ(format_of(r), format);
    EXPECT_EQ(host<int32_t>(r),
              Host<int32_t>(6, 5, std::vector<int32_t>(b.host.data.begin(), b.host.data.end())));
    check(spc_astype(b.sparse, SPC_BOOL, r.out()));
    EXPECT_EQ(format_of(r), format);
    EXPECT_EQ(host<bool>(r),
              Host<bool>(6, 5, std::vector<bool>(b.host.data.begin(), b.host.data.end())));
    check(spc_astype(b.sparse, SPC_COMPLEX64, r.out()));
    EXPECT_EQ(dtype_of(r), SPC_COMPLEX64);
    Array real;
    expect_error(spc_astype(r, SPC_FLOAT64, real.out()), SPC_E_TYPE,
                 {"astype rejected complex-valued input"});
  }
}

TEST_P(SparseAlgebra, TrianglesAndPlaces) {
  for (const int32_t format : formats)
    for (const Shape &shape : {Shape{6, 5}, Shape{4, 7}, Shape{0, 3}, Shape{3, 0}}) {
      SCOPED_TRACE(format);
      const int64_t rows = shape[0], cols = shape[1];
      Pair<double> a = random<double>(rows, cols, 22, format, 103);
      for (const bool lower : {true, false}) {
        Host<double> expected(rows, cols);
        for (int64_t i = 0; i < rows; ++i)
          for (int64_t j = 0; j < cols; ++j)
            if (lower ? j <= i : j >= i) expected(i, j) = a.host(i, j);
        Array r, again, data;
        check((lower ? spc_tril : spc_triu)(a.sparse, r.out()));
        EXPECT_EQ(host<double>(r), expected);
        EXPECT_EQ(format_of(r), format);
        EXPECT_EQ(shape_of(r), shape);
        // All of it lies there: the same values, but no view of them.
        check((lower ? spc_tril : spc_triu)(r, again.out()));
        check(spc_sparse_parts(again, nullptr, nullptr, data.out()));
        check(spc_array_set(data, weak(7)));
        EXPECT_EQ(host<double>(r), expected);
      }
      std::vector<int64_t> at_row, at_col;
      for (int64_t i = 0; i < rows; ++i)
        for (int64_t j = 0; j < cols; ++j)
          if (a.host(i, j) != 0) {
            at_row.push_back(i);
            at_col.push_back(j);
          }
      Array places, item;
      check(spc_nonzero(a.sparse, places.out()));
      check(spc_value_item(places, 0, item.out()));
      EXPECT_EQ(values<int64_t>(item), at_row);
      check(spc_value_item(places, 1, item.out()));
      EXPECT_EQ(values<int64_t>(item), at_col);
    }
}

TEST_P(SparseAlgebra, PowersAndNaN) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const int32_t format : formats) {
    SCOPED_TRACE(format);
    Pair<int32_t> a = random<int32_t>(6, 5, 25, format, 104);
    Array r, moduli;
    Host<int32_t> cubes = a.host;
    for (int32_t &x : cubes.data) x = x * x * x;
    check(spc_power(a.sparse, weak(3), r.out()));
    EXPECT_EQ(dtype_of(r), SPC_INT32);
    EXPECT_EQ(host<int32_t>(r), cubes);
    check(spc_abs(a.sparse, moduli.out()));
    Host<double> roots(6, 5);
    for (std::size_t k = 0; k < roots.data.size(); ++k)
      roots.data[k] = std::sqrt(std::abs(a.host.data[k]));
    check(spc_power(moduli, weak(.5), r.out()));
    EXPECT_EQ(dtype_of(r), SPC_FLOAT64);
    const std::vector<double> got = host<double>(r).data;
    for (std::size_t k = 0; k < got.size(); ++k) EXPECT_NEAR(got[k], roots.data[k], 1e-14);
  }
  Array r;
  check(spc_isnan(sparse_of<double>({2, 2, {nan, 1, 0, nan}}), r.out()));
  EXPECT_EQ(host<bool>(r), Host<bool>(2, 2, {true, false, false, true}));
  EXPECT_EQ(dtype_of(r), SPC_BOOL);
}

TEST_P(SparseAlgebra, ZerosAndRepeatedEntries) {
  Array row = vector<int32_t>(ctx, {1, 0, 1, 0, 0}), col = vector<int32_t>(ctx, {2, 1, 2, 0, 1}),
        data = vector<double>(ctx, {0, 5, 3, 0, -5}), coo, r, part;
  check(spc_sparse_create(SPC_COO, 2, 3, row, col, data, coo.out()));
  check(spc_sparse_eliminate_zeros(coo, r.out()));
  EXPECT_EQ(format_of(r), SPC_COO);
  check(spc_sparse_parts(r, nullptr, nullptr, part.out()));
  EXPECT_EQ(values<double>(part), std::vector<double>({5, 3, -5}));
  check(spc_sparse_parts(r, part.out(), nullptr, nullptr));
  EXPECT_EQ(values<int32_t>(part), std::vector<int32_t>({0, 1, 0}));
  check(spc_sparse_sum_duplicates(coo, r.out()));
  check(spc_sparse_parts(r, nullptr, nullptr, part.out()));
  EXPECT_EQ(values<double>(part), std::vector<double>({0, 0, 3}));
  EXPECT_EQ(format_of(r), SPC_COO);
  check(spc_sparse_eliminate_zeros(r, part.out()));
  EXPECT_EQ(nnz(part), 1);
  for (const int32_t format : {SPC_CSR, SPC_CSC}) {
    Pair<double> a = random<double>(6, 5, 25, format, 95);
    check(spc_sparse_sum_duplicates(a.sparse, r.out()));
    EXPECT_EQ(host<double>(r), a.host);
    EXPECT_EQ(format_of(r), format);
    EXPECT_TRUE(is_canonical<>(r));
    check(spc_sparse_eliminate_zeros(r, part.out()));
    expect_canonical<double>(part, a.host, format);
  }
  expect_error(spc_sparse_eliminate_zeros(data, r.out()), SPC_E_TYPE,
               {"sparse_eliminate_zeros: expected a sparse array, got array of family"});
  expect_error(spc_sparse_sum_duplicates(data, r.out()), SPC_E_TYPE,
               {"sparse_sum_duplicates: expected a sparse array, got array of family"});
}

TEST_P(SparseAlgebra, MatricesWithoutEntriesRowsOrColumns) {
  for (const int32_t format : formats)
    for (const Shape &shape : {Shape{3, 4}, Shape{0, 4}, Shape{3, 0}, Shape{0, 0}}) {
      const int64_t m = shape[0], n = shape[1];
      Pair<double> e = random<double>(m, n, 0, format, 0);
      Array t, r;
      check(spc_transpose(e.sparse, SPC_ALL_AXES, nullptr, t.out()));
      for (const auto fn : {spc_add, spc_subtract, spc_multiply}) {
        check(fn(e.sparse, e.sparse, r.out()));
        EXPECT_EQ(shape_of(r), shape);
        EXPECT_EQ(nnz(r), 0);
      }
      check(spc_matmul(e.sparse, t, nullptr, r.out()));
      EXPECT_EQ(shape_of(r), (Shape{m, m}));
      check(spc_kron(e.sparse, t, r.out()));
      EXPECT_EQ(shape_of(r), (Shape{m * n, n * m}));
      check(spc_abs(e.sparse, r.out()));
      EXPECT_EQ(shape_of(r), shape);
      check(spc_sum(e.sparse, SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, r.out()));
      EXPECT_EQ(value<double>(r), 0);
      check(spc_norm(e.sparse, SPC_ORD_FRO, 0, SPC_ALL_AXES, nullptr, 0, r.out()));
      EXPECT_EQ(value<double>(r), 0);
      check(spc_matmul(
          array<double>(ctx, {2, m}, std::vector<double>(static_cast<std::size_t>(2 * m), 1)),
          e.sparse, nullptr, r.out()));
      EXPECT_EQ(values<double>(r), std::vector<double>(static_cast<std::size_t>(2 * n), 0));
      Pair<double> full = random<double>(m, n, 6, format, 5);
      check(spc_add(e.sparse, full.sparse, r.out()));
      EXPECT_EQ(host<double>(r), full.host);
      check(spc_subtract(full.sparse, e.sparse, r.out()));
      EXPECT_EQ(host<double>(r), full.host);
    }
}

TEST_P(SparseAlgebra, Errors) {
  Array a = sparse_of<double>({2, 3, {1, 0, 2, 0, 3, 0}}),
        b = sparse_of<double>({3, 2, {1, 0, 2, 0, 3, 0}}),
        out = array<double>(ctx, {2, 3}, std::vector<double>(6, 7)), r,
        bools = sparse_of<bool>({1, 1, {true}});
  for (const auto &[name, fn] : std::initializer_list<NamedBinary>{
           {"add", spc_add}, {"subtract", spc_subtract}, {"multiply", spc_multiply}})
    expect_error(
        fn(a, b, r.out()), SPC_E_VALUE,
        {name, ": a has shape (2, 3), b has shape (3, 2); sparse operands do not broadcast"});
  expect_error(spc_matmul(a, a, nullptr, r.out()), SPC_E_VALUE,
               {"matmul: a has shape (2, 3), b has shape (2, 3); inner lengths 3 and 2 differ"});
  expect_error(spc_dot(out, a, r.out()), SPC_E_VALUE,
               {"dot: a has shape (2, 3), b has shape (2, 3); inner lengths 3 and 2 differ"});
  expect_error(spc_matmul(a, out, nullptr, r.out()), SPC_E_VALUE,
               {"matmul: a has shape (2, 3), b has shape (2, 3); inner lengths 3 and 2 differ"});
  expect_error(spc_matmul(a, weak(2), nullptr, r.out()), SPC_E_VALUE,
               {"matmul: b is a scalar; use multiply"});
  Array cube = array<double>(ctx, {1, 2, 2}, {1, 2, 3, 4});
  expect_error(spc_matmul(cube, a, nullptr, r.out()), SPC_E_VALUE,
               {"matmul: a has shape (1, 2, 2), expected one or two axes"});
  expect_error(spc_kron(a, cube, r.out()), SPC_E_VALUE,
               {"kron: an operand of shape (1, 2, 2) beside a sparse one"});
  expect_error(spc_add(a, weak(1), r.out()), SPC_E_NOTIMPL,
               {"add: a number added to a sparse array of shape (2, 3) would fill it"});
  expect_error(spc_subtract(array<double>(ctx, {}, {1}), a, r.out()), SPC_E_NOTIMPL,
               {"subtract: a number added to a sparse array of shape (2, 3) would fill it"});
  expect_error(spc_divide(a, a, r.out()), SPC_E_NOTIMPL,
               {"divide: by a sparse array of shape (2, 3), whose absent entries are 0"});
  expect_error(spc_divide(weak(1), a, r.out()), SPC_E_NOTIMPL,
               {"divide: by a sparse array of shape (2, 3)"});
  expect_error(spc_subtract(bools, bools, r.out()), SPC_E_TYPE,
               {"subtract: not defined for dtype bool; use logical operations"});
  expect_error(spc_negative(bools, r.out()), SPC_E_TYPE, {"negative: not defined for dtype bool"});
  expect_error(spc_multiply(a, vector<double>(ctx, {1, 2}), r.out()), SPC_E_VALUE,
               {"multiply", "(2,)", "(2, 3)"});
  expect_error(spc_multiply(a, cube, r.out()), SPC_E_VALUE, {"multiply", "(1, 2, 2)", "(2, 3)"});
  expect_error(spc_axpby(vector<double>(ctx, {1, 2}), a, nullptr, a, r.out()), SPC_E_VALUE,
               {"axpby: a has shape (2,), expected a scalar"});
  const std::string family = GetParam();
  const auto fills = [&](spc_status status, const std::string &op, const std::string &what) {
    const std::string text = op + ": on family " + family +
                             " the absent entries of a sparse array of shape (2, 3) would become " +
                             what + "; make it dense with asarray";
    expect_error(status, SPC_E_NOTIMPL, {text.c_str()});
  };
  fills(spc_exp(a, r.out()), "exp", "1");
  fills(spc_exp_into(a, out), "exp", "1");
  fills(spc_cos(a, r.out()), "cos", "1");
  fills(spc_log(a, r.out()), "log", "-inf");
  fills(spc_log2(a, r.out()), "log2", "-inf");
  fills(spc_isfinite(a, r.out()), "isfinite", "true");
  fills(spc_power(a, weak(0), r.out()), "power", "0 to the power 0");
  fills(spc_power(a, weak(-1.5), r.out()), "power", "0 to the power -1.5");
  fills(spc_power(a, weak(C128(2, 1)), r.out()), "power", "0 to a complex power");
  fills(spc_power(a, a, r.out()), "power", "0 to the powers of a sparse array of family " + family);
  fills(spc_power(out, a, r.out()), "power", "exponents 0");
  expect_error(spc_power_into(a, weak(2), out), SPC_E_TYPE, {"power: the result is sparse"});
  expect_error(spc_isnan_into(a, out), SPC_E_TYPE, {"isnan: the result is sparse"});
  expect_error(spc_maximum(a, a, r.out()), SPC_E_TYPE, {"maximum", "sparse array"});
  // The output stays as it was.
  for (const auto &[name, fn] : std::initializer_list<NamedInto>{
           {"add", spc_add_into}, {"multiply", spc_multiply_into}, {"kron", spc_kron_into}})
    expect_error(fn(a, a, out), SPC_E_TYPE,
                 {name, ": the result is sparse, the output is a dense array"});
  expect_error(spc_abs_into(a, out), SPC_E_TYPE, {"abs: the result is sparse"});
  EXPECT_EQ(values<double>(out), std::vector<double>(6, 7));
}

TEST_P(SparseAlgebra, WidensIndicesAndRefusesWhatNoIndexCounts) {
  const auto wide = [&](int64_t cols, int64_t at) {
    Array row = vector<int64_t>(ctx, {0}), col = vector<int64_t>(ctx, {at}),
          data = vector<double>(ctx, {2}), s;
    check(spc_sparse_create(SPC_COO, 1, cols, row, col, data, s.out()));
    return s;
  };
  Array narrow = sparse_of<double>({1, 3, {0, 1, 2}}), r, col;
  EXPECT_EQ(index_dtype(narrow), SPC_INT32);
  Array long_row = wide(int64_t{1} << 30, (int64_t{1} << 30) - 1);
  Array thin;
  check(spc_assparse(ctx, long_row, "csr", SPC_DTYPE_NONE, thin.out()));
  check(spc_kron(thin, narrow, r.out()));
  EXPECT_EQ(index_dtype(r), SPC_INT64);
  EXPECT_EQ(shape_of(r), (Shape{1, 3 * (int64_t{1} << 30)}));
  check(spc_sparse_parts(r, nullptr, col.out(), nullptr));
  EXPECT_EQ(values<int64_t>(col),
            std::vector<int64_t>({3 * (int64_t{1} << 30) - 2, 3 * (int64_t{1} << 30) - 1}));
  Array vast = wide(int64_t{1} << 40, 5);
  expect_error(spc_kron(vast, vast, r.out()), SPC_E_OVERFLOW,
               {"kron: 1099511627776 times 1099511627776 columns are more than "
                "4611686018427387903"});
  // The structure of a product of vast matrices needs no memory for their columns.
  Array one = sparse_of<double>({1, 1, {3}});
  check(spc_matmul(one, vast, nullptr, r.out()));
  EXPECT_EQ(nnz(r), 1);
  check(spc_add(r, vast, col.out()));
  EXPECT_EQ(nnz(col), 1);
  EXPECT_EQ(shape_of(col), (Shape{1, int64_t{1} << 40}));
}

// int32 indices give way to int64 ones where a kernel counts more entries than they do.
TEST(SparseIndices, WidenByTheNumberOfEntries) {
  check(spc_load_plugin(SPACECORE_TEST_PLUGIN_DIR "/wide_counts.so"));
  const Context ctx = context("wide_counts");
  Array s, r, indices, dense;
  check(
      spc_assparse(ctx, array<double>(ctx, {2, 2}, {1, 2, 0, 3}), "csr", SPC_DTYPE_NONE, s.out()));
  check(spc_sparse_parts(s, nullptr, indices.out(), nullptr));
  EXPECT_EQ(dtype_of(indices), SPC_INT32);
  check(spc_matmul(s, s, nullptr, r.out()));
  check(spc_sparse_parts(r, nullptr, indices.out(), nullptr));
  EXPECT_EQ(dtype_of(indices), SPC_INT64);
  check(spc_asarray(ctx, r, SPC_DTYPE_NONE, dense.out()));
  EXPECT_EQ(values<double>(dense), std::vector<double>({1, 8, 0, 9}));
}

// Rows of every length on one matrix: empty, short, long, all columns.
TEST_P(SparseAlgebra, RowsOfManyLengths) {
  constexpr int64_t n = 300;
  Host<double> a(n, n), b(n, n);
  std::mt19937 engine(7);
  for (int64_t i = 0; i < n; ++i) {
    const int64_t length = i % 10 == 0   ? 0
                           : i % 10 == 1 ? n
                                         : static_cast<int64_t>(engine() % (i % 4 == 2 ? 90 : 9));
    for (int64_t k = 0; k < length; ++k) {
      a(i, length == n ? k : static_cast<int64_t>(engine() % n)) =
          static_cast<double>(engine() % 9) - 4;
      b(i, static_cast<int64_t>(engine() % n)) = static_cast<double>(engine() % 9) - 4;
    }
  }
  Array x = sparse_of(a), y = sparse_of(b), r;
  check(spc_matmul(x, y, nullptr, r.out()));
  expect_canonical(static_cast<spc_array>(r), product_of(a, b), SPC_CSR);
  check(spc_add(x, y, r.out()));
  expect_canonical(static_cast<spc_array>(r), sum_of(a, b), SPC_CSR);
  check(spc_matmul(y, x, nullptr, r.out()));
  expect_canonical(static_cast<spc_array>(r), product_of(b, a), SPC_CSR);
}

TEST_P(SparseAlgebra, RealMatrices) {
  const std::string data = std::string(SPACECORE_SHARED_DIR) + "/data/";
  if (!std::filesystem::is_directory(data)) GTEST_SKIP() << "no matrices in " << data;
  for (const char *file : {"494_bus.mtx", "west0479.mtx", "ash219.mtx", "olm1000.mtx"}) {
    SCOPED_TRACE(file);
    Array a, t, gram, sum, x, y, z, w;
    check(spc_mm_read((data + file).c_str(), ctx, "csr", SPC_FLOAT64, a.out()));
    check(spc_adjoint(a, t.out()));
    check(spc_matmul(t, a, nullptr, gram.out()));
    const Shape shape = shape_of(a);
    EXPECT_EQ(shape_of(gram), (Shape{shape[1], shape[1]}));
    // (A^T A) x = A^T (A x), and (A^T A + 3 A^T A) x.
    std::vector<double> ramp;
    for (int64_t i = 0; i < shape[1]; ++i) ramp.push_back(1 + static_cast<double>(i % 7));
    x = vector<double>(ctx, ramp);
    check(spc_sparse_matmul(a, x, y.out()));
    check(spc_sparse_matmul(t, y, z.out()));
    check(spc_sparse_matmul(gram, x, w.out()));
    int32_t close = 0;
    double scale = 0;
    for (const double v : values<double>(z)) scale = std::max(scale, std::abs(v));
    check(spc_allclose(w, z, 0, 1e-12 * scale, 0, &close));
    EXPECT_EQ(close, 1);
    check(spc_axpby(nullptr, gram, weak(3), gram, sum.out()));
    check(spc_sparse_matmul(sum, x, w.out()));
    check(spc_multiply(z, weak(4), y.out()));
    check(spc_allclose(w, y, 0, 4e-12 * scale, 0, &close));
    EXPECT_EQ(close, 1);
    // Gram matrices are symmetric.
    check(spc_transpose(gram, SPC_ALL_AXES, nullptr, t.out()));
    check(spc_allclose_sparse(gram, t, 1e-12, 1e-300, &close));
    EXPECT_EQ(close, 1);
  }
}

}  // namespace
