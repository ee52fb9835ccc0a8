"""Cases of the exact world (specification version 4 and newer): blobs have the declared shapes."""

import numpy as np
from scipy import special

from nn_case import Case, random

_CASES = []


def cases():
    for make in (functions, pairs, shapes, products, reductions, picks):
        make()
    return _CASES


IO = {"input_name": "x", "output_name": "y"}


def one(name, x, layer, expected, **more):
    _CASES.append(Case(name, {"x": x}, layer, expected, **more))


def functions():
    x = random("exact x", 2, 3, 4, low=-0.9, high=0.9)
    table = {
        "ceil": np.ceil, "floor": np.floor, "round": np.round, "sign": np.sign, "exp2": np.exp2, "sin": np.sin,
        "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "sinh": np.sinh,
        "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh, "atanh": np.arctanh, "erf": special.erf,
    }  # fmt: skip
    for kind, f in table.items():
        one(kind, x, lambda b, k=kind: getattr(b, "add_" + k)("f", **IO), f(x))
    big = x + 2
    one("acosh", big, lambda b: b.add_acosh("f", **IO), np.arccosh(big))
    one("clip", x, lambda b: b.add_clip("f", min_value=-0.3, max_value=0.6, **IO), np.clip(x, np.float32(-0.3), np.float32(0.6)))
    one("clamped_relu", x, lambda b: b.add_clamped_relu("f", alpha=0.4, beta=0.5, **IO),
        np.minimum(np.where(x >= 0, x, 0.4 * x), 0.5))  # fmt: skip
    gelu = {
        "EXACT": 0.5 * x * (1 + special.erf(x / np.sqrt(2))),
        "TANH_APPROXIMATION": 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
        "SIGMOID_APPROXIMATION": x * special.expit(1.702 * x),
    }
    for mode, y in gelu.items():
        one(f"gelu_{mode}", x, lambda b, m=mode: b.add_gelu("f", mode=m, **IO), y)
    one("softmax_nd", x, lambda b: b.add_softmax_nd("f", axis=1, **IO), special.softmax(x, axis=1))
    one("softmax_on_channels", x, lambda b: b.add_softmax("f", **IO), special.softmax(x, axis=0))
    gamma, beta = random("ln g", 3, 4), random("ln b", 3, 4)
    m, v = x.mean(axis=(1, 2), keepdims=True), x.var(axis=(1, 2), keepdims=True)
    one("layer_normalization", x, lambda b: b.add_layer_normalization("f", normalized_shape=[3, 4], gamma=gamma, beta=beta,
                                                                      eps=1e-2, **IO),
        (x - m) / np.sqrt(v + 1e-2) * gamma + beta)  # fmt: skip


def pairs():
    a, c = random("exact a", 2, 3, 4, low=0.5, high=3), random("exact c", 3, 1, low=0.5, high=2)
    table = {
        "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide, "max": np.maximum,
        "min": np.minimum, "pow": np.power, "floor_div": np.floor_divide, "mod": np.mod,
    }  # fmt: skip
    for kind, f in table.items():
        _CASES.append(Case(f"{kind}_broadcastable", {"a": a, "c": c},
                           lambda b, k=kind: getattr(b, f"add_{k}_broadcastable")("f", ["a", "c"], "y"), f(a, c)))  # fmt: skip
    q, r = np.float32([[1, 2, 3], [4, 5, 6]]), np.float32([[1, 5, 3]])
    for name, layer, f in (
        ("greater", lambda b: b.add_greater_than("f", ["q", "r"], "y"), np.greater),
        ("greater_equal", lambda b: b.add_greater_than("f", ["q", "r"], "y", use_greater_than_equal=True), np.greater_equal),
        ("less", lambda b: b.add_less_than("f", ["q", "r"], "y"), np.less),
        ("less_equal", lambda b: b.add_less_than("f", ["q", "r"], "y", use_less_than_equal=True), np.less_equal),
        ("equal", lambda b: b.add_equal("f", ["q", "r"], "y"), np.equal),
        ("not_equal", lambda b: b.add_not_equal("f", ["q", "r"], "y"), np.not_equal),
    ):
        _CASES.append(Case(name, {"q": q, "r": r}, layer, f(q, r)))
    one("greater_than_alpha", q, lambda b: b.add_greater_than("f", ["x"], "y", alpha=3.0), q > 3)
    s, t = np.float32([0, 0, 1, 1]), np.float32([0, 1, 0, 1])
    for mode, f in (("AND", np.logical_and), ("OR", np.logical_or), ("XOR", np.logical_xor)):
        _CASES.append(Case(f"logical_{mode}", {"s": s, "t": t}, lambda b, m=mode: b.add_logical("f", ["s", "t"], "y", m),
                           f(s, t)))  # fmt: skip
    one("logical_NOT", s, lambda b: b.add_logical("f", ["x"], "y", "NOT"), np.logical_not(s))
    condition = (a > 1.5).astype(np.float32)
    _CASES.append(Case("where_broadcastable", {"condition": condition, "a": a, "c": c},
                       lambda b: b.add_where_broadcastable("f", ["condition", "a", "c"], "y"),
                       np.where(condition, a, c)))  # fmt: skip


