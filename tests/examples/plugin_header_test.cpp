// SPDX-License-Identifier: Apache-2.0
// plugin.hpp without a host: tables, typed kernels over strided tensors, exceptions as statuses.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <complex>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>

#include "spacecore/plugin.hpp"

namespace {

namespace plugin = spc::plugin;

std::string error_text;
spc_status error_code = SPC_OK;

void keep_error(spc_exec, spc_status code, std::int64_t, const char *, const char *text) {
  error_code = code;
  error_text = text;
}

// A call of one output and up to two inputs on a host that keeps its error.
class Call {
 public:
  Call(spc_tensor out, std::array<spc_tensor, 2> in, std::uint32_t n_in) : out_(out), in_(in) {
    error_text.clear();
    error_code = SPC_OK;
    api_.struct_size = sizeof api_;
    api_.set_error = keep_error;
    call_.struct_size = sizeof call_;
    call_.n_in = n_in;
    call_.n_out = 1;
    call_.in = inputs_;
    call_.out = outputs_;
    call_.host = &api_;
  }
  Call(const Call &) = delete;
  Call &operator=(const Call &) = delete;

  const spc_call *get() const { return &call_; }

 private:
  spc_tensor out_;
  std::array<spc_tensor, 2> in_;
  spc_tensor *outputs_[1] = {&out_};
  const spc_tensor *inputs_[2] = {&in_[0], &in_[1]};
  spc_host_api api_{};
  spc_call call_{};
};

spc_tensor tensor(std::int32_t dtype, const std::int64_t (&shape)[2],
                  const std::int64_t (&strides)[2], void *data) {
  return {sizeof(spc_tensor), 0, dtype, 2, shape, strides, data, 0};
}

struct Subtract {
  template <class T>
  static spc_status run(void *, const spc_call *call) {
    plugin::for_each<T, T, T>(call, [](T &out, const T &a, const T &b) { out = a - b; });
    return SPC_OK;
  }
};

constexpr std::int64_t shape[2] = {2, 3};
constexpr std::int64_t contiguous[2] = {3, 1};
constexpr std::int64_t transposed[2] = {1, 2};
constexpr std::int64_t reversed[2] = {0, -1};

TEST(PluginHeader, TypedKernelsWalkAnyStrides) {
  constexpr spc_op_entry entry =
      plugin::typed<Subtract, double, float>(SPC_OP_subtract, SPC_KERNEL_INPLACE);
  EXPECT_EQ(entry.struct_size, sizeof entry);
  EXPECT_EQ(entry.dtypes, SPC_BIT(SPC_FLOAT32) | SPC_BIT(SPC_FLOAT64));
  EXPECT_EQ(entry.flags, std::uint64_t{SPC_KERNEL_INPLACE});

  // a = [[1, 3, 5], [2, 4, 6]] in columns, b = [30, 20, 10] read backwards in both rows.
  float a[] = {1, 2, 3, 4, 5, 6}, b[] = {30, 20, 10}, out[6] = {};
  const Call call(
      tensor(SPC_FLOAT32, shape, contiguous, out),
      {tensor(SPC_FLOAT32, shape, transposed, a), tensor(SPC_FLOAT32, shape, reversed, b + 2)}, 2);
  ASSERT_EQ(entry.fn(nullptr, call.get()), SPC_OK) << error_text;
  const float expected[] = {-9, -17, -25, -8, -16, -24};
  EXPECT_TRUE(std::equal(out, out + 6, expected));
}

TEST(PluginHeader, ATypeThatIsNotListedIsAnError) {
  std::int32_t data[6] = {};
  const auto t = tensor(SPC_INT32, shape, contiguous, data);
  const Call call(t, {t, t}, 2);
  EXPECT_EQ((plugin::run_typed<Subtract, float, double>(nullptr, call.get())), SPC_E_NOTIMPL);
  EXPECT_EQ(error_text, "no kernel for dtype 3");
}

spc_status throws_error(void *, const spc_call *) {
  throw plugin::Error(SPC_E_LINALG, "pivot 3 is 0");
}
spc_status throws_standard(void *, const spc_call *) {
  throw std::runtime_error("100% broken");
}
spc_status throws_memory(void *, const spc_call *) {
  throw std::bad_alloc();
}
spc_status throws_number(void *, const spc_call *) {
  throw 7;
}
spc_status makes_nothing(const spc_host_api *, spc_host, void **) {
  throw std::bad_alloc();
}

TEST(PluginHeader, ExceptionsBecomeStatuses) {
  const struct {
    spc_kernel_fn fn;
    spc_status code;
    const char *text;
  } cases[] = {{plugin::guard<throws_error>, SPC_E_LINALG, "pivot 3 is 0"},
               {plugin::guard<throws_standard>, SPC_E_PLUGIN, "100% broken"},
               {plugin::guard<throws_memory>, SPC_E_MEMORY, "out of memory"},
               {plugin::guard<throws_number>, SPC_E_PLUGIN, "an exception of unknown type"}};
  for (const auto &c : cases) {
    const Call call({}, {}, 0);
    EXPECT_EQ(c.fn(nullptr, call.get()), c.code);
    EXPECT_EQ(error_code, c.code);
    EXPECT_EQ(error_text, c.text);
  }
  spc_status (*const create)(const spc_host_api *, spc_host, void **) =
      plugin::guard<makes_nothing>;
  EXPECT_EQ(create(nullptr, nullptr, nullptr), SPC_E_MEMORY);
}

TEST(PluginHeader, CastsAreAllPairsButThoseToSelfAndFromComplexToReal) {
  EXPECT_EQ(plugin::casts.size(), 58u);
  auto sorted = plugin::casts;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(std::unique(sorted.begin(), sorted.end()), sorted.end());
  const auto has = [&](std::uint32_t pair) {
    return std::binary_search(sorted.begin(), sorted.end(), pair);
  };
  EXPECT_TRUE(has(SPC_PAIR(SPC_BOOL, SPC_COMPLEX128)));
  EXPECT_TRUE(has(SPC_PAIR(SPC_FLOAT64, SPC_INT8)));
  EXPECT_TRUE(has(SPC_PAIR(SPC_COMPLEX128, SPC_COMPLEX64)));
  EXPECT_FALSE(has(SPC_PAIR(SPC_COMPLEX64, SPC_FLOAT32)));
  EXPECT_FALSE(has(SPC_PAIR(SPC_INT8, SPC_INT8)));
}

TEST(PluginHeader, DtypesOfElements) {
  EXPECT_EQ((plugin::dtypes_of<bool, std::int8_t, std::uint8_t, std::int32_t, std::int64_t, float,
                               double, std::complex<float>, std::complex<double>>()),
            SPC_DTYPES_ALL);
  EXPECT_EQ(plugin::dtype_of<std::complex<float>>(), SPC_COMPLEX64);
}

}  // namespace
