//! What does the status of an order say about its money?
//!
//! In: a word such as "completed", "Storniert" or "partially_refunded". Out: whether the order is a sale, was given back, or never became a sale. English,
//! German, French, Spanish, Italian, Portuguese and Dutch, as shop systems write them. O(length).

use polars::prelude::*;

use crate::data::name_words;

/// What a status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatusMeans {
    /// It was sold.
    Sale,
    /// It was sold, and all of it was given back.
    Refunded,
    /// It was sold, and part of it was given back.
    PartlyRefunded,
    /// It never became a sale: cancelled, failed, not paid yet, a draft, a test.
    NoSale,
}

/// Words of part: "partially refunded", "teilweise erstattet", "remboursement partiel".
const PARTLY: &[&str] = &["partial", "partly", "teilw", "teilerst", "partiel", "parcial", "parzial", "gedeeltelijk"];
const REFUNDED: &[&str] = &[
    "refund",
    "returned",
    "charged back",
    "chargeback",
    "erstattet",
    "erstattung",
    "retourn",
    "zurueckgegeben",
    "rembours",
    "reembols",
    "rimbors",
    "devuelt",
    "devolv",
    "restitu",
    "terugbetaald",
];
/// Begins of words, in any place.
const NO_SALE: &[&str] = &[
    "cancel",
    "annul",
    "storn",
    "geannuleerd",
    "void",
    "voided",
    "fail",
    "failed",
    "failure",
    "fehlgeschl",
    "echou",
    "echec",
    "error",
    "erreur",
    "fehler",
    "errore",
    "erro",
    "pending",
    "ausstehend",
    "en attente",
    "attesa",
    "pendiente",
    "pendente",
    "awaiting",
    "waiting",
    "unpaid",
    "not paid",
    "unbezahlt",
    "nicht bezahlt",
    "offen",
    "impag",
    "non paye",
    "no pagad",
    "nao pago",
    "on hold",
    "onhold",
    "holded",
    "wartend",
    "wartestellung",
    "draft",
    "entwurf",
    "brouillon",
    "borrador",
    "bozza",
    "rascunho",
    "test",
    "declin",
    "reject",
    "denied",
    "disapproved",
    "unapproved",
    "not approved",
    "unauthori",
    "not authori",
    "unsucce",
    "not succe",
    "not complet",
    "nicht abgeschlossen",
    "unconfirmed",
    "not confirmed",
    "abort",
    "deleted",
    "geloescht",
    "supprim",
    "lost",
    "verloren",
    "abgelehnt",
    "refus",
    "rechaz",
    "rifiut",
    "recus",
    "expired",
    "abgelaufen",
    "abandon",
    "trash",
    "fraud",
    "unavailable",
    "payment review",
    "requires",
    "fallid",
    "mislukt",
    "in afwachting",
    "incomplete",
    "unfulfilled payment",
    "uncaptured",
];
/// Words that say "sold", so that what is told as unknown is really unknown.
const SALE: &[&str] = &[
    "paid",
    "complet",
    "process",
    "shipped",
    "shipping",
    "deliver",
    "fulfil",
    "closed",
    "done",
    "succe",
    "settled",
    "captured",
    "invoiced",
    "approved",
    "accept",
    "confirmed",
    "abgeschlossen",
    "bezahlt",
    "versandt",
    "versendet",
    "geliefert",
    "bearbeitung",
    "erledigt",
    "paye",
    "payee",
    "pagad",
    "pago",
    "pagat",
    "expedi",
    "livre",
    "livree",
    "livraison",
    "enviad",
    "entregad",
    "spedit",
    "consegnat",
    "terminee",
    "termine",
    "sale",
    "sold",
    "verkauf",
    "vente",
    "venta",
    "betaald",
    "verzonden",
    "afgerond",
    "eingegangen",
    "aceptad",
    "accettat",
    "ok",
    "picked up",
    "abgeholt",
    "open",
    "authori",
    "traitement",
    "preparation",
];

/// What a status says; `None` where the word is not known, which counts as a sale and is told.
pub(super) fn means(status: &str) -> Option<StatusMeans> {
    let word = folded(status);
    // Short words are looked for alone: "ok" is no part of "book", and "test" none of "latest".
    let holds = |part: &str| if part.len() <= 4 { word.split(' ').any(|alone| alone == part) } else { word.contains(part) };
    let has = |list: &[&str]| list.iter().any(|part| holds(part.trim_end()));
    if has(REFUNDED) {
        return Some(if has(PARTLY) { StatusMeans::PartlyRefunded } else { StatusMeans::Refunded });
    }
    if has(NO_SALE) {
        return Some(StatusMeans::NoSale);
    }
    (has(SALE) && !denies(&word)).then_some(StatusMeans::Sale)
}

