//===- Inputs.cpp - what a run gets ----------------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/Inputs.h"

#include "frontend/onnx/Diagnostics.h"
#include "tools/ingot/Elements.h"
#include "tools/ingot/Flags.h"
#include "tools/ingot/OptionIds.h"
#include "tools/ingot/ValueFile.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cstring>

namespace ingot::cli {

bool readInputFlags(const Arguments &arguments, InputFlags &flags, std::string &misuse) {
  flags.files = arguments.values(OPT_input);
  for (const std::string &text : flags.files)
    if (text.find('=') == std::string::npos) {
      misuse = "--input: expected NAME=FILE, but got " + onnx::quoted(text);
      return false;
    }
  for (const std::string &text : arguments.values(OPT_shape)) {
    std::optional<ShapeSpec> shape = readShape(text, /*boundsAllowed=*/false, misuse);
    if (!shape)
      return false;
    flags.shapes.push_back(std::move(*shape));
  }
  return true;
}

namespace {
class InputMaker {
public:
  InputMaker(const Program &program, const InputFlags &flags, int64_t innermost, Failure &failure)
      : innermost(innermost), ports(program.inputs()), entry(program.entry()), flags(flags), failure(failure),
        given(ports.size()), symbols(entry.symbol_count, -1) {}

  bool make(std::vector<Value> &inputs) {
    if (!readFiles() || !readShapes())
      return false;
    takeSymbols();
    inputs.clear();
    for (size_t i = 0; i < ports.size(); ++i) {
      if (!given[i] && !generatePort(i))
        return false;
      inputs.push_back(std::move(*given[i]));
    }
    return true;
  }
  /// What was generated, for people to read.
  const std::string &notes() const { return text; }
  /// Whether a dimension was free to be `innermost`.
  bool isFree() const { return free; }

private:
  bool misuse(const std::string &message) {
    std::string names;
    for (const ingot_port *port : ports)
      names += (names.empty() ? "" : ", ") + onnx::quoted(port->name);
    failure.outcome = Outcome::Misused;
    return failure.add(message + "; the model's inputs are " + (names.empty() ? "none" : names));
  }

  bool readFiles() {
    for (const std::string &text : flags.files) {
      // The longest name that fits: 'a=b' may be an input beside 'a'.
      size_t found = ports.size(), length = 0;
      for (size_t i = 0; i < ports.size(); ++i) {
        llvm::StringRef name = ports[i]->name;
        if (llvm::StringRef(text).starts_with((name + "=").str()) &&
            (found == ports.size() || name.size() > length)) {
          found = i;
          length = name.size();
        }
      }
      if (found == ports.size())
        return misuse("--input: " + onnx::quoted(text) + " names no input");
      if (given[found])
        return misuse("--input: " + onnx::quoted(ports[found]->name) + " is given twice");
      auto read = readValueFile(text.substr(length + 1), ports[found]->kind, failure);
      if (!read)
        return false;
      given[found] = std::move(read->value);
    }
    return true;
  }

  bool readShapes() {
    shapes.resize(ports.size(), nullptr);
    for (const ShapeSpec &shape : flags.shapes) {
      size_t i = 0;
      while (i < ports.size() && shape.input != ports[i]->name)
        ++i;
      if (i == ports.size())
        return misuse("--shape: " + onnx::quoted(shape.input) + " names no input");
      if (given[i] || ports[i]->rank != static_cast<int32_t>(shape.dims.size()))
        return misuse("--shape: " + onnx::quoted(shape.input) +
                      (given[i] ? " has its dimensions from --input"
                                : " has rank " + std::to_string(ports[i]->rank)));
      shapes[i] = &shape;
    }
    return true;
  }

  /// The passed port of an input number of the metadata, which counts those of states too.
  size_t portOf(const ingot_symbol &symbol) const {
    return std::find(ports.begin(), ports.end(), &entry.inputs[symbol.input]) - ports.begin();
  }

