//! Reading: every format, every spelling and every kind of bad input, each with the sentence the user gets.

use std::path::{Path, PathBuf};

use personae::base::Ctx;
use personae::data::write::{Extra, ExtraValues};
use personae::data::{self, DataError, Kind, Loaded, Role, Source, sample};

use crate::mutations::run::xls::{self, Cell};

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn read(path: &Path) -> Result<Loaded, DataError> {
    data::read(&Source::file(path.to_owned()), &Ctx::new())
}

fn read_bytes(name: &str, bytes: impl AsRef<[u8]>) -> Result<Loaded, DataError> {
    let folder = tempfile::tempdir().unwrap();
    read(&write(folder.path(), name, bytes))
}

/// The table as text: names with kinds and units, then the values, "-" for missing.
fn shown(loaded: &Loaded) -> Vec<String> {
    let value = |column: &data::Column, row: usize| match column.kind() {
        _ if column.is_missing(row) => "-".to_owned(),
        Kind::Number => format!("{}", column.number(row).unwrap()),
        Kind::Date => data::table::day_text(column.number(row).unwrap() as i32),
        Kind::Text => column.text(row).unwrap().to_owned(),
    };
    let kind = |column: &data::Column| format!("{:?}", column.kind()).chars().next().unwrap();
    let unit = |column: &data::Column| column.unit.clone().map_or(String::new(), |unit| format!(" {unit}"));
    let header = loaded.table.columns.iter().map(|column| format!("{}:{}{}", column.name, kind(column), unit(column)));
    let mut lines = vec![header.collect::<Vec<_>>().join("|")];
    for row in 0..loaded.table.n_rows {
        lines.push(loaded.table.columns.iter().map(|column| value(column, row)).collect::<Vec<_>>().join("|"));
    }
    lines
}

fn notes(loaded: &Loaded) -> Vec<&str> {
    loaded.notes.iter().map(|note| note.0.as_str()).collect()
}

/// Reads `bytes` and compares values and notes.
fn check(bytes: impl AsRef<[u8]>, expected: &[&str], expected_notes: &[&str]) {
    let bytes = bytes.as_ref();
    let loaded = read_bytes("shop.csv", bytes).unwrap();
    let what = String::from_utf8_lossy(bytes);
    assert_eq!(shown(&loaded), expected, "{what}");
    assert_eq!(notes(&loaded), expected_notes, "{what}");
}

