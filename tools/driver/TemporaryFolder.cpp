//===- TemporaryFolder.cpp - where files are made before they are renamed -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "tools/driver/TemporaryFolder.h"
#include "frontend/onnx/Diagnostics.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>

namespace ingot {

namespace {
/// The folders that exist now, in all threads of the process.
struct Registry {
  std::recursive_mutex lock; // memory may run out while it is held, and end the process
  std::set<std::string> folders;
};
Registry &registry() {
  static auto *instance = new Registry; // outlives every thread
  return *instance;
}
} // namespace

TemporaryFolder::TemporaryFolder(const std::string &outputPath) {
  llvm::SmallString<256> parent(llvm::sys::path::parent_path(outputPath));
  if (parent.empty())
    parent = ".";
  std::string pattern = (parent + "/.ingot-XXXXXX").str();
  if (pattern[0] != '/' && pattern[0] != '.')
    pattern.insert(0, "./");
  std::lock_guard<std::recursive_mutex> guard(registry().lock);
  if (mkdtemp(pattern.data())) {
    folder = pattern;
    registry().folders.insert(folder);
  } else {
    message = "cannot write to " + onnx::escaped(parent.str(), 4096) + ": " + std::strerror(errno);
  }
}

TemporaryFolder::~TemporaryFolder() {
  if (folder.empty())
    return;
  std::lock_guard<std::recursive_mutex> guard(registry().lock);
  llvm::sys::fs::remove_directories(folder);
  registry().folders.erase(folder);
}

void TemporaryFolder::removeAllAndLock() {
  registry().lock.lock();
  // Another thread may still write into one: try again what that keeps from being removed.
  for (const std::string &folder : registry().folders)
    for (int attempt = 0; attempt < 10 && llvm::sys::fs::exists(folder); ++attempt)
      llvm::sys::fs::remove_directories(folder);
}

} // namespace ingot
