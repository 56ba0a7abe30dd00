//===- TemporaryFolder.h - where files are made before they are renamed -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_DRIVER_TEMPORARYFOLDER_H
#define INGOT_TOOLS_DRIVER_TEMPORARYFOLDER_H

#include <string>

namespace ingot {

/// A folder beside `outputPath`, on the same file system so that rename is atomic; removed with
/// all it holds at the end.
class TemporaryFolder {
public:
  explicit TemporaryFolder(const std::string &outputPath);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder &) = delete;

  bool ok() const { return message.empty(); }
  const std::string &error() const { return message; }
  /// Begins with '/' or './', so that no tool takes it for a flag or a list of arguments.
  const std::string &path() const { return folder; }

  /// Removes all that exist, for a program that is about to end early. Not for signal handlers:
  /// call it from a thread that waits for signals. No folder can be made or removed after it.
  static void removeAllAndLock();

private:
  std::string folder, message;
};

} // namespace ingot

#endif // INGOT_TOOLS_DRIVER_TEMPORARYFOLDER_H
