//! What do the names of columns say? Keys, fields and kinds, in English, German, French and Spanish words.
//!
//! In: the columns of a source and how often its keys repeat. Out: guesses with a reason in one sentence. O(columns).

use crate::data::sourcing::Field;
use crate::data::table::Kind;
use crate::data::{Raw, RawColumn, SourceKind, matches_word, name_words};

const PERSON: &[&str] = &[
    "customer",
    "customers",
    "client",
    "clients",
    "user",
    "users",
    "member",
    "shopper",
    "buyer",
    "visitor",
    "subscriber",
    "contact",
    "account",
    "household",
    "cust",
    "person",
    "people",
    "respondent",
    "kunde",
    "kunden",
    "konto",
    "mitglied",
    "besucher",
    "nutzer",
    "cliente",
    "clientes",
    "usuario",
    "socio",
    "cuenta",
    "acheteur",
    "utilisateur",
    "membre",
    "compte",
    "abonne",
];
const NUMBER: &[&str] =
    &["id", "ids", "no", "nr", "num", "number", "nummer", "numero", "key", "code", "uuid", "guid", "ref", "hash", "identifier", "kennung"];
const JOINED: &[&str] = &[
    "customerid",
    "customerno",
    "customernumber",
    "custid",
    "clientid",
    "userid",
    "memberid",
    "visitorid",
    "contactid",
    "accountid",
    "subscriberid",
    "kundennr",
    "kundennummer",
    "kundenid",
    "kundenkennung",
    "mitgliedsnummer",
    "nutzerid",
    "clienteid",
    "usuarioid",
    "fullvisitorid",
];
/// What a customer has, not who it is.
const OF_A_PERSON: &[&str] = &[
    "name",
    "age",
    "type",
    "segment",
    "since",
    "city",
    "country",
    "value",
    "count",
    "date",
    "status",
    "gender",
    "group",
    "tenure",
    "lifetime",
    "income",
    "satisfaction",
    "rating",
    "score",
    "spend",
    "region",
    "state",
    "zip",
    "agent",
];

