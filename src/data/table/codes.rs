//! Is a number in this column a measure, or the name of a place, a channel, a person? Decided by the words of the column's name.
//!
//! In: the name of a column, and what its numbers look like. Out: what kind of code it holds, with the word that says so. Nobody is "low" in
//! postcode. English, German, French, Spanish, Italian and Portuguese words, accents taken off. O(words) per name.

use crate::data::words::name_tokens;

use super::profile::{MAX_LEVELS, NumericSummary};

/// What the numbers of a column stand for, where they are no measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// A postcode.
    Postcode,
    /// A latitude, a longitude.
    Coordinate,
    /// A telephone number or a part of one.
    Phone,
    /// A region, a channel, a type: a short list of things that were numbered.
    Category,
    /// The same by a word that also names measures ("level"): only where the numbers do not count on from 0 or 1.
    Level,
    /// Nothing but "number" or "code".
    Nameless,
}

/// What kind of code a column called `name` holds, and the word that says so; `None` where it may be a measure.
pub(crate) fn named(name: &str) -> Option<(Code, &'static str)> {
    let tokens = name_tokens(name);
    // "num5_17" and "n18_64" count those from 5 to 17.
    let is_range = |token: &String| without_digits(token) != token && COUNTED_BEFORE.contains(&without_digits(token));
    if tokens.len() > 1 && tokens.first().is_some_and(is_range) {
        return None;
    }
    let tokens: Vec<&str> = tokens.iter().map(|token| without_digits(token)).filter(|token| !token.is_empty()).collect();
    let joined = tokens.join(" ");
    if is_measure(&tokens) {
        return None;
    }
    let whole = |words: &[&'static str]| words.iter().copied().find(|word| *word == joined);
    let any = |words: &[&'static str]| words.iter().copied().find(|word| holds(&tokens, word));
    if let Some(word) = any(POSTCODE).or_else(|| whole(SHORT_POSTCODE)).or_else(|| beside_a_place(&tokens)) {
        return Some((Code::Postcode, word));
    }
    if let Some(word) = any(COORDINATE).or_else(|| whole(SHORT_COORDINATE)) {
        return Some((Code::Coordinate, word));
    }
    let heads = heads(&tokens);
    if let Some(word) = any(PHONE).or_else(|| PHONE_HEAD.iter().copied().find(|word| heads.contains(word))) {
        return Some((Code::Phone, word));
    }
    let head = |words: &[&'static str]| words.iter().copied().find(|word| heads.contains(word));
    if let Some(word) = head(CATEGORY) {
        return Some((Code::Category, word));
    }
    if let Some(word) = compound(&tokens).or_else(|| neutral_word(&tokens)) {
        return Some((if tokens.iter().all(|token| NEUTRAL.contains(token)) { Code::Nameless } else { Code::Category }, word));
    }
    head(LEVEL).map(|word| (Code::Level, word))
}

/// Whether no persona may be called by this column, whatever it holds: "Zip 10001 Customers" tells nobody anything.
pub(crate) fn gives_no_name(name: &str) -> bool {
    matches!(named(name), Some((Code::Postcode | Code::Coordinate | Code::Phone | Code::Nameless, _))) || identity(name).is_some()
}

/// What the numbers of a column are to be taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Judged {
    /// They measure something.
    Measure,
    /// They are names of a few things: each is a level of its own.
    Levels(&'static str),
    /// They measure nothing, and are too many to be levels.
    NoMeasure(Code, &'static str),
}

/// Up to so many different numbers of shops are rather their codes: five shops are numbered from 0 to 4.
const FEW_SHOPS: usize = 6;
/// More different codes than this are no short list of postcodes or numbers.
const FEW: usize = 50;

/// What a column of numbers is to be taken for, by its name and by what the numbers look like.
pub(crate) fn judge(name: &str, numeric: &NumericSummary, n_distinct: usize, present: usize) -> Judged {
    // A day written as one number, such as 111597 for 15 November 1997: its numbers go up, but not as the days do.
    if numeric.whole
        && numeric.min >= 10_000.0
        && numeric.max < 100_000_000.0
        && ["date", "datum", "fecha"].contains(&&*name.to_lowercase())
    {
        return Judged::NoMeasure(Code::Nameless, "date");
    }
    let Some((code, word)) = named(name) else { return Judged::Measure };
    if code == Code::Coordinate {
        return if numeric.min >= -360.0 && numeric.max <= 360.0 || numeric.min.abs() > 1_000.0 {
            Judged::NoMeasure(code, word)
        } else {
            Judged::Measure
        };
    }
    if !numeric.whole || numeric.min < -9.0 {
        return Judged::Measure;
    }
    // "city" as 0 and 1 asks whether they live in one; two regions may well be 0 and 1.
    if n_distinct == 2 && numeric.min == 0.0 && numeric.max == 1.0 && ["city", "town", "ville", "ciudad", "cidade"].contains(&word) {
        return Judged::Measure;
    }
    let repeat = n_distinct * 2 <= present;
    // Shops that are counted from 0 are purchases in them, as in "web, catalog, store".
    let counts = SHOPS.contains(&word)
        && numeric.min == 0.0
        && n_distinct > FEW_SHOPS
        && !name_tokens(name).iter().any(|t| NEUTRAL.contains(&t.as_str()));
    match code {
        Code::Category if counts => Judged::Measure,
        Code::Category if repeat && n_distinct <= MAX_LEVELS => Judged::Levels(word),
        Code::Level => {
            let counts_on = numeric.min <= 1.0 && numeric.max - numeric.min + 1.0 == n_distinct as f64;
            if repeat && n_distinct <= FEW && !counts_on { Judged::Levels(word) } else { Judged::Measure }
        }
        _ if repeat && n_distinct <= FEW => Judged::Levels(word),
        // A few short numbers in a word of several meanings ("cap", "network") are no postcode and no phone.
        Code::Postcode if SHORT_POSTCODE.contains(&word) && numeric.max < 1_000.0 => Judged::Measure,
        _ => Judged::NoMeasure(code, word),
    }
}

/// Whether the numbers of a column count as nobody's low or high, whatever role the user gives it.
pub(crate) fn is_no_measure(name: &str, numeric: &NumericSummary, n_distinct: usize, present: usize) -> bool {
    judge(name, numeric, n_distinct, present) != Judged::Measure
        || (identity(name).is_some() && looks_given_out(numeric, n_distinct, present))
}

/// The name without words that say nothing ("region code" is region).
pub(crate) fn without_neutral_words(words: &str) -> String {
    let kept: Vec<&str> = words.split_whitespace().filter(|word| !NEUTRAL.contains(&word.to_lowercase().as_str())).collect();
    if kept.is_empty() { words.to_owned() } else { kept.join(" ") }
}

/// What a column names one by one, by its name alone: "member number", "account", "SKU".
pub(crate) fn identity(name: &str) -> Option<&'static str> {
    let tokens = name_tokens(name);
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    if is_measure(&tokens) {
        return None;
    }
    let find = |words: &[&'static str]| words.iter().copied().find(|word| tokens.contains(word));
    if let Some(word) = find(NUMBERED_BY_ITSELF) {
        return Some(word);
    }
    let of = OF_WHOM.iter().copied().find(|of| {
        let Some(at) = tokens.iter().position(|token| token == of) else { return false };
        // "member number" and "numero cliente" name a member; "number of members" counts them.
        let behind = tokens[at + 1..].iter().any(|token| NUMBER.contains(token));
        let before = at > 0 && tokens[..at].iter().any(|token| NUMBER.contains(token)) && !tokens[..at].contains(&"of");
        behind || before || (tokens.len() == 1 && ALONE.contains(of))
    });
    of.or_else(|| find_compound(&tokens))
}

/// Whether whole numbers look as if somebody had given them out: many, with the same number of digits, or counting on from the first.
pub(crate) fn looks_given_out(numeric: &NumericSummary, n_distinct: usize, present: usize) -> bool {
    if !numeric.whole || numeric.min < 0.0 || n_distinct < 10 {
        return false;
    }
    let digits = |value: f64| (value.max(1.0).log10().floor()) as i32;
    let same_length = numeric.min >= 100.0 && digits(numeric.min) == digits(numeric.max);
    let counts_on = n_distinct >= 20 && numeric.max - numeric.min < 1.2 * n_distinct as f64;
    same_length || counts_on || (numeric.max >= 10_000.0 && n_distinct * 10 >= present)
}

/// "zip3" is zip; a token of digits alone is nothing.
fn without_digits(token: &str) -> &str {
    token.trim_end_matches(|c: char| c.is_ascii_digit())
}

fn holds(tokens: &[&str], word: &str) -> bool {
    match word.split_once(' ') {
        Some((first, second)) => tokens.windows(2).any(|pair| pair == [first, second]),
        None => tokens.contains(&word),
    }
}

fn is_measure(tokens: &[&str]) -> bool {
    let counts = tokens.len() > 1 && COUNTED_BEFORE.contains(&tokens[0]) && !NUMBER_OF_ONE.contains(tokens.last().unwrap_or(&""));
    // "discount type" and "sales region" are no discount and no sales.
    let last = tokens.iter().rev().find(|token| !NEUTRAL.contains(token)).copied().unwrap_or_default();
    let names_a_kind = ["type", "status", "method", "typ", "statut", "estado"].contains(&last)
        || (tokens.contains(&"sales") && ["channel", "region", "territory", "district", "zone", "office"].contains(&last));
    if names_a_kind && tokens.len() > 1 && !counts {
        return false;
    }
    let number_of = tokens.windows(2).any(|pair| NUMBER.contains(&pair[0]) && pair[1] == "of");
    counts || number_of || tokens.iter().any(|token| MEASURES.contains(token) || MEASURE_ENDS.iter().any(|end| token.ends_with(end)))
}

/// The words that say what a name is about: the last one, but for words such as "code"; the first one where a Romance "tipo de pago" has it.
fn heads<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    let last = tokens.iter().rev().find(|token| !NEUTRAL.contains(token));
    let first = tokens.iter().find(|token| !NEUTRAL.contains(token) && !LINKS.contains(token)).filter(|token| FIRST.contains(token));
    last.into_iter().chain(first).copied().collect()
}

/// "CAP residenza", "cp client".
fn beside_a_place(tokens: &[&str]) -> Option<&'static str> {
    let is_beside = tokens.iter().any(|token| BESIDE.contains(token));
    SHORT_POSTCODE.iter().copied().find(|word| is_beside && tokens.contains(word))
}

/// "Regionscode", "Kundenschluessel".
fn compound(tokens: &[&str]) -> Option<&'static str> {
    let ends = ["schluessel", "kennziffer", "code", "kennung", "kategorie", "gruppe", "typ", "kanal", "filiale", "abteilung", "region"];
    tokens.iter().find_map(|token| ends.into_iter().find(|end| token.len() > end.len() + 2 && token.ends_with(end)))
}

fn neutral_word(tokens: &[&str]) -> Option<&'static str> {
    let says_code = |word: &&str| ["code", "codes", "cd", "codigo", "cod", "codice", "kennzeichen"].contains(word);
    let nothing_else = !tokens.is_empty() && tokens.iter().all(|token| NEUTRAL.contains(token));
    let code = [tokens.first(), tokens.last()].into_iter().flatten().find(|token| says_code(token));
    let found = code.copied().or_else(|| tokens.first().copied().filter(|_| nothing_else))?;
    NEUTRAL.iter().copied().find(|word| *word == found)
}

