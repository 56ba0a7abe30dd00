//===- NpyHeader.h - the dictionary at the start of a .npy file ------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_NPYHEADER_H
#define INGOT_TOOLS_INGOT_NPYHEADER_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::cli {

struct NpyHeader {
  std::string descr; // "<f4"
  bool fortranOrder = false;
  std::vector<int64_t> shape;
};

/// Reads {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }: the three keys once each, in
/// any order, and nothing else. Nothing, with `message`, for anything else.
std::optional<NpyHeader> readNpyHeader(std::string_view text, std::string &message);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_NPYHEADER_H
