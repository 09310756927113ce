//! Reading sources: times of day, chunks against the ordinary reader, folders, Parquet, and rows that do not fit into memory.

use std::path::{Path, PathBuf};

use personae::base::Ctx;
use personae::data::{self, Kind, Raw, ReadOptions, Source};

/// Files with these contents in a folder that is gone with the value.
fn files(contents: &[(&str, &[u8])]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in contents {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let path = folder.path().to_owned();
    (folder, path)
}

fn read(path: &Path) -> Result<Raw, String> {
    data::read_raw(path, &Ctx::new()).map_err(|error| error.to_string())
}

/// Small chunks and no sample to speak of, so that every rule about chunks is met.
const TINY: ReadOptions = ReadOptions { chunk_bytes: 64, sample_bytes: 200, keep_bytes: u64::MAX };

fn read_tiny(path: &Path, options: ReadOptions) -> Raw {
    data::read_raw_with(path, &options, &Ctx::new()).unwrap()
}

/// Name, kind, `t` for times and the number of unreadable cells: "date:Dt amount:N!2".
fn columns(raw: &Raw) -> String {
    let one = |column: &data::RawColumn| {
        let kind = match column.kind {
            Kind::Number => "N",
            Kind::Date => "D",
            Kind::Text => "T",
        };
        let bad = if column.n_unreadable > 0 { format!("!{}", column.n_unreadable) } else { String::new() };
        format!("{}:{kind}{}{bad}", column.name, if column.has_time { "t" } else { "" })
    };
    raw.columns.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// All rows as the window shows them, cells between bars.
fn rows(raw: &Raw) -> Vec<String> {
    page(raw, 0..raw.n_rows)
}

fn page(raw: &Raw, range: std::ops::Range<usize>) -> Vec<String> {
    let table = raw.page(range, &Ctx::new()).unwrap();
    let row = |row: usize| table.columns.iter().map(|column| column.cell(row)).collect::<Vec<_>>().join("|");
    (0..table.n_rows).map(row).collect()
}

fn notes(raw: &Raw) -> Vec<&str> {
    raw.notes.iter().map(|note| note.0.as_str()).collect()
}

/// Reads text as a file, whole and in tiny chunks (which must agree), and checks columns, rows and notes.
fn check(text: &str, expected_columns: &str, expected_rows: &[&str], expected_notes: &[&str]) {
    let (_folder, path) = files(&[("orders.csv", text.as_bytes())]);
    let raw = read(&path.join("orders.csv")).unwrap();
    assert_eq!(columns(&raw), expected_columns, "{text}");
    assert_eq!(rows(&raw), expected_rows, "{text}");
    assert_eq!(notes(&raw), expected_notes, "{text}");
    let tiny = read_tiny(&path.join("orders.csv"), ReadOptions { sample_bytes: 4 << 20, ..TINY });
    assert_eq!((columns(&tiny), rows(&tiny), notes(&tiny)), (columns(&raw), rows(&raw), notes(&raw)), "{text}");
}

#[test]
fn times_of_day_stay() {
    check(
        "id,when\n1,2010-12-01 08:26\n2,\n3,2010-12-01 20:05\n",
        "id:N when:Dt",
        &["1|2010-12-01 08:26", "2|", "3|2010-12-01 20:05"],
        &[],
    );
    check(
        "id,when\n1,12/1/2010 8:26 PM\n2,12/13/2010 12:00:30 AM\n",
        "id:N when:Dt",
        &["1|2010-12-01 20:26:00", "2|2010-12-13 00:00:30"],
        &[],
    );
    // The clock of the shop is kept, in winter as in summer.
    check(
        "when,n\n2024-03-09T23:30+02:00,1\n2024-03-10T01:30+02:00,2\n",
        "when:Dt n:N",
        &["2024-03-09 23:30|1", "2024-03-10 01:30|2"],
        &[],
    );
    check(
        "order_date,n\n2024-03-09T23:30+01:00,1\n2024-07-10T01:30+02:00,2\n2024-07-10 12:00,3\n",
        "order_date:Dt n:N",
        &["2024-03-09 23:30|1", "2024-07-10 01:30|2", "2024-07-10 12:00|3"],
        &["order_date has times in several time zones (1 cell in UTC+1, 1 cell in UTC+2 and 1 cell without one); each cell's own day and \
           hour are used."],
    );
}

#[test]
fn two_date_formats_in_one_column_are_told() {
    check(
        "when,n\n31/12/1999,1\n12/30/1999,2\n30/11/1999,3\n03/04/1999,4\n",
        "when:D n:N",
        &["1999-12-31|1", "1999-12-30|2", "1999-11-30|3", "1999-04-03|4"],
        &["when mixes date formats: 2 cells like 31/12/1999, day first and 1 cell like 12/30/1999, month first; each is read by its own \
           format; 1 cell that could be either, such as 03/04/1999, is read with the day first."],
    );
    check(
        "when,n\n1999-12-31,1\n31/12/1999,2\n",
        "when:D n:N",
        &["1999-12-31|1", "1999-12-31|2"],
        &["when mixes date formats: 1 cell like 1999-12-31 and 1 cell like 31/12/1999, day first; each is read by its own format."],
    );
}

#[test]
fn one_wrong_cell_costs_no_column_of_days() {
    for (spelled, kind) in [("199701", "D"), ("1997-01-", "D"), ("3. Mrz. 19", "D"), ("458", "D")] {
        let days: String = (10..50).map(|at| format!("{at},{spelled}{}\n", 10 + at % 18)).collect();
        let (_folder, path) = files(&[("orders.csv", format!("id,date\n{days}99,date\n").as_bytes())]);
        let path = path.join("orders.csv");
        for raw in [read(&path).unwrap(), read_tiny(&path, ReadOptions { sample_bytes: 4 << 20, ..TINY })] {
            assert_eq!(columns(&raw), format!("id:N date:{kind}!1"), "{spelled}");
            assert!(raw.notes[0].0.starts_with("1 cell of date is no date (\"date\"); it counts as missing"), "{:?}", raw.notes);
        }
        let table = data::read(&Source::file(path), &Ctx::new()).unwrap();
        assert_eq!(table.table.columns[1].kind(), Kind::Date, "{spelled}: the other reader says the same");
        assert_eq!((table.table.columns[1].is_missing(39), table.table.columns[1].is_missing(40)), (false, true));
    }
}

#[test]
fn months_of_seven_languages_in_one_column() {
    check(
        "n,when\n1,3. März 2023\n2,3 févr. 2023\n3,1er août 2023\n4,03-dic-2023\n5,3 de abril de 2023\n6,\"vr 5 mei 2023\"\n7,5 giugno 23 10:30\n",
        "n:N when:Dt",
        &[
            "1|2023-03-03 00:00",
            "2|2023-02-03 00:00",
            "3|2023-08-01 00:00",
            "4|2023-12-03 00:00",
            "5|2023-04-03 00:00",
            "6|2023-05-05 00:00",
            "7|2023-06-05 10:30",
        ],
        &[],
    );
}

#[test]
fn the_number_that_runs_is_the_day() {
    let days: String = (1..=10).map(|day| format!("{day},12/{day}/2010 8:26\n")).collect();
    let (_folder, path) = files(&[("orders.csv", format!("n,when\n{days}").as_bytes())]);
    let raw = read(&path.join("orders.csv")).unwrap();
    assert_eq!((rows(&raw)[1].as_str(), rows(&raw)[9].as_str()), ("2|2010-12-02 08:26", "10|2010-12-10 08:26"));
    assert_eq!(
        notes(&raw),
        [
            "Dates of when such as 12/1/2010 8:26 could be read two ways; the first number is always 12 while the second takes 10 values, so \
          the month is taken first (2010-12-01)."
        ]
    );
    // Days first: the second number stays.
    let days: String = (1..=10).map(|day| format!("{day},{day}/11/2010\n")).collect();
    let (_folder, path) = files(&[("orders.csv", format!("n,when\n{days}").as_bytes())]);
    let raw = read(&path.join("orders.csv")).unwrap();
    assert_eq!(rows(&raw)[9], "10|2010-11-10");
    assert!(notes(&raw)[0].contains("so the day is taken first"), "{:?}", raw.notes);
}

#[test]
fn numbers_of_days_as_excel_counts_are_days_beside_dates_and_under_a_name() {
    check(
        "n,seen\n1,2023-12-31\n2,45291\n3,45292.5\n4,2024-01-03\n",
        "n:N seen:Dt",
        &["1|2023-12-31 00:00", "2|2023-12-31 00:00", "3|2024-01-01 12:00", "4|2024-01-03 00:00"],
        &[
            "seen mixes date formats: 2 cells like 2023-12-31 and 2 cells like 45291, days as Excel counts them; each is read by its own format.",
        ],
    );
    check(
        "n,order_date,income\n1,45291,45291\n2,45292,45292\n",
        "n:N order_date:D income:N",
        &["1|2023-12-31|45291", "2|2024-01-01|45292"],
        &["order_date holds days as Excel counts them; 45291 is read as 2023-12-31."],
    );
}

#[test]
fn dates_that_a_spreadsheet_has_turned_are_turned_back_and_told() {
    let texts: String = (13..=28).map(|day| format!("{day},{day}-01-2013\n")).collect();
    let turned: String = (1..=12).map(|day| format!("{day},2013-{day:02}-01\n")).collect();
    let (_folder, path) = files(&[("orders.csv", format!("n,when\n{turned}{texts}").as_bytes())]);
    let raw = read(&path.join("orders.csv")).unwrap();
    assert_eq!((rows(&raw)[6].as_str(), rows(&raw)[12].as_str()), ("7|2013-01-07", "13|2013-01-13"));
    assert!(
        notes(&raw)[0].starts_with("A spreadsheet has damaged when: all 12 cells that are true dates lie in days 1 to 12"),
        "{:?}",
        raw.notes
    );
    assert!(notes(&raw)[0].ends_with("(2013-02-01 is read as 2013-01-02)."), "{:?}", raw.notes);
    // One true date behind the twelfth, and nothing was turned.
    let (_folder, path) = files(&[("orders.csv", format!("n,when\n{turned}{texts}40,2013-01-30\n").as_bytes())]);
    let raw = read(&path.join("orders.csv")).unwrap();
    assert_eq!(rows(&raw)[6], "7|2013-07-01");
}

#[test]
fn points_before_three_digits_separate_thousands_where_the_file_says_so() {
    let semicolons = "id;spend\n1;1.000\n2;12.137\n3;999\n";
    let told =
        "The point in spend (\"1.000\") could mean two things; it is read as separating thousands, as usual in files with semicolons.";
    check(semicolons, "id:N spend:N", &["1|1000", "2|12137", "3|999"], &[told]);
    let names = "nr\tUmsatz\n1\t1.000\n2\t12.137\n";
    let told = "The point in Umsatz (\"1.000\") could mean two things; it is read as separating thousands, as usual in the language of the \
                file's column names.";
    check(names, "nr:N Umsatz:N", &["1|1000", "2|12137"], &[told]);
    let told = "The point in spend (\"1.001\") could mean two things; it is read as a decimal point.";
    check("id,spend\n1,1.001\n2,12.137\n", "id:N spend:N", &["1|1.001", "2|12.137"], &[told]);
    // Any other cell that tells ends the doubt: decimals, and thousands without a sign.
    check("id;spend\n1;1.001\n2;12.1\n", "id:N spend:N", &["1|1.001", "2|12.1"], &[]);
    check("id;spend\n1;1.001\n2;1500\n", "id:N spend:N", &["1|1.001", "2|1500"], &[]);
}

#[test]
fn several_answers_per_cell_are_text() {
    let told = "channels looks like several answers per cell (5 cells, such as \"1,2\"); it is read as text, not as numbers with decimals.";
    let text = "id,channels\n1,\"1,2\"\n2,3\n3,\"2,3\"\n4,\"1,2\"\n5,1\n6,\"1,3\"\n7,\"2,3\"\n";
    check(text, "id:N channels:T", &["1|1,2", "2|3", "3|2,3", "4|1,2", "5|1", "6|1,3", "7|2,3"], &[told]);
    let (_folder, path) = files(&[
        ("a.csv", b"id;q\n1;1,2,4\n2;3\n3;2,3\n4;1,4\n"),
        ("b.csv", b"id;x;y\n1;1,2;0,5\n2;2,3;0,7\n3;1,2;0,9\n4;1,2;1,0\n5;1,2;3,1\n"),
    ]);
    assert_eq!(columns(&read(&path.join("a.csv")).unwrap()), "id:N q:T");
    assert_eq!(columns(&read(&path.join("b.csv")).unwrap()), "id:N x:N y:N", "decimals that happen to rise");
}

#[test]
fn money_of_other_countries() {
    for (cells, expected) in [
        (["R$ 1.100,50", "R$ 99,00"], ["1100.5", "99"]),
        (["₹1,00,000.00", "₹ 500.50"], ["100000", "500.5"]),
        (["INR 12,34,567", "Rs. 500"], ["1234567", "500"]),
        (["RM12.50", "RM 1,200.00"], ["12.5", "1200"]),
        (["1.234,50\u{a0}TL", "99,50 ₺"], ["1234.5", "99.5"]),
        (["12\u{202f}345,60 zł", "5,00 PLN"], ["12345.6", "5"]),
        (["1 234,50 ₽", "99,50 руб."], ["1234.5", "99.5"]),
    ] {
        let [one, other] = cells;
        let (_folder, path) = files(&[("orders.csv", format!("id,total\n1,\"{one}\"\n2,\"{other}\"\n").as_bytes())]);
        let raw = read(&path.join("orders.csv")).unwrap();
        assert_eq!(columns(&raw), "id:N total:N", "{cells:?}");
        assert_eq!(rows(&raw), [format!("1|{}", expected[0]), format!("2|{}", expected[1])], "{cells:?}");
        assert!(notes(&raw).iter().all(|note| !note.contains("mixes")), "{:?}", raw.notes);
    }
    // Letters glued to whole numbers are codes.
    check("id,item\n1,RM1001\n2,RM1002\n", "id:N item:T", &["1|RM1001", "2|RM1002"], &[]);
}

#[test]
fn mixed_currencies_are_told() {
    check(
        "id,amount\n1,€ 10\n2,$ 12\n3,€ 7.50\n",
        "id:N amount:N",
        &["1|10", "2|12", "3|7.5"],
        &["amount mixes € (2 cells, such as \"€ 10\") and $ (1 cell, such as \"$ 12\"); the numbers are taken as they stand, nothing is \
           converted, and € is shown."],
    );
}

#[test]
fn days_written_as_numbers_and_columns_between_blanks() {
    let text = " customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n 00002 19970112 10  112.00\n";
    check(text, "customer_id:T date:D number_of_cds:N dollar_value:N", &["00001|1997-01-01|1|11.77", "00002|1997-01-12|10|112"], &[]);
    // A column that is called otherwise and has few of them is one of numbers; one that no day fits as well.
    check("code,date\n19970101,19970101\n19970102,19970199\n", "code:N date:N", &["19970101|19970101", "19970102|19970199"], &[]);
    let no_header: String = (1..=24).map(|i| format!(" 0000{} 1997{:02}01  {i}   {i}.29\n", i % 9, 1 + i % 12)).collect();
    let (_folder, path) = files(&[("sample.txt", no_header.as_bytes())]);
    let raw = read(&path.join("sample.txt")).unwrap();
    assert_eq!(columns(&raw), "column 1:T column 2:D column 3:N column 4:N");
    let table = data::read(&Source::file(path.join("sample.txt")), &Ctx::new()).unwrap().table;
    assert_eq!((table.columns.len(), table.n_rows), (4, 24), "an ordinary table is cut the same way");
}

#[test]
fn unreadable_cells_are_counted_and_keys_stay_whole() {
    let mut text = String::from("id,amount,code,long\n");
    for i in 0..100 {
        let amount = if i % 50 == 7 { format!("broken {i}") } else { format!("{i}.5") };
        text += &format!("{i}.0,{amount},{:04},9007199254740993{i}\n", i);
    }
    let (_folder, path) = files(&[("orders.csv", text.as_bytes())]);
    let raw = read(&path.join("orders.csv")).unwrap();
    assert_eq!(columns(&raw), "id:N amount:N!2 code:T long:T");
    assert_eq!(raw.column("amount").unwrap().unreadable, ["broken 7", "broken 57"]);
    assert_eq!(page(&raw, 99..100), ["99|99.5|0099|900719925474099399"]);
    assert_eq!(notes(&raw), ["2 cells of amount are no number (\"broken 7\", \"broken 57\"); they count as missing."]);
}

/// Orders as a shop writes them: quotes with line ends, blanks, a row too short, odd cells here and there.
fn shop(n: usize) -> String {
    let mut text = String::from("order_id,customer,when,amount,note\n");
    for i in 0..n {
        let when = format!("2011-{:02}-{:02} {:02}:{:02}", 1 + i % 12, 1 + i % 28, i % 24, i % 60);
        let amount = if i % 97 == 13 { "n/a".to_owned() } else { format!("{}.{:02}", i % 211, i % 100) };
        let note = if i % 11 == 3 { format!("\"two\nlines, and \"\"{i}\"\"\"") } else { String::from("plain") };
        text += &if i % 89 == 5 { format!("{i},C{},{when}\n", i % 40) } else { format!("{i}, C{} ,{when},{amount},{note}\n", i % 40) };
    }
    text
}

#[test]
fn chunks_are_the_ordinary_reader() {
    let text = shop(700);
    let western: Vec<u8> = text.replace("plain", "caf\u{e9}").chars().map(|c| c as u32 as u8).collect();
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let returns = text.replace("two\nlines", "two lines").replace('\n', "\r");
    for bytes in [text.clone().into_bytes(), western, utf16, returns.into_bytes(), text.replace('\n', "\r\n").into_bytes()] {
        let (_folder, path) = files(&[("shop.csv", &bytes)]);
        let path = path.join("shop.csv");
        let ordinary = data::read(&Source::file(path.clone()), &Ctx::new()).unwrap();
        for options in [TINY, ReadOptions { chunk_bytes: 5000, ..TINY }, ReadOptions::default()] {
            let raw = read_tiny(&path, options);
            assert_eq!(columns(&raw), "order_id:N customer:T when:Dt amount:N note:T");
            assert_eq!(raw.stamp, ordinary.stamp);
            let told: Vec<&str> = ordinary.notes.iter().map(|note| note.0.as_str()).filter(|note| !note.contains("times of day")).collect();
            assert_eq!(notes(&raw), told);
            let page = raw.page(0..raw.n_rows, &Ctx::new()).unwrap();
            assert_eq!(page.n_rows, ordinary.table.n_rows);
            for (mine, theirs) in page.columns.iter().zip(&ordinary.table.columns) {
                for row in 0..page.n_rows {
                    assert_eq!((mine.number(row), mine.text(row)), (theirs.number(row), theirs.text(row)), "{} of row {row}", mine.name);
                }
            }
        }
    }
}

#[test]
fn what_no_sample_met_is_read_again() {
    // The first and the sampled rows are whole, without times, day first by default; the last ones say otherwise.
    let mut text = String::from("n,when,price,late\n");
    (0..400).for_each(|i| text += &format!("{i},0{}/04/2024,5,\n", 1 + i % 9));
    (0..10).for_each(|i| text += &format!("{i}.25,04/2{}/2024 10:0{i},6,2024-05-0{}\n", i % 9, 1 + i % 9));
    let (_folder, path) = files(&[("orders.csv", text.as_bytes())]);
    let (small, whole) = (read_tiny(&path.join("orders.csv"), TINY), read(&path.join("orders.csv")).unwrap());
    assert_eq!(columns(&small), "n:N when:Dt price:N late:D");
    assert_eq!((columns(&small), rows(&small)), (columns(&whole), rows(&whole)));
    assert_eq!(page(&small, 400..401), ["0.25|2024-04-20 10:00|6|2024-05-01"]);
    assert_eq!(page(&small, 0..1), ["0|2024-01-04 00:00|5|"], "the month is first, as the certain ones say");
    // More than one cell in twenty that is no number: text, with every cell as it stood.
    let mut text = String::from("code,n\n");
    (0..300).for_each(|i| text += &format!("{i},1\n"));
    (0..40).for_each(|i| text += &format!("A{i},1\n"));
    let (_folder, path) = files(&[("codes.csv", text.as_bytes())]);
    let small = read_tiny(&path.join("codes.csv"), TINY);
    assert_eq!((columns(&small).as_str(), page(&small, 339..340)), ("code:T n:N", vec!["A39|1".to_owned()]));
}

#[test]
fn rows_beside_memory_are_the_same_rows() {
    let (_folder, path) = files(&[("shop.csv", shop(500).as_bytes())]);
    let path = path.join("shop.csv");
    let kept = read_tiny(&path, TINY);
    let aside = read_tiny(&path, ReadOptions { chunk_bytes: 2000, keep_bytes: 6000, ..TINY });
    assert_eq!((columns(&aside), rows(&aside), notes(&aside)), (columns(&kept), rows(&kept), notes(&kept)));
    assert_eq!(page(&aside, 321..324), page(&kept, 321..324));
    assert_eq!((aside.bytes(), kept.bytes() > 0), (0, true));
    let again = aside.clone();
    drop(aside);
    assert_eq!(rows(&again).len(), 500, "the rows stay as long as anybody holds them");
}

#[test]
fn threads_do_not_matter() {
    let (_folder, path) = files(&[("shop.csv", shop(900).as_bytes())]);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let raw = read_tiny(&path.join("shop.csv"), ReadOptions { chunk_bytes: 4000, ..TINY });
            (columns(&raw), rows(&raw), format!("{:?}", raw.notes), raw.stamp)
        })
    };
    assert_eq!(with(1), with(8));
}

