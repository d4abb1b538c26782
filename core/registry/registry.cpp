// SPDX-License-Identifier: Apache-2.0
#include "core/registry/registry.hpp"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "core/registry/elf_file.hpp"
#include "core/registry/forks.hpp"
#include "core/registry/host_pool.hpp"
#include "core/registry/load_report.hpp"
#include "core/registry/loader.hpp"
#include "core/registry/search.hpp"
#include "core/registry/snapshot.hpp"
#include "core/support/error.hpp"
#include "core/support/fork_mutex.hpp"

namespace spc {
namespace {

std::string lower_case(std::string_view name) {
  std::string s(name);
  for (char &c : s)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return s;
}

}  // namespace

struct Registry::Impl {
  std::mutex load_lock;
  std::atomic<std::thread::id> loading_thread{};  // holds the load lock
  std::atomic<bool> searched{false};              // or never to be
  bool search_disabled = false;
  std::vector<std::string> added_directories;  // until the search
  std::set<std::string> accepted_files;
  std::vector<std::unique_ptr<const Snapshot>> snapshots;  // never freed: readers may hold any
  std::atomic<const Snapshot *> current{nullptr};
  LoadReport report;

  const Snapshot &snapshot() const noexcept { return *current.load(std::memory_order_acquire); }
  bool loading_here() const noexcept {
    return loading_thread.load(std::memory_order_acquire) == std::this_thread::get_id();
  }

  // A child must not find a lock held by a thread that it does not have. Gives whether the load
  // lock was taken: a plugin may fork while it is loaded.
  bool lock_for_fork() {
    const bool loading_too = !loading_here();
    for (;;) {
      if (loading_too) load_lock.lock();
      const std::vector<Family *> &families = snapshot().families;
      const auto busy = std::find_if(families.begin(), families.end(),
                                     [](Family *f) { return !f->lock_for_fork(); });
      if (busy == families.end()) break;
      // What it waits for may be the load lock, or another family.
      std::for_each(families.begin(), busy, [](Family *f) { f->unlock_after_fork(); });
      if (loading_too) load_lock.unlock();
      (*busy)->wait_for_others();
    }
    report.lock();
    return loading_too;
  }

  void unlock_after_fork(bool loading_too) {
    report.unlock();
    for (Family *f : snapshot().families) f->unlock_after_fork();
    if (loading_too) load_lock.unlock();
  }

  class Loading {
   public:
    Loading(Impl &impl, const char *op) : impl_(impl) {
      // A plugin that loads another from its register_ops, or from an initialiser.
      if (impl.loading_here())
        fail(SPC_E_PLUGIN, "{}: called while this thread is loading a plugin", op);
      impl_.load_lock.lock();
      impl_.loading_thread.store(std::this_thread::get_id(), std::memory_order_release);
    }
    Loading(const Loading &) = delete;
    Loading &operator=(const Loading &) = delete;
    ~Loading() {
      impl_.loading_thread.store({}, std::memory_order_release);
      impl_.load_lock.unlock();
    }

   private:
    Impl &impl_;
  };

  void load(const std::string &file) {
    snapshots.reserve(snapshots.size() + 1);
    accepted_files.insert(file);
    try {
      Loaded loaded = load_plugin_file(file, snapshot());
      snapshots.push_back(std::move(loaded.snapshot));
      current.store(snapshots.back().get(), std::memory_order_release);
      report.accepted(file, loaded.text);
    } catch (...) {
      accepted_files.erase(file);
      throw;
    }
  }

  // One candidate of a search: whatever is wrong with it is a line.
  void try_candidate(const std::string &candidate) {
    try {
      const std::string file = resolved_path(candidate);
      if (accepted_files.contains(file))
        report.refused(candidate, "is loaded already");
      else
        load(file);
    } catch (const std::exception &e) {
      report.refused(candidate, e.what());
    }
  }

  void search_directory(const std::string &directory) {
    for (const std::string &file : plugin_candidates(directory, report)) try_candidate(file);
  }

