//! What decides money, people and days: guessed with a reason, told, and changeable.

use personae::base::Ctx;
use personae::customers::{self, Built, Understood};
use personae::data::day::IsoDay;
use personae::data::sourcing::{AmountIs, Field, RefundsAre};
use personae::data::{self, Raw, SourceKind, Sourcing};

use crate::customers::{files, row, sourcing};

fn build(sourcing: &Sourcing) -> (Understood, Built) {
    let ctx = Ctx::new();
    let raws: Vec<Raw> = sourcing.sources.iter().map(|source| data::read_raw(&source.path, &ctx).unwrap()).collect();
    let raws: Vec<&Raw> = raws.iter().collect();
    let understood = customers::understand(sourcing, &raws, &ctx).unwrap();
    let built = customers::build(sourcing, &understood, &raws, IsoDay::parse("2025-06-30"), &ctx).unwrap();
    (understood, built)
}

fn told(understood: &Understood) -> String {
    understood.sources.iter().flat_map(|source| &source.decisions).map(|decision| decision.text.as_str()).collect::<Vec<_>>().join("\n")
}

fn monetary(built: &Built, customer: &str) -> Option<String> {
    let at = (0..built.table.n_rows).find(|&at| row(built, at, &["customer"])[0] == customer)?;
    Some(row(built, at, &["monetary"])[0].clone())
}

#[test]
fn numbers_of_different_systems_are_not_joined_by_their_digits() {
    let shop = |letters: &str| -> String {
        let rows: String = (0..40).map(|at| format!("{at},{letters}{},2024-01-{:02},{}\n", 1001 + at % 20, 1 + at % 28, 10 + at)).collect();
        format!("order_id,customer_id,order_date,amount\n{rows}")
    };
    let crm = |letters: &str| -> String {
        format!("contact_id,size\n{}", (0..20).map(|at| format!("{letters}{},{at}\n", 1001 + at)).collect::<String>())
    };
    for (of_crm, of_shop, found) in [("HS-", "WC-", 0), ("C", "", 20), ("c-", "C", 20), ("", "K", 20), ("A", "B", 0)] {
        let (_folder, paths) = files(&[("crm.csv", &crm(of_crm)), ("shop.csv", &shop(of_shop))]);
        let mut sourcing = sourcing(&paths);
        sourcing.sources[0].kind = Some(SourceKind::Customers);
        sourcing.sources[1].kind = Some(SourceKind::Transactions);
        let (understood, built) = build(&sourcing);
        let overlap = understood.sources[1].overlap.clone().unwrap();
        assert_eq!(overlap.n_found, found, "{of_crm} {of_shop}");
        assert_eq!(built.table.n_rows, if found > 0 { 20 } else { 40 }, "{of_crm} {of_shop}");
        if found > 0 {
            assert!(
                customers::compared_how(understood.sources[1].key_match).is_some(),
                "{of_crm} {of_shop}: how keys were compared is said"
            );
        }
    }
}

