/* A shared artifact: the fixed symbol, and the one with the model's name.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "handwritten_models.c"

extern const struct ingot_model ingot_artifact;
const struct ingot_model ingot_artifact = {
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
