//===- Load.cpp - compiling into this process -------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ingot/abi.h"
#include "tools/driver/Compile.h"
#include "llvm/Support/FileSystem.h"
#include <cstdlib>
#include <dlfcn.h>

namespace ingot {

namespace {
class SharedModel : public LoadedModel {
public:
  SharedModel(void *handle, const ingot_model *description)
      : handle(handle), description(description) {}
  ~SharedModel() override { dlclose(handle); }
  const ingot_model *model() const override { return description; }

private:
  void *handle;
  const ingot_model *description;
};
} // namespace

std::unique_ptr<LoadedModel> compileAndLoad(const std::string &modelPath,
                                            const CompileOptions &options, CompileResult &result) {
  const char *base = getenv("TMPDIR");
  std::string folder = std::string(base && *base ? base : "/tmp") + "/ingot-XXXXXX";
  if (!mkdtemp(folder.data())) {
    result.messages.push_back(modelPath + ": error: cannot make a temporary folder");
    return nullptr;
  }
  std::string path = folder + "/model.so";
  CompileOptions shared = options;
  shared.emit = EmitKind::Shared;
  result = compileFile(modelPath, path, shared);
  std::unique_ptr<LoadedModel> loaded;
  if (result.outcome == Outcome::Done) {
    void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    auto *description =
        handle ? (const ingot_model *)dlsym(handle, INGOT_ARTIFACT_SYMBOL) : nullptr;
    if (description) {
      loaded = std::make_unique<SharedModel>(handle, description);
    } else {
      const char *why = dlerror();
      result.messages.push_back(modelPath + ": error: cannot load what was compiled: " +
                                (why ? why : "no description"));
      result.outcome = Outcome::Failed;
    }
  }
  llvm::sys::fs::remove_directories(folder);
  return loaded;
}

} // namespace ingot
