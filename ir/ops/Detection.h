//===- Detection.h - operators of the family, declared ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_OPS_DETECTION_H
#define INGOT_IR_OPS_DETECTION_H

#include "ir/IndexingOp.h"

#define GET_OP_CLASSES
#include "ir/ops/Detection.h.inc"

#endif // INGOT_IR_OPS_DETECTION_H
