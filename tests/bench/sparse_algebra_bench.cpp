// SPDX-License-Identifier: Apache-2.0
// Sparse algebra in float64: A A, A + A^T and A x of the 5-point Laplacian on a square and of the given
// Matrix Market files, by the cpu family, and by Eigen and GraphBLAS where they were found. The
// contenders take turns; printed are the shortest times of the clock and of the processors, the latter
// because other work on the machine disturbs it less. All give products with sorted rows; only the
// family drops entries that are zero. OMP_WAIT_POLICY=passive keeps the threads of one contender from
// waiting in the time of the next.
//
//   sparse_algebra_bench [EDGE [ROUNDS [MATRIX.mtx...]]]
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "spacecore/spacecore.hpp"

#if __has_include(<Eigen/SparseCore>)
#define SPC_BENCH_EIGEN 1
#include <Eigen/SparseCore>
#endif

#ifdef SPC_BENCH_GRAPHBLAS
extern "C" {  // which the header leaves out
#include <GraphBLAS.h>
}
#endif

namespace {

spc::Array poisson(const spc::Context &ctx, std::int32_t n) {
  std::vector<std::int32_t> indptr{0}, indices;
  std::vector<double> data;
  for (std::int32_t y = 0; y < n; ++y)
    for (std::int32_t x = 0; x < n; ++x) {
      const std::int32_t i = y * n + x;
      const auto entry = [&](bool inside, std::int32_t j, double v) {
        if (!inside) return;
        indices.push_back(j);
        data.push_back(v);
      };
      entry(y > 0, i - n, -1);
      entry(x > 0, i - 1, -1);
      entry(true, i, 4);
      entry(x < n - 1, i + 1, -1);
      entry(y < n - 1, i + n, -1);
      indptr.push_back(static_cast<std::int32_t>(indices.size()));
    }
  const spc::Array p(ctx, indptr), j(ctx, indices), v(ctx, data);
  spc_array out = nullptr;
  if (spc_sparse_create(SPC_CSR, std::int64_t{n} * n, std::int64_t{n} * n, p.get(), j.get(),
                        v.get(), &out) != SPC_OK)
    std::exit(1);
  return spc::Array::adopt(out);
}

struct Contender {
  const char *name;
  std::function<std::int64_t()> run;  // entries of the result
  double seconds = 1e300, processor = 1e300;
  std::int64_t entries = 0;
};

void compare(const std::string &what, std::vector<Contender> contenders, int rounds) {
  using Clock = std::chrono::steady_clock;
  for (int round = 0; round <= rounds; ++round)
    for (Contender &c : contenders) {
      const auto start = Clock::now();
      const std::clock_t used = std::clock();
      c.entries = c.run();
      const std::clock_t spent = std::clock() - used;
      const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
      if (round == 0) continue;
      c.seconds = std::min(c.seconds, seconds);
      c.processor = std::min(c.processor, static_cast<double>(spent) / CLOCKS_PER_SEC);
    }
  for (const Contender &c : contenders)
    std::printf("%-24s %-9s %10.3f ms %10.3f ms of processors %12lld entries\n", what.c_str(),
                c.name, 1e3 * c.seconds, 1e3 * c.processor, static_cast<long long>(c.entries));
}

std::int64_t entries_of(spc_status status, spc_array result) {
  std::int64_t n = -1;
  if (status != SPC_OK || spc_sparse_nnz(result, &n) != SPC_OK) {
    const char *text = "";
    spc_last_error_message(&text);
    std::fprintf(stderr, "%s\n", text);
    std::exit(1);
  }
  spc_array_release(&result);
  return n;
}

#ifdef SPC_BENCH_EIGEN
using EigenMatrix = Eigen::SparseMatrix<double, Eigen::RowMajor, std::int32_t>;

EigenMatrix eigen_of(const spc::Array &a, std::int64_t rows, std::int64_t cols) {
  spc_array parts[3] = {};
  if (spc_sparse_parts(a.get(), &parts[0], &parts[1], &parts[2]) != SPC_OK) std::exit(1);
  const auto indptr = spc::Array::adopt(parts[0]).to_vector<std::int32_t>();
  const auto indices = spc::Array::adopt(parts[1]).to_vector<std::int32_t>();
  const auto data = spc::Array::adopt(parts[2]).to_vector<double>();
  return Eigen::Map<const EigenMatrix>(rows, cols, static_cast<std::int64_t>(data.size()),
                                       indptr.data(), indices.data(), data.data());
}
#endif

#ifdef SPC_BENCH_GRAPHBLAS
void check(GrB_Info info) {
  if (info == GrB_SUCCESS) return;
  std::fprintf(stderr, "GraphBLAS: %d\n", static_cast<int>(info));
  std::exit(1);
}

// A matrix of the library; freed with the process.
GrB_Matrix graph_of(const spc::Array &a, std::int64_t rows, std::int64_t cols) {
  spc_array parts[3] = {};
  if (spc_sparse_parts(a.get(), &parts[0], &parts[1], &parts[2]) != SPC_OK) std::exit(1);
  const auto p = spc::Array::adopt(parts[0]).to_vector<std::int32_t>();
  const auto j = spc::Array::adopt(parts[1]).to_vector<std::int32_t>();
  const auto x = spc::Array::adopt(parts[2]).to_vector<double>();
  const std::vector<GrB_Index> indptr(p.begin(), p.end()), indices(j.begin(), j.end());
  GrB_Matrix m = nullptr;
  check(GrB_Matrix_import_FP64(&m, GrB_FP64, static_cast<GrB_Index>(rows),
                               static_cast<GrB_Index>(cols), indptr.data(), indices.data(),
                               x.data(), indptr.size(), indices.size(), x.size(), GrB_CSR_FORMAT));
  return m;
}

// Entries of what run(result) makes.
template <class Run>
std::int64_t made(GrB_Index rows, GrB_Index cols, Run run) {
  GrB_Matrix r = nullptr;
  check(GrB_Matrix_new(&r, GrB_FP64, rows, cols));
  check(run(r));
  check(GrB_Matrix_wait(r, GrB_MATERIALIZE));
  GrB_Index n = 0;
  check(GrB_Matrix_nvals(&n, r));
  check(GrB_Matrix_free(&r));
  return static_cast<std::int64_t>(n);
}
#endif

void measure(const std::string &name, const spc::Context &ctx, const spc::Array &a, int rounds) {
  std::int64_t shape[2];
  if (spc_array_shape(a.get(), shape, 2) != SPC_OK) std::exit(1);
  spc_array turned = nullptr, transposed = nullptr;
  if (spc_transpose(a.get(), SPC_ALL_AXES, nullptr, &turned) != SPC_OK) std::exit(1);
  if (spc_assparse(nullptr, turned, "csr", SPC_DTYPE_NONE, &transposed) != SPC_OK) std::exit(1);
  spc_array_release(&turned);
  const spc::Array t = spc::Array::adopt(transposed);
  const bool square = shape[0] == shape[1];
  const spc::Array &right = square ? a : t;
  std::vector<Contender> product{{"cpu", [&] {
                                    spc_array r = nullptr;
                                    const spc_status s =
                                        spc_matmul(a.get(), right.get(), nullptr, &r);
                                    return entries_of(s, r);
                                  }}};
  std::vector<Contender> sum{{"cpu", [&] {
                                spc_array r = nullptr;
                                const spc_status s = spc_add(a.get(), t.get(), &r);
                                return entries_of(s, r);
                              }}};
  const spc::Array ones(ctx, std::vector<double>(static_cast<std::size_t>(shape[1]), 1.0));
  std::vector<Contender> vector{{"cpu", [&] {
                                   spc_array y = nullptr;
                                   if (spc_sparse_matmul(a.get(), ones.get(), &y) != SPC_OK)
                                     std::exit(1);
                                   spc_array_release(&y);
                                   return shape[0];
                                 }}};
#ifdef SPC_BENCH_EIGEN
  const EigenMatrix x = eigen_of(a, shape[0], shape[1]),
                    y = square ? x : eigen_of(t, shape[1], shape[0]);
  const EigenMatrix z = eigen_of(t, shape[1], shape[0]);
  product.push_back({"Eigen", [&] {
                       const EigenMatrix r = x * y;
                       return static_cast<std::int64_t>(r.nonZeros());
                     }});
  if (square) {
    sum.push_back({"Eigen", [&] {
                     const EigenMatrix r = x + z;
                     return static_cast<std::int64_t>(r.nonZeros());
                   }});
  }
  const Eigen::VectorXd v = Eigen::VectorXd::Ones(shape[1]);
  Eigen::VectorXd w;  // outside, so that the product is not left out
  vector.push_back({"Eigen", [&] {
                      w = Eigen::VectorXd(shape[0]);
                      w.noalias() = x * v;
                      return static_cast<std::int64_t>(w.size());
                    }});
#endif
#ifdef SPC_BENCH_GRAPHBLAS
  const auto rows = static_cast<GrB_Index>(shape[0]), cols = static_cast<GrB_Index>(shape[1]);
  const GrB_Matrix f = graph_of(a, shape[0], shape[1]), h = graph_of(t, shape[1], shape[0]);
  product.push_back({"GraphBLAS", [&] {
                       return made(rows, rows, [&](GrB_Matrix r) {
                         return GrB_mxm(r, nullptr, nullptr, GrB_PLUS_TIMES_SEMIRING_FP64, f,
                                        square ? f : h, nullptr);
                       });
                     }});
  sum.push_back({"GraphBLAS", [&] {
                   return made(rows, cols, [&](GrB_Matrix r) {
                     return GrB_Matrix_eWiseAdd_BinaryOp(r, nullptr, nullptr, GrB_PLUS_FP64, f, h,
                                                         nullptr);
                   });
                 }});
  GrB_Vector u = nullptr;
  check(GrB_Vector_new(&u, GrB_FP64, cols));
  check(GrB_Vector_assign_FP64(u, nullptr, nullptr, 1.0, GrB_ALL, cols, nullptr));
  vector.push_back(
      {"GraphBLAS", [&] {
         GrB_Vector r = nullptr;
         check(GrB_Vector_new(&r, GrB_FP64, rows));
         check(GrB_mxv(r, nullptr, nullptr, GrB_PLUS_TIMES_SEMIRING_FP64, f, u, nullptr));
         check(GrB_Vector_wait(r, GrB_MATERIALIZE));
         check(GrB_Vector_free(&r));
         return shape[0];
       }});
#endif
  compare(name + ": A x", std::move(vector), rounds);
  compare(name + (square ? ": A A" : ": A A^T"), std::move(product), rounds);
  if (!square) return;
  compare(name + ": A + A^T", std::move(sum), rounds);
}

}  // namespace

int main(int argc, char **argv) {
  const std::int32_t edge = argc > 1 ? std::atoi(argv[1]) : 1000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
#ifdef SPC_BENCH_GRAPHBLAS
  check(GrB_init(GrB_NONBLOCKING));
#endif
  try {
    const spc::Context ctx("cpu", SPC_FLOAT64);
    measure("poisson " + std::to_string(edge) + "^2", ctx, poisson(ctx, edge), rounds);
    for (int i = 3; i < argc; ++i) {
      spc_array a = nullptr;
      if (spc_mm_read(argv[i], ctx.get(), "csr", SPC_FLOAT64, &a) != SPC_OK) {
        std::fprintf(stderr, "%s: not read\n", argv[i]);
        return 1;
      }
      const std::string path = argv[i];
      measure(path.substr(path.find_last_of('/') + 1), ctx, spc::Array::adopt(a), rounds);
    }
  } catch (const spc::Error &e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}
