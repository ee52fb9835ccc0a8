"""Variants of the small Keras models: other writings that mean the same, and files that are to be refused, into
tests/data/keras/variants. Needs h5py alone; run after the scripts that make the models.

    v/bin/python tools/goldens/keras_variants.py tests/data/keras
"""

import json
import os
import shutil
import sys
import zipfile

import h5py
import numpy as np


def copy(root, source, name):
    path = os.path.join(root, "variants", name)
    shutil.copy(os.path.join(root, source), path)
    return h5py.File(path, "r+")


def retext(f, kind):
    """Every text attribute as fixed-length bytes or as variable-length text."""
    def change(_, node):
        for name, value in list(node.attrs.items()):
            if isinstance(value, np.ndarray) and value.dtype.kind in "SO" and value.size:
                texts = [v.decode() if isinstance(v, bytes) else v for v in value]
                node.attrs[name] = np.array([t.encode() for t in texts]) if kind == "bytes" else np.array(texts, dtype=h5py.string_dtype())
            elif isinstance(value, (str, bytes)):
                text = value.decode() if isinstance(value, bytes) else value
                node.attrs[name] = np.bytes_(text.encode()) if kind == "bytes" else text
    change("/", f)
    f.visititems(change)


def same_meaning(root):
    for kind in ("bytes", "str"):
        with copy(root, "keras224/sequential.h5", f"{kind}_attributes.h5") as f:
            retext(f, kind)
    with copy(root, "keras1/sequential.h5", "no_version.h5") as f:
        for node in (f, f["model_weights"]):
            node.attrs.pop("keras_version", None)
    with copy(root, "keras224/sequential.h5", "other_names.h5") as f:
        weights = f["model_weights"]
        names = [n.decode() if isinstance(n, bytes) else n for n in weights.attrs["layer_names"]]
        for n in names:
            weights.move(n, "saved_as_" + n)
        weights.attrs["layer_names"] = np.array([("saved_as_" + n).encode() for n in names])
    with copy(root, "keras224/sequential.h5", "gzip_weights.h5") as f:
        for path in ("model_weights/out/out/kernel:0", "model_weights/conv/conv/kernel:0"):
            data = f[path][()]
            del f[path]
            f.create_dataset(path, data=data, compression="gzip", chunks=True)
    with copy(root, "keras224/sequential.h5", "float64_weights.h5") as f:
        path = "model_weights/out/out/kernel:0"
        data = f[path][()]
        del f[path]
        f.create_dataset(path, data=data.astype(np.float64))
    with copy(root, "keras224/sequential.h5", "with_optimizer.h5") as f:
        f.create_dataset("optimizer_weights/huge", shape=(1 << 40,), dtype="f4", chunks=(1024,))


def refused(root):
    kernel = "model_weights/out/out/kernel:0"
    with copy(root, "keras224/sequential.h5", "external_link.h5") as f:
        del f[kernel]
        f[kernel] = h5py.ExternalLink("bytes_attributes.h5", kernel)
    with copy(root, "keras224/sequential.h5", "soft_link.h5") as f:
        data = f[kernel][()]
        del f[kernel]
        f.create_dataset("elsewhere", data=data)
        f[kernel] = h5py.SoftLink("/elsewhere")
    with copy(root, "keras224/sequential.h5", "external_storage.h5") as f:
        shape = f[kernel].shape
        del f[kernel]
        f.create_dataset(kernel, shape=shape, dtype="f4", external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)])
    with copy(root, "keras224/sequential.h5", "virtual.h5") as f:
        shape = f[kernel].shape
        del f[kernel]
        layout = h5py.VirtualLayout(shape=shape, dtype="f4")
        layout[...] = h5py.VirtualSource("bytes_attributes.h5", kernel, shape=shape)
        f.create_virtual_dataset(kernel, layout)
    with copy(root, "keras224/sequential.h5", "cycle.h5") as f:
        f["model_weights/out/again"] = f["model_weights"]
    with copy(root, "keras224/sequential.h5", "huge.h5") as f:
        del f[kernel]
        f.create_dataset(kernel, shape=(1 << 31, 1 << 31), dtype="f4", chunks=(64, 64))
    with copy(root, "keras224/sequential.h5", "gzip_bomb.h5") as f:
        del f[kernel]
        f.create_dataset(kernel, data=np.zeros((2048, 2048), np.float32), chunks=(2048, 2048), compression="gzip", compression_opts=9)
    with copy(root, "keras224/sequential.h5", "no_weights.h5") as f:
        del f["model_weights"]
    with copy(root, "keras224/sequential.h5", "weight_missing.h5") as f:
        del f[kernel]
    with copy(root, "keras224/sequential.h5", "wrong_shape.h5") as f:
        data = f[kernel][()]
        del f[kernel]
        f.create_dataset(kernel, data=data[:-1])
    with copy(root, "keras224/sequential.h5", "layer_missing.h5") as f:
        weights = f["model_weights"]
        weights.attrs["layer_names"] = weights.attrs["layer_names"][:-1]
    with h5py.File(os.path.join(root, "variants", "not_keras.h5"), "w") as f:
        f["measurements"] = np.arange(4)

    def archive(name, members, source="keras3/sequential.keras", drop=()):
        with zipfile.ZipFile(os.path.join(root, source)) as z:
            kept = {i.filename: z.read(i.filename) for i in z.infolist() if i.filename not in drop}
        kept.update(members)
        with zipfile.ZipFile(os.path.join(root, "variants", name), "w", zipfile.ZIP_DEFLATED) as z:
            for member, data in kept.items():
                info = zipfile.ZipInfo(member)
                info.compress_type = zipfile.ZIP_DEFLATED
                z.writestr(info, data)

    archive("slip.keras", {"../evil.txt": b"x"})
    archive("absolute.keras", {"/tmp/evil.txt": b"x"})
    archive("bomb.keras", {"config.json": b" " * (4 << 20)})
    archive("npz.keras", {"model.weights.npz": b"PK"}, drop=("model.weights.h5",))
    archive("no_weights.keras", {}, drop=("model.weights.h5",))
    archive("no_config.zip", {"data.pkl": b"x"}, drop=("config.json",))
    with zipfile.ZipFile(os.path.join(root, "keras3/names.keras")) as z:
        open_shape = json.loads(z.read("config.json").decode().replace("in put", "x").replace("out:flat", "flat"))
    layers = open_shape["config"]["layers"]
    layers[0]["config"]["batch_shape"] = [None, None, None, 3]
    open_shape["config"]["output_layers"] = open_shape["config"]["output_layers"][:1]
    open_shape["config"]["layers"] = layers[:-1]
    archive("open_shape.keras", {"config.json": json.dumps(open_shape).encode()}, source="keras3/names.keras")
    config = {"module": "__main__", "class_name": "Dense", "config": {"name": "mine", "units": 2}, "registered_name": "Custom>Dense"}
    with zipfile.ZipFile(os.path.join(root, "keras3/sequential.keras")) as z:
        whole = json.loads(z.read("config.json"))
    whole["config"]["layers"][-1] = config
    archive("impostor.keras", {"config.json": json.dumps(whole).encode()})


def main():
    root = sys.argv[1]
    shutil.rmtree(os.path.join(root, "variants"), ignore_errors=True)
    os.makedirs(os.path.join(root, "variants"))
    same_meaning(root)
    refused(root)


if __name__ == "__main__":
    main()
