"""Makes the golden files of the families of tensor operations; see golden.py."""

import golden

# Each registers its generators.
import compressed  # noqa: F401
import elementwise  # noqa: F401
import operation  # noqa: F401
import quantization  # noqa: F401
import reduction  # noqa: F401
import scatter  # noqa: F401
import transformation  # noqa: F401

FAMILIES = [
    "compression", "constexpr", "control", "elementwise_binary", "elementwise_unary", "quantization", "reduction", "scatter",
    "tensor_operation", "tensor_transformation",
]

if __name__ == "__main__":
    golden.main(FAMILIES)
