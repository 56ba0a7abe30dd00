//===- Compile.cpp - from a model file to an artifact -------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "tools/driver/Compile.h"
#include "codegen/emit/Link.h"
#include "codegen/emit/Metadata.h"
#include "codegen/plan/Planned.h"
#include "frontend/onnx/MappedFile.h"
#include "ir/NodeName.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Support/Timing.h"
#include "tools/driver/Entries.h"
#include "tools/driver/Header.h"
#include "tools/driver/Pipeline.h"
#include "tools/driver/Report.h"
#include "tools/driver/SavedForms.h"
#include "tools/driver/TemporaryFolder.h"
#include "tools/driver/Unsupported.h"
#include "tools/driver/Wrap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <chrono>

using namespace mlir;

namespace ingot {

namespace {

/// One compilation: the state that the steps hand on.
class Compilation {
public:
  Compilation(const std::string &modelPath, const CompileOptions &options, CompileResult &result)
      : modelPath(modelPath), options(options), result(result), forms(options.saveTempsFolder) {
    DialectRegistry registry;
    registerIngotDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    context.allowUnregisteredDialects(false);
  }

  /// Runs all phases; leaves the artifact at `outputPath`.
  bool run(const std::string &outputPath) {
    std::string times;
    llvm::raw_string_ostream os(times);
    timing.setOutput(createOutputStrategy(DefaultTimingManager::OutputFormat::Text, os));
    timing.setEnabled(options.timeReport);
    total = timing.getRootScope();
    bool ok = compile(outputPath);
    total.stop();
    timing.print();
    timing.setEnabled(false); // its end would print again
    if (options.timeReport && options.progress)
      options.progress(times);
    return ok;
  }

private:
  bool compile(const std::string &outputPath) {
    if (!resolveGpu())
      return false;
    if (std::string option = unsupportedOption(options); !option.empty())
      return fail(option + " is not supported by this version", Outcome::Unsupported);
    result.name = options.name.empty() ? identifier(llvm::sys::path::stem(outputPath)) : options.name;
    if (std::string misuse = checkCompression(options); !misuse.empty())
      return fail(misuse, Outcome::Misused);
    if (std::string why = CpuTarget::unsupported(options.triple); !why.empty())
      return fail("--mtriple=" + options.triple + ": " + why, Outcome::Unsupported);
    auto target = CpuTarget::get(options.cpus.front(), options.triple);
    if (!target)
      return fail(llvm::toString(target.takeError()), Outcome::Misused);
    if (options.emit == EmitKind::Executable && !isHost(target->triple))
      return fail("--mtriple=" + options.triple + ": an executable for another machine than this " +
                      "is not supported, only the forms that need no linker, such as -o NAME.a",
                  Outcome::Unsupported);
    emitOptions.target = *target;
    emitOptions.modelName = result.name;
    emitOptions.optimize = options.optimize;
    emitOptions.jobs = options.jobs ? options.jobs : (int)llvm::hardware_concurrency().compute_thread_count();
    emitOptions.sanitize = options.sanitize;
    emitOptions.observable = options.observable;
    emitOptions.verifyEach = options.verifyEach;
    emitOptions.shared = options.emit == EmitKind::Shared;
    emitOptions.saveFolder = options.saveTempsFolder;

    bool hasHeader = options.emit == EmitKind::Object || options.emit == EmitKind::Archive;
    llvm::SmallString<256> headerPath(outputPath);
    llvm::sys::path::replace_extension(headerPath, ".h");
    bool reports = !options.reportFile.empty();
    written = {outputPath};
    if (hasHeader)
      written.push_back(headerPath.str().str());
    if (reports)
      written.push_back(options.reportFile);
    if (!llvm::all_of(written, [&](const std::string &path) { return canReplace(path); }))
      return false;
    TemporaryFolder folder(outputPath);
    std::optional<TemporaryFolder> reportFolder;
    if (reports)
      reportFolder.emplace(options.reportFile);
    if (!folder.ok() || (reports && !reportFolder->ok()))
      return fail(folder.ok() ? reportFolder->error() : folder.error());
    std::string partial = folder.path() + "/artifact";
    if (!saveTemps() || !make(folder.path(), partial))
      return false;

    // All is written under other names before anything is renamed.
    std::string header = folder.path() + "/header", report;
    if (hasHeader &&
        !writeText(header, [&](llvm::raw_ostream &os) { os << headerText(plan, result.name); }))
      return false;
    if (reports) {
      report = reportFolder->path() + "/report";
      if (!writeReport(partial, report))
        return false;
    }
    // Several renames are not one step: what can be known of the later before the first.
    if (!canReplace(outputPath) || (reports && !canReplace(options.reportFile)) ||
        (hasHeader && !publish(header, headerPath.str().str())) ||
        (reports && !publish(report, options.reportFile)))
      return false;
    return publish(partial, outputPath);
  }

