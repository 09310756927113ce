//! Tables that are not clean rectangles: titles above the names, several rows of names, headers in the middle, totals at the end. Do both readers of
//! text, and workbooks, read the customers and nobody else, and do they say what they left out?

use std::path::Path;

use personae::base::Ctx;
use personae::data::{self, DataError, Loaded, Raw, ReadAs, ReadOptions, Source};

/// What every reader says of a file: names, rows, cells of the first and the last row, notes.
#[derive(Debug, PartialEq)]
struct Seen {
    names: Vec<String>,
    n_rows: usize,
    first: String,
    last: String,
    notes: Vec<String>,
}

fn of_table(loaded: &Loaded) -> Seen {
    // Several answers in a cell become columns of their own beside the file's, such as "Q2: 1".
    let names: Vec<&str> = loaded.table.columns.iter().map(|column| column.name.as_str()).collect();
    let is_answer = |name: &str| name.split_once(": ").is_some_and(|(question, _)| names.contains(&question));
    let columns = || loaded.table.columns.iter().filter(|column| !is_answer(&column.name));
    let row = |row: usize| columns().map(|column| column.cell(row)).collect::<Vec<_>>().join("|");
    Seen {
        names: columns().map(|column| column.name.clone()).collect(),
        n_rows: loaded.table.n_rows,
        first: row(0),
        last: row(loaded.table.n_rows - 1),
        notes: loaded.notes.iter().map(|note| note.0.clone()).collect(),
    }
}

fn of_rows(raw: &Raw) -> Seen {
    let row = |at: usize| {
        let page = raw.page(at..at + 1, &Ctx::new()).unwrap();
        page.columns.iter().map(|column| column.cell(0)).collect::<Vec<_>>().join("|")
    };
    Seen {
        names: raw.columns.iter().map(|column| column.name.clone()).collect(),
        n_rows: raw.n_rows,
        first: row(0),
        last: row(raw.n_rows - 1),
        notes: raw.notes.iter().map(|note| note.0.clone()).collect(),
    }
}

/// Reads a file with both readers, which must agree on names, rows and what is told about the shape, and checks it.
fn check_file(path: &Path, names: &str, n_rows: usize, told: &[&str]) -> (Seen, Seen) {
    let table = of_table(&data::read(&Source::file(path.to_owned()), &Ctx::new()).unwrap());
    let raw = of_rows(&data::read_raw(path, &Ctx::new()).unwrap());
    // Chunks of a few bytes, so that titles, header and totals are cut in every place.
    let tiny = ReadOptions { chunk_bytes: 50, sample_bytes: 4 << 20, keep_bytes: u64::MAX };
    let tiny = of_rows(&data::read_raw_with(path, &tiny, &Ctx::new()).unwrap());
    assert_eq!(raw, tiny, "{path:?}");
    for seen in [&table, &raw] {
        assert_eq!((seen.names.join("|").as_str(), seen.n_rows), (names, n_rows), "{path:?} {seen:?}");
        for told in told {
            assert!(seen.notes.iter().any(|note| note.contains(told)), "{told:?} is not in {:#?}", seen.notes);
        }
    }
    (table, raw)
}

/// The same for text of these bytes.
fn check(bytes: impl AsRef<[u8]>, names: &str, n_rows: usize, told: &[&str]) -> (Seen, Seen) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.csv");
    std::fs::write(&path, bytes).unwrap();
    check_file(&path, names, n_rows, told)
}

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

#[test]
fn titles_above_the_names() {
    let rows = |line: &dyn Fn(usize) -> String| (0..40).map(line).collect::<String>();
    let semicolons = rows(&|i| format!("K{i};{};{},50\n", 20 + i % 9, 100 + i));
    for title in ["Kundenbericht vom 01.05.2024\n\n", "Kundenbericht\r\n", "\n\nBericht, erstellt am 01.05.2024\n\n\n", "Bericht;;\n"] {
        let (table, _) =
            check(format!("{title}Kunde;Alter;Umsatz\n{semicolons}"), "Kunde|Alter|Umsatz", 40, &["1 line above the table is left out."]);
        assert_eq!((table.first.as_str(), table.last.as_str()), ("K0|20|100,50", "K39|23|139,50"), "{title:?}");
    }
    let tabs = rows(&|i| format!("K{i}\tBonn\t{i}\n"));
    check(
        format!("Rapport des clients\nCréé le 2024-05-01\n\nclient\tville\tachats\n{tabs}"),
        "client|ville|achats",
        40,
        &["2 lines above the table are left out."],
    );
    let commas = rows(&|i| format!("K{i},{},{}\n", 20 + i, 100 + i));
    check(
        format!("Customer report,,\nCreated,2024-05-01,\n,,\nCustomer,Age,Revenue\n{commas}"),
        "Customer|Age|Revenue",
        40,
        &["above the table"],
    );
    let two = rows(&|i| format!("K{i},{}\n", 100 + i));
    check(format!("Revenue per customer\n\nCustomer,Revenue\n{two}"), "Customer|Revenue", 40, &["1 line above the table is left out."]);
}

