// SPDX-License-Identifier: Apache-2.0
// Eight threads create, apply, release and load at once, for SPACECORE_STRESS_SECONDS.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "spacecore/spacecore.h"

#include "tests/plugins/support.hpp"

namespace {

using namespace spc::test;

constexpr int n_threads = 8;
constexpr std::int64_t n = 16;

double stress_seconds() {
  const char *const text = std::getenv("SPACECORE_STRESS_SECONDS");
  return text ? std::atof(text) : 1;
}

// One round on one family: A x for A = diag(1..n) + u u^T from arrays that live for the round.
// "" or what went wrong.
std::string round_on(const std::string &family, Linop &shared, Array &shared_x) {
  const auto failed = [&](const char *what) { return family + ": " + what + ": " + last_error(); };
  Context ctx;
  if (spc_context_create(family.c_str(), SPC_FLOAT64, SPC_CHECK_STANDARD, ctx.out()) != SPC_OK)
    return failed("context");
  std::vector<double> matrix(n * n), x(n), y(n);
  for (std::int64_t i = 0; i < n; ++i) {
    x[i] = static_cast<double>(i % 3);
    for (std::int64_t j = 0; j < n; ++j) matrix[i * n + j] = 1 + (i == j ? i : 0);
  }
  const std::int64_t square[] = {n, n};
  Array a, v;
  Space space;
  Linop op;
  if (spc_array_from_host(ctx, SPC_FLOAT64, 2, square, matrix.data(), a.out()) != SPC_OK ||
      spc_array_from_host(ctx, SPC_FLOAT64, 1, square, x.data(), v.out()) != SPC_OK ||
      spc_space_dense(ctx, 1, square, nullptr, space.out()) != SPC_OK ||
      spc_linop_dense(a, space, space, op.out()) != SPC_OK)
    return failed("create");
  double sum = 0;
  for (const double value : x) sum += value;
  for (Linop *applied : {&op, &shared}) {
    if (!*applied) continue;
    Array result;
    if (spc_linop_apply(*applied, applied == &op ? v : shared_x, result.out()) != SPC_OK)
      return failed("apply");
    if (spc_array_to_host(result, y.data(), 8 * n) != SPC_OK) return failed("read");
    for (std::int64_t i = 0; i < n; ++i)
      if (y[i] != sum + static_cast<double>(i) * x[i]) return family + ": wrong value";
    // Wrong on purpose: every thread has an error text of its own.
    Array wrong;
    const std::int64_t other[] = {n + 1};
    Array longer;
    if (spc_zeros(ctx, 1, other, SPC_FLOAT64, longer.out()) != SPC_OK) return failed("zeros");
    if (spc_add(result, longer, wrong.out()) != SPC_E_VALUE) return family + ": not refused";
    if (last_error().find("add") == std::string::npos) return family + ": text of another thread";
  }
  return "";
}

TEST(Stress, CreateApplyReleaseLoad) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(stress_seconds());
  ASSERT_EQ(spc_load_plugin(test_plugin("fakedev").c_str()), SPC_OK) << last_error();
  const std::string names[] = {"reference", "cpu", "fakedev"};

  // Operators that all threads share, one a family.
  Linop shared[3];
  Array shared_x[3];
  std::vector<std::string> present;
  for (const std::string &name : names) {
    if (version_of(name).empty()) continue;
    const std::size_t k = present.size();
    present.push_back(name);
    Context ctx;
    ASSERT_EQ(spc_context_create(name.c_str(), SPC_FLOAT64, SPC_CHECK_NONE, ctx.out()), SPC_OK);
    std::vector<double> matrix(n * n), x(n);
    for (std::int64_t i = 0; i < n; ++i) {
      x[i] = static_cast<double>(i % 3);
      for (std::int64_t j = 0; j < n; ++j) matrix[i * n + j] = 1 + (i == j ? i : 0);
    }
    const std::int64_t square[] = {n, n};
    Array a;
    Space space;
    ASSERT_EQ(spc_array_from_host(ctx, SPC_FLOAT64, 2, square, matrix.data(), a.out()), SPC_OK);
    ASSERT_EQ(spc_array_from_host(ctx, SPC_FLOAT64, 1, square, x.data(), shared_x[k].out()),
              SPC_OK);
    ASSERT_EQ(spc_space_dense(ctx, 1, square, nullptr, space.out()), SPC_OK) << last_error();
    ASSERT_EQ(spc_linop_dense(a, space, space, shared[k].out()), SPC_OK) << last_error();
  }

  std::atomic<std::int64_t> rounds{0}, loads{0};
  std::vector<std::string> failures(n_threads);
  std::vector<std::thread> threads;
  for (int t = 0; t < n_threads; ++t) {
    threads.emplace_back([&, t] {
      std::string &failure = failures[static_cast<std::size_t>(t)];
      for (std::size_t i = 0; failure.empty() && Clock::now() < end; ++i) {
        const std::size_t k = (i + static_cast<std::size_t>(t)) % present.size();
        failure = round_on(present[k], shared[k], shared_x[k]);
        ++rounds;
        // Each file is loaded once, by whoever comes first; and a few that nobody can load.
        const std::string file = i % 4 == 3 ? "throws" : "many_" + std::to_string(i % n_threads);
        const spc_status status = spc_load_plugin(bad_plugin(file).c_str());
        if (status == SPC_OK) ++loads;
        const spc_status expected = i % 4 == 3 ? SPC_E_PLUGIN : SPC_E_CONTEXT_CONFLICT;
        if (status != SPC_OK && status != expected) failure = "load " + file + ": " + last_error();
        std::int64_t count = 0;
        if (spc_backend_count(&count) != SPC_OK) failure = "count: " + last_error();
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
  for (const std::string &failure : failures) EXPECT_EQ(failure, "");
  EXPECT_GE(rounds.load(), n_threads);
  EXPECT_LE(loads.load(), 6);  // many_3 and many_7 have the turn of throws
  EXPECT_GE(loads.load(), 1);
  EXPECT_EQ(spc_sync(), SPC_OK) << last_error();
}

}  // namespace
