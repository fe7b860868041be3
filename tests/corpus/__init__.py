"""Every mend over every file of a corpus, held to the promises by a judge that shares no code with the hooks.

`python -m tests.corpus PATH` runs it; `judge` compares a file before and after a mend with Go's official parser
(PyPI's `dockerfile`), with shfmt and with plain bytes.
"""
