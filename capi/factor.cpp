// SPDX-License-Identifier: Apache-2.0
// Sparse factorizations, incomplete ones, Schur complements.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "capi/operators.hpp"
#include "capi/record.hpp"
#include "core/linop/factorized.hpp"

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

namespace {

spc_factor_options default_options() {
  spc_factor_options o = {};
  o.struct_size = sizeof o;
  return o;
}

void check_choice(std::int32_t value, std::int32_t last, const char *what, const char *op) {
  if (value < 0 || value > last)
    fail(SPC_E_VALUE, "{}: {} is {}, expected 0 to {}", op, what, value, last);
}

FactorOptions options_of(const spc_factor_options *given, const char *op) {
  spc_factor_options o = default_options();
  if (given != nullptr) {
    if (given->struct_size < sizeof o)
      fail(SPC_E_VALUE, "{}: options.struct_size is {}, expected at least {}", op,
           given->struct_size, sizeof o);
    std::memcpy(&o, given, sizeof o);
  }
  check_choice(o.method, SPC_FACTOR_QR, "method", op);
  check_choice(o.ordering, SPC_ORDERING_METIS, "ordering", op);
  check_choice(o.variant, SPC_VARIANT_SUPERNODAL, "variant", op);
  if (!(o.pivot_tolerance >= 0 && o.pivot_tolerance <= 1))
    fail(SPC_E_VALUE, "{}: pivot_tolerance is {}, expected 0 to 1", op, o.pivot_tolerance);
  if (!(o.rank_tolerance >= 0 && std::isfinite(o.rank_tolerance)))
    fail(SPC_E_VALUE, "{}: rank_tolerance is {}, expected a finite number that is not negative", op,
         o.rank_tolerance);
  FactorOptions f;
  f.method = o.method;
  const auto chosen = [](double tolerance) { return tolerance > 0 ? tolerance : -1; };
  f.how = {o.ordering, o.variant, chosen(o.pivot_tolerance), chosen(o.rank_tolerance)};
  f.refinement = o.refinement == 0 ? -1 : std::max(o.refinement, 0);
  return f;
}

const SparseInverseLinOp &factorized(spc_linop F, const char *op) {
  const LinOp &A = get<LinOp>(F, op);
  const auto *const inverse = dynamic_cast<const SparseInverseLinOp *>(&A);
  if (inverse == nullptr)
    fail(SPC_E_TYPE, "{}: expected an operator by a sparse factorization, got a {}", op, A.kind());
  return *inverse;
}

}  // namespace

extern "C" {

spc_status spc_factor_options_init(spc_factor_options *options) {
  return guard("factor_options_init", [&] {
    require(options, "factor_options_init", "options");
    write_record(options, default_options(), sizeof(spc_factor_options), "factor_options_init");
  });
}

spc_status spc_linop_factorize(spc_linop A, const spc_factor_options *options, spc_linop *out) {
  constexpr const char *op = "linop_factorize";
  return linop_result(op, out, [&] {
    return SparseInverseLinOp::create(linop_of(A, op), options_of(options, op), op);
  });
}

spc_status spc_linop_refactorize(spc_linop F, spc_linop A, spc_linop *out) {
  constexpr const char *op = "linop_refactorize";
  return linop_result(op, out, [&] { return factorized(F, op).again(linop_of(A, op)); });
}

spc_status spc_linop_factor_info(spc_linop F, spc_factor_info *info) {
  constexpr const char *op = "linop_factor_info";
  return guard(op, [&] {
    require(info, op, "info");
    write_record(info, factorized(F, op).info(), sizeof(spc_factor_info), op);
  });
}

spc_status spc_linop_condition_estimate(spc_linop F, double *out) {
  constexpr const char *op = "linop_condition_estimate";
  return guard(op, [&] {
    require(out, op, "out");
    *out = factorized(F, op).condition_estimate();
  });
}

spc_status spc_linop_incomplete(spc_linop A, const char *method, spc_linop *out) {
  constexpr const char *op = "linop_incomplete";
  return linop_result(
      op, out, [&] { return incomplete(linop_of(A, op), method == nullptr ? "auto" : method); });
}

spc_status spc_linop_schur_complement(spc_linop A_inverse, spc_linop B, spc_linop C, spc_linop D,
                                      spc_linop *out) {
  constexpr const char *op = "linop_schur_complement";
  return linop_result(op, out, [&] {
    return schur_complement(linop_of(A_inverse, op), linop_of(B, op),
                            C == nullptr ? Ref<LinOp>() : linop_of(C, op),
                            D == nullptr ? Ref<LinOp>() : linop_of(D, op));
  });
}

}  // extern "C"
