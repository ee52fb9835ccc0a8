#!/usr/bin/env python3
"""Writes the seeds of fuzz/seeds for the parsers of src/format: a small model of each family, a
manifest and a weight file. Needs protoc and the package protobuf."""
import json
import struct

from google.protobuf import descriptor_pool, message_factory

import make_schema_table

SEEDS = make_schema_table.ROOT / "fuzz/seeds"


def model_class():
    pool = descriptor_pool.DescriptorPool()
    for file in make_schema_table.descriptors().file:
        pool.Add(file)
    name = "CoreML.Specification.Model"
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


def array(feature, name, shape):
    feature.name = name
    feature.type.multiArrayType.dataType = 65568
    feature.type.multiArrayType.shape.extend(shape)


def tensor(value_type, data_type, shape):
    value_type.tensorType.dataType = data_type
    value_type.tensorType.rank = len(shape)
    for extent in shape:
        value_type.tensorType.dimensions.add().constant.size = extent


def network(model):
    model.specificationVersion = 4
    array(model.description.input.add(), "x", [1, 2, 4, 4])
    model.description.output.add().name = "classLabel"
    model.description.output[0].type.stringType.SetInParent()
    net = model.neuralNetworkClassifier
    net.arrayInputShapeMapping = 1
    conv = net.layers.add(name="conv", input=["x"], output=["c"])
    conv.convolution.outputChannels = 2
    conv.convolution.kernelChannels = 2
    conv.convolution.kernelSize.extend([1, 1])
    conv.convolution.valid.SetInParent()
    conv.convolution.weights.floatValue.extend([1.0, 2.0, 3.0, 4.0])
    relu = net.layers.add(name="relu", input=["c"], output=["r"])
    relu.activation.ReLU.SetInParent()
    pool = net.layers.add(name="pool", input=["r"], output=["p"])
    pool.pooling.globalPooling = True
    pool.pooling.valid.SetInParent()
    net.stringClassLabels.vector.extend(["cat", "dog"])


def program(model):
    model.specificationVersion = 6
    array(model.description.input.add(), "x", [1, 2, 4, 4])
    array(model.description.output.add(), "y", [])
    model.mlProgram.version = 1
    function = model.mlProgram.functions["main"]
    function.opset = "CoreML5"
    shape = [1, 2, 4, 4]
    function.inputs.add(name="x")
    tensor(function.inputs[0].type, 11, shape)
    block = function.block_specializations["CoreML5"]
    constant = block.operations.add(type="const")
    constant.outputs.add(name="w")
    tensor(constant.outputs[0].type, 11, [2, 2, 1, 1])
    value = constant.attributes["val"]
    tensor(value.type, 11, [2, 2, 1, 1])
    value.immediateValue.tensor.floats.values.extend([1.0, 2.0, 3.0, 4.0])
    for kind, output, inputs in [
        ("conv", "a", {"x": "x", "weight": "w"}),
        ("relu", "b", {"x": "a"}),
        ("add", "y", {"x": "b", "y": "x"}),
    ]:
        op = block.operations.add(type=kind)
        for param, name in inputs.items():
            op.inputs[param].arguments.add(name=name)
        op.outputs.add(name=output)
        tensor(op.outputs[0].type, 11, shape)
    block.outputs.append("y")


def trees(model):
    model.specificationVersion = 1
    model.description.input.add().name = "x"
    model.description.input[0].type.doubleType.SetInParent()
    ensemble = model.treeEnsembleRegressor.treeEnsemble
    ensemble.numPredictionDimensions = 1
    ensemble.basePredictionValue.append(0.5)
    for node, behaviour in enumerate([0, 6, 6]):
        entry = ensemble.nodes.add(nodeId=node, nodeBehavior=behaviour)
        if behaviour == 6:
            entry.evaluationInfo.add(evaluationValue=1.5)
        else:
            entry.trueChildNodeId, entry.falseChildNodeId = 1, 2


def weight_file():
    data = bytes(range(24))
    header = struct.pack("<II", 2, 2).ljust(64, b"\0")

    def record(at, kind, content, padding):
        return struct.pack("<IIQQQ", 0xDEADBEEF, kind, len(content), at + 64, padding).ljust(64, b"\0")

    first = record(64, 2, data, 0) + data.ljust(64, b"\0")
    return header + first + record(192, 12, data, 6) + data


def main():
    model = model_class()
    for name, fill in {"network": network, "program": program, "trees": trees}.items():
        message = model()
        fill(message)
        write("mlmodel", name, message.SerializeToString(deterministic=True))
        if name == "trees":
            outer = model(specificationVersion=1)
            outer.pipeline.models.add().CopyFrom(message)
            write("mlmodel", "pipeline", outer.SerializeToString(deterministic=True))
    items = {
        "A": {"name": "model.mlmodel", "path": "com.apple.CoreML/model.mlmodel"},
        "B": {"name": "weights", "path": "com.apple.CoreML/weights"},
    }
    for item in items.values():
        item["author"] = "com.apple.CoreML"
    manifest = {"fileFormatVersion": "1.0.0", "itemInfoEntries": items, "rootModelIdentifier": "A"}
    write("manifest", "package.json", json.dumps(manifest, indent=1).encode())
    write("weight_file", "two_blobs", weight_file())


def write(target, name, content):
    (SEEDS / target).mkdir(parents=True, exist_ok=True)
    (SEEDS / target / name).write_bytes(content)


if __name__ == "__main__":
    main()
