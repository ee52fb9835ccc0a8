#!/usr/bin/env python3
"""Writes the code blocks that a Markdown page marks with `<!-- snippet: NAME -->` to FOLDER/NAME, so that tests can run
them. Usage: extract_snippets.py PAGE FOLDER"""
import pathlib
import re
import sys

BLOCK = re.compile(r"<!-- snippet: (\S+) -->\n(?:<!-- [^\n]* -->\n)*```\S*\n(.*?)^```$", re.M | re.S)


def snippets(page):
    """name -> text of a page's marked blocks."""
    text = page.read_text()
    found = dict(BLOCK.findall(text))
    if len(found) != text.count("<!-- snippet: "):
        sys.exit(f"{page}: {text.count('<!-- snippet: ')} snippets are marked, {len(found)} have a name of their own and a block")
    return found


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in snippets(pathlib.Path(sys.argv[1])).items():
        (folder / name).write_text(text)
