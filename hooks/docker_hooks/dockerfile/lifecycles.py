"""Which Python and which distribution an image is made of, by its name, and whether these still get security updates.

The table was made on 2026-11-23 and holds what had ended by then: the table decides and not the clock, so that no
build breaks overnight over a file that nobody touched. Its sources: devguide.python.org/versions,
debian.org/releases (with the long term support), ubuntu.com/about/release-cycle (the standard support),
alpinelinux.org/releases.
"""

from __future__ import annotations

from collections.abc import Iterator

from docker_hooks.dockerfile import images
from docker_hooks.dockerfile.images import Reference
from docker_hooks.dockerfile.options import names
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.values import NamedTuple


class Ended(NamedTuple):
    """A release without security updates, such as "Debian 10 (buster)", and the month of the last: "2024-06"."""

    release: str
    month: str


# The month of the last update by version; Python 2 ended as a whole.
_PYTHON = {
    "2": "2020-01", "3.0": "2009-06", "3.1": "2012-04", "3.2": "2016-02", "3.3": "2017-09", "3.4": "2019-03",
    "3.5": "2020-09", "3.6": "2021-12", "3.7": "2023-06", "3.8": "2024-10", "3.9": "2025-10", "3.10": "2026-10",
}  # fmt: skip
_ALPINE = {
    "2.6": "2015-05", "2.7": "2015-11", "3.0": "2016-05", "3.1": "2016-11", "3.2": "2017-05", "3.3": "2017-11",
    "3.4": "2018-05", "3.5": "2018-11", "3.6": "2019-05", "3.7": "2019-11", "3.8": "2020-05", "3.9": "2020-11",
    "3.10": "2021-05", "3.11": "2021-11", "3.12": "2022-05", "3.13": "2022-11", "3.14": "2023-05", "3.15": "2023-11",
    "3.16": "2024-05", "3.17": "2024-11", "3.18": "2025-05", "3.19": "2025-11", "3.20": "2026-04", "3.21": "2026-11",
}  # fmt: skip
# By version and name.
_DEBIAN = {
    "6": ("squeeze", "2016-02"), "7": ("wheezy", "2018-05"), "8": ("jessie", "2020-06"), "9": ("stretch", "2022-06"),
    "10": ("buster", "2024-06"), "11": ("bullseye", "2026-08"),
}  # fmt: skip
_UBUNTU = {
    "10.04": ("lucid", "2015-04"), "12.04": ("precise", "2017-04"), "12.10": ("quantal", "2014-05"),
    "13.04": ("raring", "2014-01"), "13.10": ("saucy", "2014-07"), "14.04": ("trusty", "2019-04"),
    "14.10": ("utopic", "2015-07"), "15.04": ("vivid", "2016-02"), "15.10": ("wily", "2016-07"),
    "16.04": ("xenial", "2021-04"), "16.10": ("yakkety", "2017-07"), "17.04": ("zesty", "2018-01"),
    "17.10": ("artful", "2018-07"), "18.04": ("bionic", "2023-05"), "18.10": ("cosmic", "2019-07"),
    "19.04": ("disco", "2020-01"), "19.10": ("eoan", "2020-07"), "20.04": ("focal", "2025-05"),
    "20.10": ("groovy", "2021-07"), "21.04": ("hirsute", "2022-01"), "21.10": ("impish", "2022-07"),
    "22.10": ("kinetic", "2023-07"), "23.04": ("lunar", "2024-01"), "23.10": ("mantic", "2024-07"),
    "24.10": ("oracular", "2025-07"), "25.04": ("plucky", "2026-01"), "25.10": ("questing", "2026-07"),
}  # fmt: skip
# Words of names and tags that name a release: `buster`, `debian10`, `ubuntu18.04`, `ubuntu1804`, `alpine3.9`.
_RELEASES = {
    **{word: ("Debian", version) for version, (name, _) in _DEBIAN.items() for word in (name, f"debian{version}")},
    **{
        word: ("Ubuntu", version)
        for version, (name, _) in _UBUNTU.items()
        for word in (name, f"ubuntu{version}", f"ubuntu{version.replace('.', '')}")
    },
}
# The images of a distribution, and those of Python, whose tags begin with its version.
_DISTRIBUTIONS = {
    "docker.io/library/alpine": "Alpine",
    "docker.io/gliderlabs/alpine": "Alpine",
    "docker.io/library/debian": "Debian",
    "docker.io/library/ubuntu": "Ubuntu",
}
_PYTHONS = names(
    "docker.io/library/python docker.io/amazon/aws-lambda-python docker.io/bitnami/python docker.io/cimg/python "
    "docker.io/circleci/python docker.io/jfloff/alpine-python public.ecr.aws/lambda/python"
)
_PYTHON_WORD = regex(r"(?:\A|[-_])python-?([0-9](?:\.[0-9]{1,2}){1,2})(?=[-_]|\Z)")
_ALPINE_WORD = regex(r"alpine([0-9]+\.[0-9]+)(?:\.[0-9]+)?")
_UNFINISHED = regex(r"[0-9](?:a|b|rc)[0-9]|(?:\A|[-_])rc(?:[-_]|\Z)")


