"""References to base images, as FROM writes them, and what is known of the images without pulling them.

Unknown is an answer: a hook says nothing of an image that it doesn't know, or says what it would need to know.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from docker_hooks.dockerfile.known_images import (
    TABLE,
    UBUNTU,
    UBUNTU_WITH_USER,
    UBUNTU_WITHOUT_USER,
    WINDOWS_USER,
    KnownImage,
    Row,
    words,
)
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.values import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from docker_hooks.dockerfile.known_images import Family

# The grammar of distribution/reference (regexp.go); each character can be matched in one way only, so that
# matching takes linear time.
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH = regex(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_OF_TAGS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")
_LONGEST_TAG = 128
_LONGEST_PATH = 255
_HEXADECIMAL = frozenset("0123456789abcdef")
_DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}

# Other names of the same images: of Docker Hub (distribution/reference normalize.go), its mirrors, the repositories
# of one architecture (docker-library/official-images, "Architectures other than amd64?"), and Red Hat's.
_ARCHITECTURES = words("amd64 arm32v5 arm32v6 arm32v7 arm64v8 i386 mips64le ppc64le riscv64 s390x winamd64")
_SAME = (
    ("index.docker.io/", "docker.io/"),
    ("registry-1.docker.io/", "docker.io/"),
    ("registry.hub.docker.com/", "docker.io/"),
    ("mirror.gcr.io/", "docker.io/"),
    ("public.ecr.aws/docker/", "docker.io/"),
    ("mcr.microsoft.com/mirror/docker/", "docker.io/"),
    *((f"docker.io/{architecture}/", "docker.io/library/") for architecture in _ARCHITECTURES),
    ("docker.io/redhat/ubi", "registry.access.redhat.com/ubi"),
    ("registry.redhat.io/ubi", "registry.access.redhat.com/ubi"),
)

# Words of tags (without the numbers behind them) that name a distribution.
_WORDS_OF_FAMILY: dict[Family, tuple[str, ...]] = {
    "alpine": ("alpine", "wolfi"),
    "debian": (
        *words("debian slim wheezy jessie stretch buster bullseye bookworm trixie forky sid ubuntu"),
        *UBUNTU_WITHOUT_USER,
        *UBUNTU_WITH_USER,
    ),
    "redhat": words(
        "al alma almalinux amazon amazonlinux amzn azurelinux centos fedora mariner oracle oraclelinux rhel rocky "
        "rockylinux ubi"
    ),
    "suse": words("leap opensuse sles tumbleweed"),
    "windows": words("nanoserver servercore windows windowsservercore"),
    "distroless": ("distroless",),
}
_FAMILY_OF_WORD = {word: family for family, names in _WORDS_OF_FAMILY.items() for word in names}
# The words of those that come without shadow's useradd.
_WITHOUT_USERADD = words("al amazon amazonlinux amzn azurelinux mariner micro minimal")


class Reference(NamedTuple):
    """An image reference, normalised: `python` is docker.io, library/python, no tag, no digest.

    The registry of `scratch`, which is no image but a word of BuildKit's, is empty.
    """

    registry: str
    repository: str
    tag: str | None
    digest: str | None

    @property
    def name(self) -> str:
        """Registry and repository, as the table of known images writes them."""
        return f"{self.registry}/{self.repository}" if self.registry else self.repository


@lru_cache(maxsize=256)
def parse(reference: str) -> Reference | None:
    """The reference that `reference` is, or None where it isn't one (a variable left in it, an upper-case name).

    As Docker reads it (distribution/reference, ParseNormalizedNamed): what comes before the first slash is a registry
    if it holds a dot, a colon or an upper-case letter, or is localhost. Other names of the same repository (mirrors of
    Docker Hub, the repositories of one architecture) are replaced by its usual one. Linear in the length.
    """
    if reference == "scratch":
        return Reference("", "scratch", None, None)
    if len(reference) == 64 and _HEXADECIMAL.issuperset(reference):
        return None
    named, at, digest = reference.partition("@")
    registry, path = _split_registry(named)
    path, colon, tag = path.partition(":")
    if (
        not _is_registry(registry)
        or len(path) > _LONGEST_PATH
        or not _is_path(path)
        or (colon and not _is_tag(tag))
        or (at and not _is_digest(digest))
    ):
        return None
    registry, path = _usual_name(registry, path)
    return Reference(registry, path, tag if colon else None, digest if at else None)


@lru_cache(maxsize=256)
def known(reference: Reference | None) -> KnownImage | None:
    """What is known of the image, or None.

    No tag means `latest`. Of a digest without a tag that alone is known which all tags have in common.
    """
    rows = _rows(reference.name) if reference else ()
    if not reference or not rows:
        return None
    if reference.digest and not reference.tag:
        return _whatever_the_tag(rows)
    tag = _split_tag(reference.tag or "latest")
    for row in rows:
        if not row.tags or any(_is_version_of(name, word) for name in row.tags for word in tag):
            return _with_distribution(row.image, tag) if row.image and row.by_tag else row.image
    return None


def _split_registry(named: str) -> tuple[str, str]:
    first, slash, rest = named.partition("/")
    if slash and (first == "localhost" or first.lower() != first or "." in first or ":" in first):
        return first, rest
    return "docker.io", named


def _is_registry(text: str) -> bool:
    host, port = text, "0"
    if ":" in text and not text.endswith("]"):
        host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit()):
        return False
    if host.startswith("[") and host.endswith("]"):
        return len(host) > 2 and (_HEXADECIMAL | {":"}).issuperset(host[1:-1].lower())
    return all(_is_label(label) for label in host.split("."))


def _is_label(text: str) -> bool:
    return text.isascii() and text.replace("-", "").isalnum() and not text.startswith("-") and not text.endswith("-")


def _is_path(text: str) -> bool:
    is_plain = text.isascii() and all(part.isalnum() and part.islower() for part in text.split("/"))
    return is_plain or _PATH.fullmatch(text) is not None


def _is_tag(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_TAG and text[0] not in ".-" and _OF_TAGS.issuperset(text)


def _is_digest(text: str) -> bool:
    algorithm, _, encoded = text.partition(":")
    return len(encoded) == _DIGEST_LENGTHS.get(algorithm) and _HEXADECIMAL.issuperset(encoded)


def _usual_name(registry: str, path: str) -> tuple[str, str]:
    name = f"{registry}/{path}"
    for other, usual in _SAME:
        if name.startswith(other):
            name = usual + name[len(other) :]
    registry, _, path = name.partition("/")
    if registry == "docker.io" and "/" not in path:
        path = f"library/{path}"
    return registry, path


def _index(table: Sequence[Row]) -> dict[str, tuple[Row, ...]]:
    index: dict[str, tuple[Row, ...]] = {}
    for row in table:
        for repository in row.repositories:
            index[repository] = (*index.get(repository, ()), row)
    return index


_INDEX = _index(TABLE)
# The longest first, so that the closest one is found.
_PREFIXES = sorted((name[:-1] for name in _INDEX if name.endswith("*")), key=len, reverse=True)


def _rows(name: str) -> tuple[Row, ...]:
    if name in _INDEX:
        return _INDEX[name]
    return next((_INDEX[f"{prefix}*"] for prefix in _PREFIXES if name.startswith(prefix)), ())


def _split_tag(tag: str) -> list[str]:
    return tag.lower().replace("_", "-").split("-")


def _is_version_of(name: str, word: str) -> bool:
    """Whether `word` is `name`, or has a version behind it: alpine and alpine3.20, 1.4 and 1.4.9, but not 1.45."""
    if not word.startswith(name):
        return False
    rest = word[len(name) :]
    return not rest or rest[0] == "." or (rest[0].isdigit() and not name[-1].isdigit())


def _without_version(word: str) -> str:
    return word.rstrip("0123456789.")


def _family(tag: Sequence[str]) -> Family | None:
    """The family that the words of a tag name; the last one counts (`8-amazoncorretto-alpine`)."""
    families = [_FAMILY_OF_WORD.get(_without_version(word)) for word in tag]
    return next((family for family in reversed(families) if family), None)


def _with_distribution(image: KnownImage, tag: Sequence[str]) -> KnownImage:
    """`image`, with what the words of the tag say of the distribution it is built on."""
    family = _family(tag) or image.family
    if family == "windows":
        return KnownImage(WINDOWS_USER, family, image.source, python=image.python, useradd=False)
    return image._replace(
        family=family,
        users=(*image.users, UBUNTU) if any(map(_has_ubuntu_user, tag)) else image.users,
        useradd=image.useradd and not any(_without_version(word) in _WITHOUT_USERADD for word in tag),
    )


def _has_ubuntu_user(word: str) -> bool:
    """Whether `word` names an Ubuntu release whose images have the user: noble, ubuntu24.04, ubuntu2404."""
    if not word.startswith("ubuntu"):
        return word in UBUNTU_WITH_USER
    release = word.removeprefix("ubuntu").replace(".", "")
    return len(release) == 4 and f"{release[:2]}.{release[2:]}" not in UBUNTU_WITHOUT_USER


def _whatever_the_tag(rows: Sequence[Row]) -> KnownImage | None:
    images = [row.image for row in rows if row.image]
    if len(images) < len(rows) or len({image.runs_as for image in images}) > 1:
        return None
    first, families = images[0], {image.family for image in images}
    if len(rows) == 1 and not rows[0].by_tag:
        return first
    return KnownImage(
        first.runs_as,
        None if len(families) > 1 or any(row.by_tag for row in rows) else first.family,
        first.source,
        python=all(image.python for image in images),
        shell=next((image.shell for image in images if image.shell), None),
        useradd=False,
        ruled_by=next((image.ruled_by for image in images if image.ruled_by), None),
    )
