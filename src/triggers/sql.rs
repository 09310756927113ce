//! How is a trigger written in SQL?
//!
//! In: a trigger. Out: one ANSI SQL query that gives `customer_id` and `fired_at`, or what of the trigger does not translate. O(length).
//!
//! The query reads a table `events`: `customer_id`; `event_ms`, milliseconds since 1970 in UTC; `seq`, the place of the row among those of its customer;
//! `kind`, `page`, `value`, `visit`, `device`, `system`, `browser`, `country`, `region`, `city`, NULL where nothing is known; and `local_minute`, local
//! minutes since 1970. Columns and personas come from a table `customers`. Window functions and, for a cooldown, one recursive query are all it takes.
//! Tracking gaps are not in it: it is for data that still come in.

use super::language::{
    ANY, CrossDirection, DistinctOf, Event, EventField, Filter, Measure, Moment, Op, Over, Since, Trigger, TriggerAudience,
    TriggerCondition, Value,
};
use crate::events::table::{DAY, Time};

/// The longest list of customers that is written into a query.
const LONGEST_LIST: usize = 1_000;

/// What of a trigger has no translation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each is its sentence")]
pub enum NoSql {
    #[error("Local hours are not translated, as SQL knows no clock of each customer; leave the hours to the system that sends.")]
    Hours,
    #[error("Holidays are not translated; join your own table of holidays, or leave the filter out.")]
    Holiday,
    #[error(
        "A change of sums and a running number of different pages are not translated, as ANSI windows do not have them; choose a count or a sum."
    )]
    Measure,
    #[error("A list of {0} customers is too long for a query; join it as a table of its own.")]
    List(usize),
}

/// The query. `from` is the first moment at which it may fire, in milliseconds since 1970.
pub fn sql(trigger: &Trigger, from: Time) -> Result<String, NoSql> {
    if trigger.hours.is_some() {
        return Err(NoSql::Hours);
    }
    let mut conditions = vec![format!("c.fired_at >= {from}"), "c.fired_at <= (SELECT MAX(event_ms) FROM events)".to_owned()];
    conditions.extend(audience(&trigger.audience)?);
    for (of, wanted) in trigger.and.iter().map(|of| (of, 1)).chain(trigger.unless.iter().map(|of| (of, 0))) {
        conditions.push(format!("CASE WHEN {} THEN 1 ELSE 0 END = {wanted}", condition(of)?));
    }
    let most = trigger.most.map(|most| format!(" WHERE nth <= {most}")).unwrap_or_default();
    let head = if trigger.cooldown.is_zero() { "WITH" } else { "WITH RECURSIVE" };
    let mut text = format!("-- {}\n{head} {},\n", super::sentence::of(trigger).replace(['\n', '\r'], " "), rows());
    text += &moment(&trigger.when)?;
    text += &format!(",\npassing AS (\n  SELECT c.customer_id, c.fired_at FROM candidates c\n  WHERE {}\n)", conditions.join("\n    AND "));
    if trigger.cooldown.is_zero() {
        text += ",\nfired AS (\n  SELECT customer_id, fired_at, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY fired_at) AS nth FROM passing\n)";
    } else {
        text += &format!(
            ",\nfollowing AS (\n  SELECT customer_id, fired_at,\n    MIN(fired_at) OVER (PARTITION BY customer_id ORDER BY fired_at RANGE BETWEEN {} FOLLOWING AND UNBOUNDED FOLLOWING) AS next_at,\n    ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY fired_at) AS place\n  FROM passing\n),\nfired (customer_id, fired_at, next_at, nth) AS (\n  SELECT customer_id, fired_at, next_at, 1 FROM following WHERE place = 1\n  UNION ALL\n  SELECT f.customer_id, f.fired_at, f.next_at, p.nth + 1\n  FROM fired p JOIN following f ON f.customer_id = p.customer_id AND f.fired_at = p.next_at\n)",
            trigger.cooldown.ms()
        );
    }
    Ok(format!("{text}\nSELECT customer_id, fired_at FROM fired{most} ORDER BY customer_id, fired_at\n"))
}

/// The events with what a rule asks beside their columns.
fn rows() -> &'static str {
    "e AS (\n  SELECT v.*,\n    CASE WHEN LAG(visit) OVER (PARTITION BY customer_id ORDER BY event_ms, seq) = visit THEN 0 ELSE 1 END AS starts_visit\n  FROM events v\n)"
}

