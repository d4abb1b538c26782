// SPDX-License-Identifier: Apache-2.0
// Which level of x86-64 a file may be built for. An instruction that is not there kills the process
// before anybody can ask, possibly in a static initialiser: so it is asked before a file is opened.
#pragma once

#include <cstdint>
#include <string>

namespace spc {

/// What CPUID says of the processor, and XCR0 of the operating system: only registers that it saves
/// at a context switch can be used. All 0 on other machines.
struct Processor {
  std::uint32_t leaf1_ecx = 0;
  std::uint32_t leaf7_ebx = 0;
  std::uint32_t extended_ecx = 0;  // of leaf 0x80000001
  std::uint64_t xcr0 = 0;

  static Processor of_this_machine() noexcept;
};

/// Names of what x86-64-v<level> needs and is not there, comma separated; "" if nothing is missing.
/// level is 2, 3 or 4; each includes those below it.
std::string missing_for(int level, const Processor &processor);

}  // namespace spc
