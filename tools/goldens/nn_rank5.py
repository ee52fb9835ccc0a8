"""Cases of the rank-5 world (specification versions 1 to 3): blobs are [C,H,W], with Seq and Batch in front."""

import numpy as np
from scipy import special

import onnx_runtime
from nn_case import Case, random

_CASES = []


def cases():
    for make in (convolutions, poolings, activations, normalizations, elementwise, shapes, pictures, reductions, weights):
        make()
    return _CASES


def one(name, x, layer, expected, **more):
    """A single layer from x to y."""
    _CASES.append(Case(name, {"x": x}, lambda b: layer(b), expected, **more))


def ort(op, x, *rest, **attributes):
    """One ONNX operator on [C,H,W]."""
    return onnx_runtime.run(op, [x[None], *rest], **attributes)[0]


IO = {"input_name": "x", "output_name": "y"}


def convolution(name, x, w, bias=None, stride=(1, 1), pads=(0, 0, 0, 0), same=None, groups=1, dilation=(1, 1), **expected):
    """w is [out, in/groups, h, w]; pads top, left, bottom, right."""
    out, channels, height, width = w.shape

    def layer(b):
        b.add_convolution(
            "conv", channels, out, height, width, stride[0], stride[1], "same" if same else "valid", groups,
            w.transpose(2, 3, 1, 0), bias, bias is not None, dilation_factors=list(dilation),
            padding_top=pads[0], padding_left=pads[1], padding_bottom=pads[2], padding_right=pads[3],
            same_padding_asymmetry_mode=same or "BOTTOM_RIGHT_HEAVY", **IO)  # fmt: skip

    auto = {"BOTTOM_RIGHT_HEAVY": "SAME_UPPER", "TOP_LEFT_HEAVY": "SAME_LOWER"}.get(same)
    attributes = {"auto_pad": auto} if auto else {"pads": list(pads)}
    y = ort("Conv", x, w, bias, strides=list(stride), group=groups, dilations=list(dilation), **attributes)
    one(name, x, layer, y)


