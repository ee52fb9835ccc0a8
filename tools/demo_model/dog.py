"""A drawn dog, in its own coordinates: x from its middle, y downwards from the ground (0)."""

import numpy as np

from brush import ellipse, mirrored, mix, ribbon, spline
from scenes import shadow

COLLARS = [(196, 44, 44), (44, 92, 176), (40, 134, 84), (130, 62, 150), (230, 150, 40)]
FUR = 22


def _patches(p, rng, coat, outline, places):
    """Blots of the patch colour: many small ones for the spotted coat, few large ones otherwise."""
    if not coat["patch"]:
        return
    for x, y, r in places:
        if coat["name"] == "spotted":
            for _ in range(7):
                a, b = rng.normal(x, r, 2) * [1, 0] + [0, rng.normal(y, r)]
                p.fill(
                    ellipse(a, b, rng.uniform(4, 10), rng.uniform(4, 9), rng.uniform(0, 90)),
                    coat["patch"],
                    0.95,
                    1.0,
                    outline,
                )
        else:
            turn = np.linspace(0, 2 * np.pi, 9)[:-1]
            radius = r * rng.uniform(0.75, 1.2, 8)
            p.fill(
                spline(np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], 1)),
                coat["patch"],
                0.95,
                2.5,
                outline,
            )


def _tail(p, coat, line, widths):
    p.solid(
        ribbon(line, widths),
        coat["base"],
        depth=9,
        strength=0.6,
        fur=FUR,
        fur_length=11 * coat["hair"],
        shaggy=0.4 * coat["hair"],
        flow=line[0],
    )


def _paw(p, coat, x, y, rx=32, ry=18):
    colour = (
        coat["pale"]
        if coat["patch"] or coat["name"] in ("black and tan", "golden", "gray and white")
        else coat["base"]
    )
    p.solid(ellipse(x, y, rx, ry), colour, depth=9, strength=0.55, fur=12, fur_length=6)
    for dx in (-0.42, 0.0, 0.42):
        p.stroke(
            [(x + dx * rx, y - ry * 0.05), (x + dx * rx * 1.1, y + ry * 0.85)],
            mix(colour, (40, 25, 20), 0.6),
            [1.2, 2.4],
            0.8,
        )
    for dx in (-0.7, -0.22, 0.22, 0.7):
        p.fill(ellipse(x + dx * rx, y + ry * 0.86, 3, 3), (50, 42, 42))


def _collar(p, rng, x, y, width):
    colour = COLLARS[rng.integers(len(COLLARS))]
    band = np.concatenate(
        [
            spline([(x - width, y - 12), (x, y + 6), (x + width, y - 12)], closed=False),
            spline([(x + width - 1, y + 7), (x, y + 26), (x - width + 1, y + 7)], closed=False),
        ]
    )
    p.solid(band, colour, depth=7, strength=0.6, rim=mix(colour, (0, 0, 0), 0.4))
    p.solid(ellipse(x, y + 35, 13, 14), (236, 190, 70), depth=5, strength=0.8, rim=(150, 110, 30))
    p.fill(ellipse(x, y + 21, 4, 4), (230, 230, 230))


