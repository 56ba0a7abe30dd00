//===- Program.td - the planned form -------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_LaunchOp : Ingot_Op<"launch"> {
  let summary = "Runs all tiles of a kernel";
  let description = [{
    `args` are pointers to buffers and dimension symbols (i64), in the order of the kernel's
    arguments. The tiles may be split over the host's workers in chunks of at least `grain` tiles;
    `grain` 0 keeps them on the calling thread.
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, AnyType:$host, Variadic<AnyType>:$args,
                   I64:$tiles, I64Attr:$grain);
  let assemblyFormat = "$kernel `(` $args `)` `tiles` $tiles `grain` $grain `host` $host attr-dict "
                       "`:` type($host) `,` `(` type($args) `)`";
}
