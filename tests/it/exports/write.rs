//! The same shop as many systems would export it.
//!
//! In: a shop and the habits of a file. Out: texts of files, and how its customers are named in them.

use super::shop::{Fate, Order, Shop, Wants, civil, iso};

/// The systems and kinds of files there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Shopify,
    WooCommerce,
    Magento,
    PrestaShop,
    Stripe,
    Amazon,
    Olist,
    /// An order of several lines begins with a row of its own that holds the total.
    Ebay,
    /// Lines with what they are worth net of discounts; refunds are rows of their own, with a negative amount.
    Square,
    /// Lines with their totals; what came back is a sale of its own with negative pieces.
    Lightspeed,
    /// The order's total on every line, quantity and price beside it.
    LinesWithTotal,
    /// What each line is worth.
    LineAmounts,
    /// Invoices that begin with C are returns, with negative pieces.
    CInvoices,
    /// Returns are rows of their own with a negative amount.
    NegativeRows,
    /// Returns are rows of their own with a positive amount and a word.
    ReturnRows,
    German,
    French,
    Spanish,
}

impl Kind {
    pub const ALL: [Kind; 18] = [
        Kind::Shopify,
        Kind::WooCommerce,
        Kind::Magento,
        Kind::PrestaShop,
        Kind::Stripe,
        Kind::Amazon,
        Kind::Olist,
        Kind::Ebay,
        Kind::Square,
        Kind::Lightspeed,
        Kind::LinesWithTotal,
        Kind::LineAmounts,
        Kind::CInvoices,
        Kind::NegativeRows,
        Kind::ReturnRows,
        Kind::German,
        Kind::French,
        Kind::Spanish,
    ];

    /// What can be said in such a file.
    pub fn wants(self, guests: bool, refunds: bool, no_sales: bool, extras: bool) -> Wants {
        let lines = match self {
            Kind::Shopify | Kind::LinesWithTotal | Kind::LineAmounts | Kind::CInvoices | Kind::Amazon => 4,
            Kind::Ebay | Kind::Square | Kind::Lightspeed => 4,
            _ => 1,
        };
        let has_total = !matches!(self, Kind::LineAmounts | Kind::CInvoices | Kind::Amazon | Kind::Square | Kind::Lightspeed);
        let has_status = !matches!(
            self,
            Kind::LineAmounts | Kind::CInvoices | Kind::NegativeRows | Kind::ReturnRows | Kind::Ebay | Kind::Square | Kind::Lightspeed
        );
        let has_guests = matches!(
            self,
            Kind::WooCommerce | Kind::Magento | Kind::LinesWithTotal | Kind::LineAmounts | Kind::German | Kind::French | Kind::Spanish
        );
        Wants {
            guests: guests && has_guests,
            refunds: refunds && !matches!(self, Kind::Olist | Kind::Ebay),
            whole_refunds: matches!(
                self,
                Kind::LinesWithTotal
                    | Kind::LineAmounts
                    | Kind::CInvoices
                    | Kind::PrestaShop
                    | Kind::Amazon
                    | Kind::Square
                    | Kind::Lightspeed
            ),
            no_sales: no_sales && has_status,
            extras: extras && has_total,
            most_lines: lines,
        }
    }

    /// Whether customers are known by their addresses.
    pub fn is_by_email(self) -> bool {
        matches!(self, Kind::Shopify | Kind::Amazon)
    }
}

/// Habits of a file.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    pub delimiter: char,
    pub comma: bool,
    pub currency: &'static str,
    /// 0: 2024-03-09 00:30:00; 1: with the offset of summer and winter; 2: day alone; 3: 09/03/2024 00:30; 4: 09.03.2024.
    pub dates: u8,
    pub twice: bool,
    pub titles: bool,
    pub total_row: bool,
    pub future_row: bool,
    pub guest_word: &'static str,
    /// The header stands between two exports that are pasted under each other.
    pub header_again: bool,
    /// Thousands are grouped.
    pub grouped: bool,
}

impl Habits {
    fn money(&self, cents: i64) -> String {
        let sign = if cents < 0 { "-" } else { "" };
        let (whole, part) = (cents.abs() / 100, cents.abs() % 100);
        let point = if self.comma { ',' } else { '.' };
        let group = if self.comma { '.' } else { ',' };
        let whole = match whole {
            1000.. if self.grouped => format!("{}{group}{:03}", whole / 1000, whole % 1000),
            _ => whole.to_string(),
        };
        let number = format!("{sign}{whole}{point}{part:02}");
        match self.currency {
            "" => number,
            before if before.ends_with(' ') || before == "$" => format!("{before}{number}"),
            after => format!("{number} {after}"),
        }
    }

