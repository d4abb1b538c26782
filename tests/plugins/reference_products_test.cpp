// SPDX-License-Identifier: Apache-2.0
// Dense and sparse products, and the structure of sparse matrices.
#include <gtest/gtest.h>

#include "tests/plugins/reference_harness.hpp"

namespace spc::reference_test {
namespace {

TEST(ReferenceMatmul, BroadcastBatchOfEveryDtype) {
  for (spc_dtype t : all_dtypes) {
    SCOPED_TRACE(dtype_trace(t));
    // [[1, 1], [0, 1]] times [[1, 0], [1, 1]] and its transpose.
    Operand a = Operand(t, {2, 2}, {1, 1, 0, 1}).view({2, 2, 2}, {0, 2, 1});
    Operand b(t, {2, 2, 2}, {1, 0, 1, 1, 1, 1, 0, 1});
    Operand out(t, {2, 2, 2});
    ASSERT_EQ(Call(SPC_OP_matmul).in(a, b).out(out).run(), SPC_OK);
    EXPECT_EQ(out.values(), held(t, {2, 1, 1, 1, 1, 2, 0, 1}));
  }
}

TEST(ReferenceMatmul, IntegersWrap) {
  Operand a(SPC_INT8, {1, 2}, {100, 100});
  Operand b(SPC_INT8, {2, 1}, {2, 1});
  Operand out(SPC_INT8, {1, 1});
  ASSERT_EQ(Call(SPC_OP_matmul).in(a, b).out(out).run(), SPC_OK);
  EXPECT_EQ(out.values(), Values({44}));
}

TEST(ReferenceGemm, ModesAndZeroCoefficientsOfEveryDtype) {
  for (spc_dtype t : all_dtypes) {
    SCOPED_TRACE(dtype_trace(t));
    Operand a(t, {2, 3}, {1, 0, 1, 0, 1, 1});
    Operand x(t, {3}, {1, 1, 1});
    Operand y = Operand::unreadable(t, {2});
    Operand unread = Operand::unreadable(t, {2, 3});
    Operand one = Operand::scalar(t, 1);
    Operand zero = Operand::scalar(t, 0);
    spc_params_linear p{};
    p.rows = 2;
    p.cols = 3;
    ASSERT_EQ(Call(SPC_OP_gemm).in(one, a, x, zero).out(y).with(p).run(), SPC_OK);
    EXPECT_EQ(y.values(), held(t, {2, 2}));
    ASSERT_EQ(Call(SPC_OP_gemm).in(zero, unread, x, one).out(y).with(p).run(), SPC_OK);
    EXPECT_EQ(y.values(), held(t, {2, 2}));
    p.mode = SPC_MODE_TRANSPOSE;
    Operand z(t, {3}, {1, 0, 0});
    Operand w(t, {2}, {1, 0});
    ASSERT_EQ(Call(SPC_OP_gemm).in(one, a, w, one).out(z).with(p).run(), SPC_OK);
    EXPECT_EQ(z.values(), held(t, {2, 0, 1}));
  }
}

TEST(ReferenceGemm, ConjugateTransposeOfColumns) {
  for (spc_dtype t : {SPC_COMPLEX64, SPC_COMPLEX128}) {
    Operand a(t, {2, 1}, {{1, 1}, {0, 2}});
    Operand x(t, {2, 2}, {1, {0, 1}, 1, 0});
    Operand y(t, {1, 2}, {1, 1});
    Operand alpha = Operand::scalar(t, {0, 1});
    Operand beta = Operand::scalar(t, 2);
    spc_params_linear p{};
    p.mode = SPC_MODE_CONJ_TRANS;
    p.rows = 2;
    p.cols = 1;
    ASSERT_EQ(Call(SPC_OP_gemm).in(alpha, a, x, beta).out(y).with(p).run(), SPC_OK);
    // i [(1 - i) - 2i, (1 - i) i] + [2, 2]
    EXPECT_EQ(y.values(), Values({{5, 1}, {1, 1}}));
  }
}

// ---- sparse matrices -----------------------------------------------------------------------------
constexpr spc_params_sparse csr_2x3{0, SPC_CSR, 2, 3};

// Runs body(value dtype, index dtype) on every pair.
template <class Body>
void for_each_pair(Body body) {
  for (spc_dtype value : all_dtypes) {
    for (spc_dtype index : {SPC_INT32, SPC_INT64}) {
      SCOPED_TRACE(dtype_trace(value) + ", index " + dtype_trace(index));
      body(value, index);
    }
  }
}

// [[1, 0, 2], [0, 3, 0]], the first row not sorted.
struct Csr {
  Csr(spc_dtype t, spc_dtype i)
      : indptr(i, {3}, {0, 2, 3}), indices(i, {3}, {2, 0, 1}), data(t, {3}, {2, 1, 3}) {}
  Operand indptr;
  Operand indices;
  Operand data;
};

TEST(ReferenceSparse, SparsifyAndDensify) {
  for_each_pair([](spc_dtype t, spc_dtype i) {
    const Values dense = held(t, {1, 0, 2, 0, 3, 0});
    Operand x(t, {2, 3}, dense);
    Call call(SPC_OP_sparsify);
    ASSERT_EQ(call.in(x).with(csr_2x3).extent(), 3);
    Operand indptr(i, {3});
    Operand indices(i, {3});
    Operand data(t, {3});
    ASSERT_EQ(call.out(indptr, indices, data).run(), SPC_OK);
    EXPECT_EQ(indptr.values(), Values({0, 2, 3}));
    EXPECT_EQ(indices.values(), Values({0, 2, 1}));
    EXPECT_EQ(data.values(), held(t, {1, 2, 3}));

    Csr a(t, i);
    Operand back = Operand(t, {12}).view({2, 3}, {1, 2});
    ASSERT_EQ(Call(SPC_OP_densify).in(a.indptr, a.indices, a.data).out(back).with(csr_2x3).run(),
              SPC_OK);
    EXPECT_EQ(back.values(), dense);
  });
}

TEST(ReferenceSparse, Spmm) {
  for_each_pair([](spc_dtype t, spc_dtype i) {
    Csr a(t, i);
    Operand one = Operand::scalar(t, 1);
    Operand zero = Operand::scalar(t, 0);
    spc_params_linear p{};
    p.rows = 2;
    p.cols = 3;
    Operand x(t, {3}, {1, 1, 1});
    Operand y = Operand::unreadable(t, {2});
    auto multiply = [&](Operand &alpha, Operand &from, Operand &beta, Operand &to) {
      return Call(SPC_OP_spmm)
          .in(alpha, a.indptr, a.indices, a.data, from, beta)
          .out(to)
          .with(p)
          .run();
    };
    ASSERT_EQ(multiply(one, x, zero, y), SPC_OK);
    EXPECT_EQ(y.values(), held(t, {3, 3}));
    ASSERT_EQ(multiply(one, x, one, y), SPC_OK);
    EXPECT_EQ(y.values(), held(t, {6, 6}));
    Operand unread = Operand::unreadable(t, {3});
    ASSERT_EQ(multiply(zero, unread, one, y), SPC_OK);
    EXPECT_EQ(y.values(), held(t, {6, 6}));

    p.mode = SPC_MODE_TRANSPOSE;
    Operand u(t, {2, 2}, {1, 0, 1, 1});
    Operand v = Operand::unreadable(t, {3, 2});
    ASSERT_EQ(multiply(one, u, zero, v), SPC_OK);
    EXPECT_EQ(v.values(), held(t, {1, 0, 3, 3, 2, 0}));
  });
}

TEST(ReferenceSparse, SpmmConjugates) {
  Operand indptr(SPC_INT32, {2}, {0, 2});
  Operand indices(SPC_INT32, {2}, {1, 1});  // repeated
  Operand data(SPC_COMPLEX128, {2}, {{0, 1}, {1, 0}});
  Operand x(SPC_COMPLEX128, {1}, {2});
  Operand y(SPC_COMPLEX128, {2});
  Operand alpha = Operand::scalar(SPC_COMPLEX128, {0, 1});
  Operand zero = Operand::scalar(SPC_COMPLEX128, 0);
  spc_params_linear p{};
  p.mode = SPC_MODE_CONJ_TRANS;
  p.rows = 1;
  p.cols = 2;
  ASSERT_EQ(Call(SPC_OP_spmm).in(alpha, indptr, indices, data, x, zero).out(y).with(p).run(),
            SPC_OK);
  EXPECT_EQ(y.values(), Values({0, {2, 2}}));
}

TEST(ReferenceSparse, CooToCsrAddsRepeatedEntries) {
  for_each_pair([](spc_dtype t, spc_dtype i) {
    Operand row(i, {5}, {2, 0, 2, 0, 2});
    Operand col(i, {5}, {1, 2, 0, 0, 1});
    Operand data(t, {5}, {1, 2, 3, 4, 5});
    Call call(SPC_OP_coo_to_csr);
    ASSERT_EQ(call.in(row, col, data).with(spc_params_sparse{0, SPC_COO, 3, 3}).extent(), 4);
    Operand indptr(i, {4});
    Operand indices(i, {4});
    Operand sums(t, {4});
    ASSERT_EQ(call.out(indptr, indices, sums).run(), SPC_OK);
    EXPECT_EQ(indptr.values(), Values({0, 2, 2, 4}));
    EXPECT_EQ(indices.values(), Values({0, 2, 0, 1}));
    EXPECT_EQ(sums.values(), held(t, {4, 2, 3, 6}));

    Operand rows(i, {4});
    Call back(SPC_OP_csr_to_coo);
    back.in(indptr, indices, sums).out(rows).with(spc_params_sparse{0, SPC_CSR, 3, 3});
    ASSERT_EQ(back.run(), SPC_OK);
    EXPECT_EQ(rows.values(), Values({0, 0, 2, 2}));
  });
}

TEST(ReferenceSparse, TransposeDiagonalAndClose) {
  for_each_pair([](spc_dtype t, spc_dtype i) {
    Csr a(t, i);
    Operand indptr(i, {4});
    Operand indices(i, {3});
    Operand data(t, {3});
    Call transpose(SPC_OP_csr_transpose);
    transpose.in(a.indptr, a.indices, a.data).out(indptr, indices, data).with(csr_2x3);
    ASSERT_EQ(transpose.run(), SPC_OK);
    EXPECT_EQ(indptr.values(), Values({0, 1, 2, 3}));
    EXPECT_EQ(indices.values(), Values({0, 1, 0}));
    EXPECT_EQ(data.values(), held(t, {1, 3, 2}));

    Operand diagonal(t, {2});
    Call diagonal_call(SPC_OP_csr_diagonal);
    diagonal_call.in(a.indptr, a.indices, a.data).out(diagonal).with(csr_2x3);
    ASSERT_EQ(diagonal_call.run(), SPC_OK);
    EXPECT_EQ(diagonal.values(), held(t, {1, 3}));

    auto close = [&](Operand &other_indptr, Operand &other_indices, Operand &other_data) {
      Operand out(SPC_BOOL, {});
      spc_params_close p{};
      p.rtol = 1e-5;
      p.rows = 3;
      Call call(SPC_OP_allclose_sparse);
      call.in(other_indptr, other_indices, other_data, indptr, indices, data).out(out).with(p);
      EXPECT_EQ(call.run(), SPC_OK);
      return out.at(0) != 0.0;
    };
    EXPECT_TRUE(close(indptr, indices, data));
    Operand empty_indptr(i, {4}, {0, 0, 0, 0});
    Operand no_indices(i, {0});
    Operand no_data(t, {0});
    EXPECT_FALSE(close(empty_indptr, no_indices, no_data));
  });
}

TEST(ReferenceSparseCheck, NamesThePlace) {
  auto check = [](const Values &first, const Values &second, spc_params_sparse p) {
    Operand a(SPC_INT32, {static_cast<int64_t>(first.size())}, first);
    Operand b(SPC_INT32, {static_cast<int64_t>(second.size())}, second);
    Operand data(SPC_FLOAT32, b.shape());
    Operand out(SPC_BOOL, {});
    Call call(SPC_OP_sparse_check);
    const spc_status status = call.in(a, b, data).out(out).with(p).run();
    EXPECT_EQ(status, call.error().empty() ? SPC_OK : SPC_E_VALUE);
    return call.error();
  };
  const spc_params_sparse coo{0, SPC_COO, 2, 3};
  EXPECT_EQ(check({0, 2, 3}, {2, 0, 1}, csr_2x3), "");
  EXPECT_EQ(check({1, 2, 3}, {2, 0, 1}, csr_2x3), "indptr[0] is 1, expected 0");
  EXPECT_EQ(check({0, 4, 3}, {2, 0, 1}, csr_2x3),
            "indptr[2] is 3, less than indptr[1], which is 4");
  EXPECT_EQ(check({0, 2, 4}, {2, 0, 1}, csr_2x3),
            "indptr[2] is 4, expected the number of entries, 3");
  EXPECT_EQ(check({0, 2, 3}, {2, 3, 1}, csr_2x3),
            "indices[1] is 3, outside the range from 0 to below 3");
  EXPECT_EQ(check({0, 1}, {2, 0}, coo), "");
  EXPECT_EQ(check({0, 2}, {2, 0}, coo), "row[1] is 2, outside the range from 0 to below 2");
  EXPECT_EQ(check({0, 1}, {2, -1}, coo), "col[1] is -1, outside the range from 0 to below 3");
}

}  // namespace
}  // namespace spc::reference_test
