"""benchmarks/peers runs from end to end, on a small network that is in the repository and with stand-ins for the peers, none
of which is installed: that it works, not how fast anything is. Usage: peers_test.py SOURCE BUILD"""
import contextlib
import io
import json
import pathlib
import shutil
import sys
import tempfile
import unittest
import unittest.mock
import xml.etree.ElementTree

SOURCE, BUILD = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
sys.path.insert(0, str(SOURCE / "benchmarks/peers"))
import cold
import lower_isa
import machine
import measure
import numpy as np
import report
import run

NETWORK = "resnet50"  # what the cold start is taken of; here a small network under its name
LIAR = "import sys\nfor line in sys.stdin: print(*([7.0] * 1000) if line == 'values\\n' else ['1.0'], flush=True)"
# A peer that cannot read the network says so and ends.
CANNOT_READ = "import sys; sys.exit('/some/where/model: layer Pad not exists')"
# OpenVINO's worker under a limit: Pome's, but that it names kernels.
NAMES_KERNELS = """
import subprocess, sys
worker = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
for line in sys.stdin:
    if line == "kernels\\n":
        print(sys.argv[1], flush=True)
        continue
    worker.stdin.write(line)
    print(worker.stdout.readline(), end="", flush=True)
"""


def read_golden(path):
    """The first input and output that Keras gave: tools/goldens/keras_golden.py."""
    head, numbers = path.read_bytes().split(b"\n", 1)
    head, numbers = json.loads(head), np.frombuffer(numbers, "<f4")
    arrays = []
    for tensor in head["inputs"] + head["outputs"]:
        size = int(np.prod(tensor["shape"]))
        arrays.append(numbers[:size].reshape(tensor["shape"]))
        numbers = numbers[size:]
    return arrays[0], arrays[len(head["inputs"])]