  void search() {
    const Loading loading(*this, "search");
    if (searched.load(std::memory_order_relaxed)) return;
    for (const std::string &directory : added_directories) search_directory(directory);
    for (const std::string &directory : default_plugin_directories(report))
      search_directory(directory);
    searched.store(true, std::memory_order_release);
  }
};

Registry::Registry() : impl_(new Impl) {
  auto first = std::make_unique<Snapshot>();
  first->spaces.push_back(&host_space());
  impl_->current.store(first.get(), std::memory_order_release);
  impl_->snapshots.push_back(std::move(first));

  ForkMutex::watch_forks();
  host_pool::release(host_pool::allocate(1));
  static thread_local bool locked = false;
  pthread_atfork([] { locked = instance().impl_->lock_for_fork(); },
                 [] { instance().impl_->unlock_after_fork(locked); },
                 [] {
                   forks::after_fork_in_child();
                   instance().impl_->unlock_after_fork(locked);
                 });
}

Registry &Registry::instance() {
  static Registry *const registry = new Registry;
  return *registry;
}
namespace {
// Whoever forks meanwhile would leave a child that waits for it.
[[maybe_unused]] const Registry &made_while_loading = Registry::instance();
}  // namespace

Registry &Registry::get() {
  Registry &registry = instance();
  Impl &impl = *registry.impl_;
  // Inside a load this thread sees what is there so far.
  if (!impl.searched.load(std::memory_order_acquire) && !impl.loading_here()) {
    try {
      impl.search();
    } catch (const std::exception &e) {
      impl.report.note("search", e.what());
      impl.searched.store(true, std::memory_order_release);
    }
  }
  return registry;
}

const std::vector<Family *> &Registry::families() const noexcept {
  return impl_->snapshot().families;
}

Family &Registry::find(std::string_view name) const {
  const Snapshot &now = impl_->snapshot();
  const std::string key = lower_case(name);
  if (Family *const f = now.family(key)) return *f;
  std::string names;
  for (const Family *f : now.families) names += (names.empty() ? "" : ", ") + f->name();
  if (const std::string refusal = impl_->report.refusal_of(key); !refusal.empty())
    fail(SPC_E_BACKEND_UNAVAILABLE, "Backend '{}' is not available: {}. Expected one of: {}", name,
         refusal, names);
  fail(SPC_E_UNKNOWN_BACKEND, "Unknown backend: '{}'. Expected one of: {}", name, names);
}

Family &Registry::find_available(std::string_view name) const {
  Family &f = find(name);
  if (const std::string why = f.why_unavailable(); !why.empty())
    throw Error(SPC_E_BACKEND_UNAVAILABLE,
                fmt::format("Backend '{}' is not available: {}", f.name(), why), 0,
                f.name().c_str());
  return f;
}

Family &Registry::host_default() const {
  std::vector<Family *> candidates;
  for (Family *f : families())
    if (f->default_rank() != 0) candidates.push_back(f);
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](Family *a, Family *b) { return a->default_rank() > b->default_rank(); });
  for (Family *f : candidates)
    if (f->why_unavailable().empty()) return *f;
  if (!candidates.empty()) return find_available(candidates.front()->name());
  fail(SPC_E_UNKNOWN_BACKEND, "No registered family offers itself as the host default");
}

MemorySpace &Registry::host_memory() const noexcept {
  return host_space();
}

MemorySpace *Registry::memory_by_id(std::uint64_t id) const noexcept {
  const std::vector<MemorySpace *> &spaces = impl_->snapshot().spaces;
  return id < spaces.size() ? spaces[id] : nullptr;
}

void Registry::load_plugin(const std::string &path) {
  const Impl::Loading loading(*impl_, "load_plugin");
  if (path.empty()) fail(SPC_E_PLUGIN, "load_plugin: the path is empty");
  if (path.find('/') == std::string::npos)
    fail(SPC_E_PLUGIN,
         "load_plugin: '{}' contains no '/': a bare name is not searched for; write './{}'", path,
         path);
  std::string file = path;
  try {
    file = resolved_path(path);
    impl_->load(file);
  } catch (const Error &e) {
    impl_->report.refused(file, e.message());
    throw Error(e.code(), fmt::format("load_plugin: {}", e.message()));
  }
}

void Registry::add_directory(const std::string &path) {
  if (path.empty()) fail(SPC_E_VALUE, "add_plugin_directory: the path is empty");
  const Impl::Loading loading(*impl_, "add_plugin_directory");
  // Now: the program may change its working directory before the search.
  const std::string directory = std::filesystem::absolute(path);
  if (impl_->search_disabled)
    fail(SPC_E_VALUE, "add_plugin_directory: '{}': the search of directories is turned off", path);
  if (impl_->searched.load(std::memory_order_relaxed))
    impl_->search_directory(directory);
  else
    impl_->added_directories.push_back(directory);
}

void Registry::disable_search() {
  const Impl::Loading loading(*impl_, "disable_plugin_search");
  if (impl_->search_disabled) return;
  if (impl_->searched.load(std::memory_order_relaxed))
    fail(SPC_E_VALUE, "disable_plugin_search: the directories have been searched already");
  impl_->report.note("search", "turned off by the program");
  impl_->search_disabled = true;
  impl_->searched.store(true, std::memory_order_release);
}

std::string Registry::report() const {
  return impl_->report.text();
}

void Registry::sync_all() {
  std::exception_ptr first;
  for (MemorySpace *space : impl_->snapshot().spaces) {
    try {
      space_sync(*space);
    } catch (const Error &) {
      if (first == nullptr) first = std::current_exception();
    }
  }
  if (first != nullptr) std::rethrow_exception(first);
}

std::int64_t Registry::collect_all() {
  std::vector<Family *> families = impl_->snapshot().families;
  std::sort(families.begin(), families.end(),
            [](Family *a, Family *b) { return a->name() < b->name(); });
  std::int64_t n = 0;
  std::exception_ptr first;
  for (Family *f : families) {
    try {
      n += f->collect();
    } catch (const std::exception &) {
      if (first == nullptr) first = std::current_exception();
    }
  }
  if (first != nullptr) std::rethrow_exception(first);
  return n;
}

}  // namespace spc
