// SPDX-License-Identifier: Apache-2.0
// plugin.h for C++20: op tables, kernels typed by their elements, exceptions as statuses, and the two
// exports. Header only; it needs neither the core nor the C API. A whole plugin:
//
//   struct Negative {
//     template <class T>
//     static spc_status run(void *state, const spc_call *call);  // may throw
//   };
//   namespace plugin = spc::plugin;
//   constexpr spc_op_entry ops[] = {
//       plugin::typed<Negative, float, double>(SPC_OP_negative, SPC_KERNEL_INPLACE)};
//   constexpr spc_family family = plugin::host_family("mine", "1.0", "reference", ops);
//   SPC_PLUGIN("mine", "1.0", "Apache-2.0", family)
//
// docs/writing-a-backend.md builds one step by step.
#ifndef SPACECORE_PLUGIN_HPP
#define SPACECORE_PLUGIN_HPP

#include <array>
#include <complex>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include "spacecore/plugin.h"

namespace spc {
// Hidden: a plugin exports two symbols, also where it is compiled without -fvisibility=hidden.
#pragma GCC visibility push(hidden)
namespace plugin {

// ---- dtypes ------------------------------------------------------------------------------------

/// The dtype whose elements are T. A bool array holds bytes, 0 or 1.
template <class T>
constexpr std::int32_t dtype_of() {
  if constexpr (std::is_same_v<T, bool>)
    return SPC_BOOL;
  else if constexpr (std::is_same_v<T, std::int8_t>)
    return SPC_INT8;
  else if constexpr (std::is_same_v<T, std::uint8_t>)
    return SPC_UINT8;
  else if constexpr (std::is_same_v<T, std::int32_t>)
    return SPC_INT32;
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return SPC_INT64;
  else if constexpr (std::is_same_v<T, float>)
    return SPC_FLOAT32;
  else if constexpr (std::is_same_v<T, double>)
    return SPC_FLOAT64;
  else if constexpr (std::is_same_v<T, std::complex<float>>)
    return SPC_COMPLEX64;
  else {
    static_assert(std::is_same_v<T, std::complex<double>>, "no dtype has these elements");
    return SPC_COMPLEX128;
  }
}

/// Mask of the dtypes of Ts, for spc_op_entry.dtypes.
template <class... Ts>
constexpr std::uint64_t dtypes_of() {
  return (std::uint64_t{0} | ... | SPC_BIT(dtype_of<Ts>()));
}

/// Pairs of astype beyond those of equal dtypes, which the mask lists; complex to real is no cast.
inline constexpr auto casts = [] {
  constexpr int complex = SPC_DTYPE_COUNT - SPC_COMPLEX64, real = SPC_COMPLEX64;
  std::array<std::uint32_t, SPC_DTYPE_COUNT *(SPC_DTYPE_COUNT - 1) - complex * real> pairs{};
  std::size_t n = 0;
  for (int from = 0; from < SPC_DTYPE_COUNT; ++from) {
    for (int to = 0; to < SPC_DTYPE_COUNT; ++to) {
      const bool narrows = from >= SPC_COMPLEX64 && to < SPC_COMPLEX64;
      if (from != to && !narrows) pairs[n++] = SPC_PAIR(from, to);
    }
  }
  return pairs;
}();

// ---- errors ------------------------------------------------------------------------------------

/// Stores the formatted text as the error of the call and returns the code. 255 bytes at most.
[[gnu::cold, gnu::format(printf, 3, 4)]] inline spc_status fail(const spc_call *call,
                                                                spc_status code, const char *format,
                                                                ...) {
  char text[256];
  std::va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  call->host->set_error(call->exec, code, 0, nullptr, text);
  return code;
}

#ifdef __cpp_exceptions
/// An exception with a code of its own: throw Error(SPC_E_VALUE, "...") in a guarded kernel.
class Error : public std::exception {
 public:
  Error(spc_status code, std::string text) : code_(code), text_(std::move(text)) {}
  spc_status code() const noexcept { return code_; }
  const char *what() const noexcept override { return text_.c_str(); }

