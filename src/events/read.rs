//! How does a raw export become the event table?
//!
//! In: files with JSON or log lines (plain, gzip, zip), or batches of columns from the readers of tables. Out: the table, and what is told of its making. Files
//! are read in pieces of fixed size: while some are parsed, the next are unpacked. What is held is the pieces at work and some 60 bytes per event. O(bytes).

use std::path::{Path, PathBuf};

use crate::base::Ctx;

use super::columns::{ColumnBatch, ColumnSource};
use super::container::{for_each_stream, name_of};
use super::error::EventsError;
use super::options::EventOptions;
use super::order::arrange;
use super::page_tree::PageGroup;
use super::rows::Rows;
use super::shapes::EventShape;
use super::stream::{Form, Stream};
use super::table::Events;
use super::times::Zone;

/// Rows of a JSON file that may be unreadable, in percent; a download that breaks off leaves one.
const BAD_JSON: usize = 1;
/// The same of logs, which servers cut when they are stopped.
const BAD_LOG: usize = 10;

/// Events and how they came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The table.
    pub events: Events,
    /// What is told of it.
    pub told: ReadTold,
}

/// What is told of reading events. All numbers are rows; they add up to `rows`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadTold {
    /// What the format is called; several with a comma between.
    pub format: String,
    /// All there are.
    pub rows: usize,
    /// Events that name a person.
    pub with_person: usize,
    /// Events of a person by the device they were named on.
    pub joined: usize,
    /// Events of nobody known; customers only if that was chosen.
    pub anonymous: usize,
    /// Of programs, by what they say they are.
    pub bots: usize,
    /// The same event again.
    pub duplicates: usize,
    /// Further lines of an order.
    pub order_lines: usize,
    /// Without a time between 1990 and 2100.
    pub without_time: usize,
    /// That do not say what happened.
    pub without_event: usize,
    /// That cannot be read.
    pub unreadable: usize,
    /// After the day it is: a clock that is wrong.
    pub in_future: usize,
    /// Requests of pictures, scripts and the like.
    pub assets: usize,
    /// Requests that failed.
    pub failed: usize,
    /// Events whose place, and local hour where none is said, are looked up by their address: approximate.
    pub by_address: usize,
    /// Names beyond those among which columns were chosen by their words.
    pub names_left_out: usize,
    /// Whether visits go by ids of the export, or by silence.
    pub has_session_ids: bool,
    /// Sessions that overlap others of the same customer and are counted as one visit with them.
    pub overlapping_sessions: usize,
    /// What was decided about how a table is read, such as which number of 03/04/2024 is the day; one sentence each.
    pub notes: Vec<String>,
    /// What the data do not say and somebody knows; one sentence each.
    pub open_questions: Vec<String>,
    /// Which paths are counted as which page.
    pub pages: Vec<PageGroup>,
}

/// Reads sources one after the other.
#[derive(Debug)]
pub struct Reader<'o> {
    options: &'o EventOptions,
    zone: Option<Zone>,
    rows: Rows,
    formats: Vec<String>,
    questions: Vec<String>,
    titles: Vec<String>,
    names_left_out: usize,
    /// Times without a zone before this source.
    unzoned_before: usize,
}

/// Reads files of JSON or log lines into one table.
///
/// Fails with one sentence where a file is no event export, is damaged, or names no customer or no time.
pub fn read_events(paths: &[PathBuf], options: &EventOptions, ctx: &Ctx) -> Result<Read, EventsError> {
    let mut reader = Reader::new(options)?;
    for path in paths {
        reader.file(path, ctx)?;
    }
    reader.finish(ctx)
}

/// Reads the batches of one table.
///
/// Fails like [`read_events`], and where a batch does.
pub fn read_columns<'a>(
    title: &str,
    source: &ColumnSource,
    batches: impl IntoIterator<Item = Result<ColumnBatch<'a>, EventsError>>,
    options: &EventOptions,
    ctx: &Ctx,
) -> Result<Read, EventsError> {
    let mut reader = Reader::new(options)?;
    reader.begin_columns(title, source);
    for batch in batches {
        reader.columns(source, &batch?, ctx)?;
    }
    reader.finish(ctx)
}

/// What the format of a file is called, by its first rows.
///
/// Fails like [`read_events`]; with [`EventsError::NotText`] where it may be a table.
pub fn format_of(path: &Path) -> Result<String, EventsError> {
    let mut name = String::new();
    for_each_stream(path, &mut |source, from| {
        name = Stream::open(source, from, None)?.shape().name.clone();
        Ok(false)
    })?;
    Ok(name)
}

