//===- Wrap.h - what an object is put into -----------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_DRIVER_WRAP_H
#define INGOT_TOOLS_DRIVER_WRAP_H

#include "llvm/Support/Error.h"

#include <string>

namespace ingot {

/// A static library with the object as its one member; equal objects give equal bytes.
llvm::Error writeArchive(const std::string &objectPath, const std::string &path);

/// A program for this machine that reads and writes tensors: the object, the main function of
/// tools/program, and the runtime, joined by the system's C++ compiler. `folder` takes temporary
/// files.
llvm::Error linkExecutable(const std::string &objectPath, const std::string &modelName,
                           const std::string &folder, const std::string &path);

} // namespace ingot

#endif // INGOT_TOOLS_DRIVER_WRAP_H
