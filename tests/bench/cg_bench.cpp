// SPDX-License-Identifier: Apache-2.0
// Conjugate gradients for the 7-point Laplacian on a cube, float64: spc_cg with a CSR operator of the
// cpu family against a hand-written loop with three passes per iteration on all threads and large
// pages, against Eigen's solver where Eigen was found, and against SciPy's where /usr/bin/python3 has
// it. All of it is compiled for this processor. The contenders take turns; medians of the times per
// iteration, and of their ratios within a round, are compared. Every contender makes the same number
// of iterations.
//
//   cg_bench [EDGE [ITERATIONS [ROUNDS]]]
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "spacecore/spacecore.hpp"

#if __has_include(<Eigen/IterativeLinearSolvers>)
#define SPC_BENCH_EIGEN 1
#include <Eigen/IterativeLinearSolvers>
#include <Eigen/SparseCore>
#endif

namespace {

/// Memory on large pages, as the library has it.
template <class T>
struct LargePages {
  using value_type = T;
  LargePages() = default;
  template <class U>
  LargePages(const LargePages<U> &) {}  // NOLINT(google-explicit-constructor): of allocators
  T *allocate(std::size_t n) {
    constexpr std::size_t page = std::size_t{1} << 21;
    const std::size_t bytes = (n * sizeof(T) + page - 1) / page * page;
    void *const memory = std::aligned_alloc(page, bytes);
    if (memory == nullptr) throw std::bad_alloc();
    madvise(memory, bytes, MADV_HUGEPAGE);
    return static_cast<T *>(memory);
  }
  void deallocate(T *memory, std::size_t) { std::free(memory); }
  bool operator==(const LargePages &) const { return true; }
};
template <class T>
using Pages = std::vector<T, LargePages<T>>;

struct Csr {
  Pages<std::int32_t> indptr{0}, indices;
  Pages<double> data;
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
void by_hand(const Csr &a, const Pages<double> &b_of, Pages<double> &x_of, int iterations) {
  const auto n = static_cast<std::size_t>(a.rows());
  const int threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  Pages<double> r_of = b_of, p_of = b_of, q_of(n);
  std::fill(x_of.begin(), x_of.end(), 0.0);
  std::vector<Partial> pq(static_cast<std::size_t>(threads)), rr(pq.size());
  Barrier barrier(threads);
  double start = 0;
  for (const double v : b_of) start += v * v;
  const auto total = [](const std::vector<Partial> &parts) {
    double s = 0;
    for (const Partial &part : parts) s += part.value;
    return s;
  };
  const auto work = [&](std::size_t t) {
    double *const __restrict r = r_of.data(), *const __restrict p = p_of.data(),
                             *const __restrict q = q_of.data(), *const __restrict x = x_of.data();
    const std::int32_t *const __restrict indptr = a.indptr.data(), *const __restrict indices =
                                                                       a.indices.data();
    const double *const __restrict data = a.data.data();
    const std::size_t begin = n * t / static_cast<std::size_t>(threads);
    const std::size_t end = n * (t + 1) / static_cast<std::size_t>(threads);
    double rs = start;
    for (int k = 0; k < iterations; ++k) {
      double s = 0;
      for (std::size_t i = begin; i < end; ++i) {
        double v = 0;
        for (std::int32_t e = indptr[i]; e < indptr[i + 1]; ++e) v += data[e] * p[indices[e]];
        q[i] = v;
        s += v * p[i];
      }
      pq[t].value = s;
      barrier.wait();
      const double alpha = rs / total(pq);
      s = 0;
#pragma omp simd reduction(+ : s)
      for (std::size_t i = begin; i < end; ++i) {
        r[i] -= alpha * q[i];
        s += r[i] * r[i];
      }
      rr[t].value = s;
      barrier.wait();
      const double next = total(rr), beta = next / rs;
      rs = next;
#pragma omp simd
      for (std::size_t i = begin; i < end; ++i) {
        x[i] += alpha * p[i];
        p[i] = r[i] + beta * p[i];
      }
      barrier.wait();
    }
  };
  std::vector<std::thread> others;
  for (int t = 1; t < threads; ++t) others.emplace_back(work, static_cast<std::size_t>(t));
  work(0);
  for (std::thread &t : others) t.join();
}

/// Seconds of one scipy.sparse.linalg.cg in a process of its own; 0 if there is none.
double by_scipy(int edge, int iterations) {
  static const char script[] =
      "import sys, time, inspect, numpy as np, scipy.sparse as sp\n"
      "from scipy.sparse.linalg import cg\n"
      "n, k = int(sys.argv[1]), int(sys.argv[2])\n"
      "one = sp.diags([-np.ones(n - 1), 2 * np.ones(n), -np.ones(n - 1)], [-1, 0, 1])\n"
      "e = sp.identity(n)\n"
      "plane = sp.kron(e, one) + sp.kron(one, e)\n"
      "A = sp.csr_matrix(sp.kron(e, plane) + sp.kron(one, sp.identity(n * n)))\n"
      "b = np.sin(np.arange(n ** 3) * 0.7) + 0.1\n"
      "tol = 'rtol' if 'rtol' in inspect.signature(cg).parameters else 'tol'\n"
      "cg(A, b, maxiter=2, atol=0, **{tol: 0})\n"
      "t = time.perf_counter()\n"
      "cg(A, b, maxiter=k, atol=0, **{tol: 0})\n"
      "print(time.perf_counter() - t)\n";
  const std::string command = "/usr/bin/python3 -c \"" + std::string(script) + "\" " +
                              std::to_string(edge) + " " + std::to_string(iterations) +
                              " 2>/dev/null";
  double seconds = 0;
  if (FILE *const out = popen(command.c_str(), "r")) {
    if (std::fscanf(out, "%lf", &seconds) != 1) seconds = 0;
    pclose(out);
  }
  return seconds;
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

template <class T>
std::vector<T> plain(const Pages<T> &v) {
  return {v.begin(), v.end()};
}

/// Median of a / b, round by round.
double ratio(const std::vector<double> &a, const std::vector<double> &b) {
  std::vector<double> r(a.size());
  for (std::size_t i = 0; i < r.size(); ++i) r[i] = a[i] / b[i];
  return median(r);
}

int run(int edge, int iterations, int rounds) {
  const Csr a = poisson(edge);
  const auto n = static_cast<std::size_t>(a.rows());
  Pages<double> b(n), x(n);
  for (std::size_t i = 0; i < n; ++i) b[i] = std::sin(static_cast<double>(i) * 0.7) + 0.1;

  const spc::Context ctx("cpu", SPC_FLOAT64, SPC_CHECK_STANDARD);
  const spc::Space space = spc::Space::vector(ctx, a.rows());
  spc_array handle = nullptr;
  spc::check(spc_sparse_create(SPC_CSR, a.rows(), a.rows(), spc::Array(ctx, plain(a.indptr)).get(),
                               spc::Array(ctx, plain(a.indices)).get(),
                               spc::Array(ctx, plain(a.data)).get(), &handle));
  const spc::LinOp A = spc::LinOp::sparse(spc::Array::adopt(handle), space, space);
  const spc::Array rhs(ctx, plain(b));
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

  struct Peer {
    const char *name;
    std::vector<double> seconds;
  };
  Peer peers[] = {{"by hand", {}}, {"Eigen", {}}, {"SciPy", {}}};
  std::vector<double> ours;
  spc::Array solution;
  for (int k = 0; k <= rounds; ++k) {
    const double t_ours = seconds_of([&] { solution = spc::cg(A, rhs, options).x; });
    const double t_hand = seconds_of([&] { by_hand(a, b, x, iterations); });
    double t_eigen = 0;
#ifdef SPC_BENCH_EIGEN
    t_eigen = seconds_of([&] {
      const Eigen::VectorXd y = eigen.solve(Eigen::Map<const Eigen::VectorXd>(b.data(), a.rows()));
      if (!(y.norm() > 0)) std::exit(1);
    });
#endif
    const double t_scipy = by_scipy(edge, iterations);
    if (k == 0) continue;  // pages and threads
    ours.push_back(t_ours);
    peers[0].seconds.push_back(t_hand);
    peers[1].seconds.push_back(t_eigen);
    peers[2].seconds.push_back(t_scipy);
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
  std::printf("spc_cg   %8.3f\n", median(ours) * unit);
  for (const Peer &p : peers)
    if (median(p.seconds) > 0)
      std::printf("%-8s %8.3f   spc_cg takes %.2f of it\n", p.name, median(p.seconds) * unit,
                  ratio(ours, p.seconds));
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