const WHOSE: &str = "PARTITION BY customer_id ORDER BY event_ms";

fn moment(moment: &Moment) -> Result<String, NoSql> {
    Ok(match moment {
        Moment::On(event) => format!("{},\n{}", marked(&[event])?, candidates("event_ms", "m WHERE a = 1")),
        Moment::Absent { event, days, since: Since::Last } => format!("{},\n{}", marked(&[event])?, wait("a = 1", false, days.ms())),
        Moment::Absent { event, days, since: Since::Event(start) } => {
            format!("{},\n{}", marked(&[start, event])?, wait("a = 1 OR b = 1", false, days.ms()))
        }
        Moment::NotFollowed { event, by, within } => format!("{},\n{}", marked(&[event, by])?, wait("a = 1 OR b = 1", true, within.ms())),
        Moment::Absent { event, days, since: Since::FirstSeen } => {
            let over = days.ms();
            format!(
                "{},\nfirsts AS (\n  SELECT customer_id, MIN(event_ms) AS first_ms FROM e GROUP BY customer_id\n),\n{}",
                marked(&[event])?,
                candidates(
                    &format!("first_ms + {over}"),
                    &format!(
                        "firsts f WHERE NOT EXISTS (SELECT 1 FROM m WHERE m.customer_id = f.customer_id AND m.a = 1 AND m.event_ms > f.first_ms AND m.event_ms <= f.first_ms + {over})"
                    )
                )
            )
        }
        Moment::Times { event, count, over, same } => times(event, *count, over, *same)?,
        Moment::Then { first, next, within, without } => {
            let mut events = vec![first, next];
            events.extend(without);
            let relevant = if without.is_some() { "a = 1 OR b = 1 OR c = 1" } else { "a = 1 OR b = 1" };
            format!(
                "{},\nsteps AS (\n  SELECT customer_id, event_ms, b,\n    LAG(a) OVER ({WHOSE}, seq) AS before_a,\n    LAG(event_ms) OVER ({WHOSE}, seq) AS before_ms\n  FROM m WHERE {relevant}\n),\n{}",
                marked(&events)?,
                candidates("event_ms", &format!("steps WHERE b = 1 AND before_a = 1 AND event_ms - before_ms <= {}", within.ms()))
            )
        }
        Moment::Crosses { measure, threshold, direction } => crosses(measure, *threshold, *direction)?,
    })
}

/// The rows with 1 where they are of the sorts of events named `a`, `b` and `c`.
fn marked(events: &[&Event]) -> Result<String, NoSql> {
    let mut flags = String::new();
    for (event, name) in events.iter().zip(["a", "b", "c"]) {
        flags += &format!(",\n    CASE WHEN {} THEN 1 ELSE 0 END AS {name}", holds(event, "e")?);
    }
    Ok(format!("m AS (\n  SELECT e.*{flags}\n  FROM e\n)"))
}

fn candidates(time: &str, from: &str) -> String {
    format!("candidates AS (\n  SELECT DISTINCT customer_id, {time} AS fired_at FROM {from}\n)")
}

fn wait(ends: &str, in_order: bool, over: Time) -> String {
    let frame = if in_order { format!("{WHOSE}, seq ROWS") } else { format!("{WHOSE} RANGE") };
    format!(
        "spells AS (\n  SELECT customer_id, event_ms, a,\n    MIN(CASE WHEN {ends} THEN event_ms END) OVER ({frame} BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS ended\n  FROM m\n),\n{}",
        candidates(&format!("event_ms + {over}"), &format!("spells WHERE a = 1 AND (ended IS NULL OR ended > event_ms + {over})"))
    )
}

