// SPDX-License-Identifier: Apache-2.0
// Strided host memory lent to and by other libraries.
#include "spacecore/dlpack.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "spacecore/api.h"

#include "capi/handles.hpp"
#include "core/array/borrowed.hpp"
#include "core/registry/memory.hpp"

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

namespace {

constexpr const char *import_op = "array_from_dlpack";
constexpr const char *export_op = "array_to_dlpack";

struct TypeCode {
  Dtype dtype;
  std::uint8_t code, bits;
};
constexpr TypeCode type_codes[] = {
    {Dtype::boolean, SPC_DL_BOOL, 8},        {Dtype::int8, SPC_DL_INT, 8},
    {Dtype::int32, SPC_DL_INT, 32},          {Dtype::int64, SPC_DL_INT, 64},
    {Dtype::uint8, SPC_DL_UINT, 8},          {Dtype::float32, SPC_DL_FLOAT, 32},
    {Dtype::float64, SPC_DL_FLOAT, 64},      {Dtype::complex64, SPC_DL_COMPLEX, 64},
    {Dtype::complex128, SPC_DL_COMPLEX, 128}};

Dtype dtype_of(const spc_dl_dtype &t) {
  if (t.lanes != 1) fail(SPC_E_TYPE, "{}: elements of {} lanes, expected 1", import_op, t.lanes);
  for (const TypeCode &c : type_codes)
    if (c.code == t.code && c.bits == t.bits) return c.dtype;
  fail(SPC_E_TYPE, "{}: type code {} with {} bits is none of the nine dtypes", import_op, t.code,
       t.bits);
}

template <class Managed>
void give_back(void *managed, void *) {
  auto *const m = static_cast<Managed *>(managed);
  if (m->deleter != nullptr) m->deleter(m);
}

template <class Managed>
spc_array imported(spc_context ctx, Managed &managed, bool writable) {
  const spc_dl_tensor &t = managed.tensor;
  if (t.device.type != SPC_DL_CPU)
    fail(SPC_E_TYPE, "{}: the tensor is on device type {} (number {}), expected {}, host memory",
         import_op, t.device.type, t.device.id, static_cast<int>(SPC_DL_CPU));
  const Dtype dtype = dtype_of(t.dtype);
  const Dims shape = checked_shape(t.ndim, t.shape, import_op);
  std::byte *first = static_cast<std::byte *>(t.data);
  if (first != nullptr) first += t.byte_offset;
  const Ref<Context> context = context_or_default(ctx, import_op);
  const Ref<Array> a =
      borrowed_array(*context, dtype, shape, t.strides, first, writable, import_op);
  const spc_array handle = new_handle<Value>(a);
  a->buffer->set_deleter(give_back<Managed>, &managed);
  return handle;
}

// What the borrower of an array holds: the record, its vectors, and the array itself.
template <class Managed>
struct Lent {
  Managed managed = {};
  Ref<Array> array;
  std::vector<std::int64_t> shape, strides;

  static void end(Managed *m) { delete static_cast<Lent *>(m->manager); }
};

template <class Managed>
std::unique_ptr<Lent<Managed>> lent(Array &a) {
  auto lent = std::make_unique<Lent<Managed>>();
  lent->array = Ref<Array>::share(&a);
  lent->shape.assign(a.shape.begin(), a.shape.end());
  lent->strides.assign(a.strides.begin(), a.strides.end());
  spc_dl_tensor &t = lent->managed.tensor;
  t.data = a.data;
  t.device = {SPC_DL_CPU, 0};
  t.ndim = a.ndim();
  const TypeCode &code = *std::find_if(std::begin(type_codes), std::end(type_codes),
                                       [&](const TypeCode &c) { return c.dtype == a.dtype; });
  t.dtype = {code.code, code.bits, 1};
  t.shape = lent->shape.data();
  t.strides = lent->strides.data();
  lent->managed.manager = lent.get();
  lent->managed.deleter = Lent<Managed>::end;
  return lent;
}

void check_generation(std::int32_t versioned, const char *op) {
  if (versioned != 0 && versioned != 1)
    fail(SPC_E_VALUE, "{}: versioned is {}, expected 0 or 1", op, versioned);
}

}  // namespace

extern "C" {

spc_status spc_array_from_dlpack(spc_context ctx, void *managed, int32_t versioned,
                                 spc_array *out) {
  return guard(import_op, [&] {
    require(managed, import_op, "managed");
    require(out, import_op, "out");
    check_generation(versioned, import_op);
    if (versioned == 0) {
      *out = imported(ctx, *static_cast<spc_dl_managed *>(managed), true);
      return;
    }
    auto &m = *static_cast<spc_dl_managed_versioned *>(managed);
    if (m.version.major != SPC_DL_MAJOR)
      fail(SPC_E_VALUE, "{}: the tensor has version {}.{}, expected {}.x", import_op,
           m.version.major, m.version.minor, static_cast<int>(SPC_DL_MAJOR));
    *out = imported(ctx, m, (m.flags & SPC_DL_FLAG_READ_ONLY) == 0);
  });
}

spc_status spc_array_to_dlpack(spc_array a, int32_t versioned, void **out) {
  return guard(export_op, [&] {
    require(out, export_op, "out");
    check_generation(versioned, export_op);
    Array &array = as_dense(&get<Value>(a, export_op), export_op);
    MemorySpace &space = array.buffer->space();
    if (array.opaque() || &space != &host_space())
      fail(SPC_E_TYPE, "{}: got an {} in memory space '{}', expected elements in '{}'", export_op,
           describe(&array), space.name, host_space().name);
    if (versioned == 0) {
      if (!array.writable())
        fail(SPC_E_VALUE,
             "{}: the array is read-only, which a record without version cannot say; versioned = 1 "
             "can",
             export_op);
      *out = &lent<spc_dl_managed>(array).release()->managed;
      return;
    }
    auto record = lent<spc_dl_managed_versioned>(array);
    record->managed.version = {SPC_DL_MAJOR, SPC_DL_MINOR};
    record->managed.flags = array.writable() ? 0 : SPC_DL_FLAG_READ_ONLY;
    *out = &record.release()->managed;
  });
}

}  // extern "C"