#[test]
fn delimiters_headers_and_letters() {
    check("a,b\n1,x\n2,\n", &["a:N|b:T", "1|x", "2|-"], &[]);
    check("a;b\n1,5;x\n2,25;y\n", &["a:N|b:T", "1.5|x", "2.25|y"], &[]);
    check("a\tb\n1\tx y\n", &["a:N|b:T", "1|x y"], &[]);
    check("a|b\n1|x\n", &["a:N|b:T", "1|x"], &[]);
    check("sep=;\na;b\n1;2\n", &["a:N|b:N", "1|2"], &[]);
    check("\u{feff}Größe,b\n1,2\n", &["Größe:N|b:N", "1|2"], &[]);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("naïve,b\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    check(utf16, &["naïve:N|b:N", "1|2"], &[]);
    let western = b"stra\xdfe,b\nM\xfcnchen \x80,2\n";
    check(western, &["straße:T|b:N", "München €|2"], &["shop.csv is not UTF-8; its letters are read as Windows-1252 (Western European)."]);
    check(
        "1,2.5\n3,4.5\n",
        &["column 1:N|column 2:N", "1|2.5", "3|4.5"],
        &["The first row (1, 2.5…) holds values, not names; the columns are called column 1, column 2 and so on."],
    );
    check("a,b\r\n1,2\r\n\r\n3,4\r\n", &["a:N|b:N", "1|2", "3|4"], &[]);
    check("a,b\n\"x, \"\"y\"\"\nz\",2\n", &["a:T|b:N", "x, \"y\"\nz|2"], &[]);
    check("spend\n5\n7\n", &["spend:N", "5", "7"], &[]);
}

#[test]
fn cells() {
    check(
        "price,share,when,code\n\"€ 1.234,50\",\"12,5 %\",31.12.2024,00123\n\"99,00 €\",\"3 %\",01.02.2025,00007\n",
        &["price:N €|share:N %|when:D|code:T", "1234.5|12.5|2024-12-31|00123", "99|3|2025-02-01|00007"],
        &[],
    );
    check(
        "when,t\n03/04/2024,2024-01-01 10:30\n05/06/2024,2024-01-02 11:30\n",
        &["when:D|t:D", "2024-04-03|2024-01-01", "2024-06-05|2024-01-02"],
        &[
            "Dates of when such as 03/04/2024 could be read two ways; the day is taken first (2024-04-03).",
            "t holds times of day; only the day is used.",
        ],
    );
    check("when,n\n03/04/2024,1\n05/16/2024,2\n", &["when:D|n:N", "2024-03-04|1", "2024-05-16|2"], &[]);
    check("a,b\nn/a,x\n?,NULL\n1,\n", &["a:N|b:T", "-|x", "-|-", "1|-"], &[]);
    check("a,b\ninf,1\n-Infinity,2\n3,3\n", &["a:N|b:N", "-|1", "-|2", "3|3"], &["2 cells of a are infinite; they count as missing."]);
    check(
        "n,b\n\"1,234\",1\n\"12,345\",2\n",
        &["n:N|b:N", "1234|1", "12345|2"],
        &["The comma in n (\"1,234\") could mean two things; it is read as separating thousands."],
    );
    let mut ages = String::from("age\n");
    (0..99).for_each(|i| ages += &format!("{}\n", 20 + i % 50));
    let loaded = read_bytes("ages.csv", ages + "abc\n").unwrap();
    assert_eq!(notes(&loaded), ["1 cell of age is no number (\"abc\"); it counts as missing."]);
    assert_eq!(loaded.table.columns[0].cell(99), "abc");
}

#[test]
fn names_and_ragged_rows() {
    check(
        "a,a,,b\n1,2,3,4\n",
        &["a:N|a (2):N|column 3:N|b:N", "1|2|3|4"],
        &["There are two columns called a; the second is now called a (2)."],
    );
    check(
        "a,a (2),a,a\n1,2,3,4\n",
        &["a:N|a (2):N|a (3):N|a (4):N", "1|2|3|4"],
        &["There are 3 columns called a; the second is now called a (3), and so on."],
    );
    check(
        "a,b,c\n1,2,3\n4,5\n6,7,8,9\n\n1\n1,2,3\n1,2,3\n",
        &["a:N|b:N|c:N", "1|2|3", "4|5|-", "6|7|8", "1|-|-", "1|2|3", "1|2|3"],
        &[
            "2 rows have too few cells (lines 3, 6); the rest counts as missing.",
            "1 row has more cells than there are columns (line 4); the surplus is left out.",
        ],
    );
    check("a,b,\n1,2,\n3,4,\n", &["a:N|b:N", "1|2", "3|4"], &["column 3 has neither a name nor values; it is left out."]);
    check(
        "a,b\n1,\"open\n2,3\n",
        &["a:N|b:T", "1|\"open", "2|3"],
        &["A quotation mark in line 2 is never closed; it is read as a character."],
    );
}

#[test]
fn a_column_that_turns_late_keeps_every_cell() {
    // The first rows look plain, a code comes after the first chunk: nothing may be lost.
    let mut text = String::from("id,n\n");
    (0..60_000).for_each(|i| text += &format!("{},{}.25\n", 10_000 + i, i));
    (0..6_000).for_each(|i| text += &format!("00{i},x\n"));
    let loaded = read_bytes("late.csv", &text).unwrap();
    assert_eq!(loaded.table.columns.iter().map(data::Column::kind).collect::<Vec<_>>(), [Kind::Text, Kind::Text]);
    assert_eq!((loaded.table.columns[0].cell(60_007).as_ref(), loaded.table.columns[1].cell(3).as_ref()), ("007", "3.25"));
}

#[test]
fn plain_numbers_are_exact_in_every_chunk() {
    let mut text = String::from("x0,x1\n");
    let value = |i: u64, j: u64| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15 + j) >> 11) as f64 / 1e9 - 4000.0;
    (0..50_000).for_each(|i| text += &format!("{:.17e},{}\n", value(i, 0), value(i, 1)));
    let loaded = read_bytes("blobs.csv", &text).unwrap();
    for row in 0..50_000 {
        assert_eq!(loaded.table.columns[0].number(row), Some(value(row as u64, 0)));
        assert_eq!(loaded.table.columns[1].number(row), Some(value(row as u64, 1)));
    }
    assert!(loaded.profile.columns.iter().all(|column| column.guessed_role == Role::Behavioural));
}