def shapes():
    x = random("exact shape x", 2, 3, 4)
    one("transpose", x, lambda b: b.add_transpose("f", [2, 0, 1], **IO), x.transpose(2, 0, 1))
    one("expand_dims", x, lambda b: b.add_expand_dims("f", axes=[1, -1], **IO), x[:, None, :, :, None])
    thin = random("thin", 1, 3, 1, 2)
    one("squeeze", thin, lambda b: b.add_squeeze("f", axes=[0, -2], **IO), thin.reshape(3, 2))
    one("squeeze_all", thin, lambda b: b.add_squeeze("f", squeeze_all=True, **IO), thin.reshape(3, 2))
    one("flatten_to_2d", x, lambda b: b.add_flatten_to_2d("f", axis=2, **IO), x.reshape(6, 4))
    one("reshape_static", x, lambda b: b.add_reshape_static("f", output_shape=(4, -1), **IO), x.reshape(4, 6))
    one("rank_preserving_reshape", x, lambda b: b.add_rank_preserving_reshape("f", output_shape=(0, 2, -1), **IO),
        x.reshape(2, 2, 6))  # fmt: skip
    like = random("reshape like", 6, 4)
    _CASES.append(Case("reshape_like", {"x": x, "like": like}, lambda b: b.add_reshape_like("f", ["x", "like"], "y"),
                       x.reshape(6, 4)))  # fmt: skip
    one("get_shape", x, lambda b: b.add_get_shape("f", **IO), np.array(x.shape))
    one("tile", x, lambda b: b.add_tile("f", reps=[1, 2, 3], **IO), np.tile(x, (1, 2, 3)))
    other = random("stack other", 2, 3, 4)
    _CASES.append(Case("stack", {"x": x, "z": other}, lambda b: b.add_stack("f", ["x", "z"], "y", axis=-1),
                       np.stack([x, other], axis=-1)))  # fmt: skip
    _CASES.append(Case("concat_nd", {"x": x, "z": other}, lambda b: b.add_concat_nd("f", ["x", "z"], "y", axis=-2),
                       np.concatenate([x, other], axis=-2)))  # fmt: skip
    woven = np.stack([x, other], axis=2).reshape(2, 6, 4)
    _CASES.append(Case("concat_nd_interleaved", {"x": x, "z": other},
                       lambda b: b.add_concat_nd("f", ["x", "z"], "y", axis=1, interleave=True), woven))  # fmt: skip
    _CASES.append(Case("split_nd", {"x": x}, lambda b: b.add_split_nd("f", "x", ["p", "q"], axis=2, split_sizes=[1, 3]),
                       {"p": x[..., :1], "q": x[..., 1:]}))  # fmt: skip
    one("slice_static", x,
        lambda b: b.add_slice_static("f", begin_ids=[0, -1, 3], end_ids=[2, 1, 0], strides=[1, -1, -2],
                                     begin_masks=[False] * 3, end_masks=[False, True, False], **IO),
        x[0:2, -1::-1, 3:0:-2])  # fmt: skip
    one("slice_static_squeezed", x,
        lambda b: b.add_slice_static("f", begin_ids=[1, 0, 0], end_ids=[2, 3, 4], strides=[1, 1, 1],
                                     begin_masks=[False] * 3, end_masks=[False] * 3, squeeze_masks=[True, False, False],
                                     **IO), x[1])  # fmt: skip
    v = random("exact vector", 9)
    one("slice_vector", v, lambda b: b.add_slice("f", axis="width", start_index=4, end_index=9, stride=2, **IO), v[4:9:2])
    one("slice_matrix", x[0], lambda b: b.add_slice("f", axis="height", start_index=1, end_index=-1, **IO), x[0][1:-1])

    def element(axes):
        def layers(b):
            b.add_slice_static("s", "x", "e", begin_ids=[3], end_ids=[4], strides=[1], begin_masks=[False],
                               end_masks=[False], squeeze_masks=[True])  # fmt: skip
            b.add_expand_dims("f", "e", "y", axes=axes)

        return layers

    # The slice leaves no axis: expandDims counts from there.
    for axes in ([0], [0, 1], [-1, 0, 1]):
        one(f"slice_element_{len(axes)}_axes", v, element(axes), np.expand_dims(v[3], tuple(axes)))
    _CASES.append(Case("slice_by_size", {"x": x, "begin": np.float32([1])},
                       lambda b: b.add_slice_by_size("f", ["x", "begin"], "y", axis=1, size=2), x[:, 1:3]))  # fmt: skip
    one("sliding_windows", x, lambda b: b.add_sliding_windows("f", axis=-1, window_size=2, step=2, **IO), x.reshape(2, 3, 2, 2))
    one("reverse", x, lambda b: b.add_reverse("f", reverse_dim=[True, False, True], **IO), x[::-1, :, ::-1])
    one("constant_pad", x, lambda b: b.add_constant_pad("f", ["x"], "y", value=0.5, pad_amounts=[1, 0, 0, 2, 1, 1]),
        np.pad(x, ((1, 0), (0, 2), (1, 1)), constant_values=0.5))  # fmt: skip
    one("constant_pad_to_size", x,
        lambda b: b.add_constant_pad("f", ["x"], "y", value=0.5, pad_to_given_output_size_mode=True,
                                     pad_amounts=[5, 0, 0, 4, 0, 0]),
        np.pad(x, ((3, 0), (0, 1), (0, 0)), constant_values=0.5))  # fmt: skip
    row = random("row", 3, 1)
    one("broadcast_to_static", row, lambda b: b.add_broadcast_to_static("f", output_shape=(2, 3, 4), **IO),
        np.broadcast_to(row, (2, 3, 4)))  # fmt: skip
    _CASES.append(Case("broadcast_to_like", {"row": row, "x": x},
                       lambda b: b.add_broadcast_to_like("f", ["row", "x"], "y"), np.broadcast_to(row, (2, 3, 4))))  # fmt: skip
    one("fill_like", x, lambda b: b.add_fill_like("f", value=1.5, **IO), np.full_like(x, 1.5))

    def filled(b):
        b.add_fill_static("s", "k", [3, 4], value=0.5)
        b.add_range_static("r", "i", end=7, start=1, step=1.5)
        b.add_add_broadcastable("a", ["k", "i"], "ki")
        b.add_add_broadcastable("f", ["ki", "x"], "y")

    one("fill_and_range", x, filled, x + 0.5 + np.arange(1, 7, 1.5))
    one("copy", x, lambda b: b.add_copy("f", **IO), x)


