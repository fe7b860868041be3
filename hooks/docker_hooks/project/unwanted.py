"""What no image needs of a Python data-science project, in sections with a comment each, as an ignore file says it.

After the article's `.dockerignore` and Docker's own advice (docs.docker.com/build/concepts/context), with the `**/`
that Docker's patterns need to match in subfolders too. Only what is safe to keep back: data, models, notebooks,
documentation and certificates are often the very thing that an image is made for.
"""

from __future__ import annotations

from docker_hooks.dockerfile.values import NamedTuple

# Which ignore files are held to an item: all of them; existing ones only if it stands in the context; new ones alone.
ALWAYS, IF_THERE, IF_NEW = "always", "if there", "if new"


class Item(NamedTuple):
    """Something to keep back.

    pattern: the line for it, in Docker's form
    examples: paths of files that it is about, relative to any folder if the pattern begins with `**/`, else to the root
    when: ALWAYS, IF_THERE or IF_NEW
    exceptions: lines to follow the pattern, which re-include (`!`) part of it
    unless: what speaks against it: that Python code goes by the name ("package"), or anything but an environment
        ("other"), or nothing at all ("other or nothing"); compiled modules without source ("bytecode")
    is_litter: no build ever wants it, so a line that matches it at the root alone is a mistake
    is_at_root: it usually stands at the root, so elsewhere it is looked for only if it stands there
    """

    pattern: str
    examples: tuple[str, ...]
    when: str = ALWAYS
    exceptions: tuple[str, ...] = ()
    unless: str = ""
    is_litter: bool = False
    is_at_root: bool = False

    @property
    def is_nested(self) -> bool:
        """Whether it may stand in any folder."""
        return self.pattern.startswith("**/")

    @property
    def name(self) -> str:
        """The name to look for, "" if the pattern has wildcards: `.dvc` for `**/.dvc/cache`."""
        name = self.pattern.removeprefix("**/").partition("/")[0]
        return "" if set(name) & set("*?[") else name


class Section(NamedTuple):
    """Items under one comment; with a `profile`, wanted only if the user asks for it."""

    comment: str
    items: tuple[Item, ...]
    profile: str = ""


def _litter(name: str, *examples: str, when: str = ALWAYS) -> Item:
    return Item(f"**/{name}", examples, when, is_litter=True)


def _root(*examples: str, pattern: str = "") -> Item:
    return Item(pattern or examples[0], examples)


def _store(name: str, example: str, when: str = IF_THERE) -> Item:
    return Item(f"**/{name}", (f"{name}/{example}",), when, unless="package")


# The names that people give to an `.env` without secrets; moby's `*` also matches nothing, so `.env.example` too.
_HARMLESS_ENV = tuple(f"!**/.env*.{word}" for word in ("example", "sample", "template", "dist", "defaults"))

