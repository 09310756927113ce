"""Reads a .pptx with python-pptx and prints what it found as JSON: per slide its title, texts, notes, alt texts and shapes outside of it.

    python3 read_slides.py FILE

Exits with 77 where python-pptx is missing, which the tests report as skipped.
"""

import json
import sys

try:
    from pptx import Presentation
    from pptx.enum.shapes import MSO_SHAPE_TYPE
except ImportError:
    sys.exit(77)


def walk(shapes):
    for shape in shapes:
        yield shape
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            yield from walk(shape.shapes)


def read(deck, slide):
    texts, tables, told, outside, small = [], [], [], [], []
    for shape in walk(slide.shapes):
        told.append(shape._element.xpath(".//p:cNvPr")[0].get("descr") or "")
        if shape.is_placeholder and shape.placeholder_format.type is not None and "SLIDE_NUMBER" in str(shape.placeholder_format.type):
            continue
        left, top, width, height = shape.left, shape.top, shape.width, shape.height
        if left < 0 or top < 0 or left + width > deck.slide_width + 1 or top + height > deck.slide_height + 1:
            outside.append(f"{shape.name}: {left} {top} {width} {height}")
        paragraphs = list(shape.text_frame.paragraphs) if shape.has_text_frame else []
        if getattr(shape, "has_table", False) and shape.has_table:
            tables.append([[cell.text for cell in row.cells] for row in shape.table.rows])
            paragraphs = [p for row in shape.table.rows for cell in row.cells for p in cell.text_frame.paragraphs]
        for paragraph in paragraphs:
            if paragraph.text.strip():
                texts.append(paragraph.text)
                small += [run.font.size.pt for run in paragraph.runs if run.font.size is not None]
    pictures = [shape for shape in walk(slide.shapes) if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    return {
        "title": slide.shapes.title.text if slide.shapes.title is not None else None,
        "texts": texts,
        "tables": tables,
        "told": [text for text in told if text],
        "pictures": [[picture.image.content_type, picture._element.xpath(".//p:cNvPr")[0].get("descr")] for picture in pictures],
        "outside": outside,
        "smallest": min(small, default=None),
        "notes": slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else "",
        "layout": slide.slide_layout.name,
    }


def main():
    deck = Presentation(sys.argv[1])
    slides = [read(deck, slide) for slide in deck.slides]
    size = [deck.slide_width, deck.slide_height]
    print(json.dumps({"size": size, "title": deck.core_properties.title, "slides": slides}))


main()
