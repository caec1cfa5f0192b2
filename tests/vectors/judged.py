"""What the tests that let others judge the catalogue share: when a case says something about a
step, and the page docs/judges.md, where every disagreement stands with its reason.

Rows of the page name cases and judges in backticks; a row stands for each pair of them. The first
word of "they say" is one of SAYINGS. A test fails if a disagreement is not in the page, if one in
the page does not occur, and if a judge says there what it does not say.
"""

import json
import os
import re
import subprocess

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = os.path.join(REPOSITORY, "docs", "judges.md")
PROFILES = os.path.join(REPOSITORY, "docs", "profiles.md")
# Of the chain and of the signature, by test.
JUDGES = {"chains": ["certtool", "openssl", "openssl -x509_strict", "python3-cryptography"],
          "npm": ["@peculiar/x509", "jose", "pkijs"]}
SAYINGS = {"trusted": True, "refused": False, "verifies": True}
CODE = re.compile(r"`([^`]+)`")


def catalogue_of(program, folder):
    subprocess.run([program, "vectors", "-o", folder], check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(folder, "vectors.json"), encoding="utf-8") as file:
        return json.load(file)


def orders():
    """The steps of each profile, in the order in which it runs them."""
    with open(PROFILES, encoding="utf-8") as file:
        text = file.read().split("## Order", 1)[1]
    found, steps = {}, []
    for line in text.splitlines():
        heading = re.fullmatch(r"`(\w+)`:", line)
        if heading:
            steps = found[heading.group(1)] = []
        elif line.startswith("1. "):
            steps.append(line[3:].strip("`"))
    assert "rfc8224" in found and "chain_is_trusted" in found["rfc8224"], found
    return found


class Expectations:
    """What the catalogue says of one step that all profiles enforce."""

    def __init__(self, profiles, step):
        self.orders, self.profiles, self.step = orders(), profiles, step

    def of(self, case):
        """Whether the step holds by the first profile that reaches it; None: none does."""
        for profile in self.profiles:
            verdict, order = case["expected"][profile], self.orders[profile]
            if verdict["passed"]:
                return True
            decided, asked = order.index(verdict["step"]), order.index(self.step)
            if decided >= asked:
                return decided > asked
        return None


def rows_of_the_page():
    """(case, judge) -> what the page says that the judge says."""
    every = [judge for judges in JUDGES.values() for judge in judges]
    rows, problems = {}, []
    with open(PAGE, encoding="utf-8") as file:
        for line in file:
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not line.startswith("|") or len(cells) != 4 or "`" not in cells[0]:
                continue
            says = SAYINGS.get(cells[2].split()[0].strip(",:;*"))
            judges = CODE.findall(cells[1])
            if says is None or not judges or set(judges) - set(every) or len(cells[3]) < 20:
                problems.append(f"docs/judges.md: cannot use the row {line.strip()}")
            for case in CODE.findall(cells[0]):
                for judge in judges:
                    if (case, judge) in rows:
                        problems.append(f"docs/judges.md: {case} and {judge} stand there twice")
                    rows[case, judge] = says
    return rows, problems


def compare(test, disagreements, comments):
    """`disagreements`: (case, judge) -> what it says. Prints what is wrong; True: nothing is."""
    listed, problems = rows_of_the_page()
    listed = {pair: says for pair, says in listed.items() if pair[1] in JUDGES[test]}
    for (case, judge), says in sorted(disagreements.items()):
        word = "trusted or verifies" if says else "refused"
        if (case, judge) not in listed:
            problems.append(f"not in docs/judges.md: | `{case}` | `{judge}` | {word} | "
                            f"({comments.get((case, judge), '')})")
        elif listed[case, judge] != says:
            problems.append(f"docs/judges.md has another answer: {case}, {judge}: {word}")
    for case, judge in sorted(set(listed) - set(disagreements)):
        problems.append(f"in docs/judges.md, but they agree or it is not judged: {case}, {judge}")
    for problem in problems:
        print(problem)
    return not problems
