"""Expected outputs of detection, by ONNX Runtime's NonMaxSuppression."""

import numpy as np

import onnx_runtime
from golden import Out, op


def kept(boxes, scores, iou_threshold, score_threshold, most, per_class):
    """Numbers of the boxes that stay, best first: each box has a score in its own class only, or there is one class."""
    best = scores.max(axis=1)
    table = best[None]
    if per_class:
        table = np.where(np.arange(scores.shape[1])[:, None] == scores.argmax(axis=1), best, -1e30)
    chosen = onnx_runtime.run(
        "NonMaxSuppression",
        [boxes[None], table[None], np.array([len(boxes)]), np.float32([iou_threshold]), np.float32([score_threshold])],
        dtype=onnx_runtime.TensorProto.INT64, center_point_box=1)  # fmt: skip
    chosen = sorted(chosen.astype(int).reshape(-1, 3)[:, 2], key=lambda i: -best[i])[:most]
    return chosen or [int(best.argmax())][:most]


def suppress(boxes, scores, iou_threshold, score_threshold, max_boxes, per_class):
    most = int(np.reshape(max_boxes, ()))
    batch, classes = len(boxes), scores.shape[2]
    out_boxes, out_scores = np.zeros((batch, most, 4)), np.zeros((batch, most, classes))
    indices, count = np.full((batch, most), -1), np.zeros(batch, int)
    for n in range(batch):
        b, s = np.asarray(boxes[n], np.float32), np.asarray(scores[n], np.float32)
        chosen = kept(b, s, float(np.reshape(iou_threshold, ())), score_threshold, most, bool(per_class))
        k = count[n] = len(chosen)
        out_boxes[n, :k], out_scores[n, :k], indices[n, :k] = b[chosen], s[chosen], chosen
    return out_boxes, out_scores, indices, count


@op("non_maximum_suppression", "pome.non_maximum_suppression")
def non_maximum_suppression(boxes, scores, iou_threshold, max_boxes, opset, score_threshold=None, per_class_suppression=False):
    last = opset == "ios17" and score_threshold is None
    b, s = (np.asarray(v).transpose(0, 2, 1) if last else np.asarray(v) for v in (boxes, scores))
    threshold = -1e20 if score_threshold is None else float(np.reshape(score_threshold, ()))
    y, t, indices, count = suppress(b, s, iou_threshold, threshold, max_boxes, per_class_suppression)
    if last:
        return [Out(y.transpose(0, 2, 1), boxes.mil), Out(t.transpose(0, 2, 1), scores.mil), Out(indices, "int32")]
    return [Out(y, boxes.mil), Out(t, scores.mil), Out(indices, "int32"), Out(count, "int32")]
