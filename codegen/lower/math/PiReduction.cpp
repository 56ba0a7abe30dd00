// Reduction of an f64 argument by multiples of π/2.
//
// Below 2^28 by subtraction in double-double with π/2 in three parts (Cody and Waite). Above, which
// is rare, by Payne and Hanek's method in 64-bit integers: x = m·2^k with a 53-bit m, and of 2/π only
// the bits that matter to m·2^k·2/π modulo 4 take part.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/math/Functions.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace ingot::elementary {
namespace {

constexpr double kHalfPi[] = {0x1.921fb54442d18p0, 0x1.1a62633145c07p-54, -0x1.f1976b7ed8fbcp-110};

// The binary digits of 2/π, 64 a word, enough for the largest f64 exponent. One word of zeros stands
// in front for arguments too small to skip any digit.
constexpr uint64_t kTwoOverPi[] = {
    0,
    0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561,
    0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484,
    0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b, 0x1ff897ffde05980f,
    0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d, 0x7527bac7ebe5f17b,
    0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab};

Quadrant reduceModerate(Num x) {
  Num shifted = fma(x, 0x1.45f306dc9c883p-1, 0x1.8p52);
  Num n = shifted - 0x1.8p52;
  // Exact: a multiple of ulp(π/2) below one.
  Num first = exactFma(n, x.constant(-kHalfPi[0]), x);
  Pair second = twoProduct(n, x.constant(-kHalfPi[1]));
  Pair sum = twoSum(first, second.hi);
  Num low = sum.lo + fma(n, -kHalfPi[2], second.lo);
  return {bits(shifted), fastTwoSum(sum.hi, low)};
}

Num anyLane(Num mask) {
  if (!isa<VectorType>(mask.type()))
    return mask;
  Emitter &emitter = *mask.emitter;
  return {emitter, vector::ReductionOp::create(emitter.builder, emitter.loc,
                                               vector::CombiningKind::OR, mask.value)};
}

// The upper 64 bits of a product.
Num multiplyHigh(Num a, Num b) {
  Num mask32 = a.constant(uint64_t(0xffffffff));
  Num aLow = a & mask32, aHigh = a >> 32, bLow = b & mask32, bHigh = b >> 32;
  Num lowLow = aLow * bLow, highLow = aHigh * bLow, lowHigh = aLow * bHigh;
  Num middle = (lowLow >> 32) + (highLow & mask32) + lowHigh;
  return aHigh * bHigh + (highLow >> 32) + (middle >> 32);
}

// Word `index + offset` of 2/π; the index is a vector, and a chain of selects needs no table in
// memory.
Num wordAt(Num index, int offset, unsigned words) {
  Num word = index.constant(kTwoOverPi[offset]);
  for (unsigned i = 1; i < words; ++i)
    word = select(index == int(i), index.constant(kTwoOverPi[i + offset]), word);
  return word;
}

// For |x| = m·2^k with an integer m: m·2^k·(2/π) mod 4 in fixed point, 126 bits after the point.
Quadrant reduceLarge(Num x, Precision precision) {
  Num pattern = bits(x);
  Num biased = (pattern >> 52) & 0x7ff;
  Num mantissa = (pattern & 0x000fffffffffffff) | 0x0010000000000000;
  // The bits of 2/π above 2^(2-k) give multiples of 4 and are skipped: k - 2 of them, where
  // k = biased - 1075, and 64 more for the leading word.
  Num skip = biased - 1013;
  Num index = skip >> 6, shift = skip & 63;
  // An f32 has no exponent beyond 128.
  unsigned words = precision == Precision::Single ? 3 : 17;
  Num w[4];
  for (int i = 0; i < 4; ++i)
    w[i] = wordAt(index, i, words);
  // Three words of digits after the skipped ones. The two-step shift avoids one by 64.
  Num digit[3];
  for (int i = 0; i < 3; ++i)
    digit[i] = (w[i] << shift) | ((w[i + 1] >> 1) >> (63 - shift));
  // mantissa·digits: of 64 + 192 bits the top 64 are multiples of 4 (mantissa is an integer and the
  // digits start at weight 2), so the two words below hold the result: two bits of quadrant, then
  // the fraction.
  Num low = multiplyHigh(mantissa, digit[2]);
  Num middleLow = mantissa * digit[1], middleHigh = multiplyHigh(mantissa, digit[1]);
  Num fraction = low + middleLow;
  Num carry = select(belowUnsigned(fraction, low), low.constant(1), 0);
  Num top = mantissa * digit[0] + middleHigh + carry;
  // Round to the nearest quadrant: the fraction becomes signed.
  Num quadrant = (top + 0x2000000000000000) >> 62;
  Num signedTop = top - (quadrant << 62); // in [-2^61, 2^61): units of 2^-62
  // The sign, then 128 bits of magnitude as a sum of floats with 32 bits each.
  Num isNegative = signedTop < 0;
  Num flip = select(isNegative, top.constant(-1), 0);
  Num high = signedTop ^ flip, rest = fraction ^ flip;
  Num mask32 = top.constant(uint64_t(0xffffffff));
  auto piece = [&](Num word, double unit) { return asReal(word & mask32) * unit; };
  Pair value = fastTwoSum(piece(high >> 32, 0x1p-30), piece(high, 0x1p-62));
  Pair tail = fastTwoSum(piece(rest >> 32, 0x1p-94), piece(rest, 0x1p-126));
  value = add(value, tail);
  Num sign = real(pattern.constant(int64_t(0x3ff0000000000000)) |
                  ((pattern ^ flip) & int64_t(0x8000000000000000)));
  value = multiply(Pair{value.hi * sign, value.lo * sign},
                   Pair{x.constant(kHalfPi[0]), x.constant(kHalfPi[1])});
  // For a negative x the quadrant counts downwards.
  Num isMinus = pattern < 0;
  return {select(isMinus, quadrant.constant(0) - quadrant, quadrant), value};
}

} // namespace

Quadrant reduceByHalfPi(Num x, Precision precision) {
  Num isLarge = abs(x) >= 0x1p28;
  Quadrant moderate = reduceModerate(select(isLarge, x.constant(0.0), x));
  Emitter &emitter = *x.emitter;
  OpBuilder &builder = emitter.builder;
  SmallVector<Value, 3> common{moderate.quadrant.value, moderate.rest.hi.value,
                               moderate.rest.lo.value};
  auto branch = scf::IfOp::create(builder, emitter.loc, ValueRange(common).getTypes(),
                                  anyLane(isLarge).value, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  Quadrant large = reduceLarge(x, precision);
  scf::YieldOp::create(builder, emitter.loc,
                       {select(isLarge, large.quadrant, moderate.quadrant).value,
                        select(isLarge, large.rest.hi, moderate.rest.hi).value,
                        select(isLarge, large.rest.lo, moderate.rest.lo).value});
  builder.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(builder, emitter.loc, common);
  return {Num(emitter, branch.getResult(0)),
          {Num(emitter, branch.getResult(1)), Num(emitter, branch.getResult(2))}};
}

} // namespace ingot::elementary
