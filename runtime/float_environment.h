//===- float_environment.h - the caller's rounding and denormal modes, set aside ------------===//
//
// Compiled models assume the default environment: round to nearest, denormals kept, exceptions
// masked. The caller's modes and sticky flags come back when the object goes out of scope.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_RUNTIME_FLOAT_ENVIRONMENT_H
#define INGOT_RUNTIME_FLOAT_ENVIRONMENT_H

#include <cstdint>
#if !defined(__x86_64__) && !defined(__aarch64__)
#include <cfenv>
#endif

namespace ingot::runtime {

#if defined(__x86_64__)
// fegetenv and fesetenv take 100 cycles and more for the x87 state that nobody uses; the control
// words are what matters. The x87 one is included since the C library's conversions look at it.
class FloatEnvironment {
public:
  FloatEnvironment() {
    asm volatile("stmxcsr %0" : "=m"(sse));
    asm volatile("fnstcw %0" : "=m"(x87));
    uint32_t defaultSse = 0x1f80;
    uint16_t defaultX87 = 0x37f;
    asm volatile("ldmxcsr %0" : : "m"(defaultSse));
    if (x87 != defaultX87)
      asm volatile("fldcw %0" : : "m"(defaultX87));
  }
  ~FloatEnvironment() {
    asm volatile("ldmxcsr %0" : : "m"(sse));
    if (x87 != 0x37f)
      asm volatile("fldcw %0" : : "m"(x87));
  }

private:
  uint32_t sse;
  uint16_t x87;
#elif defined(__aarch64__)
class FloatEnvironment {
public:
  FloatEnvironment() {
    asm volatile("mrs %0, fpcr" : "=r"(control));
    asm volatile("mrs %0, fpsr" : "=r"(flags));
    asm volatile("msr fpcr, %0" : : "r"(uint64_t(0)));
  }
  ~FloatEnvironment() {
    asm volatile("msr fpcr, %0" : : "r"(control));
    asm volatile("msr fpsr, %0" : : "r"(flags));
  }

private:
  uint64_t control, flags;
#else
class FloatEnvironment {
public:
  FloatEnvironment() {
    std::fegetenv(&saved);
    std::fesetenv(FE_DFL_ENV);
  }
  ~FloatEnvironment() { std::fesetenv(&saved); }

private:
  std::fenv_t saved;
#endif

public:
  FloatEnvironment(const FloatEnvironment &) = delete;
  FloatEnvironment &operator=(const FloatEnvironment &) = delete;
};

} // namespace ingot::runtime
#endif
