// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spacecore/plugin.h"

namespace spc::fakedev {

/// What went wrong in a kernel; code 0 means nothing did.
struct Failure {
  spc_status code = SPC_OK;
  std::int64_t native = 0;
  std::string where;
  std::string text;
};

// The host of a kernel that runs later than the call that queued it: scratch, error slot and
// threads (the one that drains the queue) belong to the queue, since those of the call are gone.
class KernelHost {
 public:
  KernelHost() = default;
  ~KernelHost();
  KernelHost(const KernelHost &) = delete;
  KernelHost &operator=(const KernelHost &) = delete;

  spc_exec exec() { return reinterpret_cast<spc_exec>(this); }
  static const spc_host_api *api();

  /// The failure of a kernel that returned `code`: what it reported, or the bare code.
  Failure failure(spc_status code) const;

 private:
  static KernelHost &of(spc_exec exec) { return *reinterpret_cast<KernelHost *>(exec); }
  static spc_status scratch(spc_exec exec, std::uint64_t mem, std::uint64_t bytes, void **out);
  static void set_error(spc_exec exec, spc_status code, std::int64_t native, const char *where,
                        const char *text);
  static spc_status parallel(spc_exec exec, std::int64_t n_parts, spc_part_fn fn, void *arg);

  std::vector<void *> scratch_;
  Failure reported_;
};

}  // namespace spc::fakedev
