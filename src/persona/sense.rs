//! What do the numbers of a column stand for: an amount, a count, a share, a change, a score, a rank, a gap, a time that has passed, a date?
//!
//! In: the words of its name, its unit, and what its numbers look like. Out: one [`Sense`] and the word that decided it. Words and unit decide
//! together: "percent salary hike" is a change although it says salary, "purchase gap days" a gap although it says purchase. The senses are
//! asked in the order in which one word overrules another ("days since last change" is a time that has passed, "score change" a change).
//! English, German, French, Spanish, Italian and Portuguese, accents taken off. O(words) per name.

use crate::base::text::are_years;
use crate::data::name_words;

/// What numbers stand for. Only amounts and counts have a ratio: a score of 4 is not twice a score of 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sense {
    /// Money, or another quantity with a true zero.
    Amount,
    /// How many.
    Count,
    /// A part of a whole, a percentage, a rate.
    Share,
    /// By how much something rose or fell.
    Change,
    /// A mark on a scale that somebody made up.
    Score,
    /// A place in an order; the first is the smallest number.
    Rank,
    /// The time from one event to the next: long is seldom.
    Interval,
    /// The time since an event: long is long ago.
    Elapsed,
    /// A length of time.
    Duration,
    /// A day or a calendar year.
    Date,
    /// A level of a category.
    Level,
    /// Yes or no.
    YesNo,
    /// A number of which the name says nothing of the kind.
    Plain,
}

impl Sense {
    /// Whether "twice as much" means anything.
    pub fn has_ratio(self) -> bool {
        matches!(self, Sense::Amount | Sense::Count)
    }
}

/// What is known of a column's numbers.
#[derive(Debug, Clone, Copy)]
pub struct Looks {
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// Whether all are whole numbers.
    pub is_whole: bool,
}

/// A sense, and the word of the name that decided it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sensed {
    /// What the numbers stand for.
    pub sense: Sense,
    /// The deciding word, in small letters and without accents; none where the unit or the numbers decided.
    pub word: Option<String>,
}

/// The sense of a column of numbers called `name`, whose cells carry `unit`.
pub fn sense_of(name: &str, unit: Option<&str>, looks: Looks) -> Sensed {
    let words = Words::of(name);
    let found = |sense: Sense, word: Option<&str>| Sensed { sense, word: word.map(str::to_owned) };
    let is_percent = unit == Some("%");
    if looks.is_whole && are_years(looks.min, looks.max) && words.any(YEAR).is_some() {
        return found(Sense::Date, None);
    }
    if let Some(word) = words.any(SINCE) {
        return found(Sense::Elapsed, Some(word));
    }
    if let Some(word) = words.any(GAP) {
        let is_time = words.any(TIME).is_some() || words.any(EVENT).is_some() || unit.is_some_and(|unit| TIME_UNITS.contains(&unit));
        return found(if is_time { Sense::Interval } else { Sense::Change }, Some(word));
    }
    if let Some(word) = words.time_per_purchase() {
        return found(Sense::Interval, Some(word));
    }
    let counts = words.any(COUNT);
    // "number of ratings" counts, "satisfaction rating" does not; two plurals say the same without a word for it.
    if counts.is_none() || is_percent {
        for (sense, list) in [(Sense::Change, CHANGE), (Sense::Rank, RANK)] {
            if let Some(word) = words.any(list) {
                return found(sense, Some(word));
            }
        }
    }
    if counts.is_none()
        && let Some(word) = words.any(SCORE).or_else(|| words.any(SCALE).filter(|_| looks.max - looks.min <= 20.0))
    {
        return found(Sense::Score, Some(word));
    }
    if let Some(word) = words.any(SHARE) {
        // "hourly rate" and "daily rate" are pay, and no part of anything.
        let is_part = is_percent || !(word == "rate" && looks.max > 100.0);
        return found(if is_part { Sense::Share } else { Sense::Plain }, Some(word));
    }
    if is_percent {
        return found(Sense::Share, None);
    }
    if unit.is_some_and(|unit| MONEY_UNITS.contains(&unit)) {
        return found(Sense::Amount, None);
    }
    if let Some(word) = counts {
        return found(Sense::Count, Some(word));
    }
    if let Some(word) = words.any(AMOUNT) {
        return found(Sense::Amount, Some(word));
    }
    if looks.is_whole
        && looks.min >= 0.0
        && let Some(word) = words.any(EVENTS)
    {
        return found(Sense::Count, Some(word));
    }
    // "visits per month" are no length of time.
    if let Some(word) = words.any(TIME).filter(|_| words.any(PER).is_none()) {
        return found(Sense::Duration, Some(word));
    }
    if looks.is_whole && looks.min >= 1.0 && looks.max <= 10.0 {
        return found(Sense::Score, None);
    }
    found(Sense::Plain, None)
}

