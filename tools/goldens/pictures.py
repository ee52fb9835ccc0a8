"""Pictures in every way they are stored, and what Pillow and NumPy make of them.

    python3 -m venv venv && venv/bin/pip install -r tools/goldens/requirements.txt
    venv/bin/python tools/goldens/pictures.py            # writes tests/data/pictures
    venv/bin/python tools/goldens/pictures.py --check    # only says whether the golden file would change

The pictures are drawn here. `pictures.golden` is a sequence of records: a line of text, then bytes.

    decode FILE gray|rgb WIDTH HEIGHT TOLERANCE        the file's pixels, upright
    fit FILE MODE rgb|bgr|gray WIDTH HEIGHT TOLERANCE  the same fitted to a model's input

Pixels are interleaved, rows from the top; TOLERANCE is the largest allowed difference in levels. PNG files are written by
zlib alone and their pixels computed by NumPy. JPEG files are written and read by Pillow. Fitting is Pillow's
resize(BILINEAR), which rounds to bytes between its two passes: hence a tolerance of 1.
"""
import argparse
import io
import pathlib
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageOps

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data" / "pictures"
WIDTH, HEIGHT = 41, 29


def drawing():
    """RGB of 29 rows and 41 columns; no turn or mirror of it looks like another."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    red = 255 * x / (WIDTH - 1)
    green = 255 * y / (HEIGHT - 1)
    blue = 127 + 120 * np.sin(x / 3.0) * np.cos(y / 4.0)
    picture = np.stack([red, green, blue], axis=-1).round().astype(np.uint8)
    picture[2:9, 3:13] = (250, 240, 10)
    picture[20:26, 30:36] = (5, 5, 60)
    return picture


# ---- EXIF ----

def tiff(orientation, order):
    """A directory of three entries, the orientation in the middle."""
    mark, o = (b"II", "<") if order == "little" else (b"MM", ">")
    entries = struct.pack(o + "HHIHH", 0x0100, 3, 1, WIDTH, 0)
    entries += struct.pack(o + "HHIHH", 0x0112, 3, 1, orientation, 0)
    entries += struct.pack(o + "HHII", 0x011A, 5, 1, 8)
    return mark + struct.pack(o + "HI", 42, 8) + struct.pack(o + "H", 3) + entries + struct.pack(o + "I", 0)


def stored(upright, orientation):
    """The rows and columns that a camera stores for this upright picture."""
    undo = {1: lambda a: a, 2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1], 4: lambda a: a[::-1],
            5: lambda a: a.swapaxes(0, 1), 6: lambda a: np.rot90(a, 1), 7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
            8: lambda a: np.rot90(a, -1)}
    return np.ascontiguousarray(undo[orientation](upright))


# ---- PNG, by hand ----

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rows(samples, depth):
    """samples: [h, w, channels] of integers below 2**depth; each row with filter byte 0."""
    h, w, channels = samples.shape
    if depth == 16:
        packed = samples.astype(">u2").reshape(h, -1).view(np.uint8)
    elif depth == 8:
        packed = samples.astype(np.uint8).reshape(h, -1)
    else:
        bits = (samples.reshape(h, -1, 1) >> np.arange(depth - 1, -1, -1)) & 1
        packed = np.packbits(bits.reshape(h, -1).astype(np.uint8), axis=1)
    return b"".join(b"\0" + row.tobytes() for row in packed)


def png(samples, depth, colour, extra=b"", interlaced=False):
    h, w, _ = samples.shape
    if interlaced:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
        data = b"".join(rows(samples[y::dy, x::dx], depth) for y, x, dy, dx in passes if samples[y::dy, x::dx].size)
    else:
        data = rows(samples, depth)
    header = struct.pack(">IIBBBBB", w, h, depth, colour, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(data, 9)) +
            chunk(b"IEND", b""))


def to_bytes(samples, depth):
    """Samples of any depth as 0..255, rounded."""
    return ((samples.astype(np.int64) * 255 * 2 + (2**depth - 1)) // (2 * (2**depth - 1))).astype(np.uint8)


def on_black(colours, alpha):
    return ((colours.astype(np.int64) * alpha.astype(np.int64)[..., None] + 127) // 255).astype(np.uint8)


def png_cases():
    """(name, file, pixels, tolerance)"""
    rng = np.random.default_rng(7)
    rgb = drawing()
    gray = rgb[..., 1:2]
    alpha = (np.mgrid[0:HEIGHT, 0:WIDTH][1] * 6).astype(np.uint8)
    for depth in (1, 2, 4, 8, 16):
        samples = rng.integers(0, 2**depth, (HEIGHT, WIDTH, 1))
        yield f"gray{depth}.png", png(samples, depth, 0), to_bytes(samples, depth), 0
    for depth in (1, 2, 4, 8):
        palette = rng.integers(0, 256, (2**depth, 3)).astype(np.uint8)
        index = rng.integers(0, 2**depth, (HEIGHT, WIDTH, 1))
        plte = chunk(b"PLTE", palette.tobytes())
        yield f"palette{depth}.png", png(index, depth, 3, plte), palette[index[..., 0]], 0
        if depth == 4:
            opacity = rng.integers(0, 256, 10).astype(np.uint8)
            full = np.concatenate([opacity, np.full(6, 255, np.uint8)])[index[..., 0]]
            file = png(index, depth, 3, plte + chunk(b"tRNS", opacity.tobytes()))
            yield "palette4_trns.png", file, on_black(palette[index[..., 0]], full), 0
    yield "rgb8.png", png(rgb, 8, 2), rgb, 0
    yield "rgb8_interlaced.png", png(rgb, 8, 2, interlaced=True), rgb, 0
    deep = rgb.astype(np.int64) * 257 + rng.integers(-100, 100, rgb.shape)
    deep = deep.clip(0, 65535)
    yield "rgb16.png", png(deep, 16, 2), to_bytes(deep, 16), 0
    yield "rgba8.png", png(np.dstack([rgb, alpha]), 8, 6), on_black(rgb, alpha), 0
    yield "gray_alpha8.png", png(np.dstack([gray, alpha]), 8, 4), on_black(gray, alpha), 0
    deep_alpha = alpha.astype(np.int64) * 257
    yield "rgba16.png", png(np.dstack([deep, deep_alpha]), 16, 6), on_black(to_bytes(deep, 16), alpha), 0
    clear = rgb[0, 0]
    trns = chunk(b"tRNS", struct.pack(">HHH", *(int(v) for v in clear)))
    yield "rgb8_trns.png", png(rgb, 8, 2, trns), on_black(rgb, 255 * (rgb != clear).any(axis=-1)), 0
    exif = chunk(b"eXIf", tiff(6, "big"))
    yield "orientation_6.png", png(stored(rgb, 6), 8, 2, exif), rgb, 0


# ---- JPEG, by Pillow ----

def jpeg(pixels, **options):
    out = io.BytesIO()
    mode = {2: "L", 3: "RGB"}[pixels.ndim] if pixels.shape[-1] != 4 else "CMYK"
    Image.fromarray(pixels, mode).save(out, "JPEG", **options)
    return out.getvalue()


def jpeg_cases():
    rgb = drawing()
    yield "baseline_420.jpg", jpeg(rgb, quality=90, subsampling="4:2:0"), 2
    yield "baseline_444.jpg", jpeg(rgb, quality=90, subsampling="4:4:4"), 1
    yield "progressive.jpg", jpeg(rgb, quality=90, progressive=True), 2
    yield "gray.jpg", jpeg(rgb[..., 1], quality=90), 1
    for orientation in range(1, 9):
        exif = b"Exif\0\0" + tiff(orientation, "little" if orientation % 2 else "big")
        yield (f"orientation_{orientation}.jpg",
               jpeg(stored(rgb, orientation), quality=90, subsampling="4:4:4", exif=exif), 1)


def upright(file):
    picture = Image.open(io.BytesIO(file))
    return np.asarray(ImageOps.exif_transpose(picture))


# ---- fitting ----

def fitted(pixels, mode, width, height):
    picture = Image.fromarray(pixels)
    w, h = picture.size
    if mode == "scaleFill":
        return picture.resize((width, height), Image.BILINEAR)
    if mode == "centerCrop":
        scale = max(width / w, height / h)
        x, y = (w - width / scale) / 2, (h - height / scale) / 2
        return picture.resize((width, height), Image.BILINEAR, box=(x, y, w - x, h - y))
    scale = min(width / w, height / h)
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    result = Image.new(picture.mode, (width, height))
    result.paste(picture.resize(size, Image.BILINEAR), ((width - size[0]) // 2, (height - size[1]) // 2))
    return result


def fit_record(name, pixels, mode, colour, width, height):
    picture = fitted(pixels, mode, width, height)
    if colour == "gray" and picture.mode == "RGB":
        picture = picture.convert("L")
    result = np.asarray(picture)
    if colour == "bgr":
        result = result[..., ::-1]
    tolerance = 1 if colour != "gray" else 2
    line = f"fit {name} {mode} {colour} {width} {height} {tolerance}\n"
    return line.encode() + np.ascontiguousarray(result).tobytes()


def decode_record(name, pixels, tolerance):
    colour = "gray" if pixels.ndim == 2 or pixels.shape[-1] == 1 else "rgb"
    return f"decode {name} {colour} {pixels.shape[1]} {pixels.shape[0]} {tolerance}\n".encode() + pixels.tobytes()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    files, records = {}, []
    for name, file, pixels, tolerance in png_cases():
        files[name] = file
        records.append(decode_record(name, pixels, tolerance))
    for name, file, tolerance in jpeg_cases():
        files[name] = file
        records.append(decode_record(name, upright(file), tolerance))
    modes = ("centerCrop", "scaleFit", "scaleFill")
    for orientation in range(1, 9):
        name = f"orientation_{orientation}.jpg"
        for mode in modes:
            records.append(fit_record(name, upright(files[name]), mode, "rgb", 18, 16))
    rgb = drawing()
    for mode in modes:
        records.append(fit_record("rgb8.png", rgb, mode, "bgr", 7, 11))
        records.append(fit_record("rgb8.png", rgb, mode, "gray", 16, 7))
        records.append(fit_record("rgb8.png", rgb, mode, "rgb", 50, 33))
        records.append(fit_record("rgb8.png", rgb, mode, "rgb", 1, 1))
    records.append(fit_record("gray.jpg", upright(files["gray.jpg"]), "scaleFill", "gray", 20, 33))
    files["cmyk.jpg"] = jpeg(np.dstack([rgb, rgb[..., 0]]), quality=50)
    golden = b"".join(records)
    path = FOLDER / "pictures.golden"
    if check:
        same = path.exists() and path.read_bytes() == golden
        print(path.name, "is up to date" if same else "would change")
        return 0 if same else 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, file in files.items():
        (FOLDER / name).write_bytes(file)
    path.write_bytes(golden)
    print(f"{len(files)} pictures, {len(records)} records, {sum(map(len, files.values())) + len(golden)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
