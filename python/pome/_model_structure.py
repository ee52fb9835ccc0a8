"""The structure of a compiled model as coremltools' classes, read from its specification."""

from __future__ import annotations

import os
from typing import Any

from coremltools import proto
from coremltools.models import compute_plan as _plan

from ._libcoremlpython import _MLModelStructureNeuralNetworkLayerProxy, _MLModelStructureProgramOperationProxy
from ._native import ComputePlan

# What Core ML's own engine calls the kernels of layers, as far as its structures show them; other layers go by
# their kind in the format.
_KERNELS = {
    "elementwise": (
        "add", "multiply", "max", "min", "average", "dot", "unary", "clip", "addBroadcastable", "subtractBroadcastable",
        "multiplyBroadcastable", "divideBroadcastable", "powBroadcastable", "modBroadcastable",
        "floorDivBroadcastable", "maxBroadcastable", "minBroadcastable", "equal", "notEqual", "lessThan", "lessEqual",
        "greaterThan", "greaterEqual", "logicalAnd", "logicalOr", "logicalXor", "logicalNot",
    ),
    "activation": ("activation",),
    "inner_product": ("innerProduct",),
    "pool": ("pooling",),
}
_KERNEL_OF = {kind: kernel for kernel, kinds in _KERNELS.items() for kind in kinds}


def _network(network: Any) -> Any:
    layers = []
    for layer in network.layers:
        kind = layer.WhichOneof("layer") or ""
        if kind == "activation" or (kind == "multiply" and len(layer.input) == 1):
            kind = "activation"  # a factor is the linear activation there
        layers.append(_plan.MLModelStructureNeuralNetworkLayer(
            layer.name, _KERNEL_OF.get(kind, kind), list(layer.input), list(layer.output),
            _MLModelStructureNeuralNetworkLayerProxy(layer.name)))
    return _plan.MLModelStructureNeuralNetwork(layers)


def _named_types(values: Any) -> list[Any]:
    return [_plan.MLModelStructureProgramNamedValueType(v.name, _plan.MLModelStructureProgramValueType())
            for v in values]


def _binding(binding: Any) -> Any:
    if binding.WhichOneof("binding") == "name":
        return _plan.MLModelStructureProgramBinding(binding.name, None)
    return _plan.MLModelStructureProgramBinding(None, _plan.MLModelStructureProgramValue())


def _operation(op: Any) -> Any:
    inputs = {name: _plan.MLModelStructureProgramArgument([_binding(b) for b in argument.arguments])
              for name, argument in op.inputs.items()}
    outputs = _named_types(op.outputs)
    return _plan.MLModelStructureProgramOperation(
        inputs, op.type, outputs, [_block(block) for block in op.blocks],
        _MLModelStructureProgramOperationProxy(tuple(output.name for output in op.outputs)))


def _block(block: Any) -> Any:
    return _plan.MLModelStructureProgramBlock(
        _named_types(block.inputs), [_operation(op) for op in block.operations], list(block.outputs))


def _program(program: Any) -> Any:
    functions = {}
    for name, function in program.functions.items():
        block = function.block_specializations[function.opset]
        functions[name] = _plan.MLModelStructureProgramFunction(_named_types(function.inputs), _block(block))
    return _plan.MLModelStructureProgram(functions)


def _structure(spec: Any) -> Any:
    kind = spec.WhichOneof("Type") or ""
    network = program = pipeline = None
    if kind.startswith("neuralNetwork"):
        network = _network(getattr(spec, kind))
    elif kind == "mlProgram":
        program = _program(spec.mlProgram)
    elif kind.startswith("pipeline"):
        parts = spec.pipeline if kind == "pipeline" else getattr(spec, kind).pipeline
        names = list(parts.names) or [str(i) for i in range(len(parts.models))]
        pipeline = _plan.MLModelStructurePipeline(
            [(name, _structure(model)) for name, model in zip(names, parts.models)])
    return _plan.MLModelStructure(network, program, pipeline)


def structure_of(path: str) -> Any:
    """The structure of a folder that compileModel() made."""
    spec = proto.Model_pb2.Model()
    with open(os.path.join(path, "model.mlmodel"), "rb") as file:
        spec.ParseFromString(file.read())
    return _structure(spec)


def shares_of(plan: ComputePlan) -> dict[str, float]:
    """The estimated part of a prediction's time that each op takes, by its name. Steps of several ops count for their
    last."""
    shares: dict[str, float] = {}
    for step in plan.steps:
        for name in step.ops[:-1]:
            shares[name] = 0.0
        if step.ops:
            shares[step.ops[-1]] = step.cost_weight
    return shares
