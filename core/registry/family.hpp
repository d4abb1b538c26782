// SPDX-License-Identifier: Apache-2.0
// Families and their flattened op tables.
//
// A Family object is never moved or destroyed, so arrays hold a plain pointer. Its table is an
// immutable snapshot that is replaced when a base arrives; a call reads it once.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "spacecore/plugin.h"

#include "core/dtype/dtype.hpp"
#include "core/ops/table.hpp"
#include "core/registry/memory.hpp"
#include "core/support/fork_mutex.hpp"

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
    const auto i = static_cast<unsigned>(slot(op, first, second));  // none: beyond every row
    return i < row.size() ? row[i] : nullptr;
  }
  static int slot(Op op, Dtype first, Dtype second) noexcept {
    return info(op).key == Key::PAIR ? index_of(first) * 16 + index_of(second) : index_of(first);
  }
  /// All slots of an op; empty if no kernel is there.
  const std::vector<const Kernel *> &row(Op op) const noexcept {
    return rows_[static_cast<int>(op)];
  }

  OpTable() = default;
  OpTable(const OpTable &) = delete;
  OpTable &operator=(const OpTable &) = delete;
  /// While the table is built: everything of a base, whose table must outlive this one.
  void inherit(const OpTable &base);
  /// While the table is built: puts an entry before what the slot has.
  void add(Op op, int slot, const spc_op_entry &entry, Family &owner);

 private:
  std::vector<const Kernel *> rows_[op_count];
  std::deque<Kernel> kernels_;
};

/// The checked copy of what a plugin said about a family.
struct FamilyDescription {
  /// One kernel and the slots of the table that it fills.
  struct Entry {
    Op op;
    std::vector<int> slots;
    spc_op_entry entry;  // own layout
  };
  std::string name, version, base_name, plugin_path;
  std::vector<std::string> aliases;
  std::vector<MemorySpace *> spaces;
  std::vector<Entry> entries;
  spc_family desc{};  // own layout; only its functions and flags are used
};

class Family {
 public:
  explicit Family(FamilyDescription description);
  Family(const Family &) = delete;
  Family &operator=(const Family &) = delete;

  const std::string &name() const noexcept { return description_.name; }
  const std::string &version() const noexcept { return description_.version; }
  const std::string &plugin_path() const noexcept { return description_.plugin_path; }
  const std::vector<std::string> &aliases() const noexcept { return description_.aliases; }
  const std::string &base_name() const noexcept { return description_.base_name; }
  /// Comma separated.
  const std::string &aliases_text() const noexcept { return aliases_text_; }
  const std::string &memory_spaces_text() const noexcept { return memory_spaces_text_; }
  bool is_called(const std::string &lower_case) const noexcept;
  /// nullptr if there is none or it has not been loaded.
  Family *base() const noexcept { return base_.load(std::memory_order_acquire); }
  const std::vector<MemorySpace *> &memory_spaces() const noexcept { return description_.spaces; }
  /// Where new arrays of this family live.
  MemorySpace &memory() const noexcept { return *description_.spaces.front(); }
  bool opaque() const noexcept { return (description_.desc.flags & SPC_FAMILY_OPAQUE) != 0; }
  /// 0: never the default family.
  std::uint32_t default_rank() const noexcept { return description_.desc.default_rank; }
  bool collective() const noexcept {
    return (description_.desc.flags & SPC_FAMILY_COLLECTIVE) != 0;
  }

  const OpTable &table() const noexcept { return *table_.load(std::memory_order_acquire); }

  /// State for kernels; probes and creates it on the first call. BackendUnavailable with the
  /// reason, every time, if that fails.
  void *state() {
    if (ready_.load(std::memory_order_acquire)) return state_;
    return create_state();
  }
  /// Runs probe once and gives "" or the reason why the family cannot be used. Creates no state.
  std::string why_unavailable();

  /// Where destruction is collective: the number of an element about to be made, with room for its
  /// release, which cannot fail then. Goes back with release_opaque, also if there was no handle.
  /// 0 elsewhere.
  std::uint64_t number_element();
  /// Destroys an opaque handle, or queues it for spc_collect where destruction is collective.
  void release_opaque(void *handle, std::uint64_t number) noexcept;
  /// Destroys the queued handles that every rank has released, in the order of their numbers, and
  /// says how many. Throws what the family says where the ranks could not agree.
  std::int64_t collect();

  /// For publication, under the load lock: own entries over the table of the base.
  std::unique_ptr<OpTable> flatten(Family *base, const OpTable *base_table);
  /// Makes room so that publish cannot fail.
  void reserve_publication();
  void publish(Family *base, std::unique_ptr<OpTable> table) noexcept;

  /// In a child that has lost the family: has it make anew what it needs. False if it cannot, with
  /// the reason in why if there is more to say.
  bool after_fork_child(std::string &why);

  /// Before a fork, so that no child finds the family between two states. False: another thread is
  /// at it, in foreign code; wait for it with no lock held, then try again.
  bool lock_for_fork();
  void wait_for_others();
  void unlock_after_fork();

 private:
  void *create_state();
  void probe_once();  // under mutex_

  const FamilyDescription description_;
  std::string aliases_text_, memory_spaces_text_;
  std::atomic<Family *> base_{nullptr};
  std::atomic<const OpTable *> table_{nullptr};
  std::vector<std::unique_ptr<const OpTable>> tables_;  // every one published: calls may hold any
  OwnedMutex mutex_;
  bool locked_for_fork_ = false;
  bool probed_ = false;
  std::string why_;
  std::atomic<bool> ready_{false};
  void *state_ = nullptr;

  struct Released {
    std::uint64_t number;
    void *handle;
  };
  std::vector<Released> take_released();
  /// Those that every rank has released come first, in the order of their numbers; how many.
  std::size_t agree(std::vector<Released> &handles);
  void put_back(const Released *handles, std::size_t waiting, std::size_t taken) noexcept;

  // Under lock_of(&released_), which has room for all that may come back to it.
  std::uint64_t numbered_ = 0;
  std::size_t outstanding_ = 0;
  std::vector<Released> released_;
};

/// Most bases that a family may have below it.
inline constexpr int max_base_depth = 8;

/// True if arrays of both may stand in one call: a common ancestor and the same memory space.
bool compatible(Family &a, Family &b) noexcept;
/// True if arrays of one may carry the tag of the other: compatible, and both strided or both
/// opaque.
inline bool interchangeable(Family &a, Family &b) noexcept {
  return &a == &b || (compatible(a, b) && a.opaque() == b.opaque());
}
/// The family that runs a call on both: the most derived on one chain, else the nearest common
/// ancestor. TypeErr naming op if they are not compatible.
Family &common_family(Family &a, Family &b, const char *op);

/// The kernel that takes `call`, asking supports() where there is one. NotImpl naming op, dtypes,
/// family and every tier tried.
const Kernel &select_kernel(Family &family, Op op, Dtype first, Dtype second, const spc_call &call);
/// The same for an op that can do without: nullptr.
const Kernel *find_kernel(Family &family, Op op, Dtype first, Dtype second, const spc_call &call);

}  // namespace spc
