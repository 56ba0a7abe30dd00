/* caller ARTIFACT CALLERS RUNS SIZE: runs the model of a shared artifact from several threads, each
 * with a context of its own, some of which have two threads; every tensor of every run must have
 * the very bytes of the first. Dimensions that the model leaves open are SIZE. Buffers have exactly
 * the size that they need, so that AddressSanitizer sees what reads or writes beyond. */
#include "ingot/abi.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 64

static const struct ingot_model *model;
static int64_t runs, size;

struct caller {
  int32_t threads; /* of the context */
  int failed, count;
  void *data[MOST]; /* of the outputs of the last run */
  int64_t bytes[MOST];
};

static int failed(const char *what, const char *why) {
  fprintf(stderr, "caller: %s: %s\n", what, why);
  return 1;
}

static int64_t dimOf(const struct ingot_entry *entry, int64_t dim) {
  const struct ingot_symbol *symbol;
  if (dim >= 0)
    return dim;
  symbol = &entry->symbols[-1 - dim];
  return size < symbol->min ? symbol->min : size > symbol->max ? symbol->max : size;
}

/* Floats between -1 and 1, integers 0 and 1: indices that every table has. */
static void *fill(int32_t type, int64_t bytes) {
  unsigned char *data = malloc(bytes > 0 ? (size_t)bytes : 1);
  int64_t i;
  memset(data, 0, (size_t)bytes);
  if (type == INGOT_FLOAT)
    for (i = 0; i < bytes / 4; ++i)
      ((float *)data)[i] = (float)((i * 7919) % 2003) / 1001.5f - 1;
  else if (type == INGOT_INT64)
    for (i = 0; i < bytes / 8; ++i)
      ((int64_t *)data)[i] = i % 3 == 0;
  else
    for (i = 0; i < bytes; i += 4)
      data[i] = i % 12 == 0;
  return data;
}

static int runOnce(struct ingot_context *context, const struct ingot_entry *entry,
                   struct ingot_value *inputs, int32_t inputCount, struct caller *caller) {
  struct ingot_value outputs[MOST];
  int32_t count = 0, i;
  for (i = 0; i < entry->output_count; ++i)
    if (entry->outputs[i].state < 0)
      outputs[count++] = ingot_tensor(entry->outputs[i].element_type, -1, NULL, NULL, 0);
  for (i = 0; i < count; ++i)
    outputs[i].kind = 0;
  if (ingot_output_dims(context, 0, inputs, inputCount, outputs, count))
    return failed("output_dims", ingot_context_message(context));
  for (i = 0; i < count; ++i) {
    outputs[i].data = NULL;
    if (outputs[i].kind == INGOT_TENSOR && outputs[i].bytes > 0)
      outputs[i].data = malloc((size_t)outputs[i].bytes);
    else
      outputs[i].bytes = 0;
    outputs[i].dims = NULL;
  }
  if (ingot_run(context, 0, inputs, inputCount, outputs, count))
    return failed("run", ingot_context_message(context));
  for (i = 0; i < count; ++i) {
    int64_t bytes = outputs[i].kind == INGOT_TENSOR
                        ? ingot_tensor_bytes(outputs[i].element_type, outputs[i].rank,
                                             outputs[i].dims)
                        : 0;
    if (caller->count == 0 || caller->count <= i) {
      caller->bytes[i] = bytes;
      caller->data[i] = malloc(bytes > 0 ? (size_t)bytes : 1);
      memcpy(caller->data[i], outputs[i].data, (size_t)bytes);
    } else if (bytes != caller->bytes[i] ||
               memcmp(caller->data[i], outputs[i].data, (size_t)bytes)) {
      return failed("two runs of one context differ in output", entry->outputs[i].name);
    }
  }
  caller->count = count;
  return ingot_state_reset(context);
}

static void *call(void *argument) {
  struct caller *caller = argument;
  const struct ingot_entry *entry = &model->entries[0];
  struct ingot_options options;
  struct ingot_context *context;
  struct ingot_value inputs[MOST];
  int64_t dims[MOST][8];
  char why[256];
  int32_t i, d, count = 0;
  memset(&options, 0, sizeof options);
  options.struct_bytes = sizeof options;
  options.threads = caller->threads;
  caller->failed = 1;
  if (ingot_context_create(model, &options, &context, why, sizeof why)) {
    failed("create", why);
    return NULL;
  }
  for (i = 0; i < entry->input_count; ++i) {
    const struct ingot_port *port = &entry->inputs[i];
    int64_t bytes;
    if (port->state >= 0)
      continue;
    for (d = 0; d < port->rank; ++d)
      dims[count][d] = dimOf(entry, port->dims[d]);
    bytes = ingot_tensor_bytes(port->element_type, port->rank, dims[count]);
    inputs[count] = ingot_tensor(port->element_type, port->rank, dims[count],
                                 fill(port->element_type, bytes), bytes);
    ++count;
  }
  caller->failed = 0;
  for (i = 0; i < runs && !caller->failed; ++i)
    caller->failed = runOnce(context, entry, inputs, count, caller);
  ingot_context_destroy(context);
  return NULL;
}

int main(int argc, char **argv) {
  struct ingot_library *library;
  static struct caller callers[MOST];
  pthread_t threads[MOST];
  char why[512];
  int i, o, count;
  if (argc != 5)
    return 2;
  count = atoi(argv[2]);
  runs = atoi(argv[3]);
  size = atoi(argv[4]);
  if (count < 1 || count > MOST || ingot_library_open(argv[1], &library, why, sizeof why))
    return failed(argv[1], why);
  model = ingot_library_model(library, NULL);
  for (i = 0; i < count; ++i) {
    callers[i].threads = 1 + i % 3; /* 1, 2, 3, 1, … */
    if (pthread_create(&threads[i], NULL, call, &callers[i]))
      return failed("pthread_create", argv[1]);
  }
  for (i = 0; i < count; ++i)
    pthread_join(threads[i], NULL);
  for (i = 0; i < count; ++i) {
    if (callers[i].failed)
      return 1;
    for (o = 0; o < callers[0].count; ++o)
      if (callers[i].bytes[o] != callers[0].bytes[o] ||
          memcmp(callers[i].data[o], callers[0].data[o], (size_t)callers[0].bytes[o]))
        return failed("two contexts differ in output", model->entries[0].outputs[o].name);
  }
  printf("%d contexts, %d outputs, equal\n", count, callers[0].count);
  return 0;
}
