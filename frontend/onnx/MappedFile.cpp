#include "frontend/onnx/MappedFile.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace ingot::onnx {

FileDescriptor &FileDescriptor::operator=(FileDescriptor &&other) {
  if (this != &other) {
    if (fd >= 0)
      ::close(fd);
    fd = other.fd;
    other.fd = -1;
  }
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (fd >= 0)
    ::close(fd);
}

std::string systemMessage(int error) { return std::generic_category().message(error); }

std::shared_ptr<const MappedFile> MappedFile::map(const FileDescriptor &file, int64_t maxBytes,
                                                  bool allowLinks, std::string &error) {
  struct stat status;
  if (::fstat(file.get(), &status) != 0) {
    error = systemMessage(errno);
    return nullptr;
  }
  if (!S_ISREG(status.st_mode)) {
    error = S_ISDIR(status.st_mode) ? "is a folder" : "is not a regular file";
    return nullptr;
  }
  if (!allowLinks && status.st_nlink > 1) {
    error = "has " + std::to_string(status.st_nlink) +
            " names (hard links), so that it may be a file from elsewhere";
    return nullptr;
  }
  int64_t size = status.st_size;
  if (size > maxBytes) {
    error = "has " + std::to_string(size) + " bytes, but at most " + std::to_string(maxBytes) +
            " can be read";
    return nullptr;
  }
  if (size == 0) // mmap refuses it
    return std::shared_ptr<const MappedFile>(new MappedFile({}));
  void *base = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (base == MAP_FAILED) {
    error = systemMessage(errno);
    return nullptr;
  }
  return std::shared_ptr<const MappedFile>(
      new MappedFile({static_cast<const char *>(base), static_cast<size_t>(size)}));
}

std::shared_ptr<const MappedFile> MappedFile::open(const std::string &path, int64_t maxBytes,
                                                   std::string &error) {
  FileDescriptor file;
  do
    file = FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  while (!file && errno == EINTR);
  if (!file) {
    error = systemMessage(errno);
    return nullptr;
  }
  return map(file, maxBytes, /*allowLinks=*/true, error);
}

void MappedFile::release() const {
  if (!view.empty())
    ::madvise(const_cast<char *>(view.data()), view.size(), MADV_DONTNEED);
}

MappedFile::~MappedFile() {
  if (!view.empty())
    ::munmap(const_cast<char *>(view.data()), view.size());
}

} // namespace ingot::onnx
