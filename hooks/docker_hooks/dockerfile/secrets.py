"""Tells secrets from what only sounds like them: by the name of a variable, by its value, by the form of a token.

The names are narrower than BuildKit's own (SecretsUsedInArgOrEnv), which takes every KEY, TOKEN or AUTH within a name
and is silenced for that (moby/buildkit#5775): here a name must end as a secret's does. Nothing here hands out a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from docker_hooks.dockerfile.options import names
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.values import NamedTuple


class Credential(NamedTuple):
    """Something in a text that lets people in: what it is, and where it begins.

    `variables` are the names of those that stand for it; none if it stands there itself.
    """

    kind: str
    start: int
    variables: frozenset[str] = frozenset()


# What the names of secrets end with ...
_SECRETS = names("apikey passphrase passwd password pword secret token")
# ... and with `key` behind them; a key alone may be anything.
_KEYS = names(
    "access account api auth deploy encryption fernet hmac jwt kaggle master priv private prv rsa secret service "
    "sa signing ssh storage"
)
# Ends that are a secret's name where the value looks like one.
_PERHAPS = names("pass pwd")
# Behind the end of a name: which of several it is.
_QUALIFIERS = names("ci dev development local prod production staging")
# Words that make something else of a name: PUBLIC_KEY, MAX_TOKEN, ALLOW_EMPTY_PASSWORD, HASHED_PASSWORD; the name of a
# Kubernetes secret.
_HARMLESS = names(
    "allow ask disable disabled dummy empty enable enabled encrypted example fake file hash hashed k8s kubernetes "
    "length max min no num path pub public random require required sample save skip test uri url use version"
)
# The tokens of language models, which are words of theirs.
_OF_MODELS = names("bos cls context end eos image input mask next output pad prompt sep special start stop unk")
# Each of them is a part of any secret's name, quotes left out.
_NAME_PARTS = ("key", "pass", "pword", "pwd", "secret", "token")
_WORDS = regex(r"[A-Z]*[a-z]+|[A-Z]+|[0-9]+")

_NO_VALUES = names(
    "- 0 1 abc bar baz build default empty false foo foobar mypassword mysecret mysecretpassword my-secret-pw n/a "
    "na nil no none null off on tbd temp test testing tmp true undefined unset yes"
) | {""}
# What everyone takes for a database of their own machine, or tries first.
_EVERYONES = names(
    "1234 12345 123456 admin airflow changeme change_me default demo development docker guest localhost mariadb "
    "minio minio123 minioadmin mlflow mongo mysql neo4j pass passwd password postgres postgresql rabbitmq redis "
    "root secret token user username"
)
_SHORTEST = 4
# Ends of the names of variables whose values are no secret, and often the password as well.
_NAMING = ("USER", "USERNAME", "DB", "DATABASE", "NAME", "LOGIN")
_MOST_GUESSES = 50
# Words of values that say of themselves that they are to be replaced, or are of no use.
_PLACEHOLDER = regex(
    r"change.?(?:me|it|this)|(?<![a-z0-9])(?:your|replace|example|sample|dummy|fake|insert|todo|xxx|do.?n.?t|do.?not)"
    r"|placeholder|insecure|un-?used|not.?(?:used|secret|a.?secret|real)|<.*>|\{\{.*\}\}|%\(?\w+\)?%"
    r"|\A(?:__.*__|@.*@|\*.*\*|\[.*\])\Z",
    re.IGNORECASE,
)
_HASH = regex(
    r"(?:sha1|sha256|argon2|pbkdf2|bcrypt|md5)[:$_]|\{(?:SSHA|SHA|CRYPT)\}|\$(?:2[aby]|5|6|argon2\w*)\$", re.I
)
_PATH = regex(r"(?:\.{0,2}/|~/|file:|[A-Za-z]:\\)")

# The forms of tokens, from their makers' documentation: GitHub, GitLab, AWS, Hugging Face, Slack, OpenAI and
# Anthropic, Google, PyPI, npm, Docker Hub, SendGrid, Stripe, Databricks, Azure; RFC 7468 for private keys.
_TOKENS = {
    "a GitHub token": r"gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}",
    "a GitLab token": r"gl(?:pat|dt|ptt|rt|cbt|ft|soat)-[\w-]{16,255}",
    "an AWS access key": r"(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])",
    "a Hugging Face token": r"hf_[A-Za-z0-9]{20,255}(?![A-Za-z0-9_])",
    "a Slack token": r"xox[abeoprs]-[A-Za-z0-9-]{10,255}",
    "an API key": r"sk-(?:(?:proj|svcacct|admin|ant)-[\w-]{20,255}|[A-Za-z0-9]{32,255})",
    "a Google API key": r"AIza[\w-]{35}",
    "a PyPI token": r"pypi-AgE[\w-]{20,255}",
    "an npm token": r"npm_[A-Za-z0-9]{30,255}",
    "a Docker Hub token": r"dckr_[po]at_[\w-]{20,255}",
    "a SendGrid key": r"SG\.[\w-]{16,32}\.[\w-]{32,64}",
    "a Stripe key": r"[rs]k_live_[A-Za-z0-9]{16,255}",
    "a Databricks token": r"dapi[0-9a-f]{32}",
    "an Azure storage key": r"AccountKey=[A-Za-z0-9+/]{40,255}",
    "a private key": (
        r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY(?: BLOCK)?-----(?:\\n|[^A-Za-z0-9]){0,10}[A-Za-z0-9+/:]{8,255}"
    ),
}
_TOKEN = regex("|".join(f"(?P<t{index}>{form})" for index, form in enumerate(_TOKENS.values())))
_KINDS = tuple(_TOKENS)
# What tokens begin with, or hold: a text without any of these needs no closer look.
_TOKEN_MARKS = names(
    "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- gldt- glptt- glrt- glcbt- glft- glsoat- AKIA ASIA hf_ xox sk- AIza "
    "pypi-AgE npm_ dckr_ SG. k_live_ dapi AccountKey="
) | {"PRIVATE KEY"}
# Characters that people fill in for those of a token.
_BLANK = frozenset("x0*.-_")
# `://user:password@host` or `://token@host`; the host may be a variable.
_URL = regex(r"://([^\s/:@\"'<>|]{0,255})(?::([^\s/@\"'<>|]{0,1000}))?@(?!sha256:)(?=[\w$\[-])")
# The address to which an application reports to Sentry, whose documentation calls it safe to publish.
_SENTRY = regex(r"://[0-9a-f]{32}@[\w.-]{1,255}/\d{1,20}(?![\w/])")
_SUBSTITUTE = regex(r"[\w.-]{0,255}://")
_HEADER = regex(r"Authorization:\s{0,5}(?:Bearer|Token|Basic)\s{1,5}([^\s\"']{8,1000})", re.IGNORECASE)
_NPM = regex(r"(?<![A-Za-z0-9])_(?:authToken|password|auth)\"?[=\s]\s{0,5}\"?([^\s\"']{8,1000})")
_EXPANSION = regex(r"\$\{[^}]{0,200}\}?|\$\w{0,200}")
_VARIABLES = regex(r"\$\{?(\w+)")


def is_secret_name(name: str) -> bool:
    """Whether a variable or option of that name plainly holds a secret: DB_PASSWORD, HF_TOKEN, secret-key."""
    return _are_secret(_words(name))


def may_be_secret_name(name: str) -> bool:
    """The same, and names that are a secret's where a value stands behind them: DB_PASS."""
    words = _words(name)
    return _are_secret(words) or (len(words) > 1 and words[-1] in _PERHAPS)


