// SPDX-License-Identifier: Apache-2.0
// What an operator costs on top of BLAS: y = A x with a dense 64 x 64 float64 matrix through
// spc_linop_apply_into, against the cblas_dgemv of the same BLAS library called directly.
//
// The variants take turns in short rounds, so that clock changes and neighbours meet all of them
// alike; the medians over the rounds are compared. Allocations of the measured calls are counted
// through the library's allocator and through operator new and malloc of the whole process.
#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <vector>

#include "spacecore/spacecore.h"

#include "plugins/cpu/openblas/table.h"

namespace {

std::atomic<std::int64_t> allocations{0};

}  // namespace

// Seen by the library too: it takes its operator new from the program.
void *operator new(std::size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void *p = std::malloc(bytes)) return p;
  throw std::bad_alloc();
}
void operator delete(void *p) noexcept {
  std::free(p);
}
void operator delete(void *p, std::size_t) noexcept {
  std::free(p);
}

namespace {

constexpr int n = 64;
constexpr int rounds = 2001;
constexpr int calls = 200;  // a round of one variant takes some 50 us

void must(spc_status status, const char *what) {
  if (status == SPC_OK) return;
  const char *text = "";
  spc_last_error_message(&text);
  std::fprintf(stderr, "apply_into_bench: %s: %s\n", what, text);
  std::exit(1);
}

void *counted_alloc(void *, std::uint64_t bytes, std::uint64_t align) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return std::aligned_alloc(align, (bytes + align - 1) / align * align);
}
void counted_free(void *, void *data, std::uint64_t) {
  std::free(data);
}

const spacecore_openblas_table *blas() {
  void *file = dlopen(SPACECORE_PLUGIN_DIR "/libspacecore_openblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (file == nullptr) {
    std::fprintf(stderr, "apply_into_bench: %s\n", dlerror());
    std::exit(1);
  }
  return static_cast<const spacecore_openblas_table *>(dlsym(file, SPC_OPENBLAS_SYMBOL));
}

struct Problem {
  std::vector<double> a = std::vector<double>(n * n), x = std::vector<double>(n);
  spc_array matrix = nullptr, in = nullptr, out = nullptr;
  spc_linop op = nullptr;
  double *y = nullptr;
};

Problem problem(std::int32_t level) {
  Problem p;
  for (int i = 0; i < n * n; ++i) p.a[i] = 1.0 / (1 + (i * 7919) % 101);
  for (int i = 0; i < n; ++i) p.x[i] = 1.0 / (1 + i);
  const std::int64_t shape[] = {n, n};
  spc_context ctx = nullptr;
  spc_space space = nullptr;
  must(spc_context_create("cpu", SPC_FLOAT64, level, &ctx), "context");
  must(spc_space_dense(ctx, 1, shape, nullptr, &space), "space");
  must(spc_array_from_host(ctx, SPC_FLOAT64, 2, shape, p.a.data(), &p.matrix), "matrix");
  must(spc_array_from_host(ctx, SPC_FLOAT64, 1, shape, p.x.data(), &p.in), "x");
  must(spc_array_from_host(ctx, SPC_FLOAT64, 1, shape, p.x.data(), &p.out), "y");
  must(spc_linop_dense(p.matrix, space, space, &p.op), "operator");
  void *data = nullptr;
  must(spc_array_data(p.out, &data), "data");
  p.y = static_cast<double *>(data);
  must(spc_space_release(&space), "space");
  must(spc_context_release(&ctx), "context");
  return p;
}

template <class F>
double time_round(F &&call) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < calls; ++i) call();
  const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - begin;
  return spent.count() / calls;
}

double median(std::vector<double> v) {
  std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
  return v[v.size() / 2];
}

}  // namespace

int main() {
  must(spc_set_allocator(counted_alloc, counted_free, nullptr), "allocator");
  const Problem none = problem(SPC_CHECK_NONE), standard = problem(SPC_CHECK_STANDARD);
  const spacecore_openblas_table *const b = blas();
  std::vector<double> y(n);
  void *matrix = nullptr;
  must(spc_array_data(none.matrix, &matrix), "data");
  const double *const a = static_cast<const double *>(matrix);

  auto direct = [&] {
    b->cblas_dgemv(CblasRowMajor, CblasNoTrans, n, n, 1.0, a, n, none.x.data(), 1, 0.0, y.data(),
                   1);
  };
  auto at_none = [&] {
    must(spc_linop_apply_into(nullptr, none.op, none.in, nullptr, none.out, SPC_MODE_NONE),
         "apply");
  };
  auto at_standard = [&] {
    must(spc_linop_apply_into(nullptr, standard.op, standard.in, nullptr, standard.out,
                              SPC_MODE_NONE),
         "apply");
  };
  at_none();
  at_standard();
  direct();
  for (int i = 0; i < n; ++i) {
    if (std::abs(y[i] - none.y[i]) <= 1e-12 * y[i] && none.y[i] == standard.y[i]) continue;
    std::fprintf(stderr, "apply_into_bench: element %d is %.17g, %.17g and %.17g\n", i, y[i],
                 none.y[i], standard.y[i]);
    return 1;
  }

  std::vector<double> direct_ns, none_ns, standard_ns;
  for (std::vector<double> *v : {&direct_ns, &none_ns, &standard_ns}) v->reserve(rounds);
  const std::int64_t before = allocations.load();
  for (int r = 0; r < rounds; ++r) {
    direct_ns.push_back(time_round(direct));
    none_ns.push_back(time_round(at_none));
    standard_ns.push_back(time_round(at_standard));
  }
  const std::int64_t made = allocations.load() - before;

  const double base = median(direct_ns);
  std::printf("dense %d x %d float64, y = A x, medians of %d rounds\n", n, n, rounds);
  std::printf("cblas_dgemv           %8.1f ns\n", base);
  std::printf("apply_into, none      %8.1f ns  %.3f\n", median(none_ns), median(none_ns) / base);
  std::printf("apply_into, standard  %8.1f ns  %.3f\n", median(standard_ns),
              median(standard_ns) / base);
  std::printf("allocations           %8lld\n", static_cast<long long>(made));
  return 0;
}
