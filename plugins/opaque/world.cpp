// SPDX-License-Identifier: Apache-2.0
#include "plugins/opaque/world.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

namespace spc::opaque {
namespace {

constexpr std::size_t name_bytes = 24;

// One message of one rank. Its writer waits until all others have read the one before.
struct Slot {
  std::atomic<std::uint64_t> posted;  // number of the message that lies here
  std::atomic<std::uint64_t> read;    // messages of the others that this rank has read
  std::uint64_t id, bytes, more;
  char name[name_bytes];
  std::byte data[World::message_bytes];
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

std::string described(const char *name, std::uint64_t id) {
  return std::string(name) + " " + std::to_string(id);
}

}  // namespace

// Zeros are a fresh one.
struct World::Shared {
  Slot slots[n_ranks];
};

const std::size_t world_bytes = sizeof(Slot) * n_ranks;

World &World::get() {
  static World &world = *new World;
  return world;
}

bool World::open(const std::string &setting, std::string *why) {
  if (setting.empty()) return true;
  const std::size_t colon = setting.find(':');
  const std::string file = setting.substr(0, colon);
  std::size_t rank = n_ranks;
  try {
    std::string rest = setting.substr(std::min(setting.size(), colon + 1));
    std::size_t used = 0;
    rank = std::stoul(rest, &used);
    if (used < rest.size()) seconds_ = std::stod(rest.substr(used + 1));
  } catch (const std::exception &) {
    rank = n_ranks;
  }
  if (colon == std::string::npos || rank >= n_ranks) {
    *why = "SPACECORE_OPAQUE_WORLD is '" + setting + "', expected FILE:RANK or FILE:RANK:SECONDS";
    return false;
  }
  const int fd = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  void *const memory =
      fd < 0 ? MAP_FAILED : mmap(nullptr, world_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  const int error = errno;
  if (fd >= 0) close(fd);
  if (memory == MAP_FAILED) {
    *why = "SPACECORE_OPAQUE_WORLD: '" + file + "': " + std::strerror(error);
    return false;
  }
  shared_ = static_cast<Shared *>(memory);
  first_ = rank;
  last_ = rank + 1;
  return true;
}

template <class Condition>
bool World::wait(const Condition &condition) const {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::duration<double>(seconds_);
  for (int turn = 0; !condition(); ++turn) {
    if (Clock::now() >= deadline) return false;
    if (turn < 100) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
  }
  return true;
}

std::string World::send_and_receive(const Call &call, const void *data, std::size_t bytes,
                                    bool more, const Receive &receive, bool *others_have_more) {
  const std::uint64_t number = ++n_messages_;
  const std::string mine = described(call.name, call.id);
  Slot &own = shared_->slots[first_];
  const auto silent = [&](std::size_t rank) {
    return "rank " + std::to_string(first_) + " waits in " + mine + " for rank " +
           std::to_string(rank);
  };
  for (std::size_t rank = 0; rank < n_ranks; ++rank) {
    const Slot &other = shared_->slots[rank];
    if (&other != &own && !wait([&] { return other.read.load() + 1 >= number; }))
      return silent(rank);
  }
  own.id = call.id;
  own.bytes = bytes;
  own.more = more ? 1 : 0;
  std::strncpy(own.name, call.name, name_bytes - 1);
  if (bytes > 0) std::memcpy(own.data, data, bytes);
  own.posted.store(number);
  std::string wrong;
  for (std::size_t rank = 0; rank < n_ranks; ++rank) {
    const Slot &other = shared_->slots[rank];
    if (&other == &own) continue;
    if (!wait([&] { return other.posted.load() >= number; })) return silent(rank);
    if (const std::string theirs = described(other.name, other.id); theirs != mine) {
      wrong = "rank " + std::to_string(first_) + " is in " + mine + ", rank " +
              std::to_string(rank) + " in " + theirs;
    } else {
      receive(rank, other.data, other.bytes);
      *others_have_more |= other.more != 0;
    }
  }
  own.read.store(number);
  return wrong;
}

std::string World::exchange(const Call &call, const void *data, std::size_t bytes,
                            const Receive &receive) {
  if (shared_ == nullptr) return "";
  const std::lock_guard lock(mutex_);
  const std::byte *const begin = static_cast<const std::byte *>(data);
  bool again = true;
  for (std::size_t sent = 0; again;) {
    const std::size_t now = std::min(bytes - sent, message_bytes);
    const bool more = sent + now < bytes;
    again = more;
    const std::string wrong =
        send_and_receive(call, bytes == 0 ? nullptr : begin + sent, now, more, receive, &again);
    if (!wrong.empty()) return wrong;
    sent += now;
  }
  return "";
}

void World::complain(std::string text) {
  const std::lock_guard lock(complaint_mutex_);
  if (complaint_.empty()) complaint_ = std::move(text);
}

std::string World::complaint() {
  const std::lock_guard lock(complaint_mutex_);
  return std::exchange(complaint_, {});
}

std::uint64_t World::next_id() {
  const std::lock_guard lock(mutex_);
  return ++n_ids_;
}

}  // namespace spc::opaque
