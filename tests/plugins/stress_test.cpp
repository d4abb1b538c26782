// SPDX-License-Identifier: Apache-2.0
// Threads create, apply, convert, release and load at once, for SPACECORE_STRESS_SECONDS.
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

spc_target target(const char *name, std::int32_t dtype) {
  spc_target t{};
  t.struct_size = sizeof t;
  spc_target_init(&t);
  t.name = name;
  t.dtype = dtype;
  return t;
}

// The family and dtype of a default context, which belongs to the scope or the process.
std::string default_family(std::int32_t *dtype) {
  Context ctx;
  const char *name = "";
  if (spc_context_default(ctx.out()) != SPC_OK || spc_context_family(ctx, &name) != SPC_OK ||
      spc_context_dtype(ctx, dtype) != SPC_OK)
    return "no default context: " + last_error();
  return name;
}

// One round of one thread: scopes and defaults, resolution, conversion there and back, a product.
std::string round_of_contexts(const std::string &from, const std::string &to, Linop &op,
                              Array &op_x) {
  const auto failed = [&](const char *what) {
    return from + " to " + to + ": " + what + ": " + last_error();
  };
  const spc_target here = target(from.c_str(), SPC_FLOAT64);
  spc_target there = target(to.c_str(), SPC_FLOAT32);
  there.resolution_policy = "silent";

  // Outside of scopes the default is everybody's; it is always one of those that are set.
  std::int32_t dtype = SPC_DTYPE_NONE;
  if (spc_set_context(&here) != SPC_OK) return failed("set_context");
  default_family(&dtype);
  if (dtype != SPC_FLOAT64) return failed("a default that nobody has set");

  std::int64_t outer = 0, inner = 0;
  if (spc_use_backend_begin(&here, &outer) != SPC_OK) return failed("begin");
  if (default_family(&dtype) != from) return failed("not the default of the scope");
  if (spc_use_backend_begin(&there, &inner) != SPC_OK) return failed("inner begin");
  if (default_family(&dtype) != to) return failed("not the default of the inner scope");
  if (spc_set_context(&there) != SPC_OK) return failed("set_context in the scope");
  if (default_family(&dtype) != to || dtype != SPC_FLOAT32) return failed("not what was set");
  if (spc_use_backend_end(outer) != SPC_E_VALUE) return failed("the outer scope ended first");
  if (spc_use_backend_end(inner) != SPC_OK) return failed("inner end");
  if (default_family(&dtype) != from) return failed("the inner scope outlives itself");
  if (spc_use_backend_end(outer) != SPC_OK) return failed("end");

  Context ctx, resolved;
  if (spc_context_create(from.c_str(), SPC_FLOAT64, SPC_CHECK_CHEAP, ctx.out()) != SPC_OK)
    return failed("context");
  std::vector<double> values(n), back(n);
  for (std::int64_t i = 0; i < n; ++i) values[static_cast<std::size_t>(i)] = static_cast<double>(i);
  Array x, y, z, product;
  if (spc_array_from_host(ctx, SPC_FLOAT64, 1, &n, values.data(), x.out()) != SPC_OK)
    return failed("array");
  const spc_context contexts[] = {ctx};
  const spc_value sources[] = {x};
  if (spc_context_resolve(nullptr, 1, contexts, 1, sources, resolved.out()) != SPC_OK)
    return failed("resolve");
  const char *name = "";
  if (spc_context_family(resolved, &name) != SPC_OK || name != from) return failed("resolved");

  spc_target home = here;
  home.resolution_policy = "silent";
  if (spc_array_convert(x, &there, y.out()) != SPC_OK) return failed("convert");
  if (spc_array_convert(y, &home, z.out()) != SPC_OK) return failed("convert back");
  if (spc_array_to_host(z, back.data(), 8 * n) != SPC_OK) return failed("read");
  if (back != values) return failed("wrong values");

  if (spc_linop_apply(op, op_x, product.out()) != SPC_OK) return failed("apply");
  if (spc_array_to_host(product, back.data(), 8 * n) != SPC_OK) return failed("read product");
  for (std::int64_t i = 0; i < n; ++i)
    if (back[static_cast<std::size_t>(i)] != static_cast<double>(i * i))
      return failed("wrong product");
  return "";
}

TEST(Stress, LoadResolveScopeConvertApply) {
  using Clock = std::chrono::steady_clock;
  constexpr int many_threads = 16;
  ASSERT_EQ(
      spc_load_plugin(test_plugin("fakedev").c_str()) == SPC_OK || version_of("fakedev") != "",
      true)
      << last_error();
  const std::string names[] = {"reference", "cpu", "fakedev"};
  Linop op[3];
  Array op_x[3];
  for (std::size_t k = 0; k < 3; ++k) {
    Context ctx;
    ASSERT_EQ(spc_context_create(names[k].c_str(), SPC_FLOAT64, SPC_CHECK_NONE, ctx.out()), SPC_OK)
        << last_error();
    std::vector<double> diagonal(n);
    for (std::int64_t i = 0; i < n; ++i)
      diagonal[static_cast<std::size_t>(i)] = static_cast<double>(i);
    Array d;
    Space space;
    ASSERT_EQ(spc_array_from_host(ctx, SPC_FLOAT64, 1, &n, diagonal.data(), d.out()), SPC_OK);
    ASSERT_EQ(spc_array_from_host(ctx, SPC_FLOAT64, 1, &n, diagonal.data(), op_x[k].out()), SPC_OK);
    ASSERT_EQ(spc_space_dense(ctx, 1, &n, nullptr, space.out()), SPC_OK) << last_error();
    ASSERT_EQ(spc_linop_diagonal(d, space, op[k].out()), SPC_OK) << last_error();
  }
  const spc_target first = target("reference", SPC_FLOAT64);
  ASSERT_EQ(spc_set_context(&first), SPC_OK) << last_error();

  const auto end = Clock::now() + std::chrono::duration<double>(stress_seconds());
  std::atomic<std::int64_t> rounds{0};
  std::vector<std::string> failures(many_threads);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < many_threads; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; failures[t].empty() && (i < 2 || Clock::now() < end); ++i) {
        const std::size_t from = (i + t) % 3, to = (i / 3 + t) % 3;
        failures[t] = round_of_contexts(names[from], names[to], op[from], op_x[from]);
        // A new family appears now and then, and a registration fails all the time.
        const std::string file = i % 2 == 0 ? "rejects" : "many_" + std::to_string(t % 8);
        spc_load_plugin(bad_plugin(file).c_str());
        ++rounds;
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
  for (const std::string &failure : failures) EXPECT_EQ(failure, "");
  EXPECT_GE(rounds.load(), 2 * many_threads);
  EXPECT_EQ(version_of("rejects"), "");
  for (int i = 0; i < 8; ++i) EXPECT_EQ(version_of("many_" + std::to_string(i)), "1.0");
  EXPECT_EQ(spc_sync(), SPC_OK) << last_error();
}

}  // namespace
