// Builds one kernel alone, for its tests and measurements: IR → assembly text or callable code.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_TOOLS_BENCH_KERNELJIT_H
#define INGOT_TOOLS_BENCH_KERNELJIT_H
#include "codegen/target/CpuTarget.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include <functional>
#include <memory>

namespace ingot::bench {

/// Element type of each buffer argument: 'f' f32, 'b' i8, 'i' i32.
using Signature = std::string;

/// Builds the kernel's body. `buffers` are memref<?xT>; `sizes` are index values read at run time.
using BuildBody = std::function<void(mlir::OpBuilder &, mlir::Location, mlir::ValueRange buffers,
                                     mlir::ValueRange sizes, mlir::Value begin, mlir::Value end)>;

/// Calls one compiled kernel. Owns its code.
class CompiledKernel {
public:
  virtual ~CompiledKernel() = default;
  void operator()(llvm::ArrayRef<void *> buffers, llvm::ArrayRef<int64_t> sizes, int64_t begin,
                  int64_t end) const {
    entry(buffers.data(), sizes.data(), begin, end);
  }

protected:
  void (*entry)(void *const *, const int64_t *, int64_t, int64_t) = nullptr;
};

/// Compiles for this process. Ends the program with a message when the kernel is malformed: the
/// callers are tests.
std::unique_ptr<CompiledKernel> compileKernel(const CpuTarget &target, const Signature &buffers,
                                              unsigned sizes, const BuildBody &body);

/// The same as text, for any target that LLVM has.
std::string kernelAssembly(const CpuTarget &target, const Signature &buffers, unsigned sizes,
                           const BuildBody &body);

} // namespace ingot::bench
#endif
