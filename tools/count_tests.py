#!/usr/bin/env python3
"""Adds up the XML results of GoogleTest and pytest: prints why tests were skipped, then 'N passed, N failed, N skipped'.

Exits 1 when a test failed or when none ran: a suite that silently runs nothing is a failure.
"""
import collections
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def main(folder):
    passed = failed = skipped = 0
    reasons = collections.Counter()
    for file in sorted(pathlib.Path(folder).glob("*.xml")):
        for case in ElementTree.parse(file).getroot().iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
            elif case.find("skipped") is not None:
                skipped += 1
                reasons[(case.find("skipped").get("message") or "").strip().splitlines()[-1][:160]] += 1
            elif case.get("status") in ("run", None):  # pytest writes none
                passed += 1
    for reason, count in reasons.most_common():
        print(f"skipped {count}: {reason}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
