"""Expected outputs of recurrent, by ONNX Runtime; by NumPy where ONNX lacks the parameter (a clip of the cell, a reset after)."""

import numpy as np

import onnx_runtime
from golden import Out, op

_FUNCTIONS = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu", "linear": "Affine", "scaled_tanh": "ScaledTanh",
              "hard_sigmoid": "HardSigmoid", "sigmoid_hard": "HardSigmoid"}  # fmt: skip
_NUMBERS = {"Affine": (1.0, 0.0), "ScaledTanh": (1.0, 1.0), "HardSigmoid": (0.2, 0.5)}


def activations(names, alpha, beta):
    """(ONNX's name, alpha, beta) of each."""
    found = []
    for i, name in enumerate(names):
        function = _FUNCTIONS[str(name)]
        a, b = _NUMBERS.get(function, (0.0, 0.0))
        found.append((function, a if alpha is None else float(alpha[i]), b if beta is None else float(beta[i])))
    return found


def attributes(functions, **more):
    with_numbers = [f for f in functions if f[0] in _NUMBERS]
    return dict(
        activations=[f[0] for f in functions],
        activation_alpha=[f[1] for f in with_numbers] or None,
        activation_beta=[f[2] for f in with_numbers] or None,
        **more,
    )


def apply(function, x):
    name, a, b = function
    return {
        "Sigmoid": lambda: 1 / (1 + np.exp(-x)),
        "Tanh": lambda: np.tanh(x),
        "Relu": lambda: np.maximum(x, 0),
        "Affine": lambda: a * x + b,
        "ScaledTanh": lambda: a * np.tanh(b * x),
        "HardSigmoid": lambda: np.clip(a * x + b, 0, 1),
    }[name]()


def wide(x):
    return None if x is None else np.asarray(x, np.float64)


def gates(w, order):
    """Rows of gates in another order; ONNX has a direction in front."""
    return np.concatenate([np.split(np.asarray(w), max(order) + 1)[i] for i in order])[None]


def outputs(y, states, x, sequence, reverse):
    """ONNX's y [S, D, B, H] as MIL has it, and its states [D, B, H]."""
    if reverse:
        y = y[::-1]
    steps, directions, batch, hidden = y.shape
    y = y.transpose(0, 2, 1, 3).reshape(steps, batch, directions * hidden)
    states = [s.transpose(1, 0, 2).reshape(batch, directions * hidden) for s in states]
    if not sequence:
        y = states[0][None]
    return [Out(v, x.mil, rtol=2e-6, atol=2e-6) for v in (y, *states)]


def nothing(x, hidden, sequence, states):
    """A batch of 0, which ONNX Runtime does not take."""
    y = np.zeros((x.shape[0] if sequence else 1, 0, hidden))
    return [Out(v, x.mil) for v in (y, *[np.zeros((0, hidden))] * states)]


def clipped_lstm(x, h, c, w, r, bias, clip, sequence):
    h, c, ys = wide(h), wide(c), []
    for step in wide(x):
        i, f, o, z = np.split(step @ wide(w).T + h @ wide(r).T + bias, 4, axis=1)
        sigmoid = ("Sigmoid", 0, 0)
        c = np.clip(apply(sigmoid, f) * c + apply(sigmoid, i) * np.tanh(z), -clip, clip)
        h = apply(sigmoid, o) * np.tanh(c)
        ys.append(h)
    return [Out(v, x.mil) for v in (np.stack(ys) if sequence else h[None], h, c)]


@op("lstm", "pome.lstm")
def lstm(x, initial_h, initial_c, weight_ih, weight_hh, opset, bias=None, peephole=None, weight_ih_back=None,
         weight_hh_back=None, bias_back=None, peephole_back=None, direction="forward", output_sequence=False,
         recurrent_activation="sigmoid", cell_activation="tanh", activation="tanh", clip=None, coupled=False,
         gate_clip=None, alpha=None, beta=None):  # fmt: skip
    hidden = weight_hh.shape[1]
    sequence = bool(output_sequence)
    if x.shape[1] == 0:
        return nothing(x, hidden, sequence, 2)
    initial_h, initial_c = (np.asarray(s)[:x.shape[1]] for s in (initial_h, initial_c))  # spare rows do not count
    plain = bias is None and peephole is None and direction == "forward" and not coupled
    if clip is not None and plain:
        return clipped_lstm(x, initial_h, initial_c, weight_ih, weight_hh, 0, float(clip), sequence)
    if clip is not None:
        return stepped_lstm(x, initial_h, initial_c, weight_ih, weight_hh, bias, peephole, direction, bool(coupled),
                            float(clip), gate_clip, sequence)  # fmt: skip
    both = str(direction) == "bidirectional"
    order = (0, 2, 1, 3)  # i, f, o, z -> i, o, f, c

    def pair(front, back, order, rows):
        front = np.zeros(rows * hidden) if front is None else np.asarray(front)
        back = np.zeros(rows * hidden) if back is None else np.asarray(back)
        return np.concatenate([gates(front, order), gates(back, order)]) if both else gates(front, order)

    biases = pair(bias, bias_back, order, 4)
    functions = activations([recurrent_activation, cell_activation, activation] * (2 if both else 1),
                            None if alpha is None else [*alpha, *alpha], None if beta is None else [*beta, *beta])  # fmt: skip

    def state(s):
        return np.asarray(s).reshape(s.shape[0], -1, hidden).transpose(1, 0, 2)

    y, h, c = onnx_runtime.run(
        "LSTM",
        [x, pair(weight_ih, weight_ih_back, order, 4), pair(weight_hh, weight_hh_back, order, 4),
         np.concatenate([biases, np.zeros_like(biases)], axis=1), None, state(initial_h), state(initial_c),
         pair(peephole, peephole_back, (0, 2, 1), 3)],
        outputs=3, direction=str(direction), hidden_size=hidden, input_forget=int(bool(coupled)),
        clip=None if gate_clip is None else float(gate_clip), **attributes(functions))  # fmt: skip
    return outputs(y, [h, c], x, sequence, str(direction) == "reverse")


