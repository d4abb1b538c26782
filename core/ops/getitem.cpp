// SPDX-License-Identifier: Apache-2.0
// Rules that read by index: getitem, take, nonzero, ix_.
#include "core/ops/index.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

Ref<Value> getitem(const OpArgs &args) {
  Array &x = as_dense(args.in[0], "getitem");
  require_strided(x, "getitem");
  const ParsedIndex p = parse_index(x, args);
  return p.advanced.empty() ? basic_view(x, p) : gather(*x.family, x, p, "getitem");
}

Ref<Value> take(const OpArgs &args) {
  Family &family = family_of(args.in, 2, "take");
  Ref<Array> x = materialise(*args.in[0], family, join_of(args.in, 1), "take");
  Ref<Array> indices = materialise(*args.in[1], family, join_of(args.in + 1, 1), "take");
  require_strided(*x, "take");
  require_strided(*indices, "take");
  if (!is_integer(indices->dtype))
    fail(SPC_E_TYPE, "take: indices have dtype {}, expected an integer dtype",
         name(indices->dtype));
  const bool flat = args.n == SPC_NONE_I64;
  if (flat) x = ops::reshape(*x, {x->size});
  const int axis = flat ? 0 : checked_axis(args.n, x->ndim(), "take");
  ParsedIndex p;
  p.shape = x->shape;
  p.strides = x->strides;
  p.shape.erase(axis);
  p.strides.erase(axis);
  p.advanced.push_back({axis, as_positions(*indices)});
  p.advanced_at = axis;
  return gather(family, *x, p, "take");
}

Ref<Value> nonzero(const OpArgs &args) {
  Family &family = family_of(args.in, 1, "nonzero");
  Ref<Array> x = materialise(*args.in[0], family, join_of(args.in, 1), "nonzero");
  require_strided(*x, "nonzero");
  if (x->ndim() == 0) fail(SPC_E_VALUE, "nonzero: x is 0-d, expected at least one axis");
  std::vector<Ref<Value>> positions;
  for (Ref<Array> &p : nonzero_positions(family, *x)) positions.push_back(std::move(p));
  return make<Sequence>(ValueKind::tuple, std::move(positions));
}

namespace {

// One argument of ix_ as a new vector of indices.
Ref<Array> mesh_axis(Value &v, std::int64_t number) {
  Ref<Array> x;
  if (v.kind() == ValueKind::list || v.kind() == ValueKind::tuple) {
    OpArgs convert(Op::asarray);
    convert.in[0] = &v;
    convert.n_in = 1;
    // An empty list has no dtype to keep.
    if (static_cast<Sequence &>(v).items.empty()) convert.dtype = SPC_INT64;
    x = dispatch_array(convert);
  } else {
    Value *operand = &v;
    x = materialise(v, family_of(&operand, 1, "ix_"), join_of(&operand, 1), "ix_");
  }
  require_strided(*x, "ix_");
  if (x->ndim() != 1)
    fail(SPC_E_VALUE, "ix_: argument {} has shape {}, expected one axis", number, x->shape);
  return x->dtype == Dtype::boolean ? nonzero_positions(*x->family, *x).front() : ops::copy(*x);
}

}  // namespace

Ref<Value> ix(const OpArgs &args) {
  if (args.n_list > SPC_MAX_NDIM)
    fail(SPC_E_VALUE, "ix_: {} arguments, at most {} axes are supported", args.n_list,
         int{SPC_MAX_NDIM});
  const int n = static_cast<int>(args.n_list);
  std::vector<Ref<Value>> mesh;
  for (int i = 0; i < n; ++i) {
    Ref<Array> axis = mesh_axis(*args.list[i], i);
    Dims shape(n, 1), strides(n, 0);
    shape[i] = axis->size;
    strides[i] = 1;
    mesh.push_back(new_view(*axis, shape, strides, axis->data, axis->dtype, true));
  }
  return make<Sequence>(ValueKind::tuple, std::move(mesh));
}

}  // namespace spc::rules
