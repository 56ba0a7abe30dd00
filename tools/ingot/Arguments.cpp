//===- Arguments.cpp - reading a command line ------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/Arguments.h"
#include "tools/ingot/OptionIds.h"

#include "frontend/onnx/Diagnostics.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/raw_ostream.h"

namespace ingot::cli {

namespace {
// The names that the generated table uses for the visibilities of Options.td.
enum : unsigned {
  DefaultVis = llvm::opt::DefaultVis,
  CompileVis = 1 << 1,
  RunVis = 1 << 2,
  VerifyVis = 1 << 3,
  BenchVis = 1 << 4,
  InspectVis = 1 << 5,
};

llvm::opt::Visibility visibilityOf(Command command) {
  return llvm::opt::Visibility(CompileVis << static_cast<unsigned>(command));
}

#define OPTTABLE_STR_TABLE_CODE
#include "tools/ingot/Options.inc"
#undef OPTTABLE_STR_TABLE_CODE

#define OPTTABLE_PREFIXES_TABLE_CODE
#include "tools/ingot/Options.inc"
#undef OPTTABLE_PREFIXES_TABLE_CODE

using namespace llvm::opt;
constexpr OptTable::Info infos[] = {
#define OPTION(...) LLVM_CONSTRUCT_OPT_INFO(__VA_ARGS__),
#include "tools/ingot/Options.inc"
#undef OPTION
};

struct Table : GenericOptTable {
  Table() : GenericOptTable(OptionStrTable, OptionPrefixesTable, infos) {}
};
} // namespace

namespace {
/// Stands for an empty word, which LLVM's parser would skip where a file is expected. Told by its
/// address, so that every text may still be a file's name.
const char emptyWord[] = "empty";

std::string textOf(const char *word) { return word == emptyWord ? "" : word; }

std::vector<std::string> textsOf(const InputArgList &list, unsigned flag) {
  std::vector<std::string> result;
  for (const Arg *each : list.filtered(flag))
    for (const char *word : each->getValues())
      result.push_back(textOf(word));
  return result;
}
} // namespace

const char *nameOf(Command command) {
  static const char *const names[] = {"compile", "run", "verify", "bench", "inspect"};
  return names[static_cast<unsigned>(command)];
}

std::optional<Arguments> Arguments::parse(Command command, llvm::ArrayRef<const char *> words,
                                          std::string &misuse) {
  Table table;
  unsigned missingIndex = 0, missingCount = 0;
  std::vector<const char *> known(words);
  for (const char *&word : known)
    if (!*word)
      word = emptyWord;
  InputArgList list = table.ParseArgs(known, missingIndex, missingCount, visibilityOf(command));
  if (missingCount) {
    misuse = std::string(words[missingIndex]) + ": expected a value behind it";
    return std::nullopt;
  }
  if (Arg *unknown = list.getLastArg(OPT_UNKNOWN)) {
    std::string text = unknown->getAsString(list), nearest;
    misuse = "unknown flag " + onnx::quoted(text);
    if (table.findNearest(text, nearest, visibilityOf(command)) <= 2)
      misuse += "; did you mean '" + nearest + "'?";
    return std::nullopt;
  }
  return Arguments(std::move(list));
}

bool Arguments::has(unsigned flag) const { return list.hasArg(flag); }

std::optional<std::string> Arguments::value(unsigned flag) const {
  if (Arg *last = list.getLastArg(flag))
    return textOf(last->getValue());
  return std::nullopt;
}

std::vector<std::string> Arguments::values(unsigned flag) const {
  return textsOf(list, flag);
}

std::vector<std::string> Arguments::files() const {
  std::vector<std::string> result = textsOf(list, OPT_INPUT);
  for (std::string &file : textsOf(list, OPT_end_of_options))
    result.push_back(std::move(file));
  return result;
}

std::optional<std::string> Arguments::onlyFile(const char *what, std::string &misuse) const {
  std::vector<std::string> all = files();
  if (all.size() == 1 && !all[0].empty())
    return all[0];
  misuse = std::string("expected one ") + what + ", but got " +
           (all.empty()       ? "none"
            : all.size() == 1 ? "an empty name"
                              : std::to_string(all.size()));
  if (all.size() > 1)
    misuse += ": " + onnx::quoted(all[0]) + " and " + onnx::quoted(all[1]);
  return std::nullopt;
}

void printHelp(Command command) {
  static const char *const usages[] = {
      "ingot compile MODEL.onnx [-o OUT] [flags]", "ingot run MODEL.onnx|ARTIFACT.so [flags]",
      ("ingot verify MODEL.onnx|ARTIFACT.so --data=DIR [flags]\n"
       "       ingot verify --batch=LIST [flags]"),
      "ingot bench MODEL.onnx|ARTIFACT.so [flags]", "ingot inspect MODEL.onnx|ARTIFACT.so"};
  static const char *const titles[] = {
      "Compiles an ONNX model to native code.",
      ("Runs a model once and shows its outputs. Generated inputs are the same every time:\n"
       "floats in [-1, 1), integers of 16 bits and more 0 or 1, a dynamic dimension the least\n"
       "that is allowed, but at least 1, an innermost one the least power of two that fits."),
      ("Runs a model on recorded inputs and compares with the recorded outputs, by the rule\n"
       "of the ONNX test runner."),
      "Measures how long a run takes.", "Prints what a model or an artifact holds."};
  auto index = static_cast<unsigned>(command);
  Table().printHelp(llvm::outs(), usages[index], titles[index], /*ShowHidden=*/false,
                    /*ShowAllAliases=*/false, visibilityOf(command));
  llvm::outs() << "\nExit status: 0 done, 1 failed, 2 misused, 3 the model needs something "
                  "unsupported.\n";
}

int misused(Command command, const std::string &misuse) {
  llvm::errs() << "ingot " << nameOf(command) << ": error: " << misuse << "\n"
               << "see 'ingot " << nameOf(command) << " --help'\n";
  return 2;
}

} // namespace ingot::cli