def stepped_lstm(x, h, c, w, r, bias, peephole, direction, coupled, clip, gate_clip, sequence):
    """One direction with everything but other activations, by the formulas."""
    h, c, ys = wide(h), wide(c), []
    bias = 0 if bias is None else wide(bias)
    p_i, p_f, p_o = np.split(wide(peephole), 3)
    limit = np.inf if gate_clip is None else float(gate_clip)
    sigmoid = lambda v: 1 / (1 + np.exp(-np.clip(v, -limit, limit)))  # noqa: E731
    for step in wide(x)[:: -1 if str(direction) == "reverse" else 1]:
        i, f, o, z = np.split(step @ wide(w).T + h @ wide(r).T + bias, 4, axis=1)
        i = sigmoid(i + p_i * c)
        f = 1 - i if coupled else sigmoid(f + p_f * c)
        c = np.clip(f * c + i * np.tanh(np.clip(z, -limit, limit)), -clip, clip)
        h = sigmoid(o + p_o * c) * np.tanh(c)
        ys.append(h)
    return [Out(v, x.mil) for v in (np.stack(ys) if sequence else h[None], h, c)]


@op("gru", "pome.gru")
def gru(x, initial_h, weight_ih, weight_hh, opset, bias=None, direction="forward", output_sequence=False,
        recurrent_activation="sigmoid", activation="tanh", reset_after=False, input_bias=None, gate_clip=None, alpha=None,
        beta=None):  # fmt: skip
    hidden = weight_hh.shape[1]
    sequence = bool(output_sequence)
    if x.shape[1] == 0:
        return nothing(x, hidden, sequence, 1)
    initial_h = np.asarray(initial_h)[:x.shape[1]]
    order = (2, 0, 1)  # r, o, z -> z, r, h
    zero = np.zeros(3 * hidden)
    front = gates(zero if input_bias is None else input_bias, order)
    back = gates(zero if bias is None else bias, order)
    functions = activations([recurrent_activation, activation], alpha, beta)
    y, h = onnx_runtime.run(
        "GRU",
        [x, gates(weight_ih, order), gates(weight_hh, order), np.concatenate([front, back], axis=1), None,
         np.asarray(initial_h)[None]],
        outputs=2, direction=str(direction), hidden_size=hidden, linear_before_reset=int(bool(reset_after)),
        clip=None if gate_clip is None else float(gate_clip), **attributes(functions))  # fmt: skip
    return outputs(y, [h], x, sequence, str(direction) == "reverse")


@op("rnn", "pome.rnn")
def rnn(x, initial_h, weight_ih, weight_hh, opset, bias=None, direction="forward", output_sequence=False, activation="tanh",
        gate_clip=None, alpha=None, beta=None):  # fmt: skip
    hidden = weight_hh.shape[1]
    sequence = bool(output_sequence)
    if x.shape[1] == 0:
        return nothing(x, hidden, sequence, 1)
    initial_h = np.asarray(initial_h)[:x.shape[1]]
    bias = np.zeros(hidden) if bias is None else np.asarray(bias)
    y, h = onnx_runtime.run(
        "RNN",
        [x, np.asarray(weight_ih)[None], np.asarray(weight_hh)[None], np.concatenate([bias, 0 * bias])[None], None,
         np.asarray(initial_h)[None]],
        outputs=2, direction=str(direction), hidden_size=hidden,
        clip=None if gate_clip is None else float(gate_clip),
        **attributes(activations([activation], alpha, beta)))  # fmt: skip
    return outputs(y, [h], x, sequence, str(direction) == "reverse")
