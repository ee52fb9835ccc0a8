"""A small painter on top of Pillow: filled splines with soft shading, tapered strokes and fur."""

import math

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter


def mix(a, b, share):
    """Returns colour a moved towards colour b by share (0 to 1)."""
    return tuple(int(round(x + (y - x) * share)) for x, y in zip(a, b))


def spline(points, closed=True, steps=14):
    """Returns a polygon along the centripetal-looking Catmull-Rom curve through the points."""
    p = np.asarray(points, float)
    n = len(p)
    out = []
    for i in range(n if closed else n - 1):
        if closed:
            a, b, c, d = p[(i - 1) % n], p[i], p[(i + 1) % n], p[(i + 2) % n]
        else:
            a, b, c, d = p[max(i - 1, 0)], p[i], p[i + 1], p[min(i + 2, n - 1)]
        for t in np.arange(steps) / steps:
            out.append(
                0.5
                * (
                    2 * b
                    + (c - a) * t
                    + (2 * a - 5 * b + 4 * c - d) * t**2
                    + (3 * b - a - 3 * c + d) * t**3
                )
            )
    if not closed:
        out.append(p[-1])
    return np.array(out)


def mirrored(half):
    """Completes the left half of an outline (top to bottom) by its mirror image."""
    half = [tuple(q) for q in half]
    return half + [(-x, y) for x, y in reversed(half) if abs(x) > 1e-6]


def ellipse(x, y, rx, ry, angle=0.0, n=48):
    """Returns the polygon of an ellipse, turned by an angle in degrees."""
    t = np.linspace(0, 2 * math.pi, n, endpoint=False)
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    u, v = rx * np.cos(t), ry * np.sin(t)
    return np.stack([x + u * c - v * s, y + u * s + v * c], 1)


def ribbon(points, widths):
    """Returns the polygon of a stroke along a spline; widths are given at the points."""
    line = spline(points, closed=False)
    w = np.interp(np.linspace(0, 1, len(line)), np.linspace(0, 1, len(widths)), widths)
    d = np.gradient(line, axis=0)
    normal = np.stack([-d[:, 1], d[:, 0]], 1) / (np.hypot(d[:, 0], d[:, 1])[:, None] + 1e-9)
    cap = [
        line[-1]
        + w[-1] / 2 * (math.sin(a) * d[-1] / (np.hypot(*d[-1]) + 1e-9) + math.cos(a) * normal[-1])
        for a in np.linspace(0, math.pi, 10)
    ]
    return np.concatenate(
        [line + normal * w[:, None] / 2, cap, (line - normal * w[:, None] / 2)[::-1]]
    )