/// The words of a name without accents.
struct Words(Vec<String>);

impl Words {
    fn of(name: &str) -> Words {
        let mut words = name_words(name);
        if name.contains('%') {
            words.push("%".into());
        }
        Words(words)
    }

    /// The first of the list that the name has, whole or as the end of a German compound.
    fn any<'a>(&self, list: &[&'a str]) -> Option<&'a str> {
        let ends = |token: &String, word: &str| word.strip_prefix('*').is_some_and(|end| token.ends_with(end));
        list.iter().copied().find(|word| self.0.iter().any(|token| token == word || ends(token, word)))
    }

    /// "days per order" is a gap said otherwise: the word for per between a time and a purchase. Of a session or a trip it would be its length.
    fn time_per_purchase(&self) -> Option<&'static str> {
        let at = self.0.iter().position(|token| PER.contains(&token.as_str()))?;
        let (before, behind) = self.0.split_at(at);
        let holds = |words: &[String], list: &[&str]| words.iter().any(|token| list.contains(&token.as_str()));
        (holds(before, CALENDAR) && holds(behind, PURCHASE)).then_some("per")
    }
}

const TIME_UNITS: [&str; 6] = ["days", "weeks", "months", "years", "hours", "minutes"];
const MONEY_UNITS: [&str; 9] = ["€", "$", "£", "¥", "US$", "CHF", "₹", "R$", "kr"];

const YEAR: &[&str] =
    &["year", "yr", "yob", "since", "joined", "jahr", "*jahr", "seit", "annee", "depuis", "ano", "anno", "desde", "dal", "birth", "built"];
