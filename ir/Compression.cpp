//===- Compression.cpp - what was taken from the weights of each layer ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/Compression.h"
#include "ir/NodeName.h"
#include "mlir/IR/Builders.h"

using namespace mlir;

namespace ingot {

static constexpr llvm::StringLiteral attribute = "ingot.compression";

std::string CompressedLayer::str() const {
  std::string all = std::to_string(weights);
  if (zeroed)
    return node + ": " + std::to_string(zeroed) + " of " + all + " weights are 0";
  return node + ": " + all + " weights in " + std::to_string(bits) + " bits";
}

void addCompressedLayer(Operation *function, Operation *op, CompressedLayer layer) {
  Builder b(op->getContext());
  SmallVector<Attribute> layers;
  if (auto earlier = function->getAttrOfType<ArrayAttr>(attribute))
    llvm::append_range(layers, earlier);
  layers.push_back(b.getDictionaryAttr(
      {b.getNamedAttr("node", b.getStringAttr(nodeName(op->getLoc()))),
       b.getNamedAttr("method", b.getStringAttr(layer.method)),
       b.getNamedAttr("weights", b.getI64IntegerAttr(layer.weights)),
       b.getNamedAttr("zeroed", b.getI64IntegerAttr(layer.zeroed)),
       b.getNamedAttr("bits", b.getI64IntegerAttr(layer.bits))}));
  function->setAttr(attribute, b.getArrayAttr(layers));
}

llvm::SmallVector<CompressedLayer> takeCompressedLayers(Operation *function) {
  SmallVector<CompressedLayer> layers;
  if (auto array = function->getAttrOfType<ArrayAttr>(attribute))
    for (auto each : array.getAsRange<DictionaryAttr>()) {
      auto number = [&](StringRef key) {
        auto value = each.getAs<IntegerAttr>(key);
        return value ? value.getInt() : 0;
      };
      auto text = [&](StringRef key) {
        auto value = each.getAs<StringAttr>(key);
        return value ? value.getValue().str() : std::string();
      };
      layers.push_back({text("node"), text("method"), number("weights"), number("zeroed"),
                        number("bits")});
    }
  function->removeAttr(attribute);
  return layers;
}

} // namespace ingot