    fn date(&self, order: &Order) -> String {
        let (year, month, day) = civil(order.day);
        let (hour, minute) = (order.hour, order.minute);
        match self.dates {
            0 => format!("{} {hour:02}:{minute:02}:00", iso(order.day)),
            1 => format!("{}T{hour:02}:{minute:02}:00{}", iso(order.day), if (4..=10).contains(&month) { "+02:00" } else { "+01:00" }),
            2 => iso(order.day),
            3 => format!("{day:02}/{month:02}/{year} {hour:02}:{minute:02}"),
            _ => format!("{day:02}.{month:02}.{year}"),
        }
    }

    fn rows(&self, header: &str, rows: Vec<Vec<String>>) -> String {
        let delimiter = self.delimiter.to_string();
        let quoted = |cell: &String| {
            if cell.contains(self.delimiter) || cell.contains('"') { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
        };
        let mut text = String::new();
        if self.titles {
            text += "Orders of the shop\nCreated on 2026-01-02\n\n";
        }
        text += &header.replace(',', &delimiter);
        text.push('\n');
        let n = rows.len();
        for (at, row) in rows.into_iter().enumerate() {
            if self.twice && self.header_again && at == n / 2 {
                text += &header.replace(',', &delimiter);
                text.push('\n');
            }
            text += &row.iter().map(quoted).collect::<Vec<_>>().join(&delimiter);
            text.push('\n');
        }
        text
    }
}

/// Words for what became of an order, in the system's own spelling.
fn word(kind: Kind, order: &Order) -> &'static str {
    let words = match kind {
        Kind::Shopify => ["paid", "pending", "voided", "voided", "refunded", "partially_refunded"],
        Kind::WooCommerce => ["completed", "pending", "cancelled", "failed", "refunded", "completed"],
        Kind::Magento => ["complete", "pending_payment", "canceled", "canceled", "complete", "complete"],
        Kind::PrestaShop => ["Delivered", "Awaiting bank wire payment", "Canceled", "Payment error", "Refunded", "Refunded"],
        Kind::Stripe => ["Paid", "requires_payment_method", "Canceled", "Failed", "Refunded", "Paid"],
        Kind::Amazon => ["Shipped", "Pending", "Cancelled", "Cancelled", "Shipped - Returned to Seller", "Shipped"],
        Kind::Olist => ["delivered", "unavailable", "canceled", "canceled", "delivered", "delivered"],
        Kind::German => ["Abgeschlossen", "Ausstehend", "Storniert", "Fehlgeschlagen", "Erstattet", "Teilweise erstattet"],
        Kind::French => ["Livré", "En attente de paiement", "Annulé", "Erreur de paiement", "Remboursé", "Livré"],
        Kind::Spanish => ["Entregado", "Pendiente", "Cancelado", "Error en el pago", "Reembolsado", "Entregado"],
        _ => ["completed", "pending", "cancelled", "failed", "refunded", "partially refunded"],
    };
    match order.fate {
        Fate::Sold => words[0],
        Fate::Pending => words[1],
        Fate::Cancelled => words[2],
        Fate::Failed => words[3],
        Fate::Refunded(cents) if cents == order.total() => words[4],
        Fate::Refunded(_) => words[5],
    }
}

