//===- FileNames.cpp - file names for the names of a model -----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/FileNames.h"

#include <set>

namespace ingot::cli {

namespace {
// Of ASCII alone, whatever the locale.
bool isPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

/// Some file systems do not tell upper from lower case.
std::string lower(std::string text) {
  for (char &c : text)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return text;
}
} // namespace

std::vector<std::string> fileNames(const std::vector<std::string> &names) {
  constexpr size_t longest = 200; // file systems allow 255 with the extension
  std::vector<std::string> result;
  std::set<std::string> used;
  for (const std::string &name : names) {
    std::string file = name.substr(0, longest);
    for (char &c : file)
      if (!isPlain(c))
        c = '_';
    if (file.empty() || file[0] == '.' || file[0] == '-')
      file.insert(0, "_");
    std::string unique = file;
    for (int number = 2; !used.insert(lower(unique)).second; ++number)
      unique = file + "_" + std::to_string(number);
    result.push_back(unique);
  }
  return result;
}

} // namespace ingot::cli
