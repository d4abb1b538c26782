// SPDX-License-Identifier: Apache-2.0
// Batches, matrices, views, factories and structure of operators.
#include "capi/operators.hpp"

#include "capi/text.hpp"
#include "core/linop/algebra.hpp"
#include "core/linop/laws.hpp"
#include "core/linop/views.hpp"

namespace spc::capi {

namespace {

// f(operator, operand) as a new handle; both live through user code that may release them.
template <class F>
spc_status applied(const char *op, spc_linop A, spc_element x, spc_element *out, F &&f) {
  return guard(op, [&] {
    require(out, op, "out");
    const Ref<LinOp> linop = linop_of(A, op);
    const Ref<Value> operand = value_of(x, op);
    *out = new_handle<Value>(f(*linop, *operand));
  });
}

// f(operator) as a new value handle.
template <class F>
spc_status array_of(const char *op, spc_linop A, spc_array *out, F &&f) {
  return guard(op, [&] {
    require(out, op, "out");
    const Ref<LinOp> linop = linop_of(A, op);
    *out = new_handle<Value>(f(*linop));
  });
}

Property checked_property(int32_t property, const char *op) {
  if (property < SPC_IS_HERMITIAN || property >= AssumedLinOp::properties)
    fail(SPC_E_VALUE, "{}: property is {}, expected {} to {}", op, property,
         static_cast<int>(SPC_IS_HERMITIAN), AssumedLinOp::properties - 1);
  return static_cast<Property>(property);
}

}  // namespace

}  // namespace spc::capi

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_linop_vapply(spc_linop A, spc_element xs, spc_element *out) {
  return applied("linop_vapply", A, xs, out,
                 [](const LinOp &op, Value &batch) { return op.vapply(batch); });
}

spc_status spc_linop_rvapply(spc_linop A, spc_element ys, spc_element *out) {
  return applied("linop_rvapply", A, ys, out,
                 [](const LinOp &op, Value &batch) { return op.rvapply(batch); });
}

spc_status spc_linop_to_matrix(spc_linop A, spc_array *out) {
  return array_of("linop_to_matrix", A, out, [](const LinOp &op) { return op.to_matrix(); });
}

spc_status spc_linop_to_dense(spc_linop A, spc_array *out) {
  return array_of("linop_to_dense", A, out, [](const LinOp &op) { return op.to_dense(); });
}

spc_status spc_linop_to_sparse(spc_linop A, spc_array *out) {
  return array_of("linop_to_sparse", A, out, [](const LinOp &op) { return op.to_sparse(); });
}

spc_status spc_linop_array(spc_linop A, spc_array *out) {
  return array_of("linop_array", A, out, [](const LinOp &op) { return op.array(); });
}

spc_status spc_linop_transpose(spc_linop A, spc_linop *out) {
  return linop_result("linop_transpose", out,
                      [&] { return get<LinOp>(A, "linop_transpose").transpose(); });
}

spc_status spc_linop_conjugate(spc_linop A, spc_linop *out) {
  return linop_result("linop_conjugate", out,
                      [&] { return get<LinOp>(A, "linop_conjugate").conjugate(); });
}

spc_status spc_linop_make_scaled(spc_array s, spc_linop A, spc_linop *out) {
  return linop_result("linop_make_scaled", out, [&] {
    return make_scaled(value_of(s, "linop_make_scaled"), linop_of(A, "linop_make_scaled"));
  });
}

spc_status spc_linop_make_sum(int64_t n, const spc_linop *ops, spc_linop *out) {
  return linop_result("linop_make_sum", out,
                      [&] { return make_sum(linops_of(n, ops, "linop_make_sum", "ops")); });
}

spc_status spc_linop_make_composed(spc_linop left, spc_linop right, spc_linop *out) {
  return linop_result("linop_make_composed", out, [&] {
    return make_composed(linop_of(left, "linop_make_composed"),
                         linop_of(right, "linop_make_composed"));
  });
}

spc_status spc_linop_fuse(spc_linop A, int32_t materialize, spc_linop *out) {
  return linop_result("linop_fuse", out, [&] {
    const Ref<LinOp> op = linop_of(A, "linop_fuse");
    return op->fused(materialize != 0);
  });
}

spc_status spc_linop_equal(spc_linop A, spc_linop B, int32_t *out) {
  return guard("linop_equal", [&] {
    require(out, "linop_equal", "out");
    *out = get<LinOp>(A, "linop_equal").equals(get<LinOp>(B, "linop_equal")) ? 1 : 0;
  });
}

spc_status spc_linop_is(spc_linop A, int32_t property, int32_t *out) {
  return guard("linop_is", [&] {
    require(out, "linop_is", "out");
    const Ref<LinOp> op = linop_of(A, "linop_is");
    *out = static_cast<int32_t>(op->is(checked_property(property, "linop_is")));
  });
}

spc_status spc_linop_assume(spc_linop A, int32_t property, int32_t value, spc_linop *out) {
  return linop_result("linop_assume", out, [&] {
    if (value != SPC_FALSE && value != SPC_TRUE)
      fail(SPC_E_VALUE, "linop_assume: value is {}, expected SPC_FALSE (0) or SPC_TRUE (1)", value);
    return AssumedLinOp::create(linop_of(A, "linop_assume"),
                                checked_property(property, "linop_assume"), value == SPC_TRUE);
  });
}

spc_status spc_linop_probe_hermitian(spc_linop A, int64_t n, int64_t seed, int32_t *out) {
  return guard("linop_probe_hermitian", [&] {
    require(out, "linop_probe_hermitian", "out");
    const Ref<LinOp> op = linop_of(A, "linop_probe_hermitian");
    *out = static_cast<int32_t>(probe_hermitian(*op, n, seed));
  });
}

spc_status spc_linop_parts(spc_linop A, int64_t *out) {
  return guard("linop_parts", [&] {
    require(out, "linop_parts", "out");
    *out = static_cast<int64_t>(get<LinOp>(A, "linop_parts").parts().size());
  });
}

spc_status spc_linop_part(spc_linop A, int64_t i, spc_linop *out) {
  return linop_result("linop_part", out, [&] {
    const auto parts = get<LinOp>(A, "linop_part").parts();
    if (i < 0 || i >= static_cast<int64_t>(parts.size()))
      fail(SPC_E_INDEX, "linop_part: i is {}, the operator has {} parts", i, parts.size());
    return parts[static_cast<std::size_t>(i)];
  });
}

spc_status spc_linop_text(spc_linop A, char *buffer, int64_t capacity, int64_t *length) {
  return guard("linop_text", [&] {
    give_text(get<LinOp>(A, "linop_text").text(), buffer, capacity, length, "linop_text");
  });
}

spc_status spc_test_operator(spc_linop A, int64_t samples, int64_t seed, char *buffer,
                             int64_t capacity, int64_t *length, int64_t *failures) {
  return guard("test_operator", [&] {
    const Ref<LinOp> op = linop_of(A, "test_operator");
    const LawReport report = operator_laws(*op, samples, seed);
    if (buffer != nullptr || length != nullptr)
      give_text(report.text(), buffer, capacity, length, "test_operator");
    if (failures != nullptr) *failures = report.failures();
  });
}

}  // extern "C"
