// SPDX-License-Identifier: Apache-2.0
// The cpu family: OpenBLAS and SIMD loops for what is hot, over reference.
#include "spacecore/plugin.hpp"

#include "plugins/cpu/family.hpp"

SPC_PLUGIN("cpu", SPACECORE_VERSION, "Apache-2.0", spc::cpu::family())
