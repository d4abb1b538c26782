// SPDX-License-Identifier: Apache-2.0
// Kronecker, low rank, permutation, restriction, inverse, difference, Toeplitz and Jacobi operators:
// each against its matrix by hand, in every mode, with its metric adjoint, on every family.
#include <cmath>
#include <functional>

#include "tests/linop/operators.hpp"
#include "tests/support/matrix.hpp"
#include "tests/support/spaces.hpp"

namespace test {
namespace {

class Structured : public OnFamily {};
SPC_ON_EVERY_FAMILY(Structured);

std::size_t pos(int64_t i) {
  return static_cast<std::size_t>(i);
}

std::string family_of_context(spc_context c) {
  const char *name = nullptr;
  check(spc_context_family(c, &name));
  return name;
}

int64_t size_of_space(spc_space s) {
  int64_t n = 0;
  check(spc_space_size(s, &n));
  return n;
}
Shape shape_of_space(spc_space s) {
  int32_t n = 0;
  check(spc_space_ndim(s, &n));
  Shape shape(pos(n));
  check(spc_space_shape(s, shape.data(), n));
  return shape;
}

/// apply, rapply, batches, the matrix and apply_into in every mode against M, between spaces with
/// Gram matrices gx and gy.
template <class T>
void expect_operator(spc_context ctx, spc_linop A, const Matrix<T> &m, const Matrix<T> &gx,
                     const Matrix<T> &gy, double bound = 20 * tolerance<T>()) {
  const Space X = domain_of(A), Y = codomain_of(A);
  ASSERT_EQ(size_of_space(X), m.cols);
  ASSERT_EQ(size_of_space(Y), m.rows);
  const Shape x_shape = shape_of_space(X), y_shape = shape_of_space(Y);
  const std::vector<T> x = random<T>(m.cols, 3), y = random<T>(m.rows, 4);
  const Array ex = array<T>(ctx, x_shape, x), ey = array<T>(ctx, y_shape, y);
  expect_close(values<T>(apply(A, ex)), m.times(x), bound, "apply");
  const Matrix<T> metric = m.adjoint(gx, gy);
  expect_close(values<T>(rapply(A, ey)), metric.times(y), bound, "rapply");

  Array matrix;
  check(spc_linop_to_matrix(A, matrix.out()));
  EXPECT_EQ(shape_of(matrix), (Shape{m.rows, m.cols}));
  expect_close(values<T>(matrix), m.a, bound, "to_matrix");

  // Two leading axes are kept.
  const int64_t leading = 6;
  const std::vector<T> xs = random<T>(leading * m.cols, 5), ys = random<T>(leading * m.rows, 6);
  const auto batch_shape = [](const Shape &s) {
    Shape b{2, 3};
    b.insert(b.end(), s.begin(), s.end());
    return b;
  };
  Array image;
  check(spc_linop_vapply(A, array<T>(ctx, batch_shape(x_shape), xs), image.out()));
  EXPECT_EQ(shape_of(image), batch_shape(y_shape));
  const std::vector<T> images = values<T>(image);
  check(spc_linop_rvapply(A, array<T>(ctx, batch_shape(y_shape), ys), image.out()));
  EXPECT_EQ(shape_of(image), batch_shape(x_shape));
  const std::vector<T> back = values<T>(image);
  for (int64_t i = 0; i < leading; ++i) {
    const auto item = [&](const std::vector<T> &v, int64_t n) {
      return std::vector<T>(v.begin() + i * n, v.begin() + (i + 1) * n);
    };
    expect_close(item(images, m.rows), m.times(item(xs, m.cols)), bound, "vapply");
    expect_close(item(back, m.cols), metric.times(item(ys, m.rows)), bound, "rvapply");
  }

  const T alpha = number<T>(.5, -.25), beta = number<T>(2, 1);
  const struct {
    int32_t mode;
    Matrix<T> op;
  } modes[] = {{SPC_MODE_NONE, m},
               {SPC_MODE_TRANSPOSE, m.turned(false)},
               {SPC_MODE_CONJ_TRANS, m.turned(true)},
               {SPC_MODE_ADJOINT, metric}};
  for (const auto &[mode, op] : modes) {
    const bool forward = mode == SPC_MODE_NONE;
    const std::vector<T> &from = forward ? x : y;
    std::vector<T> expected = op.times(from);
    const std::vector<T> &before = forward ? y : x;
    for (std::size_t i = 0; i < expected.size(); ++i)
      expected[i] = alpha * expected[i] + beta * before[i];
    const Array to = array<T>(ctx, forward ? y_shape : x_shape, before);
    check(spc_linop_apply_into(array<T>(ctx, {}, {alpha}), A, forward ? ex : ey,
                               array<T>(ctx, {}, {beta}), to, mode));
    expect_close(values<T>(to), expected, bound, "apply_into");
  }
  // A conversion to the other precision of the same field keeps the values.
  spc_target target = {};
  target.struct_size = sizeof target;
  check(spc_target_init(&target));
  const int32_t other = sizeof(Real<T>) == 8
                            ? (std::is_floating_point_v<T> ? SPC_FLOAT32 : SPC_COMPLEX64)
                            : (std::is_floating_point_v<T> ? SPC_FLOAT64 : SPC_COMPLEX128);
  const Context narrow = context(family_of_context(ctx).c_str(), other, SPC_CHECK_STANDARD);
  target.context = narrow;
  LinOp converted;
  check(spc_linop_convert(A, &target, converted.out()));
  Array narrow_matrix, wide;
  check(spc_linop_to_matrix(converted, narrow_matrix.out()));
  check(spc_astype(narrow_matrix, dtype_of<T>(), wide.out()));
  expect_close(values<T>(wide), m.a, 1e-4, "converted");
}

template <class T>
void expect_operator(spc_context ctx, spc_linop A, const Matrix<T> &m, const std::vector<T> &wx,
                     const std::vector<T> &wy, double bound = 20 * tolerance<T>()) {
  expect_operator<T>(ctx, A, m, Matrix<T>::diagonal(wx), Matrix<T>::diagonal(wy), bound);
}

template <class T>
Space weighted_space(spc_context ctx, const Shape &shape, const std::vector<T> &w) {
  return dense_space(ctx, shape, weighted<T>(ctx, shape, w));
}

// ---- Kronecker -------------------------------------------------------------------------------------

template <class T>
Matrix<T> kronecker(const Matrix<T> &a, const Matrix<T> &b) {
  Matrix<T> k(a.rows * b.rows, a.cols * b.cols);
  for (int64_t i = 0; i < k.rows; ++i)
    for (int64_t j = 0; j < k.cols; ++j)
      k(i, j) = a(i / b.rows, j / b.cols) * b(i % b.rows, j % b.cols);
  return k;
}

template <class T>
std::vector<T> outer(const std::vector<T> &a, const std::vector<T> &b) {
  std::vector<T> w;
  for (const T &x : a)
    for (const T &y : b) w.push_back(x * y);
  return w;
}

TEST_P(Structured, KroneckerActsAlongBothAxes) {
  for_floating([&]<class T>() {
    const Context c = context(GetParam(), dtype_of<T>(), SPC_CHECK_STRICT);
    const Matrix<T> a(3, 2, random<T>(6, 1)), b(2, 4, random<T>(8, 2));
    for (const bool weights : {false, true}) {
      const auto space = [&](int64_t n, unsigned seed, std::vector<T> &w) {
        w = weights ? positive<T>(n, seed) : std::vector<T>(pos(n), T(1));
        return weights ? weighted_space<T>(c, {n}, w) : dense_space(c, {n});
      };
      std::vector<T> wa, wb, va, vb;
      const Space A_x = space(2, 10, wa), A_y = space(3, 11, va);
      const Space B_x = space(4, 12, wb), B_y = space(2, 13, vb);
      const LinOp A = dense_linop<T>(c, A_x, A_y, {3, 2}, a.a);
      const LinOp B = dense_linop<T>(c, B_x, B_y, {2, 4}, b.a);
      LinOp K;
      check(spc_linop_kronecker(A, B, K.out()));
      EXPECT_EQ(shape_of_space(domain_of(K)), (Shape{2, 4}));
      EXPECT_EQ(shape_of_space(codomain_of(K)), (Shape{3, 2}));
      expect_operator<T>(c, K, kronecker(a, b), outer(wa, wb), outer(va, vb));
    }
  });
}

template <class T>
T inner_value(spc_space X, spc_array x, spc_array y) {
  Array out;
  check(spc_space_inner(X, x, y, out.out()));
  return value<T>(out);
}
template <class F>
Array mapped(F f, spc_space X, spc_array x) {
  Array y;
  check(f(X, x, y.out()));
  return y;
}
Geometry geometry_of(spc_space X) {
  Geometry g;
  check(spc_space_geometry(X, g.out()));
  return g;
}
std::string kind_of(spc_geometry g) {
  const char *kind = nullptr;
  check(spc_geometry_kind(g, &kind));
  return kind;
}

// Every pair of metrics against the Kronecker product of the Gram matrices.
TEST_P(Structured, KroneckerInEveryMetric) {
  for_floating([&]<class T>() {
    const Context c = context(GetParam(), dtype_of<T>(), SPC_CHECK_STRICT);
    const Matrix<T> a(3, 2, random<T>(6, 1)), b(2, 3, random<T>(6, 2));
    for (const Metric first : every_metric) {
      for (const Metric second : every_metric) {
        SCOPED_TRACE(std::string(name(first)) + " and " + name(second));
        const auto ax = metric_space<T>(c, {2}, first, 1), ay = metric_space<T>(c, {3}, first, 2),
                   bx = metric_space<T>(c, {3}, second, 3), by = metric_space<T>(c, {2}, second, 4);
        const LinOp A = dense_linop<T>(c, ax.space, ay.space, {3, 2}, a.a);
        const LinOp B = dense_linop<T>(c, bx.space, by.space, {2, 3}, b.a);
        LinOp K;
        check(spc_linop_kronecker(A, B, K.out()));
        const Matrix<T> g = kronecker(ax.G, bx.G);
        expect_operator<T>(c, K, kronecker(a, b), g, kronecker(ay.G, by.G), 100 * tolerance<T>());
        expect_operator_laws(K, 1);

        const Space X = domain_of(K);
        expect_laws(X);
        const std::vector<T> x = random<T>(6, 5);
        const Array ex = array<T>(c, {2, 3}, x);
        const double bound = 100 * tolerance<T>();
        expect_close(values<T>(mapped(spc_space_riesz, X, ex)), g.times(x), bound, "riesz");
        expect_close(values<T>(mapped(spc_space_riesz_inverse, X, ex)), g.inverse().times(x), bound,
                     "riesz_inverse");

        // A product is a factor, too.
        LinOp L;
        check(spc_linop_kronecker(K, A, L.out()));
        expect_operator<T>(c, L, kronecker(kronecker(a, b), a), kronecker(g, ax.G),
                           kronecker(kronecker(ay.G, by.G), ay.G), 1000 * tolerance<T>());
      }
    }
  });
}

TEST_P(Structured, KroneckerGeometriesAreComparedAndChecked) {
  const auto X = metric_space<double>(ctx, {2}, Metric::gram, 1),
             Y = metric_space<double>(ctx, {3}, Metric::gram, 2),
             same = metric_space<double>(ctx, {2}, Metric::gram, 1),
             other = metric_space<double>(ctx, {2}, Metric::gram, 7);
  const auto product = [&](spc_space a, spc_space b) {
    LinOp I, J, K;
    check(spc_linop_identity(a, I.out()));
    check(spc_linop_identity(b, J.out()));
    check(spc_linop_kronecker(I, J, K.out()));
    return domain_of(K);
  };
  const Space P = product(X.space, Y.space);
  const Geometry g = geometry_of(P);
  EXPECT_EQ(kind_of(g), "ProductInnerProduct");
  const auto equal = [&](spc_space s) {
    int32_t yes = -1;
    check(spc_geometry_equal(g, geometry_of(s), &yes));
    return yes == 1;
  };
  EXPECT_TRUE(equal(P));
  EXPECT_TRUE(equal(product(same.space, Y.space)));
  EXPECT_FALSE(equal(product(other.space, Y.space)));
  EXPECT_FALSE(equal(product(Y.space, X.space)));
  EXPECT_FALSE(equal(X.space));
  // Operators between equal products compose.
  LinOp I, J, both;
  check(spc_linop_identity(P, I.out()));
  check(spc_linop_identity(product(same.space, Y.space), J.out()));
  check(spc_linop_composed(I, J, both.out()));

  // The geometry serves other spaces of the same arrays, and no others.
  Space s;
  const int64_t shape[] = {2, 3}, wrong[] = {3, 2};
  check(spc_space_dense(ctx, 2, shape, g, s.out()));
  expect_laws(s);
  expect_error(spc_space_dense(ctx, 2, wrong, g, s.out()), SPC_E_VALUE,
               {"ProductInnerProduct acts on shape (2, 3), the space has shape (3, 2)"});
  const Context narrow = context(GetParam(), SPC_FLOAT32);
  expect_error(spc_space_dense(narrow, 2, shape, g, s.out()), SPC_E_TYPE,
               {"ProductInnerProduct acts on dtype float64, the space has dtype float32"});
  const std::string stranger = std::string(GetParam()) == "fakedev" ? "cpu" : "fakedev";
  const std::string text = "the space has family " + stranger;
  const Context elsewhere = context(stranger.c_str(), SPC_FLOAT64);
  expect_error(spc_space_dense(elsewhere, 2, shape, g, s.out()), SPC_E_TYPE,
               {"ProductInnerProduct acts on family", text.c_str()});

  spc_target target = {};
  target.struct_size = sizeof target;
  check(spc_target_init(&target));
  target.context = narrow;
  Geometry moved;
  check(spc_geometry_convert(g, &target, moved.out()));
  check(spc_space_dense(narrow, 2, shape, moved, s.out()));
  const std::vector<float> x = random<float>(6, 5);
  const Matrix<double> G = kronecker(X.G, Y.G);
  std::vector<double> expected = G.times(std::vector<double>(x.begin(), x.end()));
  expect_close(values<float>(mapped(spc_space_riesz, s, array<float>(narrow, {2, 3}, x))),
               std::vector<float>(expected.begin(), expected.end()), 1e-5, "converted");
}

spc_status doubled(void *calls, spc_element x, spc_element *y) {
  ++*static_cast<int *>(calls);
  return spc_multiply(x, weak(2.0), y);
}
spc_status halved(void *calls, spc_element x, spc_element *y) {
  ++*static_cast<int *>(calls);
  return spc_multiply(x, weak(.5), y);
}
spc_status no_map(void *, spc_element, spc_element *) {
  spc_callback_error("no such map");
  return 5;
}

// Functions of the program are called on all rows at once.
TEST_P(Structured, KroneckerInTheMetricOfTheProgram) {
  int calls = 0;
  Geometry g, broken;
  check(spc_geometry_custom(nullptr, doubled, halved, &calls, g.out()));
  check(spc_geometry_custom(nullptr, no_map, no_map, nullptr, broken.out()));
  const auto Y = metric_space<double>(ctx, {3}, Metric::gram, 2);
  const Matrix<double> a(2, 2, random<double>(4, 1)), b(3, 3, random<double>(9, 2)),
      twice = Matrix<double>::diagonal({2, 2});
  const LinOp B = dense_linop<double>(ctx, Y.space, Y.space, {3, 3}, b.a);
  const auto product = [&](spc_geometry of_X) {
    const Space X = dense_space(ctx, {2}, of_X);
    LinOp K;
    check(spc_linop_kronecker(dense_linop<double>(ctx, X, X, {2, 2}, a.a), B, K.out()));
    return K;
  };
  const LinOp K = product(g);
  const Matrix<double> G = kronecker(twice, Y.G);
  const std::vector<double> x = random<double>(6, 3);
  const Array ex = array<double>(ctx, {2, 3}, x);
  calls = 0;
  expect_close(values<double>(mapped(spc_space_riesz, domain_of(K), ex)), G.times(x), 1e-12,
               "riesz");
  EXPECT_EQ(calls, 1);
  expect_close(values<double>(rapply(K, ex)), kronecker(a, b).adjoint(G, G).times(x), 1e-12,
               "rapply");
  expect_operator_laws(K, 1);
  Array y;
  expect_error(spc_space_riesz(domain_of(product(broken)), ex, y.out()), SPC_E_CALLBACK,
               {"CustomInnerProduct.riesz: the callback returned 5: no such map"});
}

// The matrix of this metric would take 720 GB: nothing of its size is made. On x = a b^T everything
// is the product of what the factors give.
TEST_P(Structured, KroneckerStoresNoMoreThanItsFactors) {
  constexpr int64_t n = 300;
  const auto space = [&](unsigned seed) {
    // Diagonally dominant.
    Matrix<double> G(n, n);
    const std::vector<double> d = positive<double>(n, seed);
    for (int64_t i = 0; i < n; ++i) {
      G(i, i) = 2 + d[pos(i)];
      if (i > 0) G(i, i - 1) = G(i - 1, i) = .5 * d[pos(i)];
    }
    Geometry g;
    check(spc_geometry_gram(array<double>(ctx, {n, n}, G.a), g.out()));
    return dense_space(ctx, {n}, g);
  };
  const Space X = space(1), Y = space(2);
  const LinOp A = dense_linop<double>(ctx, X, X, {n, n}, random<double>(n * n, 3));
  const LinOp B = dense_linop<double>(ctx, Y, Y, {n, n}, random<double>(n * n, 4));
  LinOp K;
  check(spc_linop_kronecker(A, B, K.out()));
  const Space P = domain_of(K);
  ASSERT_EQ(size_of_space(P), n * n);

  const std::vector<double> a = random<double>(n, 5), b = random<double>(n, 6);
  const Array ea = vector<double>(ctx, a), eb = vector<double>(ctx, b),
              x = array<double>(ctx, {n, n}, outer(a, b));
  const auto expect_outer = [&](const Array &got, const Array &u, const Array &v,
                                const char *what) {
    expect_close(values<double>(got), outer(values<double>(u), values<double>(v)), 1e-10, what);
  };
  expect_outer(apply(K, x), apply(A, ea), apply(B, eb), "apply");
  expect_outer(rapply(K, x), rapply(A, ea), rapply(B, eb), "rapply");
  expect_outer(mapped(spc_space_riesz, P, x), mapped(spc_space_riesz, X, ea),
               mapped(spc_space_riesz, Y, eb), "riesz");
  expect_outer(mapped(spc_space_riesz_inverse, P, x), mapped(spc_space_riesz_inverse, X, ea),
               mapped(spc_space_riesz_inverse, Y, eb), "riesz_inverse");
  EXPECT_NEAR(inner_value<double>(P, x, x),
              inner_value<double>(X, ea, ea) * inner_value<double>(Y, eb, eb),
              1e-10 * inner_value<double>(P, x, x));
  // <K x, y> = <x, K# y> of elements that are no products.
  const Array u = array<double>(ctx, {n, n}, random<double>(n * n, 7)),
              v = array<double>(ctx, {n, n}, random<double>(n * n, 8));
  const double left = inner_value<double>(P, apply(K, u), v),
               scale = std::sqrt(inner_value<double>(P, apply(K, u), apply(K, u)) *
                                 inner_value<double>(P, v, v));
  EXPECT_NEAR(left, inner_value<double>(P, u, rapply(K, v)), 1e-12 * scale);
}

TEST_P(Structured, KroneckerSumAddsBothFactors) {
  const Matrix<double> a(2, 2, {1, 2, 3, 4}), b(2, 2, {5, 6, 7, 8}), one(2, 2, {1, 0, 0, 1});
  const Space X = coordinate_space(ctx, 2);
  LinOp K;
  check(spc_linop_kronecker_sum(dense_linop<double>(ctx, X, X, {2, 2}, a.a),
                                dense_linop<double>(ctx, X, X, {2, 2}, b.a), K.out()));
  Matrix<double> m = kronecker(a, one);
  for (std::size_t i = 0; i < 16; ++i) m.a[i] += kronecker(one, b).a[i];
  const std::vector<double> ones(4, 1.0);
  expect_operator<double>(ctx, K, m, ones, ones);
  const LinOp wide =
      dense_linop<double>(ctx, X, coordinate_space(ctx, 3), {3, 2}, {1, 2, 3, 4, 5, 6});
  expect_error(spc_linop_kronecker_sum(wide, wide, K.out()), SPC_E_VALUE,
               {"linop_kronecker_sum requires square operators; got a DenseLinOp of shape (2,) -> "
                "(3,)"});
}

// ---- low rank --------------------------------------------------------------------------------------

TEST_P(Structured, LowRankMultipliesThreeFactors) {
  for_floating([&]<class T>() {
    const Context c = context(GetParam(), dtype_of<T>(), SPC_CHECK_STRICT);
    const Matrix<T> u(4, 2, random<T>(8, 1)), v(3, 2, random<T>(6, 2));
    const std::vector<T> s = random<T>(2, 3), wx = positive<T>(3, 4), wy = positive<T>(4, 5);
    const Space X = weighted_space<T>(c, {3}, wx), Y = weighted_space<T>(c, {4}, wy);
    for (const bool middle : {true, false}) {
      LinOp A;
      Array ms = middle ? vector<T>(c, s) : Array();
      check(spc_linop_low_rank(array<T>(c, {4, 2}, u.a), ms, array<T>(c, {3, 2}, v.a), X, Y,
                               A.out()));
      Matrix<T> m(4, 3);
      for (int64_t i = 0; i < 4; ++i)
        for (int64_t j = 0; j < 3; ++j)
          for (int64_t k = 0; k < 2; ++k)
            m(i, j) += u(i, k) * (middle ? s[pos(k)] : T(1)) * conjugate(v(j, k));
      expect_operator<T>(c, A, m, wx, wy);
    }
  });
  const Space X = coordinate_space(ctx, 3);
  const Array u = array<double>(ctx, {3, 1}, {1, 2, 3});
  LinOp A;
  check(spc_linop_low_rank(u, nullptr, u, X, X, A.out()));
  EXPECT_EQ(is_hermitian(A), SPC_TRUE);
  int32_t verdict = 9;
  check(spc_linop_is(A, SPC_IS_POSITIVE_SEMIDEFINITE, &verdict));
  EXPECT_EQ(verdict, SPC_TRUE);
  check(spc_linop_is(A, SPC_IS_POSITIVE_DEFINITE, &verdict));
  EXPECT_EQ(verdict, SPC_FALSE);
  expect_error(spc_linop_low_rank(u, nullptr, array<double>(ctx, {2, 1}, {1, 2}), X, X, A.out()),
               SPC_E_TYPE, {"LowRankLinOp: expected V.shape == (3, 1), got (2, 1)"});
  expect_error(spc_linop_low_rank(u, vector<double>(ctx, {1, 2}), u, X, X, A.out()), SPC_E_TYPE,
               {"LowRankLinOp: expected s.shape == (1,), got (2,)"});
}

// ---- permutation, restriction ----------------------------------------------------------------------

TEST_P(Structured, PermutationsMoveCoordinates) {
  const std::vector<int64_t> p = {2, 0, 3, 1};
  for_floating([&]<class T>() {
    const Context c = context(GetParam(), dtype_of<T>(), SPC_CHECK_STRICT);
    Matrix<T> m(4, 4);
    for (int64_t i = 0; i < 4; ++i) m(i, p[pos(i)]) = T(1);
    const std::vector<T> w = positive<T>(4, 1);
    LinOp A;
    check(spc_linop_permutation(vector<int64_t>(c, p), weighted_space<T>(c, {2, 2}, w), A.out()));
    expect_operator<T>(c, A, m, w, w);
    LinOp inverse;
    check(spc_linop_inverse(A, nullptr, inverse.out()));
    const std::vector<T> x = random<T>(4, 9);
    expect_close(values<T>(apply(inverse, apply(A, array<T>(c, {2, 2}, x)))), x, 0);
  });
  LinOp A;
  const Space X = coordinate_space(ctx, 3);
  check(spc_linop_permutation(vector<int32_t>(ctx, {1, 0, 2}), X, A.out()));
  EXPECT_EQ(is_hermitian(A), SPC_TRUE);
  expect_error(spc_linop_permutation(vector<int64_t>(ctx, {0, 0, 2}), X, A.out()), SPC_E_VALUE,
               {"PermutationLinOp: the indices are no permutation of 0, ..., 2"});
  expect_error(spc_linop_permutation(vector<int64_t>(ctx, {0, 1}), X, A.out()), SPC_E_VALUE,
               {"PermutationLinOp: 2 indices given, DenseCoordinateSpace has 3 coordinates"});
  expect_error(spc_linop_permutation(vector<double>(ctx, {0, 1, 2}), X, A.out()), SPC_E_TYPE,
               {"PermutationLinOp: the indices have dtype float64, expected integers"});
}

TEST_P(Structured, RestrictionsSelectAndTheirAdjointsAdd) {
  const std::vector<int64_t> indices = {3, 0, 3};
  for_floating([&]<class T>() {
    const Context c = context(GetParam(), dtype_of<T>(), SPC_CHECK_STRICT);
    Matrix<T> m(3, 4);
    for (int64_t i = 0; i < 3; ++i) m(i, indices[pos(i)]) = T(1);
    const std::vector<T> wx = positive<T>(4, 1), wy = positive<T>(3, 2);
    LinOp A;
    check(spc_linop_restriction(vector<int64_t>(c, indices), weighted_space<T>(c, {4}, wx),
                                weighted_space<T>(c, {3}, wy), A.out()));
    expect_operator<T>(c, A, m, wx, wy);
  });
  LinOp A;
  const Space X = coordinate_space(ctx, 3);
  check(spc_linop_restriction(vector<int64_t>(ctx, {1}), X, nullptr, A.out()));
  EXPECT_EQ(values<double>(apply(A, vector<double>(ctx, {1, 2, 3}))), (std::vector<double>{2}));
  expect_error(spc_linop_restriction(vector<int64_t>(ctx, {0, 3}), X, nullptr, A.out()),
               SPC_E_INDEX, {"RestrictionLinOp: index 3 is out of range for 3 coordinates"});
  expect_error(spc_linop_restriction(vector<int64_t>(ctx, {-1}), X, nullptr, A.out()), SPC_E_INDEX,
               {"RestrictionLinOp: index -1 is out of range for 3 coordinates"});
  expect_error(spc_linop_restriction(vector<int64_t>(ctx, {1}), X, X, A.out()), SPC_E_VALUE,
               {"RestrictionLinOp: 1 indices given, the codomain has 3 coordinates"});
}

// ---- inverse ---------------------------------------------------------------------------------------

TEST_P(Structured, InverseSolvesWithEachFactorization) {
  for_floating([&]<class T>() {
    const Context c = context(GetParam(), dtype_of<T>(), SPC_CHECK_STRICT);
    const int64_t n = 5;
    const std::vector<T> w = positive<T>(n, 7), one(pos(n), T(1));
    for (const char *method : {"lu", "cholesky", "ldl"})
      for (const bool weights : {false, true}) {
        // S Hermitian, definite for cholesky; A = W^-1 S is self-adjoint in the weights W.
        const std::vector<T> r = random<T>(n * n, 1);
        Matrix<T> s(n, n);
        for (int64_t i = 0; i < n; ++i)
          for (int64_t j = 0; j < n; ++j)
            s(i, j) = r[pos(i * n + j)] + conjugate(r[pos(j * n + i)]) +
                      (i == j ? T(std::string(method) == "cholesky" ? 12 : 1) : T(0));
        Matrix<T> m = s;
        if (std::string(method) == "lu") m.a = random<T>(n * n, 2);
        const std::vector<T> &metric = weights ? w : one;
        for (int64_t i = 0; i < n; ++i)
          for (int64_t j = 0; j < n; ++j) m(i, j) /= metric[pos(i)];
        const Space X = weights ? weighted_space<T>(c, {n}, w) : dense_space(c, {n});
        const LinOp A = dense_linop<T>(c, X, X, {n, n}, m.a);
        LinOp B;
        check(spc_linop_inverse(A, method, B.out()));
        const char *kind = nullptr;
        check(spc_linop_kind(B, &kind));
        EXPECT_STREQ(kind, "InverseLinOp");
        expect_operator<T>(c, B, m.inverse(), metric, metric, 3000 * tolerance<T>());
        LinOp again;
        check(spc_linop_inverse(B, nullptr, again.out()));
        EXPECT_TRUE(same(again, A));
      }
  });
}

TEST_P(Structured, InverseChoosesAndRefuses) {
  const Space X = coordinate_space(ctx, 2);
  LinOp B;
  const LinOp definite = dense_linop<double>(ctx, X, X, {2, 2}, {0, 1, 1, 0});
  expect_error(spc_linop_inverse(definite, "cholesky", B.out()), SPC_E_LINALG,
               {"matrix is not positive definite"});
  check(spc_linop_inverse(definite, "auto", B.out()));
  EXPECT_EQ(values<double>(apply(B, vector<double>(ctx, {3, 4}))), (std::vector<double>{4, 3}));
  const LinOp singular = dense_linop<double>(ctx, X, X, {2, 2}, {1, 2, 2, 4});
  expect_error(spc_linop_inverse(singular, "lu", B.out()), SPC_E_LINALG,
               {"linop_inverse: the DenseLinOp is singular: pivot 1 of 2 is 0"});
  // Self-adjoint, so that the choice is ldl.
  expect_error(spc_linop_inverse(singular, nullptr, B.out()), SPC_E_LINALG,
               {"linop_inverse: the ", " is singular: a pivot of its ldl factors is 0"});
  // One triangle does not tell what passes for self-adjoint by absolute tolerances, or by five digits.
  for (const std::vector<double> &m :
       {std::vector<double>{2e-9, 1e-9, 0, 2e-9}, std::vector<double>{2, 1, 1 + 1e-7, 2}}) {
    const LinOp near = dense_linop<double>(ctx, X, X, {2, 2}, m);
    ASSERT_EQ(is(near, SPC_IS_HERMITIAN), SPC_TRUE);
    check(spc_linop_inverse(near, nullptr, B.out()));
    expect_close(values<double>(apply(B, vector<double>(ctx, {m[0] + m[1], m[2] + m[3]}))), {1, 1},
                 1e-13);
  }
  expect_error(spc_linop_inverse(definite, "qr", B.out()), SPC_E_VALUE,
               {"linop_inverse: unknown method 'qr'; expected auto, lu, cholesky or ldl"});
  const LinOp wide =
      dense_linop<double>(ctx, X, coordinate_space(ctx, 3), {3, 2}, {1, 2, 3, 4, 5, 6});
  expect_error(spc_linop_inverse(wide, nullptr, B.out()), SPC_E_VALUE,
               {"linop_inverse requires a square LinOp; got a DenseLinOp of shape (2,) -> (3,)"});
}

// ---- differences -----------------------------------------------------------------------------------

/// By the definition: x beyond the ends as the boundary says.
Matrix<double> difference_matrix(int64_t n, int order, int scheme, int boundary, double h) {
  std::vector<std::pair<int64_t, double>> terms;
  if (order == 2)
    terms = {{-1, 1 / (h * h)}, {0, -2 / (h * h)}, {1, 1 / (h * h)}};
  else if (scheme == SPC_DIFF_FORWARD)
    terms = {{0, -1 / h}, {1, 1 / h}};
  else if (scheme == SPC_DIFF_BACKWARD)
    terms = {{-1, -1 / h}, {0, 1 / h}};
  else
    terms = {{-1, -.5 / h}, {1, .5 / h}};
  std::vector<std::vector<double>> rows;
  for (int64_t i = 0; i < n; ++i) {
    std::vector<double> row(pos(n));
    bool complete = true;
    for (const auto &[offset, factor] : terms) {
      int64_t j = i + offset;
      if (j < 0 || j >= n) {
        complete = false;
        if (boundary == SPC_BOUNDARY_ZERO || boundary == SPC_BOUNDARY_NATURAL) continue;
        j = boundary == SPC_BOUNDARY_PERIODIC ? (j + n) % n : j < 0 ? 0 : n - 1;
      }
      row[pos(j)] += factor;
    }
    if (complete || boundary != SPC_BOUNDARY_NATURAL) rows.push_back(row);
  }
  Matrix<double> m(static_cast<int64_t>(rows.size()), n);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < pos(n); ++j) m.a[i * pos(n) + j] = rows[i][j];
  return m;
}

/// The same along axis `axis` of an array of shape (a, b).
Matrix<double> along(const Matrix<double> &d, int64_t other, int axis) {
  Matrix<double> one(other, other);
  for (int64_t i = 0; i < other; ++i) one(i, i) = 1;
  return axis == 0 ? kronecker(d, one) : kronecker(one, d);
}

TEST_P(Structured, DifferencesAreTheirDefinition) {
  for (const int boundary :
       {SPC_BOUNDARY_ZERO, SPC_BOUNDARY_PERIODIC, SPC_BOUNDARY_NEUMANN, SPC_BOUNDARY_NATURAL})
    for (const int order : {1, 2})
      for (const int scheme : {SPC_DIFF_FORWARD, SPC_DIFF_BACKWARD, SPC_DIFF_CENTERED})
        for (const int axis : {0, 1}) {
          const Space X = dense_space(ctx, {4, 3});
          LinOp D;
          check(spc_linop_difference(X, axis, order, scheme, boundary, .5, D.out()));
          const int64_t n = axis == 0 ? 4 : 3;
          const Matrix<double> m =
              along(difference_matrix(n, order, scheme, boundary, .5), axis == 0 ? 3 : 4, axis);
          expect_operator<double>(ctx, D, m, std::vector<double>(12, 1.0),
                                  std::vector<double>(pos(m.rows), 1.0));
        }
  // Of a weighted space the adjoint is the metric one.
  const std::vector<double> w = positive<double>(5, 3);
  LinOp D;
  check(spc_linop_difference(weighted_space<double>(ctx, {5}, w), -1, 1, SPC_DIFF_FORWARD,
                             SPC_BOUNDARY_PERIODIC, 1, D.out()));
  expect_operator<double>(
      ctx, D, difference_matrix(5, 1, SPC_DIFF_FORWARD, SPC_BOUNDARY_PERIODIC, 1), w, w);
}

TEST_P(Structured, LaplacianAddsAllAxes) {
  const double h[] = {.5, 2};
  for (const int boundary : {SPC_BOUNDARY_ZERO, SPC_BOUNDARY_PERIODIC, SPC_BOUNDARY_NEUMANN}) {
    LinOp L;
    check(spc_linop_laplacian(dense_space(ctx, {3, 4}), boundary, h, L.out()));
    Matrix<double> m = along(difference_matrix(3, 2, 0, boundary, h[0]), 4, 0);
    const Matrix<double> second = along(difference_matrix(4, 2, 0, boundary, h[1]), 3, 1);
    for (std::size_t i = 0; i < m.a.size(); ++i) m.a[i] += second.a[i];
    const std::vector<double> ones(12, 1.0);
    expect_operator<double>(ctx, L, m, ones, ones);
    EXPECT_EQ(is_hermitian(L), SPC_TRUE);
  }
  LinOp L;
  expect_error(
      spc_linop_laplacian(dense_space(ctx, {3, 4}), SPC_BOUNDARY_NATURAL, nullptr, L.out()),
      SPC_E_VALUE, {"linop_laplacian: natural boundaries would shorten each axis differently"});
}

TEST_P(Structured, GradientStacksTheAxes) {
  const Space X = dense_space(ctx, {2, 3});
  LinOp G;
  check(spc_linop_gradient(X, SPC_DIFF_FORWARD, SPC_BOUNDARY_NEUMANN, nullptr, G.out()));
  const Array x = array<double>(ctx, {2, 3}, {1, 2, 4, 7, 11, 16});
  Array y, along_rows, along_columns;
  check(spc_linop_apply(G, x, y.out()));
  check(spc_value_item(y, 0, along_rows.out()));
  check(spc_value_item(y, 1, along_columns.out()));
  EXPECT_EQ(values<double>(along_rows), (std::vector<double>{6, 9, 12, 0, 0, 0}));
  EXPECT_EQ(values<double>(along_columns), (std::vector<double>{1, 2, 0, 4, 5, 0}));
  // The adjoint of the gradient of the gradient is minus the Laplacian with these boundaries.
  Array back;
  check(spc_linop_rapply(G, y, back.out()));
  LinOp L;
  check(spc_linop_laplacian(X, SPC_BOUNDARY_NEUMANN, nullptr, L.out()));
  std::vector<double> expected = values<double>(apply(L, x));
  for (double &e : expected) e = -e;
  expect_close(values<double>(back), expected, 1e-12);
}

TEST_P(Structured, DifferencesRefuse) {
  const Space X = dense_space(ctx, {4, 2});
  LinOp D;
  const auto difference = [&](int32_t axis, int32_t order, int32_t scheme, int32_t boundary,
                              double h) {
    return spc_linop_difference(X, axis, order, scheme, boundary, h, D.out());
  };
  expect_error(difference(2, 1, 0, 0, 1), SPC_E_VALUE,
               {"linop_difference: axis 2 is out of range for 2 axes"});
  expect_error(difference(0, 3, 0, 0, 1), SPC_E_VALUE,
               {"linop_difference: order is 3, expected 1 or 2"});
  expect_error(difference(0, 1, 7, 0, 1), SPC_E_VALUE,
               {"linop_difference: scheme is 7, expected 0, 1 or 2"});
  expect_error(difference(0, 1, 0, 9, 1), SPC_E_VALUE,
               {"linop_difference: boundary is 9, expected 0 to 3"});
  expect_error(difference(0, 1, 0, 0, 0), SPC_E_VALUE,
               {"linop_difference: spacing is 0, expected a positive number"});
  expect_error(difference(1, 2, 0, SPC_BOUNDARY_NATURAL, 1), SPC_E_VALUE,
               {"linop_difference: axis 1 has length 2, expected at least 3"});
}

// ---- Toeplitz, circulant ---------------------------------------------------------------------------

TEST_P(Structured, ToeplitzHasConstantDiagonals) {
  for_floating([&]<class T>() {
    const Context c = context(GetParam(), dtype_of<T>(), SPC_CHECK_STRICT);
    const std::vector<T> column = random<T>(4, 1), row = random<T>(3, 2);
    Matrix<T> m(4, 3);
    for (int64_t i = 0; i < 4; ++i)
      for (int64_t j = 0; j < 3; ++j) m(i, j) = i >= j ? column[pos(i - j)] : row[pos(j - i)];
    const std::vector<T> wx = positive<T>(3, 3), wy = positive<T>(4, 4);
    LinOp A;
    check(spc_linop_toeplitz(vector<T>(c, column), vector<T>(c, row), weighted_space<T>(c, {3}, wx),
                             weighted_space<T>(c, {4}, wy), A.out()));
    expect_operator<T>(c, A, m, wx, wy);
    Matrix<T> h(4, 4);
    for (int64_t i = 0; i < 4; ++i)
      for (int64_t j = 0; j < 4; ++j)
        h(i, j) = i >= j ? column[pos(i - j)] : conjugate(column[pos(j - i)]);
    check(spc_linop_toeplitz(vector<T>(c, column), nullptr, nullptr, nullptr, A.out()));
    const std::vector<T> ones(4, T(1));
    expect_operator<T>(c, A, h, ones, ones);
    Matrix<T> r(4, 4);
    for (int64_t i = 0; i < 4; ++i)
      for (int64_t j = 0; j < 4; ++j) r(i, j) = column[pos((i - j + 4) % 4)];
    check(spc_linop_circulant(vector<T>(c, column), nullptr, A.out()));
    expect_operator<T>(c, A, r, ones, ones);
  });
  LinOp A;
  check(spc_linop_toeplitz(vector<double>(ctx, {2, -1, 0}), nullptr, nullptr, nullptr, A.out()));
  EXPECT_EQ(is_hermitian(A), SPC_TRUE);
  expect_error(
      spc_linop_toeplitz(array<double>(ctx, {1, 2}, {1, 2}), nullptr, nullptr, nullptr, A.out()),
      SPC_E_TYPE, {"ToeplitzLinOp: expected a vector as column, got shape (1, 2)"});
  expect_error(spc_linop_circulant(vector<double>(ctx, {1, 2}), coordinate_space(ctx, 3), A.out()),
               SPC_E_TYPE,
               {"CirculantLinOp: the space has 3 coordinates, the vector has length 2"});
}

// ---- Jacobi ----------------------------------------------------------------------------------------

TEST_P(Structured, JacobiInvertsTheDiagonal) {
  for_floating([&]<class T>() {
    const Context c = context(GetParam(), dtype_of<T>(), SPC_CHECK_STRICT);
    const int64_t n = 5;
    Matrix<T> m(n, n, random<T>(n * n, 1));
    for (int64_t i = 0; i < n; ++i) m(i, i) += T(4);
    const Space X = dense_space(c, {n});
    LinOp S;
    check(spc_linop_sparse(sparse<T>(c, n, n, m.a), X, X, S.out()));
    const LinOp D = dense_linop<T>(c, X, X, {n, n}, m.a);
    const std::vector<T> ones(pos(n), T(1));
    for (const spc_linop A : {spc_linop(S), spc_linop(D)}) {
      LinOp P;
      check(spc_linop_jacobi(A, P.out()));
      Matrix<T> d(n, n);
      for (int64_t i = 0; i < n; ++i) d(i, i) = T(1) / m(i, i);
      expect_operator<T>(c, P, d, ones, ones);
      for (const int64_t block : {1, 2, 5, 9}) {
        check(spc_linop_block_jacobi(A, block, P.out()));
        Matrix<T> kept(n, n);
        for (int64_t i = 0; i < n; ++i)
          for (int64_t j = 0; j < n; ++j)
            if (i / block == j / block) kept(i, j) = m(i, j);
        expect_operator<T>(c, P, kept.inverse(), ones, ones, 200 * tolerance<T>());
      }
    }
  });
  const Space X = coordinate_space(ctx, 2);
  const LinOp A = dense_linop<double>(ctx, X, X, {2, 2}, {1, 2, 3, 0});
  LinOp P;
  expect_error(spc_linop_jacobi(A, P.out()), SPC_E_LINALG,
               {"linop_jacobi: the diagonal in row 1 is 0"});
  expect_error(spc_linop_block_jacobi(A, 0, P.out()), SPC_E_VALUE,
               {"linop_block_jacobi: the blocks have order 0, expected at least 1"});
  expect_error(spc_linop_block_jacobi(A, 1, P.out()), SPC_E_LINALG,
               {"linop_block_jacobi: the determinant of diagonal block 1 is 0"});
}

}  // namespace
}  // namespace test