/// How surely a column's name says that it tells customers apart: 0 not at all, 4 plainly.
pub(super) fn key_score(column: &RawColumn) -> u8 {
    if column.kind == Kind::Date {
        return 0;
    }
    let words = name_words(&column.name);
    let has = |list: &[&'static str]| list.iter().any(|word| words.iter().any(|token| token == word));
    if has(JOINED) || has(PERSON) && has(NUMBER) {
        4
    } else if has(PERSON) && !has(OF_A_PERSON) {
        3
    } else if has(&["email", "mail", "e mail", "courriel", "correo"]) && column.kind == Kind::Text && !has(&["type", "opt", "status"]) {
        2
    } else if words.len() == 1 && has(&["id", "uuid", "guid"]) {
        1
    } else {
        0
    }
}

/// The column that most likely says whose a row is, and why.
pub(super) fn key(raw: &Raw) -> Option<(&RawColumn, u8, String)> {
    let scored = raw.columns.iter().map(|column| (key_score(column), column)).filter(|(score, _)| *score > 0);
    // Of equally good names the first.
    let (score, column) = scored.rev().max_by_key(|(score, _)| *score)?;
    Some((column, score, format!("Its name, {}, says so.", column.name)))
}

/// What the rows of a source are, and why. `rows_per_key` is 1 where every customer has one row.
pub(super) fn kind(raw: &Raw, key: Option<(&str, u8)>, rows_per_key: f64) -> (SourceKind, String) {
    let named = |field: Field| field_by_name(raw, field, key.map(|(name, _)| name));
    let date = named(Field::Date);
    let money = named(Field::Amount).or_else(|| named(Field::UnitPrice));
    let bought = money.clone().or_else(|| named(Field::Order));
    let Some((key, sure)) = key else {
        return match (&date, named(Field::Order), &money) {
            (Some(date), Some(order), Some(_)) => {
                (SourceKind::Transactions, format!("It has days ({date}) and orders ({order}), but no customers."))
            }
            _ => (SourceKind::Reference, "No column tells customers apart, so it can only be looked up.".into()),
        };
    };
    let repeats = rows_per_key > 1.1;
    match (date, bought) {
        (Some(date), Some(bought)) if repeats || named(Field::Order).is_some() => {
            (SourceKind::Transactions, format!("{key} repeats, and it has days ({date}) and {bought}."))
        }
        (Some(date), _) if repeats => (SourceKind::Events, format!("{key} repeats and it has days ({date}), but no amounts.")),
        (None, Some(bought)) if repeats => (SourceKind::Transactions, format!("{key} repeats and it has {bought}, but no days.")),
        _ if !repeats && answers(raw) => (SourceKind::Survey, format!("{key} is there once and most columns are short scales.")),
        _ if sure <= 1 && !repeats && raw.columns.len() == 2 => {
            (SourceKind::Reference, "Two columns, of which the first is there once: a table of codes.".into())
        }
        _ => (SourceKind::Customers, format!("Nearly every {key} is there once.")),
    }
}

/// Whether columns are named like the questions of a survey.
fn answers(raw: &Raw) -> bool {
    let is_question = |column: &&RawColumn| {
        let words = name_words(&column.name);
        let letters = column.name.trim_start_matches(['q', 'Q', 'f', 'F']);
        let is_numbered = letters.len() < column.name.len() && letters.starts_with(|c: char| c.is_ascii_digit());
        const WORDS: &[&str] = &[
            "satisfaction",
            "nps",
            "agree",
            "rating",
            "likert",
            "question",
            "answer",
            "importance",
            "recommend",
            "attitude",
            "opinion",
            "zufriedenheit",
            "frage",
            "antwort",
            "bewertung",
            "wichtigkeit",
            "reponse",
            "avis",
            "pregunta",
            "respuesta",
            "satisfaccion",
            "trust",
            "likely",
        ];
        is_numbered || WORDS.iter().any(|word| words.iter().any(|token| matches_word(token, word)))
    };
    let n = raw.columns.iter().filter(is_question).count();
    n >= 2 && n * 2 >= raw.columns.len() - 1
}

/// The words of a field, the most telling first, and those that say it is something else.
fn words(field: Field) -> (&'static [&'static str], &'static [&'static str]) {
    match field {
        Field::Date => (
            &[
                "order date",
                "invoice date",
                "purchase date",
                "transaction date",
                "event date",
                "event time",
                "created at",
                "orderdate",
                "invoicedate",
                "bestelldatum",
                "kaufdatum",
                "rechnungsdatum",
                "date",
                "datum",
                "fecha",
                "day",
                "tag",
                "jour",
                "dia",
                "timestamp",
                "time",
                "zeit",
                "zeitpunkt",
                "when",
            ],
            &["birth", "geburt", "geburtsdatum", "naissance", "nacimiento", "signup", "joined", "delivery", "shipped"],
        ),
        Field::Amount => (
            &[
                "line total",
                "amount",
                "revenue",
                "net sales",
                "total price",
                "order value",
                "order total",
                "total",
                "sales",
                "umsatz",
                "betrag",
                "gesamtbetrag",
                "summe",
                "gesamt",
                "montant",
                "chiffre",
                "importe",
                "monto",
                "ventas",
                "venta",
                "ingresos",
                "spend",
                "spent",
                "dollars",
                "euros",
                "turnover",
                "payment",
                "value",
                "wert",
                "valeur",
                "valor",
            ],
            &[
                "discount",
                "tax",
                "taxes",
                "vat",
                "shipping",
                "refunded",
                "refund",
                "outstanding",
                "rabatt",
                "steuer",
                "versand",
                "quantity",
                "qty",
                "count",
                "days",
                "remise",
                "descuento",
                "duties",
                "tip",
                "unit",
            ],
        ),
        Field::UnitPrice => (
            &["unit price", "unitprice", "einzelpreis", "stueckpreis", "lineitem price", "item price", "price", "preis", "prix", "precio"],
            &["discount", "compare", "total", "shipping"],
        ),
        Field::Quantity => (
            &[
                "quantity",
                "qty",
                "menge",
                "anzahl",
                "stueck",
                "stueckzahl",
                "quantite",
                "cantidad",
                "unidades",
                "pieces",
                "units",
                "cds",
                "items",
            ],
            &["price", "returned", "stock", "unit"],
        ),
        Field::Order => (
            &[
                "order id",
                "order no",
                "order number",
                "invoice no",
                "invoice id",
                "invoice number",
                "transaction id",
                "receipt id",
                "basket id",
                "orderid",
                "orderno",
                "invoiceno",
                "invoiceid",
                "transactionid",
                "bestellnummer",
                "bestellnr",
                "bestell nr",
                "rechnungsnummer",
                "auftragsnummer",
                "belegnummer",
                "bestellung",
                "rechnung",
                "auftrag",
                "commande",
                "facture",
                "pedido",
                "factura",
                "invoice",
                "receipt",
                "order",
                "ticket",
                "basket",
                "transaction",
            ],
            &[
                "value", "amount", "total", "count", "date", "datum", "status", "price", "avg", "average", "type", "channel", "device",
                "currency", "discount", "dow", "hour", "day", "days", "line", "priority", "time", "year", "month", "size", "quantity",
                "customer", "fecha",
            ],
        ),
        Field::Category => (
            &[
                "category",
                "kategorie",
                "produktkategorie",
                "categorie",
                "categoria",
                "department",
                "abteilung",
                "warengruppe",
                "produktgruppe",
                "product group",
                "product type",
                "product line",
                "aisle",
                "rubrique",
                "familia",
                "genre",
                "stock code",
                "stockcode",
                "sku",
                "product id",
                "product",
                "produkt",
                "produit",
                "producto",
                "artikel",
                "article",
                "articulo",
                "item",
                "lineitem name",
                "vendor",
                "brand",
                "description",
            ],
            &["price", "quantity", "count", "amount", "date", "discount", "preis", "prix", "precio", "menge", "customer", "kunde"],
        ),
        Field::Channel => (
            &[
                "channel",
                "sales channel",
                "kanal",
                "vertriebskanal",
                "verkaufskanal",
                "bestellkanal",
                "canal",
                "source",
                "quelle",
                "medium",
            ],
            &["id"],
        ),
        Field::Device => (&["device", "device type", "geraet", "endgeraet", "appareil", "dispositivo", "platform", "plattform"], &["id"]),
        Field::Discount => (
            &["discount", "rabatt", "remise", "descuento", "coupon", "voucher", "gutschein", "gutscheincode", "promo", "promotion"],
            &["eligible"],
        ),
        Field::Returned => (
            &[
                "is return",
                "is returned",
                "returned",
                "refunded",
                "return",
                "refund",
                "financial status",
                "retoure",
                "retour",
                "storno",
                "storniert",
                "cancelled",
                "canceled",
                "devuelto",
                "devolucion",
                "retourne",
                "is cancelled",
            ],
            &["amount", "rate", "reason", "policy", "quantity", "value", "betrag"],
        ),
        Field::Currency => (&["currency", "currency code", "waehrung", "devise", "moneda", "divisa"], &["rate"]),
        Field::Event => (
            &[
                "event",
                "event type",
                "event name",
                "action",
                "activity",
                "ereignis",
                "aktion",
                "evenement",
                "evento",
                "accion",
                "type",
                "typ",
                "tipo",
            ],
            &["date", "time", "id", "value", "datum"],
        ),
        Field::Session => (&["session id", "session", "visit id", "sitzung", "sesion", "visit"], &["length", "duration", "count", "date"]),
    }
}

