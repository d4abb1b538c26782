// SPDX-License-Identifier: Apache-2.0
#include "core/linop/linop.hpp"

#include <initializer_list>

#include "spacecore/api.h"

#include "capi/callback.hpp"
#include "capi/handles.hpp"
#include "capi/operators.hpp"
#include "core/linop/algebra.hpp"
#include "core/linop/dense.hpp"
#include "core/linop/diagonal.hpp"
#include "core/linop/matrix_free.hpp"
#include "core/linop/sparse.hpp"

namespace spc::capi {

namespace {

Mode checked_mode(int32_t mode) {
  if (mode < SPC_MODE_NONE || mode > SPC_MODE_ADJOINT)
    fail(SPC_E_VALUE, "linop_apply_into: mode is {}, expected {} to {}", mode,
         static_cast<int>(SPC_MODE_NONE), static_cast<int>(SPC_MODE_ADJOINT));
  return static_cast<Mode>(mode);
}

// Calls f with operator and operands kept alive where code of the program runs during the call and
// may release their handles; the operators of the shortest calls run none, and pay nothing.
template <class F>
void held(LinOp &op, std::initializer_list<Value *> operands, const F &f) {
  bool needed = op.runs_user_code();
  for (const Value *v : operands) needed |= v != nullptr && v->interposed;
  if (!needed) [[likely]]
    return f();
  const Ref<LinOp> keep = Ref<LinOp>::share(&op);
  Ref<Value> kept[4];
  int n = 0;
  for (Value *v : operands) kept[n++] = Ref<Value>::share(v);
  f();
}

struct Callbacks {
  spc_apply_fn apply, rapply, vapply, rvapply;
};

spc_status matrix_free(const char *op, const Callbacks &fns, bool coordinate_adjoint, void *user,
                       spc_space domain, spc_space codomain, spc_linop *out) {
  return linop_result(op, out, [&] {
    const Ref<UserData> shared = make<UserData>(user);
    MatrixFreeLinOp::Functions f{
        element_function(fns.apply, shared, "MatrixFreeLinOp.apply"),
        element_function(fns.rapply, shared, "MatrixFreeLinOp.rapply"),
        element_function(fns.vapply, shared, "MatrixFreeLinOp.vapply"),
        element_function(fns.rvapply, shared, "MatrixFreeLinOp.rvapply"),
        coordinate_adjoint,
        shared,
        {reinterpret_cast<const void *>(fns.apply), reinterpret_cast<const void *>(fns.rapply),
         reinterpret_cast<const void *>(fns.vapply), reinterpret_cast<const void *>(fns.rvapply),
         user}};
    return MatrixFreeLinOp::create(std::move(f), space_of(domain, op), space_of(codomain, op));
  });
}

}  // namespace

}  // namespace spc::capi

using namespace spc;        // NOLINT(google-build-using-namespace): C bodies of this library
using namespace spc::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

spc_status spc_linop_dense(spc_array A, spc_space domain, spc_space codomain, spc_linop *out) {
  return linop_result("linop_dense", out, [&] {
    return DenseLinOp::create(
        value_of(A, "linop_dense"), space_of(domain, "linop_dense"),
        codomain == nullptr ? Ref<Space>() : space_of(codomain, "linop_dense"));
  });
}

spc_status spc_linop_sparse(spc_array A, spc_space domain, spc_space codomain, spc_linop *out) {
  return linop_result("linop_sparse", out, [&] {
    return SparseLinOp::create(value_of(A, "linop_sparse"), space_of(domain, "linop_sparse"),
                               space_of(codomain, "linop_sparse"));
  });
}

spc_status spc_linop_diagonal(spc_array d, spc_space space, spc_linop *out) {
  return linop_result("linop_diagonal", out, [&] {
    return DiagonalLinOp::create(
        value_of(d, "linop_diagonal"),
        space == nullptr ? Ref<Space>() : space_of(space, "linop_diagonal"));
  });
}

spc_status spc_linop_matrix_free(spc_apply_fn apply, spc_apply_fn rapply, void *user,
                                 spc_space domain, spc_space codomain, spc_linop *out) {
  return matrix_free("linop_matrix_free", {apply, rapply, nullptr, nullptr}, false, user, domain,
                     codomain, out);
}

spc_status spc_linop_matrix_free_batched(spc_apply_fn apply, spc_apply_fn rapply,
                                         spc_apply_fn vapply, spc_apply_fn rvapply, void *user,
                                         spc_space domain, spc_space codomain, spc_linop *out) {
  return matrix_free("linop_matrix_free_batched", {apply, rapply, vapply, rvapply}, false, user,
                     domain, codomain, out);
}

spc_status spc_linop_from_coordinate_adjoint(spc_apply_fn apply, spc_apply_fn rapply,
                                             spc_apply_fn vapply, spc_apply_fn rvapply, void *user,
                                             spc_space domain, spc_space codomain, spc_linop *out) {
  return matrix_free("linop_from_coordinate_adjoint", {apply, rapply, vapply, rvapply}, true, user,
                     domain, codomain, out);
}

