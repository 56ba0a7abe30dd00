// Memory: the arena, regions, and every allocation refused in turn.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "context_fixture.h"
#include "handwritten_models.h"
#include "runtime/memory.h"
#include <cstring>
#include <map>

using namespace ingot::runtime;

namespace {
/// Counts what is allocated and refuses the allocation number `refuse`.
struct Counter {
  int64_t made = 0, refuse = -1;
  std::map<void *, int64_t> live;
  bool mismatch = false;

  ingot_options options() {
    ingot_options options = defaultOptions(2);
    options.allocator_user = this;
    options.allocate = [](void *user, int64_t bytes, int64_t alignment) -> void * {
      auto *counter = static_cast<Counter *>(user);
      if (counter->made++ == counter->refuse)
        return nullptr;
      void *memory = aligned_alloc(size_t(alignment), size_t((bytes + 63) / 64 * 64));
      memset(memory, 0xa5, size_t(bytes)); // nothing may count on zeros
      counter->live[memory] = bytes;
      return memory;
    };
    options.deallocate = [](void *user, void *memory, int64_t bytes) {
      auto *counter = static_cast<Counter *>(user);
      counter->mismatch |= counter->live[memory] != bytes;
      counter->live.erase(memory);
      free(memory);
    };
    return options;
  }
};
} // namespace

/// Runs `body` with every allocation refused once: it must report a status, work when called again,
/// and leave nothing behind.
template <typename Body> static void refuseEach(const ingot_model &model, Body body) {
  for (int64_t n = 0;; ++n) {
    Counter counter;
    counter.refuse = n;
    ingot_options options = counter.options();
    {
      TestContext context(model, &options);
      if (!context.context) {
        EXPECT_EQ(context.status, INGOT_OUT_OF_MEMORY) << n;
        EXPECT_NE(context.message, "");
      } else {
        int32_t status = body(context);
        if (status != INGOT_OK) {
          EXPECT_TRUE(status == INGOT_OUT_OF_MEMORY || status == INGOT_RUN_OUT_OF_MEMORY) << status;
          EXPECT_NE(context.message, "");
          EXPECT_EQ(body(context), INGOT_OK) << n << ": " << context.message;
        }
      }
    }
    EXPECT_TRUE(counter.live.empty()) << n;
    EXPECT_FALSE(counter.mismatch) << n;
    if (counter.made <= n)
      break;
    ASSERT_LT(n, 1000);
  }
}

TEST(OutOfMemory, AnyAllocationOfARunWithPlannedOutputs) {
  refuseEach(ingot_model_affine, [](TestContext &context) {
    Floats x({2, 4}, {1, 1, 1, 1, 2, 2, 2, 2}), gain({2}, {10, 100});
    std::vector<ingot_value> outputs = {unset(), unset()};
    int32_t status = context.run(0, {x.value(), gain.value()}, outputs);
    if (status == INGOT_OK)
      EXPECT_EQ(floats(outputs[1]), (std::vector<float>{50, 810}));
    return status;
  });
}

TEST(OutOfMemory, AnyAllocationOfARunWithBornOutputs) {
  refuseEach(ingot_model_affine, [](TestContext &context) {
    Floats values({5000}, std::vector<float>(5000, 1));
    std::vector<ingot_value> outputs = {unset()};
    return context.run(1, {values.value()}, outputs);
  });
}

TEST(OutOfMemory, AnyAllocationOfARunWithStringsAndSequences) {
  refuseEach(ingot_model_greeter, [](TestContext &context) {
    std::vector<ingot_string> names(100, {"Ada", 3});
    int64_t count = 100;
    std::vector<ingot_value> outputs = {unset(), unset()};
    return context.run(0, {ingot_tensor(INGOT_STRING, 1, &count, names.data(), 1600)}, outputs);
  });
}

TEST(OutOfMemory, AnyAllocationOfAStatefulRun) {
  refuseEach(ingot_model_recorder, [](TestContext &context) {
    ingot_state_reset(context.context);
    Floats x({2, 3}, {1, 2, 3, 4, 5, 6});
    std::vector<ingot_value> outputs = {unset()};
    int32_t status = context.run(0, {x.value()}, outputs);
    ingot_value history;
    if (status == INGOT_OK) {
      status = ingot_state_read(context.context, 0, &history);
      context.message = ingot_context_message(context.context);
    }
    return status;
  });
}

