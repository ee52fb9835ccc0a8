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
import machine
import measure
import numpy as np
import report
import run

NETWORK = "resnet50"  # what the cold start is taken of; here a small network under its name
LIAR = "import sys\nfor line in sys.stdin: print(*([7.0] * 1000) if line == 'values\\n' else ['1.0'], flush=True)"
# A peer that cannot read the network says so and ends.
CANNOT_READ = "import sys; sys.exit('/some/where/model: layer Pad not exists')"


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
            return {"pome": ours, **{p: list(self.stand_ins.get(p, ours)) for p in peers}}

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


if __name__ == "__main__":
    described = machine.describe(BUILD)
    machine.describe = lambda build: described  # once is enough
    unittest.main(argv=[sys.argv[0]], warnings="ignore")  # workers' logs are closed with them
