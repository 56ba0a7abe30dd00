#include "tools/ingot/Compare.h"
#include "tools/ingot/Elements.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstring>

using namespace ingot::cli;

namespace {
template <typename T>
Value tensor(int32_t type, std::vector<T> elements, std::vector<int64_t> dims) {
  Value value;
  value.elementType = type;
  value.dims = dims;
  value.data.resize(elements.size() * sizeof(T));
  std::memcpy(value.data.data(), elements.data(), value.data.size());
  return value;
}
Value floats(std::vector<float> elements) {
  int64_t count = static_cast<int64_t>(elements.size());
  return tensor(INGOT_FLOAT, elements, {count});
}
bool same(const Value &a, const Value &b, Tolerance tolerance = {}) {
  return compare(a, b, tolerance).same;
}
} // namespace

TEST(Compare, FloatsMayDifferByTheTolerance) {
  EXPECT_TRUE(same(floats({1.0009f}), floats({1})));
  EXPECT_FALSE(same(floats({1.0011f}), floats({1})));
  EXPECT_TRUE(same(floats({9e-8f}), floats({0})));
  EXPECT_FALSE(same(floats({2e-7f}), floats({0})));
  EXPECT_TRUE(same(floats({1.5f}), floats({1}), {0.5, 0, 0}));
}

TEST(Compare, NoElementIsOffByMoreThanAShareOfTheLargest) {
  Tolerance tolerance;
  tolerance.rtol = 1e-3;
  tolerance.share = 1e-4;
  EXPECT_TRUE(same(floats({1000.09f, 1}), floats({1000, 1}), tolerance));
  EXPECT_FALSE(same(floats({1000.11f, 1}), floats({1000, 1}), tolerance));
  EXPECT_FALSE(
      same(floats({1000, 1.01f}), floats({1000, 1}), tolerance)); // beyond rtol all the same
  EXPECT_FALSE(same(floats({5e-8f}), floats({0}), tolerance));
  EXPECT_TRUE(same(floats({5e-8f}), floats({0})));
  EXPECT_EQ(compare(floats({4.003f}), floats({4}), tolerance).reason,
            "off by up to 0.00299978256, 0.000749945641 of the largest, where 0.0001 is allowed");
}

TEST(Compare, NanEqualsNanAndInfinityItself) {
  EXPECT_TRUE(same(floats({NAN, INFINITY, -INFINITY}), floats({NAN, INFINITY, -INFINITY})));
  EXPECT_FALSE(same(floats({NAN}), floats({1})));
  EXPECT_FALSE(same(floats({1}), floats({NAN})));
  EXPECT_FALSE(same(floats({INFINITY}), floats({-INFINITY})));
  EXPECT_FALSE(same(floats({3e38f}), floats({INFINITY})));
}

TEST(Compare, ShapesAndTypesAreExact) {
  EXPECT_EQ(compare(floats({1, 2}), tensor<float>(INGOT_FLOAT, {1, 2}, {1, 2}), {}).reason,
            "expected float[1,2], but got float[2]");
  EXPECT_EQ(compare(floats({1}), tensor<double>(INGOT_DOUBLE, {1}, {1}), {}).reason,
            "expected double[1], but got float[1]");
}

TEST(Compare, TheFirstDifferenceIsShownWithItsPlace) {
  Value expected = tensor<float>(INGOT_FLOAT, {1, 2, 3, 4}, {2, 2});
  Value actual = tensor<float>(INGOT_FLOAT, {1, 2, 5, 5}, {2, 2});
  EXPECT_EQ(compare(actual, expected, {}).reason,
            "at [1,0] expected 3, but got 5 (2 of 4 elements differ)");
}

TEST(Compare, ErrorsAreMeasuredOverFiniteElements) {
  Comparison result = compare(floats({1, 4, NAN}), floats({2, 4, NAN}), {});
  EXPECT_EQ(result.maxError, 1);
  EXPECT_EQ(result.relativeError(), 0.25);
}

