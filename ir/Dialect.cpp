//===- Dialect.cpp - the ingot dialect -----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/Dialect.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace ingot;

#include "ir/Dialect.cpp.inc"
#include "ir/Interfaces.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "ir/Types.cpp.inc"

void IngotDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "ir/Types.cpp.inc"
      >();
  registerConstantOps();
  registerElementwiseOps();
  registerMathOps();
  registerLogicOps();
  registerCastOps();
  registerMovementOps();
  registerSliceOps();
  registerPadOps();
  registerIndexOps();
  registerContractionOps();
  registerQuantizeOps();
  registerPoolOps();
  registerReductionOps();
  registerNormalizationOps();
  registerCumulativeOps();
  registerSortOps();
  registerGenerateOps();
  registerDetectionOps();
  registerResizeOps();
  registerStructureOps();
  registerControlOps();
  registerHostOps();
  registerRecurrenceOps();
  registerProgramOps();
}
