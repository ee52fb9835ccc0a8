"""Layers whose shapes are computed, three-dimensional windows, scatters, detection, random numbers, weights in few bits."""

import numpy as np
from scipy import special

import detection
import onnx_runtime
from nn_case import Case, random
from nn_rank5 import packed
from random_numbers import uniform

IO = {"input_name": "x", "output_name": "y"}
_CASES = []


def exact_cases():
    for cases in (volumes, computed_shapes, picks, boxes, random_numbers, weights):
        cases()
    return _CASES


def rank5_cases():
    x = random("argmax x", 3, 2, 4)
    return [
        Case("reduce_argmax_CHW", {"x": x}, lambda b: b.add_reduce("r", axis="CHW", mode="argmax", **IO),
             np.array([x.argmax()])),
        Case("reduce_argmax_HW", {"x": x}, lambda b: b.add_reduce("r", axis="HW", mode="argmax", **IO),
             x.reshape(3, 8).argmax(axis=1)),
    ]  # fmt: skip


def one(name, x, layer, expected, **more):
    _CASES.append(Case(name, {"x": x}, layer, expected, **more))


def two(name, x, z, layer, expected):
    _CASES.append(Case(name, {"x": x, "z": z}, layer, expected))


def volumes():
    x = random("volume x", 1, 4, 4, 5, 5)
    w, bias = random("volume w", 6, 2, 2, 2, 3), random("volume b", 6)
    sides = {"padding_front": 1, "padding_back": 0, "padding_top": 2, "padding_bottom": 1, "padding_left": 0, "padding_right": 1}

    def conv(name, mode, stride=(1, 1, 1), dilation=(1, 1, 1), **attributes):
        def layer(b):
            b.add_convolution3d("c", 4, 6, 2, 2, 3, w, bias, True, 2, *stride, dilation[2], dilation[1], dilation[0],
                                padding_mode=mode, **(sides if mode == "custom" else {}), **IO)  # fmt: skip

        y = onnx_runtime.run("Conv", [x, w, bias], strides=list(stride), dilations=list(dilation), group=2, **attributes)
        one(name, x, layer, y)

    conv("conv3d", "valid", (1, 2, 3), pads=[0] * 6)
    conv("conv3d_custom", "custom", dilation=(2, 1, 1), pads=[1, 2, 0, 0, 1, 1])
    conv("conv3d_same", "same", (2, 2, 1), auto_pad="SAME_UPPER")
    small, v = random("deconv3d x", 1, 4, 2, 3, 2), random("deconv3d w", 4, 3, 2, 3, 2)

    def deconv(b, **more):
        b.add_convolution3d("c", 4, 6, 2, 3, 2, v.transpose(1, 0, 2, 3, 4), bias, True, 2, 2, 1, 2, is_deconv=True, **more, **IO)

    full = onnx_runtime.run("ConvTranspose", [small, v, bias], strides=[2, 1, 2], group=2)
    one("deconv3d", small, deconv, full)
    one("deconv3d_custom", small, lambda b: deconv(b, padding_mode="custom", padding_front=1, padding_bottom=1),
        full[:, :, 1:, :-1])  # fmt: skip

    def pool(name, kind, mode, exclude=False, **attributes):
        def layer(b):
            names = {f"custom_{k}": v for k, v in {**sides, "padding_top": 1}.items()} if mode == "CUSTOM" else {}
            b.add_pooling3d("p", "x", "y", kind, 3, 2, 2, 2, 1, 2, mode, average_pooling_count_excludes_padding=exclude, **names)

        if kind == "AVERAGE":
            attributes["count_include_pad"] = int(not exclude)
        operation = {"MAX": "MaxPool", "AVERAGE": "AveragePool"}[kind]
        one(name, x, layer, onnx_runtime.run(operation, [x], kernel_shape=[3, 2, 2], strides=[2, 1, 2], **attributes))

    pool("max_pool3d", "MAX", "VALID")
    pads = [1, 1, 0, 0, 1, 1]
    pool("max_pool3d_custom", "MAX", "CUSTOM", pads=pads)
    pool("average_pool3d_counting_padding", "AVERAGE", "CUSTOM", pads=pads)
    pool("average_pool3d", "AVERAGE", "CUSTOM", True, pads=pads)
    pool("average_pool3d_same", "AVERAGE", "SAME", True, auto_pad="SAME_UPPER")
    one("global_max_pool3d", x, lambda b: b.add_global_pooling3d("g", "x", "y", "MAX"), x.max(axis=(2, 3, 4), keepdims=True))
    one("global_average_pool3d", x, lambda b: b.add_global_pooling3d("g", "x", "y", "AVERAGE"),
        x.mean(axis=(2, 3, 4), keepdims=True))  # fmt: skip
    up, kernel = random("up computed x", 1, 4, 3, 4), random("up computed w", 4, 2, 3, 2)

    def computed(b):
        b.add_convolution("up", 4, 2, 3, 2, 2, 2, "valid", 1, None, None, False, is_deconv=True, input_name=["x", "z"],
                          output_name="y")  # fmt: skip

    two("deconv_of_computed_weights", up, kernel, computed,
        onnx_runtime.run("ConvTranspose", [up, kernel], strides=[2, 2]))  # fmt: skip


