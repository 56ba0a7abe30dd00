//===- Metadata.cpp - struct ingot_model as data -------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/emit/Metadata.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicsAArch64.h"
#include "llvm/IR/IntrinsicsX86.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"

using namespace llvm;

namespace ingot {

bool isFreestanding(const ModelPlan &plan) {
  if (plan.entries.size() != 1 || !plan.states.empty())
    return false;
  const EntryPlan &e = plan.entries[0];
  auto fixed = [](const Port &p) {
    auto type = dyn_cast<mlir::RankedTensorType>(p.type);
    return type && type.hasStaticShape() && !isString(type.getElementType());
  };
  return !e.needsRuntime && e.symbols.empty() && all_of(e.inputs, fixed) && all_of(e.outputs, fixed);
}

int64_t workspaceBytes(const ModelPlan &plan) {
  return plan.entries[0].arenaBytes + alignTo(plan.entries[0].workerBytes, 64);
}

namespace {

/// Builds constants laid out as the C structs of abi.h, whose members are pointers and integers at
/// their natural alignment.
class Builder {
public:
  Builder(Module &module, const ModelPlan &plan, const EmitOptions &options)
      : module(module), context(module.getContext()), plan(plan), options(options),
        ptr(PointerType::get(context, 0)) {}

  void build() {
    std::vector<Constant *> entries, programs;
    for (const EntryPlan &e : plan.entries) {
      entries.push_back(entry(e));
      programs.push_back(program(e));
    }
    std::vector<Constant *> features;
    for (StringRef f : requiredFeatures())
      features.push_back(string(f));
    Constant *target = structure({string(options.target.cpu), i32(features.size()), i32(0),
                                  array(features, ptr), array(programs)});
    Constant *weights = structure({weightsPointer(), i64(plan.weights.bytes()), null(), i64(0),
                                   i64(0), i64(0), i64(0)});
    bool runtime = any_of(plan.entries, [](const EntryPlan &e) { return e.needsRuntime; });
    Constant *model = structure(
        {i32(INGOT_MODEL_MAGIC), i32(INGOT_ABI_VERSION), i32(sizeof(ingot_model)),
         i32(runtime ? INGOT_MODEL_NEEDS_RUNTIME : 0), string(options.modelName),
         string("ingot " INGOT_VERSION), i32(plan.entries.size()), i32(1),
         i32(plan.states.size()), i32(0), array(entries), array({target}), states(), weights});
    auto *global = new GlobalVariable(module, model->getType(), true, GlobalValue::ExternalLinkage,
                                      model, "ingot_model_" + options.modelName);
    if (options.shared)
      GlobalAlias::create(model->getType(), 0, GlobalValue::ExternalLinkage,
                          INGOT_ARTIFACT_SYMBOL, global, &module);
    if (isFreestanding(plan))
      typedFunction(plan.entries[0]);
  }

private:
  Constant *i32(int64_t v) { return ConstantInt::get(Type::getInt32Ty(context), v, true); }
  Constant *i64(int64_t v) { return ConstantInt::get(Type::getInt64Ty(context), v, true); }
  Constant *null() { return ConstantPointerNull::get(ptr); }

  Constant *structure(ArrayRef<Constant *> members) {
    SmallVector<Type *> types;
    for (Constant *m : members)
      types.push_back(m->getType());
    return ConstantStruct::get(StructType::get(context, types), members);
  }
  Constant *place(Constant *value) {
    auto *g = new GlobalVariable(module, value->getType(), true, GlobalValue::PrivateLinkage, value,
                                 "ingot_meta");
    return g;
  }
  Constant *string(StringRef s) { return place(ConstantDataArray::getString(context, s)); }
  Constant *array(ArrayRef<Constant *> items, Type *type = nullptr) {
    if (items.empty())
      return null();
    return place(ConstantArray::get(ArrayType::get(type ? type : items[0]->getType(), items.size()),
                                    items));
  }
  Constant *function(StringRef name) {
    if (name.empty())
      return null();
    return module.getFunction(name);
  }
  Constant *weightsPointer() {
    if (plan.weights.bytes() == 0)
      return null();
    return module.getOrInsertGlobal(weightsSymbol(options.modelName), Type::getInt8Ty(context));
  }

