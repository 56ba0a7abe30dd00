// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/IntegerStep.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace ingot::cpu {

namespace {

int64_t lanesOf(Value vector) { return cast<VectorType>(vector.getType()).getNumElements(); }

VectorType bytes(Index at, int64_t count) { return VectorType::get(count, at.b.getI8Type()); }

Value cast(Index at, VectorType type, Value value) {
  return vector::BitCastOp::create(at.b, at.loc, type, value);
}

Value splat(Index at, VectorType type, Value scalar) {
  return vector::BroadcastOp::create(at.b, at.loc, type, scalar);
}

} // namespace

Value IntegerStep::loadA(Index at, Value buffer, Value offset, int64_t count) const {
  auto four = bytes(at, kGroup);
  Value group;
  if (count == kGroup) {
    group = vector::LoadOp::create(at.b, at.loc, four, buffer, offset);
  } else {
    // Never beyond the row: it may end where the buffer ends.
    group = arith::ConstantOp::create(at.b, at.loc, four, at.b.getZeroAttr(four));
    for (int64_t i = 0; i < count; ++i) {
      Value byte = memref::LoadOp::create(at.b, at.loc, buffer, at.add(offset, i));
      group = vector::InsertOp::create(at.b, at.loc, byte, group, i);
    }
  }
  Value word = vector::ExtractOp::create(
      at.b, at.loc, cast(at, VectorType::get(1, at.b.getI32Type()), group), 0);
  return word;
}

void IntegerStep::accumulate(Index at, ArrayRef<Value> a, Value bBuffer, ArrayRef<Value> bOffsets,
                             Value bStep, MutableArrayRef<Value> sums) const {
  if (dot)
    return accumulateDot(at, a, bBuffer, bOffsets, bStep, sums);
  accumulatePairs(at, a, bBuffer, bOffsets, bStep, sums);
}

void IntegerStep::accumulateDot(Index at, ArrayRef<Value> a, Value bBuffer,
                                ArrayRef<Value> bOffsets, Value bStep,
                                MutableArrayRef<Value> sums) const {
  int64_t lanes = lanesOf(sums.front());
  auto words = VectorType::get(lanes, at.b.getI32Type());
  auto type = bytes(at, lanes * kGroup);
  SmallVector<Value> columns;
  for (Value offset : bOffsets)
    columns.push_back(
        vector::LoadOp::create(at.b, at.loc, type, bBuffer, at.add(offset, bStep)));
  auto name = at.b.getStringAttr("llvm.x86.avx512.vpdpbusd." + std::to_string(lanes * 32));
  for (auto [r, word] : llvm::enumerate(a)) {
    Value all = splat(at, words, word);
    if (signedA) {
      auto flip = DenseElementsAttr::get(words, APInt(32, 0x80808080u));
      all = arith::XOrIOp::create(at.b, at.loc, all,
                                  arith::ConstantOp::create(at.b, at.loc, words, flip));
    }
    Value group = cast(at, type, all);
    for (size_t v = 0; v < columns.size(); ++v) {
      Value &sum = sums[r * columns.size() + v];
      sum = LLVM::CallIntrinsicOp::create(at.b, at.loc, words, name,
                                          ValueRange{sum, group, columns[v]})
                .getResult(0);
    }
  }
}

/// Products of neighbouring 16-bit numbers, added in pairs.
Value IntegerStep::multiplyPairs(Index at, Value x, Value y, int64_t lanes) const {
  auto words = VectorType::get(lanes, at.b.getI32Type());
  if (x86) {
    const char *name = lanes == 16  ? "llvm.x86.avx512.pmaddw.d.512"
                       : lanes == 8 ? "llvm.x86.avx2.pmadd.wd"
                                    : "llvm.x86.sse2.pmadd.wd";
    return LLVM::CallIntrinsicOp::create(at.b, at.loc, words, at.b.getStringAttr(name),
                                         ValueRange{x, y})
        .getResult(0);
  }
  auto wide = VectorType::get(lanes * 2, at.b.getI32Type());
  Value products = arith::MulIOp::create(at.b, at.loc,
                                         arith::ExtSIOp::create(at.b, at.loc, wide, x),
                                         arith::ExtSIOp::create(at.b, at.loc, wide, y));
  SmallVector<int64_t> even, odd;
  for (int64_t i = 0; i < lanes; ++i) {
    even.push_back(2 * i);
    odd.push_back(2 * i + 1);
  }
  return arith::AddIOp::create(
      at.b, at.loc, vector::ShuffleOp::create(at.b, at.loc, products, products, even),
      vector::ShuffleOp::create(at.b, at.loc, products, products, odd));
}

void IntegerStep::accumulatePairs(Index at, ArrayRef<Value> a, Value bBuffer,
                                  ArrayRef<Value> bOffsets, Value bStep,
                                  MutableArrayRef<Value> sums) const {
  int64_t lanes = lanesOf(sums.front());
  auto narrow = bytes(at, lanes * 2);
  auto halves = VectorType::get(lanes * 2, at.b.getI16Type());
  auto words = VectorType::get(lanes, at.b.getI32Type());
  auto constant = [&](uint64_t value) {
    auto splat = DenseElementsAttr::get(halves, APInt(16, value));
    return arith::ConstantOp::create(at.b, at.loc, halves, splat);
  };
  // Vectors of a panel are neighbours within each of its two halves.
  SmallVector<Value> columns[2];
  for (int64_t pair = 0; pair < 2; ++pair)
    for (Value offset : bOffsets) {
      Value place = at.add(at.add(offset, bStep), pair * 16 * 2);
      Value column = vector::LoadOp::create(at.b, at.loc, narrow, bBuffer, place);
      columns[pair].push_back(arith::ExtSIOp::create(at.b, at.loc, halves, column));
    }
  for (auto [r, word] : llvm::enumerate(a)) {
    Value group = cast(at, halves, splat(at, words, word));
    if (signedA)
      group = arith::XOrIOp::create(at.b, at.loc, group, constant(0x8080));
    // Bytes 0 and 2 of each word widened, then 1 and 3: the order that B's pairs have.
    Value rows[2] = {arith::AndIOp::create(at.b, at.loc, group, constant(0xff)),
                     arith::ShRUIOp::create(at.b, at.loc, group, constant(8))};
    for (size_t v = 0; v < bOffsets.size(); ++v)
      for (int64_t pair = 0; pair < 2; ++pair) {
        Value &sum = sums[r * bOffsets.size() + v];
        Value products = multiplyPairs(at, rows[pair], columns[pair][v], lanes);
        sum = arith::AddIOp::create(at.b, at.loc, sum, products);
      }
  }
}

} // namespace ingot::cpu
