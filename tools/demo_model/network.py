"""The architecture of the embedded cat-and-dog network: a small MobileNet with skip connections.

Depthwise-separable blocks as in MobileNet V1 (depthwise 3x3, then 1x1, each followed by batch
normalization and ReLU6); where a block keeps its shape, its input is added before the last ReLU6.
"""

import keras
from keras import layers

# (output channels, stride) of each depthwise-separable block after the stem.
BLOCKS = (
    [(24, 1)]
    + [(48, 2), (48, 1)]
    + [(96, 2), (96, 1)]
    + [(192, 2)]
    + [(192, 1)] * 4
    + [(360, 2), (360, 1), (360, 1)]
)
STEM = 16
CLASSES = ["cat", "dog"]
# Names of the activations that end the stages at 1/4, 1/8, 1/16 and 1/32 of the input's size.
STAGE_ENDS = ["block_3_out", "block_5_out", "block_10_out", "block_13_out"]


def _normalize(x, name):
    return layers.BatchNormalization(momentum=0.98, epsilon=1e-3, name=name)(x)


def build(size=224):
    """Returns the network for `size` x `size` x 3 pictures in [-1, 1]; `size` None means any size.

    Strided layers are padded on the right and the bottom by a ZeroPadding2D of their own, as the
    MobileNets of Keras are, so that nothing depends on a framework's idea of "same".
    """
    image = layers.Input((size, size, 3), name="image")
    x = layers.ZeroPadding2D(((0, 1), (0, 1)), name="stem_pad")(image)
    x = layers.Conv2D(STEM, 3, strides=2, use_bias=False, name="stem_conv")(x)
    x = layers.ReLU(6.0, name="stem_out")(_normalize(x, "stem_bn"))
    for index, (channels, stride) in enumerate(BLOCKS, start=1):
        name = f"block_{index}"
        y = x
        if stride == 2:
            y = layers.ZeroPadding2D(((0, 1), (0, 1)), name=name + "_pad")(y)
        y = layers.DepthwiseConv2D(
            3,
            strides=stride,
            padding="valid" if stride == 2 else "same",
            use_bias=False,
            name=name + "_depthwise",
        )(y)
        y = layers.ReLU(6.0, name=name + "_depthwise_relu")(_normalize(y, name + "_depthwise_bn"))
        y = layers.Conv2D(channels, 1, use_bias=False, name=name + "_project")(y)
        y = _normalize(y, name + "_project_bn")
        if stride == 1 and x.shape[-1] == channels:
            y = layers.Add(name=name + "_add")([x, y])
        x = layers.ReLU(6.0, name=name + "_out")(y)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(0.2, name="dropout")(x)
    x = layers.Dense(len(CLASSES), name="logits")(x)
    x = layers.Softmax(name="probabilities")(x)
    return keras.Model(image, x, name="catdog")
