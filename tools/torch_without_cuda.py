"""Makes PyPI's torch wheel for x86-64 Linux, a CUDA build, importable without the CUDA libraries (3 GB).

Run it with the Python of the environment that has torch installed without its dependencies. torch's libraries name
functions of CUDA libraries that are called on a GPU only. For each missing library a small one is written into torch/lib
whose functions answer "no device"; torch then works on the CPU. Needs gcc, nm and readelf.
"""

from __future__ import annotations

import importlib.util
import pathlib
import re
import subprocess
import sys
import tempfile

# Libraries whose functions carry no version: told by how the functions begin.
BEGINNINGS = {"nccl": "libnccl", "cuFile": "libcufile", "cusparseLt": "libcusparseLt"}
KINDS = ("libcublas", "libcublasLt", "libcudart", "libcudnn", "libcufft", "libcupti", "libcurand", "libcusolver",
         "libcusparse", *BEGINNINGS.values())
NO_DEVICE = 100  # cudaErrorNoDevice


def output_of(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def missing_functions(libraries: list[pathlib.Path]) -> dict[str, set[tuple[str, str]]]:
    """(function, its version or "") by the library that should have it."""
    needed = {name for lib in libraries for name in re.findall(r"NEEDED.*\[(.+)\]", output_of("readelf", "-d", str(lib)))}
    by_kind = {name.split(".so")[0]: name for name in needed}
    missing: dict[str, set[tuple[str, str]]] = {by_kind[kind]: set() for kind in KINDS if kind in by_kind}
    for library in libraries:
        for symbol in re.findall(r" U (\S+)", output_of("nm", "-D", "--undefined-only", str(library))):
            name, _, version = symbol.partition("@")
            version = version.lstrip("@")
            if version in missing:
                missing[version].add((name, version))
                continue
            for beginning, kind in BEGINNINGS.items():
                if not version and name.startswith(beginning) and kind in by_kind:
                    missing[by_kind[kind]].add((name, ""))
    return missing


def source_of(functions: set[tuple[str, str]]) -> str:
    lines = []
    for name, _ in sorted(functions):
        is_text = "String" in name or "ErrorName" in name
        lines.append(f'const char* {name}(void) {{ return "no CUDA"; }}' if is_text else
                     f"long {name}(void) {{ return {NO_DEVICE}; }}")
    return "\n".join(lines) + "\n"


def main() -> int:
    folder = pathlib.Path(importlib.util.find_spec("torch").origin).parent / "lib"
    with tempfile.TemporaryDirectory() as work:
        for library, functions in sorted(missing_functions(sorted(folder.glob("*.so"))).items()):
            source = pathlib.Path(work, "stub.c")
            source.write_text(source_of(functions))
            script = pathlib.Path(work, "stub.map")
            versions = sorted({version for _, version in functions if version})
            script.write_text("".join(f"{version} {{ global: *; }};\n" for version in versions))
            extra = [f"-Wl,--version-script,{script}"] if versions else []
            output_of("gcc", "-w", "-shared", "-fPIC", "-O1", "-o", str(folder / library), f"-Wl,-soname,{library}",
                      *extra, str(source))
    return subprocess.run([sys.executable, "-c", "import torch; print(torch.__version__, torch.ones(2).sum())"]).returncode


if __name__ == "__main__":
    sys.exit(main())
