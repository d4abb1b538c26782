// SPDX-License-Identifier: Apache-2.0
// Families and their flattened op tables.
//
// A Family object is never moved or destroyed, so arrays hold a plain pointer. Its table is an
// immutable snapshot that is replaced when a base arrives; a call reads it once.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "core/dtype/dtype.hpp"
#include "core/ops/table.hpp"
#include "core/registry/memory.hpp"
#include "spacecore/plugin.h"

namespace spc {

class Family;

struct Kernel {
  const spc_op_entry *entry;  // own layout
  Family *owner;              // whose state it gets
  const Kernel *next;         // tried when entry->supports refuses; further down the base chain
};

/// Kernels of one family, inherited ones included: [op][signature].
class OpTable {
 public:
  /// First candidate, or nullptr. second is ignored unless the op's key is PAIR.
  const Kernel *find(Op op, Dtype first, Dtype second = Dtype::none) const noexcept {
    const std::vector<const Kernel *> &row = rows_[static_cast<int>(op)];
    const int i = slot(op, first, second);
    return i < static_cast<int>(row.size()) ? row[static_cast<std::size_t>(i)] : nullptr;
  }
  static int slot(Op op, Dtype first, Dtype second) noexcept {
    return info(op).key == Key::PAIR ? index_of(first) * 16 + index_of(second) : index_of(first);
  }

 private:
  friend class Registry;
  std::vector<const Kernel *> rows_[op_count];
};

class Family {
 public:
  const std::string &name() const noexcept { return name_; }
  const std::string &version() const noexcept { return version_; }
  const std::string &plugin_path() const noexcept { return plugin_path_; }
  const std::vector<std::string> &aliases() const noexcept { return aliases_; }
  const std::string &base_name() const noexcept { return base_name_; }
  /// nullptr if there is none or it has not been loaded.
  Family *base() const noexcept { return base_.load(std::memory_order_acquire); }
  const std::vector<MemorySpace *> &memory_spaces() const noexcept { return spaces_; }
  /// Where new arrays of this family live.
  MemorySpace &memory() const noexcept { return *spaces_.front(); }
  bool opaque() const noexcept { return (desc_.flags & SPC_FAMILY_OPAQUE) != 0; }
  bool collective() const noexcept { return (desc_.flags & SPC_FAMILY_COLLECTIVE) != 0; }

  const OpTable &table() const noexcept { return *table_.load(std::memory_order_acquire); }

  /// State for kernels; probes and creates it on the first call. BackendUnavailable with the
  /// reason, every time, if that fails.
  void *state() {
    if (ready_.load(std::memory_order_acquire)) return state_;
    return create_state();
  }
  /// Runs probe once and gives "" or the reason why the family cannot be used. Creates no state.
  const std::string &why_unavailable();

  /// Destroys an opaque handle, or queues it for spc_collect where destruction is collective.
  void release_opaque(void *handle) noexcept;
  /// Destroys the queued handles and gives their number.
  std::int64_t collect() noexcept;

 private:
  friend class Registry;
  void *create_state();

  std::string name_, version_, base_name_, plugin_path_;
  std::vector<std::string> aliases_;
  spc_family desc_{};                   // own layout; strings belong to the plugin
  std::vector<spc_op_entry> entries_;   // own layout
  std::vector<MemorySpace *> spaces_;
  std::atomic<Family *> base_{nullptr};
  std::atomic<const OpTable *> table_{nullptr};
  std::mutex mutex_;
  bool probed_ = false;
  std::string why_;
  std::atomic<bool> ready_{false};
  void *state_ = nullptr;
  std::vector<void *> released_;
};

/// True if arrays of both may stand in one call: a common ancestor and the same memory space.
bool compatible(Family &a, Family &b) noexcept;
/// The family that runs a call on both: the most derived on one chain, else the nearest common
/// ancestor. TypeErr naming op if they are not compatible.
Family &common_family(Family &a, Family &b, const char *op);

/// The kernel that takes `call`, asking supports() where there is one. NotImpl naming op, dtypes,
/// family and every tier tried.
const Kernel &select_kernel(Family &family, Op op, Dtype first, Dtype second, const spc_call &call);

}  // namespace spc
