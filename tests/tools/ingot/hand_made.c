/* A model written by hand: y = 2 x, and the same in bfloat16 under a name that is no file name.
 * What the first element asks for happens too: 666 aborts, 777 never ends, 888 fails. */
#include "ingot/abi.h"
#include "ingot/kernel_abi.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* args: x, y, z */
static void twice(void *const *args, int64_t begin, int64_t end, int64_t worker) {
  const float *x = args[0];
  float *y = args[1];
  uint16_t *z = args[2];
  (void)worker;
  for (int64_t i = begin * 3; i < end * 3; ++i) {
    uint32_t bits;
    y[i] = 2 * x[i];
    memcpy(&bits, &y[i], 4);
    z[i] = (uint16_t)(bits >> 16);
  }
}

static int32_t run(const struct ingot_host *host, void *const *inputs, void *const *outputs,
                   const int64_t *symbols, void *arena, const int64_t *offsets,
                   const void *weights) {
  void *args[3] = {inputs[0], outputs[0], outputs[1]};
  float first = symbols[0] ? *(const float *)inputs[0] : 0;
  (void)arena, (void)offsets, (void)weights;
  if (first == 666)
    abort();
  while (first == 777)
    sleep(1);
  if (first == 888) {
    host->fail(host->context, INGOT_RUN_INVALID_DATA, "888 is not\nwanted");
    return INGOT_RUN_INVALID_DATA;
  }
  host->parallel_for(host->context, twice, args, symbols[0], 1);
  return INGOT_OK;
}

static const int64_t rows_by_3[] = {INGOT_DIM_SYMBOL(0), 3};
static const struct ingot_port inputs[] = {
    {"x", INGOT_TENSOR, INGOT_FLOAT, 2, 0, rows_by_3, NULL, 4, -1},
};
static const struct ingot_port outputs[] = {
    {"y", INGOT_TENSOR, INGOT_FLOAT, 2, 0, rows_by_3, NULL, 4, -1},
    {"../z\n;$(x)", INGOT_TENSOR, INGOT_BFLOAT16, 2, 0, rows_by_3, NULL, 2, -1},
};
static const struct ingot_symbol symbols[] = {
    {"rows", 0, 1000, INGOT_SOURCE_DIM, 0, 0},
};
static const struct ingot_entry entries[] = {
    {"main", 1, 2, 1, 0, inputs, outputs, symbols, NULL, NULL},
};
static const struct ingot_program programs[] = {
    {run, 0, 0, 0, 0, NULL, NULL},
};
static const struct ingot_target targets[] = {
    {"any", 0, 0, NULL, programs},
};
const struct ingot_model ingot_artifact = {INGOT_MODEL_MAGIC,
                                           INGOT_ABI_VERSION,
                                           sizeof(struct ingot_model),
                                           INGOT_MODEL_NEEDS_RUNTIME,
                                           "hand_made",
                                           "a person",
                                           1,
                                           1,
                                           0,
                                           0,
                                           entries,
                                           targets,
                                           NULL,
                                           {NULL, 0, NULL, 0, 0, 0, 0}};
