//! How should a column have been read, now that all of its cells are counted?
//!
//! In: the counts, the reading they were made by, the column's name and the file's habits. Out: the reading that would have been right; the
//! same one if nothing speaks against it. O(1).

use crate::data::cells::WRONG_SHARE;
use crate::data::cells::dates::{Order, Written};
use crate::data::cells::habits::Habits;
use crate::data::table::Kind;
use crate::data::words::{matches_word, tokens};

use super::{DayNumbers, Reading, Tally};

/// So many cells of either kind prove that a spreadsheet has changed day and month for each other.
const PROOF_OF_DAMAGE: usize = 8;

impl Tally {
    /// The reading that would have been right for a column called `name`, now that all of its cells are known.
    pub(in crate::data) fn better(&self, name: &str, reading: &Reading, habits: Habits) -> Reading {
        let too_many_wrong = !self.is_few(self.wrong);
        let mut better = *reading;
        match reading.kind {
            Kind::Text => better.lists = reading.lists && self.lists > 0 && self.lists == self.with_comma,
            Kind::Number => {
                better.comma = self.has_comma(name, habits);
                better.whole = self.fractional == 0;
                if self.is_lists(habits) {
                    better = Reading { lists: true, ..Reading::of(Kind::Text) };
                } else if self.is_codes() || self.is_order_numbers(name) || (too_many_wrong && better.comma == reading.comma) {
                    better = Reading::of(Kind::Text);
                } else if self.is_compact_days(name) {
                    better = Reading { numbers: DayNumbers::Compact, ..Reading::of(Kind::Date) };
                } else if self.is_serial_days(name) {
                    better = Reading { numbers: DayNumbers::Serial, ..Reading::of(Kind::Date) };
                }
            }
            Kind::Date => {
                better.order = self.order();
                better.has_time = self.with_time > 0;
                better.turned = self.is_damaged();
                if reading.numbers == DayNumbers::None && self.serials + self.compacts > 0 {
                    better.numbers = if self.compacts >= self.serials { DayNumbers::Compact } else { DayNumbers::Serial };
                } else if too_many_wrong {
                    let only_numbers = self.written.keys().all(|&written| matches!(written, Written::Compact | Written::Serial));
                    let is_number = only_numbers && reading.numbers != DayNumbers::None;
                    better = Reading::of(if is_number { Kind::Number } else { Kind::Text });
                }
            }
        }
        Reading { zone: habits.zone, ..better }
    }

    /// Whether so many cells that do not fit are few enough.
    fn is_few(&self, wrong: usize) -> bool {
        wrong <= (self.present as f64 * WRONG_SHARE).floor() as usize
    }

    fn has_comma(&self, name: &str, habits: Habits) -> bool {
        if self.points_are_unclear() && habits.doubts_points() {
            return habits.groups_by_points(name).is_some();
        }
        self.commas > self.points || (self.commas == self.points && habits.decimal_comma)
    }

    /// Whether points always have exactly three digits behind them, and nothing else tells what they are.
    pub(super) fn points_are_unclear(&self) -> bool {
        self.unclear_points > 0 && self.points == 0 && self.commas == 0 && self.ungrouped == 0 && self.unclear_comma.is_none()
    }

    /// Whether they number orders or invoices, some with a letter: C536379 is a return, and no unreadable number.
    fn is_order_numbers(&self, name: &str) -> bool {
        const WORDS: [&str; 18] = [
            "order",
            "orderno",
            "invoice",
            "invoiceno",
            "receipt",
            "transaction",
            "voucher",
            "document",
            "bestellung",
            "bestellnummer",
            "rechnung",
            "rechnungsnummer",
            "auftrag",
            "beleg",
            "facture",
            "commande",
            "factura",
            "pedido",
        ];
        const OTHERS: [&str; 9] = ["amount", "total", "value", "quantity", "qty", "price", "count", "date", "betrag"];
        let has_digit = |cell: &String| cell.bytes().any(|byte| byte.is_ascii_digit());
        let words = tokens(name);
        let is_called = |wanted: &[&str]| words.iter().any(|token| wanted.iter().any(|word| matches_word(token, word)));
        self.wrong > 0 && self.wrong_examples.iter().all(has_digit) && is_called(&WORDS) && !is_called(&OTHERS)
    }