  /// What the code needs beyond the baseline of its architecture, of all that the generator of code
  /// may use unasked, by LLVM's names; the runtime knows how to look for each (cpu_features.cpp). A
  /// feature of the CPU that is not listed here (sha, aes …) is used by intrinsics alone, which we do
  /// not emit.
  SmallVector<StringRef> requiredFeatures() {
    static constexpr const char *usedOnX86[] = {
        "cx16",        "sahf",         "sse3",         "ssse3",        "sse4.1",
        "sse4.2",      "sse4a",        "popcnt",       "avx",          "avx2",
        "fma",         "f16c",         "bmi",          "bmi2",         "lzcnt",
        "movbe",       "adx",          "avxvnni",      "avxvnniint8",  "avxvnniint16",
        "avxifma",     "avxneconvert", "avx512f",      "avx512cd",     "avx512bw",
        "avx512dq",    "avx512vl",     "avx512vbmi",   "avx512ifma",   "avx512vnni",
        "avx512vbmi2", "avx512bitalg", "gfni",         "avx512bf16",   "avx512fp16",
        "amx-tile",    "amx-int8",     "amx-bf16",     "amx-fp16",     "avx512vpopcntdq"};
    static constexpr const char *usedOnAArch64[] = {
        "lse",  "rdm",  "dotprod", "fullfp16", "fp16fml", "sve",    "sve2", "bf16",
        "i8mm", "jsconv", "complxnum", "rcpc", "rcpc-immo", "flagm", "altnzcv", "fptoint",
        "sha3", "cssc", "mops"};
    SmallVector<StringRef> names;
    ArrayRef<const char *> used;
    if (options.target.arch == CpuTarget::Arch::X86_64)
      used = usedOnX86;
    else if (options.target.arch == CpuTarget::Arch::AArch64)
      used = usedOnAArch64;
    Triple triple(options.target.triple);
    std::string error;
    const Target *target = TargetRegistry::lookupTarget(triple, error);
    if (!target)
      return names;
    std::unique_ptr<MCSubtargetInfo> info(
        target->createMCSubtargetInfo(triple, options.target.cpu, options.target.features));
    for (const char *name : used)
      if (info && info->checkFeatures(std::string("+") + name))
        names.push_back(name);
    return names;
  }

  SmallVector<Constant *> portMembers(StringRef name, mlir::Type type, ArrayRef<int64_t> dims) {
    auto tensor = dyn_cast<mlir::RankedTensorType>(type);
    auto unranked = dyn_cast<mlir::UnrankedTensorType>(type);
    Constant *element = null();
    int32_t kind = INGOT_TENSOR, elementType = 0, rank = 0, key = 0;
    Constant *sizes = null();
    if (tensor) {
      elementType = elementTypeCode(tensor.getElementType());
      kind = elementType == INGOT_STRING ? INGOT_STRING_TENSOR : INGOT_TENSOR;
      rank = tensor.getRank();
      SmallVector<Constant *> values;
      for (int64_t d : dims)
        values.push_back(i64(d));
      sizes = array(values);
    } else if (unranked) {
      elementType = elementTypeCode(unranked.getElementType());
      kind = elementType == INGOT_STRING ? INGOT_STRING_TENSOR : INGOT_TENSOR;
      rank = -1;
    } else {
      mlir::Type inner;
      if (auto s = dyn_cast<SequenceType>(type))
        kind = INGOT_SEQUENCE, inner = s.getElement();
      else if (auto o = dyn_cast<OptionalType>(type))
        kind = INGOT_OPTIONAL, inner = o.getElement();
      else if (auto m = dyn_cast<MapType>(type))
        kind = INGOT_MAP, inner = m.getValue(), key = elementTypeCode(m.getKey());
      if (inner && isa<mlir::ShapedType, SequenceType, OptionalType, MapType>(inner)) {
        SmallVector<int64_t> born;
        if (auto t = dyn_cast<mlir::RankedTensorType>(inner))
          for (int64_t d : t.getShape())
            born.push_back(mlir::ShapedType::isDynamic(d) ? INGOT_DIM_BORN : d);
        element = array({structure(portMembers("", inner, born))});
      } else if (inner) {
        elementType = elementTypeCode(inner);
      }
    }
    return {string(name), i32(kind),  i32(elementType), i32(rank),
            i32(key),     sizes,      element,          i32(1),
            i32(-1)};
  }
  Constant *port(const Port &p) {
    auto members = portMembers(p.name, p.type, p.dims);
    members.back() = i32(p.state);
    return structure(members);
  }

