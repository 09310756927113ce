//! What the orders of a source are worth and whose they are: what was decided, why, and the controls that change it.
//!
//! In: the source that is looked at and the account of its money. Out: choices about amounts, marked rows, statuses, guests and people.

use std::collections::BTreeSet;

use eframe::egui::{DragValue, Id, Label, RichText, Role as Widget, Stroke, Ui};

use crate::customers::{self, Account, Money, StatusMeans};
use crate::data::sourcing::{AmountIs, Field, RefundsAre};
use crate::data::{Raw, SourceKind};
use crate::session::Command;

use super::super::super::theme::{INSIDE, caption, tokens};
use super::super::super::widgets::{self, thousands};
use super::super::choose::{Choice, Chosen, choose_ui};
use super::label::label_ui;
use super::of::Of;

/// A row of choices.
const ROW: f32 = 28.0;
const CHOICE: f32 = 132.0;

/// Draws it. Room is kept for sources without money too, so that the rows below stay where they are.
pub(super) fn ui(ui: &mut Ui, of: &Of<'_>, raw: Option<&Raw>, commands: &mut Vec<Command>) {
    let understood = of.understood();
    let kind = of.source.kind.or(understood.map(|understood| understood.kind));
    ui.horizontal(|ui| {
        ui.set_height(ROW);
        match kind {
            Some(SourceKind::Transactions) => {
                if let Some(money) = understood.and_then(|understood| understood.money.as_ref()) {
                    money_ui(ui, of, money, commands);
                }
                guests_ui(ui, of, raw, commands);
            }
            Some(SourceKind::Events) => guests_ui(ui, of, raw, commands),
            Some(SourceKind::Customers) => person_ui(ui, of, raw, commands),
            _ => {}
        }
        decisions_ui(ui, of, commands);
    });
    match account(of) {
        Some(account) => {
            let told = ui.add(Label::new(caption(ui, account.brief())).wrap());
            told.on_hover_text(in_lines(account));
        }
        // While the table is being built nobody knows yet.
        None if kind == Some(SourceKind::Transactions) && of.known.built.latest().is_some() && !of.known.built.is_stale() => {
            _ = ui.label(caption(ui, "No amounts: customers are known by days and items alone"));
        }
        None => {}
    }
}

fn account<'a>(of: &Of<'a>) -> Option<&'a Account> {
    let built = of.known.built.latest()?;
    built.accounts.iter().find(|account| account.source == of.source.name)
}

/// The account, a part per line.
fn in_lines(account: &Account) -> String {
    account.sentence().replace(" = ", "\n= ").replace(" + ", "\n+ ").replace("; ", ";\n   ")
}

fn money_ui(ui: &mut Ui, of: &Of<'_>, money: &Money, commands: &mut Vec<Command>) {
    let rules = &of.source.money;
    label_ui(ui, "Amounts", "Whether an amount is that of a line or of the whole order.");
    let choice = Choice {
        name: "What an amount stands for",
        width: CHOICE,
        shown: money.amount.label(),
        is_chosen: rules.amount.is_some(),
        is_there: true,
        reason: money.amount.explanation(),
    };
    if let Some(chosen) = choose_ui(ui, &choice, AmountIs::ALL.iter().map(|amount| (amount.label(), amount.explanation()))) {
        of.say(commands, |source| source.money.amount = if let Chosen::Word(at) = chosen { Some(AmountIs::ALL[at]) } else { None });
    }
    let understood = of.understood();
    if understood.is_some_and(|understood| understood.fields.contains_key(&Field::Returned)) {
        ui.add_space(INSIDE);
        label_ui(ui, "Marked", "What a row that is marked as returned is.");
        let choice = Choice {
            name: "What marked rows are",
            width: CHOICE,
            shown: money.refunds.label(),
            is_chosen: rules.refunds.is_some(),
            is_there: true,
            reason: money.refunds.explanation(),
        };
        if let Some(chosen) = choose_ui(ui, &choice, RefundsAre::ALL.iter().map(|refunds| (refunds.label(), refunds.explanation()))) {
            of.say(commands, |source| source.money.refunds = if let Chosen::Word(at) = chosen { Some(RefundsAre::ALL[at]) } else { None });
        }
    }
    rates_ui(ui, of, commands);
    if !money.statuses.is_empty() {
        ui.add_space(INSIDE);
        statuses_ui(ui, of, money, commands);
    }
}

