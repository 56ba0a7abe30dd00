//===- DimAnalysisTest.cpp - dimensions and small integers of functions -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/analysis/DimAnalysis.h"
#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include <gtest/gtest.h>

using namespace mlir;

namespace ingot {
namespace {

class DimAnalysisTest : public testing::Test {
protected:
  DimAnalysisTest() { context.loadDialect<IngotDialect, func::FuncDialect>(); }

  void run(const std::string &text) {
    module = parseSourceString<ModuleOp>(text, &context);
    ASSERT_TRUE(module);
    function = *module->getOps<func::FuncOp>().begin();
    ASSERT_TRUE(succeeded(dims.run(function)));
  }
  Value result(unsigned i = 0) { return function.getBody().front().getTerminator()->getOperand(i); }
  /// "n, 8" for tensor<?x8xf32>.
  std::string join(ArrayRef<Dim> list) {
    std::string text;
    for (const Dim &d : list)
      text += (text.empty() ? "" : ", ") + dims.space.str(d);
    return text;
  }
  std::string shape(unsigned i = 0) { return join(dims.dims(result(i))); }
  std::string elements(unsigned i = 0) {
    auto known = dims.knownElements(result(i));
    return known ? join(*known) : "unknown";
  }

  MLIRContext context{MLIRContext::Threading::DISABLED};
  OwningOpRef<ModuleOp> module;
  func::FuncOp function;
  DimAnalysis dims;
};

TEST_F(DimAnalysisTest, EqualNamesAreOneSize) {
  run(R"(func.func @f(%x: tensor<?x?xf32> {ingot.dims = ["n", "m"]},
                      %y: tensor<?xf32> {ingot.dims = ["m"]}) -> tensor<?x?xf32> {
    %0 = ingot.add %x, %y : (tensor<?x?xf32>, tensor<?xf32>) -> tensor<?x?xf32>
    return %0 : tensor<?x?xf32>
  })");
  EXPECT_EQ(shape(), "n, m");
  EXPECT_TRUE(dims.relations.empty());
}

TEST_F(DimAnalysisTest, SizesThatMayDifferAreLeftToTheGuards) {
  run(R"(func.func @f(%x: tensor<?xf32> {ingot.dims = ["n"]},
                      %y: tensor<?xf32> {ingot.dims = ["m"]}) -> tensor<?xf32> {
    %0 = ingot.add %x, %y : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
    return %0 : tensor<?xf32>
  })");
  EXPECT_EQ(shape(), "max(n, m)*min(1, n, m)");
  ASSERT_EQ(dims.relations.size(), 2u);
  EXPECT_TRUE(dims.relations[0].stretches);
}

TEST_F(DimAnalysisTest, ReadsBoundsFromNames) {
  run(R"(func.func @f(%x: tensor<?xf32> {ingot.dims = ["n:1..32"]}) -> tensor<?xf32> {
    return %x : tensor<?xf32>
  })");
  EXPECT_EQ(dims.space.lowerBound(dims.dim(result(), 0)), 1);
  EXPECT_EQ(dims.space.upperBound(dims.dim(result(), 0)), 32);
}

TEST_F(DimAnalysisTest, FollowsShapesThroughArithmetic) {
  run(R"(func.func @f(%x: tensor<?x6xf32> {ingot.dims = ["n", ""]})
      -> (tensor<?x?xf32>, tensor<2xsi64>) {
    %shape = ingot.shape %x : (tensor<?x6xf32>) -> tensor<2xsi64>
    %first = ingot.constant tensor<1xsi64>, dense<0> : tensor<8xi8>
    %two = ingot.constant tensor<1xsi64>, dense<[2, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
    %n = ingot.gather %shape, %first {axis = 0 : i64}
        : (tensor<2xsi64>, tensor<1xsi64>) -> tensor<1xsi64>
    %twice = ingot.mul %n, %two : (tensor<1xsi64>, tensor<1xsi64>) -> tensor<1xsi64>
    %open = ingot.constant tensor<1xsi64>, dense<-1> : tensor<8xi8>
    %new = ingot.concat %twice, %open {axis = 0 : i64}
        : (tensor<1xsi64>, tensor<1xsi64>) -> tensor<2xsi64>
    %0 = ingot.reshape %x, %new : (tensor<?x6xf32>, tensor<2xsi64>) -> tensor<?x?xf32>
    return %0, %new : tensor<?x?xf32>, tensor<2xsi64>
  })");
  EXPECT_EQ(shape(), "2*n, 3");
  EXPECT_EQ(elements(1), "2*n, -1");
}

TEST_F(DimAnalysisTest, FollowsSizesThroughFloats) {
  run(R"(func.func @f(%x: tensor<?xf32> {ingot.dims = ["n"]}) -> tensor<1xsi64> {
    %shape = ingot.shape %x : (tensor<?xf32>) -> tensor<1xsi64>
    %two = ingot.constant tensor<f32>, dense<[0, 0, 0, 64]> : tensor<4xi8>
    %0 = ingot.cast %shape {to = f32} : (tensor<1xsi64>) -> tensor<1xf32>
    %1 = ingot.mul %0, %two : (tensor<1xf32>, tensor<f32>) -> tensor<1xf32>
    %2 = ingot.floor %1 : (tensor<1xf32>) -> tensor<1xf32>
    %3 = ingot.cast %2 {to = si64} : (tensor<1xf32>) -> tensor<1xsi64>
    return %3 : tensor<1xsi64>
  })");
  EXPECT_EQ(elements(), "2*n");
}