#[test]
fn what_orders_are_worth_can_be_changed() {
    let orders = "\
order,customer_id,date,status,total,refunded amount
1,A,2024-01-01,completed,20,0
2,A,2024-01-05,on-hold,30,0
3,B,2024-01-06,completed,50,12.5
4,B,2024-01-07,refunded,10,10
5,C,2024-01-08,mystery,7,0
";
    let (_folder, paths) = files(&[("orders.csv", orders)]);
    let guessed = sourcing(&paths);
    let (understood, built) = build(&guessed);
    assert_eq!(["A", "B", "C"].map(|of| monetary(&built, of).unwrap()), ["20", "37.5", "7"]);
    let told = told(&understood);
    for part in
        ["on-hold (1)", "What these of status mean is not known; they count as sales: mystery (1).", "given back as a whole: refunded (1)"]
    {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    let account = &built.accounts[0];
    assert!(account.adds_up());
    assert_eq!((account.gross.cents, account.net.cents, account.refunds.cents), (11_700, 6_450, 2_250), "{}", account.sentence());
    let note = "1 row of orders is left out of the money (30.00): by status, cancelled, failed or not paid. What counts is chosen on Data, \
                under Sources.";
    assert!(built.notes.iter().any(|told| told.0 == note), "{:?}", built.notes);

    let mut chosen = guessed.clone();
    chosen.sources[0].money.counted = Some(["completed", "refunded", "on-hold"].map(str::to_owned).into());
    let (_, built) = build(&chosen);
    assert_eq!(["A", "B", "C"].map(|of| monetary(&built, of).unwrap()), ["50", "37.5", "0"]);
    let mut chosen = guessed.clone();
    chosen.sources[0].fields.insert(Field::Refund, None);
    let (_, built) = build(&chosen);
    assert_eq!(monetary(&built, "B").unwrap(), "50", "without the column only the status says what came back");
}

#[test]
fn a_status_that_nobody_understands_is_told() {
    for cells in ["C,S,P", "1,2,3"] {
        let cells: Vec<&str> = cells.split(',').collect();
        let rows: String = (0..30).map(|at| format!("{at},K{},2024-02-{:02},{},20\n", at % 10, 1 + at % 28, cells[at % 3])).collect();
        let (_folder, paths) = files(&[("orders.csv", &format!("order_id,customer_id,order_date,order_status,amount\n{rows}"))]);
        let (understood, built) = build(&sourcing(&paths));
        let told = told(&understood);
        assert!(
            told.contains("order_status may say what became of an order, but what its values mean is not known, so all rows count."),
            "{told}"
        );
        assert_eq!(monetary(&built, "K0").unwrap(), "60", "nothing is left out by a guess");
    }
}

#[test]
fn a_total_on_every_line_counts_once_and_can_be_added_up() {
    let lines: String = (0..30)
        .flat_map(|at| [1, 2, 3].map(|line| format!("{at},K{},2024-02-{:02},P{line},{}\n", at % 10, 1 + at % 28, 100 + at)))
        .collect();
    let (_folder, paths) = files(&[("lines.csv", &format!("order_id,customer_id,order_date,product,order_total\n{lines}"))]);
    let guessed = sourcing(&paths);
    let (understood, built) = build(&guessed);
    assert_eq!(understood.sources[0].money.as_ref().unwrap().amount, AmountIs::PerOrder);
    assert_eq!(monetary(&built, "K0").unwrap(), (100 + 110 + 120).to_string());
    let mut chosen = guessed.clone();
    chosen.sources[0].money.amount = Some(AmountIs::PerLine);
    assert_eq!(monetary(&build(&chosen).1, "K0").unwrap(), (3 * (100 + 110 + 120)).to_string());
}

#[test]
fn marks_of_returns_stand_beside_the_sale_or_are_the_sale() {
    for (column, word, other, expected) in [
        ("type", "Return", "Sale", "5"),
        ("is_return", "1", "0", "5"),
        ("returned", "yes", "no", "15"),
        ("refunded", "true", "false", "15"),
        ("cancelled", "yes", "no", "15"),
        ("storniert", "ja", "nein", "15"),
    ] {
        let orders = format!(
            "order_id,customer_id,date,{column},amount\n1,A,2024-01-01,{other},15\n2,A,2024-01-02,{word},10\n3,B,2024-01-03,{other},20\n4,B,2024-01-03,{other},20\n5,C,2024-01-03,{other},20\n"
        );
        let (_folder, paths) = files(&[("orders.csv", &orders)]);
        let guessed = sourcing(&paths);
        let (understood, built) = build(&guessed);
        assert_eq!(monetary(&built, "A").unwrap(), expected, "{column}: {}", told(&understood));
        let mut chosen = guessed.clone();
        chosen.sources[0].money.refunds = Some(RefundsAre::OwnRows);
        assert_eq!(monetary(&build(&chosen).1, "A").unwrap(), "5", "{column}");
    }
}

#[test]
fn what_marks_nothing_turns_no_amount() {
    // Kinds of something else, words that only hold those of returns, and a total per line that two lines of one order happen to share.
    for (column, words) in [("type", ["C1", "X"]), ("typ", ["Y", "1a"]), ("art", ["Resort", "Annual"]), ("state", ["CA", "OK"])] {
        let rows: String = (0..20).map(|at| format!("{at},K{},2024-01-{:02},{},10\n", at % 4, 1 + at, words[at % 2])).collect();
        let (_folder, paths) = files(&[("orders.csv", &format!("order_id,customer_id,date,{column},amount\n{rows}"))]);
        let (understood, built) = build(&sourcing(&paths));
        assert_eq!(monetary(&built, "K0").unwrap(), "50", "{column}: {}", told(&understood));
    }
    let rows = "1,A,2024-01-01,10\n1,A,2024-01-01,10\n2,B,2024-01-02,7\n3,B,2024-01-03,8\n";
    let (_folder, paths) = files(&[("orders.csv", &format!("order_id,customer_id,date,total\n{rows}"))]);
    let (understood, built) = build(&sourcing(&paths));
    assert_eq!(["A", "B"].map(|of| monetary(&built, of).unwrap()), ["20", "15"], "{}", told(&understood));
}

#[test]
fn currencies_are_never_added_up_unless_they_are_converted() {
    let orders = "order_id,customer_id,date,currency,amount\n1,A,2024-01-01,EUR,10\n2,A,2024-01-02,USD,10\n3,B,2024-01-03,EUR,20\n4,B,2024-01-04,GBP,5\n";
    let (_folder, paths) = files(&[("orders.csv", orders)]);
    let guessed = sourcing(&paths);
    let (_, built) = build(&guessed);
    assert_eq!(["A", "B"].map(|of| monetary(&built, of).unwrap()), ["10", "20"]);
    assert!(built.notes.iter().any(|note| note.0.contains("not in EUR")), "{:?}", built.notes);
    assert!(built.accounts[0].adds_up() && built.accounts[0].other_currencies.len() == 2, "{}", built.accounts[0].sentence());
    let mut chosen = guessed.clone();
    chosen.sources[0].money.rates = [("EUR".to_owned(), 1.0), ("USD".to_owned(), 0.5), ("GBP".to_owned(), 1.2)].into();
    let (_, built) = build(&chosen);
    assert_eq!(["A", "B"].map(|of| monetary(&built, of).unwrap()), ["15", "26"]);
    assert!(built.accounts[0].adds_up() && built.accounts[0].net.cents == 4_100, "{}", built.accounts[0].sentence());
}

#[test]
fn guests_are_told_apart_and_people_stay_themselves() {
    for word in ["0", "guest", "Gast", ""] {
        let mut orders = "order_id,customer_id,email,date,amount\n".to_owned();
        for at in 0..30 {
            orders += &format!("{at},{},m{}@x.example,2024-03-{:02},10\n", 100 + at % 10, at % 10, 1 + at % 28);
        }
        // Twelve guests; the first of them is customer 100 without having signed in.
        for at in 0..12 {
            let address = if at == 0 { "M0@x.example".to_owned() } else { format!("g{at}@x.example") };
            orders += &format!("{},{word},{address},2024-04-{:02},10\n", 100 + at, 1 + at);
        }
        let (_folder, paths) = files(&[("orders.csv", &orders)]);
        let guessed = sourcing(&paths);
        let (understood, built) = build(&guessed);
        assert_eq!(built.table.n_rows, 10 + 11, "{word}: {}", told(&understood));
        assert_eq!((monetary(&built, "100").unwrap(), monetary(&built, "g1@x.example").unwrap()), ("40".into(), "10".into()), "{word}");
        assert!(told(&understood).contains("customers are guests"), "{word}");
    }
    let alone: String = (0..30)
        .map(|at| format!("{at},{},2024-03-{:02},10\n", if at % 3 == 0 { "guest".to_owned() } else { format!("k{}", at % 7) }, 1 + at % 28))
        .collect();
    let (_folder, paths) = files(&[("orders.csv", &format!("order_id,customer_id,date,amount\n{alone}"))]);
    let guessed = sourcing(&paths);
    let (understood, built) = build(&guessed);
    assert_eq!(monetary(&built, "guest"), None, "nobody is called guest");
    assert!(told(&understood).contains("belong to nobody and are left out"), "{}", told(&understood));
    let mut chosen = guessed.clone();
    chosen.sources[0].guests = Some(None);
    assert_eq!(monetary(&build(&chosen).1, "guest").unwrap(), "100");
}

#[test]
fn customers_that_are_numbered_from_0_are_no_guests() {
    let orders = |of_zero: usize, first: usize| -> String {
        let own: String = (0..90).map(|at| format!("{at},{},2024-03-{:02},10\n", first + at % 30, 1 + at % 28)).collect();
        let zero: String = (0..of_zero).map(|at| format!("{},0,2024-04-{:02},10\n", 900 + at, 1 + at % 28)).collect();
        format!("order_id,customer_id,date,amount\n{own}{zero}")
    };
    // Numbered from 0: a customer. Where the others begin at 100, or 0 has many times as many rows as they: guests.
    for (of_zero, first, expected) in [(3, 1, Some("30")), (8, 1, Some("80")), (2, 100, None), (60, 1, None)] {
        let (_folder, paths) = files(&[("orders.csv", &orders(of_zero, first))]);
        let (understood, built) = build(&sourcing(&paths));
        assert_eq!(monetary(&built, "0").as_deref(), expected, "{of_zero} {first}: {}", told(&understood));
    }
}

#[test]
fn one_key_with_an_implausible_share_of_the_rows_is_nobody_where_many_addresses_are_behind_it() {
    let orders = |has_addresses: bool| -> String {
        let address = |at: usize| if has_addresses { format!("p{at}@x.example") } else { "till@x.example".to_owned() };
        let own: String = (0..90).map(|at| format!("{at},K{},k{}@x.example,2024-03-{:02},10\n", at % 30, at % 30, 1 + at % 28)).collect();
        let till: String = (0..60).map(|at| format!("{},K777,{},2024-04-{:02},10\n", 900 + at, address(at), 1 + at % 28)).collect();
        format!("order_id,customer_id,email,date,amount\n{own}{till}")
    };
    let (_folder, paths) = files(&[("orders.csv", &orders(true))]);
    let (understood, built) = build(&sourcing(&paths));
    assert_eq!((built.table.n_rows, monetary(&built, "K777")), (30 + 60, None), "{}", told(&understood));
    assert_eq!(monetary(&built, "p7@x.example").as_deref(), Some("10"));
    // One address: perhaps the best customer, perhaps a till. It stays, and is told.
    let (_folder, paths) = files(&[("orders.csv", &orders(false))]);
    let (understood, built) = build(&sourcing(&paths));
    assert_eq!((built.table.n_rows, monetary(&built, "K777").as_deref()), (31, Some("600")));
    assert!(told(&understood).contains("One key of customer_id, K777, has 40 % of the rows."), "{}", told(&understood));
}

#[test]
fn the_snapshot_never_comes_from_the_future() {
    let orders = "order_id,customer_id,date,amount\n1,A,2024-01-01,10\n2,B,2024-01-05,20\n3,B,2099-12-31,30\n";
    let (_folder, paths) = files(&[("orders.csv", orders)]);
    let (_, built) = build(&sourcing(&paths));
    assert_eq!(built.snapshot, IsoDay::parse("2024-01-06"));
    assert_eq!(monetary(&built, "B").unwrap(), "20");
    assert!(built.notes.iter().any(|note| note.0.contains("1 row of orders is in the future (up to 2099-12-31)")), "{:?}", built.notes);
    assert!(built.accounts[0].adds_up(), "{}", built.accounts[0].sentence());
}

#[test]
fn the_day_of_the_purchase_is_told_by_what_columns_mean() {
    for (bought, others) in [
        ("order_purchase_timestamp", ["order_delivered_carrier_date", "order_estimated_delivery_date"]),
        ("created_at", ["updated_at", "shipped_at"]),
        ("Bestelldatum", ["Lieferdatum", "Versanddatum"]),
        ("fecha_pedido", ["fecha_entrega", "fecha_envio"]),
        ("date_add", ["date_upd", "delivery_date"]),
    ] {
        let rows: String = (1..20).map(|at| format!("{at},A{},2024-03-{:02},2024-05-{:02},2024-01-{at:02},5\n", at % 4, at, at)).collect();
        let (_folder, paths) =
            files(&[("orders.csv", &format!("order_id,customer_id,{},{},{bought},amount\n{rows}", others[0], others[1]))]);
        let (understood, built) = build(&sourcing(&paths));
        assert_eq!(understood.sources[0].fields.get(&Field::Date).map(String::as_str), Some(bought));
        assert_eq!(built.snapshot, IsoDay::parse("2024-01-20"), "{bought}");
        assert!(told(&understood).contains(&format!("{bought} is the day of a row.")), "{}", told(&understood));
    }
}
