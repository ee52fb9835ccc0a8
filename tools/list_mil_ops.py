#!/usr/bin/env python3
"""Writes tools/mil_ops.txt: the ops that MIL has and the opsets that brought or changed them, as coremltools lists them.

    python3 -m venv v && v/bin/pip install -r tools/requirements-coremltools.txt && v/bin/python tools/list_mil_ops.py
"""
import pathlib

from coremltools.converters.mil.mil.ops.registry import SSAOpRegistry

TARGET = pathlib.Path(__file__).with_name("mil_ops.txt")
OLDEST = 15  # ML programs begin there; ops of iOS13 and iOS14 are part of it


def main():
    lines = []
    for name, versions in sorted(SSAOpRegistry.core_ops.items()):
        if name.startswith("_") or name == "const":
            continue
        opsets, previous = [], None
        for opset, definition in sorted((int(v.name.removeprefix("iOS")), d) for v, d in versions.items()):
            if definition is not previous:  # an opset that does not change the op has the older definition
                opsets.append(f"ios{max(OLDEST, opset)}")
            previous = definition
        lines.append(" ".join([name, *dict.fromkeys(opsets)]))
    TARGET.write_text("\n".join(lines) + "\n")
    print(f"{TARGET.name}: {len(lines)} ops")


if __name__ == "__main__":
    main()
