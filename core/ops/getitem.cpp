// SPDX-License-Identifier: Apache-2.0
// The rule of getitem: basic indices make a view, advanced ones gather from that view.
#include <vector>

#include "core/ops/operands.hpp"
#include "core/ops/rules.hpp"
#include "core/support/error.hpp"

namespace spc::rules {

namespace {

struct View {
  Dims shape, strides;
  std::int64_t offset = 0;
};

// One advanced index: int64 positions along a source axis; axis -1 for a 0-d mask, which takes none.
struct Advanced {
  int axis;
  Ref<Array> positions;
};

struct Parsed {
  View view;  // axes that basic items leave
  std::vector<Advanced> advanced;
  int advanced_at = -1;  // where the broadcast index axes go: before this axis of the view
};

const char *const op = "getitem";

class Parser {
 public:
  Parser(Array &x, std::span<const spc_index> items, Value *const *arrays)
      : x_(x), items_(items), arrays_(arrays) {}

  Parsed parse() {
    count();
    for (std::size_t i = 0; i < items_.size(); ++i) item(items_[i], array_at(i));
    take_axes(x_.ndim() - axis_);
    if (advanced_separated_) p_.advanced_at = 0;
    return std::move(p_);
  }

 private:
  Array *array_at(std::size_t i) const {
    return items_[i].kind == SPC_INDEX_ARRAY
               ? &as_dense(arrays_ == nullptr ? nullptr : arrays_[i], op)
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
            fail(SPC_E_INDEX, "getitem: index arrays have an integer dtype or bool, got {}",
                 name(a.dtype));
          break;
        }
        default:
          fail(SPC_E_VALUE, "getitem: index item {} has unknown kind {}", i, item.kind);
      }
    }
    if (ellipses > 1) fail(SPC_E_INDEX, "getitem: {} ellipses, at most one is allowed", ellipses);
    if (consumed > x_.ndim())
      fail(SPC_E_INDEX, "getitem: too many indices: the array has {} axes, {} were indexed",
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
    p_.view.shape.push_back(length);
    p_.view.strides.push_back(stride);
  }

  void take_axes(int n) {
    for (int i = 0; i < n; ++i, ++axis_) add_axis(x_.shape[axis_], x_.strides[axis_]);
  }

  void slice(const spc_index &s) {
    const std::int64_t n = x_.shape[axis_], stride = x_.strides[axis_];
    const std::int64_t step = s.step == SPC_NONE_I64 ? 1 : s.step;
    if (step == 0) fail(SPC_E_VALUE, "getitem: slice step is 0");
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
    if (length > 0) p_.view.offset += start * stride;
    add_axis(length, length > 1 ? stride * step : 0);
    ++axis_;
  }

  void add_advanced(int axis, Ref<Array> positions) {
    if (left_advanced_) advanced_separated_ = true;
    if (p_.advanced_at < 0) p_.advanced_at = p_.view.shape.size();
    p_.advanced.push_back({axis, std::move(positions)});
  }

  void integer(std::int64_t i) {
    const std::int64_t n = x_.shape[axis_];
    if (i < -n || i >= n)
      fail(SPC_E_INDEX, "getitem: index {} is out of bounds for axis {} with size {}", i, axis_, n);
    if (!any_advanced_) {
      p_.view.offset += (i < 0 ? i + n : i) * x_.strides[axis_++];
      return;
    }
    // Beside index arrays an integer counts as one (NumPy), which decides where their axes go.
    Scalar s(SPC_WEAK_INT, i, static_cast<double>(i));
    add_advanced(axis_++, materialise(s, *x_.family, Dtype::int64, op));
  }

  void positions(Array &a) {
    common_family(*a.family, *x_.family, op);
    add_advanced(axis_++,
                 a.dtype == Dtype::int64 ? Ref<Array>::share(&a) : ops::astype(a, Dtype::int64));
  }

