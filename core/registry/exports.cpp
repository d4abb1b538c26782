// SPDX-License-Identifier: Apache-2.0
#include "core/registry/exports.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace spc {
namespace {

// Written by the linker into every object.
bool is_usual(std::string_view name) {
  constexpr std::string_view usual[] = {"spacecore_plugin_v1", "register_ops", "_init", "_fini",
                                        "__bss_start",         "_edata",       "_end"};
  return std::find(std::begin(usual), std::end(usual), name) != std::end(usual);
}

struct Tables {
  const ElfW(Sym) *symbols = nullptr;
  const char *strings = nullptr;
  const std::uint32_t *gnu_hash = nullptr, *hash = nullptr;
};

Tables tables_of(const link_map &map) {
  Tables t;
  for (const ElfW(Dyn) *d = map.l_ld; d->d_tag != DT_NULL; ++d) {
    // The dynamic linker has turned offsets into addresses on most machines, not on all.
    const ElfW(Addr) address =
        d->d_un.d_ptr < map.l_addr ? d->d_un.d_ptr + map.l_addr : d->d_un.d_ptr;
    const auto *const words = reinterpret_cast<const std::uint32_t *>(address);
    if (d->d_tag == DT_SYMTAB) t.symbols = reinterpret_cast<const ElfW(Sym) *>(address);
    if (d->d_tag == DT_STRTAB) t.strings = reinterpret_cast<const char *>(address);
    if (d->d_tag == DT_GNU_HASH) t.gnu_hash = words;
    if (d->d_tag == DT_HASH) t.hash = words;
  }
  return t;
}

// Calls visit with the index of every symbol that a look-up could find.
template <class Visit>
void for_each_index(const Tables &t, Visit &&visit) {
  if (t.gnu_hash != nullptr) {
    const std::uint32_t n_buckets = t.gnu_hash[0], first = t.gnu_hash[1], n_bloom = t.gnu_hash[2];
    const std::uint32_t *const buckets =
        t.gnu_hash + 4 + std::size_t{n_bloom} * (sizeof(ElfW(Addr)) / sizeof(std::uint32_t));
    const std::uint32_t *const chains = buckets + n_buckets;
    for (std::uint32_t b = 0; b < n_buckets; ++b) {
      if (buckets[b] < first) continue;
      for (std::uint32_t i = buckets[b];; ++i) {
        visit(i);
        if ((chains[i - first] & 1) != 0) break;
      }
    }
  } else if (t.hash != nullptr) {
    for (std::uint32_t i = 1; i < t.hash[1]; ++i) visit(i);
  }
}

}  // namespace

std::vector<std::string> further_exports(void *handle) {
  std::vector<std::string> names;
  link_map *map = nullptr;
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || map == nullptr) return names;
  const Tables t = tables_of(*map);
  if (t.symbols == nullptr || t.strings == nullptr) return names;
  for_each_index(t, [&](std::uint32_t i) {
    const ElfW(Sym) &s = t.symbols[i];
    // Absolute ones are the names of version nodes.
    if (s.st_shndx == SHN_UNDEF || s.st_shndx == SHN_ABS) return;
    const char *const name = t.strings + s.st_name;
    if (!is_usual(name)) names.emplace_back(name);
  });
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace spc
