/* ingot/abi.h: a compiled model as a C object, and the calls of libingot_rt that run it.
 *
 * This header stands alone (C99 or later, C++11 or later; it includes <stdint.h> only). Part 1 is
 * what the compiler writes into every object: plain constant data that a program may also read, or
 * write by hand. Part 2 is the values that go in and out. Part 3 is the library.
 *
 *   extern const struct ingot_model ingot_model_digits;          // from the generated header
 *   struct ingot_context *context;
 *   char why[256];
 *   if (ingot_context_create(&ingot_model_digits, NULL, &context, why, sizeof why)) ...
 *   int64_t dims[4] = {1, 1, 28, 28};
 *   struct ingot_value in = ingot_tensor(INGOT_FLOAT, 4, dims, image, sizeof image);
 *   struct ingot_value out = ingot_tensor(INGOT_FLOAT, -1, NULL, scores, sizeof scores);
 *   if (ingot_run(context, 0, &in, 1, &out, 1)) puts(ingot_context_message(context));
 *
 * Errors.   Every call that can fail returns an int32_t from enum ingot_status; 0 is success. No
 *           call aborts, exits, prints, throws or sets errno on purpose. ingot_run checks all that
 *           can be checked before it computes; up to INGOT_FIRST_UNDEFINED_OUTPUTS the outputs are
 *           untouched, from there on their contents are undefined. After any failure the context
 *           can be used again.
 * Threads.  A model is immutable and may be shared by any number of threads. A context belongs to
 *           one call at a time: a second call that enters it meanwhile gets INGOT_BUSY.
 * Memory.   The caller owns what it passes; the library keeps no pointer to it after the call. What
 *           ingot_run hands out belongs to the context and lives until the end of the next run, so
 *           that outputs of one run can be inputs of the next. What ingot_output_dims and
 *           ingot_state_read hand out lives until the next such call.
 * Units.    Every size is in bytes and every dimension in elements, as int64_t.
 * Stability. Structs keep their layout within a major version. Members may be appended to struct
 *           ingot_model, ingot_options and ingot_host (kernel_abi.h): struct_bytes says which are
 *           there, no less than version 1.0 had, and nobody reads beyond them. Struct ingot_value
 *           lies in arrays and does not grow.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef INGOT_ABI_H
#define INGOT_ABI_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/* A runtime runs every artifact of its own major version whose minor is not above its own. */
#define INGOT_ABI_VERSION_MAJOR 1
#define INGOT_ABI_VERSION_MINOR 0
#define INGOT_ABI_VERSION ((INGOT_ABI_VERSION_MAJOR << 16) | INGOT_ABI_VERSION_MINOR)
#define INGOT_MODEL_MAGIC 0x4c444d49 /* "IMDL" in memory on a little-endian machine */

/* What arenas, weights and the library's own buffers are aligned to. */
#define INGOT_ALIGNMENT 64

enum ingot_status {
  INGOT_OK = 0,
  INGOT_INVALID_ARGUMENT = 1, /* NULL or nonsense where a value is required */
  INGOT_INVALID_MODEL = 2,    /* not a model, damaged, or contradicting itself */
  INGOT_VERSION_MISMATCH = 3, /* made for another major, or a newer minor version */
  INGOT_UNSUPPORTED_CPU = 4,  /* the message names the missing feature */
  INGOT_OUT_OF_MEMORY = 5,    /* the allocator returned NULL */
  INGOT_WRONG_COUNT = 6,      /* number of inputs or outputs */
  INGOT_WRONG_KIND = 7,       /* tensor, string tensor, sequence, map, optional */
  INGOT_WRONG_ELEMENT_TYPE = 8,
  INGOT_WRONG_RANK = 9,
  INGOT_WRONG_DIMENSION = 10,    /* a dimension differs from the model's, or is negative */
  INGOT_DIMENSION_CONFLICT = 11, /* two inputs disagree about one symbol */
  INGOT_OUT_OF_BOUNDS = 12,      /* a symbol below its minimum or above its maximum; a full state */
  INGOT_BUFFER_TOO_SMALL = 13,   /* `bytes` is less than the dimensions need */
  INGOT_MISALIGNED = 14,         /* a buffer that cannot be handled at its address */
  INGOT_OVERLAP = 15,            /* an output shares memory with an input or another output */
  INGOT_BUSY = 16,               /* the context is in another call */
  INGOT_NOT_FOUND = 17,          /* file, symbol, entry point, state */
  INGOT_IO_ERROR = 18,           /* a file could not be read or mapped */
  INGOT_CORRUPT_WEIGHTS = 19,    /* the weights file is not the one the model was compiled with */
  INGOT_NO_DEVICE = 20,          /* no GPU, no driver, or one too old */
  INGOT_GUARD_FAILED = 21, /* the model needs a relation between dimensions that does not hold */
  INGOT_UNSUPPORTED = 22,  /* a service that this runtime does not have */

