/* Models written by hand: the first test of the ABI is that a person can implement it, in strict
 * C99, with no header but the two of the runtime.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "handwritten_models.h"
#include "ingot/kernel_abi.h"
#include <stddef.h>

/* ---- affine ------------------------------------------------------------------------------- */

static const struct {
  float bias[4];
  float padding[12];
} affine_weights
#if defined(__GNUC__)
    __attribute__((aligned(64)))
#endif
    = {{1, 2, 3, 4}, {0}};

/* args: x, gain, product, bias, y, total */
static void affine_rows(void *const *args, int64_t begin, int64_t end, int64_t worker) {
  const float *x = (const float *)args[0], *gain = (const float *)args[1];
  const float *bias = (const float *)args[3];
  float *product = (float *)args[2], *y = (float *)args[4], *total = (float *)args[5];
  int64_t i, j;
  (void)worker;
  for (i = begin; i < end; ++i) {
    total[i] = 0;
    for (j = 0; j < 4; ++j) {
      product[i * 4 + j] = x[i * 4 + j] * gain[i];
      y[i * 4 + j] = product[i * 4 + j] + bias[j];
      total[i] += y[i * 4 + j];
    }
  }
}

static int32_t affine_scale(const struct ingot_host *host, void *const *inputs,
                            void *const *outputs, const int64_t *symbols, void *arena,
                            const int64_t *offsets, const void *weights) {
  void *args[6];
  args[0] = inputs[0];
  args[1] = inputs[1];
  args[2] = (char *)arena + offsets[0];
  args[3] = (void *)weights;
  args[4] = outputs[0];
  args[5] = outputs[1];
  host->parallel_for(host->context, affine_rows, args, symbols[0], 8);
  return INGOT_OK;
}

static int32_t affine_positive(const struct ingot_host *host, void *const *inputs,
                               void *const *outputs, const int64_t *symbols, void *arena,
                               const int64_t *offsets, const void *weights) {
  const float *values = (const float *)inputs[0];
  int64_t i, count = 0, mark = host->mark(host->context);
  float *kept = (float *)host->allocate(host->context, symbols[0] * 4), *result;
  (void)outputs, (void)arena, (void)offsets, (void)weights;
  if (!kept)
    return INGOT_RUN_OUT_OF_MEMORY;
  for (i = 0; i < symbols[0]; ++i)
    if (values[i] > 0)
      kept[count++] = values[i];
  result = (float *)host->output(host->context, 0, 1, &count);
  if (!result)
    return INGOT_RUN_BUFFER_TOO_SMALL;
  for (i = 0; i < count; ++i)
    result[i] = kept[i];
  host->release(host->context, mark);
  return INGOT_OK;
}

static const int64_t batch_by_4[] = {INGOT_DIM_SYMBOL(0), 4};
static const int64_t by_symbol_0[] = {INGOT_DIM_SYMBOL(0)};
static const int64_t born[] = {INGOT_DIM_BORN};

static const struct ingot_port scale_inputs[] = {
    {"x", INGOT_TENSOR, INGOT_FLOAT, 2, 0, batch_by_4, NULL, 4, -1},
    {"gain", INGOT_TENSOR, INGOT_FLOAT, 1, 0, by_symbol_0, NULL, 4, -1},
};
static const struct ingot_port scale_outputs[] = {
    {"y", INGOT_TENSOR, INGOT_FLOAT, 2, 0, batch_by_4, NULL, 4, -1},
    {"total", INGOT_TENSOR, INGOT_FLOAT, 1, 0, by_symbol_0, NULL, 4, -1},
};
static const struct ingot_symbol scale_symbols[] = {{"batch", 1, 1000, INGOT_SOURCE_DIM, 0, 0}};
static const struct ingot_port positive_inputs[] = {
    {"values", INGOT_TENSOR, INGOT_FLOAT, 1, 0, by_symbol_0, NULL, 4, -1},
};
static const struct ingot_port positive_outputs[] = {
    {"kept", INGOT_TENSOR, INGOT_FLOAT, 1, 0, born, NULL, 4, -1},
};
static const struct ingot_symbol positive_symbols[] = {{"n", 0, INT64_MAX, INGOT_SOURCE_DIM, 0, 0}};

