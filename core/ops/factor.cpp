// SPDX-License-Identifier: Apache-2.0
// Rules of factorizations and of solves with their factors: lu, ldl, lu_solve, ldl_solve,
// solve_triangular.
#include "core/ops/matrix.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

namespace {

void check_mode(const OpArgs &args) {
  if (args.mode >= SPC_MODE_NONE && args.mode <= SPC_MODE_CONJ_TRANS) return;
  fail(SPC_E_VALUE, "{}: mode is {}, expected {}, {} or {}", name(args.op), args.mode,
       static_cast<int>(SPC_MODE_NONE), static_cast<int>(SPC_MODE_TRANSPOSE),
       static_cast<int>(SPC_MODE_CONJ_TRANS));
}

// The kernel op(a)^-1 b; pivots nullptr: none.
Ref<Value> solve_with(const OpArgs &args, Value &left, Array *pivots, Value &right) {
  const char *op = name(args.op);
  check_mode(args);
  Value *const both[] = {&left, &right};
  Family &family = family_of(args.in, args.n_in, op, args.into);
  const Dtype joined = join_of(both, 2);
  Ref<Array> a = dense_operand(left, family, joined, op);
  Ref<Array> b = dense_operand(right, family, joined, op);
  const System system = system_of(*a, *b, op);
  if (pivots != nullptr) {
    require_strided(*pivots, op);
    Dims expected = batch_of(*a);
    expected.push_back(a->shape[a->ndim() - 1]);
    if (pivots->dtype != Dtype::int64)
      fail(SPC_E_TYPE, "{}: pivots have dtype {}, expected int64", op, name(pivots->dtype));
    if (pivots->shape != expected)
      fail(SPC_E_VALUE, "{}: pivots have shape {}, lu has shape {}", op, pivots->shape, a->shape);
  }
  const Dtype dtype = join({floating_of(a->dtype), floating_of(b->dtype)});
  Ref<Array> out = result_of_fallible(family, dtype, system.result, args);
  if (out->size == 0) return finish_fallible(out, args);
  a = in_dtype(a, dtype);
  b = in_dtype(b, dtype);
  const std::int64_t n = a->shape[a->ndim() - 1];
  Dims square = system.matrices;
  square[square.size() - 1] = n;
  spc_params_factor params = {};
  params.mode = args.mode;
  params.lower = args.lower ? 1 : 0;
  params.unit = args.unit ? 1 : 0;
  Dims swaps = square;
  swaps.erase(swaps.size() - 1);
  // A launch keeps addresses of what it is given.
  const Operand factors = operand_of(*a, square);
  const Operand exchanges = pivots != nullptr ? operand_of(*pivots, swaps) : Operand();
  const Operand rhs = system.operand(*b), x = system.operand(*out);
  Launch l(args.op);
  l.in(factors, square);
  if (pivots != nullptr) l.in(exchanges, swaps);
  l.in(rhs, system.matrices);
  l.out(x, system.matrices);
  l.params(params);
  l.run(family, dtype);
  return finish_fallible(out, args);
}

}  // namespace

Ref<Value> factor(const OpArgs &args) {
  const SquareInput input = square_input(args);
  const Array &x = *input.x;
  Dims rows = x.shape;
  rows.erase(rows.size() - 1);
  Ref<Array> factors = new_array(input.family, x.dtype, x.shape);
  Ref<Array> pivots = new_array(input.family, Dtype::int64, rows);
  if (factors->size != 0) {
    Launch l(args.op);
    l.in(x);
    l.out(*factors);
    l.out(*pivots);
    l.run(input.family, x.dtype);
  }
  return make<Sequence>(ValueKind::tuple, std::vector<Ref<Value>>{factors, pivots});
}

Ref<Value> factor_solve(const OpArgs &args) {
  return solve_with(args, *args.in[0], &as_dense(args.in[1], name(args.op)), *args.in[2]);
}

Ref<Value> solve_triangular(const OpArgs &args) {
  return solve_with(args, *args.in[0], nullptr, *args.in[1]);
}

}  // namespace spc::rules
