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
  if (std::string why = why_lost(*this); !why.empty()) return why;
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

bool Family::after_fork_child(std::string &why) {
  if (description_.desc.after_fork_child == nullptr) return false;
  Exec exec;
  void *const state = ready_.load(std::memory_order_acquire) ? state_ : nullptr;
  const spc_status status =
      call_plugin(name(), exec, [&] { return description_.desc.after_fork_child(state); });
  if (status != SPC_OK)
    why = exec.text.empty()
              ? fmt::format("its after_fork_child failed with {}", status_kind(status))
              : exec.text;
  return status == SPC_OK;
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

std::uint64_t Family::number_element() {
  if (!collective()) return 0;
  const std::scoped_lock lock(lock_of(&released_));
  const std::size_t needed = released_.size() + outstanding_ + 1;
  if (released_.capacity() < needed) released_.reserve(2 * needed);
  ++outstanding_;
  return ++numbered_;
}

void Family::release_opaque(void *handle, std::uint64_t number) noexcept {
  if (collective()) {
    const std::scoped_lock lock(lock_of(&released_));
    --outstanding_;
    if (handle != nullptr) released_.push_back({number, handle});
  } else if (handle != nullptr && !lost_in_fork(*this)) {
    description_.desc.opaque_release(ready_.load(std::memory_order_acquire) ? state_ : nullptr,
                                     handle);
  }
}

std::vector<Family::Released> Family::take_released() {
  const std::scoped_lock lock(lock_of(&released_));
  std::vector<Released> taken = released_;
  released_.clear();
  outstanding_ += taken.size();
  return taken;
}

void Family::put_back(const Released *handles, std::size_t waiting, std::size_t taken) noexcept {
  const std::scoped_lock lock(lock_of(&released_));
  outstanding_ -= taken;
  released_.insert(released_.end(), handles, handles + waiting);
}

std::size_t Family::agree(std::vector<Released> &handles) {
  // Each rank has released its handles in an order of its own.
  std::sort(handles.begin(), handles.end(),
            [](const Released &a, const Released &b) { return a.number < b.number; });
  if (description_.desc.opaque_agree == nullptr) return handles.size();
  std::vector<std::uint64_t> numbers;
  for (const Released &r : handles) numbers.push_back(r.number);
  std::vector<std::uint8_t> agreed(handles.size(), 0);
  Exec exec;
  const spc_status status = call_plugin(name(), exec, [&] {
    return description_.desc.opaque_agree(state_, numbers.size(), numbers.data(), agreed.data(),
                                          &exec, &host_api);
  });
  if (status != SPC_OK) fail_from_plugin(status, exec, "collect", name().c_str());
  std::vector<Released> sorted;
  for (const bool wanted : {true, false})
    for (std::size_t i = 0; i < handles.size(); ++i)
      if ((agreed[i] != 0) == wanted) sorted.push_back(handles[i]);
  handles.swap(sorted);
  return static_cast<std::size_t>(
      std::count_if(agreed.begin(), agreed.end(), [](std::uint8_t a) { return a != 0; }));
}

std::int64_t Family::collect() {
  // Without a state no element was ever made.
  if (!collective() || !ready_.load(std::memory_order_acquire) || lost_in_fork(*this)) return 0;
  {
    const std::scoped_lock lock(lock_of(&released_));
    if (numbered_ == 0) return 0;
  }
  std::vector<Released> handles = take_released();
  std::size_t n = 0;
  try {
    n = agree(handles);
  } catch (...) {
    put_back(handles.data(), handles.size(), handles.size());
    throw;
  }
  put_back(handles.data() + n, handles.size() - n, handles.size());
  for (std::size_t i = 0; i < n; ++i) description_.desc.opaque_release(state_, handles[i].handle);
  return static_cast<std::int64_t>(n);
}

}  // namespace spc
