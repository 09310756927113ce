//! Is the page what it should be in a real browser: drawn, silent, alone, readable by everybody, and a card a page on paper? Chromium opens it.

use std::path::{Path, PathBuf};
use std::process::Command;

use image::RgbaImage;
use personae::export::palette::segment;
use personae::export::{Choices, Density, Plots, Report, cards_html};
use serde_json::Value;

use crate::exporting::{nasty_report, plots, report};
use crate::foreign::sample_export;
use crate::pages::full;

/// A browser with a profile of its own and without a network.
struct Browser {
    profile: tempfile::TempDir,
}

/// What a run of the browser said.
struct Said {
    out: String,
    err: String,
}

impl Browser {
    /// None, and a line that says so, where Chromium is not installed.
    fn new() -> Option<Browser> {
        let browser = Browser { profile: tempfile::tempdir().unwrap() };
        if Command::new("chromium").arg("--version").output().is_err() {
            eprintln!("skipped: chromium is not installed");
            return None;
        }
        Some(browser)
    }

    fn open(&self, page: &Path, args: &[&str]) -> Said {
        let profile = format!("--user-data-dir={}", self.profile.path().display());
        let output = Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr", &profile])
            .args(["--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=20000"])
            .args(args)
            .arg(format!("file://{}", page.display()))
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{}", text(&output.stderr));
        Said { out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// The upper part of the page as pixels, after it has drawn itself without a word of complaint.
    fn screenshot(&self, page: &Path, [width, height]: [u32; 2]) -> RgbaImage {
        let file = self.profile.path().join("page.png");
        let said = self.open(page, &[&format!("--screenshot={}", file.display()), &format!("--window-size={width},{height}")]);
        assert!(!said.err.contains("CONSOLE"), "{}", said.err);
        image::open(file).unwrap().into_rgba8()
    }

    /// The text of each printed page.
    fn printed(&self, page: &Path) -> Option<Vec<String>> {
        let file = self.profile.path().join("page.pdf");
        self.open(page, &["--no-pdf-header-footer", &format!("--print-to-pdf={}", file.display())]);
        let Ok(read) = Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(&file).arg("-").output() else {
            eprintln!("skipped: pdftotext is not installed");
            return None;
        };
        let text = String::from_utf8(read.stdout).unwrap();
        Some(text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect())
    }

    /// What the page says after `script` ran in it, in place of the policy that lets none run.
    fn tell(&self, page: &Path, script: &str, width: u32) -> Value {
        let copy = self.profile.path().join("copy.html");
        let html = std::fs::read_to_string(page).unwrap();
        let (before, policy) = html.split_once("<meta http-equiv").unwrap();
        let after = policy.split_once('>').unwrap().1;
        std::fs::write(&copy, format!("{before}{after}").replace("</body>", &format!("{script}</body>"))).unwrap();
        let said = self.open(&copy, &["--dump-dom", &format!("--window-size={width},1600")]);
        let told = said.out.split("<pre id=\"told\">").nth(1).and_then(|rest| rest.split("</pre>").next());
        let told = told.unwrap_or_else(|| panic!("the script did not end: {}", said.err));
        serde_json::from_str(&told.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")).unwrap()
    }
}

/// Writes what `value` comes to into the page, for [`Browser::tell`].
fn telling(value: &str) -> String {
    format!(
        "<script>addEventListener('load', async () => {{ const told = document.createElement('pre'); told.id = 'told'; \
         told.textContent = JSON.stringify(await ({value})); document.body.append(told); }})</script>"
    )
}

/// Pages of every kind: the sample, all scripts with everything a card may hold, markup in every text, many personas, none.
fn pages(folder: &Path) -> Vec<(&'static str, PathBuf, usize)> {
    let save = |name: &str, report: &Report, plots: &Plots| {
        let path = folder.join(name).with_extension("html");
        std::fs::write(&path, cards_html(report, plots, &Choices { density: Density::Analyst, ..Choices::default() })).unwrap();
        path
    };
    vec![
        ("sample", sample_export().join("personas.html"), 5),
        ("full", save("full", &full(&[2000, 1500, 700, 90, 40, 9]), &plots(6)), 6),
        ("nasty", save("nasty", &nasty_report(), &plots(2)), 2),
        ("many", save("many", &report(&[60; 20], 5, 2), &plots(20)), 20),
        ("none", save("none", &report(&[], 9, 0), &Plots::default()), 0),
    ]
}

#[test]
fn chromium_draws_the_page_without_a_word_or_a_network() {
    let Some(browser) = Browser::new() else { return };
    let folder = tempfile::tempdir().unwrap();
    for (name, page, k) in pages(folder.path()) {
        let picture = browser.screenshot(&page, [1200, 1600]);
        assert_eq!(picture.dimensions(), (1200, 1600));
        for persona in 0..k {
            let [r, g, b] = segment(persona);
            let n = picture.pixels().filter(|pixel| pixel.0 == [r, g, b, 255]).count();
            assert!(n > 100, "{name}: {n} pixels in the colour of persona {}", persona + 1);
        }
        let ink = picture.pixels().filter(|pixel| pixel.0[0] < 60 && pixel.0[1] < 60).count();
        assert!(ink > 1_000, "{name}: {ink} pixels of text");
    }
}

#[test]
fn nothing_is_wider_than_its_window_or_runs_or_is_asked_for() {
    let Some(browser) = Browser::new() else { return };
    let folder = tempfile::tempdir().unwrap();
    // Elements that stick out of the page though nothing around them scrolls; pictures that did not load; whatever was fetched or run.
    let look = telling(
        "(() => { const wide = [...document.querySelectorAll('body *')].filter(it => it.getBoundingClientRect().right > innerWidth + 1 \
         && !it.closest('.wide, .aside, .skip, svg, figcaption, .what')); return { wide: wide.map(it => it.outerHTML.slice(0, 120)), \
         broken: [...document.images].filter(it => !it.naturalWidth).length, scripts: document.scripts.length, \
         fetched: performance.getEntriesByType('resource').map(it => it.name.slice(0, 40)).filter(it => !it.startsWith('data:')) } })()",
    );
    for (name, page, _) in pages(folder.path()) {
        for width in [1200, 700, 500] {
            let told = browser.tell(&page, &look, width);
            assert_eq!(told, serde_json::json!({ "wide": [], "broken": 0, "scripts": 1, "fetched": [] }), "{name} at {width} pixels");
        }
    }
}

#[test]
fn the_policy_of_the_page_lets_no_script_run() {
    let Some(browser) = Browser::new() else { return };
    let page = sample_export().join("personas.html");
    let copy = browser.profile.path().join("run.html");
    let script = "<script>document.title = 'it ran'</script></body>";
    std::fs::write(&copy, std::fs::read_to_string(page).unwrap().replace("</body>", script)).unwrap();
    let said = browser.open(&copy, &["--dump-dom"]);
    assert!(said.out.contains("<title>Personas · sample.csv</title>") && said.err.contains("Content Security Policy"), "{}", said.err);
}

#[test]
fn a_card_is_one_printed_page() {
    let Some(browser) = Browser::new() else { return };
    let folder = tempfile::tempdir().unwrap();
    for (name, page, k) in pages(folder.path()) {
        let Some(printed) = browser.printed(&page) else { return };
        // "4 of 5" may end a line elsewhere, too.
        let is_front = |at: &usize| (1..=k).any(|nth| printed[*at].contains(&format!("Persona {nth} of {k}\n")));
        let fronts: Vec<usize> = (0..printed.len()).filter(is_front).collect();
        let cards: Vec<&String> = fronts.iter().map(|at| &printed[*at]).collect();
        assert_eq!(cards.len(), k, "{name}: a page a card");
        for (at, card) in cards.iter().enumerate() {
            assert!(card.contains(&format!("Persona {} of {k}", at + 1)), "{name}");
            // The footer is on the same page as the head: nothing runs over.
            assert!(card.contains("Evidence"), "{name}: card {} does not end on its page", at + 1);
        }
        assert!(printed.last().unwrap().contains("How this was made") || printed.len() > k + 2, "{name}");
    }
}

#[test]
fn everybody_can_read_the_page() {
    let (Some(browser), Some(axe)) = (Browser::new(), axe()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let run = telling(
        "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(found => ({ \
         passes: found.passes.length, contrast: found.passes.some(it => it.id == 'color-contrast'), \
         violations: found.violations.map(it => ({ id: it.id, help: it.help, nodes: it.nodes.map(node => node.html.slice(0, 200)) })) }))",
    );
    let script = format!("<script>{}</script>{run}", axe.replace("</script", "<\\/script"));
    for (name, page, _) in pages(folder.path()) {
        for width in [1200, 500] {
            let told = browser.tell(&page, &script, width);
            assert_eq!(told["violations"], serde_json::json!([]), "{name} at {width} pixels");
            assert!(told["passes"].as_u64().unwrap() > 20 && told["contrast"] == true, "{name}: axe looked at {}", told["passes"]);
        }
    }
}

/// axe-core's script, which `.ci/run` fetches.
fn axe() -> Option<String> {
    let script = std::env::var_os("PERSONAE_AXE").and_then(|path| std::fs::read_to_string(path).ok());
    if script.is_none() {
        eprintln!("skipped: axe-core is not here; .ci/run fetches it and PERSONAE_AXE names the file");
    }
    script
}
