//===- WeightsObject.cpp - the weights as an ELF object ------------------------------===//
//
// Streams the weights into a relocatable file: header, weights at a 64-byte boundary, symbol
// table, string table, section headers. LLVM never sees the bytes.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/emit/Link.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;
using namespace llvm::ELF;

namespace ingot {

/// Above this size the section goes to .lrodata, which the linker places beyond the reach of
/// 32-bit relocations of other code.
static constexpr int64_t largeLimit = 1ll << 30;

static bool isLarge(const WeightTable &weights, const Triple &triple) {
  return weights.bytes() > largeLimit && triple.isX86();
}

static StringRef sectionFor(const WeightTable &weights, const Triple &triple) {
  return isLarge(weights, triple) ? ".lrodata.ingot" : ".rodata.ingot";
}

static Error finish(raw_fd_ostream &os, StringRef path) {
  os.close();
  if (!os.has_error())
    return Error::success();
  std::error_code error = os.error();
  os.clear_error();
  return createStringError(error, path + ": " + error.message());
}

Error writeWeightsObject(const WeightTable &weights, StringRef symbol, const Triple &triple,
                         StringRef path, bool contents) {
  std::error_code code;
  raw_fd_ostream os(path, code);
  if (code)
    return createStringError(code, path + ": " + code.message());

  bool large = isLarge(weights, triple);
  std::string sectionName = sectionFor(weights, triple).str();
  uint64_t bytes = contents ? weights.bytes() : 64;
  std::string names("\0", 1);
  auto addName = [&](StringRef s) {
    uint32_t at = names.size();
    names += s.str();
    names.push_back('\0');
    return at;
  };
  uint32_t dataName = addName(sectionName), stackName = addName(".note.GNU-stack"),
           symtabName = addName(".symtab"), strtabName = addName(".strtab"),
           symbolName = addName(symbol);

  constexpr uint64_t dataOffset = 64;
  uint64_t symtabOffset = alignTo(dataOffset + bytes, 8);
  uint64_t strtabOffset = symtabOffset + 2 * sizeof(Elf64_Sym);
  uint64_t headersOffset = alignTo(strtabOffset + names.size(), 8);

  Elf64_Ehdr header = {};
  memcpy(header.e_ident, ElfMagic, 4);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_REL;
  header.e_machine = triple.isAArch64() ? EM_AARCH64 : triple.isRISCV() ? EM_RISCV : EM_X86_64;
  header.e_version = EV_CURRENT;
  header.e_shoff = headersOffset;
  header.e_ehsize = sizeof header;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 5;
  header.e_shstrndx = 4;
  os.write((const char *)&header, sizeof header);

  if (contents)
    weights.write(os);
  else
    os.write_zeros(bytes);
  os.write_zeros(symtabOffset - dataOffset - bytes);
  Elf64_Sym symbols[2] = {};
  symbols[1].st_name = symbolName;
  symbols[1].setBindingAndType(STB_GLOBAL, STT_OBJECT);
  symbols[1].st_shndx = 1;
  symbols[1].st_size = weights.bytes();
  os.write((const char *)symbols, sizeof symbols);
  os.write(names.data(), names.size());
  os.write_zeros(headersOffset - strtabOffset - names.size());

  Elf64_Shdr sections[5] = {};
  sections[1].sh_name = dataName;
  sections[1].sh_type = SHT_PROGBITS;
  sections[1].sh_flags = SHF_ALLOC | (large ? (uint64_t)SHF_X86_64_LARGE : 0);
  sections[1].sh_offset = dataOffset;
  sections[1].sh_size = bytes;
  sections[1].sh_addralign = 64;
  sections[2].sh_name = stackName;
  sections[2].sh_type = SHT_PROGBITS;
  sections[2].sh_offset = dataOffset;
  sections[2].sh_addralign = 1;
  sections[3].sh_name = symtabName;
  sections[3].sh_type = SHT_SYMTAB;
  sections[3].sh_offset = symtabOffset;
  sections[3].sh_size = sizeof symbols;
  sections[3].sh_link = 4;
  sections[3].sh_info = 1;
  sections[3].sh_addralign = 8;
  sections[3].sh_entsize = sizeof(Elf64_Sym);
  sections[4].sh_name = strtabName;
  sections[4].sh_type = SHT_STRTAB;
  sections[4].sh_offset = strtabOffset;
  sections[4].sh_size = names.size();
  sections[4].sh_addralign = 1;
  os.write((const char *)sections, sizeof sections);
  return finish(os, path);
}

Error insertWeights(const WeightTable &weights, const Triple &triple, StringRef linked,
                    StringRef path) {
  auto buffer = MemoryBuffer::getFile(linked);
  if (!buffer)
    return createStringError(buffer.getError(), linked);
  std::string text((*buffer)->getBuffer());
  auto file = object::ELFFile<object::ELF64LE>::create(text);
  if (!file)
    return file.takeError();
  auto sections = file->sections();
  if (!sections)
    return sections.takeError();
  // Sections of a relocatable object lie anywhere in the file: behind all others here.
  uint64_t place = alignTo(text.size(), 64);
  bool found = false;
  for (const auto &section : *sections) {
    auto name = file->getSectionName(section);
    if (!name)
      return name.takeError();
    if (*name != sectionFor(weights, triple))
      continue;
    auto &header = const_cast<object::ELF64LE::Shdr &>(section);
    header.sh_offset = place;
    header.sh_size = weights.bytes();
    found = true;
  }
  if (!found)
    return createStringError("internal error: the linked object has no section for weights");
  std::error_code code;
  raw_fd_ostream os(path, code);
  if (code)
    return createStringError(code, path + ": " + code.message());
  os.write(text.data(), text.size());
  os.write_zeros(place - text.size());
  weights.write(os);
  return finish(os, path);
}

} // namespace ingot
