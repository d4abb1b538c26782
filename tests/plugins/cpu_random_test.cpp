// SPDX-License-Identifier: Apache-2.0
// Random kernels of the cpu family: lengths around a group of blocks and beyond one thread, blocks
// whose counter carries into its second word or wraps, outputs with any stride.
#include "tests/plugins/cpu_harness.hpp"

namespace spc::plugin_test {
namespace {

class Random : public testing::Test {
 protected:
  static constexpr int64_t shared = 200001;  // by several threads

  // Calls run(n, params, what) with every length, stream and position.
  template <class Run>
  void each(Run run) {
    for (const int64_t n : std::initializer_list<int64_t>{1, 2, 3, 31, 32, 33, 1000, shared}) {
      for (uint64_t key : {UINT64_C(0), UINT64_C(0x0123456789abcdef)}) {
        for (uint64_t block : {UINT64_C(0), UINT64_C(0xfffffffb), UINT64_MAX - 2}) {
          if (n == shared && (key == 0 || block == 0)) continue;  // the others show as much
          spc_params_random p{sizeof p, 0, key, block, 0};
          run(n, p, std::to_string(n) + " from block " + std::to_string(block));
        }
      }
    }
  }
  void compare(uint32_t op, int32_t key, int32_t dtype, int64_t n, const spc_params_random &p,
               double ulps, const std::string &what, const Operand *sums = nullptr) {
    for (Layout layout : {Layout::rows, Layout::spread, Layout::backwards}) {
      if (n == shared && layout != Layout::spread) continue;
      Trial t{op, static_cast<uint32_t>(key), 0, {}, output(dtype, {n}, layout)};
      ASSERT_NE(cpu_family().find(op, static_cast<uint32_t>(key), 0), nullptr);
      if (sums != nullptr) t.in.push_back(*sums);
      t.params = &p;
      t.ulps = ulps;
      t.what = what;
      t.run();
    }
  }
};

TEST_F(Random, Uniform) {
  each([&](int64_t n, const spc_params_random &p, const std::string &what) {
    for (int32_t dtype : {SPC_FLOAT32, SPC_FLOAT64})
      compare(SPC_OP_random_uniform, dtype, dtype, n, p, 0, "uniform " + what);
  });
}

TEST_F(Random, Normal) {
  each([&](int64_t n, const spc_params_random &p, const std::string &what) {
    for (int32_t dtype : {SPC_FLOAT32, SPC_FLOAT64, SPC_COMPLEX64, SPC_COMPLEX128})
      compare(SPC_OP_random_normal, dtype, dtype, n, p, 4, "normal " + what);
  });
}

TEST_F(Random, Choice) {
  Operand sums = operand(SPC_FLOAT64, {6}, Layout::backwards, Values::plain);
  const double c[] = {0, 0.25, 0.25, 0.9, 1, 1};
  size_t k = 0;
  sums.each([&](void *at) { set(at, SPC_FLOAT64, c[k++]); });
  each([&](int64_t n, const spc_params_random &p, const std::string &what) {
    spc_params_random bounded = p;
    for (int64_t bound : {int64_t{1}, int64_t{10}, int64_t{1} << 52}) {
      bounded.bound = bound;
      compare(SPC_OP_random_choice, SPC_INT64, SPC_INT64, n, bounded, 0, "choice " + what);
    }
    bounded.bound = 6;
    compare(SPC_OP_random_choice, SPC_FLOAT64, SPC_INT64, n, bounded, 0, "choice with p " + what,
            &sums);
  });
}

}  // namespace
}  // namespace spc::plugin_test
