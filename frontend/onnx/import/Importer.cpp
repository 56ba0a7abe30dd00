//===- Importer.cpp - from an ONNX model to the ingot dialect ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Importer.h"
#include "frontend/onnx/import/GraphImporter.h"
#include "frontend/onnx/import/Types.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace ingot {

namespace {

/// One import from the first check to the finished function.
class ModelImport {
public:
  ModelImport(MLIRContext &context, const onnx::Model &model, const ImportOptions &options,
              onnx::Diagnostics &diagnostics)
      : context(context), model(model), options(options), diagnostics(diagnostics) {}

  OwningOpRef<ModuleOp> run();

private:
  bool isConstant(StringRef input) const { return constants.contains(input); }
  void chooseConstants();
  void checkOptions();
  const InputShape *shapeOption(StringRef input) const;
  void collectSizes();
  Type inputType(const onnx::ValueInfo &input, SmallVectorImpl<Attribute> &dimNames);
  std::string dimName(const onnx::ValueInfo &input, size_t i, const InputShape *option);

  MLIRContext &context;
  const onnx::Model &model;
  const ImportOptions &options;
  onnx::Diagnostics &diagnostics;
  llvm::StringSet<> constants, overridable;
  /// Sizes that options give to names of dimensions.
  llvm::StringMap<std::pair<int64_t, int64_t>> sizes;
};

std::string where(const onnx::ValueInfo &input) { return "input " + onnx::quoted(input.name); }

} // namespace

void ModelImport::chooseConstants() {
  for (const std::string &name : options.overridable)
    overridable.insert(name);
  for (const onnx::Tensor &t : model.graph.initializers)
    if (!overridable.contains(StringRef(t.name)))
      constants.insert(StringRef(t.name));
  for (const onnx::SparseTensor &t : model.graph.sparseInitializers)
    if (!overridable.contains(StringRef(t.values.name)))
      constants.insert(StringRef(t.values.name));
}

void ModelImport::checkOptions() {
  auto isInput = [&](const std::string &name) {
    return llvm::any_of(model.graph.inputs, [&](auto &input) { return input.name == name; });
  };
  for (const InputShape &shape : options.shapes)
    if (!isInput(shape.input) || isConstant(shape.input))
      diagnostics.error("", "a shape is given for " + onnx::quoted(shape.input) +
                                ", which is no input of the model");
  for (const std::string &name : options.overridable)
    if (!isInput(name))
      diagnostics.error("", onnx::quoted(name) +
                                " cannot be overridable: it is no input of the model");
  auto it = model.opsets.find("");
  if (it != model.opsets.end() && it->second > newestOpset)
    diagnostics.unsupported("", "expected operator set " + std::to_string(oldestOpset) + " to " +
                                    std::to_string(newestOpset) + " of ai.onnx, but got " +
                                    std::to_string(it->second));
}

const InputShape *ModelImport::shapeOption(StringRef input) const {
  for (const InputShape &shape : options.shapes)
    if (input == shape.input)
      return &shape;
  return nullptr;
}

/// Equal names are equal sizes, so what an option says of one input holds for the others.
void ModelImport::collectSizes() {
  for (const onnx::ValueInfo &input : model.graph.inputs) {
    const InputShape *option = shapeOption(StringRef(input.name));
    if (!option || !input.type.hasShape || option->dims.size() != input.type.shape.size())
      continue;
    for (auto [d, size] : llvm::zip(input.type.shape, option->dims)) {
      if (d.kind != onnx::Dimension::Kind::Param)
        continue;
      auto [it, isNew] = sizes.try_emplace(StringRef(d.param), size);
      int64_t low = std::max(it->second.first, size.first);
      int64_t high = std::min(it->second.second, size.second);
      if (low > high)
        diagnostics.error(where(input), "the sizes given for dimension " +
                                            onnx::quoted(d.param) + " contradict each other");
      it->second = {low, high};
    }
  }
}

/// See DimAnalysis::bindArguments.
std::string ModelImport::dimName(const onnx::ValueInfo &input, size_t i,
                                 const InputShape *option) {
  bool isNamed = input.type.hasShape && input.type.shape[i].kind == onnx::Dimension::Kind::Param;
  std::pair<int64_t, int64_t> size{0, INT64_MAX};
  std::string name;
  if (isNamed) {
    name = std::string(input.type.shape[i].param);
    if (auto it = sizes.find(name); it != sizes.end())
      size = it->second;
  } else if (option) {
    size = option->dims[i];
    name = std::string(input.name) + "." + std::to_string(i);
  }
  std::replace(name.begin(), name.end(), ':', '_');
  if (size.first <= 0 && size.second == INT64_MAX)
    return isNamed ? name : "";
  name += ":" + std::to_string(size.first) + "..";
  return size.second == INT64_MAX ? name : name + std::to_string(size.second);
}

/// The runtime's limit for what it moves itself.
static constexpr size_t maxRank = 64;

