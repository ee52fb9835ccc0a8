#!/usr/bin/env python3
"""Files stay small: .cc up to 500 lines, headers 300, functions 60 (from the line of the opening brace)."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMITS = {".cc": 500, ".h": 300}
FUNCTION = 60


def function_lengths(lines):
    """(first line, length) of every body that opens at column 0 or inside a namespace or class, told by brace depth."""
    depth_openers = []
    for number, line in enumerate(lines, 1):
        code = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\'|//.*', "", line)
        for c in code:
            if c == "{":
                depth_openers.append((number, code))
            elif c == "}" and depth_openers:
                start, opener = depth_openers.pop()
                is_body = re.search(r"\)\s*(const|noexcept|override|final|->[^{]*|\s)*\{", opener)
                is_block = re.match(r"\s*(if|for|while|switch|else|do|try|catch|\}|case)\b", opener)
                if is_body and not is_block:
                    yield start, number - start + 1


def main():
    files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.h", "*.cc"], cwd=ROOT,
                           capture_output=True, text=True, check=True).stdout.split()
    wrong = 0
    for file in files:
        lines = (ROOT / file).read_text().splitlines()
        limit = LIMITS[pathlib.Path(file).suffix]
        if len(lines) > limit:
            print(f"{file}: {len(lines)} lines, at most {limit}")
            wrong += 1
        for start, length in function_lengths(lines):
            if length > FUNCTION:
                print(f"{file}:{start}: a function of {length} lines, at most {FUNCTION}")
                wrong += 1
    print(f"sizes: {len(files)} files, {wrong} too large")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
