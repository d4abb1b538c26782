// SPDX-License-Identifier: Apache-2.0
// Conjugate gradients for the 7-point Laplacian on a cube, float64: spc_cg with a CSR operator of the
// cpu family against a hand-written loop over the same arrays, with three passes per iteration on all
// threads, and against Eigen's solver where Eigen was found. The contenders take turns; medians of the
// times per iteration are compared. Every contender makes the same number of iterations.
//
//   cg_bench [EDGE [ITERATIONS [ROUNDS]]]
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "spacecore/spacecore.hpp"

#if __has_include(<Eigen/IterativeLinearSolvers>)
#define SPC_BENCH_EIGEN 1
#include <Eigen/IterativeLinearSolvers>
#include <Eigen/SparseCore>
#endif

namespace {

struct Csr {
  std::vector<std::int32_t> indptr{0}, indices;
  std::vector<double> data;
  std::int32_t rows() const { return static_cast<std::int32_t>(indptr.size()) - 1; }
};

Csr poisson(int n) {
  Csr m;
  for (int z = 0; z < n; ++z)
    for (int y = 0; y < n; ++y)
      for (int x = 0; x < n; ++x) {
        const std::int32_t i = (z * n + y) * n + x;
        const auto entry = [&](bool inside, std::int32_t j, double v) {
          if (!inside) return;
          m.indices.push_back(j);
          m.data.push_back(v);
        };
        entry(z > 0, i - n * n, -1);
        entry(y > 0, i - n, -1);
        entry(x > 0, i - 1, -1);
        entry(true, i, 6);
        entry(x < n - 1, i + 1, -1);
        entry(y < n - 1, i + n, -1);
        entry(z < n - 1, i + n * n, -1);
        m.indptr.push_back(static_cast<std::int32_t>(m.indices.size()));
      }
  return m;
}

/// Waits without sleeping.
class Barrier {
 public:
  explicit Barrier(int n) : n_(n), left_(n) {}
  void wait() {
    const int turn = turn_.load(std::memory_order_acquire);
    if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      left_.store(n_, std::memory_order_relaxed);
      turn_.store(turn + 1, std::memory_order_release);
      return;
    }
    for (int spins = 0; turn_.load(std::memory_order_acquire) == turn; ++spins)
      if (spins > 20000) std::this_thread::yield();
  }

 private:
  const int n_;
  std::atomic<int> left_;
  std::atomic<int> turn_{0};
};

struct alignas(64) Partial {
  double value = 0;
};

/// The loop that one would write for this one problem.
void by_hand(const Csr &a, const std::vector<double> &b, std::vector<double> &x, int iterations) {
  const auto n = static_cast<std::size_t>(a.rows());
  const int threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  std::vector<double> r = b, p = b, q(n);
  std::fill(x.begin(), x.end(), 0.0);
  std::vector<Partial> pq(static_cast<std::size_t>(threads)), rr(pq.size());
  Barrier barrier(threads);
  double start = 0;
  for (const double v : b) start += v * v;
  const auto total = [](const std::vector<Partial> &parts) {
    double s = 0;
    for (const Partial &part : parts) s += part.value;
    return s;
  };
  const auto work = [&](int t) {
    const std::size_t begin = n * static_cast<std::size_t>(t) / static_cast<std::size_t>(threads);
    const std::size_t end = n * static_cast<std::size_t>(t + 1) / static_cast<std::size_t>(threads);
    double rs = start;
    for (int k = 0; k < iterations; ++k) {
      double s = 0;
      for (std::size_t i = begin; i < end; ++i) {
        double v = 0;
        for (std::int32_t e = a.indptr[i]; e < a.indptr[i + 1]; ++e)
          v += a.data[static_cast<std::size_t>(e)] *
               p[static_cast<std::size_t>(a.indices[static_cast<std::size_t>(e)])];
        q[i] = v;
        s += v * p[i];
      }
      pq[static_cast<std::size_t>(t)].value = s;
      barrier.wait();
      const double alpha = rs / total(pq);
      s = 0;
      for (std::size_t i = begin; i < end; ++i) {
        r[i] -= alpha * q[i];
        s += r[i] * r[i];
      }
      rr[static_cast<std::size_t>(t)].value = s;
      barrier.wait();
      const double next = total(rr), beta = next / rs;
      rs = next;
      for (std::size_t i = begin; i < end; ++i) {
        x[i] += alpha * p[i];
        p[i] = r[i] + beta * p[i];
      }
      barrier.wait();
    }
  };
  std::vector<std::thread> others;
  for (int t = 1; t < threads; ++t) others.emplace_back(work, t);
  work(0);
  for (std::thread &t : others) t.join();
}