spc_status spc_linop_identity(spc_space space, spc_linop *out) {
  return linop_result("linop_identity", out, [&] {
    return Ref<LinOp>(make<IdentityLinOp>(space_of(space, "linop_identity")));
  });
}

spc_status spc_linop_zero(spc_space domain, spc_space codomain, spc_linop *out) {
  return linop_result("linop_zero", out, [&] {
    return ZeroLinOp::create(space_of(domain, "linop_zero"), space_of(codomain, "linop_zero"));
  });
}

spc_status spc_linop_scaled(spc_array s, spc_linop A, spc_linop *out) {
  return linop_result("linop_scaled", out, [&] {
    return ScaledLinOp::create(value_of(s, "linop_scaled"), linop_of(A, "linop_scaled"));
  });
}

spc_status spc_linop_sum(int64_t n, const spc_linop *ops, spc_linop *out) {
  return linop_result("linop_sum", out,
                      [&] { return SumLinOp::create(linops_of(n, ops, "linop_sum", "ops")); });
}

spc_status spc_linop_composed(spc_linop left, spc_linop right, spc_linop *out) {
  return linop_result("linop_composed", out, [&] {
    return ComposedLinOp::create(linop_of(left, "linop_composed"),
                                 linop_of(right, "linop_composed"));
  });
}

spc_status spc_linop_adjoint(spc_linop A, spc_linop *out) {
  return linop_result("linop_adjoint", out,
                      [&] { return get<LinOp>(A, "linop_adjoint").adjoint(); });
}

spc_status spc_linop_retain(spc_linop A) {
  return guard("linop_retain", [&] { retain_handle<LinOp>(A, "linop_retain"); });
}

spc_status spc_linop_release(spc_linop *A) {
  return release_handle<LinOp>(A);
}

spc_status spc_linop_domain(spc_linop A, spc_space *out) {
  return guard("linop_domain", [&] {
    require(out, "linop_domain", "out");
    *out = new_handle<Space>(get<LinOp>(A, "linop_domain").domain);
  });
}

spc_status spc_linop_codomain(spc_linop A, spc_space *out) {
  return guard("linop_codomain", [&] {
    require(out, "linop_codomain", "out");
    *out = new_handle<Space>(get<LinOp>(A, "linop_codomain").codomain);
  });
}

spc_status spc_linop_kind(spc_linop A, const char **out) {
  return guard("linop_kind", [&] {
    require(out, "linop_kind", "out");
    *out = get<LinOp>(A, "linop_kind").kind();
  });
}

spc_status spc_linop_own_user(spc_linop A, spc_destroy_fn destroy) {
  return own_user<LinOp>(A, destroy, "linop_own_user");
}

spc_status spc_linop_same(spc_linop A, spc_linop B, int32_t *out) {
  return guard("linop_same", [&] {
    require(out, "linop_same", "out");
    *out = &get<LinOp>(A, "linop_same") == &get<LinOp>(B, "linop_same") ? 1 : 0;
  });
}

spc_status spc_linop_is_hermitian(spc_linop A, int32_t *out) {
  return guard("linop_is_hermitian", [&] {
    require(out, "linop_is_hermitian", "out");
    *out = static_cast<int32_t>(get<LinOp>(A, "linop_is_hermitian").is_hermitian());
  });
}

spc_status spc_linop_apply(spc_linop A, spc_element x, spc_element *out) {
  return guard("linop_apply", [&] {
    require(out, "linop_apply", "out");
    const Ref<LinOp> op = linop_of(A, "linop_apply");
    const Ref<Value> operand = value_of(x, "linop_apply");
    *out = new_handle<Value>(op->apply(*operand));
  });
}

spc_status spc_linop_rapply(spc_linop A, spc_element y, spc_element *out) {
  return guard("linop_rapply", [&] {
    require(out, "linop_rapply", "out");
    const Ref<LinOp> op = linop_of(A, "linop_rapply");
    const Ref<Value> operand = value_of(y, "linop_rapply");
    *out = new_handle<Value>(op->rapply(*operand));
  });
}

spc_status spc_linop_apply_into(spc_array alpha, spc_linop A, spc_element x, spc_array beta,
                                spc_element y, int32_t mode) {
  return guard("linop_apply_into", [&] {
    LinOp &op = get<LinOp>(A, "linop_apply_into");
    Value *const a = get_or_null<Value>(alpha, "linop_apply_into");
    Value &from = get<Value>(x, "linop_apply_into");
    Value *const b = get_or_null<Value>(beta, "linop_apply_into");
    Value &to = get<Value>(y, "linop_apply_into");
    held(op, {a, &from, b, &to}, [&] { op.apply_into(a, from, b, to, checked_mode(mode)); });
  });
}

}  // extern "C"
