//===- Model.h - An ONNX file in memory -------------------------*- C++ -*-===//
//
// Plain structs over a mapped ONNX file (schema: onnx.proto of ONNX 1.23). Every string_view points
// into the mapped files or into storage owned by the Model, and lives as long as the Model.
//
// What `Model::load` promises of a model it returns, so that no consumer has to look again:
//  - enums, element types, dimensions (none negative) and byte counts are valid, and the element
//    and byte counts of every tensor fit 63 bits;
//  - tensor data is present, of exactly the right length, wherever the file kept it;
//  - an attribute has a type and values of this type; attribute names are unique within a node;
//  - nodes are in topological order: every name read is defined earlier, in this or an enclosing
//    graph; no name is defined twice or shadowed; node inputs and outputs may be "" (an optional
//    one left out), all other value names are not empty;
//  - of the standard's own operators only If, Loop, Scan and SequenceMap have subgraphs;
//  - functions do not call each other in a circle; subgraphs are nested at most
//    `LoadOptions::maxSubgraphDepth` deep.
//
// Not checked here, because it needs operator knowledge: operators and their attributes, arity,
// types, shapes, opset versions.
//
// The names are the standard's and meet MLIR's (Attribute, Value): code that uses both should live
// in `ingot` and write `onnx::Attribute`.
//
//===----------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_MODEL_H
#define INGOT_FRONTEND_ONNX_MODEL_H

#include "frontend/onnx/Diagnostics.h"
#include "frontend/onnx/ElementType.h"

#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace ingot::onnx {

class MappedFile;

struct Tensor {
  std::string_view name; // "" in attributes
  ElementType elementType = ElementType::Undefined;
  std::vector<int64_t> dims;
  int64_t elementCount = 1; // the product of dims
  /// Row-major elements as in TensorProto.raw_data: little-endian, sub-byte types packed, bool as 0
  /// or 1. Possibly misaligned. Empty for strings.
  std::string_view data;
  std::vector<std::string_view> strings; // elements of a String tensor
  /// Keeps converted data alive; null where `data` views a mapped file.
  std::shared_ptr<const std::string> storage;

  /// The elements as T, which has the size of one element (or, for complex, of one part).
  template <typename T> std::vector<T> copyAs() const {
    std::vector<T> values(data.size() / sizeof(T));
    if (!values.empty())
      std::memcpy(values.data(), data.data(), values.size() * sizeof(T));
    return values;
  }
};

/// Coordinate format: `values` is [nnz], `indices` is int64 [nnz] (linear) or [nnz, rank].
/// The name is that of `values`.
struct SparseTensor {
  Tensor values, indices;
  std::vector<int64_t> dims;
};

struct Dimension {
  enum class Kind { Unknown, Value, Param };
  Kind kind = Kind::Unknown;
  int64_t value = 0;      // of Value, not negative
  std::string_view param; // of Param, not empty: equal names are equal sizes within a model
};

struct TypeProto {
  /// None: the file says nothing about the type.
  enum class Kind { None, Tensor, SparseTensor, Sequence, Map, Optional, Opaque };
  Kind kind = Kind::None;
  ElementType elementType = ElementType::Undefined; // of Tensor and SparseTensor; the key of Map
  bool hasShape = false;                            // false: the rank is unknown
  std::vector<Dimension> shape;                     // when hasShape
  std::unique_ptr<TypeProto> inner; // of Sequence, Map (values) and Optional, never null
  std::string str() const;          // e.g. "seq(tensor(float)[N, 3])"
};

struct ValueInfo {
  std::string_view name;
  TypeProto type;
};

struct Graph;
struct Node;

/// The numbers are those of AttributeProto.AttributeType.
enum class AttributeType : int32_t {
  Float = 1,
  Int = 2,
  String = 3,
  Tensor = 4,
  Graph = 5,
  Floats = 6,
  Ints = 7,
  Strings = 8,
  Tensors = 9,
  Graphs = 10,
  SparseTensor = 11,
  SparseTensors = 12,
  TypeProto = 13,
  TypeProtos = 14,
};
std::string_view nameOf(AttributeType type); // "FLOAT", "INTS", …

