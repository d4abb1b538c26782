// SPDX-License-Identifier: Apache-2.0
// The default context: one of the process, overlaid by the scopes of each thread.
#include <atomic>
#include <mutex>
#include <vector>

#include "core/context/context.hpp"
#include "core/registry/registry.hpp"
#include "core/support/error.hpp"
#include "core/support/fork_mutex.hpp"

namespace spc {

namespace {

struct ProcessDefault {
  ForkMutex mutex;
  Dtype dtype = Dtype::float64;  // while the family is chosen here
  Context *current = nullptr;    // never released: needs no order among destructors
  bool chosen = false;           // stored by the program: stays when families come
  const void *seen = nullptr;    // the list of families that it was chosen from

  void replace(Ref<Context> fresh) {
    if (current != nullptr) current->release();
    current = fresh.leak();
  }
};

ProcessDefault &process_default() {
  static ProcessDefault *const state = new ProcessDefault;
  return *state;
}
[[maybe_unused]] const ProcessDefault &made_while_loading = process_default();

struct Scope {
  std::int64_t token;
  Ref<Context> ctx;
};
thread_local std::vector<Scope> scopes;
std::atomic<std::int64_t> last_token{0};  // of the process: one thread's means nothing to another

}  // namespace

Ref<Context> default_context() {
  if (!scopes.empty()) return scopes.back().ctx;
  ProcessDefault &state = process_default();
  const Registry &registry = Registry::get();
  const void *const families = &registry.listing();
  {
    const std::scoped_lock lock(state.mutex);
    if (state.chosen || state.seen == families) return Ref<Context>::share(state.current);
  }
  Family &family = registry.host_default();  // may run a plugin's probe: not under the lock
  const std::scoped_lock lock(state.mutex);
  if (!state.chosen && state.seen != families) {
    if (state.current == nullptr || &state.current->family != &family)
      state.replace(make<Context>(family, state.dtype, CheckLevel::none));
    state.seen = families;
  }
  return Ref<Context>::share(state.current);
}

void set_default_context(Ref<Context> ctx) {
  if (!scopes.empty()) {
    scopes.back().ctx = std::move(ctx);
    return;
  }
  ProcessDefault &state = process_default();
  const std::scoped_lock lock(state.mutex);
  state.replace(std::move(ctx));
  state.chosen = true;
}

void set_default_dtype(Dtype dtype) {
  if (!scopes.empty()) {
    const Context &now = *scopes.back().ctx;
    scopes.back().ctx = make<Context>(now.family, dtype, now.level);
    return;
  }
  ProcessDefault &state = process_default();
  const std::scoped_lock lock(state.mutex);
  state.dtype = dtype;
  if (state.current != nullptr && state.current->dtype != dtype)
    state.replace(make<Context>(state.current->family, dtype, state.current->level));
}

std::int64_t begin_scope(Ref<Context> ctx) {
  const std::int64_t token = last_token.fetch_add(1, std::memory_order_relaxed) + 1;
  scopes.push_back({token, std::move(ctx)});
  return token;
}

void end_scope(std::int64_t token) {
  if (scopes.empty())
    fail(SPC_E_VALUE, "use_backend_end: token {}: this thread has no scope", token);
  if (scopes.back().token != token)
    fail(SPC_E_VALUE, "use_backend_end: token {} is not that of the innermost scope, {}", token,
         scopes.back().token);
  scopes.pop_back();
}

}  // namespace spc
