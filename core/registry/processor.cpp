// SPDX-License-Identifier: Apache-2.0
#include "core/registry/processor.hpp"

#include <fmt/format.h>

namespace spc {
namespace {

struct Feature {
  int level;
  std::uint32_t Processor::*word;
  int bit;
  const char *name;
};

constexpr Feature features[] = {
    {2, &Processor::leaf1_ecx, 0, "SSE3"},        {2, &Processor::leaf1_ecx, 9, "SSSE3"},
    {2, &Processor::leaf1_ecx, 13, "CMPXCHG16B"}, {2, &Processor::leaf1_ecx, 19, "SSE4.1"},
    {2, &Processor::leaf1_ecx, 20, "SSE4.2"},     {2, &Processor::leaf1_ecx, 23, "POPCNT"},
    {2, &Processor::extended_ecx, 0, "LAHF"},     {3, &Processor::leaf1_ecx, 12, "FMA"},
    {3, &Processor::leaf1_ecx, 22, "MOVBE"},      {3, &Processor::leaf1_ecx, 27, "OSXSAVE"},
    {3, &Processor::leaf1_ecx, 28, "AVX"},        {3, &Processor::leaf1_ecx, 29, "F16C"},
    {3, &Processor::leaf7_ebx, 3, "BMI1"},        {3, &Processor::leaf7_ebx, 5, "AVX2"},
    {3, &Processor::leaf7_ebx, 8, "BMI2"},        {3, &Processor::extended_ecx, 5, "LZCNT"},
    {4, &Processor::leaf7_ebx, 16, "AVX512F"},    {4, &Processor::leaf7_ebx, 17, "AVX512DQ"},
    {4, &Processor::leaf7_ebx, 28, "AVX512CD"},   {4, &Processor::leaf7_ebx, 30, "AVX512BW"},
    {4, &Processor::leaf7_ebx, 31, "AVX512VL"},
};

constexpr std::uint64_t saved_registers(int level) {
  constexpr std::uint64_t sse_and_avx = 0x6, opmask_and_zmm = 0xe0;
  return level < 3 ? 0 : level < 4 ? sse_and_avx : sse_and_avx | opmask_and_zmm;
}

}  // namespace

Processor Processor::of_this_machine() noexcept {
  Processor p;
#if defined(__x86_64__)
  struct Words {
    std::uint32_t eax, ebx, ecx, edx;
  };
  const auto cpuid = [](std::uint32_t leaf) {
    Words w{};
    __asm__("cpuid" : "=a"(w.eax), "=b"(w.ebx), "=c"(w.ecx), "=d"(w.edx) : "0"(leaf), "2"(0));
    return w;
  };
  constexpr std::uint32_t extended = 0x80000000;
  const std::uint32_t last = cpuid(0).eax;
  p.leaf1_ecx = cpuid(1).ecx;
  if (last >= 7) p.leaf7_ebx = cpuid(7).ebx;
  if (cpuid(extended).eax > extended) p.extended_ecx = cpuid(extended + 1).ecx;
  constexpr std::uint32_t osxsave = 1u << 27;
  if ((p.leaf1_ecx & osxsave) != 0) {
    std::uint32_t low = 0, high = 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    p.xcr0 = std::uint64_t{high} << 32 | low;
  }
#endif
  return p;
}

std::string missing_for(int level, const Processor &processor) {
  std::string missing;
  const auto add = [&](const std::string &what) {
    missing += (missing.empty() ? "" : ", ") + what;
  };
  for (const Feature &f : features)
    if (f.level <= level && (processor.*f.word >> f.bit & 1) == 0) add(f.name);
  const std::uint64_t saved = saved_registers(level);
  if ((processor.xcr0 & saved) != saved)
    add(fmt::format("registers that the operating system saves (XCR0 is {:#x}, expected {:#x})",
                    processor.xcr0, saved));
  return missing;
}

}  // namespace spc