impl<'o> Reader<'o> {
    /// A reader of nothing yet.
    ///
    /// Fails where the chosen zone does not exist.
    pub fn new(options: &'o EventOptions) -> Result<Reader<'o>, EventsError> {
        let zone = options.known_zone()?;
        Ok(Reader {
            options,
            zone,
            rows: Rows::default(),
            formats: Vec::new(),
            questions: Vec::new(),
            titles: Vec::new(),
            names_left_out: 0,
            unzoned_before: 0,
        })
    }

    /// Reads a file behind everything before.
    ///
    /// Fails where it is no event export or damaged.
    pub fn file(&mut self, path: &Path, ctx: &Ctx) -> Result<(), EventsError> {
        self.titles.push(name_of(path));
        self.rows.begin_source();
        // Hours of which the first rows say too little are read like the hour before.
        let mut last_shape: Option<EventShape> = None;
        for_each_stream(path, &mut |source, from| {
            ctx.check()?;
            let before = self.rows.counts.clone();
            self.rows.counts.first_unreadable = None;
            let mut stream = Stream::open(source, from, last_shape.as_ref())?;
            self.begin(stream.shape(), stream.names_left_out());
            stream.read(&mut self.rows, self.options, self.zone, ctx)?;
            let counts = &self.rows.counts;
            let (all, bad) = (counts.rows - before.rows, counts.unreadable - before.unreadable);
            let most = if matches!(stream.form(), Form::Json) { BAD_JSON } else { BAD_LOG };
            if bad > 1 && bad * 100 > all * most {
                let first = counts.first_unreadable.unwrap_or(0) - before.rows + 1;
                return Err(EventsError::TooManyBad { file: source.file.clone(), bad, all, first });
            }
            last_shape = Some(stream.shape().clone());
            self.ask(stream.shape());
            Ok(true)
        })
    }

    /// From here on batches are of this table.
    pub fn begin_columns(&mut self, title: &str, source: &ColumnSource) {
        self.titles.push(title.to_owned());
        self.rows.begin_source();
        self.begin(&source.shape, source.names_left_out);
    }

    /// Reads a batch of the table begun last.
    ///
    /// Fails if the work is to stop, or if there are too many events.
    pub fn columns(&mut self, source: &ColumnSource, batch: &ColumnBatch<'_>, ctx: &Ctx) -> Result<(), EventsError> {
        ctx.check()?;
        for rows in source.rows(batch, self.options, self.zone) {
            self.rows.append(&rows)?;
        }
        self.ask(&source.shape);
        Ok(())
    }

    /// Orders what was read into the table.
    ///
    /// Fails where no event is left, or none names a customer.
    pub fn finish(self, ctx: &Ctx) -> Result<Read, EventsError> {
        let file = match &self.titles[..] {
            [one] => one.clone(),
            several => format!("{} files", several.len()),
        };
        let counts = self.rows.counts.clone();
        let (bots, assets, failed, by_address) = (self.rows.bots, self.rows.assets, self.rows.failed, self.rows.by_address);
        if self.rows.len() == 0 {
            return Err(if counts.rows == 0 {
                EventsError::Empty { file }
            } else if bots + assets + failed > 0 {
                EventsError::NothingLeft { file }
            } else if counts.without_time > 0 {
                EventsError::NoTimes { file }
            } else {
                EventsError::NotEvents { file, why: "no row says what happened".to_owned() }
            });
        }
        let arranged = arrange(self.rows, self.options, ctx)?;
        if arranged.events.n_events() == 0 {
            return Err(EventsError::NoCustomers { file });
        }
        let told = ReadTold {
            format: self.formats.join(", "),
            rows: counts.rows,
            with_person: arranged.with_person,
            joined: arranged.joined,
            anonymous: arranged.anonymous,
            bots,
            duplicates: arranged.dropped.duplicates,
            order_lines: arranged.dropped.order_lines,
            without_time: counts.without_time,
            without_event: counts.without_event,
            unreadable: counts.unreadable,
            in_future: counts.in_future,
            assets,
            failed,
            by_address,
            names_left_out: self.names_left_out,
            has_session_ids: arranged.has_session_ids,
            overlapping_sessions: arranged.overlapping,
            notes: Vec::new(),
            open_questions: self.questions,
            pages: arranged.groups,
        };
        Ok(Read { events: arranged.events, told })
    }

    fn begin(&mut self, shape: &EventShape, names_left_out: usize) {
        if !self.formats.contains(&shape.name) {
            self.formats.push(shape.name.clone());
        }
        self.names_left_out = self.names_left_out.max(names_left_out);
    }

    /// Asks what this source leaves open.
    fn ask(&mut self, shape: &EventShape) {
        let is_open = self.rows.counts.unzoned > self.unzoned_before && self.zone.is_none();
        if is_open && !self.questions.contains(&shape.question) {
            self.questions.push(shape.question.clone());
        }
        self.unzoned_before = self.rows.counts.unzoned;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use rand::{RngExt, SeedableRng, seq::SliceRandom};

    use super::*;
    use crate::events::Cells;

    fn file(content: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        file
    }

    fn gz(text: &str) -> Vec<u8> {
        let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        to.write_all(text.as_bytes()).unwrap();
        to.finish().unwrap()
    }

    fn try_read(contents: &[&[u8]], options: &EventOptions) -> Result<Read, EventsError> {
        let files: Vec<_> = contents.iter().map(|content| file(content)).collect();
        let paths: Vec<PathBuf> = files.iter().map(|file| file.path().to_owned()).collect();
        let read = read_events(&paths, options, &Ctx::new())?;
        let told = &read.told;
        let kinds = [told.with_person, told.joined, told.anonymous, told.bots, told.duplicates, told.order_lines, told.without_time];
        let others = [told.without_event, told.unreadable, told.in_future, told.assets, told.failed];
        assert_eq!(kinds.iter().chain(&others).sum::<usize>(), told.rows, "{told:?}");
        Ok(read)
    }

    fn read(text: &str, options: &EventOptions) -> Read {
        try_read(&[text.as_bytes()], options).unwrap()
    }

    /// Customer, kind and page of every event.
    fn lines(events: &Events) -> Vec<String> {
        let page = |event: usize| events.page_names.get(events.pages[event] as usize).map_or("", String::as_str);
        let of = |customer: usize| {
            events.of(customer).map(move |event| {
                format!(
                    "{} {} {} v{}",
                    events.customers[customer],
                    events.kind_names[events.kinds[event] as usize],
                    page(event),
                    events.visits[event]
                )
            })
        };
        (0..events.n_customers()).flat_map(of).collect()
    }

    const ALL: fn() -> EventOptions = || EventOptions { count_anonymous: true, ..EventOptions::default() };

    fn ga4(time: i64, name: &str, user: &str, device: &str, session: &str, more: &str) -> String {
        let user = if user.is_empty() { "null".to_owned() } else { format!("\"{user}\"") };
        format!(
            r#"{{"event_date": "20240131", "event_timestamp": "{time}", "event_name": "{name}", "user_id": {user}, "user_pseudo_id": "{device}", "event_params": [{{"key": "ga_session_id", "value": {{"int_value": "{session}"}}}}, {{"key": "page_location", "value": {{"string_value": "https://Shop.example/p/123?gclid=1", "int_value": null}}}}], "device": {{"category": "mobile", "operating_system": "iOS", "time_zone_offset_seconds": "3600"}}, "geo": {{"country": "Germany"}}{more}}}"#
        )
    }

    #[test]
    fn ga4_with_identity_sessions_and_the_same_purchase_twice() {
        let at = 1_706_695_503_123_456;
        let order = r#", "ecommerce": {"transaction_id": "T1", "purchase_revenue": 9.5}"#;
        let text = [
            ga4(at + 5_000_000, "purchase", "anna", "d1", "s1", order),
            ga4(at, "page_view", "", "d1", "s1", ""),
            ga4(at + 9_000_000, "purchase", "anna", "d1", "s2", order),
            ga4(at + 9_000_000, "refund", "anna", "d1", "s2", order),
            ga4(at, "page_view", "", "d2", "s1", ""),
            ga4(at, "page_view", "", "d1", "s1", ""),
        ]
        .join("\n");
        let of = read(&text, &EventOptions::default());
        assert_eq!(lines(&of.events), ["anna /p/:id /p/:id v0", "anna purchase /p/:id v0", "anna refund /p/:id v1"]);
        let told = &of.told;
        assert_eq!(
            (told.format.as_str(), told.with_person, told.joined, told.anonymous, told.duplicates),
            ("GA4 (BigQuery export)", 2, 1, 1, 2)
        );
        assert!(told.has_session_ids && told.open_questions.is_empty());
        assert_eq!(of.events.times[0], 1_706_695_503_123);
        assert!(of.events.values[0].is_nan() && of.events.values[1] == 9.5);
        let context = &of.events.context_names[0];
        assert_eq!(
            (context.device.as_str(), context.system.as_str(), context.country.as_str(), context.offset_minutes),
            ("mobile", "iOS", "Germany", Some(60))
        );
        assert_eq!(read(&text, &ALL()).events.customers, ["anna", "device:d2"]);
    }

    #[test]
    fn midnight_is_that_of_the_local_clock() {
        let at = |text: &str| crate::events::times::of_text(text, None).unwrap().ms * 1000;
        // 23:40, 23:55 and 00:05 by the visitor's clock, all on one day of UTC.
        let text = ["2024-01-31 22:40:00", "2024-01-31 22:55:00", "2024-01-31 23:05:00"]
            .map(|time| ga4(at(time), "x", "u", "d", "s", ""))
            .join("\n");
        let visits = |cut_at_midnight| read(&text, &EventOptions { cut_at_midnight, ..EventOptions::default() }).events.visits;
        assert_eq!((visits(false), visits(true)), (vec![0, 0, 0], vec![0, 0, 1]));
    }

    /// Knows one address.
    #[derive(Debug)]
    struct OneAddress;

    impl crate::events::options::Places for OneAddress {
        fn place(&self, address: std::net::IpAddr) -> Option<crate::events::options::AddressPlace> {
            let place = || crate::events::options::AddressPlace { country: "JP".into(), zone: "Asia/Tokyo".into(), ..Default::default() };
            (address.to_string() == "192.0.2.9").then(place)
        }
    }

    #[test]
    fn an_address_becomes_a_place_and_is_gone() {
        let line = |ip: &str| format!("{ip} - anna [17/May/2015:10:05:03 +0200] \"GET /{} HTTP/1.1\" 200 5\n", ip.len());
        let places = std::sync::Arc::new(OneAddress);
        let of = read(
            &[line("192.0.2.9"), line("10.0.0.10"), line("not an address")].concat(),
            &EventOptions { places: Some(places), ..EventOptions::default() },
        );
        let told: Vec<_> = of.events.context_names.iter().map(|context| (context.country.as_str(), context.offset_minutes)).collect();
        assert_eq!(told, [("", Some(120)), ("JP", Some(540))], "the server's own offset is the last to be believed");
        assert!(!format!("{of:?}").contains("192.0.2"));
        assert_eq!(of.told.by_address, 1, "the two others are nowhere");
    }

    #[test]
    fn a_broken_first_line_does_not_hide_the_others() {
        let good: String = (0..200).map(|at| format!("{{\"customer_id\": {at}, \"event\": \"x\", \"timestamp\": 1706695503}}\n")).collect();
        let of = read(&format!("{{\"customer_id\": 1, \"ev\n{good}"), &EventOptions::default());
        assert_eq!((of.events.n_events(), of.told.unreadable), (200, 1));
    }

    #[test]
    fn ga4_orders_within_a_millisecond_by_its_batch_fields() {
        let batch = |index: u32| format!(r#", "batch_page_id": "1706695503000", "batch_ordering_id": "1", "batch_event_index": "{index}""#);
        let text = [ga4(1_706_695_503_123_456, "b", "u", "d", "s", &batch(2)), ga4(1_706_695_503_123_456, "a", "u", "d", "s", &batch(1))]
            .join("\n");
        assert_eq!(lines(&read(&text, &EventOptions::default()).events), ["u a /p/:id v0", "u b /p/:id v0"]);
    }

    #[test]
    fn mixpanel_asks_for_its_zone_and_drops_by_insert_id() {
        let row = |id: &str, person: &str, time: i64| {
            format!(
                r#"{{"event": "Buy", "properties": {{"time": {time}, "distinct_id": "{person}", "$device_id": "d1", "$insert_id": "{id}", "$os": "iOS"}}}}"#
            )
        };
        // Noon on 31 January by the clocks of Berlin, written as if it were UTC; the import writes milliseconds.
        let text = [
            row("1", "anna", 1_706_702_400),
            row("1", "anna", 1_706_702_400),
            row("2", "$device:d1", 1_706_702_401_000),
            row("3", "d1", 1_706_702_402),
        ]
        .join("\n");
        let of = read(&text, &EventOptions::default());
        assert_eq!((of.told.duplicates, of.told.joined, of.told.with_person, of.told.open_questions.len()), (1, 2, 1, 1));
        assert!(of.told.open_questions[0].starts_with("Mixpanel projects created before 2023"), "{:?}", of.told.open_questions);
        let berlin = read(&text, &EventOptions { zone: Some("Europe/Berlin".into()), ..EventOptions::default() });
        assert_eq!((berlin.events.times[0], berlin.told.open_questions.len()), (1_706_702_400_000 - 3_600_000, 0));
        assert_eq!(berlin.events.local_minute(0), 1_706_702_400 / 60);
        let no_zone = try_read(&[text.as_bytes()], &EventOptions { zone: Some("Berlin".into()), ..EventOptions::default() });
        assert_eq!(no_zone.unwrap_err(), EventsError::NoSuchZone { zone: "Berlin".into() });
    }

    #[test]
    fn amplitude_in_a_zip_of_gzips() {
        let row = |time: &str, session: i64| {
            format!(
                r#"{{"event_type": "open", "event_time": "2020-05-26 {time}", "amplitude_id": 5, "user_id": "u", "device_id": "d", "session_id": {session}, "$insert_id": "{time}"}}"#
            )
        };
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, content) in [
            ("1_2020-05-26_22#0.json.gz", gz(&row("22:10:15.123000", -1))),
            ("1_2020-05-26_21#0.json.gz", gz(&row("21:10:15.123000", -1))),
            ("1_2020-05-26_23#0.json.gz", gz("")),
        ] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(&content).unwrap();
        }
        let of = try_read(&[&zip.finish().unwrap().into_inner()], &EventOptions::default()).unwrap();
        assert_eq!((of.events.times[1], of.told.has_session_ids), (1_590_531_015_123, false));
        assert_eq!(of.events.visits, [0, 1]);
    }

    #[test]
    fn examples_of_all_formats_become_events() {
        for format in ["PostHog", "Segment", "Snowplow", "Matomo", "Klaviyo", "Caddy", "Traefik", "nginx", "Shopify", "WooCommerce"] {
            let file: serde_json::Value = serde_json::from_str(include_str!("../../assets/event_shapes.json")).unwrap();
            let shape =
                file["formats"].as_array().unwrap().iter().find(|shape| shape["name"].as_str().unwrap().starts_with(format)).unwrap();
            let of = read(&shape["example"].to_string(), &ALL());
            let told = lines(&of.events).join("; ");
            let expected = match format {
                "PostHog" => "p1 /cart /cart v0",
                "Segment" => "device:a1 /cart /cart v0",
                "Snowplow" => "device:d1 /cart /cart v0",
                "Matomo" => "device:v1 /cart /cart v0; device:v1 ecommerceOrder  v0",
                "Klaviyo" => "a@shop.example Placed Order  v0",
                "Shopify" | "WooCommerce" => "a@shop.example purchase  v0",
                _ => "visitor 1 /cart /cart v0",
            };
            assert_eq!(told, expected, "{format}");
            let context = &of.events.context_names[0];
            match format {
                "Segment" => assert_eq!((context.device.as_str(), context.offset_minutes), ("mobile", Some(60))),
                "Matomo" => assert_eq!((context.device.as_str(), of.events.values[1]), ("mobile", 9.5)),
                "Shopify" => assert_eq!((of.events.times[0], context.offset_minutes), (1_685_625_184_000, Some(-240))),
                "WooCommerce" => assert!(of.told.open_questions[0].contains("WooCommerce")),
                _ => {}
            }
        }
    }

    #[test]
    fn logs_leave_bots_pictures_and_failures_out_and_keep_no_address() {
        let line = |ip: &str, at: &str, request: &str, status: u32, agent: &str| {
            format!("{ip} - - [17/May/2015:10:{at} +0000] \"{request}\" {status} 5 \"-\" \"{agent}\"\n")
        };
        let browser = "Mozilla/5.0 (Windows NT 10.0) Firefox/40.0";
        let text = [
            line("192.0.2.9", "05:03", "GET /Cart/?a=1 HTTP/1.1", 200, browser),
            line("192.0.2.9", "05:09", "POST /cart HTTP/1.1", 302, browser),
            line("192.0.2.9", "05:04", "GET /a.png HTTP/1.1", 200, browser),
            line("192.0.2.9", "05:05", "GET /none HTTP/1.1", 404, browser),
            line("192.0.2.7", "05:01", "GET / HTTP/1.1", 200, browser),
            line("192.0.2.8", "05:06", "GET /a.png HTTP/1.1", 200, "Googlebot/2.1"),
            line("192.0.2.8", "05:07", "GET /b HTTP/1.1", 200, "Googlebot/2.1"),
            "192.0.2.8 - - [17/May/2015:10:05:07 +0000] \"GET /cut".to_owned(),
        ]
        .concat();
        let of = read(&text, &ALL());
        assert_eq!(lines(&of.events), ["visitor 1 / / v0", "visitor 2 /cart /cart v0", "visitor 2 POST /cart /cart v0"]);
        assert_eq!((of.told.bots, of.told.assets, of.told.failed, of.told.unreadable, of.told.anonymous), (2, 1, 1, 1, 3));
        let all = format!("{:?}", of.events);
        assert!(!all.contains("192.0.2") && !all.contains("Mozilla"), "{all}");
        assert!(matches!(try_read(&[text.as_bytes()], &EventOptions::default()), Err(EventsError::NoCustomers { .. })));
        let bot = line("192.0.2.8", "05:07", "GET /b HTTP/1.1", 200, "Googlebot/2.1");
        assert!(matches!(try_read(&[bot.as_bytes()], &ALL()), Err(EventsError::NothingLeft { .. })));
    }

    #[test]
    fn w3c_logs_may_change_their_fields() {
        let text = "#Version: 1.0\r\n#Fields: date time c-ip cs-username cs-method cs-uri-stem sc-status cs(User-Agent)\r\n\
                    2024-01-31 10:05:03 192.0.2.1 anna GET /cart 200 Mozilla/5.0+(X11;+Linux)\r\n\
                    #Fields: date time cs-username cs-uri-stem\r\n2024-01-31 10:06:03 anna /pay\r\n";
        let of = read(text, &EventOptions::default());
        assert_eq!(lines(&of.events), ["anna /cart /cart v0", "anna /pay /pay v0"]);
        assert_eq!(of.events.context_names.iter().map(|context| context.system.as_str()).collect::<Vec<_>>(), ["", "Linux"]);
        // Fields of the first piece hold for all others.
        let line = "2024-01-31 10:05:03 192.0.2.1 anna GET /cart 200 Mozilla/5.0+(X11;+Linux)";
        let many: String = (0..60_000)
            .map(|at| {
                format!(
                    "2024-01-31 {:02}:{:02}:{:02} 192.0.2.1 u{at} GET /cart 200 Mozilla/5.0+(X11;+Linux)\n",
                    at / 3600,
                    at / 60 % 60,
                    at % 60
                )
            })
            .collect();
        let of = read(&format!("{}\n{line}\n{many}", text.lines().nth(1).unwrap()), &EventOptions::default());
        assert_eq!((of.events.n_events(), of.told.unreadable), (60_001, 0));
    }

    #[test]
    fn orders_of_a_shop_and_purchases_of_its_site_are_the_same() {
        let names = ["Name", "Email", "Financial Status", "Created at", "Total", "Lineitem name", "Cancelled at"];
        let text = |cells: [&'static str; 3]| Cells::Text(cells.iter().map(|cell| Some(*cell).filter(|cell| !cell.is_empty())).collect());
        let batch = ColumnBatch {
            columns: vec![
                text(["#T1", "#T1", "#T2"]),
                text(["a@x.example", "a@x.example", "b@x.example"]),
                text(["paid", "", "voided"]),
                text(["2024-01-31 11:00:00 +0100", "2024-01-31 11:00:00 +0100", "2024-02-01 11:00:00 +0100"]),
                Cells::Number(vec![42.5, f64::NAN, 7.0]),
                text(["Cup", "Plate", "Cup"]),
                text(["", "", "2024-02-02 11:00:00 +0100"]),
            ],
            n_rows: 3,
        };
        let source = ColumnSource::recognise("orders.csv", &names, &batch).unwrap();
        assert_eq!(source.format(), "Shopify orders");
        let of = read_columns("orders.csv", &source, [Ok(batch.clone())], &EventOptions::default(), &Ctx::new()).unwrap();
        assert_eq!(lines(&of.events), ["a@x.example purchase  v0", "b@x.example cancelled purchase  v0"]);
        assert_eq!((of.told.order_lines, of.told.duplicates, of.events.values.clone()), (1, 0, vec![42.5, 7.0]));
        let site = file(ga4(1_706_695_200_500_000, "purchase", "", "d1", "s1", r#", "ecommerce": {"transaction_id": "T1"}"#).as_bytes());
        let options = ALL();
        let mut reader = Reader::new(&options).unwrap();
        reader.file(site.path(), &Ctx::new()).unwrap();
        reader.begin_columns("orders.csv", &source);
        reader.columns(&source, &batch, &Ctx::new()).unwrap();
        let both = reader.finish(&Ctx::new()).unwrap();
        assert_eq!((both.events.customers.len(), both.events.values[0], both.told.duplicates), (2, 42.5, 1));
    }

    #[test]
    fn columns_of_parquet_hold_pairs_json_and_numbered_lists() {
        let one = |text: &'static str| Cells::Text(vec![Some(text)]);
        let names = ["event_name", "event_timestamp", "user_id", "event_params", "device.category"];
        let pairs = Cells::Pairs {
            starts: vec![0, 2],
            keys: vec![Some("page_location"), Some("ga_session_id")],
            values: vec![Cells::Text(vec![Some("https://x.example/a"), None]), Cells::Whole(vec![None, Some(7)])],
        };
        let batch = ColumnBatch {
            columns: vec![one("page_view"), Cells::Whole(vec![Some(1_706_695_503_123_456)]), one("u"), pairs, one("tablet")],
            n_rows: 1,
        };
        let source = ColumnSource::recognise("t", &names, &batch).unwrap();
        let of = read_columns("t", &source, [Ok(batch)], &EventOptions::default(), &Ctx::new()).unwrap();
        assert_eq!(
            (lines(&of.events), of.told.has_session_ids, of.events.context_names[0].device.as_str()),
            (vec!["u /a /a v0".to_owned()], true, "tablet")
        );

        let names = ["uuid", "event", "distinct_id", "person_id", "timestamp", "properties"];
        let json = r#"{"$current_url": "https://x.example/b/", "$session_id": "s", "$geoip_country_code": "DE"}"#;
        let times = Cells::Times { ms: vec![Some(1_706_695_503_123)], is_utc: true };
        let batch = ColumnBatch { columns: vec![one("1"), one("$pageview"), one("d"), one("p"), times, one(json)], n_rows: 1 };
        let source = ColumnSource::recognise("t", &names, &batch).unwrap();
        let of = read_columns("t", &source, [Ok(batch)], &EventOptions::default(), &Ctx::new()).unwrap();
        assert_eq!(
            (lines(&of.events), of.told.has_session_ids, of.events.context_names[0].country.as_str()),
            (vec!["p /b /b v0".to_owned()], true, "DE")
        );

        let names = [
            "visitorId",
            "idVisit",
            "actionDetails_0_type",
            "actionDetails_0_url",
            "actionDetails_0_timestamp",
            "actionDetails_1_type",
            "actionDetails_1_timestamp",
        ];
        let cells = ["v", "1", "action", "https://x.example/c", "1706695503", "goal", "1706695504"].map(one).to_vec();
        let batch = ColumnBatch { columns: cells, n_rows: 1 };
        let source = ColumnSource::recognise("t", &names, &batch).unwrap();
        let of = read_columns("t", &source, [Ok(batch)], &ALL(), &Ctx::new()).unwrap();
        assert_eq!(lines(&of.events), ["device:v /c /c v0", "device:v goal  v0"]);

        let names = ["customer_id", "age", "event", "timestamp"];
        let batch = ColumnBatch {
            columns: vec![
                Cells::Number(vec![17.0, 17.0]),
                Cells::Number(vec![5.0, f64::NAN]),
                Cells::Coded { codes: vec![1, 0], texts: vec!["buy", "look"] },
                Cells::Text(vec![Some("2024-01-31 10:00:01"), Some("2024-01-31 10:00:00")]),
            ],
            n_rows: 2,
        };
        let source = ColumnSource::recognise("t", &names, &batch).unwrap();
        let (columns, narrow) = source.clone().narrowed();
        assert_eq!(columns, [0, 2, 3]);
        let few = ColumnBatch { columns: columns.iter().map(|&column| batch.columns[column].clone()).collect(), n_rows: 2 };
        let of_few = read_columns("t", &narrow, [Ok(few)], &EventOptions::default(), &Ctx::new()).unwrap();
        let of = read_columns("t", &source, [Ok(batch)], &EventOptions::default(), &Ctx::new()).unwrap();
        assert_eq!(lines(&of_few.events), lines(&of.events));
        assert_eq!((lines(&of.events), of.told.open_questions.len()), (vec!["17 buy  v0".to_owned(), "17 look  v0".to_owned()], 1));
    }

    #[test]
    fn bad_files_are_one_sentence() {
        let error = |content: &[u8]| try_read(&[content], &ALL()).unwrap_err();
        let good = r#"{"customer_id": 1, "event": "x", "timestamp": 1706695503}"#;
        assert!(matches!(error(b""), EventsError::Empty { .. }));
        assert!(matches!(error(b" \n "), EventsError::Empty { .. }));
        assert!(matches!(error(b"a,b\n1,2\n"), EventsError::NotText { .. }));
        assert!(matches!(error(b"# ----------------\n# Pages\n"), EventsError::Report { .. }));
        assert!(matches!(error(br#"{"name": "x", "size": 1}"#), EventsError::NotEvents { .. }));
        assert!(matches!(error(br#"{"customer_id": 1, "event": "x", "timestamp": "soon"}"#), EventsError::NoTimes { .. }));
        assert!(matches!(error(br#"{"event": "x", "properties": {"time": 5, "distinct_id": "a"}}"#), EventsError::NoTimes { .. }));
        assert!(matches!(error(b"[]"), EventsError::NotEvents { .. }));
        let bomb = format!(r#"{{"customer_id": {}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert!(matches!(error(bomb.as_bytes()), EventsError::TooDeep { .. }));
        assert!(matches!(error(&gz(&good.repeat(500))[..40]), EventsError::Damaged { format: "gzip", .. }));
        let half = [good, "{\"broken\": ", good, "{\"broken\""].join("\n");
        let told = error(half.as_bytes());
        assert!(matches!(told, EventsError::TooManyBad { bad: 2, all: 4, first: 2, .. }), "{told}");
        for told in [error(b""), error(bomb.as_bytes()), error(half.as_bytes()), error(b"a,b\n1,2\n")] {
            let told = told.to_string();
            assert!(told.ends_with('.') && told.matches(". ").count() == 0, "one sentence: {told}");
        }
        let missing = read_events(&[PathBuf::from("none.json")], &ALL(), &Ctx::new()).unwrap_err();
        assert!(matches!(missing, EventsError::Unreadable { .. }));
        let stopped = read_events(&[file(good.as_bytes()).path().to_owned()], &ALL(), &Ctx::stopping_after(2)).unwrap_err();
        assert!(matches!(stopped, EventsError::Stopped(_)));
    }

    #[test]
    fn one_line_that_breaks_off_is_counted() {
        let good = r#"{"customer_id": 1, "event": "x", "timestamp": 1706695503}"#;
        let of = read(&format!("{good}\n{{\"customer_id\": 2, \"ev"), &EventOptions::default());
        assert_eq!((of.events.n_events(), of.told.unreadable), (1, 1));
        let list = read(&format!("[\n  {good},\n{}]", good.replace(',', ",\n")), &EventOptions::default());
        assert_eq!((list.events.n_events(), list.told.duplicates), (2, 0), "not the same bytes, so no twins");
    }

    #[test]
    fn shuffled_rows_split_files_and_threads_give_the_same_table() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(17);
        let mut rows: Vec<String> = (0..20_000i64)
            .map(|at| {
                let user = if random.random_range(0..3) == 0 { String::new() } else { format!("u{}", random.random_range(0..40)) };
                let order = format!(r#", "ecommerce": {{"transaction_id": "T{}"}}"#, random.random_range(0..900));
                let name = ["page_view", "purchase", "scroll"][random.random_range(0..3)];
                ga4(
                    1_706_695_503_000_000 + at * 977_000,
                    name,
                    &user,
                    &format!("d{}", random.random_range(0..60)),
                    &format!("{}", at / 500),
                    if name == "purchase" { &order } else { "" },
                )
            })
            .collect();
        let expected = try_read(&[rows.join("\n").as_bytes()], &ALL()).unwrap();
        assert!(expected.told.duplicates > 1_000 && expected.told.joined > 100 && expected.events.visits.iter().any(|&visit| visit > 3));
        assert!(expected.events.times.windows(2).any(|pair| pair[0] > pair[1]) && expected.told.rows == 20_000);
        rows.shuffle(&mut random);
        let parts = [rows[..3_000].join("\n"), rows[3_000..].join("\r\n")];
        for threads in [1, 8] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let of = pool.install(|| try_read(&[parts[0].as_bytes(), &gz(&parts[1])], &ALL())).unwrap();
            // NaN is not equal to itself.
            let bits = |events: &Events| -> Vec<u64> { events.values.iter().map(|value| value.to_bits()).collect() };
            assert_eq!(bits(&of.events), bits(&expected.events));
            let without = |mut read: Read| {
                read.events.values.clear();
                read
            };
            assert_eq!(without(of), without(expected.clone()), "{threads} threads");
        }
    }

    #[test]
    fn many_events_of_one_customer_at_one_time_are_no_trouble() {
        let rows: String = (0..200_000)
            .map(|at| format!("{{\"customer_id\": 1, \"event\": \"x{}\", \"timestamp\": {}}}\n", at % 1000, 1_706_695_503 - at / 150_000))
            .collect();
        let of = read(&rows, &EventOptions::default());
        // 1 000 distinct rows at the first time, and as many at the second.
        assert_eq!((of.events.n_events(), of.told.duplicates), (2_000, 198_000));
        assert!(of.events.times.is_sorted());
    }
}