def _are_secret(words: Sequence[str]) -> bool:
    return bool(words) and (words[-1] in _SECRETS or (len(words) > 1 and words[-1] == "key" and words[-2] in _KEYS))


def is_placeholder(value: str, name: str = "") -> bool:
    """Whether a value is no secret: empty, a switch, a path, a hash, a URL, or what is there to be replaced.

    `name` is that of the variable, which some write as its value.
    """
    plain = value.strip()
    lower = plain.lower()
    if lower in _NO_VALUES or len(set(lower)) < 2 or _PLACEHOLDER.search(plain[:500]):
        return True
    if _PATH.match(plain) or _HASH.match(plain) or "://" in plain:
        return True
    words = _WORDS.findall(lower)
    return len(words) > 1 and words == [word.lower() for word in _WORDS.findall(name.lower())]


def is_no_secret(value: str, name: str = "", guesses: Iterable[str] = ()) -> bool:
    """Whether a value keeps nobody out: a placeholder, or a word that everyone takes, or knows beside it.

    `name` is as for `is_placeholder`; `guesses` are words that anyone would try there, as `known_words` gives them.
    """
    lower = value.strip().lower()
    is_open = len(lower) < _SHORTEST or lower in _EVERYONES or any(lower == guess.lower() for guess in guesses)
    return is_open or is_placeholder(value, name)


