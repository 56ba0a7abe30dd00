"""The models that must work: one builder per row of the list, by name.

A builder takes a size, "small" (for tests) or "full" (for benchmarks), and gives a
ModelProto with seeded random weights and two samples, each a dict of inputs.
`python -m tests.models --list` prints the names.
"""
from . import dense, keras_cnn

MODELS = {
    # 1, 2
    "linear_regression": dense.linear_regression,
    "mlp_tiny": dense.mlp_tiny,
    "mlp": dense.mlp,
    "mlp_batch": dense.mlp_batch,
    "gemm_square": dense.gemm_square,
    "gemm_wide": dense.gemm_wide,
    # 3
    "keras_cnn": keras_cnn.keras_cnn,
}