  /// Constants longer than this are written as `__elided__` in printed IR: it is for reading.
  static constexpr int64_t elideBytes = 64;

  /// Everything up to the artifact, which it leaves at `partial`.
  bool make(const std::string &folder, const std::string &partial) {
    if (!step("import", [&] { return import(); }) || !step("fuse", [&] { return fuse(); }))
      return false;
    OpPrintingFlags flags;
    flags.elideLargeResourceString(elideBytes);
    if (options.emit == EmitKind::Mlir &&
        !writeText(partial, [&](llvm::raw_ostream &os) { module->print(os, flags); }))
      return false;
    // The report tells of kernels also where nothing is made of them.
    if (options.emit == EmitKind::Mlir && options.reportFile.empty())
      return true;
    if (!step("plan", [&] { return planAll(); }))
      return false;
    if (options.emit == EmitKind::Mlir)
      return true;
    if (!options.gpu.empty())
      return step("emit", [&] { return emitGpu(partial); });
    if (options.emit == EmitKind::Llvm || options.emit == EmitKind::Assembly)
      return step("emit", [&] { return emitText(partial); });
    return step("emit", [&] { return emit(); }) &&
           step("link", [&] { return link(folder, partial); });
  }

  bool saveTemps() {
    std::string why;
    return options.saveTempsFolder.empty() || forms.prepare(why) ||
           fail("--save-temps: " + onnx::quoted(options.saveTempsFolder) + ": " + why);
  }

  bool writeReport(const std::string &artifact, const std::string &path) {
    uint64_t size = 0;
    (void)llvm::sys::fs::file_size(artifact, size);
    result.artifactBytes = size;
    llvm::json::Object report = describeCompilation(
        {modelPath, options, emitOptions.target, result, plan, compression, phases});
    bool page = llvm::StringRef(options.reportFile).ends_with(".html");
    return writeText(path, [&](llvm::raw_ostream &os) {
      if (page)
        os << reportPage(report);
      else
        os << llvm::formatv("{0:2}", llvm::json::Value(std::move(report))) << "\n";
    });
  }

  bool resolveGpu() {
    if (options.gpu.empty())
      return options.emit != EmitKind::Ptx ||
             fail("--emit=ptx needs a GPU, for example --gpu=sm_90", Outcome::Misused);
    auto found = GpuTarget::get(options.gpu);
    if (!found)
      return fail("--gpu: " + llvm::toString(found.takeError()), Outcome::Misused);
    gpu = *found;
    return gpu.isSupported() ||
           fail("--gpu=" + gpu.name + ": GPUs before sm_" +
                    std::to_string(GpuTarget::leastCapability) + " are not supported",
                Outcome::Unsupported);
  }

  bool fail(std::string message, Outcome outcome = Outcome::Failed) {
    result.messages.push_back(onnx::escaped(modelPath, 4096) + ": error: " + message);
    result.outcome = outcome;
    return false;
  }

  template <typename F> bool step(const char *name, F work) {
    auto start = std::chrono::steady_clock::now();
    note.clear();
    // Diagnostics of MLIR become lines of ours.
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &d) {
      if (d.getSeverity() == DiagnosticSeverity::Error) {
        std::string where = nodeName(d.getLocation(), "").str();
        if (!where.empty())
          where += ": ";
        result.messages.push_back(onnx::escaped(modelPath, 4096) + ": error: " + where + d.str());
      } else if (d.getSeverity() == DiagnosticSeverity::Remark && options.progress) {
        options.progress("note: " + d.str());
      }
      return success();
    });
    TimingScope scope = total.nest(name);
    current = &scope;
    bool ok = work();
    ++stepNumber;
    double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    phases.push_back({name, seconds});
    if (ok && options.progress) {
      char text[160];
      snprintf(text, sizeof text, "[%d/5] %s %s%s(%.1f s)", stepNumber, name, note.c_str(),
               note.empty() ? "" : " ", seconds);
      options.progress(text);
    }
    if (!ok && result.messages.empty())
      return fail(std::string(name) + " failed");
    return ok;
  }

  /// Whether this machine's linker and C library serve the target.
  static bool isHost(llvm::StringRef text) {
    llvm::Triple triple(text), host(llvm::sys::getDefaultTargetTriple());
    return triple.getArch() == host.getArch() && triple.getOS() == host.getOS() &&
           triple.getEnvironment() == host.getEnvironment();
  }

  static std::string identifier(llvm::StringRef s) {
    std::string name;
    for (char c : s)
      name += isalnum((unsigned char)c) ? c : '_';
    if (name.empty() || isdigit((unsigned char)name[0]))
      name = "m_" + name;
    return name;
  }

