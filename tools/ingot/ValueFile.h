//===- ValueFile.h - values in .npy and .pb files --------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_VALUEFILE_H
#define INGOT_TOOLS_INGOT_VALUEFILE_H

#include "tools/ingot/Failure.h"
#include "tools/ingot/Value.h"

#include <optional>

namespace ingot::cli {

struct NamedValue {
  std::string name; // of a .pb file; "" where it has none
  Value value;
};

/// Reads a .npy file (told by its first bytes) or a TensorProto, SequenceProto, MapProto or
/// OptionalProto, as `kind` (enum ingot_kind) asks.
std::optional<NamedValue> readValueFile(const std::string &path, int32_t kind, Failure &failure);

/// The bytes of a .npy file where that can hold the value, else of a .pb file.
std::string writeValueFile(const Value &value, const std::string &name);
/// ".npy" or ".pb".
const char *extensionFor(const Value &value);

/// Replaces the file as a whole: written under another name and renamed.
bool writeFile(const std::string &path, const std::string &bytes, Failure &failure);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_VALUEFILE_H
