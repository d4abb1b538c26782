// SPDX-License-Identifier: Apache-2.0
// The rule of allclose, and the comparison of whole arrays for the core.
#include "core/ops/operands.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

Ref<Value> allclose(const OpArgs &args) {
  Family &family = family_of(args.in, 2, "allclose");
  const Dtype dtype = join_of(args.in, 2);
  Ref<Array> a = materialise(*args.in[0], family, dtype, "allclose");
  Ref<Array> b = materialise(*args.in[1], family, dtype, "allclose");
  const bool close = ops::allclose(*a, *b, args.rtol, args.atol, args.equal_nan);
  return make<Scalar>(SPC_WEAK_BOOL, close ? 1 : 0, close ? 1.0 : 0.0);
}

}  // namespace spc::rules

namespace spc::ops {

bool allclose(Array &a, Array &b, double rtol, double atol, bool equal_nan) {
  require_strided(a, "allclose");
  require_strided(b, "allclose");
  Family &family = common_family(*a.family, *b.family, "allclose");
  const Dims shape = broadcast_shapes(a.shape, b.shape, "allclose");
  if (product(shape) == 0) return true;
  const Dtype dtype = join({a.dtype, b.dtype});
  Exec exec;
  Operand x = operand_of(a, shape), y = operand_of(b, shape);
  if (a.dtype != dtype) x = cast_to_scratch(family, exec, x, shape, dtype);
  if (b.dtype != dtype) y = cast_to_scratch(family, exec, y, shape, dtype);
  Ref<Array> out = new_array(family, Dtype::boolean, {});
  Operand result = operand_of(*out, shape);
  Operand *operands[3] = {&x, &y, &result};
  Dims walk = shape;
  normalise_axes(walk, operands, 3, 0, walk.size());
  if (walk.empty()) add_unit_axis(walk, operands, 3);
  spc_params_close params = {};
  params.rtol = rtol;
  params.atol = atol;
  params.equal_nan = equal_nan ? 1 : 0;
  Launch l(Op::allclose);
  l.in(x, walk);
  l.in(y, walk);
  l.out(result, walk);
  l.params(params);
  l.run(family, dtype);
  return read_scalar(*out).real() != 0;
}

bool all_equal(Array &a, Array &b) {
  if (a.shape != b.shape || a.dtype != b.dtype) return false;
  return allclose(a, b, 0.0, 0.0, false);
}

}  // namespace spc::ops
