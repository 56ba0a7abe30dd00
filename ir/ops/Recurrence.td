//===- Recurrence.td - cells that carry a state over time -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_RecurrenceOp
    : Ingot_PureOp<"recurrence", [DeclareOpInterfaceMethods<Ingot_BodyOp, ["tiles", "scratch"]>,
                                  DeclareOpInterfaceMethods<Ingot_CostOp>],
                   Ingot_Constrained> {
  let summary = "A layer of LSTM, GRU or plain RNN cells over a sequence";
  let description = [{
    What does not depend on the state is computed before: `gates` [time, batch, directions * G *
    hidden] is the input times its weights plus the biases, where G gates lie in ONNX's order (lstm
    4: input, output, forget, cell; gru 3: update, reset, hidden; rnn 1). Each step adds
    h(t-1) * recurrent^T with `recurrent` [directions, G * hidden, hidden], applies the cell's
    functions, and gives h(t) [batch, hidden].

    `hidden_bias` [directions, hidden] is added to the recurrent product of a gru's hidden gate
    before the reset gate applies, which `reset_after` says it does (linear_before_reset); else the
    reset gate applies to h(t-1). `lengths` [batch] ends sequences early: their later steps give
    zeros and leave the state. `initial_h` and `initial_c` [directions, batch, hidden], `peepholes`
    [directions, 3 * hidden] of the gates input, output, forget. All five may be none.

    `direction` is forward, reverse (each sequence from its end) or bidirectional. `functions` has
    the names, in lower case, of the activations of each direction (lstm 3, gru 2, rnn 1), `alphas`
    and `betas` their parameters. Inputs of the gates' functions are cut to [-clip, clip] unless
    clip is 0. `couple_input_forget`: the forget gate is 1 - the input gate.

    `sequence` [time, batch, directions, hidden] has all h(t), `last_h` and (of an lstm) `last_c`
    [directions, batch, hidden] the states at the end.
  }];
  let arguments = (ins Ingot_Tensor:$gates, Ingot_Tensor:$recurrent, Ingot_Tensor:$hidden_bias,
                   Ingot_Tensor:$lengths, Ingot_Tensor:$initial_h, Ingot_Tensor:$initial_c,
                   Ingot_Tensor:$peepholes, StrAttr:$cell, StrAttr:$direction,
                   StrArrayAttr:$functions, DenseF64ArrayAttr:$alphas, DenseF64ArrayAttr:$betas,
                   F64Attr:$clip, BoolAttr:$reset_after, BoolAttr:$couple_input_forget);
  let results = (outs Ingot_Tensor:$sequence, Ingot_Tensor:$last_h, Optional<Ingot_Tensor>:$last_c);
  let extraClassDeclaration = [{
    bool isLstm() { return getCell() == "lstm"; }
    bool isGru() { return getCell() == "gru"; }
    int64_t gateCount() { return isLstm() ? 4 : isGru() ? 3 : 1; }
    int64_t functionCount() { return isLstm() ? 3 : isGru() ? 2 : 1; }
    int64_t directions() { return getDirection() == "bidirectional" ? 2 : 1; }
    /// Whether direction `d` walks from the end of the sequences.
    bool isReversed(int64_t d) { return getDirection() == "reverse" || d == 1; }
  }];
}
