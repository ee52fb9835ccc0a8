#!/usr/bin/env python3
"""Checks the documentation: every declaration in include/pome has a comment in front of it, every relative link in a
Markdown file leads somewhere, every file that docs name in backticks with a path exists, every code block under
`<!-- quote: FILE -->` stands in that file, letter by letter, and every family of kernels has its page."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DECLARATION = re.compile(r"^(  )?(class|struct|enum class|[A-Za-z_:<>,&\*\[\] ]+\()")
IGNORED = re.compile(r"^\s*(explicit |friend |private:|public:|protected:|using |template|return|if|for|~|static_assert|"
                     r"namespace|#|\}|//|auto (begin|end))")


def undocumented(path):
    """Lines that declare something right after a line that is neither comment nor another declaration."""
    lines = path.read_text().splitlines()
    private = False
    for i, line in enumerate(lines):
        if re.match(r"^\s*private:", line):
            private = True
        if line.startswith("};"):
            private = False
        if private or not DECLARATION.match(line) or IGNORED.match(line) or line.rstrip().endswith(";") and "(" not in line:
            continue
        if line.startswith("struct") and line.endswith(";") or line.startswith("class") and line.endswith(";"):
            continue
        previous = lines[i - 1].strip() if i else ""
        # A declaration may share the comment of the one above it.
        if previous == "" or previous.endswith("{") or previous.endswith(":"):
            yield i + 1, line.strip()


def dead_links(path):
    """Targets of links and paths in backticks that do not exist; code blocks are not looked at."""
    text = path.read_text()
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", prose):
        if "://" in target or target.startswith("mailto:"):
            continue
        if not (path.parent / target).exists():
            yield target
    for target in re.findall(r"`((?:src|include|docs|tools|tests|cli|convert|examples|fuzz|benchmarks|cmake)/[\w./-]+)`", prose):
        if not (ROOT / target).exists():
            yield target


def stale_quotes(path):
    """Files that a page quotes and that no longer say so."""
    text = path.read_text()
    for file, quoted in re.findall(r"<!-- quote: (\S+) -->\n```\S*\n(.*?)^```$", text, re.M | re.S):
        if not (ROOT / file).exists() or quoted not in (ROOT / file).read_text():
            yield file


def main():
    wrong = 0
    headers = sorted((ROOT / "include/pome").glob("*.h"))
    for header in headers:
        for number, line in undocumented(header):
            print(f"{header.relative_to(ROOT)}:{number}: undocumented: {line}")
            wrong += 1
    pages = [ROOT / f for f in subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.md"], cwd=ROOT,
                                              capture_output=True, text=True, check=True).stdout.split()]
    for page in pages:
        for target in dead_links(page):
            print(f"{page.relative_to(ROOT)}: leads nowhere: {target}")
            wrong += 1
        for file in stale_quotes(page):
            print(f"{page.relative_to(ROOT)}: quotes what {file} does not say")
            wrong += 1
    for family in sorted((ROOT / "src/cpu/kernels").glob("*/")):
        if family.is_dir() and not (family / "README.md").exists():
            print(f"{family.relative_to(ROOT)}: has no README.md")
            wrong += 1
    print(f"documentation: {len(headers)} headers, {len(pages)} pages, {wrong} complaints")
    return 1 if wrong or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
