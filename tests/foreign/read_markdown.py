"""Reads Markdown with markdown-it-py, CommonMark with GitHub's tables, and prints what it found as JSON.

    python3 read_markdown.py FILE

Exits with 77 where markdown-it-py is missing, which the tests report as skipped.
"""

import json
import sys

try:
    from markdown_it import MarkdownIt
except ImportError:
    sys.exit(77)


def walk(tokens):
    for token in tokens:
        yield token
        yield from walk(token.children or [])


def tables(tokens):
    """Cells a row, a list a table."""
    found = []
    for token in tokens:
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append(0)
        elif token.type in ("th_open", "td_open"):
            found[-1][-1] += 1
    return found


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        source = file.read()
    # With HTML allowed the reader tells every piece of it; what data say must never be one.
    tokens = list(walk(MarkdownIt("commonmark", {"html": True}).enable("table").parse(source)))
    headings = [tokens[at + 1] for at, token in enumerate(tokens) if token.type == "heading_open"]
    print(json.dumps({
        "html": [token.content for token in tokens if token.type in ("html_block", "html_inline")],
        "links": sum(token.type in ("link_open", "image") for token in tokens),
        "code": sum(token.type in ("code_inline", "code_block", "fence") for token in tokens),
        "headings": ["".join(child.content for child in heading.children) for heading in headings],
        "tables": tables(tokens),
    }))


main()