#[test]
fn bad_files_get_one_clear_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let gone = at("gone.csv").display().to_string();
    let is = |path: &Path, sentence: &str| {
        let error = read(path).map(|loaded| shown(&loaded)).unwrap_err();
        assert_eq!(error.to_string(), sentence);
        assert!(
            matches!(error, DataError::Missing { .. } | DataError::Directory { .. })
                || data::stamp(&Source::file(path.to_owned()), &Ctx::new()).is_ok()
        );
    };
    is(&at("gone.csv"), &format!("{gone} does not exist; check the name, or choose the file again."));
    is(folder.path(), &format!("{} is a folder; choose one file in it.", folder.path().display()));
    let case = |name: &str, bytes: &[u8], sentence: &str| is(&write(folder.path(), name, bytes), sentence);
    let empty = "is empty; choose a file with column names and at least one row.";
    case("empty.csv", b"", &format!("empty.csv {empty}"));
    case("blank.csv", b" \n\n \n", &format!("blank.csv {empty}"));
    case("list.json", b"[]", &format!("list.json {empty}"));
    let header = "shop.csv has column names but no rows; export it again with its data, or choose another file.";
    case("shop.csv", b"name,age,city\n", header);
    case("shop.csv", b"name,age,city", header);
    let choose = "Choose a CSV, Excel, Parquet, Arrow or JSON file.";
    let not = "does not look like a table: it holds";
    case("a.csv", b"a,b\0\x01\x02\x03\n", &format!("a.csv {not} binary data. {choose}"));
    case("a.csv", b"\x89PNG\r\n\x1a\n", &format!("a.csv {not} a picture. {choose}"));
    case("a.bin", b"\x28\xb5\x2f\xfd\x00", &format!("a.bin {not} compressed data (unpack it first). {choose}"));
    case("a.xlsx", b"PK\x03\x04 cut", "a.xlsx is a damaged or truncated Excel file (its parts cannot be found); copy or export it again.");
    case(
        "a.parquet",
        b"\x00\x01\x02",
        "a.parquet is a damaged or truncated Parquet file (its first bytes are not those of such a file); copy or export it again.",
    );
    let json = "Personae reads a list of flat objects, or one object per line.";
    case("a.json", b"[{\"a\": 1},\n{\"a\": }]", &format!("a.json is no readable JSON: line 2: expected value. {json}"));
    case("a.json", b"[{\"a\": 1},\n", &format!("a.json is no readable JSON: line 2: EOF while parsing a value. {json}"));
    case(
        "a.json",
        b"[1, 2]",
        &format!("a.json is no readable JSON: line 1: invalid type: integer `1`, expected an object for every customer. {json}"),
    );
}

