"""Backgrounds for the drawn pets: a room, a garden, a beach, a plain studio."""

import numpy as np

from brush import ellipse, mix, spline


def room(p, rng):
    """A wall with a window or a picture, a skirting board, a wooden floor and a rug."""
    wall = [(222, 205, 178), (186, 205, 210), (205, 190, 205), (230, 222, 205), (176, 196, 172)][
        rng.integers(5)
    ]
    horizon = rng.uniform(325, 355)
    p.gradient(mix(wall, (255, 255, 255), 0.25), mix(wall, (90, 70, 60), 0.12), 0, horizon)
    floor = [(168, 118, 74), (140, 98, 66), (190, 150, 105)][rng.integers(3)]
    p.gradient(mix(floor, (30, 20, 10), 0.25), floor, horizon, 480)
    for i in range(9):
        x = -320 + 160 * i + rng.uniform(-10, 10)
        p.stroke(
            [(320 + (x - 320) * 0.5, horizon), (320 + (x - 320) * 1.6, 482)],
            mix(floor, (40, 25, 10), 0.5),
            [1.2, 2.2],
        )
    p.fill(
        [(0, horizon - 16), (640, horizon - 16), (640, horizon), (0, horizon)],
        mix(wall, (255, 255, 255), 0.6),
    )
    p.fill(
        [(0, horizon - 2), (640, horizon - 2), (640, horizon + 1), (0, horizon + 1)],
        mix(floor, (0, 0, 0), 0.5),
    )
    x = rng.choice([60, 430]) + rng.uniform(-20, 20)
    frame = [(245, 240, 230), (120, 84, 54)][rng.integers(2)]
    if rng.uniform() < 0.6:
        box = np.array([(x, 40), (x + 150, 40), (x + 150, 215), (x, 215)])
        p.fill(box, frame)
        for cx in (x + 8, x + 79):
            for cy in (48, 131):
                p.fill(
                    [(cx, cy), (cx + 63, cy), (cx + 63, cy + 76), (cx, cy + 76)], (176, 214, 240)
                )
                p.fill(
                    [(cx, cy + 50), (cx + 63, cy + 42), (cx + 63, cy + 76), (cx, cy + 76)],
                    (140, 186, 130),
                )
    else:
        p.fill([(x, 60), (x + 130, 60), (x + 130, 160), (x, 160)], frame)
        p.fill([(x + 9, 69), (x + 121, 69), (x + 121, 151), (x + 9, 151)], (235, 225, 200))
        p.fill(ellipse(x + 90, 95, 14, 14), (226, 130, 70))
        p.fill([(x + 9, 151), (x + 50, 100), (x + 85, 151)], (110, 140, 150))
        p.fill([(x + 50, 151), (x + 90, 115), (x + 121, 151)], (130, 160, 150))
    rug = [(150, 60, 60), (70, 90, 130), (90, 120, 90), (196, 170, 130)][rng.integers(4)]
    p.fill(ellipse(320, 440, 280, 62), mix(rug, (255, 255, 255), 0.35))
    p.fill(ellipse(320, 440, 264, 55), rug)
    p.fill(ellipse(320, 440, 236, 46), mix(rug, (255, 255, 255), 0.2))


def garden(p, rng):
    """Sky, hills, a hedge and grass."""
    sky = [(120, 180, 230), (150, 200, 235), (200, 210, 220)][rng.integers(3)]
    horizon = rng.uniform(270, 320)
    p.gradient(sky, mix(sky, (255, 255, 255), 0.65), 0, horizon)
    for _ in range(rng.integers(1, 4)):
        x, y = rng.uniform(0, 640), rng.uniform(30, 130)
        for _ in range(5):
            p.fill(
                ellipse(
                    x + rng.uniform(-55, 55),
                    y + rng.uniform(-10, 10),
                    rng.uniform(25, 45),
                    rng.uniform(12, 22),
                ),
                (255, 255, 255),
                0.75,
                blur=5,
            )
    hill = [(126, 160, 110), (110, 150, 130), (150, 165, 110)][rng.integers(3)]
    outline = (
        [(-20, horizon + 5)]
        + [(x, horizon - rng.uniform(15, 75)) for x in range(0, 700, 110)]
        + [(680, horizon + 5)]
    )
    p.fill(
        np.concatenate([spline(outline, closed=False), [(680, 480), (-20, 480)]]), hill, blur=1.5
    )
    grass = [(104, 156, 72), (120, 165, 80), (92, 140, 70)][rng.integers(3)]
    for i in range(26):
        x = i * 26 + rng.uniform(-8, 8)
        p.fill(
            ellipse(x, horizon + 4, rng.uniform(18, 32), rng.uniform(16, 34)),
            mix(grass, (20, 50, 20), rng.uniform(0.35, 0.6)),
            blur=1.5,
        )
    p.gradient(mix(grass, (40, 80, 30), 0.25), mix(grass, (220, 235, 140), 0.12), horizon + 6, 480)
    for _ in range(420):
        x, y = rng.uniform(0, 640), rng.uniform(horizon + 8, 480)
        h = 4 + 14 * (y - horizon) / 200
        p.fill(
            [(x - 1.2, y), (x + 1.2, y), (x + rng.uniform(-3, 3), y - h)],
            mix(grass, [(30, 70, 20), (230, 240, 140)][rng.integers(2)], rng.uniform(0.1, 0.4)),
        )
    for _ in range(rng.integers(0, 14)):
        x, y = rng.uniform(0, 640), rng.uniform(horizon + 30, 475)
        petal = [(250, 250, 245), (245, 215, 90), (225, 120, 140)][rng.integers(3)]
        p.fill(ellipse(x, y, 4.5, 3.8), petal)
        p.fill(ellipse(x, y, 1.7, 1.5), (230, 170, 50))