def python_version(reference: Reference) -> tuple[int, ...] | None:
    """The version of the image's Python, as exact as its tag says it: (3, 12) for `python:3.12-slim`; None: unknown."""
    tag = reference.tag
    if tag is None or _UNFINISHED.search(tag) or images.known(reference) is None:
        return None
    if reference.name in _PYTHONS:
        version = tag.partition("-")[0]
        text = version if _is_version(version) else None
    else:
        word = _PYTHON_WORD.search(tag)
        text = word[1] if word else None
    return tuple(map(int, text.split("."))) if text else None


def ended(reference: Reference) -> tuple[Ended, ...]:
    """The Python and the distribution that the image is made of, as far as these get no security updates.

    Only of known images: in the names of others the words may mean anything.
    """
    return (*_ended_python(reference), *_ended_distribution(reference))


def _ended_python(reference: Reference) -> Iterator[Ended]:
    version = python_version(reference)
    if version is not None:
        release = "2" if version[0] == 2 else ".".join(map(str, version[:2]))
        if release in _PYTHON:
            yield Ended(f"Python {release}", _PYTHON[release])


def _ended_distribution(reference: Reference) -> Iterator[Ended]:
    release = _distribution(reference)
    if release is None:
        return
    product, version = release
    if product == "Alpine":
        if version in _ALPINE:
            yield Ended(f"Alpine {version}", _ALPINE[version])
        return
    name, month = (_DEBIAN if product == "Debian" else _UBUNTU).get(version, ("", ""))
    if month:
        yield Ended(f"{product} {version} ({name})", month)


def _distribution(reference: Reference) -> tuple[str, str] | None:
    """The distribution and its version, "3.9" of Alpine 3.9.4; None where the name doesn't tell."""
    if images.known(reference) is None:
        return None
    words = (reference.tag or "").lower().replace("_", "-").split("-")
    product = _DISTRIBUTIONS.get(reference.name)
    if product is not None and _is_version(words[0]):
        return product, ".".join(words[0].split(".")[: 1 if product == "Debian" else 2])
    for word in (*reversed(words), *reference.repository.rpartition("/")[2].split("-")):
        alpine = _ALPINE_WORD.fullmatch(word) if word.startswith("alpine") else None
        if alpine or word in _RELEASES:
            return ("Alpine", alpine[1]) if alpine else _RELEASES[word]
    return None


def _is_version(text: str) -> bool:
    """Whether it is up to three numbers of up to three digits, as 3.12 is."""
    numbers = text.split(".")
    return len(numbers) <= 3 and all(len(number) <= 3 and number.isascii() and number.isdigit() for number in numbers)
