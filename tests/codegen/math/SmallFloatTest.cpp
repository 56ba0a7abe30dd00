// Small floats against llvm::APFloat, and where ONNX Cast differs, against its table.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/ExpandFloats.h"
#include "tests/codegen/math/Harness.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/APFloat.h"

#include <cmath>

using namespace ingot;
using namespace mlir;
using llvm::APFloat;
using test::evaluate;
using test::floatType;
using test::integerType;

namespace {

struct SmallFormat {
  const char *name;
  FloatType (*type)(MLIRContext *);
  unsigned width;
};
template <typename T> FloatType get(MLIRContext *context) { return T::get(context); }

const SmallFormat kFormats[] = {
    {"f8E4M3FN", get<Float8E4M3FNType>, 8},     {"f8E4M3FNUZ", get<Float8E4M3FNUZType>, 8},
    {"f8E5M2", get<Float8E5M2Type>, 8},         {"f8E5M2FNUZ", get<Float8E5M2FNUZType>, 8},
    {"f4E2M1FN", get<Float4E2M1FNType>, 4},     {"f8E8M0FNU", get<Float8E8M0FNUType>, 8},
    {"f16", get<Float16Type>, 16},              {"bf16", get<BFloat16Type>, 16},
};

const llvm::fltSemantics &semantics(const SmallFormat &format) {
  MLIRContext context;
  return format.type(&context).getFloatSemantics();
}

bench::ElementwiseSpec spec(test::ElementType first, test::ElementType result,
                            bench::BodyBuilder body,
                            bench::Level level = bench::Level::X86_64_v3) {
  bench::ElementwiseSpec spec;
  spec.first = std::move(first);
  spec.result = std::move(result);
  spec.body = std::move(body);
  spec.level = bench::isRunnable(level) ? level : bench::Level::Host;
  return spec;
}

// Every upper half of an f32 pattern with lower halves around the ties of each format.
std::vector<float> interestingFloats() {
  std::vector<float> numbers;
  for (uint32_t high = 0; high < 0x10000; ++high)
    for (uint32_t low : {0x0000, 0x0fff, 0x1000, 0x1001, 0x3000, 0x8000})
      numbers.push_back(llvm::bit_cast<float>(high << 16 | low));
  return numbers;
}

class SmallFloat : public testing::TestWithParam<SmallFormat> {
protected:
  std::vector<uint16_t> encodeAll(const std::vector<float> &numbers, FloatEncoding encoding) {
    SmallFormat format = GetParam();
    auto body = [=](OpBuilder &builder, Location loc, ValueRange arguments) -> Value {
      Value code = encodeFloat(builder, loc, arguments[0], format.type(builder.getContext()),
                               encoding);
      if (format.width == 16)
        return code;
      Type wide = VectorType::get({8}, builder.getI16Type());
      return arith::ExtUIOp::create(builder, loc, wide, code);
    };
    return evaluate<uint16_t>(spec(floatType<Float32Type>(), integerType(16), body), numbers);
  }
  bool isScale() { return llvm::StringRef(GetParam().name) == "f8E8M0FNU"; }
};

TEST_P(SmallFloat, DecodesEveryCode) {
  SmallFormat format = GetParam();
  auto body = [=](OpBuilder &builder, Location loc, ValueRange arguments) -> Value {
    Value code = arguments[0];
    if (format.width < 16) {
      Type narrow = VectorType::get({8}, builder.getI8Type());
      code = arith::TruncIOp::create(builder, loc, narrow, code);
    }
    return decodeFloat(builder, loc, code, format.type(builder.getContext()),
                       builder.getF32Type());
  };
  std::vector<uint16_t> codes;
  for (unsigned code = 0; code < 1u << format.width; ++code)
    codes.push_back(uint16_t(code));
  auto out = evaluate<float>(spec(integerType(16), floatType<Float32Type>(), body), codes);
  for (uint16_t code : codes) {
    APFloat exact(semantics(format), llvm::APInt(format.width, code));
    if (exact.isNaN()) {
      EXPECT_TRUE(std::isnan(out[code])) << format.name << " " << code;
      continue;
    }
    bool lossy;
    exact.convert(APFloat::IEEEsingle(), APFloat::rmNearestTiesToEven, &lossy);
    EXPECT_EQ(llvm::bit_cast<uint32_t>(out[code]), exact.bitcastToAPInt().getZExtValue())
        << format.name << " " << code;
  }
}

TEST_P(SmallFloat, EncodesToNearestEven) {
  if (isScale())
    return; // has rounding modes of its own, below
  SmallFormat format = GetParam();
  auto numbers = interestingFloats();
  bool hasNan = format.width != 4;
  auto saturated = encodeAll(numbers, {/*saturate=*/true});
  auto unsaturated = encodeAll(numbers, {/*saturate=*/false});
  const llvm::fltSemantics &kind = semantics(format);
  uint64_t largest = APFloat::getLargest(kind).bitcastToAPInt().getZExtValue();
  unsigned signBit = 1u << (format.width - 1);
  for (size_t i = 0; i < numbers.size(); ++i) {
    APFloat exact(numbers[i]);
    if (exact.isNaN()) {
      if (hasNan) {
        EXPECT_TRUE(APFloat(kind, llvm::APInt(format.width, saturated[i])).isNaN());
        EXPECT_TRUE(APFloat(kind, llvm::APInt(format.width, unsaturated[i])).isNaN());
      }
      continue;
    }
    bool lossy;
    APFloat rounded = exact;
    rounded.convert(kind, APFloat::rmNearestTiesToEven, &lossy);
    uint64_t expected = rounded.bitcastToAPInt().getZExtValue();
    bool isBeyond = std::fabs(numbers[i]) > std::fabs(APFloat::getLargest(kind).convertToDouble()) &&
                    (!rounded.isFinite() || format.width == 4);
    if (!isBeyond) {
      ASSERT_EQ(unsaturated[i], expected) << format.name << " " << numbers[i];
      ASSERT_EQ(saturated[i], expected) << format.name << " " << numbers[i];
      continue;
    }
    uint64_t limit = largest | (std::signbit(numbers[i]) ? signBit : 0);
    if (format.width == 16)
      ASSERT_EQ(saturated[i], expected) << format.name << " " << numbers[i];
    else
      ASSERT_EQ(saturated[i], limit) << format.name << " " << numbers[i];
    if (format.width == 4)
      ASSERT_EQ(unsaturated[i], limit) << format.name << " " << numbers[i];
    else
      ASSERT_EQ(unsaturated[i], expected) << format.name << " " << numbers[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, SmallFloat, testing::ValuesIn(kFormats),
                         [](const auto &info) { return std::string(info.param.name); });

uint8_t encodeScale(float number, FloatEncoding encoding) {
  auto body = [=](OpBuilder &builder, Location loc, ValueRange arguments) {
    return encodeFloat(builder, loc, arguments[0], Float8E8M0FNUType::get(builder.getContext()),
                       encoding);
  };
  return evaluate<uint8_t>(spec(floatType<Float32Type>(), integerType(8), body),
                           std::vector<float>{number})[0];
}

TEST(Scale, RoundsByMode) {
  EXPECT_EQ(encodeScale(1.0f, {true, ScaleRounding::Up}), 127);
  EXPECT_EQ(encodeScale(1.1f, {true, ScaleRounding::Up}), 128);
  EXPECT_EQ(encodeScale(1.9f, {true, ScaleRounding::Down}), 127);
  EXPECT_EQ(encodeScale(1.4f, {true, ScaleRounding::Nearest}), 127);
  EXPECT_EQ(encodeScale(1.5f, {true, ScaleRounding::Nearest}), 128);
  EXPECT_EQ(encodeScale(0.124f, {true, ScaleRounding::Up}), 124);
  EXPECT_EQ(encodeScale(0x1p-127f, {true, ScaleRounding::Up}), 0);
  EXPECT_EQ(encodeScale(0x1.8p-127f, {true, ScaleRounding::Down}), 0);
  EXPECT_EQ(encodeScale(0x1.8p-127f, {true, ScaleRounding::Nearest}), 1);
}

TEST(Scale, TreatsSpecialValuesAsCastDoes) {
  float infinity = std::numeric_limits<float>::infinity();
  float nan = std::numeric_limits<float>::quiet_NaN();
  FloatEncoding saturating{true, ScaleRounding::Up}, exact{false, ScaleRounding::Nearest};
  EXPECT_EQ(encodeScale(0.0f, saturating), 0);
  EXPECT_EQ(encodeScale(0x1p-149f, saturating), 0);
  EXPECT_EQ(encodeScale(infinity, saturating), 0xfe);
  EXPECT_EQ(encodeScale(3e38f, saturating), 0xfe);
  EXPECT_EQ(encodeScale(nan, saturating), 0xff);
  EXPECT_EQ(encodeScale(0.0f, exact), 0xff);
  EXPECT_EQ(encodeScale(0x1p-149f, exact), 0xff);
  EXPECT_EQ(encodeScale(infinity, exact), 0xff);
  EXPECT_EQ(encodeScale(3e38f, exact), 0xff);
}

// arith.truncf and extf, with the instructions of the target and without.
template <typename Narrow> void expectRoundedOnce(bench::Level level) {
  MLIRContext context;
  const llvm::fltSemantics &kind = Narrow::get(&context).getFloatSemantics();
  std::vector<double> numbers;
  for (float number : interestingFloats())
    for (double nudge : {0.0, 0x1p-40})
      if (numbers.size() % 7 != 6 || std::isnormal(number))
        numbers.push_back(double(number) * (1 + nudge));
  auto body = [](OpBuilder &builder, Location loc, ValueRange arguments) -> Value {
    auto type = cast<VectorType>(arguments[0].getType()).clone(Narrow::get(builder.getContext()));
    return arith::TruncFOp::create(builder, loc, type, arguments[0]);
  };
  auto out = evaluate<uint16_t>(spec(floatType<Float64Type>(), floatType<Narrow>(), body, level),
                                numbers);
  for (size_t i = 0; i < numbers.size(); ++i) {
    APFloat exact(numbers[i]);
    bool lossy;
    exact.convert(kind, APFloat::rmNearestTiesToEven, &lossy);
    if (exact.isNaN())
      ASSERT_TRUE(APFloat(kind, llvm::APInt(16, out[i])).isNaN());
    else
      ASSERT_EQ(out[i], exact.bitcastToAPInt().getZExtValue()) << numbers[i];
  }
}

TEST(Truncation, OfDoubleToBrainFloatRoundsOnce) {
  expectRoundedOnce<BFloat16Type>(bench::Level::X86_64_v3);
}
TEST(Truncation, OfDoubleToHalfRoundsOnce) {
  expectRoundedOnce<Float16Type>(bench::Level::X86_64_v3);
}
TEST(Truncation, OfDoubleToHalfWithoutF16c) {
  expectRoundedOnce<Float16Type>(bench::Level::X86_64_v2);
}

// arith ops on the type itself, as the kernel lowering writes them: extended and truncated again.
TEST_P(SmallFloat, SurvivesExtensionAndTruncation) {
  SmallFormat format = GetParam();
  auto body = [=](OpBuilder &builder, Location loc, ValueRange arguments) -> Value {
    auto wide = cast<VectorType>(arguments[0].getType());
    Type bits = wide.clone(builder.getIntegerType(format.width));
    Type small = wide.clone(format.type(builder.getContext()));
    Value code = arguments[0];
    if (format.width < 16)
      code = arith::TruncIOp::create(builder, loc, bits, code);
    Value number = arith::BitcastOp::create(builder, loc, small, code);
    number = arith::ExtFOp::create(builder, loc, wide.clone(builder.getF64Type()), number);
    number = arith::TruncFOp::create(builder, loc, small, number);
    code = arith::BitcastOp::create(builder, loc, bits, number);
    return format.width < 16 ? (Value)arith::ExtUIOp::create(builder, loc, wide, code) : code;
  };
  std::vector<uint16_t> codes;
  for (unsigned code = 0; code < 1u << format.width; ++code)
    codes.push_back(uint16_t(code));
  auto out = evaluate<uint16_t>(spec(integerType(16), integerType(16), body), codes);
  for (uint16_t code : codes)
    if (!APFloat(semantics(format), llvm::APInt(format.width, code)).isNaN())
      EXPECT_EQ(out[code], code) << format.name;
}

TEST(BrainFloat, ArithmeticAndIntegerConversionsNeedNoLibrary) {
  auto body = [](OpBuilder &builder, Location loc, ValueRange arguments) -> Value {
    Value sum = arith::AddFOp::create(builder, loc, arguments[0], arguments[0]);
    auto type = cast<VectorType>(sum.getType()).clone(builder.getI64Type());
    Value integer = arith::FPToSIOp::create(builder, loc, type, sum);
    return arith::SIToFPOp::create(builder, loc, sum.getType(), integer);
  };
  std::vector<uint16_t> numbers = {0x3fc0 /*1.5*/, 0xc020 /*-2.5*/, 0x4248 /*50*/};
  auto out = evaluate<uint16_t>(spec(floatType<BFloat16Type>(), floatType<BFloat16Type>(), body),
                                numbers);
  EXPECT_EQ(out, (std::vector<uint16_t>{0x4040, 0xc0a0, 0x42c8}));
}

} // namespace