fn times(event: &Event, count: u32, over: &Over, same: Option<DistinctOf>) -> Result<String, NoSql> {
    let (key, known) = match same {
        Some(DistinctOf::Page) => (", page", " AND page IS NOT NULL"),
        Some(DistinctOf::Kind) => (", kind", ""),
        None => ("", ""),
    };
    let whose = format!("PARTITION BY customer_id{key} ORDER BY event_ms");
    Ok(match over {
        Over::Last(window) => {
            let last = window.ms() - 1;
            format!(
                "{},\ncounted AS (\n  SELECT customer_id, event_ms,\n    COUNT(*) OVER ({whose} RANGE BETWEEN {last} PRECEDING AND CURRENT ROW) AS upto,\n    COUNT(*) OVER ({whose} RANGE BETWEEN {last} PRECEDING AND 1 PRECEDING) AS before\n  FROM m WHERE a = 1{known}\n),\n{}",
                marked(&[event])?,
                candidates("event_ms", &format!("counted WHERE before < {count} AND upto >= {count}"))
            )
        }
        Over::Ever => format!(
            "{},\ncounted AS (\n  SELECT customer_id, event_ms, ROW_NUMBER() OVER ({whose}, seq) AS n FROM m WHERE a = 1{known}\n),\n{}",
            marked(&[event])?,
            candidates("event_ms", &format!("counted WHERE n = {count}"))
        ),
        Over::Since(since) => format!(
            "{},\nstretches AS (\n  SELECT m.*, SUM(b) OVER ({WHOSE}, seq ROWS UNBOUNDED PRECEDING) AS stretch FROM m\n),\ncounted AS (\n  SELECT customer_id, event_ms, ROW_NUMBER() OVER (PARTITION BY customer_id{key}, stretch ORDER BY event_ms, seq) AS n\n  FROM stretches WHERE a = 1 AND b = 0 AND stretch > 0{known}\n),\n{}",
            marked(&[event, since])?,
            candidates("event_ms", &format!("counted WHERE n = {count}"))
        ),
    })
}

fn crosses(measure: &Measure, threshold: f64, direction: CrossDirection) -> Result<String, NoSql> {
    let (event, over, amount) = match measure {
        Measure::Count { event, over } => (event, over.ms(), "1"),
        Measure::Sum { event, over } => (event, over.ms(), "COALESCE(CAST(value AS DECIMAL(18, 6)), 0)"),
        Measure::Distinct { .. } | Measure::Change { .. } => return Err(NoSql::Measure),
    };
    let passes = match direction {
        CrossDirection::Up => format!("before < {threshold} AND upto >= {threshold}"),
        CrossDirection::Down => format!("before >= {threshold} AND upto < {threshold}"),
    };
    let sum = |from: Time, to: &str| {
        format!("COALESCE(SUM(amount) OVER (PARTITION BY customer_id ORDER BY at_ms RANGE BETWEEN {from} PRECEDING AND {to}), 0)")
    };
    Ok(format!(
        "{},\npoints AS (\n  SELECT customer_id, event_ms AS at_ms, {amount} AS amount FROM m WHERE a = 1\n  UNION ALL\n  SELECT customer_id, event_ms + {over}, 0 FROM m WHERE a = 1\n),\nmeasured AS (\n  SELECT customer_id, at_ms,\n    {} AS upto,\n    {} AS before\n  FROM points\n),\n{}",
        marked(&[event])?,
        sum(over - 1, "CURRENT ROW"),
        sum(over, "1 PRECEDING"),
        candidates("at_ms", &format!("measured WHERE {passes}"))
    ))
}

/// What must hold of the candidate `c`.
fn condition(condition: &TriggerCondition) -> Result<String, NoSql> {
    let query = |what: &str, event: &Event, over: &Over| -> Result<(String, String), NoSql> {
        let upto = |row: &str| format!("{row}.customer_id = c.customer_id AND {row}.event_ms <= c.fired_at");
        let mut known = "1 = 1".to_owned();
        let window = match over {
            Over::Ever => String::new(),
            Over::Last(span) => format!(" AND x.event_ms > c.fired_at - {}", span.ms()),
            Over::Since(since) => {
                let is_since = format!("FROM e y WHERE {} AND {}", upto("y"), holds(since, "y")?);
                known = format!("EXISTS (SELECT 1 {is_since})");
                format!(" AND x.seq > (SELECT MAX(y.seq) {is_since})")
            }
        };
        Ok((format!("(SELECT {what} FROM e x WHERE {}{window} AND {})", upto("x"), holds(event, "x")?), known))
    };
    let compared = |(query, known): (String, String), op: &Op, value: f64| format!("{known} AND {query} {} {value}", sign(*op));
    Ok(match condition {
        TriggerCondition::Count { event, over, op, value } => compared(query("COUNT(*)", event, over)?, op, *value),
        TriggerCondition::Sum { event, over, op, value } => {
            compared(query("COALESCE(SUM(CAST(x.value AS DECIMAL(18, 6))), 0)", event, over)?, op, *value)
        }
        TriggerCondition::Distinct { of, event, over, op, value } => {
            let what = if *of == DistinctOf::Page { "COUNT(DISTINCT x.page)" } else { "COUNT(DISTINCT x.kind)" };
            compared(query(what, event, over)?, op, *value)
        }
        TriggerCondition::DaysSince { event, op, value } => {
            let (last, known) = query("MAX(x.event_ms)", event, &Over::Ever)?;
            format!("{known} AND c.fired_at - {last} {} {}", sign(*op), value * DAY as f64)
        }
        TriggerCondition::Column { name, op, value } => of_customer(&compare(&format!("k.{}", quoted(name, '"')), *op, value)),
    })
}

