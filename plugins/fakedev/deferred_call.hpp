// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "spacecore/plugin.h"

#include "plugins/fakedev/arena.hpp"
#include "plugins/fakedev/kernel_host.hpp"

namespace spc::fakedev {

// A kernel call that outlives its caller: descriptors, parameters and the bytes of scalars are
// copied; data stays where it is.
class DeferredCall {
 public:
  using Function = std::function<spc_status(const spc_call &)>;

  /// function receives the call with its addresses turned into aliases, when run.
  DeferredCall(Function function, const spc_call &call);

  /// True if the call names memory of its caller, which is valid only until the kernel returns.
  bool needs_caller() const { return needs_caller_; }

  /// Runs the function now; a failure, or an operand outside a live block, is the result.
  Failure run(const Arena &arena);

 private:
  struct Operand {
    spc_tensor tensor;
    bool present;
    std::size_t dims;  // where shape, then strides begin in dims_
    alignas(16) std::byte value[16];
  };

  void add(const spc_tensor *tensor);
  bool in_live_block(const Arena &arena, const Operand &operand) const;

  Function function_;
  std::uint32_t op_;
  const char *called_;  // the op that the program called
  std::uint32_t n_in_;
  void *plan_;
  bool needs_caller_ = false;
  std::vector<Operand> operands_;  // inputs, then outputs
  std::vector<std::int64_t> dims_;
  std::vector<std::byte> params_;
};

/// Name of the op that the program called: that of the opcode unless the host knows better; "kernel"
/// for a vendor's.
const char *called_op(const spc_call &call);

}  // namespace spc::fakedev
