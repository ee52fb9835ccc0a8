"""Makes the golden files of the families of network operations; see golden.py."""

import activation  # noqa: F401  (these register their generators)
import attention  # noqa: F401
import convolution  # noqa: F401
import detection  # noqa: F401
import golden
import image_resizing  # noqa: F401
import linear  # noqa: F401
import normalization  # noqa: F401
import pixels  # noqa: F401
import random_numbers  # noqa: F401
import recurrent  # noqa: F401

if __name__ == "__main__":
    golden.main(["activation", "attention", "conv", "detection", "image_resizing", "linear", "normalization", "pixels", "pool", "random", "recurrent"])
