"""Makes holidays.txt: the national public holidays of some countries, 2000 to 2035, as the package `holidays` 0.109 (MIT) knows them. Dates are facts; names are left out.

Countries whose holidays are announced year by year (by sighting of the moon, for instance) are not among them. A country without a line for a year is not known there.
"""

import pathlib
from collections import defaultdict

import holidays

COUNTRIES = {
    "AR": "Argentina", "AT": "Austria", "AU": "Australia", "BE": "Belgium", "BG": "Bulgaria", "BR": "Brazil", "CA": "Canada", "CH": "Switzerland", "CL": "Chile",
    "CO": "Colombia", "CY": "Cyprus", "CZ": "Czechia", "DE": "Germany", "DK": "Denmark", "EE": "Estonia", "ES": "Spain", "FI": "Finland", "FR": "France",
    "GB": "United Kingdom", "GR": "Greece", "HR": "Croatia", "HU": "Hungary", "IE": "Ireland", "IS": "Iceland", "IT": "Italy", "JP": "Japan", "KR": "South Korea",
    "LT": "Lithuania", "LU": "Luxembourg", "LV": "Latvia", "MT": "Malta", "MX": "Mexico", "NL": "Netherlands", "NO": "Norway", "NZ": "New Zealand", "PL": "Poland",
    "PT": "Portugal", "RO": "Romania", "RS": "Serbia", "SE": "Sweden", "SI": "Slovenia", "SK": "Slovakia", "UA": "Ukraine", "US": "United States", "ZA": "South Africa",
}

lines = []
for code, name in sorted(COUNTRIES.items(), key=lambda of: of[1]):
    days = defaultdict(list)
    for year in range(2000, 2036):
        for day in holidays.country_holidays(code, years=year):
            if day.year == year:
                days[year].append(f"{day:%m%d}")
    lines.append(f"{code} {name}")
    lines += [f"{year} {' '.join(sorted(days[year]))}" for year in sorted(days)]
pathlib.Path(__file__).with_name("holidays.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
