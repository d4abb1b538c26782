// SPDX-License-Identifier: Apache-2.0
#include "core/support/thread_pool.hpp"

#include <fenv.h>
#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>

#include "core/support/error.hpp"

namespace spc {
namespace {

// Rounding and flush-to-zero of the caller, so that a part gives the same bits in any thread.
class FloatMode {
 public:
#if defined(__x86_64__)
  // fegetenv would cost ten times as much: it also saves x87 operations under way.
  FloatMode() : csr_(__builtin_ia32_stmxcsr()) {
    __asm__("fnstcw %0" : "=m"(x87_));
  }
  void apply() const {
    __builtin_ia32_ldmxcsr(csr_);
    __asm__ volatile("fldcw %0" : : "m"(x87_));
  }

 private:
  unsigned csr_;
  unsigned short x87_;
#else
  FloatMode() {
    fegetenv(&env_);
  }
  void apply() const {
    fesetenv(&env_);
  }

 private:
  fenv_t env_;
#endif
};

thread_local std::int64_t this_part = -1;

spc_status run_part(spc_part_fn fn, void *arg, std::int64_t part) noexcept {
  const std::int64_t outer = this_part;
  this_part = part;
  spc_status status;
  try {
    status = fn(arg, part);
  } catch (const std::bad_alloc &) {
    status = SPC_E_MEMORY;
  } catch (...) {
    status = SPC_E_PLUGIN;
  }
  this_part = outer;
  return status;
}

spc_status run_inline(std::int64_t n_parts, spc_part_fn fn, void *arg) noexcept {
  for (std::int64_t p = 0; p < n_parts; ++p)
    if (const spc_status status = run_part(fn, arg, p); status != 0) return status;
  return SPC_OK;
}

struct Job {
  Job(std::int64_t n, spc_part_fn f, void *a, int threads)
      : n_parts(n), fn(f), arg(a), seats(threads - 1) {}

  const std::int64_t n_parts;
  const spc_part_fn fn;
  void *const arg;
  const FloatMode mode;
  std::atomic<std::int64_t> next{0};
  // under Pool::mutex_
  int seats;  // workers that may still join
  int working = 0;
  std::int64_t failed_part = -1;
  spc_status status = SPC_OK;
};

class Pool {
 public:
  explicit Pool(Pool *before_fork) : before_fork_(before_fork) {}

  // False: in use by another thread.
  bool run(Job &job) noexcept {
    std::unique_lock lock(mutex_);
    if (job_ != nullptr) return false;
    start_workers(job.seats);
    job_ = &job;
    const bool one = job.seats == 1;
    lock.unlock();
    one ? wake_.notify_one() : wake_.notify_all();
    work(job);
    lock.lock();
    job_ = nullptr;  // nobody joins any more
    idle_.wait(lock, [&] { return job.working == 0; });
    return true;
  }

 private:
  void start_workers(int wanted) noexcept {
    if (workers_ >= wanted) return;
    // Signals are for the program's own threads.
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    try {
      while (workers_ < wanted) {
        std::thread([this] { serve(); }).detach();
        ++workers_;
      }
    } catch (const std::system_error &) {  // fewer workers do the same work
    } catch (const std::bad_alloc &) {
    }
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
  }

  void serve() noexcept {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [&] { return job_ != nullptr && job_->seats > 0; });
      Job &job = *job_;
      --job.seats;
      ++job.working;
      lock.unlock();
      job.mode.apply();
      work(job);
      lock.lock();
      if (--job.working == 0) idle_.notify_one();
    }
  }

  // Parts are taken in rising order, so every part below a failing one has been taken: the lowest
  // failure is the same for any number of threads.
  void work(Job &job) noexcept {
    for (;;) {
      const std::int64_t p = job.next.fetch_add(1, std::memory_order_relaxed);
      if (p >= job.n_parts) return;
      const spc_status status = run_part(job.fn, job.arg, p);
      if (status == 0) continue;
      job.next.store(job.n_parts, std::memory_order_relaxed);
      const std::scoped_lock lock(mutex_);
      if (job.failed_part < 0 || p < job.failed_part) {
        job.failed_part = p;
        job.status = status;
      }
      return;
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  Job *job_ = nullptr;
  int workers_ = 0;
  Pool *const before_fork_;  // its threads are gone and its locks are in an unknown state
};

std::atomic<Pool *> the_pool{nullptr};
std::atomic<Pool *> pool_of_parent{nullptr};
constexpr int most_threads = 1024;
std::atomic<int> threads_wanted{0};
std::atomic<int> cpu_count{0};

void forget_pool_in_child() {
  if (Pool *const p = the_pool.exchange(nullptr)) pool_of_parent.store(p);
}

[[maybe_unused]] const int watching_forks = pthread_atfork(nullptr, nullptr, forget_pool_in_child);

Pool *pool() noexcept {
  if (Pool *const p = the_pool.load(std::memory_order_acquire)) return p;
  Pool *const made = new (std::nothrow) Pool(pool_of_parent.load());
  if (made == nullptr) return nullptr;
  Pool *expected = nullptr;
  if (the_pool.compare_exchange_strong(expected, made, std::memory_order_acq_rel)) return made;
  delete made;  // no worker has been started
  return expected;
}

}  // namespace

spc_status parallel(std::int64_t n_parts, spc_part_fn fn, void *arg) noexcept {
  if (n_parts <= 0) return SPC_OK;
  const int threads = num_threads();
  if (n_parts > 1 && threads > 1 && this_part < 0) {
    const int useful = n_parts < threads ? static_cast<int>(n_parts) : threads;
    Job job(n_parts, fn, arg, useful);
    Pool *const p = pool();
    if (p != nullptr && p->run(job)) return job.status;
  }
  return run_inline(n_parts, fn, arg);
}

std::int64_t current_part() noexcept {
  return this_part;
}

void set_num_threads(int n) {
  if (n < 0) fail(SPC_E_VALUE, "set_num_threads: n is {}, expected 0 (one a CPU) or more", n);
  threads_wanted.store(n < most_threads ? n : most_threads, std::memory_order_relaxed);
}

int num_threads() noexcept {
  const int wanted = threads_wanted.load(std::memory_order_relaxed);
  if (wanted > 0) return wanted;
  int cpus = cpu_count.load(std::memory_order_relaxed);
  if (cpus == 0) {
    cpus = static_cast<int>(std::thread::hardware_concurrency());
    if (cpus < 1) cpus = 1;
    cpu_count.store(cpus, std::memory_order_relaxed);
  }
  return cpus;
}

}  // namespace spc
