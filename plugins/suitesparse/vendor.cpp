// SPDX-License-Identifier: Apache-2.0
#include "plugins/suitesparse/vendor.hpp"

#include <dlfcn.h>
#include <signal.h>

#include <mutex>
#include <new>
#include <string>

namespace spc::suitesparse {
namespace {

#define SPC_TEXT_OF(X)      #X
#define SPC_TEXT(X)         SPC_TEXT_OF(X)
#define SPC_SONAME(NAME, N) "lib" NAME ".so." SPC_TEXT(N)

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
    void *library = open(SPC_SONAME("cholmod", CHOLMOD_MAIN_VERSION));
    SPC_CHOLMOD_FUNCTIONS(SPC_FUNCTION)
    library = open(SPC_SONAME("umfpack", UMFPACK_MAIN_VERSION));
    SPC_UMFPACK_FUNCTIONS(SPC_FUNCTION)
    library = open(SPC_SONAME("spqr", SPQR_MAIN_VERSION));
    SPC_SPQR_FUNCTIONS(SPC_FUNCTION)
    library = open(SPC_SONAME("klu", KLU_MAIN_VERSION));
    SPC_KLU_FUNCTIONS(SPC_FUNCTION)
#undef SPC_FUNCTION
  }
};

}  // namespace

const Vendor *vendor(const char **why) {
  try {
    // Never destroyed: kernels may run while the process exits.
    static const Opened *const opened = new Opened();
    if (opened->failure.empty()) return &opened->functions;
    *why = opened->failure.c_str();
  } catch (const std::bad_alloc &) {
    *why = "out of memory while opening SuiteSparse";
  }
  return nullptr;
}

}  // namespace spc::suitesparse
