"""Two charts as SVG, drawn by hand so that nothing more is needed: bars of ratios, and a roofline."""
import math
from xml.sax.saxutils import escape

STYLE = """<style>
text { font: 12px sans-serif; fill: #333 } .title { font-size: 14px; font-weight: bold }
.grid { stroke: #ccc } .one { stroke: #333; stroke-dasharray: 4 3 } .peak { stroke: #b00; stroke-width: 2; fill: none }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .grid { stroke: #555 } .one { stroke: #ddd } }
</style>"""
COLOURS = {1: "#3b7dd8", 2: "#e08a1e"}


def document(width, height, title, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            f'aria-label="{escape(title)}">\n{STYLE}\n<text class="title" x="10" y="20">{escape(title)}</text>\n'
            + "\n".join(body) + "\n</svg>\n")


def bars(rows, title):
    """rows: (name, {threads: (lower, median, upper)}); a bar to the median, a whisker between the quartiles."""
    left, right, bar, top = 150, 560, 14, 40
    most = max(1.5, max(q[2] for _, by_threads in rows for q in by_threads.values()) * 1.05)
    x = lambda value: left + (right - left) * value / most
    body, y = [], top
    bottom = top + sum(len(b) * bar + 10 for _, b in rows)
    step = 0.5 if most < 4 else 1
    for i in range(int(most / step) + 1):
        value = i * step
        kind = "one" if value == 1 else "grid"
        body.append(f'<line class="{kind}" x1="{x(value):.1f}" y1="{top}" x2="{x(value):.1f}" y2="{bottom}"/>')
        body.append(f'<text x="{x(value):.1f}" y="{bottom + 16}" text-anchor="middle">{value:g}</text>')
    for name, by_threads in rows:
        body.append(f'<text x="{left - 8}" y="{y + len(by_threads) * bar / 2 + 4}" text-anchor="end">{escape(name)}</text>')
        for threads, (low, middle, high) in sorted(by_threads.items()):
            body.append(f'<rect x="{left}" y="{y}" width="{x(middle) - left:.1f}" height="{bar - 3}" '
                        f'fill="{COLOURS.get(threads, "#888")}"><title>{escape(name)}, {threads} threads: {middle:.2f}'
                        f'</title></rect>')
            mid = y + (bar - 3) / 2
            body.append(f'<line x1="{x(low):.1f}" y1="{mid}" x2="{x(high):.1f}" y2="{mid}" stroke="#333"/>')
            y += bar
        y += 10
    for i, threads in enumerate(sorted({t for _, b in rows for t in b})):
        body.append(f'<rect x="{left + i * 100}" y="{bottom + 26}" width="12" height="12" '
                    f'fill="{COLOURS.get(threads, "#888")}"/>')
        body.append(f'<text x="{left + i * 100 + 18}" y="{bottom + 36}">{threads} thread{"s" if threads > 1 else ""}</text>')
    return document(600, bottom + 50, title, body)


def roofline(points, peak, bandwidth, title):
    """points: (label, FLOPs per byte, GFLOP/s); peak in GFLOP/s, bandwidth in GB/s; both axes logarithmic."""
    left, right, top, bottom = 60, 580, 40, 340
    xs = [p[1] for p in points] + [peak / bandwidth]
    x_low, x_high = math.floor(math.log2(min(xs))), math.ceil(math.log2(max(xs))) + 1
    y_high = math.ceil(math.log2(max([p[2] for p in points] + [peak]) * 1.1))
    y_low = min(y_high - 4, math.floor(math.log2(min([p[2] for p in points] + [peak]))))
    x = lambda v: left + (right - left) * (math.log2(v) - x_low) / (x_high - x_low)
    y = lambda v: bottom - (bottom - top) * (max(math.log2(v), y_low) - y_low) / (y_high - y_low)
    body = []
    for e in range(x_low, x_high + 1):
        body.append(f'<line class="grid" x1="{x(2.0 ** e):.1f}" y1="{top}" x2="{x(2.0 ** e):.1f}" y2="{bottom}"/>')
        body.append(f'<text x="{x(2.0 ** e):.1f}" y="{bottom + 16}" text-anchor="middle">{2.0 ** e:g}</text>')
    for e in range(y_low, y_high + 1):
        body.append(f'<line class="grid" x1="{left}" y1="{y(2.0 ** e):.1f}" x2="{right}" y2="{y(2.0 ** e):.1f}"/>')
        body.append(f'<text x="{left - 6}" y="{y(2.0 ** e) + 4:.1f}" text-anchor="end">{2.0 ** e:g}</text>')
    knee = peak / bandwidth
    start = max(2.0 ** x_low, 2.0 ** y_low / bandwidth)
    body.append(f'<path class="peak" d="M{x(start):.1f},{y(start * bandwidth):.1f} L{x(knee):.1f},{y(peak):.1f} '
                f'L{right},{y(peak):.1f}"/>')
    body.append(f'<text x="{right}" y="{y(peak) - 6:.1f}" text-anchor="end">{peak:.0f} GFLOP/s, {bandwidth:.0f} GB/s</text>')
    for label, intensity, rate in points:
        body.append(f'<circle cx="{x(intensity):.1f}" cy="{y(rate):.1f}" r="3" fill="#3b7dd8" fill-opacity="0.6">'
                    f'<title>{escape(label)}: {rate:.0f} GFLOP/s</title></circle>')
    body.append(f'<text x="{(left + right) / 2}" y="{bottom + 36}" text-anchor="middle">FLOP per byte of inputs, outputs and '
                'weights</text>')  # fmt: skip
    body.append(f'<text x="14" y="{(top + bottom) / 2}" transform="rotate(-90 14 {(top + bottom) / 2})" '
                'text-anchor="middle">GFLOP/s</text>')
    return document(600, bottom + 46, title, body)
