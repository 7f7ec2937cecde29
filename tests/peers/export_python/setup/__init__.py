"""The e-model package of examples/simple1 as BluePyMM loads it."""

from . import evaluator  # noqa: F401