static const struct ingot_entry affine_entries[] = {
    {"scale", 2, 2, 1, 0, scale_inputs, scale_outputs, scale_symbols, NULL, NULL},
    {"positive", 1, 1, 1, 0, positive_inputs, positive_outputs, positive_symbols, NULL, NULL},
};

static const struct ingot_lifetime scale_lifetimes[] = {{0, 0}, {1, 1}};
static void scale_sizes(const int64_t *symbols, int64_t *sizes) {
  sizes[0] = symbols[0] * 16;
  sizes[1] = symbols[0] * 4; /* never alive together with the first */
}
static const struct ingot_program affine_programs[] = {
    {affine_scale, 64, 64, 2, 0, scale_lifetimes, scale_sizes},
    {affine_positive, 0, 0, 0, 0, NULL, NULL},
};
static const char *const impossible_features[] = {"no-such-feature"};
static const struct ingot_target affine_targets[] = {
    {"impossible", 1, 0, impossible_features, affine_programs},
    {"any", 0, 0, NULL, affine_programs},
};

const struct ingot_model ingot_model_affine = {
    INGOT_MODEL_MAGIC,
    INGOT_ABI_VERSION,
    sizeof(struct ingot_model),
    INGOT_MODEL_NEEDS_RUNTIME,
    "affine",
    "by hand",
    2,
    2,
    0,
    0,
    affine_entries,
    affine_targets,
    NULL,
    {&affine_weights, sizeof affine_weights, NULL, 0, 0, 0, 0}};

/* ---- recorder ----------------------------------------------------------------------------- */

/* symbols: n, past. outputs: length, history, sum */
static int32_t recorder_step(const struct ingot_host *host, void *const *inputs,
                             void *const *outputs, const int64_t *symbols, void *arena,
                             const int64_t *offsets, const void *weights) {
  const float *x = (const float *)inputs[0], *sum = (const float *)inputs[2];
  float *history = (float *)outputs[1], total = *sum;
  int64_t row, i, n = symbols[0], past = symbols[1];
  (void)host, (void)arena, (void)offsets, (void)weights;
  for (row = 0; row < 2; ++row)
    for (i = 0; i < n; ++i) {
      history[row * 8 + past + i] = x[row * n + i];
      total += x[row * n + i];
    }
  *(int64_t *)outputs[0] = past + n;
  *(float *)outputs[2] = total;
  return INGOT_OK;
}

static int32_t recorder_dims(const int64_t *symbols, int64_t *dims) {
  dims[0] = 2; /* history; the scalars have no dimensions */
  dims[1] = symbols[0] + symbols[1];
  return INGOT_OK;
}

static const int64_t two_by_n[] = {2, INGOT_DIM_SYMBOL(0)};
static const int64_t two_by_past[] = {2, INGOT_DIM_SYMBOL(1)};
static const int64_t two_by_sum[] = {2, INGOT_DIM_COMPUTED};
static const int64_t two_by_8[] = {2, 8};
static const struct ingot_port step_inputs[] = {
    {"x", INGOT_TENSOR, INGOT_FLOAT, 2, 0, two_by_n, NULL, 4, -1},
    {"history_in", INGOT_TENSOR, INGOT_FLOAT, 2, 0, two_by_past, NULL, 4, 0},
    {"sum_in", INGOT_TENSOR, INGOT_FLOAT, 0, 0, NULL, NULL, 4, 1},
};
static const struct ingot_port step_outputs[] = {
    {"length", INGOT_TENSOR, INGOT_INT64, 0, 0, NULL, NULL, 8, -1},
    {"history_out", INGOT_TENSOR, INGOT_FLOAT, 2, 0, two_by_sum, NULL, 4, 0},
    {"sum_out", INGOT_TENSOR, INGOT_FLOAT, 0, 0, NULL, NULL, 4, 1},
};
static const struct ingot_symbol step_symbols[] = {{"n", 1, 8, INGOT_SOURCE_DIM, 0, 1},
                                                   {"past", 0, 8, INGOT_SOURCE_DIM, 1, 1}};
static const struct ingot_entry recorder_entries[] = {
    {"step", 3, 3, 2, 0, step_inputs, step_outputs, step_symbols, recorder_dims, NULL}};
