// Compiles element-wise code to machine code in this process, to measure what the lowering of math
// ops computes. Used by the `ulp` program and by the tests.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_TOOLS_BENCH_ULP_ELEMENTWISE_H
#define INGOT_TOOLS_BENCH_ULP_ELEMENTWISE_H

#include "mlir/IR/Builders.h"
#include "llvm/Support/Error.h"

#include <functional>
#include <memory>
#include <string>

namespace llvm::orc {
class LLJIT;
}

namespace ingot::bench {

// The instruction set to generate for; the two x86-64 levels are no more than requests elsewhere.
enum class Level { Host, X86_64_v2, X86_64_v3, X86_64_v4 };

// True when this machine runs code for the level.
bool isRunnable(Level level);

// Builds the body for one group of lanes: `arguments` hold one value per input, vectors of `lanes`
// elements or, for lanes = 1, scalars.
using BodyBuilder =
    std::function<mlir::Value(mlir::OpBuilder &, mlir::Location, mlir::ValueRange arguments)>;

struct ElementwiseSpec {
  // Element types, made in the context given; two inputs at most.
  std::function<mlir::Type(mlir::MLIRContext *)> first, second, result;
  BodyBuilder body;
  unsigned lanes = 8;
  Level level = Level::X86_64_v3;
};

class Elementwise {
public:
  static llvm::Expected<std::unique_ptr<Elementwise>> compile(const ElementwiseSpec &spec);
  ~Elementwise();

  // out[i] = f(a[i], b[i]); count is a multiple of the lanes. Without a second input b is not read.
  void run(const void *a, const void *b, void *out, int64_t count) const {
    entry(a, b, out, count);
  }

private:
  Elementwise();
  std::unique_ptr<llvm::orc::LLJIT> jit;
  void (*entry)(const void *, const void *, void *, int64_t) = nullptr;
};

// The assembly text of the same function.
llvm::Expected<std::string> assemble(const ElementwiseSpec &spec);

} // namespace ingot::bench
#endif