SECTIONS = (
    # First, since an exception with `**/` has Docker look into every folder that a line above it keeps back.
    Section(
        "Ignore secrets",
        (
            Item(
                "**/.env.*",
                (".env.local", ".env.production", ".env.development", ".env.staging"),
                exceptions=_HARMLESS_ENV,
            ),
            Item("**/.env", (".env",)),
            Item("**/.envrc", (".envrc",), IF_THERE),
            Item("**/.secret", (".secret",), IF_THERE),
            # ssh-keygen(1): private keys; the public ones end in .pub.
            Item("**/id_rsa", ("id_rsa",)),
            Item("**/id_ed25519", ("id_ed25519",)),
            Item("**/id_ecdsa", ("id_ecdsa",), IF_THERE),
            Item("**/.ssh", (".ssh/id_rsa",), IF_THERE),
            # Where curl, twine, AWS, gcloud and Kaggle keep what lets people in.
            Item("**/.netrc", (".netrc",), IF_THERE),
            Item("**/.pypirc", (".pypirc",), IF_THERE),
            Item("**/.aws", (".aws/credentials",), IF_THERE),
            Item("**/.config/gcloud", (".config/gcloud/credentials.db",), IF_THERE),
            Item("**/application_default_credentials.json", ("application_default_credentials.json",), IF_THERE),
            Item("**/.kaggle", (".kaggle/kaggle.json",), IF_THERE),
            Item("**/kaggle.json", ("kaggle.json",), IF_THERE),
        ),
    ),
    Section(
        "Ignore docker specific files",
        (
            Item(".dockerignore", (".dockerignore",), IF_THERE),
            Item("Dockerfile*", ("Dockerfile", "Dockerfile.dev"), IF_THERE),
            Item("docker-compose*.y*ml", ("docker-compose.yml", "docker-compose.override.yml"), IF_THERE),
            Item("compose.*y*ml", ("compose.yaml", "compose.override.yaml"), IF_THERE),
        ),
    ),
    Section(
        "Ignore git directory and files",
        (
            Item("**/.git", (".git/config", ".git/objects/00/0123"), is_at_root=True),
            Item(".gitignore", (".gitignore",), IF_NEW),
            Item(".gitattributes", (".gitattributes",), IF_NEW),
        ),
    ),
    Section(
        "Ignore local environments",
        (
            Item("**/.venv", (".venv/bin/python", ".venv/pyvenv.cfg")),
            Item("**/venv", ("venv/bin/python", "venv/pyvenv.cfg"), unless="other"),
            Item("**/env", ("env/bin/python", "env/pyvenv.cfg"), IF_THERE, unless="other or nothing"),
            Item("**/ENV", ("ENV/bin/python", "ENV/pyvenv.cfg"), IF_THERE, unless="other or nothing"),
            _litter(".tox", ".tox/py312/pyvenv.cfg", when=IF_THERE),
            _litter(".nox", ".nox/tests/pyvenv.cfg", when=IF_THERE),
        ),
    ),
    Section(
        "Ignore caches",
        (
            # Python's, and numba's.
            _litter("__pycache__", "__pycache__/module.cpython-312.pyc", "__pycache__/module.f-1.py312.nbi"),
            Item("**/*.py[cod]", ("module.pyc",), unless="bytecode", is_litter=True),
            _litter(".ipynb_checkpoints", ".ipynb_checkpoints/analysis-checkpoint.ipynb"),
            _litter(".pytest_cache", ".pytest_cache/v/cache/lastfailed"),
            _litter(".mypy_cache", ".mypy_cache/3.12/cache.json"),
            _litter(".ruff_cache", ".ruff_cache/0.6.0/cache"),
            _litter(".hypothesis", ".hypothesis/examples/0123", when=IF_THERE),
            _litter(".coverage", ".coverage", when=IF_THERE),
            _litter(".DS_Store", ".DS_Store", when=IF_THERE),
        ),
    ),
    Section(
        "Ignore experiment stores",
        (
            _store("mlruns", "0/meta.yaml", ALWAYS),
            _store("wandb", "run-20240101_000000-0123/files/config.yaml", ALWAYS),
            _store("lightning_logs", "version_0/hparams.yaml"),
            Item("**/.dvc/cache", (".dvc/cache/files/md5/00/0123",), IF_THERE),
            Item("**/.dvc/tmp", (".dvc/tmp/lock",), IF_THERE),
        ),
    ),
    Section(
        "Ignore documentation",
        (
            _root("README.md", "README.rst", pattern="README*"),
            _root("LICENSE", "LICENSE.txt", pattern="LICEN[CS]E*"),
            _root("CHANGELOG.md", pattern="CHANGELOG*"),
            _root("CONTRIBUTING.md", pattern="CONTRIBUTING*"),
            _root("CODE_OF_CONDUCT.md", pattern="CODE_OF_CONDUCT*"),
            _root("SECURITY.md", "SECURITY.txt", pattern="SECURITY*"),
            _root("DESCRIPTION.md", pattern="DESCRIPTION*"),
            _root("docs/index.md", "docs/conf.py", pattern="docs"),
            _root("mkdocs.yml"),
            _root(".readthedocs.yaml", pattern=".readthedocs.y*ml"),
        ),
        profile="docs",
    ),
    Section(
        "Ignore tests",
        (
            _root("tests/test_main.py", pattern="tests"),
            _root("test/test_main.py", pattern="test"),
            _root("conftest.py"),
            _root("pytest.ini"),
            _root("tox.ini"),
            _root("noxfile.py"),
            _root(".coveragerc"),
        ),
        profile="tests",
    ),
    Section(
        "Ignore what runs in CI",
        (
            _root(".github/workflows/ci.yml", pattern=".github"),
            _root(".gitlab-ci.yml"),
            _root(".circleci/config.yml", pattern=".circleci"),
            _root("azure-pipelines.yml", pattern="azure-pipelines*.yml"),
            _root(".pre-commit-config.yaml"),
        ),
        profile="ci",
    ),
    Section(
        "Ignore editors' files",
        (
            Item("**/.idea", (".idea/workspace.xml",)),
            Item("**/.vscode", (".vscode/settings.json",)),
            Item("**/*.swp", (".main.py.swp",)),
            Item(".editorconfig", (".editorconfig",)),
        ),
        profile="editors",
    ),
)

PROFILES = tuple(section.profile for section in SECTIONS if section.profile)
# The names that a survey of the context must look for.
NAMES = frozenset(item.name for section in SECTIONS for item in section.items if item.is_nested and item.name)
# Lines that match litter at the root alone, however people write it: `__pycache__/`, `*.pyc`, `.mypy_cache/*`.
LITTER = frozenset(
    {"*$py.class", "*.py[co]", "*.pyc", "*.pyd", "*.pyo", ".pytype", ".pyre", "Thumbs.db"}
    | {item.pattern.removeprefix("**/") for section in SECTIONS for item in section.items if item.is_litter}
)


def sections(profiles: frozenset[str] = frozenset()) -> tuple[Section, ...]:
    """The sections to write: those that are always wanted, and those of the profiles."""
    return tuple(section for section in SECTIONS if not section.profile or section.profile in profiles)
