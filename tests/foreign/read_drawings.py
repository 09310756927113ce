"""Reads SVG files with Python's XML parser and prints what it found as JSON, a line of findings a file.

    python3 read_drawings.py FILE...
"""

import json
import sys
import xml.etree.ElementTree as tree

SVG = "{http://www.w3.org/2000/svg}"


def read(path):
    root = tree.parse(path).getroot()
    elements = list(root.iter())
    names = [element.tag.removeprefix(SVG) for element in elements]
    links = [value for element in elements for name, value in element.attrib.items() if name.split("}")[-1] in ("href", "src")]
    return {
        "root": root.tag,
        "has_size": all(root.get(side) for side in ("width", "height", "viewBox")),
        "active": [name for name in names if name in ("script", "foreignObject")]
        + [name for element in elements for name in element.attrib if name.lower().startswith("on")],
        "outside": [link[:60] for link in links if not link.startswith(("#", "data:image/"))],
        "shapes": sum(name in ("path", "rect", "circle", "line", "polygon", "use", "text") for name in names),
    }


def main():
    print(json.dumps({path.replace("\\", "/").split("/")[-1]: read(path) for path in sys.argv[1:]}))


main()