#[test]
fn titles_and_a_total_that_does_not_add_up() {
    let told = ["2 lines above the table are left out.", "The last row (Total, 140, 8000) is a total of the others; it is left out."];
    check_file(&fixture("title_rows.csv"), "Customer|Age|Orders|Revenue", 40, &told);
}

#[test]
fn what_only_looks_like_titles_is_none() {
    check("name,age\nAnna,unknown\nBob,30\nCleo,31\nDan,33\n", "name|age", 4, &[]);
    check(",x,y\na,1,2\nb,3,4\n", "column 1|x|y", 2, &[]);
    let (table, _) = check("a,b,c\n1,2,3\n4,5,6\n", "a|b|c", 2, &[]);
    assert_eq!(table.notes, Vec::<String>::new());
}

#[test]
fn several_rows_of_names() {
    let (table, _) = check_file(
        &fixture("qualtrics18.csv"),
        "StartDate|EndDate|Status|Progress|Duration (in seconds)|Finished|ResponseId|Q1|Q2|Q3_1|Q3_2|Q3_3|Q4|Q5_NPS",
        18,
        &["2 rows under the column names describe them (\"Start Date\", for one); they are left out."],
    );
    assert!(table.last.ends_with("|4"), "{}", table.last);
    check_file(&fixture("three_headers.tab"), "age|plan|spend|left", 60, &["2 rows under the column names describe them"]);
    let monkey = "Respondent ID,Start Date,Which do you use?,,What is missing?\n,,Shop,App,Open-Ended Response\n1181,2024-05-01,Shop,,speed\n1182,2024-05-02,,App,\n1183,2024-05-03,Shop,App,none\n";
    check(
        monkey,
        "Respondent ID|Start Date|Which do you use? Shop|Which do you use? App|What is missing?",
        3,
        &["stand in 2 rows and are put together"],
    );
    check(
        monkey.replace("Open-Ended Response", "Offene Antwort"),
        "Respondent ID|Start Date|Which do you use? Shop|Which do you use? App|What is missing?",
        3,
        &[],
    );
    let years = "id,2023,,2024,\n,orders,revenue,orders,revenue\n1,2,3,4,5\n2,3,4,5,6\n3,4,5,6,7\n";
    check(years, "id|2023 orders|2023 revenue|2024 orders|2024 revenue", 3, &["(\"2023 orders\", for one)"]);
}

#[test]
fn a_header_that_comes_again_and_totals() {
    let customers = |from: usize| (from..from + 300).map(|i| format!("K{i},199701{:02},{}.50\n", 1 + i % 28, i)).collect::<String>();
    let pasted =
        format!("customer,date,amount\n{}customer,date,amount\r\n{}customer,date,amount\n{}", customers(0), customers(300), customers(600));
    let (_, raw) = check(&pasted, "customer|date|amount", 900, &["2 rows repeat the column names"]);
    assert_eq!(raw.last, "K899|1997-01-04|899.5");
    assert!(raw.notes.iter().all(|note| !note.contains("no day") && !note.contains("no number")), "{:?}", raw.notes);
    let orders: String = (0..40).map(|i| format!("K{i:03};{};{},50\n", 1 + i % 5, 100 + i)).collect();
    let n: usize = (0..40).map(|i| 1 + i % 5).sum();
    let sum: usize = (0..40).map(|i| 100 + i).sum::<usize>() + 20;
    for word in ["Total", "Summe:", "GESAMT", "Total général", "Totale", "Итого", "Suma total"] {
        let last = format!("{word};{n};{sum},00");
        let (table, _) = check(
            format!("Kunde;Käufe;Umsatz\n{orders}{last}\n"),
            "Kunde|Käufe|Umsatz",
            40,
            &["The last row (", ") is a total of the others; it is left out."],
        );
        assert_eq!(table.last, "K039;5;139,50".replace(';', "|"), "{word}");
    }
    // A company of that name is a customer, and so is one in the middle.
    check("company,city,revenue\nShell,Paris,5\nBP,London,6\nTotal,Paris,7\n", "company|city|revenue", 3, &[]);
    check("company,orders,revenue\nShell,4,5\nTotal,9,6\nBP,3,7\n", "company|orders|revenue", 3, &[]);
}

