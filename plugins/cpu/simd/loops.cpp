// SPDX-License-Identifier: Apache-2.0
#include "plugins/cpu/simd/loops.hpp"

#include <stdlib.h>
#include <string.h>

namespace spc::cpu {

#define SPC_CPU_DECLARE(isa)                       \
  namespace isa {                                  \
  extern const ElementwiseLoops elementwise_loops; \
  extern const CompareLoops compare_loops;         \
  extern const MathLoops math_loops;               \
  extern const ConvertLoops convert_loops;         \
  extern const ReduceLoops reduce_loops;           \
  extern const SearchLoops search_loops;           \
  extern const ExpSumLoops exp_sum_loops;          \
  extern const MatrixLoops matrix_loops;           \
  extern const SparseLoops sparse_loops;           \
  extern const SolveLoops solve_loops;             \
  extern const EigenLoops eigen_loops;             \
  extern const ProductLoops product_loops;         \
  extern const ProgramLoops program_loops;         \
  }
#define SPC_CPU_TABLE(isa)                                                                     \
  {                                                                                            \
#isa, &isa::elementwise_loops, &isa::compare_loops, &isa::math_loops, &isa::convert_loops, \
        &isa::reduce_loops, &isa::search_loops, &isa::exp_sum_loops, &isa::matrix_loops,       \
        &isa::sparse_loops, &isa::solve_loops, &isa::eigen_loops, &isa::product_loops,         \
        &isa::program_loops                                                                    \
  }

SPC_CPU_DECLARE(generic)
#ifdef SPC_CPU_X86_64
SPC_CPU_DECLARE(avx2)
SPC_CPU_DECLARE(avx512)
#endif

namespace {

const Loops *choose() {
  static const Loops generic_loops = SPC_CPU_TABLE(generic);
#ifdef SPC_CPU_X86_64
  static const Loops avx2_loops = SPC_CPU_TABLE(avx2);
  static const Loops avx512_loops = SPC_CPU_TABLE(avx512);
  const char *wish = getenv("SPACECORE_CPU_ISA");
  const bool may_avx2 = wish == nullptr || strcmp(wish, "generic") != 0;
  const bool may_avx512 = may_avx2 && (wish == nullptr || strcmp(wish, "avx2") != 0);
  // The builtin also asks the system whether it saves the registers. The features are those that
  // the files are compiled for.
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                        __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") &&
                          __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512cd") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (may_avx512 && has_avx512) return &avx512_loops;
  if (may_avx2 && has_avx2) return &avx2_loops;
#endif
  return &generic_loops;
}

}  // namespace

const Loops &loops() {
  static const Loops *const chosen = choose();
  return *chosen;
}

}  // namespace spc::cpu
