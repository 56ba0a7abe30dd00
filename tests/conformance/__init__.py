"""The official ONNX test cases, models as exporters write them, and the project's own
models, run through `ingot verify`."""
