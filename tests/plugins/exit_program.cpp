// SPDX-License-Identifier: Apache-2.0
// A program that ends while it still has something of the library: exit_test starts it once for every
// way to do so. The exit status is 40 plus the number of the way, and nothing is printed.
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/support.hpp"

// What it has left at its end is the point.
extern "C" int __lsan_is_turned_off() {
  return 1;
}

namespace {

using namespace spc::test;

void need(bool good) {
  if (!good) _exit(3);
}

const char *family = "cpu";

struct Things {
  Context ctx;
  Array a, b;
  Space space;
  Linop op, adjoint;

  void make() {
    const std::int64_t n = 200, shape[] = {n, n};
    const std::vector<double> ones(static_cast<std::size_t>(n * n), 1);
    need(spc_context_create(family, SPC_FLOAT64, SPC_CHECK_STANDARD, ctx.out()) == SPC_OK);
    need(spc_array_from_host(ctx, SPC_FLOAT64, 2, shape, ones.data(), a.out()) == SPC_OK);
    need(spc_matmul(a, a, nullptr, b.out()) == SPC_OK);
    need(spc_space_dense(ctx, 1, &n, nullptr, space.out()) == SPC_OK);
    need(spc_linop_dense(a, space, space, op.out()) == SPC_OK);
    need(spc_linop_adjoint(op, adjoint.out()) == SPC_OK);
    Array wrong;  // a text of an error is left, too
    need(spc_add(a, Array(), wrong.out()) != SPC_OK);
  }
};

// Made before main and destroyed after exit, and one that is never destroyed.
Things statics;
Things *const leaked = new Things;

// Uses the library in its destructor, which runs after those of everything made later.
struct LastWords {
  ~LastWords() {
    if (!in_use) return;
    Array c;
    if (spc_matmul(statics.a, statics.a, nullptr, c.out()) != SPC_OK) _exit(4);
    double value = 0;
    std::vector<double> values(200 * 200);
    if (spc_array_to_host(c, values.data(), 8 * 200 * 200) != SPC_OK) _exit(5);
    value = values[7];
    if (value != 200) _exit(6);
  }
  bool in_use = false;
};
Things before;
LastWords last_words;

void at_exit() {
  Things late;
  late.make();
}

spc_status exit_in_apply(void *user, spc_element, spc_element *) {
  std::exit(*static_cast<const int *>(user));
}
spc_status exit_in_warning(void *user, const char *, const char *) {
  std::exit(*static_cast<const int *>(user));
}
std::int32_t exit_in_monitor(void *user, const spc_solve_info *) {
  std::exit(*static_cast<const int *>(user));
}
void *exit_in_alloc(void *user, std::uint64_t, std::uint64_t) {
  std::exit(*static_cast<const int *>(user));
}
void no_free(void *, void *, std::uint64_t) {}

// Threads that compute until the process is gone.
void keep_computing(int n) {
  for (int i = 0; i < n; ++i)
    std::thread([] {
      for (;;) {
        Things mine;
        mine.make();
      }
    }).detach();
}

int run(const std::string &way, int code) {
  if (way == "live") {
    static Things in_function;  // destroyed first
    in_function.make();
    statics.make();
    leaked->make();
    return code;
  }
  if (way == "last-words") {
    statics.make();
    before.make();
    last_words.in_use = true;
    return code;
  }
  if (way == "atexit") {
    statics.make();
    std::atexit(at_exit);
    return code;
  }
  if (way == "thread-exits") {  // exit() in another thread, while the first computes
    statics.make();
    std::thread([code] { std::exit(code); }).detach();
    for (;;) leaked->make();
  }
  if (way == "threads-compute") {
    keep_computing(3);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return code;
  }
  if (way == "quick-exit") {
    statics.make();
    std::quick_exit(code);
  }
  if (way == "in-apply") {
    statics.make();
    Linop free;
    Array y;
    need(spc_linop_matrix_free(exit_in_apply, exit_in_apply, &code, statics.space, statics.space,
                               free.out()) == SPC_OK);
    const std::int64_t n = 200;
    Array x;
    need(spc_zeros(statics.ctx, 1, &n, SPC_FLOAT64, x.out()) == SPC_OK);
    spc_linop_apply(free, x, y.out());
    return 7;
  }
  if (way == "in-monitor") {
    statics.make();
    spc_solve_options options{};
    options.struct_size = sizeof options;
    need(spc_solve_options_init(&options) == SPC_OK);
    options.monitor = exit_in_monitor;
    options.monitor_user = &code;
    spc_solve_result result{};
    result.struct_size = sizeof result;
    const std::int64_t n = 200;
    Array b, x;
    Linop identity;
    need(spc_linop_identity(statics.space, identity.out()) == SPC_OK);
    need(spc_ones(statics.ctx, 1, &n, SPC_FLOAT64, b.out()) == SPC_OK);
    spc_cg(identity, b, nullptr, &options, x.out(), &result);
    return 7;
  }
  if (way == "in-warning") {  // that of a plugin's probe
    need(spc_set_warning_handler(exit_in_warning, &code) == SPC_OK);
    need(spc_load_plugin(bad_plugin("warns").c_str()) == SPC_OK);
    Context ctx;
    spc_context_create("warns", SPC_FLOAT64, SPC_CHECK_NONE, ctx.out());
    return 7;
  }
  if (way == "in-allocator") {
    statics.make();
    need(spc_set_allocator(exit_in_alloc, no_free, &code) == SPC_OK);
    const std::int64_t n = 1 << 20;
    Array x;
    spc_empty(statics.ctx, 1, &n, SPC_FLOAT64, x.out());
    return 7;
  }
  if (way == "thread-data") {  // a plugin with a thread, thread keys and thread_local objects
    need(spc_load_plugin(test_plugin("odd/thread_data").c_str()) == SPC_OK);
    const auto use = [] {
      const std::int64_t n = 3;
      Context ctx;
      Array x, y;
      need(spc_context_create("thread_data", SPC_FLOAT64, SPC_CHECK_NONE, ctx.out()) == SPC_OK);
      need(spc_ones(ctx, 1, &n, SPC_FLOAT64, x.out()) == SPC_OK);
      need(spc_negative(x, y.out()) == SPC_OK);
    };
    for (int i = 0; i < 4; ++i) std::thread(use).join();
    use();
    std::thread([use] {
      use();
      for (;;) pause();
    }).detach();
    return code;
  }
  return 2;
}

}  // namespace

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  family = argv[3];
  if (std::strcmp(family, "fakedev") == 0)
    need(spc_load_plugin(test_plugin("fakedev").c_str()) == SPC_OK);
  static int code;
  code = std::atoi(argv[2]);
  return run(argv[1], code);
}