def products():
    x = random("product x", 2, 3, 4)
    w, bias = random("product w", 5, 4), random("product b", 5)
    one("inner_product_last_axis", x, lambda b: b.add_inner_product("f", w, bias, 4, 5, True, **IO), x @ w.T + bias)
    z = random("product z", 2, 5, 4)
    _CASES.append(Case("batched_matmul", {"x": x, "z": z},
                       lambda b: b.add_batched_mat_mul("f", ["x", "z"], "y", transpose_b=True), x @ z.transpose(0, 2, 1)))  # fmt: skip
    m = random("matmul m", 4, 5)
    one("batched_matmul_constant", x,
        lambda b: b.add_batched_mat_mul("f", ["x"], "y", weight_matrix_rows=4, weight_matrix_columns=5, W=m, bias=bias),
        x @ m + bias)  # fmt: skip


def reductions():
    x = random("exact reduce x", 2, 3, 4, low=0.5, high=2)
    table = {
        "sum": np.sum, "mean": np.mean, "prod": np.prod, "max": np.max, "min": np.min,
        "l1": lambda v, **k: np.sum(np.abs(v), **k),
        "l2": lambda v, **k: np.sqrt(np.sum(v * v, **k)),
        "sumsquare": lambda v, **k: np.sum(v * v, **k),
        "logsum": lambda v, **k: np.log(np.sum(v, **k)),
        "logsumexp": lambda v, **k: np.log(np.sum(np.exp(v), **k)),
    }  # fmt: skip
    for i, (kind, f) in enumerate(table.items()):
        axes, keep = [((0, 2), True), ((-1,), False)][i % 2]
        one(f"reduce_{kind}", x,
            lambda b, k=kind, a=axes, d=keep: getattr(b, f"add_reduce_{k}")("f", axes=list(a), keepdims=d, reduce_all=False,
                                                                             **IO),
            f(x, axis=axes, keepdims=keep))  # fmt: skip
    one("reduce_all", x, lambda b: b.add_reduce_sum("f", axes=None, keepdims=False, reduce_all=True, **IO), x.sum().reshape(1))
    one("argmax", x, lambda b: b.add_argmax("f", axis=1, keepdims=False, **IO), np.argmax(x, 1))
    one("argmin", x, lambda b: b.add_argmin("f", axis=-1, keepdims=True, **IO), np.argmin(x, -1)[..., None])
    one("cumsum", x, lambda b: b.add_cumsum("f", ["x"], "y", axis=1, reverse=True), np.cumsum(x[:, ::-1], 1)[:, ::-1])


