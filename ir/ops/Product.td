//===- Product.td - what all matrix products and convolutions state -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_OPS_PRODUCT
#define INGOT_OPS_PRODUCT

include "ir/Ingot.td"

/// data [..., M, K] times weights [..., K, N]; `zeros` are the methods that integers have.
class Ingot_MatrixProductOp<string mnemonic, list<string> zeros = []>
    : Ingot_IndexedOp<mnemonic, [
        DeclareOpInterfaceMethods<Ingot_CostOp>,
        DeclareOpInterfaceMethods<Ingot_ContractionOp, !listconcat(["sharesWeights"], zeros)>,
        DeclareOpInterfaceMethods<Ingot_QuantizableOp, ["dataScaleAxis"]>]>;

/// A window of weights [M, C/groups, K...] that slides over data [N, C, D...].
class Ingot_WindowProductOp<string mnemonic, list<string> zeros = []>
    : Ingot_IndexedOp<mnemonic, [
        DeclareOpInterfaceMethods<Ingot_CostOp>,
        DeclareOpInterfaceMethods<Ingot_ContractionOp, zeros>, Ingot_ConvolutionOp,
        DeclareOpInterfaceMethods<Ingot_QuantizableOp>]>;

#endif // INGOT_OPS_PRODUCT
