#!/usr/bin/env python3
"""Two small workbooks for tests/it/reading.rs, written part by part with nothing but the standard library.

Run: python tests/oracles/make_workbooks.py   (writes tests/fixtures/shop.xlsx and shop.ods)
"""
import pathlib
import zipfile

folder = pathlib.Path(__file__).parent.parent / "fixtures"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PKG = "http://schemas.openxmlformats.org/package/2006"


def cell(at, value, style=None):
    if isinstance(value, str):
        return f'<c r="{at}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{at}"' + (f' s="{style}"' if style else "") + f"><v>{value}</v></c>"


def sheet(rows):
    lines = "".join(f'<row r="{r}">' + "".join(cell(f"{'ABCD'[c]}{r}", *v) for c, v in enumerate(row) if v) + "</row>" for r, row in rows)
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'


parts = {
    "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{PKG}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    "_rels/.rels": f'<?xml version="1.0"?><Relationships xmlns="{PKG}/relationships"><Relationship Id="r1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets><sheet name="Cover" sheetId="1" r:id="r1"/><sheet name="Customers" sheetId="2" r:id="r2"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<?xml version="1.0"?><Relationships xmlns="{PKG}/relationships"><Relationship Id="r1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{REL}/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="r3" Type="{REL}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<?xml version="1.0"?><styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
    "xl/worksheets/sheet1.xml": sheet([]),
    "xl/worksheets/sheet2.xml": sheet([
        (1, [("Our customers",)]),
        (3, [("name",), ("spend",), ("since",), ("share",)]),
        (4, [("Anna",), (12.5,), (45360, 1), ("12,5 %",)]),
        (5, [("Bob",), None, (45361, 1), ("3 %",)]),
    ]),
}
with zipfile.ZipFile(folder / "shop.xlsx", "w", zipfile.ZIP_DEFLATED) as z:
    for name, text in parts.items():
        z.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)


def ods_cell(value, date=False):
    if value is None:
        return "<table:table-cell/>"
    if date:
        return f'<table:table-cell office:value-type="date" office:date-value="{value}"><text:p>{value}</text:p></table:table-cell>'
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'


rows = [["name", "spend", "since"], ["Anna", 12.5, "2024-03-09"], ["Bob", None, "2024-03-10"]]
body = "".join("<table:table-row>" + "".join(ods_cell(v, r > 0 and c == 2) for c, v in enumerate(row)) + "</table:table-row>" for r, row in enumerate(rows))
ns = "urn:oasis:names:tc:opendocument:xmlns"
content = f'<?xml version="1.0"?><office:document-content xmlns:office="{ns}:office:1.0" xmlns:table="{ns}:table:1.0" xmlns:text="{ns}:text:1.0"><office:body><office:spreadsheet><table:table table:name="Customers">{body}</table:table></office:spreadsheet></office:body></office:document-content>'
with zipfile.ZipFile(folder / "shop.ods", "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr(zipfile.ZipInfo("mimetype", (2026, 1, 1, 0, 0, 0)), "application/vnd.oasis.opendocument.spreadsheet")
    z.writestr(zipfile.ZipInfo("content.xml", (2026, 1, 1, 0, 0, 0)), content)
    z.writestr(zipfile.ZipInfo("META-INF/manifest.xml", (2026, 1, 1, 0, 0, 0)), f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{ns}:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>')
