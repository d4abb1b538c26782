// SPDX-License-Identifier: Apache-2.0
// Arrays in another context: another tag, another dtype, or through host memory (spec 3, 5).
#include <cstddef>
#include <vector>

#include "core/ops/ops.hpp"
#include "core/registry/registry.hpp"
#include "core/support/error.hpp"

namespace spc::ops {

namespace {

// x in the family of ctx with its own dtype or a wider one, by way of the host.
Ref<Array> carried(Context &ctx, Array &x, Dtype dtype) {
  if (x.opaque() && x.dtype != dtype) {  // what its family cannot cast, the host can
    const auto host = make<Context>(Registry::instance().host_default(), dtype, CheckLevel::none);
    return carried(ctx, *carried(*host, x, x.dtype), dtype);
  }
  Ref<Array> cast = x.dtype == dtype ? Ref<Array>::share(&x) : astype(x, dtype);
  std::vector<std::byte> host(static_cast<std::size_t>(cast->size * size_of(dtype)));
  if (!host.empty()) to_host(*cast, host.data());
  return from_host(ctx, dtype, x.shape, host.data());
}

Ref<Array> transferred(Context &ctx, Array &x, Dtype dtype) {
  refuse_complex_to_real("convert", x.dtype, dtype);
  if (interchangeable(*x.family, ctx.family)) {
    if (x.opaque() && x.dtype != dtype)
      fail(SPC_E_NOTIMPL,
           "convert: arrays of family {} are opaque and keep their dtype {}; {} was "
           "asked for",
           x.family->name(), name(x.dtype), name(dtype));
    return asarray(ctx, x, dtype);
  }
  return carried(ctx, x, dtype);
}

}  // namespace

Ref<Array> transfer(Context &ctx, Array &x) {
  return transferred(ctx, x, ctx.dtype);
}

Ref<SparseArray> transfer(Context &ctx, SparseArray &x) {
  if (x.dtype() == ctx.dtype && interchangeable(x.family(), ctx.family))
    return retag(Ref<SparseArray>::share(&x), ctx.family);
  if (ctx.family.opaque())
    fail(SPC_E_NOTIMPL, "convert: the opaque family {} has no sparse arrays", ctx.family.name());
  refuse_complex_to_real("convert", x.dtype(), ctx.dtype);
  return new_sparse(x.format, x.rows, x.cols, transferred(ctx, *x.first, x.index_dtype()),
                    transferred(ctx, *x.second, x.index_dtype()), transfer(ctx, *x.data));
}

Ref<Value> transfer(Context &ctx, Value &x, const char *op) {
  switch (x.kind()) {
    case ValueKind::array:
      return transfer(ctx, static_cast<Array &>(x));
    case ValueKind::sparse:
      return transfer(ctx, static_cast<SparseArray &>(x));
    case ValueKind::scalar:
      return Ref<Value>::share(&x);
    default:
      fail(SPC_E_NOTIMPL, "{}: no rule converts {}", op, describe(&x));
  }
}

Ref<Value> convert(Context &ctx, Value &x, const char *op) {
  if (x.kind() == ValueKind::array) return asarray(ctx, x, ctx.dtype);
  if (x.kind() == ValueKind::sparse) {
    auto &s = static_cast<SparseArray &>(x);
    static constexpr const char *formats[] = {"csr", "csc", "coo"};
    return assparse(ctx, s, formats[s.format], ctx.dtype);
  }
  fail(SPC_E_NOTIMPL, "{}: no rule converts {}", op, describe(&x));
}

}  // namespace spc::ops
