// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/blas.hpp"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <new>
#include <string>
#include <thread>

namespace spc::cpu {
namespace {

constexpr const char *file_name = "libspacecore_openblas.so.0";

struct Library {
  const spacecore_openblas_table *table = nullptr;
  std::string failure;
};

// Uses of BLAS, and the thread that is about to fork. No lock and no condition, whose waiters a child
// would inherit; forks are rare enough to look again now and then.
std::atomic<int> users{0};
std::atomic<std::thread::id> forking{};

template <class Ready>
void wait_until(Ready ready) {
  while (!ready()) std::this_thread::sleep_for(std::chrono::microseconds(50));
}

// Entered by users of BLAS.
void enter() {
  for (;;) {
    users.fetch_add(1);
    if (forking.load() == std::thread::id()) return;
    users.fetch_sub(1);
    wait_until([] { return forking.load() == std::thread::id(); });
  }
}

void leave() noexcept {
  users.fetch_sub(1, std::memory_order_release);
}

// Worker threads inherit the mask of the thread that creates them; with all signals blocked they
// never take a signal that the program meant for its own threads.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &previous_, nullptr); }
  SignalsBlocked(const SignalsBlocked &) = delete;
  SignalsBlocked &operator=(const SignalsBlocked &) = delete;

 private:
  sigset_t previous_;
};

// "<folder of this plugin>/<file_name>": found by address, as no search path may be trusted.
std::string library_path() {
  Dl_info here{};
  if (dladdr(reinterpret_cast<const void *>(&open_blas), &here) == 0 || here.dli_fname == nullptr) {
    return {};
  }
  const std::string self = here.dli_fname;
  const auto slash = self.rfind('/');
  return slash == std::string::npos ? std::string() : self.substr(0, slash + 1) + file_name;
}

Library load() {
  const std::string path = library_path();
  if (path.empty()) return {nullptr, "the folder of the cpu plugin cannot be found"};
  const SignalsBlocked blocked;
  void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) {
    const char *reason = dlerror();
    return {nullptr, reason != nullptr ? reason : path + " cannot be opened"};
  }
  const auto *table =
      static_cast<const spacecore_openblas_table *>(dlsym(handle, SPC_OPENBLAS_SYMBOL));
  if (table == nullptr) return {nullptr, path + " does not export " SPC_OPENBLAS_SYMBOL};
  if (table->struct_size < sizeof *table || table->int_bytes != sizeof(lapack_int)) {
    return {nullptr, path + " was built for another version of this plugin"};
  }
  if (table->prepare() != 0) return {nullptr, path + " has integers of another width"};
  return {table, {}};
}

// Never destroyed: kernels may run while the process exits.
std::atomic<const Library *> loaded{nullptr};

const Library *library() {
  static std::once_flag once;
  std::call_once(once, [] { loaded = new Library(load()); });
  return loaded;
}

void close_for_fork() {
  wait_until([] {
    std::thread::id nobody;
    return forking.compare_exchange_strong(nobody, std::this_thread::get_id());
  });
  wait_until([] { return users.load() == 0; });
  const Library *const library = loaded;
  if (library != nullptr && library->table != nullptr) library->table->before_fork();
}

void open_after_fork() {
  forking.store({});
}

void open_in_child() {
  users.store(0);  // somebody may have been about to enter
  open_after_fork();
}

// While the plugin is loaded: a fork that had begun before would go without.
[[maybe_unused]] const int watching_forks =
    pthread_atfork(close_for_fork, open_after_fork, open_in_child);

}  // namespace

BlasUse::~BlasUse() {
  if (table_ != nullptr) leave();
}

BlasUse open_blas(const char **why) {
  enter();
  try {
    const Library *found = library();
    if (found->table != nullptr) return BlasUse(found->table);
    *why = found->failure.c_str();
  } catch (const std::bad_alloc &) {
    *why = "out of memory while opening the BLAS library";
  }
  leave();
  return {};
}

}  // namespace spc::cpu
