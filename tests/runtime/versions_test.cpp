// Artifacts and callers of version 1.0 and of a later one of the same major version.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "context_fixture.h"
#include "handwritten_models.h"
#include "ingot/kernel_abi.h"
#include "runtime/versions.h"
#include <cstdint>
#include <cstring>
#include <memory>

namespace {

using namespace ingot::runtime;

/// `count` bytes and no more, so that AddressSanitizer sees a read beyond them.
template <typename T> struct Exactly {
  Exactly(T from, size_t count) : bytes(new char[count]()) {
    from.struct_bytes = uint32_t(count);
    std::memcpy(bytes.get(), &from, std::min(count, sizeof(T)));
  }
  T *get() { return reinterpret_cast<T *>(bytes.get()); }
  std::unique_ptr<char[]> bytes;
};

void expectToRun(const ingot_model &model, const ingot_options *options) {
  TestContext context(model, options);
  ASSERT_EQ(context.status, INGOT_OK) << context.message;
  Floats x({2, 4}, std::vector<float>(8, 1)), gain({2}, {1, 2});
  std::vector<ingot_value> outputs(model.entries[0].output_count, unset());
  EXPECT_EQ(context.run(0, {x.value(), gain.value()}, outputs), INGOT_OK) << context.message;
}

TEST(Versions, AModelOfTheFirstVersionRuns) {
  Exactly<ingot_model> model(ingot_model_affine, firstModelBytes);
  expectToRun(*model.get(), nullptr);
}

TEST(Versions, AModelWithAppendedMembersRuns) {
  Exactly<ingot_model> model(ingot_model_affine, sizeof(ingot_model) + 24);
  std::memset(model.bytes.get() + sizeof(ingot_model), 0xff, 24);
  expectToRun(*model.get(), nullptr);
}

TEST(Versions, AModelShorterThanTheFirstVersionIsRefused) {
  Exactly<ingot_model> model(ingot_model_affine, firstModelBytes);
  model.get()->struct_bytes = firstModelBytes - 1;
  EXPECT_EQ(TestContext(*model.get()).status, INGOT_INVALID_MODEL);
}

TEST(Versions, OptionsOfTheFirstVersionAreTaken) {
  Exactly<ingot_options> options(defaultOptions(2), firstOptionsBytes);
  expectToRun(ingot_model_affine, options.get());
}

TEST(Versions, OptionsWithAppendedMembersAreTaken) {
  Exactly<ingot_options> options(defaultOptions(2), sizeof(ingot_options) + 16);
  std::memset(options.bytes.get() + sizeof(ingot_options), 0xff, 16);
  expectToRun(ingot_model_affine, options.get());
}

TEST(Versions, OptionsShorterThanTheFirstVersionAreRefused) {
  Exactly<ingot_options> options(defaultOptions(2), firstOptionsBytes);
  options.get()->struct_bytes = firstOptionsBytes - 1;
  TestContext context(ingot_model_affine, options.get());
  EXPECT_EQ(context.status, INGOT_INVALID_ARGUMENT);
  EXPECT_EQ(context.message, "options: struct_bytes is " + std::to_string(firstOptionsBytes - 1) +
                                 ", set it to sizeof(struct ingot_options)");
}

// As a library of version 1.1 reads options to which it has added a member.
struct LaterOptions {
  uint32_t struct_bytes;
  int32_t threads;
  char rest[firstOptionsBytes - 8];
  void *added;
};

TEST(Versions, WhatAnOlderCallerDoesNotHaveIsZero) {
  LaterOptions theirs = {};
  theirs.threads = 3;
  theirs.added = &theirs;
  Exactly<LaterOptions> older(theirs, firstOptionsBytes);
  LaterOptions ours = asKnownHere<LaterOptions>(older.get());
  EXPECT_EQ(ours.struct_bytes, sizeof(LaterOptions));
  EXPECT_EQ(ours.threads, 3);
  EXPECT_EQ(ours.added, nullptr);
  Exactly<LaterOptions> newer(theirs, sizeof(LaterOptions) + 8);
  EXPECT_EQ(asKnownHere<LaterOptions>(newer.get()).added, &theirs);
}

#if UINTPTR_MAX == UINT64_MAX // the numbers are those of 64-bit machines
// They are those of version 1.0, and change with the major version alone.
TEST(Versions, TheLayoutIsThatOfTheFirstVersion) {
  EXPECT_EQ(firstModelBytes, 128u);
  EXPECT_EQ(firstOptionsBytes, 64u);
  EXPECT_EQ(sizeof(ingot_value), 40u);
  EXPECT_EQ(sizeof(ingot_string), 16u);
  EXPECT_EQ(sizeof(ingot_port), 48u);
  EXPECT_EQ(sizeof(ingot_symbol), 40u);
  EXPECT_EQ(sizeof(ingot_entry), 64u);
  EXPECT_EQ(sizeof(ingot_program), 48u);
  EXPECT_EQ(sizeof(ingot_target), 32u);
  EXPECT_EQ(sizeof(ingot_state), 32u);
  EXPECT_EQ(sizeof(ingot_weights), 56u);
  EXPECT_EQ(sizeof(ingot_tensor_view), 24u);
  EXPECT_EQ(offsetof(ingot_model, name), 16u);
  EXPECT_EQ(offsetof(ingot_model, entry_count), 32u);
  EXPECT_EQ(offsetof(ingot_model, entries), 48u);
  EXPECT_EQ(offsetof(ingot_model, weights), 72u);
  EXPECT_EQ(offsetof(ingot_options, parallel), 32u);
  EXPECT_EQ(offsetof(ingot_options, spin_microseconds), 48u);
  EXPECT_EQ(offsetof(ingot_host, context), 8u);
  EXPECT_EQ(offsetof(ingot_host, parallel_for), 16u);
  EXPECT_EQ(offsetof(ingot_host, allocate), 24u);
  EXPECT_EQ(offsetof(ingot_host, mark), 32u);
  EXPECT_EQ(offsetof(ingot_host, release), 40u);
  EXPECT_EQ(offsetof(ingot_host, output), 48u);
  EXPECT_EQ(offsetof(ingot_host, fail), 56u);
  EXPECT_EQ(offsetof(ingot_host, call), 64u);
}
#endif

} // namespace
