#!/usr/bin/env bash
# run.sh PYTHON BUILD: the Python tests on the package in the build tree; their results lie beside GoogleTest's.
set -euo pipefail
build=$(realpath "$2")
python=$(realpath -s "$1")
cd "$(dirname "$0")"
results=${GTEST_OUTPUT:-}
results=${results#xml:}
PYTHONPATH=$build/python PYTHONDONTWRITEBYTECODE=1 exec "$python" -m pytest -q -p no:cacheprovider \
  ${results:+--junitxml="${results%/}/python.xml"} .
