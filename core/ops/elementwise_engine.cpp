// SPDX-License-Identifier: Apache-2.0
// The elementwise engine: overlap, casts in cache-sized blocks, and the normal form of axes.
#include <algorithm>
#include <exception>
#include <mutex>

#include "core/ops/launch.hpp"
#include "core/support/error.hpp"
#include "core/support/thread_pool.hpp"

namespace spc {

namespace {

// Strides of axes of length 1 do not count.
bool same_walk(const Operand &a, const Operand &b, const Dims &shape) {
  for (int i = 0; i < shape.size(); ++i)
    if (shape[i] != 1 && a.strides[i] != b.strides[i]) return false;
  return true;
}

void normalise_elementwise(Dims &shape, Operand *const *operands, int n) {
  normalise_axes(shape, operands, n, 0, shape.size());
  if (shape.empty()) add_unit_axis(shape, operands, n);
}

void launch(Family &family, Op op, Dtype first, Dtype second, const Dims &shape,
            Operand *const *operands, int n_in, const void *params = nullptr) {
  Launch l(op);
  for (int i = 0; i < n_in; ++i) l.in(*operands[i], shape);
  l.out(*operands[n_in], shape);
  l.raw_params(params);
  l.run(family, first, second);
}

// x in dtype over shape, written to memory; axes along which x does not move stay unmoved.
Operand cast_block(Family &family, const Operand &x, const Dims &shape, Dtype dtype, void *memory) {
  Dims compact = shape;
  for (int i = 0; i < shape.size(); ++i)
    if (x.strides[i] == 0) compact[i] = 1;
  Operand to;
  to.dtype = dtype;
  to.read_as = x.read_as;
  to.space = x.space;
  to.data = static_cast<std::byte *>(memory);
  to.strides = row_major_strides(compact);
  for (int i = 0; i < shape.size(); ++i)
    if (compact[i] == 1) to.strides[i] = 0;
  Operand from = x;
  Operand target = to;
  Dims walk = compact;
  Operand *both[2] = {&from, &target};
  normalise_elementwise(walk, both, 2);
  const bool same = x.dtype == dtype;
  launch(family, same ? Op::copy : Op::astype, same ? dtype : x.dtype, dtype, walk, both, 1);
  return to;
}

std::int64_t compact_size(const Operand &x, const Dims &shape) {
  std::int64_t n = 1;
  for (int i = 0; i < shape.size(); ++i)
    if (x.strides[i] != 0) n *= shape[i];
  return n;
}

void *cast_memory(Exec &exec, const Operand &x, std::int64_t elements, Dtype dtype) {
  // Strides of lent memory may name more elements than there is memory for.
  std::int64_t bytes = 0;
  if (__builtin_mul_overflow(elements, size_of(dtype), &bytes))
    fail(SPC_E_MEMORY, "cast: {} elements of dtype {} exceed the address space", elements,
         name(dtype));
  return scratch(exec, *x.space, static_cast<std::uint64_t>(bytes));
}

Dtype read_dtype(const Operand &x, Dtype in_dtype) {
  return x.read_as == Dtype::none ? in_dtype : x.read_as;
}

bool needs_cast(const Operand &x, Dtype in_dtype) {
  return x.dtype != read_dtype(x, in_dtype);  // values by VALUE are made in the right dtype
}

}  // namespace

int normalise_axes(Dims &shape, Operand *const *operands, int n, int begin, int end) {
  for (int i = end - 1; i >= begin; --i) {
    if (shape[i] != 1) continue;
    shape.erase(i);
    for (int k = 0; k < n; ++k) operands[k]->strides.erase(i);
    --end;
  }
  // Insertion sort by the strides of the operands, the output (last) first: rank is small.
  auto before = [&](int a, int b) {
    for (int k = n - 1; k >= 0; --k) {
      const std::int64_t sa = std::abs(operands[k]->strides[a]),
                         sb = std::abs(operands[k]->strides[b]);
      if (sa != sb && sa != 0 && sb != 0) return sa > sb;
    }
    return false;
  };
  for (int i = begin + 1; i < end; ++i)
    for (int j = i; j > begin && before(j, j - 1); --j) {
      std::swap(shape[j], shape[j - 1]);
      for (int k = 0; k < n; ++k) std::swap(operands[k]->strides[j], operands[k]->strides[j - 1]);
    }
  for (int i = end - 1; i > begin; --i) {
    bool mergeable = true;
    for (int k = 0; k < n && mergeable; ++k)
      mergeable = operands[k]->strides[i - 1] == operands[k]->strides[i] * shape[i];
    if (!mergeable) continue;
    shape[i - 1] *= shape[i];
    shape.erase(i);
    for (int k = 0; k < n; ++k) {
      operands[k]->strides[i - 1] = operands[k]->strides[i];
      operands[k]->strides.erase(i);
    }
    --end;
  }
  return end;
}

void add_unit_axis(Dims &shape, Operand *const *operands, int n) {
  shape.push_back(1);
  for (int k = 0; k < n; ++k) operands[k]->strides.push_back(0);
}

bool may_overlap(const Operand &a, const Dims &a_shape, const Operand &b, const Dims &b_shape) {
  if (a.space != b.space || a.space == nullptr) return false;
  if (((a.flags | b.flags) & SPC_TENSOR_OPAQUE) != 0) return a.data == b.data;
  return intersect(byte_span(a.data, a.dtype, a_shape, a.strides),
                   byte_span(b.data, b.dtype, b_shape, b.strides));
}

namespace {

// A shape cut into blocks: positions on the outer axes times chunks of one axis.
class Blocks {
 public:
  Blocks(Family &family, Dtype in_dtype, const Dims &shape, Operand *const *operands, int n_in)
      : family_(family),
        in_dtype_(in_dtype),
        shape_(shape),
        operands_(operands),
        n_in_(n_in),
        axis_(shape.size() - 1) {
    // Split axis: the outermost whose inner extent fits a block.
    std::int64_t inner = 1;
    while (axis_ > 0 && inner * shape[axis_] <= block_elements) inner *= shape[axis_--];
    chunk_ = std::clamp<std::int64_t>(block_elements / inner, 1, shape[axis_]);
    elements_ = chunk_ * inner;
    chunks_ = (shape[axis_] + chunk_ - 1) / chunk_;
    count_ = chunks_;
    for (int i = 0; i < axis_; ++i) count_ *= shape[i];
  }

