//===- Header.cpp - the C header of a compiled model -----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "tools/driver/Header.h"
#include "codegen/emit/Metadata.h"
#include "ir/ElementTypes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace ingot {

namespace {

const char *cType(Type element) {
  switch (elementTypeCode(element)) {
  case INGOT_FLOAT:
    return "float";
  case INGOT_DOUBLE:
    return "double";
  case INGOT_INT8:
    return "int8_t";
  case INGOT_INT16:
    return "int16_t";
  case INGOT_UINT16:
  case INGOT_FLOAT16:
  case INGOT_BFLOAT16:
    return "uint16_t";
  case INGOT_INT32:
    return "int32_t";
  case INGOT_UINT32:
    return "uint32_t";
  case INGOT_INT64:
    return "int64_t";
  case INGOT_UINT64:
    return "uint64_t";
  case INGOT_COMPLEX64:
    return "float"; // pairs
  case INGOT_COMPLEX128:
    return "double"; // pairs
  default:
    return "uint8_t"; // bool, 8-bit and packed types
  }
}

/// Words of C and C++, up to C23 and C++20, that a parameter cannot be called.
bool isKeyword(llvm::StringRef s) {
  static const llvm::StringSet<> words{
      "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break",
      "case", "catch", "char", "char16_t", "char32_t", "char8_t", "class", "co_await", "co_return",
      "co_yield", "compl", "concept", "const", "const_cast", "consteval", "constexpr", "constinit",
      "continue", "decltype", "default", "delete", "do", "double", "dynamic_cast", "else", "enum",
      "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if", "inline",
      "int", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr",
      "operator", "or", "or_eq", "private", "protected", "public", "register", "reinterpret_cast",
      "requires", "restrict", "return", "short", "signed", "sizeof", "static", "static_assert",
      "static_cast", "struct", "switch", "template", "this", "thread_local", "throw", "true", "try",
      "typedef", "typeid", "typename", "typeof", "typeof_unqual", "union", "unsigned", "using",
      "virtual", "void", "volatile", "wchar_t", "while", "workspace", "xor", "xor_eq"};
  return words.contains(s);
}

/// Names that an included header may have made a macro without arguments: C's own and POSIX's in
/// capitals or with such a beginning (EOF, M_PIf, PRId64), and the others by name, as glibc has them.
bool mayBeMacro(llvm::StringRef s) {
  static const llvm::StringSet<> words{
      "I", "complex", "d_fileno", "direct", "environ", "errno", "h_addr", "h_errno", "i386",
      "imaginary", "linux", "math_errhandling", "noreturn", "s6_addr", "s6_addr16", "s6_addr32",
      "sa_handler", "sa_sigaction", "sched_priority", "si_addr", "si_addr_lsb", "si_arch",
      "si_band", "si_call_addr", "si_fd", "si_int", "si_lower", "si_overrun", "si_pid", "si_pkey",
      "si_ptr", "si_status", "si_stime", "si_syscall", "si_timerid", "si_uid", "si_upper",
      "si_utime", "si_value", "sigev_notify_attributes", "sigev_notify_function", "st_atime",
      "st_ctime", "st_mtime", "stderr", "stdin", "stdout", "unix", "ut_addr", "ut_name", "ut_time",
      "ut_xtime"};
  if (words.contains(s) || s.starts_with("PRI") || s.starts_with("SCN"))
    return true;
  llvm::StringRef first = s.take_until([](char c) { return c == '_'; });
  bool hasPrefix = first.size() < s.size() && first.size() < 3;
  llvm::StringRef capitals = hasPrefix ? first : s;
  return s.size() > 1 && llvm::none_of(capitals, llvm::isLower);
}

/// Types that the prototype itself names.
bool isUsedType(llvm::StringRef s) {
  return s.consume_back("_t") && (s.consume_front("u"), s.consume_front("int")) &&
         (s == "8" || s == "16" || s == "32" || s == "64");
}

/// `name` with '_' for what no identifier has.
std::string identifier(llvm::StringRef name) {
  std::string s;
  for (char c : name.take_front(60))
    s += llvm::isAlnum(c) ? c : '_';
  if (s.empty() || llvm::isDigit(s[0]))
    s = "_" + s;
  return s[0] == '_' ? "t" + s : s;
}

std::string firstFree(const std::string &name, llvm::StringSet<> &taken) {
  std::string s = name;
  for (int i = 2; !taken.insert(s).second; ++i)
    s = name + "_" + std::to_string(i);
  return s;
}

/// An ONNX name as a parameter. `taken` has the names of the header at first.
std::string parameterName(llvm::StringRef name, llvm::StringSet<> &taken) {
  std::string s = identifier(name);
  if (isKeyword(s) || mayBeMacro(s) || isUsedType(s))
    s += "_";
  return firstFree(s, taken);
}

/// A name of the model in a comment: printable, cut, unable to end the comment.
std::string commentText(llvm::StringRef name) {
  std::string s;
  for (char c : name.take_front(100))
    s += c < 32 || c == 127 || c == '*' || c == '/' || c == '\\' || c == '?' ? '_' : c;
  return s;
}

/// "3", "batch", "batch (1 to 32)", or "?" for what other sizes decide.
std::string dimText(int64_t dim, const EntryPlan &entry) {
  if (dim >= 0)
    return std::to_string(dim);
  if (dim == INGOT_DIM_BORN || dim == INGOT_DIM_COMPUTED)
    return "?";
  const EntrySymbol &symbol = entry.symbols[-1 - dim];
  std::string s = commentText(symbol.name);
  if (symbol.max != INT64_MAX)
    s += " (" + std::to_string(symbol.min) + " to " + std::to_string(symbol.max) + ")";
  return s;
}

std::string shapeText(const Port &port, const EntryPlan &entry) {
  auto type = dyn_cast<RankedTensorType>(port.type);
  if (!type)
    return "not a tensor";
  std::string s = elementTypeName(type.getElementType()) + "[";
  for (auto [i, d] : llvm::enumerate(port.dims))
    s += (i ? ", " : "") + dimText(d, entry);
  return s + "]";
}

/// `prefix` and a name in capitals, unique among `taken`.
std::string macroName(const std::string &prefix, llvm::StringRef name, llvm::StringSet<> &taken) {
  return prefix + firstFree(llvm::StringRef(identifier(name)).upper(), taken);
}

/// The buffer of a port, as NAME_run takes it: complex numbers as pairs, packed types as bytes.
struct Buffer {
  std::string name, type;
  int64_t elements;
};

Buffer bufferOf(const Port &port, bool isInput, llvm::StringSet<> &taken) {
  auto type = cast<RankedTensorType>(port.type);
  Type element = type.getElementType();
  int32_t code = elementTypeCode(element);
  int64_t each = code == INGOT_COMPLEX64 || code == INGOT_COMPLEX128 ? 2 : 1;
  int64_t packed = packing(element);
  return {parameterName(port.name, taken), std::string(isInput ? "const " : "") + cType(element),
          (int64_t)llvm::divideCeil(type.getNumElements() * each, packed)};
}

/// NAME_run for C++20: sizes are part of the types, and no workspace is passed where none is needed.
void declareOverload(llvm::raw_ostream &os, const std::string &name, llvm::ArrayRef<Buffer> buffers,
                     int64_t workspace) {
  std::vector<std::string> parameters, arguments;
  for (const Buffer &b : buffers) {
    parameters.push_back("std::span<" + b.type + ", " + std::to_string(b.elements) + "> " + b.name);
    arguments.push_back(b.name + ".data()");
  }
  if (workspace)
    parameters.push_back("std::span<std::byte, " + std::to_string(workspace) + "> workspace");
  arguments.push_back(workspace ? "workspace.data()" : "nullptr");
  os << "\n#if defined(__cplusplus) && __cplusplus >= 202002L\n#include <cstddef>\n#include <span>\n"
     << "/* The same, with sizes that the compiler checks. */\n"
     << "inline int " << name << "_run(" << llvm::join(parameters, ", ") << ") noexcept {\n"
     << "  return " << name << "_run(" << llvm::join(arguments, ", ") << ");\n}\n#endif\n";
}

/// What a program that calls the runtime needs to know: numbers of entry points and of states, and
/// what goes in and out.
void describeForRuntime(llvm::raw_ostream &os, const ModelPlan &plan, const std::string &upper) {
  llvm::StringSet<> entryNames, stateNames;
  for (auto [number, entry] : llvm::enumerate(plan.entries)) {
    os << "\n/* ingot_run takes";
    auto list = [&, &entry = entry](const char *word, llvm::ArrayRef<Port> ports) {
      int position = 0;
      for (const Port &p : ports)
        if (p.state < 0)
          os << "\n *   " << word << " " << position++ << ", '" << commentText(p.name)
             << "': " << shapeText(p, entry);
    };
    list("input", entry.inputs);
    list("output", entry.outputs);
    os << " */\n#define " << macroName(upper + "_ENTRY_", entry.name, entryNames) << " " << number
       << "\n";
  }
  if (!plan.states.empty())
    os << "\n/* What a context keeps from run to run: see ingot_state_reset. */\n";
  for (auto [number, state] : llvm::enumerate(plan.states))
    os << "#define " << macroName(upper + "_STATE_", state.name, stateNames) << " " << number
       << "\n";
}

} // namespace

