// SPDX-License-Identifier: Apache-2.0
#include "core/registry/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <string_view>

namespace spc {
namespace {

constexpr std::uint32_t most_items = 1u << 16;  // of any list that a plugin sends

void check_free(const char *name, std::string_view what, const Transaction &t) {
  const Family *const taken = t.family(name);
  if (taken == nullptr) {
    const Listed *const listed = t.registered.listed(name);
    if (listed != nullptr && listed->is_pending() && &listed->promise->manifest != t.manifest)
      fail(SPC_E_CONTEXT_CONFLICT, "{} '{}' is already named by {}", what, name,
           listed->promise->manifest.path);
    return;
  }
  if (taken->name() == name)
    fail(SPC_E_CONTEXT_CONFLICT, "{} '{}' is already registered by {}", what, name,
         taken->plugin_path());
  fail(SPC_E_CONTEXT_CONFLICT, "{} '{}' is already an alias of family '{}' of {}", what, name,
       taken->name(), taken->plugin_path());
}

template <class T>
void check_list(const T *items, std::uint32_t n, const char *family, const char *field) {
  if (n > most_items)
    fail(SPC_E_PLUGIN, "family '{}': n_{} is {}, at most {} are possible", family, field, n,
         most_items);
  if (n > 0 && items == nullptr)
    fail(SPC_E_PLUGIN, "family '{}': {} is NULL and n_{} is {}", family, field, field, n);
}

}  // namespace

// Lower case: found again whatever case a user writes.
void check_family_name(const char *name, std::string_view what) {
  const std::string_view s = name == nullptr ? "" : name;
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_part = [&](char c) {
    return is_lower(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  if (name == nullptr || s.empty() || s.size() > 63 || !is_lower(s[0]) ||
      !std::all_of(s.begin(), s.end(), is_part))
    fail(SPC_E_PLUGIN, "{} '{}' is no name: expected [a-z][a-z0-9_-]*, at most 63 characters", what,
         s);
}

spc_memory_space checked_memory_space(const spc_memory_space *sent) {
  const spc_memory_space s = own_layout(sent, "spc_memory_space");
  const std::string_view name = s.name == nullptr ? "" : s.name;
  const auto printable = [](char c) { return c > ' ' && c < 127 && c != ','; };
  if (name.empty() || name.size() > 63 || !std::all_of(name.begin(), name.end(), printable))
    fail(SPC_E_PLUGIN,
         "memory space '{}' has no good name: expected printable characters without blanks and "
         "commas, at most 63",
         name);
  if ((s.flags & ~SPC_MEM_KNOWN_FLAGS) != 0)
    fail(SPC_E_PLUGIN, "memory space '{}': unknown flag bits {:#x}", name,
         s.flags & ~SPC_MEM_KNOWN_FLAGS);
  if (!std::has_single_bit(s.alignment))
    fail(SPC_E_PLUGIN, "memory space '{}': alignment is {}, expected a power of two", name,
         s.alignment);
  const bool reachable = (s.flags & SPC_MEM_HOST_ACCESSIBLE) != 0;
  const char *const missing = s.alloc == nullptr                          ? "alloc"
                              : s.free == nullptr                         ? "free"
                              : !reachable && s.copy_to_host == nullptr   ? "copy_to_host"
                              : !reachable && s.copy_from_host == nullptr ? "copy_from_host"
                              : (s.flags & SPC_MEM_ASYNC) != 0 && s.sync == nullptr ? "sync"
                                                                                    : nullptr;
  // The host's own space is joined, whatever is said about it.
  if (missing != nullptr && name != "host")
    fail(SPC_E_PLUGIN, "memory space '{}': {} is NULL", name, missing);
  return s;
}

FamilyDescription checked_family(const spc_family *sent, Transaction &t) {
  FamilyDescription d;
  const spc_family f = d.desc = own_layout(sent, "spc_family", offsetof(spc_family, opaque_agree));
  check_family_name(f.name, "family");
  check_free(f.name, "family", t);
  d.name = f.name;
  d.plugin_path = t.path;
  if (f.version == nullptr) fail(SPC_E_PLUGIN, "family '{}': version is NULL", d.name);
  d.version = f.version;
  if ((f.flags & ~SPC_FAMILY_KNOWN_FLAGS) != 0)
    fail(SPC_E_PLUGIN, "family '{}': unknown flag bits {:#x}", d.name,
         f.flags & ~SPC_FAMILY_KNOWN_FLAGS);
  const bool opaque = (f.flags & SPC_FAMILY_OPAQUE) != 0;
  if (opaque != (f.opaque_release != nullptr))
    fail(SPC_E_PLUGIN, "family '{}': opaque_release is {} and the flag OPAQUE is {}", d.name,
         opaque ? "NULL" : "given", opaque ? "set" : "not set");
  const bool collective = (f.flags & SPC_FAMILY_COLLECTIVE) != 0;
  if (collective && !opaque)
    fail(SPC_E_PLUGIN, "family '{}': the flag COLLECTIVE needs the flag OPAQUE", d.name);
  if (f.opaque_agree != nullptr && !collective)
    fail(SPC_E_PLUGIN, "family '{}': opaque_agree is given and the flag COLLECTIVE is not set",
         d.name);

  if (f.after_fork_child != nullptr && (f.flags & SPC_FAMILY_NO_FORK) == 0)
    fail(SPC_E_PLUGIN, "family '{}': after_fork_child is given and the flag NO_FORK is not set",
         d.name);

  if (f.base != nullptr) {
    check_family_name(f.base, fmt::format("family '{}': base", d.name));
    d.base_name = f.base;
  }

  check_list(f.aliases, f.n_aliases, f.name, "aliases");
  for (std::uint32_t i = 0; i < f.n_aliases; ++i) {
    const std::string what = fmt::format("family '{}': alias", d.name);
    check_family_name(f.aliases[i], what);
    check_free(f.aliases[i], what, t);
    if (d.name == f.aliases[i] ||
        std::find(d.aliases.begin(), d.aliases.end(), f.aliases[i]) != d.aliases.end())
      fail(SPC_E_PLUGIN, "{} '{}' is given twice", what, f.aliases[i]);
    d.aliases.emplace_back(f.aliases[i]);
  }

  check_list(f.memory_spaces, f.n_memory_spaces, f.name, "memory_spaces");
  if (f.n_memory_spaces == 0)
    fail(SPC_E_PLUGIN, "family '{}' names no memory space; \"host\" is one", d.name);
  for (std::uint32_t i = 0; i < f.n_memory_spaces; ++i) {
    const char *const name = f.memory_spaces[i];
    MemorySpace *const space = name == nullptr ? nullptr : t.space(name);
    if (space == nullptr)
      fail(SPC_E_PLUGIN, "family '{}': memory space '{}' is not registered", d.name,
           name == nullptr ? "NULL" : name);
    d.spaces.push_back(space);
  }
  if (f.default_rank != 0 && (opaque || d.spaces.front()->id != 0))
    fail(SPC_E_PLUGIN,
         "family '{}': default_rank is {}, but it works in memory space '{}', not on the host",
         d.name, f.default_rank, d.spaces.front()->name);

  check_list(f.ops, f.n_ops, f.name, "ops");
  if (f.n_ops == 0 && f.base == nullptr)
    fail(SPC_E_PLUGIN, "family '{}' has neither ops nor a base", d.name);
  std::vector<std::vector<bool>> filled(static_cast<std::size_t>(op_count));
  for (std::uint32_t i = 0; i < f.n_ops; ++i) {
    // The sender's stride, which may be longer than ours.
    const std::uint32_t stride = f.ops->struct_size;
    const auto *const sent_entry = reinterpret_cast<const spc_op_entry *>(
        reinterpret_cast<const std::byte *>(f.ops) + std::size_t{i} * stride);
    if (sent_entry->struct_size != stride)
      fail(SPC_E_PLUGIN, "family '{}': struct_size of entry {} is {}, of entry 0 it is {}", d.name,
           i, sent_entry->struct_size, stride);
    FamilyDescription::Entry e =
        checked_entry(sent_entry, f.name, opaque, t.plugin_minor > SPC_ABI_MINOR);
    if (e.op == Op::count_) {
      t.notes.push_back(
          fmt::format("family '{}': op {:#x} is not known here and left out", d.name, e.entry.op));
      continue;
    }
    std::vector<bool> &slots = filled[static_cast<std::size_t>(e.op)];
    slots.resize(static_cast<std::size_t>(signature_count(info(e.op).key)));
    for (const int slot : e.slots) {
      if (slots[static_cast<std::size_t>(slot)]) {
        const bool pair = info(e.op).key == Key::PAIR;
        const Dtype first = static_cast<Dtype>(pair ? slot / 16 : slot);
        fail(SPC_E_PLUGIN, "family '{}': op '{}' is listed twice for {}{}{}", d.name, name(e.op),
             name(first), pair ? " and " : "", pair ? name(static_cast<Dtype>(slot % 16)) : "");
      }
      slots[static_cast<std::size_t>(slot)] = true;
    }
    d.entries.push_back(std::move(e));
  }
  return d;
}

}  // namespace spc