#[test]
fn a_cut_off_columnar_file_is_named_so() {
    let folder = tempfile::tempdir().unwrap();
    let loaded = data::read(&Source::Sample { seed: 0 }, &Ctx::new()).unwrap();
    let mut bytes = Vec::new();
    data::write::parquet(&loaded.table, &[], &mut bytes, &Ctx::new()).unwrap();
    let error = read(&write(folder.path(), "cut.parquet", &bytes[..bytes.len() / 2])).unwrap_err();
    assert!(matches!(&error, DataError::Damaged { format, .. } if format == "Parquet"), "{error}");
    assert!(error.to_string().starts_with("cut.parquet is a damaged or truncated Parquet file ("), "{error}");
    let error = read(&write(folder.path(), "cut.arrow", b"ARROW1\0\0 and then nothing")).unwrap_err();
    assert!(matches!(&error, DataError::Damaged { format, .. } if format == "Arrow"), "{error}");
}

#[test]
fn json_of_both_forms() {
    let expected = ["name:T|age:N|tags:T|city:T", "Anna|31|[\"a\",1]|-", "Bob|-|-|Bonn"];
    let list = r#"[{"name": "Anna", "age": 31, "tags": ["a", 1]}, {"name": "Bob", "age": null, "city": "Bonn"}]"#;
    assert_eq!(shown(&read_bytes("a.json", list).unwrap()), expected);
    let lines = "{\"name\": \"Anna\", \"age\": 31, \"tags\": [\"a\", 1]}\n{\"name\": \"Bob\", \"age\": null, \"city\": \"Bonn\"}\n";
    assert_eq!(shown(&read_bytes("a.ndjson", lines).unwrap()), expected);
    let error = read_bytes("a.json", r#"{"data": [{"a": 1}]}"#).unwrap_err();
    assert!(error.to_string().contains("save that list as a file of its own"), "{error}");
}

#[test]
fn tables_round_trip() {
    let folder = tempfile::tempdir().unwrap();
    let text = "id,price,when,note\nC1,\"€ 1.234,50\",31.12.2024,\"a, \"\"b\"\"\"\nC2,n/a,01.02.2025,=1+1\nC3,\"0,10\",,\n";
    let loaded = read(&write(folder.path(), "in.csv", text)).unwrap();
    let mut out = Vec::new();
    data::write::csv(&loaded.table, &[], &mut out, &Ctx::new()).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), text, "what leaves is what came in");
    let mut parquet = Vec::new();
    data::write::parquet(&loaded.table, &[], &mut parquet, &Ctx::new()).unwrap();
    let again = read(&write(folder.path(), "out.parquet", parquet)).unwrap();
    let without_units = |lines: Vec<String>| lines.into_iter().map(|line| line.replace(" €", "")).collect::<Vec<_>>();
    assert_eq!(shown(&again), without_units(shown(&loaded)));
}

#[test]
fn times_whole_numbers_and_blanks_survive_parquet() {
    use polars::prelude::{ParquetReader, SerReader};
    let folder = tempfile::tempdir().unwrap();
    let rows =
        (0..20).map(|at| format!("{at},\" a \",2024-02-{:02}T10:11:12,{:02}/13/2023 08:30,{at}.5,2024-02-01\n", at + 1, at % 12 + 1));
    let text = format!("id,name,seen,us,price,day\n{}", rows.collect::<String>());
    let loaded = read(&write(folder.path(), "in.csv", &text)).unwrap();
    let mut parquet = Vec::new();
    data::write::parquet(&loaded.table, &[], &mut parquet, &Ctx::new()).unwrap();
    let frame = ParquetReader::new(std::io::Cursor::new(parquet.clone())).finish().unwrap();
    let types: Vec<String> = frame.columns().iter().map(|column| format!("{}:{}", column.name(), column.dtype())).collect();
    assert_eq!(types, ["id:i64", "name:str", "seen:datetime[ms]", "us:datetime[ms]", "price:f64", "day:date"]);
    assert_eq!(frame.column("name").unwrap().str().unwrap().get(0), Some(" a "));
    assert_eq!(frame.column("seen").unwrap().get(3).unwrap().to_string(), "2024-02-04 10:11:12");
    assert_eq!(frame.column("us").unwrap().get(3).unwrap().to_string(), "2023-04-13 08:30:00");
    // And once more from there: the cell shows the time, though only the day is compared.
    let again = read(&write(folder.path(), "out.parquet", parquet)).unwrap();
    assert_eq!(again.table.column("seen").unwrap().cell(3), "2024-02-04 10:11:12");
    assert_eq!(again.table.column("us").unwrap().cell(3), "2023-04-13 08:30");
    assert_eq!(again.table.column("day").unwrap().cell(3), "2024-02-01");
    let mut csv = Vec::new();
    data::write::csv(&again.table, &[], &mut csv, &Ctx::new()).unwrap();
    assert!(String::from_utf8(csv).unwrap().lines().nth(4).unwrap().contains("2024-02-04 10:11:12"));
}

