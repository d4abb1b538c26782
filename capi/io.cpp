// SPDX-License-Identifier: Apache-2.0
#include <cstddef>

#include "spacecore/api.h"

#include "capi/handles.hpp"
#include "capi/record.hpp"
#include "core/io/matrix_market_array.hpp"

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

namespace {

// The layout of the first version ends with this field.
constexpr std::size_t least_header =
    offsetof(spc_mm_header, entries) + sizeof(spc_mm_header::entries);

}  // namespace

extern "C" {

spc_status spc_mm_info(const char *path, spc_mm_header *out) {
  return guard("mm_info", [&] {
    require(path, "mm_info", "path");
    require(out, "mm_info", "out");
    const io::MatrixMarketInfo info = io::read_matrix_market_info(path);
    spc_mm_header header = {};
    header.coordinate = info.coordinate ? 1 : 0;
    header.field = static_cast<std::int32_t>(info.field);
    header.symmetry = static_cast<std::int32_t>(info.symmetry);
    header.rows = info.rows;
    header.cols = info.cols;
    header.entries = info.entries;
    write_record(out, header, least_header, "mm_info");
  });
}

spc_status spc_mm_read(const char *path, spc_context ctx, const char *format, int32_t dtype,
                       spc_array *out) {
  return guard("mm_read", [&] {
    require(path, "mm_read", "path");
    require(out, "mm_read", "out");
    const Ref<Context> context = context_or_default(ctx, "mm_read");
    *out = new_handle<Value>(
        io::read_matrix(path, *context, format, dtype_or(dtype, Dtype::none, "mm_read")));
  });
}

spc_status spc_mm_write(const char *path, spc_array a, int32_t symmetry, const char *comment) {
  return guard("mm_write", [&] {
    require(path, "mm_write", "path");
    if (symmetry < SPC_MM_GENERAL || symmetry > SPC_MM_HERMITIAN)
      fail(SPC_E_VALUE, "mm_write: symmetry is {}, expected {} to {}", symmetry,
           static_cast<int>(SPC_MM_GENERAL), static_cast<int>(SPC_MM_HERMITIAN));
    io::write_matrix(path, get<Value>(a, "mm_write"),
                     static_cast<io::MatrixMarketSymmetry>(symmetry),
                     comment == nullptr ? "" : comment);
  });
}

}  // extern "C"
