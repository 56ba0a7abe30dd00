//===- Program.td - the planned form -------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_TransferOp : Ingot_Op<"transfer", [Pure, DeclareOpInterfaceMethods<Ingot_DimensionOp>]> {
  let summary = "The same tensor in the memory of another device";
  let description = [{
    `device` is where the result lies, "cpu" or "gpu"; the operand lies on the other. In the planned
    form it is a `copy`.
  }];
  let arguments = (ins Ingot_Tensor:$x, StrAttr:$device);
  let results = (outs Ingot_Tensor:$result);
  let assemblyFormat = "$x `to` $device attr-dict `:` functional-type($x, $result)";
}

def Ingot_LaunchOp : Ingot_Op<"launch"> {
  let summary = "Runs all tiles of a kernel";
  let description = [{
    `args` are pointers to buffers and dimension symbols (i64), in the order of the kernel's
    arguments. The tiles may be split over the host's workers in chunks of at least `grain` tiles;
    `grain` 0 keeps them on the calling thread. With `threads` the kernel runs on the GPU, one block
    of so many threads per tile, and pointers are of its memory.
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, AnyType:$host, Variadic<AnyType>:$args,
                   I64:$tiles, I64Attr:$grain, OptionalAttr<I64Attr>:$threads);
  let assemblyFormat = "$kernel `(` $args `)` `tiles` $tiles `grain` $grain (`threads` $threads^)? "
                       "`host` $host attr-dict `:` type($host) `,` `(` type($args) `)`";
}

def Ingot_CopyOp : Ingot_Op<"copy"> {
  let summary = "Copies bytes from the memory of one device to that of another";
  let description = [{
    `to` and `from` are pointers; `device`, "cpu" or "gpu", is whose memory `to` points into.
  }];
  let arguments = (ins AnyType:$to, AnyType:$from, I64:$bytes, StrAttr:$device);
  let assemblyFormat = "$from `to` $device $to `bytes` $bytes attr-dict `:` type($from) `,` type($to)";
}