class Painter:
    """Paints into a supersampled picture; coordinates are those of a 640 x 480 canvas."""

    def __init__(self, width, height, rng, supersample=3):
        self.size = (width, height)
        self.scale = supersample * width / 640
        self.image = Image.new("RGB", (width * supersample, height * supersample))
        self.rng = rng
        self.matrix = np.eye(3)

    def placed(self, x=0.0, y=0.0, scale=1.0, angle=0.0, flip=False):
        """Returns a painter on the same picture whose coordinates are moved, scaled, turned."""
        other = object.__new__(Painter)
        other.__dict__.update(self.__dict__)
        c, s = math.cos(math.radians(angle)) * scale, math.sin(math.radians(angle)) * scale
        f = -1 if flip else 1
        other.matrix = self.matrix @ np.array([[c * f, -s, x], [s * f, c, y], [0, 0, 1]])
        return other

    def _pixels(self, points):
        p = np.asarray(points, float)
        return (p @ self.matrix[:2, :2].T + self.matrix[:2, 2]) * self.scale

    def _length(self, value):
        return value * self.scale * math.sqrt(abs(np.linalg.det(self.matrix[:2, :2])))

    def _mask(self, points, blur, margin, clip=None):
        """Returns (mask, box, pixels) of a shape; the mask covers just the box."""
        q = self._pixels(points)
        grow = 2 * blur + margin + 2
        box = [
            max(0, int(q[:, 0].min() - grow)),
            max(0, int(q[:, 1].min() - grow)),
            min(self.image.width, int(q[:, 0].max() + grow) + 1),
            min(self.image.height, int(q[:, 1].max() + grow) + 1),
        ]
        if box[2] - box[0] < 2 or box[3] - box[1] < 2:
            return None, box, q
        mask = Image.new("L", (box[2] - box[0], box[3] - box[1]))
        ImageDraw.Draw(mask).polygon([(x - box[0], y - box[1]) for x, y in q], fill=255)
        if blur >= 0.5:
            mask = mask.filter(ImageFilter.GaussianBlur(blur))
        if clip is not None:
            c = self._pixels(clip)
            inside = Image.new("L", mask.size)
            ImageDraw.Draw(inside).polygon([(x - box[0], y - box[1]) for x, y in c], fill=255)
            mask = ImageChops.multiply(mask, inside)
        return mask, box, q

    def fill(self, points, colour, alpha=1.0, blur=0.0, clip=None):
        """Fills a polygon with one colour; blur softens its edge, another polygon may clip it."""
        mask, box, _ = self._mask(points, self._length(blur), 0, clip)
        if mask is None:
            return
        if alpha < 1:
            mask = mask.point(lambda v: int(v * alpha))
        self.image.paste(tuple(colour), tuple(box), mask)

    def solid(
        self,
        points,
        colour,
        depth=18.0,
        strength=0.45,
        fur=0,
        fur_length=9.0,
        rim=None,
        flow=None,
        shaggy=0.0,
        standing=False,
    ):
        """Fills a polygon as a rounded body lit from the upper left, with optional fur.

        depth: how far the shading reaches inwards; strength: how dark and light it gets;
        fur: strokes per 1,000 square units; flow: centre that the hairs point away from;
        rim: colour of a thin outline; shaggy: how far hairs stick out of the outline;
        standing: none of them below y = -8, where the ground is.
        """
        points = np.asarray(points, float)
        if shaggy:
            self._hairs(
                points,
                colour,
                int(len(points) * 5),
                fur_length * (0.55 + 0.6 * shaggy),
                flow,
                outline=True,
                strength=strength,
                standing=standing,
            )
        if rim:
            self.line(np.concatenate([points, points[:1]]), rim, 2.0)
        reach = self._length(depth)
        mask, box, q = self._mask(points, 0, 0)
        if mask is None:
            return
        small = max(1, int(reach / 6))
        thumb = mask.resize((max(2, mask.width // small), max(2, mask.height // small)), 2)
        pad = int(3 * reach / small) + 2
        wide = Image.new("L", (thumb.width + 2 * pad, thumb.height + 2 * pad))
        wide.paste(thumb, (pad, pad))
        soft = np.asarray(wide.filter(ImageFilter.GaussianBlur(reach / small)), float) / 255
        step = max(1, int(round(0.55 * reach / small)))
        light = np.roll(soft, (step, step), (0, 1)) - np.roll(soft, (-step, -step), (0, 1))
        shade = np.clip((soft - 1) * 0.55 * strength - light * strength * 0.9, -0.75, 0.5)[
            pad:-pad, pad:-pad
        ]
        shade = Image.fromarray((shade * 120 + 128).clip(0, 255).astype(np.uint8)).resize(
            mask.size, 2
        )
        s = (np.asarray(shade, float) - 128)[..., None] / 120
        base = np.array(colour, float)
        cold = base * np.array([0.42, 0.38, 0.45])
        warm = 255 - (255 - base) * 0.35
        tinted = np.where(
            s < 0,
            base + (cold - base) * np.minimum(-s * 1.6, 1),
            base + (warm - base) * np.minimum(s * 1.5, 1),
        )
        self.image.paste(Image.fromarray(tinted.clip(0, 255).astype(np.uint8)), tuple(box), mask)
        if fur:
            area = self._area(points)
            self._hairs(
                points,
                colour,
                int(area / 1000 * fur),
                fur_length,
                flow,
                outline=False,
                strength=strength,
            )

    @staticmethod
    def _area(points):
        x, y = points[:, 0], points[:, 1]
        return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2

    def _hairs(self, points, colour, count, length, flow, outline, strength, standing=False):
        centre = np.array(flow if flow is not None else points.mean(0) - [0, 40], float)
        if outline:
            closed = np.concatenate([points, points[:1]])
            at = self.rng.uniform(0, len(points), count)
            low = at.astype(int)
            roots = closed[low] + (closed[low + 1] - closed[low]) * (at - low)[:, None]
            roots = roots + (centre - roots) * 0.02
            roots = roots[roots[:, 1] < -8] if standing else roots
            count = len(roots)
        else:
            lo, hi = points.min(0), points.max(0)
            roots = self.rng.uniform(lo, hi, (count, 2))
        away = roots - centre
        angle = np.arctan2(away[:, 1], away[:, 0]) + self.rng.normal(0, 0.28, count)
        size = length * self.rng.uniform(0.5, 1.3, count)
        tips = roots + np.stack([np.cos(angle), np.sin(angle)], 1) * size[:, None]
        mask, box, _ = self._mask(points, 0, self._length(length * 1.4))
        if mask is None:
            return
        layer = Image.new("RGBA", (box[2] - box[0], box[3] - box[1]), (0, 0, 0, 0))
        pen = ImageDraw.Draw(layer)
        offset = np.array(box[:2])
        a, b = self._pixels(roots) - offset, self._pixels(tips) - offset
        width = max(1, int(self._length(1.1)))
        for i in range(count):
            tone = self.rng.uniform(-1, 1)
            ink = (
                mix(colour, (20, 14, 12), -tone * 0.30)
                if tone < 0
                else mix(colour, (255, 250, 240), tone * 0.30)
            )
            pen.line(
                [tuple(a[i]), tuple(b[i])],
                fill=(*ink, 255 if outline else int(70 + 70 * strength)),
                width=width,
            )
        if outline:
            self.image.paste(layer, tuple(box[:2]), layer)
        else:
            alpha = ImageChops.multiply(layer.getchannel("A"), mask)
            self.image.paste(layer.convert("RGB"), tuple(box[:2]), alpha)

    def line(self, points, colour, width, alpha=1.0):
        """Draws an open line of constant width through the points as given (no spline)."""
        q = self._pixels(points)
        w = max(1, int(round(self._length(width))))
        if alpha >= 1:
            ImageDraw.Draw(self.image).line(
                [tuple(p) for p in q], fill=tuple(colour), width=w, joint="curve"
            )
            return
        mask = Image.new("L", self.image.size)
        ImageDraw.Draw(mask).line(
            [tuple(p) for p in q], fill=int(255 * alpha), width=w, joint="curve"
        )
        self.image.paste(tuple(colour), (0, 0), mask)

    def stroke(self, points, colour, widths, alpha=1.0, blur=0.0, clip=None):
        """Draws a tapered stroke along a spline through the points."""
        self.fill(ribbon(points, widths), colour, alpha, blur, clip)

    def gradient(self, top, bottom, y0=0.0, y1=480.0):
        """Fills the whole width between two heights with a vertical gradient."""
        a, b = int(y0 * self.scale), int(y1 * self.scale)
        t = np.linspace(0, 1, max(b - a, 1))[:, None, None]
        rows = np.array(top, float) + (np.array(bottom, float) - np.array(top, float)) * t
        band = Image.fromarray(np.broadcast_to(rows, (len(t), 1, 3)).round().astype(np.uint8))
        self.image.paste(band.resize((self.image.width, band.height), 0), (0, a))

    def finish(self):
        """Returns the picture at its final size."""
        return self.image.resize(self.size, Image.Resampling.BOX)