def known_words(variables: Iterable[tuple[str, str | None]]) -> tuple[str, ...]:
    """What anyone would try: the users and databases that variables name."""
    words = (value for name, value in variables if value and name.upper().endswith(_NAMING))
    return tuple(word for _, word in zip(range(_MOST_GUESSES), words, strict=False))


def without_variables(value: str) -> str:
    """A value less the variables in it and the quotes around it."""
    return _EXPANSION.sub("", value).strip("\"' ")


def may_be_in_commands(text: str) -> bool:
    """Whether the commands in a text may set or pass a secret: it holds a part of a secret's name, or `curl -u`."""
    lower = text.lower()
    return any(part in lower for part in _NAME_PARTS) or ("curl" in lower and "-u" in lower)


def credentials(text: str, guesses: Iterable[str] = ()) -> Iterator[Credential]:
    """The tokens, private keys and credentials in URLs and headers that stand in a text. Linear in its length.

    `guesses` are as for `is_no_secret`.
    """
    found: set[int] = set()
    for match in _TOKEN.finditer(text) if any(mark in text for mark in _TOKEN_MARKS) else ():
        before = text[match.start() - 1 : match.start()]
        if before.isalnum() or (before and before in "_-.") or _is_made_up(match[0]):
            continue
        kind = _KINDS[int((match.lastgroup or "t0")[1:])]
        found.add(match.start())
        yield Credential(kind, match.start())
    for match in _URL.finditer(text) if "://" in text and "@" in text else ():
        if not any(start in found for start in (match.start(1), match.start(2))):
            yield from _in_url(match, text, guesses)
    headers = _HEADER.finditer(text) if "uthor" in text.lower() else ()
    settings = _NPM.finditer(text) if "_auth" in text or "_password" in text else ()
    for matches, kind in ((headers, "credentials in a header"), (settings, "credentials of npm")):
        for match in matches:
            is_known = match.start(1) in found or "$" in match[1] or "`" in match[1]
            if not is_known and not is_placeholder(match[1]) and not _is_made_up(match[1]):
                yield Credential(kind, match.start())


def _words(name: str) -> list[str]:
    """The words of a name in lower case, without what follows its end; none for one that is something else."""
    lower = name.lower()
    if not any(part in lower for part in _NAME_PARTS):
        return []
    words = [word.lower() for word in _WORDS.findall(name)]
    while words and (words[-1] in _QUALIFIERS or words[-1].isdigit()):
        words.pop()
    is_of_models = len(words) > 1 and words[-1] == "token" and words[-2] in _OF_MODELS
    return [] if is_of_models or not _HARMLESS.isdisjoint(words) else words


def _is_made_up(token: str) -> bool:
    return _PLACEHOLDER.search(token) is not None or _BLANK.issuperset(token[-12:].lower())


def _in_url(match: re.Match[str], text: str, guesses: Iterable[str]) -> Iterator[Credential]:
    user, password = match[1], match[2]
    secret = user if password is None else password
    # `s@http://a:80@https://b@` is a command of sed, and `${NAME:-default}` no name and password.
    is_port = secret.isdigit() and len(secret) < 6
    if is_port or _SUBSTITUTE.match(text, match.end()) or user.count("{") != user.count("}"):
        return
    if _SENTRY.match(text, match.start()):
        return
    if "`" in secret or "$(" in secret:
        return
    if "$" in secret:
        variables = frozenset(_VARIABLES.findall(secret))
        if password is not None or any(map(may_be_secret_name, variables)):
            yield Credential("credentials in a URL", match.start(), variables)
    elif password is None or password == "x-oauth-basic":
        if _is_token(user):
            yield Credential("credentials in a URL", match.start())
    elif not is_no_secret(password, "", (user, *guesses)):
        yield Credential("credentials in a URL", match.start())


def _is_token(user: str) -> bool:
    """Whether the user in a URL without password is a token: it says so, or is long and holds letters and digits."""
    is_mixed = len(user) >= 12 and len(set(user)) > 5 and user.isalnum() and not user.isalpha() and not user.isdigit()
    says_so = "token" in user.lower() and user != "x-access-token"
    return (is_mixed or says_so) and not _is_made_up(user)