  std::int64_t count() const noexcept { return count_; }
  /// Elements of a full block.
  std::int64_t elements() const noexcept { return elements_; }

  /// The blocks [first, last), with scratch of their own.
  void run(std::int64_t first, std::int64_t last, BlockFn fn, void *user) const {
    Exec exec;
    Dims block_shape;
    for (int i = axis_; i < shape_.size(); ++i) block_shape.push_back(shape_[i]);
    block_shape[0] = chunk_;
    void *memory[max_elementwise_operands] = {};
    Operand local[max_elementwise_operands], block[max_elementwise_operands];
    Operand *pointers[max_elementwise_operands];
    for (int k = 0; k <= n_in_; ++k) {
      local[k] = *operands_[k];
      local[k].strides = {};
      for (int i = axis_; i < shape_.size(); ++i)
        local[k].strides.push_back(operands_[k]->strides[i]);
      pointers[k] = &block[k];
      if (k < n_in_ && needs_cast(local[k], in_dtype_))
        memory[k] = cast_memory(exec, local[k], compact_size(local[k], block_shape),
                                read_dtype(local[k], in_dtype_));
    }

    Dims position(axis_, 0);
    std::int64_t outer = first / chunks_;
    for (int i = axis_ - 1; i >= 0; --i) {
      position[i] = outer % shape_[i];
      outer /= shape_[i];
    }
    std::int64_t at = first % chunks_;
    for (std::int64_t b = first; b < last; ++b) {
      const std::int64_t start = at * chunk_;
      block_shape[0] = std::min(chunk_, shape_[axis_] - start);
      for (int k = 0; k <= n_in_; ++k) {
        block[k] = local[k];
        if ((block[k].flags & SPC_TENSOR_VALUE) == 0) {
          std::int64_t offset = start * operands_[k]->strides[axis_];
          for (int i = 0; i < axis_; ++i) offset += position[i] * operands_[k]->strides[i];
          block[k].data += offset * size_of(block[k].dtype);
        }
        if (memory[k] != nullptr)
          block[k] = cast_block(family_, block[k], block_shape, read_dtype(block[k], in_dtype_),
                                memory[k]);
      }
      fn(user, block_shape, pointers, axis_);
      if (++at < chunks_) continue;
      at = 0;
      for (int i = axis_ - 1; i >= 0 && ++position[i] == shape_[i]; --i) position[i] = 0;
    }
  }

