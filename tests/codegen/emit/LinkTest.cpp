//===- LinkTest.cpp - what a linker sees of an artifact -----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/emit/Link.h"
#include "ir/Dialect.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include <gtest/gtest.h>
#include <set>

using namespace llvm;

namespace ingot {
namespace {

/// The object of LLVM IR for x86-64: objects are joined by LLD, for any target on any machine.
SmallVector<char, 0> compile(const char *text) {
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  InitializeAllAsmPrinters();
  LLVMContext context;
  SMDiagnostic diagnostic;
  auto module = parseAssemblyString(text, diagnostic, context);
  std::string error;
  Triple triple("x86_64-unknown-linux-gnu");
  const Target *target = TargetRegistry::lookupTarget(triple, error);
  SmallVector<char, 0> object;
  if (!module || !target) {
    ADD_FAILURE() << diagnostic.getMessage().str() << error;
    return object;
  }
  std::unique_ptr<TargetMachine> machine(
      target->createTargetMachine(triple, "x86-64", "", {}, Reloc::PIC_));
  module->setTargetTriple(triple);
  module->setDataLayout(machine->createDataLayout());
  raw_svector_ostream os(object);
  legacy::PassManager pm;
  EXPECT_FALSE(machine->addPassesToEmitFile(pm, os, nullptr, CodeGenFileType::ObjectFile));
  pm.run(*module);
  return object;
}

class LinkTest : public testing::Test {
protected:
  LinkTest() {
    context.loadDialect<IngotDialect>();
    module = mlir::ModuleOp::create(mlir::UnknownLoc::get(&context));
    options.modelName = "net";
    options.target.triple = "x86_64-unknown-linux-gnu";
    EXPECT_FALSE(sys::fs::createUniqueDirectory("link-test", folder));
  }
  ~LinkTest() override { sys::fs::remove_directories(folder); }

