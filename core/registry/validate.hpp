// SPDX-License-Identifier: Apache-2.0
// Checks of what plugins send. Every one throws PluginErr with the struct, the field and the value;
// a name that is taken is ContextConflict.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "core/registry/transaction.hpp"

namespace spc {

/// Own layout; name points to the plugin's string.
spc_memory_space checked_memory_space(const spc_memory_space *sent);

/// [a-z][a-z0-9_-]*, at most 63 characters; what names it in the message.
void check_family_name(const char *name, std::string_view what);

FamilyDescription checked_family(const spc_family *sent, Transaction &transaction);

/// Own layout of one entry, with the slots that it fills. Op::count_: the opcode is not ours to
/// publish (a vendor's, or one of a later minor).
FamilyDescription::Entry checked_entry(const spc_op_entry *sent, const char *family, bool opaque,
                                       bool newer_plugin);

/// No struct of ours will be that long: the pointer leads somewhere else.
inline constexpr std::uint32_t implausible_size = 1u << 16;

/// What may be a later, longer T, or one that ends before its optional fields, which are 0 then.
template <class T>
T own_layout(const T *sent, const char *type, std::size_t least = sizeof(T)) {
  if (sent == nullptr) fail(SPC_E_PLUGIN, "{} is NULL", type);
  if (sent->struct_size < least || sent->struct_size > implausible_size)
    fail(SPC_E_PLUGIN, "{}: struct_size is {}, expected {} or more", type, sent->struct_size,
         least);
  T own{};
  std::memcpy(&own, sent, std::min<std::size_t>(sizeof(T), sent->struct_size));
  return own;
}

}  // namespace spc
