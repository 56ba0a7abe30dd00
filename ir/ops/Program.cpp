//===- Program.cpp - the planned form ----------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Program.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Program.cpp.inc"

void IngotDialect::registerProgramOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Program.cpp.inc"
      >();
}
