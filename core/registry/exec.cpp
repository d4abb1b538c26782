// SPDX-License-Identifier: Apache-2.0
#include "core/registry/exec.hpp"

#include <fmt/format.h>

#include "core/registry/forks.hpp"
#include "core/support/thread_pool.hpp"

spc_exec_s::~spc_exec_s() {
  release_scratch(0);
}

void spc_exec_s::release_scratch(std::size_t first) noexcept {
  while (scratch.size() > first) {
    const Block &b = scratch.back();
    spc::space_free(*b.space, b.data, b.bytes);
    scratch.pop_back();
  }
}

namespace spc {

void *scratch(Exec &exec, MemorySpace &space, std::uint64_t bytes) {
  const std::scoped_lock lock(exec.mutex);
  exec.scratch.reserve(exec.scratch.size() + 1);
  void *const data = space_alloc(space, bytes);
  exec.scratch.push_back({&space, data, bytes});
  return data;
}

void store_error(Exec &exec, spc_status code, std::int64_t native, const char *where,
                 std::string_view text) noexcept {
  const std::scoped_lock lock(exec.mutex);
  // Among the parts of one parallel call the lowest wins, whatever thread was first.
  const std::int64_t part = current_part();
  if (exec.code != SPC_OK && exec.part >= 0 && part > exec.part) return;
  exec.code = code;
  exec.native = native;
  exec.part = part;
  try {
    exec.where = where == nullptr ? "" : where;
    exec.text = text;
  } catch (const std::bad_alloc &) {
    exec.where.clear();
    exec.text.clear();
  }
}

void store_exception(Exec &exec, spc_status code, std::string_view who, const char *what) noexcept {
  fmt::memory_buffer text;
  try {
    fmt::format_to(std::back_inserter(text), "'{}' threw an exception: {}", who, what);
  } catch (const std::bad_alloc &) {
    text.clear();
  }
  store_error(exec, code, 0, nullptr, {text.data(), text.size()});
}

void run_kernel(const Kernel &kernel, Op op, spc_call &call, Exec &exec) {
  require_not_lost(*kernel.owner, exec.caller != nullptr ? exec.caller : name(op),
                   kernel.owner->name());
  void *const state = kernel.owner->state();
  call.op = info(op).code;
  call.exec = &exec;
  call.host = &host_api;
  exec.code = SPC_OK;
  const std::size_t mark = exec.scratch.size();
  const spc_status status =
      call_plugin(kernel.owner->name(), exec, [&] { return kernel.entry->fn(state, &call); });
  if (exec.scratch.size() != mark) exec.release_scratch(mark);
  if (status != SPC_OK) [[unlikely]]
    fail_from_plugin(status, exec, name(op), kernel.owner->name().c_str());
}

namespace {
bool is_error_code(spc_status status) {
  switch (status) {
#define X(NAME, VALUE, KIND, PARENT1, PARENT2, RULE) case VALUE:
    SPC_STATUS_LIST(X)
#undef X
    return true;
    default:
      return false;
  }
}
}  // namespace

void fail_from_plugin(spc_status status, Exec &exec, const char *op, const char *family) {
  const bool told = exec.code != SPC_OK && !exec.text.empty();
  const std::int64_t native = exec.code != SPC_OK ? exec.native : 0;
  exec.code = SPC_OK;
  std::string text =
      told ? exec.text : fmt::format("'{}' failed with {}", family, status_kind(status));
  if (told && !exec.where.empty()) text = fmt::format("{}: {}", exec.where, text);
  if (!is_error_code(status)) {
    text = fmt::format("'{}' returned {}, which is no status code{}{}", family, status,
                       told ? ": " : "", told ? text : "");
    status = SPC_E_PLUGIN;
  }
  throw Error(status, fmt::format("{}: {}", exec.caller != nullptr ? exec.caller : op, text),
              native, family);
}

}  // namespace spc
