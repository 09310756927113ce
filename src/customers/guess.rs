//! What do the names of columns say? Keys, fields and kinds, in English, German, French and Spanish words.
//!
//! In: the columns of a source and how often its keys repeat. Out: guesses with a reason in one sentence. O(columns).

use crate::data::sourcing::Field;
use crate::data::table::Kind;
use crate::data::{RawColumn, SourceKind, matches_word, name_words};

use super::shapes::{self, Shape};

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

/// A column whose name alone says "id": of whom, is open.
pub(super) const ID_ALONE: u8 = 1;
/// A telephone number.
pub(super) const PHONE: u8 = 2;
/// An e-mail address.
pub(super) const EMAIL: u8 = 3;
/// A column named after a person, such as "customer".
const PERSON_ALONE: u8 = 4;
/// A column whose name plainly says that it tells customers apart.
pub(super) const SURE: u8 = 5;

/// How surely a column's name says that it tells customers apart: 0 not at all, [`SURE`] plainly.
pub(super) fn key_score(column: &RawColumn) -> u8 {
    if column.kind == Kind::Date {
        return 0;
    }
    let words = name_words(&column.name);
    let has = |list: &[&'static str]| list.iter().any(|word| words.iter().any(|token| token == word));
    if has(JOINED) || has(PERSON) && has(NUMBER) {
        SURE
    } else if has(&["email", "mail", "e mail", "courriel", "correo"]) && column.kind == Kind::Text && !has(NO_ADDRESS) {
        EMAIL
    } else if has(&["phone", "telephone", "telefon", "telefono", "mobile", "handy", "telefoon"]) && !has(NO_ADDRESS) {
        PHONE
    } else if has(PERSON) && !has(OF_A_PERSON) {
        PERSON_ALONE
    } else if words.len() == 1 && has(&["id", "uuid", "guid"]) {
        ID_ALONE
    } else {
        0
    }
}

/// About an address, not the address.
const NO_ADDRESS: &[&str] =
    &["type", "opt", "status", "consent", "open", "opened", "sent", "clicks", "opens", "marketing", "count", "model", "plan"];

/// A column in which at most this share of the rows has a value is nearly empty.
const NEARLY_EMPTY: f64 = 0.5;

/// The column that most likely says whose a row is, how surely, and why. `filled` says which share of the rows has a value.
pub(super) fn key<'a>(columns: &'a [RawColumn], filled: &dyn Fn(&str) -> f64) -> Option<(&'a RawColumn, u8, String)> {
    let shape = shapes::of(columns);
    if let Some(shape) = shape {
        let named = shape.keys.iter().filter_map(|name| columns.iter().find(|column| shapes::plain(&column.name) == *name));
        if let Some(column) = named.into_iter().find(|column| filled(&column.name) > NEARLY_EMPTY) {
            let score = key_score(column).max(PHONE);
            return Some((column, score, format!("{} is the customer of {} exports.", column.name, shape.name)));
        }
    }
    let scored: Vec<(u8, &RawColumn)> = columns.iter().map(|column| (key_score(column), column)).filter(|(score, _)| *score > 0).collect();
    // Of equally good names the first.
    let best_named = scored.iter().rev().max_by_key(|(score, _)| *score).copied()?;
    let full = scored.iter().rev().filter(|(score, column)| *score > ID_ALONE && filled(&column.name) > NEARLY_EMPTY);
    let best_full = full.max_by_key(|(score, _)| *score).copied();
    match best_full {
        Some((score, column)) if column.name != best_named.1.name && filled(&best_named.1.name) <= NEARLY_EMPTY => {
            let share = (100.0 * filled(&best_named.1.name)).round();
            Some((column, score, format!("{} has a value in {share} % of the rows only; {} is full.", best_named.1.name, column.name)))
        }
        _ => Some((best_named.1, best_named.0, format!("Its name, {}, says so.", best_named.1.name))),
    }
}

/// The columns that tell people apart besides `key`: e-mail addresses first, then telephone numbers.
pub(super) fn other_identities(columns: &[RawColumn], key: &str) -> Vec<(String, u8)> {
    let scored = columns.iter().filter(|column| column.name != key).map(|column| (column.name.clone(), key_score(column)));
    let mut others: Vec<(String, u8)> = scored.filter(|(_, score)| matches!(*score, EMAIL | PHONE)).collect();
    others.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
    others
}