  Constant *states() {
    SmallVector<Constant *> all;
    for (const StatePlan &s : plan.states) {
      SmallVector<Constant *> dims;
      for (int64_t d : s.dims)
        dims.push_back(i64(d));
      all.push_back(structure({string(s.name), i32(elementTypeCode(s.elementType)),
                               i32(s.dims.size()), array(dims), i32(s.axis), i32(0)}));
    }
    return array(all);
  }

  Constant *entry(const EntryPlan &e) {
    SmallVector<Constant *> inputs, outputs, symbols;
    for (const Port &p : e.inputs)
      inputs.push_back(port(p));
    for (const Port &p : e.outputs)
      outputs.push_back(port(p));
    for (const EntrySymbol &s : e.symbols)
      symbols.push_back(structure(
          {string(s.name), i64(s.min), i64(s.max), i32(s.source), i32(s.input), i64(s.index)}));
    return structure({string(e.name), i32(inputs.size()), i32(outputs.size()), i32(symbols.size()),
                      i32(0), array(inputs), array(outputs), array(symbols),
                      function(e.outputDims), function(e.guard)});
  }

  Constant *program(const EntryPlan &e) {
    SmallVector<Constant *> lives;
    for (const ingot_lifetime &l : e.lifetimes)
      lives.push_back(structure({i32(l.first), i32(l.last)}));
    return structure({function(e.run), i64(e.arenaBytes), i64(alignTo(e.workerBytes, 64)),
                      i32(lives.size()), i32(0), array(lives), function(e.bufferSizes)});
  }

  /// Sets the caller's rounding and denormal modes, exception masks and sticky flags aside, as the
  /// library does (float_environment.h); what is returned writes the code that brings them back.
  std::function<void()> setFloatEnvironmentAside(IRBuilder<> &b) {
    if (options.target.arch == CpuTarget::Arch::AArch64) {
      Value *control = b.CreateIntrinsic(Intrinsic::aarch64_get_fpcr, {});
      Value *flags = b.CreateIntrinsic(Intrinsic::aarch64_get_fpsr, {});
      b.CreateIntrinsic(Intrinsic::aarch64_set_fpcr, {b.getInt64(0)});
      return [&b, control, flags] {
        b.CreateIntrinsic(Intrinsic::aarch64_set_fpcr, {control});
        b.CreateIntrinsic(Intrinsic::aarch64_set_fpsr, {flags});
      };
    }
    if (options.target.arch != CpuTarget::Arch::X86_64)
      return [] {};
    Value *saved = b.CreateAlloca(b.getInt32Ty()), *own = b.CreateAlloca(b.getInt32Ty());
    b.CreateIntrinsic(Intrinsic::x86_sse_stmxcsr, {saved});
    b.CreateStore(b.getInt32(0x1f80), own);
    b.CreateIntrinsic(Intrinsic::x86_sse_ldmxcsr, {own});
    return [&b, saved] { b.CreateIntrinsic(Intrinsic::x86_sse_ldmxcsr, {saved}); };
  }

  /// int NAME_run(const T *input…, T *output…, void *workspace)
  void typedFunction(const EntryPlan &e) {
    size_t ins = e.inputs.size(), outs = e.outputs.size();
    SmallVector<Type *> types(ins + outs + 1, ptr);
    auto *f = Function::Create(FunctionType::get(Type::getInt32Ty(context), types, false),
                               GlobalValue::ExternalLinkage, options.modelName + "_run", module);
    IRBuilder<> b(BasicBlock::Create(context, "", f));
    auto pack = [&](size_t from, size_t count) -> Value * {
      Value *table = b.CreateAlloca(ptr, b.getInt64(std::max<size_t>(count, 1)));
      for (size_t i = 0; i < count; ++i)
        b.CreateStore(f->getArg(from + i), b.CreateConstGEP1_64(ptr, table, i));
      return table;
    };
    Value *inputs = pack(0, ins), *outputs = pack(ins, outs);
    auto restore = setFloatEnvironmentAside(b);
    CallInst *status = b.CreateCall(module.getFunction(e.run),
                                    {null(), inputs, outputs, null(), f->getArg(ins + outs),
                                     null(), weightsPointer()});
    // LLVM may move arithmetic over a change of modes, but not out of a function.
    status->setIsNoInline();
    restore();
    b.CreateRet(status);
  }

  Module &module;
  LLVMContext &context;
  const ModelPlan &plan;
  const EmitOptions &options;
  PointerType *ptr;
};

} // namespace

void emitMetadata(Module &module, const ModelPlan &plan, const EmitOptions &options) {
  Builder(module, plan, options).build();
}

} // namespace ingot
