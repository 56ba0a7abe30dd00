//===- weights.cpp - the weights of a model, in the object or in a file ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // dladdr
#endif
#include "runtime/weights.h"
#include "runtime/hash.h"
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ingot::runtime {

static constexpr size_t longestPath = 4096;

/// Path of the weights file: in the folder of the options, else beside the file that holds the
/// model.
static bool weightsPath(const ingot_model &model, const ingot_options *options, char *path) {
  const char *file = model.weights.file;
  int length;
  if (options && options->weights_folder) {
    length = std::snprintf(path, longestPath, "%s/%s", options->weights_folder, file);
  } else {
    Dl_info info;
    const char *artifact = dladdr(&model, &info) ? info.dli_fname : nullptr;
    const char *slash = artifact ? std::strrchr(artifact, '/') : nullptr;
    length =
        slash ? std::snprintf(path, longestPath, "%.*s/%s", int(slash - artifact), artifact, file)
              : std::snprintf(path, longestPath, "%s", file);
  }
  return length >= 0 && size_t(length) < longestPath;
}

/// Opens a regular file of the expected size; -1 with a message. O_NONBLOCK keeps a FIFO in its
/// place from holding the call up.
static int openChecked(const char *path, int64_t bytes, int32_t &status, Message &message) {
  int file = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) {
    status = errno == ENOENT ? INGOT_NOT_FOUND : INGOT_IO_ERROR;
    message.set(status, "weights file '%.300s': %s", path,
                errno == ENOENT ? "there is no such file" : "cannot be opened");
    return -1;
  }
  struct stat information;
  if (fstat(file, &information) != 0 || !S_ISREG(information.st_mode)) {
    status = message.set(INGOT_IO_ERROR, "weights file '%.300s' is not a regular file", path);
  } else if (information.st_size != bytes) {
    status = message.set(INGOT_CORRUPT_WEIGHTS,
                         "weights file '%.300s' has %lld bytes, but the model was compiled with "
                         "one of %lld",
                         path, (long long)information.st_size, (long long)bytes);
  } else {
    return file;
  }
  ::close(file);
  return -1;
}

int32_t Weights::open(const ingot_model &model, const ingot_options *options, Message &message) {
  const ingot_weights &weights = model.weights;
  bool checkContent = options && options->check_weights;
  base = weights.data;
  char path[longestPath] = "embedded weights";
  if (weights.file) {
    if (!weightsPath(model, options, path))
      return message.set(INGOT_INVALID_ARGUMENT, "the path of the weights file is too long");
    int32_t status = INGOT_OK;
    int file = openChecked(path, weights.file_bytes, status, message);
    if (file < 0)
      return status;
    void *mapped = mmap(nullptr, size_t(weights.file_bytes), PROT_READ, MAP_PRIVATE, file, 0);
    ::close(file);
    if (mapped == MAP_FAILED)
      return message.set(INGOT_IO_ERROR, "weights file '%.300s' cannot be mapped", path);
    mapping = mapped;
    mappingBytes = weights.file_bytes;
    base = static_cast<const char *>(mapped) + weights.file_offset;
    if (hash64(mapped, weights.file_offset) != weights.header_hash)
      return message.set(INGOT_CORRUPT_WEIGHTS,
                         "weights file '%.300s' has another header than the model was compiled "
                         "with",
                         path);
  }
  if (checkContent && weights.bytes > 0 && hash64(base, weights.bytes) != weights.content_hash)
    return message.set(INGOT_CORRUPT_WEIGHTS,
                       "'%.300s' differ from the weights that the model was compiled with", path);
  return INGOT_OK;
}

void Weights::close() {
  if (mapping)
    munmap(mapping, size_t(mappingBytes));
  mapping = nullptr;
  base = nullptr;
}

} // namespace ingot::runtime
