//===- Load.cpp - Opening a file and catching what is wrong with it -------===//
//
// The only place of the reader where exceptions end; above it errors are diagnostics.
//
//===----------------------------------------------------------------------===//
#include "frontend/onnx/Checks.h"
#include "frontend/onnx/Reader.h"

#include <new>

namespace ingot::onnx {

bool Reader::run(std::string_view bytes, const char *format,
                 const std::function<void(Reader &)> &read) {
  std::string reason;
  size_t before = diagnostics.errorCount();
  try {
    read(*this);
    return diagnostics.errorCount() == before;
  } catch (const protozero::end_of_buffer_exception &) {
    reason = "the data ends in the middle of a field";
  } catch (const protozero::varint_too_long_exception &) {
    reason = "a number has more than ten bytes";
  } catch (const protozero::unknown_pbf_wire_type_exception &) {
    reason = "a field has an unknown wire type";
  } catch (const protozero::invalid_tag_exception &) {
    reason = "a field has an invalid number";
  } catch (const protozero::invalid_length_exception &) {
    reason = "a packed field has an invalid length";
  } catch (const WrongField &wrong) {
    reason = wrong.message;
  } catch (const TooManyErrors &) {
    return false;
  } catch (const std::bad_alloc &) {
    diagnostics.error("", "out of memory while reading " + std::to_string(bytes.size()) + " bytes");
    return false;
  }
  diagnostics.error("", std::string("not a valid ") + format + ": " + reason + " at byte " +
                            std::to_string(position - bytes.data()));
  return false;
}

class ModelLoader {
public:
  static std::unique_ptr<Model> load(std::string_view bytes, std::shared_ptr<const MappedFile> file,
                                     const std::string &folder, const LoadOptions &options,
                                     Diagnostics &diagnostics) {
    ExternalFiles external(folder, options.allowLinks);
    std::unique_ptr<Model> model(new Model());
    Reader reader(options, diagnostics, &external);
    bool valid = reader.run(bytes, "ONNX file", [&](Reader &reader) {
      reader.model(bytes, *model);
      for (const std::string &message : external.overlaps())
        diagnostics.error("", message);
      sortNodes(model->graph.nodes);
      for (Function &function : model->functions)
        sortNodes(function.nodes);
      checkCalls(*model, model->functionIndex, diagnostics);
      checkNames(*model, diagnostics);
    });
    if (!valid)
      return nullptr;
    model->files = external.files();
    if (file)
      model->files.push_back(std::move(file));
    return model;
  }
};

std::unique_ptr<Model> Model::load(const std::string &path, const LoadOptions &options,
                                   Diagnostics &diagnostics) {
  std::string error;
  std::shared_ptr<const MappedFile> file = MappedFile::open(path, options.maxModelBytes, error);
  if (!file) {
    diagnostics.error("", "cannot be read: " + error);
    return nullptr;
  }
  size_t slash = path.rfind('/');
  std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  return ModelLoader::load(file->bytes(), file, folder, options, diagnostics);
}

std::unique_ptr<Model> Model::loadFromMemory(std::string_view bytes, const std::string &folder,
                                             const LoadOptions &options, Diagnostics &diagnostics) {
  if (static_cast<uint64_t>(bytes.size()) > static_cast<uint64_t>(options.maxModelBytes)) {
    diagnostics.error("", "has " + std::to_string(bytes.size()) + " bytes, but at most " +
                              std::to_string(options.maxModelBytes) + " can be read");
    return nullptr;
  }
  return ModelLoader::load(bytes, nullptr, folder, options, diagnostics);
}

namespace {
/// A value has no use for what is valid but unsupported: that is a failure too.
bool readAlone(std::string_view bytes, const char *format, Diagnostics &diagnostics,
               const std::function<void(Reader &)> &read) {
  LoadOptions options;
  size_t before = diagnostics.unsupportedCount();
  return Reader(options, diagnostics, nullptr).run(bytes, format, read) &&
         diagnostics.unsupportedCount() == before;
}
} // namespace

bool readValue(std::string_view bytes, Value::Kind kind, Value &value, Diagnostics &diagnostics) {
  return readAlone(bytes, "ONNX value", diagnostics,
                   [&](Reader &reader) { reader.value(bytes, kind, value, Where()); });
}

bool readTensor(std::string_view bytes, Tensor &tensor, Diagnostics &diagnostics) {
  return readAlone(bytes, "ONNX tensor", diagnostics,
                   [&](Reader &reader) { reader.tensor(bytes, tensor, Where()); });
}

std::unique_ptr<ValueFile> readValueFile(const std::string &path, Value::Kind kind,
                                         Diagnostics &diagnostics) {
  std::string error;
  auto result = std::make_unique<ValueFile>();
  result->file = MappedFile::open(path, LoadOptions().maxModelBytes, error);
  if (!result->file) {
    diagnostics.error("", "cannot be read: " + error);
    return nullptr;
  }
  if (!readValue(result->file->bytes(), kind, result->value, diagnostics))
    return nullptr;
  return result;
}

} // namespace ingot::onnx