  /* From here on the failure happened during the computation: outputs are undefined. */
  INGOT_FIRST_UNDEFINED_OUTPUTS = 64,
  INGOT_RUN_OUT_OF_MEMORY = 64,
  INGOT_RUN_BUFFER_TOO_SMALL = 65, /* for an output whose size was known only inside the run */
  INGOT_RUN_INVALID_DATA = 66,     /* index out of range, bad string, empty optional, … */
  INGOT_RUN_DIMENSION = 67,        /* sizes born inside the run do not fit each other */
  INGOT_RUN_DEVICE = 68,
  INGOT_RUN_FAILED = 69
};

/* The numbers of onnx.TensorProto.DataType. A tensor is dense, row-major, in the machine's byte
 * order. BOOL is one byte, 0 or 1. Types below 8 bits are packed from the least significant bits of
 * each byte, the last byte padded with zeros. STRING elements are struct ingot_string. */
enum ingot_element_type {
  INGOT_UNDEFINED = 0,
  INGOT_FLOAT = 1,
  INGOT_UINT8 = 2,
  INGOT_INT8 = 3,
  INGOT_UINT16 = 4,
  INGOT_INT16 = 5,
  INGOT_INT32 = 6,
  INGOT_INT64 = 7,
  INGOT_STRING = 8,
  INGOT_BOOL = 9,
  INGOT_FLOAT16 = 10,
  INGOT_DOUBLE = 11,
  INGOT_UINT32 = 12,
  INGOT_UINT64 = 13,
  INGOT_COMPLEX64 = 14,
  INGOT_COMPLEX128 = 15,
  INGOT_BFLOAT16 = 16,
  INGOT_FLOAT8E4M3FN = 17,
  INGOT_FLOAT8E4M3FNUZ = 18,
  INGOT_FLOAT8E5M2 = 19,
  INGOT_FLOAT8E5M2FNUZ = 20,
  INGOT_UINT4 = 21,
  INGOT_INT4 = 22,
  INGOT_FLOAT4E2M1 = 23,
  INGOT_FLOAT8E8M0 = 24,
  INGOT_UINT2 = 25,
  INGOT_INT2 = 26
};

enum ingot_kind {
  INGOT_TENSOR = 1,
  INGOT_STRING_TENSOR = 2,
  INGOT_SEQUENCE = 3,
  INGOT_MAP = 4,
  INGOT_OPTIONAL = 5
};

/* ---- 1. The model ------------------------------------------------------------------------- */

/* Entries of a `dims` array of the metadata. 0 and above: that many elements. INGOT_DIM_SYMBOL(k):
 * the value of symbol number k of the entry point (k >= 0). */
#define INGOT_DIM_SYMBOL(k) (-1 - (int64_t)(k))
#define INGOT_DIM_BORN INT64_MIN           /* known only inside the run */
#define INGOT_DIM_COMPUTED (INT64_MIN + 1) /* follows from the symbols: ask output_dims */

/* What goes in or out of an entry point, also used for what a sequence, map or optional holds. */
struct ingot_port {
  const char *name;
  int32_t kind;         /* enum ingot_kind */
  int32_t element_type; /* of the tensor; of a map's values when they are scalars; else 0 */
  int32_t rank;         /* -1: unknown (inside sequences); 0 for what is no tensor */
  int32_t key_type;     /* of a map: an integer type or INGOT_STRING; else 0 */
  const int64_t *dims;  /* [rank], NULL when rank <= 0 */
  const struct ingot_port *element; /* what a sequence or optional holds, a map's values; or NULL */
  int32_t alignment; /* of the data the program reads or writes, a power of two up to 64; the
                        library copies a buffer that has less */
  int32_t state;     /* index in the model's states, -1: the caller passes this one */
};

