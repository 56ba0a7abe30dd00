//===- message.h - why something failed, in a fixed buffer ----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_RUNTIME_MESSAGE_H
#define INGOT_RUNTIME_MESSAGE_H

#include "ingot/abi.h"
#include <cstdint>

namespace ingot::runtime {

/// Text for people. Names in it come from models and may hold anything: control characters become
/// '?', and what does not fit is cut.
struct Message {
  char text[512] = "";
  int32_t status = 0; // that of the last set

  void clear() {
    text[0] = 0;
    status = 0;
  }
  bool empty() const { return text[0] == 0; }

  /// Sets text and status and returns the status, so that a check reads `return message.set(...)`.
  __attribute__((format(printf, 3, 4))) int32_t set(int32_t newStatus, const char *format, ...);

  /// Copies the text into a caller's buffer, cut and terminated; null or no bytes: does nothing.
  void copyTo(char *buffer, int64_t bytes) const;
};

/// "float", "int64", … ; "type 99" is not named: returns "undefined".
const char *elementTypeName(int32_t type);
const char *kindName(int32_t kind);

/// Bits of one element in memory; 0 for a type that does not exist.
int32_t elementBits(int32_t type);

} // namespace ingot::runtime
#endif