fn audience(audience: &TriggerAudience) -> Result<Option<String>, NoSql> {
    let among = |column: &str, names: &[String]| compare(&format!("k.{column}"), Op::In, &Value::Texts(names.to_vec()));
    Ok(match audience {
        TriggerAudience::Everyone => None,
        TriggerAudience::Personas(names) => Some(of_customer(&among("persona", names))),
        TriggerAudience::Segments(names) => Some(of_customer(&among("segment", names))),
        TriggerAudience::List { customers, .. } if customers.len() > LONGEST_LIST => return Err(NoSql::List(customers.len())),
        TriggerAudience::List { customers, .. } => Some(compare("c.customer_id", Op::In, &Value::Texts(customers.clone()))),
    })
}

fn of_customer(holds: &str) -> String {
    format!("EXISTS (SELECT 1 FROM customers k WHERE k.customer_id = c.customer_id AND {holds})")
}

/// Whether a row is of a sort of events.
fn holds(event: &Event, row: &str) -> Result<String, NoSql> {
    let mut all = if event.event == ANY { Vec::new() } else { vec![format!("{row}.kind = {}", quoted(&event.event, '\''))] };
    for of in &event.filters {
        all.push(filter(of, row)?);
    }
    Ok(if all.is_empty() { "1 = 1".to_owned() } else { format!("({})", all.join(" AND ")) })
}

fn filter(filter: &Filter, row: &str) -> Result<String, NoSql> {
    let hour = format!("MOD(CAST(FLOOR({row}.local_minute / 60.0) AS BIGINT), 24)");
    let weekday = format!("MOD(CAST(FLOOR({row}.local_minute / 1440.0) AS BIGINT) + 3, 7)");
    let flag = |is: String| if filter.value == Value::Flag(filter.op == Op::Is) { is } else { format!("NOT ({is})") };
    let named = |number: &str, per: &str, names: &[&str]| {
        let cases: Vec<String> = names.iter().enumerate().map(|(at, name)| format!("WHEN {at} THEN {}", quoted(name, '\''))).collect();
        compare(&format!("CASE CAST(FLOOR({number}{per}) AS BIGINT) {} END", cases.join(" ")), filter.op, &filter.value)
    };
    Ok(match filter.field {
        EventField::Holiday => return Err(NoSql::Holiday),
        EventField::Weekend => flag(format!("{weekday} >= 5")),
        EventField::StartsVisit => flag(format!("{row}.starts_visit = 1")),
        EventField::Hour => compare(&hour, filter.op, &filter.value),
        EventField::Weekday => named(&weekday, "", &super::clock::WEEKDAYS),
        EventField::DayPart => named(&hour, " / 6.0", &super::clock::DAY_PARTS),
        EventField::System => compare(&format!("{row}.system"), filter.op, &filter.value),
        field => compare(&format!("{row}.{}", field.word()), filter.op, &filter.value),
    })
}

fn compare(what: &str, op: Op, value: &Value) -> String {
    match (op, value) {
        (Op::Contains, Value::Text(text)) => format!("POSITION({} IN {what}) > 0", quoted(text, '\'')),
        (Op::In, Value::Texts(texts)) => {
            format!("{what} IN ({})", texts.iter().map(|text| quoted(text, '\'')).collect::<Vec<_>>().join(", "))
        }
        (_, Value::Number(number)) => format!("{what} {} {number}", sign(op)),
        (_, Value::Flag(flag)) => format!("{what} {} {}", sign(op), if *flag { "TRUE" } else { "FALSE" }),
        (_, Value::Text(text)) => format!("{what} {} {}", sign(op), quoted(text, '\'')),
        // Refused by the checks of rules.
        (_, Value::Texts(_)) => "1 = 0".to_owned(),
    }
}

fn sign(op: Op) -> &'static str {
    if op == Op::IsNot { "<>" } else { op.sign() }
}