def deconvolution(name, x, w, bias=None, stride=(1, 1), pads=(0, 0, 0, 0), same=False, groups=1, output_shape=None):
    """w is [in, out/groups, h, w]."""
    channels, out, height, width = w.shape

    def layer(b):
        b.add_convolution(
            "up", channels, out * groups, height, width, stride[0], stride[1], "same" if same else "valid", groups,
            w.transpose(2, 3, 0, 1), bias, bias is not None, is_deconv=True, output_shape=output_shape,
            padding_top=pads[0], padding_left=pads[1], padding_bottom=pads[2], padding_right=pads[3], **IO)  # fmt: skip

    full = ort("ConvTranspose", x, w, bias, strides=list(stride), group=groups)
    shape = [x.shape[1] * stride[0], x.shape[2] * stride[1]] if same else output_shape
    top, left = ((full.shape[1] - shape[0]) // 2, (full.shape[2] - shape[1]) // 2) if same else pads[:2]
    if shape is None:
        shape = [full.shape[1] - pads[0] - pads[2], full.shape[2] - pads[1] - pads[3]]
    one(name, x, layer, full[:, top : top + shape[0], left : left + shape[1]])


def convolutions():
    x = random("conv x", 4, 7, 6)
    convolution("conv", x, random("conv w", 3, 4, 3, 2), random("conv b", 3))
    convolution("conv_strided_padded", x, random("c1", 2, 4, 3, 3), stride=(2, 1), pads=(1, 0, 2, 1))
    convolution("conv_grouped", x, random("c2", 6, 2, 3, 3), random("b2", 6), groups=2)
    convolution("conv_depthwise", x, random("c3", 4, 1, 3, 3), random("b3", 4), groups=4, same="BOTTOM_RIGHT_HEAVY")
    convolution("conv_dilated", x, random("c4", 2, 4, 3, 2), dilation=(2, 3))
    convolution("conv_same", x, random("c5", 2, 4, 4, 2), stride=(2, 2), same="BOTTOM_RIGHT_HEAVY")
    convolution("conv_same_top_left", x, random("c6", 2, 4, 4, 2), stride=(3, 2), same="TOP_LEFT_HEAVY")
    x = random("up x", 4, 3, 4)
    deconvolution("deconv", x, random("u1", 4, 2, 3, 2), random("ub1", 2))
    deconvolution("deconv_strided_padded", x, random("u2", 4, 3, 4, 3), random("ub2", 3), stride=(2, 3), pads=(1, 0, 2, 1))
    deconvolution("deconv_grouped", x, random("u3", 4, 3, 2, 2), random("ub3", 6), stride=(2, 2), groups=2)
    deconvolution("deconv_same", x, random("u4", 4, 2, 3, 3), stride=(2, 2), same=True)
    deconvolution("deconv_output_shape", x, random("u5", 4, 2, 3, 3), stride=(2, 2), output_shape=[6, 8])
    x = random("fc x", 12)
    w, bias = random("fc w", 5, 12), random("fc b", 5)
    one("inner_product", x, lambda b: b.add_inner_product("fc", w, bias, 12, 5, True, **IO), w @ x + bias)
    x3 = random("fc3 x", 4, 2, 3)
    w3 = random("fc3 w", 5, 4)
    one("inner_product_per_pixel", x3, lambda b: b.add_inner_product("fc", w3, None, 4, 5, False, **IO),
        np.einsum("oc,chw->ohw", w3, x3))  # fmt: skip


def pool(name, x, kind, kernel, stride, padding, pads=(0, 0, 0, 0), exclude=True, same="BOTTOM_RIGHT_HEAVY", **attributes):
    def layer(b):
        b.add_pooling(
            "pool", kernel[0], kernel[1], stride[0], stride[1], kind, padding, exclude_pad_area=exclude,
            padding_top=pads[0], padding_left=pads[1], padding_bottom=pads[2], padding_right=pads[3],
            same_padding_asymmetry_mode=same, **IO)  # fmt: skip

    if padding == "SAME":
        attributes["auto_pad"] = "SAME_UPPER" if same == "BOTTOM_RIGHT_HEAVY" else "SAME_LOWER"
    else:
        attributes["pads"] = list(pads)
    if kind == "AVERAGE":
        attributes["count_include_pad"] = int(not exclude)
    if kind == "L2":
        attributes["p"] = 2
    op = {"MAX": "MaxPool", "AVERAGE": "AveragePool", "L2": "LpPool"}[kind]
    one(name, x, layer, ort(op, x, kernel_shape=list(kernel), strides=list(stride), **attributes))


def poolings():
    x = random("pool x", 2, 7, 6)
    pool("max_pool", x, "MAX", (3, 2), (2, 2), "VALID")
    pool("max_pool_padded", x, "MAX", (3, 3), (2, 1), "VALID", pads=(1, 0, 1, 2))
    pool("max_pool_same", x, "MAX", (3, 3), (2, 2), "SAME")
    pool("max_pool_same_top_left", x, "MAX", (2, 4), (2, 3), "SAME", same="TOP_LEFT_HEAVY")
    pool("average_pool", x, "AVERAGE", (3, 2), (1, 2), "VALID", pads=(1, 1, 0, 0), exclude=True)
    pool("average_pool_counting_padding", x, "AVERAGE", (3, 2), (1, 2), "VALID", pads=(1, 1, 0, 0), exclude=False)
    pool("average_pool_same", x, "AVERAGE", (3, 3), (2, 2), "SAME", exclude=True)
    pool("l2_pool", x, "L2", (2, 3), (2, 2), "VALID")
    pool("max_pool_last_pixel", x, "MAX", (3, 3), (2, 2), "INCLUDE_LAST_PIXEL", ceil_mode=1)
    pool("max_pool_last_pixel_padded", x, "MAX", (3, 3), (2, 2), "INCLUDE_LAST_PIXEL", pads=(1, 1, 1, 1), ceil_mode=1)
    for kind, f in (("MAX", np.max), ("AVERAGE", np.mean), ("L2", lambda v, **k: np.sqrt(np.sum(v * v, **k)))):
        one(f"global_pool_{kind}", x,
            lambda b, kind=kind: b.add_pooling("g", 1, 1, 1, 1, kind, "VALID", is_global=True, **IO),
            f(x, axis=(1, 2), keepdims=True).reshape(2))  # fmt: skip


def activations():
    x = random("act x", 3, 2, 4, low=-3, high=3)
    alpha, beta = random("prelu a", 3), random("soft b", 3)
    c = (3, 1, 1)
    table = [
        ("LINEAR", [2.0, -0.5], 2 * x - 0.5),
        ("RELU", None, np.maximum(x, 0)),
        ("LEAKYRELU", [0.3], np.where(x > 0, x, 0.3 * x)),
        ("THRESHOLDEDRELU", 0.7, np.where(x >= 0.7, x, 0)),
        ("PRELU", alpha, np.where(x > 0, x, alpha.reshape(c) * x)),
        ("TANH", None, np.tanh(x)),
        ("SCALED_TANH", [1.7, 0.6], 1.7 * np.tanh(0.6 * x)),
        ("SIGMOID", None, special.expit(x)),
        ("SIGMOID_HARD", [0.3, 0.4], np.clip(0.3 * x + 0.4, 0, 1)),
        ("ELU", 0.8, np.where(x > 0, x, 0.8 * np.expm1(x))),
        ("SOFTSIGN", None, x / (1 + np.abs(x))),
        ("SOFTPLUS", None, np.log1p(np.exp(x))),
        ("PARAMETRICSOFTPLUS", [alpha, beta], alpha.reshape(c) * np.log1p(np.exp(beta.reshape(c) * x))),
    ]
    for kind, params, y in table:
        one(f"activation_{kind}", x, lambda b, k=kind, p=params: b.add_activation("a", k, params=p, **IO), y)
    one("prelu_of_one_alpha", x, lambda b: b.add_activation("a", "PRELU", params=np.array([0.4]), **IO),
        np.where(x > 0, x, np.float32(0.4) * x))  # fmt: skip
    one("softmax", x, lambda b: b.add_softmax("s", **IO), special.softmax(x, axis=0))
    p = random("unary x", 2, 3, 3, low=0.5, high=3)
    u = 1.5 * p + 0.25
    table = [("sqrt", np.sqrt(u)), ("rsqrt", 1 / np.sqrt(u + 1e-3)), ("inverse", 1 / (u + 1e-3)), ("exp", np.exp(u)),
             ("log", np.log(u + 1e-3)), ("power", u**2.5), ("abs", np.abs(u)), ("threshold", np.maximum(u, 2.5))]  # fmt: skip
    for mode, y in table:
        one(f"unary_{mode}", p,
            lambda b, m=mode: b.add_unary("u", mode=m, alpha=2.5, shift=0.25, scale=1.5, epsilon=1e-3, **IO), y)  # fmt: skip


def normalizations():
    x = random("norm x", 3, 4, 5)
    gamma, beta, mean, var = (random(f"bn {k}", 3, low=0.5, high=2) for k in "gbmv")
    c = (3, 1, 1)

    def normalized(axes, eps):
        m = x.mean(axis=axes, keepdims=True)
        return (x - m) / np.sqrt(((x - m) ** 2).mean(axis=axes, keepdims=True) + eps)

    one("batchnorm", x, lambda b: b.add_batchnorm("n", 3, gamma, beta, mean, var, epsilon=1e-2, **IO),
        gamma.reshape(c) * (x - mean.reshape(c)) / np.sqrt(var.reshape(c) + 1e-2) + beta.reshape(c))  # fmt: skip
    one("batchnorm_of_instance", x,
        lambda b: b.add_batchnorm("n", 3, gamma, beta, compute_mean_var=True, instance_normalization=True, epsilon=1e-2, **IO),
        gamma.reshape(c) * normalized((1, 2), 1e-2) + beta.reshape(c))  # fmt: skip
    one("mvn_across", x, lambda b: b.add_mvn("n", across_channels=True, normalize_variance=True, epsilon=1e-2, **IO),
        normalized((0, 1, 2), 1e-2))  # fmt: skip
    one("mvn", x, lambda b: b.add_mvn("n", across_channels=False, normalize_variance=True, epsilon=1e-2, **IO),
        normalized((1, 2), 1e-2))  # fmt: skip
    one("mvn_mean_only", x, lambda b: b.add_mvn("n", across_channels=False, normalize_variance=False, **IO),
        x - x.mean(axis=(1, 2), keepdims=True))  # fmt: skip
    one("l2_normalize", x, lambda b: b.add_l2_normalize("n", epsilon=1e-2, **IO), x / np.sqrt((x * x).sum() + 1e-2))
    x = random("lrn x", 6, 2, 3)
    one("lrn", x, lambda b: b.add_lrn("n", alpha=0.7, beta=0.6, local_size=3, k=1.5, **IO),
        ort("LRN", x, alpha=0.7, beta=0.6, size=3, bias=1.5))  # fmt: skip


def pair(name, mode, expected, a=None, c=None, alpha=None):
    a = random("pair a", 2, 3, 4) if a is None else a
    c = random("pair c", 2, 3, 4) if c is None else c
    _CASES.append(Case(name, {"a": a, "c": c}, lambda b: b.add_elementwise("e", ["a", "c"], "y", mode), expected(a, c)))


def elementwise():
    pair("add", "ADD", lambda a, c: a + c)
    pair("add_of_channels", "ADD", lambda a, c: a + c.reshape(2, 1, 1), c=random("pair d", 2))
    pair("multiply", "MULTIPLY", lambda a, c: a * c)
    pair("multiply_of_one_channel", "MULTIPLY", lambda a, c: a * c, c=random("pair e", 1, 3, 4))
    pair("average", "AVE", lambda a, c: (a + c) / 2)
    pair("max", "MAX", np.maximum)
    pair("min", "MIN", np.minimum)
    v, w = random("dot v", 7), random("dot w", 7)
    pair("dot", "DOT", lambda a, c: np.dot(a, c).reshape(1), v, w)
    pair("cosine", "COS", lambda a, c: (np.dot(a, c) / np.linalg.norm(a) / np.linalg.norm(c)).reshape(1), v, w)
    pair("concat", "CONCAT", lambda a, c: np.concatenate([a, c]), c=random("pair f", 3, 3, 4))
    x = random("single x", 2, 3, 4)
    one("add_alpha", x, lambda b: b.add_elementwise("e", ["x"], "y", "ADD", alpha=0.3), x + np.float32(0.3))
    one("multiply_alpha", x, lambda b: b.add_elementwise("e", ["x"], "y", "MULTIPLY", alpha=0.3), x * np.float32(0.3))
    one("multiply_alpha_unset", x, lambda b: b.add_elementwise("e", ["x"], "y", "MULTIPLY"), x * 0)
    for shape in ([1], [2], [1, 3, 4], [2, 3, 4]):
        s, t = random(f"scale {shape}", *shape), random(f"bias {shape}", *shape)
        broadcast = [*shape, 1, 1] if len(shape) == 1 else shape
        tag = "x".join(map(str, shape))
        one(f"scale_{tag}", x, lambda b, s=s, t=t, h=shape: b.add_scale("s", s, t, True, shape_scale=h, shape_bias=h, **IO),
            x * s.reshape(broadcast) + t.reshape(broadcast))  # fmt: skip
        one(f"bias_{tag}", x, lambda b, t=t, h=shape: b.add_bias("s", t, shape_bias=h, **IO), x + t.reshape(broadcast))
    constant = random("constant", 2, 1, 1)

    def loaded(b):
        b.add_load_constant("c", "k", constant, [2, 1, 1])
        b.add_elementwise("e", ["x", "k"], "y", "ADD")

    one("load_constant", x, loaded, x + constant)


def shapes():
    x = random("shape x", 4, 3, 2)
    last = x.transpose(1, 2, 0)
    one("flatten", x, lambda b: b.add_flatten("f", 0, **IO), x.reshape(24))
    one("flatten_channels_last", x, lambda b: b.add_flatten("f", 1, **IO), last.reshape(24))
    one("reshape", x, lambda b: b.add_reshape("r", target_shape=(2, 6, 2), mode=0, **IO), x.reshape(2, 6, 2))
    one("reshape_channels_last", x, lambda b: b.add_reshape("r", target_shape=(2, 6, 2), mode=1, **IO),
        last.reshape(6, 2, 2).transpose(2, 0, 1))  # fmt: skip
    for order in ((0, 2, 3, 1), (0, 3, 1, 2), (0, 1, 3, 2)):
        one("permute_" + "".join(map(str, order)), x, lambda b, o=order: b.add_permute("p", o, **IO),
            x[None].transpose(order)[0])  # fmt: skip

    def split(b):
        b.add_split("s", "x", ["p", "q"])

    _CASES.append(Case("split", {"x": x}, split, {"p": x[:2], "q": x[2:]}))
    for axis, a in (("channel", 0), ("height", 1), ("width", 2)):
        cut = [slice(None)] * 3
        cut[a] = slice(1, -1 if a == 0 else x.shape[a], 2 if a == 0 else 1)
        one(f"slice_{axis}", x,
            lambda b, n=axis, s=cut[a]: b.add_slice("s", axis=n, start_index=s.start, end_index=s.stop, stride=s.step, **IO),
            x[tuple(cut)])  # fmt: skip
    one("padding_constant", x, lambda b: b.add_padding("p", 1, 2, 0, 3, 0.5, **IO),
        np.pad(x, ((0, 0), (0, 3), (1, 2)), constant_values=0.5))  # fmt: skip
    one("padding_reflection", x, lambda b: b.add_padding("p", 1, 0, 2, 1, padding_type="reflection", **IO),
        np.pad(x, ((0, 0), (2, 1), (1, 0)), mode="reflect"))  # fmt: skip
    one("padding_replication", x, lambda b: b.add_padding("p", 1, 2, 2, 1, padding_type="replication", **IO),
        np.pad(x, ((0, 0), (2, 1), (1, 2)), mode="edge"))  # fmt: skip
    big = random("crop x", 2, 6, 7)
    one("crop", big, lambda b: b.add_crop("c", 1, 2, 3, 0, [0, 0], ["x"], "y"), big[:, 3:6, 1:5])
    like = random("crop like", 1, 2, 3)
    _CASES.append(Case("crop_like", {"x": big, "like": like},
                       lambda b: b.add_crop("c", 0, 0, 0, 0, [3, 1], ["x", "like"], "y"), big[:, 3:5, 1:4]))  # fmt: skip
    d = random("reorganize x", 8, 4, 6)
    one("space_to_depth", d, lambda b: b.add_reorganize_data("r", mode="SPACE_TO_DEPTH", block_size=2, **IO),
        ort("SpaceToDepth", d, blocksize=2))  # fmt: skip
    one("depth_to_space", d, lambda b: b.add_reorganize_data("r", mode="DEPTH_TO_SPACE", block_size=2, **IO),
        ort("DepthToSpace", d, blocksize=2, mode="DCR"))  # fmt: skip


def lines(x, at, axis):
    """Linear interpolation of x along an axis at fractional places."""
    low = np.clip(np.floor(at).astype(int), 0, x.shape[axis] - 1)
    high = np.minimum(low + 1, x.shape[axis] - 1)
    part = (at - low).reshape([-1 if a == axis else 1 for a in range(x.ndim)])
    return np.take(x, low, axis) * (1 - part) + np.take(x, high, axis) * part


def places(mode, size, target):
    """Where the samples of an axis lie, by the format's sampling modes."""
    i = np.arange(target)
    if mode == "UPSAMPLE_MODE":
        at = i * (size / target)
    elif mode == "ROI_ALIGN_MODE":
        step = max(1, size - 1) / target
        at = step * 0.5 + i * step
    elif target == 1:
        at = np.full(1, 0.0 if mode == "STRICT_ALIGN_ENDPOINTS_MODE" else (size - 1) / 2)
    else:
        at = i * ((size - 1) / (target - 1))
    return np.clip(at, 0, size - 1)


def pictures():
    x = random("picture x", 2, 3, 4)
    one("upsample_nearest", x, lambda b: b.add_upsample("u", 2, 3, **IO), x.repeat(2, axis=1).repeat(3, axis=2))
    up = lines(lines(x, np.clip(np.arange(6) / 2, 0, 2), 1), np.clip(np.arange(12) / 3, 0, 3), 2)
    one("upsample_bilinear", x, lambda b: b.add_upsample("u", 2, 3, mode="BILINEAR", **IO), up)
    for mode in ("STRICT_ALIGN_ENDPOINTS_MODE", "ALIGN_ENDPOINTS_MODE", "UPSAMPLE_MODE", "ROI_ALIGN_MODE"):
        for height, width in ((5, 2), (1, 7)):
            y = lines(lines(x, places(mode, 3, height), 1), places(mode, 4, width), 2)
            one(f"resize_{mode}_{height}x{width}", x,
                lambda b, m=mode, h=height, w=width: b.add_resize_bilinear("r", target_height=h, target_width=w, mode=m,
                                                                           **IO), y)  # fmt: skip


def reductions():
    x = random("reduce x", 3, 2, 4, low=0.5, high=2)
    functions = {
        "sum": np.sum, "avg": np.mean, "prod": np.prod, "max": np.max, "min": np.min,
        "logsum": lambda v, **k: np.sum(np.log(v + 1e-3), **k),
        "sumsquare": lambda v, **k: np.sum(v * v, **k),
        "L1": lambda v, **k: np.sum(np.abs(v), **k),
        "L2": lambda v, **k: np.sqrt(np.sum(v * v, **k)),
    }  # fmt: skip
    axes = {"CHW": (0, 1, 2), "HW": (1, 2), "C": (0,), "H": (1,), "W": (2,)}
    for i, (mode, f) in enumerate(functions.items()):
        for axis in ("CHW", "HW", "C", "H", "W")[i % 2 :: 2]:
            y = f(x, axis=axes[axis], keepdims=True)
            y = y.reshape(-1) if y.shape[1:] == (1, 1) else y
            one(f"reduce_{mode}_{axis}", x,
                lambda b, m=mode, a=axis: b.add_reduce("r", axis=a, mode=m, epsilon=1e-3, **IO), y)  # fmt: skip
    one("reduce_argmax_H", x, lambda b: b.add_reduce("r", axis="H", mode="argmax", **IO), np.argmax(x, 1)[:, None])


def packed(values, bits):
    """Numbers of so many bits in a row, the first in the highest bits."""
    stream = "".join(f"{v:0{bits}b}" for v in values)
    stream += "0" * (-len(stream) % 8)
    return bytes(int(stream[i : i + 8], 2) for i in range(0, len(stream), 8))


def weights():
    x = random("weights x", 3, 4, 4)

    def quantized(name, bits, q, w, **fields):
        """A 3x3 convolution whose weights [2,3,3,3] are stored as q and mean w."""

        def layer(b):
            layer = b.add_convolution("conv", 3, 2, 3, 3, 1, 1, "valid", 1, np.zeros((3, 3, 3, 2)), None, False, **IO)
            stored = layer.convolution.weights
            stored.Clear()
            stored.rawValue = packed(q.flatten(), bits)
            stored.quantization.numberOfBits = bits
            for field, values in fields.items():
                if field == "table":
                    stored.quantization.lookupTableQuantization.floatValue.extend(values)
                else:
                    getattr(stored.quantization.linearQuantization, field).extend(values)

        one(name, x, layer, ort("Conv", x, w.astype(np.float32)))

    rng = np.random.RandomState(5)
    for bits in range(1, 9):
        q = rng.randint(0, 1 << bits, (2, 3, 3, 3))
        scale, bias = np.float32([0.11, 0.07]), np.float32([-0.3, 0.2])
        c = (2, 1, 1, 1)
        quantized(f"weights_linear_{bits}", bits, q, q * scale.reshape(c) + bias.reshape(c), scale=scale, bias=bias)
    quantized("weights_linear_one_scale", 4, q % 16, (q % 16) * np.float32(0.1), scale=[0.1])
    table = random("table", 8)
    quantized("weights_table_3", 3, q % 8, table[q % 8], table=table)
    w = random("halves", 2, 3, 3, 3).astype(np.float16)

    def halves(b):
        layer = b.add_convolution("conv", 3, 2, 3, 3, 1, 1, "valid", 1, np.zeros((3, 3, 3, 2)), None, False, **IO)
        layer.convolution.weights.Clear()
        layer.convolution.weights.float16Value = w.tobytes()

    one("weights_half", x, halves, ort("Conv", x, w.astype(np.float32)))