#[test]
fn a_quote_that_is_never_closed_is_a_character() {
    let text = "a,b\n1,x\n2,\"open\n3,y\n4,z\n";
    let expected = ["A quotation mark in line 3 is never closed; it is read as a character."];
    check(text, "a:N b:T", &["1|x", "2|\"open", "3|y", "4|z"], &expected);
}

#[test]
fn parquet_is_read_in_batches() {
    let (_folder, folder) = files(&[("shop.csv", b"id,when,spend,city\n1,2024-01-05,2.5,Oslo\n2,2024-02-06,3,\n3,,4,Bergen\n")]);
    let table = data::read(&Source::file(folder.join("shop.csv")), &Ctx::new()).unwrap().table;
    let path = folder.join("shop [1].parquet");
    data::write::parquet(&table, &[], std::fs::File::create(&path).unwrap(), &Ctx::new()).unwrap();
    let raw = read(&path).unwrap();
    assert_eq!((columns(&raw).as_str(), raw.n_rows), ("id:N when:D spend:N city:T", 3));
    assert_eq!(rows(&raw), ["1|2024-01-05|2.5|Oslo", "2|2024-02-06|3|", "3||4|Bergen"]);
    assert_eq!(raw.stamp, data::stamp_raw(&path, &Ctx::new()).unwrap());
    assert_eq!(page(&raw, 3..9), Vec::<String>::new());
}