/// "Mitgliedsnummer", "Vertragsnr".
fn find_compound(tokens: &[&str]) -> Option<&'static str> {
    const STARTS: [&str; 12] =
        ["kunden", "mitglied", "konto", "karten", "vertrag", "rechnung", "bestell", "auftrag", "personal", "beleg", "teilnehmer", "steuer"];
    const ENDS: [&str; 4] = ["nummer", "nr", "kennung", "schluessel"];
    let found =
        tokens.iter().any(|token| STARTS.iter().any(|start| token.starts_with(start)) && ENDS.iter().any(|end| token.ends_with(end)));
    found.then_some("nummer")
}

#[rustfmt::skip]
const POSTCODE: &[&str] = &[
    "zip", "zipcode", "zipcodes", "zips", "postal", "postcode", "postalcode", "postnr", "postnummer", "plz", "postleitzahl", "leitzahl", "postleitzahlen",
    "codepostal", "codpostal", "codigopostal", "cpostal", "cep", "pincode", "pin code", "eircode", "postale", "cedex", "post code", "codigo postal",
];
const SHOPS: &[&str] = &["store", "outlet", "branch", "filiale", "magasin", "tienda", "negozio", "loja", "site", "agence", "sucursal"];
const SHORT_POSTCODE: &[&str] = &["cp", "cap", "pin"];
#[rustfmt::skip]
const BESIDE: &[&str] = &[
    "residenza", "cliente", "spedizione", "fatturazione", "domicilio", "citta", "comune", "client", "ville", "facturation", "livraison", "adresse",
    "address", "direccion", "ciudad", "envio", "shipping", "billing", "area", "customer", "home", "delivery",
];
#[rustfmt::skip]
const COORDINATE: &[&str] = &[
    "latitude", "longitude", "lat", "lng", "lon", "latitud", "longitud", "latitudine", "longitudine", "breitengrad", "laengengrad", "easting", "northing",
    "geo breite", "geo laenge", "coordinate", "coordinates", "coord", "koordinate", "coordenada", "coordenadas", "coordonnees",
];
const SHORT_COORDINATE: &[&str] = &["long", "geo long"];
#[rustfmt::skip]
const PHONE: &[&str] = &[
    "area code", "areacode", "dial", "dialing", "dialling", "dial code", "phone number", "phone no", "vorwahl", "indicatif", "prefijo", "prefisso",
    "ddd", "msisdn", "telefonnummer", "handynummer", "faxnummer", "mobilnummer", "calling code", "phone prefix", "telefonvorwahl",
];
#[rustfmt::skip]
const PHONE_HEAD: &[&str] = &[
    "phone", "telephone", "telefon", "telefono", "telefone", "tel", "fax", "mobile", "cellphone", "handy", "movil", "celular", "cellulare", "portable",
    "network", "phones", "whatsapp",
];
#[rustfmt::skip]
const CATEGORY: &[&str] = &[
    // English
    "region", "channel", "branch", "store", "outlet", "department", "dept", "division", "category", "subcategory", "type", "subtype", "status", "zone",
    "district", "territory", "sector", "industry", "county", "state", "country", "city", "town", "province", "site", "depot", "warehouse", "supplier", "vendor",
    "terminal", "cashier", "carrier", "currency", "language", "gender", "sex", "occupation", "job", "profession", "brand", "method", "nationality", "race", "ethnicity",
    "origin",
    // German
    "kanal", "filiale", "niederlassung", "abteilung", "kategorie", "typ", "bundesland", "land", "landkreis", "gemeinde", "gebiet", "bezirk",
    "branche", "geschlecht", "markt", "sparte", "herkunft",
    // French
    "canal", "agence", "succursale", "magasin", "rayon", "departement", "categorie", "statut", "etat", "pays", "ville", "commune", "secteur", "filiere", "origine",
    // Spanish
    "sucursal", "tienda", "departamento", "tipo", "categoria", "estado", "estatus", "provincia", "zona", "sexo", "genero", "pais", "ciudad", "municipio", "origen",
    // Italian, Portuguese
    "regione", "canale", "negozio", "reparto", "stato", "comune", "paese", "settore", "genere", "regiao", "filial", "loja", "setor", "cidade",
    "municipio", "subcategoria", "origem",
];
const LEVEL: &[&str] = &[
    "level", "nivel", "niveau", "livello", "stufe", "tier", "grade", "group", "gruppe", "groupe", "grupo", "gruppo", "class", "klasse",
    "clase", "classe",
];
/// Words that stand first in "tipo de pago" and say what the name is about.
#[rustfmt::skip]
const FIRST: &[&str] = &[
    "tipo", "type", "canal", "canale", "categoria", "categorie", "estado", "etat", "stato", "statut", "provincia", "zona", "zone", "region", "regione",
    "sucursal", "tienda", "departamento", "departement", "agence", "magasin", "rayon", "pays", "pais", "ville", "ciudad", "negozio", "reparto", "loja",
    "filial", "filiale", "regiao", "sexo", "sexe", "genero", "codigo", "code",
];
const LINKS: &[&str] = &["de", "del", "della", "di", "du", "da", "do", "des", "la", "le", "el", "of", "the", "l", "d"];
/// Words beside which the others say what it is.
#[rustfmt::skip]
const NEUTRAL: &[&str] = &[
    "code", "codes", "cd", "id", "ids", "no", "nr", "nro", "number", "numbers", "num", "numero", "nummer", "key", "codigo", "cod", "codice",
    "kennzeichen", "reference", "ref",
];
#[rustfmt::skip]
const NUMBER: &[&str] = &[
    "number", "no", "nr", "nro", "num", "nummer", "numero", "n", "key", "code", "codigo", "cod", "codice", "ref", "reference", "referencia", "token",
    "hash", "nbr", "matricula", "identifiant",
];
/// Before a plural these count; before one of [`NUMBER_OF_ONE`] they name.
const COUNTED_BEFORE: &[&str] = &["number", "num", "n", "nb", "no", "nr", "numero", "count", "cnt", "qty", "anzahl", "nombre", "how"];
#[rustfmt::skip]
const NUMBER_OF_ONE: &[&str] = &[
    "client", "cliente", "compte", "cuenta", "socio", "membre", "adherent", "conto", "conta", "utente", "usuario", "assinante", "abonne", "kunde",
    "konto", "factura", "facture", "fattura", "pedido", "commande", "ordine", "contrato", "contrat", "contratto", "telefono", "telefone", "telephone",
    "postal", "tessera", "tarjeta", "poliza", "polizza",
];
#[rustfmt::skip]
const OF_WHOM: &[&str] = &[
    "customer", "client", "user", "member", "account", "acct", "person", "kunde", "kunden", "konto", "cliente", "compte", "cuenta", "contact", "subscriber",
    "card", "loyalty", "membership", "guest", "patient", "employee", "respondent", "household", "socio", "membre", "adherent", "conto", "conta", "utente",
    "usuario", "assinante", "abonne", "order", "invoice", "receipt", "transaction", "ticket", "contract", "policy", "passport", "serial", "booking",
    "rechnung", "bestellung", "auftrag", "vertrag", "factura", "facture", "fattura", "pedido", "commande", "ordine", "contrato", "contrat", "contratto",
    "tax", "vat", "tessera", "tarjeta", "poliza", "polizza", "mitglied", "article", "item", "product", "artikel", "article",
];
/// Those of whom a column called so holds the number, where it holds numbers.
#[rustfmt::skip]
const ALONE: &[&str] = &[
    "customer", "client", "user", "member", "account", "acct", "kunde", "konto", "cliente", "compte", "cuenta", "subscriber", "socio", "membre",
    "adherent", "conto", "conta", "utente", "usuario", "patient", "employee", "respondent", "invoice", "rechnung", "factura", "facture", "fattura",
];
#[rustfmt::skip]
const NUMBERED_BY_ITSELF: &[&str] = &[
    "sku", "ean", "upc", "gtin", "barcode", "isbn", "asin", "imei", "imsi", "msisdn", "siret", "siren", "nif", "cif", "cpf", "cnpj", "curp", "vin", "bic",
    "swift", "iban", "ssn", "matricule", "matricola", "partita", "dni", "nie", "passport",
];
/// Words that make a measure of whatever stands beside them: "store visits", "channel share".
#[rustfmt::skip]
const MEASURES: &[&str] = &[
    "count", "counts", "total", "totals", "sum", "amount", "spend", "spending", "spent", "sales", "revenue", "orders", "purchases", "visits", "trips",
    "days", "weeks", "months", "years", "minutes", "hours", "seconds", "avg", "average", "mean", "median", "max", "min", "rate", "ratio", "share",
    "percent", "percentage", "pct", "score", "scores", "rating", "distance", "km", "size", "age", "price", "cost", "costs", "value", "usage", "calls",
    "sms", "mb", "gb", "clicks", "views", "opens", "sessions", "balance", "growth", "density", "population", "income", "duration", "length", "quantity",
    "qty", "frequency", "recency", "tenure", "limit", "points", "discount", "satisfaction", "trust", "loyal", "changes", "lines", "services", "year", "day", "month",
    "spends", "profit", "margin", "budget", "fee", "fees", "charge", "charges", "delta", "diff", "change", "speed", "weight", "height", "temperature",
    "anzahl", "summe", "umsatz", "betrag", "wert", "preis", "kosten", "anteil", "quote", "dauer", "tage", "menge", "entfernung", "besuche", "kaeufe",
    "bestellungen", "alter", "zufriedenheit", "bewertung", "schnitt", "mittel",
    "nombre", "nb", "montant", "somme", "moyenne", "moyen", "achats", "ventes", "prix", "part", "taux", "duree", "jours", "visites", "commandes", "note",
    "cantidad", "importe", "suma", "media", "promedio", "ventas", "compras", "gasto", "gastos", "precio", "dias", "tasa", "visitas", "pedidos", "saldo",
    "quantita", "importo", "totale", "somma", "vendite", "acquisti", "spesa", "prezzo", "giorni", "visite", "ordini", "eta", "edad",
    "quantidade", "valor", "soma", "vendas", "preco", "idade", "distancia", "distanza",
];
const MEASURE_ENDS: &[&str] = &["umsatz", "betrag", "anzahl", "besuche", "kosten", "preis", "anteil", "summe", "dauer"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_no_measure() {
        for (names, code) in [
            (
                &[
                    "zip",
                    "ZIP Code",
                    "zipcode",
                    "zip3",
                    "Postal Code",
                    "PostalCode",
                    "plz",
                    "PLZ_Lieferung",
                    "Postleitzahl",
                    "code postal",
                    "Código Postal",
                ][..],
                Some(Code::Postcode),
            ),
            (
                &["cp", "CAP", "cap residenza", "CEP", "pin", "pin code", "codice postale", "shipping_zip", "cod_postal"],
                Some(Code::Postcode),
            ),
            (
                &["lat", "Latitude", "customer_lat", "lng", "lon", "long", "store_longitude", "Breitengrad", "latitud"],
                Some(Code::Coordinate),
            ),
            (&["area code", "Area_Code", "dial", "phone", "Telefon", "network", "vorwahl", "prefijo", "phone_number"], Some(Code::Phone)),
            (
                &[
                    "Region",
                    "region_code",
                    "sales channel",
                    "Channel",
                    "store_id",
                    "Store No",
                    "branch",
                    "dept",
                    "customer type",
                    "order_status",
                    "Typ",
                    "origin",
                ],
                Some(Code::Category),
            ),
            (
                &["canal_venta", "tipo de cliente", "type_client", "regione", "região", "Filiale", "Kundenkategorie", "product_code"],
                Some(Code::Category),
            ),
            (&["level", "education_level", "nivel", "customer group"], Some(Code::Level)),
            (&["code", "Number", "no", "Nr", "id code"], Some(Code::Nameless)),
            (
                &[
                    "age",
                    "spend",
                    "store_visits",
                    "NumStorePurchases",
                    "channel_count",
                    "number of stores",
                    "region sales",
                    "market cap",
                    "avg_zip_income",
                    "long call minutes",
                    "monetary",
                    "visits",
                    "num_channels",
                    "type a orders",
                    "total day calls",
                    "platform",
                    "Filialbesuche",
                    "status_changes",
                    "relationship",
                    "capacity",
                    "flat rate",
                    "income",
                    "nombre de magasins",
                    "anzahl kanal",
                    "num5_17",
                    "num18_64",
                    "number_of_jobs",
                ],
                None,
            ),
        ] {
            let wrong: Vec<_> =
                names.iter().filter(|name| named(name).map(|(code, _)| code) != code).map(|name| (name, named(name))).collect();
            assert!(wrong.is_empty(), "{code:?}: {wrong:?}");
        }
    }

    #[test]
    fn names_say_whose_number_it_is() {
        for name in [
            "member_number",
            "Member No",
            "customer no",
            "CustomerNumber",
            "account",
            "Account Number",
            "numero cliente",
            "num_cliente",
            "Mitgliedsnummer",
            "Kundennr",
            "order number",
            "invoice no",
            "SKU",
            "codigo cliente",
            "code client",
            "loyalty card no",
            "policy number",
        ] {
            assert!(identity(name).is_some(), "{name}");
        }
        for name in [
            "number of members",
            "num_customers",
            "no_of_accounts",
            "customer age",
            "account balance",
            "user rating",
            "member days",
            "orders",
            "order value",
            "customer",
            "clientes",
        ] {
            assert_eq!(identity(name).filter(|_| name != "customer"), None, "{name}");
        }
    }
}
