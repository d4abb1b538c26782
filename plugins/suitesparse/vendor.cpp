// SPDX-License-Identifier: Apache-2.0
#include "plugins/suitesparse/vendor.hpp"

#include <dlfcn.h>
#include <link.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <mutex>
#include <new>
#include <string>

namespace spc::suitesparse {
namespace {

#define SPC_TEXT_OF(X)      #X
#define SPC_TEXT(X)         SPC_TEXT_OF(X)
#define SPC_SONAME(NAME, N) "lib" NAME ".so." SPC_TEXT(N)

constexpr const char *cholmod = SPC_SONAME("cholmod", CHOLMOD_MAIN_VERSION);
constexpr const char *umfpack = SPC_SONAME("umfpack", UMFPACK_MAIN_VERSION);
constexpr const char *spqr = SPC_SONAME("spqr", SPQR_MAIN_VERSION);
constexpr const char *klu = SPC_SONAME("klu", KLU_MAIN_VERSION);

// Names that the program exports must not answer for BLAS and LAPACK in there. Sanitizers refuse the
// flag: their own functions are such names.
#ifdef SPC_SANITIZE
constexpr int own_names_first = 0;
#else
constexpr int own_names_first = RTLD_DEEPBIND;
#endif

// Threads that a library starts while it is opened inherit the mask: they take no signal that the
// program meant for its own threads.
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

struct Opened {
  Vendor functions;
  std::string failure;

  void *open(const char *soname) {
    if (!failure.empty()) return nullptr;
    void *const handle = dlopen(soname, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE | own_names_first);
    if (handle == nullptr) {
      const char *const reason = dlerror();
      failure = reason != nullptr ? reason : std::string(soname) + " cannot be opened";
    }
    return handle;
  }

  template <class F>
  void find(void *library, const char *name, F &function) {
    if (!failure.empty()) return;
    function = reinterpret_cast<F>(dlsym(library, name));
    if (function == nullptr) failure = std::string("the installed SuiteSparse has no ") + name;
  }

  Opened() {
    const SignalsBlocked blocked;
#define SPC_FUNCTION(NAME) find(library, #NAME, functions.NAME);
    void *library = open(cholmod);
    SPC_CHOLMOD_FUNCTIONS(SPC_FUNCTION)
    library = open(umfpack);
    SPC_UMFPACK_FUNCTIONS(SPC_FUNCTION)
    library = open(spqr);
    SPC_SPQR_FUNCTIONS(SPC_FUNCTION)
    library = open(klu);
    SPC_KLU_FUNCTIONS(SPC_FUNCTION)
#undef SPC_FUNCTION
  }
};

// The directories in which the loader looks for libraries, but for those of its cache.
class SearchPath {
 public:
  SearchPath() {
    void *const program = dlopen(nullptr, RTLD_LAZY);
    Dl_serinfo size;
    if (program == nullptr || dlinfo(program, RTLD_DI_SERINFOSIZE, &size) != 0) return;
    memory_.reset(new std::byte[size.dls_size]);
    info_ = new (memory_.get()) Dl_serinfo(size);
    if (dlinfo(program, RTLD_DI_SERINFOSIZE, info_) != 0 ||
        dlinfo(program, RTLD_DI_SERINFO, info_) != 0)
      info_ = nullptr;
    dlclose(program);
  }
  bool has(const char *soname) const {
    for (unsigned i = 0; info_ != nullptr && i < info_->dls_cnt; ++i)
      if (access((std::string(info_->dls_serpath[i].dls_name) + '/' + soname).c_str(), R_OK) == 0)
        return true;
    return false;
  }

 private:
  std::unique_ptr<std::byte[]> memory_;
  Dl_serinfo *info_ = nullptr;
};

}  // namespace

bool installed() {
  const SearchPath path;
  for (const char *soname : {cholmod, umfpack, spqr, klu})
    if (!path.has(soname)) return false;
  return true;
}

const Vendor *vendor(const char **why) {
  // Never destroyed: kernels may run while the process exits.
  static const Opened *const opened = new Opened();
  if (opened->failure.empty()) return &opened->functions;
  *why = opened->failure.c_str();
  return nullptr;
}

}  // namespace spc::suitesparse
