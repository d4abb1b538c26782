// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/simd/number.hpp"

SPC_CPU_ISA_BEGIN
namespace {

template <class T>
inline constexpr bool is_narrow = sizeof(T) == 1;

// Floats out of range give an unspecified value; the detour through int64 for the one-byte types
// keeps that value what integers wrap to.
template <class To, class From>
inline To convert(From x) {
  if constexpr (is_same<From, Bool>) {
    return convert<To>(static_cast<uint8_t>(x.value != 0));
  } else if constexpr (is_complex<From>) {
    if constexpr (is_same<To, Bool>) {
      return {static_cast<uint8_t>((x.re != 0) | (x.im != 0))};
    } else {
      return {static_cast<Real<To>>(x.re), static_cast<Real<To>>(x.im)};
    }
  } else if constexpr (is_complex<To>) {
    return {static_cast<Real<To>>(x), Real<To>(0)};
  } else if constexpr (is_same<To, Bool>) {
    return {static_cast<uint8_t>(x != 0)};
  } else if constexpr (is_floating<From> && is_narrow<To>) {
    return static_cast<To>(static_cast<int64_t>(x));
  } else {
    return static_cast<To>(x);
  }
}

template <class From, class To>
void convert_loop(const Run &run) {
  const From *x = static_cast<const From *>(run.in[0]);
  To *out = static_cast<To *>(run.out);
  if (run.out_step == 1 && run.in_step[0] == 1) {
#pragma GCC ivdep
    for (int64_t i = 0; i < run.n; ++i) out[i] = convert<To>(x[i]);
    return;
  }
  for (int64_t i = 0; i < run.n; ++i) out[i * run.out_step] = convert<To>(x[i * run.in_step[0]]);
}

using C64 = Complex<float>;
using C128 = Complex<double>;

#define SPC_CPU_TO_REAL(From)                                                              \
  convert_loop<From, Bool>, convert_loop<From, int8_t>, convert_loop<From, uint8_t>,       \
      convert_loop<From, int32_t>, convert_loop<From, int64_t>, convert_loop<From, float>, \
      convert_loop<From, double>
#define SPC_CPU_FROM(From) \
  { SPC_CPU_TO_REAL(From), convert_loop<From, C64>, convert_loop<From, C128> }
#define SPC_CPU_FROM_COMPLEX(From)                                                  \
  {                                                                                 \
    convert_loop<From, Bool>, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, \
        convert_loop<From, C64>, convert_loop<From, C128>                           \
  }

}  // namespace

extern const ConvertLoops convert_loops;

const ConvertLoops convert_loops = {
    {SPC_CPU_FROM(Bool), SPC_CPU_FROM(int8_t), SPC_CPU_FROM(uint8_t), SPC_CPU_FROM(int32_t),
     SPC_CPU_FROM(int64_t), SPC_CPU_FROM(float), SPC_CPU_FROM(double), SPC_CPU_FROM_COMPLEX(C64),
     SPC_CPU_FROM_COMPLEX(C128)}};

SPC_CPU_ISA_END
