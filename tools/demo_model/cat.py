"""A drawn cat, in its own coordinates: x from its middle, y downwards from the ground (0)."""

import numpy as np

from brush import ellipse, mirrored, mix, ribbon, spline
from scenes import shadow

FUR = 26


def _point(coat):
    return coat.get("point", coat["base"])


def _bands(p, outline, coat, lines, widths, alpha=0.8):
    """Draws stripes clipped by an outline."""
    if coat["stripe"]:
        for line in lines:
            p.stroke(line, coat["stripe"], widths, alpha, blur=1.6, clip=outline)


def _tail(p, rng, coat, line, widths):
    outline = ribbon(line, widths)
    p.solid(
        outline,
        _point(coat),
        depth=9,
        strength=0.6,
        fur=FUR,
        fur_length=8,
        shaggy=0.3,
        flow=line[0],
    )
    curve = spline(line, closed=False)
    for share in np.linspace(0.15, 0.93, 8):
        i = int(share * (len(curve) - 2))
        d = curve[i + 1] - curve[i]
        n = np.array([-d[1], d[0]]) / (np.hypot(*d) + 1e-9)
        _bands(
            p,
            outline,
            coat,
            [[curve[i] - n * 20, curve[i] + d * 0.8, curve[i] + n * 20]],
            [9, 9, 9],
        )


def _paw(p, coat, x, y, rx=27, ry=16, white=False):
    colour = coat["pale"] if white else _point(coat)
    p.solid(ellipse(x, y, rx, ry), colour, depth=8, strength=0.55, fur=12, fur_length=5)
    for dx in (-0.33, 0.28):
        p.stroke(
            [(x + dx * rx, y + ry * 0.1), (x + dx * rx * 1.15, y + ry * 0.88)],
            mix(colour, (40, 25, 20), 0.6),
            [1.2, 2.2],
            0.8,
        )


def _sitting(p, rng, coat):
    shadow(p, 10, -2, 150, 20)
    s = rng.uniform(0.9, 1.1)
    _tail(
        p,
        rng,
        coat,
        [(52, -24), (118, -14), (166, -48), (172 * s, -108), (146, -150), (160 * s, -196)],
        [34, 32, 30, 28, 26, 16],
    )
    fat = rng.uniform(0.94, 1.08)
    body = spline(
        mirrored(
            [
                (0, -244),
                (-46, -236),
                (-60, -190),
                (-76 * fat, -130),
                (-98 * fat, -70),
                (-104 * fat, -22),
                (-70, -2),
                (0, 0),
            ]
        )
    )
    p.solid(
        body,
        coat["base"],
        depth=30,
        strength=0.62,
        fur=FUR,
        fur_length=13,
        shaggy=0.4,
        flow=(0, -300),
        standing=True,
    )
    for x in (-1, 1):
        _bands(
            p,
            body,
            coat,
            [
                [(x * 112, -150 + 34 * k), (x * 84, -146 + 34 * k), (x * 58, -128 + 34 * k)]
                for k in range(4)
            ],
            [11, 9, 3],
        )
    for k, colour in enumerate(coat.get("patch", [])):
        p.fill(
            spline(
                [
                    (-95 + 150 * k, -130),
                    (-50 + 150 * k, -150),
                    (-30 + 130 * k, -95),
                    (-70 + 150 * k, -60),
                ]
            ),
            colour,
            0.95,
            blur=3,
            clip=body,
        )
    for x in (-1, 1):
        thigh = ellipse(x * 76 * fat, -46, 38, 46, x * -14)
        p.solid(
            thigh, coat["base"], depth=18, strength=0.6, fur=FUR, fur_length=11, flow=(x * 60, -110)
        )
        _bands(
            p,
            thigh,
            coat,
            [
                [(x * 118, -72 + 26 * k), (x * 90, -70 + 26 * k), (x * 66, -58 + 26 * k)]
                for k in range(3)
            ],
            [9, 8, 2],
        )
        _paw(p, coat, x * 84 * fat, -11, 31, 14, coat["name"] == "tuxedo")
    chest = spline(mirrored([(0, -240), (-34, -222), (-44, -180), (-30, -138), (0, -112)]))
    p.solid(
        chest,
        coat["pale"],
        depth=16,
        strength=0.35,
        fur=FUR,
        fur_length=15,
        shaggy=0.6,
        flow=(0, -290),
    )
    for x in (-1, 1):
        leg = spline(
            [
                (x * 8, -150),
                (x * 32, -156),
                (x * 47, -110),
                (x * 45, -60),
                (x * 48, -14),
                (x * 34, -2),
                (x * 14, -8),
                (x * 11, -60),
                (x * 7, -110),
            ]
        )
        p.solid(
            leg, coat["base"], depth=13, strength=0.62, fur=FUR, fur_length=10, flow=(x * 26, -240)
        )
        _bands(
            p,
            leg,
            coat,
            [
                [(x * 56, -108 + 27 * k), (x * 40, -104 + 27 * k), (x * 24, -106 + 27 * k)]
                for k in range(3)
            ],
            [8, 7, 2],
        )
        _paw(p, coat, x * 31, -13, 27, 15, coat["name"] in ("tuxedo", "ginger tabby", "calico"))
    return 0, -286


