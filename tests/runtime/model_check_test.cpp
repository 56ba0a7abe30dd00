// Models that are damaged, of another version, or for another CPU are refused with a reason.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "context_fixture.h"
#include "handwritten_models.h"
#include "runtime/cpu_features.h"
#include <functional>

static void expectRefused(const ingot_model &model, int32_t status, const std::string &message) {
  TestContext context(model);
  EXPECT_EQ(context.context, nullptr);
  EXPECT_EQ(context.status, status);
  EXPECT_EQ(context.message, message);
}

TEST(ModelCheck, AnotherMajorVersion) {
  ingot_model model = ingot_model_affine;
  model.abi_version = (INGOT_ABI_VERSION_MAJOR + 1) << 16;
  expectRefused(model, INGOT_VERSION_MISMATCH,
                "the model was compiled for version 2.0 of the ABI, this runtime has 1.0");
}

TEST(ModelCheck, ANewerMinorVersion) {
  ingot_model model = ingot_model_affine;
  model.abi_version = INGOT_ABI_VERSION + 1;
  expectRefused(model, INGOT_VERSION_MISMATCH,
                "the model was compiled for version 1.1 of the ABI, this runtime has 1.0");
}

TEST(ModelCheck, NoModel) {
  ingot_model model = ingot_model_affine;
  model.magic = 0;
  expectRefused(model, INGOT_INVALID_MODEL, "not a compiled model: the magic number is 0x00000000");
  char text[64];
  ingot_context *context;
  EXPECT_EQ(ingot_context_create(nullptr, nullptr, &context, text, sizeof text),
            INGOT_INVALID_ARGUMENT);
  EXPECT_EQ(context, nullptr);
}

TEST(ModelCheck, AMissingCpuFeatureIsNamed) {
  ingot_model model = ingot_model_affine;
  model.target_count = 1;
  expectRefused(model, INGOT_UNSUPPORTED_CPU,
                "the model needs no-such-feature (impossible), which this CPU lacks");
}

TEST(ModelCheck, AModelForAGpuIsAStatus) {
  ingot_model model = ingot_model_affine;
  model.flags |= INGOT_MODEL_NEEDS_GPU;
  expectRefused(model, INGOT_NO_DEVICE, "the model needs a GPU, which this runtime does not drive");
}

TEST(ModelCheck, FeaturesOfEveryX86CpuAreFound) {
#if defined(__x86_64__)
  EXPECT_TRUE(ingot::runtime::cpuHas("sse2"));
  EXPECT_TRUE(ingot::runtime::cpuHas("64bit"));
  EXPECT_EQ(ingot::runtime::cpuHas("avx2"), bool(__builtin_cpu_supports("avx2")));
  EXPECT_EQ(ingot::runtime::cpuHas("avx512f"), bool(__builtin_cpu_supports("avx512f")));
  EXPECT_EQ(ingot::runtime::cpuHas("avx512vnni"), bool(__builtin_cpu_supports("avx512vnni")));
#endif
  EXPECT_FALSE(ingot::runtime::cpuHas(""));
}

