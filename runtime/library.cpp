//===- library.cpp - shared artifacts -------------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/memory.h"
#include "runtime/message.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cerrno>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace ingot::runtime;

struct ingot_library {
  void *handle;
};

/// The bytes that a shared object's segments need of its file; 0 where `file` has no such header,
/// which dlopen says better.
static int64_t bytesOfSegments(int file) {
  ElfW(Ehdr) header;
  if (pread(file, &header, sizeof header, 0) != sizeof header ||
      std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_phentsize != sizeof(ElfW(Phdr)))
    return 0;
  int64_t most = 0;
  for (int i = 0; i < header.e_phnum; ++i) {
    ElfW(Phdr) segment;
    off_t at = off_t(header.e_phoff) + off_t(i * sizeof segment);
    if (pread(file, &segment, sizeof segment, at) != sizeof segment)
      return 0;
    int64_t end;
    if (segment.p_type == PT_LOAD &&
        __builtin_add_overflow(segment.p_offset, segment.p_filesz, &end))
      return INT64_MAX;
    if (segment.p_type == PT_LOAD && end > most)
      most = end;
  }
  return most;
}

/// What dlopen does not look at: it waits for a pipe's writer, and touching what is missing of a
/// file that was cut raises SIGBUS.
static int32_t checkFile(const char *path, Message &message) {
  int file = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    return message.set(errno == ENOENT ? INGOT_NOT_FOUND : INGOT_IO_ERROR, "'%.400s': %s", path,
                       errno == ENOENT ? "there is no such file" : "cannot be opened");
  struct stat information;
  int64_t need;
  int32_t status = INGOT_OK;
  if (fstat(file, &information) != 0 || !S_ISREG(information.st_mode))
    status = message.set(INGOT_IO_ERROR, "'%.400s' is not a regular file", path);
  else if ((need = bytesOfSegments(file)) > information.st_size)
    status = message.set(INGOT_INVALID_MODEL, "'%.400s' is cut short: %lld bytes of %lld or more",
                         path, (long long)information.st_size, (long long)need);
  ::close(file);
  return status;
}

static int32_t openLibrary(const char *path, ingot_library **library, Message &message) {
  if (!path || !*path || !library)
    return message.set(INGOT_INVALID_ARGUMENT, "path and library must not be NULL");
  // Without a slash dlopen would search the system's folders instead of the current one.
  char local[4096];
  int length = std::snprintf(local, sizeof local, "%s%s", std::strchr(path, '/') ? "" : "./", path);
  if (length < 0 || size_t(length) >= sizeof local)
    return message.set(INGOT_INVALID_ARGUMENT, "the path is too long");
  if (int32_t status = checkFile(local, message))
    return status;
  void *handle = dlopen(local, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *why = dlerror();
    return message.set(INGOT_NOT_FOUND, "%s", why ? why : "cannot be loaded");
  }
  auto *model = static_cast<const ingot_model *>(dlsym(handle, INGOT_ARTIFACT_SYMBOL));
  if (!model || model->magic != INGOT_MODEL_MAGIC) {
    dlclose(handle);
    return message.set(INGOT_INVALID_MODEL, "'%.400s' is not a compiled model", path);
  }
  auto *result = static_cast<ingot_library *>(std::malloc(sizeof(ingot_library)));
  if (!result) {
    dlclose(handle);
    return message.set(INGOT_OUT_OF_MEMORY, "out of memory");
  }
  result->handle = handle;
  *library = result;
  return INGOT_OK;
}

extern "C" int32_t ingot_library_open(const char *path, ingot_library **library, char *text,
                                      int64_t bytes) {
  Message message;
  if (library)
    *library = nullptr;
  int32_t status = openLibrary(path, library, message);
  message.copyTo(text, bytes);
  return status;
}

extern "C" void ingot_library_close(ingot_library *library) {
  if (!library)
    return;
  dlclose(library->handle);
  std::free(library);
}

extern "C" const ingot_model *ingot_library_model(const ingot_library *library, const char *name) {
  if (!library)
    return nullptr;
  char symbol[1024] = INGOT_ARTIFACT_SYMBOL;
  if (name) {
    int length = std::snprintf(symbol, sizeof symbol, "ingot_model_%s", name);
    if (length < 0 || size_t(length) >= sizeof symbol)
      return nullptr;
  }
  auto *model = static_cast<const ingot_model *>(dlsym(library->handle, symbol));
  return model && model->magic == INGOT_MODEL_MAGIC ? model : nullptr;
}