enum ingot_symbol_source {
  INGOT_SOURCE_DIM = 0,    /* dimension number `index` of input `input` */
  INGOT_SOURCE_ELEMENT = 1 /* element number `index` of input `input`, of type INT32 or INT64 */
};

/* A dimension that is known when a run starts. Other inputs may repeat it in their dims; then they
 * must agree. */
struct ingot_symbol {
  const char *name;
  int64_t min, max; /* inclusive */
  int32_t source;   /* enum ingot_symbol_source */
  int32_t input;    /* which input port gives the value */
  int64_t index;
};

struct ingot_host; /* the services that a program may call: see kernel_abi.h */

struct ingot_entry {
  const char *name;
  int32_t input_count, output_count, symbol_count, flags; /* flags: 0 */
  const struct ingot_port *inputs;
  const struct ingot_port *outputs;
  const struct ingot_symbol *symbols;
  /* Writes the dimensions of all outputs, one after the other (rank numbers each, a port of kind
   * sequence, map or optional none), INGOT_DIM_BORN for those born inside the run. Returns an
   * ingot_status: INGOT_OUT_OF_BOUNDS when one leaves 64 bits or is negative. NULL when no output
   * dimension is INGOT_DIM_COMPUTED. Runs on every CPU of the family (no vector code). */
  int32_t (*output_dims)(const int64_t *symbols, int64_t *dims);
  /* Relations between symbols that the program takes for granted. Returns INGOT_OK, or calls
   * host->fail with a message and returns INGOT_GUARD_FAILED. NULL when there are none. */
  int32_t (*guard)(const struct ingot_host *host, const int64_t *symbols);
};

/* The steps of the program, counted from 0, between which a planned buffer holds data, both ends
 * included. */
struct ingot_lifetime {
  int32_t first, last;
};

/* One entry point compiled for one target. Its arena is laid out as
 *   [static_arena_bytes][threads * worker_bytes][dynamic buffers]
 * with every part at a multiple of 64, so that per-worker scratch always begins at
 * static_arena_bytes, and worker w's at static_arena_bytes + w * worker_bytes. */
struct ingot_program {
  /* ingot_program_fn of kernel_abi.h */
  int32_t (*run)(const struct ingot_host *host, void *const *inputs, void *const *outputs,
                 const int64_t *symbols, void *arena, const int64_t *offsets, const void *weights);
  int64_t static_arena_bytes; /* planned by the compiler; a multiple of 64 */
  int64_t worker_bytes;       /* scratch per thread; a multiple of 64 */
  int32_t buffer_count;       /* dynamic buffers, planned by the runtime when symbols change */
  int32_t flags;              /* 0 */
  const struct ingot_lifetime *lifetimes; /* [buffer_count] */
  /* Writes the size of each dynamic buffer in bytes; negative when it leaves 64 bits. */
  void (*buffer_sizes)(const int64_t *symbols, int64_t *sizes);
};

/* The programs for one instruction-set family. */
struct ingot_target {
  const char *name;             /* "x86-64-v3" */
  int32_t feature_count, flags; /* flags: 0 */
  const char *const *features;  /* what the code needs, by LLVM's names: "avx2", "fma", … */
  const struct ingot_program *programs; /* [entry_count] */
};

enum ingot_state_flags {
  /* Input and output are one buffer whose rows along `axis` lie at the stride of the capacity: the
   * program appends in place. Without it the context alternates between two dense buffers. */
  INGOT_STATE_IN_PLACE = 1
};

/* A value that the context keeps from run to run (--state). All entry points share it. It begins
 * as zeros, along `axis` with length 0. */
struct ingot_state {
  const char *name;
  int32_t element_type;
  int32_t rank;
  const int64_t *dims; /* [rank], static; along `axis` the capacity */
  int32_t axis;        /* the dimension that grows, -1: none */
  int32_t flags;       /* enum ingot_state_flags */
};

