//===- weights.h - the weights of a model, in the object or in a file -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_RUNTIME_WEIGHTS_H
#define INGOT_RUNTIME_WEIGHTS_H

#include "ingot/abi.h"
#include "runtime/message.h"

namespace ingot::runtime {

/// The base that programs get. A file is mapped, and its size and header are compared with what the
/// object says; pages are read when they are first used, so a file that shrinks later ends in
/// SIGBUS as for any mapped program.
struct Weights {
  const void *base = nullptr;
  void *mapping = nullptr;
  int64_t mappingBytes = 0;

  int32_t open(const ingot_model &model, const ingot_options *options, Message &message);
  void close();
};

} // namespace ingot::runtime
#endif
