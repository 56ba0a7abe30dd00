//===- Link.cpp - objects and weights to one artifact ---------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/emit/Link.h"
#include "lld/Common/Driver.h"
#include "llvm/ObjCopy/CommonConfig.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/Binary.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <mutex>

LLD_HAS_DRIVER(elf)

using namespace llvm;

namespace ingot {

/// What kernels and programs may leave to the final link: the C library's memory functions, and,
/// under a sanitizer, its runtime.
static bool isAllowedUndefined(StringRef name, const EmitOptions &options) {
  static constexpr StringLiteral allowed[] = {"memcpy", "memset", "memmove", "memcmp",
                                              "_GLOBAL_OFFSET_TABLE_"};
  if (is_contained(allowed, name))
    return true;
  return !options.sanitize.empty() && (name.starts_with("__asan") || name.starts_with("__tsan"));
}

static Error checkUndefined(StringRef path, const EmitOptions &options) {
  auto binary = object::ObjectFile::createObjectFile(path);
  if (!binary)
    return binary.takeError();
  for (const object::SymbolRef &s : binary->getBinary()->symbols()) {
    auto flags = s.getFlags();
    auto name = s.getName();
    if (!flags || !name) {
      consumeError(flags.takeError());
      consumeError(name.takeError());
      continue;
    }
    if ((*flags & object::SymbolRef::SF_Undefined) && !name->empty() &&
        !isAllowedUndefined(*name, options))
      return createStringError("internal error: the code calls '" + *name +
                               "', which no program that links it has");
  }
  return Error::success();
}

/// Makes every symbol local but those that users name.
static Error localize(StringRef path, const std::string &modelName) {
  auto buffer = MemoryBuffer::getFile(path);
  if (!buffer)
    return createStringError(buffer.getError(), path);
  auto binary = object::createBinary((*buffer)->getMemBufferRef());
  if (!binary)
    return binary.takeError();
  objcopy::ConfigManager config;
  config.Common.InputFilename = config.Common.OutputFilename = path;
  // The matcher keeps references to them.
  const std::string names[] = {"ingot_model_" + modelName, modelName + "_run"};
  for (const std::string &name : names) {
    auto pattern = objcopy::NameOrPattern::create(name, objcopy::MatchStyle::Literal,
                                                  [](Error e) { return e; });
    if (!pattern)
      return pattern.takeError();
    if (Error e = config.Common.SymbolsToKeepGlobal.addMatcher(std::move(pattern)))
      return e;
  }
  SmallVector<char, 0> out;
  raw_svector_ostream os(out);
  if (Error e = objcopy::executeObjcopyOnBinary(config, **binary, os))
    return e;
  std::error_code code;
  raw_fd_ostream file(path, code);
  if (code)
    return createStringError(code, path);
  file.write(out.data(), out.size());
  file.close();
  if (file.has_error()) {
    code = file.error();
    file.clear_error();
    return createStringError(code, path + ": " + code.message());
  }
  return Error::success();
}

Error linkArtifact(const EmittedCode &code, const ModelPlan &plan, const EmitOptions &options,
                   LinkKind kind, StringRef folder, StringRef outputPath) {
  std::vector<std::string> files;
  for (auto &object : code.objects) {
    files.push_back((folder + "/" + std::to_string(files.size()) + ".o").str());
    std::error_code ec;
    raw_fd_ostream os(files.back(), ec);
    if (ec)
      return createStringError(ec, files.back() + ": " + ec.message());
    os.write(object.data(), object.size());
    os.close();
    if (os.has_error()) {
      ec = os.error();
      os.clear_error();
      return createStringError(ec, files.back() + ": " + ec.message());
    }
  }
  Triple triple(options.target.triple);
  // The weights of a relocatable object come in last: neither the linker nor what makes symbols
  // local then copies them.
  bool hasWeights = plan.weights.bytes(), late = hasWeights && kind == LinkKind::Object;
  std::string linked = late ? (folder + "/linked.o").str() : outputPath.str();
  auto written = [&] {
    if (options.weightsWritten)
      options.weightsWritten();
  };
  if (hasWeights) {
    files.push_back((folder + "/weights.o").str());
    if (Error e = writeWeightsObject(plan.weights, weightsSymbol(options.modelName), triple,
                                     files.back(), !late))
      return e;
    if (!late)
      written();
  }
  std::vector<std::string> arguments{"ld.lld"};
  if (kind == LinkKind::Object)
    arguments.push_back("-r");
  else
    arguments.insert(arguments.end(), {"-shared", "--hash-style=gnu", "-z", "noexecstack",
                                       "--build-id=none", "--threads=1"});
  arguments.insert(arguments.end(), {"-o", linked});
  arguments.insert(arguments.end(), files.begin(), files.end());
  std::string exports = (folder + "/exports").str();
  if (kind == LinkKind::Shared) {
    std::error_code ec;
    raw_fd_ostream os(exports, ec);
    if (ec)
      return createStringError(ec, exports);
    os << "{ global: ingot_artifact; ingot_model_" << options.modelName << "; "
       << options.modelName << "_run; local: *; };\n";
    os.close();
    arguments.push_back("--version-script=" + exports);
    arguments.push_back("--undefined-version");
  }
  std::vector<const char *> argv;
  for (const std::string &a : arguments)
    argv.push_back(a.c_str());
  std::string messages;
  raw_string_ostream err(messages);
  static std::mutex lock; // LLD keeps global state
  int status;
  {
    std::lock_guard<std::mutex> guard(lock);
    status = lld::lldMain(argv, nulls(), err, {{lld::Gnu, &lld::elf::link}}).retCode;
  }
  if (status != 0)
    return createStringError("linking failed: " + StringRef(messages).rtrim());
  if (Error e = checkUndefined(linked, options))
    return e;
  if (kind == LinkKind::Object)
    if (Error e = localize(linked, options.modelName))
      return e;
  if (late) {
    if (Error e = insertWeights(plan.weights, triple, linked, outputPath))
      return e;
    written();
  }
  return Error::success();
}

} // namespace ingot