/// Whether a word says that something did not happen: "undelivered", "nicht geliefert". What is ordered and not sent yet is sold all the same.
fn denies(word: &str) -> bool {
    const NOT: [&str; 13] = ["not", "never", "no", "non", "nicht", "nie", "kein", "keine", "pas", "nao", "niet", "sin", "senza"];
    const SOLD: [&str; 5] = ["unfulfil", "unshipped", "not shipped", "not fulfil", "nicht versendet"];
    let begins_so = |alone: &str| {
        ["un", "non", "in", "dis"].iter().filter_map(|start| alone.strip_prefix(start)).any(|rest| {
            let is_sale = |part: &&str| part.len() > 4 && rest.starts_with(part.trim_end());
            SALE.iter().any(is_sale)
        })
    };
    !SOLD.iter().any(|sold| word.contains(sold)) && word.split(' ').any(|alone| NOT.contains(&alone) || begins_so(alone))
}

/// A status as it is compared: in lower case, without blanks around it.
pub(super) fn status_of(name: &str) -> Expr {
    let text = col(name).cast(DataType::String).str().strip_chars(lit(NULL)).str().to_lowercase();
    when(text.clone().eq(lit(""))).then(lit(NULL)).otherwise(text)
}

/// Whether a row is marked as a return by a column: a number that is not 0, a day, a word for it, or an order number like C536379 where others have no
/// letter. `None` for a type that marks nothing.
pub(super) fn marks(name: &str, dtype: &DataType) -> Option<Expr> {
    const STEMS: &str = r"(?i)(return|refund|cancel|storn|retour|retoure|void|rembours|annul|devol|reembols|gutschrift|rimbors|credit note|\bavoir\b|\breso\b)";
    const FLAGS: &str = r"(?i)^(1|true|yes|y|ja|j|oui|si|sí|x|sim|c[0-9]+)$";
    // What kind of row it is says no flag: X and C1 of a column called type are kinds of something else.
    const KINDS: [&str; 9] = ["type", "typ", "tipo", "art", "kind", "movement", "vorgang", "belegart", "buchungsart"];
    let says_kind = name_words(name).iter().any(|word| KINDS.contains(&word.as_str()));
    let mark = match dtype {
        number if number.is_primitive_numeric() => col(name).neq(lit(0)),
        DataType::Date | DataType::Datetime(..) => col(name).is_not_null(),
        DataType::String => {
            let text = || col(name).str().strip_chars(lit(NULL)).str();
            let stem = text().contains(lit(STEMS), false);
            if says_kind { stem } else { stem.or(text().contains(lit(FLAGS), false)) }
        }
        _ => return None,
    };
    Some(mark.fill_null(lit(false)))
}

/// Lower case, without accents, words apart by one blank.
fn folded(text: &str) -> String {
    let mut word = String::with_capacity(text.len());
    for c in text.trim().chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => word.push_str("ae"),
            'ö' => word.push_str("oe"),
            'ü' => word.push_str("ue"),
            'ß' => word.push_str("ss"),
            'á' | 'à' | 'â' | 'ã' => word.push('a'),
            'é' | 'è' | 'ê' => word.push('e'),
            'í' | 'ì' | 'î' => word.push('i'),
            'ó' | 'ò' | 'ô' | 'õ' => word.push('o'),
            'ú' | 'ù' | 'û' => word.push('u'),
            'ç' => word.push('c'),
            'ñ' => word.push('n'),
            c if c.is_alphanumeric() => word.push(c),
            _ if !word.ends_with(' ') => word.push(' '),
            _ => {}
        }
    }
    word.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        use StatusMeans::*;
        for (words, expected) in [
            (
                "paid|Completed|wc-completed|processing|shipped|Delivered|closed|Bezahlt|Versendet|Paiement accepté|Pago aceptado|Livré|Consegnato",
                Some(Sale),
            ),
            ("On backorder (paid)|Payment accepted|Shipped - Delivered to Buyer|invoiced|approved|Zahlung eingegangen", Some(Sale)),
            ("refunded|Fully refunded|Erstattet|Remboursé|Reembolsado|Rimborsato|Shipped - Returned to Seller|chargeback", Some(Refunded)),
            (
                "partially_refunded|Partially Refunded|Teilweise erstattet|Remboursement partiel|Reembolsado parcialmente",
                Some(PartlyRefunded),
            ),
            (
                "cancelled|canceled|Cancelled|Storniert|Annulé|Cancelado|Annullato|voided|failed|Payment error|Erreur de paiement",
                Some(NoSale),
            ),
            (
                "pending|wc-pending|pending_payment|on-hold|Awaiting bank wire payment|On backorder (not paid)|En attente de virement bancaire",
                Some(NoSale),
            ),
            ("draft|checkout-draft|Entwurf|Unbezahlt|unpaid|unavailable|test|declined|requires_payment_method", Some(NoSale)),
            (
                "Rejected|denied|Payment failure|Aborted|Deleted|Closed - lost|Unsuccessful|Not completed|Not approved|unauthorized",
                Some(NoSale),
            ),
            ("Unfulfilled|unshipped|Not shipped", Some(Sale)),
            ("undelivered|Not delivered|Nicht geliefert|non livré|unsettled", None),
            ("blue|vip", None),
        ] {
            words.split('|').for_each(|word| assert_eq!(means(word), expected, "{word}"));
        }
    }
}
