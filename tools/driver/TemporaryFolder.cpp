//===- TemporaryFolder.cpp - where files are made before they are renamed -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "tools/driver/TemporaryFolder.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace ingot {

TemporaryFolder::TemporaryFolder(const std::string &outputPath) {
  llvm::SmallString<256> parent(llvm::sys::path::parent_path(outputPath));
  if (parent.empty())
    parent = ".";
  std::string pattern = (parent + "/.ingot-XXXXXX").str();
  if (mkdtemp(pattern.data()))
    folder = pattern;
  else
    message = "cannot write to " + std::string(parent) + ": " + std::strerror(errno);
}

TemporaryFolder::~TemporaryFolder() {
  if (!folder.empty())
    llvm::sys::fs::remove_directories(folder);
}

} // namespace ingot
