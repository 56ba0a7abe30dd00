//===- ElementTypeCode.h - the ABI's numbers of element types --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_PLAN_ELEMENTTYPECODE_H
#define INGOT_CODEGEN_PLAN_ELEMENTTYPECODE_H

#include "mlir/IR/Types.h"

namespace ingot {

/// enum ingot_element_type of an element type.
int32_t elementTypeCode(mlir::Type element);

} // namespace ingot

#endif // INGOT_CODEGEN_PLAN_ELEMENTTYPECODE_H