/// The column whose name says most plainly that it plays a part.
pub(super) fn field_by_name(raw: &Raw, field: Field, key: Option<&str>) -> Option<String> {
    let fits = |column: &RawColumn| match field {
        Field::Date => column.kind == Kind::Date,
        Field::Amount | Field::UnitPrice | Field::Quantity => column.kind == Kind::Number,
        Field::Channel | Field::Device | Field::Currency | Field::Event => column.kind == Kind::Text,
        Field::Order | Field::Category | Field::Session => column.kind != Kind::Date,
        Field::Discount | Field::Returned => true,
    };
    let (words, never) = words(field);
    let free: Vec<(&RawColumn, Vec<String>)> = raw
        .columns
        .iter()
        .filter(|column| key != Some(column.name.as_str()) && fits(column))
        .map(|column| (column, name_words(&column.name)))
        .filter(|(_, tokens)| !tokens.iter().any(|token| never.contains(&token.as_str())))
        .collect();
    let named = words.iter().find_map(|word| free.iter().find(|(_, tokens)| tokens.iter().any(|token| matches_word(token, word))));
    let column = named.map(|(column, _)| column.name.clone());
    // A source with days has them in some column, whatever it is called.
    column.or_else(|| (field == Field::Date).then(|| free.first().map(|(column, _)| column.name.clone())).flatten())
}