static const struct ingot_program recorder_programs[] = {{recorder_step, 0, 0, 0, 0, NULL, NULL}};
static const struct ingot_target recorder_targets[] = {{"any", 0, 0, NULL, recorder_programs}};
static const struct ingot_state recorder_states[] = {
    {"history", INGOT_FLOAT, 2, two_by_8, 1, INGOT_STATE_IN_PLACE},
    {"sum", INGOT_FLOAT, 0, NULL, -1, 0}};

const struct ingot_model ingot_model_recorder = {INGOT_MODEL_MAGIC,
                                                 INGOT_ABI_VERSION,
                                                 sizeof(struct ingot_model),
                                                 INGOT_MODEL_NEEDS_RUNTIME,
                                                 "recorder",
                                                 "by hand",
                                                 1,
                                                 1,
                                                 2,
                                                 0,
                                                 recorder_entries,
                                                 recorder_targets,
                                                 recorder_states,
                                                 {NULL, 0, NULL, 0, 0, 0, 0}};

/* ---- greeter ------------------------------------------------------------------------------ */

static const struct ingot_string hello = {"hello ", 6};

static int32_t greeter_greet(const struct ingot_host *host, void *const *inputs,
                             void *const *outputs, const int64_t *symbols, void *arena,
                             const int64_t *offsets, const void *weights) {
  const struct ingot_string *names = (const struct ingot_string *)inputs[0];
  struct ingot_string *greetings = (struct ingot_string *)outputs[0];
  struct ingot_tensor_view operands[2], result;
  struct ingot_tensor_view sequence = {NULL, NULL, 0, 0};
  int64_t i, one = 1;
  int32_t status;
  (void)arena, (void)offsets, (void)weights;
  operands[0].data = (void *)&hello;
  operands[0].dims = NULL;
  operands[0].rank = 0;
  operands[0].element_type = INGOT_STRING;
  operands[1].data = inputs[0];
  operands[1].dims = symbols;
  operands[1].rank = 1;
  operands[1].element_type = INGOT_STRING;
  result.data = NULL;
  result.dims = NULL;
  result.rank = 1;
  result.element_type = INGOT_STRING;
  status = host->call(host->context, "string_concat", operands, 2, &result, 1);
  if (status != INGOT_OK)
    return status;
  for (i = 0; i < symbols[0]; ++i)
    greetings[i] = ((const struct ingot_string *)result.data)[i];

  status = host->call(host->context, "sequence_empty", NULL, 0, &sequence, 1);
  for (i = 0; i < symbols[0] && status == INGOT_OK; ++i) {
    operands[0] = sequence;
    operands[1].data = (void *)&names[i];
    operands[1].dims = &one;
    status = host->call(host->context, "sequence_insert", operands, 2, &sequence, 1);
  }
  *(void **)outputs[1] = sequence.data;
  return status;
}

static int32_t greeter_pick(const struct ingot_host *host, void *const *inputs,
                            void *const *outputs, const int64_t *symbols, void *arena,
                            const int64_t *offsets, const void *weights) {
  struct ingot_tensor_view operands[2], result;
  int32_t status;
  (void)symbols, (void)arena, (void)offsets, (void)weights;
  operands[0].data = inputs[0];
  operands[0].dims = NULL;
  operands[0].rank = 0;
  operands[0].element_type = 0;
  operands[1].data = inputs[1];
  operands[1].dims = NULL;
  operands[1].rank = 0;
  operands[1].element_type = INGOT_INT64;
  result.data = NULL;
  result.dims = NULL;
  result.rank = 0;
  result.element_type = INGOT_FLOAT;
  status = host->call(host->context, "sequence_at", operands, 2, &result, 1);
  if (status == INGOT_OK)
    *(float *)outputs[0] = *(const float *)result.data;
  return status;
}

static const struct ingot_string vocabulary[] = {{"b", 1}, {"a", 1}};
static const int64_t two[] = {2};