TEST(ModelCheck, ContradictionsAreFound) {
  struct Copy {
    ingot_model model = ingot_model_affine;
    ingot_entry entries[2] = {ingot_model_affine.entries[0], ingot_model_affine.entries[1]};
    ingot_port input = entries[0].inputs[0];
    ingot_symbol symbol = entries[0].symbols[0];
    ingot_program programs[2] = {ingot_model_affine.targets[1].programs[0],
                                 ingot_model_affine.targets[1].programs[1]};
    ingot_target target = ingot_model_affine.targets[1];
    ingot_port inputs[2];
    int64_t dims[2] = {INGOT_DIM_SYMBOL(0), 4};
  };
  std::vector<std::function<void(Copy &)>> mistakes = {
      [](Copy &c) { c.model.struct_bytes = 8; },
      [](Copy &c) { c.model.entry_count = 0; },
      [](Copy &c) { c.model.entry_count = -1; },
      [](Copy &c) { c.model.target_count = INT32_MAX; },
      [](Copy &c) { c.model.name = nullptr; },
      [](Copy &c) { c.model.state_count = 1; },
      [](Copy &c) { c.entries[0].input_count = INT32_MAX; },
      [](Copy &c) { c.entries[1].outputs = nullptr; },
      [](Copy &c) { c.input.name = nullptr; },
      [](Copy &c) { c.input.kind = 0; },
      [](Copy &c) { c.input.kind = INGOT_STRING_TENSOR; },
      [](Copy &c) { c.input.kind = INGOT_SEQUENCE; },
      [](Copy &c) { c.input.element_type = 27; },
      [](Copy &c) { c.input.rank = -1; },
      [](Copy &c) { c.input.rank = 1 << 20; },
      [](Copy &c) { c.input.alignment = 3; },
      [](Copy &c) { c.input.alignment = 128; },
      [](Copy &c) { c.input.state = 0; },
      [](Copy &c) { c.dims[1] = INGOT_DIM_SYMBOL(1); },
      [](Copy &c) { c.dims[1] = INGOT_DIM_BORN; },
      [](Copy &c) { c.symbol.input = 2; },
      [](Copy &c) { c.symbol.index = 1; },
      [](Copy &c) { c.symbol.source = 2; },
      [](Copy &c) { c.symbol.source = INGOT_SOURCE_ELEMENT; },
      [](Copy &c) { c.symbol.min = 5, c.symbol.max = 4; },
      [](Copy &c) { c.programs[0].run = nullptr; },
      [](Copy &c) { c.programs[0].static_arena_bytes = 1; },
      [](Copy &c) { c.programs[0].worker_bytes = -64; },
      [](Copy &c) { c.programs[0].lifetimes = nullptr; },
      [](Copy &c) { c.programs[0].buffer_sizes = nullptr; },
      [](Copy &c) { c.model.weights.data = nullptr; },
      [](Copy &c) { c.model.weights.data = static_cast<const char *>(c.model.weights.data) + 4; },
      [](Copy &c) { c.model.weights.file = "../weights"; },
  };
  for (size_t i = 0; i < mistakes.size(); ++i) {
    Copy copy;
    mistakes[i](copy);
    copy.inputs[0] = copy.input;
    copy.inputs[1] = copy.entries[0].inputs[1];
    copy.inputs[0].dims = copy.dims;
    copy.entries[0].inputs = copy.inputs;
    copy.entries[0].symbols = &copy.symbol;
    copy.target.programs = copy.programs;
    copy.model.entries = copy.entries;
    copy.model.targets = &copy.target;
    if (copy.model.target_count == 2)
      copy.model.target_count = 1;
    TestContext context(copy.model);
    EXPECT_EQ(context.status, INGOT_INVALID_MODEL) << "mistake " << i;
    EXPECT_NE(context.message, "");
  }
}

TEST(ModelCheck, OptionsAreChecked) {
  ingot_options options = defaultOptions();
  options.struct_bytes = 4;
  EXPECT_EQ(TestContext(ingot_model_affine, &options).status, INGOT_INVALID_ARGUMENT);
  options = defaultOptions(-1);
  EXPECT_EQ(TestContext(ingot_model_affine, &options).status, INGOT_INVALID_ARGUMENT);
  options = defaultOptions();
  options.allocate = [](void *, int64_t, int64_t) -> void * { return nullptr; };
  EXPECT_EQ(TestContext(ingot_model_affine, &options).status, INGOT_INVALID_ARGUMENT);
}

TEST(ModelCheck, ShortMessageBuffersAreTerminated) {
  char text[8];
  ingot_context *context;
  EXPECT_EQ(ingot_context_create(nullptr, nullptr, &context, text, sizeof text),
            INGOT_INVALID_ARGUMENT);
  EXPECT_STREQ(text, "model i");
  EXPECT_EQ(ingot_context_create(nullptr, nullptr, &context, nullptr, 0), INGOT_INVALID_ARGUMENT);
}