#[test]
fn workbooks_that_are_no_rectangles() {
    check_file(&fixture("cover_sheet.xlsx"), "Customer No|Age|Revenue|Orders", 40, &["the workbook also has Read me"]);
    check_file(&fixture("raw_then_clean.xlsx"), "ID|Age|Spend", 40, &["The sheet"]);
    let names = "Customer ID|Customer City|2023 Orders|2023 Revenue|2024 Orders|2024 Revenue";
    check_file(
        &fixture("merged_header.xlsx"),
        names,
        40,
        &["stand in 2 rows and are put together", "The last row (Total, 120, 6340, 0) is a total of the others"],
    );
    let (table, raw) = check_file(
        &fixture("merged_region.xlsx"),
        "Region|Customer|Orders|Revenue",
        40,
        &["36 cells below merged ones are filled with their value (\"North\", for one)"],
    );
    assert!(table.last.starts_with("West|"), "{}", table.last);
    assert_eq!(table.last, raw.last);
}

/// Text of an older encoding, which must lose nothing by it.
fn encoded(encoding: &str, text: &str) -> Vec<u8> {
    let (bytes, _, lost) = encoding_rs::Encoding::for_label(encoding.as_bytes()).unwrap().encode(text);
    assert!(!lost, "{encoding}");
    bytes.into_owned()
}

/// Reads a file as the user said, with both readers.
fn read_as(path: &Path, read_as: &ReadAs) -> Result<(Loaded, Raw), DataError> {
    let source = Source::File { path: path.to_owned(), read_as: read_as.clone() };
    let loaded = data::read(&source, &Ctx::new())?;
    let raw = data::read_raw_as(path, read_as, &Ctx::new())?;
    assert_eq!(loaded.stamp, data::stamp(&source, &Ctx::new())?, "the stamp is that of the file, read so");
    assert_eq!(raw.stamp, data::stamp_raw_as(path, read_as, &Ctx::new())?);
    Ok((loaded, raw))
}

#[test]
fn letters_are_told_by_their_content() {
    let russian: String = (0..20).map(|i| format!("к{i};{};{},50;Москва\n", 25 + i, 1000 + i)).collect();
    let russian = encoded("windows-1251", &format!("ID клиента;Возраст;Сумма покупок;Город\n{russian}"));
    check(
        &russian,
        "ID клиента|Возраст|Сумма покупок|Город",
        20,
        &["shop.csv is not UTF-8; its letters are read as Windows-1251 (Cyrillic)."],
    );
    let japanese: String = (0..20).map(|i| format!("客{i},{},東京\n", 1000 + i)).collect();
    let (table, _) =
        check(encoded("shift_jis", &format!("顧客ID,購入金額,地域\n{japanese}")), "顧客ID|購入金額|地域", 20, &["Shift_JIS (Japanese)"]);
    assert_eq!(table.first, "客0|1000|東京");
    let polish: String = (0..20).map(|i| format!("Łukasz Żółć;Świętochłowice;{i}\n")).collect();
    check(encoded("windows-1250", &format!("Imię;Miasto;Zakupy\n{polish}")), "Imię|Miasto|Zakupy", 20, &["(Central European)"]);
    // What is chosen counts, whatever the content looks like; a name nobody knows is refused.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.csv");
    std::fs::write(&path, &russian).unwrap();
    let chosen = |encoding: &str| ReadAs { encoding: Some(encoding.into()), ..ReadAs::default() };
    let (loaded, raw) = read_as(&path, &chosen("cp1251")).unwrap();
    assert_eq!((of_table(&loaded).names[3].as_str(), of_rows(&raw).names[3].as_str()), ("Город", "Город"));
    assert_eq!(of_table(&loaded).notes, Vec::<String>::new());
    let (loaded, raw) = read_as(&path, &chosen("windows-1252")).unwrap();
    assert_eq!((of_table(&loaded).names[3].as_str(), of_rows(&raw).names[3].as_str()), ("Ãîðîä", "Ãîðîä"));
    assert!(read_as(&path, &chosen("klingon")).unwrap_err().to_string().starts_with("there is no encoding called klingon"));
}

