"""Tests of Ingot. A package, so that `python -m tests.models` works from the root."""
