//===- Registry.cpp - which function imports which operator -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "llvm/ADT/StringMap.h"

using namespace llvm;

namespace ingot {

using Table = StringMap<SmallVector<const OperatorRow *, 2>>;

static std::string keyOf(StringRef domain, StringRef name) {
  return (domain + "." + name).str();
}

/// All rows by name, oldest first.
static Table makeTable() {
  Table table;
  for (ArrayRef<OperatorRow> family : {
           activationOperators(),
           attentionOperators(),
           classicalOperators(),
           constantOperators(),
           contractionOperators(),
           controlFlowOperators(),
           einsumOperators(),
           elementwiseOperators(),
           indexOperators(),
           integerProductOperators(),
           lossOperators(),
           determinantOperators(),
           labelOperators(),
           linearAttentionOperators(),
           mapOperators(),
           movementOperators(),
           ngramOperators(),
           normalizationOperators(),
           poolOperators(),
           quantizeOperators(),
           sequenceOperators(),
           softmaxOperators(),
           textOperators(),
           treeOperators(),
           detectionOperators(),
           generateOperators(),
           recurrenceOperators(),
           reductionOperators(),
           resizeOperators(),
           optimizerOperators(),
           samplingOperators(),
           signalOperators(),
           sortOperators(),
           supportVectorOperators(),
       })
    for (const OperatorRow &row : family)
      table[keyOf(row.domain, row.name)].push_back(&row);
  for (auto &entry : table)
    llvm::sort(entry.second, [](auto *a, auto *b) { return a->since < b->since; });
  return table;
}

const OperatorRow *findOperator(StringRef domain, StringRef name, int64_t version,
                                int64_t *oldest) {
  static const Table table = makeTable();
  if (oldest)
    *oldest = 0;
  auto it = table.find(keyOf(domain, name));
  if (it == table.end())
    return nullptr;
  if (oldest)
    *oldest = it->second.front()->since;
  const OperatorRow *found = nullptr;
  for (const OperatorRow *row : it->second)
    if (row->since <= version)
      found = row;
  return found && found->function ? found : nullptr;
}

} // namespace ingot