  bool import() {
    onnx::Diagnostics diagnostics(modelPath);
    model = onnx::Model::load(modelPath, {}, diagnostics);
    if (model)
      module = importEntries(context, *model, options, plan.states, diagnostics);
    for (const onnx::Diagnostic &d : diagnostics.list())
      result.messages.push_back(d.str());
    // Only now is it known which files hold the weights.
    if (model && !keepsInputs())
      return false;
    if (module && diagnostics.exitStatus() == 0)
      return saved("imported", *module);
    result.outcome = diagnostics.exitStatus() == 3 ? Outcome::Unsupported : Outcome::Failed;
    return false;
  }

  /// Whether nothing that is to be written is a file of the model, so far as names are known.
  bool keepsInputs() {
    if (!llvm::all_of(written, [&](const std::string &path) { return canReplace(path); }))
      return false;
    if (options.saveTempsFolder.empty())
      return true;
    // The names there follow from kernels that are not made yet.
    std::error_code error;
    for (llvm::sys::fs::directory_iterator at(options.saveTempsFolder, error), end;
         at != end && !error; at.increment(error)) {
      llvm::StringRef extension = llvm::sys::path::extension(at->path());
      if (llvm::is_contained({".mlir", ".ll", ".s", ".o", ".ptx"}, extension) &&
          onnx::MappedFile::isMapped(at->path()))
        return fail("--save-temps: would write over " + onnx::quoted(at->path()) +
                    ", which the model's data is read from");
    }
    return true;
  }

  bool saved(const char *form, llvm::ArrayRef<ModuleOp> modules) {
    return options.saveTempsFolder.empty() || succeeded(forms.write(form, modules));
  }

  bool fuse() {
    PassManager pm(&context);
    pm.enableVerifier(options.verifyEach);
    if (options.timeReport)
      pm.enableTiming(*current);
    PhaseHook save = [&](OpPassManager &pm, llvm::StringRef form) {
      pm.addPass(forms.pass(form));
    };
    buildTensorPipeline(pm, phaseOptions(options),
                        options.saveTempsFolder.empty() ? PhaseHook() : save);
    if (failed(pm.run(*module)))
      return false;
    for (auto function : module->getOps<func::FuncOp>()) {
      // The other entry points hold the same weights.
      auto layers = takeCompressedLayers(function);
      if (compression.empty())
        compression = std::move(layers);
    }
    for (const CompressedLayer &layer : compression)
      result.compression.push_back(layer.str());
    int64_t kernels = 0;
    module->walk([&](KernelOp kernel) {
      ++kernels;
      if (!options.gpu.empty() && kernel.getDevice() != "gpu")
        result.placement.push_back(nameOf(kernel) + ": runs on the host");
    });
    result.kernels = kernels;
    note = "… " + std::to_string(kernels) + " kernels";
    if (!options.gpu.empty())
      note += ", " + std::to_string(kernels - (int64_t)result.placement.size()) + " of them on " +
              gpu.name;
    return true;
  }

  /// "node 'fc1' (Gemm)": what the kernel's anchor was in the file.
  static std::string nameOf(KernelOp kernel) {
    return nodeName(kernel.getLoc()).str();
  }

  bool planAll() {
    LoweringOptions lowering{emitOptions.target, options.reference};
    for (auto function : module->getOps<func::FuncOp>())
      if (failed(planEntry(function, lowering, plan)))
        return false;
    if (options.verifyEach &&
        failed(verifyPlanned(*plan.kernelModule, *plan.gpuModule, *plan.programModule)))
      return false;
    for (PlannedKernel &k : plan.kernels) {
      result.referenceKernels += k.reference ? k.launches : 0;
      if (k.operations && k.bytes)
        result.kernelCosts[k.function.getSymName().str()] = {*k.operations, *k.bytes};
    }
    for (const EntryPlan &e : plan.entries)
      result.arenaBytes = std::max(result.arenaBytes, e.arenaBytes);
    result.weightBytes = plan.weights.bytes();
    note = "… " + std::to_string(plan.kernels.size()) + " distinct, arena " +
           std::to_string((result.arenaBytes + 1023) / 1024) + " KiB";
    return saved("planned", {*plan.kernelModule, *plan.gpuModule, *plan.programModule});
  }

  bool emitGpu(const std::string &path) {
    if (llvm::none_of(plan.kernels, [](const PlannedKernel &k) { return k.onGpu(); }))
      return fail("no kernel of this model has a form for a GPU", Outcome::Unsupported);
    std::string llvmText, placement;
    auto ptx = emitPtx(plan, gpu, options.optimize, &llvmText);
    if (!ptx)
      return fail(llvm::toString(ptx.takeError()));
    for (const std::string &line : result.placement)
      placement += "// " + line + "\n";
    std::string saved = options.saveTempsFolder + "/gpu";
    if (!options.saveTempsFolder.empty() &&
        (!writeText(saved + ".ll", [&](llvm::raw_ostream &os) { os << llvmText; }) ||
         !writeText(saved + ".ptx", [&](llvm::raw_ostream &os) { os << *ptx; })))
      return false;
    std::string text = options.emit == EmitKind::Llvm ? llvmText : placement + *ptx;
    return writeText(path, [&](llvm::raw_ostream &os) { os << text; });
  }

