"""`python -m tests.builds [NAME...]`: build the projects of the table (or those named) and print what they show.

Exit code: 0 every promise held, 1 one did not, 2 no engine can run here or a name is unknown.
"""

import sys

from tests.builds.engine import NoEngine, running_engine
from tests.builds.images import base_images
from tests.builds.projects import PROJECTS
from tests.builds.proof import problems, prove, table


def main(names: list[str]) -> int:
    """Build, print the table, say whether every promise held."""
    unknown = set(names) - {project.name for project in PROJECTS}
    if unknown:
        print(f"no project called {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    rows = []
    try:
        with running_engine() as engine, base_images(engine) as index:
            for project in PROJECTS:
                if not names or project.name in names:
                    print(f"{project.name} ...", file=sys.stderr)
                    rows.append(prove(engine, index, project))
    except NoEngine as reason:
        print(f"no engine: {reason}", file=sys.stderr)
        return 2
    print(table(rows))
    return 1 if any(problems(row) for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
