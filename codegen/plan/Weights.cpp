//===- Weights.cpp - the weights section ---------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/plan/Weights.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;

namespace ingot {

int64_t WeightTable::add(ConstantOp constant) {
  ConstantView view(constant);
  return place({0, (int64_t)view.bytes().size(), constant.getValue(), constant.tensorType(), {}},
               "raw");
}

int64_t WeightTable::add(ConstantOp constant, const PackedConstant &form) {
  return place({0, form.bytes, constant.getValue(), constant.tensorType(), form.pack}, form.key);
}

int64_t WeightTable::place(Blob blob, std::string form) {
  ConstantView view(blob.value, blob.type);
  auto hash = llvm::xxh3_128bits(
      ArrayRef((const uint8_t *)view.bytes().data(), view.bytes().size()));
  std::string key((const char *)&hash, sizeof hash);
  key += form;
  // The same bytes of another type or shape pack differently.
  if (blob.pack)
    llvm::raw_string_ostream(key) << blob.type;
  auto [it, isNew] = known.try_emplace(key, size);
  if (isNew) {
    blob.offset = size;
    size += llvm::alignTo(std::max<int64_t>(blob.bytes, 1), 64);
    blobs.push_back(std::move(blob));
  }
  return it->second;
}

void WeightTable::write(llvm::raw_ostream &os) const {
  int64_t at = 0;
  std::vector<char> buffer;
  for (const Blob &blob : blobs) {
    os.write_zeros(blob.offset - at);
    ConstantView view(blob.value, blob.type);
    if (blob.pack) {
      buffer.assign(blob.bytes, 0);
      blob.pack(view, buffer.data());
      os.write(buffer.data(), buffer.size());
    } else {
      os.write(view.bytes().data(), view.bytes().size());
    }
    at = blob.offset + blob.bytes;
  }
  os.write_zeros(size - at);
}

} // namespace ingot
