/* SPDX-License-Identifier: Apache-2.0 */
/* Status codes: every function of the library returns one. 0 is success, errors are negative.
 *
 * A kind may have parents: an AxisErr can be handled as a ValueErr or as an IndexErr
 * (spc_status_is_a). The numeric values are ABI and are never reused. */
#ifndef SPACECORE_STATUS_H
#define SPACECORE_STATUS_H

#include <stdint.h>

/* X(NAME, VALUE, KIND, PARENT1, PARENT2, RULE): RULE says when to choose this kind over its
 * neighbours. A parent of 0 means none. */
#define SPC_STATUS_LIST(X)                                                                         \
  X(VALUE, -1, "ValueErr", 0, 0, "a bad value: shape, format, level, policy, empty reduction")     \
  X(TYPE, -2, "TypeErr", 0, 0, "wrong kind of object, dtype or family; complex to real")           \
  X(INDEX, -3, "IndexErr", 0, 0, "an index is out of range or of a bad form")                      \
  X(AXIS, -4, "AxisErr", -1, -3, "an axis is out of range")                                        \
  X(LINALG, -5, "LinAlgErr", -1, 0, "singular, not positive definite, not square, no convergence") \
  X(NOTIMPL, -6, "NotImpl", 0, 0, "the family does not offer the operation")                       \
  X(OVERFLOW, -7, "OverflowErr", 0, 0, "an untyped integer does not fit the result dtype")         \
  X(RUNTIME, -8, "RuntimeErr", 0, 0, "a failure with no better kind")                              \
  X(CONTEXT, -9, "ContextError", -8, 0, "base of the context errors")                              \
  X(CONTEXT_INFERENCE, -10, "ContextInference", -9, 0, "several families claim one array")         \
  X(CONTEXT_CONFLICT, -11, "ContextConflict", -9, -1, "duplicate family; families that differ")    \
  X(CONTEXT_CONVERSION, -12, "ContextConversion", -9, 0, "conversion forbidden by policy")         \
  X(UNKNOWN_BACKEND, -13, "UnknownBackend", -9, 0, "no family of that name is registered")         \
  X(BACKEND_UNAVAILABLE, -14, "BackendUnavailable", -13, 0, "known family that cannot be used")    \
  X(VALIDATION, -15, "SpaceValidation", -1, -2, "a membership check failed")                       \
  X(CAPABILITY, -16, "CapabilityErr", -2, 0, "the space lacks the capability")                     \
  X(MEMORY, -17, "OutOfMemory", -8, 0, "an allocation failed")                                     \
  X(PLUGIN, -18, "PluginErr", -8, 0, "a plugin broke the ABI, threw, or cannot be loaded")         \
  X(FILE, -19, "FileErr", -1, 0, "a file cannot be read, parsed or written: file and line")        \
  X(HANDLE, -20, "HandleErr", -2, 0, "NULL, stale or foreign handle")                              \
  X(CALLBACK, -21, "CallbackErr", 0, 0, "a user callback returned non-zero")                       \
  X(CANCELLED, -22, "Cancelled", 0, 0, "the call was cancelled")

/* 0, or one of the negative SPC_E_* codes. */
typedef int32_t spc_status;

enum {
  SPC_OK = 0,
#define X(NAME, VALUE, KIND, PARENT1, PARENT2, RULE) SPC_E_##NAME = (VALUE),
  SPC_STATUS_LIST(X)
#undef X
      SPC_STATUS_END_ = 1
};

#endif /* SPACECORE_STATUS_H */
