"""Runs one ONNX operator in ONNX Runtime, as an oracle that computes in float32."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

# What float32 sums of a few hundred terms of size 1 may be off by.
RTOL, ATOL = 4e-6, 4e-6


def run(op_type, inputs, outputs=1, opset=20, dtype=TensorProto.FLOAT, **attributes):
    """Outputs of the operator for the inputs (arrays, or None for an absent one), as float64 where they are floats."""
    names = [f"i{k}" if value is not None else "" for k, value in enumerate(inputs)]
    feed = {}
    for name, value in zip(names, inputs):
        if value is not None:
            value = np.asarray(value)
            feed[name] = value.astype(np.float32) if value.dtype.kind == "f" else value
    attributes = {k: v for k, v in attributes.items() if v is not None}
    results = [f"o{k}" for k in range(outputs)]
    graph = helper.make_graph(
        [helper.make_node(op_type, names, results, **attributes)],
        "oracle",
        [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(v.dtype), v.shape) for n, v in feed.items()],
        [helper.make_empty_tensor_value_info(r) for r in results],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)
    for value in model.graph.output:
        value.type.tensor_type.elem_type = dtype
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    got = [g.astype(np.float64) for g in session.run(None, feed)]
    return got[0] if outputs == 1 else got
