// SPDX-License-Identifier: Apache-2.0
// Laws of operators: every class, dtype, level, geometry and family, against coordinates by hand.
#include "tests/linop/operators.hpp"
#include "tests/support/matrix.hpp"

namespace test {
namespace {

constexpr int32_t levels[] = {SPC_CHECK_NONE, SPC_CHECK_CHEAP, SPC_CHECK_STANDARD,
                              SPC_CHECK_STRICT};

template <class T>
struct Setting {
  Context ctx;
  Shape x_shape{2, 2}, y_shape{3};
  MetricSpace<T> of_X, of_Y;
  const Space &X = of_X.space, &Y = of_Y.space;
  const Matrix<T> &GX = of_X.G, &GY = of_Y.G;
  std::mt19937_64 generator{20240612};

  Setting(const char *family, int32_t level, Metric metric)
      : ctx(context(family, dtype_of<T>(), level)),
        of_X(metric_space<T>(ctx, x_shape, metric, 1)),
        of_Y(metric_space<T>(ctx, y_shape, metric, 2)) {}
  std::vector<T> random(int64_t n) { return test::random<T>(n, generator); }
  Matrix<T> random_matrix(int64_t rows, int64_t cols) { return {rows, cols, random(rows * cols)}; }
  Array element(const Shape &shape, const std::vector<T> &v) { return array<T>(ctx, shape, v); }
};

/// What every operator has to satisfy against its matrix.
template <class T>
void expect_laws(Setting<T> &s, spc_linop A, const Matrix<T> &m, const Shape &from, const Shape &to,
                 const Matrix<T> &G_from, const Matrix<T> &G_to, const char *what) {
  SCOPED_TRACE(what);
  const double tol = sizeof(Real<T>) == 4 ? 5e-5 : 1e-10;
  const std::vector<T> xv = s.random(m.cols), yv = s.random(m.rows);
  const Array x = s.element(from, xv), y = s.element(to, yv);
  const Array Ax = apply(A, x), Hy = rapply(A, y);
  EXPECT_EQ(shape_of(Ax), to);
  EXPECT_EQ(shape_of(Hy), from);
  expect_close(values<T>(Ax), m.times(xv), tol, "A x");
  expect_close(values<T>(Hy), m.adjoint(G_from, G_to).times(yv), tol, "A# y");
  const c128 left = value<T>(inner(codomain_of(A), Ax, y)),
             right = value<T>(inner(domain_of(A), x, Hy));
  EXPECT_LE(std::abs(left - right), 10 * tol * (1 + std::abs(left))) << "<A x, y> = <x, A# y>";
  const LinOp H = adjoint(A);
  EXPECT_EQ(values<T>(apply(H, y)), values<T>(Hy));
  EXPECT_EQ(values<T>(rapply(H, x)), values<T>(Ax));
  const LinOp HH = adjoint(H);
  EXPECT_TRUE(same(HH, A));
  EXPECT_TRUE(same(adjoint(A), H));
  expect_close(values<T>(matrix_of(A)), m.a, tol, "matrix");
  Shape one = {1};
  one.insert(one.end(), from.begin(), from.end());
  expect_close(values<T>(vapply(A, s.element(one, xv))), values<T>(Ax), tol, "a batch of one");
  expect_operator_laws(A, 1);
}

template <class T>
void every_class(const char *family, int32_t level, Metric metric) {
  SCOPED_TRACE(::testing::Message() << "level " << level << ' ' << name(metric));
  Setting<T> s(family, level, metric);
  const Matrix<T> a = s.random_matrix(3, 4), b = s.random_matrix(3, 4), c = s.random_matrix(4, 3);
  auto forward = [&](spc_linop op, const Matrix<T> &m, const char *what) {
    expect_laws(s, op, m, s.x_shape, s.y_shape, s.GX, s.GY, what);
  };
  auto square = [&](spc_linop op, const Matrix<T> &m, const char *what) {
    expect_laws(s, op, m, s.x_shape, s.x_shape, s.GX, s.GX, what);
  };
  const LinOp A = dense_linop<T>(s.ctx, s.X, s.Y, {3, 2, 2}, a.a);
  forward(A, a, "dense");

  // Not contiguous: the transpose of the stored transpose.
  {
    std::vector<T> t(12);
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 4; ++j) t[j * 3 + i] = a(i, j);
    const Array stored = array<T>(s.ctx, {2, 2, 3}, t);
    const int64_t order[] = {2, 0, 1};
    Array view;
    check(spc_transpose(stored, 3, order, view.out()));
    LinOp V;
    check(spc_linop_dense(view, s.X, s.Y, V.out()));
    forward(V, a, "dense view");
  }
  for (const char *format : {"csr", "csc", "coo"}) {
    LinOp S;
    check(spc_linop_sparse(sparse<T>(s.ctx, 3, 4, a.a, format), s.X, s.Y, S.out()));
    forward(S, a, format);
  }
  const std::vector<T> d = s.random(4);
  LinOp D;
  check(spc_linop_diagonal(array<T>(s.ctx, {2, 2}, d), s.X, D.out()));
  square(D, Matrix<T>::diagonal(d), "diagonal");
  LinOp I, O;
  check(spc_linop_identity(s.X, I.out()));
  square(I, Matrix<T>::identity(4), "identity");
  check(spc_linop_zero(s.X, s.Y, O.out()));
  forward(O, {3, 4}, "zero");
  Wrapped functions{A};
  const LinOp F = matrix_free(functions, s.X, s.Y);
  forward(F, a, "matrix-free");

