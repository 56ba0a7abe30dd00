//===- ExternalData.h - Tensor data in files beside a model -----*- C++ -*-===//
//
// A model names files that hold its weights. The names are input like everything else: a model from
// a stranger must not make the compiler read /etc/passwd into an artifact. So a file is looked for
// beneath the model's folder only, and by default without following links; the kernel resolves the
// path (openat2) so that nothing can be swapped between the check and the opening.
//
//===----------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_EXTERNALDATA_H
#define INGOT_FRONTEND_ONNX_EXTERNALDATA_H

#include "frontend/onnx/MappedFile.h"

#include <map>
#include <optional>
#include <vector>

namespace ingot::onnx {

/// How a path is resolved beneath a folder: by openat2 where the kernel has it, else component by
/// component with O_NOFOLLOW (which then refuses links even where they are allowed).
enum class Resolver { Kernel, Walk };

/// Opens `path`, which checkLocation accepted, beneath `folder`. Empty with errno set on failure.
FileDescriptor openBeneath(const FileDescriptor &folder, const std::string &path, bool allowLinks,
                           Resolver resolver = Resolver::Kernel);

/// What is wrong with a path of external data, "" if it may be looked up.
std::string checkLocation(std::string_view location);

/// external_data of a TensorProto, as text. Absent keys are empty.
struct ExternalLocation {
  std::string_view location;
  std::optional<std::string_view> offset, length;
};

/// The files of one model. Not thread-safe.
class ExternalFiles {
public:
  /// An empty `folder` refuses everything.
  ExternalFiles(std::string folder, bool allowLinks) : path(folder), allowLinks(allowLinks) {}

  /// The view of `bytes` bytes; nothing with the reason in `error`. `tensor` names the owner in
  /// later messages.
  std::optional<std::string_view> find(const ExternalLocation &where, int64_t bytes,
                                       const std::string &tensor, std::string &error);

  /// Messages about pairs of tensors whose bytes overlap without being the same.
  std::vector<std::string> overlaps() const;

  /// What the views of `find` point into.
  std::vector<std::shared_ptr<const MappedFile>> files() const;

private:
  struct Range {
    int64_t begin, end;
    std::string tensor;
  };
  struct File {
    std::shared_ptr<const MappedFile> mapped; // null: could not be opened
    std::string error;
    std::vector<Range> ranges;
  };
  File &open(const std::string &location);

  std::string path;
  bool allowLinks;
  FileDescriptor folder;
  std::map<std::string, File> opened;
};

} // namespace ingot::onnx

#endif // INGOT_FRONTEND_ONNX_EXTERNALDATA_H
