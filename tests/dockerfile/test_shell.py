"""The shell scanner: by tables, beside shfmt's parser, and on hostile input."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docker_hooks.dockerfile.shell import Command, Script, scan
from tests.corpus_files import corpus
from tests.dockerfile.compare_shell import compare, compare_all, run_scripts
from tests.work import grows_linearly


def shown(command: Command) -> str:
    """A command with what it stands in and what stands around it: `if ( : && name word ;`."""
    parts = [word.text for word in (*command.assignments, *command.words)]
    around = [command.operator_before.replace("\n", "NL"), *parts, command.operator_after.replace("\n", "NL")]
    return " ".join([*command.nesting, ":"] * bool(command.nesting) + [part for part in around if part])


LISTS = [
    ("", []),
    ("  ", []),
    ("# nothing", []),
    ("a", ["a"]),
    ("a b  c\td", ["a b c d"]),
    ("a && b", ["a &&", "&& b"]),
    ("a||b&&c", ["a ||", "|| b &&", "&& c"]),
    ("a; b;", ["a ;", "; b ;"]),
    ("a & b &", ["a &", "& b &"]),
    ("a | b |& c", ["a |", "| b |&", "|& c"]),
    ("a && b | c || d; e", ["a &&", "&& b |", "| c ||", "|| d ;", "; e"]),
    ("a\nb\n\n\nc\n", ["a NL", "NL b NL", "NL c NL"]),
    ("a;\n b &&\n\n c |\n d", ["a ;", "; b &&", "&& c |", "| d"]),
    ("a && # why\n # because\nb", ["a &&", "&& b"]),
    ("a # the rest && b", ["a"]),
    ("a #x\nb", ["a NL", "NL b"]),
    ("a b#c 'd'#e $#", ["a b#c 'd'#e $#"]),
    ("a;#b", ["a ;"]),
    ("(#b\na)", ["( : a"]),
    ("a \\\n  b \\\n&& c", ["a b &&", "&& c"]),
    ("a\\\n b\\\n&&c", ["a b &&", "&& c"]),
    ("A=b C= d e=f", ["A=b C= d e=f"]),
    ("A=b", ["A=b"]),
    ("A=b; C='d e' F=\"g\" h", ["A=b ;", "; C='d e' F=\"g\" h"]),
    ("_a1=b c 2=d", ["_a1=b c 2=d"]),
    ("2=d a=b", ["2=d a=b"]),
    ("'a'=b c", ["'a'=b c"]),
    ("a\\\nb=c d", ["a\\\nb=c d"]),
    ("! a", ["! : a"]),
    ("! a | b && c", ["! : a |", "! : | b &&", "&& c"]),
    ("a || ! b", ["a ||", "! : || b"]),
    ("a ! b !", ["a ! b !"]),
    ("!a", ["!a"]),
    ("(a)", ["( : a"]),
    ("(a; b) && c", ["( : a ;", "( : ; b", "&& c"]),
    ("( (a) )", ["( ( : a"]),
    ("a | (b)", ["a |", "( : b"]),
    ("{ a; }", ["{ : a ;"]),
    ("{ a; b & } && c", ["{ : a ;", "{ : ; b &", "&& c"]),
    ("{ (a) }", ["{ ( : a"]),
    ("{a b} }", ["{a b} }"]),
    ("a { } ;", ["a { } ;"]),
    ("find . -exec rm {} \\; -o x", ["find . -exec rm {} \\; -o x"]),
    ("if a; then b; fi", ["if : a ;", "if : b ;"]),
    ("if a; then b; else c; fi; d", ["if : a ;", "if : b ;", "if : c ;", "; d"]),
    (
        "if a && b; then c; elif d | e; then f; else g; fi && h",
        ["if : a &&", "if : && b ;", "if : c ;", "if : d |", "if : | e ;", "if : f ;", "if : g ;", "&& h"],
    ),
    ("if a\nthen\nb\nfi\n", ["if : a NL", "if : b NL"]),
    ("if (a) then (b) fi", ["if ( : a", "if ( : b"]),
    ("if ! a; then b; fi", ["if ! : a ;", "if : b ;"]),
    ("! if a; then b; fi", ["! if : a ;", "! if : b ;"]),
    ("while a; do b; done < c | d", ["while : a ;", "while : b ;", "| d"]),
    ("until a; do b; done", ["until : a ;", "until : b ;"]),
    ("for x in a b; do c $x; done", ["for : c $x ;"]),
    ("for x in a b\ndo c; done", ["for : c ;"]),
    ("for x\nin a # c\ndo c; done", ["for : c ;"]),
    ("for x; do c; done", ["for : c ;"]),
    ("for x do c; done", ["for : c ;"]),
    ("for x in; do c; done", ["for : c ;"]),
    ("for x in $(a) `b`; do c; done", ["$( : a", "$( : b", "for : c ;"]),
    ("for x in a; do if b; then (c); fi; done", ["for if : b ;", "for if ( : c"]),
    ("while a; do for b in c; do d; done; done", ["while : a ;", "while for : d ;"]),
    ("echo if then else fi do done while", ["echo if then else fi do done while"]),
    ("'if' a; \\then; \"fi\"", ["'if' a ;", "; \\then ;", '; "fi"']),
    ("[ -f a ] && [[ -f b ]] || [[ $c == d* ]]", ["[ -f a ] &&", "&& [[ -f b ]] ||", "|| [[ $c == d* ]]"]),
    ("export A=b C", ["export A=b C"]),
    ("time a b", ["time a b"]),
    ("time -p A=b c | d", ["time -p A=b c |", "| d"]),
    ("time", ["time"]),
    ("exec a", ["exec a"]),
    (". venv/bin/activate && pip install x", [". venv/bin/activate &&", "&& pip install x"]),
    ("sh -c 'a && b' && bash -ec \"c; d\"", ["sh -c 'a && b' &&", '&& bash -ec "c; d"']),
    ("a $(b) c", ["a $(b) c", "$( : b"]),
    ("a `b` c", ["a `b` c", "$( : b"]),
    ("$(a b) c", ["$(a b) c", "$( : a b"]),
    ('a "$(b "c $(d)")"', ['a "$(b "c $(d)")"', '$( : b "c $(d)"', "$( $( : d"]),
    ('a "`b "c"`"', ['a "`b "c"`"', '$( : b "c"']),
    ("a $(b; c | d)", ["a $(b; c | d)", "$( : b ;", "$( : ; c |", "$( : | d"]),
    ("a $(b\n)", ["a $(b\n)", "$( : b NL"]),
    ("a $() ``", ["a $() ``"]),
    ("a $( (b) )", ["a $( (b) )", "$( ( : b"]),
    ("A=$(b) c", ["A=$(b) c", "$( : b"]),
    ("a > $(b)", ["a", "$( : b"]),
    ("(a) > $(b)", ["( : a", "$( : b"]),
    ("a $(<b)", ["a $(<b)", "$( :"]),
    ("a ${b:-$(c)} $((1 + $(d)))", ["a ${b:-$(c)} $((1 + $(d)))", "$( : c", "$( : d"]),
    ("if a $(b); then c; fi", ["if : a $(b) ;", "if $( : b", "if : c ;"]),
    ('a `b "c\\"d"`', ['a `b "c\\"d"`', '$( : b "c\\"d"']),
    ("a <<E && b\nc\nE\nd", ["a &&", "&& b NL", "NL d"]),
    ("a <<E <<'F'\nb\nE\n$(c)\nF\nd", ["a NL", "NL d"]),
    ("a <<E\n$(b) `c` ${d:-$(e)} $((f))\nE", ["a NL", "$( : b", "$( : c", "$( : e"]),
    ("a <<E\n\\$(b) \\` ' \"\nE\n", ["a NL"]),
    ("a <<'E'\n$(b ' \"\nE\n", ["a NL"]),
    ("a <<\\E\n$(b\nE\n", ["a NL"]),
    ("a <<-E\n\tb\n\tE\nc", ["a NL", "NL c"]),
    ("a <<E\nb\\\nE\nc\nE\nd", ["a NL", "NL d"]),
    ("a <<E | b |\nc\nE\nd", ["a |", "| b |", "| d"]),
    ("(a <<E)\nb\nE\nc", ["( : a", "NL c"]),
    ("if a <<E; then b; fi\nx\nE", ["if : a ;", "if : b ;"]),
    ("a $(b <<E\nc\nE\n)", ["a $(b <<E\nc\nE\n)", "$( : b NL"]),
]

# Found by fuzzing: dash and bash read these so, shfmt does not (to it, for one, a backslash continues a comment).
BESIDE_SHFMT = [
    ("a \\\n#c \\\nb", ["a NL", "NL b"]),
    ("a # c \\\nb", ["a NL", "NL b"]),
    ("a; }=b c", ["a ;", "; }=b c"]),
    ("/a=b/c[0]=d e", ["/a=b/c[0]=d e"]),
    ("a $!\\\n&& b", ["a $! &&", "&& b"]),
    ('a `b "c"#d`', ['a `b "c"#d`', '$( : b "c"#d']),
    ("export a >b\nc", ["export a NL", "NL c"]),
]


@pytest.mark.parametrize(("script", "expected"), LISTS + BESIDE_SHFMT)
def test_commands(script: str, expected: list[str]) -> None:
    result = scan(script)
    assert not result.reason
    assert [shown(command) for command in result.commands] == expected


WORDS: list[tuple[str, str | None]] = [
    ("pip", "pip"),
    ('"pip"', "pip"),
    ("p\\ip", "pip"),
    ("p'i'\"p\"", "pip"),
    ("p\\\nip", "pip"),
    ("''", ""),
    ('""', ""),
    ("'a b'", "a b"),
    ("'a\\b'", "a\\b"),
    ("'a\nb'", "a\nb"),
    ("'#'", "#"),
    ("a\\ b", "a b"),
    ("\\#a", "#a"),
    ("\\\\", "\\"),
    ('"a\\"b\\$c\\`d\\\\e\\f"', 'a"b$c`d\\e\\f'),
    ('"a\\\nb"', "ab"),
    ('"it\'s"', "it's"),
    ("--index-url=https://example.org/x?a=b%20", "--index-url=https://example.org/x?a=b%20"),
    ("a=b", "a=b"),
    ("~/x", "~/x"),
    ("*.txt", "*.txt"),
    ("'*.txt'", "*.txt"),
    ("/var/lib/apt/lists/*", "/var/lib/apt/lists/*"),
    ("torch[cuda]", "torch[cuda]"),
    ("{}", "{}"),
    ("{a}", "{a}"),
    ("'{a,b}'", "{a,b}"),
    ("\\{a,b}", "{a,b}"),
    ("a,b", "a,b"),
    ("{a,b}", None),
    ("x{1..3}y", None),
    ("$", "$"),
    ("a$", "a$"),
    ("$/", "$/"),
    ('"$"', "$"),
    ('"a$ b"', "a$ b"),
    ("$a", None),
    ("a$1b", None),
    ("$@$*$?$!$$$-$#", None),
    ("${a}", None),
    ('"${a}b"', None),
    ("${a:-b c}", None),
    ('${a:-"b }"}', None),
    ("${a:-'b }'}", None),
    ("${a:-b\\}c}", None),
    ('"${a:-b c}"', None),
    ("${a#*/}", None),
    ("${a%%.*}", None),
    ("${a/b/c}", None),
    ("${a:0:2}", None),
    ("${a[0]}", None),
    ("${#a}", None),
    ("${#}", None),
    ("${!a}", None),
    ("${a:-${b:-${c}}}", None),
    ("$(a)", None),
    ("x`a`", None),
    ("$((1 + (2 * a)))", None),
    ("$((16#ff))", None),
    ("$'a\\n'", None),
    ('$"a"', None),
    ("é", "é"),
    ("\u00a0", "\u00a0"),
    ("a\vb", "a\vb"),
    ("\U0001f40d", "\U0001f40d"),
]


@pytest.mark.parametrize(("text", "value"), WORDS)
def test_words(text: str, value: str | None) -> None:
    script = f"é a {text} z"
    (command,) = (command for command in scan(script).commands if not command.nesting)
    assert [word.text for word in command.words] == ["é", "a", text, "z"]
    assert command.words[2].value == value
    assert script[command.words[2].start : command.words[2].end] == text


REDIRECTS = [
    ("a >b", ["", ">", "b"]),
    ("a > 'b c'", ["", ">", "'b c'"]),
    ("a >>b", ["", ">>", "b"]),
    ("a <b", ["", "<", "b"]),
    ("a 2>b", ["2", ">", "b"]),
    ("a 2> b", ["2", ">", "b"]),
    ("a 2>&1", ["2", ">&", "1"]),
    ("a >&2", ["", ">&", "2"]),
    ("a 2>&-", ["2", ">&", "-"]),
    ("a <&3", ["", "<&", "3"]),
    ("a &>b", ["", "&>", "b"]),
    ("a &>>b", ["", "&>>", "b"]),
    ("a >|b", ["", ">|", "b"]),
    ("a <>b", ["", "<>", "b"]),
    ("a <<<b", ["", "<<<", "b"]),
    ("a <<E\nb\nE\n", ["", "<<", "E"]),
    ("a <<- 'E'\nb\n\tE\n", ["", "<<-", "'E'"]),
    (">b a", ["", ">", "b"]),
    ("a >\\\nb", ["", ">", "b"]),
]


@pytest.mark.parametrize(("script", "expected"), REDIRECTS)
def test_redirects(script: str, expected: list[str]) -> None:
    (command,) = scan(script).commands
    (redirect,) = command.redirects
    assert [redirect.descriptor, redirect.operator, redirect.target.text] == expected
    assert [word.text for word in command.words] == ["a"]
    assert command.start <= redirect.start < redirect.target.start < redirect.end <= command.end


def test_redirects_among_words() -> None:
    (command,) = scan("A=b 2>c d 1e >f g 3").commands
    assert [word.text for word in command.words] == ["d", "1e", "g", "3"]
    assert [redirect.target.text for redirect in command.redirects] == ["c", "f"]
    assert (command.start, command.end) == (0, 19)


ABSTAINED = [
    ("case a in b) c;; esac", "a case statement"),
    ("a() { b; }", "a function, an array or a pattern in parentheses"),
    ("function a { b; }", "a function"),
    ("((a++))", "an arithmetic command"),
    ("(( a || true ))", "an arithmetic command"),
    ("let a=1", "an arithmetic command"),
    ("a=(b c)", "a function, an array or a pattern in parentheses"),
    ("declare -a a=(b)", "a function, an array or a pattern in parentheses"),
    ("a+=b c", "an assignment that only bash knows"),
    ("a[0]=b c", "an assignment that only bash knows"),
    ("select a in b; do c; done", "a select loop"),
    ("coproc a", "a coprocess"),
    ("for ((i=0; i<3; i++)); do a; done", "a loop without a variable"),
    ("a <(b)", "a process substitution"),
    ("a >(b)", "a process substitution"),
    ("a !(b)", "a function, an array or a pattern in parentheses"),
    ("a {b}>c", "a file descriptor that only bash knows"),
    ("a 10>b", "a file descriptor of two digits"),
    ("a > 2>b", "a redirection without its target"),
    ("a >", "a redirection without its target"),
    ("a >& -b", "words behind a closed descriptor"),
    ("[[ a && b ]]", "operators in `[[`"),
    ("[[ a < b ]]", "operators in `[[`"),
    ("[[ a =~ (b|c) ]]", "a function, an array or a pattern in parentheses"),
    ("]]", "`]]` out of place"),
    ("time { a; }", "`time` before a compound command"),
    ("time ! a", "`time` before a compound command"),
    ("a 'b", "a quote that is not closed"),
    ('a "b', "a quote that is not closed"),
    ('a "b $(c "d)"', "the script ends before `)`"),
    ('a "b $(c "d")', "a quote that is not closed"),
    ("a `b", "a backtick that is not closed"),
    ("a `b \\`c\\``", "an escape in backticks"),
    ("a `b \\\\c`", "an escape in backticks"),
    ('a "`b \\"c\\"`"', "an escape in backticks"),
    ("a $(b", "the script ends before `)`"),
    ("a $(b # c)", "the script ends before `)`"),
    ("a ${b:-c", "`${` that is not closed"),
    ("a ${}", "a bad substitution"),
    ("a ${b c}", "a bad substitution"),
    ("a \"${b:-'c'}\"", "quotes in a quoted `${...}`, which shells read differently"),
    ("a $((b)", "`$((` that is no plain arithmetic"),
    ("a $((b; c) | d)", "`$((` that is no plain arithmetic"),
    ("a $[1 + 1]", "an expansion that is not read"),
    ("a $'b\\'c'", "an escaped quote in `$'...'`"),
    ("a \\", "a backslash at the end of the script"),
    ("a &&", "nothing behind `&&`"),
    ("a |\n", "an operator without a command"),
    ("&& a", "an operator without a command"),
    ("a && ; b", "an operator without a command"),
    ("a;; b", "an operator without a command"),
    ("a & ; b", "an operator without a command"),
    ("a;& b", "`;&` outside a case statement"),
    ("()", "a compound command without commands"),
    ("if a; then fi", "a compound command without commands"),
    ("(a", "the script ends before `)`"),
    ("a)", "`)` out of place"),
    ("{ a", "the script ends before `}`"),
    ("{ a }", "the script ends before `}`"),
    ("if a; then b", "the script ends before `fi`"),
    ("if a; b; fi", "`fi` out of place"),
    ("then a", "`then` out of place"),
    ("in a", "`in` out of place"),
    ("do\\\nne", "`done` out of place"),
    ("A=b if c; then d; fi", "`if` out of place"),
    ("a | ! b", "`!` out of place"),
    ("(a) b", "more words behind a compound command"),
    ("if a; then b; fi c", "more words behind a compound command"),
    ("for x in a & do b; done", "a loop over more than words"),
    ("for x in a; b; done", "a loop without `do`"),
    ("cat <<E", "a heredoc without its end `E`"),
    ("cat <<E\na\n", "a heredoc without its end `E`"),
    ("cat <<E\na\\\nE\n", "a heredoc without its end `E`"),
    ("cat <<$a\nb\n$a\n", "a heredoc whose delimiter holds an expansion"),
    ("a $(cat <<E)\nb\nE\n", "a heredoc across a substitution"),
    ("a <<E $(b\n)\nc\nE\n", "a heredoc across a substitution"),
    ("a <<E\n$(b\nE\n", "the script ends before `)`"),
    ("a\r\nb", "a carriage return"),
    ("a \0", "a null character"),
    ("(" + "( " * 30 + "a" + " )" * 31, "an arithmetic command"),
    ("( " * 30 + "a" + " )" * 30, "nested too deeply"),
]


@pytest.mark.parametrize(("script", "reason"), ABSTAINED)
def test_abstains(script: str, reason: str) -> None:
    result = scan(script)
    assert (result.reason, result.commands) == (reason, ())
    assert 0 <= result.offset <= len(script)


def test_abstains_with_the_place() -> None:
    assert scan("a && b; case c in esac") == Script((), "a case statement", 8)


@pytest.mark.parametrize(
    ("script", "certain"),
    [
        ("a", "a"),
        ("a && b && c", "a b c"),
        ("a; b && c", "b c"),
        ("a\nb\n", "b"),
        ("a || b", ""),
        ("a && b || true", ""),
        ("a || b && c", ""),
        ("a && { b; } || { c; }", ""),
        ("a && (b) && c", "a c"),
        ("a && if b; then c; fi && d", "a d"),
        ("a | b", "b"),
        ("a | b && c", "b c"),
        ("! a", ""),
        ("! a && b", "b"),
        ("a && b &", ""),
        ("a & b", "b"),
        ("a $(b)", "a"),
        ("exit 0; a", ""),
        ("a || exit; b", ""),
        ("a || exit 1; b", "b"),
        ("a || { echo; exit 2; }; b && c", "b c"),
        ("trap b EXIT; a", ""),
        ("exec a; b", ""),
        ("exec 3>&1; a", "a"),
        ("set -e; a; b && c; d", "a d"),
        ("set -ex && a; b", "b"),
        ("set -eux -o pipefail; a; b", "a b"),
        ("set -o errexit\na\nb", "a b"),
        ("set -uo errexit; a; b", "a b"),
        ("set -x; a; b", "b"),
        ("set -o pipefail; a; b", "b"),
        ("set -- -e; a; b", "b"),
        ("set a -e; a; b", "b"),
        ("set -e; a | b; c; ! d; e || f; g", "b c g"),
        ("set -e; a; set +e; b; c", "c"),
        ("set -e & a; b", "b"),
        ("(set -e); a; b", "b"),
        ("a && set -e; b; c", "c"),
    ],
)
def test_certain(script: str, certain: str) -> None:
    found = [command.words[0].text for command in scan(script).commands if command.certain]
    assert " ".join(found) == certain


@pytest.mark.parametrize(
    "script",
    [script for script, _ in LISTS] + [f"é a {text} z" for text, _ in WORDS] + [script for script, _ in REDIRECTS],
)
def test_agrees_with_shfmt(script: str) -> None:
    result = compare(script)
    assert not result.rejected
    assert (result.ours, result.theirs) == ((), ())


@pytest.mark.skipif(not corpus(), reason="the corpus lies beside the project only where it is developed")
def test_agrees_with_shfmt_on_real_scripts() -> None:
    """On a twelfth of them; `python -m tests.dockerfile.compare_shell PATH` takes all."""
    texts = [content.decode(errors="replace") for _, content in corpus()]
    scripts = list(dict.fromkeys(script for text in texts for script in run_scripts(text)))[::12]
    results = list(compare_all(scripts))
    assert [result for result in results if result.differs] == []
    assert [result for result in results if result.rejected and not result.abstained] == []
    assert sum(bool(result.abstained and not result.rejected) for result in results) < len(results) / 100


_PIECES = [
    *"ab|'\"`()$\\;&><\n  é",
    "pip install x",
    "A=b ",
    "$(",
    "{ ",
    "}",
    "; }",
    "$x",
    "${x}",
    "${x:-",
    "$((",
    "))",
]
_PIECES += ["&&", " && ", " || ", " | ", "; ", " ! ", "if ", "; then ", "; fi", "else ", "while ", "; do ", "; done"]
_PIECES += ["for i in ", "# ", "2>&1", "&>", "<<<", "<<E\n", "\nE\n", "{a,b}", "x+=y", "[[ ", " ]]", "((", "case x in "]
_PIECES += [";;", "f()", "time ", "$'a'", "*.txt", "\\\n"]


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(_PIECES), max_size=25).map("".join))
def test_spans_of_anything(script: str) -> None:
    """Whatever the text: no exception, and what is found stands where it is said to stand."""
    result = scan(script)
    ends: dict[tuple[str, ...], int] = {}
    for command in result.commands:
        words = [*command.assignments, *command.words, *(redirect.target for redirect in command.redirects)]
        assert command.start == min([*(w.start for w in words), *(r.start for r in command.redirects)])
        assert command.end == max(word.end for word in words)
        assert all(script[word.start : word.end] == word.text for word in words)
        assert ends.get(command.nesting, 0) <= command.start
        ends[command.nesting] = command.end


@pytest.mark.parametrize(
    "unit",
    [
        "apt-get install -y x && ",
        "$(",
        "$(a) ",
        "`",
        "`a` ",
        '"',
        '"a" ',
        "'",
        '"$(',
        '"${x:-',
        "( ",
        "{ ",
        "if a; then ",
    ]
    + [
        "${x:-",
        "$((",
        "$((1)) ",
        "\\",
        "\\\n",
        "\n",
        "<<E ",
        "cat <<E\n",
        "2>&1 ",
        "1",
        "$",
        "{a,",
        "a\\\n",
        "! ",
        "# a\n",
    ],
)
def test_linear_time(unit: str) -> None:
    assert grows_linearly(lambda count: scan(unit * count), 2_000)