/// A text or a name in its quotes, which are doubled inside.
fn quoted(text: &str, quote: char) -> String {
    format!("{quote}{}{quote}", text.replace('\0', "").replace(quote, &format!("{quote}{quote}")))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;
    use crate::base::Ctx;
    use crate::base::seed::{RngExt, random};
    use crate::events::table::{Events, NONE};
    use crate::triggers::language::{Hours, Span};
    use crate::triggers::made::{anything, e, trigger};
    use crate::triggers::naive::any_trigger;
    use crate::triggers::replay::{Period, replay};
    use crate::triggers::world::World;

    /// Runs queries over tables and prints every row, a line of "=" after each query.
    const SCRIPT: &str = "
import duckdb, json, sys
of = json.load(sys.stdin)
db = duckdb.connect()
db.execute('CREATE TABLE events (customer_id VARCHAR, event_ms BIGINT, seq BIGINT, kind VARCHAR, page VARCHAR, value DOUBLE, visit BIGINT, device VARCHAR, local_minute BIGINT)')
db.executemany('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)', of['events'])
db.execute('CREATE TABLE customers (customer_id VARCHAR, persona VARCHAR, age DOUBLE)')
db.executemany('INSERT INTO customers VALUES (?, ?, ?)', of['customers'])
for query in of['queries']:
    for row in db.execute(query).fetchall():
        print(row[0], row[1])
    print('=')
";

    /// What DuckDB answers to each query; none where it is not there.
    fn duckdb(events: &Events, queries: &[String]) -> Option<Vec<Vec<(String, Time)>>> {
        let python = std::env::var("PERSONAE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let is_there =
            Command::new(&python).args(["-c", "import duckdb"]).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        if !is_there {
            eprintln!("skipped: no DuckDB for {python}; PERSONAE_PYTHON names one that has it");
            return None;
        }
        let rows: Vec<serde_json::Value> = (0..events.n_customers())
            .flat_map(|customer| events.of(customer).map(move |row| (customer, row)))
            .map(|(customer, row)| {
                let page = (events.pages[row] != NONE).then(|| &events.page_names[events.pages[row] as usize]);
                let value = (!events.values[row].is_nan()).then_some(events.values[row]);
                let device = &events.context_names[events.contexts[row] as usize].device;
                serde_json::json!([
                    events.customers[customer],
                    events.times[row],
                    row - events.starts[customer],
                    events.kind_names[events.kinds[row] as usize],
                    page,
                    value,
                    events.visits[row],
                    device,
                    events.local_minute(row)
                ])
            })
            .collect();
        let customers: Vec<_> =
            events.customers.iter().enumerate().map(|(at, id)| serde_json::json!([id, (["x", "y"][at % 2]), at])).collect();
        let input = serde_json::json!({ "events": rows, "customers": customers, "queries": queries }).to_string();
        let mut child = Command::new(&python).args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success(), "DuckDB refuses a query");
        let text = String::from_utf8(out.stdout).unwrap();
        let mut answers = vec![Vec::new()];
        for line in text.lines() {
            match line.split_once(' ') {
                Some((id, time)) => answers.last_mut().unwrap().push((id.to_owned(), time.parse().unwrap())),
                None => answers.push(Vec::new()),
            }
        }
        answers.pop();
        Some(answers)
    }

    #[test]
    fn duckdb_fires_as_the_replay_does() {
        let mut fires = 0;
        for seed in 0..5 {
            let events = anything(seed, 30, 700, 40);
            let world = World::of(&events);
            let mut random = random(seed, 21);
            let from = 5 * DAY;
            let mut triggers: Vec<Trigger> = (0..40).map(|_| any_trigger(&mut random)).collect();
            for trigger in &mut triggers {
                trigger.hours = None;
                if random.random_bool(0.1) {
                    trigger.audience = TriggerAudience::List { name: "some".into(), customers: vec!["c0001".into(), "c0007".into()] };
                }
            }
            let translated: Vec<(Trigger, String)> =
                triggers.into_iter().filter_map(|trigger| sql(&trigger, from).ok().map(|sql| (trigger, sql))).collect();
            assert!(translated.len() > 25);
            let queries: Vec<String> = translated.iter().map(|(_, sql)| sql.clone()).collect();
            let Some(answers) = duckdb(&events, &queries) else { return };
            let period = Period { from, end: events.span.unwrap().1, gaps: Vec::new() };
            assert_eq!(answers.len(), translated.len());
            for ((trigger, sql), answer) in translated.iter().zip(answers) {
                let found = replay(&world, std::slice::from_ref(trigger), &period, &Ctx::new()).unwrap().remove(0).fires;
                let found: Vec<(String, Time)> =
                    found.iter().map(|fire| (events.customers[fire.customer as usize].clone(), fire.time)).collect();
                assert_eq!(answer, found, "seed {seed}: {}\n{sql}", serde_json::to_string(trigger).unwrap());
                fires += found.len();
            }
        }
        assert!(fires > 1_000, "{fires}");
    }

    #[test]
    fn filters_columns_and_personas_too() {
        use crate::triggers::world::{CustomerGroups, KnownColumn, KnownValues, Snapshot};
        let events = anything(3, 30, 700, 40);
        let n = events.n_customers();
        let personas = CustomerGroups { names: vec!["x".into(), "y".into()], of: (0..n as u32).map(|c| c % 2).collect() };
        let ages = KnownColumn { name: "age".into(), values: KnownValues::Numbers((0..n).map(|c| c as f64).collect()) };
        let snapshot = Snapshot { personas, columns: vec![ages], ..Snapshot::default() };
        let world = World { snapshots: std::slice::from_ref(&snapshot), ..World::of(&events) };
        let text = |text: &str| Value::Text(text.into());
        let sorts = [
            e("view").having(EventField::Page, Op::Contains, text("p1")),
            e("*").having(EventField::Page, Op::IsNot, text("/p1")),
            e("*").having(EventField::Device, Op::In, Value::Texts(vec!["mobile".into(), "it's".into()])),
            e("*").having(EventField::Weekday, Op::Is, text("monday")),
            e("*").having(EventField::DayPart, Op::In, Value::Texts(vec!["night".into(), "evening".into()])),
            e("*").having(EventField::Hour, Op::AtLeast, Value::Number(13.0)),
            e("*").having(EventField::Weekend, Op::IsNot, Value::Flag(true)),
            e("purchase").having(EventField::Value, Op::Above, Value::Number(10.0)),
        ];
        let mut triggers: Vec<Trigger> = sorts.into_iter().map(|event| trigger("on", Moment::On(event))).collect();
        triggers[0].audience = TriggerAudience::Personas(vec!["y".into()]);
        triggers[1].and = vec![TriggerCondition::Column { name: "age".into(), op: Op::AtLeast, value: Value::Number(7.0) }];
        triggers[2].unless = vec![TriggerCondition::Column { name: "age".into(), op: Op::Below, value: Value::Number(20.0) }];
        triggers[3].most = Some(1);
        let queries: Vec<String> = triggers.iter().map(|trigger| sql(trigger, 0).unwrap()).collect();
        let Some(answers) = duckdb(&events, &queries) else { return };
        let period = Period { from: 0, end: events.span.unwrap().1, gaps: Vec::new() };
        for (trigger, answer) in triggers.iter().zip(answers) {
            let found = replay(&world, std::slice::from_ref(trigger), &period, &Ctx::new()).unwrap().remove(0).fires;
            assert_eq!(answer.len(), found.len(), "{trigger:?}");
            assert!(answer.iter().zip(&found).all(|(a, b)| a.0 == events.customers[b.customer as usize] && a.1 == b.time));
            assert!(!found.is_empty());
        }
    }

    #[test]
    fn what_does_not_translate_says_so() {
        let mut rule = trigger("x", Moment::On(e("it's").having(EventField::Holiday, Op::Is, Value::Flag(true))));
        assert_eq!(sql(&rule, 0), Err(NoSql::Holiday));
        rule.when = Moment::On(e("it's; DROP TABLE events"));
        assert!(sql(&rule, 0).unwrap().contains("e.kind = 'it''s; DROP TABLE events'"));
        rule.hours = Some(Hours { from: 9, to: 20 });
        assert_eq!(sql(&rule, 0), Err(NoSql::Hours));
        rule.hours = None;
        rule.audience = TriggerAudience::List { name: "long".into(), customers: vec!["a".into(); 1_001] };
        assert_eq!(sql(&rule, 0), Err(NoSql::List(1_001)));
        rule.when = Moment::Crosses {
            measure: Measure::Change { event: e("buy"), over: Span::days(9) },
            threshold: 0.5,
            direction: CrossDirection::Down,
        };
        rule.audience = TriggerAudience::Everyone;
        assert_eq!(sql(&rule, 0), Err(NoSql::Measure));
    }
}
