//===- Where.h - The place a message is about -------------------*- C++ -*-===//
//
// A chain on the stack of whoever walks a model; it becomes text only when something is wrong.
//
//===----------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_WHERE_H
#define INGOT_FRONTEND_ONNX_WHERE_H

#include "frontend/onnx/Model.h"

namespace ingot::onnx {

class Where {
public:
  Where() = default; // the file as a whole
  /// E.g. "attribute 'axis'".
  Where(const Where &outer, const char *kind, std::string_view name)
      : outer(&outer), kind(kind), name(name) {}
  Where(const Where &outer, const Node &node) : outer(&outer), node(&node) {}
  Where(const Where &outer, const Function &function) : outer(&outer), function(&function) {}

  /// The same place once its name is known; an unnamed one keeps what it had.
  Where named(std::string_view known) const {
    Where place = *this;
    if (kind && name.empty())
      place.name = known;
    return place;
  }

  /// "node 'a' (If): attribute 'then_branch': node 'b' (Add)"
  std::string str() const;

private:
  const Where *outer = nullptr;
  const char *kind = nullptr;
  std::string_view name;
  const Node *node = nullptr;
  const Function *function = nullptr;
};

/// There are more diagnostics than anyone will read: Reader::run ends the reading.
struct TooManyErrors {};

/// Adds the error; throws TooManyErrors when there are enough.
void report(Diagnostics &diagnostics, const Where &where, std::string message);

} // namespace ingot::onnx

#endif // INGOT_FRONTEND_ONNX_WHERE_H