  bool emit() {
    if (options.timeReport)
      emitOptions.timing = current;
    auto emitted = emitCode(plan, emitOptions);
    if (!emitted)
      return fail(llvm::toString(emitted.takeError()));
    code = std::move(*emitted);
    return true;
  }

  bool emitText(const std::string &path) {
    std::string error;
    bool ok = writeText(path, [&](llvm::raw_ostream &os) {
      EmitOptions o = emitOptions;
      if (options.timeReport)
        o.timing = current;
      (options.emit == EmitKind::Llvm ? o.llvmText : o.assembly) = &os;
      auto emitted = emitCode(plan, o);
      if (!emitted)
        error = llvm::toString(emitted.takeError());
    });
    return error.empty() ? ok : fail(error);
  }

  bool link(const std::string &folder, const std::string &path) {
    LinkKind kind = options.emit == EmitKind::Shared ? LinkKind::Shared : LinkKind::Object;
    bool wraps = options.emit == EmitKind::Archive || options.emit == EmitKind::Executable;
    std::string linked = wraps ? folder + "/" + result.name + ".o" : path;
    emitOptions.weightsWritten = [this] { model->releaseFiles(); };
    llvm::Error error = linkArtifact(code, plan, emitOptions, kind, folder, linked);
    if (!error && options.emit == EmitKind::Archive)
      error = writeArchive(linked, path);
    else if (!error && options.emit == EmitKind::Executable)
      error = linkExecutable(linked, result.name, folder, path);
    if (error)
      return fail(llvm::toString(std::move(error)));
    uint64_t size = 0;
    (void)llvm::sys::fs::file_size(path, size);
    note = "… " + std::to_string((size + 1023) / 1024) + " KiB";
    return true;
  }

  template <typename F> bool writeText(const std::string &path, F write) {
    std::error_code ec;
    llvm::raw_fd_ostream os(path, ec);
    if (ec)
      return fail(onnx::escaped(path, 4096) + ": " + ec.message());
    write(os);
    os.close();
    if (os.has_error()) {
      std::string message = os.error().message();
      os.clear_error();
      return fail(onnx::escaped(path, 4096) + ": " + message);
    }
    return true;
  }

  /// Renaming would put a file in the place of a device or a pipe that people only write to.
  bool canReplace(const std::string &path) {
    llvm::sys::fs::file_status status;
    std::error_code ec = llvm::sys::fs::status(path, status);
    if (onnx::MappedFile::isMapped(path))
      return fail("cannot write " + onnx::escaped(path, 4096) +
                  ": the model's data is read from it");
    // Of a folder that is missing, making the temporary one will tell.
    if (ec == std::errc::no_such_file_or_directory || ec == std::errc::not_a_directory ||
        (!ec && llvm::sys::fs::is_regular_file(status)))
      return true;
    return fail("cannot write " + onnx::escaped(path, 4096) + ": " +
                (ec                                    ? ec.message()
                 : llvm::sys::fs::is_directory(status) ? "is a folder"
                                                       : "is not a regular file"));
  }

  /// The last step: until here nothing under the final name has changed.
  bool publish(const std::string &from, const std::string &to) {
    if (!canReplace(to))
      return false;
    uint64_t size;
    if (!llvm::sys::fs::file_size(from, size)) // of a header first, of the artifact last
      result.artifactBytes = size;
    if (std::error_code ec = llvm::sys::fs::rename(from, to))
      return fail("cannot write " + onnx::escaped(to, 4096) + ": " + ec.message());
    return true;
  }

  const std::string &modelPath;
  const CompileOptions &options;
  CompileResult &result;
  MLIRContext context;
  std::unique_ptr<onnx::Model> model;
  OwningOpRef<ModuleOp> module;
  ModelPlan plan;
  EmitOptions emitOptions;
  GpuTarget gpu;
  EmittedCode code;
  SavedForms forms;
  SmallVector<CompressedLayer> compression;
  std::vector<PhaseTime> phases;
  std::vector<std::string> written; ///< what is renamed to at the end
  DefaultTimingManager timing;
  TimingScope total, *current = nullptr; ///< of the whole, and of the running step
  std::string note;
  int stepNumber = 0;
};

} // namespace

CompileResult compileFile(const std::string &modelPath, const std::string &outputPath,
                          const CompileOptions &options) {
  CompileResult result;
  Compilation compilation(modelPath, options, result);
  if (compilation.run(outputPath))
    result.outcome = Outcome::Done;
  return result;
}

} // namespace ingot
