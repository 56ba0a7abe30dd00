"""The models that must work: one builder per row of the list, by name.

A builder takes a size, "small" (for tests) or "full" (for benchmarks), and gives a
ModelProto with seeded random weights and two samples, each a dict of inputs.
`python -m tests.models --list` prints the names.
"""
from . import (alexnet, dense, faster_rcnn, keras_cnn, mobilenet, resnet, ssd, yolo)

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
    # 4, 5, 6
    "alexnet": alexnet.alexnet,
    "alexnet_lrn": alexnet.alexnet_lrn,
    "resnet18": resnet.resnet18,
    "resnet50": resnet.resnet50,
    "mobilenet_v2": mobilenet.mobilenet_v2,
    "mobilenet_v3": mobilenet.mobilenet_v3,
    # 7
    "ssd": ssd.ssd,
    "yolo": yolo.yolo,
    "faster_rcnn": faster_rcnn.faster_rcnn,
}
