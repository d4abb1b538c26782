// SPDX-License-Identifier: Apache-2.0
#include "plugins/fakedev/kernels.hpp"

#include <array>
#include <exception>
#include <utility>
#include <vector>

#include "plugins/fakedev/deferred_call.hpp"
#include "plugins/fakedev/device.hpp"
#include "plugins/reference/kernels.hpp"

namespace spc::fakedev {
namespace {

constexpr std::size_t most_kernels = 128;

const spc_op_entry &wrapped(std::size_t i) {
  return reference::reference_ops[i];
}

Device &device_of(void *state) {
  return *static_cast<Device *>(state);
}

template <class F>
spc_status guarded(const spc_call &call, const F &body) {
  try {
    return body();
  } catch (const std::exception &error) {
    return report({SPC_E_MEMORY, 0, "", error.what()}, call.exec, call.host);
  }
}

// Runs what has to answer its caller, after all that is queued.
spc_status run_now(void *state, const spc_call &call, DeferredCall::Function function) {
  return guarded(call, [&] {
    Failure failure = device_of(state).run(DeferredCall(std::move(function), call));
    // The host puts the name of the running op in front of the text by itself.
    if (failure.where == called_op(call)) failure.where.clear();
    return report(failure, call.exec, call.host);
  });
}

// An entry function gets no data of its own, so each entry has its own functions.
template <std::size_t I>
struct Wrapper {
  static spc_status run(void *state, const spc_call *call) {
    return guarded(*call, [&] {
      device_of(state).submit(DeferredCall(
          [](const spc_call &later) { return wrapped(I).fn(nullptr, &later); }, *call));
      return SPC_OK;
    });
  }

  static std::int32_t supports(void *, const spc_call *call) {
    return wrapped(I).supports(nullptr, call);
  }

  static spc_status prepare(void *state, const spc_call *call, std::uint64_t fixed, void **plan) {
    return run_now(state, *call, [&](const spc_call &now) {
      return wrapped(I).prepare(nullptr, &now, fixed, plan);
    });
  }

  static spc_status extent(void *state, const spc_call *call, std::int64_t *sizes, void **plan) {
    return run_now(state, *call, [&](const spc_call &now) {
      return wrapped(I).extent(nullptr, &now, sizes, plan);
    });
  }

  // Queued kernels may still use the plan.
  static void release(void *state, void *plan) {
    try {
      device_of(state).submit([plan] { wrapped(I).release(nullptr, plan); });
    } catch (const std::exception &) {
      // No memory to queue it: the plan is lost.
    }
  }
};

template <std::size_t I>
spc_op_entry wrap() {
  spc_op_entry entry = wrapped(I);
  using W = Wrapper<I>;
  entry.fn = W::run;
  if (entry.supports) entry.supports = W::supports;
  if (entry.prepare) entry.prepare = W::prepare;
  if (entry.extent) entry.extent = W::extent;
  if (entry.release) entry.release = W::release;
  return entry;
}

template <std::size_t... I>
std::vector<spc_op_entry> wrap_all(std::index_sequence<I...>) {
  using Wrap = spc_op_entry (*)();
  static constexpr Wrap wraps[] = {wrap<I>...};
  const std::size_t n = reference::reference_ops_count;
  std::vector<spc_op_entry> entries;
  if (n > most_kernels) return entries;
  for (std::size_t i = 0; i < n; ++i) entries.push_back(wraps[i]());
  return entries;
}

}  // namespace

std::span<const spc_op_entry> kernels() {
  static const std::vector<spc_op_entry> &entries =
      *new std::vector(wrap_all(std::make_index_sequence<most_kernels>()));
  return entries;
}

spc_status report(const Failure &failure, spc_exec exec, const spc_host_api *api) {
  if (failure.code != SPC_OK) {
    api->set_error(exec, failure.code, failure.native, failure.where.c_str(), failure.text.c_str());
  }
  return failure.code;
}

}  // namespace spc::fakedev
