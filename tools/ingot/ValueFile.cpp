//===- ValueFile.cpp - values in .npy and .pb files ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/ValueFile.h"

#include "tools/ingot/Npy.h"
#include "tools/ingot/OnnxValue.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

namespace ingot::cli {

std::optional<NamedValue> readValueFile(const std::string &path, int32_t kind, Failure &failure) {
  llvm::sys::fs::file_status status;
  if (!llvm::sys::fs::status(path, status) && !llvm::sys::fs::is_regular_file(status)) {
    failure.add(path, "not a regular file");
    return std::nullopt;
  }
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer) {
    failure.add(path, buffer.getError().message());
    return std::nullopt;
  }
  std::string_view bytes((*buffer)->getBufferStart(), (*buffer)->getBufferSize());
  std::string message;
  std::optional<Value> value;
  NamedValue result;
  if (looksLikeNpy(bytes)) {
    value = readNpy(bytes, message);
  } else {
    onnx::Diagnostics diagnostics(path);
    onnx::Value read;
    if (!onnx::readValue(bytes, onnxKind(kind), read, diagnostics)) {
      for (const onnx::Diagnostic &each : diagnostics.list())
        failure.messages.push_back(each.str());
      return std::nullopt;
    }
    value = fromOnnx(read, message);
    result.name = read.kind == onnx::Value::Kind::Tensor ? read.tensor.name : read.name;
  }
  if (!value) {
    failure.add(path, message);
    return std::nullopt;
  }
  result.value = std::move(*value);
  return result;
}

const char *extensionFor(const Value &value) { return fitsNpy(value) ? ".npy" : ".pb"; }

std::string writeValueFile(const Value &value, const std::string &name) {
  return fitsNpy(value) ? writeNpy(value) : onnx::writeValue(borrowOnnx(value, name));
}

bool writeFile(const std::string &path, const std::string &bytes, Failure &failure) {
  llvm::Error error = llvm::writeToOutput(path, [&](llvm::raw_ostream &out) {
    out << bytes;
    out.flush();
    // The temporary file is removed only for an error that is told here.
    auto &file = static_cast<llvm::raw_fd_ostream &>(out);
    std::error_code error = file.error();
    file.clear_error();
    return llvm::errorCodeToError(error);
  });
  if (error)
    return failure.add(path, llvm::toString(std::move(error)));
  return true;
}

} // namespace ingot::cli
