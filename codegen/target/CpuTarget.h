// What a CPU offers to the kernel generators: vector width, instructions, caches, tile sizes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_TARGET_CPUTARGET_H
#define INGOT_CODEGEN_TARGET_CPUTARGET_H
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>

namespace ingot {

/// Operand types of a contraction that have their own register tile.
enum class TileKind {
  F32,     ///< f32 · f32 → f32
  Int8Dot, ///< 8-bit groups of four, exact 32-bit sums (VNNI, AVX-VNNI, dotprod)
  Int8Mul, ///< 8-bit widened to 16, exact 32-bit sums of pairs (vpmaddwd)
};

/// A register tile: `rows` of A by `panels` of B, each panel 16 columns wide.
struct RegisterTile {
  unsigned rows;
  unsigned panels;
};

/// Immutable description of one CPU; cheap to copy.
struct CpuTarget {
  enum class Arch { X86_64, AArch64, Other };

  std::string triple;   ///< LLVM target triple
  std::string cpu;      ///< LLVM CPU name; never "host" (resolved)
  std::string features; ///< LLVM feature string beyond the CPU's own, for example of a host
  Arch arch = Arch::Other;

  unsigned vectorBytes = 16;    ///< native width: 16 (SSE, NEON), 32 (AVX2), 64 (AVX-512)
  unsigned vectorRegisters = 16;
  bool fma = false, avx2 = false, f16c = false;
  bool avx512f = false, avx512bw = false, avx512vl = false, avx512dq = false;
  bool avx512vnni = false, avxvnni = false, avx512fp16 = false;
  bool amxInt8 = false, amxBf16 = false;
  bool dotprod = false; ///< aarch64 sdot/udot
  /// Per core. Assumed from the CPU's family: a compiled model runs on machines never seen here.
  int64_t l1Bytes = 32 << 10, l2Bytes = 512 << 10;

  unsigned f32Lanes() const { return vectorBytes / 4; }
  /// The tile for many rows; fewer rows use more panels (see planMatmul).
  RegisterTile tile(TileKind kind) const;

  /// Why code for `triple` cannot be made, to be read behind its name; "" where it can be, and for
  /// a triple that LLVM does not know.
  static std::string unsupported(llvm::StringRef triple);
  /// Looks up an LLVM CPU name ("host" included; x86-64, x86-64-v3, znver3, neoverse-n1 …) for
  /// `triple` (empty: this machine's). `extraFeatures` is an LLVM list such as "+avx512vnni,-fma".
  /// Fails on a name or triple that LLVM does not know.
  static llvm::Expected<CpuTarget> get(llvm::StringRef cpu, llvm::StringRef triple = "",
                                       llvm::StringRef extraFeatures = "");
};

} // namespace ingot
#endif
