// SPDX-License-Identifier: Apache-2.0
// Opens the namespace of the instruction set that a file is being compiled for.
//
// Everything in a file of this folder lies in that namespace and nothing from the standard library
// is instantiated there: an inline function compiled for AVX-512 under a name that other files
// share could be the copy that the linker keeps, and would then stop an older processor.
#pragma once

#ifndef SPC_CPU_ISA
#error "SPC_CPU_ISA names the instruction set: generic, avx2 or avx512"
#endif

#define SPC_CPU_ISA_BEGIN \
  namespace spc::cpu {    \
  namespace SPC_CPU_ISA {
#define SPC_CPU_ISA_END \
  }                     \
  }