def _sitting(p, rng, coat):
    shadow(p, 10, -2, 160, 21)
    wag = rng.uniform(0.8, 1.25)
    _tail(p, coat, [(60, -26), (112, -34), (152, -70 * wag), (178, -122 * wag)], [34, 32, 26, 12])
    fat = rng.uniform(0.95, 1.08)
    hair = coat["hair"]
    body = spline(
        mirrored(
            [
                (0, -248),
                (-50, -238),
                (-76, -190),
                (-86 * fat, -130),
                (-102 * fat, -70),
                (-110 * fat, -24),
                (-74, -2),
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
        fur_length=13 * hair,
        shaggy=0.45 * hair,
        flow=(0, -310),
        standing=True,
    )
    _patches(p, rng, coat, body, [(-74, -150, 24), (70, -110, 30)])
    for x in (-1, 1):
        thigh = ellipse(x * 82 * fat, -48, 40, 48, x * -14)
        p.solid(
            thigh,
            coat["base"],
            depth=18,
            strength=0.6,
            fur=FUR,
            fur_length=11 * hair,
            flow=(x * 60, -120),
        )
        _patches(p, rng, coat, thigh, [(x * 96, -60, 18)])
        _paw(p, coat, x * 94 * fat, -12, 37, 17)
    chest = spline(mirrored([(0, -240), (-42, -220), (-52, -180), (-38, -130), (0, -100)]))
    p.solid(
        chest,
        coat["pale"],
        depth=16,
        strength=0.38,
        fur=FUR,
        fur_length=17 * hair,
        shaggy=0.6 * hair,
        flow=(0, -300),
    )
    for x in (-1, 1):
        leg = spline(
            [
                (x * 9, -146),
                (x * 38, -160),
                (x * 55, -110),
                (x * 52, -60),
                (x * 56, -16),
                (x * 40, -2),
                (x * 16, -8),
                (x * 13, -60),
                (x * 8, -110),
            ]
        )
        p.solid(
            leg,
            coat["base"],
            depth=14,
            strength=0.62,
            fur=FUR,
            fur_length=10 * hair,
            shaggy=0.15,
            flow=(x * 30, -250),
        )
        _patches(p, rng, coat, leg, [(x * 40, -120, 12)] if coat["name"] == "spotted" else [])
        _paw(p, coat, x * 37, -14, 33, 18)
    return 0, -286, -226, 62


def _lying(p, rng, coat):
    shadow(p, 30, -2, 215, 21)
    hair = coat["hair"]
    _tail(p, coat, [(180, -36), (226, -52), (254, -92)], [30, 24, 10])
    body = spline(
        [
            (-76, -128),
            (-20, -146),
            (60, -134),
            (140, -122),
            (200, -84),
            (212, -24),
            (176, -2),
            (0, 0),
            (-100, -2),
            (-112, -62),
        ]
    )
    p.solid(
        body,
        coat["base"],
        depth=32,
        strength=0.62,
        fur=FUR,
        fur_length=13 * hair,
        shaggy=0.45 * hair,
        flow=(-90, -160),
        standing=True,
    )
    _patches(p, rng, coat, body, [(60, -110, 34), (120, -60, 26)])
    thigh = ellipse(150, -48, 56, 48, -12)
    p.solid(
        thigh, coat["base"], depth=18, strength=0.6, fur=FUR, fur_length=11 * hair, flow=(120, -120)
    )
    _paw(p, coat, 186, -12, 42, 16)
    chest = spline(mirrored([(0, -150), (-52, -136), (-62, -90), (-44, -40), (0, -20)])) + [-36, 0]
    p.solid(
        chest,
        coat["pale"],
        depth=18,
        strength=0.38,
        fur=FUR,
        fur_length=16 * hair,
        shaggy=0.5 * hair,
        flow=(-36, -200),
    )
    for x in (-94, 18):
        arm = spline(
            [(x - 26, -66), (x + 28, -66), (x + 38, -24), (x + 26, -2), (x - 26, -2), (x - 38, -24)]
        )
        p.solid(
            arm, coat["base"], depth=14, strength=0.6, fur=FUR, fur_length=10 * hair, flow=(x, -140)
        )
        _paw(p, coat, x - 6, -14, 37, 18)
    return -38, -196, -134, 62


def _ear(p, coat, x, length, swing):
    ear = spline(
        [
            (x * 38, -62),
            (x * 72, -58),
            (x * (98 + swing), -18),
            (x * (106 + swing), 26 * length),
            (x * (94 + swing), 62 * length),
            (x * 78, 54 * length),
            (x * 66, 18),
            (x * 58, -22),
        ]
    )
    p.solid(
        ear,
        coat["ear"],
        depth=15,
        strength=0.65,
        fur=FUR,
        fur_length=12 * coat["hair"],
        shaggy=0.3 * coat["hair"],
        flow=(x * 50, -90),
    )
    p.stroke(
        [(x * 46, -58), (x * 62, -30), (x * 68, 8)],
        mix(coat["ear"], (10, 5, 5), 0.6),
        [1, 5, 1],
        0.5,
        2.5,
    )


def _eye(p, coat, x, size, gaze):
    dark = mix(coat["base"], (15, 10, 10), 0.8)
    cx, cy = x * 33, -16
    p.fill(ellipse(cx, cy, 18 * size, 17 * size, x * 12), dark, blur=1.2)
    white = ellipse(cx, cy, 15 * size, 13.5 * size, x * 12)
    p.fill(white, (246, 242, 236))
    p.fill(ellipse(cx + gaze, cy + 0.5, 12.5 * size, 12.8 * size), (84, 50, 26), clip=white)
    p.fill(ellipse(cx + gaze, cy + 4, 8 * size, 7 * size), (150, 96, 48), 0.75, blur=2, clip=white)
    p.fill(ellipse(cx + gaze, cy, 7.2 * size, 7.4 * size), (12, 9, 10), blur=0.4, clip=white)
    p.fill(ellipse(cx, cy - 14, 18, 8), (20, 12, 10), 0.35, blur=2.5, clip=white)
    p.fill(ellipse(cx + gaze - 4, cy - 5, 3.8, 4.0), (255, 255, 255), blur=0.4)
    p.fill(ellipse(cx + gaze + 4, cy + 5, 1.6, 1.6), (255, 255, 255), 0.8)


def _tongue(p, long):
    tongue = spline(
        [
            (-15, 58),
            (15, 58),
            (18, 76),
            (14, 80 + 22 * long),
            (0, 88 + 24 * long),
            (-14, 80 + 22 * long),
            (-18, 76),
        ]
    )
    p.solid(tongue, (232, 112, 124), depth=9, strength=0.6, rim=(150, 50, 64))
    p.stroke([(0, 62), (1, 76), (0, 82 + 16 * long)], (176, 62, 80), [1.5, 3, 1], 0.8)


def _head(p, rng, coat):
    hair = coat["hair"]
    face = spline(
        mirrored(
            [(0, -82), (-40, -78), (-70, -46), (-76, -4), (-66, 32), (-44, 62), (-20, 78), (0, 80)]
        )
    )
    p.solid(
        face,
        coat["base"],
        depth=26,
        strength=0.58,
        fur=FUR,
        fur_length=10 * hair,
        shaggy=0.35 * hair,
        flow=(0, 14),
    )
    if coat["name"] in ("beagle", "white with brown", "gray and white"):
        p.fill(
            spline(mirrored([(0, -92), (-9, -60), (-8, -20), (-22, 10), (-40, 40), (0, 60)])),
            coat["pale"],
            1,
            3,
            face,
        )
    if coat["name"] == "white with brown":
        p.fill(
            spline([(8, -70), (54, -74), (84, -20), (58, 18), (26, 6), (10, -20)]),
            coat["patch"],
            0.95,
            2.5,
            face,
        )
    elif coat["name"] == "spotted":
        _patches(p, rng, coat, face, [(0, -50, 30)])
    elif coat["name"] == "black and tan":
        for x in (-1, 1):
            p.fill(ellipse(x * 30, -42, 10, 7), coat["pale"], 0.95, 2.5)
            p.fill(ellipse(x * 54, 30, 24, 20), coat["pale"], 0.85, 6, face)
    swing, length = rng.uniform(-6, 10), rng.uniform(0.9, 1.25)
    for x in (-1, 1):
        _ear(p, coat, x, length, swing)
    size, gaze = rng.uniform(0.92, 1.08), rng.uniform(-2, 2)
    for x in (-1, 1):
        _eye(p, coat, x, size, gaze)
        p.stroke(
            [(x * 18, -40), (x * 32, -46), (x * 48, -38)],
            mix(coat["base"], (20, 12, 10), 0.55),
            [2, 6, 2],
            0.6,
            1.5,
        )
    p.fill(ellipse(0, 34, 52, 46), mix(coat["base"], (20, 10, 10), 0.5), 0.35, 8)
    happy = rng.uniform() < 0.8
    mouth = spline(mirrored([(0, 42), (-30, 50), (-26, 72), (0, 84)]))
    p.solid(mouth, coat["pale"], depth=9, strength=0.5)
    if happy:
        p.fill(spline([(-28, 54), (0, 50), (28, 54), (20, 70), (0, 76), (-20, 70)]), (90, 34, 40))
        _tongue(p, rng.uniform(0.3, 1.0))
    muzzle = spline(
        mirrored([(0, -14), (-22, -8), (-40, 16), (-50, 38), (-38, 58), (-16, 60), (0, 53)])
    )
    p.solid(
        muzzle, coat["pale"], depth=16, strength=0.5, fur=16, fur_length=7 * hair, flow=(0, -10)
    )
    p.stroke([(0, 26), (0, 54)], (60, 38, 36), [2.4, 3])
    for x in (-1, 1):
        p.stroke(
            [(0, 53), (x * 16, 60), (x * 38, 58), (x * 51, 40)], (60, 38, 36), [2.6, 3.4, 3, 1], 0.9
        )
        for k in range(5):
            p.fill(
                ellipse(x * (20 + 6.5 * (k % 3)), 36 + 8 * (k // 3), 1.6, 1.6), (80, 56, 50), 0.7
            )
    nose = spline([(-24, -6), (0, -12), (24, -6), (22, 10), (8, 24), (0, 27), (-8, 24), (-22, 10)])
    p.solid(nose, (44, 36, 40), depth=8, strength=0.8, rim=(20, 15, 18))
    for x in (-1, 1):
        p.fill(ellipse(x * 11, 9, 5.6, 4, x * 25), (8, 6, 8), blur=0.8)
    p.fill(ellipse(-6, -5, 9, 3.4, -8), (235, 235, 245), 0.6, 1.6)


def draw(p, rng, coat, pose, tilt=0.0):
    """Draws a dog of a coat, sitting ("sit") or lying ("lie"), on a painter placed at its feet."""
    x, y, neck, width = (_sitting if pose == "sit" else _lying)(p, rng, coat)
    _collar(p, rng, x, neck + 10, width)
    _head(p.placed(x, y, 1.0, tilt), rng, coat)
