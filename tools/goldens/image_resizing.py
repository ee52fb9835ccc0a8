"""Expected outputs of the image_resizing family: by ONNX Runtime and TensorFlow where they have the operator, else by
SciPy's interpolation at the positions that the op's documentation gives."""

import os

import numpy as np
import onnx_runtime
from scipy import ndimage

from golden import Out, op

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import tensorflow as tf  # noqa: E402

RTOL, ATOL = 1e-5, 1e-5
ONNX_MODE = {"DEFAULT": "asymmetric", "STRICT_ALIGN_CORNERS": "align_corners", "ALIGN_CORNERS": "align_corners",
             "UNALIGN_CORNERS": "half_pixel"}


def positions(mode, n, last):
    i = np.arange(n)
    if mode in ("STRICT_ALIGN_CORNERS", "ALIGN_CORNERS"):
        p = i * last / (n - 1) if n > 1 else np.array([last / 2 if mode == "ALIGN_CORNERS" else 0.0])
    elif mode == "DEFAULT":
        p = i * (last + 1) / n
    elif mode == "OFFSET_CORNERS":
        p = (i + 0.5) * max(1, last) / n
    else:
        p = (i + 0.5) * (last + 1) / n - 0.5
    return np.clip(p, 0, last)


def resize_linear(x, shape, mode):
    """The last len(shape) axes resized."""
    wide = np.asarray(x, np.float64)
    k = len(shape)
    lead = wide.shape[:wide.ndim - k]
    planes = wide.reshape(-1, *wide.shape[wide.ndim - k:])
    grid = np.meshgrid(*[positions(mode, n, e - 1) for n, e in zip(shape, planes.shape[1:])], indexing="ij")
    y = np.stack([ndimage.map_coordinates(p, grid, order=1, mode="nearest") for p in planes]).reshape(*lead, *shape)
    if mode in ONNX_MODE and k == 2 and not (mode == "ALIGN_CORNERS" and 1 in shape):
        oracle = onnx_runtime.run("Resize", [planes[:, None], None, None, np.array([len(planes), 1, *shape])],
                                  mode="linear", coordinate_transformation_mode=ONNX_MODE[mode])
        np.testing.assert_allclose(y, oracle.reshape(y.shape), rtol=1e-5, atol=1e-5)
    return y


def resize_nearest(x, shape, mode):
    k = len(shape)
    wide = np.asarray(x, np.float64)
    planes = wide.reshape(-1, *[1] * (2 - k), *wide.shape[wide.ndim - k:])
    sizes = [len(planes), 1, *[1] * (2 - k), *shape]
    y = onnx_runtime.run("Resize", [planes[:, None], None, None, np.array(sizes)], mode="nearest",
                         coordinate_transformation_mode=ONNX_MODE[mode],
                         nearest_mode="floor" if mode == "DEFAULT" else "round_prefer_ceil")
    return y.reshape(*wide.shape[:wide.ndim - k], *shape)


@op("resize_bilinear")
def resize_bilinear(x, opset, target_size_height=1, target_size_width=1, sampling_mode="DEFAULT"):
    return Out(resize_linear(x, [int(target_size_height), int(target_size_width)], sampling_mode), x.mil)


@op("resize_nearest_neighbor")
def resize_nearest_neighbor(x, target_size_height, target_size_width, opset):
    return Out(resize_nearest(x, [int(target_size_height), int(target_size_width)], "DEFAULT"), x.mil)


def scaled(x, height, width):
    """Extents as coremltools computes them: NumPy's product of a float32 and a Python integer."""
    return [int(np.floor(np.asarray(s)[()] * e)) for s, e in zip((height, width), x.shape[-2:])]


@op("upsample_bilinear")
def upsample_bilinear(x, opset, scale_factor_height=1, scale_factor_width=1, align_corners=True,
                      half_pixel_centers=None):
    half = not align_corners if half_pixel_centers is None else bool(half_pixel_centers)
    mode = "STRICT_ALIGN_CORNERS" if align_corners else "UNALIGN_CORNERS" if half else "DEFAULT"
    return Out(resize_linear(x, scaled(x, scale_factor_height, scale_factor_width), mode), x.mil)


@op("upsample_nearest_neighbor")
def upsample_nearest_neighbor(x, opset, scale_factor_height=1, scale_factor_width=1):
    return Out(resize_nearest(x, scaled(x, scale_factor_height, scale_factor_width), "DEFAULT"), x.mil)


@op("resize")
def resize(x, shape, resized_dims, opset, interpolation_mode="LINEAR", sampling_mode="DEFAULT"):
    k = int(resized_dims)
    wanted = [int(v) for v in shape][len(shape) - k:] if k else []
    wanted = [w or e for w, e in zip(wanted, x.shape[x.ndim - k:])]
    if not k:
        return Out(np.asarray(x), x.mil)
    function = resize_linear if interpolation_mode == "LINEAR" else resize_nearest
    return Out(function(x, wanted, sampling_mode), x.mil)


