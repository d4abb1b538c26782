// SPDX-License-Identifier: Apache-2.0
/// \file
/// The C++ form of the C API: values that own their handles, exceptions for status codes, lists and
/// spans for shapes and data, functions for callbacks. Header-only, C++20; it adds no meaning, so
/// what shapes, dtypes and errors a call has is said in api.h and ops.h.
///
/// Copies of a value share one object. A default-made value is null, which is "not given" where an
/// argument may be left out and HandleErr elsewhere. Functions that have no form here (hooks of the
/// process, texts of errors that Error has) are called through `get()` and `check`.
#pragma once

#if __cplusplus <= 201703L
#error "spacecore.hpp needs C++20: -std=c++20"
#else

#include <array>
#include <complex>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "spacecore/spacecore.h"

namespace spc {
// Inline, so that these names are not those of the library's own code.
inline namespace api {

// ---- errors -----------------------------------------------------------------------------------

/// A failed call; what() names the op and both values.
class Error : public std::runtime_error {
 public:
  explicit Error(const spc_error_info &info)
      : std::runtime_error(info.message),
        code_(info.code),
        native_(info.native),
        kind_(info.kind),
        op_(info.op),
        family_(info.family) {}
  /// SPC_E_*.
  spc_status code() const noexcept { return code_; }
  /// Code of the library or callback underneath; 0 if none.
  std::int64_t native() const noexcept { return native_; }
  /// "ValueErr", ...
  const std::string &kind() const noexcept { return kind_; }
  /// "" if none.
  const std::string &op() const noexcept { return op_; }
  /// "" if none.
  const std::string &family() const noexcept { return family_; }
  /// Whether the code is `parent` or a kind of it: an AxisErr is a ValueErr and an IndexErr.
  bool is_a(spc_status parent) const noexcept {
    std::int32_t yes = 0;
    return spc_status_is_a(code_, parent, &yes) == SPC_OK && yes != 0;
  }

 private:
  spc_status code_;
  std::int64_t native_;
  std::string kind_, op_, family_;
};

namespace detail {

// What a callback of this thread threw; the call that it stopped throws it again.
inline thread_local std::exception_ptr thrown;

// Runs a callback's body; no exception passes into C.
template <class F>
spc_status guarded(F &&body) noexcept {
  thrown = nullptr;
  try {
    return body();
  } catch (const std::exception &e) {
    thrown = std::current_exception();
    spc_callback_error(e.what());
  } catch (...) {
    thrown = std::current_exception();
    spc_callback_error("an exception that is no std::exception");
  }
  return SPC_E_CALLBACK;
}

}  // namespace detail

/// Throws if status is not 0: what a callback threw, else Error with the thread's last error.
inline void check(spc_status status) {
  if (status == SPC_OK) return;
  const std::exception_ptr thrown = std::exchange(detail::thrown, nullptr);
  if (status == SPC_E_CALLBACK && thrown) std::rethrow_exception(thrown);
  spc_error_info info = {};
  info.struct_size = sizeof info;
  spc_last_error(&info);
  throw Error(info);
}

namespace detail {

// One reference to a C object.
template <class H, spc_status (*Retain)(H), spc_status (*Release)(H *)>
class Handle {
 public:
  Handle() noexcept = default;
  Handle(const Handle &other) : handle_(other.handle_) {
    if (handle_ != nullptr) check(Retain(handle_));
  }
  Handle(Handle &&other) noexcept : handle_(other.release()) {}
  Handle &operator=(Handle other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Handle() { Release(&handle_); }
  /// The handle, borrowed; NULL for a null value.
  H get() const noexcept { return handle_; }
  /// The handle with its reference; this value becomes null.
  H release() noexcept { return std::exchange(handle_, nullptr); }
  /// Whether there is an object.
  explicit operator bool() const noexcept { return handle_ != nullptr; }

 protected:
  explicit Handle(H handle) noexcept : handle_(handle) {}

 private:
  H handle_ = nullptr;
};

// The object that f(arguments..., &result) makes.
template <class Object, class F, class... A>
Object made(F f, A... arguments) {
  decltype(std::declval<Object>().get()) handle = nullptr;
  check(f(arguments..., &handle));
  return Object::adopt(handle);
}

// The number or text that f(arguments..., &result) gives.
template <class T, class F, class... A>
T read(F f, A... arguments) {
  T value = {};
  check(f(arguments..., &value));
  return value;
}

// The text that f(arguments..., buffer, capacity, &length) gives.
template <class F, class... A>
std::string text(F f, A... arguments) {
  std::int64_t length = 0;
  check(f(arguments..., nullptr, 0, &length));
  std::string text(static_cast<std::size_t>(length), '\0');
  check(f(arguments..., text.data(), length + 1, &length));
  return text;
}

}  // namespace detail

// ---- lists ------------------------------------------------------------------------------------

/// A list borrowed for one call: made from a braced list, a vector, an array or a span.
template <class T>
class List : public std::span<const T> {
 public:
  List() noexcept = default;
  List(std::initializer_list<T> items) noexcept : std::span<const T>(items.begin(), items.size()) {}
  template <class R>
  requires std::convertible_to<const R &, std::span<const T>> List(const R &items)
      : std::span<const T>(items) {}
  std::int32_t count() const noexcept { return static_cast<std::int32_t>(this->size()); }
};

/// Lengths of the axes; {} is the shape of a scalar.
using Shape = List<std::int64_t>;

/// Axes of a reduction or permutation; {} or nothing means all.
struct Axes : List<std::int64_t> {
  using List::List;
  std::int32_t count() const noexcept { return this->empty() ? SPC_ALL_AXES : List::count(); }
};

/// The dtype of a C++ type: one of the nine.
template <class T>
inline constexpr spc_dtype dtype_of = SPC_DTYPE_NONE;
template <>
inline constexpr spc_dtype dtype_of<bool> = SPC_BOOL;
template <>
inline constexpr spc_dtype dtype_of<std::int8_t> = SPC_INT8;
template <>
inline constexpr spc_dtype dtype_of<std::uint8_t> = SPC_UINT8;
template <>
inline constexpr spc_dtype dtype_of<std::int32_t> = SPC_INT32;
template <>
inline constexpr spc_dtype dtype_of<std::int64_t> = SPC_INT64;
template <>
inline constexpr spc_dtype dtype_of<float> = SPC_FLOAT32;
template <>
inline constexpr spc_dtype dtype_of<double> = SPC_FLOAT64;
template <>
inline constexpr spc_dtype dtype_of<std::complex<float>> = SPC_COMPLEX64;
template <>
inline constexpr spc_dtype dtype_of<std::complex<double>> = SPC_COMPLEX128;

/// A C++ type that is the element of an array.
template <class T>
concept Element = dtype_of<T>
!= SPC_DTYPE_NONE;

/// Elements that lie one after the other: a vector, an array, a span.
template <class R>
concept Data = std::ranges::contiguous_range<R> && Element<std::ranges::range_value_t<R>>;

// ---- objects ----------------------------------------------------------------------------------

class Array;
class LinOp;
class Rng;
class Target;

/// Family, dtype and check level.
class Context : public detail::Handle<spc_context, spc_context_retain, spc_context_release> {
 public:
  /// Null: the default context.
  Context() noexcept = default;
  explicit Context(const std::string &family, spc_dtype dtype = SPC_DTYPE_NONE,
                   std::int32_t check_level = SPC_CHECK_STANDARD)
      : Context(detail::made<Context>(spc_context_create, family.c_str(), dtype, check_level)) {}
  /// Takes over a reference.
  static Context adopt(spc_context handle) noexcept { return Context(handle); }

  std::string family() const { return detail::read<const char *>(spc_context_family, get()); }
  spc_dtype dtype() const { return detail::read<spc_dtype>(spc_context_dtype, get()); }
  std::int32_t check_level() const {
    return detail::read<std::int32_t>(spc_context_check_level, get());
  }

  /// The context that a target means: of a name with its defaults, itself, or the default one.
  static Context normalize(const Target &target);
  /// The default context as it is now.
  static Context current() { return detail::made<Context>(spc_context_default); }
  /// Family and dtype of an array, level none; null for everything else.
  static Context infer(const Array &x);
  /// Context of a new object made of these: a target that names none leaves it to the sources.
  static Context resolve(const Target &target, List<Context> contexts, List<Array> values);
  /// `Context(ops='cpu', dtype='float64', check_level='none')`
  std::string text() const { return detail::text(spc_context_text, get()); }
  /// Equal contexts have equal hashes.
  std::uint64_t hash() const { return detail::read<std::uint64_t>(spc_context_hash, get()); }
  /// Whether the level is not none.
  bool checks_enabled() const {
    return detail::read<std::int32_t>(spc_context_checks_enabled, get()) != 0;
  }
  /// The dtype that a request for `dtype` means: float64 for SPC_DTYPE_NONE.
  spc_dtype sanitize_dtype(spc_dtype dtype) const {
    return detail::read<spc_dtype>(spc_sanitize_dtype, get(), dtype);
  }
  /// Bytes left where the arrays lie; -1: unknown.
  std::int64_t free_memory_bytes() const {
    return detail::read<std::int64_t>(spc_free_memory_bytes, get());
  }
  /// Values as arrays of the family in the context's dtype: dense, CSR, or as they are stored.
  Array asarray(const Array &x) const;
  Array assparse(const Array &x) const;
  Array convert(const Array &x) const;
  /// Whether x is an array of the family.
  bool is_dense(const Array &x) const;
  bool is_sparse(const Array &x) const;
  bool is_array(const Array &x) const;
  /// TypeErr unless is_dense or is_sparse.
  void assert_dense(const Array &x) const;
  void assert_sparse(const Array &x) const;
  /// dtype of an array of the family. TypeErr: anything else.
  spc_dtype get_dtype(const Array &x) const;
  friend bool operator==(const Context &a, const Context &b) {
    return detail::read<std::int32_t>(spc_context_equal, a.get(), b.get()) != 0;
  }

 private:
  explicit Context(spc_context handle) noexcept : Handle(handle) {}
};

/// A context asked for: by name, as it is, or the default one; with policies of one conversion.
/// Names and contexts convert to it.
class Target {
 public:
  /// The default context.
  Target() = default;
  Target(Context ctx) : context_(std::move(ctx)) {}
  Target(std::string name) : name_(std::move(name)) {}
  Target(const char *name) : name_(name) {}

  /// Beside a name: not the family's default dtype, not level none.
  Target &dtype(spc_dtype dtype) noexcept { return dtype_ = dtype, *this; }
  Target &check_level(std::int32_t level) noexcept { return check_level_ = level, *this; }
  /// "warning", "error" or "silent" where an object changes family; else the process's policy.
  Target &resolution(std::string policy) { return resolution_ = std::move(policy), *this; }
  /// "keep_native" or "convert".
  Target &dtype_resolution(std::string policy) { return dtype_rule_ = std::move(policy), *this; }

  /// As C functions take it; valid while this lives and is not changed.
  spc_target c() const {
    spc_target target = {};
    target.struct_size = sizeof target;
    check(spc_target_init(&target));
    target.name = or_null(name_);
    target.context = context_.get();
    target.dtype = dtype_;
    target.check_level = check_level_;
    target.resolution_policy = or_null(resolution_);
    target.dtype_resolution_policy = or_null(dtype_rule_);
    return target;
  }

 private:
  static const char *or_null(const std::string &s) { return s.empty() ? nullptr : s.c_str(); }

  Context context_;
  std::string name_, resolution_, dtype_rule_;
  spc_dtype dtype_ = SPC_DTYPE_NONE;
  std::int32_t check_level_ = SPC_CHECK_UNSET;
};

namespace detail {

// What f(object, &target, &result) makes.
template <class Object, class F, class H>
Object converted(F f, H handle, const Target &target) {
  const spc_target plain = target.c();
  return made<Object>(f, handle, &plain);
}

}  // namespace detail

inline Context Context::normalize(const Target &target) {
  const spc_target plain = target.c();
  return detail::made<Context>(spc_context_normalize, &plain);
}

/// While one lives, a family with its defaults is the default context of this thread. Scopes nest and
/// end in the reverse order, in the thread that began them.
class BackendScope {
 public:
  explicit BackendScope(const Target &target) {
    const spc_target plain = target.c();
    check(spc_use_backend_begin(&plain, &token_));
  }
  BackendScope(const BackendScope &) = delete;
  BackendScope &operator=(const BackendScope &) = delete;
  ~BackendScope() { spc_use_backend_end(token_); }

 private:
  std::int64_t token_ = 0;
};

/// An array of any rank, dense or sparse, or a weak scalar; also an element of a space. Numbers
/// convert to weak scalars, so `2.0 * x` keeps the dtype of x.
class Array : public detail::Handle<spc_array, spc_array_retain, spc_array_release> {
 public:
  Array() noexcept = default;
  /// A weak scalar.
  template <std::integral T>
  requires(std::signed_integral<T> || sizeof(T) < sizeof(std::int64_t)) Array(T value)
      : Array(scalar(value)) {}
  Array(double value) : Array(detail::made<Array>(spc_weak_f64, value)) {}
  Array(std::complex<double> value)
      : Array(detail::made<Array>(spc_weak_c128, value.real(), value.imag())) {}
  /// A copy of host data, one axis long.
  template <Data R>
  Array(const Context &ctx, const R &data)
      : Array(from(ctx, std::span<const std::ranges::range_value_t<R>>(data))) {}
  template <Element T>
  Array(const Context &ctx, std::initializer_list<T> data)
      : Array(from(ctx, std::span<const T>(data.begin(), data.size()))) {}
  /// A copy of row-major host data. ValueErr: as many elements as the shape has are expected.
  template <Data R>
  Array(const Context &ctx, const R &data, Shape shape) : Array(Array(ctx, data).reshaped(shape)) {}
  template <Element T>
  Array(const Context &ctx, std::initializer_list<T> data, Shape shape)
      : Array(Array(ctx, data).reshaped(shape)) {}
  /// An array over the caller's row-major memory, which outlives it and its views.
  template <Element T>
  static Array borrow(const Context &ctx, std::span<T> data, Shape shape) {
    const std::int64_t n = static_cast<std::int64_t>(data.size());
    return detail::made<Array>(spc_array_borrow, ctx.get(), dtype_of<T>, 1, &n, nullptr,
                               data.data(), nullptr, nullptr)
        .reshaped(shape);
  }
  /// A sparse array over existing arrays: SPC_CSR (indptr, indices, data), SPC_CSC, or SPC_COO (row,
  /// col, data).
  static Array sparse(std::int32_t format, std::int64_t rows, std::int64_t cols, const Array &first,
                      const Array &second, const Array &data) {
    return detail::made<Array>(spc_sparse_create, format, rows, cols, first.get(), second.get(),
                               data.get());
  }
  /// A copy of a value as a dense array.
  static Array from_value(const Context &ctx, const Array &x, spc_dtype dtype = SPC_DTYPE_NONE) {
    return detail::made<Array>(spc_array_from_value, ctx.get(), x.get(), dtype);
  }
  /// An array over the memory of a DLManagedTensor, or of a DLManagedTensorVersioned, whose deleter
  /// is called when the last view is gone.
  static Array from_dlpack(const Context &ctx, void *managed, bool versioned) {
    return detail::made<Array>(spc_array_from_dlpack, ctx.get(), managed, versioned ? 1 : 0);
  }
  /// Takes over a reference.
  static Array adopt(spc_array handle) noexcept { return Array(handle); }
  /// A further reference to a borrowed handle.
  static Array share(spc_array handle) {
    check(spc_array_retain(handle));
    return Array(handle);
  }

  std::vector<std::int64_t> shape() const {
    std::vector<std::int64_t> lengths(
        static_cast<std::size_t>(detail::read<std::int32_t>(spc_array_ndim, get())));
    check(spc_array_shape(get(), lengths.data(), static_cast<std::int32_t>(lengths.size())));
    return lengths;
  }
  std::int64_t size() const { return detail::read<std::int64_t>(spc_array_size, get()); }
  spc_dtype dtype() const { return detail::read<spc_dtype>(spc_array_dtype, get()); }
  std::string family() const { return detail::read<const char *>(spc_array_family, get()); }
  /// The elements, row-major, cast to T. TypeErr: complex elements, real T.
  template <Element T>
  std::vector<T> to_vector() const {
    std::vector<T> out(static_cast<std::size_t>(size()));
    copy_out(out.data(), out.size());
    return out;
  }
  /// The only element, cast to T. ValueErr: there are more.
  template <Element T>
  T item() const {
    T out = {};
    copy_out(&out, 1);
    return out;
  }
  /// In the target's context: itself, under another tag, or a copy by way of the host.
  Array convert(const Target &target) const {
    return detail::converted<Array>(spc_array_convert, get(), target);
  }
  /// The elements that lie in this process, without a copy: this itself where all of them do.
  Array local_view() const { return detail::made<Array>(spc_array_local_view, get()); }
  /// this[...] = x, into the existing array.
  void set(const Array &x) const { check(spc_array_set(get(), x.get())); }
  Array reshaped(Shape shape) const {
    return detail::made<Array>(spc_reshape, get(), shape.count(), shape.data());
  }

  /// Address of the first element in host memory, valid while this lives; touch() tells of writes.
  void *data() const { return detail::read<void *>(spc_array_data, get()); }
  void touch() const { check(spc_array_touch(get())); }
  /// Grows with every write to the buffer that the library knows of.
  std::uint64_t version() const { return detail::read<std::uint64_t>(spc_array_version, get()); }
  /// In elements.
  std::vector<std::int64_t> strides() const {
    std::vector<std::int64_t> steps(
        static_cast<std::size_t>(detail::read<std::int32_t>(spc_array_ndim, get())));
    check(spc_array_strides(get(), steps.data(), static_cast<std::int32_t>(steps.size())));
    return steps;
  }
  std::string memory_space() const {
    return detail::read<const char *>(spc_array_memory_space, get());
  }
  /// Whether both share one buffer.
  bool is_view_of(const Array &other) const {
    return detail::read<std::int32_t>(spc_array_is_view_of, get(), other.get()) != 0;
  }
  bool is_writable() const { return detail::read<std::int32_t>(spc_array_is_writable, get()) != 0; }
  /// The same elements, whose calls go to the interposer, or not.
  Array interposed(bool on = true) const {
    return detail::made<Array>(spc_array_interpose, get(), on ? 1 : 0);
  }
  /// A new DLManagedTensor, or DLManagedTensorVersioned, which lives until its deleter is called.
  void *to_dlpack(bool versioned) const {
    return detail::read<void *>(spc_array_to_dlpack, get(), versioned ? 1 : 0);
  }

  /// SPC_CSR, SPC_CSC or SPC_COO. TypeErr, as of what follows: not sparse.
  std::int32_t sparse_format() const {
    return detail::read<std::int32_t>(spc_sparse_format, get());
  }
  /// Stored entries.
  std::int64_t nnz() const { return detail::read<std::int64_t>(spc_sparse_nnz, get()); }
  /// (indptr, indices, data), or (row, col, data) of COO.
  std::array<Array, 3> sparse_parts() const {
    spc_array first = nullptr, second = nullptr, data = nullptr;
    check(spc_sparse_parts(get(), &first, &second, &data));
    return {Array(first), Array(second), Array(data)};
  }
  /// The transpose without a copy.
  Array sparse_transpose() const { return detail::made<Array>(spc_sparse_transpose, get()); }
  /// The elements (i, i) or (i, i + offset), repeated entries added.
  Array sparse_diagonal() const { return detail::made<Array>(spc_sparse_diagonal, get()); }
  Array sparse_offset_diagonal(std::int64_t offset) const {
    return detail::made<Array>(spc_sparse_offset_diagonal, get(), offset);
  }

  /// SPC_VALUE_*
  std::int32_t value_kind() const { return detail::read<std::int32_t>(spc_value_kind, get()); }
  /// SPC_WEAK_*. TypeErr: no weak scalar.
  std::int32_t weak_kind() const { return detail::read<std::int32_t>(spc_weak_kind, get()); }
  /// Name of a named tuple; "" of every other value.
  std::string type_name() const { return detail::read<const char *>(spc_value_type_name, get()); }
  /// Key i of a map, field i of a named tuple.
  std::string key(std::int64_t i) const {
    return detail::read<const char *>(spc_value_key, get(), i);
  }
  /// The item of a key or field. IndexErr: none of that name.
  Array at(const std::string &key) const {
    return detail::made<Array>(spc_value_get, get(), key.c_str());
  }

 private:
  explicit Array(spc_array handle) noexcept : Handle(handle) {}

  static Array scalar(bool value) { return detail::made<Array>(spc_weak_bool, value ? 1 : 0); }
  template <std::integral T>
  static Array scalar(T value) {
    return detail::made<Array>(spc_weak_i64, static_cast<std::int64_t>(value));
  }
  template <class T>
  static Array from(const Context &ctx, std::span<const T> data) {
    const std::int64_t n = static_cast<std::int64_t>(data.size());
    return detail::made<Array>(spc_array_from_host, ctx.get(), dtype_of<T>, 1, &n, data.data());
  }
  template <class T>
  void copy_out(T *out, std::size_t count) const {
    const Array same = detail::made<Array>(spc_astype, get(),
                                           dtype() == dtype_of<T> ? SPC_DTYPE_NONE : dtype_of<T>);
    check(spc_array_to_host(same.get(), out, static_cast<std::int64_t>(count * sizeof(T))));
  }
};

namespace detail {

// The handles of arrays, borrowed.
template <class T>
auto handles(List<T> objects) {
  std::vector<decltype(std::declval<T>().get())> list;
  for (const T &object : objects) list.push_back(object.get());
  return list;
}

}  // namespace detail

inline Context Context::infer(const Array &x) {
  return detail::made<Context>(spc_context_infer, x.get());
}
inline Context Context::resolve(const Target &target, List<Context> contexts, List<Array> values) {
  const spc_target plain = target.c();
  const std::vector<spc_context> c = detail::handles(contexts);
  const std::vector<spc_array> v = detail::handles(values);
  return detail::made<Context>(spc_context_resolve, &plain, static_cast<std::int64_t>(c.size()),
                               c.data(), static_cast<std::int64_t>(v.size()), v.data());
}
inline Array Context::asarray(const Array &x) const {
  return detail::made<Array>(spc_context_asarray, get(), x.get());
}
inline Array Context::assparse(const Array &x) const {
  return detail::made<Array>(spc_context_assparse, get(), x.get());
}
inline Array Context::convert(const Array &x) const {
  return detail::made<Array>(spc_context_convert, get(), x.get());
}
inline bool Context::is_dense(const Array &x) const {
  return detail::read<std::int32_t>(spc_is_dense, get(), x.get()) != 0;
}
inline bool Context::is_sparse(const Array &x) const {
  return detail::read<std::int32_t>(spc_is_sparse, get(), x.get()) != 0;
}
inline bool Context::is_array(const Array &x) const {
  return detail::read<std::int32_t>(spc_is_array, get(), x.get()) != 0;
}
inline void Context::assert_dense(const Array &x) const {
  check(spc_context_assert_dense(get(), x.get()));
}
inline void Context::assert_sparse(const Array &x) const {
  check(spc_context_assert_sparse(get(), x.get()));
}
inline spc_dtype Context::get_dtype(const Array &x) const {
  return detail::read<spc_dtype>(spc_get_dtype, get(), x.get());
}

// ---- library and families ---------------------------------------------------------------------

/// Major, minor and patch of the library; major and minor of the plugin ABI.
inline std::array<std::int32_t, 3> version() {
  std::array<std::int32_t, 3> v = {};
  check(spc_version(&v[0], &v[1], &v[2]));
  return v;
}
inline std::array<std::int32_t, 2> abi_version() {
  std::array<std::int32_t, 2> v = {};
  check(spc_abi_version(&v[0], &v[1]));
  return v;
}
/// Waits for all queued work and throws its first error.
inline void sync() {
  check(spc_sync());
}
/// Destroys the released handles of families with collective destruction, on all ranks together;
/// their number.
inline std::int64_t collect() {
  return detail::read<std::int64_t>(spc_collect);
}
/// Loads one plugin file; path contains a '/'.
inline void load_plugin(const std::string &path) {
  check(spc_load_plugin(path.c_str()));
}
/// A directory searched for plugins before the built-in places.
inline void add_plugin_directory(const std::string &path) {
  check(spc_add_plugin_directory(path.c_str()));
}
/// Only load_plugin finds families then. ValueErr: the search has run.
inline void disable_plugin_search() {
  check(spc_disable_plugin_search());
}
/// A line for each plugin file tried so far.
inline std::string load_report() {
  return detail::read<const char *>(spc_load_report);
}
/// Families by index.
inline std::int64_t backend_count() {
  return detail::read<std::int64_t>(spc_backend_count);
}
inline std::int64_t backend_find(const std::string &name) {
  return detail::read<std::int64_t>(spc_backend_find, name.c_str());
}
/// `unavailable` is valid until the thread's next call, the other strings for good.
inline spc_backend_info backend_describe(std::int64_t i) {
  spc_backend_info info = {};
  info.struct_size = sizeof info;
  check(spc_backend_describe(i, &info));
  return info;
}
/// How family i offers a kernel: 2 own, 1 inherited, 0 not.
inline std::int32_t backend_supports(std::int64_t i, std::uint32_t op, spc_dtype dtype) {
  return detail::read<std::int32_t>(spc_backend_supports, i, op, dtype);
}
/// Rows of the op table.
inline std::int64_t op_count() {
  return detail::read<std::int64_t>(spc_op_count);
}
inline spc_op_info op_describe(std::int64_t i) {
  spc_op_info info = {};
  info.struct_size = sizeof info;
  check(spc_op_describe(i, &info));
  return info;
}
/// Threads used by host kernels, the caller's included; 0: one per CPU.
inline void set_num_threads(std::int32_t n) {
  check(spc_set_num_threads(n));
}
/// Changes the default context of the process, or of the innermost BackendScope of this thread.
inline void set_context(const Target &target) {
  const spc_target plain = target.c();
  check(spc_set_context(&plain));
}
/// The same with the family's default dtype and level none.
inline void set_backend(const Target &target) {
  const spc_target plain = target.c();
  check(spc_set_backend(&plain));
}
/// Canonical name of a usable family or alias; "": family of the default context.
inline std::string get_backend(const std::string &name = "") {
  return detail::read<const char *>(spc_get_backend, name.empty() ? nullptr : name.c_str());
}
/// dtype of the default context: "complex64" makes it float32, "complex128" float64.
inline void set_dtype(const std::string &name) {
  check(spc_set_dtype(name.c_str()));
}
/// "warning", "error" or "silent" where an object changes family.
inline void set_resolution_policy(const std::string &policy) {
  check(spc_set_resolution_policy(policy.c_str()));
}
inline std::string get_resolution_policy() {
  return detail::read<const char *>(spc_get_resolution_policy);
}
/// "keep_native" or "convert".
inline void set_dtype_resolution_policy(const std::string &policy) {
  check(spc_set_dtype_resolution_policy(policy.c_str()));
}
inline std::string get_dtype_resolution_policy() {
  return detail::read<const char *>(spc_get_dtype_resolution_policy);
}
/// "none", "cheap", "standard", "strict".
inline std::string check_level_name(std::int32_t level) {
  return detail::read<const char *>(spc_check_level_name, level);
}
inline std::int32_t check_level_from_name(const std::string &name) {
  return detail::read<std::int32_t>(spc_check_level_from_name, name.c_str());
}

/// "float64", ...
inline std::string dtype_name(spc_dtype dtype) {
  return detail::read<const char *>(spc_dtype_name, dtype);
}
inline spc_dtype dtype_from_name(const std::string &name) {
  return detail::read<spc_dtype>(spc_dtype_from_name, name.c_str());
}
/// Bytes of one element.
inline std::int64_t dtype_size(spc_dtype dtype) {
  return detail::read<std::int64_t>(spc_dtype_size, dtype);
}
inline bool is_complex_dtype(spc_dtype dtype) {
  return detail::read<std::int32_t>(spc_is_complex_dtype, dtype) != 0;
}
/// float32 of complex64, float64 of complex128, every other itself.
inline spc_dtype real_dtype(spc_dtype dtype) {
  return detail::read<spc_dtype>(spc_real_dtype, dtype);
}
/// Distance from 1 to the next number.
inline double eps(spc_dtype dtype) {
  return detail::read<double>(spc_eps, dtype);
}
/// Join of arrays, weak scalars and dtypes.
inline spc_dtype result_type(List<Array> values, List<spc_dtype> dtypes = {}) {
  const std::vector<spc_array> handles = detail::handles(values);
  return detail::read<spc_dtype>(spc_result_type, static_cast<std::int64_t>(handles.size()),
                                 handles.data(), dtypes.count(), dtypes.data());
}

/// Which kernels a call of an op on these operands runs, and why. Null operands are absent.
inline std::string explain(const std::string &op, List<Array> operands) {
  const std::vector<spc_array> handles = detail::handles(operands);
  return detail::text(spc_explain, op.c_str(), static_cast<std::int64_t>(handles.size()),
                      handles.data());
}

/// y = f(x) of elements. It may throw: the call that it stops throws the same.
using ElementFunction = std::function<Array(const Array &x)>;

namespace detail {

inline spc_status call_element_function(void *user, spc_element x, spc_element *y) {
  return guarded([&] {
    *y = (*static_cast<const ElementFunction *>(user))(Array::share(x)).release();
    return SPC_OK;
  });
}
// The same where C asks for a number; y is not used.
inline spc_status call_scalar_function(void *user, spc_element x, spc_element, spc_value *result) {
  return call_element_function(user, x, result);
}

// The K-th of the functions at `user`.
template <class Functions, std::size_t K>
spc_status call_one(void *user, spc_element x, spc_element *y) {
  return call_element_function(&std::get<K>(*static_cast<Functions *>(user)), x, y);
}
template <class Functions, std::size_t K>
spc_status call_one_scalar(void *user, spc_element x, spc_element y, spc_value *result) {
  return call_scalar_function(&std::get<K>(*static_cast<Functions *>(user)), x, y, result);
}

// create(data) as an object that owns the data from then on.
template <class Own, class T, class F>
auto owning(Own own, std::unique_ptr<T> data, F create) {
  auto object = create(data.get());
  check(own(object.get(), [](void *user) { delete static_cast<T *>(user); }));
  data.release();
  return object;
}

}  // namespace detail

/// An inner product.
class Geometry : public detail::Handle<spc_geometry, spc_geometry_retain, spc_geometry_release> {
 public:
  /// Null: Euclidean.
  Geometry() noexcept = default;
  /// <x, y> = sum conj(x_i) y_i
  static Geometry euclidean() { return detail::made<Geometry>(spc_geometry_euclidean); }
  /// <x, y> = sum conj(x_i) w_i y_i.
  static Geometry weighted(const Array &weights) {
    return detail::made<Geometry>(spc_geometry_weighted, weights.get());
  }
  /// <x, y> = vdot(x, G y) with a Hermitian positive definite matrix G of the coordinates.
  static Geometry gram(const Array &g) {
    return detail::made<Geometry>(spc_geometry_gram, g.get());
  }
  /// <x, y> = vdot(x, R y); a null inverse: by a factorization, else by cg to rtol.
  static Geometry of_operator(const LinOp &riesz, const LinOp &inverse, double rtol = 0);
  /// <x, y> = vdot(x, riesz(y)) by functions that are linear, inverse to each other and keep leading
  /// axes.
  static Geometry custom(ElementFunction riesz, ElementFunction riesz_inverse) {
    using Functions = std::array<ElementFunction, 2>;
    auto functions =
        std::make_unique<Functions>(Functions{std::move(riesz), std::move(riesz_inverse)});
    return detail::owning(spc_geometry_own_user, std::move(functions), [](Functions *f) {
      return detail::made<Geometry>(
          spc_geometry_custom, nullptr, (*f)[0] ? detail::call_one<Functions, 0> : nullptr,
          (*f)[1] ? detail::call_one<Functions, 1> : nullptr, static_cast<void *>(f));
    });
  }
  Geometry convert(const Target &target) const {
    return detail::converted<Geometry>(spc_geometry_convert, get(), target);
  }
  std::string kind() const { return detail::read<const char *>(spc_geometry_kind, get()); }
  bool is_euclidean() const {
    return detail::read<std::int32_t>(spc_geometry_is_euclidean, get()) != 0;
  }
  friend bool operator==(const Geometry &a, const Geometry &b) {
    return detail::read<std::int32_t>(spc_geometry_equal, a.get(), b.get()) != 0;
  }
  /// Takes over a reference.
  static Geometry adopt(spc_geometry handle) noexcept { return Geometry(handle); }

 private:
  explicit Geometry(spc_geometry handle) noexcept : Handle(handle) {}
};

/// The laws that a space, operator or functional was tried on.
struct Laws {
  std::int64_t failures = 0;
  std::string text;  ///< A line for each law.
  explicit operator bool() const noexcept { return failures == 0; }
};

namespace detail {

template <class F, class H>
Laws laws(F f, H handle, std::int64_t samples, std::int64_t seed) {
  Laws result;
  std::int64_t length = 0;
  check(f(handle, samples, seed, nullptr, 0, &length, &result.failures));
  result.text.resize(static_cast<std::size_t>(length));
  check(f(handle, samples, seed, result.text.data(), length + 1, &length, &result.failures));
  return result;
}

}  // namespace detail

/// A vector space; its elements are arrays, or trees of arrays.
class Space : public detail::Handle<spc_space, spc_space_retain, spc_space_release> {
 public:
  Space() noexcept = default;
  Space(const Context &ctx, Shape shape, const Geometry &geometry = {})
      : Space(detail::made<Space>(spc_space_dense, ctx.get(), shape.count(), shape.data(),
                                  geometry.get())) {}
  /// The space with the shape and the storage of a prototype.
  static Space like(const Context &ctx, const Array &prototype, const Geometry &geometry = {}) {
    return detail::made<Space>(spc_space_like, ctx.get(), prototype.get(), geometry.get());
  }
  /// Vectors (n,), with star.
  static Space vector(const Context &ctx, std::int64_t n, const Geometry &geometry = {}) {
    return detail::made<Space>(spc_space_vector, ctx.get(), n, geometry.get());
  }
  /// Arrays with the product entry by entry.
  static Space elementwise(const Context &ctx, Shape shape, const Geometry &geometry = {}) {
    return detail::made<Space>(spc_space_elementwise, ctx.get(), shape.count(), shape.data(),
                               geometry.get());
  }
  /// The same over real numbers in the Euclidean geometry, where the product is one of a Euclidean
  /// Jordan algebra.
  static Space euclidean_elementwise(const Context &ctx, Shape shape,
                                     const Geometry &geometry = {}) {
    return detail::made<Space>(spc_space_euclidean_elementwise, ctx.get(), shape.count(),
                               shape.data(), geometry.get());
  }
  /// Hermitian n x n matrices.
  static Space hermitian(const Context &ctx, std::int64_t n, double atol = 0, double rtol = 0,
                         bool enforce = true) {
    return detail::made<Space>(spc_space_hermitian, ctx.get(), n, atol, rtol, enforce ? 1 : 0);
  }
  /// count elements along a leading axis.
  Space stacked(std::int64_t count) const {
    return detail::made<Space>(spc_space_stacked, get(), count);
  }
  /// The direct product of leaf spaces; structure as `{model: [*, {bias: *}]}`, "" a flat tuple.
  static Space tree(const std::string &structure, List<Space> leaves, const Context &ctx = {}) {
    const std::vector<spc_space> h = detail::handles(leaves);
    return detail::made<Space>(spc_space_tree, structure.empty() ? nullptr : structure.c_str(),
                               static_cast<std::int64_t>(h.size()), h.data(), ctx.get());
  }
  /// The same with the structure of a value: what is no list, tuple, map or None is a leaf.
  static Space tree_like(const Array &structure, List<Space> leaves, const Context &ctx = {}) {
    const std::vector<spc_space> h = detail::handles(leaves);
    return detail::made<Space>(spc_space_tree_like, structure.get(),
                               static_cast<std::int64_t>(h.size()), h.data(), ctx.get());
  }
  /// Takes over a reference.
  static Space adopt(spc_space handle) noexcept { return Space(handle); }

  std::string kind() const { return detail::read<const char *>(spc_space_kind, get()); }
  std::string text() const { return detail::text(spc_space_text, get()); }
  /// SPC_CAN_*
  bool has(std::int32_t capability) const {
    return detail::read<std::int32_t>(spc_space_has, get(), capability) != 0;
  }
  bool is_complex() const { return detail::read<std::int32_t>(spc_space_is_complex, get()) != 0; }
  bool is_euclidean() const {
    return detail::read<std::int32_t>(spc_space_is_euclidean, get()) != 0;
  }
  /// Leaves of a tree space; 1 of every other.
  std::int64_t arity() const { return detail::read<std::int64_t>(spc_space_arity, get()); }
  Space leaf(std::int64_t i) const { return detail::made<Space>(spc_space_leaf, get(), i); }
  /// `$.model[1].weight`
  std::string leaf_path(std::int64_t i) const {
    return detail::text(spc_space_leaf_path, get(), i);
  }
  std::int64_t leaf_index(const std::string &path) const {
    return detail::read<std::int64_t>(spc_space_leaf_index, get(), path.c_str());
  }
  std::string structure() const { return detail::text(spc_space_structure, get()); }
  /// The tree element with these leaves, and a leaf of one.
  Array element_of(List<Array> leaves) const {
    const std::vector<spc_element> h = detail::handles(leaves);
    return detail::made<Array>(spc_space_element, get(), static_cast<std::int64_t>(h.size()),
                               h.data());
  }
  Array leaf_of(const Array &x, std::int64_t i) const {
    return detail::made<Array>(spc_space_element_leaf, get(), x.get(), i);
  }

  Context context() const { return detail::made<Context>(spc_space_context, get()); }
  /// In the target's context, by the policies; this very space if that changes nothing.
  Space convert(const Target &target) const {
    return detail::converted<Space>(spc_space_convert, get(), target);
  }
  Geometry geometry() const { return detail::made<Geometry>(spc_space_geometry, get()); }
  std::vector<std::int64_t> shape() const {
    std::vector<std::int64_t> lengths(
        static_cast<std::size_t>(detail::read<std::int32_t>(spc_space_ndim, get())));
    check(spc_space_shape(get(), lengths.data(), static_cast<std::int32_t>(lengths.size())));
    return lengths;
  }
  std::int64_t size() const { return detail::read<std::int64_t>(spc_space_size, get()); }
  /// Equal spaces have equal hashes.
  std::uint64_t hash() const { return detail::read<std::uint64_t>(spc_space_hash, get()); }
  /// SpaceValidation if x is no element, as far as the check level looks; the same of a batch.
  void check_member(const Array &x) const { check(spc_space_check_member(get(), x.get())); }
  void check_batch(const Array &xs) const { check(spc_space_check_batch(get(), xs.get())); }
  /// An element of a space of the same structure and shapes, of any family and dtype, as one of this;
  /// x itself where that changes nothing. TypeErr: another structure, complex to real.
  Array convert_element(const Array &x) const { return element(spc_space_convert_element, x); }

  Array zeros() const { return detail::made<Array>(spc_space_zeros, get()); }
  Array add(const Array &x, const Array &y) const { return element(spc_space_add, x, y); }
  Array scale(const Array &a, const Array &x) const { return element(spc_space_scale, a, x); }
  Array axpy(const Array &a, const Array &x, const Array &y) const {
    return element(spc_space_axpy, a, x, y);
  }
  /// <x, y>, a 0-d array.
  Array inner(const Array &x, const Array &y) const { return element(spc_space_inner, x, y); }
  double norm(const Array &x) const { return element(spc_space_norm, x).item<double>(); }
  Array riesz(const Array &x) const { return element(spc_space_riesz, x); }
  Array riesz_inverse(const Array &x) const { return element(spc_space_riesz_inverse, x); }
  Array flatten(const Array &x) const { return element(spc_space_flatten, x); }
  Array unflatten(const Array &v) const { return element(spc_space_unflatten, v); }
  Array ones() const { return detail::made<Array>(spc_space_ones, get()); }
  /// Standard normal coordinates.
  Array random(const Rng &rng) const;

  Array conj(const Array &x) const { return element(spc_space_conj, x); }
  Array star(const Array &x) const { return element(spc_space_star, x); }
  Array jordan(const Array &x, const Array &y) const { return element(spc_space_jordan, x, y); }
  Array unit() const { return detail::made<Array>(spc_space_unit, get()); }
  Array spectrum(const Array &x) const { return element(spc_space_spectrum, x); }
  /// The spectrum leaf by leaf, in the structure of a tree space.
  Array spectra(const Array &x) const { return element(spc_space_spectra, x); }
  /// Eigenvalues and frame, None where there is none.
  std::pair<Array, Array> spectral_decompose(const Array &x) const {
    spc_value values = nullptr, frame = nullptr;
    check(spc_space_spectral_decompose(get(), x.get(), &values, &frame));
    return {Array::adopt(values), Array::adopt(frame)};
  }
  Array from_spectrum(const Array &eigenvalues, const Array &frame = {}) const {
    return element(spc_space_from_spectrum, eigenvalues, frame);
  }
  Array trace(const Array &x) const { return element(spc_space_trace, x); }
  Array determinant(const Array &x) const { return element(spc_space_determinant, x); }
  /// from_spectrum(f(eigenvalues), frame)
  Array spectral_apply(const Array &x, const ElementFunction &f) const {
    const spc_function_fn call = [](void *user, std::int32_t, const spc_value *args,
                                    spc_value *result) {
      return detail::call_element_function(user, args[0], result);
    };
    return detail::made<Array>(spc_space_spectral_apply, get(), x.get(), call,
                               const_cast<ElementFunction *>(&f));
  }
  /// Whether x = x^H to the tolerances of a space of Hermitian matrices; of a batch, all of them.
  bool is_hermitian(const Array &x) const {
    return detail::read<std::int32_t>(spc_space_is_hermitian, get(), x.get()) != 0;
  }
  /// (x + x^H) / 2
  Array symmetrize(const Array &x) const { return element(spc_space_symmetrize, x); }
  Array psd_project(const Array &x) const { return element(spc_space_psd_project, x); }

  Array flatten_batch(const Array &xs) const { return element(spc_space_flatten_batch, xs); }
  Array unflatten_batch(const Array &vs) const { return element(spc_space_unflatten_batch, vs); }
  Array inner_batch(const Array &xs, const Array &ys) const {
    return element(spc_space_inner_batch, xs, ys);
  }
  Array add_batch(const Array &xs, const Array &ys) const {
    return element(spc_space_add_batch, xs, ys);
  }
  /// a xs with one scalar for the whole batch.
  Array scale_batch(const Array &a, const Array &xs) const {
    return element(spc_space_scale_batch, a, xs);
  }
  Laws laws(std::int64_t samples = 3, std::int64_t seed = 1) const {
    return detail::laws(spc_test_space, get(), samples, seed);
  }
  friend bool operator==(const Space &a, const Space &b) {
    return detail::read<std::int32_t>(spc_space_equal, a.get(), b.get()) != 0;
  }

 private:
  explicit Space(spc_space handle) noexcept : Handle(handle) {}

  template <class F, class... A>
  Array element(F f, const A &...arguments) const {
    return detail::made<Array>(f, get(), arguments.get()...);
  }
};

/// Options of a factorization: spc_factor_options with its defaults.
struct FactorOptions : spc_factor_options {
  FactorOptions() : spc_factor_options() {
    struct_size = sizeof(spc_factor_options);
    check(spc_factor_options_init(this));
  }
};

/// A linear operator. `A * x` applies, `A * B` composes, `A + B`, `A - B`, `2 * A` and `-A` combine
/// lazily, `adjoint(A)` is the metric adjoint.
class LinOp : public detail::Handle<spc_linop, spc_linop_retain, spc_linop_release> {
 public:
  using Function = ElementFunction;

  LinOp() noexcept = default;
  static LinOp dense(const Array &a, const Space &domain, const Space &codomain = {}) {
    return detail::made<LinOp>(spc_linop_dense, a.get(), domain.get(), codomain.get());
  }
  static LinOp sparse(const Array &a, const Space &domain, const Space &codomain) {
    return detail::made<LinOp>(spc_linop_sparse, a.get(), domain.get(), codomain.get());
  }
  static LinOp diagonal(const Array &d, const Space &space = {}) {
    return detail::made<LinOp>(spc_linop_diagonal, d.get(), space.get());
  }
  static LinOp identity(const Space &space) {
    return detail::made<LinOp>(spc_linop_identity, space.get());
  }
  static LinOp zero(const Space &domain, const Space &codomain) {
    return detail::made<LinOp>(spc_linop_zero, domain.get(), codomain.get());
  }
  /// Given by functions; rapply is the metric adjoint. Null functions for batches: item by item.
  static LinOp matrix_free(const Space &domain, const Space &codomain, Function apply,
                           Function rapply, Function vapply = {}, Function rvapply = {}) {
    return of_functions(spc_linop_matrix_free_batched, domain, codomain, std::move(apply),
                        std::move(rapply), std::move(vapply), std::move(rvapply));
  }
  /// As matrix_free, with A^H in coordinates for rapply: the adjoint is R_X^-1 A^H R_Y.
  static LinOp from_coordinate_adjoint(const Space &domain, const Space &codomain, Function apply,
                                       Function rapply, Function vapply = {},
                                       Function rvapply = {}) {
    return of_functions(spc_linop_from_coordinate_adjoint, domain, codomain, std::move(apply),
                        std::move(rapply), std::move(vapply), std::move(rvapply));
  }
  /// Given by one function that is its own metric adjoint.
  static LinOp self_adjoint(const Space &space, Function apply) {
    auto function = std::make_unique<Function>(std::move(apply));
    return detail::owning(spc_linop_own_user, std::move(function), [&](Function *f) {
      const spc_apply_fn fn = *f ? detail::call_element_function : nullptr;
      return detail::made<LinOp>(spc_linop_matrix_free, fn, fn, static_cast<void *>(f), space.get(),
                                 space.get());
    });
  }
  /// Blocks along the diagonal; structure as in Space::tree.
  static LinOp block_diagonal(const std::string &structure, List<LinOp> blocks) {
    const std::vector<spc_linop> h = detail::handles(blocks);
    return detail::made<LinOp>(spc_linop_block_diagonal,
                               structure.empty() ? nullptr : structure.c_str(),
                               static_cast<std::int64_t>(h.size()), h.data());
  }
  /// The same between given tree spaces.
  static LinOp block_diagonal_on(const Space &domain, const Space &codomain, List<LinOp> blocks) {
    const std::vector<spc_linop> h = detail::handles(blocks);
    return detail::made<LinOp>(spc_linop_block_diagonal_on, domain.get(), codomain.get(),
                               static_cast<std::int64_t>(h.size()), h.data());
  }
  /// Blocks row by row; a null block is zero.
  static LinOp block_matrix(std::int64_t rows, std::int64_t cols, List<LinOp> blocks) {
    const std::vector<spc_linop> h = detail::handles(blocks);
    if (static_cast<std::int64_t>(h.size()) != rows * cols)
      throw std::invalid_argument("block_matrix: as many blocks as rows times columns");
    return detail::made<LinOp>(spc_linop_block_matrix, rows, cols, h.data());
  }
  /// x -> (A_1 x, A_2 x, ...), to a tuple or the given tree space.
  static LinOp stacked(List<LinOp> parts, const Space &codomain = {}) {
    const std::vector<spc_linop> h = detail::handles(parts);
    return detail::made<LinOp>(spc_linop_stacked, nullptr, codomain.get(),
                               static_cast<std::int64_t>(h.size()), h.data());
  }
  /// (x_1, x_2, ...) -> A_1 x_1 + A_2 x_2 + ..., from a tuple or the given tree space.
  static LinOp sum_to_single(List<LinOp> parts, const Space &domain = {}) {
    const std::vector<spc_linop> h = detail::handles(parts);
    return detail::made<LinOp>(spc_linop_sum_to_single, domain.get(), nullptr,
                               static_cast<std::int64_t>(h.size()), h.data());
  }
  static LinOp kronecker(const LinOp &a, const LinOp &b) {
    return detail::made<LinOp>(spc_linop_kronecker, a.get(), b.get());
  }
  static LinOp kronecker_sum(const LinOp &a, const LinOp &b) {
    return detail::made<LinOp>(spc_linop_kronecker_sum, a.get(), b.get());
  }
  /// U diag(s) V^H; a null s is ones.
  static LinOp low_rank(const Array &u, const Array &s, const Array &v, const Space &domain,
                        const Space &codomain) {
    return detail::made<LinOp>(spc_linop_low_rank, u.get(), s.get(), v.get(), domain.get(),
                               codomain.get());
  }
  /// y_i = x_p(i)
  static LinOp permutation(const Array &p, const Space &space = {}) {
    return detail::made<LinOp>(spc_linop_permutation, p.get(), space.get());
  }
  /// y_i = x_indices(i)
  static LinOp restriction(const Array &indices, const Space &domain, const Space &codomain = {}) {
    return detail::made<LinOp>(spc_linop_restriction, indices.get(), domain.get(), codomain.get());
  }
  /// Differences along an axis: SPC_DIFF_*, SPC_BOUNDARY_*.
  static LinOp difference(const Space &space, std::int32_t axis, std::int32_t order = 1,
                          std::int32_t scheme = SPC_DIFF_FORWARD,
                          std::int32_t boundary = SPC_BOUNDARY_ZERO, double spacing = 1) {
    return detail::made<LinOp>(spc_linop_difference, space.get(), axis, order, scheme, boundary,
                               spacing);
  }
  /// The differences along all axes as a tuple.
  static LinOp gradient(const Space &space, std::int32_t scheme = SPC_DIFF_FORWARD,
                        std::int32_t boundary = SPC_BOUNDARY_ZERO) {
    return detail::made<LinOp>(spc_linop_gradient, space.get(), scheme, boundary, nullptr);
  }
  static LinOp laplacian(const Space &space, std::int32_t boundary = SPC_BOUNDARY_ZERO) {
    return detail::made<LinOp>(spc_linop_laplacian, space.get(), boundary, nullptr);
  }
  /// A null row is conj(column).
  static LinOp toeplitz(const Array &column, const Array &row = {}) {
    return detail::made<LinOp>(spc_linop_toeplitz, column.get(), row.get(), nullptr, nullptr);
  }
  static LinOp circulant(const Array &column) {
    return detail::made<LinOp>(spc_linop_circulant, column.get(), nullptr);
  }
  /// D - C A^-1 B; a null C is adjoint(B), a null D zero.
  static LinOp schur_complement(const LinOp &a_inverse, const LinOp &b, const LinOp &c = {},
                                const LinOp &d = {}) {
    return detail::made<LinOp>(spc_linop_schur_complement, a_inverse.get(), b.get(), c.get(),
                               d.get());
  }
  /// s * A, A_1 + ... + A_n and A * B, simplified: without zeros, ones and nested sums.
  static LinOp make_scaled(const Array &s, const LinOp &a) {
    return detail::made<LinOp>(spc_linop_make_scaled, s.get(), a.get());
  }
  static LinOp make_sum(List<LinOp> terms) {
    const std::vector<spc_linop> h = detail::handles(terms);
    return detail::made<LinOp>(spc_linop_make_sum, static_cast<std::int64_t>(h.size()), h.data());
  }
  static LinOp make_composed(const LinOp &left, const LinOp &right) {
    return detail::made<LinOp>(spc_linop_make_composed, left.get(), right.get());
  }
  /// Takes over a reference.
  static LinOp adopt(spc_linop handle) noexcept { return LinOp(handle); }

  /// A^-1 by structure or a factorization: "auto", "lu", "cholesky", "ldl".
  LinOp inverse(const std::string &method = "auto") const {
    return detail::made<LinOp>(spc_linop_inverse, get(), method.c_str());
  }
  /// A^-1 or A^+ of a sparse operator by sparse factors; fields of spc_factor_options.
  LinOp factorize(const FactorOptions &options = {}) const {
    const spc_factor_options o = options;
    return detail::made<LinOp>(spc_linop_factorize, get(), &o);
  }
  /// Of another matrix of the same pattern, with the analysis of this, which factorize has made.
  LinOp refactorize(const LinOp &a) const {
    return detail::made<LinOp>(spc_linop_refactorize, get(), a.get());
  }
  spc_factor_info factor_info() const {
    spc_factor_info info{};
    info.struct_size = sizeof info;
    check(spc_linop_factor_info(get(), &info));
    return info;
  }
  /// |A|_1 |A^-1|_1, from below.
  double condition_estimate() const {
    double out = 0;
    check(spc_linop_condition_estimate(get(), &out));
    return out;
  }
  /// A preconditioner from incomplete factors: "auto", "ic0", "ilu0".
  LinOp incomplete(const std::string &method = "auto") const {
    return detail::made<LinOp>(spc_linop_incomplete, get(), method.c_str());
  }
  LinOp transpose() const { return detail::made<LinOp>(spc_linop_transpose, get()); }
  LinOp conjugate() const { return detail::made<LinOp>(spc_linop_conjugate, get()); }
  LinOp fuse(bool materialize = false) const {
    return detail::made<LinOp>(spc_linop_fuse, get(), materialize ? 1 : 0);
  }
  /// With a verdict given by the program.
  LinOp assume(std::int32_t property, bool value = true) const {
    return detail::made<LinOp>(spc_linop_assume, get(), property, value ? 1 : 0);
  }
  /// SPC_TRUE, SPC_FALSE or SPC_UNKNOWN about SPC_IS_*.
  std::int32_t is(std::int32_t property) const {
    return detail::read<std::int32_t>(spc_linop_is, get(), property);
  }
  LinOp jacobi() const { return detail::made<LinOp>(spc_linop_jacobi, get()); }
  LinOp block_jacobi(std::int64_t block) const {
    return detail::made<LinOp>(spc_linop_block_jacobi, get(), block);
  }
  /// (codomain.size, domain.size)
  Array to_matrix() const { return detail::made<Array>(spc_linop_to_matrix, get()); }
  Array to_dense() const { return detail::made<Array>(spc_linop_to_dense, get()); }
  /// What a dense, sparse or diagonal operator is made of, as a matrix. NotImpl: any other.
  Array array() const { return detail::made<Array>(spc_linop_array, get()); }
  /// The stored sparse matrix.
  Array to_sparse() const { return detail::made<Array>(spc_linop_to_sparse, get()); }
  /// Terms, factors or blocks; none of a leaf.
  std::vector<LinOp> parts() const {
    std::vector<LinOp> list(
        static_cast<std::size_t>(detail::read<std::int64_t>(spc_linop_parts, get())));
    for (std::size_t i = 0; i < list.size(); ++i)
      list[i] = detail::made<LinOp>(spc_linop_part, get(), static_cast<std::int64_t>(i));
    return list;
  }
  Array vapply(const Array &xs) const {
    return detail::made<Array>(spc_linop_vapply, get(), xs.get());
  }
  Array rvapply(const Array &ys) const {
    return detail::made<Array>(spc_linop_rvapply, get(), ys.get());
  }
  std::string text() const { return detail::text(spc_linop_text, get()); }
  friend bool operator==(const LinOp &a, const LinOp &b) {
    return detail::read<std::int32_t>(spc_linop_equal, a.get(), b.get()) != 0;
  }
  /// Whether both are one object.
  bool same(const LinOp &other) const {
    return detail::read<std::int32_t>(spc_linop_same, get(), other.get()) != 0;
  }
  Laws laws(std::int64_t samples = 3, std::int64_t seed = 1) const {
    return detail::laws(spc_test_operator, get(), samples, seed);
  }

  Space domain() const { return detail::made<Space>(spc_linop_domain, get()); }
  Space codomain() const { return detail::made<Space>(spc_linop_codomain, get()); }
  std::string kind() const { return detail::read<const char *>(spc_linop_kind, get()); }
  Context context() const { return detail::made<Context>(spc_linop_context, get()); }
  /// With its spaces, arrays and operands in the target's context; functions are kept.
  LinOp convert(const Target &target) const {
    return detail::converted<LinOp>(spc_linop_convert, get(), target);
  }
  /// Which kernels an application in a mode runs, and why.
  std::string explain(std::int32_t mode = SPC_MODE_NONE) const {
    return detail::text(spc_linop_explain, get(), mode);
  }
  /// SPC_TRUE, SPC_FALSE or SPC_UNKNOWN.
  std::int32_t is_hermitian() const {
    return detail::read<std::int32_t>(spc_linop_is_hermitian, get());
  }
  /// SPC_FALSE if n random pairs show that it is not Hermitian, else SPC_UNKNOWN.
  std::int32_t probe_hermitian(std::int64_t n = 1, std::int64_t seed = 1) const {
    return detail::read<std::int32_t>(spc_linop_probe_hermitian, get(), n, seed);
  }
  Array apply(const Array &x) const { return detail::made<Array>(spc_linop_apply, get(), x.get()); }
  /// The metric adjoint applied.
  Array rapply(const Array &y) const {
    return detail::made<Array>(spc_linop_rapply, get(), y.get());
  }
  /// y = alpha op(A) x + beta y in place.
  void apply_into(const Array &alpha, const Array &x, const Array &beta, const Array &y,
                  std::int32_t mode = SPC_MODE_NONE) const {
    check(spc_linop_apply_into(alpha.get(), get(), x.get(), beta.get(), y.get(), mode));
  }

  friend Array operator*(const LinOp &a, const Array &x) { return a.apply(x); }
  friend LinOp operator*(const LinOp &a, const LinOp &b) {
    return detail::made<LinOp>(spc_linop_composed, a.get(), b.get());
  }
  friend LinOp operator+(const LinOp &a, const LinOp &b) {
    const spc_linop operands[] = {a.get(), b.get()};
    return detail::made<LinOp>(spc_linop_sum, 2, operands);
  }
  friend LinOp operator*(const Array &s, const LinOp &a) {
    return detail::made<LinOp>(spc_linop_scaled, s.get(), a.get());
  }
  friend LinOp operator-(const LinOp &a) { return -1 * a; }
  friend LinOp operator-(const LinOp &a, const LinOp &b) { return a + -b; }
  friend LinOp adjoint(const LinOp &a) { return detail::made<LinOp>(spc_linop_adjoint, a.get()); }

 private:
  using Functions = std::array<Function, 4>;

  explicit LinOp(spc_linop handle) noexcept : Handle(handle) {}

  template <class F, class... G>
  static LinOp of_functions(F create, const Space &domain, const Space &codomain, G... given) {
    auto functions = std::make_unique<Functions>(Functions{std::move(given)...});
    return detail::owning(spc_linop_own_user, std::move(functions), [&](Functions *f) {
      return [&]<std::size_t... K>(std::index_sequence<K...>) {
        return detail::made<LinOp>(create, (*f)[K] ? detail::call_one<Functions, K> : nullptr...,
                                   static_cast<void *>(f), domain.get(), codomain.get());
      }
      (std::make_index_sequence<4>());
    });
  }
};

inline Geometry Geometry::of_operator(const LinOp &riesz, const LinOp &inverse, double rtol) {
  return detail::made<Geometry>(spc_geometry_operator, riesz.get(), inverse.get(), rtol);
}

// ---- solvers ----------------------------------------------------------------------------------

/// Memory that solves of one kind share: the second one allocates nothing.
class Workspace
    : public detail::Handle<spc_workspace, spc_workspace_retain, spc_workspace_release> {
 public:
  Workspace() : Handle(detail::read<spc_workspace>(spc_workspace_create)) {}
  /// None.
  explicit Workspace(std::nullptr_t) noexcept {}
};

/// Options of a solver, the defaults filled in. `rtol`, `atol`, `maxiter` and the others are the
/// fields of spc_solve_options.
struct SolveOptions : spc_solve_options {
  SolveOptions() : spc_solve_options() {
    struct_size = sizeof(spc_solve_options);
    check(spc_solve_options_init(this));
  }
  LinOp precond;                 ///< Applies M^-1; null: none.
  Workspace workspace{nullptr};  ///< Memory kept between solves; null: none.
  /// Called at every check; true stops the solve. It may throw: the solve then throws the same.
  std::function<bool(const spc_solve_info &)> monitor;
};

/// Outcome of a solve: the fields of spc_solve_result, and the solution.
struct SolveResult : spc_solve_result {
  SolveResult() : spc_solve_result() { struct_size = sizeof(spc_solve_result); }
  Array x;  ///< Also set when not converged.
  bool converged() const noexcept { return reason > 0; }
  /// "RTOL", "MAXITER", ...
  std::string reason_name() const { return detail::read<const char *>(spc_reason_name, reason); }
};

/// The same for an eigenpair; x is the eigenvector.
struct EigenResult : SolveResult {
  double eigenvalue = 0;
};

namespace detail {

// The options as the C functions take them; borrows from `options`.
inline spc_solve_options plain(const SolveOptions &options) {
  spc_solve_options o = options;
  o.precond = options.precond.get();
  if (options.workspace) o.workspace = options.workspace.get();
  if (options.monitor) {
    o.monitor_user = const_cast<SolveOptions *>(&options);
    o.monitor = [](void *user, const spc_solve_info *info) {
      return guarded(
          [&] { return static_cast<const SolveOptions *>(user)->monitor(*info) ? 1 : 0; });
    };
  }
  return o;
}

template <class F>
SolveResult solve(F solver, const LinOp &a, const Array &b, const SolveOptions &options,
                  const Array &x0) {
  const spc_solve_options o = plain(options);
  SolveResult result;
  spc_element x = nullptr;
  check(solver(a.get(), b.get(), x0.get(), &o, &x, &result));
  result.x = Array::adopt(x);
  return result;
}

template <class F, class H>
EigenResult eigen(F solver, H operand, const Array &start, const SolveOptions &options) {
  const spc_solve_options o = plain(options);
  EigenResult result;
  spc_element x = nullptr;
  check(solver(operand, start.get(), &o, &result.eigenvalue, &x, &result));
  result.x = Array::adopt(x);
  return result;
}

}  // namespace detail

/// Conjugate gradients for self-adjoint positive A; x0 null: zero. Not converging is no error.
inline SolveResult cg(const LinOp &a, const Array &b, const SolveOptions &options = {},
                      const Array &x0 = {}) {
  return detail::solve(spc_cg, a, b, options, x0);
}
/// Self-adjoint, possibly indefinite A.
inline SolveResult minres(const LinOp &a, const Array &b, const SolveOptions &options = {},
                          const Array &x0 = {}) {
  return detail::solve(spc_minres, a, b, options, x0);
}
/// Square A; options.restart Krylov vectors are kept.
inline SolveResult gmres(const LinOp &a, const Array &b, const SolveOptions &options = {},
                         const Array &x0 = {}) {
  return detail::solve(spc_gmres, a, b, options, x0);
}
/// gmres with a preconditioner that may change between applications.
inline SolveResult fgmres(const LinOp &a, const Array &b, const SolveOptions &options = {},
                          const Array &x0 = {}) {
  return detail::solve(spc_fgmres, a, b, options, x0);
}
inline SolveResult bicgstab(const LinOp &a, const Array &b, const SolveOptions &options = {},
                            const Array &x0 = {}) {
  return detail::solve(spc_bicgstab, a, b, options, x0);
}
/// min ||A x - b||^2 + damp^2 ||x||^2 for any A.
inline SolveResult lsqr(const LinOp &a, const Array &b, const SolveOptions &options = {},
                        const Array &x0 = {}) {
  return detail::solve(spc_lsqr, a, b, options, x0);
}
inline SolveResult lsmr(const LinOp &a, const Array &b, const SolveOptions &options = {},
                        const Array &x0 = {}) {
  return detail::solve(spc_lsmr, a, b, options, x0);
}
/// Smallest eigenvalue of a self-adjoint A in the Krylov space of v0; null: ones.
inline EigenResult lanczos_smallest(const LinOp &a, const Array &v0 = {},
                                    const SolveOptions &options = {}) {
  return detail::eigen(spc_lanczos_smallest, a.get(), v0, options);
}
/// Eigenvalue of largest modulus of a self-adjoint A; x0 null: ones.
inline EigenResult power_iteration(const LinOp &a, const Array &x0 = {},
                                   const SolveOptions &options = {}) {
  return detail::eigen(spc_power_iteration, a.get(), x0, options);
}
/// exp(t A) v for a self-adjoint A.
inline SolveResult expm_multiply(const LinOp &a, const Array &v, const Array &t,
                                 const SolveOptions &options = {}) {
  const spc_solve_options o = detail::plain(options);
  SolveResult result;
  spc_element x = nullptr;
  check(spc_expm_multiply(a.get(), v.get(), t.get(), &o, &x, &result));
  result.x = Array::adopt(x);
  return result;
}

/// Outcome of lobpcg; x is the batch of eigenvectors.
struct EigenpairsResult : SolveResult {
  Array eigenvalues;  ///< (k,)
};
/// The smallest (options.largest: largest) eigenpairs of A x = lambda B x, self-adjoint, from a batch
/// of k elements; null B: 1.
inline EigenpairsResult lobpcg(const LinOp &a, const Array &x0, const SolveOptions &options = {},
                               const LinOp &b = {}) {
  const spc_solve_options o = detail::plain(options);
  EigenpairsResult result;
  spc_array values = nullptr;
  spc_element vectors = nullptr;
  check(spc_lobpcg(a.get(), b.get(), x0.get(), &o, &values, &vectors, &result));
  result.eigenvalues = Array::adopt(values);
  result.x = Array::adopt(vectors);
  return result;
}

/// Outcome of solve_batch.
struct BatchResult {
  Array x;                                ///< A batch.
  std::vector<spc_solve_result> columns;  ///< One for each right-hand side.
};
/// One solver (SPC_SOLVER_*) for each of the n right-hand sides of a batch; null x0s: zero.
inline BatchResult solve_batch(std::int32_t solver, const LinOp &a, const Array &bs, std::int64_t n,
                               const SolveOptions &options = {}, const Array &x0s = {}) {
  const spc_solve_options o = detail::plain(options);
  BatchResult result;
  if (n > 0) {
    result.columns.resize(static_cast<std::size_t>(n));
    result.columns[0].struct_size = sizeof(spc_solve_result);
  }
  spc_element xs = nullptr;
  check(spc_solve_batch(solver, a.get(), bs.get(), x0s.get(), &o, n, &xs, result.columns.data()));
  result.x = Array::adopt(xs);
  return result;
}

// ---- sets and functionals ---------------------------------------------------------------------

/// A closed convex subset of a space.
class Set : public detail::Handle<spc_set, spc_set_retain, spc_set_release> {
 public:
  Set() noexcept = default;
  static Set nonnegative(const Space &x) { return detail::made<Set>(spc_set_nonnegative, x.get()); }
  /// A null bound is none.
  static Set box(const Space &x, const Array &lower, const Array &upper) {
    return detail::made<Set>(spc_set_box, x.get(), lower.get(), upper.get());
  }
  /// A null centre is 0.
  static Set ball(const Space &x, double radius, const Array &center = {}) {
    return detail::made<Set>(spc_set_ball, x.get(), center.get(), radius);
  }
  static Set simplex(const Space &x, double total = 1) {
    return detail::made<Set>(spc_set_simplex, x.get(), total);
  }
  /// {x: A x = b}
  static Set affine(const LinOp &a, const Array &b) {
    return detail::made<Set>(spc_set_affine, a.get(), b.get());
  }
  static Set psd(const Space &x) { return detail::made<Set>(spc_set_psd, x.get()); }
  /// Takes over a reference.
  static Set adopt(spc_set handle) noexcept { return Set(handle); }

  std::string kind() const { return detail::read<const char *>(spc_set_kind, get()); }
  Space space() const { return detail::made<Space>(spc_set_space, get()); }
  /// The nearest point in the norm of the space.
  Array project(const Array &x) const {
    return detail::made<Array>(spc_set_project, get(), x.get());
  }
  Set convert(const Target &target) const {
    return detail::converted<Set>(spc_set_convert, get(), target);
  }
  bool contains(const Array &x, double tol = 0) const {
    return detail::read<std::int32_t>(spc_set_contains, get(), x.get(), tol) != 0;
  }

 private:
  explicit Set(spc_set handle) noexcept : Handle(handle) {}
};

/// A scalar function on a space, with its metric gradient.
class Functional
    : public detail::Handle<spc_functional, spc_functional_retain, spc_functional_release> {
 public:
  Functional() noexcept = default;
  /// x -> <c, x>
  static Functional inner(const Array &c, const Space &x) {
    return detail::made<Functional>(spc_functional_inner, c.get(), x.get());
  }
  /// x -> <x, Q x> / 2 + linear(x) + a
  static Functional quadratic(const LinOp &q, const Functional &linear = {}, const Array &a = {}) {
    return detail::made<Functional>(spc_functional_quadratic, q.get(), linear.get(), a.get());
  }
  static Functional squared_l2(const Space &x) {
    return detail::made<Functional>(spc_functional_squared_l2, x.get());
  }
  static Functional lp(const Space &x, double p) {
    return detail::made<Functional>(spc_functional_lp, x.get(), p);
  }
  static Functional l1(const Space &x) {
    return detail::made<Functional>(spc_functional_l1, x.get());
  }
  static Functional entropy(const Space &x) {
    return detail::made<Functional>(spc_functional_entropy, x.get());
  }
  static Functional kl(const Array &target, const Space &x) {
    return detail::made<Functional>(spc_functional_kl, target.get(), x.get());
  }
  static Functional huber(const Space &x, double delta) {
    return detail::made<Functional>(spc_functional_huber, x.get(), delta);
  }
  static Functional spectral_lp(const Space &x, double p) {
    return detail::made<Functional>(spc_functional_spectral_lp, x.get(), p);
  }
  static Functional nuclear(const Space &x) {
    return detail::made<Functional>(spc_functional_nuclear, x.get());
  }
  /// scale <A x - b, W (A x - b)>; null weights are 1.
  static Functional least_squares(const LinOp &a, const Array &b, double scale = 0.5,
                                  const Array &weights = {}) {
    return detail::made<Functional>(spc_functional_least_squares, a.get(), b.get(), weights.get(),
                                    scale);
  }
  static Functional indicator(const Set &set) {
    return detail::made<Functional>(spc_functional_indicator, set.get());
  }
  static Functional zero(const Space &x) {
    return detail::made<Functional>(spc_functional_zero, x.get());
  }
  /// Given by functions: value(x) is a number, grad(x) the metric gradient; null: none.
  static Functional callback(const Space &x, ElementFunction value, ElementFunction grad = {}) {
    return of_functions(std::move(value), std::move(grad), [&](Functions *f) {
      return detail::made<Functional>(
          spc_functional_callback, (*f)[0] ? detail::call_one_scalar<Functions, 0> : nullptr,
          (*f)[1] ? detail::call_one<Functions, 1> : nullptr, static_cast<void *>(f), x.get());
    });
  }
  /// Given by a linear function; vvalue gives the numbers of a batch; null: one by one.
  static Functional linear(const Space &x, ElementFunction value, ElementFunction vvalue = {}) {
    return of_functions(std::move(value), std::move(vvalue), [&](Functions *f) {
      return detail::made<Functional>(spc_functional_linear,
                                      (*f)[0] ? detail::call_one_scalar<Functions, 0> : nullptr,
                                      (*f)[1] ? detail::call_one_scalar<Functions, 1> : nullptr,
                                      static_cast<void *>(f), x.get());
    });
  }
  /// Takes over a reference.
  static Functional adopt(spc_functional handle) noexcept { return Functional(handle); }

  std::string kind() const { return detail::read<const char *>(spc_functional_kind, get()); }
  std::string text() const { return detail::text(spc_functional_text, get()); }
  Space domain() const { return detail::made<Space>(spc_functional_domain, get()); }
  Array value(const Array &x) const {
    return detail::made<Array>(spc_functional_value, get(), x.get());
  }
  Array operator()(const Array &x) const { return value(x); }
  /// Re <grad F(x), h> = DF(x)[h]
  Array grad(const Array &x) const {
    return detail::made<Array>(spc_functional_grad, get(), x.get());
  }
  std::pair<Array, Array> value_and_grad(const Array &x) const {
    spc_array value = nullptr;
    spc_element grad = nullptr;
    check(spc_functional_value_and_grad(get(), x.get(), &value, &grad));
    return {Array::adopt(value), Array::adopt(grad)};
  }
  Array vvalue(const Array &xs) const {
    return detail::made<Array>(spc_functional_vvalue, get(), xs.get());
  }
  Array vgrad(const Array &xs) const {
    return detail::made<Array>(spc_functional_vgrad, get(), xs.get());
  }
  Array hess_apply(const Array &x, const Array &h) const {
    return detail::made<Array>(spc_functional_hess_apply, get(), x.get(), h.get());
  }
  /// argmin_x t F(x) + ||x - v||^2 / 2
  Array prox(const Array &v, double t) const {
    return detail::made<Array>(spc_functional_prox, get(), v.get(), t);
  }
  Array representer() const { return detail::made<Array>(spc_functional_representer, get()); }
  /// For optimizers outside: Re F at coordinates v; gradient, if not empty, gets the derivatives
  /// along them.
  double objective(std::span<const double> v, std::span<double> gradient = {}) const {
    if (!gradient.empty() && gradient.size() != v.size())
      throw std::invalid_argument("objective: as many derivatives as coordinates");
    double value = 0;
    check(spc_functional_objective(get(), static_cast<std::int64_t>(v.size()), v.data(), &value,
                                   gradient.empty() ? nullptr : gradient.data()));
    return value;
  }
  Context context() const { return detail::made<Context>(spc_functional_context, get()); }
  Functional convert(const Target &target) const {
    return detail::converted<Functional>(spc_functional_convert, get(), target);
  }
  Laws laws(std::int64_t samples = 3, std::int64_t seed = 1) const {
    return detail::laws(spc_test_functional, get(), samples, seed);
  }

  friend bool operator==(const Functional &a, const Functional &b) {
    return detail::read<std::int32_t>(spc_functional_equal, a.get(), b.get()) != 0;
  }
  friend Functional operator+(const Functional &a, const Functional &b) {
    const spc_functional terms[] = {a.get(), b.get()};
    return detail::made<Functional>(spc_functional_sum, 2, terms);
  }
  friend Functional operator*(const Array &s, const Functional &f) {
    return detail::made<Functional>(spc_functional_scaled, s.get(), f.get());
  }
  friend Functional operator+(const Functional &f, const Array &c) {
    return detail::made<Functional>(spc_functional_shifted, f.get(), c.get());
  }
  /// x -> F(A x)
  friend Functional operator*(const Functional &f, const LinOp &a) {
    return detail::made<Functional>(spc_functional_composed, f.get(), a.get());
  }

 private:
  using Functions = std::array<ElementFunction, 2>;

  explicit Functional(spc_functional handle) noexcept : Handle(handle) {}

  template <class F>
  static Functional of_functions(ElementFunction first, ElementFunction second, F create) {
    auto functions = std::make_unique<Functions>(Functions{std::move(first), std::move(second)});
    return detail::owning(spc_functional_own_user, std::move(functions), create);
  }
};

/// power_iteration of the Hessian of a quadratic form.
inline EigenResult power_iteration(const Functional &q, const Array &x0 = {},
                                   const SolveOptions &options = {}) {
  return detail::eigen(spc_power_iteration_quadratic, q.get(), x0, options);
}

/// argmin_x <c, x> + eps ||x - x0||^2 + lam ||x||_1, over x >= 0 with nonneg.
inline Array generalized_shrinkage(const Space &space, const Array &c, const Array &x0, double eps,
                                   double lam, bool nonneg = false) {
  return detail::made<Array>(spc_generalized_shrinkage, space.get(), c.get(), x0.get(), eps, lam,
                             nonneg ? 1 : 0);
}

// ---- files ------------------------------------------------------------------------------------

/// The matrix of a Matrix Market file. format: "csr", "csc", "coo", "dense", or "" for CSR or dense
/// by the file.
inline Array read_matrix_market(const std::string &path, const Context &ctx = {},
                                const std::string &format = "", spc_dtype dtype = SPC_DTYPE_NONE) {
  return detail::made<Array>(spc_mm_read, path.c_str(), ctx.get(),
                             format.empty() ? nullptr : format.c_str(), dtype);
}

/// What banner and size line of a Matrix Market file say.
inline spc_mm_header matrix_market_header(const std::string &path) {
  spc_mm_header header = {};
  header.struct_size = sizeof header;
  check(spc_mm_info(path.c_str(), &header));
  return header;
}

/// Writes an array; symmetry is SPC_MM_*.
inline void write_matrix_market(const std::string &path, const Array &a,
                                std::int32_t symmetry = SPC_MM_GENERAL) {
  check(spc_mm_write(path.c_str(), a.get(), symmetry, nullptr));
}

// ---- lists, tuples, maps ----------------------------------------------------------------------

/// The value None, which is not a null Array.
inline Array none() {
  return detail::made<Array>(spc_value_none);
}

/// Several values as one.
inline Array tuple(List<Array> items) {
  const std::vector<spc_array> handles = detail::handles(items);
  return detail::made<Array>(spc_value_tuple, static_cast<std::int64_t>(handles.size()),
                             handles.data());
}
inline Array list(List<Array> items) {
  const std::vector<spc_array> handles = detail::handles(items);
  return detail::made<Array>(spc_value_list, static_cast<std::int64_t>(handles.size()),
                             handles.data());
}

/// A value with its key or field.
using Named = std::pair<std::string, Array>;

namespace detail {

struct NamedParts {
  explicit NamedParts(List<Named> items) {
    for (const Named &item : items) {
      names.push_back(item.first.c_str());
      handles.push_back(item.second.get());
    }
  }
  std::int64_t count() const { return static_cast<std::int64_t>(names.size()); }
  std::vector<const char *> names;
  std::vector<spc_value> handles;
};

}  // namespace detail

/// ValueErr: repeated key.
inline Array map(List<Named> items) {
  const detail::NamedParts parts(items);
  return detail::made<Array>(spc_value_map, parts.count(), parts.names.data(),
                             parts.handles.data());
}
/// A tuple of a type: name and fields tell its structure from that of other tuples. ValueErr: what is
/// no identifier, a repeated field.
inline Array named_tuple(const std::string &name, List<Named> items) {
  const detail::NamedParts parts(items);
  return detail::made<Array>(spc_value_named_tuple, name.c_str(), parts.count(), parts.names.data(),
                             parts.handles.data());
}

/// The items of a tuple, list or map.
inline std::vector<Array> items_of(const Array &value) {
  std::vector<Array> items;
  const std::int64_t n = detail::read<std::int64_t>(spc_value_count, value.get());
  for (std::int64_t i = 0; i < n; ++i)
    items.push_back(detail::made<Array>(spc_value_item, value.get(), i));
  return items;
}

// ---- random numbers ---------------------------------------------------------------------------

/// A generator of random numbers: equal seeds give equal numbers on every family.
class Rng : public detail::Handle<spc_rng, spc_rng_retain, spc_rng_release> {
 public:
  /// Seeded by the system.
  Rng() : Rng(SPC_NONE_I64) {}
  explicit Rng(std::int64_t seed) : Handle(detail::read<spc_rng>(spc_rng_create, seed)) {}
  /// Uniform in [0, 1).
  Array uniform(const Context &ctx, Shape shape, spc_dtype dtype = SPC_DTYPE_NONE) const {
    return detail::made<Array>(spc_rng_uniform, get(), ctx.get(), shape.count(), shape.data(),
                               dtype);
  }
  /// Standard normal.
  Array normal(const Context &ctx, Shape shape, spc_dtype dtype = SPC_DTYPE_NONE) const {
    return detail::made<Array>(spc_rng_normal, get(), ctx.get(), shape.count(), shape.data(),
                               dtype);
  }
  /// size positions from [0, a) with probabilities p; a null p is uniform.
  Array choice(const Context &ctx, std::int64_t a, std::int64_t size, const Array &p = {}) const {
    return detail::made<Array>(spc_rng_choice, get(), ctx.get(), a, size, p.get());
  }
};

inline Array Space::random(const Rng &rng) const {
  return detail::made<Array>(spc_space_random, get(), rng.get());
}

// ---- control flow and differentiation ---------------------------------------------------------

/// f(arguments); several results are a tuple. What it throws, the call that runs it throws.
using Function = std::function<Array(std::span<const Array>)>;

namespace detail {

inline spc_status call_function(void *user, std::int32_t n, const spc_value *arguments,
                                spc_value *result) {
  return guarded([&] {
    std::vector<Array> values;
    for (std::int32_t i = 0; i < n; ++i) values.push_back(Array::share(arguments[i]));
    *result = (*static_cast<const Function *>(user))(values).release();
    return SPC_OK;
  });
}

inline void *user_of(const Function &f) {
  return const_cast<Function *>(&f);  // only read
}

inline std::int32_t count(const std::vector<spc_array> &handles) {
  return static_cast<std::int32_t>(handles.size());
}

}  // namespace detail

/// v = init; for i in [lower, upper): v = body(i, v).
inline Array fori_loop(std::int64_t lower, std::int64_t upper, const Function &body,
                       const Array &init) {
  return detail::made<Array>(spc_fori_loop, lower, upper, detail::call_function,
                             detail::user_of(body), init.get());
}
/// v = init; while cond(v): v = body(v).
inline Array while_loop(const Function &condition, const Function &body, const Array &init) {
  return detail::made<Array>(spc_while_loop, detail::call_function, detail::user_of(condition),
                             detail::call_function, detail::user_of(body), init.get());
}
/// The last carry and the stacked results of (carry, y) = f(carry, x) over the leading axis of xs.
inline std::pair<Array, Array> scan(const Function &f, const Array &init, const Array &xs,
                                    std::int64_t length = SPC_NONE_I64, bool reverse = false) {
  spc_value carry = nullptr, ys = nullptr;
  check(spc_scan(detail::call_function, detail::user_of(f), init.get(), xs.get(), length,
                 reverse ? 1 : 0, &carry, &ys));
  return {Array::adopt(carry), Array::adopt(ys)};
}
/// true_fun(operands...) if the predicate is true, else false_fun(operands...).
inline Array cond(const Array &predicate, const Function &true_fun, const Function &false_fun,
                  List<Array> operands) {
  const std::vector<spc_array> handles = detail::handles(operands);
  return detail::made<Array>(spc_cond, predicate.get(), detail::call_function,
                             detail::user_of(true_fun), detail::call_function,
                             detail::user_of(false_fun), detail::count(handles), handles.data());
}
/// f of the elements of the broadcast arguments; those at `excluded` are passed whole.
inline Array vectorize(const Function &f, List<Array> arguments, List<std::int32_t> excluded = {}) {
  const std::vector<spc_array> handles = detail::handles(arguments);
  return detail::made<Array>(spc_vectorize, detail::call_function, detail::user_of(f),
                             detail::count(handles), handles.data(), excluded.count(),
                             excluded.data(), nullptr);
}
/// vmap over axis 0 ("force"), f(arguments) ("off"), or the one where the other fails ("auto").
inline Array vectorize_or_fallback(const Function &f, List<Array> arguments,
                                   const std::string &policy = "auto") {
  const std::vector<spc_array> handles = detail::handles(arguments);
  const Array result =
      detail::made<Array>(spc_vectorize_or_fallback, detail::call_function, detail::user_of(f),
                          policy.c_str(), detail::count(handles), handles.data());
  detail::thrown = nullptr;  // what the first attempt threw
  return result;
}
/// Whether f(arguments), called once, neither fails nor warns of aliasing or in-place work.
inline bool safe_for_vectorization(const Function &f, List<Array> arguments) {
  const std::vector<spc_array> handles = detail::handles(arguments);
  const bool safe =
      detail::read<std::int32_t>(spc_safe_for_vectorization, detail::call_function,
                                 detail::user_of(f), detail::count(handles), handles.data()) != 0;
  detail::thrown = nullptr;
  return safe;
}
/// f over axis 0 of every argument, or over the axes that a number, None or a tuple names.
inline Array vmap(const Function &f, List<Array> arguments, const Array &in_axes = {},
                  const Array &out_axes = {}) {
  const std::vector<spc_array> handles = detail::handles(arguments);
  return detail::made<Array>(spc_vmap, detail::call_function, detail::user_of(f),
                             detail::count(handles), handles.data(), in_axes.get(), out_axes.get());
}
/// The value of f and its gradients with respect to the arguments argnums.
inline std::pair<Array, Array> value_and_grad(const Function &f, List<Array> arguments,
                                              List<std::int32_t> argnums = {0}) {
  const std::vector<spc_array> handles = detail::handles(arguments);
  spc_array value = nullptr, gradient = nullptr;
  check(spc_value_and_grad(detail::call_function, detail::user_of(f), detail::count(handles),
                           handles.data(), argnums.count(), argnums.data(), &value, &gradient));
  return {Array::adopt(value), Array::adopt(gradient)};
}
/// Jacobian of f with respect to one argument.
inline Array jacfwd(const Function &f, List<Array> arguments, std::int32_t argnum = 0) {
  const std::vector<spc_array> handles = detail::handles(arguments);
  return detail::made<Array>(spc_jacfwd, detail::call_function, detail::user_of(f),
                             detail::count(handles), handles.data(), argnum);
}
/// Second derivatives of a scalar f with respect to one argument.
inline Array hessian(const Function &f, List<Array> arguments, std::int32_t argnum = 0) {
  const std::vector<spc_array> handles = detail::handles(arguments);
  return detail::made<Array>(spc_hessian, detail::call_function, detail::user_of(f),
                             detail::count(handles), handles.data(), argnum);
}

/// x marked for tracking of gradients, where the family has that; x without.
inline Array requires_grad(const Array &x, bool flag = true) {
  return detail::made<Array>(spc_requires_grad, x.get(), flag ? 1 : 0);
}
inline Array detach(const Array &x) {
  return detail::made<Array>(spc_detach, x.get());
}

// ---- operations -------------------------------------------------------------------------------
// One function for each row of the op table, by its signature; ops.h documents them.

// clang-format off
#define SPC_HPP_INTO(NAME, PARAMETERS, ...)                                                        \
  inline void NAME##_into PARAMETERS { check(spc_##NAME##_into(__VA_ARGS__)); }
#define SPC_HPP_CREATE(NAME)                                                                       \
  inline Array NAME(const Context &ctx, Shape shape, spc_dtype dtype = SPC_DTYPE_NONE) {           \
    return detail::made<Array>(spc_##NAME, ctx.get(), shape.count(), shape.data(), dtype);         \
  }
#define SPC_HPP_FULL(NAME)                                                                         \
  inline Array NAME(const Context &ctx, Shape shape, const Array &fill,                            \
                    spc_dtype dtype = SPC_DTYPE_NONE) {                                            \
    return detail::made<Array>(spc_##NAME, ctx.get(), shape.count(), shape.data(), fill.get(),     \
                               dtype);                                                             \
  }
#define SPC_HPP_EYE(NAME)                                                                          \
  inline Array NAME(const Context &ctx, std::int64_t n, std::int64_t m = SPC_NONE_I64,             \
                    spc_dtype dtype = SPC_DTYPE_NONE) {                                            \
    return detail::made<Array>(spc_##NAME, ctx.get(), n, m, dtype);                                \
  }
#define SPC_HPP_ARANGE(NAME)                                                                       \
  inline Array NAME(const Context &ctx, const Array &start, const Array &stop = {},                \
                    const Array &step = {}, spc_dtype dtype = SPC_DTYPE_NONE) {                    \
    return detail::made<Array>(spc_##NAME, ctx.get(), start.get(), stop.get(), step.get(), dtype); \
  }
#define SPC_HPP_ASARRAY(NAME)                                                                      \
  inline Array NAME(const Context &ctx, const Array &x, spc_dtype dtype = SPC_DTYPE_NONE) {        \
    return detail::made<Array>(spc_##NAME, ctx.get(), x.get(), dtype);                             \
  }
#define SPC_HPP_CAST(NAME)                                                                         \
  inline Array NAME(const Array &x, spc_dtype dtype) {                                             \
    return detail::made<Array>(spc_##NAME, x.get(), dtype);                                        \
  }
#define SPC_HPP_VIEW(NAME)                                                                         \
  inline Array NAME(const Array &x) { return detail::made<Array>(spc_##NAME, x.get()); }
#define SPC_HPP_UNARY(NAME)                                                                        \
  SPC_HPP_VIEW(NAME)                                                                               \
  SPC_HPP_INTO(NAME, (const Array &x, const Array &out), x.get(), out.get())
#define SPC_HPP_SHAPE(NAME)                                                                        \
  inline Array NAME(const Array &x, Shape shape) {                                                 \
    return detail::made<Array>(spc_##NAME, x.get(), shape.count(), shape.data());                  \
  }
#define SPC_HPP_AXES(NAME)                                                                         \
  inline Array NAME(const Array &x, Axes axes = {}) {                                              \
    return detail::made<Array>(spc_##NAME, x.get(), axes.count(), axes.data());                    \
  }
#define SPC_HPP_AXIS_PAIR(NAME)                                                                    \
  inline Array NAME(const Array &x, std::int64_t axis1, std::int64_t axis2) {                      \
    return detail::made<Array>(spc_##NAME, x.get(), axis1, axis2);                                 \
  }
#define SPC_HPP_MOVEAXIS(NAME)                                                                     \
  inline Array NAME(const Array &x, Shape source, Shape destination) {                             \
    return detail::made<Array>(spc_##NAME, x.get(), source.count(), source.data(),                 \
                               destination.count(), destination.data());                           \
  }
#define SPC_HPP_GETITEM(NAME)                                                                      \
  inline Array NAME(const Array &x, List<spc_index> index) {                                       \
    return detail::made<Array>(spc_##NAME, x.get(), index.count(), index.data());                  \
  }
#define SPC_HPP_BINARY(NAME)                                                                       \
  inline Array NAME(const Array &a, const Array &b) {                                              \
    return detail::made<Array>(spc_##NAME, a.get(), b.get());                                      \
  }                                                                                                \
  SPC_HPP_INTO(NAME, (const Array &a, const Array &b, const Array &out), a.get(), b.get(),         \
               out.get())
#define SPC_HPP_REDUCE(NAME)                                                                       \
  inline Array NAME(const Array &x, Axes axes = {}, bool keepdims = false) {                       \
    return detail::made<Array>(spc_##NAME, x.get(), axes.count(), axes.data(), keepdims ? 1 : 0);  \
  }
#define SPC_HPP_REDUCE_AS(NAME)                                                                    \
  inline Array NAME(const Array &x, Axes axes = {}, bool keepdims = false,                         \
                    spc_dtype dtype = SPC_DTYPE_NONE) {                                            \
    return detail::made<Array>(spc_##NAME, x.get(), axes.count(), axes.data(), keepdims ? 1 : 0,   \
                               dtype);                                                             \
  }
#define SPC_HPP_NORM(NAME)                                                                         \
  inline Array NAME(const Array &x, std::int32_t ord = SPC_ORD_DEFAULT, double p = 2,              \
                    Axes axes = {}, bool keepdims = false) {                                       \
    return detail::made<Array>(spc_##NAME, x.get(), ord, p, axes.count(), axes.data(),             \
                               keepdims ? 1 : 0);                                                  \
  }
#define SPC_HPP_MATMUL(NAME)                                                                       \
  inline Array NAME(const Array &a, const Array &b) {                                              \
    return detail::made<Array>(spc_##NAME, a.get(), b.get(), nullptr);                             \
  }                                                                                                \
  SPC_HPP_INTO(NAME, (const Array &a, const Array &b, const Array &out), a.get(), b.get(),         \
               nullptr, out.get())
#define SPC_HPP_ASSPARSE(NAME)                                                                     \
  inline Array NAME(const Context &ctx, const Array &x, const std::string &format = "csr",         \
                    spc_dtype dtype = SPC_DTYPE_NONE) {                                            \
    return detail::made<Array>(spc_##NAME, ctx.get(), x.get(), format.c_str(), dtype);             \
  }
#define SPC_HPP_AXPBY(NAME)                                                                        \
  inline Array NAME(const Array &a, const Array &x, const Array &b, const Array &y) {              \
    return detail::made<Array>(spc_##NAME, a.get(), x.get(), b.get(), y.get());                    \
  }                                                                                                \
  SPC_HPP_INTO(NAME, (const Array &a, const Array &x, const Array &b, const Array &y,              \
               const Array &out), a.get(), x.get(), b.get(), y.get(), out.get())
#define SPC_HPP_CONSTANT(NAME)                                                                     \
  inline Array NAME(const Context &ctx = {}) { return detail::made<Array>(spc_##NAME, ctx.get()); }
#define SPC_HPP_FULL_LIKE(NAME)                                                                    \
  inline Array NAME(const Array &x, const Array &value, spc_dtype dtype = SPC_DTYPE_NONE) {        \
    return detail::made<Array>(spc_##NAME, x.get(), value.get(), dtype);                           \
  }
#define SPC_HPP_LINSPACE(NAME)                                                                     \
  inline Array NAME(const Context &ctx, const Array &start, const Array &stop,                     \
                    std::int64_t num = 50) {                                                       \
    return detail::made<Array>(spc_##NAME, ctx.get(), start.get(), stop.get(), num);               \
  }
#define SPC_HPP_STACK(NAME)                                                                        \
  inline Array NAME(List<Array> arrays, std::int64_t axis = 0) {                                   \
    const std::vector<spc_array> h = detail::handles(arrays);                                      \
    return detail::made<Array>(spc_##NAME, static_cast<std::int64_t>(h.size()), h.data(), axis);   \
  }
#define SPC_HPP_CONCATENATE(NAME)                                                                  \
  inline Array NAME(List<Array> arrays, std::int64_t axis = 0,                                     \
                    spc_dtype dtype = SPC_DTYPE_NONE) {                                            \
    const std::vector<spc_array> h = detail::handles(arrays);                                      \
    return detail::made<Array>(spc_##NAME, static_cast<std::int64_t>(h.size()), h.data(), axis,    \
                               dtype);                                                             \
  }
#define SPC_HPP_ARRAYS(NAME)                                                                       \
  inline Array NAME(List<Array> arrays) {                                                          \
    const std::vector<spc_array> h = detail::handles(arrays);                                      \
    return detail::made<Array>(spc_##NAME, static_cast<std::int64_t>(h.size()), h.data());         \
  }
#define SPC_HPP_TUPLE_OF_ARRAYS(NAME)                                                              \
  inline std::vector<Array> NAME(List<Array> arrays) {                                             \
    const std::vector<spc_array> h = detail::handles(arrays);                                      \
    return items_of(                                                                               \
        detail::made<Array>(spc_##NAME, static_cast<std::int64_t>(h.size()), h.data()));           \
  }
#define SPC_HPP_TAKE(NAME)                                                                         \
  inline Array NAME(const Array &x, const Array &indices, std::int64_t axis = SPC_NONE_I64) {      \
    return detail::made<Array>(spc_##NAME, x.get(), indices.get(), axis);                          \
  }
#define SPC_HPP_INDEX_UPDATE(NAME)                                                                 \
  inline Array NAME(const Array &x, List<spc_index> index, const Array &values,                    \
                    bool copy = true) {                                                            \
    return detail::made<Array>(spc_##NAME, x.get(), index.count(), index.data(), values.get(),     \
                               copy ? 1 : 0);                                                      \
  }
#define SPC_HPP_ISCLOSE(NAME)                                                                      \
  inline Array NAME(const Array &a, const Array &b, double rtol = 1e-5, double atol = 1e-8) {      \
    return detail::made<Array>(spc_##NAME, a.get(), b.get(), rtol, atol);                          \
  }                                                                                                \
  SPC_HPP_INTO(NAME, (const Array &a, const Array &b, double rtol, double atol,                    \
               const Array &out), a.get(), b.get(), rtol, atol, out.get())
#define SPC_HPP_ALLCLOSE(NAME)                                                                     \
  inline bool NAME(const Array &a, const Array &b, double rtol = 1e-5, double atol = 1e-8,         \
                   bool equal_nan = false) {                                                       \
    return detail::read<std::int32_t>(spc_##NAME, a.get(), b.get(), rtol, atol,                    \
                                      equal_nan ? 1 : 0) != 0;                                     \
  }
#define SPC_HPP_ALLCLOSE_SPARSE(NAME)                                                              \
  inline bool NAME(const Array &a, const Array &b, double rtol = 1e-5, double atol = 1e-8) {       \
    return detail::read<std::int32_t>(spc_##NAME, a.get(), b.get(), rtol, atol) != 0;              \
  }
#define SPC_HPP_WHERE(NAME)                                                                        \
  inline Array NAME(const Array &condition, const Array &x, const Array &y) {                      \
    return detail::made<Array>(spc_##NAME, condition.get(), x.get(), y.get());                     \
  }                                                                                                \
  SPC_HPP_INTO(NAME, (const Array &condition, const Array &x, const Array &y, const Array &out),   \
               condition.get(), x.get(), y.get(), out.get())
#define SPC_HPP_CLIP(NAME)                                                                         \
  inline Array NAME(const Array &x, const Array &a_min, const Array &a_max) {                      \
    return detail::made<Array>(spc_##NAME, x.get(), a_min.get(), a_max.get());                     \
  }                                                                                                \
  SPC_HPP_INTO(NAME, (const Array &x, const Array &a_min, const Array &a_max, const Array &out),   \
               x.get(), a_min.get(), a_max.get(), out.get())
#define SPC_HPP_LOGSUMEXP(NAME)                                                                    \
  inline Array NAME(const Array &a, Axes axes = {}, const Array &b = {}, bool keepdims = false) {  \
    spc_array out = nullptr;                                                                       \
    check(spc_##NAME(a.get(), b.get(), axes.count(), axes.data(), keepdims ? 1 : 0, &out,          \
                     nullptr));                                                                    \
    return Array::adopt(out);                                                                      \
  }                                                                                                \
  /* The log of the modulus, and the sign or unit phase. */                                        \
  inline std::pair<Array, Array> NAME##_sign(const Array &a, Axes axes = {}, const Array &b = {},  \
                                             bool keepdims = false) {                              \
    spc_array out = nullptr, sign = nullptr;                                                       \
    check(spc_##NAME(a.get(), b.get(), axes.count(), axes.data(), keepdims ? 1 : 0, &out, &sign)); \
    return {Array::adopt(out), Array::adopt(sign)};                                                \
  }
#define SPC_HPP_ARG(NAME)                                                                          \
  inline Array NAME(const Array &x, std::int64_t axis = SPC_NONE_I64, bool keepdims = false) {     \
    return detail::made<Array>(spc_##NAME, x.get(), axis, keepdims ? 1 : 0);                       \
  }
#define SPC_HPP_AXIS(NAME)                                                                         \
  inline Array NAME(const Array &x, std::int64_t axis = -1) {                                      \
    return detail::made<Array>(spc_##NAME, x.get(), axis);                                         \
  }
#define SPC_HPP_NONZERO(NAME)                                                                      \
  inline std::vector<Array> NAME(const Array &x) {                                                 \
    return items_of(detail::made<Array>(spc_##NAME, x.get()));                                     \
  }
#define SPC_HPP_BINCOUNT(NAME)                                                                     \
  inline Array NAME(const Array &x, std::int64_t minlength = 0) {                                  \
    return detail::made<Array>(spc_##NAME, x.get(), minlength);                                    \
  }
#define SPC_HPP_TENSORDOT(NAME)                                                                    \
  inline Array NAME(const Array &a, const Array &b, std::int32_t axes = 2) {                       \
    return detail::made<Array>(spc_##NAME, a.get(), b.get(), axes, nullptr, axes, nullptr);        \
  }                                                                                                \
  inline Array NAME(const Array &a, const Array &b, Shape a_axes, Shape b_axes) {                  \
    return detail::made<Array>(spc_##NAME, a.get(), b.get(), a_axes.count(), a_axes.data(),        \
                               b_axes.count(), b_axes.data());                                     \
  }
#define SPC_HPP_EINSUM(NAME)                                                                       \
  inline Array NAME(const std::string &subscripts, List<Array> operands) {                         \
    const std::vector<spc_array> h = detail::handles(operands);                                    \
    return detail::made<Array>(spc_##NAME, subscripts.c_str(),                                     \
                               static_cast<std::int64_t>(h.size()), h.data());                     \
  }
#define SPC_HPP_OPTIONS(NAME)                                                                      \
  inline Array NAME(const Array &x) { return detail::made<Array>(spc_##NAME, x.get(), nullptr); }  \
  SPC_HPP_INTO(NAME, (const Array &x, const Array &out), x.get(), nullptr, out.get())
#define SPC_HPP_EIGH(NAME)                                                                         \
  inline std::pair<Array, Array> NAME(const Array &x) {                                            \
    spc_array w = nullptr, v = nullptr;                                                            \
    check(spc_##NAME(x.get(), nullptr, &w, &v));                                                   \
    return {Array::adopt(w), Array::adopt(v)};                                                     \
  }
#define SPC_HPP_EIG(NAME)                                                                          \
  inline std::pair<Array, Array> NAME(const Array &x) {                                            \
    spc_array w = nullptr, v = nullptr;                                                            \
    check(spc_##NAME(x.get(), &w, &v));                                                            \
    return {Array::adopt(w), Array::adopt(v)};                                                     \
  }
#define SPC_HPP_SVD(NAME)                                                                          \
  inline std::tuple<Array, Array, Array> NAME(const Array &x, bool full_matrices = true) {         \
    spc_array u = nullptr, s = nullptr, vh = nullptr;                                              \
    check(spc_##NAME(x.get(), full_matrices ? 1 : 0, nullptr, &u, &s, &vh));                       \
    return {Array::adopt(u), Array::adopt(s), Array::adopt(vh)};                                   \
  }
#define SPC_HPP_LU(NAME)                                                                           \
  inline std::pair<Array, Array> NAME(const Array &x) {                                            \
    spc_array lu = nullptr, pivots = nullptr;                                                      \
    check(spc_##NAME(x.get(), &lu, &pivots));                                                      \
    return {Array::adopt(lu), Array::adopt(pivots)};                                               \
  }
#define SPC_HPP_FACTOR_SOLVE(NAME)                                                                 \
  inline Array NAME(const Array &lu, const Array &pivots, const Array &b,                          \
                    std::int32_t mode = SPC_MODE_NONE) {                                           \
    return detail::made<Array>(spc_##NAME, lu.get(), pivots.get(), b.get(), mode);                 \
  }
#define SPC_HPP_TRIANGULAR(NAME)                                                                   \
  inline Array NAME(const Array &a, const Array &b, bool lower = false, bool unit = false,         \
                    std::int32_t mode = SPC_MODE_NONE) {                                           \
    return detail::made<Array>(spc_##NAME, a.get(), b.get(), mode, lower ? 1 : 0, unit ? 1 : 0);   \
  }
#define SPC_HPP_PROGRAM(NAME)                                                                      \
  inline void NAME(List<spc_instruction> instructions, List<Array> vectors,                        \
                   List<Array> scalars = {}, const Array &results = {}) {                          \
    const std::vector<spc_array> v = detail::handles(vectors), s = detail::handles(scalars);       \
    check(spc_##NAME(instructions.count(), instructions.data(), vectors.count(), v.data(),         \
                     scalars.count(), s.data(), results.get()));                                   \
  }
#define SPC_HPP_KERNEL(NAME)

#define SPC_OP(NAME, CODE, SINCE, SIG, ...) SPC_HPP_##SIG(NAME)
#include "spacecore/ops.def"

#undef SPC_HPP_INTO
#undef SPC_HPP_CREATE
#undef SPC_HPP_FULL
#undef SPC_HPP_EYE
#undef SPC_HPP_ARANGE
#undef SPC_HPP_ASARRAY
#undef SPC_HPP_CAST
#undef SPC_HPP_VIEW
#undef SPC_HPP_UNARY
#undef SPC_HPP_SHAPE
#undef SPC_HPP_AXES
#undef SPC_HPP_AXIS_PAIR
#undef SPC_HPP_MOVEAXIS
#undef SPC_HPP_GETITEM
#undef SPC_HPP_BINARY
#undef SPC_HPP_REDUCE
#undef SPC_HPP_REDUCE_AS
#undef SPC_HPP_NORM
#undef SPC_HPP_MATMUL
#undef SPC_HPP_ASSPARSE
#undef SPC_HPP_AXPBY
#undef SPC_HPP_CONSTANT
#undef SPC_HPP_FULL_LIKE
#undef SPC_HPP_LINSPACE
#undef SPC_HPP_STACK
#undef SPC_HPP_CONCATENATE
#undef SPC_HPP_ARRAYS
#undef SPC_HPP_TUPLE_OF_ARRAYS
#undef SPC_HPP_TAKE
#undef SPC_HPP_INDEX_UPDATE
#undef SPC_HPP_ISCLOSE
#undef SPC_HPP_ALLCLOSE
#undef SPC_HPP_ALLCLOSE_SPARSE
#undef SPC_HPP_WHERE
#undef SPC_HPP_CLIP
#undef SPC_HPP_LOGSUMEXP
#undef SPC_HPP_ARG
#undef SPC_HPP_AXIS
#undef SPC_HPP_NONZERO
#undef SPC_HPP_BINCOUNT
#undef SPC_HPP_TENSORDOT
#undef SPC_HPP_EINSUM
#undef SPC_HPP_OPTIONS
#undef SPC_HPP_EIGH
#undef SPC_HPP_EIG
#undef SPC_HPP_SVD
#undef SPC_HPP_LU
#undef SPC_HPP_FACTOR_SOLVE
#undef SPC_HPP_TRIANGULAR
#undef SPC_HPP_PROGRAM
#undef SPC_HPP_KERNEL
// clang-format on

inline Array operator+(const Array &a, const Array &b) {
  return add(a, b);
}
inline Array operator-(const Array &a, const Array &b) {
  return subtract(a, b);
}
/// Elementwise.
inline Array operator*(const Array &a, const Array &b) {
  return multiply(a, b);
}
inline Array operator/(const Array &a, const Array &b) {
  return divide(a, b);
}
inline Array operator-(const Array &x) {
  return negative(x);
}

}  // namespace api
}  // namespace spc

#endif  // C++20