def computed_shapes():
    x, z = random("computed x", 2, 3, 4), random("computed z", 6, 4)

    def shaped(add):
        """The shape of z, turned round by arithmetic on floats, goes into a layer."""

        def layers(b):
            b.add_get_shape("s", "z", "shape")
            b.add_slice_static("f", "shape", "first", begin_ids=[0], end_ids=[1], strides=[1], begin_masks=[False],
                               end_masks=[False])  # fmt: skip
            b.add_slice_static("l", "shape", "last", begin_ids=[1], end_ids=[2], strides=[1], begin_masks=[False],
                               end_masks=[False])  # fmt: skip
            b.add_concat_nd("c", ["last", "first"], "wanted", axis=0)
            add(b)

        return layers

    two("reshape_to_computed_shape", x, z, shaped(lambda b: b.add_reshape_dynamic("r", ["x", "wanted"], "y")), x.reshape(4, 6))
    two("fill_computed_shape", x, z, shaped(lambda b: b.add_fill_dynamic("r", "wanted", "y", 1.5)), np.full((4, 6), 1.5))
    row = random("computed row", 1, 6)
    two("broadcast_to_computed_shape", row, z, shaped(lambda b: b.add_broadcast_to_dynamic("r", ["x", "wanted"], "y")),
        np.broadcast_to(row, (4, 6)))  # fmt: skip
    two("range_of_computed_end", x, z, shaped(lambda b: b.add_range_dynamic("r", ["first"], "y", start=1, step=2)),
        np.arange(1, 6, 2))  # fmt: skip
    two("reshape_to_given_shape", x, np.float32([4, 6]), lambda b: b.add_reshape_dynamic("r", ["x", "z"], "y"), x.reshape(4, 6))
    two("broadcast_to_given_shape", row, np.float32([4, 6]), lambda b: b.add_broadcast_to_dynamic("r", ["x", "z"], "y"),
        np.broadcast_to(row, (4, 6)))  # fmt: skip
    two("tile_given_times", row, np.float32([2, 3]), lambda b: b.add_tile("t", ["x", "z"], "y"), np.tile(row, (2, 3)))
    a, c = random("matmul a", 4), random("matmul c", 2, 4, 3)
    two("matmul_of_a_row", a, c, lambda b: b.add_batched_mat_mul("m", ["x", "z"], "y"), (a @ c)[:, None])
    two("matmul_of_a_column", x, a, lambda b: b.add_batched_mat_mul("m", ["x", "z"], "y"), (x @ a)[..., None])
    seven = random("split seven", 7, 2)
    _CASES.append(Case("split_nd_unequally", {"x": seven},
                       lambda b: b.add_split_nd("s", "x", ["p", "q", "r"], axis=0, num_splits=3),
                       dict(zip("pqr", np.array_split(seven, 3)))))  # fmt: skip
    four, w = random("product of pictures", 2, 3, 2, 2), random("product of pictures w", 5, 12)
    one("inner_product_of_pictures", four, lambda b: b.add_inner_product("f", w, None, 12, 5, False, **IO),
        (four.reshape(2, 12) @ w.T)[..., None, None])  # fmt: skip
    picture = random("transpose picture", 1, 3, 2, 4)
    one("transpose_of_the_last_axes", picture, lambda b: b.add_transpose("t", [1, 2, 0], **IO), picture.transpose(0, 2, 3, 1))
    two("tile_fewer_given_times", x, np.float32([2]), lambda b: b.add_tile("t", ["x", "z"], "y"), np.tile(x, 2))
    two("tile_more_given_times", row, np.float32([2, 1, 3]), lambda b: b.add_tile("t", ["x", "z"], "y"),
        np.tile(row, (2, 1, 3)))  # fmt: skip
    one("tile_shorter", x, lambda b: b.add_tile("t", "x", "y", reps=[3]), np.tile(x, 3))
    for n in (1, 2, 3):
        given = dict(zip(("end", "start", "step"), np.float32([[7.5], [1.0], [1.5]])[:n]))
        _CASES.append(Case(f"range_of_{n}_inputs", given, lambda b, g=given: b.add_range_dynamic("r", list(g), "y", 1, 1.5),
                           np.arange(1, 7.5, 1.5)))  # fmt: skip
    masks = {"begin_masks": [False, True, False], "end_masks": [False, False, True], "squeeze_masks": [False] * 3}
    for n in (2, 3):
        given = {"x": x, "begin": np.float32([1, 2, 3]), "end": np.float32([2, -1, 0])}
        given = dict(list(given.items())[:n])
        _CASES.append(Case(f"slice_of_{n}_inputs", given,
                           lambda b, g=given: b.add_slice_dynamic("s", list(g), "y", end_ids=[2, -1, 0], strides=[1, 1, -2],
                                                                  **masks), x[1:2, :-1, 3::-2]))  # fmt: skip
    given = {"x": x, "begin": np.float32([1, 2, 3]), "end": np.float32([2, -1, 0]), "stride": np.float32([1, 1, -2]),
             "begin_mask": np.float32([0, 1, 0]), "end_mask": np.float32([0, 0, 1])}  # fmt: skip
    for n in (4, 5, 6):
        some = dict(list(given.items())[:n])
        _CASES.append(Case(f"slice_of_{n}_inputs", some,
                           lambda b, g=some: b.add_slice_dynamic("s", list(g), "y", **masks), x[1:2, :-1, 3::-2]))  # fmt: skip

    def squeezed(b):
        b.add_load_constant_nd("k", "begin", np.float32([1, 0, 0]), [3])
        layer = b.add_slice_dynamic("s", ["x", "begin"], "y", end_ids=[2, 3, 4], strides=[1, 1, 1]).sliceDynamic
        layer.squeezeMasks.extend([True, False, False])

    one("slice_squeezed", x, squeezed, x[1])


