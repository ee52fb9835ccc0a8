"""What the scripts that make Keras goldens share: seeds, weights, and the file of inputs and outputs.

A golden is one line of JSON, {"tolerance", "inputs": [{"name", "shape"}], "outputs": [...]}, then the values of all of
them, float32 little-endian, in that order. An output's name is that of the layer that makes it. The tolerance is relative.
"""

import json
import os
import re
import zipfile
import zlib

import numpy as np


def rng(name):
    return np.random.default_rng(zlib.crc32(name.encode()))


def picture(name, shape, low=-2.0, high=2.0):
    return rng(name).uniform(low, high, shape).astype(np.float32)


def randomise(model, name, assign=None):
    """Random values for every weight, in the range that its role wants: a fresh BatchNormalization would hide mistakes."""
    r = rng(name + "/weights")
    values = []
    for w in model.weights:
        path = getattr(w, "path", w.name)
        shape = tuple(int(d) for d in w.shape)
        if "var" in path.split("/")[-1] or "running_std" in path:
            values.append(r.uniform(0.3, 2.0, shape))
        elif "gamma" in path:
            values.append(r.uniform(0.5, 1.5, shape))
        elif "count" in path.split("/")[-1]:
            values.append(np.ones(shape, dtype=np.int64))
        else:
            fan_in = max(1, int(np.prod(shape[:-1]))) if len(shape) > 1 else 4
            values.append(r.normal(0, 1.0 / np.sqrt(fan_in), shape))
    values = [v if v.dtype.kind == "i" else v.astype(np.float32) for v in values]
    if assign is None:
        model.set_weights(values)
    else:  # Keras 1: set_weights() takes another order than weights has
        assign(list(zip(model.weights, values)))


def write_golden(path, inputs, outputs, tolerance=1e-4):
    header = {
        "tolerance": tolerance,
        "inputs": [{"name": n, "shape": list(v.shape)} for n, v in inputs],
        "outputs": [{"name": n, "shape": list(v.shape)} for n, v in outputs],
    }
    with open(path, "wb") as f:
        f.write(json.dumps(header).encode() + b"\n")
        for _, v in inputs + outputs:
            f.write(np.ascontiguousarray(v, dtype="<f4").tobytes())


def fix_zip(path, stored):
    """The same archive without dates and addresses, so that a second run gives the same bytes; compressed unless `stored`
    (Keras itself stores)."""
    with zipfile.ZipFile(path) as z:
        members = [(i.filename, z.read(i.filename)) for i in z.infolist()]
    os.remove(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as z:
        for name, data in members:
            if name == "metadata.json":
                meta = json.loads(data)
                meta["date_saved"] = "2025-01-01@00:00:00"
                data = json.dumps(meta).encode()
            if name == "config.json":
                data = re.sub(rb'"shared_object_id": \d+', b'"shared_object_id": 1', data)
            info = zipfile.ZipInfo(name)
            info.compress_type = z.compression
            z.writestr(info, data)
