// SPDX-License-Identifier: Apache-2.0
#include "core/registry/transaction.hpp"

#include <new>

#include "core/registry/validate.hpp"

namespace {
// A registrar is good only inside register_ops, and there in the thread that called it.
thread_local spc_registrar open_registrar = nullptr;
}  // namespace

spc_registrar_s::spc_registrar_s(const spc::Snapshot &now, std::string file, int minor,
                                 const spc::Manifest *promised_by)
    : registered(now), path(std::move(file)), plugin_minor(minor), manifest(promised_by) {
  open_registrar = this;
}

spc_registrar_s::~spc_registrar_s() {
  for (spc::forks::Watched *w : watched) spc::forks::discard(w);
  open_registrar = nullptr;
}

spc::MemorySpace *spc_registrar_s::space(std::string_view name) const noexcept {
  for (const auto &s : spaces)
    if (s->name == name) return s.get();
  return registered.space(name);
}

spc::Family *spc_registrar_s::family(const std::string &name) const noexcept {
  for (const auto &f : families)
    if (f->is_called(name)) return f.get();
  return registered.family(name);
}

namespace spc {
namespace {

// Runs a body for a plugin: no exception may pass through its frames.
template <class F>
spc_status record(spc_registrar registrar, F &&body) noexcept {
  if (registrar == nullptr || registrar != open_registrar) return SPC_E_PLUGIN;
  spc_status status = SPC_E_MEMORY;
  try {
    try {
      body();
      return SPC_OK;
    } catch (const Error &e) {
      status = e.code();
      if (!registrar->failure) registrar->failure = e;
    }
  } catch (const std::bad_alloc &) {
    try {
      if (!registrar->failure) registrar->failure.emplace(SPC_E_MEMORY, "out of host memory");
    } catch (const std::bad_alloc &) {  // the status says it too
    }
  }
  return status;
}

}  // namespace

spc_status add_memory_space(spc_registrar registrar, const spc_memory_space *sent,
                            std::uint64_t *id) {
  return record(registrar, [&] {
    if (id == nullptr) fail(SPC_E_PLUGIN, "add_memory_space: id is NULL");
    auto space = std::make_unique<MemorySpace>();
    space->desc = checked_memory_space(sent);
    space->name = space->desc.name;
    if (const MemorySpace *known = registrar->space(space->name)) {
      *id = known->id;
      return;
    }
    space->desc.name = space->name.c_str();
    space->id = registrar->registered.spaces.size() + registrar->spaces.size();
    *id = space->id;
    registrar->spaces.push_back(std::move(space));
  });
}

spc_status find_memory_space(spc_registrar registrar, const char *name, std::uint64_t *id) {
  if (registrar == nullptr || registrar != open_registrar) return SPC_E_PLUGIN;
  if (name == nullptr || id == nullptr) return SPC_E_VALUE;
  const MemorySpace *const known = registrar->space(name);
  if (known == nullptr) return SPC_E_VALUE;
  *id = known->id;
  return SPC_OK;
}

spc_status add_family(spc_registrar registrar, const spc_family *sent) {
  return record(registrar, [&] {
    FamilyDescription description = checked_family(sent, *registrar);
    const bool survives_fork = (description.desc.flags & SPC_FAMILY_NO_FORK) == 0;
    registrar->watched.reserve(registrar->watched.size() + 1);
    registrar->families.push_back(std::make_unique<Family>(std::move(description)));
    if (!survives_fork) registrar->watched.push_back(forks::make(*registrar->families.back()));
  });
}

void reject(spc_registrar registrar, const char *why) {
  record(registrar, [&] { fail(SPC_E_PLUGIN, "rejected itself: {}", why == nullptr ? "" : why); });
}

}  // namespace spc