def _lying(p, rng, coat):
    shadow(p, 30, -2, 205, 20)
    body = spline(
        [
            (-70, -120),
            (-20, -142),
            (60, -136),
            (140, -122),
            (196, -78),
            (204, -24),
            (170, -2),
            (0, 0),
            (-96, -2),
            (-104, -60),
        ]
    )
    p.solid(
        body,
        coat["base"],
        depth=32,
        strength=0.62,
        fur=FUR,
        fur_length=13,
        shaggy=0.4,
        flow=(-90, -150),
        standing=True,
    )
    _bands(
        p,
        body,
        coat,
        [[(10 + 38 * k, -150), (20 + 40 * k, -105), (14 + 40 * k, -66)] for k in range(5)],
        [11, 10, 2],
    )
    for k, colour in enumerate(coat.get("patch", [])):
        p.fill(
            spline(
                [(20 + 90 * k, -150), (80 + 90 * k, -140), (90 + 90 * k, -90), (30 + 90 * k, -80)]
            ),
            colour,
            0.95,
            blur=3,
            clip=body,
        )
    thigh = ellipse(146, -46, 54, 46, -12)
    p.solid(thigh, coat["base"], depth=18, strength=0.6, fur=FUR, fur_length=11, flow=(120, -120))
    _bands(
        p,
        thigh,
        coat,
        [[(206, -76 + 26 * k), (170, -74 + 26 * k), (136, -58 + 26 * k)] for k in range(3)],
        [9, 8, 2],
    )
    _tail(
        p,
        rng,
        coat,
        [(186, -26), (222, -12), (180, -4), (120, -8), (70, -12)],
        [26, 26, 26, 24, 15],
    )
    chest = spline(mirrored([(0, -150), (-46, -136), (-56, -90), (-40, -40), (0, -20)])) + [-36, 0]
    p.solid(
        chest,
        coat["pale"],
        depth=18,
        strength=0.35,
        fur=FUR,
        fur_length=15,
        shaggy=0.5,
        flow=(-36, -190),
    )
    for x in (-88, 10):
        arm = spline(
            [(x - 22, -62), (x + 24, -62), (x + 34, -22), (x + 22, -2), (x - 22, -2), (x - 34, -22)]
        )
        p.solid(arm, coat["base"], depth=13, strength=0.6, fur=FUR, fur_length=10, flow=(x, -130))
        _bands(
            p,
            arm,
            coat,
            [[(x - 34, -46 + 16 * k), (x, -40 + 16 * k), (x + 34, -46 + 16 * k)] for k in range(2)],
            [5, 6, 5],
        )
        _paw(p, coat, x - 6, -13, 31, 15, coat["name"] in ("tuxedo", "ginger tabby"))
    return -38, -186


