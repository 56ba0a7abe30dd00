//===- cpu_features.cpp - what the processor at hand offers ---------------------------------===//
//
// Leaves and bits: Intel 64 and IA-32 Software Developer's Manual, volume 2A, CPUID; AMD64
// Architecture Programmer's Manual, volume 3, appendix E; Linux' elf_hwcaps for Arm.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/cpu_features.h"
#include <cstring>
#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__linux__)
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace ingot::runtime {

#if defined(__x86_64__)

namespace {
enum Register : uint8_t { eax, ebx, ecx, edx };
// Which registers the operating system must save (bits of XCR0).
enum State : uint32_t { none = 0, ymm = 0x6, zmm = 0xe6, tiles = 0x60000 };

struct Row {
  const char *name;
  uint32_t leaf, subleaf;
  Register reg;
  uint8_t bit;
  State state;
};
} // namespace

static constexpr Row rows[] = {
    {"cmov", 1, 0, edx, 15, none},
    {"cx8", 1, 0, edx, 8, none},
    {"mmx", 1, 0, edx, 23, none},
    {"fxsr", 1, 0, edx, 24, none},
    {"sse", 1, 0, edx, 25, none},
    {"sse2", 1, 0, edx, 26, none},
    {"sse3", 1, 0, ecx, 0, none},
    {"pclmul", 1, 0, ecx, 1, none},
    {"ssse3", 1, 0, ecx, 9, none},
    {"fma", 1, 0, ecx, 12, ymm},
    {"cx16", 1, 0, ecx, 13, none},
    {"sse4.1", 1, 0, ecx, 19, none},
    {"sse4.2", 1, 0, ecx, 20, none},
    {"crc32", 1, 0, ecx, 20, none},
    {"movbe", 1, 0, ecx, 22, none},
    {"popcnt", 1, 0, ecx, 23, none},
    {"aes", 1, 0, ecx, 25, none},
    {"xsave", 1, 0, ecx, 26, none},
    {"avx", 1, 0, ecx, 28, ymm},
    {"f16c", 1, 0, ecx, 29, ymm},
    {"rdrnd", 1, 0, ecx, 30, none},
    {"fsgsbase", 7, 0, ebx, 0, none},
    {"bmi", 7, 0, ebx, 3, none},
    {"avx2", 7, 0, ebx, 5, ymm},
    {"bmi2", 7, 0, ebx, 8, none},
    {"avx512f", 7, 0, ebx, 16, zmm},
    {"avx512dq", 7, 0, ebx, 17, zmm},
    {"rdseed", 7, 0, ebx, 18, none},
    {"adx", 7, 0, ebx, 19, none},
    {"avx512ifma", 7, 0, ebx, 21, zmm},
    {"clflushopt", 7, 0, ebx, 23, none},
    {"clwb", 7, 0, ebx, 24, none},
    {"avx512cd", 7, 0, ebx, 28, zmm},
    {"sha", 7, 0, ebx, 29, none},
    {"avx512bw", 7, 0, ebx, 30, zmm},
    {"avx512vl", 7, 0, ebx, 31, zmm},
    {"avx512vbmi", 7, 0, ecx, 1, zmm},
    {"avx512vbmi2", 7, 0, ecx, 6, zmm},
    {"gfni", 7, 0, ecx, 8, none},
    {"vaes", 7, 0, ecx, 9, ymm},
    {"vpclmulqdq", 7, 0, ecx, 10, ymm},
    {"avx512vnni", 7, 0, ecx, 11, zmm},
    {"avx512bitalg", 7, 0, ecx, 12, zmm},
    {"avx512vpopcntdq", 7, 0, ecx, 14, zmm},
    {"amx-bf16", 7, 0, edx, 22, tiles},
    {"avx512fp16", 7, 0, edx, 23, zmm},
    {"amx-tile", 7, 0, edx, 24, tiles},
    {"amx-int8", 7, 0, edx, 25, tiles},
    {"avxvnni", 7, 1, eax, 4, ymm},
    {"avx512bf16", 7, 1, eax, 5, zmm},
    {"amx-fp16", 7, 1, eax, 21, tiles},
    {"avxifma", 7, 1, eax, 23, ymm},
    {"avxvnniint8", 7, 1, edx, 4, ymm},
    {"avxneconvert", 7, 1, edx, 5, ymm},
    {"avxvnniint16", 7, 1, edx, 10, ymm},
    {"sahf", 0x80000001, 0, ecx, 0, none},
    {"lzcnt", 0x80000001, 0, ecx, 5, none},
    {"sse4a", 0x80000001, 0, ecx, 6, none},
    {"prfchw", 0x80000001, 0, ecx, 8, none},
    {"64bit", 0x80000001, 0, edx, 29, none},
};

static uint64_t savedState() {
  uint32_t registers[4];
  if (!__get_cpuid_count(1, 0, &registers[0], &registers[1], &registers[2], &registers[3]) ||
      !(registers[ecx] >> 27 & 1)) // OSXSAVE
    return 0;
  uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return uint64_t(high) << 32 | low;
}

bool cpuHas(const char *feature) {
  for (const Row &row : rows) {
    if (std::strcmp(row.name, feature) != 0)
      continue;
    uint32_t registers[4];
    if (!__get_cpuid_count(row.leaf, row.subleaf, &registers[0], &registers[1], &registers[2],
                           &registers[3]))
      return false;
    return (registers[row.reg] >> row.bit & 1) && (savedState() & row.state) == row.state;
  }
  return false;
}

#elif defined(__aarch64__) && defined(__linux__)

namespace {
struct Row {
  const char *name;
  unsigned long capability; // AT_HWCAP or AT_HWCAP2
  uint8_t bit;
};
} // namespace

static constexpr Row rows[] = {
    {"fp-armv8", AT_HWCAP, 0},   {"neon", AT_HWCAP, 1},      {"aes", AT_HWCAP, 3},
    {"sha2", AT_HWCAP, 6},       {"crc", AT_HWCAP, 7},       {"lse", AT_HWCAP, 8},
    {"fullfp16", AT_HWCAP, 10},  {"rdm", AT_HWCAP, 12},      {"jsconv", AT_HWCAP, 13},
    {"complxnum", AT_HWCAP, 14}, {"rcpc", AT_HWCAP, 15},     {"sha3", AT_HWCAP, 17},
    {"dotprod", AT_HWCAP, 20},   {"sve", AT_HWCAP, 22},      {"fp16fml", AT_HWCAP, 23},
    {"rcpc-immo", AT_HWCAP, 26}, {"flagm", AT_HWCAP, 27},    {"sve2", AT_HWCAP2, 1},
    {"altnzcv", AT_HWCAP2, 7},   {"fptoint", AT_HWCAP2, 8},  {"i8mm", AT_HWCAP2, 13},
    {"bf16", AT_HWCAP2, 14},     {"cssc", AT_HWCAP2, 34},    {"mops", AT_HWCAP2, 43},
};

bool cpuHas(const char *feature) {
  for (const Row &row : rows)
    if (std::strcmp(row.name, feature) == 0)
      return getauxval(row.capability) >> row.bit & 1;
  return false;
}

#else

bool cpuHas(const char *) { return false; }

#endif

bool enableFeature(const char *feature) {
#if defined(__x86_64__) && defined(__linux__)
  // Linux, Documentation/arch/x86/xstate.rst: tile data is granted per process, on request.
  if (std::strncmp(feature, "amx-", 4) == 0) {
    constexpr long requestPermission = 0x1023, tileData = 18;
    return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
  }
#endif
  return true;
}

} // namespace ingot::runtime
