// SPDX-License-Identifier: Apache-2.0
// Times of single operations on the cpu family.
//
//   ops_bench                  JSON: the median of every case in milliseconds
//   ops_bench NAME...          only these
//   ops_bench --serve          one name a line from stdin, the time of one run of it a line to
//                              stdout: for a driver that lets a peer take turns (against_numpy)
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "spacecore/spacecore.hpp"

namespace {

using spc::Array;

const spc::Context &context() {
  static const spc::Context ctx("cpu", SPC_FLOAT64, SPC_CHECK_NONE);
  return ctx;
}

Array uniform(std::vector<std::int64_t> shape, spc_dtype dtype = SPC_FLOAT64) {
  static const spc::Rng rng(1);
  return spc::astype(rng.uniform(context(), shape), dtype);
}
Array normal(std::vector<std::int64_t> shape, spc_dtype dtype = SPC_FLOAT64) {
  static const spc::Rng rng(2);
  return spc::astype(rng.normal(context(), shape), dtype);
}
Array integers(std::vector<std::int64_t> shape, spc_dtype dtype) {
  return spc::astype(spc::multiply(normal(shape), 1000.0), dtype);
}

using Run = std::function<void()>;

struct Case {
  const char *name;
  Run (*prepare)();  // makes the operands; what it returns is timed
};

using Unary = void (*)(const Array &, const Array &);
using Binary = void (*)(const Array &, const Array &, const Array &);

template <Unary op>
Run unary(const Array &x) {
  return [x, out = spc::zeros_like(x, SPC_DTYPE_NONE)] { op(x, out); };
}
template <Binary op>
Run binary(const Array &a, const Array &b, const Array &out) {
  return [a, b, out] { op(a, b, out); };
}

constexpr std::int64_t million = 1000000;
constexpr std::int64_t side = 4000;

Array verdicts(std::int64_t n) {
  return spc::zeros(context(), {n}, SPC_BOOL);
}

const Case elementwise[] = {
    // y = exp(-(x - m)^2 / (2 s^2)) * w + b
    {"chain_1e7",
     [] {
       const Array x = normal({10 * million}), w = uniform({10 * million}),
                   y = spc::zeros_like(x, SPC_DTYPE_NONE);
       return Run([x, w, y] {
         spc::subtract_into(x, 0.1, y);
         spc::square_into(y, y);
         spc::multiply_into(y, -0.5 / 0.49, y);
         spc::exp_into(y, y);
         spc::multiply_into(y, w, y);
         spc::add_into(y, 0.25, y);
       });
     }},
    {"add_1e3",
     [] { return binary<spc::add_into>(normal({1000}), normal({1000}), normal({1000})); }},
    {"add_1e5",
     [] { return binary<spc::add_into>(normal({100000}), normal({100000}), normal({100000})); }},
    {"add_1e7",
     [] {
       return binary<spc::add_into>(normal({10 * million}), normal({10 * million}),
                                    normal({10 * million}));
     }},
    {"add_row_4000",
     [] {
       return binary<spc::add_into>(normal({side, side}), normal({side}), normal({side, side}));
     }},
    {"add_column_4000",
     [] {
       return binary<spc::add_into>(normal({side, side}), normal({side, 1}), normal({side, side}));
     }},
    {"add_transposed_4000",
     [] {
       return binary<spc::add_into>(normal({side, side}), spc::transpose(normal({side, side})),
                                    normal({side, side}));
     }},
    {"add_int32_float64_1e7",
     [] {
       return binary<spc::add_into>(integers({10 * million}, SPC_INT32), normal({10 * million}),
                                    normal({10 * million}));
     }},
    {"add_int32_column_4000",
     [] {
       return binary<spc::add_into>(normal({side, side}), integers({side, 1}, SPC_INT32),
                                    normal({side, side}));
     }},
    {"multiply_float32_float64_1e7",
     [] {
       return binary<spc::multiply_into>(normal({10 * million}, SPC_FLOAT32),
                                         normal({10 * million}), normal({10 * million}));
     }},
    {"exp_1e5", [] { return unary<spc::exp_into>(normal({100000})); }},
    {"exp_4e6", [] { return unary<spc::exp_into>(normal({4 * million})); }},
    {"exp_float32_4e6", [] { return unary<spc::exp_into>(normal({4 * million}, SPC_FLOAT32)); }},
    {"log_4e6", [] { return unary<spc::log_into>(uniform({4 * million})); }},
    {"log_float32_4e6", [] { return unary<spc::log_into>(uniform({4 * million}, SPC_FLOAT32)); }},
    {"log2_4e6", [] { return unary<spc::log2_into>(uniform({4 * million})); }},
    {"sin_4e6", [] { return unary<spc::sin_into>(normal({4 * million})); }},
    {"sin_float32_4e6", [] { return unary<spc::sin_into>(normal({4 * million}, SPC_FLOAT32)); }},
    {"cos_4e6", [] { return unary<spc::cos_into>(normal({4 * million})); }},
    {"power_4e6",
     [] {
       return binary<spc::power_into>(uniform({4 * million}), normal({4 * million}),
                                      normal({4 * million}));
     }},
    {"power_int64_4e6",
     [] {
       return binary<spc::power_into>(integers({4 * million}, SPC_INT64), 5,
                                      integers({4 * million}, SPC_INT64));
     }},
    {"sign_1e7", [] { return unary<spc::sign_into>(normal({10 * million})); }},
    {"less_1e7",
     [] {
       return binary<spc::less_into>(normal({10 * million}), normal({10 * million}),
                                     verdicts(10 * million));
     }},
    {"equal_int32_1e7",
     [] {
       return binary<spc::equal_into>(integers({10 * million}, SPC_INT32),
                                      integers({10 * million}, SPC_INT32), verdicts(10 * million));
     }},
    {"isfinite_1e7",
     [] {
       const Array x = normal({10 * million}), out = verdicts(10 * million);
       return Run([x, out] { spc::isfinite_into(x, out); });
     }},
    {"where_1e7",
     [] {
       const Array x = normal({10 * million}), y = normal({10 * million});
       const Array cond = spc::less(x, y);
       return Run([x, y, cond] { spc::where(cond, x, y); });
     }},
    {"clip_1e7",
     [] {
       const Array x = normal({10 * million});
       return Run([x] { spc::clip(x, -0.5, 0.5); });
     }},
    {"isclose_4e6",
     [] {
       const Array x = normal({4 * million}), y = normal({4 * million});
       return Run([x, y] { spc::isclose(x, y); });
     }},
};

using Axis = std::vector<std::int64_t>;

const Case reductions[] = {
    {"sum_1.6e7",
     [] {
       return Run([x = normal({side, side})] { spc::sum(x); });
     }},
    {"sum_1e3", [] { return Run([x = normal({1000})] { spc::sum(x); }); }},
    {"sum_axis0_4000",
     [] {
       return Run([x = normal({side, side})] { spc::sum(x, {0}); });
     }},
    {"sum_axis1_4000",
     [] {
       return Run([x = normal({side, side})] { spc::sum(x, {1}); });
     }},
    {"sum_axis0_fortran_4000",
     [] {
       return Run([x = spc::transpose(normal({side, side}))] { spc::sum(x, {0}); });
     }},
    {"sum_axis1_fortran_4000",
     [] {
       return Run([x = spc::transpose(normal({side, side}))] { spc::sum(x, {1}); });
     }},
    {"sum_int32_1.6e7",
     [] { return Run([x = integers({side * side}, SPC_INT32)] { spc::sum(x); }); }},
    {"mean_axis0_4000",
     [] {
       return Run([x = normal({side, side})] { spc::mean(x, {0}); });
     }},
    {"prod_1.6e7",
     [] {
       return Run([x = spc::add(uniform({side, side}), 0.5)] { spc::prod(x); });
     }},
    {"max_1.6e7",
     [] {
       return Run([x = normal({side, side})] { spc::max(x); });
     }},
    {"min_axis0_4000",
     [] {
       return Run([x = normal({side, side})] { spc::min(x, {0}); });
     }},
    {"argmax_1.6e7", [] { return Run([x = normal({side * side})] { spc::argmax(x, 0); }); }},
    {"argmax_axis0_4000",
     [] {
       return Run([x = normal({side, side})] { spc::argmax(x, 0); });
     }},
    {"argmax_axis1_4000",
     [] {
       return Run([x = normal({side, side})] { spc::argmax(x, 1); });
     }},
    {"argmin_float32_axis0_4000",
     [] {
       return Run([x = normal({side, side}, SPC_FLOAT32)] { spc::argmin(x, 0); });
     }},
    {"logsumexp_axis1_4000",
     [] {
       return Run([x = normal({side, side})] { spc::logsumexp(x, {1}); });
     }},
    {"logsumexp_axis0_4000",
     [] {
       return Run([x = normal({side, side})] { spc::logsumexp(x, {0}); });
     }},
};

const Case sorting[] = {
    {"sort_1e3", [] { return Run([x = normal({1000})] { spc::sort(x); }); }},
    {"sort_1e6", [] { return Run([x = normal({million})] { spc::sort(x); }); }},
    {"sort_int32_1e6", [] { return Run([x = integers({million}, SPC_INT32)] { spc::sort(x); }); }},
    {"sort_rows_10000x100",
     [] {
       return Run([x = normal({10000, 100})] { spc::sort(x); });
     }},
    {"argsort_1e6", [] { return Run([x = normal({million})] { spc::argsort(x); }); }},
    {"argsort_rows_10000x100",
     [] {
       return Run([x = normal({10000, 100})] { spc::argsort(x); });
     }},
};

const Case linear_algebra[] = {
    {"matmul_2000",
     [] {
       return binary<spc::matmul_into>(normal({2000, 2000}), normal({2000, 2000}),
                                       normal({2000, 2000}));
     }},
    {"matmul_10000x16x16",
     [] {
       return binary<spc::matmul_into>(normal({10000, 16, 16}), normal({10000, 16, 16}),
                                       normal({10000, 16, 16}));
     }},
    {"solve_2000",
     [] {
       return Run([a = normal({2000, 2000}), b = normal({2000})] { spc::solve(a, b); });
     }},
    {"solve_16",
     [] {
       return Run([a = normal({16, 16}), b = normal({16})] { spc::solve(a, b); });
     }},
    {"solve_10000x16x16",
     [] {
       return Run([a = normal({10000, 16, 16}), b = normal({10000, 16, 1})] { spc::solve(a, b); });
     }},
    {"eigh_1000",
     [] {
       return Run([a = normal({1000, 1000})] { spc::eigh(a); });
     }},
    {"eigvalsh_1000",
     [] {
       return Run([a = normal({1000, 1000})] { spc::eigvalsh(a); });
     }},
    {"eigh_16",
     [] {
       return Run([a = normal({16, 16})] { spc::eigh(a); });
     }},
    {"eigh_100",
     [] {
       return Run([a = normal({100, 100})] { spc::eigh(a); });
     }},
    {"eigh_10000x16x16",
     [] {
       return Run([a = normal({10000, 16, 16})] { spc::eigh(a); });
     }},
    {"eig_300",
     [] {
       return Run([a = normal({300, 300})] { spc::eig(a); });
     }},
    {"svd_1000",
     [] {
       return Run([a = normal({1000, 1000})] { spc::svd(a); });
     }},
    {"svd_1000x16x16",
     [] {
       return Run([a = normal({1000, 16, 16})] { spc::svd(a); });
     }},
    {"cholesky_2000",
     [] {
       const Array x = normal({2000, 2000});
       const Array a = spc::add(spc::matmul(x, spc::transpose(x)),
                                spc::eye(context(), 2000, 2000, SPC_FLOAT64));
       return Run([a] { spc::cholesky(a); });
     }},
};

const std::span<const Case> groups[] = {elementwise, reductions, sorting, linear_algebra};

const Case *find(const std::string &name) {
  for (const auto &group : groups)
    for (const Case &c : group)
      if (name == c.name) return &c;
  return nullptr;
}

// Milliseconds a call; short ones are repeated to some 200 us.
double time_of(const Run &run) {
  using Clock = std::chrono::steady_clock;
  int calls = 0;
  double spent = 0;
  const auto begin = Clock::now();
  do {
    run();
    ++calls;
    spent = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  } while (spent < 0.2);
  return spent / calls;
}

double median_of(const Run &run) {
  run();
  std::vector<double> times;
  for (int round = 0; round < 9; ++round) times.push_back(time_of(run));
  std::nth_element(times.begin(), times.begin() + 4, times.end());
  return times[4];
}

int serve() {
  std::string name, current;
  Run run;
  while (std::getline(std::cin, name)) {
    if (name != current) {
      const Case *const c = find(name);
      if (c == nullptr) {
        std::cout << "unknown" << std::endl;
        continue;
      }
      run = nullptr;
      run = c->prepare();
      run();
      current = name;
    }
    std::cout << time_of(run) << std::endl;
  }
  return 0;
}

}  // namespace

int main(int argc, char **argv) {
  try {
    if (argc == 2 && std::strcmp(argv[1], "--serve") == 0) return serve();
    if (argc == 2 && std::strcmp(argv[1], "--list") == 0) {
      for (const auto &group : groups)
        for (const Case &c : group) std::printf("%s\n", c.name);
      return 0;
    }
    const char *separator = "";
    std::printf("{\"median_ms\": {");
    for (const auto &group : groups) {
      for (const Case &c : group) {
        if (argc > 1 && std::none_of(argv + 1, argv + argc, [&](const char *name) {
              return std::strcmp(name, c.name) == 0;
            }))
          continue;
        std::printf("%s\n  \"%s\": %.4f", separator, c.name, median_of(c.prepare()));
        std::fflush(stdout);
        separator = ",";
      }
    }
    std::printf("\n}}\n");
    return 0;
  } catch (const spc::Error &e) {
    std::fprintf(stderr, "ops_bench: %s\n", e.what());
    return 1;
  }
}