  void mask(Array &m) {
    Family &family = common_family(*m.family, *x_.family, op);
    for (int k = 0; k < m.ndim(); ++k)
      if (m.shape[k] != x_.shape[axis_ + k])
        fail(SPC_E_INDEX,
             "getitem: the mask has shape {}, the indexed axes of {} have length {} at {}", m.shape,
             x_.shape, x_.shape[axis_ + k], axis_ + k);
    // A 0-d mask is one more axis of length 0 or 1.
    Ref<Array> as_vector = m.ndim() == 0 ? ops::reshape(m, {1}) : Ref<Array>::share(&m);
    std::vector<Ref<Array>> found = nonzero(family, *as_vector);
    for (std::size_t k = 0; k < found.size(); ++k)
      add_advanced(m.ndim() == 0 ? -1 : axis_ + static_cast<int>(k), found[k]);
    axis_ += m.ndim();
  }

  std::vector<Ref<Array>> nonzero(Family &family, Array &m) {
    std::int64_t sizes[SPC_MAX_NDIM] = {};
    Launch l(Op::nonzero);
    l.in(m);
    if (m.size > 0) l.extent(family, m.dtype, Dtype::none, sizes);
    std::vector<Ref<Array>> out;
    for (int k = 0; k < m.ndim(); ++k) {
      out.push_back(new_array(family, Dtype::int64, {sizes[0]}));
      l.out(*out.back());
    }
    if (sizes[0] > 0) l.run_planned();
    return out;
  }

  Array &x_;
  std::span<const spc_index> items_;
  Value *const *arrays_;
  Parsed p_;
  int axis_ = 0, ellipsis_axes_ = 0;
  bool any_advanced_ = false, left_advanced_ = false, advanced_separated_ = false;
};

Ref<Array> gather(Array &x, const Parsed &p) {
  Dims batch;
  for (const Advanced &a : p.advanced) {
    try {
      batch = broadcast_shapes(batch, a.positions->shape, op);
    } catch (const Error &e) {
      throw Error(SPC_E_INDEX, e.message());
    }
  }
  // Result: view axes with the batch axes inserted; the kernel sees the batch axes first.
  Dims shape = p.view.shape;
  for (int i = 0; i < batch.size(); ++i) shape.insert(p.advanced_at + i, batch[i]);
  Ref<Array> out = new_array(*x.family, x.dtype, shape);
  // With positions but nothing at them the kernel still checks the positions.
  if (product(batch) == 0) return out;

  Operand target = operand_of(*out);
  Dims out_shape = batch, out_strides;
  for (int i = 0; i < batch.size(); ++i) out_strides.push_back(out->strides[p.advanced_at + i]);
  for (int i = 0; i < shape.size(); ++i) {
    if (i >= p.advanced_at && i < p.advanced_at + batch.size()) continue;
    out_shape.push_back(shape[i]);
    out_strides.push_back(out->strides[i]);
  }
  target.strides = out_strides;

  Operand source = operand_of(x);
  source.data += p.view.offset * size_of(x.dtype);
  Dims source_shape;
  source.strides = {};
  spc_params_gather params = {};
  for (const Advanced &a : p.advanced) {
    if (a.axis < 0) continue;
    source_shape.push_back(x.shape[a.axis]);
    source.strides.push_back(x.strides[a.axis]);
    params.axes[params.n_index++] = a.axis;
  }
  for (int i = 0; i < p.view.shape.size(); ++i) {
    source_shape.push_back(p.view.shape[i]);
    source.strides.push_back(p.view.strides[i]);
  }

  Launch l(Op::gather);
  l.in(source, source_shape);
  std::vector<Operand> positions;
  positions.reserve(p.advanced.size());
  for (const Advanced &a : p.advanced) {
    if (a.axis < 0) continue;
    positions.push_back(operand_of(*a.positions, batch));
    l.in(positions.back(), batch);
  }
  l.out(target, out_shape);
  params.batch_ndim = batch.size();
  l.params(params);
  l.run(*x.family, x.dtype);
  return out;
}

}  // namespace

Ref<Value> getitem(const OpArgs &args) {
  Array &x = as_dense(args.in[0], op);
  require_strided(x, op);
  if (args.n_index < 0 || (args.n_index > 0 && args.index == nullptr))
    fail(SPC_E_VALUE, "getitem: {} index items at address NULL", args.n_index);
  Parsed p =
      Parser(x, {args.index, static_cast<std::size_t>(args.n_index)}, args.index_arrays).parse();
  if (!p.advanced.empty()) return gather(x, p);
  return new_view(x, p.view.shape, p.view.strides, x.data + p.view.offset * size_of(x.dtype),
                  x.dtype, true);
}

}  // namespace spc::rules