  /// What the files and --shape say about the symbols.
  void takeSymbols() {
    for (int32_t s = 0; s < entry.symbol_count; ++s) {
      const ingot_symbol &symbol = entry.symbols[s];
      size_t i = portOf(symbol);
      if (i == ports.size())
        continue;
      bool isDim = symbol.source == INGOT_SOURCE_DIM;
      if (isDim && shapes[i])
        symbols[s] = shapes[i]->dims[symbol.index].first;
      else if (given[i] && given[i]->isTensor() && isDim)
        symbols[s] = static_cast<size_t>(symbol.index) < given[i]->dims.size()
                         ? given[i]->dims[symbol.index]
                         : -1;
      else if (given[i] && given[i]->kind == INGOT_TENSOR &&
               symbol.index < given[i]->elementCount() &&
               classOf(given[i]->elementType) == NumberClass::Integer)
        symbols[s] = integerAt(*given[i], symbol.index);
    }
    for (int32_t s = 0; s < entry.symbol_count; ++s)
      if (symbols[s] < 0) {
        bool last = isInnermost(s);
        free |= last;
        symbols[s] = std::min(std::max<int64_t>(entry.symbols[s].min, last ? innermost : 1),
                              entry.symbols[s].max);
      }
  }

  bool isInnermost(int32_t symbol) const {
    return std::any_of(ports.begin(), ports.end(), [&](const ingot_port *port) {
      return port->rank > 0 && port->dims[port->rank - 1] == INGOT_DIM_SYMBOL(symbol);
    });
  }

  bool generatePort(size_t i) {
    const ingot_port &port = *ports[i];
    if (port.kind != INGOT_TENSOR && port.kind != INGOT_STRING_TENSOR)
      return failure.add("input " + onnx::quoted(port.name) +
                         " is no tensor and cannot be generated; give it with --input NAME=FILE");
    std::vector<int64_t> dims;
    for (int32_t d = 0; d < port.rank; ++d) {
      int64_t dim = port.dims[d];
      if (dim < 0 && dim > INGOT_DIM_COMPUTED && -1 - dim < entry.symbol_count)
        dim = symbols[-1 - dim];
      dims.push_back(shapes[i] ? shapes[i]->dims[d].first : std::max<int64_t>(dim, 0));
    }
    std::optional<Value> value = generate(port.element_type, dims, i + 1);
    if (!value)
      return failure.add("input " + onnx::quoted(port.name) + " of type " +
                         tensorType(port.element_type, dims) + " is too large to generate");
    setElements(port, *value);
    text += "input " + onnx::quoted(port.name) + ": generated " + value->type() + "\n";
    given[i] = std::move(*value);
    return true;
  }

  /// Elements that are dimensions get the value of their symbol.
  void setElements(const ingot_port &port, Value &value) {
    for (int32_t s = 0; s < entry.symbol_count; ++s) {
      const ingot_symbol &symbol = entry.symbols[s];
      if (symbol.source != INGOT_SOURCE_ELEMENT || &entry.inputs[symbol.input] != &port ||
          symbol.index >= value.elementCount())
        continue;
      size_t bytes = port.element_type == INGOT_INT32 ? 4 : 8; // little-endian
      std::memcpy(value.data.data() + symbol.index * bytes, &symbols[s], bytes);
    }
  }

  const int64_t innermost;
  const std::vector<const ingot_port *> &ports;
  const ingot_entry &entry;
  const InputFlags &flags;
  Failure &failure;
  std::vector<std::optional<Value>> given;
  std::vector<const ShapeSpec *> shapes;
  std::vector<int64_t> symbols; // -1: not known yet
  std::string text;
  bool free = false;
};
} // namespace

bool makeInputsAndRun(Program &program, const InputFlags &flags, std::vector<Value> &inputs,
                      std::vector<ingot_value> &results, Failure &failure) {
  constexpr int64_t longest = 1 << 14;
  std::optional<Failure> first;
  for (int64_t innermost = 1;; innermost *= 2) {
    InputMaker maker(program, flags, innermost, failure);
    if (!maker.make(inputs))
      return false;
    Failure attempt;
    bool done = program.run(inputs, results, attempt);
    if (!first)
      first = attempt;
    bool again = !done && program.neededOtherDimensions() && maker.isFree() && innermost < longest;
    if (again)
      continue;
    llvm::errs() << maker.notes();
    if (done)
      return true;
    // Why the smallest dimensions do not fit says most.
    failure = program.neededOtherDimensions() ? *first : attempt;
    if (maker.isFree() && program.neededOtherDimensions())
      failure.messages.back() += "; no power of two for the innermost dimensions fits, give them "
                                 "with --shape=INPUT:DIMS";
    return false;
  }
}

} // namespace ingot::cli