/// What one unit of each currency of a source is worth in the one that all sources are told in; without rates only that one is added up.
fn rates_ui(ui: &mut Ui, of: &Of<'_>, commands: &mut Vec<Command>) {
    let rates = &of.source.money.rates;
    let Some(all) = of.known.understood.latest() else { return };
    let common = customers::currency(all).map(str::to_uppercase);
    let is_one = |code: &String| rates.get(code) == Some(&1.0);
    // The commonest, unless rates that came with the project are told in another.
    let other = rates.keys().find(|code| is_one(code)).filter(|_| !common.as_ref().is_some_and(is_one));
    let Some(told_in) = other.cloned().or(common) else { return };
    let told_in = &told_in;
    let its = of.understood().and_then(|understood| understood.common.get(&Field::Currency)).map_or(&[][..], |all| all);
    let others: BTreeSet<String> = its.iter().map(|code| code.to_uppercase()).filter(|code| code != told_in).collect();
    if others.is_empty() {
        return;
    }
    ui.add_space(INSIDE);
    let title = if rates.is_empty() { format!("Only {told_in}") } else { format!("All in {told_in}") };
    let menu = widgets::staying_menu(ui, title, |ui| {
        ui.label(caption(ui, format!("What one unit is worth in {told_in}; a currency without a rate is left out.")));
        for currency in &others {
            ui.horizontal(|ui| {
                ui.label(format!("1 {currency} ="));
                let known = rates.get(currency).copied().unwrap_or(0.0);
                // While it is dragged or typed nothing is computed anew.
                let draft = Id::unique(("rate", &of.source.name, currency));
                let mut rate = ui.data(|data| data.get_temp::<f64>(draft)).unwrap_or(known);
                let field = DragValue::new(&mut rate)
                    .range(0.0..=1e6)
                    .speed(0.001)
                    .max_decimals(6)
                    .custom_formatter(|rate, _| if rate > 0.0 { format!("{rate} {told_in}") } else { "no rate".to_owned() });
                let response = ui.add(field);
                widgets::name_it(&response, Widget::SpinButton, &format!("What one {currency} is worth in {told_in}"));
                if response.changed() {
                    ui.data_mut(|data| data.insert_temp(draft, rate));
                }
                let is_done = !response.dragged() && !response.has_focus();
                if is_done && ui.data_mut(|data| data.remove_temp::<f64>(draft)).is_some_and(|rate| rate != known) {
                    of.say(commands, |source| {
                        let rates = &mut source.money.rates;
                        if rate > 0.0 {
                            rates.insert(currency.clone(), rate)
                        } else {
                            rates.remove(currency)
                        };
                        // The currency that amounts are told in is worth itself.
                        rates.remove(told_in);
                        if !rates.is_empty() {
                            rates.insert(told_in.clone(), 1.0);
                        }
                    });
                }
            });
        }
    });
    menu.on_hover_text("Several currencies are never added up as they stand.");
}

/// Which statuses count as sales.
fn statuses_ui(ui: &mut Ui, of: &Of<'_>, money: &Money, commands: &mut Vec<Command>) {
    let counts = |means: StatusMeans| means != StatusMeans::NoSale;
    let n = money.statuses.iter().filter(|status| counts(status.means)).count();
    let title = format!("Statuses that count: {n} of {}", money.statuses.len());
    let menu = widgets::staying_menu(ui, title, |ui| {
        seen_boxes(ui);
        for status in &money.statuses {
            let mut is_on = counts(status.means);
            let says = match status.means {
                StatusMeans::Refunded => ", refunded",
                StatusMeans::PartlyRefunded => ", refunded in part",
                StatusMeans::Sale if !status.is_known => ", not known",
                StatusMeans::Sale | StatusMeans::NoSale => "",
            };
            if widgets::check_ui(ui, &mut is_on, &format!("{} ({}{says})", status.name, thousands(status.n_rows))).changed() {
                let mut counted: BTreeSet<String> =
                    money.statuses.iter().filter(|other| counts(other.means)).map(|other| other.name.clone()).collect();
                if is_on {
                    counted.insert(status.name.clone())
                } else {
                    counted.remove(&status.name)
                };
                of.say(commands, |source| source.money.counted = Some(counted));
            }
        }
        if of.source.money.counted.is_some() && ui.button("As guessed").clicked() {
            of.say(commands, |source| source.money.counted = None);
        }
    });
    menu.on_hover_text("Orders of the other statuses never became sales.");
}

