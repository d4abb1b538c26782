// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

namespace spc::opaque {

inline constexpr std::size_t n_ranks = 2;

/// What a rank takes part in. Ranks that meet in different calls find out.
struct Call {
  const char *name;
  std::uint64_t id;  // of the vector, say
};

// The ranks that hold pieces of vectors. One process plays all of them, unless
// SPACECORE_OPAQUE_WORLD=FILE:RANK or FILE:RANK:SECONDS makes it the rank of that number: then each
// rank is a process, and what they tell each other goes through FILE, of world_bytes zeros at first.
// As in a real library every rank calls the same things in the same order; one that does not come
// within SECONDS, or comes with another call, is an error of all. Thread-safe.
class World {
 public:
  /// That of the process; it lives as long.
  static World &get();

  World() = default;
  World(const World &) = delete;
  World &operator=(const World &) = delete;

  /// Reads the setting: empty or "FILE:RANK[:SECONDS]". False: *why says what is wrong with it.
  bool open(const std::string &setting, std::string *why);

  /// The ranks that this process plays: [first, last).
  std::size_t first() const { return first_; }
  std::size_t last() const { return last_; }

  /// Gets what another rank sent.
  using Receive = std::function<void(std::size_t rank, const std::byte *data, std::size_t bytes)>;
  /// Collective: sends bytes, of any number, to the other ranks and gets theirs in order of ranks,
  /// in pieces of at most message_bytes. "" or what went wrong.
  std::string exchange(const Call &call, const void *data, std::size_t bytes,
                       const Receive &receive);
  static constexpr std::size_t message_bytes = std::size_t{1} << 16;

  /// Keeps what went wrong where nobody could be told; complaint gives the first such text, once.
  void complain(std::string text);
  std::string complaint();

  /// Numbers vectors, equally on all ranks.
  std::uint64_t next_id();

 private:
  struct Shared;
  std::string send_and_receive(const Call &call, const void *data, std::size_t bytes, bool more,
                               const Receive &receive, bool *others_have_more);
  template <class Condition>
  bool wait(const Condition &condition) const;

  std::mutex mutex_;
  std::mutex complaint_mutex_;
  std::size_t first_ = 0, last_ = n_ranks;
  double seconds_ = 10;
  Shared *shared_ = nullptr;  // nullptr: alone
  std::uint64_t n_messages_ = 0;
  std::uint64_t n_ids_ = 0;
  std::string complaint_;
};

/// Size of the file of a world.
extern const std::size_t world_bytes;

}  // namespace spc::opaque