#[test]
fn stored_types_are_brought_to_the_few_that_queries_know() {
    use polars::prelude::*;
    let folder = tempfile::tempdir().unwrap();
    let minutes = |minutes: &[i64]| Int64Chunked::from_slice("".into(), minutes).into_datetime(TimeUnit::Microseconds, None).into_series();
    let columns = vec![
        Column::new("id".into(), [1u32, 2]),
        Column::from(minutes(&[1_291_191_960_000_000, 0]).with_name("when".into())),
        Column::from(minutes(&[1_291_161_600_000_000, 0]).with_name("day".into())),
        Column::new("ok".into(), [Some(true), None]),
        Column::new("spend".into(), [f64::INFINITY, 1.5]),
        Column::new("^city.*$".into(), ["", "Oslo"]),
    ];
    for path in in_both_formats(folder.path(), DataFrame::new(2, columns).unwrap()) {
        let raw = read(&path).unwrap();
        assert_eq!(columns_and_types(&raw), "id:i64 when:datetime[ms] day:date ok:str spend:f64 ^city.*$:str");
        assert_eq!(rows(&raw), ["1|2010-12-01 08:26|2010-12-01|true||", "2|1970-01-01 00:00|1970-01-01||1.5|Oslo"]);
    }
}

#[test]
fn what_nests_is_json_to_a_query_and_what_is_binary_is_left_out_aloud() {
    use polars::prelude::*;
    let folder = tempfile::tempdir().unwrap();
    let device = DataFrame::new(2, vec![Column::new("category".into(), [Some("mobile"), None])]).unwrap();
    let columns = vec![
        Column::new("id".into(), [1i64, 2]),
        device.into_struct("device".into()).into_series().into_column(),
        Column::new("tags".into(), [Series::new("".into(), ["a", "b"]), Series::new_empty("".into(), &DataType::String)]),
        Column::new("bytes".into(), [&b"x"[..], &b"y"[..]]),
    ];
    for path in in_both_formats(folder.path(), DataFrame::new(2, columns).unwrap()) {
        let raw = read(&path).unwrap();
        assert_eq!(columns_and_types(&raw), "id:i64 device:str tags:str");
        assert_eq!(rows(&raw), [r#"1|{"category":"mobile"}|["a","b"]"#, "2||"]);
        assert_eq!(raw.notes[0].0, "bytes holds binary, which is neither a number, a date nor text; it is left out.");
    }
}

#[test]
fn keys_are_whole_numbers_to_a_query() {
    let (_folder, folder) = files(&[("orders.csv", b"customer,order,price,when\n17850.0,1,2.5,2024-01-05 10:30\n,2,3,2024-01-06 11:00\n")]);
    let raw = read(&folder.join("orders.csv")).unwrap();
    assert_eq!(columns_and_types(&raw), "customer:i64 order:i64 price:f64 when:datetime[ms]");
}

/// A frame as a Parquet and as an Arrow file.
fn in_both_formats(folder: &Path, mut frame: polars::prelude::DataFrame) -> [PathBuf; 2] {
    use polars::prelude::{IpcWriter, ParquetWriter, SerWriter};
    let paths = ["shop.parquet", "shop.arrow"].map(|name| folder.join(name));
    ParquetWriter::new(std::fs::File::create(&paths[0]).unwrap()).finish(&mut frame).unwrap();
    IpcWriter::new(std::fs::File::create(&paths[1]).unwrap()).finish(&mut frame).unwrap();
    paths
}

/// The types a query sees.
fn columns_and_types(raw: &Raw) -> String {
    let schema = raw.lazy().collect_schema().unwrap();
    schema.iter().map(|(name, dtype)| format!("{name}:{dtype}")).collect::<Vec<_>>().join(" ")
}

#[test]
fn objects_keep_their_times() {
    let json = br#"[{"id": 1, "when": "2024-01-05 10:30", "code": "007"}, {"id": 2, "when": "2024-01-06 11:00", "code": "008"}]"#;
    let (_folder, folder) = files(&[("orders.json", json)]);
    let raw = read(&folder.join("orders.json")).unwrap();
    assert_eq!(columns(&raw), "id:N when:Dt code:T");
    assert_eq!((rows(&raw), notes(&raw).len()), (vec!["1|2024-01-05 10:30|007".into(), "2|2024-01-06 11:00|008".into()], 0));
}

#[test]
fn a_folder_is_one_source() {
    let (_folder, folder) = files(&[
        ("orders-2.csv", b"id,amount,when\n3,x7,2024-01-03 10:00\n4,x8,2024-01-04 11:00\n"),
        ("orders-1.csv", b"id,amount,shop,when\n1,5,A,2024-01-01\n2,6.5,B,2024-01-02\n"),
        ("orders-3.csv", b"id,amount\n"),
        ("readme.md", b"not data"),
        ("~$orders-1.xlsx", b"lock"),
        (".orders-0.csv", b"id\n9\n"),
    ]);
    let raw = read(&folder).unwrap();
    assert_eq!(columns(&raw), "id:N amount:T shop:T when:Dt");
    assert_eq!(rows(&raw), ["1|5|A|2024-01-01 00:00", "2|6.5|B|2024-01-02 00:00", "3|x7||2024-01-03 10:00", "4|x8||2024-01-04 11:00"]);
    assert_eq!(page(&raw, 1..3), rows(&raw)[1..3]);
    let title = folder.file_name().unwrap().to_string_lossy();
    assert_eq!(
        notes(&raw),
        [
            format!("{title} stands for 2 files.").as_str(),
            "orders-3.csv has no rows; it is left out.",
            "amount holds numbers in orders-1.csv and text in orders-2.csv; it is read as text.",
            "1 file has no column shop (orders-2.csv); it is missing in their rows.",
        ]
    );
    let names: Vec<String> = raw.files.iter().map(|file| file.path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["orders-1.csv", "orders-2.csv", "orders-3.csv"]);
    assert!(raw.files.iter().all(|file| file.bytes > 0 && file.modified.is_some()));
    assert_eq!(raw.stamp, data::stamp_raw(&folder, &Ctx::new()).unwrap());
    // Age is no part of the stamp; names and contents are.
    std::fs::write(folder.join("orders-3.csv"), b"id,amount\n").unwrap();
    assert_eq!(raw.stamp, data::stamp_raw(&folder, &Ctx::new()).unwrap());
    std::fs::rename(folder.join("orders-2.csv"), folder.join("orders-4.csv")).unwrap();
    assert_ne!(raw.stamp, data::stamp_raw(&folder, &Ctx::new()).unwrap());
}

#[test]
fn a_pattern_finds_files() {
    let (_folder, folder) =
        files(&[("jan-24.csv", b"id\n1\n"), ("feb-24.csv", b"id\n2\n"), ("jan-25.csv", b"id\n3\n"), ("x.csv", b"id\n4\n")]);
    assert_eq!(rows(&read(&folder.join("???-24.csv")).unwrap()), ["2", "1"]);
    assert_eq!(rows(&read(&folder.join("jan-*.csv")).unwrap()), ["1", "3"]);
    let none = read(&folder.join("march-*.csv")).unwrap_err();
    assert!(none.contains("matches march-*.csv") && none.contains(&folder.display().to_string()), "{none}");
    assert!(read(&folder.join("gone").join("*.csv")).unwrap_err().contains("gone does not exist"));
}

#[test]
fn what_is_not_there_is_said() {
    let (_folder, folder) = files(&[("readme.md", b"no data")]);
    assert!(read(&folder).unwrap_err().contains("is a folder without any file that can be read"));
    assert!(read(&folder.join("orders.csv")).unwrap_err().contains("orders.csv does not exist"));
    std::fs::write(folder.join("empty.csv"), b"").unwrap();
    std::fs::write(folder.join("header.csv"), b"a,b\n").unwrap();
    assert!(read(&folder.join("empty.csv")).unwrap_err().contains("empty.csv is empty"));
    assert!(read(&folder.join("header.csv")).unwrap_err().contains("has column names but no rows"));
    assert!(read(&folder).unwrap_err().contains("has column names but no rows"), "none of its files has any");
    let ctx = Ctx::stopping_after(1);
    std::fs::write(folder.join("full.csv"), b"a,b\n1,2\n").unwrap();
    assert!(data::read_raw(&folder.join("full.csv"), &ctx).is_err(), "a stop is obeyed");
}