/// The files, by name and role on the command line.
pub fn files(kind: Kind, shop: &Shop, habits: &Habits) -> Vec<(&'static str, String)> {
    let mut orders: Vec<&Order> = shop.orders.iter().collect();
    if habits.twice {
        orders.extend(shop.orders.iter());
    }
    let id = |order: &Order| shop.people[order.person].id.clone().unwrap_or_else(|| habits.guest_word.to_owned());
    let email = |order: &Order| shop.people[order.person].email.clone();
    let money = |cents: i64| habits.money(cents);
    let date = |order: &Order| habits.date(order);
    let mut rows: Vec<Vec<String>> = Vec::new();
    let header = match kind {
        Kind::Shopify => {
            for order in orders {
                for (at, line) in order.lines.iter().enumerate() {
                    let first = |text: String| if at == 0 { text } else { String::new() };
                    rows.push(vec![
                        format!("#{}", order.number),
                        email(order),
                        first(word(kind, order).to_owned()),
                        first(date(order)),
                        first(money(order.lines_total())),
                        first(money(order.extra)),
                        first(money(order.total())),
                        line.quantity.to_string(),
                        line.product.clone(),
                        money(line.price),
                        first(money(order.refund())),
                        String::new(),
                    ]);
                }
            }
            "Name,Email,Financial Status,Created at,Subtotal,Shipping,Total,Lineitem quantity,Lineitem name,Lineitem price,Refunded Amount,Receipt Number"
        }
        Kind::WooCommerce => {
            rows.extend(orders.iter().map(|order| {
                vec![
                    order.number.clone(),
                    date(order),
                    id(order),
                    email(order),
                    word(kind, order).into(),
                    money(order.total()),
                    money(order.refund()),
                ]
            }));
            "order_id,order_date,customer_id,billing_email,status,total,refund_total"
        }
        Kind::Magento => {
            rows.extend(orders.iter().map(|order| {
                vec![
                    format!("0000{}", order.number),
                    date(order),
                    word(kind, order).into(),
                    id(order),
                    email(order),
                    money(order.total()),
                    money(order.refund()),
                ]
            }));
            "increment_id,created_at,status,customer_id,customer_email,grand_total,total_refunded"
        }
        Kind::PrestaShop => {
            rows.extend(orders.iter().map(|order| {
                vec![order.number.clone(), id(order), word(kind, order).into(), money(order.total()), date(order), date(order)]
            }));
            "id_order,id_customer,status,total_paid,date_add,date_upd"
        }
        Kind::Stripe => {
            rows.extend(orders.iter().map(|order| {
                vec![
                    format!("ch_{}x", order.number),
                    date(order),
                    money(order.total()),
                    money(order.refund()),
                    word(kind, order).into(),
                    id(order),
                ]
            }));
            "id,Created (UTC),Amount,Amount Refunded,Status,Customer ID"
        }
        Kind::Amazon => {
            for order in orders {
                for line in &order.lines {
                    rows.push(vec![
                        format!("302-{}", order.number),
                        date(order),
                        word(kind, order).into(),
                        email(order),
                        line.product.clone(),
                        line.quantity.to_string(),
                        money(line.quantity * line.price),
                    ]);
                }
            }
            "amazon-order-id,purchase-date,order-status,buyer-email,product-name,quantity,item-price"
        }
        Kind::Olist => return olist(shop, habits),
        Kind::Ebay => {
            for order in orders {
                let row = |title: &str, quantity: i64, sold_for: i64, total: String| {
                    let (number, sold_for) = (format!("27-{}", order.number), money(sold_for));
                    vec![number, id(order), email(order), title.into(), quantity.to_string(), sold_for, total, date(order), date(order)]
                };
                if let [line] = &order.lines[..] {
                    rows.push(row(&line.product, line.quantity, line.price, money(order.total())));
                    continue;
                }
                let n = order.lines.iter().map(|line| line.quantity).sum();
                rows.push(row("", n, order.lines_total(), money(order.total())));
                rows.extend(order.lines.iter().map(|line| row(&line.product, line.quantity, line.price, String::new())));
            }
            "Order Number,Buyer Username,Buyer Email,Item Title,Quantity,Sold For,Total Price,Sale Date,Paid On Date"
        }
        Kind::Square => {
            for order in orders {
                let signs = if order.refund() > 0 { &[("Payment", 1), ("Refund", -1)][..] } else { &[("Payment", 1)][..] };
                for (event, sign) in signs {
                    for line in &order.lines {
                        let worth = sign * line.quantity * line.price;
                        rows.push(vec![
                            format!("T{}x", order.number),
                            date(order),
                            line.product.clone(),
                            (sign * line.quantity).to_string(),
                            money(worth),
                            money(0),
                            money(worth),
                            (*event).into(),
                            id(order),
                        ]);
                    }
                }
            }
            "Transaction ID,Date,Item,Qty,Gross Sales,Discounts,Net Sales,Event Type,Customer ID"
        }
        Kind::Lightspeed => {
            for order in orders {
                let signs = if order.refund() > 0 { &[("", 1), ("9", -1)][..] } else { &[("", 1)][..] };
                for (digit, sign) in signs {
                    for line in &order.lines {
                        rows.push(vec![
                            format!("{digit}{}", order.number),
                            date(order),
                            id(order),
                            line.product.clone(),
                            (sign * line.quantity).to_string(),
                            money(line.price),
                            money(sign * line.quantity * line.price),
                        ]);
                    }
                }
            }
            "Sale ID,Completed,Customer ID,Description,Quantity,Unit Price,Line Total"
        }
        Kind::LinesWithTotal => {
            for order in orders {
                for line in &order.lines {
                    rows.push(vec![
                        order.number.clone(),
                        date(order),
                        id(order),
                        email(order),
                        word(kind, order).into(),
                        line.product.clone(),
                        line.quantity.to_string(),
                        money(line.price),
                        money(order.total()),
                    ]);
                }
            }
            "order_id,order_date,customer_id,customer_email,order_status,product_name,quantity,item_price,order_total"
        }
        Kind::LineAmounts => {
            for order in orders {
                for line in &order.lines {
                    rows.push(vec![
                        order.number.clone(),
                        date(order),
                        id(order),
                        email(order),
                        line.product.clone(),
                        money(line.quantity * line.price),
                    ]);
                }
                for line in order.lines.iter().filter(|_| order.refund() > 0) {
                    rows.push(vec![
                        order.number.clone(),
                        date(order),
                        id(order),
                        email(order),
                        line.product.clone(),
                        money(-line.quantity * line.price),
                    ]);
                }
            }
            "order_id,order_date,customer_id,email,product,line_total"
        }
        Kind::CInvoices => {
            for order in orders {
                let signs = if order.refund() > 0 { &[("", 1), ("C", -1)][..] } else { &[("", 1)][..] };
                for (letter, sign) in signs {
                    for line in &order.lines {
                        rows.push(vec![
                            format!("{letter}{}", order.number),
                            line.product.clone(),
                            (sign * line.quantity).to_string(),
                            date(order),
                            money(line.price),
                            id(order),
                        ]);
                    }
                }
            }
            "InvoiceNo,Description,Quantity,InvoiceDate,UnitPrice,CustomerID"
        }
        Kind::NegativeRows | Kind::ReturnRows => {
            let is_word = kind == Kind::ReturnRows;
            for order in orders {
                rows.push(vec![order.number.clone(), date(order), id(order), "Sale".into(), money(order.total())]);
                if order.refund() > 0 {
                    let back = if is_word { order.refund() } else { -order.refund() };
                    rows.push(vec![order.number.clone(), date(order), id(order), "Return".into(), money(back)]);
                }
            }
            "order_id,date,customer_id,type,amount"
        }
        Kind::German => {
            rows.extend(orders.iter().map(|order| {
                vec![
                    order.number.clone(),
                    id(order),
                    email(order),
                    date(order),
                    word(kind, order).into(),
                    money(order.total()),
                    money(order.refund()),
                ]
            }));
            "Bestellnummer,Kundennummer,E-Mail,Bestelldatum,Status,Gesamtbetrag,Erstattungsbetrag"
        }
        Kind::French => {
            rows.extend(orders.iter().map(|order| {
                vec![
                    order.number.clone(),
                    id(order),
                    email(order),
                    date(order),
                    word(kind, order).into(),
                    money(order.total()),
                    money(order.refund()),
                ]
            }));
            "Numéro commande,Client ID,Courriel,Date commande,Statut,Montant,Montant remboursé"
        }
        Kind::Spanish => {
            rows.extend(orders.iter().map(|order| {
                vec![
                    order.number.clone(),
                    id(order),
                    email(order),
                    date(order),
                    word(kind, order).into(),
                    money(order.total()),
                    money(order.refund()),
                ]
            }));
            "Pedido,Cliente ID,Correo,Fecha pedido,Estado,Importe,Importe reembolsado"
        }
    };
    let n_columns = header.split(',').count();
    if habits.future_row
        && let Some(mut row) = rows.last().cloned()
    {
        // One typing error: the year 2099, in a column of days.
        let year =
            |cell: &String| ["2023", "2024", "2025"].iter().find(|year| cell.contains(**year)).map(|year| cell.replace(year, "2099"));
        if let Some((at, cell)) = row.iter().enumerate().find_map(|(at, cell)| year(cell).map(|cell| (at, cell))) {
            row[at] = cell;
            row[0] = format!("{}9", row[0]);
            rows.push(row);
        }
    }
    if habits.total_row {
        let mut total = vec![String::new(); n_columns];
        total[0] = "Total".into();
        rows.push(total);
    }
    vec![("orders.csv", habits.rows(header, rows))]
}

