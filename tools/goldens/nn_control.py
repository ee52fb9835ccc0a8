"""Cases of control flow (specification version 4 and newer): the same loops, written in Python."""

import numpy as np
from coremltools.models.neural_network import NeuralNetworkBuilder

from nn_case import Case, random

_CASES = []


def cases():
    for make in (branches, counted, conditional, leaving, shapes):
        make()
    return _CASES


def add(name, inputs, layers, expected, **more):
    _CASES.append(Case(name, inputs, layers, expected, **more))


def inner(network):
    return NeuralNetworkBuilder(nn_spec=network, disable_rank5_shape_mapping=True)


def scalar(value):
    return np.array([value], np.float32)


def constant(builder, name, value):
    value = np.asarray(value, np.float32)
    builder.add_load_constant_nd(name, name, value, value.shape)


def linear(builder, source, target, scale, shift):
    """target = scale * source + shift."""
    builder.add_activation(f"{target}_{scale}_{shift}", "LINEAR", source, f"{source}_{target}_{scale}_{shift}", [scale, shift])
    builder.add_copy(f"copy_{target}_{scale}_{shift}", f"{source}_{target}_{scale}_{shift}", target)


def branches():
    x = random("branch", 2, 3)

    def both(b):
        layer = b.add_branch("branch", "c")
        linear(inner(layer.branch.ifBranch), "x", "y", 2.0, 1.0)
        linear(inner(layer.branch.elseBranch), "x", "y", -1.0, 0.0)

    for value in (1.0, 0.0, -3.0, 1e-7, 2e-6):
        taken = abs(value) > 1e-6
        add(f"branch_{str(value).replace('.', '_').replace('-', 'm')}", {"x": x, "c": scalar(value)}, both, 2 * x + 1 if taken else -x)

    # Of a condition with several elements the first decides.
    for value in ([0.0, 1.0], [2.0, 0.0]):
        add(f"branch_on_two_{int(value[0])}", {"x": x, "c": np.array(value, np.float32)}, both, 2 * x + 1 if value[0] else -x)

    def one_side(b):
        b.add_copy("first", "x", "y")
        layer = b.add_branch("branch", "c")
        linear(inner(layer.branch.ifBranch), "y", "y", 3.0, 0.0)

    for value in (1.0, 0.0):
        add(f"branch_over_existing_{int(value)}", {"x": x, "c": scalar(value)}, one_side, 3 * x if value else x)

    def of_other_shapes(b):
        layer = b.add_branch("branch", "c")
        inner(layer.branch.ifBranch).add_reduce_sum("r", "x", "y", axes=[1], keepdims=True)
        inner(layer.branch.elseBranch).add_copy("r", "x", "y")

    for value in (1.0, 0.0):
        want = x.sum(1, keepdims=True) if value else x
        add(f"branch_of_other_shapes_{int(value)}", {"x": x, "c": scalar(value)}, of_other_shapes, want)


def counted():
    x = random("counted", 3)

    def fixed(b):
        b.add_copy("first", "x", "y")
        layer = b.add_loop("loop", max_iterations=5)
        linear(inner(layer.loop.bodyNetwork), "y", "y", 1.5, 0.25)

    y = x.copy()
    for _ in range(5):
        y = y * np.float32(1.5) + np.float32(0.25)
    add("loop_five_times", {"x": x}, fixed, y)

    def given(b):
        b.add_copy("first", "x", "y")
        layer = b.add_loop("loop", input_name="n", max_iterations=2)
        linear(inner(layer.loop.bodyNetwork), "y", "y", 2.0, 0.0)

    for n in (0, 1, 4):
        add(f"loop_input_counts_{n}", {"x": x, "n": scalar(n)}, given, x * 2**n)

    def nested(b):
        b.add_copy("first", "x", "y")
        constant(b, "k", [0.0])
        outer = inner(b.add_loop("outer", max_iterations=3).loop.bodyNetwork)
        linear(outer, "k", "k", 1.0, 1.0)
        body = inner(outer.add_loop("inner", input_name="k").loop.bodyNetwork)
        body.add_add_broadcastable("sum", ["y", "k"], "sum")
        body.add_copy("back", "sum", "y")

    add("loop_in_loop", {"x": x}, nested, x + 1 * 1 + 2 * 2 + 3 * 3)


def below(b, name, blob, limit):
    b.add_reduce_max(f"{name}_max", blob, f"{name}_max", axes=None, keepdims=False, reduce_all=True)
    b.add_less_than(f"{name}_less", f"{name}_max", name, alpha=limit)