#[test]
fn cells_that_a_spreadsheet_would_run_get_an_apostrophe_where_people_open_the_file() {
    let refunds = read_bytes("in.csv", "id,refund\n1,-$5.00\n2,-$6.50\n3,-$7.00\n").unwrap();
    let mut out = Vec::new();
    assert_eq!(data::write::csv_without_formulas(&refunds.table, &[], &mut out, &Ctx::new()).unwrap(), 0, "a number is no formula");
    let text =
        "id,=name,phone,n\n1,=1+1,+49 171 1234,-5\n2,@SUM(A1),+49 (171) 99,-6\n3,+cmd|' /C calc'!A0,-,7\n4,-2+3,plain,8\n5,a=b,- ,9\n";
    let loaded = read_bytes("in.csv", text).unwrap();
    let mut out = Vec::new();
    let n = data::write::csv_without_formulas(&loaded.table, &[], &mut out, &Ctx::new()).unwrap();
    let expected = "id,'=name,phone,n\n1,'=1+1,+49 171 1234,-5\n2,'@SUM(A1),+49 (171) 99,-6\n3,'+cmd|' /C calc'!A0,-,7\n4,'-2+3,plain,8\n5,a=b,\"- \",9\n";
    assert_eq!((String::from_utf8(out).unwrap().as_str(), n), (expected, 5));
    let mut faithful = Vec::new();
    data::write::csv(&loaded.table, &[], &mut faithful, &Ctx::new()).unwrap();
    assert_eq!(String::from_utf8(faithful).unwrap(), text.replace(",- ,", ",\"- \","));
}

#[test]
fn times_are_converted_to_the_chosen_time_zone() {
    let folder = tempfile::tempdir().unwrap();
    let csv = "id,bought,local\n1,2024-03-30T23:30:00Z,2024-03-30 23:30\n2,2024-03-31T22:30:00+00:00,2024-03-31 22:30\n3,2024-07-01T01:00:00+02:00,2024-07-01 01:00\n";
    let path = write(folder.path(), "shop.csv", csv);
    let in_zone = |zone: Option<&str>| Source::File {
        path: path.clone(),
        read_as: data::ReadAs { zone: zone.map(str::to_owned), ..data::ReadAs::default() },
    };
    let days = |zone: Option<&str>| -> Vec<String> {
        let raw =
            data::read_raw_as(&path, &data::ReadAs { zone: zone.map(str::to_owned), ..data::ReadAs::default() }, &Ctx::new()).unwrap();
        let page = raw.page(0..3, &Ctx::new()).unwrap();
        (0..3).map(|row| format!("{} {}", page.columns[1].cell(row), page.columns[2].cell(row))).collect()
    };
    assert_eq!(days(None)[0], "2024-03-30 23:30 2024-03-30 23:30", "each cell's own clock");
    // Berlin is an hour ahead before 01:00 UTC of the 31st and two hours behind it; cells without a zone stay.
    let berlin = ["2024-03-31 00:30 2024-03-30 23:30", "2024-04-01 00:30 2024-03-31 22:30", "2024-07-01 01:00 2024-07-01 01:00"];
    assert_eq!(days(Some("Europe/Berlin")), berlin);
    let loaded = data::read(&in_zone(Some("Europe/Berlin")), &Ctx::new()).unwrap();
    assert!(notes(&loaded).contains(&"3 times of bought have a UTC offset; they are converted to Europe/Berlin."));
    assert!(matches!(loaded.table.columns[1].values, data::Values::Date(ref days) if days[0] == Some(19_813)), "2024-03-31");
    // What leaves is the moment that counted.
    let mut parquet = Vec::new();
    data::write::parquet(&loaded.table, &[], &mut parquet, &Ctx::new()).unwrap();
    let again = read(&write(folder.path(), "out.parquet", parquet)).unwrap();
    assert_eq!(again.table.column("bought").unwrap().cell(0), "2024-03-31 00:30");
    let error = data::read(&in_zone(Some("Berlin")), &Ctx::new()).unwrap_err().to_string();
    assert_eq!(error, "there is no time zone called Berlin; choose one such as Europe/Berlin, America/New_York, UTC or +02:00.");
    assert_ne!(data::stamp(&in_zone(None), &Ctx::new()).unwrap(), data::stamp(&in_zone(Some("UTC")), &Ctx::new()).unwrap());
}

