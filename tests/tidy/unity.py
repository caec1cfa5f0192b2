"""Names that would collide when the sources of a target are compiled as one.

Several sources at a time is how ./dev builds (SHAKEDOWN_UNITY): then what two of them hold in
unnamed namespaces under one name is defined twice. Which sources meet depends on their number, so
that a collision may lie still until somebody adds a file; this finds it at once.
"""

import os
import re

# Folders whose sources have a namespace each, so that nothing of them can collide.
APART = ["vectors/cases"]
# Folders whose sources make a library of their own; elsewhere a folder of the first level does.
OWN_LIBRARIES = ["sim/virtual_time", "sim/wall_time"]

NAMED = re.compile(
    r"^(?:(?:struct|class|enum class|enum|union)\s+(\w+)\b(?!.*;$)"
    r"|(?:constexpr|const|thread_local|inline)\s[^()=;{]*?\b(\w+)\s*(?:=|\{|;|\[))", re.M)
ALIAS = re.compile(r"^using (\w+) = ([^;]+);", re.M)
FUNCTION = re.compile(
    r"^(?:template <[^\n]*>\n)?[A-Za-z_][\w:<>,&*\s\[\]()]*?[\s*&](\w+)"
    r"\(((?:[^()]|\([^()]*\))*)\)(?: const)?(?: noexcept)?\s*\{", re.M)


def target_of(path):
    """The folder that stands for the library or program which compiles this source."""
    folder = os.path.dirname(path)
    if folder in OWN_LIBRARIES or folder.startswith("tests/"):
        return folder
    return folder.split("/")[0]


def unnamed_namespaces(code):
    """The contents of unnamed namespaces. `code` has neither comments nor literals."""
    parts = []
    for opening in re.finditer(r"^namespace \{\s*$", code, re.M):
        depth, position = 1, opening.end()
        while position < len(code) and depth > 0:
            depth += {"{": 1, "}": -1}.get(code[position], 0)
            position += 1
        parts.append(code[opening.end():position - 1])
    return "\n".join(parts)


def types_of(parameters):
    """"const Request& request, int n = 1" -> "const Request&,int"."""
    types = []
    for parameter in re.split(r",(?![^<]*>)", parameters):
        words = " ".join(parameter.split("=")[0].split())
        types.append(re.sub(r"(?<=[\s&*])\w+$", "", words).strip())
    return ",".join(types)


def definitions(code):
    """What a source defines in unnamed namespaces: name -> what it is an alias of, or None."""
    text = unnamed_namespaces(code)
    found = {match.group(1) or match.group(2): None for match in NAMED.finditer(text)}
    for match in FUNCTION.finditer(text):
        if not match.group(1).startswith("TEST"):
            found[f"{match.group(1)}({types_of(match.group(2))})"] = None
    for match in ALIAS.finditer(text):
        found[match.group(1)] = match.group(2)
    return found


def collisions(codes):
    """codes: path -> code. Yields (path, name, the other path); the same alias twice is none."""
    seen = {}
    for path in sorted(codes):
        if not path.endswith(".cc") or os.path.dirname(path) in APART:
            continue
        for name, meaning in definitions(codes[path]).items():
            other, earlier = seen.setdefault((target_of(path), name), (path, meaning))
            if other != path and (meaning is None or meaning != earlier):
                yield path, name, other
