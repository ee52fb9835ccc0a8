"""Networks with slices and sibling convolutions, with random weights, as .mlmodel files.

    python benchmarks/steps/make_networks.py FOLDER      # needs coremltools

writes csp.mlmodel (the backbone of a YOLO of 2023: cross-stage partial blocks whose halves begin at
multiples of 16 channels), shufflenet_v2.mlmodel (x1.0: halves of 58, 116 and 232 channels,
shuffled by a transpose) and googlenet.mlmodel (three 1x1 convolutions read each block's input).
"""
import pathlib
import sys

import coremltools
import numpy as np
from coremltools.models import datatypes
from coremltools.models.neural_network import NeuralNetworkBuilder


class Network:
    """A builder that keeps count of names and channels; every tensor is a pair of the two."""

    def __init__(self, size):
        self.builder = NeuralNetworkBuilder(
            [("x", datatypes.Array(1, 3, size, size))], [("y", datatypes.Array(1))], disable_rank5_shape_mapping=True)
        self.random = np.random.default_rng(1)
        self.layers = 0

    def name(self):
        self.layers += 1
        return f"t{self.layers}"

    def conv(self, x, channels, kernel=1, stride=1, depthwise=False, act="silu"):
        name, c = self.name(), x[1]
        groups = c if depthwise else 1
        shape = (kernel, kernel, c // groups, channels)
        weights = self.random.normal(0, np.sqrt(2 / (kernel * kernel * c / groups)), shape).astype(np.float32)
        self.builder.add_convolution(
            name, c // groups, channels, kernel, kernel, stride, stride, "same", groups, weights,
            self.random.normal(0, 0.1, channels).astype(np.float32), True, input_name=x[0], output_name=name,
            same_padding_asymmetry_mode="TOP_LEFT_HEAVY")
        return self.act((name, channels), act)

    def act(self, x, kind):
        if kind is None:
            return x
        name = self.name()
        if kind == "relu":
            self.builder.add_activation(name, "RELU", x[0], name)
            return name, x[1]
        self.builder.add_activation(name, "SIGMOID", x[0], name)
        product = self.name()
        self.builder.add_elementwise(product, [x[0], name], product, "MULTIPLY")
        return product, x[1]

    def add(self, x, y):
        name = self.name()
        self.builder.add_elementwise(name, [x[0], y[0]], name, "ADD")
        return name, x[1]

    def concat(self, parts):
        name = self.name()
        self.builder.add_concat_nd(name, [p[0] for p in parts], name, axis=1)
        return name, sum(p[1] for p in parts)

    def halves(self, x):
        names = [self.name(), self.name()]
        self.builder.add_split_nd(names[0], x[0], names, axis=1, num_splits=2)
        return [(n, x[1] // 2) for n in names]

    def max_pool(self, x, stride=2):
        name = self.name()
        self.builder.add_pooling(name, 3, 3, stride, stride, "MAX", "SAME", x[0], name)
        return name, x[1]

    def shuffled(self, x, size):
        """Channel i of the first half beside channel i of the second."""
        names = [self.name() for _ in range(3)]
        self.builder.add_reshape_static(names[0], x[0], names[0], [1, 2, x[1] // 2, size, size])
        self.builder.add_transpose(names[1], [0, 2, 1, 3, 4], names[0], names[1])
        self.builder.add_reshape_static(names[2], names[1], names[2], [1, x[1], size, size])
        return names[2], x[1]

    def save(self, x, path):
        self.builder.add_reduce_mean("y", x[0], "y", axes=[2, 3], keepdims=False)
        coremltools.models.MLModel(self.builder.spec, skip_model_load=True).save(str(path))


def csp():
    net = Network(256)

    def block(x, channels, depth):
        parts = net.halves(net.conv(x, channels))
        for _ in range(depth):
            y = net.conv(net.conv(parts[-1], channels // 2, 3), channels // 2, 3)
            parts.append(net.add(parts[-1], y))
        return net.conv(net.concat(parts), channels)

    x = net.conv(("x", 3), 16, 3, 2)
    for channels, depth in [(32, 1), (64, 2), (128, 2), (256, 1)]:
        x = block(net.conv(x, channels, 3, 2), channels, depth)
    return net, x


def shufflenet_v2():
    net = Network(224)

    def branch(x, channels, stride):
        y = net.conv(x, channels, act="relu")
        return net.conv(net.conv(y, channels, 3, stride, True, None), channels, act="relu")

    x, size = net.max_pool(net.conv(("x", 3), 24, 3, 2, act="relu")), 56
    for channels, units in [(116, 4), (232, 8), (464, 4)]:
        half, size = channels // 2, size // 2
        y = net.conv(net.conv(x, x[1], 3, 2, True, None), half, act="relu")
        x = net.shuffled(net.concat([y, branch(x, half, 2)]), size)
        for _ in range(units - 1):
            first, second = net.halves(x)
            x = net.shuffled(net.concat([first, branch(second, half, 1)]), size)
    return net, net.conv(x, 1024, act="relu")


def googlenet():
    net = Network(224)

    def module(x, one, reduce3, three, reduce5, five, pooled):
        parts = [net.conv(x, one, act="relu"),
                 net.conv(net.conv(x, reduce3, act="relu"), three, 3, act="relu"),
                 net.conv(net.conv(x, reduce5, act="relu"), five, 5, act="relu"),
                 net.conv(net.max_pool(x, 1), pooled, act="relu")]
        return net.concat(parts)

    x = net.max_pool(net.conv(("x", 3), 64, 7, 2, act="relu"))
    x = net.max_pool(net.conv(net.conv(x, 64, act="relu"), 192, 3, act="relu"))
    x = module(module(x, 64, 96, 128, 16, 32, 32), 128, 128, 192, 32, 96, 64)
    x = net.max_pool(x)
    for widths in [(192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64), (128, 128, 256, 24, 64, 64),
                   (112, 144, 288, 32, 64, 64), (256, 160, 320, 32, 128, 128)]:
        x = module(x, *widths)
    x = module(net.max_pool(x), 256, 160, 320, 32, 128, 128)
    return net, module(x, 384, 192, 384, 48, 128, 128)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for make in (csp, shufflenet_v2, googlenet):
        net, x = make()
        net.save(x, folder / f"{make.__name__}.mlmodel")


if __name__ == "__main__":
    main()
