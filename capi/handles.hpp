// SPDX-License-Identifier: Apache-2.0
// Handles: what the C API's opaque pointers point to.
//
// Slots come from slabs that are never unmapped and are reused first in, first out after a
// quarantine, so a stale handle is recognised by its tag instead of being followed.
#pragma once

#include <atomic>
#include <cstdint>

#include "spacecore/types.h"

#include "capi/guard.hpp"
#include "core/array/value.hpp"
#include "core/context/context.hpp"
#include "core/support/error.hpp"
#include "core/support/object.hpp"

namespace spc {
class Geometry;
class Space;
class LinOp;
class Rng;
class Functional;
class Set;
class Workspace;
}  // namespace spc

namespace spc::capi {

enum class Tag : std::uint32_t {
  free = 0,
  value = 0x51a7e001,
  context = 0x51a7e002,
  geometry = 0x51a7e003,
  space = 0x51a7e004,
  linop = 0x51a7e005,
  rng = 0x51a7e006,
  functional = 0x51a7e007,
  set = 0x51a7e008,
  workspace = 0x51a7e009,
};

struct Slot {
  std::atomic<Tag> tag;
  std::atomic<std::int64_t> references;
  Object *object;
  Slot *next;
};

template <class T>
struct HandleOf;  // maps an object class to its C handle and tag
template <>
struct HandleOf<Value> {
  using type = spc_object *;
  static constexpr Tag tag = Tag::value;
  static constexpr const char *word = "array";
};
template <>
struct HandleOf<Context> {
  using type = spc_context;
  static constexpr Tag tag = Tag::context;
  static constexpr const char *word = "context";
};
template <>
struct HandleOf<Geometry> {
  using type = spc_geometry;
  static constexpr Tag tag = Tag::geometry;
  static constexpr const char *word = "geometry";
};
template <>
struct HandleOf<Space> {
  using type = spc_space;
  static constexpr Tag tag = Tag::space;
  static constexpr const char *word = "space";
};
template <>
struct HandleOf<LinOp> {
  using type = spc_linop;
  static constexpr Tag tag = Tag::linop;
  static constexpr const char *word = "operator";
};
template <>
struct HandleOf<Rng> {
  using type = spc_rng;
  static constexpr Tag tag = Tag::rng;
  static constexpr const char *word = "generator";
};

template <>
struct HandleOf<Functional> {
  using type = spc_functional;
  static constexpr Tag tag = Tag::functional;
  static constexpr const char *word = "functional";
};
template <>
struct HandleOf<Set> {
  using type = spc_set;
  static constexpr Tag tag = Tag::set;
  static constexpr const char *word = "set";
};
template <>
struct HandleOf<Workspace> {
  using type = spc_workspace;
  static constexpr Tag tag = Tag::workspace;
  static constexpr const char *word = "workspace";
};

/// A slot that owns one reference to object.
Slot *new_slot(Tag tag, Object *object);
/// Gives back one reference of a live slot; the last one frees the slot and releases the object.
void drop_slot(Slot *slot) noexcept;
[[noreturn]] void fail_handle(const Slot *slot, const char *op, const char *word);

/// The object behind a handle. HandleErr `op: the array handle is NULL` / `... is stale or foreign`.
template <class T>
T &get(typename HandleOf<T>::type handle, const char *op) {
  Slot *slot = reinterpret_cast<Slot *>(handle);
  if (slot == nullptr || slot->tag.load(std::memory_order_acquire) != HandleOf<T>::tag) [[unlikely]]
    fail_handle(slot, op, HandleOf<T>::word);
  return static_cast<T &>(*slot->object);
}

/// As get, with nullptr for a NULL handle.
template <class T>
T *get_or_null(typename HandleOf<T>::type handle, const char *op) {
  return handle == nullptr ? nullptr : &get<T>(handle, op);
}

/// A new handle that takes over the reference.
template <class T>
typename HandleOf<T>::type new_handle(Ref<T> object) {
  Slot *slot = new_slot(HandleOf<T>::tag, static_cast<Object *>(object.get()));
  object.leak();
  return reinterpret_cast<typename HandleOf<T>::type>(slot);
}

/// The context behind a handle; the process default for NULL.
inline Ref<Context> context_or_default(spc_context ctx, const char *op) {
  return ctx == nullptr ? default_context() : Ref<Context>::share(&get<Context>(ctx, op));
}

template <class T>
void retain_handle(typename HandleOf<T>::type handle, const char *op) {
  get<T>(handle, op);
  reinterpret_cast<Slot *>(handle)->references.fetch_add(1, std::memory_order_relaxed);
}

/// Release functions: NULL is accepted, a stale handle is HandleErr. They run in clean-up code, so
/// they leave the thread's last error alone, whatever they return.
template <class T>
spc_status release_handle(typename HandleOf<T>::type *handle) noexcept {
  if (handle == nullptr || *handle == nullptr) return SPC_OK;
  Slot *slot = reinterpret_cast<Slot *>(*handle);
  if (slot->tag.load(std::memory_order_acquire) != HandleOf<T>::tag) return SPC_E_HANDLE;
  drop_slot(slot);
  *handle = nullptr;
  return SPC_OK;
}

/// New handles of objects[i] in *outs[i]: all of them or none.
template <class T, std::size_t N>
void give_handles(const Ref<T> *objects, typename HandleOf<T>::type *const (&outs)[N]) {
  typename HandleOf<T>::type handles[N] = {};
  try {
    for (std::size_t i = 0; i < N; ++i) handles[i] = new_handle<T>(objects[i]);
  } catch (...) {
    for (auto &h : handles) release_handle<T>(&h);
    throw;
  }
  for (std::size_t i = 0; i < N; ++i) *outs[i] = handles[i];
}

/// Takes over the reference that a callback returned: the object, with the handle gone.
template <class T>
Ref<T> consume_handle(typename HandleOf<T>::type handle, const char *op) {
  Ref<T> object = Ref<T>::share(&get<T>(handle, op));
  drop_slot(reinterpret_cast<Slot *>(handle));
  return object;
}

/// A handle for the length of a callback.
template <class T>
class LentHandle {
 public:
  explicit LentHandle(T &object) : handle_(new_handle<T>(Ref<T>::share(&object))) {}
  LentHandle(const LentHandle &) = delete;
  LentHandle &operator=(const LentHandle &) = delete;
  ~LentHandle() { drop_slot(reinterpret_cast<Slot *>(handle_)); }
  typename HandleOf<T>::type get() const noexcept { return handle_; }

 private:
  typename HandleOf<T>::type handle_;
};

}  // namespace spc::capi
