// SPDX-License-Identifier: Apache-2.0
// What runs in the child process: the plugin's own code.
#include <dlfcn.h>
#include <fmt/core.h>
#include <link.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iterator>
#include <sstream>
#include <thread>

#include "spacecore/plugin.h"
#include "spacecore/spacecore.h"

#include "tools/spacecore/check_plugin/check.hpp"
#include "tools/spacecore/check_plugin/state.hpp"
#include "tools/spacecore/support.hpp"

namespace cmd::check_plugin {
namespace {

using RegisterOps = spc_status (*)(const spc_host_api *, spc_host, spc_registrar);

// ---- a host that takes down what is registered ---------------------------------------------------

struct Recorder {
  std::string text;  // one line a descriptor
  std::string rejected;
  std::vector<std::string> spaces = {"host"};
};

Recorder &recorder(spc_registrar registrar) {
  return *reinterpret_cast<Recorder *>(registrar);
}

spc_status find_space(spc_registrar registrar, const char *name, std::uint64_t *id) {
  const auto &spaces = recorder(registrar).spaces;
  for (std::size_t i = 0; i < spaces.size(); ++i) {
    if (spaces[i] != name) continue;
    *id = i;
    return SPC_OK;
  }
  return SPC_E_VALUE;
}
spc_status add_space(spc_registrar registrar, const spc_memory_space *space, std::uint64_t *id) {
  Recorder &r = recorder(registrar);
  r.text += fmt::format("space {}\n", space->name);
  if (find_space(registrar, space->name, id) == SPC_OK) return SPC_OK;
  *id = r.spaces.size();
  r.spaces.emplace_back(space->name);
  return SPC_OK;
}
spc_status add_family(spc_registrar registrar, const spc_family *family) {
  recorder(registrar).text +=
      fmt::format("family {} {}: {} ops\n", family->name, family->version, family->n_ops);
  return SPC_OK;
}
void reject(spc_registrar registrar, const char *why) {
  recorder(registrar).rejected = why ? why : "";
}
// Only a kernel may call these, and none runs here.
void set_error(spc_exec, spc_status, std::int64_t, const char *, const char *) {}
spc_status scratch(spc_exec, std::uint64_t, std::uint64_t, void **) {
  return SPC_E_RUNTIME;
}
spc_status parallel(spc_exec, std::int64_t, spc_part_fn, void *) {
  return SPC_E_RUNTIME;
}
void *host_alloc(spc_host, std::uint64_t bytes, std::uint64_t align) {
  return std::aligned_alloc(align, (bytes + align - 1) / align * align);
}
void host_free(spc_host, void *data, std::uint64_t) {
  std::free(data);
}
void warn(spc_host, const char *, const char *) {}

const char *called_op(spc_exec) {
  return nullptr;
}

// sizeof(spc_host_api) in each minor.
constexpr std::size_t host_api_sizes[] = {offsetof(spc_host_api, called_op) +
                                          sizeof(spc_host_api::called_op)};
static_assert(std::size(host_api_sizes) == SPC_ABI_MINOR + 1);

// Registers with a host of that minor. Throws with the reason if that fails.
std::string registered_by(RegisterOps register_ops, int minor) {
  spc_host_api api{};
  const spc_host_api whole = {.struct_size = sizeof(spc_host_api),
                              .abi_major = SPC_ABI_MAJOR,
                              .abi_minor = SPC_ABI_MINOR,
                              .core_version = "check-plugin",
                              .add_memory_space = add_space,
                              .find_memory_space = find_space,
                              .add_family = add_family,
                              .reject = reject,
                              .set_error = set_error,
                              .scratch = scratch,
                              .parallel = parallel,
                              .host_alloc = host_alloc,
                              .host_free = host_free,
                              .warn = warn,
                              .called_op = called_op};
  std::memcpy(&api, &whole, host_api_sizes[minor]);
  api.struct_size = static_cast<std::uint32_t>(host_api_sizes[minor]);
  api.abi_minor = static_cast<std::uint16_t>(minor);
  Recorder r;
  char host = 0;
  const spc_status status =
      register_ops(&api, reinterpret_cast<spc_host>(&host), reinterpret_cast<spc_registrar>(&r));
  if (!r.rejected.empty()) throw std::runtime_error("rejects: " + r.rejected);
  if (status != SPC_OK) throw std::runtime_error(fmt::format("register_ops returned {}", status));
  if (r.text.empty()) throw std::runtime_error("register_ops registered nothing");
  return r.text;
}

// ---- checks ------------------------------------------------------------------------------------

// A symbol of the opened file itself: a look-up also searches what it needs.
void *own_symbol(void *handle, const char *name) {
  void *const address = dlsym(handle, name);
  link_map *map = nullptr;
  Dl_info where;
  if (address == nullptr || dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 ||
      dladdr(address, &where) == 0 || where.dli_fbase != reinterpret_cast<void *>(map->l_addr))
    return nullptr;
  return address;
}

// True if the child that body runs in ends well within the time.
std::string run_forked(const std::function<void()> &body, std::chrono::seconds limit) {
  const pid_t child = fork();
  if (child < 0) return "cannot fork";
  if (child == 0) {
    body();
    _exit(0);
  }
  const auto end = std::chrono::steady_clock::now() + limit;
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > end) {
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
      return fmt::format("a child forked after loading hangs (stopped after {} s)", limit.count());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  if (WIFSIGNALED(status))
    return fmt::format("a child forked after loading ends by signal {}", WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? "" : "a child forked after loading cannot load or register it";
}

class Checks {
 public:
  Checks(const std::string &path, const std::function<void(const char *)> &begin, const Sink &sink)
      : path_(path), begin_(begin), sink_(sink) {}

  void run() {
    if (!load()) return;
    check("loads twice", [this] {
      void *const again = dlopen(path_.c_str(), RTLD_NOW | RTLD_LOCAL);
      return again == handle_ ? "" : "a second dlopen gives another object";
    });
    if (!check("marker", [this] { return marker_fault(); })) return;
    const auto symbol = own_symbol(handle_, "register_ops");
    std::memcpy(&register_ops_, &symbol, sizeof register_ops_);
    if (!check("registers", [this] { return registration_fault(); })) return;
    describe_families();
    check("registers twice", [this] { return repetition_fault(); });
    check("older hosts", [this] {
      for (int minor = marker_->min_host_minor; minor <= SPC_ABI_MINOR; ++minor)
        registered_by(register_ops_, minor);
      return std::string();
    });
    check("fork", [this] {
      return run_forked(
          [this] {
            void *const again = dlopen(path_.c_str(), RTLD_NOW | RTLD_LOCAL);
            try {
              registered_by(register_ops_, SPC_ABI_MINOR);
            } catch (...) {
              _exit(1);
            }
            if (again != handle_) _exit(1);
          },
          std::chrono::seconds(5));
    });
  }

 private:
  // Reports what body returns, "" for good, or throws. True if it was good.
  template <class Body>
  bool check(const char *name, Body body) {
    begin_(name);
    std::string reason;
    try {
      reason = body();
    } catch (const std::exception &error) {
      reason = error.what();
    } catch (...) {
      reason = "throws an exception of unknown type";
    }
    sink_({name, reason.empty() ? Verdict::ok : Verdict::failed, reason});
    return reason.empty();
  }

  bool load() {
    begin_("loads");
    const State before = process_state();
    handle_ = dlopen(path_.c_str(), RTLD_NOW | RTLD_LOCAL);
    const State after = process_state();
    if (handle_ == nullptr) {
      const char *const message = dlerror();
      std::string reason = message ? message : "dlopen fails without a reason";
      // The message names what is missing, and the plugin in front only if that is at fault.
      if (reason.find("cannot open shared object file") != std::string::npos)
        reason = "needs a library that is not found: " + reason;
      sink_({"loads", Verdict::failed, reason});
      return false;
    }
    sink_({"loads", Verdict::ok, ""});
    const std::string changed = changes(before, after);
    sink_({"process state", changed.empty() ? Verdict::ok : Verdict::failed,
           changed.empty() ? "" : "loading changes " + changed});
    return true;
  }

  std::string marker_fault() {
    marker_ = static_cast<const spc_plugin_marker *>(own_symbol(handle_, "spacecore_plugin_v1"));
    if (!marker_) return "the file has no spacecore_plugin_v1 of its own";
    if (!own_symbol(handle_, "register_ops")) return "the file has no register_ops of its own";
    const auto &m = *marker_;
    if (m.magic != SPC_PLUGIN_MAGIC)
      return fmt::format("begins with {:#010x}, expected {:#010x}", m.magic, SPC_PLUGIN_MAGIC);
    if (m.abi_major != SPC_ABI_MAJOR)
      return fmt::format("is for backend ABI {}.{}, here is {}.{}", m.abi_major, m.abi_minor,
                         int{SPC_ABI_MAJOR}, int{SPC_ABI_MINOR});
    if (m.struct_size < sizeof m)
      return fmt::format("struct_size is {}, expected {}", m.struct_size, sizeof m);
    if (m.reserved != 0) return fmt::format("reserved is {}, expected 0", m.reserved);
    if (m.min_host_minor > m.abi_minor)
      return fmt::format("min_host_minor {} is above abi_minor {}", m.min_host_minor, m.abi_minor);
    if (m.min_host_minor > SPC_ABI_MINOR)
      return fmt::format("needs backend ABI {}.{}, here is {}.{}", m.abi_major, m.min_host_minor,
                         int{SPC_ABI_MAJOR}, int{SPC_ABI_MINOR});
    for (const char *text : {m.name, m.version, m.license})
      if (text == nullptr || *text == '\0') return "name, version or license is missing";
    if (m.build_id == nullptr) return "build_id is NULL; \"\" says that there is none";
    return "";
  }

  // The library's own verdict on every descriptor.
  std::string registration_fault() {
    if (spc_load_plugin(path_.c_str()) == SPC_OK) return "";
    const char *text = "";
    spc_last_error_message(&text);
    const std::string reason = text, file = path_ + ": ";
    const std::size_t at = reason.find(file);
    return at == std::string::npos ? reason : reason.substr(at + file.size());
  }

  // Beside the families that the library finds by itself: base, ops, and whether it can be used
  // here.
  void describe_families() {
    begin_("families");
    Result result{"families", Verdict::ok, ""};
    const auto note = [&](Verdict verdict, const std::string &text) {
      result.verdict = std::max(result.verdict, verdict);
      result.reason += (result.reason.empty() ? "" : "; ") + text;
    };
    for (const spc_backend_info &info : all_backends()) {
      if (path_ != info.plugin) continue;
      if (!info.available)
        note(Verdict::warning,
             fmt::format("'{}' cannot be used here: {}", info.name, info.unavailable));
      else
        note(*info.base && info.inherited_ops == 0 ? Verdict::warning : Verdict::ok,
             fmt::format("'{}' {}: {} ops of its own, {} inherited{}{}", info.name, info.version,
                         info.own_ops, info.inherited_ops, *info.base ? " from " : "", info.base));
    }
    std::istringstream report(get<const char *>(spc_load_report));
    for (std::string line; std::getline(report, line);) {
      const std::size_t here = line.find(path_);
      if (line.starts_with("refused") && here != std::string::npos)
        note(Verdict::warning, "keeps another out: " + line.substr(line.find('/')));
    }
    sink_(result);
  }

  // Two hosts in one process, as where two programs' libraries load one file.
  std::string repetition_fault() {
    const State before = process_state();
    const std::string first = registered_by(register_ops_, SPC_ABI_MINOR);
    const std::string changed = changes(before, process_state());
    if (!changed.empty()) return "registering changes " + changed;
    const std::string second = registered_by(register_ops_, SPC_ABI_MINOR);
    return first == second ? "" : "the second registration differs from the first";
  }

  const std::string &path_;
  const std::function<void(const char *)> &begin_;
  const Sink &sink_;
  void *handle_ = nullptr;
  const spc_plugin_marker *marker_ = nullptr;
  RegisterOps register_ops_ = nullptr;
};

}  // namespace

void check_loading(const std::string &path, const std::function<void(const char *)> &begin,
                   const Sink &sink) {
  // What the plugin prints goes into a file that is read at the end.
  const int printed = memfd_create("printed", MFD_CLOEXEC);
  if (printed >= 0) {
    dup2(printed, STDOUT_FILENO);
    dup2(printed, STDERR_FILENO);
  }
  // The library's warnings are no output of the plugin.
  spc_set_warning_handler([](void *, const char *, const char *) -> spc_status { return SPC_OK; },
                          nullptr);
  Checks(path, begin, sink).run();

  begin("output");
  std::fflush(nullptr);
  struct stat status {};
  const bool silent = printed < 0 || fstat(printed, &status) != 0 || status.st_size == 0;
  sink({"output", silent ? Verdict::ok : Verdict::failed,
        silent ? "" : fmt::format("prints {} bytes while it is loaded", status.st_size)});
}

}  // namespace cmd::check_plugin
