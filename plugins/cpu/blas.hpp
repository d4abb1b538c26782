// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "plugins/cpu/openblas/table.h"

namespace spc::cpu {

// The table of BLAS while it may be called: whoever forks waits until no thread uses it. A child
// would inherit the library's locks as they are, and the threads that are stopped for its sake would
// be missing in calls under way. Kernels hold one for as
// long as they call BLAS, in this or another thread; two in one thread may wait for each other.
class BlasUse {
 public:
  BlasUse() = default;
  BlasUse(BlasUse &&other) noexcept : table_(std::exchange(other.table_, nullptr)) {}
  BlasUse &operator=(BlasUse &&other) noexcept {
    std::swap(table_, other.table_);
    return *this;
  }
  ~BlasUse();

  explicit operator bool() const noexcept { return table_ != nullptr; }
  const spacecore_openblas_table &operator*() const noexcept { return *table_; }
  const spacecore_openblas_table *operator->() const noexcept { return table_; }

 private:
  friend BlasUse open_blas(const char **why);
  explicit BlasUse(const spacecore_openblas_table *table) noexcept : table_(table) {}
  const spacecore_openblas_table *table_ = nullptr;
};

// The table of the BLAS library that lies beside this plugin, opened at first use, so that loading
// the plugin reads no 30 MB file and starts no thread. Empty when it cannot be opened: *why then
// says what failed. Thread-safe; a failure is final for the process.
BlasUse open_blas(const char **why);

}  // namespace spc::cpu
