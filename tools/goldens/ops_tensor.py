"""Makes the golden files of the families of tensor operations; see golden.py."""

import elementwise  # noqa: F401  (registers its generators)
import golden
import transformation  # noqa: F401

if __name__ == "__main__":
    golden.main(["elementwise_binary", "elementwise_unary", "tensor_transformation"])