#[test]
fn times_of_parquet_are_the_local_ones_of_the_zone_that_the_column_names() {
    use polars::prelude::*;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.parquet");
    // 2024-03-30 23:30 and 2024-07-01 12:00, UTC.
    let moments = [1_711_841_400_000_000i64, 1_719_835_200_000_000];
    let zoned = |name: &str, zone: &str| {
        let zone = TimeZone::opt_try_new(Some(zone)).unwrap();
        Int64Chunked::from_slice(name.into(), &moments).into_datetime(TimeUnit::Microseconds, zone).into_series().into_column()
    };
    let mut frame = DataFrame::new(2, vec![zoned("berlin", "Europe/Berlin"), zoned("utc", "UTC")]).unwrap();
    ParquetWriter::new(std::fs::File::create(&path).unwrap()).finish(&mut frame).unwrap();
    let shown = |zone: Option<&str>| {
        let read_as = data::ReadAs { zone: zone.map(str::to_owned), ..data::ReadAs::default() };
        let loaded = data::read(&Source::File { path: path.clone(), read_as: read_as.clone() }, &Ctx::new()).unwrap();
        let raw = data::read_raw_as(&path, &read_as, &Ctx::new()).unwrap();
        let page = raw.page(0..2, &Ctx::new()).unwrap();
        for at in 0..2 {
            for row in 0..2 {
                assert_eq!(page.columns[at].cell(row), loaded.table.columns[at].cell(row), "a source and a table are read alike");
            }
        }
        let cells = loaded.table.columns.iter().map(|column| format!("{}, {}", column.cell(0), column.cell(1))).collect::<Vec<_>>();
        (cells, notes(&loaded)[0].to_owned())
    };
    let (cells, told) = shown(None);
    assert_eq!(cells, ["2024-03-31 00:30, 2024-07-01 14:00", "2024-03-30 23:30, 2024-07-01 12:00"]);
    assert_eq!(told, "2 times of berlin are in the time zone Europe/Berlin; their local day and hour count, unless another is chosen.");
    let (cells, told) = shown(Some("America/New_York"));
    assert_eq!(cells, ["2024-03-30 19:30, 2024-07-01 08:00", "2024-03-30 19:30, 2024-07-01 08:00"]);
    assert_eq!(told, "2 times of berlin are converted from Europe/Berlin to America/New_York.");
}

