// SPDX-License-Identifier: Apache-2.0
// 64 threads, each with an error of its own over and over: everyone reads its own text, code and
// native number, and an output that a failed call was given is as it was.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/support.hpp"

namespace {

using namespace spc::test;

constexpr int n_threads = 64;

struct Fault {
  const char *name;
  spc_status code;
  // What the text contains, and the native number, of thread t.
  std::function<std::string(int t)> text;
  std::function<std::int64_t(int t)> native;
  // Provokes it.
  std::function<spc_status(int t, spc_context ctx)> provoke;
};

Array filled(spc_context ctx, std::int64_t n, double value) {
  const std::vector<double> values(static_cast<std::size_t>(n), value);
  Array a;
  if (spc_array_from_host(ctx, SPC_FLOAT64, 1, &n, values.data(), a.out()) != SPC_OK) return {};
  return a;
}

std::string number(int t) {
  return std::to_string(1000 + t);
}
std::int64_t none(int) {
  return 0;
}

struct Callback {
  int thread;
  static spc_status fail(void *user, spc_element, spc_element *) {
    const int t = static_cast<const Callback *>(user)->thread;
    spc_callback_error(("the callback of " + number(t)).c_str());
    return 1000 + t;
  }
};

const std::vector<Fault> faults = {
    {"shape", SPC_E_VALUE, [](int t) { return "(" + number(t) + ",)"; }, none,
     [](int t, spc_context ctx) {
       const Array a = filled(ctx, 1000 + t, 1), b = filled(ctx, 3, 1);
       Array r;
       return spc_add(a, b, r.out());
     }},
    {"backend", SPC_E_UNKNOWN_BACKEND, [](int t) { return "'none_" + number(t) + "'"; }, none,
     [](int t, spc_context) {
       std::int64_t i = 0;
       return spc_backend_find(("none_" + number(t)).c_str(), &i);
     }},
    {"index", SPC_E_INDEX, [](int t) { return number(t); }, none,
     [](int t, spc_context ctx) {
       const Array a = filled(ctx, 4, 1);
       const spc_index at = {SPC_INDEX_INT, 0, 1000 + t, 0, 0, nullptr};
       Array r;
       return spc_getitem(a, 1, &at, r.out());
     }},
    {"plugin file", SPC_E_PLUGIN, [](int t) { return "/absent_" + number(t) + ".so"; }, none,
     [](int t, spc_context) { return spc_load_plugin(bad_plugin("absent_" + number(t)).c_str()); }},
    {"kernel", SPC_E_LINALG, [](int t) { return "negative: the first element is " + number(t); },
     [](int t) { return std::int64_t{1000} + t; },
     [](int t, spc_context ctx) {
       const Array a = filled(ctx, 3, 1000 + t);
       Array r;
       return spc_negative(a, r.out());
     }},
    {"exception in a kernel", SPC_E_PLUGIN, [](int t) { return "thrown over " + number(t); }, none,
     [](int t, spc_context ctx) {
       const Array a = filled(ctx, 3, 1000 + t);
       Array r;
       return spc_sqrt(a, r.out());
     }},
    {"callback", SPC_E_CALLBACK, [](int t) { return "the callback of " + number(t); },
     [](int t) { return std::int64_t{1000} + t; },
     [](int t, spc_context ctx) -> spc_status {
       Callback callback{t};
       const std::int64_t n = 3;
       Space space;
       Linop op;
       if (spc_space_dense(ctx, 1, &n, nullptr, space.out()) != SPC_OK) return SPC_E_RUNTIME;
       if (spc_linop_matrix_free(Callback::fail, Callback::fail, &callback, space, space,
                                 op.out()) != SPC_OK)
         return SPC_E_RUNTIME;
       const Array x = filled(ctx, 3, 1);
       Array y;
       return spc_linop_apply(op, x, y.out());
     }},
    {"handle", SPC_E_HANDLE, [](int) { return std::string("multiply"); }, none,
     [](int, spc_context ctx) {
       const Array a = filled(ctx, 3, 1);
       Array r;
       return spc_multiply(a, nullptr, r.out());
     }},
};

// The text, code and number of the thread's last error; "" if they are those of the fault.
std::string strange(const Fault &fault, int t, spc_status status) {
  const auto complain = [&](const std::string &what) {
    return std::string(fault.name) + " of " + number(t) + ": " + what + ": " + last_error();
  };
  if (status != fault.code) return complain("status " + std::to_string(status));
  if (last_error().find(fault.text(t)) == std::string::npos) return complain("another text");
  spc_error_info info{};
  info.struct_size = sizeof info;
  if (spc_last_error(&info) != SPC_OK) return complain("no record");
  if (info.code != status || info.message != last_error()) return complain("another record");
  if (info.native != fault.native(t)) return complain("native " + std::to_string(info.native));
  return "";
}

TEST(ErrorsOfThreads, EveryoneReadsItsOwn) {
  ASSERT_EQ(spc_load_plugin(test_plugin("odd/tells").c_str()), SPC_OK) << last_error();
  std::atomic<bool> go{false};
  std::atomic<std::int64_t> rounds{0};
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  std::vector<std::string> failures(n_threads);
  std::vector<std::thread> threads;
  for (int t = 0; t < n_threads; ++t)
    threads.emplace_back([&, t] {
      std::string &failure = failures[static_cast<std::size_t>(t)];
      Context ctx;
      if (spc_context_create("tells", SPC_FLOAT64, SPC_CHECK_NONE, ctx.out()) != SPC_OK)
        failure = last_error();
      const Array kept = filled(ctx, 3, t), longer = filled(ctx, 4, 1);
      const Fault &fault = faults[static_cast<std::size_t>(t) % faults.size()];
      while (!go) std::this_thread::yield();
      // Two rounds at least, however late a thread gets its turn.
      for (int i = 0; failure.empty() && (i < 2 || std::chrono::steady_clock::now() < end); ++i) {
        const spc_status status = fault.provoke(t, ctx);
        std::this_thread::yield();  // others fail meanwhile
        failure = strange(fault, t, status);
        if (!failure.empty()) break;
        // A success leaves the text, and an output the values, alone.
        const std::string before = last_error();
        Array sum;
        if (spc_add(kept, kept, sum.out()) != SPC_OK || last_error() != before)
          failure = "a success changed the text to: " + last_error();
        if (spc_add_into(kept, longer, kept) != SPC_E_VALUE) failure = "add_into: not refused";
        if (spc_negative_into(kept, kept) != SPC_E_LINALG) failure = "negative_into: not refused";
        double values[3] = {};
        if (spc_array_to_host(kept, values, sizeof values) != SPC_OK || values[0] != t ||
            values[2] != t)
          failure = "an output was written";
        ++rounds;
      }
    });
  go = true;
  for (std::thread &thread : threads) thread.join();
  for (const std::string &failure : failures) EXPECT_EQ(failure, "");
  EXPECT_GE(rounds.load(), 2 * n_threads);
}

// A text belongs to the thread, not to what failed: another thread, and one that is new, have none.
TEST(ErrorsOfThreads, ANewThreadHasNone) {
  std::int64_t i = 0;
  ASSERT_EQ(spc_backend_find("nobody", &i), SPC_E_UNKNOWN_BACKEND);
  const std::string mine = last_error();
  std::string theirs = "?";
  std::thread([&] { theirs = last_error(); }).join();
  EXPECT_EQ(theirs, "");
  EXPECT_EQ(last_error(), mine);
}

}  // namespace