double seconds_of(auto &&f) {
  const auto begin = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> v) {
  std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
  return v[v.size() / 2];
}

int number(char **argv, int argc, int i, int otherwise) {
  return argc > i ? std::atoi(argv[i]) : otherwise;
}

int run(int edge, int iterations, int rounds) {
  const Csr a = poisson(edge);
  const auto n = static_cast<std::size_t>(a.rows());
  std::vector<double> b(n), x(n);
  for (std::size_t i = 0; i < n; ++i) b[i] = std::sin(static_cast<double>(i) * 0.7) + 0.1;

  const spc::Context ctx("cpu", SPC_FLOAT64, SPC_CHECK_STANDARD);
  const spc::Space space = spc::Space::vector(ctx, a.rows());
  spc_array handle = nullptr;
  spc::check(spc_sparse_create(SPC_CSR, a.rows(), a.rows(), spc::Array(ctx, a.indptr).get(),
                               spc::Array(ctx, a.indices).get(), spc::Array(ctx, a.data).get(),
                               &handle));
  const spc::LinOp A = spc::LinOp::sparse(spc::Array::adopt(handle), space, space);
  const spc::Array rhs(ctx, b);
  spc::SolveOptions options;
  options.rtol = 0;
  options.maxiter = iterations;
  options.workspace = spc::Workspace();

#ifdef SPC_BENCH_EIGEN
  const Eigen::Map<const Eigen::SparseMatrix<double, Eigen::RowMajor>> view(
      a.rows(), a.rows(), static_cast<Eigen::Index>(a.data.size()), a.indptr.data(),
      a.indices.data(), a.data.data());
  const Eigen::SparseMatrix<double, Eigen::RowMajor> matrix = view;
  Eigen::ConjugateGradient<Eigen::SparseMatrix<double, Eigen::RowMajor>,
                           Eigen::Lower | Eigen::Upper, Eigen::IdentityPreconditioner>
      eigen(matrix);
  eigen.setMaxIterations(iterations);
  eigen.setTolerance(0);
#endif

  std::vector<double> ours, hand, peer;
  spc::Array solution;
  for (int k = 0; k <= rounds; ++k) {
    const double t_ours = seconds_of([&] { solution = spc::cg(A, rhs, options).x; });
    const double t_hand = seconds_of([&] { by_hand(a, b, x, iterations); });
    double t_peer = 0;
#ifdef SPC_BENCH_EIGEN
    t_peer = seconds_of([&] {
      const Eigen::VectorXd y = eigen.solve(Eigen::Map<const Eigen::VectorXd>(b.data(), a.rows()));
      if (!(y.norm() > 0)) std::exit(1);
    });
#endif
    if (k == 0) continue;  // pages and threads
    ours.push_back(t_ours);
    hand.push_back(t_hand);
    peer.push_back(t_peer);
  }
  double error = 0, size = 0;
  const auto values = solution.to_vector<double>();
  for (std::size_t i = 0; i < n; ++i) {
    error = std::max(error, std::abs(values[i] - x[i]));
    size = std::max(size, std::abs(x[i]));
  }
  const double unit = 1e3 / iterations;
  std::printf("%d^3 unknowns, %d iterations, medians of %d rounds, ms per iteration\n", edge,
              iterations, rounds);
  std::printf("by hand  %8.3f\n", median(hand) * unit);
  std::printf("spc_cg   %8.3f   %.2f of the loop by hand\n", median(ours) * unit,
              median(ours) / median(hand));
  if (median(peer) > 0)
    std::printf("Eigen    %8.3f   spc_cg takes %.2f of it\n", median(peer) * unit,
                median(ours) / median(peer));
  std::printf("largest difference of the solutions %.1e of %.1e\n", error, size);
  return error <= 1e-8 * size ? 0 : 1;
}

}  // namespace

int main(int argc, char **argv) {
  try {
    return run(number(argv, argc, 1, 100), number(argv, argc, 2, 60), number(argv, argc, 3, 7));
  } catch (const std::exception &e) {
    std::fprintf(stderr, "cg_bench: %s\n", e.what());
    return 1;
  }
}