TEST(Compare, IntegersAreExactUnlessAllowed) {
  Value a = tensor<int64_t>(INGOT_INT64, {INT64_MAX}, {});
  Value b = tensor<int64_t>(INGOT_INT64, {INT64_MAX - 1}, {});
  EXPECT_FALSE(same(a, b));
  EXPECT_TRUE(same(a, b, {0, 0, 1}));
  EXPECT_FALSE(same(tensor<int64_t>(INGOT_INT64, {INT64_MIN}, {}), a, {0, 0, 1}));
  EXPECT_EQ(compare(tensor<uint64_t>(INGOT_UINT64, {UINT64_MAX}, {}),
                    tensor<uint64_t>(INGOT_UINT64, {0}, {}), {})
                .reason,
            "at [] expected 0, but got 18446744073709551615 (1 of 1 elements differ)");
}

TEST(Compare, Bfloat16GetsTwoOfItsUlps) {
  auto bfloat = [](uint16_t bits) { return tensor<uint16_t>(INGOT_BFLOAT16, {bits}, {1}); };
  EXPECT_TRUE(same(bfloat(0x3f82), bfloat(0x3f80)));
  EXPECT_FALSE(same(bfloat(0x3f83), bfloat(0x3f80)));
}

TEST(Compare, SmallFloatsAreDecoded) {
  EXPECT_EQ(smallFloat(INGOT_FLOAT16, 0x3c00), 1);
  EXPECT_EQ(smallFloat(INGOT_FLOAT16, 0x0001), 0x1p-24);
  EXPECT_EQ(smallFloat(INGOT_BFLOAT16, 0xc040), -3);
  EXPECT_EQ(smallFloat(INGOT_FLOAT8E4M3FN, 0x7e), 448);
  EXPECT_TRUE(std::isnan(smallFloat(INGOT_FLOAT8E4M3FN, 0x7f)));
  EXPECT_EQ(smallFloat(INGOT_FLOAT8E4M3FNUZ, 0x7f), 240);
  EXPECT_TRUE(std::isnan(smallFloat(INGOT_FLOAT8E4M3FNUZ, 0x80)));
  EXPECT_EQ(smallFloat(INGOT_FLOAT8E5M2, 0x7c), INFINITY);
  EXPECT_EQ(smallFloat(INGOT_FLOAT8E5M2FNUZ, 0x7f), 57344);
  EXPECT_EQ(smallFloat(INGOT_FLOAT8E8M0, 128), 2);
  EXPECT_EQ(smallFloat(INGOT_FLOAT4E2M1, 7), 6);
}

TEST(Compare, PackedIntegersAreDecoded) {
  Value value = tensor<uint8_t>(INGOT_INT4, {0x8f, 0x07}, {3});
  EXPECT_EQ(integerAt(value, 0), -1);
  EXPECT_EQ(integerAt(value, 1), -8);
  EXPECT_EQ(integerAt(value, 2), 7);
  value = tensor<uint8_t>(INGOT_UINT2, {0xe4}, {4});
  for (int64_t i = 0; i < 4; ++i)
    EXPECT_EQ(integerAt(value, i), i);
}

TEST(Compare, StringsAreExact) {
  Value a;
  a.kind = INGOT_STRING_TENSOR;
  a.elementType = INGOT_STRING;
  a.dims = {2};
  a.strings = {"x", "y\n"};
  Value b = a;
  EXPECT_TRUE(same(a, b));
  b.strings[1] = "z";
  EXPECT_EQ(compare(a, b, {}).reason,
            "at [1] expected 'z', but got 'y\\n' (1 of 2 elements differ)");
}

TEST(Compare, ContainersCompareTheirElements) {
  Value a, b;
  a.kind = b.kind = INGOT_SEQUENCE;
  a.elements = {floats({1}), floats({2})};
  b.elements = {floats({1}), floats({3})};
  EXPECT_EQ(compare(a, b, {}).reason,
            "element 1: at [0] expected 3, but got 2 (1 of 1 elements differ)");
  b.elements.pop_back();
  EXPECT_EQ(compare(a, b, {}).reason, "expected seq of 1, but got seq of 2");
  b.kind = INGOT_OPTIONAL;
  EXPECT_FALSE(same(a, b));
}

TEST(Compare, ComplexNumbersByTheirDistance) {
  auto complex = [](float re, float im) { return tensor<float>(INGOT_COMPLEX64, {re, im}, {1}); };
  EXPECT_TRUE(same(complex(1000, 0.5f), complex(1000, 0)));
  EXPECT_FALSE(same(complex(1, 0.5f), complex(1, 0)));
  EXPECT_TRUE(same(complex(NAN, 1), complex(NAN, 1)));
}
