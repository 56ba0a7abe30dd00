//===- Checks.h - Order, names and calls of a whole model -------*- C++ -*-===//
#ifndef INGOT_FRONTEND_ONNX_CHECKS_H
#define INGOT_FRONTEND_ONNX_CHECKS_H

#include "frontend/onnx/Model.h"

namespace ingot::onnx {

/// Puts the nodes, and those of their subgraphs, into topological order, as the standard demands
/// and some exporters (float16 converters, graph surgery) forget. What is in a cycle comes last.
void sortNodes(std::vector<Node> &nodes);

using FunctionIndex =
    std::map<std::tuple<std::string_view, std::string_view, std::string_view>, const Function *>;

/// Fills the index of the functions; functions have different names and do not call each other in a
/// circle.
void checkCalls(const Model &model, FunctionIndex &index, Diagnostics &diagnostics);

/// Every name read is defined before, none twice or shadowed; function bodies refer to attributes
/// that the function has; only operators that take subgraphs have some. After checkCalls.
void checkNames(const Model &model, Diagnostics &diagnostics);

/// A chain of nodes in which each reads a value of the next, from `from` to `to`; empty if there is
/// none. Reads inside subgraphs count as the node's own.
std::vector<size_t> findDependency(const std::vector<Node> &nodes, size_t from, size_t to);

} // namespace ingot::onnx

#endif // INGOT_FRONTEND_ONNX_CHECKS_H
