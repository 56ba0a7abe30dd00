"""tally.py CTEST_XML GTEST_FOLDER: counts ctest's report case by case.

ctest sees a GoogleTest program as one test; its own reports (GTEST_OUTPUT) say how
many cases it held and which of them were skipped, and those must not count as passed.
"""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def ctest_counts(report):
    """(good, bad, apart) programs."""
    good = bad = apart = 0
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        status = case.get("status")
        if status == "run":
            good += 1
        elif status == "fail":
            bad += 1
        else:
            print(f"did not run: {case.get('name')}")
            apart += 1
    return good, bad, apart


def gtest_counts(path):
    """(good, bad, apart) cases of one program."""
    good = bad = apart = 0
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        skipped = case.find("skipped")
        if skipped is not None or case.get("status") == "notrun":
            why = (skipped.get("message") or "").strip() if skipped is not None else "disabled"
            print(f"did not run: {case.get('classname')}.{case.get('name')}: {why}")
            apart += 1
        elif case.find("failure") is not None:
            bad += 1
        else:
            good += 1
    return good, bad, apart


def main(report, folder):
    good, bad, apart = ctest_counts(report)
    for path in sorted(pathlib.Path(folder).glob("*.xml")):
        cases = gtest_counts(path)
        # The program's one entry gives way to its cases.
        good, bad = (good - 1, bad) if not cases[1] else (good, bad - 1)
        good, bad, apart = good + cases[0], bad + cases[1], apart + cases[2]
    print(f"{good} passed, {max(bad, 0)} failed, {apart} skipped")


if __name__ == "__main__":
    main(*sys.argv[1:3])
