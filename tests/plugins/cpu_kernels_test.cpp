// SPDX-License-Identifier: Apache-2.0
// Dense and sparse products of the cpu family, and that its sums do not depend on threads.
#include "tests/plugins/cpu_harness.hpp"

namespace spc::plugin_test {
namespace {

// ---- products -----------------------------------------------------------------------------------

class Product : public testing::TestWithParam<int32_t> {};
constexpr int32_t floating_dtypes[] = {SPC_FLOAT32, SPC_FLOAT64, SPC_COMPLEX64, SPC_COMPLEX128};
constexpr Layout output_layouts[] = {Layout::rows, Layout::columns, Layout::spread,
                                     Layout::backwards};

TEST_P(Product, Matmul) {
  const int32_t dtype = GetParam();
  for (int trial = 0; trial < 300; ++trial) {
    const int64_t m = integer(0, 2) == 0 ? 1 : integer(1, 40);
    const int64_t n = integer(0, 2) == 0 ? 1 : integer(1, 40);
    const int64_t k = integer(0, 4) == 0 ? 1 : integer(1, 70);
    Shape batch;
    for (int64_t b = integer(0, 2); b > 0; --b) batch.push_back(integer(1, 4));
    auto with = [&](int64_t rows, int64_t columns) {
      Shape s = batch;
      s.push_back(rows);
      s.push_back(columns);
      return s;
    };
    Trial t{SPC_OP_matmul,
            static_cast<uint32_t>(dtype),
            0,
            {},
            output(dtype, with(m, n), output_layouts[integer(0, 3)])};
    t.in.push_back(operand(dtype, with(m, k), input_layouts[integer(0, 4)], Values::plain));
    t.in.push_back(operand(dtype, with(k, n), input_layouts[integer(0, 4)], Values::plain));
    for (Operand &x : t.in) {  // broadcast batch axes
      for (size_t axis = 0; axis < batch.size(); ++axis) {
        if (integer(0, 3) == 0) {
          if (x.strides[axis] < 0) x.first += (x.shape[axis] - 1) * x.strides[axis];
          x.strides[axis] = 0;
        }
      }
    }
    t.ulps = 8;
    t.scale = 2 * static_cast<double>(k);
    t.what = text("matmul", dtype, with(m, n), static_cast<int>(k));
    t.run();
  }
}

TEST_P(Product, Gemm) {
  const int32_t dtype = GetParam();
  for (int trial = 0; trial < 400; ++trial) {
    const bool large = trial % 40 == 0;
    const int64_t m = large ? integer(1, 3000) : integer(1, 70);
    const int64_t k = large ? 300000 / m + 1 : integer(1, 70);
    const int64_t n = integer(0, 2) == 0 ? integer(1, 20) : 0;
    const int32_t mode = static_cast<int32_t>(integer(0, 2));
    const int64_t x_length = mode == SPC_MODE_NONE ? k : m;
    const int64_t y_length = mode == SPC_MODE_NONE ? m : k;
    spc_params_linear p{sizeof p, mode, m, k, 0, 0};
    auto shape_of = [&](int64_t length) { return n > 0 ? Shape{length, n} : Shape{length}; };
    const std::complex<double> factors[] = {0.0, 1.0, {-1.5, 0.25}};
    const std::complex<double> alpha = factors[integer(0, 2)];
    const std::complex<double> beta = factors[integer(0, 2)];
    Trial t{SPC_OP_gemm,
            static_cast<uint32_t>(dtype),
            0,
            {},
            output(dtype, shape_of(y_length), output_layouts[integer(0, 3)])};
    if (beta == 0.0) t.out.each([&](void *at) { set(at, dtype, {NAN, NAN}); });
    t.in.push_back(scalar(dtype, alpha, 0));
    t.in.push_back(operand(dtype, {m, k}, input_layouts[integer(0, 4)], Values::plain));
    t.in.push_back(operand(dtype, shape_of(x_length), input_layouts[integer(0, 3)], Values::plain));
    if (alpha == 0.0) t.in[2].each([&](void *at) { set(at, dtype, {NAN, NAN}); });
    t.in.push_back(scalar(dtype, beta, 0));
    t.params = &p;
    t.ulps = 12;
    t.scale = 2 * static_cast<double>(x_length);
    t.what = text("gemm", dtype, {m, k, n}, mode);
    t.run();
  }
}

TEST_P(Product, Sparse) {
  const int32_t dtype = GetParam();
  for (int trial = 0; trial < 300; ++trial) {
    const bool large = trial % 30 == 0;
    const int64_t rows = large ? integer(1000, 40000) : integer(1, 60);
    const int64_t columns = large ? integer(1000, 40000) : integer(1, 60);
    const int64_t n = integer(0, 2) == 0 ? integer(1, 9) : 0;
    const int32_t mode = static_cast<int32_t>(integer(0, 2));
    const int32_t index = integer(0, 1) == 0 ? SPC_INT32 : SPC_INT64;
    Operand indptr{index, {rows + 1}, {1}, 0, {}};
    indptr.memory.resize(static_cast<size_t>(rows + 1) * size_of(index));
    int64_t nnz = 0;
    for (int64_t i = 0; i < rows; ++i) {
      set(indptr.at(i), index, static_cast<double>(nnz));
      nnz += integer(0, 9) == 0 ? integer(0, 40) : integer(0, 8);
    }
    set(indptr.at(rows), index, static_cast<double>(nnz));
    if (nnz == 0) continue;
    Operand indices{index, {nnz}, {1}, 0, {}};
    indices.memory.resize(static_cast<size_t>(nnz) * size_of(index));
    for (int64_t k = 0; k < nnz; ++k) {
      set(indices.at(k), index, static_cast<double>(integer(0, columns - 1)));
    }
    spc_params_linear p{sizeof p, mode, rows, columns, 0, 0};
    const int64_t x_length = mode == SPC_MODE_NONE ? columns : rows;
    const int64_t y_length = mode == SPC_MODE_NONE ? rows : columns;
    auto shape_of = [&](int64_t length) { return n > 0 ? Shape{length, n} : Shape{length}; };
    const std::complex<double> factors[] = {0.0, 1.0, {-1.5, 0.25}};
    const std::complex<double> alpha = factors[integer(0, 2)];
    const std::complex<double> beta = factors[integer(0, 2)];
    Trial t{SPC_OP_spmm,
            static_cast<uint32_t>(dtype),
            static_cast<uint32_t>(index),
            {},
            output(dtype, shape_of(y_length), output_layouts[integer(0, 3)])};
    if (beta == 0.0) t.out.each([&](void *at) { set(at, dtype, {NAN, NAN}); });
    t.in.push_back(scalar(dtype, alpha, 0));
    t.in.push_back(indptr);
    t.in.push_back(indices);
    t.in.push_back(operand(dtype, {nnz}, Layout::rows, Values::plain));
    t.in.push_back(operand(dtype, shape_of(x_length), input_layouts[integer(0, 3)], Values::plain));
    if (alpha == 0.0) t.in[4].each([&](void *at) { set(at, dtype, {NAN, NAN}); });
    t.in.push_back(scalar(dtype, beta, 0));
    t.params = &p;
    t.plan = integer(0, 1) == 0;
    t.ulps = 16;
    t.scale = 40;
    t.what = text("spmm", dtype, {rows, columns, n}, mode);
    t.run();
  }
}

// A product with sums: y as without them, bit for bit; the sums as reference has them, and the same
// ones for any number of threads.
TEST_P(Product, SparseWithSums) {
  const int32_t dtype = GetParam();
  for (const int64_t rows : {0, 1, 37, 700, 40000}) {
    Operand indptr{SPC_INT32, {rows + 1}, {1}, 0, {}};
    indptr.memory.resize(static_cast<size_t>(rows + 1) * 4);
    for (int64_t i = 0; i <= rows; ++i) {
      set(indptr.at(i), SPC_INT32, static_cast<double>(5 * i));
    }
    Operand indices{SPC_INT32, {5 * rows}, {1}, 0, {}};
    indices.memory.resize(static_cast<size_t>(5 * rows) * 4);
    for (int64_t k = 0; k < 5 * rows; ++k) {
      set(indices.at(k), SPC_INT32, static_cast<double>(integer(0, rows - 1)));
    }
    Operand data = operand(dtype, {5 * rows}, Layout::rows, Values::plain);
    Operand x = operand(dtype, {rows}, Layout::spread, Values::plain);
    const Operand y =
        operand(dtype, {rows}, rows > 0 ? Layout::backwards : Layout::rows, Values::plain);
    for (const double factor : {1.0, 0.0}) {
      Operand alpha = scalar(dtype, factor, 0), beta = scalar(dtype, -0.5, 0);
      const auto run = [&](const auto &family, uint32_t dots, Operand &sums) {
        Operand out = y;
        const spc_tensor tensors[] = {alpha.tensor(), indptr.tensor(), indices.tensor(),
                                      data.tensor(),  x.tensor(),      beta.tensor()};
        const spc_tensor *in[6];
        for (size_t k = 0; k < 6; ++k) in[k] = &tensors[k];
        spc_tensor results[] = {out.tensor(), sums.tensor()};
        spc_tensor *outs[] = {&results[0], &results[1]};
        const spc_params_linear p{sizeof p, SPC_MODE_NONE, rows, rows, dots, 0};
        Exec exec;
        const spc_call call{
            sizeof(spc_call), SPC_OP_spmm,   6,          dots == 0 ? 1u : 2u, in, outs, &p,
            nullptr,          exec.handle(), &host_api()};
        const spc_op_entry *spmm =
            family.find(SPC_OP_spmm, static_cast<uint32_t>(dtype), SPC_INT32);
        EXPECT_EQ(spmm->fn(family.state, &call), SPC_OK) << exec.error();
        return out;
      };
      for (uint32_t dots = 1; dots < 8; ++dots) {
        const std::string what = text("spmm", dtype, {rows}, static_cast<int>(dots));
        Operand none = output(dtype, {1}, Layout::rows);
        const Operand plain = run(cpu_family(), 0, none);
        const int64_t n = __builtin_popcount(dots);
        const Operand unset = output(dtype, {n}, Layout::spread);
        Operand sums[3] = {unset, unset, unset};
        run(reference_family(), dots, sums[0]);
        for (int k = 1; k < 3; ++k) {
          set_threads(k == 1 ? 1 : 5);
          EXPECT_EQ(run(cpu_family(), dots, sums[k]).memory, plain.memory) << what;
        }
        EXPECT_EQ(sums[1].memory, sums[2].memory) << what;
        expect_same(sums[0], sums[1], 64, 40 * static_cast<double>(rows), false, what);
      }
    }
  }
  set_threads(3);
}

INSTANTIATE_TEST_SUITE_P(Dtypes, Product, testing::ValuesIn(floating_dtypes));

// ---- threads ------------------------------------------------------------------------------------

// The same call gives the same bits on one thread and on five.
TEST(Threads, BitsDoNotDependOnTheirNumber) {
  for (int32_t dtype : floating_dtypes) {
    for (const Shape &shape : {Shape{300003}, Shape{400, 1001}, Shape{100000, 3}}) {
      for (size_t kept = 0; kept <= 1 && kept < shape.size(); ++kept) {
        for (Layout layout : {Layout::rows, Layout::columns}) {
          spc_params_reduce p{sizeof p, static_cast<int32_t>(kept), 0, 0};
          Operand x = operand(dtype, shape, layout, Values::plain);
          Operand results[2] = {reduced_output(dtype, shape, kept),
                                reduced_output(dtype, shape, kept)};
          for (int k = 0; k < 2; ++k) {
            set_threads(k == 0 ? 1 : 5);
            const spc_tensor in = x.tensor();
            spc_tensor out = results[k].tensor();
            const spc_tensor *ins[] = {&in};
            spc_tensor *outs[] = {&out};
            Exec exec;
            spc_call call{sizeof(spc_call), SPC_OP_sum,    1,          1, ins, outs, &p,
                          nullptr,          exec.handle(), &host_api()};
            const spc_op_entry *sum = cpu_family().find(SPC_OP_sum, static_cast<uint32_t>(dtype),
                                                        static_cast<uint32_t>(dtype));
            ASSERT_EQ(sum->fn(cpu_family().state, &call), SPC_OK);
          }
          EXPECT_EQ(results[0].memory, results[1].memory) << text("sum", dtype, shape, 0);
        }
      }
    }
  }
  set_threads(3);
}

}  // namespace
}  // namespace spc::plugin_test