/// Orders whose customers are named once per order, the people behind them, and what was paid in one part or two.
fn olist(shop: &Shop, habits: &Habits) -> Vec<(&'static str, String)> {
    let mut customers = Vec::new();
    let mut orders = Vec::new();
    let mut payments = Vec::new();
    for order in &shop.orders {
        let (key, number) = (format!("c{}", order.number), format!("o{}", order.number));
        customers.push(vec![key.clone(), shop.people[order.person].id.clone().unwrap_or_default(), "SP".into()]);
        orders.push(vec![
            number.clone(),
            key,
            word(Kind::Olist, order).to_owned(),
            habits.date(order),
            format!("{} 00:00:00", iso(order.day + 30)),
        ]);
        let first = if order.total() > 200 { order.total() / 3 } else { order.total() };
        payments.push(vec![number.clone(), "1".into(), "credit_card".into(), habits.money(first)]);
        if first != order.total() {
            payments.push(vec![number, "2".into(), "voucher".into(), habits.money(order.total() - first)]);
        }
    }
    vec![
        ("orders.csv", habits.rows("order_id,customer_id,order_status,order_purchase_timestamp,order_delivered_carrier_date", orders)),
        ("customers.csv", habits.rows("customer_id,customer_unique_id,customer_state", customers)),
        ("payments.csv", habits.rows("order_id,payment_sequential,payment_type,payment_value", payments)),
    ]
}
