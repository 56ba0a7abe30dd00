// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Packing.h"
#include "codegen/cpu/Recurrence.h"
#include "codegen/cpu/SmallTiles.h"
#include <cstring>

using llvm::alignTo;
using llvm::divideCeil;

namespace ingot::cpu {

RecurrencePlan planRecurrence(const CpuTarget &target, const RecurrenceShape &shape) {
  RecurrencePlan plan;
  plan.shape = shape;
  plan.padded = alignTo(shape.hidden, kPanelWidth);
  int64_t blocks = plan.padded / kPanelWidth, widest = 0;
  // A single sequence needs as many panels side by side as hide the latency of its sums.
  int64_t wanted = panelsForRows(target, 1);
  for (int64_t gates : shape.gates) {
    int64_t group = std::max<int64_t>(1, wanted / gates);
    while (blocks % group)
      --group;
    plan.phases.push_back({gates, group, blocks / group, plan.packedElements});
    plan.packedElements += gates * plan.padded * shape.hidden;
    widest = std::max(widest, gates * group);
  }
  // Two register tiles of rows pass over a panel while it is in L1; more, and a second thread would
  // have nothing to do in most layers.
  int64_t rows = 2 * target.tile(TileKind::F32).rows;
  plan.rowBlock = rows;
  if (shape.batch != kUnknown) {
    int64_t batch = std::max<int64_t>(shape.batch, 1);
    plan.rowBlock = divideCeil(batch, divideCeil(batch, rows));
  }
  // A fork and join is 0.4 µs; a step of 2^17 products streams 512 KiB of weights, 10 µs and more.
  constexpr int64_t least = 1 << 17;
  int64_t blocksOfRows = shape.batch == kUnknown ? 1 : divideCeil(shape.batch, plan.rowBlock);
  plan.perStep = shape.constantWeights && shape.gates.size() == 1 && blocksOfRows <= 1 &&
                 shape.time != 1 && plan.packedElements >= least;
  plan.stateElements = 3 * plan.rowBlock * plan.padded;
  // h twice, what is kept, the second phase's input, then the sums of a group.
  plan.scratchElements = plan.rowBlock * (4 * plan.padded + widest * kPanelWidth);
  return plan;
}

void packRecurrent(const float *source, const RecurrencePlan &plan,
                   llvm::ArrayRef<int64_t> strides, float *packed) {
  int64_t hidden = plan.shape.hidden;
  // Sources come from a mapped file and may be misaligned.
  auto read = [&](int64_t at) {
    float value;
    std::memcpy(&value, reinterpret_cast<const char *>(source) + at * sizeof(float), sizeof value);
    return value;
  };
  for (int64_t d = 0; d < plan.shape.directions; ++d) {
    int64_t firstGate = 0;
    for (const RecurrencePhase &phase : plan.phases) {
      for (int64_t g = 0; g < phase.groups; ++g)
        for (int64_t k = 0; k < hidden; ++k)
          for (int64_t panel = 0; panel < phase.panels(); ++panel)
            for (int64_t lane = 0; lane < kPanelWidth; ++lane) {
              int64_t gate = firstGate + panel / phase.group;
              int64_t unit = (g * phase.group + panel % phase.group) * kPanelWidth + lane;
              *packed++ = unit < hidden ? read(strides[0] * d + strides[1] * (gate * hidden + unit) +
                                               strides[2] * k)
                                        : 0;
            }
      firstGate += phase.gates;
    }
  }
}

} // namespace ingot::cpu
