/* The contract between a compiled program and whatever runs it: libingot_rt, or nothing at all.
 *
 * Generated code includes no header; this file describes what it emits and calls. Every service is
 * reached through the table that the caller passes, so that an object has no undefined symbol.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef INGOT_KERNEL_ABI_H
#define INGOT_KERNEL_ABI_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/* One kernel: runs the independent tiles [begin, end) of its iteration space. `args` holds one
 * pointer per buffer, then one int64_t per dimension symbol (stored in the pointer-sized slot).
 * `worker` is in [0, threads) and unique among concurrent calls; it selects per-worker scratch. */
typedef void (*ingot_kernel_fn)(void *const *args, int64_t begin, int64_t end, int64_t worker);

/* A linear buffer with its dimensions, as values that outlive a launch are passed to host services.
 * As an operand `dims` is borrowed for the duration of the call. For a sequence, map or optional
 * element_type is 0, rank 0, and data the handle. */
struct ingot_tensor_view {
  void *data;
  const int64_t *dims;
  int32_t rank;
  int32_t element_type; /* enum ingot_element_type of abi.h */
};

/* Services of the caller. Any pointer below may be relied upon by a program whose model declares
 * INGOT_MODEL_NEEDS_RUNTIME; a freestanding program is called with host == NULL. */
struct ingot_host {
  uint32_t struct_bytes;
  int32_t threads; /* workers that parallel_for may use, at least 1 */
  void *context;
  /* Calls fn over [0, tiles) split in chunks of at least `grain` tiles; returns when all are done.
   * The split depends only on tiles and grain, never on the number of threads. */
  void (*parallel_for)(void *context, ingot_kernel_fn fn, void *const *args, int64_t tiles,
                       int64_t grain);
  /* Memory for values whose size is born inside the run; 64-byte aligned, never NULL for bytes it
   * can serve (0 bytes included), NULL when memory is exhausted. Lives until released or the run
   * ends. */
  void *(*allocate)(void *context, int64_t bytes);
  /* A stack discipline over allocate: release frees all that came after its mark. */
  int64_t (*mark)(void *context);
  void (*release)(void *context, int64_t mark);
  /* Storage for a tensor output whose dimensions are born inside the run: the program calls it once
   * per such output, then writes prod(dims) elements to the result. NULL when memory is exhausted
   * or the caller's buffer is too small (the context holds the message). */
  void *(*output)(void *context, int32_t index, int32_t rank, const int64_t *dims);
  /* Records a failure of enum ingot_status. The program returns right after; any value but 0 will
   * do, what was recorded last (here or by a service that returned NULL) is what the caller gets.
   */
  void (*fail)(void *context, int32_t status, const char *message);
  /* Calls a host operation by name (string operators, sequences, maps): see runtime/host_ops.
   * Attributes follow the operands as tensors of rank 0 or 1. Values that are not plain buffers are
   * handles of the context. For each result the program states what it expects: element_type
   * (0: a handle) and rank (-1: any); the operation checks them and sets data, dims and rank to
   * memory that lives until the run ends. Returns an ingot_status, after recording the message. */
  int32_t (*call)(void *context, const char *operation, const struct ingot_tensor_view *operands,
                  int32_t operand_count, struct ingot_tensor_view *results, int32_t result_count);
};

/* A program: the body of an entry point.
 *   inputs   one pointer per model input (data, or a handle for a sequence, map or optional)
 *   outputs  one pointer per model output: its data where the dimensions follow from the inputs;
 *            NULL where they are born inside the run (see output above); for a sequence, map or
 *            optional the address of a pointer into which the program stores the handle
 *   symbols  values of the entry point's dimension symbols, in the order of its metadata
 *   arena    workspace, 64-byte aligned (may be NULL when none is needed); its parts are described
 *            at struct ingot_program in abi.h
 *   offsets  per planned dynamic buffer its byte offset in the arena (NULL when all are static)
 *   weights  base of the weights section (NULL: the embedded one)
 * Returns an ingot_status. Reentrant; uses only what it is passed. */
typedef int32_t (*ingot_program_fn)(const struct ingot_host *host, void *const *inputs,
                                    void *const *outputs, const int64_t *symbols, void *arena,
                                    const int64_t *offsets, const void *weights);

#ifdef __cplusplus
}
#endif
#endif
