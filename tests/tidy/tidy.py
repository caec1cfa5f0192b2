"""The `tidy` test: the layer arrows, the bans and the small habits of docs/CONVENTIONS.md.

    python3 tests/tidy/tidy.py ROOT [--build FOLDER]

Prints one line a violation, FILE:LINE: RULE: MESSAGE, and exits 1 if there is any.
"""

import argparse
import json
import os
import re
import sys

import rules
import unity

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
UNORDERED = re.compile(r"\bunordered_(?:multi)?(?:map|set)\s*<")
RANGE_FOR = re.compile(r"\bfor\s*\([^;()]*?[^:]:(?!:)\s*([^;{]+?)\)\s*(?:\{|$|[\w*])")
RAW_STRING = re.compile(r'R"([^()\\\s]{0,16})\(.*?\)\1"', re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
DOCUMENT = re.compile(r"`(docs/[\w./-]+\w)`")
NEWLINES_KEPT = re.compile(r"[^\n]")


def blank(text):
    return NEWLINES_KEPT.sub(" ", text)


def code_only(text):
    """The C++ text with comments and the insides of literals blanked, positions kept."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"([^()\\\s]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
        r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
        re.DOTALL)
    return pattern.sub(lambda match: blank(match.group(0)), text)


def lines_of_raw_strings(text):
    """The numbers of the lines that belong to a raw string of several lines: nobody can wrap
    them."""
    lines = set()
    for match in RAW_STRING.finditer(text):
        first = text.count("\n", 0, match.start()) + 1
        last = first + match.group(0).count("\n")
        if last > first:
            lines.update(range(first, last + 1))
    return lines


def in_room(path, room):
    return path.startswith(room) and (len(path) == len(room) or path[len(room)] in "/.")


def room_of(path):
    """The folder of a source, but of actors/events; tests/ is one room."""
    stem = os.path.splitext(path)[0]
    if stem in rules.ARROWS:
        return stem
    folder = os.path.dirname(path)
    return next((top for top in rules.UNRESTRICTED if in_room(path, top)), folder)


def allowed_in(path, rooms):
    return any(in_room(path, room) for room in rooms)


class Tidy:
    def __init__(self, root):
        self.root = root
        self.violations = []
        self.used_exceptions = set()
        self.texts = {}
        self.machine_paths = machine_paths(root)
        self.arrows = {}  # (room, room) -> the first include that makes it.

    def report(self, path, line, rule, message):
        if rule in rules.EXCEPTIONS.get(path, {}):
            self.used_exceptions.add((path, rule))
            return
        self.violations.append(f"{path}:{line}: {rule}: {message}")

    def read_all(self):
        for folder, folders, files in os.walk(self.root):
            folders[:] = sorted(set(folders) - rules.SKIPPED_FOLDERS)
            for name in sorted(files):
                absolute = os.path.join(folder, name)
                path = os.path.relpath(absolute, self.root)
                if name.endswith(rules.BINARY_SUFFIXES) or os.path.islink(absolute):
                    continue
                with open(absolute, "rb") as file:
                    data = file.read()
                try:
                    self.texts[path] = data.decode("utf-8")
                except UnicodeDecodeError:
                    self.report(path, 1, "encoding", "not UTF-8")

    def check_text(self, path, text):
        lines = text.split("\n")
        unwrappable = lines_of_raw_strings(text) if path.endswith((".h", ".cc")) else set()
        is_code = path.endswith(rules.CODE_SUFFIXES) or os.path.basename(path) in rules.CODE_NAMES
        if is_code and len(lines) - 1 > rules.MAX_LINES:
            self.report(path, rules.MAX_LINES, "file_length",
                        f"{len(lines) - 1} lines, at most {rules.MAX_LINES}: split it")
        for number, line in enumerate(lines, 1):
            if is_code and len(line) > rules.MAX_COLUMNS and number not in unwrappable:
                self.report(path, number, "line_length",
                            f"{len(line)} columns, at most {rules.MAX_COLUMNS}")
            if rules.LEFTOVERS.search(line):
                self.report(path, number, "leftover", "finish it or open an issue")
            if rules.CONFLICT_MARKS.match(line) and not path.endswith(".md"):
                self.report(path, number, "conflict", "a merge conflict was left")
            if rules.CONTROL_CHARACTERS.search(line):
                self.report(path, number, "control_character", "an invisible character")
            found = self.machine_paths.search(line)
            if found:
                self.report(path, number, "machine_path", f"'{found.group(0)}' exists only here")

    def check_includes(self, path, text):
        room = room_of(path)
        if room not in rules.ARROWS and room not in rules.UNRESTRICTED:
            self.report(path, 1, "layer", f"{room} has no entry in ARROWS of tests/tidy/rules.py")
        for number, line in enumerate(text.split("\n"), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            quote, header = match.groups()
            if quote == '"':
                self.check_arrow(path, room, number, header)
            if room != "tests":
                for pattern, rooms in rules.LIBRARIES:
                    if pattern.match(header) and not allowed_in(path, rooms):
                        self.report(path, number, "library",
                                    f"<{header}> may be included only in {', '.join(rooms)}")

    def check_arrow(self, path, room, number, header):
        if header.startswith("."):
            self.report(path, number, "include", f'"{header}": write the path from the root')
            return
        target = room_of(header)
        if target not in rules.ARROWS:
            if room not in rules.UNRESTRICTED:
                self.report(path, number, "include", f'"{header}" is in no folder of ours')
            return
        if target != room:
            self.arrows.setdefault((room, target), (path, number))
        if room not in rules.ARROWS or target == room:
            return
        if not {target, header} & set(rules.ARROWS[room]):
            self.report(path, number, "layer", f"{room} must not see {target} ({header})")
        elif allowed_in(path, rules.PURE) and header in rules.FORBIDDEN_IN_PURE:
            self.report(path, number, "layer", f"{room} must not see {header}")

    def check_circles(self):
        """No two folders include one another, on however long a way, whatever the lists say."""
        sees = {}
        for room, target in self.arrows:
            sees.setdefault(room, set()).add(target)
        for (room, target), (path, number) in sorted(self.arrows.items()):
            way = way_between(sees, target, room)
            if way and room == min(way):
                self.report(path, number, "circle", " -> ".join([room, *way]))

    def check_order_of_arrows(self):
        rooms = list(rules.ARROWS)
        for room, targets in rules.ARROWS.items():
            for target in (room_of(name) if name.endswith(".h") else name for name in targets):
                if target not in rooms or rooms.index(target) >= rooms.index(room):
                    self.report("tests/tidy/rules.py", 1, "layer",
                                f"ARROWS: {target} does not stand before {room}")

    def check_bans(self, path, code):
        for name, (pattern, rooms, why) in rules.BANS.items():
            if allowed_in(path, rooms):
                continue
            for match in pattern.finditer(code):
                line = code.count("\n", 0, match.start()) + 1
                self.report(path, line, name, f"'{match.group(0).strip()}': {why}")

    def unordered_names(self, path):
        """Names of unordered variables and members declared in the file or a header of ours that it
        includes."""
        names = set()
        includes = filter(None, map(INCLUDE.match, self.texts[path].split("\n")))
        headers = [match.group(2) for match in includes if match.group(2) in self.texts]
        for each in [path] + headers:
            code = code_only(self.texts[each])
            for match in UNORDERED.finditer(code):
                end = end_of_template(code, match.end())
                declared = re.match(r"\s*[&*]*\s*(\w+)", code[end:end + 200])
                if declared:
                    names.add(declared.group(1))
        return names

    def check_unordered(self, path, code):
        if not allowed_in(path, rules.NO_UNORDERED_ITERATION):
            return
        names = self.unordered_names(path)
        if not names:
            return
        for match in RANGE_FOR.finditer(code):
            last_name = re.search(r"(\w+)\s*(?:\(\s*\))?\s*$", match.group(1))
            if last_name and last_name.group(1) in names:
                self.report_iteration(path, code, match.start(), last_name.group(1))
        for match in re.finditer(r"(\w+)\s*(?:\.|->)\s*c?begin\s*\(", code):
            if match.group(1) in names:
                self.report_iteration(path, code, match.start(), match.group(1))

    def report_iteration(self, path, code, position, name):
        self.report(path, code.count("\n", 0, position) + 1, "unordered_iteration",
                    f"'{name}' is unordered: its order differs between libraries")

    def check_base_names(self):
        """A name leads to one place: no two rooms have sources of the same base name."""
        seen = {}
        for path in sorted(self.texts):
            if not path.endswith((".h", ".cc")) or room_of(path) in rules.UNRESTRICTED:
                continue
            stem = os.path.splitext(path)[0]
            other = seen.setdefault(os.path.basename(stem), stem)
            if other != stem:
                self.report(path, 1, "base_name", f"{other} has it, too")

    def check_header(self, path, text):
        if path.endswith(".h") and "#pragma once" not in text:
            self.report(path, 1, "header", "#pragma once is missing")

    def check_links(self, path, text):
        """Links and `docs/...` names in documents lead somewhere."""
        for number, line in enumerate(text.split("\n"), 1):
            targets = [os.path.join(os.path.dirname(path), target)
                       for target in LINK.findall(line) if "://" not in target]
            targets += DOCUMENT.findall(line)
            for target in targets:
                if not os.path.exists(os.path.join(self.root, target)):
                    self.report(path, number, "link", f"there is no {os.path.normpath(target)}")

    def check_compiled(self, build):
        """Each source is known to the build: a test that nobody compiles cannot fail."""
        try:
            with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
                commands = json.load(file)
        except FileNotFoundError:
            self.report("CMakeLists.txt", 1, "compiled", f"no compile_commands.json in {build}")
            return
        compiled = set()
        for entry in commands:
            for source in [entry["file"], *sources_of_unity(entry["file"])]:
                compiled.add(os.path.relpath(os.path.realpath(source),
                                             os.path.realpath(self.root)))
        for path in self.texts:
            if path.endswith(".cc") and path not in compiled:
                self.report(path, 1, "compiled", "no target compiles it: see tests/CMakeLists.txt")

    def check_exceptions(self):
        if "tests/tidy/rules.py" not in self.texts:
            return  # Another tree: the planted ones of tidy_self_test.py.
        for path, names in rules.EXCEPTIONS.items():
            for name in names:
                if (path, name) not in self.used_exceptions:
                    self.violations.append(
                        f"{path}:1: exception: '{name}' is no longer needed in rules.py")

    def run(self, build):
        self.read_all()
        for path, text in self.texts.items():
            self.check_text(path, text)
            if path.endswith(".md"):
                self.check_links(path, text)
            if path.endswith((".h", ".cc")):
                code = code_only(text)
                self.check_includes(path, text)
                self.check_bans(path, code)
                self.check_unordered(path, code)
                self.check_header(path, text)
        self.check_circles()
        self.check_order_of_arrows()
        self.check_base_names()
        codes = {path: code_only(text) for path, text in self.texts.items()
                 if path.endswith(".cc")}
        for path, name, other in unity.collisions(codes):
            self.report(path, 1, "unity", f"{name} is also in {other}: share it or rename it")
        if build:
            self.check_compiled(build)
        self.check_exceptions()
        return self.violations


def machine_paths(root):
    """What says where things lie on the machine that runs this: the checkout, the folder above it,
    the home folder. Neither in a URL nor as a part of another path or name."""
    checkout = os.path.realpath(root)
    home = os.path.realpath(os.path.expanduser("~"))
    places = sorted({checkout, os.path.dirname(checkout), home} - {"/"})
    return re.compile(r"(?<![\w.}~-])(" + "|".join(map(re.escape, places)) + r")(?=/[\w.-])")


def way_between(sees, start, end):
    """The shortest chain of rooms from `start` to `end`, both included; None if there is none."""
    ways = [[start]]
    reached = {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == end:
            return way
        for room in sorted(sees.get(way[-1], set()) - reached):
            reached.add(room)
            ways.append([*way, room])
    return None


def sources_of_unity(path):
    """What a file that CMake made of several sources consists of."""
    if os.path.basename(os.path.dirname(path)) != "Unity":
        return []
    with open(path, encoding="utf-8") as file:
        return re.findall(r'#include "(.+\.cc)"', file.read())


def end_of_template(code, start):
    """The position after the '>' that closes the '<' before `start`."""
    depth = 1
    for position in range(start, len(code)):
        if code[position] == "<":
            depth += 1
        elif code[position] == ">":
            depth -= 1
            if depth == 0:
                return position + 1
        elif code[position] == ";":
            break
    return start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root")
    parser.add_argument("--build")
    arguments = parser.parse_args()
    violations = Tidy(arguments.root).run(arguments.build)
    for violation in violations:
        print(violation)
    if violations:
        print(f"{len(violations)} violations", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
