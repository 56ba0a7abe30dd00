//===- TargetTest.cpp - what named CPUs and GPUs offer ------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/target/CpuTarget.h"
#include "codegen/target/GpuTarget.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <gtest/gtest.h>

namespace ingot {
namespace {

constexpr const char *x86 = "x86_64-linux-gnu", *arm = "aarch64-linux-gnu";

CpuTarget get(const char *cpu, const char *triple, const char *features = "") {
  auto target = CpuTarget::get(cpu, triple, features);
  if (target)
    return *target;
  ADD_FAILURE() << llvm::toString(target.takeError());
  return {};
}
std::string errorOf(const char *cpu, const char *triple) {
  auto target = CpuTarget::get(cpu, triple);
  return target ? "" : llvm::toString(target.takeError());
}

TEST(CpuTarget, VectorsAndCachesOfNamedCpus) {
  struct Row {
    const char *cpu, *triple;
    unsigned bytes, registers;
    int64_t l1KiB, l2KiB;
  };
  for (const Row &row :
       {Row{"x86-64-v2", x86, 16, 16, 32, 512}, Row{"x86-64-v3", x86, 32, 16, 32, 256},
        Row{"x86-64-v4", x86, 64, 32, 32, 1024}, Row{"haswell", x86, 32, 16, 32, 256},
        Row{"skylake", x86, 32, 16, 32, 256}, Row{"skylake-avx512", x86, 64, 32, 32, 1024},
        Row{"sapphirerapids", x86, 64, 32, 48, 2048}, Row{"znver3", x86, 32, 16, 32, 512},
        Row{"znver4", x86, 64, 32, 32, 1024}, Row{"znver5", x86, 64, 32, 48, 1024},
        Row{"knl", x86, 32, 16, 32, 512}, // AVX-512 without BW, VL and DQ
        Row{"neoverse-n1", arm, 16, 32, 64, 512}, Row{"neoverse-v1", arm, 16, 32, 64, 1024},
        Row{"cortex-a72", arm, 16, 32, 32, 256}}) {
    CpuTarget t = get(row.cpu, row.triple);
    EXPECT_EQ(t.vectorBytes, row.bytes) << row.cpu;
    EXPECT_EQ(t.vectorRegisters, row.registers) << row.cpu;
    EXPECT_EQ(t.l1Bytes, row.l1KiB << 10) << row.cpu;
    EXPECT_EQ(t.l2Bytes, row.l2KiB << 10) << row.cpu;
    EXPECT_EQ(t.cpu, row.cpu);
  }
}

TEST(CpuTarget, InstructionsOfNamedCpus) {
  CpuTarget v2 = get("x86-64-v2", x86), v3 = get("x86-64-v3", x86);
  EXPECT_FALSE(v2.fma || v2.avx2 || v2.f16c);
  EXPECT_TRUE(v3.fma && v3.avx2 && v3.f16c);
  EXPECT_FALSE(v3.avx512f || v3.avxvnni);
  EXPECT_TRUE(get("alderlake", x86).avxvnni);
  CpuTarget sapphire = get("sapphirerapids", x86);
  EXPECT_TRUE(sapphire.avx512vnni && sapphire.avx512fp16 && sapphire.amxInt8 && sapphire.amxBf16);
  EXPECT_FALSE(get("znver4", x86).amxInt8);
  EXPECT_TRUE(get("neoverse-n1", arm).dotprod);
  EXPECT_FALSE(get("cortex-a72", arm).dotprod);
  EXPECT_EQ(get("neoverse-n1", arm).arch, CpuTarget::Arch::AArch64);
  EXPECT_EQ(v3.arch, CpuTarget::Arch::X86_64);
}

TEST(CpuTarget, ExtraFeaturesAddAndTakeAway) {
  EXPECT_TRUE(get("x86-64-v3", x86, "+avxvnni").avxvnni);
  EXPECT_FALSE(get("x86-64-v3", x86, "-fma").fma);
  EXPECT_EQ(get("x86-64-v4", x86, "-avx512vl").vectorBytes, 32u);
}

TEST(CpuTarget, WhatTheRuntimeCannotLookForIsLeftOut) {
  CpuTarget diamond = get("diamondrapids", x86), bulldozer = get("bdver4", x86);
  for (const char *feature : {"-egpr", "-avx10.1", "-ndd"})
    EXPECT_NE(diamond.features.find(feature), std::string::npos) << feature;
  EXPECT_EQ(diamond.vectorBytes, 64u);
  EXPECT_TRUE(diamond.avx512vnni && diamond.fma);
  EXPECT_NE(bulldozer.features.find("-xop"), std::string::npos);
  EXPECT_TRUE(bulldozer.fma);
  EXPECT_NE(get("apple-m4", arm).features.find("-sme"), std::string::npos);
  EXPECT_EQ(get("x86-64-v3", x86).features, "");
  EXPECT_EQ(get("neoverse-n1", arm).features, "");
}

TEST(CpuTarget, TheHostHasItsOwnName) {
  CpuTarget host = get("host", "");
  EXPECT_EQ(host.cpu, llvm::sys::getHostCPUName());
  EXPECT_FALSE(host.features.empty());
  EXPECT_NE(host.arch, CpuTarget::Arch::Other);
}

/// Sums of a tile and the operands of one step fit the registers of every width.
TEST(CpuTarget, TilesLeaveRegistersForTheOperands) {
  for (auto [cpu, triple] : {std::pair("x86-64-v2", x86),
                             {"x86-64-v3", x86},
                             {"x86-64-v4", x86},
                             {"neoverse-n1", arm}}) {
    CpuTarget t = get(cpu, triple);
    unsigned perPanel = 16 / t.f32Lanes();
    for (TileKind kind : {TileKind::F32, TileKind::Int8Dot, TileKind::Int8Mul}) {
      RegisterTile tile = t.tile(kind);
      EXPECT_GT(tile.rows, 0u);
      // Two sums of the 8-bit tile on AVX2 spill, and it is the fastest (see the table).
      unsigned spills = kind == TileKind::Int8Mul ? perPanel : 0;
      EXPECT_LE(tile.rows * tile.panels * perPanel + perPanel, t.vectorRegisters + spills)
          << cpu << " " << (int)kind;
    }
  }
  CpuTarget unheard;
  unheard.vectorBytes = 128;
  EXPECT_EQ(unheard.tile(TileKind::F32).rows, 2u);
}

TEST(CpuTarget, NamesWhatItDoesNotKnow) {
  EXPECT_EQ(errorOf("z80", x86), "unknown CPU 'z80' for target 'x86_64-unknown-linux-gnu'");
  EXPECT_EQ(errorOf("x86-64-v3", arm),
            "unknown CPU 'x86-64-v3' for target 'aarch64-unknown-linux-gnu'");
  EXPECT_NE(errorOf("generic", "pdp11-dec-bsd").find("unknown target triple"), std::string::npos);
  bool onX86 = llvm::Triple(llvm::sys::getDefaultTargetTriple()).isX86();
  EXPECT_NE(errorOf("host", onX86 ? arm : x86).find("give --cpu a name, such as --cpu="),
            std::string::npos);
}

TEST(CpuTarget, SaysWhyCodeForATripleCannotBeMade) {
  struct Row {
    const char *triple, *reason;
  };
  for (const Row &row :
       {Row{"", ""}, Row{"x86_64-linux-gnu", ""}, Row{"aarch64-linux-musl", ""},
        Row{"nonsense", ""}, Row{"riscv64-linux-gnu", "the architecture riscv64"},
        Row{"i386-linux-gnu", "the architecture i386"},
        Row{"x86_64-linux-gnux32", "32-bit pointers"},
        Row{"aarch64-linux-gnu_ilp32", "32-bit pointers"},
        Row{"x86_64-windows-msvc", "COFF objects"}, Row{"arm64-apple-macosx", "Mach-O objects"},
        Row{"x86_64-pc-windows-elf", "calling conventions of Windows"}}) {
    std::string said = CpuTarget::unsupported(row.triple);
    EXPECT_EQ(llvm::StringRef(said).starts_with(row.reason), true) << row.triple << ": " << said;
    EXPECT_EQ(said.empty(), !*row.reason) << row.triple << ": " << said;
  }
}

TEST(GpuTarget, KnowsTheNamesOfLlvm) {
  for (auto [name, capability, supported] : {std::tuple("sm_90", 90u, true),
                                             {"sm_90a", 90u, true},
                                             {"sm_80", 80u, true},
                                             {"sm_70", 70u, true},
                                             {"sm_60", 60u, false}}) {
    auto target = GpuTarget::get(name);
    ASSERT_TRUE(bool(target)) << llvm::toString(target.takeError());
    EXPECT_EQ(target->name, name);
    EXPECT_EQ(target->capability, capability);
    EXPECT_EQ(target->isSupported(), supported);
  }
  for (const char *name : {"sm_1", "gfx90a", "sm_", "90", ""}) {
    auto target = GpuTarget::get(name);
    ASSERT_FALSE(bool(target)) << name;
    EXPECT_EQ(llvm::toString(target.takeError()),
              "unknown GPU '" + std::string(name) + "'; expected for example sm_90");
  }
}

} // namespace
} // namespace ingot