TEST(Memory, RunsOfKnownShapesStopAllocating) {
  Counter counter;
  ingot_options options = counter.options();
  {
    TestContext context(ingot_model_affine, &options);
    Floats x({2, 4}, {1, 1, 1, 1, 2, 2, 2, 2}), gain({2}, {10, 100});
    Floats y({2, 4}, std::vector<float>(8)), total({2}, std::vector<float>(2));
    int64_t made = 0;
    for (int i = 0; i < 10; ++i) {
      std::vector<ingot_value> outputs = {y.value(), total.value()};
      ASSERT_EQ(context.run(0, {x.value(), gain.value()}, outputs), INGOT_OK);
      if (i == 1)
        made = counter.made;
    }
    EXPECT_EQ(counter.made, made);
  }
  EXPECT_TRUE(counter.live.empty());
}

static Allocator plainAllocator() { return Allocator::from(nullptr); }

TEST(Region, GivesDistinctAlignedMemory) {
  Allocator allocator = plainAllocator();
  Region region;
  std::vector<std::pair<char *, int64_t>> blocks;
  for (int64_t bytes : {0, 1, 64, 65, 4096, 100000, 3, 1 << 20, 0}) {
    auto *memory = static_cast<char *>(region.allocate(allocator, bytes));
    ASSERT_NE(memory, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(memory) % 64, 0u);
    memset(memory, int(blocks.size()), size_t(bytes));
    blocks.push_back({memory, bytes});
  }
  for (size_t i = 0; i < blocks.size(); ++i)
    for (int64_t b = 0; b < blocks[i].second; ++b)
      ASSERT_EQ(blocks[i].first[b], char(i));
  EXPECT_EQ(region.allocate(allocator, -1), nullptr);
  EXPECT_EQ(region.allocate(allocator, INT64_MAX), nullptr);
  region.destroy(allocator);
}

TEST(Region, ReleaseGivesBackWhatCameAfterTheMark) {
  Allocator allocator = plainAllocator();
  Region region;
  int64_t beginning = region.mark();
  auto *kept = static_cast<char *>(region.allocate(allocator, 100));
  memset(kept, 1, 100);
  int64_t mark = region.mark();
  void *first = region.allocate(allocator, 1000);
  for (int round = 0; round < 100; ++round) { // a loop whose values grow must not grow the region
    region.allocate(allocator, 10000 * (round % 10));
    region.release(mark);
    EXPECT_EQ(region.allocate(allocator, 1000), first);
  }
  EXPECT_EQ(kept[99], 1);
  region.release(beginning);
  EXPECT_EQ(region.allocate(allocator, 100), kept);
  region.destroy(allocator);
}

TEST(TensorBytes, PackedTypesAndOverflow) {
  int64_t five[] = {5}, big[] = {int64_t(1) << 32, int64_t(1) << 32}, negative[] = {-1};
  int64_t zero[] = {int64_t(1) << 62, 16, 0};
  EXPECT_EQ(ingot_tensor_bytes(INGOT_INT4, 1, five), 3);
  EXPECT_EQ(ingot_tensor_bytes(INGOT_UINT2, 1, five), 2);
  EXPECT_EQ(ingot_tensor_bytes(INGOT_DOUBLE, 1, five), 40);
  EXPECT_EQ(ingot_tensor_bytes(INGOT_STRING, 1, five), 80);
  EXPECT_EQ(ingot_tensor_bytes(INGOT_COMPLEX128, 0, nullptr), 16);
  EXPECT_EQ(ingot_tensor_bytes(INGOT_UINT8, 2, big), -1);
  EXPECT_EQ(ingot_tensor_bytes(INGOT_UINT8, 3, zero), 0);
  EXPECT_EQ(ingot_tensor_bytes(INGOT_UINT8, 1, negative), -1);
  EXPECT_EQ(ingot_tensor_bytes(0, 0, nullptr), -1);
  EXPECT_EQ(ingot_tensor_bytes(27, 0, nullptr), -1);
}
