// SPDX-License-Identifier: Apache-2.0
#include "core/ops/index.hpp"

#include <span>

#include "core/support/error.hpp"

namespace spc {

namespace {

class Parser {
 public:
  Parser(Array &x, std::span<const spc_index> items, Value *const *arrays, const char *op)
      : x_(x), items_(items), arrays_(arrays), op_(op) {}

  ParsedIndex parse() {
    count();
    for (std::size_t i = 0; i < items_.size(); ++i) item(items_[i], array_at(i));
    take_axes(x_.ndim() - axis_);
    if (advanced_separated_) p_.advanced_at = 0;
    return std::move(p_);
  }

 private:
  Array *array_at(std::size_t i) const {
    return items_[i].kind == SPC_INDEX_ARRAY
               ? &as_dense(arrays_ == nullptr ? nullptr : arrays_[i], op_)
               : nullptr;
  }

  // Axes that the items consume; decides how far an ellipsis reaches.
  void count() {
    int consumed = 0, ellipses = 0;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const spc_index &item = items_[i];
      switch (item.kind) {
        case SPC_INDEX_INT:
        case SPC_INDEX_SLICE:
          ++consumed;
          break;
        case SPC_INDEX_NEWAXIS:
          break;
        case SPC_INDEX_ELLIPSIS:
          ++ellipses;
          break;
        case SPC_INDEX_ARRAY: {
          const Array &a = *array_at(i);
          any_advanced_ = true;
          if (a.dtype == Dtype::boolean)
            consumed += a.ndim();
          else if (is_integer(a.dtype))
            ++consumed;
          else
            fail(SPC_E_INDEX, "{}: index arrays have an integer dtype or bool, got {}", op_,
                 name(a.dtype));
          break;
        }
        default:
          fail(SPC_E_VALUE, "{}: index item {} has unknown kind {}", op_, i, item.kind);
      }
    }
    if (ellipses > 1) fail(SPC_E_INDEX, "{}: {} ellipses, at most one is allowed", op_, ellipses);
    if (consumed > x_.ndim())
      fail(SPC_E_INDEX, "{}: too many indices: the array has {} axes, {} were indexed", op_,
           x_.ndim(), consumed);
    ellipsis_axes_ = x_.ndim() - consumed;
  }

  void item(const spc_index &item, Array *array) {
    switch (item.kind) {
      case SPC_INDEX_SLICE:
        return slice(item);
      case SPC_INDEX_NEWAXIS:
        return add_axis(1, 0);
      case SPC_INDEX_ELLIPSIS:
        // Even one that stands for no axis separates advanced indices.
        if (ellipsis_axes_ == 0) leave_advanced();
        return take_axes(ellipsis_axes_);
      case SPC_INDEX_INT:
        return integer(item.start);
      default:
        return array->dtype == Dtype::boolean ? mask(*array) : positions(*array);
    }
  }

  void leave_advanced() {
    if (p_.advanced_at >= 0) left_advanced_ = true;
  }

  void add_axis(std::int64_t length, std::int64_t stride) {
    leave_advanced();
    p_.shape.push_back(length);
    p_.strides.push_back(stride);
  }

  void take_axes(int n) {
    for (int i = 0; i < n; ++i, ++axis_) add_axis(x_.shape[axis_], x_.strides[axis_]);
  }

  void slice(const spc_index &s) {
    const std::int64_t n = x_.shape[axis_], stride = x_.strides[axis_];
    const std::int64_t step = s.step == SPC_NONE_I64 ? 1 : s.step;
    if (step == 0) fail(SPC_E_VALUE, "{}: slice step is 0", op_);
    const std::int64_t low = step > 0 ? 0 : -1, high = step > 0 ? n : n - 1;
    auto bound = [&](std::int64_t b, std::int64_t absent) {
      if (b == SPC_NONE_I64) return absent;
      if (b < 0) b = b + n < low ? low : b + n;
      return b > high ? high : b;
    };
    const std::int64_t start = bound(s.start, step > 0 ? low : high);
    const std::int64_t stop = bound(s.stop, step > 0 ? high : low);
    std::int64_t length = 0;
    if (step > 0 && stop > start) length = (stop - start - 1) / step + 1;
    if (step < 0 && start > stop) length = (start - stop - 1) / -step + 1;
    if (length > 0) p_.offset += start * stride;
    add_axis(length, length > 1 ? stride * step : 0);
    ++axis_;
  }

  void add_advanced(int axis, Ref<Array> positions) {
    if (left_advanced_) advanced_separated_ = true;
    if (p_.advanced_at < 0) p_.advanced_at = p_.shape.size();
    p_.advanced.push_back({axis, std::move(positions)});
  }

  void integer(std::int64_t i) {
    const std::int64_t n = x_.shape[axis_];
    if (i < -n || i >= n)
      fail(SPC_E_INDEX, "{}: index {} is out of bounds for axis {} with size {}", op_, i, axis_, n);
    if (!any_advanced_) {
      p_.offset += (i < 0 ? i + n : i) * x_.strides[axis_++];
      return;
    }
    // Beside index arrays an integer counts as one (NumPy), which decides where their axes go.
    Scalar s(SPC_WEAK_INT, i, static_cast<double>(i));
    add_advanced(axis_++, materialise(s, *x_.family, Dtype::int64, op_));
  }

