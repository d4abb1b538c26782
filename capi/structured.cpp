// SPDX-License-Identifier: Apache-2.0
// Operators with structure of their own: products, selections, differences, inverses.
#include "spacecore/api.h"

#include "capi/handles.hpp"
#include "capi/operators.hpp"
#include "core/linop/difference.hpp"
#include "core/linop/inverse.hpp"
#include "core/linop/jacobi.hpp"
#include "core/linop/kronecker.hpp"
#include "core/linop/low_rank.hpp"
#include "core/linop/selection.hpp"
#include "core/linop/toeplitz.hpp"

namespace spc::capi {

namespace {

Ref<Value> value_or_null(spc_array a, const char *op) {
  return a == nullptr ? nullptr : value_of(a, op);
}

}  // namespace

}  // namespace spc::capi

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_linop_kronecker(spc_linop A, spc_linop B, spc_linop *out) {
  constexpr const char *op = "linop_kronecker";
  return linop_result(op, out,
                      [&] { return KroneckerLinOp::create(linop_of(A, op), linop_of(B, op)); });
}

spc_status spc_linop_kronecker_sum(spc_linop A, spc_linop B, spc_linop *out) {
  constexpr const char *op = "linop_kronecker_sum";
  return linop_result(op, out,
                      [&] { return KroneckerLinOp::sum(linop_of(A, op), linop_of(B, op)); });
}

spc_status spc_linop_low_rank(spc_array U, spc_array s, spc_array V, spc_space domain,
                              spc_space codomain, spc_linop *out) {
  constexpr const char *op = "linop_low_rank";
  return linop_result(op, out, [&] {
    return LowRankLinOp::create(value_of(U, op), value_or_null(s, op), value_of(V, op),
                                space_of(domain, op), space_of(codomain, op));
  });
}

spc_status spc_linop_permutation(spc_array p, spc_space space, spc_linop *out) {
  constexpr const char *op = "linop_permutation";
  return linop_result(
      op, out, [&] { return PermutationLinOp::create(value_of(p, op), space_or_null(space, op)); });
}

spc_status spc_linop_restriction(spc_array indices, spc_space domain, spc_space codomain,
                                 spc_linop *out) {
  constexpr const char *op = "linop_restriction";
  return linop_result(op, out, [&] {
    return RestrictionLinOp::create(value_of(indices, op), space_of(domain, op),
                                    space_or_null(codomain, op));
  });
}

spc_status spc_linop_inverse(spc_linop A, const char *method, spc_linop *out) {
  constexpr const char *op = "linop_inverse";
  return linop_result(
      op, out, [&] { return inverse(linop_of(A, op), method == nullptr ? "auto" : method); });
}

spc_status spc_linop_difference(spc_space space, int32_t axis, int32_t order, int32_t scheme,
                                int32_t boundary, double spacing, spc_linop *out) {
  constexpr const char *op = "linop_difference";
  return linop_result(op, out, [&] {
    return difference(space_of(space, op), axis, order, scheme, boundary, spacing);
  });
}

spc_status spc_linop_gradient(spc_space space, int32_t scheme, int32_t boundary,
                              const double *spacings, spc_linop *out) {
  constexpr const char *op = "linop_gradient";
  return linop_result(op, out,
                      [&] { return gradient(space_of(space, op), scheme, boundary, spacings); });
}

spc_status spc_linop_laplacian(spc_space space, int32_t boundary, const double *spacings,
                               spc_linop *out) {
  constexpr const char *op = "linop_laplacian";
  return linop_result(op, out, [&] { return laplacian(space_of(space, op), boundary, spacings); });
}

spc_status spc_linop_toeplitz(spc_array column, spc_array row, spc_space domain, spc_space codomain,
                              spc_linop *out) {
  constexpr const char *op = "linop_toeplitz";
  return linop_result(op, out, [&] {
    return ToeplitzLinOp::create(value_of(column, op), value_or_null(row, op),
                                 space_or_null(domain, op), space_or_null(codomain, op));
  });
}

spc_status spc_linop_circulant(spc_array column, spc_space space, spc_linop *out) {
  constexpr const char *op = "linop_circulant";
  return linop_result(op, out, [&] {
    return ToeplitzLinOp::circulant(value_of(column, op), space_or_null(space, op));
  });
}

spc_status spc_linop_jacobi(spc_linop A, spc_linop *out) {
  constexpr const char *op = "linop_jacobi";
  return linop_result(op, out, [&] { return jacobi(get<LinOp>(A, op)); });
}

spc_status spc_linop_block_jacobi(spc_linop A, int64_t block, spc_linop *out) {
  constexpr const char *op = "linop_block_jacobi";
  return linop_result(op, out, [&] { return block_jacobi(get<LinOp>(A, op), block); });
}
}
