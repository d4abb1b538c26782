// SPDX-License-Identifier: Apache-2.0
#include "core/space/axes.hpp"

#include <vector>

namespace spc {

namespace {

OpArgs list_args(Op op, std::span<const Ref<Array>> parts, std::vector<Value *> &list) {
  for (const Ref<Array> &part : parts) list.push_back(part.get());
  OpArgs args(op);
  args.n_list = static_cast<std::int64_t>(list.size());
  args.list = list.data();
  return args;
}

}  // namespace

Ref<Array> join_last(std::span<const Ref<Array>> parts, Dtype dtype) {
  std::vector<Value *> list;
  OpArgs args = list_args(Op::concatenate, parts, list);
  args.n = -1;
  args.dtype = static_cast<std::int32_t>(dtype);
  return dispatch_array(args);
}

Ref<Array> slice_last(Array &x, std::int64_t begin, std::int64_t end) {
  spc_index at[2] = {};
  at[0].kind = SPC_INDEX_ELLIPSIS;
  at[1].kind = SPC_INDEX_SLICE;
  at[1].start = begin;
  at[1].stop = end;
  at[1].step = SPC_NONE_I64;
  OpArgs args(Op::getitem);
  args.in[0] = &x;
  args.n_in = 1;
  args.n_index = 2;
  args.index = at;
  return dispatch_array(args);
}

Ref<Array> swap_last(Array &x) {
  Dims shape = x.shape, strides = x.strides;
  const int n = x.ndim();
  std::swap(shape[n - 2], shape[n - 1]);
  std::swap(strides[n - 2], strides[n - 1]);
  return new_view(x, shape, strides, x.data, x.dtype, false);
}

Ref<Array> reduce_last(Op op, Array &x, int n) {
  Dims axes;
  for (int i = x.ndim() - n; i < x.ndim(); ++i) axes.push_back(i);
  OpArgs args(op);
  args.in[0] = &x;
  args.n_in = 1;
  args.n_axes = n;
  args.axes = axes.data();
  return dispatch_array(args);
}

Ref<Array> flatten_trailing(Array &x, int leading) {
  Dims flat(std::span(x.shape).first(static_cast<std::size_t>(leading)));
  std::int64_t n = 1;
  for (int i = leading; i < x.ndim(); ++i) n *= x.shape[i];
  flat.push_back(n);
  return x.shape == flat ? Ref<Array>::share(&x) : ops::reshape(x, flat);
}

Ref<Array> norm_of_norms(std::span<const Ref<Array>> norms) {
  if (norms.size() == 1) return norms[0];
  std::vector<Value *> list;
  return ops::norm(*dispatch_array(list_args(Op::stack, norms, list)));
}

}  // namespace spc
