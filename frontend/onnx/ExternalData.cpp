#include "frontend/onnx/ExternalData.h"

#include "frontend/onnx/Diagnostics.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <limits>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <tuple>
#include <unistd.h>

namespace ingot::onnx {

namespace {
constexpr int readFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

int openByKernel(int folder, const std::string &path, bool allowLinks) {
  open_how how = {};
  how.flags = readFlags;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | (allowLinks ? 0 : RESOLVE_NO_SYMLINKS);
  // EAGAIN: something was renamed while the kernel resolved. Someone who keeps renaming must not
  // keep us here.
  for (int attempt = 0;; ++attempt) {
    int fd = static_cast<int>(::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof(how)));
    if (fd >= 0 || (errno != EINTR && errno != EAGAIN) || attempt == 1000)
      return fd;
  }
}

FileDescriptor openByWalk(int folder, std::string_view path) {
  FileDescriptor current;
  while (true) {
    size_t slash = path.find('/');
    bool last = slash == std::string_view::npos;
    std::string component(path.substr(0, slash));
    int flags = readFlags | O_NOFOLLOW | (last ? 0 : O_DIRECTORY);
    int from = current ? current.get() : folder;
    FileDescriptor next(::openat(from, component.empty() ? "." : component.c_str(), flags));
    if (!next || last)
      return next;
    current = std::move(next);
    path.remove_prefix(slash + 1);
  }
}

/// The number, nothing with the reason in `error`.
std::optional<int64_t> parseCount(std::string_view what, std::string_view text,
                                  std::string &error) {
  int64_t value;
  auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || status != std::errc() || end != text.data() + text.size() || value < 0) {
    error = "external data has " + std::string(what) + " " + quoted(text) +
            ", which is not a number of bytes";
    return std::nullopt;
  }
  return value;
}
} // namespace

FileDescriptor openBeneath(const FileDescriptor &folder, const std::string &path, bool allowLinks,
                           Resolver resolver) {
  if (resolver == Resolver::Kernel) {
    FileDescriptor file(openByKernel(folder.get(), path, allowLinks));
    // EPERM: containers whose filter of system calls is older than openat2.
    if (file || (errno != ENOSYS && errno != EPERM))
      return file;
  }
  return openByWalk(folder.get(), path);
}

std::string checkLocation(std::string_view location) {
  if (location.empty())
    return "has no location";
  if (location.find('\0') != std::string_view::npos)
    return "has a NUL byte in its location";
  if (location.front() == '/')
    return "has an absolute location";
  for (size_t at = 0; at <= location.size();) {
    size_t slash = std::min(location.find('/', at), location.size());
    if (location.substr(at, slash - at) == "..")
      return "has '..' in its location";
    at = slash + 1;
  }
  return "";
}

ExternalFiles::File &ExternalFiles::open(const std::string &location) {
  auto [entry, isNew] = opened.try_emplace(location);
  File &file = entry->second;
  if (!isNew)
    return file;
  if (!folder)
    folder = FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY));
  FileDescriptor descriptor;
  if (folder)
    descriptor = openBeneath(folder, location, allowLinks);
  if (descriptor)
    file.mapped =
        MappedFile::map(descriptor, std::numeric_limits<int64_t>::max(), allowLinks, file.error);
  else if (errno == ELOOP && !allowLinks)
    file.error = "is reached through a symbolic link";
  else if (errno == EXDEV)
    file.error = "lies outside the model's folder";
  else
    file.error = systemMessage(errno);
  return file;
}

std::optional<std::string_view> ExternalFiles::find(const ExternalLocation &where, int64_t bytes,
                                                    const std::string &tensor, std::string &error) {
  error = checkLocation(where.location);
  if (!error.empty()) {
    error = "external data " + error + (where.location.empty() ? "" : ": ") +
            (where.location.empty() ? "" : quoted(where.location));
    return std::nullopt;
  }
  std::optional<int64_t> offset = parseCount("offset", where.offset.value_or("0"), error);
  if (!offset)
    return std::nullopt;
  if (where.length) {
    std::optional<int64_t> length = parseCount("length", *where.length, error);
    if (!length)
      return std::nullopt;
    if (*length != bytes) {
      error = "external data has length " + std::to_string(*length) + ", but the shape needs " +
              std::to_string(bytes) + " bytes";
      return std::nullopt;
    }
  }
  if (path.empty()) {
    error = "external data in " + quoted(where.location) + ", but there is no folder to look in";
    return std::nullopt;
  }
  File &file = open(std::string(where.location));
  if (!file.mapped) {
    error = "external data " + quoted(where.location) + ": " + file.error;
    return std::nullopt;
  }
  int64_t size = static_cast<int64_t>(file.mapped->bytes().size());
  if (*offset > size || bytes > size - *offset) {
    error = "external data " + quoted(where.location) + ": has " + std::to_string(size) +
            " bytes, but " + std::to_string(bytes) + " are needed at offset " +
            std::to_string(*offset);
    return std::nullopt;
  }
  if (bytes != 0)
    file.ranges.push_back({*offset, *offset + bytes, tensor});
  return file.mapped->bytes().substr(*offset, bytes);
}

std::vector<std::string> ExternalFiles::overlaps() const {
  std::vector<std::string> messages;
  for (auto &[location, file] : opened) {
    std::vector<Range> ranges = file.ranges;
    auto before = [](const Range &a, const Range &b) {
      return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
    };
    std::sort(ranges.begin(), ranges.end(), before);
    const Range *widest = nullptr; // the one that reaches farthest so far
    for (const Range &range : ranges) {
      bool same = widest && range.begin == widest->begin && range.end == widest->end;
      if (widest && !same && range.begin < widest->end)
        messages.push_back(widest->tensor + " and " + range.tensor + " overlap in external data " +
                           quoted(location) + ": bytes " + std::to_string(widest->begin) + " to " +
                           std::to_string(widest->end) + " and " + std::to_string(range.begin) +
                           " to " + std::to_string(range.end));
      if (!widest || range.end > widest->end)
        widest = &range;
    }
  }
  return messages;
}

std::vector<std::shared_ptr<const MappedFile>> ExternalFiles::files() const {
  std::vector<std::shared_ptr<const MappedFile>> all;
  for (auto &[location, file] : opened)
    if (file.mapped)
      all.push_back(file.mapped);
  return all;
}

} // namespace ingot::onnx