/// A box that is not ticked must still be seen as a box.
fn seen_boxes(ui: &mut Ui) {
    ui.visuals_mut().widgets.inactive.bg_stroke = Stroke::new(1.0, tokens(ui).muted);
}

fn guests_ui(ui: &mut Ui, of: &Of<'_>, raw: Option<&Raw>, commands: &mut Vec<Command>) {
    let said = of.source.guests.as_ref();
    let by = of.understood().and_then(|understood| understood.guests.as_ref());
    if said.is_none() && by.is_none() {
        return;
    }
    ui.add_space(INSIDE);
    let shown = match said {
        Some(said) => said.as_deref(),
        None => by.and_then(|guests| guests.by.first()).map(String::as_str),
    };
    let words = Column {
        label: "Guests by",
        name: "What tells guests apart",
        about: "The column that tells guests apart, who share a key or have none.",
    };
    column_ui(ui, &words, (shown, said.is_some(), "as they stand"), raw, |chosen| of.say(commands, |source| source.guests = chosen));
}

fn person_ui(ui: &mut Ui, of: &Of<'_>, raw: Option<&Raw>, commands: &mut Vec<Command>) {
    let said = of.source.person.as_ref();
    let through = of.known.understood.latest().and_then(|all| all.sources.iter().find_map(|source| source.through.as_ref()));
    if said.is_none() && through.is_none() {
        return;
    }
    let shown = match said {
        Some(said) => said.as_deref(),
        None => through.map(|through| through.person.as_str()),
    };
    let words = Column {
        label: "Person",
        name: "What names the person",
        about: "The column that names the person where the key stands for one order each.",
    };
    column_ui(ui, &words, (shown, said.is_some(), "the key"), raw, |chosen| of.say(commands, |source| source.person = chosen));
}

/// The words of a choice of a column.
struct Column<'a> {
    label: &'a str,
    name: &'a str,
    about: &'a str,
}

/// A choice among the columns of a source; `none` is what no column means.
fn column_ui(
    ui: &mut Ui,
    words: &Column<'_>,
    (shown, is_chosen, none): (Option<&str>, bool, &str),
    raw: Option<&Raw>,
    mut say: impl FnMut(Option<Option<String>>),
) {
    let Some(raw) = raw else { return };
    label_ui(ui, words.label, words.about);
    let choice =
        Choice { name: words.name, width: CHOICE, shown: shown.unwrap_or(none), is_chosen, is_there: shown.is_some(), reason: words.about };
    let columns = std::iter::once((none, "")).chain(raw.columns.iter().map(|column| (column.name.as_str(), "")));
    match choose_ui(ui, &choice, columns) {
        Some(Chosen::Guess) => say(None),
        Some(Chosen::Word(at)) => say(Some(at.checked_sub(1).and_then(|at| raw.columns.get(at)).map(|column| column.name.clone()))),
        None => {}
    }
}

/// Everything that was decided about money, people and days, with its reason.
fn decisions_ui(ui: &mut Ui, of: &Of<'_>, commands: &mut Vec<Command>) {
    let Some(understood) = of.understood().filter(|understood| !understood.decisions.is_empty()) else { return };
    ui.add_space(INSIDE);
    let title = format!("What was decided ({})", understood.decisions.len());
    let menu = ui.menu_button(title, |ui| {
        ui.set_max_width(520.0);
        for decision in &understood.decisions {
            ui.add(Label::new(widgets::unbroken(&decision.text)).wrap());
        }
        let money = understood.money.as_ref();
        if money.is_some_and(|money| money.drop_copies) || of.source.money.drop_copies.is_some() {
            seen_boxes(ui);
            let mut once = money.is_some_and(|money| money.drop_copies);
            if widgets::check_ui(ui, &mut once, "An order that stands in the file several times counts once").changed() {
                of.say(commands, |source| source.money.drop_copies = Some(once));
            }
        }
        if let Some(account) = account(of) {
            ui.separator();
            let color = if account.adds_up() { tokens(ui).text } else { tokens(ui).bad };
            ui.add(Label::new(RichText::new(in_lines(account)).color(color)).wrap());
        }
    });
    menu.response.on_hover_text("What decides money, people and days, each with its reason and the rows it rests on.");
}
