//===- Flags.h - the values of flags ---------------------------------------------------------===//
//
// Each function reads one value. It returns nothing for one that is not allowed, and says in
// `misuse` which flag, what was given, and what is allowed.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_FLAGS_H
#define INGOT_TOOLS_INGOT_FLAGS_H

#include "tools/driver/Compile.h"

#include <optional>
#include <string>
#include <vector>

namespace ingot::cli {

/// A decimal number in [least, most], digits only.
std::optional<int64_t> readInteger(const char *flag, const std::string &text, int64_t least,
                                   int64_t most, std::string &misuse);
/// A finite number, not negative.
std::optional<double> readReal(const char *flag, const std::string &text, std::string &misuse);
/// The place of `text` in `choices`.
std::optional<size_t> readChoice(const char *flag, const std::string &text,
                                 const std::vector<std::string> &choices, std::string &misuse);
/// INPUT:1x3x224x224, with bounds also INPUT:1..32x3x8..x?. The input's name ends at the last
/// colon; nothing behind it is a scalar.
std::optional<ShapeSpec> readShape(const std::string &text, bool boundsAllowed,
                                   std::string &misuse);
/// A C identifier that is no keyword of C or C++.
std::optional<std::string> readIdentifier(const char *flag, const std::string &text,
                                          std::string &misuse);
/// IN:OUT or IN:OUT:axis=MAX, where axis is a number.
std::optional<std::string> readState(const std::string &text, std::string &misuse);
/// Words between commas, none of them empty.
std::optional<std::vector<std::string>> readList(const char *flag, const std::string &text,
                                                 std::string &misuse);
/// An extension among `allowed`, with its dot.
std::optional<std::string> readFileName(const char *flag, const std::string &text,
                                        const std::vector<std::string> &allowed,
                                        std::string &misuse);

/// Of the last component of a path: ".so"; "" when it has none.
std::string extensionOf(const std::string &path);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_FLAGS_H