#[test]
fn a_sheet_can_be_chosen() {
    let path = fixture("raw_then_clean.xlsx");
    let (best, _) = read_as(&path, &ReadAs::default()).unwrap();
    let chosen = |sheet: &str| ReadAs { sheet: Some(sheet.into()), ..ReadAs::default() };
    let error = read_as(&path, &chosen("Nowhere")).unwrap_err().to_string();
    assert!(
        error.starts_with("raw_then_clean.xlsx has no sheet called Nowhere (its sheets are ") && error.ends_with("; choose one of them."),
        "{error}"
    );
    let other = error.split("its sheets are ").nth(1).unwrap().split(" and ").next().unwrap();
    let (loaded, raw) = read_as(&path, &chosen(other)).unwrap();
    assert_eq!((loaded.table.columns.len(), raw.columns.len()), (1, 1), "{other}");
    assert_ne!(loaded.stamp, best.stamp, "another sheet is another table");
    let told = read_as(&fixture("three_headers.tab"), &chosen("Clean")).unwrap().0;
    assert!(of_table(&told).notes[0].contains("is no workbook"), "{:?}", told.notes);
}

#[test]
fn archives_of_one_table_open_as_the_table() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let text: String = (0..300).map(|i| format!("K{i},{}.50,2024-01-{:02}\n", i, 1 + i % 28)).collect();
    let text = format!("customer,amount,date\n{text}");
    let gz = folder.path().join("orders.csv.gz");
    let mut to = flate2::write::GzEncoder::new(std::fs::File::create(&gz).unwrap(), flate2::Compression::default());
    to.write_all(text.as_bytes()).unwrap();
    to.finish().unwrap();
    let (table, raw) = check_file(&gz, "customer|amount|date", 300, &["orders.csv.gz was unpacked: orders.csv holds 7 kB."]);
    assert_eq!((table.last.as_str(), raw.last.as_str()), ("K299|299.5|2024-01-20", "K299|299.5|2024-01-20"));
    read_as(&gz, &ReadAs::default()).unwrap();
    let whole = std::fs::read(&gz).unwrap();
    std::fs::write(folder.path().join("cut.csv.gz"), &whole[..whole.len() / 2]).unwrap();
    let error = data::read(&Source::file(folder.path().join("cut.csv.gz")), &Ctx::new()).unwrap_err().to_string();
    assert!(error.starts_with("cut.csv.gz is a damaged or truncated gzip file ("), "{error}");

    let zipped = |name: &str, files: &[&str]| {
        let path = folder.path().join(name);
        let mut to = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
        for file in files {
            to.start_file(*file, zip::write::SimpleFileOptions::default()).unwrap();
            to.write_all(text.as_bytes()).unwrap();
        }
        to.finish().unwrap();
        path
    };
    let one = zipped("export.zip", &["export/readme.md", "export/orders.csv", "__MACOSX/export/._orders.csv"]);
    check_file(&one, "customer|amount|date", 300, &["export.zip was unpacked: export/orders.csv holds 7 kB."]);
    let error = data::read(&Source::file(zipped("two.zip", &["b.csv", "a.csv"])), &Ctx::new()).unwrap_err().to_string();
    assert_eq!(error, "two.zip is an archive that holds 2 tables (a.csv and b.csv); unpack it, and open one of its files or their folder.");
    let error = data::read_raw(&zipped("none.zip", &["readme.md"]), &Ctx::new()).unwrap_err().to_string();
    assert!(error.starts_with("none.zip is an archive that holds no table;"), "{error}");
}

#[test]
fn spss_files_are_told_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("survey.sav");
    for first in ["$FL2@(#) SPSS DATA FILE", "$FL3@(#) SPSS DATA FILE"] {
        std::fs::write(&path, first.bytes().chain([0; 200]).collect::<Vec<u8>>()).unwrap();
        for error in [data::read(&Source::file(&path), &Ctx::new()).unwrap_err(), data::read_raw(&path, &Ctx::new()).unwrap_err()] {
            let error = error.to_string();
            assert!(error.starts_with("survey.sav is an SPSS file, which Personae does not read; save it as CSV or Excel"), "{error}");
        }
    }
}

#[test]
fn old_projects_open_without_a_word_about_reading() {
    let old: Source = serde_json::from_str("{\"file\":{\"path\":\"shop.csv\"}}").unwrap();
    assert_eq!(old, Source::file("shop.csv"));
    assert_eq!(serde_json::to_string(&old).unwrap(), "{\"file\":{\"path\":\"shop.csv\"}}");
    let chosen = Source::File { path: "shop.xlsx".into(), read_as: ReadAs { sheet: Some("Orders".into()), ..ReadAs::default() } };
    let text = serde_json::to_string(&chosen).unwrap();
    assert_eq!(serde_json::from_str::<Source>(&text).unwrap(), chosen, "{text}");
}