def picks():
    x, z = random("picks x", 5, 4), random("picks z", 3, 4)
    i = np.float32([3, 0, 3])
    functions = {"ADD": np.add, "SUB": np.subtract, "MUL": np.multiply, "DIV": np.divide, "MAX": np.maximum, "MIN": np.minimum}
    for mode, f in functions.items():
        y = x.copy()
        f.at(y, [3, 0, 3], z)
        _CASES.append(Case(f"scatter_{mode}", {"x": x, "i": i, "z": z},
                           lambda b, m=mode: b.add_scatter("s", ["x", "i", "z"], "y", axis=0, mode=m), y))  # fmt: skip
    u = random("picks u", 5, 2)
    y = x.copy()
    y[:, [1, 0]] = u
    _CASES.append(Case("scatter_UPDATE", {"x": x, "i": np.float32([1, 0]), "z": u},
                       lambda b: b.add_scatter("s", ["x", "i", "z"], "y", axis=-1, mode="UPDATE"), y))  # fmt: skip
    nd, v = np.float32([[4, 0], [1, 3]]), random("picks v", 2)
    y = x.copy()
    np.add.at(y, ([4, 1], [0, 3]), v)
    _CASES.append(Case("scatter_nd", {"x": x, "i": nd, "z": v},
                       lambda b: b.add_scatter_nd("s", ["x", "i", "z"], "y", mode="ADD"), y))  # fmt: skip
    along = np.float32([[4, 0, 1, 1], [2, 2, 0, 3]])
    y = x.copy()
    np.put_along_axis(y, along.astype(int), z[:2], 0)
    _CASES.append(Case("scatter_along_axis", {"x": x, "i": along, "z": z[:2]},
                       lambda b: b.add_scatter_along_axis("s", ["x", "i", "z"], "y", axis=0, mode="UPDATE"), y))  # fmt: skip
    s = random("reverse x", 3, 5, 2)
    y = s.copy()
    for n, length in enumerate((2, 5, 0)):
        y[n, :length] = s[n, :length][::-1]
    _CASES.append(Case("reverse_seq", {"x": s, "n": np.float32([2, 5, 0])},
                       lambda b: b.add_reverse_sequence("r", ["x", "n"], "y", batch_axis=0, seq_axis=1), y))  # fmt: skip
    holes = x * (x > 0)
    one("where_non_zero", holes, lambda b: b.add_where_nonzero("w", "x", "y"), np.argwhere(holes))
    order = np.argsort(-x, axis=0)[:3]
    _CASES.append(Case("top_k_of_given_number", {"x": x, "k": np.float32([3])},
                       lambda b: b.add_topk("t", ["x", "k"], ["p", "q"], axis=0),
                       {"p": np.take_along_axis(x, order, 0), "q": order}))  # fmt: skip
    one("lower_triangular_below", x, lambda b: b.add_lower_triangular("f", k=-2, **IO), np.tril(x, -2))
    one("upper_triangular_above", x, lambda b: b.add_upper_triangular("f", k=1, **IO), np.triu(x, 1))