/// What the rows of a source are, and why. `rows_per_key` is 1 where every customer has one row.
pub(super) fn kind(columns: &[RawColumn], key: Option<(&str, u8)>, rows_per_key: f64) -> (SourceKind, String) {
    let named = |field: Field| field_by_name(columns, field, key.map(|(name, _)| name), &[]);
    let date = named(Field::Date);
    let money = named(Field::Amount).or_else(|| named(Field::UnitPrice));
    // A list of items without prices is bought too, unless its rows say what happened.
    let item = || named(Field::Category).filter(|_| named(Field::Event).is_none());
    let bought = money.clone().or_else(|| named(Field::Order)).or_else(item);
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
        _ if !repeats && answers(columns) => (SourceKind::Survey, format!("{key} is there once and most columns are short scales.")),
        _ if sure <= ID_ALONE && !repeats && columns.len() == 2 => {
            (SourceKind::Reference, "Two columns, of which the first is there once: a table of codes.".into())
        }
        _ => (SourceKind::Customers, format!("Nearly every {key} is there once.")),
    }
}

/// Whether columns are named like the questions of a survey.
fn answers(columns: &[RawColumn]) -> bool {
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
    let n = columns.iter().filter(is_question).count();
    n >= 2 && n * 2 >= columns.len() - 1
}