    fn is_codes(&self) -> bool {
        let with_unit: usize = self.units.iter().map(|unit| unit.1).sum();
        self.codes * 200 > self.present || (self.lettered > 0 && self.lettered == with_unit)
    }

    /// Whether cells list several answers: small whole numbers that rise, in every cell with a comma, and enough of those that no decimals
    /// look like that by chance.
    fn is_lists(&self, habits: Habits) -> bool {
        let no_number = self.points + self.unclear_points + self.units.len() + self.no_answer;
        let is_enough =
            if self.long_lists > 0 { !self.is_few(self.lists) } else { self.lists >= 5 && !habits.semicolons && !habits.decimal_comma };
        no_number == 0 && self.lists == self.with_comma && self.lists > 0 && is_enough
    }

    /// Which number comes first where a date does not say: as in those that do; else, where one number stays and the other runs through
    /// many, the one that runs is the day.
    fn order(&self) -> Order {
        let (day, month) = (self.count(Written::DayFirst), self.count(Written::MonthFirst));
        if month > day || (day == 0 && month == 0 && self.running() == Some(Order::MonthFirst)) {
            Order::MonthFirst
        } else {
            Order::DayFirst
        }
    }

    /// The order by which the number that stays the same is the month and the one that runs is the day.
    pub(super) fn running(&self) -> Option<Order> {
        /// Fewer different numbers may be chance.
        const MANY: u32 = 4;
        let is_one_year = self.either_days.is_some_and(|(first, last)| last - first < 366);
        match (self.first_numbers.count_ones(), self.second_numbers.count_ones()) {
            (1, MANY..) if is_one_year => Some(Order::MonthFirst),
            (MANY.., 1) if is_one_year => Some(Order::DayFirst),
            _ => None,
        }
    }

    /// Whether a spreadsheet took every text whose numbers could be changed for each other for a date of its own country: no true date is
    /// behind the twelfth, every text is.
    fn is_damaged(&self) -> bool {
        let texts = [self.count(Written::DayFirst), self.count(Written::MonthFirst)];
        let is_one_kind = texts.iter().filter(|&&n| n > 0).count() == 1 && texts.iter().any(|&n| n >= PROOF_OF_DAMAGE);
        let true_dates = self.count(Written::YearFirst) + self.count(Written::Serial);
        is_one_kind && true_dates >= PROOF_OF_DAMAGE && self.late_in_month == 0 && self.count(Written::Either) == 0
    }

    /// Whether the numbers are days such as 19970131, and the name or that they reach over the end of a month says that they are meant so.
    fn is_compact_days(&self, name: &str) -> bool {
        let Some((first, last)) = self.days else { return false };
        let meant = is_called_date(name) || (self.present >= 10 && last - first > 31);
        meant && self.is_few(self.no_day + self.wrong + self.infinite)
    }

    /// Whether the numbers are days as Excel counts them; only the name can say so.
    fn is_serial_days(&self, name: &str) -> bool {
        let is_enough = self.present > 0 && self.units.is_empty() && self.is_few(self.no_serial + self.wrong + self.infinite);
        is_enough && is_called_date(name)
    }
}

/// Whether a column's name says that it holds dates.
pub(in crate::data) fn is_called_date(name: &str) -> bool {
    const WORDS: [&str; 9] = ["date", "datum", "fecha", "data", "day", "jour", "giorno", "dt", "tag"];
    let words = tokens(name);
    // "days since", "sales per day" and "number of dates" count something.
    const COUNTS: [&str; 8] = ["n", "number", "count", "per", "sales", "charge", "minutes", "calls"];
    let is_date = |token: &String| WORDS.iter().any(|word| matches_word(token, word)) || token.ends_with("datum");
    words.iter().any(is_date) && !words.iter().any(|token| COUNTS.contains(&token.as_str()))
}
