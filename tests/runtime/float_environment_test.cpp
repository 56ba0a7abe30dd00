// A run computes in the default floating-point environment and gives the caller's back.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "context_fixture.h"
#include "handwritten_models.h"
#include "ingot/kernel_abi.h"
#include <cfenv>
#include <mutex>
#include <set>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

static std::mutex seenMutex;
static std::set<int> seenRounding;
static std::set<unsigned> seenControl;

static void record(void *const *, int64_t, int64_t, int64_t) {
  std::lock_guard<std::mutex> lock(seenMutex);
  seenRounding.insert(std::fegetround());
#if defined(__x86_64__)
  seenControl.insert(_mm_getcsr() & 0xffc0);
#endif
}

static int32_t recordRun(const ingot_host *host, void *const *, void *const *, const int64_t *,
                         void *, const int64_t *, const void *) {
  std::feraiseexcept(FE_INEXACT | FE_DIVBYZERO);
  host->parallel_for(host->context, record, nullptr, 1000, 1);
  return INGOT_OK;
}

TEST(FloatEnvironment, IsTheDefaultInsideAndTheCallersAfterwards) {
  ingot_entry entry = {"probe", 0, 0, 0, 0, nullptr, nullptr, nullptr, nullptr, nullptr};
  ingot_program program = {recordRun, 0, 0, 0, 0, nullptr, nullptr};
  ingot_target target = {"any", 0, 0, nullptr, &program};
  ingot_model model = ingot_model_affine;
  model.entry_count = model.target_count = 1;
  model.entries = &entry;
  model.targets = &target;

  std::fesetround(FE_UPWARD); // before the threads are made: they inherit it
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040); // flush to zero, denormals are zero
  unsigned before = _mm_getcsr();
#endif
  std::feclearexcept(FE_ALL_EXCEPT);
  ingot_options options = defaultOptions(4);
  {
    TestContext context(model, &options);
    std::vector<ingot_value> outputs;
    for (int i = 0; i < 50; ++i)
      EXPECT_EQ(context.run(0, {}, outputs), INGOT_OK) << context.message;
  }
  EXPECT_EQ(std::fegetround(), FE_UPWARD);
  EXPECT_FALSE(std::fetestexcept(FE_DIVBYZERO)) << "the run's flags must not leak";
#if defined(__x86_64__)
  EXPECT_EQ(_mm_getcsr() & 0xffc0, before & 0xffc0);
  EXPECT_EQ(seenControl, std::set<unsigned>{0x1f80});
#endif
  std::fesetenv(FE_DFL_ENV);
  EXPECT_EQ(seenRounding, std::set<int>{FE_TONEAREST});
}
