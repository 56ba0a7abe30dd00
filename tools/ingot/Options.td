//===- Options.td - the flags of the program `ingot` -------------------------------------------===//
//
// One table for all commands: which command takes a flag is its visibility. The text here is what
// `ingot COMMAND --help` prints. Checks of values stand in Flags.cpp and the commands.
//
//===-------------------------------------------------------------------------------------------===//
include "llvm/Option/OptParser.td"

def CompileVis : OptionVisibility;
def RunVis : OptionVisibility;
def VerifyVis : OptionVisibility;
def BenchVis : OptionVisibility;
def InspectVis : OptionVisibility;

defvar All = [CompileVis, RunVis, VerifyVis, BenchVis, InspectVis];
defvar Compiling = [CompileVis, RunVis, VerifyVis, BenchVis];
defvar Running = [RunVis, VerifyVis, BenchVis];

class Switch<string name, list<OptionVisibility> commands, string help>
    : Flag<["--"], name>, Visibility<commands>, HelpText<help>;

// --name=VALUE, and --name VALUE as the same.
multiclass Valued<string name, string value, list<OptionVisibility> commands, string help> {
  def NAME : Joined<["--"], name # "=">, Visibility<commands>, MetaVarName<value>, HelpText<help>;
  def NAME # _separate : Separate<["--"], name>, Visibility<commands>,
                         Alias<!cast<Option>(NAME)>;
}

def help : Switch<"help", All, "Print this text">;
def help_short : Flag<["-"], "h">, Visibility<All>, Alias<help>;
def end_of_options : Option<["--"], "", KIND_REMAINING_ARGS>, Visibility<All>,
                     HelpText<"What follows is a file, even if it begins with '-'">;

// What to compile, and into what.
def output : JoinedOrSeparate<["-"], "o">, Visibility<[CompileVis]>, MetaVarName<"OUT">,
  HelpText<"File to write; its extension decides the form: .o (with a .h\nbeside it), .a, .so, .mlir, .ll, .s, .ptx, none for an executable.\nWithout it: the model's name in the current folder">;
defm emit : Valued<"emit", "FORM", [CompileVis],
  "Form to write: obj, lib, shared, exe, mlir, llvm, asm or ptx">;
defm name : Valued<"name", "ID", [CompileVis],
  "C identifier of the model (default: from the output's name)">;
defm cpu : Valued<"cpu", "NAME[,NAME...]", Compiling,
  "CPU to compile for, such as x86-64-v3 (default: host). Several, to be\npicked among at load, are not supported yet">;
defm mtriple : Valued<"mtriple", "TRIPLE", [CompileVis], 
  "Target triple, ELF on x86_64 or aarch64 (default: this machine's)">;
defm gpu : Valued<"gpu", "sm_XX", [CompileVis], 
  "Compile for this NVIDIA GPU; so far only with --emit=ptx, llvm or mlir">;
defm state : Valued<"state", "IN:OUT[:axis=MAX]", [CompileVis],
  "Keep this pair in the context from run to run; along AXIS it grows\nup to MAX">;
defm shape : Valued<"shape", "INPUT:DIMS", [CompileVis, RunVis, BenchVis],
  "Dimensions of an input, such as 1x3x224x224; for compile also\n1..32x3x?x?, and naming an input again begins another entry point.\nFor run and bench: of the generated input">;
defm weights : Valued<"weights", "embed|sidecar", [CompileVis],
  "Keep weights in the object (embed, the default) or in a file beside it\n(sidecar, not supported yet)">;
defm overridable : Valued<"overridable", "NAME", [CompileVis],
  "Keep this initializer an input that a run may set">;
defm quantize : Valued<"quantize", "MODE", [CompileVis], "Quantize: dynamic-int8">;
defm calibrate : Valued<"calibrate", "DIR", [CompileVis],
  "Samples to find ranges with, for a static quantization; not supported yet">;
defm prune : Valued<"prune", "SPEC", [CompileVis], "Prune weights, e.g. magnitude:0.8">;
defm report : Valued<"report", "FILE", [CompileVis],
  "Write what was done with the model to FILE (.json or .html): kernels\nand how each is lowered, sizes, times, compression layer by layer">;

// How.
def optimize : Joined<["-"], "O">, Visibility<Compiling>, MetaVarName<"0..3">,
  HelpText<"Optimization level (default: -O3; -O1 for verify --batch, whose\nmodels are many, small and run once)">;
def jobs : JoinedOrSeparate<["-"], "j">, Visibility<Compiling>, MetaVarName<"N">,
  HelpText<"Threads of the compiler (default: one per CPU)">;
def reference : Switch<"reference", Compiling, "Use the plain reference lowerings throughout">;
def verify_each : Switch<"verify-each", Compiling, "Check the IR after every phase">;
defm sanitize : Valued<"sanitize", "address|thread", [CompileVis],
  "Instrument the generated code">;
def time_report : Switch<"time-report", Compiling, "Print how long each phase, pass and kernel took">;
defm save_temps : Valued<"save-temps", "DIR", [CompileVis],
  "Keep the IR of every phase, and each kernel's LLVM IR, assembly and\nobject, in DIR">;

// What to run with.
defm input : Valued<"input", "NAME=FILE", [RunVis, BenchVis],
  "Read this input from a .npy or .pb file; inputs without a file get\ngenerated values">;
defm output_dir : Valued<"output-dir", "DIR", [RunVis],
  "Write every output to DIR/NAME.npy, or .pb for what .npy cannot hold">;
defm threads : Valued<"threads", "N", Running, "Threads of a run (default: one per CPU)">;
defm entry : Valued<"entry", "NAME", Running, "Entry point to run (default: the first that the inputs fit)">;

defm data : Valued<"data", "DIR", [VerifyVis],
  "Folder of test_data_set_*/, or of input_*.pb and output_*.pb">;
defm batch : Valued<"batch", "LIST", [VerifyVis],
  "Check many models: LIST names a folder a line, each with\nmodel.onnx and test_data_set_*/; after a tab it may say rtol=R\natol=A share=S; S: |y - ref| in an output of floats stays within\nthat share of its largest |ref| too">;
defm rtol : Valued<"rtol", "R", [VerifyVis],
  "Allowed |y - ref| / |ref| of floats (default: 1e-3, for bfloat16 2^-6)">;
defm atol : Valued<"atol", "A", [VerifyVis],
  "Allowed |y - ref| beyond that (default: 1e-7; given here, it holds\nfor integers too, which must be equal otherwise)">;
defm timeout : Valued<"timeout", "SECONDS", [VerifyVis],
  "With --batch: give a case up after this time (default: 30)">;

defm runs : Valued<"runs", "N", [BenchVis],
  "Number of timed runs (default: as many as fit one second, at least 20)">;
def per_kernel : Switch<"per-kernel", [BenchVis],
  "Print where the time goes, kernel by kernel, with operations and bytes where it compiles "
  "a model of fixed sizes">;
def json : Switch<"json", [BenchVis], "Print one JSON object instead of text">;