Type ModelImport::inputType(const onnx::ValueInfo &input, SmallVectorImpl<Attribute> &dimNames) {
  Type type = typeOf(&context, input.type);
  if (!type) {
    diagnostics.unsupported(where(input), "inputs of type " + input.type.str() +
                                              " are not supported");
    return {};
  }
  auto tensor = dyn_cast<ShapedType>(type);
  if (!tensor)
    return type;
  const InputShape *option = shapeOption(StringRef(input.name));
  if (!option && !tensor.hasRank()) {
    diagnostics.unsupported(where(input), "the file gives no rank; give the dimensions with "
                                          "--shape=" +
                                              onnx::escaped(input.name) + ":DIMS");
    return {};
  }
  size_t rank = option ? option->dims.size() : tensor.getRank();
  if (rank > maxRank) {
    diagnostics.unsupported(where(input), "tensors of more than " + std::to_string(maxRank) +
                                              " dimensions are not supported");
    return {};
  }
  if (tensor.hasRank() && (int64_t)rank != tensor.getRank()) {
    diagnostics.error(where(input), "expected a shape of " + std::to_string(tensor.getRank()) +
                                        " dimensions, but got " + std::to_string(rank));
    return {};
  }
  SmallVector<int64_t> shape;
  for (size_t i = 0; i < rank; ++i) {
    int64_t size = tensor.hasRank() ? tensor.getDimSize(i) : ShapedType::kDynamic;
    std::pair<int64_t, int64_t> given{0, INT64_MAX};
    if (option)
      given = option->dims[i];
    else if (input.type.shape[i].kind == onnx::Dimension::Kind::Param)
      if (auto it = sizes.find(StringRef(input.type.shape[i].param)); it != sizes.end())
        given = it->second;
    if (size != ShapedType::kDynamic && (size < given.first || size > given.second)) {
      diagnostics.error(where(input), "expected dimension " + std::to_string(i) + " of " +
                                          std::to_string(size) + ", but the shape given has " +
                                          std::to_string(given.first));
      return {};
    }
    if (size == ShapedType::kDynamic && given.first == given.second)
      size = given.first;
    shape.push_back(size);
    dimNames.push_back(StringAttr::get(
        &context, size == ShapedType::kDynamic ? dimName(input, i, option) : std::string()));
  }
  return RankedTensorType::get(shape, tensor.getElementType());
}

OwningOpRef<ModuleOp> ModelImport::run() {
  context.loadDialect<IngotDialect, func::FuncDialect>();
  size_t errorsBefore = diagnostics.errorCount();
  chooseConstants();
  checkOptions();
  collectSizes();

  Builder attributes(&context);
  SmallVector<const onnx::ValueInfo *> inputs;
  SmallVector<Type> types;
  SmallVector<DictionaryAttr> argumentAttributes;
  for (const onnx::ValueInfo &input : model.graph.inputs) {
    if (isConstant(StringRef(input.name)))
      continue;
    SmallVector<Attribute> dimNames;
    Type type = inputType(input, dimNames);
    if (!type)
      continue;
    inputs.push_back(&input);
    types.push_back(type);
    argumentAttributes.push_back(attributes.getDictionaryAttr(
        {attributes.getNamedAttr("ingot.name", attributes.getStringAttr(StringRef(input.name))),
         attributes.getNamedAttr("ingot.dims", attributes.getArrayAttr(dimNames))}));
  }
  if (diagnostics.exitStatus() != 0)
    return {};

  // Errors of operators go to the list, under the name of their node.
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &d) {
    if (d.getSeverity() == DiagnosticSeverity::Error) {
      auto name = dyn_cast<NameLoc>(d.getLocation());
      diagnostics.error(name ? name.getName().str() : "", d.str());
    }
    return success();
  });

  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  OpBuilder top(&context);
  top.setInsertionPointToEnd(module->getBody());
  auto main = func::FuncOp::create(top, top.getUnknownLoc(), "main",
                                   top.getFunctionType(types, {}));
  Block *entry = main.addEntryBlock();
  main.setAllArgAttrs(argumentAttributes);

  ImportBuilder builder(entry);
  builder.dims.bindArguments(main);
  GraphImporter importer(builder, model, diagnostics);
  importer.trustDeclaredShapes = options.shapes.empty();
  Scope scope;
  scope.opsets = &model.opsets;
  importer.addInitializers(model.graph, scope, overridable);
  for (auto [input, argument] : llvm::zip(inputs, main.getArguments()))
    scope.values[StringRef(input->name)] = {Binding::Present, argument};
  SmallVector<Binding> outputs = importer.importGraph(model.graph, scope);
  if (diagnostics.errorCount() != errorsBefore || diagnostics.hasUnsupported())
    return {};

  SmallVector<Value> results;
  SmallVector<DictionaryAttr> resultAttributes;
  for (auto [output, binding] : llvm::zip(model.graph.outputs, outputs)) {
    if (binding.state != Binding::Present) {
      diagnostics.error("output " + onnx::quoted(output.name), "expected a value, but got none");
      return {};
    }
    results.push_back(binding.value);
    resultAttributes.push_back(attributes.getDictionaryAttr(attributes.getNamedAttr(
        "ingot.name", attributes.getStringAttr(StringRef(output.name)))));
  }
  func::ReturnOp::create(builder.b, top.getUnknownLoc(), results);
  main.setFunctionType(top.getFunctionType(types, ValueRange(results).getTypes()));
  main.setAllResultAttrs(resultAttributes);
  return module;
}

OwningOpRef<ModuleOp> importModel(MLIRContext &context, const onnx::Model &model,
                                  const ImportOptions &options, onnx::Diagnostics &diagnostics) {
  return ModelImport(context, model, options, diagnostics).run();
}

} // namespace ingot
