// SPDX-License-Identifier: Apache-2.0
#include "spacecore/api.h"

#include "capi/handles.hpp"
#include "core/ops/operands.hpp"

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_dtype_name(int32_t dtype, const char **out) {
  return guard("dtype_name", [&] {
    require(out, "dtype_name", "out");
    *out = name(checked_dtype(dtype, "dtype_name"));
  });
}

spc_status spc_dtype_from_name(const char *text, int32_t *out) {
  return guard("dtype_from_name", [&] {
    require(text, "dtype_from_name", "name");
    require(out, "dtype_from_name", "out");
    *out = index_of(dtype_from_name(text));
  });
}

spc_status spc_dtype_size(int32_t dtype, int64_t *out) {
  return guard("dtype_size", [&] {
    require(out, "dtype_size", "out");
    *out = size_of(checked_dtype(dtype, "dtype_size"));
  });
}

spc_status spc_sanitize_dtype(spc_context ctx, int32_t dtype, int32_t *out) {
  return guard("sanitize_dtype", [&] {
    require(out, "sanitize_dtype", "out");
    get_or_null<Context>(ctx, "sanitize_dtype");  // float64 is the default of every family
    *out = index_of(dtype_or(dtype, Dtype::float64, "sanitize_dtype"));
  });
}

spc_status spc_is_complex_dtype(int32_t dtype, int32_t *out) {
  return guard("is_complex_dtype", [&] {
    require(out, "is_complex_dtype", "out");
    *out = is_complex(dtype_or(dtype, Dtype::float64, "is_complex_dtype")) ? 1 : 0;
  });
}

spc_status spc_real_dtype(int32_t dtype, int32_t *out) {
  return guard("real_dtype", [&] {
    require(out, "real_dtype", "out");
    *out = index_of(real_of(dtype_or(dtype, Dtype::float64, "real_dtype")));
  });
}

spc_status spc_eps(int32_t dtype, double *out) {
  return guard("eps", [&] {
    require(out, "eps", "out");
    *out = eps(dtype_or(dtype, Dtype::float64, "eps"));
  });
}

spc_status spc_result_type(int64_t n, const spc_value *values, int32_t n_dtypes,
                           const int32_t *dtypes, int32_t *out) {
  const char *op = "result_type";
  return guard(op, [&] {
    require(out, op, "out");
    if (n > 0) require(values, op, "values");
    if (n_dtypes > 0) require(dtypes, op, "dtypes");
    Join join;
    for (int64_t i = 0; i < n; ++i) {
      Value &v = get<Value>(values[i], op);
      if (v.kind() == ValueKind::array)
        join.strong(static_cast<Array &>(v).dtype);
      else if (v.kind() == ValueKind::sparse)
        join.strong(static_cast<SparseArray &>(v).dtype());
      else if (v.kind() == ValueKind::scalar)
        join.weak(static_cast<Scalar &>(v).weak_kind);
      else
        fail(SPC_E_TYPE, "{}: expected an array or a scalar, got {}", op, describe(&v));
    }
    for (int32_t i = 0; i < n_dtypes; ++i) join.strong(checked_dtype(dtypes[i], op));
    if (join.empty()) fail(SPC_E_VALUE, "{}: nothing given", op);
    *out = index_of(join.result());
  });
}

}  // extern "C"
