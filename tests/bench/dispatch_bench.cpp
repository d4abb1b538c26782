// SPDX-License-Identifier: Apache-2.0
// What a call costs that does next to nothing: spc_add and spc_add_into of float64 arrays without
// axes and of 8 elements, against the kernel that computes them, called through its function pointer
// with everything prepared.
//
// The variants take turns in short rounds, so that clock changes and neighbours meet all of them
// alike; the medians over the rounds are compared. spc_add is timed with the release of its result.
// Allocations of the measured calls are counted through the library's allocator and through operator
// new of the whole process.
//
//   dispatch_bench               times and ratios
//   dispatch_bench NAME CALLS    that many calls of one variant: for a profiler
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>
#include <string>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/plugin_host.hpp"

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

constexpr int rounds = 1001;
constexpr int calls = 500;

void must(spc_status status, const char *what) {
  if (status == SPC_OK) return;
  const char *text = "";
  spc_last_error_message(&text);
  std::fprintf(stderr, "dispatch_bench: %s: %s\n", what, text);
  std::exit(1);
}

void *counted_alloc(void *, std::uint64_t bytes, std::uint64_t align) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return std::aligned_alloc(align, (bytes + align - 1) / align * align);
}
void counted_free(void *, void *data, std::uint64_t) {
  std::free(data);
}

// a + b of one shape, and the same as a prepared call of the kernel.
struct Problem {
  spc_array a = nullptr, b = nullptr, out = nullptr;
  std::int64_t length, stride = 1;
  spc_tensor tensors[3] = {};
  const spc_tensor *in[2] = {&tensors[0], &tensors[1]};
  spc_tensor *result = &tensors[2];
  std::vector<double> sum;
  spc_call call = {};

  Problem(spc_context ctx, int ndim, std::int64_t n) : length(n), sum(static_cast<std::size_t>(n)) {
    std::vector<double> x(sum.size()), y(sum.size());
    for (std::size_t i = 0; i < sum.size(); ++i) {
      x[i] = 1.0 / static_cast<double>(1 + i);
      y[i] = static_cast<double>(i);
    }
    must(spc_array_from_host(ctx, SPC_FLOAT64, ndim, &length, x.data(), &a), "a");
    must(spc_array_from_host(ctx, SPC_FLOAT64, ndim, &length, y.data(), &b), "b");
    must(spc_array_from_host(ctx, SPC_FLOAT64, ndim, &length, x.data(), &out), "out");
    void *data[3] = {nullptr, nullptr, sum.data()};
    must(spc_array_data(a, &data[0]), "data");
    must(spc_array_data(b, &data[1]), "data");
    for (int i = 0; i < 3; ++i) {
      tensors[i].struct_size = sizeof tensors[i];
      tensors[i].flags = i < 2 ? SPC_TENSOR_READ_ONLY : 0;
      tensors[i].dtype = SPC_FLOAT64;
      tensors[i].ndim = 1;
      tensors[i].shape = &length;
      tensors[i].strides = &stride;
      tensors[i].data = data[i];
    }
    call.struct_size = sizeof call;
    call.op = SPC_OP_add;
    call.n_in = 2;
    call.n_out = 1;
    call.in = in;
    call.out = &result;
    call.host = &spc::plugin_test::host_api();
  }
  Problem(const Problem &) = delete;

  void check() const {
    std::vector<double> got(sum.size());
    must(spc_array_to_host(out, got.data(), sizeof(double) * got.size()), "result");
    if (got == sum) return;
    std::fprintf(stderr, "dispatch_bench: %.17g instead of %.17g\n", got[0], sum[0]);
    std::exit(1);
  }
};

struct Variant {
  std::string name;
  std::function<void(int)> run;  // that many calls
  bool bare;                     // the others up to the next one are compared with it
  std::vector<double> ns;
};

double median(std::vector<double> v) {
  std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
  return v[v.size() / 2];
}

std::vector<Variant> variants_of(Problem &p, const std::string &shape) {
  const spc::plugin_test::Family &cpu = spc::plugin_test::cpu_family();
  const spc_op_entry *const entry = cpu.find(SPC_OP_add, SPC_FLOAT64, SPC_FLOAT64);
  auto bare = [&p, state = cpu.state, fn = entry->fn](int n) {
    const auto volatile pointer = fn;
    for (int i = 0; i < n; ++i) must(pointer(state, &p.call), "kernel");
  };
  auto into = [&p](int n) {
    for (int i = 0; i < n; ++i) must(spc_add_into(p.a, p.b, p.out), "add_into");
  };
  auto made = [&p](int n) {
    for (int i = 0; i < n; ++i) {
      spc_array sum = nullptr;
      must(spc_add(p.a, p.b, &sum), "add");
      spc_array_release(&sum);
    }
  };
  return {{"kernel" + shape, bare, true, {}},
          {"add_into" + shape, into, false, {}},
          {"add" + shape, made, false, {}}};
}

}  // namespace

int main(int argc, char **argv) {
  must(spc_set_allocator(counted_alloc, counted_free, nullptr), "allocator");
  spc_context ctx = nullptr;
  must(spc_context_create("cpu", SPC_FLOAT64, SPC_CHECK_NONE, &ctx), "context");
  Problem scalars(ctx, 0, 1), eight(ctx, 1, 8);
  std::vector<Variant> variants = variants_of(scalars, "()");
  for (Variant &v : variants_of(eight, "(8)")) variants.push_back(std::move(v));
  for (const Variant &v : variants) v.run(1);
  scalars.check();
  eight.check();

  if (argc == 3) {
    for (const Variant &v : variants)
      if (v.name == argv[1]) v.run(std::atoi(argv[2]));
    return 0;
  }
  for (Variant &v : variants) v.ns.reserve(rounds);
  const std::int64_t before = allocations.load();
  for (int r = 0; r < rounds; ++r)
    for (Variant &v : variants) {
      const auto begin = std::chrono::steady_clock::now();
      v.run(calls);
      const std::chrono::duration<double, std::nano> spent =
          std::chrono::steady_clock::now() - begin;
      v.ns.push_back(spent.count() / calls);
    }
  const std::int64_t made = allocations.load() - before;

  std::printf("float64, medians of %d rounds, ratios to the kernel called through its pointer\n",
              rounds);
  double base = 1;
  for (const Variant &v : variants) {
    const double ns = median(v.ns);
    if (v.bare) base = ns;
    std::printf("%-12s %8.1f ns  %6.2f\n", v.name.c_str(), ns, ns / base);
  }
  std::printf("allocations  %8.3f a call\n",
              static_cast<double>(made) / (static_cast<double>(variants.size()) * rounds * calls));
  return 0;
}
