// SPDX-License-Identifier: Apache-2.0
// Why a call runs where it runs.
#include "tests/context/targets.hpp"
#include "tests/support/algebra.hpp"

namespace {

using namespace test;

template <class Call>
std::string given(Call call) {
  int64_t length = 0;
  check(call(nullptr, int64_t{0}, &length));
  std::vector<char> buffer(static_cast<std::size_t>(length) + 1);
  check(call(buffer.data(), length + 1, nullptr));
  return buffer.data();
}
std::string explain(const char *op, const std::vector<spc_value> &operands) {
  return given([&](char *buffer, int64_t capacity, int64_t *length) {
    return spc_explain(op, static_cast<int64_t>(operands.size()), operands.data(), buffer, capacity,
                       length);
  });
}
std::string explain(spc_linop A, int32_t mode = SPC_MODE_NONE) {
  return given([&](char *buffer, int64_t capacity, int64_t *length) {
    return spc_linop_explain(A, mode, buffer, capacity, length);
  });
}
void expect_parts(const std::string &text, std::initializer_list<const char *> parts) {
  std::size_t from = 0;
  for (const char *part : parts) {
    const std::size_t at = text.find(part, from);
    EXPECT_NE(at, std::string::npos) << "expected '" << part << "' after " << from << " in:\n"
                                     << text;
    if (at != std::string::npos) from = at;
  }
}

class Explain : public ContextTest {
 protected:
  Context cpu = context("cpu"), reference = context("reference");
};

TEST_F(Explain, FamilyDtypeAndCandidates) {
  const Array x = vector<float>(reference, {1}), y = vector<int32_t>(cpu, {1}), w = weak(2);
  expect_parts(
      explain("add", {x, y}),
      {"add: ", "family cpu (of the operands: reference, cpu)",
       "dtype float64 (of the operands: float32, int32)", "add for float64, tried in this order:\n",
       "cpu: own kernel", "reference: inherited kernel", "taken: that of cpu"});
  expect_parts(explain("add", {x, w}),
               {"family reference", "dtype float32 (of the operands: float32, weak int)",
                "add for float32", "reference: own kernel", "taken: that of reference"});
  expect_parts(explain("sqrt", {y}), {"dtype int32", "sqrt for float64"});
  expect_parts(explain("add", {w, w}), {"family cpu (no operand has one"});
}

TEST_F(Explain, ResultsAgreeWithTheCapabilityTable) {
  // 2 own, 1 inherited, 0 neither.
  const struct {
    const char *op;
    uint32_t code;
  } ops[] = {{"exp", SPC_OP_exp}, {"sort", SPC_OP_sort}, {"eig", SPC_OP_eig}};
  int64_t i = -1;
  check(spc_backend_find("cpu", &i));
  for (const auto &op : ops) {
    int32_t how = -1;
    check(spc_backend_supports(i, op.code, SPC_FLOAT64, &how));
    const Array x = array<double>(cpu, {1, 1}, {1});
    expect_parts(explain(op.op, {x}), {how == 2   ? "cpu: own kernel"
                                       : how == 1 ? "cpu: no kernel"
                                                  : "none is left"});
  }
}

TEST_F(Explain, MissingKernelsListEveryTier) {
  const Array x = array<bool>(cpu, {1, 1}, {true});
  // No family has truth values to sort by sign.
  expect_parts(explain("negative", {x}),
               {"negative for bool", "cpu: no kernel", "reference: no kernel",
                "none is left: a call is NotImpl"});
}

TEST_F(Explain, PairsOfDtypes) {
  const Array x = vector<float>(reference, {1}), s = [&] {
    Array a;
    check(spc_assparse(reference, array<double>(reference, {1, 1}, {2}), "csr", SPC_DTYPE_NONE,
                       a.out()));
    return a;
  }();
  const std::string casts = explain("astype", {x});
  expect_parts(casts, {"astype for float32, int32", "astype for float32, complex128"});
  expect_parts(explain("sum", {vector<int32_t>(reference, {1})}), {"sum for int32, int64"});
  expect_parts(explain("sparse_matmul", {s, vector<double>(reference, {1})}),
               {"no kernel of its own", "spmm for float64, int32"});
}

TEST_F(Explain, ViewsAndCompositions) {
  const Array x = array<double>(cpu, {1, 1}, {1});
  expect_parts(explain("transpose", {x}), {"a view: no kernel runs"});
  expect_parts(explain("zeros", {}), {"that of the default context", "fill for float64"});
  expect_parts(explain("empty", {}), {"no kernel runs"});
  expect_parts(explain("mean", {x}),
               {"no kernel of its own", "  sum for float64, float64", "  divide for float64"});
  expect_parts(explain("inv", {array<int32_t>(cpu, {1, 1}, {1})}), {"solve for float64"});
}

TEST_F(Explain, ScalarsBesideAnotherMemory) {
  const Array x = vector<double>(context("fakedev"), {1}), a = array<double>(cpu, {}, {2});
  expect_parts(explain("axpby", {a, x, nullptr, x}), {"family fakedev", "absent", "fakedev: own"});
}

TEST_F(Explain, Errors) {
  const Array x = vector<double>(cpu, {1}), y = vector<double>(context("fakedev"), {1});
  char buffer[8] = "kept";
  int64_t length = -1;
  const spc_value one[] = {x}, mixed[] = {x, y};
  expect_error(spc_explain("plus", 0, nullptr, nullptr, 0, &length), SPC_E_VALUE, {"'plus'"});
  expect_error(spc_explain("add", 1, one, nullptr, 0, &length), SPC_E_VALUE,
               {"add takes 2, got 1 operands"});
  expect_error(spc_explain("add", -1, nullptr, nullptr, 0, &length), SPC_E_VALUE, {"-1"});
  expect_error(spc_explain("add", 2, mixed, nullptr, 0, &length), SPC_E_TYPE, {"cpu", "fakedev"});
  expect_error(spc_explain("sqrt", 1, one, buffer, 8, &length), SPC_E_VALUE, {"capacity is 8"});
  EXPECT_STREQ(buffer, "kept");
  EXPECT_EQ(length, -1);
}

// Every op of the table has an explanation, for some number of operands.
TEST_F(Explain, EveryOp) {
  const Array x = array<double>(cpu, {1, 1}, {1});
  int64_t count = 0;
  check(spc_op_count(&count));
  for (int64_t i = 0; i < count; ++i) {
    spc_op_info info = {};
    info.struct_size = sizeof info;
    check(spc_op_describe(i, &info));
    std::vector<spc_value> operands;
    int64_t length = 0;
    spc_status status = SPC_E_VALUE;
    for (; status != SPC_OK && operands.size() <= 4; operands.push_back(x))
      status = spc_explain(info.name, static_cast<int64_t>(operands.size()), operands.data(),
                           nullptr, 0, &length);
    EXPECT_EQ(status, SPC_OK) << info.name << ": " << last_error();
    EXPECT_GT(length, 40) << info.name;
  }
}

TEST_F(Explain, Operators) {
  Array w = vector<double>(cpu, {1, 2}), sparse;
  Geometry g;
  check(spc_geometry_weighted(w, g.out()));
  const Space X = dense_space(cpu, {2}, g);
  const Array m = array<double>(cpu, {2, 2}, {1, 2, 3, 4});
  LinOp A, S, D, I, Z;
  check(spc_linop_dense(m, X, X, A.out()));
  check(spc_assparse(cpu, m, "csr", SPC_DTYPE_NONE, sparse.out()));
  check(spc_linop_sparse(sparse, X, X, S.out()));
  check(spc_linop_diagonal(w, X, D.out()));
  check(spc_linop_identity(X, I.out()));
  check(spc_linop_zero(X, X, Z.out()));
  EXPECT_EQ(explain(A).find("Riesz"), std::string::npos);
  expect_parts(explain(A), {"DenseLinOp: family cpu, dtype float64, mode none\n",
                            "  gemm for float64, tried in this order:\n", "    cpu: own kernel"});
  expect_parts(explain(A, SPC_MODE_ADJOINT), {"mode adjoint", "Riesz map", "multiply for float64",
                                              "gemm", "inverse Riesz map", "divide for float64"});
  expect_parts(explain(S, SPC_MODE_TRANSPOSE), {"SparseLinOp", "spmm for float64, int32"});
  expect_parts(explain(D), {"DiagonalLinOp", "multiply for float64"});
  expect_parts(explain(I), {"IdentityLinOp", "no kernel runs"});
  expect_parts(explain(Z), {"ZeroLinOp", "fill for float64"});
  expect_parts(explain(scaled(weak(2), A)), {"ScaledLinOp", "  DenseLinOp", "multiply"});
  expect_parts(explain(sum({A, S})), {"SumLinOp", "  DenseLinOp", "  SparseLinOp", "add"});
  // Right to left, and left to right in the modes that reverse.
  expect_parts(explain(composed(A, S)), {"ComposedLinOp", "  SparseLinOp", "  DenseLinOp"});
  expect_parts(explain(composed(A, S), SPC_MODE_TRANSPOSE),
               {"ComposedLinOp", "  DenseLinOp", "  SparseLinOp"});
  expect_parts(explain(adjoint(A)), {"AdjointLinOp", "mode none", "  DenseLinOp", "mode adjoint"});
  const auto same = [](void *, spc_element x, spc_element *y) {
    *y = x;
    return spc_array_retain(x);
  };
  LinOp F;
  check(spc_linop_matrix_free(same, same, nullptr, X, X, F.out()));
  expect_parts(explain(F), {"MatrixFreeLinOp", "the function apply"});
  expect_parts(explain(F, SPC_MODE_ADJOINT), {"the function rapply"});
  expect_parts(explain(F, SPC_MODE_TRANSPOSE), {"calls the function rapply of the program"});
  int64_t length = 0;
  expect_error(spc_linop_explain(A, 7, nullptr, 0, &length), SPC_E_VALUE, {"mode 7"});
}

}  // namespace
