// SPDX-License-Identifier: Apache-2.0
// One running call: where a kernel leaves its error text and gets its scratch. Lives on the stack
// of the outermost call that needs one; costs nothing until a kernel uses it.
#pragma once

#include <cstdint>
#include <exception>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "core/registry/family.hpp"
#include "core/support/error.hpp"

struct spc_exec_s {
  spc_exec_s() = default;
  spc_exec_s(const spc_exec_s &) = delete;
  spc_exec_s &operator=(const spc_exec_s &) = delete;
  ~spc_exec_s();  // frees the scratch

  struct Block {
    spc::MemorySpace *space;
    void *data;
    std::uint64_t bytes;
  };

  std::mutex mutex;  // parts of one kernel may fail or ask for scratch at the same time
  spc_status code = SPC_OK;
  std::int64_t native = 0;
  std::int64_t part = -1;  // of parallel, that left the text
  std::string where, text;
  std::vector<Block> scratch;
  const char *caller = nullptr;  // the op that the user called, where it is not that of the kernel

  /// Frees the blocks from index `first` on.
  void release_scratch(std::size_t first) noexcept;
};

namespace spc {

using Exec = spc_exec_s;

/// Scratch that lives as long as exec. OutOfMemory.
void *scratch(Exec &exec, MemorySpace &space, std::uint64_t bytes);

/// Stores a text as set_error of the host API does.
void store_error(Exec &exec, spc_status code, std::int64_t native, const char *where,
                 std::string_view text) noexcept;

/// Calls into a plugin: gives what f returns; an exception becomes OutOfMemory or PluginErr with its
/// text in exec. Every call of a plugin's function that may fail goes through here.
template <class F>
spc_status call_plugin(std::string_view who, Exec &exec, F &&f);

/// Runs a kernel and turns what comes back, exceptions included, into Error naming op and family.
/// Scratch that the kernel took is freed when it returns.
void run_kernel(const Kernel &kernel, Op op, spc_call &call, Exec &exec);

/// Throws what a plugin function that returned `status` left in exec. family: a Family's or
/// MemorySpace's name, which lives as long as the process.
[[noreturn]] void fail_from_plugin(spc_status status, Exec &exec, const char *op,
                                   const char *family);

/// The table handed to every kernel.
extern const spc_host_api host_api;

/// The handle that stands for this core.
spc_host host_handle() noexcept;

void store_exception(Exec &exec, spc_status code, std::string_view who, const char *what) noexcept;

template <class F>
spc_status call_plugin(std::string_view who, Exec &exec, F &&f) {
  try {
    return f();
  } catch (const std::bad_alloc &) {
    store_exception(exec, SPC_E_MEMORY, who, "std::bad_alloc");
    return SPC_E_MEMORY;
  } catch (const std::exception &e) {
    store_exception(exec, SPC_E_PLUGIN, who, e.what());
    return SPC_E_PLUGIN;
  } catch (...) {
    store_exception(exec, SPC_E_PLUGIN, who, "an unknown exception");
    return SPC_E_PLUGIN;
  }
}

}  // namespace spc
