#include "codegen/lower/SafeInteger.h"
#include "tests/codegen/math/Harness.h"

#include <cmath>

using namespace ingot;
using namespace mlir;
using test::evaluate;
using test::floatType;
using test::integerType;

namespace {

using Operation2 = Value (*)(OpBuilder &, Location, Value, Value, Signedness);

template <typename T>
std::vector<T> apply(Operation2 operation, Signedness signedness, std::vector<T> a,
                     std::vector<T> b) {
  bench::ElementwiseSpec spec;
  spec.first = spec.second = spec.result = integerType(sizeof(T) * 8);
  spec.body = [=](OpBuilder &builder, Location loc, ValueRange arguments) {
    return operation(builder, loc, arguments[0], arguments[1], signedness);
  };
  if (!bench::isRunnable(spec.level))
    spec.level = bench::Level::Host;
  return evaluate<T>(spec, a, b);
}

constexpr int32_t kMin = INT32_MIN, kMax = INT32_MAX;

TEST(SafeDivision, DefinesZeroAndTheSmallestInteger) {
  std::vector<int32_t> a = {7, -7, 7, -7, 5, 0, kMin, kMin, kMin, kMax};
  std::vector<int32_t> b = {2, 2, -2, -2, 0, 0, -1, 0, 1, kMin};
  using Numbers = std::vector<int32_t>;
  EXPECT_EQ(apply(buildDivide, Signedness::Signed, a, b),
            (Numbers{3, -3, -3, 3, 0, 0, kMin, 0, kMin, 0}));
  EXPECT_EQ(apply(buildRemainder, Signedness::Signed, a, b),
            (Numbers{1, -1, 1, -1, 0, 0, 0, 0, 0, kMax}));
  // Python's % where that is defined.
  EXPECT_EQ(apply(buildModulo, Signedness::Signed, a, b),
            (Numbers{1, 1, -1, -1, 0, 0, 0, 0, 0, -1}));
}

TEST(SafeDivision, HandlesUnsignedBytesAndWords) {
  EXPECT_EQ(apply(buildDivide, Signedness::Unsigned, std::vector<uint8_t>{255, 255, 9},
                  std::vector<uint8_t>{2, 0, 255}),
            (std::vector<uint8_t>{127, 0, 0}));
  EXPECT_EQ(apply(buildModulo, Signedness::Unsigned,
                  std::vector<uint64_t>{UINT64_MAX, 10, UINT64_MAX},
                  std::vector<uint64_t>{10, 0, UINT64_MAX - 1}),
            (std::vector<uint64_t>{5, 0, 1}));
  EXPECT_EQ(apply(buildDivide, Signedness::Signed, std::vector<int64_t>{INT64_MIN, -9, 4},
                  std::vector<int64_t>{-1, 2, 0}),
            (std::vector<int64_t>{INT64_MIN, -4, 0}));
}

TEST(SafeShift, GivesZeroFromTheWidthOn) {
  auto left = [](OpBuilder &builder, Location loc, Value x, Value n, Signedness) {
    return buildShiftLeft(builder, loc, x, n);
  };
  auto right = [](OpBuilder &builder, Location loc, Value x, Value n, Signedness) {
    return buildShiftRight(builder, loc, x, n);
  };
  std::vector<uint32_t> x = {0x80000001, 0x80000001, 0x80000001, 0x80000001};
  std::vector<uint32_t> n = {0, 31, 32, UINT32_MAX};
  using Numbers = std::vector<uint32_t>;
  EXPECT_EQ(apply<uint32_t>(left, Signedness::Unsigned, x, n),
            (Numbers{0x80000001, 0x80000000, 0, 0}));
  EXPECT_EQ(apply<uint32_t>(right, Signedness::Unsigned, x, n), (Numbers{0x80000001, 1, 0, 0}));
}

template <typename T, typename F> std::vector<T> convert(std::vector<F> numbers) {
  bench::ElementwiseSpec spec;
  spec.first = sizeof(F) == 4 ? floatType<Float32Type>() : floatType<Float64Type>();
  spec.result = integerType(sizeof(T) * 8);
  spec.body = [](OpBuilder &builder, Location loc, ValueRange arguments) {
    return buildFloatToInteger(builder, loc, arguments[0], builder.getIntegerType(sizeof(T) * 8),
                               std::is_signed_v<T> ? Signedness::Signed : Signedness::Unsigned);
  };
  if (!bench::isRunnable(spec.level))
    spec.level = bench::Level::Host;
  return evaluate<T>(spec, numbers);
}

template <typename F> void checkConversions() {
  F nan = std::numeric_limits<F>::quiet_NaN(), infinity = std::numeric_limits<F>::infinity();
  // What numpy's astype gives on x86-64 for the same numbers.
  std::vector<F> numbers = {F(3e9), F(-3e9), F(-1.5), F(300.7), F(1e20), nan, infinity, -infinity};
  EXPECT_EQ(convert<int8_t>(numbers), (std::vector<int8_t>{0, 0, -1, 44, 0, 0, 0, 0}));
  EXPECT_EQ(convert<uint8_t>(numbers), (std::vector<uint8_t>{0, 0, 255, 44, 0, 0, 0, 0}));
  EXPECT_EQ(convert<int16_t>(numbers), (std::vector<int16_t>{0, 0, -1, 300, 0, 0, 0, 0}));
  EXPECT_EQ(convert<int32_t>(numbers),
            (std::vector<int32_t>{kMin, kMin, -1, 300, kMin, kMin, kMin, kMin}));
  EXPECT_EQ(convert<uint32_t>(numbers),
            (std::vector<uint32_t>{3000000000, uint32_t(-3000000000), uint32_t(-1), 300, 0, 0, 0, 0}));
  EXPECT_EQ(convert<int64_t>(numbers),
            (std::vector<int64_t>{3000000000, -3000000000, -1, 300, INT64_MIN, INT64_MIN, INT64_MIN,
                                  INT64_MIN}));
  uint64_t top = uint64_t(1) << 63;
  EXPECT_EQ(convert<uint64_t>(numbers),
            (std::vector<uint64_t>{3000000000, uint64_t(-3000000000), uint64_t(-1), 300, 0, top, 0,
                                   top}));
  EXPECT_EQ(convert<uint64_t>(std::vector<F>{F(0x1p63), F(0x1.8p63)}),
            (std::vector<uint64_t>{top, 3 * (top >> 1)}));
}

TEST(FloatToInteger, IsDefinedOutOfRangeForSingle) { checkConversions<float>(); }
TEST(FloatToInteger, IsDefinedOutOfRangeForDouble) { checkConversions<double>(); }

} // namespace
