// Executes generated f32 matrix products and compares every bit with one chain of fused
// multiply-adds per element.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Matmul.h"
#include "codegen/cpu/Index.h"
#include "codegen/cpu/Packing.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tests/codegen/cpu/GuardedBuffer.h"
#include "tools/bench/KernelJit.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;
using namespace ingot;
using namespace ingot::cpu;
using ingot::test::GuardedBuffer;

namespace {

struct Case {
  const char *cpu = "host";
  int64_t batch = 1, m = 1, k = 1, n = 1;
  OperandB b = OperandB::Packed;
  bool transposeA = false, transposeB = false;
  bool unknownM = false, unknownN = false, unknownK = false;
  bool longEpilogue = false;
};

CpuTarget targetOf(const char *name) {
  auto target = CpuTarget::get(name);
  EXPECT_TRUE(bool(target));
  return *target;
}

/// C = A · B + 1 per column, rows of C 3 elements apart from each other; tiles run one by one from
/// the last to the first.
void check(const Case &c) {
  SCOPED_TRACE(testing::Message() << c.cpu << " " << c.batch << "x" << c.m << "x" << c.k << "x"
                                  << c.n << " b" << int(c.b) << " tA" << c.transposeA << " tB"
                                  << c.transposeB << " dyn" << c.unknownM << c.unknownN
                                  << c.unknownK << " long" << c.longEpilogue);
  CpuTarget target = targetOf(c.cpu);
  MatmulShape shape;
  shape.batch = c.batch;
  shape.m = c.unknownM ? kUnknown : c.m;
  shape.n = c.unknownN ? kUnknown : c.n;
  shape.k = c.unknownK ? kUnknown : c.k;
  shape.b = c.b;
  shape.aUnitK = !c.transposeA;
  shape.bUnitN = !c.transposeB;
  shape.longEpilogue = c.longEpilogue;
  MatmulPlan plan = planMatmul(target, shape);
  int64_t rowStride = c.n + 3;
  int64_t bSize = c.b == OperandB::Packed ? packedMatrixElements(c.k, c.n) : c.k * c.n;

  auto operands = [&](OpBuilder &b, ValueRange sizes) {
    MatmulOperands ops;
    ops.batch = b.getIndexAttr(c.batch);
    ops.m = c.unknownM ? OpFoldResult(sizes[0]) : b.getIndexAttr(c.m);
    ops.n = c.unknownN ? OpFoldResult(sizes[1]) : b.getIndexAttr(c.n);
    ops.k = c.unknownK ? OpFoldResult(sizes[2]) : b.getIndexAttr(c.k);
    OpFoldResult one = b.getIndexAttr(1);
    ops.aRowStride = c.transposeA ? one : ops.k;
    ops.aKStride = c.transposeA ? ops.m : one;
    ops.bKStride = c.transposeB ? one : ops.n;
    ops.bNStride = c.transposeB ? ops.k : one;
    auto apart = [](int64_t distance) {
      return [=](OpBuilder &b, Location loc, Value batch) {
        return Index{b, loc}.mul(batch, distance);
      };
    };
    ops.aOffset = apart(c.m * c.k);
    ops.bOffset = apart(bSize);
    return ops;
  };
  auto kernel = bench::compileKernel(
      target, "fffff", 3,
      [&](OpBuilder &b, Location loc, ValueRange buffers, ValueRange sizes, Value begin,
          Value end) {
        MatmulOperands ops = operands(b, sizes);
        ops.a = buffers[0];
        ops.b = buffers[1];
        ops.scratch = buffers[3];
        ops.epilogue = [&](OpBuilder &b, Location loc, const OutputVector &out) {
          Index at{b, loc};
          OutputVector sum = out;
          Value bias = loadVector(b, loc, out, buffers[4], out.column);
          sum.sums = arith::AddFOp::create(b, loc, out.sums, bias);
          storeRows(buffers[2], b.getIndexAttr(rowStride), [&](OpBuilder &, Location, Value batch) {
            return at.mul(batch, c.m * rowStride);
          })(b, loc, sum);
        };
        emitMatmul(b, loc, target, plan, ops, begin, end);
      });
  auto counter = bench::compileKernel(
      target, "i", 3,
      [&](OpBuilder &b, Location loc, ValueRange buffers, ValueRange sizes, Value, Value) {
        MatmulOperands ops = operands(b, sizes);
        Index at{b, loc};
        Value count = at.value(emitMatmulTileCount(b, loc, plan, ops.batch, ops.m, ops.n));
        Value narrow = arith::IndexCastOp::create(b, loc, b.getI32Type(), count);
        memref::StoreOp::create(b, loc, narrow, buffers[0], ValueRange{at.constant(0)});
      });

  GuardedBuffer<float> a(c.batch * c.m * c.k), source(c.batch * c.k * c.n), bias(c.n),
      packed(c.batch * bSize), out(c.batch * c.m * rowStride - 3), scratch(plan.scratchElements);
  a.fill(1);
  source.fill(2);
  bias.fill(3);
  std::fill_n(out.data, out.count, -77.0f);
  int64_t kStride = c.transposeB ? 1 : c.n, nStride = c.transposeB ? c.k : 1;
  for (int64_t i = 0; i < c.batch; ++i)
    if (c.b == OperandB::Packed)
      packMatrix(&source[i * c.k * c.n], 4, c.k, c.n, kStride, nStride, &packed[i * bSize]);
  void *b = c.b == OperandB::Packed ? packed.data : source.data;
  int64_t sizes[] = {c.m, c.n, c.k};
  int32_t tiles = 0;
  (*counter)({&tiles}, sizes, 0, 0);
  for (int64_t tile = tiles - 1; tile >= 0; --tile)
    (*kernel)({a.data, b, out.data, scratch.data, bias.data}, sizes, tile, tile + 1);

  int64_t wrong = 0;
  for (int64_t i = 0; i < c.batch; ++i)
    for (int64_t row = 0; row < c.m; ++row)
      for (int64_t column = 0; column < rowStride; ++column) {
        int64_t at = (i * c.m + row) * rowStride + column;
        if (at >= out.count)
          continue;
        float expected = -77.0f;
        if (column < c.n) {
          float sum = 0;
          for (int64_t k = 0; k < c.k; ++k) {
            float x = a[i * c.m * c.k + (c.transposeA ? k * c.m + row : row * c.k + k)];
            float y = source[i * c.k * c.n + k * kStride + column * nStride];
            sum = target.fma ? std::fma(x, y, sum) : sum + x * y;
          }
          expected = sum + bias[column];
        }
        if (out[at] != expected && ++wrong == 1)
          ADD_FAILURE() << "at " << row << ", " << column << ": " << out[at] << " instead of "
                        << expected;
      }
  EXPECT_EQ(wrong, 0);
}

class MatmulOn : public testing::TestWithParam<const char *> {};
INSTANTIATE_TEST_SUITE_P(, MatmulOn, testing::Values("host", "x86-64-v3", "x86-64-v2"),
                         [](auto &info) {
                           std::string name = info.param;
                           for (char &c : name)
                             c = c == '-' ? '_' : c;
                           return name;
                         });

TEST_P(MatmulOn, PackedOddShapes) {
  for (auto [m, k, n] : {std::array<int64_t, 3>{1, 1, 1},
                         {1, 5, 10},
                         {2, 7, 33},
                         {3, 16, 17},
                         {4, 9, 100},
                         {5, 4, 16},
                         {7, 33, 31},
                         {13, 12, 48},
                         {29, 3, 65},
                         {61, 130, 70},
                         {300, 20, 35},
                         {0, 4, 20},
                         {3, 0, 20}})
    for (bool longEpilogue : {false, true}) {
      Case c{GetParam(), 1, m, k, n};
      c.longEpilogue = longEpilogue;
      check(c);
    }
}

TEST_P(MatmulOn, ManyPassesOverK) {
  check({GetParam(), 1, 19, 5001, 40});
  check({GetParam(), 1, 3, 5001, 20});
}

TEST_P(MatmulOn, RowCountKnownAtRunTime) {
  for (int64_t m : {1, 11, 131}) {
    Case c{GetParam(), 1, m, 37, 83};
    c.unknownM = true;
    check(c);
  }
  Case c{GetParam(), 1, 14, 4100, 40};
  c.unknownM = true;
  check(c);
}

TEST_P(MatmulOn, BothOperandsComputed) {
  for (auto [m, k, n] : {std::array<int64_t, 3>{1, 64, 37},
                         {3, 5, 16},
                         {5, 19, 3},
                         {17, 64, 50},
                         {33, 8, 96}})
    for (int transposed = 0; transposed < 4; ++transposed)
      check({GetParam(), 2, m, k, n, OperandB::Strided, (transposed & 1) != 0,
             (transposed & 2) != 0});
}

TEST_P(MatmulOn, BothOperandsComputedSizesKnownAtRunTime) {
  for (auto [m, k, n] : {std::array<int64_t, 3>{2, 9, 37}, {17, 64, 50}})
    for (bool transposed : {false, true}) {
      Case c{GetParam(), 2, m, k, n, OperandB::Strided, transposed, transposed};
      c.unknownM = c.unknownN = c.unknownK = true;
      check(c);
    }
}

/// Few rows read B in place, but a cut group of panels is copied: the copy's room must be known.
TEST_P(MatmulOn, FewRowsOfADepthKnownAtRunTime) {
  for (int64_t m : {1, 2, 4})
    for (auto [k, n] : {std::array<int64_t, 2>{7, 32}, {7, 20}, {3001, 21}, {40, 200}}) {
      Case c{GetParam(), 2, m, k, n, OperandB::Strided};
      c.unknownK = true;
      check(c);
    }
}

TEST_P(MatmulOn, BothOperandsComputedManyPasses) {
  Case c{GetParam(), 1, 9, 3001, 21, OperandB::Strided, false, true};
  c.unknownK = true;
  check(c);
}

} // namespace
