// How the output channels of a (grouped) convolution fall into 16-wide panels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_CHANNELS_H
#define INGOT_CODEGEN_CPU_CHANNELS_H
#include "codegen/cpu/Conv.h"
#include <algorithm>

namespace ingot::cpu {

/// A unit is one group, or several whole groups where one does not fill a panel. Every unit has the
/// same number of panels, except that the last unit may hold fewer groups.
struct ChannelPanels {
  int64_t groupOutputs;  ///< output channels of a group
  int64_t unitOutputs;   ///< output channels of a unit
  int64_t unitPanels;    ///< panels of a unit
  int64_t panels;        ///< of all units
  int64_t inputs;        ///< input channels that a panel reads (of a unit)
  int64_t outChannels;
  int64_t unitInputs;    ///< distance of two units' first input channels
  int64_t lastFirstInput; ///< keeps the last unit's inputs inside the data

  int64_t firstOutput(int64_t panel) const {
    return panel / unitPanels * unitOutputs + panel % unitPanels * 16;
  }
  int64_t lanes(int64_t panel) const {
    int64_t inUnit = unitOutputs - panel % unitPanels * 16;
    return std::min<int64_t>({16, inUnit, outChannels - firstOutput(panel)});
  }
  int64_t firstInput(int64_t panel) const {
    return std::min(panel / unitPanels * unitInputs, lastFirstInput);
  }
};

inline ChannelPanels channelPanels(const ConvShape &shape) {
  int64_t groupOutputs = shape.outChannels / shape.groups;
  int64_t groupInputs = shape.inChannels / shape.groups;
  int64_t unitGroups = std::clamp<int64_t>(16 / groupOutputs, 1, shape.groups);
  ChannelPanels c;
  c.groupOutputs = groupOutputs;
  c.unitOutputs = unitGroups * groupOutputs;
  c.unitPanels = (c.unitOutputs + 15) / 16;
  c.panels = (shape.groups + unitGroups - 1) / unitGroups * c.unitPanels;
  c.inputs = unitGroups * groupInputs;
  c.outChannels = shape.outChannels;
  c.unitInputs = c.inputs;
  c.lastFirstInput = shape.inChannels - c.inputs;
  return c;
}

} // namespace ingot::cpu
#endif