#[test]
fn added_columns_keep_their_names_and_do_no_harm() {
    let loaded = read_bytes("in.csv", "persona,n\nold,1\nolder,2\n").unwrap();
    let extras = [
        Extra { name: "persona".into(), values: ExtraValues::Whole(vec![Some(1), None]) },
        Extra { name: "persona_name".into(), values: ExtraValues::Text(vec![Some("=HYPERLINK(\"x\")".into()), None]) },
    ];
    let mut out = Vec::new();
    data::write::csv(&loaded.table, &extras, &mut out, &Ctx::new()).unwrap();
    let expected = "persona (input),n,persona,persona_name\nold,1,1,\"'=HYPERLINK(\"\"x\"\")\"\nolder,2,,\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn the_sample_is_understood() {
    let loaded = data::read(&Source::Sample { seed: 0 }, &Ctx::new()).unwrap();
    assert_eq!((loaded.title.as_str(), loaded.table.n_rows), ("Sample customers", sample::N_CUSTOMERS));
    use Kind::*;
    use Role::*;
    for (name, kind, role) in [
        ("customer_id", Text, Identifier),
        ("signup_date", Date, Behavioural),
        ("age", Number, Demographic),
        ("gender", Text, Sensitive),
        ("region", Text, Demographic),
        ("household_size", Number, Demographic),
        ("income", Number, Demographic),
        ("orders", Number, Behavioural),
        ("total_spend", Number, Behavioural),
        ("average_basket", Number, Behavioural),
        ("days_since_last_order", Number, Behavioural),
        ("email_open_rate", Number, Behavioural),
        ("app_sessions", Number, Behavioural),
        ("discount_share", Number, Behavioural),
        ("return_rate", Number, Behavioural),
        ("channel", Text, Behavioural),
        ("device", Text, Behavioural),
        ("newsletter", Text, Behavioural),
        ("satisfaction", Number, Psychographic),
        ("churned", Text, Outcome),
        ("comment", Text, Ignored),
    ] {
        let profile = loaded.profile.column(name).unwrap();
        assert_eq!((profile.kind, profile.guessed_role), (kind, role), "{name}: {}", profile.guess_reason);
    }
    assert!(notes(&loaded).iter().any(|note| note.contains("of age are no number")), "{:?}", notes(&loaded));
    assert_eq!(loaded.table.column("income").unwrap().unit.as_deref(), Some("€"));
    assert_eq!(loaded.stamp, data::stamp(&Source::Sample { seed: 0 }, &Ctx::new()).unwrap());
}

#[test]
fn reading_stops_when_asked() {
    let mut text = String::from("a,b\n");
    (0..200_000).for_each(|i| text += &format!("{i},x{i}\n"));
    let folder = tempfile::tempdir().unwrap();
    let source = Source::file(write(folder.path(), "long.csv", text));
    let counted = Ctx::new();
    data::read(&source, &counted).unwrap();
    for n in [1, 2, counted.checks() / 2, counted.checks() - 1] {
        let ctx = Ctx::stopping_after(n);
        assert_eq!(data::read(&source, &ctx).map(|_| ()), Err(DataError::Stopped(personae::base::Stopped)), "after {n}");
        assert!(ctx.checks() <= n + 8, "{} checks after being stopped at {n}", ctx.checks());
    }
}

#[test]
fn workbooks() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let loaded = read(&fixtures.join("shop.xlsx")).unwrap();
    assert_eq!(shown(&loaded), ["name:T|spend:N|since:D|share:N %", "Anna|12.5|2024-03-09|12.5", "Bob|-|2024-03-10|3"]);
    assert_eq!(
        notes(&loaded),
        [
            "The sheet Customers was read; the workbook also has Cover.",
            "1 line above the table in the sheet Customers is left out.",
            "share uses a decimal comma.",
        ]
    );
    let loaded = read(&fixtures.join("shop.ods")).unwrap();
    assert_eq!(shown(&loaded), ["name:T|spend:N|since:D", "Anna|12.5|2024-03-09", "Bob|-|2024-03-10"]);
    let whole = std::fs::read(fixtures.join("shop.xlsx")).unwrap();
    let error = read_bytes("cut.xlsx", &whole[..whole.len() / 2]).unwrap_err();
    assert_eq!(error.to_string(), "cut.xlsx is a damaged or truncated Excel file (its parts cannot be found); copy or export it again.");
}

