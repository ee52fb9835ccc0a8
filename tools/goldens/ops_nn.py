"""Makes the golden files of the families of network operations; see golden.py."""

import convolution  # noqa: F401  (registers its generators)
import golden

if __name__ == "__main__":
    golden.main(["conv"])
