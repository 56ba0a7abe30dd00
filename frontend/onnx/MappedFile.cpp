#include "frontend/onnx/MappedFile.h"

#include <cerrno>
#include <fcntl.h>
#include <mutex>
#include <set>
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

namespace {
/// The files that are mapped now, in all threads of the process.
struct Registry {
  std::mutex lock;
  std::multiset<std::pair<uint64_t, uint64_t>> files;
};
Registry &registry() {
  static auto *instance = new Registry; // outlives every mapped file
  return *instance;
}
} // namespace

MappedFile::MappedFile(std::string_view view, Identity identity) : view(view), identity(identity) {
  std::lock_guard<std::mutex> guard(registry().lock);
  registry().files.insert(identity);
}

bool MappedFile::isMapped(const std::string &path) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0)
    return false;
  std::lock_guard<std::mutex> guard(registry().lock);
  return registry().files.count({status.st_dev, status.st_ino}) != 0;
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
  Identity identity(status.st_dev, status.st_ino);
  if (size == 0) // mmap refuses it
    return std::shared_ptr<const MappedFile>(new MappedFile({}, identity));
  void *base = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (base == MAP_FAILED) {
    error = systemMessage(errno);
    return nullptr;
  }
  return std::shared_ptr<const MappedFile>(
      new MappedFile({static_cast<const char *>(base), static_cast<size_t>(size)}, identity));
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
  {
    std::lock_guard<std::mutex> guard(registry().lock);
    registry().files.erase(registry().files.find(identity));
  }
  if (!view.empty())
    ::munmap(const_cast<char *>(view.data()), view.size());
}

} // namespace ingot::onnx
