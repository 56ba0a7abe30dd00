/* Runs the kernels of a GPU on the host: the threads of a block are threads, one block after the
 * other. The LLVM IR calls these functions in place of NVVM's intrinsics. */
#include <pthread.h>
#include <stdint.h>

static _Thread_local int thread_number, block_number;
static pthread_barrier_t barrier;

int host_thread(void) { return thread_number; }
int host_block(void) { return block_number; }
void host_barrier(int unused) {
  (void)unused;
  pthread_barrier_wait(&barrier);
}

typedef void kernel(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

static struct {
  kernel *function;
  const uint64_t *arguments;
  int blocks;
} launch;

static void *run_thread(void *number) {
  const uint64_t *a = launch.arguments;
  thread_number = (int)(intptr_t)number;
  for (block_number = 0; block_number < launch.blocks; ++block_number) {
    launch.function(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
    pthread_barrier_wait(&barrier); /* shared memory is the next block's */
  }
  return 0;
}

/* `arguments`: eight, of which the kernel takes the first. */
int run_blocks(kernel *function, const uint64_t *arguments, int blocks, int threads) {
  pthread_t handles[1024];
  int started = 0;
  launch.function = function;
  launch.arguments = arguments;
  launch.blocks = blocks;
  pthread_barrier_init(&barrier, 0, (unsigned)threads);
  for (; started < threads; ++started)
    if (pthread_create(&handles[started], 0, run_thread, (void *)(intptr_t)started))
      return 1;
  for (int i = 0; i < started; ++i)
    pthread_join(handles[i], 0);
  pthread_barrier_destroy(&barrier);
  return 0;
}