  const T factor = number<T>(-1.25, .5);
  Matrix<T> scaled_a = a, sum_ab = a;
  for (T &v : scaled_a.a) v *= factor;
  for (std::size_t i = 0; i < sum_ab.a.size(); ++i) sum_ab.a[i] += b.a[i] + a.a[i];
  forward(scaled(array<T>(s.ctx, {}, {factor}), A), scaled_a, "scaled");
  const LinOp B = dense_linop<T>(s.ctx, s.X, s.Y, {3, 2, 2}, b.a);
  forward(sum({A, B, F}), sum_ab, "sum");
  const LinOp C = dense_linop<T>(s.ctx, s.Y, s.X, {2, 2, 3}, c.a);
  square(composed(C, A), c.times(a), "composed");
  forward(composed(A, composed(C, A)), a.times(c.times(a)), "nested composition");
  square(composed(adjoint(A), A), a.adjoint(s.GX, s.GY).times(a), "gram");
  for (const LinOp &op : {transpose(A), conjugate_of(A), transpose(F), assume(A, SPC_IS_UNITARY)})
    expect_operator_laws(op, 1);
  Wrapped other{B};
  const LinOp G = matrix_free(other, s.X, s.Y, true);
  expect_operator_laws(G, 1);
  const spc_linop blocks[] = {A, B, F, G}, pair[] = {A, G};
  LinOp op;
  check(spc_linop_block_diagonal("{b: [*, *], a: (*, *)}", 4, blocks, op.out()));
  expect_operator_laws(op, 1);
  expect_operator_laws(adjoint(op), 1);
  check(spc_linop_block_matrix(2, 2, blocks, op.out()));
  expect_operator_laws(op, 1);
  expect_operator_laws(adjoint(op), 1);
  const LinOp gram = composed(adjoint(op), op);
  expect_operator_laws(gram, 1);
  EXPECT_EQ(is(gram, SPC_IS_POSITIVE_SEMIDEFINITE), SPC_TRUE);
  check(spc_linop_stacked(nullptr, nullptr, 2, pair, op.out()));
  expect_operator_laws(op, 1);
  check(spc_linop_sum_to_single(nullptr, nullptr, 2, pair, op.out()));
  expect_operator_laws(op, 1);
  {
    SCOPED_TRACE("adjoint view");
    const LinOp H = adjoint(A);
    const std::vector<T> yv = s.random(3);
    expect_close(values<T>(apply(H, s.element(s.y_shape, yv))), a.adjoint(s.GX, s.GY).times(yv),
                 sizeof(Real<T>) == 4 ? 5e-5 : 1e-10);
  }
}

template <class T>
void every_setting(const char *family) {
  for (int32_t level : levels)
    for (const Metric metric : every_metric) every_class<T>(family, level, metric);
}

class LinOpLaws : public OnFamily {};
SPC_ON_EVERY_FAMILY(LinOpLaws);

TEST_P(LinOpLaws, float32) {
  every_setting<float>(GetParam());
}
TEST_P(LinOpLaws, float64) {
  every_setting<double>(GetParam());
}
TEST_P(LinOpLaws, complex64) {
  every_setting<c64>(GetParam());
}
TEST_P(LinOpLaws, complex128) {
  every_setting<c128>(GetParam());
}

TEST_P(LinOpLaws, algebra_identities) {
  const Space X = coordinate_space(ctx, 2);
  const LinOp A = dense_linop<double>(ctx, X, X, {2, 2}, {1, 2, 3, 4});
  LinOp I, O;
  check(spc_linop_identity(X, I.out()));
  check(spc_linop_zero(X, X, O.out()));
  const Array x = vector<double>(ctx, {.5, -3});
  const std::vector<double> Ax = values<double>(apply(A, x));
  EXPECT_EQ(values<double>(apply(composed(I, A), x)), Ax);
  EXPECT_EQ(values<double>(apply(composed(A, I), x)), Ax);
  EXPECT_EQ(values<double>(apply(sum({A, O}), x)), Ax);
  EXPECT_EQ(values<double>(apply(scaled(weak(1), A), x)), Ax);
  EXPECT_EQ(values<double>(apply(sum({A, A}), x)), values<double>(apply(scaled(weak(2), A), x)));
}

struct Report {
  int64_t failures = 0;
  std::string text;
  explicit Report(spc_linop A) {
    int64_t n = 0;
    check(spc_test_operator(A, 2, 3, nullptr, 0, &n, &failures));
    text.resize(static_cast<std::size_t>(n) + 1);
    check(spc_test_operator(A, 2, 3, text.data(), n + 1, nullptr, nullptr));
  }
  bool fails(const char *law) const {
    return text.find(std::string("FAILS: ") + law) != std::string::npos;
  }
};

TEST_P(LinOpLaws, report_names_what_fails) {
  const Context none = context(GetParam(), SPC_FLOAT64, SPC_CHECK_NONE);
  const Space X = coordinate_space(none, 2);
  const LinOp A = dense_linop<double>(none, X, X, {2, 2}, {1, 2, 3, 4}), I = identity(X);
  const auto forward = [](void *user, spc_element x, spc_element *y) {
    return spc_linop_apply(static_cast<spc_linop>(user), x, y);
  };
  const auto squares = [](void *, spc_element x, spc_element *y) { return spc_multiply(x, x, y); };
  const auto twice = [](void *, spc_element x, spc_element *y) { return spc_add(x, x, y); };
  const spc_linop dense = A;
  LinOp wrong, bent, batches;
  check(spc_linop_matrix_free(forward, forward, dense, X, X, wrong.out()));
  const Report one(wrong);
  EXPECT_EQ(one.failures, 1) << one.text;
  EXPECT_TRUE(one.fails("<A x, y> = <x, A# y>")) << one.text;
  EXPECT_NE(one.text.find("holds: A(x + z) = A x + A z"), std::string::npos) << one.text;
  check(spc_linop_matrix_free(squares, squares, nullptr, X, X, bent.out()));
  const Report many(bent);
  EXPECT_TRUE(many.fails("A(x + z) = A x + A z")) << many.text;
  EXPECT_TRUE(many.fails("A(a x) = a A x")) << many.text;
  EXPECT_TRUE(many.fails("the matrix")) << many.text;
  const auto same_batch = [](void *, spc_element x, spc_element *y) {
    *y = x;
    return spc_array_retain(x);
  };
  check(spc_linop_matrix_free_batched(twice, twice, same_batch, same_batch, nullptr, X, X,
                                      batches.out()));
  const Report unequal(batches);
  EXPECT_TRUE(unequal.fails("batches")) << unequal.text;
  const Report good(A);
  EXPECT_EQ(good.failures, 0);
  for (const char *law :
       {"A(x + z) = A x + A z", "A(a x) = a A x", "<A x, y> = <x, A# y>", "A# as a view",
        "A## is A", "(A^T)^T = A", "A^T = conj(A^H)", "apply_into, none", "apply_into, transpose",
        "apply_into, conjugate transpose", "apply_into, adjoint", "batches", "the matrix",
        "conversion"})
    EXPECT_NE(good.text.find(std::string("holds: ") + law), std::string::npos) << law;
  int64_t n = 0;
  expect_error(spc_test_operator(A, 0, 1, nullptr, 0, &n, nullptr), SPC_E_VALUE,
               {"test_operator: samples is 0, expected at least 1"});
}

TEST_P(LinOpLaws, empty_spaces) {
  const Space none = coordinate_space(ctx, 0), X = coordinate_space(ctx, 2);
  const LinOp A = dense_linop<double>(ctx, none, X, {2, 0}, {});
  EXPECT_EQ(values<double>(apply(A, vector<double>(ctx, {}))), (std::vector<double>{0, 0}));
  EXPECT_EQ(values<double>(rapply(A, vector<double>(ctx, {1, 2}))), std::vector<double>{});
  const Array y = vector<double>(ctx, {1, 2});
  check(spc_linop_apply_into(nullptr, A, vector<double>(ctx, {}), weak(3), y, SPC_MODE_NONE));
  EXPECT_EQ(values<double>(y), (std::vector<double>{3, 6}));
}

}  // namespace
}  // namespace test