  void positions(Array &a) {
    common_family(*a.family, *x_.family, op_);
    add_advanced(axis_++, as_positions(a));
  }

  void mask(Array &m) {
    Family &family = common_family(*m.family, *x_.family, op_);
    for (int k = 0; k < m.ndim(); ++k)
      if (m.shape[k] != x_.shape[axis_ + k])
        fail(SPC_E_INDEX, "{}: the mask has shape {}, the indexed axes of {} have length {} at {}",
             op_, m.shape, x_.shape, x_.shape[axis_ + k], axis_ + k);
    // A 0-d mask is one more axis of length 0 or 1.
    Ref<Array> as_vector = m.ndim() == 0 ? ops::reshape(m, {1}) : Ref<Array>::share(&m);
    std::vector<Ref<Array>> found = nonzero_positions(family, *as_vector);
    for (std::size_t k = 0; k < found.size(); ++k)
      add_advanced(m.ndim() == 0 ? -1 : axis_ + static_cast<int>(k), found[k]);
    axis_ += m.ndim();
  }

  Array &x_;
  std::span<const spc_index> items_;
  Value *const *arrays_;
  const char *const op_;
  ParsedIndex p_;
  int axis_ = 0, ellipsis_axes_ = 0;
  bool any_advanced_ = false, left_advanced_ = false, advanced_separated_ = false;
};

}  // namespace

ParsedIndex parse_index(Array &x, const OpArgs &args) {
  const char *op = name(args.op);
  if (args.n_index < 0 || (args.n_index > 0 && args.index == nullptr))
    fail(SPC_E_VALUE, "{}: {} index items at address NULL", op, args.n_index);
  const std::span<const spc_index> items(args.index, static_cast<std::size_t>(args.n_index));
  return Parser(x, items, args.index_arrays, op).parse();
}

Ref<Array> basic_view(Array &x, const ParsedIndex &p) {
  return new_view(x, p.shape, p.strides, x.data + p.offset * size_of(x.dtype), x.dtype, true);
}

Ref<Array> as_positions(Array &indices) {
  if (indices.dtype == Dtype::int64) return Ref<Array>::share(&indices);
  return ops::astype(indices, Dtype::int64);
}

std::vector<Ref<Array>> nonzero_positions(Family &family, Array &x) {
  std::int64_t sizes[SPC_MAX_NDIM] = {};
  Launch l(Op::nonzero);
  l.in(x);
  if (x.size > 0) l.extent(family, x.dtype, Dtype::none, sizes);
  std::vector<Ref<Array>> out;
  for (int k = 0; k < x.ndim(); ++k) {
    out.push_back(new_array(family, Dtype::int64, {sizes[0]}));
    l.out(*out.back());
  }
  if (sizes[0] > 0) l.run_planned();
  return out;
}

IndexedElements::IndexedElements(Array &x, const ParsedIndex &p, const char *op)
    : at_(p.advanced_at) {
  for (const AdvancedIndex &a : p.advanced) {
    try {
      batch = broadcast_shapes(batch, a.positions->shape, op);
    } catch (const Error &e) {
      throw Error(SPC_E_INDEX, e.message());
    }
  }
  result = p.shape;
  for (int i = 0; i < batch.size(); ++i) result.insert(at_ + i, batch[i]);

  elements = operand_of(x);
  elements.data += p.offset * size_of(x.dtype);
  elements.strides = {};
  positions.reserve(p.advanced.size());
  for (const AdvancedIndex &a : p.advanced) {
    if (a.axis < 0) continue;
    axes[positions.size()] = a.axis;
    shape.push_back(x.shape[a.axis]);
    elements.strides.push_back(x.strides[a.axis]);
    positions.push_back(operand_of(*a.positions, batch));
  }
  for (int i = 0; i < p.shape.size(); ++i) {
    shape.push_back(p.shape[i]);
    elements.strides.push_back(p.strides[i]);
  }
}

Dims IndexedElements::batch_first(const Dims &of_result) const {
  Dims first, rest;
  for (int i = 0; i < of_result.size(); ++i)
    (i >= at_ && i < at_ + batch.size() ? first : rest).push_back(of_result[i]);
  for (std::int64_t v : rest) first.push_back(v);
  return first;
}

Ref<Array> gather(Family &family, Array &x, const ParsedIndex &p, const char *op) {
  const IndexedElements e(x, p, op);
  Ref<Array> out = new_array(family, x.dtype, e.result);
  // With positions but nothing at them the kernel still checks the positions.
  if (product(e.batch) == 0) return out;
  Operand target = operand_of(*out);
  target.strides = e.batch_first(target.strides);
  const Dims target_shape = e.batch_first(e.result);
  spc_params_gather params = {};
  Launch l(Op::gather, op);
  l.in(e.elements, e.shape);
  e.give_positions(l, params);
  l.out(target, target_shape);
  l.params(params);
  l.run(family, x.dtype);
  return out;
}

}  // namespace spc
