// SPDX-License-Identifier: Apache-2.0
// Turns the drafts of a transaction into the next snapshot.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/registry/transaction.hpp"

namespace spc {

class Publication {
 public:
  /// Links bases and flattens tables. PluginErr: a base cycle, a chain that is too long, a base that
  /// lacks a memory space of what is built on it. Families that waited for a base found here are
  /// linked as well; one that does not fit its base stays without, which is a note.
  Publication(const Snapshot &before, Transaction &transaction);

  /// Makes everything permanent. The caller stores the snapshot.
  std::unique_ptr<const Snapshot> commit() noexcept;

 private:
  Family *named(const std::string &base_name) const;
  void link_drafts();
  void link_waiting();
  std::string problem_of_chain(Family &f) const;
  bool is_changed(Family *f) const;
  const OpTable *flatten(Family *f);

  Transaction &transaction_;
  std::vector<Family *> families_;
  std::size_t n_before_;
  std::unordered_map<Family *, Family *> base_of_;
  std::vector<Family *> linked_now_;
  std::unordered_map<Family *, std::unique_ptr<OpTable>> tables_;
  std::unique_ptr<Snapshot> after_;
};

}  // namespace spc
