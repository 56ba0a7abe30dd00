// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/ConvTranspose.h"
#include "codegen/cpu/Index.h"
#include "codegen/cpu/Packing.h"
#include <cstring>
#include <numeric>

using namespace mlir;

namespace ingot::cpu {

namespace {

constexpr int64_t kMostPhases = 16;

int64_t product(llvm::ArrayRef<int64_t> values) {
  int64_t result = 1;
  for (int64_t value : values)
    result *= value;
  return result;
}

/// Fills dimension d of a phase whose outputs start at `first`.
void addDimension(const ConvShape &s, unsigned d, int64_t first, ConvPhase &phase) {
  int64_t stride = s.strides[d], dilation = s.dilations[d];
  phase.first.push_back(first);
  // Output first + stride · j meets tap k at input j + (first + pad - k · dilation) / stride.
  llvm::SmallVector<int64_t, 4> taps;
  for (int64_t k = s.kernel[d]; k-- > 0;)
    if ((first + s.padsBegin[d] - k * dilation) % stride == 0)
      taps.push_back(k);
  int64_t nearest = taps.empty() ? 0 : (first + s.padsBegin[d] - taps[0] * dilation) / stride;
  if (taps.empty())
    taps.push_back(-1);
  phase.shape.kernel.push_back(taps.size());
  phase.shape.dilations.push_back(dilation / std::gcd(dilation, stride));
  phase.shape.strides.push_back(1);
  phase.shape.padsBegin.push_back(std::max<int64_t>(-nearest, 0));
  int64_t skip = std::max<int64_t>(nearest, 0);
  phase.skip.push_back(skip);
  int64_t in = s.input[d], out = s.output[d];
  phase.shape.input.push_back(in == kUnknown ? in : std::max<int64_t>(in - skip, 0));
  phase.shape.output.push_back(
      out == kUnknown ? out : llvm::divideCeil(std::max<int64_t>(out - first, 0), stride));
  phase.taps.push_back(std::move(taps));
}

/// Outputs of one phase along a dimension.
Value phaseExtent(Index at, const ConvTransposePlan &plan, const ConvPhase &phase, unsigned d,
                  OpFoldResult output) {
  int64_t stride = plan.shape.strides[d];
  return at.div(at.add(at.value(output), stride - 1 - phase.first[d]), at.constant(stride));
}

SmallVector<OpFoldResult, 3> phaseOutput(Index at, const ConvTransposePlan &plan,
                                         const ConvPhase &phase,
                                         llvm::ArrayRef<OpFoldResult> output) {
  SmallVector<OpFoldResult, 3> result;
  for (auto [d, extent] : llvm::enumerate(output))
    result.push_back(getAsOpFoldResult(phaseExtent(at, plan, phase, d, extent)));
  return result;
}

ConvOperands phaseOperands(Index at, const ConvTransposePlan &plan, const ConvPhase &phase,
                           const ConvOperands &ops) {
  ConvOperands result = ops;
  result.output = phaseOutput(at, plan, phase, ops.output);
  Value offset = ops.dataOffset ? ops.dataOffset : at.constant(0);
  for (unsigned d = 0; d < phase.skip.size(); ++d) {
    if (!phase.skip[d])
      continue;
    Value extent = at.sub(at.value(ops.input[d]), at.constant(phase.skip[d]));
    result.input[d] = getAsOpFoldResult(at.fold<arith::MaxSIOp>(extent, at.constant(0)));
    offset = at.add(offset, at.mul(at.value(ops.strides[d]), phase.skip[d]));
  }
  result.dataOffset = offset;
  Value weights = at.constant(phase.weights);
  result.weightsOffset = ops.weightsOffset ? at.add(ops.weightsOffset, weights) : weights;
  result.epilogue = [&plan, &phase, &ops, extents = result.output](OpBuilder &b, Location loc,
                                                                  const OutputVector &out) {
    Index at{b, loc};
    Value rest = out.row, row = at.constant(0), distance = at.constant(1);
    for (unsigned d = extents.size(); d-- > 0;) {
      Value extent = at.value(extents[d]);
      Value position = at.mul(at.rem(rest, extent), plan.shape.strides[d]);
      row = at.add(row, at.mul(at.add(position, phase.first[d]), distance));
      rest = at.div(rest, extent);
      distance = at.mul(distance, at.value(ops.output[d]));
    }
    OutputVector placed = out;
    placed.row = at.add(row, at.mul(rest, distance));
    ops.epilogue(b, loc, placed);
  };
  return result;
}

} // namespace

bool hasConvTransposeForm(const ConvShape &shape) {
  return product(shape.strides) <= kMostPhases && shape.product == Product::F32;
}

ConvTransposePlan planConvTranspose(const CpuTarget &target, const ConvShape &shape) {
  ConvTransposePlan plan;
  plan.shape = shape;
  for (int64_t number = 0, count = product(shape.strides); number < count; ++number) {
    ConvPhase phase;
    phase.shape = shape;
    for (auto *list : {&phase.shape.kernel, &phase.shape.dilations, &phase.shape.strides,
                       &phase.shape.padsBegin, &phase.shape.input, &phase.shape.output})
      list->clear();
    int64_t rest = number;
    for (unsigned d = 0; d < shape.strides.size(); ++d) {
      addDimension(shape, d, rest % shape.strides[d], phase);
      rest /= shape.strides[d];
    }
    // A phase leaves out inputs at either end, so its data has gaps between rows.
    phase.shape.padded = true;
    phase.shape.dense = false;
    phase.weights = plan.weightElements;
    ConvPlan conv = planConv(target, phase.shape);
    plan.weightElements += conv.depthwise ? packedDepthwiseElements(phase.shape)
                                          : packedConvElements(phase.shape);
    plan.scratchElements = std::max(plan.scratchElements, conv.scratchElements);
    plan.phases.push_back(std::move(phase));
    plan.plans.push_back(std::move(conv));
  }
  return plan;
}

void packConvTranspose(const void *src, unsigned bytes, const ConvTransposePlan &plan, void *dst) {
  const ConvShape &s = plan.shape;
  int64_t groupIn = s.inChannels / s.groups, groupOut = s.outChannels / s.groups;
  int64_t rank = s.kernel.size(), positions = product(s.kernel);
  auto *from = static_cast<const char *>(src);
  for (auto [phase, conv] : llvm::zip(plan.phases, plan.plans)) {
    int64_t taps = product(phase.shape.kernel);
    // The phase's weights in the order of an ordinary convolution.
    std::vector<char> ordinary(s.outChannels * groupIn * taps * bytes, 0);
    for (int64_t tap = 0; tap < taps; ++tap) {
      int64_t rest = tap, position = 0, distance = 1;
      bool exists = true;
      for (int64_t d = rank; d-- > 0; rest /= phase.shape.kernel[d]) {
        int64_t k = phase.taps[d][rest % phase.shape.kernel[d]];
        exists &= k >= 0;
        position += k * distance;
        distance *= s.kernel[d];
      }
      for (int64_t out = 0; exists && out < s.outChannels; ++out)
        for (int64_t in = 0; in < groupIn; ++in) {
          int64_t source = (out / groupOut * groupIn + in) * groupOut + out % groupOut;
          std::memcpy(&ordinary[((out * groupIn + in) * taps + tap) * bytes],
                      from + (source * positions + position) * bytes, bytes);
        }
    }
    char *to = static_cast<char *>(dst) + phase.weights * bytes;
    if (conv.depthwise)
      packDepthwise(ordinary.data(), bytes, phase.shape, to);
    else
      packConv(ordinary.data(), bytes, phase.shape, to);
  }
}

OpFoldResult emitConvTransposeTileCount(OpBuilder &b, Location loc, const ConvTransposePlan &plan,
                                        OpFoldResult batch, llvm::ArrayRef<OpFoldResult> output) {
  Index at{b, loc};
  Value tiles = at.constant(0);
  for (auto [phase, conv] : llvm::zip(plan.phases, plan.plans)) {
    auto extents = phaseOutput(at, plan, phase, output);
    tiles = at.add(tiles, at.value(emitConvTileCount(b, loc, conv, batch, extents)));
  }
  return getAsOpFoldResult(tiles);
}

void emitConvTranspose(OpBuilder &b, Location loc, const CpuTarget &target,
                       const ConvTransposePlan &plan, const ConvOperands &operands, Value begin,
                       Value end) {
  Index at{b, loc};
  Value start = at.constant(0);
  for (auto [phase, conv] : llvm::zip(plan.phases, plan.plans)) {
    ConvOperands mine = phaseOperands(at, plan, phase, operands);
    Value count = at.value(emitConvTileCount(b, loc, conv, mine.batch, mine.output));
    Value first = at.fold<arith::MaxSIOp>(at.sub(begin, start), at.constant(0));
    Value last = at.min(at.sub(end, start), count);
    emitConv(b, loc, target, conv, mine, first, last);
    start = at.add(start, count);
  }
}

} // namespace ingot::cpu