  /// Offset of a constant of these floats among the weights.
  int64_t addWeights(std::vector<float> values) {
    auto b = mlir::OpBuilder::atBlockBegin(module->getBody());
    auto bytes = mlir::RankedTensorType::get({int64_t(values.size() * 4)}, b.getI8Type());
    auto type = mlir::RankedTensorType::get({int64_t(values.size())}, b.getF32Type());
    auto value = mlir::DenseElementsAttr::getFromRawBuffer(
        bytes, ArrayRef((const char *)values.data(), values.size() * 4));
    return plan.weights.add(ConstantOp::create(b, b.getUnknownLoc(), type, value));
  }
  std::string link(LinkKind kind = LinkKind::Object) {
    Error error = linkArtifact(code, plan, options, kind, folder, path());
    return error ? toString(std::move(error)) : "";
  }
  std::string path() { return (folder + "/net.o").str(); }
  object::ELF64LEObjectFile open() {
    file = cantFail(errorOrToExpected(MemoryBuffer::getFile(path())));
    return cantFail(object::ELF64LEObjectFile::create(file->getMemBufferRef()));
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  EmittedCode code;
  ModelPlan plan;
  EmitOptions options;
  SmallString<128> folder;
  std::unique_ptr<MemoryBuffer> file;
};

constexpr const char *program = R"(
  @ingot_model_net = constant i32 1
  @ingot_weights_net = external constant i8
  declare void @kernel(ptr)
  declare ptr @memcpy(ptr, ptr, i64)
  define void @net_run(ptr %x) {
    call void @kernel(ptr @ingot_weights_net)
    %r = call ptr @memcpy(ptr %x, ptr @ingot_weights_net, i64 8)
    ret void
  })";
constexpr const char *kernel = "define void @kernel(ptr %x) { ret void }";

TEST_F(LinkTest, OnlyTheNamesOfTheModelAreGlobal) {
  code.objects = {compile(program), compile(kernel)};
  addWeights({1, 2});
  ASSERT_EQ(link(), "");
  std::set<std::string> global, undefined;
  object::ELF64LEObjectFile object = open();
  for (const object::ELFSymbolRef &s : object.symbols()) {
    uint32_t flags = cantFail(s.getFlags());
    std::string name = cantFail(s.getName()).str();
    if (flags & object::SymbolRef::SF_Undefined)
      undefined.insert(name);
    else if (flags & object::SymbolRef::SF_Global)
      global.insert(name);
  }
  EXPECT_EQ(global, (std::set<std::string>{"ingot_model_net", "net_run"}));
  undefined.erase("");
  undefined.erase("_GLOBAL_OFFSET_TABLE_");
  EXPECT_EQ(undefined, std::set<std::string>{"memcpy"});
}

TEST_F(LinkTest, RefusesCodeThatCallsALibrary) {
  for (const char *name : {"expf", "malloc", "__asan_init"}) {
    std::string text = "declare void @" + std::string(name) +
                       "()\ndefine void @net_run() { call "
                       "void @" +
                       name + "() ret void }";
    code.objects = {compile(text.c_str())};
    options.sanitize = "";
    EXPECT_EQ(link(), "internal error: the code calls '" + std::string(name) +
                          "', which no program that links it has");
    options.sanitize = "address";
    EXPECT_EQ(link().empty(), StringRef(name).starts_with("__asan")) << name;
  }
}

TEST_F(LinkTest, SaysWhatTheLinkerSays) {
  code.objects = {compile(kernel), compile(kernel)};
  std::string said = link();
  EXPECT_TRUE(StringRef(said).starts_with("linking failed: ")) << said;
  EXPECT_NE(said.find("duplicate symbol: kernel"), std::string::npos) << said;
}

TEST_F(LinkTest, WeightsLieAtA64ByteBoundaryOnceEach) {
  code.objects = {compile(program), compile(kernel)};
  EXPECT_EQ(addWeights({1, 2, 3}), 0);
  EXPECT_EQ(addWeights({4}), 64);
  EXPECT_EQ(addWeights({1, 2, 3}), 0);
  int written = 0;
  options.weightsWritten = [&] { ++written; };
  for (LinkKind kind : {LinkKind::Object, LinkKind::Shared}) {
    ASSERT_EQ(link(kind), "");
    object::ELF64LEObjectFile object = open();
    bool found = false;
    for (const object::SectionRef &section : object.sections()) {
      StringRef name = cantFail(section.getName());
      if (name == ".note.GNU-stack") {
        EXPECT_FALSE(object::ELFSectionRef(section).getFlags() & ELF::SHF_EXECINSTR);
      }
      // A shared artifact has them among its other read-only data.
      if (name != ".rodata.ingot")
        continue;
      found = true;
      EXPECT_EQ(section.getAlignment().value(), 64u);
      EXPECT_EQ(object::ELFSectionRef(section).getOffset() % 64, 0u);
      EXPECT_EQ(object::ELFSectionRef(section).getFlags(), (uint64_t)ELF::SHF_ALLOC);
      StringRef contents = cantFail(section.getContents());
      ASSERT_EQ(contents.size(), 128u);
      float values[32];
      memcpy(values, contents.data(), sizeof values);
      EXPECT_EQ(std::vector<float>(values, values + 4), (std::vector<float>{1, 2, 3, 0}));
      EXPECT_EQ(values[16], 4);
    }
    EXPECT_EQ(found, kind == LinkKind::Object);
  }
  EXPECT_EQ(written, 2);
}

TEST_F(LinkTest, WeightsOfAnyTargetNameIt) {
  addWeights({1});
  for (auto [text, machine] :
       {std::pair<const char *, unsigned>("x86_64-linux-gnu", ELF::EM_X86_64),
                               {"aarch64-linux-gnu", ELF::EM_AARCH64}}) {
    ASSERT_FALSE(writeWeightsObject(plan.weights, "w", Triple(text), path(), true));
    object::ELF64LEObjectFile object = open();
    EXPECT_EQ(object.getELFFile().getHeader().e_machine, machine);
    auto symbol = *object.symbols().begin();
    EXPECT_EQ(cantFail(symbol.getName()), "w");
    EXPECT_EQ(object::ELFSymbolRef(symbol).getSize(), 64u);
  }
}

TEST_F(LinkTest, NamesAFileThatCannotBeWritten) {
  addWeights({1});
  std::string absent = (folder + "/absent/w.o").str();
  std::string said =
      toString(writeWeightsObject(plan.weights, "w", Triple("x86_64-linux-gnu"), absent, true));
  EXPECT_EQ(said, absent + ": No such file or directory");
}

} // namespace
} // namespace ingot
