// SPDX-License-Identifier: Apache-2.0
// Calls a kernel of the reference table without a core: tensors are built by hand.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "spacecore/plugin.h"

#include "plugins/reference/kernels.hpp"

// The running call: keeps scratch and the text of an error.
struct spc_exec_s {
  std::string error;
  std::vector<std::unique_ptr<char[]>> scratch;
  size_t most_scratch = std::numeric_limits<size_t>::max();  // blocks; more of them are refused
};

namespace spc::reference_test {

inline constexpr double inf = std::numeric_limits<double>::infinity();
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

using Shape = std::vector<int64_t>;
using Value = std::complex<double>;
// Of every dtype; not for integers above 2^53.
using Values = std::vector<Value>;

inline constexpr spc_dtype all_dtypes[] = {SPC_BOOL,    SPC_INT8,      SPC_UINT8,
                                           SPC_INT32,   SPC_INT64,     SPC_FLOAT32,
                                           SPC_FLOAT64, SPC_COMPLEX64, SPC_COMPLEX128};
spc_dtype real_dtype(spc_dtype dtype);
// A trace line for failures inside a loop over dtypes.
std::string dtype_trace(spc_dtype dtype);

// Memory and the tensor that views it.
class Operand {
 public:
  Operand(spc_dtype dtype, const Shape &shape, const Values &values);
  // Every element is 99 (true), so that one that is not written shows.
  Operand(spc_dtype dtype, const Shape &shape);
  // NaN in every part where the dtype has it: what must not be read.
  static Operand unreadable(spc_dtype dtype, const Shape &shape);
  static Operand scalar(spc_dtype dtype, Value value) { return {dtype, {}, {value}}; }

  // A copy of the memory under another view.
  Operand view(const Shape &shape, const Shape &strides, int64_t first = 0) const;

  spc_tensor tensor();
  const Shape &shape() const { return shape_; }

  Values values() const;          // of the view, row-major
  Value at(int64_t place) const;  // of the memory
  void set(int64_t place, Value value);

 private:
  spc_dtype dtype_;
  Shape shape_;
  Shape strides_;
  int64_t first_ = 0;
  std::vector<std::byte> memory_;
};

// The values as the dtype holds them: bool has only 0 and 1.
Values held(spc_dtype dtype, const Values &values);

const spc_op_entry *find_entry(uint32_t op);

class Call {
 public:
  explicit Call(uint32_t op) : op_(op) {}

  template <class... Operands>
  Call &in(Operands &...operands) {
    (inputs_.push_back(operands.tensor()), ...);
    return *this;
  }
  template <class... Operands>
  Call &out(Operands &...operands) {
    (outputs_.push_back(operands.tensor()), ...);
    return *this;
  }
  template <class Params>
  Call &with(Params params) {
    params.struct_size = sizeof params;
    params_ = std::make_shared<Params>(params);
    return *this;
  }

  Call &most_scratch(size_t blocks) {
    exec_.most_scratch = blocks;
    return *this;
  }

  spc_status run();
  // Size of the outputs of a data_shape op.
  int64_t extent();
  const std::string &error() const { return exec_.error; }

 private:
  spc_call build();

  uint32_t op_;
  std::vector<spc_tensor> inputs_;
  std::vector<spc_tensor> outputs_;
  std::vector<const spc_tensor *> in_;
  std::vector<spc_tensor *> out_;
  std::shared_ptr<void> params_;
  spc_exec_s exec_;
};

}  // namespace spc::reference_test
