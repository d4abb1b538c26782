// SPDX-License-Identifier: Apache-2.0
// Reductions of the cpu family.
#include "tests/plugins/cpu_harness.hpp"

namespace spc::plugin_test {
namespace {

// ---- reductions ---------------------------------------------------------------------------------

class Reduction : public testing::TestWithParam<int32_t> {};

double sum_of_moduli(Operand &x) {
  double sum = 0;
  x.each([&](void *at) { sum += std::abs(get(at, x.dtype)); });
  return sum;
}

TEST_P(Reduction, EqualsReference) {
  const int32_t dtype = GetParam();
  for (const Shape &shape : shapes()) {
    for (size_t kept = 0; kept <= shape.size(); ++kept) {
      for (Layout layout : input_layouts) {
        for (int accumulate = 0; accumulate < 2; ++accumulate) {
          if (skip(shape) || integer(0, 1) == 0) continue;
          spc_params_reduce p{sizeof p, static_cast<int32_t>(kept), accumulate, 0};
          for (uint32_t op : {SPC_OP_min, SPC_OP_max, SPC_OP_sum}) {
            const bool exact = op != SPC_OP_sum || !is_floating(dtype);
            const int32_t result = op == SPC_OP_sum && !is_floating(dtype) ? SPC_INT64 : dtype;
            Trial t{op,
                    static_cast<uint32_t>(dtype),
                    op == SPC_OP_sum ? static_cast<uint32_t>(result) : 0,
                    {},
                    reduced_output(result, shape, kept)};
            t.in.push_back(operand(dtype, shape, layout, exact ? Values::special : Values::plain));
            t.params = &p;
            t.ulps = exact ? 0 : 16;
            t.scale = exact ? 0 : sum_of_moduli(t.in[0]);
            t.what = text("reduce", dtype, shape,
                          static_cast<int>(op * 100 + kept * 10) + static_cast<int>(layout));
            t.run();
          }
        }
      }
    }
  }
}

TEST_P(Reduction, Products) {
  const int32_t dtype = GetParam();
  for (const Shape &shape : shapes()) {
    for (size_t kept = 0; kept <= shape.size(); ++kept) {
      for (int accumulate = 0; accumulate < 2; ++accumulate) {
        if (skip(shape)) continue;
        spc_params_reduce p{sizeof p, static_cast<int32_t>(kept), accumulate, 0};
        const int32_t result = is_floating(dtype) ? dtype : SPC_INT64;
        Trial t{SPC_OP_prod,
                static_cast<uint32_t>(dtype),
                static_cast<uint32_t>(result),
                {},
                reduced_output(result, shape, kept)};
        const Layout layout = input_layouts[integer(0, 4)];
        t.in.push_back(operand(dtype, shape, layout, Values::plain));
        int64_t factors = 1;
        for (size_t axis = kept; axis < shape.size(); ++axis) factors *= shape[axis];
        // Near 1, so that the product of many is in range; odd, so that integers do not run to 0.
        t.in[0].each([&](void *at) {
          const double spread = 1 / std::sqrt(static_cast<double>(factors));
          set(at, dtype,
              is_floating(dtype)
                  ? std::complex<double>(1 + spread * real() / 8, 0)
                  : std::complex<double>(2 * static_cast<double>(integer(0, 40)) + 1));
        });
        t.params = &p;
        t.ulps = is_floating(dtype) ? 16 + static_cast<double>(factors) : 0;
        t.what = text("prod", dtype, shape, static_cast<int>(kept * 10) + accumulate);
        t.run();
      }
    }
  }
}

TEST_P(Reduction, LogSumExp) {
  const int32_t dtype = GetParam();
  if (dtype != SPC_FLOAT32 && dtype != SPC_FLOAT64) return;
  for (const Shape &shape : shapes()) {
    for (size_t kept = 0; kept <= shape.size(); ++kept) {
      for (int kind = 0; kind < 4; ++kind) {
        if (skip(shape)) continue;
        spc_params_reduce p{sizeof p, static_cast<int32_t>(kept), 0, 0};
        Trial t{SPC_OP_logsumexp,
                static_cast<uint32_t>(dtype),
                0,
                {},
                reduced_output(dtype, shape, kept)};
        const Layout layout = input_layouts[integer(0, 4)];
        t.in.push_back(operand(dtype, shape, layout, Values::plain));
        // Large exponents; rows with infinities; rows of nothing but -infinity.
        t.in[0].each([&](void *at) {
          if (kind == 1) set(at, dtype, 1000 * real());
          if (kind == 2 && integer(0, 2) == 0)
            set(at, dtype, integer(0, 9) == 0 ? special() : -INFINITY);
          if (kind == 3) set(at, dtype, -INFINITY);
        });
        t.params = &p;
        t.ulps = 8;
        t.scale = 16;
        t.what = text("logsumexp", dtype, shape, static_cast<int>(kept * 10) + kind);
        t.run();
      }
    }
  }
}

TEST_P(Reduction, Norms) {
  const int32_t dtype = GetParam();
  if (!is_floating(dtype)) return;
  const double scales[] = {1.0, 1e-170, 1e170};
  for (const Shape &shape : shapes()) {
    for (size_t kept = 0; kept <= shape.size(); ++kept) {
      for (Layout layout : input_layouts) {
        for (double p : {1.0, 2.0, static_cast<double>(INFINITY)}) {
          if (skip(shape)) continue;
          spc_params_norm params{sizeof params, static_cast<int32_t>(kept), p};
          const int32_t result = is_complex(dtype) ? dtype - 2 : dtype;
          Trial t{SPC_OP_norm,
                  static_cast<uint32_t>(dtype),
                  0,
                  {},
                  reduced_output(result, shape, kept)};
          t.in.push_back(operand(dtype, shape, layout, Values::plain));
          const int kind = static_cast<int>(integer(0, 4));
          if (kind < 3 && epsilon(dtype) < 1e-10) {
            t.in[0].each([&](void *at) {
              // Repeated elements are visited often; a factor would be applied as often.
              set(at, dtype, std::complex<double>(real(), real()) * scales[kind]);
            });
          } else if (kind == 3) {
            t.in[0].each([&](void *at) { set(at, dtype, 0.0); });
          }
          t.params = &params;
          t.ulps = 16;
          t.what =
              text("norm", dtype, shape, static_cast<int>(kept * 10) + static_cast<int>(layout));
          t.run();
        }
      }
    }
  }
}

TEST_P(Reduction, NormsOfInfinityAndNan) {
  const int32_t dtype = GetParam();
  if (!is_floating(dtype)) return;
  for (double p : {1.0, 2.0, static_cast<double>(INFINITY)}) {
    for (double odd : {static_cast<double>(INFINITY), static_cast<double>(NAN), 1e-320, 1.7e308}) {
      for (int64_t n : {1, 3, 100, 5000}) {
        spc_params_norm params{sizeof params, 0, p};
        const int32_t result = is_complex(dtype) ? dtype - 2 : dtype;
        Trial t{SPC_OP_norm, static_cast<uint32_t>(dtype), 0, {}, reduced_output(result, {n}, 0)};
        t.in.push_back(operand(dtype, {n}, Layout::rows, Values::plain));
        set(t.in[0].at(integer(0, n - 1)), dtype, odd);
        t.params = &params;
        t.ulps = 8;
        t.what = text("norm of an odd value", dtype, {n}, static_cast<int>(p));
        t.run();
      }
    }
  }
}

TEST_P(Reduction, DotProducts) {
  const int32_t dtype = GetParam();
  spc_params_reduce p{sizeof p, 0, 0, 0};
  for (int64_t n : {1, 2, 5, 31, 64, 100, 4096, 4097, 300000}) {
    for (Layout a : {Layout::rows, Layout::spread, Layout::backwards}) {
      for (Layout b : {Layout::rows, Layout::spread, Layout::backwards}) {
        Trial t{SPC_OP_vdot, static_cast<uint32_t>(dtype), 0, {}, reduced_output(dtype, {n}, 0)};
        t.in.push_back(operand(dtype, {n}, a, Values::plain));
        t.in.push_back(operand(dtype, {n}, b, Values::plain));
        t.params = &p;
        t.ulps = 8;
        t.scale = 2 * static_cast<double>(n);
        t.what = text("vdot", dtype, {n}, 0);
        t.run();
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Dtypes, Reduction, testing::ValuesIn(all_dtypes));

}  // namespace
}  // namespace spc::plugin_test