TEST_F(DimAnalysisTest, KeepsWhatBothBranchesHave) {
  run(R"(func.func @f(%c: tensor<i1>, %x: tensor<?x3xf32> {ingot.dims = ["n", ""]},
                      %y: tensor<?x4xf32> {ingot.dims = ["n", ""]}) -> tensor<?x?xf32> {
    %0 = ingot.if %c : (tensor<i1>) -> tensor<?x?xf32> {
      ingot.yield %x : tensor<?x3xf32>
    } else {
      ingot.yield %y : tensor<?x4xf32>
    }
    return %0 : tensor<?x?xf32>
  })");
  EXPECT_EQ(dims.space.str(dims.dim(result(), 0)), "n");
  EXPECT_FALSE(dims.dim(result(), 1).constant());
}

TEST_F(DimAnalysisTest, StacksScannedValuesByTheTripCount) {
  run(R"(func.func @f(%x: tensor<?x3xf32> {ingot.dims = ["n", ""]}) -> tensor<?x?x3xf32> {
    %none = ingot.none
    %trips = ingot.constant tensor<si64>, dense<[5, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
    %0 = ingot.loop(%trips, %none) : (tensor<si64>, none) -> tensor<?x?x3xf32> {
    ^bb0(%i: tensor<si64>):
      %go_on = ingot.none
      ingot.yield %go_on, %x : none, tensor<?x3xf32>
    }
    return %0 : tensor<?x?x3xf32>
  })");
  EXPECT_EQ(shape(), "5, n, 3");
}

TEST_F(DimAnalysisTest, KnowsNoElementsBeyondItsLimit) {
  run(R"(func.func @f(%x: tensor<1025xsi64>, %y: tensor<1024xsi64>)
      -> (tensor<1025xsi64>, tensor<1024xsi64>) {
    return %x, %y : tensor<1025xsi64>, tensor<1024xsi64>
  })");
  EXPECT_FALSE(dims.elements(result(0)));
  EXPECT_TRUE(dims.elements(result(1)));
  EXPECT_FALSE(dims.constants(result(1)));
}

TEST_F(DimAnalysisTest, ComparesAndDividesTheExtremeIntegers) {
  run(R"(func.func @f() -> (tensor<2xi1>, tensor<1xsi64>) {
    %ends = ingot.constant tensor<2xsi64>, dense<[-1, -1, -1, -1, -1, -1, -1, 127,
                                                  0, 0, 0, 0, 0, 0, 0, -128]> : tensor<16xi8>
    %least = ingot.constant tensor<1xsi64>, dense<[0, 0, 0, 0, 0, 0, 0, -128]> : tensor<8xi8>
    %minus = ingot.constant tensor<1xsi64>, dense<-1> : tensor<8xi8>
    %0 = ingot.less %ends, %minus : (tensor<2xsi64>, tensor<1xsi64>) -> tensor<2xi1>
    %1 = ingot.div %least, %minus : (tensor<1xsi64>, tensor<1xsi64>) -> tensor<1xsi64>
    return %0, %1 : tensor<2xi1>, tensor<1xsi64>
  })");
  EXPECT_EQ(elements(0), "0, 1");
  EXPECT_EQ(elements(1), std::to_string(INT64_MIN));
}

} // namespace
} // namespace ingot
