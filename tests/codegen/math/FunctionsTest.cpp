// Math ops that AccuracyTest.cpp's table has no place for, and the cost of the frequent ones.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tests/codegen/math/Harness.h"
#include "tools/bench/ulp/Functions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

#include <cmath>

using namespace ingot;
using namespace mlir;
using test::evaluate;
using test::floatType;
using test::integerType;

namespace {

bench::ElementwiseSpec spec(test::ElementType first, test::ElementType second,
                            test::ElementType result, bench::BodyBuilder body,
                            unsigned lanes = 8) {
  bench::ElementwiseSpec spec;
  spec.first = std::move(first);
  spec.second = std::move(second);
  spec.result = std::move(result);
  spec.body = std::move(body);
  spec.lanes = lanes;
  if (!bench::isRunnable(spec.level))
    spec.level = bench::Level::Host;
  return spec;
}

template <typename Op> Value binary(OpBuilder &builder, Location loc, ValueRange arguments) {
  return Op::create(builder, loc, arguments[0], arguments[1]);
}

int64_t wrappingPower(int64_t base, int64_t exponent) {
  if (exponent < 0)
    return base == 1 ? 1 : base == -1 ? (exponent & 1 ? -1 : 1) : 0;
  uint64_t result = 1, square = uint64_t(base);
  for (; exponent; exponent >>= 1, square *= square)
    if (exponent & 1)
      result *= square;
  return int64_t(result);
}

TEST(IntegerPower, WrapsAndTruncatesNegativeExponents) {
  std::vector<int64_t> bases, exponents;
  for (int64_t base : {0, 1, -1, 2, -2, 3, 10, -7, INT32_MAX})
    for (int64_t exponent : {0, 1, 2, 3, 31, 32, 63, 64, -1, -2, -3})
      bases.push_back(base), exponents.push_back(exponent);
  auto out = evaluate<int64_t>(
      spec(integerType(64), integerType(64), integerType(64), binary<math::IPowIOp>, 4), bases,
      exponents);
  for (size_t i = 0; i < bases.size(); ++i)
    EXPECT_EQ(out[i], wrappingPower(bases[i], exponents[i])) << bases[i] << "^" << exponents[i];
}

TEST(FloatToIntegerPower, AgreesWithPow) {
  std::vector<float> bases;
  std::vector<int32_t> exponents;
  for (float base : test::boundaries<float>())
    for (int32_t exponent : {0, 1, 2, 3, 5, -1, -2, -3, 17, 128, -149, INT32_MAX, INT32_MIN})
      bases.push_back(base), exponents.push_back(exponent);
  auto out = evaluate<float>(spec(floatType<Float32Type>(), integerType(32),
                                  floatType<Float32Type>(), binary<math::FPowIOp>),
                             bases, exponents);
  for (size_t i = 0; i < bases.size(); ++i)
    EXPECT_LE(bench::ulpError(out[i], std::pow(double(bases[i]), double(exponents[i]))), 1)
        << bases[i] << "^" << exponents[i] << " gives " << out[i];
}

TEST(ConstantPower, TakesAShortFormWithTheSameSpecialValues) {
  for (double exponent : {2.0, 3.0, 1.0, -1.0, 0.5, -0.5}) {
    auto body = [exponent](OpBuilder &builder, Location loc, ValueRange arguments) -> Value {
      auto type = cast<VectorType>(arguments[0].getType());
      auto attr = DenseElementsAttr::get(
          type, Attribute(FloatAttr::get(cast<FloatType>(type.getElementType()), exponent)));
      Value power = arith::ConstantOp::create(builder, loc, attr);
      return math::PowFOp::create(builder, loc, arguments[0], power);
    };
    auto numbers = test::boundaries<float>();
    auto kernel = spec(floatType<Float32Type>(), nullptr, floatType<Float32Type>(), body);
    auto out = evaluate<float>(kernel, numbers);
    for (size_t i = 0; i < numbers.size(); ++i)
      EXPECT_LE(bench::ulpError(out[i], std::pow(double(numbers[i]), exponent)), 2)
          << numbers[i] << "^" << exponent << " gives " << out[i];
    auto text = bench::assemble(kernel);
    ASSERT_TRUE(bool(text));
    EXPECT_LT(llvm::StringRef(*text).count('\n'), 70u);
  }
}

TEST(Remainder, IsExactForEveryPairOfMagnitudes) {
  std::vector<double> a, b;
  for (int i = -1074; i < 1024; i += 97)
    for (int j = -1074; j < 1024; j += 61) {
      a.push_back(std::ldexp(1.6180339887498949, i));
      b.push_back(std::ldexp(1.4142135623730951, j));
    }
  auto out = evaluate<double>(spec(floatType<Float64Type>(), floatType<Float64Type>(),
                                   floatType<Float64Type>(), binary<arith::RemFOp>, 4),
                              a, b);
  for (size_t i = 0; i < a.size(); ++i)
    EXPECT_EQ(out[i], std::fmod(a[i], b[i])) << a[i] << " mod " << b[i];
}

TEST(BrainFloat, IsComputedInSinglePrecisionAndRoundedOnce) {
  std::vector<uint16_t> codes;
  for (unsigned code = 0; code < 0x10000; ++code)
    codes.push_back(uint16_t(code));
  auto body = [](OpBuilder &builder, Location loc, ValueRange arguments) -> Value {
    return math::ExpOp::create(builder, loc, arguments[0]);
  };
  auto out = evaluate<uint16_t>(
      spec(floatType<BFloat16Type>(), nullptr, floatType<BFloat16Type>(), body), codes);
  for (unsigned code = 0; code < 0x10000; ++code) {
    float number = llvm::bit_cast<float>(uint32_t(code) << 16);
    float result = llvm::bit_cast<float>(uint32_t(out[code]) << 16);
    double exact = std::exp(double(number));
    if (std::isnan(number))
      EXPECT_TRUE(std::isnan(result));
    else if (exact < 0x1p-133 || exact > 3.3e38)
      EXPECT_NEAR(std::isinf(result) ? 0 : result, 0, 0x1.2p-133);
    else // half a unit of bf16 and the error of the f32 function
      EXPECT_LE(std::fabs(result - exact), exact * (0x1p-8 + 0x1p-20) + 0x1p-134) << number;
  }
}

// The number of instructions from a label to the first jump back to it.
unsigned firstLoopLength(llvm::StringRef assembly) {
  llvm::StringMap<unsigned> labels;
  unsigned count = 0;
  for (llvm::StringRef line : llvm::split(assembly, '\n')) {
    if (line.starts_with(".LBB"))
      labels[line.take_until([](char c) { return c == ':'; })] = count;
    llvm::StringRef instruction = line.trim();
    if (!line.starts_with("\t") || instruction.starts_with("."))
      continue;
    ++count;
    auto label = labels.find(instruction.substr(instruction.find(".LBB")));
    if (instruction.starts_with("j") && label != labels.end())
      return count - label->second;
  }
  return 0;
}

// Instructions in the loop of an f32 function on AVX2, eight lanes, loads and loop control included.
// The bounds are what was measured when they were written, plus room for the register allocator.
unsigned loopInstructions(llvm::StringRef name) {
  for (const bench::MathFunction &function : bench::mathFunctions()) {
    if (name != function.name)
      continue;
    auto text = bench::assemble(
        spec(floatType<Float32Type>(), nullptr, floatType<Float32Type>(), function.build));
    EXPECT_TRUE(bool(text));
    EXPECT_FALSE(llvm::StringRef(*text).contains("call"));
    return firstLoopLength(*text);
  }
  return 0;
}

TEST(InstructionCount, FrequentFunctionsStayShortOnAvx2) {
  if (!bench::isRunnable(bench::Level::X86_64_v3))
    return; // code for AVX2 is generated on x86-64 only
  for (auto [name, bound] : {std::pair{"exp", 24u}, {"tanh", 31u}, {"erf", 36u}, {"log", 36u}}) {
    unsigned count = loopInstructions(name);
    EXPECT_GT(count, 10u) << name;
    EXPECT_LE(count, bound) << name;
    RecordProperty(name, int(count));
  }
}

} // namespace