/// A single value is kept as a list of one: of the vectors only the one of the type is filled.
struct Attribute {
  std::string_view name;
  AttributeType type = AttributeType::Int;
  std::string_view refName; // in a function body: take the value of this attribute of the call
  std::vector<float> floats;
  std::vector<int64_t> ints;
  std::vector<std::string_view> strings; // bytes, not necessarily UTF-8
  std::vector<Tensor> tensors;
  std::vector<SparseTensor> sparseTensors;
  std::vector<Graph> graphs;
  std::vector<TypeProto> types;

  /// The value of an attribute of this (not list) type without refName.
  float f() const { return floats.front(); }
  int64_t i() const { return ints.front(); }
  std::string_view s() const { return strings.front(); }
  const Tensor &tensor() const { return tensors.front(); }
  const SparseTensor &sparseTensor() const { return sparseTensors.front(); }
  const Graph &graph() const;
  const TypeProto &typeProto() const { return types.front(); }
};

struct Node {
  std::string_view name; // often ""
  std::string_view opType, overload;
  std::string_view domain; // "" for the standard's own: "ai.onnx" is read as ""
  std::vector<std::string_view> inputs, outputs;
  std::vector<Attribute> attributes;

  const Attribute *find(std::string_view attribute) const;
  /// For messages, escaped: "node 'conv1' (Conv)"; without a name "node that makes 'y' (Conv)"; an
  /// operator of another domain as "(com.microsoft.Gelu)".
  std::string describe() const;
};

/// A node may read everything defined before it here, and what its node may read in the graphs
/// around. An output may be an input, an initializer or a value of a graph around.
struct Graph {
  std::string_view name;
  std::vector<Node> nodes; // in topological order, whatever the file's was
  /// May be an input as well (required up to IR version 3): then it is that input's default.
  std::vector<Tensor> initializers;
  std::vector<SparseTensor> sparseInitializers;
  std::vector<ValueInfo> inputs, outputs;
  std::vector<ValueInfo> valueInfos; // may name values that do not exist
};

using OpsetImports = std::map<std::string_view, int64_t>; // domain ("" = standard) → version

struct Function {
  std::string_view domain, name, overload;
  std::vector<std::string_view> inputs, outputs;
  std::vector<std::string_view> attributes; // names without a default
  std::vector<Attribute> attributeDefaults; // attribute_proto
  std::vector<Node> nodes;                  // in topological order
  std::vector<ValueInfo> valueInfos;
  OpsetImports opsets;
  std::string describe() const; // "function 'pkg.torch::aten_add'", escaped
};

struct LoadOptions {
  /// Follow symbolic links and accept hard links of external data (still only beneath the folder).
  bool allowLinks = false;
  unsigned maxSubgraphDepth = 64;
  /// Of the model file itself: what a protobuf message can hold.
  int64_t maxModelBytes = 0x7fffffff;
};

/// Move-only and immutable once loaded: may be read from several threads.
class Model {
public:
  /// Maps and checks the file. Null if there are errors; unsupported and warning messages alone
  /// still give a model. External data is looked for beneath the file's folder.
  static std::unique_ptr<Model> load(const std::string &path, const LoadOptions &options,
                                     Diagnostics &diagnostics);

  /// The same for bytes that the caller keeps alive. With an empty `folder` external data is an
  /// error.
  static std::unique_ptr<Model> loadFromMemory(std::string_view bytes, const std::string &folder,
                                               const LoadOptions &options,
                                               Diagnostics &diagnostics);
  ~Model();

  int64_t irVersion = 0;
  OpsetImports opsets;
  std::string_view producerName, producerVersion, domain;
  int64_t modelVersion = 0;
  std::vector<std::pair<std::string_view, std::string_view>> metadata;
  Graph graph;
  std::vector<Function> functions;

  const Function *findFunction(std::string_view domain, std::string_view name,
                               std::string_view overload) const;
  /// Gives the memory of the mapped files back until they are read again.
  void releaseFiles() const;

private:
  Model();
  friend class ModelLoader;
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, const Function *>
      functionIndex;
  std::vector<std::shared_ptr<const MappedFile>> files;
};

inline const Graph &Attribute::graph() const { return graphs.front(); }

} // namespace ingot::onnx

#endif // INGOT_FRONTEND_ONNX_MODEL_H
