//===- Signatures.cpp - what the standard's operators take --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Signatures.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;
using mlir::Value;

namespace ingot {
namespace {

struct Row {
  StringLiteral domain, name;
  int64_t since;
  StringLiteral inputs;
  size_t outputs;
  StringLiteral attributes;
};

constexpr size_t many = SIZE_MAX;

// clang-format off
const Row rows[] = {
#define ROW(...) {__VA_ARGS__},
#include "frontend/onnx/import/Signatures.def"
#include "frontend/onnx/import/SignaturesOfDomains.def"
#undef ROW
};
// clang-format on

/// The newest row that is not newer than `version`, or null.
const Row *findRow(StringRef domain, StringRef name, int64_t version) {
  // Rows of one operator stand together, oldest first.
  static const StringMap<const Row *> firsts = [] {
    StringMap<const Row *> map;
    for (const Row &row : rows)
      map.try_emplace((row.domain + "." + row.name).str(), &row);
    return map;
  }();
  const Row *found = nullptr;
  const Row *first = firsts.lookup((domain + "." + name).str());
  for (const Row *row = first; row && row != std::end(rows) && row->name == first->name &&
                               row->domain == first->domain && row->since <= version;
       ++row)
    found = row;
  return found;
}

/// One word of a row's inputs.
struct Input {
  StringRef variable, types; // types is empty where the variable stood before
  bool mayLack = false, repeats = false;

  explicit Input(StringRef word) {
    mayLack = word.ends_with("?") || word.ends_with("*");
    repeats = word.ends_with("*") || word.ends_with("+");
    if (mayLack || repeats)
      word = word.drop_back();
    std::tie(variable, types) = word.split('=');
  }
};

StringRef typesOfGroup(StringRef name) {
  return StringSwitch<StringRef>(name)
      .Case("ints", "int8|int16|int32|int64|uint8|uint16|uint32|uint64")
      .Case("floats", "float16|float|double")
      .Case("float8s", "float8e4m3fn|float8e4m3fnuz|float8e5m2|float8e5m2fnuz")
      .Case("complex", "complex64|complex128")
      .Default(name);
}

SmallVector<StringRef> typesOf(StringRef set) {
  SmallVector<StringRef> groups, types;
  set.split(groups, '|');
  for (StringRef group : groups)
    typesOfGroup(group).split(types, '|');
  return types;
}

std::string elementOf(Value v) {
  auto tensor = dyn_cast<mlir::TensorType>(v.getType());
  return tensor ? elementTypeName(tensor.getElementType()) : std::string("other");
}

std::string nameOfType(Value v) {
  std::string name;
  raw_string_ostream(name) << v.getType();
  return name;
}

std::string countError(ArrayRef<Input> inputs, ArrayRef<Value> operands) {
  size_t least = 0;
  for (auto [i, input] : enumerate(inputs))
    if (!input.mayLack)
      least = i + 1;
  for (auto [i, input] : enumerate(inputs))
    if (!input.mayLack && i < operands.size() && !operands[i])
      return "expected input " + std::to_string(i) + ", but it is left out";
  std::string got = " inputs, but got " + std::to_string(operands.size());
  if (operands.size() < least)
    return "expected " + std::to_string(least) + " or more" + got;
  bool repeats = !inputs.empty() && inputs.back().repeats;
  if (operands.size() > inputs.size() && !repeats)
    return "expected at most " + std::to_string(inputs.size()) + got;
  return "";
}

std::string typeError(ArrayRef<Input> inputs, ArrayRef<Value> operands) {
  StringMap<StringRef> allowed;
  StringMap<Value> firsts;
  for (const Input &input : inputs)
    if (!input.types.empty())
      allowed[input.variable] = input.types;
  for (auto [i, v] : enumerate(operands)) {
    const Input &input = inputs[std::min<size_t>(i, inputs.size() - 1)];
    if (!v)
      continue;
    std::string type = elementOf(v);
    SmallVector<StringRef> types =
        typesOf(input.variable.empty() ? input.types : allowed.lookup(input.variable));
    if (types == SmallVector<StringRef>{"other"})
      continue; // the importer says which kind it needs
    if (!is_contained(types, type)) {
      if (type == "other")
        return "expected a tensor as input " + std::to_string(i) + ", but got " + nameOfType(v);
      return "expected input " + std::to_string(i) + " of type " +
             join(types.begin(), types.end(), ", ") + ", but got " + type;
    }
    if (input.variable.empty() || type == "other")
      continue;
    Value &first = firsts.try_emplace(input.variable, v).first->second;
    if (elementOf(first) != type)
      return "expected operands of one element type, but got " + elementOf(first) + " and " + type;
  }
  return "";
}

std::string attributeError(const Row &row, const onnx::Node &node, const Scope &scope) {
  SmallVector<StringRef> words;
  row.attributes.split(words, ' ', -1, /*KeepEmpty=*/false);
  StringMap<StringRef> kinds;
  SmallVector<StringRef> required;
  for (StringRef word : words) {
    if (word.consume_back("!"))
      required.push_back(word.split(':').first);
    kinds.insert(word.split(':'));
  }
  StringSet<> given;
  for (const onnx::Attribute &a : node.attributes) {
    const onnx::Attribute *value = &a;
    if (!a.refName.empty())
      value = scope.attributes ? scope.attributes->lookup(StringRef(a.refName)) : nullptr;
    if (!value)
      continue;
    std::string name = onnx::quoted(a.name);
    given.insert(StringRef(a.name));
    auto kind = kinds.find(StringRef(a.name));
    if (kind == kinds.end())
      continue; // the importer may know better
    if (std::string got(onnx::nameOf(value->type)); kind->second != got)
      return "expected attribute " + name + " of type " + kind->second.str() + ", but got " + got;
  }
  for (StringRef name : required)
    if (!given.contains(name))
      return "expected attribute " + onnx::quoted(std::string_view(name));
  return "";
}

} // namespace

std::string signatureError(const onnx::Node &node, ArrayRef<Value> operands, int64_t version,
                           const Scope &scope) {
  const Row *row = findRow(StringRef(node.domain), StringRef(node.opType), version);
  if (!row)
    return "";
  while (!operands.empty() && !operands.back())
    operands = operands.drop_back();
  SmallVector<Input> inputs;
  SmallVector<StringRef> words;
  row->inputs.split(words, ' ', -1, /*KeepEmpty=*/false);
  for (StringRef word : words)
    inputs.emplace_back(word);
  std::string error = countError(inputs, operands);
  size_t outputs = node.outputs.size();
  while (outputs && node.outputs[outputs - 1].empty())
    --outputs;
  if (error.empty() && outputs > row->outputs)
    error = "expected at most " + std::to_string(row->outputs) + " outputs, but got " +
            std::to_string(outputs);
  if (error.empty())
    error = attributeError(*row, node, scope);
  if (error.empty())
    error = typeError(inputs, operands);
  return error;
}

} // namespace ingot