/* Either in the object (data) or in a file of the safetensors layout beside the artifact (file). */
struct ingot_weights {
  const void *data;      /* 64-byte aligned, NULL for a file or when there are none */
  int64_t bytes;         /* of the weights themselves */
  const char *file;      /* name without a folder, NULL when embedded */
  int64_t file_bytes;    /* size of the whole file */
  int64_t file_offset;   /* where the weights begin in it, a multiple of 64 */
  uint64_t header_hash;  /* XXH64 (seed 0) of the first file_offset bytes, checked at load */
  uint64_t content_hash; /* XXH64 (seed 0) of the weights, checked on request */
};

enum ingot_model_flags {
  INGOT_MODEL_NEEDS_RUNTIME = 1, /* programs call services of the host table */
  INGOT_MODEL_NEEDS_GPU = 2
};

struct ingot_model {
  uint32_t magic;        /* INGOT_MODEL_MAGIC */
  uint32_t abi_version;  /* INGOT_ABI_VERSION of the compiler */
  uint32_t struct_bytes; /* sizeof(struct ingot_model) of the compiler */
  uint32_t flags;        /* enum ingot_model_flags */
  const char *name;
  const char *producer; /* "ingot 0.1.0" */
  int32_t entry_count, target_count, state_count, reserved;
  const struct ingot_entry *entries;
  const struct ingot_target *targets; /* the first whose features the CPU has is taken */
  const struct ingot_state *states;
  struct ingot_weights weights;
};

/* An object exports `const struct ingot_model ingot_model_NAME`; a shared artifact exports the
 * same under the fixed name `ingot_artifact` too. */
#define INGOT_ARTIFACT_SYMBOL "ingot_artifact"

/* ---- 2. Values ---------------------------------------------------------------------------- */

/* An element of a string tensor: any bytes, not terminated. */
struct ingot_string {
  const char *data; /* may be NULL when bytes is 0 */
  int64_t bytes;
};

/* Tensor, string tensor: `dims` has `rank` numbers, `data` the elements. Scalars have rank 0.
 * Sequence: rank 1, dims[0] elements, `data` an array of that many struct ingot_value.
 * Map: rank 0, `data` an array of two values: the keys (a tensor or string tensor of rank 1) and as
 *      many values (a tensor or string tensor of rank 1, or a sequence).
 * Optional: rank 1, dims[0] is 0 or 1, `data` an array of that many struct ingot_value.
 * `bytes` is the size of the memory at `data`; it may be larger than needed. */
struct ingot_value {
  uint32_t struct_bytes; /* sizeof(struct ingot_value) */
  int32_t kind;
  int32_t element_type; /* 0 for sequence, map, optional */
  int32_t rank;
  const int64_t *dims;
  void *data; /* inputs are only read */
  int64_t bytes;
};

static inline struct ingot_value ingot_tensor(int32_t element_type, int32_t rank,
                                              const int64_t *dims, const void *data,
                                              int64_t bytes) {
  struct ingot_value value;
  value.struct_bytes = (uint32_t)sizeof(struct ingot_value);
  value.kind = element_type == INGOT_STRING ? INGOT_STRING_TENSOR : INGOT_TENSOR;
  value.element_type = element_type;
  value.rank = rank;
  value.dims = dims;
  value.data = (void *)data;
  value.bytes = bytes;
  return value;
}

/* ---- 3. The library ----------------------------------------------------------------------- */

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

struct ingot_context;
struct ingot_library;

/* How a context uses the machine. Zero means the default everywhere. */
struct ingot_options {
  uint32_t struct_bytes; /* sizeof(struct ingot_options) */
  int32_t threads;       /* the caller's thread included; 0: as many as the CPUs it may run on */
  /* Memory for everything that grows with the model or its inputs. `alignment` is 64. NULL means
   * out of memory, which the library survives. Both or neither; called by one thread at a time. */
  void *(*allocate)(void *user, int64_t bytes, int64_t alignment);
  void (*deallocate)(void *user, void *memory, int64_t bytes);
  void *allocator_user;
  /* The host program's thread pool instead of the library's: calls work(argument, w) once for
   * every w in [0, workers), in any order and on any threads, and returns when all have. */
  void (*parallel)(void *user, int32_t workers, void (*work)(void *argument, int32_t worker),
                   void *argument);
  void *parallel_user;
  int32_t spin_microseconds;  /* how long idle threads spin before they sleep; 0: 50; -1: never */
  int32_t check_weights;      /* 1: compare the content hash of the weights at creation */
  const char *weights_folder; /* where the weights file lies; NULL: beside the artifact's file */
};

