// SPDX-License-Identifier: Apache-2.0
// Operators as matrices, their transposes and conjugates.
#include <vector>

#include "tests/linop/operators.hpp"

namespace test {
namespace {

class Matrices : public OnFamily {
 protected:
  void expect(spc_linop A, const Shape &shape, const std::vector<double> &m) {
    SCOPED_TRACE(kind_of(A));
    const Array matrix = matrix_of(A);
    EXPECT_EQ(shape_of(matrix), shape);
    expect_close(values<double>(matrix), m, 1e-12);
  }
};
SPC_ON_EVERY_FAMILY(Matrices);

TEST_P(Matrices, of_every_class) {
  const Space X = dense_space(ctx, {2, 2}, weighted<double>(ctx, {2, 2}, {1, 2, .5, 4})),
              Y = coordinate_space<double>(ctx, 2, {3, 7});
  const std::vector<double> m = {1, 2, 3, 4, 5, 6, 7, 8};
  const LinOp A = dense_linop<double>(ctx, X, Y, {2, 2, 2}, m);
  expect(A, {2, 4}, m);
  for (const char *format : {"csr", "csc", "coo"}) {
    LinOp S;
    check(spc_linop_sparse(sparse<double>(ctx, 2, 4, m, format), X, Y, S.out()));
    expect(S, {2, 4}, m);
  }
  expect(diagonal(array<double>(ctx, {2, 2}, {1, 2, 3, 4}), X), {4, 4},
         {1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 4});
  expect(identity(Y), {2, 2}, {1, 0, 0, 1});
  expect(zero(X, Y), {2, 4}, std::vector<double>(8, 0));
  Wrapped functions{A};
  expect(matrix_free(functions, X, Y), {2, 4}, m);
  expect(matrix_free(functions, X, Y, true), {2, 4}, m);
  expect(scaled(weak(2), A), {2, 4}, {2, 4, 6, 8, 10, 12, 14, 16});
  expect(sum({A, A}), {2, 4}, {2, 4, 6, 8, 10, 12, 14, 16});
  expect(adjoint(A), {4, 2}, {3, 35, 3, 21, 18, 98, 3, 14});
  expect(composed(A, adjoint(A)), {2, 2}, {75, 427, 183, 1099});
  expect(transpose(A), {4, 2}, {1, 5, 2, 6, 3, 7, 4, 8});
  expect(transpose(adjoint(A)), {2, 4}, {3, 3, 18, 3, 35, 21, 98, 14});
  expect(assume(A, SPC_IS_REAL), {2, 4}, m);
  expect(conjugate_of(A), {2, 4}, m);
}

TEST_P(Matrices, tensors_and_stored_arrays) {
  const Space X = dense_space(ctx, {2, 1}), Y = coordinate_space(ctx, 3);
  const Array a = array<double>(ctx, {3, 2, 1}, {1, 2, 3, 4, 5, 6});
  LinOp A;
  check(spc_linop_dense(a, X, Y, A.out()));
  Array out;
  check(spc_linop_to_dense(A, out.out()));
  EXPECT_EQ(shape_of(out), (Shape{3, 2, 1}));
  EXPECT_EQ(values<double>(out), (std::vector<double>{1, 2, 3, 4, 5, 6}));
  // The matrix is new, the array is that of the operator.
  check(spc_array_set(out, weak(0.)));
  check(spc_linop_array(A, out.out()));
  EXPECT_EQ(values<double>(out), (std::vector<double>{1, 2, 3, 4, 5, 6}));
  check(spc_array_set(a, weak(1.)));
  EXPECT_EQ(values<double>(out), std::vector<double>(6, 1));
  expect_error(spc_linop_to_sparse(A, out.out()), SPC_E_NOTIMPL,
               {"to_sparse: DenseLinOp stores no sparse matrix"});

  LinOp S;
  check(spc_linop_sparse(sparse<double>(ctx, 3, 2, {1, 0, 0, 2, 0, 3}), X, Y, S.out()));
  for (const auto stored : {spc_linop_to_sparse, spc_linop_array}) {
    check(stored(S, out.out()));
    int32_t kind = -1;
    check(spc_value_kind(out, &kind));
    EXPECT_EQ(kind, SPC_VALUE_SPARSE);
  }
  const LinOp D = diagonal(array<double>(ctx, {2, 1}, {2, 3}), X);
  check(spc_linop_array(D, out.out()));
  EXPECT_EQ(shape_of(out), (Shape{2, 1, 2, 1}));
  EXPECT_EQ(values<double>(out), (std::vector<double>{2, 0, 0, 3}));
  expect_error(spc_linop_array(identity(X), out.out()), SPC_E_NOTIMPL,
               {"linop_array: IdentityLinOp stores no array"});
  expect_error(spc_linop_to_sparse(D, out.out()), SPC_E_NOTIMPL, {"DiagonalLinOp"});
}

TEST_P(Matrices, narrow_data_and_no_coordinates) {
  const Context single = context(GetParam(), SPC_FLOAT32, SPC_CHECK_NONE);
  const Space X = coordinate_space<float>(single, 2);
  LinOp A;
  check(spc_linop_dense(array<double>(ctx, {2, 2}, {1, 2, 3, 4}), X, X, A.out()));
  EXPECT_EQ(values<float>(matrix_of(A)), (std::vector<float>{1, 2, 3, 4}));
  const Space none = coordinate_space(ctx, 0), Y = coordinate_space(ctx, 2);
  const LinOp E = dense_linop<double>(ctx, none, Y, {2, 0}, {});
  EXPECT_EQ(shape_of(matrix_of(E)), (Shape{2, 0}));
  Wrapped functions{E};
  EXPECT_EQ(shape_of(matrix_of(matrix_free(functions, none, Y))), (Shape{2, 0}));
}

TEST_P(Matrices, full_matrix_by_blocks_of_columns) {
  // 3000 columns of 3000 coordinates are more than one block.
  if (std::string(GetParam()) != "cpu") return;
  const int64_t n = 3000;
  const Space X = coordinate_space(ctx, n);
  const LinOp I = identity(X);
  Array trace;
  const Array m = matrix_of(scaled(weak(2), I));
  check(spc_sum(m, SPC_ALL_AXES, nullptr, 0, SPC_DTYPE_NONE, trace.out()));
  EXPECT_EQ(value<double>(trace), 2. * n);
  const spc_index last[] = {at(n - 1), at(n - 1)};
  Array corner;
  check(spc_getitem(m, 2, last, corner.out()));
  EXPECT_EQ(value<double>(corner), 2);
}

TEST_P(Matrices, columns_one_by_one_where_batches_fail) {
  const Space X = coordinate_space(ctx, 2);
  const LinOp A = dense_linop<double>(ctx, X, X, {2, 2}, {1, 2, 3, 4});
  Wrapped functions{A};
  const auto none = [](void *, spc_element, spc_element *) -> spc_status { return SPC_OK; };
  const auto failing = [](void *, spc_element, spc_element *) -> spc_status { return 5; };
  const auto note = [](void *user, const char *category, const char *message) -> spc_status {
    static_cast<std::string *>(user)->append(std::string(category) + ": " + message);
    return SPC_OK;
  };
  LinOp F;
  check(spc_linop_matrix_free_batched(Wrapped::forward, Wrapped::backward, none, none, &functions,
                                      X, X, F.out()));
  std::string warning;
  check(spc_set_warning_handler(note, &warning));
  const Array m = matrix_of(F);
  check(spc_set_warning_handler(nullptr, nullptr));
  EXPECT_EQ(values<double>(m), (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(warning,
            "RuntimeWarning: to_matrix: MatrixFreeLinOp was applied to one column after the other, "
            "as its batches failed: MatrixFreeLinOp.vapply: the callback returned no batch");
  check(spc_linop_matrix_free_batched(Wrapped::forward, Wrapped::backward, failing, failing,
                                      &functions, X, X, F.out()));
  Array out;
  expect_error(spc_linop_to_matrix(F, out.out()), SPC_E_CALLBACK, {"the callback returned 5"});
}

TEST(MatricesOf, opaque_elements) {
  load_opaque();
  const Context c = context("opaque");
  Array prototype;
  const std::vector<double> d = {1, 2};
  const int64_t shape[] = {2};
  check(spc_array_from_host(c, SPC_FLOAT64, 1, shape, d.data(), prototype.out()));
  Space X;
  check(spc_space_like(c, prototype, nullptr, X.out()));
  const LinOp D = diagonal(prototype, X), I = identity(X), O = zero(X, X);
  Array out;
  for (spc_linop op : {spc_linop(D), spc_linop(I), spc_linop(O)})
    expect_error(spc_linop_to_matrix(op, out.out()), SPC_E_NOTIMPL,
                 {"to_matrix: elements of family opaque have no coordinates"});
  EXPECT_EQ(is(I, SPC_IS_POSITIVE_DEFINITE), SPC_TRUE);
  EXPECT_EQ(is(D, SPC_IS_HERMITIAN), SPC_TRUE);
}

TEST_P(Matrices, views_of_complex_operators) {
  const Context z = context(GetParam(), SPC_COMPLEX128);
  const Space X = coordinate_space<c128>(z, 2, {2, 5}), Y = coordinate_space<c128>(z, 2, {3, 7});
  const std::vector<c128> m = {{1, 2}, {3, -1}, {0, -2}, {4, .5}};
  const LinOp A = dense_linop<c128>(z, X, Y, {2, 2}, m);
  const LinOp T = transpose(A), C = conjugate_of(A), H = adjoint(A);
  expect_close(values<c128>(matrix_of(T)), {m[0], m[2], m[1], m[3]}, 1e-14);
  expect_close(values<c128>(matrix_of(C)), {conj(m[0]), conj(m[1]), conj(m[2]), conj(m[3])}, 1e-14);
  // A^T = conj(A^H) with A^H = R_X A# R_Y^-1.
  const Array y = vector<c128>(z, {{1, -1}, {2, .25}});
  const c128 y0(1, -1), y1(2, .25);
  expect_close(values<c128>(apply(T, y)), {m[0] * y0 + m[2] * y1, m[1] * y0 + m[3] * y1}, 1e-13);
  expect_close(values<c128>(apply(C, y)),
               {conj(m[0]) * y0 + conj(m[1]) * y1, conj(m[2]) * y0 + conj(m[3]) * y1}, 1e-13);
  EXPECT_TRUE(same(transpose(T), A));
  EXPECT_TRUE(same(conjugate_of(C), A));
  EXPECT_TRUE(same(transpose(A), T));
  EXPECT_TRUE(same(conjugate_of(A), C));
  EXPECT_EQ(kind_of(T), "TransposeLinOp");
  EXPECT_EQ(kind_of(C), "ConjugateLinOp");
  EXPECT_EQ(kind_of(transpose(H)), "TransposeLinOp");
  EXPECT_TRUE(equal(domain_of(T), Y));
  EXPECT_TRUE(equal(codomain_of(T), X));
  Wrapped functions{A};
  const LinOp F = matrix_free(functions, X, Y);
  expect_close(values<c128>(matrix_of(transpose(F))), {m[0], m[2], m[1], m[3]}, 1e-13);
  for (spc_linop op : {spc_linop(A), spc_linop(T), spc_linop(C), spc_linop(H), spc_linop(F)}) {
    expect_operator_laws(op);
    expect_operator_laws(transpose(op));
    expect_operator_laws(conjugate_of(op));
    expect_operator_laws(adjoint(op));
  }
}

TEST_P(Matrices, real_operators_are_their_conjugates) {
  const Space X = coordinate_space(ctx, 2);
  const LinOp A = dense_linop<double>(ctx, X, X, {2, 2}, {1, 2, 3, 4});
  EXPECT_TRUE(same(conjugate_of(A), A));
  EXPECT_FALSE(same(transpose(A), A));
}

TEST_P(Matrices, views_live_as_long_as_they_are_held) {
  const Space X = coordinate_space(ctx, 2);
  LinOp T;
  {
    const LinOp A = dense_linop<double>(ctx, X, X, {2, 2}, {1, 2, 3, 4});
    T = transpose(A);
    transpose(A);
  }
  EXPECT_EQ(values<double>(apply(T, vector<double>(ctx, {1, 0}))), (std::vector<double>{1, 2}));
}

TEST_P(Matrices, conversion_of_views) {
  const Space X = coordinate_space(ctx, 2);
  const LinOp A = dense_linop<double>(ctx, X, X, {2, 2}, {1, 2, 3, 4});
  const Context single = context(GetParam(), SPC_FLOAT32);
  spc_target target = {};
  target.struct_size = sizeof target;
  spc_target_init(&target);
  target.context = single;
  LinOp out;
  check(spc_linop_convert(assume(transpose(A), SPC_IS_UNITARY), &target, out.out()));
  EXPECT_EQ(values<float>(matrix_of(out)), (std::vector<float>{1, 3, 2, 4}));
  EXPECT_EQ(is(out, SPC_IS_UNITARY), SPC_TRUE);
}

}  // namespace
}  // namespace test