static int32_t greeter_order(const struct ingot_host *host, void *const *inputs,
                             void *const *outputs, const int64_t *symbols, void *arena,
                             const int64_t *offsets, const void *weights) {
  struct ingot_tensor_view operands[2], result;
  int32_t status;
  (void)symbols, (void)arena, (void)offsets, (void)weights;
  operands[0].data = inputs[0];
  operands[0].dims = NULL;
  operands[0].rank = 0;
  operands[0].element_type = 0;
  operands[1].data = (void *)vocabulary;
  operands[1].dims = two;
  operands[1].rank = 1;
  operands[1].element_type = INGOT_STRING;
  result.data = NULL;
  result.dims = NULL;
  result.rank = 2;
  result.element_type = INGOT_FLOAT;
  status = host->call(host->context, "dict_vectorizer", operands, 2, &result, 1);
  if (status != INGOT_OK)
    return status;
  ((float *)outputs[0])[0] = ((const float *)result.data)[0];
  ((float *)outputs[0])[1] = ((const float *)result.data)[1];
  *(void **)outputs[1] = inputs[0];
  return INGOT_OK;
}

static const struct ingot_port one_name = {
    "", INGOT_STRING_TENSOR, INGOT_STRING, 1, 0, born, NULL, 8, -1};
static const struct ingot_port one_number = {"",   INGOT_TENSOR, INGOT_FLOAT, -1, 0,
                                             NULL, NULL,         4,           -1};
static const struct ingot_port greet_inputs[] = {
    {"names", INGOT_STRING_TENSOR, INGOT_STRING, 1, 0, by_symbol_0, NULL, 8, -1}};
static const struct ingot_port greet_outputs[] = {
    {"greetings", INGOT_STRING_TENSOR, INGOT_STRING, 1, 0, by_symbol_0, NULL, 8, -1},
    {"parts", INGOT_SEQUENCE, 0, 0, 0, NULL, &one_name, 0, -1}};
static const struct ingot_port pick_inputs[] = {
    {"values", INGOT_SEQUENCE, 0, 0, 0, NULL, &one_number, 0, -1},
    {"at", INGOT_TENSOR, INGOT_INT64, 0, 0, NULL, NULL, 8, -1}};
static const struct ingot_port pick_outputs[] = {
    {"value", INGOT_TENSOR, INGOT_FLOAT, 0, 0, NULL, NULL, 4, -1}};
static const int64_t one_by_2[] = {1, 2};
static const struct ingot_port order_inputs[] = {
    {"scores", INGOT_MAP, INGOT_FLOAT, 0, INGOT_STRING, NULL, NULL, 0, -1}};
static const struct ingot_port order_outputs[] = {
    {"row", INGOT_TENSOR, INGOT_FLOAT, 2, 0, one_by_2, NULL, 4, -1},
    {"same", INGOT_MAP, INGOT_FLOAT, 0, INGOT_STRING, NULL, NULL, 0, -1}};
static const struct ingot_symbol greet_symbols[] = {{"n", 0, 1 << 20, INGOT_SOURCE_DIM, 0, 0}};
static const struct ingot_entry greeter_entries[] = {
    {"greet", 1, 2, 1, 0, greet_inputs, greet_outputs, greet_symbols, NULL, NULL},
    {"pick", 2, 1, 0, 0, pick_inputs, pick_outputs, NULL, NULL, NULL},
    {"order", 1, 2, 0, 0, order_inputs, order_outputs, NULL, NULL, NULL}};
static const struct ingot_program greeter_programs[] = {{greeter_greet, 0, 0, 0, 0, NULL, NULL},
                                                        {greeter_pick, 0, 0, 0, 0, NULL, NULL},
                                                        {greeter_order, 0, 0, 0, 0, NULL, NULL}};
static const struct ingot_target greeter_targets[] = {{"any", 0, 0, NULL, greeter_programs}};

const struct ingot_model ingot_model_greeter = {INGOT_MODEL_MAGIC,
                                                INGOT_ABI_VERSION,
                                                sizeof(struct ingot_model),
                                                INGOT_MODEL_NEEDS_RUNTIME,
                                                "greeter",
                                                "by hand",
                                                3,
                                                1,
                                                0,
                                                0,
                                                greeter_entries,
                                                greeter_targets,
                                                NULL,
                                                {NULL, 0, NULL, 0, 0, 0, 0}};
