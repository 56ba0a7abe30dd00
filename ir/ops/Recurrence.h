//===- Recurrence.h - operators of the family, declared ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_OPS_RECURRENCE_H
#define INGOT_IR_OPS_RECURRENCE_H

#include "ir/Dialect.h"

#define GET_OP_CLASSES
#include "ir/ops/Recurrence.h.inc"

#endif // INGOT_IR_OPS_RECURRENCE_H
