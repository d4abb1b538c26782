// SPDX-License-Identifier: Apache-2.0
// One running call: where a kernel leaves its error text and gets its scratch. Lives on the stack
// of the outermost call that needs one; costs nothing until a kernel uses it.
#pragma once

#include <cstdint>
#include <string>
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

  spc_status code = SPC_OK;
  std::int64_t native = 0;
  std::string where, text;
  std::vector<Block> scratch;
};

namespace spc {

using Exec = spc_exec_s;

/// Scratch that lives as long as exec. OutOfMemory.
void *scratch(Exec &exec, MemorySpace &space, std::uint64_t bytes);

/// Runs a kernel and turns what comes back, exceptions included, into Error naming op and family.
void run_kernel(const Kernel &kernel, Op op, spc_call &call, Exec &exec);

/// Throws what a plugin function that returned `status` left in exec.
[[noreturn]] void fail_from_plugin(spc_status status, Exec &exec, const char *op, const char *family);

/// The table handed to every kernel.
extern const spc_host_api host_api;

}  // namespace spc