def _ear(p, coat, x, size):
    tip = (x * 76, -122 * size)
    outer = np.concatenate(
        [
            spline([(x * 18, -56), (x * 44, -88), tip], closed=False),
            spline([tip, (x * 88, -70), (x * 86, -6), (x * 50, -20)], closed=False),
        ]
    )
    p.solid(
        outer,
        _point(coat),
        depth=11,
        strength=0.6,
        fur=FUR,
        fur_length=9,
        shaggy=0.25,
        flow=(x * 50, 0),
    )
    tip = (x * 72, -106 * size)
    inner = np.concatenate(
        [
            spline([(x * 36, -50), (x * 52, -80), tip], closed=False),
            spline([tip, (x * 78, -68), (x * 76, -30)], closed=False),
        ]
    )
    p.solid(inner, mix((226, 158, 150), _point(coat), 0.22), depth=9, strength=0.5)
    for k in range(9):
        a = (x * (40 + 2.4 * k), -40 - k)
        p.stroke(
            [a, (a[0] + x * 8, a[1] - 16), (a[0] + x * 13, a[1] - 27 - 1.2 * k)],
            mix(coat["pale"], (255, 255, 255), 0.3),
            [2.6, 1.8, 0.5],
            0.8,
        )


def _eye(p, coat, x, wide, slit, gaze):
    shape = spline(
        [
            (x * 13, 8),
            (x * 18, -8),
            (x * 33, -17),
            (x * 49, -11),
            (x * 56, -3),
            (x * 48, 9),
            (x * 32, 14),
        ]
    )
    shape = shape * [1, wide]
    p.fill(
        spline(
            [
                (x * 9, 11),
                (x * 16, -11),
                (x * 33, -21),
                (x * 51, -14),
                (x * 61, -5),
                (x * 50, 11.5),
                (x * 32, 17),
            ]
        )
        * [1, wide],
        mix(_point(coat), (22, 14, 12), 0.85),
        blur=0.6,
    )
    p.fill(shape, coat["iris"])
    cx, cy = x * 34 + gaze, -2 * wide
    p.fill(
        ellipse(cx, cy, 20, 20), mix(coat["iris"], (40, 40, 10), 0.5), 0.55, blur=2.5, clip=shape
    )
    p.fill(
        ellipse(cx, cy + 3, 12.5, 11),
        mix(coat["iris"], (255, 255, 190), 0.45),
        0.85,
        blur=3,
        clip=shape,
    )
    p.fill(ellipse(cx, cy, slit, 14.5 * wide), (10, 8, 10), blur=0.4, clip=shape)
    p.fill(ellipse(cx, -17 * wide, 22, 8), (10, 8, 10), 0.35, blur=2.5, clip=shape)
    p.fill(ellipse(cx - 5, cy - 6, 4, 4.4), (255, 255, 255), blur=0.4)
    p.fill(ellipse(cx + 5, cy + 6, 1.8, 1.8), (255, 255, 255), 0.8)


