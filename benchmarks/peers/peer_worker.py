"""A peer's side of run.py: predicts once for every line on stdin and prints the milliseconds.

    python peer_worker.py onnxruntime|openvino|litert|ncnn MODEL_STEM THREADS [CACHE_FOLDER]

To the line "values" it answers with the output instead, to "kernels" (OpenVINO alone) with the names of its kernels and how many
steps run each.
What an engine can keep from one start to the next it keeps in CACHE_FOLDER; LiteRT and ncnn have nothing of the kind here.
"""
import collections
import pathlib
import sys
import time

import numpy as np


def onnxruntime(stem, threads, cache):
    import onnxruntime as ort
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    path = stem + ".onnx"
    if cache:
        kept = pathlib.Path(cache) / (pathlib.Path(stem).name + ".ort")
        if kept.exists():
            path = str(kept)
        else:
            options.optimized_model_filepath = str(kept)
            options.add_session_config_entry("session.save_model_format", "ORT")
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    x = np.ascontiguousarray(np.load(stem + ".npy").transpose(0, 3, 1, 2))
    name = session.get_inputs()[0].name
    return lambda: session.run(None, {name: x})[0]


def openvino(stem, threads, cache):
    import openvino as ov
    core = ov.Core()
    if cache:
        core.set_property({"CACHE_DIR": cache})
    model = core.compile_model(stem + ".onnx", "CPU", {
        "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY",
        "NUM_STREAMS": 1})
    request = model.create_infer_request()
    x = np.ascontiguousarray(np.load(stem + ".npy").transpose(0, 3, 1, 2))

    def run():
        return request.infer({0: x}, share_inputs=True, share_outputs=True)[0]

    def kernels():
        names = []
        for step in model.get_runtime_model().get_ordered_ops():
            if "primitiveType" in step.rt_info:
                names.append(str(step.rt_info["primitiveType"].value))
        return collections.Counter(names)
    run.kernels = kernels
    return run


def litert(stem, threads, _cache):
    from ai_edge_litert.interpreter import Interpreter
    interpreter = Interpreter(stem + ".tflite", num_threads=threads)
    interpreter.allocate_tensors()
    x = np.load(stem + ".npy")
    source = interpreter.get_input_details()[0]["index"]
    target = interpreter.get_output_details()[0]["index"]

    def run():
        interpreter.set_tensor(source, x)
        interpreter.invoke()
        return interpreter.get_tensor(target)
    return run


def ncnn(stem, threads, _cache):
    import ncnn as engine
    net = engine.Net()
    net.opt.num_threads = threads
    net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = net.opt.use_fp16_packed = False
    net.opt.use_bf16_storage = False
    if net.load_param(stem + ".ncnn.param") != 0 or net.load_model(stem + ".ncnn.bin") != 0:
        raise RuntimeError(f"ncnn cannot read {stem}.ncnn.param")
    values = np.ascontiguousarray(np.load(stem + ".npy").transpose(0, 3, 1, 2)[0])
    x = engine.Mat(values).clone()  # a Mat of an array does not keep it
    source, target = net.input_names()[0], net.output_names()[0]

    def run():
        extractor = net.create_extractor()
        extractor.input(source, x)
        return np.array(extractor.extract(target)[1])
    return run


ENGINES = {"onnxruntime": onnxruntime, "openvino": openvino, "litert": litert, "ncnn": ncnn}


def main():
    engine, stem, threads, *cache = sys.argv[1:]
    run = ENGINES[engine](stem, int(threads), cache[0] if cache else None)
    for line in sys.stdin:
        if line.strip() == "kernels":
            print(*(f"{name} {count}" for name, count in run.kernels().items()), flush=True)
            continue
        start = time.perf_counter()
        y = run()
        milliseconds = (time.perf_counter() - start) * 1e3
        if line.strip() == "values":
            y = np.asarray(y)
            if engine == "ncnn" and y.ndim == 3 and y.shape != np.load(stem + ".expected.npy", "r").shape[1:]:
                y = y.transpose(1, 2, 0)  # the others answer channels last, as Keras does
            print(*y.ravel().tolist(), flush=True)
        else:
            print(f"{milliseconds:.6f}", flush=True)


if __name__ == "__main__":
    main()