std::string headerText(const ModelPlan &plan, const std::string &name) {
  std::string text;
  llvm::raw_string_ostream os(text);
  std::string upper = llvm::StringRef(name).upper();
  os << "/* " << name << ": made by ingot " INGOT_VERSION ". All data is dense and row-major. */\n";
  os << "#ifndef INGOT_GENERATED_" << upper << "_H\n#define INGOT_GENERATED_" << upper << "_H\n";
  os << "#include <stdint.h>\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  os << "/* The model's description for libingot_rt: see ingot/abi.h. */\n"
     << "struct ingot_model;\nextern const struct ingot_model ingot_model_" << name << ";\n";
  if (!isFreestanding(plan))
    describeForRuntime(os, plan, upper);
  std::vector<Buffer> buffers;
  if (isFreestanding(plan)) {
    const EntryPlan &e = plan.entries[0];
    llvm::StringSet<> taken{name + "_run"};
    os << "\n#define " << upper << "_WORKSPACE_BYTES " << workspaceBytes(plan) << "\n\n/* ";
    auto add = [&](const Port &p, bool isInput) {
      const Buffer &b = buffers.emplace_back(bufferOf(p, isInput, taken));
      os << (isInput ? "Reads  " : " * Writes ") << b.name << ": " << shapeText(p, e) << ", '"
         << commentText(p.name) << "'\n";
    };
    for (auto [i, p] : llvm::enumerate(e.inputs)) {
      if (i)
        os << " * ";
      add(p, true);
    }
    for (auto [i, p] : llvm::enumerate(e.outputs)) {
      if (i == 0 && e.inputs.empty())
        os << "\n";
      add(p, false);
    }
    os << " * workspace: " << upper << "_WORKSPACE_BYTES bytes at a 64-byte boundary, NULL when that "
       << "is 0.\n * Buffers must not overlap. Reentrant. Returns 0. */\n";
    os << "int " << name << "_run(";
    for (const Buffer &b : buffers)
      os << b.type << " *" << b.name << ", ";
    os << "void *workspace);\n";
  }
  os << "\n#ifdef __cplusplus\n}\n#endif\n";
  if (isFreestanding(plan))
    declareOverload(os, name, buffers, workspaceBytes(plan));
  os << "#endif\n";
  return text;
}

} // namespace ingot
