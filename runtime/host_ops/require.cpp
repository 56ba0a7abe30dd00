//===- require.cpp - conditions that a model relies on ---------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/host_ops/host_ops.h"

namespace ingot::runtime {

int32_t require(const HostCall &call) {
  int64_t condition = 0, expected = 0;
  if (int32_t status = call.scalar(0, condition); status != INGOT_OK)
    return status;
  if (int32_t status = call.scalar(1, expected); status != INGOT_OK)
    return status;
  if (condition != expected)
    return call.context.message.set(INGOT_RUN_DIMENSION,
                                    "the dimensions of the inputs lead into a branch of the model "
                                    "that is not valid");
  return call.give(0, call.element(2));
}

} // namespace ingot::runtime