class Peers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.models = self.root / "work/models"
        self.models.mkdir(parents=True)
        shutil.copy(SOURCE / "tests/data/keras/keras3/sequential.keras", self.models / f"{NETWORK}.keras")
        x, y = read_golden(SOURCE / "tests/data/keras/keras3/sequential.golden")
        np.save(self.models / f"{NETWORK}.npy", x)
        np.save(self.models / f"{NETWORK}.expected.npy", y)
        (self.root / "docs").mkdir()
        shutil.copy(SOURCE / "docs/performance.md", self.root / "docs")
        self.stand_ins = {}
        real = run.commands

        def commands(stem, build, threads, peers):
            ours = real(stem, build, threads, [])["pome"]
            stand_ins = {p: list(self.stand_ins.get(p, ours)) for p in peers}
            return {"pome": ours, **{p: c + list(map(str, ours)) if NAMES_KERNELS in c else c for p, c in stand_ins.items()}}

        # As few calls as there can be: a busy machine lets each one wait.
        for target, name, value in [(measure, "TURN_MILLISECONDS", 0), (run, "commands", commands), (run, "ROOT", self.root),
                                    (run, "in_environment", lambda work: None),
                                    (run, "make_models", lambda *arguments: None),
                                    (cold, "IMPORTS", {"litert": "numpy"})]:  # fmt: skip
            patch = unittest.mock.patch.object(target, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def benchmark(self, *words):
        """What it printed, and the figures that it wrote."""
        figures = self.root / "figures.json"
        words = ["run.py", "--build", str(BUILD), "--work", str(self.root / "work"), "--networks", NETWORK, "--rounds", "2",
                 "--json", str(figures), *words]  # fmt: skip
        said = io.StringIO()
        with unittest.mock.patch.object(sys, "argv", words), contextlib.redirect_stdout(said):
            run.main()
        return said.getvalue(), json.loads(figures.read_text())

    def test_everything(self):
        """A whole run: the table, the figures, the document and its charts."""
        self.stand_ins["ncnn"] = [sys.executable, "-c", CANNOT_READ]
        said, figures = self.benchmark("--peers", "litert", "ncnn")
        rows = figures["networks"]
        self.assertEqual([row["threads"] for row in rows], [1, 2])
        for row in rows:
            self.assertEqual(row["best"], "litert")
            self.assertEqual(list(row["ratios"]), ["litert"])
            quartiles = row["ratios"]["litert"]
            self.assertTrue(0 < quartiles["lower"] <= quartiles["median"] <= quartiles["upper"])
            self.assertTrue(all(error < 1e-3 for error in row["errors"].values()))
            self.assertEqual(row["leftOut"], {"ncnn": "model: layer Pad not exists"})
        self.assertIn(f"| {NETWORK} | 1 |", said)
        self.assertIn("geometric mean of best peer / Pome, 2 thread(s): ", said)
        self.assertTrue(any(step["kernel"] for step in figures["steps"][NETWORK]))
        self.assertEqual(list(figures["cold"]), ["pome", "litert"])
        page = (self.root / "docs/performance.md").read_text()
        written = page.split(report.BEGIN)[1].split(report.END)[0]
        for words in [f"| {NETWORK} | 2 |", "Left out: ncnn on resnet50 (model: layer Pad not exists).", "Cold start", "GB/s"]:
            self.assertIn(words, written)
        for chart in ["performance-peers.svg", "performance-roofline.svg"]:
            xml.etree.ElementTree.parse(self.root / "docs" / chart)

    def test_wrong_answers_are_not_timed(self):
        self.stand_ins["litert"] = [sys.executable, "-c", LIAR]
        with self.assertRaisesRegex(RuntimeError, "litert answers resnet50"):
            self.benchmark("--peers", "litert", "--threads", "1", "--quick")

    def test_quick_writes_no_document(self):
        before = (self.root / "docs/performance.md").read_text()
        _, figures = self.benchmark("--peers", "litert", "--threads", "1", "--quick")
        self.assertEqual((self.root / "docs/performance.md").read_text(), before)
        self.assertNotIn("cold", figures)
        self.assertGreater(figures["machine"]["peakGflops"]["1"], 0)

    def test_lower_instruction_set(self):
        """Pome and the peer that can be are limited, Pome is not beside them; the others are left out and named."""
        self.stand_ins["openvino"] = [sys.executable, "-c", NAMES_KERNELS, "brgconv_avx2_f32 17 jit_avx512_f32 1"]
        said, figures = self.benchmark("--isa", "avx2")
        self.assertEqual([row["threads"] for row in figures["networks"]], [1, 2])
        for row in figures["networks"]:
            self.assertEqual(row["kernels"], {"openvino": {"avx2": 17, "avx512": 1}})
            self.assertEqual(list(row["ratios"]), ["openvino"])
            self.assertEqual(sorted(row["milliseconds"]), ["openvino", "pome", lower_isa.UNLIMITED])
            self.assertTrue(0 < row["unlimited"]["lower"] <= row["unlimited"]["upper"])
        self.assertIn("left out: ncnn: ", said)
        written = (self.root / "docs/performance.md").read_text().split(lower_isa.BEGIN)[1].split(lower_isa.END)[0]
        for words in [f"| {NETWORK} | 2 |", "34 name avx2 and 2 avx512", "LiteRT (its XNNPACK asks the CPU", "run.py --build"]:
            self.assertIn(words, written)

    def test_lower_instruction_set_that_nobody_else_knows(self):
        said, figures = self.benchmark("--isa", "avx2", "--peers", "litert", "--threads", "1", "--quick")
        self.assertIsNone(figures["networks"][0]["best"])
        self.assertIn("times as long as on", said)

    def test_peer_that_does_not_keep_to_it(self):
        self.stand_ins["openvino"] = [sys.executable, "-c", NAMES_KERNELS, "brgconv_avx512_f32 17"]
        with self.assertRaisesRegex(RuntimeError, "openvino does not keep to avx2: it runs brgconv_avx512_f32"):
            self.benchmark("--isa", "avx2", "--threads", "1", "--quick")

    def test_made_up_figures(self):
        """The part of the document out of figures whose means are known: 2 and 8 have 4 for theirs."""
        quartiles = lambda x: {"lower": x / 2, "median": x, "upper": x * 2}
        row = lambda name, x: {"network": name, "threads": 1, "best": "openvino", "ratios": {"openvino": quartiles(x)},
                               "unlimited": quartiles(x / 2), "kernels": {},
                               "milliseconds": {"pome": 10.0, "openvino": 10 * x, lower_isa.UNLIMITED: 5.0}}  # fmt: skip
        results = {"machine": {"processor": "Some CPU", "pome": "pome 0.1.0 (commit 1, avx512)"}, "isa": "avx2",
                   "peers": ["openvino"], "cannot": {"litert": "no switch"}, "networks": [row("a", 2.0), row("b", 8.0)],
                   "peakGflops": {1: {"limited": 100.0, "unlimited": 190.0}}}  # fmt: skip
        written = lower_isa.document(results, "the command")
        for words in ["| network | threads | Pome ms, avx2 | OpenVINO f32 ms, avx2 | best peer / Pome | quartiles | "
                      "Pome ms, avx512 | avx2 / avx512 |",
                      "| a | 1 | 10.00 | 20.00 (2.00x) | **2.00** | 1.00 to 4.00 | 5.00 | 1.00 |",
                      "geometric mean of best peer / Pome 4.00; Pome on avx2 takes 2.00 times as long as on avx512",
                      "100 and 190 GFLOP/s of multiply-adds, 1.90 times", "LiteRT (no switch)", "    the command"]:  # fmt: skip
            self.assertIn(words, written)


if __name__ == "__main__":
    described = machine.describe(BUILD)
    machine.describe = lambda build: described  # once is enough
    unittest.main(argv=[sys.argv[0]], warnings="ignore")  # workers' logs are closed with them
