"""tools/conformance: when a run is green, and what its report says. Usage: conformance_test.py SOURCE"""

import importlib.machinery
import importlib.util
import pathlib
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(sys.argv.pop(1))


def load_tool():
    loader = importlib.machinery.SourceFileLoader("conformance", str(SOURCE / "tools" / "conformance"))
    spec = importlib.util.spec_from_loader("conformance", loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules["conformance"] = module
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


tool = load_tool()


def test_of(outcome, predictions, name="a.py::T::f[x]", reason=""):
    return {"test": name, "outcome": outcome, "predictions": predictions, "seconds": 0.1, "reason": reason}


class Green(unittest.TestCase):
    def test_tests_that_predict_count(self):
        tests = [test_of("passed", 3), test_of("passed", 1), test_of("passed", 0), test_of("skipped", 0)]
        self.assertTrue(tool.Row("A", tests, 1.0, 2).green)
        self.assertFalse(tool.Row("A", tests, 1.0, 3).green)
        self.assertTrue(tool.Row("A", tests, 1.0, None).green)

    def test_failures_and_nothing_at_all(self):
        self.assertFalse(tool.Row("A", [test_of("passed", 1), test_of("failed", 1)], 1.0, 1).green)
        self.assertTrue(tool.Row("A", [test_of("passed", 1), test_of("xfailed", 0)], 1.0, 1).green)
        self.assertFalse(tool.Row("A", [], 1.0, None).green)

    def test_every_group_with_a_bar_has_one_at_each_level(self):
        for name in ("A", "B", "B10", "C", "Bshort"):
            self.assertGreater(tool.GROUPS[name].wanted(1), 0)
            self.assertGreaterEqual(tool.GROUPS[name].wanted(2), tool.GROUPS[name].wanted(1))
        self.assertEqual(tool.GROUPS["A"].wanted(2), 296)


class Report(unittest.TestCase):
    def test_failures_of_one_cause_stand_together(self):
        tests = [test_of("failed", 0, f"a.py::T::f[{i}]", f"RuntimeError: row {i} of 1e-{i}") for i in range(5)]
        tests.append(test_of("skipped", 0, reason="no  torch"))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "out.tsv")
            tool.write_report(str(path), [tool.Row("D", tests, 2.4, None)])
            lines = path.read_text().splitlines()
        self.assertEqual(lines[1].split("\t")[:3], ["D", "6", "0"])
        self.assertIn("5\tD\tT::f: RuntimeError: row N of N", lines)
        self.assertIn("1\tD\tno torch", lines)
        self.assertEqual(sum(line.startswith("a.py::T::f[") for line in lines), 5)


unittest.main()
