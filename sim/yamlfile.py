"""Reading a YAML file that a user wrote: safe, strict, and every value with its place.

The subset is YAML 1.2's core schema: ``true``/``false`` are the only booleans, numbers are decimal, ``12:30``, ``yes``
and dates stay text. Tags, anchors that multiply (alias bombs), merge keys, duplicate keys and non-text keys are
refused. Whole-number keys (years) are kept as integers.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sim.errors import InputError, Place, Problem, Problems
from sim.textfile import read_text

Path_ = tuple[str | int, ...]

_INT = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_MAX_NODES = 50_000
_MAX_DEPTH = 40
_MAX_DIGITS = 300


@dataclass(frozen=True)
class Document:
    """A file's data and the place of every key and item in it.

    Attributes:
        file: the file as shown in messages.
        data: nested dicts and lists of str, int, float, bool and None.
        places: for a path such as ``("resources", "beds", 2025)``, where its value stands.
        key_places: for the same paths, where the key stands (list items: where the item stands).
    """

    file: str
    data: Any
    places: dict[Path_, Place]
    key_places: dict[Path_, Place]

    def place(self, path: Path_) -> Place:
        """Where the value at ``path`` stands; for a path that is not there, the nearest parent."""
        while path not in self.places and path:
            path = path[:-1]
        return self.places.get(path, Place(self.file, 1, 1))

    def key_place(self, path: Path_) -> Place:
        """Where the key at ``path`` stands, or its value if it has none."""
        return self.key_places.get(path) or self.place(path)


def load_yaml(path: Path, *, shown_as: str | None = None) -> Document:
    """Read one document.

    Raises:
        InputError: missing or unreadable file, broken YAML, or anything outside the subset; all faults at once.
    """
    name = shown_as or str(path)
    return parse_yaml(read_text(path, name), name)


def parse_yaml(text: str, name: str) -> Document:
    """Like :func:`load_yaml`, from text."""
    try:
        node = yaml.compose(text, Loader=_PlainLoader)
    except yaml.MarkedYAMLError as error:
        raise InputError([_syntax_problem(error, text, name)]) from None
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = Place(name, before.count("\n") + 1, len(before) - before.rfind("\n"))
        what = f"the character U+{error.character:04X} is not allowed"
        raise InputError([Problem(place, f"not valid YAML: {what}", "printable text")]) from None
    except UnicodeEncodeError as error:
        raise InputError([Problem(Place(name, 1, error.start + 1), "not text: a broken character")]) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError([Problem(Place(name, 1, 1), f"not valid YAML: {error}")]) from None
    builder = _Builder(name)
    data = builder.build(node, (), 0) if node is not None else {}
    builder.problems.raise_errors()
    return Document(name, data, builder.places, builder.key_places)


class _PlainLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe loader that resolves nothing by itself: an untagged scalar is text, so that a written tag can be seen."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


class _Builder:
    """Turns the node tree into plain data, noting places and collecting problems."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems = Problems()
        self.places: dict[Path_, Place] = {}
        self.key_places: dict[Path_, Place] = {}
        self.count = 0
        self.too_big = False

    def at(self, node: yaml.Node) -> Place:
        return Place(self.name, node.start_mark.line + 1, node.start_mark.column + 1)

    def build(self, node: yaml.Node, path: Path_, depth: int) -> Any:
        self.count += 1
        if self.too_big:
            return None
        if self.count > _MAX_NODES or depth > _MAX_DEPTH:
            self.too_big = True
            self.problems.error(
                self.at(node),
                "the document unfolds to too many or too deeply nested values (aliases that multiply?)",
                f"at most {_MAX_NODES} values and {_MAX_DEPTH} levels",
            )
            return None
        self.places[path] = self.at(node)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            if node.tag != "tag:yaml.org,2002:seq":
                self.refuse_tag(node)
            for index, item in enumerate(node.value):
                self.key_places[(*path, index)] = self.at(item)
            return [self.build(item, (*path, index), depth + 1) for index, item in enumerate(node.value)]
        return self.scalar(node)

    def mapping(self, node: yaml.MappingNode, path: Path_, depth: int) -> dict[str | int, Any]:
        if node.tag != "tag:yaml.org,2002:map":
            self.refuse_tag(node)
        result: dict[str | int, Any] = {}
        first: dict[str | int, Place] = {}
        for key_node, value_node in node.value:
            place = self.at(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.error(place, "a key is a list or a mapping", "a word or a year")
                continue
            if key_node.value == "<<" and not key_node.style:
                self.problems.error(place, "merge keys ('<<') are not supported", "'extends' for inheritance")
                continue
            key = self.scalar(key_node)
            if isinstance(key, bool) or key is None or isinstance(key, float):
                key = key_node.value
            if key in first:
                self.problems.error(place, f"key {key!r} stands twice", f"each key once (first at line {first[key].line})")
                continue
            first[key] = place
            self.key_places[(*path, key)] = place
            result[key] = self.build(value_node, (*path, key), depth + 1)
        return result

    def scalar(self, node: yaml.ScalarNode) -> Any:
        if node.tag != "tag:yaml.org,2002:str":
            self.refuse_tag(node)
            return node.value
        text = node.value
        if node.style:
            return text
        if text in ("", "~", "null", "Null", "NULL"):
            return None
        if text in ("true", "True", "TRUE"):
            return True
        if text in ("false", "False", "FALSE"):
            return False
        if _INT.match(text) and len(text) <= _MAX_DIGITS:
            return int(text)
        if _INT.match(text) or _FLOAT.match(text):
            return self.finite(node)
        return text

    def finite(self, node: yaml.ScalarNode) -> float:
        value = float(node.value)
        if not math.isfinite(value):
            self.problems.error(self.at(node), f"the number {_short(node.value)} is too large", "a number below 1e308")
        return value

    def refuse_tag(self, node: yaml.Node) -> None:
        self.problems.error(self.at(node), f"the tag {node.tag!r} is not allowed", "plain values without tags")


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, name: str) -> Problem:
    """A fault of the syntax in plain words, at the place where a reader would look for it."""
    problem, found, begun = error.problem or "", error.problem_mark, error.context_mark
    mark = found or begun
    lines = text.splitlines()
    for number in (mark.line, mark.line - 1):
        wide = _WIDE_COLON.match(lines[number]) if 0 <= number < len(lines) else None
        if wide is not None:
            return Problem(Place(name, number + 1, wide.end()), "not valid YAML: a full-width colon", "': ' behind the key", ":")
    for words, at_beginning, what, expected in _SYNTAX:
        if words in problem:
            mark = begun if at_beginning and begun is not None else mark
            return Problem(Place(name, mark.line + 1, mark.column + 1), f"not valid YAML: {what}", expected)
    place = Place(name, mark.line + 1, mark.column + 1)
    if "cannot start any token" in problem and lines[mark.line][mark.column : mark.column + 1] == "\t":
        return Problem(place, "not valid YAML: a tab", "blanks for indentation")
    what = ", ".join(part for part in (error.context, problem) if part)
    return Problem(place, f"not valid YAML: {what}")


_WIDE_COLON = re.compile(r"\s*(- )?[^\s:#\"'：]+：")
"""A key with the colon of a Chinese keyboard behind it, at the beginning of a line."""

_SYNTAX = (
    ("could not find expected ':'", True, "no colon behind a key", "key: value, with a blank behind the colon"),
    ("mapping values are not allowed", False, "a colon where no key can stand", "one key a line; a text with a colon in quotes"),
    ("did not find expected key", False, "an indentation that does not fit the lines above", "keys of a section in one column"),
    ("did not find expected '-' indicator", False, "no item of the list above", "- and an item, or less indentation"),
    ("did not find expected ',' or '}'", True, "a brace that is not closed, or a comma too few", "{key: value, key: value}"),
    ("did not find expected ',' or ']'", True, "a bracket that is not closed, or a comma too few", "[item, item]"),
    ("found another document", False, "a second document ('---')", "one document a file"),
)
"""Words of the parser; whether the place is where the thing began; what is wrong; what was expected."""


def _short(text: str) -> str:
    return text if len(text) <= 24 else f"{text[:20]}..."
