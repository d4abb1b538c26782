// SPDX-License-Identifier: Apache-2.0
#include "core/registry/registry.hpp"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <deque>
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
  std::vector<std::unique_ptr<Promise>> promises;
  std::deque<std::string> reasons;                         // of broken promises
  std::vector<std::unique_ptr<const Snapshot>> snapshots;  // never freed: readers may hold any
  std::atomic<const Snapshot *> current{nullptr};
  LoadReport report;

  const Snapshot &snapshot() const noexcept { return *current.load(std::memory_order_acquire); }
  // Under the load lock: with what is being loaded.
  const Snapshot &latest() const noexcept { return *snapshots.back(); }
  bool loading_here() const noexcept {
    return loading_thread.load(std::memory_order_acquire) == std::this_thread::get_id();
  }

  void publish() noexcept { current.store(snapshots.back().get(), std::memory_order_release); }

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

  // Holds the load lock. What is loaded meanwhile is published as a whole at the end: no other thread
  // meets a family without the base that comes with it.
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
      impl_.publish();
      impl_.loading_thread.store({}, std::memory_order_release);
      impl_.load_lock.unlock();
    }

   private:
    Impl &impl_;
  };

  void load(const std::string &file, const Manifest *manifest = nullptr) {
    snapshots.reserve(snapshots.size() + 1);
    const bool is_new = accepted_files.insert(file).second;
    try {
      Loaded loaded = load_plugin_file(file, latest(), manifest);
      snapshots.push_back(std::move(loaded.snapshot));
      report.accepted(file, loaded.text);
    } catch (...) {
      if (is_new) accepted_files.erase(file);
      throw;
    }
  }

  Promise *promise_of(const std::string &file) const {
    for (const auto &p : promises)
      if (p->manifest.file == file) return p.get();
    return nullptr;
  }

  // Lists the families of a manifest, of which none may be there.
  void promise(const Manifest &manifest) {
    for (const std::string &name : manifest.families)
      if (const Listed *const l = latest().listed(name))
        fail(SPC_E_CONTEXT_CONFLICT, "{}: family '{}' is already there: {}", manifest.path, name,
             l->family != nullptr ? l->family->plugin_path() : l->promise->manifest.path);
    auto after = std::make_unique<Snapshot>(latest());
    auto fresh = std::make_unique<Promise>(manifest);
    std::string names;
    for (const std::string &name : fresh->manifest.families) {
      after->listing.push_back({&name, nullptr, fresh.get()});
      names += fmt::format("{}'{}'", names.empty() ? "" : ", ", name);
    }
    snapshots.reserve(snapshots.size() + 1);
    report.note(manifest.path,
                fmt::format("names {} in {}, which is opened at first use", names, manifest.file));
    promises.push_back(std::move(fresh));
    snapshots.push_back(std::move(after));
  }

  void load_promised(Promise &p) {
    const bool before = p.tried;
    p.tried = true;  // also ends a circle of requirements
    try {
      for (const std::string &name : p.manifest.required) {
        const Listed *const required = latest().listed(name);
        if (required != nullptr && required->family == nullptr) open(*required->promise);
        if (latest().family(name) == nullptr)
          fail(SPC_E_PLUGIN, "{}: requires family '{}', which is not there", p.manifest.file, name);
      }
      load(p.manifest.file, &p.manifest);
    } catch (...) {
      p.tried = before;
      throw;
    }
  }

  // A failure is a line of the report and the reason of the broken promise.
  void open(Promise &p) {
    if (p.tried) return;
    try {
      load_promised(p);
    } catch (const Error &e) {
      if (e.code() == SPC_E_MEMORY) throw;  // not for good: another time there may be room
      report.refused(p.manifest.file, e.message());
      p.broken.store(&reasons.emplace_back(e.message()), std::memory_order_release);
      p.tried = true;
    }
  }

  // Bases of what is registered.
  void open_awaited() {
    for (bool again = true; again;) {
      again = false;
      for (const Family *f : latest().families) {
        if (f->base() != nullptr || f->base_name().empty()) continue;
        const Listed *const base = latest().listed(f->base_name());
        if (base == nullptr || base->family != nullptr || base->promise->tried) continue;
        open(*base->promise);
        again = true;
        break;
      }
    }
  }

  // Every file that a manifest is about. Inside a load this thread makes do with what is there.
  void open_all() {
    const std::vector<Listed> &listing = snapshot().listing;
    if (loading_here() || std::none_of(listing.begin(), listing.end(),
                                       [](const Listed &l) { return l.is_pending(); }))
      return;
    const Loading loading(*this, "open");
    for (const auto &p : promises) open(*p);
    open_awaited();
  }

  // One candidate of a search: whatever is wrong with it is a line.
  void try_candidate(const Candidate &candidate) {
    try {
      if (candidate.manifest) return promise(*candidate.manifest);
      const std::string file = resolved_path(candidate.path);
      if (accepted_files.contains(file))
        report.refused(candidate.path, "is loaded already");
      else if (const Promise *const p = promise_of(file))
        report.refused(candidate.path, "is the file of " + p->manifest.path);
      else
        load(file);
    } catch (const std::exception &e) {
      report.refused(
          candidate.path, e.what(),
          candidate.manifest ? candidate.manifest->families : std::vector<std::string>());
    }
  }

  void search_directory(const SearchDirectory &directory, const Surroundings &surroundings) {
    for (const Candidate &c : plugin_candidates(directory, surroundings, report)) try_candidate(c);
  }

  void search() {
    const Loading loading(*this, "search");
    if (searched.load(std::memory_order_relaxed)) return;
    const Surroundings surroundings = Surroundings::of_process();
    for (const std::string &path : added_directories) search_directory({path}, surroundings);
    for (const SearchDirectory &directory : default_plugin_directories(surroundings, report))
      search_directory(directory, surroundings);
    open_awaited();
    publish();  // before anybody reads that there is something to read
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

const std::vector<Listed> &Registry::listing() const noexcept {
  return impl_->snapshot().listing;
}

std::size_t Registry::find(std::string_view name) const {
  const std::string key = lower_case(name);
  for (const bool all_opened : {false, true}) {
    if (all_opened) impl_->open_all();  // it may be an alias that only a file knows
    const Snapshot &now = impl_->snapshot();
    if (const Listed *const l = now.listed(key))
      return static_cast<std::size_t>(l - now.listing.data());
  }
  std::string names;
  for (const Listed &l : listing()) names += (names.empty() ? "" : ", ") + *l.name;
  if (const std::string refusal = impl_->report.refusal_of(key); !refusal.empty())
    fail(SPC_E_BACKEND_UNAVAILABLE, "Backend '{}' is not available: {}. Expected one of: {}", name,
         refusal, names);
  fail(SPC_E_UNKNOWN_BACKEND, "Unknown backend: '{}'. Expected one of: {}", name, names);
}

Listed Registry::opened(std::size_t i) const {
  if (const Listed l = listing()[i]; l.is_pending()) {
    const Impl::Loading loading(*impl_, "open");
    impl_->open(*l.promise);
    impl_->open_awaited();
  }
  return listing()[i];
}

Family &Registry::family(std::size_t i) const {
  const Listed l = opened(i);
  if (l.family != nullptr) return *l.family;
  throw Error(SPC_E_BACKEND_UNAVAILABLE,
              fmt::format("Backend '{}' is not available: {}", *l.name, *l.promise->broken.load()),
              0, l.name->c_str());
}

Family &Registry::find_available(std::string_view name) const {
  Family &f = family(find(name));
  if (const std::string why = f.why_unavailable(); !why.empty())
    throw Error(SPC_E_BACKEND_UNAVAILABLE,
                fmt::format("Backend '{}' is not available: {}", f.name(), why), 0,
                f.name().c_str());
  return f;
}

Family &Registry::host_default() const {
  impl_->open_all();
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
    if (Promise *const p = impl_->promise_of(file))
      impl_->load_promised(*p);
    else
      impl_->load(file);
    impl_->open_awaited();
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
  if (impl_->searched.load(std::memory_order_relaxed)) {
    impl_->search_directory({directory}, Surroundings::of_process());
    impl_->open_awaited();
  } else {
    impl_->added_directories.push_back(directory);
  }
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