/// The words of a field, the most telling first, and those that say it is something else.
fn words(field: Field) -> (&'static [&'static str], &'static [&'static str]) {
    match field {
        // What is bought is dated by when it was ordered; when it was sent or changed is another day.
        Field::Date => (
            &[
                "order date",
                "order purchase timestamp",
                "purchase timestamp",
                "purchase date",
                "purchased",
                "ordered",
                "ordered at",
                "order time",
                "orderdate",
                "invoice date",
                "invoicedate",
                "transaction date",
                "sale date",
                "sold",
                "event date",
                "event time",
                "created at",
                "date created",
                "created",
                "placed",
                "placed at",
                "bestelldatum",
                "kaufdatum",
                "rechnungsdatum",
                "bestellt",
                "auftragsdatum",
                "commande",
                "date commande",
                "achat",
                "fecha pedido",
                "fecha compra",
                "fecha de compra",
                "data ordine",
                "data acquisto",
                "data pedido",
                "data compra",
                "besteldatum",
                "date add",
                "date",
                "datum",
                "fecha",
                "data",
                "day",
                "tag",
                "jour",
                "dia",
                "giorno",
                "timestamp",
                "time",
                "zeit",
                "zeitpunkt",
                "when",
                "paid",
                "paid at",
            ],
            &[
                "birth",
                "geburt",
                "geburtsdatum",
                "naissance",
                "nacimiento",
                "nascita",
                "signup",
                "joined",
                "delivery",
                "delivered",
                "shipped",
                "shipping",
                "ship",
                "carrier",
                "estimated",
                "updated",
                "modified",
                "changed",
                "cancelled",
                "canceled",
                "refunded",
                "fulfilled",
                "due",
                "expiry",
                "expires",
                "lieferdatum",
                "versand",
                "versanddatum",
                "livraison",
                "entrega",
                "envio",
                "consegna",
                "spedizione",
                "geaendert",
                "aktualisiert",
                "limit",
                "closed",
                "registered",
                "registration",
            ],
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
                "grand total",
                "total paid",
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
                "payment value",
                "payment",
                "value",
                "totale",
                "importo",
                "prezzo totale",
                "valor total",
                "bedrag",
                "totaal",
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
                "subtotal",
                "installments",
                "sequential",
                "erstattet",
                "erstattung",
                "rembourse",
                "remboursement",
                "reembolso",
                "reembolsado",
                "rimborso",
                "rimborsato",
                "terugbetaald",
                "returned",
                "id",
            ],
        ),
        Field::UnitPrice => (
            &[
                "unit price",
                "unitprice",
                "einzelpreis",
                "stueckpreis",
                "lineitem price",
                "item price",
                "price",
                "preis",
                "prix",
                "precio",
                "prezzo",
                "preco",
                "prijs",
            ],
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
                "retoure",
                "retour",
                "retourniert",
                "storno",
                "storniert",
                "cancelled",
                "canceled",
                "cancelled at",
                "devuelto",
                "devolucion",
                "retourne",
                "is cancelled",
                "reso",
                "devolvido",
                "retourneret",
                "line type",
                "transaction type",
                "order type",
                "sale type",
                "event type",
                "movement",
                "belegart",
                "vorgang",
                "buchungsart",
                "type",
                "typ",
                "tipo",
                "art",
            ],
            &[
                "amount", "rate", "reason", "policy", "quantity", "value", "betrag", "montant", "importe", "product", "customer",
                "payment", "item", "card", "total", "delivery", "shipping", "user", "device", "account", "discount",
            ],
        ),
        Field::Refund => (
            &[
                "refunded amount",
                "refund amount",
                "refund total",
                "refunded total",
                "total refunded",
                "amount refunded",
                "returned amount",
                "refund value",
                "rueckerstattung",
                "rueckerstattet",
                "rueckerstattungsbetrag",
                "erstattungsbetrag",
                "erstattet",
                "erstattung",
                "gutschrift",
                "montant rembourse",
                "rembourse",
                "remboursement",
                "importe reembolsado",
                "reembolso",
                "reembolsado",
                "rimborso",
                "rimborsato",
                "importo rimborsato",
                "valor reembolsado",
                "terugbetaald",
                "terugbetaling",
                "refunded",
                "refund",
                "refunds",
                "chargeback",
            ],
            &["rate", "reason", "policy", "quantity", "id", "count", "date", "at", "status", "is", "flag", "share"],
        ),
        Field::Status => (
            &[
                "financial status",
                "payment status",
                "order status",
                "status",
                "orderstatus",
                "bestellstatus",
                "zahlungsstatus",
                "auftragsstatus",
                "etat",
                "statut",
                "etat commande",
                "statut commande",
                "estado",
                "estado pedido",
                "estado del pedido",
                "stato",
                "stato ordine",
                "state",
                "order state",
                "zustand",
            ],
            &[
                "fulfillment",
                "shipping",
                "delivery",
                "customer",
                "civil",
                "marital",
                "membership",
                "employment",
                "loyalty",
                "country",
                "billing",
                "address",
                "item",
                "versand",
            ],
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

/// The column whose name says most plainly that it plays a part; `not` are columns that play another part or hold nothing.
pub(super) fn field_by_name(columns: &[RawColumn], field: Field, key: Option<&str>, not: &[&str]) -> Option<String> {
    let fits = |column: &RawColumn| match field {
        Field::Date => column.kind == Kind::Date,
        Field::Amount | Field::UnitPrice | Field::Quantity | Field::Refund => column.kind == Kind::Number,
        Field::Channel | Field::Device | Field::Currency | Field::Event | Field::Status => column.kind == Kind::Text,
        Field::Order | Field::Category | Field::Session => column.kind != Kind::Date,
        Field::Discount | Field::Returned => true,
    };
    let is_free = |column: &&RawColumn| key != Some(column.name.as_str()) && !not.contains(&column.name.as_str());
    let fitting = columns.iter().filter(is_free).filter(|column| fits(column));
    if let Some(column) = shapes::of(columns).and_then(|shape| by_shape(shape, field, fitting.clone())) {
        return Some(column);
    }
    let (words, never) = words(field);
    let free: Vec<(&RawColumn, Vec<String>)> = fitting
        .clone()
        .map(|column| (column, name_words(&column.name)))
        .filter(|(_, tokens)| !tokens.iter().any(|token| never.contains(&token.as_str())))
        .collect();
    let named = words.iter().find_map(|word| free.iter().find(|(_, tokens)| tokens.iter().any(|token| matches_word(token, word))));
    let column = named.map(|(column, _)| column.name.clone());
    match field {
        // A source with days has them in some column, whatever it is called; rather in one whose name does not speak of another day.
        Field::Date => {
            column.or_else(|| free.first().map(|(column, _)| *column).or(fitting.clone().next()).map(|column| column.name.clone()))
        }
        // Shops that number orders under "Name" list their lines beside it.
        Field::Order if column.is_none() && columns.iter().any(|column| name_words(&column.name).iter().any(|word| word == "lineitem")) => {
            fitting.clone().find(|column| shapes::plain(&column.name) == "name").map(|column| column.name.clone())
        }
        _ => column,
    }
}

fn by_shape<'a>(shape: &Shape, field: Field, fitting: impl Iterator<Item = &'a RawColumn> + Clone) -> Option<String> {
    let names = shape.field(field)?;
    names.iter().find_map(|name| fitting.clone().find(|column| shapes::plain(&column.name) == *name)).map(|column| column.name.clone())
}