def boxes():
    b, s = random("nms boxes", 2, 15, 4, low=0.3), random("nms scores", 2, 15, 2, low=0)
    names = ("boxes", "scores", "indices", "count")
    for per_class in (False, True):
        expected = dict(zip(names, detection.suppress(b, s, np.float32(0.25), 0.4, 6, per_class)))
        _CASES.append(Case(f"nms_{'per_class' if per_class else 'of_all'}", {"b": b, "s": s},
                           lambda n, p=per_class: n.add_nms("n", ["b", "s"], list(names), iou_threshold=0.25,
                                                            score_threshold=0.4, max_boxes=6, per_class_suppression=p),
                           expected))  # fmt: skip
    given = {"b": b, "s": s, "iou": np.float32([0.25]), "score": np.float32([0.4]), "most": np.float32([6])}
    expected = dict(zip(names, detection.suppress(b, s, np.float32(0.25), 0.4, 6, False)))
    _CASES.append(Case("nms_of_given_thresholds", given, lambda n: n.add_nms("n", list(given), list(names)), expected))
    expected = dict(zip(names, detection.suppress(b, s, np.float32(0.25), 5, 6, False)))
    _CASES.append(Case("nms_keeps_the_best", {"b": b, "s": s},
                       lambda n: n.add_nms("n", ["b", "s"], list(names), iou_threshold=0.25, score_threshold=5, max_boxes=6),
                       expected))  # fmt: skip


