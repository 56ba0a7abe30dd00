// A buffer that ends where an unreadable page begins, so that a kernel's access beyond it faults.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_TESTS_CODEGEN_CPU_GUARDEDBUFFER_H
#define INGOT_TESTS_CODEGEN_CPU_GUARDEDBUFFER_H
#include <cstdint>
#include <random>
#include <sys/mman.h>
#include <unistd.h>

namespace ingot::test {

template <typename T>
class GuardedBuffer {
public:
  explicit GuardedBuffer(int64_t count) : count(count) {
    int64_t page = sysconf(_SC_PAGESIZE);
    int64_t bytes = (count * sizeof(T) + page - 1) / page * page;
    length = bytes + 2 * page;
    base = static_cast<char *>(
        mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base, page, PROT_NONE);
    mprotect(base + page + bytes, page, PROT_NONE);
    data = reinterpret_cast<T *>(base + page + bytes) - count;
  }
  GuardedBuffer(const GuardedBuffer &) = delete;
  ~GuardedBuffer() { munmap(base, length); }

  /// Whole numbers and quarters in [-2, 2] for floats, the whole range for integers.
  GuardedBuffer &fill(unsigned seed) {
    std::minstd_rand random(seed + 1);
    for (int64_t i = 0; i < count; ++i)
      data[i] = std::is_floating_point_v<T> ? T(int(random() % 4001) - 2000) / T(999)
                                            : T(random() >> 8);
    return *this;
  }
  T &operator[](int64_t i) { return data[i]; }
  const T &operator[](int64_t i) const { return data[i]; }

  int64_t count;
  T *data;

private:
  char *base;
  int64_t length;
};

} // namespace ingot::test
#endif