  /// All blocks, on the library's threads where they are many. fn may be called by several at once.
  void run_parallel(BlockFn fn, void *user) const {
    const std::int64_t share = (part_elements + elements_ - 1) / elements_;
    const std::int64_t parts = (count_ + share - 1) / share;
    if (count_ * elements_ < parallel_elements || parts == 1 || !on_host())
      return run(0, count_, fn, user);
    struct Task {
      const Blocks &blocks;
      std::int64_t share;
      BlockFn fn;
      void *user;
      std::mutex mutex;
      std::int64_t failed;  // lowest part that threw
      std::exception_ptr error;
    } task{*this, share, fn, user, {}, parts, nullptr};
    const spc_status status = parallel(
        parts,
        [](void *arg, std::int64_t part) -> spc_status {
          Task &t = *static_cast<Task *>(arg);
          const std::int64_t begin = part * t.share;
          try {
            t.blocks.run(begin, std::min(t.blocks.count_, begin + t.share), t.fn, t.user);
            return SPC_OK;
          } catch (...) {
            const std::scoped_lock lock(t.mutex);
            if (part < t.failed) {
              t.failed = part;
              t.error = std::current_exception();
            }
            return SPC_E_PLUGIN;
          }
        },
        &task);
    if (status != SPC_OK) std::rethrow_exception(task.error);
  }

 private:
  // As many as wake a thread for the kernels of host families, and what a part gets at least.
  static constexpr std::int64_t parallel_elements = std::int64_t{1} << 17;
  static constexpr std::int64_t part_elements = std::int64_t{1} << 15;

  // Elsewhere kernels are queued, and one queue takes them in order.
  bool on_host() const {
    for (int k = 0; k <= n_in_; ++k)
      if ((operands_[k]->flags & SPC_TENSOR_VALUE) == 0 && operands_[k]->space != &host_space())
        return false;
    return true;
  }

  Family &family_;
  const Dtype in_dtype_;
  const Dims &shape_;
  Operand *const *const operands_;
  const int n_in_;
  int axis_;
  std::int64_t chunk_, elements_, chunks_, count_;
};

}  // namespace

void run_blocks(Family &family, Dtype in_dtype, const Dims &shape, Operand *const *operands,
                int n_in, BlockFn run, void *user) {
  const Blocks blocks(family, in_dtype, shape, operands, n_in);
  blocks.run(0, blocks.count(), run, user);
}

Operand cast_to_scratch(Family &family, Exec &exec, const Operand &x, const Dims &shape,
                        Dtype dtype) {
  return cast_block(family, x, shape, dtype, cast_memory(exec, x, compact_size(x, shape), dtype));
}

void run_elementwise(Family &family, Op op, Dtype in_dtype, Dtype second, const Dims &full_shape,
                     Operand *const *in, int n_in, Operand &out, const void *params) {
  if (product(full_shape) == 0) return;
  Operand copies[max_elementwise_operands];
  Operand *operands[max_elementwise_operands];
  for (int k = 0; k <= n_in; ++k) {
    copies[k] = k < n_in ? *in[k] : out;
    operands[k] = &copies[k];
  }
  if ((out.flags & SPC_TENSOR_OPAQUE) != 0)
    return launch(family, op, in_dtype, second, full_shape, operands, n_in, params);

  const Kernel *kernel = family.table().find(op, in_dtype, second);
  const bool inplace = kernel != nullptr && (kernel->entry->flags & SPC_KERNEL_INPLACE) != 0;
  Exec exec;
  bool casts = false;
  for (int k = 0; k < n_in; ++k) {
    Operand &x = *operands[k];
    if ((x.flags & SPC_TENSOR_VALUE) == 0 && may_overlap(x, full_shape, out, full_shape)) {
      const bool exact =
          x.data == out.data && x.dtype == out.dtype && same_walk(x, out, full_shape);
      if (!exact || !inplace || needs_cast(x, in_dtype))
        x = cast_to_scratch(family, exec, x, full_shape, read_dtype(x, in_dtype));
    }
    casts |= needs_cast(x, in_dtype);
  }
  Dims shape = full_shape;
  normalise_elementwise(shape, operands, n_in + 1);
  if (!casts) return launch(family, op, in_dtype, second, shape, operands, n_in, params);

  struct Run {
    Family &family;
    Op op;
    Dtype first, second;
    int n_in;
    const void *params;
  } run{family, op, in_dtype, second, n_in, params};
  Blocks(family, in_dtype, shape, operands, n_in)
      .run_parallel(
          [](void *user, const Dims &block_shape, Operand *const *block, int) {
            const Run &r = *static_cast<Run *>(user);
            Dims walk = block_shape;
            normalise_elementwise(walk, block, r.n_in + 1);
            launch(r.family, r.op, r.first, r.second, walk, block, r.n_in, r.params);
          },
          &run);
}

}  // namespace spc