#[rustfmt::skip]
const SINCE: &[&str] = &[
    "since", "ago", "recency", "inactive", "inactivity", "seit", "*inaktiv", "inaktiv", "depuis", "inactif", "desde", "hace", "inactivo", "dall", "dalla",
    "inattivo", "inattivita", "inativo", "recence", "recencia", "recenza",
];
#[rustfmt::skip]
const GAP: &[&str] = &[
    "gap", "gaps", "interval", "intervals", "between", "interpurchase", "lag", "zwischen", "abstand", "*abstand", "intervall", "*intervall", "entre",
    "intervalle", "intervalo", "intervallo", "tra", "fra",
];
#[rustfmt::skip]
const CHANGE: &[&str] = &[
    "rise", "raise", "hike", "increase", "increment", "change", "growth", "delta", "diff", "difference", "trend", "decline", "decrease", "uplift",
    "variation", "yoy", "veraenderung", "*veraenderung", "aenderung", "*aenderung", "wachstum", "*wachstum", "differenz", "*differenz", "zuwachs", "*zuwachs",
    "steigerung", "*steigerung", "erhoehung", "*erhoehung", "anstieg", "*anstieg", "rueckgang", "*rueckgang", "croissance", "hausse", "augmentation",
    "evolution", "ecart", "baisse", "cambio", "variacion", "crecimiento", "incremento", "aumento", "subida", "diferencia", "variazione", "crescita",
    "differenza", "mudanca", "variacao", "crescimento", "diferenca",
];
#[rustfmt::skip]
const RANK: &[&str] = &[
    "rank", "ranking", "percentile", "quantile", "quartile", "quintile", "decile", "rang", "*rang", "platzierung", "perzentil", "classement", "puesto",
    "percentil", "classifica", "posizione", "posicion", "posicao",
];
#[rustfmt::skip]
const SCORE: &[&str] = &[
    "score", "scores", "rating", "ratings", "index", "nps", "csat", "stars", "punktzahl", "*bewertung", "bewertung", "zufriedenheit", "*zufriedenheit",
    "indice", "puntuacion", "puntaje", "calificacion", "valoracion", "punteggio", "valutazione", "voto", "pontuacao", "avaliacao", "satisfaction",
    "satisfaccion", "soddisfazione", "satisfacao",
];
/// Words for a mark where the numbers are few.
#[rustfmt::skip]
const SCALE: &[&str] = &[
    "grade", "level", "note", "nota", "stufe", "*stufe", "niveau", "nivel", "livello", "involvement", "class", "tier", "code",
];
#[rustfmt::skip]
const SHARE: &[&str] = &[
    "%", "pct", "percent", "percentage", "share", "ratio", "rate", "proportion", "fraction", "anteil", "*anteil", "quote", "*quote", "rate", "*rate",
    "prozent", "taux", "part", "pourcentage", "ratio", "tasa", "proporcion", "porcentaje", "cuota", "percentuale", "quota", "tasso", "percentual", "taxa",
    "proporcao", "utilization", "utilisation",
];
#[rustfmt::skip]
const COUNT: &[&str] = &[
    "n", "num", "nb", "no", "number", "count", "counts", "cnt", "qty", "quantity", "anzahl", "*anzahl", "menge", "nombre", "cantidad", "numero",
    "quantite", "quantidade", "conteggio", "frequency", "frequenz", "haeufigkeit", "*haeufigkeit", "frequence", "frecuencia", "frequenza", "frequencia",
];
#[rustfmt::skip]
const AMOUNT: &[&str] = &[
    "amount", "amt", "spend", "spent", "spending", "monetary", "revenue", "sales", "turnover", "income", "salary", "wage", "earnings", "price", "cost",
    "costs", "charge", "charges", "fee", "fees", "balance", "value", "payment", "payments", "debt", "loan", "limit", "profit", "margin", "basket",
    "umsatz", "*umsatz", "betrag", "*betrag", "ausgaben", "einkommen", "*einkommen", "gehalt", "*gehalt", "preis", "*preis", "kosten", "*kosten", "wert",
    "*wert", "guthaben", "warenkorb", "*warenkorb", "chiffre", "depense", "depenses", "montant", "revenu", "revenus", "salaire", "prix", "panier", "solde",
    "gasto", "gastos", "ventas", "importe", "ingreso", "ingresos", "renta", "salario", "precio", "saldo", "cesta", "facturacion", "spesa", "spese",
    "importo", "reddito", "stipendio", "prezzo", "fatturato", "carrello", "valor", "renda", "receita", "despesa", "despesas", "faturamento", "preco",
];
#[rustfmt::skip]
const EVENT: &[&str] = &[
    "purchase", "purchases", "order", "orders", "visit", "visits", "transaction", "transactions", "login", "logins", "session", "sessions", "booking",
    "bookings", "trip", "trips", "invoice", "invoices", "payment", "payments", "contact", "contacts", "kauf", "kaeufen", "kaeufe", "bestellung",
    "bestellungen", "besuch", "besuche", "besuchen", "bestellabstand", "kaufabstand", "achat", "achats", "commande", "commandes", "visite", "visites",
    "compra", "compras", "pedido", "pedidos", "visita", "visitas", "acquisto", "acquisti", "ordine", "ordini",
];
const PER: &[&str] = &["per", "pro", "par", "por"];
/// Times that pass between two purchases.
#[rustfmt::skip]
const CALENDAR: &[&str] = &[
    "day", "days", "week", "weeks", "month", "months", "tag", "tage", "wochen", "monate", "jour", "jours", "semaines", "mois", "dia", "dias", "semanas",
    "meses", "giorni", "settimane", "mesi",
];
const PURCHASE: &[&str] = &[
    "order",
    "purchase",
    "transaction",
    "invoice",
    "bestellung",
    "kauf",
    "einkauf",
    "commande",
    "achat",
    "pedido",
    "compra",
    "ordine",
    "acquisto",
];
/// Plurals that count by themselves.
#[rustfmt::skip]
const EVENTS: &[&str] = &[
    "orders", "purchases", "visits", "transactions", "trips", "invoices", "sessions", "logins", "opens", "clicks", "views", "events", "calls", "tickets",
    "complaints", "returns", "refunds", "items", "products", "categories", "services", "contacts", "coupons", "vouchers", "bookings", "children", "kids",
    "companies", "accounts", "cards", "changes", "bestellungen", "kaeufe", "besuche", "artikel", "retouren", "anfragen", "beschwerden", "commandes",
    "achats", "visites", "articles", "retours", "reclamations", "pedidos", "compras", "visitas", "productos", "devoluciones", "quejas", "ordini",
    "acquisti", "visite", "prodotti", "resi", "reclami", "devolucoes", "produtos", "reclamacoes",
];
#[rustfmt::skip]
const TIME: &[&str] = &[
    "day", "days", "week", "weeks", "month", "months", "year", "years", "hour", "hours", "minute", "minutes", "mins", "seconds", "tenure", "duration",
    "time", "tag", "tage", "woche", "wochen", "monat", "monate", "jahre", "stunden", "minuten", "dauer", "*dauer", "laufzeit", "*tage", "*monate",
    "jours", "jour", "mois", "ans", "annees", "heures", "duree", "anciennete", "dias", "dia", "semanas", "meses", "anos", "horas", "duracion",
    "antiguedad", "giorni", "mesi", "anni", "ore", "durata", "anzianita", "duracao", "antiguidade", "minutos", "minuti",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_units_decide_together() {
        let looks = |min: f64, max: f64, is_whole: bool| Looks { min, max, is_whole };
        let (wide, share, short) = (looks(0.0, 5e3, true), looks(0.0, 1.0, false), looks(1.0, 5.0, true));
        for (name, unit, looks, sense) in [
            ("PercentSalaryHike", None, looks(11.0, 25.0, true), Sense::Change),
            ("gehaltserhoehung_prozent", None, wide, Sense::Change),
            ("purchase_gap_days", None, wide, Sense::Interval),
            ("tage_zwischen_käufen", None, wide, Sense::Interval),
            ("jours_entre_achats", None, wide, Sense::Interval),
            ("giorni_tra_acquisti", None, wide, Sense::Interval),
            ("days_per_order", None, wide, Sense::Interval),
            ("Wochen_pro_Bestellung", None, wide, Sense::Interval),
            ("orders_per_month", None, looks(0.2, 9.5, false), Sense::Plain),
            ("minutes_per_session", None, wide, Sense::Plain),
            ("wage_gap", None, wide, Sense::Change),
            ("days_since_last_change", None, wide, Sense::Elapsed),
            ("dias_desde_ultima_compra", None, wide, Sense::Elapsed),
            ("score_change", None, wide, Sense::Change),
            ("sales_rank", None, wide, Sense::Rank),
            ("spend_percentile", None, wide, Sense::Rank),
            ("credit_score", None, wide, Sense::Score),
            ("number_of_ratings", None, wide, Sense::Count),
            ("JobLevel", None, short, Sense::Score),
            ("water_level", None, wide, Sense::Plain),
            ("discount_share", None, share, Sense::Share),
            ("tasa_devolucion", None, share, Sense::Share),
            ("HourlyRate", None, looks(30.0, 500.0, true), Sense::Plain),
            ("salary", Some("%"), wide, Sense::Share),
            ("salary", Some("€"), wide, Sense::Amount),
            ("Jahresumsatz", None, wide, Sense::Amount),
            ("orders", None, wide, Sense::Count),
            ("visits_per_month", None, looks(0.2, 9.5, false), Sense::Plain),
            ("tenure_months", None, wide, Sense::Duration),
            ("customer_since", None, looks(1998.0, 2024.0, true), Sense::Date),
            ("zapf", None, wide, Sense::Plain),
        ] {
            assert_eq!(sense_of(name, unit, looks).sense, sense, "{name}");
        }
    }
}