def beach(p, rng):
    """Sky, sea and sand."""
    horizon = rng.uniform(230, 280)
    p.gradient((140, 195, 235), (225, 238, 245), 0, horizon)
    p.gradient((60, 130, 165), (120, 185, 200), horizon, horizon + 70)
    for _ in range(30):
        x, y = rng.uniform(0, 640), rng.uniform(horizon + 5, horizon + 65)
        p.fill(ellipse(x, y, rng.uniform(10, 36), 1.2), (225, 240, 245), 0.6)
    shore = spline(
        [
            (-20, horizon + 62),
            (150, horizon + 74),
            (330, horizon + 60),
            (500, horizon + 72),
            (660, horizon + 60),
        ],
        closed=False,
    )
    p.fill(np.concatenate([shore - [0, 6], [(680, 480), (-20, 480)]]), (240, 245, 242))
    p.fill(np.concatenate([shore, [(680, 480), (-20, 480)]]), (222, 198, 150))
    for _ in range(260):
        p.fill(
            ellipse(rng.uniform(0, 640), rng.uniform(horizon + 80, 480), 1.6, 1.0),
            mix((222, 198, 150), (120, 95, 60), rng.uniform(0.1, 0.5)),
        )


def studio(p, rng):
    """A plain backdrop that turns softly into the ground, with a light spot."""
    colour = tuple(rng.integers(70, 225, 3))
    p.gradient(mix(colour, (255, 255, 255), 0.15), mix(colour, (0, 0, 0), 0.15), 0, 400)
    p.gradient(mix(colour, (0, 0, 0), 0.15), mix(colour, (255, 255, 255), 0.2), 400, 480)
    p.fill(ellipse(320, 210, 210, 170), mix(colour, (255, 255, 255), 0.45), 0.55, blur=50)


def sofa(p, rng):
    """A sofa seen from the front: the pet sits on its seat."""
    wall = [(205, 212, 205), (232, 220, 205), (190, 198, 214)][rng.integers(3)]
    p.gradient(mix(wall, (255, 255, 255), 0.3), wall, 0, 480)
    cloth = [(96, 118, 140), (150, 90, 80), (118, 132, 98), (170, 150, 125), (90, 80, 100)][
        rng.integers(5)
    ]
    for x in (60, 325):
        p.solid(
            spline(
                [
                    (x, 150),
                    (x + 125, 138),
                    (x + 250, 150),
                    (x + 258, 260),
                    (x + 250, 380),
                    (x, 380),
                    (x - 8, 260),
                ]
            ),
            mix(cloth, (255, 255, 255), 0.08),
            depth=22,
            strength=0.5,
        )
    p.solid(
        spline(
            [(-60, 385), (100, 365), (320, 362), (540, 365), (700, 385), (700, 520), (-60, 520)]
        ),
        cloth,
        depth=26,
        strength=0.5,
    )
    for x in (-10, 650):
        p.solid(
            spline(
                [
                    (x - 70, 240),
                    (x, 215),
                    (x + 70, 240),
                    (x + 76, 380),
                    (x + 70, 500),
                    (x - 70, 500),
                    (x - 76, 380),
                ]
            ),
            mix(cloth, (0, 0, 0), 0.08),
            depth=24,
            strength=0.6,
        )


SCENES = [room, garden, beach, studio, sofa]


def shadow(p, x, y, rx, ry):
    """A soft shadow on the ground."""
    p.fill(ellipse(x + 8, y, rx, ry), (25, 18, 20), 0.5, blur=9)
