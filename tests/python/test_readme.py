"""README's block runs as it stands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

from conftest import ROOT


def test_the_block_of_the_readme(catdog, photos, tmp_path):
    block = re.search(r"<!-- snippet: python -->\n```python\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)
    shutil.copy(catdog, tmp_path / "CatDog.mlmodel")
    shutil.copy(photos / "dog.jpg", tmp_path / "photo.jpg")
    done = subprocess.run([sys.executable, "-c", block[1]], cwd=tmp_path, capture_output=True, text=True,
                          env={**os.environ})
    assert done.stdout == "dog\n", done.stderr