def _head(p, rng, coat):
    size = rng.uniform(0.94, 1.06)
    for x in (-1, 1):
        _ear(p, coat, x, size)
    face = spline(
        mirrored(
            [(0, -66), (-36, -64), (-70, -38), (-88, 2), (-84, 34), (-58, 58), (-28, 70), (0, 72)]
        )
    )
    p.solid(
        face, coat["base"], depth=26, strength=0.6, fur=FUR, fur_length=11, shaggy=0.5, flow=(0, 10)
    )
    for k, colour in enumerate(coat.get("patch", [])):
        x = (-1, 1)[k]
        p.fill(
            spline([(x * 12, -80), (x * 80, -60), (x * 96, 0), (x * 50, 18), (x * 22, -10)]),
            colour,
            0.95,
            blur=3,
            clip=face,
        )
    if "point" in coat:
        p.fill(ellipse(0, 16, 60, 52), coat["point"], 0.85, blur=16, clip=face)
    if coat["name"] == "tuxedo":
        p.fill(
            spline(mirrored([(0, -56), (-5, -30), (-12, 0), (-40, 34), (-50, 66), (0, 76)])),
            coat["pale"],
            1,
            blur=2.5,
            clip=face,
        )
    if coat["stripe"]:
        dark = coat["stripe"]
        for x in (-1, 1):  # the M on the forehead, then lines to the ears and over the cheeks
            p.stroke(
                [(x * 40, -22), (x * 34, -44), (x * 22, -58)], dark, [4, 8, 6], 0.85, 1.2, face
            )
            p.stroke([(x * 32, -50), (x * 16, -36), (x * 5, -24)], dark, [6, 7, 3], 0.85, 1.2, face)
            p.stroke([(x * 7, -34), (x * 10, -54), (x * 9, -74)], dark, [3, 7, 8], 0.85, 1.2, face)
            for k in range(3):
                p.stroke(
                    [
                        (x * (94 - 4 * k), 0 + 19 * k),
                        (x * 76, 6 + 17 * k),
                        (x * (58 - 3 * k), 8 + 15 * k),
                    ],
                    dark,
                    [8, 7, 2],
                    0.8,
                    1.2,
                    face,
                )
            p.fill(ellipse(x * 35, -2, 34, 24), coat["pale"], 0.5, blur=6, clip=face)
        p.stroke([(0, -30), (0, -52), (0, -74)], dark, [3, 6, 7], 0.85, 1.2, face)
    wide, slit, gaze = rng.uniform(0.92, 1.12), rng.uniform(3.4, 7.5), rng.uniform(-2, 2)
    pale = mix(coat["pale"], coat["point"], 0.75) if "point" in coat else coat["pale"]
    p.fill(
        spline(mirrored([(0, -14), (-9, 0), (-16, 18), (0, 30)])),
        mix(coat["base"], pale, 0.6),
        0.7,
        blur=4,
    )
    p.solid(ellipse(0, 56, 24, 14), pale, depth=8, strength=0.35)
    for x in (-1, 1):
        _eye(p, coat, x, wide, slit, gaze)
        p.solid(
            ellipse(x * 19, 37, 25, 19, x * 12),
            pale,
            depth=10,
            strength=0.42,
            fur=14,
            fur_length=6,
            flow=(0, 25),
        )
    rim = mix(coat["nose"], (40, 20, 20), 0.55)
    p.stroke([(0, 26), (0, 38)], rim, [2.4, 2.2])
    for x in (-1, 1):
        p.stroke(
            [(0, 37), (x * 8, 46), (x * 19, 47), (x * 29, 41)],
            (70, 44, 42),
            [2.4, 2.8, 2.4, 1],
            0.9,
        )
    nose = spline([(-13, 14), (0, 12), (13, 14), (9, 22), (0, 29), (-9, 22)])
    p.solid(nose, coat["nose"], depth=5, strength=0.6, rim=rim)
    bright = sum(coat["base"]) > 520
    for x in (-1, 1):
        for k in range(3):
            for j in range(2):
                p.fill(ellipse(x * (16 + 8 * k), 34 + 7 * j, 1.3, 1.3), (90, 66, 60), 0.7)
        for k in range(4):
            end = (x * (128 - 5 * abs(k - 1)), 14 + 17 * k + rng.uniform(-4, 4))
            colour = (70, 62, 60) if bright and k % 2 else (252, 250, 246)
            p.stroke(
                [(x * 26, 32 + 3.5 * k), (x * 74, 22 + 9.5 * k), end], colour, [2.2, 1.7, 0.6], 0.95
            )


def draw(p, rng, coat, pose, tilt=0.0):
    """Draws a cat of a coat, sitting ("sit") or lying ("lie"), on a painter placed at its feet."""
    x, y = (_sitting if pose == "sit" else _lying)(p, rng, coat)
    _head(p.placed(x, y, 1.0, tilt), rng, coat)