#[test]
fn workbooks_of_excel_97_to_2003() {
    let text = |text: &str| Cell::Text(text.to_owned());
    let rows = vec![
        ["name", "orders", "spend", "member", "since", "city"].map(text).to_vec(),
        vec![text("Anna"), Cell::Whole(3), Cell::Number(12.5), Cell::YesNo(true), Cell::Day(45_360), text("Łódź")],
        vec![text("Bob"), Cell::Whole(-7), Cell::Empty, Cell::YesNo(false), Cell::Day(45_361), Cell::Empty],
        vec![text("Zoë"), Cell::Empty, Cell::Number(0.1), Cell::Empty, Cell::Empty, text("Łódź")],
    ];
    let bytes = xls::workbook(&[("Cover", vec![vec![text("Customers of the shop")]]), ("Customers", rows)]);
    let loaded = read_bytes("shop.xls", &bytes).unwrap();
    assert_eq!(
        shown(&loaded),
        [
            "name:T|orders:N|spend:N|member:T|since:D|city:T",
            "Anna|3|12.5|true|2024-03-09|Łódź",
            "Bob|-7|-|false|2024-03-10|-",
            "Zoë|-|0.1|-|-|Łódź",
        ]
    );
    assert_eq!(notes(&loaded), ["The sheet Customers was read; the workbook also has Cover."]);
    let error = read_bytes("cut.xls", &bytes[..bytes.len() / 2]).unwrap_err();
    assert!(error.to_string().starts_with("cut.xls is a damaged or truncated Excel file ("), "{error}");
}

#[test]
fn arrow_files() {
    use polars::prelude::{DataFrame, DataType, IntoColumn, IpcWriter, NamedFrom, SerWriter, Series};
    let days = Series::new("since".into(), [Some(19_791i32), None]).cast(&DataType::Date).unwrap();
    let columns = vec![
        Series::new("name".into(), [Some("Anna"), None]).into_column(),
        Series::new("orders".into(), [3i64, 4]).into_column(),
        Series::new("spend".into(), [Some(1.5), Some(f64::INFINITY)]).into_column(),
        Series::new("id".into(), [9_007_199_254_740_993i64, 1]).into_column(),
        Series::new("member".into(), [true, false]).into_column(),
        days.into_column(),
    ];
    let mut bytes = Vec::new();
    IpcWriter::new(&mut bytes).finish(&mut DataFrame::new(2, columns).unwrap()).unwrap();
    let loaded = read_bytes("a.arrow", bytes).unwrap();
    let header = "name:T|orders:N|spend:N|id:T|member:T|since:D";
    assert_eq!(shown(&loaded), [header, "Anna|3|1.5|9007199254740993|true|2024-03-09", "-|4|-|1|false|-"]);
    assert_eq!(notes(&loaded), ["1 cell of spend is infinite; it counts as missing."]);
}

#[test]
fn tables_wider_than_anything_can_be_made_of_are_refused_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wide.csv");
    let line = |cell: &dyn Fn(usize) -> String| (0..20_001).map(cell).collect::<Vec<_>>().join(",") + "\n";
    std::fs::write(&path, line(&|at| format!("column {at}")) + &line(&|at| at.to_string()) + &line(&|at| (at * 3).to_string())).unwrap();
    let told = "wide.csv has 20 001 columns, and at most 20 000 can be compared";
    // Thousands are set apart by a space that does not break.
    let plain = |text: String| text.replace(char::is_whitespace, " ");
    let as_table = personae::data::read(&personae::data::Source::file(&path), &personae::base::Ctx::new()).unwrap_err().to_string();
    let as_source = personae::data::read_raw(&path, &personae::base::Ctx::new()).unwrap_err().to_string();
    let (as_table, as_source) = (plain(as_table), plain(as_source));
    assert!(as_table.contains(told) && as_source.contains(told), "{as_table} {as_source}");
}

#[test]
fn a_workbook_with_a_cell_in_the_last_corner_is_refused_before_it_is_unfolded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("far.xlsx");
    std::fs::write(&path, include_bytes!("../fixtures/far.xlsx")).unwrap();
    let error = personae::data::read(&personae::data::Source::file(&path), &personae::base::Ctx::new()).unwrap_err().to_string();
    assert!(error.contains("far.xlsx cannot be held") && error.contains("reaches to cell XFD1048576"), "{error}");
}
