//! Which country is meant? From a code or a name in a table to the two letters of ISO 3166-1.
//!
//! Every two-letter code with a telephone plan is known; names in English, German, French, Spanish and their own language for the countries
//! that customer files name most, and their three-letter codes.

use phonenumber::country::Id;

/// The two letters of the country that `text` names: "de", "Germany", "DEU" and "Deutschland" are "DE"; `None` where nothing is known.
pub fn iso(text: &str) -> Option<&'static str> {
    let word = text.trim().trim_end_matches('.').to_lowercase();
    if word.is_empty() || word.len() > 64 {
        return None;
    }
    let named = NAMES.iter().find(|(_, names)| names.contains(&word.as_str())).map(|(code, _)| *code);
    named.or_else(|| coded(&word))
}

/// The code itself. `Id` has no static text for its variants, so the one table of letters is here.
fn coded(word: &str) -> Option<&'static str> {
    let upper = word.to_uppercase();
    let is_known = upper.len() == 2 && upper.parse::<Id>().is_ok();
    if !is_known {
        return None;
    }
    CODES.split(' ').find(|code| *code == upper)
}

const CODES: &str = "AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

const NAMES: [(&str, &[&str]); 46] = [
    ("AR", &["argentina", "arg", "argentinien", "argentine"]),
    ("AT", &["austria", "aut", "österreich", "oesterreich", "autriche"]),
    ("AU", &["australia", "aus", "australien", "australie"]),
    ("BE", &["belgium", "bel", "belgien", "belgique", "bélgica", "belgië", "belgie"]),
    ("BG", &["bulgaria", "bgr", "bulgarien", "bulgarie"]),
    ("BR", &["brazil", "bra", "brasilien", "brésil", "brasil"]),
    ("CA", &["canada", "can", "kanada", "canadá"]),
    ("CH", &["switzerland", "che", "schweiz", "suisse", "suiza", "svizzera"]),
    ("CL", &["chile", "chl", "chili"]),
    ("CN", &["china", "chn", "chine", "中国"]),
    ("CO", &["colombia", "col", "kolumbien", "colombie"]),
    ("CZ", &["czechia", "czech republic", "cze", "tschechien", "tchéquie", "chequia", "česko"]),
    ("DE", &["germany", "deu", "ger", "deutschland", "allemagne", "alemania", "germania"]),
    ("DK", &["denmark", "dnk", "dänemark", "danemark", "dinamarca", "danmark"]),
    ("EE", &["estonia", "est", "estland", "estonie", "eesti"]),
    ("EG", &["egypt", "egy", "ägypten", "égypte", "egipto", "مصر"]),
    ("ES", &["spain", "esp", "spanien", "espagne", "españa", "espana", "spagna"]),
    ("FI", &["finland", "fin", "finnland", "finlande", "finlandia", "suomi"]),
    ("FR", &["france", "fra", "frankreich", "francia"]),
    (
        "GB",
        &[
            "united kingdom",
            "great britain",
            "uk",
            "gbr",
            "england",
            "scotland",
            "wales",
            "großbritannien",
            "vereinigtes königreich",
            "royaume-uni",
            "reino unido",
        ],
    ),
    ("GR", &["greece", "grc", "griechenland", "grèce", "grecia", "ελλάδα"]),
    ("HR", &["croatia", "hrv", "kroatien", "croatie", "croacia", "hrvatska"]),
    ("HU", &["hungary", "hun", "ungarn", "hongrie", "hungría", "magyarország"]),
    ("IE", &["ireland", "irl", "irland", "irlande", "irlanda", "éire"]),
    ("IL", &["israel", "isr", "israël", "ישראל"]),
    ("IN", &["india", "ind", "indien", "inde"]),
    ("IT", &["italy", "ita", "italien", "italie", "italia"]),
    ("JP", &["japan", "jpn", "japon", "japón", "日本"]),
    ("KR", &["south korea", "kor", "südkorea", "corée du sud", "corea del sur", "대한민국"]),
    ("LT", &["lithuania", "ltu", "litauen", "lituanie", "lituania", "lietuva"]),
    ("LU", &["luxembourg", "lux", "luxemburg", "luxemburgo"]),
    ("LV", &["latvia", "lva", "lettland", "lettonie", "letonia", "latvija"]),
    ("MX", &["mexico", "mex", "mexiko", "mexique", "méxico"]),
    ("NL", &["netherlands", "the netherlands", "nld", "niederlande", "holland", "pays-bas", "países bajos", "nederland"]),
    ("NO", &["norway", "nor", "norwegen", "norvège", "noruega", "norge"]),
    ("NZ", &["new zealand", "nzl", "neuseeland", "nouvelle-zélande", "nueva zelanda"]),
    ("PL", &["poland", "pol", "polen", "pologne", "polonia", "polska"]),
    ("PT", &["portugal", "prt"]),
    ("RO", &["romania", "rou", "rumänien", "roumanie", "rumania", "românia"]),
    ("SE", &["sweden", "swe", "schweden", "suède", "suecia", "sverige"]),
    ("SI", &["slovenia", "svn", "slowenien", "slovénie", "eslovenia", "slovenija"]),
    ("SK", &["slovakia", "svk", "slowakei", "slovaquie", "eslovaquia", "slovensko"]),
    ("TR", &["turkey", "türkiye", "tur", "türkei", "turquie", "turquía"]),
    ("UA", &["ukraine", "ukr", "ucrania", "україна"]),
    (
        "US",
        &[
            "united states",
            "united states of america",
            "usa",
            "u.s.a",
            "u.s",
            "vereinigte staaten",
            "états-unis",
            "estados unidos",
            "america",
        ],
    ),
    ("ZA", &["south africa", "zaf", "südafrika", "afrique du sud", "sudáfrica"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_has_many_names() {
        for text in ["de", " DE ", "Germany", "DEU", "Deutschland", "ALLEMAGNE"] {
            assert_eq!(iso(text), Some("DE"), "{text}");
        }
        assert_eq!((iso("UK"), iso("U.S.A."), iso("Österreich"), iso("fj")), (Some("GB"), Some("US"), Some("AT"), Some("FJ")));
        assert!(["", "Atlantis", "zz", "12", "d"].iter().all(|text| iso(text).is_none()));
    }

    #[test]
    fn every_code_is_one_the_telephone_plans_know() {
        assert!(CODES.split(' ').all(|code| code.len() == 2 && code.parse::<Id>().is_ok()));
        assert!(CODES.split(' ').is_sorted() && NAMES.iter().all(|(code, _)| iso(code) == Some(code)));
    }
}
