//===- library.cpp - shared artifacts -------------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/memory.h"
#include "runtime/message.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

using namespace ingot::runtime;

struct ingot_library {
  void *handle;
};

static int32_t openLibrary(const char *path, ingot_library **library, Message &message) {
  if (!path || !*path || !library)
    return message.set(INGOT_INVALID_ARGUMENT, "path and library must not be NULL");
  // Without a slash dlopen would search the system's folders instead of the current one.
  char local[4096];
  int length = std::snprintf(local, sizeof local, "%s%s", std::strchr(path, '/') ? "" : "./", path);
  if (length < 0 || size_t(length) >= sizeof local)
    return message.set(INGOT_INVALID_ARGUMENT, "the path is too long");
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