@op("crop")
def crop(x, crop_height, crop_width, opset):
    (top, bottom), (left, right) = crop_height, crop_width
    return Out(np.asarray(x)[..., top:x.shape[-2] - bottom, left:x.shape[-1] - right], x.mil)


def boxes_as_corners(boxes, mode, scale):
    """[y1, x1, y2, x2] in cells (or parts) per box."""
    boxes = np.asarray(boxes, np.float64)
    if mode.endswith("WIDTH_FIRST"):
        boxes = boxes[:, [1, 0, 3, 2]]
    if mode.startswith("CENTER"):
        boxes = np.concatenate([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], 1)
    return boxes * scale


def cut(x, boxes, images, height, width, mode, normalized, pad):
    """Crops [N, C, height, width]; boxes as corners."""
    last = np.array([x.shape[2] - 1, x.shape[3] - 1] * 2)
    if mode in ("ALIGN_CORNERS", "STRICT_ALIGN_CORNERS"):
        assert mode == "ALIGN_CORNERS" or min(height, width) > 1
        y = tf.image.crop_and_resize(
            np.asarray(x, np.float32).transpose(0, 2, 3, 1), (boxes if normalized else boxes / last).astype(np.float32),
            np.asarray(images, np.int32), [height, width], method="bilinear", extrapolation_value=pad)
        return y.numpy().transpose(0, 3, 1, 2).astype(np.float64)
    # The other modes have no operator: their samples are boxes of a whole image, which resize_bilinear knows.
    assert all((np.abs(b - [0, 0, last[0], last[1]]) < 1e-6).all() for b in boxes)
    return np.concatenate([resize_linear(x[i:i + 1], [height, width], mode) for i in images])


@op("crop_resize")
def crop_resize(x, opset, roi=None, boxes=None, box_indices=None, target_height=1, target_width=1,
                normalized_coordinates=False, spatial_scale=1.0, box_coordinate_mode="CORNERS_HEIGHT_FIRST",
                sampling_mode="DEFAULT", pad_value=0.0):
    rest = (int(target_height), int(target_width), sampling_mode, bool(normalized_coordinates), float(pad_value))
    numbers = np.asarray(boxes if roi is None else roi.reshape(roi.shape[0], -1), np.float64)
    corners = boxes_as_corners(numbers[:, -4:], box_coordinate_mode, float(spatial_scale))
    if roi is None:
        images = range(len(corners)) if box_indices is None else np.asarray(box_indices, int)
        return Out(cut(x, corners, images, *rest), x.mil, RTOL, ATOL)
    if numbers.shape[1] == 5:
        y = cut(x, corners, numbers[:, 0].astype(int), *rest)[:, None]
    else:
        y = np.stack([cut(x, np.repeat(b[None], x.shape[0], 0), range(x.shape[0]), *rest) for b in corners])
    return Out(y, x.mil, RTOL, ATOL)


def grid_sample(x, grid, nearest, padding, align, value):
    wide = np.asarray(x, np.float64) - value
    y = onnx_runtime.run("GridSample", [wide, grid], opset=20, mode="nearest" if nearest else "linear",
                         padding_mode=padding, align_corners=int(align))
    return y + value


@op("resample")
def resample(x, coordinates, sampling_mode, padding_mode, padding_value, coordinates_mode, align_corners, opset):
    at = np.asarray(coordinates, np.float64)
    align = bool(align_corners)
    extent = np.array([x.shape[3], x.shape[2]])
    mirrored = {"reflection": True, "symmetric": False}.get(padding_mode)
    if coordinates_mode == "unnormalized":  # ONNX has normalized coordinates only
        align = True if mirrored is None else mirrored
        at = 2 * at / (extent - 1) - 1 if align else (2 * at + 1) / extent - 1
    elif coordinates_mode == "normalized_zero_to_one":
        at = 2 * at - 1
    # ONNX mirrors at the centres of the outermost cells or at their edges, as align_corners says.
    assert mirrored in (None, align)
    padding = {"constant": "zeros", "border": "border"}.get(padding_mode, "reflection")
    value = float(padding_value) if padding_mode == "constant" else 0.0
    return Out(grid_sample(x, at, sampling_mode == "nearest", padding, align, value), x.mil, RTOL, 2e-5)


@op("affine")
def affine(x, transform_matrix, output_height, output_width, sampling_mode, padding_mode, padding_value,
           coordinates_mode, align_corners, opset):
    theta = np.broadcast_to(np.asarray(transform_matrix, np.float32), (x.shape[0], 6)).reshape(-1, 2, 3)
    size = np.array([x.shape[0], x.shape[1], int(output_height), int(output_width)])
    grid = onnx_runtime.run("AffineGrid", [theta, size], align_corners=int(align_corners))
    return Out(grid_sample(x, grid, False, "zeros", align_corners, float(padding_value)), x.mil, RTOL, 2e-5)
