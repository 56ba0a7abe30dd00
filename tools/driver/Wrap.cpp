//===- Wrap.cpp - what an object is put into ---------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------------------===//
#include "tools/driver/Wrap.h"

#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

using namespace llvm;

namespace ingot {

Error writeArchive(const std::string &objectPath, const std::string &path) {
  auto member = NewArchiveMember::getFile(objectPath, /*Deterministic=*/true);
  if (!member)
    return member.takeError();
  member->MemberName = sys::path::filename(objectPath);
  return llvm::writeArchive(path, *member, SymtabWritingMode::NormalSymtab, object::Archive::K_GNU,
                            /*Deterministic=*/true, /*Thin=*/false);
}

/// The folder of Ingot's own libraries: lib beside the bin that holds this program.
static std::string libraryFolder() {
  static int here;
  std::string program = sys::fs::getMainExecutable(nullptr, &here);
  return (sys::path::parent_path(sys::path::parent_path(program)) + "/lib").str();
}

Error linkExecutable(const std::string &objectPath, const std::string &modelName,
                     const std::string &folder, const std::string &path) {
  std::string compiler;
  for (const char *name : {"c++", "g++", "clang++", "clang++-22"})
    if (auto found = sys::findProgramByName(name)) {
      compiler = *found;
      break;
    }
  if (compiler.empty())
    return createStringError("an executable needs the system's C++ compiler to link it, and there "
                             "is no c++, g++ or clang++; make an object instead (-o NAME.o)");
  std::vector<std::string> arguments = {compiler, "-o", path, objectPath};
  for (const char *name : {"libingot_program.a", "libingot_rt.a", "libingot_wire.a"}) {
    arguments.push_back(libraryFolder() + "/" + name);
    if (!sys::fs::exists(arguments.back()))
      return createStringError("an executable needs " + arguments.back() + ", which is missing");
  }
  // tools/program knows its model by one name.
  arguments.push_back("-Wl,--defsym=ingot_artifact=ingot_model_" + modelName);
  arguments.insert(arguments.end(), {"-static-libstdc++", "-static-libgcc", "-pthread", "-ldl"});
  std::vector<StringRef> words(arguments.begin(), arguments.end());
  std::string log = folder + "/link.log", message;
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(log), StringRef(log)};
  int status = sys::ExecuteAndWait(compiler, words, std::nullopt, redirects, 0, 0, &message);
  if (status == 0)
    return Error::success();
  if (auto text = MemoryBuffer::getFile(log))
    message += (*text)->getBuffer().rtrim().str();
  return createStringError("linking the executable failed: " + message);
}

} // namespace ingot
