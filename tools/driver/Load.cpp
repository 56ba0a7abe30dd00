//===- Load.cpp - compiling into this process -------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/Diagnostics.h"
#include "ingot/abi.h"
#include "tools/driver/Compile.h"
#include "tools/driver/TemporaryFolder.h"
#include <cstdlib>
#include <dlfcn.h>

namespace ingot {

namespace {
class SharedModel : public LoadedModel {
public:
  SharedModel(void *handle, const ingot_model *description, std::unique_ptr<TemporaryFolder> folder)
      : handle(handle), description(description), folder(std::move(folder)) {}
  ~SharedModel() override { dlclose(handle); }
  const ingot_model *model() const override { return description; }

private:
  void *handle;
  const ingot_model *description;
  std::unique_ptr<TemporaryFolder> folder; ///< null, or where the file lies on
};
} // namespace

std::unique_ptr<LoadedModel> compileAndLoad(const std::string &modelPath,
                                            const CompileOptions &options, CompileResult &result) {
  const char *base = getenv("TMPDIR");
  auto folder =
      std::make_unique<TemporaryFolder>(std::string(base && *base ? base : "/tmp") + "/model.so");
  if (!folder->ok()) {
    result.messages.push_back(onnx::escaped(modelPath, 4096) + ": error: " + folder->error());
    return nullptr;
  }
  std::string path = folder->path() + "/model.so";
  CompileOptions shared = options;
  shared.emit = EmitKind::Shared;
  result = compileFile(modelPath, path, shared);
  std::unique_ptr<LoadedModel> loaded;
  if (result.outcome == Outcome::Done) {
    void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    auto *description =
        handle ? (const ingot_model *)dlsym(handle, INGOT_ARTIFACT_SYMBOL) : nullptr;
    if (description) {
      loaded = std::make_unique<SharedModel>(
          handle, description,
          // Its symbol table names what is measured.
          options.observable ? std::move(folder) : nullptr);
    } else {
      const char *why = dlerror();
      result.messages.push_back(onnx::escaped(modelPath, 4096) +
                                ": error: cannot load what was compiled: " +
                                (why ? why : "no description"));
      result.outcome = Outcome::Failed;
    }
  }
  return loaded;
}

} // namespace ingot
