//===- Index.h - operators of the family, declared --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_OPS_INDEX_H
#define INGOT_IR_OPS_INDEX_H

#include "ir/IndexingOp.h"

#define GET_OP_CLASSES
#include "ir/ops/Index.h.inc"

#endif // INGOT_IR_OPS_INDEX_H
