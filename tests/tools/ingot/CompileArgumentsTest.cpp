#include "tools/ingot/CompileArguments.h"

#include "gtest/gtest.h"

using namespace ingot;
using namespace ingot::cli;

namespace {
std::optional<CompileArguments> read(std::vector<const char *> words, std::string &misuse) {
  auto arguments = Arguments::parse(Command::Compile, words, misuse);
  return arguments ? readCompileArguments(*arguments, misuse) : std::nullopt;
}

CompileOptions options(std::vector<const char *> words) {
  std::string misuse;
  auto result = read(words, misuse);
  EXPECT_TRUE(result) << misuse;
  return result ? result->options : CompileOptions();
}

std::string misuseOf(std::vector<const char *> words) {
  std::string misuse;
  EXPECT_FALSE(read(words, misuse));
  return misuse;
}
} // namespace

TEST(CompileArguments, DefaultsAreAnObjectForThisCpuFullyOptimized) {
  std::string misuse;
  auto result = read({"dir/digits.onnx"}, misuse);
  ASSERT_TRUE(result) << misuse;
  EXPECT_EQ(result->model, "dir/digits.onnx");
  EXPECT_EQ(result->output, "digits.o");
  EXPECT_EQ(result->options.emit, EmitKind::Object);
  EXPECT_EQ(result->options.cpus, std::vector<std::string>{"host"});
  EXPECT_EQ(result->options.optimize, 3);
  EXPECT_FALSE(result->options.reference);
}

TEST(CompileArguments, TheExtensionDecidesTheForm) {
  std::pair<const char *, EmitKind> rows[] = {
      {"a.o", EmitKind::Object},   {"a.a", EmitKind::Archive}, {"a.so", EmitKind::Shared},
      {"a", EmitKind::Executable}, {"a.mlir", EmitKind::Mlir}, {"a.ll", EmitKind::Llvm},
      {"a.s", EmitKind::Assembly}, {"a.ptx", EmitKind::Ptx},   {"x.y/a", EmitKind::Executable}};
  for (auto [name, kind] : rows)
    EXPECT_EQ(options({"m.onnx", "-o", name}).emit, kind) << name;
  EXPECT_EQ(misuseOf({"m.onnx", "-o", "a.exe"}),
            "-o: the extension of 'a.exe' says no form; use .o, .a, .so, .mlir, .ll, .s, .ptx or "
            "none, or add --emit");
}

TEST(CompileArguments, EmitGoesBeforeTheExtension) {
  EXPECT_EQ(options({"m.onnx", "-o", "a.exe", "--emit=exe"}).emit, EmitKind::Executable);
  EXPECT_EQ(misuseOf({"m.onnx", "--emit=elf"}),
            "--emit: expected one of obj, lib, shared, exe, mlir, llvm, asm, ptx, but got 'elf'");
}

TEST(CompileArguments, EveryFlagReachesItsOption) {
  CompileOptions all = options(
      {"m.onnx", "--name=net", "--cpu=x86-64-v3,x86-64-v4", "--mtriple=aarch64-linux-gnu",
       "--gpu=sm_90", "--state=past:present:2=64", "--weights=sidecar", "--overridable=w",
       "--quantize=dynamic-int8", "--prune=magnitude:0.8", "--report=r.json", "-O1", "-j2",
       "--reference", "--verify-each", "--sanitize=address", "--time-report", "--save-temps=t",
       "--calibrate=c"});
  EXPECT_EQ(all.name, "net");
  EXPECT_EQ(all.cpus, (std::vector<std::string>{"x86-64-v3", "x86-64-v4"}));
  EXPECT_EQ(all.triple, "aarch64-linux-gnu");
  EXPECT_EQ(all.gpu, "sm_90");
  EXPECT_EQ(all.states, std::vector<std::string>{"past:present:2=64"});
  EXPECT_TRUE(all.sidecarWeights);
  EXPECT_EQ(all.overridable, std::vector<std::string>{"w"});
  EXPECT_EQ(all.quantize, "dynamic-int8");
  EXPECT_EQ(all.calibrateFolder, "c");
  EXPECT_EQ(all.prune, "magnitude:0.8");
  EXPECT_EQ(all.reportFile, "r.json");
  EXPECT_EQ(all.optimize, 1);
  EXPECT_EQ(all.jobs, 2);
  EXPECT_TRUE(all.reference && all.verifyEach && all.timeReport);
  EXPECT_EQ(all.sanitize, "address");
  EXPECT_EQ(all.saveTempsFolder, "t");
}

TEST(CompileArguments, ANamedInputAgainBeginsAnotherEntryPoint) {
  CompileOptions all = options(
      {"m.onnx", "--shape=ids:1x128", "--shape=mask:1x128", "--shape=ids:1x1", "--shape=mask:1x1"});
  ASSERT_EQ(all.entries.size(), 2u);
  EXPECT_EQ(all.entries[0].size(), 2u);
  EXPECT_EQ(all.entries[1][1].input, "mask");
  EXPECT_TRUE(options({"m.onnx"}).entries.empty());
}

TEST(CompileArguments, EveryWrongValueNamesItsFlag) {
  const char *rows[] = {"-O4",         "-O",          "-j0",           "-jmany",        "--emit=",
                        "--name=int",  "--cpu=,",     "--gpu=90",      "--gpu=sm_",     "--state=x",
                        "--shape=x",   "--weights=x", "--report=x",    "--sanitize=ub", "--prune=",
                        "--quantize=", "--mtriple=",  "--save-temps=", "--overridable=",
                        "--calibrate=", "--cpu=a b",   "--mtriple=x\n"};
  for (const char *flag : rows) {
    std::string name = std::string(flag).substr(0, std::string(flag).find('='));
    name = name.substr(0, name[1] == '-' ? name.size() : 2);
    EXPECT_EQ(misuseOf({"m.onnx", flag}).substr(0, name.size() + 1), name + ":") << flag;
  }
}