def conditional():
    x = random("conditional", 4, low=0.1, high=1)

    def doubling(b):
        b.add_copy("first", "x", "y")
        layer = b.add_loop("loop", condition="small")
        below(inner(layer.loop.conditionNetwork), "small", "y", 50.0)
        linear(inner(layer.loop.bodyNetwork), "y", "y", 2.0, 0.0)

    y = x.copy()
    while y.max() < 50:
        y = y * 2
    add("while_small", {"x": x}, doubling, y)
    add("while_never", {"x": x + 60}, doubling, x + 60)

    def bounded(b):
        b.add_copy("first", "x", "y")
        layer = b.add_loop("loop", condition="small", max_iterations=3)
        below(inner(layer.loop.conditionNetwork), "small", "y", 50.0)
        linear(inner(layer.loop.bodyNetwork), "y", "y", 2.0, 0.0)

    add("while_small_at_most_three_times", {"x": x}, bounded, x * 8)

    def writes(b):
        b.add_copy("first", "x", "y")
        constant(b, "tests", [0.0])
        layer = b.add_loop("loop", condition="small")
        test = inner(layer.loop.conditionNetwork)
        linear(test, "tests", "tests", 1.0, 1.0)
        below(test, "small", "y", 10.0)
        body = inner(layer.loop.bodyNetwork)
        body.add_add_broadcastable("sum", ["y", "tests"], "sum")
        body.add_copy("back", "sum", "y")
        
    def writes_and_tells(b):
        writes(b)
        b.add_copy("tell", "tests", "count")

    y, tests = x.copy(), 0
    while True:
        tests += 1
        if not y.max() < 10:
            break
        y = y + tests
    add("condition_writes_too", {"x": x}, writes_and_tells, {"y": y, "count": scalar(tests)})


def leaving():
    x = random("leaving", 3, low=0.5, high=1)

    def until_break(b):
        b.add_copy("first", "x", "y")
        layer = b.add_loop("loop", max_iterations=100)
        body = inner(layer.loop.bodyNetwork)
        linear(body, "y", "y", 2.0, 0.0)
        below(body, "small", "y", 20.0)
        body.add_logical("large", "small", "large", mode="NOT")
        inner(body.add_branch("stop", "large").branch.ifBranch).add_loop_break("break")
        linear(body, "y", "y", 1.0, 1.0)

    y = x.copy()
    for _ in range(100):
        y = y * 2
        if y.max() >= 20:
            break
        y = y + 1
    add("loop_break", {"x": x}, until_break, y)

    def odd_only(b):
        constant(b, "i", [0.0])
        b.add_copy("first", "x", "y")
        layer = b.add_loop("loop", max_iterations=7)
        body = inner(layer.loop.bodyNetwork)
        linear(body, "i", "i", 1.0, 1.0)
        constant(body, "two", [2.0])
        body.add_mod_broadcastable("odd", ["i", "two"], "odd")
        branch = body.add_branch("skip", "odd").branch
        inner(branch.elseBranch).add_loop_continue("continue")
        body.add_add_broadcastable("sum", ["y", "i"], "sum")
        body.add_copy("back", "sum", "y")

    add("loop_continue", {"x": x}, odd_only, x + 1 + 3 + 5 + 7)

    def deep(b):
        constant(b, "i", [0.0])
        b.add_copy("first", "x", "y")
        body = inner(b.add_loop("loop").loop.bodyNetwork)
        linear(body, "i", "i", 1.0, 1.0)
        body.add_greater_than("late", "i", "late", alpha=3.0)
        then = inner(body.add_branch("late_branch", "late").branch.ifBranch)
        then.add_greater_than("last", "i", "last", alpha=5.0)
        last = inner(then.add_branch("last_branch", "last").branch.ifBranch)
        last.add_loop_break("break")
        linear(then, "y", "y", 10.0, 0.0)
        linear(body, "y", "y", 1.0, 1.0)

    y = x.copy()
    i = 0
    while True:
        i += 1
        if i > 3:
            if i > 5:
                break
            y = y * 10
        y = y + 1
    add("break_two_branches_deep", {"x": x}, deep, y, tolerance=1e-4)


def shapes():
    x = random("growing", 2, 3)

    def growing(b):
        b.add_copy("first", "x", "y")
        layer = b.add_loop("loop", input_name="n")
        body = inner(layer.loop.bodyNetwork)
        body.add_concat_nd("longer", ["y", "x"], "longer", axis=0)
        body.add_copy("back", "longer", "y")

    for n in (0, 1, 5):
        add(f"loop_grows_{n}", {"x": x, "n": scalar(n)}, growing, np.concatenate([x] * (n + 1)))
