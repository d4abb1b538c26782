// SPDX-License-Identifier: Apache-2.0
// A family in C++: add, multiply and sum of floats and doubles; everything else comes from cpu.
#include <cstdint>

#include <spacecore/plugin.hpp>

namespace {

namespace plugin = spc::plugin;

// A kernel is a template over its elements. It gets checked tensors of one shape with any strides,
// and writes all of out[0].
struct Add {
  template <class T>
  static spc_status run(void *, const spc_call *call) {
    plugin::for_each<T, T, T>(call, [](T &out, const T &a, const T &b) { out = a + b; });
    return SPC_OK;
  }
};

struct Multiply {
  template <class T>
  static spc_status run(void *, const spc_call *call) {
    plugin::for_each<T, T, T>(call, [](T &out, const T &a, const T &b) { out = a * b; });
    return SPC_OK;
  }
};

// A reduction: the kept axes come first, and out has stride 0 on the reduced ones. Each row of them is
// summed with Neumaier's compensation, so that the error does not grow with its length.
struct Sum {
  template <class T>
  static spc_status run(void *, const spc_call *call) {
    const auto &params = plugin::params<spc_params_reduce>(call);
    const spc_tensor &x = *call->in[0];
    const spc_tensor &out = *call->out[0];
    std::int64_t rows = 1, length = 1;
    for (std::int32_t axis = 0; axis < x.ndim; ++axis)
      (axis < params.n_kept ? rows : length) *= x.shape[axis];

    for (std::int64_t row = 0; row < rows; ++row) {
      T &result = *at<T>(out, row * length);
      T sum = params.accumulate ? result : T{0};
      T lost{0};
      for (std::int64_t i = 0; i < length; ++i) {
        const T value = *at<T>(x, row * length + i);
        const T next = sum + value;
        const T big = magnitude(sum) >= magnitude(value) ? sum : value;
        lost += (big - next) + (big == sum ? value : sum);
        sum = next;
      }
      // The compensation of an infinite sum is NaN.
      result = lost == lost ? sum + lost : sum;
    }
    return SPC_OK;
  }

  template <class T>
  static T magnitude(T x) {
    return x < 0 ? -x : x;
  }

  // The element at a position in row-major order.
  template <class T>
  static T *at(const spc_tensor &tensor, std::int64_t position) {
    T *element = static_cast<T *>(tensor.data);
    for (std::int32_t axis = tensor.ndim - 1; axis >= 0; --axis) {
      element += position % tensor.shape[axis] * tensor.strides[axis];
      position /= tensor.shape[axis];
    }
    return element;
  }
};

constexpr spc_op_entry ops[] = {
    plugin::typed<Add, float, double>(SPC_OP_add, SPC_KERNEL_INPLACE),
    plugin::typed<Multiply, float, double>(SPC_OP_multiply, SPC_KERNEL_INPLACE),
    plugin::typed<Sum, float, double>(SPC_OP_sum, 0, sizeof(spc_params_reduce)),
};

constexpr spc_family family = plugin::host_family("example_cpp", "1.0", "cpu", ops);

}  // namespace

SPC_PLUGIN("example_cpp", "1.0", "Apache-2.0", family)
