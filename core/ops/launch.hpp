// SPDX-License-Identifier: Apache-2.0
// From resolved operands to one kernel call.
#pragma once

#include "core/array/value.hpp"
#include "core/ops/table.hpp"
#include "core/registry/exec.hpp"

namespace spc {

/// An operand of a kernel: where its first element is and how it walks the iteration shape.
struct Operand {
  std::byte *data = nullptr;
  MemorySpace *space = nullptr;
  Dtype dtype = Dtype::none;
  Dtype read_as = Dtype::none;  // what the kernel gets it in; none: the input dtype of the call
  std::uint32_t flags = 0;
  Dims strides;
  alignas(16) std::byte value[16] = {};  // a scalar by value, when flags say so

  const void *address() const noexcept { return (flags & SPC_TENSOR_VALUE) != 0 ? value : data; }
};

/// x broadcast to shape: stride 0 along the axes it does not have. Shapes are known to fit.
Operand operand_of(const Array &x, const Dims &shape);
/// x with its own shape.
Operand operand_of(const Array &x);
/// A weak scalar by value, of rank ndim. OverflowErr, TypeErr.
Operand operand_of(const Scalar &s, Dtype dtype, int ndim, const char *op);
/// A number by value.
Operand value_operand(std::complex<double> z, Dtype dtype, int ndim);

/// One kernel call under construction; lives on the stack with everything that it points to.
class Launch {
 public:
  static constexpr int max_operands = 2 + SPC_MAX_NDIM;

  explicit Launch(Op op) : op_(op) {}
  /// For a kernel that serves another op: errors name that one. caller is static.
  Launch(Op op, const char *caller) : op_(op) { exec.caller = caller; }
  Launch(const Launch &) = delete;
  Launch &operator=(const Launch &) = delete;

  // Shapes and strides are referenced, not copied: they outlive run().
  void in(const Operand &x, const Dims &shape) { add(x, shape, inputs_[n_in_], n_in_); }
  void out(const Operand &x, const Dims &shape) { add(x, shape, outputs_[n_out_], n_out_); }
  void in(const Array &x) { add(x, inputs_[n_in_], n_in_); }
  void out(const Array &x) { add(x, outputs_[n_out_], n_out_); }
  // A row-major array as one axis, for elementwise kernels.
  void in_flat(const Array &x) { add_flat(x, inputs_[n_in_], n_in_); }
  void out_flat(const Array &x) { add_flat(x, outputs_[n_out_], n_out_); }
  template <class P>
  void params(P &p) {
    p.struct_size = sizeof(P);
    params_ = &p;
  }
  /// Complete parameters, or nullptr.
  void raw_params(const void *p) { params_ = p; }

  /// Prepared call; valid until the next in/out.
  spc_call &call();
  /// Chooses the kernel of the family for the signature and runs it.
  void run(Family &family, Dtype first, Dtype second = Dtype::none);
  void run(const Kernel &kernel) { run_kernel(kernel, op_, call(), exec); }
  /// data_shape ops: phase one. sizes gets one entry per output; finish with run_planned.
  void extent(Family &family, Dtype first, Dtype second, std::int64_t *sizes);
  void run_planned();
  ~Launch();

  /// The handle that new_like stored; the address that local_view did, and its memory space.
  void *output_data(int i) const noexcept { return outputs_[i].data; }
  std::uint64_t output_memory(int i) const noexcept { return outputs_[i].mem; }

  Exec exec;

 private:
  void add(const Operand &x, const Dims &shape, spc_tensor &t, int &n);
  void add(const Array &x, spc_tensor &t, int &n);
  void add_flat(const Array &x, spc_tensor &t, int &n);

  const Op op_;
  int n_in_ = 0, n_out_ = 0;
  spc_tensor inputs_[max_operands];
  spc_tensor outputs_[SPC_MAX_NDIM];
  const spc_tensor *in_[max_operands];
  spc_tensor *out_[SPC_MAX_NDIM];
  const void *params_ = nullptr;
  spc_call call_;
  const Kernel *planned_ = nullptr;
  void *plan_ = nullptr;
};

/// Runs an elementwise op over `shape`: inputs are cast to in_dtype block by block where they
/// differ (or to the dtype that the operand itself names), overlap with the output is resolved, axes
/// are dropped, sorted and merged. second: the second dtype of a PAIR key. params: complete, or
/// nullptr.
void run_elementwise(Family &family, Op op, Dtype in_dtype, Dtype second, const Dims &shape,
                     Operand *const *in, int n_in, Operand &out, const void *params = nullptr);

constexpr int max_elementwise_operands = 8;
// Elements of a cast block: 4096 complex128 and a second operand of it still fit a 256 KiB L2.
constexpr std::int64_t block_elements = 4096;

/// Brings the axes [begin, end) of shape and of every operand into normal form: unit axes dropped,
/// sorted by falling stride (the last operand, the output, decides first), neighbours merged where
/// every operand allows it. Returns the new end.
int normalise_axes(Dims &shape, Operand *const *operands, int n, int begin, int end);
void add_unit_axis(Dims &shape, Operand *const *operands, int n);

/// Gets one block: its shape (the axes from first_axis on) and operands (output last).
using BlockFn = void (*)(void *user, const Dims &shape, Operand *const *operands, int first_axis);
/// Walks shape in cache-sized blocks; inputs of another dtype are cast to in_dtype into scratch
/// just before their block is run.
void run_blocks(Family &family, Dtype in_dtype, const Dims &shape, Operand *const *operands,
                int n_in, BlockFn run, void *user);

/// Contiguous scratch with the elements of x in dtype; kept alive by exec.
Operand cast_to_scratch(Family &family, Exec &exec, const Operand &x, const Dims &shape,
                        Dtype dtype);

/// Bytes of two operands over one shape may share memory.
bool may_overlap(const Operand &a, const Dims &a_shape, const Operand &b, const Dims &b_shape);

/// TypeErr/NotImpl unless x is strided: `op: arrays of family opaque are opaque; ...`.
void require_strided(const Array &x, const char *op);

/// The array that a call writes: `into` after its shape, dtype, family and writability were checked,
/// or a new one.
Ref<Array> result_array(Family &family, Dtype dtype, const Dims &shape, Array *into,
                        const char *op);

}  // namespace spc
