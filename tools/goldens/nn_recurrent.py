"""Recurrent layers, embeddings and sequences, in both worlds. Recurrent numbers come from ONNX Runtime (recurrent.py)."""

import numpy as np

import recurrent
from nn_case import Case, random


class Blob(np.ndarray):
    mil = "fp32"


def blob(x):
    return np.asarray(x, np.float32).view(Blob)


def values(outs):
    return [out.values for out in outs]


def split(w, n):
    return np.split(w, n)


class Lstm:
    """Weights of one direction, in the builder's order of gates i, f, o, z."""

    def __init__(self, name, inputs, hidden):
        self.w, self.r = random(f"{name} w", 4 * hidden, inputs), random(f"{name} r", 4 * hidden, hidden)
        self.b, self.p = random(f"{name} b", 4 * hidden), random(f"{name} p", 3 * hidden)

    def run(self, x, h, c, bias=True, peephole=True, back=None, forget_bias=False, **more):
        def biased(one):
            if not (bias or forget_bias):
                return None
            b = one.b.copy() if bias else 0 * one.b
            b[len(b) // 4 : len(b) // 2] += float(forget_bias)
            return b

        if back is not None:
            more.update(weight_ih_back=back.w, weight_hh_back=back.r, bias_back=biased(back),
                        peephole_back=back.p if peephole else None, direction="bidirectional")  # fmt: skip
        return values(recurrent.lstm(blob(x), h, c, self.w, self.r, "ios15", bias=biased(self),
                                     peephole=self.p if peephole else None, **more))  # fmt: skip


def sequence_blob(y, exact):
    """[S,B,C] as the network gives it out."""
    if exact:
        return y[..., None, None]
    return y.reshape(-1) if y.shape[0] * y.shape[1] == 1 else y


def make(name, exact, inputs, layers, outputs, tolerance=2e-5):
    """Inputs and outputs are [S,B,C]; the rank-5 world declares [C], the exact one [S,B,C,1,1]."""
    given = {k: x[..., None, None] if exact else x for k, x in inputs.items()}
    declared = None if exact else {k: (x.shape[-1],) for k, x in inputs.items()}
    return Case(name, given, layers, {k: sequence_blob(y, exact) for k, y in outputs.items()}, tolerance, declared)


def lstms(exact):
    steps, batch, inputs, hidden = 4, 3, 5, 2
    f, g = Lstm("lstm", inputs, hidden), Lstm("lstm back", inputs, hidden)
    x = random("lstm x", steps, batch, inputs)
    h, c, hb, cb = (random(f"lstm {k}", 1, batch, hidden) for k in ("h", "c", "hb", "cb"))
    zero = np.zeros((batch, hidden), np.float32)

    def uni(b, inputs_=("x",), outputs=("y",), bias=True, peephole=True, **more):
        return b.add_unilstm("lstm", split(f.r, 4), split(f.w, 4), split(f.b, 4) if bias else None, hidden, inputs,
                             list(inputs_), list(outputs), peep=split(f.p, 3) if peephole else None, **more)  # fmt: skip

    y, last, cell = f.run(x, h[0], c[0], output_sequence=True)
    yield make("lstm_states", exact, {"x": x, "h": h, "c": c},
               lambda b: uni(b, ("x", "h", "c"), ("y", "hn", "cn"), output_all=True),
               {"y": y, "hn": last[None], "cn": cell[None]})  # fmt: skip
    if exact:
        # States whose extents are data, with a row to spare, as coremltools writes them for torch's packed sequences.
        def filled(b):
            for name, value in (("h", 0.5), ("c", -0.25)):
                b.add_fill_dynamic(f"fill_{name}", "s", name, value)
            uni(b, ("x", "h", "c"), output_all=True)

        y, *_ = f.run(x, zero + np.float32(0.5), zero - np.float32(0.25), output_sequence=True)
        extents = np.array([1, batch + 1, hidden, 1, 1], np.float32)
        yield Case("lstm_states_of_computed_shape", {"x": x[..., None, None], "s": extents}, filled,
                   {"y": sequence_blob(y, exact)})  # fmt: skip
    y, *_ = f.run(x, zero, zero, peephole=False, bias=False, output_sequence=True, direction="reverse")
    yield make("lstm_reversed_without_biases", exact, {"x": x},
               lambda b: uni(b, bias=False, peephole=False, output_all=True, reverse_input=True), {"y": y})  # fmt: skip
    y, *_ = f.run(x, zero, zero, direction="reverse")
    yield make("lstm_last_step", exact, {"x": x}, lambda b: uni(b, reverse_input=True), {"y": y})
    one = x[:, :1]
    y, *_ = f.run(one, zero[:1], zero[:1], peephole=False)
    yield make("lstm_of_one", exact, {"x": one}, lambda b: uni(b, peephole=False), {"y": y})
    y, *_ = f.run(x, zero, zero, coupled=True, forget_bias=True, output_sequence=True)
    yield make("lstm_coupled_with_forget_bias", exact, {"x": x},
               lambda b: uni(b, coupled_input_forget_gate=True, forget_bias=True, output_all=True), {"y": y})  # fmt: skip
    y, *_ = f.run(40 * x, zero, zero, output_sequence=True, recurrent_activation="hard_sigmoid", cell_activation="relu",
                  activation="scaled_tanh", gate_clip=50)  # fmt: skip
    yield make("lstm_clips_at_50", exact, {"x": 40 * x},
               lambda b: uni(b, output_all=True, inner_activation="SIGMOID_HARD", cell_state_update_activation="RELU",
                             output_activation="SCALED_TANH", cell_clip_threshold=50000), {"y": y}, 1e-4)  # fmt: skip
    y, *_ = f.run(x, zero, zero, peephole=False, bias=False, clip=0.1, output_sequence=True)
    yield make("lstm_clipped_cell", exact, {"x": x},
               lambda b: uni(b, bias=False, peephole=False, cell_clip_threshold=0.1, output_all=True), {"y": y})  # fmt: skip

    def numbered(b):
        layer = uni(b, output_all=True, inner_activation="SIGMOID_HARD", output_activation="LINEAR").uniDirectionalLSTM
        layer.activations[0].sigmoidHard.alpha, layer.activations[0].sigmoidHard.beta = 0.3, 0.4
        layer.activations[2].linear.alpha, layer.activations[2].linear.beta = 0.7, 0.2

    y, *_ = f.run(x, zero, zero, recurrent_activation="hard_sigmoid", activation="linear", alpha=[0.3, 0, 0.7],
                  beta=[0.4, 0, 0.2], output_sequence=True)  # fmt: skip
    yield make("lstm_activations_with_numbers", exact, {"x": x}, numbered, {"y": y})

    def bi(b, inputs_=("x",), outputs=("y",), **more):
        return b.add_bidirlstm("lstm", split(f.r, 4), split(f.w, 4), split(f.b, 4), split(g.r, 4), split(g.w, 4),
                               split(g.b, 4), hidden, inputs, list(inputs_), list(outputs), peep=split(f.p, 3),
                               peep_back=split(g.p, 3), **more)  # fmt: skip

    both = [np.concatenate(pair, axis=-1)[0] for pair in ((h, hb), (c, cb))]
    y, last, cell = f.run(x, *both, back=g, output_sequence=True)
    states = {"hn": last[None, :, :hidden], "cn": cell[None, :, :hidden], "hr": last[None, :, hidden:],
              "cr": cell[None, :, hidden:]}  # fmt: skip
    yield make("bidirectional_lstm_states", exact, {"x": x, "h": h, "c": c, "hb": hb, "cb": cb},
               lambda b: bi(b, ("x", "h", "c", "hb", "cb"), ("y", *states), output_all=True), {"y": y, **states})  # fmt: skip
    zeros = np.zeros((batch, 2 * hidden), np.float32)
    y, *_ = f.run(x, zeros, zeros, back=g)
    yield make("bidirectional_lstm_last_step", exact, {"x": x}, bi, {"y": y})

    def different(b):
        layer = bi(b, output_all=True).biDirectionalLSTM
        layer.activationsBackwardLSTM[2].ReLU.SetInParent()

    forward, *_ = f.run(x, zero, zero, output_sequence=True)
    backward, *_ = g.run(x, zero, zero, output_sequence=True, direction="reverse", activation="relu")
    yield make("bidirectional_lstm_of_two_kinds", exact, {"x": x}, different,
               {"y": np.concatenate([forward, backward[::-1]], axis=-1)})  # fmt: skip


def grus(exact):
    steps, batch, inputs, hidden = 4, 3, 5, 2
    w, r, bias = random("gru w", 3 * hidden, inputs), random("gru r", 3 * hidden, hidden), random("gru b", 3 * hidden)
    x, h = random("gru x", steps, batch, inputs), random("gru h", 1, batch, hidden)
    order = (2, 0, 1)  # r, o, z -> z, r, o, as the builder has them
    zro = lambda v: [split(v, 3)[i] for i in order]  # noqa: E731

    def layer(b, inputs_=("x",), outputs=("y",), biased=True, **more):
        more = {"inner_activation": "SIGMOID", **more}
        return b.add_gru("gru", zro(r), zro(w), zro(bias) if biased else None, hidden, inputs, list(inputs_), list(outputs),
                         **more)  # fmt: skip

    y, last = values(recurrent.gru(blob(x), h[0], w, r, "ios15", bias=bias, output_sequence=True))
    yield make("gru_states", exact, {"x": x, "h": h}, lambda b: layer(b, ("x", "h"), ("y", "hn"), output_all=True),
               {"y": y, "hn": last[None]})  # fmt: skip
    zero = np.zeros((batch, hidden), np.float32)
    y, _ = values(recurrent.gru(blob(40 * x), zero, w, r, "ios15", direction="reverse", output_sequence=True,
                                recurrent_activation="hard_sigmoid", activation="relu", gate_clip=50))  # fmt: skip
    yield make("gru_reversed", exact, {"x": 40 * x},
               lambda b: layer(b, biased=False, activation="RELU", inner_activation="SIGMOID_HARD", output_all=True,
                               reverse_input=True), {"y": y}, 1e-4)  # fmt: skip
    v, u, add = random("rnn w", hidden, inputs), random("rnn r", hidden, hidden), random("rnn b", hidden)

    def simple(b, inputs_=("x",), outputs=("y",), **more):
        b.add_simple_rnn("rnn", u, v, add, hidden, inputs, activation=more.pop("activation", "TANH"),
                         input_names=list(inputs_), output_names=list(outputs), **more)  # fmt: skip

    y, last = values(recurrent.rnn(blob(x), h[0], v, u, "ios15", bias=add, output_sequence=True))
    yield make("rnn_states", exact, {"x": x, "h": h}, lambda b: simple(b, ("x", "h"), ("y", "hn"), output_all=True),
               {"y": y, "hn": last[None]})  # fmt: skip
    y, _ = values(recurrent.rnn(blob(x), zero, v, u, "ios15", bias=add, activation="relu", direction="reverse"))
    yield make("rnn_reversed", exact, {"x": x}, lambda b: simple(b, activation="RELU", reverse_input=True), {"y": y})


def sequences():
    """Layers that know of Seq, in the rank-5 world."""
    numbers = np.float32([[[3], [0]], [[6], [2]], [[1], [1]]])  # [Seq 3, Batch 2, 1]
    w, bias = random("embedding w", 4, 7), random("embedding b", 4)
    yield make("embedding", False, {"x": numbers},
               lambda b: b.add_embedding("e", w, bias, 7, 4, True, "x", "y"), {"y": w.T[numbers[..., 0].astype(int)] + bias})  # fmt: skip
    x, z = random("sequence x", 3, 2, 4), random("sequence z", 1, 2, 4)
    yield make("sequence_repeat", False, {"x": x}, lambda b: b.add_sequence_repeat("r", 2, "x", "y"),
               {"y": np.concatenate([x, x])})  # fmt: skip
    yield make("sequence_concat", False, {"x": x, "z": z},
               lambda b: b.add_elementwise("c", ["x", "z"], "y", "SEQUENCE_CONCAT"), {"y": np.concatenate([x, z])})  # fmt: skip
    yield make("add_over_steps", False, {"x": x, "z": z},
               lambda b: b.add_elementwise("a", ["x", "z"], "y", "ADD"), {"y": x + z})  # fmt: skip
    p = random("sequence p", 3, 2, 4, 1, 5)  # [Seq,Batch,C,H,W]
    declared = {"x": (4, 1, 5)}
    yield Case("permute_sequence", {"x": p}, lambda b: b.add_permute("p", (3, 1, 2, 0), "x", "y"),
               p.transpose(4, 1, 2, 3, 0), declared=declared)  # fmt: skip
    yield Case("reshape_sequence", {"x": p}, lambda b: b.add_reshape("r", "x", "y", target_shape=(6, 2, 1, 5), mode=0),
               p.transpose(1, 0, 2, 3, 4).reshape(2, 6, 2, 1, 5).transpose(1, 0, 2, 3, 4), declared=declared)  # fmt: skip
    yield Case("batch_of_pictures", {"x": p[0]}, lambda b: b.add_activation("a", "RELU", "x", "y"), np.maximum(p[0], 0),
               declared=declared)  # fmt: skip
    yield Case("sum_of_a_sequence_of_pictures", {"x": p}, lambda b: b.add_reduce("s", "x", "y", "CHW", "sum"),
               p.sum(axis=(2, 3, 4))[..., None], declared=declared)  # fmt: skip


def rank5_cases():
    return [*lstms(False), *grus(False), *sequences()]


def exact_cases():
    return [*lstms(True), *grus(True)]
