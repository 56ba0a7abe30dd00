//===- MappedFile.h - A regular file in memory ------------------*- C++ -*-===//
//
// Read-only and private. The mapping follows what other processes write into the file: contents may
// change under a reader (which must therefore check a value after copying it, not before), and a
// file cut short while it is mapped faults as it does in every program that maps files. Replacing
// the file by rename, as careful writers do, affects neither.
//
//===----------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_MAPPEDFILE_H
#define INGOT_FRONTEND_ONNX_MAPPEDFILE_H

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace ingot::onnx {

/// Owns a file descriptor.
class FileDescriptor {
public:
  explicit FileDescriptor(int fd = -1) : fd(fd) {}
  FileDescriptor(FileDescriptor &&other) : fd(other.fd) { other.fd = -1; }
  FileDescriptor &operator=(FileDescriptor &&other);
  ~FileDescriptor();
  int get() const { return fd; }
  explicit operator bool() const { return fd >= 0; }

private:
  int fd;
};

class MappedFile {
public:
  /// Null with the reason in `error` if `file` is not a regular file, has more than `maxBytes`, has
  /// several names (hard links) without `allowLinks`, or cannot be mapped.
  static std::shared_ptr<const MappedFile> map(const FileDescriptor &file, int64_t maxBytes,
                                               bool allowLinks, std::string &error);

  /// Opens the file at `path`, links included, without waiting for what is not a regular file.
  static std::shared_ptr<const MappedFile> open(const std::string &path, int64_t maxBytes,
                                                std::string &error);

  MappedFile(const MappedFile &) = delete;
  ~MappedFile();
  std::string_view bytes() const { return view; }
  /// Gives the memory of what was read back; what is read again comes from the file again.
  void release() const;

  /// Whether the file at `path`, links followed, is one that is mapped now, under whatever name it
  /// was opened: a compilation must not write what it reads.
  static bool isMapped(const std::string &path);

private:
  using Identity = std::pair<uint64_t, uint64_t>; // device and inode
  MappedFile(std::string_view view, Identity identity);
  std::string_view view;
  Identity identity;
};

/// The system's text for an errno value.
std::string systemMessage(int error);

} // namespace ingot::onnx

#endif // INGOT_FRONTEND_ONNX_MAPPEDFILE_H
