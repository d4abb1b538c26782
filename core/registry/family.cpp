// SPDX-License-Identifier: Apache-2.0
#include "core/registry/family.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/registry/exec.hpp"
#include "core/registry/forks.hpp"
#include "core/support/error.hpp"
#include "core/support/warning.hpp"

namespace spc {
namespace {

template <class Range, class Name>
std::string comma_separated(const Range &items, Name &&name_of) {
  std::string text;
  for (const auto &item : items) text += (text.empty() ? "" : ",") + name_of(item);
  return text;
}

}  // namespace

Family::Family(FamilyDescription description)
    : description_(std::move(description)),
      aliases_text_(comma_separated(description_.aliases, [](const std::string &s) { return s; })),
      memory_spaces_text_(
          comma_separated(description_.spaces, [](const MemorySpace *s) { return s->name; })) {}

bool Family::is_called(const std::string &lower_case) const noexcept {
  return lower_case == name() ||
         std::find(aliases().begin(), aliases().end(), lower_case) != aliases().end();
}

void Family::probe_once() {
  if (probed_) return;
  if (description_.desc.probe != nullptr) {
    forks::note_use(*this);
    char why[512] = "";
    Exec exec;
    const spc_status status =
        call_plugin(name(), exec, [&] { return description_.desc.probe(why, sizeof why); });
    why[sizeof why - 1] = '\0';
    if (status != SPC_OK)
      why_ = why[0] != '\0'       ? why
             : !exec.text.empty() ? exec.text
                                  : fmt::format("its probe failed with {}", status_kind(status));
  }
  probed_ = true;
}

std::string Family::why_unavailable() {
  if (lost_in_fork(*this)) return lost_reason;
  const DeferredWarnings deferred;
  const std::scoped_lock lock(mutex_);
  probe_once();
  return why_;
}

void *Family::create_state() {
  require_not_lost(*this, "state", name());
  const DeferredWarnings deferred;
  const std::scoped_lock lock(mutex_);
  if (ready_.load(std::memory_order_relaxed)) return state_;
  probe_once();
  forks::note_use(*this);
  if (why_.empty() && description_.desc.state_create != nullptr) {
    Exec exec;
    void *state = nullptr;
    const spc_status status = call_plugin(name(), exec, [&] {
      return description_.desc.state_create(&host_api, host_handle(), &state);
    });
    if (status == SPC_E_MEMORY)  // not for good: another time there may be room
      fail(SPC_E_MEMORY, "the state of backend '{}' found no memory", name());
    if (status != SPC_OK)
      why_ = exec.text.empty()
                 ? fmt::format("creating its state failed with {}", status_kind(status))
                 : exec.text;
    state_ = state;
  }
  if (!why_.empty())
    throw Error(SPC_E_BACKEND_UNAVAILABLE,
                fmt::format("Backend '{}' is not available: {}", name(), why_), 0, name().c_str());
  ready_.store(true, std::memory_order_release);
  return state_;
}

bool Family::lock_for_fork() {
  if (mutex_.is_held_here()) return true;  // it is its own probe that forks
  return locked_for_fork_ = mutex_.try_lock();
}

void Family::wait_for_others() {
  const std::scoped_lock lock(mutex_);
}

void Family::unlock_after_fork() {
  if (std::exchange(locked_for_fork_, false)) mutex_.unlock();
}

void Family::release_opaque(void *handle) noexcept {
  if (handle == nullptr || lost_in_fork(*this)) return;
  if (collective()) {
    try {
      const std::scoped_lock lock(mutex_);
      released_.push_back(handle);
    } catch (const std::bad_alloc &) {  // destroying it here could hang the other ranks: it leaks
    }
    return;
  }
  description_.desc.opaque_release(ready_.load(std::memory_order_acquire) ? state_ : nullptr,
                                   handle);
}

std::int64_t Family::collect() noexcept {
  if (lost_in_fork(*this)) return 0;
  std::vector<void *> handles;
  {
    const std::scoped_lock lock(mutex_);
    handles.swap(released_);
  }
  for (void *handle : handles)
    description_.desc.opaque_release(ready_.load(std::memory_order_acquire) ? state_ : nullptr,
                                     handle);
  return static_cast<std::int64_t>(handles.size());
}

}  // namespace spc
