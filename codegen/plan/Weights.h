//===- Weights.h - the weights section --------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_PLAN_WEIGHTS_H
#define INGOT_CODEGEN_PLAN_WEIGHTS_H

#include "codegen/lower/LoweredKernel.h"
#include "ir/ops/Constant.h"
#include "llvm/Support/raw_ostream.h"
#include <map>

namespace ingot {

/// The constants that programs read, each at a 64-byte boundary, equal ones once.
class WeightTable {
public:
  /// Offset of a constant's elements, in the form the model gives or packed.
  int64_t add(ConstantOp constant);
  int64_t add(ConstantOp constant, const PackedConstant &form);
  int64_t bytes() const { return size; }
  /// Writes the whole section.
  void write(llvm::raw_ostream &os) const;

private:
  struct Blob {
    int64_t offset, bytes;
    mlir::Attribute value;
    mlir::RankedTensorType type;
    std::function<void(const ConstantView &, char *)> pack; ///< null: as it is
  };
  int64_t place(Blob blob, std::string key);

  std::vector<Blob> blobs;
  std::map<std::string, int64_t> known;
  int64_t size = 0;
};

} // namespace ingot

#endif // INGOT_CODEGEN_PLAN_WEIGHTS_H
