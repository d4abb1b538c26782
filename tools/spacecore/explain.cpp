// SPDX-License-Identifier: Apache-2.0
// spacecore explain: which kernels a call of an op runs, and why.
#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tools/spacecore/commands.hpp"
#include "tools/spacecore/support.hpp"

namespace cmd {
namespace {

constexpr std::size_t kMostOperands = 4;

struct Options {
  std::string op, backend = "cpu";
  std::vector<std::string> dtypes;
};

// A 1 x 1 array: rules look at dtypes and families only.
Array example(spc_context ctx, std::int32_t dtype) {
  const std::int64_t shape[] = {1, 1};
  return make(spc_zeros, ctx, 2, shape, dtype);
}

std::string text_of(const char *op, const std::vector<spc_value> &operands) {
  const auto n = static_cast<std::int64_t>(operands.size());
  std::int64_t length = 0;
  check(spc_explain(op, n, operands.data(), nullptr, 0, &length));
  std::string text(static_cast<std::size_t>(length) + 1, '\0');
  check(spc_explain(op, n, operands.data(), text.data(), length + 1, nullptr));
  text.pop_back();
  return text;
}

int run(const Options &given) {
  const auto ctx =
      make<Context>(spc_context_create, given.backend.c_str(), SPC_FLOAT64, SPC_CHECK_NONE);
  std::vector<std::int32_t> dtypes;
  for (const auto &name : given.dtypes) {
    dtypes.push_back(get<std::int32_t>(spc_dtype_from_name, name.c_str()));
  }
  if (dtypes.empty()) dtypes.push_back(SPC_FLOAT64);

  std::vector<Array> arrays;
  std::vector<spc_value> operands;
  const std::size_t most = std::max(kMostOperands, dtypes.size());
  for (std::size_t i = 0; i < most; ++i) {
    arrays.push_back(example(ctx.get(), dtypes[std::min(i, dtypes.size() - 1)]));
    operands.push_back(arrays.back().get());
  }
  // As many operands as there are dtypes; the op may need more, then the last dtype is repeated, or
  // take none.
  std::vector<std::size_t> counts;
  for (std::size_t n = dtypes.size(); n <= most; ++n) counts.push_back(n);
  if (given.dtypes.empty()) counts.push_back(0);
  for (const std::size_t n : counts) {
    std::int64_t length = 0;
    const auto status = spc_explain(given.op.c_str(), static_cast<std::int64_t>(n), operands.data(),
                                    nullptr, 0, &length);
    if (status == SPC_E_VALUE && n != counts.back()) continue;
    check(status);
    fmt::print("{}", text_of(given.op.c_str(), {operands.begin(), operands.begin() + n}));
    break;
  }
  return kOk;
}

}  // namespace

Command add_explain(CLI::App &root) {
  auto *app = root.add_subcommand("explain", "Say which kernels a call of an op runs, and why");
  app->fallthrough();
  auto given = std::make_shared<Options>();
  app->add_option("OP", given->op, "Name of an op")->required();
  app->add_option("DTYPE", given->dtypes,
                  "dtypes of the operands, the last one for those that follow; float64");
  app->add_option("--backend", given->backend, "Family of the operands")->type_name("NAME");
  return {app, [given] { return run(*given); }};
}

}  // namespace cmd