/* The version of the library, INGOT_ABI_VERSION of its own header. */
uint32_t ingot_abi_version(void);
/* "wrong rank" and so on; never NULL. */
const char *ingot_status_name(int32_t status);
/* Bytes of a dense tensor; -1 for an undefined type, a negative dimension, or above 2^63 - 1. */
int64_t ingot_tensor_bytes(int32_t element_type, int32_t rank, const int64_t *dims);

/* Opens a shared artifact (dlopen). `message` (may be NULL) receives up to message_bytes of why
 * not, terminated. The library must outlive the contexts made from its model. */
int32_t ingot_library_open(const char *path, struct ingot_library **library, char *message,
                           int64_t message_bytes);
void ingot_library_close(struct ingot_library *library); /* NULL is allowed */
/* The model of a library: the fixed symbol when name is NULL, else ingot_model_<name>. NULL when
 * it is not there. */
const struct ingot_model *ingot_library_model(const struct ingot_library *library,
                                              const char *name);

/* The entry point's number, -1 when the model has none of that name. */
int32_t ingot_find_entry(const struct ingot_model *model, const char *name);

/* Checks the model, picks the target for this CPU, maps weights, starts threads. `options` may be
 * NULL. A thread that cannot be started means fewer threads, not a failure. */
int32_t ingot_context_create(const struct ingot_model *model, const struct ingot_options *options,
                             struct ingot_context **context, char *message, int64_t message_bytes);
void ingot_context_destroy(struct ingot_context *context); /* NULL is allowed */
/* Why the last call on the context failed; "" after success. Never NULL. */
const char *ingot_context_message(const struct ingot_context *context);
/* The name of the target picked for this CPU. */
const char *ingot_context_target(const struct ingot_context *context);
/* Threads that a run uses, at least 1. */
int32_t ingot_context_threads(const struct ingot_context *context);

/* Runs entry point number `entry`. Ports that belong to a state are left out of both arrays.
 *
 * An output on entry: kind and element_type as the model says, or 0. `data` = NULL: the context
 * provides the memory. Otherwise `data` and `bytes` are the caller's buffer; for sequences, maps
 * and optionals data must be NULL. `dims` = NULL: not checked. Otherwise rank and dims must be
 * those that the run will have. On success kind, element_type, rank, dims, data and bytes describe
 * the result; what the caller did not provide belongs to the context. The bytes that the elements
 * of a string tensor point to always belong to the context.
 *
 * Inputs may overlap each other. An output that overlaps anything is INGOT_OVERLAP. */
int32_t ingot_run(struct ingot_context *context, int32_t entry, const struct ingot_value *inputs,
                  int32_t input_count, struct ingot_value *outputs, int32_t output_count);

/* Checks the inputs as ingot_run does and sets kind, element_type, rank, dims and bytes of the
 * outputs (their data is left alone). Dimensions born inside the run, and the bytes that depend on
 * them, are -1. Of the inputs only those are read whose elements are dimensions. */
int32_t ingot_output_dims(struct ingot_context *context, int32_t entry,
                          const struct ingot_value *inputs, int32_t input_count,
                          struct ingot_value *outputs, int32_t output_count);

/* Sets every state back to its beginning. */
int32_t ingot_state_reset(struct ingot_context *context);
/* Copies a state out: `value` receives a dense tensor of the context's, of the current length. */
int32_t ingot_state_read(struct ingot_context *context, int32_t state, struct ingot_value *value);
/* Sets a state; along its axis the value may have any length up to the capacity. */
int32_t ingot_state_write(struct ingot_context *context, int32_t state,
                          const struct ingot_value *value);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif
#endif
