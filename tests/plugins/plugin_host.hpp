// SPDX-License-Identifier: Apache-2.0
// A host of a few lines: opens the built-in host plugins without the core, so that a test calls
// their kernels by themselves.
#pragma once

#include <dlfcn.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "spacecore/plugin.h"

// What plugin.h calls a running call.
struct spc_exec_s {
  std::mutex mutex;  // parts of one kernel may fail or ask for scratch at the same time
  std::string error;
  std::vector<std::unique_ptr<char, void (*)(void *)>> scratch;
};

struct spc_registrar_s {
  spc_family family;
};

namespace spc::plugin_test {

class Exec {
 public:
  spc_exec handle() { return &exec_; }
  const std::string &error() const { return exec_.error; }

 private:
  spc_exec_s exec_;
};

inline std::atomic<int> &thread_count() {
  static std::atomic<int> count{3};
  return count;
}
inline void set_threads(int n) {
  thread_count() = n;
}

inline spc_status run_parts(spc_exec, int64_t n_parts, spc_part_fn fn, void *arg) {
  std::atomic<int64_t> next{0};
  std::atomic<spc_status> failure{SPC_OK};
  auto work = [&] {
    for (int64_t part; (part = next++) < n_parts;) {
      const spc_status status = fn(arg, part);
      if (status != SPC_OK) failure = status;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < thread_count(); ++i) threads.emplace_back(work);
  work();
  for (std::thread &t : threads) t.join();
  return failure;
}

inline const spc_host_api &host_api() {
  static const spc_host_api api = [] {
    spc_host_api a{};
    a.struct_size = sizeof a;
    a.abi_major = SPC_ABI_MAJOR;
    a.abi_minor = SPC_ABI_MINOR;
    a.core_version = "test";
    a.add_family = [](spc_registrar registrar, const spc_family *family) -> spc_status {
      registrar->family = *family;
      return SPC_OK;
    };
    a.reject = [](spc_registrar, const char *) {};
    a.set_error = [](spc_exec exec, spc_status, int64_t, const char *, const char *text) {
      const std::scoped_lock lock(exec->mutex);
      exec->error = text;
    };
    a.scratch = [](spc_exec exec, uint64_t, uint64_t bytes, void **out) -> spc_status {
      const std::scoped_lock lock(exec->mutex);
      *out = std::aligned_alloc(64, (bytes + 63) / 64 * 64);
      exec->scratch.emplace_back(static_cast<char *>(*out), std::free);
      return *out != nullptr ? SPC_OK : SPC_E_MEMORY;
    };
    a.parallel = run_parts;
    a.host_alloc = [](spc_host, uint64_t bytes, uint64_t align) -> void * {
      return std::aligned_alloc(align, (bytes + align - 1) / align * align);
    };
    a.host_free = [](spc_host, void *data, uint64_t) { std::free(data); };
    a.warn = [](spc_host, const char *, const char *) {};
    return a;
  }();
  return api;
}

// The family of a plugin file, its state made.
struct Family {
  explicit Family(const std::string &name) {
    const std::string path = std::string(SPACECORE_PLUGIN_DIR) + "/" + name + ".so";
    void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) throw std::runtime_error(dlerror());
    using Register = spc_status (*)(const spc_host_api *, spc_host, spc_registrar);
    const auto enter = reinterpret_cast<Register>(dlsym(library, "register_ops"));
    spc_registrar_s registrar{};
    if (enter == nullptr || enter(&host_api(), nullptr, &registrar) != SPC_OK) {
      throw std::runtime_error(path + " does not register");
    }
    family = registrar.family;
    if (family.state_create != nullptr) family.state_create(&host_api(), nullptr, &state);
  }

  // The entry for a signature: one dtype, or a pair.
  const spc_op_entry *find(uint32_t op, uint32_t first, uint32_t second) const {
    const bool pair =
        op == SPC_OP_astype || op == SPC_OP_sum || op == SPC_OP_prod || op == SPC_OP_spmm;
    for (uint32_t i = 0; i < family.n_ops; ++i) {
      const spc_op_entry &e = family.ops[i];
      if (e.op != op) continue;
      const bool in_mask = (e.dtypes >> first & 1) != 0;
      if (in_mask && (!pair || first == second || op == SPC_OP_spmm)) return &e;
      for (uint32_t k = 0; k < e.n_pairs; ++k) {
        if (e.pairs[k] == SPC_PAIR(first, second)) return &e;
      }
    }
    return nullptr;
  }

  spc_family family{};
  void *state = nullptr;
};

inline Family &cpu_family() {
  static Family family("cpu");
  return family;
}
inline Family &reference_family() {
  static Family family("reference");
  return family;
}

}  // namespace spc::plugin_test