 private:
  spc_status code_;
  std::string text_;
};

/// The exception that is being handled, as the error of the call (which may be null): the code of
/// an Error, OutOfMemory for std::bad_alloc, PluginErr otherwise. For use in a catch block.
inline spc_status status_of_exception(const spc_call *call) {
  const auto store = [call](spc_status code, const char *text) {
    if (call != nullptr) fail(call, code, "%s", text);
    return code;
  };
  try {
    throw;
  } catch (const Error &e) {
    return store(e.code(), e.what());
  } catch (const std::bad_alloc &) {
    return store(SPC_E_MEMORY, "out of memory");
  } catch (const std::exception &e) {
    return store(SPC_E_PLUGIN, e.what());
  } catch (...) {
    return store(SPC_E_PLUGIN, "an exception of unknown type");
  }
}
#endif

/// run(), with its exceptions turned into statuses. Where exceptions are switched off, just run().
template <class Run>
spc_status guarded(const spc_call *call, Run run) {
#ifdef __cpp_exceptions
  try {
    return run();
  } catch (...) {
    return status_of_exception(call);
  }
#else
  (void)call;
  return run();
#endif
}

/// guard<fn> is fn, a kernel, prepare, extent or state_create function that may throw, with its
/// exceptions turned into statuses. Give it wherever plugin.h wants such a function.
template <spc_kernel_fn fn>
spc_status guard(void *state, const spc_call *call) {
  return guarded(call, [&] { return fn(state, call); });
}
template <spc_prepare_fn fn>
spc_status guard(void *state, const spc_call *call, std::uint64_t fixed_roles, void **plan) {
  return guarded(call, [&] { return fn(state, call, fixed_roles, plan); });
}
template <spc_extent_fn fn>
spc_status guard(void *state, const spc_call *call, std::int64_t *sizes, void **plan) {
  return guarded(call, [&] { return fn(state, call, sizes, plan); });
}
template <spc_status (*fn)(const spc_host_api *, spc_host, void **)>
spc_status guard(const spc_host_api *api, spc_host host, void **state) {
  return guarded(nullptr, [&] { return fn(api, host, state); });
}

// ---- op tables ---------------------------------------------------------------------------------

/// A kernel for the dtypes of the mask. params_size: sizeof the spc_params_* of the op, 0 if none.
constexpr spc_op_entry entry(std::uint32_t op, std::uint64_t dtypes, spc_kernel_fn fn,
                             std::size_t params_size = 0, spc_supports_fn supports = nullptr) {
  spc_op_entry e{};
  e.struct_size = sizeof e;
  e.op = op;
  e.dtypes = dtypes;
  e.params_size = static_cast<std::uint32_t>(params_size);
  e.fn = fn;
  e.supports = supports;
  return e;
}

/// A kernel that reads each element before it writes it: its output may be an input.
constexpr spc_op_entry elementwise(std::uint32_t op, std::uint64_t dtypes, spc_kernel_fn fn,
                                   std::size_t params_size = 0) {
  spc_op_entry e = entry(op, dtypes, fn, params_size);
  e.flags = SPC_KERNEL_INPLACE;
  return e;
}

/// The same entry for further dtypes: an array of SPC_PAIR that outlives the plugin's registration.
template <std::size_t N>
constexpr spc_op_entry with_pairs(spc_op_entry e, const std::array<std::uint32_t, N> &pairs) {
  e.pairs = pairs.data();
  e.n_pairs = N;
  return e;
}

/// The same entry with phase one of a data_shape op.
constexpr spc_op_entry with_extent(spc_op_entry e, spc_extent_fn extent, spc_release_fn release) {
  e.extent = extent;
  e.release = release;
  return e;
}

/// The same entry with plans.
constexpr spc_op_entry with_plan(spc_op_entry e, spc_prepare_fn prepare, spc_release_fn release) {
  e.prepare = prepare;
  e.release = release;
  return e;
}

/// Runs Kernel::run<T>(state, call) for the one T of Ts whose dtype is that of in[0], or of out[0]
/// where there is no input. Exceptions become statuses.
template <class Kernel, class... Ts>
spc_status run_typed(void *state, const spc_call *call) {
  const std::int32_t dtype = call->n_in > 0 ? call->in[0]->dtype : call->out[0]->dtype;
  return guarded(call, [&] {
    spc_status status = SPC_E_NOTIMPL;
    const bool known =
        ((dtype == dtype_of<Ts>() && (status = Kernel::template run<Ts>(state, call), true)) ||
         ...);
    return known ? status : fail(call, SPC_E_NOTIMPL, "no kernel for dtype %d", int{dtype});
  });
}

/// The entry of a kernel that is a template over its elements: Kernel::run<T> for every T of Ts,
/// with exceptions turned into statuses.
template <class Kernel, class... Ts>
constexpr spc_op_entry typed(std::uint32_t op, std::uint64_t flags = 0,
                             std::size_t params_size = 0) {
  spc_op_entry e = entry(op, dtypes_of<Ts...>(), run_typed<Kernel, Ts...>, params_size);
  e.flags = flags;
  return e;
}

/// The params of the call. Params: the spc_params_* of its op.
template <class Params>
const Params &params(const spc_call *call) {
  return *static_cast<const Params *>(call->params);
}

// ---- loops -------------------------------------------------------------------------------------

namespace detail {

template <class Body, class... Ts>
void walk(std::int32_t axis, std::int32_t ndim, const std::int64_t *shape,
          const std::array<const std::int64_t *, sizeof...(Ts)> &strides, Body &body, Ts *...at) {
  if (axis == ndim) return body(*at...);
  const auto step = [&](auto *...now) {
    for (std::int64_t i = 0; i < shape[axis]; ++i) {
      walk<Body, Ts...>(axis + 1, ndim, shape, strides, body, now...);
      std::size_t k = 0;
      ((now += strides[k++][axis]), ...);
    }
  };
  step(at...);
}

}  // namespace detail

/// body(T &out, const Ts &...in) for every position of out[0], in row-major order, over strided host
/// tensors of one shape: the loop of elementwise ops and, as reduced axes have stride 0 in out, of
/// reductions. T: element type of out[0]; Ts: those of in[0], in[1], ...
template <class T, class... Ts, class Body>
void for_each(const spc_call *call, Body body) {
  const spc_tensor &out = *call->out[0];
  const auto run = [&]<std::size_t... I>(std::index_sequence<I...>) {
    const std::array<const std::int64_t *, sizeof...(Ts) + 1> strides = {out.strides,
                                                                         call->in[I]->strides...};
    detail::walk<Body, T, const Ts...>(0, out.ndim, out.shape, strides, body,
                                       static_cast<T *>(out.data),
                                       static_cast<const Ts *>(call->in[I]->data)...);
  };
  run(std::index_sequence_for<Ts...>{});
}

// ---- families and exports ----------------------------------------------------------------------

inline constexpr const char *host_memory[] = {"host"};

/// A family of host memory with the ops of a table, the rest inherited from base (null: nothing).
/// The strings and the table have to live as long as the process.
constexpr spc_family host_family(const char *name, const char *version, const char *base,
                                 const spc_op_entry *ops, std::uint32_t n_ops) {
  spc_family f{};
  f.struct_size = sizeof f;
  f.name = name;
  f.version = version;
  f.base = base;
  f.memory_spaces = host_memory;
  f.n_memory_spaces = 1;
  f.ops = ops;
  f.n_ops = n_ops;
  return f;
}
template <std::size_t N>
constexpr spc_family host_family(const char *name, const char *version, const char *base,
                                 const spc_op_entry (&ops)[N]) {
  return host_family(name, version, base, ops, N);
}

/// A marker of this header's ABI. min_host_minor: the minor of the newest thing that the plugin uses
/// without SPC_HAS.
constexpr spc_plugin_marker marker(const char *name, const char *version, const char *license,
                                   const char *build_id = "", std::uint16_t min_host_minor = 0) {
  return {SPC_PLUGIN_MAGIC,          SPC_ABI_MAJOR, SPC_ABI_MINOR, min_host_minor, 0,
          sizeof(spc_plugin_marker), name,          version,       license,        build_id};
}

/// Adds the families one after another, up to the first failure.
template <class... Families>
spc_status add_families(const spc_host_api *api, spc_registrar registrar,
                        const Families &...families) {
  spc_status status = SPC_OK;
  (void)(((status = api->add_family(registrar, &families)) == SPC_OK) && ...);
  return status;
}

}  // namespace plugin
#pragma GCC visibility pop
}  // namespace spc

/// Defines both exports of a plugin: the marker, and register_ops, which adds the families (one or
/// more descriptors). Once, in one source, at namespace scope. A plugin that registers memory spaces
/// writes its own register_ops beside a marker().
#define SPC_PLUGIN(NAME, VERSION, LICENSE, ...)                                            \
  extern "C" constexpr spc_plugin_marker spacecore_plugin_v1 =                             \
      ::spc::plugin::marker(NAME, VERSION, LICENSE);                                       \
  extern "C" spc_status register_ops(const spc_host_api *api, spc_host, spc_registrar r) { \
    return ::spc::plugin::add_families(api, r, __VA_ARGS__);                               \
  }

#endif  // SPACECORE_PLUGIN_HPP