def random_numbers():
    x = random("random x", 2, 3, 4)
    u = uniform(5, (2, 3, 4))
    shape = np.float32(x.shape)
    z = np.stack([np.sqrt(-2 * np.log(1 - u.reshape(-1)[::2])) * f(2 * np.pi * u.reshape(-1)[1::2]) for f in (np.cos, np.sin)])
    z = z.T.reshape(x.shape)
    table = {
        "uniform": ({"minval": -1, "maxval": 2}, 3 * u - 1),
        "normal": ({"mean": 0.5, "stddev": 2}, 2 * z + 0.5),
        "bernoulli": ({"prob": 0.3}, u < 0.3),
    }
    for kind, (numbers, y) in table.items():
        numbers["seed"] = 5
        one(f"random_{kind}_like", x, lambda b, k=kind, n=numbers: getattr(b, f"add_random_{k}_like")("r", "x", "y", **n), y)
        one(f"random_{kind}_dynamic", shape,
            lambda b, k=kind, n=numbers: getattr(b, f"add_random_{k}_dynamic")("r", "x", "y", **n), y)  # fmt: skip

        def static(b, k=kind, n=numbers):
            getattr(b, f"add_random_{k}_static")("r", "k", list(x.shape), **n)
            b.add_multiply_broadcastable("m", ["k", "x"], "y")

        one(f"random_{kind}_static", x, static, y * x)
    p = special.softmax(random("categorical x", 3, 5), axis=-1)
    u = uniform(5, (3, 40))
    for name, given, logits, temperature in (("probabilities", p, False, 1.0), ("logits", np.log(p), True, 2.0)):
        tempered = (p ** (1 / temperature)).cumsum(axis=-1)
        y = np.stack([np.searchsorted(t, v * t[-1], side="right") for t, v in zip(tempered, u)])
        one(f"categorical_of_{name}", given,
            lambda b, k=logits, t=temperature: b.add_categorical_distribution("c", "x", "y", 40, is_logits=k, temperature=t,
                                                                              seed=5), y)  # fmt: skip


def weights():
    x = random("few bits x", 3, 6)
    numbers = np.float32([[2], [0], [8], [3]])
    rng = np.random.RandomState(7)
    for bits in range(1, 9):
        q = rng.randint(0, 1 << bits, (4, 6))
        scale, offset = random(f"scale {bits}", 4), random(f"offset {bits}", 4)
        table = random(f"table {bits}", 1 << bits)
        linear, looked_up = q * scale[:, None] + offset[:, None], table[q]
        kinds = {"linear": ({"quant_scale": scale, "quant_bias": offset}, linear), "lut": ({"quant_lut": table}, looked_up)}
        for kind, (fields, w) in kinds.items():
            one(f"inner_product_{kind}_{bits}", x,
                lambda b, k=kind, f=fields, n=bits, v=q: b.add_inner_product(
                    "f", packed(v.flatten(), n), None, 6, 4, False, is_quantized_weight=True, quantization_type=k, nbits=n,
                    **f, **IO), x @ w.T)  # fmt: skip
        q = rng.randint(0, 1 << bits, (4, 9))
        kind, fields = (("linear", {"quant_scale": scale, "quant_bias": offset}), ("lut", {"quant_lut": table}))[bits % 2]
        w = table[q] if bits % 2 else q * scale[:, None] + offset[:, None]
        one(f"embedding_nd_{kind}_{bits}", numbers,
            lambda b, k=kind, f=fields, n=bits, v=q: b.add_embedding_nd(
                "e", "x", "y", 9, 4, packed(v.flatten(), n), is_quantized_weight=True, quantization_type=k, nbits=n, **f),
            w.T[numbers[:, 0].astype(int)])  # fmt: skip
    w, bias = random("embedding nd w", 4, 9), random("embedding nd b", 4)
    deep = np.float32([[[[2], [0]]], [[[8], [8]]]])
    one("embedding_nd", deep, lambda b: b.add_embedding_nd("e", "x", "y", 9, 4, w, bias), w.T[deep[..., 0].astype(int)] + bias)
    q = rng.randint(-128, 128, (4, 6)).astype(np.int8)
    one("inner_product_int8_dynamic", x,
        lambda b: b.add_inner_product("f", q.tobytes(), None, 6, 4, False, int_8_dynamic_quantize=True, is_quantized_weight=True,
                                      quantization_type="linear", nbits=8, quant_scale=np.float32([0.02]), **IO),
        x @ (q * np.float32(0.02)).T)  # fmt: skip
    one("batched_matmul_int8_dynamic", x,
        lambda b: b.add_batched_mat_mul("f", ["x"], "y", weight_matrix_rows=6, weight_matrix_columns=4, W=q.T.tobytes(),
                                        int_8_dynamic_quantize=True, is_quantized_weight=True, quantization_type="linear",
                                        nbits=8, quant_scale=np.float32([0.02])),
        x @ (q * np.float32(0.02)).T)  # fmt: skip
