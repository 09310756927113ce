"""Reads personas.json with Python's json and prints what is not as promised, as JSON.

    python3 read_cards.py FILE
"""

import json
import sys

number, text, flag = (int, float), str, bool
maybe = lambda kind: (kind if isinstance(kind, tuple) else (kind,)) + (type(None),)

DOCUMENT = {
    "source": text, "rows": int, "rows_left_out": int, "in_no_group": int, "method": text, "method_text": text, "chosen": dict,
    "features": list, "revenue_column": maybe(text), "personas": list, "notes": list,
}
PERSONA = {
    "persona": int, "name": text, "automatic_name": text, "renamed": flag, "name_may_be_out_of_date": flag, "name_parts": list,
    "summary": text, "customers": int, "share": number, "revenue_share": maybe(number), "stability": maybe(dict),
    "match_all_headline_traits": maybe(number), "statements": list, "distributions": list, "evidence": list, "added_by_you": dict,
}
STATEMENT = {"text": text, "value": maybe(text), "everyone": text, "direction": text, "evidence": int}
EVIDENCE = {
    "column": text, "level": maybe(text), "persona": maybe(number), "everyone": number, "rest": maybe(number), "texts": list,
    "effect": maybe(number), "v_test": maybe(number), "percentile": maybe(number), "index": maybe(number), "coverage": maybe(number),
    "customers": int, "missing_share": number, "in_name": flag, "in_statements": flag,
}


def wrong(where, value, schema):
    missing = [f"{where}: no {name}" for name in schema if name not in value]
    return missing + [
        f"{where}: {name} is {type(value[name]).__name__}" for name, kind in schema.items() if name in value and not isinstance(value[name], kind)
    ]


def never(constant):
    raise ValueError(f"{constant} is no JSON")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = json.load(file, parse_constant=never)
    found = wrong("document", document, DOCUMENT)
    for nth, persona in enumerate(document["personas"]):
        where = f"persona {nth + 1}"
        found += wrong(where, persona, PERSONA)
        for statement in persona["statements"]:
            found += wrong(f"{where}, statement", statement, STATEMENT)
            if not 0 <= statement["evidence"] < len(persona["evidence"]):
                found.append(f"{where}: a statement without evidence")
        for evidence in persona["evidence"]:
            found += wrong(f"{where}, evidence", evidence, EVIDENCE)
    print(json.dumps({
        "wrong": found,
        "rows": document["rows"],
        "left_out": document["rows_left_out"],
        "in_no_group": document["in_no_group"],
        "sizes": [persona["customers"] for persona in document["personas"]],
        "share": sum(persona["share"] for persona in document["personas"]),
    }))


main()