def picks():
    x = random("pick x", 3, 4)
    i = np.float32([2, 0, -1])
    _CASES.append(Case("gather", {"x": x, "i": i}, lambda b: b.add_gather("f", ["x", "i"], "y", axis=1), x[:, [2, 0, -1]]))
    nd = np.float32([[2, 0], [1, 3]])
    _CASES.append(Case("gather_nd", {"x": x, "i": nd}, lambda b: b.add_gather_nd("f", ["x", "i"], "y"), x[[2, 1], [0, 3]]))
    along = np.float32([[2, 0, 1, 1]])
    _CASES.append(Case("gather_along_axis", {"x": x, "i": along},
                       lambda b: b.add_gather_along_axis("f", ["x", "i"], "y", axis=0),
                       np.take_along_axis(x, along.astype(int), 0)))  # fmt: skip
    order = np.argsort(-x, axis=1)[:, :2]
    _CASES.append(Case("top_k", {"x": x}, lambda b: b.add_topk("f", ["x"], ["p", "q"], k=2, axis=1),
                       {"p": np.take_along_axis(x, order, 1), "q": order}))  # fmt: skip
    one("argsort", x, lambda b: b.add_argsort("f", axis=1, descending=True, **IO), np.argsort(-x, axis=1))
    hot = np.float32([1, 0, 3])
    one("one_hot", hot, lambda b: b.add_one_hot("f", ["x"], "y", one_hot_vector_size=4, on_value=2.0, off_value=-1.0),
        np.where(np.eye(4)[[1, 0, 3]] == 1, 2.0, -1.0))  # fmt: skip
    one("lower_triangular", x, lambda b: b.add_lower_triangular("f", k=1, **IO), np.tril(x, 1))
    one("upper_triangular", x, lambda b: b.add_upper_triangular("f", k=-1, **IO), np.triu(x, -1))
    one("matrix_band_part", x, lambda b: b.add_matrix_band_part("f", num_lower=0, num_upper=1, **IO), np.triu(np.tril(x, 1)))
