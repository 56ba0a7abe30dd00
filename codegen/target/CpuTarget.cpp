// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/target/CpuTarget.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <memory>

using namespace llvm;

namespace ingot {

namespace {

// Caches per core by family. LLVM does not know them. A row that is too small costs a few percent
// (more passes over the sums), one that is too large costs a factor, so a name that may run on
// several machines takes the smallest of them.
struct CacheRow {
  StringLiteral prefix;
  int64_t l1KiB, l2KiB;
};
constexpr CacheRow kCaches[] = {
    {"znver5", 48, 1024},         // 48 KiB L1D since Zen 5
    {"znver4", 32, 1024},         // L2 doubled in Zen 4
    {"znver", 32, 512},           // Zen 1 to 3
    {"sapphirerapids", 48, 2048}, // Golden Cove, server form
    {"emeraldrapids", 48, 2048},
    {"graniterapids", 48, 2048},
    {"icelake-server", 48, 1280},
    {"icelake-client", 48, 512},
    {"cascadelake", 32, 1024},
    {"cooperlake", 32, 1024},
    {"skylake-avx512", 32, 1024},
    {"alderlake", 32, 1024}, // its small cores share L2: 2 MiB for four
    {"skylake", 32, 256},
    {"haswell", 32, 256},
    {"broadwell", 32, 256},
    {"x86-64-v4", 32, 1024}, // the smallest L2 among servers with AVX-512
    {"x86-64-v3", 32, 256},  // Haswell is the oldest of this level
    {"apple-", 64, 1024},    // share of one core in a cluster's L2
    {"neoverse-v", 64, 1024},
    {"neoverse-n", 64, 512},
    {"cortex-a", 32, 256},
};

// Register tiles. f32 on Zen 4 (AVX2 code and AVX-512 code) and earlier on Zen 3, see
// tools/bench/microbench: with 16 registers 6x16 leaves one for the broadcast and two for B; 5x16
// was within 1% and 4x24 8% behind. With 32 registers of 16 floats 12x32 and 14x32 were equal in
// throughput and 12 wastes fewer rows. With 32 registers of 4 floats (NEON) 6x16 makes LLVM spill
// sums in convolutions, 5x16 does not (read in the assembly, not timed).
// Exact 8-bit products on AVX2 without VNNI, u8·s8 126x768x768 on Zen 4 in GOP/s: 3 rows 151,
// 4 rows 138, 5 rows 158, where two of the sums spill.
struct TileRow {
  unsigned vectorBytes, registers;
  TileKind kind;
  RegisterTile tile;
};
constexpr TileRow kTiles[] = {
    {64, 32, TileKind::F32, {12, 2}},     {64, 32, TileKind::Int8Dot, {12, 2}},
    {64, 32, TileKind::Int8Mul, {12, 2}}, {32, 16, TileKind::F32, {6, 1}},
    {32, 16, TileKind::Int8Dot, {6, 1}},  {32, 16, TileKind::Int8Mul, {5, 1}},
    {32, 32, TileKind::F32, {12, 1}},     {32, 32, TileKind::Int8Dot, {12, 1}},
    {32, 32, TileKind::Int8Mul, {8, 1}},  {16, 32, TileKind::F32, {5, 1}},
    {16, 32, TileKind::Int8Dot, {6, 1}},  {16, 32, TileKind::Int8Mul, {4, 1}},
    {16, 16, TileKind::F32, {2, 1}},      {16, 16, TileKind::Int8Dot, {2, 1}},
    {16, 16, TileKind::Int8Mul, {2, 1}},
};

void initializeTargets() {
  static const bool done = [] {
    InitializeAllTargetInfos();
    InitializeAllTargetMCs();
    return true;
  }();
  (void)done;
}

std::string hostFeatures() {
  std::string text;
  for (const auto &feature : sys::getHostCPUFeatures()) {
    if (!text.empty())
      text += ',';
    text += feature.second ? '+' : '-';
    text += feature.first();
  }
  return text;
}

// Instructions that LLVM would use unasked and that the runtime cannot look for: code with them would
// end in SIGILL on a machine that lacks them, so no CPU has them for us, --cpu=host neither.
constexpr const char *kLeftOut[] = {
    // x86-64
    "fma4", "xop", "tbm", "cmpccxadd", "movrs", "avx10.1", "avx10.2", "egpr", "push2pop2", "ppx",
    "ndd", "ccmp", "nf", "cf", "zu",
    // aarch64
    "sme", "sve2p1", "sve-b16b16", "faminmax", "fp8", "lut", "rcpc3", "lse2", "lse128", "hbc"};

std::string leftOut(const MCSubtargetInfo &info) {
  std::string text;
  for (const char *name : kLeftOut) {
    bool isKnown = llvm::any_of(info.getAllProcessorFeatures(), [&](const SubtargetFeatureKV &f) {
      return StringRef(f.Key) == name;
    });
    if (isKnown && info.checkFeatures(std::string("+") + name))
      text += std::string(text.empty() ? "-" : ",-") + name;
  }
  return text;
}

void setX86(CpuTarget &t, const MCSubtargetInfo &info) {
  auto has = [&](const char *feature) { return info.checkFeatures(feature); };
  t.fma = has("+fma");
  t.avx2 = has("+avx2");
  t.f16c = has("+f16c");
  t.avx512f = has("+avx512f");
  t.avx512bw = has("+avx512bw");
  t.avx512vl = has("+avx512vl");
  t.avx512dq = has("+avx512dq");
  t.avx512vnni = has("+avx512vnni");
  t.avxvnni = has("+avxvnni");
  t.avx512fp16 = has("+avx512fp16");
  t.amxInt8 = has("+amx-int8");
  t.amxBf16 = has("+amx-bf16");
  // AVX-512 without these three is Knights Landing alone; its kernels are not worth their tests.
  bool wide = t.avx512f && t.avx512bw && t.avx512vl && t.avx512dq;
  t.vectorBytes = wide ? 64 : has("+avx") ? 32 : 16;
  t.vectorRegisters = wide ? 32 : 16;
}

} // namespace

RegisterTile CpuTarget::tile(TileKind kind) const {
  for (const TileRow &row : kTiles)
    if (row.vectorBytes == vectorBytes && row.registers == vectorRegisters && row.kind == kind)
      return row.tile;
  return {2, 1};
}

std::string CpuTarget::unsupported(StringRef text) {
  Triple triple(Triple::normalize(text));
  std::string only = " not supported by this version, only ELF targets on x86_64 and aarch64, such "
                     "as aarch64-linux-gnu";
  if (text.empty() || triple.getArch() == Triple::UnknownArch)
    return "";
  // Weights are written as 64-bit little-endian ELF, and kernels tell two architectures apart.
  if (triple.getArch() != Triple::x86_64 && triple.getArch() != Triple::aarch64)
    return "the architecture " + triple.getArchName().str() + " is" + only;
  if (triple.isX32() || triple.getEnvironment() == Triple::GNUILP32)
    return "32-bit pointers are" + only;
  if (triple.isOSBinFormatCOFF() || triple.isOSBinFormatMachO())
    return std::string(triple.isOSBinFormatCOFF() ? "COFF" : "Mach-O") + " objects are" + only;
  if (triple.isOSWindows() || triple.isUEFI() || !triple.isOSBinFormatELF())
    return "calling conventions of Windows and other formats than ELF are" + only;
  return "";
}

Expected<CpuTarget> CpuTarget::get(StringRef cpu, StringRef triple, StringRef extraFeatures) {
  initializeTargets();
  CpuTarget result;
  result.triple = triple.empty() ? sys::getDefaultTargetTriple() : Triple::normalize(triple);
  result.cpu = cpu.str();
  if (cpu == "host") {
    result.cpu = sys::getHostCPUName().str();
    result.features = hostFeatures();
  }
  if (!extraFeatures.empty())
    result.features += (result.features.empty() ? "" : ",") + extraFeatures.str();

  std::string message;
  Triple parsed(result.triple);
  const Target *target = TargetRegistry::lookupTarget(parsed, message);
  if (!target)
    return createStringError("unknown target triple '" + result.triple + "': " + message);
  Triple host(sys::getDefaultTargetTriple());
  if (cpu == "host" && parsed.getArch() != host.getArch())
    return createStringError("--mtriple=" + result.triple + ": this machine is " +
                             host.getArchName() + "; give --cpu a name, such as --cpu=" +
                             (parsed.isAArch64() ? "neoverse-n1" : "x86-64-v3"));
  std::unique_ptr<MCSubtargetInfo> plain(target->createMCSubtargetInfo(parsed, "", ""));
  if (!plain || !plain->isCPUStringValid(result.cpu))
    return createStringError("unknown CPU '" + result.cpu + "' for target '" + result.triple +
                             "'");
  std::unique_ptr<MCSubtargetInfo> info(
      target->createMCSubtargetInfo(parsed, result.cpu, result.features));
  if (std::string without = leftOut(*info); !without.empty()) {
    result.features += (result.features.empty() ? "" : ",") + without;
    info.reset(target->createMCSubtargetInfo(parsed, result.cpu, result.features));
  }

  if (parsed.isX86() && parsed.isArch64Bit()) {
    result.arch = Arch::X86_64;
    setX86(result, *info);
  } else if (parsed.isAArch64()) {
    result.arch = Arch::AArch64;
    result.vectorRegisters = 32;
    result.fma = true;
    result.dotprod = info->checkFeatures("+dotprod");
  }
  for (const CacheRow &row : kCaches)
    if (StringRef(result.cpu).starts_with(row.prefix)) {
      result.l1Bytes = row.l1KiB << 10;
      result.l2Bytes = row.l2KiB << 10;
      break;
    }
  return result;
}

} // namespace ingot
