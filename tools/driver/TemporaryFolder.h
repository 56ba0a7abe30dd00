//===- TemporaryFolder.h - where files are made before they are renamed -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_DRIVER_TEMPORARYFOLDER_H
#define INGOT_TOOLS_DRIVER_TEMPORARYFOLDER_H

#include <string>

namespace ingot {

/// A folder beside `outputPath`, on the same file system so that rename is atomic; removed with
/// all it holds at the end, also when SIGINT or SIGTERM ends the process.
class TemporaryFolder {
public:
  explicit TemporaryFolder(const std::string &outputPath);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder &) = delete;

  bool ok() const { return message.empty(); }
  const std::string &error() const { return message; }
  const std::string &path() const { return folder; }

private:
  std::string folder, message;
};

} // namespace ingot

#endif // INGOT_TOOLS_DRIVER_TEMPORARYFOLDER_H
