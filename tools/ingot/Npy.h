//===- Npy.h - numpy's file format for one array ---------------------------------------------===//
//
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, versions 1.0 to 3.0:
// a magic string, a header that is a Python dictionary, the elements. Booleans, integers of 8 to
// 64 bits, floats of 16 to 64 bits and complex numbers are read, of either byte order and in either
// order of dimensions; objects (pickles), strings, dates and records are refused.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_NPY_H
#define INGOT_TOOLS_INGOT_NPY_H

#include "tools/ingot/Value.h"

#include <optional>
#include <string>
#include <string_view>

namespace ingot::cli {

/// Whether the bytes begin as such a file does.
bool looksLikeNpy(std::string_view bytes);

/// The tensor of a whole file, nothing and what is wrong in `message` if it is not exactly one.
std::optional<Value> readNpy(std::string_view bytes, std::string &message);

/// Whether the format has a type for the elements.
bool fitsNpy(const Value &value);

/// The bytes of a file, version 1.0 (2.0 for headers beyond 64 KiB). `value` must fit.
std::string writeNpy(const Value &value);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_NPY_H
