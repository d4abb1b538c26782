// SPDX-License-Identifier: Apache-2.0
#include "core/registry/loader.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>

#include <algorithm>

#include "core/registry/elf_file.hpp"
#include "core/registry/exec.hpp"
#include "core/registry/exports.hpp"
#include "core/registry/process_state.hpp"
#include "core/registry/publication.hpp"
#include "core/registry/transaction.hpp"
#include "core/registry/trust.hpp"
#include "core/registry/validate.hpp"

namespace spc {
namespace {

// What loading did to the process, as the end of a line of the report.
std::string aftermath(ProcessState &process) {
  std::string text;
  if (const std::string changed = process.restore(); !changed.empty())
    text += "; loading changed and the library put back: " + changed;
  if (const std::string left = process.left_behind(); !left.empty())
    text += "; while it was loaded, " + left;
  return text;
}

std::string exports_text(void *handle) {
  const std::vector<std::string> names = further_exports(handle);
  if (names.empty()) return "";
  std::string text =
      fmt::format("; exports {} more than the two symbols of a plugin", names.size());
  constexpr std::size_t most_shown = 3;
  for (std::size_t i = 0; i < names.size() && i < most_shown; ++i)
    text += (i == 0 ? ": " : ", ") + names[i];
  return names.size() > most_shown ? text + ", ..." : text;
}

using RegisterOps = spc_status (*)(const spc_host_api *, spc_host, spc_registrar);

std::string dlopen_reason(const std::string &path) {
  const char *const message = dlerror();
  const std::string text = message == nullptr ? "unknown reason" : message;
  // A missing dependency is all that the message names: `libx.so.1: cannot open ...`.
  const std::size_t colon = text.find(": ");
  if (colon != std::string::npos && text.compare(0, colon, path) != 0 &&
      text.find("cannot open shared object file") != std::string::npos)
    return fmt::format("needs '{}', which cannot be loaded: {}", text.substr(0, colon), text);
  return fmt::format("cannot be loaded: {}", text);
}

// The address of a symbol that the opened file itself defines: a look-up also searches its
// dependencies. nullptr: nobody defines it.
void *own_symbol(void *handle, const std::string &path, const char *name, std::size_t least_size) {
  void *const address = dlsym(handle, name);
  if (address == nullptr) return nullptr;
  Dl_info where;
  ElfW(Sym) *symbol = nullptr;
  if (dladdr1(address, &where, reinterpret_cast<void **>(&symbol), RTLD_DL_SYMENT) == 0 ||
      where.dli_fname == nullptr)
    fail(SPC_E_PLUGIN, "{}: symbol '{}' belongs to no file", path, name);
  if (!same_file(where.dli_fname, path.c_str()))
    fail(SPC_E_PLUGIN, "{}: symbol '{}' is not its own but that of '{}'", path, name,
         where.dli_fname);
  if (symbol != nullptr && symbol->st_size < least_size)
    fail(SPC_E_PLUGIN, "{}: symbol '{}' has {} bytes, expected {} or more", path, name,
         symbol->st_size, least_size);
  return address;
}

[[noreturn]] void fail_without_marker(void *handle, const std::string &path) {
  for (int major = 0; major <= 9; ++major) {
    const std::string name = fmt::format("spacecore_plugin_v{}", major);
    if (dlsym(handle, name.c_str()) != nullptr)
      fail(SPC_E_PLUGIN,
           "{}: is built for backend ABI {}, this library offers {}.{}; rebuild the plugin against "
           "the headers of this library",
           path, major, static_cast<int>(SPC_ABI_MAJOR), static_cast<int>(SPC_ABI_MINOR));
  }
  fail(SPC_E_PLUGIN, "{}: is no SpaceCore plugin: it does not export 'spacecore_plugin_v{}'", path,
       static_cast<int>(SPC_ABI_MAJOR));
}

// Whatever is wrong: the versions tell who has to be newer.
std::string versions(const spc_plugin_marker &m) {
  return fmt::format("; it is built for backend ABI {}.{}, this library offers {}.{}", m.abi_major,
                     m.abi_minor, static_cast<int>(SPC_ABI_MAJOR), static_cast<int>(SPC_ABI_MINOR));
}

const spc_plugin_marker &checked_marker(void *handle, const std::string &path) {
  static_assert(SPC_ABI_MAJOR == 1);
  const auto *const marker = static_cast<const spc_plugin_marker *>(
      own_symbol(handle, path, "spacecore_plugin_v1", sizeof(spc_plugin_marker)));
  if (marker == nullptr) fail_without_marker(handle, path);
  const spc_plugin_marker &m = *marker;
  if (m.magic != SPC_PLUGIN_MAGIC)
    fail(SPC_E_PLUGIN,
         "{}: its marker begins with {:#010x}, expected {:#010x}; this library offers {}.{}", path,
         m.magic, SPC_PLUGIN_MAGIC, static_cast<int>(SPC_ABI_MAJOR),
         static_cast<int>(SPC_ABI_MINOR));
  if (m.abi_major != SPC_ABI_MAJOR)
    fail(
        SPC_E_PLUGIN,
        "{}: is built for backend ABI {}.{}, this library offers {}.{}; rebuild the plugin against "
        "the headers of this library",
        path, m.abi_major, m.abi_minor, static_cast<int>(SPC_ABI_MAJOR),
        static_cast<int>(SPC_ABI_MINOR));
  if (m.min_host_minor > SPC_ABI_MINOR)
    fail(SPC_E_PLUGIN,
         "{}: is built for backend ABI {}.{} and needs backend ABI {}.{} or later, this library "
         "offers {}.{}; update the library, or rebuild the plugin against its headers",
         path, m.abi_major, m.abi_minor, m.abi_major, m.min_host_minor,
         static_cast<int>(SPC_ABI_MAJOR), static_cast<int>(SPC_ABI_MINOR));
  if (m.struct_size < sizeof(spc_plugin_marker) || m.struct_size > implausible_size)
    fail(SPC_E_PLUGIN, "{}: struct_size of its marker is {}, expected {}{}", path, m.struct_size,
         sizeof(spc_plugin_marker), versions(m));
  if (m.reserved != 0)
    fail(SPC_E_PLUGIN, "{}: reserved of its marker is {}, expected 0{}", path, m.reserved,
         versions(m));
  return m;
}

void run_registration(RegisterOps register_ops, const std::string &path, Transaction &transaction) {
  Exec exec;
  const spc_status status = call_plugin(
      "register_ops", exec, [&] { return register_ops(&host_api, host_handle(), &transaction); });
  // Also when register_ops took no notice of it.
  if (transaction.failure)
    throw Error(transaction.failure->code(),
                fmt::format("{}: {}", path, transaction.failure->message()));
  if (!exec.text.empty()) fail(SPC_E_PLUGIN, "{}: {}", path, exec.text);
  if (status != SPC_OK)
    fail(SPC_E_PLUGIN, "{}: register_ops returned {} ({})", path, status, status_kind(status));
  if (transaction.families.empty() && transaction.spaces.empty())
    fail(SPC_E_PLUGIN, "{}: register_ops registered nothing", path);
}

// What the manifest says has been told to programs already.
void check_promises(const Manifest &said, const spc_plugin_marker &marker,
                    const Transaction &transaction) {
  const auto refuse = [&](const std::string &reason) {
    fail(SPC_E_PLUGIN, "{}: does not agree with its manifest '{}': {}", transaction.path, said.path,
         reason);
  };
  const std::string name = marker.name == nullptr ? "" : marker.name;
  if (!said.name.empty() && said.name != name)
    refuse(fmt::format("that names plugin '{}', the file is '{}'", said.name, name));
  for (const std::string &family : said.families)
    if (std::none_of(transaction.families.begin(), transaction.families.end(),
                     [&](const auto &f) { return f->name() == family; }))
      refuse(fmt::format("that names family '{}', which the file does not register", family));
  for (const auto &f : transaction.families) {
    if (std::find(said.families.begin(), said.families.end(), f->name()) == said.families.end())
      refuse(fmt::format("the file registers family '{}', which that does not name", f->name()));
    if (!said.base.empty() && f->base_name() != said.base)
      refuse(fmt::format("that names base '{}', family '{}' has '{}'", said.base, f->name(),
                         f->base_name()));
  }
}

// It would end the process over RTLD_DEEPBIND.
bool runs_under_sanitizer() noexcept {
  for (const char *runtime : {"__asan_init", "__tsan_init", "__msan_init"})
    if (dlsym(RTLD_DEFAULT, runtime) != nullptr) return true;
  return false;
}

// dlopen flags; remarks are for the report.
int open_flags(const Manifest *manifest, std::string &remarks) {
  constexpr int usual = RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE;
  if (manifest == nullptr || !manifest->deepbind) return usual;
#if defined(RTLD_DEEPBIND)
  if (!runs_under_sanitizer()) return usual | RTLD_DEEPBIND;
#endif
  remarks +=
      "; deepbind of its manifest is ignored: a sanitizer or C library here does not bear it";
  return usual;
}

std::string description(const Transaction &transaction, const spc_plugin_marker &marker) {
  std::string text;
  for (const auto &f : transaction.families)
    text += fmt::format("family '{}' {}{}; ", f->name(), f->version(),
                        f->base_name().empty() ? "" : fmt::format(", base '{}'", f->base_name()));
  for (const auto &s : transaction.spaces) text += fmt::format("memory space '{}'; ", s->name);
  text += fmt::format("ABI {}.{}", marker.abi_major, marker.abi_minor);
  for (const std::string &note : transaction.notes) text += "; " + note;
  return text;
}

Loaded open_and_register(const std::string &path, const Snapshot &registered,
                         const Manifest *manifest, ProcessState &process) {
  std::string remarks;
  const int flags = open_flags(manifest, remarks);
  dlerror();
  // A file that was refused stays mapped: unloading code that may have left a thread key or a
  // thread behind ends in a crash.
  void *const handle = dlopen(path.c_str(), flags);
  if (handle == nullptr) fail(SPC_E_PLUGIN, "{}: {}", path, dlopen_reason(path));
  const spc_plugin_marker &marker = checked_marker(handle, path);
  void *const entry = own_symbol(handle, path, "register_ops", 0);
  if (entry == nullptr) fail(SPC_E_PLUGIN, "{}: does not export 'register_ops'", path);

  Transaction transaction(registered, path, marker.abi_minor, manifest);
  try {
    run_registration(reinterpret_cast<RegisterOps>(entry), path, transaction);
  } catch (const Error &e) {
    if (e.code() != SPC_E_PLUGIN) throw;
    throw Error(e.code(), e.message() + versions(marker));
  }
  if (manifest != nullptr) check_promises(*manifest, marker, transaction);
  try {
    Publication publication(registered, transaction);
    Loaded loaded;
    loaded.text = description(transaction, marker);
    loaded.text += remarks + exports_text(handle) + aftermath(process);
    loaded.snapshot = publication.commit();
    return loaded;
  } catch (const Error &e) {
    throw Error(e.code(), fmt::format("{}: {}", path, e.message()));
  }
}

}  // namespace

Loaded load_plugin_file(const std::string &path, const Snapshot &registered,
                        const Manifest *manifest) {
  check_shared_object(path);
  const std::string remarks = check_trusted(path, TrustRules::of_process());
  ProcessState process;
  try {
    Loaded loaded = open_and_register(path, registered, manifest, process);
    if (!remarks.empty()) loaded.text += "; " + remarks;
    return loaded;
  } catch (const Error &e) {
    throw Error(e.code(), e.message() + aftermath(process));
  } catch (...) {
    process.restore();
    throw;
  }
}

}  // namespace spc
