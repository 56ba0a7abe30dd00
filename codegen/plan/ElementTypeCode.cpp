//===- ElementTypeCode.cpp - the ABI's numbers of element types ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/plan/ElementTypeCode.h"
#include "ingot/abi.h"
#include "ir/ElementTypes.h"
#include <string>

namespace ingot {

int32_t elementTypeCode(mlir::Type element) {
  static const std::pair<const char *, int32_t> codes[] = {
      {"float", INGOT_FLOAT},       {"uint8", INGOT_UINT8},
      {"int8", INGOT_INT8},         {"uint16", INGOT_UINT16},
      {"int16", INGOT_INT16},       {"int32", INGOT_INT32},
      {"int64", INGOT_INT64},       {"string", INGOT_STRING},
      {"bool", INGOT_BOOL},         {"float16", INGOT_FLOAT16},
      {"double", INGOT_DOUBLE},     {"uint32", INGOT_UINT32},
      {"uint64", INGOT_UINT64},     {"complex64", INGOT_COMPLEX64},
      {"complex128", INGOT_COMPLEX128}, {"bfloat16", INGOT_BFLOAT16},
      {"float8e4m3fn", INGOT_FLOAT8E4M3FN}, {"float8e4m3fnuz", INGOT_FLOAT8E4M3FNUZ},
      {"float8e5m2", INGOT_FLOAT8E5M2}, {"float8e5m2fnuz", INGOT_FLOAT8E5M2FNUZ},
      {"uint4", INGOT_UINT4},       {"int4", INGOT_INT4},
      {"float4e2m1", INGOT_FLOAT4E2M1}, {"float8e8m0", INGOT_FLOAT8E8M0},
      {"uint2", INGOT_UINT2},       {"int2", INGOT_INT2}};
  std::string name = elementTypeName(element);
  for (auto &[n, code] : codes)
    if (name == n)
      return code;
  return INGOT_UNDEFINED;
}

} // namespace ingot
